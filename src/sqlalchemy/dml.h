// INSERT, UPDATE, DELETE and SELECT, and how SQLAlchemy prints them.
#ifndef SQLALCHEMY_DML_H
#define SQLALCHEMY_DML_H

#include "sqlalchemy/ddl.h"

// Statements beyond DDL directives: what op.execute() takes.
typedef struct tdm_statement_object {
    tdm_print_function print;
    const void *data;
    bool ddl;      // parameters always as literals
    bool verbatim; // DDL(): the text is its own
} tdm_statement_object;

typedef struct tdm_assignment {
    tdm_text key; // of the column
    tdm_expr *value;
} tdm_assignment;

typedef TDM_VECTOR(tdm_assignment) tdm_assignments;

typedef enum tdm_dml_kind {
    TDM_DML_INSERT,
    TDM_DML_UPDATE,
    TDM_DML_DELETE,
} tdm_dml_kind;

typedef enum tdm_conflict {
    TDM_CONFLICT_NONE,
    TDM_CONFLICT_NOTHING,
    TDM_CONFLICT_UPDATE,
} tdm_conflict;

// A statement object's first member says how it prints, so that execute() needs no other knowledge.
typedef struct tdm_dml {
    tdm_statement_object head;
    tdm_dml_kind kind;
    tdm_table *table;
    bool has_values; // values() was called, be it with nothing
    tdm_assignments values;
    TDM_VECTOR(tdm_assignments) rows; // further rows of a multi-row VALUES
    tdm_exprs where;
    tdm_exprs returning;
    bool inlined;
    bool bulk; // made by bulk_insert(): values always as literals
    tdm_names select_names;
    tdm_select *select;
    tdm_conflict conflict;
    tdm_exprs conflict_elements;
    tdm_name conflict_constraint;
    tdm_assignments conflict_set;
    tdm_exprs conflict_where;
    bool of_model; // the ORM takes part, when a session executes it
} tdm_dml;

typedef struct tdm_from {
    const tdm_table *table;
    const tdm_table *joined; // NULL: no join
    bool outer;
    tdm_expr *on;
} tdm_from;

struct tdm_select {
    tdm_statement_object head;
    tdm_exprs columns;
    TDM_VECTOR(tdm_from) froms; // stated; the rest comes from the columns and conditions
    tdm_exprs where;
    tdm_exprs group_by;
    tdm_exprs order_by;
    tdm_expr *limit, *offset;
    bool distinct;
    bool exists; // inside EXISTS
    // Columns have labels that name their tables: what a Query of the ORM sends.
    bool table_labels;
    bool counted; // as Query.count() puts a query around it
    bool objects; // its rows become objects of models
};

void tdm_print_dml(tdm_printer *p, const void *dml);
void tdm_print_select_statement(tdm_printer *p, const void *select);
// Tables that an expression takes its columns from, each once. Subqueries keep theirs.
void tdm_collect_tables(tdm_arena *arena, const tdm_expr *expr, const tdm_table ***ret,
                        size_t *ret_count);

#endif
