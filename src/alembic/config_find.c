#include "alembic/config_find.h"

#include "base/error.h"
#include "base/text.h"
#include "base/vector.h"

#include <string.h>

enum {
    MOST_LEVELS = 6,      // of folders below the start of a search
    MOST_FOLDERS = 20000, // that one search looks into
    MOST_NAMED = 5,       // configurations that a message names
};

// Folders that hold other people's files, or made ones, or projects that exist to be tested.
static const char *const skipped[] = {
    "__pycache__", "build", "dist",  "fixtures", "node_modules", "site-packages",
    "target",      "test",  "tests", "testdata", "vendor",       "venv",
};

typedef struct finder {
    tdm_arena *arena;
    tdm_tree *tree;
    tdm_text section;
    tdm_error *err;
    TDM_VECTOR(const char *) queue; // folders, those nearer to the start first
    TDM_VECTOR(tdm_config_files) found;
} finder;

static bool is_file(tdm_tree *tree, const char *path)
{
    tdm_entry_kind kind;
    return tdm_tree_exists(tree, path, &kind) && kind == TDM_ENTRY_FILE;
}

static const char *parent_of(tdm_arena *arena, const char *folder)
{
    return tdm_arena_string(arena, tdm_path_folder(tdm_text_of(folder)));
}

// The folder as Alembic's `here` names it.
static tdm_text here(finder *in, const char *folder)
{
    tdm_text root = tdm_text_of(in->tree->root);
    while (root.size > 1 && root.data[root.size - 1] == '/')
        root.size--;
    if (!folder[0])
        return root;
    return tdm_arena_printf(in->arena, "%.*s%s%s", TDM_TEXT_ARG(root),
                            tdm_text_is(root, "/") ? "" : "/", folder);
}

static tdm_status read_ini(finder *in, const char *path, tdm_config_files *files)
{
    tdm_text source;
    if (tdm_tree_read(in->tree, path, in->arena, &source, in->err) != TDM_OK ||
        tdm_ini_parse(in->arena, path, source, &files->ini, in->err) != TDM_OK)
        return TDM_FAILED;
    files->ini_path = path;
    return tdm_ini_default(files->ini, TDM_TEXT("here"), here(in, files->folder), in->err);
}

// Leaves `files` alone when the file has no [tool.alembic]. A broken file that does not even speak
// of it is somebody else's business.
static tdm_status read_toml(finder *in, const char *path, tdm_config_files *files)
{
    tdm_text source;
    const tdm_toml *root = NULL;
    if (tdm_tree_read(in->tree, path, in->arena, &source, in->err) != TDM_OK)
        return TDM_FAILED;
    if (tdm_text_find(source, TDM_TEXT("alembic")) == SIZE_MAX)
        return TDM_OK;
    if (tdm_toml_parse(in->arena, path, source, &root, in->err) != TDM_OK)
        return tdm_text_find(source, TDM_TEXT("tool.alembic")) == SIZE_MAX ? TDM_OK : TDM_FAILED;
    const tdm_toml *table = tdm_toml_get(tdm_toml_get(root, TDM_TEXT("tool")), TDM_TEXT("alembic"));
    if (!table)
        return TDM_OK;
    if (table->kind != TDM_TOML_TABLE)
        return tdm_fail(in->err, TDM_ERROR_CONFIG, table->place, "tool.alembic is no table");
    files->toml = table;
    files->toml_path = path;
    return TDM_OK;
}

static bool has_files(const tdm_config_files *files)
{
    return files->ini || files->toml;
}

// What a folder holds.
static tdm_status look_in(finder *in, const char *folder, tdm_config_files *ret)
{
    const char *ini = tdm_path_join(in->arena, folder, "alembic.ini");
    const char *toml = tdm_path_join(in->arena, folder, "pyproject.toml");
    *ret = (tdm_config_files){.folder = folder};
    if (!ini || !toml)
        return tdm_fail_memory(in->err);
    if (is_file(in->tree, ini) && read_ini(in, ini, ret) != TDM_OK)
        return TDM_FAILED;
    if (is_file(in->tree, toml) && read_toml(in, toml, ret) != TDM_OK)
        return TDM_FAILED;
    return TDM_OK;
}

static tdm_status look_up(finder *in, const char *start, tdm_config_files *ret)
{
    const char *folder = start;
    for (;;) {
        if (look_in(in, folder, ret) != TDM_OK)
            return TDM_FAILED;
        if (has_files(ret) || !folder[0])
            return TDM_OK;
        folder = parent_of(in->arena, folder);
        if (!folder)
            return tdm_fail_memory(in->err);
    }
}

static bool is_skipped(tdm_text name)
{
    if (name.data[0] == '.')
        return true;
    for (size_t i = 0; i < sizeof skipped / sizeof *skipped; i++)
        if (tdm_text_is(name, skipped[i]))
            return true;
    return false;
}

bool tdm_is_script_folder(tdm_arena *arena, tdm_tree *tree, const char *folder)
{
    tdm_entry_kind kind;
    const char *env = tdm_path_join(arena, folder, "env.py");
    const char *versions = tdm_path_join(arena, folder, "versions");
    return env && versions && is_file(tree, env) && tdm_tree_exists(tree, versions, &kind) &&
           kind == TDM_ENTRY_FOLDER;
}

