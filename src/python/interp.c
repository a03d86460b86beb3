// The interpreter's life: making it, loading a module, running a function, stopping at a limit.
#include "python/std_file.h"

#include "base/tree.h"

#include <string.h>

tdm_status tdm_interp_new(tdm_arena *arena, const tdm_py_host *host, tdm_py_limits limits,
                          tdm_interp **ret, tdm_error *err)
{
    tdm_interp *in = tdm_arena_new_of(arena, tdm_interp);
    if (!in)
        return tdm_fail_memory(err);
    in->arena = arena;
    in->host = *host;
    in->limits = limits;
    if (!in->limits.steps)
        in->limits.steps = TDM_LIMIT_EVAL_STEPS;
    if (!in->limits.calls)
        in->limits.calls = TDM_LIMIT_EVAL_CALLS;
    in->steps = in->limits.steps;
    in->library = host->library ? host->library : tdm_py_library_new(arena);
    if (!in->library)
        return tdm_fail_memory(err);
    in->names = *tdm_py_library_names(in->library);
    in->small = tdm_py_library_small_ints(in->library);
    tdm_map_init(&in->modules, arena);
    tdm_map_init(&in->classes, arena);
    in->out_of_memory = tdm_py_unknown_constant(arena, TDM_NOWHERE, "out of memory");
    in->none = tdm_py_constant(arena, TDM_PY_NONE, false, (tdm_text){0});
    in->yes = tdm_py_constant(arena, TDM_PY_BOOL, true, (tdm_text){0});
    in->no = tdm_py_constant(arena, TDM_PY_BOOL, false, (tdm_text){0});
    in->ellipsis = tdm_py_constant(arena, TDM_PY_ELLIPSIS, false, (tdm_text){0});
    in->not_implemented = tdm_py_constant(arena, TDM_PY_ELLIPSIS, false, (tdm_text){0});
    in->name_self = tdm_py_intern(in, "self");
    in->name_init = tdm_py_intern(in, "__init__");
    in->name_str = tdm_py_intern(in, "__str__");
    in->name_repr = tdm_py_intern(in, "__repr__");
    in->name_name = tdm_py_intern(in, "name");
    in->name_value = tdm_py_intern(in, "value");
    if (!tdm_arena_ok(arena))
        return tdm_fail_memory(err);
    *ret = in;
    return TDM_OK;
}

void tdm_interp_free(tdm_interp *in)
{
    (void)in; // everything lies in the caller's arena
}

tdm_arena *tdm_interp_arena(tdm_interp *in)
{
    return in->arena;
}

void *tdm_interp_host(tdm_interp *in)
{
    return in->host.context;
}

const py_name *tdm_py_intern(tdm_interp *in, const char *name)
{
    return tdm_py_name_of(&in->names, tdm_text_of(name));
}

tdm_place tdm_py_here(tdm_interp *in)
{
    return in->at && in->source ? tdm_py_span_place(in->source, in->at->span) : TDM_NOWHERE;
}

tdm_place tdm_interp_place(tdm_interp *in)
{
    return tdm_py_here(in);
}

// ---- limits ----

tdm_py tdm_py_stop(tdm_interp *in, tdm_error_code code, const char *format, ...)
{
    if (in->stopped)
        return NULL;
    va_list args;
    va_start(args, format);
    tdm_text message = tdm_arena_vprintf(in->arena, format, args);
    va_end(args);
    in->stopped = true;
    if (!message.data)
        tdm_fail_memory(&in->error);
    else
        tdm_fail(&in->error, code, tdm_py_here(in), "%.*s", TDM_TEXT_ARG(message));
    return NULL;
}

bool tdm_py_charge(tdm_interp *in, size_t bytes)
{
    uint64_t cost = bytes / 8;
    if (cost >= in->steps) {
        tdm_py_stop(in, TDM_ERROR_LIMIT, "the program does too much work (limit %llu steps)",
                    (unsigned long long)in->limits.steps);
        return false;
    }
    in->steps -= cost;
    return true;
}

