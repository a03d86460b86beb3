// Methods of str and bytes.
#include "python/methods_str.h"

#include <string.h>

bool tdm_py_text_is_ascii(tdm_text text)
{
    for (size_t i = 0; i < text.size; i++)
        if ((unsigned char)text.data[i] >= 0x80)
            return false;
    return true;
}

// A text made of the same kind (str or bytes) as self.
tdm_py tdm_py_text_like(tdm_interp *in, tdm_py self, tdm_text text)
{
    return tdm_py_constant(in->arena, (tdm_py_kind)self->kind, false, text);
}

tdm_py tdm_py_text_finish(tdm_interp *in, tdm_py self, tdm_buffer *out)
{
    tdm_py made = tdm_py_buffer_value(in, out);
    if (made && made->kind == TDM_PY_STR)
        made->kind = self->kind;
    return made;
}

bool tdm_py_want_text(tdm_interp *in, tdm_py self, tdm_py *value)
{
    *value = tdm_py_plain(*value);
    if ((*value)->kind == self->kind)
        return true;
    tdm_py_raise(in, "TypeError", "must be %s, not %s", tdm_py_type_name(self),
                 tdm_py_type_name(*value));
    return false;
}

bool tdm_py_want_int(tdm_interp *in, tdm_py value, int64_t standard, int64_t *ret)
{
    *ret = standard;
    if (!value || value->kind == TDM_PY_NONE)
        return true;
    value = tdm_py_plain(value);
    if (value->kind != TDM_PY_INT && value->kind != TDM_PY_BOOL) {
        tdm_py_raise(in, "TypeError", "'%s' object cannot be interpreted as an integer",
                     tdm_py_type_name(value));
        return false;
    }
    *ret = value->integer;
    return true;
}

// ---- stripping ----

static bool in_set(tdm_text set, uint32_t c)
{
    for (size_t at = 0; at < set.size;)
        if (tdm_utf8_next(set, &at) == c)
            return true;
    return false;
}

// What str.isspace() is true for (bidirectional types WS, B, S or category Zs).
bool tdm_py_is_white(uint32_t c)
{
    return (c >= 9 && c <= 13) || (c >= 0x1C && c <= 0x20) || c == 0x85 || c == 0xA0 ||
           c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 ||
           c == 0x202F || c == 0x205F || c == 0x3000;
}

static tdm_text strip(tdm_text text, const tdm_text *set, bool left, bool right)
{
    size_t start = 0, end = text.size;
    while (left && start < end) {
        size_t next = start;
        uint32_t c = tdm_utf8_next(text, &next);
        if (!(set ? in_set(*set, c) : tdm_py_is_white(c)))
            break;
        start = next;
    }
    while (right && end > start) {
        size_t before = end - 1, at;
        while (before > start && ((unsigned char)text.data[before] & 0xC0) == 0x80)
            before--;
        at = before;
        uint32_t c = tdm_utf8_next(text, &at);
        if (!(set ? in_set(*set, c) : tdm_py_is_white(c)))
            break;
        end = before;
    }
    return tdm_text_slice(text, start, end);
}

static tdm_py strip_method(tdm_interp *in, tdm_py self, const tdm_py_args *args, bool left,
                           bool right)
{
    tdm_py chars;
    if (!tdm_py_read_args(in, args, "strip", "chars=", &chars))
        return NULL;
    if (!chars || chars->kind == TDM_PY_NONE)
        return tdm_py_text_like(in, self, strip(self->text, NULL, left, right));
    if (!tdm_py_want_text(in, self, &chars))
        return NULL;
    return tdm_py_text_like(in, self, strip(self->text, &chars->text, left, right));
}

static tdm_py str_strip(tdm_interp *in, void *data, const tdm_py_args *args)
{
    return strip_method(in, data, args, true, true);
}

static tdm_py str_lstrip(tdm_interp *in, void *data, const tdm_py_args *args)
{
    return strip_method(in, data, args, true, false);
}

