// Versions of new migrations.
#ifndef WRITE_VERSION_H
#define WRITE_VERSION_H

#include <tandem/error.h>
#include <tandem/text.h>

#include "alembic/header.h"
#include "base/arena.h"
#include "base/map.h"

// The version that a revision asks for by itself: the fourteen digits of its id, else the date and
// time of its file name, else its Create Date. Empty when it has none of them.
tdm_text tdm_version_wish(tdm_arena *arena, const tdm_revision *revision);

// The version one second later. One that is no date and time ("0042") is counted up in its own
// width, which is how such folders are numbered. An empty text when there is none.
tdm_text tdm_version_after(tdm_arena *arena, tdm_text version);

// Where a version must lie, as Supabase sorts: text order, both ends excluded. Empty: no bound.
typedef struct tdm_version_gap {
    tdm_text after;
    tdm_text before;
} tdm_version_gap;

// The wish when it lies in the gap and is not taken, else the first free version behind
// `gap->after`, which is 00000000000001 where nothing comes before: it says an order and no date.
// Empty when there is none.
tdm_text tdm_version_choose(tdm_arena *arena, tdm_text wish, const tdm_version_gap *gap,
                            const tdm_map *taken);

#endif
