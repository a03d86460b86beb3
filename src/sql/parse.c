#include "sql/parse.h"

#include "base/error.h"
#include "base/text.h"

#include <pg_query.h>

size_t tdm_sql_cursor_offset(tdm_text text, int cursor)
{
    size_t at = 0;

    for (int i = 1; i < cursor && at < text.size; i++)
        tdm_utf8_next(text, &at);
    return at;
}

static void take_refusal(tdm_arena *arena, tdm_text text, const PgQueryError *error,
                         tdm_sql_ranges *ret)
{
    ret->refused = true;
    ret->refusal.message = tdm_arena_text(arena, tdm_text_of(error->message));
    ret->refusal.offset = tdm_sql_cursor_offset(text, error->cursorpos);
}

static void take_ranges(tdm_arena *arena, tdm_text text, const PgQuerySplitResult *result,
                        tdm_sql_ranges *ret)
{
    size_t count = result->n_stmts > 0 ? (size_t)result->n_stmts : 0;

    ret->items = tdm_arena_array(arena, count, sizeof *ret->items);
    if (!ret->items)
        return;
    for (size_t i = 0; i < count; i++) {
        const PgQuerySplitStmt *stmt = result->stmts[i];
        size_t start = (size_t)stmt->stmt_location;
        // Length 0 means up to the end (parsenodes.h, RawStmt).
        size_t size = stmt->stmt_len ? (size_t)stmt->stmt_len : text.size - start;
        ret->items[i] = (tdm_sql_range){start, start + size};
    }
    ret->count = count;
}

tdm_status tdm_sql_parse_ranges(tdm_arena *arena, tdm_text text, tdm_sql_ranges *ret,
                                tdm_error *err)
{
    const char *string = tdm_arena_string(arena, text);
    if (!string)
        return tdm_fail_memory(err);

    PgQuerySplitResult result = pg_query_split_with_parser(string);
    tdm_sql_ranges ranges = {0};
    if (result.error)
        take_refusal(arena, text, result.error, &ranges);
    else
        take_ranges(arena, text, &result, &ranges);
    pg_query_free_split_result(result);
    if (!tdm_arena_ok(arena))
        return tdm_fail_memory(err);
    *ret = ranges;
    return TDM_OK;
}
