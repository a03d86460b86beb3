#include "replay/guard_scene.h"

static void existence_is_answered_from_the_catalog(void **state)
{
    static const question questions[] = {
        {"EXISTS (" COLUMNS "table_name = 'documents' AND column_name = 'title')", "yes"},
        {"EXISTS (" COLUMNS "table_name = 'documents' AND column_name = 'file_path')", "no"},
        {"NOT EXISTS (" COLUMNS "table_name = 'documents' AND column_name = 'file_path')", "yes"},
        {"NOT EXISTS (" COLUMNS "table_schema = 'public' AND table_name = 'documents' AND "
         "column_name = 'title')",
         "no"},
        {"EXISTS (" COLUMNS "table_schema = 'other' AND table_name = 'documents' AND "
         "column_name = 'title')",
         "no"},
        {"EXISTS (" COLUMNS "table_schema = current_schema() AND 'documents' = table_name AND "
         "column_name = 'title'::text)",
         "yes"},
        {"EXISTS (" COLUMNS "table_name IN ('documents') AND column_name = 'title')", "yes"},
        {"EXISTS (" TABLES "table_name = 'documents')", "yes"},
        {"EXISTS (" TABLES "table_name = 'documents' AND table_type = 'BASE TABLE')", "yes"},
        {"EXISTS (SELECT FROM pg_tables WHERE schemaname = 'public' AND tablename = 'notes')",
         "no"},
        {"EXISTS (SELECT 1 FROM pg_class WHERE relname = 'documents' AND relkind = 'r')", "yes"},
        {"EXISTS (SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
         "WHERE n.nspname = 'public' AND c.relname = 'documents')",
         "yes"},
        {"EXISTS (SELECT 1 FROM pg_attribute WHERE attrelid = 'public.documents'::regclass AND "
         "attname = 'title' AND NOT attisdropped)",
         "yes"},
        {"EXISTS (SELECT 1 FROM information_schema.schemata WHERE schema_name = 'public')", "yes"},
        {"EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = 'reports')", "no"},
        {"EXISTS (SELECT 1 FROM pg_type WHERE typname = 'mood')", "yes"},
        {"NOT EXISTS (SELECT 1 FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace "
         "WHERE t.typname = 'colour' AND n.nspname = 'public')",
         "yes"},
        {"EXISTS (SELECT 1 FROM pg_policies WHERE tablename = 'documents' AND policyname = 'own')",
         "yes"},
        {"EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 'documents_pkey' AND "
         "conrelid = 'documents'::regclass)",
         "yes"},
        {"EXISTS (SELECT 1 FROM information_schema.table_constraints WHERE "
         "constraint_name = 'documents_title_key' AND table_name = 'documents')",
         "no"},
        {"to_regclass('public.documents') IS NULL", "no"},
        {"to_regclass('notes') IS NULL", "yes"},
        {"(SELECT count(*) FROM information_schema.tables WHERE table_name = 'notes') = 0", "yes"},
        {"(SELECT count(*) FROM information_schema.tables WHERE table_name = 'notes') > 0", "no"},
        {"EXISTS (" TABLES "table_name = 'documents') AND NOT EXISTS (" TABLES
         "table_name = 'notes')",
         "yes"},
        {"EXISTS (" TABLES "table_name = 'notes') OR now() > '2020-01-01'", FORM},
        {"EXISTS (" TABLES "table_name = 'documents') OR now() > '2020-01-01'", "yes"},
        {"EXISTS (" TABLES "table_name = 'notes') AND now() > '2020-01-01'", "no"},
    };
    scene s = open_scene(true);
    (void)state;
    play(&s, "CREATE TABLE documents (id int PRIMARY KEY, title text);"
             "CREATE TYPE mood AS ENUM ('glad', 'sad');"
             "CREATE POLICY own ON documents USING (true);");
    ASSERT_ANSWERS(&s, questions);
    close_scene(&s);
}

