// The order of the way back: within a block, around what was dropped, along partitions.
#include "journey.h"

// --- Blocks -------------------------------------------------------------------------------------

static void test_each_statement_of_a_block_is_undone_by_itself(void **state)
{
    (void)state;
    ASSERT_BACK("CREATE TABLE t (a int, b int NOT NULL)",
                "DO $$ BEGIN ALTER TABLE t ALTER b DROP NOT NULL; ALTER TABLE t DROP COLUMN b;"
                " END $$",
                "ALTER TABLE t ADD COLUMN b integer\nALTER TABLE t ALTER COLUMN b SET NOT NULL",
                "what t.b held is lost");
}

// --- What went along ----------------------------------------------------------------------------

static void test_a_table_is_published_again_when_it_is_there_again(void **state)
{
    (void)state;
    ASSERT_BACK("CREATE TABLE t (a int); CREATE PUBLICATION p FOR TABLE t", "DROP TABLE t",
                "CREATE TABLE t ( / a integer /)\nALTER PUBLICATION p ADD TABLE t",
                "the rows of t are lost");
}

static void test_indexes_of_a_view_come_behind_it(void **state)
{
    (void)state;
    ASSERT_BACK("CREATE MATERIALIZED VIEW v AS SELECT 1 AS a; CREATE INDEX i ON v (a)",
                "DROP MATERIALIZED VIEW v",
                "CREATE MATERIALIZED VIEW v AS SELECT 1 AS a\nCREATE INDEX i ON v (a)", NULL);
}

static void test_nothing_is_done_to_a_table_that_cannot_be_made_again(void **state)
{
    (void)state;
    ASSERT_BACK("CREATE TABLE p (a int); CREATE TABLE t () INHERITS (p);"
                "ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE INDEX i ON t (a)",
                "DROP TABLE t", "", "t: its definition is not kept");
}

// --- Partitions ---------------------------------------------------------------------------------

#define PARTED                                                                                     \
    "CREATE TABLE t (id int NOT NULL, k int NOT NULL, PRIMARY KEY (id, k)) PARTITION BY HASH (k);" \
    "CREATE TABLE t_0 PARTITION OF t FOR VALUES WITH (MODULUS 2, REMAINDER 0);"                    \
    "CREATE TABLE t_1 PARTITION OF t FOR VALUES WITH (MODULUS 2, REMAINDER 1);"

static void test_a_partition_is_attached_again(void **state)
{
    (void)state;
    ASSERT_BACK(PARTED, "DROP TABLE t_1",
                "CREATE TABLE t_1 ( / id integer NOT NULL, / k integer NOT NULL /)\n"
                "ALTER TABLE t_1 ADD CONSTRAINT t_1_pkey PRIMARY KEY (id, k)\n"
                "ALTER TABLE t ATTACH PARTITION t_1 FOR VALUES WITH (MODULUS 2, REMAINDER 1)",
                "the rows of t_1 are lost");
}

static void test_partitions_follow_their_parent(void **state)
{
    (void)state;
    ASSERT_BACK(PARTED, "ALTER TABLE t ADD COLUMN a text NOT NULL DEFAULT 'x'",
                "ALTER TABLE t DROP COLUMN a", NULL);
    ASSERT_BACK(PARTED "ALTER TABLE t ADD COLUMN a text", "ALTER TABLE t ALTER a SET NOT NULL",
                "ALTER TABLE t ALTER COLUMN a DROP NOT NULL", NULL);
    ASSERT_BACK(PARTED "ALTER TABLE t ADD COLUMN a text", "ALTER TABLE t DROP COLUMN a",
                "ALTER TABLE t ADD COLUMN a text", "what t.a held is lost");
    ASSERT_BACK(PARTED "ALTER TABLE t ADD COLUMN a int",
                "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0)", "ALTER TABLE t DROP CONSTRAINT c",
                NULL);
}

// --- What else is there -------------------------------------------------------------------------

