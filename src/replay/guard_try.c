// Blocks that catch: BEGIN CREATE TYPE ...; EXCEPTION WHEN duplicate_object THEN NULL; END.
//
// What a caught error undoes is all that its block did (manual 43.6.8). The statements are run on a
// copy that does not take for new what may be there: either all of them work, or the first that is
// refused undoes all and the handler runs. That needs statements of which the model knows all that
// the handlers would catch.
#include "replay/guard_parts.h"

#include "base/text.h"
#include "replay/replay.h"
#include "sql/classify.h"
#include "sql/lexer.h"

#include <string.h>

// --- What is caught -----------------------------------------------------------------------------

static bool catches(const tdm_decider *d, const tdm_block_branch *handler, const char *condition)
{
    tdm_sql_lexer lexer = {.source = tdm_text_slice(d->body, 0, handler->end),
                           .at = handler->start};

    for (;;) {
        tdm_sql_token token = tdm_sql_next(&lexer);
        if (token.kind == TDM_SQL_TOKEN_END)
            return false;
        if (tdm_text_equal_nocase(tdm_sql_token_text(&lexer, &token), tdm_text_of(condition)) ||
            tdm_sql_token_is(&lexer, &token, "OTHERS"))
            return true;
    }
}

typedef enum net {
    NET_DUPLICATE, // what exists already
    NET_UNDEFINED, // and what does not exist
    NET_ALL,
} net;

static net net_of(const tdm_decider *d, const tdm_block_item *item)
{
    static const char *const words[] = {"undefined_object", "undefined_function",
                                        "undefined_table"};
    net caught = NET_DUPLICATE;

    for (const tdm_block_branch *b = item->branches->next; b; b = b->next) {
        tdm_sql_lexer lexer = {.source = tdm_text_slice(d->body, 0, b->end), .at = b->start};
        tdm_sql_token token;
        while ((token = tdm_sql_next(&lexer)).kind != TDM_SQL_TOKEN_END) {
            tdm_text word = tdm_sql_token_text(&lexer, &token);
            bool undefined = false;
            for (size_t i = 0; i < sizeof words / sizeof *words; i++)
                undefined = undefined || tdm_text_equal_nocase(word, tdm_text_of(words[i]));
            bool duplicate = word.size > 10 && tdm_text_equal_nocase(tdm_text_slice(word, 0, 10),
                                                                     TDM_TEXT("duplicate_"));
            if (undefined && caught == NET_DUPLICATE)
                caught = NET_UNDEFINED;
            else if (!undefined && !duplicate && !tdm_sql_token_is(&lexer, &token, "OR"))
                caught = NET_ALL;
        }
    }
    return caught;
}

// --- What the model knows enough of -------------------------------------------------------------

// ALTER TABLE that adds columns and constraints.
static bool is_addition(const PgQuery__AlterTableStmt *alter)
{
    bool adds = alter->n_cmds > 0;

    for (size_t i = 0; i < alter->n_cmds; i++) {
        PgQuery__AlterTableType type = alter->cmds[i]->alter_table_cmd->subtype;
        adds = adds && (type == PG_QUERY__ALTER_TABLE_TYPE__AT_AddColumn ||
                        type == PG_QUERY__ALTER_TABLE_TYPE__AT_AddConstraint);
    }
    return adds;
}

// Fails on what exists already, or does what it says.
static bool is_creation(const tdm_sql_tree *tree, const tdm_sql_class *of)
{
    if (of->kind == TDM_SQL_TABLE && of->verb == TDM_SQL_ALTER &&
        tree->node->node_case == PG_QUERY__NODE__NODE_ALTER_TABLE_STMT)
        return is_addition(tree->node->alter_table_stmt);
    return of->verb == TDM_SQL_CREATE && of->kind != TDM_SQL_ROLE && of->kind != TDM_SQL_DATABASE &&
           of->kind != TDM_SQL_OTHER_DDL;
}

// Tables that are known to be there are added to a publication.
static bool is_publishing(const tdm_decider *d, const PgQuery__AlterPublicationStmt *alter)
{
    bool known = alter->n_pubobjects > 0 && alter->n_options == 0 && !alter->for_all_tables &&
                 alter->action == PG_QUERY__ALTER_PUBLICATION_ACTION__AP_AddObjects;

    for (size_t i = 0; known && i < alter->n_pubobjects; i++) {
        const PgQuery__PublicationObjSpec *spec =
            alter->pubobjects[i]->node_case == PG_QUERY__NODE__NODE_PUBLICATION_OBJ_SPEC
                ? alter->pubobjects[i]->publication_obj_spec
                : NULL;
        const PgQuery__PublicationTable *table = spec ? spec->pubtable : NULL;
        known = table && table->relation && !table->where_clause && !table->n_columns &&
                tdm_catalog_find_range(d->worlds[0].copy ? d->worlds[0].copy : d->catalog,
                                       table->relation)
                        .known == TDM_KNOWN_YES;
    }
    return known;
}

// ALTER FUNCTION f(...) SET x = ...: of a setting that every server knows.
static bool is_setting(const PgQuery__AlterFunctionStmt *alter)
{
    for (size_t i = 0; i < alter->n_actions; i++) {
        const PgQuery__DefElem *action =
            alter->actions[i]->node_case == PG_QUERY__NODE__NODE_DEF_ELEM
                ? alter->actions[i]->def_elem
                : NULL;
        const PgQuery__Node *arg = action ? action->arg : NULL;
        if (!arg || arg->node_case != PG_QUERY__NODE__NODE_VARIABLE_SET_STMT ||
            strcmp(arg->variable_set_stmt->name, "search_path") != 0)
            return false;
    }
    return alter->n_actions > 0;
}

