// Calling: arguments to parameters, user functions, built-ins, whatever else is callable.
#include "python/std_file.h"

#include <string.h>

// ---- calling from C ----

tdm_py tdm_py_call0(tdm_interp *in, tdm_py function)
{
    tdm_py_args args = {.place = tdm_py_here(in)};
    return tdm_py_call(in, function, &args);
}

tdm_py tdm_py_call1(tdm_interp *in, tdm_py function, tdm_py argument)
{
    tdm_py_args args = {.positional = &argument, .count = 1, .place = tdm_py_here(in)};
    return tdm_py_call(in, function, &args);
}

tdm_py tdm_py_call2(tdm_interp *in, tdm_py function, tdm_py a, tdm_py b)
{
    tdm_py both[2] = {a, b};
    tdm_py_args args = {.positional = both, .count = 2, .place = tdm_py_here(in)};
    return tdm_py_call(in, function, &args);
}

tdm_py_args tdm_py_with_self(tdm_interp *in, tdm_py self, const tdm_py_args *args)
{
    tdm_py_args made = *args;
    tdm_py *positional = tdm_arena_array(in->arena, args->count + 1, sizeof *positional);
    if (!positional)
        return made;
    positional[0] = self;
    if (args->count)
        memcpy(positional + 1, args->positional, args->count * sizeof *positional);
    made.positional = positional;
    made.count = args->count + 1;
    return made;
}

// ---- arguments of built-ins ----

// The parameters of a specification, cut one at a time.
typedef struct spec_reader {
    const char *rest;
    size_t index;
    bool keyword_only;
} spec_reader;

typedef struct spec_param {
    tdm_text name;
    bool optional;
} spec_param;

static bool next_param(spec_reader *r, spec_param *ret)
{
    while (*r->rest) {
        size_t size = strcspn(r->rest, ",");
        tdm_text part = {r->rest, size};
        r->rest += size + (r->rest[size] == ',');
        if (tdm_text_is(part, "*")) {
            r->keyword_only = true;
            continue;
        }
        if (tdm_text_is(part, "/"))
            continue;
        ret->optional = size && part.data[size - 1] == '=';
        ret->name = tdm_text_slice(part, 0, size - ret->optional);
        return true;
    }
    return false;
}

static tdm_py named_argument(const tdm_py_args *args, tdm_text name)
{
    for (size_t i = 0; i < args->named_count; i++)
        if (tdm_text_equal(args->names[i], name))
            return args->named[i];
    return NULL;
}

static bool is_param(const char *spec, tdm_text name)
{
    spec_reader r = {.rest = spec};
    spec_param param;
    while (next_param(&r, &param))
        if (tdm_text_equal(param.name, name))
            return true;
    return false;
}

bool tdm_py_read_args(tdm_interp *in, const tdm_py_args *args, const char *function,
                      const char *spec, tdm_py *ret)
{
    spec_reader r = {.rest = spec};
    spec_param param;
    size_t taken = 0;
    for (size_t i = 0; next_param(&r, &param); i++) {
        ret[i] = NULL;
        if (!r.keyword_only && taken < args->count)
            ret[i] = args->positional[taken++];
        else
            ret[i] = named_argument(args, param.name);
        if (!ret[i] && !param.optional) {
            tdm_py_raise(in, "TypeError", "%s() missing required argument '%.*s'", function,
                         TDM_TEXT_ARG(param.name));
            return false;
        }
    }
    if (taken < args->count) {
        tdm_py_raise(in, "TypeError", "%s() takes at most %zu positional arguments (%zu given)",
                     function, taken, args->count);
        return false;
    }
    for (size_t i = 0; i < args->named_count; i++)
        if (!is_param(spec, args->names[i])) {
            tdm_py_raise(in, "TypeError", "%s() got an unexpected keyword argument '%.*s'",
                         function, TDM_TEXT_ARG(args->names[i]));
            return false;
        }
    return true;
}

bool tdm_py_no_args(tdm_interp *in, const tdm_py_args *args, const char *function)
{
    if (!args->count && !args->named_count)
        return true;
    tdm_py_raise(in, "TypeError",
                 args->count ? "%s() takes no arguments (%zu given)"
                             : "%s() takes no keyword arguments",
                 function, args->count);
    return false;
}

// ---- arguments of user functions ----

py_env *tdm_py_env_new(tdm_interp *in, py_env *parent, size_t count)
{
    py_env *env = tdm_arena_alloc(in->arena, sizeof *env + count * sizeof *env->slots);
    if (!env) {
        tdm_py_stop(in, TDM_ERROR_MEMORY, "out of memory");
        return NULL;
    }
    env->parent = parent;
    env->count = (uint32_t)count;
    return env;
}

