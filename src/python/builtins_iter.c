// The built-in functions over iterables.
#include "python/builtins.h"
#include "python/iter.h"
#include "python/methods.h"

static tdm_py unknown_for(tdm_interp *in, tdm_py value, const char *what)
{
    tdm_py unknown = tdm_py_find_unknown(value);
    return tdm_py_doubt(in, unknown ? unknown : tdm_py_unfollowed(in, "%s", what));
}

tdm_py tdm_py_builtin_range(tdm_interp *in, void *data, const tdm_py_args *args)
{
    int64_t bound[3] = {0, 0, 1};
    (void)data;
    if (!tdm_py_want_count(in, args, "range", 1, 3))
        return NULL;
    for (size_t i = 0; i < args->count; i++) {
        tdm_py value = tdm_py_plain(args->positional[i]);
        if (value->kind != TDM_PY_INT && value->kind != TDM_PY_BOOL)
            return tdm_py_raise(in, "TypeError", "'%s' object cannot be interpreted as an integer",
                                tdm_py_type_name(value));
        bound[i] = value->integer;
    }
    return args->count == 1 ? tdm_py_range(in, 0, bound[0], 1)
                            : tdm_py_range(in, bound[0], bound[1], bound[2]);
}

tdm_py tdm_py_builtin_enumerate(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py read[2];
    (void)data;
    if (!tdm_py_read_args(in, args, "enumerate", "iterable,start=", read))
        return NULL;
    tdm_py source = tdm_py_iter(in, read[0]);
    if (!source || tdm_py_is_unknown(source))
        return source;
    return tdm_py_lazy(in, PY_LAZY_ENUMERATE, &source, 1, NULL, read[1] ? read[1]->integer : 0);
}

// Iterators of all positional arguments from `from` on. NULL: raised; *ret_unknown: one is.
static tdm_py *iterators(tdm_interp *in, const tdm_py_args *args, size_t from, tdm_py *ret_unknown)
{
    tdm_py *made = tdm_arena_array(in->arena, args->count + 1, sizeof *made);
    *ret_unknown = NULL;
    for (size_t i = from; made && i < args->count; i++) {
        made[i - from] = tdm_py_iter(in, args->positional[i]);
        if (!made[i - from])
            return NULL;
        if (tdm_py_is_unknown(made[i - from]))
            *ret_unknown = made[i - from];
    }
    return made;
}

tdm_py tdm_py_builtin_zip(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py unknown, *sources = iterators(in, args, 0, &unknown);
    (void)data;
    if (!sources || unknown)
        return sources ? unknown : NULL;
    bool strict = args->named_count && tdm_py_truth(in, args->named[0]) == PY_YES;
    return tdm_py_lazy(in, strict ? PY_LAZY_ZIP_STRICT : PY_LAZY_ZIP, sources, args->count, NULL,
                       0);
}

static tdm_py map_or_filter(tdm_interp *in, const tdm_py_args *args, py_lazy_kind kind)
{
    tdm_py unknown;
    if (args->count < 2 || args->named_count)
        return tdm_py_raise(in, "TypeError", "map() must have at least two arguments.");
    tdm_py *sources = iterators(in, args, 1, &unknown);
    if (!sources || unknown)
        return sources ? unknown : NULL;
    return tdm_py_lazy(in, kind, sources, args->count - 1, args->positional[0], 0);
}

tdm_py tdm_py_builtin_map(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    return map_or_filter(in, args, PY_LAZY_MAP);
}

tdm_py tdm_py_builtin_filter(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    return map_or_filter(in, args, PY_LAZY_FILTER);
}

tdm_py tdm_py_builtin_reversed(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    if (!tdm_py_want_count(in, args, "reversed", 1, 1))
        return NULL;
    tdm_py value = args->positional[0];
    if (value->kind == TDM_PY_SET || value->kind == TDM_PY_INSTANCE)
        return tdm_py_unfollowed(in, "reversed() of a %s", tdm_py_type_name(value));
    if (value->kind == TDM_PY_OTHER && value->other.type->next)
        return tdm_py_raise(in, "TypeError", "'%s' object is not reversible",
                            tdm_py_type_name(value));
    tdm_py items = tdm_py_items_of(in, value);
    if (!items || tdm_py_is_unknown(items))
        return items;
    tdm_py_reverse(items);
    return tdm_py_iter(in, items);
}

tdm_py tdm_py_builtin_sorted(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py read[3];
    (void)data;
    if (!tdm_py_read_args(in, args, "sorted", "iterable,*,key=,reverse=", read))
        return NULL;
    // With a key, equal keys keep the order of the iterable.
    bool keyed = read[1] && read[1]->kind != TDM_PY_NONE;
    tdm_py items = keyed ? tdm_py_items_of(in, read[0]) : tdm_py_members_of(in, read[0]);
    return !items || tdm_py_is_unknown(items) ? items
                                              : tdm_py_sort_list(in, items, read[1], read[2]);
}

