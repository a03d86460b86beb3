// What a schema consists of: the kinds of objects, and the attributes that define them.
//
// Both are tables, so that storing, comparing and printing are the same code for every kind. An
// object whose kind has handlers is *defined by attributes*; one that a statement made which no
// handler reads is *known by identity only*: the digest over the statements that touched it. That
// is a property of the object, not of its kind: a form of CREATE FUNCTION that is not read leaves
// such an object beside others that are modelled.
#ifndef CATALOG_KINDS_H
#define CATALOG_KINDS_H

#include <tandem/text.h>

// Which names exclude each other.
typedef enum tdm_space {
    TDM_SPACE_GLOBAL,   // one name for each kind in a database: schemas, extensions, roles
    TDM_SPACE_RELATION, // pg_class: tables, views, indexes, sequences share the names of a schema
    TDM_SPACE_TYPE,     // pg_type
    TDM_SPACE_ROUTINE,  // pg_proc: the name holds the types of the arguments, "f(integer, text)"
    TDM_SPACE_SCHEMA,   // each kind has its own names in a schema: collations, operators
    TDM_SPACE_MEMBER,   // each kind has its own names on a relation: columns, policies, triggers
} tdm_space;

// X(constant, printed name, name space, where PostgreSQL keeps it)
#define TDM_KINDS(X)                                                                               \
    X(TDM_KIND_SCHEMA, "schema", TDM_SPACE_GLOBAL, "pg_namespace")                                 \
    X(TDM_KIND_TABLE, "table", TDM_SPACE_RELATION, "pg_class r, p")                                \
    X(TDM_KIND_COLUMN, "column", TDM_SPACE_MEMBER, "pg_attribute, pg_attrdef")                     \
    X(TDM_KIND_CONSTRAINT, "constraint", TDM_SPACE_MEMBER, "pg_constraint")                        \
    X(TDM_KIND_INDEX, "index", TDM_SPACE_RELATION, "pg_index, pg_class i, I")                      \
    X(TDM_KIND_SEQUENCE, "sequence", TDM_SPACE_RELATION, "pg_sequence, pg_depend")                 \
    X(TDM_KIND_VIEW, "view", TDM_SPACE_RELATION, "pg_class v, pg_rewrite")                         \
    X(TDM_KIND_MATERIALIZED_VIEW, "materialized view", TDM_SPACE_RELATION, "pg_class m")           \
    X(TDM_KIND_FOREIGN_TABLE, "foreign table", TDM_SPACE_RELATION, "pg_foreign_table")             \
    X(TDM_KIND_TYPE, "type", TDM_SPACE_TYPE, "pg_type, pg_enum, pg_range")                         \
    X(TDM_KIND_FUNCTION, "function", TDM_SPACE_ROUTINE, "pg_proc, pg_aggregate")                   \
    X(TDM_KIND_TRIGGER, "trigger", TDM_SPACE_MEMBER, "pg_trigger")                                 \
    X(TDM_KIND_EVENT_TRIGGER, "event trigger", TDM_SPACE_GLOBAL, "pg_event_trigger")               \
    X(TDM_KIND_RULE, "rule", TDM_SPACE_MEMBER, "pg_rewrite")                                       \
    X(TDM_KIND_POLICY, "policy", TDM_SPACE_MEMBER, "pg_policy")                                    \
    X(TDM_KIND_EXTENSION, "extension", TDM_SPACE_GLOBAL, "pg_extension")                           \
    X(TDM_KIND_PUBLICATION, "publication", TDM_SPACE_GLOBAL, "pg_publication")                     \
    X(TDM_KIND_SUBSCRIPTION, "subscription", TDM_SPACE_GLOBAL, "pg_subscription")                  \
    X(TDM_KIND_COLLATION, "collation", TDM_SPACE_SCHEMA, "pg_collation")                           \
    X(TDM_KIND_STATISTICS, "statistics", TDM_SPACE_SCHEMA, "pg_statistic_ext")                     \
    X(TDM_KIND_TEXT_SEARCH, "text search configuration", TDM_SPACE_SCHEMA, "pg_ts_config")         \
    X(TDM_KIND_DICTIONARY, "text search dictionary", TDM_SPACE_SCHEMA, "pg_ts_dict")               \
    X(TDM_KIND_OPERATOR, "operator", TDM_SPACE_SCHEMA, "pg_operator")                              \
    X(TDM_KIND_OPERATOR_CLASS, "operator class", TDM_SPACE_SCHEMA, "pg_opclass")                   \
    X(TDM_KIND_OPERATOR_FAMILY, "operator family", TDM_SPACE_SCHEMA, "pg_opfamily")                \
    X(TDM_KIND_CAST, "cast", TDM_SPACE_GLOBAL, "pg_cast")                                          \
    X(TDM_KIND_LANGUAGE, "language", TDM_SPACE_GLOBAL, "pg_language")                              \
    X(TDM_KIND_SERVER, "server", TDM_SPACE_GLOBAL, "pg_foreign_server")                            \
    X(TDM_KIND_WRAPPER, "foreign-data wrapper", TDM_SPACE_GLOBAL, "pg_foreign_data_wrapper")       \
    X(TDM_KIND_USER_MAPPING, "user mapping", TDM_SPACE_GLOBAL, "pg_user_mapping")                  \
    X(TDM_KIND_ROLE, "role", TDM_SPACE_GLOBAL, "pg_authid")                                        \
    X(TDM_KIND_DEFAULT_PRIVILEGES, "default privileges", TDM_SPACE_SCHEMA, "pg_default_acl")       \
    /* What a statement says of something, where no handler reads it. */                           \
    X(TDM_KIND_TABLE_OPTION, "table option", TDM_SPACE_MEMBER, "")                                 \
    X(TDM_KIND_GRANT, "grant", TDM_SPACE_SCHEMA, "")                                               \
    X(TDM_KIND_OWNER, "owner", TDM_SPACE_SCHEMA, "")                                               \
    X(TDM_KIND_COMMENT, "comment", TDM_SPACE_SCHEMA, "")                                           \
    X(TDM_KIND_DATABASE, "database", TDM_SPACE_SCHEMA, "")                                         \
    X(TDM_KIND_OTHER, "definition", TDM_SPACE_SCHEMA, "")

