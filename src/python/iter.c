#include "python/iter.h"

#include <string.h>

// ---- over sequences, dicts and texts ----

typedef struct cursor {
    tdm_py over;
    size_t at;
    uint32_t size;     // of a dict when the iteration began
    py_view_kind view; // of a dict
} cursor;

static int unknown_end(tdm_interp *in, tdm_py iterator, const py_why *why, tdm_py *ret)
{
    iterator->why = why;
    iterator->kind = TDM_PY_UNKNOWN;
    *ret = tdm_py_doubt(in, iterator);
    return 1;
}

static int next_item(tdm_interp *in, tdm_py self, tdm_py *ret)
{
    cursor *c = self->other.data;
    if (tdm_py_is_unknown(c->over))
        return unknown_end(in, self, c->over->why, ret);
    if (c->at >= c->over->list.count)
        return 0;
    *ret = c->over->list.items[c->at++];
    return 1;
}

static int next_character(tdm_interp *in, tdm_py self, tdm_py *ret)
{
    cursor *c = self->other.data;
    tdm_text text = c->over->text;
    if (c->at >= text.size)
        return 0;
    size_t start = c->at;
    if (c->over->kind == TDM_PY_BYTES) {
        *ret = tdm_py_int(in, (unsigned char)text.data[c->at++]);
        return 1;
    }
    tdm_utf8_next(text, &c->at);
    *ret = tdm_py_str(in, tdm_text_slice(text, start, c->at));
    return 1;
}

static int next_entry(tdm_interp *in, tdm_py self, tdm_py *ret)
{
    cursor *c = self->other.data;
    if (tdm_py_is_unknown(c->over))
        return unknown_end(in, self, c->over->why, ret);
    const py_table *table = c->over->table;
    if (table->live != c->size) {
        tdm_py_raise(in, "RuntimeError", "%s changed size during iteration",
                     c->over->kind == TDM_PY_SET ? "Set" : "dictionary");
        return -1;
    }
    while (c->at < table->count && !table->entries[c->at].key)
        c->at++;
    if (c->at >= table->count)
        return 0;
    const py_dict_entry *entry = &table->entries[c->at++];
    tdm_py pair[2] = {entry->key, entry->value};
    *ret = c->view == PY_VIEW_KEYS     ? entry->key
           : c->view == PY_VIEW_VALUES ? entry->value
                                       : tdm_py_tuple(in, pair, 2);
    return 1;
}

static const py_other_type item_iterator = {.behaviour = {.name = "iterator", .inert = true},
                                            .next = next_item};
static const py_other_type character_iterator = {.behaviour = {.name = "iterator", .inert = true},
                                                 .next = next_character};
static const py_other_type entry_iterator = {.behaviour = {.name = "iterator", .inert = true},
                                             .next = next_entry};

static tdm_py iterate(tdm_interp *in, const py_other_type *type, tdm_py over, py_view_kind view)
{
    cursor *made = tdm_arena_new_of(in->arena, cursor);
    if (!made)
        return in->out_of_memory;
    *made = (cursor){.over = over, .view = view};
    if (type == &entry_iterator)
        made->size = over->table->live;
    return tdm_py_other(in, type, made);
}

// ---- views of dicts ----

typedef struct view {
    tdm_py dict;
    py_view_kind kind;
} view;

static tdm_py iterate_view(tdm_interp *in, tdm_py self)
{
    const view *v = self->other.data;
    if (tdm_py_is_unknown(v->dict))
        return tdm_py_doubt(in, v->dict);
    return iterate(in, &entry_iterator, v->dict, v->kind);
}

static bool view_contains(tdm_interp *in, tdm_py self, tdm_py item, bool *ret)
{
    const view *v = self->other.data;
    tdm_py list = v->kind == PY_VIEW_KEYS && v->dict->kind == TDM_PY_DICT
                      ? v->dict
                      : tdm_py_items_of(in, self);
    if (!list)
        return false;
    py_answer answer = tdm_py_contains(in, list, item);
    *ret = answer == PY_YES;
    if (answer == PY_CANNOT_KNOW)
        tdm_py_raise(in, "RuntimeError", "a comparison that cannot be known");
    return answer == PY_YES || answer == PY_NO;
}

