// The evaluator against CPython 3.11: every case of tests/data/python must give the repr, or the
// exception, that generate.py wrote there. An UNKNOWN is a failure here: these cases are what the
// evaluator claims to follow.
#include "test.h"

#include "python/eval.h"

#include "base/arena.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>

static tdm_text read_file(const char *name)
{
    char path[512];
    snprintf(path, sizeof path, "%s/tests/data/python/%s", TANDEM_SOURCE_DIR, name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    rewind(file);
    char *data = malloc((size_t)size + 1);
    assert_non_null(data);
    assert_int_equal(fread(data, 1, (size_t)size, file), size);
    fclose(file);
    return (tdm_text){data, (size_t)size};
}

static bool assigns_out(tdm_text code)
{
    tdm_text line;
    while (tdm_text_next_line(&code, &line))
        if (tdm_text_find(line, TDM_TEXT("out = ")) != SIZE_MAX)
            return true;
    return false;
}

// What the evaluator says, in generate.py's words.
static void answer(tdm_arena *arena, tdm_text code, tdm_buffer *out)
{
    static const tdm_py_host host = {0};
    tdm_error err = TDM_ERROR_INIT;
    tdm_interp *in;
    tdm_py module, value;
    tdm_py_outcome outcome;
    bool raises = !assigns_out(code);
    // An expression over several lines needs parentheses; statements that only raise need none.
    tdm_text source = code;
    if (raises)
        source = tdm_arena_printf(arena, "out = (\n%.*s\n)\n", TDM_TEXT_ARG(code));
    assert_int_equal(tdm_interp_new(arena, &host, (tdm_py_limits){0}, &in, &err), TDM_OK);
    tdm_status status = tdm_py_load(in, "case", source, &module, &err);
    if (status != TDM_OK && raises)
        status = tdm_py_load(in, "case", code, &module, &err);
    if (status != TDM_OK) {
        tdm_buffer_putf(out, "error: %s", err.message);
        return;
    }
    if (tdm_py_module_raised(module, &outcome)) {
        tdm_buffer_putf(out, "#! %.*s: %.*s", TDM_TEXT_ARG(outcome.exception),
                        TDM_TEXT_ARG(outcome.message));
        if (!outcome.message.size)
            out->data[out->size -= 1] = '\0';
        return;
    }
    value = tdm_py_module_get(module, TDM_TEXT("out"));
    tdm_py text = value ? tdm_py_repr(in, value) : NULL;
    if (!text)
        tdm_buffer_puts(out, "no value");
    else if (tdm_py_kind_of(text) != TDM_PY_STR)
        tdm_buffer_putf(out, "unknown: %.*s", TDM_TEXT_ARG(tdm_py_reason(text)));
    else
        tdm_buffer_putf(out, "#> %.*s", TDM_TEXT_ARG(tdm_py_as_text(text)));
}

static unsigned run_case(const char *name, unsigned line, tdm_text code, tdm_text expected)
{
    tdm_arena *arena = tdm_arena_new(0);
    tdm_buffer out = TDM_BUFFER_INIT(1 << 20);
    answer(arena, code, &out);
    while (out.size && out.data[out.size - 1] == ' ')
        out.size--;
    bool same = tdm_text_equal(tdm_buffer_text(&out), tdm_text_trim(expected));
    if (!same)
        print_error("%s:%u:\n%.*s\n  python: %.*s\n  tandem: %.*s\n\n", name, line,
                    TDM_TEXT_ARG(code), TDM_TEXT_ARG(expected),
                    TDM_TEXT_ARG(tdm_buffer_text(&out)));
    tdm_buffer_free(&out);
    tdm_arena_free(arena);
    return !same;
}

static void run_cases(void **state)
{
    const char *name = *state;
    tdm_text text = read_file(name), rest = text, line, code = {rest.data, 0};
    unsigned number = 0, failed = 0, count = 0;
    while (tdm_text_next_line(&rest, &line)) {
        number++;
        if (!tdm_text_starts(line, TDM_TEXT("#> ")) && !tdm_text_starts(line, TDM_TEXT("#! ")))
            continue;
        code.size = (size_t)(line.data - code.data);
        failed += run_case(name, number, tdm_text_trim(code), line);
        count++;
        code.data = rest.data;
    }
    free((void *)text.data);
    assert_true(count > 0);
    assert_int_equal(failed, 0);
}

#define CASES(file)                                                                                \
    {                                                                                              \
        .name = file, .test_func = run_cases, .initial_state = (void *)file ".txt"                 \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASES("literals"),  CASES("containers"), CASES("strings"),
        CASES("functions"), CASES("classes"),    CASES("dates"),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
