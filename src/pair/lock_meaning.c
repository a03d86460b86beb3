#include "pair/lock_meaning.h"

#include "base/error.h"
#include "base/text.h"
#include "sql/identity.h"
#include "sql/lexer.h"

static tdm_text source_of(tdm_project *project, bool of_revision, size_t index)
{
    return of_revision ? tdm_project_chain_revision(project, index)->source
                       : tdm_project_folder_migration(project, index)->source;
}

static tdm_status finish(tdm_hasher *hasher, tdm_status status, tdm_digest *ret, tdm_error *err)
{
    if (!hasher)
        return tdm_fail_memory(err);
    if (status == TDM_OK)
        status = tdm_hasher_end(hasher, ret, err);
    tdm_hasher_free(hasher);
    return status;
}

static tdm_status put_imports(tdm_hasher *hasher, tdm_project *project, size_t index, bool tokens,
                              tdm_error *err)
{
    const tdm_script *script;
    if (tdm_project_script(project, index, TDM_UPGRADE, &script, err) != TDM_OK)
        return TDM_FAILED;
    tdm_hasher_put_u64(hasher, script->imported_count);
    for (size_t i = 0; i < script->imported_count; i++) {
        tdm_text source;
        if (tdm_tree_read(tdm_project_tree(project), script->imported[i],
                          tdm_project_arena(project), &source, err) != TDM_OK)
            return TDM_FAILED;
        tdm_hasher_put_text(hasher, tdm_text_of(script->imported[i]));
        if (tokens)
            tdm_lock_python(hasher, source);
        else
            tdm_hasher_put_text(hasher, source);
    }
    return TDM_OK;
}

tdm_status tdm_lock_bytes(tdm_project *project, bool of_revision, size_t index, tdm_digest *ret,
                          tdm_error *err)
{
    tdm_hasher *hasher = tdm_hasher_new();
    tdm_status status = TDM_OK;
    if (hasher) {
        tdm_hasher_put_text(hasher, source_of(project, of_revision, index));
        if (of_revision)
            status = put_imports(hasher, project, index, false, err);
    }
    return finish(hasher, status, ret, err);
}

// --- Tokens -------------------------------------------------------------------------------------

static void put_sql_tokens(tdm_hasher *hasher, tdm_text source)
{
    tdm_sql_lexer lexer = {.source = source};
    for (;;) {
        tdm_sql_token token = tdm_sql_next(&lexer);
        tdm_hasher_put_text(hasher, tdm_sql_token_text(&lexer, &token));
        if (token.kind == TDM_SQL_TOKEN_END)
            return;
    }
}

static tdm_status put_tokens(tdm_hasher *hasher, tdm_project *project, bool of_revision,
                             size_t index, tdm_error *err)
{
    if (!of_revision) {
        put_sql_tokens(hasher, source_of(project, false, index));
        return TDM_OK;
    }
    tdm_lock_python(hasher, source_of(project, true, index));
    return put_imports(hasher, project, index, true, err);
}

tdm_status tdm_lock_tokens(tdm_project *project, bool of_revision, size_t index, tdm_digest *ret,
                           tdm_error *err)
{
    tdm_hasher *hasher = tdm_hasher_new();
    tdm_status status = hasher ? put_tokens(hasher, project, of_revision, index, err) : TDM_FAILED;
    return finish(hasher, status, ret, err);
}

// --- Meaning ------------------------------------------------------------------------------------

static void put_names(tdm_hasher *hasher, const tdm_text *names, size_t count)
{
    tdm_hasher_put_u64(hasher, count);
    for (size_t i = 0; i < count; i++)
        tdm_hasher_put_text(hasher, names[i]);
}

static tdm_status put_statements(tdm_hasher *hasher, const tdm_statements *statements,
                                 bool *ret_unknown, tdm_error *err)
{
    tdm_hasher_put_u64(hasher, statements->count);
    for (size_t i = 0; i < statements->count; i++) {
        const tdm_statement *statement = &statements->items[i];
        tdm_digest identity = {{0}};
        *ret_unknown = *ret_unknown || statement->sql.size == 0;
        if (statement->sql.size &&
            tdm_sql_identity_of(statement->sql, &identity, NULL, err) != TDM_OK)
            return TDM_FAILED;
        tdm_hasher_put(hasher, identity.bytes, sizeof identity.bytes);
        tdm_hasher_put_u64(hasher, statement->outside);
    }
    return TDM_OK;
}

static tdm_status put_meaning(tdm_hasher *hasher, tdm_project *project, bool of_revision,
                              size_t index, tdm_error *err)
{
    const tdm_statements *statements;
    bool unknown = false;
    if (of_revision) {
        tdm_revision_info info = tdm_project_revision(project, index);
        put_names(hasher, info.down, info.down_count);
        put_names(hasher, info.depends_on, info.depends_on_count);
    }
    tdm_status status = of_revision
                            ? tdm_project_revision_statements(project, index, &statements, err)
                            : tdm_project_migration_statements(project, index, &statements, err);
    if (status == TDM_OK)
        status = put_statements(hasher, statements, &unknown, err);
    if (status == TDM_OK && unknown)
        status = put_tokens(hasher, project, of_revision, index, err);
    return status;
}

tdm_status tdm_lock_meaning(tdm_project *project, bool of_revision, size_t index, tdm_digest *ret,
                            tdm_error *err)
{
    tdm_hasher *hasher = tdm_hasher_new();
    tdm_status status = hasher ? put_meaning(hasher, project, of_revision, index, err) : TDM_FAILED;
    return finish(hasher, status, ret, err);
}
