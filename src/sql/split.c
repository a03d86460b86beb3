#include "sql/split.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/vector.h"
#include "sql/lexer.h"
#include "sql/parse.h"
#include "sql/pieces.h"

#include <string.h>

// A text that is no SQL at all is not tried piece by piece for ever.
enum {
    REFUSED_MAX = 1000,
};

typedef TDM_VECTOR(tdm_statement) statements;

// A position that only moves forward, so that places cost one pass over the text.
typedef struct position {
    size_t offset;
    uint32_t line;
    uint32_t column;
} position;

typedef struct splitter {
    tdm_arena *arena;   // for the statements and their reasons
    tdm_arena *scratch; // for the parser's copies of the text
    tdm_text source;
    tdm_place base; // `file` of a file, or the whole place of a text inside one
    bool inside;    // the text stands inside another file
    position at;
    size_t refused; // pieces that did not parse
    statements found;
} splitter;

static void advance(splitter *s, size_t offset)
{
    position *at = &s->at;

    for (; at->offset < offset; at->offset++) {
        unsigned char c = (unsigned char)s->source.data[at->offset];
        if (c == '\n') {
            at->line++;
            at->column = 1;
        } else if ((c & 0xC0) != 0x80) {
            at->column++;
        }
    }
}

// Why a statement is opaque: "<what><detail> (line 3, column 5)".
typedef struct trouble {
    const char *what;
    tdm_text detail;
    size_t offset; // in the source
} trouble;

static tdm_text describe(splitter *s, const trouble *t, size_t end)
{
    advance(s, t->offset < end ? t->offset : end);
    return tdm_arena_printf(s->arena, "%s%.*s (line %u, column %u%s)", t->what,
                            TDM_TEXT_ARG(t->detail), s->at.line, s->at.column,
                            s->inside ? " of the text" : "");
}

// Statements are added in their order. `t` is NULL when nothing is wrong.
static tdm_status add(splitter *s, size_t start, size_t end, const trouble *t, tdm_error *err)
{
    tdm_statement statement = {
        .sql = tdm_text_slice(s->source, start, end), .opaque = t != NULL, .exact = !s->inside};
    tdm_place place = s->base;

    advance(s, start);
    place.line = s->at.line;
    place.column = s->at.column;
    if (t)
        statement.reason = describe(s, t, end);
    advance(s, end);
    place.end_line = s->at.line;
    place.end_column = s->at.column;
    statement.place = s->inside ? s->base : place;
    if (!tdm_arena_ok(s->arena) || !tdm_vector_push(s->arena, &s->found, statement))
        return tdm_fail_memory(err);
    return TDM_OK;
}

// A statement that the grammar accepted. A range that holds comments alone is none.
static tdm_status add_range(splitter *s, size_t start, size_t end, tdm_error *err)
{
    tdm_sql_lexer lexer = {.source = tdm_text_slice(s->source, 0, end), .at = start};
    tdm_sql_token first = tdm_sql_next(&lexer), last = first;

    if (first.kind == TDM_SQL_TOKEN_END)
        return TDM_OK;
    for (tdm_sql_token t = first; t.kind != TDM_SQL_TOKEN_END; t = tdm_sql_next(&lexer))
        last = t;
    size_t deep = tdm_sql_too_deep(tdm_text_slice(s->source, first.start, last.end));
    trouble t = {.what = "it is nested too deeply to be read", .offset = first.start + deep - 1};
    return add(s, first.start, last.end, deep ? &t : NULL, err);
}

static tdm_status add_parsed_piece(splitter *s, const tdm_sql_piece *piece, tdm_error *err)
{
    tdm_text text = tdm_text_slice(s->source, piece->start, piece->end);
    tdm_sql_ranges ranges;

    if (tdm_sql_parse_ranges(s->scratch, text, &ranges, err) != TDM_OK)
        return TDM_FAILED;
    if (ranges.refused) {
        trouble t = {"PostgreSQL 15 does not parse it: ", ranges.refusal.message,
                     piece->start + ranges.refusal.offset};
        s->refused++;
        return add(s, piece->start, piece->end, &t, err);
    }
    for (size_t i = 0; i < ranges.count; i++)
        if (add_range(s, piece->start + ranges.items[i].start, piece->start + ranges.items[i].end,
                      err) != TDM_OK)
            return TDM_FAILED;
    return TDM_OK;
}

