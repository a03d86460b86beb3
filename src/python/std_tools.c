// enum, functools, contextlib, itertools, collections, dataclasses, logging, warnings.
#include "python/context.h"
#include "python/iter.h"
#include "python/methods.h"
#include "python/std.h"

#include <string.h>

// ---- enum ----

static tdm_py enum_class(tdm_interp *in, const char *name, const char *value_type)
{
    tdm_py known = tdm_map_get(&in->classes, tdm_text_of(name));
    if (known)
        return known;
    bool root = strcmp(name, "Enum") == 0;
    bool flag = strcmp(name, "IntFlag") == 0;
    tdm_py bases[2], made;
    size_t count = 0;
    if (value_type)
        bases[count++] = tdm_py_builtin_class(in, value_type);
    if (!root)
        bases[count++] = enum_class(in, flag ? "Flag" : "Enum", NULL);
    py_space space = {0};
    for (size_t i = 0; i < count; i++)
        if (!bases[i])
            return NULL;
    if (!tdm_py_class_new(in, tdm_py_intern(in, name), bases, count, space, &made))
        return NULL;
    made->class_data->flavor = PY_CLASS_ENUM;
    tdm_map_put(&in->classes, made->class_data->name->text, made);
    return made;
}

#define ENUM_CLASS(function, name, value_type)                                                     \
    static tdm_py function(tdm_interp *in, void *data, const tdm_py_args *args)                    \
    {                                                                                              \
        (void)data;                                                                                \
        (void)args;                                                                                \
        return enum_class(in, name, value_type);                                                   \
    }
ENUM_CLASS(make_enum, "Enum", NULL)
ENUM_CLASS(make_int_enum, "IntEnum", "int")
ENUM_CLASS(make_str_enum, "StrEnum", "str")
ENUM_CLASS(make_flag, "Flag", NULL)
ENUM_CLASS(make_int_flag, "IntFlag", "int")

static tdm_py make_auto(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py made, base = tdm_py_builtin_class(in, "object");
    py_space space = {0};
    (void)data;
    (void)args;
    return base && tdm_py_class_new(in, tdm_py_intern(in, "auto"), &base, 1, space, &made) ? made
                                                                                           : NULL;
}

// @unique and the like leave the class as it is.
static tdm_py identity(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py value;
    (void)data;
    return tdm_py_read_args(in, args, "decorator", "value", &value) ? value : NULL;
}

// ---- functools ----

static tdm_py functools_partial(tdm_interp *in, void *data, const tdm_py_args *args)
{
    py_function_data *made = tdm_arena_new_of(in->arena, py_function_data);
    (void)data;
    if (!args->count)
        return tdm_py_raise(in, "TypeError", "type 'partial' takes at least one argument");
    if (!made)
        return in->out_of_memory;
    *made = (py_function_data){.kind = PY_FUNCTION_PARTIAL,
                               .name = "partial",
                               .function = args->positional[0],
                               .partial = *args};
    made->partial.positional++;
    made->partial.count--;
    return tdm_py_function_value(in, made);
}

static tdm_py decorate(tdm_interp *in, void *data, const tdm_py_args *args)
{
    return identity(in, data, args);
}

// wraps(f) and lru_cache(...) give a decorator that changes nothing that can be seen here.
static tdm_py functools_wraps(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    (void)args;
    return tdm_py_builtin_new(in, "decorator", decorate, NULL, PY_ROW_TOLERANT);
}

// A cached function that has effects would have them once; so only pure ones are left as they are.
static tdm_py functools_lru_cache(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    if (args->count == 1 && args->positional[0]->kind == TDM_PY_FUNCTION)
        return args->positional[0];
    return tdm_py_builtin_new(in, "decorator", decorate, NULL, PY_ROW_TOLERANT);
}

static tdm_py functools_reduce(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py read[3];
    (void)data;
    if (!tdm_py_read_args(in, args, "reduce", "function,iterable,initial=", read))
        return NULL;
    tdm_py items = tdm_py_items_of(in, read[1]), value = read[2];
    if (!items || tdm_py_is_unknown(items))
        return items;
    if (!value && !items->list.count)
        return tdm_py_raise(in, "TypeError", "reduce() of empty iterable with no initial value");
    uint32_t i = 0;
    if (!value)
        value = items->list.items[i++];
    for (; i < items->list.count && value; i++)
        value = tdm_py_call2(in, read[0], value, items->list.items[i]);
    return value;
}

