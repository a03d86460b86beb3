// CREATE RULE.
#include "catalog/rule.h"
#include "replay/definition.h"
#include "replay/objects.h"

void tdm_replay_create_rule(tdm_replay *r)
{
    const PgQuery__RuleStmt *create = r->tree->node->rule_stmt;
    tdm_object *relation = tdm_kinds_relation(r, create->relation);
    tdm_rule rule;

    if (!relation)
        return;
    tdm_key key = {
        .kind = TDM_KIND_RULE, .on = relation, .name = tdm_replay_copy(r, create->rulename)};
    tdm_object *object = tdm_kinds_begin(r, &key);
    if (!object)
        return;
    tdm_rule_of(r->catalog, r->tree->sql, create, &rule);
    tdm_replay_assign_text(r, object, TDM_ATTR_EVENTS, rule.event);
    tdm_replay_assign_text(r, object, TDM_ATTR_FORM, rule.form);
    tdm_replay_assign(r, object, TDM_ATTR_WHEN, rule.when);
    tdm_replay_assign(r, object, TDM_ATTR_QUERY, rule.actions);
}
