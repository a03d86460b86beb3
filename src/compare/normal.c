#include "compare/normal.h"

#include "base/text.h"
#include "catalog/types.h"
#include "catalog/value.h"

#include <stdlib.h>
#include <string.h>

typedef struct normaliser {
    const tdm_catalog *catalog;
    const tdm_object *relation;
    tdm_arena *arena; // of the tree
} normaliser;

static const char *string_of(const PgQuery__Node *node)
{
    return node && node->node_case == PG_QUERY__NODE__NODE_STRING ? node->string->sval : "";
}

static bool is_operator(const PgQuery__Node *node, const char *name)
{
    return node->node_case == PG_QUERY__NODE__NODE_A_EXPR && node->a_expr->n_name == 1 &&
           strcmp(string_of(node->a_expr->name[0]), name) == 0;
}

// --- New nodes ----------------------------------------------------------------------------------

static PgQuery__Node *new_node(normaliser *n)
{
    PgQuery__Node *node = tdm_arena_new_of(n->arena, PgQuery__Node);

    if (node)
        pg_query__node__init(node);
    return node;
}

static PgQuery__Node *new_string(normaliser *n, const char *text)
{
    PgQuery__Node *node = new_node(n);
    PgQuery__String *string = tdm_arena_new_of(n->arena, PgQuery__String);

    if (!node || !string)
        return NULL;
    pg_query__string__init(string);
    string->sval = (char *)text;
    node->node_case = PG_QUERY__NODE__NODE_STRING;
    node->string = string;
    return node;
}

static PgQuery__Node *new_operation(normaliser *n, const char *name, PgQuery__Node *left,
                                    PgQuery__Node *right)
{
    PgQuery__Node *node = new_node(n);
    PgQuery__AExpr *expr = tdm_arena_new_of(n->arena, PgQuery__AExpr);
    PgQuery__Node **names = tdm_arena_array(n->arena, 1, sizeof *names);

    if (!node || !expr || !names)
        return NULL;
    pg_query__a__expr__init(expr);
    expr->kind = PG_QUERY__A__EXPR__KIND__AEXPR_OP;
    names[0] = new_string(n, name);
    expr->name = names;
    expr->n_name = 1;
    expr->lexpr = left;
    expr->rexpr = right;
    node->node_case = PG_QUERY__NODE__NODE_A_EXPR;
    node->a_expr = expr;
    return node;
}

static bool make_bool(normaliser *n, PgQuery__Node *node, PgQuery__BoolExprType type,
                      PgQuery__Node *left, PgQuery__Node *right)
{
    PgQuery__BoolExpr *expr = tdm_arena_new_of(n->arena, PgQuery__BoolExpr);
    PgQuery__Node **args = tdm_arena_array(n->arena, 2, sizeof *args);

    if (!expr || !args || !left || !right)
        return false;
    pg_query__bool_expr__init(expr);
    args[0] = left;
    args[1] = right;
    expr->boolop = type;
    expr->args = args;
    expr->n_args = 2;
    node->node_case = PG_QUERY__NODE__NODE_BOOL_EXPR;
    node->bool_expr = expr;
    return true;
}

// --- Types --------------------------------------------------------------------------------------

static tdm_text type_of_cast(normaliser *n, const PgQuery__Node *node)
{
    return tdm_type_print(n->catalog, node->type_cast->type_name);
}

static bool is_array(tdm_text type)
{
    return tdm_text_ends(type, TDM_TEXT("]"));
}

static bool is_text_type(tdm_text type)
{
    if (is_array(type))
        return false;
    return tdm_text_is(type, "text") || tdm_text_starts(type, TDM_TEXT("character varying"));
}

static bool is_number_type(tdm_text type)
{
    static const char *const types[] = {"smallint", "integer", "bigint", "double precision",
                                        "real"};

    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (tdm_text_is(type, types[i]))
            return true;
    return tdm_text_starts(type, TDM_TEXT("numeric")) && !is_array(type);
}

// The type of a column of the relation, empty when it is not known.
static tdm_text type_of_column(normaliser *n, const PgQuery__Node *node)
{
    tdm_text none = {NULL, 0};

    if (node->node_case != PG_QUERY__NODE__NODE_COLUMN_REF || node->column_ref->n_fields == 0 ||
        !n->relation)
        return none;
    size_t last = node->column_ref->n_fields - 1;
    const tdm_column *column =
        tdm_table_column(n->relation, tdm_text_of(string_of(node->column_ref->fields[last])));
    return column ? column->type : none;
}

