// Finding and reading the two sides of a project. A side that nobody finds is empty; two candidates
// are an error that names both, never a choice made in silence.
#include "project/state.h"

#include "alembic/order.h"
#include "base/error.h"
#include "base/text.h"
#include "base/vector.h"
#include "project/history.h"
#include "revision/env_naming.h"

#include <string.h>

enum {
    SEARCH_DEPTH = 5, // folders below the start in which supabase/migrations is looked for
    SEARCH_FOLDERS = 20000,
};

static const char *text_or_null(tdm_text text)
{
    return text.size ? text.data : NULL;
}

// --- Alembic ------------------------------------------------------------------------------------

// Folders of revisions: those of the command line are relative to where the user stands, those of
// the settings are relative to the root already.
static tdm_status choose_versions(tdm_project *project, const tdm_project_options *options,
                                  tdm_alembic_choice *choice, tdm_error *err)
{
    const tdm_setting *setting = &project->settings.values[TDM_SETTING_ALEMBIC_VERSIONS];
    size_t count = options->version_count ? options->version_count : setting->count;
    const char **folders = tdm_arena_array(project->arena, count, sizeof *folders);
    if (!folders)
        return tdm_fail_memory(err);
    for (size_t i = 0; i < count; i++) {
        folders[i] = options->version_count
                         ? tdm_path_join(project->arena, project->start, options->versions[i])
                         : setting->items[i].data;
        if (!folders[i])
            return tdm_fail(err, TDM_ERROR_CONFIG, TDM_NOWHERE,
                            "the versions folder '%s' lies outside of the project '%s'",
                            options->versions[i], project->tree->root);
    }
    choice->versions = folders;
    choice->version_count = count;
    return TDM_OK;
}

static tdm_status choose(tdm_project *project, const tdm_project_options *options,
                         tdm_alembic_choice *ret, tdm_error *err)
{
    const tdm_settings *settings = &project->settings;
    *ret = (tdm_alembic_choice){
        .start = project->start,
        .config = text_or_null(tdm_setting_text(settings, TDM_SETTING_ALEMBIC_CONFIG)),
        .section = tdm_setting_text(settings, TDM_SETTING_ALEMBIC_SECTION),
        .recursive =
            options->version_count > 0 || settings->values[TDM_SETTING_ALEMBIC_RECURSIVE].boolean,
        .optional = true,
    };
    if (options->alembic_section)
        ret->section = tdm_text_of(options->alembic_section);
    if (options->alembic_config) {
        ret->config = tdm_path_join(project->arena, project->start, options->alembic_config);
        if (!ret->config)
            return tdm_fail(err, TDM_ERROR_CONFIG, TDM_NOWHERE,
                            "the configuration '%s' lies outside of the project '%s'",
                            options->alembic_config, project->tree->root);
    }
    return choose_versions(project, options, ret, err);
}

// Bare folders of revisions are read without any configuration, so as Alembic's own templates say.
static tdm_status read_env(tdm_project *project, const tdm_project_options *options, tdm_error *err)
{
    tdm_text source;
    tdm_env_stock(&project->env);
    if (!project->alembic.env || options->version_count)
        return TDM_OK;
    if (tdm_tree_read(project->tree, project->alembic.env, project->arena, &source, err) != TDM_OK)
        return TDM_FAILED;
    return tdm_env_read(project->arena, project->alembic.env, source, &project->env, err);
}

// The naming convention and the assumptions of the settings, as rendering takes them.
static tdm_status read_render_settings(tdm_project *project, tdm_error *err)
{
    const tdm_setting *naming = &project->settings.values[TDM_SETTING_ALEMBIC_NAMING];
    const tdm_setting *assume = &project->settings.values[TDM_SETTING_ALEMBIC_ASSUME];
    tdm_naming *names = tdm_arena_array(project->arena, naming->pair_count, sizeof *names);
    tdm_assumption *assumptions =
        tdm_arena_array(project->arena, assume->pair_count, sizeof *assumptions);
    if (!names || !assumptions)
        return tdm_fail_memory(err);
    for (size_t i = 0; i < naming->pair_count; i++)
        names[i] = (tdm_naming){naming->pairs[i].key, naming->pairs[i].text};
    for (size_t i = 0; i < assume->pair_count; i++) {
        const tdm_setting_pair *pair = &assume->pairs[i];
        assumptions[i] = (tdm_assumption){
            .name = pair->key, .literal = pair->text, .is_string = pair->is_string};
    }
    const tdm_env_mode *offline = &project->env.offline;
    project->render = (tdm_render_options){
        .tree = project->tree,
        .roots = project->alembic.roots,
        .root_count = project->alembic.root_count,
        .naming = names,
        .naming_count = naming->pair_count,
        .assumptions = assumptions,
        .assumption_count = assume->pair_count,
        .pyformat = tdm_text_is(offline->paramstyle.text, "pyformat") ||
                    tdm_text_is(offline->paramstyle.text, "format"),
        .no_literal_binds = !offline->literal_binds.flag,
        .library = project->chain->library,
    };
    return TDM_OK;
}

