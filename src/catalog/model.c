#include "catalog/model.h"

#include "base/error.h"
#include "base/text.h"
#include "catalog/platform.h"
#include "catalog/state.h"

#include <string.h>

// --- Making, copying, opening -------------------------------------------------------------------

static tdm_status checked(const tdm_catalog *catalog, tdm_error *err)
{
    return tdm_arena_ok(catalog->arena) ? TDM_OK : tdm_fail_memory(err);
}

static tdm_catalog *new_empty(tdm_arena *arena)
{
    tdm_catalog *catalog = tdm_arena_new_of(arena, tdm_catalog);

    if (!catalog)
        return NULL;
    catalog->arena = arena;
    tdm_map_init(&catalog->by_name, arena);
    tdm_map_init(&catalog->constraints, arena);
    return catalog;
}

tdm_status tdm_catalog_new(tdm_arena *arena, bool closed, tdm_catalog **ret, tdm_error *err)
{
    static const char *const schemas[] = {"public", "pg_catalog", "information_schema"};
    tdm_catalog *catalog = new_empty(arena);

    if (!catalog)
        return tdm_fail_memory(err);
    for (size_t i = 0; i < sizeof schemas / sizeof *schemas; i++)
        tdm_catalog_set_schema(catalog, tdm_text_of(schemas[i]), true);
    tdm_catalog_reset_session(catalog);
    if (!closed)
        tdm_catalog_open(catalog, TDM_TEXT("what was there before is not known"), TDM_NOWHERE);
    *ret = catalog;
    return checked(catalog, err);
}

static void *copy_items(tdm_arena *arena, const void *items, size_t count, size_t size)
{
    void *copy = tdm_arena_array(arena, count, size);

    if (copy && count)
        memcpy(copy, items, count * size);
    return copy;
}

static void clone_attributes(tdm_arena *arena, tdm_attributes *attributes)
{
    attributes->items =
        copy_items(arena, attributes->items, attributes->count, sizeof *attributes->items);
    attributes->capacity = attributes->items ? attributes->count : 0;
}

// The copy of an object without what refers to others.
static tdm_object *clone_object(tdm_arena *arena, const tdm_object *from)
{
    tdm_object *object = copy_items(arena, from, 1, sizeof *from);

    if (!object)
        return NULL;
    object->members.items = NULL;
    object->members.count = object->members.capacity = 0;
    clone_attributes(arena, &object->attributes);
    object->columns.items =
        copy_items(arena, from->columns.items, from->columns.count, sizeof(tdm_column));
    object->columns.capacity = object->columns.items ? from->columns.count : 0;
    for (size_t i = 0; object->columns.items && i < object->columns.count; i++)
        clone_attributes(arena, &object->columns.items[i].attributes);
    return object;
}

static const tdm_object *copy_names(tdm_arena *arena, const tdm_object *from)
{
    tdm_object *object = tdm_arena_new_of(arena, tdm_object);

    if (object)
        *object = (tdm_object){.kind = from->kind,
                               .number = from->number,
                               .schema = from->schema,
                               .name = from->name,
                               .modelled = from->modelled,
                               .partitioned = from->partitioned};
    return object;
}

const tdm_object *tdm_object_copy(tdm_arena *arena, const tdm_object *from)
{
    tdm_object *object = clone_object(arena, from);

    if (!object)
        return NULL;
    if (from->on)
        object->on = (tdm_object *)copy_names(arena, from->on);
    for (size_t i = 0; i < from->members.count; i++) {
        if (from->members.items[i]->dropped)
            continue;
        tdm_object *member = clone_object(arena, from->members.items[i]);
        if (!member || !tdm_vector_push(arena, &object->members, member))
            return NULL;
        member->on = object;
    }
    return object;
}

const tdm_column *tdm_column_copy(tdm_arena *arena, const tdm_column *from)
{
    tdm_column *column = copy_items(arena, from, 1, sizeof *from);

    if (column)
        clone_attributes(arena, &column->attributes);
    return column;
}

// Objects by their numbers, so that each finds the copy of what it stands on.
static bool clone_list(tdm_catalog *copy, tdm_object **by_number, const tdm_objects *from,
                       tdm_objects *to)
{
    for (size_t i = 0; i < from->count; i++) {
        tdm_object *object = clone_object(copy->arena, from->items[i]);
        if (!object || !tdm_vector_push(copy->arena, to, object))
            return false;
        by_number[object->number] = object;
    }
    return true;
}

