// Methods of dict, set and frozenset.
#include "python/iter.h"
#include "python/methods.h"

#define NO_ARGS(name)                                                                              \
    if (!tdm_py_no_args(in, args, name))                                                           \
    return NULL

static tdm_py cannot_tell(tdm_interp *in, tdm_py table, tdm_py key)
{
    tdm_py unknown = tdm_py_find_unknown(key);
    if (!unknown)
        unknown = tdm_py_find_unknown(table);
    return tdm_py_doubt(in, unknown ? unknown : tdm_py_unfollowed(in, "this key"));
}

static tdm_py spoiled(tdm_interp *in, tdm_py table, tdm_py key)
{
    tdm_py unknown = cannot_tell(in, table, key);
    tdm_py_spoil(in, table, unknown->why);
    return unknown;
}

// ---- dict ----

static tdm_py dict_get(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py dict = data, read[2];
    py_dict_entry *entry;
    if (!tdm_py_read_args(in, args, "get", "key,default=,/", read))
        return NULL;
    switch (tdm_py_table_find(in, dict->table, read[0], &entry)) {
    case 1:
        return entry->value;
    case 0:
        return read[1] ? read[1] : in->none;
    case -2:
        return cannot_tell(in, dict, read[0]);
    default:
        return NULL;
    }
}

static tdm_py dict_setdefault(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py dict = data, read[2];
    py_dict_entry *entry;
    if (!tdm_py_read_args(in, args, "setdefault", "key,default=,/", read))
        return NULL;
    int found = tdm_py_table_find(in, dict->table, read[0], &entry);
    if (found == 1)
        return entry->value;
    tdm_py value = read[1] ? read[1] : in->none;
    if (found == 0)
        found = tdm_py_table_put(in, dict->table, read[0], value);
    if (found == -2)
        return spoiled(in, dict, read[0]);
    return found == -1 ? NULL : value;
}

static tdm_py dict_pop(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py dict = data, read[2], value;
    if (!tdm_py_read_args(in, args, "pop", "key,default=,/", read))
        return NULL;
    switch (tdm_py_table_remove(in, dict->table, read[0], &value)) {
    case 1:
        return value;
    case 0:
        if (!read[1])
            tdm_py_raise_with(in, "KeyError", read[0]);
        return read[1];
    case -2:
        return spoiled(in, dict, read[0]);
    default:
        return NULL;
    }
}

static tdm_py dict_popitem(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py dict = data;
    NO_ARGS("popitem");
    if (!dict->table->live)
        return tdm_py_raise(in, "KeyError", "popitem(): dictionary is empty");
    const py_dict_entry *last = tdm_py_table_at(dict->table, dict->table->live - 1);
    tdm_py pair[2] = {last->key, last->value};
    return tdm_py_table_remove(in, dict->table, pair[0], NULL) == 1 ? tdm_py_tuple(in, pair, 2)
                                                                    : NULL;
}

static bool put(tdm_interp *in, tdm_py dict, tdm_py key, tdm_py value)
{
    if (dict->kind != TDM_PY_DICT)
        return true;
    int result = tdm_py_table_put(in, dict->table, key, value);
    if (result == -2)
        spoiled(in, dict, key);
    return result != -1;
}

// From a mapping, or an iterable of pairs.
static bool update_from(tdm_interp *in, tdm_py dict, tdm_py other)
{
    other = tdm_py_plain(other);
    if (other->kind == TDM_PY_DICT) {
        for (uint32_t i = 0; i < other->table->count; i++) {
            const py_dict_entry *entry = &other->table->entries[i];
            if (entry->key && !put(in, dict, entry->key, entry->value))
                return false;
        }
        return true;
    }
    tdm_py pairs = tdm_py_items_of(in, other);
    if (!pairs)
        return false;
    if (tdm_py_is_unknown(pairs)) {
        tdm_py_spoil(in, dict, pairs->why);
        return true;
    }
    for (uint32_t i = 0; i < pairs->list.count; i++) {
        tdm_py pair = tdm_py_items_of(in, pairs->list.items[i]);
        if (!pair)
            return false;
        if (tdm_py_is_unknown(pair)) {
            tdm_py_spoil(in, dict, pair->why);
            return true;
        }
        if (pair->list.count != 2) {
            tdm_py_raise(in, "ValueError",
                         "dictionary update sequence element #%u has length %u; 2 is required", i,
                         pair->list.count);
            return false;
        }
        if (!put(in, dict, pair->list.items[0], pair->list.items[1]))
            return false;
    }
    return true;
}

