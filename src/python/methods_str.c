// Methods of str and bytes. Case and character classes beyond ASCII would need Unicode's tables:
// where they would matter the result is UNKNOWN.
#include "python/methods.h"

#include <string.h>

#define SELF(data) (((tdm_py)(data))->text)

static bool is_ascii(tdm_text text)
{
    for (size_t i = 0; i < text.size; i++)
        if ((unsigned char)text.data[i] >= 0x80)
            return false;
    return true;
}

// A text made of the same kind (str or bytes) as self.
static tdm_py like(tdm_interp *in, tdm_py self, tdm_text text)
{
    return py_constant(in->arena, (tdm_py_kind)self->kind, false, text);
}

static tdm_py finish(tdm_interp *in, tdm_py self, tdm_buffer *out)
{
    tdm_py made = py_buffer_value(in, out);
    if (made && made->kind == TDM_PY_STR)
        made->kind = self->kind;
    return made;
}

static bool want_text(tdm_interp *in, tdm_py self, tdm_py *value)
{
    *value = py_plain(*value);
    if ((*value)->kind == self->kind)
        return true;
    tdm_py_raise(in, "TypeError", "must be %s, not %s", py_type_name(self), py_type_name(*value));
    return false;
}

static bool want_int(tdm_interp *in, tdm_py value, int64_t standard, int64_t *ret)
{
    *ret = standard;
    if (!value || value->kind == TDM_PY_NONE)
        return true;
    value = py_plain(value);
    if (value->kind != TDM_PY_INT && value->kind != TDM_PY_BOOL) {
        tdm_py_raise(in, "TypeError", "'%s' object cannot be interpreted as an integer",
                     py_type_name(value));
        return false;
    }
    *ret = value->integer;
    return true;
}

// ---- case ----

static tdm_py beyond_ascii(tdm_interp *in, const char *method)
{
    return py_unfollowed(in, "str.%s() of text beyond ASCII", method);
}

typedef enum letter_case {
    UPPER,
    LOWER,
    SWAP,
    CAPITAL,
    TITLE,
} letter_case;

static tdm_py change_case(tdm_interp *in, tdm_py self, letter_case to, const char *method)
{
    tdm_text text = self->text;
    if (self->kind == TDM_PY_STR && !is_ascii(text))
        return beyond_ascii(in, method);
    char *made = py_charge(in, text.size) ? tdm_arena_alloc(in->arena, text.size + 1) : NULL;
    if (!made)
        return NULL;
    bool inside = false; // a word
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        bool up = to == UPPER || (to == CAPITAL && i == 0) || (to == TITLE && !inside) ||
                  (to == SWAP && c >= 'a');
        made[i] = up ? tdm_to_upper(c) : tdm_to_lower(c);
        inside = tdm_is_alpha(c);
    }
    return like(in, self, (tdm_text){made, text.size});
}

#define CASE_METHOD(name, kind)                                                                    \
    static tdm_py str_##name(tdm_interp *in, void *data, const tdm_py_args *args)                  \
    {                                                                                              \
        return py_no_args(in, args, "str." #name) ? change_case(in, data, kind, #name) : NULL;     \
    }
CASE_METHOD(upper, UPPER)
CASE_METHOD(lower, LOWER)
CASE_METHOD(casefold, LOWER)
CASE_METHOD(swapcase, SWAP)
CASE_METHOD(capitalize, CAPITAL)
CASE_METHOD(title, TITLE)

// ---- stripping ----

static bool in_set(tdm_text set, uint32_t c)
{
    for (size_t at = 0; at < set.size;)
        if (tdm_utf8_next(set, &at) == c)
            return true;
    return false;
}

// What str.isspace() is true for (bidirectional types WS, B, S or category Zs).
static bool is_space(uint32_t c)
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
        if (!(set ? in_set(*set, c) : is_space(c)))
            break;
        start = next;
    }
    while (right && end > start) {
        size_t before = end - 1, at;
        while (before > start && ((unsigned char)text.data[before] & 0xC0) == 0x80)
            before--;
        at = before;
        uint32_t c = tdm_utf8_next(text, &at);
        if (!(set ? in_set(*set, c) : is_space(c)))
            break;
        end = before;
    }
    return tdm_text_slice(text, start, end);
}

