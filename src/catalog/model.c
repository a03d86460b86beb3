#include "catalog/model.h"

#include "base/error.h"
#include "base/text.h"
#include "catalog/platform.h"
#include "catalog/state.h"

#include <string.h>

static char present[] = "yes"; // a value for maps that are sets

static tdm_text key_of(tdm_arena *arena, const tdm_text *parts, size_t count)
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

// Looking up needs a key for a moment only, so that questions do not fill the arena.
static void *look_up(const tdm_catalog *catalog, const tdm_map *map, const tdm_text *parts,
                     size_t count)
{
    tdm_arena_mark mark = tdm_arena_save(catalog->arena);
    void *value = tdm_map_get(map, key_of(catalog->arena, parts, count));
    tdm_arena_restore(catalog->arena, mark);
    return value;
}

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
    tdm_map_init(&catalog->schemas, arena);
    tdm_map_init(&catalog->by_name, arena);
    tdm_map_init(&catalog->by_kind, arena);
    tdm_map_init(&catalog->taken, arena);
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

static void clone_table(tdm_catalog *copy, const tdm_table *from)
{
    tdm_table *table = tdm_catalog_add_table(copy, from->schema, from->name);

    if (!table)
        return;
    *table = *from;
    table->columns.items = tdm_arena_array(copy->arena, from->columns.count, sizeof(tdm_column));
    table->columns.capacity = from->columns.count;
    if (table->columns.items && from->columns.count)
        memcpy(table->columns.items, from->columns.items, from->columns.count * sizeof(tdm_column));
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
    copy->companion = catalog->companion;
    for (size_t i = 0; i < catalog->schemas.count; i++)
        tdm_catalog_set_schema(copy, catalog->schemas.entries[i].key,
                               catalog->schemas.entries[i].value != NULL);
    for (size_t i = 0; i < catalog->tables.count; i++)
        clone_table(copy, catalog->tables.items[i]);
    for (size_t i = 0; i < catalog->others.count; i++) {
        const tdm_other *from = catalog->others.items[i];
        tdm_other *other = tdm_catalog_add_other(copy, from->kind, from->schema, from->name);
        if (other)
            *other = *from;
    }
    for (size_t i = 0; i < catalog->taken.count; i++)
        (void)tdm_map_put(&copy->taken, catalog->taken.entries[i].key,
                          catalog->taken.entries[i].value);
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
    (void)tdm_vector_push(catalog->arena, &catalog->path, TDM_TEXT("public"));
}

void tdm_catalog_accompany(tdm_catalog *catalog, const tdm_catalog *companion)
{
    catalog->companion = companion;
}

// --- Schemas and tables -------------------------------------------------------------------------

void tdm_catalog_set_schema(tdm_catalog *catalog, tdm_text schema, bool exists)
{
    (void)tdm_map_put(&catalog->schemas, schema, exists ? present : NULL);
}

tdm_text tdm_catalog_creation_schema(const tdm_catalog *catalog)
{
    return catalog->path.count ? catalog->path.items[0] : (tdm_text){NULL, 0};
}

static tdm_table *table_in(const tdm_catalog *catalog, tdm_text schema, tdm_text name)
{
    return look_up(catalog, &catalog->by_name, (tdm_text[]){schema, name}, 2);
}

tdm_table *tdm_catalog_add_table(tdm_catalog *catalog, tdm_text schema, tdm_text name)
{
    tdm_table *table = tdm_arena_new_of(catalog->arena, tdm_table);
    tdm_text key = key_of(catalog->arena, (tdm_text[]){schema, name}, 2);

    if (!table || !tdm_map_put(&catalog->by_name, key, table) ||
        !tdm_vector_push(catalog->arena, &catalog->tables, table))
        return NULL;
    table->schema = schema;
    table->name = name;
    table->columns_known = true;
    return table;
}

void tdm_catalog_remove_table(tdm_catalog *catalog, tdm_table *table)
{
    tdm_text key = key_of(catalog->arena, (tdm_text[]){table->schema, table->name}, 2);

    (void)tdm_map_put(&catalog->by_name, key, NULL);
    for (size_t i = 0; i < catalog->tables.count; i++)
        if (catalog->tables.items[i] == table) {
            memmove(&catalog->tables.items[i], &catalog->tables.items[i + 1],
                    (catalog->tables.count - i - 1) * sizeof(tdm_table *));
            catalog->tables.count--;
            return;
        }
}

bool tdm_catalog_move_table(tdm_catalog *catalog, tdm_table *table, tdm_text schema, tdm_text name)
{
    tdm_text before = key_of(catalog->arena, (tdm_text[]){table->schema, table->name}, 2);
    tdm_text after = key_of(catalog->arena, (tdm_text[]){schema, name}, 2);

    table->schema = schema;
    table->name = name;
    return tdm_map_put(&catalog->by_name, before, NULL) &&
           tdm_map_put(&catalog->by_name, after, table);
}

tdm_column *tdm_table_column(const tdm_table *table, tdm_text name)
{
    for (size_t i = 0; i < table->columns.count; i++)
        if (tdm_text_equal(table->columns.items[i].name, name))
            return &table->columns.items[i];
    return NULL;
}