static tdm_status add_piece(splitter *s, const tdm_sql_piece *piece, tdm_error *err)
{
    static const char *const reasons[] = {
        [TDM_SQL_PIECE_META] = "a psql meta-command, which the server does not know",
        [TDM_SQL_PIECE_COPY] = "COPY FROM STDIN with its data, which only psql runs from a file",
    };

    if (piece->kind != TDM_SQL_PIECE_STATEMENT) {
        trouble t = {.what = reasons[piece->kind], .offset = piece->start};
        return add(s, piece->start, piece->end, &t, err);
    }
    tdm_arena_mark mark = tdm_arena_save(s->scratch);
    tdm_status status = add_parsed_piece(s, piece, err);
    tdm_arena_restore(s->scratch, mark);
    return status;
}

static tdm_status split_pieces(splitter *s, tdm_error *err)
{
    tdm_sql_pieces pieces = {.lexer = {.source = s->source, .at = s->at.offset}};
    tdm_sql_piece piece;

    while (tdm_sql_next_piece(&pieces, &piece)) {
        if (s->refused == REFUSED_MAX) {
            trouble t = {.what = "too much before it does not parse", .offset = piece.start};
            return add(s, piece.start, s->source.size, &t, err);
        }
        if (add_piece(s, &piece, err) != TDM_OK)
            return TDM_FAILED;
    }
    return TDM_OK;
}

static tdm_status split_parsed(splitter *s, tdm_error *err)
{
    tdm_sql_ranges ranges;
    size_t start = s->at.offset;

    tdm_status status =
        tdm_sql_parse_ranges(s->scratch, tdm_text_from(s->source, start), &ranges, err);
    if (status != TDM_OK || ranges.refused)
        return status == TDM_OK ? split_pieces(s, err) : status;
    for (size_t i = 0; i < ranges.count; i++) {
        status = add_range(s, start + ranges.items[i].start, start + ranges.items[i].end, err);
        if (status != TDM_OK)
            return status;
    }
    return TDM_OK;
}

// The server takes neither NUL nor, in a UTF-8 database, bytes that are no UTF-8; where they stand
// decides what it sees of the rest, so that all of it is one opaque statement.
static tdm_status split_text(splitter *s, tdm_error *err)
{
    static const char mark[] = "\xEF\xBB\xBF";
    size_t wrong = tdm_utf8_error(s->source);
    const char *nul = s->source.size ? memchr(s->source.data, '\0', s->source.size) : NULL;

    if (nul || wrong != SIZE_MAX) {
        trouble t = {.what = nul ? "it holds a NUL byte" : "it is not UTF-8",
                     .offset = nul ? (size_t)(nul - s->source.data) : wrong};
        return add(s, 0, s->source.size, &t, err);
    }
    if (tdm_text_starts(s->source, ((tdm_text){mark, sizeof mark - 1})))
        s->at = (position){.offset = sizeof mark - 1, .line = 1, .column = 2};
    return split_parsed(s, err);
}

static tdm_status split(splitter *s, tdm_statements *ret, tdm_error *err)
{
    if (s->source.size > TDM_LIMIT_FILE)
        return tdm_fail(err, TDM_ERROR_LIMIT, s->base, "SQL text of %zu bytes is too long",
                        s->source.size);
    s->at = (position){.offset = 0, .line = 1, .column = 1};
    s->scratch = tdm_arena_new(0);
    if (!s->scratch)
        return tdm_fail_memory(err);
    tdm_status status = split_text(s, err);
    tdm_arena_free(s->scratch);
    if (status == TDM_OK)
        *ret = (tdm_statements){.items = s->found.items, .count = s->found.count};
    return status;
}

tdm_status tdm_sql_split(tdm_arena *arena, const char *path, tdm_text source, tdm_statements *ret,
                         tdm_error *err)
{
    splitter s = {.arena = arena, .source = source, .base = {.file = path}};
    return split(&s, ret, err);
}

tdm_status tdm_sql_split_at(tdm_arena *arena, tdm_place base, tdm_text source, tdm_statements *ret,
                            tdm_error *err)
{
    splitter s = {.arena = arena, .source = source, .base = base, .inside = true};
    return split(&s, ret, err);
}
