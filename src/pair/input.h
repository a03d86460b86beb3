// The plain structs of link.h, filled from a project.
#ifndef PAIR_INPUT_H
#define PAIR_INPUT_H

#include "pair/link.h"
#include "project/project.h"

// `project` must outlive the input: its effects are asked on demand.
TDM_MUST_CHECK tdm_status tdm_link_input_of(tdm_project *project, tdm_link_input *ret,
                                            tdm_error *err);

#endif
