// json.dumps and json.loads.
#include "python/number.h"
#include "python/std.h"

#include <math.h>
#include <string.h>

// ---- json.dumps ----

typedef struct dumper {
    tdm_interp *in;
    tdm_buffer out;
    tdm_py unknown;
    bool ascii;
    bool sort;
    int64_t indent; // -1: none
    tdm_text item_separator, key_separator;
} dumper;

static bool dump(dumper *d, tdm_py value, int64_t level);

static void put_json_text(dumper *d, tdm_text text)
{
    static const char escapes[] = "\"\\\n\r\t\f\b";
    static const char letters[] = "\"\\nrtfb";
    tdm_buffer_putc(&d->out, '"');
    for (size_t at = 0; at < text.size;) {
        size_t start = at;
        uint32_t c = tdm_utf8_next(text, &at);
        const char *found = c && c < 0x80 ? strchr(escapes, (int)c) : NULL;
        if (found)
            tdm_buffer_putf(&d->out, "\\%c", letters[found - escapes]);
        else if (c < 0x20 || (c >= 0x7F && d->ascii && c <= 0xFFFF))
            tdm_buffer_putf(&d->out, "\\u%04x", c);
        else if (c > 0xFFFF && d->ascii)
            tdm_buffer_putf(&d->out, "\\u%04x\\u%04x", 0xD800 + ((c - 0x10000) >> 10),
                            0xDC00 + ((c - 0x10000) & 0x3FF));
        else
            tdm_buffer_put(&d->out, tdm_text_slice(text, start, at));
    }
    tdm_buffer_putc(&d->out, '"');
}

static void put_break(dumper *d, int64_t level)
{
    if (d->indent < 0)
        return;
    tdm_buffer_putc(&d->out, '\n');
    for (int64_t i = 0; i < d->indent * level; i++)
        tdm_buffer_putc(&d->out, ' ');
}

static bool dump_items(dumper *d, tdm_py value, int64_t level)
{
    tdm_buffer_putc(&d->out, '[');
    for (uint32_t i = 0; i < value->list.count; i++) {
        if (i)
            tdm_buffer_put(&d->out, d->item_separator);
        put_break(d, level + 1);
        if (!dump(d, value->list.items[i], level + 1))
            return false;
    }
    if (value->list.count)
        put_break(d, level);
    tdm_buffer_putc(&d->out, ']');
    return true;
}

// Keys that are no text become it: true, null, 1.
static bool dump_key(dumper *d, tdm_py key)
{
    key = tdm_py_plain(key);
    if (key->kind == TDM_PY_STR) {
        put_json_text(d, key->text);
        return true;
    }
    if (!tdm_py_is_number(key) && key->kind != TDM_PY_NONE) {
        d->unknown = tdm_py_unfollowed(d->in, "json.dumps() of such keys");
        return true;
    }
    tdm_buffer_putc(&d->out, '"');
    bool ok = dump(d, key, 0);
    tdm_buffer_putc(&d->out, '"');
    return ok;
}

static bool dump_entries(dumper *d, tdm_py value, int64_t level)
{
    tdm_py keys = tdm_py_items_of(d->in, value);
    if (keys && d->sort) {
        py_sorting sorting = {keys->list.items, keys->list.items, keys->list.count, false};
        tdm_py done = tdm_py_sort(d->in, &sorting);
        if (!done)
            return false;
        d->unknown = tdm_py_is_unknown(done) ? done : NULL;
    }
    if (!keys)
        return false;
    tdm_buffer_putc(&d->out, '{');
    for (uint32_t i = 0; i < keys->list.count && !d->unknown; i++) {
        py_dict_entry *entry;
        if (i)
            tdm_buffer_put(&d->out, d->item_separator);
        put_break(d, level + 1);
        if (tdm_py_table_find(d->in, value->table, keys->list.items[i], &entry) != 1 ||
            !dump_key(d, entry->key))
            return false;
        tdm_buffer_put(&d->out, d->key_separator);
        if (!dump(d, entry->value, level + 1))
            return false;
    }
    if (keys->list.count)
        put_break(d, level);
    tdm_buffer_putc(&d->out, '}');
    return true;
}

