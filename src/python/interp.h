// What the files of the evaluator share. Internal to the room.
//
// Conventions: a function that gives a tdm_py returns NULL when an exception is pending or the
// interpreter has stopped at a limit; one that gives bool returns false then. py_flow says how a
// statement ended. UNKNOWN is an ordinary result; docs/internals/evaluator.md has its rules.
#ifndef PYTHON_INTERP_H
#define PYTHON_INTERP_H

#include "python/eval.h"
#include "python/library.h"
#include "python/object.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/text.h"

typedef enum py_flow {
    PY_FLOW_NEXT,
    PY_FLOW_BREAK,
    PY_FLOW_CONTINUE,
    PY_FLOW_RETURN,
    PY_FLOW_RAISE, // an exception is pending, or the interpreter has stopped
    PY_FLOW_MAYBE, // one of frame->maybe may have happened: nobody knows what runs next
} py_flow;

// What undecided code may do to the flow of control around it.
enum {
    PY_MAYBE_BREAK = 1,
    PY_MAYBE_CONTINUE = 2,
    PY_MAYBE_RETURN = 4,
    PY_MAYBE_RAISE = 8,
    PY_MAYBE_DOUBT = 16, // an operation on an UNKNOWN may have raised, in a try body
    PY_MAYBE_THROW = PY_MAYBE_RAISE | PY_MAYBE_DOUBT,
};

// Which operations that may raise matter, because a handler around may catch what they raise.
typedef enum py_watch {
    PY_WATCH_NOTHING,
    PY_WATCH_IMPORTS,
    PY_WATCH_ALL,
} py_watch;

typedef struct py_frame {
    struct py_frame *caller;
    py_module_data *module;
    py_env *env;
    py_space *space;            // of a class body
    py_function_data *function; // whose body runs; NULL in modules and class bodies
    tdm_py value;               // of a return statement
    unsigned maybe;
    const py_why *maybe_why;
    tdm_py handling;    // the exception that a bare raise raises again
    tdm_py yields;      // LIST that yield appends to
    tdm_py annotations; // LIST of the annotated names of a class body, or NULL
    uint64_t watched;   // in a try body: the doubts at its start
    py_watch watch;
    // Run instead of a yield, for a @contextmanager function: the body of the with statement.
    py_flow (*at_yield)(tdm_interp *in, void *context, tdm_py value);
    void *yield_context;
} py_frame;

enum {
    PY_SMALL_INT_MIN = -8,
    PY_SMALL_INT_COUNT = 264,
    PY_OBJECT_STEPS = 6,
    PY_STATEMENT_STEPS = 4,
    PY_MAX_DEPTH = 1600,  // of evaluation functions nested in C
    PY_MAX_NESTING = 100, // of values in values, where they are printed or compared
};

#define PY_MAX_TEXT ((size_t)16 << 20) // bytes of one text that a program makes
#define PY_MAX_ITEMS ((size_t)4 << 20) // items of one container

struct tdm_interp {
    tdm_arena *arena;
    tdm_py_host host;
    tdm_py_limits limits;
    tdm_py_library *library;
    py_names names;
    tdm_map modules; // dotted name: MODULE
    tdm_map classes; // built-in classes by name
    py_frame *frame;
    const struct tdm_py_source *source; // of `at`
    const py_node *at;
    tdm_py pending; // an exception instance
    bool stopped;   // at a limit, or out of memory: `error` says it
    tdm_error error;
    uint64_t steps; // left
    uint32_t calls;
    uint32_t imports;
    bool met_project; // a module was found among the host's files, or too many were looked for
    TDM_VECTOR(tdm_text) sought; // those that were not, each once
    uint32_t depth;
    uint32_t nesting;
    bool running;     // inside tdm_py_run and not loading a module: the host can be reached
    bool said;        // the statement being executed has reported an opaque
    bool maybe_raise; // undecided code inside this statement may have raised
    const py_why *maybe_why;
    uint64_t doubts;         // operations on UNKNOWN so far
    uint64_t opaques;        // of these: reported ones
    uint64_t warnings;       // exceptions that natives warned of
    uint64_t import_doubts;  // of these: imports of what is not there to be read
    const py_why *doubt_why; // the last one
    bool rest_said;          // the code after one that may have jumped has been reported
    tdm_py none, yes, no, not_implemented, ellipsis, out_of_memory;
    const tdm_py *small; // PY_SMALL_INT_COUNT
    const py_name *name_self, *name_init, *name_str, *name_repr, *name_name, *name_value;
};

