// What a revision emits, as the statements that a running Alembic sends.
#ifndef PROJECT_EMISSION_H
#define PROJECT_EMISSION_H

#include "base/vector.h"
#include "revision/script.h"
#include "sql/split.h"

typedef TDM_VECTOR(tdm_statement) tdm_statement_list;

// Appends the statements of one emission, `index` in its script: none for what only --sql prints,
// for a question that was answered and for what its guard leaves out; an opaque one for what cannot
// be known. A guard that is not decided cannot be known.
TDM_MUST_CHECK tdm_status tdm_emission_statements(tdm_arena *arena, const tdm_emission *emission,
                                                  uint32_t index, tdm_statement_list *list,
                                                  tdm_error *err);

#endif
