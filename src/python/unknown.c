// UNKNOWN: making it, operating on it, and what a call of something unknown may do.
#include "python/std_file.h"

#include <string.h>

tdm_py tdm_py_unknown_why(tdm_interp *in, const py_why *why)
{
    tdm_py value = tdm_py_new_object(in, TDM_PY_UNKNOWN);
    if (value != in->out_of_memory)
        value->why = why;
    return value;
}

static tdm_py make(tdm_interp *in, tdm_place place, tdm_text reason, bool harmless)
{
    py_why *why = tdm_arena_new_of(in->arena, py_why);
    if (!why || !reason.data)
        return in->out_of_memory;
    *why = (py_why){.reason = reason, .place = place, .harmless = harmless};
    return tdm_py_unknown_why(in, why);
}

tdm_py tdm_py_unknown(tdm_interp *in, tdm_place place, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    tdm_text reason = tdm_arena_vprintf(in->arena, format, args);
    va_end(args);
    return make(in, place, reason, false);
}

tdm_py tdm_py_unknown_data(tdm_interp *in, tdm_place place, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    tdm_text reason = tdm_arena_vprintf(in->arena, format, args);
    va_end(args);
    return make(in, place, reason, true);
}

tdm_py tdm_py_harmless(tdm_interp *in, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    tdm_text reason = tdm_arena_vprintf(in->arena, format, args);
    va_end(args);
    return make(in, tdm_py_here(in), reason, true);
}

tdm_py tdm_py_unfollowed(tdm_interp *in, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    tdm_text what = tdm_arena_vprintf(in->arena, format, args);
    va_end(args);
    return make(in, tdm_py_here(in),
                tdm_arena_printf(in->arena, "%.*s is not followed", TDM_TEXT_ARG(what)), true);
}

tdm_py tdm_py_doubt(tdm_interp *in, tdm_py unknown)
{
    in->doubts++;
    in->doubt_why = tdm_py_is_unknown(unknown) ? unknown->why : in->out_of_memory->why;
    return tdm_py_no_place(in, unknown);
}

uint64_t tdm_interp_opaques(const tdm_interp *in)
{
    return in->opaques;
}

void tdm_py_may_raise(tdm_interp *in, tdm_py unknown)
{
    in->warnings++;
    (void)tdm_py_doubt(in, unknown);
}

void tdm_py_doubt_import(tdm_interp *in, const py_why *why)
{
    in->doubts++;
    in->import_doubts++;
    in->doubt_why = why;
}

enum {
    MAX_ALIASES = 4,
};

static size_t alias_count(const py_why *why)
{
    size_t count = 0;
    for (; why && why->dotted.size; why = why->alias)
        count++;
    return count;
}

tdm_py tdm_py_unknown_named(tdm_interp *in, tdm_py unknown, tdm_text dotted)
{
    py_why *why = tdm_arena_new_of(in->arena, py_why);
    if (!why)
        return in->out_of_memory;
    *why = *unknown->why;
    why->dotted = dotted;
    why->alias =
        unknown->why->dotted.size && alias_count(unknown->why) < MAX_ALIASES ? unknown->why : NULL;
    return tdm_py_unknown_why(in, why);
}

tdm_py tdm_py_unknown_extended(tdm_interp *in, tdm_py unknown, tdm_text suffix)
{
    py_why *first = NULL, *last = NULL;
    for (const py_why *at = unknown->why; at && at->dotted.size; at = at->alias) {
        py_why *made = tdm_arena_new_of(in->arena, py_why);
        if (!made)
            return in->out_of_memory;
        *made = *at;
        made->alias = NULL;
        made->dotted =
            tdm_arena_printf(in->arena, "%.*s%.*s", TDM_TEXT_ARG(at->dotted), TDM_TEXT_ARG(suffix));
        tdm_py assumed = tdm_py_assumed(in, made->dotted);
        if (assumed)
            return assumed;
        if (last)
            last->alias = made;
        else
            first = made;
        last = made;
    }
    return first ? tdm_py_unknown_why(in, first) : unknown;
}

void tdm_py_opaque(tdm_interp *in, tdm_place place, const py_why *why)
{
    in->doubts++;
    in->opaques++;
    in->doubt_why = why;
    if (!in->running || in->said || !in->host.opaque)
        return;
    in->said = true;
    in->host.opaque(in->host.context, place, why->reason);
}

// ---- spoiling ----

void tdm_py_spoil(tdm_interp *in, tdm_py value, const py_why *why)
{
    (void)in;
    switch ((tdm_py_kind)value->kind) {
    case TDM_PY_LIST:
    case TDM_PY_DICT:
    case TDM_PY_SET:
    case TDM_PY_INSTANCE:
        if (value->kind == TDM_PY_INSTANCE &&
            value->instance->type->class_data->flavor == PY_CLASS_ENUM)
            return;
        value->why = why;
        value->kind = TDM_PY_UNKNOWN;
        return;
    case TDM_PY_OTHER:
        value->why = why;
        if (value->other.type->next)
            value->kind = TDM_PY_UNKNOWN;
        return;
    default:
        return;
    }
}

