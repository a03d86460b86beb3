#include "plan/judge.h"

#include "base/error.h"
#include "base/text.h"
#include "sql/lexer.h"
#include "sql/quote.h"

#include <string.h>

enum {
    NAME_MAXIMUM = 4096,
};

static tdm_text qualified(tdm_arena *arena, tdm_text schema, tdm_text name)
{
    tdm_buffer text = TDM_BUFFER_INIT(NAME_MAXIMUM);
    tdm_sql_put_qualified(&text, schema, name);
    return tdm_buffer_take(&text, arena);
}

static tdm_text range_name(tdm_arena *arena, const PgQuery__RangeVar *range)
{
    return range ? qualified(arena, tdm_text_of(range->schemaname), tdm_text_of(range->relname))
                 : (tdm_text){0};
}

static tdm_text first_name(tdm_arena *arena, const tdm_sql_class *class)
{
    if (class->name_count == 0)
        return (tdm_text){0};
    return qualified(arena, class->names[0].schema, class->names[0].name);
}

// What has a name in the whole server or database.
static const char *global_name(const PgQuery__Node *node)
{
    switch (node->node_case) {
    case PG_QUERY__NODE__NODE_CREATEDB_STMT:
        return node->createdb_stmt->dbname;
    case PG_QUERY__NODE__NODE_DROPDB_STMT:
        return node->dropdb_stmt->dbname;
    case PG_QUERY__NODE__NODE_CREATE_TABLE_SPACE_STMT:
        return node->create_table_space_stmt->tablespacename;
    case PG_QUERY__NODE__NODE_DROP_TABLE_SPACE_STMT:
        return node->drop_table_space_stmt->tablespacename;
    case PG_QUERY__NODE__NODE_CREATE_SUBSCRIPTION_STMT:
        return node->create_subscription_stmt->subname;
    case PG_QUERY__NODE__NODE_DROP_SUBSCRIPTION_STMT:
        return node->drop_subscription_stmt->subname;
    default:
        return NULL;
    }
}

// What a catalog is to be asked about.
static tdm_text question_of(tdm_arena *arena, const PgQuery__Node *node, const tdm_sql_class *class)
{
    const char *global = global_name(node);
    return global ? tdm_sql_ident(arena, tdm_text_of(global)) : first_name(arena, class);
}

// --- What it makes or takes away -----------------------------------------------------------------

static tdm_effect_name effect_of_detach(tdm_arena *arena, const PgQuery__AlterTableStmt *statement)
{
    tdm_effect_name effect = {.command = "DETACH PARTITION CONCURRENTLY",
                              .relation = range_name(arena, statement->relation)};
    for (size_t i = 0; i < statement->n_cmds; i++) {
        const PgQuery__Node *command = statement->cmds[i];
        if (command->node_case != PG_QUERY__NODE__NODE_ALTER_TABLE_CMD)
            continue;
        const PgQuery__Node *def = command->alter_table_cmd->def;
        if (def && def->node_case == PG_QUERY__NODE__NODE_PARTITION_CMD)
            effect.object = range_name(arena, def->partition_cmd->name);
    }
    return effect;
}

static tdm_effect_name effect_of(tdm_arena *arena, const PgQuery__Node *node,
                                 const tdm_sql_class *class)
{
    switch (node->node_case) {
    case PG_QUERY__NODE__NODE_INDEX_STMT:
        return (tdm_effect_name){.command = "CREATE INDEX CONCURRENTLY",
                                 .object =
                                     tdm_arena_text(arena, tdm_text_of(node->index_stmt->idxname)),
                                 .relation = range_name(arena, node->index_stmt->relation)};
    case PG_QUERY__NODE__NODE_DROP_STMT:
        return (tdm_effect_name){.command = "DROP INDEX CONCURRENTLY",
                                 .object = first_name(arena, class)};
    case PG_QUERY__NODE__NODE_ALTER_TABLE_STMT:
        return effect_of_detach(arena, node->alter_table_stmt);
    case PG_QUERY__NODE__NODE_REINDEX_STMT:
        return (tdm_effect_name){.command = class->command,
                                 .relation = range_name(arena, node->reindex_stmt->relation)};
    default:
        break;
    }
    const char *global = global_name(node);
    tdm_text object = global ? tdm_arena_text(arena, tdm_text_of(global)) : (tdm_text){0};
    return (tdm_effect_name){.command = class->command, .object = object};
}

