#include "report/report.h"

#include "test.h"

static const tdm_drift_item items[] = {
    {.kind = TDM_DRIFT_DIFFERENT,
     .object = {"documents.file_path", 19},
     .attribute = {"type", 4},
     .expected = {"VARCHAR(512)", 12},
     .actual = {"character varying(99)", 21}},
    {.kind = TDM_DRIFT_EXTRA, .object = {"stray", 5}, .attribute = {"existence", 9}},
    {.kind = TDM_DRIFT_UNKNOWN,
     .object = {"index i", 7},
     .attribute = {"where", 5},
     .reason = {"the two expressions are not compared", 36}},
};

static void assert_written(void (*write)(const tdm_report *, const tdm_drift *),
                           const tdm_drift *drift, const char *expected)
{
    tdm_buffer out = TDM_BUFFER_INIT(100000);
    tdm_arena *arena = tdm_arena_new(0);
    tdm_report report = {.out = &out, .arena = arena, .style = {.width = 80}};

    write(&report, drift);
    assert_string_equal(out.data, expected);
    tdm_buffer_free(&out);
    tdm_arena_free(arena);
}

static void what_differs_is_listed_by_kind_and_counted(void **state)
{
    const tdm_drift drift = {.target = TDM_TEXT("postgres on db as postgres"),
                             .items = items,
                             .item_count = 3,
                             .unknown = 1,
                             .pair_count = 8,
                             .object_count = 65};

    (void)state;
    assert_written(tdm_report_drift_text, &drift,
                   "target: postgres on db as postgres\n"
                   "\n"
                   "on the target alone:\n"
                   "  stray\n"
                   "\n"
                   "different:\n"
                   "  documents.file_path  type: the histories say VARCHAR(512), the target says "
                   "character varying(99)\n"
                   "\n"
                   "cannot be known:\n"
                   "  index i  where: the two expressions are not compared\n"
                   "\n"
                   "65 objects compared with 8 applied pairs: 2 different, 1 cannot be known\n");
}

static void a_target_without_drift_says_so(void **state)
{
    const tdm_drift drift = {.target = TDM_TEXT("db"), .pair_count = 1, .object_count = 1};

    (void)state;
    assert_written(tdm_report_drift_text, &drift,
                   "target: db\n"
                   "\n"
                   "1 object compared with 1 applied pair: the target is what its histories say\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_differs_is_listed_by_kind_and_counted),
        cmocka_unit_test(a_target_without_drift_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
