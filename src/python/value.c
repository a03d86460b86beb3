// Making values and looking into them.
#include "python/interp.h"

#include <math.h>
#include <string.h>

// Given instead of NULL when memory has run out; the interpreter stops at the next statement.
static const py_why memory_why = {.reason = {"out of memory", 13}, .harmless = true};
static struct tdm_py_object memory_unknown = {.kind = TDM_PY_UNKNOWN, .why = &memory_why};

static tdm_py constant_new(tdm_arena *arena, tdm_py_kind kind)
{
    tdm_py value = tdm_arena_new_of(arena, struct tdm_py_object);
    if (!value)
        return &memory_unknown;
    value->kind = (uint8_t)kind;
    return value;
}

tdm_py tdm_py_constant(tdm_arena *arena, tdm_py_kind kind, bool value, tdm_text text)
{
    tdm_py made = constant_new(arena, kind);
    if (made->kind == TDM_PY_BOOL)
        made->integer = value;
    else if (made->kind == TDM_PY_STR || made->kind == TDM_PY_BYTES)
        made->text = text;
    return made;
}

tdm_py tdm_py_int_constant(tdm_arena *arena, int64_t value)
{
    tdm_py made = constant_new(arena, TDM_PY_INT);
    if (made->kind == TDM_PY_INT)
        made->integer = value;
    return made;
}

tdm_py tdm_py_float_constant(tdm_arena *arena, double value)
{
    tdm_py made = constant_new(arena, TDM_PY_FLOAT);
    if (made->kind == TDM_PY_FLOAT)
        made->number = value;
    return made;
}

tdm_py tdm_py_unknown_constant(tdm_arena *arena, tdm_place place, const char *reason)
{
    tdm_py made = constant_new(arena, TDM_PY_UNKNOWN);
    py_why *why = tdm_arena_new_of(arena, py_why);
    if (!why || made->kind != TDM_PY_UNKNOWN || made == &memory_unknown)
        return &memory_unknown;
    *why = (py_why){.reason = tdm_text_of(reason), .place = place, .harmless = true};
    made->why = why;
    return made;
}

// Making an object costs steps, which bounds the memory of a program that does nothing else.
tdm_py tdm_py_new_object(tdm_interp *in, tdm_py_kind kind)
{
    in->steps -= in->steps < PY_OBJECT_STEPS ? in->steps : PY_OBJECT_STEPS;
    tdm_py value = tdm_arena_new_of(in->arena, struct tdm_py_object);
    if (!value)
        return in->out_of_memory;
    value->kind = (uint8_t)kind;
    return value;
}

// ---- plain values ----

tdm_py tdm_py_none(tdm_interp *in)
{
    return in->none;
}

tdm_py tdm_py_bool(tdm_interp *in, bool value)
{
    return value ? in->yes : in->no;
}

tdm_py tdm_py_int(tdm_interp *in, int64_t value)
{
    if (value >= PY_SMALL_INT_MIN && value < PY_SMALL_INT_MIN + PY_SMALL_INT_COUNT)
        return in->small[value - PY_SMALL_INT_MIN];
    tdm_py made = tdm_py_new_object(in, TDM_PY_INT);
    if (made->kind == TDM_PY_INT)
        made->integer = value;
    return made;
}

tdm_py tdm_py_float(tdm_interp *in, double value)
{
    tdm_py made = tdm_py_new_object(in, TDM_PY_FLOAT);
    if (made->kind == TDM_PY_FLOAT)
        made->number = value;
    return made;
}

tdm_py tdm_py_str(tdm_interp *in, tdm_text value)
{
    return tdm_py_constant(in->arena, TDM_PY_STR, false, value);
}

tdm_py tdm_py_bytes(tdm_interp *in, tdm_text text)
{
    return tdm_py_constant(in->arena, TDM_PY_BYTES, false, text);
}

tdm_py tdm_py_text_value(tdm_interp *in, tdm_text text)
{
    if (!tdm_py_charge(in, text.size))
        return NULL;
    return tdm_py_str(in, tdm_arena_text(in->arena, text));
}

tdm_py tdm_py_buffer_value(tdm_interp *in, tdm_buffer *buffer)
{
    if (buffer->failed) {
        tdm_buffer_free(buffer);
        return tdm_py_unfollowed(in, "a text larger than %zu bytes", PY_MAX_TEXT);
    }
    tdm_py made = tdm_py_text_value(in, tdm_buffer_text(buffer));
    tdm_buffer_free(buffer);
    return made;
}

