// Assignment targets and assignments.
#include "python/build.h"

#include <string.h>

// ---- targets ----

static py_node *build_targets(py_builder *b, TSNode node, py_kind kind)
{
    py_children children = tdm_py_gather(b, node, false);
    py_node *made = tdm_py_make(b, kind, tdm_py_span_of(node), children.count);
    size_t stars = 0;
    for (size_t i = 0; i < children.count && !b->failed; i++) {
        py_node *kid = tdm_py_build_target(b, tdm_py_child_at(b, children, i).node);
        stars += kid->kind == PY_STAR;
        tdm_py_put(made, i, kid);
    }
    tdm_py_release(b, children);
    if (stars > 1)
        return tdm_py_refuse(b, node, "multiple starred expressions in assignment");
    return made;
}

static py_node *build_target_list(py_builder *b, TSNode node)
{
    bool comma = tdm_py_has_token(b, node, ",");
    py_node *made = build_targets(b, node, PY_TUPLE);
    return made->count == 1 && !comma ? made->kid[0] : made;
}

static py_node *build_star_target(py_builder *b, TSNode node)
{
    py_node *made = build_targets(b, node, PY_STAR);
    return made->count == 1 || b->failed ? made : tdm_py_refuse(b, node, "invalid syntax");
}

py_node *tdm_py_build_target(py_builder *b, TSNode node)
{
    if (b->failed)
        return b->spare;
    switch ((int)tdm_py_symbol_of(b, node)) {
    case PY_SYM_IDENTIFIER: {
        py_node *made = tdm_py_make_name(b, node, tdm_py_text_of(b, node));
        tdm_py_bind(b, b->scope, made->name, PY_BIND_LOCAL);
        return made;
    }
    case PY_SYM_ATTRIBUTE:
    case PY_SYM_SUBSCRIPT:
        return tdm_py_build_expression(b, node);
    case PY_SYM_PATTERN_LIST:
    case PY_SYM_TUPLE_PATTERN:
    case PY_SYM_EXPRESSION_LIST:
    case PY_SYM_PARENTHESIZED_EXPRESSION:
    case PY_SYM_AS_PATTERN_TARGET: {
        if (tdm_py_symbol_of(b, node) == PY_SYM_TUPLE_PATTERN &&
            ts_node_named_child_count(node) == 0)
            return tdm_py_make(b, PY_TUPLE, tdm_py_span_of(node), 0);
        return build_target_list(b, node);
    }
    case PY_SYM_TUPLE:
        return build_targets(b, node, PY_TUPLE);
    case PY_SYM_LIST_PATTERN:
    case PY_SYM_LIST:
        return build_targets(b, node, PY_LIST);
    case PY_SYM_LIST_SPLAT:
    case PY_SYM_LIST_SPLAT_PATTERN:
        return build_star_target(b, node);
    default:
        return tdm_py_refuse(b, node, "cannot assign to this expression");
    }
}

// ---- assignments ----

static py_node *build_augmented(py_builder *b, TSNode node)
{
    py_children children = tdm_py_gather(b, node, true);
    py_node *made = tdm_py_make(b, PY_AUG_ASSIGN, tdm_py_span_of(node), 2);
    if (children.count != 3) {
        tdm_py_refuse(b, node, "invalid syntax");
    } else {
        made->op = tdm_py_binary_operator(ts_node_type(tdm_py_child_at(b, children, 1).node), true);
        tdm_py_put(made, 0, tdm_py_build_target(b, tdm_py_child_at(b, children, 0).node));
        tdm_py_put(made, 1, tdm_py_build_expression(b, tdm_py_child_at(b, children, 2).node));
        uint8_t kind = made->count ? made->kid[0]->kind : PY_NAME;
        if (!b->failed && kind != PY_NAME && kind != PY_ATTRIBUTE && kind != PY_SUBSCRIPT)
            tdm_py_refuse(b, node, "illegal expression for augmented assignment");
    }
    tdm_py_release(b, children);
    return made;
}

static py_node *build_annotated(py_builder *b, TSNode node, py_children children)
{
    py_child left, right;
    py_node *made = tdm_py_make(b, PY_ANN_ASSIGN, tdm_py_span_of(node), 2);
    if (tdm_py_child_in(b, children, PY_FIELD_LEFT, &left))
        tdm_py_put(made, 0, tdm_py_build_target(b, left.node));
    if (tdm_py_child_in(b, children, PY_FIELD_RIGHT, &right))
        tdm_py_put(made, 1, tdm_py_build_expression(b, right.node));
    return made;
}

// a = b = value nests to the right in the source.
static py_node *build_plain(py_builder *b, TSNode node)
{
    size_t targets = 1;
    py_child child;
    TSNode at = node;
    for (;;) {
        py_children children = tdm_py_gather(b, at, false);
        bool found = tdm_py_child_in(b, children, PY_FIELD_RIGHT, &child);
        tdm_py_release(b, children);
        if (!found || child.symbol != PY_SYM_ASSIGNMENT)
            break;
        targets++;
        at = child.node;
    }
    py_node *made = tdm_py_make(b, PY_ASSIGN, tdm_py_span_of(node), targets + 1);
    at = node;
    for (size_t i = 0; i < targets && !b->failed; i++) {
        py_children children = tdm_py_gather(b, at, false);
        py_child left, right;
        bool whole = tdm_py_child_in(b, children, PY_FIELD_LEFT, &left) &&
                     tdm_py_child_in(b, children, PY_FIELD_RIGHT, &right) &&
                     !tdm_py_child_in(b, children, PY_FIELD_TYPE, &child);
        tdm_py_release(b, children);
        if (!whole)
            return tdm_py_refuse(b, node, "invalid syntax");
        tdm_py_put(made, i, tdm_py_build_target(b, left.node));
        if (i + 1 == targets)
            tdm_py_put(made, targets, tdm_py_build_expression(b, right.node));
        at = right.node;
    }
    return made;
}

py_node *tdm_py_build_assignment(py_builder *b, TSNode node)
{
    if (tdm_py_symbol_of(b, node) == PY_SYM_AUGMENTED_ASSIGNMENT)
        return build_augmented(b, node);
    py_children children = tdm_py_gather(b, node, false);
    py_child type;
    bool annotated = tdm_py_child_in(b, children, PY_FIELD_TYPE, &type);
    py_node *made = annotated ? build_annotated(b, node, children) : NULL;
    tdm_py_release(b, children);
    return annotated ? made : build_plain(b, node);
}
