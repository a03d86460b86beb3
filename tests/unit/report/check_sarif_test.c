#include "test.h"

#include "facts.h"

#include <cjson/cJSON.h>
#include <stdlib.h>

static cJSON *written(const tdm_check_result *result)
{
    tdm_buffer out = TDM_BUFFER_INIT(256 << 20);
    tdm_arena *arena = tdm_arena_new(0);
    tdm_report report = {.out = &out, .arena = arena};
    tdm_report_check_sarif(&report, result);
    cJSON *json = cJSON_Parse(out.data);
    tdm_buffer_free(&out);
    tdm_arena_free(arena);
    assert_non_null(json);
    return json;
}

static cJSON *run_of(const cJSON *log)
{
    return cJSON_GetArrayItem(cJSON_GetObjectItem(log, "runs"), 0);
}

// GitHub takes 25,000 results of a run and would refuse the whole file.
static void beyond_25000_results_errors_stay_and_the_rest_is_counted(void **state)
{
    (void)state;
    const size_t count = 25010;
    tdm_finding *findings = calloc(count, sizeof *findings);
    assert_non_null(findings);
    for (size_t i = 0; i < count; i++)
        findings[i] = (tdm_finding){
            .kind = TDM_FINDING_RESIDUE,
            .severity = i % 10 == 9 ? TDM_SEVERITY_ERROR : TDM_SEVERITY_NOTE,
            .message = TDM_TEXT("m"),
        };
    tdm_check_result result = {.findings = findings, .finding_count = count};
    cJSON *log = written(&result);
    cJSON *run = run_of(log);
    size_t errors = 0;
    size_t results = 0;
    const cJSON *item;
    cJSON_ArrayForEach(item, cJSON_GetObjectItem(run, "results"))
    {
        const char *level = cJSON_GetStringValue(cJSON_GetObjectItem(item, "level"));
        errors += level[0] == 'e';
        results++;
    }
    assert_int_equal(results, 25000);
    assert_int_equal(errors, 2501);
    const cJSON *invocation = cJSON_GetArrayItem(cJSON_GetObjectItem(run, "invocations"), 0);
    const cJSON *said =
        cJSON_GetArrayItem(cJSON_GetObjectItem(invocation, "toolExecutionNotifications"), 0);
    assert_string_equal(
        cJSON_GetStringValue(cJSON_GetObjectItem(cJSON_GetObjectItem(said, "message"), "text")),
        "10 findings are left out: a run holds 25000 at most");
    cJSON_Delete(log);
    free(findings);
}

static void what_a_comment_suppresses_is_a_suppressed_result(void **state)
{
    (void)state;
    const tdm_finding ignored = {.kind = TDM_FINDING_DIFFERENT,
                                 .severity = TDM_SEVERITY_ERROR,
                                 .message = {"m", 1},
                                 .place = {"a.sql", 3, 1, 0, 0},
                                 .ignored = {"made by hand", 12},
                                 .ignored_at = {"a.sql", 2, 1, 0, 0}};
    tdm_check_result result = {.ignored = &ignored, .ignored_count = 1};
    cJSON *log = written(&result);
    const cJSON *item = cJSON_GetArrayItem(cJSON_GetObjectItem(run_of(log), "results"), 0);
    const cJSON *suppression = cJSON_GetArrayItem(cJSON_GetObjectItem(item, "suppressions"), 0);
    assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(suppression, "kind")), "inSource");
    assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(suppression, "justification")),
                        "made by hand");
    cJSON_Delete(log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(beyond_25000_results_errors_stay_and_the_rest_is_counted),
        cmocka_unit_test(what_a_comment_suppresses_is_a_suppressed_result),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
