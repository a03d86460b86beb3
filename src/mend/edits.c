// From what each pair is found to be to the rows that must change: as few as there can be, and none
// that the tools would not have written.
#include "mend/mender.h"

#include "base/error.h"
#include "base/text.h"

static bool takes_part(const tdm_mender *m, size_t step)
{
    return m->options->claimed_count == 0 || m->steps[step].claimed;
}

static void edit(tdm_mender *m, tdm_row_edit made)
{
    (void)tdm_vector_push(m->arena, &m->edits, made);
}

static size_t step_of_migration(const tdm_mender *m, size_t migration)
{
    return m->facts.pairing->of_migration[migration];
}

// --- schema_migrations --------------------------------------------------------------------------

static void edit_matches(tdm_mender *m)
{
    for (size_t i = 0; i < m->matches.count; i++) {
        const tdm_match *match = &m->matches.items[i];
        if (!match->sure || !takes_part(m, step_of_migration(m, match->migration)))
            continue;
        tdm_text row = m->rows.migrations[match->row].version;
        const tdm_migration *file = tdm_project_folder_migration(m->project, match->migration);
        if (match->kind == TDM_MATCH_TWICE)
            edit(m, (tdm_row_edit){.kind = TDM_EDIT_FORGET,
                                   .row = row,
                                   .why = tdm_arena_printf(m->arena, "%.*s records the same",
                                                           TDM_TEXT_ARG(file->version))});
        else if (!m->steps[step_of_migration(m, match->migration)].forgets)
            edit(m, (tdm_row_edit){.kind = TDM_EDIT_RENAME,
                                   .row = row,
                                   .becomes = file->version,
                                   .why = tdm_arena_printf(m->arena, "it is %.*s",
                                                           TDM_TEXT_ARG(file->file_name))});
    }
}

static void edit_migrations(tdm_mender *m, size_t step)
{
    const tdm_mend_step *s = &m->steps[step];
    const tdm_pair_info *pair = &m->plan->plan.steps[step].pair;
    for (size_t i = 0; i < pair->migration_count; i++) {
        size_t row = s->migration_row[i];
        if (s->records_migrations && row == SIZE_MAX && !s->forgets)
            edit(m, (tdm_row_edit){.kind = TDM_EDIT_RECORD,
                                   .becomes = pair->migrations[i].version,
                                   .why = TDM_TEXT("the target has all that it makes")});
        else if (s->forgets && row != SIZE_MAX)
            edit(m, (tdm_row_edit){.kind = TDM_EDIT_FORGET,
                                   .row = m->rows.migrations[row].version,
                                   .why = TDM_TEXT("nothing of it is in the target")});
    }
}

// --- alembic_version ----------------------------------------------------------------------------

static const tdm_revision *revision_of(const tdm_mender *m, size_t step, size_t index)
{
    return tdm_project_chain_revision(m->project, m->plan->items[step].revisions[index]);
}

static void take_steps(const tdm_mender *m, tdm_revision_set *set)
{
    for (size_t i = 0; i < m->plan->plan.step_count; i++) {
        const tdm_mend_step *s = &m->steps[i];
        for (size_t k = 0; k < m->plan->plan.steps[i].pair.revision_count; k++) {
            const tdm_revision *revision = revision_of(m, i, k);
            if (!takes_part(m, i))
                continue;
            if (s->forgets)
                tdm_set_remove(set, revision);
            else if (s->records_revisions)
                tdm_set_add(set, revision);
        }
    }
}

static tdm_status check_closed(const tdm_mender *m, const tdm_revision_set *set)
{
    const tdm_chain *chain = tdm_project_chain(m->project);
    for (size_t i = tdm_set_next(set, 0); i != SIZE_MAX; i = tdm_set_next(set, i + 1))
        if (!tdm_mend_has_needs(chain->revisions.items[i], set)) {
            tdm_fail(m->err, TDM_ERROR_HISTORY, TDM_NOWHERE,
                     "%.*s would be recorded as applied, and what it needs would not",
                     TDM_TEXT_ARG(chain->revisions.items[i]->id));
            return tdm_hint(m->err, "Nothing was done. Name it, too.");
        }
    return TDM_OK;
}

static bool is_among(tdm_revision_list list, tdm_text id)
{
    for (size_t i = 0; i < list.count; i++)
        if (tdm_text_equal(list.items[i]->id, id))
            return true;
    return false;
}

// Rows that go and heads that come, one against the other as long as there are both: Alembic
// updates a row, too.
static void edit_heads(tdm_mender *m, tdm_revision_list wanted)
{
    TDM_VECTOR(tdm_text) go = {0};
    size_t used = 0;
    for (size_t i = 0; i < m->heads.count; i++) {
        const tdm_head_row *head = &m->heads.items[i];
        if (head->kind == TDM_HEAD_TWICE || !is_among(wanted, head->row))
            (void)tdm_vector_push(m->arena, &go, head->row);
    }
    for (size_t i = 0; i < wanted.count; i++) {
        tdm_text id = wanted.items[i]->id;
        if (tdm_history_has(&m->plan->histories.heads, id))
            continue;
        bool update = used < go.count;
        edit(m, (tdm_row_edit){.kind = update ? TDM_EDIT_RENAME : TDM_EDIT_RECORD,
                               .in_alembic = true,
                               .row = update ? go.items[used] : (tdm_text){0},
                               .becomes = id,
                               .why = TDM_TEXT("it is the head of what the target has")});
        used += update;
    }
    for (size_t i = used; i < go.count; i++)
        edit(m, (tdm_row_edit){.kind = TDM_EDIT_FORGET,
                               .in_alembic = true,
                               .row = go.items[i],
                               .why = TDM_TEXT("another row implies it, or it is not applied")});
}

static tdm_status edit_alembic(tdm_mender *m)
{
    const tdm_chain *chain = tdm_project_chain(m->project);
    tdm_revision_set set = m->heads.applied;
    tdm_revision_list wanted;
    if (!m->plan->has_alembic || !tdm_mend_knows_heads(m))
        return TDM_OK;
    take_steps(m, &set);
    if (check_closed(m, &set) != TDM_OK ||
        tdm_heads_of_set(m->arena, chain, &set, &wanted, m->err) != TDM_OK)
        return TDM_FAILED;
    edit_heads(m, wanted);
    return TDM_OK;
}

tdm_status tdm_mend_edits(tdm_mender *m)
{
    edit_matches(m);
    for (size_t i = 0; i < m->plan->plan.step_count; i++)
        if (takes_part(m, i) && m->plan->has_supabase)
            edit_migrations(m, i);
    if (edit_alembic(m) != TDM_OK)
        return TDM_FAILED;
    return tdm_arena_ok(m->arena) ? TDM_OK : tdm_fail_memory(m->err);
}
