// Expressions and assignment targets.
#include "python/build.h"
#include "python/object.h"

#include "base/text.h"

#include <string.h>

static py_node *build(py_builder *b, TSNode node)
{
    return tdm_py_build_expression(b, node);
}

// Builds every named child of `node` into a node of `kind`.
static py_node *build_all(py_builder *b, TSNode node, py_kind kind)
{
    py_children children = tdm_py_gather(b, node, false);
    py_node *made = tdm_py_make(b, kind, tdm_py_span_of(node), children.count);
    for (size_t i = 0; i < children.count && !b->failed; i++)
        tdm_py_put(made, i, build(b, tdm_py_child_at(b, children, i).node));
    tdm_py_release(b, children);
    return made;
}

// One named child.
static py_node *build_one(py_builder *b, TSNode node, py_kind kind)
{
    py_node *made = build_all(b, node, kind);
    if (made->count != 1 && !b->failed)
        return tdm_py_refuse(b, node, "invalid syntax");
    return made;
}

py_node *tdm_py_build_list_of(py_builder *b, py_children children, size_t from, size_t to,
                              bool tuple)
{
    if (to - from == 1 && !tuple)
        return build(b, tdm_py_child_at(b, children, from).node);
    py_span span = tdm_py_span_of(tdm_py_child_at(b, children, from).node);
    py_span last = tdm_py_span_of(tdm_py_child_at(b, children, to - 1).node);
    span.end = last.end;
    span.end_row = last.end_row;
    span.end_column = last.end_column;
    py_node *made = tdm_py_make(b, PY_TUPLE, span, to - from);
    for (size_t i = from; i < to && !b->failed; i++)
        tdm_py_put(made, i - from, build(b, tdm_py_child_at(b, children, i).node));
    return made;
}

// ---- operators ----

typedef struct operator_row {
    const char *token;
    uint8_t op;
} operator_row;

static const operator_row binary_operators[] = {
    {"+", TDM_PY_ADD},       {"-", TDM_PY_SUB},     {"*", TDM_PY_MUL},     {"/", TDM_PY_DIV},
    {"//", TDM_PY_FLOORDIV}, {"%", TDM_PY_MOD},     {"**", TDM_PY_POW},    {"@", TDM_PY_MATMUL},
    {"<<", TDM_PY_LSHIFT},   {">>", TDM_PY_RSHIFT}, {"&", TDM_PY_BIT_AND}, {"|", TDM_PY_BIT_OR},
    {"^", TDM_PY_BIT_XOR},
};

static const operator_row comparison_operators[] = {
    {"==", TDM_PY_EQ}, {"!=", TDM_PY_NE},        {"<", TDM_PY_LT}, {"<=", TDM_PY_LE},
    {">", TDM_PY_GT},  {">=", TDM_PY_GE},        {"in", PY_OP_IN}, {"not in", PY_OP_NOT_IN},
    {"is", PY_OP_IS},  {"is not", PY_OP_IS_NOT},
};

static const operator_row unary_operators[] = {
    {"-", TDM_PY_NEG}, {"+", TDM_PY_POS}, {"~", TDM_PY_INVERT}};

#define LENGTH(array) (sizeof(array) / sizeof *(array))
static const uint8_t NO_OPERATOR = 255;

static uint8_t operator_of(const operator_row *rows, size_t count, const char *token, size_t size)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(rows[i].token) == size && memcmp(rows[i].token, token, size) == 0)
            return rows[i].op;
    return NO_OPERATOR;
}

uint8_t tdm_py_binary_operator(const char *token, bool assigning)
{
    size_t size = strlen(token);
    return operator_of(binary_operators, LENGTH(binary_operators), token, size - assigning);
}

static py_node *build_ops(py_builder *b, py_kind kind, py_span span, size_t operands)
{
    py_node *made = tdm_py_make(b, kind, span, operands);
    if (made->count)
        made->ops = tdm_arena_alloc(b->arena, operands);
    if (!made->ops && !b->failed) {
        b->failed = true;
        tdm_fail_memory(b->err);
    }
    return made;
}

