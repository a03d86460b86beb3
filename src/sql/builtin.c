#include "sql/builtin.h"

#include "base/text.h"

#include <stddef.h>

// From src/include/catalog/pg_type.dat; printed as in src/backend/utils/adt/format_type.c. Sorted
// by name for the search.
static const struct builtin {
    const char *name;
    const char *printed;
    const char *suffix;
} types[] = {
    {"bit", "bit", ""},
    {"bool", "boolean", ""},
    {"box", "box", ""},
    {"bpchar", "character", ""},
    {"bytea", "bytea", ""},
    {"char", "\"char\"", ""},
    {"cidr", "cidr", ""},
    {"circle", "circle", ""},
    {"date", "date", ""},
    {"datemultirange", "datemultirange", ""},
    {"daterange", "daterange", ""},
    {"event_trigger", "event_trigger", ""},
    {"float4", "real", ""},
    {"float8", "double precision", ""},
    {"inet", "inet", ""},
    {"int2", "smallint", ""},
    {"int4", "integer", ""},
    {"int4multirange", "int4multirange", ""},
    {"int4range", "int4range", ""},
    {"int8", "bigint", ""},
    {"int8multirange", "int8multirange", ""},
    {"int8range", "int8range", ""},
    {"interval", "interval", ""},
    {"json", "json", ""},
    {"jsonb", "jsonb", ""},
    {"jsonpath", "jsonpath", ""},
    {"line", "line", ""},
    {"lseg", "lseg", ""},
    {"macaddr", "macaddr", ""},
    {"macaddr8", "macaddr8", ""},
    {"money", "money", ""},
    {"name", "name", ""},
    {"numeric", "numeric", ""},
    {"nummultirange", "nummultirange", ""},
    {"numrange", "numrange", ""},
    {"oid", "oid", ""},
    {"path", "path", ""},
    {"pg_lsn", "pg_lsn", ""},
    {"point", "point", ""},
    {"polygon", "polygon", ""},
    {"record", "record", ""},
    {"regclass", "regclass", ""},
    {"regconfig", "regconfig", ""},
    {"regproc", "regproc", ""},
    {"regprocedure", "regprocedure", ""},
    {"regrole", "regrole", ""},
    {"regtype", "regtype", ""},
    {"text", "text", ""},
    {"time", "time", " without time zone"},
    {"timestamp", "timestamp", " without time zone"},
    {"timestamptz", "timestamp", " with time zone"},
    {"timetz", "time", " with time zone"},
    {"trigger", "trigger", ""},
    {"tsmultirange", "tsmultirange", ""},
    {"tsquery", "tsquery", ""},
    {"tsrange", "tsrange", ""},
    {"tstzmultirange", "tstzmultirange", ""},
    {"tstzrange", "tstzrange", ""},
    {"tsvector", "tsvector", ""},
    {"uuid", "uuid", ""},
    {"varbit", "bit varying", ""},
    {"varchar", "character varying", ""},
    {"void", "void", ""},
    {"xid", "xid", ""},
    {"xml", "xml", ""},
};

const char *tdm_sql_builtin_type(tdm_text name, const char **ret_suffix)
{
    size_t low = 0, high = sizeof types / sizeof *types;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = tdm_text_compare(name, tdm_text_of(types[middle].name));
        if (order == 0) {
            if (ret_suffix)
                *ret_suffix = types[middle].suffix;
            return types[middle].printed;
        }
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}