static void test_foreign_data_comes_back_as_it_was_made(void **state)
{
    (void)state;
    ASSERT_BACK("CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;"
                "CREATE FOREIGN TABLE t (a int) SERVER s OPTIONS (x 'y');"
                "ALTER FOREIGN TABLE t ADD COLUMN b int; COMMENT ON FOREIGN TABLE t IS 'far'",
                "DROP FOREIGN TABLE t; DROP SERVER s",
                "CREATE SERVER s FOREIGN DATA WRAPPER w\n"
                "CREATE FOREIGN TABLE t (a int) SERVER s OPTIONS (x 'y')\n"
                "ALTER FOREIGN TABLE t ADD COLUMN b int\n"
                "COMMENT ON FOREIGN TABLE t IS 'far'",
                NULL);
    ASSERT_BACK("CREATE FOREIGN DATA WRAPPER w;"
                "CREATE SERVER s FOREIGN DATA WRAPPER w OPTIONS (password 'p')",
                "DROP SERVER s", "", "s: its definition is not kept");
}

static void test_what_the_platform_may_have_brought_stays(void **state)
{
    (void)state;
    ASSERT_BACK(NULL, "CREATE SCHEMA IF NOT EXISTS extensions", "",
                "schema extensions: the platform may have brought it before");
    ASSERT_BACK(NULL, "CREATE SCHEMA IF NOT EXISTS app", "DROP SCHEMA app", NULL);
}

static void test_a_view_of_all_columns_is_not_made_again_among_others(void **state)
{
    (void)state;
    ASSERT_BACK("CREATE TABLE t (a int); CREATE VIEW v AS SELECT 1 AS b, t.* FROM t;"
                "CREATE VIEW w AS SELECT a, count(*) AS n FROM t GROUP BY a",
                "ALTER TABLE t ADD c int; DROP VIEW v; DROP VIEW w",
                "CREATE VIEW w AS SELECT a, count(*) AS n FROM t GROUP BY a\n"
                "ALTER TABLE t DROP COLUMN c",
                "v: its definition is not kept");
    ASSERT_BACK("CREATE TABLE t (a int); CREATE VIEW v AS SELECT * FROM t", "DROP VIEW v",
                "CREATE VIEW v AS SELECT * FROM t", NULL);
}

static void test_a_refusal_says_what_is_missing(void **state)
{
    (void)state;
    ASSERT_BACK(NULL, "ALTER ROLE app\n  SET statement_timeout = '15s'", "",
                "ALTER ROLE app SET statement_timeout = '15s': what it was before is not known");
    ASSERT_BACK("CREATE FUNCTION g() RETURNS void LANGUAGE plpgsql AS"
                " $$ BEGIN EXECUTE (SELECT x FROM y); END $$; SELECT g()",
                "CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'", "",
                "function f(): whether it was there before is not known: function g, called"
                " before, may define anything");
    ASSERT_BACK("CREATE TABLE t (a int); CREATE POLICY p ON t USING (EXISTS (SELECT a FROM t));"
                "ALTER TABLE t RENAME a TO b",
                "DROP POLICY p ON t", "",
                "p: its definition is not kept (using: something that it may mention was"
                " renamed since)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_statement_of_a_block_is_undone_by_itself),
        cmocka_unit_test(test_a_table_is_published_again_when_it_is_there_again),
        cmocka_unit_test(test_indexes_of_a_view_come_behind_it),
        cmocka_unit_test(test_nothing_is_done_to_a_table_that_cannot_be_made_again),
        cmocka_unit_test(test_a_partition_is_attached_again),
        cmocka_unit_test(test_partitions_follow_their_parent),
        cmocka_unit_test(test_foreign_data_comes_back_as_it_was_made),
        cmocka_unit_test(test_what_the_platform_may_have_brought_stays),
        cmocka_unit_test(test_a_view_of_all_columns_is_not_made_again_among_others),
        cmocka_unit_test(test_a_refusal_says_what_is_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
