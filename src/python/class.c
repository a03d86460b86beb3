// Classes and instances.
#include "python/std_file.h"

#include <string.h>

// ---- relations ----

bool tdm_py_is_subclass(tdm_py type, tdm_py base)
{
    if (type->kind != TDM_PY_CLASS || base->kind != TDM_PY_CLASS)
        return false;
    for (size_t i = 0; i < type->class_data->mro_count; i++)
        if (type->class_data->mro[i]->class_data == base->class_data)
            return true;
    return false;
}

tdm_py tdm_py_type_of(tdm_interp *in, tdm_py value)
{
    switch ((tdm_py_kind)value->kind) {
    case TDM_PY_INSTANCE:
        return value->instance->type;
    case TDM_PY_TUPLE:
        if (value->list.type)
            return value->list.type;
        break;
    case TDM_PY_UNKNOWN:
        return tdm_py_doubt(in, value);
    default:
        break;
    }
    tdm_py found = tdm_py_builtin_class(in, tdm_py_type_name(value));
    return found || tdm_py_failed(in)
               ? found
               : tdm_py_unfollowed(in, "the type of a %s", tdm_py_type_name(value));
}

static py_answer instance_of_native(tdm_py value, tdm_py type)
{
    if (value->kind == TDM_PY_INSTANCE)
        return value->instance->type->class_data->native_base ? PY_CANNOT_KNOW : PY_NO;
    if (value->kind == TDM_PY_NATIVE)
        return type->native.type->instance_of
                   ? (type->native.type->instance_of(type, value) ? PY_YES : PY_NO)
                   : PY_CANNOT_KNOW;
    return PY_NO;
}

py_answer tdm_py_is_instance(tdm_interp *in, tdm_py value, tdm_py type)
{
    if (tdm_py_is_unknown(value) || tdm_py_is_unknown(type))
        return PY_CANNOT_KNOW;
    if (type->kind == TDM_PY_TUPLE) {
        py_answer result = PY_NO;
        for (uint32_t i = 0; i < type->list.count; i++) {
            py_answer one = tdm_py_is_instance(in, value, type->list.items[i]);
            if (one == PY_YES || one == PY_ERROR)
                return one;
            if (one == PY_CANNOT_KNOW)
                result = one;
        }
        return result;
    }
    if (type->kind == TDM_PY_NATIVE)
        return instance_of_native(value, type);
    if (type->kind != TDM_PY_CLASS) {
        tdm_py_raise(in, "TypeError", "isinstance() arg 2 must be a type or a tuple of types");
        return PY_ERROR;
    }
    if (tdm_text_is(type->class_data->name->text, "object"))
        return PY_YES;
    if (value->kind == TDM_PY_NATIVE)
        return type->class_data->flavor == PY_CLASS_BUILTIN ? PY_NO : PY_CANNOT_KNOW;
    tdm_py own = tdm_py_type_of(in, value);
    if (!own)
        return PY_ERROR;
    return tdm_py_is_unknown(own) ? PY_CANNOT_KNOW : tdm_py_is_subclass(own, type) ? PY_YES : PY_NO;
}

// ---- making classes ----

static bool holds(tdm_py *list, size_t count, tdm_py type)
{
    for (size_t i = 0; i < count; i++)
        if (list[i]->class_data == type->class_data)
            return true;
    return false;
}

// C3 linearization: the first head that no other list has in its tail. False: no consistent order.
static bool linearize(tdm_interp *in, py_class_data *data)
{
    size_t lists = data->base_count + 1, total = 1;
    tdm_py **list = tdm_arena_array(in->arena, lists, sizeof *list);
    size_t *count = tdm_arena_array(in->arena, lists, sizeof *count);
    size_t *at = tdm_arena_array(in->arena, lists, sizeof *at);
    if (!list || !count || !at)
        return false;
    for (size_t i = 0; i < data->base_count; i++) {
        list[i] = data->bases[i]->class_data->mro;
        count[i] = data->bases[i]->class_data->mro_count;
        total += count[i];
    }
    list[lists - 1] = data->bases;
    count[lists - 1] = data->base_count;
    tdm_py *mro = tdm_arena_array(in->arena, total, sizeof *mro);
    if (!mro)
        return false;
    data->mro = mro;
    data->mro_count = 1; // itself, set by the caller
    for (;;) {
        tdm_py next = NULL;
        bool left = false;
        for (size_t i = 0; i < lists && !next; i++) {
            if (at[i] == count[i])
                continue;
            left = true;
            tdm_py head = list[i][at[i]];
            bool blocked = false;
            for (size_t j = 0; j < lists && !blocked; j++)
                blocked =
                    at[j] < count[j] && holds(list[j] + at[j] + 1, count[j] - at[j] - 1, head);
            next = blocked ? NULL : head;
        }
        if (!next)
            return !left;
        data->mro[data->mro_count++] = next;
        for (size_t i = 0; i < lists; i++)
            at[i] += at[i] < count[i] && list[i][at[i]]->class_data == next->class_data;
    }
}

