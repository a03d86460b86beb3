// Column types that a project defines itself, by deriving from UserDefinedType or TypeDecorator:
// what they print is what their own get_col_spec() or impl says. The methods are
// evaluated like any other code of the project.
#include "revision/op_directive.h"

#include <string.h>

static const tdm_type_class spec_row = {
    "UserDefinedType", TDM_HOME_TYPES, TDM_SHAPE_SPEC, TDM_AFFINITY_OTHER, "", "*args **"};
static const tdm_type_class decorator_row = {
    "TypeDecorator", TDM_HOME_TYPES, TDM_SHAPE_DECORATOR, TDM_AFFINITY_OTHER, "", "*args **"};

typedef struct custom_class {
    const tdm_type_class *row;
    tdm_py type;                      // the Python class
    const struct custom_class *outer; // the project's class that it derives from, or NULL
} custom_class;

static tdm_py own_method(tdm_py type, const char *name)
{
    for (size_t i = 0; i < tdm_py_attr_count(type); i++) {
        tdm_py value = tdm_py_attr_value(type, i);
        if (tdm_text_is(tdm_py_attr_name(type, i), name) && value &&
            tdm_py_kind_of(value) == TDM_PY_FUNCTION)
            return value;
    }
    return NULL;
}

// A method that the class, or one of the project's own that it derives from, defines. It is called
// with the instance in front. Every class has some __init__, so that only a written one counts.
static tdm_py find_method(tdm_host *host, const custom_class *c, const char *name)
{
    for (const custom_class *k = c; k; k = k->outer) {
        tdm_py method = own_method(k->type, name);
        if (method)
            return method;
    }
    if (strcmp(name, "__init__") == 0)
        return NULL;
    tdm_py found = tdm_py_find_attr(host->in, c->type, tdm_text_of(name));
    return found && tdm_py_kind_of(found) == TDM_PY_FUNCTION ? found : NULL;
}

static tdm_py call_method(tdm_host *host, tdm_py method, tdm_py instance, const tdm_py_args *args)
{
    tdm_py_args with_self = *args;
    tdm_py *positional = tdm_arena_array(host->arena, args->count + 1, sizeof(tdm_py));
    if (!positional)
        return tdm_host_unknown(host, "out of memory");
    positional[0] = instance;
    for (size_t i = 0; i < args->count; i++)
        positional[i + 1] = args->positional[i];
    with_self.positional = positional;
    with_self.count = args->count + 1;
    return tdm_py_call(host->in, method, &with_self);
}

static tdm_py not_followed(tdm_host *host, const custom_class *c)
{
    return tdm_host_unknown(host, "what the column type %.*s prints cannot be known",
                            TDM_TEXT_ARG(tdm_py_class_name(c->type)));
}

static tdm_type *new_type(tdm_host *host, const custom_class *c)
{
    static const char *const processors[] = {"process_bind_param", "process_literal_param",
                                             "bind_processor", "literal_processor",
                                             "bind_expression"};
    tdm_type *type = tdm_arena_new_of(host->arena, tdm_type);
    if (!type)
        return NULL;
    type->type_class = c->row;
    type->coerces_to_self = true;
    for (size_t i = 0; i < sizeof processors / sizeof *processors; i++)
        type->opaque_values = type->opaque_values || find_method(host, c, processors[i]);
    return type;
}

static tdm_py make_user_defined(tdm_host *host, const custom_class *c, tdm_py instance,
                                tdm_place place)
{
    tdm_py method = find_method(host, c, "get_col_spec");
    tdm_py text =
        method ? call_method(host, method, instance, &(tdm_py_args){.place = place}) : NULL;
    tdm_type *type = new_type(host, c);
    if (method && !text)
        return NULL;
    if (!type || !text || tdm_py_kind_of(text) != TDM_PY_STR)
        return not_followed(host, c);
    type->spec = tdm_py_as_text(text);
    type->opaque_values = true;
    return tdm_object(host, &tdm_type_object, type);
}

// load_dialect_impl() decides when there is one; else impl, built with the constructor's arguments.
static tdm_py implementation(tdm_host *host, const custom_class *c, tdm_py instance,
                             const tdm_py_args *args)
{
    tdm_py method = find_method(host, c, "load_dialect_impl");
    if (method) {
        tdm_py dialect = tdm_object(host, &tdm_dialect_object, host);
        const tdm_py_args one = {&dialect, 1, NULL, NULL, 0, args->place};
        return call_method(host, method, instance, &one);
    }
    tdm_py impl = tdm_py_find_attr(host->in, instance, TDM_TEXT("impl"));
    const tdm_type_class *row = impl ? tdm_data_of(impl, &tdm_type_class_object) : NULL;
    if (row && !find_method(host, c, "__init__"))
        return tdm_type_call(host, row, args);
    // What a constructor of its own hands on to impl is not followed.
    bool same_for_all = !row || row->shape == TDM_SHAPE_WORD;
    return same_for_all ? impl : NULL;
}

