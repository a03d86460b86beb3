// From bytes to a checked tree: encoding, depth and syntax errors come first, without recursion,
// so that what builds and walks the tree may rely on them.
#include "python/build.h"

#include "base/limits.h"
#include "base/text.h"
#include "python/syntax.h"

#include <stdlib.h>
#include <string.h>

const TSLanguage *tree_sitter_python(void);

enum {
    STRIDE = 256,         // bytes between two entries of tdm_py_source.positions
    UNWATCHED = 16 << 10, // bytes of a file in which even the mending of errors takes no time
};

// ---- places ----

static bool index_positions(struct tdm_py_source *source)
{
    tdm_text text = source->text;
    size_t i = 0;
    while (i < text.size && (unsigned char)text.data[i] < 0x80)
        i++;
    if (i == text.size)
        return true;
    source->positions = tdm_arena_array(source->arena, text.size / STRIDE + 1, sizeof(uint32_t));
    if (!source->positions)
        return false;
    uint32_t count = 0;
    for (i = 0; i < text.size; i++) {
        if (i % STRIDE == 0)
            source->positions[i / STRIDE] = count;
        count += ((unsigned char)text.data[i] & 0xC0) != 0x80;
    }
    return true;
}

static uint32_t code_points_before(const struct tdm_py_source *source, uint32_t byte)
{
    uint32_t at = byte / STRIDE * STRIDE;
    if (byte == source->text.size && byte % STRIDE == 0 && byte)
        at -= STRIDE;
    uint32_t count = source->positions[at / STRIDE];
    for (; at < byte; at++)
        count += ((unsigned char)source->text.data[at] & 0xC0) != 0x80;
    return count;
}

static uint32_t column_of(const struct tdm_py_source *source, uint32_t byte, uint32_t column)
{
    if (!source->positions || column > byte)
        return column + 1;
    return code_points_before(source, byte) - code_points_before(source, byte - column) + 1;
}

tdm_place tdm_py_span_place(const struct tdm_py_source *source, py_span span)
{
    return (tdm_place){
        .file = source->path,
        .line = span.row + 1,
        .column = column_of(source, span.start, span.column),
        .end_line = span.end_row + 1,
        .end_column = column_of(source, span.end, span.end_column),
    };
}

static tdm_place place_at(const struct tdm_py_source *source, size_t byte)
{
    tdm_place place = {.file = source->path};
    tdm_text_position(source->text, byte, &place.line, &place.column);
    place.end_line = place.line;
    place.end_column = place.column;
    return place;
}

// ---- encoding ----

// The declaration of PEP 263: coding[=:]\s*([-\w.]+) in a comment on one of the first two lines.
static tdm_text declared_encoding(tdm_text line)
{
    tdm_text rest = tdm_text_trim(line);
    if (!rest.size || rest.data[0] != '#')
        return (tdm_text){0};
    size_t at = tdm_text_find(rest, TDM_TEXT("coding"));
    if (at == SIZE_MAX || at + 7 > rest.size)
        return (tdm_text){0};
    rest = tdm_text_from(rest, at + 6);
    if (rest.data[0] != ':' && rest.data[0] != '=')
        return (tdm_text){0};
    rest = tdm_text_trim(tdm_text_from(rest, 1));
    size_t size = 0;
    while (size < rest.size && (tdm_is_alnum(rest.data[size]) || strchr("-_.", rest.data[size])))
        size++;
    return tdm_text_slice(rest, 0, size);
}

static bool is_utf8_name(tdm_text name)
{
    static const char *const accepted[] = {"utf-8",     "utf8",  "utf_8",   "u8",
                                           "utf-8-sig", "ascii", "us-ascii"};
    for (size_t i = 0; i < sizeof accepted / sizeof *accepted; i++)
        if (tdm_text_equal_nocase(name, tdm_text_of(accepted[i])))
            return true;
    return false;
}

