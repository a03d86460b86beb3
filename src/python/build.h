// Building the evaluator's tree (ast.h) from tree-sitter's. Internal to parse.c and build_*.c.
//
// Children are gathered with one shared cursor, because asking tree-sitter for the n-th child is
// linear in n. Recursion is bounded by TDM_LIMIT_SYNTAX_DEPTH, which parse.c has measured without
// recursion before anything is built.
#ifndef PYTHON_BUILD_H
#define PYTHON_BUILD_H

#include "python/ast.h"

#include "base/error.h"

#include <tree_sitter/api.h>

// Named symbols of the grammar, in byte order of their names: they are searched by bisection.
#define PY_SYMBOLS(X)                                                                              \
    X(ALIASED_IMPORT, "aliased_import")                                                            \
    X(ARGUMENT_LIST, "argument_list")                                                              \
    X(AS_PATTERN, "as_pattern")                                                                    \
    X(AS_PATTERN_TARGET, "as_pattern_target")                                                      \
    X(ASSERT_STATEMENT, "assert_statement")                                                        \
    X(ASSIGNMENT, "assignment")                                                                    \
    X(ATTRIBUTE, "attribute")                                                                      \
    X(AUGMENTED_ASSIGNMENT, "augmented_assignment")                                                \
    X(AWAIT, "await")                                                                              \
    X(BINARY_OPERATOR, "binary_operator")                                                          \
    X(BLOCK, "block")                                                                              \
    X(BOOLEAN_OPERATOR, "boolean_operator")                                                        \
    X(BREAK_STATEMENT, "break_statement")                                                          \
    X(CALL, "call")                                                                                \
    X(CASE_CLAUSE, "case_clause")                                                                  \
    X(CLASS_DEFINITION, "class_definition")                                                        \
    X(COMMENT, "comment")                                                                          \
    X(COMPARISON_OPERATOR, "comparison_operator")                                                  \
    X(CONCATENATED_STRING, "concatenated_string")                                                  \
    X(CONDITIONAL_EXPRESSION, "conditional_expression")                                            \
    X(CONTINUE_STATEMENT, "continue_statement")                                                    \
    X(DECORATED_DEFINITION, "decorated_definition")                                                \
    X(DECORATOR, "decorator")                                                                      \
    X(DEFAULT_PARAMETER, "default_parameter")                                                      \
    X(DELETE_STATEMENT, "delete_statement")                                                        \
    X(DICTIONARY, "dictionary")                                                                    \
    X(DICTIONARY_COMPREHENSION, "dictionary_comprehension")                                        \
    X(DICTIONARY_SPLAT, "dictionary_splat")                                                        \
    X(DICTIONARY_SPLAT_PATTERN, "dictionary_splat_pattern")                                        \
    X(DOTTED_NAME, "dotted_name")                                                                  \
    X(ELIF_CLAUSE, "elif_clause")                                                                  \
    X(ELLIPSIS, "ellipsis")                                                                        \
    X(ELSE_CLAUSE, "else_clause")                                                                  \
    X(EXCEPT_CLAUSE, "except_clause")                                                              \
    X(EXCEPT_GROUP_CLAUSE, "except_group_clause")                                                  \
    X(EXEC_STATEMENT, "exec_statement")                                                            \
    X(EXPRESSION_LIST, "expression_list")                                                          \
    X(EXPRESSION_STATEMENT, "expression_statement")                                                \
    X(FALSE, "false")                                                                              \
    X(FINALLY_CLAUSE, "finally_clause")                                                            \
    X(FLOAT, "float")                                                                              \
    X(FOR_IN_CLAUSE, "for_in_clause")                                                              \
    X(FOR_STATEMENT, "for_statement")                                                              \
    X(FORMAT_EXPRESSION, "format_expression")                                                      \
    X(FORMAT_SPECIFIER, "format_specifier")                                                        \
    X(FUNCTION_DEFINITION, "function_definition")                                                  \
    X(FUTURE_IMPORT_STATEMENT, "future_import_statement")                                          \
    X(GENERATOR_EXPRESSION, "generator_expression")                                                \
    X(GLOBAL_STATEMENT, "global_statement")                                                        \
    X(IDENTIFIER, "identifier")                                                                    \
    X(IF_CLAUSE, "if_clause")                                                                      \
    X(IF_STATEMENT, "if_statement")                                                                \
    X(IMPORT_FROM_STATEMENT, "import_from_statement")                                              \
    X(IMPORT_PREFIX, "import_prefix")                                                              \
    X(IMPORT_STATEMENT, "import_statement")                                                        \
    X(INTEGER, "integer")                                                                          \
    X(INTERPOLATION, "interpolation")                                                              \
    X(KEYWORD_ARGUMENT, "keyword_argument")                                                        \
    X(KEYWORD_SEPARATOR, "keyword_separator")                                                      \
    X(LAMBDA, "lambda")                                                                            \
    X(LAMBDA_PARAMETERS, "lambda_parameters")                                                      \
    X(LINE_CONTINUATION, "line_continuation")                                                      \
    X(LIST, "list")                                                                                \
    X(LIST_COMPREHENSION, "list_comprehension")                                                    \
    X(LIST_PATTERN, "list_pattern")                                                                \
    X(LIST_SPLAT, "list_splat")                                                                    \
    X(LIST_SPLAT_PATTERN, "list_splat_pattern")                                                    \
    X(MATCH_STATEMENT, "match_statement")                                                          \
    X(MODULE, "module")                                                                            \
    X(NAMED_EXPRESSION, "named_expression")                                                        \
    X(NONE, "none")                                                                                \
    X(NONLOCAL_STATEMENT, "nonlocal_statement")                                                    \
    X(NOT_OPERATOR, "not_operator")                                                                \
    X(PAIR, "pair")                                                                                \
    X(PARAMETERS, "parameters")                                                                    \
    X(PARENTHESIZED_EXPRESSION, "parenthesized_expression")                                        \
    X(PASS_STATEMENT, "pass_statement")                                                            \
    X(PATTERN_LIST, "pattern_list")                                                                \
    X(POSITIONAL_SEPARATOR, "positional_separator")                                                \
    X(PRINT_STATEMENT, "print_statement")                                                          \
    X(RAISE_STATEMENT, "raise_statement")                                                          \
    X(RELATIVE_IMPORT, "relative_import")                                                          \
    X(RETURN_STATEMENT, "return_statement")                                                        \
    X(SET, "set")                                                                                  \
    X(SET_COMPREHENSION, "set_comprehension")                                                      \
    X(SLICE, "slice")                                                                              \
    X(STRING, "string")                                                                            \
    X(STRING_CONTENT, "string_content")                                                            \
    X(STRING_END, "string_end")                                                                    \
    X(STRING_START, "string_start")                                                                \
    X(SUBSCRIPT, "subscript")                                                                      \
    X(TRUE, "true")                                                                                \
    X(TRY_STATEMENT, "try_statement")                                                              \
    X(TUPLE, "tuple")                                                                              \
    X(TUPLE_PATTERN, "tuple_pattern")                                                              \
    X(TYPE, "type")                                                                                \
    X(TYPE_ALIAS_STATEMENT, "type_alias_statement")                                                \
    X(TYPE_CONVERSION, "type_conversion")                                                          \
    X(TYPE_PARAMETER, "type_parameter")                                                            \
    X(TYPED_DEFAULT_PARAMETER, "typed_default_parameter")                                          \
    X(TYPED_PARAMETER, "typed_parameter")                                                          \
    X(UNARY_OPERATOR, "unary_operator")                                                            \
    X(WHILE_STATEMENT, "while_statement")                                                          \
    X(WILDCARD_IMPORT, "wildcard_import")                                                          \
    X(WITH_CLAUSE, "with_clause")                                                                  \
    X(WITH_ITEM, "with_item")                                                                      \
    X(WITH_STATEMENT, "with_statement")                                                            \
    X(YIELD, "yield")