static bool update(tdm_interp *in, tdm_py dict, const tdm_py_args *args)
{
    if (args->count > 1) {
        tdm_py_raise(in, "TypeError", "update expected at most 1 argument, got %zu", args->count);
        return false;
    }
    if (args->count && !update_from(in, dict, args->positional[0]))
        return false;
    for (size_t i = 0; i < args->named_count; i++)
        if (!put(in, dict, tdm_py_str(in, args->names[i]), args->named[i]))
            return false;
    return true;
}

static tdm_py dict_update(tdm_interp *in, void *data, const tdm_py_args *args)
{
    return update(in, data, args) ? in->none : NULL;
}

tdm_py tdm_py_construct_dict(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    tdm_py dict = tdm_py_dict(in);
    return update(in, dict, args) ? dict : NULL;
}

static tdm_py dict_clear(tdm_interp *in, void *data, const tdm_py_args *args)
{
    NO_ARGS("clear");
    py_table *table = ((tdm_py)data)->table;
    *table = (py_table){.factory = table->factory, .counter = table->counter};
    return in->none;
}

static tdm_py dict_copy(tdm_interp *in, void *data, const tdm_py_args *args)
{
    NO_ARGS("copy");
    return tdm_py_table_value(in, tdm_py_table_copy(in, ((tdm_py)data)->table), TDM_PY_DICT);
}

static tdm_py dict_keys(tdm_interp *in, void *data, const tdm_py_args *args)
{
    NO_ARGS("keys");
    return tdm_py_dict_view(in, data, PY_VIEW_KEYS);
}

static tdm_py dict_values(tdm_interp *in, void *data, const tdm_py_args *args)
{
    NO_ARGS("values");
    return tdm_py_dict_view(in, data, PY_VIEW_VALUES);
}

static tdm_py dict_items(tdm_interp *in, void *data, const tdm_py_args *args)
{
    NO_ARGS("items");
    return tdm_py_dict_view(in, data, PY_VIEW_ITEMS);
}

static tdm_py dict_fromkeys(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py read[2], dict = tdm_py_dict(in);
    (void)data;
    if (!tdm_py_read_args(in, args, "fromkeys", "iterable,value=,/", read))
        return NULL;
    tdm_py keys = tdm_py_items_of(in, read[0]);
    if (!keys || tdm_py_is_unknown(keys))
        return keys;
    for (uint32_t i = 0; i < keys->list.count; i++)
        if (!put(in, dict, keys->list.items[i], read[1] ? read[1] : in->none))
            return NULL;
    return dict;
}

static const py_row dict_rows[] = {
    {"clear", dict_clear, PY_ROW_MUTATES},
    {"copy", dict_copy, 0},
    {"elements", NULL, 0},
    {"fromkeys", dict_fromkeys, PY_ROW_STATIC},
    {"get", dict_get, PY_ROW_TOLERANT},
    {"items", dict_items, 0},
    {"keys", dict_keys, 0},
    {"most_common", NULL, 0},
    {"move_to_end", NULL, 0},
    {"pop", dict_pop, PY_ROW_TOLERANT | PY_ROW_MUTATES},
    {"popitem", dict_popitem, PY_ROW_MUTATES},
    {"setdefault", dict_setdefault, PY_ROW_TOLERANT | PY_ROW_MUTATES},
    {"update", dict_update, PY_ROW_TOLERANT | PY_ROW_MUTATES},
    {"values", dict_values, 0},
};

const py_builtin_type tdm_py_dict_type = {"dict",    TDM_PY_DICT,
                                          NULL,      tdm_py_construct_dict,
                                          dict_rows, sizeof dict_rows / sizeof *dict_rows,
                                          NULL};