// ---- library.c ----
const py_names *tdm_py_library_names(const tdm_py_library *library);
const tdm_py *tdm_py_library_small_ints(const tdm_py_library *library);
// Modules that the hosts of this library were asked for in vain.
bool tdm_py_library_is_absent(const tdm_py_library *library, tdm_text dotted);
void tdm_py_library_note_absent(tdm_py_library *library, tdm_text dotted);

// ---- interp.c ----
tdm_place tdm_py_here(tdm_interp *in);
// Stops the interpreter for good with a located error; returns NULL.
tdm_py tdm_py_stop(tdm_interp *in, tdm_error_code code, const char *format, ...) TDM_PRINTF(3, 4);
// Charges for work beyond one step (text and containers built); false when stopped.
bool tdm_py_charge(tdm_interp *in, size_t bytes);
// Charges one step of a walk through values, which may be as wide as a tree with shared branches
// has ways; false when stopped.
bool tdm_py_step(tdm_interp *in);
const py_name *tdm_py_intern(tdm_interp *in, const char *name);
static inline bool tdm_py_failed(const tdm_interp *in)
{
    return in->pending || in->stopped;
}

// ---- value.c ----
tdm_py tdm_py_new_object(tdm_interp *in, tdm_py_kind kind); // out_of_memory when there is none
tdm_py tdm_py_text_value(tdm_interp *in, tdm_text text);    // copies
tdm_py tdm_py_bytes(tdm_interp *in, tdm_text text);
tdm_py tdm_py_buffer_value(tdm_interp *in, tdm_buffer *buffer); // takes; UNKNOWN when it failed
tdm_py tdm_py_set(tdm_interp *in, bool frozen);
bool tdm_py_append(tdm_interp *in, tdm_py list, tdm_py item);
tdm_py tdm_py_function_value(tdm_interp *in, py_function_data *data);
tdm_py tdm_py_bound(tdm_interp *in, tdm_py function, tdm_py self);
tdm_py tdm_py_builtin_new(tdm_interp *in, const char *name, tdm_py_function function, void *data,
                          unsigned flags);
tdm_py tdm_py_module_value(tdm_interp *in, py_module_data *data);
tdm_py tdm_py_other(tdm_interp *in, const py_other_type *type, void *data);
bool tdm_py_is(tdm_py a, tdm_py b); // the `is` operator
bool tdm_py_is_unknown(tdm_py value);
size_t tdm_py_str_length(tdm_py str); // code points
bool tdm_py_is_ascii(tdm_py str);
bool tdm_py_is_number(tdm_py value); // BOOL, INT, FLOAT

// ---- unknown.c ----
tdm_py tdm_py_unknown_why(tdm_interp *in, const py_why *why);
tdm_py tdm_py_harmless(tdm_interp *in, const char *format, ...) TDM_PRINTF(2, 3);
tdm_py tdm_py_unfollowed(tdm_interp *in, const char *format, ...) TDM_PRINTF(2, 3);
// An operation on an UNKNOWN: counts the doubt and gives the UNKNOWN again.
tdm_py tdm_py_doubt(tdm_interp *in, tdm_py unknown);
void tdm_py_doubt_import(tdm_interp *in, const py_why *why);
// The same UNKNOWN under one more dotted name.
tdm_py tdm_py_unknown_named(tdm_interp *in, tdm_py unknown, tdm_text dotted);
// What `suffix` (".name", "()") makes of it: a value that settings give one of its names, or the
// UNKNOWN under the longer names.
tdm_py tdm_py_unknown_extended(tdm_interp *in, tdm_py unknown, tdm_text suffix);
// Tells the host that what happens here cannot be known; at most once for one statement.
void tdm_py_opaque(tdm_interp *in, tdm_place place, const py_why *why);
// Makes a mutable object UNKNOWN in place; reachable: with all that can be reached from it.
void tdm_py_spoil(tdm_interp *in, tdm_py value, const py_why *why);
void tdm_py_spoil_reachable(tdm_interp *in, tdm_py value, const py_why *why);
tdm_py tdm_py_call_unknown(tdm_interp *in, tdm_py callee, const tdm_py_args *args);
bool tdm_py_holds_native(tdm_py value);

