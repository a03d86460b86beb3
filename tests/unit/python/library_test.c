#include "test.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/text.h"
#include "python/eval.h"
#include "python/library.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COUNT = 300 };

typedef struct fixture {
    tdm_arena *arena;
    tdm_py_library *library;
    tdm_error err;
} fixture;

static int open_fixture(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    f->arena = tdm_arena_new(0);
    f->library = tdm_py_library_new(f->arena);
    f->err = TDM_ERROR_INIT;
    *state = f;
    return 0;
}

static int close_fixture(void **state)
{
    fixture *f = *state;
    tdm_arena_free(f->arena);
    free(f);
    return 0;
}

// --- One file -----------------------------------------------------------------------------------

static void a_file_is_parsed_once(void **state)
{
    fixture *f = *state;
    tdm_py_file file = {"app/names.py", TDM_TEXT("x = 1\n")};
    tdm_py_source *first = NULL, *again = NULL;
    assert_null(tdm_py_library_find(f->library, &file));
    assert_int_equal(tdm_py_library_get(f->library, f->arena, &file, &first, &f->err), TDM_OK);
    assert_int_equal(tdm_py_library_get(f->library, f->arena, &file, &again, &f->err), TDM_OK);
    assert_ptr_equal(first, again);
    assert_ptr_equal(tdm_py_library_find(f->library, &file), first);
}

static void another_text_under_the_same_path_is_another_file(void **state)
{
    fixture *f = *state;
    tdm_py_file file = {"app/names.py", TDM_TEXT("x = 1\n")};
    tdm_py_file edited = {"app/names.py", TDM_TEXT("x = 2\n")};
    tdm_py_source *first = NULL, *second = NULL;
    assert_int_equal(tdm_py_library_get(f->library, f->arena, &file, &first, &f->err), TDM_OK);
    assert_null(tdm_py_library_find(f->library, &edited));
    assert_int_equal(tdm_py_library_get(f->library, f->arena, &edited, &second, &f->err), TDM_OK);
    assert_ptr_not_equal(first, second);
}

static void what_is_kept_outlives_the_text_it_was_read_from(void **state)
{
    fixture *f = *state;
    char *text = strdup("\"\"\"About it.\"\"\"\n");
    char *path = strdup("app/about.py");
    tdm_py_file file = {path, tdm_text_of(text)};
    tdm_py_source *source = NULL;
    tdm_place place;
    assert_int_equal(tdm_py_library_get(f->library, f->arena, &file, &source, &f->err), TDM_OK);
    free(text);
    free(path);
    assert_text_equal(tdm_py_docstring(source, &place), "About it.");
    assert_string_equal(place.file, "app/about.py");
}

static void a_syntax_error_is_remembered_with_its_place(void **state)
{
    fixture *f = *state;
    tdm_py_file file = {"app/broken.py", TDM_TEXT("x = 1\ny = = 2\n")};
    tdm_py_source *source = NULL;
    for (int i = 0; i < 2; i++) {
        tdm_error err = TDM_ERROR_INIT;
        assert_int_equal(tdm_py_library_get(f->library, f->arena, &file, &source, &err),
                         TDM_FAILED);
        assert_int_equal(err.code, TDM_ERROR_PYTHON);
        assert_string_equal(err.message, "invalid syntax");
        assert_string_equal(err.place.file, "app/broken.py");
        assert_int_equal(err.place.line, 2);
    }
}

// --- Many files ---------------------------------------------------------------------------------

typedef struct shelf {
    tdm_py_file files[COUNT];
    tdm_text docs[COUNT];
    size_t times[COUNT];
    size_t fail_from;
} shelf;

// Every tenth file is broken.
static shelf *many_files(fixture *f)
{
    shelf *s = tdm_arena_new_of(f->arena, shelf);
    for (size_t i = 0; i < COUNT; i++) {
        s->files[i].path = tdm_arena_printf(f->arena, "versions/%zu.py", i).data;
        s->files[i].text =
            tdm_arena_printf(f->arena, "\"\"\"%zu\"\"\"\nx = [1]%s\n", i, i % 10 == 0 ? " (" : "");
    }
    s->fail_from = COUNT;
    return s;
}

static tdm_status see(void *context, const tdm_py_seen *seen, tdm_error *err)
{
    shelf *s = context;
    s->times[seen->index]++;
    if (seen->index >= s->fail_from)
        return tdm_fail(err, TDM_ERROR_FILE, TDM_NOWHERE, "file %zu", seen->index);
    s->docs[seen->index] = seen->source
                               ? tdm_arena_text(seen->arena, tdm_py_docstring(seen->source, NULL))
                               : tdm_arena_text(seen->arena, tdm_text_of(seen->cause->message));
    return TDM_OK;
}

