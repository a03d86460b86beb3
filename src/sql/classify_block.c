// Which statements PostgreSQL refuses inside a transaction block, or outside one.
//
// From the calls of PreventInTransactionBlock and RequireTransactionBlock in PostgreSQL 15
// (src/backend/commands, tcop/utility.c); psql's command_no_begin lists the same for AUTOCOMMIT
// off.
#include "sql/classify_parts.h"

#include "base/text.h"
#include "sql/lexer.h"

#include <string.h>

static void never(tdm_sql_class *sort, const char *reason)
{
    sort->block = TDM_SQL_BLOCK_NEVER;
    sort->block_reason = reason;
}

static void catalog(tdm_sql_class *sort, const char *reason)
{
    sort->block = TDM_SQL_BLOCK_CATALOG;
    sort->block_reason = reason;
}

static void required(tdm_sql_class *sort, const char *reason)
{
    sort->block = TDM_SQL_BLOCK_REQUIRED;
    sort->block_reason = reason;
}

static const PgQuery__DefElem *option(PgQuery__Node *const *options, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (options[i]->node_case == PG_QUERY__NODE__NODE_DEF_ELEM &&
            strcmp(options[i]->def_elem->defname, name) == 0)
            return options[i]->def_elem;
    return NULL;
}

// Whether a Boolean option is switched off, as defGetBoolean reads it.
static bool is_off(PgQuery__Node *const *options, size_t count, const char *name)
{
    const PgQuery__DefElem *elem = option(options, count, name);
    tdm_text value = {0};

    if (!elem || !elem->arg)
        return false;
    if (elem->arg->node_case == PG_QUERY__NODE__NODE_INTEGER)
        return elem->arg->integer->ival == 0;
    if (elem->arg->node_case == PG_QUERY__NODE__NODE_BOOLEAN)
        return !elem->arg->boolean->boolval;
    if (elem->arg->node_case == PG_QUERY__NODE__NODE_STRING)
        value = tdm_text_of(elem->arg->string->sval);
    // A plain word is read as the name of a type.
    if (elem->arg->node_case == PG_QUERY__NODE__NODE_TYPE_NAME &&
        elem->arg->type_name->n_names == 1 &&
        elem->arg->type_name->names[0]->node_case == PG_QUERY__NODE__NODE_STRING)
        value = tdm_text_of(elem->arg->type_name->names[0]->string->sval);
    return tdm_text_equal_nocase(value, TDM_TEXT("false")) ||
           tdm_text_equal_nocase(value, TDM_TEXT("off"));
}

static bool is_on(PgQuery__Node *const *options, size_t count, const char *name)
{
    return option(options, count, name) && !is_off(options, count, name);
}

static void reindex(tdm_sql_class *sort, const PgQuery__ReindexStmt *statement)
{
    if (is_on(statement->params, statement->n_params, "concurrently")) {
        sort->concurrently = true;
        never(sort, "REINDEX CONCURRENTLY");
    } else if (statement->kind == PG_QUERY__REINDEX_OBJECT_TYPE__REINDEX_OBJECT_SCHEMA ||
               statement->kind == PG_QUERY__REINDEX_OBJECT_TYPE__REINDEX_OBJECT_SYSTEM ||
               statement->kind == PG_QUERY__REINDEX_OBJECT_TYPE__REINDEX_OBJECT_DATABASE) {
        never(sort, "REINDEX SCHEMA, SYSTEM or DATABASE");
    } else {
        catalog(sort, "REINDEX of a partitioned table or index");
    }
}

static void alter_table(tdm_sql_class *sort, const PgQuery__AlterTableStmt *statement)
{
    for (size_t i = 0; i < statement->n_cmds; i++) {
        const PgQuery__Node *command = statement->cmds[i];
        if (command->node_case != PG_QUERY__NODE__NODE_ALTER_TABLE_CMD ||
            command->alter_table_cmd->subtype != PG_QUERY__ALTER_TABLE_TYPE__AT_DetachPartition)
            continue;
        const PgQuery__Node *def = command->alter_table_cmd->def;
        if (def && def->node_case == PG_QUERY__NODE__NODE_PARTITION_CMD &&
            def->partition_cmd->concurrent) {
            sort->concurrently = true;
            never(sort, "DETACH PARTITION CONCURRENTLY");
        }
    }
}

