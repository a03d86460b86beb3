// The evaluator of a safe subset of Python: an interpreter over the syntax tree that runs nothing
// outside itself. It opens no file, reads no clock and no environment; what a program asks of the
// world comes from its host or is UNKNOWN.
//
// Failure has two forms. A Python exception that the program itself would raise is an outcome
// (tdm_py_outcome.raised). What the evaluator cannot follow is UNKNOWN, and where it governs what
// happens next (a branch, a loop, a call with effects) the host is told through `opaque`, so that
// never a statement is silently missing.
#ifndef PYTHON_EVAL_H
#define PYTHON_EVAL_H

#include "python/library.h"
#include "python/value.h"

#include <tandem/error.h>

typedef struct tdm_py_host {
    void *context;
    // Modules that the host owns ("alembic.op", "sqlalchemy.dialects.postgresql", also "alembic").
    // A native value, or NULL: not the host's. The standard library's pure parts are the
    // evaluator's own.
    tdm_py (*module)(tdm_interp *in, void *context, tdm_text dotted);
    // The source of a module of the project's own ("app.constants"), found statically. False: there
    // is none. `ret_path` is relative to the project root and NUL-terminated.
    bool (*source)(void *context, tdm_text dotted, tdm_text *ret_path, tdm_text *ret_source);
    // A file of the project's own: in the folder of a package, or below the root where `package` is
    // empty. `path` has no "..". False: there is none, or it is too large.
    bool (*file)(void *context, tdm_text package, tdm_text path, tdm_text *ret_bytes);
    // A value that the user's settings give a dotted name; NULL: none.
    tdm_py (*assume)(tdm_interp *in, void *context, tdm_text dotted);
    // Control flow from here on (a branch, loop, with, call) depends on what cannot be known: what
    // the code at `place` would have done is opaque. Called at most once for one execution of one
    // statement, in its order among the effects of the program.
    void (*opaque)(void *context, tdm_place place, tdm_text reason);
    // Where parsed files are kept for other interpreters, whose hosts find the same files; NULL:
    // nowhere.
    tdm_py_library *library;
} tdm_py_host;

typedef struct tdm_py_limits {
    uint64_t steps; // 0: TDM_LIMIT_EVAL_STEPS
    uint32_t calls; // 0: TDM_LIMIT_EVAL_CALLS
} tdm_py_limits;

// `arena` owns all values and must outlive the interpreter.
TDM_MUST_CHECK tdm_status tdm_interp_new(tdm_arena *arena, const tdm_py_host *host,
                                         tdm_py_limits limits, tdm_interp **ret, tdm_error *err);
void tdm_interp_free(tdm_interp *in);
tdm_arena *tdm_interp_arena(tdm_interp *in);
void *tdm_interp_host(tdm_interp *in);      // host->context
tdm_place tdm_interp_place(tdm_interp *in); // of the expression being evaluated

// The modules that were looked for among the host's files so far and not found; a view. False: more
// than these names was asked of the files, so that what was found in them counts.
bool tdm_py_sought(const tdm_interp *in, const tdm_text **ret, size_t *ret_count);

// Parses a source and runs its module body. `path` is NUL-terminated and goes into places. A
// syntax error or limit fails with its place; an exception at module level is an outcome of the
// module (`raised` below) and later look-ups give UNKNOWN with its text.
TDM_MUST_CHECK tdm_status tdm_py_load(tdm_interp *in, const char *path, tdm_text source,
                                      tdm_py *ret_module, tdm_error *err);
// A module-level name, or NULL when the module does not define it.
tdm_py tdm_py_module_get(tdm_py module, tdm_text name);

typedef struct tdm_py_outcome {
    tdm_py value; // what the function returned; NULL when it raised
    bool raised;
    tdm_text exception; // "NotImplementedError"
    tdm_text message;
    tdm_place place; // where it was raised
} tdm_py_outcome;

// Whether running the module ended in an exception, and which (value is NULL then).
bool tdm_py_module_raised(tdm_py module, tdm_py_outcome *ret);

// Calls a function from outside. The step count starts anew.
TDM_MUST_CHECK tdm_status tdm_py_run(tdm_interp *in, tdm_py function, const tdm_py_args *args,
                                     tdm_py_outcome *ret, tdm_error *err);

// An instance of a class that a class statement made, __init__ called, whatever `subclass` of a
// native base had put in the class's place. NULL: an exception is pending.
tdm_py tdm_py_instantiate(tdm_interp *in, tdm_py type, const tdm_py_args *args);
// An attribute if there is one: NULL without an exception when there is none.
tdm_py tdm_py_find_attr(tdm_interp *in, tdm_py value, tdm_text name);
// Whether an exception is pending, and dropping it.
bool tdm_py_pending(tdm_interp *in);
void tdm_py_clear(tdm_interp *in);

// For natives, inside a run: what is being evaluated may raise an exception that the program could
// catch, for the reason of `unknown`. Inside `try` nothing is certain after it.
void tdm_py_may_raise(tdm_interp *in, tdm_py unknown);

// For natives, inside a run: how often code that was not executed could have reached the host.
uint64_t tdm_interp_opaques(const tdm_interp *in);

// For natives, inside a run: calling back, and getting and setting attributes as Python does.
tdm_py tdm_py_call(tdm_interp *in, tdm_py function, const tdm_py_args *args);
tdm_py tdm_py_get_attr(tdm_interp *in, tdm_py value, tdm_text name);
tdm_py tdm_py_iterate(tdm_interp *in, tdm_py value); // a list/tuple of the items, or UNKNOWN
bool tdm_py_equal(tdm_interp *in, tdm_py a, tdm_py b, bool *ret); // false: cannot be known

#endif
