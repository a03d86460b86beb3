#include "report/diagnostic.h"

#include "report/safe.h"

enum {
    TAB_WIDTH = 4,
    // A source line gets at least this many columns, however narrow the terminal.
    SMALLEST_WINDOW = 40,
};

void tdm_put_ink(tdm_buffer *out, const tdm_style *style, tdm_ink ink)
{
    static const char *const codes[] = {
        [TDM_INK_NONE] = "\x1b[0m",     [TDM_INK_BOLD] = "\x1b[1m",
        [TDM_INK_ERROR] = "\x1b[1;31m", [TDM_INK_WARNING] = "\x1b[1;33m",
        [TDM_INK_NOTE] = "\x1b[1;36m",  [TDM_INK_GOOD] = "\x1b[32m",
        [TDM_INK_QUIET] = "\x1b[34m",
    };
    if (style->color)
        tdm_buffer_puts(out, codes[ink]);
}

void tdm_put_place(tdm_buffer *out, tdm_place place)
{
    tdm_put_safe(out, tdm_text_of(place.file));
    if (place.line)
        tdm_buffer_putf(out, ":%u", place.line);
    if (place.line && place.column)
        tdm_buffer_putf(out, ":%u", place.column);
}

// --- The source line ----------------------------------------------------------------------------

// A line as it is shown: tabs opened, everything unsafe escaped, and the columns of the caret.
typedef struct shown_line {
    tdm_buffer text;
    size_t from; // first byte of `text` under the caret
    size_t to;   // after the last
    size_t from_width;
    size_t to_width;
} shown_line;

static void show_character(shown_line *line, tdm_text character, size_t *width)
{
    if (character.data[0] == '\t') {
        size_t spaces = TAB_WIDTH - *width % TAB_WIDTH;
        for (size_t i = 0; i < spaces; i++)
            tdm_buffer_putc(&line->text, ' ');
        *width += spaces;
        return;
    }
    tdm_put_safe(&line->text, character);
    *width += tdm_safe_width(character);
}

static void show_line(shown_line *ret, tdm_text source, tdm_place place)
{
    uint32_t end = place.end_line == place.line ? place.end_column : 0;
    uint32_t column = 1;
    size_t width = 0;
    bool to_end = place.end_line > place.line;
    *ret = (shown_line){.text = TDM_BUFFER_INIT(4 * (size_t)UINT16_MAX)};
    for (size_t at = 0; at < source.size; column++) {
        size_t start = at;
        tdm_utf8_next(source, &at);
        if (column == place.column) {
            ret->from = ret->text.size;
            ret->from_width = width;
        }
        show_character(ret, tdm_text_slice(source, start, at), &width);
        if (column >= place.column && (column == place.column || column < end || to_end)) {
            ret->to = ret->text.size;
            ret->to_width = width;
        }
    }
    if (place.column >= column) { // just after the end: where something is missing
        ret->from = ret->to = ret->text.size;
        ret->from_width = width;
        ret->to_width = width + 1;
    }
}

// Cuts `text` to about `room` columns around the caret. Sets how many columns fell off in front.
static tdm_text window(const shown_line *line, size_t room, size_t *ret_dropped)
{
    tdm_text text = tdm_buffer_text(&line->text);
    size_t skip = line->from_width > room / 2 ? line->from_width - room / 2 : 0;
    if (tdm_safe_width(text) <= room)
        skip = 0;
    size_t width = 0;
    size_t start = 0;
    while (width < skip && start < text.size)
        width += tdm_code_point_width(tdm_utf8_next(text, &start));
    *ret_dropped = width;
    size_t end = start;
    size_t taken = 0;
    while (end < text.size) {
        size_t next = end;
        taken += tdm_code_point_width(tdm_utf8_next(text, &next));
        if (taken > room)
            break;
        end = next;
    }
    return tdm_text_slice(text, start, end);
}

static void put_repeated(tdm_buffer *out, char c, size_t count)
{
    for (size_t i = 0; i < count; i++)
        tdm_buffer_putc(out, c);
}

static void put_gutter(tdm_buffer *out, const tdm_style *style, uint32_t number, int digits)
{
    tdm_put_ink(out, style, TDM_INK_QUIET);
    if (number)
        tdm_buffer_putf(out, " %*u |", digits, number);
    else
        tdm_buffer_putf(out, " %*s |", digits, "");
    tdm_put_ink(out, style, TDM_INK_NONE);
}

static int digits_of(uint32_t number)
{
    int digits = 3;
    for (uint32_t rest = number / 1000; rest; rest /= 10)
        digits++;
    return digits;
}