static void alter_subscription(tdm_sql_class *sort, const PgQuery__AlterSubscriptionStmt *statement)
{
    switch (statement->kind) {
    case PG_QUERY__ALTER_SUBSCRIPTION_TYPE__ALTER_SUBSCRIPTION_REFRESH:
        never(sort, "ALTER SUBSCRIPTION REFRESH");
        break;
    case PG_QUERY__ALTER_SUBSCRIPTION_TYPE__ALTER_SUBSCRIPTION_SET_PUBLICATION:
    case PG_QUERY__ALTER_SUBSCRIPTION_TYPE__ALTER_SUBSCRIPTION_ADD_PUBLICATION:
    case PG_QUERY__ALTER_SUBSCRIPTION_TYPE__ALTER_SUBSCRIPTION_DROP_PUBLICATION:
        if (!is_off(statement->options, statement->n_options, "refresh"))
            never(sort, "ALTER SUBSCRIPTION with refresh");
        break;
    default: // the other forms run anywhere
        break;
    }
}

static void create_subscription(tdm_sql_class *sort,
                                const PgQuery__CreateSubscriptionStmt *statement)
{
    if (!is_off(statement->options, statement->n_options, "connect") &&
        !is_off(statement->options, statement->n_options, "create_slot"))
        never(sort, "CREATE SUBSCRIPTION that makes a replication slot");
}

static void transaction(tdm_sql_class *sort, const PgQuery__TransactionStmt *statement)
{
    sort->control = TDM_SQL_CONTROL_YES;
    switch (statement->kind) {
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_COMMIT_PREPARED:
        never(sort, "COMMIT PREPARED");
        break;
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_ROLLBACK_PREPARED:
        never(sort, "ROLLBACK PREPARED");
        break;
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_SAVEPOINT:
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_RELEASE:
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_ROLLBACK_TO:
        required(sort, "savepoints live in a transaction block");
        break;
    default:
        break;
    }
}

// Whether a PL/pgSQL body holds COMMIT or ROLLBACK as a statement, or calls a procedure, which may.
// Dynamic SQL cannot: "EXECUTE of transaction commands is not implemented" (pl_exec.c).
static tdm_sql_control control_of_body(tdm_text body)
{
    static const char *const starts[] = {"BEGIN", "THEN", "ELSE", "LOOP"};
    tdm_sql_lexer lexer = {.source = body};
    bool at_start = true;
    tdm_sql_control control = TDM_SQL_CONTROL_NONE;

    for (tdm_sql_token token = tdm_sql_next(&lexer); token.kind != TDM_SQL_TOKEN_END;) {
        tdm_sql_token next = tdm_sql_next(&lexer);
        if (at_start && tdm_sql_token_is(&lexer, &token, "CALL"))
            control = TDM_SQL_CONTROL_UNKNOWN;
        bool ends =
            tdm_sql_token_is_char(&lexer, &next, ';') || tdm_sql_token_is(&lexer, &next, "AND");
        if (at_start && ends &&
            (tdm_sql_token_is(&lexer, &token, "COMMIT") ||
             tdm_sql_token_is(&lexer, &token, "ROLLBACK")))
            return TDM_SQL_CONTROL_YES;
        at_start = tdm_sql_token_is_char(&lexer, &token, ';') ||
                   (token.kind == TDM_SQL_TOKEN_OPERATOR && token.end - token.start > 1);
        for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
            at_start = at_start || tdm_sql_token_is(&lexer, &token, starts[i]);
        token = next;
    }
    return control;
}

static void do_block(tdm_sql_class *sort, const PgQuery__DoStmt *statement)
{
    const PgQuery__DefElem *language = option(statement->args, statement->n_args, "language");
    const PgQuery__DefElem *body = option(statement->args, statement->n_args, "as");
    bool is_plpgsql =
        !language || (language->arg && language->arg->node_case == PG_QUERY__NODE__NODE_STRING &&
                      strcmp(language->arg->string->sval, "plpgsql") == 0);

    if (!is_plpgsql || !body || !body->arg || body->arg->node_case != PG_QUERY__NODE__NODE_STRING)
        sort->control = TDM_SQL_CONTROL_UNKNOWN;
    else
        sort->control = control_of_body(tdm_text_of(body->arg->string->sval));
}

