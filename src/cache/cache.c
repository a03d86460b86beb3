#include "cache/cache.h"

#include "base/limits.h"
#include "base/map.h"
#include "base/text.h"
#include "base/vector.h"
#include "cache/file.h"
#include "cache/program.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// The file: a head, rows sorted by key, and the values behind each other. Numbers are as this
// machine has them, and so are the values: another machine's program has other keys.
static const char magic[16] = "tandem cache 1\n";

typedef struct head {
    char magic[16];
    tdm_digest rows; // of all rows
    uint64_t count;
} head;

typedef struct row {
    tdm_digest key;
    tdm_digest value; // of the value
    uint64_t start;   // in the file
    uint32_t size;
    uint32_t age; // how many times the file was written since it was of use
} row;

enum {
    AGE_MOST = 16,
    NAME_SIZE = 33 + sizeof ".cache",
};

typedef struct fresh {
    tdm_digest key;
    tdm_text value;
} fresh;

struct tdm_cache {
    tdm_arena *arena;
    int folder;
    char name[NAME_SIZE];
    tdm_digest program;
    tdm_text file; // as it was read
    const row *rows;
    size_t count;
    atomic_uchar *used; // by row
    TDM_VECTOR(fresh) added;
    size_t added_size;
};

// --- Opening ------------------------------------------------------------------------------------

static void take_rows(tdm_cache *cache)
{
    head h;
    tdm_digest digest;
    tdm_text file = cache->file;
    if (file.size < sizeof h)
        return;
    memcpy(&h, file.data, sizeof h);
    size_t most = (file.size - sizeof h) / sizeof(row);
    if (memcmp(h.magic, magic, sizeof magic) != 0 || h.count > most)
        return;
    tdm_text rows = {file.data + sizeof h, (size_t)h.count * sizeof(row)};
    if (tdm_digest_of(rows, &digest, NULL) != TDM_OK || !tdm_digest_equal(digest, h.rows))
        return;
    cache->used = tdm_arena_array(cache->arena, (size_t)h.count, sizeof *cache->used);
    if (!cache->used)
        return;
    cache->rows = (const row *)(const void *)rows.data; // malloc() and whole rows: aligned
    cache->count = (size_t)h.count;
}

// One file for each project; entries of another program in it are not found, and vanish with time.
static bool name_file(tdm_cache *cache, const char *root)
{
    tdm_digest digest;
    bool ok = tdm_digest_of(tdm_text_of(root), &digest, NULL) == TDM_OK;
    tdm_digest_hex(digest, cache->name);
    memcpy(cache->name + 32, ".cache", sizeof ".cache");
    return ok;
}

tdm_cache *tdm_cache_open(const char *folder, const char *root)
{
    tdm_arena *arena = tdm_arena_new(0);
    tdm_cache *cache = arena ? tdm_arena_new_of(arena, tdm_cache) : NULL;
    if (!cache) {
        tdm_arena_free(arena);
        return NULL;
    }
    cache->arena = arena;
    cache->folder = -1;
    if (tdm_program_identity(&cache->program) && name_file(cache, root))
        cache->folder = tdm_cache_folder(folder);
    if (cache->folder < 0) {
        tdm_arena_free(arena);
        return NULL;
    }
    cache->file = tdm_cache_read(cache->folder, cache->name, TDM_LIMIT_CACHE);
    take_rows(cache);
    return cache;
}

// --- Entries ------------------------------------------------------------------------------------

bool tdm_cache_key(tdm_hasher *hasher, const tdm_cache *cache, const char *kind,
                   const tdm_text *texts, size_t count, tdm_digest *ret)
{
    if (cache)
        tdm_hasher_put(hasher, cache->program.bytes, sizeof cache->program.bytes);
    tdm_hasher_put_text(hasher, tdm_text_of(kind));
    for (size_t i = 0; i < count; i++)
        tdm_hasher_put_text(hasher, texts[i]);
    return tdm_hasher_end(hasher, ret, NULL) == TDM_OK;
}

static int compare_keys(const tdm_digest *a, const tdm_digest *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes);
}

static size_t row_of(const tdm_cache *cache, const tdm_digest *key)
{
    size_t low = 0;
    size_t high = cache->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare_keys(&cache->rows[middle].key, key);
        if (order == 0)
            return middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return SIZE_MAX;
}

