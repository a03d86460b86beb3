// Call expressions, function values and comprehensions.
#include "python/interp.h"

#include <string.h>

// ---- arguments ----

typedef struct arguments {
    TDM_VECTOR(tdm_py) positional;
    TDM_VECTOR(tdm_text) names;
    TDM_VECTOR(tdm_py) named;
    tdm_py unknown; // of a * or ** that cannot be known
} arguments;

static bool push_named(tdm_interp *in, arguments *a, tdm_text name, tdm_py value)
{
    for (size_t i = 0; i < a->names.count; i++)
        if (tdm_text_equal(a->names.items[i], name)) {
            tdm_py_raise(in, "TypeError", "got multiple values for keyword argument '%.*s'",
                         TDM_TEXT_ARG(name));
            return false;
        }
    return tdm_vector_push(in->arena, &a->names, name) &&
           tdm_vector_push(in->arena, &a->named, value);
}

static bool push_star(tdm_interp *in, arguments *a, tdm_py value)
{
    tdm_py items = tdm_py_items_of(in, value);
    if (!items)
        return false;
    if (tdm_py_is_unknown(items)) {
        a->unknown = items;
        return true;
    }
    for (uint32_t i = 0; i < items->list.count; i++)
        if (!tdm_vector_push(in->arena, &a->positional, items->list.items[i]))
            return false;
    return true;
}

static bool push_double_star(tdm_interp *in, arguments *a, tdm_py value)
{
    if (value->kind != TDM_PY_DICT) {
        if (value->kind == TDM_PY_UNKNOWN || value->kind == TDM_PY_NATIVE) {
            a->unknown = tdm_py_is_unknown(value)
                             ? tdm_py_doubt(in, value)
                             : tdm_py_unfollowed(in, "** of %s", tdm_py_type_name(value));
            return true;
        }
        tdm_py_raise(in, "TypeError", "argument after ** must be a mapping, not %s",
                     tdm_py_type_name(value));
        return false;
    }
    for (uint32_t i = 0; i < value->table->live; i++) {
        const py_dict_entry *entry = tdm_py_table_at(value->table, i);
        if (entry->key->kind != TDM_PY_STR) {
            tdm_py_raise(in, "TypeError", "keywords must be strings");
            return false;
        }
        if (!push_named(in, a, entry->key->text, entry->value))
            return false;
    }
    return true;
}

static bool push_argument(tdm_interp *in, arguments *a, const py_node *node)
{
    bool plain = node->kind != PY_STAR && node->kind != PY_DOUBLE_STAR && node->kind != PY_KEYWORD;
    tdm_py value = tdm_py_eval(in, plain ? node : node->kid[0]);
    if (!value)
        return false;
    switch ((py_kind)node->kind) {
    case PY_STAR:
        return push_star(in, a, value);
    case PY_DOUBLE_STAR:
        return push_double_star(in, a, value);
    case PY_KEYWORD:
        return push_named(in, a, node->name->text, value);
    default:
        return tdm_vector_push(in->arena, &a->positional, value);
    }
}

// An UNKNOWN * or ** leaves the call itself unknown: *ret_unknown.
static bool eval_args(tdm_interp *in, py_node *const *nodes, size_t count, tdm_py_args *ret,
                      tdm_py *ret_unknown)
{
    arguments a = {0};
    for (size_t i = 0; i < count; i++)
        if (!push_argument(in, &a, nodes[i])) {
            if (!tdm_py_failed(in))
                tdm_py_stop(in, TDM_ERROR_MEMORY, "out of memory");
            return false;
        }
    *ret = (tdm_py_args){
        .positional = a.positional.items,
        .count = a.positional.count,
        .names = a.names.items,
        .named = a.named.items,
        .named_count = a.names.count,
    };
    *ret_unknown = a.unknown;
    return true;
}

bool tdm_py_eval_args(tdm_interp *in, py_node *const *nodes, size_t count, tdm_py_args *ret)
{
    tdm_py unknown;
    if (!eval_args(in, nodes, count, ret, &unknown))
        return false;
    ret->place = tdm_py_here(in);
    return true;
}

// A call whose arguments are not known calls something that may do anything with them.
static tdm_py call_with_unknown(tdm_interp *in, tdm_py callee, const tdm_py_args *args,
                                tdm_py unknown)
{
    if (callee->kind == TDM_PY_NATIVE && callee->native.type->inert)
        return tdm_py_unknown_why(in, unknown->why);
    if (callee->kind == TDM_PY_NATIVE || tdm_py_holds_native(callee)) {
        tdm_py_opaque(in, args->place, unknown->why);
        return tdm_py_unknown_why(in, unknown->why);
    }
    tdm_py stand_in = tdm_py_unknown_why(in, unknown->why);
    tdm_py_spoil_reachable(in, callee, unknown->why);
    return tdm_py_call_unknown(in, stand_in, args);
}

