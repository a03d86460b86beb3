#include "alembic/config.h"

#include "alembic/config_find.h"
#include "alembic/config_paths.h"
#include "alembic/versions.h"

#include "base/error.h"
#include "base/text.h"
#include "base/vector.h"

#include <string.h>

enum {
    SLUG_LENGTH = 40, // what Alembic takes when truncate_slug_length is absent or 0
};

typedef struct reader {
    tdm_arena *arena;
    tdm_tree *tree;
    const tdm_alembic_choice *choice;
    tdm_config_files files;
    tdm_text section;
    tdm_path_finder paths;
    tdm_alembic_config *config;
    tdm_error *err;
} reader;

// One option: the ini goes first, then [tool.alembic].
typedef struct option {
    bool in_ini;
    const tdm_toml *toml;
    tdm_text text; // of the ini, or of a string of the toml, made ready
    tdm_place place;
} option;

// Python's `value % {"here": ...}`, for the two forms that can succeed.
static tdm_status format_toml(reader *in, const tdm_toml *value, tdm_text *ret)
{
    static const char name[] = "%(here)s";
    tdm_buffer out = TDM_BUFFER_INIT(1 << 20);
    tdm_text rest = value->text;
    bool right = true;
    tdm_text root = tdm_text_of(in->tree->root);
    while (rest.size && right) {
        size_t percent = tdm_text_find_char(rest, '%');
        tdm_buffer_put(&out, tdm_text_slice(rest, 0, percent));
        rest = percent == SIZE_MAX ? (tdm_text){NULL, 0} : tdm_text_from(rest, percent);
        if (tdm_text_starts(rest, tdm_text_of(name))) {
            tdm_buffer_put(&out, root);
            tdm_buffer_puts(&out, in->files.folder[0] ? "/" : "");
            tdm_buffer_puts(&out, in->files.folder);
            rest = tdm_text_from(rest, sizeof name - 1);
        } else if (tdm_text_starts(rest, TDM_TEXT("%%"))) {
            tdm_buffer_putc(&out, '%');
            rest = tdm_text_from(rest, 2);
        } else {
            right = rest.size == 0;
        }
    }
    tdm_status status = tdm_buffer_check(&out, in->err);
    *ret = tdm_buffer_take(&out, in->arena);
    if (!right)
        return tdm_fail(in->err, TDM_ERROR_CONFIG, value->place,
                        "'%%' must be followed by '%%' or be %%(here)s in '%.*s'",
                        TDM_TEXT_ARG(value->text));
    return status;
}

static tdm_status find_option(reader *in, const char *name, option *ret)
{
    tdm_text key = tdm_text_of(name);
    *ret = (option){.place = TDM_NOWHERE};
    if (in->files.ini && tdm_ini_has(in->files.ini, in->section, key)) {
        ret->in_ini = true;
        ret->place = tdm_ini_place(in->files.ini, in->section, key);
        return tdm_ini_get(in->files.ini, in->section, key, &ret->text, in->err);
    }
    ret->toml = tdm_toml_get(in->files.toml, key);
    if (!ret->toml)
        return TDM_OK;
    ret->place = ret->toml->place;
    if (ret->toml->kind == TDM_TOML_FLOAT || ret->toml->kind == TDM_TOML_DATE)
        return tdm_fail(in->err, TDM_ERROR_CONFIG, ret->place,
                        "unsupported TOML value type for key: '%s'", name);
    return ret->toml->kind == TDM_TOML_STRING ? format_toml(in, ret->toml, &ret->text) : TDM_OK;
}

static bool is_given(const option *opt)
{
    return opt->in_ini || opt->toml;
}

static tdm_status read_text(reader *in, const char *name, const char *otherwise, tdm_text *ret)
{
    option opt;
    if (find_option(in, name, &opt) != TDM_OK)
        return TDM_FAILED;
    *ret = is_given(&opt) ? opt.text : tdm_text_of(otherwise);
    if (opt.toml && opt.toml->kind != TDM_TOML_STRING)
        return tdm_fail(in->err, TDM_ERROR_CONFIG, opt.place, "%s must be a string, not of type %s",
                        name, tdm_toml_kind_name(opt.toml->kind));
    return TDM_OK;
}

static tdm_status read_flag(reader *in, const char *name, bool *ret)
{
    option opt;
    if (find_option(in, name, &opt) != TDM_OK)
        return TDM_FAILED;
    if (opt.toml && opt.toml->kind != TDM_TOML_BOOLEAN)
        return tdm_fail(in->err, TDM_ERROR_CONFIG, opt.place,
                        "boolean value expected for TOML parameter '%s'", name);
    *ret = opt.toml ? opt.toml->boolean : opt.in_ini && tdm_text_is(opt.text, "true");
    return TDM_OK;
}

