#include "test.h"

#include "targets/list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct fixture {
    tdm_arena *arena;
    tdm_list list;
    tdm_error err;
} fixture;

static int setup(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    f->arena = tdm_arena_new(0);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    fixture *f = *state;
    tdm_arena_free(f->arena);
    free(f);
    return 0;
}

static tdm_status read_text(fixture *f, tdm_text text)
{
    f->err = TDM_ERROR_INIT;
    return tdm_list_read(f->arena, text, "tenants", &f->list, &f->err);
}

static void assert_listed(const fixture *f, size_t index, const char *name, const char *target,
                          uint32_t line)
{
    const tdm_listed *listed = &f->list.items[index];
    assert_string_equal(listed->name ? listed->name : "(none)", name);
    assert_string_equal(listed->target, target);
    assert_int_equal(listed->line, line);
}

// The line stands in the message alone: no source line may be shown, which may hold a password.
static void assert_refused(fixture *f, tdm_text text, tdm_error_code code, const char *begins)
{
    assert_int_equal(read_text(f, text), TDM_FAILED);
    assert_int_equal(f->err.code, code);
    assert_null(f->err.place.file);
    assert_memory_equal(f->err.message, begins, strlen(begins));
}

static void a_line_is_a_target(void **state)
{
    fixture *f = *state;
    assert_int_equal(read_text(f, TDM_TEXT("# tenants\n"
                                           "\n"
                                           "postgresql://app@db-1/acme\n"
                                           "  production\t\r\n"
                                           "host=db-2 dbname=other options='-c a=b'")),
                     TDM_OK);
    assert_int_equal(f->list.count, 3);
    assert_listed(f, 0, "(none)", "postgresql://app@db-1/acme", 3);
    assert_listed(f, 1, "(none)", "production", 4);
    assert_listed(f, 2, "(none)", "host=db-2 dbname=other options='-c a=b'", 5);
}

static void a_name_may_stand_in_front(void **state)
{
    fixture *f = *state;
    assert_int_equal(read_text(f, TDM_TEXT("acme \t postgresql+asyncpg://db/x\n"
                                           "other dbname=y host=db\n"
                                           "third production\n")),
                     TDM_OK);
    assert_listed(f, 0, "acme", "postgresql+asyncpg://db/x", 1);
    assert_listed(f, 1, "other", "dbname=y host=db", 2);
    assert_listed(f, 2, "third", "production", 3);
}

static void the_mark_of_an_editor_is_no_part_of_the_first_line(void **state)
{
    fixture *f = *state;
    assert_int_equal(read_text(f, TDM_TEXT("\xef\xbb\xbfpostgresql://db/x\n")), TDM_OK);
    assert_listed(f, 0, "(none)", "postgresql://db/x", 1);
}

static void a_list_without_a_target_is_refused(void **state)
{
    fixture *f = *state;
    assert_refused(f, (tdm_text){0}, TDM_ERROR_CONFIG, "tenants: ");
    assert_refused(f, TDM_TEXT("# nothing\n\n   \n"), TDM_ERROR_CONFIG, "tenants: ");
}

static void what_is_no_text_is_refused_and_not_repeated(void **state)
{
    fixture *f = *state;
    assert_refused(f, TDM_TEXT("a\nsecret\xff\n"), TDM_ERROR_CONFIG, "tenants:2: ");
    assert_null(strstr(f->err.message, "secret"));
    assert_refused(f, TDM_TEXT("se\0cret\n"), TDM_ERROR_CONFIG, "tenants:1: ");
    assert_refused(f, TDM_TEXT("a\x1b[2J\n"), TDM_ERROR_CONFIG, "tenants:1: ");
}

static void something_behind_a_url_is_refused(void **state)
{
    fixture *f = *state;
    assert_refused(f, TDM_TEXT("postgresql://db/x # acme\n"), TDM_ERROR_CONFIG, "tenants:1: ");
    assert_refused(f, TDM_TEXT("acme postgresql://db/x acme\n"), TDM_ERROR_CONFIG, "tenants:1: ");
    assert_non_null(strstr(f->err.hint, "%20"));
}

static tdm_text repeated(const char *piece, size_t count, char *buffer)
{
    size_t size = strlen(piece);
    for (size_t i = 0; i < count; i++)
        memcpy(buffer + i * size, piece, size);
    return (tdm_text){buffer, count * size};
}

static void size_is_bounded(void **state)
{
    fixture *f = *state;
    char *buffer = malloc((TDM_TARGETS_MOST + 1) * 2 + TDM_TARGETS_LINE_MOST);
    assert_non_null(buffer);
    assert_int_equal(read_text(f, repeated("a\n", TDM_TARGETS_MOST, buffer)), TDM_OK);
    assert_int_equal(f->list.count, TDM_TARGETS_MOST);
    assert_refused(f, repeated("a\n", TDM_TARGETS_MOST + 1, buffer), TDM_ERROR_LIMIT,
                   "tenants:10001: ");
    assert_int_equal(read_text(f, repeated("a", TDM_TARGETS_LINE_MOST, buffer)), TDM_OK);
    assert_refused(f, repeated("a", TDM_TARGETS_LINE_MOST + 1, buffer), TDM_ERROR_LIMIT,
                   "tenants:1: ");
    free(buffer);
}

static void wiping_leaves_nothing_of_the_text(void **state)
{
    fixture *f = *state;
    assert_int_equal(read_text(f, TDM_TEXT("acme postgresql://a:secret@db/x\n")), TDM_OK);
    tdm_list_wipe(&f->list);
    for (size_t i = 0; i < f->list.size; i++)
        assert_int_equal(f->list.copy[i], 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_line_is_a_target),
        TEST(a_name_may_stand_in_front),
        TEST(the_mark_of_an_editor_is_no_part_of_the_first_line),
        TEST(a_list_without_a_target_is_refused),
        TEST(what_is_no_text_is_refused_and_not_repeated),
        TEST(something_behind_a_url_is_refused),
        TEST(size_is_bounded),
        TEST(wiping_leaves_nothing_of_the_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
