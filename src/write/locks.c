#include "write/locks.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/text.h"
#include "sql/lexer.h"
#include "sql/quote.h"

static bool is_lock(const tdm_statement *statement)
{
    tdm_sql_lexer lexer = {.source = statement->sql};
    tdm_sql_token token = tdm_sql_next(&lexer);
    return tdm_sql_token_is(&lexer, &token, "LOCK");
}

static tdm_status wrap(tdm_arena *arena, tdm_statement *statement, tdm_error *err)
{
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    tdm_text body = tdm_arena_printf(arena, "\nBEGIN\n    %.*s;\nEND\n",
                                     TDM_TEXT_ARG(tdm_text_trim(statement->sql)));
    tdm_buffer_puts(&out, "DO ");
    tdm_sql_put_dollar(&out, body, "tandem");
    if (tdm_buffer_check(&out, err) != TDM_OK) {
        tdm_buffer_free(&out);
        return TDM_FAILED;
    }
    statement->sql = tdm_buffer_take(&out, arena);
    statement->known = NULL;
    statement->exact = false;
    return tdm_arena_ok(arena) ? TDM_OK : tdm_fail_memory(err);
}

tdm_status tdm_wrap_locks(tdm_arena *arena, tdm_statements *statements, bool *ret_any,
                          tdm_error *err)
{
    tdm_statement *items = NULL;
    for (size_t i = 0; i < statements->count; i++) {
        if (!is_lock(&statements->items[i]))
            continue;
        if (!items) {
            items = tdm_arena_array(arena, statements->count, sizeof *items);
            for (size_t j = 0; items && j < statements->count; j++)
                items[j] = statements->items[j];
        }
        if (!items)
            return tdm_fail_memory(err);
        if (wrap(arena, &items[i], err) != TDM_OK)
            return TDM_FAILED;
        *ret_any = true;
    }
    if (items)
        statements->items = items;
    return TDM_OK;
}
