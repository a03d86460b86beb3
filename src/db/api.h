// The Management API of Supabase: a database reached over HTTPS alone.
//
// It holds no session. A query is asked with `read_only`, and again when its answer was lost; a
// statement or script is sent once, by a connection of its own, and when its answer is lost,
// `failure.lost` says so: whoever sent it must read what became of it. Nothing here repeats what
// may have changed something, but a request that was refused before it ran (429) is sent again.
#ifndef DB_API_H
#define DB_API_H

#include <tandem/push.h>

#include "db/http.h"
#include "db/session.h"

#define TDM_API_URL "https://api.supabase.com"

// Opens a session with a project; nothing is sent yet.
TDM_MUST_CHECK tdm_status tdm_api_open(const tdm_supabase_project *project, tdm_session **ret,
                                       tdm_error *err);

// One call beside the queries: "cli/login-role" of the project. `body` may be empty. TDM_OK is an
// answer 200 or 201 with JSON.
typedef struct tdm_api_call {
    const char *method;
    const char *path; // behind /v1/projects/{ref}/
    tdm_text body;
    bool once;
} tdm_api_call;

TDM_MUST_CHECK tdm_status tdm_api_ask(tdm_session *session, const tdm_api_call *call,
                                      tdm_arena *arena, tdm_text *ret, tdm_error *err);

#endif
