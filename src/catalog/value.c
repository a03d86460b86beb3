// Values from text: expressions, the elements of an index, queries, types, lists of names.
//
// The text is wrapped into a statement that the parser takes, and the digest is that of the part of
// the tree where it stands.
#include "catalog/build.h"

#include "base/limits.h"
#include "base/text.h"
#include "catalog/expression.h"
#include "catalog/state.h"
#include "catalog/types.h"
#include "catalog/value.h"
#include "sql/identity.h"
#include "sql/lexer.h"
#include "sql/quote.h"
#include "sql/tree.h"

#include <stdlib.h>
#include <string.h>

// --- Digests ------------------------------------------------------------------------------------

tdm_digest tdm_value_digest(const tdm_catalog *catalog, const ProtobufCMessage *part)
{
    tdm_text first = tdm_catalog_creation_schema(catalog);
    tdm_digest digest = {{0}};

    // Failing is a matter of memory alone; an empty digest is no digest of anything.
    if (tdm_sql_identity_in(part, tdm_text_is(first, "public") ? "public" : NULL, &digest, NULL) !=
        TDM_OK)
        return (tdm_digest){{0}};
    return digest;
}

// "character varying(512)" without its modifiers.
static tdm_text without_modifiers(tdm_arena *arena, tdm_text type)
{
    size_t open = tdm_text_find_char(type, '('), close = tdm_text_find_char(type, ')');

    if (open == SIZE_MAX || close == SIZE_MAX || close < open)
        return type;
    return tdm_arena_printf(arena, "%.*s%.*s", (int)open, type.data,
                            TDM_TEXT_ARG(tdm_text_from(type, close + 1)));
}

static bool is_string(const PgQuery__Node *node)
{
    return node && node->node_case == PG_QUERY__NODE__NODE_A_CONST &&
           node->a_const->val_case == PG_QUERY__A__CONST__VAL_SVAL;
}

// A string constant is read as the column's type whether or not a cast to that type stands behind
// it (parse_coerce.c coerce_type on an unknown literal): '{}' and '{}'::jsonb are one default.
static const PgQuery__Node *without_cast(const tdm_catalog *catalog,
                                         const PgQuery__Node *expression, tdm_text type)
{
    if (expression->node_case != PG_QUERY__NODE__NODE_TYPE_CAST)
        return expression;
    const PgQuery__TypeCast *cast = expression->type_cast;
    if (!is_string(cast->arg) || cast->type_name->n_typmods)
        return expression;
    tdm_text target = tdm_type_print(catalog, cast->type_name);
    return tdm_text_equal(target, without_modifiers(catalog->arena, type)) ? cast->arg : expression;
}

tdm_digest tdm_value_nextval_digest(const tdm_catalog *catalog, tdm_text schema, tdm_text name)
{
    tdm_text text = tdm_arena_printf(catalog->arena, "nextval %zu %.*s %.*s", schema.size,
                                     TDM_TEXT_ARG(schema), TDM_TEXT_ARG(name));
    tdm_digest digest = {{0}};

    return tdm_digest_of(text, &digest, NULL) == TDM_OK ? digest : (tdm_digest){{0}};
}

static const char *string_of(const PgQuery__Node *node)
{
    return node && node->node_case == PG_QUERY__NODE__NODE_STRING ? node->string->sval : "";
}

// The constant in nextval('s') and nextval('s'::regclass), or NULL.
static const char *nextval_of(const PgQuery__Node *node)
{
    if (node->node_case != PG_QUERY__NODE__NODE_FUNC_CALL || node->func_call->n_args != 1)
        return NULL;
    const PgQuery__FuncCall *call = node->func_call;
    const PgQuery__Node *argument = call->args[0];
    if (call->n_funcname == 0 || call->n_funcname > 2 ||
        strcmp(string_of(call->funcname[call->n_funcname - 1]), "nextval") != 0)
        return NULL;
    if (argument->node_case == PG_QUERY__NODE__NODE_TYPE_CAST) {
        const PgQuery__TypeName *type = argument->type_cast->type_name;
        if (type->n_names == 0 ||
            strcmp(string_of(type->names[type->n_names - 1]), "regclass") != 0)
            return NULL;
        argument = argument->type_cast->arg;
    }
    return is_string(argument) ? argument->a_const->sval->sval : NULL;
}

