// Attributes: of instances through their class, of built-in values, modules, natives, UNKNOWN.
#include "python/std_file.h"

#include <string.h>

const tdm_py_class *tdm_py_behaviour(tdm_py value)
{
    if (value->kind == TDM_PY_NATIVE)
        return value->native.type;
    return value->kind == TDM_PY_OTHER ? &value->other.type->behaviour : NULL;
}

static tdm_py no_attribute(tdm_interp *in, tdm_py value, const py_name *name)
{
    if (value->kind == TDM_PY_CLASS)
        return tdm_py_raise(in, "AttributeError", "type object '%.*s' has no attribute '%.*s'",
                            TDM_TEXT_ARG(value->class_data->name->text), TDM_TEXT_ARG(name->text));
    return tdm_py_raise(in, "AttributeError", "'%s' object has no attribute '%.*s'",
                        tdm_py_type_name(value), TDM_TEXT_ARG(name->text));
}

// ---- descriptors: what a value found in a class becomes when reached through an instance ----

tdm_py tdm_py_bind_wrapper(tdm_interp *in, tdm_py wrapper, tdm_py self, tdm_py type)
{
    const py_function_data *data = wrapper->function;
    if (tdm_text_is(tdm_text_of(data->name), "staticmethod"))
        return data->function;
    if (tdm_text_is(tdm_text_of(data->name), "classmethod"))
        return tdm_py_bound(in, data->function, type);
    return self ? tdm_py_call1(in, data->function, self) : wrapper;
}

static bool is_wrapper(tdm_py value)
{
    return value->kind == TDM_PY_FUNCTION && value->function->kind == PY_FUNCTION_WRAPPER;
}

static tdm_py bind(tdm_interp *in, tdm_py found, tdm_py self, tdm_py type)
{
    if (is_wrapper(found))
        return tdm_py_bind_wrapper(in, found, self, type);
    if (found->kind != TDM_PY_FUNCTION || !self)
        return found;
    if (found->function->kind == PY_FUNCTION_USER)
        return tdm_py_bound(in, found, self);
    return found;
}

tdm_py tdm_py_class_lookup(tdm_py type, const py_name *name)
{
    const py_class_data *data = type->class_data;
    for (size_t i = 0; i < data->mro_count; i++) {
        tdm_py found = data->mro[i]->kind == TDM_PY_CLASS
                           ? tdm_py_space_get(&data->mro[i]->class_data->space, name)
                           : NULL;
        if (found)
            return found;
    }
    return NULL;
}

// ---- instances ----

static tdm_py open_attribute(tdm_interp *in, tdm_py type, const py_name *name)
{
    if (!type->class_data->native_base)
        return NULL;
    tdm_py found = tdm_py_find_attr(in, type->class_data->native_base, name->text);
    if (found || tdm_py_failed(in))
        return found;
    return tdm_py_unfollowed(in, "the attribute '%.*s' of a class based on %s",
                             TDM_TEXT_ARG(name->text),
                             tdm_py_type_name(type->class_data->native_base));
}

static tdm_py special_instance_attribute(tdm_interp *in, tdm_py object, const py_name *name)
{
    const py_instance_data *data = object->instance;
    if (tdm_text_is(name->text, "__class__"))
        return data->type;
    if (tdm_text_is(name->text, "__dict__"))
        return tdm_py_unfollowed(in, "__dict__");
    if (data->type->class_data->flavor == PY_CLASS_EXCEPTION && tdm_text_is(name->text, "args"))
        return data->args ? data->args : tdm_py_tuple(in, NULL, 0);
    return NULL;
}

static tdm_py assumed_attribute(tdm_interp *in, tdm_text dotted, const py_name *name)
{
    if (!dotted.size || !in->host.assume)
        return NULL;
    return tdm_py_assumed(in, tdm_arena_printf(in->arena, "%.*s.%.*s", TDM_TEXT_ARG(dotted),
                                               TDM_TEXT_ARG(name->text)));
}

static tdm_py user_getattr(tdm_interp *in, tdm_py object, const py_name *name)
{
    tdm_py getter = tdm_py_class_lookup(object->instance->type, tdm_py_intern(in, "__getattr__"));
    if (!getter)
        return NULL;
    return tdm_py_call2(in, getter, object, tdm_py_str(in, name->text));
}

static tdm_py instance_attribute(tdm_interp *in, tdm_py object, const py_name *name)
{
    py_instance_data *data = object->instance;
    tdm_py found = assumed_attribute(in, data->dotted, name);
    if (found)
        return found;
    tdm_py in_class = tdm_py_class_lookup(data->type, name);
    if (in_class && is_wrapper(in_class))
        return bind(in, in_class, object, data->type);
    found = tdm_py_space_get(&data->space, name);
    if (found)
        return found;
    if (in_class)
        return bind(in, in_class, object, data->type);
    found = special_instance_attribute(in, object, name);
    tdm_py plain = tdm_py_plain(object);
    if (!found && plain != object)
        found = tdm_py_lookup_attr(in, plain, name);
    if (!found && !tdm_py_failed(in))
        found = open_attribute(in, data->type, name);
    if (!found && !tdm_py_failed(in))
        found = user_getattr(in, object, name);
    return found;
}