void tdm_sql_take_block(tdm_sql_class *sort, const PgQuery__Node *node)
{
    switch (node->node_case) {
    case PG_QUERY__NODE__NODE_TRANSACTION_STMT:
        transaction(sort, node->transaction_stmt);
        break;
    case PG_QUERY__NODE__NODE_DO_STMT:
        do_block(sort, node->do_stmt);
        break;
    case PG_QUERY__NODE__NODE_CALL_STMT:
        sort->control = TDM_SQL_CONTROL_UNKNOWN;
        break;
    case PG_QUERY__NODE__NODE_CREATEDB_STMT:
        never(sort, "CREATE DATABASE");
        break;
    case PG_QUERY__NODE__NODE_DROPDB_STMT:
        never(sort, "DROP DATABASE");
        break;
    case PG_QUERY__NODE__NODE_ALTER_DATABASE_STMT:
        if (option(node->alter_database_stmt->options, node->alter_database_stmt->n_options,
                   "tablespace"))
            never(sort, "ALTER DATABASE SET TABLESPACE");
        break;
    case PG_QUERY__NODE__NODE_CREATE_TABLE_SPACE_STMT:
        never(sort, "CREATE TABLESPACE");
        break;
    case PG_QUERY__NODE__NODE_DROP_TABLE_SPACE_STMT:
        never(sort, "DROP TABLESPACE");
        break;
    case PG_QUERY__NODE__NODE_ALTER_SYSTEM_STMT:
        never(sort, "ALTER SYSTEM");
        break;
    case PG_QUERY__NODE__NODE_VACUUM_STMT:
        if (node->vacuum_stmt->is_vacuumcmd)
            never(sort, "VACUUM");
        break;
    case PG_QUERY__NODE__NODE_CLUSTER_STMT:
        if (node->cluster_stmt->relation)
            catalog(sort, "CLUSTER of a partitioned table");
        else
            never(sort, "CLUSTER without a table");
        break;
    case PG_QUERY__NODE__NODE_REINDEX_STMT:
        reindex(sort, node->reindex_stmt);
        break;
    case PG_QUERY__NODE__NODE_INDEX_STMT:
        if (node->index_stmt->concurrent)
            never(sort, "CREATE INDEX CONCURRENTLY");
        break;
    case PG_QUERY__NODE__NODE_DROP_STMT:
        if (node->drop_stmt->concurrent)
            never(sort, "DROP INDEX CONCURRENTLY");
        break;
    case PG_QUERY__NODE__NODE_ALTER_TABLE_STMT:
        alter_table(sort, node->alter_table_stmt);
        break;
    case PG_QUERY__NODE__NODE_CREATE_SUBSCRIPTION_STMT:
        create_subscription(sort, node->create_subscription_stmt);
        break;
    case PG_QUERY__NODE__NODE_ALTER_SUBSCRIPTION_STMT:
        alter_subscription(sort, node->alter_subscription_stmt);
        break;
    case PG_QUERY__NODE__NODE_DROP_SUBSCRIPTION_STMT:
        catalog(sort, "DROP SUBSCRIPTION that has a replication slot");
        break;
    case PG_QUERY__NODE__NODE_DISCARD_STMT:
        if (node->discard_stmt->target == PG_QUERY__DISCARD_MODE__DISCARD_ALL)
            never(sort, "DISCARD ALL");
        break;
    case PG_QUERY__NODE__NODE_LOCK_STMT:
        required(sort, "LOCK TABLE");
        break;
    case PG_QUERY__NODE__NODE_DECLARE_CURSOR_STMT:
        // CURSOR_OPT_HOLD (parsenodes.h)
        if (!(node->declare_cursor_stmt->options & 0x0020))
            required(sort, "DECLARE CURSOR without WITH HOLD");
        break;
    default: // runs anywhere
        break;
    }
}
