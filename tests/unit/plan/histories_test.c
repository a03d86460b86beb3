#include "db/scripted.h"

#include "plan/histories.h"
#include "plan/shapes.h"

typedef struct reading {
    scripted script;
    tdm_arena *arena;
    tdm_histories found;
    tdm_error err;
} reading;

static tdm_status read_with(reading *r, const scripted_line *lines, size_t count)
{
    tdm_version_table table = TDM_VERSION_TABLE;
    *r = (reading){.arena = tdm_arena_new(0)};
    scripted_init(&r->script, lines, count);
    tdm_status status =
        tdm_histories_read(&r->script.session, &table, r->arena, &r->found, &r->err);
    scripted_end(&r->script);
    return status;
}

#define PLAY(r, ...)                                                                               \
    read_with((r), (const scripted_line[]){__VA_ARGS__},                                           \
              sizeof((const scripted_line[]){__VA_ARGS__}) / sizeof(scripted_line))

static void tables_that_are_not_there_are_empty_histories(void **state)
{
    (void)state;
    reading r;
    assert_int_equal(PLAY(&r, {.sql = SHAPES_SQL, .values = SERVER_FACT}), TDM_OK);
    assert_false(r.found.has_alembic);
    assert_false(r.found.has_supabase_schema);
    assert_false(r.found.has_supabase_table);
    assert_text_equal(r.found.table.schema, "public");
    tdm_arena_free(r.arena);
}

static void rows_are_sorted_and_the_schema_is_where_the_table_is(void **state)
{
    (void)state;
    reading r;
    assert_int_equal(PLAY(&r,
                          {.sql = SHAPES_SQL,
                           .values = SERVER_FACT,
                           .more = {FACT("role", "authenticated"),
                                    FACT("role", "anon"),
                                    FACT("schema", "supabase_migrations"),
                                    {"alembic", "app", "t", "f", "version_num"},
                                    SUPABASE_FACT("version"),
                                    SUPABASE_FACT("name")}},
                          {.sql = "SELECT 'head', version_num::pg_catalog.text FROM "
                                  "app.alembic_version UNION ALL SELECT 'version'",
                           .values = {"head", "b"},
                           .more = {{"version", "20"}, {"head", "a"}, {"version", "100"}}}),
                     TDM_OK);
    assert_text_equal(r.found.table.schema, "app");
    assert_int_equal(r.found.heads.count, 2);
    assert_text_equal(r.found.heads.items[0], "a");
    assert_int_equal(r.found.versions.count, 2);
    assert_text_equal(r.found.versions.items[0], "100");
    assert_true(r.found.has_supabase_schema);
    assert_true(r.found.has_name);
    assert_false(r.found.has_statements);
    assert_text_equal(r.found.api_roles.items[0], "anon");
    assert_true(tdm_history_has(&r.found.versions, TDM_TEXT("20")));
    assert_false(tdm_history_has(&r.found.versions, TDM_TEXT("2")));
    tdm_arena_free(r.arena);
}

static void one_table_alone_is_read_alone(void **state)
{
    (void)state;
    reading r;
    assert_int_equal(
        PLAY(&r, {.sql = SHAPES_SQL, .values = SERVER_FACT, .more = {SUPABASE_FACT("version")}},
             {.sql = "SELECT 'version', version", .values = {"version", "7"}}),
        TDM_OK);
    assert_int_equal(r.found.heads.count, 0);
    assert_text_equal(r.found.versions.items[0], "7");
    tdm_arena_free(r.arena);
}

static void a_hidden_history_is_not_taken_for_an_empty_one(void **state)
{
    (void)state;
    reading r;
    assert_int_equal(PLAY(&r, {.sql = SHAPES_SQL,
                               .values = SERVER_FACT,
                               .more = {{"alembic", "public", "t", "t", "version_num"}}}),
                     TDM_FAILED);
    assert_int_equal(r.err.code, TDM_ERROR_HISTORY);
    assert_non_null(strstr(r.err.message, "row level security"));
    tdm_arena_free(r.arena);
}

static void a_shape_that_is_not_alembics_is_refused(void **state)
{
    (void)state;
    reading r;
    assert_int_equal(PLAY(&r, {.sql = SHAPES_SQL,
                               .values = SERVER_FACT,
                               .more = {{"alembic", "public", "f", "f", "version_num"}}}),
                     TDM_FAILED);
    assert_int_equal(r.err.code, TDM_ERROR_HISTORY);
    tdm_arena_free(r.arena);
    assert_int_equal(PLAY(&r, {.sql = SHAPES_SQL,
                               .values = SERVER_FACT,
                               .more = {{"alembic", "public", "t", "f", "id"}}}),
                     TDM_FAILED);
    assert_non_null(strstr(r.err.message, "has no column version_num"));
    tdm_arena_free(r.arena);
}

static void missing_rights_are_said_as_such(void **state)
{
    (void)state;
    reading r;
    assert_int_equal(PLAY(&r, {.sql = SHAPES_SQL, .values = SERVER_FACT, .more = {ALEMBIC_FACT}},
                          {.sql = "SELECT 'head'", .sqlstate = "42501"}),
                     TDM_FAILED);
    assert_int_equal(r.err.code, TDM_ERROR_CONNECT);
    assert_non_null(strstr(r.err.hint, "owns both history tables"));
    tdm_arena_free(r.arena);
}

static void a_standby_is_seen(void **state)
{
    (void)state;
    reading r;
    assert_int_equal(
        PLAY(&r, {.sql = SHAPES_SQL, .values = {"server", "public", "t", "\\N", "\\N"}}), TDM_OK);
    assert_true(r.found.read_only);
    tdm_arena_free(r.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_that_are_not_there_are_empty_histories),
        cmocka_unit_test(rows_are_sorted_and_the_schema_is_where_the_table_is),
        cmocka_unit_test(one_table_alone_is_read_alone),
        cmocka_unit_test(a_hidden_history_is_not_taken_for_an_empty_one),
        cmocka_unit_test(a_shape_that_is_not_alembics_is_refused),
        cmocka_unit_test(missing_rights_are_said_as_such),
        cmocka_unit_test(a_standby_is_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