static tdm_py call_super(tdm_interp *in, const py_node *node)
{
    tdm_py_args args;
    if (!tdm_py_eval_args(in, node->kid + 1, node->count - 1, &args))
        return NULL;
    in->at = node;
    return tdm_py_super(in, &args);
}

// super() needs the frame of its caller, and is nothing that can be passed around.
static bool is_super(tdm_interp *in, const py_node *callee)
{
    return callee->kind == PY_NAME && callee->var.kind == PY_VAR_GLOBAL &&
           tdm_text_is(callee->name->text, "super") &&
           !tdm_py_space_get(&in->frame->module->globals, callee->name);
}

static bool is_namespace_call(tdm_interp *in, const py_node *callee, const char *name)
{
    return callee->kind == PY_NAME && callee->var.kind == PY_VAR_GLOBAL &&
           tdm_text_is(callee->name->text, name) &&
           !tdm_py_space_get(&in->frame->module->globals, callee->name);
}

// locals() in a function: the slots that have values; what is written into it is lost, as in
// Python.
static tdm_py call_locals(tdm_interp *in)
{
    const py_frame *frame = in->frame;
    tdm_py dict = tdm_py_dict(in);
    if (!frame->function || frame->space)
        return frame->space ? tdm_py_unfollowed(in, "locals() of a class body")
                            : tdm_py_globals(in, frame->module);
    const py_scope *scope = frame->function->code->scope;
    for (size_t i = 0; i < scope->locals.count; i++)
        if (frame->env->slots[i] &&
            !tdm_py_dict_put(in, dict, tdm_py_str(in, scope->locals.items[i].name->text),
                             frame->env->slots[i]))
            return NULL;
    return dict;
}

tdm_py tdm_py_eval_call(tdm_interp *in, const py_node *node)
{
    const py_node *target = node->kid[0];
    if (is_super(in, target))
        return call_super(in, node);
    if (node->count == 1 && is_namespace_call(in, target, "locals"))
        return call_locals(in);
    if (node->count == 1 && is_namespace_call(in, target, "globals"))
        return tdm_py_globals(in, in->frame->module);
    tdm_py callee = tdm_py_eval(in, target);
    if (!callee)
        return NULL;
    tdm_py_args args;
    tdm_py unknown;
    if (!eval_args(in, node->kid + 1, node->count - 1, &args, &unknown))
        return NULL;
    in->at = node;
    args.place = tdm_py_here(in);
    tdm_py value =
        unknown ? call_with_unknown(in, callee, &args, unknown) : tdm_py_call(in, callee, &args);
    in->at = node;
    return value;
}

// ---- functions ----

tdm_py tdm_py_make_function(tdm_interp *in, const py_node *node, py_code *code)
{
    py_function_data *made = tdm_arena_new_of(in->arena, py_function_data);
    tdm_py *standards = tdm_arena_array(in->arena, code->params.count, sizeof *standards);
    if (!made || !standards)
        return in->out_of_memory;
    for (size_t i = 0; i < code->params.count; i++) {
        const py_node *standard = code->params.items[i].standard;
        if (standard && !(standards[i] = tdm_py_eval(in, standard)))
            return NULL;
    }
    in->at = node;
    *made = (py_function_data){
        .kind = PY_FUNCTION_USER,
        .code = code,
        .module = in->frame->module,
        .env = in->frame->env,
        .standards = standards,
    };
    return tdm_py_function_value(in, made);
}

// ---- comprehensions ----

typedef struct comprehension {
    const py_node *node;
    tdm_py result;
    const py_why *unknown;
    unsigned maybe;
} comprehension;

static bool add_element(tdm_interp *in, comprehension *c)
{
    tdm_py key = tdm_py_eval(in, c->node->kid[0]), value = in->none;
    if (key && c->node->op == PY_COMP_DICT)
        value = tdm_py_eval(in, c->node->kid[1]);
    if (!key || !value)
        return false;
    if (c->result->kind == TDM_PY_LIST)
        return tdm_py_append(in, c->result, key);
    if (tdm_py_is_unknown(c->result))
        return true;
    int put = tdm_py_table_put(in, c->result->table, key, value);
    if (put == -2) {
        tdm_py unknown = tdm_py_find_unknown(key);
        c->unknown = unknown ? unknown->why : in->out_of_memory->why;
    }
    return put != -1;
}

