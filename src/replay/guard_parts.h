// The parts of following a block: one file for each theme, all working on one tdm_decider.
//
// A block is run on what is known of the schema. What hangs on rows is not known: behind such a
// condition the walk is in *doubt*, where statements that change rows alone may stand, and all else
// makes the whole block unknown. An error that is raised in doubt is taken not to be, since nothing
// of the block would be there else. What a block does with rows in doubt, or with values from rows,
// is one data statement: the block itself.
#ifndef REPLAY_GUARD_PARTS_H
#define REPLAY_GUARD_PARTS_H

#include "base/vector.h"
#include "catalog/state.h"
#include "replay/block.h"
#include "replay/call.h"
#include "replay/guard.h"
#include "replay/question.h"
#include "replay/scope.h"

// The catalog that conditions are asked of. Statements of the block itself are replayed on a copy,
// made when the first condition after them comes.
typedef struct tdm_world {
    const tdm_catalog *catalog;
    tdm_catalog *copy;
    size_t replayed; // of the statements so far
} tdm_world;

// How the walk goes on behind a statement.
typedef enum tdm_jump {
    TDM_JUMP_NONE,
    TDM_JUMP_TURN,   // to the next turn of the loop
    TDM_JUMP_LEAVE,  // out of the loop
    TDM_JUMP_RETURN, // out of the block
    TDM_JUMP_RAISED, // in doubt: this branch is not taken
} tdm_jump;

typedef struct tdm_decider {
    tdm_arena *arena;
    const tdm_statement *statement;
    const tdm_sql_tree *tree; // of the statement; NULL: the body is that of a function
    tdm_text body;
    size_t offset;       // of the body in the statement; SIZE_MAX when it is no part of it
    tdm_world worlds[2]; // the own side, and both sides together
    size_t world_count;
    const tdm_catalog *catalog;
    TDM_VECTOR(tdm_statement) found;
    tdm_scope scope;
    tdm_jump jump;
    bool doubt;
    bool left_in_doubt; // what follows may not run at all
    bool rows;          // it changes rows in a way that is not followed
    bool may_raise;     // an error is raised in doubt, which a block around may catch
    size_t steps;
    tdm_call_limits *limits; // of functions that call others
    tdm_guard *guard;
    tdm_error *err;
    tdm_status status;
} tdm_decider;

// --- guard.c ------------------------------------------------------------------------------------

void tdm_guard_fail(tdm_decider *d);
void tdm_guard_not_known(tdm_decider *d, size_t start, size_t end, tdm_text why);
bool tdm_guard_done(const tdm_decider *d);
tdm_place tdm_guard_place(const tdm_decider *d, size_t start, size_t end);

// --- guard_ask.c: conditions and values ---------------------------------------------------------

// The catalog as it is after the statements so far.
const tdm_catalog *tdm_guard_current(tdm_decider *d, tdm_world *w);
// The copies are of no use: statements were taken back.
void tdm_guard_forget(tdm_decider *d);
// The answer to a condition of the block, with the reason in `ret_why` when it is not known.
tdm_truth tdm_guard_truth(tdm_decider *d, size_t start, size_t end, tdm_text *ret_why);
// The value of an expression of the block.
tdm_cell tdm_guard_value(tdm_decider *d, size_t start, size_t end);
// An expression or query whose value is not needed calls nothing that may define something; else
// the block is not known.
void tdm_guard_check(tdm_decider *d, size_t start, size_t end);
// Gives variables the first row of a query that was bound; NULL: values that are not known.
void tdm_guard_assign(tdm_decider *d, const tdm_block_name *targets, const PgQuery__Node *query);

// --- guard_emit.c: statements -------------------------------------------------------------------

void tdm_guard_sql(tdm_decider *d, const tdm_block_item *item);
void tdm_guard_execute(tdm_decider *d, const tdm_block_item *item);

// --- guard_run.c: walking -----------------------------------------------------------------------

void tdm_guard_list(tdm_decider *d, const tdm_block_list *list);
// A list that may run or not. A return inside leaves doubt about all that follows.
void tdm_guard_maybe(tdm_decider *d, const tdm_block_list *list);

// --- guard_try.c: blocks that catch -------------------------------------------------------------

void tdm_guard_try(tdm_decider *d, const tdm_block_item *item);

#endif
