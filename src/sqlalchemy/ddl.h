// DDL text: pure functions over the model (sa_model.h) and a printer, one per statement
// (S2052 sql/compiler.py DDLCompiler, dialects/postgresql/base.py PGDDLCompiler;
// A119 alembic/ddl/base.py, postgresql.py).
#ifndef SQLALCHEMY_DDL_H
#define SQLALCHEMY_DDL_H

#include "sqlalchemy/expr.h"

// --- Pieces -------------------------------------------------------------------------------------

// A column line without its column-level CHECKs: name, type, default, identity, NOT NULL.
void tdm_print_column_spec(tdm_printer *p, const tdm_column *column);
void tdm_print_column_checks(tdm_printer *p, const tdm_column *column);
// A default, as SET DEFAULT and CREATE TABLE print it.
void tdm_print_default(tdm_printer *p, const tdm_default *value);
// " (INCREMENT BY 2 ...)"-like options in SQLAlchemy's order, separated by spaces.
void tdm_print_sequence_options(tdm_printer *p, const tdm_sequence *options);
// "GENERATED ALWAYS AS IDENTITY (...)".
void tdm_print_identity(tdm_printer *p, const tdm_identity *identity);

// The constraint's text with its name; nothing when it has no columns.
void tdm_print_constraint(tdm_printer *p, const tdm_constraint *constraint);
bool tdm_constraint_prints(const tdm_constraint *constraint);
// " REFERENCES t (c)" with match, cascades and deferrability.
void tdm_print_references(tdm_printer *p, const tdm_constraint *constraint);

// The column that becomes SERIAL, or NULL.
const tdm_column *tdm_autoincrement_column(tdm_printer *p, const tdm_table *table);
bool tdm_column_is_nullable(const tdm_column *column);

// --- Statements ---------------------------------------------------------------------------------

typedef struct tdm_create_table {
    const tdm_table *table;
    bool if_not_exists;
    bool skip_foreign; // foreign keys are added afterwards
} tdm_create_table;

typedef struct tdm_drop_table {
    const tdm_table *table;
    bool if_exists;
} tdm_drop_table;

typedef struct tdm_create_index {
    const tdm_index *index;
    bool if_not_exists;
} tdm_create_index;

typedef struct tdm_drop_index {
    tdm_name name;
    tdm_name schema;
    bool concurrently;
    bool if_exists;
} tdm_drop_index;

typedef struct tdm_alter_constraint {
    const tdm_constraint *constraint;
    tdm_name schema;
    tdm_name table;
    bool if_exists;
} tdm_alter_constraint;

typedef struct tdm_comment {
    tdm_name schema;
    tdm_name table;
    tdm_name column; // not given: of the table
    tdm_name text;   // not given: NULL
    bool split;      // the schema at its dots, as alter_column does
} tdm_comment;

typedef struct tdm_add_column {
    const tdm_column *column;
    tdm_name schema;
    tdm_name table;
    bool if_not_exists;
    const tdm_constraint *references; // printed inline, or NULL
    bool inline_primary_key;
} tdm_add_column;

typedef struct tdm_drop_column {
    tdm_name schema;
    tdm_name table;
    tdm_name column;
    bool if_exists;
} tdm_drop_column;

typedef enum tdm_alter_kind {
    TDM_ALTER_TYPE,
    TDM_ALTER_NULLABLE,
    TDM_ALTER_DEFAULT,
    TDM_ALTER_IDENTITY,
    TDM_ALTER_RENAME,
} tdm_alter_kind;

typedef struct tdm_alter_column {
    tdm_alter_kind kind;
    tdm_name schema;
    tdm_name table;
    tdm_name column;
    const tdm_type *type;
    tdm_name using; // verbatim text
    bool nullable;
    const tdm_default *value;    // NULL: DROP
    const tdm_default *existing; // of identity changes; NULL: None
    bool existing_given;         // False (not given) and None differ
    tdm_name new_name;
} tdm_alter_column;

typedef struct tdm_rename_table {
    tdm_name schema;
    tdm_name old_name;
    tdm_name new_name;
} tdm_rename_table;

void tdm_print_create_table(tdm_printer *p, const void *statement);
void tdm_print_drop_table(tdm_printer *p, const void *statement);
void tdm_print_create_index(tdm_printer *p, const void *statement);
void tdm_print_drop_index(tdm_printer *p, const void *statement);
void tdm_print_add_constraint(tdm_printer *p, const void *statement);
void tdm_print_drop_constraint(tdm_printer *p, const void *statement);
void tdm_print_comment(tdm_printer *p, const void *statement);
void tdm_print_add_column(tdm_printer *p, const void *statement);
void tdm_print_drop_column(tdm_printer *p, const void *statement);
void tdm_print_alter_column(tdm_printer *p, const void *statement);
void tdm_print_rename_table(tdm_printer *p, const void *statement);
void tdm_print_create_enum(tdm_printer *p, const void *enum_type);
void tdm_print_drop_enum(tdm_printer *p, const void *enum_type);
void tdm_print_create_domain(tdm_printer *p, const void *domain_type);
void tdm_print_drop_domain(tdm_printer *p, const void *domain_type);

#endif
