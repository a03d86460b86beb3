// Expressions.
#include "python/std_file.h"

#include <string.h>

// ---- names ----

static tdm_py name_error(tdm_interp *in, const py_name *name)
{
    return tdm_py_raise(in, "NameError", "name '%.*s' is not defined", TDM_TEXT_ARG(name->text));
}

static py_env *env_at(const py_frame *frame, uint16_t hops)
{
    py_env *env = frame->env;
    while (env && hops--)
        env = env->parent;
    return env;
}

// Names that `from sqlalchemy import *` brought: asked of the module when nothing else has them.
static tdm_py load_star(tdm_interp *in, const py_module_data *module, const py_name *name)
{
    for (size_t i = module->star_count; i-- > 0;) {
        tdm_py value = tdm_py_find_attr(in, module->stars[i], name->text);
        if (value || tdm_py_failed(in))
            return value;
    }
    return NULL;
}

static tdm_py load_global(tdm_interp *in, const py_name *name)
{
    py_module_data *module = in->frame->module;
    tdm_py value = tdm_py_space_get(&module->globals, name);
    if (!value)
        value = load_star(in, module, name);
    if (!value && !tdm_py_failed(in))
        value = tdm_py_builtin_name(in, name);
    if (value || tdm_py_failed(in))
        return value;
    return module->open ? tdm_py_doubt(in, module->open) : name_error(in, name);
}

static tdm_py load_slot(tdm_interp *in, const py_node *node)
{
    py_env *env = env_at(in->frame, node->var.hops);
    tdm_py value = env && node->var.slot < env->count ? env->slots[node->var.slot] : NULL;
    if (value)
        return value;
    bool own = node->var.hops == 0 && !in->frame->space; // a class body only borrows it
    return own ? tdm_py_raise(in, "UnboundLocalError",
                              "cannot access local variable '%.*s' where it is not associated with "
                              "a value",
                              TDM_TEXT_ARG(node->name->text))
               : name_error(in, node->name);
}

tdm_py tdm_py_load_name(tdm_interp *in, const py_node *node)
{
    if (node->var.kind == PY_VAR_SLOT)
        return load_slot(in, node);
    if (node->var.kind == PY_VAR_SPACE && in->frame->space) {
        tdm_py value = tdm_py_space_get(in->frame->space, node->name);
        if (value)
            return value;
        if (node->var.fallback)
            return load_slot(in, node);
    }
    return load_global(in, node->name);
}

// Where a name is kept outside of slots.
static py_space *space_of(tdm_interp *in, const py_node *node)
{
    return node->var.kind == PY_VAR_SPACE && in->frame->space ? in->frame->space
                                                              : &in->frame->module->globals;
}

bool tdm_py_store_name(tdm_interp *in, const py_node *node, tdm_py value)
{
    if (node->var.kind == PY_VAR_SLOT) {
        py_env *env = env_at(in->frame, node->var.hops);
        if (env && node->var.slot < env->count)
            env->slots[node->var.slot] = value;
        return true;
    }
    if (tdm_py_space_put(space_of(in, node), in->arena, node->name, value))
        return true;
    tdm_py_stop(in, TDM_ERROR_MEMORY, "out of memory");
    return false;
}

bool tdm_py_delete_name(tdm_interp *in, const py_node *node)
{
    if (!tdm_py_load_name(in, node))
        return false;
    if (node->var.kind == PY_VAR_SLOT) {
        py_env *env = env_at(in->frame, node->var.hops);
        if (env)
            env->slots[node->var.slot] = NULL;
        return true;
    }
    if (!tdm_py_space_get(space_of(in, node), node->name))
        return name_error(in, node->name) != NULL;
    return tdm_py_space_put(space_of(in, node), in->arena, node->name, NULL);
}

// ---- displays ----

static bool append_star(tdm_interp *in, const py_node *star, tdm_py list)
{
    tdm_py value = tdm_py_eval(in, star->kid[0]);
    tdm_py items = value ? tdm_py_items_of(in, value) : NULL;
    if (!items)
        return false;
    if (tdm_py_is_unknown(items)) {
        list->why = items->why; // remembered for eval_items
        return true;
    }
    for (uint32_t i = 0; i < items->list.count; i++)
        if (!tdm_py_append(in, list, items->list.items[i]))
            return false;
    return true;
}

