// Verdicts. What the catalog does not model is opaque where the words differ. Each row is a pair:
// what both histories did before, what the revision says, what the migration says, the verdict, and
// for what differs the object and what each side says. Half of the rows are near misses.
#include "test.h"

#include "base/text.h"
#include "pair/compare.h"

#include <string.h>

typedef struct verdict_row {
    const char *name;
    const char *before;
    const char *alembic;
    const char *supabase;
    tdm_verdict verdict;
    size_t residues;
    const char *object; // of the first difference; NULL: not looked at
    const char *left;
    const char *right;
} verdict_row;

#define DOCUMENTS "CREATE TABLE documents (id integer NOT NULL, filename text)"
#define ADD_PATH                                                                                   \
    "ALTER TABLE documents ADD COLUMN file_path VARCHAR(512);"                                     \
    "UPDATE documents SET file_path = filename WHERE file_path IS NULL;"                           \
    "ALTER TABLE documents ALTER COLUMN file_path SET NOT NULL"
#define GUARDED(column, type)                                                                      \
    "DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM information_schema.columns"                          \
    " WHERE table_name = 'documents' AND column_name = '" column "') THEN"                         \
    " ALTER TABLE documents ADD COLUMN file_path " type ";"                                        \
    " UPDATE documents SET file_path = filename WHERE file_path IS NULL;"                          \
    " ALTER TABLE documents ALTER COLUMN file_path SET NOT NULL;"                                  \
    " END IF; END $$"
#define SOMETHING_UNKNOWN "DO $$ BEGIN EXECUTE current_setting('x.y'); END $$"

