// The tree that the evaluator walks, built from tree-sitter's in one pass (build.h) and resolved in
// another (scope.c). Operator chains are flat, so that a text joined from a thousand pieces is not
// a thousand levels deep, and every name already says where its value lives.
//
// What the children of a node mean is said beside its kind; a child may be NULL where it says
// "or NULL".
#ifndef PYTHON_AST_H
#define PYTHON_AST_H

#include "base/vector.h"
#include "python/names.h"
#include "python/syntax.h"
#include "python/value.h"

#include <tandem/error.h>

typedef enum py_kind {
    // Expressions.
    PY_CONSTANT,      // constant
    PY_NAME,          // name, var
    PY_ATTRIBUTE,     // [object] name
    PY_SUBSCRIPT,     // [object, index]
    PY_SLICE,         // [start or NULL, stop or NULL, step or NULL]
    PY_CALL,          // [callee, argument...]; an argument may be STAR, DOUBLE_STAR, KEYWORD
    PY_BINARY,        // [operand, operand...] ops: from left to right
    PY_UNARY,         // [operand] op
    PY_NOT,           // [operand]
    PY_AND,           // [operand...]
    PY_OR,            // [operand...]
    PY_COMPARE,       // [operand, operand...] ops
    PY_CONDITIONAL,   // [condition, then, else]
    PY_LAMBDA,        // code
    PY_TUPLE,         // [item or STAR...]
    PY_LIST,          // likewise
    PY_SET,           // likewise
    PY_DICT,          // [PAIR or DOUBLE_STAR...]
    PY_PAIR,          // [key, value]
    PY_COMPREHENSION, // [element, value or NULL, COMP_FOR, COMP_FOR or COMP_IF...] op: py_comp
    PY_COMP_FOR,      // [target, iterable]
    PY_COMP_IF,       // [condition]
    PY_FSTRING,       // [CONSTANT or INTERPOLATION...]
    PY_INTERPOLATION, // [expression, FSTRING or NULL] op: conversion character or 0
    PY_WALRUS,        // [NAME, value]
    PY_STAR,          // [iterable]
    PY_DOUBLE_STAR,   // [mapping]
    PY_KEYWORD,       // [value] name
    PY_YIELD,         // [value or NULL]
    PY_YIELD_FROM,    // [iterable]
    PY_AWAIT,         // [expression]
    // Statements.
    PY_BLOCK,      // [statement...]
    PY_EXPR,       // [expression]
    PY_ASSIGN,     // [target..., value]
    PY_AUG_ASSIGN, // [target, value] op
    PY_ANN_ASSIGN, // [target, value or NULL]
    PY_RETURN,     // [value or NULL]
    PY_DELETE,     // [target...]
    PY_RAISE,      // [exception or NULL, cause or NULL]
    PY_PASS,       // also global and nonlocal, whose work the scopes did
    PY_BREAK,
    PY_CONTINUE,
    PY_ASSERT,      // [condition, message or NULL]
    PY_IF,          // [condition, BLOCK, condition, BLOCK..., BLOCK]: an odd count has an else
    PY_WHILE,       // [condition, BLOCK, BLOCK or NULL]
    PY_FOR,         // [target, iterable, BLOCK, BLOCK or NULL]
    PY_TRY,         // [BLOCK, else BLOCK or NULL, finally BLOCK or NULL, HANDLER...]
    PY_HANDLER,     // [type or NULL, BLOCK, NAME or NULL]
    PY_WITH,        // [BLOCK, WITH_ITEM...]
    PY_WITH_ITEM,   // [context, target or NULL]
    PY_DEF,         // [NAME, decorator...] code
    PY_CLASS,       // [NAME, BLOCK, decorator..., argument...] scope; op: count of decorators
    PY_IMPORT,      // [ALIAS...]
    PY_IMPORT_FROM, // [ALIAS...] name: the module or NULL; op: count of leading dots
    PY_ALIAS,       // [NAME that is bound] name: the dotted name; "*" has no child
    PY_UNSUPPORTED, // [anything...] name: what it is (match, async for)
} py_kind;

