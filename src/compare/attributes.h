// Comparing single attributes: equal, different, or not to be known.
#ifndef COMPARE_ATTRIBUTES_H
#define COMPARE_ATTRIBUTES_H

#include "compare/compare.h"

// Default expressions that are not identical, of a column of this type (empty: not known). Only
// constants that are sure to be two values are different; other expressions are not compared.
tdm_comparison tdm_compare_defaults(tdm_text type, tdm_text left, tdm_text right);

// Values of an attribute, as its mode says. One that cannot be known, or two that are not
// comparable, give UNKNOWN; so does an expression against none only where the attribute says so.
tdm_comparison tdm_compare_values(tdm_attribute attribute, const tdm_value *left,
                                  const tdm_value *right);

// Expressions, elements of an index or queries that are not identical: DIFFERENT where that is
// sure, else UNKNOWN (compare/expression.c).
tdm_comparison tdm_compare_expressions(tdm_mode mode, tdm_text left, tdm_text right);

// What two sides say of who may do what with an object (compare/grants.c).
tdm_comparison tdm_compare_grants(tdm_text left, tdm_text right);

// Why two values of an attribute are not comparable, where they do not say so themselves.
const char *tdm_compare_reason(tdm_attribute attribute);

// Collecting differences. A difference with a reason makes the verdict UNKNOWN, one without makes
// it DIFFERENT.
typedef struct tdm_comparer {
    tdm_arena *arena;
    tdm_differences *differences;
    bool different;
    bool unknown;
    bool failed; // out of memory
} tdm_comparer;

void tdm_comparer_add(tdm_comparer *comparer, tdm_comparison comparison, tdm_difference difference,
                      const char *reason);
TDM_MUST_CHECK tdm_status tdm_comparer_end(const tdm_comparer *comparer, tdm_comparison *ret,
                                           tdm_error *err);

#endif