// any and all: the first item that settles it, unless one before it is unknown.
static tdm_py any_or_all(tdm_interp *in, const tdm_py_args *args, bool any)
{
    if (!tdm_py_want_count(in, args, any ? "any" : "all", 1, 1))
        return NULL;
    tdm_py over = args->positional[0], item, unknown = NULL;
    if (over->kind == TDM_PY_SET)
        over = tdm_py_members_of(in, over);
    tdm_py iterator = over ? tdm_py_iter(in, over) : NULL;
    if (!iterator || tdm_py_is_unknown(iterator))
        return iterator;
    for (int more; (more = tdm_py_next(in, iterator, &item)) != 0;) {
        if (more < 0)
            return NULL;
        if (tdm_py_is_unknown(iterator))
            return iterator;
        py_answer truth = tdm_py_truth(in, item);
        if (truth == PY_ERROR)
            return NULL;
        if (truth == PY_CANNOT_KNOW)
            unknown = unknown_for(in, item, "whether this is true");
        else if ((truth == PY_YES) == any)
            return tdm_py_bool(in, any);
    }
    return unknown ? unknown : tdm_py_bool(in, !any);
}

tdm_py tdm_py_builtin_any(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    return any_or_all(in, args, true);
}

tdm_py tdm_py_builtin_all(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    return any_or_all(in, args, false);
}

tdm_py tdm_py_builtin_sum(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py read[2];
    (void)data;
    if (!tdm_py_read_args(in, args, "sum", "iterable,start=", read))
        return NULL;
    tdm_py items = tdm_py_members_of(in, read[0]), sum = read[1] ? read[1] : tdm_py_int(in, 0);
    if (!items || tdm_py_is_unknown(items))
        return items;
    if (sum->kind == TDM_PY_STR || sum->kind == TDM_PY_BYTES)
        return tdm_py_raise(in, "TypeError", "sum() can't sum strings [use ''.join(seq) instead]");
    for (uint32_t i = 0; i < items->list.count && sum; i++)
        sum = tdm_py_operate(in, TDM_PY_ADD, sum, items->list.items[i]);
    return sum;
}

static tdm_py extreme(tdm_interp *in, const tdm_py_args *args, const char *name, uint8_t op)
{
    tdm_py key = NULL, standard = NULL;
    for (size_t i = 0; i < args->named_count; i++) {
        if (tdm_text_is(args->names[i], "key"))
            key = args->named[i];
        else if (tdm_text_is(args->names[i], "default"))
            standard = args->named[i];
    }
    if (!args->count)
        return tdm_py_raise(in, "TypeError", "%s expected at least 1 argument, got 0", name);
    tdm_py items;
    if (args->count > 1)
        items = tdm_py_list(in, args->positional, args->count);
    else if (key)
        items = tdm_py_items_of(in, args->positional[0]);
    else
        items = tdm_py_members_of(in, args->positional[0]);
    if (!items || tdm_py_is_unknown(items))
        return items;
    if (!items->list.count)
        return standard ? standard
                        : tdm_py_raise(in, "ValueError", "%s() arg is an empty sequence", name);
    tdm_py best = NULL, best_key = NULL;
    for (uint32_t i = 0; i < items->list.count; i++) {
        tdm_py item = items->list.items[i];
        tdm_py item_key = key && key->kind != TDM_PY_NONE ? tdm_py_call1(in, key, item) : item;
        tdm_py better = !item_key ? NULL
                        : best    ? tdm_py_compare(in, op, item_key, best_key)
                                  : in->yes;
        if (!better)
            return NULL;
        py_answer truth = tdm_py_truth(in, better);
        if (truth == PY_ERROR)
            return NULL;
        if (truth == PY_CANNOT_KNOW)
            return unknown_for(in, better, "this comparison");
        if (truth == PY_YES) {
            best = item;
            best_key = item_key;
        }
    }
    return best;
}

tdm_py tdm_py_builtin_min(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    return extreme(in, args, "min", TDM_PY_LT);
}

tdm_py tdm_py_builtin_max(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    return extreme(in, args, "max", TDM_PY_GT);
}

tdm_py tdm_py_builtin_iter(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    if (!tdm_py_want_count(in, args, "iter", 1, 2))
        return NULL;
    return args->count == 1 ? tdm_py_iter(in, args->positional[0])
                            : tdm_py_lazy(in, PY_LAZY_CALL, args->positional, 2, NULL, 0);
}

tdm_py tdm_py_builtin_next(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py item;
    (void)data;
    if (!tdm_py_want_count(in, args, "next", 1, 2))
        return NULL;
    tdm_py iterator = args->positional[0];
    if (tdm_py_is_unknown(iterator))
        return tdm_py_doubt(in, iterator);
    if (iterator->kind == TDM_PY_INSTANCE)
        iterator = tdm_py_lazy(in, PY_LAZY_INSTANCE, &iterator, 1, NULL, 0);
    if (iterator->kind == TDM_PY_NATIVE)
        return tdm_py_unfollowed(in, "next() of a %s", tdm_py_type_name(iterator));
    if (iterator->kind != TDM_PY_OTHER || !iterator->other.type->next)
        return tdm_py_raise(in, "TypeError", "'%s' object is not an iterator",
                            tdm_py_type_name(iterator));
    int more = tdm_py_next(in, iterator, &item);
    if (more < 0)
        return NULL;
    if (more > 0)
        return item;
    return args->count == 2 ? args->positional[1] : tdm_py_raise(in, "StopIteration", "%s", "");
}
