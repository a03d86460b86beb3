#include "replay/guard.h"

#include "base/error.h"
#include "base/text.h"
#include "replay/call.h"
#include "replay/guard_parts.h"
#include "sql/lexer.h"
#include "sql/quote.h"

#include <string.h>

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

static bool open_body(tdm_decider *d)
{
    tdm_text body;

    if (!tdm_guard_body(d->tree, &body))
        return false;
    d->body = tdm_arena_text(d->arena, body);
    d->offset = find_constant(d->tree->sql, d->body);
    return true;
}

// --- The outcome --------------------------------------------------------------------------------

tdm_place tdm_guard_place(const tdm_decider *d, size_t start, size_t end)
{
    if (d->offset == SIZE_MAX || !d->statement->exact)
        return d->statement->place;
    tdm_place place = tdm_sql_tree_place(d->tree, (int32_t)(d->offset + start));
    tdm_place last = tdm_sql_tree_place(d->tree, (int32_t)(d->offset + end));
    place.end_line = last.line;
    place.end_column = last.column;
    return place;
}

void tdm_guard_fail(tdm_decider *d)
{
    d->status = TDM_FAILED;
}

void tdm_guard_not_known(tdm_decider *d, size_t start, size_t end, tdm_text why)
{
    if (d->guard->verdict == TDM_GUARD_UNKNOWN)
        return;
    d->guard->verdict = TDM_GUARD_UNKNOWN;
    d->guard->place = tdm_guard_place(d, start, end);
    d->guard->reason = tdm_arena_text(d->arena, why);
}

bool tdm_guard_done(const tdm_decider *d)
{
    return d->status != TDM_OK || d->jump != TDM_JUMP_NONE ||
           d->guard->verdict == TDM_GUARD_UNKNOWN;
}

// What the block does with rows, as one data statement: its own words, without comments.
static void emit_rows(tdm_decider *d)
{
    tdm_text words = tdm_sql_literal(d->arena, tdm_block_normal(d->arena, d->body));
    tdm_statement statement = {
        .sql = tdm_arena_printf(d->arena, "SELECT %.*s", TDM_TEXT_ARG(words)),
        .place = d->statement->place,
        .source = d->statement->source,
        .outside = d->statement->outside,
    };

    if (!tdm_vector_push(d->arena, &d->found, statement))
        tdm_guard_fail(d);
}

// Walks the body, and puts down what is found.
static tdm_status run(tdm_decider *d)
{
    static const char *const given[] = {"found", "sqlstate", "sqlerrm"};
    const tdm_block_list *list = tdm_block_read(d->arena, d->body);

    if (!list)
        return tdm_fail_memory(d->err);
    for (size_t i = 0; i < sizeof given / sizeof *given; i++)
        if (!tdm_scope_add(&d->scope, d->arena, tdm_text_of(given[i]), TDM_TEXT("boolean")))
            return tdm_fail_memory(d->err);
    d->guard->verdict = TDM_GUARD_DECIDED;
    tdm_guard_list(d, list);
    if (d->rows && d->status == TDM_OK && d->guard->verdict == TDM_GUARD_DECIDED && d->world_count)
        emit_rows(d);
    if (d->status != TDM_OK)
        return d->status;
    if (!tdm_arena_ok(d->arena))
        return tdm_fail_memory(d->err);
    if (d->guard->verdict == TDM_GUARD_DECIDED)
        d->guard->statements = (tdm_statements){.items = d->found.items, .count = d->found.count};
    return TDM_OK;
}

static tdm_decider decider_of(const tdm_catalog *catalog, tdm_arena *arena,
                              const tdm_statement *statement, tdm_guard *guard, tdm_error *err)
{
    *guard = (tdm_guard){.verdict = TDM_GUARD_NONE};
    return (tdm_decider){.arena = arena,
                         .statement = statement,
                         .offset = SIZE_MAX,
                         .catalog = catalog,
                         .worlds = {{.catalog = catalog}, {.catalog = catalog->companion}},
                         .world_count = catalog->companion ? 2 : 1,
                         .guard = guard,
                         .err = err};
}

tdm_status tdm_guard_decide(const tdm_catalog *catalog, tdm_arena *arena,
                            const tdm_statement *statement, const tdm_sql_tree *tree,
                            tdm_guard *ret, tdm_error *err)
{
    tdm_decider d = decider_of(catalog, arena, statement, ret, err);

    tdm_call_limits limits = TDM_CALL_LIMITS;

    d.tree = tree;
    d.limits = &limits;
    if (!open_body(&d))
        return TDM_OK;
    return run(&d);
}

tdm_status tdm_guard_call(const tdm_catalog *catalog, tdm_arena *arena,
                          const tdm_statement *statement, const tdm_guard_function *function,
                          tdm_guard *ret, tdm_error *err)
{
    tdm_decider d = decider_of(catalog, arena, statement, ret, err);

    tdm_call_limits limits = TDM_CALL_LIMITS;

    d.body = tdm_arena_text(arena, function->body);
    d.limits = &limits;
    for (size_t i = 0; i < function->count; i++) {
        if (!tdm_scope_add(&d.scope, arena, function->names[i], function->types[i]))
            return tdm_fail_memory(err);
        tdm_scope_set(&tdm_vector_last(&d.scope.variables), arena, function->values[i]);
    }
    return run(&d);
}

bool tdm_guard_is_inert(const tdm_catalog *catalog, tdm_arena *arena, tdm_text body,
                        tdm_call_limits *limits)
{
    tdm_statement nowhere = {.sql = body};
    tdm_guard guard;
    tdm_decider d = decider_of(catalog, arena, &nowhere, &guard, NULL);

    d.body = body;
    d.world_count = 0;
    d.doubt = d.left_in_doubt = true;
    d.limits = limits;
    return run(&d) == TDM_OK && guard.verdict == TDM_GUARD_DECIDED;
}
