// repr() and str().
#include "python/interp.h"
#include "python/number.h"

#include <string.h>

// Whether repr writes a code point as it is. Python asks the Unicode database (str.isprintable);
// here: what surely is not printable is escaped, and what this table cannot tell is not guessed.
static bool is_printable(uint32_t c)
{
    if (c < 0x20 || (c >= 0x7F && c <= 0xA0) || c == 0xAD)
        return false;
    return !(c >= 0x2000 && c <= 0x200F) && !(c >= 0x2028 && c <= 0x202F) &&
           !(c >= 0x205F && c <= 0x206F) && c != 0x3000 && c != 0xFEFF &&
           !(c >= 0xD800 && c <= 0xF8FF) && c < 0xE0000 && c != 0x1680;
}

static void put_escaped(tdm_buffer *out, uint32_t c, tdm_text bytes, bool ascii_only)
{
    if (c == '\n')
        tdm_buffer_puts(out, "\\n");
    else if (c == '\r')
        tdm_buffer_puts(out, "\\r");
    else if (c == '\t')
        tdm_buffer_puts(out, "\\t");
    else if (is_printable(c) && !(ascii_only && c >= 0x80))
        tdm_buffer_put(out, bytes);
    else if (c <= 0xFF)
        tdm_buffer_putf(out, "\\x%02x", c);
    else if (c <= 0xFFFF)
        tdm_buffer_putf(out, "\\u%04x", c);
    else
        tdm_buffer_putf(out, "\\U%08x", c);
}

static void put_str(tdm_buffer *out, tdm_text text, bool ascii_only)
{
    bool single = tdm_text_find_char(text, '\'') != SIZE_MAX;
    bool both = tdm_text_find_char(text, '"') != SIZE_MAX;
    char quote = single && !both ? '"' : '\'';
    tdm_buffer_putc(out, quote);
    for (size_t at = 0; at < text.size;) {
        size_t start = at;
        uint32_t c = tdm_utf8_next(text, &at);
        if (c == (uint32_t)quote || c == '\\')
            tdm_buffer_putc(out, '\\');
        put_escaped(out, c, tdm_text_slice(text, start, at), ascii_only);
    }
    tdm_buffer_putc(out, quote);
}

static void put_bytes(tdm_buffer *out, tdm_text text)
{
    bool single = tdm_text_find_char(text, '\'') != SIZE_MAX;
    bool both = tdm_text_find_char(text, '"') != SIZE_MAX;
    char quote = single && !both ? '"' : '\'';
    tdm_buffer_putc(out, 'b');
    tdm_buffer_putc(out, quote);
    for (size_t i = 0; i < text.size; i++) {
        unsigned char c = (unsigned char)text.data[i];
        if (c == (unsigned char)quote || c == '\\')
            tdm_buffer_putf(out, "\\%c", c);
        else if (c >= 0x80)
            tdm_buffer_putf(out, "\\x%02x", c);
        else
            put_escaped(out, c, tdm_text_slice(text, i, i + 1), true);
    }
    tdm_buffer_putc(out, quote);
}

static bool put_items(tdm_interp *in, tdm_buffer *out, tdm_py value, tdm_py *ret_unknown)
{
    bool tuple = value->kind == TDM_PY_TUPLE;
    tdm_buffer_putc(out, tuple ? '(' : '[');
    for (uint32_t i = 0; i < value->list.count && !*ret_unknown; i++) {
        if (i)
            tdm_buffer_puts(out, ", ");
        if (!tdm_py_put_repr(in, out, value->list.items[i], ret_unknown))
            return false;
    }
    if (tuple && value->list.count == 1)
        tdm_buffer_putc(out, ',');
    tdm_buffer_putc(out, tuple ? ')' : ']');
    return true;
}