typedef enum py_symbol {
    PY_SYM_OTHER,
#define X(constant, name) PY_SYM_##constant,
    PY_SYMBOLS(X)
#undef X
        PY_SYM_COUNT
} py_symbol;

typedef enum py_field {
    PY_FIELD_NONE,
    PY_FIELD_ALIAS,
    PY_FIELD_ALTERNATIVE,
    PY_FIELD_BODY,
    PY_FIELD_CAUSE,
    PY_FIELD_FUNCTION,
    PY_FIELD_LEFT,
    PY_FIELD_MODULE_NAME,
    PY_FIELD_NAME,
    PY_FIELD_PARAMETERS,
    PY_FIELD_RIGHT,
    PY_FIELD_SUPERCLASSES,
    PY_FIELD_TYPE,
    PY_FIELD_VALUE,
    PY_FIELD_COUNT
} py_field;

// A child of a tree-sitter node. Comments and line continuations are left out.
typedef struct py_child {
    TSNode node;
    py_symbol symbol;
    uint8_t field;
    bool named;
} py_child;

// Children lie on a stack of the builder's; they are read through tdm_py_child_at, since building a
// child may move the stack.
typedef struct py_children {
    size_t base;
    size_t count;
} py_children;

enum {
    PY_MAX_SYMBOLS = 512,
    PY_MAX_FIELDS = 64,
};

