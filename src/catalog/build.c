// The store: objects by name, and their attributes.
#include "catalog/build.h"

#include "base/text.h"
#include "catalog/state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// --- Names --------------------------------------------------------------------------------------

static tdm_text join(tdm_arena *arena, const tdm_text *parts, size_t count)
{
    size_t size = 0, at = 0;

    for (size_t i = 0; i < count; i++)
        size += parts[i].size + 1;
    char *key = tdm_arena_alloc(arena, size);
    if (!key)
        return (tdm_text){NULL, 0};
    for (size_t i = 0; i < count; i++) {
        if (parts[i].size)
            memcpy(key + at, parts[i].data, parts[i].size);
        at += parts[i].size + 1;
    }
    return (tdm_text){key, size};
}

// The key of a name in its space.
static tdm_text key_in(tdm_arena *arena, tdm_space space, const tdm_key *key)
{
    char head[32];
    bool shared =
        space == TDM_SPACE_RELATION || space == TDM_SPACE_TYPE || space == TDM_SPACE_ROUTINE;
    unsigned kind = shared ? 0 : (unsigned)key->kind;
    unsigned number = space == TDM_SPACE_MEMBER && key->on ? key->on->number : 0;
    int size = snprintf(head, sizeof head, "%u %u %u", (unsigned)space, kind, number);
    bool placed = shared || space == TDM_SPACE_SCHEMA;
    tdm_text parts[] = {
        {head, size > 0 ? (size_t)size : 0},
        placed ? key->schema : (tdm_text){NULL, 0},
        key->name,
    };

    return join(arena, parts, sizeof parts / sizeof *parts);
}

static tdm_key key_of(const tdm_object *object)
{
    return (tdm_key){.kind = object->kind,
                     .schema = object->schema,
                     .on = object->on,
                     .name = object->name,
                     .indexed = object->indexed};
}

// Looking up needs a key for a moment only, so that questions do not fill the arena.
static tdm_object *look_up(const tdm_catalog *catalog, tdm_space space, const tdm_key *key)
{
    tdm_arena_mark mark = tdm_arena_save(catalog->arena);
    tdm_object *object = tdm_map_get(&catalog->by_name, key_in(catalog->arena, space, key));

    tdm_arena_restore(catalog->arena, mark);
    return object;
}

tdm_object *tdm_catalog_get(const tdm_catalog *catalog, const tdm_key *key)
{
    return look_up(catalog, tdm_kind_space(key->kind), key);
}

tdm_object *tdm_catalog_live(const tdm_catalog *catalog, const tdm_key *key)
{
    tdm_object *object = tdm_catalog_get(catalog, key);

    return object && !object->dropped ? object : NULL;
}

tdm_object *tdm_catalog_other_relation(const tdm_catalog *catalog, tdm_text schema, tdm_text name)
{
    tdm_key key = {.kind = TDM_KIND_TABLE, .schema = schema, .name = name};
    tdm_object *object = tdm_catalog_live(catalog, &key);

    if (object)
        return object->kind == TDM_KIND_TABLE ? NULL : object;
    key.kind = TDM_KIND_TYPE;
    return tdm_catalog_live(catalog, &key);
}

// How many constraints in a schema bear a name.
static size_t *uses_of(tdm_catalog *catalog, tdm_text schema, tdm_text name)
{
    tdm_text key = join(catalog->arena, (tdm_text[]){schema, name}, 2);
    size_t *uses = tdm_map_get(&catalog->constraints, key);

    if (uses)
        return uses;
    uses = tdm_arena_new_of(catalog->arena, size_t);
    return uses && tdm_map_put(&catalog->constraints, key, uses) ? uses : NULL;
}

bool tdm_catalog_has_constraint(const tdm_catalog *catalog, tdm_text schema, tdm_text name)
{
    tdm_arena_mark mark = tdm_arena_save(catalog->arena);
    const size_t *uses =
        tdm_map_get(&catalog->constraints, join(catalog->arena, (tdm_text[]){schema, name}, 2));

    tdm_arena_restore(catalog->arena, mark);
    return uses && *uses > 0;
}

// Enters an object under its names, or takes its names away.
static bool enter(tdm_catalog *catalog, tdm_object *object)
{
    tdm_key key = key_of(object);

    if (object->kind == TDM_KIND_CONSTRAINT) {
        size_t *uses = uses_of(catalog, object->schema, object->name);
        if (!uses)
            return false;
        ++*uses;
    }
    if (object->indexed &&
        !tdm_map_put(&catalog->by_name, key_in(catalog->arena, TDM_SPACE_RELATION, &key), object))
        return false;
    return tdm_map_put(&catalog->by_name,
                       key_in(catalog->arena, tdm_kind_space(object->kind), &key), object);
}

