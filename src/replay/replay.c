#include "replay/replay.h"

#include "base/error.h"
#include "base/text.h"
#include "replay/definition.h"
#include "replay/grant.h"
#include "replay/guard.h"
#include "replay/kinds.h"
#include "replay/parts.h"

static void create_schema(tdm_replay *r)
{
    const PgQuery__CreateSchemaStmt *create = r->tree->node->create_schema_stmt;
    tdm_text name = tdm_arena_text(r->catalog->arena, tdm_text_of(create->schemaname));
    tdm_known known = tdm_catalog_schema(r->catalog, name, NULL);

    // CREATE SCHEMA AUTHORIZATION role takes the name of the role.
    if (name.size == 0 || create->n_schema_elts) {
        tdm_replay_opaque(r, TDM_TEXT("this form of CREATE SCHEMA is not modelled"));
        return;
    }
    if (known == TDM_KNOWN_YES && create->if_not_exists)
        return;
    if (known == TDM_KNOWN_YES) {
        tdm_replay_refuse(
            r, "duplicate_schema",
            tdm_replay_text(r, "the server refuses it: schema %.*s exists", TDM_TEXT_ARG(name)));
        return;
    }
    if (known == TDM_KNOWN_UNKNOWN && r->catalog->careful) {
        tdm_replay_opaque(r, tdm_replay_text(r, "whether schema %.*s exists cannot be known",
                                             TDM_TEXT_ARG(name)));
        return;
    }
    tdm_key key = {.kind = TDM_KIND_SCHEMA, .name = name};
    (void)tdm_replay_make(r, &key);
}

static void create_as(tdm_replay *r)
{
    const PgQuery__CreateTableAsStmt *create = r->tree->node->create_table_as_stmt;

    if (create->objtype == PG_QUERY__OBJECT_TYPE__OBJECT_TABLE)
        tdm_replay_create_as(r, create->into->rel, create->if_not_exists);
    else
        tdm_replay_create_materialized(r);
}

// Applies the statements of the branch that runs, each parsed in its turn.
static tdm_status apply_guarded(tdm_replay *r, tdm_error *err)
{
    tdm_guard guard;
    tdm_status status =
        tdm_guard_decide(r->catalog, r->catalog->arena, r->statement, r->tree, &guard, err);

    if (status != TDM_OK)
        return status;
    switch (guard.verdict) {
    case TDM_GUARD_NONE:
        tdm_replay_opaque(r, TDM_TEXT("what the block does is not modelled"));
        break;
    case TDM_GUARD_UNKNOWN:
        tdm_replay_vague(r, r->tree, guard.reason);
        break;
    case TDM_GUARD_DECIDED:
        for (size_t i = 0; i < guard.statements.count; i++) {
            status =
                tdm_catalog_apply(r->catalog, &guard.statements.items[i], NULL, r->effect, err);
            if (status != TDM_OK)
                return status;
        }
        break;
    }
    return TDM_OK;
}

static void select(tdm_replay *r)
{
    const PgQuery__SelectStmt *query = r->tree->node->select_stmt;

    if (query->into_clause)
        tdm_replay_create_as(r, query->into_clause->rel, false);
    else
        tdm_replay_select(r);
}

