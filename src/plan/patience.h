// How long a session waits for a lock while it only reads.
#ifndef PLAN_PATIENCE_H
#define PLAN_PATIENCE_H

#include "db/session.h"

// From now on the session waits so long for a lock, when it reads; 0 leaves it as it is. Nothing
// without a session of our own.
TDM_MUST_CHECK tdm_status tdm_session_patience(tdm_session *session, uint32_t milliseconds,
                                               tdm_arena *arena, tdm_error *err);

#endif
