// Statements.
#include "python/build.h"
#include "python/build_match.h"

#include "base/text.h"

#include <string.h>

static py_node *build_statement(py_builder *b, py_child child);

// Statements of one block that begin a line stand in one column; tree-sitter does not insist.
static void check_indentation(py_builder *b, py_children children)
{
    bool known = false;
    uint32_t column = 0, row = 0;
    for (size_t i = 0; i < children.count && !b->failed; i++) {
        TSNode node = tdm_py_child_at(b, children, i).node;
        TSPoint at = ts_node_start_point(node);
        if (known && at.row != row && at.column != column)
            tdm_py_refuse(b, node, "unindent does not match any outer indentation level");
        if (!known)
            column = at.column;
        known = true;
        row = ts_node_end_point(node).row;
    }
}

static py_node *build_statements(py_builder *b, TSNode node)
{
    py_children children = tdm_py_gather(b, node, false);
    py_node *made = tdm_py_make(b, PY_BLOCK, tdm_py_span_of(node), children.count);
    check_indentation(b, children);
    for (size_t i = 0; i < children.count && !b->failed; i++)
        tdm_py_put(made, i, build_statement(b, tdm_py_child_at(b, children, i)));
    tdm_py_release(b, children);
    return made;
}

py_node *tdm_py_build_block(py_builder *b, TSNode node)
{
    py_node *made = build_statements(b, node);
    if (made->count == 0 && !b->failed)
        return tdm_py_refuse(b, node, "expected an indented block");
    return made;
}

py_node *tdm_py_build_module(py_builder *b, TSNode node)
{
    return build_statements(b, node);
}

// The block among the children of an else, finally or except clause.
static py_node *block_of(py_builder *b, TSNode node)
{
    py_children children = tdm_py_gather(b, node, false);
    py_node *made = NULL;
    for (size_t i = 0; i < children.count && !made; i++)
        if (tdm_py_child_at(b, children, i).symbol == PY_SYM_BLOCK)
            made = tdm_py_build_block(b, tdm_py_child_at(b, children, i).node);
    tdm_py_release(b, children);
    return made ? made : tdm_py_refuse(b, node, "expected an indented block");
}

// ---- if, while, for ----

static py_node *build_if(py_builder *b, TSNode node)
{
    py_children children = tdm_py_gather(b, node, false);
    size_t count = 0;
    for (size_t i = 0; i < children.count; i++)
        count += tdm_py_child_at(b, children, i).symbol == PY_SYM_ELIF_CLAUSE ? 2 : 1;
    py_node *made = tdm_py_make(b, PY_IF, tdm_py_span_of(node), count);
    size_t at = 0;
    for (size_t i = 0; i < children.count && !b->failed; i++) {
        py_child child = tdm_py_child_at(b, children, i);
        if (child.symbol == PY_SYM_BLOCK) {
            tdm_py_put(made, at++, tdm_py_build_block(b, child.node));
        } else if (child.symbol == PY_SYM_ELSE_CLAUSE) {
            tdm_py_put(made, at++, block_of(b, child.node));
        } else if (child.symbol == PY_SYM_ELIF_CLAUSE) {
            py_children parts = tdm_py_gather(b, child.node, false);
            TSNode condition = tdm_py_child_at(b, parts, 0).node;
            tdm_py_release(b, parts);
            tdm_py_put(made, at++, tdm_py_build_expression(b, condition));
            tdm_py_put(made, at++, block_of(b, child.node));
        } else {
            tdm_py_put(made, at++, tdm_py_build_expression(b, child.node));
        }
    }
    tdm_py_release(b, children);
    return made;
}

static py_node *build_loop_body(py_builder *b, TSNode node)
{
    b->loops++;
    py_node *made = tdm_py_build_block(b, node);
    b->loops--;
    return made;
}

static py_node *build_while(py_builder *b, TSNode node)
{
    py_children children = tdm_py_gather(b, node, false);
    py_node *made = tdm_py_make(b, PY_WHILE, tdm_py_span_of(node), 3);
    for (size_t i = 0; i < children.count && !b->failed; i++) {
        py_child child = tdm_py_child_at(b, children, i);
        if (child.symbol == PY_SYM_BLOCK)
            tdm_py_put(made, 1, build_loop_body(b, child.node));
        else if (child.symbol == PY_SYM_ELSE_CLAUSE)
            tdm_py_put(made, 2, block_of(b, child.node));
        else
            tdm_py_put(made, 0, tdm_py_build_expression(b, child.node));
    }
    tdm_py_release(b, children);
    return made;
}

