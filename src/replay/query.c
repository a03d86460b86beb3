#include "replay/query.h"

#include "base/error.h"
#include "base/text.h"
#include "replay/question.h"
#include "sql/tree.h"

#include <string.h>

typedef struct reader {
    const tdm_catalog *catalog;
    tdm_arena *arena;
    const PgQuery__SelectStmt *select;
    tdm_query_rows *rows;
} reader;

static const char *string_of(const PgQuery__Node *node)
{
    return node && node->node_case == PG_QUERY__NODE__NODE_STRING ? node->string->sval : "";
}

static const char *last_of(PgQuery__Node *const *parts, size_t count)
{
    return count ? string_of(parts[count - 1]) : "";
}

static const PgQuery__Node *without_casts(const PgQuery__Node *node)
{
    while (node && node->node_case == PG_QUERY__NODE__NODE_TYPE_CAST)
        node = node->type_cast->arg;
    return node;
}

static bool is_call(const PgQuery__Node *node, const char *name)
{
    return node && node->node_case == PG_QUERY__NODE__NODE_FUNC_CALL &&
           strcmp(last_of(node->func_call->funcname, node->func_call->n_funcname), name) == 0;
}

// --- Whether it reads the catalogs at all -------------------------------------------------------

static bool is_catalog(const PgQuery__Node *from)
{
    if (from->node_case == PG_QUERY__NODE__NODE_JOIN_EXPR)
        return is_catalog(from->join_expr->larg) || is_catalog(from->join_expr->rarg);
    if (from->node_case != PG_QUERY__NODE__NODE_RANGE_VAR)
        return false;
    const PgQuery__RangeVar *range = from->range_var;
    return strcmp(range->schemaname, "information_schema") == 0 ||
           strcmp(range->schemaname, "pg_catalog") == 0 || strncmp(range->relname, "pg_", 3) == 0;
}

static bool reads_catalogs(const PgQuery__SelectStmt *select)
{
    for (size_t i = 0; i < select->n_from_clause; i++)
        if (is_catalog(select->from_clause[i]))
            return true;
    return false;
}

// --- Conditions that give a column its value ----------------------------------------------------

static const char *column_of(const PgQuery__Node *node)
{
    node = without_casts(node);
    if (!node || node->node_case != PG_QUERY__NODE__NODE_COLUMN_REF)
        return NULL;
    return last_of(node->column_ref->fields, node->column_ref->n_fields);
}

// The constant that the conditions, joined by AND, make equal to a column.
static bool value_by_condition(const PgQuery__Node *where, const char *column, tdm_text *ret)
{
    if (!where)
        return false;
    if (where->node_case == PG_QUERY__NODE__NODE_BOOL_EXPR) {
        const PgQuery__BoolExpr *all = where->bool_expr;
        for (size_t i = 0; all->boolop == PG_QUERY__BOOL_EXPR_TYPE__AND_EXPR && i < all->n_args;
             i++)
            if (value_by_condition(all->args[i], column, ret))
                return true;
        return false;
    }
    if (where->node_case != PG_QUERY__NODE__NODE_A_EXPR ||
        where->a_expr->kind != PG_QUERY__A__EXPR__KIND__AEXPR_OP ||
        strcmp(last_of(where->a_expr->name, where->a_expr->n_name), "=") != 0)
        return false;
    const char *left = column_of(where->a_expr->lexpr), *right = column_of(where->a_expr->rexpr);
    if (left && strcmp(left, column) == 0)
        return tdm_question_constant(where->a_expr->rexpr, ret);
    return right && strcmp(right, column) == 0 && tdm_question_constant(where->a_expr->lexpr, ret);
}

// --- Cells --------------------------------------------------------------------------------------

static tdm_cell constant_cell(const PgQuery__AConst *constant)
{
    if (constant->isnull)
        return (tdm_cell){.kind = TDM_CELL_NULL};
    switch (constant->val_case) {
    case PG_QUERY__A__CONST__VAL_IVAL:
        return (tdm_cell){.kind = TDM_CELL_INT, .number = constant->ival->ival};
    case PG_QUERY__A__CONST__VAL_BOOLVAL:
        return (tdm_cell){.kind = TDM_CELL_BOOL, .number = constant->boolval->boolval};
    default: // texts may be of any type, numbers have digits
        return (tdm_cell){.kind = TDM_CELL_UNKNOWN};
    }
}

// Columns that are never NULL or empty, and what prints a definition of the row.
static bool is_filled(const PgQuery__Node *value)
{
    static const char *const columns[] = {
        "conname",    "relname",   "attname",     "typname",      "nspname",
        "table_name", "tablename", "column_name", "indexname",    "policyname",
        "tgname",     "proname",   "schemaname",  "table_schema", "constraint_name"};
    const char *column =
        value && value->node_case == PG_QUERY__NODE__NODE_COLUMN_REF ? column_of(value) : NULL;

    for (size_t i = 0; column && i < sizeof columns / sizeof *columns; i++)
        if (strcmp(columns[i], column) == 0)
            return true;
    return is_call(value, "pg_get_constraintdef") || is_call(value, "pg_get_indexdef");
}

