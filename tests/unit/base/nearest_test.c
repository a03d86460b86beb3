#include "test.h"

#include "base/nearest.h"

#include <string.h>

static tdm_text best_for(const char *word)
{
    static const char *const known[] = {"check", "convert", "push",   "plan",
                                        "heads", "history", "status", "version"};
    tdm_nearest nearest;
    tdm_nearest_init(&nearest, tdm_text_of(word));
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        tdm_nearest_offer(&nearest, tdm_text_of(known[i]));
    return nearest.best;
}

static void one_slip_is_understood(void **state)
{
    (void)state;
    assert_text_equal(best_for("chek"), "check");
    assert_text_equal(best_for("hcekc"), "check");
    assert_text_equal(best_for("CHECK"), "check");
    assert_text_equal(best_for("pussh"), "push");
    assert_text_equal(best_for("head"), "heads");
}

static void a_beginning_is_understood(void **state)
{
    (void)state;
    assert_text_equal(best_for("his"), "history");
    assert_text_equal(best_for("vers"), "version");
}

static void anything_else_is_not_guessed(void **state)
{
    (void)state;
    assert_text_equal(best_for("frobnicate"), "");
    assert_text_equal(best_for("x"), "");
    assert_text_equal(best_for(""), "");
    assert_text_equal(best_for("a word that is much longer than any known word is"), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_slip_is_understood),
        cmocka_unit_test(a_beginning_is_understood),
        cmocka_unit_test(anything_else_is_not_guessed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
