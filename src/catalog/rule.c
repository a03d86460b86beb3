#include "catalog/rule.h"

#include "base/text.h"
#include "catalog/state.h"
#include "catalog/value.h"
#include "sql/lexer.h"
#include "sql/tree.h"

// The text from behind the first word to the second, both outside of brackets; up to the end
// without a second. False: the words are not there.
static bool between(tdm_text sql, const char *first, const char *second, tdm_text *ret)
{
    tdm_sql_lexer lexer = {.source = sql};
    size_t depth = 0, start = SIZE_MAX;

    for (;;) {
        tdm_sql_token token = tdm_sql_next(&lexer);
        if (token.kind == TDM_SQL_TOKEN_END)
            break;
        if (tdm_sql_token_is_char(&lexer, &token, '('))
            depth++;
        if (tdm_sql_token_is_char(&lexer, &token, ')') && depth > 0)
            depth--;
        if (depth || (start != SIZE_MAX && !second))
            continue;
        if (start == SIZE_MAX && tdm_sql_token_is(&lexer, &token, first)) {
            start = token.end;
        } else if (start != SIZE_MAX && tdm_sql_token_is(&lexer, &token, second)) {
            *ret = tdm_text_trim(tdm_text_slice(sql, start, token.start));
            return true;
        }
    }
    if (start == SIZE_MAX || second)
        return false;
    *ret = tdm_text_trim(tdm_text_from(sql, start));
    return true;
}

static tdm_text event_of(PgQuery__CmdType event)
{
    switch (event) {
    case PG_QUERY__CMD_TYPE__CMD_SELECT:
        return TDM_TEXT("SELECT");
    case PG_QUERY__CMD_TYPE__CMD_INSERT:
        return TDM_TEXT("INSERT");
    case PG_QUERY__CMD_TYPE__CMD_UPDATE:
        return TDM_TEXT("UPDATE");
    case PG_QUERY__CMD_TYPE__CMD_DELETE:
        return TDM_TEXT("DELETE");
    default:
        return TDM_TEXT("?");
    }
}

// INSTEAD or ALSO
static tdm_text without_word(tdm_text text)
{
    tdm_sql_lexer lexer = {.source = text};
    tdm_sql_token token = tdm_sql_next(&lexer);

    if (tdm_sql_token_is(&lexer, &token, "INSTEAD") || tdm_sql_token_is(&lexer, &token, "ALSO"))
        text = tdm_text_trim(tdm_text_from(text, token.end));
    return text;
}

static tdm_value actions_of(tdm_catalog *catalog, tdm_text sql, const PgQuery__RuleStmt *rule)
{
    PgQuery__RuleStmt actions = PG_QUERY__RULE_STMT__INIT;
    tdm_value value = {.text = TDM_TEXT("NOTHING")};
    tdm_text text = sql;

    actions.n_actions = rule->n_actions;
    actions.actions = rule->actions;
    value.digest = tdm_value_digest(catalog, &actions.base);
    if (rule->n_actions == 0)
        return value;
    if (!between(sql, "DO", NULL, &text))
        text = sql;
    text = without_word(text);
    while (tdm_text_ends(text, TDM_TEXT(";")))
        text = tdm_text_trim(tdm_text_slice(text, 0, text.size - 1));
    value.text = tdm_arena_text(catalog->arena, text);
    return value;
}

void tdm_rule_of(tdm_catalog *catalog, tdm_text sql, const PgQuery__RuleStmt *rule, tdm_rule *ret)
{
    tdm_text condition;

    *ret = (tdm_rule){.event = event_of(rule->event), .actions = actions_of(catalog, sql, rule)};
    if (rule->instead)
        ret->form = TDM_TEXT("INSTEAD");
    if (!rule->where_clause)
        return;
    if (!between(sql, "WHERE", "DO", &condition))
        condition = TDM_TEXT("a condition");
    ret->when = (tdm_value){.text = tdm_arena_text(catalog->arena, condition),
                            .digest = tdm_value_digest(catalog, &rule->where_clause->base)};
}

bool tdm_rule_read(tdm_catalog *catalog, tdm_text sql, tdm_rule *ret)
{
    tdm_sql_tree *tree = NULL;

    if (tdm_sql_parse_text(sql, &tree, NULL) != TDM_OK)
        return false;
    bool is_rule = tree->node->node_case == PG_QUERY__NODE__NODE_RULE_STMT;
    if (is_rule)
        tdm_rule_of(catalog, sql, tree->node->rule_stmt, ret);
    tdm_sql_tree_free(tree);
    return is_rule;
}