static tdm_cell cell_of(reader *in, const PgQuery__Node *value)
{
    tdm_cell cell = {.kind = TDM_CELL_UNKNOWN};
    const char *column = column_of(value);

    if (value && value->node_case == PG_QUERY__NODE__NODE_A_CONST)
        return constant_cell(value->a_const);
    if (column && value->node_case == PG_QUERY__NODE__NODE_COLUMN_REF &&
        value_by_condition(in->select->where_clause, column, &cell.text)) {
        cell.kind = TDM_CELL_TEXT;
        cell.text = tdm_arena_text(in->arena, cell.text);
    } else if (is_filled(value)) {
        cell.kind = TDM_CELL_SOME;
    }
    return cell;
}

static tdm_text name_of(reader *in, const PgQuery__ResTarget *target)
{
    const char *name = target->name;

    if (!*name)
        name = column_of(target->val);
    if (!name && target->val && target->val->node_case == PG_QUERY__NODE__NODE_FUNC_CALL)
        name = last_of(target->val->func_call->funcname, target->val->func_call->n_funcname);
    if (!name && target->val && target->val->node_case == PG_QUERY__NODE__NODE_SUB_LINK &&
        target->val->sub_link->sub_link_type == PG_QUERY__SUB_LINK_TYPE__EXISTS_SUBLINK)
        name = "exists";
    return name ? tdm_arena_text(in->arena, tdm_text_of(name)) : (tdm_text){NULL, 0};
}

static tdm_status put_cells(reader *in, tdm_error *err)
{
    const PgQuery__SelectStmt *select = in->select;

    in->rows->cells = tdm_arena_array(in->arena, select->n_target_list + 1, sizeof(tdm_cell));
    if (!in->rows->cells)
        return tdm_fail_memory(err);
    for (size_t i = 0; i < select->n_target_list; i++) {
        if (select->target_list[i]->node_case != PG_QUERY__NODE__NODE_RES_TARGET)
            return TDM_OK;
        const PgQuery__ResTarget *target = select->target_list[i]->res_target;
        // "*" is as many columns as the relations have.
        if (column_of(target->val) && !*column_of(target->val)) {
            in->rows->count = 0;
            return TDM_OK;
        }
        in->rows->cells[i] = cell_of(in, target->val);
        in->rows->cells[i].name = name_of(in, target);
        in->rows->count = i + 1;
    }
    return TDM_OK;
}

// --- The forms ----------------------------------------------------------------------------------

static void take_reply(reader *in, const tdm_reply *reply)
{
    in->rows->about_schema = true;
    in->rows->why = reply->why;
    in->rows->asked = reply->asked;
    in->rows->known = reply->truth == TDM_TRUTH_UNKNOWN ? TDM_KNOWN_UNKNOWN : TDM_KNOWN_YES;
}

static const PgQuery__Node *only_target(const PgQuery__SelectStmt *select)
{
    if (select->n_target_list != 1 ||
        select->target_list[0]->node_case != PG_QUERY__NODE__NODE_RES_TARGET)
        return NULL;
    return select->target_list[0]->res_target->val;
}

static void one_cell(reader *in, tdm_cell cell)
{
    in->rows->single = true;
    cell.name = in->rows->cells[0].name;
    in->rows->cells[0] = cell;
    in->rows->count = 1;
}

// SELECT count(*) FROM ...: one row, of which 0 is known, and that it is more.
static void answer_count(reader *in, const PgQuery__Node *node)
{
    tdm_reply reply = tdm_question_rows(in->catalog, in->arena, node);

    take_reply(in, &reply);
    one_cell(in, reply.truth == TDM_TRUTH_NO ? (tdm_cell){.kind = TDM_CELL_INT}
                                             : (tdm_cell){.kind = TDM_CELL_POSITIVE});
}

// SELECT to_regclass('t'): a text, or NULL.
static void answer_regclass(reader *in, const PgQuery__Node *call)
{
    PgQuery__NullTest test = PG_QUERY__NULL_TEST__INIT;
    PgQuery__Node node = PG_QUERY__NODE__INIT, arg = *call;

    test.arg = &arg;
    test.nulltesttype = PG_QUERY__NULL_TEST_TYPE__IS_NOT_NULL;
    node.node_case = PG_QUERY__NODE__NODE_NULL_TEST;
    node.null_test = &test;
    tdm_reply reply = tdm_question_answer(in->catalog, in->arena, &node);
    take_reply(in, &reply);
    one_cell(in, (tdm_cell){.kind = reply.truth == TDM_TRUTH_YES ? TDM_CELL_SOME : TDM_CELL_NULL});
}

