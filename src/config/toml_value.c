#include "config/toml_build.h"

#include "base/error.h"
#include "base/text.h"

typedef struct escape {
    char mark;
    char means;
} escape;

static const escape escapes[] = {{'b', '\b'}, {'t', '\t'}, {'n', '\n'}, {'f', '\f'},
                                 {'r', '\r'}, {'"', '"'},  {'\\', '\\'}};

static bool hex_digit(char c, uint32_t *ret)
{
    if (tdm_is_digit(c))
        *ret = (uint32_t)(c - '0');
    else if (tdm_to_lower(c) >= 'a' && tdm_to_lower(c) <= 'f')
        *ret = (uint32_t)(tdm_to_lower(c) - 'a') + 10;
    else
        return false;
    return true;
}

// \uXXXX or \UXXXXXXXX, of which `text` starts at the letter. Gives the bytes taken, 0 when wrong.
static size_t put_code_point(tdm_buffer *out, tdm_text text)
{
    size_t digits = text.data[0] == 'u' ? 4 : 8;
    uint32_t value = 0;
    char bytes[4];
    if (text.size <= digits)
        return 0;
    for (size_t i = 1; i <= digits; i++) {
        uint32_t digit;
        if (!hex_digit(text.data[i], &digit) || value > 0x10FFFF)
            return 0;
        value = value * 16 + digit;
    }
    if (value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF))
        return 0;
    tdm_buffer_put(out, (tdm_text){bytes, tdm_utf8_put(value, bytes)});
    return digits + 1;
}

// What follows a backslash; `text` starts behind it. Gives the bytes taken, 0 when wrong.
static size_t put_escape(tdm_buffer *out, tdm_text text, bool lines)
{
    if (text.size == 0)
        return 0;
    for (size_t i = 0; i < sizeof escapes / sizeof *escapes; i++) {
        if (escapes[i].mark != text.data[0])
            continue;
        tdm_buffer_putc(out, escapes[i].means);
        return 1;
    }
    if (text.data[0] == 'u' || text.data[0] == 'U')
        return put_code_point(out, text);
    // A backslash at the end of a line takes away all white space up to the next word.
    size_t space = 0;
    while (lines && space < text.size && tdm_is_space(text.data[space]))
        space++;
    return tdm_text_find_char(tdm_text_slice(text, 0, space), '\n') == SIZE_MAX ? 0 : space;
}

tdm_status tdm_toml_string(tdm_toml_builder *in, tdm_text raw, tdm_place place, tdm_text *ret)
{
    bool lines = tdm_text_starts(raw, TDM_TEXT("\"\"\"")) || tdm_text_starts(raw, TDM_TEXT("'''"));
    bool plain = raw.data[0] == '\'';
    size_t quotes = lines ? 3 : 1;
    tdm_text text = tdm_text_slice(raw, quotes, raw.size - quotes);
    tdm_buffer out = TDM_BUFFER_INIT(raw.size);
    bool right = raw.size >= 2 * quotes;
    if (lines && tdm_text_starts(text, TDM_TEXT("\r\n")))
        text = tdm_text_from(text, 2);
    else if (lines && tdm_text_starts(text, TDM_TEXT("\n")))
        text = tdm_text_from(text, 1);
    for (size_t i = 0; i < text.size && right;) {
        char c = text.data[i++];
        if (c == '\\' && !plain) {
            size_t taken = put_escape(&out, tdm_text_from(text, i), lines);
            right = taken != 0;
            i += taken;
        } else if (c != '\r' || i == text.size || text.data[i] != '\n') {
            tdm_buffer_putc(&out, c);
        }
    }
    tdm_status status = tdm_buffer_check(&out, in->err);
    *ret = tdm_buffer_take(&out, in->arena);
    if (!right)
        return tdm_fail(in->err, TDM_ERROR_CONFIG, place, "wrong escape in a string");
    if (status == TDM_OK && !tdm_arena_ok(in->arena))
        return tdm_fail_memory(in->err);
    return status;
}

tdm_status tdm_toml_integer(tdm_toml_builder *in, tdm_text raw, tdm_place place, int64_t *ret)
{
    bool negative = raw.data[0] == '-';
    size_t at = raw.data[0] == '-' || raw.data[0] == '+';
    uint64_t base = 10;
    uint64_t value = 0;
    uint64_t most = (uint64_t)INT64_MAX + negative;
    if (raw.size > 2 && raw.data[0] == '0' && !tdm_is_digit(raw.data[1])) {
        base = raw.data[1] == 'x' ? 16 : raw.data[1] == 'o' ? 8 : 2;
        at = 2;
    }
    for (; at < raw.size; at++) {
        uint32_t digit = 0;
        if (raw.data[at] == '_')
            continue;
        if (!hex_digit(raw.data[at], &digit) || digit >= base || value > (most - digit) / base)
            return tdm_fail(in->err, TDM_ERROR_CONFIG, place, "'%.*s' is no integer of 64 bits",
                            TDM_TEXT_ARG(raw));
        value = value * base + digit;
    }
    *ret = negative ? (int64_t)(0 - value) : (int64_t)value;
    return TDM_OK;
}