static tdm_py sequence(tdm_interp *in, tdm_py_kind kind, const tdm_py *items, size_t count)
{
    if (count > PY_MAX_ITEMS)
        return tdm_py_unfollowed(in, "a container of more than %zu items", PY_MAX_ITEMS);
    if (!tdm_py_charge(in, count * sizeof *items))
        return in->out_of_memory;
    tdm_py value = tdm_py_new_object(in, kind);
    tdm_py *copy = tdm_arena_array(in->arena, count, sizeof *copy);
    if (!copy || value->kind != kind)
        return in->out_of_memory;
    if (count)
        memcpy(copy, items, count * sizeof *items);
    value->list.items = copy;
    value->list.count = value->list.capacity = (uint32_t)count;
    return value;
}

tdm_py tdm_py_list(tdm_interp *in, const tdm_py *items, size_t count)
{
    return sequence(in, TDM_PY_LIST, items, count);
}

tdm_py tdm_py_tuple(tdm_interp *in, const tdm_py *items, size_t count)
{
    return sequence(in, TDM_PY_TUPLE, items, count);
}

bool tdm_py_append(tdm_interp *in, tdm_py list, tdm_py item)
{
    if (list->list.count == list->list.capacity) {
        size_t capacity = list->list.capacity ? (size_t)list->list.capacity * 2 : 4;
        if (capacity > PY_MAX_ITEMS) {
            tdm_py_stop(in, TDM_ERROR_LIMIT, "a list of more than %zu items", PY_MAX_ITEMS);
            return false;
        }
        tdm_py *items = tdm_arena_array(in->arena, capacity, sizeof *items);
        if (!items || !tdm_py_charge(in, capacity * sizeof *items))
            return false;
        if (list->list.count)
            memcpy(items, list->list.items, list->list.count * sizeof *items);
        list->list.items = items;
        list->list.capacity = (uint32_t)capacity;
    }
    list->list.items[list->list.count++] = item;
    return true;
}

tdm_py tdm_py_dict(tdm_interp *in)
{
    return tdm_py_table_value(in, tdm_py_table_new(in), TDM_PY_DICT);
}

tdm_py tdm_py_set(tdm_interp *in, bool frozen)
{
    py_table *table = tdm_py_table_new(in);
    if (table)
        table->frozen = frozen;
    return tdm_py_table_value(in, table, TDM_PY_SET);
}

tdm_py tdm_py_set_of(tdm_interp *in, const tdm_py *items, size_t count)
{
    tdm_py set = tdm_py_set(in, false);
    for (size_t i = 0; i < count && set->kind == TDM_PY_SET; i++)
        (void)tdm_py_table_put(in, set->table, items[i], in->none);
    return set;
}

bool tdm_py_dict_put(tdm_interp *in, tdm_py dict, tdm_py key, tdm_py value)
{
    int put = tdm_py_table_put(in, dict->table, key, value);
    if (put == -2)
        tdm_py_spoil(in, dict, key->why);
    return put != -1;
}

tdm_py tdm_py_native(tdm_interp *in, const tdm_py_class *type, void *data)
{
    tdm_py value = tdm_py_new_object(in, TDM_PY_NATIVE);
    if (value->kind == TDM_PY_NATIVE) {
        value->native.type = type;
        value->native.data = data;
    }
    return value;
}

tdm_py tdm_py_other(tdm_interp *in, const py_other_type *type, void *data)
{
    tdm_py value = tdm_py_new_object(in, TDM_PY_OTHER);
    if (value->kind == TDM_PY_OTHER) {
        value->other.type = type;
        value->other.data = data;
    }
    return value;
}

tdm_py tdm_py_function_value(tdm_interp *in, py_function_data *data)
{
    tdm_py value = tdm_py_new_object(in, TDM_PY_FUNCTION);
    if (!data || value->kind != TDM_PY_FUNCTION)
        return in->out_of_memory;
    value->function = data;
    return value;
}

tdm_py tdm_py_builtin_new(tdm_interp *in, const char *name, tdm_py_function function, void *data,
                          unsigned flags)
{
    py_function_data *made = tdm_arena_new_of(in->arena, py_function_data);
    if (made)
        *made = (py_function_data){.kind = PY_FUNCTION_BUILTIN,
                                   .name = name,
                                   .native = function,
                                   .data = data,
                                   .flags = (uint8_t)flags};
    return tdm_py_function_value(in, made);
}