tdm_status tdm_project_settle_naming(tdm_project *project, tdm_error *err)
{
    tdm_env_naming found;
    tdm_text source;
    if (!project->naming_open)
        return TDM_OK;
    project->naming_open = false;
    if (tdm_tree_read(project->tree, project->alembic.env, project->arena, &source, err) !=
            TDM_OK ||
        tdm_env_read_naming(project->arena, project->alembic.env, source, &project->render, &found,
                            err) != TDM_OK)
        return TDM_FAILED;
    project->render.naming = found.rows;
    project->render.naming_count = found.count;
    if (!found.known)
        project->render.naming_unknown = tdm_arena_printf(
            project->arena,
            "its name is made by the naming convention of env.py's target_metadata, which cannot "
            "be known (%.*s); [alembic.naming_convention] in tandem.toml states it, and states "
            "that there is none when it is empty",
            TDM_TEXT_ARG(found.why));
    return TDM_OK;
}

// Revisions in the order in which they run; those that have no order follow in load order.
static tdm_status order_revisions(tdm_project *project, tdm_error *err)
{
    const tdm_chain *chain = project->chain;
    tdm_revision_list order = {0};
    bool *placed = tdm_arena_array(project->arena, chain->revisions.count, sizeof *placed);
    project->revisions =
        tdm_arena_array(project->arena, chain->revisions.count, sizeof *project->revisions);
    if (!placed || !project->revisions)
        return tdm_fail_memory(err);
    if (!chain->cyclic && tdm_chain_order(project->arena, chain, &order, err) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < order.count; i++) {
        placed[order.items[i]->index] = true;
        project->revisions[project->revision_count++].revision = order.items[i];
    }
    for (size_t i = 0; i < chain->revisions.count; i++)
        if (!placed[i])
            project->revisions[project->revision_count++].revision = chain->revisions.items[i];
    return TDM_OK;
}

tdm_status tdm_project_read_alembic(tdm_project *project, const tdm_project_options *options,
                                    tdm_error *err)
{
    tdm_alembic_choice choice;
    tdm_chain_source source = {
        .tree = project->tree, .config = &project->alembic, .cache = project->cache};
    if (choose(project, options, &choice, err) != TDM_OK ||
        tdm_alembic_config_read(project->arena, project->tree, &choice, &project->alembic, err) !=
            TDM_OK ||
        read_env(project, options, err) != TDM_OK ||
        tdm_chain_read(project->arena, &source, &project->chain, err) != TDM_OK ||
        read_render_settings(project, err) != TDM_OK)
        return TDM_FAILED;
    const tdm_setting *naming = &project->settings.values[TDM_SETTING_ALEMBIC_NAMING];
    project->naming_open = project->alembic.env && !options->version_count && !naming->place.file;
    project->memo = tdm_run_memo_new(project->arena);
    if (!project->memo)
        return tdm_fail_memory(err);
    if (order_revisions(project, err) != TDM_OK)
        return TDM_FAILED;
    return tdm_history_new(project, &project->history, &project->render.schema, err);
}

// --- Supabase -----------------------------------------------------------------------------------

typedef struct candidates {
    tdm_project *project;
    TDM_VECTOR(char *) found; // folders that hold supabase/migrations
    size_t visited;
} candidates;

static bool is_folder(tdm_tree *tree, const char *path)
{
    tdm_entry_kind kind;
    return path && tdm_tree_exists(tree, path, &kind) && kind == TDM_ENTRY_FOLDER;
}

static bool worth_entering(const tdm_entry *entry)
{
    return entry->kind == TDM_ENTRY_FOLDER && entry->name.data[0] != '.' &&
           !tdm_text_is(entry->name, "node_modules");
}

