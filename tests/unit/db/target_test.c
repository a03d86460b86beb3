#include "test.h"

#include "base/text.h"
#include "db/defaults.h"
#include "db/target.h"

#include <stdlib.h>
#include <string.h>

static int setup(void **state)
{
    *state = tdm_arena_new(0);
    return *state ? 0 : -1;
}

static int teardown(void **state)
{
    tdm_arena_free(*state);
    return 0;
}

static tdm_target_parts parsed(void **state, const char *url)
{
    tdm_error err = TDM_ERROR_INIT;
    tdm_target_parts parts = {0};
    assert_int_equal(tdm_target_parse(*state, url, &parts, &err), TDM_OK);
    return parts;
}

static void assert_part(const tdm_target_parts *parts, const char *keyword, const char *value)
{
    const char *got = tdm_target_get(parts, keyword);
    if (!value) {
        assert_null(got);
        return;
    }
    assert_non_null(got);
    assert_string_equal(got, value);
}

static void libpq_forms_are_read_by_libpq(void **state)
{
    tdm_target_parts uri =
        parsed(state, "postgresql://me:p%40ss@db.example:6000/app?sslmode=require");
    assert_part(&uri, "user", "me");
    assert_part(&uri, "password", "p@ss");
    assert_part(&uri, "host", "db.example");
    assert_part(&uri, "port", "6000");
    assert_part(&uri, "dbname", "app");
    assert_part(&uri, "sslmode", "require");
    tdm_target_parts words = parsed(state, "host=/run/pg dbname='my app' service=prod");
    assert_part(&words, "host", "/run/pg");
    assert_part(&words, "dbname", "my app");
    assert_part(&words, "service", "prod");
    tdm_target_parts none = parsed(state, NULL);
    assert_int_equal(none.count, 0);
}

static void sqlalchemy_urls_give_the_same_parts(void **state)
{
    tdm_target_parts parts = parsed(state, "postgresql+asyncpg://me:p%40s/s:x@db.example:6000/app");
    assert_part(&parts, "user", "me");
    assert_part(&parts, "password", "p@s/s:x");
    assert_part(&parts, "host", "db.example");
    assert_part(&parts, "port", "6000");
    assert_part(&parts, "dbname", "app");
    parts = parsed(state, "postgresql+psycopg2://me@[::1]/app?sslmode=disable&options=-c%20a%3Db");
    assert_part(&parts, "user", "me");
    assert_part(&parts, "password", NULL);
    assert_part(&parts, "host", "::1");
    assert_part(&parts, "sslmode", "disable");
    assert_part(&parts, "options", "-c a=b");
    parts = parsed(state, "postgresql+psycopg://db.example:7000");
    assert_part(&parts, "user", NULL);
    assert_part(&parts, "host", "db.example");
    assert_part(&parts, "port", "7000");
    assert_part(&parts, "dbname", NULL);
    parts = parsed(state, "postgresql+psycopg2:///app?host=/run/pg");
    assert_part(&parts, "host", "/run/pg");
    parts = parsed(state, "postgresql+psycopg2://me@/app?host=a:1&host=b:2");
    assert_part(&parts, "host", "a,b");
    assert_part(&parts, "port", "1,2");
}

static void driver_parameters_are_translated_or_left_out(void **state)
{
    tdm_target_parts parts =
        parsed(state, "postgresql+asyncpg://h/d?ssl=verify-full&timeout=5&command_timeout=60"
                      "&prepared_statement_cache_size=0");
    assert_part(&parts, "sslmode", "verify-full");
    assert_part(&parts, "connect_timeout", "5");
    assert_part(&parts, "command_timeout", NULL);
    assert_int_equal(parts.count, 4);
    parts = parsed(state, "postgresql+pg8000://h/d?ssl=true");
    assert_part(&parts, "sslmode", "require");
    parts = parsed(state, "postgresql+asyncpg://h/d?ssl=False");
    assert_part(&parts, "sslmode", "disable");
}

