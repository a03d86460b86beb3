// One push at a time, for those that begin at once: tdm_push_turn of <tandem/push.h>.
#ifndef APPLY_TURN_H
#define APPLY_TURN_H

#include "db/session.h"

// From now on the session waits so long for a lock, when it reads; 0 leaves it as it is. Nothing
// without a session of our own.
TDM_MUST_CHECK tdm_status tdm_session_patience(tdm_session *session, uint32_t milliseconds,
                                               tdm_arena *arena, tdm_error *err);

#endif