// ---- set ----

static tdm_py to_set(tdm_interp *in, tdm_py value, bool frozen)
{
    tdm_py set = tdm_py_set(in, frozen);
    tdm_py items = value ? tdm_py_members_of(in, value) : NULL;
    if (!value)
        return set;
    if (!items || tdm_py_is_unknown(items))
        return items;
    for (uint32_t i = 0; i < items->list.count; i++) {
        int result = tdm_py_table_put(in, set->table, items->list.items[i], in->none);
        if (result == -1)
            return NULL;
        if (result == -2)
            return cannot_tell(in, items, items->list.items[i]);
    }
    return set;
}

tdm_py tdm_py_construct_set(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py iterable;
    (void)data;
    return tdm_py_read_args(in, args, "set", "iterable=,/", &iterable) ? to_set(in, iterable, false)
                                                                       : NULL;
}

tdm_py tdm_py_construct_frozenset(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py iterable;
    (void)data;
    return tdm_py_read_args(in, args, "frozenset", "iterable=,/", &iterable)
               ? to_set(in, iterable, true)
               : NULL;
}

static tdm_py set_add(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py set = data, item;
    if (!tdm_py_read_args(in, args, "add", "element,/", &item))
        return NULL;
    int result = tdm_py_table_put(in, set->table, item, in->none);
    if (result == -2)
        spoiled(in, set, item);
    return result == -1 ? NULL : in->none;
}

static tdm_py take_out(tdm_interp *in, tdm_py set, const tdm_py_args *args, bool must)
{
    tdm_py item;
    if (!tdm_py_read_args(in, args, "remove", "element,/", &item))
        return NULL;
    int result = tdm_py_table_remove(in, set->table, item, NULL);
    if (result == -2)
        spoiled(in, set, item);
    if (result == 0 && must)
        tdm_py_raise_with(in, "KeyError", item);
    return result == -1 || (result == 0 && must) ? NULL : in->none;
}

static tdm_py set_remove(tdm_interp *in, void *data, const tdm_py_args *args)
{
    return take_out(in, data, args, true);
}

static tdm_py set_discard(tdm_interp *in, void *data, const tdm_py_args *args)
{
    return take_out(in, data, args, false);
}

static tdm_py combine(tdm_interp *in, tdm_py self, const tdm_py_args *args, tdm_py_operator op)
{
    tdm_py made = tdm_py_table_value(in, tdm_py_table_copy(in, self->table), TDM_PY_SET);
    if (made->kind == TDM_PY_SET)
        made->table->frozen = self->table->frozen;
    for (size_t i = 0; i < args->count && made; i++) {
        tdm_py other = to_set(in, args->positional[i], false);
        made = other ? tdm_py_operate(in, op, made, other) : NULL;
    }
    return made;
}

static tdm_py set_union(tdm_interp *in, void *data, const tdm_py_args *args)
{
    return combine(in, data, args, TDM_PY_BIT_OR);
}

static tdm_py set_intersection(tdm_interp *in, void *data, const tdm_py_args *args)
{
    return combine(in, data, args, TDM_PY_BIT_AND);
}

static tdm_py set_difference(tdm_interp *in, void *data, const tdm_py_args *args)
{
    return combine(in, data, args, TDM_PY_SUB);
}

static tdm_py set_symmetric_difference(tdm_interp *in, void *data, const tdm_py_args *args)
{
    return combine(in, data, args, TDM_PY_BIT_XOR);
}

static tdm_py change(tdm_interp *in, tdm_py self, const tdm_py_args *args, tdm_py_operator op)
{
    tdm_py made = combine(in, self, args, op);
    if (!made)
        return NULL;
    if (tdm_py_is_unknown(made))
        tdm_py_spoil(in, self, made->why);
    else if (self->kind == TDM_PY_SET)
        *self->table = *made->table;
    return in->none;
}

static tdm_py set_update(tdm_interp *in, void *data, const tdm_py_args *args)
{
    return change(in, data, args, TDM_PY_BIT_OR);
}

