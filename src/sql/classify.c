#include "sql/classify.h"

#include "base/error.h"
#include "base/text.h"
#include "sql/classify_parts.h"

#include <string.h>

const char *tdm_sql_kind_name(tdm_sql_kind kind)
{
    static const char *const names[TDM_SQL_KIND_COUNT] = {
#define X(constant, name) [constant] = name,
        TDM_SQL_KINDS(X)
#undef X
    };
    return names[kind];
}

bool tdm_sql_is_data(tdm_sql_kind kind)
{
    return kind >= TDM_SQL_INSERT && kind <= TDM_SQL_COPY;
}

// Statements that are about one kind of object and nothing else.
typedef struct statement_row {
    PgQuery__Node__NodeCase node;
    tdm_sql_kind kind;
    tdm_sql_verb verb;
    const char *command;
} statement_row;

#define ROW(node, kind, verb, command)                                                             \
    {                                                                                              \
        PG_QUERY__NODE__NODE_##node, TDM_SQL_##kind, TDM_SQL_##verb, command                       \
    }

static const statement_row statement_rows[] = {
    ROW(CREATE_SCHEMA_STMT, SCHEMA, CREATE, "CREATE SCHEMA"),
    ROW(CREATE_STMT, TABLE, CREATE, "CREATE TABLE"),
    ROW(CREATE_FOREIGN_TABLE_STMT, TABLE, CREATE, "CREATE FOREIGN TABLE"),
    ROW(INDEX_STMT, INDEX, CREATE, "CREATE INDEX"),
    ROW(CREATE_SEQ_STMT, SEQUENCE, CREATE, "CREATE SEQUENCE"),
    ROW(ALTER_SEQ_STMT, SEQUENCE, ALTER, "ALTER SEQUENCE"),
    ROW(VIEW_STMT, VIEW, CREATE, "CREATE VIEW"),
    ROW(REFRESH_MAT_VIEW_STMT, MAINTENANCE, RUN, "REFRESH MATERIALIZED VIEW"),
    ROW(CREATE_ENUM_STMT, TYPE, CREATE, "CREATE TYPE"),
    ROW(ALTER_ENUM_STMT, TYPE, ALTER, "ALTER TYPE"),
    ROW(COMPOSITE_TYPE_STMT, TYPE, CREATE, "CREATE TYPE"),
    ROW(CREATE_RANGE_STMT, TYPE, CREATE, "CREATE TYPE"),
    ROW(ALTER_TYPE_STMT, TYPE, ALTER, "ALTER TYPE"),
    ROW(CREATE_DOMAIN_STMT, TYPE, CREATE, "CREATE DOMAIN"),
    ROW(ALTER_DOMAIN_STMT, TYPE, ALTER, "ALTER DOMAIN"),
    ROW(CREATE_FUNCTION_STMT, FUNCTION, CREATE, "CREATE FUNCTION"),
    ROW(ALTER_FUNCTION_STMT, FUNCTION, ALTER, "ALTER FUNCTION"),
    ROW(CREATE_TRIG_STMT, TRIGGER, CREATE, "CREATE TRIGGER"),
    ROW(CREATE_EVENT_TRIG_STMT, TRIGGER, CREATE, "CREATE EVENT TRIGGER"),
    ROW(ALTER_EVENT_TRIG_STMT, TRIGGER, ALTER, "ALTER EVENT TRIGGER"),
    ROW(RULE_STMT, RULE, CREATE, "CREATE RULE"),
    ROW(CREATE_POLICY_STMT, POLICY, CREATE, "CREATE POLICY"),
    ROW(ALTER_POLICY_STMT, POLICY, ALTER, "ALTER POLICY"),
    ROW(GRANT_STMT, GRANT, ALTER, "GRANT"),
    ROW(GRANT_ROLE_STMT, GRANT, ALTER, "GRANT"),
    ROW(ALTER_DEFAULT_PRIVILEGES_STMT, GRANT, ALTER, "ALTER DEFAULT PRIVILEGES"),
    ROW(ALTER_OWNER_STMT, OWNER, ALTER, "ALTER OWNER"),
    ROW(REASSIGN_OWNED_STMT, OWNER, ALTER, "REASSIGN OWNED"),
    ROW(DROP_OWNED_STMT, ROLE, DROP, "DROP OWNED"),
    ROW(CREATE_ROLE_STMT, ROLE, CREATE, "CREATE ROLE"),
    ROW(ALTER_ROLE_STMT, ROLE, ALTER, "ALTER ROLE"),
    ROW(ALTER_ROLE_SET_STMT, ROLE, ALTER, "ALTER ROLE"),
    ROW(DROP_ROLE_STMT, ROLE, DROP, "DROP ROLE"),
    ROW(COMMENT_STMT, COMMENT, ALTER, "COMMENT"),
    ROW(SEC_LABEL_STMT, COMMENT, ALTER, "SECURITY LABEL"),
    ROW(CREATE_EXTENSION_STMT, EXTENSION, CREATE, "CREATE EXTENSION"),
    ROW(ALTER_EXTENSION_STMT, EXTENSION, ALTER, "ALTER EXTENSION"),
    ROW(ALTER_EXTENSION_CONTENTS_STMT, EXTENSION, ALTER, "ALTER EXTENSION"),
    ROW(CREATE_PUBLICATION_STMT, PUBLICATION, CREATE, "CREATE PUBLICATION"),
    ROW(ALTER_PUBLICATION_STMT, PUBLICATION, ALTER, "ALTER PUBLICATION"),
    ROW(CREATE_SUBSCRIPTION_STMT, PUBLICATION, CREATE, "CREATE SUBSCRIPTION"),
    ROW(ALTER_SUBSCRIPTION_STMT, PUBLICATION, ALTER, "ALTER SUBSCRIPTION"),
    ROW(DROP_SUBSCRIPTION_STMT, PUBLICATION, DROP, "DROP SUBSCRIPTION"),
    ROW(ALTER_OBJECT_DEPENDS_STMT, OTHER_DDL, ALTER, "ALTER DEPENDS ON EXTENSION"),
    ROW(ALTER_OPERATOR_STMT, OTHER_DDL, ALTER, "ALTER OPERATOR"),
    ROW(ALTER_OP_FAMILY_STMT, OTHER_DDL, ALTER, "ALTER OPERATOR FAMILY"),
    ROW(CREATE_OP_CLASS_STMT, OTHER_DDL, CREATE, "CREATE OPERATOR CLASS"),
    ROW(CREATE_OP_FAMILY_STMT, OTHER_DDL, CREATE, "CREATE OPERATOR FAMILY"),
    ROW(ALTER_COLLATION_STMT, OTHER_DDL, ALTER, "ALTER COLLATION"),
    ROW(CREATE_CAST_STMT, OTHER_DDL, CREATE, "CREATE CAST"),
    ROW(CREATE_CONVERSION_STMT, OTHER_DDL, CREATE, "CREATE CONVERSION"),
    ROW(CREATE_TRANSFORM_STMT, OTHER_DDL, CREATE, "CREATE TRANSFORM"),
    ROW(CREATE_PLANG_STMT, OTHER_DDL, CREATE, "CREATE LANGUAGE"),
    ROW(CREATE_AM_STMT, OTHER_DDL, CREATE, "CREATE ACCESS METHOD"),
    ROW(CREATE_STATS_STMT, OTHER_DDL, CREATE, "CREATE STATISTICS"),
    ROW(ALTER_STATS_STMT, OTHER_DDL, ALTER, "ALTER STATISTICS"),
    ROW(ALTER_TSCONFIGURATION_STMT, OTHER_DDL, ALTER, "ALTER TEXT SEARCH CONFIGURATION"),
    ROW(ALTER_TSDICTIONARY_STMT, OTHER_DDL, ALTER, "ALTER TEXT SEARCH DICTIONARY"),
    ROW(CREATE_FDW_STMT, OTHER_DDL, CREATE, "CREATE FOREIGN DATA WRAPPER"),
    ROW(ALTER_FDW_STMT, OTHER_DDL, ALTER, "ALTER FOREIGN DATA WRAPPER"),
    ROW(CREATE_FOREIGN_SERVER_STMT, OTHER_DDL, CREATE, "CREATE SERVER"),
    ROW(ALTER_FOREIGN_SERVER_STMT, OTHER_DDL, ALTER, "ALTER SERVER"),
    ROW(CREATE_USER_MAPPING_STMT, OTHER_DDL, CREATE, "CREATE USER MAPPING"),
    ROW(ALTER_USER_MAPPING_STMT, OTHER_DDL, ALTER, "ALTER USER MAPPING"),
    ROW(DROP_USER_MAPPING_STMT, OTHER_DDL, DROP, "DROP USER MAPPING"),
    ROW(IMPORT_FOREIGN_SCHEMA_STMT, OTHER_DDL, CREATE, "IMPORT FOREIGN SCHEMA"),
    ROW(ALTER_TABLE_MOVE_ALL_STMT, OTHER_DDL, ALTER, "ALTER TABLE ALL IN TABLESPACE"),
    ROW(CREATEDB_STMT, DATABASE, CREATE, "CREATE DATABASE"),
    ROW(ALTER_DATABASE_STMT, DATABASE, ALTER, "ALTER DATABASE"),
    ROW(ALTER_DATABASE_SET_STMT, DATABASE, ALTER, "ALTER DATABASE"),
    ROW(ALTER_DATABASE_REFRESH_COLL_STMT, DATABASE, ALTER, "ALTER DATABASE"),
    ROW(DROPDB_STMT, DATABASE, DROP, "DROP DATABASE"),
    ROW(CREATE_TABLE_SPACE_STMT, DATABASE, CREATE, "CREATE TABLESPACE"),
    ROW(ALTER_TABLE_SPACE_OPTIONS_STMT, DATABASE, ALTER, "ALTER TABLESPACE"),
    ROW(DROP_TABLE_SPACE_STMT, DATABASE, DROP, "DROP TABLESPACE"),
    ROW(ALTER_SYSTEM_STMT, DATABASE, ALTER, "ALTER SYSTEM"),
    ROW(INSERT_STMT, INSERT, RUN, "INSERT"),
    ROW(UPDATE_STMT, UPDATE, RUN, "UPDATE"),
    ROW(DELETE_STMT, DELETE, RUN, "DELETE"),
    ROW(MERGE_STMT, MERGE, RUN, "MERGE"),
    ROW(TRUNCATE_STMT, TRUNCATE, RUN, "TRUNCATE"),
    ROW(COPY_STMT, COPY, RUN, "COPY"),
    ROW(SELECT_STMT, SELECT, RUN, "SELECT"),
    ROW(DO_STMT, DO, RUN, "DO"),
    ROW(CALL_STMT, CALL, RUN, "CALL"),
    ROW(TRANSACTION_STMT, TRANSACTION, RUN, "transaction control"),
    ROW(VARIABLE_SET_STMT, SET, RUN, "SET"),
    ROW(CONSTRAINTS_SET_STMT, SET, RUN, "SET CONSTRAINTS"),
    ROW(DISCARD_STMT, SET, RUN, "DISCARD"),
    ROW(LOCK_STMT, LOCK, RUN, "LOCK TABLE"),
    ROW(VACUUM_STMT, MAINTENANCE, RUN, "VACUUM"),
    ROW(REINDEX_STMT, MAINTENANCE, RUN, "REINDEX"),
    ROW(CLUSTER_STMT, MAINTENANCE, RUN, "CLUSTER"),
    ROW(CHECK_POINT_STMT, MAINTENANCE, RUN, "CHECKPOINT"),
    ROW(VARIABLE_SHOW_STMT, SESSION, RUN, "SHOW"),
    ROW(EXPLAIN_STMT, SESSION, RUN, "EXPLAIN"),
    ROW(PREPARE_STMT, SESSION, RUN, "PREPARE"),
    ROW(EXECUTE_STMT, UNKNOWN, RUN, "EXECUTE"), // what was prepared, perhaps elsewhere
    ROW(DEALLOCATE_STMT, SESSION, RUN, "DEALLOCATE"),
    ROW(DECLARE_CURSOR_STMT, SESSION, RUN, "DECLARE"),
    ROW(CLOSE_PORTAL_STMT, SESSION, RUN, "CLOSE"),
    ROW(FETCH_STMT, SESSION, RUN, "FETCH"),
    ROW(LISTEN_STMT, SESSION, RUN, "LISTEN"),
    ROW(UNLISTEN_STMT, SESSION, RUN, "UNLISTEN"),
    ROW(NOTIFY_STMT, SESSION, RUN, "NOTIFY"),
    ROW(LOAD_STMT, SESSION, RUN, "LOAD"),
};
#undef ROW