// SELECT EXISTS (...), SELECT to_regclass('t') IS NOT NULL, ... without FROM.
static void answer_condition(reader *in, const PgQuery__Node *condition)
{
    tdm_reply reply = tdm_question_answer(in->catalog, in->arena, condition);

    take_reply(in, &reply);
    one_cell(in, (tdm_cell){.kind = TDM_CELL_BOOL, .number = reply.truth == TDM_TRUTH_YES ? 1 : 0});
}

static bool is_condition(const PgQuery__Node *node)
{
    return node->node_case == PG_QUERY__NODE__NODE_NULL_TEST ||
           node->node_case == PG_QUERY__NODE__NODE_BOOL_EXPR ||
           (node->node_case == PG_QUERY__NODE__NODE_SUB_LINK &&
            node->sub_link->sub_link_type == PG_QUERY__SUB_LINK_TYPE__EXISTS_SUBLINK);
}

// A SELECT of a bare EXISTS and the like reads a catalog only inside.
static bool asks_catalogs(const PgQuery__Node *node)
{
    if (node->node_case != PG_QUERY__NODE__NODE_SUB_LINK)
        return true;
    const PgQuery__Node *query = node->sub_link->subselect;
    return query && query->node_case == PG_QUERY__NODE__NODE_SELECT_STMT &&
           reads_catalogs(query->select_stmt);
}

static void answer(reader *in, const PgQuery__Node *node)
{
    const PgQuery__SelectStmt *select = in->select;
    const PgQuery__Node *only = only_target(select);
    const PgQuery__Node *bare = without_casts(only);

    if (select->n_from_clause == 0) {
        bool plain = bare && !select->where_clause && !select->with_clause &&
                     select->op == PG_QUERY__SET_OPERATION__SETOP_NONE;
        if (plain && is_call(bare, "to_regclass"))
            answer_regclass(in, bare);
        else if (plain && is_condition(only) && asks_catalogs(only))
            answer_condition(in, only);
        return;
    }
    if (!reads_catalogs(select))
        return;
    if (is_call(only, "count") && only->func_call->agg_star && !only->func_call->agg_filter) {
        answer_count(in, node);
        return;
    }
    // Any other aggregate gives a row even of nothing.
    for (size_t i = 0; i < select->n_target_list; i++) {
        const PgQuery__Node *target = select->target_list[i];
        if (target->node_case == PG_QUERY__NODE__NODE_RES_TARGET && target->res_target->val &&
            target->res_target->val->node_case != PG_QUERY__NODE__NODE_A_CONST &&
            target->res_target->val->node_case != PG_QUERY__NODE__NODE_COLUMN_REF &&
            !is_filled(target->res_target->val)) {
            in->rows->about_schema = true;
            in->rows->why = TDM_TEXT("what the query selects is not understood");
            return;
        }
    }
    tdm_reply reply = tdm_question_rows(in->catalog, in->arena, node);
    take_reply(in, &reply);
    if (reply.truth == TDM_TRUTH_NO)
        in->rows->known = TDM_KNOWN_NO_OBJECT;
}

tdm_status tdm_query_answer_node(const tdm_catalog *catalog, tdm_arena *arena,
                                 const PgQuery__Node *node, tdm_query_rows *ret, tdm_error *err)
{
    reader in = {.catalog = catalog, .arena = arena, .rows = ret};

    *ret = (tdm_query_rows){.known = TDM_KNOWN_UNKNOWN};
    if (node->node_case != PG_QUERY__NODE__NODE_SELECT_STMT)
        return TDM_OK;
    in.select = node->select_stmt;
    if (put_cells(&in, err) != TDM_OK)
        return TDM_FAILED;
    answer(&in, node);
    // Words of the reply are the catalog's or the arena's.
    ret->why = tdm_arena_text(arena, ret->why);
    ret->asked = tdm_arena_text(arena, ret->asked);
    return tdm_arena_ok(arena) ? TDM_OK : tdm_fail_memory(err);
}

tdm_status tdm_query_answer(const tdm_catalog *catalog, tdm_arena *arena, tdm_text sql,
                            tdm_query_rows *ret, tdm_error *err)
{
    tdm_sql_tree *tree = NULL;
    tdm_error refused = TDM_ERROR_INIT;

    *ret = (tdm_query_rows){.known = TDM_KNOWN_UNKNOWN};
    if (tdm_sql_parse_text(sql, &tree, &refused) != TDM_OK)
        return refused.code == TDM_ERROR_MEMORY ? tdm_fail_memory(err) : TDM_OK;
    tdm_status status = tdm_query_answer_node(catalog, arena, tree->node, ret, err);
    tdm_sql_tree_free(tree);
    return status;
}
