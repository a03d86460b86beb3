#include "config/toml.h"

#include "config/toml_build.h"

#include "base/error.h"
#include "base/text.h"

#include <string.h>
#include <tree_sitter/api.h>

const TSLanguage *tree_sitter_toml(void);

enum {
    LIMIT_FILE = 1 << 20, // bytes: recovering from errors in a long file is slow
    MOST_KEYS = 100,      // parts of a dotted key
};

static const char *const kind_names[] = {
    [TDM_TOML_TABLE] = "table",     [TDM_TOML_ARRAY] = "array",     [TDM_TOML_STRING] = "string",
    [TDM_TOML_INTEGER] = "integer", [TDM_TOML_BOOLEAN] = "boolean", [TDM_TOML_FLOAT] = "float",
    [TDM_TOML_DATE] = "date",
};

const char *tdm_toml_kind_name(tdm_toml_kind kind)
{
    return kind_names[kind];
}

const tdm_toml *tdm_toml_get(const tdm_toml *table, tdm_text key)
{
    if (!table || table->kind != TDM_TOML_TABLE)
        return NULL;
    for (size_t i = 0; i < table->count; i++)
        if (tdm_text_equal(table->entries[i].key, key))
            return table->entries[i].value;
    return NULL;
}

typedef struct reader {
    tdm_toml_builder build;
    TDM_VECTOR(tdm_toml_key) keys; // of the pair or header being read
} reader;

static bool is(TSNode node, const char *type)
{
    return strcmp(ts_node_type(node), type) == 0;
}

static tdm_text text_of(const reader *in, TSNode node)
{
    return tdm_text_slice(in->build.source, ts_node_start_byte(node), ts_node_end_byte(node));
}

static uint32_t column_of(const reader *in, uint32_t byte, TSPoint point)
{
    tdm_text before = tdm_text_slice(in->build.source, byte - point.column, byte);
    return (uint32_t)tdm_utf8_count(before) + 1;
}

static tdm_place place_of(const reader *in, TSNode node)
{
    TSPoint start = ts_node_start_point(node);
    TSPoint end = ts_node_end_point(node);
    return (tdm_place){.file = in->build.path,
                       .line = start.row + 1,
                       .column = column_of(in, ts_node_start_byte(node), start),
                       .end_line = end.row + 1,
                       .end_column = column_of(in, ts_node_end_byte(node), end)};
}

// The keys of `a."b".c`, which the grammar nests to the left.
static tdm_status read_key(reader *in, TSNode node, unsigned depth)
{
    tdm_toml_key key = {.place = place_of(in, node), .text = text_of(in, node)};
    if (depth > MOST_KEYS)
        return tdm_fail(in->build.err, TDM_ERROR_LIMIT, key.place, "a key of more than %d parts",
                        MOST_KEYS);
    if (is(node, "dotted_key")) {
        for (uint32_t i = 0; i < ts_node_named_child_count(node); i++) {
            TSNode part = ts_node_named_child(node, i);
            if (!is(part, "comment") && read_key(in, part, depth + 1) != TDM_OK)
                return TDM_FAILED;
        }
        return TDM_OK;
    }
    if (is(node, "quoted_key") &&
        tdm_toml_string(&in->build, key.text, key.place, &key.text) != TDM_OK)
        return TDM_FAILED;
    return tdm_vector_push(in->build.arena, &in->keys, key) ? TDM_OK
                                                            : tdm_fail_memory(in->build.err);
}

static tdm_status read_value(reader *in, TSNode node, unsigned depth, tdm_toml **ret);
static tdm_status read_pair(reader *in, TSNode node, unsigned depth, tdm_toml_node *table);

// Calls for each named child that is no comment, in linear time.
typedef tdm_status (*child_reader)(reader *in, TSNode child, unsigned depth, tdm_toml_node *into);

static tdm_status each_child(reader *in, TSNode node, unsigned depth, tdm_toml_node *into,
                             child_reader read)
{
    TSTreeCursor cursor = ts_tree_cursor_new(node);
    tdm_status status = TDM_OK;
    bool more = ts_tree_cursor_goto_first_child(&cursor);
    while (more && status == TDM_OK) {
        TSNode child = ts_tree_cursor_current_node(&cursor);
        if (ts_node_is_named(child) && !is(child, "comment"))
            status = read(in, child, depth, into);
        more = ts_tree_cursor_goto_next_sibling(&cursor);
    }
    ts_tree_cursor_delete(&cursor);
    return status;
}

