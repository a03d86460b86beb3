// Emissions and places.
#include "revision/host.h"

#include "base/limits.h"

#include <stdarg.h>
#include <string.h>

tdm_place tdm_host_place(tdm_host *host)
{
    return host->place.file ? host->place : tdm_interp_place(host->in);
}

tdm_py tdm_host_unknown(tdm_host *host, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    tdm_text reason = tdm_arena_vprintf(host->arena, format, args);
    va_end(args);
    return tdm_py_unknown_data(host->in, tdm_host_place(host), "%.*s", TDM_TEXT_ARG(reason));
}

tdm_py tdm_host_unknown_effect(tdm_host *host, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    tdm_text reason = tdm_arena_vprintf(host->arena, format, args);
    va_end(args);
    return tdm_py_unknown(host->in, tdm_host_place(host), "%.*s", TDM_TEXT_ARG(reason));
}

static bool push(tdm_host *host, tdm_emission emission)
{
    emission.place = tdm_host_place(host);
    emission.outside = host->outside > 0;
    emission.guard = emission.kind == TDM_EMISSION_SQL ? host->guard : NULL;
    (void)tdm_vector_push(host->arena, &host->emissions, emission);
    return true;
}

bool tdm_emit_opaque(tdm_host *host, tdm_text reason)
{
    return push(host, (tdm_emission){.kind = TDM_EMISSION_OPAQUE, .reason = reason});
}

bool tdm_emit_marker(tdm_host *host, tdm_emission_kind kind)
{
    tdm_text text = kind == TDM_EMISSION_BEGIN ? TDM_TEXT("BEGIN;") : TDM_TEXT("COMMIT;");
    return push(host, (tdm_emission){.kind = kind, .offline = text});
}

typedef struct tdm_printing {
    tdm_print_function print;
    const void *statement;
    tdm_py parameters;
    bool ddl;
} tdm_printing;

static tdm_failure print_text(tdm_host *host, const tdm_printing *what, bool online, tdm_text *ret)
{
    tdm_map names;
    tdm_map_init(&names, host->arena);
    tdm_printer p = {
        .out = TDM_BUFFER_INIT(TDM_LIMIT_OUTPUT),
        .arena = host->arena,
        .in = host->in,
        .online = online,
        .double_percent = !online && host->options->pyformat,
        .keep_binds = host->options->no_literal_binds,
        .ddl = what->ddl,
        .parameters = what->parameters,
        .bind_names = &names,
    };
    what->print(&p, what->statement);
    if (p.out.failed)
        tdm_print_opaque(&p, "a statement is too long");
    *ret = tdm_buffer_take(&p.out, host->arena);
    return p.failure;
}

static tdm_text failure_text(tdm_host *host, const tdm_failure *failure)
{
    if (failure->kind == TDM_FAILURE_OPAQUE)
        return failure->message;
    return tdm_arena_printf(host->arena, "%s: %.*s", failure->exception,
                            TDM_TEXT_ARG(failure->message));
}

void tdm_only_online(tdm_host *host, tdm_emission *emission, tdm_text why)
{
    emission->offline = tdm_arena_printf(host->arena, "%.*s;", TDM_TEXT_ARG(emission->online));
    emission->offline_fails = why;
}

// What the offline printer refuses or does not know, a server may still accept, and the reverse:
// each text says for itself why it is missing. Where both fail the script ends as Alembic's does.
static bool emit(tdm_host *host, const tdm_printing *what)
{
    tdm_emission emission = {.kind = TDM_EMISSION_SQL};
    tdm_text offline, online;
    tdm_failure off = print_text(host, what, false, &offline);
    tdm_failure on = print_text(host, what, true, &online);
    bool ends = on.kind != TDM_FAILURE_NONE || host->options->strict_offline;
    if (off.kind == TDM_FAILURE_RAISED && ends) {
        tdm_py_raise(host->in, off.exception, "%.*s", TDM_TEXT_ARG(off.message));
        return false;
    }
    if (off.kind == TDM_FAILURE_OPAQUE && ends)
        return tdm_emit_opaque(host, off.message);
    if (on.kind == TDM_FAILURE_NONE)
        emission.online = online;
    else
        emission.online_fails = failure_text(host, &on);
    emission.online_unknown = on.kind == TDM_FAILURE_OPAQUE;
    if (off.kind == TDM_FAILURE_NONE)
        emission.offline = tdm_offline_chunk(host->arena, offline);
    else
        tdm_only_online(host, &emission, failure_text(host, &off));
    return push(host, emission);
}

bool tdm_emit(tdm_host *host, tdm_print_function print, const void *statement)
{
    return emit(host, &(tdm_printing){.print = print, .statement = statement, .ddl = true});
}

bool tdm_emit_statement(tdm_host *host, tdm_print_function print, const void *statement,
                        tdm_py parameters)
{
    return emit(host,
                &(tdm_printing){.print = print, .statement = statement, .parameters = parameters});
}

tdm_py tdm_emitted(tdm_host *host, bool emitted)
{
    return emitted ? tdm_py_none(host->in) : NULL;
}
