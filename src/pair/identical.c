#include "pair/compare.h"

#include "base/text.h"
#include "sql/known.h"

// Walks the statements of several revisions or migrations as one list.
typedef struct cursor {
    tdm_side_statements side;
    size_t part;
    size_t at;
} cursor;

static const tdm_statement *next(cursor *in)
{
    while (in->part < in->side.count && in->at == in->side.items[in->part]->count) {
        in->part++;
        in->at = 0;
    }
    return in->part < in->side.count ? &in->side.items[in->part]->items[in->at++] : NULL;
}

// Equal bytes are equal statements even where nobody can parse them; an opaque statement without
// text equals nothing.
static tdm_status same(const tdm_statement *a, const tdm_statement *b, bool *ret, tdm_error *err)
{
    tdm_sameness sameness;
    *ret = a->sql.size > 0 && tdm_text_equal(a->sql, b->sql);
    if (*ret || a->opaque || b->opaque)
        return TDM_OK;
    if (tdm_sql_statements_same(a, b, &sameness, err) != TDM_OK)
        return TDM_FAILED;
    *ret = sameness == TDM_SAME_YES;
    return TDM_OK;
}

// --- What says when, and not what ---------------------------------------------------------------

typedef enum passing {
    COUNTS,
    BEGINS, // BEGIN
    ENDS,   // COMMIT
    RESETS, // puts a setting back
} passing;

static passing passing_of_tree(const tdm_sql_tree *tree)
{
    const PgQuery__Node *node = tree->node;
    if (node->node_case == PG_QUERY__NODE__NODE_VARIABLE_SET_STMT)
        return node->variable_set_stmt->kind == PG_QUERY__VARIABLE_SET_KIND__VAR_RESET ? RESETS
                                                                                       : COUNTS;
    if (node->node_case != PG_QUERY__NODE__NODE_TRANSACTION_STMT ||
        node->transaction_stmt->n_options || node->transaction_stmt->chain)
        return COUNTS;
    switch (node->transaction_stmt->kind) {
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_BEGIN:
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_START:
        return BEGINS;
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_COMMIT:
        return ENDS;
    default:
        return COUNTS;
    }
}

// Only short statements that begin so are parsed.
static passing passing_of(const tdm_statement *statement)
{
    static const char *const words[] = {"begin", "start", "commit", "end", "reset"};
    enum { LONGEST = 100 };
    tdm_error ignored = TDM_ERROR_INIT;
    tdm_sql_tree *tree = NULL;
    passing found = COUNTS;
    bool may = false;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        tdm_text word = tdm_text_of(words[i]);
        may = may || tdm_text_equal_nocase(tdm_text_slice(statement->sql, 0, word.size), word);
    }
    if (!may || statement->opaque || statement->sql.size > LONGEST ||
        tdm_sql_parse(statement, &tree, &ignored) != TDM_OK)
        return COUNTS;
    found = passing_of_tree(tree);
    tdm_sql_tree_free(tree);
    return found;
}

// The next statement that counts. BEGIN and COMMIT in turn are passed over: a migration runs in one
// transaction with or without them, and no part of it is taken back. Anything else counts.
static const tdm_statement *next_counting(cursor *in, bool *begun)
{
    for (;;) {
        const tdm_statement *statement = next(in);
        passing found = statement ? passing_of(statement) : COUNTS;
        if (found == (*begun ? ENDS : BEGINS))
            *begun = !*begun;
        else
            return statement;
    }
}

// Settings end with their file in Supabase and go on in Alembic: what only puts them back at the
// end of a revision makes the two the same.
static bool only_resets(cursor *in, const tdm_statement *statement)
{
    for (; statement; statement = next(in))
        if (passing_of(statement) != RESETS)
            return false;
    return true;
}

tdm_status tdm_sides_identical(tdm_side_statements alembic, tdm_side_statements supabase, bool *ret,
                               tdm_error *err)
{
    cursor left = {.side = alembic};
    cursor right = {.side = supabase};
    bool left_begun = false;
    bool right_begun = false;
    *ret = true;
    while (*ret) {
        const tdm_statement *a = next_counting(&left, &left_begun);
        const tdm_statement *b = next_counting(&right, &right_begun);
        if (!b)
            *ret = only_resets(&left, a) && !left_begun && !right_begun;
        if (!a)
            *ret = *ret && !b;
        if (!a || !b)
            return TDM_OK;
        if (same(a, b, ret, err) != TDM_OK)
            return TDM_FAILED;
    }
    return TDM_OK;
}
