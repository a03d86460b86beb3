// Files of the project's own that a program reads: `__file__`, paths made from it, open(), pathlib,
// importlib.resources, pkgutil.
//
// Where the project lies at run time cannot be known, but what lies beside a file of it can. A
// place in the project is an UNKNOWN like any other text of which nobody knows what it says; only
// the functions here see that it is a place, and every operation that they do not know gives an
// UNKNOWN that is none (tdm_py_doubt, tdm_py_no_place). Only a file that is there is read: one that
// is missing may be made later, or lie elsewhere once the project is installed.
#include "python/std_file.h"

#include "python/std.h"

#include "base/tree.h"

#include "python/methods_str.h"

#include <string.h>

struct py_place {
    tdm_text package; // dotted, whose folder `path` starts at; "": the project's root
    tdm_text path;    // without "." and ".."; "" is the root itself
    bool text;        // a str, not a pathlib.Path
};

static const struct py_place *place_of(tdm_py value)
{
    return value->kind == TDM_PY_UNKNOWN ? value->why->place_in_project : NULL;
}

static tdm_py no_place(tdm_interp *in)
{
    return tdm_py_harmless(in, "the path of the file at run time");
}

tdm_py tdm_py_no_place(tdm_interp *in, tdm_py value)
{
    return value && place_of(value) ? no_place(in) : value;
}

static tdm_py make_place(tdm_interp *in, const struct py_place *like, tdm_text path, bool text)
{
    struct py_place *place = tdm_arena_new_of(in->arena, struct py_place);
    py_why *why = tdm_arena_new_of(in->arena, py_why);
    if (!place || !why)
        return in->out_of_memory;
    *place = (struct py_place){.package = like->package, .path = path, .text = text};
    *why = *no_place(in)->why;
    why->place_in_project = place;
    return tdm_py_unknown_why(in, why);
}

tdm_py tdm_py_file_place(tdm_interp *in, const char *path)
{
    bool inside = path && path[0] && path[0] != '/' && strncmp(path, "..", 2) != 0;
    return inside ? make_place(in, &(struct py_place){0}, tdm_text_of(path), true) : no_place(in);
}

// --- Places from places -------------------------------------------------------------------------

static tdm_text parent_of(tdm_text path)
{
    size_t size = path.size;
    while (size > 0 && path.data[size - 1] != '/')
        size--;
    return tdm_text_slice(path, 0, size ? size - 1 : 0);
}

static tdm_py parent(tdm_interp *in, const struct py_place *from)
{
    return from->path.size ? make_place(in, from, parent_of(from->path), from->text) : no_place(in);
}

// Puts the parts of `more` at the end, one by one. False: it leaves the project, or starts anew.
static bool put_parts(tdm_interp *in, tdm_text *path, tdm_text more)
{
    if (tdm_text_starts(more, TDM_TEXT("/")))
        return false;
    while (more.size) {
        size_t end = tdm_text_find_char(more, '/');
        tdm_text part = tdm_text_slice(more, 0, end == SIZE_MAX ? more.size : end);
        more = end == SIZE_MAX ? (tdm_text){0} : tdm_text_from(more, end + 1);
        if (!part.size || tdm_text_is(part, "."))
            continue;
        if (tdm_text_is(part, "..")) {
            if (!path->size)
                return false;
            *path = parent_of(*path);
            continue;
        }
        *path = tdm_arena_printf(in->arena, "%.*s%s%.*s", TDM_TEXT_ARG(*path),
                                 path->size ? "/" : "", TDM_TEXT_ARG(part));
        if (!path->data || !tdm_py_charge(in, path->size))
            return false;
    }
    return true;
}

static tdm_py join(tdm_interp *in, const struct py_place *from, const tdm_py *parts, size_t count)
{
    tdm_text path = from->path;
    for (size_t i = 0; i < count; i++) {
        tdm_py part = tdm_py_plain(parts[i]);
        if (part->kind != TDM_PY_STR || !put_parts(in, &path, part->text))
            return no_place(in);
    }
    return make_place(in, from, path, from->text);
}

// The characters of `more` at the end of those of a place, which only counts beyond a folder's
// name where the place itself has a name.
static tdm_py extend(tdm_interp *in, const struct py_place *from, tdm_text more)
{
    tdm_text path = {0};
    bool rooted = tdm_text_starts(more, TDM_TEXT("/"));
    if (!from->path.size && !rooted)
        return no_place(in);
    tdm_text whole =
        from->path.size
            ? tdm_arena_printf(in->arena, "%.*s%.*s", TDM_TEXT_ARG(from->path), TDM_TEXT_ARG(more))
            : tdm_text_from(more, 1);
    return put_parts(in, &path, whole) ? make_place(in, from, path, true) : no_place(in);
}

