// Constraints of columns in the one form that the server itself gives them.
#ifndef SQL_CONSTRAINTS_H
#define SQL_CONSTRAINTS_H

#include <tandem/error.h>

#include "base/arena.h"

#include <pg_query.pb-c.h>

typedef struct tdm_sql_constraints {
    PgQuery__Constraint **items;
    size_t count;
    bool odd; // a combination that the server refuses
} tdm_sql_constraints;

// The PRIMARY KEY, UNIQUE, CHECK and FOREIGN KEY constraints that stand in a column's definition,
// as they would stand after the columns: with the column as their key, and DEFERRABLE and INITIALLY
// taken in. The result shares the tree's memory.
TDM_MUST_CHECK tdm_status tdm_sql_column_constraints(tdm_arena *arena,
                                                     const PgQuery__ColumnDef *column,
                                                     tdm_sql_constraints *ret, tdm_error *err);

#endif
