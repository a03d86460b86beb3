// What the Supabase CLI would have stored in schema_migrations.statements.
//
// The CLI cuts files with a state machine of its own, which is not PostgreSQL's grammar and not
// psql's. A row that tandem writes must be the row that `supabase db push` would have written, so
// that machine is rebuilt here, mistakes included (3.1.0). Nothing is ever
// executed by this splitter: what the server receives is cut by src/sql.
#ifndef SUPABASE_STORED_H
#define SUPABASE_STORED_H

#include <tandem/error.h>
#include <tandem/text.h>

#include "base/arena.h"

typedef struct tdm_stored {
    const tdm_text *statements; // views into the source
    size_t count;
} tdm_stored;

// `source` is UTF-8 without a byte order mark, as tdm_migration holds it.
TDM_MUST_CHECK tdm_status tdm_stored_statements(tdm_arena *arena, tdm_text source, tdm_stored *ret,
                                                tdm_error *err);

#endif