static py_node *unsupported(py_builder *b, TSNode node, const char *what);

static py_node *build_for(py_builder *b, TSNode node)
{
    if (tdm_py_has_token(b, node, "async"))
        return unsupported(b, node, "async for");
    py_children children = tdm_py_gather(b, node, false);
    py_node *made = tdm_py_make(b, PY_FOR, tdm_py_span_of(node), 4);
    for (size_t i = 0; i < children.count && !b->failed; i++) {
        py_child child = tdm_py_child_at(b, children, i);
        if (child.symbol == PY_SYM_BLOCK)
            tdm_py_put(made, 2, build_loop_body(b, child.node));
        else if (child.symbol == PY_SYM_ELSE_CLAUSE)
            tdm_py_put(made, 3, block_of(b, child.node));
        else if (child.field == PY_FIELD_LEFT)
            tdm_py_put(made, 0, tdm_py_build_target(b, child.node));
        else
            tdm_py_put(made, 1, tdm_py_build_expression(b, child.node));
    }
    tdm_py_release(b, children);
    return made;
}

// ---- try, with ----

// "except X as name": the name is an as_pattern's target.
static void build_as(py_builder *b, TSNode node, py_node *made, size_t value, size_t target)
{
    if (tdm_py_symbol_of(b, node) != PY_SYM_AS_PATTERN) {
        tdm_py_put(made, value, tdm_py_build_expression(b, node));
        return;
    }
    py_children children = tdm_py_gather(b, node, false);
    if (children.count == 2) {
        tdm_py_put(made, value, tdm_py_build_expression(b, tdm_py_child_at(b, children, 0).node));
        tdm_py_put(made, target, tdm_py_build_target(b, tdm_py_child_at(b, children, 1).node));
    } else {
        tdm_py_refuse(b, node, "invalid syntax");
    }
    tdm_py_release(b, children);
}

static py_node *build_handler(py_builder *b, TSNode node)
{
    if (tdm_py_has_token(b, node, ","))
        return tdm_py_refuse(b, node, "multiple exception types must be parenthesized");
    py_children children = tdm_py_gather(b, node, false);
    py_node *made = tdm_py_make(b, PY_HANDLER, tdm_py_span_of(node), 3);
    for (size_t i = 0; i < children.count && !b->failed; i++) {
        py_child child = tdm_py_child_at(b, children, i);
        if (child.symbol == PY_SYM_BLOCK)
            tdm_py_put(made, 1, tdm_py_build_block(b, child.node));
        else if (child.field == PY_FIELD_ALIAS)
            tdm_py_put(made, 2, tdm_py_build_target(b, child.node));
        else
            build_as(b, child.node, made, 0, 2);
    }
    tdm_py_release(b, children);
    return made;
}

static py_node *build_try(py_builder *b, TSNode node)
{
    py_children children = tdm_py_gather(b, node, false);
    size_t handlers = 0, at = 3;
    for (size_t i = 0; i < children.count; i++)
        handlers += tdm_py_child_at(b, children, i).symbol == PY_SYM_EXCEPT_CLAUSE;
    py_node *made = tdm_py_make(b, PY_TRY, tdm_py_span_of(node), handlers + 3);
    for (size_t i = 0; i < children.count && !b->failed; i++) {
        py_child child = tdm_py_child_at(b, children, i);
        if (child.symbol == PY_SYM_BLOCK)
            tdm_py_put(made, 0, tdm_py_build_block(b, child.node));
        else if (child.symbol == PY_SYM_ELSE_CLAUSE)
            tdm_py_put(made, 1, block_of(b, child.node));
        else if (child.symbol == PY_SYM_FINALLY_CLAUSE)
            tdm_py_put(made, 2, block_of(b, child.node));
        else if (child.symbol == PY_SYM_EXCEPT_CLAUSE)
            tdm_py_put(made, at++, build_handler(b, child.node));
        else
            tdm_py_refuse(b, child.node, "'except*' is not read");
    }
    tdm_py_release(b, children);
    return made;
}

