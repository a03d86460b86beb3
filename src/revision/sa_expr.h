// Making expressions from Python values; shared by the sa_expr_*.c files.
#ifndef REVISION_SA_EXPR_H
#define REVISION_SA_EXPR_H

#include "revision/sa_namespace.h"

// A value as an operand: an expression, or a parameter typed by `compared` (may be NULL). NULL:
// bound->unknown is set.
tdm_expr *tdm_operand(tdm_bound *bound, tdm_py value, const tdm_expr *compared);
tdm_expr *tdm_expr_between(tdm_bound *bound, tdm_expr *expr, tdm_py low, tdm_py high);
tdm_expr *tdm_expr_collate(tdm_host *host, tdm_expr *expr, tdm_text collation);
tdm_expr *tdm_expr_cast(tdm_host *host, tdm_expr_kind kind, tdm_expr *operand, tdm_type *type);
tdm_expr *tdm_next_value(tdm_host *host, const tdm_sequence *sequence);
// A select() object as a scalar subquery, or NULL.
tdm_expr *tdm_select_expr(tdm_host *host, tdm_py value);
// Methods and attributes that every SQL expression has; NULL: none of that name.
tdm_py tdm_expr_method(tdm_host *host, tdm_py self, tdm_text name);
// column.op("...") and column.bool_op("..."): what is then called with the other operand.
tdm_py tdm_custom_op(tdm_host *host, tdm_py self, tdm_bound *bound);
tdm_py tdm_custom_bool_op(tdm_host *host, tdm_py self, tdm_bound *bound);
tdm_py tdm_expr_operate(tdm_interp *in, tdm_py_operator op, tdm_py left, tdm_py right);

#endif
