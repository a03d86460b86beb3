// Types that every PostgreSQL has, by the name they bear in pg_catalog.
//
// pg_catalog is searched before every other schema unless a search_path names it at another place
// (PostgreSQL manual 5.9.5), so that `int4` and `pg_catalog.int4`, which is how the grammar reads
// INTEGER, are one type.
#ifndef SQL_BUILTIN_H
#define SQL_BUILTIN_H

#include <tandem/text.h>

#include <stdbool.h>

// The spelling that format_type prints ("integer" for int4; `ret_suffix`: what follows the type
// modifiers, as in timestamp(3) with time zone), or NULL for an unknown name. `ret_suffix` may be
// NULL.
const char *tdm_sql_builtin_type(tdm_text name, const char **ret_suffix);

#endif
