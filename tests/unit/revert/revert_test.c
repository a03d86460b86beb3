// What goes, what undoes it and what is lost, over a small project against a scripted server.
#include "plan/fixture.h"

#include <tandem/revert.h>

#define ROWS(head, ...)                                                                            \
    {                                                                                              \
        .sql = "SELECT 'head', version_num", .values = {"head", head}, .more = { __VA_ARGS__ }     \
    }
#define BOTH_APPLIED                                                                               \
    SHAPES_OF_BOTH, ROWS("b2", {"version", "20250101000001"}, {"version", "20250101000002"})
#define NOBODY_HIDES                                                                               \
    {                                                                                              \
        .sql = "SELECT pg_catalog.row_security_active(", .values = { "f" }                         \
    }
#define HOLDS(table, answer)                                                                       \
    {                                                                                              \
        .sql = "SELECT EXISTS (SELECT FROM public." table ")", .values = { answer }                \
    }
#define EMPTY(table) NOBODY_HIDES, HOLDS(table, "f")
#define FULL(table) NOBODY_HIDES, HOLDS(table, "t")

static const tdm_revert_plan *made;

static tdm_status revert_with(fixture *f, const scripted_line *lines, size_t count,
                              tdm_revert_options options)
{
    scripted script;
    scripted_init(&script, lines, count);
    tdm_status status = tdm_revert_make(f->project, &script.session, &options, &made, &f->err);
    if (status == TDM_OK)
        scripted_end(&script);
    else
        tdm_session_close(&script.session);
    if (status == TDM_OK)
        f->plan = made->plan;
    return status;
}

#define REVERT(f, lines, ...)                                                                      \
    revert_with((f), (lines), sizeof(lines) / sizeof *(lines), (tdm_revert_options){__VA_ARGS__})

static void assert_fails(fixture *f, tdm_error_code code, const char *fragment)
{
    if (!strstr(f->err.message, fragment))
        print_error("%s\n", f->err.message);
    assert_int_equal(f->err.code, code);
    assert_non_null(strstr(f->err.message, fragment));
}

static void the_last_step_goes_with_both_rows_in_one_transaction(void **state)
{
    fixture *f = *state;
    static const scripted_line lines[] = {BOTH_APPLIED, EMPTY("b")};
    open_project(f);
    assert_int_equal(REVERT(f, lines, .target = "-1", .accept_loss = true), TDM_OK);
    assert_int_equal(made->step_count, 1);
    assert_true(made->steps[0].proven);
    assert_false(made->steps[0].derived);
    assert_text_equal(made->stays, "a1 = 20250101000001");

    tdm_buffer out = TDM_BUFFER_INIT(1 << 20);
    assert_int_equal(tdm_plan_print(f->project, f->plan, collect, &out, &f->err), TDM_OK);
    const char *in_order[] = {"-- What `tandem revert` sends to",
                              "revert: b2 = supabase/migrations/20250101000002_b.sql",
                              "BEGIN ISOLATION LEVEL READ COMMITTED;\n",
                              "pg_try_advisory_xact_lock",
                              "LOCK TABLE public.alembic_version IN ACCESS EXCLUSIVE MODE",
                              "DROP TABLE b;\n",
                              "RESET ROLE;\n",
                              "DELETE FROM supabase_migrations.schema_migrations WHERE version = "
                              "'20250101000002';\n",
                              "UPDATE public.alembic_version SET version_num='a1' WHERE "
                              "public.alembic_version.version_num = 'b2';\n",
                              "COMMIT;\n"};
    const char *at = out.data;
    for (size_t i = 0; i < sizeof in_order / sizeof *in_order; i++) {
        const char *found = strstr(at, in_order[i]);
        if (!found)
            print_error("not there, or not in this order: %s\n", in_order[i]);
        assert_non_null(found);
        at = found;
    }
    tdm_buffer_free(&out);
}

