#include "catalog/expression.h"

#include "base/limits.h"
#include "base/text.h"
#include "catalog/value.h"
#include "sql/excerpt.h"
#include "sql/lexer.h"
#include "sql/quote.h"
#include "sql/visit.h"

#include <stdlib.h>
#include <string.h>

static const char *string_of(const PgQuery__Node *node)
{
    return node && node->node_case == PG_QUERY__NODE__NODE_STRING ? node->string->sval : "";
}

// The text inside a statement that the parser takes; `ret_offset` is where it begins there.
static tdm_sql_tree *parse_in(tdm_arena *arena, tdm_mode mode, tdm_text text, size_t *ret_offset)
{
    const char *before = mode == TDM_MODE_KEYS ? "CREATE INDEX ON t (" : "SELECT (";
    tdm_sql_tree *tree = NULL;
    tdm_text sql = mode == TDM_MODE_QUERY
                       ? text
                       : tdm_arena_printf(arena, "%s%.*s)", before, TDM_TEXT_ARG(text));

    *ret_offset = mode == TDM_MODE_QUERY ? 0 : strlen(before);
    return tdm_sql_parse_text(sql, &tree, NULL) == TDM_OK ? tree : NULL;
}

// --- What is mentioned --------------------------------------------------------------------------

enum {
    REFERENCES_MAX = 200, // of one expression; more make it unknown
};

typedef struct mention {
    const tdm_new_name *name;
    size_t at[REFERENCES_MAX]; // offsets of the words to replace
    size_t count;
    bool query; // there is a query inside
    bool many;
    bool found;
} mention;

static void take_reference(mention *m, const PgQuery__ColumnRef *ref)
{
    bool column = m->name->column.size > 0;
    size_t count = ref->n_fields;
    tdm_text last = tdm_text_of(string_of(count ? ref->fields[count - 1] : NULL));
    tdm_text first = tdm_text_of(string_of(count ? ref->fields[0] : NULL));
    bool qualified = count == 2 && tdm_text_equal(first, m->name->table);
    bool hit =
        column ? tdm_text_equal(last, m->name->column) && (count == 1 || qualified) : qualified;

    if (!hit)
        return;
    m->found = true;
    // Of "t.a" the column is not where the reference begins.
    if (m->count == REFERENCES_MAX || ref->location < 0 || (column && count != 1))
        m->many = true;
    else
        m->at[m->count++] = (size_t)ref->location;
}

static bool see(void *context, const ProtobufCMessage *message)
{
    mention *m = context;

    if (message->descriptor == &pg_query__column_ref__descriptor)
        take_reference(m, (const PgQuery__ColumnRef *)message);
    else if (message->descriptor == &pg_query__sub_link__descriptor ||
             message->descriptor == &pg_query__select_stmt__descriptor)
        m->query = true;
    else if (message->descriptor == &pg_query__index_elem__descriptor &&
             tdm_text_equal(tdm_text_of(((const PgQuery__IndexElem *)message)->name),
                            m->name->column))
        m->found = true;
    return true;
}

// Longer names may be written in a form that the server cuts to 63 bytes (scansup.c).
enum { SURELY_WHOLE = 59 };

bool tdm_text_has_word(tdm_text text, tdm_text word)
{
    tdm_sql_lexer lexer = {.source = text};

    for (;;) {
        tdm_sql_token token = tdm_sql_next(&lexer);
        tdm_text found = tdm_sql_token_text(&lexer, &token);
        if (token.kind == TDM_SQL_TOKEN_END)
            return false;
        // The server cuts a long name, where it is written too.
        if (word.size > SURELY_WHOLE && found.size > word.size)
            found = tdm_text_slice(found, 0, word.size);
        if (token.kind == TDM_SQL_TOKEN_WORD && tdm_text_equal_nocase(found, word))
            return true;
        found = tdm_sql_token_text(&lexer, &token);
        if ((token.kind == TDM_SQL_TOKEN_QUOTED || token.kind == TDM_SQL_TOKEN_STRING) &&
            tdm_text_find(found, word) != SIZE_MAX)
            return true;
    }
}

