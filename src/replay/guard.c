#include "replay/guard.h"

#include "base/error.h"
#include "base/text.h"
#include "base/vector.h"
#include "catalog/state.h"
#include "replay/block.h"
#include "replay/question.h"
#include "replay/replay.h"
#include "sql/classify.h"
#include "sql/lexer.h"

#include <string.h>

// The catalog that conditions are asked of. Statements of the block itself are replayed on a copy,
// made when the first condition after them comes.
typedef struct world {
    const tdm_catalog *catalog;
    tdm_catalog *copy;
    size_t replayed; // of the statements so far
} world;

typedef struct decider {
    tdm_arena *arena;
    const tdm_statement *statement;
    const tdm_sql_tree *tree;
    tdm_text body;   // of the block
    size_t offset;   // of the body in the statement; SIZE_MAX when it is no part of it
    world worlds[2]; // the own side, and both sides together
    size_t world_count;
    TDM_VECTOR(tdm_statement) found;
    bool returned;
    tdm_guard *guard;
    tdm_error *err;
    tdm_status status;
} decider;

// --- The body -----------------------------------------------------------------------------------

static const PgQuery__DefElem *argument(const PgQuery__DoStmt *statement, const char *name)
{
    for (size_t i = 0; i < statement->n_args; i++)
        if (statement->args[i]->node_case == PG_QUERY__NODE__NODE_DEF_ELEM &&
            strcmp(statement->args[i]->def_elem->defname, name) == 0)
            return statement->args[i]->def_elem;
    return NULL;
}

static const char *string_argument(const PgQuery__DoStmt *statement, const char *name)
{
    const PgQuery__DefElem *elem = argument(statement, name);

    if (!elem || !elem->arg || elem->arg->node_case != PG_QUERY__NODE__NODE_STRING)
        return NULL;
    return elem->arg->string->sval;
}

// Where a decoded text stands in the statement word for word, so that offsets in it have places.
static size_t find_constant(tdm_text sql, tdm_text decoded)
{
    tdm_sql_lexer lexer = {.source = sql};

    for (;;) {
        tdm_sql_token token = tdm_sql_next(&lexer);
        if (token.kind == TDM_SQL_TOKEN_END)
            return SIZE_MAX;
        if (token.kind != TDM_SQL_TOKEN_STRING)
            continue;
        tdm_text text = tdm_sql_token_text(&lexer, &token);
        size_t at = tdm_text_find(text, decoded);
        // The same length of quotes on both sides: '...' or $tag$...$tag$.
        if (decoded.size && at != SIZE_MAX && text.size == decoded.size + 2 * at)
            return token.start + at;
    }
}

bool tdm_guard_body(const tdm_sql_tree *tree, tdm_text *ret)
{
    if (tree->node->node_case != PG_QUERY__NODE__NODE_DO_STMT)
        return false;
    const char *language = string_argument(tree->node->do_stmt, "language");
    const char *body = string_argument(tree->node->do_stmt, "as");
    if ((language && strcmp(language, "plpgsql") != 0) || !body)
        return false;
    *ret = tdm_text_of(body);
    return true;
}

static bool open_body(decider *d)
{
    tdm_text body;

    if (!tdm_guard_body(d->tree, &body))
        return false;
    d->body = tdm_arena_text(d->arena, body);
    d->offset = find_constant(d->tree->sql, d->body);
    return true;
}

// The place of a range of the body.
static tdm_place place_of(const decider *d, size_t start, size_t end)
{
    if (d->offset == SIZE_MAX || !d->statement->exact)
        return d->statement->place;
    tdm_place place = tdm_sql_tree_place(d->tree, (int32_t)(d->offset + start));
    tdm_place last = tdm_sql_tree_place(d->tree, (int32_t)(d->offset + end));
    place.end_line = last.line;
    place.end_column = last.column;
    return place;
}

// --- The outcome --------------------------------------------------------------------------------

static void fail(decider *d)
{
    d->status = TDM_FAILED;
}

static void not_known(decider *d, size_t start, size_t end, tdm_text why)
{
    if (d->guard->verdict == TDM_GUARD_UNKNOWN)
        return;
    d->guard->verdict = TDM_GUARD_UNKNOWN;
    d->guard->place = place_of(d, start, end);
    d->guard->reason = tdm_arena_text(d->arena, why);
}

static bool is_done(const decider *d)
{
    return d->status != TDM_OK || d->returned || d->guard->verdict == TDM_GUARD_UNKNOWN;
}

// A block inside a block would make the depth of this recursion the input's choice.
static bool is_block(tdm_text sql)
{
    tdm_sql_lexer lexer = {.source = sql};
    tdm_sql_token first = tdm_sql_next(&lexer);

    return tdm_sql_token_is(&lexer, &first, "DO");
}

