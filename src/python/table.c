// Dicts and sets: entries in order of insertion behind a hash index.
#include "python/interp.h"

#include <math.h>
#include <string.h>

static uint64_t mix(uint64_t hash)
{
    hash ^= hash >> 31;
    hash *= 0x9E3779B97F4A7C15U;
    return hash ^ (hash >> 29);
}

static uint64_t hash_bytes(tdm_text text, uint64_t seed)
{
    uint64_t hash = 14695981039346656037U ^ seed;
    for (size_t i = 0; i < text.size; i++)
        hash = (hash ^ (unsigned char)text.data[i]) * 1099511628211U;
    return mix(hash);
}

// Equal numbers of different types hash alike: 1, 1.0, True.
static uint64_t hash_number(tdm_py value)
{
    if (value->kind != TDM_PY_FLOAT)
        return mix((uint64_t)value->integer);
    double d = value->number;
    if (d >= -9.2e18 && d <= 9.2e18 && d == floor(d))
        return mix((uint64_t)(int64_t)d);
    uint64_t bits;
    memcpy(&bits, &d, sizeof bits);
    return mix(bits);
}

static bool unhashable(tdm_interp *in, tdm_py key)
{
    tdm_py_raise(in, "TypeError", "unhashable type: '%s'", tdm_py_type_name(key));
    return false;
}

static bool hash_tuple(tdm_interp *in, tdm_py key, uint64_t *ret)
{
    if (!tdm_py_step(in))
        return false;
    if (++in->nesting > PY_MAX_NESTING) {
        in->nesting--;
        return unhashable(in, key);
    }
    uint64_t hash = 0x345678;
    bool ok = true;
    for (uint32_t i = 0; i < key->list.count && ok; i++) {
        uint64_t item = 0;
        ok = tdm_py_hash(in, key->list.items[i], &item);
        hash = mix(hash * 31 + item);
    }
    in->nesting--;
    *ret = hash;
    return ok;
}

bool tdm_py_hash(tdm_interp *in, tdm_py key, uint64_t *ret)
{
    switch ((tdm_py_kind)key->kind) {
    case TDM_PY_BOOL:
    case TDM_PY_INT:
    case TDM_PY_FLOAT:
        *ret = hash_number(key);
        return true;
    case TDM_PY_STR:
    case TDM_PY_BYTES:
        *ret = hash_bytes(key->text, key->kind == TDM_PY_BYTES);
        return true;
    case TDM_PY_TUPLE:
        return hash_tuple(in, key, ret);
    case TDM_PY_NONE:
    case TDM_PY_ELLIPSIS:
        *ret = mix(key->kind);
        return true;
    case TDM_PY_LIST:
    case TDM_PY_DICT:
        return unhashable(in, key);
    case TDM_PY_SET:
        *ret = mix(key->table->live);
        return key->table->frozen || unhashable(in, key);
    case TDM_PY_INSTANCE: {
        tdm_py plain = tdm_py_plain(key);
        if (plain != key && key->instance->type->class_data->flavor != PY_CLASS_ENUM)
            return tdm_py_hash(in, plain, ret);
        if (plain != key && plain->kind != TDM_PY_INSTANCE)
            return tdm_py_hash(in, plain, ret);
        break;
    }
    case TDM_PY_OTHER:
        if (strcmp(tdm_py_type_name(key), "slice") == 0) // hashable from Python 3.12 on
            return unhashable(in, key);
        if (key->other.type->hash)
            return key->other.type->hash(key, ret);
        break;
    case TDM_PY_UNKNOWN:
        return false;
    case TDM_PY_CLASS:
        *ret = mix((uint64_t)(uintptr_t)key->class_data);
        return true;
    case TDM_PY_FUNCTION:
    case TDM_PY_MODULE:
    case TDM_PY_NATIVE:
        break;
    }
    *ret = mix((uint64_t)(uintptr_t)key); // by identity
    return true;
}

py_table *tdm_py_table_new(tdm_interp *in)
{
    return tdm_arena_new_of(in->arena, py_table);
}

tdm_py tdm_py_table_value(tdm_interp *in, py_table *table, tdm_py_kind kind)
{
    tdm_py value = tdm_py_new_object(in, kind);
    if (!table || value->kind != kind)
        return in->out_of_memory;
    value->table = table;
    return value;
}

// Finds the entry, or NULL. *ret_answer is PY_CANNOT_KNOW or PY_ERROR when comparing failed.
static py_dict_entry *find(tdm_interp *in, const py_table *table, tdm_py key, uint64_t hash,
                           py_answer *ret_answer)
{
    *ret_answer = PY_NO;
    if (!table->slot_count)
        return NULL;
    uint32_t mask = table->slot_count - 1;
    for (uint32_t at = (uint32_t)hash & mask; table->slots[at]; at = (at + 1) & mask) {
        py_dict_entry *entry = &table->entries[table->slots[at] - 1];
        if (!entry->key || entry->hash != hash)
            continue;
        py_answer same = tdm_py_is(entry->key, key) ? PY_YES : tdm_py_equality(in, entry->key, key);
        if (same != PY_NO) {
            *ret_answer = same;
            return same == PY_YES ? entry : NULL;
        }
    }
    return NULL;
}