static const ProtobufCMessage *part_of(const tdm_sql_tree *tree, tdm_mode mode)
{
    const PgQuery__Node *node = tree->node;

    if (mode != TDM_MODE_EXPRESSION || node->node_case != PG_QUERY__NODE__NODE_SELECT_STMT ||
        node->select_stmt->n_target_list != 1)
        return &node->base;
    return &node->select_stmt->target_list[0]->base;
}

bool tdm_expression_mentions(const tdm_catalog *catalog, tdm_mode mode, tdm_text text,
                             tdm_text column)
{
    tdm_new_name name = {.column = column};
    mention m = {.name = &name};
    size_t offset;

    if (column.size <= SURELY_WHOLE && !tdm_text_has_word(text, column))
        return false;
    tdm_arena_mark mark = tdm_arena_save(catalog->arena);
    tdm_sql_tree *tree = parse_in(catalog->arena, mode, text, &offset);
    if (tree)
        tdm_sql_visit(part_of(tree, mode), see, &m);
    bool unread = !tree;
    tdm_sql_tree_free(tree);
    tdm_arena_restore(catalog->arena, mark);
    return unread || m.found || m.many || m.query;
}

// --- New names ----------------------------------------------------------------------------------

static int compare_offsets(const void *left, const void *right)
{
    size_t a = *(const size_t *)left, b = *(const size_t *)right;

    return a < b ? -1 : a > b;
}

// The text with the words at the offsets replaced.
static tdm_text replace(tdm_arena *arena, tdm_text sql, mention *m, tdm_text word)
{
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    size_t from = 0;

    qsort(m->at, m->count, sizeof *m->at, compare_offsets);
    for (size_t i = 0; i < m->count; i++) {
        tdm_sql_lexer lexer = {.source = sql, .at = m->at[i]};
        tdm_sql_token token = tdm_sql_next(&lexer);
        tdm_buffer_put(&out, tdm_text_slice(sql, from, m->at[i]));
        tdm_sql_put_ident(&out, word);
        from = token.end;
    }
    tdm_buffer_put(&out, tdm_text_from(sql, from));
    return tdm_buffer_take(&out, arena);
}

static tdm_value lost(const tdm_value *value)
{
    tdm_value unknown = *value;

    unknown.reason = TDM_TEXT("something that it may mention was renamed since");
    return unknown;
}

static tdm_value renamed_keys(tdm_catalog *catalog, const tdm_sql_tree *tree,
                              const tdm_value *value, const tdm_new_name *name)
{
    tdm_value keys = *value;
    const PgQuery__IndexStmt *index = tree->node->index_stmt;
    tdm_digest now = tdm_value_keys_digest(catalog, index);
    tdm_sql_tree *changed = NULL;
    size_t offset;

    if (!tdm_digest_equal(now, value->digest))
        return lost(value);
    keys.text =
        tdm_keys_print(catalog->arena, tree, index->index_params, index->n_index_params, name);
    changed = parse_in(catalog->arena, TDM_MODE_KEYS, keys.text, &offset);
    if (!changed)
        return lost(value);
    keys.digest = tdm_value_keys_digest(catalog, changed->node->index_stmt);
    tdm_sql_tree_free(changed);
    return keys;
}

static tdm_value renamed_in(tdm_catalog *catalog, tdm_mode mode, const tdm_value *value,
                            const tdm_new_name *name)
{
    mention m = {.name = name};
    size_t offset;
    tdm_sql_tree *tree = parse_in(catalog->arena, mode, value->text, &offset);
    tdm_text word = name->column.size ? name->new_column : name->new_table;
    tdm_value result = lost(value);

    if (!tree)
        return result;
    tdm_sql_visit(part_of(tree, mode), see, &m);
    tdm_value before =
        mode == TDM_MODE_EXPRESSION ? tdm_value_of_expression(catalog, value->text) : *value;
    if (mode == TDM_MODE_KEYS && tree->node->node_case == PG_QUERY__NODE__NODE_INDEX_STMT)
        result = renamed_keys(catalog, tree, value, name);
    else if (!m.found && !m.query)
        result = *value;
    else if (!m.query && !m.many && mode == TDM_MODE_EXPRESSION &&
             tdm_digest_equal(before.digest, value->digest)) {
        tdm_text sql = replace(catalog->arena, tree->sql, &m, word);
        result = tdm_value_of_expression(catalog, tdm_text_slice(sql, offset, sql.size - 1));
    }
    tdm_sql_tree_free(tree);
    return result;
}

