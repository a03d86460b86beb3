#include "replay/grant.h"

#include "base/text.h"
#include "replay/alter.h"
#include "replay/kinds.h"
#include "replay/objects.h"

// --- Roles and privileges -----------------------------------------------------------------------

tdm_text tdm_grant_role(tdm_replay *r, const PgQuery__RoleSpec *role)
{
    tdm_text name = role ? tdm_text_of(role->rolename) : (tdm_text){NULL, 0};

    if (role && role->roletype == PG_QUERY__ROLE_SPEC_TYPE__ROLESPEC_PUBLIC)
        return TDM_TEXT("PUBLIC");
    if (!role || role->roletype == PG_QUERY__ROLE_SPEC_TYPE__ROLESPEC_CURRENT_ROLE ||
        role->roletype == PG_QUERY__ROLE_SPEC_TYPE__ROLESPEC_CURRENT_USER)
        name = r->catalog->role;
    return name.size ? tdm_names_of(r->catalog, &name, 1) : name;
}

static bool refuse_privilege(tdm_replay *r, const char *word, tdm_kind kind)
{
    tdm_replay_opaque(r, tdm_replay_text(r, "the server refuses it: there is no privilege %s on %s",
                                         word, tdm_kind_name(kind)));
    return false;
}

// One privilege, for the object (`kind`) or for columns of it. An empty word is ALL.
static bool take_word(tdm_replay *r, const char *word, tdm_kind kind, bool sequence,
                      tdm_privileges *ret)
{
    tdm_privileges all = tdm_grants_all(kind);
    tdm_privileges named = tdm_privilege_of(tdm_text_of(word));

    if (!*word) {
        *ret |= all;
        return true;
    }
    // GRANT ... ON TABLE takes sequences, with what a sequence has of it (aclchk.c).
    if (!(named & all) && !sequence)
        return refuse_privilege(r, word, kind);
    *ret |= named & all;
    return true;
}

bool tdm_grant_privileges(tdm_replay *r, const PgQuery__GrantStmt *statement, tdm_kind kind,
                          tdm_privileges *ret)
{
    bool by_table =
        kind == TDM_KIND_SEQUENCE && statement->objtype == PG_QUERY__OBJECT_TYPE__OBJECT_TABLE;

    *ret = statement->n_privileges ? 0 : tdm_grants_all(kind);
    for (size_t i = 0; i < statement->n_privileges; i++) {
        const PgQuery__Node *node = statement->privileges[i];
        if (node->node_case != PG_QUERY__NODE__NODE_ACCESS_PRIV || node->access_priv->n_cols)
            continue;
        if (!take_word(r, node->access_priv->priv_name, kind, by_table, ret))
            return false;
    }
    return true;
}

// --- Lists --------------------------------------------------------------------------------------

tdm_value tdm_grant_value_of(tdm_replay *r, const tdm_grants *grants)
{
    return (tdm_value){.text = tdm_grants_print(r->catalog->arena, grants),
                       .written = tdm_grants_show(r->catalog->arena, grants)};
}

static void give(tdm_grantee *g, const tdm_grant_step *step, tdm_privileges given,
                 tdm_privileges unsure)
{
    tdm_privileges bits = step->privileges;

    g->maybe &= ~bits;
    g->denied &= ~bits;
    g->vague = (g->vague & ~bits) | (bits & unsure);
    // What it has anyway is not said.
    g->held = (g->held | bits) & ~(given & ~unsure & bits);
    if (step->statement->grant_option)
        g->options |= bits & g->held;
}

static void take(tdm_grantee *g, const tdm_grant_step *step, tdm_privileges given,
                 tdm_privileges unsure)
{
    tdm_privileges bits = step->privileges;

    // GRANT OPTION FOR: the privilege itself stays.
    if (step->statement->grant_option) {
        g->maybe |= bits & unsure & ~g->held & ~g->denied;
        g->options &= ~bits;
        return;
    }
    g->maybe &= ~bits;
    g->held &= ~bits;
    g->options &= ~bits;
    g->denied = (g->denied & ~bits) | (bits & (given | unsure));
    g->vague = (g->vague & ~bits) | (bits & unsure);
}

tdm_value tdm_grant_value(tdm_replay *r, const tdm_value *before, const tdm_grant_step *step)
{
    const PgQuery__GrantStmt *statement = step->statement;
    tdm_grants grants = {0};
    tdm_value value = {0};

    if (before && !tdm_grants_read(r->catalog->arena, before->text, &grants))
        r->failed = true;
    value.reason = before ? before->reason : value.reason;
    for (size_t i = 0; i < statement->n_grantees; i++) {
        const PgQuery__Node *node = statement->grantees[i];
        if (node->node_case != PG_QUERY__NODE__NODE_ROLE_SPEC)
            continue;
        tdm_text role = tdm_grant_role(r, node->role_spec);
        if (!role.size) {
            value.reason = TDM_TEXT("which role runs the statement is not known");
            continue;
        }
        tdm_grantee *grantee = tdm_grants_role(r->catalog->arena, &grants, role);
        if (!grantee)
            break;
        (statement->is_grant ? give : take)(
            grantee, step, step->given(step->context, role) & step->all,
            step->unsure(step->context, role, !statement->is_grant) & step->all);
    }
    tdm_value said = tdm_grant_value_of(r, &grants);
    value.text = said.text;
    value.written = said.written;
    return value;
}

