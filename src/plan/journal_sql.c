#include "plan/journal_sql.h"

#include "plan/journal_proof.h"
#include "sql/quote.h"

const char *const tdm_journal_ddl[] = {
    "CREATE SCHEMA IF NOT EXISTS tandem",
    "CREATE TABLE IF NOT EXISTS tandem.journal (\n"
    "    migration text NOT NULL,\n"
    "    position integer NOT NULL,\n"
    "    statements integer NOT NULL,\n"
    "    digest text NOT NULL,\n"
    "    state text NOT NULL CHECK (state IN ('running', 'failed', 'done', 'recorded')),\n"
    "    attempt integer NOT NULL,\n"
    "    command text,\n"
    "    object text,\n"
    "    relation text,\n"
    "    session text,\n"
    "    sqlstate text,\n"
    "    rest text,\n"
    "    made text[],\n"
    "    histories text,\n"
    "    started_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),\n"
    "    ended_at timestamptz,\n"
    "    PRIMARY KEY (migration, position)\n"
    ")",
    "COMMENT ON TABLE tandem.journal IS "
    "'migrations that tandem runs in more than one transaction: what of them has been run'",
};
const size_t tdm_journal_ddl_count = sizeof tdm_journal_ddl / sizeof *tdm_journal_ddl;

static void put_row_key(tdm_buffer *sql, tdm_text migration, size_t position)
{
    tdm_buffer_puts(sql, "migration = ");
    tdm_sql_put_literal(sql, migration);
    tdm_buffer_putf(sql, " AND position = %zu", position);
}

static void put_text(tdm_buffer *sql, tdm_text text)
{
    if (text.size)
        tdm_sql_put_literal(sql, text);
    else
        tdm_buffer_puts(sql, "NULL");
}

static void put_block(tdm_buffer *sql, tdm_buffer *body)
{
    tdm_buffer_puts(sql, "DO ");
    tdm_sql_put_dollar(sql, tdm_buffer_text(body), "tandem");
    sql->failed = sql->failed || body->failed;
    tdm_buffer_free(body);
}

// --- Comparing -----------------------------------------------------------------------------------

tdm_text tdm_journal_text(tdm_arena *arena, const tdm_journal_row *rows, size_t count)
{
    tdm_text text = {0};
    for (size_t i = 0; i < count; i++)
        text = tdm_arena_printf(arena, "%.*s%s%zu:%s:%zu:%.*s", TDM_TEXT_ARG(text), i ? "," : "",
                                rows[i].position, tdm_journal_state_name(rows[i].state),
                                rows[i].attempt, TDM_TEXT_ARG(rows[i].digest));
    return text;
}

// Whether a row is not proven any more.
static void put_unproven(tdm_buffer *body, tdm_text migration, const tdm_version_table *alembic)
{
    tdm_buffer_puts(body, "\n    OR EXISTS (SELECT FROM tandem.journal j WHERE "
                          "j.state IN ('running', 'failed', 'done') AND j.migration = ");
    tdm_sql_put_literal(body, migration);
    tdm_buffer_puts(body, " AND (j.state = 'done' AND ");
    tdm_put_proof_lost(body);
    tdm_buffer_puts(body, " IS NOT NULL");
    if (alembic) {
        tdm_buffer_puts(body, " OR j.histories <> ");
        tdm_put_proof_histories(body, alembic);
    }
    tdm_buffer_puts(body, "))");
}

void tdm_put_journal_check(tdm_buffer *sql, tdm_text migration, tdm_text text,
                           const tdm_version_table *alembic, const char *code)
{
    tdm_buffer body = TDM_BUFFER_INIT(sql->maximum);
    tdm_buffer_puts(&body, "\nBEGIN\n    IF (SELECT pg_catalog.string_agg(pg_catalog.concat_ws("
                           "':', position, state, attempt, digest), ',' ORDER BY position) "
                           "FROM tandem.journal WHERE state OPERATOR(pg_catalog.<>) 'recorded' "
                           "AND migration OPERATOR(pg_catalog.=) ");
    tdm_sql_put_literal(&body, migration);
    tdm_buffer_puts(&body, ") IS DISTINCT FROM ");
    put_text(&body, text);
    put_unproven(&body, migration, alembic);
    tdm_buffer_putf(&body,
                    " THEN\n        RAISE EXCEPTION 'the journal is not what the plan was made "
                    "from' USING ERRCODE = '%s';\n    END IF;\nEND\n",
                    code);
    put_block(sql, &body);
}

