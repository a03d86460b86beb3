// Changing the model and recording what happened to it, in one go.
#include "replay/grant.h"
#include "replay/kinds.h"

#include "base/text.h"
#include "catalog/extensions.h"
#include "catalog/platform.h"
#include "catalog/value.h"
#include "sql/excerpt.h"

// --- Keys ---------------------------------------------------------------------------------------

tdm_change_key tdm_replay_key_of(const tdm_object *object)
{
    tdm_change_key key = {.kind = object->kind, .schema = object->schema, .name = object->name};

    if (object->on) {
        key.owner_schema = object->on->schema;
        key.owner = object->on->name;
    }
    return key;
}

tdm_change_key tdm_replay_column_key(const tdm_table *table, tdm_text column)
{
    return (tdm_change_key){.kind = TDM_KIND_COLUMN,
                            .schema = table->schema,
                            .name = column,
                            .owner_schema = table->schema,
                            .owner = table->name};
}

static tdm_text print_key(tdm_replay *r, const tdm_key *key)
{
    tdm_object like = {
        .kind = key->kind, .schema = key->schema, .name = key->name, .on = (tdm_object *)key->on};

    return tdm_object_print(r->catalog, &like);
}

// --- Existence ----------------------------------------------------------------------------------

// Whether it is known that there is no such object. Extensions bring functions and types; those
// that may bring more open the catalog.
static bool is_absent(const tdm_replay *r, const tdm_object *found, const tdm_key *key)
{
    if (r->catalog->open || (found && !found->dropped))
        return false;
    if (key->kind == TDM_KIND_TYPE)
        return !tdm_extension_type(key->name) && !tdm_platform_schema(key->schema);
    if (key->kind == TDM_KIND_EXTENSION)
        return !tdm_platform_extension(key->name);
    // Roles are the server's, not the database's, and some languages PostgreSQL's own.
    if (key->kind == TDM_KIND_ROLE || key->kind == TDM_KIND_LANGUAGE)
        return false;
    if (key->kind == TDM_KIND_PUBLICATION)
        return !tdm_platform_publication(key->name);
    if (key->kind != TDM_KIND_FUNCTION)
        return !tdm_platform_schema(key->schema);
    for (size_t i = 0; i < r->catalog->objects.count; i++)
        if (r->catalog->objects.items[i]->kind == TDM_KIND_EXTENSION &&
            !r->catalog->objects.items[i]->dropped)
            return false;
    return true;
}

// What the server raises when such an object exists already.
static const char *condition_of(tdm_kind kind)
{
    if (kind == TDM_KIND_FUNCTION)
        return "duplicate_function";
    if (kind == TDM_KIND_SCHEMA)
        return "duplicate_schema";
    return tdm_kind_space(kind) == TDM_SPACE_RELATION ? "duplicate_table" : "duplicate_object";
}

// What it raises when there is none.
static const char *condition_of_missing(tdm_kind kind)
{
    if (kind == TDM_KIND_FUNCTION)
        return "undefined_function";
    return tdm_kind_space(kind) == TDM_SPACE_RELATION ? "undefined_table" : "undefined_object";
}

tdm_outcome tdm_replay_may_create(tdm_replay *r, const tdm_key *key)
{
    const tdm_object *found = tdm_catalog_get(r->catalog, key);
    bool there = found && !found->dropped && !found->uncertain;

    if (there && r->of.if_not_exists)
        return TDM_OUTCOME_NOTHING;
    if (there && r->of.or_replace && found->kind == key->kind)
        return TDM_OUTCOME_REPLACE;
    if (there) {
        tdm_replay_refuse(r, condition_of(key->kind),
                          tdm_replay_text(r, "the server refuses it: %.*s already exists",
                                          TDM_TEXT_ARG(print_key(r, key))));
        return TDM_OUTCOME_OPAQUE;
    }
    if ((r->of.if_not_exists || (r->catalog->careful && !r->of.or_replace)) &&
        !is_absent(r, found, key)) {
        tdm_replay_opaque(r, tdm_replay_text(r, "whether %.*s exists cannot be known",
                                             TDM_TEXT_ARG(print_key(r, key))));
        return TDM_OUTCOME_OPAQUE;
    }
    return TDM_OUTCOME_CREATE;
}

// OR REPLACE works as well on what no statement is known to have made, and an extension or a schema
// that the platform may bring is taken as it is.
static bool is_new(const tdm_replay *r, const tdm_object *object)
{
    bool settles = r->of.or_replace || r->of.if_not_exists;
    bool brought = (object->kind == TDM_KIND_EXTENSION && tdm_platform_extension(object->name)) ||
                   (object->kind == TDM_KIND_SCHEMA && tdm_platform_schema(object->name));

    return !object->dropped && !(settles && (r->catalog->open || brought));
}

