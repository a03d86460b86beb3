// What a rehearsal that was killed leaves on a server that was named: databases, and the roles that
// it made.
//
// Both bear the process number and the start of the session that made them, which stays open as
// long as the rehearsal runs: what bears those of no running session is nobody's any more. No two
// sessions of a server have both in common.
#include "rehearse/rehearsal.h"

#include "base/text.h"
#include "db/session.h"

// Of the session in the row `a` of pg_stat_activity.
#define TOKEN                                                                                      \
    "'tandem_rehearsal_' || a.pid || '_' || "                                                      \
    "pg_catalog.floor(1000000 * extract(epoch FROM a.backend_start))::pg_catalog.text"

#define NOBODYS(token)                                                                             \
    "NOT EXISTS (SELECT 1 FROM pg_catalog.pg_stat_activity a WHERE " TOKEN " = " token ")"

static const char token_of_this[] =
    "SELECT " TOKEN " FROM pg_catalog.pg_stat_activity a WHERE a.pid = pg_catalog.pg_backend_pid()";

static const char databases_left[] =
    "SELECT d.datname::text FROM pg_catalog.pg_database d"
    " WHERE d.datname ~ '^tandem_rehearsal_[0-9]+_[0-9]+_(alembic|supabase)[a-z_]*$'"
    " AND " NOBODYS("pg_catalog.regexp_replace(d.datname::pg_catalog.text, '_[a-z_]*$', '')");

static const char roles_left[] =
    "SELECT r.rolname::text FROM pg_catalog.pg_roles r"
    " WHERE pg_catalog.shobj_description(r.oid, 'pg_authid') ~ '^tandem_rehearsal_[0-9]+_[0-9]+$'"
    " AND " NOBODYS("pg_catalog.shobj_description(r.oid, 'pg_authid')");

// Names are quoted as they are ours: letters, digits and underscores, or a role of the stand-ins.
// What cannot be dropped, as something else leans on it by now, stays.
static tdm_status drop_all(tdm_stage *stage, const char *query, const char *drop, const char *how,
                           tdm_error *err)
{
    tdm_db_result rows;

    if (tdm_session_query(stage->session, tdm_text_of(query), stage->arena, &rows, err) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < rows.row_count; i++)
        tdm_session_tidy(stage->session,
                         tdm_arena_printf(stage->arena, "%s %.*s%s", drop,
                                          TDM_TEXT_ARG(tdm_db_at(&rows, i, 0)->text), how));
    return TDM_OK;
}

tdm_status tdm_stage_sweep(tdm_stage *stage, tdm_error *err)
{
    tdm_db_result rows;

    if (tdm_session_query(stage->session, tdm_text_of(token_of_this), stage->arena, &rows, err) !=
        TDM_OK)
        return TDM_FAILED;
    stage->token = rows.row_count ? tdm_db_at(&rows, 0, 0)->text : TDM_TEXT("tandem_rehearsal");
    if (drop_all(stage, databases_left, "DROP DATABASE IF EXISTS", " WITH (FORCE)", err) != TDM_OK)
        return TDM_FAILED;
    return drop_all(stage, roles_left, "DROP ROLE IF EXISTS", "", err);
}