tdm_value tdm_expression_rename(tdm_catalog *catalog, tdm_mode mode, const tdm_value *value,
                                const tdm_new_name *name)
{
    // A long name may stand there uncut; what is shorter stands there as a word.
    tdm_text word = name->column.size ? name->column : name->table;

    if (value->reason.size || (word.size <= SURELY_WHOLE && !tdm_text_has_word(value->text, word)))
        return *value;
    return renamed_in(catalog, mode, value, name);
}

// --- The elements of an index -------------------------------------------------------------------

// From a location up to what ends an element.
static tdm_text element_text(const tdm_sql_tree *tree, size_t start, bool call)
{
    tdm_sql_lexer lexer = {.source = tree->sql, .at = start};
    size_t depth = 0, end = start;

    for (;;) {
        tdm_sql_token token = tdm_sql_next(&lexer);
        bool opens = tdm_sql_token_is_char(&lexer, &token, '(') ||
                     tdm_sql_token_is_char(&lexer, &token, '[');
        bool closes = tdm_sql_token_is_char(&lexer, &token, ')') ||
                      tdm_sql_token_is_char(&lexer, &token, ']');
        if (token.kind == TDM_SQL_TOKEN_END || (closes && depth == 0))
            break;
        depth += opens ? 1 : 0;
        depth -= closes ? 1 : 0;
        end = token.end;
        if (call && closes && depth == 0)
            break;
    }
    return tdm_text_slice(tree->sql, start, end);
}

static int32_t first_location(const PgQuery__Node *node)
{
    if (node->node_case == PG_QUERY__NODE__NODE_FUNC_CALL)
        return node->func_call->location;
    return tdm_sql_first_location(&node->base);
}

static void put_expression(tdm_buffer *out, const tdm_sql_tree *tree, const PgQuery__Node *node,
                           const tdm_new_name *name)
{
    bool call = node->node_case == PG_QUERY__NODE__NODE_FUNC_CALL &&
                node->func_call->funcformat == PG_QUERY__COERCION_FORM__COERCE_EXPLICIT_CALL;
    int32_t location = first_location(node);
    mention m = {.name = name};
    tdm_text text = location < 0 ? TDM_TEXT("?") : element_text(tree, (size_t)location, call);

    tdm_buffer_puts(out, call ? "" : "(");
    if (name && location >= 0) {
        tdm_arena *scratch = tdm_arena_new(0);
        tdm_sql_visit(&node->base, see, &m);
        for (size_t i = 0; i < m.count; i++)
            m.at[i] -= (size_t)location;
        if (scratch)
            tdm_buffer_put(out, replace(scratch, text, &m,
                                        name->column.size ? name->new_column : name->new_table));
        tdm_arena_free(scratch);
    } else {
        tdm_buffer_put(out, text);
    }
    tdm_buffer_puts(out, call ? "" : ")");
}

static void put_name(tdm_buffer *out, PgQuery__Node *const *parts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        // The grammar and format_type both leave pg_catalog out.
        if (i + 1 < count && strcmp(string_of(parts[i]), "pg_catalog") == 0)
            continue;
        tdm_sql_put_ident(out, tdm_text_of(string_of(parts[i])));
        tdm_buffer_puts(out, i + 1 < count ? "." : "");
    }
}

// ASC with NULLS LAST and DESC with NULLS FIRST are what is without a word.
static void put_order(tdm_buffer *out, const PgQuery__IndexElem *element)
{
    bool desc = element->ordering == PG_QUERY__SORT_BY_DIR__SORTBY_DESC;

    tdm_buffer_puts(out, desc ? " DESC" : "");
    if (!desc && element->nulls_ordering == PG_QUERY__SORT_BY_NULLS__SORTBY_NULLS_FIRST)
        tdm_buffer_puts(out, " NULLS FIRST");
    if (desc && element->nulls_ordering == PG_QUERY__SORT_BY_NULLS__SORTBY_NULLS_LAST)
        tdm_buffer_puts(out, " NULLS LAST");
}