static const verdict_row rows[] = {
    {"a guarded block whose guard lets it run", DOCUMENTS, ADD_PATH,
     GUARDED("file_path", "VARCHAR(512)"), TDM_VERDICT_EQUIVALENT, 0, NULL, NULL, NULL},
    {"a guarded block with another type", DOCUMENTS, ADD_PATH, GUARDED("file_path", "VARCHAR(256)"),
     TDM_VERDICT_DIFFERENT, 0, "documents.file_path", "VARCHAR(512)", "VARCHAR(256)"},
    {"a guard on a column that is there", DOCUMENTS, ADD_PATH, GUARDED("filename", "VARCHAR(512)"),
     TDM_VERDICT_DIFFERENT, 1, NULL, NULL, NULL},
    {"a guard after something unknown", DOCUMENTS ";" SOMETHING_UNKNOWN, ADD_PATH,
     GUARDED("file_path", "VARCHAR(512)"), TDM_VERDICT_OPAQUE, 0, NULL, NULL, NULL},
    {"a guard on a name of a platform schema", DOCUMENTS,
     "ALTER TABLE documents ADD COLUMN email text",
     "DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM information_schema.columns WHERE table_name = "
     "'users' AND column_name = 'email') THEN ALTER TABLE documents ADD COLUMN email text; END IF; "
     "END $$",
     TDM_VERDICT_OPAQUE, 0, NULL, NULL, NULL},

    {"a policy on the Supabase side alone", DOCUMENTS, "ALTER TABLE documents ADD COLUMN a int",
     "ALTER TABLE documents ADD COLUMN a int; ALTER TABLE documents ENABLE ROW LEVEL SECURITY;"
     "CREATE POLICY reads ON documents USING (true)",
     TDM_VERDICT_EQUIVALENT, 2, NULL, NULL, NULL},
    {"a policy on the Alembic side alone", DOCUMENTS,
     "ALTER TABLE documents ADD COLUMN a int; CREATE POLICY reads ON documents USING (true)",
     "ALTER TABLE documents ADD COLUMN a int", TDM_VERDICT_DIFFERENT, 0, NULL, NULL, NULL},
    {"two versions of one policy", DOCUMENTS, "CREATE POLICY reads ON documents USING (true)",
     "CREATE POLICY reads ON documents USING (id > 0)", TDM_VERDICT_OPAQUE, 0, NULL, NULL, NULL},
    {"a grant on the Supabase side alone", DOCUMENTS, "ALTER TABLE documents ADD COLUMN a int",
     "ALTER TABLE documents ADD COLUMN a int; GRANT SELECT ON documents TO anon",
     TDM_VERDICT_EQUIVALENT, 1, NULL, NULL, NULL},
    {"a bucket on the Supabase side alone", DOCUMENTS, "ALTER TABLE documents ADD COLUMN a int",
     "ALTER TABLE documents ADD COLUMN a int; INSERT INTO storage.buckets (id) VALUES ('x')",
     TDM_VERDICT_EQUIVALENT, 1, NULL, NULL, NULL},
    {"data on the Alembic side alone", DOCUMENTS,
     "ALTER TABLE documents ADD COLUMN a int; UPDATE documents SET a = 1",
     "ALTER TABLE documents ADD COLUMN a int", TDM_VERDICT_EQUIVALENT, 1, NULL, NULL, NULL},
    {"data on the Supabase side alone", DOCUMENTS, "ALTER TABLE documents ADD COLUMN a int",
     "ALTER TABLE documents ADD COLUMN a int; UPDATE documents SET a = 1", TDM_VERDICT_DIFFERENT, 0,
     NULL, NULL, NULL},
    {"other data on both sides", DOCUMENTS, "UPDATE documents SET id = 1",
     "UPDATE documents SET id = 2", TDM_VERDICT_OPAQUE, 0, NULL, NULL, NULL},
    {"data in another order", DOCUMENTS, "UPDATE documents SET id = 1; DELETE FROM documents",
     "DELETE FROM documents; UPDATE documents SET id = 1", TDM_VERDICT_OPAQUE, 0, NULL, NULL, NULL},
    {"data at another point between definitions", DOCUMENTS,
     "ALTER TABLE documents ALTER COLUMN filename SET DEFAULT 'x';"
     "INSERT INTO documents (id) VALUES (1)",
     "INSERT INTO documents (id) VALUES (1);"
     "ALTER TABLE documents ALTER COLUMN filename SET DEFAULT 'x'",
     TDM_VERDICT_OPAQUE, 0, NULL, NULL, NULL},
    {"a view of all columns before and after a new one", DOCUMENTS,
     "CREATE VIEW v AS SELECT * FROM documents; ALTER TABLE documents ADD COLUMN a int",
     "ALTER TABLE documents ADD COLUMN a int; CREATE VIEW v AS SELECT * FROM documents",
     TDM_VERDICT_OPAQUE, 0, NULL, NULL, NULL},
    {"a copy of a table before and after a new column", DOCUMENTS,
     "CREATE TABLE c (LIKE documents); ALTER TABLE documents ADD COLUMN a int",
     "ALTER TABLE documents ADD COLUMN a int; CREATE TABLE c (LIKE documents)",
     TDM_VERDICT_DIFFERENT, 0, "c.a", NULL, NULL},
    {"definitions in another order between the same data", DOCUMENTS,
     "CREATE TABLE a (x int); CREATE TABLE b (y int); INSERT INTO a VALUES (1)",
     "CREATE TABLE b (y int); CREATE TABLE a (x int); INSERT INTO a VALUES (1)",
     TDM_VERDICT_EQUIVALENT, 0, NULL, NULL, NULL},

    {"BEGIN and COMMIT around the same", DOCUMENTS, "ALTER TABLE documents ADD COLUMN a int",
     "BEGIN; ALTER TABLE documents ADD COLUMN a int; COMMIT", TDM_VERDICT_EQUIVALENT, 0, NULL, NULL,
     NULL},
    {"a BEGIN that is never committed", DOCUMENTS, "ALTER TABLE documents ADD COLUMN a int",
     "BEGIN; ALTER TABLE documents ADD COLUMN a int", TDM_VERDICT_OPAQUE, 0, NULL, NULL, NULL},
    {"a ROLLBACK after the same", DOCUMENTS, "ALTER TABLE documents ADD COLUMN a int",
     "BEGIN; ALTER TABLE documents ADD COLUMN a int; ROLLBACK", TDM_VERDICT_OPAQUE, 0, NULL, NULL,
     NULL},
    {"a time-out before the same", DOCUMENTS, "ALTER TABLE documents ADD COLUMN a int",
     "SET lock_timeout = '4s'; ALTER TABLE documents ADD COLUMN a int", TDM_VERDICT_EQUIVALENT, 0,
     NULL, NULL, NULL},
    {"a history entry beside the same", DOCUMENTS, "ALTER TABLE documents ADD COLUMN a int",
     "ALTER TABLE documents ADD COLUMN a int; UPDATE alembic_version SET version_num = 'x'",
     TDM_VERDICT_EQUIVALENT, 1, NULL, NULL, NULL},

    {"names with and without public", DOCUMENTS, "CREATE TABLE a (x int)",
     "CREATE TABLE public.a (x int)", TDM_VERDICT_EQUIVALENT, 0, NULL, NULL, NULL},
    {"another schema", DOCUMENTS, "CREATE SCHEMA s; CREATE TABLE a (x int)",
     "CREATE SCHEMA s; CREATE TABLE s.a (x int)", TDM_VERDICT_DIFFERENT, 0, NULL, NULL, NULL},
    {"the search path says another schema", DOCUMENTS, "CREATE SCHEMA s; CREATE TABLE a (x int)",
     "CREATE SCHEMA s; SET search_path TO s; CREATE TABLE a (x int)", TDM_VERDICT_DIFFERENT, 0,
     NULL, NULL, NULL},
    {"IF NOT EXISTS where nothing is", DOCUMENTS, "CREATE TABLE a (x int)",
     "CREATE TABLE IF NOT EXISTS a (x int)", TDM_VERDICT_EQUIVALENT, 0, NULL, NULL, NULL},
    {"IF NOT EXISTS where something may be", DOCUMENTS ";" SOMETHING_UNKNOWN,
     "CREATE TABLE a (x int)", "CREATE TABLE IF NOT EXISTS a (x int)", TDM_VERDICT_OPAQUE, 0, NULL,
     NULL, NULL},
    {"an index with IF NOT EXISTS", DOCUMENTS, "CREATE INDEX i ON documents (id)",
     "CREATE INDEX IF NOT EXISTS i ON documents (id)", TDM_VERDICT_EQUIVALENT, 0, NULL, NULL, NULL},
    {"an index on another column", DOCUMENTS, "CREATE INDEX i ON documents (id)",
     "CREATE INDEX i ON documents (filename)", TDM_VERDICT_DIFFERENT, 0, "index i", "id",
     "filename"},
    {"an index more", DOCUMENTS, "CREATE TABLE a (x int)",
     "CREATE TABLE a (x int); CREATE INDEX i ON a (x)", TDM_VERDICT_DIFFERENT, 0, NULL, NULL, NULL},
    {"a column more", DOCUMENTS, "CREATE TABLE a (x int)", "CREATE TABLE a (x int, y int)",
     TDM_VERDICT_DIFFERENT, 0, "a.y", NULL, NULL},
    {"a column added later", DOCUMENTS, "CREATE TABLE a (x int); ALTER TABLE a ADD COLUMN y int",
     "CREATE TABLE a (x int, y int)", TDM_VERDICT_EQUIVALENT, 0, NULL, NULL, NULL},
    {"a column that may be NULL", DOCUMENTS, "CREATE TABLE a (x int NOT NULL)",
     "CREATE TABLE a (x int)", TDM_VERDICT_DIFFERENT, 0, "a.x", NULL, NULL},
    {"another default", DOCUMENTS, "CREATE TABLE a (x text DEFAULT 'a')",
     "CREATE TABLE a (x text DEFAULT 'b')", TDM_VERDICT_DIFFERENT, 0, "a.x", "'a'", "'b'"},
    {"a quoted number as default of a number", DOCUMENTS, "CREATE TABLE a (x integer DEFAULT '0')",
     "CREATE TABLE a (x integer DEFAULT 0)", TDM_VERDICT_EQUIVALENT, 0, NULL, NULL, NULL},
    {"another quoted number", DOCUMENTS, "CREATE TABLE a (x integer DEFAULT '0')",
     "CREATE TABLE a (x integer DEFAULT 1)", TDM_VERDICT_DIFFERENT, 0, "a.x", NULL, NULL},
    {"a quoted number as default of a text", DOCUMENTS, "CREATE TABLE a (x text DEFAULT '0')",
     "CREATE TABLE a (x text DEFAULT 0)", TDM_VERDICT_DIFFERENT, 0, "a.x", "'0'", "0"},
    {"a quoted truth value as default", DOCUMENTS, "CREATE TABLE a (x boolean DEFAULT 'true')",
     "CREATE TABLE a (x boolean DEFAULT TRUE)", TDM_VERDICT_EQUIVALENT, 0, NULL, NULL, NULL},
    {"another name of one constraint", DOCUMENTS, "CREATE TABLE a (x int, CONSTRAINT u UNIQUE (x))",
     "CREATE TABLE a (x int UNIQUE)", TDM_VERDICT_DIFFERENT, 0, "a: UNIQUE (x)", "u", "a_x_key"},
    {"labels of an enum in another order", DOCUMENTS, "CREATE TYPE mood AS ENUM ('a', 'b')",
     "CREATE TYPE mood AS ENUM ('b', 'a')", TDM_VERDICT_DIFFERENT, 0, "type mood", "a, b", "b, a"},
    {"a column dropped and made again", DOCUMENTS, "ALTER TABLE documents ADD COLUMN a int",
     "ALTER TABLE documents DROP COLUMN filename; ALTER TABLE documents ADD COLUMN a int;"
     "ALTER TABLE documents ADD COLUMN filename text",
     TDM_VERDICT_DIFFERENT, 0, NULL, NULL, NULL},

    {"something unknown on one side", DOCUMENTS, "ALTER TABLE documents ADD COLUMN a int",
     "ALTER TABLE documents ADD COLUMN a int;" SOMETHING_UNKNOWN, TDM_VERDICT_OPAQUE, 0, NULL, NULL,
     NULL},
    {"syntax of a later server on one side", DOCUMENTS, "ALTER TABLE documents ADD COLUMN a int",
     "ALTER TABLE documents ADD COLUMN a int; FLY ME TO THE moon", TDM_VERDICT_OPAQUE, 0, NULL,
     NULL, NULL},
    {"a call on one side", DOCUMENTS, "ALTER TABLE documents ADD COLUMN a int",
     "ALTER TABLE documents ADD COLUMN a int; SELECT cron.schedule('x', '* * * * *', 'y')",
     TDM_VERDICT_OPAQUE, 0, NULL, NULL, NULL},
};

