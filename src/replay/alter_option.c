// ALTER TABLE: what concerns a relation as a whole, of whatever kind.
#include "replay/alter.h"

#include "base/text.h"
#include "replay/grant.h"
#include "replay/objects.h"
#include "sql/excerpt.h"

// --- Options in WITH ----------------------------------------------------------------------------

static tdm_text name_of(tdm_text option)
{
    return tdm_text_slice(option, 0, tdm_text_find_char(option, '='));
}

static bool is_named(const tdm_text *options, size_t count, tdm_text option)
{
    for (size_t i = 0; i < count; i++)
        if (tdm_text_equal(name_of(options[i]), name_of(option)))
            return true;
    return false;
}

tdm_text tdm_replay_merge_options(tdm_replay *r, const tdm_value *before, const PgQuery__List *list,
                                  bool resets)
{
    enum { MOST = 64 };
    tdm_text named[MOST], kept[MOST];
    size_t count = 0, keeps = 0;

    for (size_t i = 0; i < list->n_items && count < MOST; i++)
        named[count++] = tdm_replay_options(r, &list->items[i], 1);
    for (tdm_text rest = before ? before->text : (tdm_text){NULL, 0}; rest.size && keeps < MOST;) {
        size_t comma = tdm_text_find(rest, TDM_TEXT(", "));
        tdm_text option = tdm_text_slice(rest, 0, comma);
        if (!is_named(named, count, option))
            kept[keeps++] = option;
        rest = comma == SIZE_MAX ? (tdm_text){NULL, 0} : tdm_text_from(rest, comma + 2);
    }
    for (size_t i = 0; !resets && i < count && keeps < MOST; i++)
        kept[keeps++] = named[i];
    return tdm_set_of(r->catalog, kept, keeps);
}

static void set_options(tdm_replay *r, tdm_object *relation, const PgQuery__AlterTableCmd *command)
{
    bool resets = command->subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_ResetRelOptions;
    bool replaces = command->subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_ReplaceRelOptions;
    const tdm_value *before = replaces ? NULL : tdm_object_value(relation, TDM_ATTR_OPTIONS);

    if (command->def && command->def->node_case == PG_QUERY__NODE__NODE_LIST)
        tdm_replay_assign_text(r, relation, TDM_ATTR_OPTIONS,
                               tdm_replay_merge_options(r, before, command->def->list, resets));
}

// --- Triggers and rules -------------------------------------------------------------------------

static tdm_text enabled_by(PgQuery__AlterTableType type)
{
    switch (type) {
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DisableTrig:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DisableTrigAll:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DisableTrigUser:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DisableRule:
        return TDM_TEXT("DISABLED");
    case PG_QUERY__ALTER_TABLE_TYPE__AT_EnableAlwaysTrig:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_EnableAlwaysRule:
        return TDM_TEXT("ALWAYS");
    case PG_QUERY__ALTER_TABLE_TYPE__AT_EnableReplicaTrig:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_EnableReplicaRule:
        return TDM_TEXT("REPLICA");
    default: // enabled as a new one is
        return (tdm_text){NULL, 0};
    }
}

static void switch_one(tdm_replay *r, tdm_object *relation, const PgQuery__AlterTableCmd *command,
                       tdm_kind kind)
{
    tdm_key key = {.kind = kind, .on = relation, .name = tdm_replay_copy(r, command->name)};
    tdm_object *object = tdm_replay_target(r, &key, false);

    if (object)
        tdm_replay_assign_text(r, object, TDM_ATTR_ENABLED, enabled_by(command->subtype));
}

// ALL also means the triggers of constraints, which are not objects here: said of the relation.
static void switch_all(tdm_replay *r, tdm_object *relation, const PgQuery__AlterTableCmd *command)
{
    for (size_t i = 0; i < relation->members.count; i++) {
        tdm_object *member = relation->members.items[i];
        if (!member->dropped && member->kind == TDM_KIND_TRIGGER)
            tdm_replay_assign_text(r, member, TDM_ATTR_ENABLED, enabled_by(command->subtype));
    }
    if (command->subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_EnableTrigAll ||
        command->subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_DisableTrigAll)
        tdm_replay_assign_text(r, relation, TDM_ATTR_ENABLED, enabled_by(command->subtype));
}