static void leave(tdm_catalog *catalog, tdm_object *object)
{
    tdm_key key = key_of(object);
    size_t *uses =
        object->kind == TDM_KIND_CONSTRAINT ? uses_of(catalog, object->schema, object->name) : NULL;

    if (uses && *uses)
        --*uses;
    if (look_up(catalog, tdm_kind_space(object->kind), &key) == object)
        (void)tdm_map_put(&catalog->by_name,
                          key_in(catalog->arena, tdm_kind_space(object->kind), &key), NULL);
    if (object->indexed && look_up(catalog, TDM_SPACE_RELATION, &key) == object)
        (void)tdm_map_put(&catalog->by_name, key_in(catalog->arena, TDM_SPACE_RELATION, &key),
                          NULL);
}

// --- Objects ------------------------------------------------------------------------------------

tdm_object *tdm_catalog_put(tdm_catalog *catalog, const tdm_key *key, tdm_place place)
{
    tdm_object *before = tdm_catalog_live(catalog, key);
    tdm_object *object = tdm_arena_new_of(catalog->arena, tdm_object);

    if (before)
        tdm_catalog_drop(catalog, before);
    if (!object)
        return NULL;
    *object = (tdm_object){
        .kind = key->kind,
        .number = ++catalog->next_number,
        .schema = key->on && tdm_kind_space(key->kind) == TDM_SPACE_MEMBER ? key->on->schema
                                                                           : key->schema,
        .name = key->name,
        .on = (tdm_object *)key->on,
        .modelled = true,
        .indexed = key->indexed,
        .columns_known = true,
        .place = place,
    };
    tdm_objects *list = key->kind == TDM_KIND_TABLE ? &catalog->tables : &catalog->objects;
    if (!tdm_vector_push(catalog->arena, list, object) ||
        (object->on && !tdm_vector_push(catalog->arena, &object->on->members, object)) ||
        !enter(catalog, object))
        return NULL;
    return object;
}

tdm_object *tdm_catalog_record(tdm_catalog *catalog, const tdm_key *key)
{
    tdm_object *object = tdm_catalog_get(catalog, key);

    if (object)
        return object;
    object = tdm_catalog_put(catalog, key, TDM_NOWHERE);
    if (object) {
        object->modelled = false;
        object->columns_known = false;
        object->reason = TDM_TEXT("what made it is not modelled");
        object->dropped = true;
    }
    return object;
}

void tdm_catalog_drop(tdm_catalog *catalog, tdm_object *object)
{
    if (object->dropped)
        return;
    object->dropped = true;
    for (size_t i = 0; i < object->members.count; i++)
        tdm_catalog_drop(catalog, object->members.items[i]);
    if (object->kind == TDM_KIND_CONSTRAINT) {
        size_t *uses = uses_of(catalog, object->schema, object->name);
        if (uses && *uses)
            --*uses;
    }
    if (object->kind != TDM_KIND_TABLE)
        return;
    for (size_t i = 0; i < catalog->tables.count; i++)
        if (catalog->tables.items[i] == object) {
            memmove(&catalog->tables.items[i], &catalog->tables.items[i + 1],
                    (catalog->tables.count - i - 1) * sizeof(tdm_object *));
            catalog->tables.count--;
            return;
        }
}

void tdm_catalog_attach(tdm_catalog *catalog, tdm_object *object, tdm_object *relation)
{
    tdm_object *before = object->on;

    for (size_t i = 0; before && i < before->members.count; i++)
        if (before->members.items[i] == object) {
            memmove(&before->members.items[i], &before->members.items[i + 1],
                    (before->members.count - i - 1) * sizeof(tdm_object *));
            before->members.count--;
            break;
        }
    object->on = relation;
    if (relation)
        (void)tdm_vector_push(catalog->arena, &relation->members, object);
}

// What stands on a relation is in its schema.
static bool move_members(tdm_catalog *catalog, tdm_object *relation)
{
    bool ok = true;

    for (size_t i = 0; ok && i < relation->members.count; i++) {
        tdm_object *member = relation->members.items[i];
        if (member->dropped || tdm_text_equal(member->schema, relation->schema))
            continue;
        leave(catalog, member);
        member->schema = relation->schema;
        ok = enter(catalog, member);
    }
    return ok;
}

bool tdm_catalog_rename(tdm_catalog *catalog, tdm_object *object, tdm_text schema, tdm_text name)
{
    tdm_key key = key_of(object);

    key.schema = schema;
    key.name = name;
    const tdm_object *holder = tdm_catalog_live(catalog, &key);
    if (holder && holder != object)
        return false;
    leave(catalog, object);
    object->schema = schema;
    object->name = name;
    return enter(catalog, object) && move_members(catalog, object);
}

