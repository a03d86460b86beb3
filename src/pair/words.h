// The words of a comment, as far as links need them: names, lists and ranges of names.
#ifndef PAIR_WORDS_H
#define PAIR_WORDS_H

#include "pair/link.h"

typedef enum tdm_word_kind {
    TDM_WORD_NAME,      // letters, digits, '_' and '.'; a path is cut to its last part
    TDM_WORD_SEPARATOR, // ',' '&' '+'
    TDM_WORD_DASH,      // '-', en dash, em dash, ".."
    TDM_WORD_ARROW,     // "->"
    TDM_WORD_COLON,
    TDM_WORD_LINE, // the end of a line
} tdm_word_kind;

typedef struct tdm_word {
    tdm_word_kind kind;
    tdm_text text; // of a name, without a full stop at its end
    size_t line;   // index of its line
} tdm_word;

typedef struct tdm_words {
    tdm_word *items;
    size_t count;
    size_t capacity;
} tdm_words;

// False when out of memory.
bool tdm_words_read(tdm_arena *arena, tdm_comment comment, tdm_words *ret);

// The lines of a text, each with its place, counted from that of the text. Lines are trimmed.
bool tdm_comment_read(tdm_arena *arena, tdm_text text, tdm_place place, tdm_comment *ret);

#endif
