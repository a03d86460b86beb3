#include "pair/barrier.h"

// A table that is made after another one, or from a query.
static bool is_made_from_another(const PgQuery__Node *node)
{
    if (node->node_case != PG_QUERY__NODE__NODE_CREATE_STMT)
        return node->node_case == PG_QUERY__NODE__NODE_CREATE_TABLE_AS_STMT ||
               node->node_case == PG_QUERY__NODE__NODE_SELECT_STMT;
    const PgQuery__CreateStmt *create = node->create_stmt;
    for (size_t i = 0; i < create->n_table_elts; i++)
        if (create->table_elts[i]->node_case == PG_QUERY__NODE__NODE_TABLE_LIKE_CLAUSE)
            return true;
    return create->n_inh_relations > 0 || create->of_typename;
}

// A body in the grammar (BEGIN ATOMIC) is read when the function is made; one in a string, when it
// is called.
static bool has_parsed_body(const PgQuery__Node *node)
{
    return node->node_case == PG_QUERY__NODE__NODE_CREATE_FUNCTION_STMT &&
           node->create_function_stmt->sql_body;
}

bool tdm_is_barrier(const tdm_sql_class *of, const tdm_sql_tree *tree)
{
    switch (of->kind) {
    case TDM_SQL_TABLE:
        return is_made_from_another(tree->node);
    case TDM_SQL_FUNCTION:
        return has_parsed_body(tree->node);
    case TDM_SQL_SCHEMA:
    case TDM_SQL_INDEX:
    case TDM_SQL_SEQUENCE:
    case TDM_SQL_TYPE:
    case TDM_SQL_TRIGGER:
    case TDM_SQL_POLICY:
    case TDM_SQL_RLS:
    case TDM_SQL_COMMENT:
    case TDM_SQL_EXTENSION:
        return false;
    case TDM_SQL_VIEW:
    case TDM_SQL_RULE:
    case TDM_SQL_GRANT: // ALL TABLES IN SCHEMA means those that are there
    case TDM_SQL_OWNER:
    case TDM_SQL_ROLE:
    case TDM_SQL_PUBLICATION:
    case TDM_SQL_OTHER_DDL:
    case TDM_SQL_DATABASE:
    case TDM_SQL_INSERT:
    case TDM_SQL_UPDATE:
    case TDM_SQL_DELETE:
    case TDM_SQL_MERGE:
    case TDM_SQL_TRUNCATE:
    case TDM_SQL_COPY:
    case TDM_SQL_SELECT:
    case TDM_SQL_DO:
    case TDM_SQL_CALL:
    case TDM_SQL_TRANSACTION:
    case TDM_SQL_SET:
    case TDM_SQL_LOCK:
    case TDM_SQL_MAINTENANCE:
    case TDM_SQL_SESSION:
    case TDM_SQL_UNKNOWN:
    case TDM_SQL_KIND_COUNT:
        break;
    }
    return true;
}
