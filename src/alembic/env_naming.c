// The naming convention of the metadata that env.py hands to Alembic (A119 operations/schemaobj.py
// metadata(): the `naming_convention` of opts["target_metadata"]). By every template the name is
// `target_metadata`, and it is looked up after the module level of env.py has been evaluated.
#include "alembic/env_naming.h"

#include "alembic/host.h"
#include "alembic/objects.h"

#include "base/error.h"

static tdm_status copy_rows(tdm_arena *arena, const tdm_metadata *metadata, tdm_env_naming *ret,
                            tdm_error *err)
{
    tdm_naming *rows = tdm_arena_array(arena, metadata->naming_count + 1, sizeof *rows);
    if (!rows)
        return tdm_fail_memory(err);
    for (size_t i = 0; i < metadata->naming_count; i++)
        rows[i] = (tdm_naming){tdm_arena_text(arena, metadata->naming[i].key),
                               tdm_arena_text(arena, metadata->naming[i].format)};
    *ret = (tdm_env_naming){.known = true, .rows = rows, .count = metadata->naming_count};
    return tdm_arena_ok(arena) ? TDM_OK : tdm_fail_memory(err);
}

// None has no convention, and neither has a list of several: Alembic asks the value itself.
static tdm_status read_target(tdm_arena *arena, tdm_py module, tdm_env_naming *ret, tdm_error *err)
{
    tdm_py target = tdm_py_module_get(module, TDM_TEXT("target_metadata"));
    const tdm_metadata *metadata = target ? tdm_data_of(target, &tdm_metadata_object) : NULL;
    if (metadata)
        return copy_rows(arena, metadata, ret, err);
    tdm_py_kind kind = target ? tdm_py_kind_of(target) : TDM_PY_UNKNOWN;
    ret->known = kind == TDM_PY_NONE || kind == TDM_PY_LIST || kind == TDM_PY_TUPLE;
    return TDM_OK;
}

tdm_status tdm_env_read_naming(tdm_arena *arena, const char *path, tdm_text source,
                               const tdm_render_options *options, tdm_env_naming *ret,
                               tdm_error *err)
{
    tdm_host host = {.arena = tdm_arena_new(0), .options = options};
    tdm_error ignored = TDM_ERROR_INIT;
    tdm_py module = NULL;
    tdm_status status = TDM_OK;
    *ret = (tdm_env_naming){0};
    if (!host.arena)
        return tdm_fail_memory(err);
    tdm_py_host seen = tdm_host_seen(&host);
    tdm_map_init(&host.modules, host.arena);
    host.memo = tdm_run_memo_new(host.arena);
    if (!host.memo ||
        tdm_interp_new(host.arena, &seen, (tdm_py_limits){0}, &host.in, err) != TDM_OK) {
        tdm_arena_free(host.arena);
        return tdm_fail_memory(err);
    }
    if (tdm_py_load(host.in, path, source, &module, &ignored) == TDM_OK)
        status = read_target(arena, module, ret, err);
    tdm_interp_free(host.in);
    tdm_arena_free(host.arena);
    return status;
}
