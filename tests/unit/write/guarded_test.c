#include "test.h"

#include "write/guarded.h"

#include "statements.h"

#include <string.h>

static tdm_status made(fixture *f, tdm_text *ret)
{
    static const tdm_row_change change = {
        TDM_ROW_UPDATE, {"20241126_000001", 15}, {"20241127_000001", 15}};
    static const tdm_text applied[] = {{"20241127_000001", 15}, {"20241128_000001", 15}};
    static const tdm_text stored[] = {{"SELECT 'it''s'", 14}};
    static tdm_revision parent = {.id = {"20241126_000001", 15}};
    static tdm_revision *parents[] = {&parent};
    tdm_version_table table = TDM_VERSION_TABLE;
    f->revision.needs = (tdm_revision_list){parents, 1};
    tdm_guarded_input input = {
        .revision = &f->revision,
        .statements = &f->statements,
        .row = {TDM_TEXT("20241127000001"), TDM_TEXT("add_file_path"), {stored, 1}},
        .versions = &table,
        .changes = &change,
        .change_count = 1,
        .applied = {applied, 2},
    };
    return tdm_guarded_script(f->arena, &input, ret, &f->err);
}

static void assert_holds(fixture *f, const char *part)
{
    tdm_text text = {0};
    if (made(f, &text) != TDM_OK)
        print_error("%s\n", f->err.message);
    assert_non_null(text.data);
    if (!strstr(text.data, part))
        print_error("%s\ndoes not hold\n%s\n", text.data, part);
    assert_non_null(strstr(text.data, part));
}

static void assert_refused(fixture *f, const char *reason, uint32_t line)
{
    tdm_text text = {0};
    assert_int_equal(made(f, &text), TDM_FAILED);
    tdm_text message = tdm_text_of(f->err.message);
    assert_true(tdm_text_ends(message, tdm_text_of(reason)));
    assert_int_equal(f->err.code, TDM_ERROR_SQL);
    assert_int_equal(f->err.place.line, line);
}

static void the_whole_is_one_block_with_both_history_rows(void **state)
{
    fixture *f = *state;
    tdm_text text = {0};
    add(f, "ALTER TABLE documents ALTER COLUMN file_path SET NOT NULL");
    assert_int_equal(made(f, &text), TDM_OK);
    assert_string_equal(
        text.data,
        "-- Add file_path to documents\n"
        "-- tandem: revision 20241127_000001\n"
        "--\n"
        "-- Guarded: may be pasted into the SQL editor, also twice. All of it happens, or "
        "nothing.\n"
        "\n"
        "DO $$\n"
        "#variable_conflict use_column\n"
        "BEGIN\n"
        "    LOCK TABLE alembic_version IN ACCESS EXCLUSIVE MODE;\n"
        "\n"
        "    IF NOT EXISTS (\n"
        "        SELECT FROM alembic_version WHERE version_num IN ('20241127_000001', "
        "'20241128_000001')\n"
        "    ) THEN\n"
        "        ALTER TABLE documents ALTER COLUMN file_path SET NOT NULL;\n"
        "        UPDATE alembic_version SET version_num = '20241127_000001' WHERE version_num = "
        "'20241126_000001';\n"
        "        IF NOT FOUND THEN\n"
        "            RAISE EXCEPTION 'alembic_version does not hold %, which comes before', "
        "'20241126_000001';\n"
        "        END IF;\n"
        "    END IF;\n"
        "\n"
        "    IF to_regclass('supabase_migrations.schema_migrations') IS NULL THEN\n"
        "        CREATE SCHEMA IF NOT EXISTS supabase_migrations;\n"
        "        CREATE TABLE IF NOT EXISTS supabase_migrations.schema_migrations (version text "
        "NOT NULL PRIMARY KEY);\n"
        "        ALTER TABLE supabase_migrations.schema_migrations ADD COLUMN IF NOT EXISTS "
        "statements text[];\n"
        "        ALTER TABLE supabase_migrations.schema_migrations ADD COLUMN IF NOT EXISTS name "
        "text;\n"
        "    END IF;\n"
        "    INSERT INTO supabase_migrations.schema_migrations(version, name, statements) "
        "VALUES('20241127000001', 'add_file_path', ARRAY['SELECT ''it''''s''']::text[])\n"
        "        ON CONFLICT (version) DO NOTHING;\n"
        "END\n"
        "$$;\n");
}