// ---- classes ----

static tdm_py class_attribute(tdm_interp *in, tdm_py type, const py_name *name)
{
    py_class_data *data = type->class_data;
    tdm_py found = tdm_py_class_lookup(type, name);
    if (found)
        return bind(in, found, NULL, type);
    if (tdm_text_is(name->text, "__name__") || tdm_text_is(name->text, "__qualname__"))
        return tdm_py_str(in, data->name->text);
    if (tdm_text_is(name->text, "__doc__"))
        return in->none;
    if (tdm_text_is(name->text, "__members__") && data->flavor == PY_CLASS_ENUM)
        return tdm_py_enum_members(in, type);
    if (tdm_text_is(name->text, "__init__") && data->flavor != PY_CLASS_BUILTIN)
        return tdm_py_builtin_new(in, "__init__", tdm_py_ignore_call, NULL, PY_ROW_TOLERANT);
    for (size_t i = 0; i < data->mro_count; i++) {
        const py_builtin_type *builtin = data->mro[i]->class_data->type;
        found = builtin ? tdm_py_builtin_attr(in, NULL, builtin, name->text) : NULL;
        if (found || tdm_py_failed(in))
            return found;
    }
    return open_attribute(in, type, name);
}

// ---- functions, modules, UNKNOWN ----

static tdm_py function_attribute(tdm_interp *in, tdm_py function, const py_name *name)
{
    py_function_data *data = function->function;
    tdm_py found = tdm_py_space_get(&data->attributes, name);
    if (found)
        return found;
    if (data->kind == PY_FUNCTION_BOUND && tdm_text_is(name->text, "__self__"))
        return data->self;
    if (data->kind == PY_FUNCTION_BOUND)
        return tdm_py_lookup_attr(in, data->function, name);
    if (data->kind == PY_FUNCTION_WRAPPER)
        return tdm_py_wrapper_attr(in, function, name);
    if (tdm_text_is(name->text, "__name__") || tdm_text_is(name->text, "__qualname__"))
        return data->code ? tdm_py_str(in, data->code->name->text)
                          : tdm_py_str(in, tdm_text_of(data->name));
    if (data->kind != PY_FUNCTION_USER || tdm_text_starts(name->text, TDM_TEXT("__")))
        return tdm_py_unfollowed(in, "'%.*s' of a function", TDM_TEXT_ARG(name->text));
    return NULL;
}

// What a module of a package is called by, once somebody has imported it (in env.py, or anywhere in
// the program): a migration that could not find it there would fail. NULL: there is no such name.
static tdm_py module_attribute(tdm_interp *in, py_module_data *module, const py_name *name)
{
    tdm_py found = tdm_py_module_attr(in, module, name);
    if (found || tdm_py_failed(in) || !module->dotted.size)
        return found;
    if (tdm_py_space_get(&module->globals, tdm_py_intern(in, "__getattr__")))
        return tdm_py_unfollowed(in, "__getattr__ of the module '%.*s'",
                                 TDM_TEXT_ARG(module->dotted));
    if (module->path && !module->package)
        return NULL;
    return tdm_py_import_module(in,
                                tdm_arena_printf(in->arena, "%.*s.%.*s",
                                                 TDM_TEXT_ARG(module->dotted),
                                                 TDM_TEXT_ARG(name->text)),
                                tdm_py_here(in));
}

static tdm_py unknown_attribute(tdm_interp *in, tdm_py value, const py_name *name)
{
    tdm_py of_place = tdm_py_place_attr(in, value, name->text);
    if (of_place)
        return of_place;
    tdm_py_doubt(in, value);
    if (!value->why->dotted.size)
        return value;
    return tdm_py_unknown_extended(in, value,
                                   tdm_arena_printf(in->arena, ".%.*s", TDM_TEXT_ARG(name->text)));
}

// An attribute that its class does not have. A native says so by raising AttributeError.
static tdm_py native_attribute(tdm_interp *in, tdm_py value, const py_name *name)
{
    const tdm_py_class *type = tdm_py_behaviour(value);
    tdm_py found = NULL;
    if (value->kind == TDM_PY_OTHER && value->other.type->type)
        found = tdm_py_builtin_attr(in, value, value->other.type->type, name->text);
    if (found || tdm_py_failed(in) || !type->get_attr)
        return found;
    found = type->get_attr(in, value, name->text);
    if (!found && tdm_py_raised(in, "AttributeError"))
        tdm_py_clear(in);
    return found;
}

