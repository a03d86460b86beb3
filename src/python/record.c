// dataclasses, typing.NamedTuple and collections.namedtuple: classes that are lists of fields.
#include "python/interp.h"

#include <string.h>

// ---- dataclasses ----

// What dataclasses.field() gives: a default, or a function that makes one.
typedef struct field {
    tdm_py standard;
    tdm_py factory;
} field;

static const py_other_type field_type = {.behaviour = {.name = "Field", .inert = true}};

tdm_py tdm_py_dataclass_field(tdm_interp *in, void *data, const tdm_py_args *args)
{
    field *made = tdm_arena_new_of(in->arena, field);
    (void)data;
    if (!made)
        return in->out_of_memory;
    for (size_t i = 0; i < args->named_count; i++) {
        if (tdm_text_is(args->names[i], "default"))
            made->standard = args->named[i];
        else if (tdm_text_is(args->names[i], "default_factory"))
            made->factory = args->named[i];
        else if (!tdm_text_is(args->names[i], "metadata") && !tdm_text_is(args->names[i], "repr") &&
                 !tdm_text_is(args->names[i], "hash"))
            return tdm_py_unfollowed(in, "field(%.*s=)", TDM_TEXT_ARG(args->names[i]));
    }
    return tdm_py_other(in, &field_type, made);
}

tdm_py tdm_py_field_standard(tdm_interp *in, tdm_py standard)
{
    if (!standard || standard->kind != TDM_PY_OTHER || standard->other.type != &field_type)
        return standard;
    const field *f = standard->other.data;
    return f->factory ? tdm_py_call0(in, f->factory) : f->standard;
}

static bool add_field(tdm_interp *in, py_class_data *data, const py_name *name, tdm_py standard)
{
    for (size_t i = 0; i < data->field_count; i++)
        if (data->fields[i] == name) {
            data->field_standards[i] = standard;
            return true;
        }
    const py_name **fields = tdm_arena_array(in->arena, data->field_count + 1, sizeof *fields);
    tdm_py *standards = tdm_arena_array(in->arena, data->field_count + 1, sizeof *standards);
    if (!fields || !standards)
        return false;
    if (data->field_count) {
        memcpy(fields, data->fields, data->field_count * sizeof *fields);
        memcpy(standards, data->field_standards, data->field_count * sizeof *standards);
    }
    fields[data->field_count] = name;
    standards[data->field_count++] = standard;
    data->fields = fields;
    data->field_standards = standards;
    return true;
}

static tdm_py dataclass_decorator(tdm_interp *in, void *data, const tdm_py_args *args);

// @dataclass and @dataclass(frozen=True).
tdm_py tdm_py_dataclass(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    if (args->count == 1)
        return tdm_py_apply_dataclass(in, args->positional[0], NULL);
    tdm_py_args *kept = tdm_arena_new_of(in->arena, tdm_py_args);
    if (!kept)
        return in->out_of_memory;
    *kept = *args;
    return tdm_py_builtin_new(in, "dataclass", dataclass_decorator, kept, PY_ROW_TOLERANT);
}

static tdm_py dataclass_decorator(tdm_interp *in, void *data, const tdm_py_args *args)
{
    return args->count == 1 ? tdm_py_apply_dataclass(in, args->positional[0], data)
                            : tdm_py_unfollowed(in, "this use of dataclass()");
}

tdm_py tdm_py_apply_dataclass(tdm_interp *in, tdm_py type, const tdm_py_args *args)
{
    if (type->kind != TDM_PY_CLASS)
        return tdm_py_is_unknown(type) ? type : tdm_py_unfollowed(in, "dataclass() of this");
    py_class_data *data = type->class_data;
    for (size_t i = 0; args && i < args->named_count; i++) {
        if (tdm_text_is(args->names[i], "frozen"))
            data->frozen = tdm_py_truth(in, args->named[i]) == PY_YES;
        else if (!tdm_text_is(args->names[i], "slots") && !tdm_text_is(args->names[i], "eq"))
            return tdm_py_unfollowed(in, "dataclass(%.*s=)", TDM_TEXT_ARG(args->names[i]));
    }
    data->flavor = PY_CLASS_DATACLASS;
    for (uint32_t i = 0; data->annotations && i < data->annotations->list.count; i++) {
        const py_name *name = tdm_py_name_of(&in->names, data->annotations->list.items[i]->text);
        if (!add_field(in, data, name, tdm_py_space_get(&data->space, name)))
            return in->out_of_memory;
    }
    return type;
}

// ---- namedtuples ----

static tdm_py new_namedtuple_class(tdm_interp *in, const py_name *name, py_space space)
{
    tdm_py base = tdm_py_builtin_class(in, "tuple"), type;
    if (!base || !tdm_py_class_new(in, name, &base, 1, space, &type))
        return NULL;
    type->class_data->flavor = PY_CLASS_NAMEDTUPLE;
    type->class_data->value_type = NULL;
    return type;
}

// class Row(NamedTuple): name: str; size: int = 0
tdm_py tdm_py_namedtuple_class(tdm_interp *in, const py_name *name, tdm_py annotations,
                               const py_space *space)
{
    tdm_py type = new_namedtuple_class(in, name, *space);
    for (uint32_t i = 0; type && annotations && i < annotations->list.count; i++) {
        const py_name *field_name = tdm_py_name_of(&in->names, annotations->list.items[i]->text);
        if (!add_field(in, type->class_data, field_name, tdm_py_space_get(space, field_name)))
            return in->out_of_memory;
        tdm_py_space_put(&type->class_data->space, in->arena, field_name, NULL);
    }
    return type;
}

