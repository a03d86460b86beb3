// INSERT, UPDATE, DELETE, SELECT, and what creating and dropping whole tables emits.
#ifndef REVISION_SA_DML_H
#define REVISION_SA_DML_H

#include "revision/sa_namespace.h"

#include "sqlalchemy/dml.h"

typedef struct tdm_join {
    tdm_from from;
} tdm_join;

extern const tdm_py_class tdm_dml_object;    // tdm_dml
extern const tdm_py_class tdm_select_object; // tdm_select
extern const tdm_py_class tdm_join_object;   // tdm_join

// t.insert(), t.update(), t.delete(), t.select(), t.join(); NULL: none of that name.
tdm_py tdm_dml_method(tdm_host *host, tdm_py self, tdm_text name);
// insert(table); UNKNOWN when the value is no table.
tdm_py tdm_insert_into(tdm_host *host, tdm_py table);
// UPDATE and DELETE of a table, as yet without values and conditions.
tdm_py tdm_update_of(tdm_host *host, tdm_table *table);
tdm_py tdm_delete_of(tdm_host *host, tdm_table *table);
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
