#include "pair/flat.h"

#include "base/error.h"
#include "base/text.h"
#include "replay/guard.h"
#include "pair/barrier.h"
#include "sql/known.h"

typedef struct replayer {
    tdm_arena *arena;
    tdm_catalog *catalog;
    tdm_unit *unit;
    tdm_place opened; // where the catalog was opened before this unit, or TDM_NOWHERE
    size_t begun;     // the BEGIN that is not committed yet: its index + 1, or 0
} replayer;

// Much that cannot be known has its cause in an earlier statement, after which the catalog is open.
static tdm_text with_cause(const replayer *in, tdm_text reason, tdm_place here)
{
    tdm_place cause = in->opened;
    if (!cause.file || (cause.file == here.file && cause.line == here.line))
        return reason;
    return tdm_arena_printf(in->arena, "%.*s (nothing is known for certain since %s:%u)",
                            TDM_TEXT_ARG(reason), cause.file, cause.line);
}

static tdm_status push(replayer *in, tdm_flat flat, tdm_error *err)
{
    flat.change_count = in->unit->effect.count - flat.first_change;
    for (size_t i = flat.first_change; i < in->unit->effect.count && flat.reason.size == 0; i++) {
        const tdm_change *change = &in->unit->effect.items[i];
        if (change->kind == TDM_CHANGE_OPAQUE) {
            flat.reason = with_cause(in, change->reason, change->place);
            flat.reason_place = change->place;
        }
    }
    return tdm_vector_push(in->arena, &in->unit->flats, flat) ? TDM_OK : tdm_fail_memory(err);
}

static tdm_status apply_opaque(replayer *in, const tdm_statement *statement, tdm_text reason,
                               tdm_error *err)
{
    tdm_flat flat = {.statement = *statement,
                     .barrier = true,
                     .reason = tdm_arena_text(in->arena, reason),
                     .reason_place = statement->place,
                     .first_change = in->unit->effect.count};
    flat.statement.opaque = true;
    flat.statement.reason = flat.reason;
    // Equal bytes are equal statements, whatever they do.
    if (tdm_sql_statement_identity(&flat.statement, &flat.identity, NULL, err) != TDM_OK ||
        tdm_catalog_apply(in->catalog, &flat.statement, NULL, &in->unit->effect, err) != TDM_OK)
        return TDM_FAILED;
    return push(in, flat, err);
}

// BEGIN and COMMIT change when things happen; all else that controls a transaction may take back
// what came before it.
static void follow_transaction(replayer *in, const tdm_sql_tree *tree, tdm_flat *flat)
{
    if (tree->node->node_case != PG_QUERY__NODE__NODE_TRANSACTION_STMT)
        return;
    const PgQuery__TransactionStmt *transaction = tree->node->transaction_stmt;
    switch (transaction->kind) {
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_BEGIN:
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_START:
        in->begun = in->unit->flats.count + 1;
        return;
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_COMMIT:
        if (!transaction->chain) {
            in->begun = 0;
            return;
        }
        break;
    default: // protobuf adds values of its own to the enum
        break;
    }
    flat->reason = TDM_TEXT("it may take back what came before it");
    flat->reason_place = flat->statement.place;
}

// The Supabase CLI reports success for a file that ends inside a transaction of its own, and
// nothing of it is there afterwards (supabase/cli, "unclosed BEGIN").
static void close_transaction(replayer *in)
{
    if (in->begun == 0)
        return;
    tdm_flat *flat = &in->unit->flats.items[in->begun - 1];
    flat->reason = TDM_TEXT("the transaction that begins here is never committed");
    flat->reason_place = flat->statement.place;
}

static tdm_status apply_plain(replayer *in, const tdm_statement *statement,
                              const tdm_sql_tree *tree, const tdm_sql_class *of, tdm_error *err)
{
    tdm_flat flat = {.statement = *statement,
                     .of = *of,
                     .residue = tdm_residue_of(of, tree),
                     .barrier = tdm_is_barrier(of, tree),
                     .first_change = in->unit->effect.count};
    follow_transaction(in, tree, &flat);
    in->unit->guarded = in->unit->guarded || of->if_exists || of->if_not_exists;
    const tdm_sql_known *known = tdm_sql_known_of(statement);
    if (known)
        flat.identity = known->identity;
    else if (tdm_sql_identity(tree, &flat.identity, err) != TDM_OK)
        return TDM_FAILED;
    if (tdm_catalog_apply(in->catalog, statement, tree, &in->unit->effect, err) != TDM_OK)
        return TDM_FAILED;
    return push(in, flat, err);
}