static void base_takes_the_last_step_first(void **state)
{
    fixture *f = *state;
    static const scripted_line lines[] = {BOTH_APPLIED, EMPTY("b"), EMPTY("a")};
    open_project(f);
    assert_int_equal(REVERT(f, lines, .target = "base"), TDM_OK);
    assert_int_equal(made->step_count, 2);
    assert_text_equal(made->steps[0].step->pair.revisions[0].id, "b2");
    assert_text_equal(made->steps[1].step->pair.revisions[0].id, "a1");
    assert_int_equal(made->stays.size, 0);
}

static void what_is_named_stays(void **state)
{
    fixture *f = *state;
    static const scripted_line lines[] = {BOTH_APPLIED, EMPTY("b")};
    static const scripted_line nothing[] = {BOTH_APPLIED};
    static const char *const names[] = {"a1", "20250101000001", "b2-1"};
    open_project(f);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        assert_int_equal(REVERT(f, lines, .target = names[i]), TDM_OK);
        assert_int_equal(made->step_count, 1);
    }
    assert_int_equal(REVERT(f, lines, .to = "a1"), TDM_OK);
    assert_int_equal(made->step_count, 1);
    assert_int_equal(REVERT(f, nothing, .to = "b2"), TDM_OK);
    assert_int_equal(made->step_count, 0);
}

static void rows_that_are_there_are_a_loss(void **state)
{
    fixture *f = *state;
    static const scripted_line full[] = {BOTH_APPLIED, FULL("b")};
    static const scripted_line hidden[] = {
        BOTH_APPLIED, {.sql = "SELECT pg_catalog.row_security_active(", .values = {"t"}}};
    open_project(f);
    assert_int_equal(REVERT(f, full, .target = "-1"), TDM_OK);
    assert_int_equal(made->loss_count, 1);
    assert_text_equal(made->steps[0].losses[0].text, "b goes with its rows");
    assert_int_equal(tdm_revert_check(made, &f->err), TDM_FAILED);
    assert_fails(f, TDM_ERROR_HISTORY, "b goes with its rows");
    assert_int_equal(REVERT(f, hidden, .target = "-1"), TDM_OK);
    assert_int_equal(made->loss_count, 1);
    assert_int_equal(REVERT(f, full, .target = "-1", .accept_loss = true), TDM_OK);
    assert_int_equal(tdm_revert_check(made, &f->err), TDM_OK);
}

static void what_is_empty_is_looked_at_again_when_it_goes(void **state)
{
    fixture *f = *state;
    static const scripted_line lines[] = {BOTH_APPLIED, EMPTY("b")};
    open_project(f);
    assert_int_equal(REVERT(f, lines, .target = "-1"), TDM_OK);
    tdm_buffer out = TDM_BUFFER_INIT(1 << 20);
    assert_int_equal(tdm_plan_print(f->project, f->plan, collect, &out, &f->err), TDM_OK);
    const char *guard = strstr(out.data, "LOCK TABLE public.b IN ACCESS EXCLUSIVE MODE");
    assert_non_null(guard);
    assert_non_null(strstr(guard, "ERRCODE = 'TD007'"));
    assert_non_null(strstr(guard, "DROP TABLE b;\n"));
    tdm_buffer_free(&out);
}

static void histories_that_are_apart_are_refused(void **state)
{
    fixture *f = *state;
    static const scripted_line apart[] = {SHAPES_OF_BOTH,
                                          ROWS("b2", {"version", "20250101000001"})};
    static const scripted_line head[] = {
        SHAPES_OF_BOTH, ROWS("zz", {"version", "20250101000001"}, {"version", "20250101000002"})};
    static const scripted_line version[] = {
        SHAPES_OF_BOTH, ROWS("b2", {"version", "20250101000001"}, {"version", "20250101000002"},
                             {"version", "20260101000001"})};
    open_project(f);
    assert_int_equal(REVERT(f, apart, .target = "-1"), TDM_FAILED);
    assert_fails(f, TDM_ERROR_HISTORY, "only a part of b2 = 20250101000002 is recorded");
    assert_int_equal(REVERT(f, head, .target = "-1"), TDM_FAILED);
    assert_fails(f, TDM_ERROR_HISTORY, "alembic_version names zz");
    assert_int_equal(REVERT(f, version, .target = "-1"), TDM_FAILED);
    assert_fails(f, TDM_ERROR_HISTORY, "20260101000001, which has no file");
}