// --- One object ---------------------------------------------------------------------------------

typedef struct about {
    const tdm_catalog *catalog;
    const tdm_object *object;
    tdm_text owner; // as the list names it; empty: not known
    bool column;
} about;

static tdm_privileges given_on(const void *context, tdm_text role)
{
    const about *a = context;

    if (a->column)
        return 0;
    if (tdm_text_is(role, "PUBLIC"))
        return tdm_grants_of_public(a->object->kind);
    return a->owner.size && tdm_text_equal(a->owner, role) ? ~0U : 0;
}

// What may have been given before the first statement, or by whoever owns it.
static tdm_privileges unsure_on(const void *context, tdm_text role, bool revokes)
{
    const about *a = context;
    const tdm_object *object = a->object;
    bool is_public = object->kind == TDM_KIND_SCHEMA && tdm_text_is(object->name, "public");

    if (object->assumed || object->uncertain || a->catalog->open || is_public)
        return ~0U;
    if (a->column || tdm_text_is(role, "PUBLIC"))
        return 0;
    bool may_own = !a->owner.size && (revokes || tdm_text_is(role, "postgres"));
    bool owns = a->owner.size && tdm_text_equal(a->owner, role);
    return may_own || (!owns && tdm_grants_platform(object->schema, role)) ? ~0U : 0;
}

static about about_object(tdm_replay *r, const tdm_object *object)
{
    const tdm_value *owner = tdm_object_value(object, TDM_ATTR_OWNER);
    about a = {.catalog = r->catalog, .object = object};

    if (owner && owner->text.size && !owner->reason.size)
        a.owner = tdm_names_of(r->catalog, &owner->text, 1);
    return a;
}

static tdm_grant_step step_on(const PgQuery__GrantStmt *statement, const about *a, tdm_kind kind,
                              tdm_privileges privileges)
{
    return (tdm_grant_step){.statement = statement,
                            .privileges = privileges,
                            .all = tdm_grants_all(kind),
                            .given = given_on,
                            .unsure = unsure_on,
                            .context = a};
}

// What is taken on a table is taken on its columns too (aclchk.c ExecGrant_Relation).
static void take_on_columns(tdm_replay *r, tdm_object *relation, const tdm_grant_step *on_table,
                            about a)
{
    a.column = true;
    tdm_grant_step step = step_on(on_table->statement, &a, TDM_KIND_COLUMN,
                                  on_table->privileges & tdm_grants_all(TDM_KIND_COLUMN));

    for (size_t i = 0; i < relation->columns.count; i++) {
        tdm_column *column = &relation->columns.items[i];
        const tdm_value *before = tdm_column_value(column, TDM_ATTR_GRANTS);
        if (before)
            tdm_replay_assign_column(r, relation, column, TDM_ATTR_GRANTS,
                                     tdm_grant_value(r, before, &step));
    }
}

static void grant_column(tdm_replay *r, tdm_object *relation, const char *name,
                         const tdm_grant_step *step)
{
    bool vague = false;
    tdm_column *column = tdm_alter_column(r, relation, name, &vague);

    if (column)
        tdm_replay_assign_column(
            r, relation, column, TDM_ATTR_GRANTS,
            tdm_grant_value(r, tdm_column_value(column, TDM_ATTR_GRANTS), step));
    else if (vague)
        tdm_replay_record_column_value(
            r, relation, tdm_replay_copy(r, name),
            (tdm_change){.attribute = TDM_ATTR_GRANTS,
                         .before = {.reason = TDM_TEXT("what it was is not known")},
                         .after = tdm_grant_value(r, NULL, step)});
}

// GRANT SELECT (a, b), UPDATE (c)
static void grant_columns(tdm_replay *r, tdm_object *relation, const PgQuery__GrantStmt *statement)
{
    about a = about_object(r, relation);

    a.column = true;
    for (size_t i = 0; i < statement->n_privileges; i++) {
        const PgQuery__AccessPriv *one = statement->privileges[i]->access_priv;
        tdm_privileges privileges = 0;
        if (!take_word(r, one->priv_name, TDM_KIND_COLUMN, !one->n_cols, &privileges))
            return;
        tdm_grant_step step = step_on(statement, &a, TDM_KIND_COLUMN, privileges);
        for (size_t j = 0; j < one->n_cols; j++)
            grant_column(r, relation, tdm_kinds_string(one->cols[j]), &step);
    }
}

static bool names_public(const PgQuery__GrantStmt *statement)
{
    for (size_t i = 0; i < statement->n_grantees; i++)
        if (statement->grantees[i]->node_case == PG_QUERY__NODE__NODE_ROLE_SPEC &&
            statement->grantees[i]->role_spec->roletype ==
                PG_QUERY__ROLE_SPEC_TYPE__ROLESPEC_PUBLIC)
            return true;
    return false;
}

