#include "sql/known.h"

#include "base/error.h"
#include "base/map.h"
#include "base/parallel.h"
#include "base/text.h"
#include "sql/identity.h"
#include "sql/tree.h"

#include <string.h>

// Texts are found by their digest and not by their bytes: whoever writes a migration can choose
// texts that collide in the hash of a map, but not digests.
struct tdm_sql_store {
    tdm_arena *arena;
    tdm_cache *cache;
    tdm_map texts; // digest -> tdm_sql_known
};

tdm_sql_store *tdm_sql_store_new(tdm_arena *arena, tdm_cache *cache)
{
    tdm_sql_store *store = tdm_arena_new_of(arena, tdm_sql_store);

    if (!store)
        return NULL;
    store->arena = arena;
    store->cache = cache;
    tdm_map_init(&store->texts, arena);
    return store;
}

static tdm_sql_known *add(tdm_sql_store *store, tdm_text sql, tdm_digest key)
{
    tdm_sql_known *known =
        tdm_map_get(&store->texts, (tdm_text){(const char *)key.bytes, sizeof key.bytes});

    if (known)
        return known;
    known = tdm_arena_new_of(store->arena, tdm_sql_known);
    if (!known)
        return NULL;
    *known = (tdm_sql_known){.key = key, .sql = sql};
    tdm_text name = {(const char *)known->key.bytes, sizeof known->key.bytes};
    return tdm_map_put(&store->texts, name, known) ? known : NULL;
}

tdm_status tdm_sql_store_add(tdm_sql_store *store, tdm_statement *statements, size_t count,
                             tdm_error *err)
{
    tdm_hasher *hasher = tdm_hasher_new();
    tdm_status status = hasher ? TDM_OK : tdm_fail_memory(err);

    for (size_t i = 0; status == TDM_OK && i < count; i++) {
        tdm_digest key;
        if (statements[i].opaque || statements[i].sql.size == 0)
            continue;
        if (!tdm_cache_key(hasher, store->cache, "tree", &statements[i].sql, 1, &key))
            status = tdm_fail_memory(err);
        if (status == TDM_OK && !(statements[i].known = add(store, statements[i].sql, key)))
            status = tdm_fail_memory(err);
    }
    tdm_hasher_free(hasher);
    return status;
}

// --- Reading ------------------------------------------------------------------------------------

typedef struct reading {
    const tdm_sql_store *store;
    const tdm_sql_wanted *wanted;
    tdm_arena *arenas[TDM_PARALLEL_MOST];
} reading;

// What is kept of a text that parses: its identity, then its tree. The record of one that does not
// is made anew each time.
static bool take_kept(const tdm_sql_store *store, tdm_sql_known *known)
{
    tdm_text kept;
    size_t size = sizeof known->identity.bytes;

    known->found = tdm_cache_find(store->cache, known->key, &kept) && kept.size > size;
    if (!known->found)
        return false;
    memcpy(known->identity.bytes, kept.data, size);
    known->packed = tdm_text_from(kept, size);
    known->parsed = true;
    return true;
}

// The identity stands before the tree, as it is kept.
static tdm_status parse_one(tdm_sql_known *known, tdm_arena *arena, tdm_error *err)
{
    tdm_sql_tree *tree = NULL;
    tdm_error refused = TDM_ERROR_INIT;
    size_t size = sizeof known->identity.bytes;
    tdm_status status =
        tdm_sql_parse_packed(known->sql, arena, size, &tree, &known->packed, &refused);

    known->parsed = status == TDM_OK;
    if (known->parsed)
        status = tdm_sql_identity(tree, &known->identity, err);
    else if (refused.code == TDM_ERROR_MEMORY)
        status = tdm_fail_memory(err);
    else
        status = tdm_sql_identity_of_bytes(known->sql, &known->identity, err);
    if (known->parsed)
        memcpy((char *)known->packed.data - size, known->identity.bytes, size);
    tdm_sql_tree_free(tree);
    return status;
}

static tdm_status read_one(void *context, size_t worker, size_t index, tdm_error *err)
{
    reading *r = context;
    tdm_sql_known *known = r->wanted->items[index];

    if (take_kept(r->store, known))
        return TDM_OK;
    return parse_one(known, r->arenas[worker], err);
}

static void keep(const tdm_sql_store *store, const tdm_sql_known *known)
{
    size_t size = sizeof known->identity.bytes;

    if (known->parsed && !known->found)
        tdm_cache_put(store->cache, known->key,
                      (tdm_text){known->packed.data - size, known->packed.size + size});
}

tdm_status tdm_sql_store_read(tdm_sql_store *store, const tdm_sql_wanted *wanted, tdm_error *err)
{
    tdm_sql_wanted fresh = {tdm_arena_array(store->arena, wanted->count, sizeof *fresh.items), 0,
                            wanted->count};
    reading r = {.store = store, .wanted = &fresh};
    tdm_status status = TDM_OK;

    if (!fresh.items)
        return tdm_fail_memory(err);
    for (size_t i = 0; i < wanted->count; i++)
        if (!wanted->items[i]->read) {
            wanted->items[i]->read = true; // so that the same text is not taken twice
            fresh.items[fresh.count++] = wanted->items[i];
        }
    size_t workers = tdm_parallel_workers(fresh.count);
    for (size_t i = 0; status == TDM_OK && i < workers; i++)
        if (!(r.arenas[i] = tdm_arena_new(0)))
            status = tdm_fail_memory(err);
    if (status == TDM_OK)
        status = tdm_parallel_run(workers, fresh.count, read_one, &r, err);
    for (size_t i = 0; i < workers; i++)
        tdm_arena_join(store->arena, r.arenas[i]);
    for (size_t i = 0; i < fresh.count; i++) {
        if (status == TDM_OK)
            keep(store, fresh.items[i]);
        else
            fresh.items[i]->read = false;
    }
    return status == TDM_OK && !tdm_arena_ok(store->arena) ? tdm_fail_memory(err) : status;
}

// --- What is asked of statements ----------------------------------------------------------------

// A statement that was copied may have been given other words since.
const tdm_sql_known *tdm_sql_known_of(const tdm_statement *statement)
{
    const tdm_sql_known *known = statement->known;

    return known && known->read && tdm_text_equal(known->sql, statement->sql) ? known : NULL;
}

tdm_status tdm_sql_statement_identity(const tdm_statement *statement, tdm_digest *ret,
                                      bool *ret_parsed, tdm_error *err)
{
    const tdm_sql_known *known = tdm_sql_known_of(statement);

    if (!known)
        return tdm_sql_identity_of(statement->sql, ret, ret_parsed, err);
    *ret = known->identity;
    if (ret_parsed)
        *ret_parsed = known->parsed;
    return TDM_OK;
}

tdm_status tdm_sql_statements_same(const tdm_statement *a, const tdm_statement *b,
                                   tdm_sameness *ret, tdm_error *err)
{
    tdm_digest left, right;
    bool left_parsed, right_parsed;

    *ret = TDM_SAME_YES;
    if (tdm_text_equal(a->sql, b->sql))
        return TDM_OK;
    if (tdm_sql_statement_identity(a, &left, &left_parsed, err) != TDM_OK ||
        tdm_sql_statement_identity(b, &right, &right_parsed, err) != TDM_OK)
        return TDM_FAILED;
    if (!left_parsed || !right_parsed)
        *ret = TDM_SAME_UNKNOWN;
    else if (!tdm_digest_equal(left, right))
        *ret = TDM_SAME_NO;
    return TDM_OK;
}