static bool add_listed(tdm_interp *in, py_class_data *data, tdm_py names)
{
    tdm_py items = names;
    if (names->kind == TDM_PY_STR) { // "x y" or "x, y"
        items = tdm_py_list(in, NULL, 0);
        tdm_text rest = names->text;
        while (rest.size) {
            size_t size = 0;
            while (size < rest.size && rest.data[size] != ',' && !tdm_is_space(rest.data[size]))
                size++;
            if (size && !tdm_py_append(in, items, tdm_py_str(in, tdm_text_slice(rest, 0, size))))
                return false;
            rest = tdm_text_from(rest, size + 1);
        }
    }
    for (uint32_t i = 0; i < items->list.count; i++) {
        tdm_py item = items->list.items[i];
        if (item->kind == TDM_PY_TUPLE && item->list.count) // NamedTuple("R", [("x", int)])
            item = item->list.items[0];
        if (item->kind != TDM_PY_STR ||
            !add_field(in, data, tdm_py_name_of(&in->names, item->text), NULL))
            return false;
    }
    return true;
}

// collections.namedtuple("Row", "name size") and typing.NamedTuple("Row", [...]).
tdm_py tdm_py_namedtuple(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py read[3];
    py_space space = {0};
    (void)data;
    if (!tdm_py_read_args(in, args, "namedtuple", "typename,field_names,*,defaults=", read))
        return NULL;
    bool known = read[0]->kind == TDM_PY_STR && !tdm_py_find_unknown(read[1]) &&
                 (read[1]->kind == TDM_PY_STR || read[1]->kind == TDM_PY_LIST ||
                  read[1]->kind == TDM_PY_TUPLE);
    if (!known)
        return tdm_py_unfollowed(in, "this namedtuple()");
    tdm_py type = new_namedtuple_class(in, tdm_py_name_of(&in->names, read[0]->text), space);
    if (!type)
        return NULL;
    if (!add_listed(in, type->class_data, read[1]))
        return tdm_py_unfollowed(in, "this namedtuple()");
    tdm_py standards = read[2] ? tdm_py_items_of(in, read[2]) : NULL;
    size_t count = standards && standards->kind == TDM_PY_LIST ? standards->list.count : 0;
    for (size_t i = 0; i < count && i < type->class_data->field_count; i++)
        type->class_data->field_standards[type->class_data->field_count - count + i] =
            standards->list.items[i];
    return type;
}

tdm_py tdm_py_namedtuple_new(tdm_interp *in, tdm_py type, const tdm_py_args *args)
{
    const py_class_data *data = type->class_data;
    tdm_py *items = tdm_arena_array(in->arena, data->field_count, sizeof *items);
    if (!items)
        return in->out_of_memory;
    if (args->count > data->field_count)
        return tdm_py_raise(in, "TypeError",
                            "%.*s() takes %zu positional arguments but %zu were given",
                            TDM_TEXT_ARG(data->name->text), data->field_count + 1, args->count + 1);
    for (size_t i = 0; i < data->field_count; i++) {
        items[i] = i < args->count ? args->positional[i] : NULL;
        for (size_t j = 0; j < args->named_count && !items[i]; j++)
            if (tdm_text_equal(args->names[j], data->fields[i]->text))
                items[i] = args->named[j];
        if (!items[i])
            items[i] = data->field_standards[i];
        if (!items[i])
            return tdm_py_raise(in, "TypeError", "%.*s() missing required argument: '%.*s'",
                                TDM_TEXT_ARG(data->name->text),
                                TDM_TEXT_ARG(data->fields[i]->text));
    }
    tdm_py made = tdm_py_tuple(in, items, data->field_count);
    if (made->kind == TDM_PY_TUPLE)
        made->list.type = type;
    return made;
}

static tdm_py as_dict(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py tuple = data, dict = tdm_py_dict(in);
    const py_class_data *type = tuple->list.type->class_data;
    (void)args;
    for (size_t i = 0; i < type->field_count; i++)
        if (!tdm_py_dict_put(in, dict, tdm_py_str(in, type->fields[i]->text), tuple->list.items[i]))
            return NULL;
    return dict;
}

tdm_py tdm_py_namedtuple_attr(tdm_interp *in, tdm_py value, const py_name *name)
{
    const py_class_data *data = value->list.type->class_data;
    for (size_t i = 0; i < data->field_count; i++)
        if (data->fields[i] == name)
            return value->list.items[i];
    if (tdm_text_is(name->text, "_asdict"))
        return tdm_py_builtin_new(in, "_asdict", as_dict, value, 0);
    if (tdm_text_is(name->text, "_replace") || tdm_text_is(name->text, "_fields"))
        return tdm_py_unfollowed(in, "namedtuple.%.*s", TDM_TEXT_ARG(name->text));
    tdm_py found = tdm_py_class_lookup(value->list.type, name);
    if (!found || found->kind != TDM_PY_FUNCTION)
        return found;
    if (found->function->kind == PY_FUNCTION_WRAPPER)
        return tdm_py_bind_wrapper(in, found, value, value->list.type);
    return found->function->kind == PY_FUNCTION_USER ? tdm_py_bound(in, found, value) : found;
}
