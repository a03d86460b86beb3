// Rows of type classes. What SQLAlchemy calls "uppercase types" print their own name, the camel
// case ones what PostgreSQL has for them (S2052 dialects/postgresql/base.py, PGTypeCompiler).
#include "sqlalchemy/type_class.h"

#define STRING_ARGS "length= collation="
#define NUMERIC_ARGS "precision= scale= ~decimal_return_scale= ~asdecimal="
#define FLOAT_ARGS "precision= ~asdecimal= ~decimal_return_scale="
#define ENUM_ARGS                                                                                  \
    "*labels | name= schema= native_enum= create_constraint= metadata= inherit_schema= "           \
    "values_callable= length= create_type= ~quote= ~validate_strings= ~sort_key_function= "        \
    "~omit_aliases= ~convert_unicode= ~_create_events= ~_adapted_from= **"
#define JSON_ARGS "~none_as_null= ~astext_type="
#define BOOLEAN_ARGS "~create_constraint= ~name= ~_create_events= ~_adapted_from="

#define SA TDM_HOME_SA
#define BOTH TDM_HOME_BOTH
#define PG TDM_HOME_POSTGRESQL

#define ROW(name, home, shape, affinity, word, parameters)                                         \
    {                                                                                              \
        name, home, TDM_SHAPE_##shape, TDM_AFFINITY_##affinity, word, parameters                   \
    }
#define PLAIN(name) ROW(name, PG, WORD, OTHER, name, "")