// Objects that DROP, ALTER ... RENAME, SET SCHEMA and CREATE (of the general form) share.
typedef struct object_row {
    PgQuery__ObjectType type;
    tdm_sql_kind kind;
    const char *commands[3]; // by tdm_sql_verb: CREATE, ALTER, DROP
} object_row;

#define ROW(type, kind, word)                                                                      \
    {                                                                                              \
        PG_QUERY__OBJECT_TYPE__OBJECT_##type, TDM_SQL_##kind,                                      \
        {                                                                                          \
            "CREATE " word, "ALTER " word, "DROP " word                                            \
        }                                                                                          \
    }

static const object_row object_rows[] = {
    ROW(TABLE, TABLE, "TABLE"),
    ROW(FOREIGN_TABLE, TABLE, "FOREIGN TABLE"),
    ROW(COLUMN, TABLE, "TABLE"),
    ROW(TABCONSTRAINT, TABLE, "TABLE"),
    ROW(VIEW, VIEW, "VIEW"),
    ROW(MATVIEW, VIEW, "MATERIALIZED VIEW"),
    ROW(INDEX, INDEX, "INDEX"),
    ROW(SEQUENCE, SEQUENCE, "SEQUENCE"),
    ROW(TYPE, TYPE, "TYPE"),
    ROW(ATTRIBUTE, TYPE, "TYPE"),
    ROW(DOMAIN, TYPE, "DOMAIN"),
    ROW(DOMCONSTRAINT, TYPE, "DOMAIN"),
    ROW(FUNCTION, FUNCTION, "FUNCTION"),
    ROW(PROCEDURE, FUNCTION, "PROCEDURE"),
    ROW(ROUTINE, FUNCTION, "ROUTINE"),
    ROW(AGGREGATE, FUNCTION, "AGGREGATE"),
    ROW(TRIGGER, TRIGGER, "TRIGGER"),
    ROW(EVENT_TRIGGER, TRIGGER, "EVENT TRIGGER"),
    ROW(RULE, RULE, "RULE"),
    ROW(POLICY, POLICY, "POLICY"),
    ROW(SCHEMA, SCHEMA, "SCHEMA"),
    ROW(EXTENSION, EXTENSION, "EXTENSION"),
    ROW(PUBLICATION, PUBLICATION, "PUBLICATION"),
    ROW(SUBSCRIPTION, PUBLICATION, "SUBSCRIPTION"),
    ROW(ROLE, ROLE, "ROLE"),
    ROW(DATABASE, DATABASE, "DATABASE"),
    ROW(TABLESPACE, DATABASE, "TABLESPACE"),
    ROW(OPERATOR, OTHER_DDL, "OPERATOR"),
    ROW(OPCLASS, OTHER_DDL, "OPERATOR CLASS"),
    ROW(OPFAMILY, OTHER_DDL, "OPERATOR FAMILY"),
    ROW(COLLATION, OTHER_DDL, "COLLATION"),
    ROW(CONVERSION, OTHER_DDL, "CONVERSION"),
    ROW(CAST, OTHER_DDL, "CAST"),
    ROW(TRANSFORM, OTHER_DDL, "TRANSFORM"),
    ROW(LANGUAGE, OTHER_DDL, "LANGUAGE"),
    ROW(ACCESS_METHOD, OTHER_DDL, "ACCESS METHOD"),
    ROW(STATISTIC_EXT, OTHER_DDL, "STATISTICS"),
    ROW(TSCONFIGURATION, OTHER_DDL, "TEXT SEARCH CONFIGURATION"),
    ROW(TSDICTIONARY, OTHER_DDL, "TEXT SEARCH DICTIONARY"),
    ROW(TSPARSER, OTHER_DDL, "TEXT SEARCH PARSER"),
    ROW(TSTEMPLATE, OTHER_DDL, "TEXT SEARCH TEMPLATE"),
    ROW(FDW, OTHER_DDL, "FOREIGN DATA WRAPPER"),
    ROW(FOREIGN_SERVER, OTHER_DDL, "SERVER"),
};
#undef ROW

