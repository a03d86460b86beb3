// What a block may do at most, when whether it does so cannot be known.
//
// A guard that is not understood need not open the whole catalog: when every statement of its
// branches can be read, and none could make or drop a table, column or schema unseen, only the
// objects that those statements name are uncertain afterwards.
#ifndef REPLAY_CONFINE_H
#define REPLAY_CONFINE_H

#include "replay/parts.h"

// Marks what the statement's block may touch as uncertain, and notes `why` on the catalog. False,
// with nothing changed: it may do more, and the catalog must be opened. `tree` is that of the
// statement.
bool tdm_confine(tdm_replay *r, const tdm_sql_tree *tree, tdm_text why);

#endif
