#include "report/json.h"

#include <assert.h>

static void new_line(tdm_json *json)
{
    if (json->compact)
        return;
    tdm_buffer_putc(json->out, '\n');
    for (unsigned i = 0; i < json->depth; i++)
        tdm_buffer_puts(json->out, "  ");
}

// What stands before a value or a key: a comma, a new line, or nothing after a key.
static void separate(tdm_json *json)
{
    if (json->after_key) {
        json->after_key = false;
        return;
    }
    if (json->depth == 0)
        return;
    if (json->filled[json->depth - 1])
        tdm_buffer_puts(json->out, json->compact ? ", " : ",");
    json->filled[json->depth - 1] = true;
    new_line(json);
}

static void begin(tdm_json *json, char bracket)
{
    separate(json);
    tdm_buffer_putc(json->out, bracket);
    assert(json->depth < TDM_JSON_DEPTH);
    json->filled[json->depth++] = false;
}

static void end(tdm_json *json, char bracket)
{
    assert(json->depth > 0);
    json->depth--;
    if (json->filled[json->depth])
        new_line(json);
    tdm_buffer_putc(json->out, bracket);
}

void tdm_json_begin_object(tdm_json *json)
{
    begin(json, '{');
}

void tdm_json_end_object(tdm_json *json)
{
    end(json, '}');
}

void tdm_json_begin_array(tdm_json *json)
{
    begin(json, '[');
}

void tdm_json_end_array(tdm_json *json)
{
    end(json, ']');
}

static bool needs_escape(uint32_t code_point)
{
    return code_point < 0x20 || code_point == '"' || code_point == '\\' ||
           (code_point >= 0x7F && code_point <= 0x9F) || code_point == 0x2028 ||
           code_point == 0x2029 || code_point == 0xFFFD;
}

static void put_escape(tdm_buffer *out, uint32_t code_point)
{
    switch (code_point) {
    case '"':
        tdm_buffer_puts(out, "\\\"");
        break;
    case '\\':
        tdm_buffer_puts(out, "\\\\");
        break;
    case '\n':
        tdm_buffer_puts(out, "\\n");
        break;
    case '\r':
        tdm_buffer_puts(out, "\\r");
        break;
    case '\t':
        tdm_buffer_puts(out, "\\t");
        break;
    case 0xFFFD:
        tdm_buffer_puts(out, "\xEF\xBF\xBD");
        break;
    default:
        tdm_buffer_putf(out, "\\u%04x", (unsigned)code_point);
        break;
    }
}

static void put_quoted(tdm_buffer *out, tdm_text text)
{
    size_t clean = 0;
    tdm_buffer_putc(out, '"');
    for (size_t at = 0; at < text.size;) {
        size_t start = at;
        uint32_t code_point = tdm_utf8_next(text, &at);
        if (!needs_escape(code_point))
            continue;
        tdm_buffer_put(out, tdm_text_slice(text, clean, start));
        put_escape(out, code_point);
        clean = at;
    }
    tdm_buffer_put(out, tdm_text_from(text, clean));
    tdm_buffer_putc(out, '"');
}

void tdm_json_key(tdm_json *json, const char *key)
{
    separate(json);
    put_quoted(json->out, tdm_text_of(key));
    tdm_buffer_puts(json->out, ": ");
    json->after_key = true;
}

void tdm_json_text(tdm_json *json, tdm_text text)
{
    separate(json);
    put_quoted(json->out, text);
}

void tdm_json_string(tdm_json *json, const char *string)
{
    if (string)
        tdm_json_text(json, tdm_text_of(string));
    else
        tdm_json_null(json);
}

void tdm_json_number(tdm_json *json, uint64_t number)
{
    separate(json);
    tdm_buffer_putf(json->out, "%llu", (unsigned long long)number);
}

void tdm_json_bool(tdm_json *json, bool value)
{
    separate(json);
    tdm_buffer_puts(json->out, value ? "true" : "false");
}

void tdm_json_null(tdm_json *json)
{
    separate(json);
    tdm_buffer_puts(json->out, "null");
}

void tdm_json_pair_text(tdm_json *json, const char *key, tdm_text text)
{
    tdm_json_key(json, key);
    tdm_json_text(json, text);
}

void tdm_json_pair_string(tdm_json *json, const char *key, const char *string)
{
    tdm_json_key(json, key);
    tdm_json_string(json, string);
}

void tdm_json_pair_number(tdm_json *json, const char *key, uint64_t number)
{
    tdm_json_key(json, key);
    tdm_json_number(json, number);
}

void tdm_json_pair_bool(tdm_json *json, const char *key, bool value)
{
    tdm_json_key(json, key);
    tdm_json_bool(json, value);
}

void tdm_json_pair_known(tdm_json *json, const char *key, tdm_text text)
{
    tdm_json_key(json, key);
    if (text.size)
        tdm_json_text(json, text);
    else
        tdm_json_null(json);
}