static void inherit(py_class_data *data)
{
    for (size_t i = 0; i < data->base_count; i++) {
        const py_class_data *base = data->bases[i]->class_data;
        if (base->flavor == PY_CLASS_ENUM || base->flavor == PY_CLASS_EXCEPTION ||
            base->flavor == PY_CLASS_NAMEDTUPLE || base->flavor == PY_CLASS_DATACLASS)
            data->flavor = base->flavor;
        if (!data->native_base)
            data->native_base = base->native_base;
        if (!data->value_type)
            data->value_type = base->value_type ? base->value_type : base->type;
        if (!data->fields) {
            data->fields = base->fields;
            data->field_standards = base->field_standards;
            data->field_count = base->field_count;
        }
        data->frozen |= base->frozen;
        data->prints_value |= base->prints_value;
    }
    if (data->value_type && strcmp(data->value_type->name, "object") == 0)
        data->value_type = NULL;
}

bool tdm_py_class_new(tdm_interp *in, const py_name *name, const tdm_py *bases, size_t count,
                      py_space space, tdm_py *ret)
{
    py_class_data *data = tdm_arena_new_of(in->arena, py_class_data);
    tdm_py *kept = tdm_arena_array(in->arena, count + 1, sizeof *kept);
    tdm_py value = tdm_py_new_object(in, TDM_PY_CLASS);
    if (!data || !kept || value->kind != TDM_PY_CLASS) {
        tdm_py_stop(in, TDM_ERROR_MEMORY, "out of memory");
        return false;
    }
    *data = (py_class_data){.name = name, .bases = kept, .named_bases = count, .space = space};
    data->module = in->frame ? in->frame->module : NULL;
    value->class_data = data;
    for (size_t i = 0; i < count; i++) {
        if (bases[i]->kind == TDM_PY_CLASS)
            kept[data->base_count++] = bases[i];
        else if (!data->native_base)
            data->native_base = bases[i];
    }
    if (!data->base_count && !tdm_text_is(name->text, "object")) {
        kept[0] = tdm_py_builtin_class(in, "object");
        data->base_count = kept[0] ? 1 : 0;
    }
    inherit(data);
    if (!linearize(in, data)) {
        tdm_py_raise(in, "TypeError",
                     "Cannot create a consistent method resolution order (MRO) for bases");
        return false;
    }
    data->mro[0] = value;
    *ret = value;
    return true;
}

void tdm_py_note_annotation(tdm_interp *in, const py_name *name)
{
    py_frame *frame = in->frame;
    if (!frame->annotations)
        frame->annotations = tdm_py_list(in, NULL, 0);
    if (frame->annotations->kind == TDM_PY_LIST)
        tdm_py_append(in, frame->annotations, tdm_py_str(in, name->text));
}

// ---- the class statement ----

static const char special_base[] = "NamedTuple";

typedef struct class_bases {
    TDM_VECTOR(tdm_py) items;
    tdm_py unknown;
    bool namedtuple;
    tdm_py metaclass;
} class_bases;

static bool eval_base(tdm_interp *in, class_bases *bases, const py_node *node)
{
    if (node->kind == PY_DOUBLE_STAR || node->kind == PY_STAR) {
        bases->unknown = tdm_py_unfollowed(in, "a class with starred bases");
        return true;
    }
    tdm_py value = tdm_py_eval(in, node->kind == PY_KEYWORD ? node->kid[0] : node);
    if (!value)
        return false;
    if (node->kind == PY_KEYWORD) {
        if (tdm_text_is(node->name->text, "metaclass"))
            bases->metaclass = value;
        return true;
    }
    if (tdm_py_is_typing_noise(value))
        return true;
    if (value->kind == TDM_PY_FUNCTION && value->function->name &&
        strcmp(value->function->name, special_base) == 0) {
        bases->namedtuple = true;
        return true;
    }
    if (tdm_py_is_unknown(value)) {
        bases->unknown = value;
        return true;
    }
    if (value->kind != TDM_PY_CLASS && value->kind != TDM_PY_NATIVE) {
        bases->unknown = tdm_py_unfollowed(in, "a class based on a %s", tdm_py_type_name(value));
        return true;
    }
    return tdm_vector_push(in->arena, &bases->items, value);
}

