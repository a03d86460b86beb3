#include "catalog/extensions.h"

#include "base/text.h"

#include <stddef.h>

// PostgreSQL's contrib modules without relations, pgvector, and what Supabase offers that keeps to
// schemas of its own. Not here, as they make relations where they are installed: postgis,
// timescaledb, pgtap, and everything that is not in the list.
bool tdm_extension_is_known(tdm_text name)
{
    static const char *const names[] = {
        "vector",
        "pgcrypto",
        "uuid-ossp",
        "pg_trgm",
        "citext",
        "btree_gin",
        "btree_gist",
        "unaccent",
        "hstore",
        "ltree",
        "intarray",
        "fuzzystrmatch",
        "tablefunc",
        "moddatetime",
        "plpgsql",
        "cube",
        "earthdistance",
        "isn",
        "seg",
        "lo",
        "dict_int",
        "dict_xsyn",
        "autoinc",
        "insert_username",
        "refint",
        "tcn",
        "tsm_system_rows",
        "tsm_system_time",
        "bloom",
        "amcheck",
        "pageinspect",
        "pgrowlocks",
        "pgstattuple",
        "sslinfo",
        "xml2",
        "pg_stat_statements",
        "pg_net",
        "pg_graphql",
        "pgjwt",
        "http",
        "supabase_vault",
        "pg_cron",
        "pgmq",
        "pgsodium",
        "pgaudit",
        "rum",
        "plpgsql_check",
        "hypopg", // its views begin with its name
        "pg_hashids",
        "pg_jsonschema",
        "wrappers",
        "postgres_fdw",
        "index_advisor",
        "pgroonga",
    };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (tdm_text_is(name, names[i]))
            return true;
    return false;
}

bool tdm_extension_type(tdm_text name)
{
    static const char *const names[] = {
        "vector",
        "halfvec",
        "sparsevec",
        "citext",
        "hstore",
        "ghstore",
        "ltree",
        "lquery",
        "ltxtquery",
        "ltree_gist",
        "query_int",
        "intbig_gkey",
        "gtrgm",
        "cube",
        "seg",
        "lo",
        "ean13",
        "isbn",
        "isbn13",
        "ismn",
        "ismn13",
        "issn",
        "issn13",
        "upc",
        "earth",
        "tablefunc_crosstab_2",
        "tablefunc_crosstab_3",
        "tablefunc_crosstab_4",
        "http_header",
        "http_method",
        "http_request",
        "http_response",
    };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (tdm_text_is(name, names[i]))
            return true;
    return tdm_text_starts(name, TDM_TEXT("gbtreekey"));
}
