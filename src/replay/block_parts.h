// The reader of a block: its tokens (block_token.c), and its statements (block.c).
#ifndef REPLAY_BLOCK_PARTS_H
#define REPLAY_BLOCK_PARTS_H

#include "replay/block.h"
#include "sql/lexer.h"

typedef struct tdm_block_reader {
    tdm_arena *arena;
    tdm_sql_lexer lexer;
    tdm_sql_token token; // the one to be taken next
    size_t depth;
    const tdm_block_item *stop; // where reading was given up
} tdm_block_reader;

// What a run of tokens up to an end holds.
typedef struct tdm_block_run {
    size_t end; // of the last token
    size_t cut_start, cut_end;
    tdm_block_name *targets; // of INTO
    bool cuts;               // INTO could be read, and stands there once
    bool using;              // has USING outside brackets
    bool closed;             // the end was found
} tdm_block_run;

void tdm_block_advance(tdm_block_reader *in);
bool tdm_block_at_word(const tdm_block_reader *in, const char *word); // in upper case
bool tdm_block_at_char(const tdm_block_reader *in, char c);
bool tdm_block_at_end(const tdm_block_reader *in);
bool tdm_block_at_name(const tdm_block_reader *in);
bool tdm_block_at_any(const tdm_block_reader *in, const char *const *words);
bool tdm_block_take_word(tdm_block_reader *in, const char *word);
// A name as the server looks it up.
tdm_text tdm_block_name_of(tdm_block_reader *in);

tdm_block_list *tdm_block_new_list(tdm_block_reader *in);
// Appends an item that begins at the token to be taken next. NULL when out of memory.
tdm_block_item *tdm_block_add(tdm_block_reader *in, tdm_block_list *list, tdm_block_kind kind);
// What stands from here on is not understood; the rest is passed over. In the lists around this one
// the same is said again, as what follows there is passed over too.
void tdm_block_give_up(tdm_block_reader *in, tdm_block_list *list, const char *reason);

// A list of variables, each perhaps with a part of it. NULL: there is none.
tdm_block_name *tdm_block_read_targets(tdm_block_reader *in, size_t *ret_end);
// Reads up to a semicolon or, when `word` is given, up to that word, outside brackets and CASE.
tdm_block_run tdm_block_read_run(tdm_block_reader *in, const char *word);

#endif
