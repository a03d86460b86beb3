// Equal effects in other words, and near misses: the pairs of tests/data/compare/pairs.
//
// In a file, "! sql" begins or goes on with the schema that the pairs after it start from, "< sql"
// and "> sql" are the two sides, and "= ..." is what is expected: "equal", or the first difference
// as "object attribute: left / right" with "unknown" before it where it cannot be known.
#include "compare/compare.h"
#include "replay/scene.h"

typedef struct pair {
    tdm_buffer base;
    tdm_buffer left;
    tdm_buffer right;
} pair;

typedef struct tally {
    size_t pairs;
    size_t equal;
    size_t failures;
} tally;

static tdm_text describe(tdm_arena *arena, tdm_comparison verdict, const tdm_differences *found)
{
    if (verdict == TDM_COMPARE_EQUAL)
        return TDM_TEXT("equal");
    const tdm_difference *d = &found->items[0];
    return tdm_arena_printf(arena, "%s%.*s %.*s: %.*s / %.*s",
                            verdict == TDM_COMPARE_UNKNOWN ? "unknown " : "",
                            TDM_TEXT_ARG(d->object), TDM_TEXT_ARG(d->attribute),
                            TDM_TEXT_ARG(d->left), TDM_TEXT_ARG(d->right));
}

static void play_buffer(scene *s, tdm_buffer *sql)
{
    play_file(s, "test.sql", tdm_buffer_text(sql));
}

static tdm_text compare_effects(tdm_arena *arena, pair *p)
{
    scene l = open_scene(true), r = open_scene(true);
    tdm_differences found = {0};
    tdm_comparison verdict;
    play_buffer(&l, &p->base);
    play_buffer(&r, &p->base);
    assert_clear(&l);
    forget(&l);
    forget(&r);
    play_buffer(&l, &p->left);
    play_buffer(&r, &p->right);
    assert_int_equal(tdm_effect_compare(&l.effect, &r.effect, arena, &found, &verdict, NULL),
                     TDM_OK);
    assert_int_equal(verdict == TDM_COMPARE_EQUAL, found.count == 0);
    tdm_text text = describe(arena, verdict, &found);
    // An object that both sides have must be placed on both.
    if (verdict == TDM_COMPARE_DIFFERENT)
        assert_true(found.items[0].left_place.file || found.items[0].right_place.file);
    close_scene(&l);
    close_scene(&r);
    return text;
}

static void judge(pair *p, tdm_text expected, tally *t)
{
    tdm_arena *arena = tdm_arena_new(0);
    assert_non_null(arena);
    tdm_text got = compare_effects(arena, p);
    t->pairs++;
    t->equal += tdm_text_is(expected, "equal");
    if (!tdm_text_equal(got, expected)) {
        t->failures++;
        print_error("< %.*s> %.*s= %.*s\n", TDM_TEXT_ARG(tdm_buffer_text(&p->left)),
                    TDM_TEXT_ARG(tdm_buffer_text(&p->right)), TDM_TEXT_ARG(got));
    }
    tdm_buffer_clear(&p->left);
    tdm_buffer_clear(&p->right);
    tdm_arena_free(arena);
}

static void add_line(tdm_buffer *to, tdm_text line)
{
    tdm_buffer_put(to, tdm_text_from(line, 2));
    tdm_buffer_putc(to, '\n');
}

static void judge_file(const char *path, tally *t)
{
    tdm_arena *arena = tdm_arena_new(0);
    assert_non_null(arena);
    tdm_text rest = read_project_file(arena, path), line;
    pair p = {TDM_BUFFER_INIT(1 << 16), TDM_BUFFER_INIT(1 << 16), TDM_BUFFER_INIT(1 << 16)};
    bool in_base = false;
    while (tdm_text_next_line(&rest, &line)) {
        char first = line.size ? line.data[0] : '\0';
        if (first == '!' && !in_base)
            tdm_buffer_clear(&p.base);
        in_base = first == '!';
        if (first == '!')
            add_line(&p.base, line);
        else if (first == '<')
            add_line(&p.left, line);
        else if (first == '>')
            add_line(&p.right, line);
        else if (first == '=')
            judge(&p, tdm_text_from(line, 2), t);
    }
    tdm_buffer_free(&p.base);
    tdm_buffer_free(&p.left);
    tdm_buffer_free(&p.right);
    tdm_arena_free(arena);
}

static void pairs_are_judged_right(void **state)
{
    static const char *const files[] = {
        "equal.txt",     "different.txt", "unknown.txt",     "keys.txt",
        "sequences.txt", "names.txt",     "tables.txt",      "guards.txt",
        "routines.txt",  "views.txt",     "database.txt",    "types.txt",
        "policies.txt",  "grants.txt",    "definitions.txt", "blocks.txt",
    };
    tally t = {0};
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char path[256];
        assert_true(snprintf(path, sizeof path, "tests/data/compare/pairs/%s", files[i]) > 0);
        judge_file(path, &t);
    }
    if (t.failures)
        fail_msg("%zu of %zu pairs are judged in another way", t.failures, t.pairs);
    assert_true(t.pairs > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pairs_are_judged_right),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