static tdm_py str_rstrip(tdm_interp *in, void *data, const tdm_py_args *args)
{
    return strip_method(in, data, args, false, true);
}

static tdm_py str_removeprefix(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py self = data, prefix;
    if (!tdm_py_read_args(in, args, "removeprefix", "prefix", &prefix) ||
        !tdm_py_want_text(in, self, &prefix))
        return NULL;
    return tdm_text_starts(self->text, prefix->text)
               ? tdm_py_text_like(in, self, tdm_text_from(self->text, prefix->text.size))
               : self;
}

static tdm_py str_removesuffix(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py self = data, suffix;
    if (!tdm_py_read_args(in, args, "removesuffix", "suffix", &suffix) ||
        !tdm_py_want_text(in, self, &suffix))
        return NULL;
    return suffix->text.size && tdm_text_ends(self->text, suffix->text)
               ? tdm_py_text_like(
                     in, self, tdm_text_slice(self->text, 0, self->text.size - suffix->text.size))
               : self;
}

// ---- searching ----

// Cuts self by optional start and end (in code points). False: raised. *ret_offset: of the cut.
static bool cut(tdm_interp *in, tdm_py self, tdm_py start, tdm_py end, tdm_text *ret,
                int64_t *ret_offset)
{
    int64_t length =
        (int64_t)(self->kind == TDM_PY_STR ? tdm_py_str_length(self) : self->text.size);
    int64_t from, to;
    if (!tdm_py_want_int(in, start, 0, &from) || !tdm_py_want_int(in, end, length, &to))
        return false;
    from = from < 0 ? from + length : from;
    to = to < 0 ? to + length : to > length ? length : to;
    from = from < 0 ? 0 : from;
    *ret_offset = from;
    ret->data = NULL;
    ret->size = 0;
    if (from > to || from > length)
        return true;
    size_t at = 0, first = 0;
    int64_t count = 0;
    bool plain = self->kind == TDM_PY_BYTES || tdm_py_is_ascii(self);
    while (!plain && count < to) {
        if (count == from)
            first = at;
        tdm_utf8_next(self->text, &at);
        count++;
    }
    if (!plain && from == to)
        first = at;
    *ret = plain ? tdm_text_slice(self->text, (size_t)from, (size_t)to)
                 : tdm_text_slice(self->text, first, at);
    if (!ret->data)
        ret->data = "";
    return true;
}

static size_t find_last(tdm_text text, tdm_text needle)
{
    if (needle.size > text.size)
        return SIZE_MAX;
    for (size_t at = text.size - needle.size + 1; at-- > 0;)
        if (!needle.size || memcmp(text.data + at, needle.data, needle.size) == 0)
            return at;
    return SIZE_MAX;
}

static tdm_py find(tdm_interp *in, tdm_py self, const tdm_py_args *args, bool last, bool must)
{
    tdm_py read[3];
    tdm_text text;
    int64_t offset;
    if (!tdm_py_read_args(in, args, "find", "sub,start=,end=", read) ||
        !tdm_py_want_text(in, self, &read[0]) || !cut(in, self, read[1], read[2], &text, &offset) ||
        !tdm_py_charge(in, text.size))
        return NULL;
    size_t at = !text.data ? SIZE_MAX
                : last     ? find_last(text, read[0]->text)
                           : tdm_text_find(text, read[0]->text);
    if (at == SIZE_MAX)
        return must ? tdm_py_raise(in, "ValueError", "substring not found") : tdm_py_int(in, -1);
    tdm_text before = tdm_text_slice(text, 0, at);
    size_t count = self->kind == TDM_PY_STR ? tdm_utf8_count(before) : before.size;
    return tdm_py_int(in, offset + (int64_t)count);
}

static tdm_py str_find(tdm_interp *in, void *data, const tdm_py_args *args)
{
    return find(in, data, args, false, false);
}

