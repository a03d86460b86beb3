// Functions, classes and imports.
#include "python/build.h"

#include "base/text.h"

#include <string.h>

// ---- functions ----

static void add_param(py_builder *b, py_code *code, TSNode node, py_param param)
{
    for (size_t i = 0; i < code->params.count; i++)
        if (code->params.items[i].name == param.name) {
            tdm_py_refuse(b, node, "duplicate argument in function definition");
            return;
        }
    tdm_py_bind(b, code->scope, param.name, PY_BIND_LOCAL);
    param.slot = tdm_py_scope_find(code->scope, param.name);
    if (!tdm_vector_push(b->arena, &code->params, param)) {
        b->failed = true;
        tdm_fail_memory(b->err);
    }
}

// The identifier of a parameter, and whether "*" or "**" stands before it.
static TSNode param_name(py_builder *b, TSNode node, uint8_t *kind)
{
    py_symbol symbol = tdm_py_symbol_of(b, node);
    if (symbol == PY_SYM_LIST_SPLAT_PATTERN)
        *kind = PY_PARAM_STAR;
    else if (symbol == PY_SYM_DICTIONARY_SPLAT_PATTERN)
        *kind = PY_PARAM_DOUBLE_STAR;
    else if (symbol != PY_SYM_TYPED_PARAMETER && symbol != PY_SYM_DEFAULT_PARAMETER &&
             symbol != PY_SYM_TYPED_DEFAULT_PARAMETER)
        return node;
    py_children children = tdm_py_gather(b, node, false);
    TSNode first = children.count ? tdm_py_child_at(b, children, 0).node : node;
    tdm_py_release(b, children);
    return children.count ? param_name(b, first, kind) : node;
}

static void build_param(py_builder *b, py_code *code, py_child child, uint8_t *kind)
{
    if (child.symbol == PY_SYM_POSITIONAL_SEPARATOR) {
        for (size_t i = 0; i < code->params.count; i++)
            code->params.items[i].kind = PY_PARAM_POSITIONAL;
        return;
    }
    if (child.symbol == PY_SYM_KEYWORD_SEPARATOR) {
        *kind = PY_PARAM_KEYWORD;
        return;
    }
    uint8_t own = *kind;
    TSNode name = param_name(b, child.node, &own);
    if (tdm_py_symbol_of(b, name) != PY_SYM_IDENTIFIER) {
        tdm_py_refuse(b, child.node, "invalid parameter");
        return;
    }
    py_param param = {.name = tdm_py_name_of(b->names, tdm_py_text_of(b, name)), .kind = own};
    py_children parts = tdm_py_gather(b, child.node, false);
    py_child value;
    if (tdm_py_child_in(b, parts, PY_FIELD_VALUE, &value)) {
        py_scope *inner = b->scope;
        b->scope = code->scope->parent; // defaults are evaluated where the def stands
        param.standard = tdm_py_build_expression(b, value.node);
        b->scope = inner;
    }
    tdm_py_release(b, parts);
    if (own == PY_PARAM_STAR)
        *kind = PY_PARAM_KEYWORD;
    size_t count = code->params.count;
    if (!b->failed && own == PY_PARAM_NORMAL && !param.standard && count &&
        code->params.items[count - 1].standard)
        tdm_py_refuse(b, child.node, "non-default argument follows default argument");
    if (!b->failed)
        add_param(b, code, child.node, param);
}

py_code *tdm_py_build_code(py_builder *b, TSNode node, const py_name *name, bool is_lambda)
{
    py_code *code = tdm_arena_new_of(b->arena, py_code);
    py_scope *outer = b->scope;
    unsigned loops = b->loops;
    if (!code) {
        b->failed = true;
        tdm_fail_memory(b->err);
        return NULL;
    }
    *code = (py_code){.name = name, .is_lambda = is_lambda, .source = b->source};
    b->scope = code->scope = tdm_py_scope_new(b, PY_SCOPE_FUNCTION);
    b->loops = 0;
    py_children children = tdm_py_gather(b, node, false);
    py_child parameters, body;
    if (tdm_py_child_in(b, children, PY_FIELD_PARAMETERS, &parameters)) {
        uint8_t kind = PY_PARAM_NORMAL;
        py_children list = tdm_py_gather(b, parameters.node, false);
        for (size_t i = 0; i < list.count && !b->failed; i++)
            build_param(b, code, tdm_py_child_at(b, list, i), &kind);
        tdm_py_release(b, list);
    }
    if (!tdm_py_child_in(b, children, PY_FIELD_BODY, &body))
        tdm_py_refuse(b, node, "invalid syntax");
    else
        code->body =
            is_lambda ? tdm_py_build_expression(b, body.node) : tdm_py_build_block(b, body.node);
    tdm_py_release(b, children);
    b->loops = loops;
    b->scope = outer;
    return code;
}

