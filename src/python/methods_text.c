// Methods between str and bytes, and those that format.
#include "python/methods_str.h"

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
    if (!tdm_py_read_args(in, args, to == TDM_PY_STR ? "decode" : "encode",
                          "encoding=,errors=", read))
        return NULL;
    for (int i = 0; i < 2; i++)
        if (read[i] && read[i]->kind != TDM_PY_STR)
            return tdm_py_raise(in, "TypeError", "%s() argument '%s' must be str, not %s",
                                to == TDM_PY_STR ? "decode" : "encode", i ? "errors" : "encoding",
                                tdm_py_type_name(read[i]));
    if (!is_utf8(read[0]) && !tdm_py_text_is_ascii(self->text))
        return tdm_py_unfollowed(in, "an encoding other than utf-8");
    if (to == TDM_PY_STR && tdm_utf8_error(self->text) != SIZE_MAX)
        return tdm_py_unfollowed(in, "decoding bytes that are not utf-8");
    return tdm_py_constant(in->arena, to, false, self->text);
}

tdm_py tdm_py_str_encode(tdm_interp *in, void *data, const tdm_py_args *args)
{
    return recode(in, data, args, TDM_PY_BYTES);
}

tdm_py tdm_py_bytes_decode(tdm_interp *in, void *data, const tdm_py_args *args)
{
    return recode(in, data, args, TDM_PY_STR);
}

tdm_py tdm_py_bytes_hex(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_buffer out = TDM_BUFFER_INIT(PY_MAX_TEXT);
    tdm_text text = ((tdm_py)data)->text;
    if (args->count || args->named_count)
        return tdm_py_unfollowed(in, "bytes.hex() with a separator");
    for (size_t i = 0; i < text.size; i++)
        tdm_buffer_putf(&out, "%02x", (unsigned)(unsigned char)text.data[i]);
    return tdm_py_buffer_value(in, &out);
}

tdm_py tdm_py_str_format_method(tdm_interp *in, void *data, const tdm_py_args *args)
{
    return tdm_py_str_format(in, ((tdm_py)data)->text, args);
}

tdm_py tdm_py_str_format_map(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py mapping;
    if (!tdm_py_read_args(in, args, "format_map", "mapping", &mapping))
        return NULL;
    if (mapping->kind != TDM_PY_DICT)
        return tdm_py_unfollowed(in, "format_map() of a %s", tdm_py_type_name(mapping));
    size_t count = mapping->table->live;
    tdm_text *names = tdm_arena_array(in->arena, count, sizeof *names);
    tdm_py *named = tdm_arena_array(in->arena, count, sizeof *named);
    if (!names || !named)
        return in->out_of_memory;
    tdm_py_args all = {.names = names, .named = named, .place = args->place};
    for (size_t i = 0; i < count; i++) {
        const py_dict_entry *entry = tdm_py_table_at(mapping->table, i);
        if (entry->key->kind != TDM_PY_STR)
            continue;
        names[all.named_count] = entry->key->text;
        named[all.named_count++] = entry->value;
    }
    return tdm_py_str_format(in, ((tdm_py)data)->text, &all);
}

tdm_py tdm_py_str_translate(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py self = data, table;
    if (!tdm_py_read_args(in, args, "translate", "table", &table))
        return NULL;
    if (table->kind != TDM_PY_DICT)
        return tdm_py_unfollowed(in, "translate() with a %s", tdm_py_type_name(table));
    tdm_buffer out = TDM_BUFFER_INIT(PY_MAX_TEXT);
    for (size_t at = 0; at < self->text.size;) {
        size_t start = at;
        uint32_t c = tdm_utf8_next(self->text, &at);
        py_dict_entry *entry;
        if (tdm_py_table_find(in, table->table, tdm_py_int(in, c), &entry) != 1) {
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
    return tdm_py_text_finish(in, self, &out);
}