typedef enum tdm_kind {
#define X(constant, name, space, catalogs) constant,
    TDM_KINDS(X)
#undef X
        TDM_KIND_COUNT
} tdm_kind;

const char *tdm_kind_name(tdm_kind kind);
tdm_space tdm_kind_space(tdm_kind kind);

// How two values of an attribute are compared. Values are texts in one canonical spelling each.
typedef enum tdm_mode {
    TDM_MODE_TEXT,       // equal or different
    TDM_MODE_FLAG,       // "yes" or not set
    TDM_MODE_NAMES,      // "a, b": names, quoted where needed, in an order that counts
    TDM_MODE_SET,        // the same, sorted by bytes: order means nothing
    TDM_MODE_TYPE,       // as tdm_type_print prints it; one with a schema and one without: unknown
    TDM_MODE_EXPRESSION, // an expression as written, and its digest: equal, different where that is
                         // sure, else not comparable
    TDM_MODE_KEYS,       // the elements of an index, "lower(a) DESC, b": likewise one by one
    TDM_MODE_QUERY,      // a query as written, and its digest
    TDM_MODE_BODY,       // a function's source: other white space alone is not comparable
    TDM_MODE_GRANTS,     // who may do what, role by role (grants.h)
    TDM_MODE_SECRET,     // names, "a, b", and a digest of what is not to be shown
} tdm_mode;

