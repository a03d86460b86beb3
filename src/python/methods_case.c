// Methods of str that look at single characters: case, classes, padding. Beyond ASCII they would
// need Unicode's tables; where those would matter the result is UNKNOWN.
#include "python/methods_str.h"

// ---- case ----

static tdm_py beyond_ascii(tdm_interp *in, const char *method)
{
    return tdm_py_unfollowed(in, "str.%s() of text beyond ASCII", method);
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
    if (self->kind == TDM_PY_STR && !tdm_py_text_is_ascii(text))
        return beyond_ascii(in, method);
    char *made = tdm_py_charge(in, text.size) ? tdm_arena_alloc(in->arena, text.size + 1) : NULL;
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
    return tdm_py_text_like(in, self, (tdm_text){made, text.size});
}

#define CASE_METHOD(name, kind)                                                                    \
    tdm_py tdm_py_str_##name(tdm_interp *in, void *data, const tdm_py_args *args)                  \
    {                                                                                              \
        return tdm_py_no_args(in, args, "str." #name) ? change_case(in, data, kind, #name) : NULL; \
    }
CASE_METHOD(upper, UPPER)
CASE_METHOD(lower, LOWER)
CASE_METHOD(casefold, LOWER)
CASE_METHOD(swapcase, SWAP)
CASE_METHOD(capitalize, CAPITAL)
CASE_METHOD(title, TITLE)

// ---- padding ----

static tdm_py pad(tdm_interp *in, tdm_py self, const tdm_py_args *args, int left_share)
{
    tdm_py read[2];
    int64_t width;
    if (!tdm_py_read_args(in, args, "center", "width,fillchar=", read) ||
        !tdm_py_want_int(in, read[0], 0, &width) ||
        (read[1] && !tdm_py_want_text(in, self, &read[1])))
        return NULL;
    int64_t length =
        (int64_t)(self->kind == TDM_PY_STR ? tdm_py_str_length(self) : self->text.size);
    int64_t missing = width - length;
    if (missing <= 0)
        return self;
    if (missing > (int64_t)PY_MAX_TEXT)
        return tdm_py_unfollowed(in, "a text larger than %zu bytes", PY_MAX_TEXT);
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
    return tdm_py_text_finish(in, self, &out);
}

tdm_py tdm_py_str_ljust(tdm_interp *in, void *data, const tdm_py_args *args)
{
    return pad(in, data, args, 0);
}

tdm_py tdm_py_str_center(tdm_interp *in, void *data, const tdm_py_args *args)
{
    return pad(in, data, args, 1);
}

tdm_py tdm_py_str_rjust(tdm_interp *in, void *data, const tdm_py_args *args)
{
    return pad(in, data, args, 2);
}

tdm_py tdm_py_str_zfill(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py self = data, wanted;
    int64_t width;
    if (!tdm_py_read_args(in, args, "zfill", "width", &wanted) ||
        !tdm_py_want_int(in, wanted, 0, &width))
        return NULL;
    int64_t missing = width - (int64_t)tdm_utf8_count(self->text);
    if (missing > (int64_t)PY_MAX_TEXT)
        return tdm_py_unfollowed(in, "a text larger than %zu bytes", PY_MAX_TEXT);
    tdm_text text = self->text;
    tdm_buffer out = TDM_BUFFER_INIT(PY_MAX_TEXT);
    if (text.size && (text.data[0] == '+' || text.data[0] == '-')) {
        tdm_buffer_putc(&out, text.data[0]);
        text = tdm_text_from(text, 1);
    }
    for (int64_t i = 0; i < missing; i++)
        tdm_buffer_putc(&out, '0');
    tdm_buffer_put(&out, text);
    return tdm_py_text_finish(in, self, &out);
}

tdm_py tdm_py_str_expandtabs(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py self = data, size;
    int64_t width, column = 0;
    if (!tdm_py_read_args(in, args, "expandtabs", "tabsize=", &size) ||
        !tdm_py_want_int(in, size, 8, &width))
        return NULL;
    if (width > 1000)
        return tdm_py_unfollowed(in, "so wide a tab");
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
    return tdm_py_text_finish(in, self, &out);
}

// ---- asking ----

static bool ascii_alpha(char c)
{
    return tdm_is_alpha(c);
}

static bool ascii_space(char c)
{
    return tdm_py_is_white((unsigned char)c);
}

static bool ascii_printable(char c)
{
    return c >= 0x20 && c < 0x7F;
}

static tdm_py all_are(tdm_interp *in, tdm_py self, bool (*test)(char), bool empty,
                      const char *method)
{
    if (!tdm_py_text_is_ascii(self->text))
        return beyond_ascii(in, method);
    for (size_t i = 0; i < self->text.size; i++)
        if (!test(self->text.data[i]))
            return in->no;
    return tdm_py_bool(in, self->text.size > 0 || empty);
}

#define ASK_METHOD(name, test, empty)                                                              \
    tdm_py tdm_py_str_##name(tdm_interp *in, void *data, const tdm_py_args *args)                  \
    {                                                                                              \
        return tdm_py_no_args(in, args, "str." #name) ? all_are(in, data, test, empty, #name)      \
                                                      : NULL;                                      \
    }
ASK_METHOD(isdigit, tdm_is_digit, false)
ASK_METHOD(isalpha, ascii_alpha, false)
ASK_METHOD(isalnum, tdm_is_alnum, false)
ASK_METHOD(isspace, ascii_space, false)
ASK_METHOD(isprintable, ascii_printable, true)

static tdm_py case_is(tdm_interp *in, tdm_py self, bool upper, const char *method)
{
    bool cased = false;
    if (!tdm_py_text_is_ascii(self->text))
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

tdm_py tdm_py_str_isupper(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)args;
    return case_is(in, data, true, "isupper");
}

tdm_py tdm_py_str_islower(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)args;
    return case_is(in, data, false, "islower");
}

tdm_py tdm_py_str_isascii(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)args;
    return tdm_py_bool(in, tdm_py_text_is_ascii(((tdm_py)data)->text));
}

tdm_py tdm_py_str_isidentifier(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_text text = ((tdm_py)data)->text;
    (void)args;
    if (!tdm_py_text_is_ascii(text))
        return beyond_ascii(in, "isidentifier");
    for (size_t i = 0; i < text.size; i++)
        if (!(text.data[i] == '_' || tdm_is_alpha(text.data[i]) ||
              (i && tdm_is_digit(text.data[i]))))
            return in->no;
    return tdm_py_bool(in, text.size > 0);
}