// Views of keys and items are sets.
static tdm_py operate_view(tdm_interp *in, tdm_py_operator op, tdm_py left, tdm_py right)
{
    tdm_py sides[2] = {left, right}, sets[2];
    for (int i = 0; i < 2; i++) {
        if (!sides[i])
            return in->not_implemented;
        if (sides[i]->kind == TDM_PY_SET) {
            sets[i] = sides[i];
            continue;
        }
        tdm_py items = tdm_py_items_of(in, sides[i]);
        if (!items || tdm_py_is_unknown(items))
            return items;
        sets[i] = tdm_py_set(in, false);
        for (uint32_t j = 0; j < items->list.count; j++) {
            int put = tdm_py_table_put(in, sets[i]->table, items->list.items[j], in->none);
            if (put < 0)
                return put == -1 ? NULL : tdm_py_unfollowed(in, "this set");
        }
    }
    if (op >= TDM_PY_EQ && op <= TDM_PY_GE)
        return tdm_py_compare(in, (uint8_t)op, sets[0], sets[1]);
    return tdm_py_operate(in, op, sets[0], sets[1]);
}

static tdm_py view_truth(tdm_interp *in, tdm_py self)
{
    const view *v = self->other.data;
    return tdm_py_is_unknown(v->dict) ? v->dict : tdm_py_bool(in, v->dict->table->live > 0);
}

static tdm_py view_repr(tdm_interp *in, tdm_py self)
{
    tdm_py items = tdm_py_items_of(in, self);
    tdm_py text = items ? tdm_py_repr(in, items) : NULL;
    if (!text || tdm_py_is_unknown(text))
        return text;
    tdm_buffer out = TDM_BUFFER_INIT(PY_MAX_TEXT);
    tdm_buffer_puts(&out, tdm_py_type_name(self));
    tdm_buffer_putc(&out, '(');
    tdm_buffer_put(&out, text->text);
    tdm_buffer_putc(&out, ')');
    return tdm_py_buffer_value(in, &out);
}

#define VIEW_TYPE(constant)                                                                        \
    {                                                                                              \
        .behaviour = {.name = constant,                                                            \
                      .iterate = iterate_view,                                                     \
                      .contains = view_contains,                                                   \
                      .operate = operate_view,                                                     \
                      .truth = view_truth,                                                         \
                      .inert = true},                                                              \
        .repr = view_repr                                                                          \
    }

static const py_other_type view_types[] = {
    VIEW_TYPE("dict_keys"),
    VIEW_TYPE("dict_values"),
    VIEW_TYPE("dict_items"),
};

tdm_py tdm_py_dict_view(tdm_interp *in, tdm_py dict, py_view_kind kind)
{
    view *made = tdm_arena_new_of(in->arena, view);
    if (!made)
        return in->out_of_memory;
    *made = (view){dict, kind};
    return tdm_py_other(in, &view_types[kind], made);
}

// ---- ranges ----

typedef struct range {
    int64_t start, stop, step, count;
} range;

static int next_number(tdm_interp *in, tdm_py self, tdm_py *ret)
{
    cursor *c = self->other.data;
    const range *r = c->over->other.data;
    if ((int64_t)c->at >= r->count)
        return 0;
    *ret = tdm_py_int(in, r->start + (int64_t)c->at++ * r->step);
    return 1;
}

static const py_other_type number_iterator = {.behaviour = {.name = "iterator", .inert = true},
                                              .next = next_number};

static tdm_py iterate_range(tdm_interp *in, tdm_py self)
{
    return iterate(in, &number_iterator, self, PY_VIEW_KEYS);
}

static tdm_py range_item(tdm_interp *in, tdm_py self, tdm_py key)
{
    const range *r = self->other.data;
    if (key->kind != TDM_PY_INT && key->kind != TDM_PY_BOOL) {
        tdm_py items = tdm_py_items_of(in, self);
        return items ? tdm_py_get_item(in, items, key) : NULL;
    }
    int64_t at = key->integer < 0 ? key->integer + r->count : key->integer;
    if (at < 0 || at >= r->count)
        return tdm_py_raise(in, "IndexError", "range object index out of range");
    return tdm_py_int(in, r->start + at * r->step);
}

static bool range_contains(tdm_interp *in, tdm_py self, tdm_py item, bool *ret)
{
    (void)in;
    const range *r = self->other.data;
    *ret = false;
    if (item->kind != TDM_PY_INT && item->kind != TDM_PY_BOOL)
        return true;
    int64_t past = item->integer - r->start;
    *ret = past % r->step == 0 && past / r->step >= 0 && past / r->step < r->count;
    return true;
}

static tdm_py range_truth(tdm_interp *in, tdm_py self)
{
    return tdm_py_bool(in, tdm_py_range_count(self) > 0);
}

