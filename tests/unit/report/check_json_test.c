#include "test.h"

#include "facts.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

static cJSON *written(const tdm_check_result *result)
{
    tdm_buffer out = TDM_BUFFER_INIT(100000);
    tdm_arena *arena = tdm_arena_new(0);
    tdm_report report = {.out = &out, .arena = arena};
    tdm_report_check_json(&report, result);
    cJSON *json = cJSON_Parse(out.data);
    tdm_buffer_free(&out);
    tdm_arena_free(arena);
    assert_non_null(json);
    return json;
}

static const char *string_at(const cJSON *object, const char *key)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    assert_non_null(item);
    return cJSON_GetStringValue(item);
}

static int number_at(const cJSON *object, const char *key)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    assert_true(cJSON_IsNumber(item));
    return item->valueint;
}

static const tdm_finding one = {.kind = TDM_FINDING_DIFFERENT,
                                .severity = TDM_SEVERITY_ERROR,
                                .message = {"types \"differ\"\n", 15},
                                .place = {"a.sql", 3, 4, 3, 9},
                                .says = {"x", 1},
                                .other_place = {"a.py", 7, 0, 0, 0},
                                .other_says = {"y", 1},
                                .revision = {"1", 1}};

static void one_object_with_items_pairs_and_summary(void **state)
{
    (void)state;
    tdm_check_result result = {.pairs = fact_pairs,
                               .pair_count = 2,
                               .findings = &one,
                               .finding_count = 1,
                               .error_count = 1};
    cJSON *json = written(&result);
    assert_int_equal(number_at(json, "schema"), 1);
    assert_string_equal(string_at(json, "command"), "check");
    assert_string_equal(string_at(json, "result"), "findings");

    const cJSON *items = cJSON_GetObjectItem(json, "items");
    assert_int_equal(cJSON_GetArraySize(items), 1);
    const cJSON *item = cJSON_GetArrayItem(items, 0);
    assert_string_equal(string_at(item, "code"), "TD303");
    assert_string_equal(string_at(item, "message"), "types \"differ\"\n");
    assert_int_equal(number_at(item, "line"), 3);
    assert_int_equal(number_at(item, "end_column"), 9);
    assert_string_equal(string_at(cJSON_GetObjectItem(item, "other"), "file"), "a.py");
    assert_true(cJSON_IsNull(cJSON_GetObjectItem(item, "hint")));

    const cJSON *pairs = cJSON_GetObjectItem(json, "pairs");
    assert_int_equal(cJSON_GetArraySize(pairs), 2);
    assert_string_equal(string_at(cJSON_GetArrayItem(pairs, 1), "verdict"), "equivalent");

    const cJSON *summary = cJSON_GetObjectItem(json, "summary");
    assert_int_equal(number_at(summary, "pairs"), 2);
    assert_int_equal(number_at(summary, "identical"), 1);
    assert_int_equal(number_at(summary, "missing"), 0);
    assert_int_equal(number_at(summary, "errors"), 1);
    cJSON_Delete(json);
}

static char *fingerprint_of(tdm_finding finding)
{
    tdm_check_result result = {.findings = &finding, .finding_count = 1};
    cJSON *json = written(&result);
    char *print =
        strdup(string_at(cJSON_GetArrayItem(cJSON_GetObjectItem(json, "items"), 0), "fingerprint"));
    cJSON_Delete(json);
    return print;
}

static void a_fingerprint_survives_moved_lines_and_nothing_else(void **state)
{
    (void)state;
    tdm_finding moved = one;
    moved.place.line += 10;
    moved.place.end_line += 10;
    tdm_finding other = one;
    other.says = TDM_TEXT("z");
    char *prints[] = {fingerprint_of(one), fingerprint_of(moved), fingerprint_of(other)};
    assert_string_equal(prints[0], prints[1]);
    assert_string_not_equal(prints[0], prints[2]);
    for (size_t i = 0; i < 3; i++)
        free(prints[i]);
}

static void warnings_alone_are_no_refusal(void **state)
{
    (void)state;
    tdm_finding note = one;
    note.severity = TDM_SEVERITY_NOTE;
    tdm_check_result result = {.findings = &note, .finding_count = 1};
    cJSON *json = written(&result);
    assert_string_equal(string_at(json, "result"), "ok");
    cJSON_Delete(json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_object_with_items_pairs_and_summary),
        cmocka_unit_test(a_fingerprint_survives_moved_lines_and_nothing_else),
        cmocka_unit_test(warnings_alone_are_no_refusal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