// The numbers that the grammar gives to what it names.
typedef struct py_grammar {
    uint32_t symbol_count;
    uint8_t symbols[PY_MAX_SYMBOLS]; // by TSSymbol: py_symbol
    uint32_t field_count;
    uint8_t fields[PY_MAX_FIELDS]; // by TSFieldId: py_field
} py_grammar;

// ---- grammar.c ----
// Fails when the generated grammar is another than this room was written for.
TDM_MUST_CHECK tdm_status tdm_py_grammar_learn(const TSLanguage *language, py_grammar *ret,
                                               tdm_error *err);

// ---- sentry.c ----
typedef struct py_sentry {
    size_t stop; // not 0: there was an error, behind row and column (from 0, in bytes)
    uint32_t row;
    uint32_t column;
} py_sentry;

// Parses up to the first error; NULL then (`stop` is set), or when out of memory.
TSTree *tdm_py_sentry_parse(py_sentry *sentry, TSParser *parser, tdm_text text);
size_t tdm_py_sentry_byte(const py_sentry *sentry, tdm_text text);

typedef struct py_builder {
    tdm_arena *arena;
    struct tdm_py_source *source;
    const py_names *names;
    tdm_error *err;
    bool failed;
    py_node *spare; // what tdm_py_make gives when memory has run out: without children
    py_scope *scope;
    unsigned loops; // loops around, within the function
    TSTreeCursor cursor;
    py_child *stack;
    size_t stack_count;
    size_t stack_capacity;
    const py_grammar *grammar;
} py_builder;

py_symbol tdm_py_symbol_of(const py_builder *b, TSNode node);
py_span tdm_py_span_of(TSNode node);
tdm_text tdm_py_text_of(const py_builder *b, TSNode node);

// Gathers children; tdm_py_release gives the stack back. With `anonymous` also tokens like ",".
py_children tdm_py_gather(py_builder *b, TSNode node, bool anonymous);
void tdm_py_release(py_builder *b, py_children children);
py_child tdm_py_child_at(const py_builder *b, py_children children, size_t index);
// The first child in a field; false when there is none.
bool tdm_py_child_in(const py_builder *b, py_children children, py_field field, py_child *ret);
bool tdm_py_has_token(py_builder *b, TSNode node, const char *token);

// Sets the error "invalid syntax: ..." at a node and returns a harmless one.
py_node *tdm_py_refuse(py_builder *b, TSNode node, const char *message);
// A new node; never NULL (the spare one when out of memory, with `failed` set).
py_node *tdm_py_make(py_builder *b, py_kind kind, py_span span, size_t count);
// Sets a child; without effect on the spare node.
void tdm_py_put(py_node *node, size_t index, py_node *kid);
py_node *tdm_py_make_name(py_builder *b, TSNode node, tdm_text text);
void tdm_py_bind(py_builder *b, py_scope *scope, const py_name *name, py_binding_kind kind);
py_scope *tdm_py_scope_new(py_builder *b, py_scope_kind kind);

py_node *tdm_py_build_expression(py_builder *b, TSNode node);
py_node *tdm_py_build_target(py_builder *b, TSNode node); // binds names
py_node *tdm_py_build_string(py_builder *b, TSNode node); // string, concatenated_string
py_node *tdm_py_build_number(py_builder *b, TSNode node, py_symbol symbol);
// Several expressions in a row: one alone, or a tuple.
py_node *tdm_py_build_list_of(py_builder *b, py_children children, size_t from, size_t to,
                              bool tuple);
py_code *tdm_py_build_code(py_builder *b, TSNode node, const py_name *name, bool is_lambda);
py_node *tdm_py_build_block(py_builder *b, TSNode node);
py_node *tdm_py_build_module(py_builder *b, TSNode node);
py_node *tdm_py_build_assignment(py_builder *b, TSNode node); // also augmented
py_node *tdm_py_build_definition(py_builder *b, TSNode node); // def, class, decorated
py_node *tdm_py_build_import(py_builder *b, TSNode node, py_symbol symbol);
// The tdm_py_operator of "+" in "a + b", or of "+=" when assigning.
uint8_t tdm_py_binary_operator(const char *token, bool assigning);
py_node *tdm_py_build_call_argument(py_builder *b, py_child child);

// Says of every name where its value lives.
void tdm_py_resolve(py_builder *b, py_node *module);

#endif
