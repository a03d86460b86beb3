// LOCK TABLE in a migration. PostgreSQL takes it in a transaction block alone, and the Supabase CLI
// sends a file's statements in one implicit transaction, which is none; a DO block is taken for
// one.
#ifndef WRITE_LOCKS_H
#define WRITE_LOCKS_H

#include "base/arena.h"
#include "sql/split.h"

// Puts each LOCK of `statements` into a block of its own. `ret_any`: there was one.
TDM_MUST_CHECK tdm_status tdm_wrap_locks(tdm_arena *arena, tdm_statements *statements,
                                         bool *ret_any, tdm_error *err);

#endif