// Evaluates items and starred items into a fresh list, or UNKNOWN when a star cannot be known.
static tdm_py eval_items(tdm_interp *in, const py_node *node)
{
    tdm_py list = tdm_py_list(in, NULL, 0);
    for (uint32_t i = 0; i < node->count && list->kind == TDM_PY_LIST; i++) {
        const py_node *kid = node->kid[i];
        if (kid->kind == PY_STAR) {
            if (!append_star(in, kid, list))
                return NULL;
            continue;
        }
        tdm_py item = tdm_py_eval(in, kid);
        if (!item || !tdm_py_append(in, list, item))
            return NULL;
    }
    return list->why ? tdm_py_unknown_why(in, list->why) : list;
}

static tdm_py eval_tuple(tdm_interp *in, const py_node *node)
{
    tdm_py list = eval_items(in, node);
    if (list && list->kind == TDM_PY_LIST)
        list->kind = TDM_PY_TUPLE;
    return list;
}

// Puts into a dict or set. An UNKNOWN key makes the whole UNKNOWN.
static bool put(tdm_interp *in, tdm_py container, tdm_py key, tdm_py value)
{
    if (tdm_py_is_unknown(container))
        return true;
    int result = tdm_py_table_put(in, container->table, key, value);
    if (result == -2) {
        tdm_py unknown = tdm_py_find_unknown(key);
        tdm_py_spoil(in, container, unknown ? unknown->why : in->out_of_memory->why);
    }
    return result != -1;
}

static tdm_py eval_set(tdm_interp *in, const py_node *node)
{
    tdm_py items = eval_items(in, node);
    if (!items || tdm_py_is_unknown(items))
        return items;
    tdm_py set = tdm_py_set(in, false);
    for (uint32_t i = 0; i < items->list.count; i++)
        if (!put(in, set, items->list.items[i], in->none))
            return NULL;
    return set;
}

static bool put_mapping(tdm_interp *in, tdm_py dict, tdm_py mapping)
{
    if (tdm_py_is_unknown(mapping)) {
        tdm_py_spoil(in, dict, tdm_py_doubt(in, mapping)->why);
        return true;
    }
    if (mapping->kind != TDM_PY_DICT) {
        if (mapping->kind == TDM_PY_NATIVE) {
            tdm_py_spoil(in, dict,
                         tdm_py_unfollowed(in, "** of %s", tdm_py_type_name(mapping))->why);
            return true;
        }
        return tdm_py_raise(in, "TypeError", "'%s' object is not a mapping",
                            tdm_py_type_name(mapping)) != NULL;
    }
    for (uint32_t i = 0; i < mapping->table->live; i++) {
        py_dict_entry *entry = tdm_py_table_at(mapping->table, i);
        if (!put(in, dict, entry->key, entry->value))
            return false;
    }
    return true;
}

static tdm_py eval_dict(tdm_interp *in, const py_node *node)
{
    tdm_py dict = tdm_py_dict(in);
    for (uint32_t i = 0; i < node->count; i++) {
        const py_node *kid = node->kid[i];
        tdm_py key = tdm_py_eval(in, kid->kid[0]);
        if (!key)
            return NULL;
        if (kid->kind == PY_DOUBLE_STAR) {
            if (!put_mapping(in, dict, key))
                return NULL;
            continue;
        }
        tdm_py value = tdm_py_eval(in, kid->kid[1]);
        if (!value || !put(in, dict, key, value))
            return NULL;
    }
    return dict;
}

// ---- operators ----