// --- Rows ----------------------------------------------------------------------------------------

// The relation that a name means along the search path, as "schema.name"; `index`: an index of this
// name beside it, which is always in its schema.
static void put_resolved(tdm_buffer *sql, tdm_text relation, tdm_text index)
{
    tdm_buffer_puts(sql, "(SELECT pg_catalog.format('%I.%I', n.nspname, ");
    if (index.size) {
        tdm_sql_put_literal(sql, index);
        tdm_buffer_puts(sql, "::pg_catalog.text");
    } else {
        tdm_buffer_puts(sql, "c.relname");
    }
    tdm_buffer_puts(sql, ") FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n "
                         "ON n.oid = c.relnamespace WHERE c.oid = pg_catalog.to_regclass(");
    tdm_sql_put_literal(sql, relation);
    tdm_buffer_puts(sql, "))");
}

static bool is_command(const tdm_effect_name *effect, const char *command)
{
    return tdm_text_is(tdm_text_of(effect->command), command);
}

static void put_object(tdm_buffer *sql, const tdm_effect_name *effect)
{
    if (effect->object.size == 0)
        tdm_buffer_puts(sql, "NULL");
    else if (is_command(effect, "CREATE INDEX CONCURRENTLY"))
        put_resolved(sql, effect->relation, effect->object);
    else if (is_command(effect, "DROP INDEX CONCURRENTLY") ||
             is_command(effect, "DETACH PARTITION CONCURRENTLY"))
        put_resolved(sql, effect->object, (tdm_text){0});
    else
        tdm_sql_put_literal(sql, effect->object);
}

void tdm_put_journal_insert(tdm_buffer *sql, const tdm_journal_row *row,
                            const tdm_effect_name *effect, tdm_text session,
                            const tdm_version_table *alembic)
{
    tdm_buffer_puts(sql, "INSERT INTO tandem.journal (migration, position, statements, digest, "
                         "state, attempt, session, ended_at, histories, command, object, relation, "
                         "made) VALUES (");
    tdm_sql_put_literal(sql, row->migration);
    tdm_buffer_putf(sql, ", %zu, %zu, ", row->position, row->count);
    tdm_sql_put_literal(sql, row->digest);
    tdm_buffer_putf(sql, ", '%s', %zu, %.*s, %s, ", tdm_journal_state_name(row->state),
                    row->attempt, TDM_TEXT_ARG(session),
                    row->state == TDM_JOURNAL_DONE ? "pg_catalog.clock_timestamp()" : "NULL");
    tdm_put_proof_histories(sql, alembic);
    if (!effect) {
        tdm_buffer_puts(sql, ", NULL, NULL, NULL, ");
        tdm_put_proof_made(sql);
        tdm_buffer_puts(sql, ")");
        return;
    }
    tdm_buffer_puts(sql, ", ");
    tdm_sql_put_literal(sql, tdm_text_of(effect->command));
    tdm_buffer_puts(sql, ", ");
    put_object(sql, effect);
    tdm_buffer_puts(sql, ", ");
    if (effect->relation.size)
        put_resolved(sql, effect->relation, (tdm_text){0});
    else
        tdm_buffer_puts(sql, "NULL");
    tdm_buffer_puts(sql, ", NULL)");
}

void tdm_put_journal_before(tdm_buffer *sql, tdm_text migration, size_t position)
{
    tdm_buffer_puts(sql, "UPDATE tandem.journal AS j SET made = ");
    tdm_put_proof_before(sql);
    tdm_buffer_puts(sql, " WHERE ");
    put_row_key(sql, migration, position);
}

void tdm_put_journal_keep(tdm_buffer *sql, tdm_text migration, size_t position)
{
    tdm_buffer_puts(sql, "UPDATE tandem.journal AS j SET made = ");
    tdm_put_proof_kept(sql);
    tdm_buffer_puts(sql, " WHERE state = 'done' AND migration = ");
    tdm_sql_put_literal(sql, migration);
    tdm_buffer_putf(sql, " AND position < %zu", position);
}

