// Methods of list and tuple.
#include "python/methods.h"

#include <string.h>

#define NO_ARGS(name)                                                                              \
    if (!tdm_py_no_args(in, args, name))                                                           \
    return NULL

static tdm_py unknown_equality(tdm_interp *in, tdm_py list, tdm_py item)
{
    tdm_py unknown = tdm_py_find_unknown(item);
    if (!unknown)
        unknown = tdm_py_find_unknown(list);
    return tdm_py_doubt(in, unknown ? unknown : tdm_py_unfollowed(in, "this comparison"));
}

static tdm_py list_append(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py item;
    if (!tdm_py_read_args(in, args, "append", "object,/", &item) || !tdm_py_append(in, data, item))
        return NULL;
    return in->none;
}

static tdm_py list_extend(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py iterable;
    if (!tdm_py_read_args(in, args, "extend", "iterable,/", &iterable))
        return NULL;
    return tdm_py_operate_in_place(in, TDM_PY_ADD, data, iterable) ? in->none : NULL;
}

static tdm_py list_insert(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py list = data, read[2];
    if (!tdm_py_read_args(in, args, "insert", "index,object,/", read))
        return NULL;
    if (tdm_py_is_unknown(read[0])) {
        tdm_py_spoil(in, list, read[0]->why);
        return in->none;
    }
    if (read[0]->kind != TDM_PY_INT && read[0]->kind != TDM_PY_BOOL)
        return tdm_py_raise(in, "TypeError", "'%s' object cannot be interpreted as an integer",
                            tdm_py_type_name(read[0]));
    int64_t at = read[0]->integer, count = list->list.count;
    at = at < 0 ? at + count : at;
    at = at < 0 ? 0 : at > count ? count : at;
    if (!tdm_py_append(in, list, read[1]))
        return NULL;
    memmove(list->list.items + at + 1, list->list.items + at,
            (size_t)(count - at) * sizeof *list->list.items);
    list->list.items[at] = read[1];
    return in->none;
}

static tdm_py list_pop(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py list = data, index;
    if (!tdm_py_read_args(in, args, "pop", "index=,/", &index))
        return NULL;
    if (!list->list.count)
        return tdm_py_raise(in, "IndexError", "pop from empty list");
    if (!index)
        index = tdm_py_int(in, -1);
    tdm_py item = tdm_py_get_item(in, list, index);
    return item && tdm_py_del_item(in, list, index) ? item : NULL;
}

// The index of the first equal item: -1 none, -2 raised, -3 cannot be known.
static int64_t position(tdm_interp *in, tdm_py list, tdm_py item)
{
    for (uint32_t i = 0; i < list->list.count; i++) {
        py_answer same = tdm_py_equality(in, list->list.items[i], item);
        if (same == PY_YES)
            return i;
        if (same == PY_ERROR || same == PY_CANNOT_KNOW)
            return same == PY_ERROR ? -2 : -3;
    }
    return -1;
}

static tdm_py list_remove(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py list = data, item;
    if (!tdm_py_read_args(in, args, "remove", "value,/", &item))
        return NULL;
    int64_t at = position(in, list, item);
    if (at == -3) {
        tdm_py_spoil(in, list, unknown_equality(in, list, item)->why);
        return in->none;
    }
    if (at < 0)
        return at == -1 ? tdm_py_raise(in, "ValueError", "list.remove(x): x not in list") : NULL;
    return tdm_py_del_item(in, list, tdm_py_int(in, at)) ? in->none : NULL;
}

static tdm_py not_in_list(tdm_interp *in, tdm_py item)
{
    tdm_py shown = tdm_py_repr(in, item);
    if (shown && shown->kind != TDM_PY_STR)
        tdm_py_raise_with(in, "ValueError", shown);
    if (!shown || shown->kind != TDM_PY_STR)
        return NULL;
    return tdm_py_raise(in, "ValueError", "%.*s is not in list", TDM_TEXT_ARG(shown->text));
}

static tdm_py list_index(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py list = data, read[3];
    if (!tdm_py_read_args(in, args, "index", "value,start=,stop=,/", read))
        return NULL;
    if (read[1] || read[2])
        return tdm_py_unfollowed(in, "index() with bounds");
    int64_t at = position(in, list, read[0]);
    if (at >= 0)
        return tdm_py_int(in, at);
    if (at == -3)
        return unknown_equality(in, list, read[0]);
    return at == -1 ? not_in_list(in, read[0]) : NULL;
}

