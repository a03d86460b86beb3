#include "replay/expression.h"

#include "base/limits.h"
#include "base/text.h"
#include "catalog/platform.h"
#include "replay/objects.h"
#include "replay/query.h"
#include "replay/question.h"
#include "replay/scope.h"
#include "sql/quote.h"

#include <string.h>

typedef struct evaluator {
    const tdm_catalog *catalog;
    tdm_arena *arena;
} evaluator;

static const tdm_cell unknown = {.kind = TDM_CELL_UNKNOWN};
static const tdm_cell null_cell = {.kind = TDM_CELL_NULL};

static tdm_cell text_cell(tdm_text text)
{
    return (tdm_cell){.kind = TDM_CELL_TEXT, .text = text};
}

static tdm_cell truth_cell(bool truth)
{
    return (tdm_cell){.kind = TDM_CELL_BOOL, .number = truth};
}

static const char *string_of(const PgQuery__Node *node)
{
    return node && node->node_case == PG_QUERY__NODE__NODE_STRING ? node->string->sval : "";
}

static tdm_cell value(evaluator *e, const PgQuery__Node *node);

// --- Constants, casts, lists --------------------------------------------------------------------

static tdm_cell constant(evaluator *e, const PgQuery__AConst *node)
{
    if (node->isnull)
        return null_cell;
    switch (node->val_case) {
    case PG_QUERY__A__CONST__VAL_IVAL:
        return (tdm_cell){.kind = TDM_CELL_INT, .number = node->ival->ival};
    case PG_QUERY__A__CONST__VAL_BOOLVAL:
        return truth_cell(node->boolval->boolval);
    case PG_QUERY__A__CONST__VAL_SVAL:
        return text_cell(tdm_arena_text(e->arena, tdm_text_of(node->sval->sval)));
    default:
        return unknown;
    }
}

static tdm_cell list_of(evaluator *e, PgQuery__Node *const *nodes, size_t count)
{
    tdm_cell *cells = tdm_arena_array(e->arena, count + 1, sizeof *cells);

    for (size_t i = 0; cells && i < count; i++) {
        cells[i] = value(e, nodes[i]);
        if (cells[i].kind == TDM_CELL_UNKNOWN || cells[i].kind == TDM_CELL_LIST)
            return unknown;
    }
    return cells ? (tdm_cell){.kind = TDM_CELL_LIST, .cells = cells, .count = count} : unknown;
}

// '{a,b}' without quotes, brackets and NULL (manual 8.15.2).
static tdm_cell list_of_text(evaluator *e, tdm_text text)
{
    tdm_cell *cells = tdm_arena_array(e->arena, text.size + 1, sizeof *cells);
    size_t count = 0;

    text = tdm_text_trim(text);
    if (!cells || text.size < 2 || text.data[0] != '{' || text.data[text.size - 1] != '}')
        return unknown;
    text = tdm_text_slice(text, 1, text.size - 1);
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] == '"' || text.data[i] == '\\' || text.data[i] == '{')
            return unknown;
    while (text.size) {
        size_t comma = tdm_text_find_char(text, ',');
        tdm_text one = tdm_text_trim(tdm_text_slice(text, 0, comma));
        if (one.size == 0 || tdm_text_equal_nocase(one, TDM_TEXT("null")))
            return unknown;
        cells[count++] = text_cell(one);
        text = comma == SIZE_MAX ? (tdm_text){NULL, 0} : tdm_text_from(text, comma + 1);
    }
    return (tdm_cell){.kind = TDM_CELL_LIST, .cells = cells, .count = count};
}

