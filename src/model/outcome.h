// What became of one of many targets, beside its names in <tandem/targets.h>.
#ifndef MODEL_OUTCOME_H
#define MODEL_OUTCOME_H

#include <tandem/targets.h>

bool tdm_outcome_is_failure(tdm_outcome outcome);

#endif