tdm_py tdm_py_builtin(tdm_interp *in, const char *name, tdm_py_function function, void *data)
{
    return tdm_py_builtin_new(in, name, function, data, PY_ROW_HOST | PY_ROW_TOLERANT);
}

tdm_py tdm_py_bound(tdm_interp *in, tdm_py function, tdm_py self)
{
    py_function_data *made = tdm_arena_new_of(in->arena, py_function_data);
    if (made)
        *made = (py_function_data){.kind = PY_FUNCTION_BOUND, .function = function, .self = self};
    return tdm_py_function_value(in, made);
}

tdm_py tdm_py_module_value(tdm_interp *in, py_module_data *data)
{
    tdm_py value = tdm_py_new_object(in, TDM_PY_MODULE);
    if (!data || value->kind != TDM_PY_MODULE)
        return in->out_of_memory;
    value->module = data;
    return value;
}

tdm_py tdm_py_not_implemented(tdm_interp *in)
{
    return in->not_implemented;
}

// ---- accessors ----

tdm_py_kind tdm_py_kind_of(tdm_py value)
{
    return (tdm_py_kind)value->kind;
}

tdm_place tdm_py_place_of(tdm_py value)
{
    return value->kind == TDM_PY_UNKNOWN ? value->why->place : TDM_NOWHERE;
}

bool tdm_py_as_bool(tdm_py value)
{
    return value->integer != 0;
}

int64_t tdm_py_as_int(tdm_py value)
{
    return value->integer;
}

double tdm_py_as_float(tdm_py value)
{
    return value->kind == TDM_PY_FLOAT ? value->number : (double)value->integer;
}

tdm_text tdm_py_as_text(tdm_py value)
{
    return value->text;
}

size_t tdm_py_count(tdm_py value)
{
    if (value->kind == TDM_PY_DICT || value->kind == TDM_PY_SET)
        return value->table->live;
    return value->list.count;
}

tdm_py tdm_py_item(tdm_py value, size_t index)
{
    if (value->kind == TDM_PY_DICT || value->kind == TDM_PY_SET)
        return tdm_py_table_at(value->table, index)->key;
    return value->list.items[index];
}

tdm_py tdm_py_dict_value(tdm_py dict, size_t index)
{
    return tdm_py_table_at(dict->table, index)->value;
}

tdm_py tdm_py_dict_get(tdm_py dict, tdm_text key)
{
    for (uint32_t i = 0; i < dict->table->count; i++) {
        const py_dict_entry *entry = &dict->table->entries[i];
        if (entry->key && entry->key->kind == TDM_PY_STR && tdm_text_equal(entry->key->text, key))
            return entry->value;
    }
    return NULL;
}

tdm_text tdm_py_reason(tdm_py unknown)
{
    return unknown->why->reason;
}

const tdm_py_class *tdm_py_native_class(tdm_py value)
{
    return value->kind == TDM_PY_NATIVE ? value->native.type : NULL;
}

void *tdm_py_native_data(tdm_py value)
{
    if (value->kind == TDM_PY_FUNCTION)
        return value->function->data;
    return value->kind == TDM_PY_NATIVE ? value->native.data : NULL;
}

bool tdm_py_is_native(tdm_py value, const tdm_py_class *type)
{
    if (value->kind != TDM_PY_NATIVE)
        return false;
    for (const tdm_py_class *at = value->native.type; at; at = at->base)
        if (at == type)
            return true;
    return false;
}

bool tdm_py_is_unknown(tdm_py value)
{
    return value->kind == TDM_PY_UNKNOWN;
}

bool tdm_py_is_number(tdm_py value)
{
    return value->kind == TDM_PY_INT || value->kind == TDM_PY_BOOL || value->kind == TDM_PY_FLOAT;
}