static void take_object(tdm_sql_class *sort, PgQuery__ObjectType type, tdm_sql_verb verb)
{
    sort->verb = verb;
    for (size_t i = 0; i < sizeof object_rows / sizeof *object_rows; i++)
        if (object_rows[i].type == type) {
            sort->kind = object_rows[i].kind;
            sort->command = object_rows[i].commands[verb];
            return;
        }
}

static bool is_rls_switch(PgQuery__AlterTableType type)
{
    return type == PG_QUERY__ALTER_TABLE_TYPE__AT_EnableRowSecurity ||
           type == PG_QUERY__ALTER_TABLE_TYPE__AT_DisableRowSecurity ||
           type == PG_QUERY__ALTER_TABLE_TYPE__AT_ForceRowSecurity ||
           type == PG_QUERY__ALTER_TABLE_TYPE__AT_NoForceRowSecurity;
}

// An ALTER TABLE that switches row level security or the owner, and nothing else, is of that kind.
static void take_alter_table(tdm_sql_class *sort, const PgQuery__AlterTableStmt *statement)
{
    bool rls = statement->n_cmds > 0, owner = statement->n_cmds > 0;

    take_object(sort, statement->objtype, TDM_SQL_ALTER);
    sort->if_exists = statement->missing_ok;
    for (size_t i = 0; i < statement->n_cmds; i++) {
        const PgQuery__Node *node = statement->cmds[i];
        if (node->node_case != PG_QUERY__NODE__NODE_ALTER_TABLE_CMD)
            return;
        rls = rls && is_rls_switch(node->alter_table_cmd->subtype);
        owner =
            owner && node->alter_table_cmd->subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_ChangeOwner;
    }
    if (rls)
        sort->kind = TDM_SQL_RLS;
    if (owner)
        sort->kind = TDM_SQL_OWNER;
}