static void a_malformed_url_is_refused_without_repeating_it(void **state)
{
    static const char *const urls[] = {
        "postgresql://me:secret@host:port:port/db?secret",
        "postgresql+asyncpg://me:secret@[::1/db",
        "postgresql+asyncpg://me:secret@host:seven/db",
        "postgresql+asyncpg://me:secret%00@host/db",
        "nonsense secret",
    };
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        tdm_error err = TDM_ERROR_INIT;
        tdm_target_parts parts;
        assert_int_equal(tdm_target_parse(*state, urls[i], &parts, &err), TDM_FAILED);
        assert_int_equal(err.code, TDM_ERROR_CONFIG);
        assert_null(strstr(err.message, "secret"));
        assert_null(strstr(err.hint, "secret"));
    }
}

static void a_password_in_argv_is_refused(void **state)
{
    static const char *const urls[] = {
        "postgresql://me:secret@host/db",
        "host=h password=secret",
        "postgresql+asyncpg://me:secret@host/db",
        "postgresql://me@host/db?password=secret",
    };
    tdm_error err = TDM_ERROR_INIT;
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        tdm_target_parts parts = parsed(state, urls[i]);
        assert_int_equal(tdm_target_refuse_secrets(&parts, &err), TDM_FAILED);
        assert_int_equal(err.code, TDM_ERROR_USAGE);
        assert_null(strstr(err.message, "secret"));
        assert_non_null(strstr(err.hint, "PGPASSWORD"));
    }
    tdm_target_parts without = parsed(state, "postgresql://me@host/db");
    assert_int_equal(tdm_target_refuse_secrets(&without, &err), TDM_OK);
}

static void wiping_leaves_no_password(void **state)
{
    tdm_target_parts parts = parsed(state, "postgresql://me:secret@host/db");
    tdm_target_wipe(&parts);
    assert_part(&parts, "password", "");
    assert_part(&parts, "user", "me");
}

static void transaction_poolers_are_refused_with_the_right_host(void **state)
{
    (void)state;
    tdm_error err = TDM_ERROR_INIT;
    const char *shared = "aws-0-eu-west-1.pooler.supabase.com";
    const char *direct = "db.abcdefghijklmnopqrst.supabase.co";
    assert_int_equal(tdm_target_refuse_pooler(shared, "6543", &err), TDM_FAILED);
    assert_int_equal(err.code, TDM_ERROR_TARGET);
    assert_non_null(strstr(err.hint, "aws-0-eu-west-1.pooler.supabase.com:5432"));
    assert_int_equal(tdm_target_refuse_pooler(direct, "6543", &err), TDM_FAILED);
    assert_non_null(strstr(err.hint, "db.abcdefghijklmnopqrst.supabase.co:5432"));
    assert_int_equal(tdm_target_refuse_pooler("localhost,aws-0-eu-west-1.pooler.supabase.com",
                                              "5432,6543", &err),
                     TDM_FAILED);
    assert_int_equal(
        tdm_target_refuse_pooler("localhost,aws-0-eu-west-1.pooler.supabase.com", "6543", &err),
        TDM_FAILED);
    assert_int_equal(tdm_target_refuse_pooler(shared, "5432", &err), TDM_OK);
    assert_int_equal(tdm_target_refuse_pooler("db.example", "6543", &err), TDM_OK);
    assert_int_equal(tdm_target_refuse_pooler(NULL, NULL, &err), TDM_OK);
}

static void only_this_machine_is_local(void **state)
{
    (void)state;
    assert_true(tdm_target_is_local(NULL));
    assert_true(tdm_target_is_local("/var/run/postgresql"));
    assert_true(tdm_target_is_local("localhost"));
    assert_true(tdm_target_is_local("127.0.0.1,::1"));
    assert_true(tdm_target_is_local("127.9.9.9"));
    assert_false(tdm_target_is_local("127.0.0.1.example.com"));
    assert_false(tdm_target_is_local("localhost,db.example"));
    assert_false(tdm_target_is_local("localhost.example.com"));
    assert_false(tdm_target_is_local("10.0.0.1"));
}

