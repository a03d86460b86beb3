// Plan, print and push over a small project of its own, against a scripted server.
#include "plan/fixture.h"

#define STEP_1_CREATES                                                                             \
    "CREATE TABLE public.alembic_version (\n"                                                      \
    "    version_num VARCHAR(32) NOT NULL, \n"                                                     \
    "    CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)\n"                               \
    ");\n"                                                                                         \
    "ALTER TABLE public.alembic_version ENABLE ROW LEVEL SECURITY;\n"                              \
    "REVOKE ALL ON TABLE public.alembic_version FROM anon, authenticated;\n"                       \
    "CREATE SCHEMA IF NOT EXISTS supabase_migrations;\n"                                           \
    "CREATE TABLE IF NOT EXISTS supabase_migrations.schema_migrations "                            \
    "(version text NOT NULL PRIMARY KEY);\n"                                                       \
    "ALTER TABLE supabase_migrations.schema_migrations "                                           \
    "ADD COLUMN IF NOT EXISTS statements text[];\n"                                                \
    "ALTER TABLE supabase_migrations.schema_migrations ADD COLUMN IF NOT EXISTS name text;\n"
#define HEADS_SQL                                                                                  \
    "SELECT (SELECT pg_catalog.string_agg(version_num, ',' ORDER BY version_num "                  \
    "COLLATE pg_catalog.\"C\") FROM public.alembic_version) AS heads, "
#define COMPARE_SQL                                                                                \
    HEADS_SQL                                                                                      \
    "(SELECT pg_catalog.\"left\"(pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to("       \
    "pg_catalog.string_agg(version, ',' ORDER BY version COLLATE pg_catalog.\"C\"), 'UTF8')), "    \
    "'hex'), 32) FROM supabase_migrations.schema_migrations) AS versions"
#define OPENING                                                                                    \
    "BEGIN ISOLATION LEVEL READ COMMITTED;\n"                                                      \
    "SELECT pg_catalog.pg_try_advisory_xact_lock(8386105358618001409);\n"                          \
    "SET LOCAL lock_timeout = 1000;\n"
#define LOCKS_ALONE                                                                                \
    "LOCK TABLE public.alembic_version IN ACCESS EXCLUSIVE MODE;\n"                                \
    "LOCK TABLE supabase_migrations.schema_migrations IN SHARE ROW EXCLUSIVE MODE;\n"
#define LOCKS LOCKS_ALONE COMPARE_SQL ";\n"
#define TRACE_SQL                                                                                  \
    HEADS_SQL                                                                                      \
    "pg_catalog.txid_current_snapshot() AS running, c.oid, c.xmin, "                               \
    "pg_catalog.pg_stat_get_xact_tuples_inserted(c.oid) AS inserted, "                             \
    "pg_catalog.pg_stat_get_xact_tuples_updated(c.oid) AS updated, "                               \
    "pg_catalog.pg_stat_get_xact_tuples_deleted(c.oid) AS deleted, "                               \
    "pg_catalog.current_setting('server_version_num') AS version FROM pg_catalog.pg_class c "      \
    "WHERE c.oid OPERATOR(pg_catalog.=) "                                                          \
    "'supabase_migrations.schema_migrations'::pg_catalog.regclass"
#define LOCKS_OF_SEVERAL LOCKS_ALONE TRACE_SQL ";\n" COMPARE_SQL ";\n"
#define PREPARE "RESET ALL;\nSET LOCAL lock_timeout = 4000;\n"
#define RESTORE "RESET SESSION AUTHORIZATION;\nRESET ROLE;\nRESET search_path;\n"
#define CLOSING "COMMIT;\n" COMPARE_SQL ";\n"

