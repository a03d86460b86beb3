// textwrap, os.path, string, copy, operator.
#include "python/std.h"
#include "python/std_file.h"

#include <string.h>

// ---- textwrap ----

static bool is_blank(tdm_text line)
{
    for (size_t i = 0; i < line.size; i++)
        if (line.data[i] != ' ' && line.data[i] != '\t')
            return false;
    return true;
}

static tdm_text margin_of(tdm_text line)
{
    size_t size = 0;
    while (size < line.size && (line.data[size] == ' ' || line.data[size] == '\t'))
        size++;
    return tdm_text_slice(line, 0, size);
}

static size_t common(tdm_text a, tdm_text b)
{
    size_t size = 0;
    while (size < a.size && size < b.size && a.data[size] == b.data[size])
        size++;
    return size;
}

// Cuts a line at "\n" alone, which it keeps out of *ret_line.
static bool next_line(tdm_text *rest, tdm_text *ret_line, bool *ret_ended)
{
    if (!rest->size)
        return false;
    size_t end = tdm_text_find_char(*rest, '\n');
    *ret_ended = end != SIZE_MAX;
    *ret_line = tdm_text_slice(*rest, 0, *ret_ended ? end : rest->size);
    *rest = *ret_ended ? tdm_text_from(*rest, end + 1) : (tdm_text){0};
    return true;
}

// textwrap.dedent: lines of blanks become empty and do not count.
static tdm_py textwrap_dedent(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py value;
    tdm_text line, margin = {0};
    bool ended, known = false;
    (void)data;
    if (!tdm_py_read_args(in, args, "dedent", "text", &value))
        return NULL;
    value = tdm_py_plain(value);
    if (value->kind != TDM_PY_STR)
        return tdm_py_raise(in, "TypeError", "expected string or bytes-like object");
    for (tdm_text rest = value->text; next_line(&rest, &line, &ended);) {
        if (is_blank(line))
            continue;
        tdm_text own = margin_of(line);
        margin = known ? tdm_text_slice(margin, 0, common(margin, own)) : own;
        known = true;
    }
    tdm_buffer out = TDM_BUFFER_INIT(PY_MAX_TEXT);
    for (tdm_text rest = value->text; next_line(&rest, &line, &ended);) {
        if (!is_blank(line))
            tdm_buffer_put(&out, tdm_text_from(line, margin.size));
        if (ended)
            tdm_buffer_putc(&out, '\n');
    }
    return tdm_py_buffer_value(in, &out);
}

static tdm_py textwrap_indent(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py read[3];
    tdm_text line;
    bool ended;
    (void)data;
    if (!tdm_py_read_args(in, args, "indent", "text,prefix,predicate=", read))
        return NULL;
    if (read[2] || read[0]->kind != TDM_PY_STR || read[1]->kind != TDM_PY_STR)
        return tdm_py_unfollowed(in, "this textwrap.indent()");
    tdm_buffer out = TDM_BUFFER_INIT(PY_MAX_TEXT);
    for (tdm_text rest = read[0]->text; next_line(&rest, &line, &ended);) {
        if (tdm_text_trim(line).size)
            tdm_buffer_put(&out, read[1]->text);
        tdm_buffer_put(&out, line);
        if (ended)
            tdm_buffer_putc(&out, '\n');
    }
    return tdm_py_buffer_value(in, &out);
}

// ---- os.path ----

static bool want_path(tdm_interp *in, tdm_py value, tdm_text *ret)
{
    value = tdm_py_plain(value);
    *ret = value->kind == TDM_PY_STR ? value->text : (tdm_text){0};
    if (value->kind == TDM_PY_STR)
        return true;
    tdm_py_raise(in, "TypeError", "expected str, bytes or os.PathLike object, not %s",
                 tdm_py_type_name(value));
    return false;
}

static tdm_py path_join(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_buffer out = TDM_BUFFER_INIT(PY_MAX_TEXT);
    tdm_text part;
    (void)data;
    tdm_py place = tdm_py_place_function(in, "join", args);
    if (place)
        return place;
    for (size_t i = 0; i < args->count; i++) {
        if (!want_path(in, args->positional[i], &part)) {
            tdm_buffer_free(&out);
            return NULL;
        }
        if (tdm_text_starts(part, TDM_TEXT("/")))
            tdm_buffer_clear(&out);
        else if (out.size && out.data[out.size - 1] != '/')
            tdm_buffer_putc(&out, '/');
        tdm_buffer_put(&out, part);
    }
    return tdm_py_buffer_value(in, &out);
}

// Where the last component begins.
static size_t base_at(tdm_text path)
{
    size_t at = path.size;
    while (at > 0 && path.data[at - 1] != '/')
        at--;
    return at;
}

static tdm_py path_basename(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py value;
    tdm_text path;
    (void)data;
    tdm_py place = tdm_py_place_function(in, "basename", args);
    if (place)
        return place;
    if (!tdm_py_read_args(in, args, "basename", "p", &value) || !want_path(in, value, &path))
        return NULL;
    return tdm_py_str(in, tdm_text_from(path, base_at(path)));
}

static tdm_py path_dirname(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py value;
    tdm_text path;
    (void)data;
    tdm_py place = tdm_py_place_function(in, "dirname", args);
    if (place)
        return place;
    if (!tdm_py_read_args(in, args, "dirname", "p", &value) || !want_path(in, value, &path))
        return NULL;
    size_t size = base_at(path), end = size;
    while (end > 0 && path.data[end - 1] == '/')
        end--;
    return tdm_py_str(in, tdm_text_slice(path, 0, end ? end : size));
}