static py_node *build_with_item(py_builder *b, TSNode node)
{
    py_node *made = tdm_py_make(b, PY_WITH_ITEM, tdm_py_span_of(node), 2);
    py_children children = tdm_py_gather(b, node, false);
    if (children.count == 1)
        build_as(b, tdm_py_child_at(b, children, 0).node, made, 0, 1);
    else
        tdm_py_refuse(b, node, "invalid syntax");
    tdm_py_release(b, children);
    return made;
}

static py_node *build_with(py_builder *b, TSNode node)
{
    if (tdm_py_has_token(b, node, "async"))
        return unsupported(b, node, "async with");
    py_children children = tdm_py_gather(b, node, false);
    if (children.count != 2) {
        tdm_py_release(b, children);
        return tdm_py_refuse(b, node, "invalid syntax");
    }
    TSNode clause = tdm_py_child_at(b, children, 0).node,
           body = tdm_py_child_at(b, children, 1).node;
    tdm_py_release(b, children);
    py_children items = tdm_py_gather(b, clause, false);
    py_node *made = tdm_py_make(b, PY_WITH, tdm_py_span_of(node), items.count + 1);
    for (size_t i = 0; i < items.count && !b->failed; i++)
        tdm_py_put(made, i + 1, build_with_item(b, tdm_py_child_at(b, items, i).node));
    tdm_py_release(b, items);
    tdm_py_put(made, 0, tdm_py_build_block(b, body));
    return made;
}

// ---- simple statements ----

static py_node *build_expression_statement(py_builder *b, TSNode node)
{
    bool comma = tdm_py_has_token(b, node, ",");
    py_children children = tdm_py_gather(b, node, false);
    py_child first = {0};
    if (children.count)
        first = tdm_py_child_at(b, children, 0);
    py_node *made;
    if (children.count == 1 &&
        (first.symbol == PY_SYM_ASSIGNMENT || first.symbol == PY_SYM_AUGMENTED_ASSIGNMENT)) {
        made = tdm_py_build_assignment(b, first.node);
    } else if (children.count) {
        made = tdm_py_make(b, PY_EXPR, tdm_py_span_of(node), 1);
        tdm_py_put(made, 0, tdm_py_build_list_of(b, children, 0, children.count, comma));
    } else {
        made = tdm_py_refuse(b, node, "invalid syntax");
    }
    tdm_py_release(b, children);
    return made;
}

static py_node *build_return(py_builder *b, TSNode node)
{
    if (b->scope->kind != PY_SCOPE_FUNCTION)
        return tdm_py_refuse(b, node, "'return' outside function");
    py_children children = tdm_py_gather(b, node, false);
    py_node *made = tdm_py_make(b, PY_RETURN, tdm_py_span_of(node), 1);
    if (children.count)
        tdm_py_put(made, 0, tdm_py_build_list_of(b, children, 0, children.count, false));
    tdm_py_release(b, children);
    return made;
}

static py_node *build_raise(py_builder *b, TSNode node)
{
    py_children children = tdm_py_gather(b, node, false);
    py_node *made = tdm_py_make(b, PY_RAISE, tdm_py_span_of(node), 2);
    for (size_t i = 0; i < children.count && !b->failed; i++) {
        py_child child = tdm_py_child_at(b, children, i);
        tdm_py_put(made, child.field == PY_FIELD_CAUSE, tdm_py_build_expression(b, child.node));
    }
    tdm_py_release(b, children);
    return made;
}

static py_node *build_assert(py_builder *b, TSNode node)
{
    py_children children = tdm_py_gather(b, node, false);
    py_node *made = tdm_py_make(b, PY_ASSERT, tdm_py_span_of(node), 2);
    if (children.count < 1 || children.count > 2)
        tdm_py_refuse(b, node, "invalid syntax");
    for (size_t i = 0; i < children.count && !b->failed; i++)
        tdm_py_put(made, i, tdm_py_build_expression(b, tdm_py_child_at(b, children, i).node));
    tdm_py_release(b, children);
    return made;
}

// Targets of del are names (made local), attributes and items.
static py_node *build_delete(py_builder *b, TSNode node)
{
    py_children children = tdm_py_gather(b, node, false);
    TSNode list = children.count ? tdm_py_child_at(b, children, 0).node : node;
    bool several =
        children.count == 1 && tdm_py_child_at(b, children, 0).symbol == PY_SYM_EXPRESSION_LIST;
    tdm_py_release(b, children);
    children = tdm_py_gather(b, several ? list : node, false);
    py_node *made = tdm_py_make(b, PY_DELETE, tdm_py_span_of(node), children.count);
    for (size_t i = 0; i < children.count && !b->failed; i++)
        tdm_py_put(made, i, tdm_py_build_target(b, tdm_py_child_at(b, children, i).node));
    tdm_py_release(b, children);
    return made;
}