static tdm_py range_repr(tdm_interp *in, tdm_py self)
{
    const range *r = self->other.data;
    tdm_buffer out = TDM_BUFFER_INIT(100);
    tdm_buffer_putf(&out, r->step == 1 ? "range(%lld, %lld)" : "range(%lld, %lld, %lld)",
                    (long long)r->start, (long long)r->stop, (long long)r->step);
    return tdm_py_buffer_value(in, &out);
}

static const py_other_type range_type = {
    .behaviour = {.name = "range",
                  .iterate = iterate_range,
                  .get_item = range_item,
                  .contains = range_contains,
                  .truth = range_truth,
                  .inert = true},
    .repr = range_repr,
};

tdm_py tdm_py_range(tdm_interp *in, int64_t start, int64_t stop, int64_t step)
{
    if (step == 0)
        return tdm_py_raise(in, "ValueError", "range() arg 3 must not be zero");
    const int64_t far = INT64_MAX / 4;
    if (start > far || start < -far || stop > far || stop < -far || step > far || step < -far)
        return tdm_py_unfollowed(in, "so wide a range");
    range *made = tdm_arena_new_of(in->arena, range);
    if (!made)
        return in->out_of_memory;
    *made = (range){start, stop, step, 0};
    if (step > 0 && start < stop)
        made->count = (stop - start - 1) / step + 1;
    else if (step < 0 && stop < start)
        made->count = (start - stop - 1) / -step + 1;
    return tdm_py_other(in, &range_type, made);
}

bool tdm_py_is_range(tdm_py value)
{
    return value->kind == TDM_PY_OTHER && value->other.type == &range_type;
}

int64_t tdm_py_range_count(tdm_py value)
{
    return ((const range *)value->other.data)->count;
}

// ---- enumerate, zip, map, filter, chain, count ----

typedef struct lazy {
    py_lazy_kind kind;
    tdm_py *sources;
    size_t count;
    tdm_py function;
    int64_t at;
} lazy;

static int next_lazy(tdm_interp *in, tdm_py self, tdm_py *ret);

static const py_other_type lazy_types[] = {
    [PY_LAZY_ENUMERATE] = {.behaviour = {.name = "enumerate"}, .next = next_lazy},
    [PY_LAZY_ZIP] = {.behaviour = {.name = "zip"}, .next = next_lazy},
    [PY_LAZY_ZIP_STRICT] = {.behaviour = {.name = "zip"}, .next = next_lazy},
    [PY_LAZY_MAP] = {.behaviour = {.name = "map"}, .next = next_lazy},
    [PY_LAZY_FILTER] = {.behaviour = {.name = "filter"}, .next = next_lazy},
    [PY_LAZY_CHAIN] = {.behaviour = {.name = "itertools.chain"}, .next = next_lazy},
    [PY_LAZY_COUNT] = {.behaviour = {.name = "itertools.count"}, .next = next_lazy},
    [PY_LAZY_INSTANCE] = {.behaviour = {.name = "iterator"}, .next = next_lazy},
    [PY_LAZY_CALL] = {.behaviour = {.name = "callable_iterator"}, .next = next_lazy},
};

tdm_py tdm_py_lazy(tdm_interp *in, py_lazy_kind kind, const tdm_py *sources, size_t count,
                   tdm_py function, int64_t start)
{
    lazy *made = tdm_arena_new_of(in->arena, lazy);
    tdm_py *copy = tdm_arena_array(in->arena, count, sizeof *copy);
    if (!made || !copy)
        return in->out_of_memory;
    if (count)
        memcpy(copy, sources, count * sizeof *copy);
    *made = (lazy){kind, copy, count, function, start};
    return tdm_py_other(in, &lazy_types[kind], made);
}

// One item of each source: 1, 0 at the first end, -1.
static int next_of_each(tdm_interp *in, lazy *l, tdm_py *items)
{
    for (size_t i = 0; i < l->count; i++) {
        int more = tdm_py_next(in, l->sources[i], &items[i]);
        if (more < 1) {
            if (more == 0 && l->kind == PY_LAZY_ZIP_STRICT) {
                tdm_py other;
                if (i > 0 || (l->count > 1 && tdm_py_next(in, l->sources[1], &other) == 1)) {
                    tdm_py_raise(in, "ValueError", "zip() arguments have different lengths");
                    return -1;
                }
            }
            return more;
        }
    }
    return l->count > 0;
}