static tdm_py str_rfind(tdm_interp *in, void *data, const tdm_py_args *args)
{
    return find(in, data, args, true, false);
}

static tdm_py str_index(tdm_interp *in, void *data, const tdm_py_args *args)
{
    return find(in, data, args, false, true);
}

static tdm_py str_rindex(tdm_interp *in, void *data, const tdm_py_args *args)
{
    return find(in, data, args, true, true);
}

static tdm_py str_count(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py self = data, read[3];
    tdm_text text;
    int64_t offset, count = 0;
    if (!tdm_py_read_args(in, args, "count", "sub,start=,end=", read) ||
        !tdm_py_want_text(in, self, &read[0]) || !cut(in, self, read[1], read[2], &text, &offset) ||
        !tdm_py_charge(in, text.size))
        return NULL;
    if (!text.data)
        return tdm_py_int(in, 0);
    if (!read[0]->text.size)
        return tdm_py_int(in, (int64_t)tdm_utf8_count(text) + 1);
    for (size_t at; (at = tdm_text_find(text, read[0]->text)) != SIZE_MAX; count++)
        text = tdm_text_from(text, at + read[0]->text.size);
    return tdm_py_int(in, count);
}

static tdm_py starts_or_ends(tdm_interp *in, tdm_py self, const tdm_py_args *args, bool ends)
{
    tdm_py read[3];
    tdm_text text;
    int64_t offset;
    if (!tdm_py_read_args(in, args, ends ? "endswith" : "startswith", "prefix,start=,end=", read) ||
        !cut(in, self, read[1], read[2], &text, &offset))
        return NULL;
    bool tuple = read[0]->kind == TDM_PY_TUPLE;
    for (uint32_t i = 0; i < (tuple ? read[0]->list.count : 1); i++) {
        tdm_py affix = tuple ? read[0]->list.items[i] : read[0];
        if (tdm_py_is_unknown(affix))
            return tdm_py_doubt(in, affix);
        if (!tdm_py_want_text(in, self, &affix))
            return NULL;
        if (text.data &&
            (ends ? tdm_text_ends(text, affix->text) : tdm_text_starts(text, affix->text)))
            return in->yes;
    }
    return in->no;
}

static tdm_py str_startswith(tdm_interp *in, void *data, const tdm_py_args *args)
{
    return starts_or_ends(in, data, args, false);
}

static tdm_py str_endswith(tdm_interp *in, void *data, const tdm_py_args *args)
{
    return starts_or_ends(in, data, args, true);
}

static tdm_py str_replace(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py self = data, read[3];
    int64_t limit;
    if (!tdm_py_read_args(in, args, "replace", "old,new,count=", read) ||
        !tdm_py_want_text(in, self, &read[0]) || !tdm_py_want_text(in, self, &read[1]) ||
        !tdm_py_want_int(in, read[2], -1, &limit))
        return NULL;
    tdm_text rest = self->text, old = read[0]->text, new = read[1]->text;
    tdm_buffer out = TDM_BUFFER_INIT(PY_MAX_TEXT);
    for (int64_t i = 0; limit < 0 || i < limit; i++) {
        size_t at = tdm_text_find(rest, old);
        if (!old.size) { // between all characters
            tdm_buffer_put(&out, new);
            if (!rest.size)
                break;
            at = 0;
            tdm_utf8_next(rest, &at);
            tdm_buffer_put(&out, tdm_text_slice(rest, 0, at));
            rest = tdm_text_from(rest, at);
            continue;
        }
        if (at == SIZE_MAX)
            break;
        tdm_buffer_put(&out, tdm_text_slice(rest, 0, at));
        tdm_buffer_put(&out, new);
        rest = tdm_text_from(rest, at + old.size);
    }
    tdm_buffer_put(&out, rest);
    return tdm_py_text_finish(in, self, &out);
}