static bool is_certain(tdm_decider *d, const tdm_statement *statement, net caught)
{
    tdm_sql_tree *tree = NULL;
    tdm_sql_class of = {.kind = TDM_SQL_UNKNOWN};
    bool certain = false;

    if (tdm_sql_parse(statement, &tree, NULL) != TDM_OK)
        return false;
    if (tdm_sql_classify(d->arena, tree, &of, d->err) != TDM_OK)
        tdm_guard_fail(d);
    else if (tree->node->node_case == PG_QUERY__NODE__NODE_ALTER_PUBLICATION_STMT)
        certain = is_publishing(d, tree->node->alter_publication_stmt);
    else if (tree->node->node_case == PG_QUERY__NODE__NODE_ALTER_FUNCTION_STMT)
        certain = is_setting(tree->node->alter_function_stmt);
    else if (tree->node->node_case == PG_QUERY__NODE__NODE_CREATE_ENUM_STMT)
        certain = true;
    else
        certain = caught == NET_DUPLICATE && is_creation(tree, &of);
    tdm_sql_tree_free(tree);
    return certain;
}

// --- The outcome --------------------------------------------------------------------------------

// What the statements from `first` on end in: no error (NULL), a condition, or "" when it is not
// known.
static const char *outcome_in(tdm_decider *d, tdm_world *w, size_t first)
{
    size_t count = d->found.count;
    tdm_arena *arena = tdm_arena_new(0);
    tdm_catalog *copy = NULL;
    tdm_effect effect;
    const char *outcome = NULL;

    d->found.count = first;
    const tdm_catalog *before = tdm_guard_current(d, w);
    d->found.count = count;
    if (!arena || tdm_catalog_clone(before, arena, &copy, d->err) != TDM_OK) {
        tdm_arena_free(arena);
        tdm_guard_fail(d);
        return "";
    }
    tdm_catalog_accompany(copy, NULL);
    copy->careful = true;
    tdm_effect_init(&effect, arena);
    for (size_t i = first; i < count && !outcome && d->status == TDM_OK; i++) {
        if (tdm_catalog_apply(copy, &d->found.items[i], NULL, &effect, d->err) != TDM_OK)
            tdm_guard_fail(d);
        for (size_t j = 0; j < effect.count && !outcome; j++)
            if (effect.items[j].kind == TDM_CHANGE_OPAQUE)
                outcome = effect.items[j].refusal ? effect.items[j].refusal : "";
    }
    tdm_arena_free(arena);
    return outcome;
}

// The outcome that all worlds give; "" when it is not known.
static const char *outcome_of(tdm_decider *d, size_t first, net caught)
{
    const char *outcome = NULL;

    for (size_t i = first; i < d->found.count; i++)
        if (!is_certain(d, &d->found.items[i], caught))
            return "";
    for (size_t i = 0; i < d->world_count && d->status == TDM_OK; i++) {
        const char *here = outcome_in(d, &d->worlds[i], first);
        if (i > 0 && (!here != !outcome || (here && strcmp(here, outcome) != 0)))
            return "";
        outcome = here;
    }
    return outcome;
}

// --- Running ------------------------------------------------------------------------------------

static void run_handler(tdm_decider *d, const tdm_block_item *item, const char *outcome)
{
    for (const tdm_block_branch *b = item->branches->next; b; b = b->next)
        if (catches(d, b, outcome)) {
            tdm_guard_list(d, b->body);
            return;
        }
    tdm_guard_not_known(d, item->start, item->end,
                        TDM_TEXT("the server refuses it, and nothing catches that"));
}

// What failed changed rows alone.
static void maybe_handle(tdm_decider *d, const tdm_block_item *item)
{
    if (d->jump == TDM_JUMP_RAISED)
        d->jump = TDM_JUMP_NONE;
    for (const tdm_block_branch *b = item->branches->next; b && !tdm_guard_done(d); b = b->next)
        tdm_guard_maybe(d, b->body);
}

static void decide(tdm_decider *d, const tdm_block_item *item, size_t first, bool vague)
{
    net caught = net_of(d, item);
    const char *outcome = vague ? "" : outcome_of(d, first, caught);

    if (d->status != TDM_OK || !outcome)
        return;
    if (!*outcome) {
        tdm_guard_not_known(
            d, item->start, item->end,
            caught == NET_DUPLICATE
                ? TDM_TEXT("whether the block that catches exceptions fails cannot be known")
                : TDM_TEXT("the block catches more than what exists already"));
        return;
    }
    d->found.count = first;
    d->jump = TDM_JUMP_NONE;
    tdm_guard_forget(d);
    run_handler(d, item, outcome);
}

void tdm_guard_try(tdm_decider *d, const tdm_block_item *item)
{
    size_t first = d->found.count;
    bool rows = d->rows, raised = d->may_raise, doubt = d->doubt;

    d->rows = d->may_raise = false;
    tdm_guard_list(d, item->branches->body);
    bool vague = d->rows || d->may_raise;
    d->rows = d->rows || rows;
    d->may_raise = d->may_raise || raised;
    if (d->status != TDM_OK || d->guard->verdict == TDM_GUARD_UNKNOWN)
        return;
    if (d->found.count == first && (doubt || vague))
        maybe_handle(d, item);
    else if (d->found.count > first)
        decide(d, item, first, vague);
}