// The walk keeps its own stack: values may be nested as deep as memory allows.
typedef struct walk {
    TDM_VECTOR(tdm_py) todo;
    TDM_VECTOR(tdm_py) seen;
} walk;

static void push(tdm_interp *in, walk *w, tdm_py value)
{
    if (!value || (value->flags & PY_FLAG_VISITED))
        return;
    switch ((tdm_py_kind)value->kind) {
    case TDM_PY_LIST:
    case TDM_PY_TUPLE:
    case TDM_PY_DICT:
    case TDM_PY_SET:
    case TDM_PY_INSTANCE:
    case TDM_PY_FUNCTION:
    case TDM_PY_OTHER:
    case TDM_PY_UNKNOWN:
        break;
    default:
        return;
    }
    value->flags |= PY_FLAG_VISITED;
    (void)(tdm_vector_push(in->arena, &w->todo, value) &&
           tdm_vector_push(in->arena, &w->seen, value));
}

static void push_parts(tdm_interp *in, walk *w, tdm_py value)
{
    switch ((tdm_py_kind)value->kind) {
    case TDM_PY_LIST:
    case TDM_PY_TUPLE:
        for (uint32_t i = 0; i < value->list.count; i++)
            push(in, w, value->list.items[i]);
        return;
    case TDM_PY_DICT:
    case TDM_PY_SET:
        for (uint32_t i = 0; i < value->table->count; i++)
            if (value->table->entries[i].key) {
                push(in, w, value->table->entries[i].key);
                push(in, w, value->table->entries[i].value);
            }
        return;
    case TDM_PY_INSTANCE:
        for (uint32_t i = 0; i < value->instance->space.count; i++)
            push(in, w, value->instance->space.items[i].value);
        push(in, w, value->instance->value);
        push(in, w, value->instance->args);
        return;
    case TDM_PY_FUNCTION:
        push(in, w, value->function->self);
        push(in, w, value->function->function);
        if (value->function->kind == PY_FUNCTION_BUILTIN &&
            !(value->function->flags & PY_ROW_HOST) && value->function->data)
            push(in, w, value->function->data);
        for (size_t i = 0; i < value->function->partial.count; i++)
            push(in, w, value->function->partial.positional[i]);
        for (size_t i = 0; i < value->function->partial.named_count; i++)
            push(in, w, value->function->partial.named[i]);
        return;
    default:
        return;
    }
}

void tdm_py_spoil_reachable(tdm_interp *in, tdm_py value, const py_why *why)
{
    walk w = {0};
    push(in, &w, value);
    while (w.todo.count) {
        tdm_py at = w.todo.items[--w.todo.count];
        push_parts(in, &w, at);
    }
    for (size_t i = 0; i < w.seen.count; i++) {
        w.seen.items[i]->flags &= (uint8_t)~PY_FLAG_VISITED;
        tdm_py_spoil(in, w.seen.items[i], why);
    }
}

// ---- looking inside ----

enum {
    MAX_WALK = 1000, // values within values
};

static const py_why deep_why = {.reason = {"values nested too deeply", 24}, .harmless = true};
static struct tdm_py_object deep_unknown = {.kind = TDM_PY_UNKNOWN, .why = &deep_why};

typedef bool (*test)(tdm_py value);

static bool is_container(tdm_py value)
{
    return value->kind == TDM_PY_LIST || value->kind == TDM_PY_TUPLE ||
           value->kind == TDM_PY_DICT || value->kind == TDM_PY_SET;
}

// The n-th part of a container; NULL beyond the last, and *ret_more false.
static tdm_py part_of(tdm_py value, size_t index, bool *ret_more)
{
    if (value->kind == TDM_PY_LIST || value->kind == TDM_PY_TUPLE) {
        *ret_more = index < value->list.count;
        return *ret_more ? value->list.items[index] : NULL;
    }
    *ret_more = index / 2 < value->table->count;
    const py_dict_entry *entry = *ret_more ? &value->table->entries[index / 2] : NULL;
    return !entry || !entry->key ? NULL : index % 2 ? entry->value : entry->key;
}

// The first part that passes the test. Containers are marked, so that one that is reached on many
// ways is searched once.
static tdm_py find(tdm_py value, test matches, unsigned depth)
{
    if (matches(value))
        return value;
    if (!is_container(value) || (value->flags & PY_FLAG_VISITED))
        return NULL;
    if (depth > MAX_WALK)
        return &deep_unknown;
    value->flags |= PY_FLAG_VISITED;
    tdm_py found = NULL;
    bool more = true;
    for (size_t i = 0; more && !found; i++) {
        tdm_py part = part_of(value, i, &more);
        found = part ? find(part, matches, depth + 1) : NULL;
    }
    return found;
}