// ---- def and class, decorated or not ----

static void put_decorators(py_builder *b, py_children decorators, size_t count, py_node *made,
                           size_t from)
{
    for (size_t i = 0; i < count && !b->failed; i++) {
        TSNode node = tdm_py_child_at(b, decorators, i).node;
        py_children parts = tdm_py_gather(b, node, false);
        TSNode inner = parts.count ? tdm_py_child_at(b, parts, 0).node : node;
        tdm_py_release(b, parts);
        tdm_py_put(made, from + i, tdm_py_build_expression(b, inner));
    }
}

static py_node *bound_name(py_builder *b, TSNode node)
{
    py_node *name = tdm_py_make_name(b, node, tdm_py_text_of(b, node));
    tdm_py_bind(b, b->scope, name->name, PY_BIND_LOCAL);
    return name;
}

static py_node *build_def(py_builder *b, TSNode node, py_children decorators, size_t count)
{
    py_child name;
    py_children children = tdm_py_gather(b, node, false);
    bool named = tdm_py_child_in(b, children, PY_FIELD_NAME, &name);
    tdm_py_release(b, children);
    if (!named)
        return tdm_py_refuse(b, node, "invalid syntax");
    py_node *made = tdm_py_make(b, PY_DEF, tdm_py_span_of(node), count + 1);
    put_decorators(b, decorators, count, made, 1);
    py_node *target = bound_name(b, name.node);
    tdm_py_put(made, 0, target);
    made->code = tdm_py_build_code(b, node, target->name, false);
    if (made->code) {
        made->code->node = made;
        made->code->is_async = tdm_py_has_token(b, node, "async");
    }
    return made;
}

static py_node *build_class_body(py_builder *b, TSNode node, py_scope *scope)
{
    py_scope *outer = b->scope;
    unsigned loops = b->loops;
    b->scope = scope;
    b->loops = 0;
    py_node *body = tdm_py_build_block(b, node);
    b->loops = loops;
    b->scope = outer;
    return body;
}

static py_node *build_class(py_builder *b, TSNode node, py_children decorators, size_t count)
{
    py_child name, body, bases;
    py_children children = tdm_py_gather(b, node, false);
    bool whole = tdm_py_child_in(b, children, PY_FIELD_NAME, &name) &&
                 tdm_py_child_in(b, children, PY_FIELD_BODY, &body);
    bool derived = tdm_py_child_in(b, children, PY_FIELD_SUPERCLASSES, &bases);
    tdm_py_release(b, children);
    if (!whole)
        return tdm_py_refuse(b, node, "invalid syntax");
    children = derived ? tdm_py_gather(b, bases.node, false) : (py_children){b->stack_count, 0};
    py_node *made = tdm_py_make(b, PY_CLASS, tdm_py_span_of(node), 2 + count + children.count);
    made->op = (uint8_t)count;
    if (count > UINT8_MAX)
        tdm_py_refuse(b, node, "too many decorators");
    put_decorators(b, decorators, count, made, 2);
    for (size_t i = 0; i < children.count && !b->failed; i++)
        tdm_py_put(made, 2 + count + i,
                   tdm_py_build_call_argument(b, tdm_py_child_at(b, children, i)));
    tdm_py_release(b, children);
    tdm_py_put(made, 0, bound_name(b, name.node));
    made->scope = tdm_py_scope_new(b, PY_SCOPE_CLASS);
    tdm_py_put(made, 1, build_class_body(b, body.node, made->scope));
    return made;
}

py_node *tdm_py_build_definition(py_builder *b, TSNode node)
{
    py_symbol symbol = tdm_py_symbol_of(b, node);
    py_children decorators = {b->stack_count, 0};
    size_t count = 0;
    TSNode definition = node;
    if (symbol == PY_SYM_DECORATED_DEFINITION) {
        decorators = tdm_py_gather(b, node, false);
        if (!decorators.count)
            return tdm_py_refuse(b, node, "invalid syntax");
        count = decorators.count - 1;
        definition = tdm_py_child_at(b, decorators, count).node;
    }
    py_node *made = tdm_py_symbol_of(b, definition) == PY_SYM_CLASS_DEFINITION
                        ? build_class(b, definition, decorators, count)
                        : build_def(b, definition, decorators, count);
    tdm_py_release(b, decorators);
    return made;
}