// A text joined from many pieces, copied once. Takes pieces from *at on as long as they are added
// texts; *ret_right is the first operand that is not. NULL: raised.
static tdm_py eval_joined(tdm_interp *in, const py_node *node, tdm_py left, uint32_t *at,
                          tdm_py *ret_right)
{
    tdm_buffer out = TDM_BUFFER_INIT(PY_MAX_TEXT);
    tdm_buffer_put(&out, left->text);
    *ret_right = NULL;
    while (*at < node->count && node->ops[*at - 1] == TDM_PY_ADD) {
        tdm_py right = tdm_py_eval(in, node->kid[*at]);
        if (!right) {
            tdm_buffer_free(&out);
            return NULL;
        }
        if (right->kind != TDM_PY_STR) {
            *ret_right = right;
            break;
        }
        tdm_buffer_put(&out, right->text);
        ++*at;
    }
    in->at = node;
    return tdm_py_buffer_value(in, &out);
}

static tdm_py eval_binary(tdm_interp *in, const py_node *node)
{
    tdm_py left = tdm_py_eval(in, node->kid[0]);
    for (uint32_t i = 1; i < node->count && left; i++) {
        tdm_py right = NULL;
        if (left->kind == TDM_PY_STR && node->ops[i - 1] == TDM_PY_ADD) {
            left = eval_joined(in, node, left, &i, &right);
            if (!left || i == node->count)
                return left;
        }
        if (!right)
            right = tdm_py_eval(in, node->kid[i]);
        if (!right)
            return NULL;
        in->at = node;
        left = tdm_py_operate(in, (tdm_py_operator)node->ops[i - 1], left, right);
    }
    return left;
}

static tdm_py eval_unary(tdm_interp *in, const py_node *node)
{
    tdm_py value = tdm_py_eval(in, node->kid[0]);
    in->at = node;
    return value ? tdm_py_unary(in, (tdm_py_operator)node->op, value) : NULL;
}

// The value of what has not been evaluated yet is UNKNOWN with it.
static tdm_py undecided_rest(tdm_interp *in, const py_node *node, uint32_t from, tdm_py unknown)
{
    unsigned maybe = 0;
    if (from < node->count)
        maybe = tdm_py_undecided(in, node->kid + from, node->count - from, unknown->why,
                                 tdm_py_span_place(in->source, node->kid[from]->span));
    if (maybe & PY_MAYBE_THROW) {
        in->maybe_raise = true;
        in->maybe_why = unknown->why;
    }
    return tdm_py_is_unknown(unknown) ? unknown : tdm_py_unknown_why(in, unknown->why);
}

static tdm_py unknown_truth(tdm_interp *in, tdm_py value)
{
    if (tdm_py_is_unknown(value))
        return tdm_py_doubt(in, value);
    tdm_py inside = tdm_py_find_unknown(value);
    if (inside)
        return tdm_py_doubt(in, inside);
    return tdm_py_doubt(in, tdm_py_unfollowed(in, "whether %s is true", tdm_py_type_name(value)));
}

static tdm_py eval_and_or(tdm_interp *in, const py_node *node)
{
    tdm_py value = NULL;
    for (uint32_t i = 0; i < node->count; i++) {
        value = tdm_py_eval(in, node->kid[i]);
        if (!value || i + 1 == node->count)
            return value;
        in->at = node->kid[i];
        py_answer truth = tdm_py_truth(in, value);
        if (truth == PY_ERROR)
            return NULL;
        if (truth == PY_CANNOT_KNOW)
            return undecided_rest(in, node, i + 1, unknown_truth(in, value));
        if ((truth == PY_YES) == (node->kind == PY_OR))
            return value;
    }
    return value;
}

static tdm_py eval_not(tdm_interp *in, const py_node *node)
{
    tdm_py value = tdm_py_eval(in, node->kid[0]);
    if (!value)
        return NULL;
    py_answer truth = tdm_py_truth(in, value);
    if (truth == PY_ERROR)
        return NULL;
    return truth == PY_CANNOT_KNOW ? unknown_truth(in, value) : tdm_py_bool(in, truth == PY_NO);
}

