// Assigning to targets, deleting them, and augmented assignment.
#include "python/interp.h"

static bool assign_unknown(tdm_interp *in, const py_node *target, tdm_py unknown)
{
    for (uint32_t i = 0; i < target->count; i++) {
        const py_node *kid = target->kid[i];
        if (!tdm_py_assign(in, kid->kind == PY_STAR ? kid->kid[0] : kid, unknown))
            return false;
    }
    return true;
}

static bool wrong_count(tdm_interp *in, const py_node *target, size_t wanted, size_t given,
                        bool star)
{
    in->at = target;
    if (given < wanted)
        tdm_py_raise(in, "ValueError", "not enough values to unpack (expected %s%zu, got %zu)",
                     star ? "at least " : "", wanted, given);
    else
        tdm_py_raise(in, "ValueError", "too many values to unpack (expected %zu)", wanted);
    return false;
}

static bool unpack(tdm_interp *in, const py_node *target, tdm_py value)
{
    in->at = target;
    tdm_py items = tdm_py_items_of(in, value);
    if (!items)
        return false;
    if (tdm_py_is_unknown(items))
        return assign_unknown(in, target, items);
    size_t given = items->list.count, stars = 0;
    for (uint32_t i = 0; i < target->count; i++)
        stars += target->kid[i]->kind == PY_STAR;
    size_t wanted = target->count - stars;
    if (given < wanted || (!stars && given > wanted))
        return wrong_count(in, target, wanted, given, stars > 0);
    size_t at = 0;
    for (uint32_t i = 0; i < target->count; i++) {
        const py_node *kid = target->kid[i];
        if (kid->kind != PY_STAR) {
            if (!tdm_py_assign(in, kid, items->list.items[at++]))
                return false;
            continue;
        }
        size_t count = given - wanted;
        tdm_py rest = tdm_py_list(in, items->list.items + at, count);
        if (!tdm_py_assign(in, kid->kid[0], rest))
            return false;
        at += count;
    }
    return true;
}

bool tdm_py_assign(tdm_interp *in, const py_node *target, tdm_py value)
{
    switch ((py_kind)target->kind) {
    case PY_NAME:
        return tdm_py_store_name(in, target, value);
    case PY_TUPLE:
    case PY_LIST:
        return unpack(in, target, value);
    case PY_ATTRIBUTE: {
        tdm_py object = tdm_py_eval(in, target->kid[0]);
        in->at = target;
        return object && tdm_py_set_attr(in, object, target->name, value);
    }
    case PY_SUBSCRIPT: {
        tdm_py object = tdm_py_eval(in, target->kid[0]);
        tdm_py key = object ? tdm_py_eval(in, target->kid[1]) : NULL;
        in->at = target;
        return key && tdm_py_set_item(in, object, key, value);
    }
    default:
        in->at = target;
        return tdm_py_raise(in, "SyntaxError", "cannot assign to this expression") != NULL;
    }
}

bool tdm_py_delete(tdm_interp *in, const py_node *target)
{
    in->at = target;
    switch ((py_kind)target->kind) {
    case PY_NAME:
        return tdm_py_delete_name(in, target);
    case PY_ATTRIBUTE: {
        tdm_py object = tdm_py_eval(in, target->kid[0]);
        in->at = target;
        return object && tdm_py_del_attr(in, object, target->name);
    }
    case PY_SUBSCRIPT: {
        tdm_py object = tdm_py_eval(in, target->kid[0]);
        tdm_py key = object ? tdm_py_eval(in, target->kid[1]) : NULL;
        in->at = target;
        return key && tdm_py_del_item(in, object, key);
    }
    case PY_TUPLE:
    case PY_LIST:
        for (uint32_t i = 0; i < target->count; i++)
            if (!tdm_py_delete(in, target->kid[i]))
                return false;
        return true;
    default:
        return tdm_py_raise(in, "SyntaxError", "cannot delete this expression") != NULL;
    }
}

// The object and key of a target are evaluated once for both reading and writing.
py_flow tdm_py_augment(tdm_interp *in, const py_node *node)
{
    const py_node *target = node->kid[0];
    tdm_py object = NULL, key = NULL, old;
    if (target->kind == PY_NAME) {
        in->at = target;
        old = tdm_py_load_name(in, target);
    } else {
        object = tdm_py_eval(in, target->kid[0]);
        if (object && target->kind == PY_SUBSCRIPT)
            key = tdm_py_eval(in, target->kid[1]);
        if (!object || (target->kind == PY_SUBSCRIPT && !key))
            return PY_FLOW_RAISE;
        in->at = target;
        old = key ? tdm_py_get_item(in, object, key) : tdm_py_attr(in, object, target->name);
    }
    tdm_py value = old ? tdm_py_eval(in, node->kid[1]) : NULL;
    if (!value)
        return PY_FLOW_RAISE;
    in->at = node;
    value = tdm_py_operate_in_place(in, (tdm_py_operator)node->op, old, value);
    if (!value)
        return PY_FLOW_RAISE;
    bool ok = target->kind == PY_NAME ? tdm_py_store_name(in, target, value)
              : key                   ? tdm_py_set_item(in, object, key, value)
                                      : tdm_py_set_attr(in, object, target->name, value);
    return ok ? PY_FLOW_NEXT : PY_FLOW_RAISE;
}