// Walks down the left spine, then builds the operands in the order of the source.
static py_node *build_binary(py_builder *b, TSNode node)
{
    size_t depth = 1;
    TSNode left = ts_node_child(node, 0);
    for (; tdm_py_symbol_of(b, left) == PY_SYM_BINARY_OPERATOR; left = ts_node_child(left, 0))
        depth++;
    py_node *made = build_ops(b, PY_BINARY, tdm_py_span_of(node), depth + 1);
    TSNode at = node;
    // The spine is known from the top; operand `i` and the operator before it sit at depth - i.
    for (size_t i = depth; i >= 1 && !b->failed; i--) {
        py_children children = tdm_py_gather(b, at, true);
        TSNode next = tdm_py_child_at(b, children, 0).node;
        if (children.count != 3) {
            tdm_py_release(b, children);
            return tdm_py_refuse(b, node, "invalid syntax");
        }
        TSNode token = tdm_py_child_at(b, children, 1).node;
        TSNode right = tdm_py_child_at(b, children, 2).node;
        tdm_py_release(b, children);
        ((uint8_t *)made->ops)[i - 1] = tdm_py_binary_operator(ts_node_type(token), false);
        tdm_py_put(made, i, build(b, right));
        at = next;
    }
    if (!b->failed)
        tdm_py_put(made, 0, build(b, at));
    return made;
}

// a and b and c: nested to the left in the source, flat here.
static py_node *build_boolean(py_builder *b, TSNode node)
{
    py_children children = tdm_py_gather(b, node, true);
    if (children.count != 3) {
        tdm_py_release(b, children);
        return tdm_py_refuse(b, node, "invalid syntax");
    }
    const char *token = ts_node_type(tdm_py_child_at(b, children, 1).node);
    tdm_py_release(b, children);
    size_t count = 2;
    TSNode left = ts_node_child(node, 0);
    while (tdm_py_symbol_of(b, left) == PY_SYM_BOOLEAN_OPERATOR &&
           tdm_py_has_token(b, left, token)) {
        count++;
        left = ts_node_child(left, 0);
    }
    py_node *made =
        tdm_py_make(b, strcmp(token, "and") == 0 ? PY_AND : PY_OR, tdm_py_span_of(node), count);
    TSNode at = node;
    for (size_t i = count - 1; i >= 1 && !b->failed; i--) {
        children = tdm_py_gather(b, at, true);
        TSNode next = tdm_py_child_at(b, children, 0).node;
        TSNode right = tdm_py_child_at(b, children, children.count - 1).node;
        tdm_py_release(b, children);
        tdm_py_put(made, i, build(b, right));
        at = next;
    }
    if (!b->failed)
        tdm_py_put(made, 0, build(b, at));
    return made;
}

static py_node *build_comparison(py_builder *b, TSNode node)
{
    py_children children = tdm_py_gather(b, node, true);
    py_node *made = build_ops(b, PY_COMPARE, tdm_py_span_of(node), children.count / 2 + 1);
    for (size_t i = 0; i < children.count && !b->failed; i++) {
        py_child child = tdm_py_child_at(b, children, i);
        if (i % 2 == 0) {
            tdm_py_put(made, i / 2, build(b, child.node));
            continue;
        }
        const char *token = ts_node_type(child.node);
        uint8_t op =
            operator_of(comparison_operators, LENGTH(comparison_operators), token, strlen(token));
        if (op == NO_OPERATOR)
            tdm_py_refuse(b, child.node, "invalid syntax");
        else
            ((uint8_t *)made->ops)[i / 2] = op;
    }
    tdm_py_release(b, children);
    return made;
}

static py_node *build_unary(py_builder *b, TSNode node)
{
    py_node *made = build_one(b, node, PY_UNARY);
    const char *token = ts_node_type(ts_node_child(node, 0));
    made->op = operator_of(unary_operators, LENGTH(unary_operators), token, strlen(token));
    return made;
}

// ---- calls and subscripts ----

py_node *tdm_py_build_call_argument(py_builder *b, py_child child)
{
    if (child.symbol != PY_SYM_KEYWORD_ARGUMENT)
        return build(b, child.node);
    py_children children = tdm_py_gather(b, child.node, false);
    py_node *made = tdm_py_make(b, PY_KEYWORD, tdm_py_span_of(child.node), 1);
    if (children.count == 2) {
        made->name =
            tdm_py_name_of(b->names, tdm_py_text_of(b, tdm_py_child_at(b, children, 0).node));
        tdm_py_put(made, 0, build(b, tdm_py_child_at(b, children, 1).node));
    } else {
        tdm_py_refuse(b, child.node, "invalid syntax");
    }
    tdm_py_release(b, children);
    return made;
}

