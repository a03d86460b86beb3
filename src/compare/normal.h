// Expressions as the server stores them.
//
// pg_get_expr prints an expression after analysis: IN and BETWEEN are written out, LIKE is an
// operator, constants and columns bear casts. Two expressions over the columns of one relation are
// one when they are identical after the rewrites of normal.c, each of which names its place in
// PostgreSQL. What no rewrite covers stays different trees, hence not comparable.
#ifndef COMPARE_NORMAL_H
#define COMPARE_NORMAL_H

#include "catalog/state.h"

// Whether two texts are one expression (or list of index elements) on this relation; its columns
// give the types. False means nothing.
bool tdm_normal_same(const tdm_catalog *catalog, const tdm_object *relation, tdm_mode mode,
                     tdm_text left, tdm_text right);

#endif
