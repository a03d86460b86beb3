#include "alembic/env.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

#include "test.h"

typedef struct fixture {
    tdm_arena *arena;
    tdm_env env;
    tdm_error err;
} fixture;

static int open_fixture(void **state)
{
    static fixture shared;
    shared = (fixture){.arena = tdm_arena_new(0), .err = TDM_ERROR_INIT};
    *state = &shared;
    return shared.arena ? 0 : -1;
}

static int close_fixture(void **state)
{
    tdm_arena_free(((fixture *)*state)->arena);
    return 0;
}

static void read_env(fixture *f, const char *source)
{
    tdm_status status = tdm_env_read(f->arena, "env.py", tdm_text_of(source), &f->env, &f->err);
    if (status != TDM_OK)
        print_error("%s\n", f->err.message);
    assert_int_equal(status, TDM_OK);
}

static void the_template_is_stock(void **state)
{
    fixture *f = *state;
    read_env(f,
             "from alembic import context\n"
             "def run_migrations_offline():\n"
             "    context.configure(url=url, target_metadata=None, literal_binds=True,\n"
             "                      dialect_opts={\"paramstyle\": \"named\"})\n"
             "    with context.begin_transaction():\n        context.run_migrations()\n"
             "def run_migrations_online():\n"
             "    with engine.connect() as connection:\n"
             "        context.configure(connection=connection, target_metadata=None)\n"
             "        with context.begin_transaction():\n            context.run_migrations()\n");
    assert_int_equal(f->env.offline.place.line, 3);
    assert_int_equal(f->env.online.place.line, 9);
    assert_int_equal(f->env.offline.literal_binds.state, TDM_ENV_SAID);
    assert_true(f->env.offline.literal_binds.flag);
    assert_text_equal(f->env.offline.paramstyle.text, "named");
    assert_int_equal(f->env.online.version_table.state, TDM_ENV_STOCK);
    assert_text_equal(f->env.online.version_table.text, "alembic_version");
    assert_text_equal(f->env.online.version_table_schema.text, "");
    assert_true(f->env.online.version_table_pk.flag);
    assert_true(f->env.online.transactional_ddl.flag);
    assert_false(f->env.online.transaction_per_migration.flag);
    assert_true(f->env.offline.begin_transaction.flag);
    assert_int_equal(f->env.offline.extra.state, TDM_ENV_STOCK);
}

static void literals_are_known_and_the_rest_is_not(void **state)
{
    fixture *f = *state;
    read_env(f, "context.configure(connection=c, version_table='v', version_table_schema=SCHEMA,\n"
                "    transaction_per_migration=True, transactional_ddl=False,\n"
                "    version_table_pk=pk())\n");
    assert_text_equal(f->env.online.version_table.text, "v");
    assert_int_equal(f->env.online.version_table_schema.state, TDM_ENV_UNKNOWN);
    assert_text_equal(f->env.online.version_table_schema.text, "SCHEMA");
    assert_int_equal(f->env.online.version_table_schema.place.line, 1);
    assert_true(f->env.online.transaction_per_migration.flag);
    assert_false(f->env.online.transactional_ddl.flag);
    assert_int_equal(f->env.online.version_table_pk.state, TDM_ENV_UNKNOWN);
    // The only call speaks for the other mode too, which then has no stock settings of its own.
    assert_text_equal(f->env.offline.version_table.text, "v");
    assert_false(f->env.offline.literal_binds.flag);
    assert_text_equal(f->env.offline.paramstyle.text, "pyformat");
    assert_false(f->env.offline.begin_transaction.flag);
}

static void more_arguments_hide_what_is_not_said(void **state)
{
    fixture *f = *state;
    read_env(f, "def run_migrations_online():\n"
                "    context.configure(connection=c, version_table='v', **conf_args)\n");
    assert_text_equal(f->env.online.version_table.text, "v");
    assert_int_equal(f->env.online.version_table_schema.state, TDM_ENV_UNKNOWN);
    assert_text_equal(f->env.online.version_table_schema.text, "**arguments");
}

static void calls_of_one_mode_must_agree(void **state)
{
    fixture *f = *state;
    read_env(f, "context.configure(connection=a, version_table='v', version_table_schema='s')\n"
                "context.configure(connection=b, version_table='w', version_table_schema='s')\n");
    assert_int_equal(f->env.online.version_table.state, TDM_ENV_UNKNOWN);
    assert_int_equal(f->env.online.version_table.place.line, 2);
    assert_text_equal(f->env.online.version_table_schema.text, "s");
}

static void without_a_call_nothing_is_known(void **state)
{
    fixture *f = *state;
    read_env(f, "from project.migrations import run\nrun()\n");
    assert_int_equal(f->env.offline.version_table.state, TDM_ENV_UNKNOWN);
    assert_int_equal(f->env.online.transactional_ddl.state, TDM_ENV_UNKNOWN);
    assert_string_equal(f->env.online.version_table.place.file, "env.py");
}

static void text_of_its_own_is_noticed(void **state)
{
    fixture *f = *state;
    read_env(f, "context.configure(url=u, dialect_opts={'paramstyle': style})\n"
                "context.execute('SET search_path TO x')\n");
    assert_int_equal(f->env.offline.extra.state, TDM_ENV_UNKNOWN);
    assert_int_equal(f->env.offline.extra.place.line, 2);
    assert_int_equal(f->env.offline.paramstyle.state, TDM_ENV_UNKNOWN);
    assert_text_equal(f->env.offline.paramstyle.text, "style");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_fixture, close_fixture)
    const struct CMUnitTest tests[] = {
        TEST(the_template_is_stock),
        TEST(literals_are_known_and_the_rest_is_not),
        TEST(more_arguments_hide_what_is_not_said),
        TEST(calls_of_one_mode_must_agree),
        TEST(without_a_call_nothing_is_known),
        TEST(text_of_its_own_is_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
