// Binding Python arguments to parameters, from a description in text, so that each directive and
// each constructor is a row of a table.
//
// A description is names separated by spaces:
//     name      required, by position or keyword        name=   optional
//     *name     takes the remaining positional ones     |       from here on by keyword only
//     **        takes any further keywords              ~       before a name: never reaches SQL,
//     so
//                                                               that an UNKNOWN there does no harm
// The error texts are Python's own.
#ifndef REVISION_ARGUMENTS_H
#define REVISION_ARGUMENTS_H

#include "revision/host.h"

enum { TDM_PARAMETERS_MAX = 40 };

typedef struct tdm_bound {
    tdm_host *host;
    const char *function;
    tdm_text names[TDM_PARAMETERS_MAX];
    tdm_py values[TDM_PARAMETERS_MAX]; // NULL: not given
    size_t count;
    const tdm_py *rest; // of *name
    size_t rest_count;
    TDM_VECTOR(tdm_text) extra_names; // of **
    TDM_VECTOR(tdm_py) extra;
    tdm_place place;
    // Set when an argument cannot be known or is of a kind that is not covered: the call as a whole
    // cannot be known. The tdm_arg_... functions add to it.
    tdm_py unknown;
} tdm_bound;

// False: TypeError is pending. `method` counts self in messages, as for op's directives.
bool tdm_bind(tdm_host *host, const char *function, const char *parameters, bool method,
              const tdm_py_args *args, tdm_bound *ret);

// The value as given, None for None, NULL when not given.
tdm_py tdm_arg(const tdm_bound *bound, const char *name);
// Not given, or None.
bool tdm_arg_absent(const tdm_bound *bound, const char *name);
void tdm_arg_refuse(tdm_bound *bound, const char *name);

tdm_flag tdm_arg_flag(tdm_bound *bound, const char *name);
bool tdm_arg_truth(tdm_bound *bound, const char *name, bool standard);
tdm_number tdm_arg_number(tdm_bound *bound, const char *name);
tdm_text tdm_arg_text(tdm_bound *bound, const char *name); // empty: absent
tdm_name tdm_arg_name(tdm_bound *bound, const char *name);
tdm_type *tdm_arg_type(tdm_bound *bound, const char *name);  // NULL: absent
tdm_names tdm_arg_names(tdm_bound *bound, const char *name); // a list of column names
tdm_expr *tdm_arg_sql(tdm_bound *bound, const char *name);   // a string is text()

// Takes "postgresql_<option>" out of the extra keywords; NULL when not given.
tdm_py tdm_arg_option(const tdm_bound *bound, const char *option);
// Refuses options that this construct does not have, as SQLAlchemy does. `options` are separated by
// spaces. False: an exception is pending.
bool tdm_check_options(tdm_bound *bound, const char *options, const char *construct);

// Conversions of single values; they set bound->unknown.
tdm_name tdm_name_from(tdm_bound *bound, tdm_py value);
tdm_type *tdm_type_from(tdm_bound *bound, tdm_py value);
tdm_flag tdm_flag_from(tdm_bound *bound, tdm_py value);
tdm_names tdm_names_from(tdm_bound *bound, tdm_py value);

#endif
