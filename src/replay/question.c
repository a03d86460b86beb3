#include "replay/question.h"

#include "base/text.h"
#include "replay/expression.h"
#include "replay/lookup.h"

#include <string.h>

typedef struct asker {
    const tdm_catalog *catalog;
    tdm_arena *arena;
} asker;

static tdm_reply unknown(tdm_text why)
{
    return (tdm_reply){.truth = TDM_TRUTH_UNKNOWN, .why = why};
}

static tdm_reply negate(tdm_reply reply)
{
    if (reply.truth != TDM_TRUTH_UNKNOWN)
        reply.truth = reply.truth == TDM_TRUTH_YES ? TDM_TRUTH_NO : TDM_TRUTH_YES;
    return reply;
}

static const char *string_of(const PgQuery__Node *node)
{
    return node && node->node_case == PG_QUERY__NODE__NODE_STRING ? node->string->sval : "";
}

// 'text', 'text'::name, and nothing else.
static bool constant_of(const PgQuery__Node *node, tdm_text *ret)
{
    while (node && node->node_case == PG_QUERY__NODE__NODE_TYPE_CAST)
        node = node->type_cast->arg;
    if (!node || node->node_case != PG_QUERY__NODE__NODE_A_CONST ||
        node->a_const->val_case != PG_QUERY__A__CONST__VAL_SVAL)
        return false;
    *ret = tdm_text_of(node->a_const->sval->sval);
    return true;
}

static bool is_function(const PgQuery__Node *node, const char *name)
{
    if (!node || node->node_case != PG_QUERY__NODE__NODE_FUNC_CALL)
        return false;
    const PgQuery__FuncCall *call = node->func_call;
    if (call->n_funcname == 0 || call->n_funcname > 2 ||
        (call->n_funcname == 2 && strcmp(string_of(call->funcname[0]), "pg_catalog") != 0))
        return false;
    return strcmp(string_of(call->funcname[call->n_funcname - 1]), name) == 0;
}

// --- WHERE --------------------------------------------------------------------------------------

// The last part of a column's name; the alias before it is not needed, as no two of the relations
// that are joined here have a column of interest in common.
static const char *column_of(const PgQuery__Node *node)
{
    while (node && node->node_case == PG_QUERY__NODE__NODE_TYPE_CAST)
        node = node->type_cast->arg;
    if (!node || node->node_case != PG_QUERY__NODE__NODE_COLUMN_REF)
        return NULL;
    const PgQuery__ColumnRef *ref = node->column_ref;
    return ref->n_fields ? string_of(ref->fields[ref->n_fields - 1]) : NULL;
}

// to_regclass('name') and its like, whatever text the argument makes.
static bool is_lookup_of(asker *a, const PgQuery__Node *node, const char *function, tdm_text *ret)
{
    if (!is_function(node, function) || node->func_call->n_args != 1)
        return false;
    tdm_cell name = tdm_expression_value(a->catalog, a->arena, node->func_call->args[0]);
    *ret = name.text;
    return name.kind == TDM_CELL_TEXT && !name.number;
}

static bool is_cast_to(const PgQuery__Node *node, const char *name)
{
    if (node->node_case != PG_QUERY__NODE__NODE_TYPE_CAST)
        return false;
    const PgQuery__TypeName *type = node->type_cast->type_name;
    return strcmp(string_of(type->n_names ? type->names[type->n_names - 1] : NULL), name) == 0;
}

// left = right, either way round. False: not understood.
static bool take_equal(asker *a, tdm_lookup *lookup, const PgQuery__Node *left,
                       const PgQuery__Node *right)
{
    const char *column = column_of(left), *other = column_of(right);
    tdm_text value;

    if (column && other)
        return tdm_lookup_join(lookup, tdm_text_of(column), tdm_text_of(other));
    if (!column) {
        const PgQuery__Node *swap = left;
        column = other;
        left = right;
        right = swap;
    }
    if (!column)
        return false;
    if (is_function(right, "current_schema"))
        value = tdm_catalog_creation_schema(a->catalog);
    else if (is_lookup_of(a, right, "to_regclass", &value))
        return tdm_lookup_to_regclass(lookup, tdm_text_of(column), value);
    else if (is_lookup_of(a, right, "to_regtype", &value))
        return tdm_text_is(tdm_text_of(column), "atttypid")
                   ? tdm_lookup_own_type(lookup, value, true)
                   : tdm_lookup_regtype(lookup, tdm_text_of(column), value);
    else if (is_cast_to(right, "regclass") && constant_of(right, &value))
        return tdm_lookup_regclass(lookup, tdm_text_of(column), value);
    else if (is_cast_to(right, "regtype") && constant_of(right, &value))
        return tdm_lookup_regtype(lookup, tdm_text_of(column), value);
    else if (is_cast_to(right, "regnamespace") && constant_of(right, &value))
        return tdm_lookup_regnamespace(lookup, tdm_text_of(column), value);
    else if (right->node_case == PG_QUERY__NODE__NODE_A_CONST &&
             right->a_const->val_case == PG_QUERY__A__CONST__VAL_BOOLVAL)
        return tdm_lookup_flag(lookup, tdm_text_of(column), right->a_const->boolval->boolval);
    else if (!constant_of(right, &value))
        return false;
    return tdm_lookup_equal(lookup, tdm_text_of(column), value);
}

