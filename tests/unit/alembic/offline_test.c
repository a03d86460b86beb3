// The script of a range. The texts were printed by Alembic 1.19 for these revisions.
#include "alembic/offline.h"

#include <stdio.h>
#include <string.h>

#include "test.h"

#define CREATE                                                                                     \
    "CREATE TABLE alembic_version (\n    version_num VARCHAR(32) NOT NULL, \n"                     \
    "    CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)\n);\n\n"
#define UPGRADE_A                                                                                  \
    "-- Running upgrade  -> a\n\nSELECT 1;;\n\nSELECT '    ';\n\n"                                 \
    "INSERT INTO alembic_version (version_num) VALUES ('a') RETURNING "                            \
    "alembic_version.version_num;\n\n"
#define A_TO_B                                                                                     \
    "UPDATE alembic_version SET version_num='b' WHERE alembic_version.version_num = 'a';\n\n"

static const char source_a[] = "from alembic import op\nrevision = 'a'\ndown_revision = None\n"
                               "def upgrade():\n    op.execute(\"SELECT 1;\")\n"
                               "    op.execute(\"SELECT '\t' \")\n"
                               "def downgrade():\n    op.execute(\"SELECT -1\")\n";
static const char source_b[] = "from alembic import op\nrevision = 'b'\ndown_revision = 'a'\n"
                               "def upgrade():\n"
                               "    with op.get_context().autocommit_block():\n"
                               "        op.execute(\"ALTER TYPE x ADD VALUE 'y'\")\n"
                               "    with op.get_context().begin_transaction():\n"
                               "        op.execute(\"SELECT 2\")\n"
                               "def downgrade():\n    pass\n";

typedef struct fixture {
    tdm_arena *arena;
    tdm_chain *chain;
    tdm_env env;
    tdm_offline_options options;
    tdm_buffer out;
    tdm_offline_result result;
    tdm_error err;
} fixture;

static void link_two(fixture *f, const char *first, const char *second)
{
    static const char *const paths[] = {"versions/a.py", "versions/b.py"};
    const char *const sources[] = {first, second};
    tdm_revision *revisions = tdm_arena_array(f->arena, 2, sizeof *revisions);
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(
            tdm_header_read(f->arena, paths[i], tdm_text_of(sources[i]), &revisions[i], &f->err),
            TDM_OK);
    assert_int_equal(tdm_chain_link(f->arena, revisions, 2, &f->chain, &f->err), TDM_OK);
}

static int open_fixture(void **state)
{
    static fixture shared;
    shared = (fixture){
        .arena = tdm_arena_new(0), .out = TDM_BUFFER_INIT(1 << 20), .err = TDM_ERROR_INIT};
    tdm_env_stock(&shared.env);
    shared.options.env = &shared.env.offline;
    link_two(&shared, source_a, source_b);
    *state = &shared;
    return 0;
}

static int close_fixture(void **state)
{
    fixture *f = *state;
    tdm_buffer_free(&f->out);
    tdm_arena_free(f->arena);
    return 0;
}

static tdm_status run(fixture *f, tdm_offline_command command, const char *argument)
{
    tdm_buffer_clear(&f->out);
    return tdm_offline_run(f->arena, f->chain, command, tdm_text_of(argument), &f->options, &f->out,
                           &f->result, &f->err);
}

static void assert_script(fixture *f, tdm_offline_command command, const char *argument,
                          const char *expected)
{
    tdm_status status = run(f, command, argument);
    if (status != TDM_OK)
        print_error("%s: %s\n", argument, f->err.message);
    assert_int_equal(status, TDM_OK);
    assert_string_equal(tdm_buffer_text(&f->out).data, expected);
}

static void assert_refused(fixture *f, tdm_offline_command command, const char *argument,
                           tdm_error_code code, const char *message)
{
    assert_int_equal(run(f, command, argument), TDM_FAILED);
    assert_string_equal(f->err.message, message);
    assert_int_equal(f->err.code, code);
}

static void an_upgrade_is_one_transaction(void **state)
{
    fixture *f = *state;
    assert_script(
        f, TDM_OFFLINE_UPGRADE, "head",
        "BEGIN;\n\n" CREATE UPGRADE_A "-- Running upgrade a -> b\n\nCOMMIT;\n\n"
        "ALTER TYPE x ADD VALUE 'y';\n\nBEGIN;\n\nBEGIN;\n\nSELECT 2;\n\nCOMMIT;\n\n" A_TO_B
        "COMMIT;\n\n");
    assert_int_equal(f->result.steps, 2);
    assert_script(f, TDM_OFFLINE_UPGRADE, "base:a", "BEGIN;\n\n" CREATE UPGRADE_A "COMMIT;\n\n");
    assert_script(f, TDM_OFFLINE_UPGRADE, "b:head", "BEGIN;\n\nCOMMIT;\n\n");
}

static void a_downgrade_needs_a_start(void **state)
{
    fixture *f = *state;
    assert_script(f, TDM_OFFLINE_DOWNGRADE, "b:base",
                  "BEGIN;\n\n-- Running downgrade b -> a\n\n"
                  "UPDATE alembic_version SET version_num='a' WHERE alembic_version.version_num = "
                  "'b';\n\n-- Running downgrade a -> \n\nSELECT -1;\n\n"
                  "DELETE FROM alembic_version WHERE alembic_version.version_num = 'a';\n\n"
                  "COMMIT;\n\n");
    assert_refused(f, TDM_OFFLINE_DOWNGRADE, "base", TDM_ERROR_REVISION,
                   "downgrade with --sql requires <fromrev>:<torev>");
}

