// The header of a revision: literal assignments at the top level of a file.
#include "python/syntax.h"
#include "python/object.h"

#include "base/error.h"
#include "base/text.h"

static bool is_text(const py_node *node)
{
    return node->kind == PY_CONSTANT && node->constant->kind == TDM_PY_STR;
}

// The value that a top-level statement assigns to `name`, or NULL.
static const py_node *assigned_value(const py_node *statement, tdm_text name)
{
    bool plain = statement->kind == PY_ASSIGN;
    if ((!plain && statement->kind != PY_ANN_ASSIGN) || !statement->kid[statement->count - 1])
        return NULL;
    for (uint32_t i = 0; i + 1 < statement->count; i++) {
        const py_node *target = statement->kid[i];
        if (target->kind == PY_NAME && tdm_text_equal(target->name->text, name))
            return statement->kid[statement->count - 1];
    }
    return NULL;
}

static const py_node *find_value(const struct tdm_py_source *source, tdm_text name)
{
    const py_node *found = NULL;
    for (uint32_t i = 0; i < source->module->count; i++) {
        const py_node *value = assigned_value(source->module->kid[i], name);
        found = value ? value : found;
    }
    return found;
}

static bool all_texts(const py_node *node)
{
    if (node->kind != PY_TUPLE && node->kind != PY_LIST && node->kind != PY_SET)
        return false;
    for (uint32_t i = 0; i < node->count; i++)
        if (!is_text(node->kid[i]))
            return false;
    return true;
}

static tdm_status put_items(tdm_arena *arena, const py_node *node, tdm_py_literal *literal,
                            tdm_error *err)
{
    bool one = node->kind == PY_CONSTANT;
    literal->count = one ? 1 : node->count;
    literal->items = tdm_arena_array(arena, literal->count, sizeof *literal->items);
    if (!literal->items)
        return tdm_fail_memory(err);
    for (size_t i = 0; i < literal->count; i++)
        literal->items[i] = tdm_arena_text(arena, (one ? node : node->kid[i])->constant->text);
    return tdm_arena_ok(arena) ? TDM_OK : tdm_fail_memory(err);
}

tdm_status tdm_py_literal_of(tdm_arena *arena, tdm_py_source *source, tdm_text name,
                             tdm_py_literal *ret, tdm_error *err)
{
    const py_node *value = find_value(source, name);
    tdm_py_literal literal = {.kind = TDM_PY_LITERAL_ABSENT};
    if (!value) {
        *ret = literal;
        return TDM_OK;
    }
    literal.kind = TDM_PY_LITERAL_OTHER;
    literal.place = tdm_py_span_place(source, value->span);
    literal.source = tdm_text_slice(source->text, value->span.start, value->span.end);
    if (value->kind == PY_CONSTANT && value->constant->kind == TDM_PY_NONE)
        literal.kind = TDM_PY_LITERAL_NONE;
    else if (is_text(value))
        literal.kind = TDM_PY_LITERAL_STRING;
    else if (all_texts(value))
        literal.kind = TDM_PY_LITERAL_STRINGS;
    if ((literal.kind == TDM_PY_LITERAL_STRING || literal.kind == TDM_PY_LITERAL_STRINGS) &&
        put_items(arena, value, &literal, err) != TDM_OK)
        return TDM_FAILED;
    *ret = literal;
    return TDM_OK;
}

tdm_text tdm_py_docstring(tdm_py_source *source, tdm_place *ret_place)
{
    const py_node *first = source->module->count ? source->module->kid[0] : NULL;
    if (!first || first->kind != PY_EXPR || !is_text(first->kid[0]))
        return (tdm_text){0};
    if (ret_place)
        *ret_place = tdm_py_span_place(source, first->kid[0]->span);
    return first->kid[0]->constant->text;
}

bool tdm_py_has_function(tdm_py_source *source, tdm_text name)
{
    for (uint32_t i = 0; i < source->module->count; i++) {
        const py_node *statement = source->module->kid[i];
        if (statement->kind == PY_DEF && tdm_text_equal(statement->code->name->text, name))
            return true;
    }
    return false;
}