static py_flow run_class_body(tdm_interp *in, const py_node *node, py_space *space,
                              tdm_py *ret_annotations)
{
    py_frame *outer = in->frame;
    py_frame frame = {.caller = outer,
                      .module = outer->module,
                      .env = outer->env,
                      .space = space,
                      .watch = outer->watch,
                      .watched = outer->watched};
    in->frame = &frame;
    py_flow flow = tdm_py_exec_block(in, node->kid[1]);
    in->frame = outer;
    *ret_annotations = frame.annotations;
    if (flow == PY_FLOW_MAYBE) {
        in->maybe_raise |= (frame.maybe & PY_MAYBE_THROW) != 0;
        in->maybe_why = frame.maybe_why;
    }
    return flow;
}

static void own_methods(py_class_data *data)
{
    for (uint32_t i = 0; i < data->space.count; i++) {
        tdm_py value = data->space.items[i].value;
        while (value && value->kind == TDM_PY_FUNCTION &&
               (value->function->kind == PY_FUNCTION_WRAPPER))
            value = value->function->function;
        if (value && value->kind == TDM_PY_FUNCTION && value->function->kind == PY_FUNCTION_USER &&
            !value->function->owner)
            value->function->owner = data;
    }
}

// The host may put something of its own in the place of a class based on one of its natives.
static tdm_py offer_to_host(tdm_interp *in, tdm_py type)
{
    tdm_py base = type->class_data->native_base;
    const tdm_py_class *behaviour = base ? tdm_py_behaviour(base) : NULL;
    if (!behaviour || !behaviour->subclass)
        return type;
    tdm_py made = behaviour->subclass(in, base, type);
    return made || tdm_py_failed(in) ? made : type;
}

static tdm_py finish_class(tdm_interp *in, tdm_py type, tdm_py annotations)
{
    py_class_data *data = type->class_data;
    own_methods(data);
    data->annotations = annotations;
    if (data->flavor == PY_CLASS_ENUM)
        return tdm_py_set_up_enum(in, type) ? type : NULL;
    return offer_to_host(in, type);
}

tdm_py tdm_py_exec_class(tdm_interp *in, const py_node *node)
{
    class_bases bases = {0};
    for (uint32_t i = 2 + node->op; i < node->count; i++)
        if (!eval_base(in, &bases, node->kid[i]))
            return NULL;
    py_space space = {0};
    tdm_py annotations = NULL;
    if (run_class_body(in, node, &space, &annotations) == PY_FLOW_RAISE)
        return NULL;
    in->at = node;
    const py_name *name = node->kid[0]->name;
    if (bases.namedtuple)
        return tdm_py_namedtuple_class(in, name, annotations, &space);
    if (bases.unknown)
        return tdm_py_unknown_class(in, name, bases.unknown);
    tdm_py type;
    if (!tdm_py_class_new(in, name, bases.items.items, bases.items.count, space, &type))
        return NULL;
    return finish_class(in, type, annotations);
}

// ---- instances ----

tdm_py tdm_py_instance_new(tdm_interp *in, tdm_py type)
{
    py_instance_data *data = tdm_arena_new_of(in->arena, py_instance_data);
    tdm_py value = tdm_py_new_object(in, TDM_PY_INSTANCE);
    if (!data || value->kind != TDM_PY_INSTANCE)
        return in->out_of_memory;
    data->type = type;
    value->instance = data;
    return value;
}

static tdm_py make_exception(tdm_interp *in, tdm_py type, const tdm_py_args *args)
{
    tdm_py made = tdm_py_instance_new(in, type);
    if (made->kind == TDM_PY_INSTANCE)
        made->instance->args = tdm_py_tuple(in, args->positional, args->count);
    return made;
}