static tdm_cell cast(evaluator *e, const PgQuery__TypeCast *node)
{
    static const char *const texts[] = {"text", "varchar", "name"};
    static const char *const names[] = {"regclass", "regprocedure", "regtype"};
    const PgQuery__TypeName *type = node->type_name;
    const char *last = string_of(type->n_names ? type->names[type->n_names - 1] : NULL);
    tdm_cell cell = value(e, node->arg);
    bool text = false, name = false, plain = type->n_typmods == 0;

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        text = text || strcmp(texts[i], last) == 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        name = name || strcmp(names[i], last) == 0;
    if (!plain || cell.kind == TDM_CELL_NULL)
        return plain ? cell : unknown;
    if (type->n_array_bounds)
        return !text                        ? unknown
               : cell.kind == TDM_CELL_TEXT ? list_of_text(e, cell.text)
               : cell.kind == TDM_CELL_LIST ? cell
                                            : unknown;
    if (name && cell.kind == TDM_CELL_TEXT)
        cell.number = 1;
    bool integer = strncmp(last, "int", 3) == 0 && cell.kind == TDM_CELL_INT;
    bool truth = strcmp(last, "bool") == 0 && cell.kind == TDM_CELL_BOOL;
    return ((text || name) && cell.kind == TDM_CELL_TEXT) || integer || truth ? cell : unknown;
}

// --- Texts put together -------------------------------------------------------------------------

static bool printed(evaluator *e, const tdm_cell *cell, tdm_text *ret)
{
    if (cell->kind == TDM_CELL_TEXT)
        *ret = cell->text;
    else if (cell->kind == TDM_CELL_INT)
        *ret = tdm_arena_printf(e->arena, "%lld", (long long)cell->number);
    else
        return false;
    return true;
}

// One %s, %I or %L of format(); the other forms have positions and widths.
static bool put_argument(evaluator *e, tdm_buffer *out, char form, const tdm_cell *cell)
{
    tdm_text text = {NULL, 0};

    if (cell->kind == TDM_CELL_NULL && form == 's')
        return true;
    if (cell->kind == TDM_CELL_NULL && form == 'L') {
        tdm_buffer_put(out, TDM_TEXT("NULL"));
        return true;
    }
    if (!printed(e, cell, &text))
        return false;
    if (form == 's')
        tdm_buffer_put(out, text);
    else if (form == 'I' && cell->number == 0)
        tdm_sql_put_ident(out, text);
    else if (form == 'L')
        tdm_sql_put_literal(out, text);
    else
        return false;
    return true;
}

static tdm_cell format(evaluator *e, const tdm_cell *cells, size_t count)
{
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    size_t next = 1;
    bool known = count > 0 && cells[0].kind == TDM_CELL_TEXT;
    tdm_text form = known ? cells[0].text : (tdm_text){NULL, 0};

    for (size_t i = 0; known && i < form.size; i++) {
        if (form.data[i] != '%') {
            tdm_buffer_put(&out, tdm_text_slice(form, i, i + 1));
            continue;
        }
        char kind = ++i < form.size ? form.data[i] : '\0';
        if (kind == '%')
            tdm_buffer_put(&out, TDM_TEXT("%"));
        else
            known = next < count && put_argument(e, &out, kind, &cells[next++]);
    }
    known = known && tdm_buffer_check(&out, NULL) == TDM_OK;
    tdm_cell made = known ? text_cell(tdm_arena_text(e->arena, tdm_buffer_text(&out))) : unknown;
    tdm_buffer_free(&out);
    return made;
}

static tdm_cell concat(evaluator *e, const tdm_cell *cells, size_t count)
{
    tdm_text all = {NULL, 0}, one;

    for (size_t i = 0; i < count; i++) {
        if (!printed(e, &cells[i], &one))
            return unknown;
        all = tdm_arena_printf(e->arena, "%.*s%.*s", TDM_TEXT_ARG(all), TDM_TEXT_ARG(one));
    }
    return text_cell(all);
}

static tdm_cell folded(evaluator *e, tdm_text text, bool upper)
{
    char *copy = tdm_arena_string(e->arena, text);

    for (size_t i = 0; copy && i < text.size; i++) {
        if ((unsigned char)copy[i] >= 0x80) // by the locale of the database
            return unknown;
        copy[i] = upper ? tdm_to_upper(copy[i]) : tdm_to_lower(copy[i]);
    }
    return copy ? text_cell((tdm_text){copy, text.size}) : unknown;
}

