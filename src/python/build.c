// What all builders share: children, nodes, refusals, scopes.
#include "python/build.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

py_symbol tdm_py_symbol_of(const py_builder *b, TSNode node)
{
    TSSymbol symbol = ts_node_symbol(node);
    return symbol < b->grammar->symbol_count ? (py_symbol)b->grammar->symbols[symbol]
                                             : PY_SYM_OTHER;
}

py_span tdm_py_span_of(TSNode node)
{
    TSPoint start = ts_node_start_point(node), end = ts_node_end_point(node);
    return (py_span){
        .start = ts_node_start_byte(node),
        .end = ts_node_end_byte(node),
        .row = start.row,
        .column = start.column,
        .end_row = end.row,
        .end_column = end.column,
    };
}

tdm_text tdm_py_text_of(const py_builder *b, TSNode node)
{
    return tdm_text_slice(b->source->text, ts_node_start_byte(node), ts_node_end_byte(node));
}

static bool push_child(py_builder *b, py_child child)
{
    if (b->stack_count == b->stack_capacity) {
        size_t capacity = b->stack_capacity ? b->stack_capacity * 2 : 256;
        py_child *stack = realloc(b->stack, capacity * sizeof *stack);
        if (!stack)
            return false;
        b->stack = stack;
        b->stack_capacity = capacity;
    }
    b->stack[b->stack_count++] = child;
    return true;
}

static uint8_t field_of(const py_builder *b, TSFieldId id)
{
    return id < b->grammar->field_count ? b->grammar->fields[id] : PY_FIELD_NONE;
}

py_children tdm_py_gather(py_builder *b, TSNode node, bool anonymous)
{
    py_children children = {.base = b->stack_count};
    ts_tree_cursor_reset(&b->cursor, node);
    bool more = ts_tree_cursor_goto_first_child(&b->cursor);
    for (; more; more = ts_tree_cursor_goto_next_sibling(&b->cursor)) {
        TSNode child = ts_tree_cursor_current_node(&b->cursor);
        py_symbol symbol = tdm_py_symbol_of(b, child);
        bool named = ts_node_is_named(child);
        if (symbol == PY_SYM_COMMENT || symbol == PY_SYM_LINE_CONTINUATION ||
            (!named && !anonymous))
            continue;
        uint8_t field = field_of(b, ts_tree_cursor_current_field_id(&b->cursor));
        if (!push_child(b, (py_child){child, symbol, field, named})) {
            b->failed = true;
            tdm_fail_memory(b->err);
            break;
        }
    }
    children.count = b->stack_count - children.base;
    return children;
}

void tdm_py_release(py_builder *b, py_children children)
{
    b->stack_count = children.base;
}

py_child tdm_py_child_at(const py_builder *b, py_children children, size_t index)
{
    return b->stack[children.base + index];
}

bool tdm_py_child_in(const py_builder *b, py_children children, py_field field, py_child *ret)
{
    for (size_t i = 0; i < children.count; i++)
        if (b->stack[children.base + i].field == field) {
            *ret = b->stack[children.base + i];
            return true;
        }
    return false;
}

bool tdm_py_has_token(py_builder *b, TSNode node, const char *token)
{
    if (ts_node_child_count(node) == ts_node_named_child_count(node))
        return false;
    py_children children = tdm_py_gather(b, node, true);
    bool found = false;
    for (size_t i = 0; i < children.count && !found; i++) {
        py_child child = tdm_py_child_at(b, children, i);
        found = !child.named && strcmp(ts_node_type(child.node), token) == 0;
    }
    tdm_py_release(b, children);
    return found;
}

py_node *tdm_py_make(py_builder *b, py_kind kind, py_span span, size_t count)
{
    py_node *node = tdm_arena_alloc(b->arena, sizeof *node + count * sizeof *node->kid);
    if (!node) {
        if (!b->failed)
            tdm_fail_memory(b->err);
        b->failed = true;
        b->spare->kind = PY_PASS;
        return b->spare;
    }
    node->kind = (uint8_t)kind;
    node->span = span;
    node->count = (uint32_t)count;
    return node;
}

void tdm_py_put(py_node *node, size_t index, py_node *kid)
{
    if (index < node->count)
        node->kid[index] = kid;
}

py_node *tdm_py_refuse(py_builder *b, TSNode node, const char *message)
{
    py_span span = tdm_py_span_of(node);
    if (!b->failed)
        tdm_fail(b->err, TDM_ERROR_PYTHON, tdm_py_span_place(b->source, span), "%s", message);
    b->failed = true;
    return tdm_py_make(b, PY_PASS, span, 0);
}

py_node *tdm_py_make_name(py_builder *b, TSNode node, tdm_text text)
{
    py_node *name = tdm_py_make(b, PY_NAME, tdm_py_span_of(node), 0);
    name->name = tdm_py_name_of(b->names, text);
    return name;
}

// ---- scopes ----

py_scope *tdm_py_scope_new(py_builder *b, py_scope_kind kind)
{
    py_scope *scope = tdm_arena_new_of(b->arena, py_scope);
    if (!scope) {
        if (!b->failed)
            tdm_fail_memory(b->err);
        b->failed = true;
        return b->scope;
    }
    scope->kind = kind;
    scope->parent = b->scope;
    return scope;
}

enum {
    FEW_LOCALS = 8,
};

static uint32_t *find_slot(const py_scope *scope, const py_name *name)
{
    uint32_t mask = scope->slot_count - 1;
    uint32_t at = name->hash & mask;
    while (scope->slots[at] && scope->locals.items[scope->slots[at] - 1].name != name)
        at = (at + 1) & mask;
    return &scope->slots[at];
}

uint32_t tdm_py_scope_find(const py_scope *scope, const py_name *name)
{
    if (scope->slots)
        return *find_slot(scope, name) - 1;
    for (uint32_t i = 0; i < scope->locals.count; i++)
        if (scope->locals.items[i].name == name)
            return i;
    return UINT32_MAX;
}

static bool index_locals(py_builder *b, py_scope *scope)
{
    size_t count = scope->locals.count;
    if (count <= FEW_LOCALS)
        return true;
    if (!scope->slots || count * 2 > scope->slot_count) {
        uint32_t slot_count = 32;
        while (slot_count < count * 4)
            slot_count *= 2;
        scope->slots = tdm_arena_array(b->arena, slot_count, sizeof *scope->slots);
        if (!scope->slots)
            return false;
        scope->slot_count = slot_count;
        for (uint32_t i = 0; i < count; i++)
            *find_slot(scope, scope->locals.items[i].name) = i + 1;
        return true;
    }
    *find_slot(scope, scope->locals.items[count - 1].name) = (uint32_t)count;
    return true;
}

void tdm_py_bind(py_builder *b, py_scope *scope, const py_name *name, py_binding_kind kind)
{
    uint32_t at = tdm_py_scope_find(scope, name);
    if (at != UINT32_MAX) {
        if (kind != PY_BIND_LOCAL)
            scope->locals.items[at].kind = (uint8_t)kind;
        return;
    }
    if (tdm_vector_push(b->arena, &scope->locals, ((py_local){name, (uint8_t)kind})) &&
        index_locals(b, scope))
        return;
    if (!b->failed)
        tdm_fail_memory(b->err);
    b->failed = true;
}