static tdm_py make_decorator(tdm_host *host, const custom_class *c, tdm_py instance,
                             const tdm_py_args *args)
{
    tdm_bound bound = {.host = host, .function = "impl", .place = args->place};
    tdm_py impl = implementation(host, c, instance, args);
    tdm_type *type = new_type(host, c);
    if (!impl && tdm_py_pending(host->in))
        return NULL;
    if (!type || !impl)
        return not_followed(host, c);
    type->impl = tdm_type_from(&bound, impl);
    if (bound.unknown || !type->impl)
        return not_followed(host, c);
    return tdm_object(host, &tdm_type_object, type);
}

static tdm_py custom_call(tdm_interp *in, tdm_py self, const tdm_py_args *args)
{
    tdm_host *host = tdm_host_of(in);
    const custom_class *c = tdm_py_native_data(self);
    const tdm_py_args none = {.place = args->place};
    tdm_py own = own_method(c->type, "__init__");
    tdm_py inherited = c->outer && !own ? find_method(host, c->outer, "__init__") : NULL;
    // A constructor that hands on to another one of the project's is not followed.
    if (own && c->outer && find_method(host, c->outer, "__init__"))
        return not_followed(host, c);
    tdm_py instance = tdm_py_instantiate(in, c->type, own ? args : &none);
    if (!instance || (inherited && !call_method(host, inherited, instance, args)))
        return NULL;
    if (tdm_py_kind_of(instance) == TDM_PY_UNKNOWN)
        return instance;
    if (c->row == &spec_row)
        return make_user_defined(host, c, instance, args->place);
    return make_decorator(host, c, instance, args);
}

static tdm_py custom_attr(tdm_interp *in, tdm_py self, tdm_text name)
{
    const custom_class *c = tdm_py_native_data(self);
    return tdm_py_get_attr(in, c->type, name);
}

static tdm_py derive(tdm_interp *in, tdm_py self, tdm_py new_class);

// TypeDecorator[str]: a hint for type checkers.
static tdm_py generic_item(tdm_interp *in, tdm_py self, tdm_py key)
{
    (void)in;
    (void)key;
    return self;
}

// tdm_callable_object stands for anything that makes types where one is wanted without a call.
static const tdm_py_class custom_object = {.name = "sqlalchemy.types.TypeEngine",
                                           .base = &tdm_callable_object,
                                           .inert = true,
                                           .get_attr = custom_attr,
                                           .get_item = generic_item,
                                           .call = custom_call,
                                           .subclass = derive};

static tdm_py derive(tdm_interp *in, tdm_py self, tdm_py new_class)
{
    tdm_host *host = tdm_host_of(in);
    custom_class *c = tdm_arena_new_of(host->arena, custom_class);
    if (!c)
        return NULL;
    // From a class of the project's own, or from one of SQLAlchemy's two.
    const custom_class *outer = tdm_data_of(self, &custom_object);
    if (outer && tdm_py_native_class(self) == &custom_object)
        *c = (custom_class){outer->row, new_class, outer};
    else
        *c = (custom_class){tdm_py_native_data(self), new_class, NULL};
    return tdm_object(host, &custom_object, c);
}

static tdm_py base_attr(tdm_interp *in, tdm_py self, tdm_text name)
{
    const tdm_type_class *row = tdm_py_native_data(self);
    return tdm_host_unknown(tdm_host_of(in), "%s.%.*s is not covered", row->name,
                            TDM_TEXT_ARG(name));
}

static const tdm_py_class base_object = {.name = "sqlalchemy.types.TypeEngine",
                                         .inert = true,
                                         .get_attr = base_attr,
                                         .get_item = generic_item,
                                         .subclass = derive};

tdm_py tdm_type_base(tdm_host *host, tdm_text name)
{
    if (tdm_text_is(name, "TypeDecorator"))
        return tdm_object(host, &base_object, &decorator_row);
    if (tdm_text_is(name, "UserDefinedType"))
        return tdm_object(host, &base_object, &spec_row);
    return NULL;
}