// X(constant, printed name, mode). An attribute that is at its default is not set.
#define TDM_ATTRIBUTES(X)                                                                          \
    /* of many kinds */                                                                            \
    X(TDM_ATTR_FORM, "form", TDM_MODE_TEXT) /* "PRIMARY KEY", "enum", "procedure" */               \
    X(TDM_ATTR_OWNER, "owner", TDM_MODE_TEXT)                                                      \
    X(TDM_ATTR_COMMENT, "comment", TDM_MODE_TEXT)                                                  \
    X(TDM_ATTR_GRANTS, "grants", TDM_MODE_GRANTS)                                                  \
    X(TDM_ATTR_OPTIONS, "options", TDM_MODE_SET) /* WITH (...): "fillfactor=70" */                 \
    X(TDM_ATTR_TABLESPACE, "tablespace", TDM_MODE_TEXT)                                            \
    /* tables */                                                                                   \
    X(TDM_ATTR_PERSISTENCE, "persistence", TDM_MODE_TEXT) /* "unlogged" */                         \
    X(TDM_ATTR_PARTITION_KEY, "partition key", TDM_MODE_TEXT)                                      \
    X(TDM_ATTR_PARTITION_OF, "partition of", TDM_MODE_TEXT)                                        \
    X(TDM_ATTR_PARTITION_BOUND, "partition bound", TDM_MODE_EXPRESSION)                            \
    X(TDM_ATTR_INHERITS, "inherits", TDM_MODE_NAMES)                                               \
    X(TDM_ATTR_OF_TYPE, "of type", TDM_MODE_TYPE)                                                  \
    X(TDM_ATTR_ACCESS_METHOD, "access method", TDM_MODE_TEXT)                                      \
    X(TDM_ATTR_RLS, "row level security", TDM_MODE_FLAG)                                           \
    X(TDM_ATTR_RLS_FORCED, "forced row level security", TDM_MODE_FLAG)                             \
    X(TDM_ATTR_REPLICA_IDENTITY, "replica identity", TDM_MODE_TEXT) /* "FULL", "index i" */        \
    X(TDM_ATTR_CLUSTER, "cluster", TDM_MODE_TEXT)                                                  \
    /* columns; the first four stand in tdm_column itself */                                       \
    X(TDM_ATTR_TYPE, "type", TDM_MODE_TYPE)                                                        \
    X(TDM_ATTR_NULLABLE, "nullable", TDM_MODE_TEXT)                                                \
    X(TDM_ATTR_DEFAULT, "default", TDM_MODE_EXPRESSION)                                            \
    X(TDM_ATTR_GENERATED, "generated", TDM_MODE_EXPRESSION)                                        \
    X(TDM_ATTR_STORAGE, "storage", TDM_MODE_TEXT)                                                  \
    X(TDM_ATTR_COMPRESSION, "compression", TDM_MODE_TEXT)                                          \
    X(TDM_ATTR_STATISTICS, "statistics", TDM_MODE_TEXT)                                            \
    X(TDM_ATTR_COLLATION, "collation", TDM_MODE_TEXT)                                              \
    X(TDM_ATTR_INHERITED, "inherited", TDM_MODE_FLAG)                                              \
    /* constraints and indexes */                                                                  \
    X(TDM_ATTR_COLUMNS, "columns", TDM_MODE_NAMES)                                                 \
    X(TDM_ATTR_KEYS, "keys", TDM_MODE_KEYS)                                                        \
    X(TDM_ATTR_INCLUDE, "include", TDM_MODE_NAMES)                                                 \
    X(TDM_ATTR_REFERENCES, "references", TDM_MODE_TEXT) /* the table */                            \
    X(TDM_ATTR_REFERENCED, "referenced columns", TDM_MODE_NAMES)                                   \
    X(TDM_ATTR_MATCH, "match", TDM_MODE_TEXT)                                                      \
    X(TDM_ATTR_ON_DELETE, "on delete", TDM_MODE_TEXT)                                              \
    X(TDM_ATTR_ON_UPDATE, "on update", TDM_MODE_TEXT)                                              \
    X(TDM_ATTR_EXPRESSION, "expression", TDM_MODE_EXPRESSION)                                      \
    X(TDM_ATTR_PREDICATE, "where", TDM_MODE_EXPRESSION)                                            \
    X(TDM_ATTR_DEFERRABLE, "deferrable", TDM_MODE_TEXT)                                            \
    X(TDM_ATTR_NOT_VALID, "not valid", TDM_MODE_FLAG)                                              \
    X(TDM_ATTR_NO_INHERIT, "no inherit", TDM_MODE_FLAG)                                            \
    X(TDM_ATTR_NULLS_NOT_DISTINCT, "nulls not distinct", TDM_MODE_FLAG)                            \
    X(TDM_ATTR_UNIQUE, "unique", TDM_MODE_FLAG)                                                    \
    X(TDM_ATTR_METHOD, "method", TDM_MODE_TEXT)                                                    \
    X(TDM_ATTR_ONLY, "only", TDM_MODE_FLAG)                                                        \
    /* sequences */                                                                                \
    X(TDM_ATTR_START, "start", TDM_MODE_TEXT)                                                      \
    X(TDM_ATTR_INCREMENT, "increment", TDM_MODE_TEXT)                                              \
    X(TDM_ATTR_MINVALUE, "minimum", TDM_MODE_TEXT)                                                 \
    X(TDM_ATTR_MAXVALUE, "maximum", TDM_MODE_TEXT)                                                 \
    X(TDM_ATTR_CACHE, "cache", TDM_MODE_TEXT)                                                      \
    X(TDM_ATTR_CYCLE, "cycle", TDM_MODE_FLAG)                                                      \
    X(TDM_ATTR_OWNED_BY, "owned by", TDM_MODE_TEXT)                                                \
    /* types */                                                                                    \
    X(TDM_ATTR_LABELS, "labels", TDM_MODE_NAMES)                                                   \
    X(TDM_ATTR_FIELDS, "fields", TDM_MODE_TEXT)                                                    \
    X(TDM_ATTR_SUBTYPE, "subtype", TDM_MODE_TYPE)                                                  \
    X(TDM_ATTR_CHECKS, "checks", TDM_MODE_EXPRESSION)                                              \
    X(TDM_ATTR_CHECK_NAMES, "names of checks", TDM_MODE_NAMES)                                     \
    /* functions, triggers, rules, views */                                                        \
    X(TDM_ATTR_ARGUMENTS, "arguments", TDM_MODE_TEXT)                                              \
    X(TDM_ATTR_ARGUMENT_DEFAULTS, "defaults of arguments", TDM_MODE_EXPRESSION)                    \
    X(TDM_ATTR_RETURNS, "returns", TDM_MODE_TYPE)                                                  \
    X(TDM_ATTR_LANGUAGE, "language", TDM_MODE_TEXT)                                                \
    X(TDM_ATTR_BODY, "body", TDM_MODE_BODY)                                                        \
    X(TDM_ATTR_VOLATILITY, "volatility", TDM_MODE_TEXT)                                            \
    X(TDM_ATTR_STRICT, "strict", TDM_MODE_FLAG)                                                    \
    X(TDM_ATTR_SECURITY, "security", TDM_MODE_TEXT)                                                \
    X(TDM_ATTR_LEAKPROOF, "leakproof", TDM_MODE_FLAG)                                              \
    X(TDM_ATTR_PARALLEL, "parallel", TDM_MODE_TEXT)                                                \
    X(TDM_ATTR_COST, "cost", TDM_MODE_TEXT)                                                        \
    X(TDM_ATTR_ROWS, "rows", TDM_MODE_TEXT)                                                        \
    X(TDM_ATTR_SETTINGS, "settings", TDM_MODE_SET)                                                 \
    X(TDM_ATTR_QUERY, "query", TDM_MODE_QUERY)                                                     \
    X(TDM_ATTR_CHECK_OPTION, "check option", TDM_MODE_TEXT)                                        \
    X(TDM_ATTR_POPULATED, "populated", TDM_MODE_TEXT)                                              \
    X(TDM_ATTR_TIMING, "timing", TDM_MODE_TEXT)                                                    \
    X(TDM_ATTR_EVENTS, "events", TDM_MODE_SET)                                                     \
    X(TDM_ATTR_LEVEL, "level", TDM_MODE_TEXT)                                                      \
    X(TDM_ATTR_FUNCTION, "function", TDM_MODE_TYPE)                                                \
    X(TDM_ATTR_WHEN, "when", TDM_MODE_EXPRESSION)                                                  \
    X(TDM_ATTR_TRANSITION, "transition tables", TDM_MODE_TEXT)                                     \
    X(TDM_ATTR_ENABLED, "enabled", TDM_MODE_TEXT)                                                  \
    X(TDM_ATTR_COMMAND, "command", TDM_MODE_TEXT)                                                  \
    X(TDM_ATTR_PERMISSIVE, "permissive", TDM_MODE_TEXT)                                            \
    X(TDM_ATTR_ROLES, "roles", TDM_MODE_SET)                                                       \
    X(TDM_ATTR_USING, "using", TDM_MODE_EXPRESSION)                                                \
    X(TDM_ATTR_WITH_CHECK, "with check", TDM_MODE_EXPRESSION)                                      \
    X(TDM_ATTR_VERSION, "version", TDM_MODE_TEXT)                                                  \
    X(TDM_ATTR_IN_SCHEMA, "schema", TDM_MODE_TEXT) /* of an extension */                           \
    X(TDM_ATTR_TABLES, "tables", TDM_MODE_SET)                                                     \
    X(TDM_ATTR_SCHEMAS, "schemas", TDM_MODE_SET)                                                   \
    /* operators, aggregates, casts, dictionaries, foreign data */                                 \
    X(TDM_ATTR_DEFINITION, "definition", TDM_MODE_TEXT) /* "sfunc=int4pl, stype=integer" */        \
    X(TDM_ATTR_COMMUTATOR, "commutator", TDM_MODE_TEXT)                                            \
    X(TDM_ATTR_NEGATOR, "negator", TDM_MODE_TEXT)                                                  \
    X(TDM_ATTR_TEMPLATE, "template", TDM_MODE_TEXT)                                                \
    X(TDM_ATTR_HANDLER, "handler", TDM_MODE_TEXT)                                                  \
    X(TDM_ATTR_VALIDATOR, "validator", TDM_MODE_TEXT)                                              \
    X(TDM_ATTR_WRAPPER, "wrapper", TDM_MODE_TEXT)                                                  \
    X(TDM_ATTR_SERVER, "server", TDM_MODE_TEXT)                                                    \
    X(TDM_ATTR_SECRETS, "secret options", TDM_MODE_SECRET)

typedef enum tdm_attribute {
#define X(constant, name, mode) constant,
    TDM_ATTRIBUTES(X)
#undef X
        TDM_ATTR_COUNT
} tdm_attribute;

const char *tdm_attribute_name(tdm_attribute attribute);
tdm_mode tdm_attribute_mode(tdm_attribute attribute);

#endif