static bool type_error(tdm_interp *in, const py_code *code, const char *what, tdm_text name)
{
    tdm_py_raise(in, "TypeError", "%.*s() %s '%.*s'", TDM_TEXT_ARG(code->name->text), what,
                 TDM_TEXT_ARG(name));
    return false;
}

static bool bind_positional(tdm_interp *in, const py_code *code, const tdm_py_args *args,
                            py_env *env)
{
    size_t taken = 0;
    const py_param *star = NULL;
    for (size_t i = 0; i < code->params.count; i++) {
        const py_param *param = &code->params.items[i];
        if (param->kind == PY_PARAM_STAR)
            star = param;
        else if (param->kind <= PY_PARAM_NORMAL && taken < args->count)
            env->slots[param->slot] = args->positional[taken++];
    }
    if (star)
        env->slots[star->slot] =
            taken < args->count ? tdm_py_tuple(in, args->positional + taken, args->count - taken)
                                : tdm_py_tuple(in, NULL, 0);
    else if (taken < args->count) {
        tdm_py_raise(in, "TypeError", "%.*s() takes %zu positional argument%s but %zu %s given",
                     TDM_TEXT_ARG(code->name->text), taken, taken == 1 ? "" : "s", args->count,
                     args->count == 1 ? "was" : "were");
        return false;
    }
    return true;
}

static const py_param *param_of(const py_code *code, tdm_text name)
{
    for (size_t i = 0; i < code->params.count; i++) {
        const py_param *param = &code->params.items[i];
        if ((param->kind == PY_PARAM_NORMAL || param->kind == PY_PARAM_KEYWORD) &&
            tdm_text_equal(param->name->text, name))
            return param;
    }
    return NULL;
}

static bool bind_named(tdm_interp *in, const py_code *code, const tdm_py_args *args, py_env *env)
{
    const py_param *rest = NULL;
    for (size_t i = 0; i < code->params.count; i++)
        if (code->params.items[i].kind == PY_PARAM_DOUBLE_STAR)
            rest = &code->params.items[i];
    tdm_py others = rest ? tdm_py_dict(in) : NULL;
    if (rest)
        env->slots[rest->slot] = others;
    for (size_t i = 0; i < args->named_count; i++) {
        const py_param *param = param_of(code, args->names[i]);
        if (param && env->slots[param->slot])
            return type_error(in, code, "got multiple values for argument", args->names[i]);
        if (param)
            env->slots[param->slot] = args->named[i];
        else if (!rest)
            return type_error(in, code, "got an unexpected keyword argument", args->names[i]);
        else if (others->kind == TDM_PY_DICT &&
                 !tdm_py_dict_put(in, others, tdm_py_str(in, args->names[i]), args->named[i]))
            return false;
    }
    return true;
}

// "f() missing 2 required positional arguments: 'a' and 'b'", as Python says it.
static bool nothing_missing(tdm_interp *in, const py_code *code, const py_env *env, bool keyword)
{
    size_t missing = 0, named = 0;
    for (size_t i = 0; i < code->params.count; i++)
        missing += !env->slots[code->params.items[i].slot] &&
                   (code->params.items[i].kind == PY_PARAM_KEYWORD) == keyword;
    if (!missing)
        return true;
    tdm_buffer names = TDM_BUFFER_INIT(1 << 16);
    for (size_t i = 0; i < code->params.count; i++) {
        const py_param *param = &code->params.items[i];
        if (env->slots[param->slot] || (param->kind == PY_PARAM_KEYWORD) != keyword)
            continue;
        if (named++)
            tdm_buffer_puts(&names, named < missing ? ", " : missing > 2 ? ", and " : " and ");
        tdm_buffer_putf(&names, "'%.*s'", TDM_TEXT_ARG(param->name->text));
    }
    tdm_py_raise(in, "TypeError", "%.*s() missing %zu required %s argument%s: %.*s",
                 TDM_TEXT_ARG(code->name->text), missing, keyword ? "keyword-only" : "positional",
                 missing == 1 ? "" : "s", TDM_TEXT_ARG(tdm_buffer_text(&names)));
    tdm_buffer_free(&names);
    return false;
}