static void many_files_are_each_seen_once(void **state)
{
    fixture *f = *state;
    shelf *s = many_files(f);
    tdm_py_reading reading = {.files = s->files, .count = COUNT, .see = see, .context = s};
    assert_int_equal(tdm_py_library_read(f->library, &reading, &f->err), TDM_OK);
    for (size_t i = 0; i < COUNT; i++) {
        char number[16];
        snprintf(number, sizeof number, "%zu", i);
        assert_int_equal(s->times[i], 1);
        assert_text_equal(s->docs[i], i % 10 ? number : "invalid syntax");
        assert_true((tdm_py_library_find(f->library, &s->files[i]) != NULL) == (i % 10 != 0));
    }
}

static void the_first_failure_of_the_reader_ends_the_reading(void **state)
{
    fixture *f = *state;
    shelf *s = many_files(f);
    tdm_py_reading reading = {.files = s->files, .count = COUNT, .see = see, .context = s};
    s->fail_from = 17;
    assert_int_equal(tdm_py_library_read(f->library, &reading, &f->err), TDM_FAILED);
    assert_string_equal(f->err.message, "file 17");
}

static void names_mean_the_same_in_files_read_by_different_threads(void **state)
{
    fixture *f = *state;
    tdm_py_file files[COUNT];
    shelf *s = tdm_arena_new_of(f->arena, shelf);
    for (size_t i = 0; i < COUNT; i++)
        files[i] =
            (tdm_py_file){.path = tdm_arena_printf(f->arena, "m%zu.py", i).data,
                          .text = tdm_arena_printf(
                              f->arena, "value_%zu = %zu\ncommon = value_%zu\n", i % 7, i, i % 7)};
    tdm_py_reading reading = {.files = files, .count = COUNT, .see = see, .context = s};
    s->fail_from = COUNT;
    assert_int_equal(tdm_py_library_read(f->library, &reading, &f->err), TDM_OK);
    for (size_t i = 0; i < COUNT; i++) {
        tdm_py_host host = {.library = f->library};
        tdm_interp *in = NULL;
        tdm_py module = NULL;
        assert_int_equal(tdm_interp_new(f->arena, &host, (tdm_py_limits){0}, &in, &f->err), TDM_OK);
        assert_int_equal(tdm_py_load(in, files[i].path, files[i].text, &module, &f->err), TDM_OK);
        assert_int_equal(tdm_py_as_int(tdm_py_module_get(module, TDM_TEXT("common"))), i);
        tdm_interp_free(in);
    }
}

static void trees_beyond_the_limit_are_not_kept_and_parsed_again(void **state)
{
    fixture *f = *state;
    size_t size = TDM_LIMIT_PARSED / 64 / 8; // each `1,` is a node of more than 64 bytes
    char *text = malloc(size * 2 + 16);
    size_t end = 0;
    text[end++] = '[';
    for (size_t i = 0; i < size; i++, end += 2)
        memcpy(text + end, "1,", 2);
    text[end++] = ']';
    tdm_py_file files[40];
    shelf *s = tdm_arena_new_of(f->arena, shelf);
    for (size_t i = 0; i < 40; i++)
        files[i] = (tdm_py_file){tdm_arena_printf(f->arena, "%zu.py", i).data, {text, end}};
    tdm_py_reading reading = {.files = files, .count = 40, .see = see, .context = s};
    s->fail_from = COUNT;
    assert_int_equal(tdm_py_library_read(f->library, &reading, &f->err), TDM_OK);
    size_t kept = 0;
    for (size_t i = 0; i < 40; i++)
        kept += tdm_py_library_find(f->library, &files[i]) != NULL;
    assert_in_range(kept, 1, 20);
    assert_true(tdm_arena_used(f->arena) < (size_t)2 * TDM_LIMIT_PARSED);
    for (size_t i = 0; i < 40; i += 13) {
        tdm_arena *own = tdm_arena_new(0);
        tdm_py_source *source = NULL;
        assert_int_equal(tdm_py_library_parse(f->library, own, &files[i], &source, &f->err),
                         TDM_OK);
        tdm_arena_free(own);
    }
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_file_is_parsed_once, open_fixture, close_fixture),
        cmocka_unit_test_setup_teardown(another_text_under_the_same_path_is_another_file,
                                        open_fixture, close_fixture),
        cmocka_unit_test_setup_teardown(what_is_kept_outlives_the_text_it_was_read_from,
                                        open_fixture, close_fixture),
        cmocka_unit_test_setup_teardown(a_syntax_error_is_remembered_with_its_place, open_fixture,
                                        close_fixture),
        cmocka_unit_test_setup_teardown(many_files_are_each_seen_once, open_fixture, close_fixture),
        cmocka_unit_test_setup_teardown(the_first_failure_of_the_reader_ends_the_reading,
                                        open_fixture, close_fixture),
        cmocka_unit_test_setup_teardown(names_mean_the_same_in_files_read_by_different_threads,
                                        open_fixture, close_fixture),
        cmocka_unit_test_setup_teardown(trees_beyond_the_limit_are_not_kept_and_parsed_again,
                                        open_fixture, close_fixture),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
