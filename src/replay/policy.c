// Row level security policies.
#include "replay/kinds.h"
#include "replay/objects.h"

#include "base/text.h"
#include "sql/quote.h"

#include <string.h>

// PUBLIC is what is there without the word, and takes in every other role (policy.c
// policy_role_list_to_array).
static tdm_value roles_of(tdm_replay *r, PgQuery__Node *const *roles, size_t count)
{
    tdm_text *names = tdm_arena_array(r->catalog->arena, count, sizeof *names);
    tdm_value value = {0};
    size_t found = 0;

    for (size_t i = 0; names && i < count; i++) {
        if (roles[i]->node_case != PG_QUERY__NODE__NODE_ROLE_SPEC)
            continue;
        const PgQuery__RoleSpec *role = roles[i]->role_spec;
        if (role->roletype == PG_QUERY__ROLE_SPEC_TYPE__ROLESPEC_PUBLIC)
            return (tdm_value){0};
        tdm_value one = tdm_replay_role(r, role);
        if (one.reason.size)
            value.reason = one.reason;
        names[found++] = tdm_sql_ident(r->catalog->arena, one.text);
    }
    if (names)
        value.text = tdm_set_of(r->catalog, names, found);
    return value;
}

static tdm_text command_of(tdm_replay *r, const char *name)
{
    char *text = tdm_arena_string(r->catalog->arena, tdm_text_of(name));

    for (size_t i = 0; text && text[i]; i++)
        text[i] = tdm_to_upper(text[i]);
    return text && strcmp(text, "ALL") != 0 ? tdm_text_of(text) : (tdm_text){NULL, 0};
}

static void set_expression(tdm_replay *r, tdm_object *policy, tdm_attribute attribute,
                           const PgQuery__Node *node)
{
    const char *word = attribute == TDM_ATTR_USING ? "USING" : "CHECK";

    if (node)
        tdm_replay_assign(r, policy, attribute,
                          tdm_kinds_value(r, node, tdm_kinds_bracketed(r, word, 0)));
}

void tdm_replay_create_policy(tdm_replay *r)
{
    const PgQuery__CreatePolicyStmt *create = r->tree->node->create_policy_stmt;
    tdm_object *table = tdm_kinds_relation(r, create->table);
    tdm_key key = {
        .kind = TDM_KIND_POLICY, .on = table, .name = tdm_replay_copy(r, create->policy_name)};
    tdm_object *policy = table ? tdm_kinds_begin(r, &key) : NULL;

    if (!policy)
        return;
    if (!create->permissive)
        tdm_replay_assign_text(r, policy, TDM_ATTR_PERMISSIVE, TDM_TEXT("RESTRICTIVE"));
    tdm_replay_assign_text(r, policy, TDM_ATTR_COMMAND, command_of(r, create->cmd_name));
    tdm_replay_assign(r, policy, TDM_ATTR_ROLES, roles_of(r, create->roles, create->n_roles));
    set_expression(r, policy, TDM_ATTR_USING, create->qual);
    set_expression(r, policy, TDM_ATTR_WITH_CHECK, create->with_check);
}

void tdm_replay_alter_policy(tdm_replay *r)
{
    const PgQuery__AlterPolicyStmt *alter = r->tree->node->alter_policy_stmt;
    tdm_object *table = tdm_kinds_relation(r, alter->table);
    tdm_key key = {
        .kind = TDM_KIND_POLICY, .on = table, .name = tdm_replay_copy(r, alter->policy_name)};
    tdm_object *policy = table ? tdm_kinds_altered(r, &key) : NULL;

    if (!policy)
        return;
    if (alter->n_roles)
        tdm_replay_assign(r, policy, TDM_ATTR_ROLES, roles_of(r, alter->roles, alter->n_roles));
    set_expression(r, policy, TDM_ATTR_USING, alter->qual);
    set_expression(r, policy, TDM_ATTR_WITH_CHECK, alter->with_check);
}
