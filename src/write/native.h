// PostgreSQL's own guards: IF [NOT] EXISTS and OR REPLACE, put into a statement where its grammar
// has a place for them.
#ifndef WRITE_NATIVE_H
#define WRITE_NATIVE_H

#include "base/arena.h"
#include "sql/classify.h"

// The statement with every guard that it lacks. False: PostgreSQL has none for it, or not for all
// that it does. A statement that has its guards comes back as it is. The text lives in `arena`.
bool tdm_native_guard(tdm_arena *arena, const tdm_sql_tree *tree, const tdm_sql_class *kind,
                      tdm_text *ret);

#endif
