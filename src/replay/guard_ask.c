// Conditions and values of a block, asked of the schema that they would see.
#include "replay/guard_parts.h"

#include "base/text.h"
#include "replay/call.h"
#include "replay/expression.h"
#include "replay/query.h"
#include "replay/replay.h"

// --- The catalog so far -------------------------------------------------------------------------

const tdm_catalog *tdm_guard_current(tdm_decider *d, tdm_world *w)
{
    tdm_effect effect;

    if (w->replayed == d->found.count)
        return w->copy ? w->copy : w->catalog;
    if (!w->copy && tdm_catalog_clone(w->catalog, d->arena, &w->copy, d->err) != TDM_OK) {
        tdm_guard_fail(d);
        return w->catalog;
    }
    tdm_catalog_accompany(w->copy, NULL);
    tdm_effect_init(&effect, d->arena);
    for (; w->replayed < d->found.count; w->replayed++)
        if (tdm_catalog_apply(w->copy, &d->found.items[w->replayed], NULL, &effect, d->err) !=
            TDM_OK) {
            tdm_guard_fail(d);
            break;
        }
    return w->copy;
}

void tdm_guard_forget(tdm_decider *d)
{
    for (size_t i = 0; i < d->world_count; i++) {
        d->worlds[i].copy = NULL;
        d->worlds[i].replayed = 0;
    }
}

// --- Expressions --------------------------------------------------------------------------------

static const PgQuery__Node *expression_of(const tdm_sql_tree *tree)
{
    const PgQuery__Node *node = tree->node;

    if (node->node_case != PG_QUERY__NODE__NODE_SELECT_STMT ||
        node->select_stmt->n_target_list != 1 || node->select_stmt->n_from_clause ||
        node->select_stmt->where_clause ||
        node->select_stmt->target_list[0]->node_case != PG_QUERY__NODE__NODE_RES_TARGET)
        return NULL;
    return node->select_stmt->target_list[0]->res_target->val;
}

// What an expression calls runs, whatever comes of it.
static void check_calls(tdm_decider *d, const tdm_sql_tree *tree, size_t start, size_t end)
{
    const char *name = tdm_call_unknown(d->catalog, &tree->node->base, d->limits);

    if (name)
        tdm_guard_not_known(d, start, end,
                            tdm_arena_printf(d->arena, "function %s may define anything", name));
    else if (tdm_call_sets(&tree->node->base))
        tdm_guard_not_known(d, start, end, TDM_TEXT("it changes a setting"));
    d->rows = d->rows || tdm_call_any(&tree->node->base);
}

static bool has_bracket(tdm_text text)
{
    return tdm_text_find_char(text, '(') != SIZE_MAX;
}

void tdm_guard_check(tdm_decider *d, size_t start, size_t end)
{
    tdm_text text = tdm_text_slice(d->body, start, end);
    tdm_sql_tree *tree = NULL;

    if (!has_bracket(text))
        return;
    tdm_text query = tdm_arena_printf(d->arena, "SELECT %.*s", TDM_TEXT_ARG(text));
    if (tdm_sql_parse_text(text, &tree, NULL) != TDM_OK &&
        tdm_sql_parse_text(query, &tree, NULL) != TDM_OK)
        tdm_guard_not_known(d, start, end, TDM_TEXT("an expression of the block cannot be read"));
    else
        check_calls(d, tree, start, end);
    tdm_sql_tree_free(tree);
}

// The tree of a SELECT with the expression alone, variables bound. NULL: it cannot be read.
static tdm_sql_tree *parse(tdm_decider *d, size_t start, size_t end)
{
    tdm_text expression = tdm_text_slice(d->body, start, end);
    tdm_sql_tree *tree = NULL;

    if (tdm_sql_parse_text(tdm_arena_printf(d->arena, "SELECT %.*s", TDM_TEXT_ARG(expression)),
                           &tree, NULL) != TDM_OK) {
        if (has_bracket(expression))
            tdm_guard_not_known(d, start, end,
                                TDM_TEXT("an expression of the block cannot be read"));
        return NULL;
    }
    check_calls(d, tree, start, end);
    (void)tdm_scope_bind(&d->scope, d->arena, &tree->node->base);
    return tree;
}

// The answer that all worlds give; unknown when they differ.
static tdm_reply ask(tdm_decider *d, const PgQuery__Node *condition)
{
    tdm_reply first = {.truth = TDM_TRUTH_UNKNOWN};

    for (size_t i = 0; i < d->world_count && d->status == TDM_OK; i++) {
        tdm_reply reply =
            tdm_question_answer(tdm_guard_current(d, &d->worlds[i]), d->arena, condition);
        if (i == 0)
            first = reply;
        else if (reply.truth == TDM_TRUTH_UNKNOWN)
            return reply;
        else if (reply.truth != first.truth)
            return (tdm_reply){.truth = TDM_TRUTH_UNKNOWN,
                               .why = TDM_TEXT("the answer is another one when the statements of "
                                               "both sides have run")};
        if (first.truth == TDM_TRUTH_UNKNOWN)
            break;
    }
    return first;
}

