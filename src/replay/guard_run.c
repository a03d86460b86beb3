// Walking a block: IF, loops, scopes.
#include "replay/guard_parts.h"

#include "base/text.h"

enum {
    STEPS = 20000, // items that are walked, each turn of a loop counted
};

// --- Doubt --------------------------------------------------------------------------------------

void tdm_guard_maybe(tdm_decider *d, const tdm_block_list *list)
{
    tdm_cell *before = tdm_scope_save(&d->scope, d->arena);
    bool doubt = d->doubt;

    if (!before) {
        tdm_guard_fail(d);
        return;
    }
    d->doubt = true;
    tdm_guard_list(d, list);
    d->doubt = doubt || d->left_in_doubt;
    if (d->jump == TDM_JUMP_RAISED) {
        d->jump = TDM_JUMP_NONE;
        tdm_scope_restore(&d->scope, before);
    } else {
        tdm_scope_doubt(&d->scope, before);
    }
}

static void forget_assigned(tdm_decider *d, const tdm_block_list *list);

static void forget_targets(tdm_decider *d, const tdm_block_name *targets)
{
    for (; targets; targets = targets->next) {
        tdm_scope_variable *variable = tdm_scope_find(&d->scope, targets->name);
        if (variable)
            variable->cell = (tdm_cell){.kind = TDM_CELL_UNKNOWN};
    }
}

static void forget_assigned(tdm_decider *d, const tdm_block_list *list)
{
    for (const tdm_block_item *item = list->first; item; item = item->next) {
        forget_targets(d, item->targets);
        for (const tdm_block_branch *b = item->branches; b; b = b->next)
            forget_assigned(d, b->body);
    }
}

// A loop that runs any number of times.
static void loop_in_doubt(tdm_decider *d, const tdm_block_item *item)
{
    forget_targets(d, item->targets);
    forget_assigned(d, item->branches->body);
    tdm_guard_maybe(d, item->branches->body);
}

// --- IF -----------------------------------------------------------------------------------------

static void run_if(tdm_decider *d, const tdm_block_item *item)
{
    tdm_text why = {NULL, 0}, first_why = {NULL, 0};
    const tdm_block_branch *first = NULL;

    for (const tdm_block_branch *b = item->branches; b && !tdm_guard_done(d); b = b->next) {
        tdm_truth truth = b->end ? tdm_guard_truth(d, b->start, b->end, &why) : TDM_TRUTH_YES;
        if (tdm_guard_done(d))
            break;
        if (truth == TDM_TRUTH_UNKNOWN && !first) {
            first = b;
            first_why = why;
        }
        if (truth != TDM_TRUTH_NO && first)
            tdm_guard_maybe(d, b->body);
        else if (truth == TDM_TRUTH_YES)
            tdm_guard_list(d, b->body);
        if (truth == TDM_TRUTH_YES)
            break;
    }
    // What made the block unknown is the condition, not what hangs on it.
    if (first && d->guard->verdict == TDM_GUARD_UNKNOWN && first_why.size) {
        d->guard->reason = first_why;
        d->guard->place = tdm_guard_place(d, first->start, first->end);
    }
}

// --- Loops --------------------------------------------------------------------------------------

// Whether the loop goes on after a turn.
static bool goes_on(tdm_decider *d)
{
    if (d->jump == TDM_JUMP_TURN)
        d->jump = TDM_JUMP_NONE;
    if (d->jump != TDM_JUMP_LEAVE)
        return !tdm_guard_done(d);
    d->jump = TDM_JUMP_NONE;
    return false;
}

static void run_each(tdm_decider *d, const tdm_block_item *item)
{
    tdm_cell list = tdm_guard_value(d, item->start, item->end);
    tdm_scope_variable *variable = tdm_scope_find(&d->scope, item->targets->name);

    if (tdm_guard_done(d))
        return;
    if (d->doubt || list.kind != TDM_CELL_LIST || !variable || item->targets->next ||
        item->targets->part) {
        loop_in_doubt(d, item);
        return;
    }
    size_t index = (size_t)(variable - d->scope.variables.items);
    for (size_t i = 0; i < list.count; i++) {
        tdm_scope_set(&d->scope.variables.items[index], d->arena, list.cells[i]);
        tdm_guard_list(d, item->branches->body);
        if (!goes_on(d))
            break;
    }
}

// --- Others -------------------------------------------------------------------------------------

