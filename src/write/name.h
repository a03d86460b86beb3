// Names of new migrations.
#ifndef WRITE_NAME_H
#define WRITE_NAME_H

#include "alembic/header.h"
#include "base/arena.h"

// The part of a migration's file name behind the version: the revision's file name without its id,
// else its message, else its id; ASCII letters, digits and '_' only. Never empty.
tdm_text tdm_migration_slug(tdm_arena *arena, const tdm_revision *revision);
// The same for a file of this version: "initial" where the Supabase CLI would pass over "init".
tdm_text tdm_migration_slug_at(tdm_arena *arena, const tdm_revision *revision, tdm_text version);

#endif