static void a_stamp_runs_nothing(void **state)
{
    fixture *f = *state;
    assert_script(f, TDM_OFFLINE_STAMP, "a:b",
                  "BEGIN;\n\n-- Running stamp_revision a -> b\n\n" A_TO_B "COMMIT;\n\n");
    assert_script(f, TDM_OFFLINE_STAMP, "head",
                  "BEGIN;\n\n" CREATE "-- Running stamp_revision  -> b\n\n"
                  "INSERT INTO alembic_version (version_num) VALUES ('b') RETURNING "
                  "alembic_version.version_num;\n\nCOMMIT;\n\n");
}

static void each_revision_may_be_a_transaction(void **state)
{
    fixture *f = *state;
    f->env.offline.transaction_per_migration = (tdm_env_value){TDM_ENV_SAID, .flag = true};
    assert_script(f, TDM_OFFLINE_UPGRADE, "head",
                  "BEGIN;\n\n" CREATE UPGRADE_A "COMMIT;\n\nBEGIN;\n\n-- Running upgrade a -> b\n\n"
                  "COMMIT;\n\nALTER TYPE x ADD VALUE 'y';\n\nBEGIN;\n\nSELECT 2;\n\n" A_TO_B
                  "COMMIT;\n\n");
    assert_script(f, TDM_OFFLINE_UPGRADE, "b:head", "");
}

static void without_transactional_ddl_nothing_begins(void **state)
{
    fixture *f = *state;
    f->env.offline.transactional_ddl = (tdm_env_value){TDM_ENV_SAID, .flag = false};
    assert_script(f, TDM_OFFLINE_UPGRADE, "head",
                  CREATE UPGRADE_A "-- Running upgrade a -> b\n\n"
                                   "ALTER TYPE x ADD VALUE 'y';\n\nSELECT 2;\n\n" A_TO_B);
}

static void without_begin_transaction_nothing_surrounds_the_run(void **state)
{
    fixture *f = *state;
    f->env.offline.begin_transaction = (tdm_env_value){TDM_ENV_SAID, .flag = false};
    assert_script(f, TDM_OFFLINE_UPGRADE, "a", CREATE UPGRADE_A);
}

static void what_cannot_be_known_is_said_in_its_place(void **state)
{
    fixture *f = *state;
    link_two(f, source_a,
             "from alembic import op\nfrom elsewhere import statement\nrevision = 'b'\n"
             "down_revision = 'a'\ndef upgrade():\n    op.execute(statement)\n"
             "    op.execute('SELECT 3')\n");
    assert_int_equal(run(f, TDM_OFFLINE_UPGRADE, "a:b"), TDM_OK);
    assert_int_equal(f->result.opaque, 1);
    const char *said = strstr(f->out.data, "-- tandem: opaque versions/b.py:6: ");
    assert_non_null(said);
    assert_non_null(strstr(said, "SELECT 3;\n\n"));
    f->options.strict = true;
    assert_int_equal(run(f, TDM_OFFLINE_UPGRADE, "a:b"), TDM_FAILED);
    assert_int_equal(f->err.code, TDM_ERROR_OPAQUE);
    assert_int_equal(f->err.place.line, 6);
}

static void settings_that_are_no_literals_are_said_first(void **state)
{
    fixture *f = *state;
    f->env.offline.version_table =
        (tdm_env_value){TDM_ENV_UNKNOWN, {.file = "env.py", .line = 7}, TDM_TEXT("name()"), false};
    assert_script(f, TDM_OFFLINE_UPGRADE, "a",
                  "-- tandem: opaque env.py:7: version_table is not a literal: name()\n\n"
                  "BEGIN;\n\n" CREATE UPGRADE_A "COMMIT;\n\n");
    f->options.strict = true;
    assert_refused(f, TDM_OFFLINE_UPGRADE, "a", TDM_ERROR_OPAQUE,
                   "version_table is not a literal: name()");
}

static void a_revision_that_raises_ends_the_script(void **state)
{
    fixture *f = *state;
    link_two(f, source_a,
             "revision = 'b'\ndown_revision = 'a'\ndef upgrade():\n"
             "    raise NotImplementedError('no way')\n");
    assert_refused(f, TDM_OFFLINE_UPGRADE, "a:b", TDM_ERROR_PYTHON, "NotImplementedError: no way");
    assert_int_equal(f->err.place.line, 4);
}

static void a_start_must_be_there(void **state)
{
    fixture *f = *state;
    assert_refused(f, TDM_OFFLINE_UPGRADE, "zz:head", TDM_ERROR_REVISION,
                   "Can't locate revision identified by 'zz'");
    assert_refused(f, TDM_OFFLINE_UPGRADE, "a@base:head", TDM_ERROR_REVISION,
                   "'a@base' names no revision to start from");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_fixture, close_fixture)
    const struct CMUnitTest tests[] = {
        TEST(an_upgrade_is_one_transaction),
        TEST(a_downgrade_needs_a_start),
        TEST(a_stamp_runs_nothing),
        TEST(each_revision_may_be_a_transaction),
        TEST(without_transactional_ddl_nothing_begins),
        TEST(without_begin_transaction_nothing_surrounds_the_run),
        TEST(what_cannot_be_known_is_said_in_its_place),
        TEST(settings_that_are_no_literals_are_said_first),
        TEST(a_revision_that_raises_ends_the_script),
        TEST(a_start_must_be_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
