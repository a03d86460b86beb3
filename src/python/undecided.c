// Code of which nobody knows whether, or how often, it runs.
//
// It is not executed but searched, function bodies that it calls included, for four things: names
// it binds (they become UNKNOWN), objects it may change (they become UNKNOWN in place), whether it
// could reach the host (then the host is told once), and how it may leave (break, return, raise).
// Every question is answered on the safe side: a callee that cannot be resolved may do anything.
#include "python/interp.h"

#include <string.h>

enum {
    MAX_BODIES = 256,  // user functions searched for one piece of undecided code
    MAX_NESTED = 1000, // nodes within nodes, over all of these
};

typedef struct search {
    tdm_interp *in;
    const py_why *why;
    bool reaches;    // the host could be called
    bool changes;    // something that could not be pinned down may be changed
    bool outer;      // in the undecided code itself, not in a function that it calls
    unsigned leaves; // PY_MAYBE_...
    unsigned loops;
    TDM_VECTOR(const py_node *) bound; // names that the code itself binds
    TDM_VECTOR(tdm_py) read;           // values that names in it have now
    TDM_VECTOR(tdm_py) changed;        // objects that it surely may change
    TDM_VECTOR(const py_code *) seen;  // bodies searched
    const py_function_data *function;  // whose body is searched; NULL in the code itself
    uint16_t nested; // comprehensions and lambdas around: their names stand that many hops nearer
    bool query;      // only asking: change nothing
    unsigned depth;
} search;

static void visit(search *s, const py_node *node);

static void visit_all(search *s, py_node *const *nodes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (nodes[i])
            visit(s, nodes[i]);
}

// ---- what a name means now ----

static bool is_bound(const search *s, const py_name *name)
{
    for (size_t i = 0; i < s->bound.count; i++)
        if (s->bound.items[i]->name == name)
            return true;
    return false;
}

static tdm_py global_value(search *s, const py_module_data *module, const py_name *name)
{
    tdm_py value = tdm_py_space_get(&module->globals, name);
    if (!value && !module->star_count && !module->open)
        value = tdm_py_builtin_name(s->in, name);
    return value;
}

static tdm_py slot_value(const py_env *env, unsigned hops, uint32_t slot)
{
    while (env && hops--)
        env = env->parent;
    return env && slot < env->count ? env->slots[slot] : NULL;
}

// The value that a name has before the code runs. NULL: not known, or bound by the code itself.
static tdm_py name_value(search *s, const py_node *node)
{
    const py_frame *frame = s->in->frame;
    const py_module_data *module = s->function ? s->function->module : frame->module;
    if (node->var.kind == PY_VAR_SLOT) {
        if (node->var.hops < s->nested)
            return NULL;
        unsigned hops = node->var.hops - s->nested;
        if (s->function) // its own variables have no values yet
            return hops ? slot_value(s->function->env, hops - 1, node->var.slot) : NULL;
        return is_bound(s, node->name) ? NULL : slot_value(frame->env, hops, node->var.slot);
    }
    if (s->function)
        return global_value(s, module, node->name);
    if (is_bound(s, node->name))
        return NULL;
    tdm_py value = node->var.kind == PY_VAR_SPACE && frame->space
                       ? tdm_py_space_get(frame->space, node->name)
                       : NULL;
    return value ? value : global_value(s, module, node->name);
}

// The value of a dotted name, read without running anything. NULL: not known.
static tdm_py static_value(search *s, const py_node *node)
{
    if (node->kind == PY_CONSTANT)
        return node->constant;
    if (node->kind == PY_NAME)
        return name_value(s, node);
    if (node->kind == PY_FSTRING || node->kind == PY_TUPLE || node->kind == PY_LIST ||
        node->kind == PY_DICT || node->kind == PY_SET)
        return s->in->none; // fresh plain data
    if (node->kind != PY_ATTRIBUTE)
        return NULL;
    tdm_py object = static_value(s, node->kid[0]);
    if (!object)
        return NULL;
    switch ((tdm_py_kind)object->kind) {
    case TDM_PY_MODULE:
        return tdm_py_space_get(&object->module->globals, node->name);
    case TDM_PY_CLASS:
        return tdm_py_class_lookup(object, node->name);
    case TDM_PY_INSTANCE: {
        tdm_py own = tdm_py_space_get(&object->instance->space, node->name);
        return own ? own : tdm_py_class_lookup(object->instance->type, node->name);
    }
    case TDM_PY_NATIVE:
    case TDM_PY_UNKNOWN:
        return object; // what it has is as able to act as it is
    default:
        return NULL;
    }
}