static bool bind_arguments(tdm_interp *in, const py_function_data *function,
                           const tdm_py_args *args, py_env *env)
{
    const py_code *code = function->code;
    if (!bind_positional(in, code, args, env) || !bind_named(in, code, args, env))
        return false;
    for (size_t i = 0; i < code->params.count; i++) {
        const py_param *param = &code->params.items[i];
        if (env->slots[param->slot])
            continue;
        env->slots[param->slot] = function->standards[i];
    }
    return nothing_missing(in, code, env, false) && nothing_missing(in, code, env, true);
}

// ---- running the body ----

// What a call gives whose body may have returned early or raised in undecided code.
static tdm_py maybe_value(tdm_interp *in, const py_frame *frame)
{
    if (frame->maybe & PY_MAYBE_THROW) {
        in->maybe_raise = true;
        in->maybe_why = frame->maybe_why;
    }
    return tdm_py_unknown_why(in, frame->maybe_why);
}

static tdm_py run_body(tdm_interp *in, py_function_data *function, py_frame *frame)
{
    const py_code *code = function->code;
    if (code->is_lambda)
        return tdm_py_eval(in, code->body);
    switch (tdm_py_exec_block(in, code->body)) {
    case PY_FLOW_RETURN:
        return frame->value;
    case PY_FLOW_RAISE:
        return NULL;
    case PY_FLOW_MAYBE:
        return maybe_value(in, frame);
    case PY_FLOW_NEXT:
    case PY_FLOW_BREAK:
    case PY_FLOW_CONTINUE:
        break;
    }
    return in->none;
}

static tdm_py run_generator(tdm_interp *in, py_function_data *function, py_frame *frame)
{
    frame->yields = tdm_py_list(in, NULL, 0);
    tdm_py value = run_body(in, function, frame);
    if (!value)
        return NULL;
    return frame->yields->kind == TDM_PY_LIST ? tdm_py_iter(in, frame->yields) : frame->yields;
}

tdm_py tdm_py_call_user(tdm_interp *in, py_function_data *function, const tdm_py_args *args,
                        py_frame *prepared)
{
    py_frame own = {0};
    py_frame *frame = prepared ? prepared : &own;
    const py_code *code = function->code;
    if (code->is_async)
        return tdm_py_unfollowed(in, "an async function");
    if (in->calls >= in->limits.calls)
        return tdm_py_stop(in, TDM_ERROR_LIMIT, "calls are nested too deeply (limit %u)",
                           in->limits.calls);
    py_env *env = tdm_py_env_new(in, function->env, code->scope->locals.count);
    if (!env || !bind_arguments(in, function, args, env))
        return NULL;
    const py_node *at = in->at;
    const struct tdm_py_source *source = in->source;
    bool said = in->said;
    frame->caller = in->frame;
    frame->module = function->module;
    frame->env = env;
    frame->function = function;
    if (in->frame) {
        frame->watch = in->frame->watch;
        frame->watched = in->frame->watched;
    }
    in->frame = frame;
    in->source = code->source;
    in->calls++;
    tdm_py value = code->scope->has_yield && !frame->at_yield ? run_generator(in, function, frame)
                                                              : run_body(in, function, frame);
    in->calls--;
    in->frame = frame->caller;
    in->said |= said;
    in->source = source;
    in->at = at;
    return value;
}

// ---- built-ins ----

static tdm_py first_unknown(const tdm_py_args *args)
{
    for (size_t i = 0; i < args->count; i++)
        if (tdm_py_is_unknown(args->positional[i]))
            return args->positional[i];
    for (size_t i = 0; i < args->named_count; i++)
        if (tdm_py_is_unknown(args->named[i]))
            return args->named[i];
    return NULL;
}

// What a native does with an UNKNOWN (printing it, say) is no operation of the program that might
// raise, unless it calls back something that is reported, or says so itself (tdm_py_may_raise).
typedef struct py_doubts {
    uint64_t doubts, opaques, warnings;
} py_doubts;

static py_doubts doubts_of(const tdm_interp *in)
{
    return (py_doubts){in->doubts, in->opaques, in->warnings};
}

static void forget_doubts(tdm_interp *in, py_doubts before)
{
    if (in->opaques == before.opaques && in->warnings == before.warnings)
        in->doubts = before.doubts;
}

static tdm_py run_builtin(tdm_interp *in, const py_function_data *function, const tdm_py_args *args)
{
    tdm_py unknown = function->flags & PY_ROW_TOLERANT ? NULL : first_unknown(args);
    if (!unknown && (function->flags & PY_ROW_HOST)) {
        py_doubts before = doubts_of(in);
        tdm_py value = function->native(in, function->data, args);
        forget_doubts(in, before);
        return value;
    }
    if (!unknown)
        return function->native(in, function->data, args);
    tdm_py_doubt(in, unknown);
    if (function->flags & PY_ROW_MUTATES)
        tdm_py_spoil(in, function->data, unknown->why);
    return unknown;
}

