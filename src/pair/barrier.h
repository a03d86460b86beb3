// Statements that see the schema, or rows, as they are at their point.
//
// Most definitions may come in any order: a table, an index, a comment end up the same. A data
// statement works on the rows and columns that are there when it runs; a view expands its "*" when
// it is made; CREATE TABLE (LIKE t) copies t as it is. Between two of these the order does not
// matter, across them it does.
#ifndef PAIR_BARRIER_H
#define PAIR_BARRIER_H

#include "sql/classify.h"

bool tdm_is_barrier(const tdm_sql_class *of, const tdm_sql_tree *tree);

#endif
