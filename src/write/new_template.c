#include "write/new_template.h"

#include "base/error.h"

typedef struct renderer {
    const char *path;
    tdm_text source;
    const tdm_template_value *values;
    size_t count;
    tdm_buffer *out;
    tdm_error *err;
} renderer;

static tdm_status refuse(const renderer *r, size_t offset, const char *what, tdm_text text)
{
    tdm_place place = {.file = r->path};
    tdm_text_position(r->source, offset, &place.line, &place.column);
    tdm_fail(r->err, TDM_ERROR_CONFIG, place, "%s of this template is not understood: %.*s", what,
             TDM_TEXT_ARG(tdm_text_slice(text, 0, 100)));
    return tdm_hint(r->err, "`alembic revision` can make the revision, and `tandem convert` then "
                            "its migration.");
}

void tdm_put_python_string(tdm_buffer *out, tdm_text text)
{
    bool single = tdm_text_find_char(text, '\'') != SIZE_MAX;
    char quote = single && tdm_text_find_char(text, '"') == SIZE_MAX ? '"' : '\'';
    tdm_buffer_putc(out, quote);
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] == quote || text.data[i] == '\\')
            tdm_buffer_putc(out, '\\');
        tdm_buffer_putc(out, text.data[i]);
    }
    tdm_buffer_putc(out, quote);
}

// --- Expressions --------------------------------------------------------------------------------

static const tdm_template_value *value_named(const renderer *r, tdm_text name)
{
    for (size_t i = 0; i < r->count; i++) {
        if (tdm_text_is(name, r->values[i].name))
            return &r->values[i];
    }
    return NULL;
}

static tdm_text take_word(tdm_text *rest)
{
    size_t end = 0;
    *rest = tdm_text_trim(*rest);
    while (end < rest->size && (tdm_is_alnum(rest->data[end]) || rest->data[end] == '_'))
        end++;
    tdm_text word = tdm_text_slice(*rest, 0, end);
    *rest = tdm_text_trim(tdm_text_from(*rest, end));
    return word;
}

// `if a else "text"` behind the name: gives the text.
static bool read_choice(tdm_text rest, tdm_text name, tdm_text *ret)
{
    if (!tdm_text_is(take_word(&rest), "if") || !tdm_text_equal(take_word(&rest), name) ||
        !tdm_text_is(take_word(&rest), "else"))
        return false;
    if (rest.size < 2 || (rest.data[0] != '"' && rest.data[0] != '\'') ||
        rest.data[rest.size - 1] != rest.data[0])
        return false;
    tdm_text text = tdm_text_slice(rest, 1, rest.size - 1);
    *ret = text;
    return tdm_text_find_char(text, '\\') == SIZE_MAX &&
           tdm_text_find_char(text, rest.data[0]) == SIZE_MAX;
}

static bool is_comma_filter(tdm_text rest)
{
    if (!rest.size || rest.data[0] != '|')
        return false;
    rest = tdm_text_from(rest, 1);
    if (!tdm_text_is(take_word(&rest), "comma") || !rest.size || rest.data[0] != ',')
        return false;
    rest = tdm_text_from(rest, 1);
    return tdm_text_is(take_word(&rest), "n") && rest.size == 0;
}

// repr() of a tuple.
static void put_tuple(tdm_buffer *out, const tdm_template_value *value)
{
    tdm_buffer_putc(out, '(');
    tdm_put_python_string(out, value->text);
    for (size_t i = 0; i < value->more_count; i++) {
        tdm_buffer_puts(out, ", ");
        tdm_put_python_string(out, value->more[i]);
    }
    tdm_buffer_putc(out, ')');
}

// Alembic's filter for the docstring: names with commas between them, and nothing for None.
static void put_commas(tdm_buffer *out, const tdm_template_value *value)
{
    tdm_buffer_put(out, value->text);
    for (size_t i = 0; i < value->more_count; i++) {
        tdm_buffer_puts(out, ", ");
        tdm_buffer_put(out, value->more[i]);
    }
}

static bool put_repr(const renderer *r, tdm_text rest)
{
    if (rest.size < 2 || rest.data[0] != '(' || rest.data[rest.size - 1] != ')')
        return false;
    tdm_text inside = tdm_text_slice(rest, 1, rest.size - 1);
    const tdm_template_value *value = value_named(r, take_word(&inside));
    if (!value || inside.size)
        return false;
    if (value->more_count)
        put_tuple(r->out, value);
    else if (value->text.data)
        tdm_put_python_string(r->out, value->text);
    else
        tdm_buffer_puts(r->out, "None");
    return true;
}

// What stands between ${ and }.
static bool put_expression(const renderer *r, tdm_text expression)
{
    tdm_text rest = expression;
    tdm_text otherwise;
    tdm_text name = take_word(&rest);
    if (tdm_text_is(name, "repr"))
        return put_repr(r, rest);
    const tdm_template_value *value = value_named(r, name);
    if (!value)
        return false;
    if (rest.size == 0 && value->more_count)
        put_tuple(r->out, value);
    else if (rest.size == 0 && !value->text.data)
        tdm_buffer_puts(r->out, "None");
    else if (rest.size == 0 || is_comma_filter(rest))
        put_commas(r->out, value);
    else if (read_choice(rest, name, &otherwise))
        tdm_buffer_put(r->out, value->text.size ? value->text : otherwise);
    else
        return false;
    return true;
}

// --- Lines --------------------------------------------------------------------------------------

// One line with its end, which is at `start` of the source.
static tdm_status put_line(const renderer *r, tdm_text line, size_t start)
{
    for (size_t at = 0; at < line.size;) {
        tdm_text rest = tdm_text_from(line, at);
        if (tdm_text_starts(rest, TDM_TEXT("<%")) || tdm_text_starts(rest, TDM_TEXT("</%")))
            return refuse(r, start + at, "a block", tdm_text_trim(rest));
        if (tdm_text_is(rest, "\\\n") || tdm_text_is(rest, "\\\r\n"))
            return TDM_OK;
        if (!tdm_text_starts(rest, TDM_TEXT("${"))) {
            tdm_buffer_putc(r->out, line.data[at++]);
            continue;
        }
        size_t end = tdm_text_find_char(rest, '}');
        if (end == SIZE_MAX || !put_expression(r, tdm_text_slice(rest, 2, end)))
            return refuse(r, start + at, "an expression", tdm_text_trim(rest));
        at += end + 1;
    }
    return TDM_OK;
}

tdm_status tdm_template_render(const char *path, tdm_text source, const tdm_template_value *values,
                               size_t count, tdm_buffer *out, tdm_error *err)
{
    renderer r = {path, source, values, count, out, err};
    for (size_t start = 0; start < source.size;) {
        size_t length = tdm_text_find_char(tdm_text_from(source, start), '\n');
        size_t next = length == SIZE_MAX ? source.size : start + length + 1;
        tdm_text line = tdm_text_slice(source, start, next);
        tdm_text words = tdm_text_trim(line);
        if (tdm_text_starts(words, TDM_TEXT("%%"))) {
            size_t mark = tdm_text_find_char(line, '%');
            tdm_buffer_put(out, tdm_text_slice(line, 0, mark));
            start += mark + 1;
            line = tdm_text_from(line, mark + 1);
        } else if (tdm_text_starts(words, TDM_TEXT("%"))) {
            return refuse(&r, start, "a control line", words);
        } else if (tdm_text_starts(words, TDM_TEXT("##"))) {
            line = (tdm_text){0};
        }
        if (put_line(&r, line, start) != TDM_OK)
            return TDM_FAILED;
        start = next;
    }
    return tdm_buffer_check(out, err);
}
