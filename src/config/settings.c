#include "config/settings.h"

#include "config/settings_file.h"

#include "base/error.h"
#include "base/text.h"

#include <string.h>

typedef struct setting_row {
    const char *key;
    tdm_setting_type type;
    const char *built_in;
    const char *meaning;
} setting_row;

static const setting_row rows[TDM_SETTING_COUNT] = {
#define X(constant, key, type, built_in, meaning) [constant] = {key, type, built_in, meaning},
    TDM_SETTINGS(X)
#undef X
};

static const char *const origin_names[] = {
    [TDM_ORIGIN_ABSENT] = "not set",          [TDM_ORIGIN_BUILT_IN] = "built in",
    [TDM_ORIGIN_USER_FILE] = "user file",     [TDM_ORIGIN_PROJECT_FILE] = "project file",
    [TDM_ORIGIN_ENVIRONMENT] = "environment", [TDM_ORIGIN_FLAG] = "command line",
};

const char *tdm_setting_key(tdm_setting_id id)
{
    return rows[id].key;
}

const char *tdm_setting_meaning(tdm_setting_id id)
{
    return rows[id].meaning;
}

tdm_setting_type tdm_setting_type_of(tdm_setting_id id)
{
    return rows[id].type;
}

const char *tdm_origin_name(tdm_origin origin)
{
    return origin_names[origin];
}

tdm_text tdm_setting_variable(tdm_arena *arena, tdm_setting_id id)
{
    if (rows[id].type == TDM_SETTING_MAP || rows[id].type == TDM_SETTING_TABLES)
        return (tdm_text){NULL, 0};
    tdm_text name = tdm_arena_printf(arena, "TANDEM_%s", rows[id].key);
    char *copy = tdm_arena_string(arena, name);
    if (!copy)
        return (tdm_text){NULL, 0};
    for (size_t i = 0; i < name.size; i++)
        copy[i] = (char)(copy[i] == '.' ? '_' : tdm_to_upper(copy[i]));
    return (tdm_text){copy, name.size};
}

tdm_text tdm_setting_text(const tdm_settings *settings, tdm_setting_id id)
{
    const tdm_setting *setting = &settings->values[id];
    return setting->count ? setting->items[0] : (tdm_text){NULL, 0};
}

const tdm_setting_pair *tdm_setting_find(const tdm_setting *setting, tdm_text key)
{
    for (size_t i = 0; i < setting->pair_count; i++)
        if (tdm_text_equal(setting->pairs[i].key, key))
            return &setting->pairs[i];
    return NULL;
}

static tdm_status read_built_in(tdm_settings_reader *in)
{
    in->origin = TDM_ORIGIN_BUILT_IN;
    for (int i = 0; i < TDM_SETTING_COUNT; i++) {
        const char *text = rows[i].built_in;
        if (text && tdm_settings_text(in, (tdm_setting_id)i, tdm_text_of(text), "tandem") != TDM_OK)
            return TDM_FAILED;
    }
    return TDM_OK;
}

static tdm_status read_file(tdm_settings_reader *in, tdm_tree *tree, const char *path,
                            const char *shown)
{
    tdm_text source;
    const tdm_toml *root = NULL;
    if (tdm_tree_read(tree, path, in->arena, &source, in->err) != TDM_OK ||
        tdm_toml_parse(in->arena, shown, source, &root, in->err) != TDM_OK)
        return TDM_FAILED;
    return tdm_settings_file(in, root);
}

static const char *ask(const tdm_settings_input *input, const char *name)
{
    const char *value =
        input->environment ? input->environment(input->environment_context, name) : NULL;
    return value && value[0] ? value : NULL;
}

// The user's file lies outside of the project, so it is read from the file system's own root: links
// are the user's own business there.
static tdm_status read_user_file(tdm_settings_reader *in, const tdm_settings_input *input)
{
    const char *base = ask(input, "XDG_CONFIG_HOME");
    const char *home = ask(input, "HOME");
    tdm_tree *tree = NULL;
    if ((!base || base[0] != '/') && (!home || home[0] != '/'))
        return TDM_OK;
    tdm_text path = base && base[0] == '/'
                        ? tdm_arena_printf(in->arena, "%s/tandem/config.toml", base)
                        : tdm_arena_printf(in->arena, "%s/.config/tandem/config.toml", home);
    const char *inner = path.data ? tdm_path_join(in->arena, "", path.data) : NULL;
    if (!inner)
        return tdm_arena_ok(in->arena) ? TDM_OK : tdm_fail_memory(in->err);
    if (tdm_tree_open_folder("/", &tree, in->err) != TDM_OK)
        return TDM_FAILED;
    tdm_status status = TDM_OK;
    if (tdm_tree_exists(tree, inner, NULL)) {
        in->origin = TDM_ORIGIN_USER_FILE;
        in->folder = "";
        in->settings->user_file = path.data;
        status = read_file(in, tree, inner, path.data);
    }
    tdm_tree_free(tree);
    return status;
}