// ---- contextlib ----

typedef enum manager_kind {
    NULL_CONTEXT,
    SUPPRESS,
} manager_kind;

typedef struct manager {
    manager_kind kind;
    tdm_py value;
} manager;

static tdm_py manager_enter(tdm_interp *in, tdm_py self)
{
    const manager *m = self->other.data;
    return m->kind == NULL_CONTEXT ? m->value : in->none;
}

static const py_other_type manager_type = {
    .behaviour = {.name = "contextlib.nullcontext", .enter = manager_enter, .inert = true}};

static tdm_py new_manager(tdm_interp *in, manager_kind kind, tdm_py value)
{
    manager *made = tdm_arena_new_of(in->arena, manager);
    if (!made)
        return in->out_of_memory;
    *made = (manager){kind, value};
    return tdm_py_other(in, &manager_type, made);
}

static tdm_py contextlib_nullcontext(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py value;
    (void)data;
    if (!tdm_py_read_args(in, args, "nullcontext", "enter_result=", &value))
        return NULL;
    return new_manager(in, NULL_CONTEXT, value ? value : in->none);
}

static tdm_py warnings_catch(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    (void)args;
    return new_manager(in, NULL_CONTEXT, tdm_py_harmless(in, "the warnings of a run"));
}

static tdm_py contextlib_suppress(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    return new_manager(in, SUPPRESS, tdm_py_tuple(in, args->positional, args->count));
}

bool tdm_py_suppresses(tdm_interp *in, tdm_py value)
{
    if (value->kind != TDM_PY_OTHER || value->other.type != &manager_type || !in->pending)
        return false;
    const manager *m = value->other.data;
    if (m->kind != SUPPRESS || tdm_py_catches(in, m->value, in->pending) == PY_NO)
        return false;
    tdm_py_clear(in);
    return true;
}

static const py_other_type generator_type = {
    .behaviour = {.name = "contextlib._GeneratorContextManager"}};

const py_generator_context *tdm_py_generator_context_of(tdm_py value)
{
    return value->kind == TDM_PY_OTHER && value->other.type == &generator_type ? value->other.data
                                                                               : NULL;
}

static tdm_py call_contextmanager(tdm_interp *in, void *data, const tdm_py_args *args)
{
    py_generator_context *made = tdm_arena_new_of(in->arena, py_generator_context);
    if (!made)
        return in->out_of_memory;
    *made = (py_generator_context){((tdm_py)data)->function, *args};
    return tdm_py_other(in, &generator_type, made);
}

static tdm_py contextlib_contextmanager(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py function;
    (void)data;
    if (!tdm_py_read_args(in, args, "contextmanager", "func", &function))
        return NULL;
    bool plain = function->kind == TDM_PY_FUNCTION && function->function->kind == PY_FUNCTION_USER;
    if (!plain)
        return tdm_py_is_unknown(function) ? function
                                           : tdm_py_unfollowed(in, "this context manager");
    return tdm_py_builtin_new(in, "contextmanager", call_contextmanager, function,
                              PY_ROW_TOLERANT | PY_ROW_HOST);
}

// ---- itertools ----

static tdm_py itertools_chain(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    tdm_py all = tdm_py_list(in, NULL, 0);
    for (size_t i = 0; i < args->count; i++) {
        all = tdm_py_operate_in_place(in, TDM_PY_ADD, all, args->positional[i]);
        if (!all || tdm_py_is_unknown(all))
            return all;
    }
    return tdm_py_iter(in, all);
}

static tdm_py itertools_product(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    if (args->named_count)
        return tdm_py_unfollowed(in, "product() with repeat");
    tdm_py empty = tdm_py_tuple(in, NULL, 0);
    tdm_py rows = tdm_py_list(in, &empty, 1);
    for (size_t i = 0; i < args->count; i++) {
        tdm_py items = tdm_py_items_of(in, args->positional[i]), next = tdm_py_list(in, NULL, 0);
        if (!items || tdm_py_is_unknown(items))
            return items;
        for (uint32_t r = 0; r < rows->list.count; r++)
            for (uint32_t k = 0; k < items->list.count; k++) {
                tdm_py one = tdm_py_tuple(in, &items->list.items[k], 1);
                tdm_py row = tdm_py_operate(in, TDM_PY_ADD, rows->list.items[r], one);
                if (!row || !tdm_py_append(in, next, row))
                    return NULL;
            }
        rows = next;
    }
    return tdm_py_iter(in, rows);
}