// Unlike a cast to regclass, the function gives NULL where there is nothing of the name.
static void names_are_looked_up_by_functions(void **state)
{
#define COLUMN_OF(table)                                                                           \
    "EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = to_regclass(" table              \
    ") AND attname = "
    static const question questions[] = {
        {COLUMN_OF("'documents'") "'title' AND NOT attisdropped)", "yes"},
        {COLUMN_OF("'documents'") "'other' AND NOT attisdropped)", "no"},
        {COLUMN_OF("'nothing'") "'title')", "no"},
        {COLUMN_OF("'\"My \"\"Table\"\"\"'") "'Title')", "yes"},
        {COLUMN_OF("'public.\"My \"\"Table\"\"\"'") "'Title')", "yes"},
        {COLUMN_OF("'other.documents'") "'title')", "no"},
        {COLUMN_OF("'documents'") "'size' AND format_type(atttypid, atttypmod) <> 'integer')",
         "yes"},
        {COLUMN_OF("'documents'") "'size' AND format_type(atttypid, atttypmod) <> 'character "
                                  "varying(20)')",
         "no"},
        {COLUMN_OF("'documents'") "'feeling' AND atttypid <> to_regtype('mood'))", "no"},
        {COLUMN_OF("'documents'") "'size' AND atttypid <> to_regtype('mood'))", "yes"},
        {COLUMN_OF("'documents'") "'id' AND attidentity = '')", "no"},
        {COLUMN_OF("'documents'") "'size' AND attidentity = '')", "yes"},
        {"EXISTS (SELECT FROM pg_constraint WHERE conrelid = to_regclass('documents') AND conname "
         "= 'k')",
         "yes"},
        {"EXISTS (SELECT FROM pg_policy WHERE polrelid = to_regclass('nothing') AND polname = 'p')",
         "no"},
        {"EXISTS (SELECT FROM pg_index JOIN pg_class ON oid = indexrelid WHERE indrelid = "
         "to_regclass('documents') AND relname = 'ix')",
         "yes"},
        {"EXISTS (SELECT FROM pg_index JOIN pg_class ON oid = indexrelid WHERE indrelid = "
         "to_regclass('\"My \"\"Table\"\"\"') AND relname = 'ix')",
         "no"},
        {"to_regclass(quote_ident(current_schema()) || '.' || 'documents') IS NULL", "no"},
        {"to_regclass('ix') IS NOT NULL", "yes"},
        {"to_regclass('s') IS NOT NULL AND to_regclass('r') IS NULL", "yes"},
        {"EXISTS (SELECT FROM pg_enum WHERE enumtypid = to_regtype('mood') AND enumlabel = 'sad')",
         "yes"},
        // Other words may mean the same type.
        {COLUMN_OF("'documents'") "'size' AND atttypid <> to_regtype('varchar'))",
         "what the column is now cannot be known"},
        {COLUMN_OF("'documents'") "'feeling' AND atttypid <> to_regtype('MOOD'))",
         "what the column is now cannot be known"},
        {COLUMN_OF("'documents'") "'feeling' AND format_type(atttypid, atttypmod) <> 'mood')",
         "what the column is now cannot be known"},
    };
    scene s = open_scene(true);
    (void)state;
    play(&s, "CREATE TYPE mood AS ENUM ('glad', 'sad');"
             "CREATE TABLE documents (id int GENERATED ALWAYS AS IDENTITY, title text, "
             "size varchar(20), feeling mood, CONSTRAINT k CHECK (size <> ''));"
             "CREATE TABLE \"My \"\"Table\"\"\" (\"Title\" text);"
             "CREATE INDEX ix ON documents (title); CREATE SEQUENCE s;");
    ASSERT_ANSWERS(&s, questions);
    close_scene(&s);
#undef COLUMN_OF
}

