// The steps that migrations take themselves, made anew for a chain that has changed.
#ifndef WRITE_STEP_AGAIN_H
#define WRITE_STEP_AGAIN_H

#include <tandem/convert.h>

#include "project/project.h"

// Writes the step of each file that ends in one as `project`, which holds these files, has it. New
// texts live in `arena`.
TDM_MUST_CHECK tdm_status tdm_steps_again(tdm_project *project, tdm_arena *arena,
                                          tdm_converted *files, size_t count, tdm_error *err);

#endif
