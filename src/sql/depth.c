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

typedef enum effect {
    EFFECT_NONE,
    EFFECT_CASE,
    EFFECT_END,
    EFFECT_AND,
    EFFECT_CHAIN_ENDS,
    EFFECT_TERM,
    EFFECT_DOUBLE_TERM, // two nodes: a list or a function call below the operator
    EFFECT_BETWEEN,
    EFFECT_KEEP,
} effect;

static const struct {
    const char *word;
    effect effect;
} words[] = {
    {"AND", EFFECT_AND},         {"AT", EFFECT_TERM},       {"BETWEEN", EFFECT_BETWEEN},
    {"CASE", EFFECT_CASE},       {"COLLATE", EFFECT_TERM},  {"ELSE", EFFECT_CHAIN_ENDS},
    {"END", EFFECT_END},         {"ESCAPE", EFFECT_TERM},   {"EXCEPT", EFFECT_KEEP},
    {"EXPLAIN", EFFECT_KEEP},    {"ILIKE", EFFECT_TERM},    {"IN", EFFECT_DOUBLE_TERM},
    {"INTERSECT", EFFECT_KEEP},  {"IS", EFFECT_TERM},       {"ISNULL", EFFECT_TERM},
    {"JOIN", EFFECT_KEEP},       {"LIKE", EFFECT_TERM},     {"NOT", EFFECT_TERM},
    {"NOTNULL", EFFECT_TERM},    {"OPERATOR", EFFECT_TERM}, {"OR", EFFECT_CHAIN_ENDS},
    {"OVERLAPS", EFFECT_TERM},   {"PREPARE", EFFECT_KEEP},  {"SIMILAR", EFFECT_DOUBLE_TERM},
    {"THEN", EFFECT_CHAIN_ENDS}, {"UNION", EFFECT_KEEP},    {"WHEN", EFFECT_CHAIN_ENDS},
};

// Nearly every word is another one, and its first letter says so.
static effect effect_of(const tdm_sql_lexer *lexer, const tdm_sql_token *token)
{
    char first = tdm_to_upper(lexer->source.data[token->start]);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (words[i].word[0] == first && tdm_sql_token_is(lexer, token, words[i].word))
            return words[i].effect;
    return EFFECT_NONE;
}

static step take_word(const tdm_sql_lexer *lexer, const tdm_sql_token *token, level *l)
{
    switch (effect_of(lexer, token)) {
    case EFFECT_NONE:
        break;
    case EFFECT_CASE:
        return STEP_OPEN;
    case EFFECT_END:
        return l->is_case ? STEP_CLOSE : STEP_NONE;
    case EFFECT_AND:
        if (l->between)
            l->between--;
        else
            end_chain(l);
        break;
    case EFFECT_CHAIN_ENDS:
        end_chain(l);
        break;
    case EFFECT_TERM:
        l->chain++;
        break;
    case EFFECT_DOUBLE_TERM:
        l->chain += 2;
        break;
    case EFFECT_BETWEEN:
        l->chain += 2;
        l->between++;
        break;
    case EFFECT_KEEP:
        l->kept++;
        break;
    }
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
    level levels[TDM_LIMIT_SQL_DEPTH + 1]; // each is set when it is opened
    size_t depth = 0;
    levels[0] = (level){0};
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