// ---- splitting and joining ----

static bool push(tdm_interp *in, tdm_py self, tdm_py list, tdm_text text)
{
    return tdm_py_append(in, list, tdm_py_text_like(in, self, text));
}

static tdm_py split_space(tdm_interp *in, tdm_py self, int64_t limit)
{
    tdm_py list = tdm_py_list(in, NULL, 0);
    tdm_text rest = strip(self->text, NULL, true, false);
    while (rest.size) {
        if (limit == 0)
            return push(in, self, list, rest) ? list : NULL;
        size_t at = 0, end = 0;
        while (at < rest.size) {
            end = at;
            if (tdm_py_is_white(tdm_utf8_next(rest, &at)))
                break;
            end = at;
        }
        if (!push(in, self, list, tdm_text_slice(rest, 0, end)))
            return NULL;
        rest = strip(tdm_text_from(rest, end), NULL, true, false);
        limit--;
    }
    return list;
}

static tdm_py str_split(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py self = data, read[2];
    int64_t limit;
    if (!tdm_py_read_args(in, args, "split", "sep=,maxsplit=", read) ||
        !tdm_py_want_int(in, read[1], -1, &limit) || !tdm_py_charge(in, self->text.size))
        return NULL;
    if (!read[0] || read[0]->kind == TDM_PY_NONE)
        return split_space(in, self, limit);
    if (!tdm_py_want_text(in, self, &read[0]))
        return NULL;
    if (!read[0]->text.size)
        return tdm_py_raise(in, "ValueError", "empty separator");
    tdm_py list = tdm_py_list(in, NULL, 0);
    tdm_text rest = self->text;
    for (; limit != 0; limit--) {
        size_t at = tdm_text_find(rest, read[0]->text);
        if (at == SIZE_MAX)
            break;
        if (!push(in, self, list, tdm_text_slice(rest, 0, at)))
            return NULL;
        rest = tdm_text_from(rest, at + read[0]->text.size);
    }
    return push(in, self, list, rest) ? list : NULL;
}

static tdm_py str_rsplit(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py self = data, read[2];
    int64_t limit;
    if (!tdm_py_read_args(in, args, "rsplit", "sep=,maxsplit=", read) ||
        !tdm_py_want_int(in, read[1], -1, &limit))
        return NULL;
    if (limit < 0)
        return str_split(in, data, args);
    if (!read[0] || read[0]->kind == TDM_PY_NONE)
        return tdm_py_unfollowed(in, "str.rsplit() at spaces with a limit");
    if (!tdm_py_want_text(in, self, &read[0]))
        return NULL;
    if (!read[0]->text.size)
        return tdm_py_raise(in, "ValueError", "empty separator");
    tdm_py reversed = tdm_py_list(in, NULL, 0);
    tdm_text rest = self->text;
    for (; limit > 0; limit--) {
        size_t at = find_last(rest, read[0]->text);
        if (at == SIZE_MAX)
            break;
        if (!push(in, self, reversed, tdm_text_from(rest, at + read[0]->text.size)))
            return NULL;
        rest = tdm_text_slice(rest, 0, at);
    }
    if (!push(in, self, reversed, rest))
        return NULL;
    tdm_py_reverse(reversed);
    return reversed;
}

// The line ends of str.splitlines beyond "\n", "\r" and "\r\n".
static bool is_line_end(tdm_py self, uint32_t c)
{
    if (c == '\n' || c == '\r')
        return true;
    return self->kind == TDM_PY_STR && (c == 0x0B || c == 0x0C || (c >= 0x1C && c <= 0x1E) ||
                                        c == 0x85 || c == 0x2028 || c == 0x2029);
}

