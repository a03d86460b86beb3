// What tandem.lock keeps of a file: whether it is byte for byte the same, whether it means the
// same, whether its tokens are the same.
//
// Meaning is what reaches the server and when: the identities of the statements in order; of a
// revision also its parents and dependencies. Comments, white space, line endings, names of files
// and downgrades are not in it. Where statements cannot be known, the tokens of the file and of the
// project's modules that it imports stand in for them.
#ifndef PAIR_LOCK_MEANING_H
#define PAIR_LOCK_MEANING_H

#include "base/digest.h"
#include "project/project.h"

// The file, and for a revision the project's modules that it imports: when these bytes are the
// same, nothing else needs to be looked at.
TDM_MUST_CHECK tdm_status tdm_lock_bytes(tdm_project *project, bool of_revision, size_t index,
                                         tdm_digest *ret, tdm_error *err);
TDM_MUST_CHECK tdm_status tdm_lock_meaning(tdm_project *project, bool of_revision, size_t index,
                                           tdm_digest *ret, tdm_error *err);
// The same without comments and white space between tokens.
TDM_MUST_CHECK tdm_status tdm_lock_tokens(tdm_project *project, bool of_revision, size_t index,
                                          tdm_digest *ret, tdm_error *err);

// Feeds the tokens of a Python file: comments, blank lines, and space inside a line left out;
// indentation and literals as they are.
void tdm_lock_python(tdm_hasher *hasher, tdm_text source);

#endif
