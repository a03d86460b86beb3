#include "db/identity.h"

#include "base/error.h"
#include "base/text.h"
#include "base/vector.h"
#include "sql/quote.h"

enum {
    SETTING_MAXIMUM = 64 << 10,
};

bool tdm_is_login_role(tdm_text user)
{
    return tdm_text_starts(user, TDM_TEXT("cli_login_"));
}

// Those of the database before those of all databases.
static const char stored_settings[] =
    "SELECT DISTINCT ON (name) name, value FROM (SELECT pg_catalog.split_part(c, '=', 1) AS name, "
    "pg_catalog.substr(c, pg_catalog.strpos(c, '=') + 1) AS value, s.setdatabase "
    "FROM pg_catalog.pg_db_role_setting s "
    "JOIN pg_catalog.pg_roles r ON r.oid = s.setrole AND r.rolname = 'postgres' "
    "CROSS JOIN pg_catalog.unnest(s.setconfig) AS c WHERE s.setdatabase = 0 OR s.setdatabase = "
    "(SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())) AS x "
    "ORDER BY name, setdatabase DESC";

static tdm_text setting_sql(const tdm_db_result *rows, size_t row, tdm_arena *arena)
{
    tdm_buffer sql = TDM_BUFFER_INIT(SETTING_MAXIMUM);
    tdm_buffer_puts(&sql, "SELECT pg_catalog.set_config(");
    tdm_sql_put_literal(&sql, tdm_db_at(rows, row, 0)->text);
    tdm_buffer_puts(&sql, ", ");
    tdm_sql_put_literal(&sql, tdm_db_at(rows, row, 1)->text);
    tdm_buffer_puts(&sql, ", false)");
    return tdm_buffer_take(&sql, arena);
}

static tdm_status take_settings(tdm_session *session, tdm_arena *arena, tdm_error *err)
{
    TDM_VECTOR(tdm_text) settings = {0};
    tdm_db_result rows;
    if (tdm_session_query(session, tdm_text_of(stored_settings), arena, &rows, err) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < rows.row_count; i++) {
        tdm_error refused = TDM_ERROR_INIT;
        tdm_text sql = setting_sql(&rows, i, arena);
        if (tdm_session_run(session, sql, arena, NULL, &refused) == TDM_OK) {
            if (!tdm_vector_push(arena, &settings, sql))
                return tdm_fail_memory(err);
        } else if (refused.code != TDM_ERROR_SERVER) {
            *err = refused;
            return TDM_FAILED;
        }
    }
    session->identity.settings = settings.items;
    session->identity.setting_count = settings.count;
    return TDM_OK;
}

tdm_status tdm_identity_take(tdm_session *session, tdm_arena *arena, tdm_error *err)
{
    tdm_text become = TDM_TEXT("SET SESSION ROLE postgres");
    session->identity = (tdm_db_identity){0};
    if (tdm_session_run(session, become, arena, NULL, err) != TDM_OK) {
        if (err->code != TDM_ERROR_SERVER)
            return TDM_FAILED;
        tdm_fail(err, TDM_ERROR_CONNECT, TDM_NOWHERE,
                 "the login role in %.*s may not become postgres: %.*s",
                 TDM_TEXT_ARG(session->target),
                 TDM_TEXT_ARG(tdm_buffer_text(&session->failure.message)));
        return tdm_hint(err, "Use the database password: SUPABASE_DB_PASSWORD.");
    }
    session->identity.become = become;
    return take_settings(session, arena, err);
}
