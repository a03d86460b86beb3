// Whose account, and which platform: the access token and the hosts, looked for where the Supabase
// CLI looks for them.
#ifndef SUPABASE_ACCOUNT_H
#define SUPABASE_ACCOUNT_H

#include <tandem/error.h>

#include "base/arena.h"

// NULL: not said.
typedef struct tdm_account {
    const char *token; // a secret
    const char *api_url;
    const char *project_host;
    const char *pooler_host;
} tdm_account;

typedef struct tdm_account_input {
    const char *(*environment)(void *context, const char *name);
    void *context;
    const char *token; // given by the user; NULL: looked for
    // Gives the secret that the desktop's keyring has for a service and user, or empty; NULL: there
    // is none to ask. Only TDM_ERROR_MEMORY.
    tdm_status (*keyring)(const struct tdm_account_input *input, tdm_arena *arena,
                          const char *service, const char *user, tdm_text *ret, tdm_error *err);
} tdm_account_input;

// The token is SUPABASE_ACCESS_TOKEN, else what the Supabase CLI has put into the keyring (service
// "Supabase CLI"; user: the profile's name, or "access-token" as older ones have it), else the file
// access-token in SUPABASE_HOME or ~/.supabase. SUPABASE_NO_KEYRING leaves the keyring out, and so
// does the CLI under WSL.
// The hosts are SUPABASE_API_URL and SUPABASE_PROJECT_HOST, else those of the profile: the name or
// file in SUPABASE_PROFILE, else in the file `profile` of that folder, else the hosted platform.
// Never from the project: whoever changes a project's file must not lead a token elsewhere.
// TDM_ERROR_CONFIG for a token that is none (it is not repeated) and a profile that is not there.
TDM_MUST_CHECK tdm_status tdm_account_read(tdm_arena *arena, const tdm_account_input *input,
                                           tdm_account *ret, tdm_error *err);
// ^sbp_(oauth_|v0_)?[a-f0-9]{40}$
bool tdm_is_access_token(tdm_text text);

#endif