static bool take_where(asker *a, tdm_lookup *lookup, const PgQuery__Node *node);

static bool take_and(asker *a, tdm_lookup *lookup, const PgQuery__BoolExpr *expr)
{
    if (expr->boolop == PG_QUERY__BOOL_EXPR_TYPE__NOT_EXPR && expr->n_args == 1) {
        const char *column = column_of(expr->args[0]);
        return column && tdm_lookup_flag(lookup, tdm_text_of(column), false);
    }
    if (expr->boolop != PG_QUERY__BOOL_EXPR_TYPE__AND_EXPR)
        return false;
    for (size_t i = 0; i < expr->n_args; i++)
        if (!take_where(a, lookup, expr->args[i]))
            return false;
    return true;
}

// format_type(atttypid, atttypmod)
static bool is_format(const PgQuery__Node *node)
{
    const char *first, *second;

    if (!is_function(node, "format_type") || node->func_call->n_args != 2)
        return false;
    first = column_of(node->func_call->args[0]);
    second = column_of(node->func_call->args[1]);
    return first && second && strcmp(first, "atttypid") == 0 && strcmp(second, "atttypmod") == 0;
}

static bool is_column(const PgQuery__Node *node, const char *name)
{
    const char *column = column_of(node);

    return column && strcmp(column, name) == 0;
}

static bool take_operator(asker *a, tdm_lookup *lookup, const PgQuery__AExpr *expr)
{
    const char *name = expr->n_name == 1 ? string_of(expr->name[0]) : "";
    const PgQuery__Node *right = expr->rexpr;
    bool same = strcmp(name, "=") == 0, other = strcmp(name, "<>") == 0;
    tdm_text value;

    if ((!same && !other) || !expr->lexpr || !right)
        return false;
    if (expr->kind == PG_QUERY__A__EXPR__KIND__AEXPR_OP && is_format(expr->lexpr))
        return constant_of(right, &value) && tdm_lookup_format(lookup, value, same);
    if (other && expr->kind == PG_QUERY__A__EXPR__KIND__AEXPR_OP &&
        is_column(expr->lexpr, "atttypid"))
        return is_lookup_of(a, right, "to_regtype", &value) &&
               tdm_lookup_own_type(lookup, value, false);
    if (other)
        return false;
    if (expr->kind == PG_QUERY__A__EXPR__KIND__AEXPR_OP)
        return take_equal(a, lookup, expr->lexpr, right);
    // IN with one value.
    if (expr->kind == PG_QUERY__A__EXPR__KIND__AEXPR_IN &&
        right->node_case == PG_QUERY__NODE__NODE_LIST && right->list->n_items == 1)
        return take_equal(a, lookup, expr->lexpr, right->list->items[0]);
    return false;
}

static bool take_where(asker *a, tdm_lookup *lookup, const PgQuery__Node *node)
{
    if (!node)
        return true;
    if (node->node_case == PG_QUERY__NODE__NODE_BOOL_EXPR)
        return take_and(a, lookup, node->bool_expr);
    if (node->node_case == PG_QUERY__NODE__NODE_COLUMN_REF)
        return tdm_lookup_flag(lookup, tdm_text_of(column_of(node)), true);
    return node->node_case == PG_QUERY__NODE__NODE_A_EXPR && take_operator(a, lookup, node->a_expr);
}

// --- FROM ---------------------------------------------------------------------------------------

