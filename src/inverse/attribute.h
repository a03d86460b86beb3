// One attribute put back: the statement that makes it what it was.
#ifndef INVERSE_ATTRIBUTE_H
#define INVERSE_ATTRIBUTE_H

#include "base/text.h"
#include "replay/replay.h"

typedef struct tdm_putback {
    const tdm_change_key *key;
    tdm_attribute attribute;
    tdm_text now;  // what it is when the statement runs; empty: at its default
    tdm_text want; // what it is to be
} tdm_putback;

// False: there is no statement for it, or none of one attribute alone.
bool tdm_attribute_put(tdm_buffer *out, const tdm_putback *back);

#endif
