// What the parser says of texts, each read once however many statements have it: the two sides of a
// pair are equal byte by byte more often than not, and a statement is asked for its identity first
// and for its tree later.
//
// A tree is kept as libpg_query packs it, which is a tenth of what it takes unpacked and costs a
// fraction of parsing to unpack again.
#ifndef SQL_KNOWN_H
#define SQL_KNOWN_H

#include "cache/cache.h"
#include "sql/identity.h"

#include <tandem/statement.h>

// What is known of one text. Once read it never changes, and may be used by several threads.
typedef struct tdm_sql_known {
    tdm_digest key; // of the text
    tdm_text sql;
    bool read;           // what follows is filled
    bool parsed;         // else it must be asked again why not
    tdm_digest identity; // as tdm_sql_identity_of gives it
    tdm_text packed;
    bool found; // in the cache
} tdm_sql_known;

typedef struct tdm_sql_store tdm_sql_store;

// Texts must outlive the arena, which owns the store. What is read is looked for in `cache` and
// kept there, which may be NULL; it must be closed before the arena is freed. NULL when out of
// memory.
tdm_sql_store *tdm_sql_store_new(tdm_arena *arena, tdm_cache *cache);

// Gives every statement that has a text its `known`, not read yet.
TDM_MUST_CHECK tdm_status tdm_sql_store_add(tdm_sql_store *store, tdm_statement *statements,
                                            size_t count, tdm_error *err);

// Reads what is not read yet and wanted, on all cores. Statements without `known` are passed over.
typedef struct tdm_sql_wanted {
    tdm_sql_known **items;
    size_t count;
    size_t capacity;
} tdm_sql_wanted;

TDM_MUST_CHECK tdm_status tdm_sql_store_read(tdm_sql_store *store, const tdm_sql_wanted *wanted,
                                             tdm_error *err);

// What is read of a statement, or NULL.
const tdm_sql_known *tdm_sql_known_of(const tdm_statement *statement);

// The same as tdm_sql_identity_of and tdm_sql_same for statements, without parsing what is read.
TDM_MUST_CHECK tdm_status tdm_sql_statement_identity(const tdm_statement *statement,
                                                     tdm_digest *ret, bool *ret_parsed,
                                                     tdm_error *err);
TDM_MUST_CHECK tdm_status tdm_sql_statements_same(const tdm_statement *a, const tdm_statement *b,
                                                  tdm_sameness *ret, tdm_error *err);

#endif
