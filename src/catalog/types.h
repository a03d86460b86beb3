// Type names in one spelling, as format_type prints them.
#ifndef CATALOG_TYPES_H
#define CATALOG_TYPES_H

#include "catalog/state.h"

// "character varying(512)", "timestamp with time zone", "numeric(10,0)[]", "document_status". A
// type that the replayed statements made in the search path is printed with the schema that it is
// in; any other name stays as it is written.
tdm_text tdm_type_print(const tdm_catalog *catalog, const PgQuery__TypeName *type);

// Whether it is a type of pg_catalog, or an array of one: no domain, nothing of the project's own.
bool tdm_type_is_builtin(const PgQuery__TypeName *type);

// "integer" for serial and its like, else NULL.
const char *tdm_type_of_serial(const PgQuery__TypeName *type);

#endif
