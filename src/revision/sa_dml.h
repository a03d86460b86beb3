// INSERT, UPDATE, DELETE, SELECT, and what creating and dropping whole tables emits.
#ifndef REVISION_SA_DML_H
#define REVISION_SA_DML_H

#include "revision/sa_namespace.h"

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
};

typedef struct tdm_join {
    tdm_from from;
} tdm_join;

extern const tdm_py_class tdm_dml_object;    // tdm_dml
extern const tdm_py_class tdm_select_object; // tdm_select
extern const tdm_py_class tdm_join_object;   // tdm_join

void tdm_print_dml(tdm_printer *p, const void *dml);
void tdm_print_select_statement(tdm_printer *p, const void *select);
// Tables that an expression takes its columns from, each once. Subqueries keep theirs.
void tdm_collect_tables(tdm_arena *arena, const tdm_expr *expr, const tdm_table ***ret,
                        size_t *ret_count);

// t.insert(), t.update(), t.delete(), t.select(), t.join(); NULL: none of that name.
tdm_py tdm_dml_method(tdm_host *host, tdm_py self, tdm_text name);
// insert(table); UNKNOWN when the value is no table.
tdm_py tdm_insert_into(tdm_host *host, tdm_py table);
// op.bulk_insert().
tdm_py tdm_bulk_insert(tdm_host *host, tdm_bound *bound);
tdm_py tdm_select_of(tdm_host *host, tdm_bound *bound);
tdm_py tdm_select_table(tdm_host *host, const tdm_table *table);

// sa_ddl.c. False: an exception is pending.
// With `checkfirst` a running Alembic asks whether it is needed.
bool tdm_emit_checked_table(tdm_host *host, const tdm_table *table, bool checkfirst,
                            tdm_run_memo *memo);
bool tdm_emit_drop_table_types(tdm_host *host, const tdm_table *table, bool checkfirst);
bool tdm_emit_create_all(tdm_host *host, const tdm_metadata *metadata, bool checkfirst);
// Opens a guard for a type: sent when it is missing, or when it is there. False: out of memory.
bool tdm_type_guard(tdm_host *host, tdm_name schema, tdm_name name, bool when_there);
bool tdm_emit_sequence(tdm_host *host, const tdm_sequence *sequence, bool create);

#endif
