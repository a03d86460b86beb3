// What is read once must be what reading it again would give.
#include "sql/known.h"

#include "base/text.h"
#include "sql/tree.h"

#include "test.h"

static const char *const texts[] = {
    "CREATE TABLE t (a int NOT NULL, b varchar(3) DEFAULT 'x', PRIMARY KEY (a))",
    "create table T (\n a integer not null, b character varying(3) default 'x', primary key (a))",
    "ALTER TABLE t ADD COLUMN c jsonb",
    "CREATE TABLE t (a int NOT NULL, b varchar(3) DEFAULT 'x', PRIMARY KEY (a))",
    "this is no SQL",
    "SELECT 1; SELECT 2",
};
enum { TEXTS = sizeof texts / sizeof *texts };

typedef struct fixture {
    tdm_arena *arena;
    tdm_sql_store *store;
    tdm_statement statements[TEXTS];
} fixture;

static void add_texts(fixture *f)
{
    tdm_error err = TDM_ERROR_INIT;
    *f = (fixture){.arena = tdm_arena_new(0)};
    f->store = tdm_sql_store_new(f->arena, NULL);
    assert_non_null(f->store);
    for (size_t i = 0; i < TEXTS; i++)
        f->statements[i].sql = tdm_text_of(texts[i]);
    assert_int_equal(tdm_sql_store_add(f->store, f->statements, TEXTS, &err), TDM_OK);
}

static void read_all(fixture *f)
{
    tdm_sql_known *items[TEXTS];
    tdm_error err = TDM_ERROR_INIT;
    tdm_sql_wanted wanted = {items, TEXTS, TEXTS};
    for (size_t i = 0; i < TEXTS; i++)
        items[i] = f->statements[i].known;
    assert_int_equal(tdm_sql_store_read(f->store, &wanted, &err), TDM_OK);
}

static void equal_texts_are_known_together(void **state)
{
    (void)state;
    fixture f;
    add_texts(&f);
    assert_ptr_equal(f.statements[0].known, f.statements[3].known);
    assert_ptr_not_equal(f.statements[0].known, f.statements[1].known);
    assert_null(tdm_sql_known_of(&f.statements[0])); // nobody has read it
    tdm_arena_free(f.arena);
}

static void a_statement_without_text_is_not_known(void **state)
{
    (void)state;
    tdm_statement opaque = {.sql = TDM_TEXT("SELECT 1"), .opaque = true};
    tdm_statement empty = {.sql = {NULL, 0}};
    tdm_error err = TDM_ERROR_INIT;
    fixture f;
    add_texts(&f);
    assert_int_equal(tdm_sql_store_add(f.store, &opaque, 1, &err), TDM_OK);
    assert_int_equal(tdm_sql_store_add(f.store, &empty, 1, &err), TDM_OK);
    assert_null(opaque.known);
    assert_null(empty.known);
    tdm_arena_free(f.arena);
}

static void what_was_read_answers_as_reading_again(void **state)
{
    (void)state;
    fixture f;
    add_texts(&f);
    read_all(&f);
    for (size_t i = 0; i < TEXTS; i++) {
        tdm_digest again, kept;
        bool parsed_again, parsed;
        tdm_error err = TDM_ERROR_INIT;
        assert_int_equal(tdm_sql_identity_of(tdm_text_of(texts[i]), &again, &parsed_again, &err),
                         TDM_OK);
        assert_int_equal(tdm_sql_statement_identity(&f.statements[i], &kept, &parsed, &err),
                         TDM_OK);
        assert_true(tdm_digest_equal(again, kept));
        assert_int_equal(parsed_again, parsed);
        assert_ptr_equal(tdm_sql_known_of(&f.statements[i]), f.statements[i].known);
    }
    tdm_arena_free(f.arena);
}

static void a_kept_tree_is_the_tree(void **state)
{
    (void)state;
    fixture f;
    tdm_sql_tree *tree = NULL;
    tdm_digest kept, again;
    tdm_error err = TDM_ERROR_INIT;
    add_texts(&f);
    read_all(&f);
    f.statements[1].place = (tdm_place){.file = "m.sql", .line = 4, .column = 1};
    f.statements[1].exact = true;
    assert_int_equal(tdm_sql_parse(&f.statements[1], &tree, &err), TDM_OK);
    assert_int_equal(tree->node->node_case, PG_QUERY__NODE__NODE_CREATE_STMT);
    assert_int_equal(tdm_sql_tree_place(tree, 18).line, 5); // places are those of the statement
    assert_int_equal(tdm_sql_identity(tree, &again, &err), TDM_OK);
    assert_int_equal(tdm_sql_statement_identity(&f.statements[1], &kept, NULL, &err), TDM_OK);
    assert_true(tdm_digest_equal(again, kept));
    tdm_sql_tree_free(tree);
    tdm_arena_free(f.arena);
}

static void a_refusal_is_said_again(void **state)
{
    (void)state;
    fixture f;
    tdm_sql_tree *tree = NULL;
    tdm_error err = TDM_ERROR_INIT;
    add_texts(&f);
    read_all(&f);
    assert_int_equal(tdm_sql_parse(&f.statements[4], &tree, &err), TDM_FAILED);
    assert_string_equal(err.message, "syntax error at or near \"this\"");
    tdm_arena_free(f.arena);
}

static void other_words_are_not_known(void **state)
{
    (void)state;
    fixture f;
    tdm_sql_tree *tree = NULL;
    tdm_error err = TDM_ERROR_INIT;
    add_texts(&f);
    read_all(&f);
    tdm_statement changed = f.statements[0];
    changed.sql = TDM_TEXT("DROP TABLE t");
    assert_null(tdm_sql_known_of(&changed));
    assert_int_equal(tdm_sql_parse(&changed, &tree, &err), TDM_OK);
    assert_int_equal(tree->node->node_case, PG_QUERY__NODE__NODE_DROP_STMT);
    tdm_sql_tree_free(tree);
    tdm_arena_free(f.arena);
}

static void sameness_is_that_of_the_texts(void **state)
{
    (void)state;
    fixture f;
    tdm_sameness same;
    tdm_error err = TDM_ERROR_INIT;
    add_texts(&f);
    read_all(&f);
    assert_int_equal(tdm_sql_statements_same(&f.statements[0], &f.statements[1], &same, &err),
                     TDM_OK);
    assert_int_equal(same, TDM_SAME_YES);
    assert_int_equal(tdm_sql_statements_same(&f.statements[0], &f.statements[2], &same, &err),
                     TDM_OK);
    assert_int_equal(same, TDM_SAME_NO);
    assert_int_equal(tdm_sql_statements_same(&f.statements[0], &f.statements[4], &same, &err),
                     TDM_OK);
    assert_int_equal(same, TDM_SAME_UNKNOWN);
    tdm_arena_free(f.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_texts_are_known_together),
        cmocka_unit_test(a_statement_without_text_is_not_known),
        cmocka_unit_test(what_was_read_answers_as_reading_again),
        cmocka_unit_test(a_kept_tree_is_the_tree),
        cmocka_unit_test(a_refusal_is_said_again),
        cmocka_unit_test(other_words_are_not_known),
        cmocka_unit_test(sameness_is_that_of_the_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
