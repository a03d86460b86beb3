// Random graphs with what the real Alembic 1.19 printed for them offline (tests/data/alembic/
// graphs.jsonl). Every run must give the same steps in the same order, the same statements for
// alembic_version, and the same errors.
//
// Where Alembic takes the order from a Python set, so that its own output differs from run to run,
// the rows that one step takes away and adds are compared as sets: downgrading a merge, and
// upgrading to one while other heads are active. The number of such runs is asserted, so that a
// fault cannot hide there.
#include "alembic/order.h"
#include "alembic/revision_arg.h"
#include "alembic/version_table.h"

#include "base/tree.h"
#include "base/vector.h"

#include <stdio.h>
#include <string.h>

#include "test.h"

enum {
    MOST_FILES = 64,
    MOST_LINES = 256,
    RUNS_WITH_SET_ORDER = 0,
};

// The file holds objects, lists, null and strings without escapes. Other marks are skipped.
typedef struct token {
    char mark; // [ ] { } n " or \0 at the end
    tdm_text text;
} token;

static token next_token(tdm_text *rest)
{
    while (rest->size) {
        char c = rest->data[0];
        *rest = tdm_text_from(*rest, 1);
        if (c == '"') {
            size_t end = tdm_text_find_char(*rest, '"');
            token string = {'"', tdm_text_slice(*rest, 0, end)};
            *rest = tdm_text_from(*rest, end + 1);
            return string;
        }
        if (c == 'n')
            *rest = tdm_text_from(*rest, 3);
        if (strchr("[]{}n", c))
            return (token){c, {NULL, 0}};
    }
    return (token){'\0', {NULL, 0}};
}

static tdm_texts read_texts(tdm_text *rest, tdm_arena *arena)
{
    token first = next_token(rest);
    tdm_text *items = tdm_arena_array(arena, MOST_LINES, sizeof *items);
    tdm_texts texts = {items, 0};
    assert_non_null(items);
    if (first.mark == '"')
        items[texts.count++] = first.text;
    if (first.mark != '[')
        return texts;
    for (token next = next_token(rest); next.mark != ']'; next = next_token(rest)) {
        assert_int_equal(next.mark, '"');
        assert_true(texts.count < MOST_LINES);
        items[texts.count++] = next.text;
    }
    return texts;
}

static void expect_key(tdm_text *rest, const char *key)
{
    token next = next_token(rest);
    while (next.mark == '{' || next.mark == '}')
        next = next_token(rest);
    assert_text_equal(next.text, key);
}

static tdm_chain *read_chain(tdm_text *rest, tdm_arena *arena)
{
    tdm_error err = TDM_ERROR_INIT;
    tdm_chain *chain = NULL;
    tdm_revision *revisions = tdm_arena_array(arena, MOST_FILES, sizeof *revisions);
    size_t count = 0;
    assert_non_null(revisions);
    expect_key(rest, "files");
    assert_int_equal(next_token(rest).mark, '[');
    while (next_token(rest).mark == '[') {
        assert_true(count < MOST_FILES);
        next_token(rest);
        revisions[count].id = next_token(rest).text;
        revisions[count].down = read_texts(rest, arena);
        revisions[count].depends_on = read_texts(rest, arena);
        assert_int_equal(next_token(rest).mark, ']');
        count++;
    }
    assert_int_equal(tdm_chain_link(arena, revisions, count, &chain, &err), TDM_OK);
    return chain;
}

typedef struct script {
    tdm_arena *arena;
    TDM_VECTOR(tdm_text) lines;
} script;

static void say(script *out, const char *format, ...) TDM_PRINTF(2, 3);

static void say(script *out, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    tdm_text line = tdm_arena_vprintf(out->arena, format, args);
    va_end(args);
    assert_true(tdm_vector_push(out->arena, &out->lines, line));
}

static tdm_text joined(tdm_arena *arena, tdm_texts ids)
{
    tdm_buffer text = TDM_BUFFER_INIT(4096);
    for (size_t i = 0; i < ids.count; i++)
        tdm_buffer_putf(&text, "%s%.*s", i ? ", " : "", TDM_TEXT_ARG(ids.items[i]));
    return tdm_buffer_take(&text, arena);
}

