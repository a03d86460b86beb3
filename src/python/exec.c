// Statements. Undecided code is explained in docs/internals/evaluator.md.
#include "python/interp.h"

#include <string.h>

// ---- undecided control flow ----

// Marks the flow around as unknown from here on.
py_flow tdm_py_maybe(tdm_interp *in, unsigned bits, const py_why *why)
{
    if (!bits)
        return PY_FLOW_NEXT;
    if (!in->frame->maybe) {
        in->frame->maybe_why = why;
        in->rest_said = false;
    }
    in->frame->maybe |= bits;
    return PY_FLOW_MAYBE;
}

static const py_why *why_of(tdm_interp *in, tdm_py value)
{
    tdm_py unknown = tdm_py_find_unknown(value);
    return unknown ? unknown->why : tdm_py_unfollowed(in, "whether this is true")->why;
}

py_flow tdm_py_undecided_flow(tdm_interp *in, py_node *const *nodes, size_t count,
                              const py_why *why)
{
    if (!count)
        return PY_FLOW_NEXT;
    return tdm_py_maybe(
        in, tdm_py_undecided(in, nodes, count, why, tdm_py_span_place(in->source, nodes[0]->span)),
        why);
}

// The statements after one that may have jumped away.
static void undecided_rest(tdm_interp *in, const py_node *block, uint32_t from)
{
    const py_why *why = in->frame->maybe_why;
    in->said = in->rest_said;
    tdm_py_undecided_flow(in, block->kid + from, block->count - from, why);
    in->rest_said = in->said;
}

static bool may_have_raised(const tdm_interp *in)
{
    const py_frame *frame = in->frame;
    switch (frame->watch) {
    case PY_WATCH_NOTHING:
        return false;
    case PY_WATCH_IMPORTS:
        return in->import_doubts != frame->watched;
    case PY_WATCH_ALL:
        break;
    }
    return in->doubts != frame->watched;
}

py_flow tdm_py_exec_block(tdm_interp *in, const py_node *block)
{
    for (uint32_t i = 0; i < block->count; i++) {
        py_flow flow = tdm_py_exec(in, block->kid[i]);
        if (flow == PY_FLOW_MAYBE) {
            undecided_rest(in, block, i + 1);
            return flow;
        }
        if (flow != PY_FLOW_NEXT)
            return flow;
        // In a try body nothing is certain after an operation that may have raised.
        if (may_have_raised(in)) {
            tdm_py_maybe(in, PY_MAYBE_DOUBT, in->doubt_why);
            undecided_rest(in, block, i + 1);
            return PY_FLOW_MAYBE;
        }
    }
    return PY_FLOW_NEXT;
}

// ---- branches and loops ----

static py_flow exec_if(tdm_interp *in, const py_node *node)
{
    for (uint32_t i = 0; i + 1 < node->count; i += 2) {
        tdm_py condition = tdm_py_eval(in, node->kid[i]);
        if (!condition)
            return PY_FLOW_RAISE;
        in->at = node->kid[i];
        py_answer truth = tdm_py_truth(in, condition);
        if (truth == PY_ERROR)
            return PY_FLOW_RAISE;
        if (truth == PY_CANNOT_KNOW) {
            const py_why *why = why_of(in, condition);
            tdm_py_doubt(in, condition);
            return tdm_py_undecided_flow(in, node->kid + i + 1, node->count - i - 1, why);
        }
        if (truth == PY_YES)
            return tdm_py_exec_block(in, node->kid[i + 1]);
    }
    return node->count % 2 ? tdm_py_exec_block(in, node->kid[node->count - 1]) : PY_FLOW_NEXT;
}

// How a loop ends when nobody knows how often it runs: its body and else are undecided.
static py_flow undecided_loop(tdm_interp *in, py_node *const *parts, size_t count,
                              const py_why *why)
{
    py_node *present[4];
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        if (parts[i])
            present[n++] = parts[i];
    in->frame->maybe &= ~(unsigned)(PY_MAYBE_BREAK | PY_MAYBE_CONTINUE);
    unsigned bits =
        tdm_py_undecided(in, present, n, why, tdm_py_span_place(in->source, present[0]->span));
    return tdm_py_maybe(in, bits & ~(unsigned)(PY_MAYBE_BREAK | PY_MAYBE_CONTINUE), why);
}