static tdm_py eval_comparison(tdm_interp *in, const py_node *node)
{
    tdm_py left = tdm_py_eval(in, node->kid[0]), result = NULL;
    for (uint32_t i = 1; i < node->count && left; i++) {
        tdm_py right = tdm_py_eval(in, node->kid[i]);
        if (!right)
            return NULL;
        in->at = node;
        result = tdm_py_compare(in, node->ops[i - 1], left, right);
        if (!result || i + 1 == node->count)
            return result;
        py_answer truth = tdm_py_truth(in, result);
        if (truth == PY_ERROR)
            return NULL;
        if (truth == PY_CANNOT_KNOW)
            return undecided_rest(in, node, i + 1, unknown_truth(in, result));
        if (truth == PY_NO)
            return result;
        left = right;
    }
    return left ? result : NULL;
}

static tdm_py eval_conditional(tdm_interp *in, const py_node *node)
{
    tdm_py condition = tdm_py_eval(in, node->kid[0]);
    if (!condition)
        return NULL;
    in->at = node->kid[0];
    py_answer truth = tdm_py_truth(in, condition);
    if (truth == PY_ERROR)
        return NULL;
    if (truth == PY_CANNOT_KNOW)
        return undecided_rest(in, node, 1, unknown_truth(in, condition));
    return tdm_py_eval(in, node->kid[truth == PY_YES ? 1 : 2]);
}

// ---- text ----

static tdm_py interpolate(tdm_interp *in, const py_node *node);

static tdm_py eval_fstring(tdm_interp *in, const py_node *node)
{
    tdm_buffer out = TDM_BUFFER_INIT(PY_MAX_TEXT);
    tdm_py unknown = NULL;
    bool leads = false; // it is a place in the project, and the text goes on from there
    for (uint32_t i = 0; i < node->count; i++) {
        const py_node *part = node->kid[i];
        tdm_py text = part->kind == PY_CONSTANT ? part->constant : interpolate(in, part);
        if (!text) {
            tdm_buffer_free(&out);
            return NULL;
        }
        if (tdm_py_is_unknown(text))
            leads = i == 0 && tdm_py_no_place(in, text) != text;
        if (tdm_py_is_unknown(text) && !unknown)
            unknown = text;
        if (text->kind == TDM_PY_STR)
            tdm_buffer_put(&out, text->text);
    }
    in->at = node;
    if (unknown && leads) {
        tdm_py rest = tdm_py_buffer_value(in, &out);
        return rest ? tdm_py_place_extended(in, unknown, rest->text) : NULL;
    }
    if (unknown) {
        tdm_buffer_free(&out);
        return tdm_py_doubt(in, unknown);
    }
    return tdm_py_buffer_value(in, &out);
}

static tdm_py interpolate(tdm_interp *in, const py_node *node)
{
    tdm_py value = tdm_py_eval(in, node->kid[0]);
    tdm_py spec = NULL;
    if (value && node->kid[1])
        spec = eval_fstring(in, node->kid[1]);
    if (!value || (node->kid[1] && !spec))
        return NULL;
    in->at = node;
    if (spec && tdm_py_is_unknown(spec))
        return spec;
    if (!spec && !node->op && tdm_py_no_place(in, value) != value)
        return value; // the text of that place
    if (node->op == 'r')
        value = tdm_py_repr(in, value);
    else if (node->op == 's')
        value = tdm_py_to_str(in, value);
    else if (node->op == 'a')
        value = tdm_py_ascii(in, value);
    return value ? tdm_py_format(in, value, spec ? spec->text : (tdm_text){0}) : NULL;
}

// ---- the rest ----

static tdm_py eval_attribute(tdm_interp *in, const py_node *node)
{
    tdm_py object = tdm_py_eval(in, node->kid[0]);
    if (!object)
        return NULL;
    in->at = node;
    return tdm_py_attr(in, object, node->name);
}

static tdm_py eval_slice(tdm_interp *in, const py_node *node)
{
    tdm_py parts[3];
    for (int i = 0; i < 3; i++) {
        parts[i] = node->kid[i] ? tdm_py_eval(in, node->kid[i]) : in->none;
        if (!parts[i])
            return NULL;
    }
    return tdm_py_slice(in, parts);
}

