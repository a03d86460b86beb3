// What the last run made of revisions that have not changed since.
#include "project/state.h"

#include "alembic/kept.h"
#include "base/error.h"

// Under which keys the script of a revision may be found: most rest on no naming convention, which
// only env.py's models may be able to tell.
typedef struct keys {
    tdm_project *project;
    tdm_hasher *hasher;
    tdm_text options;
    tdm_map modules; // names that were looked for -> `project` when there may be one, or the map
} keys;

static bool has_module(keys *k, tdm_text dotted)
{
    const void *known = tdm_map_get(&k->modules, dotted);
    if (known)
        return known == k->project;
    bool has = tdm_render_has_module(k->project->arena, &k->project->render, dotted);
    return !tdm_map_put(&k->modules, dotted, has ? (void *)k->project : &k->modules) || has;
}

// What a script found missing in the project must be missing still.
static bool holds(keys *k, const tdm_script *script)
{
    for (size_t i = 0; i < script->absent_count; i++)
        if (has_module(k, script->absent[i]))
            return false;
    return true;
}

static bool key_of(const keys *k, const tdm_revision *revision, tdm_digest *ret)
{
    return revision->has_key &&
           tdm_kept_script_key(k->hasher, k->project->cache, revision->key, k->options, ret);
}

static bool open_keys(keys *k, tdm_project *project, bool named)
{
    tdm_render_options options = tdm_project_running(project);
    *k = (keys){.project = project, .hasher = tdm_hasher_new()};
    k->options = tdm_kept_options(project->arena, &options, named);
    tdm_map_init(&k->modules, project->arena);
    return k->hasher != NULL;
}

// Gives how many scripts were not found.
static size_t take(tdm_project *project, bool named)
{
    size_t missing = 0;
    keys k;
    if (!open_keys(&k, project, named))
        return project->revision_count;
    for (size_t i = 0; i < project->revision_count; i++) {
        tdm_revision_state *state = &project->revisions[i];
        tdm_digest key;
        tdm_text kept;
        if (state->rendered[TDM_UPGRADE])
            continue;
        bool found = key_of(&k, state->revision, &key) &&
                     tdm_cache_find(project->cache, key, &kept) &&
                     tdm_kept_script_read(project->arena, state->revision->path, kept,
                                          &state->scripts[TDM_UPGRADE]) &&
                     holds(&k, &state->scripts[TDM_UPGRADE]);
        state->rendered[TDM_UPGRADE] = found;
        missing += !found;
    }
    tdm_hasher_free(k.hasher);
    return missing;
}

static tdm_status see_nothing(void *context, const tdm_py_seen *seen, tdm_error *err)
{
    (void)context;
    (void)seen;
    (void)err;
    return TDM_OK;
}

// Files whose headers were kept are not parsed yet: those that are evaluated now, on all cores.
static tdm_status read_ahead(tdm_project *project, size_t missing, tdm_error *err)
{
    tdm_py_file *files = tdm_arena_array(project->arena, missing, sizeof *files);
    tdm_py_reading reading = {.files = files, .see = see_nothing};
    if (!files)
        return tdm_fail_memory(err);
    for (size_t i = 0; i < project->revision_count; i++) {
        const tdm_revision_state *state = &project->revisions[i];
        if (!state->rendered[TDM_UPGRADE] && state->revision->kept)
            files[reading.count++] = (tdm_py_file){state->revision->path, state->revision->source};
    }
    return reading.count ? tdm_py_library_read(project->chain->library, &reading, err) : TDM_OK;
}

tdm_status tdm_project_take_kept(tdm_project *project, tdm_error *err)
{
    if (!project->cache || project->kept_taken)
        return TDM_OK;
    project->kept_taken = true;
    size_t missing = take(project, false);
    if (missing) {
        if (tdm_project_settle_naming(project, err) != TDM_OK)
            return TDM_FAILED;
        missing = take(project, true);
    }
    if (missing && read_ahead(project, missing, err) != TDM_OK)
        return TDM_FAILED;
    return tdm_arena_ok(project->arena) ? TDM_OK : tdm_fail_memory(err);
}

void tdm_project_keep(tdm_project *project, const tdm_revision_state *state)
{
    const tdm_script *script = &state->scripts[TDM_UPGRADE];
    const tdm_revision *revision = state->revision;
    tdm_digest key;
    keys k;
    if (!project->cache || !revision->has_key)
        return;
    tdm_text kept = tdm_kept_script(project->arena, revision->path, script);
    if (kept.size == 0 || !open_keys(&k, project, script->named))
        return;
    if (key_of(&k, revision, &key))
        tdm_cache_put(project->cache, key, kept);
    tdm_hasher_free(k.hasher);
}