static bool put_entries(tdm_interp *in, tdm_buffer *out, tdm_py value, tdm_py *ret_unknown)
{
    bool dict = value->kind == TDM_PY_DICT, first = true;
    const py_table *table = value->table;
    if (!dict && table->live > 1) {
        *ret_unknown = tdm_py_unfollowed(in, "the order of a set");
        return true;
    }
    if (!dict && !table->live) {
        tdm_buffer_puts(out, table->frozen ? "frozenset()" : "set()");
        return true;
    }
    if (dict && table->counter)
        *ret_unknown = tdm_py_unfollowed(in, "repr() of a Counter");
    bool wrapped = dict && table->factory;
    if (wrapped) {
        tdm_buffer_puts(out, "defaultdict(");
        if (!tdm_py_put_repr(in, out, table->factory, ret_unknown))
            return false;
        tdm_buffer_puts(out, ", ");
    }
    tdm_buffer_puts(out, !dict && table->frozen ? "frozenset({" : "{");
    for (uint32_t i = 0; i < table->count && !*ret_unknown; i++) {
        const py_dict_entry *entry = &table->entries[i];
        if (!entry->key)
            continue;
        if (!first)
            tdm_buffer_puts(out, ", ");
        first = false;
        if (!tdm_py_put_repr(in, out, entry->key, ret_unknown))
            return false;
        if (dict)
            tdm_buffer_puts(out, ": ");
        if (dict && !*ret_unknown && !tdm_py_put_repr(in, out, entry->value, ret_unknown))
            return false;
    }
    tdm_buffer_puts(out, !dict && table->frozen ? "})" : "}");
    if (wrapped)
        tdm_buffer_putc(out, ')');
    return true;
}

static bool put_value(tdm_buffer *out, tdm_py text, tdm_py *ret_unknown)
{
    if (!text)
        return false;
    if (text->kind == TDM_PY_STR)
        tdm_buffer_put(out, text->text);
    else
        *ret_unknown = text;
    return true;
}

static bool put_exception(tdm_interp *in, tdm_buffer *out, tdm_py value, tdm_py *ret_unknown)
{
    tdm_py args = value->instance->args;
    tdm_buffer_put(out, value->instance->type->class_data->name->text);
    if (args && args->list.count != 1)
        return put_items(in, out, args, ret_unknown);
    tdm_buffer_putc(out, '(');
    bool ok = !args || tdm_py_put_repr(in, out, args->list.items[0], ret_unknown);
    tdm_buffer_putc(out, ')');
    return ok;
}

static bool put_fields(tdm_interp *in, tdm_buffer *out, tdm_py value, tdm_py *ret_unknown)
{
    bool tuple = value->kind == TDM_PY_TUPLE;
    const py_class_data *data = (tuple ? value->list.type : value->instance->type)->class_data;
    tdm_buffer_put(out, data->name->text);
    tdm_buffer_putc(out, '(');
    for (size_t i = 0; i < data->field_count && !*ret_unknown; i++) {
        tdm_py field = tuple ? value->list.items[i]
                             : tdm_py_space_get(&value->instance->space, data->fields[i]);
        if (i)
            tdm_buffer_puts(out, ", ");
        tdm_buffer_put(out, data->fields[i]->text);
        tdm_buffer_putc(out, '=');
        if (!field || !tdm_py_put_repr(in, out, field, ret_unknown))
            return false;
    }
    tdm_buffer_putc(out, ')');
    return true;
}

static bool put_instance(tdm_interp *in, tdm_buffer *out, tdm_py value, tdm_py *ret_unknown)
{
    const py_class_data *data = value->instance->type->class_data;
    tdm_py method = tdm_py_find_special(in, value, "__repr__");
    if (method || tdm_py_failed(in))
        return put_value(out, method ? tdm_py_call0(in, method) : NULL, ret_unknown);
    switch (data->flavor) {
    case PY_CLASS_EXCEPTION:
        return put_exception(in, out, value, ret_unknown);
    case PY_CLASS_DATACLASS:
        return put_fields(in, out, value, ret_unknown);
    case PY_CLASS_ENUM: {
        tdm_py name = tdm_py_space_get(&value->instance->space, in->name_name);
        if (!name || name->kind != TDM_PY_STR)
            break;
        tdm_buffer_putf(out, "<%.*s.%.*s: ", TDM_TEXT_ARG(data->name->text),
                        TDM_TEXT_ARG(name->text));
        bool ok = tdm_py_put_repr(
            in, out, tdm_py_space_get(&value->instance->space, in->name_value), ret_unknown);
        tdm_buffer_putc(out, '>');
        return ok;
    }
    case PY_CLASS_PLAIN:
    case PY_CLASS_BUILTIN:
    case PY_CLASS_NAMEDTUPLE:
        break;
    }
    tdm_py plain = tdm_py_plain(value);
    if (plain != value)
        return tdm_py_put_repr(in, out, plain, ret_unknown);
    *ret_unknown = tdm_py_harmless(in, "the address of an object");
    return true;
}