typedef enum py_comp {
    PY_COMP_LIST,
    PY_COMP_SET,
    PY_COMP_DICT,
    PY_COMP_GENERATOR,
} py_comp;

// Comparison operators beyond tdm_py_operator.
enum {
    PY_OP_IN = TDM_PY_INVERT + 1,
    PY_OP_NOT_IN,
    PY_OP_IS,
    PY_OP_IS_NOT,
};

typedef enum py_var_kind {
    PY_VAR_GLOBAL, // of the module, else a built-in
    PY_VAR_SLOT,   // slot `slot` of the environment `hops` levels up
    PY_VAR_SPACE,  // of the class body or module body being executed, else as `hops`, `slot` say
} py_var_kind;

typedef struct py_var {
    uint8_t kind;
    bool fallback; // of SPACE: hops and slot name an enclosing function's variable
    uint16_t hops;
    uint32_t slot;
} py_var;

typedef struct py_span {
    uint32_t start; // byte
    uint32_t end;
    uint32_t row; // from 0
    uint32_t column;
    uint32_t end_row;
    uint32_t end_column; // columns in bytes
} py_span;

typedef struct py_node py_node;
typedef struct py_code py_code;
typedef struct py_scope py_scope;

struct py_node {
    uint8_t kind;
    uint8_t op;
    uint32_t count; // of kid
    py_span span;
    const py_name *name;
    union {
        tdm_py constant;
        py_var var;
        const uint8_t *ops;
        py_code *code;
        py_scope *scope; // of CLASS and COMPREHENSION
    };
    py_node *kid[];
};

typedef enum py_scope_kind {
    PY_SCOPE_MODULE,
    PY_SCOPE_CLASS,
    PY_SCOPE_FUNCTION,
    PY_SCOPE_COMPREHENSION,
} py_scope_kind;

typedef enum py_binding_kind {
    PY_BIND_LOCAL,
    PY_BIND_GLOBAL,   // declared
    PY_BIND_NONLOCAL, // declared
} py_binding_kind;

typedef struct py_local {
    const py_name *name;
    uint8_t kind;
} py_local;

struct py_scope {
    py_scope_kind kind;
    py_scope *parent;
    TDM_VECTOR(py_local) locals; // the index is the slot
    uint32_t *slots;             // index + 1 by hash, once there are many
    uint32_t slot_count;
    bool has_yield;
};

typedef enum py_param_kind {
    PY_PARAM_POSITIONAL, // before "/"
    PY_PARAM_NORMAL,
    PY_PARAM_KEYWORD, // after "*"
    PY_PARAM_STAR,
    PY_PARAM_DOUBLE_STAR,
} py_param_kind;

typedef struct py_param {
    const py_name *name;
    uint32_t slot;
    uint8_t kind;
    py_node *standard; // the default or NULL
} py_param;

struct py_code {
    const py_name *name;
    TDM_VECTOR(py_param) params;
    py_node *body; // BLOCK, or the expression of a lambda
    py_scope *scope;
    bool is_lambda;
    bool is_async;
    const py_node *node;
    const struct tdm_py_source *source;
};

struct tdm_py_source {
    tdm_arena *arena;
    const char *path;
    tdm_text text;       // without a byte order mark
    uint32_t *positions; // code points before each PY_STRIDE bytes; NULL when all is ASCII
    py_node *module;     // BLOCK
    py_scope *scope;
};

// Parses one file after the other, with their names interned in one pool; one thread at a time.
typedef struct py_parser py_parser;
TDM_MUST_CHECK tdm_status tdm_py_parser_new(const py_names *names, py_parser **ret, tdm_error *err);
void tdm_py_parser_free(py_parser *parser);
// As tdm_py_parse (syntax.h).
TDM_MUST_CHECK tdm_status tdm_py_parse_file(py_parser *parser, tdm_arena *arena,
                                            const tdm_py_file *file, struct tdm_py_source **ret,
                                            tdm_error *err);

// Places as tdm_place counts, from bytes.
tdm_place tdm_py_span_place(const struct tdm_py_source *source, py_span span);

// The slot of a name in a scope, or UINT32_MAX.
uint32_t tdm_py_scope_find(const py_scope *scope, const py_name *name);

#endif
