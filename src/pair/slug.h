// The name of a change without its dates, ids and numbers, in one spelling.
#ifndef PAIR_SLUG_H
#define PAIR_SLUG_H

#include "pair/link.h"

// Slugs by which a revision is known: of its file name, of its id, of its message. At most three,
// each once; empty ones and ones too short to say anything are left out. Returns how many.
#define TDM_SLUGS_MAX 3
size_t tdm_slugs_of_revision(tdm_arena *arena, const tdm_link_revision *revision,
                             tdm_text ret[TDM_SLUGS_MAX]);
// "0006_terms_consent.sql" of a migration named "0006_terms_consent" gives "terms_consent".
tdm_text tdm_slug_of_migration(tdm_arena *arena, const tdm_link_migration *migration);

#endif