void tdm_put_journal_clear(tdm_buffer *sql, tdm_text migration, size_t position)
{
    tdm_buffer body = TDM_BUFFER_INIT(sql->maximum);
    tdm_buffer_puts(&body,
                    "\nDECLARE\n    rest text;\nBEGIN\n"
                    "    SELECT j.object INTO rest FROM tandem.journal j "
                    "JOIN pg_catalog.pg_index i "
                    "ON i.indexrelid OPERATOR(pg_catalog.=) pg_catalog.to_regclass(j.object) "
                    "WHERE NOT i.indisvalid AND j.command OPERATOR(pg_catalog.=) "
                    "'CREATE INDEX CONCURRENTLY' AND j.migration OPERATOR(pg_catalog.=) ");
    tdm_sql_put_literal(&body, migration);
    tdm_buffer_putf(&body,
                    " AND j.position OPERATOR(pg_catalog.=) %zu;\n    IF FOUND THEN\n"
                    "        RAISE EXCEPTION 'an invalid index %% is there already, which this "
                    "migration did not leave', rest USING ERRCODE = '" TDM_JOURNAL_REST "', "
                    "HINT = 'Drop it: DROP INDEX CONCURRENTLY ' || rest;\n    END IF;\nEND\n",
                    position);
    put_block(sql, &body);
}

void tdm_put_journal_done(tdm_buffer *sql, tdm_text migration, size_t position)
{
    // What it took away, the rows before it need not have any more.
    if (position > 1) {
        tdm_buffer_puts(sql, "WITH kept AS (");
        tdm_put_journal_keep(sql, migration, position);
        tdm_buffer_puts(sql, ") ");
    }
    tdm_buffer_puts(sql, "UPDATE tandem.journal AS j SET state = 'done', "
                         "ended_at = pg_catalog.clock_timestamp(), made = ");
    tdm_put_proof_outside(sql);
    tdm_buffer_puts(sql, " WHERE ");
    put_row_key(sql, migration, position);
    tdm_buffer_puts(sql, " RETURNING position::pg_catalog.text");
}

void tdm_put_journal_failed(tdm_buffer *sql, tdm_text migration, size_t position,
                            const char *sqlstate, tdm_text rest)
{
    tdm_buffer_puts(sql, "UPDATE tandem.journal SET state = 'failed', "
                         "ended_at = pg_catalog.clock_timestamp(), sqlstate = ");
    put_text(sql, tdm_text_of(sqlstate));
    tdm_buffer_puts(sql, ", rest = ");
    put_text(sql, rest);
    tdm_buffer_puts(sql, " WHERE ");
    put_row_key(sql, migration, position);
}

void tdm_put_journal_forget(tdm_buffer *sql, tdm_text migration, size_t position)
{
    tdm_buffer_puts(sql, "DELETE FROM tandem.journal WHERE ");
    put_row_key(sql, migration, position);
}

void tdm_put_journal_sweep(tdm_buffer *sql, tdm_text migration)
{
    tdm_buffer_puts(sql, "DELETE FROM tandem.journal WHERE state = 'recorded' AND migration = ");
    tdm_sql_put_literal(sql, migration);
}

void tdm_put_journal_close(tdm_buffer *sql, tdm_text migration, bool supabase)
{
    tdm_buffer_puts(sql, "UPDATE tandem.journal SET state = 'recorded' "
                         "WHERE state <> 'recorded' AND (migration = ");
    tdm_sql_put_literal(sql, migration);
    if (supabase)
        tdm_buffer_puts(sql, " OR migration IN (SELECT version "
                             "FROM supabase_migrations.schema_migrations)");
    tdm_buffer_puts(sql, ")");
}

void tdm_put_journal_hold(tdm_buffer *sql, const tdm_version_table *alembic)
{
    tdm_buffer_puts(sql, "SELECT pg_catalog.set_config('tandem.histories', ");
    tdm_put_proof_histories(sql, alembic);
    tdm_buffer_puts(sql, ", true)");
}

void tdm_put_journal_carry(tdm_buffer *sql, const tdm_version_table *alembic)
{
    tdm_buffer_puts(sql, "UPDATE tandem.journal SET histories = ");
    tdm_put_proof_histories(sql, alembic);
    tdm_buffer_puts(sql, " WHERE state <> 'recorded' AND histories = "
                         "pg_catalog.current_setting('tandem.histories')");
}

