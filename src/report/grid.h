// Text in aligned columns, for lists that people read.
#ifndef REPORT_GRID_H
#define REPORT_GRID_H

#include "base/text.h"

enum { TDM_GRID_COLUMNS = 6 };

typedef struct tdm_grid_row {
    tdm_text cells[TDM_GRID_COLUMNS];
} tdm_grid_row;

typedef struct tdm_grid {
    tdm_arena *arena;
    size_t columns;
    tdm_grid_row *items; // the first row is the heading, when there is one
    size_t count;
    size_t capacity;
} tdm_grid;

void tdm_grid_init(tdm_grid *grid, tdm_arena *arena, size_t columns);
// Cells are views and must outlive the grid. Out of memory shows in the arena.
void tdm_grid_add(tdm_grid *grid, const tdm_text *cells);
// Two spaces between columns, nothing after the last; what is unsafe in a cell is escaped.
void tdm_grid_put(const tdm_grid *grid, tdm_buffer *out);

#endif
