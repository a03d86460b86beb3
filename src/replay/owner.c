// OWNER TO, of every kind of object.
#include "replay/grant.h"
#include "replay/kinds.h"
#include "replay/objects.h"

#include "base/text.h"

// What the old owner had, and what was taken of it, is the new one's (acl.c aclnewowner). Of an
// object the owner has everything by itself; of a column nothing.
static tdm_value passed_on(tdm_replay *r, const tdm_value *value, bool column, tdm_text before,
                           tdm_text after)
{
    tdm_grants grants = {0};
    tdm_grantee old = {.role = before};
    tdm_value passed = *value;

    if (!tdm_grants_read(r->catalog->arena, value->text, &grants))
        return passed;
    for (size_t i = 0; i < grants.roles.count; i++)
        if (before.size && tdm_text_equal(grants.roles.items[i].role, before)) {
            old = grants.roles.items[i];
            grants.roles.items[i] = (tdm_grantee){.role = before};
        }
    bool had = old.held || old.denied;
    tdm_grantee *owner = after.size ? tdm_grants_role(r->catalog->arena, &grants, after) : NULL;
    if (owner && column) {
        owner->held |= old.held;
        owner->options |= old.options;
    } else if (owner) {
        *owner = (tdm_grantee){.role = owner->role, .denied = old.denied & ~owner->held};
    } else if (had) {
        passed.reason = TDM_TEXT("which role owns it now is not known");
    }
    tdm_value said = tdm_grant_value_of(r, &grants);
    passed.text = said.text;
    passed.written = said.written;
    return passed;
}

static void pass_on(tdm_replay *r, tdm_object *object, tdm_text before, tdm_text after)
{
    const tdm_value *value = tdm_object_value(object, TDM_ATTR_GRANTS);

    if (value && value->text.size)
        tdm_replay_assign(r, object, TDM_ATTR_GRANTS, passed_on(r, value, false, before, after));
    for (size_t i = 0; i < object->columns.count; i++) {
        tdm_column *column = &object->columns.items[i];
        value = tdm_column_value(column, TDM_ATTR_GRANTS);
        if (value && value->text.size)
            tdm_replay_assign_column(r, object, column, TDM_ATTR_GRANTS,
                                     passed_on(r, value, true, before, after));
    }
}

static void set_owner(tdm_replay *r, tdm_object *object, tdm_value owner)
{
    const tdm_value *found = tdm_object_value(object, TDM_ATTR_OWNER);
    tdm_text before = found ? found->text : (tdm_text){NULL, 0};

    if (before.size)
        before = tdm_names_of(r->catalog, &before, 1);
    pass_on(r, object, before,
            owner.reason.size ? (tdm_text){NULL, 0} : tdm_names_of(r->catalog, &owner.text, 1));
    tdm_replay_assign(r, object, TDM_ATTR_OWNER, owner);
}

void tdm_replay_set_owner(tdm_replay *r, tdm_object *object, const PgQuery__RoleSpec *role)
{
    tdm_value owner = tdm_replay_role(r, role);

    set_owner(r, object, owner);
    // tablecmds.c change_owner_recurse_to_sequences
    for (size_t i = 0; i < object->members.count; i++)
        if (!object->members.items[i]->dropped &&
            object->members.items[i]->kind == TDM_KIND_SEQUENCE)
            set_owner(r, object->members.items[i], owner);
}

void tdm_replay_alter_owner(tdm_replay *r)
{
    const PgQuery__AlterOwnerStmt *alter = r->tree->node->alter_owner_stmt;
    tdm_kind kind = tdm_object_kind(alter->object_type);
    tdm_key key = tdm_object_of_node(r, alter->object, alter->object_type);
    tdm_object *object = NULL;

    switch (kind) {
    case TDM_KIND_OTHER:
    case TDM_KIND_DATABASE:
    case TDM_KIND_LANGUAGE:
        tdm_replay_other(r);
        return;
    default:
        break;
    }
    object = tdm_replay_target(r, &key, false);
    if (object)
        tdm_replay_set_owner(r, object, alter->newowner);
}