static bool dump_value(dumper *d, tdm_py value, int64_t level)
{
    switch ((tdm_py_kind)value->kind) {
    case TDM_PY_NONE:
        tdm_buffer_puts(&d->out, "null");
        return true;
    case TDM_PY_BOOL:
        tdm_buffer_puts(&d->out, value->integer ? "true" : "false");
        return true;
    case TDM_PY_INT:
        tdm_buffer_putf(&d->out, "%lld", (long long)value->integer);
        return true;
    case TDM_PY_FLOAT:
        if (isnan(value->number) || isinf(value->number))
            tdm_buffer_puts(&d->out, isnan(value->number) ? "NaN"
                                     : value->number < 0  ? "-Infinity"
                                                          : "Infinity");
        else
            tdm_py_print_float(&d->out, value->number);
        return true;
    case TDM_PY_STR:
        put_json_text(d, value->text);
        return true;
    case TDM_PY_LIST:
    case TDM_PY_TUPLE:
        return dump_items(d, value, level);
    case TDM_PY_DICT:
        return dump_entries(d, value, level);
    case TDM_PY_UNKNOWN:
        d->unknown = value;
        return true;
    default:
        break;
    }
    tdm_py_raise(d->in, "TypeError", "Object of type %s is not JSON serializable",
                 tdm_py_type_name(value));
    return false;
}

static bool dump(dumper *d, tdm_py value, int64_t level)
{
    if (!tdm_py_step(d->in))
        return false;
    if (d->unknown || level > PY_MAX_NESTING) {
        d->unknown = d->unknown ? d->unknown : tdm_py_unfollowed(d->in, "so deep a value");
        return true;
    }
    return dump_value(d, tdm_py_plain(value), level);
}

tdm_py tdm_py_json_dumps(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py read[6];
    (void)data;
    if (!tdm_py_read_args(in, args, "dumps",
                          "obj,*,ensure_ascii=,indent=,separators=,sort_keys=,default=", read))
        return NULL;
    dumper d = {.in = in,
                .out = TDM_BUFFER_INIT(PY_MAX_TEXT),
                .indent = -1,
                .ascii = true,
                .key_separator = TDM_TEXT(": ")};
    if (read[1])
        d.ascii = tdm_py_truth(in, read[1]) == PY_YES;
    if (read[2] && read[2]->kind == TDM_PY_INT && read[2]->integer <= 64)
        d.indent = read[2]->integer;
    else if (read[2] && read[2]->kind != TDM_PY_NONE)
        return tdm_py_unfollowed(in, "json.dumps() with this indent");
    d.item_separator = d.indent < 0 ? TDM_TEXT(", ") : TDM_TEXT(",");
    if (read[3] && read[3]->kind != TDM_PY_NONE) {
        if (read[3]->kind != TDM_PY_TUPLE || read[3]->list.count != 2 ||
            read[3]->list.items[0]->kind != TDM_PY_STR ||
            read[3]->list.items[1]->kind != TDM_PY_STR)
            return tdm_py_unfollowed(in, "json.dumps() with such separators");
        d.item_separator = read[3]->list.items[0]->text;
        d.key_separator = read[3]->list.items[1]->text;
    }
    d.sort = read[4] && tdm_py_truth(in, read[4]) == PY_YES;
    if (read[5])
        return tdm_py_unfollowed(in, "json.dumps() with a default");
    bool ok = dump(&d, read[0], 0);
    if (!ok || d.unknown) {
        tdm_buffer_free(&d.out);
        return ok ? tdm_py_doubt(in, d.unknown) : NULL;
    }
    return tdm_py_buffer_value(in, &d.out);
}

// ---- json.loads ----

typedef struct loader {
    tdm_interp *in;
    tdm_text text;
    size_t at;
    unsigned depth;
} loader;

static tdm_py load(loader *l);

static tdm_py bad_json(loader *l)
{
    return tdm_py_raise(l->in, "JSONDecodeError", "invalid JSON (char %zu)", l->at);
}

static char peek(loader *l)
{
    while (l->at < l->text.size && strchr(" \t\n\r", l->text.data[l->at]))
        l->at++;
    return l->at < l->text.size ? l->text.data[l->at] : '\0';
}

static bool hex4(loader *l, uint32_t *ret)
{
    *ret = 0;
    for (int i = 0; i < 4; i++, l->at++) {
        char c = l->at < l->text.size ? tdm_to_lower(l->text.data[l->at]) : '\0';
        if (!tdm_is_digit(c) && (c < 'a' || c > 'f'))
            return false;
        *ret = *ret * 16 + (uint32_t)(tdm_is_digit(c) ? c - '0' : c - 'a' + 10);
    }
    return true;
}

static bool load_escape(loader *l, tdm_buffer *out)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    char c = l->at < l->text.size ? l->text.data[l->at++] : '\0', utf8[4];
    const char *found = c ? strchr(from, c) : NULL;
    if (found) {
        tdm_buffer_putc(out, to[found - from]);
        return true;
    }
    uint32_t code, low;
    if (c != 'u' || !hex4(l, &code))
        return false;
    if (code >= 0xD800 && code < 0xDC00 && l->at + 1 < l->text.size &&
        l->text.data[l->at] == '\\' && l->text.data[l->at + 1] == 'u') {
        l->at += 2;
        if (!hex4(l, &low) || low < 0xDC00 || low > 0xDFFF)
            return false;
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    }
    if (code >= 0xD800 && code < 0xE000)
        return false;
    tdm_buffer_put(out, (tdm_text){utf8, tdm_utf8_put(code, utf8)});
    return true;
}

