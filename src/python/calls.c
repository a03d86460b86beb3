#include "python/calls.h"

#include "python/ast.h"

#include "base/error.h"
#include "base/text.h"

typedef struct finder {
    tdm_arena *arena;
    const tdm_py_source *source;
    tdm_text object;
    tdm_text function; // that the walk is in
    TDM_VECTOR(tdm_py_call_site) found;
} finder;

const tdm_py_said *tdm_py_said_of(const tdm_py_said *list, size_t count, tdm_text name)
{
    for (size_t i = 0; i < count; i++)
        if (tdm_text_equal(list[i].name, name))
            return &list[i];
    return NULL;
}

static bool is_named(const py_node *node, tdm_text name)
{
    return node && (node->kind == PY_NAME || node->kind == PY_ATTRIBUTE) &&
           tdm_text_equal(node->name->text, name);
}

static bool read_dict(finder *in, const py_node *node, tdm_py_said *said);

static bool read_value(finder *in, tdm_text name, const py_node *node, tdm_py_said *ret)
{
    *ret =
        (tdm_py_said){.name = name,
                      .place = tdm_py_span_place(in->source, node->span),
                      .source = tdm_text_slice(in->source->text, node->span.start, node->span.end),
                      .kind = TDM_PY_SAID_OTHER};
    if (node->kind == PY_DICT)
        return read_dict(in, node, ret);
    if (node->kind != PY_CONSTANT)
        return true;
    tdm_py_kind kind = tdm_py_kind_of(node->constant);
    if (kind == TDM_PY_NONE) {
        ret->kind = TDM_PY_SAID_NONE;
    } else if (kind == TDM_PY_BOOL) {
        ret->kind = TDM_PY_SAID_BOOL;
        ret->flag = tdm_py_as_bool(node->constant);
    } else if (kind == TDM_PY_STR) {
        ret->kind = TDM_PY_SAID_STRING;
        ret->text = tdm_py_as_text(node->constant);
    }
    return true;
}

static bool read_dict(finder *in, const py_node *node, tdm_py_said *said)
{
    tdm_py_said *entries = tdm_arena_array(in->arena, node->count, sizeof *entries);
    if (!entries)
        return false;
    for (uint32_t i = 0; i < node->count; i++) {
        const py_node *pair = node->kid[i];
        const py_node *key = pair->kind == PY_PAIR ? pair->kid[0] : NULL;
        if (!key || key->kind != PY_CONSTANT || tdm_py_kind_of(key->constant) != TDM_PY_STR) {
            said->open = true;
            continue;
        }
        if (!read_value(in, tdm_py_as_text(key->constant), pair->kid[1], &entries[said->count++]))
            return false;
    }
    said->kind = TDM_PY_SAID_DICT;
    said->entries = entries;
    return true;
}

static bool read_call(finder *in, const py_node *node)
{
    tdm_py_said *keywords = tdm_arena_array(in->arena, node->count, sizeof *keywords);
    tdm_py_call_site site = {.place = tdm_py_span_place(in->source, node->span),
                             .method = node->kid[0]->name->text,
                             .function = in->function,
                             .keywords = keywords};
    if (!keywords)
        return false;
    for (uint32_t i = 1; i < node->count; i++) {
        const py_node *argument = node->kid[i];
        if (argument->kind == PY_DOUBLE_STAR)
            site.open = true;
        if (argument->kind == PY_KEYWORD &&
            !read_value(in, argument->name->text, argument->kid[0], &keywords[site.count++]))
            return false;
    }
    return tdm_vector_push(in->arena, &in->found, site);
}

// Depth is that of the syntax, which parsing has bounded.
static bool walk(finder *in, const py_node *node)
{
    if (!node)
        return true;
    if (node->kind == PY_CALL && node->kid[0]->kind == PY_ATTRIBUTE &&
        is_named(node->kid[0]->kid[0], in->object) && !read_call(in, node))
        return false;
    for (uint32_t i = 0; i < node->count; i++)
        if (!walk(in, node->kid[i]))
            return false;
    if (node->kind != PY_DEF && node->kind != PY_LAMBDA)
        return true;
    tdm_text outer = in->function;
    if (node->kind == PY_DEF)
        in->function = node->code->name->text;
    bool done = walk(in, node->code->body);
    in->function = outer;
    return done;
}

tdm_status tdm_py_calls_on(tdm_arena *arena, tdm_py_source *source, tdm_text object,
                           tdm_py_call_sites *ret, tdm_error *err)
{
    finder in = {.arena = arena, .source = source, .object = object};
    if (!walk(&in, source->module))
        return tdm_fail_memory(err);
    *ret = (tdm_py_call_sites){in.found.items, in.found.count};
    return TDM_OK;
}