static tdm_py strip_method(tdm_interp *in, tdm_py self, const tdm_py_args *args, bool left,
                           bool right)
{
    tdm_py chars;
    if (!py_read_args(in, args, "strip", "chars=", &chars))
        return NULL;
    if (!chars || chars->kind == TDM_PY_NONE)
        return like(in, self, strip(self->text, NULL, left, right));
    if (!want_text(in, self, &chars))
        return NULL;
    return like(in, self, strip(self->text, &chars->text, left, right));
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
    if (!py_read_args(in, args, "removeprefix", "prefix", &prefix) || !want_text(in, self, &prefix))
        return NULL;
    return tdm_text_starts(self->text, prefix->text)
               ? like(in, self, tdm_text_from(self->text, prefix->text.size))
               : self;
}

static tdm_py str_removesuffix(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py self = data, suffix;
    if (!py_read_args(in, args, "removesuffix", "suffix", &suffix) || !want_text(in, self, &suffix))
        return NULL;
    return suffix->text.size && tdm_text_ends(self->text, suffix->text)
               ? like(in, self, tdm_text_slice(self->text, 0, self->text.size - suffix->text.size))
               : self;
}

// ---- searching ----

// Cuts self by optional start and end (in code points). False: raised. *ret_offset: of the cut.
static bool cut(tdm_interp *in, tdm_py self, tdm_py start, tdm_py end, tdm_text *ret,
                int64_t *ret_offset)
{
    int64_t length = (int64_t)(self->kind == TDM_PY_STR ? py_str_length(self) : self->text.size);
    int64_t from, to;
    if (!want_int(in, start, 0, &from) || !want_int(in, end, length, &to))
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
    bool plain = self->kind == TDM_PY_BYTES || py_is_ascii(self);
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
    if (!py_read_args(in, args, "find", "sub,start=,end=", read) ||
        !want_text(in, self, &read[0]) || !cut(in, self, read[1], read[2], &text, &offset) ||
        !py_charge(in, text.size))
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
    if (!py_read_args(in, args, "count", "sub,start=,end=", read) ||
        !want_text(in, self, &read[0]) || !cut(in, self, read[1], read[2], &text, &offset) ||
        !py_charge(in, text.size))
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
    if (!py_read_args(in, args, ends ? "endswith" : "startswith", "prefix,start=,end=", read) ||
        !cut(in, self, read[1], read[2], &text, &offset))
        return NULL;
    bool tuple = read[0]->kind == TDM_PY_TUPLE;
    for (uint32_t i = 0; i < (tuple ? read[0]->list.count : 1); i++) {
        tdm_py affix = tuple ? read[0]->list.items[i] : read[0];
        if (py_is_unknown(affix))
            return py_doubt(in, affix);
        if (!want_text(in, self, &affix))
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
    if (!py_read_args(in, args, "replace", "old,new,count=", read) ||
        !want_text(in, self, &read[0]) || !want_text(in, self, &read[1]) ||
        !want_int(in, read[2], -1, &limit))
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
    return finish(in, self, &out);
}

// ---- splitting and joining ----

static bool push(tdm_interp *in, tdm_py self, tdm_py list, tdm_text text)
{
    return py_append(in, list, like(in, self, text));
}

static tdm_py split_space(tdm_interp *in, tdm_py self, int64_t limit)
{
    tdm_py list = tdm_py_list(in, NULL, 0);
    tdm_text rest = strip(self->text, NULL, true, false);
    while (rest.size) {
        if (limit == 0)
            return push(in, self, list, strip(rest, NULL, false, true)) ? list : NULL;
        size_t at = 0, end = 0;
        while (at < rest.size) {
            end = at;
            if (is_space(tdm_utf8_next(rest, &at)))
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
    if (!py_read_args(in, args, "split", "sep=,maxsplit=", read) ||
        !want_int(in, read[1], -1, &limit) || !py_charge(in, self->text.size))
        return NULL;
    if (!read[0] || read[0]->kind == TDM_PY_NONE)
        return split_space(in, self, limit);
    if (!want_text(in, self, &read[0]))
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
    if (!py_read_args(in, args, "rsplit", "sep=,maxsplit=", read) ||
        !want_int(in, read[1], -1, &limit))
        return NULL;
    if (limit < 0)
        return str_split(in, data, args);
    if (!read[0] || read[0]->kind == TDM_PY_NONE)
        return py_unfollowed(in, "str.rsplit() at spaces with a limit");
    if (!want_text(in, self, &read[0]))
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
    py_reverse(reversed);
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
    if (!py_read_args(in, args, "splitlines", "keepends=", &keep))
        return NULL;
    bool keep_ends = keep && py_truth(in, keep) == PY_YES;
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
    if (!py_read_args(in, args, "partition", "sep", &separator) || !want_text(in, self, &separator))
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
        made[i] = like(in, self, parts[i]);
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
    if (!py_read_args(in, args, "join", "iterable", &iterable))
        return NULL;
    tdm_py items = py_items_of(in, iterable);
    if (!items || py_is_unknown(items))
        return items;
    tdm_buffer out = TDM_BUFFER_INIT(PY_MAX_TEXT);
    for (uint32_t i = 0; i < items->list.count; i++) {
        tdm_py item = py_plain(items->list.items[i]);
        if (item->kind != self->kind) {
            tdm_buffer_free(&out);
            if (py_is_unknown(item))
                return py_doubt(in, item);
            if (item->kind == TDM_PY_NATIVE)
                return py_unfollowed(in, "str.join() of a %s", py_type_name(item));
            return tdm_py_raise(in, "TypeError", "sequence item %u: expected %s instance, %s found",
                                i, py_type_name(self), py_type_name(item));
        }
        if (i)
            tdm_buffer_put(&out, self->text);
        tdm_buffer_put(&out, item->text);
    }
    return finish(in, self, &out);
}

// ---- padding ----

static tdm_py pad(tdm_interp *in, tdm_py self, const tdm_py_args *args, int left_share)
{
    tdm_py read[2];
    int64_t width;
    if (!py_read_args(in, args, "center", "width,fillchar=", read) ||
        !want_int(in, read[0], 0, &width) || (read[1] && !want_text(in, self, &read[1])))
        return NULL;
    int64_t length = (int64_t)(self->kind == TDM_PY_STR ? py_str_length(self) : self->text.size);
    int64_t missing = width - length;
    if (missing <= 0)
        return self;
    if (missing > (int64_t)PY_MAX_TEXT)
        return py_unfollowed(in, "a text larger than %zu bytes", PY_MAX_TEXT);
    // str.center puts the odd one to the left when the width is odd (unicodeobject.c).
    int64_t left = left_share == 0   ? 0
                   : left_share == 2 ? missing
                                     : missing / 2 + (missing & width & 1);
    tdm_text fill = read[1] ? read[1]->text : TDM_TEXT(" ");
    tdm_buffer out = TDM_BUFFER_INIT(PY_MAX_TEXT);
    for (int64_t i = 0; i < left; i++)
        tdm_buffer_put(&out, fill);
    tdm_buffer_put(&out, self->text);
    for (int64_t i = left; i < missing; i++)
        tdm_buffer_put(&out, fill);
    return finish(in, self, &out);
}

static tdm_py str_ljust(tdm_interp *in, void *data, const tdm_py_args *args)
{
    return pad(in, data, args, 0);
}

static tdm_py str_center(tdm_interp *in, void *data, const tdm_py_args *args)
{
    return pad(in, data, args, 1);
}

static tdm_py str_rjust(tdm_interp *in, void *data, const tdm_py_args *args)
{
    return pad(in, data, args, 2);
}

static tdm_py str_zfill(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py self = data, wanted;
    int64_t width;
    if (!py_read_args(in, args, "zfill", "width", &wanted) || !want_int(in, wanted, 0, &width))
        return NULL;
    int64_t missing = width - (int64_t)tdm_utf8_count(self->text);
    if (missing > (int64_t)PY_MAX_TEXT)
        return py_unfollowed(in, "a text larger than %zu bytes", PY_MAX_TEXT);
    tdm_text text = self->text;
    tdm_buffer out = TDM_BUFFER_INIT(PY_MAX_TEXT);
    if (text.size && (text.data[0] == '+' || text.data[0] == '-')) {
        tdm_buffer_putc(&out, text.data[0]);
        text = tdm_text_from(text, 1);
    }
    for (int64_t i = 0; i < missing; i++)
        tdm_buffer_putc(&out, '0');
    tdm_buffer_put(&out, text);
    return finish(in, self, &out);
}

static tdm_py str_expandtabs(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py self = data, size;
    int64_t width, column = 0;
    if (!py_read_args(in, args, "expandtabs", "tabsize=", &size) || !want_int(in, size, 8, &width))
        return NULL;
    if (width > 1000)
        return py_unfollowed(in, "so wide a tab");
    tdm_buffer out = TDM_BUFFER_INIT(PY_MAX_TEXT);
    for (size_t at = 0; at < self->text.size;) {
        size_t start = at;
        uint32_t c = tdm_utf8_next(self->text, &at);
        if (c == '\t') {
            int64_t spaces = width > 0 ? width - column % width : 0;
            for (int64_t i = 0; i < spaces; i++)
                tdm_buffer_putc(&out, ' ');
            column += spaces;
            continue;
        }
        tdm_buffer_put(&out, tdm_text_slice(self->text, start, at));
        column = c == '\n' || c == '\r' ? 0 : column + 1;
    }
    return finish(in, self, &out);
}

// ---- asking ----

static bool ascii_alpha(char c)
{
    return tdm_is_alpha(c);
}

static bool ascii_space(char c)
{
    return is_space((unsigned char)c);
}

static bool ascii_printable(char c)
{
    return c >= 0x20 && c < 0x7F;
}

static tdm_py all_are(tdm_interp *in, tdm_py self, bool (*test)(char), bool empty,
                      const char *method)
{
    if (!is_ascii(self->text))
        return beyond_ascii(in, method);
    for (size_t i = 0; i < self->text.size; i++)
        if (!test(self->text.data[i]))
            return in->no;
    return tdm_py_bool(in, self->text.size > 0 || empty);
}

#define ASK_METHOD(name, test, empty)                                                              \
    static tdm_py str_##name(tdm_interp *in, void *data, const tdm_py_args *args)                  \
    {                                                                                              \
        return py_no_args(in, args, "str." #name) ? all_are(in, data, test, empty, #name) : NULL;  \
    }
ASK_METHOD(isdigit, tdm_is_digit, false)
ASK_METHOD(isalpha, ascii_alpha, false)
ASK_METHOD(isalnum, tdm_is_alnum, false)
ASK_METHOD(isspace, ascii_space, false)
ASK_METHOD(isprintable, ascii_printable, true)

static tdm_py case_is(tdm_interp *in, tdm_py self, bool upper, const char *method)
{
    bool cased = false;
    if (!is_ascii(self->text))
        return beyond_ascii(in, method);
    for (size_t i = 0; i < self->text.size; i++) {
        char c = self->text.data[i];
        if (!tdm_is_alpha(c))
            continue;
        if ((tdm_to_upper(c) == c) != upper)
            return in->no;
        cased = true;
    }
    return tdm_py_bool(in, cased);
}

static tdm_py str_isupper(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)args;
    return case_is(in, data, true, "isupper");
}

static tdm_py str_islower(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)args;
    return case_is(in, data, false, "islower");
}

static tdm_py str_isascii(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)args;
    return tdm_py_bool(in, is_ascii(SELF(data)));
}

static tdm_py str_isidentifier(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_text text = SELF(data);
    (void)args;
    if (!is_ascii(text))
        return beyond_ascii(in, "isidentifier");
    for (size_t i = 0; i < text.size; i++)
        if (!(text.data[i] == '_' || tdm_is_alpha(text.data[i]) ||
              (i && tdm_is_digit(text.data[i]))))
            return in->no;
    return tdm_py_bool(in, text.size > 0);
}

// ---- between str and bytes, and formatting ----

static bool is_utf8(tdm_py encoding)
{
    if (!encoding)
        return true;
    static const char *const names[] = {"utf-8", "utf8", "utf_8", "UTF-8", "UTF8"};
    for (size_t i = 0; encoding->kind == TDM_PY_STR && i < 5; i++)
        if (tdm_text_is(encoding->text, names[i]))
            return true;
    return false;
}

static tdm_py recode(tdm_interp *in, tdm_py self, const tdm_py_args *args, tdm_py_kind to)
{
    tdm_py read[2];
    if (!py_read_args(in, args, to == TDM_PY_STR ? "decode" : "encode", "encoding=,errors=", read))
        return NULL;
    if (!is_utf8(read[0]) && !is_ascii(self->text))
        return py_unfollowed(in, "an encoding other than utf-8");
    if (to == TDM_PY_STR && tdm_utf8_error(self->text) != SIZE_MAX)
        return py_unfollowed(in, "decoding bytes that are not utf-8");
    return py_constant(in->arena, to, false, self->text);
}

static tdm_py str_encode(tdm_interp *in, void *data, const tdm_py_args *args)
{
    return recode(in, data, args, TDM_PY_BYTES);
}

static tdm_py bytes_decode(tdm_interp *in, void *data, const tdm_py_args *args)
{
    return recode(in, data, args, TDM_PY_STR);
}

static tdm_py bytes_hex(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_buffer out = TDM_BUFFER_INIT(PY_MAX_TEXT);
    tdm_text text = SELF(data);
    if (args->count || args->named_count)
        return py_unfollowed(in, "bytes.hex() with a separator");
    for (size_t i = 0; i < text.size; i++)
        tdm_buffer_putf(&out, "%02x", (unsigned)(unsigned char)text.data[i]);
    return py_buffer_value(in, &out);
}

static tdm_py str_format(tdm_interp *in, void *data, const tdm_py_args *args)
{
    return py_str_format(in, SELF(data), args);
}

static tdm_py str_format_map(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py mapping;
    if (!py_read_args(in, args, "format_map", "mapping", &mapping))
        return NULL;
    if (mapping->kind != TDM_PY_DICT)
        return py_unfollowed(in, "format_map() of a %s", py_type_name(mapping));
    size_t count = mapping->table->live;
    tdm_text *names = tdm_arena_array(in->arena, count, sizeof *names);
    tdm_py *named = tdm_arena_array(in->arena, count, sizeof *named);
    if (!names || !named)
        return in->out_of_memory;
    tdm_py_args all = {.names = names, .named = named, .place = args->place};
    for (size_t i = 0; i < count; i++) {
        const py_dict_entry *entry = py_table_at(mapping->table, i);
        if (entry->key->kind != TDM_PY_STR)
            continue;
        names[all.named_count] = entry->key->text;
        named[all.named_count++] = entry->value;
    }
    return py_str_format(in, SELF(data), &all);
}

static tdm_py str_translate(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py self = data, table;
    if (!py_read_args(in, args, "translate", "table", &table))
        return NULL;
    if (table->kind != TDM_PY_DICT)
        return py_unfollowed(in, "translate() with a %s", py_type_name(table));
    tdm_buffer out = TDM_BUFFER_INIT(PY_MAX_TEXT);
    for (size_t at = 0; at < self->text.size;) {
        size_t start = at;
        uint32_t c = tdm_utf8_next(self->text, &at);
        py_dict_entry *entry;
        if (py_table_find(in, table->table, tdm_py_int(in, c), &entry) != 1) {
            tdm_buffer_put(&out, tdm_text_slice(self->text, start, at));
            continue;
        }
        char utf8[4];
        if (entry->value->kind == TDM_PY_STR)
            tdm_buffer_put(&out, entry->value->text);
        else if (entry->value->kind == TDM_PY_INT)
            tdm_buffer_put(&out,
                           (tdm_text){utf8, tdm_utf8_put((uint32_t)entry->value->integer, utf8)});
    }
    return finish(in, self, &out);
}

static const py_row str_rows[] = {
    {"capitalize", str_capitalize, 0},
    {"casefold", str_casefold, 0},
    {"center", str_center, 0},
    {"count", str_count, 0},
    {"encode", str_encode, 0},
    {"endswith", str_endswith, 0},
    {"expandtabs", str_expandtabs, 0},
    {"find", str_find, 0},
    {"format", str_format, PY_ROW_TOLERANT},
    {"format_map", str_format_map, 0},
    {"index", str_index, 0},
    {"isalnum", str_isalnum, 0},
    {"isalpha", str_isalpha, 0},
    {"isascii", str_isascii, 0},
    {"isdecimal", str_isdigit, 0},
    {"isdigit", str_isdigit, 0},
    {"isidentifier", str_isidentifier, 0},
    {"islower", str_islower, 0},
    {"isnumeric", str_isdigit, 0},
    {"isprintable", str_isprintable, 0},
    {"isspace", str_isspace, 0},
    {"istitle", NULL, 0},
    {"isupper", str_isupper, 0},
    {"join", str_join, 0},
    {"ljust", str_ljust, 0},
    {"lower", str_lower, 0},
    {"lstrip", str_lstrip, 0},
    {"maketrans", NULL, 0},
    {"partition", str_partition, 0},
    {"removeprefix", str_removeprefix, 0},
    {"removesuffix", str_removesuffix, 0},
    {"replace", str_replace, 0},
    {"rfind", str_rfind, 0},
    {"rindex", str_rindex, 0},
    {"rjust", str_rjust, 0},
    {"rpartition", str_rpartition, 0},
    {"rsplit", str_rsplit, 0},
    {"rstrip", str_rstrip, 0},
    {"split", str_split, 0},
    {"splitlines", str_splitlines, 0},
    {"startswith", str_startswith, 0},
    {"strip", str_strip, 0},
    {"swapcase", str_swapcase, 0},
    {"title", str_title, 0},
    {"translate", str_translate, 0},
    {"upper", str_upper, 0},
    {"zfill", str_zfill, 0},
};

static const py_row bytes_rows[] = {
    {"count", str_count, 0},   {"decode", bytes_decode, 0}, {"endswith", str_endswith, 0},
    {"find", str_find, 0},     {"hex", bytes_hex, 0},       {"join", str_join, 0},
    {"lower", str_lower, 0},   {"lstrip", str_lstrip, 0},   {"replace", str_replace, 0},
    {"rstrip", str_rstrip, 0}, {"split", str_split, 0},     {"startswith", str_startswith, 0},
    {"strip", str_strip, 0},   {"upper", str_upper, 0},
};

const py_builtin_type py_str_type = {
    "str", TDM_PY_STR, NULL, py_construct_str, str_rows, sizeof str_rows / sizeof *str_rows, NULL};
const py_builtin_type py_bytes_type = {"bytes",    TDM_PY_BYTES,
                                       NULL,       py_construct_bytes,
                                       bytes_rows, sizeof bytes_rows / sizeof *bytes_rows,
                                       NULL};