// What one round of a loop body leads to. *ret_done: the loop is over.
static py_flow after_round(tdm_interp *in, py_flow flow, py_node *const *parts, size_t count,
                           bool *ret_done)
{
    *ret_done = flow != PY_FLOW_NEXT && flow != PY_FLOW_CONTINUE;
    if (flow == PY_FLOW_BREAK)
        return PY_FLOW_NEXT;
    if (flow != PY_FLOW_MAYBE)
        return flow;
    py_frame *frame = in->frame;
    const py_why *why = frame->maybe_why;
    bool said = in->said;
    in->said = in->rest_said;
    undecided_loop(in, parts, count, why);
    in->rest_said = in->said;
    in->said = said;
    frame->maybe &= ~(unsigned)(PY_MAYBE_BREAK | PY_MAYBE_CONTINUE);
    if (frame->maybe)
        return PY_FLOW_MAYBE;
    frame->maybe_why = NULL;
    in->rest_said = false;
    return PY_FLOW_NEXT;
}

py_flow tdm_py_exec_while(tdm_interp *in, const py_node *node)
{
    bool done = false;
    while (!done) {
        if (!tdm_py_enter(in, node))
            return PY_FLOW_RAISE;
        in->depth--;
        tdm_py condition = tdm_py_eval(in, node->kid[0]);
        if (!condition)
            return PY_FLOW_RAISE;
        in->at = node->kid[0];
        py_answer truth = tdm_py_truth(in, condition);
        if (truth == PY_ERROR)
            return PY_FLOW_RAISE;
        if (truth == PY_CANNOT_KNOW) {
            const py_why *why = why_of(in, condition);
            tdm_py_doubt(in, condition);
            return undecided_loop(in, node->kid, 3, why);
        }
        if (truth == PY_NO)
            return node->kid[2] ? tdm_py_exec_block(in, node->kid[2]) : PY_FLOW_NEXT;
        py_flow flow = after_round(in, tdm_py_exec_block(in, node->kid[1]), node->kid, 3, &done);
        if (done)
            return flow;
    }
    return PY_FLOW_NEXT;
}

py_flow tdm_py_exec_for(tdm_interp *in, const py_node *node)
{
    tdm_py iterable = tdm_py_eval(in, node->kid[1]);
    if (!iterable)
        return PY_FLOW_RAISE;
    in->at = node->kid[1];
    tdm_py iterator = tdm_py_iter(in, iterable), item;
    if (!iterator)
        return PY_FLOW_RAISE;
    // The loop without its iterable, which has been evaluated.
    py_node *parts[3] = {node->kid[0], node->kid[2], node->kid[3]};
    bool done = false;
    while (!done) {
        if (!tdm_py_enter(in, node))
            return PY_FLOW_RAISE;
        in->depth--;
        if (tdm_py_is_unknown(iterator))
            return undecided_loop(in, parts, 3, iterator->why);
        in->at = node->kid[1];
        int more = tdm_py_next(in, iterator, &item);
        if (more < 0)
            return PY_FLOW_RAISE;
        if (more == 0)
            return node->kid[3] ? tdm_py_exec_block(in, node->kid[3]) : PY_FLOW_NEXT;
        if (tdm_py_is_unknown(iterator))
            continue;
        if (!tdm_py_assign(in, node->kid[0], item))
            return PY_FLOW_RAISE;
        py_flow flow = after_round(in, tdm_py_exec_block(in, node->kid[2]), parts, 3, &done);
        if (done)
            return flow;
    }
    return PY_FLOW_NEXT;
}

// ---- raise, assert ----

static py_flow raise_value(tdm_interp *in, tdm_py value)
{
    if (tdm_py_is_unknown(value) || value->kind == TDM_PY_NATIVE) {
        // An exception for certain, of a type that nobody knows.
        tdm_py message = tdm_py_is_unknown(value)
                             ? tdm_py_str(in, value->why->reason)
                             : tdm_py_str(in, tdm_text_of(tdm_py_type_name(value)));
        tdm_text name = tdm_py_is_unknown(value) ? tdm_py_last_part(value->why->dotted)
                                                 : tdm_text_of(tdm_py_type_name(value));
        tdm_py type = tdm_py_exception_class(in, name.size ? name : TDM_TEXT("Exception"));
        value = type ? tdm_py_exception_new(in, type, message) : NULL;
    } else if (value->kind == TDM_PY_CLASS) {
        value = tdm_py_call0(in, value);
    }
    if (!value)
        return PY_FLOW_RAISE;
    if (tdm_py_is_unknown(value))
        return raise_value(in, value);
    if (!tdm_py_is_exception(value)) {
        tdm_py_raise(in, "TypeError", "exceptions must derive from BaseException");
        return PY_FLOW_RAISE;
    }
    tdm_py_raise_value(in, value);
    return PY_FLOW_RAISE;
}

