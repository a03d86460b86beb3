// Inline suppression: a comment in a revision or a migration takes a finding out of what counts,
// with a reason. It changes no verdict: what differs still differs, and is not pushed.
//
// What a comment cannot suppress: that a file cannot be read, that something frozen has changed
// (the comment would stand in the very file), and what is wrong with such comments.
#ifndef PAIR_SUPPRESS_H
#define PAIR_SUPPRESS_H

#include "pair/findings.h"

// Moves the findings that a comment suppresses from `findings` to `ret`, each with its reason, and
// adds findings about comments that suppress nothing or are not complete.
TDM_MUST_CHECK tdm_status tdm_suppress(tdm_project *project, tdm_finding_list *findings,
                                       tdm_finding_list *ret, tdm_error *err);

#endif
