#include "report/grid.h"

#include "base/vector.h"
#include "report/safe.h"

#include <assert.h>

void tdm_grid_init(tdm_grid *grid, tdm_arena *arena, size_t columns)
{
    assert(columns <= TDM_GRID_COLUMNS);
    *grid = (tdm_grid){.arena = arena, .columns = columns};
}

void tdm_grid_add(tdm_grid *grid, const tdm_text *cells)
{
    tdm_grid_row row = {0};
    for (size_t i = 0; i < grid->columns; i++)
        row.cells[i] = cells[i];
    (void)tdm_vector_push(grid->arena, grid, row);
}

static void put_row(const tdm_grid *grid, const tdm_grid_row *row, const size_t *widths,
                    tdm_buffer *out)
{
    size_t last = grid->columns;
    while (last > 0 && row->cells[last - 1].size == 0)
        last--;
    for (size_t i = 0; i < last; i++) {
        tdm_put_safe(out, row->cells[i]);
        if (i + 1 == last)
            break;
        for (size_t width = tdm_safe_width(row->cells[i]); width < widths[i] + 2; width++)
            tdm_buffer_putc(out, ' ');
    }
    tdm_buffer_putc(out, '\n');
}

void tdm_grid_put(const tdm_grid *grid, tdm_buffer *out)
{
    size_t widths[TDM_GRID_COLUMNS] = {0};
    for (size_t row = 0; row < grid->count; row++) {
        for (size_t i = 0; i < grid->columns; i++) {
            size_t width = tdm_safe_width(grid->items[row].cells[i]);
            if (width > widths[i])
                widths[i] = width;
        }
    }
    for (size_t row = 0; row < grid->count; row++)
        put_row(grid, &grid->items[row], widths, out);
}
