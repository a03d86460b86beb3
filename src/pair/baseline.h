// pairing.baseline_revision and pairing.baseline_version of the settings: what lies before the
// point where pairing starts. There only the end counts: all of it is one group, compared by what
// it leaves behind; and when only one side has anything before that point, it stands there alone.
#ifndef PAIR_BASELINE_H
#define PAIR_BASELINE_H

#include "config/settings.h"
#include "pair/group.h"

typedef struct tdm_baseline {
    bool *revisions;  // by index: whether it lies before; NULL when no baseline is said
    bool *migrations; // likewise
} tdm_baseline;

// A revision or version that is not there is TDM_ERROR_CONFIG with its place.
TDM_MUST_CHECK tdm_status tdm_baseline_read(tdm_arena *arena, const tdm_settings *settings,
                                            const tdm_link_input *input, tdm_baseline *ret,
                                            tdm_error *err);

// Whether all of a group lies before the baseline.
bool tdm_baseline_holds(const tdm_baseline *baseline, const tdm_group *group);

#endif
