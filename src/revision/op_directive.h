// op's directives, each a row and one function.
#ifndef REVISION_OP_DIRECTIVE_H
#define REVISION_OP_DIRECTIVE_H

#include "revision/objects.h"

typedef struct tdm_directive {
    const char *name;
    const char *parameters;
    const char *batch;  // parameters inside batch_alter_table; NULL: not a batch directive
    const char *table;  // which parameter names the table, filled in by the batch
    const char *schema; // and which its schema
    // Emits, and gives what the directive returns; NULL: an exception is pending.
    tdm_py (*run)(tdm_host *host, tdm_bound *bound);
} tdm_directive;

extern const tdm_directive tdm_table_directives[];      // op_table.c
extern const tdm_directive tdm_column_directives[];     // op_column.c
extern const tdm_directive tdm_index_directives[];      // op_index.c
extern const tdm_directive tdm_constraint_directives[]; // op_constraint.c
extern const tdm_directive tdm_execute_directives[];    // op_execute.c

extern const tdm_directive tdm_enum_directives[]; // third_party_enum.c

extern const tdm_directive tdm_entity_directives[]; // third_party_entity.c

// The row of that name, or NULL.
const tdm_directive *tdm_directive_find(tdm_text name);

extern const tdm_py_class tdm_op_object;      // alembic.op itself
extern const tdm_py_class tdm_context_object; // op.get_context()
extern const tdm_py_class tdm_bind_object;    // op.get_bind()
extern const tdm_py_class tdm_dialect_object; // .dialect of either
extern const tdm_py_class tdm_context_module; // alembic.context
extern const tdm_py_class tdm_config_object;  // its .config (op_config.c)
tdm_py tdm_get_x_argument(tdm_host *host, tdm_py self, tdm_bound *bound);

// Says that a directive with an argument that cannot be known is opaque; gives what it returns.
tdm_py tdm_opaque_directive(tdm_host *host, const tdm_bound *bound);

// op_context.c: execute(), scalar() or scalars() of a connection, by the name in `bound`, whose
// "statement" is sent.
tdm_py tdm_bind_send(tdm_host *host, tdm_bound *bound, tdm_py parameters);

// op_batch.c
tdm_py tdm_batch_open(tdm_host *host, tdm_bound *bound);

// An empty table as Alembic makes one around a constraint or an index.
tdm_table *tdm_throwaway_table(tdm_host *host, tdm_name name, tdm_name schema);
// A foreign key to the table itself gives it the column that it names, without a type, or prints
// the name of the one that is there (A119 operations/schemaobj.py _ensure_table_for_fk). False: an
// exception is pending.
bool tdm_table_refer_to_itself(tdm_host *host, tdm_table *table);

#endif
