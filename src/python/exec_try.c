// try and with.
#include "python/interp.h"

#include "python/context.h"

// ---- try ----

static bool is_import_error(tdm_text name)
{
    return tdm_text_is(name, "ImportError") || tdm_text_is(name, "ModuleNotFoundError");
}

static bool catches_imports_only(const py_node *type)
{
    if (!type)
        return false;
    if (type->kind == PY_NAME)
        return is_import_error(type->name->text);
    for (uint32_t i = 0; type->kind == PY_TUPLE && i < type->count; i++)
        if (!catches_imports_only(type->kid[i]))
            return false;
    return type->kind == PY_TUPLE;
}

static bool catches_all(const py_node *type)
{
    return !type || (type->kind == PY_NAME && (tdm_text_is(type->name->text, "Exception") ||
                                               tdm_text_is(type->name->text, "BaseException")));
}

static py_watch watch_of(const py_node *node)
{
    py_watch watch = node->count > 3 ? PY_WATCH_IMPORTS : PY_WATCH_NOTHING;
    for (uint32_t i = 3; i < node->count; i++)
        if (!catches_imports_only(node->kid[i]->kid[0]))
            watch = PY_WATCH_ALL;
    return watch;
}

static py_flow exec_body(tdm_interp *in, const py_node *node)
{
    py_frame *frame = in->frame;
    py_watch watch = frame->watch;
    uint64_t watched = frame->watched;
    py_watch own = watch_of(node);
    if (own != PY_WATCH_NOTHING) {
        frame->watch = own;
        frame->watched = own == PY_WATCH_IMPORTS ? in->import_doubts : in->doubts;
    }
    py_flow flow = tdm_py_exec_block(in, node->kid[0]);
    frame->watch = watch;
    frame->watched = watched;
    return flow;
}

static py_flow exec_handler(tdm_interp *in, const py_node *handler, tdm_py exception)
{
    py_frame *frame = in->frame;
    tdm_py outer = frame->handling;
    const py_node *name = handler->kid[2];
    if (name && !tdm_py_assign(in, name, exception))
        return PY_FLOW_RAISE;
    frame->handling = exception;
    py_flow flow = tdm_py_exec_block(in, handler->kid[1]);
    frame->handling = outer;
    if (name && name->kind == PY_NAME && !tdm_py_failed(in)) {
        // The name is deleted after the handler; deleting it twice is no error.
        if (!tdm_py_delete_name(in, name) && in->pending)
            tdm_py_clear(in);
    }
    return flow;
}

// A handler that cannot be matched: from here on the exception may be caught or not.
static py_flow undecided_handlers(tdm_interp *in, const py_node *node, uint32_t from,
                                  const py_why *why)
{
    tdm_py_clear(in);
    tdm_py_undecided_flow(in, node->kid + from, node->count - from, why);
    return tdm_py_maybe(in, PY_MAYBE_RAISE, why);
}

static py_flow handle(tdm_interp *in, const py_node *node)
{
    tdm_py exception = in->pending;
    for (uint32_t i = 3; i < node->count; i++) {
        const py_node *handler = node->kid[i];
        py_answer catches = PY_YES;
        in->pending = NULL;
        if (handler->kid[0]) {
            tdm_py type = tdm_py_eval(in, handler->kid[0]);
            if (!type)
                return PY_FLOW_RAISE;
            catches = tdm_py_catches(in, type, exception);
            if (catches == PY_CANNOT_KNOW) {
                tdm_py unknown = tdm_py_find_unknown(type);
                return undecided_handlers(
                    in, node, i,
                    (unknown ? unknown : tdm_py_unfollowed(in, "whether this is caught"))->why);
            }
        }
        if (catches == PY_YES)
            return exec_handler(in, handler, exception);
    }
    in->pending = exception;
    return PY_FLOW_RAISE;
}

