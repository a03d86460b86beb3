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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_statement_of_a_block_is_undone_by_itself),
        cmocka_unit_test(test_a_table_is_published_again_when_it_is_there_again),
        cmocka_unit_test(test_indexes_of_a_view_come_behind_it),
        cmocka_unit_test(test_nothing_is_done_to_a_table_that_cannot_be_made_again),
        cmocka_unit_test(test_a_partition_is_attached_again),
        cmocka_unit_test(test_partitions_follow_their_parent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
