// The tokens of a block, and the runs of them that statements and expressions are.
#include "replay/block_parts.h"

// --- Tokens -------------------------------------------------------------------------------------

void tdm_block_advance(tdm_block_reader *in)
{
    in->token = tdm_sql_next(&in->lexer);
}

bool tdm_block_at_word(const tdm_block_reader *in, const char *word)
{
    return tdm_sql_token_is(&in->lexer, &in->token, word);
}

bool tdm_block_at_char(const tdm_block_reader *in, char c)
{
    return tdm_sql_token_is_char(&in->lexer, &in->token, c);
}

bool tdm_block_at_end(const tdm_block_reader *in)
{
    return in->token.kind == TDM_SQL_TOKEN_END;
}

bool tdm_block_take_word(tdm_block_reader *in, const char *word)
{
    if (!tdm_block_at_word(in, word))
        return false;
    tdm_block_advance(in);
    return true;
}

bool tdm_block_at_any(const tdm_block_reader *in, const char *const *words)
{
    for (; *words; words++)
        if (tdm_block_at_word(in, *words))
            return true;
    return false;
}

tdm_text tdm_block_name_of(tdm_block_reader *in)
{
    tdm_text text = tdm_sql_token_text(&in->lexer, &in->token);

    if (in->token.kind == TDM_SQL_TOKEN_QUOTED && text.size > 2)
        return tdm_text_slice(text, 1, text.size - 1);
    char *folded = tdm_arena_string(in->arena, text);
    for (size_t i = 0; folded && i < text.size; i++)
        folded[i] = tdm_to_lower(folded[i]);
    return (tdm_text){folded, folded ? text.size : 0};
}

bool tdm_block_at_name(const tdm_block_reader *in)
{
    return in->token.kind == TDM_SQL_TOKEN_WORD || in->token.kind == TDM_SQL_TOKEN_QUOTED;
}

// --- Items --------------------------------------------------------------------------------------

tdm_block_list *tdm_block_new_list(tdm_block_reader *in)
{
    return tdm_arena_new_of(in->arena, tdm_block_list);
}

tdm_block_item *tdm_block_add(tdm_block_reader *in, tdm_block_list *list, tdm_block_kind kind)
{
    tdm_block_item *item = tdm_arena_new_of(in->arena, tdm_block_item);

    if (!item)
        return NULL;
    item->kind = kind;
    item->start = in->token.start;
    item->end = in->token.end;
    if (list->last)
        list->last->next = item;
    else
        list->first = item;
    list->last = item;
    return item;
}

void tdm_block_give_up(tdm_block_reader *in, tdm_block_list *list, const char *reason)
{
    tdm_block_item *item = tdm_block_add(in, list, TDM_BLOCK_UNKNOWN);

    if (item && in->stop) {
        item->start = in->stop->start;
        item->end = in->stop->end;
        reason = in->stop->reason;
    }
    if (item)
        item->reason = reason;
    in->stop = item;
    while (!tdm_block_at_end(in))
        tdm_block_advance(in);
}

tdm_block_name *tdm_block_read_targets(tdm_block_reader *in, size_t *ret_end)
{
    tdm_block_name *first = NULL, **last = &first;

    while (tdm_block_at_name(in)) {
        tdm_block_name *name = tdm_arena_new_of(in->arena, tdm_block_name);
        if (!name)
            return NULL;
        name->name = tdm_block_name_of(in);
        *last = name;
        last = &name->next;
        *ret_end = in->token.end;
        tdm_block_advance(in);
        while (tdm_block_at_char(in, '.') || tdm_block_at_char(in, '[')) {
            bool field = tdm_block_at_char(in, '.');
            name->part = true;
            tdm_block_advance(in);
            while (!field && !tdm_block_at_end(in) && !tdm_block_at_char(in, ']') &&
                   !tdm_block_at_char(in, ';'))
                tdm_block_advance(in);
            *ret_end = in->token.end;
            tdm_block_advance(in);
        }
        if (!tdm_block_at_char(in, ','))
            break;
        tdm_block_advance(in);
    }
    return first;
}

static void read_into(tdm_block_reader *in, tdm_block_run *seen)
{
    seen->cuts = seen->targets == NULL;
    seen->cut_start = in->token.start;
    tdm_block_advance(in); // INTO
    (void)tdm_block_take_word(in, "STRICT");
    seen->targets = tdm_block_read_targets(in, &seen->cut_end);
    seen->cuts = seen->cuts && seen->targets;
}

tdm_block_run tdm_block_read_run(tdm_block_reader *in, const char *word)
{
    tdm_block_run seen = {.end = in->token.start, .cuts = true};
    size_t depth = 0, cases = 0;
    bool after_insert = false, after_dot = false;

    while (!tdm_block_at_end(in)) {
        bool outside = depth == 0 && cases == 0;
        if (outside && (word ? tdm_block_at_word(in, word) : tdm_block_at_char(in, ';'))) {
            seen.closed = true;
            break;
        }
        if (word && tdm_block_at_char(in, ';'))
            break;
        if (!word && depth == 0 && !after_insert && !after_dot && tdm_block_at_word(in, "INTO")) {
            read_into(in, &seen);
            seen.end = seen.end > seen.cut_end ? seen.end : seen.cut_end;
            continue;
        }
        if (tdm_block_at_char(in, '('))
            depth++;
        else if (tdm_block_at_char(in, ')') && depth)
            depth--;
        else if (!after_dot && tdm_block_at_word(in, "CASE"))
            cases++;
        else if (!after_dot && tdm_block_at_word(in, "END") && cases)
            cases--;
        seen.using = seen.using || (outside && tdm_block_at_word(in, "USING"));
        after_insert = tdm_block_at_word(in, "INSERT") || tdm_block_at_word(in, "MERGE");
        after_dot = tdm_block_at_char(in, '.');
        seen.end = in->token.end;
        tdm_block_advance(in);
    }
    return seen;
}