tdm_py tdm_py_place_extended(tdm_interp *in, tdm_py value, tdm_text more)
{
    const struct py_place *place = place_of(value);
    return place ? extend(in, place, more) : NULL;
}

tdm_py tdm_py_place_operate(tdm_interp *in, tdm_py_operator op, tdm_py left, tdm_py right)
{
    const struct py_place *place = place_of(left);
    tdm_py more = place ? tdm_py_plain(right) : NULL;
    if (!more || more->kind != TDM_PY_STR)
        return NULL;
    if (op == TDM_PY_DIV && !place->text)
        return join(in, place, &more, 1);
    return op == TDM_PY_ADD && place->text ? extend(in, place, more->text) : NULL;
}

// os.path.join() and dirname() of a place; NULL: the first argument is none.
tdm_py tdm_py_place_function(tdm_interp *in, const char *name, const tdm_py_args *args)
{
    for (size_t i = 0; i < args->count; i++)
        if (tdm_py_is_unknown(args->positional[i]) && (i || !place_of(args->positional[i])))
            return tdm_py_doubt(in, args->positional[i]);
    const struct py_place *place = args->count ? place_of(args->positional[0]) : NULL;
    if (!place)
        return NULL;
    if (!args->named_count && strcmp(name, "join") == 0)
        return join(in, place, args->positional + 1, args->count - 1);
    if (args->named_count || args->count != 1)
        return no_place(in);
    if (strcmp(name, "basename") == 0 && place->path.size)
        return tdm_py_str(in, tdm_path_base(place->path));
    return strcmp(name, "dirname") == 0 ? parent(in, place) : no_place(in);
}

// abspath(), realpath(), normpath(), fspath(), str(): the same place.
static tdm_py same_place(tdm_interp *in, void *data, const tdm_py_args *args)
{
    const struct py_place *place =
        args->count == 1 && !args->named_count ? place_of(args->positional[0]) : NULL;
    (void)data;
    return place ? make_place(in, place, place->path, true) : no_place(in);
}

tdm_py tdm_py_place_text(tdm_interp *in, const tdm_py_args *args)
{
    return args->count == 1 && place_of(args->positional[0]) ? same_place(in, NULL, args) : NULL;
}

tdm_py tdm_py_place_pathlib(tdm_interp *in, const tdm_py_args *args)
{
    const struct py_place *place =
        args->count && !args->named_count ? place_of(args->positional[0]) : NULL;
    tdm_py made = place ? join(in, place, args->positional + 1, args->count - 1) : NULL;
    return made && place_of(made) ? make_place(in, place, place_of(made)->path, false) : made;
}

// --- Reading ------------------------------------------------------------------------------------

static bool find_file(tdm_interp *in, const struct py_place *place, tdm_text *ret)
{
    return place->path.size && in->host.file &&
           in->host.file(in->host.context, place->package, place->path, ret) &&
           tdm_py_charge(in, ret->size);
}

// "\r\n" and "\r" become "\n", as open() reads in text mode.
static tdm_text with_newlines(tdm_interp *in, tdm_text text)
{
    if (tdm_text_find_char(text, '\r') == SIZE_MAX)
        return text;
    char *made = tdm_arena_array(in->arena, text.size, 1);
    size_t size = 0;
    for (size_t i = 0; made && i < text.size; i++) {
        bool pair = text.data[i] == '\r' && i + 1 < text.size && text.data[i + 1] == '\n';
        if (!pair)
            made[size++] = text.data[i] == '\r' ? '\n' : text.data[i];
    }
    return (tdm_text){made, made ? size : 0};
}

// `utf8`: the program says so; else the encoding is the machine's, which only ASCII does not see.
static tdm_py decoded(tdm_interp *in, tdm_text bytes, bool utf8)
{
    if (!utf8 && !tdm_py_text_is_ascii(bytes))
        return tdm_py_harmless(in, "the encoding of a file that is opened without one");
    if (tdm_utf8_error(bytes) != SIZE_MAX)
        return tdm_py_harmless(in, "a file that is not UTF-8");
    tdm_text text = with_newlines(in, bytes);
    return text.data || !bytes.size ? tdm_py_str(in, text) : in->out_of_memory;
}

