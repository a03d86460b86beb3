// `match` as the chain of `if` that it stands for (Language Reference 8.6): the subject in a name
// that no source can spell, and for every case a question about it. Followed are literals, dotted
// names, classes without attributes, alternatives of these, `_`, names and `as`.
#include "python/build_match.h"

#include "base/text.h"

#include <string.h>

typedef struct match {
    py_builder *b;
    const py_name *subject;
    TSNode node;
    bool followed;
} match;

static bool is_type(TSNode node, const char *type)
{
    return strcmp(ts_node_type(node), type) == 0;
}

static py_node *not_followed(match *m)
{
    m->followed = false;
    return tdm_py_make(m->b, PY_PASS, tdm_py_span_of(m->node), 0);
}

static py_node *subject_name(match *m, TSNode at)
{
    return tdm_py_make_name(m->b, at, m->subject->text);
}

// ---- patterns ----

static py_node *compare(match *m, TSNode at, py_node *value, uint8_t op)
{
    py_node *made = tdm_py_make(m->b, PY_COMPARE, tdm_py_span_of(at), 2);
    uint8_t *ops = tdm_arena_alloc(m->b->arena, 1);
    if (!ops || made->count != 2)
        return not_followed(m);
    *ops = op;
    made->ops = ops;
    tdm_py_put(made, 0, subject_name(m, at));
    tdm_py_put(made, 1, value);
    return made;
}

static py_node *dotted(match *m, TSNode node)
{
    py_children parts = tdm_py_gather(m->b, node, false);
    py_node *made = NULL;
    for (size_t i = 0; i < parts.count; i++) {
        TSNode part = tdm_py_child_at(m->b, parts, i).node;
        tdm_text text = tdm_py_text_of(m->b, part);
        if (!made) {
            made = tdm_py_make_name(m->b, part, text);
            continue;
        }
        py_node *attribute = tdm_py_make(m->b, PY_ATTRIBUTE, tdm_py_span_of(node), 1);
        attribute->name = tdm_py_name_of(m->b->names, text);
        tdm_py_put(attribute, 0, made);
        made = attribute;
    }
    tdm_py_release(m->b, parts);
    return made ? made : not_followed(m);
}

static py_node *class_test(match *m, TSNode node)
{
    if (ts_node_named_child_count(node) != 1)
        return not_followed(m);
    py_node *call = tdm_py_make(m->b, PY_CALL, tdm_py_span_of(node), 3);
    tdm_py_put(call, 0, tdm_py_make_name(m->b, node, TDM_TEXT("isinstance")));
    tdm_py_put(call, 1, subject_name(m, node));
    tdm_py_put(call, 2, dotted(m, ts_node_named_child(node, 0)));
    return call;
}

static py_node *pattern(match *m, TSNode node);

static py_node *alternatives(match *m, TSNode node)
{
    py_children parts = tdm_py_gather(m->b, node, false);
    py_node *made = tdm_py_make(m->b, PY_OR, tdm_py_span_of(node), parts.count);
    for (size_t i = 0; i < parts.count && m->followed; i++)
        tdm_py_put(made, i, pattern(m, tdm_py_child_at(m->b, parts, i).node));
    tdm_py_release(m->b, parts);
    return m->followed ? made : not_followed(m);
}

// The question that a pattern asks of the subject.
static py_node *pattern(match *m, TSNode node)
{
    if (is_type(node, "case_pattern") && ts_node_child_count(node) == 1)
        return pattern(m, ts_node_child(node, 0));
    if (is_type(node, "class_pattern"))
        return class_test(m, node);
    if (is_type(node, "union_pattern"))
        return alternatives(m, node);
    if (is_type(node, "dotted_name") && ts_node_named_child_count(node) > 1)
        return compare(m, node, dotted(m, node), TDM_PY_EQ);
    switch ((int)tdm_py_symbol_of(m->b, node)) {
    case PY_SYM_NONE:
    case PY_SYM_TRUE:
    case PY_SYM_FALSE:
        return compare(m, node, tdm_py_build_expression(m->b, node), PY_OP_IS);
    case PY_SYM_STRING:
    case PY_SYM_CONCATENATED_STRING:
    case PY_SYM_INTEGER:
    case PY_SYM_FLOAT:
        return compare(m, node, tdm_py_build_expression(m->b, node), TDM_PY_EQ);
    default:
        return not_followed(m);
    }
}

// ---- cases ----

typedef struct clause {
    py_node *condition; // NULL: it matches everything
    py_node *body;
} clause;

// The name that a pattern gives the whole subject: `case x`, `case P as x`. Leaves the pattern that
// remains, or a null node.
static bool captured(match *m, TSNode *pattern, tdm_text *ret)
{
    TSNode inner = *pattern;
    while (is_type(inner, "case_pattern") && ts_node_child_count(inner) == 1)
        inner = ts_node_child(inner, 0);
    if (is_type(inner, "as_pattern") && ts_node_named_child_count(inner) == 2) {
        *ret = tdm_py_text_of(m->b, ts_node_named_child(inner, 1));
        *pattern = ts_node_named_child(inner, 0);
        return true;
    }
    if (!is_type(inner, "dotted_name") || ts_node_named_child_count(inner) != 1)
        return false;
    *ret = tdm_py_text_of(m->b, inner);
    *pattern = (TSNode){0};
    return true;
}

