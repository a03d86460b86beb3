#include "mend/meaning.h"

#include "base/error.h"
#include "sql/identity.h"

#include <stdlib.h>

static tdm_status put_statement(tdm_hasher *hasher, const tdm_statement *statement,
                                tdm_meaning *meaning, tdm_error *err)
{
    tdm_digest identity;
    if (statement->opaque && statement->sql.size == 0)
        meaning->known = false;
    if (tdm_sql_identity_of(statement->sql, &identity, NULL, err) != TDM_OK)
        return TDM_FAILED;
    tdm_hasher_put(hasher, identity.bytes, sizeof identity.bytes);
    meaning->count++;
    return TDM_OK;
}

static tdm_status put_statements(tdm_hasher *hasher, const tdm_statements *statements,
                                 tdm_meaning *meaning, tdm_error *err)
{
    for (size_t i = 0; i < statements->count; i++)
        if (put_statement(hasher, &statements->items[i], meaning, err) != TDM_OK)
            return TDM_FAILED;
    return TDM_OK;
}

tdm_status tdm_meaning_of(const tdm_statements *statements, tdm_meaning *ret, tdm_error *err)
{
    tdm_hasher *hasher = tdm_hasher_new();
    *ret = (tdm_meaning){.known = true};
    if (!hasher)
        return tdm_fail_memory(err);
    tdm_status status = put_statements(hasher, statements, ret, err);
    if (status == TDM_OK)
        status = tdm_hasher_end(hasher, &ret->digest, err);
    tdm_hasher_free(hasher);
    return status;
}

// Some tools store one statement in each element, others the whole file in one.
tdm_status tdm_meaning_of_row(const tdm_migration_row *row, tdm_arena *arena, tdm_meaning *ret,
                              tdm_error *err)
{
    tdm_hasher *hasher = tdm_hasher_new();
    tdm_status status = TDM_OK;
    *ret = (tdm_meaning){.known = row->statement_count > 0};
    if (!hasher)
        return tdm_fail_memory(err);
    for (size_t i = 0; status == TDM_OK && i < row->statement_count; i++) {
        tdm_statements statements;
        status = tdm_sql_split(arena, "schema_migrations", row->statements[i], &statements, err);
        if (status == TDM_OK)
            status = put_statements(hasher, &statements, ret, err);
    }
    if (status == TDM_OK)
        status = tdm_hasher_end(hasher, &ret->digest, err);
    tdm_hasher_free(hasher);
    return status;
}

bool tdm_meaning_equal(const tdm_meaning *a, const tdm_meaning *b)
{
    return a->known && b->known && a->count == b->count && tdm_digest_equal(a->digest, b->digest);
}
