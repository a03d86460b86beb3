#include "db/scripted.h"

#include "apply/histories.h"

#define BEGIN                                                                                      \
    {                                                                                              \
        .sql = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", .now = TDM_DB_OPEN               \
    }
#define SERVER                                                                                     \
    {                                                                                              \
        .sql = "SELECT pg_catalog.current_schema()", .values = { "public", "f" }                   \
    }
#define NO_COLUMNS                                                                                 \
    {                                                                                              \
        .sql = "SELECT n.nspname"                                                                  \
    }
#define ROLES                                                                                      \
    {                                                                                              \
        .sql = "SELECT rolname"                                                                    \
    }
#define END                                                                                        \
    {                                                                                              \
        .sql = "ROLLBACK", .urgency = TDM_DB_FINISH                                                \
    }
#define NAMESPACE                                                                                  \
    {                                                                                              \
        .sql = "SELECT FROM pg_catalog.pg_namespace", .values = { "" }                             \
    }

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

#define READ(r, lines) read_with((r), (lines), sizeof(lines) / sizeof *(lines))

static void tables_that_are_not_there_are_empty_histories(void **state)
{
    (void)state;
    static const scripted_line lines[] = {
        BEGIN,      SERVER, NO_COLUMNS, {.sql = "SELECT FROM pg_catalog.pg_namespace"},
        NO_COLUMNS, ROLES,  END,
    };
    reading r;
    assert_int_equal(READ(&r, lines), TDM_OK);
    assert_false(r.found.has_alembic);
    assert_false(r.found.has_supabase_schema);
    assert_false(r.found.has_supabase_table);
    assert_text_equal(r.found.table.schema, "public");
    tdm_arena_free(r.arena);
}

static void rows_are_sorted_and_the_schema_is_where_the_table_is(void **state)
{
    (void)state;
    static const scripted_line lines[] = {
        BEGIN,
        SERVER,
        {.sql = "SELECT n.nspname", .values = {"app", "t", "f", "version_num"}},
        {.sql = "SELECT version_num FROM app.alembic_version", .values = {"b"}, .more = {"a"}},
        NAMESPACE,
        {.sql = "SELECT n.nspname",
         .values = {"supabase_migrations", "t", "f", "version"},
         .more = {"supabase_migrations", "t", "f", "name"}},
        {.sql = "SELECT version FROM supabase_migrations.schema_migrations",
         .values = {"20"},
         .more = {"100"}},
        {.sql = "SELECT rolname", .values = {"authenticated"}, .more = {"anon"}},
        END,
    };
    reading r;
    assert_int_equal(READ(&r, lines), TDM_OK);
    assert_text_equal(r.found.table.schema, "app");
    assert_int_equal(r.found.heads.count, 2);
    assert_text_equal(r.found.heads.items[0], "a");
    assert_text_equal(r.found.versions.items[0], "100");
    assert_true(r.found.has_name);
    assert_false(r.found.has_statements);
    assert_text_equal(r.found.api_roles.items[0], "anon");
    assert_true(tdm_history_has(&r.found.versions, TDM_TEXT("20")));
    assert_false(tdm_history_has(&r.found.versions, TDM_TEXT("2")));
    tdm_arena_free(r.arena);
}

static void a_hidden_history_is_not_taken_for_an_empty_one(void **state)
{
    (void)state;
    static const scripted_line lines[] = {
        BEGIN,
        SERVER,
        {.sql = "SELECT n.nspname", .values = {"public", "t", "t", "version_num"}},
        END,
    };
    reading r;
    assert_int_equal(READ(&r, lines), TDM_FAILED);
    assert_int_equal(r.err.code, TDM_ERROR_HISTORY);
    assert_non_null(strstr(r.err.message, "row level security"));
    tdm_arena_free(r.arena);
}

static void a_shape_that_is_not_alembics_is_refused(void **state)
{
    (void)state;
    static const scripted_line view[] = {
        BEGIN,
        SERVER,
        {.sql = "SELECT n.nspname", .values = {"public", "f", "f", "version_num"}},
        END,
    };
    static const scripted_line other[] = {
        BEGIN,
        SERVER,
        {.sql = "SELECT n.nspname", .values = {"public", "t", "f", "id"}},
        END,
    };
    reading r;
    assert_int_equal(READ(&r, view), TDM_FAILED);
    assert_int_equal(r.err.code, TDM_ERROR_HISTORY);
    tdm_arena_free(r.arena);
    assert_int_equal(READ(&r, other), TDM_FAILED);
    assert_non_null(strstr(r.err.message, "has no column version_num"));
    tdm_arena_free(r.arena);
}

static void missing_rights_are_said_as_such(void **state)
{
    (void)state;
    static const scripted_line lines[] = {
        BEGIN,
        SERVER,
        {.sql = "SELECT n.nspname", .values = {"public", "t", "f", "version_num"}},
        {.sql = "SELECT version_num", .sqlstate = "42501", .now = TDM_DB_ABORTED},
        END,
    };
    reading r;
    assert_int_equal(READ(&r, lines), TDM_FAILED);
    assert_int_equal(r.err.code, TDM_ERROR_CONNECT);
    assert_non_null(strstr(r.err.hint, "owns both history tables"));
    tdm_arena_free(r.arena);
}

static void a_standby_is_seen(void **state)
{
    (void)state;
    static const scripted_line lines[] = {
        BEGIN,      {.sql = "SELECT pg_catalog.current_schema()", .values = {"public", "t"}},
        NO_COLUMNS, NAMESPACE,
        NO_COLUMNS, ROLES,
        END,
    };
    reading r;
    assert_int_equal(READ(&r, lines), TDM_OK);
    assert_true(r.found.read_only);
    assert_true(r.found.has_supabase_schema);
    tdm_arena_free(r.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_that_are_not_there_are_empty_histories),
        cmocka_unit_test(rows_are_sorted_and_the_schema_is_where_the_table_is),
        cmocka_unit_test(a_hidden_history_is_not_taken_for_an_empty_one),
        cmocka_unit_test(a_shape_that_is_not_alembics_is_refused),
        cmocka_unit_test(missing_rights_are_said_as_such),
        cmocka_unit_test(a_standby_is_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
