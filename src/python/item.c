// Subscripts: items, slices, and assigning to them.
#include "python/interp.h"

#include <string.h>

// ---- slices ----

typedef struct slice {
    tdm_py parts[3];
} slice;

static const py_other_type slice_type = {.behaviour = {.name = "slice", .inert = true}};

tdm_py tdm_py_slice(tdm_interp *in, tdm_py parts[3])
{
    slice *made = tdm_arena_new_of(in->arena, slice);
    if (!made)
        return in->out_of_memory;
    memcpy(made->parts, parts, sizeof made->parts);
    return tdm_py_other(in, &slice_type, made);
}

static bool is_slice(tdm_py key)
{
    return key->kind == TDM_PY_OTHER && key->other.type == &slice_type;
}

typedef struct range {
    int64_t start, stop, step;
    int64_t count;
} range;

static bool slice_part(tdm_interp *in, tdm_py part, int64_t standard, int64_t *ret)
{
    *ret = standard;
    if (part->kind == TDM_PY_NONE)
        return true;
    if (part->kind != TDM_PY_INT && part->kind != TDM_PY_BOOL) {
        tdm_py_raise(in, "TypeError", "slice indices must be integers or None");
        return false;
    }
    *ret = part->integer;
    return true;
}

static int64_t clamp(int64_t at, int64_t size, int64_t low, int64_t high)
{
    if (at < 0)
        at = at < -size ? low : at + size;
    return at < low ? low : at > high ? high : at;
}

// PySlice_AdjustIndices.
static bool resolve_slice(tdm_interp *in, const slice *s, size_t length, range *ret)
{
    int64_t size = (int64_t)length, start, stop, step;
    if (!slice_part(in, s->parts[2], 1, &step))
        return false;
    if (step == 0 || step == INT64_MIN) {
        tdm_py_raise(in, "ValueError", "slice step cannot be zero");
        return false;
    }
    int64_t low = step < 0 ? -1 : 0, high = step < 0 ? size - 1 : size;
    if (!slice_part(in, s->parts[0], 0, &start) || !slice_part(in, s->parts[1], 0, &stop))
        return false;
    start =
        s->parts[0]->kind == TDM_PY_NONE ? (step < 0 ? high : low) : clamp(start, size, low, high);
    stop =
        s->parts[1]->kind == TDM_PY_NONE ? (step < 0 ? low : high) : clamp(stop, size, low, high);
    int64_t count = 0;
    if (step > 0 && start < stop)
        count = (stop - start - 1) / step + 1;
    else if (step < 0 && stop < start)
        count = (start - stop - 1) / -step + 1;
    *ret = (range){start, stop, step, count};
    return true;
}

static tdm_py unknown_in_slice(tdm_py key)
{
    const slice *s = key->other.data;
    for (int i = 0; i < 3; i++)
        if (tdm_py_is_unknown(s->parts[i]))
            return s->parts[i];
    return NULL;
}

// ---- indices ----

static bool index_of(tdm_interp *in, tdm_py object, tdm_py key, size_t length, size_t *ret)
{
    tdm_py plain = tdm_py_plain(key);
    if (plain->kind != TDM_PY_INT && plain->kind != TDM_PY_BOOL) {
        tdm_py_raise(in, "TypeError", "%s indices must be integers or slices, not %s",
                     tdm_py_type_name(object), tdm_py_type_name(key));
        return false;
    }
    int64_t at = plain->integer < 0 ? plain->integer + (int64_t)length : plain->integer;
    if (at < 0 || at >= (int64_t)length) {
        tdm_py_raise(in, "IndexError", "%s index out of range",
                     object->kind == TDM_PY_STR ? "string" : tdm_py_type_name(object));
        return false;
    }
    *ret = (size_t)at;
    return true;
}