// A sequence is looked up when the default is stored (regclass), along the search path.
static tdm_digest digest_of_nextval(const tdm_catalog *catalog, const char *sequence)
{
    tdm_text rest = tdm_text_of(sequence), parts[2] = {{NULL, 0}}, part;
    tdm_sql_lexer lexer = {.source = rest};
    size_t count = 0;

    for (;;) {
        tdm_sql_token token = tdm_sql_next(&lexer);
        if (token.kind == TDM_SQL_TOKEN_END)
            break;
        if (tdm_sql_token_is_char(&lexer, &token, '.'))
            continue;
        part = tdm_sql_token_text(&lexer, &token);
        tdm_text one = tdm_text_slice(rest, token.start, token.end);
        if (count < 2 && tdm_names_next(catalog->arena, &one, &part))
            parts[count++] = part;
    }
    tdm_text name = count ? parts[count - 1] : rest;
    tdm_text schema = count == 2 ? parts[0] : (tdm_text){NULL, 0};
    tdm_found found = tdm_catalog_find(catalog, schema, name);
    return tdm_value_nextval_digest(catalog, found.schema, name);
}

tdm_digest tdm_value_default_digest(const tdm_catalog *catalog, const PgQuery__Node *expression,
                                    tdm_text type)
{
    const char *sequence = nextval_of(expression);

    if (sequence)
        return digest_of_nextval(catalog, sequence);
    return tdm_value_digest(catalog, &without_cast(catalog, expression, type)->base);
}

static tdm_value unreadable(tdm_text text)
{
    return (tdm_value){.text = text, .reason = TDM_TEXT("its text cannot be read")};
}

// The first target of a SELECT, or NULL.
static const PgQuery__Node *target_of(const tdm_sql_tree *tree)
{
    const PgQuery__Node *node = tree->node;

    if (node->node_case != PG_QUERY__NODE__NODE_SELECT_STMT ||
        node->select_stmt->n_target_list != 1)
        return NULL;
    node = node->select_stmt->target_list[0];
    return node->node_case == PG_QUERY__NODE__NODE_RES_TARGET ? node->res_target->val : NULL;
}

// The bound of a partition.
static tdm_value value_of_bound(tdm_catalog *catalog, tdm_text text)
{
    tdm_value value = {.text = text};
    tdm_sql_tree *tree = NULL;
    tdm_text sql =
        tdm_arena_printf(catalog->arena, "CREATE TABLE a PARTITION OF b %.*s", TDM_TEXT_ARG(text));

    if (tdm_sql_parse_text(sql, &tree, NULL) != TDM_OK)
        return unreadable(text);
    if (tree->node->node_case == PG_QUERY__NODE__NODE_CREATE_STMT &&
        tree->node->create_stmt->partbound)
        value.digest = tdm_value_digest(catalog, &tree->node->create_stmt->partbound->base);
    else
        value = unreadable(text);
    tdm_sql_tree_free(tree);
    return value;
}

// `type` is that of the column whose default it is, else empty.
static tdm_value value_of(tdm_catalog *catalog, tdm_text text, tdm_text type)
{
    tdm_value value = {.text = text};
    tdm_sql_tree *tree = NULL;

    if (text.size == 0)
        return value;
    if (tdm_text_starts(text, TDM_TEXT("FOR VALUES")) || tdm_text_is(text, "DEFAULT"))
        return value_of_bound(catalog, text);
    if (tdm_sql_parse_text(tdm_arena_printf(catalog->arena, "SELECT (%.*s)", TDM_TEXT_ARG(text)),
                           &tree, NULL) != TDM_OK)
        return unreadable(text);
    const PgQuery__Node *node = target_of(tree);
    if (!node)
        value = unreadable(text);
    else if (type.size)
        value.digest = tdm_value_default_digest(catalog, node, type);
    else
        value.digest = tdm_value_digest(catalog, &node->base);
    tdm_sql_tree_free(tree);
    return value;
}

tdm_value tdm_value_of_expression(tdm_catalog *catalog, tdm_text text)
{
    return value_of(catalog, text, (tdm_text){NULL, 0});
}

tdm_digest tdm_value_keys_digest(const tdm_catalog *catalog, const PgQuery__IndexStmt *index)
{
    PgQuery__IndexStmt keys = PG_QUERY__INDEX_STMT__INIT;

    // Other methods take no order, so that reading them as a B-tree's says the same.
    keys.access_method = (char *)"btree";
    keys.n_index_params = index->n_index_params;
    keys.index_params = index->index_params;
    return tdm_value_digest(catalog, &keys.base);
}