// What follows a clause that cannot be decided is undecided: the later clauses and the element.
static bool give_up(tdm_interp *in, comprehension *c, uint32_t from, tdm_py unknown)
{
    const py_node *node = c->node;
    tdm_py_doubt(in, unknown);
    c->unknown = unknown->why;
    tdm_place place = tdm_py_span_place(in->source, node->kid[0]->span);
    c->maybe |= tdm_py_undecided(in, node->kid + from, node->count - from, unknown->why, place);
    c->maybe |= tdm_py_undecided(in, node->kid, node->kid[1] ? 2 : 1, unknown->why, place);
    return true;
}

static bool run_clauses(tdm_interp *in, comprehension *c, uint32_t at);

static bool run_for(tdm_interp *in, comprehension *c, uint32_t at, tdm_py iterable)
{
    const py_node *clause = c->node->kid[at];
    tdm_py iterator = tdm_py_iter(in, iterable), item;
    if (!iterator)
        return false;
    while (!tdm_py_is_unknown(iterator)) {
        if (!tdm_py_enter(in, clause))
            return false;
        in->depth--;
        int more = tdm_py_next(in, iterator, &item);
        if (more <= 0)
            return more == 0;
        if (tdm_py_is_unknown(iterator))
            break;
        if (!tdm_py_assign(in, clause->kid[0], item) || !run_clauses(in, c, at + 1))
            return false;
    }
    return give_up(in, c, at, iterator);
}

static bool run_if(tdm_interp *in, comprehension *c, uint32_t at)
{
    tdm_py condition = tdm_py_eval(in, c->node->kid[at]->kid[0]);
    if (!condition)
        return false;
    py_answer truth = tdm_py_truth(in, condition);
    if (truth == PY_ERROR)
        return false;
    if (truth == PY_NO)
        return true;
    if (truth == PY_YES)
        return run_clauses(in, c, at + 1);
    tdm_py unknown = tdm_py_find_unknown(condition);
    return give_up(in, c, at + 1, unknown ? unknown : tdm_py_unfollowed(in, "this condition"));
}

static bool run_clauses(tdm_interp *in, comprehension *c, uint32_t at)
{
    if (at == c->node->count)
        return add_element(in, c);
    const py_node *clause = c->node->kid[at];
    if (clause->kind == PY_COMP_IF)
        return run_if(in, c, at);
    tdm_py iterable = tdm_py_eval(in, clause->kid[1]);
    return iterable && run_for(in, c, at, iterable);
}

static tdm_py empty_result(tdm_interp *in, uint8_t kind)
{
    if (kind == PY_COMP_DICT)
        return tdm_py_dict(in);
    return kind == PY_COMP_SET ? tdm_py_set(in, false) : tdm_py_list(in, NULL, 0);
}

// A generator expression is run at once, as a list: its laziness can only be seen when making its
// elements has effects and their consumer stops early. Such a one is not followed.
static tdm_py refuse_effects(tdm_interp *in, const py_node *node)
{
    if (!in->running || !tdm_py_may_reach_host(in, node->kid, node->kid[1] ? 2 : 1))
        return NULL;
    tdm_py unknown = tdm_py_unfollowed(in, "a generator expression with effects");
    tdm_py_opaque(in, tdm_py_here(in), unknown->why);
    return unknown;
}

tdm_py tdm_py_eval_comprehension(tdm_interp *in, const py_node *node)
{
    tdm_py iterable = tdm_py_eval(in, node->kid[2]->kid[1]);
    if (!iterable)
        return NULL;
    in->at = node;
    tdm_py refused = node->op == PY_COMP_GENERATOR ? refuse_effects(in, node) : NULL;
    if (refused)
        return refused;
    comprehension c = {.node = node, .result = empty_result(in, node->op)};
    py_env *outer = in->frame->env;
    py_space *space = in->frame->space;
    py_env *env = tdm_py_env_new(in, outer, node->scope->locals.count);
    if (!env)
        return NULL;
    in->frame->env = env;
    in->at = node->kid[2];
    bool ok = run_for(in, &c, 2, iterable);
    in->frame->env = outer;
    in->frame->space = space;
    in->at = node;
    if (!ok)
        return NULL;
    if (c.maybe & PY_MAYBE_THROW) {
        in->maybe_raise = true;
        in->maybe_why = c.unknown;
    }
    if (c.unknown)
        return tdm_py_unknown_why(in, c.unknown);
    return node->op == PY_COMP_GENERATOR ? tdm_py_iter(in, c.result) : c.result;
}