static void put_class(tdm_interp *in, tdm_buffer *out, tdm_py value, tdm_py *ret_unknown)
{
    const py_class_data *data = value->class_data;
    if (data->flavor == PY_CLASS_BUILTIN || tdm_py_exception_builtin(in, data->name->text))
        tdm_buffer_putf(out, "<class '%.*s'>", TDM_TEXT_ARG(data->name->text));
    else if (data->flavor == PY_CLASS_ENUM)
        tdm_buffer_putf(out, "<enum '%.*s'>", TDM_TEXT_ARG(data->name->text));
    else
        *ret_unknown = tdm_py_unfollowed(in, "repr() of a class");
}

static bool put(tdm_interp *in, tdm_buffer *out, tdm_py value, tdm_py *ret_unknown)
{
    switch ((tdm_py_kind)value->kind) {
    case TDM_PY_NONE:
        tdm_buffer_puts(out, "None");
        return true;
    case TDM_PY_BOOL:
        tdm_buffer_puts(out, value->integer ? "True" : "False");
        return true;
    case TDM_PY_INT:
        tdm_buffer_putf(out, "%lld", (long long)value->integer);
        return true;
    case TDM_PY_FLOAT:
        tdm_py_print_float(out, value->number);
        return true;
    case TDM_PY_STR:
        put_str(out, value->text, false);
        return true;
    case TDM_PY_BYTES:
        put_bytes(out, value->text);
        return true;
    case TDM_PY_TUPLE:
        if (value->list.type)
            return put_fields(in, out, value, ret_unknown);
        return put_items(in, out, value, ret_unknown);
    case TDM_PY_LIST:
        return put_items(in, out, value, ret_unknown);
    case TDM_PY_DICT:
    case TDM_PY_SET:
        return put_entries(in, out, value, ret_unknown);
    case TDM_PY_ELLIPSIS:
        tdm_buffer_puts(out, value == in->not_implemented ? "NotImplemented" : "Ellipsis");
        return true;
    case TDM_PY_CLASS:
        put_class(in, out, value, ret_unknown);
        return true;
    case TDM_PY_INSTANCE:
        return put_instance(in, out, value, ret_unknown);
    case TDM_PY_OTHER:
        if (value->other.type->repr)
            return put_value(out, value->other.type->repr(in, value), ret_unknown);
        break;
    case TDM_PY_UNKNOWN:
        *ret_unknown = value;
        return true;
    case TDM_PY_FUNCTION:
    case TDM_PY_MODULE:
    case TDM_PY_NATIVE:
        break;
    }
    *ret_unknown = tdm_py_harmless(in, "repr() of a %s", tdm_py_type_name(value));
    return true;
}

bool tdm_py_put_repr(tdm_interp *in, tdm_buffer *out, tdm_py value, tdm_py *ret_unknown)
{
    if (!tdm_py_step(in))
        return false;
    if (value->flags & PY_FLAG_PRINTING) { // it holds itself
        tdm_buffer_puts(out, value->kind == TDM_PY_LIST    ? "[...]"
                             : value->kind == TDM_PY_TUPLE ? "(...)"
                                                           : "{...}");
        return true;
    }
    if (in->nesting >= PY_MAX_NESTING) {
        *ret_unknown = tdm_py_unfollowed(in, "values nested deeper than %d", PY_MAX_NESTING);
        return true;
    }
    bool container =
        value->kind == TDM_PY_LIST || value->kind == TDM_PY_TUPLE || value->kind == TDM_PY_DICT;
    in->nesting++;
    value->flags |= container ? PY_FLAG_PRINTING : 0;
    bool ok = put(in, out, value, ret_unknown);
    value->flags &= (uint8_t)~PY_FLAG_PRINTING;
    in->nesting--;
    return ok;
}

