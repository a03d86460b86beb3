// The registry of the standard library, names for type checkers, and globals().
#include "python/std.h"
#include "python/methods.h"

#include <string.h>

static const py_std_table *const tables[] = {&tdm_py_std_text, &tdm_py_std_time, &tdm_py_std_tools,
                                             &tdm_py_std_world, &tdm_py_std_file};

static const py_builtin_type *const types[] = {
    &tdm_py_datetime_type, &tdm_py_date_type, &tdm_py_time_type,    &tdm_py_timedelta_type,
    &tdm_py_timezone_type, &tdm_py_uuid_type, &tdm_py_decimal_type,
};

const py_builtin_type *tdm_py_std_type_find(tdm_text name)
{
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (tdm_text_is(name, types[i]->name))
            return types[i];
    return NULL;
}

// ---- typing ----

static tdm_py typing_attr(tdm_interp *in, tdm_py self, tdm_text name)
{
    (void)in;
    (void)name;
    return self;
}

static tdm_py typing_item(tdm_interp *in, tdm_py self, tdm_py key)
{
    (void)in;
    (void)key;
    return self;
}

// TypeVar("T"), ParamSpec("P") give more of the kind; @overload, @final, @abstractmethod leave what
// they decorate as it is.
static tdm_py typing_call(tdm_interp *in, tdm_py self, const tdm_py_args *args)
{
    tdm_py first = args->count ? args->positional[0] : NULL;
    if (!first || first->kind == TDM_PY_STR)
        return self;
    if (args->count == 1 && (first->kind == TDM_PY_FUNCTION || first->kind == TDM_PY_CLASS))
        return first;
    return tdm_py_unfollowed(in, "calling a name for type checkers");
}

static tdm_py typing_operate(tdm_interp *in, tdm_py_operator op, tdm_py left, tdm_py right)
{
    if (op == TDM_PY_BIT_OR && right)
        return tdm_py_behaviour(left) ? left : right;
    return in->not_implemented;
}

static const py_other_type typing_type = {
    .behaviour = {.name = "typing",
                  .get_attr = typing_attr,
                  .get_item = typing_item,
                  .call = typing_call,
                  .operate = typing_operate,
                  .inert = true},
};

tdm_py tdm_py_typing(tdm_interp *in)
{
    return tdm_py_other(in, &typing_type, NULL);
}

bool tdm_py_is_typing_noise(tdm_py value)
{
    return value->kind == TDM_PY_OTHER && value->other.type == &typing_type;
}

// ---- globals() ----

static tdm_py globals_lookup(tdm_interp *in, tdm_py self, tdm_py key)
{
    const py_module_data *module = self->other.data;
    key = tdm_py_plain(key);
    if (key->kind != TDM_PY_STR)
        return NULL;
    const py_name *name = tdm_py_name_find(&in->names, key->text);
    return name ? tdm_py_space_get(&module->globals, name) : NULL;
}

static tdm_py unsure(tdm_interp *in, tdm_py self, tdm_py key)
{
    const py_module_data *module = self->other.data;
    if (tdm_py_is_unknown(key))
        return tdm_py_doubt(in, key);
    if (module->open)
        return tdm_py_doubt(in, module->open);
    return module->star_count ? tdm_py_unfollowed(in, "globals() after a star import") : NULL;
}

static tdm_py globals_get_item(tdm_interp *in, tdm_py self, tdm_py key)
{
    tdm_py found = globals_lookup(in, self, key);
    if (!found)
        found = unsure(in, self, key);
    if (!found)
        tdm_py_raise_with(in, "KeyError", key);
    return found;
}

static tdm_py globals_get(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py read[2];
    if (!tdm_py_read_args(in, args, "get", "key,default=", read))
        return NULL;
    tdm_py found = globals_lookup(in, data, read[0]);
    if (!found)
        found = unsure(in, data, read[0]);
    return found ? found : read[1] ? read[1] : in->none;
}

static bool globals_contains(tdm_interp *in, tdm_py self, tdm_py item, bool *ret)
{
    *ret = globals_lookup(in, self, item) != NULL;
    if (!*ret && unsure(in, self, item)) {
        tdm_py_raise(in, "RuntimeError", "globals() cannot be known here");
        return false;
    }
    return true;
}

