// Rendering one revision function: the evaluator with this room's host.
#include "alembic/host.h"
#include "alembic/objects.h"

#include "base/error.h"
#include "base/limits.h"

#include <string.h>

static tdm_py host_module(tdm_interp *in, void *context, tdm_text dotted)
{
    (void)in;
    return tdm_native_module(context, dotted);
}

// --- Project files
// ----------------------------------------------------------------------------------

static bool note_import(tdm_host *host, const char *path)
{
    for (size_t i = 0; i < host->imported.count; i++) {
        if (strcmp(host->imported.items[i], path) == 0)
            return true;
    }
    return tdm_vector_push(host->arena, &host->imported, path);
}

// "app.constants" below a root: app/constants.py, or app/constants/__init__.py.
static bool read_module(tdm_host *host, const char *root, tdm_text dotted, tdm_text *ret_path,
                        tdm_text *ret_source)
{
    static const char *const endings[] = {".py", "/__init__.py"};
    char *path = tdm_arena_string(host->arena, dotted);
    for (char *c = path; c && *c; c++)
        *c = *c == '.' ? '/' : *c;
    for (size_t i = 0; path && i < sizeof endings / sizeof *endings; i++) {
        tdm_text file =
            tdm_arena_printf(host->arena, "%s%s%s%s", root, *root ? "/" : "", path, endings[i]);
        tdm_entry_kind kind;
        tdm_error err;
        if (!tdm_tree_exists(host->options->tree, file.data, &kind) || kind != TDM_ENTRY_FILE)
            continue;
        if (tdm_tree_read(host->options->tree, file.data, host->arena, ret_source, &err) != TDM_OK)
            return false;
        *ret_path = file;
        return note_import(host, file.data);
    }
    return false;
}

static bool host_source(void *context, tdm_text dotted, tdm_text *ret_path, tdm_text *ret_source)
{
    tdm_host *host = context;
    const tdm_render_options *options = host->options;
    if (!options->tree)
        return false;
    for (size_t i = 0; i < options->root_count; i++) {
        if (read_module(host, options->roots[i], dotted, ret_path, ret_source))
            return true;
    }
    return false;
}

// --- Assumptions
// ------------------------------------------------------------------------------------

static bool note_assumption(tdm_host *host, const tdm_assumption *a)
{
    tdm_text line = tdm_arena_printf(host->arena, "%.*s = %.*s", TDM_TEXT_ARG(a->name),
                                     TDM_TEXT_ARG(a->literal));
    for (size_t i = 0; i < host->assumed.count; i++) {
        if (tdm_text_equal(host->assumed.items[i], line))
            return true;
    }
    return tdm_vector_push(host->arena, &host->assumed, line);
}

// A string as it is; true, false and whole numbers as TOML writes them. NULL: something else.
static tdm_py assumed_value(tdm_interp *in, const tdm_assumption *a)
{
    tdm_text text = tdm_text_trim(a->literal);
    bool negative = text.size > 1 && text.data[0] == '-';
    uint64_t number = 0;
    if (a->is_string)
        return tdm_py_str(in, a->literal);
    if (tdm_text_is(text, "true") || tdm_text_is(text, "false"))
        return tdm_py_bool(in, text.data[0] == 't');
    if (tdm_text_to_u64(tdm_text_from(text, negative ? 1 : 0), &number) && number <= INT64_MAX)
        return tdm_py_int(in, negative ? -(int64_t)number : (int64_t)number);
    return NULL;
}

static tdm_py host_assume(tdm_interp *in, void *context, tdm_text dotted)
{
    tdm_host *host = context;
    for (size_t i = 0; i < host->options->assumption_count; i++) {
        const tdm_assumption *a = &host->options->assumptions[i];
        if (!tdm_text_equal(a->name, dotted))
            continue;
        tdm_py value = assumed_value(in, a);
        return value && note_assumption(host, a) ? value : NULL;
    }
    return NULL;
}

static void host_opaque(void *context, tdm_place place, tdm_text reason)
{
    tdm_host *host = context;
    tdm_place outer = host->place;
    host->place = place;
    (void)tdm_emit_opaque(host, tdm_arena_text(host->arena, reason));
    host->place = outer;
}

// --- Running
// ----------------------------------------------------------------------------------------

static void raise_in_script(tdm_script *script, const tdm_py_outcome *outcome)
{
    script->raised = true;
    script->exception = outcome->exception;
    script->message = outcome->message;
    script->raised_at = outcome->place;
}

static void missing_function(tdm_script *script, tdm_arena *arena, const char *path,
                             tdm_text function)
{
    script->raised = true;
    script->exception = TDM_TEXT("AttributeError");
    script->message =
        tdm_arena_printf(arena, "the revision has no function '%.*s'", TDM_TEXT_ARG(function));
    script->raised_at = (tdm_place){.file = path, .line = 1, .column = 1};
}

static tdm_status run_function(tdm_host *host, tdm_py module, const char *path,
                               tdm_direction direction, tdm_script *ret, tdm_error *err)
{
    tdm_text name = direction == TDM_UPGRADE ? TDM_TEXT("upgrade") : TDM_TEXT("downgrade");
    tdm_py_outcome outcome = {0};
    if (tdm_py_module_raised(module, &outcome)) {
        raise_in_script(ret, &outcome);
        return TDM_OK;
    }
    tdm_py function = tdm_py_module_get(module, name);
    if (!function) {
        missing_function(ret, host->arena, path, name);
        return TDM_OK;
    }
    if (tdm_py_kind_of(function) == TDM_PY_UNKNOWN) {
        host_opaque(host, (tdm_place){.file = path, .line = 1, .column = 1},
                    tdm_py_reason(function));
        return TDM_OK;
    }
    if (tdm_py_run(host->in, function, &(tdm_py_args){0}, &outcome, err) != TDM_OK)
        return TDM_FAILED;
    if (outcome.raised)
        raise_in_script(ret, &outcome);
    return TDM_OK;
}

static void collect(tdm_host *host, tdm_script *ret)
{
    ret->emissions = host->emissions.items;
    ret->count = host->emissions.count;
    ret->assumed = host->assumed.items;
    ret->assumed_count = host->assumed.count;
    ret->imported = host->imported.items;
    ret->imported_count = host->imported.count;
}

tdm_status tdm_render_revision(tdm_arena *arena, const char *path, tdm_text source,
                               tdm_direction direction, const tdm_render_options *options,
                               tdm_run_memo *memo, tdm_script *ret, tdm_error *err)
{
    static const tdm_render_options standard = {0};
    tdm_host host = {.arena = arena, .options = options ? options : &standard, .memo = memo};
    tdm_py_host seen = {.context = &host,
                        .module = host_module,
                        .source = host_source,
                        .assume = host_assume,
                        .opaque = host_opaque};
    tdm_script script = {0};
    tdm_py module = NULL;
    tdm_map_init(&host.modules, arena);
    if (!host.memo)
        host.memo = tdm_run_memo_new(arena);
    if (!host.memo)
        return tdm_fail_memory(err);
    if (tdm_interp_new(arena, &seen, (tdm_py_limits){0}, &host.in, err) != TDM_OK)
        return TDM_FAILED;
    tdm_status status = tdm_py_load(host.in, path, source, &module, err);
    if (status == TDM_OK)
        status = run_function(&host, module, path, direction, &script, err);
    tdm_interp_free(host.in);
    if (status == TDM_OK && !tdm_arena_ok(arena))
        status = tdm_fail_memory(err);
    if (status != TDM_OK)
        return status;
    collect(&host, &script);
    *ret = script;
    return TDM_OK;
}