static tdm_py list_count(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py list = data, item;
    int64_t count = 0;
    if (!tdm_py_read_args(in, args, "count", "value,/", &item))
        return NULL;
    for (uint32_t i = 0; i < list->list.count; i++) {
        py_answer same = tdm_py_equality(in, list->list.items[i], item);
        if (same == PY_ERROR)
            return NULL;
        if (same == PY_CANNOT_KNOW)
            return unknown_equality(in, list, item);
        count += same == PY_YES;
    }
    return tdm_py_int(in, count);
}

static tdm_py list_clear(tdm_interp *in, void *data, const tdm_py_args *args)
{
    NO_ARGS("clear");
    ((tdm_py)data)->list.count = 0;
    return in->none;
}

static tdm_py list_copy(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py list = data;
    NO_ARGS("copy");
    return tdm_py_list(in, list->list.items, list->list.count);
}

void tdm_py_reverse(tdm_py list)
{
    for (uint32_t i = 0, j = list->list.count; i + 1 < j; i++) {
        tdm_py item = list->list.items[i];
        list->list.items[i] = list->list.items[--j];
        list->list.items[j] = item;
    }
}

static tdm_py list_reverse(tdm_interp *in, void *data, const tdm_py_args *args)
{
    NO_ARGS("reverse");
    tdm_py_reverse(data);
    return in->none;
}

tdm_py tdm_py_sort_list(tdm_interp *in, tdm_py list, tdm_py key, tdm_py reverse)
{
    py_answer backwards = reverse ? tdm_py_truth(in, reverse) : PY_NO;
    if (backwards == PY_ERROR)
        return NULL;
    if (backwards == PY_CANNOT_KNOW)
        return reverse;
    uint32_t count = list->list.count;
    tdm_py *keys = tdm_arena_array(in->arena, count, sizeof *keys);
    if (!keys)
        return NULL;
    for (uint32_t i = 0; i < count; i++) {
        bool plain = !key || key->kind == TDM_PY_NONE;
        keys[i] = plain ? list->list.items[i] : tdm_py_call1(in, key, list->list.items[i]);
        if (!keys[i])
            return NULL;
        if (tdm_py_is_unknown(keys[i]) && count > 1)
            return tdm_py_doubt(in, keys[i]);
    }
    py_sorting sorting = {keys, list->list.items, count, backwards == PY_YES};
    tdm_py done = tdm_py_sort(in, &sorting);
    return !done || tdm_py_is_unknown(done) ? done : list;
}

static tdm_py list_sort(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py list = data, read[2];
    if (!tdm_py_read_args(in, args, "sort", "*,key=,reverse=", read))
        return NULL;
    tdm_py copy = tdm_py_list(in, list->list.items, list->list.count);
    tdm_py sorted = tdm_py_sort_list(in, copy, read[0], read[1]);
    if (!sorted)
        return NULL;
    if (tdm_py_is_unknown(sorted))
        tdm_py_spoil(in, list, sorted->why);
    else if (list->kind == TDM_PY_LIST)
        list->list = sorted->list;
    return in->none;
}

static const py_row list_rows[] = {
    {"append", list_append, PY_ROW_TOLERANT | PY_ROW_MUTATES},
    {"clear", list_clear, PY_ROW_MUTATES},
    {"copy", list_copy, 0},
    {"count", list_count, PY_ROW_TOLERANT},
    {"extend", list_extend, PY_ROW_TOLERANT | PY_ROW_MUTATES},
    {"index", list_index, PY_ROW_TOLERANT},
    {"insert", list_insert, PY_ROW_TOLERANT | PY_ROW_MUTATES},
    {"pop", list_pop, PY_ROW_MUTATES},
    {"remove", list_remove, PY_ROW_TOLERANT | PY_ROW_MUTATES},
    {"reverse", list_reverse, PY_ROW_MUTATES},
    {"sort", list_sort, PY_ROW_MUTATES | PY_ROW_CALLS},
};

static const py_row tuple_rows[] = {
    {"count", list_count, PY_ROW_TOLERANT},
    {"index", list_index, PY_ROW_TOLERANT},
};

const py_builtin_type tdm_py_list_type = {"list",    TDM_PY_LIST,
                                          NULL,      tdm_py_construct_list,
                                          list_rows, sizeof list_rows / sizeof *list_rows,
                                          NULL};
const py_builtin_type tdm_py_tuple_type = {"tuple",    TDM_PY_TUPLE,
                                           NULL,       tdm_py_construct_tuple,
                                           tuple_rows, sizeof tuple_rows / sizeof *tuple_rows,
                                           NULL};