// ---- binding and changing ----

// Remembers a name as bound, with its hops counted from the undecided code.
static void bind_name(search *s, const py_node *name)
{
    if (!s->outer || (name->var.kind == PY_VAR_SLOT && name->var.hops < s->nested))
        return;
    if (s->nested && name->var.kind == PY_VAR_SLOT) {
        py_node *copy = tdm_arena_new_of(s->in->arena, py_node);
        if (!copy)
            return;
        *copy = *name;
        copy->var.hops = (uint16_t)(copy->var.hops - s->nested);
        name = copy;
    }
    if (!is_bound(s, name->name))
        (void)tdm_vector_push(s->in->arena, &s->bound, name);
}

// A function that is called binds a name that is not its own: a global or nonlocal.
static void bind_outer_name(search *s, const py_node *name)
{
    py_module_data *module = s->function->module;
    if (name->var.kind == PY_VAR_SLOT && name->var.hops <= s->nested)
        return;
    if (name->var.kind != PY_VAR_GLOBAL)
        s->changes = true;
    else if (!s->query)
        tdm_py_space_put(&module->globals, s->in->arena, name->name,
                         tdm_py_unknown_why(s->in, s->why));
}

static void note_change(search *s, const py_node *object)
{
    tdm_py value = static_value(s, object);
    while (!value && (object->kind == PY_ATTRIBUTE || object->kind == PY_SUBSCRIPT)) {
        object = object->kid[0];
        value = static_value(s, object);
    }
    if (!value) {
        s->changes = true;
        return;
    }
    if (value->kind == TDM_PY_NATIVE)
        s->reaches = true;
    (void)tdm_vector_push(s->in->arena, &s->changed, value);
}

static void visit_target(search *s, const py_node *target)
{
    switch ((py_kind)target->kind) {
    case PY_NAME:
        if (s->function) {
            bind_outer_name(s, target);
            return;
        }
        bind_name(s, target);
        return;
    case PY_TUPLE:
    case PY_LIST:
    case PY_STAR:
        for (uint32_t i = 0; i < target->count; i++)
            visit_target(s, target->kid[i]);
        return;
    case PY_ATTRIBUTE:
    case PY_SUBSCRIPT:
        visit_all(s, target->kid, target->count);
        note_change(s, target->kid[0]);
        return;
    default:
        s->changes = true;
    }
}

// ---- calls ----

static void visit_body(search *s, py_function_data *function)
{
    const py_code *code = function->code;
    for (size_t i = 0; i < s->seen.count; i++)
        if (s->seen.items[i] == code)
            return;
    if (s->seen.count >= MAX_BODIES || !tdm_vector_push(s->in->arena, &s->seen, code)) {
        s->reaches = s->changes = true;
        return;
    }
    const py_function_data *outer_function = s->function;
    bool outer = s->outer;
    unsigned loops = s->loops, leaves = s->leaves;
    uint16_t nested = s->nested;
    s->function = function;
    s->outer = false;
    s->nested = 0;
    s->loops = 0;
    visit(s, code->body);
    s->leaves = leaves | (s->leaves & PY_MAYBE_RAISE);
    s->loops = loops;
    s->outer = outer;
    s->nested = nested;
    s->function = outer_function;
}

