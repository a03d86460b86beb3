#include "python/interp.h"

#include <string.h>

// A stable merge sort, by "<" alone as Python's is.
typedef struct sorter {
    tdm_interp *in;
    tdm_py *keys, *items, *spare_keys, *spare_items;
    bool reverse;
    tdm_py unknown;
    bool failed;
} sorter;

static bool goes_before(sorter *s, tdm_py a, tdm_py b)
{
    tdm_py less = s->failed || s->unknown ? NULL : tdm_py_compare(s->in, TDM_PY_LT, a, b);
    if (s->failed || s->unknown)
        return false;
    if (!less) {
        s->failed = true;
        return false;
    }
    py_answer truth = tdm_py_truth(s->in, less);
    if (truth == PY_CANNOT_KNOW)
        s->unknown = tdm_py_is_unknown(less) ? less : tdm_py_unfollowed(s->in, "this order");
    s->failed |= truth == PY_ERROR;
    return truth == PY_YES;
}

static void merge(sorter *s, size_t from, size_t middle, size_t to)
{
    size_t left = from, right = middle;
    for (size_t at = from; at < to; at++) {
        bool take_right = left == middle;
        if (!take_right && right < to)
            take_right = s->reverse ? goes_before(s, s->keys[left], s->keys[right])
                                    : goes_before(s, s->keys[right], s->keys[left]);
        size_t source = take_right ? right++ : left++;
        s->spare_keys[at] = s->keys[source];
        s->spare_items[at] = s->items[source];
    }
    memcpy(s->keys + from, s->spare_keys + from, (to - from) * sizeof *s->keys);
    memcpy(s->items + from, s->spare_items + from, (to - from) * sizeof *s->items);
}

tdm_py tdm_py_sort(tdm_interp *in, const py_sorting *sorting)
{
    size_t count = sorting->count;
    sorter s = {
        .in = in, .keys = sorting->keys, .items = sorting->items, .reverse = sorting->reverse};
    s.spare_keys = tdm_arena_array(in->arena, count, sizeof *s.keys);
    s.spare_items = tdm_arena_array(in->arena, count, sizeof *s.items);
    if (!s.spare_keys || !s.spare_items)
        return tdm_py_stop(in, TDM_ERROR_MEMORY, "out of memory");
    for (size_t width = 1; width < count && !s.failed && !s.unknown; width *= 2) {
        if (!tdm_py_charge(in, count * 16))
            return NULL;
        for (size_t from = 0; from + width < count; from += width * 2)
            merge(&s, from, from + width, from + width * 2 < count ? from + width * 2 : count);
    }
    if (s.failed)
        return NULL;
    return s.unknown ? s.unknown : in->none;
}