// Functions of PostgreSQL that give text whatever they take.
static bool gives_text(const PgQuery__Node *node)
{
    static const char *const names[] = {"lower", "upper", "btrim", "ltrim", "rtrim", "replace"};

    if (node->node_case != PG_QUERY__NODE__NODE_FUNC_CALL || node->func_call->n_funcname == 0)
        return false;
    const char *name = string_of(node->func_call->funcname[node->func_call->n_funcname - 1]);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return is_operator(node, "->>");
}

static bool is_string(const PgQuery__Node *node)
{
    return node->node_case == PG_QUERY__NODE__NODE_A_CONST &&
           node->a_const->val_case == PG_QUERY__A__CONST__VAL_SVAL;
}

// auth.role() and auth.email() of the platform.
static bool is_platform_text(const PgQuery__Node *node)
{
    if (node->node_case != PG_QUERY__NODE__NODE_FUNC_CALL || node->func_call->n_funcname != 2 ||
        strcmp(string_of(node->func_call->funcname[0]), "auth") != 0)
        return false;
    const char *name = string_of(node->func_call->funcname[1]);
    return strcmp(name, "role") == 0 || strcmp(name, "email") == 0;
}

static bool is_text(normaliser *n, const PgQuery__Node *node)
{
    if (node->node_case == PG_QUERY__NODE__NODE_TYPE_CAST &&
        tdm_text_is(type_of_cast(n, node), "text") && !is_string(node->type_cast->arg))
        return true;
    return is_platform_text(node) || is_text_type(type_of_column(n, node)) || gives_text(node) ||
           is_operator(node, "->>");
}

// --- Constants ----------------------------------------------------------------------------------

// 'a'::text, 'a'::character varying and ('a'::character varying)::text beside what is text: a
// literal of unknown type takes that type (parse_coerce.c), and varchar is relabelled.
static PgQuery__Node *bare_string(normaliser *n, PgQuery__Node *node)
{
    while (node->node_case == PG_QUERY__NODE__NODE_TYPE_CAST && node->type_cast->arg &&
           node->type_cast->type_name->n_typmods == 0 && is_text_type(type_of_cast(n, node)))
        node = node->type_cast->arg;
    return node;
}

static bool is_integer_text(const char *text)
{
    size_t at = text[0] == '-' ? 1 : 0, first = at;

    while (tdm_is_digit(text[at]))
        at++;
    return at > first && at < first + 9 && text[at] == '\0';
}

// (100)::numeric and ('-50'::integer)::numeric beside a number: an integer is converted to the
// other operand's type without change; a negative constant is printed as a cast string
// (ruleutils.c get_const_expr).
static PgQuery__Node *bare_number(normaliser *n, PgQuery__Node *node)
{
    PgQuery__Node *inner = node;

    while (inner->node_case == PG_QUERY__NODE__NODE_TYPE_CAST && inner->type_cast->arg &&
           is_number_type(type_of_cast(n, inner)))
        inner = inner->type_cast->arg;
    if (inner->node_case != PG_QUERY__NODE__NODE_A_CONST)
        return node;
    if (inner->a_const->val_case == PG_QUERY__A__CONST__VAL_IVAL)
        return inner;
    if (inner == node || !is_string(inner) || !is_integer_text(inner->a_const->sval->sval))
        return node;
    PgQuery__Integer *value = tdm_arena_new_of(n->arena, PgQuery__Integer);
    if (!value)
        return node;
    pg_query__integer__init(value);
    value->ival = (int32_t)strtol(inner->a_const->sval->sval, NULL, 10);
    inner->a_const->val_case = PG_QUERY__A__CONST__VAL_IVAL;
    inner->a_const->ival = value;
    return inner;
}

static PgQuery__Node *bare_constant(normaliser *n, const PgQuery__Node *beside, PgQuery__Node *node)
{
    tdm_text type = type_of_column(n, beside);
    PgQuery__Node *string = is_text(n, beside) ? bare_string(n, node) : node;

    if (is_string(string))
        return string;
    if (is_number_type(type))
        return bare_number(n, node);
    // 'x'::mood beside a column of that type.
    if (type.size && node->node_case == PG_QUERY__NODE__NODE_TYPE_CAST &&
        is_string(node->type_cast->arg) && tdm_text_equal(type_of_cast(n, node), type))
        return node->type_cast->arg;
    return node;
}

// --- Rewrites -----------------------------------------------------------------------------------

// A column of characters as text is the column: the types share their operators (pg_cast has them
// binary coercible).
static void drop_column_cast(normaliser *n, PgQuery__Node *node)
{
    PgQuery__Node *arg = node->type_cast->arg;

    if (arg && node->type_cast->type_name->n_typmods == 0 && is_text_type(type_of_column(n, arg)) &&
        tdm_text_is(type_of_cast(n, node), "text"))
        *node = *arg;
}