static void take_copy(tdm_sql_class *sort, const PgQuery__CopyStmt *statement)
{
    sort->from_stdin = !statement->is_program && !*statement->filename;
    if (!statement->is_from)
        sort->kind = TDM_SQL_SESSION;
}

static void take_into(tdm_sql_class *sort, const PgQuery__SelectStmt *statement)
{
    if (!statement->into_clause)
        return;
    sort->kind = TDM_SQL_TABLE;
    sort->verb = TDM_SQL_CREATE;
    sort->command = "SELECT INTO";
}

// What the table of nodes leaves open: the object kind, and the words IF and OR REPLACE.
static void take_details(tdm_sql_class *sort, const PgQuery__Node *node)
{
    switch (node->node_case) {
    case PG_QUERY__NODE__NODE_DROP_STMT:
        take_object(sort, node->drop_stmt->remove_type, TDM_SQL_DROP);
        sort->if_exists = node->drop_stmt->missing_ok;
        sort->concurrently = node->drop_stmt->concurrent;
        break;
    case PG_QUERY__NODE__NODE_RENAME_STMT:
        // A column belongs to the relation that it stands in.
        take_object(sort,
                    node->rename_stmt->rename_type == PG_QUERY__OBJECT_TYPE__OBJECT_COLUMN
                        ? node->rename_stmt->relation_type
                        : node->rename_stmt->rename_type,
                    TDM_SQL_ALTER);
        sort->if_exists = node->rename_stmt->missing_ok;
        break;
    case PG_QUERY__NODE__NODE_ALTER_OBJECT_SCHEMA_STMT:
        take_object(sort, node->alter_object_schema_stmt->object_type, TDM_SQL_ALTER);
        sort->if_exists = node->alter_object_schema_stmt->missing_ok;
        break;
    case PG_QUERY__NODE__NODE_DEFINE_STMT:
        take_object(sort, node->define_stmt->kind, TDM_SQL_CREATE);
        sort->if_not_exists = node->define_stmt->if_not_exists;
        sort->or_replace = node->define_stmt->replace;
        break;
    case PG_QUERY__NODE__NODE_CREATE_TABLE_AS_STMT:
        take_object(sort, node->create_table_as_stmt->objtype, TDM_SQL_CREATE);
        sort->if_not_exists = node->create_table_as_stmt->if_not_exists;
        break;
    case PG_QUERY__NODE__NODE_ALTER_TABLE_STMT:
        take_alter_table(sort, node->alter_table_stmt);
        break;
    case PG_QUERY__NODE__NODE_CREATE_STMT:
        sort->if_not_exists = node->create_stmt->if_not_exists;
        break;
    case PG_QUERY__NODE__NODE_CREATE_SCHEMA_STMT:
        sort->if_not_exists = node->create_schema_stmt->if_not_exists;
        break;
    case PG_QUERY__NODE__NODE_CREATE_SEQ_STMT:
        sort->if_not_exists = node->create_seq_stmt->if_not_exists;
        break;
    case PG_QUERY__NODE__NODE_ALTER_SEQ_STMT:
        sort->if_exists = node->alter_seq_stmt->missing_ok;
        break;
    case PG_QUERY__NODE__NODE_CREATE_EXTENSION_STMT:
        sort->if_not_exists = node->create_extension_stmt->if_not_exists;
        break;
    case PG_QUERY__NODE__NODE_INDEX_STMT:
        sort->if_not_exists = node->index_stmt->if_not_exists;
        sort->concurrently = node->index_stmt->concurrent;
        break;
    case PG_QUERY__NODE__NODE_VIEW_STMT:
        sort->or_replace = node->view_stmt->replace;
        break;
    case PG_QUERY__NODE__NODE_RULE_STMT:
        sort->or_replace = node->rule_stmt->replace;
        break;
    case PG_QUERY__NODE__NODE_CREATE_TRIG_STMT:
        sort->or_replace = node->create_trig_stmt->replace;
        break;
    case PG_QUERY__NODE__NODE_CREATE_FUNCTION_STMT:
        sort->or_replace = node->create_function_stmt->replace;
        if (node->create_function_stmt->is_procedure)
            sort->command = "CREATE PROCEDURE";
        break;
    case PG_QUERY__NODE__NODE_ALTER_ENUM_STMT:
        sort->adds_enum_value = !*node->alter_enum_stmt->old_val;
        sort->if_not_exists = node->alter_enum_stmt->skip_if_new_val_exists;
        break;
    case PG_QUERY__NODE__NODE_GRANT_STMT:
        if (!node->grant_stmt->is_grant)
            sort->command = "REVOKE";
        break;
    case PG_QUERY__NODE__NODE_GRANT_ROLE_STMT:
        if (!node->grant_role_stmt->is_grant)
            sort->command = "REVOKE";
        break;
    case PG_QUERY__NODE__NODE_VACUUM_STMT:
        if (!node->vacuum_stmt->is_vacuumcmd)
            sort->command = "ANALYZE";
        break;
    case PG_QUERY__NODE__NODE_COPY_STMT:
        take_copy(sort, node->copy_stmt);
        break;
    case PG_QUERY__NODE__NODE_SELECT_STMT:
        take_into(sort, node->select_stmt);
        break;
    case PG_QUERY__NODE__NODE_VARIABLE_SET_STMT:
        sort->local = node->variable_set_stmt->is_local;
        break;
    default: // nothing more to say
        break;
    }
}

tdm_status tdm_sql_classify(tdm_arena *arena, const tdm_sql_tree *tree, tdm_sql_class *ret,
                            tdm_error *err)
{
    const PgQuery__Node *node = tree->node;
    tdm_sql_class sort = {
        .kind = TDM_SQL_UNKNOWN, .verb = TDM_SQL_RUN, .command = "unknown statement"};
    tdm_sql_names names = {.arena = arena};

    for (size_t i = 0; i < sizeof statement_rows / sizeof *statement_rows; i++)
        if (statement_rows[i].node == node->node_case) {
            sort.kind = statement_rows[i].kind;
            sort.verb = statement_rows[i].verb;
            sort.command = statement_rows[i].command;
            break;
        }
    take_details(&sort, node);
    tdm_sql_take_block(&sort, node);
    tdm_sql_take_names(&names, node);
    if (!tdm_arena_ok(arena))
        return tdm_fail_memory(err);
    sort.names = names.items;
    sort.name_count = names.count;
    *ret = sort;
    return TDM_OK;
}