static void an_empty_target_gets_tables_statements_and_rows(void **state)
{
    fixture *f = *state;
    open_project(f);
    assert_int_equal(PLAN(f, empty_target, .adopt = false), TDM_OK);
    assert_int_equal(f->plan->pending, 2);
    assert_int_equal(f->plan->refused, 0);
    assert_text_equal(f->plan->target, "app on db.example:5432 as me");
    assert_prints(
        f,
        "-- What `tandem push` sends to app on db.example:5432 as me\n"
        "\n-- 1 of 2, apply: a1 = supabase/migrations/20250101000001_a.sql\n" OPENING STEP_1_CREATES
            LOCKS_OF_SEVERAL PREPARE "CREATE TABLE a (id integer);\n" RESTORE
        "INSERT INTO supabase_migrations.schema_migrations(version, name, statements) "
        "VALUES('20250101000001', 'a', "
        "ARRAY['-- tandem: revision a1\nCREATE TABLE a (id integer)']::text[]);\n"
        "INSERT INTO public.alembic_version (version_num) VALUES ('a1') "
        "RETURNING public.alembic_version.version_num;\nCOMMIT;\n"
        "\n-- 2 of 2, apply: b2 = supabase/migrations/20250101000002_b.sql\n" OPENING
            LOCKS_OF_SEVERAL PREPARE "CREATE TABLE b (id integer);\n" RESTORE
        "INSERT INTO supabase_migrations.schema_migrations(version, name, statements) "
        "VALUES('20250101000002', 'b', "
        "ARRAY['-- tandem: revision b2\nCREATE TABLE b (id integer)', '-- last']::text[])\n;\n"
        "UPDATE public.alembic_version SET version_num='b2' "
        "WHERE public.alembic_version.version_num = 'a1';\n" CLOSING);
}

static void a_plan_stops_where_it_is_told(void **state)
{
    fixture *f = *state;
    open_project(f);
    assert_int_equal(PLAN(f, empty_target, .to = "a1"), TDM_OK);
    assert_int_equal(f->plan->step_count, 1);
    assert_int_equal(PLAN(f, empty_target, .to = "20250101000001"), TDM_OK);
    assert_int_equal(f->plan->step_count, 1);
    assert_int_equal(PLAN(f, empty_target, .to = "nothing"), TDM_FAILED);
    assert_int_equal(f->err.code, TDM_ERROR_REVISION);
}

// A target that is read and holds a schema alone: the snapshot, every family, the end.
#define PUBLIC                                                                                     \
    {                                                                                              \
        "1", "\\N", "\\N", "public", "\\N", "\\N", "\\N", "\\N"                                    \
    }
#define EMPTY_LIVE                                                                                 \
    {.sql = "BEGIN"}, {.sql = "SELECT"},                                                           \
        {.sql = "SELECT current_setting('server_version_num')", .values = {"160004"}},             \
        {.sql = "SELECT n.oid", .values = PUBLIC}, {.sql = "SELECT", .many = true},                \
    {                                                                                              \
        .sql = "ROLLBACK", .urgency = TDM_DB_FINISH                                                \
    }

static void adopting_records_and_runs_nothing(void **state)
{
    fixture *f = *state;
    static const scripted_line lines[] = {READ("b2", "20250101000001")};
    static const scripted_line adopting[] = {READ("b2", "20250101000001"), EMPTY_LIVE};
    put(f, "versions/a1.py",
        "from alembic import op\n\nrevision = 'a1'\ndown_revision = None\n\n\n"
        "def upgrade() -> None:\n    op.execute('SELECT 1')\n\n\n"
        "def downgrade() -> None:\n    pass\n");
    put(f, "versions/b2.py",
        "from alembic import op\n\nrevision = 'b2'\ndown_revision = 'a1'\n\n\n"
        "def upgrade() -> None:\n    op.execute('SELECT 2')\n\n\n"
        "def downgrade() -> None:\n    pass\n");
    put(f, "supabase/migrations/20250101000001_a.sql", "-- tandem: revision a1\nSELECT 1;\n");
    put(f, "supabase/migrations/20250101000002_b.sql", "-- tandem: revision b2\nSELECT 2;\n");
    open_project(f);
    assert_int_equal(PLAN(f, lines, .adopt = false), TDM_OK);
    assert_int_equal(f->plan->steps[0].action, TDM_ACTION_NONE);
    assert_int_equal(f->plan->steps[1].action, TDM_ACTION_REFUSED);
    assert_int_equal(PLAN(f, adopting, .adopt = true), TDM_OK);
    assert_int_equal(f->plan->steps[1].action, TDM_ACTION_ADOPT_SUPABASE);
    assert_prints(
        f, "-- What `tandem push` sends to app on db.example:5432 as me\n"
           "\n-- 1 of 1, adopt_supabase: b2 = supabase/migrations/20250101000002_b.sql\n" OPENING
           "ALTER TABLE supabase_migrations.schema_migrations "
           "ADD COLUMN IF NOT EXISTS statements text[];\n"
           "ALTER TABLE supabase_migrations.schema_migrations "
           "ADD COLUMN IF NOT EXISTS name text;\n" LOCKS
           "INSERT INTO supabase_migrations.schema_migrations(version, name, statements) "
           "VALUES('20250101000002', 'b', "
           "ARRAY['-- tandem: revision b2\nSELECT 2']::text[]);\n" CLOSING);
}