// ---- undecided.c ----
// Code that nobody knows whether, or how often, it runs. Its names and what it may change become
// UNKNOWN, and it is reported when it could reach the host. Returns PY_MAYBE_... bits.
unsigned tdm_py_undecided(tdm_interp *in, py_node *const *nodes, size_t count, const py_why *why,
                          tdm_place place);

// Whether running the code could call the host.
bool tdm_py_may_reach_host(tdm_interp *in, py_node *const *nodes, size_t count);

// ---- table.c ----
bool tdm_py_hash(tdm_interp *in, tdm_py key, uint64_t *ret); // false: TypeError, or UNKNOWN inside
// 1 found, 0 absent, -1 an exception is pending, -2 cannot be known.
int tdm_py_table_find(tdm_interp *in, const py_table *table, tdm_py key, py_dict_entry **ret);
// The same results; 0 and 1 are success.
int tdm_py_table_put(tdm_interp *in, py_table *table, tdm_py key, tdm_py value);
int tdm_py_table_remove(tdm_interp *in, py_table *table, tdm_py key, tdm_py *ret_value);
py_table *tdm_py_table_new(tdm_interp *in);
py_table *tdm_py_table_copy(tdm_interp *in, const py_table *table);
py_dict_entry *tdm_py_table_at(const py_table *table, size_t index); // index among the live ones
void tdm_py_table_compact(py_table *table);
tdm_py tdm_py_table_value(tdm_interp *in, py_table *table, tdm_py_kind kind);

// ---- compare.c ----
typedef enum py_answer {
    PY_NO,
    PY_YES,
    PY_CANNOT_KNOW,
    PY_ERROR, // an exception is pending
} py_answer;
py_answer tdm_py_equality(tdm_interp *in, tdm_py a, tdm_py b);
tdm_py tdm_py_compare(tdm_interp *in, uint8_t op, tdm_py a, tdm_py b); // PY_OP_... included
py_answer tdm_py_truth(tdm_interp *in, tdm_py value);
py_answer tdm_py_contains(tdm_interp *in, tdm_py container, tdm_py item);
typedef struct py_sorting {
    tdm_py *keys;  // compared
    tdm_py *items; // moved along with their keys; may be the same array
    size_t count;
    bool reverse;
} py_sorting;
// None when sorted, UNKNOWN when the order cannot be known.
tdm_py tdm_py_sort(tdm_interp *in, const py_sorting *sorting);

// ---- operate.c ----
tdm_py tdm_py_operate(tdm_interp *in, tdm_py_operator op, tdm_py a, tdm_py b);
tdm_py tdm_py_operate_in_place(tdm_interp *in, tdm_py_operator op, tdm_py a, tdm_py b);
tdm_py tdm_py_unary(tdm_interp *in, tdm_py_operator op, tdm_py a);

// ---- attr.c, item.c ----
tdm_py tdm_py_attr(tdm_interp *in, tdm_py value, const py_name *name);
// NULL without an exception when there is no such attribute.
tdm_py tdm_py_lookup_attr(tdm_interp *in, tdm_py value, const py_name *name);
bool tdm_py_set_attr(tdm_interp *in, tdm_py object, const py_name *name, tdm_py value);
bool tdm_py_del_attr(tdm_interp *in, tdm_py object, const py_name *name);
tdm_py tdm_py_find_special(tdm_interp *in, tdm_py value, const char *name); // on its class, bound
tdm_py tdm_py_get_item(tdm_interp *in, tdm_py object, tdm_py key);
tdm_py tdm_py_slice(tdm_interp *in, tdm_py parts[3]); // slice(start, stop, step)
bool tdm_py_set_item(tdm_interp *in, tdm_py object, tdm_py key, tdm_py value);
bool tdm_py_del_item(tdm_interp *in, tdm_py object, tdm_py key);
tdm_py tdm_py_globals(tdm_interp *in, py_module_data *module); // globals()
bool tdm_py_globals_set(tdm_interp *in, tdm_py globals, tdm_py key, tdm_py value);
bool tdm_py_is_globals(tdm_py value);
const tdm_py_class *tdm_py_behaviour(tdm_py value); // of NATIVE and OTHER, else NULL