static void check_arguments(py_builder *b, TSNode node, const py_node *call)
{
    bool keyword = false;
    for (uint32_t i = 1; i < call->count && !b->failed; i++) {
        const py_node *argument = call->kid[i];
        if (argument->kind == PY_KEYWORD || argument->kind == PY_DOUBLE_STAR)
            keyword = true;
        else if (keyword && argument->kind != PY_STAR)
            tdm_py_refuse(b, node, "positional argument follows keyword argument");
        for (uint32_t j = 1; argument->kind == PY_KEYWORD && j < i; j++)
            if (call->kid[j]->kind == PY_KEYWORD && call->kid[j]->name == argument->name)
                tdm_py_refuse(b, node, "keyword argument repeated");
    }
}

static py_node *build_call(py_builder *b, TSNode node)
{
    py_children parts = tdm_py_gather(b, node, false);
    if (parts.count != 2) {
        tdm_py_release(b, parts);
        return tdm_py_refuse(b, node, "invalid syntax");
    }
    TSNode callee = tdm_py_child_at(b, parts, 0).node;
    py_child list = tdm_py_child_at(b, parts, 1);
    tdm_py_release(b, parts);

    py_node *made;
    if (list.symbol == PY_SYM_GENERATOR_EXPRESSION) {
        made = tdm_py_make(b, PY_CALL, tdm_py_span_of(node), 2);
        tdm_py_put(made, 0, build(b, callee));
        tdm_py_put(made, 1, build(b, list.node));
        return made;
    }
    py_node *function = build(b, callee);
    py_children arguments = tdm_py_gather(b, list.node, false);
    made = tdm_py_make(b, PY_CALL, tdm_py_span_of(node), arguments.count + 1);
    tdm_py_put(made, 0, function);
    for (size_t i = 0; i < arguments.count && !b->failed; i++)
        tdm_py_put(made, i + 1, tdm_py_build_call_argument(b, tdm_py_child_at(b, arguments, i)));
    tdm_py_release(b, arguments);
    if (!b->failed)
        check_arguments(b, node, made);
    return made;
}

static py_node *build_attribute(py_builder *b, TSNode node)
{
    py_children children = tdm_py_gather(b, node, false);
    if (children.count != 2) {
        tdm_py_release(b, children);
        return tdm_py_refuse(b, node, "invalid syntax");
    }
    TSNode object = tdm_py_child_at(b, children, 0).node;
    TSNode name = tdm_py_child_at(b, children, 1).node;
    tdm_py_release(b, children);
    py_node *made = tdm_py_make(b, PY_ATTRIBUTE, tdm_py_span_of(node), 1);
    made->name = tdm_py_name_of(b->names, tdm_py_text_of(b, name));
    tdm_py_put(made, 0, build(b, object));
    return made;
}

// The parts of a slice stand between its colons.
static py_node *build_slice(py_builder *b, TSNode node)
{
    py_children children = tdm_py_gather(b, node, true);
    py_node *made = tdm_py_make(b, PY_SLICE, tdm_py_span_of(node), 3);
    size_t part = 0;
    for (size_t i = 0; i < children.count && !b->failed; i++) {
        py_child child = tdm_py_child_at(b, children, i);
        if (child.named)
            tdm_py_put(made, part, build(b, child.node));
        else
            part++;
    }
    tdm_py_release(b, children);
    return made;
}

static py_node *build_subscript(py_builder *b, TSNode node)
{
    bool comma = tdm_py_has_token(b, node, ",");
    py_children children = tdm_py_gather(b, node, false);
    py_node *made = tdm_py_make(b, PY_SUBSCRIPT, tdm_py_span_of(node), 2);
    if (children.count < 2) {
        tdm_py_refuse(b, node, "invalid syntax");
    } else {
        tdm_py_put(made, 0, build(b, tdm_py_child_at(b, children, 0).node));
        tdm_py_put(made, 1, tdm_py_build_list_of(b, children, 1, children.count, comma));
    }
    tdm_py_release(b, children);
    return made;
}

// ---- comprehensions ----

static py_node *build_for_clause(py_builder *b, TSNode node, py_scope *outer)
{
    if (tdm_py_has_token(b, node, "async"))
        return tdm_py_refuse(b, node, "asynchronous comprehensions are not read");
    bool comma = tdm_py_has_token(b, node, ",");
    py_children children = tdm_py_gather(b, node, false);
    py_node *made = tdm_py_make(b, PY_COMP_FOR, tdm_py_span_of(node), 2);
    py_scope *inner = b->scope;
    if (children.count < 2) {
        tdm_py_refuse(b, node, "invalid syntax");
    } else {
        if (outer)
            b->scope = outer;
        tdm_py_put(made, 1, tdm_py_build_list_of(b, children, 1, children.count, comma));
        b->scope = inner;
        tdm_py_put(made, 0, tdm_py_build_target(b, tdm_py_child_at(b, children, 0).node));
    }
    tdm_py_release(b, children);
    return made;
}