static py_flow exec_raise(tdm_interp *in, const py_node *node)
{
    if (!node->kid[0]) {
        in->at = node;
        const py_frame *frame = in->frame;
        while (frame && !frame->handling)
            frame = frame->caller;
        if (frame)
            tdm_py_raise_value(in, frame->handling);
        else
            tdm_py_raise(in, "RuntimeError", "No active exception to reraise");
        return PY_FLOW_RAISE;
    }
    tdm_py value = tdm_py_eval(in, node->kid[0]);
    if (!value || (node->kid[1] && !tdm_py_eval(in, node->kid[1])))
        return PY_FLOW_RAISE;
    in->at = node;
    return raise_value(in, value);
}

static py_flow exec_assert(tdm_interp *in, const py_node *node)
{
    tdm_py condition = tdm_py_eval(in, node->kid[0]);
    if (!condition)
        return PY_FLOW_RAISE;
    in->at = node;
    py_answer truth = tdm_py_truth(in, condition);
    if (truth == PY_CANNOT_KNOW) {
        tdm_py_doubt(in, condition);
        return tdm_py_maybe(in, PY_MAYBE_RAISE, why_of(in, condition));
    }
    if (truth != PY_NO)
        return truth == PY_YES ? PY_FLOW_NEXT : PY_FLOW_RAISE;
    tdm_py message = node->kid[1] ? tdm_py_eval(in, node->kid[1]) : in->none;
    if (!message)
        return PY_FLOW_RAISE;
    in->at = node;
    if (node->kid[1])
        tdm_py_raise_with(in, "AssertionError", message);
    else
        tdm_py_raise(in, "AssertionError", "%s", "");
    return PY_FLOW_RAISE;
}

// ---- definitions and simple statements ----

static py_flow store_decorated(tdm_interp *in, const py_node *node, tdm_py value, uint32_t from,
                               uint32_t count)
{
    for (uint32_t i = count; i-- > 0 && value;) {
        tdm_py decorator = tdm_py_eval(in, node->kid[from + i]);
        in->at = node->kid[from + i];
        value = decorator ? tdm_py_call1(in, decorator, value) : NULL;
    }
    return value && tdm_py_store_name(in, node->kid[0], value) ? PY_FLOW_NEXT : PY_FLOW_RAISE;
}

static py_flow exec_def(tdm_interp *in, const py_node *node)
{
    return store_decorated(in, node, tdm_py_make_function(in, node, node->code), 1,
                           node->count - 1);
}

static py_flow exec_class(tdm_interp *in, const py_node *node)
{
    return store_decorated(in, node, tdm_py_exec_class(in, node), 2, node->op);
}

static py_flow exec_assign(tdm_interp *in, const py_node *node)
{
    tdm_py value = tdm_py_eval(in, node->kid[node->count - 1]);
    for (uint32_t i = 0; value && i + 1 < node->count; i++)
        if (!tdm_py_assign(in, node->kid[i], value))
            return PY_FLOW_RAISE;
    return value ? PY_FLOW_NEXT : PY_FLOW_RAISE;
}

static py_flow exec_annotated(tdm_interp *in, const py_node *node)
{
    if (in->frame->space && node->kid[0]->kind == PY_NAME)
        tdm_py_note_annotation(in, node->kid[0]->name);
    if (!node->kid[1])
        return PY_FLOW_NEXT;
    tdm_py value = tdm_py_eval(in, node->kid[1]);
    return value && tdm_py_assign(in, node->kid[0], value) ? PY_FLOW_NEXT : PY_FLOW_RAISE;
}

