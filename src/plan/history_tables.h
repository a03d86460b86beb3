// The history tables that a target does not have yet.
#ifndef PLAN_HISTORY_TABLES_H
#define PLAN_HISTORY_TABLES_H

#include "plan/history_sql.h"

// The statements that make what is missing, in order, without semicolons: only those that are
// needed, since each asks for rights that an existing history does not need.
TDM_MUST_CHECK tdm_status tdm_history_tables(const tdm_histories *histories,
                                             const tdm_history_sides *sides, tdm_arena *arena,
                                             tdm_texts *ret, tdm_error *err);

#endif
