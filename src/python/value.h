// Python values as the evaluator and its hosts see them.
//
// A value is a pointer into the evaluator's arena, never NULL: NULL means "a Python exception is
// pending" (tdm_py_pending). Ordinary kinds behave as in Python; two kinds are ours:
//
// - NATIVE: an object whose behaviour the host supplies through a tdm_py_class (op, sa.Column, an
//   expression of SQLAlchemy). The evaluator knows nothing of it but this table of functions.
// - UNKNOWN: a value that cannot be known without running code, with the reason and the place
//   where it arose. It spreads: any operation, attribute, call, item or iteration on it gives
//   UNKNOWN again with the first reason. Only when it reaches SQL does a statement become opaque.
//   A branch on it is reported to the host (eval.h), never taken by guess.
#ifndef PYTHON_VALUE_H
#define PYTHON_VALUE_H

#include <tandem/place.h>
#include <tandem/text.h>

#include "base/arena.h"

typedef enum tdm_py_kind {
    TDM_PY_NONE,
    TDM_PY_BOOL,
    TDM_PY_INT, // 64 bits; arithmetic beyond them gives UNKNOWN
    TDM_PY_FLOAT,
    TDM_PY_STR, // UTF-8
    TDM_PY_BYTES,
    TDM_PY_LIST,
    TDM_PY_TUPLE,
    TDM_PY_DICT, // in order of insertion
    TDM_PY_SET,  // tdm_py_item gives the order of insertion; iterating it gives UNKNOWN,
                 // because its order differs from run to run
    TDM_PY_ELLIPSIS,
    TDM_PY_FUNCTION, // def, lambda, bound method, built-in: anything the evaluator can call
    TDM_PY_CLASS,    // defined by a class statement, or built in (str, ValueError)
    TDM_PY_INSTANCE, // of such a class; exceptions are instances
    TDM_PY_MODULE,   // a module read from project files
    TDM_PY_OTHER,    // iterators, ranges, slices, file-less oddities of the evaluator itself
    TDM_PY_NATIVE,
    TDM_PY_UNKNOWN,
} tdm_py_kind;

typedef struct tdm_py_object tdm_py_object;
typedef tdm_py_object *tdm_py;
typedef struct tdm_interp tdm_interp;
typedef struct tdm_py_class tdm_py_class;

// The arguments of a call. Names of keyword arguments are unique.
typedef struct tdm_py_args {
    const tdm_py *positional;
    size_t count;
    const tdm_text *names;
    const tdm_py *named; // parallel to names
    size_t named_count;
    tdm_place place; // of the call
} tdm_py_args;

typedef enum tdm_py_operator {
    TDM_PY_ADD,
    TDM_PY_SUB,
    TDM_PY_MUL,
    TDM_PY_DIV,
    TDM_PY_FLOORDIV,
    TDM_PY_MOD,
    TDM_PY_POW,
    TDM_PY_MATMUL,
    TDM_PY_LSHIFT,
    TDM_PY_RSHIFT,
    TDM_PY_BIT_AND,
    TDM_PY_BIT_OR,
    TDM_PY_BIT_XOR,
    TDM_PY_EQ,
    TDM_PY_NE,
    TDM_PY_LT,
    TDM_PY_LE,
    TDM_PY_GT,
    TDM_PY_GE,
    TDM_PY_NEG,
    TDM_PY_POS,
    TDM_PY_INVERT,
} tdm_py_operator;

// What a native object can do. A NULL function means "Python would raise TypeError" (AttributeError
// for get_attr). Each returns NULL with a pending exception on failure.
struct tdm_py_class {
    const char *name;         // as messages call it: "sqlalchemy.Column"
    const tdm_py_class *base; // for isinstance; may be NULL
    tdm_py (*get_attr)(tdm_interp *in, tdm_py self, tdm_text name);
    bool (*set_attr)(tdm_interp *in, tdm_py self, tdm_text name, tdm_py value);
    tdm_py (*call)(tdm_interp *in, tdm_py self, const tdm_py_args *args);
    tdm_py (*get_item)(tdm_interp *in, tdm_py self, tdm_py key);
    // One side is native; tdm_py_not_implemented() lets the other side try. Unary: right is NULL.
    tdm_py (*operate)(tdm_interp *in, tdm_py_operator op, tdm_py left, tdm_py right);
    // False with no exception pending: it cannot be known.
    bool (*contains)(tdm_interp *in, tdm_py self, tdm_py item, bool *ret);
    tdm_py (*iterate)(tdm_interp *in, tdm_py self); // a list or tuple of the items
    tdm_py (*enter)(tdm_interp *in, tdm_py self);   // `with`
    bool (*leave)(tdm_interp *in, tdm_py self);     // also when the body raised
    tdm_py (*truth)(tdm_interp *in, tdm_py self);   // BOOL or UNKNOWN; absent: true
    tdm_py (*to_str)(tdm_interp *in, tdm_py self);  // str(x); absent: UNKNOWN
    // A class statement names this native object as a base: called with the new class, returns what
    // the name is bound to (a native that constructs), or NULL for "an ordinary class".
    tdm_py (*subclass)(tdm_interp *in, tdm_py self, tdm_py new_class);
    // isinstance(value, self), for a native that stands for a class; absent: cannot be known.
    bool (*instance_of)(tdm_py self, tdm_py value);
    // Nothing that is done with it, or with what comes of it, can reach the database (a type, a
    // column, an expression), so an unknown function that gets one as argument cannot either.
    bool inert;
};