static tdm_py path_splitext(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py value;
    tdm_text path;
    (void)data;
    if (!tdm_py_read_args(in, args, "splitext", "p", &value) || !want_path(in, value, &path))
        return NULL;
    size_t base = base_at(path), dot = path.size;
    while (base < path.size && path.data[base] == '.')
        base++;
    for (size_t i = base; i < path.size; i++)
        dot = path.data[i] == '.' ? i : dot;
    tdm_py pair[2] = {tdm_py_str(in, tdm_text_slice(path, 0, dot)),
                      tdm_py_str(in, tdm_text_from(path, dot))};
    return tdm_py_tuple(in, pair, 2);
}

// ---- copy ----

static tdm_py shallow_copy(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py value;
    (void)data;
    if (!tdm_py_read_args(in, args, "copy", "x", &value))
        return NULL;
    switch ((tdm_py_kind)value->kind) {
    case TDM_PY_LIST:
        return tdm_py_list(in, value->list.items, value->list.count);
    case TDM_PY_DICT:
    case TDM_PY_SET:
        return tdm_py_table_value(in, tdm_py_table_copy(in, value->table),
                                  (tdm_py_kind)value->kind);
    case TDM_PY_INSTANCE:
    case TDM_PY_OTHER:
    case TDM_PY_NATIVE:
        return tdm_py_unfollowed(in, "copy() of a %s", tdm_py_type_name(value));
    default:
        return value;
    }
}

static tdm_py deep(tdm_interp *in, tdm_py value, unsigned depth)
{
    if (!tdm_py_step(in))
        return NULL;
    if (depth > PY_MAX_NESTING)
        return tdm_py_unfollowed(in, "so deep a value");
    if (value->kind == TDM_PY_LIST || value->kind == TDM_PY_TUPLE) {
        tdm_py made = tdm_py_list(in, NULL, 0);
        for (uint32_t i = 0; i < value->list.count; i++) {
            tdm_py item = deep(in, value->list.items[i], depth + 1);
            if (!item || !tdm_py_append(in, made, item))
                return NULL;
        }
        if (made->kind == TDM_PY_LIST)
            made->kind = value->kind;
        return made;
    }
    if (value->kind == TDM_PY_DICT) {
        tdm_py made = tdm_py_table_value(in, tdm_py_table_copy(in, value->table), TDM_PY_DICT);
        for (uint32_t i = 0; made->kind == TDM_PY_DICT && i < made->table->count; i++) {
            tdm_py item = deep(in, made->table->entries[i].value, depth + 1);
            if (!item)
                return NULL;
            made->table->entries[i].value = item;
        }
        return made;
    }
    if (value->kind == TDM_PY_SET)
        return tdm_py_table_value(in, tdm_py_table_copy(in, value->table), TDM_PY_SET);
    if (value->kind == TDM_PY_INSTANCE || value->kind == TDM_PY_NATIVE)
        return tdm_py_unfollowed(in, "deepcopy() of a %s", tdm_py_type_name(value));
    return value;
}

static tdm_py deep_copy(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py value;
    (void)data;
    return tdm_py_read_args(in, args, "deepcopy", "x,memo=", (tdm_py[2]){0}) && args->count
               ? (value = args->positional[0], deep(in, value, 0))
               : NULL;
}

static tdm_py make_letters(tdm_interp *in, const char *text)
{
    return tdm_py_str(in, tdm_text_of(text));
}

static tdm_py ascii_lowercase(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    (void)args;
    return make_letters(in, "abcdefghijklmnopqrstuvwxyz");
}

static tdm_py ascii_uppercase(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    (void)args;
    return make_letters(in, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
}

static tdm_py ascii_digits(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    (void)args;
    return make_letters(in, "0123456789");
}

static tdm_py path_module(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    (void)args;
    return tdm_py_import_module(in, TDM_TEXT("os.path"), tdm_py_here(in));
}

static tdm_py separator(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    (void)args;
    return make_letters(in, "/");
}

static const py_std_row rows[] = {
    {"json", "JSONDecodeError", PY_STD_EXCEPTION, NULL, 0},
    {"json", "dumps", PY_STD_FUNCTION, tdm_py_json_dumps, 0},
    {"json", "loads", PY_STD_FUNCTION, tdm_py_json_loads, 0},
    {"textwrap", "dedent", PY_STD_FUNCTION, textwrap_dedent, 0},
    {"textwrap", "indent", PY_STD_FUNCTION, textwrap_indent, 0},
    {"inspect", "cleandoc", PY_STD_UNKNOWN, NULL, 0},
    {"os", "path", PY_STD_MAKE, path_module, 0},
    {"os", "sep", PY_STD_MAKE, separator, 0},
    {"os.path", "basename", PY_STD_FUNCTION, path_basename, PY_ROW_TOLERANT | PY_ROW_PLACES},
    {"os.path", "dirname", PY_STD_FUNCTION, path_dirname, PY_ROW_TOLERANT | PY_ROW_PLACES},
    {"os.path", "join", PY_STD_FUNCTION, path_join, PY_ROW_TOLERANT | PY_ROW_PLACES},
    {"os.path", "splitext", PY_STD_FUNCTION, path_splitext, 0},
    {"copy", "copy", PY_STD_FUNCTION, shallow_copy, 0},
    {"copy", "deepcopy", PY_STD_FUNCTION, deep_copy, 0},
    {"string", "ascii_lowercase", PY_STD_MAKE, ascii_lowercase, 0},
    {"string", "ascii_uppercase", PY_STD_MAKE, ascii_uppercase, 0},
    {"string", "digits", PY_STD_MAKE, ascii_digits, 0},
};

const py_std_table tdm_py_std_text = {rows, sizeof rows / sizeof *rows};