static void run_scope(tdm_decider *d, const tdm_block_item *item)
{
    size_t outer = d->scope.variables.count;

    for (const tdm_block_variable *v = item->declared; v; v = v->next) {
        tdm_cell cell = {.kind = TDM_CELL_NULL};
        // A default may name the variables before it.
        if (v->end)
            cell = tdm_guard_value(d, v->start, v->end);
        size_t space = tdm_text_find(v->type, TDM_TEXT(" not null"));
        if (!tdm_scope_add(&d->scope, d->arena, v->name,
                           tdm_text_slice(v->type, 0, space == SIZE_MAX ? v->type.size : space)))
            tdm_guard_fail(d);
        else
            tdm_scope_set(&tdm_vector_last(&d->scope.variables), d->arena, cell);
    }
    if (item->kind == TDM_BLOCK_TRY)
        tdm_guard_try(d, item);
    else
        tdm_guard_list(d, item->branches->body);
    d->scope.variables.count = outer;
}

static void run_leave(tdm_decider *d, const tdm_block_item *item)
{
    tdm_text why;
    tdm_truth truth =
        item->start < item->end ? tdm_guard_truth(d, item->start, item->end, &why) : TDM_TRUTH_YES;

    if (truth == TDM_TRUTH_NO)
        return;
    if (d->doubt || truth == TDM_TRUTH_UNKNOWN)
        d->doubt = d->left_in_doubt = true;
    else
        d->jump = item->next_turn ? TDM_JUMP_TURN : TDM_JUMP_LEAVE;
}

static void run_raise(tdm_decider *d, const tdm_block_item *item)
{
    d->may_raise = true;
    if (d->doubt)
        d->jump = TDM_JUMP_RAISED;
    else
        tdm_guard_not_known(d, item->start, item->end,
                            TDM_TEXT("what the block does cannot be known: it raises an error"));
}

static void run_return(tdm_decider *d)
{
    if (d->doubt)
        d->left_in_doubt = true;
    else
        d->jump = TDM_JUMP_RETURN;
}

static void run_assign(tdm_decider *d, const tdm_block_item *item)
{
    tdm_scope_variable *variable = tdm_scope_find(&d->scope, item->targets->name);
    tdm_cell cell = {.kind = TDM_CELL_UNKNOWN};

    if (!item->targets->part && !item->targets->next)
        cell = tdm_guard_value(d, item->start, item->end);
    variable = tdm_scope_find(&d->scope, item->targets->name);
    if (variable)
        tdm_scope_set(variable, d->arena, cell);
    forget_targets(d, item->targets->next);
}

static void run_item(tdm_decider *d, const tdm_block_item *item)
{
    switch (item->kind) {
    case TDM_BLOCK_SQL:
    case TDM_BLOCK_PERFORM:
        tdm_guard_sql(d, item);
        break;
    case TDM_BLOCK_EXECUTE:
        tdm_guard_execute(d, item);
        break;
    case TDM_BLOCK_ASSIGN:
        run_assign(d, item);
        break;
    case TDM_BLOCK_IF:
        run_if(d, item);
        break;
    case TDM_BLOCK_SCOPE:
    case TDM_BLOCK_TRY:
        run_scope(d, item);
        break;
    case TDM_BLOCK_EACH:
        run_each(d, item);
        break;
    case TDM_BLOCK_ROWS:
    case TDM_BLOCK_REPEAT:
        tdm_guard_check(d, item->start, item->end);
        if (!tdm_guard_done(d))
            loop_in_doubt(d, item);
        break;
    case TDM_BLOCK_LEAVE:
        run_leave(d, item);
        break;
    case TDM_BLOCK_NOTHING:
        tdm_guard_check(d, item->start, item->end);
        break;
    case TDM_BLOCK_RAISE:
        run_raise(d, item);
        break;
    case TDM_BLOCK_RETURN:
        tdm_guard_check(d, item->start, item->end);
        if (!tdm_guard_done(d))
            run_return(d);
        break;
    case TDM_BLOCK_UNKNOWN:
        tdm_guard_not_known(
            d, item->start, item->end,
            tdm_arena_printf(d->arena, "what the block does cannot be known: %s", item->reason));
        break;
    }
}

void tdm_guard_list(tdm_decider *d, const tdm_block_list *list)
{
    for (const tdm_block_item *item = list->first; item && !tdm_guard_done(d); item = item->next) {
        if (++d->steps > STEPS)
            tdm_guard_not_known(d, item->start, item->end,
                                TDM_TEXT("the block takes too many steps"));
        else
            run_item(d, item);
    }
}