static void what_names_no_way_back_is_refused(void **state)
{
    fixture *f = *state;
    static const scripted_line both[] = {BOTH_APPLIED};
    static const scripted_line one[] = {SHAPES_OF_BOTH, ROWS("a1", {"version", "20250101000001"})};
    open_project(f);
    assert_int_equal(REVERT(f, both, .target = "-3"), TDM_FAILED);
    assert_fails(f, TDM_ERROR_REVISION, "2 steps are applied");
    assert_int_equal(REVERT(f, both, .target = "-0"), TDM_FAILED);
    assert_int_equal(f->err.code, TDM_ERROR_REVISION);
    assert_int_equal(REVERT(f, both, .target = "nothing"), TDM_FAILED);
    assert_int_equal(f->err.code, TDM_ERROR_REVISION);
    assert_int_equal(REVERT(f, one, .to = "b2"), TDM_FAILED);
    assert_fails(f, TDM_ERROR_REVISION, "is not applied");
    assert_int_equal(tdm_revert_make(f->project, NULL, &(tdm_revert_options){0}, &made, &f->err),
                     TDM_FAILED);
    assert_int_equal(f->err.code, TDM_ERROR_USAGE);
}

static void downgrade_of(const fixture *f, const char *body)
{
    char text[512];
    snprintf(text, sizeof text,
             "from alembic import op\n\nrevision = 'b2'\ndown_revision = 'a1'\n\n\n"
             "def upgrade() -> None:\n    op.execute('CREATE TABLE b (id integer)')\n\n\n"
             "def downgrade() -> None:\n    %s\n",
             body);
    put(f, "versions/b2.py", text);
}

static void the_inverse_runs_where_downgrade_cannot(void **state)
{
    fixture *f = *state;
    static const scripted_line lines[] = {BOTH_APPLIED, EMPTY("b")};
    downgrade_of(f, "raise NotImplementedError('no')");
    open_project(f);
    assert_int_equal(REVERT(f, lines, .target = "-1"), TDM_OK);
    const tdm_revert_step *step = &made->steps[0];
    assert_true(step->derived && step->proven);
    assert_int_equal(step->statement_count, 1);
    assert_text_equal(step->statements[0].sql, "DROP TABLE b");
    assert_int_equal(step->note_count, 1);
    assert_string_equal(step->notes[0].place.file, "versions/b2.py");
    assert_int_equal(step->notes[0].place.line, 12);
}

static void a_downgrade_that_leaves_something_says_so(void **state)
{
    fixture *f = *state;
    static const scripted_line lines[] = {BOTH_APPLIED};
    static const scripted_line derived[] = {BOTH_APPLIED, EMPTY("b")};
    downgrade_of(f, "op.execute('COMMENT ON TABLE b IS NULL')");
    open_project(f);
    assert_int_equal(REVERT(f, lines, .target = "-1"), TDM_OK);
    assert_true(made->steps[0].differs);
    assert_false(made->steps[0].proven);
    assert_int_equal(made->differing, 1);
    assert_text_equal(made->steps[0].notes[0].text, "downgrade() leaves b behind");
    assert_int_equal(made->steps[0].notes[0].place.line, 2);
    assert_int_equal(REVERT(f, derived, .target = "-1", .derive = true), TDM_OK);
    assert_true(made->steps[0].derived && made->steps[0].proven);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_last_step_goes_with_both_rows_in_one_transaction),
        TEST(base_takes_the_last_step_first),
        TEST(what_is_named_stays),
        TEST(rows_that_are_there_are_a_loss),
        TEST(what_is_empty_is_looked_at_again_when_it_goes),
        TEST(histories_that_are_apart_are_refused),
        TEST(what_names_no_way_back_is_refused),
        TEST(the_inverse_runs_where_downgrade_cannot),
        TEST(a_downgrade_that_leaves_something_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