static tdm_status read_slug_length(reader *in, uint32_t *ret)
{
    option opt;
    uint64_t value = 0;
    if (find_option(in, "truncate_slug_length", &opt) != TDM_OK)
        return TDM_FAILED;
    bool right = true;
    if (opt.toml && opt.toml->kind == TDM_TOML_INTEGER) {
        right = opt.toml->integer >= 0;
        value = (uint64_t)opt.toml->integer;
    } else if (is_given(&opt)) {
        right = tdm_text_to_u64(tdm_text_strip(opt.text), &value);
    }
    if (!right || value > UINT32_MAX)
        return tdm_fail(in->err, TDM_ERROR_CONFIG, opt.place,
                        "truncate_slug_length must be a whole number");
    *ret = value ? (uint32_t)value : SLUG_LENGTH;
    return TDM_OK;
}

typedef struct separator_name {
    const char *name;
    char separator;
} separator_name;

static const separator_name separators[] = {
    {"space", ' '}, {"newline", '\n'}, {"os", ':'}, {":", ':'}, {";", ';'},
};

// The character that path_separator (or its older name) asks for; '\0' when neither is there.
static tdm_status read_separator(reader *in, bool older_name, char *ret)
{
    static const char *const names[] = {"path_separator", "version_path_separator"};
    *ret = '\0';
    for (size_t i = 0; i < (older_name ? 2U : 1U); i++) {
        tdm_text key = tdm_text_of(names[i]);
        tdm_text value;
        if (!tdm_ini_has(in->files.ini, in->section, key))
            continue;
        if (tdm_ini_get(in->files.ini, in->section, key, &value, in->err) != TDM_OK)
            return TDM_FAILED;
        for (size_t k = 0; k < sizeof separators / sizeof *separators; k++)
            if (tdm_text_is(value, separators[k].name))
                *ret = separators[k].separator;
        if (*ret)
            return TDM_OK;
        return tdm_fail(in->err, TDM_ERROR_CONFIG, tdm_ini_place(in->files.ini, in->section, key),
                        "'%.*s' is not a valid value for %s; expected 'space', 'newline', 'os', "
                        "':', ';'",
                        TDM_TEXT_ARG(value), names[i]);
    }
    return TDM_OK;
}

static tdm_status toml_items(reader *in, const option *opt, const char *name, const tdm_text **ret,
                             size_t *ret_count)
{
    tdm_text *items = tdm_arena_array(in->arena, opt->toml->count, sizeof *items);
    if (!items)
        return tdm_fail_memory(in->err);
    if (opt->toml->kind != TDM_TOML_ARRAY)
        return tdm_fail(in->err, TDM_ERROR_CONFIG, opt->place,
                        "%s must be an array of strings in TOML", name);
    for (size_t i = 0; i < opt->toml->count; i++) {
        const tdm_toml *item = opt->toml->items[i];
        if (item->kind != TDM_TOML_STRING)
            return tdm_fail(in->err, TDM_ERROR_CONFIG, item->place, "%s must hold strings only",
                            name);
        if (format_toml(in, item, &items[i]) != TDM_OK)
            return TDM_FAILED;
    }
    *ret = items;
    *ret_count = opt->toml->count;
    return TDM_OK;
}

// version_locations and prepend_sys_path. An empty value of the ini counts as none.
static tdm_status read_list(reader *in, const char *name, bool versions, option *ret_option,
                            const tdm_text **ret, size_t *ret_count)
{
    char separator;
    *ret = NULL;
    *ret_count = 0;
    if (find_option(in, name, ret_option) != TDM_OK)
        return TDM_FAILED;
    if (ret_option->in_ini && ret_option->text.size == 0) {
        ret_option->in_ini = false;
        ret_option->toml = tdm_toml_get(in->files.toml, tdm_text_of(name));
    }
    if (ret_option->toml)
        return toml_items(in, ret_option, name, ret, ret_count);
    if (!ret_option->in_ini)
        return TDM_OK;
    if (read_separator(in, versions, &separator) != TDM_OK)
        return TDM_FAILED;
    return tdm_path_split(in->arena, ret_option->text, separator, versions ? '\0' : ':', ret,
                          ret_count, in->err);
}

typedef TDM_VECTOR(const char *) folder_list;

static bool add_folder(reader *in, folder_list *list, const char *folder)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->items[i], folder) == 0)
            return true;
    return tdm_vector_push(in->arena, list, folder);
}

