// json, textwrap, os.path, string.
#include "python/std.h"

static const py_std_row rows[] = {
    {"json", "JSONDecodeError", PY_STD_EXCEPTION, NULL, 0},
};

const py_std_table py_std_text = {rows, sizeof rows / sizeof *rows};
