#include "pair/propose_evidence.h"

#include "base/error.h"
#include "base/text.h"
#include "pair/residue.h"

// Phrases of real projects, each met in one that keeps both histories.
static const char *const for_reading[] = {"reference only", "do not apply", "for review only",
                                          NULL};
static const char *const exported[] = {"running upgrade", "generated from alembic",
                                       "revises:", NULL};
static const char *const deferring[] = {"prod uses supabase", "production uses supabase",
                                        "dev chain", "supabase migration only", NULL};

static bool finds(tdm_text text, const char *phrase)
{
    tdm_text needle = tdm_text_of(phrase);
    for (size_t i = 0; i + needle.size <= text.size; i++)
        if (tdm_text_equal_nocase(tdm_text_slice(text, i, i + needle.size), needle))
            return true;
    return false;
}

static bool finds_any(tdm_text text, const char *const *phrases)
{
    for (; *phrases; phrases++)
        if (finds(text, *phrases))
            return true;
    return false;
}

static bool header_says(const tdm_migration *migration, const char *const *phrases)
{
    for (size_t i = 0; i < migration->header_count; i++)
        if (finds_any(migration->header[i].text, phrases))
            return true;
    return false;
}

static void read_words(tdm_project *project, tdm_evidence *ret)
{
    for (size_t i = 0; i < ret->migrations; i++) {
        const tdm_migration *migration = tdm_project_folder_migration(project, i);
        ret->for_reading += header_says(migration, for_reading);
        ret->exported += header_says(migration, exported);
    }
    for (size_t i = 0; i < ret->revisions; i++)
        ret->deferring += finds_any(tdm_project_chain_revision(project, i)->source, deferring);
}

static void count_alone(const tdm_paired *pair, tdm_evidence *ret)
{
    if (pair->verdict != TDM_VERDICT_MISSING && pair->verdict != TDM_VERDICT_OPAQUE)
        return;
    if (pair->group.revision_count) {
        ret->revisions_alone++;
        ret->revisions_after++;
    } else {
        ret->migrations_alone++;
        ret->migrations_after++;
    }
}

static tdm_status is_empty(tdm_project *project, const tdm_group *group, bool *ret, tdm_error *err)
{
    *ret = true;
    for (size_t i = 0; i < group->revision_count; i++) {
        const tdm_statements *statements;
        if (tdm_project_revision_statements(project, group->revisions[i], &statements, err) !=
            TDM_OK)
            return TDM_FAILED;
        *ret = *ret && statements->count == 0;
    }
    return TDM_OK;
}

// --- Functions that only Supabase has
// -------------------------------------------------------------

typedef struct statement_sorts {
    size_t functions; // and triggers
    size_t others;    // that may not stand on the Supabase side alone
} statement_sorts;

static tdm_status sort_statements(tdm_project *project, const tdm_statements *statements,
                                  statement_sorts *ret, tdm_error *err)
{
    for (size_t i = 0; i < statements->count; i++) {
        tdm_sql_tree *tree = NULL;
        tdm_sql_class of;
        tdm_error cause = TDM_ERROR_INIT;
        if (statements->items[i].opaque ||
            tdm_sql_parse(&statements->items[i], &tree, &cause) != TDM_OK) {
            ret->others++;
            continue;
        }
        tdm_status status = tdm_sql_classify(tdm_project_arena(project), tree, &of, err);
        bool allowed =
            status == TDM_OK && tdm_residue_allowed(tdm_residue_of(&of, tree), TDM_SIDE_SUPABASE);
        tdm_sql_tree_free(tree);
        if (status != TDM_OK)
            return TDM_FAILED;
        bool function = of.kind == TDM_SQL_FUNCTION || of.kind == TDM_SQL_TRIGGER;
        ret->functions += function;
        ret->others += !function && !allowed;
    }
    return TDM_OK;
}

static tdm_status read_functions(tdm_project *project, const tdm_pairing *pairing,
                                 tdm_evidence *ret, tdm_error *err)
{
    const tdm_statements *statements;
    statement_sorts of_revisions = {0};
    for (size_t i = 0; i < pairing->pair_count; i++) {
        const tdm_group *group = &pairing->pairs[i].group;
        statement_sorts sorts = {0};
        if (group->revision_count || pairing->pairs[i].verdict != TDM_VERDICT_MISSING)
            continue;
        if (tdm_project_migration_statements(project, group->migrations[0], &statements, err) !=
                TDM_OK ||
            sort_statements(project, statements, &sorts, err) != TDM_OK)
            return TDM_FAILED;
        ret->only_functions += sorts.functions && !sorts.others;
    }
    for (size_t i = 0; ret->only_functions && i < ret->revisions; i++)
        if (tdm_project_revision_statements(project, i, &statements, err) != TDM_OK ||
            sort_statements(project, statements, &of_revisions, err) != TDM_OK)
            return TDM_FAILED;
    ret->functions_in_revisions = of_revisions.functions > 0;
    return TDM_OK;
}

tdm_status tdm_evidence_read(tdm_project *project, const tdm_pairing *pairing, tdm_evidence *ret,
                             tdm_error *err)
{
    *ret = (tdm_evidence){.revisions = tdm_project_revision_count(project),
                          .migrations = tdm_project_migration_count(project)};
    for (size_t i = 0; i < pairing->pair_count; i++) {
        const tdm_paired *pair = &pairing->pairs[i];
        if (!pair->group.revision_count || !pair->group.migration_count) {
            count_alone(pair, ret);
            continue;
        }
        ret->first = ret->first ? ret->first : pair;
        ret->two_sided++;
        ret->squashed += pair->group.revision_count > 1;
        ret->revisions_after = ret->migrations_after = 0;
    }
    read_words(project, ret);
    if (read_functions(project, pairing, ret, err) != TDM_OK)
        return TDM_FAILED;
    return ret->first ? is_empty(project, &ret->first->group, &ret->first_is_empty, err) : TDM_OK;
}
