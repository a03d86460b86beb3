#include "alembic/header.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

#include "test.h"

typedef struct fixture {
    tdm_arena *arena;
    tdm_revision revision;
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

static void assert_read(fixture *f, const char *source)
{
    tdm_status status =
        tdm_header_read(f->arena, "versions/ab_x.py", tdm_text_of(source), &f->revision, &f->err);
    if (status != TDM_OK)
        print_error("%u: %s\n", f->err.place.line, f->err.message);
    assert_int_equal(status, TDM_OK);
}

static void assert_refused(fixture *f, const char *path, const char *source, tdm_error_code code,
                           const char *message)
{
    assert_int_equal(tdm_header_read(f->arena, path, tdm_text_of(source), &f->revision, &f->err),
                     TDM_FAILED);
    assert_string_equal(f->err.message, message);
    assert_int_equal(f->err.code, code);
    assert_string_equal(f->err.place.file, path);
}

static void the_template_of_today_is_read(void **state)
{
    fixture *f = *state;
    assert_read(f, "\"\"\"add users\n\nRevision ID: ab\nRevises: aa\n"
                   "Create Date: 2024-11-27 10:11:12.131415\n\n\"\"\"\n"
                   "from typing import Sequence, Union\n\nfrom alembic import op\n\n"
                   "revision: str = 'ab'\n"
                   "down_revision: Union[str, Sequence[str], None] = 'aa'\n"
                   "branch_labels: Union[str, Sequence[str], None] = None\n"
                   "depends_on: Union[str, Sequence[str], None] = None\n\n\n"
                   "def upgrade() -> None:\n    pass\n");
    const tdm_revision *revision = &f->revision;
    assert_text_equal(revision->id, "ab");
    assert_int_equal(revision->down.count, 1);
    assert_text_equal(revision->down.items[0], "aa");
    assert_int_equal(revision->labels.count, 0);
    assert_int_equal(revision->depends_on.count, 0);
    assert_text_equal(revision->message, "add users");
    assert_text_equal(revision->create_date, "2024-11-27 10:11:12.131415");
    assert_true(revision->has_upgrade);
    assert_false(revision->has_downgrade);
    assert_int_equal(revision->id_place.line, 12);
    assert_int_equal(revision->id_place.column, 17);
    assert_int_equal(revision->down_place.line, 13);
    assert_int_equal(revision->doc_place.line, 1);
}

static void names_may_be_none_one_or_several(void **state)
{
    fixture *f = *state;
    assert_read(f, "revision = 'a' 'b'\ndown_revision = ('x', \"y\")\nbranch_labels = ['net']\n"
                   "depends_on = 'z'\n");
    assert_text_equal(f->revision.id, "ab");
    assert_int_equal(f->revision.down.count, 2);
    assert_text_equal(f->revision.down.items[1], "y");
    assert_text_equal(f->revision.labels.items[0], "net");
    assert_text_equal(f->revision.depends_on.items[0], "z");
    assert_read(f, "revision = 'ab'\ndown_revision = None\n");
    assert_int_equal(f->revision.down.count, 0);
    assert_read(f, "revision = 'ab'\ndown_revision = 'x', 'y'\n");
    assert_int_equal(f->revision.down.count, 2);
    assert_read(f, "revision = 'ab'\ndown_revision = ()\n");
    assert_int_equal(f->revision.down.count, 0);
    assert_read(f, "revision = 'ab'\ndown_revision = ''\n");
    assert_int_equal(f->revision.down.count, 1);
}

static void the_message_ends_at_the_first_empty_line(void **state)
{
    fixture *f = *state;
    assert_read(f, "'''  one\ntwo\n\nthree'''\nrevision = 'ab'\ndown_revision = None\n");
    assert_text_equal(f->revision.message, "one\ntwo");
    assert_text_equal(f->revision.doc, "one\ntwo\n\nthree");
    assert_read(f, "revision = 'ab'\ndown_revision = None\n");
    assert_text_equal(f->revision.message, "");
    assert_read(f, "'''one\r\n\r\ntwo'''\r\nrevision = 'ab'\r\ndown_revision = None\r\n");
    assert_text_equal(f->revision.message, "one");
}

static void a_name_of_hex_digits_stands_for_the_id(void **state)
{
    fixture *f = *state;
    assert_int_equal(tdm_header_read(f->arena, "versions/1f0e.py",
                                     TDM_TEXT("down_revision = None\n"), &f->revision, &f->err),
                     TDM_OK);
    assert_text_equal(f->revision.id, "1f0e");
    assert_refused(f, "versions/helpers.py", "down_revision = None\n", TDM_ERROR_CHAIN,
                   "Could not determine revision id from filename helpers.py. Be sure the "
                   "'revision' variable is declared inside the script (please see 'Upgrading from "
                   "Alembic 0.1 to 0.2' in the documentation).");
}

static void what_alembic_refuses_is_refused_in_its_words(void **state)
{
    fixture *f = *state;
    assert_refused(f, "versions/a-b.py", "revision = 'ab'\n", TDM_ERROR_CHAIN,
                   "module 'a_b_py' has no attribute 'down_revision'");
    assert_refused(f, "versions/ab.py", "revision = 'a@b-c'\ndown_revision = None\n",
                   TDM_ERROR_CHAIN,
                   "Character(s) '-, @' not allowed in revision identifier 'a@b-c'");
    assert_int_equal(f->err.place.line, 1);
    assert_refused(f, "versions/ab.py", "revision = ''\ndown_revision = None\n", TDM_ERROR_CHAIN,
                   "revision is empty");
}

static void what_is_no_literal_cannot_be_known(void **state)
{
    fixture *f = *state;
    assert_refused(f, "versions/ab.py", "revision = make_id()\ndown_revision = None\n",
                   TDM_ERROR_OPAQUE, "revision is 'make_id()', not a string in literals");
    assert_refused(f, "versions/ab.py", "revision = 'ab'\ndown_revision = previous\n",
                   TDM_ERROR_OPAQUE,
                   "down_revision is 'previous', not None, a string or several strings in "
                   "literals");
    assert_int_equal(f->err.place.line, 2);
    assert_refused(f, "versions/ab.pyc", "", TDM_ERROR_OPAQUE,
                   "compiled revision without its source");
}

static void unknown_dependencies_leave_the_rest(void **state)
{
    fixture *f = *state;
    assert_read(f, "revision = 'ab'\ndown_revision = 'aa'\ndepends_on = tuple(x)\n");
    assert_text_equal(f->revision.down.items[0], "aa");
    assert_int_equal(f->revision.depends_on.count, 0);
    assert_text_equal(f->revision.unknown,
                      "depends_on is 'tuple(x)', not None, a string or several strings in "
                      "literals");
    assert_int_equal(f->revision.unknown_place.line, 3);
}

static void wrong_syntax_is_located(void **state)
{
    fixture *f = *state;
    assert_int_equal(tdm_header_read(f->arena, "versions/ab.py",
                                     TDM_TEXT("revision = 'ab'\ndown_revision = = None\n"),
                                     &f->revision, &f->err),
                     TDM_FAILED);
    assert_int_equal(f->err.code, TDM_ERROR_PYTHON);
    assert_int_equal(f->err.place.line, 2);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_fixture, close_fixture)
    const struct CMUnitTest tests[] = {
        TEST(the_template_of_today_is_read),
        TEST(names_may_be_none_one_or_several),
        TEST(the_message_ends_at_the_first_empty_line),
        TEST(a_name_of_hex_digits_stands_for_the_id),
        TEST(what_alembic_refuses_is_refused_in_its_words),
        TEST(what_is_no_literal_cannot_be_known),
        TEST(unknown_dependencies_leave_the_rest),
        TEST(wrong_syntax_is_located),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