// ---- iter.c ----
// An iterator, or UNKNOWN.
tdm_py tdm_py_iter(tdm_interp *in, tdm_py value);
// 1 an item, 0 the end, -1 an exception; the item may be UNKNOWN (then the end is unknown too).
int tdm_py_next(tdm_interp *in, tdm_py iterator, tdm_py *ret);
// A fresh LIST of all items, or UNKNOWN.
tdm_py tdm_py_items_of(tdm_interp *in, tdm_py value);
// The same for who does not care about the order: also of a set, whose order nobody knows.
tdm_py tdm_py_members_of(tdm_interp *in, tdm_py value);

// ---- call.c ----
tdm_py tdm_py_call0(tdm_interp *in, tdm_py function);
tdm_py tdm_py_call1(tdm_interp *in, tdm_py function, tdm_py argument);
tdm_py tdm_py_call2(tdm_interp *in, tdm_py function, tdm_py a, tdm_py b);
tdm_py tdm_py_call_user(tdm_interp *in, py_function_data *function, const tdm_py_args *args,
                        py_frame *prepared);
py_env *tdm_py_env_new(tdm_interp *in, py_env *parent, size_t count);
tdm_py_args tdm_py_with_self(tdm_interp *in, tdm_py self, const tdm_py_args *args);
// Reads arguments by a specification "a,b=,*,c=": "=" may be missing, "*" keyword-only follows,
// "/" positional-only stands before. False: TypeError is pending.
bool tdm_py_read_args(tdm_interp *in, const tdm_py_args *args, const char *function,
                      const char *spec, tdm_py *ret);
bool tdm_py_no_args(tdm_interp *in, const tdm_py_args *args, const char *function);

// ---- class.c, exception.c ----
void tdm_py_note_annotation(tdm_interp *in, const py_name *name); // "x: int" in a class body
tdm_py tdm_py_exec_class(tdm_interp *in, const py_node *node);
tdm_py tdm_py_construct(tdm_interp *in, tdm_py type, const tdm_py_args *args);
tdm_py tdm_py_class_lookup(tdm_py type, const py_name *name); // through the mro; NULL
bool tdm_py_class_new(tdm_interp *in, const py_name *name, const tdm_py *bases, size_t count,
                      py_space space, tdm_py *ret);