// The body may have raised: the handlers and the else clause may have run.
static py_flow maybe_handle(tdm_interp *in, const py_node *node)
{
    py_frame *frame = in->frame;
    const py_why *why = frame->maybe_why;
    bool all = false;
    if (!(frame->maybe & PY_MAYBE_THROW) || node->count == 3)
        return PY_FLOW_MAYBE;
    for (uint32_t i = 3; i < node->count; i++)
        all |= catches_all(node->kid[i]->kid[0]);
    if (all || watch_of(node) == PY_WATCH_IMPORTS)
        frame->maybe &= ~(unsigned)PY_MAYBE_RAISE;
    // What no handler here catches ends the run, or is caught by one around, which watches as well.
    frame->maybe &= ~(unsigned)PY_MAYBE_DOUBT;
    bool said = in->said;
    in->said = in->rest_said;
    unsigned bits = tdm_py_undecided(in, node->kid + 3, node->count - 3, why,
                                     tdm_py_span_place(in->source, node->kid[3]->span));
    if (node->kid[1])
        bits |= tdm_py_undecided(in, node->kid + 1, 1, why,
                                 tdm_py_span_place(in->source, node->kid[1]->span));
    in->rest_said = in->said;
    in->said = said;
    frame->maybe |= bits;
    return frame->maybe ? PY_FLOW_MAYBE : PY_FLOW_NEXT;
}

static py_flow finally(tdm_interp *in, const py_node *block, py_flow flow)
{
    py_frame *frame = in->frame;
    tdm_py pending = in->pending, value = frame->value;
    unsigned maybe = frame->maybe;
    const py_why *why = frame->maybe_why;
    if (in->stopped)
        return flow;
    in->pending = NULL;
    frame->maybe = 0;
    py_flow own = tdm_py_exec_block(in, block);
    if (own == PY_FLOW_MAYBE) {
        frame->maybe |= maybe;
        if (flow == PY_FLOW_RAISE)
            frame->maybe |= PY_MAYBE_RAISE;
        return own;
    }
    if (own != PY_FLOW_NEXT)
        return own;
    in->pending = pending;
    frame->value = value;
    frame->maybe = maybe;
    frame->maybe_why = why;
    return flow;
}

py_flow tdm_py_exec_try(tdm_interp *in, const py_node *node)
{
    py_flow flow = exec_body(in, node);
    if (flow == PY_FLOW_NEXT && node->kid[1])
        flow = tdm_py_exec_block(in, node->kid[1]);
    else if (flow == PY_FLOW_MAYBE)
        flow = maybe_handle(in, node);
    else if (flow == PY_FLOW_RAISE && !in->stopped)
        flow = handle(in, node);
    return node->kid[2] ? finally(in, node->kid[2], flow) : flow;
}

// ---- with ----

static py_flow exec_item(tdm_interp *in, const py_node *node, uint32_t at);

static py_flow enter_body(tdm_interp *in, const py_node *node, uint32_t at, tdm_py value)
{
    const py_node *target = node->kid[at]->kid[1];
    if (target && !tdm_py_assign(in, target, value))
        return PY_FLOW_RAISE;
    return exec_item(in, node, at + 1);
}

// Nobody knows what an unknown manager does on the way in and out.
static py_flow with_unknown(tdm_interp *in, const py_node *node, uint32_t at, tdm_py manager)
{
    tdm_py_doubt(in, manager);
    if (!manager->why->harmless)
        tdm_py_opaque(in, tdm_py_span_place(in->source, node->kid[at]->span), manager->why);
    py_flow flow = enter_body(in, node, at, manager);
    if (flow != PY_FLOW_RAISE || in->stopped || manager->why->harmless)
        return flow;
    tdm_py_clear(in);
    return tdm_py_maybe(in, PY_MAYBE_RAISE, manager->why);
}

static py_flow with_behaviour(tdm_interp *in, const py_node *node, uint32_t at, tdm_py manager)
{
    const tdm_py_class *behaviour = tdm_py_behaviour(manager);
    if (!behaviour->enter) {
        tdm_py_raise(in, "TypeError", "'%s' object does not support the context manager protocol",
                     tdm_py_type_name(manager));
        return PY_FLOW_RAISE;
    }
    tdm_py value = behaviour->enter(in, manager);
    if (!value)
        return PY_FLOW_RAISE;
    py_flow flow = enter_body(in, node, at, value);
    if (in->stopped)
        return flow;
    tdm_py pending = in->pending;
    in->pending = NULL;
    in->at = node->kid[at];
    if (behaviour->leave && !behaviour->leave(in, manager))
        return PY_FLOW_RAISE;
    in->pending = pending;
    return pending && tdm_py_suppresses(in, manager) ? PY_FLOW_NEXT : flow;
}

