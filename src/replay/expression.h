// What an expression of a block gives: constants, texts put together (format, ||, quote_ident),
// comparisons of them, lists, and questions about the schema.
#ifndef REPLAY_EXPRESSION_H
#define REPLAY_EXPRESSION_H

#include "catalog/state.h"
#include "replay/cell.h"

// `node` has no variables left (scope.h). Texts live in `arena`.
tdm_cell tdm_expression_value(const tdm_catalog *catalog, tdm_arena *arena,
                              const PgQuery__Node *node);
// The same for an operator between two expressions; questions that it asks are not understood.
tdm_cell tdm_expression_operate(const tdm_catalog *catalog, tdm_arena *arena,
                                const PgQuery__AExpr *node);
// Left OPERATOR right, for two known values of one kind: a Boolean, NULL, or not known.
tdm_cell tdm_expression_compare(const char *name, const tdm_cell *left, const tdm_cell *right);

#endif