bool tdm_py_step(tdm_interp *in)
{
    if (in->steps > 1) {
        in->steps--;
        return true;
    }
    return tdm_py_charge(in, 64);
}

bool tdm_py_enter(tdm_interp *in, const py_node *node)
{
    if (in->stopped)
        return false;
    if (in->steps == 0) {
        in->at = node;
        tdm_py_stop(in, TDM_ERROR_LIMIT, "the program does not end within %llu steps",
                    (unsigned long long)in->limits.steps);
        return false;
    }
    in->steps--;
    if (in->depth >= PY_MAX_DEPTH) {
        in->at = node;
        tdm_py_stop(in, TDM_ERROR_LIMIT, "the evaluation is nested too deeply (limit %d)",
                    PY_MAX_DEPTH);
        return false;
    }
    in->depth++;
    return true;
}

// ---- loading and running ----

static tdm_status stopped(tdm_interp *in, tdm_error *err)
{
    if (err) {
        *err = in->error;
        err->place.file = in->error.place.file ? err->file : NULL;
    }
    return TDM_FAILED;
}

static void start(tdm_interp *in)
{
    in->steps = in->limits.steps;
    in->pending = NULL;
    in->maybe_raise = false;
    in->said = false;
}

tdm_status tdm_py_load(tdm_interp *in, const char *path, tdm_text source, tdm_py *ret_module,
                       tdm_error *err)
{
    py_module_data *module = tdm_arena_new_of(in->arena, py_module_data);
    if (!module)
        return tdm_fail_memory(err);
    tdm_py_file file = {path, source};
    *module = (py_module_data){.path = path, .source = tdm_py_library_find(in->library, &file)};
    if (!module->source &&
        tdm_py_library_parse(in->library, in->arena, &file, &module->source, err) != TDM_OK)
        return TDM_FAILED;
    if (!in->frame)
        start(in);
    if (tdm_py_run_module(in, module, err) != TDM_OK)
        return TDM_FAILED;
    *ret_module = tdm_py_module_value(in, module);
    return tdm_arena_ok(in->arena) ? TDM_OK : tdm_fail_memory(err);
}

bool tdm_py_module_raised(tdm_py module, tdm_py_outcome *ret)
{
    const py_module_data *data = module->module;
    if (data->raised)
        *ret = (tdm_py_outcome){.raised = true,
                                .exception = data->exception,
                                .message = data->message,
                                .place = data->raised_at};
    return data->raised;
}

tdm_py tdm_py_module_get(tdm_py module, tdm_text name)
{
    py_module_data *data = module->module;
    if (data->raised)
        return data->failure;
    for (uint32_t i = data->globals.count; i-- > 0;)
        if (tdm_text_equal(data->globals.items[i].name->text, name))
            return data->globals.items[i].value;
    return NULL;
}

static void report_exception(tdm_interp *in, tdm_py_outcome *ret)
{
    if (!in->pending) // a NULL without an exception is a defect of the evaluator or its host
        tdm_py_raise(in, "SystemError", "error return without exception set");
    tdm_py exception = in->pending;
    in->pending = NULL;
    ret->raised = true;
    ret->exception = exception->instance->type->class_data->name->text;
    ret->message = tdm_py_exception_text(in, exception);
    ret->place = exception->instance->place;
}

tdm_status tdm_py_run(tdm_interp *in, tdm_py function, const tdm_py_args *args, tdm_py_outcome *ret,
                      tdm_error *err)
{
    static const tdm_py_args no_args = {0};
    if (in->stopped)
        return stopped(in, err);
    bool outer = in->running;
    start(in);
    in->running = true;
    tdm_py value = tdm_py_call(in, function, args ? args : &no_args);
    in->running = outer;
    if (in->stopped)
        return stopped(in, err);
    *ret = (tdm_py_outcome){.value = value};
    if (!value)
        report_exception(in, ret);
    return tdm_arena_ok(in->arena) ? TDM_OK : tdm_fail_memory(err);
}