// Whether arguments of open() and read_text() say nothing but how: *ret_utf8, *ret_binary.
static bool read_mode(tdm_py mode, tdm_py encoding, bool *ret_utf8, bool *ret_binary)
{
    *ret_utf8 = *ret_binary = false;
    if (mode) {
        if (mode->kind != TDM_PY_STR)
            return false;
        *ret_binary = tdm_text_is(mode->text, "rb");
        if (!*ret_binary && !tdm_text_is(mode->text, "r") && !tdm_text_is(mode->text, "rt"))
            return false;
    }
    if (!encoding || encoding->kind == TDM_PY_NONE)
        return true;
    *ret_utf8 =
        encoding->kind == TDM_PY_STR && (tdm_text_equal_nocase(encoding->text, TDM_TEXT("utf-8")) ||
                                         tdm_text_equal_nocase(encoding->text, TDM_TEXT("utf8")));
    return *ret_utf8;
}

// What nobody can read may not be there, which a handler may catch.
static tdm_py unreadable(tdm_interp *in, tdm_py value)
{
    return tdm_py_is_unknown(value) ? tdm_py_doubt(in, value) : value;
}

static tdm_py content_of(tdm_interp *in, const struct py_place *place, tdm_py mode, tdm_py encoding)
{
    bool utf8, binary;
    tdm_text bytes;
    if (!read_mode(mode, encoding, &utf8, &binary))
        return tdm_py_unfollowed(in, "this way of opening a file");
    if (!find_file(in, place, &bytes))
        return unreadable(
            in, tdm_py_harmless(in, "'%.*s' is not in the project", TDM_TEXT_ARG(place->path)));
    return binary ? tdm_py_constant(in->arena, TDM_PY_BYTES, false, bytes)
                  : unreadable(in, decoded(in, bytes, utf8));
}

static tdm_py open_place(tdm_interp *in, const struct py_place *place, tdm_py mode, tdm_py encoding)
{
    tdm_py content = content_of(in, place, mode, encoding);
    return tdm_py_is_unknown(content) ? content : tdm_py_open_file(in, content);
}

tdm_py tdm_py_builtin_open(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py read[7] = {NULL};
    (void)data;
    if (!args->count || !place_of(args->positional[0]))
        return unreadable(in, tdm_py_unfollowed(in, "open()"));
    if (!tdm_py_read_args(in, args, "open",
                          "file,mode=,buffering=,encoding=,errors=,newline=,closefd=", read))
        return NULL;
    if (read[2] || read[4] || read[5] || read[6])
        return tdm_py_unfollowed(in, "this way of opening a file");
    return open_place(in, place_of(read[0]), read[1], read[3]);
}

// --- What a pathlib.Path has --------------------------------------------------------------------

static tdm_py path_read_text(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py encoding = NULL;
    const struct py_place *place = place_of(data);
    if (!tdm_py_read_args(in, args, "read_text", "encoding=", &encoding))
        return NULL;
    // importlib.resources reads UTF-8 where nothing is said; pathlib goes by the machine.
    if (!encoding && place->package.size)
        encoding = tdm_py_str(in, TDM_TEXT("utf-8"));
    return content_of(in, place, NULL, encoding);
}

static tdm_py path_read_bytes(tdm_interp *in, void *data, const tdm_py_args *args)
{
    if (args->count || args->named_count)
        return tdm_py_unfollowed(in, "this way of reading a file");
    return content_of(in, place_of(data), tdm_py_str(in, TDM_TEXT("rb")), NULL);
}

static tdm_py path_open(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py read[3] = {NULL};
    if (!tdm_py_read_args(in, args, "open", "mode=,buffering=,encoding=", read))
        return NULL;
    if (read[1])
        return tdm_py_unfollowed(in, "this way of opening a file");
    return open_place(in, place_of(data), read[0], read[2]);
}

static tdm_py path_joinpath(tdm_interp *in, void *data, const tdm_py_args *args)
{
    return args->named_count ? no_place(in)
                             : join(in, place_of(data), args->positional, args->count);
}

static tdm_py path_self(tdm_interp *in, void *data, const tdm_py_args *args)
{
    return args->count || args->named_count ? no_place(in) : data;
}

static size_t suffix_at(tdm_text name)
{
    size_t dot = name.size;
    for (size_t i = 1; i + 1 < name.size; i++)
        dot = name.data[i] == '.' ? i : dot;
    return dot;
}

static tdm_py path_renamed(tdm_interp *in, const struct py_place *place, tdm_text name)
{
    tdm_text path = parent_of(place->path);
    return put_parts(in, &path, name) ? make_place(in, place, path, false) : no_place(in);
}

