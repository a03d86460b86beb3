// Settings of a session that a statement changes.
//
// A setting such as search_path changes what the statements after it mean. The Supabase CLI runs
// RESET ALL before every file, so that it ends with its file; Alembic runs a whole upgrade in one
// session, so that it reaches into later revisions, but only when they run in the same upgrade.
#ifndef PAIR_SESSION_H
#define PAIR_SESSION_H

#include "sql/classify.h"

typedef enum tdm_session_effect {
    TDM_SESSION_NONE,   // changes no setting, or one that changes no meaning (time-outs)
    TDM_SESSION_SETS,   // `name` has a value of its own from here on
    TDM_SESSION_RESETS, // `name` is back to what it was
    TDM_SESSION_RESETS_ALL,
} tdm_session_effect;

// What a statement does to the settings of its session. `ret_name` is a view of the tree; empty
// when the setting cannot be read off the statement.
tdm_session_effect tdm_session_effect_of(const tdm_sql_class *of, const tdm_sql_tree *tree,
                                         tdm_text *ret_name);

// Whether a text can hold such a statement at all; saves a parse.
bool tdm_session_may_change(tdm_text sql);

#endif
