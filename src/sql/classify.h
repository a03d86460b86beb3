// What kind of statement it is, what it names, and how it stands to transactions: read from the
// parse tree alone, one table row for each kind of node.
#ifndef SQL_CLASSIFY_H
#define SQL_CLASSIFY_H

#include "sql/tree.h"

// X(constant, printed name)
#define TDM_SQL_KINDS(X)                                                                           \
    X(TDM_SQL_SCHEMA, "schema") /* CREATE/ALTER/DROP SCHEMA */                                     \
    X(TDM_SQL_TABLE, "table")   /* CREATE/ALTER/DROP TABLE, CREATE TABLE AS */                     \
    X(TDM_SQL_INDEX, "index")                                                                      \
    X(TDM_SQL_SEQUENCE, "sequence")                                                                \
    X(TDM_SQL_VIEW, "view")         /* also materialised */                                        \
    X(TDM_SQL_TYPE, "type")         /* enum, composite, range, domain, base */                     \
    X(TDM_SQL_FUNCTION, "function") /* also procedure and aggregate */                             \
    X(TDM_SQL_TRIGGER, "trigger")   /* also event trigger */                                       \
    X(TDM_SQL_RULE, "rule")                                                                        \
    X(TDM_SQL_POLICY, "policy")                                                                    \
    X(TDM_SQL_RLS, "row level security") /* ALTER TABLE that switches it, and nothing else */      \
    X(TDM_SQL_GRANT, "grant")            /* GRANT, REVOKE, default privileges */                   \
    X(TDM_SQL_OWNER, "owner")            /* ALTER ... OWNER TO, REASSIGN OWNED */                  \
    X(TDM_SQL_ROLE, "role")                                                                        \
    X(TDM_SQL_COMMENT, "comment")                                                                  \
    X(TDM_SQL_EXTENSION, "extension")                                                              \
    X(TDM_SQL_PUBLICATION, "publication") /* also subscription */                                  \
    X(TDM_SQL_OTHER_DDL, "definition")    /* operators, casts, text search, foreign data, ... */   \
    X(TDM_SQL_DATABASE, "database")       /* and tablespace, ALTER SYSTEM */                       \
    X(TDM_SQL_INSERT, "insert")                                                                    \
    X(TDM_SQL_UPDATE, "update")                                                                    \
    X(TDM_SQL_DELETE, "delete")                                                                    \
    X(TDM_SQL_MERGE, "merge")                                                                      \
    X(TDM_SQL_TRUNCATE, "truncate")                                                                \
    X(TDM_SQL_COPY, "copy")                                                                        \
    X(TDM_SQL_SELECT, "select") /* may have effects: nextval, a function of the project */         \
    X(TDM_SQL_DO, "do")                                                                            \
    X(TDM_SQL_CALL, "call")                                                                        \
    X(TDM_SQL_TRANSACTION, "transaction") /* BEGIN, COMMIT, SAVEPOINT, ... */                      \
    X(TDM_SQL_SET, "set")                 /* SET, RESET, SET CONSTRAINTS, DISCARD */               \
    X(TDM_SQL_LOCK, "lock")                                                                        \
    X(TDM_SQL_MAINTENANCE, "maintenance") /* VACUUM, ANALYZE, REINDEX, CLUSTER, CHECKPOINT, ... */ \
    X(TDM_SQL_SESSION, "session")         /* PREPARE, LISTEN, cursors, LOAD, SHOW, EXPLAIN */      \
    X(TDM_SQL_UNKNOWN, "unknown")

typedef enum tdm_sql_kind {
#define X(constant, name) constant,
    TDM_SQL_KINDS(X)
#undef X
        TDM_SQL_KIND_COUNT
} tdm_sql_kind;

const char *tdm_sql_kind_name(tdm_sql_kind kind);

typedef enum tdm_sql_verb {
    TDM_SQL_CREATE,
    TDM_SQL_ALTER, // also COMMENT ON, GRANT, SET and whatever else changes what is there
    TDM_SQL_DROP,
    TDM_SQL_RUN, // neither: data statements, DO, CALL, transaction control
} tdm_sql_verb;

// How a statement stands to a transaction block.
typedef enum tdm_sql_block {
    TDM_SQL_BLOCK_ANY,      // runs inside and outside
    TDM_SQL_BLOCK_NEVER,    // refused inside one (PreventInTransactionBlock)
    TDM_SQL_BLOCK_CATALOG,  // refused inside one when the table is partitioned: CLUSTER, REINDEX
    TDM_SQL_BLOCK_REQUIRED, // refused outside one (RequireTransactionBlock): LOCK, DECLARE,
                            // SAVEPOINT
} tdm_sql_block;

// What it does to the transaction it runs in.
typedef enum tdm_sql_control {
    TDM_SQL_CONTROL_NONE,
    TDM_SQL_CONTROL_YES,     // BEGIN, COMMIT, ..., or a DO whose body says COMMIT or ROLLBACK
    TDM_SQL_CONTROL_UNKNOWN, // CALL: the procedure may; a DO that does, or may, EXECUTE or CALL so
} tdm_sql_control;

typedef struct tdm_sql_name {
    tdm_text schema; // empty when not written
    tdm_text name;
    tdm_text column; // of COMMENT ON COLUMN; the policy, trigger, rule or constraint on `name`
} tdm_sql_name;

typedef struct tdm_sql_class {
    tdm_sql_kind kind;
    tdm_sql_verb verb;
    const char *command; // "CREATE TABLE", "DROP INDEX", "ALTER TABLE": a literal, for messages
    tdm_sql_name *names; // what it creates, changes or drops; the target of a data statement
    size_t name_count;
    tdm_sql_block block;
    const char *block_reason; // why `block` is not ANY, or NULL
    tdm_sql_control control;
    bool if_exists;     // IF EXISTS
    bool if_not_exists; // IF NOT EXISTS
    bool or_replace;
    bool concurrently;
    bool adds_enum_value; // ALTER TYPE ADD VALUE: usable only after the commit of its transaction
    bool from_stdin;      // COPY FROM STDIN or TO STDOUT: needs a client that speaks COPY
    bool local;           // SET LOCAL: ends with the transaction
} tdm_sql_class;

// The names are copied into `arena`.
TDM_MUST_CHECK tdm_status tdm_sql_classify(tdm_arena *arena, const tdm_sql_tree *tree,
                                           tdm_sql_class *ret, tdm_error *err);

// A kind that changes rows and no definitions.
bool tdm_sql_is_data(tdm_sql_kind kind);

#endif