// Byte offsets of code points `from` and `to`.
static tdm_text code_points(tdm_py str, size_t from, size_t to)
{
    if (tdm_py_is_ascii(str))
        return tdm_text_slice(str->text, from, to);
    size_t at = 0, count = 0, start = 0;
    while (at < str->text.size && count < to) {
        if (count == from)
            start = at;
        tdm_utf8_next(str->text, &at);
        count++;
    }
    return from >= count ? (tdm_text){0} : tdm_text_slice(str->text, start, at);
}

static tdm_py slice_text(tdm_interp *in, tdm_py str, const range *r)
{
    if (r->step == 1 && str->kind == TDM_PY_STR)
        return tdm_py_text_value(
            in, r->count ? code_points(str, (size_t)r->start, (size_t)(r->start + r->count))
                         : (tdm_text){0});
    tdm_buffer out = TDM_BUFFER_INIT(PY_MAX_TEXT);
    bool plain = str->kind == TDM_PY_BYTES || tdm_py_is_ascii(str);
    if (!plain && !tdm_py_charge(in, (size_t)r->count * str->text.size)) {
        tdm_buffer_free(&out);
        return NULL;
    }
    for (int64_t i = 0; i < r->count; i++) {
        size_t at = (size_t)(r->start + i * r->step);
        tdm_buffer_put(&out, plain ? tdm_text_slice(str->text, at, at + 1)
                                   : code_points(str, at, at + 1));
    }
    tdm_py made = tdm_py_buffer_value(in, &out);
    if (made && made->kind == TDM_PY_STR)
        made->kind = str->kind;
    return made;
}

static tdm_py slice_sequence(tdm_interp *in, tdm_py object, const range *r)
{
    tdm_py made = tdm_py_list(in, NULL, 0);
    for (int64_t i = 0; i < r->count; i++)
        if (!tdm_py_append(in, made, object->list.items[r->start + i * r->step]))
            return NULL;
    if (made->kind == TDM_PY_LIST)
        made->kind = object->kind;
    return made;
}

static size_t length_of(tdm_py object)
{
    if (object->kind == TDM_PY_STR)
        return tdm_py_str_length(object);
    return object->kind == TDM_PY_BYTES ? object->text.size : object->list.count;
}

static tdm_py sequence_item(tdm_interp *in, tdm_py object, tdm_py key)
{
    size_t length = length_of(object), at;
    if (is_slice(key)) {
        range r;
        tdm_py unknown = unknown_in_slice(key);
        if (unknown)
            return tdm_py_doubt(in, unknown);
        if (!resolve_slice(in, key->other.data, length, &r))
            return NULL;
        return object->kind == TDM_PY_STR || object->kind == TDM_PY_BYTES
                   ? slice_text(in, object, &r)
                   : slice_sequence(in, object, &r);
    }
    if (!index_of(in, object, key, length, &at))
        return NULL;
    if (object->kind == TDM_PY_BYTES)
        return tdm_py_int(in, (unsigned char)object->text.data[at]);
    if (object->kind == TDM_PY_STR)
        return tdm_py_charge(in, object->flags & PY_FLAG_ASCII ? 0 : object->text.size)
                   ? tdm_py_str(in, code_points(object, at, at + 1))
                   : NULL;
    return object->list.items[at];
}

static tdm_py key_error(tdm_interp *in, tdm_py key)
{
    tdm_py_raise_with(in, "KeyError", key);
    return NULL;
}

static tdm_py missing_item(tdm_interp *in, tdm_py dict, tdm_py key)
{
    if (dict->table->counter)
        return tdm_py_int(in, 0);
    if (!dict->table->factory || dict->table->factory->kind == TDM_PY_NONE)
        return key_error(in, key);
    tdm_py made = tdm_py_call0(in, dict->table->factory);
    if (!made || tdm_py_is_unknown(dict))
        return made;
    return tdm_py_table_put(in, dict->table, key, made) == -1 ? NULL : made;
}

static tdm_py cannot_tell(tdm_interp *in, tdm_py container, tdm_py key)
{
    tdm_py unknown = tdm_py_find_unknown(key);
    if (!unknown)
        unknown = tdm_py_find_unknown(container);
    return tdm_py_doubt(in, unknown ? unknown : tdm_py_unfollowed(in, "this subscript"));
}