static tdm_statements split(tdm_arena *arena, const char *file, const char *sql)
{
    tdm_error err = TDM_ERROR_INIT;
    tdm_statements statements;
    assert_int_equal(tdm_sql_split(arena, file, tdm_text_of(sql), &statements, &err), TDM_OK);
    return statements;
}

static void replay(tdm_arena *arena, const char *before, const char *file, const char *sql,
                   tdm_unit *ret)
{
    tdm_error err = TDM_ERROR_INIT;
    tdm_catalog *catalog;
    tdm_unit unseen;
    tdm_statements earlier = split(arena, "before.sql", before);
    tdm_statements statements = split(arena, file, sql);
    assert_int_equal(tdm_catalog_new(arena, true, &catalog, &err), TDM_OK);
    assert_int_equal(tdm_unit_replay(arena, catalog, &earlier, &unseen, &err), TDM_OK);
    assert_int_equal(tdm_unit_replay(arena, catalog, &statements, ret, &err), TDM_OK);
}

static bool is_row(const verdict_row *row, const tdm_pair_comparison *found)
{
    if (found->verdict != row->verdict || found->residues.count != row->residues)
        return false;
    if (!row->object)
        return true;
    const tdm_difference *difference = &found->differences.items[0];
    return found->differences.count > 0 && tdm_text_is(difference->object, row->object) &&
           (!row->left || tdm_text_find(difference->left, tdm_text_of(row->left)) != SIZE_MAX) &&
           (!row->right || tdm_text_find(difference->right, tdm_text_of(row->right)) != SIZE_MAX);
}