// ---- imports ----

// "a.b.c", without the space and comments that may stand around the dots.
static tdm_text dotted_text(py_builder *b, TSNode node)
{
    py_children parts = tdm_py_gather(b, node, false);
    tdm_buffer text = TDM_BUFFER_INIT(1 << 16);
    for (size_t i = 0; i < parts.count; i++) {
        if (i)
            tdm_buffer_putc(&text, '.');
        tdm_buffer_put(&text, tdm_py_text_of(b, tdm_py_child_at(b, parts, i).node));
    }
    tdm_py_release(b, parts);
    if (text.failed)
        b->failed = true;
    return tdm_buffer_take(&text, b->arena);
}

static py_node *build_alias(py_builder *b, py_child child, bool plain_import)
{
    py_node *made = tdm_py_make(b, PY_ALIAS, tdm_py_span_of(child.node), 1);
    TSNode dotted = child.node, bound = child.node;
    bool renamed = child.symbol == PY_SYM_ALIASED_IMPORT;
    if (renamed) {
        py_children parts = tdm_py_gather(b, child.node, false);
        if (parts.count == 2) {
            dotted = tdm_py_child_at(b, parts, 0).node;
            bound = tdm_py_child_at(b, parts, 1).node;
        } else {
            tdm_py_refuse(b, child.node, "invalid syntax");
        }
        tdm_py_release(b, parts);
    }
    tdm_text text = dotted_text(b, dotted);
    made->name = tdm_py_name_of(b->names, text);
    tdm_text name = renamed ? tdm_py_text_of(b, bound) : text;
    // "import a.b" binds "a".
    size_t dot = plain_import && !renamed ? tdm_text_find_char(name, '.') : SIZE_MAX;
    py_node *target = tdm_py_make_name(b, bound, tdm_text_slice(name, 0, dot));
    tdm_py_bind(b, b->scope, target->name, PY_BIND_LOCAL);
    made->op = renamed;
    tdm_py_put(made, 0, target);
    return made;
}

static void read_module_name(py_builder *b, py_child child, py_node *made)
{
    if (child.symbol != PY_SYM_RELATIVE_IMPORT) {
        made->name = tdm_py_name_of(b->names, dotted_text(b, child.node));
        return;
    }
    py_children parts = tdm_py_gather(b, child.node, false);
    for (size_t i = 0; i < parts.count && !b->failed; i++) {
        py_child part = tdm_py_child_at(b, parts, i);
        if (part.symbol == PY_SYM_DOTTED_NAME)
            made->name = tdm_py_name_of(b->names, dotted_text(b, part.node));
        else
            for (uint32_t at = ts_node_start_byte(part.node); at < ts_node_end_byte(part.node);
                 at++)
                made->op = (uint8_t)(made->op + (b->source->text.data[at] == '.'));
    }
    tdm_py_release(b, parts);
}

py_node *tdm_py_build_import(py_builder *b, TSNode node, py_symbol symbol)
{
    py_children children = tdm_py_gather(b, node, false);
    bool from = symbol != PY_SYM_IMPORT_STATEMENT;
    bool has_module = symbol == PY_SYM_IMPORT_FROM_STATEMENT;
    size_t count = children.count - (has_module && children.count ? 1 : 0), at = 0;
    py_node *made = tdm_py_make(b, from ? PY_IMPORT_FROM : PY_IMPORT, tdm_py_span_of(node), count);
    if (symbol == PY_SYM_FUTURE_IMPORT_STATEMENT)
        made->name = tdm_py_name_of(b->names, TDM_TEXT("__future__"));
    for (size_t i = 0; i < children.count && !b->failed; i++) {
        py_child child = tdm_py_child_at(b, children, i);
        if (child.field == PY_FIELD_MODULE_NAME) {
            read_module_name(b, child, made);
        } else if (child.symbol == PY_SYM_WILDCARD_IMPORT) {
            py_node *star = tdm_py_make(b, PY_ALIAS, tdm_py_span_of(child.node), 0);
            star->name = tdm_py_name_of(b->names, TDM_TEXT("*"));
            tdm_py_put(made, at++, star);
        } else {
            tdm_py_put(made, at++, build_alias(b, child, !from));
        }
    }
    tdm_py_release(b, children);
    return made;
}
