// The naming convention of the metadata that env.py hands to Alembic (A119 operations/schemaobj.py
// metadata(): the `naming_convention` of opts["target_metadata"]): which name the calls of
// context.configure() hand over, and what that name means after the module level of env.py.
#include "revision/env_naming.h"

#include "python/calls.h"
#include "revision/host.h"
#include "revision/objects.h"

#include "base/error.h"
#include "base/text.h"

typedef struct reader {
    tdm_arena *arena;
    const char *path;
    tdm_env_naming *found;
    bool silent; // a call hands over nothing, which is no convention
} reader;

static const tdm_text disagree = TDM_TEXT("calls of context.configure() differ in target_metadata");

static void not_known(reader *in, tdm_place place, tdm_text why)
{
    in->found->known = false;
    in->found->why = place.file ? tdm_arena_printf(in->arena, "%s:%u: %.*s", place.file,
                                                   (unsigned)place.line, TDM_TEXT_ARG(why))
                                : tdm_arena_text(in->arena, why);
}

// --- Which name env.py hands over ---------------------------------------------------------------

// All calls of configure() that say something must say the same; `ret` NULL: none does.
static void agree(reader *in, const tdm_py_call_sites *sites, const tdm_py_said **ret)
{
    for (size_t i = 0; i < sites->count; i++) {
        const tdm_py_call_site *site = &sites->items[i];
        if (!tdm_text_is(site->method, "configure"))
            continue;
        const tdm_py_said *said =
            tdm_py_said_of(site->keywords, site->count, TDM_TEXT("target_metadata"));
        bool differs = said && *ret && !tdm_text_equal(said->source, (*ret)->source);
        in->found->known = true;
        in->silent |= !said;
        if (differs || (!said && site->open)) {
            not_known(in, site->place, differs ? disagree : TDM_TEXT("it may be in **arguments"));
            return;
        }
        if (said)
            *ret = said;
    }
    if (!in->found->known)
        not_known(in, TDM_NOWHERE, TDM_TEXT("env.py does not call context.configure()"));
}

// False: not known, as `in->found` says.
static bool find_said(reader *in, tdm_text source, const tdm_py_said **ret)
{
    tdm_py_source *parsed = NULL;
    tdm_py_call_sites sites = {0};
    tdm_error cause = TDM_ERROR_INIT;
    *ret = NULL;
    if (tdm_py_parse(in->arena, in->path, source, &parsed, &cause) == TDM_OK) {
        if (tdm_py_calls_on(in->arena, parsed, TDM_TEXT("context"), &sites, &cause) == TDM_OK)
            agree(in, &sites, ret);
        tdm_py_source_free(parsed);
    }
    if (cause.message[0])
        not_known(in, cause.place, tdm_text_of(cause.message));
    return in->found->known;
}

static bool is_dotted(tdm_text text)
{
    for (size_t i = 0; i < text.size; i++)
        if (!tdm_is_alnum(text.data[i]) && text.data[i] != '_' && text.data[i] != '.')
            return false;
    return text.size > 0;
}

// The value of "a.b.c" at the end of the module, or NULL.
static tdm_py value_of(tdm_interp *in, tdm_py module, tdm_text dotted)
{
    size_t dot = tdm_text_find_char(dotted, '.');
    tdm_py value = tdm_py_module_get(module, tdm_text_slice(dotted, 0, dot));
    while (value && dot < dotted.size) {
        tdm_text rest = tdm_text_from(dotted, dot + 1);
        size_t next = tdm_text_find_char(rest, '.');
        value = tdm_py_find_attr(in, value, tdm_text_slice(rest, 0, next));
        dot = next == SIZE_MAX ? SIZE_MAX : dot + 1 + next;
    }
    return value;
}

// --- What it is ---------------------------------------------------------------------------------