void tdm_put_journal_find(tdm_buffer *sql, const tdm_journal_row *row)
{
    tdm_buffer_putf(sql, "SELECT state, attempt = %zu AND digest = ", row->attempt);
    tdm_sql_put_literal(sql, row->digest);
    tdm_buffer_puts(sql, " AS same FROM tandem.journal WHERE ");
    put_row_key(sql, row->migration, row->position);
}

// --- What became of a statement ------------------------------------------------------------------

// Invalid indexes: the one that was to be made, or what REINDEX CONCURRENTLY leaves beside the old
// ones (PostgreSQL, REINDEX, "Rebuilding Indexes Concurrently"); and a partition half detached.
static const char rest_names[] =
    "(SELECT pg_catalog.string_agg(pg_catalog.format('%I.%I', n.nspname, c.relname), ', ' "
    "ORDER BY c.relname) FROM pg_catalog.pg_index x JOIN pg_catalog.pg_class c "
    "ON c.oid = x.indexrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
    "WHERE NOT x.indisvalid AND (j.command = 'CREATE INDEX CONCURRENTLY' "
    "AND c.oid = pg_catalog.to_regclass(j.object) OR j.command = 'REINDEX' "
    "AND c.relname ~ '_cc(new|old)[0-9]*$' AND x.indrelid IN (pg_catalog.to_regclass(j.relation), "
    "(SELECT indrelid FROM pg_catalog.pg_index "
    "WHERE indexrelid = pg_catalog.to_regclass(j.relation)))))";

void tdm_put_journal_look(tdm_buffer *sql, tdm_text migration, size_t position)
{
    tdm_buffer_puts(
        sql, "SELECT CASE WHEN j.session LIKE '/*%' AND EXISTS (SELECT FROM "
             "pg_catalog.pg_stat_activity a WHERE a.state = 'active' "
             "AND a.pid <> pg_catalog.pg_backend_pid() "
             "AND pg_catalog.starts_with(a.query, j.session)) THEN 'busy' "
             "WHEN j.command LIKE 'CREATE %' AND pg_catalog.cardinality(j.made) > 0 THEN 'undone' "
             "WHEN j.command = 'CREATE INDEX CONCURRENTLY' THEN CASE WHEN i.indexrelid IS NULL "
             "OR i.indrelid IS DISTINCT FROM pg_catalog.to_regclass(j.relation) "
             "THEN 'undone' WHEN i.indisvalid THEN 'done' ELSE 'rest' END "
             "WHEN j.command = 'DROP INDEX CONCURRENTLY' THEN CASE WHEN j.object IS NOT NULL "
             "AND i.indexrelid IS NULL THEN 'done' ELSE 'undone' END "
             "WHEN j.command = 'DETACH PARTITION CONCURRENTLY' THEN CASE WHEN j.object IS NULL "
             "THEN 'undone' WHEN p.inhrelid IS NULL THEN 'done' "
             "WHEN pg_catalog.to_jsonb(p) ->> 'inhdetachpending' = 'true' THEN 'rest' "
             "ELSE 'undone' END ");
    for (size_t i = 0; i < tdm_named_count; i++)
        tdm_buffer_putf(sql,
                        "WHEN j.command = 'CREATE %s' THEN CASE WHEN %s THEN 'done' ELSE 'undone' "
                        "END WHEN j.command = 'DROP %s' THEN CASE WHEN %s THEN 'undone' "
                        "ELSE 'done' END ",
                        tdm_named[i].what, tdm_named[i].there, tdm_named[i].what,
                        tdm_named[i].there);
    tdm_buffer_puts(sql, "WHEN j.command IN ('VACUUM', 'REINDEX', 'CLUSTER', 'ALTER SYSTEM', "
                         "'ALTER DATABASE', 'ALTER SUBSCRIPTION', 'DISCARD') THEN 'undone' "
                         "ELSE 'unknown' END AS outcome, CASE WHEN j.command = "
                         "'DETACH PARTITION CONCURRENTLY' THEN j.object ELSE ");
    tdm_buffer_puts(sql, rest_names);
    tdm_buffer_puts(sql, " END AS rest, j.command, j.relation FROM tandem.journal j "
                         "LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = "
                         "pg_catalog.to_regclass(j.object) LEFT JOIN pg_catalog.pg_inherits p "
                         "ON j.command = 'DETACH PARTITION CONCURRENTLY' AND p.inhrelid = "
                         "pg_catalog.to_regclass(j.object) WHERE j.");
    put_row_key(sql, migration, position);
}