tdm_py tdm_py_type_of(tdm_interp *in, tdm_py value);           // type(value); UNKNOWN for natives
tdm_py tdm_py_builtin_class(tdm_interp *in, const char *name); // NULL without an exception: none
bool tdm_py_is_subclass(tdm_py type, tdm_py base);
py_answer tdm_py_is_instance(tdm_interp *in, tdm_py value, tdm_py type);
tdm_py tdm_py_instance_new(tdm_interp *in, tdm_py type);
tdm_py tdm_py_exception_class(tdm_interp *in, tdm_text name); // made when there is none
tdm_py tdm_py_exception_new(tdm_interp *in, tdm_py type, tdm_py message);
bool tdm_py_is_exception(tdm_py value);
bool tdm_py_raised(tdm_interp *in, const char *type); // whether the pending exception is one
void tdm_py_raise_with(tdm_interp *in, const char *type, tdm_py argument);
void tdm_py_raise_value(tdm_interp *in, tdm_py exception); // an instance; keeps a place it has
tdm_text tdm_py_last_part(tdm_text dotted);                // "c" of "a.b.c"
// Whether `except type` catches it.
py_answer tdm_py_catches(tdm_interp *in, tdm_py type, tdm_py exception);
tdm_text tdm_py_exception_text(tdm_interp *in, tdm_py exception);
bool tdm_py_take_stop_iteration(tdm_interp *in);
tdm_py tdm_py_enum_by_value(tdm_interp *in, tdm_py type, tdm_py value);
tdm_py tdm_py_apply_dataclass(tdm_interp *in, tdm_py type, const tdm_py_args *args);
tdm_py tdm_py_super(tdm_interp *in, const tdm_py_args *args);
tdm_py tdm_py_unknown_class(tdm_interp *in, const py_name *name, tdm_py base);
tdm_py tdm_py_exception_init(tdm_interp *in, void *self, const tdm_py_args *args);
tdm_py tdm_py_exception_builtin(tdm_interp *in, tdm_text name); // NULL: not one of Python's
tdm_py tdm_py_bind_wrapper(tdm_interp *in, tdm_py wrapper, tdm_py self, tdm_py type);
// typing.Generic, Protocol, abc.ABC, object...: bases that change nothing here.
bool tdm_py_is_typing_noise(tdm_py value);
tdm_py tdm_py_field_standard(tdm_interp *in,
                             tdm_py standard); // of a dataclass; NULL: there is none
tdm_py tdm_py_namedtuple_class(tdm_interp *in, const py_name *name, tdm_py annotations,
                               const py_space *space);
tdm_py tdm_py_namedtuple_new(tdm_interp *in, tdm_py type, const tdm_py_args *args);
tdm_py tdm_py_dataclass(tdm_interp *in, void *data, const tdm_py_args *args);
tdm_py tdm_py_dataclass_field(tdm_interp *in, void *data, const tdm_py_args *args);
tdm_py tdm_py_namedtuple(tdm_interp *in, void *data, const tdm_py_args *args);
tdm_py tdm_py_functional_enum(tdm_interp *in, tdm_py type, const tdm_py_args *args);
bool tdm_py_set_up_enum(tdm_interp *in, tdm_py type);
tdm_py tdm_py_enum_members(tdm_interp *in, tdm_py type); // __members__, a dict
tdm_py tdm_py_namedtuple_attr(tdm_interp *in, tdm_py value, const py_name *name);
tdm_py tdm_py_wrapper_attr(tdm_interp *in, tdm_py wrapper, const py_name *name); // property.setter
tdm_py tdm_py_ignore_call(tdm_interp *in, void *data, const tdm_py_args *args);  // gives None

// ---- import.c ----
py_flow tdm_py_exec_import(tdm_interp *in, const py_node *node);
tdm_py tdm_py_module_attr(tdm_interp *in, py_module_data *module, const py_name *name);
tdm_py tdm_py_import_module(tdm_interp *in, tdm_text dotted, tdm_place place);
tdm_status tdm_py_run_module(tdm_interp *in, py_module_data *module, tdm_error *err);
// A value that settings give a dotted name, or NULL.
tdm_py tdm_py_assumed(tdm_interp *in, tdm_text dotted);

// ---- builtins.c and std_*.c ----
typedef enum py_row_flag {
    PY_ROW_TOLERANT = 1,  // takes UNKNOWN arguments as they are
    PY_ROW_MUTATES = 2,   // changes self
    PY_ROW_CALLS = 4,     // calls functions among its arguments
    PY_ROW_HOST = 8,      // of the host: may do anything
    PY_ROW_PROPERTY = 16, // an attribute: called at once without arguments
    PY_ROW_STATIC = 32,   // a method of the class: self is the class
    PY_ROW_PLACES = 64,   // gives places in the project (std_file.h)
} py_row_flag;

typedef struct py_row {
    const char *name;
    tdm_py_function function;
    uint8_t flags;
} py_row;

struct py_builtin_type {
    const char *name;
    tdm_py_kind kind;           // of its values
    const py_other_type *other; // of OTHER values
    tdm_py_function construct;  // data: NULL
    const py_row *rows;         // methods, in byte order of names
    size_t row_count;
    const char *base; // "object" when NULL
};

