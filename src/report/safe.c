#include "report/safe.h"

typedef struct range {
    uint32_t first;
    uint32_t last;
} range;

// Unicode's bidirectional controls, line and paragraph separators, zero-width and other invisible
// format characters (general categories Cc, Zl, Zp and the Cf that reorder or hide text).
static const range unsafe[] = {
    {0x00, 0x1F},     {0x7F, 0x9F},     {0xAD, 0xAD},     {0x061C, 0x061C}, {0x200B, 0x200F},
    {0x2028, 0x202E}, {0x2060, 0x2069}, {0xFEFF, 0xFEFF}, {0xFFF9, 0xFFFB}, {0xE0000, 0xE007F},
};

// EastAsianWidth.txt, classes W and F, with small gaps closed.
static const range wide[] = {
    {0x1100, 0x115F},   {0x2E80, 0x303E},   {0x3041, 0xA4CF},   {0xAC00, 0xD7A3},
    {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6},
    {0x1F300, 0x1F64F}, {0x1F680, 0x1F6FF}, {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD},
};

static const range combining[] = {
    {0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x1AB0, 0x1AFF},
    {0x1DC0, 0x1DFF}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F},
};

static bool within(const range *ranges, size_t count, uint32_t code_point)
{
    for (size_t i = 0; i < count && code_point >= ranges[i].first; i++) {
        if (code_point <= ranges[i].last)
            return true;
    }
    return false;
}

#define WITHIN(ranges, code_point) within((ranges), sizeof(ranges) / sizeof *(ranges), (code_point))

bool tdm_is_unsafe(uint32_t code_point)
{
    return WITHIN(unsafe, code_point);
}

unsigned tdm_code_point_width(uint32_t code_point)
{
    if (code_point < 0x300)
        return 1;
    if (WITHIN(combining, code_point))
        return 0;
    return WITHIN(wide, code_point) ? 2 : 1;
}

// The next code point; `ret_bad` says that it is a byte that is no UTF-8.
static uint32_t next(tdm_text text, size_t *at, bool *ret_bad)
{
    size_t start = *at;
    uint32_t code_point = tdm_utf8_next(text, at);
    *ret_bad = code_point == 0xFFFD && *at - start == 1;
    return *ret_bad ? (unsigned char)text.data[start] : code_point;
}

static void put_escape(tdm_buffer *out, uint32_t code_point)
{
    if (code_point == '\n')
        tdm_buffer_puts(out, "\\n");
    else if (code_point == '\r')
        tdm_buffer_puts(out, "\\r");
    else if (code_point == '\t')
        tdm_buffer_puts(out, "\\t");
    else if (code_point <= 0xFF)
        tdm_buffer_putf(out, "\\x%02x", (unsigned)code_point);
    else if (code_point <= 0xFFFF)
        tdm_buffer_putf(out, "\\u%04x", (unsigned)code_point);
    else
        tdm_buffer_putf(out, "\\U%08x", (unsigned)code_point);
}

static size_t escape_width(uint32_t code_point)
{
    if (code_point == '\n' || code_point == '\r' || code_point == '\t')
        return 2;
    return code_point <= 0xFF ? 4 : code_point <= 0xFFFF ? 6 : 10;
}

void tdm_put_safe(tdm_buffer *out, tdm_text text)
{
    size_t clean = 0; // start of what has not been written yet
    for (size_t at = 0; at < text.size;) {
        bool bad = false;
        size_t start = at;
        uint32_t code_point = next(text, &at, &bad);
        if (!bad && !tdm_is_unsafe(code_point))
            continue;
        tdm_buffer_put(out, tdm_text_slice(text, clean, start));
        put_escape(out, code_point);
        clean = at;
    }
    tdm_buffer_put(out, tdm_text_from(text, clean));
}

void tdm_put_safe_lines(tdm_buffer *out, tdm_text text, const char *prefix)
{
    tdm_text line;
    for (size_t number = 0; tdm_text_next_line(&text, &line); number++) {
        size_t start = 0;
        if (number)
            tdm_buffer_putf(out, "\n%s", prefix);
        for (; start < line.size && line.data[start] == '\t'; start++)
            tdm_buffer_puts(out, "    ");
        tdm_put_safe(out, tdm_text_from(line, start));
    }
}

size_t tdm_safe_width(tdm_text text)
{
    size_t width = 0;
    for (size_t at = 0; at < text.size;) {
        bool bad = false;
        uint32_t code_point = next(text, &at, &bad);
        width += bad || tdm_is_unsafe(code_point) ? escape_width(code_point)
                                                  : tdm_code_point_width(code_point);
    }
    return width;
}
