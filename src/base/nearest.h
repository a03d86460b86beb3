// "Did you mean": the known word nearest to one that is not known.
#ifndef BASE_NEAREST_H
#define BASE_NEAREST_H

#include "base/text.h"

typedef struct tdm_nearest {
    tdm_text word; // what was written
    tdm_text best; // empty when nothing offered was near enough
    size_t distance;
} tdm_nearest;

void tdm_nearest_init(tdm_nearest *nearest, tdm_text word);
// Offers a known word. Near enough is one changed, missing, added or exchanged letter for every
// three of the word, or the word being a beginning of the known one; the first of equals wins.
void tdm_nearest_offer(tdm_nearest *nearest, tdm_text known);

#endif