// --- What it leaves in the session, or in the transaction ----------------------------------------

static bool is_temporary(const PgQuery__RangeVar *range)
{
    return range && ((range->relpersistence && strcmp(range->relpersistence, "t") == 0) ||
                     strcmp(range->schemaname, "pg_temp") == 0);
}

static bool makes_temporary(const PgQuery__Node *node)
{
    switch (node->node_case) {
    case PG_QUERY__NODE__NODE_CREATE_STMT:
        return is_temporary(node->create_stmt->relation);
    case PG_QUERY__NODE__NODE_CREATE_TABLE_AS_STMT:
        return node->create_table_as_stmt->into &&
               is_temporary(node->create_table_as_stmt->into->rel);
    case PG_QUERY__NODE__NODE_SELECT_STMT:
        return node->select_stmt->into_clause && is_temporary(node->select_stmt->into_clause->rel);
    case PG_QUERY__NODE__NODE_VIEW_STMT:
        return is_temporary(node->view_stmt->view);
    case PG_QUERY__NODE__NODE_CREATE_SEQ_STMT:
        return is_temporary(node->create_seq_stmt->sequence);
    default:
        return false;
    }
}

static bool calls(tdm_text sql, const char *function)
{
    tdm_sql_lexer lexer = {.source = sql};
    for (;;) {
        tdm_sql_token token = tdm_sql_next(&lexer);
        if (token.kind == TDM_SQL_TOKEN_END)
            return false;
        if (tdm_sql_token_is(&lexer, &token, function))
            return true;
    }
}

static void judge_set(const PgQuery__VariableSetStmt *set, tdm_judged *ret)
{
    bool transaction = tdm_text_is(tdm_text_of(set->name), "TRANSACTION");
    if (set->is_local || transaction) {
        ret->bound = transaction ? "SET TRANSACTION" : "SET LOCAL";
        return;
    }
    ret->is_setting = true;
    ret->is_identity = tdm_text_is(tdm_text_of(set->name), "role") ||
                       tdm_text_is(tdm_text_of(set->name), "session_authorization");
}

static void judge_traces(const PgQuery__Node *node, tdm_text sql, tdm_judged *ret)
{
    switch (node->node_case) {
    case PG_QUERY__NODE__NODE_VARIABLE_SET_STMT:
        judge_set(node->variable_set_stmt, ret);
        return;
    case PG_QUERY__NODE__NODE_CONSTRAINTS_SET_STMT:
        ret->bound = "SET CONSTRAINTS";
        return;
    case PG_QUERY__NODE__NODE_LOCK_STMT:
        ret->bound = "LOCK TABLE";
        return;
    case PG_QUERY__NODE__NODE_DECLARE_CURSOR_STMT:
        ret->keeps = "a cursor";
        return;
    case PG_QUERY__NODE__NODE_PREPARE_STMT:
        ret->keeps = "a prepared statement";
        return;
    case PG_QUERY__NODE__NODE_LISTEN_STMT:
        ret->keeps = "LISTEN";
        return;
    case PG_QUERY__NODE__NODE_LOAD_STMT:
        ret->keeps = "a loaded library";
        return;
    default:
        break;
    }
    if (makes_temporary(node))
        ret->keeps = "a temporary table";
    else if (node->node_case == PG_QUERY__NODE__NODE_SELECT_STMT && calls(sql, "SET_CONFIG"))
        ret->keeps = "a setting made by set_config";
}

// --- Types and their labels ----------------------------------------------------------------------

static tdm_text list_name(tdm_arena *arena, PgQuery__Node *const *names, size_t count)
{
    if (count == 0 || names[count - 1]->node_case != PG_QUERY__NODE__NODE_STRING)
        return (tdm_text){0};
    return tdm_arena_text(arena, tdm_text_of(names[count - 1]->string->sval));
}

