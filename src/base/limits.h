// Every limit on input, in one place. All input is hostile until measured; what goes beyond a
// limit is refused with TDM_ERROR_LIMIT and its place, never cut short in silence.
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

#include <stddef.h>
#include <stdint.h>

enum {
    TDM_LIMIT_FILE = 8 << 20,        // bytes of one revision, migration or configuration file
    TDM_LIMIT_FOLDER_FILES = 100000, // entries of one folder
    TDM_LIMIT_SYNTAX_DEPTH = 400,    // nesting of a Python file
    TDM_LIMIT_SYNTAX_SIGNS = 150000, // words and signs of a Python file
    TDM_LIMIT_PARSED = 24 << 20,     // bytes of syntax trees kept; the rest is parsed again
    TDM_LIMIT_EVAL_STEPS = 20000000, // evaluator steps for one revision function
    TDM_LIMIT_EVAL_CALLS = 200,      // depth of Python calls
    TDM_LIMIT_SQL_DEPTH = 500,       // brackets inside brackets of one SQL statement
    TDM_LIMIT_SQL_HEIGHT = 5000,     // of a parse tree, in protobuf messages of 1 kB stack each
    TDM_LIMIT_CACHE = 128 << 20,     // bytes of the cache of one project
    TDM_LIMIT_OUTPUT = 256 << 20,    // bytes of one buffer of output
    TDM_LIMIT_ASKED = 64 << 20,      // bytes that the project's own Alembic may print
};

// Memory that evaluating one project may take, in bytes.
#define TDM_LIMIT_ARENA ((size_t)2 << 30)

#endif