static tdm_status check_bytes(struct tdm_py_source *source, tdm_error *err)
{
    tdm_text rest = source->text, line;
    for (int i = 0; i < 2 && tdm_text_next_line(&rest, &line); i++) {
        tdm_text name = declared_encoding(line);
        if (name.size && !is_utf8_name(name))
            return tdm_fail(
                err, TDM_ERROR_PYTHON, place_at(source, (size_t)(line.data - source->text.data)),
                "the file declares the encoding '%.*s'; only utf-8 is read", TDM_TEXT_ARG(name));
    }
    size_t bad = tdm_utf8_error(source->text);
    if (bad != SIZE_MAX)
        return tdm_fail(err, TDM_ERROR_PYTHON, place_at(source, bad), "invalid UTF-8");
    bad = tdm_text_find_char(source->text, '\0');
    if (bad != SIZE_MAX)
        return tdm_fail(err, TDM_ERROR_PYTHON, place_at(source, bad), "a NUL byte in the source");
    return TDM_OK;
}

// ---- the shape, before tree-sitter sees it ----

// A walk over the bytes, which tells strings and comments roughly from the rest. What is misjudged
// is judged again on the tree; what costs tree-sitter time is counted wherever it stands.
typedef struct shape {
    tdm_text text;
    size_t at;
    size_t depth; // of brackets
    size_t signs; // words, operators, line ends; what may be code or an escape inside a string
} shape;

static bool is_word(char c)
{
    return tdm_is_alnum(c) || c == '_' || (unsigned char)c >= 0x80;
}

static bool starts_at(const shape *s, size_t at, char quote, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (at + i >= s->text.size || s->text.data[at + i] != quote)
            return false;
    return true;
}

static void skip_string(shape *s)
{
    char quote = s->text.data[s->at];
    size_t count = starts_at(s, s->at, quote, 3) ? 3 : 1;
    for (s->at += count; s->at < s->text.size && !starts_at(s, s->at, quote, count); s->at++) {
        char c = s->text.data[s->at];
        if (c == '\n' && count == 1)
            return;
        // A piece of an f-string, of which a word and its brackets are three signs at least.
        s->signs += c == '{' ? 4 : c == '\\';
        s->at += c == '\\';
    }
    s->at += s->at < s->text.size ? count : 0;
}

static void skip_word(shape *s)
{
    while (s->at < s->text.size && is_word(s->text.data[s->at]))
        s->at++;
}

static void skip_comment(shape *s)
{
    while (s->at < s->text.size && s->text.data[s->at] != '\n')
        s->at++;
}

static void next_sign(shape *s)
{
    char c = s->text.data[s->at];
    if (c == ' ' || c == '\t' || c == '\r' || c == '\f') {
        s->at++;
        return;
    }
    s->signs++;
    if (c == '"' || c == '\'')
        skip_string(s);
    else if (is_word(c))
        skip_word(s);
    else if (c == '#')
        skip_comment(s);
    else
        s->at++;
    if (c == '(' || c == '[' || c == '{')
        s->depth++;
    else if ((c == ')' || c == ']' || c == '}') && s->depth)
        s->depth--;
}

static tdm_status check_shape(struct tdm_py_source *source, tdm_error *err)
{
    shape s = {.text = source->text};
    while (s.at < s.text.size) {
        size_t at = s.at;
        next_sign(&s);
        if (s.depth > TDM_LIMIT_SYNTAX_DEPTH * 8)
            return tdm_fail(err, TDM_ERROR_LIMIT, place_at(source, at),
                            "brackets are nested too deeply (limit %d)", TDM_LIMIT_SYNTAX_DEPTH);
        if (s.signs > TDM_LIMIT_SYNTAX_SIGNS)
            return tdm_fail(err, TDM_ERROR_LIMIT, place_at(source, at),
                            "the file has more than %d words and signs", TDM_LIMIT_SYNTAX_SIGNS);
    }
    return TDM_OK;
}

// ---- the checks on tree-sitter's tree ----

typedef struct depths {
    uint32_t *items; // nesting of each level from the root to the cursor
    size_t count;
    size_t capacity;
} depths;

