// What `supabase link` leaves in supabase/.temp.
#include "test.h"

#include "base/error.h"
#include "base/text.h"
#include "memory_tree.h"
#include "supabase/link.h"

#include <string.h>

typedef struct linked {
    memory_tree tree;
    tdm_arena *arena;
    tdm_project_link link;
    tdm_error err;
} linked;

#define REF "abcdefghijklmnopqrst"

static tdm_status read_link(linked *l, const memory_file *files)
{
    tdm_arena_free(l->arena);
    l->arena = tdm_arena_new(0);
    l->err = TDM_ERROR_INIT;
    l->tree = memory_tree_of(files);
    return tdm_project_link_read(&l->tree.tree, l->arena, "app/supabase", &l->link, &l->err);
}

static void a_reference_is_twenty_lower_case_letters(void **state)
{
    (void)state;
    assert_true(tdm_is_project_ref(TDM_TEXT(REF)));
    assert_false(tdm_is_project_ref(TDM_TEXT("")));
    assert_false(tdm_is_project_ref(TDM_TEXT("abcdefghijklmnopqrs")));
    assert_false(tdm_is_project_ref(TDM_TEXT(REF "u")));
    assert_false(tdm_is_project_ref(TDM_TEXT("abcdefghijklmnopqrsT")));
    assert_false(tdm_is_project_ref(TDM_TEXT("abcdefghijklmnopqrs1")));
    assert_false(tdm_is_project_ref(TDM_TEXT("abcdefghijklmnopqrs\n")));
}

static void what_is_there_is_trimmed_and_the_rest_is_empty(void **state)
{
    (void)state;
    static const char pooler[] = "postgresql://postgres." REF "@pooler.example:5432/postgres";
    const memory_file both[] = {{"app/supabase/.temp/project-ref", REF "\n"},
                                {"app/supabase/.temp/pooler-url", pooler},
                                {0}};
    const memory_file none[] = {{"app/supabase/config.toml", ""}, {0}};
    linked l = {0};
    assert_int_equal(read_link(&l, both), TDM_OK);
    assert_text_equal(l.link.ref, REF);
    assert_text_equal(l.link.pooler_url, pooler);
    assert_int_equal(read_link(&l, none), TDM_OK);
    assert_int_equal(l.link.ref.size, 0);
    assert_int_equal(l.link.pooler_url.size, 0);
    assert_int_equal(read_link(&l, both + 1), TDM_OK);
    assert_int_equal(l.link.ref.size, 0);
    tdm_arena_free(l.arena);
}

static void a_reference_that_is_none_is_an_error_with_its_file(void **state)
{
    (void)state;
    const memory_file files[] = {{"app/supabase/.temp/project-ref", "../../etc/passwd"}, {0}};
    linked l = {0};
    assert_int_equal(read_link(&l, files), TDM_FAILED);
    assert_int_equal(l.err.code, TDM_ERROR_CONFIG);
    assert_string_equal(l.err.place.file, "app/supabase/.temp/project-ref");
    tdm_arena_free(l.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reference_is_twenty_lower_case_letters),
        cmocka_unit_test(what_is_there_is_trimmed_and_the_rest_is_empty),
        cmocka_unit_test(a_reference_that_is_none_is_an_error_with_its_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