static tdm_cell call_on_text(evaluator *e, const char *name, const tdm_cell *cell)
{
    if (cell->kind != TDM_CELL_TEXT || cell->number)
        return unknown;
    if (strcmp(name, "quote_ident") == 0)
        return text_cell(tdm_sql_ident(e->arena, cell->text));
    if (strcmp(name, "quote_literal") == 0)
        return text_cell(tdm_sql_literal(e->arena, cell->text));
    if (strcmp(name, "lower") == 0 || strcmp(name, "upper") == 0)
        return folded(e, cell->text, *name == 'u');
    return unknown;
}

// Whether an extension may have brought a function into a schema.
static bool may_be_brought(const tdm_catalog *catalog, tdm_text schema)
{
    for (size_t i = 0; i < catalog->objects.count; i++) {
        const tdm_object *object = catalog->objects.items[i];
        const tdm_value *in = object->kind == TDM_KIND_EXTENSION && !object->dropped
                                  ? tdm_object_value(object, TDM_ATTR_IN_SCHEMA)
                                  : NULL;
        if (object->kind == TDM_KIND_EXTENSION && !object->dropped &&
            (!in || in->reason.size || tdm_text_equal(in->text, schema)))
            return true;
    }
    return false;
}

// to_regprocedure('f(text)'): the name that DROP FUNCTION takes, or NULL.
static tdm_cell procedure_of(evaluator *e, const tdm_cell *name)
{
    tdm_sql_tree *tree = NULL;
    // Reading a name makes texts in the catalog's memory, and nothing else.
    tdm_replay r = {.catalog = (tdm_catalog *)e->catalog};
    tdm_text drop = tdm_arena_printf(e->arena, "DROP FUNCTION %.*s", TDM_TEXT_ARG(name->text));
    tdm_cell found = unknown;

    if (name->kind != TDM_CELL_TEXT || tdm_sql_parse_text(drop, &tree, NULL) != TDM_OK)
        return unknown;
    const PgQuery__Node *node = tree->node;
    bool one = node->node_case == PG_QUERY__NODE__NODE_DROP_STMT &&
               node->drop_stmt->n_objects == 1 && tdm_text_find_char(name->text, '(') != SIZE_MAX;
    if (one) {
        tdm_key key = tdm_object_of_node(&r, node->drop_stmt->objects[0],
                                         PG_QUERY__OBJECT_TYPE__OBJECT_FUNCTION);
        const tdm_object *object = tdm_catalog_get(e->catalog, &key);
        bool there = object && !object->dropped;
        if (there && !object->uncertain)
            found = (tdm_cell){.kind = TDM_CELL_TEXT, .text = name->text, .number = 1};
        else if (!there && !e->catalog->open && !tdm_platform_schema(key.schema) &&
                 !may_be_brought(e->catalog, key.schema))
            found = null_cell;
    }
    tdm_sql_tree_free(tree);
    return found;
}

static tdm_cell call(evaluator *e, const PgQuery__FuncCall *node)
{
    size_t count = node->n_funcname;
    const char *name = string_of(count ? node->funcname[count - 1] : NULL);
    tdm_cell *cells = tdm_arena_array(e->arena, node->n_args + 1, sizeof *cells);

    if (!cells || count > 2 || node->func_variadic || node->n_agg_order || node->agg_filter ||
        (count == 2 && strcmp(string_of(node->funcname[0]), "pg_catalog") != 0))
        return unknown;
    for (size_t i = 0; i < node->n_args; i++)
        cells[i] = value(e, node->args[i]);
    if (strcmp(name, "format") == 0)
        return format(e, cells, node->n_args);
    if (strcmp(name, "concat") == 0)
        return concat(e, cells, node->n_args);
    if (strcmp(name, "current_schema") == 0 && node->n_args == 0)
        return text_cell(tdm_catalog_creation_schema(e->catalog));
    if (strcmp(name, "to_regprocedure") == 0 && node->n_args == 1)
        return procedure_of(e, &cells[0]);
    return node->n_args == 1 ? call_on_text(e, name, &cells[0]) : unknown;
}

