// The naming convention is that of the metadata which env.py hands over, found without running it.
#include "pair/project_files.h"

#include "project/project.h"

#define REVISION                                                                                   \
    "from alembic import op\nimport sqlalchemy as sa\n"                                            \
    "revision = 'a'\ndown_revision = None\n"                                                       \
    "def upgrade():\n    op.create_unique_constraint(None, 't', ['x'])\n"

static const char env[] = "from alembic import context\n"
                          "from app.models import Base\n"
                          "target_metadata = Base.metadata\n"
                          "def run():\n    context.configure(target_metadata=target_metadata)\n";

static const tdm_statement *upgrade_of(project_files *files, const char *toml, const char *models)
{
    tdm_error err = TDM_ERROR_INIT;
    tdm_project_options options = {.directory = files->root};
    const tdm_statements *statements;
    files_put(files, "tandem.toml", toml);
    files_put(files, "alembic.ini", "[alembic]\nscript_location = alembic\nprepend_sys_path = .\n");
    files_put(files, "alembic/env.py", env);
    files_put(files, "alembic/versions/a.py", REVISION);
    files_put(files, "app/models.py", models);
    if (tdm_project_open(&options, &files->project, &err) != TDM_OK ||
        tdm_project_revision_statements(files->project, 0, &statements, &err) != TDM_OK)
        fail_msg("%s", err.message);
    assert_int_equal(statements->count, 1);
    return &statements->items[0];
}

static void a_convention_of_a_base_class_is_followed(void **state)
{
    const tdm_statement *made = upgrade_of(*state, "",
                                           "import sqlalchemy as sa\n"
                                           "from sqlalchemy.orm import DeclarativeBase\n"
                                           "NAMES = {'uq': 'uq_%(table_name)s_%(column_0_name)s'}\n"
                                           "class Base(DeclarativeBase):\n"
                                           "    metadata = sa.MetaData(naming_convention=NAMES)\n");
    assert_text_equal(made->sql, "ALTER TABLE t ADD CONSTRAINT uq_t_x UNIQUE (x)");
}

static void so_is_one_that_is_set_later(void **state)
{
    const tdm_statement *made =
        upgrade_of(*state, "",
                   "from sqlalchemy.ext.declarative import declarative_base\n"
                   "Base = declarative_base()\n"
                   "Base.metadata.naming_convention = {'uq': 'u_%(column_0_name)s'}\n");
    assert_text_equal(made->sql, "ALTER TABLE t ADD CONSTRAINT u_x UNIQUE (x)");
}

static void plain_metadata_has_none(void **state)
{
    const tdm_statement *made = upgrade_of(*state, "",
                                           "from sqlalchemy.orm import declarative_base\n"
                                           "Base = declarative_base()\n");
    assert_text_equal(made->sql, "ALTER TABLE t ADD UNIQUE (x)");
}

static void metadata_that_cannot_be_followed_leaves_the_name_open(void **state)
{
    project_files *files = *state;
    const tdm_statement *made = upgrade_of(files, "", "from elsewhere import Base\n");
    const char *reason = tdm_arena_string(files->arena, made->reason);
    assert_true(made->opaque);
    assert_non_null(strstr(reason, "elsewhere"));
    assert_non_null(strstr(reason, "alembic.naming_convention"));
}

static void only_names_that_a_convention_makes_are_open(void **state)
{
    project_files *files = *state;
    tdm_error err = TDM_ERROR_INIT;
    const tdm_statements *statements;
    files_put(files, "alembic/versions/b.py",
              "from alembic import op\nimport sqlalchemy as sa\n"
              "revision = 'b'\ndown_revision = 'a'\n"
              "def upgrade():\n"
              "    op.create_table('u', sa.Column('x', sa.Integer()))\n"
              "    op.create_unique_constraint('u_x', 'u', ['x'])\n"
              "    op.create_check_constraint('positive', 'u', 'x > 0')\n"
              "    op.create_check_constraint(op.f('small'), 'u', 'x < 9')\n"
              "    op.create_table('v', sa.Column('x', sa.Integer(), primary_key=True))\n"
              "    op.drop_constraint('positive', 'u', type_='check')\n"
              "    op.create_index('i', 'u', ['x'])\n");
    upgrade_of(files, "", "from elsewhere import Base\n");
    if (tdm_project_revision_statements(files->project, 1, &statements, &err) != TDM_OK)
        fail_msg("%s", err.message);
    static const bool opaque[] = {false, false, true, false, true, true, false};
    assert_int_equal(statements->count, sizeof opaque / sizeof *opaque);
    for (size_t i = 0; i < statements->count; i++)
        assert_int_equal(statements->items[i].opaque, opaque[i]);
}

static void an_empty_table_states_that_there_is_none(void **state)
{
    const tdm_statement *made =
        upgrade_of(*state, "[alembic.naming_convention]\n", "from elsewhere import Base\n");
    assert_text_equal(made->sql, "ALTER TABLE t ADD UNIQUE (x)");
}

static void the_settings_go_first(void **state)
{
    const tdm_statement *made =
        upgrade_of(*state, "[alembic.naming_convention]\nuq = \"own_%(table_name)s\"\n",
                   "from elsewhere import Base\n");
    assert_text_equal(made->sql, "ALTER TABLE t ADD CONSTRAINT own_t UNIQUE (x)");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, files_set_up, files_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_convention_of_a_base_class_is_followed),
        TEST(so_is_one_that_is_set_later),
        TEST(plain_metadata_has_none),
        TEST(metadata_that_cannot_be_followed_leaves_the_name_open),
        TEST(only_names_that_a_convention_makes_are_open),
        TEST(an_empty_table_states_that_there_is_none),
        TEST(the_settings_go_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
