// Resolving names: Python's static scoping (Language Reference 4.2) decided once for every name of
// a file, so that the evaluator only counts environments up and slots along.
//
// Functions and comprehensions have an environment of slots; a class body and a module keep their
// names in a namespace. Scopes of classes are skipped by what is nested in them.
#include "python/build.h"

#include <string.h>

static bool has_slots(const py_scope *scope)
{
    return scope->kind == PY_SCOPE_FUNCTION || scope->kind == PY_SCOPE_COMPREHENSION;
}

// The variable of an enclosing function that `name` means in `scope`'s nested code.
static bool find_enclosing(py_scope *scope, uint16_t hops, const py_name *name, py_var *ret)
{
    for (; scope; scope = scope->parent) {
        if (!has_slots(scope))
            continue;
        uint32_t slot = tdm_py_scope_find(scope, name);
        if (slot != UINT32_MAX && scope->locals.items[slot].kind == PY_BIND_GLOBAL)
            return false;
        if (slot != UINT32_MAX && scope->locals.items[slot].kind == PY_BIND_LOCAL) {
            *ret = (py_var){.kind = PY_VAR_SLOT, .hops = hops, .slot = slot};
            return true;
        }
        hops++;
    }
    return false;
}

static py_var resolve_name(py_scope *scope, const py_name *name)
{
    py_var var = {.kind = PY_VAR_GLOBAL};
    uint32_t slot = tdm_py_scope_find(scope, name);
    uint8_t kind = slot == UINT32_MAX ? PY_BIND_NONLOCAL : scope->locals.items[slot].kind;
    if (kind == PY_BIND_GLOBAL || (kind == PY_BIND_LOCAL && scope->kind == PY_SCOPE_MODULE))
        return var;
    if (kind == PY_BIND_LOCAL && has_slots(scope))
        return (py_var){.kind = PY_VAR_SLOT, .slot = slot};
    bool enclosed = find_enclosing(scope->parent, has_slots(scope) ? 1 : 0, name, &var);
    if (kind == PY_BIND_LOCAL) {
        var.kind = PY_VAR_SPACE;
        var.fallback = enclosed;
    }
    return var;
}

static void resolve(py_node *node, py_scope *scope);

static void resolve_kids(py_node *node, uint32_t from, py_scope *scope)
{
    for (uint32_t i = from; i < node->count; i++)
        if (node->kid[i])
            resolve(node->kid[i], scope);
}

static void resolve_code(py_code *code, py_scope *scope)
{
    for (size_t i = 0; i < code->params.count; i++)
        if (code->params.items[i].standard)
            resolve(code->params.items[i].standard, scope);
    if (code->body)
        resolve(code->body, code->scope);
}

// The first iterable is evaluated outside.
static void resolve_comprehension(py_node *node, py_scope *scope)
{
    resolve(node->kid[2]->kid[1], scope);
    resolve(node->kid[2]->kid[0], node->scope);
    for (uint32_t i = 0; i < node->count; i++)
        if (i != 2 && node->kid[i])
            resolve(node->kid[i], node->scope);
}

static void resolve(py_node *node, py_scope *scope)
{
    switch (node->kind) {
    case PY_NAME:
        node->var = resolve_name(scope, node->name);
        return;
    case PY_DEF:
    case PY_LAMBDA:
        resolve_kids(node, 0, scope);
        resolve_code(node->code, scope);
        return;
    case PY_CLASS:
        resolve(node->kid[0], scope);
        resolve(node->kid[1], node->scope);
        resolve_kids(node, 2, scope);
        return;
    case PY_COMPREHENSION:
        resolve_comprehension(node, scope);
        return;
    default:
        resolve_kids(node, 0, scope);
    }
}

void tdm_py_resolve(py_builder *b, py_node *module)
{
    resolve(module, b->source->scope);
}
