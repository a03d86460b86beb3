// ALTER DEFAULT PRIVILEGES, and what objects get by them when they are made.
//
// An entry of the server (pg_default_acl) is for one role, one kind of object, and one schema or
// all of them. Without FOR ROLE it is that of the role that runs the statement; here an entry of
// such a role has no name, and so has a new object's owner, unless SET ROLE has said who it is.
#include "replay/grant.h"
#include "replay/kinds.h"

#include "base/text.h"

static const struct family {
    PgQuery__ObjectType type;
    tdm_kind kind;
    const char *word;
} families[] = {
    {PG_QUERY__OBJECT_TYPE__OBJECT_TABLE, TDM_KIND_TABLE, "tables"},
    {PG_QUERY__OBJECT_TYPE__OBJECT_SEQUENCE, TDM_KIND_SEQUENCE, "sequences"},
    {PG_QUERY__OBJECT_TYPE__OBJECT_FUNCTION, TDM_KIND_FUNCTION, "functions"},
    {PG_QUERY__OBJECT_TYPE__OBJECT_ROUTINE, TDM_KIND_FUNCTION, "functions"},
    {PG_QUERY__OBJECT_TYPE__OBJECT_TYPE, TDM_KIND_TYPE, "types"},
    {PG_QUERY__OBJECT_TYPE__OBJECT_SCHEMA, TDM_KIND_SCHEMA, "schemas"},
};

static const struct family *family_of(PgQuery__ObjectType type)
{
    for (size_t i = 0; i < sizeof families / sizeof *families; i++)
        if (families[i].type == type)
            return &families[i];
    return NULL;
}

// --- The statement ------------------------------------------------------------------------------

// One entry: whose, and where.
typedef struct entry {
    const tdm_catalog *catalog;
    const struct family *family;
    tdm_text role;   // as a list of grants names it; empty: whoever runs the statements
    tdm_text schema; // empty: every schema
} entry;

// In one schema an entry adds to what is given everywhere, and takes nothing away.
static tdm_privileges given_by(const void *context, tdm_text role)
{
    const entry *e = context;

    if (e->schema.size)
        return 0;
    if (tdm_text_is(role, "PUBLIC"))
        return tdm_grants_of_public(e->family->kind);
    return e->role.size && tdm_text_equal(e->role, role) ? ~0U : 0;
}

static tdm_privileges unsure_by(const void *context, tdm_text role, bool revokes)
{
    const entry *e = context;
    bool may_own = !e->schema.size && !e->role.size && !tdm_text_is(role, "PUBLIC") &&
                   (revokes || tdm_text_is(role, "postgres"));

    return e->catalog->open || may_own || tdm_grants_platform(e->schema, role) ? ~0U : 0;
}

static tdm_key key_of(tdm_replay *r, const entry *e)
{
    return (tdm_key){.kind = TDM_KIND_DEFAULT_PRIVILEGES,
                     .schema = e->schema,
                     .name = tdm_replay_text(r, "%s%s%.*s", e->family->word,
                                             e->role.size ? " of " : "", TDM_TEXT_ARG(e->role))};
}

static void change_entry(tdm_replay *r, const entry *e, const PgQuery__GrantStmt *action)
{
    tdm_key key = key_of(r, e);
    tdm_object *object = tdm_catalog_live(r->catalog, &key);
    tdm_grant_step step = {.statement = action,
                           .all = tdm_grants_all(e->family->kind),
                           .given = given_by,
                           .unsure = unsure_by,
                           .context = e};

    if (!tdm_grant_privileges(r, action, e->family->kind, &step.privileges))
        return;
    tdm_value value =
        tdm_grant_value(r, object ? tdm_object_value(object, TDM_ATTR_GRANTS) : NULL, &step);
    // An entry that says nothing is none, so that there are only attributes to record.
    if (!object) {
        object = tdm_catalog_put(r->catalog, &key, r->statement->place);
        if (!object || !tdm_vector_push(r->catalog->arena, &r->catalog->defaults, object))
            return;
    }
    tdm_replay_assign(r, object, TDM_ATTR_GRANTS, value);
}

static void change_schema(tdm_replay *r, entry *e, const PgQuery__Node *schema,
                          const PgQuery__GrantStmt *action)
{
    e->schema = tdm_replay_copy(r, tdm_kinds_string(schema));
    if (tdm_catalog_schema(r->catalog, e->schema, NULL) == TDM_KNOWN_NO_OBJECT)
        tdm_replay_opaque(r, tdm_replay_text(r, "the server refuses it: there is no schema %.*s",
                                             TDM_TEXT_ARG(e->schema)));
    else
        change_entry(r, e, action);
}

static void change_role(tdm_replay *r, entry *e, const PgQuery__List *schemas,
                        const PgQuery__GrantStmt *action)
{
    if (!schemas)
        change_entry(r, e, action);
    for (size_t i = 0; schemas && i < schemas->n_items; i++)
        change_schema(r, e, schemas->items[i], action);
}