static void what_makes_an_object_is_tested_by_its_name(void **state)
{
    static const struct {
        const char *sql;
        const char *test;
    } cases[] = {
        {"CREATE TABLE \"My Table\" (id int)",
         "IF to_regclass(quote_ident(current_schema()) || '.' || '\"My Table\"') IS NULL THEN"},
        {"CREATE TABLE s.t (id int)", "IF to_regclass('s.t') IS NULL THEN"},
        {"ALTER TABLE s.t ADD COLUMN c int",
         "IF NOT EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = to_regclass('s.t') "
         "AND attname = 'c' AND NOT attisdropped) THEN"},
        {"ALTER TABLE t ADD CONSTRAINT k CHECK (a > 0)",
         "IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conrelid = to_regclass('t') "
         "AND conname = 'k') THEN"},
        {"CREATE INDEX ix ON t (a)",
         "IF NOT EXISTS (SELECT FROM pg_catalog.pg_index JOIN pg_catalog.pg_class ON oid = "
         "indexrelid WHERE indrelid = to_regclass('t') AND relname = 'ix') THEN"},
        {"CREATE TYPE mood AS ENUM ('a')",
         "IF NOT EXISTS (SELECT FROM pg_catalog.pg_type JOIN pg_catalog.pg_namespace AS n ON "
         "n.oid = typnamespace WHERE nspname = current_schema() AND typname = 'mood') THEN"},
        {"CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()",
         "IF NOT EXISTS (SELECT FROM pg_catalog.pg_trigger WHERE tgrelid = to_regclass('t') AND "
         "tgname = 'tr') THEN"},
        {"CREATE POLICY \"read it\" ON t USING (true)",
         "IF NOT EXISTS (SELECT FROM pg_catalog.pg_policy WHERE polrelid = to_regclass('t') AND "
         "polname = 'read it') THEN"},
        {"ALTER TYPE mood ADD VALUE 'b'",
         "IF NOT EXISTS (SELECT FROM pg_catalog.pg_enum WHERE enumtypid = to_regtype('mood') AND "
         "enumlabel = 'b') THEN"},
        {"CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
         "IF to_regprocedure(quote_ident(current_schema()) || '.' || 'f()') IS NULL THEN"},
        {"ALTER TABLE t RENAME COLUMN a TO b",
         "IF EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = to_regclass('t') AND "
         "attname = 'a' AND NOT attisdropped) AND NOT EXISTS (SELECT FROM pg_catalog.pg_attribute "
         "WHERE attrelid = to_regclass('t') AND attname = 'b' AND NOT attisdropped) THEN"},
        {"ALTER TABLE t RENAME TO u",
         "IF to_regclass('t') IS NOT NULL AND to_regclass('u') IS NULL THEN"},
        {"ALTER TYPE mood RENAME TO feeling",
         "IF EXISTS (SELECT FROM pg_catalog.pg_type JOIN pg_catalog.pg_namespace AS n ON n.oid = "
         "typnamespace WHERE nspname = current_schema() AND typname = 'mood') AND NOT EXISTS "
         "(SELECT FROM pg_catalog.pg_type JOIN pg_catalog.pg_namespace AS n ON n.oid = "
         "typnamespace WHERE nspname = current_schema() AND typname = 'feeling') THEN"},
        {"ALTER TYPE mood RENAME VALUE 'a' TO 'b'",
         "IF EXISTS (SELECT FROM pg_catalog.pg_enum WHERE enumtypid = to_regtype('mood') AND "
         "enumlabel = 'a') AND NOT EXISTS (SELECT FROM pg_catalog.pg_enum WHERE enumtypid = "
         "to_regtype('mood') AND enumlabel = 'b') THEN"},
        {"ALTER TABLE t ALTER COLUMN a ADD GENERATED ALWAYS AS IDENTITY",
         "IF EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = to_regclass('t') AND "
         "attname = 'a' AND NOT attisdropped AND attidentity = '') THEN"},
        {"DROP TABLE t", "IF to_regclass('t') IS NOT NULL THEN"},
        {"ALTER TABLE t DROP COLUMN c",
         "IF EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = to_regclass('t') AND "
         "attname = 'c' AND NOT attisdropped) THEN"},
    };
    fixture *f = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        f->statements.count = 0;
        add(f, cases[i].sql);
        assert_holds(f, cases[i].test);
        assert_holds(f, cases[i].sql);
    }
}