static bool take_from(asker *a, tdm_lookup *lookup, const PgQuery__Node *node)
{
    if (node->node_case == PG_QUERY__NODE__NODE_RANGE_VAR)
        return tdm_lookup_relation(lookup, tdm_text_of(node->range_var->schemaname),
                                   tdm_text_of(node->range_var->relname));
    if (node->node_case != PG_QUERY__NODE__NODE_JOIN_EXPR)
        return false;
    const PgQuery__JoinExpr *join = node->join_expr;
    return join->jointype == PG_QUERY__JOIN_TYPE__JOIN_INNER && !join->is_natural &&
           join->n_using_clause == 0 && join->quals && take_from(a, lookup, join->larg) &&
           take_from(a, lookup, join->rarg) && take_where(a, lookup, join->quals);
}

static bool is_plain(const PgQuery__SelectStmt *select)
{
    return select->op == PG_QUERY__SET_OPERATION__SETOP_NONE && select->n_group_clause == 0 &&
           !select->having_clause && !select->with_clause && !select->limit_offset &&
           select->n_values_lists == 0 && !select->into_clause && select->n_from_clause > 0;
}

// LIMIT 1, or none.
static bool has_harmless_limit(const PgQuery__SelectStmt *select)
{
    const PgQuery__Node *limit = select->limit_count;

    return !limit || (limit->node_case == PG_QUERY__NODE__NODE_A_CONST &&
                      limit->a_const->val_case == PG_QUERY__A__CONST__VAL_IVAL &&
                      limit->a_const->ival->ival > 0);
}

// Whether the query gives a row.
static tdm_reply has_rows(asker *a, const PgQuery__Node *query)
{
    tdm_lookup lookup = {.catalog = a->catalog, .arena = a->arena};
    tdm_text form = TDM_TEXT("the condition asks in a form that is not understood");

    if (!query || query->node_case != PG_QUERY__NODE__NODE_SELECT_STMT ||
        !is_plain(query->select_stmt) || !has_harmless_limit(query->select_stmt))
        return unknown(form);
    const PgQuery__SelectStmt *select = query->select_stmt;
    for (size_t i = 0; i < select->n_from_clause; i++)
        if (!take_from(a, &lookup, select->from_clause[i]))
            return unknown(form);
    if (!take_where(a, &lookup, select->where_clause))
        return unknown(form);
    return tdm_lookup_answer(&lookup);
}

// --- Expressions --------------------------------------------------------------------------------

static tdm_reply answer(asker *a, const PgQuery__Node *node);

static tdm_reply answer_bool(asker *a, const PgQuery__BoolExpr *expr)
{
    bool is_and = expr->boolop == PG_QUERY__BOOL_EXPR_TYPE__AND_EXPR;
    tdm_truth decides = is_and ? TDM_TRUTH_NO : TDM_TRUTH_YES;
    tdm_reply all = {.truth = is_and ? TDM_TRUTH_YES : TDM_TRUTH_NO};

    if (expr->boolop == PG_QUERY__BOOL_EXPR_TYPE__NOT_EXPR)
        return negate(answer(a, expr->args[0]));
    for (size_t i = 0; i < expr->n_args; i++) {
        tdm_reply reply = answer(a, expr->args[i]);
        if (reply.truth == decides)
            return reply;
        if (reply.truth == TDM_TRUTH_UNKNOWN && all.truth != TDM_TRUTH_UNKNOWN)
            all = reply;
        if (all.asked.size == 0)
            all.asked = reply.asked;
    }
    return all;
}

static tdm_reply not_understood(void)
{
    return unknown(TDM_TEXT("the condition asks in a form that is not understood"));
}

static tdm_reply answer_cell(const tdm_cell *cell)
{
    if (cell->kind == TDM_CELL_BOOL)
        return (tdm_reply){.truth = cell->number ? TDM_TRUTH_YES : TDM_TRUTH_NO};
    return not_understood();
}

// x IS [NOT] NULL, of what a block keeps in a variable or puts together.
static tdm_reply answer_null_value(asker *a, const PgQuery__NullTest *test)
{
    tdm_cell cell = tdm_expression_value(a->catalog, a->arena, test->arg);
    tdm_reply reply = {.truth = cell.kind == TDM_CELL_NULL ? TDM_TRUTH_YES : TDM_TRUTH_NO};

    if (cell.kind == TDM_CELL_UNKNOWN || cell.kind == TDM_CELL_RECORD)
        return not_understood();
    return test->nulltesttype == PG_QUERY__NULL_TEST_TYPE__IS_NULL ? reply : negate(reply);
}

