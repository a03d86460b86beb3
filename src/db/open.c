// Opening a session for what the user said.
#include "base/error.h"
#include "db/identity.h"
#include "db/libpq.h"
#include "db/remote.h"

static tdm_status open_url(const tdm_target_options *options, tdm_arena *arena,
                           tdm_target_parts *parts, tdm_session **ret, tdm_error *err)
{
    if (options->password && !tdm_target_get(parts, "password") &&
        !tdm_target_set(arena, parts, "password",
                        tdm_arena_string(arena, tdm_text_of(options->password))))
        return tdm_fail_memory(err);
    // A temporary login role may be named by hand as well.
    tdm_libpq_options libpq = {.connect_timeout = options->connect_timeout,
                               .ask_password = options->ask_password,
                               .opening = options->opening,
                               .context = options->context};
    libpq.login_role = tdm_is_login_role(tdm_text_of(tdm_target_get(parts, "user")));
    return tdm_libpq_open(parts, &libpq, ret, err);
}

tdm_status tdm_session_open(const tdm_target_options *options, tdm_session **ret, tdm_error *err)
{
    tdm_target_parts parts = {0};
    tdm_status status = TDM_FAILED;
    if (options->project)
        return tdm_remote_open(options, ret, err);
    tdm_arena *arena = tdm_arena_new(0);
    if (!arena)
        return tdm_fail_memory(err);
    if (tdm_target_parse(arena, options->url, &parts, err) == TDM_OK &&
        (!options->url_from_argv || tdm_target_refuse_secrets(&parts, err) == TDM_OK))
        status = open_url(options, arena, &parts, ret, err);
    tdm_target_wipe(&parts);
    tdm_arena_free(arena);
    return status;
}