static void more_is_asked_of_the_catalogs_of_the_server(void **state)
{
#define UNPUBLISHED "NOT EXISTS (SELECT 1 FROM pg_publication_tables WHERE "
    static const question questions[] = {
        {"EXISTS (SELECT 1 FROM pg_enum e JOIN pg_type t ON t.oid = e.enumtypid JOIN pg_namespace "
         "n ON n.oid = t.typnamespace WHERE n.nspname = 'public' AND t.typname = 'mood' AND "
         "e.enumlabel = 'glad')",
         "yes"},
        {"EXISTS (SELECT 1 FROM pg_enum WHERE enumtypid = 'mood'::regtype AND enumlabel = 'Sad')",
         "no"},
        {"EXISTS (SELECT 1 FROM pg_constraint WHERE conrelid = 'public.t'::regclass AND "
         "contype = 'u' AND conname = 't_b_key')",
         "yes"},
        {"EXISTS (SELECT 1 FROM pg_constraint WHERE conrelid = 't'::regclass AND contype = 'f')",
         "no"},
        {"EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 't_b_key')", "yes"},
        {"EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 'chk_b' AND connamespace = "
         "'public'::regnamespace)",
         "no"},
        {"EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 'users_email_key')",
         "the guard names no table, and the platform may have one of this name"},
        {"EXISTS (SELECT 1 FROM pg_trigger WHERE tgname = 'touch' AND NOT tgisinternal)", "yes"},
        {"EXISTS (SELECT 1 FROM information_schema.triggers WHERE trigger_name = 'touch' AND "
         "event_object_table = 'u')",
         "no"},
        {"EXISTS (SELECT 1 FROM pg_indexes WHERE schemaname = 'public' AND indexname = 't_i')",
         "yes"},
        {"EXISTS (SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE "
         "n.nspname = 'public' AND c.relname = 'none' AND c.relkind = 'i')",
         "no"},
        {"EXISTS (SELECT 1 FROM pg_index i JOIN pg_class c ON i.indexrelid = c.oid WHERE "
         "c.relname = 't_i' AND NOT i.indisvalid)",
         "no"},
        {"EXISTS (SELECT 1 FROM pg_tables WHERE schemaname = 'public' AND tablename = 't' AND "
         "rowsecurity = true)",
         "yes"},
        {"EXISTS (SELECT 1 FROM pg_class WHERE oid = 'u'::regclass AND relrowsecurity)", "no"},
        {"EXISTS (SELECT 1 FROM pg_publication WHERE pubname = 'supabase_realtime')", "yes"},
        {UNPUBLISHED "pubname = 'supabase_realtime' AND schemaname = 'public' AND tablename = 't')",
         "no"},
        {UNPUBLISHED "pubname = 'supabase_realtime' AND schemaname = 'public' AND tablename = 'u')",
         "yes"},
        {"EXISTS (" COLUMNS "table_schema = 'public' AND table_name = 't' AND column_name = 'b' "
         "AND data_type = 'character varying' AND is_nullable = 'YES')",
         "yes"},
        {"EXISTS (" COLUMNS "table_schema = 'public' AND table_name = 't' AND column_name = 'b' "
         "AND is_nullable = 'NO')",
         "no"},
        {"EXISTS (SELECT 1 FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE "
         "p.proname = 'touch' AND n.nspname = 'public')",
         "yes"},
        {"EXISTS (SELECT 1 FROM pg_proc WHERE proname = 'nowhere')",
         "an extension, the platform or PostgreSQL may have a function of this name"},
        {"EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'vector')", "no"},
        {"EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'pgcrypto')",
         "the platform may have the extension already"},
        {"EXISTS (SELECT 1 FROM pg_tables WHERE tablename = 't' AND contype = 'u')",
         "the condition joins catalogs in a way that is not understood"},
    };
    scene s = open_scene(true);
    (void)state;
    play(&s,
         "CREATE TYPE mood AS ENUM ('glad', 'sad'); CREATE TABLE t (a int, b varchar(9) UNIQUE);"
         "CREATE TABLE u (a int); CREATE INDEX t_i ON t (a);"
         "ALTER TABLE t ENABLE ROW LEVEL SECURITY;"
         "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
         "CREATE TRIGGER touch BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION touch();"
         "ALTER PUBLICATION supabase_realtime ADD TABLE t;");
    ASSERT_ANSWERS(&s, questions);
    close_scene(&s);
#undef UNPUBLISHED
}

static void what_is_not_understood_is_not_answered(void **state)
{
    static const question questions[] = {
        {"EXISTS (SELECT 1 FROM documents)", FORM},
        {"EXISTS (" COLUMNS "table_name = 'documents' AND data_type = 'text')",
         "the guard names no table or no column"},
        {"EXISTS (" COLUMNS "table_name = 'documents' AND column_name = 'title' AND "
         "udt_name = 'text')",
         FORM},
        {"EXISTS (" COLUMNS "table_name LIKE 'doc%' AND column_name = 'title')", FORM},
        {"EXISTS (" COLUMNS "table_name = 'documents' OR column_name = 'title')", FORM},
        {"EXISTS (" COLUMNS "table_name IN ('documents', 'notes') AND column_name = 'title')",
         FORM},
        {"EXISTS (" COLUMNS "table_name = 'documents' AND column_name <> 'title')", FORM},
        {"EXISTS (" COLUMNS "table_name = 'documents')", "the guard names no table or no column"},
        {"EXISTS (SELECT 1 FROM my.columns WHERE table_name = 'documents')", FORM},
        {"EXISTS (SELECT 1 FROM columns WHERE table_name = 'documents')", FORM},
        {"EXISTS (SELECT count(*) FROM information_schema.tables WHERE table_name = 'notes' "
         "HAVING count(*) > 0)",
         FORM},
        {"EXISTS (" TABLES "table_name = 'notes' UNION SELECT 1)", FORM},
        {"EXISTS (" TABLES "table_name = 'documents' LIMIT 0)", FORM},
        {"EXISTS (SELECT 1 FROM pg_class, pg_namespace WHERE relname = 'documents')",
         "the condition joins catalogs in a way that is not understood"},
        {"EXISTS (SELECT 1 FROM pg_class c LEFT JOIN pg_namespace n ON n.oid = c.relnamespace "
         "WHERE relname = 'documents')",
         FORM},
        {"(SELECT count(*) FROM information_schema.tables WHERE table_name = 'documents') = 1",
         FORM},
        {"current_setting('server_version_num')::int > 150000", FORM},
        {"true, false", "the condition cannot be read"},
    };
    scene s = open_scene(true);
    (void)state;
    play(&s, "CREATE TABLE documents (id int, title text)");
    ASSERT_ANSWERS(&s, questions);
    close_scene(&s);
}