bool tdm_py_is(tdm_py a, tdm_py b)
{
    if (a == b)
        return true;
    if (a->kind != b->kind)
        return false;
    switch ((tdm_py_kind)a->kind) {
    case TDM_PY_NONE:
    case TDM_PY_ELLIPSIS:
        return true;
    case TDM_PY_BOOL:
    case TDM_PY_INT:
        return a->integer == b->integer;
    case TDM_PY_STR:
        return tdm_text_equal(a->text, b->text);
    case TDM_PY_CLASS:
        return a->class_data == b->class_data;
    case TDM_PY_TUPLE:
        return a->list.count == 0 && b->list.count == 0;
    case TDM_PY_MODULE:
        return a->module == b->module;
    case TDM_PY_FLOAT:
    case TDM_PY_BYTES:
    case TDM_PY_LIST:
    case TDM_PY_DICT:
    case TDM_PY_SET:
    case TDM_PY_FUNCTION:
    case TDM_PY_INSTANCE:
    case TDM_PY_OTHER:
    case TDM_PY_NATIVE:
    case TDM_PY_UNKNOWN:
        break;
    }
    return false;
}

tdm_py tdm_py_plain(tdm_py value)
{
    if (value->kind == TDM_PY_INSTANCE && value->instance->type->class_data->value_type &&
        value->instance->value)
        return value->instance->value;
    return value;
}

// ---- text ----

bool tdm_py_is_ascii(tdm_py str)
{
    if (str->flags & PY_FLAG_ASCII)
        return true;
    for (size_t i = 0; i < str->text.size; i++)
        if ((unsigned char)str->text.data[i] >= 0x80)
            return false;
    str->flags |= PY_FLAG_ASCII;
    return true;
}

size_t tdm_py_str_length(tdm_py str)
{
    return tdm_py_is_ascii(str) ? str->text.size : tdm_utf8_count(str->text);
}

const char *tdm_py_type_name(tdm_py value)
{
    switch ((tdm_py_kind)value->kind) {
    case TDM_PY_NONE:
        return "NoneType";
    case TDM_PY_ELLIPSIS:
        return "ellipsis";
    case TDM_PY_FUNCTION:
        return "function";
    case TDM_PY_CLASS:
        return "type";
    case TDM_PY_MODULE:
        return "module";
    case TDM_PY_UNKNOWN:
        return "unknown";
    case TDM_PY_NATIVE:
        return value->native.type->name;
    case TDM_PY_OTHER:
        return value->other.type->behaviour.name;
    case TDM_PY_INSTANCE:
        return value->instance->type->class_data->name->text.data;
    case TDM_PY_SET:
        return value->table->frozen ? "frozenset" : "set";
    case TDM_PY_BOOL:
    case TDM_PY_INT:
    case TDM_PY_FLOAT:
    case TDM_PY_STR:
    case TDM_PY_BYTES:
    case TDM_PY_LIST:
    case TDM_PY_TUPLE:
    case TDM_PY_DICT:
        break;
    }
    return tdm_py_type_of_kind((tdm_py_kind)value->kind)->name;
}

// ---- for hosts ----

tdm_text tdm_py_class_name(tdm_py type)
{
    return type->class_data->name->text;
}

static const py_space *space_of(tdm_py value)
{
    static const py_space empty = {0};
    switch ((tdm_py_kind)value->kind) {
    case TDM_PY_CLASS:
        return &value->class_data->space;
    case TDM_PY_INSTANCE:
        return &value->instance->space;
    case TDM_PY_MODULE:
        return &value->module->globals;
    default:
        return &empty;
    }
}

size_t tdm_py_base_count(tdm_py type)
{
    return type->class_data->named_bases;
}

bool tdm_py_class_declares(tdm_py type)
{
    const py_class_data *data = type->class_data;
    size_t annotated = data->annotations ? data->annotations->list.count : 0;
    for (size_t i = 0; i < annotated; i++) {
        tdm_py name = data->annotations->list.items[i];
        bool given = false;
        for (uint32_t j = 0; j < data->space.count && !given; j++)
            given = data->space.items[j].value && name->kind == TDM_PY_STR &&
                    tdm_text_equal(data->space.items[j].name->text, name->text);
        if (!given)
            return true;
    }
    return false;
}

size_t tdm_py_attr_count(tdm_py value)
{
    return space_of(value)->count;
}

tdm_text tdm_py_attr_name(tdm_py value, size_t index)
{
    return space_of(value)->items[index].name->text;
}

tdm_py tdm_py_attr_value(tdm_py value, size_t index)
{
    return space_of(value)->items[index].value;
}

tdm_py tdm_py_class_of(tdm_py instance)
{
    return instance->instance->type;
}

bool tdm_py_is_enum(tdm_py type)
{
    return type->kind == TDM_PY_CLASS && type->class_data->flavor == PY_CLASS_ENUM;
}