static int next_filtered(tdm_interp *in, lazy *l, tdm_py *ret)
{
    for (;;) {
        int more = tdm_py_next(in, l->sources[0], ret);
        if (more < 1)
            return more;
        tdm_py verdict =
            l->function->kind == TDM_PY_NONE ? *ret : tdm_py_call1(in, l->function, *ret);
        if (!verdict)
            return -1;
        py_answer truth = tdm_py_truth(in, verdict);
        if (truth == PY_ERROR)
            return -1;
        if (truth == PY_YES)
            return 1;
        if (truth == PY_CANNOT_KNOW) {
            tdm_py unknown = tdm_py_find_unknown(verdict);
            *ret = unknown ? unknown : tdm_py_unfollowed(in, "this condition");
            l->count = 0;
            return 2;
        }
    }
}

static int next_instance(tdm_interp *in, lazy *l, tdm_py *ret)
{
    tdm_py next = l->kind == PY_LAZY_CALL ? l->sources[0]
                                          : tdm_py_find_special(in, l->sources[0], "__next__");
    if (!next && !tdm_py_failed(in))
        tdm_py_raise(in, "TypeError", "iter() returned non-iterator of type '%s'",
                     tdm_py_type_name(l->sources[0]));
    *ret = next ? tdm_py_call0(in, next) : NULL;
    if (!*ret)
        return !next || !tdm_py_take_stop_iteration(in) ? -1 : 0;
    if (l->kind != PY_LAZY_CALL)
        return 1;
    py_answer same = tdm_py_equality(in, *ret, l->sources[1]);
    if (same == PY_ERROR)
        return -1;
    return same == PY_CANNOT_KNOW ? 2 : same == PY_NO;
}

static int next_made(tdm_interp *in, lazy *l, tdm_py *ret)
{
    tdm_py few[8];
    tdm_py *items = l->count <= 8 ? few : tdm_arena_array(in->arena, l->count, sizeof *items);
    if (!items)
        return -1;
    int more = next_of_each(in, l, items);
    if (more < 1)
        return more;
    if (l->kind == PY_LAZY_MAP) {
        tdm_py *kept = tdm_arena_array(in->arena, l->count, sizeof *kept);
        if (!kept)
            return -1;
        memcpy(kept, items, l->count * sizeof *kept);
        tdm_py_args args = {.positional = kept, .count = l->count, .place = tdm_py_here(in)};
        *ret = tdm_py_call(in, l->function, &args);
        return *ret ? 1 : -1;
    }
    if (l->kind == PY_LAZY_ENUMERATE) {
        tdm_py pair[2] = {tdm_py_int(in, l->at++), items[0]};
        *ret = tdm_py_tuple(in, pair, 2);
        return 1;
    }
    *ret = tdm_py_tuple(in, items, l->count);
    return 1;
}

static int next_chained(tdm_interp *in, lazy *l, tdm_py *ret)
{
    while ((size_t)l->at < l->count) {
        int more = tdm_py_next(in, l->sources[l->at], ret);
        if (more != 0)
            return more;
        l->at++;
    }
    return 0;
}

static int next_lazy(tdm_interp *in, tdm_py self, tdm_py *ret)
{
    lazy *l = self->other.data;
    int more = 1;
    for (size_t i = 0; i < l->count; i++)
        if (tdm_py_is_unknown(l->sources[i]))
            return unknown_end(in, self, l->sources[i]->why, ret);
    switch (l->kind) {
    case PY_LAZY_COUNT:
        *ret = tdm_py_int(in, l->at++);
        return 1;
    case PY_LAZY_CHAIN:
        more = next_chained(in, l, ret);
        break;
    case PY_LAZY_FILTER:
        more = next_filtered(in, l, ret);
        break;
    case PY_LAZY_INSTANCE:
    case PY_LAZY_CALL:
        more = next_instance(in, l, ret);
        break;
    case PY_LAZY_ENUMERATE:
    case PY_LAZY_ZIP:
    case PY_LAZY_ZIP_STRICT:
    case PY_LAZY_MAP:
        more = next_made(in, l, ret);
        break;
    }
    if (more == 2 && tdm_py_is_unknown(*ret))
        return unknown_end(in, self, (*ret)->why, ret);
    for (size_t i = 0; more == 1 && i < l->count; i++)
        if (tdm_py_is_unknown(l->sources[i]))
            return unknown_end(in, self, l->sources[i]->why, ret);
    return more == 2 ? unknown_end(in, self, tdm_py_unfollowed(in, "this iterator")->why, ret)
                     : more;
}

// ---- the protocol ----

static tdm_py not_iterable(tdm_interp *in, tdm_py value)
{
    return tdm_py_raise(in, "TypeError", "'%s' object is not iterable", tdm_py_type_name(value));
}