static tdm_status read_item(reader *in, TSNode node, unsigned depth, tdm_toml_node *array)
{
    tdm_toml *item = NULL;
    if (read_value(in, node, depth, &item) != TDM_OK)
        return TDM_FAILED;
    return tdm_toml_append(&in->build, array, item);
}

static tdm_status read_container(reader *in, TSNode node, unsigned depth, tdm_toml **ret)
{
    bool array = is(node, "array");
    tdm_toml_node *into =
        tdm_toml_node_new(&in->build, array ? TDM_TOML_ARRAY : TDM_TOML_TABLE, place_of(in, node),
                          array ? TDM_TOML_INLINE : TDM_TOML_BY_PARENT);
    if (!into || each_child(in, node, depth + 1, into, array ? read_item : read_pair) != TDM_OK)
        return TDM_FAILED;
    into->opened = TDM_TOML_INLINE;
    *ret = &into->value;
    return TDM_OK;
}

static tdm_status read_scalar(reader *in, TSNode node, tdm_toml **ret)
{
    tdm_toml *value = tdm_arena_new_of(in->build.arena, tdm_toml);
    if (!value)
        return tdm_fail_memory(in->build.err);
    *value = (tdm_toml){.place = place_of(in, node), .text = text_of(in, node)};
    *ret = value;
    if (is(node, "string")) {
        value->kind = TDM_TOML_STRING;
        return tdm_toml_string(&in->build, value->text, value->place, &value->text);
    }
    if (is(node, "integer")) {
        value->kind = TDM_TOML_INTEGER;
        return tdm_toml_integer(&in->build, value->text, value->place, &value->integer);
    }
    value->kind = is(node, "boolean") ? TDM_TOML_BOOLEAN
                  : is(node, "float") ? TDM_TOML_FLOAT
                                      : TDM_TOML_DATE;
    value->boolean = value->kind == TDM_TOML_BOOLEAN && value->text.data[0] == 't';
    return TDM_OK;
}

static tdm_status read_value(reader *in, TSNode node, unsigned depth, tdm_toml **ret)
{
    if (depth > TDM_LIMIT_TOML_DEPTH)
        return tdm_fail(in->build.err, TDM_ERROR_LIMIT, place_of(in, node),
                        "values nest deeper than %d", TDM_LIMIT_TOML_DEPTH);
    if (is(node, "array") || is(node, "inline_table"))
        return read_container(in, node, depth, ret);
    return read_scalar(in, node, ret);
}

static bool is_key(TSNode node)
{
    return is(node, "bare_key") || is(node, "quoted_key") || is(node, "dotted_key");
}

static tdm_status read_pair(reader *in, TSNode node, unsigned depth, tdm_toml_node *table)
{
    tdm_toml *value = NULL;
    size_t first = in->keys.count;
    uint32_t count = ts_node_named_child_count(node);
    for (uint32_t i = 0; i < count; i++) {
        TSNode child = ts_node_named_child(node, i);
        tdm_status status = is(child, "comment") ? TDM_OK
                            : is_key(child)      ? read_key(in, child, 0)
                                                 : read_value(in, child, depth, &value);
        if (status != TDM_OK)
            return status;
    }
    tdm_status status =
        tdm_toml_set(&in->build, table, in->keys.items + first, in->keys.count - first, value);
    in->keys.count = first;
    return status;
}

// [a] or [[a]] with the pairs below it.
static tdm_status read_section(reader *in, TSNode node, tdm_toml_node *root)
{
    TSTreeCursor cursor = ts_tree_cursor_new(node);
    tdm_toml_node *table = NULL;
    tdm_status status = TDM_OK;
    bool more = ts_tree_cursor_goto_first_child(&cursor);
    while (more && status == TDM_OK) {
        TSNode child = ts_tree_cursor_current_node(&cursor);
        if (is_key(child)) {
            status = read_key(in, child, 0);
            if (status == TDM_OK)
                status = tdm_toml_open(&in->build, root, in->keys.items, in->keys.count,
                                       is(node, "table_array_element"), &table);
            in->keys.count = 0;
        } else if (is(child, "pair")) {
            status = read_pair(in, child, 0, table);
        }
        more = ts_tree_cursor_goto_next_sibling(&cursor);
    }
    ts_tree_cursor_delete(&cursor);
    return status;
}

