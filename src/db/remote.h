// A project of Supabase as a target: which of the ways to it works.
//
// The database itself (db.<ref>.supabase.co, which has only an IPv6 address unless the project pays
// for another), else the pooler in session mode, else the Management API. A password logs in as
// postgres; without one the API makes a temporary login role.
#ifndef DB_REMOTE_H
#define DB_REMOTE_H

#include "db/session.h"
#include "db/target.h"

TDM_MUST_CHECK tdm_status tdm_remote_open(const tdm_target_options *options, tdm_session **ret,
                                          tdm_error *err);

// Where the pooler of a project is. Made from what `supabase link` saved in the project, which
// anybody can change: only the pooler's own domain, with this project's user, is believed, and a
// password is sent nowhere else. The port is that of sessions, 5432, but on this machine, where it
// is a test's own. False when it is not to be believed.
typedef struct tdm_pooler {
    const char *host;
    const char *port;
    const char *database;
} tdm_pooler;

bool tdm_pooler_from_url(tdm_arena *arena, const tdm_supabase_project *project, const char *url,
                         tdm_pooler *ret);
bool tdm_pooler_believe(const tdm_supabase_project *project, tdm_text host, tdm_text user);

#endif