static void what_changes_nothing_the_second_time_stands_as_it_is(void **state)
{
    static const char *const cases[] = {
        "CREATE EXTENSION IF NOT EXISTS vector",
        "CREATE TABLE IF NOT EXISTS u (id int)",
        "COMMENT ON TABLE t IS 'x'",
        "ALTER TABLE t ALTER COLUMN c SET DEFAULT 1",
        "ALTER TABLE t ENABLE ROW LEVEL SECURITY",
        "GRANT SELECT ON t TO anon",
        "DROP INDEX IF EXISTS ix",
        "CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$",
    };
    fixture *f = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        f->statements.count = 0;
        add(f, cases[i]);
        assert_holds(f, cases[i]);
    }
}

static void rows_are_written_with_what_made_their_table_or_column(void **state)
{
    fixture *f = *state;
    add(f, "ALTER TABLE documents ADD COLUMN file_path VARCHAR(512)");
    add(f, "UPDATE documents SET file_path = filename WHERE file_path IS NULL");
    assert_holds(f, "    tandem_made_1 boolean := false;\n");
    assert_holds(f, "        tandem_made_1 := NOT EXISTS (");
    assert_holds(f, "        IF tandem_made_1 THEN\n"
                    "            UPDATE documents SET file_path = filename WHERE file_path IS "
                    "NULL;\n"
                    "        END IF;\n");
    f->statements.count = 0;
    add(f, "CREATE TABLE kinds (name text)");
    add(f, "INSERT INTO kinds VALUES ('a')");
    assert_holds(f, "        IF tandem_made_1 THEN\n"
                    "            INSERT INTO kinds VALUES ('a');\n"
                    "        END IF;\n");
}

static void rows_that_nothing_vouches_for_are_refused(void **state)
{
    fixture *f = *state;
    add(f, "ALTER TABLE documents ADD COLUMN file_path VARCHAR(512)");
    add(f, "UPDATE documents SET filename = 'x'");
    assert_refused(f, "nothing tells whether these rows were changed already", 20);
    f->statements.count = 0;
    add(f, "DELETE FROM documents");
    assert_refused(f, "nothing tells whether these rows were changed already", 10);
}

static void what_leaves_no_trace_is_refused(void **state)
{
    static const struct {
        const char *sql;
        const char *reason;
    } cases[] = {
        {"ALTER FUNCTION f() RENAME TO g", "nothing tells whether this was renamed already"},
        {"ALTER TABLE t ADD COLUMN a int, ADD COLUMN b int",
         "several changes in one ALTER TABLE cannot be told apart"},
        {"ALTER TABLE t ADD CHECK (a > 0)", "the constraint has no name to look for"},
        {"ALTER TABLE t ALTER COLUMN a TYPE int USING a::int",
         "USING may change values again the second time"},
        {"CREATE INDEX ON t (a)", "the index has no name to look for"},
        {"CREATE INDEX CONCURRENTLY ix ON t (a)",
         "it cannot run inside a transaction, and a guarded script is one"},
        {"COMMIT", "it cannot run inside a transaction, and a guarded script is one"},
        {"SELECT setval('s', 1)", "nothing tells whether this was done already"},
        {"CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'SELECT 1'",
         "say CREATE OR REPLACE here"},
        {"DROP FUNCTION f()", "say DROP ... IF EXISTS here"},
        {"INSERT INTO t VALUES (1) RETURNING id", "RETURNING has nobody to return to in a script"},
    };
    fixture *f = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        f->statements.count = 0;
        add(f, cases[i].sql);
        assert_refused(f, cases[i].reason, 10);
    }
}

static void what_is_dropped_and_made_again_is_refused(void **state)
{
    fixture *f = *state;
    add(f, "ALTER TABLE t DROP COLUMN IF EXISTS c");
    add(f, "ALTER TABLE t ADD COLUMN c int");
    assert_refused(f, "it drops what is made again later, and would drop that too", 10);
    f->statements.count = 0;
    add(f, "DROP TABLE IF EXISTS t");
    add(f, "CREATE TABLE t (id int)");
    assert_refused(f, "it drops what is made again later, and would drop that too", 10);
}

static void a_statement_cannot_end_the_block(void **state)
{
    fixture *f = *state;
    add(f, "COMMENT ON TABLE t IS '$$; DROP TABLE t; --'");
    assert_holds(f, "DO $tandem$\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(the_whole_is_one_block_with_both_history_rows),
        CASE(what_makes_an_object_is_tested_by_its_name),
        CASE(what_changes_nothing_the_second_time_stands_as_it_is),
        CASE(rows_are_written_with_what_made_their_table_or_column),
        CASE(rows_that_nothing_vouches_for_are_refused),
        CASE(what_leaves_no_trace_is_refused),
        CASE(what_is_dropped_and_made_again_is_refused),
        CASE(a_statement_cannot_end_the_block),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