// (ARRAY[a, b])::text[] as ARRAY[a::text, b::text] (parse_expr.c transformArrayExpr).
static void drop_array_cast(normaliser *n, PgQuery__Node *node)
{
    PgQuery__Node *arg = node->type_cast->arg;

    if (arg && arg->node_case == PG_QUERY__NODE__NODE_A_ARRAY_EXPR &&
        tdm_text_is(type_of_cast(n, node), "text[]"))
        *node = *arg;
}

static PgQuery__Node *array_of(normaliser *n, const PgQuery__List *list)
{
    PgQuery__Node *node = new_node(n);
    PgQuery__AArrayExpr *array = tdm_arena_new_of(n->arena, PgQuery__AArrayExpr);

    if (!node || !array)
        return NULL;
    pg_query__a__array_expr__init(array);
    array->elements = list->items;
    array->n_elements = list->n_items;
    node->node_case = PG_QUERY__NODE__NODE_A_ARRAY_EXPR;
    node->a_array_expr = array;
    return node;
}

// x IN (a, b) is x = ANY (ARRAY[a, b]), x NOT IN (a, b) is x <> ALL (...); with one value it is a
// comparison (parse_expr.c transformAExprIn).
static void write_in_out(normaliser *n, PgQuery__Node *node)
{
    PgQuery__AExpr *expr = node->a_expr;
    bool negated = expr->n_name && strcmp(string_of(expr->name[0]), "<>") == 0;

    if (!expr->rexpr || expr->rexpr->node_case != PG_QUERY__NODE__NODE_LIST)
        return;
    const PgQuery__List *list = expr->rexpr->list;
    if (list->n_items == 1) {
        expr->kind = PG_QUERY__A__EXPR__KIND__AEXPR_OP;
        expr->rexpr = list->items[0];
        return;
    }
    PgQuery__Node *array = array_of(n, list);
    if (!array)
        return;
    expr->kind =
        negated ? PG_QUERY__A__EXPR__KIND__AEXPR_OP_ALL : PG_QUERY__A__EXPR__KIND__AEXPR_OP_ANY;
    expr->rexpr = array;
}

// x BETWEEN a AND b is x >= a AND x <= b (transformAExprBetween).
static void write_between_out(normaliser *n, PgQuery__Node *node)
{
    PgQuery__AExpr *expr = node->a_expr;
    bool negated = expr->kind == PG_QUERY__A__EXPR__KIND__AEXPR_NOT_BETWEEN;

    if (!expr->rexpr || expr->rexpr->node_case != PG_QUERY__NODE__NODE_LIST ||
        expr->rexpr->list->n_items != 2)
        return;
    PgQuery__Node **bounds = expr->rexpr->list->items;
    (void)make_bool(
        n, node, negated ? PG_QUERY__BOOL_EXPR_TYPE__OR_EXPR : PG_QUERY__BOOL_EXPR_TYPE__AND_EXPR,
        new_operation(n, negated ? "<" : ">=", expr->lexpr, bounds[0]),
        new_operation(n, negated ? ">" : "<=", expr->lexpr, bounds[1]));
}

static void rewrite_operands(normaliser *n, PgQuery__AExpr *expr)
{
    PgQuery__Node *left = expr->lexpr, *right = expr->rexpr;

    if (!left || !right)
        return;
    if (right->node_case == PG_QUERY__NODE__NODE_A_ARRAY_EXPR) {
        for (size_t i = 0; i < right->a_array_expr->n_elements; i++)
            right->a_array_expr->elements[i] =
                bare_constant(n, left, right->a_array_expr->elements[i]);
        return;
    }
    expr->rexpr = bare_constant(n, left, right);
    expr->lexpr = bare_constant(n, right, left);
    // The right side of these is text where it is a string constant (pg_operator: jsonb -> text).
    if (expr->n_name == 1 && (strcmp(string_of(expr->name[0]), "->>") == 0 ||
                              strcmp(string_of(expr->name[0]), "->") == 0))
        expr->rexpr = bare_string(n, expr->rexpr);
}

static void rewrite_operation(normaliser *n, PgQuery__Node *node)
{
    switch (node->a_expr->kind) {
    case PG_QUERY__A__EXPR__KIND__AEXPR_IN:
        write_in_out(n, node);
        break;
    case PG_QUERY__A__EXPR__KIND__AEXPR_BETWEEN:
    case PG_QUERY__A__EXPR__KIND__AEXPR_NOT_BETWEEN:
        write_between_out(n, node);
        if (node->node_case == PG_QUERY__NODE__NODE_BOOL_EXPR)
            for (size_t i = 0; i < node->bool_expr->n_args; i++)
                rewrite_operands(n, node->bool_expr->args[i]->a_expr);
        return;
    case PG_QUERY__A__EXPR__KIND__AEXPR_LIKE:
    case PG_QUERY__A__EXPR__KIND__AEXPR_ILIKE:
        // gram.y makes an operator of it, ~~ or !~~, which is how it is printed.
        node->a_expr->kind = PG_QUERY__A__EXPR__KIND__AEXPR_OP;
        break;
    default:
        break;
    }
    rewrite_operands(n, node->a_expr);
}

