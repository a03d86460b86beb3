// What of `tandem convert` others in this room use.
#ifndef WRITE_CONVERT_H
#define WRITE_CONVERT_H

#include "pair/pair.h"
#include "write/place.h"

// Whether revision `index` has to get its migration. One that cannot be known counts: it must not
// be left out in silence. With `all_behind` also what rightly stands alone, behind the last
// revision that has a migration: where migrations record themselves, the line must have no gap.
bool tdm_lacks_migration(const tdm_places *places, const tdm_pairing *pairing, size_t index,
                         bool all_behind);

#endif
