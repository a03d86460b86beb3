// The name of a change without dates, ids and numbers.
#include "test.h"

#include "base/text.h"
#include "pair/slug.h"

#include <string.h>

static tdm_text first_slug(tdm_arena *arena, const char *id, const char *file, const char *message)
{
    tdm_text slugs[TDM_SLUGS_MAX];
    tdm_link_revision revision = {
        .id = tdm_text_of(id), .file_name = tdm_text_of(file), .message = tdm_text_of(message)};
    return tdm_slugs_of_revision(arena, &revision, slugs) ? slugs[0] : (tdm_text){NULL, 0};
}

static void of_revisions(void **state)
{
    tdm_arena *arena = tdm_arena_new(0);
    (void)state;
    assert_text_equal(first_slug(arena, "8250ff809a39", "8250ff809a39_add_execution.py", ""),
                      "add_execution");
    assert_text_equal(first_slug(arena, "0006_terms", "20260529_1330_0006_terms_key.py", ""),
                      "terms_key");
    assert_text_equal(
        first_slug(arena, "51d59ebea874", "20260426_2344_51d59ebea874_day3_auth.py", ""),
        "day3_auth");
    assert_text_equal(first_slug(arena, "20241127_000001", "20241127_000001_Add-Path.py", ""),
                      "add_path");
    assert_text_equal(first_slug(arena, "abc", "abc_.py", "Add the users' table"),
                      "add_the_users_table");
    assert_text_equal(first_slug(arena, "001", "001_x.py", ""), "");
    tdm_arena_free(arena);
}

static void of_migrations(void **state)
{
    tdm_arena *arena = tdm_arena_new(0);
    (void)state;
    tdm_link_migration migration = {.name = TDM_TEXT("0006_terms_consent_unique_key")};
    assert_text_equal(tdm_slug_of_migration(arena, &migration), "terms_consent_unique_key");
    migration.name = TDM_TEXT("");
    assert_text_equal(tdm_slug_of_migration(arena, &migration), "");
    tdm_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_revisions),
        cmocka_unit_test(of_migrations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