static tdm_py init_dataclass(tdm_interp *in, tdm_py made, const tdm_py_args *args)
{
    const py_class_data *data = made->instance->type->class_data;
    if (args->count > data->field_count)
        return tdm_py_raise(in, "TypeError", "__init__() takes %zu positional arguments",
                            data->field_count + 1);
    for (size_t i = 0; i < data->field_count; i++) {
        tdm_py value = i < args->count ? args->positional[i] : NULL;
        for (size_t j = 0; j < args->named_count && !value; j++)
            if (tdm_text_equal(args->names[j], data->fields[i]->text))
                value = args->named[j];
        if (!value)
            value = tdm_py_field_standard(in, data->field_standards[i]);
        if (!value)
            return tdm_py_failed(in) ? NULL
                                     : tdm_py_raise(in, "TypeError",
                                                    "__init__() missing required argument: '%.*s'",
                                                    TDM_TEXT_ARG(data->fields[i]->text));
        if (!tdm_py_space_put(&made->instance->space, in->arena, data->fields[i], value))
            return NULL;
    }
    for (size_t j = 0; j < args->named_count; j++) {
        bool known = false;
        for (size_t i = 0; i < data->field_count; i++)
            known |= tdm_text_equal(args->names[j], data->fields[i]->text);
        if (!known)
            return tdm_py_raise(in, "TypeError",
                                "__init__() got an unexpected keyword argument '%.*s'",
                                TDM_TEXT_ARG(args->names[j]));
    }
    tdm_py post = tdm_py_find_special(in, made, "__post_init__");
    if (post && !tdm_py_call0(in, post))
        return NULL;
    return tdm_py_failed(in) ? NULL : made;
}

static bool takes_no_arguments(tdm_interp *in, tdm_py type, const tdm_py_args *args)
{
    if (!args->count && !args->named_count)
        return true;
    tdm_py_raise(in, "TypeError", "%.*s() takes no arguments",
                 TDM_TEXT_ARG(type->class_data->name->text));
    return false;
}

static tdm_py construct(tdm_interp *in, tdm_py type, const tdm_py_args *args)
{
    py_class_data *data = type->class_data;
    if (data->flavor == PY_CLASS_EXCEPTION)
        return make_exception(in, type, args);
    if (tdm_py_class_lookup(type, tdm_py_intern(in, "__new__")))
        return tdm_py_unfollowed(in, "__new__");
    tdm_py made = tdm_py_instance_new(in, type);
    if (!data->value_type || made->kind != TDM_PY_INSTANCE)
        return made;
    made->instance->value = data->value_type->construct
                                ? data->value_type->construct(in, NULL, args)
                                : tdm_py_unfollowed(in, "a subclass of %s", data->value_type->name);
    if (!made->instance->value)
        return NULL;
    return tdm_py_is_unknown(made->instance->value) ? made->instance->value : made;
}

tdm_py tdm_py_instantiate(tdm_interp *in, tdm_py type, const tdm_py_args *args)
{
    py_class_data *data = type->class_data;
    if (tdm_py_class_lookup(type, tdm_py_intern(in, "__abstractmethods__")))
        return tdm_py_unfollowed(in, "an abstract class");
    tdm_py made = construct(in, type, args);
    if (!made || made->kind != TDM_PY_INSTANCE)
        return made;
    tdm_py init = tdm_py_class_lookup(type, in->name_init);
    if (!init && data->flavor == PY_CLASS_DATACLASS)
        return init_dataclass(in, made, args);
    if (!init) {
        bool plain = data->flavor == PY_CLASS_PLAIN && !data->native_base && !data->value_type;
        return plain && !takes_no_arguments(in, type, args) ? NULL : made;
    }
    tdm_py_args all = tdm_py_with_self(in, made, args);
    return tdm_py_call(in, init, &all) ? made : NULL;
}

static tdm_py first_unknown(const tdm_py_args *args)
{
    for (size_t i = 0; i < args->count; i++)
        if (tdm_py_is_unknown(args->positional[i]))
            return args->positional[i];
    for (size_t i = 0; i < args->named_count; i++)
        if (tdm_py_is_unknown(args->named[i]))
            return args->named[i];
    return NULL;
}

tdm_py tdm_py_construct(tdm_interp *in, tdm_py type, const tdm_py_args *args)
{
    py_class_data *data = type->class_data;
    if (data->flavor == PY_CLASS_BUILTIN) {
        tdm_py unknown = first_unknown(args);
        bool text = unknown && strcmp(data->type->name, "str") == 0;
        tdm_py place = text ? tdm_py_place_text(in, args) : NULL;
        if (unknown)
            return place ? place : tdm_py_doubt(in, unknown);
        if (!data->type->construct)
            return tdm_py_unfollowed(in, "%s()", data->type->name);
        return data->type->construct(in, NULL, args);
    }
    if (data->flavor == PY_CLASS_ENUM && data->member_count) {
        if (args->count != 1)
            return tdm_py_unfollowed(in, "making an enum by a call");
        return tdm_py_is_unknown(args->positional[0])
                   ? tdm_py_doubt(in, args->positional[0])
                   : tdm_py_enum_by_value(in, type, args->positional[0]);
    }
    if (data->flavor == PY_CLASS_ENUM)
        return tdm_py_functional_enum(in, type, args);
    if (data->flavor == PY_CLASS_NAMEDTUPLE)
        return tdm_py_namedtuple_new(in, type, args);
    return tdm_py_instantiate(in, type, args);
}

