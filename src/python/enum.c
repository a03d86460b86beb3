// enum.Enum and its kin.
#include "python/interp.h"

#include <string.h>

// Names in an enum class that are no members: dunder and private ones, functions, descriptors.
static bool is_member(const py_binding *binding)
{
    tdm_text name = binding->name->text;
    if (!binding->value ||
        (tdm_text_starts(name, TDM_TEXT("_")) && tdm_text_ends(name, TDM_TEXT("_"))))
        return false;
    return binding->value->kind != TDM_PY_FUNCTION && binding->value->kind != TDM_PY_NATIVE;
}

static bool is_derived(const py_class_data *data, const char *name)
{
    for (size_t i = 0; i < data->mro_count; i++)
        if (tdm_text_is(data->mro[i]->class_data->name->text, name))
            return true;
    return false;
}

static tdm_py member_of(tdm_interp *in, tdm_py type, const py_name *name, tdm_py value)
{
    tdm_py member = tdm_py_instance_new(in, type);
    if (member->kind != TDM_PY_INSTANCE)
        return member;
    member->instance->value = value;
    tdm_py_space_put(&member->instance->space, in->arena, in->name_name,
                     tdm_py_str(in, name->text));
    tdm_py_space_put(&member->instance->space, in->arena, in->name_value, value);
    return member;
}

// auto(): the last value plus one, the lower-cased name for StrEnum, the next power of two for
// Flag.
static tdm_py auto_value(tdm_interp *in, const py_class_data *data, const py_name *name,
                         tdm_py last)
{
    if (is_derived(data, "StrEnum")) {
        char *lower = tdm_arena_string(in->arena, name->text);
        for (size_t i = 0; lower && i < name->text.size; i++)
            lower[i] = tdm_to_lower(lower[i]);
        return tdm_py_str(in, tdm_text_of(lower));
    }
    if (is_derived(data, "Flag"))
        return tdm_py_unfollowed(in, "auto() of a Flag");
    if (!last)
        return tdm_py_int(in, 1);
    return last->kind == TDM_PY_INT
               ? tdm_py_operate(in, TDM_PY_ADD, last, tdm_py_int(in, 1))
               : tdm_py_unfollowed(in, "auto() after a %s", tdm_py_type_name(last));
}

static bool add_member(tdm_interp *in, tdm_py type, const py_name *name, tdm_py value)
{
    py_class_data *data = type->class_data;
    for (size_t i = 0; i < data->member_count; i++) {
        py_answer same = tdm_py_equality(in, data->members[i]->instance->value, value);
        if (same == PY_ERROR)
            return false;
        if (same == PY_YES) // an alias: another name of the same member
            return tdm_py_space_put(&data->space, in->arena, name, data->members[i]);
    }
    tdm_py member = member_of(in, type, name, value);
    if (member->kind != TDM_PY_INSTANCE)
        return true;
    data->members[data->member_count++] = member;
    return tdm_py_space_put(&data->space, in->arena, name, member);
}

// "class X(str, Enum)" passes a member's value through str().
static tdm_py mixed_value(tdm_interp *in, const py_class_data *data, tdm_py value)
{
    if (!data->value_type || !data->value_type->construct || tdm_py_is_unknown(value))
        return value;
    if (value->kind == data->value_type->kind)
        return value;
    if (value->kind == TDM_PY_TUPLE)
        return tdm_py_unfollowed(in, "a member with several values");
    tdm_py_args args = {.positional = &value, .count = 1};
    return data->value_type->construct(in, NULL, &args);
}

// Members made by __init__ or __new__ of the enum itself are more than their value.
static bool is_custom(tdm_interp *in, tdm_py type)
{
    return tdm_py_class_lookup(type, in->name_init) ||
           tdm_py_class_lookup(type, tdm_py_intern(in, "__new__")) ||
           tdm_py_class_lookup(type, tdm_py_intern(in, "_generate_next_value_"));
}

