// Statements as directives: the text is what autogenerate of Alembic 1.19 prints for the change.
#include "test.h"

#include <string.h>

#include "autogen/autogen.h"
#include "base/error.h"
#include "replay/replay.h"

typedef struct written {
    const char *before; // statements that made the schema, or NULL
    const char *sql;
    const char *python;
} written;

static void replay(tdm_arena *arena, tdm_catalog *catalog, const char *sql)
{
    tdm_error err = TDM_ERROR_INIT;
    tdm_text rest = {sql, strlen(sql)};
    while (rest.size) {
        size_t end = 0;
        while (end < rest.size && rest.data[end] != ';')
            end++;
        tdm_statement statement = {.sql = {rest.data, end}};
        tdm_effect effect;
        tdm_effect_init(&effect, arena);
        assert_int_equal(tdm_catalog_apply(catalog, &statement, NULL, &effect, &err), TDM_OK);
        rest = (tdm_text){rest.data + end + (end < rest.size), rest.size - end - (end < rest.size)};
    }
}

static void assert_written(const written *sample, bool typed)
{
    tdm_error err = TDM_ERROR_INIT;
    tdm_arena *arena = tdm_arena_new(0);
    tdm_catalog *catalog = NULL;
    tdm_sql_tree *tree = NULL;
    tdm_directives got;

    assert_int_equal(tdm_catalog_new(arena, true, &catalog, &err), TDM_OK);
    if (sample->before)
        replay(arena, catalog, sample->before);
    assert_int_equal(tdm_sql_parse_text((tdm_text){sample->sql, strlen(sample->sql)}, &tree, &err),
                     TDM_OK);
    tdm_autogen_input input = {.tree = tree, .before = catalog};
    assert_int_equal(tdm_autogen_directives(arena, &input, &got, &err), TDM_OK);
    assert_string_equal(got.python.data, sample->python);
    assert_int_equal(got.typed, typed);
    tdm_sql_tree_free(tree);
    tdm_arena_free(arena);
}

#define ASSERT_TYPED(...) assert_written(&(written){__VA_ARGS__}, true)
#define ASSERT_EXECUTED(...) assert_written(&(written){__VA_ARGS__}, false)

static void test_a_table(void **state)
{
    (void)state;
    ASSERT_TYPED(
        NULL,
        "CREATE TABLE note (id serial PRIMARY KEY, body text DEFAULT 'x', size numeric(10,2) "
        "NOT NULL, at timestamptz NOT NULL DEFAULT now(), UNIQUE (body), "
        "CONSTRAINT big CHECK (size > 0))",
        "op.create_table('note',\n"
        "    sa.Column('id', sa.Integer(), nullable=False),\n"
        "    sa.Column('body', sa.Text(), server_default='x', nullable=True),\n"
        "    sa.Column('size', sa.Numeric(precision=10, scale=2), nullable=False),\n"
        "    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('now()'), "
        "nullable=False),\n"
        "    sa.CheckConstraint('size > 0', name='big'),\n"
        "    sa.PrimaryKeyConstraint('id'),\n"
        "    sa.UniqueConstraint('body')\n"
        "    )");
}

static void test_an_integer_key_without_a_sequence(void **state)
{
    (void)state;
    ASSERT_TYPED(NULL, "CREATE TABLE t (id bigint PRIMARY KEY)",
                 "op.create_table('t',\n"
                 "    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),\n"
                 "    sa.PrimaryKeyConstraint('id')\n"
                 "    )");
}

static void test_identity_and_generation(void **state)
{
    (void)state;
    ASSERT_TYPED(NULL,
                 "CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY (START WITH 5), a int, "
                 "b int GENERATED ALWAYS AS (a * 2) STORED)",
                 "op.create_table('t',\n"
                 "    sa.Column('id', sa.BigInteger(), sa.Identity(always=True, start=5), "
                 "nullable=False),\n"
                 "    sa.Column('a', sa.Integer(), nullable=True),\n"
                 "    sa.Column('b', sa.Integer(), sa.Computed('a * 2', persisted=True), "
                 "nullable=True)\n"
                 "    )");
}

static void test_a_reference_without_columns_means_the_key(void **state)
{
    (void)state;
    ASSERT_TYPED("CREATE TABLE users (uid uuid PRIMARY KEY)",
                 "CREATE TABLE s.t (u uuid REFERENCES users ON DELETE CASCADE)",
                 "op.create_table('t',\n"
                 "    sa.Column('u', sa.UUID(), nullable=True),\n"
                 "    sa.ForeignKeyConstraint(['u'], ['users.uid'], ondelete='CASCADE'),\n"
                 "    schema='s'\n"
                 "    )");
    ASSERT_EXECUTED(NULL, "CREATE TABLE t (u uuid REFERENCES users)",
                    "op.execute('CREATE TABLE t (u uuid REFERENCES users)')");
}

