// "-- Source: 8250ff809a39_add_execution_table.py" comments anywhere in a migration: a squashed
// file says so for each table where its definition comes from.
#ifndef PAIR_SOURCES_H
#define PAIR_SOURCES_H

#include "pair/link.h"

// The comment lines outside literals that begin with "Source:". False when out of memory.
bool tdm_source_comments(tdm_arena *arena, const char *path, tdm_text source, tdm_comment *ret);

#endif