static tdm_status copy_rows(reader *in, const tdm_metadata *metadata, tdm_error *err)
{
    tdm_naming *rows = tdm_arena_array(in->arena, metadata->naming_count + 1, sizeof *rows);
    if (!rows)
        return tdm_fail_memory(err);
    for (size_t i = 0; i < metadata->naming_count; i++)
        rows[i] = (tdm_naming){tdm_arena_text(in->arena, metadata->naming[i].key),
                               tdm_arena_text(in->arena, metadata->naming[i].format)};
    in->found->rows = rows;
    in->found->count = metadata->naming_count;
    return TDM_OK;
}

// None has no convention, and neither has a list of several: Alembic asks the value itself.
static tdm_status take_value(reader *in, tdm_py value, const tdm_py_said *said, tdm_error *err)
{
    const tdm_metadata *metadata = tdm_data_of(value, &tdm_metadata_object);
    tdm_py_kind kind = value ? tdm_py_kind_of(value) : TDM_PY_UNKNOWN;
    if (metadata && metadata->naming_count && in->silent) {
        not_known(in, said->place, disagree);
        return TDM_OK;
    }
    if (metadata && !metadata->naming_open)
        return copy_rows(in, metadata, err);
    if (kind == TDM_PY_NONE || kind == TDM_PY_LIST || kind == TDM_PY_TUPLE)
        return TDM_OK;
    if (value && kind == TDM_PY_UNKNOWN)
        not_known(in, tdm_py_place_of(value), tdm_py_reason(value));
    else
        not_known(in, said->place,
                  tdm_arena_printf(in->arena, "'%.*s' is not followed to a MetaData",
                                   TDM_TEXT_ARG(said->source)));
    return TDM_OK;
}

static tdm_status evaluate(reader *in, tdm_host *host, tdm_text source, const tdm_py_said *said,
                           tdm_error *err)
{
    tdm_py_host seen = tdm_host_seen(host);
    tdm_py module = NULL;
    tdm_py_outcome outcome = {0};
    tdm_error cause = TDM_ERROR_INIT;
    tdm_map_init(&host->modules, host->arena);
    host->memo = tdm_run_memo_new(host->arena);
    if (!host->memo ||
        tdm_interp_new(host->arena, &seen, (tdm_py_limits){0}, &host->in, err) != TDM_OK)
        return tdm_fail_memory(err);
    if (tdm_py_load(host->in, in->path, source, &module, &cause) != TDM_OK) {
        not_known(in, cause.place, tdm_text_of(cause.message));
        return cause.code == TDM_ERROR_MEMORY ? tdm_fail_memory(err) : TDM_OK;
    }
    if (tdm_py_module_raised(module, &outcome)) {
        not_known(in, outcome.place, outcome.message);
        return TDM_OK;
    }
    return take_value(in, value_of(host->in, module, said->source), said, err);
}

tdm_status tdm_env_read_naming(tdm_arena *arena, const char *path, tdm_text source,
                               const tdm_render_options *options, tdm_env_naming *ret,
                               tdm_error *err)
{
    reader in = {.arena = arena, .path = path, .found = ret};
    tdm_host host = {.options = options, .path = path, .declarative = true};
    const tdm_py_said *said;
    *ret = (tdm_env_naming){0};
    if (!find_said(&in, source, &said) || !said || said->kind == TDM_PY_SAID_NONE)
        return tdm_arena_ok(arena) ? TDM_OK : tdm_fail_memory(err);
    if (!is_dotted(said->source)) {
        not_known(&in, said->place, TDM_TEXT("target_metadata is no plain name"));
        return TDM_OK;
    }
    host.arena = tdm_arena_new(0);
    if (!host.arena)
        return tdm_fail_memory(err);
    tdm_status status = evaluate(&in, &host, source, said, err);
    tdm_interp_free(host.in);
    tdm_arena_free(host.arena);
    return status == TDM_OK && !tdm_arena_ok(arena) ? tdm_fail_memory(err) : status;
}