static void test_altering_columns(void **state)
{
    (void)state;
    ASSERT_TYPED("CREATE TABLE posts (title varchar NOT NULL)",
                 "ALTER TABLE posts ALTER COLUMN title TYPE text",
                 "op.alter_column('posts', 'title',\n"
                 "               existing_type=sa.VARCHAR(),\n"
                 "               type_=sa.Text(),\n"
                 "               existing_nullable=False)");
    ASSERT_TYPED("CREATE TABLE t (a int)",
                 "ALTER TABLE t ALTER a SET DEFAULT 5, ALTER a SET NOT NULL",
                 "op.alter_column('t', 'a',\n"
                 "               existing_type=sa.INTEGER(),\n"
                 "               server_default=sa.text('5'),\n"
                 "               existing_nullable=True)\n"
                 "    op.alter_column('t', 'a',\n"
                 "               existing_type=sa.INTEGER(),\n"
                 "               nullable=False)");
    ASSERT_TYPED("CREATE TABLE t (a int)", "ALTER TABLE t RENAME a TO b",
                 "op.alter_column('t', 'a',\n"
                 "               existing_type=sa.INTEGER(),\n"
                 "               new_column_name='b')");
}

static void test_columns_and_constraints(void **state)
{
    (void)state;
    ASSERT_TYPED(NULL, "ALTER TABLE s.t ADD COLUMN x varchar(20) NOT NULL UNIQUE",
                 "op.add_column('t', sa.Column('x', sa.String(length=20), nullable=False), "
                 "schema='s')\n"
                 "    op.create_unique_constraint(None, 't', ['x'], schema='s')");
    ASSERT_TYPED(NULL, "ALTER TABLE t DROP COLUMN x", "op.drop_column('t', 'x')");
    ASSERT_TYPED(NULL,
                 "ALTER TABLE t ADD CONSTRAINT fk FOREIGN KEY (a) REFERENCES r.o (b) ON UPDATE "
                 "CASCADE ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED",
                 "op.create_foreign_key('fk', 't', 'o', ['a'], ['b'], referent_schema='r', "
                 "onupdate='CASCADE', ondelete='SET NULL', initially='DEFERRED', "
                 "deferrable=True)");
    ASSERT_TYPED("CREATE TABLE t (a int CONSTRAINT big CHECK (a > 1))",
                 "ALTER TABLE t DROP CONSTRAINT big",
                 "op.drop_constraint(op.f('big'), 't', type_='check')");
}

static void test_indexes(void **state)
{
    (void)state;
    ASSERT_TYPED(NULL, "CREATE INDEX ix_t_a ON t USING gin (a)",
                 "op.create_index(op.f('ix_t_a'), 't', ['a'], unique=False, "
                 "postgresql_using='gin')");
    ASSERT_TYPED(NULL,
                 "CREATE UNIQUE INDEX low ON t (lower(a), b DESC NULLS LAST, c text_pattern_ops) "
                 "INCLUDE (d) WITH (fillfactor = 70) WHERE a IS NOT NULL",
                 "op.create_index('low', 't', [sa.literal_column('lower(a)'), "
                 "sa.literal_column('b DESC NULLS LAST'), 'c'], unique=True, "
                 "postgresql_include=['d'], postgresql_ops={'c': 'text_pattern_ops'}, "
                 "postgresql_where=sa.text('a IS NOT NULL'), postgresql_with={'fillfactor': 70})");
    ASSERT_TYPED("CREATE TABLE t (a int); CREATE INDEX i ON t (a)", "DROP INDEX i",
                 "op.drop_index(op.f('i'), table_name='t')");
}

static void test_enums(void **state)
{
    (void)state;
    ASSERT_TYPED(NULL, "CREATE TYPE mood AS ENUM ('sad', 'it''s')",
                 "postgresql.ENUM('sad', \"it's\", name='mood').create(op.get_bind(), "
                 "checkfirst=False)");
}