static tdm_py itertools_count(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py read[2];
    (void)data;
    if (!tdm_py_read_args(in, args, "count", "start=,step=", read))
        return NULL;
    if (read[1] || (read[0] && read[0]->kind != TDM_PY_INT))
        return tdm_py_unfollowed(in, "count() with a step");
    return tdm_py_lazy(in, PY_LAZY_COUNT, NULL, 0, NULL, read[0] ? read[0]->integer : 0);
}

static tdm_py itertools_islice(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    if (args->count != 2 || args->positional[1]->kind != TDM_PY_INT)
        return tdm_py_unfollowed(in, "this islice()");
    tdm_py source = tdm_py_iter(in, args->positional[0]), list = tdm_py_list(in, NULL, 0), item;
    for (int64_t i = 0; source && !tdm_py_is_unknown(source) && i < args->positional[1]->integer;
         i++) {
        int more = tdm_py_next(in, source, &item);
        if (more < 0)
            return NULL;
        if (!more)
            break;
        if (!tdm_py_append(in, list, item))
            return NULL;
    }
    return source && !tdm_py_is_unknown(source) ? tdm_py_iter(in, list) : source;
}

// ---- collections ----

static tdm_py collections_defaultdict(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py_args rest = *args;
    if (rest.count) {
        rest.positional++;
        rest.count--;
    }
    tdm_py dict = tdm_py_construct_dict(in, data, &rest);
    if (dict && dict->kind == TDM_PY_DICT && args->count)
        dict->table->factory = args->positional[0];
    return dict;
}

static tdm_py collections_counter(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py dict = tdm_py_dict(in);
    (void)data;
    if (args->named_count || args->count > 1 ||
        (args->count && args->positional[0]->kind == TDM_PY_DICT))
        return tdm_py_unfollowed(in, "this Counter()");
    tdm_py items =
        args->count ? tdm_py_items_of(in, args->positional[0]) : tdm_py_list(in, NULL, 0);
    if (!items || tdm_py_is_unknown(items))
        return items;
    dict->table->counter = true;
    for (uint32_t i = 0; i < items->list.count; i++) {
        py_dict_entry *entry;
        tdm_py key = items->list.items[i];
        int found = tdm_py_table_find(in, dict->table, key, &entry);
        tdm_py count = tdm_py_int(in, found == 1 ? entry->value->integer + 1 : 1);
        if (found < 0 || tdm_py_table_put(in, dict->table, key, count) < 0)
            return tdm_py_failed(in) ? NULL : tdm_py_unfollowed(in, "this Counter()");
    }
    return dict;
}

static tdm_py typing_cast(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py read[2];
    (void)data;
    return tdm_py_read_args(in, args, "cast", "typ,val", read) ? read[1] : NULL;
}

// NewType("UserId", int) is a function that gives its argument.
static tdm_py typing_new_type(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    (void)args;
    return tdm_py_builtin_new(in, "NewType", identity, NULL, PY_ROW_TOLERANT);
}

static tdm_py make_false(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    (void)args;
    return in->no;
}

static tdm_py make_named_tuple(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    (void)args;
    return tdm_py_builtin_new(in, "NamedTuple", tdm_py_namedtuple, NULL, 0);
}

// ---- logging ----

static tdm_py logger_attr(tdm_interp *in, tdm_py self, tdm_text name);
static tdm_py logger_call(tdm_interp *in, tdm_py self, const tdm_py_args *args);

static const py_other_type logger_type = {
    .behaviour = {
        .name = "logging.Logger", .get_attr = logger_attr, .call = logger_call, .inert = true}};

static tdm_py logger_attr(tdm_interp *in, tdm_py self, tdm_text name)
{
    if (tdm_text_is(name, "getChild"))
        return self;
    if (tdm_text_is(name, "isEnabledFor") || tdm_text_is(name, "level") ||
        tdm_text_is(name, "handlers") || tdm_text_is(name, "disabled"))
        return tdm_py_harmless(in, "the configuration of logging");
    return tdm_py_builtin_new(in, "log", tdm_py_ignore_call, NULL, PY_ROW_TOLERANT);
}