static tdm_py call_builtin(tdm_interp *in, const py_function_data *function,
                           const tdm_py_args *args)
{
    tdm_py value = run_builtin(in, function, args);
    return function->flags & PY_ROW_PLACES ? value : tdm_py_no_place(in, value);
}

static tdm_py call_partial(tdm_interp *in, const py_function_data *function,
                           const tdm_py_args *args)
{
    const tdm_py_args *kept = &function->partial;
    tdm_py_args all = {.place = args->place};
    tdm_py *positional = tdm_arena_array(in->arena, kept->count + args->count, sizeof *positional);
    tdm_text *names =
        tdm_arena_array(in->arena, kept->named_count + args->named_count, sizeof *names);
    tdm_py *named =
        tdm_arena_array(in->arena, kept->named_count + args->named_count, sizeof *named);
    if (!positional || !names || !named)
        return in->out_of_memory;
    for (size_t i = 0; i < kept->count; i++)
        positional[all.count++] = kept->positional[i];
    for (size_t i = 0; i < args->count; i++)
        positional[all.count++] = args->positional[i];
    for (size_t i = 0; i < kept->named_count; i++)
        if (!named_argument(args, kept->names[i])) {
            names[all.named_count] = kept->names[i];
            named[all.named_count++] = kept->named[i];
        }
    for (size_t i = 0; i < args->named_count; i++) {
        names[all.named_count] = args->names[i];
        named[all.named_count++] = args->named[i];
    }
    all.positional = positional;
    all.names = names;
    all.named = named;
    return tdm_py_call(in, function->function, &all);
}

static tdm_py call_function(tdm_interp *in, py_function_data *function, const tdm_py_args *args)
{
    switch (function->kind) {
    case PY_FUNCTION_USER:
        return tdm_py_call_user(in, function, args, NULL);
    case PY_FUNCTION_BUILTIN:
        return call_builtin(in, function, args);
    case PY_FUNCTION_PARTIAL:
        return call_partial(in, function, args);
    case PY_FUNCTION_WRAPPER:
        return tdm_py_call(in, function->function, args);
    case PY_FUNCTION_BOUND:
        break;
    }
    tdm_py_args all = tdm_py_with_self(in, function->self, args);
    return tdm_py_call(in, function->function, &all);
}

static tdm_py not_callable(tdm_interp *in, tdm_py value)
{
    return tdm_py_raise(in, "TypeError", "'%s' object is not callable", tdm_py_type_name(value));
}

static tdm_py call_native(tdm_interp *in, tdm_py function, const tdm_py_args *args)
{
    py_doubts before = doubts_of(in);
    tdm_py value = function->native.type->call(in, function, args);
    forget_doubts(in, before);
    return tdm_py_no_place(in, value);
}

static tdm_py call_value(tdm_interp *in, tdm_py function, const tdm_py_args *args)
{
    const tdm_py_class *behaviour = tdm_py_behaviour(function);
    if (function->kind == TDM_PY_NATIVE && behaviour->call)
        return call_native(in, function, args);
    if (behaviour)
        return behaviour->call ? behaviour->call(in, function, args) : not_callable(in, function);
    switch ((tdm_py_kind)function->kind) {
    case TDM_PY_FUNCTION:
        return call_function(in, function->function, args);
    case TDM_PY_CLASS:
        return tdm_py_construct(in, function, args);
    case TDM_PY_UNKNOWN:
        return tdm_py_call_unknown(in, function, args);
    case TDM_PY_INSTANCE: {
        tdm_py method = tdm_py_find_special(in, function, "__call__");
        if (method)
            return tdm_py_call(in, method, args);
        return tdm_py_failed(in) ? NULL : not_callable(in, function);
    }
    default:
        return not_callable(in, function);
    }
}

tdm_py tdm_py_call(tdm_interp *in, tdm_py function, const tdm_py_args *args)
{
    if (in->stopped)
        return NULL;
    if (in->depth >= PY_MAX_DEPTH)
        return tdm_py_stop(in, TDM_ERROR_LIMIT, "the evaluation is nested too deeply (limit %d)",
                           PY_MAX_DEPTH);
    in->depth++;
    tdm_py value = call_value(in, function, args);
    in->depth--;
    return value;
}