// The handlers of definitions, by the node of the statement. What is not listed goes by its kind.
static const struct handler {
    PgQuery__Node__NodeCase node;
    void (*run)(tdm_replay *r);
} handlers[] = {
    // replay_table.c, replay_alter.c, replay_drop.c
    {PG_QUERY__NODE__NODE_CREATE_SCHEMA_STMT, create_schema},
    {PG_QUERY__NODE__NODE_CREATE_STMT, tdm_replay_create_table},
    {PG_QUERY__NODE__NODE_CREATE_TABLE_AS_STMT, create_as},
    {PG_QUERY__NODE__NODE_ALTER_TABLE_STMT, tdm_replay_alter_table},
    {PG_QUERY__NODE__NODE_RENAME_STMT, tdm_replay_rename},
    {PG_QUERY__NODE__NODE_ALTER_OBJECT_SCHEMA_STMT, tdm_replay_move},
    {PG_QUERY__NODE__NODE_DROP_STMT, tdm_replay_drop},
    {PG_QUERY__NODE__NODE_SELECT_STMT, select},
    {PG_QUERY__NODE__NODE_INDEX_STMT, tdm_replay_create_index},
    {PG_QUERY__NODE__NODE_CREATE_SEQ_STMT, tdm_replay_create_sequence},
    {PG_QUERY__NODE__NODE_ALTER_SEQ_STMT, tdm_replay_alter_sequence},
    {PG_QUERY__NODE__NODE_COMMENT_STMT, tdm_replay_comment},
    {PG_QUERY__NODE__NODE_CREATE_TRIG_STMT, tdm_replay_create_trigger},
    // replay_policy.c, replay_type.c
    {PG_QUERY__NODE__NODE_CREATE_POLICY_STMT, tdm_replay_create_policy},
    {PG_QUERY__NODE__NODE_ALTER_POLICY_STMT, tdm_replay_alter_policy},
    {PG_QUERY__NODE__NODE_CREATE_ENUM_STMT, tdm_replay_create_enum},
    {PG_QUERY__NODE__NODE_ALTER_ENUM_STMT, tdm_replay_alter_enum},
    {PG_QUERY__NODE__NODE_CREATE_DOMAIN_STMT, tdm_replay_create_domain},
    {PG_QUERY__NODE__NODE_ALTER_DOMAIN_STMT, tdm_replay_alter_domain},
    {PG_QUERY__NODE__NODE_COMPOSITE_TYPE_STMT, tdm_replay_create_composite},
    {PG_QUERY__NODE__NODE_CREATE_RANGE_STMT, tdm_replay_create_range},
    // replay_routine.c, replay_view.c, replay_database.c
    {PG_QUERY__NODE__NODE_CREATE_FUNCTION_STMT, tdm_replay_create_function},
    {PG_QUERY__NODE__NODE_ALTER_FUNCTION_STMT, tdm_replay_alter_function},
    {PG_QUERY__NODE__NODE_VIEW_STMT, tdm_replay_create_view},
    {PG_QUERY__NODE__NODE_CREATE_EXTENSION_STMT, tdm_replay_create_extension},
    {PG_QUERY__NODE__NODE_CREATE_PUBLICATION_STMT, tdm_replay_create_publication},
    {PG_QUERY__NODE__NODE_ALTER_PUBLICATION_STMT, tdm_replay_alter_publication},
    {PG_QUERY__NODE__NODE_CREATE_EVENT_TRIG_STMT, tdm_replay_create_event_trigger},
    {PG_QUERY__NODE__NODE_ALTER_EVENT_TRIG_STMT, tdm_replay_alter_event_trigger},
    // define.c, foreign.c, rule.c
    {PG_QUERY__NODE__NODE_DEFINE_STMT, tdm_replay_define},
    {PG_QUERY__NODE__NODE_CREATE_CAST_STMT, tdm_replay_create_cast},
    {PG_QUERY__NODE__NODE_CREATE_OP_CLASS_STMT, tdm_replay_create_operator_class},
    {PG_QUERY__NODE__NODE_CREATE_OP_FAMILY_STMT, tdm_replay_create_operator_family},
    {PG_QUERY__NODE__NODE_CREATE_STATS_STMT, tdm_replay_create_named},
    {PG_QUERY__NODE__NODE_CREATE_PLANG_STMT, tdm_replay_create_named},
    {PG_QUERY__NODE__NODE_CREATE_SUBSCRIPTION_STMT, tdm_replay_create_named},
    {PG_QUERY__NODE__NODE_DROP_SUBSCRIPTION_STMT, tdm_replay_drop_subscription},
    {PG_QUERY__NODE__NODE_ALTER_STATS_STMT, tdm_replay_alter_definition},
    {PG_QUERY__NODE__NODE_ALTER_SUBSCRIPTION_STMT, tdm_replay_alter_definition},
    {PG_QUERY__NODE__NODE_ALTER_TSCONFIGURATION_STMT, tdm_replay_alter_definition},
    {PG_QUERY__NODE__NODE_ALTER_TSDICTIONARY_STMT, tdm_replay_alter_definition},
    {PG_QUERY__NODE__NODE_ALTER_OPERATOR_STMT, tdm_replay_alter_definition},
    {PG_QUERY__NODE__NODE_ALTER_OP_FAMILY_STMT, tdm_replay_alter_definition},
    {PG_QUERY__NODE__NODE_CREATE_FDW_STMT, tdm_replay_create_wrapper},
    {PG_QUERY__NODE__NODE_ALTER_FDW_STMT, tdm_replay_alter_wrapper},
    {PG_QUERY__NODE__NODE_CREATE_FOREIGN_SERVER_STMT, tdm_replay_create_server},
    {PG_QUERY__NODE__NODE_ALTER_FOREIGN_SERVER_STMT, tdm_replay_alter_server},
    {PG_QUERY__NODE__NODE_CREATE_USER_MAPPING_STMT, tdm_replay_create_user_mapping},
    {PG_QUERY__NODE__NODE_ALTER_USER_MAPPING_STMT, tdm_replay_alter_user_mapping},
    {PG_QUERY__NODE__NODE_DROP_USER_MAPPING_STMT, tdm_replay_drop_user_mapping},
    {PG_QUERY__NODE__NODE_CREATE_FOREIGN_TABLE_STMT, tdm_replay_create_foreign_table},
    {PG_QUERY__NODE__NODE_IMPORT_FOREIGN_SCHEMA_STMT, tdm_replay_import_schema},
    {PG_QUERY__NODE__NODE_RULE_STMT, tdm_replay_create_rule},
    // grant.c, default_grants.c, owner.c
    {PG_QUERY__NODE__NODE_GRANT_STMT, tdm_replay_grant},
    {PG_QUERY__NODE__NODE_ALTER_DEFAULT_PRIVILEGES_STMT, tdm_replay_alter_default_privileges},
    {PG_QUERY__NODE__NODE_ALTER_OWNER_STMT, tdm_replay_alter_owner},
};