static tdm_py dict_item(tdm_interp *in, tdm_py dict, tdm_py key)
{
    py_dict_entry *entry;
    switch (tdm_py_table_find(in, dict->table, key, &entry)) {
    case 1:
        return entry->value;
    case 0:
        return missing_item(in, dict, key);
    case -2:
        return cannot_tell(in, dict, key);
    default:
        return NULL;
    }
}

// Optional[str], list[int]: types are only ever looked at by type checkers.
static tdm_py class_item(tdm_interp *in, tdm_py type, tdm_py key)
{
    if (type->class_data->flavor == PY_CLASS_ENUM) {
        tdm_py members = tdm_py_enum_members(in, type);
        return dict_item(in, members, key);
    }
    tdm_py method = tdm_py_class_lookup(type, tdm_py_intern(in, "__class_getitem__"));
    return method ? tdm_py_unfollowed(in, "__class_getitem__") : type;
}

static tdm_py not_subscriptable(tdm_interp *in, tdm_py object)
{
    return tdm_py_raise(in, "TypeError", "'%s' object is not subscriptable",
                        tdm_py_type_name(object));
}

// What settings say of config["schema"], under the name "app.config[schema]".
static tdm_py unknown_item(tdm_interp *in, tdm_py object, tdm_py key)
{
    tdm_py doubted = tdm_py_doubt(in, object);
    tdm_py plain = tdm_py_plain(key);
    if (!object->why->dotted.size || plain->kind != TDM_PY_STR)
        return doubted;
    return tdm_py_unknown_extended(
        in, object, tdm_arena_printf(in->arena, "[%.*s]", TDM_TEXT_ARG(plain->text)));
}

tdm_py tdm_py_get_item(tdm_interp *in, tdm_py object, tdm_py key)
{
    const tdm_py_class *behaviour = tdm_py_behaviour(object);
    if (behaviour && behaviour->get_item)
        return behaviour->get_item(in, object, key);
    switch ((tdm_py_kind)object->kind) {
    case TDM_PY_UNKNOWN:
        return unknown_item(in, object, key);
    case TDM_PY_STR:
    case TDM_PY_BYTES:
    case TDM_PY_LIST:
    case TDM_PY_TUPLE:
        return tdm_py_is_unknown(key) ? tdm_py_doubt(in, key) : sequence_item(in, object, key);
    case TDM_PY_DICT:
        return dict_item(in, object, key);
    case TDM_PY_CLASS:
        return class_item(in, object, key);
    case TDM_PY_INSTANCE: {
        tdm_py method = tdm_py_find_special(in, object, "__getitem__");
        if (method || tdm_py_failed(in))
            return method ? tdm_py_call1(in, method, key) : NULL;
        tdm_py plain = tdm_py_plain(object);
        return plain != object ? tdm_py_get_item(in, plain, key) : not_subscriptable(in, object);
    }
    default:
        return not_subscriptable(in, object);
    }
}

// ---- assigning ----

static bool set_slice(tdm_interp *in, tdm_py list, tdm_py key, tdm_py value)
{
    range r;
    tdm_py items = tdm_py_items_of(in, value);
    if (!items)
        return false;
    tdm_py unknown = unknown_in_slice(key);
    if (unknown || tdm_py_is_unknown(items)) {
        tdm_py_spoil(in, list, (unknown ? unknown : items)->why);
        return true;
    }
    if (!resolve_slice(in, key->other.data, list->list.count, &r))
        return false;
    if (r.step != 1) {
        tdm_py_spoil(in, list, tdm_py_unfollowed(in, "assigning to a slice with a step")->why);
        return true;
    }
    tdm_py made = tdm_py_list(in, list->list.items, (size_t)r.start);
    for (uint32_t i = 0; i < items->list.count; i++)
        if (!tdm_py_append(in, made, items->list.items[i]))
            return false;
    for (int64_t i = r.start + r.count; i < (int64_t)list->list.count; i++)
        if (!tdm_py_append(in, made, list->list.items[i]))
            return false;
    list->list = made->list;
    return true;
}