// --- Operators ----------------------------------------------------------------------------------

static tdm_cell ordered(const char *name, int64_t difference)
{
    static const struct row {
        const char *name;
        bool less, equal, greater;
    } rows[] = {{"=", false, true, false}, {"<>", true, false, true}, {"<", true, false, false},
                {"<=", true, true, false}, {">", false, false, true}, {">=", false, true, true}};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(rows[i].name, name) == 0)
            return truth_cell(difference < 0   ? rows[i].less
                              : difference > 0 ? rows[i].greater
                                               : rows[i].equal);
    return unknown;
}

// A number of which only is known that it is positive, beside 0 or 1.
static tdm_cell compare_positive(const char *name, const tdm_cell *right)
{
    if (right->kind != TDM_CELL_INT)
        return unknown;
    if (right->number <= 0)
        return ordered(name, 1);
    if (right->number == 1 && strcmp(name, ">=") == 0)
        return truth_cell(true);
    return right->number == 1 && strcmp(name, "<") == 0 ? truth_cell(false) : unknown;
}

tdm_cell tdm_expression_compare(const char *name, const tdm_cell *left, const tdm_cell *right)
{
    bool equality = strcmp(name, "=") == 0 || strcmp(name, "<>") == 0;

    if (left->kind == TDM_CELL_NULL || right->kind == TDM_CELL_NULL)
        return null_cell;
    if (left->kind == TDM_CELL_POSITIVE)
        return compare_positive(name, right);
    if (left->kind != right->kind)
        return unknown;
    if (left->kind == TDM_CELL_INT)
        return ordered(name, left->number < right->number   ? -1
                             : left->number > right->number ? 1
                                                            : 0);
    if (left->kind == TDM_CELL_BOOL && equality)
        return ordered(name, left->number - right->number);
    // Equality of texts is that of their bytes; their order is the collation's.
    if (left->kind == TDM_CELL_TEXT && equality && !left->number && !right->number)
        return ordered(name, tdm_text_equal(left->text, right->text) ? 0 : 1);
    return unknown;
}

// = ANY (list), IN (list)
static tdm_cell compare_any(const char *name, const tdm_cell *left, const tdm_cell *list)
{
    tdm_cell all = truth_cell(false);

    if (list->kind != TDM_CELL_LIST)
        return unknown;
    for (size_t i = 0; i < list->count; i++) {
        tdm_cell one = tdm_expression_compare(name, left, &list->cells[i]);
        if (one.kind == TDM_CELL_BOOL && one.number)
            return one;
        if (one.kind != TDM_CELL_BOOL)
            all = all.kind == TDM_CELL_UNKNOWN ? all : one;
    }
    return all;
}

static tdm_cell operate(evaluator *e, const PgQuery__AExpr *node)
{
    const char *name = node->n_name == 1 ? string_of(node->name[0]) : "";

    if (!node->lexpr || !node->rexpr)
        return unknown;
    tdm_cell left = value(e, node->lexpr);
    if (node->kind == PG_QUERY__A__EXPR__KIND__AEXPR_IN &&
        node->rexpr->node_case == PG_QUERY__NODE__NODE_LIST) {
        tdm_cell list = list_of(e, node->rexpr->list->items, node->rexpr->list->n_items);
        // NOT IN is <> ALL.
        tdm_cell found = compare_any("=", &left, &list);
        if (strcmp(name, "<>") == 0 && found.kind == TDM_CELL_BOOL)
            found.number = !found.number;
        return found;
    }
    tdm_cell right = value(e, node->rexpr);
    if (node->kind == PG_QUERY__A__EXPR__KIND__AEXPR_OP_ANY)
        return compare_any(name, &left, &right);
    if (node->kind != PG_QUERY__A__EXPR__KIND__AEXPR_OP)
        return unknown;
    if (strcmp(name, "||") != 0)
        return tdm_expression_compare(name, &left, &right);
    if (left.kind == TDM_CELL_NULL || right.kind == TDM_CELL_NULL)
        return null_cell;
    tdm_cell both[] = {left, right};
    return concat(e, both, 2);
}

