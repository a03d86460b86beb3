// A printer: a buffer and what one statement is printed for. All text that reaches SQL goes
// through these functions, once for the offline script and once for the server (script.h).
//
// Failing is sticky, like in tdm_buffer: what SQLAlchemy would raise, or what cannot be known, is
// kept with its first reason, and the text is not used.
#ifndef SQLALCHEMY_SQL_PRINT_H
#define SQLALCHEMY_SQL_PRINT_H

#include "sqlalchemy/model.h"

#include "base/map.h"
#include "base/text.h"

typedef enum tdm_failure_kind {
    TDM_FAILURE_NONE,
    TDM_FAILURE_RAISED, // the exception that SQLAlchemy raises here
    TDM_FAILURE_OPAQUE, // cannot be known
} tdm_failure_kind;

typedef struct tdm_failure {
    tdm_failure_kind kind;
    const char *exception;
    tdm_text message;
} tdm_failure;

typedef struct tdm_printer {
    tdm_buffer out;
    tdm_arena *arena;
    tdm_interp *in;             // for the text of Python values
    bool online;                // what the server receives, bound values written as literals
    bool double_percent;        // offline under a format paramstyle
    bool keep_binds;            // literal_binds off: parameters print as such
    bool ddl;                   // columns without their table; parameters always as literals
    const tdm_table *enclosing; // what a statement changes: its subqueries do not name it again
    tdm_py parameters;          // values given to execute(), a dict or NULL; count only online
    tdm_map *bind_names;        // names already given to parameters, for their numbering; or NULL
    tdm_failure failure;
} tdm_printer;

// A statement's own way to print itself.
typedef void (*tdm_print_function)(tdm_printer *p, const void *statement);

void tdm_print_raise(tdm_printer *p, const char *exception, const char *format, ...)
    TDM_PRINTF(3, 4);
void tdm_print_opaque(tdm_printer *p, const char *format, ...) TDM_PRINTF(2, 3);
bool tdm_print_failed(const tdm_printer *p);

#define tdm_puts(p, string) tdm_buffer_puts(&(p)->out, (string))
#define tdm_put(p, text) tdm_buffer_put(&(p)->out, (text))
// The text with percent signs doubled where the paramstyle asks for it.
void tdm_put_percent(tdm_printer *p, tdm_text text);

// Cuts off and returns what was printed since `start` (a size of p->out), copied into the arena.
tdm_text tdm_print_cut(tdm_printer *p, size_t start);

// Identifiers.
bool tdm_name_needs_quotes(tdm_text name);
void tdm_print_name(tdm_printer *p, tdm_name name);
// Constraint and index names: shortened when final, refused when plain and longer than 63.
void tdm_print_limited_name(tdm_printer *p, tdm_name name);
void tdm_print_qualified(tdm_printer *p, tdm_name schema, tdm_name name);
// The same for ALTER TABLE of Alembic's own, which splits a schema at its dots.
void tdm_print_split_qualified(tdm_printer *p, tdm_name schema, tdm_name name);
void tdm_print_names(tdm_printer *p, const tdm_names *names); // joined with ", "

// A string literal, as SQLAlchemy renders it: quotes doubled; offline also backslashes (4.7).
void tdm_print_string(tdm_printer *p, tdm_text value);
// The same without looking at backslashes: text that SQLAlchemy does not treat as a literal.
void tdm_print_quoted(tdm_printer *p, tdm_text value);
void tdm_print_int(tdm_printer *p, int64_t value);

tdm_name tdm_name_of(tdm_text text);
#define TDM_NO_NAME ((tdm_name){.given = false})

// What _exec does to an offline statement: tabs, outer white space of Unicode, the semicolon.
tdm_text tdm_offline_chunk(tdm_arena *arena, tdm_text statement);
tdm_text tdm_strip_unicode(tdm_text text); // Python's str.strip()

#endif