// `(name := subject,)`: true, and the name is bound before a guard asks for it.
static py_node *naming(match *m, TSNode at, tdm_text name)
{
    py_node *bind = tdm_py_make(m->b, PY_WALRUS, tdm_py_span_of(at), 2);
    py_node *target = tdm_py_make_name(m->b, at, name);
    tdm_py_bind(m->b, m->b->scope, target->name, PY_BIND_LOCAL);
    tdm_py_put(bind, 0, target);
    tdm_py_put(bind, 1, subject_name(m, at));
    py_node *made = tdm_py_make(m->b, PY_TUPLE, tdm_py_span_of(at), 1);
    tdm_py_put(made, 0, bind);
    return made;
}

static py_node *both(match *m, py_node *first, py_node *second)
{
    if (!first || !second)
        return first ? first : second;
    py_node *made = tdm_py_make(m->b, PY_AND, first->span, 2);
    tdm_py_put(made, 0, first);
    tdm_py_put(made, 1, second);
    return made;
}

static clause build_case(match *m, TSNode node)
{
    py_builder *b = m->b;
    clause made = {0};
    TSNode patterns = {0}, body = {0}, guard = {0};
    size_t count = 0;
    py_children parts = tdm_py_gather(b, node, false);
    for (size_t i = 0; i < parts.count; i++) {
        TSNode part = tdm_py_child_at(b, parts, i).node;
        if (is_type(part, "if_clause"))
            guard = part;
        else if (is_type(part, "block"))
            body = part;
        else if (count++ == 0)
            patterns = part;
    }
    tdm_py_release(b, parts);
    tdm_text name = {0};
    if (count != 1 || ts_node_is_null(body) || tdm_py_has_token(b, node, ",")) {
        not_followed(m);
        return made;
    }
    TSNode whole = patterns;
    bool names = captured(m, &patterns, &name);
    if (!ts_node_is_null(patterns) && !tdm_text_is(tdm_py_text_of(b, patterns), "_"))
        made.condition = pattern(m, patterns);
    if (!m->followed)
        return made;
    if (names && !tdm_text_is(name, "_"))
        made.condition = both(m, made.condition, naming(m, whole, name));
    if (!ts_node_is_null(guard))
        made.condition =
            both(m, made.condition, tdm_py_build_expression(b, ts_node_named_child(guard, 0)));
    made.body = tdm_py_build_block(b, body);
    return made;
}

// ---- the statement ----

static py_node *build_chain(match *m, TSNode block)
{
    py_builder *b = m->b;
    py_children cases = tdm_py_gather(b, block, false);
    py_node *chain = tdm_py_make(b, PY_IF, tdm_py_span_of(m->node), cases.count * 2);
    uint32_t at = 0;
    bool open = true;
    for (size_t i = 0; i < cases.count && m->followed && !b->failed; i++) {
        clause made = build_case(m, tdm_py_child_at(b, cases, i).node);
        if (!m->followed)
            break;
        open = made.condition != NULL;
        if (!open && i + 1 < cases.count)
            m->followed = false; // Python refuses what follows
        if (open)
            tdm_py_put(chain, at++, made.condition);
        tdm_py_put(chain, at++, made.body);
    }
    tdm_py_release(b, cases);
    if (chain->count)
        chain->count = at;
    m->followed &= at > 1; // nothing but `case _` is not worth the while
    return chain;
}

py_node *tdm_py_build_match(py_builder *b, TSNode node)
{
    match m = {.b = b,
               .subject = tdm_py_name_of(b->names, TDM_TEXT("the subject of match")),
               .node = node,
               .followed = true};
    py_children parts = tdm_py_gather(b, node, false);
    size_t count = parts.count;
    TSNode subject = count ? tdm_py_child_at(b, parts, 0).node : node;
    TSNode block = count ? tdm_py_child_at(b, parts, count - 1).node : node;
    tdm_py_release(b, parts);
    if (count != 2 || !m.subject || !is_type(block, "block"))
        return NULL;
    py_node *assign = tdm_py_make(b, PY_ASSIGN, tdm_py_span_of(subject), 2);
    tdm_py_bind(b, b->scope, m.subject, PY_BIND_LOCAL);
    tdm_py_put(assign, 0, subject_name(&m, subject));
    tdm_py_put(assign, 1, tdm_py_build_expression(b, subject));
    py_node *chain = build_chain(&m, block);
    if (!m.followed)
        return NULL;
    py_node *made = tdm_py_make(b, PY_BLOCK, tdm_py_span_of(node), 2);
    tdm_py_put(made, 0, assign);
    tdm_py_put(made, 1, chain);
    return made;
}
