// The comment that a migration file begins with: where links to revisions are written.
#ifndef SUPABASE_HEADER_H
#define SUPABASE_HEADER_H

#include "supabase/folder.h"

// Fills header and links of a migration from its source. False when out of memory.
bool tdm_migration_header_read(tdm_arena *arena, tdm_migration *migration);

#endif
