// What a revision asks of the schema is answered from the chain before it, in the closed world.
#include "pair/project_files.h"

#include "catalog/model.h"
#include "project/project.h"

#define HEAD(id, down)                                                                             \
    "from alembic import op\nimport sqlalchemy as sa\nimport os\n"                                 \
    "revision = '" id "'\ndown_revision = " down "\n"

#define MAKE_T                                                                                     \
    "def upgrade():\n    op.create_table('t', sa.Column('id', sa.Integer()))\n"                    \
    "def downgrade():\n    pass\n"

static void put_revision(project_files *files, const char *name, const char *text)
{
    files_put(files, tdm_arena_printf(files->arena, "v/%s.py", name).data, text);
}

static void open_chain(project_files *files)
{
    static const char *const versions[] = {"v"};
    tdm_error err = TDM_ERROR_INIT;
    tdm_project_options options = {
        .directory = files->root, .versions = versions, .version_count = 1, .no_config = true};
    if (tdm_project_open(&options, &files->project, &err) != TDM_OK)
        fail_msg("%s", err.message);
}

static const tdm_statements *statements_of(project_files *files, size_t index)
{
    tdm_error err = TDM_ERROR_INIT;
    const tdm_statements *statements;
    assert_int_equal(tdm_project_revision_statements(files->project, index, &statements, &err),
                     TDM_OK);
    return statements;
}

static const tdm_statement *only(project_files *files, size_t index)
{
    const tdm_statements *statements = statements_of(files, index);
    assert_int_equal(statements->count, 1);
    return &statements->items[0];
}

#define ASK_T                                                                                      \
    "def upgrade():\n"                                                                             \
    "    if sa.inspect(op.get_bind()).has_table('t'):\n"                                           \
    "        op.execute('A')\n"                                                                    \
    "    else:\n"                                                                                  \
    "        op.execute('B')\n"

static void a_table_of_an_earlier_revision_is_there(void **state)
{
    project_files *files = *state;
    put_revision(files, "a", HEAD("a", "None") MAKE_T);
    put_revision(files, "b", HEAD("b", "'a'") ASK_T);
    open_chain(files);
    assert_text_equal(only(files, 1)->sql, "A");
}

static void what_no_revision_made_is_not_there(void **state)
{
    project_files *files = *state;
    put_revision(files, "a", HEAD("a", "None") ASK_T);
    open_chain(files);
    assert_text_equal(only(files, 0)->sql, "B");
}

static void a_question_sees_what_its_own_function_did_before(void **state)
{
    project_files *files = *state;
    put_revision(files, "a",
                 HEAD("a", "None") "def upgrade():\n"
                                   "    i = lambda: sa.inspect(op.get_bind())\n"
                                   "    if not i().has_table('t'):\n"
                                   "        op.create_table('t', sa.Column('x', sa.Integer()))\n"
                                   "    if 'y' not in [c['name'] for c in i().get_columns('t')]:\n"
                                   "        op.add_column('t', sa.Column('y', sa.Integer()))\n"
                                   "    if 'y' not in [c['name'] for c in i().get_columns('t')]:\n"
                                   "        op.execute('B')\n");
    open_chain(files);
    assert_int_equal(statements_of(files, 0)->count, 2);
}

static void alembics_own_table_is_there(void **state)
{
    project_files *files = *state;
    put_revision(files, "a",
                 HEAD("a", "None") "def upgrade():\n"
                                   "    names = sa.inspect(op.get_bind()).get_table_names()\n"
                                   "    op.execute(str(sorted(names)[0]) + str(len(names)))\n");
    open_chain(files);
    assert_text_equal(only(files, 0)->sql, "alembic_version1");
}

static void after_something_opaque_nothing_is_known(void **state)
{
    project_files *files = *state;
    put_revision(files, "a", HEAD("a", "None") "def upgrade():\n    op.execute(os.environ['A'])\n");
    put_revision(files, "b", HEAD("b", "'a'") ASK_T);
    open_chain(files);
    const tdm_statement *asked = only(files, 1);
    assert_true(asked->opaque);
    assert_non_null(strstr(tdm_arena_string(files->arena, asked->reason), "os.environ"));
    assert_non_null(strstr(tdm_arena_string(files->arena, asked->reason), "v/a.py:7"));
}

static void a_missing_parent_hides_what_there_is(void **state)
{
    project_files *files = *state;
    put_revision(files, "b", HEAD("b", "'a'") ASK_T);
    open_chain(files);
    assert_true(only(files, 0)->opaque);
}

