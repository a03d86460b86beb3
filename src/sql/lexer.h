// The tokens of PostgreSQL's scanner, one at a time and without memory.
//
// libpg_query's own scanner refuses a text as a whole when one literal in it does not end, and a
// text must be measured before its parser may see it; hence this one. It follows
// src/backend/parser/scan.l of PostgreSQL 15 with standard_conforming_strings on; a test holds it
// against pg_query_scan on every SQL file of the test data.
#ifndef SQL_LEXER_H
#define SQL_LEXER_H

#include <tandem/error.h>
#include <tandem/text.h>

typedef enum tdm_sql_token_kind {
    TDM_SQL_TOKEN_END,    // nothing left
    TDM_SQL_TOKEN_WORD,   // keyword or plain identifier
    TDM_SQL_TOKEN_QUOTED, // "identifier", U&"identifier"
    TDM_SQL_TOKEN_STRING, // every kind of literal, with its continuations on later lines
    TDM_SQL_TOKEN_NUMBER,
    TDM_SQL_TOKEN_PARAM,    // $1
    TDM_SQL_TOKEN_OPERATOR, // by PostgreSQL's rules on trailing + and -
    TDM_SQL_TOKEN_CAST,     // ::
    TDM_SQL_TOKEN_PUNCT,    // one of ( ) [ ] , ; . : { }, also ".." and ":="
    TDM_SQL_TOKEN_ODD,      // a byte that no rule takes: \ or a lone $
} tdm_sql_token_kind;

typedef struct tdm_sql_token {
    tdm_sql_token_kind kind;
    size_t start;
    size_t end;
    bool open; // a literal, quoted name or comment that never ends
} tdm_sql_token;

typedef struct tdm_sql_lexer {
    tdm_text source;
    size_t at;
    // As libpg_query's scanner, which differs from PostgreSQL's in one thing: a literal does not go
    // on behind a comment. For measuring what libpg_query's parser will see.
    bool as_libpg_query;
} tdm_sql_lexer;

// Gives the next token and moves behind it; comments and white space are passed over. A comment
// that never ends gives END with `open` set and the comment as its text.
tdm_sql_token tdm_sql_next(tdm_sql_lexer *lexer);

tdm_text tdm_sql_token_text(const tdm_sql_lexer *lexer, const tdm_sql_token *token);
// Whether it is this plain word; `word` is in upper case.
bool tdm_sql_token_is(const tdm_sql_lexer *lexer, const tdm_sql_token *token, const char *word);
bool tdm_sql_token_is_char(const tdm_sql_lexer *lexer, const tdm_sql_token *token, char c);

// How deep the parse tree of a text can become, overestimated from its tokens: libpg_query and
// protobuf-c use the C stack in proportion. 0 when the text is harmless; otherwise the offset of
// the token that goes beyond base/limits.h, plus one.
size_t tdm_sql_too_deep(tdm_text sql);

#endif
