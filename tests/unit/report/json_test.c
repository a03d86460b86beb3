#include "test.h"

#include "report/json.h"

#include <string.h>

static void an_object_is_indented(void **state)
{
    (void)state;
    tdm_buffer out = TDM_BUFFER_INIT(1000);
    tdm_json json = TDM_JSON_INIT(&out);
    tdm_json_begin_object(&json);
    tdm_json_pair_number(&json, "schema", 1);
    tdm_json_key(&json, "items");
    tdm_json_begin_array(&json);
    tdm_json_text(&json, TDM_TEXT("a"));
    tdm_json_null(&json);
    tdm_json_end_array(&json);
    tdm_json_key(&json, "none");
    tdm_json_begin_array(&json);
    tdm_json_end_array(&json);
    tdm_json_pair_bool(&json, "ok", true);
    tdm_json_pair_known(&json, "hint", (tdm_text){0});
    tdm_json_end_object(&json);
    assert_text_equal(tdm_buffer_text(&out), "{\n"
                                             "  \"schema\": 1,\n"
                                             "  \"items\": [\n"
                                             "    \"a\",\n"
                                             "    null\n"
                                             "  ],\n"
                                             "  \"none\": [],\n"
                                             "  \"ok\": true,\n"
                                             "  \"hint\": null\n"
                                             "}");
    tdm_buffer_free(&out);
}

static void a_line_is_compact(void **state)
{
    (void)state;
    tdm_buffer out = TDM_BUFFER_INIT(1000);
    tdm_json json = TDM_JSON_LINE(&out);
    tdm_json_begin_object(&json);
    tdm_json_pair_string(&json, "event", "begin");
    tdm_json_key(&json, "at");
    tdm_json_begin_array(&json);
    tdm_json_number(&json, 1);
    tdm_json_number(&json, UINT64_MAX);
    tdm_json_end_array(&json);
    tdm_json_end_object(&json);
    assert_text_equal(tdm_buffer_text(&out),
                      "{\"event\": \"begin\", \"at\": [1, 18446744073709551615]}");
    tdm_buffer_free(&out);
}

static void assert_string(tdm_text text, const char *expected)
{
    tdm_buffer out = TDM_BUFFER_INIT(1000);
    tdm_json json = TDM_JSON_INIT(&out);
    tdm_json_text(&json, text);
    assert_text_equal(tdm_buffer_text(&out), expected);
    tdm_buffer_free(&out);
}

static void strings_are_escaped_strictly(void **state)
{
    (void)state;
    assert_string(TDM_TEXT("say \"hi\" \\ now"), "\"say \\\"hi\\\" \\\\ now\"");
    assert_string(TDM_TEXT("a\n\r\t\x01\x7f"), "\"a\\n\\r\\t\\u0001\\u007f\"");
    assert_string((tdm_text){"a\0b", 3}, "\"a\\u0000b\"");
    assert_string(TDM_TEXT("\xE2\x80\xA8"), "\"\\u2028\"");
    assert_string(TDM_TEXT("caf\xC3\xA9 \xF0\x9F\x98\x80"), "\"caf\xC3\xA9 \xF0\x9F\x98\x80\"");
}

static void bytes_that_are_no_utf8_are_replaced(void **state)
{
    (void)state;
    assert_string(TDM_TEXT("a\xFF\xC0z"), "\"a\xEF\xBF\xBD\xEF\xBF\xBDz\"");
    assert_string(TDM_TEXT("\xED\xA0\x80"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_object_is_indented),
        cmocka_unit_test(a_line_is_compact),
        cmocka_unit_test(strings_are_escaped_strictly),
        cmocka_unit_test(bytes_that_are_no_utf8_are_replaced),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
