// What a pull says of the files it brings and of the rows it leaves.
#include "test.h"

#include "report/report.h"

#include <string.h>

static const tdm_text losses[] = {TDM_TEXT("the rows of tags")};

static const tdm_converted files[] = {
    {.revision = TDM_TEXT("4f1c2a9b7d3e"),
     .version = TDM_TEXT("20261122093012"),
     .path = "supabase/migrations/20261122093012_add_tags.sql",
     .text = TDM_TEXT("DROP TABLE tags;\n")},
    {.version = TDM_TEXT("20261122093013"),
     .path = "supabase/migrations/20261122093013_.sql",
     .text = TDM_TEXT("-- nothing\n")},
    {.revision = TDM_TEXT("4f1c2a9b7d3e"),
     .version = TDM_TEXT("20261122093012"),
     .path = "alembic/versions/4f1c2a9b7d3e_add_tags.py",
     .text = TDM_TEXT("\n"),
     .statement_count = 1,
     .typed_count = 1,
     .losses = losses,
     .loss_count = 1},
    {.revision = TDM_TEXT("aaaaaaaaaaaa"),
     .path = "alembic/versions/aaaaaaaaaaaa_join.py",
     .text = TDM_TEXT("\n")},
};

static const tdm_pull_row rows[] = {
    {.version = TDM_TEXT("20261122093012"),
     .name = TDM_TEXT("add_tags"),
     .path = "supabase/migrations/20261122093012_add_tags.sql",
     .revision = TDM_TEXT("4f1c2a9b7d3e")},
    {.version = TDM_TEXT("20261122093014"),
     .name = TDM_TEXT("a\nwrote b\x1b[2J"),
     .by = TDM_TEXT("somebody@example.org"),
     .outcome = TDM_PULL_REFUSED,
     .reason = TDM_TEXT("its name holds a control character"),
     .hint = TDM_TEXT("Ask.")},
};

static const tdm_text unknown[] = {TDM_TEXT("9f2c1a7b3d4e")};

static const tdm_pull pull = {.target = TDM_TEXT("postgres on db as postgres"),
                              .rows = rows,
                              .row_count = 2,
                              .made = {.files = files, .count = 4, .lock = "tandem.lock"},
                              .merge = TDM_TEXT("aaaaaaaaaaaa"),
                              .unknown = unknown,
                              .unknown_count = 1,
                              .taken = 1,
                              .refused = 1,
                              .left = 1,
                              .unstepped = 2};

typedef struct written {
    tdm_buffer out;
    tdm_arena *arena;
} written;

static int setup(void **state)
{
    static written w;
    w = (written){.out = TDM_BUFFER_INIT(100000), .arena = tdm_arena_new(0)};
    *state = &w;
    return w.arena ? 0 : -1;
}

static int teardown(void **state)
{
    written *w = *state;
    tdm_buffer_free(&w->out);
    tdm_arena_free(w->arena);
    return 0;
}

static void files_and_what_is_left_are_one_line_each(void **state)
{
    written *w = *state;
    const tdm_report report = {.out = &w->out, .arena = w->arena};
    tdm_report_pull_text(&report, &pull, true);
    assert_string_equal(
        w->out.data,
        "wrote supabase/migrations/20261122093012_add_tags.sql: migration of 4f1c2a9b7d3e\n"
        "wrote supabase/migrations/20261122093013_.sql: a migration alone\n"
        "wrote alembic/versions/4f1c2a9b7d3e_add_tags.py: revision of 20261122093012, 1 of 1 "
        "statements as directives\n"
        "  cannot be undone: the rows of tags\n"
        "wrote alembic/versions/aaaaaaaaaaaa_join.py: joins it with what is beside it\n"
        "wrote tandem.lock\n"
        "left 20261122093014 \"a\\nwrote b\\x1b[2J\", made by somebody@example.org: its name holds "
        "a control character\n"
        "  hint: Ask.\n"
        "left 9f2c1a7b3d4e of alembic_version: no revision here has this id, and Alembic keeps no "
        "statements that could be pulled\n"
        "  hint: Get its file from whoever applied it.\n");
}

static void json_says_the_same(void **state)
{
    static const char *const parts[] = {
        "\"result\": \"written\"",
        "\"outcome\": \"pulled\"",
        "\"outcome\": \"refused\"",
        "\"kind\": \"migration\"",
        "\"kind\": \"revision\"",
        "\"kind\": \"merge\"",
        "\"pulled\": 1",
        "\"to_record\": 2",
        "\"lock\": \"tandem.lock\"",
        "9f2c1a7b3d4e",
        "a\\nwrote b\\u001b[2J",
    };
    written *w = *state;
    const tdm_report report = {.out = &w->out, .arena = w->arena};
    tdm_report_pull_json(&report, &pull, true);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (!strstr(w->out.data, parts[i]))
            fail_msg("no %s in %s", parts[i], w->out.data);
}

static void with_one_row_refused_the_others_are_held_back(void **state)
{
    written *w = *state;
    const tdm_report report = {.out = &w->out, .arena = w->arena};
    const tdm_pull nothing = {
        .target = pull.target, .rows = rows, .row_count = 2, .refused = 1, .left = 1};
    tdm_report_pull_json(&report, &nothing, false);
    assert_non_null(strstr(w->out.data, "\"result\": \"refused\""));
    assert_non_null(strstr(w->out.data, "\"outcome\": \"held_back\""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(files_and_what_is_left_are_one_line_each, setup, teardown),
        cmocka_unit_test_setup_teardown(json_says_the_same, setup, teardown),
        cmocka_unit_test_setup_teardown(with_one_row_refused_the_others_are_held_back, setup,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