static tdm_status run_body(tdm_interp *in, py_module_data *module, tdm_error *err)
{
    py_flow flow = tdm_py_exec_block(in, module->source->module);
    if (in->stopped)
        return stopped(in, err);
    if (flow == PY_FLOW_RAISE) {
        tdm_py_outcome outcome = {0};
        report_exception(in, &outcome);
        module->raised = true;
        module->exception = outcome.exception;
        module->message = outcome.message;
        module->raised_at = outcome.place;
        module->failure =
            tdm_py_unknown(in, outcome.place, "the module raises %.*s: %.*s",
                           TDM_TEXT_ARG(outcome.exception), TDM_TEXT_ARG(outcome.message));
    }
    return TDM_OK;
}

// Alembic names the module of a revision after its file (A119 util/pyfiles.py).
static tdm_text module_name(tdm_interp *in, const py_module_data *module)
{
    if (module->dotted.size)
        return module->dotted;
    tdm_text base = tdm_path_base(tdm_text_of(module->path));
    char *name = tdm_arena_string(in->arena, base);
    for (size_t i = 0; name && i < base.size; i++)
        if (!tdm_is_alnum(name[i]) && (unsigned char)name[i] < 0x80)
            name[i] = '_';
    return tdm_text_of(name);
}

static void set_module_names(tdm_interp *in, py_module_data *module)
{
    tdm_text name = module_name(in, module);
    tdm_py_space_put(&module->globals, in->arena, tdm_py_intern(in, "__name__"),
                     tdm_py_str(in, name));
    tdm_py_space_put(&module->globals, in->arena, tdm_py_intern(in, "__file__"),
                     tdm_py_file_place(in, module->path));
    tdm_py_space_put(&module->globals, in->arena, tdm_py_intern(in, "__doc__"), in->none);
    static const char *const others[] = {"__spec__", "__package__", "__loader__", "__path__"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (i < 3 || module->package)
            tdm_py_space_put(&module->globals, in->arena, tdm_py_intern(in, others[i]),
                             tdm_py_harmless(in, "%s of the module at run time", others[i]));
}

// Module-level objects answer to settings under their dotted name.
static void name_instances(tdm_interp *in, py_module_data *module)
{
    for (uint32_t i = 0; module->dotted.size && i < module->globals.count; i++) {
        tdm_py value = module->globals.items[i].value;
        bool unnamed = value && value->kind == TDM_PY_INSTANCE && !value->instance->dotted.size;
        if (!unnamed && !(value && value->kind == TDM_PY_UNKNOWN))
            continue;
        tdm_text dotted = tdm_arena_printf(in->arena, "%.*s.%.*s", TDM_TEXT_ARG(module->dotted),
                                           TDM_TEXT_ARG(module->globals.items[i].name->text));
        if (unnamed)
            value->instance->dotted = dotted;
        else if (in->host.assume)
            module->globals.items[i].value = tdm_py_unknown_named(in, value, dotted);
    }
}

tdm_status tdm_py_run_module(tdm_interp *in, py_module_data *module, tdm_error *err)
{
    py_frame frame = {.caller = in->frame, .module = module};
    const py_node *at = in->at;
    const struct tdm_py_source *source = in->source;
    bool running = in->running, said = in->said;

    in->frame = &frame;
    in->source = module->source;
    in->at = NULL; // a node of the importing file has no place in this one
    in->running = false;
    module->loading = true;
    set_module_names(in, module);
    tdm_status status = run_body(in, module, err);
    module->loading = false;
    module->loaded = true;
    name_instances(in, module);
    in->maybe_raise = false;
    in->running = running;
    in->said = said;
    in->frame = frame.caller;
    in->source = source;
    in->at = at;
    return status;
}
