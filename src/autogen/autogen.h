// Statements as the op directives that autogenerate writes.
//
// The style is that of Alembic 1.19 (alembic/autogenerate/render.py): what a line looks like, which
// keyword follows which, which types are spelled how. Where Alembic has no directive, or one that
// says less than the statement, the statement stays as it is in op.execute(). Nothing here is
// trusted: whoever writes a file reads it back and compares (write/revise.h).
#ifndef AUTOGEN_AUTOGEN_H
#define AUTOGEN_AUTOGEN_H

#include "base/arena.h"
#include "base/text.h"
#include "catalog/model.h"
#include "sql/tree.h"

// What the text needs to be imported beside `op`.
typedef enum tdm_import {
    TDM_IMPORT_SA = 1,         // import sqlalchemy as sa
    TDM_IMPORT_POSTGRESQL = 2, // from sqlalchemy.dialects import postgresql
    TDM_IMPORT_PGVECTOR = 4,   // import pgvector.sqlalchemy
} tdm_import;

typedef struct tdm_autogen_input {
    const tdm_sql_tree *tree;
    const tdm_catalog *before; // what the statement meets; NULL: nothing is known of it
    bool pgvector;             // the project has the package pgvector
    bool undo; // it stands in downgrade(), where autogenerate drops under the names of the models
} tdm_autogen_input;

// The directives of one statement. `python` has no indentation of its own and no line end behind
// its last line; continuation lines are indented as autogenerate does, for a body of four spaces.
typedef struct tdm_directives {
    tdm_text python;
    unsigned imports; // of tdm_import
    const char *name; // of the first of them: "create_table"; "execute" where there is none
    bool typed;       // false: op.execute()
} tdm_directives;

// Writes a statement. Fails on memory alone.
TDM_MUST_CHECK tdm_status tdm_autogen_directives(tdm_arena *arena, const tdm_autogen_input *input,
                                                 tdm_directives *ret, tdm_error *err);
// The statement in op.execute(), whatever it is; also text that does not parse.
TDM_MUST_CHECK tdm_status tdm_autogen_execute(tdm_arena *arena, tdm_text sql, tdm_directives *ret,
                                              tdm_error *err);

#endif
