#include "pair/suppress_scan.h"

#include "base/text.h"
#include "sql/lexer.h"

// Lines that a statement takes.
typedef struct extent {
    uint32_t first;
    uint32_t last;
} extent;

typedef struct comment_scan {
    tdm_arena *arena;
    const char *path;
    tdm_text source;
    size_t at; // `line` is the line of this byte; offsets only grow
    uint32_t line;
    size_t line_start;
    bool open; // a statement has begun and not ended
    TDM_VECTOR(extent) statements;
    TDM_VECTOR(size_t) targets; // of each comment: the index of its statement
    tdm_ignore_comments *comments;
    size_t first_comment; // those before are of other files
} comment_scan;

static uint32_t line_of(comment_scan *scan, size_t offset)
{
    for (; scan->at < offset; scan->at++) {
        if (scan->source.data[scan->at] == '\n') {
            scan->line++;
            scan->line_start = scan->at + 1;
        }
    }
    return scan->line;
}

static bool take_token(comment_scan *scan, size_t start, size_t end)
{
    extent begun = {line_of(scan, start), 0};
    if (!scan->open && !tdm_vector_push(scan->arena, &scan->statements, begun))
        return false;
    scan->open = true;
    tdm_vector_last(&scan->statements).last = line_of(scan, end > start ? end - 1 : start);
    return true;
}

// "tandem:ignore TD303 why" -> "TD303 why"; false when the comment is none of ours.
static bool read_words(tdm_text text, bool *ret_file, tdm_text *ret_words)
{
    const tdm_text name = TDM_TEXT("tandem:");
    text = tdm_text_trim(text);
    if (!tdm_text_starts(text, name))
        return false;
    text = tdm_text_trim(tdm_text_from(text, name.size));
    size_t end = 0;
    while (end < text.size && !tdm_is_space(text.data[end]))
        end++;
    tdm_text verb = tdm_text_slice(text, 0, end);
    *ret_file = tdm_text_is(verb, "ignore-file");
    *ret_words = tdm_text_trim(tdm_text_from(text, end));
    return *ret_file || tdm_text_is(verb, "ignore");
}

// `start` and `end` of the comment with its mark, which has `mark` bytes.
static bool take_comment(comment_scan *scan, size_t start, size_t end, size_t mark)
{
    tdm_ignore_comment comment = {0};
    tdm_text text = tdm_text_slice(scan->source, start + mark, end);
    if (!read_words(text, &comment.whole_file, &comment.words))
        return true;
    size_t count = scan->statements.count;
    uint32_t line = line_of(scan, start);
    size_t column = tdm_utf8_count(tdm_text_slice(scan->source, scan->line_start, start)) + 1;
    size_t length = tdm_utf8_count(tdm_text_slice(scan->source, start, end));
    bool behind = count && (scan->open || tdm_vector_last(&scan->statements).last == line);
    comment.place =
        (tdm_place){scan->path, line, (uint32_t)column, line, (uint32_t)(column + length)};
    return tdm_vector_push(scan->arena, scan->comments, comment) &&
           tdm_vector_push(scan->arena, &scan->targets, behind ? count - 1 : count);
}

static size_t end_of_line(tdm_text source, size_t at)
{
    while (at < source.size && source.data[at] != '\n' && source.data[at] != '\r')
        at++;
    return at;
}

// --- SQL ----------------------------------------------------------------------------------------

// What lies between two tokens: white space and comments.
static bool scan_gap(comment_scan *scan, size_t at, size_t end)
{
    unsigned depth = 0; // block comments nest
    while (at + 1 < end) {
        char c = scan->source.data[at];
        char next = scan->source.data[at + 1];
        if (c == '/' && next == '*') {
            depth++;
            at += 2;
        } else if (depth && c == '*' && next == '/') {
            depth--;
            at += 2;
        } else if (!depth && c == '-' && next == '-') {
            size_t stop = end_of_line(scan->source, at);
            if (!take_comment(scan, at, stop, 2))
                return false;
            at = stop;
        } else {
            at++;
        }
    }
    return true;
}

static bool scan_sql(comment_scan *scan)
{
    tdm_sql_lexer lexer = {.source = scan->source};
    size_t before = 0;
    for (;;) {
        tdm_sql_token token = tdm_sql_next(&lexer);
        bool ended = token.kind == TDM_SQL_TOKEN_END;
        if (!scan_gap(scan, before, ended ? scan->source.size : token.start))
            return false;
        if (ended)
            return true;
        if (!take_token(scan, token.start, token.end))
            return false;
        if (tdm_sql_token_is_char(&lexer, &token, ';'))
            scan->open = false;
        before = token.end;
    }
}

// --- Python -------------------------------------------------------------------------------------

// Behind a literal that begins at `at`. A backslash keeps the quote behind it from ending the
// literal, in raw strings too.
static size_t end_of_literal(tdm_text source, size_t at)
{
    char quote = source.data[at];
    bool triple =
        at + 2 < source.size && source.data[at + 1] == quote && source.data[at + 2] == quote;
    at += triple ? 3 : 1;
    while (at < source.size) {
        char c = source.data[at];
        if (c == '\\') {
            at += 2;
        } else if (c == quote && !triple) {
            return at + 1;
        } else if (c == quote && at + 2 < source.size && source.data[at + 1] == quote &&
                   source.data[at + 2] == quote) {
            return at + 3;
        } else if (c == '\n' && !triple) {
            return at;
        } else {
            at++;
        }
    }
    return source.size;
}

static bool scan_python(comment_scan *scan)
{
    tdm_text source = scan->source;
    size_t depth = 0;
    for (size_t at = 0; at < source.size;) {
        char c = source.data[at];
        size_t end = at + 1;
        if (c == '#') {
            end = end_of_line(source, at);
            if (!take_comment(scan, at, end, 1))
                return false;
        } else if (c == '\n') {
            if (depth == 0)
                scan->open = false;
        } else if (c == '\\' && end < source.size && source.data[end] == '\n') {
            end++; // the logical line goes on
        } else if (!tdm_is_space(c)) {
            if (c == '"' || c == '\'')
                end = end_of_literal(source, at);
            depth += c == '(' || c == '[' || c == '{';
            depth -= depth && (c == ')' || c == ']' || c == '}');
            if (!take_token(scan, at, end))
                return false;
        }
        at = end;
    }
    return true;
}

// --- Both ---------------------------------------------------------------------------------------

bool tdm_ignore_scan(tdm_arena *arena, const char *path, tdm_text source,
                     tdm_comment_language language, tdm_ignore_comments *ret)
{
    comment_scan scan = {
        .arena = arena,
        .path = path,
        .source = source,
        .line = 1,
        .comments = ret,
        .first_comment = ret->count,
    };
    if (tdm_text_find(source, TDM_TEXT("ignore")) == SIZE_MAX) // as nearly every file
        return true;
    if (!(language == TDM_COMMENT_SQL ? scan_sql(&scan) : scan_python(&scan)))
        return false;
    for (size_t i = 0; i < scan.targets.count; i++) {
        size_t target = scan.targets.items[i];
        if (target >= scan.statements.count)
            continue;
        ret->items[scan.first_comment + i].first_line = scan.statements.items[target].first;
        ret->items[scan.first_comment + i].last_line = scan.statements.items[target].last;
    }
    return true;
}
