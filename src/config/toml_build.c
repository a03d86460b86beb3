// The rules are those of TOML 1.0, sections "Keys" and "Table": a table is defined once, dotted
// keys cannot add to one that a header opened, nothing adds to an inline table or a written array.
#include "config/toml_build.h"

#include "base/error.h"
#include "base/text.h"

tdm_toml_node *tdm_toml_node_new(tdm_toml_builder *in, tdm_toml_kind kind, tdm_place place,
                                 tdm_toml_opened opened)
{
    tdm_toml_node *node = tdm_arena_new_of(in->arena, tdm_toml_node);
    if (!node) {
        tdm_fail_memory(in->err);
        return NULL;
    }
    *node = (tdm_toml_node){.value = {.kind = kind, .place = place}, .opened = opened};
    tdm_map_init(&node->index, in->arena);
    return node;
}

tdm_status tdm_toml_append(tdm_toml_builder *in, tdm_toml_node *array, tdm_toml *item)
{
    tdm_toml *value = &array->value;
    if (!tdm_vector_reserve(in->arena, (void **)&value->items, &array->capacity, value->count,
                            sizeof(tdm_toml *)))
        return tdm_fail_memory(in->err);
    value->items[value->count++] = item;
    return TDM_OK;
}

static tdm_status put(tdm_toml_builder *in, tdm_toml_node *table, const tdm_toml_key *key,
                      tdm_toml *value)
{
    tdm_toml *into = &table->value;
    if (!tdm_vector_reserve(in->arena, (void **)&into->entries, &table->capacity, into->count,
                            sizeof(tdm_toml_entry)) ||
        !tdm_map_put(&table->index, key->text, value))
        return tdm_fail_memory(in->err);
    into->entries[into->count++] = (tdm_toml_entry){key->text, key->place, value};
    return TDM_OK;
}

static tdm_status fail_defined(tdm_toml_builder *in, const tdm_toml_key *key)
{
    return tdm_fail(in->err, TDM_ERROR_CONFIG, key->place, "'%.*s' is defined already",
                    TDM_TEXT_ARG(key->text));
}

static tdm_status new_table(tdm_toml_builder *in, tdm_toml_node *table, const tdm_toml_key *key,
                            tdm_toml_opened opened, tdm_toml_node **ret)
{
    tdm_toml_node *node = tdm_toml_node_new(in, TDM_TOML_TABLE, key->place, opened);
    if (!node)
        return TDM_FAILED;
    *ret = node;
    return put(in, table, key, &node->value);
}

// The table that a part of a header but its last names.
static tdm_status enter_parent(tdm_toml_builder *in, tdm_toml_node *table, const tdm_toml_key *key,
                               tdm_toml_node **ret)
{
    tdm_toml *found = tdm_map_get(&table->index, key->text);
    if (!found)
        return new_table(in, table, key, TDM_TOML_BY_PARENT, ret);
    tdm_toml_node *node = (tdm_toml_node *)found;
    if (found->kind == TDM_TOML_ARRAY && node->of_headers) {
        *ret = (tdm_toml_node *)found->items[found->count - 1];
        return TDM_OK;
    }
    if (found->kind != TDM_TOML_TABLE || node->opened == TDM_TOML_INLINE)
        return fail_defined(in, key);
    *ret = node;
    return TDM_OK;
}

static tdm_status open_array(tdm_toml_builder *in, tdm_toml_node *table, const tdm_toml_key *key,
                             tdm_toml_node **ret)
{
    tdm_toml *found = tdm_map_get(&table->index, key->text);
    tdm_toml_node *array = (tdm_toml_node *)found;
    if (found && (found->kind != TDM_TOML_ARRAY || !array->of_headers))
        return fail_defined(in, key);
    if (!found) {
        array = tdm_toml_node_new(in, TDM_TOML_ARRAY, key->place, TDM_TOML_BY_HEADER);
        if (!array)
            return TDM_FAILED;
        array->of_headers = true;
        if (put(in, table, key, &array->value) != TDM_OK)
            return TDM_FAILED;
    }
    *ret = tdm_toml_node_new(in, TDM_TOML_TABLE, key->place, TDM_TOML_BY_HEADER);
    return *ret ? tdm_toml_append(in, array, &(*ret)->value) : TDM_FAILED;
}

tdm_status tdm_toml_open(tdm_toml_builder *in, tdm_toml_node *root, const tdm_toml_key *keys,
                         size_t count, bool array, tdm_toml_node **ret)
{
    tdm_toml_node *table = root;
    const tdm_toml_key *last = &keys[count - 1];
    for (size_t i = 0; i + 1 < count; i++)
        if (enter_parent(in, table, &keys[i], &table) != TDM_OK)
            return TDM_FAILED;
    if (array)
        return open_array(in, table, last, ret);
    tdm_toml *found = tdm_map_get(&table->index, last->text);
    if (!found)
        return new_table(in, table, last, TDM_TOML_BY_HEADER, ret);
    tdm_toml_node *node = (tdm_toml_node *)found;
    if (found->kind != TDM_TOML_TABLE || node->opened != TDM_TOML_BY_PARENT)
        return fail_defined(in, last);
    node->opened = TDM_TOML_BY_HEADER;
    found->place = last->place;
    *ret = node;
    return TDM_OK;
}

tdm_status tdm_toml_set(tdm_toml_builder *in, tdm_toml_node *table, const tdm_toml_key *keys,
                        size_t count, tdm_toml *value)
{
    for (size_t i = 0; i + 1 < count; i++) {
        tdm_toml *found = tdm_map_get(&table->index, keys[i].text);
        tdm_toml_node *node = (tdm_toml_node *)found;
        if (!found) {
            if (new_table(in, table, &keys[i], TDM_TOML_BY_KEYS, &node) != TDM_OK)
                return TDM_FAILED;
        } else if (found->kind != TDM_TOML_TABLE || node->opened == TDM_TOML_BY_HEADER ||
                   node->opened == TDM_TOML_INLINE) {
            return fail_defined(in, &keys[i]);
        }
        node->opened = TDM_TOML_BY_KEYS;
        table = node;
    }
    if (tdm_map_has(&table->index, keys[count - 1].text))
        return fail_defined(in, &keys[count - 1]);
    return put(in, table, &keys[count - 1], value);
}