// tandem.toml or supabase/tandem.toml of one folder.
static tdm_status look_in(tdm_settings_reader *in, const char *folder, const char **ret)
{
    const char *own = tdm_path_join(in->arena, folder, "tandem.toml");
    const char *inner = tdm_path_join(in->arena, folder, "supabase/tandem.toml");
    if (!own || !inner)
        return tdm_fail_memory(in->err);
    bool has_own = tdm_tree_exists(in->tree, own, NULL);
    bool has_inner = tdm_tree_exists(in->tree, inner, NULL);
    if (has_own && has_inner) {
        tdm_fail(in->err, TDM_ERROR_CONFIG, (tdm_place){.file = inner},
                 "two project files: '%s' and '%s'", own, inner);
        return tdm_hint(in->err, "Keep one of them.");
    }
    *ret = has_own ? own : has_inner ? inner : NULL;
    return TDM_OK;
}

static tdm_status find_project_file(tdm_settings_reader *in, const tdm_settings_input *input,
                                    const char **ret)
{
    tdm_text folder = tdm_text_of(input->start);
    const char *chosen = input->file ? input->file : ask(input, "TANDEM_CONFIG");
    *ret = NULL;
    in->folder = input->start ? input->start : "";
    if (chosen)
        return tdm_settings_path(in, input->file ? "--config" : "TANDEM_CONFIG",
                                 tdm_text_of(chosen), TDM_NOWHERE, ret);
    for (; !*ret; folder = tdm_path_folder(folder)) {
        const char *path = tdm_arena_string(in->arena, folder);
        if (!path)
            return tdm_fail_memory(in->err);
        if (look_in(in, path, ret) != TDM_OK)
            return TDM_FAILED;
        if (folder.size == 0)
            break;
    }
    return TDM_OK;
}

static tdm_status read_project_file(tdm_settings_reader *in, const tdm_settings_input *input)
{
    const char *path = NULL;
    if (find_project_file(in, input, &path) != TDM_OK)
        return TDM_FAILED;
    if (!path)
        return TDM_OK;
    in->origin = TDM_ORIGIN_PROJECT_FILE;
    in->folder = tdm_arena_string(in->arena, tdm_path_folder(tdm_text_of(path)));
    in->settings->project_file = path;
    if (!in->folder)
        return tdm_fail_memory(in->err);
    return read_file(in, in->tree, path, in->settings->project_file);
}

// Paths of the environment start where the user stands. ALEMBIC_CONFIG is Alembic's own variable
// (A119 alembic/config.py); ours goes before it.
static tdm_status read_environment(tdm_settings_reader *in, const tdm_settings_input *input)
{
    const char *alembic = ask(input, "ALEMBIC_CONFIG");
    in->origin = TDM_ORIGIN_ENVIRONMENT;
    in->folder = input->start ? input->start : "";
    if (alembic && tdm_settings_text(in, TDM_SETTING_ALEMBIC_CONFIG, tdm_text_of(alembic),
                                     "ALEMBIC_CONFIG") != TDM_OK)
        return TDM_FAILED;
    for (int i = 0; i < TDM_SETTING_COUNT; i++) {
        tdm_text name = tdm_setting_variable(in->arena, (tdm_setting_id)i);
        const char *value = name.size ? ask(input, name.data) : NULL;
        if (value &&
            tdm_settings_text(in, (tdm_setting_id)i, tdm_text_of(value), name.data) != TDM_OK)
            return TDM_FAILED;
    }
    return TDM_OK;
}

static tdm_status read_flags(tdm_settings_reader *in, const tdm_settings_input *input)
{
    in->origin = TDM_ORIGIN_FLAG;
    in->folder = "";
    for (size_t i = 0; i < input->flag_count; i++) {
        const tdm_setting_flag *flag = &input->flags[i];
        if (tdm_settings_text(in, flag->id, flag->value, "the command line") != TDM_OK)
            return TDM_FAILED;
    }
    return TDM_OK;
}

static tdm_status check_leads(tdm_settings_reader *in)
{
    const tdm_setting *leads = &in->settings->values[TDM_SETTING_PAIRING_LEADS];
    tdm_text side = tdm_setting_text(in->settings, TDM_SETTING_PAIRING_LEADS);
    if (tdm_text_is(side, "alembic") || tdm_text_is(side, "supabase"))
        return TDM_OK;
    return tdm_fail(in->err, TDM_ERROR_CONFIG, leads->place,
                    "pairing.leads must be \"alembic\" or \"supabase\", not '%.*s'",
                    TDM_TEXT_ARG(side));
}

tdm_status tdm_settings_read(tdm_arena *arena, const tdm_settings_input *input, tdm_settings *ret,
                             tdm_error *err)
{
    tdm_settings settings = {0};
    tdm_settings_reader in = {
        .arena = arena, .tree = input->tree, .settings = &settings, .folder = "", .err = err};
    if (read_built_in(&in) != TDM_OK)
        return TDM_FAILED;
    if (!input->no_file &&
        (read_user_file(&in, input) != TDM_OK || read_project_file(&in, input) != TDM_OK))
        return TDM_FAILED;
    if (read_environment(&in, input) != TDM_OK || read_flags(&in, input) != TDM_OK ||
        check_leads(&in) != TDM_OK)
        return TDM_FAILED;
    settings.warnings = in.warnings.items;
    settings.warning_count = in.warnings.count;
    *ret = settings;
    return TDM_OK;
}