static tdm_py set_intersection_update(tdm_interp *in, void *data, const tdm_py_args *args)
{
    return change(in, data, args, TDM_PY_BIT_AND);
}

static tdm_py set_difference_update(tdm_interp *in, void *data, const tdm_py_args *args)
{
    return change(in, data, args, TDM_PY_SUB);
}

static tdm_py relation(tdm_interp *in, tdm_py self, const tdm_py_args *args, uint8_t op)
{
    tdm_py other;
    if (!tdm_py_read_args(in, args, "issubset", "other,/", &other))
        return NULL;
    tdm_py set = to_set(in, other, false);
    return set ? tdm_py_compare(in, op, self, set) : NULL;
}

static tdm_py set_issubset(tdm_interp *in, void *data, const tdm_py_args *args)
{
    return relation(in, data, args, TDM_PY_LE);
}

static tdm_py set_issuperset(tdm_interp *in, void *data, const tdm_py_args *args)
{
    return relation(in, data, args, TDM_PY_GE);
}

static tdm_py set_isdisjoint(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py common = combine(in, data, args, TDM_PY_BIT_AND);
    if (!common || tdm_py_is_unknown(common))
        return common;
    return tdm_py_bool(in, common->table->live == 0);
}

static tdm_py set_copy(tdm_interp *in, void *data, const tdm_py_args *args)
{
    NO_ARGS("copy");
    return to_set(in, data, false);
}

static tdm_py set_clear(tdm_interp *in, void *data, const tdm_py_args *args)
{
    NO_ARGS("clear");
    *((tdm_py)data)->table = (py_table){0};
    return in->none;
}

// Which item comes out depends on Python's hash of it.
static tdm_py set_pop(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py set = data;
    NO_ARGS("pop");
    if (!set->table->live)
        return tdm_py_raise(in, "KeyError", "pop from an empty set");
    tdm_py unknown = tdm_py_unfollowed(in, "the order of a set");
    if (set->table->live > 1) {
        tdm_py_spoil(in, set, unknown->why);
        return unknown;
    }
    tdm_py item = tdm_py_table_at(set->table, 0)->key;
    return tdm_py_table_remove(in, set->table, item, NULL) == 1 ? item : NULL;
}

static const py_row set_rows[] = {
    {"add", set_add, PY_ROW_TOLERANT | PY_ROW_MUTATES},
    {"clear", set_clear, PY_ROW_MUTATES},
    {"copy", set_copy, 0},
    {"difference", set_difference, 0},
    {"difference_update", set_difference_update, PY_ROW_MUTATES},
    {"discard", set_discard, PY_ROW_TOLERANT | PY_ROW_MUTATES},
    {"intersection", set_intersection, 0},
    {"intersection_update", set_intersection_update, PY_ROW_MUTATES},
    {"isdisjoint", set_isdisjoint, 0},
    {"issubset", set_issubset, 0},
    {"issuperset", set_issuperset, 0},
    {"pop", set_pop, PY_ROW_MUTATES},
    {"remove", set_remove, PY_ROW_TOLERANT | PY_ROW_MUTATES},
    {"symmetric_difference", set_symmetric_difference, 0},
    {"union", set_union, 0},
    {"update", set_update, PY_ROW_MUTATES},
};

static const py_row frozenset_rows[] = {
    {"copy", set_copy, 0},
    {"difference", set_difference, 0},
    {"intersection", set_intersection, 0},
    {"isdisjoint", set_isdisjoint, 0},
    {"issubset", set_issubset, 0},
    {"issuperset", set_issuperset, 0},
    {"symmetric_difference", set_symmetric_difference, 0},
    {"union", set_union, 0},
};

const py_builtin_type tdm_py_set_type = {
    "set", TDM_PY_SET, NULL, tdm_py_construct_set, set_rows, sizeof set_rows / sizeof *set_rows,
    NULL};
const py_builtin_type tdm_py_frozenset_type = {"frozenset",
                                               TDM_PY_SET,
                                               NULL,
                                               tdm_py_construct_frozenset,
                                               frozenset_rows,
                                               sizeof frozenset_rows / sizeof *frozenset_rows,
                                               NULL};
