#include "sql/pieces.h"

#include "base/text.h"

// What has been seen of the piece so far.
typedef struct shape {
    size_t tokens;
    size_t brackets;
    size_t atomic; // BEGIN ATOMIC and the CASEs inside it that are not closed
    bool is_create;
    bool is_copy;
    bool after_begin;
    bool after_from;
    bool from_stdin;
} shape;

static void see_word(shape *seen, const tdm_sql_lexer *lexer, const tdm_sql_token *token)
{
    bool is_begin = tdm_sql_token_is(lexer, token, "BEGIN");
    bool is_from = tdm_sql_token_is(lexer, token, "FROM");

    if (seen->tokens == 0) {
        seen->is_create = tdm_sql_token_is(lexer, token, "CREATE");
        seen->is_copy = tdm_sql_token_is(lexer, token, "COPY");
    } else if (seen->is_create && seen->after_begin && tdm_sql_token_is(lexer, token, "ATOMIC")) {
        seen->atomic = 1;
    } else if (seen->atomic && tdm_sql_token_is(lexer, token, "CASE")) {
        seen->atomic++;
    } else if (seen->atomic && tdm_sql_token_is(lexer, token, "END")) {
        seen->atomic--;
    } else if (seen->is_copy && seen->after_from && tdm_sql_token_is(lexer, token, "STDIN")) {
        seen->from_stdin = true;
    }
    seen->after_begin = is_begin;
    seen->after_from = is_from;
}

static void see(shape *seen, const tdm_sql_lexer *lexer, const tdm_sql_token *token)
{
    if (token->kind == TDM_SQL_TOKEN_WORD) {
        see_word(seen, lexer, token);
    } else {
        seen->after_begin = seen->after_from = false;
        if (tdm_sql_token_is_char(lexer, token, '('))
            seen->brackets++;
        else if (tdm_sql_token_is_char(lexer, token, ')') && seen->brackets)
            seen->brackets--;
    }
    seen->tokens++;
}

static bool is_backslash(const tdm_sql_lexer *lexer, const tdm_sql_token *token)
{
    return token->kind == TDM_SQL_TOKEN_ODD && lexer->source.data[token->start] == '\\';
}

// The end of the line that `at` stands in, without its line break.
static size_t line_end(tdm_text source, size_t at)
{
    while (at < source.size && source.data[at] != '\n')
        at++;
    return at;
}

// Behind the line \. that ends the data of a COPY, or SIZE_MAX.
static size_t data_end(tdm_text source, size_t at)
{
    at = line_end(source, at);
    while (at < source.size) {
        size_t start = at + 1;
        at = line_end(source, start);
        tdm_text line = tdm_text_slice(source, start, at);
        if (line.size && line.data[line.size - 1] == '\r')
            line.size--;
        if (tdm_text_is(line, "\\."))
            return start + line.size;
    }
    return SIZE_MAX;
}

static void take_copy_data(tdm_sql_pieces *pieces, tdm_sql_piece *piece)
{
    if (pieces->no_data_end)
        return;
    size_t end = data_end(pieces->lexer.source, pieces->lexer.at);
    if (end == SIZE_MAX) {
        pieces->no_data_end = true;
        return;
    }
    piece->kind = TDM_SQL_PIECE_COPY;
    piece->end = pieces->lexer.at = end;
}

// The piece from its first token on.
static void take_piece(tdm_sql_pieces *pieces, tdm_sql_token token, tdm_sql_piece *piece)
{
    tdm_sql_lexer *lexer = &pieces->lexer;
    shape seen = {0};

    *piece = (tdm_sql_piece){.start = token.start, .end = token.end};
    for (; token.kind != TDM_SQL_TOKEN_END; token = tdm_sql_next(lexer)) {
        if (is_backslash(lexer, &token)) {
            lexer->at = line_end(lexer->source, token.start);
            piece->kind = TDM_SQL_PIECE_META;
            piece->end = token.start +
                         tdm_text_trim(tdm_text_slice(lexer->source, token.start, lexer->at)).size;
            return;
        }
        if (tdm_sql_token_is_char(lexer, &token, ';') && !seen.brackets && !seen.atomic)
            break;
        see(&seen, lexer, &token);
        piece->end = token.end;
    }
    if (token.kind == TDM_SQL_TOKEN_END && token.open)
        piece->end = token.end; // a comment that never ends
    if (seen.from_stdin && token.kind != TDM_SQL_TOKEN_END)
        take_copy_data(pieces, piece);
}

bool tdm_sql_next_piece(tdm_sql_pieces *pieces, tdm_sql_piece *ret)
{
    tdm_sql_token token;

    do
        token = tdm_sql_next(&pieces->lexer);
    while (tdm_sql_token_is_char(&pieces->lexer, &token, ';'));
    // A comment that never ends is no blank text: the server refuses it.
    if (token.kind == TDM_SQL_TOKEN_END && !token.open)
        return false;
    take_piece(pieces, token, ret);
    return true;
}