static tdm_text joined_list(tdm_arena *arena, tdm_revision_list list)
{
    tdm_text ids[MOST_FILES];
    for (size_t i = 0; i < list.count; i++)
        ids[i] = list.items[i]->id;
    return joined(arena, (tdm_texts){ids, list.count});
}

static void say_step(script *out, const tdm_step *step)
{
    const tdm_revision *revision = step->revision;
    if (!revision) {
        say(out, "-- Running stamp_revision %.*s -> %.*s",
            TDM_TEXT_ARG(joined_list(out->arena, step->from)),
            TDM_TEXT_ARG(joined_list(out->arena, step->to)));
        return;
    }
    tdm_text down = joined(out->arena, revision->down);
    if (step->direction == TDM_UPGRADE)
        say(out, "-- Running upgrade %.*s -> %.*s", TDM_TEXT_ARG(down), TDM_TEXT_ARG(revision->id));
    else
        say(out, "-- Running downgrade %.*s -> %.*s", TDM_TEXT_ARG(revision->id),
            TDM_TEXT_ARG(down));
}

static tdm_status take_steps(script *out, const tdm_chain *chain, tdm_revision_list current,
                             const tdm_steps *steps, tdm_error *err)
{
    tdm_version_table table = TDM_VERSION_TABLE;
    tdm_heads heads;
    if (tdm_heads_start(out->arena, chain, current, &heads, err) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < steps->count; i++) {
        tdm_row_changes changes;
        if (heads.count == 0)
            say(out, "    CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)");
        say_step(out, &steps->items[i]);
        tdm_status status = tdm_heads_step(&heads, &steps->items[i], &changes, err);
        for (size_t k = 0; k < changes.count; k++) {
            tdm_buffer text = TDM_BUFFER_INIT(4096);
            tdm_row_change_put(&text, &table, &changes.items[k]);
            say(out, "%s;", text.data);
            tdm_buffer_free(&text);
        }
        if (status != TDM_OK)
            return status;
    }
    return TDM_OK;
}

static tdm_status run(script *out, const tdm_chain *chain, tdm_text command, tdm_text argument,
                      tdm_error *err)
{
    tdm_range range;
    tdm_steps steps;
    tdm_revision *from = NULL;
    if (tdm_range_parse(argument, &range, err) != TDM_OK)
        return TDM_FAILED;
    if (range.has_start && tdm_revision_find(chain, range.start, &from, err) != TDM_OK)
        return TDM_FAILED;
    tdm_revision_list current = {&from, from != NULL};
    tdm_status status =
        tdm_text_is(command, "upgrade")
            ? tdm_upgrade_steps(out->arena, chain, current, range.end, &steps, err)
        : tdm_text_is(command, "downgrade")
            ? tdm_downgrade_steps(out->arena, chain, current, range.end, &steps, err)
            : tdm_stamp_steps(out->arena, chain, current, range.end, &steps, err);
    return status == TDM_OK ? take_steps(out, chain, current, &steps, err) : status;
}

// The lines that change rows, from `at` on, as one text: how many of each kind, and the ids that go
// and come, each sorted.
static tdm_text row_effect(tdm_arena *arena, const tdm_text *lines, size_t count, size_t *at)
{
    static const char *const openings[] = {"INSERT", "UPDATE", "DELETE"};
    char kinds[3] = {'0', '0', '0'};
    tdm_buffer gone = TDM_BUFFER_INIT(4096);
    tdm_buffer come = TDM_BUFFER_INIT(4096);
    tdm_text quoted[2];
    for (; *at < count; (*at)++) {
        size_t kind = 0;
        while (kind < 3 && !tdm_text_starts(lines[*at], tdm_text_of(openings[kind])))
            kind++;
        if (kind == 3)
            break;
        kinds[kind]++;
        tdm_text rest = lines[*at];
        for (size_t i = 0; i < (kind == 1 ? 2U : 1U); i++) {
            rest = tdm_text_from(rest, tdm_text_find_char(rest, '\'') + 1);
            quoted[i] = tdm_text_slice(rest, 0, tdm_text_find_char(rest, '\''));
            rest = tdm_text_from(rest, quoted[i].size + 1);
        }
        if (kind != 2)
            tdm_buffer_put(&come, quoted[0]);
        if (kind != 0)
            tdm_buffer_put(&gone, quoted[kind == 1]);
    }
    // All ids of the data have four characters.
    tdm_buffer *sides[] = {&gone, &come};
    for (size_t side = 0; side < 2; side++)
        for (size_t i = 0; i + 4 < sides[side]->size; i += 4)
            for (size_t k = i + 4; k < sides[side]->size; k += 4)
                if (memcmp(sides[side]->data + i, sides[side]->data + k, 4) > 0) {
                    char swap[4];
                    memcpy(swap, sides[side]->data + i, 4);
                    memcpy(sides[side]->data + i, sides[side]->data + k, 4);
                    memcpy(sides[side]->data + k, swap, 4);
                }
    tdm_text effect = tdm_arena_printf(arena, "%.3s -%s +%s", kinds, gone.data ? gone.data : "",
                                       come.data ? come.data : "");
    tdm_buffer_free(&gone);
    tdm_buffer_free(&come);
    return effect;
}

