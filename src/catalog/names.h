// Names that PostgreSQL chooses for constraints and indexes that have none.
#ifndef CATALOG_NAMES_H
#define CATALOG_NAMES_H

#include "catalog/state.h"

// "table_columns_label" cut to 63 bytes, as makeObjectName in indexcmds.c cuts it: the longer of
// the two names first. `columns` may be empty.
tdm_text tdm_name_make(tdm_arena *arena, tdm_text table, tdm_text columns, const char *label);

// What a chosen name is for: the label, and which names it must not be.
typedef enum tdm_name_use {
    TDM_NAME_PRIMARY,  // "pkey": a constraint and a relation (ChooseRelationName)
    TDM_NAME_UNIQUE,   // "key"
    TDM_NAME_EXCLUDE,  // "excl"
    TDM_NAME_INDEX,    // "idx": a relation
    TDM_NAME_SEQUENCE, // "seq"
    TDM_NAME_FOREIGN,  // "fkey": a constraint (ChooseConstraintName)
    TDM_NAME_CHECK,    // "check"
} tdm_name_use;

// The same with 1, 2, ... behind the label until nothing in the schema bears the name.
tdm_text tdm_name_choose(const tdm_catalog *catalog, const tdm_table *table, tdm_text columns,
                         tdm_name_use use);

// Column names joined with underscores (ChooseIndexNameAddition); the nodes are strings.
tdm_text tdm_name_join(tdm_arena *arena, PgQuery__Node *const *columns, size_t count);

// The name of an unnamed constraint, by its kind.
tdm_text tdm_name_of_constraint(const tdm_catalog *catalog, const tdm_table *table,
                                const PgQuery__Constraint *constraint);

// The name of an unnamed index.
tdm_text tdm_name_of_index(const tdm_catalog *catalog, const tdm_table *table,
                           const PgQuery__IndexStmt *index);

// The name of an unnamed exclusion constraint, by its elements (IndexElem nodes).
tdm_text tdm_name_of_exclusion(const tdm_catalog *catalog, const tdm_table *table,
                               PgQuery__Node *const *elements, size_t count);

#endif
