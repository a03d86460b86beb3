#include "pair/compare.h"

#include "base/text.h"
#include "sql/known.h"

// Walks the statements of several revisions or migrations as one list.
typedef struct cursor {
    tdm_side_statements side;
    size_t part;
    size_t at;
} cursor;

static const tdm_statement *next(cursor *in)
{
    while (in->part < in->side.count && in->at == in->side.items[in->part]->count) {
        in->part++;
        in->at = 0;
    }
    return in->part < in->side.count ? &in->side.items[in->part]->items[in->at++] : NULL;
}

// Equal bytes are equal statements even where nobody can parse them; an opaque statement without
// text equals nothing.
static tdm_status same(const tdm_statement *a, const tdm_statement *b, bool *ret, tdm_error *err)
{
    tdm_sameness sameness;
    *ret = a->sql.size > 0 && tdm_text_equal(a->sql, b->sql);
    if (*ret || a->opaque || b->opaque)
        return TDM_OK;
    if (tdm_sql_statements_same(a, b, &sameness, err) != TDM_OK)
        return TDM_FAILED;
    *ret = sameness == TDM_SAME_YES;
    return TDM_OK;
}

static size_t count_of(tdm_side_statements side)
{
    size_t count = 0;
    for (size_t i = 0; i < side.count; i++)
        count += side.items[i]->count;
    return count;
}

tdm_status tdm_sides_identical(tdm_side_statements alembic, tdm_side_statements supabase, bool *ret,
                               tdm_error *err)
{
    cursor left = {.side = alembic};
    cursor right = {.side = supabase};
    *ret = count_of(alembic) == count_of(supabase);
    while (*ret) {
        const tdm_statement *a = next(&left);
        const tdm_statement *b = next(&right);
        if (!a || !b)
            return TDM_OK;
        if (same(a, b, ret, err) != TDM_OK)
            return TDM_FAILED;
    }
    return TDM_OK;
}