static void absence_needs_a_closed_world(void **state)
{
    static const question opened[] = {
        {"NOT EXISTS (" COLUMNS "table_name = 'documents' AND column_name = 'title')", "no"},
        {"NOT EXISTS (" COLUMNS "table_name = 'documents' AND column_name = 'file_path')",
         "what was there before is not known"},
        {"to_regclass('notes') IS NULL", "what was there before is not known"},
    };
    static const question after_opaque[] = {
        {"NOT EXISTS (" TABLES "table_name = 'notes')",
         "what the block does cannot be known: it executes text that is put together"},
    };
    static const question after_call[] = {
        {"NOT EXISTS (" TABLES "table_name = 'notes')",
         "function track, called before, may define anything"},
    };
    (void)state;
    scene s = open_scene(false);
    play(&s, "CREATE TABLE documents (id int, title text)");
    ASSERT_ANSWERS(&s, opened);
    close_scene(&s);
    s = open_scene(true);
    play(&s, "DO $$ BEGIN EXECUTE format('CREATE TABLE %I ()', now()); END $$");
    ASSERT_ANSWERS(&s, after_opaque);
    close_scene(&s);
    s = open_scene(true);
    play(&s, "SELECT audit.track('documents')");
    ASSERT_ANSWERS(&s, after_call);
    close_scene(&s);
}

static void a_name_without_schema_may_be_the_platforms(void **state)
{
    static const question questions[] = {
        {"NOT EXISTS (" COLUMNS "table_name = 'users' AND column_name = 'email')",
         "the guard names no schema, and schema auth may hold it"},
        {"NOT EXISTS (" COLUMNS "table_name = 'users' AND column_name = 'stripe_id')", "yes"},
        {"NOT EXISTS (" COLUMNS "table_schema = 'public' AND table_name = 'users' AND "
         "column_name = 'email')",
         "yes"},
        {"NOT EXISTS (" TABLES "table_name = 'users')",
         "the guard names no schema, and schema auth may hold it"},
        {"NOT EXISTS (" TABLES "table_name = 'objects')",
         "the guard names no schema, and schema storage may hold it"},
        {"NOT EXISTS (" TABLES "table_name = 'triggers')",
         "the guard names no schema, and schema information_schema may hold it"},
        {"to_regclass('users') IS NULL", "yes"},
        {"NOT EXISTS (" TABLES "table_schema = 'auth' AND table_name = 'notes')",
         "it asks about a schema of the platform"},
        {"EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = 'storage')",
         "the schema is one of the platform's own"},
        {"NOT EXISTS (SELECT 1 FROM pg_type WHERE typname = 'factor_type')",
         "an extension, a table or the platform may have a type of this name"},
    };
    scene s = open_scene(true);
    (void)state;
    ASSERT_ANSWERS(&s, questions);
    close_scene(&s);
}

static void what_is_not_modelled_is_not_answered(void **state)
{
    static const question questions[] = {
        {"NOT EXISTS (" TABLES "table_name = 'recent')",
         "an object that is not modelled has this name"},
        {"NOT EXISTS (" COLUMNS "table_name = 'recent' AND column_name = 'id')",
         "an object that is not modelled has this name"},
        {"NOT EXISTS (SELECT 1 FROM pg_tables WHERE tablename = 'recent')", "yes"},
        {"NOT EXISTS (" COLUMNS "table_name = 'copied' AND column_name = 'id')",
         "its columns come from a query"},
        {"EXISTS (" TABLES "table_name = 'copied')", "yes"},
        {"EXISTS (SELECT 1 FROM pg_class WHERE relname = 'parted' AND relkind = 'r')",
         "it asks for the kind of a partitioned table"},
        {"NOT EXISTS (SELECT 1 FROM pg_type WHERE typname = 'halfvec')",
         "an extension, a table or the platform may have a type of this name"},
    };
    scene s = open_scene(true);
    (void)state;
    play(&s, "CREATE TABLE t (id int); CREATE VIEW recent AS SELECT * FROM t;"
             "CREATE TABLE copied AS SELECT * FROM t; CREATE EXTENSION vector;"
             "CREATE TABLE parted (id int) PARTITION BY RANGE (id)");
    ASSERT_ANSWERS(&s, questions);
    close_scene(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(existence_is_answered_from_the_catalog),
        cmocka_unit_test(names_are_looked_up_by_functions),
        cmocka_unit_test(more_is_asked_of_the_catalogs_of_the_server),
        cmocka_unit_test(what_is_not_understood_is_not_answered),
        cmocka_unit_test(absence_needs_a_closed_world),
        cmocka_unit_test(a_name_without_schema_may_be_the_platforms),
        cmocka_unit_test(what_is_not_modelled_is_not_answered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