tdm_column *tdm_table_add_column(tdm_catalog *catalog, tdm_table *table, tdm_column column)
{
    column.position = table->next_position++;
    if (!tdm_vector_push(catalog->arena, &table->columns, column))
        return NULL;
    return &tdm_vector_last(&table->columns);
}

void tdm_table_remove_column(tdm_table *table, tdm_column *column)
{
    size_t index = (size_t)(column - table->columns.items);

    memmove(column, column + 1, (table->columns.count - index - 1) * sizeof *column);
    table->columns.count--;
}

// --- Objects that are not modelled --------------------------------------------------------------

tdm_other *tdm_catalog_other(const tdm_catalog *catalog, tdm_text kind, tdm_text schema,
                             tdm_text name)
{
    return look_up(catalog, &catalog->by_kind, (tdm_text[]){kind, schema, name}, 3);
}

tdm_other *tdm_catalog_add_other(tdm_catalog *catalog, tdm_text kind, tdm_text schema,
                                 tdm_text name)
{
    tdm_other *other = tdm_catalog_other(catalog, kind, schema, name);

    if (other)
        return other;
    other = tdm_arena_new_of(catalog->arena, tdm_other);
    tdm_text key = key_of(catalog->arena, (tdm_text[]){kind, schema, name}, 3);
    if (!other || !tdm_map_put(&catalog->by_kind, key, other) ||
        !tdm_vector_push(catalog->arena, &catalog->others, other))
        return NULL;
    *other = (tdm_other){.kind = kind, .schema = schema, .name = name, .dropped = true};
    return other;
}

bool tdm_catalog_is_taken(const tdm_catalog *catalog, tdm_text schema, tdm_text name)
{
    return look_up(catalog, &catalog->taken, (tdm_text[]){schema, name}, 2) != NULL;
}

void tdm_catalog_take(tdm_catalog *catalog, tdm_text schema, tdm_text name, bool taken)
{
    tdm_text key = key_of(catalog->arena, (tdm_text[]){schema, name}, 2);

    (void)tdm_map_put(&catalog->taken, key, taken ? present : NULL);
}

const tdm_other *tdm_catalog_other_relation(const tdm_catalog *catalog, tdm_text schema,
                                            tdm_text name)
{
    // pg_class holds all of these under one name space.
    static const char *const kinds[] = {"view", "sequence", "index", "type"};

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const tdm_other *other = tdm_catalog_other(catalog, tdm_text_of(kinds[i]), schema, name);
        if (other && !other->dropped)
            return other;
    }
    return NULL;
}

// --- Questions ----------------------------------------------------------------------------------

static tdm_known absent(const tdm_catalog *catalog, tdm_text *ret_why)
{
    if (!catalog->open)
        return TDM_KNOWN_NO_OBJECT;
    if (ret_why)
        *ret_why = catalog->why;
    return TDM_KNOWN_UNKNOWN;
}

static tdm_known because(tdm_text *ret_why, tdm_text why)
{
    if (ret_why)
        *ret_why = why;
    return TDM_KNOWN_UNKNOWN;
}

tdm_known tdm_catalog_schema(const tdm_catalog *catalog, tdm_text schema, tdm_text *ret_why)
{
    if (tdm_map_get(&catalog->schemas, schema))
        return TDM_KNOWN_YES;
    if (!tdm_map_has(&catalog->schemas, schema) && tdm_platform_schema(schema))
        return because(ret_why, TDM_TEXT("the schema is one of the platform's own"));
    return absent(catalog, ret_why);
}

tdm_found tdm_catalog_find(const tdm_catalog *catalog, tdm_text schema, tdm_text table)
{
    tdm_found found = {.schema = schema};
    tdm_text temporary = TDM_TEXT("pg_temp");

    if (schema.size) {
        found.table = table_in(catalog, schema, table);
    } else {
        // Temporary tables come first, then the path (manual 5.9.3).
        found.table = table_in(catalog, temporary, table);
        found.schema = found.table ? temporary : tdm_catalog_creation_schema(catalog);
        for (size_t i = 0; !found.table && i < catalog->path.count; i++) {
            found.table = table_in(catalog, catalog->path.items[i], table);
            if (found.table)
                found.schema = catalog->path.items[i];
        }
    }
    if (found.table)
        return found;
    if (tdm_catalog_other_relation(catalog, found.schema, table))
        found.known = because(&found.why, TDM_TEXT("an object that is not modelled has this name"));
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

size_t tdm_catalog_table_count(const tdm_catalog *catalog)
{
    return catalog->tables.count;
}

const tdm_table *tdm_catalog_table_at(const tdm_catalog *catalog, size_t index)
{
    return catalog->tables.items[index];
}

size_t tdm_catalog_other_count(const tdm_catalog *catalog)
{
    return catalog->others.count;
}

const tdm_other *tdm_catalog_other_at(const tdm_catalog *catalog, size_t index)
{
    return catalog->others.items[index];
}

tdm_text tdm_catalog_print(const tdm_catalog *catalog, tdm_text schema, tdm_text name)
{
    if (schema.size == 0 || tdm_text_is(schema, "public"))
        return name;
    return tdm_arena_printf(catalog->arena, "%.*s.%.*s", TDM_TEXT_ARG(schema), TDM_TEXT_ARG(name));
}
