// Two differences that are one: what only one side has and what only the other side has, when all
// that differs is the name ("uq_cart" here, "cart_items_cart_id_key" there).
#ifndef PAIR_RENAMED_H
#define PAIR_RENAMED_H

#include "compare/compare.h"

// Joins such differences in place. False when out of memory.
bool tdm_join_renamed(tdm_arena *arena, tdm_differences *differences);

#endif
