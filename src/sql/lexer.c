#include "sql/lexer.h"

#include "base/text.h"

#include <string.h>

// scan.l: space is [ \t\n\r\f]; a vertical tab became one in PostgreSQL 16.
static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static bool is_newline(char c)
{
    return c == '\n' || c == '\r';
}

static bool is_word_start(char c)
{
    return tdm_is_alpha(c) || c == '_' || (unsigned char)c >= 0x80;
}

static bool is_word(char c)
{
    return is_word_start(c) || tdm_is_digit(c) || c == '$';
}

static bool is_operator(char c)
{
    return c && strchr("~!@#^&|`?+-*/%<>=", c);
}

static char peek(const tdm_sql_lexer *lexer, size_t ahead)
{
    size_t at = lexer->at + ahead;
    return at < lexer->source.size ? lexer->source.data[at] : '\0';
}

static bool at_end(const tdm_sql_lexer *lexer)
{
    return lexer->at >= lexer->source.size;
}

static void skip_line_comment(tdm_sql_lexer *lexer)
{
    while (!at_end(lexer) && !is_newline(peek(lexer, 0)))
        lexer->at++;
}

// False when the comment never ends.
static bool skip_block_comment(tdm_sql_lexer *lexer)
{
    size_t depth = 0;

    while (!at_end(lexer)) {
        if (peek(lexer, 0) == '/' && peek(lexer, 1) == '*') {
            depth++;
            lexer->at += 2;
        } else if (peek(lexer, 0) == '*' && peek(lexer, 1) == '/') {
            lexer->at += 2;
            if (--depth == 0)
                return true;
        } else {
            lexer->at++;
        }
    }
    return false;
}

// Gives where a token starts: here, or at the comment that never ends.
static size_t skip_blank(tdm_sql_lexer *lexer, bool *ret_open)
{
    *ret_open = false;
    while (!at_end(lexer)) {
        char c = peek(lexer, 0);
        size_t start = lexer->at;
        if (is_space(c)) {
            lexer->at++;
        } else if (c == '-' && peek(lexer, 1) == '-') {
            skip_line_comment(lexer);
        } else if (c != '/' || peek(lexer, 1) != '*') {
            break;
        } else if (!skip_block_comment(lexer)) {
            *ret_open = true;
            return start;
        }
    }
    return lexer->at;
}

// Two literals with a line break between them are one (SQL standard; scan.l, quotecontinue). Stands
// behind a closing quote; when another part follows, moves behind its opening quote.
static bool continues(tdm_sql_lexer *lexer)
{
    size_t before = lexer->at;
    bool newline = false;

    while (!at_end(lexer)) {
        char c = peek(lexer, 0);
        if (is_space(c)) {
            newline = newline || is_newline(c);
            lexer->at++;
        } else if (c == '-' && peek(lexer, 1) == '-' && !lexer->as_libpg_query) {
            skip_line_comment(lexer);
        } else {
            break;
        }
    }
    if (newline && peek(lexer, 0) == '\'') {
        lexer->at++;
        return true;
    }
    lexer->at = before;
    return false;
}

// Stands behind the opening quote. False when the literal never ends.
static bool skip_quoted(tdm_sql_lexer *lexer, char quote, bool escapes)
{
    while (!at_end(lexer)) {
        char c = peek(lexer, 0);
        if (c == '\\' && escapes) {
            lexer->at += 2;
        } else if (c != quote) {
            lexer->at++;
        } else if (peek(lexer, 1) == quote) {
            lexer->at += 2;
        } else {
            lexer->at++;
            if (quote != '\'' || !continues(lexer))
                return true;
        }
    }
    lexer->at = lexer->source.size;
    return false;
}

// $$...$$ or $tag$...$tag$. Returns false, without moving, when no tag opens here.
static bool skip_dollar(tdm_sql_lexer *lexer, bool *ret_open)
{
    size_t end = lexer->at + 1;
    tdm_text source = lexer->source;

    if (end < source.size && is_word_start(source.data[end]))
        while (end < source.size && source.data[end] != '$' && is_word(source.data[end]))
            end++;
    if (end >= source.size || source.data[end] != '$')
        return false;
    tdm_text tag = tdm_text_slice(source, lexer->at, end + 1);
    size_t found = tdm_text_find(tdm_text_from(source, end + 1), tag);
    *ret_open = found == SIZE_MAX;
    lexer->at = *ret_open ? source.size : end + 1 + found + tag.size;
    return true;
}

static void skip_digits(tdm_sql_lexer *lexer)
{
    while (tdm_is_digit(peek(lexer, 0)))
        lexer->at++;
}

static void skip_number(tdm_sql_lexer *lexer)
{
    skip_digits(lexer);
    if (peek(lexer, 0) == '.' && peek(lexer, 1) != '.') {
        lexer->at++;
        skip_digits(lexer);
    }
    char c = peek(lexer, 0);
    if (c != 'e' && c != 'E')
        return;
    char sign = peek(lexer, 1);
    if (tdm_is_digit(sign)) {
        lexer->at++;
        skip_digits(lexer);
    } else if ((sign == '+' || sign == '-') && tdm_is_digit(peek(lexer, 2))) {
        lexer->at += 2;
        skip_digits(lexer);
    }
}

