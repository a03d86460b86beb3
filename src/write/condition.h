// Whether a statement still has to run: the condition that guards it in a script that may be run
// twice.
//
// A statement that changes nothing the second time (COMMENT, SET NOT NULL, CREATE OR REPLACE,
// GRANT, whatever has its own IF [NOT] EXISTS) needs none. One that makes or drops an object of a
// name is tested by the name, in the schema where the statement itself would make or find it. Rows
// prove nothing: a data statement runs only together with the statement that made its table or its
// column. Everything else is refused.
#ifndef WRITE_CONDITION_H
#define WRITE_CONDITION_H

#include "alembic/header.h"
#include "sql/classify.h"

typedef enum tdm_condition_kind {
    TDM_CONDITION_NONE,    // runs every time
    TDM_CONDITION_TEST,    // runs when `test` holds
    TDM_CONDITION_DATA,    // runs with what made its table or one of its columns
    TDM_CONDITION_REFUSED, // cannot be guarded: `reason`
} tdm_condition_kind;

typedef struct tdm_condition {
    tdm_condition_kind kind;
    tdm_text test;     // an SQL expression
    tdm_sql_name name; // the table, with the column, that it makes, drops or writes to
    bool makes;        // the table or column `name`
    bool drops;        // likewise
    tdm_texts columns; // that an UPDATE sets
    const char *reason;
} tdm_condition;

// Everything in `ret` lives in `arena`.
TDM_MUST_CHECK tdm_status tdm_condition_of(tdm_arena *arena, const tdm_sql_tree *tree,
                                           tdm_condition *ret, tdm_error *err);

// What a test by the parse tree alone cannot know. The member's name is `column` of the name.
tdm_condition tdm_condition_column(tdm_arena *arena, tdm_sql_name name); // is there
tdm_condition tdm_condition_constraint(tdm_arena *arena, tdm_sql_name name);
tdm_condition tdm_condition_index(tdm_arena *arena, tdm_sql_name name);
// The column has another type than this one, as format_type prints it (`builtin`) or to_regtype
// reads it.
tdm_condition tdm_condition_type(tdm_arena *arena, tdm_sql_name name, tdm_text type, bool builtin);

// Whether what the maker makes (a table, a column) is what the data statement writes to.
bool tdm_condition_made_for(const tdm_condition *maker, const tdm_condition *rows);
// Whether a second run would drop what the first made.
bool tdm_condition_made_again(const tdm_condition *dropped, const tdm_condition *made);

#endif