tdm_py tdm_py_lookup_attr(tdm_interp *in, tdm_py value, const py_name *name)
{
    switch ((tdm_py_kind)value->kind) {
    case TDM_PY_INSTANCE:
        return instance_attribute(in, value, name);
    case TDM_PY_CLASS:
        return class_attribute(in, value, name);
    case TDM_PY_MODULE:
        return module_attribute(in, value->module, name);
    case TDM_PY_FUNCTION:
        return function_attribute(in, value, name);
    case TDM_PY_NATIVE:
    case TDM_PY_OTHER:
        return native_attribute(in, value, name);
    case TDM_PY_UNKNOWN:
        return unknown_attribute(in, value, name);
    default:
        break;
    }
    if (tdm_text_is(name->text, "__class__"))
        return tdm_py_type_of(in, value);
    if (value->kind == TDM_PY_TUPLE && value->list.type) {
        tdm_py found = tdm_py_namedtuple_attr(in, value, name);
        if (found || tdm_py_failed(in))
            return found;
    }
    return tdm_py_builtin_attr(in, value, tdm_py_type_of_kind((tdm_py_kind)value->kind),
                               name->text);
}

tdm_py tdm_py_attr(tdm_interp *in, tdm_py value, const py_name *name)
{
    if (value->kind == TDM_PY_NATIVE) {
        const tdm_py_class *type = value->native.type;
        return type->get_attr ? type->get_attr(in, value, name->text)
                              : no_attribute(in, value, name);
    }
    tdm_py found = tdm_py_lookup_attr(in, value, name);
    return found || tdm_py_failed(in) ? found : no_attribute(in, value, name);
}

tdm_py tdm_py_get_attr(tdm_interp *in, tdm_py value, tdm_text name)
{
    return tdm_py_attr(in, value, tdm_py_name_of(&in->names, name));
}

tdm_py tdm_py_find_attr(tdm_interp *in, tdm_py value, tdm_text name)
{
    return tdm_py_lookup_attr(in, value, tdm_py_name_of(&in->names, name));
}

tdm_py tdm_py_find_special(tdm_interp *in, tdm_py value, const char *name)
{
    if (value->kind != TDM_PY_INSTANCE)
        return NULL;
    tdm_py found = tdm_py_class_lookup(value->instance->type, tdm_py_intern(in, name));
    return found ? bind(in, found, value, value->instance->type) : NULL;
}

// ---- setting ----

static bool cannot_set(tdm_interp *in, tdm_py object, const py_name *name)
{
    tdm_py_raise(in, "AttributeError", "'%s' object has no attribute '%.*s'",
                 tdm_py_type_name(object), TDM_TEXT_ARG(name->text));
    return false;
}

static bool set_instance_attr(tdm_interp *in, tdm_py object, const py_name *name, tdm_py value)
{
    py_instance_data *data = object->instance;
    tdm_py in_class = tdm_py_class_lookup(data->type, name);
    if (in_class && is_wrapper(in_class) &&
        tdm_text_is(tdm_text_of(in_class->function->name), "property")) {
        tdm_py setter = in_class->function->self;
        if (setter)
            return tdm_py_call2(in, setter, object, value) != NULL;
        tdm_py_raise(in, "AttributeError", "property '%.*s' has no setter",
                     TDM_TEXT_ARG(name->text));
        return false;
    }
    if (data->type->class_data->frozen) {
        tdm_py_raise(in, "FrozenInstanceError", "cannot assign to field '%.*s'",
                     TDM_TEXT_ARG(name->text));
        return false;
    }
    tdm_py hook = tdm_py_class_lookup(data->type, tdm_py_intern(in, "__setattr__"));
    if (hook) {
        tdm_py_spoil(in, object, tdm_py_unfollowed(in, "__setattr__")->why);
        return true;
    }
    return tdm_py_space_put(&data->space, in->arena, name, value);
}

bool tdm_py_set_attr(tdm_interp *in, tdm_py object, const py_name *name, tdm_py value)
{
    const tdm_py_class *behaviour = tdm_py_behaviour(object);
    if (behaviour)
        return behaviour->set_attr ? behaviour->set_attr(in, object, name->text, value)
                                   : cannot_set(in, object, name);
    switch ((tdm_py_kind)object->kind) {
    case TDM_PY_INSTANCE:
        return set_instance_attr(in, object, name, value);
    case TDM_PY_CLASS:
        if (object->class_data->flavor == PY_CLASS_BUILTIN)
            return cannot_set(in, object, name);
        return tdm_py_space_put(&object->class_data->space, in->arena, name, value);
    case TDM_PY_MODULE:
        return tdm_py_space_put(&object->module->globals, in->arena, name, value);
    case TDM_PY_FUNCTION:
        return tdm_py_space_put(&object->function->attributes, in->arena, name, value);
    case TDM_PY_UNKNOWN:
        tdm_py_doubt(in, object);
        return true;
    default:
        return cannot_set(in, object, name);
    }
}

bool tdm_py_del_attr(tdm_interp *in, tdm_py object, const py_name *name)
{
    py_space *space = object->kind == TDM_PY_INSTANCE ? &object->instance->space
                      : object->kind == TDM_PY_CLASS  ? &object->class_data->space
                      : object->kind == TDM_PY_MODULE ? &object->module->globals
                                                      : NULL;
    if (tdm_py_is_unknown(object))
        return true;
    if (!space || !tdm_py_space_get(space, name))
        return cannot_set(in, object, name);
    return tdm_py_space_put(space, in->arena, name, NULL);
}