static void print(const verdict_row *row, const tdm_pair_comparison *found)
{
    print_error("%s: %s, %zu residues\n", row->name, tdm_verdict_name(found->verdict),
                found->residues.count);
    for (size_t i = 0; i < found->differences.count; i++) {
        const tdm_difference *d = &found->differences.items[i];
        print_error("    %.*s: %.*s [%.*s] [%.*s] %.*s\n", TDM_TEXT_ARG(d->object),
                    TDM_TEXT_ARG(d->attribute), TDM_TEXT_ARG(d->left), TDM_TEXT_ARG(d->right),
                    TDM_TEXT_ARG(d->reason));
    }
}

static void verdicts(void **state)
{
    size_t wrong = 0;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        tdm_arena *arena = tdm_arena_new(0);
        tdm_error err = TDM_ERROR_INIT;
        tdm_unit units[2];
        tdm_pair_comparison found;
        replay(arena, rows[i].before, "r.py", rows[i].alembic, &units[0]);
        replay(arena, rows[i].before, "m.sql", rows[i].supabase, &units[1]);
        const tdm_unit *items[2] = {&units[0], &units[1]};
        assert_int_equal(tdm_sides_compare(arena, (tdm_side_units){&items[0], 1},
                                           (tdm_side_units){&items[1], 1}, &found, &err),
                         TDM_OK);
        if (!is_row(&rows[i], &found)) {
            print(&rows[i], &found);
            wrong++;
        }
        tdm_arena_free(arena);
    }
    assert_int_equal(wrong, 0);
}

