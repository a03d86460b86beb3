// The server that a rehearsal takes place on, and its databases.
#include "rehearse/rehearsal.h"

#include "base/error.h"
#include "base/text.h"
#include "db/session.h"
#include "db/target.h"
#include "sql/quote.h"

// --- Connecting ---------------------------------------------------------------------------------

// A keyword string as libpq reads it, from parts.
static const char *print_parts(tdm_arena *arena, const tdm_target_parts *parts)
{
    tdm_buffer out = TDM_BUFFER_INIT(1 << 16);

    for (size_t i = 0; i < parts->count; i++) {
        tdm_buffer_putf(&out, "%s%s='", i ? " " : "", parts->items[i].keyword);
        for (const char *c = parts->items[i].value; *c; c++) {
            if (*c == '\'' || *c == '\\')
                tdm_buffer_putc(&out, '\\');
            tdm_buffer_putc(&out, *c);
        }
        tdm_buffer_putc(&out, '\'');
    }
    return tdm_buffer_take(&out, arena).data;
}

static tdm_status url_of(const tdm_stage *stage, const char *database, const char **ret,
                         tdm_error *err)
{
    tdm_target_parts parts;

    if (stage->server) {
        *ret = tdm_throwaway_url(stage->server, stage->arena, database);
        return *ret ? TDM_OK : tdm_fail_memory(err);
    }
    if (tdm_target_parse(stage->arena, stage->options->url, &parts, err) != TDM_OK ||
        (stage->options->url_from_argv && tdm_target_refuse_secrets(&parts, err) != TDM_OK))
        return TDM_FAILED;
    if (database && !tdm_target_set(stage->arena, &parts, "dbname", database))
        return tdm_fail_memory(err);
    *ret = print_parts(stage->arena, &parts);
    return *ret ? TDM_OK : tdm_fail_memory(err);
}

static tdm_status open_session(const char *url, tdm_session **ret, tdm_error *err)
{
    const tdm_target_options target = {.url = url};

    return tdm_session_open(&target, ret, err);
}

// --- The server ---------------------------------------------------------------------------------

static bool has_name(const tdm_db_result *rows, tdm_text name)
{
    for (size_t i = 0; i < rows->row_count; i++)
        if (tdm_text_equal(tdm_db_at(rows, i, 0)->text, name))
            return true;
    return false;
}

static tdm_status look_for(tdm_stage *stage, const tdm_name_list *extensions, tdm_error *err)
{
    tdm_db_result rows;

    if (tdm_session_query(stage->session,
                          TDM_TEXT("SELECT name::text FROM pg_catalog.pg_available_extensions"),
                          stage->arena, &rows, err) != TDM_OK)
        return TDM_FAILED;
    stage->missing = (tdm_name_list){0};
    for (size_t i = 0; i < extensions->count; i++)
        if (!has_name(&rows, extensions->items[i]))
            (void)tdm_vector_push(stage->arena, &stage->missing, extensions->items[i]);
    return TDM_OK;
}

static tdm_status name_server(tdm_stage *stage, const char *programs, tdm_error *err)
{
    tdm_db_result rows;

    if (tdm_session_query(stage->session, TDM_TEXT("SELECT current_setting('server_version')"),
                          stage->arena, &rows, err) != TDM_OK)
        return TDM_FAILED;
    stage->name = tdm_arena_printf(
        stage->arena, "PostgreSQL %.*s %s %s", TDM_TEXT_ARG(tdm_db_at(&rows, 0, 0)->text),
        programs ? "of" : "at", programs ? programs : stage->session->target.data);
    return TDM_OK;
}

static void leave_server(tdm_stage *stage)
{
    tdm_session_close(stage->session);
    tdm_throwaway_stop(stage->server);
    stage->session = NULL;
    stage->server = NULL;
}

static tdm_status enter_server(tdm_stage *stage, const tdm_throwaway_options *options,
                               const char *programs, const tdm_name_list *extensions,
                               tdm_error *err)
{
    const char *url;

    if (tdm_throwaway_start(options, programs, &stage->server, err) != TDM_OK)
        return TDM_FAILED;
    if (url_of(stage, "postgres", &url, err) != TDM_OK ||
        open_session(url, &stage->session, err) != TDM_OK)
        return TDM_FAILED;
    if (name_server(stage, programs, err) != TDM_OK)
        return TDM_FAILED;
    return look_for(stage, extensions, err);
}

// The first server with all extensions, else the one that lacks the fewest.
static tdm_status choose_server(tdm_stage *stage, const char *root, const tdm_name_list *extensions,
                                tdm_error *err)
{
    const tdm_throwaway_options options = {
        .programs = stage->options->programs,
        .path = stage->options->path,
        .temporary = stage->options->temporary,
        .root = root,
    };
    tdm_throwaway_places places;
    size_t best = 0;
    size_t fewest = SIZE_MAX;

    if (tdm_throwaway_find(&options, stage->arena, &places, err) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < places.count; i++) {
        if (enter_server(stage, &options, places.items[i], extensions, err) == TDM_OK) {
            if (stage->missing.count == 0)
                return TDM_OK;
            if (stage->missing.count < fewest) {
                fewest = stage->missing.count;
                best = i;
            }
        } else if (places.count == 1) {
            return TDM_FAILED;
        }
        leave_server(stage);
    }
    return enter_server(stage, &options, places.items[best], extensions, err);
}