static bool is_folder(reader *in, const char *path)
{
    tdm_entry_kind kind;
    return path && tdm_tree_exists(in->tree, path, &kind) && kind == TDM_ENTRY_FOLDER;
}

// prepend_sys_path. What is not in the project is left out: only the project's own files are read.
static tdm_status add_import_paths(reader *in, folder_list *roots)
{
    option opt;
    const tdm_text *items;
    size_t count;
    tdm_error outside = TDM_ERROR_INIT;
    if (read_list(in, "prepend_sys_path", false, &opt, &items, &count) != TDM_OK)
        return TDM_FAILED;
    in->paths.err = &outside;
    for (size_t i = 0; i < count; i++) {
        tdm_path_value value = {"prepend_sys_path", items[i], opt.place};
        const char *folder = NULL;
        size_t notes = in->paths.notes.count;
        if (tdm_path_find(&in->paths, &value, &folder) == TDM_OK && folder &&
            !add_folder(in, roots, folder))
            return tdm_fail_memory(in->err);
        in->paths.notes.count = notes;
    }
    in->paths.err = in->err;
    return TDM_OK;
}

// A folder that is a package itself is on nobody's path: what is in it is imported through it.
static bool is_package(reader *in, const char *path)
{
    const char *init = tdm_path_join(in->arena, path, "__init__.py");
    return init && tdm_tree_exists(in->tree, init, NULL);
}

// Where the project's own modules may start: what prepend_sys_path says, then the folder of the
// configuration and those above it, each with its `src`, as an installed project would have it.
static tdm_status read_roots(reader *in, const char *folder)
{
    folder_list roots = {0};
    if (add_import_paths(in, &roots) != TDM_OK)
        return TDM_FAILED;
    for (tdm_text base = tdm_text_of(folder);; base = tdm_path_folder(base)) {
        const char *above = tdm_arena_string(in->arena, base);
        const char *source = above ? tdm_path_join(in->arena, above, "src") : NULL;
        if (!source || (!is_package(in, above) && !add_folder(in, &roots, above)) ||
            (is_folder(in, source) && !add_folder(in, &roots, source)))
            return tdm_fail_memory(in->err);
        if (base.size == 0)
            break;
    }
    in->config->roots = roots.items;
    in->config->root_count = roots.count;
    in->paths.roots = roots.items;
    in->paths.root_count = roots.count;
    return TDM_OK;
}

// The other sections that could be meant.
static tdm_status fail_no_script_location(reader *in, tdm_place place)
{
    tdm_buffer names = TDM_BUFFER_INIT(sizeof in->err->hint / 2);
    for (size_t i = 0; in->files.ini && i < tdm_ini_section_count(in->files.ini); i++) {
        tdm_text name = tdm_ini_section_name(in->files.ini, i);
        if (tdm_ini_has(in->files.ini, name, TDM_TEXT("script_location")))
            tdm_buffer_putf(&names, "%s%.*s", names.size ? ", " : "", TDM_TEXT_ARG(name));
    }
    tdm_fail(in->err, TDM_ERROR_CONFIG, place, "No 'script_location' key found in configuration.");
    if (names.size)
        tdm_hint(in->err, "These sections have it; choose one with --name: %s.", names.data);
    tdm_buffer_free(&names);
    return TDM_FAILED;
}

static tdm_status use_own_folder(reader *in, tdm_place place)
{
    in->config->script_location = in->files.folder;
    return tdm_path_note(&in->paths, place,
                         "no script_location: '%s', which holds env.py and versions, is taken, as "
                         "Flask-Migrate does",
                         in->files.folder[0] ? in->files.folder : ".");
}

static tdm_status find_script_location(reader *in)
{
    tdm_path_value value = {.option = "script_location"};
    option opt;
    if (find_option(in, value.option, &opt) != TDM_OK)
        return TDM_FAILED;
    tdm_place place = {.file = in->files.ini ? in->files.ini_path : in->files.toml_path};
    if (!is_given(&opt) && in->files.ini && tdm_ini_has_section(in->files.ini, in->section) &&
        tdm_is_script_folder(in->arena, in->tree, in->files.folder))
        return use_own_folder(in, place);
    if (!opt.in_ini && !(opt.toml && opt.toml->kind == TDM_TOML_STRING))
        return fail_no_script_location(in, opt.toml ? opt.place : place);
    value.text = opt.text;
    value.place = in->config->script_place = opt.place;
    if (tdm_path_find(&in->paths, &value, &in->config->script_location) != TDM_OK)
        return TDM_FAILED;
    if (in->config->script_location)
        return TDM_OK;
    return tdm_fail(in->err, TDM_ERROR_CONFIG, opt.place,
                    "Path doesn't exist: %.*s.  Please use the 'init' command to create a new "
                    "scripts folder.",
                    TDM_TEXT_ARG(opt.text));
}