static void judge_type(tdm_arena *arena, const PgQuery__Node *node, tdm_judged *ret)
{
    if (node->node_case == PG_QUERY__NODE__NODE_CREATE_ENUM_STMT) {
        ret->made_type = list_name(arena, node->create_enum_stmt->type_name,
                                   node->create_enum_stmt->n_type_name);
    } else if (node->node_case == PG_QUERY__NODE__NODE_ALTER_ENUM_STMT) {
        const PgQuery__AlterEnumStmt *alter = node->alter_enum_stmt;
        bool renames = alter->old_val && alter->old_val[0];
        ret->new_label =
            renames ? (tdm_text){0} : tdm_arena_text(arena, tdm_text_of(alter->new_val));
        ret->of_type = list_name(arena, alter->type_name, alter->n_type_name);
    }
}

// --- The whole -----------------------------------------------------------------------------------

static bool is_outside(tdm_arena *arena, const tdm_statement *statement, const PgQuery__Node *node,
                       const tdm_sql_class *class, const tdm_map *partitioned)
{
    if (class->block == TDM_SQL_BLOCK_CATALOG)
        return partitioned && tdm_map_has(partitioned, question_of(arena, node, class));
    // A revision asks for an autocommit block so that its statement is committed at once. What may
    // also run in a transaction block gets one of its own, which can be journalled with it.
    return class->block == TDM_SQL_BLOCK_NEVER ||
           (statement->outside && class->control == TDM_SQL_CONTROL_UNKNOWN);
}

static void judge_class(tdm_arena *arena, const tdm_statement *statement, const tdm_sql_tree *tree,
                        const tdm_sql_class *class, const tdm_map *partitioned, tdm_judged *ret)
{
    if (class->block == TDM_SQL_BLOCK_CATALOG)
        ret->question = question_of(arena, tree->node, class);
    if (class->control == TDM_SQL_CONTROL_YES) {
        ret->problem = TDM_TEXT("it begins or ends a transaction, which push does itself");
    } else if (class->from_stdin) {
        ret->problem = tdm_arena_printf(arena, "%s needs a client that sends or takes the data",
                                        class->command);
    } else if (is_outside(arena, statement, tree->node, class, partitioned)) {
        ret->runs = TDM_RUN_OUTSIDE;
        ret->effect = effect_of(arena, tree->node, class);
        ret->concurrent = class->concurrently;
        return;
    }
    if (statement->outside)
        ret->runs = TDM_RUN_COMMITTED;
    judge_traces(tree->node, tree->sql, ret);
    judge_type(arena, tree->node, ret);
}

// What does not parse is no failure: a newer server may know it.
static tdm_status parse(const tdm_statement *statement, tdm_sql_tree **ret, tdm_error *err)
{
    tdm_error cause = TDM_ERROR_INIT;
    *ret = NULL;
    if (tdm_sql_parse(statement, ret, &cause) == TDM_OK)
        return TDM_OK;
    *ret = NULL;
    return cause.code == TDM_ERROR_MEMORY ? tdm_fail_memory(err) : TDM_OK;
}

tdm_status tdm_judge(tdm_arena *arena, const tdm_statement *statement, const tdm_map *partitioned,
                     tdm_judged *ret, tdm_error *err)
{
    tdm_sql_tree *tree;
    tdm_sql_class class;
    *ret = (tdm_judged){0};
    if (statement->sql.size == 0 || (statement->opaque && statement->outside)) {
        ret->problem = statement->reason;
        return TDM_OK;
    }
    if (parse(statement, &tree, err) != TDM_OK)
        return TDM_FAILED;
    ret->unknown = !tree;
    if (!tree)
        return TDM_OK;
    tdm_status status = tdm_sql_classify(arena, tree, &class, err);
    if (status == TDM_OK)
        judge_class(arena, statement, tree, &class, partitioned, ret);
    tdm_sql_tree_free(tree);
    return status == TDM_OK && !tdm_arena_ok(arena) ? tdm_fail_memory(err) : status;
}