static void grant_on(tdm_replay *r, tdm_object *object, const PgQuery__GrantStmt *statement)
{
    about a = about_object(r, object);
    tdm_privileges privileges = 0;

    if (statement->is_grant && statement->grant_option && names_public(statement)) {
        tdm_replay_opaque(r, TDM_TEXT("the server refuses it: PUBLIC has no grant options"));
        return;
    }
    if (!tdm_grant_privileges(r, statement, object->kind, &privileges))
        return;
    tdm_grant_step step = step_on(statement, &a, object->kind, privileges);
    if (privileges)
        tdm_replay_assign(r, object, TDM_ATTR_GRANTS,
                          tdm_grant_value(r, tdm_object_value(object, TDM_ATTR_GRANTS), &step));
    if (privileges && !statement->is_grant)
        take_on_columns(r, object, &step, a);
    if (tdm_grants_all(object->kind) == tdm_grants_all(TDM_KIND_TABLE))
        grant_columns(r, object, statement);
}

// --- Objects of a statement ---------------------------------------------------------------------

// The object that a name means. NULL: it is no object of the catalog, so that the statement counts
// by its identity, or refused, and said so.
static tdm_object *target_of(tdm_replay *r, const PgQuery__Node *node, PgQuery__ObjectType type,
                             bool *ret_refused)
{
    if (node->node_case == PG_QUERY__NODE__NODE_RANGE_VAR) {
        tdm_object *relation = tdm_object_relation(r, node->range_var);
        *ret_refused = !relation;
        if (!relation)
            tdm_replay_opaque(r, tdm_replay_text(r, "the server refuses it: there is no table %s",
                                                 node->range_var->relname));
        return relation;
    }
    tdm_key key = tdm_object_of_node(r, node, type);
    tdm_object *object = tdm_catalog_live(r->catalog, &key);
    // A function or type may be PostgreSQL's own; schemas of the platform are not in the catalog.
    if (!object || object->kind != key.kind)
        return NULL;
    object->uncertain = object->uncertain && r->doubtful;
    return object;
}

static bool is_in_schema(const tdm_object *object, tdm_text schema)
{
    return !object->dropped && tdm_text_equal(object->schema, schema);
}

// ALL TABLES means views and foreign tables too; ALL FUNCTIONS no procedures (aclchk.c
// objectsInSchemaToOids).
static bool is_meant(const tdm_object *object, PgQuery__ObjectType type)
{
    const tdm_value *form = tdm_object_value(object, TDM_ATTR_FORM);
    bool procedure = form && tdm_text_is(form->text, "procedure");

    switch (type) {
    case PG_QUERY__OBJECT_TYPE__OBJECT_TABLE:
        return tdm_grants_all(object->kind) == tdm_grants_all(TDM_KIND_TABLE);
    case PG_QUERY__OBJECT_TYPE__OBJECT_SEQUENCE:
        return object->kind == TDM_KIND_SEQUENCE;
    case PG_QUERY__OBJECT_TYPE__OBJECT_FUNCTION:
        return object->kind == TDM_KIND_FUNCTION && !procedure;
    case PG_QUERY__OBJECT_TYPE__OBJECT_PROCEDURE:
        return object->kind == TDM_KIND_FUNCTION && procedure;
    default: // ALL ROUTINES
        return object->kind == TDM_KIND_FUNCTION;
    }
}

static void grant_in_schema(tdm_replay *r, tdm_text schema, const PgQuery__GrantStmt *statement)
{
    tdm_objects *lists[] = {&r->catalog->tables, &r->catalog->objects};

    if (tdm_catalog_schema(r->catalog, schema, NULL) == TDM_KNOWN_NO_OBJECT) {
        tdm_replay_opaque(r, tdm_replay_text(r, "the server refuses it: there is no schema %.*s",
                                             TDM_TEXT_ARG(schema)));
        return;
    }
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        for (size_t j = 0; j < lists[i]->count; j++)
            if (is_in_schema(lists[i]->items[j], schema) &&
                is_meant(lists[i]->items[j], statement->objtype))
                grant_on(r, lists[i]->items[j], statement);
}

void tdm_replay_grant(tdm_replay *r)
{
    const PgQuery__GrantStmt *statement = r->tree->node->grant_stmt;
    bool in_schema = statement->targtype == PG_QUERY__GRANT_TARGET_TYPE__ACL_TARGET_ALL_IN_SCHEMA;

    for (size_t i = 0; i < statement->n_objects; i++) {
        const PgQuery__Node *node = statement->objects[i];
        bool refused = false;
        if (in_schema) {
            grant_in_schema(r, tdm_replay_copy(r, tdm_kinds_string(node)), statement);
            if (r->catalog->open) // what else the schema holds is not known
                tdm_replay_other_grant(r, node);
            continue;
        }
        tdm_object *object = target_of(r, node, statement->objtype, &refused);
        if (refused)
            return;
        if (object && tdm_grants_all(object->kind))
            grant_on(r, object, statement);
        else
            tdm_replay_other_grant(r, node);
    }
}