static tdm_status read_script_location(reader *in)
{
    if (find_script_location(in) != TDM_OK)
        return TDM_FAILED;
    const char *env = tdm_path_join(in->arena, in->config->script_location, "env.py");
    if (!env)
        return tdm_fail_memory(in->err);
    in->config->env = tdm_tree_exists(in->tree, env, NULL) ? env : NULL;
    return TDM_OK;
}

// Locations that are not there are skipped, as Alembic does; a note says so.
static tdm_status add_version_folder(reader *in, folder_list *list, const tdm_path_value *value)
{
    const char *folder = NULL;
    if (tdm_path_find(&in->paths, value, &folder) != TDM_OK)
        return TDM_FAILED;
    if (!folder)
        return tdm_path_note(&in->paths, value->place, "the version location '%.*s' is not there",
                             TDM_TEXT_ARG(value->text));
    return tdm_vector_push(in->arena, list, folder) ? TDM_OK : tdm_fail_memory(in->err);
}

// A folder without revisions but with sub-folders: env.py or a program may point Alembic there.
static tdm_status note_empty_folder(reader *in, const char *folder)
{
    tdm_entries entries;
    bool below = false;
    if (tdm_tree_list(in->tree, folder, in->arena, &entries, in->err) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < entries.count; i++) {
        tdm_text name = entries.items[i].name;
        if (entries.items[i].kind != TDM_ENTRY_FOLDER && tdm_is_revision_name(name))
            return TDM_OK;
        below = below ||
                (entries.items[i].kind == TDM_ENTRY_FOLDER && !tdm_text_is(name, "__pycache__"));
    }
    return below ? tdm_path_note(&in->paths, (tdm_place){.file = folder},
                                 "'%s' holds no revisions, and its folders are not read without "
                                 "recursive_version_locations",
                                 folder)
                 : TDM_OK;
}

static tdm_status read_versions(reader *in)
{
    option opt;
    const tdm_text *items;
    size_t count;
    folder_list list = {0};
    if (read_list(in, "version_locations", true, &opt, &items, &count) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < count; i++) {
        tdm_path_value value = {"version_locations", items[i], opt.place};
        if (add_version_folder(in, &list, &value) != TDM_OK)
            return TDM_FAILED;
    }
    if (count == 0) {
        const char *folder = tdm_path_join(in->arena, in->config->script_location, "versions");
        if (!folder)
            return tdm_fail_memory(in->err);
        if (!is_folder(in, folder)) {
            if (tdm_path_note(&in->paths, in->config->script_place, "'%s' is not there", folder) !=
                TDM_OK)
                return TDM_FAILED;
        } else if (!tdm_vector_push(in->arena, &list, folder)) {
            return tdm_fail_memory(in->err);
        }
    }
    in->config->versions = list.items;
    in->config->version_count = list.count;
    if (read_flag(in, "recursive_version_locations", &in->config->recursive) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < list.count && !in->config->recursive; i++)
        if (note_empty_folder(in, list.items[i]) != TDM_OK)
            return TDM_FAILED;
    return TDM_OK;
}

// Folders that the user named in place of what the configuration says.
static tdm_status use_versions(reader *in)
{
    const tdm_alembic_choice *choice = in->choice;
    for (size_t i = 0; i < choice->version_count; i++)
        if (!is_folder(in, choice->versions[i]))
            return tdm_fail(in->err, TDM_ERROR_CONFIG, (tdm_place){.file = choice->versions[i]},
                            "the folder of revisions '%s' is not there", choice->versions[i]);
    in->config->versions = choice->versions;
    in->config->version_count = choice->version_count;
    in->config->recursive = choice->recursive;
    return TDM_OK;
}

// sqlalchemy.url serves only as a proposal, so that a broken one is no failure.
static tdm_status read_url(reader *in)
{
    tdm_text key = TDM_TEXT("sqlalchemy.url");
    tdm_error wrong = TDM_ERROR_INIT;
    if (!in->files.ini || !tdm_ini_has(in->files.ini, in->section, key) ||
        tdm_ini_get(in->files.ini, in->section, key, &in->config->url, &wrong) == TDM_OK)
        return TDM_OK;
    if (wrong.code == TDM_ERROR_MEMORY)
        return tdm_fail_memory(in->err);
    return tdm_path_note(&in->paths, tdm_ini_place(in->files.ini, in->section, key),
                         "sqlalchemy.url: %s", wrong.message);
}