static void unmark(tdm_py value)
{
    if (!(value->flags & PY_FLAG_VISITED))
        return;
    value->flags &= (uint8_t)~PY_FLAG_VISITED;
    bool more = true;
    for (size_t i = 0; more; i++) {
        tdm_py part = part_of(value, i, &more);
        if (part)
            unmark(part);
    }
}

static tdm_py find_in(tdm_py value, test matches)
{
    tdm_py found = find(value, matches, 0);
    if (is_container(value))
        unmark(value);
    return found;
}

tdm_py tdm_py_find_unknown(tdm_py value)
{
    return find_in(value, tdm_py_is_unknown);
}

// Whether whoever has the value could reach the database through it.
static bool can_act(tdm_py value)
{
    switch ((tdm_py_kind)value->kind) {
    case TDM_PY_NATIVE:
        return !value->native.type->inert;
    case TDM_PY_FUNCTION:
    case TDM_PY_MODULE:
        return true;
    case TDM_PY_CLASS:
        return value->class_data->flavor != PY_CLASS_BUILTIN &&
               value->class_data->flavor != PY_CLASS_ENUM;
    case TDM_PY_INSTANCE:
        return value->instance->type->class_data->flavor != PY_CLASS_ENUM;
    case TDM_PY_UNKNOWN:
        return !value->why->harmless;
    default:
        return false;
    }
}

bool tdm_py_holds_native(tdm_py value)
{
    return find_in(value, can_act) != NULL;
}

// ---- calls ----

// "GUID()" makes an object of a class and "get_types()" does anything: Python's habit of naming
// (PEP 8), which is all there is to go by when the callee cannot be read.
static bool looks_like_class(tdm_text dotted)
{
    size_t start = dotted.size;
    while (start > 0 && dotted.data[start - 1] != '.')
        start--;
    return start < dotted.size && dotted.data[start] >= 'A' && dotted.data[start] <= 'Z';
}

// What settings say of config.get("schema") and os.getenv("SCHEMA"): the same as of a subscript.
// NULL: nothing.
static tdm_py assumed_get(tdm_interp *in, const py_why *why, const tdm_py_args *args)
{
    tdm_py key = args->count ? tdm_py_plain(args->positional[0]) : NULL;
    if (!key || key->kind != TDM_PY_STR)
        return NULL;
    for (; why && why->dotted.size; why = why->alias) {
        tdm_text of = why->dotted;
        if (tdm_text_is(of, "os.getenv"))
            of = TDM_TEXT("os.environ");
        else if (tdm_text_ends(of, TDM_TEXT(".get")))
            of.size -= 4;
        else
            continue;
        tdm_py assumed =
            tdm_py_assumed(in, tdm_arena_printf(in->arena, "%.*s[%.*s]", TDM_TEXT_ARG(of),
                                                TDM_TEXT_ARG(key->text)));
        if (assumed)
            return assumed;
    }
    return NULL;
}

static bool is_called(const py_why *why, tdm_text dotted)
{
    for (; why && why->dotted.size; why = why->alias)
        if (tdm_text_equal(why->dotted, dotted))
            return true;
    return false;
}

// What is made from something that can act (a session from a connection) can act as well.
static tdm_py able_to_act(tdm_interp *in, tdm_py made)
{
    if (!tdm_py_is_unknown(made) || !made->why->harmless)
        return made;
    py_why *why = tdm_arena_new_of(in->arena, py_why);
    if (!why)
        return in->out_of_memory;
    *why = *made->why;
    why->harmless = false;
    return tdm_py_unknown_why(in, why);
}

tdm_py tdm_py_call_unknown(tdm_interp *in, tdm_py callee, const tdm_py_args *args)
{
    const py_why *why = callee->why;
    bool reaches = false;
    tdm_py assumed = assumed_get(in, why, args);
    if (assumed)
        return assumed;
    tdm_py path = is_called(why, TDM_TEXT("pathlib.Path")) ? tdm_py_place_pathlib(in, args) : NULL;
    if (path)
        return path;
    tdm_py_doubt(in, callee);
    for (size_t i = 0; i < args->count; i++)
        reaches |= tdm_py_holds_native(args->positional[i]);
    for (size_t i = 0; i < args->named_count; i++)
        reaches |= tdm_py_holds_native(args->named[i]);
    if (reaches || (!why->harmless && !looks_like_class(why->dotted)))
        tdm_py_opaque(in, args->place, why);
    for (size_t i = 0; i < args->count; i++)
        tdm_py_spoil_reachable(in, args->positional[i], why);
    for (size_t i = 0; i < args->named_count; i++)
        tdm_py_spoil_reachable(in, args->named[i], why);
    tdm_py made = tdm_py_unknown_extended(in, callee, TDM_TEXT("()"));
    return reaches ? able_to_act(in, made) : made;
}