static tdm_py logger_call(tdm_interp *in, tdm_py self, const tdm_py_args *args)
{
    (void)in;
    (void)args;
    return self;
}

static tdm_py get_logger(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    (void)args;
    return tdm_py_other(in, &logger_type, NULL);
}

#define FUNCTION(module, name, function, flags)                                                    \
    {                                                                                              \
        module, name, PY_STD_FUNCTION, function, flags                                             \
    }
#define NOTHING(module, name)                                                                      \
    {                                                                                              \
        module, name, PY_STD_NOTHING, NULL, 0                                                      \
    }
#define MAKE(module, name, function)                                                               \
    {                                                                                              \
        module, name, PY_STD_MAKE, function, 0                                                     \
    }

static const py_std_row rows[] = {
    MAKE("enum", "Enum", make_enum),
    MAKE("enum", "IntEnum", make_int_enum),
    MAKE("enum", "StrEnum", make_str_enum),
    MAKE("enum", "Flag", make_flag),
    MAKE("enum", "IntFlag", make_int_flag),
    MAKE("enum", "auto", make_auto),
    FUNCTION("enum", "unique", identity, PY_ROW_TOLERANT),
    FUNCTION("functools", "partial", functools_partial, PY_ROW_TOLERANT | PY_ROW_CALLS),
    FUNCTION("functools", "wraps", functools_wraps, PY_ROW_TOLERANT),
    FUNCTION("functools", "lru_cache", functools_lru_cache, PY_ROW_TOLERANT),
    FUNCTION("functools", "cache", identity, PY_ROW_TOLERANT),
    FUNCTION("functools", "reduce", functools_reduce, PY_ROW_CALLS),
    FUNCTION("functools", "total_ordering", identity, PY_ROW_TOLERANT),
    FUNCTION("contextlib", "contextmanager", contextlib_contextmanager, PY_ROW_TOLERANT),
    FUNCTION("contextlib", "nullcontext", contextlib_nullcontext, PY_ROW_TOLERANT),
    FUNCTION("contextlib", "suppress", contextlib_suppress, PY_ROW_TOLERANT),
    FUNCTION("itertools", "chain", itertools_chain, 0),
    FUNCTION("itertools", "product", itertools_product, 0),
    FUNCTION("itertools", "count", itertools_count, 0),
    FUNCTION("itertools", "islice", itertools_islice, 0),
    FUNCTION("collections", "OrderedDict", tdm_py_construct_dict, 0),
    FUNCTION("collections", "defaultdict", collections_defaultdict, PY_ROW_CALLS),
    FUNCTION("collections", "Counter", collections_counter, 0),
    FUNCTION("collections", "namedtuple", tdm_py_namedtuple, 0),
    FUNCTION("dataclasses", "dataclass", tdm_py_dataclass, PY_ROW_TOLERANT),
    FUNCTION("dataclasses", "field", tdm_py_dataclass_field, PY_ROW_TOLERANT),
    {"dataclasses", "FrozenInstanceError", PY_STD_EXCEPTION, NULL, 0},
    MAKE("typing", "NamedTuple", make_named_tuple),
    FUNCTION("typing", "cast", typing_cast, PY_ROW_TOLERANT),
    FUNCTION("typing", "NewType", typing_new_type, PY_ROW_TOLERANT),
    MAKE("typing", "TYPE_CHECKING", make_false),
    FUNCTION("logging", "getLogger", get_logger, PY_ROW_TOLERANT),
    NOTHING("logging", "basicConfig"),
    NOTHING("logging", "critical"),
    NOTHING("logging", "debug"),
    NOTHING("logging", "error"),
    NOTHING("logging", "exception"),
    NOTHING("logging", "info"),
    NOTHING("logging", "log"),
    NOTHING("logging", "warn"),
    NOTHING("logging", "warning"),
    NOTHING("logging", "disable"),
    NOTHING("logging.config", "fileConfig"),
    NOTHING("logging.config", "dictConfig"),
    NOTHING("warnings", "warn"),
    NOTHING("warnings", "simplefilter"),
    NOTHING("warnings", "filterwarnings"),
    FUNCTION("warnings", "catch_warnings", warnings_catch, PY_ROW_TOLERANT),
};

const py_std_table tdm_py_std_tools = {rows, sizeof rows / sizeof *rows};
