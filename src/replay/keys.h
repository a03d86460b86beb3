// The columns and elements of constraints and indexes.
#ifndef REPLAY_KEYS_H
#define REPLAY_KEYS_H

#include "replay/parts.h"

// String nodes as a list of names.
tdm_text tdm_keys_names(tdm_replay *r, PgQuery__Node *const *names, size_t count);
// The elements of an index.
tdm_value tdm_keys_of_index(tdm_replay *r, const PgQuery__IndexStmt *index);
// "room WITH =, during WITH &&"
tdm_value tdm_keys_of_exclusion(tdm_replay *r, const PgQuery__Constraint *constraint);
// The primary key of a table, or NULL.
const tdm_object *tdm_keys_primary(const tdm_table *table);

#endif
