// Reading a PL/pgSQL block as far as guarded SQL goes: plain statements, IF, nested blocks.
//
// libpg_query's PL/pgSQL parser gives line numbers and decoded texts, no offsets; this reader works
// on the source with PostgreSQL's token rules, so that each statement keeps its exact place. What
// it does not know it says to be unknown at its place.
#ifndef REPLAY_BLOCK_H
#define REPLAY_BLOCK_H

#include "base/arena.h"
#include "base/text.h"

typedef enum tdm_block_kind {
    TDM_BLOCK_SQL,     // a statement of SQL
    TDM_BLOCK_PERFORM, // PERFORM: a SELECT without that word
    TDM_BLOCK_EXECUTE, // EXECUTE of one constant: the range is that of the constant
    TDM_BLOCK_IF,
    TDM_BLOCK_TRY,     // a block that catches: its body, then its handlers
    TDM_BLOCK_NOTHING, // NULL, RAISE NOTICE and lower
    TDM_BLOCK_RETURN,  // ends the block
    TDM_BLOCK_UNKNOWN, // `reason`
} tdm_block_kind;

typedef struct tdm_block_list tdm_block_list;

typedef struct tdm_block_branch {
    size_t start; // of the condition, or of the names that a handler catches; of ELSE and of the
    size_t end;   // body of a TRY both are 0
    tdm_block_list *body;
    struct tdm_block_branch *next;
} tdm_block_branch;

typedef struct tdm_block_item {
    tdm_block_kind kind;
    size_t start; // byte offsets in the text that was read
    size_t end;
    tdm_block_branch *branches; // of IF and TRY, in order; ELSE is last
    const char *reason;         // of UNKNOWN
    struct tdm_block_item *next;
} tdm_block_item;

struct tdm_block_list {
    tdm_block_item *first;
    tdm_block_item *last;
};

// Reads a body: [DECLARE ...] BEGIN ... END. What cannot be read becomes one UNKNOWN item that
// stands for all that follows. NULL when out of memory.
tdm_block_list *tdm_block_read(tdm_arena *arena, tdm_text body);

#endif