static void build_element(py_builder *b, TSNode node, py_node *made)
{
    if (tdm_py_symbol_of(b, node) != PY_SYM_PAIR) {
        tdm_py_put(made, 0, build(b, node));
        return;
    }
    py_node *pair = build_all(b, node, PY_PAIR);
    if (pair->count == 2) {
        tdm_py_put(made, 0, pair->kid[0]);
        tdm_py_put(made, 1, pair->kid[1]);
    }
}

// The first iterable belongs to the scope around; everything else to the comprehension's own.
static py_node *build_comprehension(py_builder *b, TSNode node, py_comp kind)
{
    py_children children = tdm_py_gather(b, node, false);
    py_node *made = tdm_py_make(b, PY_COMPREHENSION, tdm_py_span_of(node), children.count + 1);
    py_scope *outer = b->scope;
    made->op = (uint8_t)kind;
    b->scope = made->scope = tdm_py_scope_new(b, PY_SCOPE_COMPREHENSION);
    for (size_t i = 1; i < children.count && !b->failed; i++) {
        py_child child = tdm_py_child_at(b, children, i);
        tdm_py_put(made, i + 1,
                   child.symbol == PY_SYM_FOR_IN_CLAUSE
                       ? build_for_clause(b, child.node, i == 1 ? outer : NULL)
                       : build_one(b, child.node, PY_COMP_IF));
    }
    if (!b->failed)
        build_element(b, tdm_py_child_at(b, children, 0).node, made);
    b->scope = outer;
    tdm_py_release(b, children);
    return made;
}

// ---- the rest ----

static py_scope *walrus_scope(py_builder *b)
{
    py_scope *scope = b->scope;
    while (scope->kind == PY_SCOPE_COMPREHENSION)
        scope = scope->parent;
    return scope;
}

static py_node *build_walrus(py_builder *b, TSNode node)
{
    py_children children = tdm_py_gather(b, node, false);
    py_node *made = tdm_py_make(b, PY_WALRUS, tdm_py_span_of(node), 2);
    if (children.count == 2) {
        TSNode name = tdm_py_child_at(b, children, 0).node;
        py_node *target = tdm_py_make_name(b, name, tdm_py_text_of(b, name));
        tdm_py_bind(b, walrus_scope(b), target->name, PY_BIND_LOCAL);
        tdm_py_put(made, 0, target);
        tdm_py_put(made, 1, build(b, tdm_py_child_at(b, children, 1).node));
    } else {
        tdm_py_refuse(b, node, "invalid syntax");
    }
    tdm_py_release(b, children);
    return made;
}

static py_node *build_conditional(py_builder *b, TSNode node)
{
    py_node *made = build_all(b, node, PY_CONDITIONAL);
    if (made->count != 3)
        return b->failed ? made : tdm_py_refuse(b, node, "invalid syntax");
    py_node *then = made->kid[0];
    made->kid[0] = made->kid[1];
    made->kid[1] = then;
    return made;
}

static py_node *build_constant(py_builder *b, TSNode node, tdm_py_kind kind, bool value)
{
    py_node *made = tdm_py_make(b, PY_CONSTANT, tdm_py_span_of(node), 0);
    made->constant = tdm_py_constant(b->arena, kind, value, (tdm_text){0});
    return made;
}

static py_node *build_lambda(py_builder *b, TSNode node)
{
    py_node *made = tdm_py_make(b, PY_LAMBDA, tdm_py_span_of(node), 0);
    made->code = tdm_py_build_code(b, node, tdm_py_name_of(b->names, TDM_TEXT("<lambda>")), true);
    made->code->node = made;
    return made;
}

static py_node *build_yield(py_builder *b, TSNode node)
{
    if (b->scope->kind == PY_SCOPE_MODULE || b->scope->kind == PY_SCOPE_CLASS)
        return tdm_py_refuse(b, node, "'yield' outside function");
    b->scope->has_yield = true;
    bool from = tdm_py_has_token(b, node, "from");
    py_children children = tdm_py_gather(b, node, false);
    py_node *made = tdm_py_make(b, from ? PY_YIELD_FROM : PY_YIELD, tdm_py_span_of(node), 1);
    if (children.count)
        tdm_py_put(made, 0, tdm_py_build_list_of(b, children, 0, children.count, false));
    tdm_py_release(b, children);
    return made;
}