static tdm_py path_with_suffix(tdm_interp *in, void *data, const tdm_py_args *args)
{
    const struct py_place *place = place_of(data);
    tdm_py suffix = args->count == 1 && !args->named_count ? args->positional[0] : NULL;
    tdm_text name = tdm_path_base(place->path);
    if (!suffix || suffix->kind != TDM_PY_STR || suffix->text.size < 2 ||
        suffix->text.data[0] != '.' || tdm_text_find_char(suffix->text, '/') != SIZE_MAX ||
        !name.size)
        return no_place(in);
    return path_renamed(in, place,
                        tdm_arena_printf(in->arena, "%.*s%.*s", (int)suffix_at(name), name.data,
                                         TDM_TEXT_ARG(suffix->text)));
}

static tdm_py path_with_name(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py name = args->count == 1 && !args->named_count ? args->positional[0] : NULL;
    if (!name || name->kind != TDM_PY_STR || !name->text.size ||
        tdm_text_find_char(name->text, '/') != SIZE_MAX || !place_of(data)->path.size)
        return no_place(in);
    return path_renamed(in, place_of(data), name->text);
}

static tdm_py path_exists(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_text bytes;
    (void)args;
    return find_file(in, place_of(data), &bytes)
               ? in->yes
               : tdm_py_harmless(in, "whether a file is there at run time");
}

// os.path.exists() and isfile().
static tdm_py is_there(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    if (args->count != 1 || !place_of(args->positional[0]))
        return tdm_py_harmless(in, "whether a file is there at run time");
    return path_exists(in, args->positional[0], args);
}

// The folders above, nearest first, as far as the project's root.
static tdm_py path_parents(tdm_interp *in, const struct py_place *place)
{
    tdm_py list = tdm_py_list(in, NULL, 0);
    for (tdm_text path = place->path; path.size;) {
        path = parent_of(path);
        if (!tdm_py_append(in, list, make_place(in, place, path, false)))
            return NULL;
    }
    // Beyond them nobody knows.
    return tdm_py_append(in, list, no_place(in)) ? list : NULL;
}

static tdm_py path_name(tdm_interp *in, const struct py_place *place, tdm_text name)
{
    tdm_text base = tdm_path_base(place->path);
    if (tdm_text_is(name, "stem"))
        base.size = suffix_at(base);
    else if (tdm_text_is(name, "suffix"))
        base = tdm_text_from(base, suffix_at(base));
    return place->path.size ? tdm_py_str(in, base) : no_place(in);
}

tdm_py tdm_py_place_attr(tdm_interp *in, tdm_py self, tdm_text name)
{
    static const py_row methods[] = {
        {"absolute", path_self, 0},
        {"exists", path_exists, 0},
        {"is_file", path_exists, 0},
        {"joinpath", path_joinpath, PY_ROW_TOLERANT | PY_ROW_PLACES},
        {"open", path_open, 0},
        {"read_bytes", path_read_bytes, 0},
        {"read_text", path_read_text, 0},
        {"resolve", path_self, PY_ROW_PLACES},
        {"with_name", path_with_name, PY_ROW_PLACES},
        {"with_suffix", path_with_suffix, PY_ROW_PLACES},
    };
    const struct py_place *place = place_of(self);
    if (!place)
        return NULL;
    if (place->text)
        return tdm_py_doubt(in, self);
    if (tdm_text_is(name, "parent"))
        return parent(in, place);
    if (tdm_text_is(name, "parents"))
        return path_parents(in, place);
    if (tdm_text_is(name, "name") || tdm_text_is(name, "stem") || tdm_text_is(name, "suffix"))
        return path_name(in, place, name);
    const py_row *row = tdm_py_row_find(methods, sizeof methods / sizeof *methods, name);
    return row ? tdm_py_builtin_new(in, row->name, row->function, self, row->flags)
               : tdm_py_doubt(in, tdm_py_unfollowed(in, "'%.*s' of a path", TDM_TEXT_ARG(name)));
}

// --- importlib.resources, pkgutil ---------------------------------------------------------------

static tdm_py package_place(tdm_interp *in, tdm_py package)
{
    tdm_text dotted = {0};
    if (package->kind == TDM_PY_STR)
        dotted = package->text;
    else if (package->kind == TDM_PY_MODULE)
        dotted = package->module->dotted;
    return dotted.size
               ? make_place(in, &(struct py_place){.package = dotted}, (tdm_text){"", 0}, false)
               : tdm_py_harmless(in, "the folder of a package at run time");
}

static tdm_py resources_files(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    return args->count == 1 && !args->named_count ? package_place(in, args->positional[0])
                                                  : no_place(in);
}

typedef struct resource {
    const char *parameters;
    const char *mode; // of open()
    bool opens;
} resource;