static bool same_lines(const script *got, tdm_texts want)
{
    if (got->lines.count != want.count)
        return false;
    for (size_t i = 0; i < want.count; i++)
        if (!tdm_text_equal(got->lines.items[i], want.items[i]))
            return false;
    return true;
}

static bool same_effects(tdm_arena *arena, const script *got, tdm_texts want)
{
    size_t a = 0;
    size_t b = 0;
    while (a < got->lines.count && b < want.count) {
        tdm_text left = row_effect(arena, got->lines.items, got->lines.count, &a);
        tdm_text right = row_effect(arena, want.items, want.count, &b);
        if (!tdm_text_equal(left, right))
            return false;
        if (a == got->lines.count || b == want.count)
            break;
        if (!tdm_text_equal(got->lines.items[a++], want.items[b++]))
            return false;
    }
    return a == got->lines.count && b == want.count;
}

static void show(const script *got, tdm_texts want, tdm_text command, tdm_text argument)
{
    print_error("%.*s %.*s\n", TDM_TEXT_ARG(command), TDM_TEXT_ARG(argument));
    for (size_t i = 0; i < got->lines.count; i++)
        print_error("  got  %.*s\n", TDM_TEXT_ARG(got->lines.items[i]));
    for (size_t i = 0; i < want.count; i++)
        print_error("  want %.*s\n", TDM_TEXT_ARG(want.items[i]));
}

static void every_run_is_that_of_alembic(void **state)
{
    (void)state;
    tdm_arena *arena = tdm_arena_new(0);
    tdm_tree *tree = NULL;
    tdm_error err = TDM_ERROR_INIT;
    tdm_text rest;
    tdm_text line;
    size_t graphs = 0;
    size_t runs = 0;
    size_t unordered = 0;
    assert_int_equal(tdm_tree_open_folder(TANDEM_SOURCE_DIR "/tests/data/alembic", &tree, &err),
                     TDM_OK);
    assert_int_equal(tdm_tree_read(tree, "graphs.jsonl", arena, &rest, &err), TDM_OK);
    while (tdm_text_next_line(&rest, &line)) {
        tdm_chain *chain = read_chain(&line, arena);
        graphs++;
        expect_key(&line, "runs");
        assert_int_equal(next_token(&line).mark, '[');
        while (next_token(&line).mark == '{') {
            script got = {.arena = arena};
            expect_key(&line, "cmd");
            tdm_text command = next_token(&line).text;
            expect_key(&line, "arg");
            tdm_text argument = next_token(&line).text;
            expect_key(&line, "out");
            tdm_texts want = read_texts(&line, arena);
            assert_int_equal(next_token(&line).mark, '}');
            runs++;
            if (run(&got, chain, command, argument, &err) != TDM_OK) {
                if (err.code == TDM_ERROR_HISTORY)
                    say(&got, "!ERR KeyError: '%.4s'", strchr(err.message, '\'') + 1);
                else
                    say(&got, "!ERR CommandError: %s", err.message);
            }
            if (same_lines(&got, want))
                continue;
            unordered++;
            if (!same_effects(arena, &got, want)) {
                show(&got, want, command, argument);
                fail();
            }
        }
    }
    assert_int_equal(graphs, 140);
    assert_int_equal(runs, 1379);
    assert_int_equal(unordered, RUNS_WITH_SET_ORDER);
    tdm_tree_free(tree);
    tdm_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_run_is_that_of_alembic),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