static tdm_py load_text(loader *l)
{
    tdm_buffer out = TDM_BUFFER_INIT(PY_MAX_TEXT);
    for (l->at++; l->at < l->text.size && l->text.data[l->at] != '"';) {
        char c = l->text.data[l->at++];
        bool ok = (unsigned char)c >= 0x20;
        if (c == '\\')
            ok = load_escape(l, &out);
        else
            tdm_buffer_putc(&out, c);
        if (!ok) {
            tdm_buffer_free(&out);
            return bad_json(l);
        }
    }
    if (l->at++ >= l->text.size) {
        tdm_buffer_free(&out);
        return bad_json(l);
    }
    return tdm_py_buffer_value(l->in, &out);
}

static tdm_py load_number(loader *l)
{
    size_t start = l->at;
    bool whole = true;
    while (l->at < l->text.size &&
           (tdm_is_digit(l->text.data[l->at]) || strchr("+-.eE", l->text.data[l->at])))
        whole &= !strchr(".eE", l->text.data[l->at++]);
    tdm_text text = tdm_text_slice(l->text, start, l->at);
    int64_t integer;
    double number;
    if (whole && tdm_py_parse_int(text, 10, &integer) == PY_NUMBER_OK)
        return tdm_py_int(l->in, integer);
    if (!whole && tdm_py_parse_float(text, &number))
        return tdm_py_float(l->in, number);
    return whole && text.size > 17 ? tdm_py_unfollowed(l->in, "a number beyond 64 bits")
                                   : bad_json(l);
}

static tdm_py load_list(loader *l)
{
    tdm_py list = tdm_py_list(l->in, NULL, 0);
    l->at++;
    if (peek(l) == ']')
        return l->at++, list;
    for (;;) {
        tdm_py item = load(l);
        if (!item || !tdm_py_append(l->in, list, item))
            return NULL;
        char c = peek(l);
        l->at++;
        if (c == ']')
            return list;
        if (c != ',')
            return bad_json(l);
    }
}

static tdm_py load_dict(loader *l)
{
    tdm_py dict = tdm_py_dict(l->in);
    l->at++;
    if (peek(l) == '}')
        return l->at++, dict;
    for (;;) {
        tdm_py key = peek(l) == '"' ? load_text(l) : bad_json(l);
        if (!key || peek(l) != ':')
            return key ? bad_json(l) : NULL;
        l->at++;
        tdm_py value = load(l);
        if (!value || !tdm_py_dict_put(l->in, dict, key, value))
            return NULL;
        char c = peek(l);
        l->at++;
        if (c == '}')
            return dict;
        if (c != ',')
            return bad_json(l);
    }
}

static tdm_py load_word(loader *l)
{
    static const char *const words[] = {"null", "true", "false"};
    for (int i = 0; i < 3; i++)
        if (tdm_text_starts(tdm_text_from(l->text, l->at), tdm_text_of(words[i]))) {
            l->at += strlen(words[i]);
            return i == 0 ? l->in->none : tdm_py_bool(l->in, i == 1);
        }
    return bad_json(l);
}

static tdm_py load(loader *l)
{
    if (++l->depth > PY_MAX_NESTING)
        return tdm_py_unfollowed(l->in, "so deep a JSON text");
    char c = peek(l);
    tdm_py value = c == '{'                      ? load_dict(l)
                   : c == '['                    ? load_list(l)
                   : c == '"'                    ? load_text(l)
                   : c == '-' || tdm_is_digit(c) ? load_number(l)
                                                 : load_word(l);
    l->depth--;
    return value;
}

tdm_py tdm_py_json_loads(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py text;
    (void)data;
    if (args->named_count || !tdm_py_read_args(in, args, "loads", "s", &text))
        return args->named_count ? tdm_py_unfollowed(in, "this json.loads()") : NULL;
    text = tdm_py_plain(text);
    if (text->kind != TDM_PY_STR && text->kind != TDM_PY_BYTES)
        return tdm_py_raise(in, "TypeError", "the JSON object must be str, bytes or bytearray");
    loader l = {.in = in, .text = text->text};
    tdm_py value = load(&l);
    if (value && !tdm_py_is_unknown(value) && peek(&l))
        return bad_json(&l);
    return value;
}
