// The names of sqlalchemy's modules, as tables of callables that end with a row without a name.
#ifndef REVISION_SA_NAMESPACE_H
#define REVISION_SA_NAMESPACE_H

#include "revision/objects.h"

extern const tdm_callable tdm_column_callables[];     // sa_column.c
extern const tdm_callable tdm_constraint_callables[]; // sa_constraint.c
extern const tdm_callable tdm_table_callables[];      // sa_metadata.c
extern const tdm_callable tdm_expr_callables[];       // sa_expr.c
extern const tdm_callable tdm_dml_callables[];        // sa_dml.c
extern const tdm_callable tdm_ddl_callables[];        // sa_ddl.c
extern const tdm_callable tdm_inspect_callables[];    // sa_inspect.c
extern const tdm_callable tdm_postgresql_callables[]; // sa_postgresql.c: of that dialect only

#endif