static tdm_status read_top(reader *in, TSNode node, unsigned depth, tdm_toml_node *root)
{
    return is(node, "pair") ? read_pair(in, node, depth, root) : read_section(in, node, root);
}

// Moves to the first child that holds an error.
static bool enter_error(TSTreeCursor *cursor)
{
    if (!ts_tree_cursor_goto_first_child(cursor))
        return false;
    while (!ts_node_has_error(ts_tree_cursor_current_node(cursor))) {
        if (ts_tree_cursor_goto_next_sibling(cursor))
            continue;
        ts_tree_cursor_goto_parent(cursor);
        return false;
    }
    return true;
}

// The first error inside: the innermost node that has one.
static TSNode find_error(TSNode root)
{
    TSTreeCursor cursor = ts_tree_cursor_new(root);
    TSNode node = root;
    while (!is(node, "ERROR") && !ts_node_is_missing(node) && enter_error(&cursor))
        node = ts_tree_cursor_current_node(&cursor);
    ts_tree_cursor_delete(&cursor);
    return node;
}

static tdm_status fail_syntax(const reader *in, TSNode root)
{
    TSNode wrong = find_error(root);
    tdm_text text = text_of(in, wrong);
    tdm_place place = place_of(in, wrong);
    if (ts_node_is_missing(wrong))
        return tdm_fail(in->build.err, TDM_ERROR_CONFIG, place, "syntax error: '%s' is missing",
                        ts_node_type(wrong));
    text = tdm_text_slice(text, 0, tdm_text_find_char(text, '\n'));
    return tdm_fail(in->build.err, TDM_ERROR_CONFIG, place, "syntax error at '%.*s'",
                    TDM_TEXT_ARG(text));
}

static tdm_status read_document(reader *in, const tdm_toml **ret)
{
    TSParser *parser = ts_parser_new();
    TSTree *tree = NULL;
    tdm_status status = TDM_FAILED;
    tdm_toml_node *root =
        tdm_toml_node_new(&in->build, TDM_TOML_TABLE,
                          (tdm_place){.file = in->build.path, .line = 1}, TDM_TOML_BY_HEADER);
    if (!root)
        goto done;
    if (parser && ts_parser_set_language(parser, tree_sitter_toml()))
        tree = ts_parser_parse_string(parser, NULL, in->build.source.data,
                                      (uint32_t)in->build.source.size);
    if (!tree) {
        tdm_fail_memory(in->build.err);
        goto done;
    }
    status = ts_node_has_error(ts_tree_root_node(tree))
                 ? fail_syntax(in, ts_tree_root_node(tree))
                 : each_child(in, ts_tree_root_node(tree), 0, root, read_top);
    if (status == TDM_OK)
        *ret = &root->value;
done:
    if (tree)
        ts_tree_delete(tree);
    if (parser)
        ts_parser_delete(parser);
    return status;
}

tdm_status tdm_toml_parse(tdm_arena *arena, const char *path, tdm_text source, const tdm_toml **ret,
                          tdm_error *err)
{
    reader in = {
        .build = {.arena = arena,
                  .path = path,
                  .source = source.data ? source : TDM_TEXT(""),
                  .err = err},
    };
    tdm_place place = {.file = path, .line = 1, .column = 1};
    size_t wrong = tdm_utf8_error(source);
    if (source.size > LIMIT_FILE)
        return tdm_fail(err, TDM_ERROR_LIMIT, place, "'%s' has more than %d bytes", path,
                        LIMIT_FILE);
    if (wrong != SIZE_MAX) {
        tdm_text_position(source, wrong, &place.line, &place.column);
        return tdm_fail(err, TDM_ERROR_CONFIG, place, "invalid UTF-8");
    }
    return read_document(&in, ret);
}