static bool set_list_item(tdm_interp *in, tdm_py list, tdm_py key, tdm_py value)
{
    size_t at;
    if (is_slice(key))
        return set_slice(in, list, key, value);
    if (!index_of(in, list, key, list->list.count, &at))
        return false;
    list->list.items[at] = value;
    return true;
}

static bool no_item_assignment(tdm_interp *in, tdm_py object)
{
    tdm_py_raise(in, "TypeError", "'%s' object does not support item assignment",
                 tdm_py_type_name(object));
    return false;
}

bool tdm_py_set_item(tdm_interp *in, tdm_py object, tdm_py key, tdm_py value)
{
    switch ((tdm_py_kind)object->kind) {
    case TDM_PY_UNKNOWN:
        tdm_py_doubt(in, object);
        return true;
    case TDM_PY_LIST:
        if (tdm_py_is_unknown(key)) {
            tdm_py_spoil(in, object, tdm_py_doubt(in, key)->why);
            return true;
        }
        return set_list_item(in, object, key, value);
    case TDM_PY_DICT: {
        int put = tdm_py_table_put(in, object->table, key, value);
        if (put == -2)
            tdm_py_spoil(in, object, cannot_tell(in, object, key)->why);
        return put != -1;
    }
    case TDM_PY_INSTANCE: {
        tdm_py method = tdm_py_find_special(in, object, "__setitem__");
        if (method)
            return tdm_py_call2(in, method, key, value) != NULL;
        tdm_py plain = tdm_py_plain(object);
        return !tdm_py_failed(in) && (plain != object ? tdm_py_set_item(in, plain, key, value)
                                                      : no_item_assignment(in, object));
    }
    default:
        if (tdm_py_is_globals(object))
            return tdm_py_globals_set(in, object, key, value);
        return no_item_assignment(in, object);
    }
}

static bool delete_list_item(tdm_interp *in, tdm_py list, tdm_py key)
{
    range r;
    size_t at;
    if (is_slice(key)) {
        if (!resolve_slice(in, key->other.data, list->list.count, &r))
            return false;
        if (r.step != 1) {
            tdm_py_spoil(in, list, tdm_py_unfollowed(in, "deleting a slice with a step")->why);
            return true;
        }
        at = (size_t)r.start;
    } else {
        if (!index_of(in, list, key, list->list.count, &at))
            return false;
        r.count = 1;
    }
    size_t after = list->list.count - at - (size_t)r.count;
    memmove(list->list.items + at, list->list.items + at + r.count,
            after * sizeof *list->list.items);
    list->list.count -= (uint32_t)r.count;
    return true;
}

bool tdm_py_del_item(tdm_interp *in, tdm_py object, tdm_py key)
{
    if (tdm_py_is_unknown(object))
        return true;
    tdm_py unknown = is_slice(key) ? unknown_in_slice(key) : tdm_py_is_unknown(key) ? key : NULL;
    if (unknown) {
        tdm_py_spoil(in, object, unknown->why);
        return true;
    }
    if (object->kind == TDM_PY_LIST)
        return delete_list_item(in, object, key);
    if (object->kind == TDM_PY_DICT) {
        int removed = tdm_py_table_remove(in, object->table, key, NULL);
        if (removed == -2)
            tdm_py_spoil(in, object, cannot_tell(in, object, key)->why);
        if (removed == 0)
            key_error(in, key);
        return removed == 1 || removed == -2;
    }
    tdm_py method = tdm_py_find_special(in, object, "__delitem__");
    if (method)
        return tdm_py_call1(in, method, key) != NULL;
    if (!tdm_py_failed(in))
        tdm_py_raise(in, "TypeError", "'%s' object doesn't support item deletion",
                     tdm_py_type_name(object));
    return false;
}