static tdm_cell coalesce(evaluator *e, const PgQuery__CoalesceExpr *node)
{
    for (size_t i = 0; i < node->n_args; i++) {
        tdm_cell cell = value(e, node->args[i]);
        if (cell.kind != TDM_CELL_NULL)
            return cell;
    }
    return null_cell;
}

// --- Queries ------------------------------------------------------------------------------------

static tdm_cell scalar(evaluator *e, const PgQuery__Node *query)
{
    tdm_query_rows rows = {0};

    if (tdm_query_answer_node(e->catalog, e->arena, query, &rows, NULL) != TDM_OK)
        return unknown;
    if (rows.known == TDM_KNOWN_NO_OBJECT)
        return null_cell;
    return rows.known == TDM_KNOWN_YES && rows.single && rows.count == 1 ? rows.cells[0] : unknown;
}

static tdm_cell value(evaluator *e, const PgQuery__Node *node)
{
    if (!node)
        return unknown;
    switch (node->node_case) {
    case PG_QUERY__NODE__NODE_A_CONST:
        return constant(e, node->a_const);
    case PG_QUERY__NODE__NODE_PARAM_REF:
        return (tdm_cell){.kind = node->param_ref->number == TDM_SCOPE_SOME ? TDM_CELL_SOME
                                  : node->param_ref->number == TDM_SCOPE_POSITIVE
                                      ? TDM_CELL_POSITIVE
                                      : TDM_CELL_UNKNOWN};
    case PG_QUERY__NODE__NODE_TYPE_CAST:
        return cast(e, node->type_cast);
    case PG_QUERY__NODE__NODE_A_ARRAY_EXPR:
        return list_of(e, node->a_array_expr->elements, node->a_array_expr->n_elements);
    case PG_QUERY__NODE__NODE_FUNC_CALL:
        return call(e, node->func_call);
    case PG_QUERY__NODE__NODE_COALESCE_EXPR:
        return coalesce(e, node->coalesce_expr);
    case PG_QUERY__NODE__NODE_A_EXPR: {
        tdm_cell made = operate(e, node->a_expr);
        if (made.kind != TDM_CELL_UNKNOWN)
            return made;
        break;
    }
    case PG_QUERY__NODE__NODE_SUB_LINK:
        if (node->sub_link->sub_link_type == PG_QUERY__SUB_LINK_TYPE__EXPR_SUBLINK)
            return scalar(e, node->sub_link->subselect);
        break;
    case PG_QUERY__NODE__NODE_BOOL_EXPR:
    case PG_QUERY__NODE__NODE_NULL_TEST:
        break;
    default:
        return unknown;
    }
    tdm_reply reply = tdm_question_answer(e->catalog, e->arena, node);
    return reply.truth == TDM_TRUTH_UNKNOWN ? unknown : truth_cell(reply.truth == TDM_TRUTH_YES);
}

tdm_cell tdm_expression_value(const tdm_catalog *catalog, tdm_arena *arena,
                              const PgQuery__Node *node)
{
    evaluator e = {.catalog = catalog, .arena = arena};

    return value(&e, node);
}

tdm_cell tdm_expression_operate(const tdm_catalog *catalog, tdm_arena *arena,
                                const PgQuery__AExpr *node)
{
    evaluator e = {.catalog = catalog, .arena = arena};

    return operate(&e, node);
}
