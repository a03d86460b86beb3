#include "project/kept.h"

#include "alembic/kept.h"
#include "base/error.h"
#include "project/state.h"

tdm_render_options tdm_evaluation_options(const tdm_project *project, tdm_evaluation mode)
{
    tdm_render_options options = project->render;
    options.online = mode == TDM_EVALUATE_ONLINE;
    options.strict_offline = mode == TDM_EVALUATE_STRICT;
    return options;
}

// Under which keys a script may be found: most rest on no naming convention, which only env.py's
// models may be able to tell.
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

static bool key_of(const keys *k, const tdm_wanted *wanted, tdm_digest *ret)
{
    tdm_script_origin from = {wanted->revision->key, wanted->direction, k->options};
    return wanted->revision->has_key &&
           tdm_kept_script_key(k->hasher, k->project->cache, &from, ret);
}

static bool open_keys(keys *k, tdm_project *project, tdm_evaluation mode, bool named)
{
    tdm_render_options options = tdm_evaluation_options(project, mode);
    *k = (keys){.project = project, .hasher = tdm_hasher_new()};
    k->options = tdm_kept_options(project->arena, &options, named);
    tdm_map_init(&k->modules, project->arena);
    return k->hasher != NULL;
}

static bool find(keys *k, tdm_wanted *wanted)
{
    tdm_digest key;
    tdm_text kept;
    return key_of(k, wanted, &key) && tdm_cache_find(k->project->cache, key, &kept) &&
           tdm_kept_script_read(k->project->arena, wanted->revision->path, kept, &wanted->script) &&
           holds(k, &wanted->script);
}

typedef struct taking {
    tdm_project *project;
    tdm_evaluation mode;
    tdm_wanted *wanted;
    size_t count;
} taking;

// Gives how many scripts were not found.
static size_t take(const taking *t, bool named)
{
    size_t missing = 0;
    keys k;
    if (!open_keys(&k, t->project, t->mode, named))
        return t->count;
    for (size_t i = 0; i < t->count; i++) {
        tdm_wanted *wanted = &t->wanted[i];
        wanted->found = wanted->found || find(&k, wanted);
        missing += !wanted->found;
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
static tdm_status read_ahead(const taking *t, size_t missing, tdm_error *err)
{
    tdm_project *project = t->project;
    const tdm_revision *last = NULL; // both directions of one may be wanted
    tdm_py_file *files = tdm_arena_array(project->arena, missing, sizeof *files);
    tdm_py_reading reading = {.files = files, .see = see_nothing};
    if (!files)
        return tdm_fail_memory(err);
    for (size_t i = 0; i < t->count; i++) {
        const tdm_revision *revision = t->wanted[i].revision;
        if (t->wanted[i].found || !revision->kept || revision == last)
            continue;
        files[reading.count++] = (tdm_py_file){revision->path, revision->source};
        last = revision;
    }
    return reading.count ? tdm_py_library_read(project->chain->library, &reading, err) : TDM_OK;
}

tdm_status tdm_wanted_take(tdm_project *project, tdm_evaluation mode, tdm_wanted *wanted,
                           size_t count, tdm_error *err)
{
    taking t = {project, mode, wanted, count};
    if (!project->cache)
        return TDM_OK;
    size_t missing = take(&t, false);
    if (missing) {
        if (tdm_project_settle_naming(project, err) != TDM_OK)
            return TDM_FAILED;
        missing = take(&t, true);
    }
    if (missing && read_ahead(&t, missing, err) != TDM_OK)
        return TDM_FAILED;
    return tdm_arena_ok(project->arena) ? TDM_OK : tdm_fail_memory(err);
}

static void keep(tdm_project *project, tdm_evaluation mode, const tdm_wanted *wanted,
                 const tdm_script *script)
{
    tdm_digest key;
    keys k;
    if (!project->cache || !wanted->revision->has_key)
        return;
    tdm_text kept = tdm_kept_script(project->arena, wanted->revision->path, script);
    if (kept.size == 0 || !open_keys(&k, project, mode, script->named))
        return;
    if (key_of(&k, wanted, &key))
        tdm_cache_put(project->cache, key, kept);
    tdm_hasher_free(k.hasher);
}

bool tdm_wanted_holds(const tdm_wanting *in, const tdm_wanted *wanted)
{
    return wanted->found && tdm_run_memo_follow(in->memo, &wanted->script);
}

tdm_status tdm_wanted_render(const tdm_wanting *in, const tdm_wanted *wanted, tdm_script *ret,
                             tdm_error *err)
{
    const tdm_revision *revision = wanted->revision;
    tdm_render_options options = tdm_evaluation_options(in->project, in->mode);
    if (tdm_render_revision(in->arena, revision->path, revision->source, wanted->direction,
                            &options, in->memo, ret, err) != TDM_OK)
        return TDM_FAILED;
    keep(in->project, in->mode, wanted, ret);
    return TDM_OK;
}
