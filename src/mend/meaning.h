// Whether two runs of statements say the same: the identities of all of them, in order.
#ifndef MEND_MEANING_H
#define MEND_MEANING_H

#include "base/digest.h"
#include "mend/rows.h"
#include "project/project.h"

typedef struct tdm_meaning {
    tdm_digest digest;
    size_t count; // of statements
    bool known;   // false: one of them cannot be known, and the digest says nothing
} tdm_meaning;

TDM_MUST_CHECK tdm_status tdm_meaning_of(const tdm_statements *statements, tdm_meaning *ret,
                                         tdm_error *err);
// The same of what a history row says was run. A row without statements means nothing that is
// known.
TDM_MUST_CHECK tdm_status tdm_meaning_of_row(const tdm_migration_row *row, tdm_arena *arena,
                                             tdm_meaning *ret, tdm_error *err);

bool tdm_meaning_equal(const tdm_meaning *a, const tdm_meaning *b);

#endif
