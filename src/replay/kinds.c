#include "replay/kinds.h"

#include "base/limits.h"
#include "base/text.h"
#include "catalog/extensions.h"
#include "catalog/types.h"
#include "catalog/value.h"
#include "replay/objects.h"
#include "sql/lexer.h"

// --- Objects ------------------------------------------------------------------------------------

tdm_object *tdm_kinds_begin(tdm_replay *r, const tdm_key *key)
{
    tdm_object *object = NULL;

    switch (tdm_replay_may_create(r, key)) {
    case TDM_OUTCOME_CREATE:
        return tdm_replay_make(r, key);
    case TDM_OUTCOME_REPLACE:
        object = tdm_catalog_get(r->catalog, key);
        // Nothing of what was there stays.
        if (object->modelled) {
            object->place = r->statement->place;
            tdm_making_begin(r, object);
        } else {
            object = tdm_replay_make(r, key);
        }
        return object;
    case TDM_OUTCOME_NOTHING:
    case TDM_OUTCOME_OPAQUE:
        break;
    }
    return NULL;
}

tdm_object *tdm_kinds_relation(tdm_replay *r, const PgQuery__RangeVar *range)
{
    tdm_object *relation = tdm_object_relation(r, range);

    if (!relation)
        tdm_replay_opaque(
            r, tdm_replay_text(r, "the server refuses it: there is no table %s", range->relname));
    return relation;
}

tdm_object *tdm_kinds_altered(tdm_replay *r, const tdm_key *key)
{
    tdm_object *object = tdm_replay_target(r, key, false);

    if (object && !object->modelled) {
        tdm_replay_other(r);
        return NULL;
    }
    return object;
}

// --- Texts --------------------------------------------------------------------------------------

// Up to the bracket that closes the one that was just read.
static size_t end_of_brackets(tdm_sql_lexer *lexer)
{
    size_t depth = 1;

    for (;;) {
        tdm_sql_token token = tdm_sql_next(lexer);
        if (token.kind == TDM_SQL_TOKEN_END)
            return SIZE_MAX;
        if (tdm_sql_token_is_char(lexer, &token, '('))
            depth++;
        if (tdm_sql_token_is_char(lexer, &token, ')') && --depth == 0)
            return token.start;
    }
}

tdm_text tdm_kinds_bracketed(const tdm_replay *r, const char *word, size_t nth)
{
    tdm_sql_lexer lexer = {.source = r->tree->sql};
    bool behind = false;

    for (;;) {
        tdm_sql_token token = tdm_sql_next(&lexer);
        bool opens = tdm_sql_token_is_char(&lexer, &token, '(');
        if (token.kind == TDM_SQL_TOKEN_END)
            return (tdm_text){NULL, 0};
        size_t end = opens ? end_of_brackets(&lexer) : 0;
        if (end == SIZE_MAX)
            return (tdm_text){NULL, 0};
        if (opens && behind && nth-- == 0)
            return tdm_arena_text(r->catalog->arena,
                                  tdm_text_trim(tdm_text_slice(lexer.source, token.end, end)));
        behind = tdm_sql_token_is(&lexer, &token, word);
    }
}

bool tdm_kinds_reads_back(tdm_replay *r, const PgQuery__Node *node, tdm_text text)
{
    tdm_value value = tdm_value_of_expression(r->catalog, text);

    return text.size && value.reason.size == 0 &&
           tdm_digest_equal(value.digest, tdm_value_digest(r->catalog, &node->base));
}

tdm_value tdm_kinds_value(tdm_replay *r, const PgQuery__Node *node, tdm_text text)
{
    if (!node)
        return (tdm_value){0};
    return tdm_kinds_reads_back(r, node, text) ? tdm_value_of_expression(r->catalog, text)
                                               : tdm_replay_value_of(r, node);
}

// An extension has a type once in a database, so that its schema says nothing.
static bool is_of_extension(const tdm_replay *r, tdm_text schema, tdm_text rest)
{
    size_t end = 0;

    while (end < rest.size && rest.data[end] != '(' && rest.data[end] != '[')
        end++;
    tdm_key key = {.kind = TDM_KIND_TYPE, .schema = schema, .name = tdm_text_slice(rest, 0, end)};
    return tdm_extension_type(key.name) && !tdm_catalog_live(r->catalog, &key);
}

tdm_text tdm_kinds_type(tdm_replay *r, const PgQuery__TypeName *type)
{
    tdm_text printed = tdm_type_print(r->catalog, type);
    size_t dot = tdm_text_find_char(printed, '.'), open = tdm_text_find_char(printed, '(');

    if (dot == SIZE_MAX || dot > open)
        return printed;
    tdm_text schema = tdm_text_slice(printed, 0, dot), rest = tdm_text_from(printed, dot + 1);
    return tdm_text_is(schema, "public") || is_of_extension(r, schema, rest) ? rest : printed;
}

void tdm_kinds_push(tdm_replay *r, tdm_text_list *list, tdm_text text)
{
    r->failed = !tdm_vector_push(r->catalog->arena, &list->texts, text) || r->failed;
}

tdm_text tdm_kinds_join(tdm_replay *r, const tdm_text_list *list, const char *between)
{
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_FILE);

    for (size_t i = 0; i < list->texts.count; i++) {
        tdm_buffer_puts(&out, i ? between : "");
        tdm_buffer_put(&out, list->texts.items[i]);
    }
    return tdm_buffer_take(&out, r->catalog->arena);
}

const char *tdm_kinds_string(const PgQuery__Node *node)
{
    return node && node->node_case == PG_QUERY__NODE__NODE_STRING ? node->string->sval : "";
}
