#include "catalog/grants.h"

#include "base/text.h"
#include "catalog/secret.h"

#include <string.h>

#include "test.h"

static void assert_shown(const char *text, const char *shown)
{
    tdm_arena *arena = tdm_arena_new(0);
    tdm_grants grants;
    assert_non_null(arena);
    assert_true(tdm_grants_read(arena, tdm_text_of(text), &grants));
    assert_text_equal(tdm_grants_print(arena, &grants), text);
    assert_text_equal(tdm_grants_show(arena, &grants), shown);
    tdm_arena_free(arena);
}

static void a_list_is_read_and_printed_again(void **state)
{
    (void)state;
    assert_shown("", "");
    assert_shown("anon=r", "anon: SELECT");
    assert_shown("-PUBLIC=X, anon=ar*w", "PUBLIC: no EXECUTE; anon: INSERT, SELECT WITH GRANT "
                                         "OPTION, UPDATE");
    assert_shown("-anon~r, anon~a, anon?w", "anon: INSERT, no SELECT, perhaps UPDATE");
    assert_shown("\"My, \"\"Role\"\" = x\"=arwdDxt", "\"My, \"\"Role\"\" = x\": ALL");
}

static void what_is_no_list_is_refused(void **state)
{
    static const char *const wrong[] = {"anon", "anon=", "=r", "-", "anon=z", "\"anon=r"};
    tdm_arena *arena = tdm_arena_new(0);
    tdm_grants grants;
    (void)state;
    assert_non_null(arena);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (tdm_grants_read(arena, tdm_text_of(wrong[i]), &grants))
            fail_msg("%s is read", wrong[i]);
    tdm_arena_free(arena);
}

static void each_kind_has_its_privileges(void **state)
{
    (void)state;
    assert_true(tdm_grants_all(TDM_KIND_TABLE) & tdm_privilege_of(TDM_TEXT("select")));
    assert_true(tdm_grants_all(TDM_KIND_VIEW) & tdm_privilege_maintain());
    assert_false(tdm_grants_all(TDM_KIND_COLUMN) & tdm_privilege_of(TDM_TEXT("DELETE")));
    assert_int_equal(tdm_grants_all(TDM_KIND_FUNCTION), tdm_privilege_of(TDM_TEXT("EXECUTE")));
    assert_int_equal(tdm_grants_all(TDM_KIND_INDEX), 0);
    assert_int_equal(tdm_grants_of_public(TDM_KIND_TYPE), tdm_privilege_of(TDM_TEXT("USAGE")));
    assert_int_equal(tdm_grants_of_public(TDM_KIND_TABLE), 0);
    assert_int_equal(tdm_privilege_of(TDM_TEXT("TEMP")), tdm_privilege_of(TDM_TEXT("TEMPORARY")));
    assert_int_equal(tdm_privilege_of(TDM_TEXT("all")), 0);
}

static void the_platform_has_roles_in_public(void **state)
{
    (void)state;
    assert_true(tdm_grants_platform(TDM_TEXT("public"), TDM_TEXT("anon")));
    assert_true(tdm_grants_platform(TDM_TEXT("public"), TDM_TEXT("postgres")));
    assert_false(tdm_grants_platform(TDM_TEXT("app"), TDM_TEXT("anon")));
    assert_false(tdm_grants_platform(TDM_TEXT("public"), TDM_TEXT("reader")));
}

static void names_tell_what_may_be_secret(void **state)
{
    (void)state;
    assert_true(tdm_is_secret(TDM_TEXT("password")));
    assert_true(tdm_is_secret(TDM_TEXT("API_Key")));
    assert_true(tdm_is_secret(TDM_TEXT("vault_access_token")));
    assert_false(tdm_is_secret(TDM_TEXT("host")));
    assert_false(tdm_is_secret(TDM_TEXT("")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_is_read_and_printed_again),
        cmocka_unit_test(what_is_no_list_is_refused),
        cmocka_unit_test(each_kind_has_its_privileges),
        cmocka_unit_test(the_platform_has_roles_in_public),
        cmocka_unit_test(names_tell_what_may_be_secret),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