static bool push_depth(depths *d, uint32_t depth)
{
    if (d->count == d->capacity) {
        size_t capacity = d->capacity ? d->capacity * 2 : 256;
        uint32_t *items = realloc(d->items, capacity * sizeof *items);
        if (!items)
            return false;
        d->items = items;
        d->capacity = capacity;
    }
    d->items[d->count++] = depth;
    return true;
}

// Left operands are no nesting: the builder makes chains of operators flat.
static bool is_chain(const py_builder *b, TSNode node)
{
    py_symbol symbol = tdm_py_symbol_of(b, node);
    return symbol == PY_SYM_BINARY_OPERATOR || symbol == PY_SYM_BOOLEAN_OPERATOR;
}

static tdm_status refuse_depth(py_builder *b, TSNode node)
{
    return tdm_fail(b->err, TDM_ERROR_LIMIT, tdm_py_span_place(b->source, tdm_py_span_of(node)),
                    "the syntax is nested too deeply (limit %d)", TDM_LIMIT_SYNTAX_DEPTH);
}

// Whether the first child, where the cursor stands, goes on with the chain of its parent.
static bool continues_chain(const py_builder *b, TSTreeCursor *cursor)
{
    if (!is_chain(b, ts_tree_cursor_current_node(cursor)))
        return false;
    ts_tree_cursor_goto_parent(cursor);
    bool chain = is_chain(b, ts_tree_cursor_current_node(cursor));
    ts_tree_cursor_goto_first_child(cursor);
    return chain;
}

static tdm_status check_tree(py_builder *b, TSNode root)
{
    TSTreeCursor cursor = ts_tree_cursor_new(root);
    depths d = {0};
    tdm_status status = push_depth(&d, 0) ? TDM_OK : tdm_fail_memory(b->err);
    for (bool more = true; more && status == TDM_OK;) {
        uint32_t depth = d.items[d.count - 1];
        if (depth > TDM_LIMIT_SYNTAX_DEPTH) {
            status = refuse_depth(b, ts_tree_cursor_current_node(&cursor));
            break;
        }
        if (ts_tree_cursor_goto_first_child(&cursor)) {
            if (!push_depth(&d, depth + !continues_chain(b, &cursor)))
                status = tdm_fail_memory(b->err);
            continue;
        }
        while (!ts_tree_cursor_goto_next_sibling(&cursor)) {
            more = ts_tree_cursor_goto_parent(&cursor);
            if (!more)
                break;
            d.count--;
        }
        // A later sibling is nested in its parent, whatever the first child was.
        if (more && d.count > 1)
            d.items[d.count - 1] = d.items[d.count - 2] + 1;
    }
    free(d.items);
    ts_tree_cursor_delete(&cursor);
    return status;
}

// ---- parsing ----

static tdm_status build(py_builder *b, TSTree *tree)
{
    TSNode root = ts_tree_root_node(tree);
    if (check_tree(b, root) != TDM_OK)
        return TDM_FAILED;
    b->cursor = ts_tree_cursor_new(root);
    b->scope = b->source->scope = tdm_py_scope_new(b, PY_SCOPE_MODULE);
    b->source->module = tdm_py_build_module(b, root);
    if (!b->failed)
        tdm_py_resolve(b, b->source->module);
    ts_tree_cursor_delete(&b->cursor);
    free(b->stack);
    if (!b->failed && !tdm_arena_ok(b->arena))
        return tdm_fail_memory(b->err);
    return b->failed ? TDM_FAILED : TDM_OK;
}

static tdm_status refuse(py_builder *b, const py_sentry *sentry)
{
    size_t at = tdm_py_sentry_byte(sentry, b->source->text);
    return tdm_fail(b->err, TDM_ERROR_PYTHON, place_at(b->source, at), "invalid syntax");
}

