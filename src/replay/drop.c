// DROP, of every kind of object.
#include "replay/definition.h"
#include "replay/depend.h"
#include "replay/objects.h"
#include "replay/parts.h"

#include "base/text.h"
#include "catalog/platform.h"

// --- Schemas ------------------------------------------------------------------------------------

// What may be in a schema, or look into it, without being known to.
static void doubt_all(tdm_replay *r)
{
    for (size_t i = 0; i < r->catalog->objects.count; i++)
        if (r->catalog->objects.items[i]->kind != TDM_KIND_SCHEMA &&
            !r->catalog->objects.items[i]->modelled)
            r->catalog->objects.items[i]->uncertain = true;
}

static bool is_in(const tdm_object *object, tdm_text schema)
{
    return !object->dropped && object->kind != TDM_KIND_SCHEMA &&
           tdm_text_equal(object->schema, schema);
}

static void drop_contents(tdm_replay *r, tdm_text schema)
{
    for (size_t i = r->catalog->tables.count; i-- > 0;) {
        tdm_object *table = i < r->catalog->tables.count ? r->catalog->tables.items[i] : NULL;
        if (table && is_in(table, schema) && tdm_depend_drop_object(r, table, true))
            tdm_replay_remove(r, table);
    }
    for (size_t i = 0; i < r->catalog->objects.count; i++) {
        tdm_object *object = r->catalog->objects.items[i];
        if (is_in(object, schema) && !object->on && tdm_depend_drop_object(r, object, true))
            tdm_replay_remove(r, object);
    }
    doubt_all(r);
}

static bool has_contents(const tdm_catalog *catalog, tdm_text schema)
{
    for (size_t i = 0; i < catalog->tables.count; i++)
        if (is_in(catalog->tables.items[i], schema))
            return true;
    for (size_t i = 0; i < catalog->objects.count; i++)
        if (is_in(catalog->objects.items[i], schema) && !catalog->objects.items[i]->uncertain &&
            tdm_kind_space(catalog->objects.items[i]->kind) != TDM_SPACE_SCHEMA)
            return true;
    return false;
}

// Default privileges in a schema keep nobody from dropping it.
static void drop_defaults(tdm_replay *r, tdm_text schema)
{
    for (size_t i = 0; i < r->catalog->defaults.count; i++)
        if (is_in(r->catalog->defaults.items[i], schema))
            tdm_replay_assign(r, r->catalog->defaults.items[i], TDM_ATTR_GRANTS, (tdm_value){0});
}

static void drop_schema(tdm_replay *r, tdm_text schema, const PgQuery__DropStmt *statement)
{
    tdm_text why = {NULL, 0};
    tdm_known known = tdm_catalog_schema(r->catalog, schema, &why);
    bool cascade = statement->behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE;
    tdm_key key = {.kind = TDM_KIND_SCHEMA, .name = schema};

    if (known == TDM_KNOWN_NO_OBJECT && statement->missing_ok)
        return;
    if (known == TDM_KNOWN_NO_OBJECT || (!cascade && has_contents(r->catalog, schema))) {
        tdm_replay_opaque(
            r, tdm_replay_text(r, "the server refuses it: schema %.*s %s", TDM_TEXT_ARG(schema),
                               known == TDM_KNOWN_NO_OBJECT ? "does not exist" : "is not empty"));
        return;
    }
    if (known == TDM_KNOWN_UNKNOWN) {
        tdm_replay_opaque(r, tdm_replay_text(r, "what schema %.*s holds cannot be known: %.*s",
                                             TDM_TEXT_ARG(schema), TDM_TEXT_ARG(why)));
        return;
    }
    if (cascade)
        drop_contents(r, schema);
    drop_defaults(r, schema);
    tdm_object *object = tdm_catalog_live(r->catalog, &key);
    if (object)
        tdm_replay_remove(r, object);
}

// --- Objects ------------------------------------------------------------------------------------

// DROP TABLE of a view, and the like.
static bool is_other_kind(tdm_replay *r, const tdm_key *key)
{
    const tdm_object *found = tdm_catalog_live(r->catalog, key);

    if (!found || found->kind == key->kind || found->uncertain)
        return false;
    tdm_replay_opaque(r, tdm_replay_text(r, "the server refuses it: %.*s is no %s",
                                         TDM_TEXT_ARG(key->name), tdm_kind_name(key->kind)));
    return true;
}