static void visit_class(search *s, tdm_py type)
{
    const py_class_data *data = type->class_data;
    if (data->flavor == PY_CLASS_BUILTIN || data->flavor == PY_CLASS_EXCEPTION)
        return;
    if (data->native_base)
        s->reaches = true;
    for (size_t i = 0; i < data->mro_count; i++) {
        const py_space *space = &data->mro[i]->class_data->space;
        for (uint32_t j = 0; j < space->count; j++) {
            tdm_py value = space->items[j].value;
            if (value && value->kind == TDM_PY_FUNCTION &&
                value->function->kind == PY_FUNCTION_USER)
                visit_body(s, value->function);
        }
    }
}

static bool is_inert(tdm_py value)
{
    switch ((tdm_py_kind)value->kind) {
    case TDM_PY_NATIVE:
        return value->native.type->inert;
    case TDM_PY_UNKNOWN:
        return value->why->harmless;
    case TDM_PY_INSTANCE:
    case TDM_PY_FUNCTION:
        return false;
    default:
        return true;
    }
}

// A function that is called, or handed to something that may call it.
static void visit_callee(search *s, tdm_py callee)
{
    switch ((tdm_py_kind)callee->kind) {
    case TDM_PY_FUNCTION: {
        py_function_data *function = callee->function;
        if (function->kind == PY_FUNCTION_USER)
            visit_body(s, function);
        else if (function->kind == PY_FUNCTION_BUILTIN && (function->flags & PY_ROW_HOST))
            s->reaches = true;
        else if (function->kind == PY_FUNCTION_BUILTIN && (function->flags & PY_ROW_MUTATES))
            s->changes = true;
        else if (function->function)
            visit_callee(s, function->function);
        return;
    }
    case TDM_PY_CLASS:
        visit_class(s, callee);
        return;
    case TDM_PY_INSTANCE:
        visit_class(s, callee->instance->type);
        return;
    case TDM_PY_NATIVE:
        s->reaches |= !callee->native.type->inert;
        return;
    case TDM_PY_UNKNOWN:
        s->reaches |= !callee->why->harmless;
        s->changes = true;
        return;
    default:
        return;
    }
}

static bool is_mutator(const py_name *name)
{
    static const tdm_py_kind kinds[] = {TDM_PY_LIST, TDM_PY_DICT, TDM_PY_SET};
    for (size_t i = 0; i < 3; i++) {
        const py_builtin_type *type = tdm_py_type_of_kind(kinds[i]);
        const py_row *row = tdm_py_row_find(type->rows, type->row_count, name->text);
        if (row && (row->flags & PY_ROW_MUTATES))
            return true;
    }
    return false;
}

// A method called on data that is known: only its own type's methods can be meant.
static bool visit_method(search *s, const py_node *callee)
{
    tdm_py object = static_value(s, callee->kid[0]);
    if (!object)
        return false;
    switch ((tdm_py_kind)object->kind) {
    case TDM_PY_NONE:
    case TDM_PY_BOOL:
    case TDM_PY_INT:
    case TDM_PY_FLOAT:
    case TDM_PY_STR:
    case TDM_PY_BYTES:
    case TDM_PY_TUPLE:
    case TDM_PY_OTHER:
        return true;
    case TDM_PY_LIST:
    case TDM_PY_DICT:
    case TDM_PY_SET:
        if (is_mutator(callee->name))
            (void)tdm_vector_push(s->in->arena, &s->changed, object);
        return true;
    case TDM_PY_INSTANCE: {
        tdm_py method = tdm_py_class_lookup(object->instance->type, callee->name);
        if (!method)
            return false;
        visit_callee(s, method);
        (void)tdm_vector_push(s->in->arena, &s->changed, object);
        return true;
    }
    default:
        return false;
    }
}

static void visit_argument_value(search *s, const py_node *argument)
{
    if (argument->kind == PY_KEYWORD || argument->kind == PY_STAR ||
        argument->kind == PY_DOUBLE_STAR)
        argument = argument->kid[0];
    tdm_py value = static_value(s, argument);
    if (value && (value->kind == TDM_PY_FUNCTION || value->kind == TDM_PY_CLASS))
        visit_callee(s, value);
}