tdm_status tdm_stage_open(tdm_stage *stage, const char *root, const tdm_name_list *extensions,
                          tdm_error *err)
{
    const char *url;

    if (!stage->options->url)
        return choose_server(stage, root, extensions, err);
    if (url_of(stage, NULL, &url, err) != TDM_OK ||
        open_session(url, &stage->session, err) != TDM_OK ||
        name_server(stage, NULL, err) != TDM_OK || tdm_stage_sweep(stage, err) != TDM_OK)
        return TDM_FAILED;
    return look_for(stage, extensions, err);
}

// --- Databases ----------------------------------------------------------------------------------

static tdm_status run_text(tdm_session *session, tdm_arena *arena, tdm_text sql, tdm_error *err)
{
    return sql.size ? tdm_session_run(session, sql, arena, NULL, err) : tdm_fail_memory(err);
}

// Roles are the server's: those that are missing are made, and dropped at the end.
static tdm_status make_roles(tdm_stage *stage, tdm_error *err)
{
    tdm_db_result rows;

    if (tdm_session_query(stage->session, TDM_TEXT("SELECT rolname::text FROM pg_catalog.pg_roles"),
                          stage->arena, &rows, err) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < tdm_standin_role_count; i++) {
        tdm_text role = tdm_text_of(tdm_standin_roles[i]);
        if (has_name(&rows, role))
            continue;
        if (run_text(stage->session, stage->arena,
                     tdm_arena_printf(stage->arena, "CREATE ROLE %s", tdm_standin_roles[i]),
                     err) != TDM_OK)
            return TDM_FAILED;
        (void)tdm_vector_push(stage->arena, &stage->roles, role);
        if (!stage->server &&
            run_text(stage->session, stage->arena,
                     tdm_arena_printf(stage->arena, "COMMENT ON ROLE %s IS '%.*s'",
                                      tdm_standin_roles[i], TDM_TEXT_ARG(stage->token)),
                     err) != TDM_OK)
            return TDM_FAILED;
    }
    return TDM_OK;
}

static tdm_status put_standins(tdm_stage *stage, const char *url, tdm_text database, tdm_error *err)
{
    tdm_session *session = NULL;
    tdm_status status;

    if (make_roles(stage, err) != TDM_OK || open_session(url, &session, err) != TDM_OK)
        return TDM_FAILED;
    status = run_text(session, stage->arena,
                      tdm_arena_printf(stage->arena,
                                       "ALTER DATABASE %.*s SET search_path TO "
                                       "\"$user\", public, extensions",
                                       TDM_TEXT_ARG(database)),
                      err);
    for (size_t i = 0; status == TDM_OK && i < tdm_standin_statement_count; i++)
        status = run_text(session, stage->arena, tdm_text_of(tdm_standin_statements[i]), err);
    tdm_session_close(session);
    return status;
}

tdm_status tdm_stage_database(tdm_stage *stage, const char *suffix, bool standins,
                              const char **ret_url, tdm_error *err)
{
    tdm_text token = stage->server ? TDM_TEXT("tandem_rehearsal") : stage->token;
    tdm_text name = tdm_arena_printf(stage->arena, "%.*s_%s", TDM_TEXT_ARG(token), suffix);

    if (run_text(stage->session, stage->arena,
                 tdm_arena_printf(stage->arena, "CREATE DATABASE %.*s TEMPLATE template0",
                                  TDM_TEXT_ARG(name)),
                 err) != TDM_OK ||
        !tdm_vector_push(stage->arena, &stage->databases, name) ||
        url_of(stage, name.data, ret_url, err) != TDM_OK)
        return TDM_FAILED;
    return standins ? put_standins(stage, *ret_url, name, err) : TDM_OK;
}

void tdm_stage_close(tdm_stage *stage)
{
    // A throwaway server goes with all that is on it.
    for (size_t i = 0; !stage->server && i < stage->databases.count; i++)
        tdm_session_tidy(stage->session,
                         tdm_arena_printf(stage->arena, "DROP DATABASE IF EXISTS %.*s WITH (FORCE)",
                                          TDM_TEXT_ARG(stage->databases.items[i])));
    for (size_t i = 0; !stage->server && i < stage->roles.count; i++)
        tdm_session_tidy(stage->session, tdm_arena_printf(stage->arena, "DROP ROLE IF EXISTS %.*s",
                                                          TDM_TEXT_ARG(stage->roles.items[i])));
    leave_server(stage);
}