static void adopting_is_refused_where_the_target_does_not_bear_it_out(void **state)
{
    fixture *f = *state;
    static const scripted_line lines[] = {READ("b2", "20250101000001"), EMPTY_LIVE};
    open_project(f);
    assert_int_equal(PLAN(f, lines, .adopt = true), TDM_OK);
    assert_int_equal(f->plan->steps[1].action, TDM_ACTION_REFUSED);
    assert_text_equal(
        f->plan->steps[1].reason,
        "the target is not what its histories say: a (existence), the histories say exists");
    assert_int_equal(f->plan->refused, 1);
    assert_int_equal(f->plan->pending, 0);
}

static void what_the_project_does_not_know_stops_everything(void **state)
{
    fixture *f = *state;
    static const scripted_line head[] = {READ("zz", "20250101000001")};
    static const scripted_line version[] = {READ("a1", "20240101000000")};
    open_project(f);
    assert_int_equal(PLAN(f, head, .adopt = true), TDM_OK);
    assert_int_equal(f->plan->unknown_revision_count, 1);
    assert_text_equal(f->plan->unknown_revisions[0], "zz");
    assert_int_equal(f->plan->pending, 0);
    assert_true(f->plan->refused > 0);
    assert_int_equal(PLAN(f, version, .adopt = true), TDM_OK);
    assert_int_equal(f->plan->unknown_version_count, 1);
    assert_int_equal(f->plan->pending, 0);
}

static void a_target_that_takes_no_changes_is_told_apart(void **state)
{
    fixture *f = *state;
    static const scripted_line standby[] = {
        {.sql = SHAPES_SQL, .values = {"server", "public", "t", "t", "\\N"}}};
    static const scripted_line read_only[] = {
        {.sql = SHAPES_SQL, .values = {"server", "public", "t", "f", "\\N"}}};
    open_project(f);
    assert_int_equal(PLAN(f, standby, .adopt = false), TDM_OK);
    assert_text_equal(f->plan->steps[0].reason,
                      "the target is a standby, which is read-only: push to its primary");
    assert_int_equal(PLAN(f, read_only, .adopt = false), TDM_OK);
    assert_text_equal(f->plan->steps[0].reason,
                      "the target is read-only: default_transaction_read_only is on");
    assert_int_equal(f->plan->pending, 0);
}

static void a_plan_with_a_refused_pair_is_not_carried_out(void **state)
{
    fixture *f = *state;
    scripted script;
    tdm_push_options options = {0};
    tdm_push_result result;
    put(f, "supabase/migrations/20250101000002_b.sql",
        "-- tandem: revision b2\nCREATE TABLE b (id bigint);\n");
    open_project(f);
    assert_int_equal(PLAN(f, empty_target, .adopt = false), TDM_OK);
    assert_int_equal(f->plan->pending, 1);
    assert_int_equal(f->plan->refused, 1);
    scripted_init(&script, NULL, 0);
    assert_int_equal(tdm_push(f->project, &script.session, f->plan, &options, &result, &f->err),
                     TDM_FAILED);
    assert_int_equal(f->err.code, TDM_ERROR_HISTORY);
    assert_int_equal(result.applied, 0);
    scripted_end(&script);
}

// sha256 of "20250101000001" cut to 128 bits: what the server says of that one version.
#define ONE_VERSION "28b71dd2846dc3f40063d20758d30d51"

typedef struct heard {
    size_t begun, statements, committed;
    tdm_place place;
} heard;