static bool clone_objects(tdm_catalog *copy, const tdm_catalog *from)
{
    tdm_object **by_number =
        tdm_arena_array(copy->arena, (size_t)from->next_number + 1, sizeof(tdm_object *));

    if (!by_number || !clone_list(copy, by_number, &from->tables, &copy->tables) ||
        !clone_list(copy, by_number, &from->objects, &copy->objects))
        return false;
    for (size_t i = 0; i < copy->objects.count; i++) {
        tdm_object *object = copy->objects.items[i];
        object->on = object->on ? by_number[object->on->number] : NULL;
        if (object->on && !tdm_vector_push(copy->arena, &object->on->members, object))
            return false;
    }
    for (size_t i = 0; i < from->defaults.count; i++)
        if (!tdm_vector_push(copy->arena, &copy->defaults,
                             by_number[from->defaults.items[i]->number]))
            return false;
    for (size_t i = 0; i < from->by_name.count; i++) {
        const tdm_object *object = from->by_name.entries[i].value;
        if (!tdm_map_put(&copy->by_name, from->by_name.entries[i].key,
                         object ? by_number[object->number] : NULL))
            return false;
    }
    for (size_t i = 0; i < from->constraints.count; i++) {
        size_t *uses = copy_items(copy->arena, from->constraints.entries[i].value, 1, sizeof *uses);
        if (!tdm_map_put(&copy->constraints, from->constraints.entries[i].key, uses))
            return false;
    }
    return true;
}

tdm_status tdm_catalog_clone(const tdm_catalog *catalog, tdm_arena *arena, tdm_catalog **ret,
                             tdm_error *err)
{
    tdm_catalog *copy = new_empty(arena);

    if (!copy)
        return tdm_fail_memory(err);
    copy->open = catalog->open;
    copy->why = catalog->why;
    copy->why_place = catalog->why_place;
    copy->vague = catalog->vague;
    copy->vague_place = catalog->vague_place;
    copy->careful = catalog->careful;
    copy->following = catalog->following;
    copy->companion = catalog->companion;
    copy->role = catalog->role;
    copy->next_number = catalog->next_number;
    if (!clone_objects(copy, catalog))
        return tdm_fail_memory(err);
    for (size_t i = 0; i < catalog->path.count; i++)
        (void)tdm_vector_push(arena, &copy->path, catalog->path.items[i]);
    *ret = copy;
    return checked(copy, err);
}

void tdm_catalog_open(tdm_catalog *catalog, tdm_text why, tdm_place place)
{
    if (catalog->open)
        return;
    catalog->open = true;
    catalog->why = why;
    catalog->why_place = place;
}

bool tdm_catalog_is_closed(const tdm_catalog *catalog, tdm_text *ret_why, tdm_place *ret_place)
{
    if (ret_why)
        *ret_why = catalog->why;
    if (ret_place)
        *ret_place = catalog->why_place;
    return !catalog->open;
}

void tdm_catalog_reset_session(tdm_catalog *catalog)
{
    catalog->path = (tdm_path){0};
    catalog->role = (tdm_text){NULL, 0};
    (void)tdm_vector_push(catalog->arena, &catalog->path, TDM_TEXT("public"));
}

void tdm_catalog_accompany(tdm_catalog *catalog, const tdm_catalog *companion)
{
    catalog->companion = companion;
}

tdm_text tdm_catalog_creation_schema(const tdm_catalog *catalog)
{
    return catalog->path.count ? catalog->path.items[0] : (tdm_text){NULL, 0};
}

// --- Questions ----------------------------------------------------------------------------------

static tdm_known because(tdm_text *ret_why, tdm_text why)
{
    if (ret_why)
        *ret_why = why;
    return TDM_KNOWN_UNKNOWN;
}

static tdm_known absent(const tdm_catalog *catalog, tdm_text *ret_why)
{
    return catalog->open ? because(ret_why, catalog->why) : TDM_KNOWN_NO_OBJECT;
}

tdm_known tdm_catalog_schema(const tdm_catalog *catalog, tdm_text schema, tdm_text *ret_why)
{
    tdm_key key = {.kind = TDM_KIND_SCHEMA, .name = schema};
    const tdm_object *object = tdm_catalog_get(catalog, &key);

    if (object && !object->dropped && !object->uncertain)
        return TDM_KNOWN_YES;
    if (!object && tdm_platform_schema(schema))
        return because(ret_why, TDM_TEXT("the schema is one of the platform's own"));
    return absent(catalog, ret_why);
}

static tdm_object *relation_in(const tdm_catalog *catalog, tdm_text schema, tdm_text name)
{
    tdm_key key = {.kind = TDM_KIND_TABLE, .schema = schema, .name = name};

    return tdm_catalog_live(catalog, &key);
}

// The relation that a name means: temporary ones come first, then the path (manual 5.9.3).
static tdm_object *relation_of(const tdm_catalog *catalog, tdm_text schema, tdm_text name)
{
    if (schema.size)
        return relation_in(catalog, schema, name);
    tdm_object *found = relation_in(catalog, TDM_TEXT("pg_temp"), name);
    for (size_t i = 0; !found && i < catalog->path.count; i++)
        found = relation_in(catalog, catalog->path.items[i], name);
    return found;
}