static tdm_status parse_tree(py_builder *b, TSParser *parser)
{
    tdm_text text = b->source->text;
    py_sentry sentry = {0};
    TSTree *tree =
        text.size > UNWATCHED
            ? tdm_py_sentry_parse(&sentry, parser, text)
            : ts_parser_parse_string(parser, NULL, text.data ? text.data : "", (uint32_t)text.size);
    if (!tree)
        return sentry.stop ? refuse(b, &sentry) : tdm_fail_memory(b->err);
    tdm_status status = TDM_FAILED;
    if (ts_node_has_error(ts_tree_root_node(tree))) {
        ts_tree_delete(tree);
        tree = tdm_py_sentry_parse(&sentry, parser, text);
        refuse(b, &sentry);
    } else {
        status = build(b, tree);
    }
    if (tree)
        ts_tree_delete(tree);
    return status;
}

struct py_parser {
    TSParser *parser;
    py_names names;
    py_grammar grammar;
};

tdm_status tdm_py_parser_new(const py_names *names, py_parser **ret, tdm_error *err)
{
    const TSLanguage *language = tree_sitter_python();
    py_parser *made = calloc(1, sizeof *made);
    if (!made)
        return tdm_fail_memory(err);
    made->names = *names;
    made->parser = ts_parser_new();
    tdm_status status = made->parser ? TDM_OK : tdm_fail_memory(err);
    if (status == TDM_OK && !ts_parser_set_language(made->parser, language))
        status =
            tdm_fail(err, TDM_ERROR_BUG, TDM_NOWHERE, "the Python grammar does not fit the parser");
    if (status == TDM_OK)
        status = tdm_py_grammar_learn(language, &made->grammar, err);
    if (status == TDM_OK)
        *ret = made;
    else
        tdm_py_parser_free(made);
    return status;
}

void tdm_py_parser_free(py_parser *parser)
{
    if (parser && parser->parser)
        ts_parser_delete(parser->parser);
    free(parser);
}

tdm_status tdm_py_parse_file(py_parser *parser, tdm_arena *arena, const tdm_py_file *file,
                             struct tdm_py_source **ret, tdm_error *err)
{
    tdm_text text = file->text;
    if (text.size > TDM_LIMIT_FILE)
        return tdm_fail(err, TDM_ERROR_LIMIT,
                        (tdm_place){.file = file->path, .line = 1, .column = 1},
                        "the file is larger than %d bytes", TDM_LIMIT_FILE);
    struct tdm_py_source *source = tdm_arena_new_of(arena, struct tdm_py_source);
    if (!source)
        return tdm_fail_memory(err);
    *source = (struct tdm_py_source){.arena = arena, .path = file->path, .text = text};
    if (tdm_text_starts(text, TDM_TEXT("\xEF\xBB\xBF")))
        source->text = tdm_text_from(text, 3);
    if (check_bytes(source, err) != TDM_OK || check_shape(source, err) != TDM_OK)
        return TDM_FAILED;
    if (!index_positions(source))
        return tdm_fail_memory(err);
    py_builder b = {.arena = arena,
                    .source = source,
                    .names = &parser->names,
                    .err = err,
                    .spare = tdm_arena_new_of(arena, py_node),
                    .grammar = &parser->grammar};
    if (!b.spare)
        return tdm_fail_memory(err);
    if (parse_tree(&b, parser->parser) != TDM_OK)
        return TDM_FAILED;
    *ret = source;
    return TDM_OK;
}

tdm_status tdm_py_parse(tdm_arena *arena, const char *path, tdm_text source, tdm_py_source **ret,
                        tdm_error *err)
{
    py_name_pool *pool = tdm_py_name_pool_new(arena);
    py_parser *parser = NULL;
    py_names names;
    if (!pool || !tdm_py_names_init(&names, pool, arena))
        return tdm_fail_memory(err);
    if (tdm_py_parser_new(&names, &parser, err) != TDM_OK)
        return TDM_FAILED;
    tdm_status status = tdm_py_parse_file(parser, arena, &(tdm_py_file){path, source}, ret, err);
    tdm_py_parser_free(parser);
    return status;
}

void tdm_py_source_free(tdm_py_source *source)
{
    (void)source; // everything lies in the arena
}