static void emit(decider *d, tdm_text sql, size_t start, size_t end)
{
    if (is_block(sql)) {
        not_known(d, start, end, TDM_TEXT("a block stands inside the block"));
        return;
    }
    tdm_statement statement = {
        .sql = sql,
        .place = place_of(d, start, end),
        .source = d->statement->source,
        .outside = d->statement->outside,
        .exact = d->offset != SIZE_MAX && d->statement->exact,
    };

    if (!tdm_vector_push(d->arena, &d->found, statement))
        fail(d);
}

static void emit_sql(decider *d, const tdm_block_item *item)
{
    emit(d, tdm_text_slice(d->body, item->start, item->end), item->start, item->end);
}

// PERFORM f(x) is SELECT f(x) (manual 43.5.2).
static void emit_perform(decider *d, const tdm_block_item *item)
{
    tdm_text rest = tdm_text_slice(d->body, item->start, item->end);

    emit(d, tdm_arena_printf(d->arena, "SELECT %.*s", TDM_TEXT_ARG(rest)), item->start, item->end);
    if (!is_done(d))
        tdm_vector_last(&d->found).exact = false;
}

// EXECUTE of one constant. Decoded by the server's own parser.
static void emit_execute(decider *d, const tdm_block_item *item)
{
    tdm_text constant = tdm_text_slice(d->body, item->start, item->end);
    tdm_text query = tdm_arena_printf(d->arena, "SELECT %.*s", TDM_TEXT_ARG(constant));
    tdm_sql_tree *tree = NULL;
    tdm_statements inner = {0};

    if (tdm_sql_parse_text(query, &tree, NULL) != TDM_OK) {
        not_known(d, item->start, item->end, TDM_TEXT("its text cannot be read"));
        return;
    }
    const PgQuery__Node *target = tree->node->select_stmt->target_list[0]->res_target->val;
    bool plain = target->node_case == PG_QUERY__NODE__NODE_A_CONST &&
                 target->a_const->val_case == PG_QUERY__A__CONST__VAL_SVAL;
    tdm_text sql = {NULL, 0};
    if (plain)
        sql = tdm_arena_text(d->arena, tdm_text_of(target->a_const->sval->sval));
    tdm_sql_tree_free(tree);
    if (!plain) {
        not_known(d, item->start, item->end, TDM_TEXT("it executes more than plain statements"));
        return;
    }
    if (tdm_sql_split_at(d->arena, place_of(d, item->start, item->end), sql, &inner, d->err) !=
        TDM_OK)
        fail(d);
    for (size_t i = 0; i < inner.count && d->status == TDM_OK; i++) {
        if (is_block(inner.items[i].sql)) {
            not_known(d, item->start, item->end, TDM_TEXT("a block stands inside the block"));
            return;
        }
        inner.items[i].source = d->statement->source;
        inner.items[i].outside = d->statement->outside;
        if (!tdm_vector_push(d->arena, &d->found, inner.items[i]))
            fail(d);
    }
}

// --- Conditions ---------------------------------------------------------------------------------

static const tdm_catalog *current(decider *d, world *w)
{
    tdm_effect effect;

    if (w->replayed == d->found.count)
        return w->copy ? w->copy : w->catalog;
    if (!w->copy && tdm_catalog_clone(w->catalog, d->arena, &w->copy, d->err) != TDM_OK) {
        fail(d);
        return w->catalog;
    }
    tdm_catalog_accompany(w->copy, NULL);
    tdm_effect_init(&effect, d->arena);
    for (; w->replayed < d->found.count; w->replayed++)
        if (tdm_catalog_apply(w->copy, &d->found.items[w->replayed], NULL, &effect, d->err) !=
            TDM_OK) {
            fail(d);
            break;
        }
    return w->copy;
}

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

