// Settings that reach from one revision into later ones: an upgrade is one session.
#ifndef PAIR_LEAK_H
#define PAIR_LEAK_H

#include "base/arena.h"
#include "sql/split.h"

#include <tandem/error.h>

typedef struct tdm_leak {
    bool there;
    tdm_text name; // of the setting; empty when it cannot be read
    tdm_place place;
} tdm_leak;

// Carries a leak over the statements of one revision: found, kept, or put back.
TDM_MUST_CHECK tdm_status tdm_leak_follow(tdm_arena *arena, const tdm_statements *statements,
                                          tdm_leak *leak, tdm_error *err);

#endif