// --- Partitions and inheritance -----------------------------------------------------------------

static void attach(tdm_replay *r, tdm_object *parent, const PgQuery__AlterTableCmd *command)
{
    const PgQuery__PartitionCmd *partition = command->def->partition_cmd;
    bool attaches = command->subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_AttachPartition;
    tdm_object *child = tdm_object_relation(r, partition->name);
    tdm_text none = {NULL, 0};

    if (parent->kind != TDM_KIND_TABLE) // ALTER INDEX ... ATTACH PARTITION: they are alike already
        return;
    if (!child) {
        tdm_replay_opaque(r, tdm_replay_text(r, "the server refuses it: there is no table %s",
                                             partition->name->relname));
        return;
    }
    tdm_replay_assign_text(r, child, TDM_ATTR_PARTITION_OF,
                           attaches ? tdm_replay_table_name(r, parent) : (tdm_text){NULL, 0});
    for (size_t i = 0; i < child->columns.count; i++)
        tdm_replay_assign_column(r, child, &child->columns.items[i], TDM_ATTR_INHERITED,
                                 (tdm_value){.text = attaches ? TDM_TEXT("yes") : none});
    if (attaches && partition->bound) {
        tdm_replay_set_bound(r, child, partition->bound);
        tdm_replay_copy_missing(r, child, parent);
    } else {
        tdm_replay_assign(r, child, TDM_ATTR_PARTITION_BOUND, (tdm_value){0});
        tdm_replay_free_parts(r, child);
    }
}

static void inherit(tdm_replay *r, tdm_object *child, const PgQuery__AlterTableCmd *command)
{
    const PgQuery__Node *def = command->def;
    const tdm_value *before = tdm_object_value(child, TDM_ATTR_INHERITS);
    tdm_text list = before ? before->text : (tdm_text){NULL, 0}, kept = {NULL, 0};

    if (!def || def->node_case != PG_QUERY__NODE__NODE_RANGE_VAR)
        return;
    tdm_key parent = tdm_object_of_range(r, TDM_KIND_TABLE, def->range_var);
    tdm_text name = tdm_catalog_print(r->catalog, parent.schema, parent.name);
    while (list.size) {
        size_t comma = tdm_text_find(list, TDM_TEXT(", "));
        tdm_text one = tdm_text_slice(list, 0, comma);
        if (!tdm_text_equal(one, name))
            kept = tdm_replay_text(r, "%.*s%s%.*s", TDM_TEXT_ARG(kept), kept.size ? ", " : "",
                                   TDM_TEXT_ARG(one));
        list = comma == SIZE_MAX ? (tdm_text){NULL, 0} : tdm_text_from(list, comma + 2);
    }
    if (command->subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_AddInherit)
        kept = tdm_replay_text(r, "%.*s%s%.*s", TDM_TEXT_ARG(kept), kept.size ? ", " : "",
                               TDM_TEXT_ARG(name));
    tdm_replay_assign_text(r, child, TDM_ATTR_INHERITS, kept);
}

// --- Single attributes --------------------------------------------------------------------------

static void set_replica_identity(tdm_replay *r, tdm_object *relation,
                                 const PgQuery__ReplicaIdentityStmt *identity)
{
    tdm_text text = {NULL, 0};

    if (*identity->identity_type == 'f')
        text = TDM_TEXT("FULL");
    else if (*identity->identity_type == 'n')
        text = TDM_TEXT("NOTHING");
    else if (*identity->identity_type == 'i')
        text = tdm_replay_text(r, "index %s", identity->name);
    tdm_replay_assign_text(r, relation, TDM_ATTR_REPLICA_IDENTITY, text);
}