static tdm_target_parts completed(void **state, const char *url, tdm_text *name)
{
    tdm_error err = TDM_ERROR_INIT;
    tdm_target_parts parts = parsed(state, url);
    assert_int_equal(tdm_target_complete(*state, &parts, name, &err), TDM_OK);
    return parts;
}

static void certificates_are_checked_off_this_machine(void **state)
{
    tdm_text name;
    unsetenv("PGSSLMODE");
    tdm_target_parts remote = completed(state, "postgresql://me@db.example/app", &name);
    assert_part(&remote, "sslmode", "verify-full");
    assert_text_equal(name, "app on db.example:5432 as me");
    tdm_target_parts local = completed(state, "postgresql://me@localhost/app", &name);
    assert_part(&local, "sslmode", NULL);
    tdm_target_parts said =
        completed(state, "postgresql://me@db.example/app?sslmode=prefer", &name);
    assert_part(&said, "sslmode", "prefer");
    // The name of a host does not say where a connection goes; its address does.
    tdm_target_parts address = completed(state, "host=localhost hostaddr=10.0.0.1 user=me", &name);
    assert_part(&address, "sslmode", "verify-full");
    setenv("PGSSLMODE", "require", 1);
    tdm_target_parts environment = completed(state, "postgresql://me@db.example/app", &name);
    assert_part(&environment, "sslmode", NULL);
    unsetenv("PGSSLMODE");
}

static void the_target_is_named_from_the_environment_and_without_secrets(void **state)
{
    tdm_text name;
    setenv("PGHOST", "db.example", 1);
    setenv("PGPASSWORD", "secret", 1);
    tdm_target_parts parts = completed(state, "postgresql://me:secret@/app", &name);
    assert_text_equal(name, "app on db.example:5432 as me");
    assert_part(&parts, "client_encoding", "UTF8");
    unsetenv("PGHOST");
    unsetenv("PGPASSWORD");
}

static void a_pooler_from_the_environment_is_refused_too(void **state)
{
    tdm_error err = TDM_ERROR_INIT;
    tdm_text name;
    setenv("PGHOST", "aws-0-eu-west-1.pooler.supabase.com", 1);
    setenv("PGPORT", "6543", 1);
    tdm_target_parts parts = parsed(state, "postgresql://me@/app");
    assert_int_equal(tdm_target_complete(*state, &parts, &name, &err), TDM_FAILED);
    assert_int_equal(err.code, TDM_ERROR_TARGET);
    unsetenv("PGHOST");
    unsetenv("PGPORT");
}

static void settings_that_libpq_refuses_are_named(void **state)
{
    static const char *const urls[] = {"service=nowhere", "host=a,b port=1,2,3"};
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        tdm_error err = TDM_ERROR_INIT;
        tdm_text name;
        tdm_target_parts parts = parsed(state, urls[i]);
        assert_int_equal(tdm_target_complete(*state, &parts, &name, &err), TDM_FAILED);
        assert_int_equal(err.code, TDM_ERROR_CONFIG);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(libpq_forms_are_read_by_libpq, setup, teardown),
        cmocka_unit_test_setup_teardown(sqlalchemy_urls_give_the_same_parts, setup, teardown),
        cmocka_unit_test_setup_teardown(driver_parameters_are_translated_or_left_out, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_malformed_url_is_refused_without_repeating_it, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_password_in_argv_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(wiping_leaves_no_password, setup, teardown),
        cmocka_unit_test_setup_teardown(transaction_poolers_are_refused_with_the_right_host, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(only_this_machine_is_local, setup, teardown),
        cmocka_unit_test_setup_teardown(certificates_are_checked_off_this_machine, setup, teardown),
        cmocka_unit_test_setup_teardown(
            the_target_is_named_from_the_environment_and_without_secrets, setup, teardown),
        cmocka_unit_test_setup_teardown(settings_that_libpq_refuses_are_named, setup, teardown),
        cmocka_unit_test_setup_teardown(a_pooler_from_the_environment_is_refused_too, setup,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