static tdm_text value_of(const tdm_cache *cache, const row *r)
{
    if (r->start > cache->file.size || r->size > cache->file.size - r->start)
        return (tdm_text){NULL, 0};
    return (tdm_text){cache->file.data + r->start, r->size};
}

bool tdm_cache_find(tdm_cache *cache, tdm_digest key, tdm_text *ret)
{
    tdm_digest digest;
    size_t at = cache ? row_of(cache, &key) : SIZE_MAX;
    if (at == SIZE_MAX)
        return false;
    *ret = value_of(cache, &cache->rows[at]);
    if (!ret->data || tdm_digest_of(*ret, &digest, NULL) != TDM_OK ||
        !tdm_digest_equal(digest, cache->rows[at].value))
        return false;
    atomic_store_explicit(&cache->used[at], 1, memory_order_relaxed);
    return true;
}

void tdm_cache_put(tdm_cache *cache, tdm_digest key, tdm_text value)
{
    if (!cache || value.size > TDM_LIMIT_CACHE - cache->added_size)
        return;
    if (tdm_vector_push(cache->arena, &cache->added, ((fresh){key, value})))
        cache->added_size += value.size;
}

// --- Writing ------------------------------------------------------------------------------------

typedef struct kept {
    row row;
    tdm_text value;
} kept;

static int by_key(const void *a, const void *b)
{
    const row *left = &((const kept *)a)->row;
    const row *right = &((const kept *)b)->row;
    int order = compare_keys(&left->key, &right->key);
    if (order != 0)
        return order;
    return left->start < right->start ? -1 : left->start > right->start; // a fresh one has no start
}

// Everything that the next file holds, sorted, each key once.
static kept *collect(tdm_cache *cache, size_t *ret_count)
{
    kept *items = tdm_arena_array(cache->arena, cache->count + cache->added.count, sizeof *items);
    size_t count = 0;
    if (!items)
        return NULL;
    for (size_t i = 0; i < cache->added.count; i++) {
        const fresh *entry = &cache->added.items[i];
        kept *item = &items[count];
        *item = (kept){{.key = entry->key, .size = (uint32_t)entry->value.size}, entry->value};
        count += tdm_digest_of(entry->value, &item->row.value, NULL) == TDM_OK;
    }
    for (size_t i = 0; i < cache->count; i++) {
        kept *item = &items[count];
        *item = (kept){cache->rows[i], value_of(cache, &cache->rows[i])};
        item->row.age = atomic_load(&cache->used[i]) ? 0 : item->row.age + 1;
        count += item->value.data && item->row.age < AGE_MOST;
    }
    if (count)
        qsort(items, count, sizeof *items, by_key);
    *ret_count = 0;
    for (size_t i = 0; i < count; i++)
        if (*ret_count == 0 || !tdm_digest_equal(items[*ret_count - 1].row.key, items[i].row.key))
            items[(*ret_count)++] = items[i];
    return items;
}

static void save(tdm_cache *cache)
{
    size_t count = 0;
    kept *items = collect(cache, &count);
    row *rows = tdm_arena_array(cache->arena, count, sizeof *rows);
    tdm_text *pieces = tdm_arena_array(cache->arena, count + 2, sizeof *pieces);
    if (!items || !rows || !pieces)
        return;
    head h = {.count = count};
    size_t at = sizeof h + count * sizeof *rows;
    for (size_t i = 0; i < count; i++) {
        rows[i] = items[i].row;
        rows[i].start = at;
        at += items[i].value.size;
        pieces[i + 2] = items[i].value;
    }
    memcpy(h.magic, magic, sizeof magic);
    pieces[0] = (tdm_text){(const char *)&h, sizeof h};
    pieces[1] = (tdm_text){(const char *)rows, count * sizeof *rows};
    if (at <= TDM_LIMIT_CACHE && tdm_digest_of(pieces[1], &h.rows, NULL) == TDM_OK)
        (void)tdm_cache_write(cache->folder, cache->name, pieces, count + 2);
}

void tdm_cache_close(tdm_cache *cache)
{
    if (!cache)
        return;
    if (cache->added.count)
        save(cache);
    close(cache->folder);
    free((char *)cache->file.data);
    tdm_arena_free(cache->arena);
}