// A class that nobody can read was called and its object thrown away: it was called for what its
// construction does.
static py_flow exec_expression(tdm_interp *in, const py_node *node)
{
    tdm_py value = tdm_py_eval(in, node->kid[0]);
    if (!value)
        return PY_FLOW_RAISE;
    if (node->kid[0]->kind == PY_CALL && tdm_py_is_unknown(value) && !value->why->harmless &&
        tdm_text_ends(value->why->dotted, TDM_TEXT("()")))
        tdm_py_opaque(in, tdm_py_span_place(in->source, node->span), value->why);
    return PY_FLOW_NEXT;
}

static py_flow exec_return(tdm_interp *in, const py_node *node)
{
    tdm_py value = node->kid[0] ? tdm_py_eval(in, node->kid[0]) : in->none;
    if (!value)
        return PY_FLOW_RAISE;
    in->frame->value = value;
    return PY_FLOW_RETURN;
}

static py_flow exec_delete(tdm_interp *in, const py_node *node)
{
    for (uint32_t i = 0; i < node->count; i++)
        if (!tdm_py_delete(in, node->kid[i]))
            return PY_FLOW_RAISE;
    return PY_FLOW_NEXT;
}

static py_flow exec_unsupported(tdm_interp *in, const py_node *node)
{
    in->at = node;
    if (tdm_text_is(node->name->text, "type alias"))
        return PY_FLOW_NEXT;
    tdm_py unknown = tdm_py_unfollowed(in, "'%.*s'", TDM_TEXT_ARG(node->name->text));
    tdm_py_opaque(in, tdm_py_here(in), unknown->why);
    // Its parts were not read, so everything after it is undecided too.
    return tdm_py_maybe(in, PY_MAYBE_RETURN | PY_MAYBE_RAISE | PY_MAYBE_BREAK, unknown->why);
}

static py_flow exec_statement(tdm_interp *in, const py_node *node)
{
    switch ((py_kind)node->kind) {
    case PY_EXPR:
        return exec_expression(in, node);
    case PY_ASSIGN:
        return exec_assign(in, node);
    case PY_AUG_ASSIGN:
        return tdm_py_augment(in, node);
    case PY_ANN_ASSIGN:
        return exec_annotated(in, node);
    case PY_RETURN:
        return exec_return(in, node);
    case PY_DELETE:
        return exec_delete(in, node);
    case PY_RAISE:
        return exec_raise(in, node);
    case PY_PASS:
        return PY_FLOW_NEXT;
    case PY_BREAK:
        return PY_FLOW_BREAK;
    case PY_CONTINUE:
        return PY_FLOW_CONTINUE;
    case PY_ASSERT:
        return exec_assert(in, node);
    case PY_IF:
        return exec_if(in, node);
    case PY_WHILE:
        return tdm_py_exec_while(in, node);
    case PY_FOR:
        return tdm_py_exec_for(in, node);
    case PY_TRY:
        return tdm_py_exec_try(in, node);
    case PY_WITH:
        return tdm_py_exec_with(in, node);
    case PY_DEF:
        return exec_def(in, node);
    case PY_CLASS:
        return exec_class(in, node);
    case PY_IMPORT:
    case PY_IMPORT_FROM:
        return tdm_py_exec_import(in, node);
    case PY_BLOCK:
        return tdm_py_exec_block(in, node);
    default:
        return exec_unsupported(in, node);
    }
}

py_flow tdm_py_exec(tdm_interp *in, const py_node *node)
{
    in->steps -= in->steps < PY_STATEMENT_STEPS ? in->steps : PY_STATEMENT_STEPS;
    if (!tdm_py_enter(in, node))
        return PY_FLOW_RAISE;
    bool said = in->said;
    in->said = false;
    in->at = node;
    py_flow flow = exec_statement(in, node);
    in->depth--;
    in->said = said;
    if (!tdm_arena_ok(in->arena) && !in->stopped) {
        in->at = node;
        tdm_py_stop(in, TDM_ERROR_MEMORY, "the program needs too much memory");
    }
    if (in->stopped)
        return PY_FLOW_RAISE;
    if (in->maybe_raise && flow != PY_FLOW_RAISE) {
        in->maybe_raise = false;
        return tdm_py_maybe(in, PY_MAYBE_RAISE, in->maybe_why);
    }
    return flow;
}
