// Views and materialized views. What columns they have depends on types of expressions, which only
// a server knows.
#include "catalog/value.h"
#include "replay/kinds.h"
#include "replay/objects.h"

#include "base/text.h"
#include "sql/excerpt.h"
#include "sql/lexer.h"

#include <string.h>

// --- The query ----------------------------------------------------------------------------------

// Behind the first AS outside of brackets, whose text reads back as the query.
static tdm_text text_behind_as(const tdm_replay *r)
{
    tdm_sql_lexer lexer = {.source = r->tree->sql};
    size_t depth = 0;

    for (;;) {
        tdm_sql_token token = tdm_sql_next(&lexer);
        if (token.kind == TDM_SQL_TOKEN_END)
            return (tdm_text){NULL, 0};
        if (tdm_sql_token_is_char(&lexer, &token, '('))
            depth++;
        if (tdm_sql_token_is_char(&lexer, &token, ')') && depth > 0)
            depth--;
        if (depth == 0 && tdm_sql_token_is(&lexer, &token, "AS"))
            return tdm_text_trim(tdm_text_from(lexer.source, token.end));
    }
}

// Without a last WITH that is no part of the query: CHECK OPTION, [NO] DATA.
static tdm_text without_tail(tdm_text text)
{
    tdm_sql_lexer lexer = {.source = text};
    size_t end = text.size, depth = 0;

    for (;;) {
        tdm_sql_token token = tdm_sql_next(&lexer);
        if (token.kind == TDM_SQL_TOKEN_END)
            return tdm_text_trim(tdm_text_slice(text, 0, end));
        if (tdm_sql_token_is_char(&lexer, &token, ';') && depth == 0)
            return tdm_text_trim(tdm_text_slice(text, 0, token.start < end ? token.start : end));
        if (tdm_sql_token_is_char(&lexer, &token, '('))
            depth++;
        if (tdm_sql_token_is_char(&lexer, &token, ')') && depth > 0)
            depth--;
        if (depth == 0 && token.start > 0 && tdm_sql_token_is(&lexer, &token, "WITH"))
            end = token.start;
    }
}

static tdm_value query_of(tdm_replay *r, const PgQuery__Node *query)
{
    tdm_text whole = text_behind_as(r);
    tdm_text texts[] = {whole, without_tail(whole)};
    tdm_digest digest = tdm_value_digest(r->catalog, &query->base);

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        tdm_value value =
            tdm_value_of_query(r->catalog, tdm_arena_text(r->catalog->arena, texts[i]));
        if (value.text.size && value.reason.size == 0 && tdm_digest_equal(value.digest, digest))
            return value;
    }
    return (tdm_value){.text = tdm_sql_one_line(r->catalog->arena, r->statement->sql),
                       .digest = digest};
}

// --- Statements ---------------------------------------------------------------------------------

static void leave_columns_unknown(tdm_object *view)
{
    view->columns_known = false;
    view->reason = TDM_TEXT("the columns of a view are not read");
}

static tdm_key key_of(tdm_replay *r, tdm_kind kind, const PgQuery__RangeVar *range)
{
    tdm_key key = {.kind = kind,
                   .schema = *range->schemaname ? tdm_replay_copy(r, range->schemaname)
                                                : tdm_catalog_creation_schema(r->catalog),
                   .name = tdm_replay_copy(r, range->relname)};

    return key;
}

// WITH CHECK OPTION is kept as an option too (view.c DefineView).
static tdm_text options_of(tdm_replay *r, const PgQuery__ViewStmt *create)
{
    tdm_text_list list = {0};
    tdm_text options = tdm_replay_options(r, create->options, create->n_options);

    if (create->with_check_option == PG_QUERY__VIEW_CHECK_OPTION__LOCAL_CHECK_OPTION)
        tdm_kinds_push(r, &list, TDM_TEXT("check_option=local"));
    if (create->with_check_option == PG_QUERY__VIEW_CHECK_OPTION__CASCADED_CHECK_OPTION)
        tdm_kinds_push(r, &list, TDM_TEXT("check_option=cascaded"));
    if (options.size)
        tdm_kinds_push(r, &list, options);
    return tdm_set_of(r->catalog, list.texts.items, list.texts.count);
}

void tdm_replay_create_view(tdm_replay *r)
{
    const PgQuery__ViewStmt *create = r->tree->node->view_stmt;
    tdm_key key = key_of(r, TDM_KIND_VIEW, create->view);

    // Names of columns belong to the query, and a temporary view to its session.
    if (create->n_aliases || strcmp(create->view->relpersistence, "t") == 0) {
        tdm_replay_other(r);
        return;
    }
    tdm_object *view = tdm_kinds_begin(r, &key);
    if (!view)
        return;
    leave_columns_unknown(view);
    tdm_replay_assign(r, view, TDM_ATTR_QUERY, query_of(r, create->query));
    tdm_replay_assign_text(r, view, TDM_ATTR_OPTIONS, options_of(r, create));
}

void tdm_replay_create_materialized(tdm_replay *r)
{
    const PgQuery__CreateTableAsStmt *create = r->tree->node->create_table_as_stmt;
    const PgQuery__IntoClause *into = create->into;
    tdm_key key = key_of(r, TDM_KIND_MATERIALIZED_VIEW, into->rel);

    if (into->n_col_names) {
        tdm_replay_other(r);
        return;
    }
    tdm_object *view = tdm_kinds_begin(r, &key);
    if (!view)
        return;
    leave_columns_unknown(view);
    tdm_replay_assign(r, view, TDM_ATTR_QUERY, query_of(r, create->query));
    tdm_replay_assign_text(r, view, TDM_ATTR_OPTIONS,
                           tdm_replay_options(r, into->options, into->n_options));
    if (into->skip_data)
        tdm_replay_assign_text(r, view, TDM_ATTR_POPULATED, TDM_TEXT("no"));
    if (*into->access_method && strcmp(into->access_method, "heap") != 0)
        tdm_replay_assign_text(r, view, TDM_ATTR_ACCESS_METHOD,
                               tdm_replay_copy(r, into->access_method));
    tdm_replay_assign_text(r, view, TDM_ATTR_TABLESPACE,
                           tdm_replay_tablespace(r, into->table_space_name));
}
