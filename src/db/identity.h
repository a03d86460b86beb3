// Becoming the role that owns things, after logging in as a temporary one.
#ifndef DB_IDENTITY_H
#define DB_IDENTITY_H

#include "db/session.h"

// Whether a user is a temporary login role of Supabase (cli_login_postgres, with the pooler's
// ".<ref>" behind it), which stands for `postgres`.
bool tdm_is_login_role(tdm_text user);

// SET SESSION ROLE postgres, and the settings stored for that role in this database, which only a
// login as that role would have brought: on Supabase the search path with `extensions`. Fills
// session->identity from `arena`. A setting that may not be set now is left out.
TDM_MUST_CHECK tdm_status tdm_identity_take(tdm_session *session, tdm_arena *arena, tdm_error *err);

#endif