static bool identical(const char *alembic, const char *supabase)
{
    tdm_arena *arena = tdm_arena_new(0);
    tdm_error err = TDM_ERROR_INIT;
    tdm_statements left = split(arena, "r.py", alembic);
    tdm_statements right = split(arena, "m.sql", supabase);
    const tdm_statements *items[2] = {&left, &right};
    bool ret = false;
    assert_int_equal(tdm_sides_identical((tdm_side_statements){&items[0], 1},
                                         (tdm_side_statements){&items[1], 1}, &ret, &err),
                     TDM_OK);
    tdm_arena_free(arena);
    return ret;
}

static void identical_sides_have_the_same_statements_in_order(void **state)
{
    (void)state;
    assert_true(identical("", "-- nothing"));
    assert_true(
        identical("CREATE TABLE a (x VARCHAR(9))", "create table a (x character varying(9));"));
    assert_false(identical("CREATE TABLE a (x VARCHAR(9))", "CREATE TABLE a (x VARCHAR(8))"));
    assert_false(identical("SELECT 1; SELECT 2", "SELECT 2; SELECT 1"));
    assert_false(identical("SELECT 1", "SELECT 1; SELECT 2"));
    assert_false(identical("SELECT 1", ""));
    // BEGIN and COMMIT say when; what may take something back is a statement like any other.
    assert_true(identical("SELECT 1; SELECT 2", "BEGIN; SELECT 1; SELECT 2; COMMIT;"));
    assert_false(identical("SELECT 1", "BEGIN; SELECT 1"));
    assert_false(identical("SELECT 1", "BEGIN; SELECT 1; ROLLBACK"));
    assert_false(identical("SELECT 1", "BEGIN ISOLATION LEVEL SERIALIZABLE; SELECT 1; COMMIT"));
    assert_false(identical("SELECT 1", "COMMIT; SELECT 1; BEGIN"));
    // A setting ends with its file in Supabase alone.
    assert_true(identical("SET search_path = a; SELECT 1; RESET search_path",
                          "SET search_path = a; SELECT 1"));
    assert_false(identical("SELECT 1", "SELECT 1; RESET search_path"));
    assert_false(identical("RESET search_path; SELECT 1", "SELECT 1"));
    // What PostgreSQL 15 does not parse is still the same in the same letters.
    assert_true(identical("FLY ME TO THE moon", "FLY ME TO THE moon;"));
    assert_false(identical("FLY ME TO THE moon", "fly me to the moon"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identical_sides_have_the_same_statements_in_order),
        cmocka_unit_test(verdicts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