static tdm_py str_splitlines(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py self = data, keep, list = tdm_py_list(in, NULL, 0);
    if (!tdm_py_read_args(in, args, "splitlines", "keepends=", &keep))
        return NULL;
    bool keep_ends = keep && tdm_py_truth(in, keep) == PY_YES;
    size_t start = 0;
    for (size_t at = 0; at < self->text.size;) {
        size_t end = at;
        uint32_t c = tdm_utf8_next(self->text, &at);
        if (!is_line_end(self, c))
            continue;
        if (c == '\r' && at < self->text.size && self->text.data[at] == '\n')
            at++;
        if (!push(in, self, list, tdm_text_slice(self->text, start, keep_ends ? at : end)))
            return NULL;
        start = at;
    }
    if (start < self->text.size && !push(in, self, list, tdm_text_from(self->text, start)))
        return NULL;
    return list;
}

static tdm_py partition(tdm_interp *in, tdm_py self, const tdm_py_args *args, bool last)
{
    tdm_py separator;
    if (!tdm_py_read_args(in, args, "partition", "sep", &separator) ||
        !tdm_py_want_text(in, self, &separator))
        return NULL;
    if (!separator->text.size)
        return tdm_py_raise(in, "ValueError", "empty separator");
    tdm_text text = self->text, none = {"", 0};
    size_t at = last ? find_last(text, separator->text) : tdm_text_find(text, separator->text);
    tdm_text parts[3] = {last ? none : text, none, last ? text : none};
    if (at != SIZE_MAX) {
        parts[0] = tdm_text_slice(text, 0, at);
        parts[1] = separator->text;
        parts[2] = tdm_text_from(text, at + separator->text.size);
    }
    tdm_py made[3];
    for (int i = 0; i < 3; i++)
        made[i] = tdm_py_text_like(in, self, parts[i]);
    return tdm_py_tuple(in, made, 3);
}

static tdm_py str_partition(tdm_interp *in, void *data, const tdm_py_args *args)
{
    return partition(in, data, args, false);
}

static tdm_py str_rpartition(tdm_interp *in, void *data, const tdm_py_args *args)
{
    return partition(in, data, args, true);
}

static tdm_py str_join(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py self = data, iterable;
    if (!tdm_py_read_args(in, args, "join", "iterable", &iterable))
        return NULL;
    tdm_py items = tdm_py_items_of(in, iterable);
    if (!items || tdm_py_is_unknown(items))
        return items;
    tdm_buffer out = TDM_BUFFER_INIT(PY_MAX_TEXT);
    for (uint32_t i = 0; i < items->list.count; i++) {
        tdm_py item = tdm_py_plain(items->list.items[i]);
        if (item->kind != self->kind) {
            tdm_buffer_free(&out);
            if (tdm_py_is_unknown(item))
                return tdm_py_doubt(in, item);
            if (item->kind == TDM_PY_NATIVE)
                return tdm_py_unfollowed(in, "str.join() of a %s", tdm_py_type_name(item));
            return tdm_py_raise(in, "TypeError", "sequence item %u: expected %s instance, %s found",
                                i, tdm_py_type_name(self), tdm_py_type_name(item));
        }
        if (i)
            tdm_buffer_put(&out, self->text);
        tdm_buffer_put(&out, item->text);
    }
    return tdm_py_text_finish(in, self, &out);
}