tdm_value tdm_replay_role(tdm_replay *r, const PgQuery__RoleSpec *role)
{
    if (role && role->roletype == PG_QUERY__ROLE_SPEC_TYPE__ROLESPEC_CSTRING)
        return (tdm_value){.text = tdm_replay_copy(r, role->rolename)};
    if (r->catalog->role.size &&
        (!role || role->roletype != PG_QUERY__ROLE_SPEC_TYPE__ROLESPEC_SESSION_USER))
        return (tdm_value){.text = r->catalog->role};
    return (tdm_value){.text = TDM_TEXT("the current role"),
                       .reason = TDM_TEXT("which role runs the statement is not known")};
}

static const char *word_of(const PgQuery__AlterTableCmd *command)
{
    return command->name;
}

bool tdm_alter_option(tdm_replay *r, tdm_object *relation, const PgQuery__AlterTableCmd *command)
{
    const PgQuery__Node *def = command->def;
    tdm_text none = {NULL, 0};

    switch (command->subtype) {
    case PG_QUERY__ALTER_TABLE_TYPE__AT_EnableRowSecurity:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DisableRowSecurity:
        tdm_replay_assign_flag(r, relation, TDM_ATTR_RLS,
                               command->subtype ==
                                   PG_QUERY__ALTER_TABLE_TYPE__AT_EnableRowSecurity);
        return true;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ForceRowSecurity:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_NoForceRowSecurity:
        tdm_replay_assign_flag(r, relation, TDM_ATTR_RLS_FORCED,
                               command->subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_ForceRowSecurity);
        return true;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ChangeOwner:
        tdm_replay_set_owner(r, relation, command->newowner);
        return true;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ClusterOn:
        tdm_replay_assign_text(r, relation, TDM_ATTR_CLUSTER, tdm_replay_copy(r, word_of(command)));
        return true;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropCluster:
        tdm_replay_assign_text(r, relation, TDM_ATTR_CLUSTER, none);
        return true;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetLogged:
        tdm_replay_assign_text(r, relation, TDM_ATTR_PERSISTENCE, none);
        return true;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetUnLogged:
        tdm_replay_assign_text(r, relation, TDM_ATTR_PERSISTENCE, TDM_TEXT("unlogged"));
        return true;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetAccessMethod:
        tdm_replay_assign_text(r, relation, TDM_ATTR_ACCESS_METHOD,
                               tdm_text_is(tdm_text_of(word_of(command)), "heap")
                                   ? none
                                   : tdm_replay_copy(r, word_of(command)));
        return true;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetTableSpace:
        tdm_replay_assign_text(r, relation, TDM_ATTR_TABLESPACE,
                               tdm_replay_tablespace(r, word_of(command)));
        return true;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetRelOptions:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ResetRelOptions:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ReplaceRelOptions:
        set_options(r, relation, command);
        return true;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ReplicaIdentity:
        set_replica_identity(r, relation, def->replica_identity_stmt);
        return true;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_EnableTrig:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_EnableAlwaysTrig:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_EnableReplicaTrig:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DisableTrig:
        switch_one(r, relation, command, TDM_KIND_TRIGGER);
        return true;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_EnableRule:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_EnableAlwaysRule:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_EnableReplicaRule:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DisableRule:
        switch_one(r, relation, command, TDM_KIND_RULE);
        return true;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_EnableTrigAll:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_EnableTrigUser:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DisableTrigAll:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DisableTrigUser:
        switch_all(r, relation, command);
        return true;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AttachPartition:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DetachPartition:
        attach(r, relation, command);
        return true;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DetachPartitionFinalize:
        return true;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AddInherit:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropInherit:
        inherit(r, relation, command);
        return true;
    default: // column commands of what is no table, foreign data, OF
        return false;
    }
}

void tdm_alter_unread(tdm_replay *r, tdm_object *relation, const PgQuery__AlterTableCmd *command)
{
    tdm_replay_object object = {
        .key = {.kind = TDM_KIND_TABLE_OPTION,
                .on = relation,
                .name = tdm_replay_text(r, "%s of kind %d", command->name, (int)command->subtype)},
        .after = tdm_sql_one_line(r->catalog->arena, r->statement->sql),
        .identity = tdm_replay_identity(r, &command->base),
        .creates = true,
    };

    tdm_replay_touch(r, &object);
}