static void visit_call(search *s, const py_node *node)
{
    const py_node *callee = node->kid[0];
    visit_all(s, node->kid + 1, node->count - 1);
    for (uint32_t i = 1; i < node->count; i++)
        visit_argument_value(s, node->kid[i]);
    if (callee->kind == PY_ATTRIBUTE) {
        visit(s, callee->kid[0]);
        if (visit_method(s, callee))
            return;
    } else {
        visit(s, callee);
    }
    tdm_py value = static_value(s, callee);
    if (value) {
        visit_callee(s, value);
        if (value->kind == TDM_PY_UNKNOWN || (value->kind == TDM_PY_NATIVE && !is_inert(value)))
            s->changes = true;
        return;
    }
    s->reaches = s->changes = true;
}

// ---- statements ----

static void leave(search *s, unsigned bit)
{
    bool inside = s->loops && (bit == PY_MAYBE_BREAK || bit == PY_MAYBE_CONTINUE);
    if (!inside)
        s->leaves |= bit;
}

static void visit_loop(search *s, const py_node *node)
{
    uint32_t body = node->kind == PY_FOR ? 2 : 1;
    if (node->kind == PY_FOR)
        visit_target(s, node->kid[0]);
    visit(s, node->kid[body - 1]);
    s->loops++;
    visit(s, node->kid[body]);
    s->loops--;
    if (node->kid[body + 1])
        visit(s, node->kid[body + 1]);
}

static void visit_with(search *s, const py_node *node)
{
    for (uint32_t i = 1; i < node->count; i++) {
        const py_node *item = node->kid[i];
        visit(s, item->kid[0]);
        tdm_py value = static_value(s, item->kid[0]);
        if (!value || !is_inert(value))
            s->reaches = true;
        if (item->kid[1])
            visit_target(s, item->kid[1]);
    }
    visit(s, node->kid[0]);
}

static void visit_definition(search *s, const py_node *node)
{
    visit_target(s, node->kid[0]);
    if (node->kind == PY_DEF) {
        // What it does is not seen until it is called; then its name is bound here and unknown.
        visit_all(s, node->kid + 1, node->count - 1);
        if (node->count > 1)
            s->changes = true;
        return;
    }
    visit_all(s, node->kid + 2, node->count - 2);
    bool outer = s->outer;
    s->outer = false;
    visit(s, node->kid[1]);
    s->outer = outer;
}

static void visit_name(search *s, const py_node *node)
{
    tdm_py value = name_value(s, node);
    if (value)
        (void)tdm_vector_push(s->in->arena, &s->read, value);
}

static void visit_statement_or_rest(search *s, const py_node *node)
{
    switch ((py_kind)node->kind) {
    case PY_ASSIGN:
        visit(s, node->kid[node->count - 1]);
        for (uint32_t i = 0; i + 1 < node->count; i++)
            visit_target(s, node->kid[i]);
        return;
    case PY_ANN_ASSIGN:
        if (node->kid[1]) {
            visit(s, node->kid[1]);
            visit_target(s, node->kid[0]);
        }
        return;
    case PY_AUG_ASSIGN:
        visit_all(s, node->kid, 2);
        if (node->kid[0]->kind == PY_NAME) // += changes a list in place
            note_change(s, node->kid[0]);
        visit_target(s, node->kid[0]);
        return;
    case PY_DELETE:
        for (uint32_t i = 0; i < node->count; i++)
            visit_target(s, node->kid[i]);
        return;
    case PY_FOR:
    case PY_WHILE:
        visit_loop(s, node);
        return;
    case PY_WITH:
        visit_with(s, node);
        return;
    case PY_HANDLER:
        if (node->kid[0])
            visit(s, node->kid[0]);
        if (node->kid[2])
            visit_target(s, node->kid[2]);
        visit(s, node->kid[1]);
        return;
    case PY_DEF:
    case PY_CLASS:
        visit_definition(s, node);
        return;
    case PY_IMPORT:
    case PY_IMPORT_FROM:
        for (uint32_t i = 0; i < node->count; i++)
            if (node->kid[i]->count)
                visit_target(s, node->kid[i]->kid[0]);
            else
                s->changes = true;
        return;
    default:
        visit_all(s, node->kid, node->count);
    }
}