static py_node *build_declaration(py_builder *b, TSNode node, py_binding_kind kind)
{
    py_children children = tdm_py_gather(b, node, false);
    for (size_t i = 0; i < children.count && !b->failed; i++) {
        TSNode name = tdm_py_child_at(b, children, i).node;
        if (kind == PY_BIND_NONLOCAL && b->scope->kind == PY_SCOPE_MODULE)
            tdm_py_refuse(b, node, "nonlocal declaration not allowed at module level");
        else
            tdm_py_bind(b, b->scope, tdm_py_name_of(b->names, tdm_py_text_of(b, name)), kind);
    }
    tdm_py_release(b, children);
    return tdm_py_make(b, PY_PASS, tdm_py_span_of(node), 0);
}

static py_node *build_jump(py_builder *b, TSNode node, py_kind kind)
{
    if (!b->loops)
        return tdm_py_refuse(
            b, node, kind == PY_BREAK ? "'break' outside loop" : "'continue' not properly in loop");
    return tdm_py_make(b, kind, tdm_py_span_of(node), 0);
}

// Syntax that is read but not followed: its parts are kept, so that what it may change is known.
static py_node *unsupported(py_builder *b, TSNode node, const char *what)
{
    py_node *made = tdm_py_make(b, PY_UNSUPPORTED, tdm_py_span_of(node), 0);
    made->name = tdm_py_name_of(b->names, tdm_text_of(what));
    return made;
}

static py_node *build_statement(py_builder *b, py_child child)
{
    TSNode node = child.node;
    if (b->failed)
        return b->spare;
    switch ((int)child.symbol) {
    case PY_SYM_EXPRESSION_STATEMENT:
        return build_expression_statement(b, node);
    case PY_SYM_RETURN_STATEMENT:
        return build_return(b, node);
    case PY_SYM_PASS_STATEMENT:
        return tdm_py_make(b, PY_PASS, tdm_py_span_of(node), 0);
    case PY_SYM_BREAK_STATEMENT:
        return build_jump(b, node, PY_BREAK);
    case PY_SYM_CONTINUE_STATEMENT:
        return build_jump(b, node, PY_CONTINUE);
    case PY_SYM_RAISE_STATEMENT:
        return build_raise(b, node);
    case PY_SYM_ASSERT_STATEMENT:
        return build_assert(b, node);
    case PY_SYM_DELETE_STATEMENT:
        return build_delete(b, node);
    case PY_SYM_GLOBAL_STATEMENT:
        return build_declaration(b, node, PY_BIND_GLOBAL);
    case PY_SYM_NONLOCAL_STATEMENT:
        return build_declaration(b, node, PY_BIND_NONLOCAL);
    case PY_SYM_IMPORT_STATEMENT:
    case PY_SYM_IMPORT_FROM_STATEMENT:
    case PY_SYM_FUTURE_IMPORT_STATEMENT:
        return tdm_py_build_import(b, node, child.symbol);
    case PY_SYM_IF_STATEMENT:
        return build_if(b, node);
    case PY_SYM_WHILE_STATEMENT:
        return build_while(b, node);
    case PY_SYM_FOR_STATEMENT:
        return build_for(b, node);
    case PY_SYM_TRY_STATEMENT:
        return build_try(b, node);
    case PY_SYM_WITH_STATEMENT:
        return build_with(b, node);
    case PY_SYM_FUNCTION_DEFINITION:
    case PY_SYM_CLASS_DEFINITION:
    case PY_SYM_DECORATED_DEFINITION:
        return tdm_py_build_definition(b, node);
    case PY_SYM_TYPE_ALIAS_STATEMENT:
        return unsupported(b, node, "type alias");
    case PY_SYM_MATCH_STATEMENT: {
        py_node *made = tdm_py_build_match(b, node);
        return made ? made : unsupported(b, node, "match");
    }
    case PY_SYM_PRINT_STATEMENT:
    case PY_SYM_EXEC_STATEMENT:
        return tdm_py_refuse(b, node, "a statement of Python 2");
    default:
        return tdm_py_refuse(b, node, "this syntax is not read");
    }
}
