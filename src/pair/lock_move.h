// A lock in which some pairs are put behind all others, under new names: what `tandem rebase` makes
// of it.
#ifndef PAIR_LOCK_MOVE_H
#define PAIR_LOCK_MOVE_H

#include "base/map.h"
#include "pair/lock.h"
#include "project/project.h"

// The text of the lock for the project as it will be. `moved` has the key of every member that is
// moved (tdm_lock_key), with its new name as a tdm_text; lines that name one come last, in the
// order of the chain, with the digests that the project `after` gives. Lines keep what they say:
// what was not frozen is not frozen by this. `stale`: keys of members that had changed before; they
// keep their digests, so that check goes on saying so.
typedef struct tdm_lock_moves {
    tdm_map moved;
    tdm_map stale;
} tdm_lock_moves;

TDM_MUST_CHECK tdm_status tdm_lock_move(const tdm_lock *lock, const tdm_lock_moves *moves,
                                        tdm_project *after, tdm_buffer *out, tdm_error *err);

#endif