static tdm_status read_rest(reader *in)
{
    tdm_alembic_config *config = in->config;
    if (read_flag(in, "sourceless", &config->sourceless) != TDM_OK ||
        read_text(in, "file_template", "%(rev)s_%(slug)s", &config->file_template) != TDM_OK ||
        read_slug_length(in, &config->truncate_slug_length) != TDM_OK ||
        read_text(in, "timezone", NULL, &config->timezone) != TDM_OK ||
        read_text(in, "output_encoding", "utf-8", &config->output_encoding) != TDM_OK)
        return TDM_FAILED;
    return read_url(in);
}

static tdm_status read_files(reader *in)
{
    if (read_roots(in, in->files.folder) != TDM_OK)
        return TDM_FAILED;
    if (in->choice->version_count == 0)
        return read_script_location(in) == TDM_OK && read_versions(in) == TDM_OK ? read_rest(in)
                                                                                 : TDM_FAILED;
    // Folders named by hand need no script_location; env.py is read when it can be found.
    tdm_error missing = TDM_ERROR_INIT;
    tdm_error *err = in->err;
    in->err = in->paths.err = &missing;
    tdm_status status = read_script_location(in);
    in->err = in->paths.err = err;
    if (status != TDM_OK && tdm_path_note(&in->paths, TDM_NOWHERE, "%s", missing.message) != TDM_OK)
        return TDM_FAILED;
    return use_versions(in) == TDM_OK ? read_rest(in) : TDM_FAILED;
}

static tdm_status read_nothing(reader *in)
{
    const char *start = in->choice->start ? in->choice->start : "";
    in->config->file_template = TDM_TEXT("%(rev)s_%(slug)s");
    in->config->output_encoding = TDM_TEXT("utf-8");
    in->config->truncate_slug_length = SLUG_LENGTH;
    if (in->choice->version_count) {
        const char *folder =
            tdm_arena_string(in->arena, tdm_path_folder(tdm_text_of(in->choice->versions[0])));
        if (!folder)
            return tdm_fail_memory(in->err);
        return read_roots(in, folder) == TDM_OK ? use_versions(in) : TDM_FAILED;
    }
    if (in->choice->optional)
        return TDM_OK;
    tdm_fail(in->err, TDM_ERROR_CONFIG, TDM_NOWHERE,
             "no alembic.ini and no pyproject.toml with [tool.alembic] at, above or below '%s'",
             start[0] ? start : ".");
    return tdm_hint(in->err, "Name the configuration with --alembic-config, or folders of "
                             "revisions with --versions.");
}

// With folders of revisions named by hand, a configuration that cannot be told is none.
static tdm_status find_files(reader *in)
{
    tdm_error several = TDM_ERROR_INIT;
    bool by_hand = in->choice->version_count && !in->choice->config;
    tdm_error *err = by_hand ? &several : in->err;
    if (tdm_config_find(in->arena, in->tree, in->choice, &in->files, err) == TDM_OK)
        return TDM_OK;
    if (!by_hand)
        return TDM_FAILED;
    if (several.code == TDM_ERROR_MEMORY)
        return tdm_fail_memory(in->err);
    in->files = (tdm_config_files){0};
    return tdm_path_note(&in->paths, TDM_NOWHERE, "%s", several.message);
}

tdm_status tdm_alembic_config_read(tdm_arena *arena, tdm_tree *tree,
                                   const tdm_alembic_choice *choice, tdm_alembic_config *ret,
                                   tdm_error *err)
{
    tdm_alembic_config config = {0};
    tdm_alembic_choice chosen = *choice;
    if (chosen.section.size == 0)
        chosen.section = TDM_TEXT("alembic");
    reader in = {.arena = arena,
                 .tree = tree,
                 .choice = &chosen,
                 .section = chosen.section,
                 .config = &config,
                 .err = err,
                 .paths = {.arena = arena, .tree = tree, .err = err}};
    if (find_files(&in) != TDM_OK)
        return TDM_FAILED;
    bool found = in.files.ini || in.files.toml;
    config.ini = in.files.ini ? in.files.ini_path : NULL;
    config.toml = in.files.toml ? in.files.toml_path : NULL;
    in.paths.folder = found ? in.files.folder : "";
    if ((found ? read_files(&in) : read_nothing(&in)) != TDM_OK)
        return TDM_FAILED;
    config.notes = in.paths.notes.items;
    config.note_count = in.paths.notes.count;
    *ret = config;
    return TDM_OK;
}