static tdm_py iterate_behaviour(tdm_interp *in, tdm_py value)
{
    if (value->kind == TDM_PY_OTHER && value->other.type->next)
        return value;
    const tdm_py_class *behaviour = tdm_py_behaviour(value);
    if (!behaviour->iterate)
        return not_iterable(in, value);
    tdm_py items = behaviour->iterate(in, value);
    if (!items || tdm_py_is_unknown(items))
        return items;
    if (items->kind == TDM_PY_OTHER && items->other.type->next)
        return items;
    return iterate(in, &item_iterator, items, PY_VIEW_KEYS);
}

static tdm_py iterate_instance(tdm_interp *in, tdm_py value)
{
    tdm_py method = tdm_py_find_special(in, value, "__iter__");
    if (tdm_py_failed(in))
        return NULL;
    if (!method) {
        tdm_py plain = tdm_py_plain(value);
        if (plain != value)
            return tdm_py_iter(in, plain);
        if (tdm_py_find_special(in, value, "__getitem__"))
            return tdm_py_unfollowed(in, "iterating by __getitem__");
        return value->instance->type->class_data->native_base
                   ? tdm_py_unfollowed(in, "iterating an object of a class with a foreign base")
                   : not_iterable(in, value);
    }
    tdm_py made = tdm_py_call0(in, method);
    if (made && made->kind == TDM_PY_INSTANCE)
        return tdm_py_lazy(in, PY_LAZY_INSTANCE, &made, 1, NULL, 0);
    return made ? tdm_py_iter(in, made) : NULL;
}

tdm_py tdm_py_iter(tdm_interp *in, tdm_py value)
{
    switch ((tdm_py_kind)value->kind) {
    case TDM_PY_LIST:
    case TDM_PY_TUPLE:
        return iterate(in, &item_iterator, value, PY_VIEW_KEYS);
    case TDM_PY_STR:
    case TDM_PY_BYTES:
        return iterate(in, &character_iterator, value, PY_VIEW_KEYS);
    case TDM_PY_SET: // texts hash differently in every run of Python
        if (value->table->live > 1)
            return tdm_py_doubt(in,
                                tdm_py_harmless(in, "the order of a set differs from run to run"));
        return iterate(in, &entry_iterator, value, PY_VIEW_KEYS);
    case TDM_PY_DICT:
        return iterate(in, &entry_iterator, value, PY_VIEW_KEYS);
    case TDM_PY_OTHER:
    case TDM_PY_NATIVE:
        return iterate_behaviour(in, value);
    case TDM_PY_INSTANCE:
        return iterate_instance(in, value);
    case TDM_PY_UNKNOWN:
        return tdm_py_doubt(in, value);
    case TDM_PY_CLASS: {
        const py_class_data *data = value->class_data;
        if (data->flavor == PY_CLASS_ENUM)
            return iterate(in, &item_iterator, tdm_py_list(in, data->members, data->member_count),
                           PY_VIEW_KEYS);
        return not_iterable(in, value);
    }
    default:
        return not_iterable(in, value);
    }
}

int tdm_py_next(tdm_interp *in, tdm_py iterator, tdm_py *ret)
{
    if (tdm_py_is_unknown(iterator)) {
        *ret = tdm_py_doubt(in, iterator);
        return 1;
    }
    if (in->steps)
        in->steps--;
    else
        return tdm_py_charge(in, 16), -1;
    return iterator->other.type->next(in, iterator, ret);
}

tdm_py tdm_py_items_of(tdm_interp *in, tdm_py value)
{
    if (value->kind == TDM_PY_LIST || value->kind == TDM_PY_TUPLE)
        return tdm_py_list(in, value->list.items, value->list.count);
    tdm_py iterator = tdm_py_iter(in, value);
    if (!iterator || tdm_py_is_unknown(iterator))
        return iterator;
    tdm_py list = tdm_py_list(in, NULL, 0), item;
    for (;;) {
        int more = tdm_py_next(in, iterator, &item);
        if (more < 0)
            return NULL;
        if (more == 0)
            return list;
        if (tdm_py_is_unknown(iterator))
            return iterator;
        if (!tdm_py_append(in, list, item))
            return NULL;
    }
}

tdm_py tdm_py_members_of(tdm_interp *in, tdm_py value)
{
    if (value->kind != TDM_PY_SET)
        return tdm_py_items_of(in, value);
    tdm_py list = tdm_py_list(in, NULL, 0);
    for (uint32_t i = 0; i < value->table->count; i++)
        if (value->table->entries[i].key && !tdm_py_append(in, list, value->table->entries[i].key))
            return NULL;
    return list;
}

tdm_py tdm_py_iterate(tdm_interp *in, tdm_py value)
{
    return tdm_py_items_of(in, value);
}