// `upgrade heads` runs c before b, which would find no table without it.
static void branches_must_agree(void **state)
{
    project_files *files = *state;
    put_revision(files, "a", HEAD("a", "None") "def upgrade():\n    pass\n");
    put_revision(files, "b", HEAD("b", "'a'") ASK_T);
    put_revision(files, "c", HEAD("c", "'a'") MAKE_T);
    put_revision(files, "d", HEAD("d", "('b', 'c')") "def upgrade():\n    pass\n");
    open_chain(files);
    assert_text_equal(tdm_project_revision(files->project, 2).id, "b");
    assert_true(only(files, 2)->opaque);
}

static void checkfirst_is_decided(void **state)
{
    project_files *files = *state;
    put_revision(files, "a",
                 HEAD("a", "None") "def upgrade():\n"
                                   "    e = sa.Enum('x', name='mood')\n"
                                   "    e.create(op.get_bind(), checkfirst=True)\n"
                                   "    e.create(op.get_bind(), checkfirst=True)\n"
                                   "    m = sa.MetaData()\n"
                                   "    t = sa.Table('t', m, sa.Column('b', e, index=True))\n"
                                   "    t.create(op.get_bind())\n"
                                   "    t.create(op.get_bind())\n");
    put_revision(files, "b",
                 HEAD("b", "'a'") "def upgrade():\n"
                                  "    e = sa.Enum('x', name='mood')\n"
                                  "    e.drop(op.get_bind(), checkfirst=True)\n"
                                  "    e.drop(op.get_bind(), checkfirst=True)\n");
    open_chain(files);
    const tdm_statements *made = statements_of(files, 0);
    assert_int_equal(made->count, 3);
    assert_text_equal(made->items[0].sql, "CREATE TYPE mood AS ENUM ('x')");
    assert_true(tdm_text_starts(made->items[1].sql, TDM_TEXT("CREATE TABLE t")));
    assert_true(tdm_text_starts(made->items[2].sql, TDM_TEXT("CREATE INDEX ix_t_b")));
}

// PostgreSQL makes one index for both, so that there is no constraint u_id in the end.
static void of_two_keys_of_the_same_columns_one_is_listed(void **state)
{
    project_files *files = *state;
    put_revision(
        files, "a",
        HEAD("a", "None") "def upgrade():\n"
                          "    op.create_table('t', sa.Column('id', sa.Integer()),\n"
                          "                    sa.PrimaryKeyConstraint('id', name='p_id'),\n"
                          "                    sa.UniqueConstraint('id', name='u_id'))\n");
    put_revision(files, "b",
                 HEAD("b", "'a'") "def upgrade():\n"
                                  "    i = sa.inspect(op.get_bind())\n"
                                  "    if not i.get_unique_constraints('t'):\n"
                                  "        op.execute('A')\n");
    open_chain(files);
    assert_text_equal(only(files, 1)->sql, "A");
}

static void another_catalog_may_answer_otherwise(void **state)
{
    project_files *files = *state;
    tdm_error err = TDM_ERROR_INIT;
    tdm_catalog *other;
    tdm_place differs;
    tdm_text asked;
    put_revision(files, "a", HEAD("a", "None") MAKE_T);
    put_revision(files, "b", HEAD("b", "'a'") ASK_T);
    open_chain(files);
    (void)statements_of(files, 1);
    assert_false(tdm_project_rests_on_schema(files->project, 0, &asked));
    assert_true(tdm_project_rests_on_schema(files->project, 1, &asked));
    assert_text_equal(asked, "table t exists");
    assert_int_equal(tdm_catalog_new(files->arena, true, &other, &err), TDM_OK);
    assert_int_equal(tdm_project_asked_same(files->project, 1, other, files->arena, &differs, &err),
                     TDM_OK);
    assert_int_equal(differs.line, 7);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, files_set_up, files_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_table_of_an_earlier_revision_is_there),
        TEST(what_no_revision_made_is_not_there),
        TEST(a_question_sees_what_its_own_function_did_before),
        TEST(alembics_own_table_is_there),
        TEST(after_something_opaque_nothing_is_known),
        TEST(a_missing_parent_hides_what_there_is),
        TEST(branches_must_agree),
        TEST(checkfirst_is_decided),
        TEST(of_two_keys_of_the_same_columns_one_is_listed),
        TEST(another_catalog_may_answer_otherwise),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