// An operator stops before a comment, and may end in + or - only when it holds a character that no
// SQL operator has: "a=-1" is three tokens (scan.l, operator).
static void skip_operator(tdm_sql_lexer *lexer)
{
    size_t start = lexer->at;
    bool special = false;

    while (is_operator(peek(lexer, 0))) {
        char c = peek(lexer, 0), next = peek(lexer, 1);
        if (lexer->at > start && ((c == '-' && next == '-') || (c == '/' && next == '*')))
            break;
        special = special || strchr("~!@#%^&|`?", c);
        lexer->at++;
    }
    if (special)
        return;
    while (lexer->at - start > 1 && strchr("+-", lexer->source.data[lexer->at - 1]))
        lexer->at--;
}

// A literal or name with a prefix: E'', B'', X'', U&'', U&"". Returns false without moving. The N
// of N'' is a word of its own (scan.l, xnstart).
static bool skip_prefixed(tdm_sql_lexer *lexer, tdm_sql_token *token)
{
    char first = tdm_to_lower(peek(lexer, 0)), second = peek(lexer, 1);

    if (strchr("ebx", first) && second == '\'') {
        lexer->at += 2;
        token->kind = TDM_SQL_TOKEN_STRING;
        token->open = !skip_quoted(lexer, '\'', first == 'e');
        return true;
    }
    char third = peek(lexer, 2);
    if (first != 'u' || second != '&' || (third != '\'' && third != '"'))
        return false;
    lexer->at += 3;
    token->kind = third == '"' ? TDM_SQL_TOKEN_QUOTED : TDM_SQL_TOKEN_STRING;
    token->open = !skip_quoted(lexer, third, false);
    return true;
}

static tdm_sql_token_kind skip_punctuation(tdm_sql_lexer *lexer)
{
    char c = peek(lexer, 0), next = peek(lexer, 1);

    if (c == ':' && next == ':') {
        lexer->at += 2;
        return TDM_SQL_TOKEN_CAST;
    }
    if ((c == ':' && next == '=') || (c == '.' && next == '.')) {
        lexer->at += 2;
        return TDM_SQL_TOKEN_PUNCT;
    }
    lexer->at++;
    return c && strchr("()[],;.:{}", c) ? TDM_SQL_TOKEN_PUNCT : TDM_SQL_TOKEN_ODD;
}

static void take(tdm_sql_lexer *lexer, tdm_sql_token *token)
{
    char c = peek(lexer, 0);

    if (is_word_start(c)) {
        if (skip_prefixed(lexer, token))
            return;
        token->kind = TDM_SQL_TOKEN_WORD;
        while (is_word(peek(lexer, 0)))
            lexer->at++;
    } else if (tdm_is_digit(c) || (c == '.' && tdm_is_digit(peek(lexer, 1)))) {
        token->kind = TDM_SQL_TOKEN_NUMBER;
        skip_number(lexer);
    } else if (c == '\'' || c == '"') {
        lexer->at++;
        token->kind = c == '"' ? TDM_SQL_TOKEN_QUOTED : TDM_SQL_TOKEN_STRING;
        token->open = !skip_quoted(lexer, c, false);
    } else if (c == '$' && tdm_is_digit(peek(lexer, 1))) {
        token->kind = TDM_SQL_TOKEN_PARAM;
        lexer->at++;
        skip_digits(lexer);
    } else if (c == '$' && skip_dollar(lexer, &token->open)) {
        token->kind = TDM_SQL_TOKEN_STRING;
    } else if (is_operator(c)) {
        token->kind = TDM_SQL_TOKEN_OPERATOR;
        skip_operator(lexer);
    } else {
        token->kind = skip_punctuation(lexer);
    }
}

tdm_sql_token tdm_sql_next(tdm_sql_lexer *lexer)
{
    tdm_sql_token token = {.kind = TDM_SQL_TOKEN_END};

    token.start = skip_blank(lexer, &token.open);
    if (!at_end(lexer))
        take(lexer, &token);
    token.end = lexer->at;
    return token;
}

tdm_text tdm_sql_token_text(const tdm_sql_lexer *lexer, const tdm_sql_token *token)
{
    return tdm_text_slice(lexer->source, token->start, token->end);
}

bool tdm_sql_token_is(const tdm_sql_lexer *lexer, const tdm_sql_token *token, const char *word)
{
    const char *text = lexer->source.data + token->start;
    size_t size = token->end - token->start;

    if (token->kind != TDM_SQL_TOKEN_WORD)
        return false;
    for (size_t i = 0; i < size; i++)
        if (tdm_to_upper(text[i]) != word[i]) // also where the word ends
            return false;
    return word[size] == '\0';
}

bool tdm_sql_token_is_char(const tdm_sql_lexer *lexer, const tdm_sql_token *token, char c)
{
    return token->kind == TDM_SQL_TOKEN_PUNCT && token->end - token->start == 1 &&
           lexer->source.data[token->start] == c;
}
