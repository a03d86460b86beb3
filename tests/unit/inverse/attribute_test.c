// Attributes put back: types, what routines are, default privileges.
#include "journey.h"

#include <stdio.h>

// --- Types of columns ---------------------------------------------------------------------------

// Made with one type, altered to another: what leads back, or why nothing does.
static void assert_type(const char *from, const char *to, const char *back, const char *lost)
{
    char made[300], altered[300];

    (void)snprintf(made, sizeof made, "CREATE TYPE mood AS ENUM ('a'); CREATE TABLE t (c %s)",
                   from);
    (void)snprintf(altered, sizeof altered, "ALTER TABLE t ALTER c TYPE %s USING NULL", to);
    ASSERT_BACK(made, altered, back, lost);
}

static void test_the_server_converts_what_it_can_by_itself(void **state)
{
    (void)state;
    assert_type("varchar(20)", "text", "ALTER TABLE t ALTER COLUMN c TYPE character varying(20)",
                NULL);
    assert_type("int", "numeric(10,2)", "ALTER TABLE t ALTER COLUMN c TYPE integer", NULL);
    assert_type("numeric(5)", "numeric(10,2)", "ALTER TABLE t ALTER COLUMN c TYPE numeric(5,0)",
                NULL);
    assert_type("timestamp", "timestamptz",
                "ALTER TABLE t ALTER COLUMN c TYPE timestamp without time zone", NULL);
    assert_type("text", "uuid", "ALTER TABLE t ALTER COLUMN c TYPE text", NULL);
    assert_type("json", "jsonb", "ALTER TABLE t ALTER COLUMN c TYPE json", NULL);
    assert_type("int[]", "bigint[]", "ALTER TABLE t ALTER COLUMN c TYPE integer[]", NULL);
}

static void test_text_is_read_as_the_type(void **state)
{
    (void)state;
    assert_type("uuid", "text", "ALTER TABLE t ALTER COLUMN c TYPE uuid USING c::uuid", NULL);
    assert_type("mood", "text",
                "ALTER TABLE t ALTER COLUMN c TYPE public.mood USING c::public.mood", NULL);
    assert_type("text[]", "varchar", "ALTER TABLE t ALTER COLUMN c TYPE text[] USING c::text[]",
                NULL);
}

static void test_without_a_cast_nothing_leads_back(void **state)
{
    (void)state;
    assert_type("bigint", "timestamptz", "",
                "t.c: no cast leads back from timestamp with time zone to bigint");
    assert_type("integer", "mood", "", "t.c: no cast leads back from public.mood to integer");
    assert_type("int", "int[]", "", "t.c: no cast leads back from integer[] to integer");
}

// --- Routines -----------------------------------------------------------------------------------

static void test_what_a_moved_function_was_is_put_back(void **state)
{
    (void)state;
    ASSERT_BACK("CREATE SCHEMA s; CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql STABLE"
                " SET search_path = public, s AS 'SELECT 1'",
                "ALTER FUNCTION f(int) SET SCHEMA s;"
                "ALTER FUNCTION s.f(int) SECURITY DEFINER IMMUTABLE STRICT SET search_path = ''",
                "ALTER ROUTINE s.f(integer) RESET ALL SET search_path TO public, s\n"
                "ALTER ROUTINE s.f(integer) SECURITY INVOKER\n"
                "ALTER ROUTINE s.f(integer) CALLED ON NULL INPUT\n"
                "ALTER ROUTINE s.f(integer) STABLE\n"
                "ALTER ROUTINE s.f(integer) SET SCHEMA public",
                NULL);
}

// --- Default privileges -------------------------------------------------------------------------

static void test_default_privileges_are_taken_back(void **state)
{
    (void)state;
    ASSERT_BACK("CREATE SCHEMA s",
                "ALTER DEFAULT PRIVILEGES FOR ROLE owner IN SCHEMA s GRANT ALL ON TABLES TO app;"
                "ALTER DEFAULT PRIVILEGES FOR ROLE owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;"
                "ALTER DEFAULT PRIVILEGES IN SCHEMA s GRANT USAGE, SELECT ON SEQUENCES TO app",
                "ALTER DEFAULT PRIVILEGES IN SCHEMA s REVOKE SELECT, USAGE ON SEQUENCES FROM app\n"
                "ALTER DEFAULT PRIVILEGES FOR ROLE owner GRANT ALL ON FUNCTIONS TO PUBLIC\n"
                "ALTER DEFAULT PRIVILEGES FOR ROLE owner IN SCHEMA s REVOKE ALL ON TABLES FROM app",
                NULL);
}

static void test_those_of_the_platform_are_not_known(void **state)
{
    (void)state;
    ASSERT_BACK(NULL, "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON TABLES TO anon", "",
                "default privileges on tables in public: what anon might do before is not known");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_server_converts_what_it_can_by_itself),
        cmocka_unit_test(test_text_is_read_as_the_type),
        cmocka_unit_test(test_without_a_cast_nothing_leads_back),
        cmocka_unit_test(test_what_a_moved_function_was_is_put_back),
        cmocka_unit_test(test_default_privileges_are_taken_back),
        cmocka_unit_test(test_those_of_the_platform_are_not_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