// Something found from afar counts only when it says where the scripts are: an alembic.ini for
// logging alone, or one of another section, is none.
static bool says_scripts(const finder *in, const tdm_config_files *files)
{
    if (tdm_toml_get(files->toml, TDM_TEXT("script_location")))
        return true;
    return files->ini && (tdm_ini_has(files->ini, in->section, TDM_TEXT("script_location")) ||
                          (tdm_ini_has_section(files->ini, in->section) &&
                           tdm_is_script_folder(in->arena, in->tree, files->folder)));
}

static tdm_status queue_folders(finder *in, const char *folder, const char *except)
{
    tdm_entries entries;
    tdm_error unreadable = TDM_ERROR_INIT;
    if (tdm_tree_list(in->tree, folder, in->arena, &entries, &unreadable) != TDM_OK)
        return unreadable.code == TDM_ERROR_MEMORY ? tdm_fail_memory(in->err) : TDM_OK;
    for (size_t i = 0; i < entries.count; i++) {
        const tdm_entry *entry = &entries.items[i];
        if (entry->kind != TDM_ENTRY_FOLDER || is_skipped(entry->name))
            continue;
        const char *path = tdm_path_join(in->arena, folder, entry->name.data);
        if (!path)
            return tdm_fail_memory(in->err);
        if (except && strcmp(path, except) == 0)
            continue;
        if (!tdm_vector_push(in->arena, &in->queue, path))
            return tdm_fail_memory(in->err);
    }
    return TDM_OK;
}

// Everything below a folder, except one of its folders that was searched before.
static tdm_status look_below(finder *in, const char *start, const char *except)
{
    size_t next = 0;
    in->queue.count = 0;
    if (queue_folders(in, start, except) != TDM_OK)
        return TDM_FAILED;
    for (unsigned level = 1; level <= MOST_LEVELS && next < in->queue.count; level++) {
        size_t end = in->queue.count;
        for (; next < end; next++) {
            tdm_config_files files;
            const char *folder = in->queue.items[next];
            if (look_in(in, folder, &files) != TDM_OK)
                return TDM_FAILED;
            if (says_scripts(in, &files) && !tdm_vector_push(in->arena, &in->found, files))
                return tdm_fail_memory(in->err);
            if (in->queue.count < MOST_FOLDERS && level < MOST_LEVELS &&
                queue_folders(in, folder, NULL) != TDM_OK)
                return TDM_FAILED;
        }
    }
    return TDM_OK;
}

static tdm_status fail_several(finder *in)
{
    tdm_buffer names = TDM_BUFFER_INIT(sizeof in->err->message);
    for (size_t i = 0; i < in->found.count && i < MOST_NAMED; i++) {
        const tdm_config_files *files = &in->found.items[i];
        tdm_buffer_putf(&names, "%s'%s'", i ? ", " : "",
                        files->ini ? files->ini_path : files->toml_path);
    }
    if (in->found.count > MOST_NAMED)
        tdm_buffer_putf(&names, " and %zu more", in->found.count - MOST_NAMED);
    tdm_fail(in->err, TDM_ERROR_CONFIG, TDM_NOWHERE, "several Alembic configurations: %.*s",
             TDM_TEXT_ARG(tdm_buffer_text(&names)));
    tdm_buffer_free(&names);
    return tdm_hint(in->err, "Choose one with --alembic-config FILE, or write it to tandem.toml: "
                             "[alembic] config = \"FILE\".");
}

static tdm_status search(finder *in, const char *start, tdm_config_files *ret)
{
    const char *folder = start;
    const char *except = NULL;
    if (look_up(in, start, ret) != TDM_OK)
        return TDM_FAILED;
    while (!has_files(ret)) {
        if (look_below(in, folder, except) != TDM_OK)
            return TDM_FAILED;
        if (in->found.count > 1)
            return fail_several(in);
        if (in->found.count == 1)
            *ret = in->found.items[0];
        if (!folder[0])
            break;
        except = folder;
        folder = parent_of(in->arena, folder);
        if (!folder)
            return tdm_fail_memory(in->err);
    }
    return TDM_OK;
}

// A chosen file, with its neighbour: Alembic reads alembic.ini beside pyproject.toml too.
static tdm_status use_chosen(finder *in, const char *path, tdm_config_files *ret)
{
    bool toml = tdm_text_is(tdm_path_base(tdm_text_of(path)), "pyproject.toml");
    const char *folder = parent_of(in->arena, path);
    const char *other =
        folder ? tdm_path_join(in->arena, folder, toml ? "alembic.ini" : "pyproject.toml") : NULL;
    if (!other)
        return tdm_fail_memory(in->err);
    *ret = (tdm_config_files){.folder = folder};
    if (!is_file(in->tree, path))
        return tdm_fail(in->err, TDM_ERROR_CONFIG, (tdm_place){.file = path},
                        "the Alembic configuration '%s' is not there", path);
    const char *ini_path = toml ? other : path;
    const char *toml_path = toml ? path : other;
    if (is_file(in->tree, ini_path) && read_ini(in, ini_path, ret) != TDM_OK)
        return TDM_FAILED;
    if (is_file(in->tree, toml_path) && read_toml(in, toml_path, ret) != TDM_OK)
        return TDM_FAILED;
    return TDM_OK;
}

tdm_status tdm_config_find(tdm_arena *arena, tdm_tree *tree, const tdm_alembic_choice *choice,
                           tdm_config_files *ret, tdm_error *err)
{
    finder in = {.arena = arena, .tree = tree, .section = choice->section, .err = err};
    if (choice->config)
        return use_chosen(&in, choice->config, ret);
    return search(&in, choice->start ? choice->start : "", ret);
}