static py_flow with_instance(tdm_interp *in, const py_node *node, uint32_t at, tdm_py manager)
{
    tdm_py enter = tdm_py_find_special(in, manager, "__enter__");
    tdm_py leave = enter ? tdm_py_find_special(in, manager, "__exit__") : NULL;
    if (!leave) {
        if (!tdm_py_failed(in))
            tdm_py_raise(in, "TypeError",
                         "'%s' object does not support the context manager protocol",
                         tdm_py_type_name(manager));
        return PY_FLOW_RAISE;
    }
    tdm_py value = tdm_py_call0(in, enter);
    if (!value)
        return PY_FLOW_RAISE;
    py_flow flow = enter_body(in, node, at, value);
    if (in->stopped)
        return flow;
    tdm_py pending = in->pending;
    tdm_py details[3] = {pending ? pending->instance->type : in->none, pending ? pending : in->none,
                         in->none};
    in->pending = NULL;
    in->at = node->kid[at];
    tdm_py_args args = {.positional = details, .count = 3, .place = tdm_py_here(in)};
    tdm_py swallow = tdm_py_call(in, leave, &args);
    if (!swallow)
        return PY_FLOW_RAISE;
    if (!pending)
        return flow;
    py_answer truth = tdm_py_truth(in, swallow);
    if (truth == PY_YES)
        return PY_FLOW_NEXT;
    if (truth == PY_CANNOT_KNOW)
        return tdm_py_maybe(in, PY_MAYBE_RAISE,
                            tdm_py_is_unknown(swallow) ? swallow->why : in->doubt_why);
    in->pending = pending;
    return PY_FLOW_RAISE;
}

// A @contextmanager function runs with the body of the with statement in the place of its yield.
typedef struct yield_body {
    const py_node *node;
    uint32_t at;
    py_frame *frame;
    const struct tdm_py_source *source;
    bool entered;
    py_flow flow;
} yield_body;

static py_flow at_yield(tdm_interp *in, void *context, tdm_py value)
{
    yield_body *y = context;
    py_frame *generator = in->frame;
    const struct tdm_py_source *source = in->source;
    const py_node *at = in->at;
    if (y->entered) {
        tdm_py_raise(in, "RuntimeError", "generator didn't stop");
        return PY_FLOW_RAISE;
    }
    y->entered = true;
    in->frame = y->frame;
    in->source = y->source;
    y->flow = enter_body(in, y->node, y->at, value);
    in->frame = generator;
    in->source = source;
    in->at = at;
    return y->flow == PY_FLOW_RAISE ? PY_FLOW_RAISE : PY_FLOW_NEXT;
}

static py_flow with_generator(tdm_interp *in, const py_node *node, uint32_t at, tdm_py manager)
{
    const py_generator_context *context = tdm_py_generator_context_of(manager);
    yield_body y = {.node = node, .at = at, .frame = in->frame, .source = in->source};
    py_frame frame = {.at_yield = at_yield, .yield_context = &y};
    tdm_py value = tdm_py_call_user(in, context->function, &context->args, &frame);
    if (!value)
        return PY_FLOW_RAISE;
    if (y.entered)
        return y.flow == PY_FLOW_RAISE ? PY_FLOW_NEXT : y.flow;
    if (tdm_py_is_unknown(value))
        return tdm_py_undecided_flow(in, node->kid, 1, value->why);
    tdm_py_raise(in, "RuntimeError", "generator didn't yield");
    return PY_FLOW_RAISE;
}

static py_flow exec_item(tdm_interp *in, const py_node *node, uint32_t at)
{
    if (at == node->count)
        return tdm_py_exec_block(in, node->kid[0]);
    tdm_py manager = tdm_py_eval(in, node->kid[at]->kid[0]);
    if (!manager)
        return PY_FLOW_RAISE;
    in->at = node->kid[at];
    if (tdm_py_generator_context_of(manager))
        return with_generator(in, node, at, manager);
    if (tdm_py_behaviour(manager))
        return with_behaviour(in, node, at, manager);
    if (manager->kind == TDM_PY_UNKNOWN)
        return with_unknown(in, node, at, manager);
    if (manager->kind == TDM_PY_INSTANCE)
        return with_instance(in, node, at, manager);
    tdm_py_raise(in, "TypeError", "'%s' object does not support the context manager protocol",
                 tdm_py_type_name(manager));
    return PY_FLOW_RAISE;
}

py_flow tdm_py_exec_with(tdm_interp *in, const py_node *node)
{
    return exec_item(in, node, 1);
}
