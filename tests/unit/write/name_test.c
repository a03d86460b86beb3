#include "test.h"

#include "base/text.h"
#include "write/name.h"

#include <string.h>

static int setup(void **state)
{
    *state = tdm_arena_new(0);
    return 0;
}

static int teardown(void **state)
{
    tdm_arena_free(*state);
    return 0;
}

static tdm_text slug(tdm_arena *arena, const char *id, const char *path, const char *message)
{
    tdm_revision revision = {.id = tdm_text_of(id), .path = path, .message = tdm_text_of(message)};
    return tdm_migration_slug(arena, &revision);
}

static void the_words_behind_the_id_are_the_name(void **state)
{
    assert_text_equal(slug(*state, "20241127_000001",
                           "alembic/versions/20241127_000001_add_document_file_path.py", "Other"),
                      "add_document_file_path");
    assert_text_equal(slug(*state, "3f2a9c1b7d4e", "v/3f2a9c1b7d4e_add-note-table.py", ""),
                      "add_note_table");
}

static void an_id_of_words_is_the_name(void **state)
{
    assert_text_equal(slug(*state, "0006_terms", "v/20260529_1330_0006_terms.py", "Terms"),
                      "0006_terms");
}

// The Supabase CLI takes a first file of this name from before December 2021 for its own, and never
// runs it.
static void no_old_file_is_called_init(void **state)
{
    tdm_revision revision = {.id = TDM_TEXT("8ad96e49dc6"), .path = "v/8ad96e49dc6_init.py"};
    assert_text_equal(tdm_migration_slug_at(*state, &revision, TDM_TEXT("20150108231400")),
                      "initial");
    assert_text_equal(tdm_migration_slug_at(*state, &revision, TDM_TEXT("20211209000000")), "init");
    revision.path = "v/8ad96e49dc6_add_init.py";
    assert_text_equal(tdm_migration_slug_at(*state, &revision, TDM_TEXT("20150108231400")),
                      "add_init");
}

static void else_the_message_and_at_last_the_id(void **state)
{
    assert_text_equal(slug(*state, "abc", "v/abc_.py", "Add the Note table!"),
                      "add_the_note_table");
    assert_text_equal(slug(*state, "abc", "v/unrelated.py", ""), "abc");
    assert_text_equal(slug(*state, "\xE6\x97\xA5", "v/x.py", "\xE6\x97\xA5"), "migration");
}

static void nothing_of_a_name_can_leave_the_folder(void **state)
{
    assert_text_equal(slug(*state, "x", "v/x.py", "../../etc/passwd\n; rm -rf"),
                      "etc_passwd_rm_rf");
    tdm_text name = slug(*state, "x", "v/x.py",
                         "a very long message a very long message a very long message a very long "
                         "message a very long message a very long message a very long message");
    assert_true(name.size <= 120);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(the_words_behind_the_id_are_the_name),
        CASE(an_id_of_words_is_the_name),
        CASE(no_old_file_is_called_init),
        CASE(else_the_message_and_at_last_the_id),
        CASE(nothing_of_a_name_can_leave_the_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
