// Names change, and what refers to them follows: PostgreSQL refers by number.
#ifndef REPLAY_FOLLOW_H
#define REPLAY_FOLLOW_H

#include "replay/parts.h"

// After a column was renamed.
void tdm_follow_column(tdm_replay *r, tdm_table *table, tdm_text before, tdm_text after);
// After an object was renamed or moved; `schema` and `name` are what it was.
void tdm_follow_object(tdm_replay *r, const tdm_object *object, tdm_text schema, tdm_text name);

#endif