static tdm_status apply(replayer *in, const tdm_statement *statement, bool in_guard,
                        tdm_error *err);

static tdm_status apply_parsed(replayer *in, const tdm_statement *statement,
                               const tdm_sql_tree *tree, bool in_guard, tdm_error *err)
{
    tdm_sql_class of = {0};
    tdm_guard guard = {0};
    if (tdm_sql_classify(in->arena, tree, &of, err) != TDM_OK)
        return TDM_FAILED;
    if (of.kind == TDM_SQL_DO && !in_guard &&
        tdm_guard_decide(in->catalog, in->arena, statement, tree, &guard, err) != TDM_OK)
        return TDM_FAILED;
    switch (guard.verdict) {
    case TDM_GUARD_NONE:
        return apply_plain(in, statement, tree, &of, err);
    case TDM_GUARD_UNKNOWN: {
        tdm_statement copy = *statement;
        copy.place = guard.place.file ? guard.place : statement->place;
        return apply_opaque(in, &copy, guard.reason, err);
    }
    case TDM_GUARD_DECIDED:
        break;
    }
    in->unit->guarded = true;
    if (in->unit->asked.size == 0)
        in->unit->asked = guard.asked;
    for (size_t i = 0; i < guard.statements.count; i++)
        if (apply(in, &guard.statements.items[i], true, err) != TDM_OK)
            return TDM_FAILED;
    return TDM_OK;
}

static tdm_status apply(replayer *in, const tdm_statement *statement, bool in_guard, tdm_error *err)
{
    tdm_sql_tree *tree = NULL;
    tdm_error cause = TDM_ERROR_INIT;
    if (statement->opaque)
        return apply_opaque(in, statement, statement->reason, err);
    if (tdm_sql_parse(statement, &tree, &cause) != TDM_OK) {
        if (cause.code == TDM_ERROR_MEMORY)
            return tdm_fail_memory(err);
        return apply_opaque(in, statement, tdm_text_of(cause.message), err);
    }
    tdm_status status = apply_parsed(in, statement, tree, in_guard, err);
    tdm_sql_tree_free(tree);
    return status;
}

static tdm_status replay(replayer *in, const tdm_statements *statements, tdm_error *err)
{
    tdm_unit *unit = in->unit;
    tdm_text why;
    if (tdm_catalog_is_closed(in->catalog, &why, &in->opened))
        in->opened = TDM_NOWHERE;
    unit->flats.items = tdm_arena_array(in->arena, statements->count, sizeof *unit->flats.items);
    unit->flats.capacity = statements->count;
    if (!unit->flats.items)
        return tdm_fail_memory(err);
    for (size_t i = 0; i < statements->count; i++)
        if (apply(in, &statements->items[i], false, err) != TDM_OK)
            return TDM_FAILED;
    close_transaction(in);
    return TDM_OK;
}

// Puts the list of changes, which has grown in an arena of its own, where it is to stay.
static tdm_status settle(tdm_arena *arena, tdm_effect *effect, tdm_error *err)
{
    tdm_change *items = tdm_arena_array(arena, effect->count, sizeof *items);
    if (!items)
        return tdm_fail_memory(err);
    for (size_t i = 0; i < effect->count; i++)
        items[i] = effect->items[i];
    effect->items = items;
    effect->capacity = effect->count;
    effect->arena = arena;
    return TDM_OK;
}

tdm_status tdm_unit_replay(tdm_arena *arena, tdm_catalog *catalog, const tdm_statements *statements,
                           tdm_unit *ret, tdm_error *err)
{
    *ret = (tdm_unit){0};
    tdm_arena *scratch = tdm_arena_new(0);
    if (!scratch)
        return tdm_fail_memory(err);
    tdm_effect_init(&ret->effect, scratch);
    replayer in = {.arena = arena, .catalog = catalog, .unit = ret};
    tdm_status status = replay(&in, statements, err);
    if (status == TDM_OK)
        status = settle(arena, &ret->effect, err);
    tdm_arena_free(scratch);
    return status;
}

bool tdm_flat_may_stand_alone(const tdm_flat *flat, tdm_pair_side side)
{
    return flat->share == TDM_SHARE_DEFAULT ? tdm_residue_allowed(flat->residue, side)
                                            : flat->share == TDM_SHARE_MAY;
}