tdm_truth tdm_guard_truth(tdm_decider *d, size_t start, size_t end, tdm_text *ret_why)
{
    tdm_sql_tree *tree = parse(d, start, end);
    tdm_reply reply = {.why = TDM_TEXT("the condition cannot be read"), .truth = TDM_TRUTH_UNKNOWN};
    const PgQuery__Node *expression = tree ? expression_of(tree) : NULL;

    if (expression)
        reply = ask(d, expression);
    *ret_why = tdm_arena_text(d->arena, reply.why);
    if (d->guard->asked.size == 0)
        d->guard->asked = tdm_arena_text(d->arena, reply.asked);
    tdm_sql_tree_free(tree);
    return reply.truth;
}

// --- Values -------------------------------------------------------------------------------------

static bool is_same(const tdm_cell *left, const tdm_cell *right)
{
    bool same = left->kind == right->kind && left->number == right->number &&
                left->count == right->count && tdm_text_equal(left->text, right->text);

    for (size_t i = 0; same && i < left->count; i++)
        same = is_same(&left->cells[i], &right->cells[i]);
    return same;
}

tdm_cell tdm_guard_value(tdm_decider *d, size_t start, size_t end)
{
    tdm_sql_tree *tree = start < end ? parse(d, start, end) : NULL;
    const PgQuery__Node *expression = tree ? expression_of(tree) : NULL;
    tdm_cell first = {.kind = TDM_CELL_UNKNOWN};

    for (size_t i = 0; expression && i < d->world_count && d->status == TDM_OK; i++) {
        tdm_cell cell =
            tdm_expression_value(tdm_guard_current(d, &d->worlds[i]), d->arena, expression);
        if (i > 0 && !is_same(&cell, &first))
            cell = (tdm_cell){.kind = TDM_CELL_UNKNOWN};
        first = cell;
    }
    tdm_sql_tree_free(tree);
    return first;
}

// --- Rows ---------------------------------------------------------------------------------------

// SELECT of expressions alone: one row.
static bool is_row(const PgQuery__Node *query)
{
    const PgQuery__SelectStmt *select = query->select_stmt;
    bool row = select->n_from_clause == 0 && !select->where_clause && !select->with_clause &&
               select->n_values_lists == 0 && select->op == PG_QUERY__SET_OPERATION__SETOP_NONE;

    for (size_t i = 0; i < select->n_target_list; i++)
        row = row && select->target_list[i]->node_case == PG_QUERY__NODE__NODE_RES_TARGET;
    return row;
}

static tdm_query_rows row_in(tdm_decider *d, const tdm_catalog *catalog, const PgQuery__Node *query)
{
    const PgQuery__SelectStmt *select = query->select_stmt;
    tdm_query_rows rows = {.known = TDM_KNOWN_YES, .single = true};

    rows.cells = tdm_arena_array(d->arena, select->n_target_list + 1, sizeof *rows.cells);
    for (size_t i = 0; rows.cells && i < select->n_target_list; i++) {
        rows.cells[i] =
            tdm_expression_value(catalog, d->arena, select->target_list[i]->res_target->val);
        rows.count = i + 1;
    }
    return rows;
}

// The first row of a query on the schema. Of worlds that differ nothing is known.
static tdm_query_rows rows_of(tdm_decider *d, const PgQuery__Node *query)
{
    tdm_query_rows first = {.known = TDM_KNOWN_UNKNOWN};

    for (size_t i = 0; i < d->world_count && d->status == TDM_OK; i++) {
        const tdm_catalog *catalog = tdm_guard_current(d, &d->worlds[i]);
        tdm_query_rows rows;
        if (is_row(query))
            rows = row_in(d, catalog, query);
        else if (tdm_query_answer_node(catalog, d->arena, query, &rows, d->err) != TDM_OK)
            tdm_guard_fail(d);
        bool same = i == 0 || (rows.known == first.known && rows.count == first.count);
        for (size_t j = 0; same && i > 0 && j < rows.count; j++)
            same = is_same(&rows.cells[j], &first.cells[j]);
        if (!same)
            rows = (tdm_query_rows){.known = TDM_KNOWN_UNKNOWN};
        first = rows;
    }
    return first;
}

// Several rows may come, and another one than the first be taken: what is the same in all of them
// is known alone, which the cells of a query are (query.h).
void tdm_guard_assign(tdm_decider *d, const tdm_block_name *targets, const PgQuery__Node *query)
{
    tdm_query_rows rows = {.known = TDM_KNOWN_UNKNOWN};
    size_t index = 0;

    if (query && query->node_case == PG_QUERY__NODE__NODE_SELECT_STMT)
        rows = rows_of(d, query);
    for (const tdm_block_name *name = targets; name; name = name->next, index++) {
        tdm_scope_variable *variable = tdm_scope_find(&d->scope, name->name);
        tdm_cell cell = {.kind = TDM_CELL_UNKNOWN};
        if (rows.known == TDM_KNOWN_NO_OBJECT)
            cell.kind = TDM_CELL_NULL;
        else if (rows.known == TDM_KNOWN_YES && index < rows.count)
            cell = rows.cells[index];
        if (name->part)
            cell = (tdm_cell){.kind = TDM_CELL_UNKNOWN};
        if (variable)
            tdm_scope_set(variable, d->arena, cell);
    }
    tdm_scope_variable *found = tdm_scope_find(&d->scope, TDM_TEXT("found"));
    if (found)
        found->cell =
            rows.known == TDM_KNOWN_UNKNOWN
                ? (tdm_cell){.kind = TDM_CELL_UNKNOWN}
                : (tdm_cell){.kind = TDM_CELL_BOOL, .number = rows.known == TDM_KNOWN_YES};
}