static py_node *build_parenthesized(py_builder *b, TSNode node)
{
    py_node *made = build_one(b, node, PY_TUPLE);
    return made->count ? made->kid[0] : made;
}

static py_node *build_expression_list(py_builder *b, TSNode node)
{
    bool comma = tdm_py_has_token(b, node, ",");
    py_children children = tdm_py_gather(b, node, false);
    py_node *made = children.count ? tdm_py_build_list_of(b, children, 0, children.count, comma)
                                   : tdm_py_refuse(b, node, "invalid syntax");
    tdm_py_release(b, children);
    return made;
}

py_node *tdm_py_build_expression(py_builder *b, TSNode node)
{
    if (b->failed)
        return b->spare;
    py_symbol symbol = tdm_py_symbol_of(b, node);
    switch ((int)symbol) {
    case PY_SYM_IDENTIFIER:
        return tdm_py_make_name(b, node, tdm_py_text_of(b, node));
    case PY_SYM_STRING:
    case PY_SYM_CONCATENATED_STRING:
        return tdm_py_build_string(b, node);
    case PY_SYM_INTEGER:
    case PY_SYM_FLOAT:
        return tdm_py_build_number(b, node, symbol);
    case PY_SYM_TRUE:
    case PY_SYM_FALSE:
        return build_constant(b, node, TDM_PY_BOOL, symbol == PY_SYM_TRUE);
    case PY_SYM_NONE:
        return build_constant(b, node, TDM_PY_NONE, false);
    case PY_SYM_ELLIPSIS:
        return build_constant(b, node, TDM_PY_ELLIPSIS, false);
    case PY_SYM_ATTRIBUTE:
        return build_attribute(b, node);
    case PY_SYM_SUBSCRIPT:
        return build_subscript(b, node);
    case PY_SYM_SLICE:
        return build_slice(b, node);
    case PY_SYM_CALL:
        return build_call(b, node);
    case PY_SYM_BINARY_OPERATOR:
        return build_binary(b, node);
    case PY_SYM_UNARY_OPERATOR:
        return build_unary(b, node);
    case PY_SYM_NOT_OPERATOR:
        return build_one(b, node, PY_NOT);
    case PY_SYM_BOOLEAN_OPERATOR:
        return build_boolean(b, node);
    case PY_SYM_COMPARISON_OPERATOR:
        return build_comparison(b, node);
    case PY_SYM_CONDITIONAL_EXPRESSION:
        return build_conditional(b, node);
    case PY_SYM_LAMBDA:
        return build_lambda(b, node);
    case PY_SYM_TUPLE:
        return build_all(b, node, PY_TUPLE);
    case PY_SYM_LIST:
        return build_all(b, node, PY_LIST);
    case PY_SYM_SET:
        return build_all(b, node, PY_SET);
    case PY_SYM_DICTIONARY:
        return build_all(b, node, PY_DICT);
    case PY_SYM_PAIR:
        return build_all(b, node, PY_PAIR);
    case PY_SYM_LIST_COMPREHENSION:
        return build_comprehension(b, node, PY_COMP_LIST);
    case PY_SYM_SET_COMPREHENSION:
        return build_comprehension(b, node, PY_COMP_SET);
    case PY_SYM_DICTIONARY_COMPREHENSION:
        return build_comprehension(b, node, PY_COMP_DICT);
    case PY_SYM_GENERATOR_EXPRESSION:
        return build_comprehension(b, node, PY_COMP_GENERATOR);
    case PY_SYM_EXPRESSION_LIST:
    case PY_SYM_PATTERN_LIST:
        return build_expression_list(b, node);
    case PY_SYM_LIST_SPLAT:
    case PY_SYM_LIST_SPLAT_PATTERN:
        return build_one(b, node, PY_STAR);
    case PY_SYM_DICTIONARY_SPLAT:
    case PY_SYM_DICTIONARY_SPLAT_PATTERN:
        return build_one(b, node, PY_DOUBLE_STAR);
    case PY_SYM_PARENTHESIZED_EXPRESSION:
        return build_parenthesized(b, node);
    case PY_SYM_NAMED_EXPRESSION:
        return build_walrus(b, node);
    case PY_SYM_YIELD:
        return build_yield(b, node);
    case PY_SYM_AWAIT:
        return build_one(b, node, PY_AWAIT);
    case PY_SYM_ASSIGNMENT:
    case PY_SYM_AUGMENTED_ASSIGNMENT:
        return tdm_py_refuse(b, node, "invalid syntax");
    default:
        return tdm_py_refuse(b, node, "this syntax is not read");
    }
}
