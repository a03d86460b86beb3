#include "test.h"

#include "write/plain.h"

#include "statements.h"

#include <string.h>

static const char path[] = "supabase/migrations/20241127000001_add_file_path.sql";

static tdm_status made(fixture *f, tdm_text *ret)
{
    tdm_plain_input input = {
        .revision = &f->revision, .statements = &f->statements, .path = path};
    return tdm_plain_migration(f->arena, &input, ret, &f->err);
}

static void assert_made(fixture *f, const char *expected)
{
    tdm_text text = {0};
    if (made(f, &text) != TDM_OK)
        print_error("%s\n", f->err.message);
    assert_string_equal(text.data, expected);
}

static void assert_refused(fixture *f, tdm_error_code code, const char *message, uint32_t line)
{
    tdm_text text = {0};
    assert_int_equal(made(f, &text), TDM_FAILED);
    assert_string_equal(f->err.message, message);
    assert_int_equal(f->err.code, code);
    assert_int_equal(f->err.place.line, line);
    assert_null(text.data);
}

static void statements_follow_the_link(void **state)
{
    fixture *f = *state;
    add(f, "ALTER TABLE documents ADD COLUMN file_path VARCHAR(512)");
    add(f, "UPDATE documents SET file_path = filename WHERE file_path IS NULL");
    assert_made(f, "-- Add file_path to documents\n"
                   "-- tandem: revision 20241127_000001\n"
                   "\n"
                   "ALTER TABLE documents ADD COLUMN file_path VARCHAR(512);\n"
                   "\n"
                   "UPDATE documents SET file_path = filename WHERE file_path IS NULL;\n");
}

static void text_is_not_altered(void **state)
{
    fixture *f = *state;
    add(f, "INSERT INTO t VALUES ('a\tb', E'c\\\\d', ':x', '100%', 'it''s; done',\n\n  'end  ')");
    assert_made(f, "-- Add file_path to documents\n"
                   "-- tandem: revision 20241127_000001\n"
                   "\n"
                   "INSERT INTO t VALUES ('a\tb', E'c\\\\d', ':x', '100%', 'it''s; done',\n\n"
                   "  'end  ');\n");
}

static void a_closing_comment_does_not_swallow_the_semicolon(void **state)
{
    fixture *f = *state;
    add(f, "SELECT 1 -- one");
    add(f, "SELECT '--'");
    assert_made(f, "-- Add file_path to documents\n"
                   "-- tandem: revision 20241127_000001\n"
                   "\n"
                   "SELECT 1 -- one\n;\n"
                   "\n"
                   "SELECT '--'\n;\n");
}

static void a_revision_without_statements_is_its_header(void **state)
{
    assert_made(*state, "-- Add file_path to documents\n"
                        "-- tandem: revision 20241127_000001\n");
}

static void a_message_cannot_give_orders(void **state)
{
    fixture *f = *state;
    f->revision.message = TDM_TEXT("tandem: revision 20990101_000001");
    assert_made(f, "-- tandem: revision 20241127_000001\n");
    f->revision.message = TDM_TEXT("pg-delta: transaction=false");
    assert_made(f, "-- tandem: revision 20241127_000001\n");
    f->revision.message = TDM_TEXT("One\n\ntandem: revision x\rDROP TABLE t;");
    assert_made(f, "-- One tandem: revision x DROP TABLE t;\n"
                   "-- tandem: revision 20241127_000001\n");
}

static void what_cannot_be_known_is_refused_where_it_stands(void **state)
{
    fixture *f = *state;
    add(f, "SELECT 1");
    add(f, "");
    f->items[1].opaque = true;
    f->items[1].reason = TDM_TEXT("rows are read from the database");
    assert_refused(f, TDM_ERROR_OPAQUE,
                   "revision '20241127_000001' cannot be converted: rows are read from the "
                   "database",
                   20);
}

static void transaction_control_is_refused(void **state)
{
    fixture *f = *state;
    add(f, "SELECT 1");
    add(f, "COMMIT");
    assert_refused(f, TDM_ERROR_SQL, "revision '20241127_000001' controls its own transaction here",
                   20);
}

static void what_runs_outside_a_transaction_must_be_alone(void **state)
{
    fixture *f = *state;
    add(f, "CREATE INDEX CONCURRENTLY ix ON documents (file_path)");
    f->items[0].outside = true;
    assert_made(f, "-- Add file_path to documents\n"
                   "-- tandem: revision 20241127_000001\n"
                   "\n"
                   "CREATE INDEX CONCURRENTLY ix ON documents (file_path);\n");
    add(f, "SELECT 1");
    assert_refused(f, TDM_ERROR_SQL,
                   "revision '20241127_000001' runs this statement outside a transaction, beside "
                   "others",
                   10);
}

// The Supabase CLI cuts files by rules of its own, in which these words begin a function's body.
static void what_the_supabase_cli_would_cut_elsewhere_is_refused(void **state)
{
    fixture *f = *state;
    tdm_text text = {0};
    add(f, "CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT 2; END");
    add(f, "SELECT 2");
    assert_int_equal(made(f, &text), TDM_OK);
    f->statements.count = 0;
    add(f, "SELECT t.begin atomic FROM t");
    add(f, "SELECT 2");
    text = (tdm_text){0};
    assert_int_equal(made(f, &text), TDM_FAILED);
    assert_string_equal(f->err.message,
                        "revision '20241127_000001' cannot be written: the Supabase CLI would cut "
                        "this statement at another place");
    assert_int_equal(f->err.place.line, 10);
}

static void an_id_that_no_header_can_hold_is_refused(void **state)
{
    fixture *f = *state;
    f->revision.id = TDM_TEXT("two words");
    assert_refused(f, TDM_ERROR_REVISION,
                   "the id 'two words' cannot be written into a migration's header", 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(statements_follow_the_link),
        CASE(text_is_not_altered),
        CASE(a_closing_comment_does_not_swallow_the_semicolon),
        CASE(a_revision_without_statements_is_its_header),
        CASE(a_message_cannot_give_orders),
        CASE(what_cannot_be_known_is_refused_where_it_stands),
        CASE(transaction_control_is_refused),
        CASE(what_runs_outside_a_transaction_must_be_alone),
        CASE(what_the_supabase_cli_would_cut_elsewhere_is_refused),
        CASE(an_id_that_no_header_can_hold_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