static void record_existence(tdm_replay *r, const tdm_object *object, const tdm_object *gone)
{
    tdm_change change = {.kind = TDM_CHANGE_EXISTENCE,
                         .key = tdm_replay_key_of(object),
                         .object = tdm_object_print(r->catalog, object),
                         .exists = !object->dropped,
                         .gone = gone,
                         .anew = !gone && is_new(r, object),
                         .after = {.text = r->says}};

    if (!object->dropped)
        change.place = object->place;
    tdm_replay_record(r, change);
}

tdm_object *tdm_replay_make(tdm_replay *r, const tdm_key *key)
{
    const tdm_object *before = tdm_catalog_live(r->catalog, key);
    const tdm_object *gone = before ? tdm_object_copy(r->catalog->arena, before) : NULL;
    tdm_object *object = tdm_catalog_put(r->catalog, key, r->statement->place);

    if (object)
        record_existence(r, object, gone);
    if (object)
        tdm_making_begin(r, object);
    r->says = (tdm_text){NULL, 0};
    if (object)
        tdm_replay_give_defaults(r, object);
    return object;
}

tdm_object *tdm_replay_target(tdm_replay *r, const tdm_key *key, bool missing_ok)
{
    tdm_object *object = tdm_catalog_get(r->catalog, key);
    bool fits = object && !object->dropped && object->kind == key->kind;

    if (fits && !object->uncertain)
        return object;
    // Without arguments it means the only one of its name, and there is none or several.
    bool vague = key->kind == TDM_KIND_FUNCTION && tdm_text_find_char(key->name, '(') == SIZE_MAX;
    if (vague && !is_absent(r, object, key)) {
        tdm_replay_record(
            r, (tdm_change){.kind = TDM_CHANGE_OPAQUE,
                            .object = TDM_TEXT("statement"),
                            .reason = tdm_replay_text(r, "which %.*s is meant cannot be known",
                                                      TDM_TEXT_ARG(print_key(r, key)))});
        return NULL;
    }
    if (!fits && is_absent(r, object, key)) {
        if (!missing_ok)
            tdm_replay_refuse(r, condition_of_missing(key->kind),
                              tdm_replay_text(r, "the server refuses it: there is no %s%.*s",
                                              key->kind == TDM_KIND_TABLE ? "table " : "",
                                              TDM_TEXT_ARG(print_key(r, key))));
        return NULL;
    }
    // A statement whose failure is caught need not find it.
    if (missing_ok || (r->catalog->careful && !fits && key->kind != TDM_KIND_PUBLICATION)) {
        tdm_replay_opaque(r, tdm_replay_text(r, "whether %.*s exists cannot be known",
                                             TDM_TEXT_ARG(print_key(r, key))));
        return NULL;
    }
    if (!fits)
        object = tdm_catalog_put(r->catalog, key, r->statement->place);
    if (object && !fits) {
        // That of the platform is made empty with the project.
        object->modelled = key->kind == TDM_KIND_PUBLICATION;
        object->assumed = true;
        object->columns_known = false;
        object->reason = TDM_TEXT("what made it is not known");
    }
    if (object)
        object->uncertain = false;
    return object;
}

// What a dropped object was, so that one of its name that is made afterwards is compared with it.
static void forget_attributes(tdm_replay *r, tdm_object *object)
{
    while (object->attributes.count)
        tdm_replay_assign(r, object, tdm_vector_last(&object->attributes).attribute,
                          (tdm_value){0});
}

void tdm_replay_remove(tdm_replay *r, tdm_object *object)
{
    const tdm_object *gone = tdm_object_copy(r->catalog->arena, object);

    forget_attributes(r, object);
    tdm_catalog_drop(r->catalog, object);
    record_existence(r, object, gone);
    if (object->kind == TDM_KIND_TABLE)
        tdm_replay_follow_published(r, object->schema, object->name, NULL);
}

// --- Names --------------------------------------------------------------------------------------

// What holds no rows is the same whether it was renamed or made anew under the other name.
static bool is_as_new(const tdm_object *object)
{
    switch (object->kind) {
    case TDM_KIND_INDEX:
    case TDM_KIND_CONSTRAINT:
    case TDM_KIND_POLICY:
    case TDM_KIND_TRIGGER:
    case TDM_KIND_RULE:
    case TDM_KIND_FUNCTION:
        return object->modelled && !object->uncertain;
    default:
        return false;
    }
}

static const tdm_attributes *copy_attributes(tdm_replay *r, const tdm_attributes *from)
{
    tdm_attributes *copy = tdm_arena_new_of(r->catalog->arena, tdm_attributes);

    for (size_t i = 0; copy && i < from->count; i++)
        if (!tdm_vector_push(r->catalog->arena, copy, from->items[i]))
            return NULL;
    return copy;
}

static void record_name(tdm_replay *r, const tdm_object *object, tdm_change_key was,
                        tdm_text printed)
{
    tdm_text name = tdm_catalog_print(r->catalog, object->schema, object->name);

    tdm_change change = {.kind = TDM_CHANGE_NAME,
                         .key = tdm_replay_key_of(object),
                         .was = was,
                         .object = printed,
                         .after = {.text = name}};

    if (is_as_new(object)) {
        change.renamed = tdm_object_print(r->catalog, object);
        change.attributes = copy_attributes(r, &object->attributes);
    }
    tdm_replay_record(r, change);
}

