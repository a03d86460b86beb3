// Rendering one revision function: the evaluator with this room's host.
#include "revision/host.h"
#include "revision/objects.h"
#include "revision/schema_copy.h"

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
        return tdm_host_note_import(host, file.data);
    }
    return false;
}

bool tdm_render_has_module(tdm_arena *arena, const tdm_render_options *options, tdm_text dotted)
{
    char *name = tdm_arena_string(arena, dotted);
    for (char *c = name; c && *c; c++)
        *c = *c == '.' ? '/' : *c;
    for (size_t i = 0; name && options->tree && i < options->root_count; i++) {
        const char *root = options->roots[i];
        const char *between = *root ? "/" : "";
        tdm_text file = tdm_arena_printf(arena, "%s%s%s.py", root, between, name);
        tdm_text package = tdm_arena_printf(arena, "%s%s%s/__init__.py", root, between, name);
        if (!file.data || !package.data || tdm_tree_exists(options->tree, file.data, NULL) ||
            tdm_tree_exists(options->tree, package.data, NULL))
            return true;
    }
    return !name;
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

tdm_py tdm_host_assume(tdm_host *host, tdm_text dotted)
{
    for (size_t i = 0; i < host->options->assumption_count; i++) {
        const tdm_assumption *a = &host->options->assumptions[i];
        if (!tdm_text_equal(a->name, dotted))
            continue;
        tdm_py value = assumed_value(host->in, a);
        return value && note_assumption(host, a) ? value : NULL;
    }
    return NULL;
}

static tdm_py host_assume(tdm_interp *in, void *context, tdm_text dotted)
{
    (void)in;
    return tdm_host_assume(context, dotted);
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

// --- What stays
// ----------------------------------------------------------------------------------------------

// Copies of the script out of the memory of the evaluation, which is given back as a whole.
typedef struct copier {
    tdm_arena *arena;
    const char *path;  // of the revision
    const char *other; // the last file of a place that was copied
    tdm_schema_copier schema;
} copier;

static tdm_text copy_text(const copier *c, tdm_text text)
{
    return text.size ? tdm_arena_text(c->arena, text) : (tdm_text){"", 0};
}

static tdm_place copy_place(copier *c, tdm_place place)
{
    if (!place.file || place.file == c->path)
        return place;
    if (!c->other || strcmp(c->other, place.file) != 0)
        c->other = tdm_arena_string(c->arena, tdm_text_of(place.file));
    place.file = c->other;
    return place;
}

static tdm_emission copy_emission(copier *c, const tdm_emission *from)
{
    tdm_emission made = *from;
    made.offline = copy_text(c, from->offline);
    made.online =
        tdm_text_equal(from->online, from->offline) ? made.offline : copy_text(c, from->online);
    made.offline_fails = copy_text(c, from->offline_fails);
    made.online_fails = copy_text(c, from->online_fails);
    made.reason = copy_text(c, from->reason);
    made.place = copy_place(c, from->place);
    made.guard = tdm_guard_copy(&c->schema, from->guard);
    return made;
}

static tdm_status collect(const tdm_host *host, tdm_script *script, tdm_arena *arena,
                          const char *path, tdm_error *err)
{
    copier c = {.arena = arena, .path = path, .schema = {.arena = arena}};
    tdm_emission *emissions = tdm_arena_array(arena, host->emissions.count, sizeof *emissions);
    tdm_text *assumed = tdm_arena_array(arena, host->assumed.count, sizeof *assumed);
    const char **imported = tdm_arena_array(arena, host->imported.count, sizeof *imported);
    tdm_schema_asked *asked = tdm_arena_array(arena, host->asked.count, sizeof *asked);
    tdm_text *absent = tdm_arena_array(arena, script->absent_count, sizeof *absent);
    tdm_type_asked *types = tdm_arena_array(arena, script->type_count, sizeof *types);
    if (!emissions || !assumed || !imported || !asked || !absent || !types)
        return tdm_fail_memory(err);
    for (size_t i = 0; i < host->emissions.count; i++)
        emissions[i] = copy_emission(&c, &host->emissions.items[i]);
    for (size_t i = 0; i < host->assumed.count; i++)
        assumed[i] = copy_text(&c, host->assumed.items[i]);
    for (size_t i = 0; i < host->imported.count; i++)
        imported[i] = tdm_arena_string(arena, tdm_text_of(host->imported.items[i]));
    for (size_t i = 0; i < host->asked.count; i++)
        asked[i] = tdm_asked_copy(&c.schema, &host->asked.items[i]);
    for (size_t i = 0; i < script->absent_count; i++)
        absent[i] = copy_text(&c, script->absent[i]);
    for (size_t i = 0; i < script->type_count; i++)
        types[i] = (tdm_type_asked){copy_text(&c, script->types[i].name), script->types[i].there};
    script->absent = absent;
    script->types = types;
    script->emissions = emissions;
    script->count = host->emissions.count;
    script->assumed = assumed;
    script->assumed_count = host->assumed.count;
    script->imported = imported;
    script->imported_count = host->imported.count;
    script->asked = asked;
    script->asked_count = host->asked.count;
    script->exception = copy_text(&c, script->exception);
    script->message = copy_text(&c, script->message);
    script->raised_at = copy_place(&c, script->raised_at);
    return tdm_arena_ok(arena) ? TDM_OK : tdm_fail_memory(err);
}

tdm_py_host tdm_host_seen(tdm_host *host)
{
    return (tdm_py_host){.context = host,
                         .module = host_module,
                         .source = host_source,
                         .file = tdm_host_file,
                         .assume = host_assume,
                         .opaque = host_opaque,
                         .library = host->options->library};
}

static tdm_status evaluate(tdm_host *host, const tdm_py_file *file, tdm_direction direction,
                           tdm_script *ret, tdm_error *err)
{
    tdm_py_host seen = tdm_host_seen(host);
    tdm_py module = NULL;
    tdm_map_init(&host->modules, host->arena);
    if (host->options->schema && host->options->schema->begin)
        host->options->schema->begin(host->options->schema->context);
    if (!host->memo)
        host->memo = tdm_run_memo_new(host->arena);
    if (!host->memo)
        return tdm_fail_memory(err);
    tdm_memo_begin(host->memo);
    if (tdm_interp_new(host->arena, &seen, (tdm_py_limits){0}, &host->in, err) != TDM_OK)
        return TDM_FAILED;
    tdm_status status = tdm_py_load(host->in, file->path, file->text, &module, err);
    if (status == TDM_OK)
        status = run_function(host, module, file->path, direction, ret, err);
    ret->alone = tdm_py_sought(host->in, &ret->absent, &ret->absent_count) && !host->asked_world;
    ret->types = tdm_memo_asked(host->memo, &ret->type_count);
    ret->named = host->asked_naming;
    tdm_interp_free(host->in);
    if (status == TDM_OK && !tdm_arena_ok(host->arena))
        status = tdm_fail_memory(err);
    return status;
}

tdm_status tdm_render_revision(tdm_arena *arena, const char *path, tdm_text source,
                               tdm_direction direction, const tdm_render_options *options,
                               tdm_run_memo *memo, tdm_script *ret, tdm_error *err)
{
    static const tdm_render_options standard = {0};
    tdm_host host = {.arena = tdm_arena_new(0),
                     .options = options ? options : &standard,
                     .memo = memo,
                     .path = path,
                     .downgrade = direction == TDM_DOWNGRADE};
    tdm_script script = {0};
    if (!host.arena)
        return tdm_fail_memory(err);
    tdm_status status = evaluate(&host, &(tdm_py_file){path, source}, direction, &script, err);
    if (status == TDM_OK)
        status = collect(&host, &script, arena, path, err);
    tdm_arena_free(host.arena);
    if (status == TDM_OK)
        *ret = script;
    return status;
}
