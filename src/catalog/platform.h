// What a Supabase project holds before its first migration runs, by name: a guard that asks for a
// table without its schema may find these.
#ifndef CATALOG_PLATFORM_H
#define CATALOG_PLATFORM_H

#include <tandem/text.h>

// The schemas that Supabase keeps, beside PostgreSQL's own.
size_t tdm_platform_schemas(const char *const **ret);
// Whether Supabase keeps a schema of this name ("auth", "storage", ...), or PostgreSQL does.
bool tdm_platform_schema(tdm_text schema);

// Whether a platform schema, information_schema or pg_catalog holds a table or view of this name,
// and, with a column, whether it may have that column. `ret_schema` names it.
bool tdm_platform_holds(tdm_text table, tdm_text column, const char **ret_schema);

// The primary key of a table of the platform that foreign keys refer to, or NULL.
const char *tdm_platform_key(tdm_text schema, tdm_text table);

// Whether a new project has a publication of this name.
bool tdm_platform_publication(tdm_text name);

// Whether a new project may have an extension of this name.
bool tdm_platform_extension(tdm_text name);

// Whether a platform schema may hold a type of this name.
bool tdm_platform_type(tdm_text name);

#endif
