#include "alembic/config_paths.h"

#include "base/error.h"
#include "base/text.h"

tdm_status tdm_path_note(tdm_path_finder *in, tdm_place place, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    tdm_note note = {place, tdm_arena_vprintf(in->arena, format, args)};
    va_end(args);
    return tdm_vector_push(in->arena, &in->notes, note) ? TDM_OK : tdm_fail_memory(in->err);
}

static bool is_folder(const tdm_path_finder *in, const char *path)
{
    tdm_entry_kind kind;
    return path && tdm_tree_exists(in->tree, path, &kind) && kind == TDM_ENTRY_FOLDER;
}

// An absolute path with its "." and ".." done away, then the part of it below the root.
static tdm_status find_absolute(tdm_path_finder *in, const tdm_path_value *value, const char **ret)
{
    const char *path = tdm_arena_string(in->arena, value->text);
    const char *clean = path ? tdm_path_join(in->arena, "", path) : NULL;
    const char *root = tdm_path_join(in->arena, "", in->tree->root);
    if (!tdm_arena_ok(in->arena))
        return tdm_fail_memory(in->err);
    tdm_text inside = clean ? tdm_text_of(clean) : (tdm_text){NULL, 0};
    tdm_text prefix = tdm_text_of(root);
    bool below =
        clean && root && tdm_text_starts(inside, prefix) &&
        (prefix.size == 0 || inside.size == prefix.size || inside.data[prefix.size] == '/');
    if (!below) {
        tdm_fail(in->err, TDM_ERROR_CONFIG, value->place,
                 "%s '%.*s' lies outside of the project '%s'", value->option,
                 TDM_TEXT_ARG(value->text), in->tree->root);
        return tdm_hint(in->err, "Start tandem in a folder that holds both, or name the folders of "
                                 "revisions with --versions.");
    }
    inside = tdm_text_from(inside, prefix.size && inside.size > prefix.size ? prefix.size + 1
                                                                            : prefix.size);
    const char *found = tdm_arena_string(in->arena, inside);
    if (!found)
        return tdm_fail_memory(in->err);
    *ret = is_folder(in, found) ? found : NULL;
    return TDM_OK;
}

// `package:dir:dir`: the package is a folder below one of the roots.
static tdm_status find_package(tdm_path_finder *in, const tdm_path_value *value, const char **ret)
{
    char *path = tdm_arena_string(in->arena, value->text);
    size_t colon = tdm_text_find_char(value->text, ':');
    if (!path)
        return tdm_fail_memory(in->err);
    for (size_t i = 0; i < value->text.size; i++)
        if (path[i] == ':' || (i < colon && path[i] == '.'))
            path[i] = '/';
    for (size_t i = 0; i < in->root_count; i++) {
        const char *found = tdm_path_join(in->arena, in->roots[i], path);
        if (!is_folder(in, found))
            continue;
        *ret = found;
        return TDM_OK;
    }
    tdm_fail(in->err, TDM_ERROR_CONFIG, value->place,
             "the package folder '%.*s' that %s names is not in the project",
             TDM_TEXT_ARG(value->text), value->option);
    return tdm_hint(in->err, "Name the folders of revisions with --versions.");
}

// From the folder of the configuration, else from the nearest one above it.
static tdm_status find_relative(tdm_path_finder *in, const tdm_path_value *value, const char **ret)
{
    const char *path = tdm_arena_string(in->arena, value->text);
    tdm_text base = tdm_text_of(in->folder);
    for (bool own = true; path; own = false) {
        const char *folder = tdm_arena_string(in->arena, base);
        const char *found = folder ? tdm_path_join(in->arena, folder, path) : NULL;
        if (!tdm_arena_ok(in->arena))
            break;
        if (is_folder(in, found)) {
            *ret = found;
            return own ? TDM_OK
                       : tdm_path_note(in, value->place,
                                       "%s '%s' is taken from '%s': '%s' has no such folder",
                                       value->option, path, folder[0] ? folder : ".",
                                       in->folder[0] ? in->folder : ".");
        }
        if (base.size == 0)
            return TDM_OK;
        base = tdm_path_folder(base);
    }
    return tdm_fail_memory(in->err);
}

tdm_status tdm_path_find(tdm_path_finder *in, const tdm_path_value *value, const char **ret)
{
    *ret = NULL;
    if (tdm_text_starts(value->text, TDM_TEXT("/")))
        return find_absolute(in, value, ret);
    if (tdm_text_find_char(value->text, ':') != SIZE_MAX)
        return find_package(in, value, ret);
    return find_relative(in, value, ret);
}

typedef struct splitter {
    tdm_arena *arena;
    TDM_VECTOR(tdm_text) items;
    tdm_error *err;
} splitter;

static tdm_status push_item(splitter *in, tdm_text item)
{
    if (item.size == 0)
        return TDM_OK;
    return tdm_vector_push(in->arena, &in->items, item) ? TDM_OK : tdm_fail_memory(in->err);
}

tdm_status tdm_path_split(tdm_arena *arena, tdm_text text, char separator, char also,
                          const tdm_text **ret, size_t *ret_count, tdm_error *err)
{
    splitter in = {.arena = arena, .err = err};
    size_t start = 0;
    for (size_t i = 0; i <= text.size; i++) {
        char c = (char)(i < text.size ? text.data[i] : '\0');
        bool cut = separator ? c == separator : c == ',' || c == ' ' || (also && c == also);
        if (i < text.size && !cut)
            continue;
        tdm_text item = tdm_text_slice(text, start, i);
        if (push_item(&in, separator ? tdm_text_strip(item) : item) != TDM_OK)
            return TDM_FAILED;
        start = i + 1;
    }
    *ret = in.items.items;
    *ret_count = in.items.count;
    return TDM_OK;
}