tdm_py tdm_py_repr(tdm_interp *in, tdm_py value)
{
    tdm_buffer out = TDM_BUFFER_INIT(PY_MAX_TEXT);
    tdm_py unknown = NULL;
    bool ok = tdm_py_put_repr(in, &out, value, &unknown);
    if (!ok || unknown) {
        tdm_buffer_free(&out);
        return ok ? tdm_py_doubt(in, unknown) : NULL;
    }
    return tdm_py_buffer_value(in, &out);
}

tdm_py tdm_py_ascii(tdm_interp *in, tdm_py value)
{
    tdm_py text = tdm_py_repr(in, value);
    if (!text || text->kind != TDM_PY_STR || tdm_py_is_ascii(text))
        return text;
    if (value->kind != TDM_PY_STR)
        return tdm_py_unfollowed(in, "ascii() of a %s", tdm_py_type_name(value));
    tdm_buffer out = TDM_BUFFER_INIT(PY_MAX_TEXT);
    put_str(&out, value->text, true);
    return tdm_py_buffer_value(in, &out);
}

// ---- str() ----

static tdm_py exception_str(tdm_interp *in, tdm_py value)
{
    tdm_py args = value->instance->args;
    if (!args || !args->list.count)
        return tdm_py_str(in, (tdm_text){"", 0});
    if (args->list.count > 1)
        return tdm_py_repr(in, args);
    if (tdm_text_is(value->instance->type->class_data->name->text, "KeyError"))
        return tdm_py_repr(in, args->list.items[0]);
    return tdm_py_to_str(in, args->list.items[0]);
}

static tdm_py enum_str(tdm_interp *in, tdm_py value)
{
    const py_class_data *data = value->instance->type->class_data;
    tdm_py name = tdm_py_space_get(&value->instance->space, in->name_name);
    if (!name || name->kind != TDM_PY_STR)
        return tdm_py_repr(in, value);
    tdm_buffer out = TDM_BUFFER_INIT(PY_MAX_TEXT);
    tdm_buffer_put(&out, data->name->text);
    tdm_buffer_putc(&out, '.');
    tdm_buffer_put(&out, name->text);
    return tdm_py_buffer_value(in, &out);
}

static tdm_py instance_str(tdm_interp *in, tdm_py value)
{
    const py_class_data *data = value->instance->type->class_data;
    tdm_py method = tdm_py_find_special(in, value, "__str__");
    if (method || tdm_py_failed(in))
        return method ? tdm_py_call0(in, method) : NULL;
    if (data->flavor == PY_CLASS_EXCEPTION)
        return exception_str(in, value);
    // IntEnum and StrEnum print their value (enum.ReprEnum); a plain mixed-in Enum does not.
    if (data->flavor == PY_CLASS_ENUM && !data->prints_value)
        return enum_str(in, value);
    tdm_py plain = tdm_py_plain(value);
    if (plain != value && !tdm_py_class_lookup(value->instance->type, in->name_repr))
        return tdm_py_to_str(in, plain);
    return tdm_py_repr(in, value);
}

tdm_py tdm_py_to_str(tdm_interp *in, tdm_py value)
{
    const tdm_py_class *behaviour = tdm_py_behaviour(value);
    if (behaviour && behaviour->to_str)
        return behaviour->to_str(in, value);
    if (value->kind == TDM_PY_STR)
        return value;
    if (value->kind == TDM_PY_UNKNOWN)
        return tdm_py_doubt(in, value);
    if (value->kind == TDM_PY_INSTANCE) {
        if (++in->nesting > PY_MAX_NESTING) {
            in->nesting--;
            return tdm_py_unfollowed(in, "values nested deeper than %d", PY_MAX_NESTING);
        }
        tdm_py text = instance_str(in, value);
        in->nesting--;
        return text;
    }
    return tdm_py_repr(in, value);
}
