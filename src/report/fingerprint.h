// What makes a finding the same finding in the next run, also when lines have moved: everything
// that it says but its lines. Findings that say the same are told apart by their number among
// themselves, because services that compare two runs drop what has the same fingerprint.
#ifndef REPORT_FINGERPRINT_H
#define REPORT_FINGERPRINT_H

#include <tandem/check.h>

#include "base/arena.h"

typedef struct tdm_fingerprint {
    char hex[33];
} tdm_fingerprint;

typedef struct tdm_fingerprints {
    tdm_fingerprint *findings; // of result->findings, in their order
    tdm_fingerprint *ignored;  // of result->ignored
} tdm_fingerprints;

// False when out of memory, which the arena remembers.
bool tdm_fingerprints_of(tdm_arena *arena, const tdm_check_result *result, tdm_fingerprints *ret);

#endif
