// What depends on what: what goes with something that is dropped, and what keeps it from being
// dropped.
//
// pg_depend knows three answers: a dependent goes with it (an index on a column), goes only with
// CASCADE (a foreign key to a table), or is none. What a view or a function body looks at is not
// modelled; with CASCADE such an object, when its text has the name, is uncertain afterwards.
#ifndef REPLAY_DEPEND_H
#define REPLAY_DEPEND_H

#include "replay/parts.h"

// False: the server refuses to drop it, and said so.
bool tdm_depend_drop_column(tdm_replay *r, tdm_table *table, tdm_text column, bool cascade);
bool tdm_depend_drop_object(tdm_replay *r, tdm_object *object, bool cascade);

#endif