// Indexes and sequences of a table move with it to another schema.
static void record_members(tdm_replay *r, const tdm_object *relation, tdm_text before)
{
    for (size_t i = 0; i < relation->members.count; i++) {
        const tdm_object *member = relation->members.items[i];
        if (member->dropped || tdm_kind_space(member->kind) != TDM_SPACE_RELATION)
            continue;
        tdm_change_key was = tdm_replay_key_of(member);
        was.schema = before;
        record_name(r, member, was, tdm_object_print(r->catalog, member));
    }
}

bool tdm_replay_rename_object(tdm_replay *r, tdm_object *object, tdm_text schema, tdm_text name)
{
    tdm_change_key was = tdm_replay_key_of(object);
    tdm_text printed = tdm_object_print(r->catalog, object);
    bool moves = !tdm_text_equal(object->schema, schema);

    if (!tdm_catalog_rename(r->catalog, object, schema, name)) {
        tdm_replay_refuse(r, condition_of(object->kind),
                          tdm_replay_text(r, "the server refuses it: the name %.*s is taken",
                                          TDM_TEXT_ARG(name)));
        return false;
    }
    object->place = r->statement->place;
    tdm_making_forget(r, was.name);
    record_name(r, object, was, printed);
    if (moves)
        record_members(r, object, was.schema);
    return true;
}

// --- Attributes ---------------------------------------------------------------------------------

static bool same_value(const tdm_value *left, const tdm_value *right)
{
    return tdm_text_equal(left->text, right->text) && tdm_text_equal(left->reason, right->reason) &&
           tdm_digest_equal(left->digest, right->digest);
}

void tdm_replay_assign(tdm_replay *r, tdm_object *object, tdm_attribute attribute, tdm_value value)
{
    static const tdm_value none = {0};
    const tdm_value *found = tdm_object_value(object, attribute);
    tdm_value before = found ? *found : none;

    if (same_value(&before, &value))
        return;
    if (!found && !object->modelled)
        before.reason = TDM_TEXT("what it was is not known");
    const tdm_making *making = tdm_making_before(r, object);
    tdm_making_see(r, object, attribute);
    tdm_attributes_set(r->catalog, &object->attributes, attribute, value, r->statement->place);
    tdm_replay_record(r, (tdm_change){.kind = TDM_CHANGE_ATTRIBUTE,
                                      .key = tdm_replay_key_of(object),
                                      .object = tdm_object_print(r->catalog, object),
                                      .attribute = attribute,
                                      .making = making,
                                      .before = before,
                                      .after = value});
}

void tdm_replay_assign_text(tdm_replay *r, tdm_object *object, tdm_attribute attribute,
                            tdm_text text)
{
    tdm_replay_assign(r, object, attribute, (tdm_value){.text = text});
}

void tdm_replay_assign_flag(tdm_replay *r, tdm_object *object, tdm_attribute attribute, bool set)
{
    tdm_replay_assign_text(r, object, attribute, set ? TDM_TEXT("yes") : (tdm_text){NULL, 0});
}

tdm_value tdm_replay_value_of(tdm_replay *r, const PgQuery__Node *node)
{
    tdm_value value = {0};

    if (!node)
        return value;
    value.text = tdm_arena_text(r->catalog->arena, tdm_sql_excerpt(r->tree, &node->base));
    if (value.text.size == 0)
        value.text = TDM_TEXT("an expression");
    value.digest = tdm_value_digest(r->catalog, &node->base);
    return value;
}

void tdm_replay_assign_node(tdm_replay *r, tdm_object *object, tdm_attribute attribute,
                            const PgQuery__Node *node)
{
    tdm_replay_assign(r, object, attribute, tdm_replay_value_of(r, node));
}

void tdm_replay_record_column_value(tdm_replay *r, const tdm_table *table, tdm_text column,
                                    tdm_change change)
{
    change.kind = TDM_CHANGE_ATTRIBUTE;
    change.key = tdm_replay_column_key(table, column);
    change.object = tdm_replay_member(r, table, column);
    tdm_replay_record(r, change);
}

void tdm_replay_assign_column(tdm_replay *r, tdm_table *table, tdm_column *column,
                              tdm_attribute attribute, tdm_value value)
{
    static const tdm_value none = {0};
    const tdm_value *found = tdm_column_value(column, attribute);
    tdm_value before = found ? *found : none;

    if (same_value(&before, &value))
        return;
    if (!found && table->assumed)
        before.reason = TDM_TEXT("what it was is not known");
    tdm_attributes_set(r->catalog, &column->attributes, attribute, value, r->statement->place);
    tdm_replay_record_column_value(
        r, table, column->name,
        (tdm_change){.attribute = attribute, .before = before, .after = value});
}