// to_regclass('t') IS [NOT] NULL
static tdm_reply answer_null_test(asker *a, const PgQuery__NullTest *test)
{
    tdm_lookup lookup = {.catalog = a->catalog, .arena = a->arena};
    tdm_text name;

    if (!is_function(test->arg, "to_regclass"))
        return answer_null_value(a, test);
    if (!is_lookup_of(a, test->arg, "to_regclass", &name) ||
        !tdm_lookup_relation(&lookup, TDM_TEXT("pg_catalog"), TDM_TEXT("pg_class")) ||
        !tdm_lookup_to_regclass(&lookup, TDM_TEXT("oid"), name))
        return unknown(TDM_TEXT("the condition asks in a form that is not understood"));
    tdm_reply reply = tdm_lookup_answer(&lookup);
    return test->nulltesttype == PG_QUERY__NULL_TEST_TYPE__IS_NULL ? negate(reply) : reply;
}

// (SELECT count(*) ...) = 0, > 0, < 1, ...
static tdm_reply answer_count(asker *a, const PgQuery__AExpr *expr)
{
    static const struct form {
        const char *name;
        int32_t value;
        bool exists;
    } forms[] = {{"=", 0, false}, {"<", 1, false}, {"<=", 0, false},
                 {">", 0, true},  {">=", 1, true}, {"<>", 0, true}};
    const PgQuery__Node *left = expr->lexpr, *right = expr->rexpr;
    const char *name = expr->n_name == 1 ? string_of(expr->name[0]) : "";
    tdm_reply no = unknown(TDM_TEXT("the condition asks in a form that is not understood"));

    if (!left || !right || left->node_case != PG_QUERY__NODE__NODE_SUB_LINK ||
        left->sub_link->sub_link_type != PG_QUERY__SUB_LINK_TYPE__EXPR_SUBLINK ||
        right->node_case != PG_QUERY__NODE__NODE_A_CONST ||
        right->a_const->val_case != PG_QUERY__A__CONST__VAL_IVAL)
        return no;
    const PgQuery__Node *query = left->sub_link->subselect;
    if (query->node_case != PG_QUERY__NODE__NODE_SELECT_STMT ||
        query->select_stmt->n_target_list != 1)
        return no;
    const PgQuery__Node *target = query->select_stmt->target_list[0];
    if (target->node_case != PG_QUERY__NODE__NODE_RES_TARGET ||
        !is_function(target->res_target->val, "count") ||
        !target->res_target->val->func_call->agg_star ||
        target->res_target->val->func_call->agg_filter)
        return no;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (strcmp(forms[i].name, name) == 0 && forms[i].value == right->a_const->ival->ival)
            return forms[i].exists ? has_rows(a, query) : negate(has_rows(a, query));
    return no;
}

static tdm_reply answer(asker *a, const PgQuery__Node *node)
{
    switch (node->node_case) {
    case PG_QUERY__NODE__NODE_BOOL_EXPR:
        return answer_bool(a, node->bool_expr);
    case PG_QUERY__NODE__NODE_SUB_LINK:
        // EXISTS looks at no column of its query (manual 9.23.1).
        if (node->sub_link->sub_link_type == PG_QUERY__SUB_LINK_TYPE__EXISTS_SUBLINK)
            return has_rows(a, node->sub_link->subselect);
        break;
    case PG_QUERY__NODE__NODE_NULL_TEST:
        return answer_null_test(a, node->null_test);
    case PG_QUERY__NODE__NODE_A_EXPR: {
        tdm_reply counted = answer_count(a, node->a_expr);
        if (counted.truth != TDM_TRUTH_UNKNOWN)
            return counted;
        tdm_cell cell = tdm_expression_operate(a->catalog, a->arena, node->a_expr);
        return cell.kind == TDM_CELL_BOOL ? answer_cell(&cell) : counted;
    }
    case PG_QUERY__NODE__NODE_A_CONST: {
        tdm_cell cell = tdm_expression_value(a->catalog, a->arena, node);
        return answer_cell(&cell);
    }
    default: // every other form
        break;
    }
    return not_understood();
}

tdm_reply tdm_question_answer(const tdm_catalog *catalog, tdm_arena *arena,
                              const PgQuery__Node *condition)
{
    asker a = {.catalog = catalog, .arena = arena};

    return answer(&a, condition);
}

tdm_reply tdm_question_rows(const tdm_catalog *catalog, tdm_arena *arena,
                            const PgQuery__Node *query)
{
    asker a = {.catalog = catalog, .arena = arena};

    return has_rows(&a, query);
}

bool tdm_question_constant(const PgQuery__Node *node, tdm_text *ret)
{
    return constant_of(node, ret);
}
