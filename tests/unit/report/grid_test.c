#include "test.h"

#include "report/grid.h"

#include <string.h>

static void columns_are_aligned_and_lines_have_no_tail(void **state)
{
    (void)state;
    tdm_arena *arena = tdm_arena_new(0);
    tdm_buffer out = TDM_BUFFER_INIT(1000);
    tdm_grid grid;
    tdm_grid_init(&grid, arena, 3);
    tdm_grid_add(&grid, (tdm_text[]){TDM_TEXT("revision"), TDM_TEXT("x"), TDM_TEXT("says")});
    tdm_grid_add(&grid, (tdm_text[]){TDM_TEXT("\xE6\x97\xA5"), TDM_TEXT("a\nb"), TDM_TEXT("")});
    tdm_grid_put(&grid, &out);
    assert_text_equal(tdm_buffer_text(&out), "revision  x     says\n"
                                             "\xE6\x97\xA5        a\\nb\n");
    tdm_buffer_free(&out);
    tdm_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_are_aligned_and_lines_have_no_tail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