// ---- super() ----

static tdm_py super_attr(tdm_interp *in, tdm_py self, tdm_text name);

typedef struct super_data {
    tdm_py self;
    const py_class_data *after;
} super_data;

static const py_other_type super_type = {.behaviour = {.name = "super", .get_attr = super_attr}};

static tdm_py super_attr(tdm_interp *in, tdm_py self, tdm_text name)
{
    const super_data *s = self->other.data;
    tdm_py type = s->self->kind == TDM_PY_CLASS ? s->self : s->self->instance->type;
    const py_class_data *data = type->class_data;
    const py_name *interned = tdm_py_name_of(&in->names, name);
    bool after = false;
    for (size_t i = 0; i < data->mro_count; i++) {
        const py_class_data *at = data->mro[i]->class_data;
        tdm_py found = after ? tdm_py_space_get(&at->space, interned) : NULL;
        if (found && found->kind == TDM_PY_FUNCTION) {
            if (found->function->kind == PY_FUNCTION_WRAPPER)
                return tdm_py_bind_wrapper(in, found, s->self, type);
            return found->function->kind == PY_FUNCTION_USER ? tdm_py_bound(in, found, s->self)
                                                             : found;
        }
        if (found)
            return found;
        after |= at == s->after;
    }
    if (tdm_text_is(name, "__init__")) {
        if (data->flavor == PY_CLASS_EXCEPTION)
            return tdm_py_builtin_new(in, "__init__", tdm_py_exception_init, s->self,
                                      PY_ROW_TOLERANT);
        return tdm_py_builtin_new(in, "__init__", tdm_py_ignore_call, NULL, PY_ROW_TOLERANT);
    }
    if (data->native_base)
        return tdm_py_unfollowed(in, "super().%.*s of a class with a foreign base",
                                 TDM_TEXT_ARG(name));
    tdm_py plain = tdm_py_plain(s->self);
    if (plain != s->self)
        return tdm_py_lookup_attr(in, plain, interned);
    if (tdm_text_starts(name, TDM_TEXT("__")))
        return tdm_py_unfollowed(in, "super().%.*s", TDM_TEXT_ARG(name));
    return NULL;
}

tdm_py tdm_py_super(tdm_interp *in, const tdm_py_args *args)
{
    py_frame *frame = in->frame;
    tdm_py self = NULL;
    const py_class_data *after = NULL;
    if (args->count == 2 && args->positional[0]->kind == TDM_PY_CLASS) {
        after = args->positional[0]->class_data;
        self = args->positional[1];
    } else if (args->count == 0 && frame->function && frame->function->owner &&
               frame->function->code->params.count) {
        after = frame->function->owner;
        self = frame->env->slots[frame->function->code->params.items[0].slot];
    }
    if (!self || (self->kind != TDM_PY_INSTANCE && self->kind != TDM_PY_CLASS))
        return tdm_py_unfollowed(in, "super() here");
    super_data *made = tdm_arena_new_of(in->arena, super_data);
    if (!made)
        return in->out_of_memory;
    *made = (super_data){self, after};
    return tdm_py_other(in, &super_type, made);
}

tdm_py tdm_py_exception_init(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py self = data;
    if (self->kind == TDM_PY_INSTANCE)
        self->instance->args = tdm_py_tuple(in, args->positional, args->count);
    return in->none;
}

tdm_py tdm_py_ignore_call(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    (void)args;
    return in->none;
}

// A class with a base that nobody can read: unknown, with its own place.
tdm_py tdm_py_unknown_class(tdm_interp *in, const py_name *name, tdm_py base)
{
    py_why *why = tdm_arena_new_of(in->arena, py_why);
    if (!why)
        return in->out_of_memory;
    *why = *base->why;
    why->dotted =
        in->frame->module->dotted.size
            ? tdm_arena_printf(in->arena, "%.*s.%.*s", TDM_TEXT_ARG(in->frame->module->dotted),
                               TDM_TEXT_ARG(name->text))
            : name->text;
    return tdm_py_unknown_why(in, why);
}