static void drop_known(tdm_replay *r, tdm_object *object, bool cascade)
{
    // The index of a constraint goes with the constraint alone.
    if (!tdm_depend_drop_object(r, object, cascade) ||
        !tdm_definition_drop_users(r, object, cascade))
        return;
    if (object->kind == TDM_KIND_INDEX && object->on && object->on->partitioned)
        tdm_replay_drop_parts(r, object->on, object);
    tdm_replay_remove(r, object);
}

// IF EXISTS on what may be there or not, and on which nothing hangs: what the statement changes is
// not known, but afterwards it is not there. True: done.
static bool settles(tdm_replay *r, const tdm_key *key, bool cascade)
{
    tdm_object *object = tdm_catalog_live(r->catalog, key);
    bool extension = key->kind == TDM_KIND_EXTENSION && !cascade;
    bool publication = key->kind == TDM_KIND_PUBLICATION;
    bool alone = extension || publication || key->kind == TDM_KIND_POLICY ||
                 key->kind == TDM_KIND_TRIGGER || key->kind == TDM_KIND_RULE;
    bool platform = (extension && tdm_platform_extension(key->name)) ||
                    (publication && tdm_platform_publication(key->name)) ||
                    (key->on && tdm_platform_schema(key->on->schema));

    if (!alone || (object && !object->uncertain) || (!object && !platform))
        return false;
    tdm_replay_record(r, (tdm_change){.kind = TDM_CHANGE_OPAQUE,
                                      .object = TDM_TEXT("statement"),
                                      .reason = tdm_replay_text(
                                          r, "whether %s %.*s exists cannot be known",
                                          tdm_kind_name(key->kind), TDM_TEXT_ARG(key->name))});
    if (object)
        tdm_catalog_drop(r->catalog, object);
    return true;
}

static void drop_one(tdm_replay *r, const tdm_key *key, const PgQuery__DropStmt *statement)
{
    bool cascade = statement->behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE;
    bool member = tdm_kind_space(key->kind) == TDM_SPACE_MEMBER;

    // IF EXISTS also excuses a table that is not there.
    if (member && !key->on) {
        if (!statement->missing_ok)
            tdm_replay_opaque(r,
                              tdm_replay_text(r,
                                              "the server refuses it: there is no table of "
                                              "%s %.*s",
                                              tdm_kind_name(key->kind), TDM_TEXT_ARG(key->name)));
        return;
    }
    if (is_other_kind(r, key))
        return;
    if (statement->missing_ok && settles(r, key, cascade))
        return;
    // A function that no statement made is an extension's, which goes with the extension alone.
    if (statement->missing_ok && !r->catalog->open && key->kind == TDM_KIND_FUNCTION &&
        tdm_text_find_char(key->name, '(') != SIZE_MAX && !tdm_catalog_live(r->catalog, key) &&
        !tdm_platform_schema(key->schema))
        return;
    tdm_object *object = tdm_replay_target(r, key, statement->missing_ok);
    if (object)
        drop_known(r, object, cascade);
}

static tdm_key key_of(tdm_replay *r, const PgQuery__Node *node, PgQuery__ObjectType type)
{
    tdm_key key = tdm_object_of_node(r, node, type);

    // A relation is looked up along the path.
    if (tdm_kind_space(key.kind) == TDM_SPACE_RELATION &&
        node->node_case == PG_QUERY__NODE__NODE_LIST && node->list->n_items == 1)
        key.schema = tdm_arena_text(
            r->catalog->arena, tdm_catalog_find(r->catalog, (tdm_text){NULL, 0}, key.name).schema);
    return key;
}

void tdm_replay_drop(tdm_replay *r)
{
    const PgQuery__DropStmt *statement = r->tree->node->drop_stmt;
    PgQuery__ObjectType type = statement->remove_type;
    tdm_kind kind = tdm_object_kind(type);

    if (kind == TDM_KIND_OTHER) {
        tdm_replay_other(r);
        return;
    }
    for (size_t i = 0; i < statement->n_objects; i++) {
        tdm_key key = key_of(r, statement->objects[i], type);
        if (kind == TDM_KIND_SCHEMA)
            drop_schema(r, key.name, statement);
        else
            drop_one(r, &key, statement);
    }
    // What an extension brings is not known by name.
    if (kind == TDM_KIND_EXTENSION &&
        statement->behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE) {
        doubt_all(r);
        tdm_replay_opaque(r, TDM_TEXT("CASCADE may drop columns"));
    }
}