bool tdm_py_set_up_enum(tdm_interp *in, tdm_py type)
{
    py_class_data *data = type->class_data;
    uint32_t count = data->space.count;
    tdm_py last = NULL;
    bool custom = is_custom(in, type);
    data->members = tdm_arena_array(in->arena, count, sizeof *data->members);
    if (!data->members)
        return true;
    data->prints_value =
        is_derived(data, "IntEnum") || is_derived(data, "StrEnum") || is_derived(data, "IntFlag");
    for (uint32_t i = 0; i < count; i++) {
        const py_binding *binding = &data->space.items[i];
        if (!is_member(binding))
            continue;
        tdm_py value = binding->value;
        if (value->kind == TDM_PY_INSTANCE &&
            tdm_text_is(value->instance->type->class_data->name->text, "auto"))
            value = auto_value(in, data, binding->name, last);
        value = value ? mixed_value(in, data, value) : NULL;
        if (!value)
            return false;
        if (custom)
            value = tdm_py_unfollowed(in, "members of an enum with its own __init__");
        last = value;
        if (!add_member(in, type, data->space.items[i].name, value))
            return false;
    }
    return true;
}

tdm_py tdm_py_enum_members(tdm_interp *in, tdm_py type)
{
    const py_class_data *data = type->class_data;
    tdm_py dict = tdm_py_dict(in);
    for (uint32_t i = 0; i < data->space.count; i++) {
        const py_binding *binding = &data->space.items[i];
        if (binding->value && binding->value->kind == TDM_PY_INSTANCE &&
            tdm_py_is(binding->value->instance->type, type) &&
            !tdm_py_dict_put(in, dict, tdm_py_str(in, binding->name->text), binding->value))
            return NULL;
    }
    return dict;
}

tdm_py tdm_py_enum_by_value(tdm_interp *in, tdm_py type, tdm_py value)
{
    const py_class_data *data = type->class_data;
    for (size_t i = 0; i < data->member_count; i++) {
        tdm_py member = data->members[i];
        py_answer same =
            member == value ? PY_YES : tdm_py_equality(in, member->instance->value, value);
        if (same == PY_YES)
            return member;
        if (same == PY_ERROR)
            return NULL;
        if (same == PY_CANNOT_KNOW)
            return tdm_py_unfollowed(in, "which member this is");
    }
    if (tdm_py_class_lookup(type, tdm_py_intern(in, "_missing_")))
        return tdm_py_unfollowed(in, "_missing_");
    tdm_py shown = tdm_py_repr(in, value);
    if (!shown || shown->kind != TDM_PY_STR)
        return shown;
    return tdm_py_raise(in, "ValueError", "%.*s is not a valid %.*s", TDM_TEXT_ARG(shown->text),
                        TDM_TEXT_ARG(data->name->text));
}

// Enum("Color", "RED GREEN"), Enum("Color", ["RED"]), Enum("Color", {"RED": 1}).
tdm_py tdm_py_functional_enum(tdm_interp *in, tdm_py base, const tdm_py_args *args)
{
    tdm_py read[2], type;
    if (!tdm_py_read_args(in, args, "Enum", "value,names=", read))
        return NULL;
    if (read[0]->kind != TDM_PY_STR || !read[1])
        return tdm_py_unfollowed(in, "making an enum by a call");
    tdm_py names = read[1];
    if (names->kind == TDM_PY_STR)
        return tdm_py_unfollowed(in, "an enum from one text");
    tdm_py keys = tdm_py_items_of(in, names);
    py_space space = {0};
    if (!keys || tdm_py_is_unknown(keys))
        return keys;
    for (uint32_t i = 0; i < keys->list.count; i++) {
        tdm_py key = keys->list.items[i], value = tdm_py_int(in, (int64_t)i + 1);
        if (names->kind == TDM_PY_DICT)
            value = tdm_py_get_item(in, names, key);
        else if (key->kind == TDM_PY_TUPLE && key->list.count == 2) {
            value = key->list.items[1];
            key = key->list.items[0];
        }
        if (!value || key->kind != TDM_PY_STR)
            return value ? tdm_py_unfollowed(in, "an enum from such names") : NULL;
        tdm_py_space_put(&space, in->arena, tdm_py_name_of(&in->names, key->text), value);
    }
    if (!tdm_py_class_new(in, tdm_py_name_of(&in->names, read[0]->text), &base, 1, space, &type))
        return NULL;
    return tdm_py_set_up_enum(in, type) ? type : NULL;
}
