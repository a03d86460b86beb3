// Opening a session for what the user said.
#include "base/error.h"
#include "db/libpq.h"

tdm_status tdm_session_open(const tdm_target_options *options, tdm_session **ret, tdm_error *err)
{
    tdm_arena *arena = tdm_arena_new(0);
    tdm_target_parts parts = {0};
    tdm_status status = TDM_FAILED;
    if (!arena)
        return tdm_fail_memory(err);
    if (tdm_target_parse(arena, options->url, &parts, err) == TDM_OK &&
        (!options->url_from_argv || tdm_target_refuse_secrets(&parts, err) == TDM_OK))
        status = tdm_libpq_open(&parts, options->connect_timeout, ret, err);
    tdm_target_wipe(&parts);
    tdm_arena_free(arena);
    return status;
}