static bool apply_modelled(tdm_replay *r)
{
    for (size_t i = 0; i < sizeof handlers / sizeof *handlers; i++)
        if (handlers[i].node == r->tree->node->node_case) {
            handlers[i].run(r);
            return true;
        }
    return false;
}

static void apply_by_kind(tdm_replay *r)
{
    switch (r->of.kind) {
    case TDM_SQL_INSERT:
    case TDM_SQL_UPDATE:
    case TDM_SQL_DELETE:
    case TDM_SQL_MERGE:
    case TDM_SQL_TRUNCATE:
    case TDM_SQL_COPY:
    case TDM_SQL_MAINTENANCE:
        tdm_replay_plain(r, TDM_CHANGE_DATA);
        break;
    case TDM_SQL_SET:
        tdm_replay_set(r);
        break;
    case TDM_SQL_TRANSACTION:
        tdm_replay_transaction(r);
        break;
    case TDM_SQL_LOCK:
    case TDM_SQL_SESSION:
        tdm_replay_plain(r, TDM_CHANGE_SESSION);
        break;
    case TDM_SQL_CALL:
        tdm_replay_opaque(r, TDM_TEXT("what the procedure does is not modelled"));
        break;
    case TDM_SQL_DO:
    case TDM_SQL_UNKNOWN:
        tdm_replay_opaque(r, TDM_TEXT("what it does is not modelled"));
        break;
    case TDM_SQL_SCHEMA:
    case TDM_SQL_TABLE:
    case TDM_SQL_INDEX:
    case TDM_SQL_SEQUENCE:
    case TDM_SQL_VIEW:
    case TDM_SQL_TYPE:
    case TDM_SQL_FUNCTION:
    case TDM_SQL_TRIGGER:
    case TDM_SQL_RULE:
    case TDM_SQL_POLICY:
    case TDM_SQL_RLS:
    case TDM_SQL_GRANT:
    case TDM_SQL_OWNER:
    case TDM_SQL_ROLE:
    case TDM_SQL_COMMENT:
    case TDM_SQL_EXTENSION:
    case TDM_SQL_PUBLICATION:
    case TDM_SQL_OTHER_DDL:
    case TDM_SQL_DATABASE:
    case TDM_SQL_SELECT:
    case TDM_SQL_KIND_COUNT:
        tdm_replay_other(r);
        break;
    }
}

static tdm_status apply_tree(tdm_replay *r, tdm_error *err)
{
    tdm_status status = tdm_sql_classify(r->catalog->arena, r->tree, &r->of, err);

    if (status != TDM_OK)
        return status;
    if (r->of.kind == TDM_SQL_DO)
        status = apply_guarded(r, err);
    else if (!apply_modelled(r))
        apply_by_kind(r);
    if (status == TDM_OK && (r->failed || !tdm_arena_ok(r->catalog->arena)))
        status = tdm_fail_memory(err);
    return status;
}

tdm_status tdm_catalog_apply(tdm_catalog *catalog, const tdm_statement *statement,
                             const tdm_sql_tree *tree, tdm_effect *effect, tdm_error *err)
{
    tdm_replay r = {.catalog = catalog, .statement = statement, .tree = tree, .effect = effect};
    tdm_sql_tree *own = NULL;
    tdm_error refused = TDM_ERROR_INIT;

    if (statement->opaque) {
        // A block whose guard the caller could not decide.
        bool block = tdm_sql_parse(statement, &own, NULL) == TDM_OK;
        tdm_replay_vague(&r, block ? own : NULL, tdm_arena_text(catalog->arena, statement->reason));
        tdm_sql_tree_free(own);
    } else if (!tree && tdm_sql_parse(statement, &own, &refused) != TDM_OK) {
        if (refused.code == TDM_ERROR_MEMORY)
            return tdm_fail_memory(err);
        tdm_replay_opaque(&r, tdm_arena_text(catalog->arena, tdm_text_of(refused.message)));
    } else {
        r.tree = tree ? tree : own;
        tdm_status status = apply_tree(&r, err);
        tdm_sql_tree_free(own);
        return status;
    }
    return r.failed || !tdm_arena_ok(catalog->arena) ? tdm_fail_memory(err) : TDM_OK;
}