// Iterating, awaiting and yielding hand the control to somebody else.
static void visit_node(search *s, const py_node *node)
{
    switch ((py_kind)node->kind) {
    case PY_CONSTANT:
    case PY_PASS:
        return;
    case PY_LAMBDA: // whoever gets it may call it
        s->nested++;
        visit(s, node->code->body);
        s->nested--;
        return;
    case PY_COMPREHENSION:
        visit(s, node->kid[2]->kid[1]);
        s->nested++;
        visit_all(s, node->kid, node->count);
        s->nested--;
        return;
    case PY_NAME:
        visit_name(s, node);
        return;
    case PY_CALL:
        visit_call(s, node);
        return;
    case PY_WALRUS:
        visit(s, node->kid[1]);
        visit_target(s, node->kid[0]);
        return;
    case PY_COMP_FOR: // its targets live in the comprehension
        visit(s, node->kid[1]);
        return;
    case PY_YIELD:
    case PY_YIELD_FROM:
    case PY_AWAIT:
        s->reaches = s->changes = true;
        visit_all(s, node->kid, node->count);
        return;
    case PY_UNSUPPORTED:
        s->reaches = s->changes = true;
        s->leaves |= PY_MAYBE_RETURN | PY_MAYBE_RAISE;
        return;
    case PY_BREAK:
        leave(s, PY_MAYBE_BREAK);
        return;
    case PY_CONTINUE:
        leave(s, PY_MAYBE_CONTINUE);
        return;
    case PY_RETURN:
        leave(s, PY_MAYBE_RETURN);
        visit_all(s, node->kid, node->count);
        return;
    case PY_RAISE:
    case PY_ASSERT:
        leave(s, PY_MAYBE_RAISE);
        visit_all(s, node->kid, node->count);
        return;
    default:
        visit_statement_or_rest(s, node);
    }
}

static void visit(search *s, const py_node *node)
{
    if (s->depth >= MAX_NESTED) {
        s->reaches = s->changes = true;
        return;
    }
    s->depth++;
    visit_node(s, node);
    s->depth--;
}

// ---- the consequences ----

static void spoil_names(search *s)
{
    tdm_interp *in = s->in;
    for (size_t i = 0; i < s->bound.count; i++)
        tdm_py_store_name(in, s->bound.items[i], tdm_py_unknown_why(in, s->why));
}

static void spoil_objects(search *s)
{
    tdm_interp *in = s->in;
    for (size_t i = 0; i < s->changed.count; i++)
        tdm_py_spoil_reachable(in, s->changed.items[i], s->why);
    for (size_t i = 0; s->changes && i < s->read.count; i++)
        tdm_py_spoil_reachable(in, s->read.items[i], s->why);
}

// Twice: what a loop binds in one round is there from the start of the next.
static void search_code(search *s, py_node *const *nodes, size_t count)
{
    const py_node *at = s->in->at;
    visit_all(s, nodes, count);
    if (s->bound.count) {
        s->seen.count = 0;
        visit_all(s, nodes, count);
    }
    s->in->at = at;
}

unsigned tdm_py_undecided(tdm_interp *in, py_node *const *nodes, size_t count, const py_why *why,
                          tdm_place place)
{
    search s = {.in = in, .why = why, .outer = true};
    search_code(&s, nodes, count);
    spoil_objects(&s);
    spoil_names(&s);
    if (s.reaches)
        tdm_py_opaque(in, place, why);
    return s.leaves;
}

bool tdm_py_may_reach_host(tdm_interp *in, py_node *const *nodes, size_t count)
{
    search s = {.in = in, .why = in->out_of_memory->why, .outer = true, .query = true};
    search_code(&s, nodes, count);
    return s.reaches;
}