static const PgQuery__List *option_of(const PgQuery__AlterDefaultPrivilegesStmt *alter,
                                      const char *name)
{
    for (size_t i = 0; i < alter->n_options; i++) {
        const PgQuery__Node *node = alter->options[i];
        if (node->node_case == PG_QUERY__NODE__NODE_DEF_ELEM &&
            tdm_text_is(tdm_text_of(node->def_elem->defname), name) && node->def_elem->arg &&
            node->def_elem->arg->node_case == PG_QUERY__NODE__NODE_LIST)
            return node->def_elem->arg->list;
    }
    return NULL;
}

void tdm_replay_alter_default_privileges(tdm_replay *r)
{
    const PgQuery__AlterDefaultPrivilegesStmt *alter = r->tree->node->alter_default_privileges_stmt;
    const PgQuery__List *roles = option_of(alter, "roles"), *schemas = option_of(alter, "schemas");
    entry e = {.catalog = r->catalog, .family = family_of(alter->action->objtype)};

    if (!e.family) { // of later versions: large objects
        tdm_replay_other(r);
        return;
    }
    if (!roles) {
        e.role = tdm_grant_role(r, NULL);
        change_role(r, &e, schemas, alter->action);
    }
    for (size_t i = 0; roles && i < roles->n_items; i++) {
        if (roles->items[i]->node_case != PG_QUERY__NODE__NODE_ROLE_SPEC)
            continue;
        e.role = tdm_grant_role(r, roles->items[i]->role_spec);
        change_role(r, &e, schemas, alter->action);
    }
}

// --- New objects --------------------------------------------------------------------------------

// Which entries are for objects of a kind; NULL: none are.
static const char *word_for(tdm_kind kind)
{
    switch (kind) {
    case TDM_KIND_TABLE:
    case TDM_KIND_VIEW:
    case TDM_KIND_MATERIALIZED_VIEW:
    case TDM_KIND_FOREIGN_TABLE:
        return "tables";
    case TDM_KIND_SEQUENCE:
        return "sequences";
    case TDM_KIND_FUNCTION:
        return "functions";
    case TDM_KIND_TYPE:
        return "types";
    case TDM_KIND_SCHEMA:
        return "schemas";
    default:
        return NULL;
    }
}

// Whether an entry is for what the role at hand makes now: yes, no, or not to be known.
static tdm_known is_mine(tdm_replay *r, const tdm_object *object, tdm_text word)
{
    tdm_text role = tdm_text_from(object->name, word.size), me = tdm_grant_role(r, NULL);

    if (!tdm_text_starts(object->name, word))
        return TDM_KNOWN_NO_OBJECT;
    role = tdm_text_from(role, role.size ? 4 : 0); // " of "
    if (tdm_text_equal(role, me))
        return TDM_KNOWN_YES;
    return role.size && me.size ? TDM_KNOWN_NO_OBJECT : TDM_KNOWN_UNKNOWN;
}

// What everywhere is taken may be given in one schema (aclmerge).
static void merge(tdm_replay *r, tdm_grants *into, const tdm_object *object, tdm_known mine,
                  tdm_text schema)
{
    const tdm_value *value = tdm_object_value(object, TDM_ATTR_GRANTS);
    tdm_grants from = {0};

    if (!value || !tdm_grants_read(r->catalog->arena, value->text, &from))
        return;
    for (size_t i = 0; i < from.roles.count; i++) {
        const tdm_grantee *g = &from.roles.items[i];
        // The platform's roles may have anything then, as without the entry.
        if (mine == TDM_KNOWN_UNKNOWN && tdm_grants_platform(schema, g->role))
            continue;
        tdm_grantee *to = tdm_grants_role(r->catalog->arena, into, g->role);
        if (!to)
            return;
        if (mine == TDM_KNOWN_UNKNOWN) {
            to->maybe |= (g->held | g->denied | g->maybe) & ~to->held;
            continue;
        }
        to->denied = (to->denied & ~g->held) | (g->denied & ~to->held);
        to->held |= g->held;
        to->options |= g->options;
        to->vague |= g->vague;
        to->maybe |= g->maybe & ~g->held;
    }
}

void tdm_replay_give_defaults(tdm_replay *r, tdm_object *object)
{
    const char *word = word_for(object->kind);
    tdm_grants grants = {0};

    if (!word || r->catalog->defaults.count == 0)
        return;
    for (int in_schema = 0; in_schema < 2; in_schema++)
        for (size_t i = 0; i < r->catalog->defaults.count; i++) {
            const tdm_object *one = r->catalog->defaults.items[i];
            bool fits = in_schema ? one->schema.size && tdm_text_equal(one->schema, object->schema)
                                  : one->schema.size == 0;
            tdm_known mine =
                fits && !one->dropped ? is_mine(r, one, tdm_text_of(word)) : TDM_KNOWN_NO_OBJECT;
            if (mine != TDM_KNOWN_NO_OBJECT)
                merge(r, &grants, one, mine, object->schema);
        }
    for (size_t i = 0; i < grants.roles.count; i++) // what it has anyway is not said
        if (tdm_text_is(grants.roles.items[i].role, "PUBLIC"))
            grants.roles.items[i].held &= ~tdm_grants_of_public(object->kind);
    tdm_value value = tdm_grant_value_of(r, &grants);
    if (value.text.size)
        tdm_replay_assign(r, object, TDM_ATTR_GRANTS, value);
}
