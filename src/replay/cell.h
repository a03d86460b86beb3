// A single value as far as it is known: of a query's row, a variable, an expression.
#ifndef REPLAY_CELL_H
#define REPLAY_CELL_H

#include "base/text.h"

#include <stddef.h>

typedef enum tdm_cell_kind {
    TDM_CELL_UNKNOWN,
    TDM_CELL_NULL,
    TDM_CELL_SOME,     // not NULL, and not an empty text
    TDM_CELL_POSITIVE, // a number greater than 0
    TDM_CELL_BOOL,
    TDM_CELL_INT,
    TDM_CELL_TEXT,
    TDM_CELL_LIST,   // an array: `cells`
    TDM_CELL_RECORD, // `cells`, each with its name
} tdm_cell_kind;

typedef struct tdm_cell {
    tdm_cell_kind kind;
    tdm_text name; // of the column; empty: not known
    tdm_text text;
    int64_t number;
    const struct tdm_cell *cells;
    size_t count;
} tdm_cell;

#endif
