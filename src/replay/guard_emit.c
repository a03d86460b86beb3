// Statements of a block: which run as they are, and which change rows alone.
#include "replay/guard_parts.h"

#include "base/text.h"
#include "replay/call.h"
#include "sql/classify.h"
#include "sql/lexer.h"

// A block inside a block would make the depth of this recursion the input's choice.
static bool is_block(tdm_text sql)
{
    tdm_sql_lexer lexer = {.source = sql};
    tdm_sql_token first = tdm_sql_next(&lexer);

    return tdm_sql_token_is(&lexer, &first, "DO");
}

static void put(tdm_decider *d, const tdm_statement *statement)
{
    if (!tdm_vector_push(d->arena, &d->found, *statement))
        tdm_guard_fail(d);
}

// What variables are put into; all other statements know no variables (manual 43.5.2).
static bool is_query(const PgQuery__Node *node)
{
    return node->node_case == PG_QUERY__NODE__NODE_SELECT_STMT ||
           node->node_case == PG_QUERY__NODE__NODE_INSERT_STMT ||
           node->node_case == PG_QUERY__NODE__NODE_UPDATE_STMT ||
           node->node_case == PG_QUERY__NODE__NODE_DELETE_STMT ||
           node->node_case == PG_QUERY__NODE__NODE_MERGE_STMT;
}

// Whether a statement may stand where it is not known if it runs. SELECT changes nothing, or what
// the functions do that it calls.
static bool changes_rows_alone(tdm_decider *d, const tdm_sql_tree *tree)
{
    tdm_sql_class of = {.kind = TDM_SQL_UNKNOWN};

    if (tdm_sql_classify(d->arena, tree, &of, NULL) != TDM_OK)
        return false;
    bool plain = of.kind == TDM_SQL_LOCK || of.kind == TDM_SQL_COPY || of.kind == TDM_SQL_TRUNCATE;
    if (is_query(tree->node))
        return !tdm_call_unknown(d->catalog, &tree->node->base, d->limits) &&
               !tdm_call_sets(&tree->node->base);
    return plain;
}

// In doubt, or with a value that is not in the text of the statement.
static void take_rows(tdm_decider *d, const tdm_sql_tree *tree, size_t start, size_t end)
{
    if (!changes_rows_alone(d, tree))
        tdm_guard_not_known(d, start, end,
                            d->doubt
                                ? TDM_TEXT("whether a statement of the block runs cannot be known")
                                : TDM_TEXT("what the block does cannot be known: it calls a "
                                           "function with a variable"));
    d->rows = d->rows || tree->node->node_case != PG_QUERY__NODE__NODE_SELECT_STMT ||
              tdm_call_any(&tree->node->base);
}

// A query whose result goes into variables. What it calls runs all the same.
static void take_result(tdm_decider *d, const tdm_block_item *item, const tdm_sql_tree *tree)
{
    take_rows(d, tree, item->start, item->end);
    if (!tdm_guard_done(d))
        tdm_guard_assign(d, item->targets, tree->node);
}

static void forget_found(tdm_decider *d)
{
    tdm_guard_assign(d, NULL, NULL);
}

void tdm_guard_sql(tdm_decider *d, const tdm_block_item *item)
{
    tdm_text text = tdm_block_text(d->arena, d->body, item);
    tdm_sql_tree *tree = NULL;
    bool perform = item->kind == TDM_BLOCK_PERFORM;

    // PERFORM f(x) is SELECT f(x) (manual 43.5.2).
    if (perform)
        text = tdm_arena_printf(d->arena, "SELECT %.*s", TDM_TEXT_ARG(text));
    if (is_block(text)) {
        tdm_guard_not_known(d, item->start, item->end, TDM_TEXT("a block stands inside the block"));
        return;
    }
    tdm_statement statement = {
        .sql = text,
        .place = tdm_guard_place(d, item->start, item->end),
        .source = d->statement->source,
        .outside = d->statement->outside,
        .exact = d->offset != SIZE_MAX && d->statement->exact && !perform && !item->cut_end,
    };
    bool read = tdm_sql_parse_text(text, &tree, NULL) == TDM_OK;
    bool bound =
        read && is_query(tree->node) && tdm_scope_bind(&d->scope, d->arena, &tree->node->base);

    if (!read && (d->doubt || item->targets))
        tdm_guard_not_known(d, item->start, item->end, TDM_TEXT("its text cannot be read"));
    else if (item->targets)
        take_result(d, item, tree);
    else if (d->doubt || bound)
        take_rows(d, tree, item->start, item->end);
    else
        put(d, &statement);
    if (!item->targets && !tdm_guard_done(d))
        forget_found(d);
    tdm_sql_tree_free(tree);
}

// --- EXECUTE ------------------------------------------------------------------------------------

static void execute_one(tdm_decider *d, const tdm_block_item *item, tdm_statement *statement)
{
    tdm_sql_tree *tree = NULL;

    if (is_block(statement->sql)) {
        tdm_guard_not_known(d, item->start, item->end, TDM_TEXT("a block stands inside the block"));
        return;
    }
    statement->source = d->statement->source;
    statement->outside = d->statement->outside;
    if (!d->doubt && !item->targets) {
        put(d, statement);
        return;
    }
    if (tdm_sql_parse_text(statement->sql, &tree, NULL) != TDM_OK)
        tdm_guard_not_known(d, item->start, item->end, TDM_TEXT("its text cannot be read"));
    else
        take_rows(d, tree, item->start, item->end);
    if (item->targets && !tdm_guard_done(d))
        tdm_guard_assign(d, item->targets, tree->node);
    tdm_sql_tree_free(tree);
}

// The text is one or more statements.
void tdm_guard_execute(tdm_decider *d, const tdm_block_item *item)
{
    tdm_block_item expression = *item;
    tdm_statements inner = {0};

    if (item->cut_end) // EXECUTE text INTO targets
        expression.end = item->cut_start;
    tdm_cell text = tdm_guard_value(d, expression.start, expression.end);
    if (text.kind != TDM_CELL_TEXT) {
        tdm_guard_not_known(d, item->start, item->end,
                            TDM_TEXT("what the block does cannot be known: it executes text that "
                                     "is put together"));
        return;
    }
    if (tdm_sql_split_at(d->arena, tdm_guard_place(d, item->start, item->end), text.text, &inner,
                         d->err) != TDM_OK)
        tdm_guard_fail(d);
    for (size_t i = 0; i < inner.count && !tdm_guard_done(d); i++)
        execute_one(d, item, &inner.items[i]);
}