static tdm_py read_resource(tdm_interp *in, const tdm_py_args *args, const resource *how)
{
    tdm_py read[3] = {NULL};
    if (!tdm_py_read_args(in, args, "read_text", how->parameters, read))
        return NULL;
    tdm_py folder = package_place(in, read[0]);
    tdm_py file = place_of(folder) ? join(in, place_of(folder), &read[1], 1) : folder;
    tdm_py encoding = read[2] ? read[2] : tdm_py_str(in, TDM_TEXT("utf-8"));
    tdm_py mode = tdm_py_str(in, tdm_text_of(how->mode));
    if (!place_of(file))
        return unreadable(in, file);
    return how->opens ? open_place(in, place_of(file), mode, encoding)
                      : content_of(in, place_of(file), mode, encoding);
}

#define RESOURCE(function, parameters, mode, opens)                                                \
    static tdm_py function(tdm_interp *in, void *data, const tdm_py_args *args)                    \
    {                                                                                              \
        static const resource how = {parameters, mode, opens};                                     \
        (void)data;                                                                                \
        return read_resource(in, args, &how);                                                      \
    }

RESOURCE(resources_read_text, "package,resource,encoding=", "r", false)
RESOURCE(resources_read_binary, "package,resource", "rb", false)
RESOURCE(resources_open_text, "package,resource,encoding=", "r", true)
RESOURCE(resources_open_binary, "package,resource", "rb", true)

// ".a.b" from the package "c.d": each dot beyond the first is one package up. Empty: beyond the
// top.
static tdm_text relative_module(tdm_interp *in, tdm_text name, tdm_text package)
{
    name = tdm_text_from(name, 1);
    while (tdm_text_starts(name, TDM_TEXT(".")) && package.size) {
        size_t size = package.size;
        while (size > 0 && package.data[size - 1] != '.')
            size--;
        package.size = size ? size - 1 : 0;
        name = tdm_text_from(name, 1);
    }
    return package.size && name.size
               ? tdm_arena_printf(in->arena, "%.*s.%.*s", TDM_TEXT_ARG(package), TDM_TEXT_ARG(name))
               : (tdm_text){0};
}

static tdm_py import_module(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py read[2] = {NULL};
    tdm_text name = {0};
    (void)data;
    if (!tdm_py_read_args(in, args, "import_module", "name,package=", read))
        return NULL;
    if (read[0]->kind == TDM_PY_STR && !tdm_text_starts(read[0]->text, TDM_TEXT(".")))
        name = read[0]->text;
    else if (read[0]->kind == TDM_PY_STR && read[1] && read[1]->kind == TDM_PY_STR)
        name = relative_module(in, read[0]->text, read[1]->text);
    return name.size ? tdm_py_import_module(in, name, args->place)
                     : tdm_py_unknown(in, args->place,
                                      "this way of importing a module is not "
                                      "followed");
}

// Alembic itself has imported it (A119 util/pyfiles.py).
static tdm_py make_resources(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    (void)args;
    return tdm_py_import_module(in, TDM_TEXT("importlib.resources"), tdm_py_here(in));
}

#define PLACES (PY_ROW_TOLERANT | PY_ROW_PLACES)

static const py_std_row rows[] = {
    {"importlib", "import_module", PY_STD_FUNCTION, import_module, PY_ROW_TOLERANT},
    {"importlib", "resources", PY_STD_MAKE, make_resources, 0},
    {"importlib.resources", "files", PY_STD_FUNCTION, resources_files, PY_ROW_PLACES},
    {"importlib.resources", "read_text", PY_STD_FUNCTION, resources_read_text, 0},
    {"importlib.resources", "read_binary", PY_STD_FUNCTION, resources_read_binary, 0},
    {"importlib.resources", "open_text", PY_STD_FUNCTION, resources_open_text, 0},
    {"importlib.resources", "open_binary", PY_STD_FUNCTION, resources_open_binary, 0},
    {"pkgutil", "get_data", PY_STD_FUNCTION, resources_read_binary, 0},
    {"os", "fspath", PY_STD_FUNCTION, same_place, PLACES},
    {"os.path", "abspath", PY_STD_FUNCTION, same_place, PLACES},
    {"os.path", "normpath", PY_STD_FUNCTION, same_place, PLACES},
    {"os.path", "realpath", PY_STD_FUNCTION, same_place, PLACES},
    {"os.path", "exists", PY_STD_FUNCTION, is_there, PY_ROW_TOLERANT},
    {"os.path", "isfile", PY_STD_FUNCTION, is_there, PY_ROW_TOLERANT},
};

const py_std_table tdm_py_std_file = {rows, sizeof rows / sizeof *rows};
