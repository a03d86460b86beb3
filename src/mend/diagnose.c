#include "mend/mender.h"

#include "base/error.h"
#include "base/text.h"

static const tdm_repair_options no_claims = {0};

// --- What the rows say of each pair -------------------------------------------------------------

static size_t row_of(const tdm_mender *m, size_t migration)
{
    tdm_text version = tdm_project_folder_migration(m->project, migration)->version;
    for (size_t i = 0; i < m->matches.count; i++) {
        const tdm_match *match = &m->matches.items[i];
        if ((match->kind == TDM_MATCH_MEANING || match->kind == TDM_MATCH_NAME) &&
            match->migration == migration)
            return match->row;
    }
    for (size_t low = 0, high = m->rows.migration_count; low < high;) {
        size_t middle = low + (high - low) / 2;
        int order = tdm_text_compare(m->rows.migrations[middle].version, version);
        if (order == 0)
            return middle;
        *(order < 0 ? &low : &high) = order < 0 ? middle + 1 : middle;
    }
    return SIZE_MAX;
}

static tdm_status take_step(tdm_mender *m, size_t index)
{
    const tdm_pair_info *pair = &m->plan->plan.steps[index].pair;
    const tdm_plan_item *item = &m->plan->items[index];
    bool *recorded = tdm_arena_array(m->arena, pair->revision_count, sizeof *recorded);
    size_t *rows = tdm_arena_array(m->arena, pair->migration_count, sizeof *rows);
    tdm_mend_step *step = &m->steps[index];
    if (!recorded || !rows)
        return tdm_fail_memory(m->err);
    *step = (tdm_mend_step){.revision_recorded = recorded, .migration_row = rows};
    for (size_t i = 0; i < pair->revision_count; i++) {
        recorded[i] = tdm_set_has(&m->heads.applied,
                                  tdm_project_chain_revision(m->project, item->revisions[i]));
        step->revisions += recorded[i];
    }
    for (size_t i = 0; i < pair->migration_count; i++) {
        rows[i] = row_of(m, item->migrations[i]);
        step->migrations += rows[i] != SIZE_MAX;
    }
    m->ran[index] = step->migrations && step->migrations == pair->migration_count
                        ? TDM_RAN_MIGRATIONS
                    : step->revisions == pair->revision_count && step->revisions ? TDM_RAN_REVISIONS
                    : step->migrations                                           ? TDM_RAN_PART
                                                                                 : TDM_RAN_NOTHING;
    return TDM_OK;
}

static tdm_status take_steps(tdm_mender *m)
{
    size_t count = m->plan->plan.step_count;
    m->steps = tdm_arena_array(m->arena, count, sizeof *m->steps);
    m->ran = tdm_arena_array(m->arena, count, sizeof *m->ran);
    if (!m->steps || !m->ran)
        return tdm_fail_memory(m->err);
    for (size_t i = 0; i < count; i++)
        if (take_step(m, i) != TDM_OK)
            return TDM_FAILED;
    return TDM_OK;
}

static tdm_status take_applied(tdm_mender *m)
{
    const tdm_chain *chain = tdm_project_chain(m->project);
    const tdm_revision_set *from = &m->heads.applied;
    if (!tdm_set_new(m->arena, chain, &m->applied))
        return tdm_fail_memory(m->err);
    for (size_t i = tdm_set_next(from, 0); i != SIZE_MAX; i = tdm_set_next(from, i + 1))
        tdm_set_add(&m->applied, chain->revisions.items[i]);
    return TDM_OK;
}

static tdm_status read_rows(tdm_mender *m)
{
    const tdm_histories *histories = &m->plan->histories;
    if (tdm_plan_facts_read(m->project, m->arena, &m->facts, m->err) != TDM_OK ||
        tdm_rows_read(m->session, histories, m->arena, &m->rows, m->err) != TDM_OK)
        return TDM_FAILED;
    bool *wanted = tdm_arena_array(m->arena, m->rows.migration_count, sizeof *wanted);
    if (!wanted)
        return tdm_fail_memory(m->err);
    for (size_t i = 0; i < m->rows.migration_count; i++)
        wanted[i] = !tdm_folder_find(tdm_project_folder(m->project), m->rows.migrations[i].version);
    if (tdm_rows_read_statements(m->session, &m->rows, wanted, m->arena, m->err) != TDM_OK)
        return TDM_FAILED;
    return TDM_OK;
}

// --- The diagnosis ------------------------------------------------------------------------------

// Rows come before pairs, which they explain; but a row that has only a name is judged by its pair.
static tdm_status explain(tdm_mender *m)
{
    if (tdm_explain_steps(m) != TDM_OK || tdm_mend_claims(m) != TDM_OK)
        return TDM_FAILED;
    const tdm_cause *of_steps = m->causes.items;
    size_t count = m->causes.count;
    m->causes.items = NULL;
    m->causes.count = m->causes.capacity = 0;
    if (tdm_explain_heads(m) != TDM_OK || tdm_explain_matches(m) != TDM_OK ||
        tdm_explain_edited(m) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < count; i++)
        (void)tdm_vector_push(m->arena, &m->causes, of_steps[i]);
    return tdm_mend_edits(m);
}

static tdm_status diagnose(tdm_mender *m)
{
    if (read_rows(m) != TDM_OK ||
        tdm_match_rows(m->project, &m->rows, m->arena, &m->matches, m->err) != TDM_OK ||
        tdm_heads_explain(m->project, m->facts.pairing, &m->plan->histories, m->arena, &m->heads,
                          m->err) != TDM_OK ||
        take_applied(m) != TDM_OK || take_steps(m) != TDM_OK)
        return TDM_FAILED;
    return explain(m);
}

tdm_status tdm_diagnose(tdm_project *project, tdm_session *session,
                        const tdm_repair_options *options, const tdm_diagnosis **ret,
                        tdm_error *err)
{
    const tdm_plan_options as_it_is = {0};
    const tdm_plan *plan;
    tdm_arena *arena = tdm_project_arena(project);
    tdm_diagnosis *made = tdm_arena_new_of(arena, tdm_diagnosis);
    if (!made)
        return tdm_fail_memory(err);
    if (tdm_plan_make(project, session, &as_it_is, &plan, err) != TDM_OK)
        return TDM_FAILED;
    tdm_mender m = {
        .project = project,
        .session = session,
        .arena = arena,
        .options = options ? options : &no_claims,
        .plan = tdm_plan_inside(plan),
        .err = err,
    };
    if (diagnose(&m) != TDM_OK)
        return TDM_FAILED;
    *made = (tdm_diagnosis){
        .plan = plan,
        .causes = m.causes.items,
        .cause_count = m.causes.count,
        .edits = m.edits.items,
        .edit_count = m.edits.count,
        .looked = m.witness != NULL,
    };
    for (size_t i = 0; i < made->cause_count; i++)
        made->unmended +=
            !made->causes[i].mended && made->causes[i].finding.severity == TDM_SEVERITY_ERROR;
    *ret = made;
    return tdm_arena_ok(arena) ? TDM_OK : tdm_fail_memory(err);
}