static tdm_status look_below(candidates *c, const char *folder, int depth, tdm_error *err)
{
    tdm_arena *arena = c->project->arena;
    tdm_tree *tree = c->project->tree;
    tdm_entries entries;
    if (is_folder(tree, tdm_path_join(arena, folder, "supabase/migrations"))) {
        char *copy = tdm_arena_string(arena, tdm_text_of(folder));
        return tdm_vector_push(arena, &c->found, copy) ? TDM_OK : tdm_fail_memory(err);
    }
    if (depth == 0 || ++c->visited > SEARCH_FOLDERS)
        return TDM_OK;
    if (tdm_tree_list(tree, folder, arena, &entries, NULL) != TDM_OK)
        return TDM_OK; // a folder that may not be read holds nothing for us
    for (size_t i = 0; i < entries.count; i++) {
        if (!worth_entering(&entries.items[i]))
            continue;
        char *below = tdm_path_join(arena, folder, entries.items[i].name.data);
        if (!below)
            return tdm_fail_memory(err);
        if (look_below(c, below, depth - 1, err) != TDM_OK)
            return TDM_FAILED;
    }
    return TDM_OK;
}

// At or above where the user stands, else at or above Alembic's configuration, else below the
// start.
static tdm_status find_supabase(tdm_project *project, const char **ret, tdm_error *err)
{
    char *root = NULL;
    const char *config = project->alembic.ini ? project->alembic.ini : project->alembic.toml;
    *ret = NULL;
    if (tdm_supabase_find_root(project->tree, project->arena, project->start, &root)) {
        *ret = root;
        return TDM_OK;
    }
    if (config) {
        char *folder = tdm_arena_string(project->arena, tdm_path_folder(tdm_text_of(config)));
        if (folder && tdm_supabase_find_root(project->tree, project->arena, folder, &root)) {
            *ret = root;
            return TDM_OK;
        }
    }
    candidates c = {.project = project};
    if (look_below(&c, project->start, SEARCH_DEPTH, err) != TDM_OK)
        return TDM_FAILED;
    if (c.found.count > 1) {
        tdm_fail(err, TDM_ERROR_CONFIG, TDM_NOWHERE,
                 "two supabase folders: '%s/supabase' and '%s/supabase'", c.found.items[0],
                 c.found.items[1]);
        return tdm_hint(err, "Start in the one that is meant, or set supabase.folder in "
                             "tandem.toml.");
    }
    if (c.found.count)
        *ret = c.found.items[0];
    return TDM_OK;
}

// supabase.folder names the supabase folder itself, or a folder of SQL files.
static tdm_status use_folder(tdm_project *project, tdm_text folder, tdm_error *err)
{
    char *migrations = tdm_path_join(project->arena, folder.data, "migrations");
    tdm_text name = tdm_path_base(folder);
    if (tdm_text_is(name, "supabase") && is_folder(project->tree, migrations)) {
        char *root = tdm_arena_string(project->arena, tdm_path_folder(folder));
        if (!root)
            return tdm_fail_memory(err);
        return tdm_supabase_config_read(project->tree, project->arena, root, &project->supabase,
                                        err);
    }
    project->supabase = (tdm_supabase_config){
        .folder = is_folder(project->tree, migrations) ? migrations : folder.data,
        .db_port = 54322,
        .shadow_port = 54320,
        .migrations_enabled = true,
    };
    if (is_folder(project->tree, project->supabase.folder))
        return TDM_OK;
    return tdm_fail(err, TDM_ERROR_CONFIG,
                    project->settings.values[TDM_SETTING_SUPABASE_FOLDER].place,
                    "the supabase folder '%s' is not there", folder.data);
}

tdm_status tdm_project_read_supabase(tdm_project *project, tdm_error *err)
{
    tdm_text folder = tdm_setting_text(&project->settings, TDM_SETTING_SUPABASE_FOLDER);
    const char *root = NULL;
    if (folder.size) {
        if (use_folder(project, folder, err) != TDM_OK)
            return TDM_FAILED;
    } else {
        if (find_supabase(project, &root, err) != TDM_OK)
            return TDM_FAILED;
        // Without a folder the side is empty, and new files go where `supabase init` would put
        // them.
        if (tdm_supabase_config_read(project->tree, project->arena, root ? root : project->start,
                                     &project->supabase, err) != TDM_OK)
            return TDM_FAILED;
    }
    if (tdm_folder_read(project->arena, project->tree, project->supabase.folder, &project->folder,
                        err) != TDM_OK)
        return TDM_FAILED;
    project->migrations =
        tdm_arena_array(project->arena, project->folder.count, sizeof *project->migrations);
    if (!project->migrations)
        return tdm_fail_memory(err);
    for (size_t i = 0; i < project->folder.count; i++)
        project->migrations[i].migration = &project->folder.migrations[i];
    return TDM_OK;
}