static tdm_py eval_subscript(tdm_interp *in, const py_node *node)
{
    tdm_py object = tdm_py_eval(in, node->kid[0]);
    tdm_py key = object ? tdm_py_eval(in, node->kid[1]) : NULL;
    if (!key)
        return NULL;
    in->at = node;
    return tdm_py_get_item(in, object, key);
}

static tdm_py eval_yield(tdm_interp *in, const py_node *node)
{
    py_frame *frame = in->frame;
    tdm_py value = node->kid[0] ? tdm_py_eval(in, node->kid[0]) : in->none;
    if (!value)
        return NULL;
    if (frame->at_yield) {
        py_flow flow = frame->at_yield(in, frame->yield_context, value);
        return flow == PY_FLOW_RAISE ? NULL : in->none;
    }
    if (!frame->yields)
        return tdm_py_unfollowed(in, "yield here");
    if (node->kind == PY_YIELD)
        return tdm_py_append(in, frame->yields, value) ? in->none : NULL;
    tdm_py items = tdm_py_items_of(in, value);
    if (items && tdm_py_is_unknown(items))
        tdm_py_spoil(in, frame->yields, items->why);
    for (uint32_t i = 0; items && items->kind == TDM_PY_LIST && i < items->list.count; i++)
        if (frame->yields->kind == TDM_PY_LIST &&
            !tdm_py_append(in, frame->yields, items->list.items[i]))
            return NULL;
    return items ? in->none : NULL;
}

static tdm_py eval_walrus(tdm_interp *in, const py_node *node)
{
    tdm_py value = tdm_py_eval(in, node->kid[1]);
    return value && tdm_py_store_name(in, node->kid[0], value) ? value : NULL;
}

static tdm_py eval_await(tdm_interp *in, const py_node *node)
{
    tdm_py value = tdm_py_eval(in, node->kid[0]);
    if (!value)
        return NULL;
    in->at = node;
    tdm_py unknown = tdm_py_unfollowed(in, "await");
    tdm_py_opaque(in, tdm_py_here(in), unknown->why);
    return unknown;
}

static tdm_py eval_node(tdm_interp *in, const py_node *node)
{
    switch ((py_kind)node->kind) {
    case PY_CONSTANT:
        return node->constant;
    case PY_NAME:
        in->at = node;
        return tdm_py_load_name(in, node);
    case PY_ATTRIBUTE:
        return eval_attribute(in, node);
    case PY_SUBSCRIPT:
        return eval_subscript(in, node);
    case PY_SLICE:
        return eval_slice(in, node);
    case PY_CALL:
        return tdm_py_eval_call(in, node);
    case PY_BINARY:
        return eval_binary(in, node);
    case PY_UNARY:
        return eval_unary(in, node);
    case PY_NOT:
        return eval_not(in, node);
    case PY_AND:
    case PY_OR:
        return eval_and_or(in, node);
    case PY_COMPARE:
        return eval_comparison(in, node);
    case PY_CONDITIONAL:
        return eval_conditional(in, node);
    case PY_LAMBDA:
        return tdm_py_make_function(in, node, node->code);
    case PY_TUPLE:
        return eval_tuple(in, node);
    case PY_LIST:
        return eval_items(in, node);
    case PY_SET:
        return eval_set(in, node);
    case PY_DICT:
        return eval_dict(in, node);
    case PY_COMPREHENSION:
        return tdm_py_eval_comprehension(in, node);
    case PY_FSTRING:
        return eval_fstring(in, node);
    case PY_WALRUS:
        return eval_walrus(in, node);
    case PY_YIELD:
    case PY_YIELD_FROM:
        return eval_yield(in, node);
    case PY_AWAIT:
        return eval_await(in, node);
    default:
        in->at = node;
        return tdm_py_unfollowed(in, "this syntax");
    }
}

tdm_py tdm_py_eval(tdm_interp *in, const py_node *node)
{
    if (node->kind == PY_CONSTANT)
        return node->constant;
    if (!tdm_py_enter(in, node))
        return NULL;
    tdm_py value = eval_node(in, node);
    in->depth--;
    return value;
}
