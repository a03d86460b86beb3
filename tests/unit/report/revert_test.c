// A way back as people and programs are shown it.
#include "test.h"

#include "facts.h"

#include <string.h>

static const tdm_plan_step taken = {.pair = fact_pairs[1], .action = TDM_ACTION_REVERT};
static const tdm_statement statements[] = {
    {.sql = {"ALTER TABLE documents DROP COLUMN file_path", 43}}};
static const tdm_revert_note losses[] = {
    {.text = {"documents.file_path goes with its values", 40},
     .place = {.file = "supabase/migrations/b.sql", .line = 3, .column = 1}}};
static const tdm_revert_note notes[] = {{.text = {"rows\nstay", 9}}};
static const tdm_plan plan = {.target = TDM_TEXT("app on db as me"), .step_count = 1};

static tdm_revert_plan way_back(const tdm_revert_step *step)
{
    return (tdm_revert_plan){.plan = &plan,
                             .steps = step,
                             .step_count = 1,
                             .loss_count = step->loss_count,
                             .differing = step->differs,
                             .stays = TDM_TEXT("20241126_000001 = 20241126000001")};
}

static const tdm_revert_step lossy = {.step = &taken,
                                      .differs = true,
                                      .statements = statements,
                                      .statement_count = 1,
                                      .losses = losses,
                                      .loss_count = 1,
                                      .notes = notes,
                                      .note_count = 1};

static void people_see_statements_losses_and_what_stays(void **state)
{
    (void)state;
    tdm_buffer out = TDM_BUFFER_INIT(100000);
    tdm_arena *arena = tdm_arena_new(0);
    tdm_report report = {.out = &out, .arena = arena, .style = {.width = 80}};
    const tdm_revert_plan shown = way_back(&lossy);
    tdm_report_revert_text(&report, &shown);
    assert_string_equal(out.data,
                        "target: app on db as me\n"
                        "\n"
                        "20241127_000001 = 20241127000001: downgrade()\n"
                        "    ALTER TABLE documents DROP COLUMN file_path;\n"
                        "    lost: documents.file_path goes with its values "
                        "(supabase/migrations/b.sql:3:1)\n"
                        "    note: rows\\nstay\n"
                        "\n"
                        "1 step to take back, 1 lost, 1 not as before; "
                        "20241126_000001 = 20241126000001 stays and is the last one then\n");
    tdm_buffer_free(&out);
    tdm_arena_free(arena);
}

static void programs_get_the_same_in_one_line(void **state)
{
    (void)state;
    tdm_buffer out = TDM_BUFFER_INIT(100000);
    const tdm_revert_plan shown = way_back(&lossy);
    tdm_report_revert_plan_json(&out, &shown);
    assert_ptr_equal(strchr(out.data, '\n'), out.data + out.size - 1);
    assert_non_null(strstr(out.data, "\"way\": \"downgrade\""));
    assert_non_null(strstr(out.data, "\"differs\": true"));
    assert_non_null(strstr(out.data, "documents.file_path goes with its values"));
    tdm_buffer_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(people_see_statements_losses_and_what_stays),
        cmocka_unit_test(programs_get_the_same_in_one_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