// The evaluator's own kinds of objects: a host class and what hosts need not supply.
struct py_other_type {
    tdm_py_class behaviour;
    const py_builtin_type *type;
    int (*next)(tdm_interp *in, tdm_py self, tdm_py *ret); // iterators
    bool (*hash)(tdm_py self, uint64_t *ret);              // absent: by identity
    // Order of two values of this type: -1, 0, 1; 2 when unordered. `equal` alone for the others.
    int (*order)(tdm_py a, tdm_py b);
    tdm_py (*repr)(tdm_interp *in, tdm_py self);
    tdm_py (*format)(tdm_interp *in, tdm_py self, tdm_text spec);
    bool equal_only;
};

const py_row *tdm_py_row_find(const py_row *rows, size_t count, tdm_text name);
const py_builtin_type *tdm_py_type_of_kind(tdm_py_kind kind);
const py_builtin_type *tdm_py_builtin_type_find(tdm_text name);
tdm_py tdm_py_builtin_name(tdm_interp *in, const py_name *name); // NULL: no such built-in
// A method or attribute of a built-in value; NULL without an exception when there is none.
tdm_py tdm_py_builtin_attr(tdm_interp *in, tdm_py self, const py_builtin_type *type, tdm_text name);
// Modules of the standard library: filled, or NULL when it is not one of them.
py_module_data *tdm_py_std_module(tdm_interp *in, tdm_text dotted);
// Whether a module outside the project is known to keep away from databases.
bool tdm_py_is_harmless_module(tdm_text dotted);

// ---- repr.c, format.c ----
bool tdm_py_put_repr(tdm_interp *in, tdm_buffer *out, tdm_py value, tdm_py *ret_unknown);
// format(value, spec).
tdm_py tdm_py_format(tdm_interp *in, tdm_py value, tdm_text spec);
tdm_py tdm_py_percent(tdm_interp *in, tdm_py format, tdm_py values); // "..." % values
tdm_py tdm_py_str_format(tdm_interp *in, tdm_text format, const tdm_py_args *args);
tdm_py tdm_py_ascii(tdm_interp *in, tdm_py value);

// ---- eval_*.c ----
tdm_py tdm_py_eval(tdm_interp *in, const py_node *node);
tdm_py tdm_py_eval_comprehension(tdm_interp *in, const py_node *node);
tdm_py tdm_py_eval_call(tdm_interp *in, const py_node *node);
bool tdm_py_eval_args(tdm_interp *in, py_node *const *nodes, size_t count, tdm_py_args *ret);
tdm_py tdm_py_make_function(tdm_interp *in, const py_node *node, py_code *code);
tdm_py tdm_py_load_name(tdm_interp *in, const py_node *node);
bool tdm_py_store_name(tdm_interp *in, const py_node *node, tdm_py value);
bool tdm_py_delete_name(tdm_interp *in, const py_node *node);
// Assigns to a target of any kind.
bool tdm_py_assign(tdm_interp *in, const py_node *target, tdm_py value);
bool tdm_py_delete(tdm_interp *in, const py_node *target);
py_flow tdm_py_augment(tdm_interp *in, const py_node *node);
py_flow tdm_py_exec(tdm_interp *in, const py_node *node);
py_flow tdm_py_exec_block(tdm_interp *in, const py_node *block);
// Undecided code as a statement, and marking the flow around as unknown from here on.
py_flow tdm_py_undecided_flow(tdm_interp *in, py_node *const *nodes, size_t count,
                              const py_why *why);
py_flow tdm_py_maybe(tdm_interp *in, unsigned bits, const py_why *why);
py_flow tdm_py_exec_try(tdm_interp *in, const py_node *node);
py_flow tdm_py_exec_with(tdm_interp *in, const py_node *node);
py_flow tdm_py_exec_for(tdm_interp *in, const py_node *node);
py_flow tdm_py_exec_while(tdm_interp *in, const py_node *node);

// Enters evaluation one level deeper; false when stopped. Pairs with py_leave.
bool tdm_py_enter(tdm_interp *in, const py_node *node);

#endif