tdm_py_kind tdm_py_kind_of(tdm_py value);
tdm_place tdm_py_place_of(tdm_py value); // of an UNKNOWN: where it arose

// Constructors. They return an UNKNOWN ("out of memory") when the arena is exhausted.
tdm_py tdm_py_none(tdm_interp *in);
tdm_py tdm_py_bool(tdm_interp *in, bool value);
tdm_py tdm_py_int(tdm_interp *in, int64_t value);
tdm_py tdm_py_float(tdm_interp *in, double value);
tdm_py tdm_py_str(tdm_interp *in, tdm_text value); // keeps the view
tdm_py tdm_py_list(tdm_interp *in, const tdm_py *items, size_t count);
tdm_py tdm_py_tuple(tdm_interp *in, const tdm_py *items, size_t count);
tdm_py tdm_py_set_of(tdm_interp *in, const tdm_py *items, size_t count); // of texts
tdm_py tdm_py_dict(tdm_interp *in);
bool tdm_py_dict_put(tdm_interp *in, tdm_py dict, tdm_py key, tdm_py value);
tdm_py tdm_py_native(tdm_interp *in, const tdm_py_class *type, void *data);
// A function of the host's; `data` comes back as self's data (tdm_py_native_data works on it).
typedef tdm_py (*tdm_py_function)(tdm_interp *in, void *data, const tdm_py_args *args);
tdm_py tdm_py_builtin(tdm_interp *in, const char *name, tdm_py_function function, void *data);
tdm_py tdm_py_unknown(tdm_interp *in, tdm_place place, const char *format, ...) TDM_PRINTF(3, 4);
// The same for plain data (a row, a time, the text of a file): calling what it has as methods, or
// using it as a context manager, does nothing to the database, so that no opaque is reported.
tdm_py tdm_py_unknown_data(tdm_interp *in, tdm_place place, const char *format, ...)
    TDM_PRINTF(3, 4);
tdm_py tdm_py_not_implemented(tdm_interp *in);

// Accessors; the kind must be right.
bool tdm_py_as_bool(tdm_py value);
int64_t tdm_py_as_int(tdm_py value); // of INT or BOOL
double tdm_py_as_float(tdm_py value);
tdm_text tdm_py_as_text(tdm_py value);          // of STR and BYTES
size_t tdm_py_count(tdm_py value);              // of LIST, TUPLE, SET, DICT
tdm_py tdm_py_item(tdm_py value, size_t index); // of LIST, TUPLE, SET; of DICT: the key
tdm_py tdm_py_dict_value(tdm_py dict, size_t index);
tdm_py tdm_py_dict_get(tdm_py dict, tdm_text key); // by str key; NULL when absent
tdm_text tdm_py_reason(tdm_py unknown);
const tdm_py_class *tdm_py_native_class(tdm_py value); // NULL when not native
void *tdm_py_native_data(tdm_py value);
bool tdm_py_is_native(tdm_py value, const tdm_py_class *type); // or derived from it
// The first UNKNOWN in a value or inside its containers, or NULL.
tdm_py tdm_py_find_unknown(tdm_py value);

// "str", "datetime.datetime", "uuid.UUID", "range": the name of the type, as Python has it. Values
// of the evaluator's own types (TDM_PY_OTHER) are told apart by it; tdm_py_to_str prints them.
const char *tdm_py_type_name(tdm_py value);
// Of a CLASS: its name. Of a CLASS, INSTANCE or MODULE: its own attributes in order of binding.
tdm_text tdm_py_class_name(tdm_py type);
size_t tdm_py_attr_count(tdm_py value);
tdm_text tdm_py_attr_name(tdm_py value, size_t index);
tdm_py tdm_py_attr_value(tdm_py value, size_t index); // NULL: deleted
// Of a CLASS: how many bases its statement names, and whether its body annotates names that it
// gives no value.
size_t tdm_py_base_count(tdm_py type);
bool tdm_py_class_declares(tdm_py type);
// The class of an INSTANCE (for an enum member: the enum). Members of an enum class are what
// iterating it gives; "name" and "value" are their attributes.
tdm_py tdm_py_class_of(tdm_py instance);
bool tdm_py_is_enum(tdm_py type);
// The plain text or number behind a member of "class X(str, Enum)" or an instance of a subclass of
// str or int; the value itself otherwise.
tdm_py tdm_py_plain(tdm_py value);

// repr(x) and str(x) as Python prints them; a value that has none that can be known gives UNKNOWN.
tdm_py tdm_py_repr(tdm_interp *in, tdm_py value);
tdm_py tdm_py_to_str(tdm_interp *in, tdm_py value);

// Raising, for natives: sets the pending exception and returns NULL.
tdm_py tdm_py_raise(tdm_interp *in, const char *type, const char *format, ...) TDM_PRINTF(3, 4);

#endif
