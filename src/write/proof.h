// The proof that goes with what is written: the project is opened once more with the new files in
// it, as if they were there, and paired.
#ifndef WRITE_PROOF_H
#define WRITE_PROOF_H

#include <tandem/convert.h>

#include "project/project.h"

// The project with these files; `options` are those that it was opened with. To be freed, before
// `project`.
TDM_MUST_CHECK tdm_status tdm_open_with(tdm_project *project, const tdm_project_options *options,
                                        const tdm_converted *files, size_t count, tdm_project **ret,
                                        tdm_error *err);

// With these files each pair that one of them belongs to is identical or equivalent (a merge of
// branches may stand alone, and so may a migration that names no revision), every pair that agreed
// before agrees, and the order is no worse than it was. Anything else is TDM_ERROR_BUG, with its
// place: it was to be so, and nothing is written.
TDM_MUST_CHECK tdm_status tdm_prove_files(tdm_project *project, const tdm_project_options *options,
                                          const tdm_conversion *made, tdm_error *err);

#endif