static int hash_failed(tdm_interp *in)
{
    return tdm_py_failed(in) ? -1 : -2;
}

int tdm_py_table_find(tdm_interp *in, const py_table *table, tdm_py key, py_dict_entry **ret)
{
    uint64_t hash = 0;
    py_answer answer;
    if (!tdm_py_hash(in, key, &hash))
        return hash_failed(in);
    *ret = find(in, table, key, hash, &answer);
    return answer == PY_ERROR ? -1 : answer == PY_CANNOT_KNOW ? -2 : *ret != NULL;
}

static bool index_entries(tdm_interp *in, py_table *table, uint32_t slot_count)
{
    uint32_t *slots = tdm_arena_array(in->arena, slot_count, sizeof *slots);
    if (!slots)
        return false;
    table->slots = slots;
    table->slot_count = slot_count;
    for (uint32_t i = 0; i < table->count; i++) {
        uint32_t at = (uint32_t)table->entries[i].hash & (slot_count - 1);
        while (slots[at])
            at = (at + 1) & (slot_count - 1);
        slots[at] = i + 1;
    }
    return true;
}

static bool grow(tdm_interp *in, py_table *table)
{
    size_t capacity = table->capacity ? (size_t)table->capacity * 2 : 8;
    if (capacity > PY_MAX_ITEMS) {
        tdm_py_stop(in, TDM_ERROR_LIMIT, "a container of more than %zu items", PY_MAX_ITEMS);
        return false;
    }
    py_dict_entry *entries = tdm_arena_array(in->arena, capacity, sizeof *entries);
    if (!entries || !tdm_py_charge(in, capacity * sizeof *entries))
        return false;
    uint32_t live = 0;
    for (uint32_t i = 0; i < table->count; i++)
        if (table->entries[i].key)
            entries[live++] = table->entries[i];
    table->entries = entries;
    table->count = table->live = live;
    table->capacity = (uint32_t)capacity;
    return index_entries(in, table, (uint32_t)capacity * 2);
}

int tdm_py_table_put(tdm_interp *in, py_table *table, tdm_py key, tdm_py value)
{
    uint64_t hash = 0;
    py_answer answer;
    if (!tdm_py_hash(in, key, &hash))
        return hash_failed(in);
    py_dict_entry *entry = find(in, table, key, hash, &answer);
    if (answer == PY_ERROR || answer == PY_CANNOT_KNOW)
        return answer == PY_ERROR ? -1 : -2;
    if (entry) {
        entry->value = value;
        return 1;
    }
    if (table->count == table->capacity && !grow(in, table)) {
        if (!in->stopped)
            tdm_py_stop(in, TDM_ERROR_MEMORY, "out of memory");
        return -1;
    }
    table->entries[table->count] = (py_dict_entry){key, value, hash};
    uint32_t mask = table->slot_count - 1, at = (uint32_t)hash & mask;
    while (table->slots[at])
        at = (at + 1) & mask;
    table->slots[at] = ++table->count;
    table->live++;
    return 0;
}

int tdm_py_table_remove(tdm_interp *in, py_table *table, tdm_py key, tdm_py *ret_value)
{
    py_dict_entry *entry;
    int found = tdm_py_table_find(in, table, key, &entry);
    if (found != 1)
        return found;
    if (ret_value)
        *ret_value = entry->value;
    entry->key = NULL;
    table->live--;
    return 1;
}

// Closes the gaps that removing leaves, so that entries can be reached by their index.
void tdm_py_table_compact(py_table *table)
{
    if (table->live == table->count)
        return;
    uint32_t live = 0;
    for (uint32_t i = 0; i < table->count; i++)
        if (table->entries[i].key)
            table->entries[live++] = table->entries[i];
    table->count = live;
    memset(table->slots, 0, table->slot_count * sizeof *table->slots);
    for (uint32_t i = 0; i < live; i++) {
        uint32_t mask = table->slot_count - 1, at = (uint32_t)table->entries[i].hash & mask;
        while (table->slots[at])
            at = (at + 1) & mask;
        table->slots[at] = i + 1;
    }
}

py_dict_entry *tdm_py_table_at(const py_table *table, size_t index)
{
    if (table->live != table->count)
        tdm_py_table_compact((py_table *)table);
    return &table->entries[index];
}

py_table *tdm_py_table_copy(tdm_interp *in, const py_table *table)
{
    py_table *copy = tdm_py_table_new(in);
    if (!copy)
        return NULL;
    copy->factory = table->factory;
    copy->counter = table->counter;
    if (!table->count)
        return copy;
    copy->entries = tdm_arena_array(in->arena, table->capacity, sizeof *copy->entries);
    if (!copy->entries || !tdm_py_charge(in, table->capacity * sizeof *copy->entries))
        return NULL;
    copy->capacity = table->capacity;
    for (uint32_t i = 0; i < table->count; i++)
        if (table->entries[i].key)
            copy->entries[copy->count++] = table->entries[i];
    copy->live = copy->count;
    return index_entries(in, copy, table->slot_count) ? copy : NULL;
}