tdm_found tdm_catalog_find(const tdm_catalog *catalog, tdm_text schema, tdm_text table)
{
    tdm_object *relation = relation_of(catalog, schema, table);
    tdm_found found = {.schema = schema.size ? schema : tdm_catalog_creation_schema(catalog)};

    if (relation) {
        found.schema = relation->schema;
        found.object = relation;
    }
    if (relation && relation->kind == TDM_KIND_TABLE && !relation->uncertain) {
        found.table = relation;
        return found;
    }
    if (!relation)
        found.object = tdm_catalog_other_relation(catalog, found.schema, table);
    if (found.object && found.object->kind == TDM_KIND_TABLE)
        found.known = because(&found.why, found.object->reason);
    else if (found.object)
        found.known = because(&found.why, TDM_TEXT("an object that is no table has this name"));
    else if (tdm_platform_schema(found.schema))
        found.known = because(&found.why, TDM_TEXT("the schema is one of the platform's own"));
    else
        found.known = absent(catalog, &found.why);
    return found;
}

tdm_found tdm_catalog_find_range(const tdm_catalog *catalog, const PgQuery__RangeVar *range)
{
    return tdm_catalog_find(catalog, tdm_text_of(range->schemaname), tdm_text_of(range->relname));
}

tdm_known tdm_catalog_table(const tdm_catalog *catalog, tdm_text schema, tdm_text table,
                            const tdm_table **ret, tdm_text *ret_why)
{
    tdm_found found = tdm_catalog_find(catalog, schema, table);

    if (found.known == TDM_KNOWN_YES && ret)
        *ret = found.table;
    if (found.known == TDM_KNOWN_UNKNOWN && ret_why)
        *ret_why = found.why;
    return found.known;
}

tdm_known tdm_catalog_column(const tdm_catalog *catalog, tdm_text schema, tdm_text table,
                             tdm_text column, const tdm_column **ret, tdm_text *ret_why)
{
    const tdm_table *holder = NULL;
    tdm_known known = tdm_catalog_table(catalog, schema, table, &holder, ret_why);

    if (known != TDM_KNOWN_YES)
        return known;
    const tdm_column *found = tdm_table_column(holder, column);
    if (found) {
        if (ret)
            *ret = found;
        return TDM_KNOWN_YES;
    }
    if (!holder->columns_known)
        return because(ret_why, holder->reason);
    return absent(catalog, ret_why);
}

// The object that a question means, dropped or not; NULL: no such name was ever seen.
static const tdm_object *object_of(const tdm_catalog *catalog, const tdm_question *question,
                                   const tdm_object *on)
{
    tdm_key key = {
        .kind = question->kind, .schema = question->schema, .on = on, .name = question->name};
    const tdm_object *object = NULL;

    if (on || question->schema.size || tdm_kind_space(question->kind) == TDM_SPACE_GLOBAL)
        return tdm_catalog_get(catalog, &key);
    for (size_t i = 0; i < catalog->path.count && (!object || object->dropped); i++) {
        key.schema = catalog->path.items[i];
        object = tdm_catalog_get(catalog, &key);
    }
    return object;
}

tdm_known tdm_catalog_object(const tdm_catalog *catalog, const tdm_question *question,
                             const tdm_object **ret, tdm_text *ret_why)
{
    const tdm_object *on = NULL;

    if (question->table.size) {
        tdm_found found = tdm_catalog_find(catalog, question->schema, question->table);
        on = found.table ? found.table : found.object;
        if (!on && found.known == TDM_KNOWN_UNKNOWN)
            return because(ret_why, found.why);
        if (!on)
            return TDM_KNOWN_NO_OBJECT;
    }
    bool member = tdm_kind_space(question->kind) == TDM_SPACE_MEMBER;
    const tdm_object *object = object_of(catalog, question, member ? on : NULL);
    if (!object || object->dropped || object->kind != question->kind ||
        (on && !member && object->on != on))
        return absent(catalog, ret_why);
    if (object->uncertain)
        return because(ret_why, TDM_TEXT("it may have gone with something that was dropped"));
    if (ret)
        *ret = object;
    return TDM_KNOWN_YES;
}

size_t tdm_catalog_table_count(const tdm_catalog *catalog)
{
    return catalog->tables.count;
}

const tdm_table *tdm_catalog_table_at(const tdm_catalog *catalog, size_t index)
{
    return catalog->tables.items[index];
}

size_t tdm_catalog_object_count(const tdm_catalog *catalog)
{
    return catalog->objects.count;
}

const tdm_object *tdm_catalog_object_at(const tdm_catalog *catalog, size_t index)
{
    return catalog->objects.items[index];
}
