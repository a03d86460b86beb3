// Whether two printed types are one: the smallest comparison, and its three answers.
#ifndef CATALOG_SAME_TYPE_H
#define CATALOG_SAME_TYPE_H

#include <tandem/text.h>

typedef enum tdm_comparison {
    TDM_COMPARE_EQUAL,     // same effect
    TDM_COMPARE_DIFFERENT, // the differences say where
    TDM_COMPARE_UNKNOWN,   // one side holds something that cannot be known: see the differences
} tdm_comparison;

// Types as tdm_type_print prints them. UNKNOWN: one names a schema and the other does not.
tdm_comparison tdm_compare_types(tdm_text left, tdm_text right);

#endif
