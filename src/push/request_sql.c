#include "push/request_sql.h"

#include "sql/quote.h"

static void put_block(tdm_buffer *sql, const char *body)
{
    tdm_buffer_puts(sql, "DO ");
    tdm_sql_put_dollar(sql, tdm_text_of(body), "tandem");
}

static const char lock_body[] =
    "\nBEGIN\n"
    "    IF pg_catalog.current_setting('standard_conforming_strings') OPERATOR(pg_catalog.<>) "
    "'on' THEN\n"
    "        RAISE EXCEPTION 'standard_conforming_strings is off' "
    "USING ERRCODE = '" TDM_REQUEST_STRINGS "';\n"
    "    END IF;\n"
    "    IF NOT pg_catalog.pg_try_advisory_xact_lock(" TDM_PUSH_LOCK_KEY ") THEN\n"
    "        RAISE EXCEPTION 'another push holds the push lock' "
    "USING ERRCODE = '" TDM_REQUEST_LOCKED "';\n"
    "    END IF;\n"
    "END\n";

void tdm_put_request_lock(tdm_buffer *sql)
{
    put_block(sql, lock_body);
}

void tdm_put_request_remember(tdm_buffer *sql)
{
    tdm_buffer_puts(
        sql, "SELECT pg_catalog.set_config('tandem.role', pg_catalog.current_setting('role'), "
             "true), pg_catalog.set_config('tandem.user', session_user, true), "
             "pg_catalog.set_config('tandem.search_path', "
             "pg_catalog.current_setting('search_path'), true)");
}

void tdm_put_request_settings(tdm_buffer *sql)
{
    tdm_buffer_puts(sql, "SELECT pg_catalog.set_config(name, reset_val, true) "
                         "FROM pg_catalog.pg_settings WHERE source = 'session' "
                         "AND name !~ '^tandem[.]|_timeout$'");
}

// A statement that resets everything takes what was remembered away, and has reset the search path
// itself; the role no RESET ALL touches, and it is then left as it is.
static const char restore_body[] =
    "\nDECLARE\n"
    "    found_user text := pg_catalog.current_setting('tandem.user', true);\n"
    "    found_role text := pg_catalog.current_setting('tandem.role', true);\n"
    "    found_path text := pg_catalog.current_setting('tandem.search_path', true);\n"
    "BEGIN\n"
    "    IF found_user OPERATOR(pg_catalog.<>) '' THEN\n"
    "        IF session_user OPERATOR(pg_catalog.<>) found_user THEN\n"
    "            RAISE EXCEPTION 'the migration leaves another session user' "
    "USING ERRCODE = '" TDM_REQUEST_USER "';\n"
    "        END IF;\n"
    "        PERFORM pg_catalog.set_config('role', found_role, false);\n"
    "        PERFORM pg_catalog.set_config('search_path', found_path, false);\n"
    "    END IF;\n"
    "END\n";

void tdm_put_request_restore(tdm_buffer *sql)
{
    put_block(sql, restore_body);
}

static const char proof_body[] =
    "\nBEGIN\n"
    "    IF NOT EXISTS (SELECT FROM pg_catalog.pg_locks l WHERE l.locktype = 'advisory' "
    "AND l.pid = pg_catalog.pg_backend_pid() AND l.granted AND l.objsubid = 1 AND "
    "(l.classid::pg_catalog.int8 << 32 | l.objid::pg_catalog.int8) = " TDM_PUSH_LOCK_KEY ") THEN\n"
    "        RAISE EXCEPTION 'the request was not one transaction' "
    "USING ERRCODE = '" TDM_REQUEST_BROKEN "';\n"
    "    END IF;\n"
    "END\n";

void tdm_put_request_proof(tdm_buffer *sql)
{
    put_block(sql, proof_body);
}

static void put_value(tdm_buffer *body, tdm_text value)
{
    if (value.size)
        tdm_sql_put_literal(body, value);
    else
        tdm_buffer_puts(body, "NULL");
}

void tdm_put_request_check(tdm_buffer *sql, const tdm_history_sides *sides,
                           const tdm_history_state *state, const char *code)
{
    tdm_buffer body = TDM_BUFFER_INIT(sql->maximum);
    tdm_buffer_puts(&body, "\nDECLARE\n    found record;\nBEGIN\n    ");
    tdm_put_compare(&body, sides);
    // INTO stands behind the select list's end as well as before FROM.
    tdm_buffer_puts(&body, " INTO found;\n    IF found.heads::text IS DISTINCT FROM ");
    put_value(&body, state->heads);
    tdm_buffer_puts(&body, " OR found.versions::text IS DISTINCT FROM ");
    put_value(&body, state->versions);
    tdm_buffer_putf(&body,
                    " THEN\n        RAISE EXCEPTION 'the histories are not what they must be' "
                    "USING ERRCODE = '%s';\n    END IF;\nEND\n",
                    code);
    tdm_buffer_puts(sql, "DO ");
    tdm_sql_put_dollar(sql, tdm_buffer_text(&body), "tandem");
    sql->failed = sql->failed || body.failed;
    tdm_buffer_free(&body);
}
