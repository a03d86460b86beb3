// What push sends for more than one file on a side, for one side alone, and for what cannot run in
// a transaction.
#include "plan/fixture.h"

static void revision(const fixture *f, const char *id, const char *down, const char *body)
{
    char path[64];
    char text[1024];
    snprintf(path, sizeof path, "versions/%s.py", id);
    snprintf(text, sizeof text,
             "from alembic import op\n\nrevision = '%s'\ndown_revision = %s\n\n\n"
             "def upgrade() -> None:\n%s\n",
             id, down, body);
    put(f, path, text);
}

static tdm_text printed(fixture *f, tdm_buffer *out)
{
    *out = TDM_BUFFER_INIT(1 << 20);
    open_project(f);
    assert_int_equal(PLAN(f, empty_target, .adopt = false), TDM_OK);
    for (size_t i = 0; i < f->plan->step_count; i++)
        if (f->plan->steps[i].action == TDM_ACTION_REFUSED)
            print_error("refused: %.*s\n", TDM_TEXT_ARG(f->plan->steps[i].reason));
    assert_int_equal(f->plan->refused, 0);
    assert_int_equal(tdm_plan_print(f->project, f->plan, collect, out, &f->err), TDM_OK);
    return tdm_buffer_text(out);
}

// Cuts the text behind `part`, which must be there.
static void then(tdm_text *text, const char *part)
{
    size_t at = tdm_text_find(*text, tdm_text_of(part));
    if (at == SIZE_MAX)
        print_error("'%s' is not in the rest:\n%.*s\n", part, TDM_TEXT_ARG(*text));
    assert_true(at != SIZE_MAX);
    *text = tdm_text_from(*text, at + strlen(part));
}

static size_t count_of(tdm_text text, const char *part)
{
    size_t count = 0;
    for (size_t at; (at = tdm_text_find(text, tdm_text_of(part))) != SIZE_MAX; count++)
        text = tdm_text_from(text, at + strlen(part));
    return count;
}

static void a_migration_of_two_revisions_steps_through_both(void **state)
{
    fixture *f = *state;
    tdm_buffer out;
    revision(f, "c3", "'b2'", "    op.execute('CREATE TABLE c (id integer)')");
    revision(f, "d4", "'c3'", "    op.execute('CREATE TABLE d (id integer)')");
    put(f, "supabase/migrations/20250101000003_cd.sql",
        "-- tandem: revision c3, d4\nCREATE TABLE c (id integer);\nCREATE TABLE d (id integer);\n");
    tdm_text text = printed(f, &out);
    then(&text, "-- 3 of 3, apply: c3, d4 = supabase/migrations/20250101000003_cd.sql\n");
    assert_int_equal(count_of(text, "BEGIN ISOLATION LEVEL READ COMMITTED;"), 1);
    then(&text, "CREATE TABLE c (id integer);\nCREATE TABLE d (id integer);\n");
    then(&text, "VALUES('20250101000003'");
    then(&text, "SET version_num='c3' WHERE public.alembic_version.version_num = 'b2'");
    then(&text, "SET version_num='d4' WHERE public.alembic_version.version_num = 'c3'");
    then(&text, "COMMIT;");
    tdm_buffer_free(&out);
}

static void a_revision_of_two_migrations_is_stepped_to_with_the_last(void **state)
{
    fixture *f = *state;
    tdm_buffer out;
    revision(f, "c3", "'b2'",
             "    op.execute('CREATE TABLE c (id integer)')\n"
             "    op.execute('CREATE TABLE d (id integer)')");
    put(f, "supabase/migrations/20250101000003_c.sql",
        "-- tandem: revision c3\nCREATE TABLE c (id integer);\n");
    put(f, "supabase/migrations/20250101000004_d.sql",
        "-- tandem: revision c3\nCREATE TABLE d (id integer);\n");
    tdm_text text = printed(f, &out);
    then(&text, "apply: c3 = supabase/migrations/20250101000003_c.sql\n");
    tdm_text first = tdm_text_slice(text, 0, tdm_text_find(text, TDM_TEXT("COMMIT;")));
    assert_int_equal(count_of(first, "VALUES('20250101000003'"), 1);
    assert_int_equal(count_of(first, "UPDATE public.alembic_version"), 0);
    then(&text, "apply: c3 = supabase/migrations/20250101000004_d.sql\n");
    then(&text, "VALUES('20250101000004'");
    then(&text, "SET version_num='c3'");
    then(&text, "COMMIT;");
    tdm_buffer_free(&out);
}

static void a_merge_revision_is_recorded_by_alembic_alone(void **state)
{
    fixture *f = *state;
    tdm_buffer out;
    revision(f, "c3", "'a1'", "    op.execute('CREATE TABLE c (id integer)')");
    revision(f, "d4", "('b2', 'c3')", "    pass");
    put(f, "supabase/migrations/20250101000003_c.sql",
        "-- tandem: revision c3\nCREATE TABLE c (id integer);\n");
    tdm_text text = printed(f, &out);
    then(&text, "-- 4 of 4, apply: d4 = versions/d4.py\n");
    assert_int_equal(count_of(text, "INSERT INTO supabase_migrations"), 0);
    then(&text, "DELETE FROM public.alembic_version");
    then(&text, "SET version_num='d4'");
    then(&text, "COMMIT;");
    tdm_buffer_free(&out);
}

static void data_that_only_the_revision_has_is_run(void **state)
{
    fixture *f = *state;
    tdm_buffer out;
    revision(f, "c3", "'b2'",
             "    op.execute('CREATE TABLE c (id integer)')\n"
             "    op.execute('INSERT INTO c VALUES (1)')");
    put(f, "supabase/migrations/20250101000003_c.sql",
        "-- tandem: revision c3\nCREATE TABLE c (id integer);\n");
    tdm_text text = printed(f, &out);
    then(&text, "apply: c3 = supabase/migrations/20250101000003_c.sql\n");
    then(&text, "CREATE TABLE c (id integer);\nINSERT INTO c VALUES (1);\n");
    then(&text, "VALUES('20250101000003'");
    tdm_buffer_free(&out);
}

