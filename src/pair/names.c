#include "pair/names.h"

#include "base/error.h"
#include "base/text.h"

typedef struct name_entry {
    uint32_t first;
    bool several;
} name_entry;

tdm_status tdm_names_add(tdm_map *map, tdm_text name, uint32_t index, tdm_error *err)
{
    if (name.size == 0)
        return TDM_OK;
    name_entry *entry = tdm_map_get(map, name);
    if (entry) {
        entry->several = entry->several || entry->first != index;
        return TDM_OK;
    }
    entry = tdm_arena_new_of(map->arena, name_entry);
    if (!entry)
        return tdm_fail_memory(err);
    entry->first = index;
    return tdm_map_put(map, name, entry) ? TDM_OK : tdm_fail_memory(err);
}

tdm_naming_count tdm_names_get(const tdm_map *map, tdm_text name, uint32_t *ret)
{
    const name_entry *entry = tdm_map_get(map, name);
    if (!entry)
        return TDM_NAMES_NOTHING;
    *ret = entry->first;
    return entry->several ? TDM_NAMES_SEVERAL : TDM_NAMES_ONE;
}

// "001" of "001_initial" and of "001"; empty when the name does not begin so.
static tdm_text leading_ordinal(tdm_text name)
{
    size_t end = 0;
    while (end < name.size && tdm_is_digit(name.data[end]))
        end++;
    if (end == 0 || (end < name.size && name.data[end] != '_'))
        return (tdm_text){NULL, 0};
    return tdm_text_slice(name, 0, end);
}

static tdm_text without_ending(tdm_text file_name, tdm_text ending)
{
    if (!tdm_text_ends(file_name, ending))
        return file_name;
    return tdm_text_slice(file_name, 0, file_name.size - ending.size);
}

static void init(tdm_name_table *table, tdm_arena *arena)
{
    table->arena = arena;
    tdm_map_init(&table->exact, arena);
    tdm_map_init(&table->ordinals, arena);
}

// Adds what `map` does not have yet.
static tdm_status fill(tdm_map *map, const tdm_map *more, tdm_error *err)
{
    for (size_t i = 0; i < more->count; i++)
        if (!tdm_map_has(map, more->entries[i].key) &&
            !tdm_map_put(map, more->entries[i].key, more->entries[i].value))
            return tdm_fail_memory(err);
    return TDM_OK;
}

tdm_status tdm_names_of_revisions(tdm_arena *arena, const tdm_link_input *input,
                                  tdm_name_table *ret, tdm_error *err)
{
    init(ret, arena);
    // Ids first: an id that is the file name of another revision still means the id.
    for (size_t i = 0; i < input->revision_count; i++)
        if (tdm_names_add(&ret->exact, input->revisions[i].id, (uint32_t)i, err) != TDM_OK)
            return TDM_FAILED;
    tdm_map stems, ordinals;
    tdm_map_init(&stems, arena);
    tdm_map_init(&ordinals, arena);
    for (size_t i = 0; i < input->revision_count; i++) {
        tdm_text file = input->revisions[i].file_name;
        tdm_text stem = without_ending(file, TDM_TEXT(".py"));
        tdm_text ordinal = leading_ordinal(input->revisions[i].id);
        if (tdm_names_add(&stems, file, (uint32_t)i, err) != TDM_OK ||
            tdm_names_add(&stems, stem, (uint32_t)i, err) != TDM_OK ||
            tdm_names_add(&ret->ordinals, ordinal, (uint32_t)i, err) != TDM_OK ||
            tdm_names_add(&ordinals, leading_ordinal(stem), (uint32_t)i, err) != TDM_OK)
            return TDM_FAILED;
    }
    // The file's ordinal counts where no id begins so: 001_initial_schema.py may have the id 001a.
    if (fill(&ret->exact, &stems, err) != TDM_OK || fill(&ret->ordinals, &ordinals, err) != TDM_OK)
        return TDM_FAILED;
    return TDM_OK;
}

tdm_status tdm_names_of_migrations(tdm_arena *arena, const tdm_link_input *input,
                                   tdm_name_table *ret, tdm_error *err)
{
    init(ret, arena);
    for (size_t i = 0; i < input->migration_count; i++) {
        const tdm_link_migration *migration = &input->migrations[i];
        if (tdm_names_add(&ret->exact, migration->version, (uint32_t)i, err) != TDM_OK ||
            tdm_names_add(&ret->exact, migration->file_name, (uint32_t)i, err) != TDM_OK ||
            tdm_names_add(&ret->exact, without_ending(migration->file_name, TDM_TEXT(".sql")),
                          (uint32_t)i, err) != TDM_OK)
            return TDM_FAILED;
    }
    return TDM_OK;
}

tdm_naming_count tdm_names_exact(const tdm_name_table *table, tdm_text name, uint32_t *ret)
{
    return tdm_names_get(&table->exact, name, ret);
}

tdm_naming_count tdm_names_ordinal(const tdm_name_table *table, tdm_text name, uint32_t *ret)
{
    return tdm_names_get(&table->ordinals, name, ret);
}