static const tdm_type_class classes[] = {
    ROW("String", SA, LENGTH, STRING, "VARCHAR", STRING_ARGS " ~convert_unicode="),
    ROW("Unicode", SA, LENGTH, STRING, "VARCHAR", STRING_ARGS),
    ROW("Text", SA, LENGTH, STRING, "TEXT", STRING_ARGS),
    ROW("UnicodeText", SA, LENGTH, STRING, "TEXT", STRING_ARGS),
    ROW("VARCHAR", BOTH, LENGTH, STRING, "VARCHAR", STRING_ARGS),
    ROW("TEXT", BOTH, LENGTH, STRING, "TEXT", STRING_ARGS),
    ROW("CHAR", BOTH, LENGTH, STRING, "CHAR", STRING_ARGS),
    ROW("NCHAR", SA, LENGTH, STRING, "NCHAR", STRING_ARGS),
    ROW("NVARCHAR", SA, LENGTH, STRING, "NVARCHAR", STRING_ARGS),
    ROW("CLOB", SA, WORD, STRING, "CLOB", STRING_ARGS),
    ROW("Integer", SA, WORD, INTEGER, "INTEGER", ""),
    ROW("INTEGER", BOTH, WORD, INTEGER, "INTEGER", ""),
    ROW("INT", SA, WORD, INTEGER, "INTEGER", ""),
    ROW("BigInteger", SA, WORD, INTEGER, "BIGINT", ""),
    ROW("BIGINT", BOTH, WORD, INTEGER, "BIGINT", ""),
    ROW("SmallInteger", SA, WORD, INTEGER, "SMALLINT", ""),
    ROW("SMALLINT", BOTH, WORD, INTEGER, "SMALLINT", ""),
    ROW("Numeric", SA, NUMERIC, NUMERIC, "NUMERIC", NUMERIC_ARGS),
    ROW("NUMERIC", BOTH, NUMERIC, NUMERIC, "NUMERIC", NUMERIC_ARGS),
    ROW("DECIMAL", SA, NUMERIC, NUMERIC, "DECIMAL", NUMERIC_ARGS),
    ROW("Float", SA, FLOAT, NUMERIC, "FLOAT", FLOAT_ARGS),
    ROW("FLOAT", BOTH, FLOAT, NUMERIC, "FLOAT", FLOAT_ARGS),
    ROW("Double", SA, WORD, NUMERIC, "DOUBLE PRECISION", FLOAT_ARGS),
    ROW("DOUBLE", SA, WORD, NUMERIC, "DOUBLE", FLOAT_ARGS),
    ROW("DOUBLE_PRECISION", BOTH, WORD, NUMERIC, "DOUBLE PRECISION", FLOAT_ARGS),
    ROW("REAL", BOTH, WORD, NUMERIC, "REAL", FLOAT_ARGS),
    ROW("Boolean", SA, WORD, BOOLEAN, "BOOLEAN", BOOLEAN_ARGS),
    ROW("BOOLEAN", BOTH, WORD, BOOLEAN, "BOOLEAN", BOOLEAN_ARGS),
    ROW("Date", SA, WORD, DATE, "DATE", ""),
    ROW("DATE", BOTH, WORD, DATE, "DATE", ""),
    ROW("DateTime", SA, TIMESTAMP, DATETIME, "TIMESTAMP", "timezone="),
    ROW("TIMESTAMP", SA, TIMESTAMP, DATETIME, "TIMESTAMP", "timezone="),
    ROW("TIMESTAMP", PG, TIMESTAMP, DATETIME, "TIMESTAMP", "timezone= precision="),
    ROW("DATETIME", SA, WORD, DATETIME, "DATETIME", "timezone="),
    ROW("Time", SA, TIME, TIME, "TIME", "timezone="),
    ROW("TIME", SA, TIME, TIME, "TIME", "timezone="),
    ROW("TIME", PG, TIME, TIME, "TIME", "timezone= precision="),
    ROW("Interval", SA, INTERVAL, INTERVAL, "INTERVAL",
        "native= second_precision= ~day_precision="),
    ROW("INTERVAL", PG, INTERVAL, INTERVAL, "INTERVAL", "precision= fields="),
    ROW("LargeBinary", SA, WORD, BINARY, "BYTEA", "~length="),
    ROW("PickleType", SA, WORD, BINARY, "BYTEA", "~protocol= ~pickler= ~comparator= ~impl="),
    ROW("BLOB", SA, WORD, BINARY, "BLOB", "~length="),
    ROW("BINARY", SA, LENGTH, BINARY, "BINARY", "length="),
    ROW("VARBINARY", SA, LENGTH, BINARY, "VARBINARY", "length="),
    ROW("BYTEA", PG, WORD, BINARY, "BYTEA", "~length="),
    ROW("JSON", SA, WORD, JSON, "JSON", "~none_as_null="),
    ROW("JSON", PG, WORD, JSON, "JSON", JSON_ARGS),
    ROW("JSONB", PG, WORD, JSON, "JSONB", JSON_ARGS),
    ROW("JSONPATH", PG, WORD, OTHER, "JSONPATH", ""),
    ROW("Uuid", SA, UUID, UUID, "UUID", "as_uuid= native_uuid="),
    ROW("UUID", BOTH, UUID, UUID, "UUID", "as_uuid="),
    ROW("Enum", SA, ENUM, STRING, "", ENUM_ARGS),
    ROW("ENUM", PG, ENUM, STRING, "", ENUM_ARGS),
    ROW("ARRAY", SA, ARRAY, ARRAY, "", "item_type ~as_tuple= dimensions= ~zero_indexes="),
    ROW("ARRAY", PG, ARRAY, ARRAY, "", "item_type ~as_tuple= dimensions= ~zero_indexes="),
    ROW("DOMAIN", PG, DOMAIN, OTHER, "",
        "name data_type | collation= default= constraint_name= not_null= check= create_type= "
        "schema= ~metadata= ~inherit_schema="),
    ROW("BIT", PG, BIT, OTHER, "BIT", "length= varying="),
    ROW("HSTORE", PG, WORD, OTHER, "HSTORE", "~text_type="),
    ROW("CITEXT", PG, WORD, STRING, "CITEXT", STRING_ARGS),
    ROW("OID", PG, WORD, OTHER, "OID", ""),
    PLAIN("INET"),
    PLAIN("CIDR"),
    PLAIN("MACADDR"),
    PLAIN("MACADDR8"),
    PLAIN("MONEY"),
    PLAIN("REGCLASS"),
    PLAIN("REGCONFIG"),
    PLAIN("TSVECTOR"),
    PLAIN("TSQUERY"),
    PLAIN("INT4RANGE"),
    PLAIN("INT8RANGE"),
    PLAIN("NUMRANGE"),
    PLAIN("DATERANGE"),
    PLAIN("TSRANGE"),
    PLAIN("TSTZRANGE"),
    PLAIN("INT4MULTIRANGE"),
    PLAIN("INT8MULTIRANGE"),
    PLAIN("NUMMULTIRANGE"),
    PLAIN("DATEMULTIRANGE"),
    PLAIN("TSMULTIRANGE"),
    PLAIN("TSTZMULTIRANGE"),
    ROW("INTEGER", TDM_HOME_FOREIGN, WORD, INTEGER, "INTEGER", "~display_width= **"),
    ROW("BIGINT", TDM_HOME_FOREIGN, WORD, INTEGER, "BIGINT", "~display_width= **"),
    ROW("SMALLINT", TDM_HOME_FOREIGN, WORD, INTEGER, "SMALLINT", "~display_width= **"),
    ROW("JSON", TDM_HOME_FOREIGN, WORD, JSON, "JSON", "~none_as_null="),
    ROW("DATETIME", TDM_HOME_FOREIGN, WORD, DATETIME, "DATETIME", "**"),
    ROW("NullType", TDM_HOME_TYPES, NULL, NULL, "NULL", ""),
};

enum { CLASS_COUNT = sizeof classes / sizeof *classes };

static bool exports(tdm_type_home row, tdm_type_home wanted)
{
    switch (wanted) {
    case TDM_HOME_SA:
        return row == TDM_HOME_SA || row == TDM_HOME_BOTH;
    case TDM_HOME_TYPES:
        return row == TDM_HOME_SA || row == TDM_HOME_BOTH || row == TDM_HOME_TYPES;
    case TDM_HOME_POSTGRESQL:
        return row == TDM_HOME_POSTGRESQL || row == TDM_HOME_BOTH;
    case TDM_HOME_FOREIGN:
        return row == TDM_HOME_FOREIGN;
    case TDM_HOME_BOTH:
    case TDM_HOME_OTHER:
        return false;
    }
    return false;
}

const tdm_type_class *tdm_type_class_find(tdm_type_home home, tdm_text name)
{
    for (size_t i = 0; i < CLASS_COUNT; i++) {
        if (exports(classes[i].home, home) && tdm_text_is(name, classes[i].name))
            return &classes[i];
    }
    return NULL;
}

const tdm_type_class *tdm_type_class_named(const char *name)
{
    return tdm_type_class_find(TDM_HOME_TYPES, tdm_text_of(name));
}