static void a_policy_that_only_the_migration_has_is_run(void **state)
{
    fixture *f = *state;
    tdm_buffer out;
    put(f, "supabase/migrations/20250101000002_b.sql",
        "-- tandem: revision b2\nCREATE TABLE b (id integer);\n"
        "CREATE POLICY p ON b USING (true);\n");
    tdm_text text = printed(f, &out);
    then(&text, "CREATE TABLE b (id integer);\nCREATE POLICY p ON b USING (true);\n");
    tdm_buffer_free(&out);
}

static void what_cannot_run_in_a_transaction_runs_alone_and_is_recorded(void **state)
{
    fixture *f = *state;
    tdm_buffer out;
    revision(f, "c3", "'b2'",
             "    with op.get_context().autocommit_block():\n"
             "        op.execute('CREATE INDEX CONCURRENTLY i ON a (id)')");
    put(f, "supabase/migrations/20250101000003_i.sql",
        "-- tandem: revision c3\nCREATE INDEX CONCURRENTLY i ON a (id);\n");
    tdm_text text = printed(f, &out);
    then(&text, "-- 3 of 3");
    then(&text, "SELECT pg_catalog.pg_try_advisory_lock(8386105358618001409);\n");
    then(&text, "BEGIN ISOLATION LEVEL READ COMMITTED;\n");
    then(&text, "LOCK TABLE public.alembic_version");
    then(&text, "CREATE TABLE IF NOT EXISTS tandem.journal");
    then(&text, "INSERT INTO tandem.journal");
    then(&text, "'running'");
    then(&text, "COMMIT;\n");
    then(&text, "RESET ALL;\nSET lock_timeout = 0;\nCREATE INDEX CONCURRENTLY i ON a (id);\n");
    then(&text, "RESET ALL;\nUPDATE tandem.journal AS j SET state = 'done'");
    then(&text, "BEGIN ISOLATION LEVEL READ COMMITTED;\n");
    then(&text, "LOCK TABLE public.alembic_version");
    then(&text, "VALUES('20250101000003'");
    then(&text, "UPDATE tandem.journal SET state = 'recorded'");
    then(&text, "COMMIT;\n");
    then(&text, "SELECT pg_catalog.pg_advisory_unlock(8386105358618001409);\n");
    tdm_buffer_free(&out);
}

static void what_stands_beside_such_a_statement_is_a_transaction_of_its_own(void **state)
{
    fixture *f = *state;
    tdm_buffer out;
    revision(f, "c3", "'b2'",
             "    op.execute('SET search_path = public')\n"
             "    op.execute('CREATE TABLE c (id integer)')\n"
             "    op.execute('CREATE INDEX CONCURRENTLY i ON c (id)')\n"
             "    op.execute('CREATE TABLE d (id integer)')");
    put(f, "supabase/migrations/20250101000003_c.sql",
        "-- tandem: revision c3\nSET search_path = public;\nCREATE TABLE c (id integer);\n"
        "CREATE INDEX CONCURRENTLY i ON c (id);\nCREATE TABLE d (id integer);\n");
    tdm_text text = printed(f, &out);
    assert_int_equal(f->plan->steps[2].transactions, 3);
    then(&text, "-- 3 of 3");
    then(&text, "SET search_path = public;\nCREATE TABLE c (id integer);\n");
    then(&text, "INSERT INTO tandem.journal");
    then(&text, "'done'");
    then(&text, "COMMIT;\n");
    then(&text, "INSERT INTO tandem.journal");
    then(&text, "'running'");
    // Every part begins anew, and says again what the ones before have set.
    then(&text, "SET lock_timeout = 0;\nSET search_path = public;\nCREATE INDEX CONCURRENTLY");
    then(&text, "SET search_path = public;\nCREATE TABLE d (id integer);\n");
    then(&text, "VALUES('20250101000003'");
    tdm_buffer_free(&out);
}

static void what_cannot_be_divided_is_refused_before_anything_runs(void **state)
{
    fixture *f = *state;
    revision(f, "c3", "'b2'",
             "    op.execute('CREATE TEMP TABLE c (id integer)')\n"
             "    op.execute('CREATE INDEX CONCURRENTLY i ON c (id)')");
    put(f, "supabase/migrations/20250101000003_c.sql",
        "-- tandem: revision c3\nCREATE TEMP TABLE c (id integer);\n"
        "CREATE INDEX CONCURRENTLY i ON c (id);\n");
    open_project(f);
    assert_int_equal(PLAN(f, empty_target, .adopt = false), TDM_OK);
    assert_int_equal(f->plan->pending, 2);
    assert_int_equal(f->plan->refused, 1);
    tdm_text reason = f->plan->steps[2].reason;
    then(&reason, "a temporary table lives in the session alone");
    then(&reason, "supabase/migrations/20250101000003_c.sql:2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_migration_of_two_revisions_steps_through_both),
        TEST(a_revision_of_two_migrations_is_stepped_to_with_the_last),
        TEST(a_merge_revision_is_recorded_by_alembic_alone),
        TEST(data_that_only_the_revision_has_is_run),
        TEST(a_policy_that_only_the_migration_has_is_run),
        TEST(what_cannot_run_in_a_transaction_runs_alone_and_is_recorded),
        TEST(what_stands_beside_such_a_statement_is_a_transaction_of_its_own),
        TEST(what_cannot_be_divided_is_refused_before_anything_runs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
