// Expressions of SQLAlchemy: building them with its rules of grouping and typing, and printing.
//
// The text of an expression depends on where SQLAlchemy decides to put parentheses, and it decides
// when the tree is built (self_group against the operator around it), so that building is what has
// to be repeated faithfully. Source: S2052 sql/operators.py, sql/elements.py,
// sql/default_comparator.py, sql/compiler.py.
#ifndef SQLALCHEMY_EXPR_H
#define SQLALCHEMY_EXPR_H

#include "sqlalchemy/type_class.h"

typedef struct tdm_op_info {
    const char *name;    // SQLAlchemy's name, for messages
    const char *sql;     // with its spaces
    int precedence;      // NO_PRECEDENCE: not in SQLAlchemy's table
    bool associative;    // (a op b) op c needs no parentheses, and is one list
    bool self_precedent; // only the first
    bool boolean;        // yields a truth value
    tdm_op negate;
} tdm_op_info;

const tdm_op_info *tdm_op_info_of(tdm_op op);

// Building. All return NULL only when out of memory.
tdm_expr *tdm_expr_new(tdm_arena *arena, tdm_expr_kind kind, tdm_type *type);
tdm_expr *tdm_expr_text(tdm_arena *arena, tdm_text text);
tdm_expr *tdm_expr_bind(tdm_arena *arena, tdm_py value, tdm_type *type);
tdm_type *tdm_type_plain(tdm_arena *arena, const char *name); // an instance without arguments
// The type of a Python value (_resolve_value_to_type), NULL: NullType.
tdm_type *tdm_type_of_value(tdm_arena *arena, tdm_interp *in, tdm_py value);
// A value compared with an expression: a bind whose type the expression has a say in.
tdm_expr *tdm_expr_compared_bind(tdm_arena *arena, tdm_interp *in, const tdm_expr *expr,
                                 tdm_py value);

tdm_expr *tdm_expr_self_group(tdm_arena *arena, tdm_expr *expr, tdm_op against);
// A custom operator passes itself in `like`, as its precedence stands there.
tdm_expr *tdm_expr_group_against(tdm_arena *arena, tdm_expr *expr, const tdm_expr *like);
tdm_expr *tdm_expr_group_for_label(tdm_arena *arena, tdm_expr *expr);
tdm_expr *tdm_expr_binary(tdm_arena *arena, tdm_op op, tdm_expr *left, tdm_expr *right,
                          tdm_type *type);
// With the result type and operator that the operand types give (_adapt_expression).
tdm_expr *tdm_expr_arithmetic(tdm_arena *arena, tdm_op op, tdm_expr *left, tdm_expr *right);
tdm_expr *tdm_expr_unary(tdm_arena *arena, tdm_op op, tdm_expr *operand, tdm_type *type);
tdm_expr *tdm_expr_modifier(tdm_arena *arena, tdm_op op, tdm_expr *operand);
tdm_expr *tdm_expr_negate(tdm_arena *arena, tdm_expr *expr);
// and_() and or_() over coerced operands; none gives an empty list.
tdm_expr *tdm_expr_conjunction(tdm_arena *arena, tdm_op op, tdm_expr *const *items, size_t count);

// Whether SQLAlchemy has a class of its own for the function of that name, in any case.
bool tdm_function_is_known(tdm_text name);

// Printing.
void tdm_print_expr(tdm_printer *p, const tdm_expr *expr);
// text(): with the rules for colons. `binds_null`: unset parameters print NULL.
void tdm_print_text_clause(tdm_printer *p, const tdm_expr *expr);
// Names of the parameters that text() finds in its text, in order, without repetition.
bool tdm_text_parameters(tdm_arena *arena, tdm_text text, tdm_names *ret);
// A Python value as a literal of a type, or a failure.
void tdm_print_value(tdm_printer *p, tdm_py value, const tdm_type *type);
void tdm_print_bind(tdm_printer *p, const tdm_expr *bind);
// What Python sees of an expression is an object of a class of this name.
#define TDM_EXPR_CLASS "sqlalchemy.sql.elements.ClauseElement"

// SELECT (select_print.c) inside an expression.
void tdm_print_select(tdm_printer *p, const tdm_select *select);

#endif