static void put_options(tdm_buffer *out, const tdm_sql_tree *tree,
                        const PgQuery__IndexElem *element)
{
    if (element->n_opclassopts == 0)
        return;
    tdm_buffer_puts(out, " (");
    for (size_t i = 0; i < element->n_opclassopts; i++) {
        const PgQuery__DefElem *option = element->opclassopts[i]->def_elem;
        tdm_text value = option->arg && option->location > 0
                             ? element_text(tree, (size_t)option->location, false)
                             : tdm_text_of(option->defname);
        // The text of an option goes on to the end of the list.
        size_t comma = tdm_text_find_char(value, ',');
        tdm_buffer_puts(out, i ? ", " : "");
        tdm_buffer_put(out, tdm_text_slice(value, 0, comma));
    }
    tdm_buffer_puts(out, ")");
}

static void put_element(tdm_buffer *out, const tdm_sql_tree *tree,
                        const PgQuery__IndexElem *element, const tdm_new_name *name)
{
    tdm_text column = tdm_text_of(element->name);

    if (element->expr)
        put_expression(out, tree, element->expr, name);
    else if (name && name->column.size && tdm_text_equal(column, name->column))
        tdm_sql_put_ident(out, name->new_column);
    else
        tdm_sql_put_ident(out, column);
    if (element->n_collation) {
        tdm_buffer_puts(out, " COLLATE ");
        put_name(out, element->collation, element->n_collation);
    }
    if (element->n_opclass) {
        tdm_buffer_puts(out, " ");
        put_name(out, element->opclass, element->n_opclass);
        put_options(out, tree, element);
    }
    put_order(out, element);
}

tdm_text tdm_keys_print(tdm_arena *arena, const tdm_sql_tree *tree, PgQuery__Node *const *elements,
                        size_t count, const tdm_new_name *name)
{
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_FILE);

    for (size_t i = 0; i < count; i++) {
        tdm_buffer_puts(&out, i ? ", " : "");
        if (elements[i]->node_case == PG_QUERY__NODE__NODE_INDEX_ELEM)
            put_element(&out, tree, elements[i]->index_elem, name);
    }
    return tdm_buffer_take(&out, arena);
}

// --- Lists of names -----------------------------------------------------------------------------

bool tdm_names_next(tdm_arena *arena, tdm_text *rest, tdm_text *ret)
{
    tdm_sql_lexer lexer = {.source = *rest};
    tdm_sql_token token = tdm_sql_next(&lexer);
    tdm_text text = tdm_sql_token_text(&lexer, &token);

    if (token.kind == TDM_SQL_TOKEN_END)
        return false;
    if (token.kind == TDM_SQL_TOKEN_QUOTED) {
        char *name = tdm_arena_string(arena, tdm_text_slice(text, 1, text.size - 1));
        size_t size = 0;
        for (size_t i = 0; name && i + 2 < text.size; i++) {
            name[size++] = text.data[i + 1];
            i += text.data[i + 1] == '"' ? 1 : 0;
        }
        text = name ? (tdm_text){name, size} : (tdm_text){NULL, 0};
    }
    *ret = text;
    (void)tdm_sql_next(&lexer); // the comma
    *rest = tdm_text_from(*rest, lexer.at);
    return true;
}

bool tdm_names_have(tdm_arena *arena, tdm_text names, tdm_text name)
{
    tdm_arena_mark mark = tdm_arena_save(arena);
    tdm_text found;
    bool has = false;

    while (!has && tdm_names_next(arena, &names, &found))
        has = tdm_text_equal(found, name);
    tdm_arena_restore(arena, mark);
    return has;
}

tdm_text tdm_names_replace(tdm_catalog *catalog, tdm_text names, tdm_text before, tdm_text after)
{
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    tdm_text name;

    while (tdm_names_next(catalog->arena, &names, &name)) {
        tdm_buffer_puts(&out, out.size ? ", " : "");
        tdm_sql_put_ident(&out, tdm_text_equal(name, before) ? after : name);
    }
    return tdm_buffer_take(&out, catalog->arena);
}
