// Pieces of SQL that the live reader's queries share.
#ifndef DB_LIVE_SQL_H
#define DB_LIVE_SQL_H

// A reference to a relation: "schema.name", without the schema in public.
#define TDM_LIVE_REF(namespace, relation)                                                          \
    "CASE WHEN " namespace ".nspname = 'public' THEN " relation ".relname ELSE " namespace         \
    ".nspname || '.' || " relation ".relname END"

// The same inside a list, where names are quoted.
#define TDM_LIVE_QUOTED_REF(namespace, relation)                                                   \
    "CASE WHEN " namespace ".nspname = 'public' THEN quote_ident(" relation                        \
    ".relname) ELSE quote_ident(" namespace ".nspname) || '.' || quote_ident(" relation            \
    ".relname) END"

// Whether an object belongs to no extension (pg_depend, deptype e).
#define TDM_LIVE_OWN(catalog, oid)                                                                 \
    "NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = '" catalog                              \
    "'::regclass AND e.objid = " oid " AND e.deptype = 'e')"

// Joins the comment of an object as d.description.
#define TDM_LIVE_COMMENT(catalog, oid)                                                             \
    " LEFT JOIN pg_description d ON d.classoid = '" catalog "'::regclass AND d.objoid = " oid      \
    " AND d.objsubid = 0"

// An array of texts ("fillfactor=70") as a set.
#define TDM_LIVE_OPTIONS(array)                                                                    \
    "(SELECT string_agg(o, ', ' ORDER BY o COLLATE \"C\") FROM unnest(" array ") o)"

// The names of columns that an array of their numbers gives, in its order.
#define TDM_LIVE_COLUMNS(relation, numbers)                                                        \
    "(SELECT string_agg(quote_ident(ka.attname), ', ' ORDER BY kn.place)"                          \
    " FROM unnest(" numbers ") WITH ORDINALITY kn(number, place)"                                  \
    " JOIN pg_attribute ka ON ka.attrelid = " relation " AND ka.attnum = kn.number)"

#endif