void tdm_catalog_set_schema(tdm_catalog *catalog, tdm_text schema, bool exists)
{
    tdm_key key = {.kind = TDM_KIND_SCHEMA, .name = schema};
    tdm_object *object = tdm_catalog_get(catalog, &key);

    if (!object || (object->dropped && exists))
        object = tdm_catalog_put(catalog, &key, TDM_NOWHERE);
    if (object && !exists)
        tdm_catalog_drop(catalog, object);
}

// --- Columns ------------------------------------------------------------------------------------

tdm_column *tdm_table_column(const tdm_table *table, tdm_text name)
{
    for (size_t i = 0; i < table->columns.count; i++)
        if (tdm_text_equal(table->columns.items[i].name, name))
            return &table->columns.items[i];
    return NULL;
}

tdm_column *tdm_object_add_column(tdm_catalog *catalog, tdm_object *relation, tdm_column column)
{
    column.position = relation->next_position++;
    if (!tdm_vector_push(catalog->arena, &relation->columns, column))
        return NULL;
    return &tdm_vector_last(&relation->columns);
}

void tdm_table_remove_column(tdm_table *table, tdm_column *column)
{
    size_t index = (size_t)(column - table->columns.items);

    memmove(column, column + 1, (table->columns.count - index - 1) * sizeof *column);
    table->columns.count--;
}

// --- Attributes ---------------------------------------------------------------------------------

static const tdm_value *value_of(const tdm_attributes *attributes, tdm_attribute attribute)
{
    for (size_t i = 0; i < attributes->count; i++)
        if (attributes->items[i].attribute == attribute)
            return &attributes->items[i].value;
    return NULL;
}

const tdm_value *tdm_object_value(const tdm_object *object, tdm_attribute attribute)
{
    return value_of(&object->attributes, attribute);
}

const tdm_value *tdm_column_value(const tdm_column *column, tdm_attribute attribute)
{
    return value_of(&column->attributes, attribute);
}

void tdm_attributes_set(tdm_catalog *catalog, tdm_attributes *attributes, tdm_attribute attribute,
                        tdm_value value, tdm_place place)
{
    tdm_attribute_entry entry = {.attribute = attribute, .value = value, .place = place};
    bool sets = value.text.size || value.reason.size;
    size_t at = 0;

    while (at < attributes->count && attributes->items[at].attribute < attribute)
        at++;
    bool there = at < attributes->count && attributes->items[at].attribute == attribute;
    if (!there && !sets)
        return;
    if (there && sets) {
        attributes->items[at] = entry;
        return;
    }
    if (sets && !tdm_vector_push(catalog->arena, attributes, entry))
        return;
    tdm_attribute_entry *item = &attributes->items[at];
    size_t behind = attributes->count - at - 1;
    if (sets) {
        memmove(item + 1, item, behind * sizeof *item);
        *item = entry;
    } else {
        memmove(item, item + 1, behind * sizeof *item);
        attributes->count--;
    }
}

void tdm_object_set(tdm_catalog *catalog, tdm_object *object, tdm_attribute attribute,
                    tdm_text text, tdm_place place)
{
    tdm_attributes_set(catalog, &object->attributes, attribute, (tdm_value){.text = text}, place);
}

// --- Printing -----------------------------------------------------------------------------------

tdm_text tdm_catalog_print(const tdm_catalog *catalog, tdm_text schema, tdm_text name)
{
    if (schema.size == 0 || tdm_text_is(schema, "public"))
        return name;
    return tdm_arena_printf(catalog->arena, "%.*s.%.*s", TDM_TEXT_ARG(schema), TDM_TEXT_ARG(name));
}

tdm_text tdm_object_print(const tdm_catalog *catalog, const tdm_object *object)
{
    bool plain = object->kind == TDM_KIND_TABLE || object->kind == TDM_KIND_SCHEMA;
    const char *kind = tdm_kind_name(object->kind);

    if (object->on && tdm_kind_space(object->kind) == TDM_SPACE_MEMBER) {
        tdm_text on = tdm_catalog_print(catalog, object->on->schema, object->on->name);
        return tdm_arena_printf(catalog->arena, "%s %.*s on %.*s", kind, TDM_TEXT_ARG(object->name),
                                TDM_TEXT_ARG(on));
    }
    if (object->kind == TDM_KIND_DEFAULT_PRIVILEGES)
        return tdm_arena_printf(catalog->arena, "%s on %.*s%s%.*s", kind,
                                TDM_TEXT_ARG(object->name), object->schema.size ? " in " : "",
                                TDM_TEXT_ARG(object->schema));
    tdm_text name = tdm_catalog_print(catalog, object->schema, object->name);
    return plain ? name : tdm_arena_printf(catalog->arena, "%s %.*s", kind, TDM_TEXT_ARG(name));
}