static const py_row str_rows[] = {
    {"capitalize", tdm_py_str_capitalize, 0},
    {"casefold", tdm_py_str_casefold, 0},
    {"center", tdm_py_str_center, 0},
    {"count", str_count, 0},
    {"encode", tdm_py_str_encode, 0},
    {"endswith", str_endswith, 0},
    {"expandtabs", tdm_py_str_expandtabs, 0},
    {"find", str_find, 0},
    {"format", tdm_py_str_format_method, PY_ROW_TOLERANT},
    {"format_map", tdm_py_str_format_map, 0},
    {"index", str_index, 0},
    {"isalnum", tdm_py_str_isalnum, 0},
    {"isalpha", tdm_py_str_isalpha, 0},
    {"isascii", tdm_py_str_isascii, 0},
    {"isdecimal", tdm_py_str_isdigit, 0},
    {"isdigit", tdm_py_str_isdigit, 0},
    {"isidentifier", tdm_py_str_isidentifier, 0},
    {"islower", tdm_py_str_islower, 0},
    {"isnumeric", tdm_py_str_isdigit, 0},
    {"isprintable", tdm_py_str_isprintable, 0},
    {"isspace", tdm_py_str_isspace, 0},
    {"istitle", NULL, 0},
    {"isupper", tdm_py_str_isupper, 0},
    {"join", str_join, 0},
    {"ljust", tdm_py_str_ljust, 0},
    {"lower", tdm_py_str_lower, 0},
    {"lstrip", str_lstrip, 0},
    {"maketrans", NULL, 0},
    {"partition", str_partition, 0},
    {"removeprefix", str_removeprefix, 0},
    {"removesuffix", str_removesuffix, 0},
    {"replace", str_replace, 0},
    {"rfind", str_rfind, 0},
    {"rindex", str_rindex, 0},
    {"rjust", tdm_py_str_rjust, 0},
    {"rpartition", str_rpartition, 0},
    {"rsplit", str_rsplit, 0},
    {"rstrip", str_rstrip, 0},
    {"split", str_split, 0},
    {"splitlines", str_splitlines, 0},
    {"startswith", str_startswith, 0},
    {"strip", str_strip, 0},
    {"swapcase", tdm_py_str_swapcase, 0},
    {"title", tdm_py_str_title, 0},
    {"translate", tdm_py_str_translate, 0},
    {"upper", tdm_py_str_upper, 0},
    {"zfill", tdm_py_str_zfill, 0},
};

static const py_row bytes_rows[] = {
    {"capitalize", NULL, 0},
    {"center", NULL, 0},
    {"count", str_count, 0},
    {"decode", tdm_py_bytes_decode, 0},
    {"endswith", str_endswith, 0},
    {"expandtabs", NULL, 0},
    {"find", str_find, 0},
    {"fromhex", NULL, 0},
    {"hex", tdm_py_bytes_hex, 0},
    {"index", NULL, 0},
    {"isalnum", NULL, 0},
    {"isalpha", NULL, 0},
    {"isascii", NULL, 0},
    {"isdigit", NULL, 0},
    {"islower", NULL, 0},
    {"isspace", NULL, 0},
    {"istitle", NULL, 0},
    {"isupper", NULL, 0},
    {"join", str_join, 0},
    {"ljust", NULL, 0},
    {"lower", tdm_py_str_lower, 0},
    {"lstrip", str_lstrip, 0},
    {"maketrans", NULL, 0},
    {"partition", NULL, 0},
    {"removeprefix", NULL, 0},
    {"removesuffix", NULL, 0},
    {"replace", str_replace, 0},
    {"rfind", NULL, 0},
    {"rindex", NULL, 0},
    {"rjust", NULL, 0},
    {"rpartition", NULL, 0},
    {"rsplit", NULL, 0},
    {"rstrip", str_rstrip, 0},
    {"split", str_split, 0},
    {"splitlines", NULL, 0},
    {"startswith", str_startswith, 0},
    {"strip", str_strip, 0},
    {"swapcase", NULL, 0},
    {"title", NULL, 0},
    {"translate", NULL, 0},
    {"upper", tdm_py_str_upper, 0},
    {"zfill", NULL, 0},
};

const py_builtin_type tdm_py_str_type = {
    "str", TDM_PY_STR, NULL, tdm_py_construct_str, str_rows, sizeof str_rows / sizeof *str_rows,
    NULL};
const py_builtin_type tdm_py_bytes_type = {"bytes",    TDM_PY_BYTES,
                                           NULL,       tdm_py_construct_bytes,
                                           bytes_rows, sizeof bytes_rows / sizeof *bytes_rows,
                                           NULL};