static void test_comments(void **state)
{
    (void)state;
    ASSERT_TYPED(NULL, "COMMENT ON TABLE t IS 'what it is'",
                 "op.create_table_comment(\n"
                 "        't',\n"
                 "        'what it is',\n"
                 "        existing_comment=None,\n"
                 "        schema=None\n"
                 "    )");
    ASSERT_TYPED("CREATE TABLE t (a int)", "COMMENT ON COLUMN t.a IS 'x'",
                 "op.alter_column('t', 'a',\n"
                 "               existing_type=sa.INTEGER(),\n"
                 "               comment='x',\n"
                 "               existing_nullable=True)");
    ASSERT_TYPED("CREATE TABLE t (a int); COMMENT ON TABLE t IS 'one'",
                 "COMMENT ON TABLE t IS NULL",
                 "op.drop_table_comment(\n"
                 "        't',\n"
                 "        existing_comment='one',\n"
                 "        schema=None\n"
                 "    )");
    ASSERT_TYPED("CREATE TABLE t (a int); COMMENT ON COLUMN t.a IS 'one'",
                 "COMMENT ON COLUMN t.a IS NULL",
                 "op.alter_column('t', 'a',\n"
                 "               existing_type=sa.INTEGER(),\n"
                 "               comment=None,\n"
                 "               existing_comment='one',\n"
                 "               existing_nullable=True)");
}

// pg_dump writes ONLY everywhere.
static void test_only_says_nothing_of_a_table_without_children(void **state)
{
    (void)state;
    ASSERT_TYPED("CREATE TABLE t (a int NOT NULL)",
                 "ALTER TABLE ONLY t ADD CONSTRAINT t_pkey PRIMARY KEY (a)",
                 "op.create_primary_key('t_pkey', 't', ['a'])");
    ASSERT_EXECUTED("CREATE TABLE t (a int); CREATE TABLE u () INHERITS (t)",
                    "ALTER TABLE ONLY t ADD COLUMN b int",
                    "op.execute('ALTER TABLE ONLY t ADD COLUMN b int')");
    ASSERT_EXECUTED("CREATE TABLE t (a int) PARTITION BY LIST (a)",
                    "ALTER TABLE ONLY t ADD COLUMN b int",
                    "op.execute('ALTER TABLE ONLY t ADD COLUMN b int')");
}

static void test_collations(void **state)
{
    (void)state;
    ASSERT_TYPED("CREATE TABLE t (a int)", "ALTER TABLE t ADD b text COLLATE \"C\"",
                 "op.add_column('t', sa.Column('b', sa.Text(collation='C'), nullable=True))");
    ASSERT_TYPED("CREATE TABLE t (a int)", "ALTER TABLE t ADD b varchar(9) COLLATE \"C\"",
                 "op.add_column('t', sa.Column('b', sa.String(length=9, collation='C'), "
                 "nullable=True))");
    // SQLAlchemy would quote the whole as one name.
    ASSERT_EXECUTED("CREATE TABLE t (a int)", "ALTER TABLE t ADD b text COLLATE s.\"C\"",
                    "op.execute('ALTER TABLE t ADD b text COLLATE s.\"C\"')");
}

// What no directive says, and what a directive would say less of.
static void test_the_rest_is_executed(void **state)
{
    (void)state;
    ASSERT_EXECUTED(NULL, "ALTER TABLE t ENABLE ROW LEVEL SECURITY",
                    "op.execute('ALTER TABLE t ENABLE ROW LEVEL SECURITY')");
    ASSERT_EXECUTED(NULL, "DROP TABLE t CASCADE", "op.execute('DROP TABLE t CASCADE')");
    ASSERT_EXECUTED(NULL, "CREATE TABLE t (p point)", "op.execute('CREATE TABLE t (p point)')");
    ASSERT_EXECUTED(NULL, "ALTER TABLE ONLY t ADD COLUMN a int",
                    "op.execute('ALTER TABLE ONLY t ADD COLUMN a int')");
}

// text() takes ":name" for a parameter and a backslash before a colon for its escape.
static void test_text_is_escaped(void **state)
{
    (void)state;
    ASSERT_EXECUTED(NULL, "SELECT ':a', 'b\\:c', d::text",
                    "op.execute(\"SELECT '\\\\:a', 'b\\\\\\\\:c', d::text\")");
    ASSERT_EXECUTED(
        NULL, "DO $$\nBEGIN\n  a := ':b\"';\nEND\n$$",
        "op.execute(\n        \"\"\"\nDO $$\nBEGIN\n  a := '\\\\:b\"';\nEND\n$$\n\"\"\"\n"
        "    )");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_table),
        cmocka_unit_test(test_an_integer_key_without_a_sequence),
        cmocka_unit_test(test_identity_and_generation),
        cmocka_unit_test(test_a_reference_without_columns_means_the_key),
        cmocka_unit_test(test_altering_columns),
        cmocka_unit_test(test_columns_and_constraints),
        cmocka_unit_test(test_indexes),
        cmocka_unit_test(test_enums),
        cmocka_unit_test(test_comments),
        cmocka_unit_test(test_only_says_nothing_of_a_table_without_children),
        cmocka_unit_test(test_collations),
        cmocka_unit_test(test_the_rest_is_executed),
        cmocka_unit_test(test_text_is_escaped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
