// Reading a PL/pgSQL block: statements of SQL, variables, IF, loops, nested blocks and handlers.
//
// libpg_query's PL/pgSQL parser gives line numbers and decoded texts, no offsets; this reader works
// on the source with PostgreSQL's token rules, so that each statement keeps its exact place. What
// it does not know it says to be unknown at its place.
#ifndef REPLAY_BLOCK_H
#define REPLAY_BLOCK_H

#include "base/arena.h"
#include "base/text.h"

typedef enum tdm_block_kind {
    TDM_BLOCK_SQL,     // a statement of SQL; with `targets` its result goes there
    TDM_BLOCK_PERFORM, // PERFORM: a SELECT without that word
    TDM_BLOCK_EXECUTE, // EXECUTE: the range is that of the expression that gives the text
    TDM_BLOCK_ASSIGN,  // to `targets`; the range is that of the expression
    TDM_BLOCK_IF,
    TDM_BLOCK_SCOPE,   // a block with `declared`: its body alone
    TDM_BLOCK_TRY,     // a block that catches: its body, then its handlers; may have `declared`
    TDM_BLOCK_ROWS,    // FOR targets IN query LOOP: the range is that of the query
    TDM_BLOCK_EACH,    // FOREACH targets IN ARRAY expression LOOP: the range is the expression's
    TDM_BLOCK_REPEAT,  // any other loop, which may run any number of times
    TDM_BLOCK_LEAVE,   // EXIT, CONTINUE: `next_turn` says which; the range is what follows
    TDM_BLOCK_NOTHING, // NULL, RAISE NOTICE and lower, ASSERT
    TDM_BLOCK_RAISE,   // raises an error
    TDM_BLOCK_RETURN,  // ends the block
    TDM_BLOCK_UNKNOWN, // `reason`
} tdm_block_kind;

typedef struct tdm_block_list tdm_block_list;

typedef struct tdm_block_branch {
    size_t start; // of the condition, or of the names that a handler catches; of ELSE and of the
    size_t end;   // body of a loop, TRY or SCOPE both are 0
    tdm_block_list *body;
    struct tdm_block_branch *next;
} tdm_block_branch;

// A name as it is looked up: letters of an unquoted one are lower.
typedef struct tdm_block_name {
    tdm_text name;
    bool part; // "x.y" or "x[1]": only a part of x is set
    struct tdm_block_name *next;
} tdm_block_name;

typedef struct tdm_block_variable {
    tdm_text name;
    tdm_text type; // in the form of tdm_block_normal, with what stands about it: "text not null"
    size_t start;  // of its default; both are 0 when it has none
    size_t end;
    struct tdm_block_variable *next;
} tdm_block_variable;

typedef struct tdm_block_item {
    tdm_block_kind kind;
    size_t start; // byte offsets in the text that was read
    size_t end;
    size_t cut_start; // of INTO and its targets inside the range, or both 0
    size_t cut_end;
    tdm_block_name *targets;
    tdm_block_variable *declared;
    tdm_block_branch *branches; // in order; ELSE is last
    bool next_turn;
    const char *reason; // of UNKNOWN
    struct tdm_block_item *next;
} tdm_block_item;

struct tdm_block_list {
    tdm_block_item *first;
    tdm_block_item *last;
};

// Reads a body: [DECLARE ...] BEGIN ... END. What cannot be read becomes one UNKNOWN item that
// stands for all that follows. NULL when out of memory.
tdm_block_list *tdm_block_read(tdm_arena *arena, tdm_text body);
// The text of an item without its INTO clause.
tdm_text tdm_block_text(tdm_arena *arena, tdm_text body, const tdm_block_item *item);
// All tokens with one blank between them, unquoted letters in lower case: two blocks that differ
// in comments and white space alone give one text.
tdm_text tdm_block_normal(tdm_arena *arena, tdm_text body);

#endif