static void put_snippet(tdm_buffer *out, const tdm_style *style, tdm_place place, tdm_text source,
                        tdm_ink ink)
{
    int digits = digits_of(place.line);
    size_t gutter = (size_t)digits + 4;
    size_t room = style->width > gutter + SMALLEST_WINDOW ? style->width - gutter : SMALLEST_WINDOW;
    size_t dropped = 0;
    shown_line line;
    show_line(&line, source, place);
    tdm_text shown = window(&line, room, &dropped);

    put_gutter(out, style, 0, digits);
    tdm_buffer_putc(out, '\n');
    put_gutter(out, style, place.line, digits);
    if (shown.size)
        tdm_buffer_putc(out, ' ');
    tdm_buffer_put(out, shown);
    tdm_buffer_putc(out, '\n');
    if (place.column && !line.text.failed) {
        size_t from = line.from_width > dropped ? line.from_width - dropped : 0;
        size_t carets = line.to_width > line.from_width ? line.to_width - line.from_width : 1;
        if (from + carets > room)
            carets = room > from ? room - from : 1;
        put_gutter(out, style, 0, digits);
        put_repeated(out, ' ', from + 1);
        tdm_put_ink(out, style, ink);
        put_repeated(out, '^', carets);
        tdm_put_ink(out, style, TDM_INK_NONE);
        tdm_buffer_putc(out, '\n');
    }
    tdm_buffer_free(&line.text);
}

// --- The message --------------------------------------------------------------------------------

static tdm_ink ink_of(tdm_severity severity)
{
    switch (severity) {
    case TDM_SEVERITY_ERROR:
        return TDM_INK_ERROR;
    case TDM_SEVERITY_WARNING:
        return TDM_INK_WARNING;
    case TDM_SEVERITY_NOTE:
        return TDM_INK_NOTE;
    }
    return TDM_INK_NONE;
}

static void put_head(tdm_buffer *out, const tdm_style *style, const tdm_diagnostic *diagnostic)
{
    if (diagnostic->program)
        tdm_buffer_putf(out, "%s: ", diagnostic->program);
    tdm_put_ink(out, style, ink_of(diagnostic->severity));
    tdm_buffer_putf(out, "%s: ", tdm_severity_name(diagnostic->severity));
    tdm_put_ink(out, style, TDM_INK_NONE);
    tdm_put_ink(out, style, TDM_INK_BOLD);
    tdm_text rest = diagnostic->message;
    tdm_text first = {0};
    tdm_text_next_line(&rest, &first);
    tdm_put_safe(out, first);
    tdm_put_ink(out, style, TDM_INK_NONE);
    tdm_buffer_putf(out, " [%s]\n", diagnostic->code);
    if (rest.size) {
        tdm_buffer_puts(out, "  | ");
        tdm_put_safe_lines(out, rest, "  | ");
        tdm_buffer_putc(out, '\n');
    }
}

static void put_side(tdm_buffer *out, const tdm_style *style, tdm_source *source, tdm_place place,
                     tdm_text says, tdm_ink ink)
{
    tdm_text line;
    if (place.file) {
        tdm_put_ink(out, style, TDM_INK_QUIET);
        tdm_buffer_puts(out, "  --> ");
        tdm_put_ink(out, style, TDM_INK_NONE);
        tdm_put_place(out, place);
        tdm_buffer_putc(out, '\n');
        if (tdm_source_line(source, place, &line))
            put_snippet(out, style, place, line, ink);
    }
    if (says.size) {
        tdm_buffer_puts(out, "   says: ");
        tdm_put_safe_lines(out, says, "         ");
        tdm_buffer_putc(out, '\n');
    }
}

void tdm_put_diagnostic(tdm_buffer *out, const tdm_style *style, tdm_source *source,
                        const tdm_diagnostic *diagnostic)
{
    put_head(out, style, diagnostic);
    put_side(out, style, source, diagnostic->place, diagnostic->says, ink_of(diagnostic->severity));
    put_side(out, style, source, diagnostic->other_place, diagnostic->other_says, TDM_INK_NOTE);
    if (diagnostic->hint.size) {
        tdm_put_ink(out, style, TDM_INK_NOTE);
        tdm_buffer_puts(out, "hint: ");
        tdm_put_ink(out, style, TDM_INK_NONE);
        tdm_put_safe_lines(out, diagnostic->hint, "      ");
        tdm_buffer_putc(out, '\n');
    }
}

tdm_diagnostic tdm_diagnostic_of_error(const tdm_error *err)
{
    return (tdm_diagnostic){
        .program = "tandem",
        .severity = TDM_SEVERITY_ERROR,
        .message = tdm_text_of(err->message),
        .code = tdm_error_name(err->code),
        .place = err->place,
        .hint = tdm_text_of(err->hint),
    };
}

tdm_diagnostic tdm_diagnostic_of_finding(const tdm_finding *finding)
{
    return (tdm_diagnostic){
        .severity = finding->severity,
        .message = finding->message,
        .code = tdm_finding_code(finding->kind),
        .place = finding->place,
        .says = finding->says,
        .other_place = finding->other_place,
        .other_says = finding->other_says,
        .hint = finding->hint,
    };
}
