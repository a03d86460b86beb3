// The step of alembic_version that a new migration takes: from which rows, and past which.
#include "pair/project_files.h"

#include "alembic/version_step.h"

#include <tandem/convert.h>

static void table(project_files *files, const char *id, const char *down)
{
    files_revision(
        files, id, down,
        tdm_arena_printf(files->arena, "op.execute('CREATE TABLE t%s (id int)')", id).data);
}

static void twin(project_files *files, const char *id, const char *version)
{
    files_put(
        files, tdm_arena_printf(files->arena, "supabase/migrations/%s_x.sql", version).data,
        tdm_arena_printf(files->arena, "-- tandem: revision %s\nCREATE TABLE t%s (id int);", id, id)
            .data);
}

// The step at the end of the migration of a revision.
static tdm_version_step step_of(project_files *files, const char *id)
{
    tdm_error err = TDM_ERROR_INIT;
    tdm_project_options project = {.directory = files->root};
    tdm_convert_options options = {
        .to = TDM_CONVERT_TO_SUPABASE, .project = &project, .self_recording = true};
    tdm_conversion made = {0};
    tdm_version_table versions = TDM_VERSION_TABLE;
    tdm_version_step step = {0};
    bool found = false;
    files_put(files, "alembic/env.py", "context.configure(connection=connection)\n");
    files_check(files);
    if (tdm_convert(files->project, &options, &made, &err) != TDM_OK)
        fail_msg("%s", err.message);
    for (size_t i = 0; i < made.count; i++) {
        tdm_text text = made.files[i].text;
        size_t at = tdm_text_find(text, TDM_TEXT("without tandem.\n"));
        if (!tdm_text_is(made.files[i].revision, id) || at == SIZE_MAX)
            continue;
        text = tdm_text_trim(tdm_text_from(text, at + 16));
        text = tdm_text_slice(text, 0, text.size - 1);
        assert_int_equal(tdm_version_step_read(files->arena, text, &versions, &found, &step, &err),
                         TDM_OK);
    }
    assert_true(found);
    return step;
}

static tdm_text joined(project_files *files, tdm_texts list)
{
    tdm_text text = {NULL, 0};
    for (size_t i = 0; i < list.count; i++)
        text = tdm_arena_printf(files->arena, "%.*s%s%.*s", TDM_TEXT_ARG(text), i ? " " : "",
                                TDM_TEXT_ARG(list.items[i]));
    return text;
}

static void a_base_needs_nothing_and_leaves_other_branches_alone(void **state)
{
    project_files *files = *state;
    table(files, "1a", NULL);
    table(files, "2b", NULL);
    tdm_version_step step = step_of(files, "1a");
    assert_text_equal(step.revision, "1a");
    assert_int_equal(step.need_count, 0);
    assert_text_equal(joined(files, step.replaces), "");
    assert_text_equal(joined(files, step.beside), "2b");
}

static void the_row_of_the_revision_before_is_replaced(void **state)
{
    project_files *files = *state;
    table(files, "1a", NULL);
    table(files, "2b", "1a");
    tdm_version_step step = step_of(files, "2b");
    assert_int_equal(step.need_count, 1);
    assert_text_equal(step.needs[0].id, "1a");
    // That one is written in the same run, and records itself.
    assert_int_equal(step.needs[0].versions.count, 0);
    assert_text_equal(joined(files, step.replaces), "1a");
}

// A database may be as far behind as migrations go that do not record themselves: Supabase's own
// rows say then what is applied.
static void behind_files_that_do_not_record_themselves_more_rows_may_stand_there(void **state)
{
    project_files *files = *state;
    table(files, "1a", NULL);
    table(files, "2b", "1a");
    table(files, "3c", "2b");
    twin(files, "1a", "20250101000001");
    twin(files, "2b", "20250102000001");
    tdm_version_step step = step_of(files, "3c");
    assert_text_equal(joined(files, step.needs[0].versions), "20250102000001");
    assert_text_equal(joined(files, step.replaces), "2b 1a");
}

static void a_merge_needs_both_sides(void **state)
{
    project_files *files = *state;
    table(files, "1a", NULL);
    table(files, "2b", "1a");
    table(files, "3c", "1a");
    files_revision(files, "4d", "X", "op.execute('CREATE TABLE t4d (id int)')");
    files_edit(files, "alembic/versions/4d_change.py", "\"X\"", "(\"2b\", \"3c\")");
    tdm_version_step step = step_of(files, "4d");
    assert_int_equal(step.need_count, 2);
    assert_text_equal(joined(files, step.replaces), "2b 3c");
    // The row of one branch says that what both begin at is applied.
    step = step_of(files, "2b");
    assert_text_equal(joined(files, step.needs[0].covers), "3c");
    assert_text_equal(joined(files, step.beside), "3c");
}

static void a_file_that_changes_the_search_path_puts_it_back_first(void **state)
{
    project_files *files = *state;
    files_revision(
        files, "1a", NULL,
        "op.execute('SET search_path = app, public'); op.execute('CREATE TABLE t (id int)')");
    assert_true(step_of(files, "1a").resets_path);
    files_revision(files, "1a", NULL,
                   "op.execute('SET lock_timeout = 1'); op.execute('CREATE TABLE t (id int)')");
    assert_false(step_of(files, "1a").resets_path);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, files_set_up, files_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_base_needs_nothing_and_leaves_other_branches_alone),
        CASE(the_row_of_the_revision_before_is_replaced),
        CASE(behind_files_that_do_not_record_themselves_more_rows_may_stand_there),
        CASE(a_merge_needs_both_sides),
        CASE(a_file_that_changes_the_search_path_puts_it_back_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