// (SELECT f() AS f): the name of the one column of a scalar query says nothing.
static void rewrite_query(PgQuery__SubLink *link)
{
    PgQuery__Node *query = link->subselect;

    if (link->sub_link_type != PG_QUERY__SUB_LINK_TYPE__EXPR_SUBLINK || !query ||
        query->node_case != PG_QUERY__NODE__NODE_SELECT_STMT ||
        query->select_stmt->n_target_list != 1)
        return;
    PgQuery__Node *target = query->select_stmt->target_list[0];
    if (target->node_case == PG_QUERY__NODE__NODE_RES_TARGET)
        target->res_target->name = (char *)"";
}

static void rewrite(normaliser *n, PgQuery__Node *node)
{
    if (node->node_case == PG_QUERY__NODE__NODE_TYPE_CAST)
        drop_array_cast(n, node);
    if (node->node_case == PG_QUERY__NODE__NODE_TYPE_CAST)
        drop_column_cast(n, node);
    else if (node->node_case == PG_QUERY__NODE__NODE_A_EXPR)
        rewrite_operation(n, node);
    else if (node->node_case == PG_QUERY__NODE__NODE_SUB_LINK)
        rewrite_query(node->sub_link);
}

// --- The walk -----------------------------------------------------------------------------------

static void walk(normaliser *n, ProtobufCMessage *message);

static void walk_field(normaliser *n, ProtobufCMessage *message,
                       const ProtobufCFieldDescriptor *field)
{
    char *at = (char *)message + field->offset;

    if (field->type != PROTOBUF_C_TYPE_MESSAGE)
        return;
    if (field->label == PROTOBUF_C_LABEL_REPEATED) {
        size_t count = *(const size_t *)((char *)message + field->quantifier_offset);
        ProtobufCMessage **items = *(ProtobufCMessage ***)at;
        for (size_t i = 0; i < count; i++)
            walk(n, items[i]);
        return;
    }
    if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) &&
        *(const uint32_t *)((char *)message + field->quantifier_offset) != field->id)
        return;
    walk(n, *(ProtobufCMessage **)at);
}

// What is below first.
static void walk(normaliser *n, ProtobufCMessage *message)
{
    if (!message)
        return;
    const tdm_object *relation = n->relation;
    // A name inside a query may be a column of another relation.
    if (message->descriptor == &pg_query__select_stmt__descriptor)
        n->relation = NULL;
    for (unsigned i = 0; i < message->descriptor->n_fields; i++)
        walk_field(n, message, &message->descriptor->fields[i]);
    n->relation = relation;
    if (message->descriptor == &pg_query__node__descriptor)
        rewrite(n, (PgQuery__Node *)message);
}

// The digest of the normal form. False: not read.
static bool digest_of(const tdm_catalog *catalog, const tdm_object *relation, tdm_mode mode,
                      tdm_text text, tdm_digest *ret)
{
    tdm_sql_tree *tree = NULL;
    tdm_text sql = tdm_arena_printf(catalog->arena, "%s%.*s)",
                                    mode == TDM_MODE_KEYS ? "CREATE INDEX ON t (" : "SELECT (",
                                    TDM_TEXT_ARG(text));

    if (tdm_sql_parse_text(sql, &tree, NULL) != TDM_OK)
        return false;
    normaliser n = {.catalog = catalog, .relation = relation, .arena = tree->arena};
    const PgQuery__Node *node = tree->node;
    if (mode == TDM_MODE_EXPRESSION && node->node_case == PG_QUERY__NODE__NODE_SELECT_STMT &&
        node->select_stmt->n_target_list == 1)
        node = node->select_stmt->target_list[0];
    walk(&n, (ProtobufCMessage *)&node->base);
    bool ok = tdm_arena_ok(tree->arena);
    *ret = tdm_value_digest(catalog, &tree->node->base);
    tdm_sql_tree_free(tree);
    return ok;
}

bool tdm_normal_same(const tdm_catalog *catalog, const tdm_object *relation, tdm_mode mode,
                     tdm_text left, tdm_text right)
{
    tdm_digest a, b;
    tdm_arena_mark mark = tdm_arena_save(catalog->arena);
    bool same = digest_of(catalog, relation, mode, left, &a) &&
                digest_of(catalog, relation, mode, right, &b) && tdm_digest_equal(a, b);

    tdm_arena_restore(catalog->arena, mark);
    return same;
}