tdm_value tdm_value_of_keys(tdm_catalog *catalog, tdm_text text, tdm_text method)
{
    tdm_value value = {.text = text};
    tdm_sql_tree *tree = NULL;
    tdm_text sql = tdm_arena_printf(catalog->arena, "CREATE INDEX ON t USING %.*s (%.*s)",
                                    TDM_TEXT_ARG(method), TDM_TEXT_ARG(text));

    if (tdm_sql_parse_text(sql, &tree, NULL) != TDM_OK)
        return unreadable(text);
    if (tree->node->node_case == PG_QUERY__NODE__NODE_INDEX_STMT)
        value.digest = tdm_value_keys_digest(catalog, tree->node->index_stmt);
    else
        value = unreadable(text);
    tdm_sql_tree_free(tree);
    return value;
}

tdm_value tdm_value_of_query(tdm_catalog *catalog, tdm_text text)
{
    tdm_value value = {.text = text};
    tdm_sql_tree *tree = NULL;

    if (tdm_sql_parse_text(text, &tree, NULL) != TDM_OK)
        return unreadable(text);
    value.digest = tdm_value_digest(catalog, &tree->node->base);
    tdm_sql_tree_free(tree);
    return value;
}

// --- Columns ------------------------------------------------------------------------------------

// "NULL", "NULL::character varying"
static bool is_null_text(tdm_text text)
{
    tdm_text null = TDM_TEXT("NULL");

    return tdm_text_starts(text, null) &&
           (text.size == null.size ||
            tdm_text_starts(tdm_text_from(text, null.size), TDM_TEXT("::")));
}

void tdm_column_set_default(tdm_catalog *catalog, tdm_column *column, tdm_text text)
{
    tdm_value value = value_of(catalog, text, column->type);

    // A default of NULL that is stored, as a type with a length needs a conversion, says nothing.
    if (column->plain_type && is_null_text(text))
        text = (tdm_text){NULL, 0};
    column->has_default = text.size > 0;
    column->default_text = text;
    column->default_id = text.size ? value.digest : (tdm_digest){{0}};
}

void tdm_column_set_generated(tdm_catalog *catalog, tdm_column *column, tdm_text text)
{
    tdm_value value = tdm_value_of_expression(catalog, text);

    column->generated =
        tdm_arena_printf(catalog->arena, "ALWAYS AS (%.*s) STORED", TDM_TEXT_ARG(text));
    column->generated_id = value.digest;
}

tdm_text tdm_type_of_text(tdm_catalog *catalog, tdm_text text)
{
    tdm_sql_tree *tree = NULL;
    tdm_text printed = text;

    if (tdm_sql_parse_text(
            tdm_arena_printf(catalog->arena, "SELECT NULL::%.*s", TDM_TEXT_ARG(text)), &tree,
            NULL) != TDM_OK)
        return text;
    const PgQuery__Node *node = target_of(tree);
    if (node && node->node_case == PG_QUERY__NODE__NODE_TYPE_CAST)
        printed = tdm_type_print(catalog, node->type_cast->type_name);
    tdm_sql_tree_free(tree);
    return printed;
}

// --- Lists --------------------------------------------------------------------------------------

tdm_text tdm_names_of(tdm_catalog *catalog, const tdm_text *names, size_t count)
{
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_FILE);

    for (size_t i = 0; i < count; i++) {
        tdm_buffer_puts(&out, i ? ", " : "");
        tdm_sql_put_ident(&out, names[i]);
    }
    return tdm_buffer_take(&out, catalog->arena);
}

static int compare_texts(const void *left, const void *right)
{
    return tdm_text_compare(*(const tdm_text *)left, *(const tdm_text *)right);
}

tdm_text tdm_set_of(tdm_catalog *catalog, const tdm_text *items, size_t count)
{
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    tdm_text *sorted = tdm_arena_array(catalog->arena, count, sizeof *sorted);

    if (!sorted)
        return (tdm_text){NULL, 0};
    for (size_t i = 0; i < count; i++)
        sorted[i] = items[i];
    qsort(sorted, count, sizeof *sorted, compare_texts);
    for (size_t i = 0; i < count; i++) {
        if (i && tdm_text_equal(sorted[i - 1], sorted[i]))
            continue;
        tdm_buffer_puts(&out, i ? ", " : "");
        tdm_buffer_put(&out, sorted[i]);
    }
    return tdm_buffer_take(&out, catalog->arena);
}
