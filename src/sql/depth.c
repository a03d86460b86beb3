// How deep can a parse tree become? An overestimate from tokens, in linear time and with one small
// stack.
//
// The unit is one protobuf message on the way from the root, as each costs protobuf-c about 1 kB of
// C stack (measured: 8,700 messages fill 8 MB). A bracket or CASE adds at most twelve: SubLink,
// SelectStmt, ResTarget and a BoolExpr each for AND and OR, with their Node wrappers. Inside a
// bracket, operators, casts, NOT, COLLATE, AT TIME ZONE chain up to a comma, AND, OR, or a part of
// CASE; however they associate, a chain is at most as high as its links and the highest thing
// between them together. The AND of BETWEEN ends nothing. Joins and set operations chain across
// those ends. AND and OR themselves are flattened by the grammar (gram.y makeAndExpr, makeOrExpr).
//
// Every mistake must be on the high side. A bracket that is never closed makes no tree at all; CASE
// and END also occur as names, behind a dot, where they are passed over, and behind AS, where END
// closes nothing (no CASE is open in that bracket) and CASE opens a level that closes too late.
#include "sql/lexer.h"

#include "base/limits.h"
#include "base/text.h"

enum {
    WEIGHT_BRACKET = 12,
    WEIGHT_TERM = 2,
};

typedef struct level {
    uint32_t chain;   // terms since the last end of a chain
    uint32_t inner;   // the highest closed bracket in this chain
    uint32_t highest; // the highest chain that ended
    uint32_t kept;    // joins and the like
    uint32_t between; // BETWEENs whose AND has not come
    bool is_case;
} level;

typedef enum step {
    STEP_NONE,
    STEP_OPEN,
    STEP_CLOSE,
} step;

static uint32_t larger(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

static uint32_t height(const level *l)
{
    return larger(l->highest, WEIGHT_TERM * l->chain + l->inner) + WEIGHT_TERM * l->kept;
}

static void end_chain(level *l)
{
    l->highest = larger(l->highest, WEIGHT_TERM * l->chain + l->inner);
    l->chain = l->inner = 0;
}

static bool is_any(const tdm_sql_lexer *lexer, const tdm_sql_token *token, const char *const *words)
{
    for (; *words; words++)
        if (tdm_sql_token_is(lexer, token, *words))
            return true;
    return false;
}

static const char *const ends[] = {"OR", "WHEN", "THEN", "ELSE", NULL};
static const char *const terms[] = {"NOT",  "IS",     "ISNULL", "NOTNULL",  "COLLATE",  "AT",
                                    "LIKE", "ESCAPE", "ILIKE",  "OPERATOR", "OVERLAPS", NULL};
// Two nodes each: a list or a function call below the operator.
static const char *const double_terms[] = {"BETWEEN", "IN", "SIMILAR", NULL};
static const char *const keeps[] = {"JOIN",    "UNION",   "INTERSECT", "EXCEPT",
                                    "EXPLAIN", "PREPARE", NULL};

static step take_word(const tdm_sql_lexer *lexer, const tdm_sql_token *token, level *l)
{
    if (tdm_sql_token_is(lexer, token, "CASE"))
        return STEP_OPEN;
    if (tdm_sql_token_is(lexer, token, "END"))
        return l->is_case ? STEP_CLOSE : STEP_NONE;
    if (tdm_sql_token_is(lexer, token, "AND") && l->between)
        l->between--;
    else if (tdm_sql_token_is(lexer, token, "AND") || is_any(lexer, token, ends))
        end_chain(l);
    else if (is_any(lexer, token, terms))
        l->chain++;
    else if (is_any(lexer, token, double_terms))
        l->chain += 2;
    else if (is_any(lexer, token, keeps))
        l->kept++;
    if (tdm_sql_token_is(lexer, token, "BETWEEN"))
        l->between++;
    return STEP_NONE;
}

static step take_char(char c, level *l)
{
    if (c == '(' || c == '[')
        return STEP_OPEN;
    if (c == ')' || c == ']')
        return l->is_case ? STEP_NONE : STEP_CLOSE;
    if (c == ',' || c == ';')
        end_chain(l);
    return STEP_NONE;
}

static step take_token(const tdm_sql_lexer *lexer, const tdm_sql_token *token, level *l)
{
    switch (token->kind) {
    case TDM_SQL_TOKEN_WORD:
        return take_word(lexer, token, l);
    case TDM_SQL_TOKEN_PUNCT:
        return take_char(lexer->source.data[token->start], l);
    case TDM_SQL_TOKEN_OPERATOR:
    case TDM_SQL_TOKEN_CAST:
        l->chain++;
        return STEP_NONE;
    case TDM_SQL_TOKEN_END:
    case TDM_SQL_TOKEN_QUOTED:
    case TDM_SQL_TOKEN_STRING:
    case TDM_SQL_TOKEN_NUMBER:
    case TDM_SQL_TOKEN_PARAM:
    case TDM_SQL_TOKEN_ODD:
        break;
    }
    return STEP_NONE;
}

// Adds the innermost level to the one around it, and gives that one.
static level *close_level(level *levels, size_t *depth)
{
    uint32_t inner = height(&levels[*depth]) + WEIGHT_BRACKET;
    level *outer = &levels[--*depth];
    outer->inner = larger(outer->inner, inner);
    return outer;
}

// At the end: levels that a name CASE left open count as well.
static bool is_whole_too_deep(level *levels, size_t depth)
{
    while (depth)
        if (height(close_level(levels, &depth)) > TDM_LIMIT_SQL_HEIGHT)
            return true;
    return false;
}

size_t tdm_sql_too_deep(tdm_text sql)
{
    level levels[TDM_LIMIT_SQL_DEPTH + 1] = {{0}};
    size_t depth = 0;
    tdm_sql_lexer lexer = {.source = sql, .as_libpg_query = true};
    bool after_dot = false;

    for (;;) {
        tdm_sql_token token = tdm_sql_next(&lexer);
        if (token.kind == TDM_SQL_TOKEN_END)
            return is_whole_too_deep(levels, depth) ? token.start + 1 : 0;
        bool is_name = after_dot && token.kind == TDM_SQL_TOKEN_WORD;
        after_dot = tdm_sql_token_is_char(&lexer, &token, '.');
        if (is_name)
            continue;
        level *l = &levels[depth];
        step s = take_token(&lexer, &token, l);
        if (s == STEP_OPEN && depth == TDM_LIMIT_SQL_DEPTH)
            return token.start + 1;
        if (s == STEP_OPEN)
            levels[++depth] = (level){.is_case = token.kind == TDM_SQL_TOKEN_WORD};
        else if (s == STEP_CLOSE && depth)
            l = close_level(levels, &depth);
        if (height(l) > TDM_LIMIT_SQL_HEIGHT)
            return token.start + 1;
    }
}