static tdm_py globals_attr(tdm_interp *in, tdm_py self, tdm_text name)
{
    if (tdm_text_is(name, "get"))
        return tdm_py_builtin_new(in, "get", globals_get, self, PY_ROW_TOLERANT);
    return tdm_py_unfollowed(in, "globals().%.*s", TDM_TEXT_ARG(name));
}

static const py_other_type globals_type = {
    .behaviour = {.name = "dict",
                  .get_attr = globals_attr,
                  .get_item = globals_get_item,
                  .contains = globals_contains},
};

tdm_py tdm_py_globals(tdm_interp *in, py_module_data *module)
{
    return tdm_py_other(in, &globals_type, module);
}

bool tdm_py_is_globals(tdm_py value)
{
    return value->kind == TDM_PY_OTHER && value->other.type == &globals_type;
}

bool tdm_py_globals_set(tdm_interp *in, tdm_py globals, tdm_py key, tdm_py value)
{
    py_module_data *module = globals->other.data;
    key = tdm_py_plain(key);
    if (key->kind != TDM_PY_STR) {
        module->open = tdm_py_unfollowed(in, "a global of an unknown name");
        return true;
    }
    return tdm_py_space_put(&module->globals, in->arena, tdm_py_name_of(&in->names, key->text),
                            value);
}

// ---- modules ----

// Built-in types of modules carry the module in their name: "datetime.date".
static const char *class_name(tdm_interp *in, const py_std_row *row)
{
    return tdm_arena_printf(in->arena, "%s.%s", row->module, row->name).data;
}

static tdm_py make_value(tdm_interp *in, const py_std_row *row)
{
    static const tdm_py_args none = {0};
    switch (row->kind) {
    case PY_STD_FUNCTION:
        return tdm_py_builtin_new(in, row->name, row->function, NULL, row->flags);
    case PY_STD_CLASS:
        return tdm_py_builtin_class(in, class_name(in, row));
    case PY_STD_EXCEPTION:
        return tdm_py_exception_class(in, tdm_text_of(row->name));
    case PY_STD_MAKE:
        return row->function(in, NULL, &none);
    case PY_STD_UNKNOWN:
        return tdm_py_unknown_named(
            in, tdm_py_harmless(in, "%s.%s is only known at run time", row->module, row->name),
            tdm_arena_printf(in->arena, "%s.%s", row->module, row->name));
    case PY_STD_NOTHING:
        return tdm_py_builtin_new(in, row->name, tdm_py_ignore_call, NULL, PY_ROW_TOLERANT);
    case PY_STD_TYPING:
        break;
    }
    return tdm_py_typing(in);
}

// A module whose names are all for type checkers, or all unknown.
static const char *const typing_modules[] = {"typing", "typing_extensions", "collections.abc",
                                             "abc",    "__future__",        "types"};

static bool is_listed(const char *const *list, size_t count, tdm_text name)
{
    for (size_t i = 0; i < count; i++)
        if (tdm_text_is(name, list[i]))
            return true;
    return false;
}

py_module_data *tdm_py_std_module(tdm_interp *in, tdm_text dotted)
{
    bool typing = is_listed(typing_modules, sizeof typing_modules / sizeof *typing_modules, dotted);
    py_module_data *module = NULL;
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        for (size_t j = 0; j < tables[i]->count; j++) {
            const py_std_row *row = &tables[i]->rows[j];
            if (!tdm_text_is(dotted, row->module))
                continue;
            if (!module && !(module = tdm_arena_new_of(in->arena, py_module_data)))
                return NULL;
            tdm_py value = make_value(in, row);
            if (!value ||
                !tdm_py_space_put(&module->globals, in->arena, tdm_py_intern(in, row->name), value))
                return NULL;
        }
    if (!module && typing)
        module = tdm_arena_new_of(in->arena, py_module_data);
    if (!module)
        return NULL;
    module->dotted = tdm_arena_text(in->arena, dotted);
    // Names of the module that no table has: known to Python, not to us. What importlib loads may
    // do anything.
    tdm_text what = tdm_arena_printf(in->arena, "a name of the module '%.*s' that is not followed",
                                     TDM_TEXT_ARG(dotted));
    if (typing)
        module->open = tdm_py_typing(in);
    else if (tdm_text_starts(dotted, TDM_TEXT("importlib")))
        module->open = tdm_py_unknown(in, tdm_py_here(in), "%.*s", TDM_TEXT_ARG(what));
    else
        module->open = tdm_py_harmless(in, "%.*s", TDM_TEXT_ARG(what));
    return module;
}
