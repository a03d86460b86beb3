// The worked example: both histories of Weaver, replayed.
#include "sql/identity.h"

#include "compare/compare.h"
#include "replay/scene.h"

static const char *const migrations[] = {
    "supabase/migrations/20241126000001_initial_schema.sql",
    "supabase/migrations/20241127000001_add_document_file_path.sql",
    "supabase/migrations/20241127000002_add_canvas_data.sql",
    "supabase/migrations/20241128000001_add_chat_messages.sql",
    "supabase/migrations/20241128000002_add_task_queue_and_knowledge_graph.sql",
    "supabase/migrations/20241128000003_add_graph_status.sql",
    "supabase/migrations/20241202000001_add_curriculum.sql",
    "supabase/migrations/20241202000002_add_chunk_full_text_search.sql",
};

enum {
    MIGRATION_COUNT = sizeof migrations / sizeof *migrations,
};

static void every_statement_of_the_migrations_is_read(void **state)
{
    tdm_arena *arena = tdm_arena_new(0);
    (void)state;
    for (size_t i = 0; i < MIGRATION_COUNT; i++) {
        tdm_statements statements;
        tdm_text source = read_project_file(arena, migrations[i]);
        assert_int_equal(tdm_sql_split(arena, migrations[i], source, &statements, NULL), TDM_OK);
        for (size_t j = 0; j < statements.count; j++) {
            tdm_digest digest;
            bool parsed = false;
            assert_false(statements.items[j].opaque);
            assert_int_equal(tdm_sql_identity_of(statements.items[j].sql, &digest, &parsed, NULL),
                             TDM_OK);
            assert_true(parsed);
        }
    }
    tdm_arena_free(arena);
}

static void the_migrations_leave_the_schema_behind(void **state)
{
    scene s = open_scene(true);
    (void)state;
    for (size_t i = 0; i < MIGRATION_COUNT; i++) {
        tdm_catalog_reset_session(s.catalog);
        play_file(&s, migrations[i], read_project_file(s.arena, migrations[i]));
        assert_clear(&s);
    }
    assert_true(tdm_catalog_is_closed(s.catalog, NULL, NULL));
    assert_int_equal(tdm_catalog_table_count(s.catalog), 9);
    assert_table(&s, "documents",
                 "id uuid NOT NULL DEFAULT gen_random_uuid(), project_id uuid NOT NULL, "
                 "filename character varying(255) NOT NULL, "
                 "mime_type character varying(127) NOT NULL, size_bytes bigint NOT NULL, "
                 "page_count integer, status public.document_status NOT NULL DEFAULT 'pending', "
                 "summary text, metadata jsonb NOT NULL DEFAULT '{}'::jsonb, "
                 "created_at timestamp with time zone NOT NULL DEFAULT now(), "
                 "updated_at timestamp with time zone NOT NULL DEFAULT now(), "
                 "file_path character varying(512) NOT NULL, "
                 "graph_status public.graph_status NOT NULL DEFAULT 'none', graph_error text, "
                 "graph_extracted_at timestamp with time zone");
    assert_table(&s, "tasks",
                 "id bigint NOT NULL ALWAYS AS IDENTITY, project_id uuid NOT NULL, "
                 "kind character varying(64) NOT NULL, "
                 "status public.task_status NOT NULL DEFAULT 'queued', "
                 "priority smallint NOT NULL DEFAULT 0, "
                 "payload jsonb NOT NULL DEFAULT '{}'::jsonb, "
                 "attempts integer NOT NULL DEFAULT 0, max_attempts integer NOT NULL DEFAULT 3, "
                 "last_error text, run_after timestamp with time zone NOT NULL DEFAULT now(), "
                 "started_at timestamp with time zone, finished_at timestamp with time zone");
    close_scene(&s);
}

// What Alembic sends for revision 20241127_000001.
static const char revision[] = "ALTER TABLE documents ADD COLUMN file_path VARCHAR(512);"
                               "UPDATE documents SET file_path = filename WHERE file_path IS NULL;"
                               "ALTER TABLE documents ALTER COLUMN file_path SET NOT NULL;";

static tdm_comparison compare_with_block(const char *from, const char *to, tdm_differences *ret,
                                         scene *left, scene *right)
{
    tdm_comparison verdict;
    *left = open_scene(true);
    *right = open_scene(true);
    for (int side = 0; side < 2; side++) {
        scene *s = side ? right : left;
        play_file(s, migrations[0], read_project_file(s->arena, migrations[0]));
        forget(s);
    }
    play(left, revision);
    tdm_text block = read_project_file(right->arena, migrations[1]);
    size_t at = tdm_text_find(block, tdm_text_of(from));
    assert_true(at != SIZE_MAX);
    block = tdm_arena_printf(right->arena, "%.*s%s%.*s", (int)at, block.data, to,
                             TDM_TEXT_ARG(tdm_text_from(block, at + strlen(from))));
    play_file(right, migrations[1], block);
    *ret = (tdm_differences){0};
    assert_int_equal(
        tdm_effect_compare(&left->effect, &right->effect, left->arena, ret, &verdict, NULL),
        TDM_OK);
    return verdict;
}

static void the_guarded_block_has_the_effect_of_its_revision(void **state)
{
    tdm_differences differences;
    scene left, right;
    (void)state;
    assert_int_equal(
        compare_with_block("VARCHAR(512)", "VARCHAR(512)", &differences, &left, &right),
        TDM_COMPARE_EQUAL);
    assert_int_equal(differences.count, 0);
    // The statements of the block keep their places, down to the column that they add.
    assert_int_equal(right.effect.items[0].place.line, 13);
    assert_int_equal(right.effect.items[0].place.column, 42);
    close_scene(&left);
    close_scene(&right);
}

static void another_type_in_the_block_is_named(void **state)
{
    tdm_differences differences;
    scene left, right;
    (void)state;
    assert_int_equal(
        compare_with_block("VARCHAR(512)", "VARCHAR(256)", &differences, &left, &right),
        TDM_COMPARE_DIFFERENT);
    assert_int_equal(differences.count, 1);
    assert_text_equal(differences.items[0].object, "documents.file_path");
    assert_text_equal(differences.items[0].attribute, "type");
    assert_text_equal(differences.items[0].left, "VARCHAR(512)");
    assert_text_equal(differences.items[0].right, "VARCHAR(256)");
    assert_string_equal(differences.items[0].right_place.file, migrations[1]);
    assert_int_equal(differences.items[0].right_place.line, 13);
    close_scene(&left);
    close_scene(&right);
}

static void a_guard_on_another_column_keeps_the_body_from_running(void **state)
{
    tdm_differences differences;
    scene left, right;
    (void)state;
    assert_int_equal(compare_with_block("column_name = 'file_path'", "column_name = 'filename'",
                                        &differences, &left, &right),
                     TDM_COMPARE_DIFFERENT);
    assert_int_equal(right.effect.count, 0);
    close_scene(&left);
    close_scene(&right);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_statement_of_the_migrations_is_read),
        cmocka_unit_test(the_migrations_leave_the_schema_behind),
        cmocka_unit_test(the_guarded_block_has_the_effect_of_its_revision),
        cmocka_unit_test(another_type_in_the_block_is_named),
        cmocka_unit_test(a_guard_on_another_column_keeps_the_body_from_running),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