// The answer that all worlds give; unknown when they differ.
static tdm_reply ask(decider *d, const PgQuery__Node *condition)
{
    tdm_reply first = {.truth = TDM_TRUTH_UNKNOWN};

    for (size_t i = 0; i < d->world_count && d->status == TDM_OK; i++) {
        tdm_reply reply = tdm_question_answer(current(d, &d->worlds[i]), d->arena, condition);
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

static tdm_truth decide(decider *d, size_t start, size_t end)
{
    tdm_text condition = tdm_text_slice(d->body, start, end);
    tdm_text query = tdm_arena_printf(d->arena, "SELECT %.*s", TDM_TEXT_ARG(condition));
    tdm_sql_tree *tree = NULL;
    tdm_reply reply = {.why = TDM_TEXT("the condition cannot be read"), .truth = TDM_TRUTH_UNKNOWN};

    if (tdm_sql_parse_text(query, &tree, NULL) == TDM_OK) {
        const PgQuery__Node *expression = expression_of(tree);
        if (expression)
            reply = ask(d, expression);
        tdm_sql_tree_free(tree);
    }
    if (reply.truth == TDM_TRUTH_UNKNOWN && d->status == TDM_OK)
        not_known(d, start, end, reply.why);
    if (d->guard->asked.size == 0)
        d->guard->asked = tdm_arena_text(d->arena, reply.asked);
    return reply.truth;
}

// --- Walking the block --------------------------------------------------------------------------

static void run_list(decider *d, const tdm_block_list *list);

static void run_if(decider *d, const tdm_block_item *item)
{
    for (const tdm_block_branch *b = item->branches; b && !is_done(d); b = b->next) {
        tdm_truth truth = b->end ? decide(d, b->start, b->end) : TDM_TRUTH_YES;
        if (truth == TDM_TRUTH_YES)
            run_list(d, b->body);
        if (truth != TDM_TRUTH_NO)
            return;
    }
}

// --- Blocks that catch --------------------------------------------------------------------------

// Statements that fail on what exists already, or do what they say: CREATE of one object, and
// ALTER TABLE that adds columns and constraints.
static bool is_creation(decider *d, const tdm_statement *statement)
{
    tdm_sql_tree *tree = NULL;
    tdm_sql_class of = {.kind = TDM_SQL_UNKNOWN};
    bool creates = false;

    if (tdm_sql_parse(statement, &tree, NULL) != TDM_OK)
        return false;
    if (tdm_sql_classify(d->arena, tree, &of, d->err) != TDM_OK)
        fail(d);
    else
        creates = of.verb == TDM_SQL_CREATE && of.kind != TDM_SQL_ROLE &&
                  of.kind != TDM_SQL_DATABASE && of.kind != TDM_SQL_OTHER_DDL;
    if (of.kind == TDM_SQL_TABLE && of.verb == TDM_SQL_ALTER &&
        tree->node->node_case == PG_QUERY__NODE__NODE_ALTER_TABLE_STMT) {
        const PgQuery__AlterTableStmt *alter = tree->node->alter_table_stmt;
        creates = alter->n_cmds > 0;
        for (size_t i = 0; i < alter->n_cmds; i++) {
            PgQuery__AlterTableType type = alter->cmds[i]->alter_table_cmd->subtype;
            creates = creates && (type == PG_QUERY__ALTER_TABLE_TYPE__AT_AddColumn ||
                                  type == PG_QUERY__ALTER_TABLE_TYPE__AT_AddConstraint);
        }
    }
    tdm_sql_tree_free(tree);
    return creates;
}

// What the statements from `first` on end in: no error (NULL), a condition, or "" when it is not
// known. They run on a copy that does not take for new what may be there.
static const char *outcome_in(decider *d, world *w, size_t first)
{
    size_t count = d->found.count;
    tdm_arena *arena = tdm_arena_new(0);
    tdm_catalog *copy = NULL;
    tdm_effect effect;
    const char *outcome = NULL;

    d->found.count = first;
    const tdm_catalog *before = current(d, w);
    d->found.count = count;
    if (!arena || tdm_catalog_clone(before, arena, &copy, d->err) != TDM_OK) {
        tdm_arena_free(arena);
        fail(d);
        return "";
    }
    tdm_catalog_accompany(copy, NULL);
    copy->careful = true;
    tdm_effect_init(&effect, arena);
    for (size_t i = first; i < count && !outcome && d->status == TDM_OK; i++) {
        if (tdm_catalog_apply(copy, &d->found.items[i], NULL, &effect, d->err) != TDM_OK)
            fail(d);
        for (size_t j = 0; j < effect.count && !outcome; j++)
            if (effect.items[j].kind == TDM_CHANGE_OPAQUE)
                outcome = effect.items[j].refusal ? effect.items[j].refusal : "";
    }
    tdm_arena_free(arena);
    return outcome;
}

static bool catches(const decider *d, const tdm_block_branch *handler, const char *condition)
{
    tdm_sql_lexer lexer = {.source = tdm_text_slice(d->body, 0, handler->end),
                           .at = handler->start};

    for (;;) {
        tdm_sql_token token = tdm_sql_next(&lexer);
        if (token.kind == TDM_SQL_TOKEN_END)
            return false;
        if (tdm_text_equal_nocase(tdm_sql_token_text(&lexer, &token), tdm_text_of(condition)))
            return true;
    }
}

// With OTHERS whatever goes wrong is caught, also what is no matter of existence: all names must be
// duplicate_something.
static bool catches_more(const decider *d, const tdm_block_item *item)
{
    for (const tdm_block_branch *b = item->branches->next; b; b = b->next) {
        tdm_sql_lexer lexer = {.source = tdm_text_slice(d->body, 0, b->end), .at = b->start};
        tdm_sql_token token;
        do {
            token = tdm_sql_next(&lexer);
            tdm_text word = tdm_sql_token_text(&lexer, &token);
            bool duplicate = word.size > 10 && tdm_text_equal_nocase(tdm_text_slice(word, 0, 10),
                                                                     TDM_TEXT("duplicate_"));
            if (token.kind != TDM_SQL_TOKEN_END && !duplicate &&
                !tdm_sql_token_is(&lexer, &token, "OR"))
                return true;
        } while (token.kind != TDM_SQL_TOKEN_END);
    }
    return false;
}

// The outcome that all worlds give; "" when it is not known.
static const char *outcome_of(decider *d, size_t first)
{
    const char *outcome = NULL;

    for (size_t i = first; i < d->found.count; i++)
        if (!is_creation(d, &d->found.items[i]))
            return "";
    for (size_t i = 0; i < d->world_count && d->status == TDM_OK; i++) {
        const char *here = outcome_in(d, &d->worlds[i], first);
        if (i > 0 && (!here != !outcome || (here && strcmp(here, outcome) != 0)))
            return "";
        outcome = here;
    }
    return outcome;
}

// What a caught error undoes is all that its block did (manual 43.6.8).
static void run_try(decider *d, const tdm_block_item *item)
{
    size_t first = d->found.count;

    if (catches_more(d, item)) {
        not_known(d, item->start, item->end,
                  TDM_TEXT("the block catches more than what exists already"));
        return;
    }
    run_list(d, item->branches->body);
    if (is_done(d) && !d->returned)
        return;
    const char *outcome = outcome_of(d, first);
    if (d->status != TDM_OK || !outcome)
        return;
    if (!*outcome) {
        not_known(d, item->start, item->end,
                  TDM_TEXT("whether the block that catches exceptions fails cannot be known"));
        return;
    }
    d->found.count = first;
    d->returned = false;
    for (size_t i = 0; i < d->world_count; i++) {
        // The copies may have run what is undone.
        d->worlds[i].copy = NULL;
        d->worlds[i].replayed = 0;
    }
    for (const tdm_block_branch *b = item->branches->next; b; b = b->next)
        if (catches(d, b, outcome)) {
            run_list(d, b->body);
            return;
        }
    not_known(d, item->start, item->end,
              TDM_TEXT("the server refuses it, and nothing catches that"));
}

static void run_item(decider *d, const tdm_block_item *item)
{
    switch (item->kind) {
    case TDM_BLOCK_SQL:
        emit_sql(d, item);
        break;
    case TDM_BLOCK_PERFORM:
        emit_perform(d, item);
        break;
    case TDM_BLOCK_EXECUTE:
        emit_execute(d, item);
        break;
    case TDM_BLOCK_IF:
        run_if(d, item);
        break;
    case TDM_BLOCK_TRY:
        run_try(d, item);
        break;
    case TDM_BLOCK_NOTHING:
        break;
    case TDM_BLOCK_RETURN:
        d->returned = true;
        break;
    case TDM_BLOCK_UNKNOWN:
        not_known(
            d, item->start, item->end,
            tdm_arena_printf(d->arena, "what the block does cannot be known: %s", item->reason));
        break;
    }
}

static void run_list(decider *d, const tdm_block_list *list)
{
    for (const tdm_block_item *item = list->first; item && !is_done(d); item = item->next)
        run_item(d, item);
}

tdm_status tdm_guard_decide(const tdm_catalog *catalog, tdm_arena *arena,
                            const tdm_statement *statement, const tdm_sql_tree *tree,
                            tdm_guard *ret, tdm_error *err)
{
    decider d = {.arena = arena,
                 .statement = statement,
                 .tree = tree,
                 .worlds = {{.catalog = catalog}, {.catalog = catalog->companion}},
                 .world_count = catalog->companion ? 2 : 1,
                 .guard = ret,
                 .err = err};

    *ret = (tdm_guard){.verdict = TDM_GUARD_NONE};
    if (!open_body(&d))
        return TDM_OK;
    const tdm_block_list *list = tdm_block_read(arena, d.body);
    if (!list)
        return tdm_fail_memory(err);
    ret->verdict = TDM_GUARD_DECIDED;
    run_list(&d, list);
    if (d.status != TDM_OK)
        return d.status;
    if (!tdm_arena_ok(arena))
        return tdm_fail_memory(err);
    if (ret->verdict == TDM_GUARD_DECIDED)
        ret->statements = (tdm_statements){.items = d.found.items, .count = d.found.count};
    return TDM_OK;
}