static void hear(void *context, const tdm_push_event *event)
{
    heard *h = context;
    h->begun += event->kind == TDM_PUSH_BEGIN ? 1 : 0;
    h->committed += event->kind == TDM_PUSH_COMMITTED ? 1 : 0;
    if (event->kind == TDM_PUSH_STATEMENT) {
        h->statements++;
        h->place = event->place;
    }
    assert_int_equal(event->count, 1);
}

static void a_push_sends_what_the_plan_says(void **state)
{
    fixture *f = *state;
    static const scripted_line histories[] = {
        {.sql = SHAPES_SQL,
         .values = SERVER_FACT,
         .more = {ALEMBIC_FACT, FACT("schema", "supabase_migrations"), SUPABASE_FACT("version"),
                  SUPABASE_FACT("name")}},
        {.sql = "SELECT 'head', version_num"},
    };
    static const scripted_line lines[] = {
        {.sql = "BEGIN", .now = TDM_DB_OPEN},
        {.sql = "SELECT pg_catalog.pg_try_advisory_xact_lock", .values = {"t"}, .now = TDM_DB_OPEN},
        {.sql = "SET LOCAL lock_timeout = 1000", .now = TDM_DB_OPEN},
        {.sql = "ALTER TABLE supabase_migrations.schema_migrations ADD COLUMN IF NOT EXISTS "
                "statements",
         .now = TDM_DB_OPEN},
        {.sql = "LOCK TABLE public.alembic_version", .now = TDM_DB_OPEN},
        {.sql = "LOCK TABLE supabase_migrations", .now = TDM_DB_OPEN},
        {.sql = "SELECT (", .values = {"\\N", "\\N"}, .now = TDM_DB_OPEN},
        {.sql = "RESET ALL", .now = TDM_DB_OPEN},
        {.sql = "SET LOCAL lock_timeout = 9", .now = TDM_DB_OPEN},
        {.sql = "SET LOCAL statement_timeout = 7", .now = TDM_DB_OPEN},
        {.sql = "CREATE TABLE a", .now = TDM_DB_OPEN},
        {.sql = "RESET SESSION AUTHORIZATION", .now = TDM_DB_OPEN},
        {.sql = "RESET ROLE", .now = TDM_DB_OPEN},
        {.sql = "RESET search_path", .now = TDM_DB_OPEN},
        {.sql = "INSERT INTO supabase_migrations", .affected = 1, .now = TDM_DB_OPEN},
        {.sql = "INSERT INTO public.alembic_version", .affected = 1, .now = TDM_DB_OPEN},
        {.sql = "COMMIT", .urgency = TDM_DB_FINISH},
        {.sql = "SELECT (", .values = {"a1", ONE_VERSION}, .urgency = TDM_DB_FINISH},
    };
    heard h = {0};
    scripted script;
    tdm_push_options options = {
        .lock_timeout_ms = 9, .statement_timeout_ms = 7, .event = hear, .event_context = &h};
    tdm_push_result result;
    open_project(f);
    assert_int_equal(PLAN(f, histories, .to = "a1"), TDM_OK);
    scripted_init(&script, lines, sizeof lines / sizeof *lines);
    assert_int_equal(tdm_push(f->project, &script.session, f->plan, &options, &result, &f->err),
                     TDM_OK);
    assert_int_equal(result.applied, 1);
    assert_int_equal(h.begun, 1);
    assert_int_equal(h.statements, 1);
    assert_int_equal(h.committed, 1);
    assert_string_equal(h.place.file, "supabase/migrations/20250101000001_a.sql");
    assert_int_equal(h.place.line, 2);
    scripted_end(&script);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_empty_target_gets_tables_statements_and_rows),
        TEST(a_plan_stops_where_it_is_told),
        TEST(adopting_records_and_runs_nothing),
        TEST(adopting_is_refused_where_the_target_does_not_bear_it_out),
        TEST(what_the_project_does_not_know_stops_everything),
        TEST(a_target_that_takes_no_changes_is_told_apart),
        TEST(a_plan_with_a_refused_pair_is_not_carried_out),
        TEST(a_push_sends_what_the_plan_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
