// How a step of a plan is cut into units, and what each of them runs.
#include "plan/plan.h"

#include "base/error.h"
#include "base/vector.h"

typedef TDM_VECTOR(tdm_statement) statement_list;

const tdm_full_plan *tdm_plan_inside(const tdm_plan *plan)
{
    return (const tdm_full_plan *)plan;
}

tdm_history_sides tdm_plan_sides(const tdm_full_plan *plan)
{
    return (tdm_history_sides){.alembic = plan->has_alembic ? &plan->histories.table : NULL,
                               .supabase = plan->has_supabase};
}

static bool is_whole(const tdm_plan_step *step, const tdm_plan_item *item)
{
    return step->action != TDM_ACTION_APPLY || item->run_revision;
}

size_t tdm_plan_unit_count(const tdm_plan_step *step, const tdm_plan_item *item)
{
    size_t count = 0;
    if (step->action == TDM_ACTION_NONE || step->action == TDM_ACTION_REFUSED)
        return 0;
    if (is_whole(step, item))
        return 1;
    for (size_t i = 0; i < step->pair.migration_count; i++)
        count += item->migration_applied[i] ? 0 : 1;
    return count;
}

void tdm_plan_part_range(const tdm_plan_part *part, size_t *ret_first, size_t *ret_end)
{
    size_t count = part->step->pair.migration_count;
    size_t at = 0;
    *ret_first = 0;
    *ret_end = count;
    if (is_whole(part->step, part->item))
        return;
    for (size_t seen = 0; at < count; at++)
        if (!part->item->migration_applied[at] && seen++ == part->unit)
            break;
    *ret_first = at;
    *ret_end = at + 1;
}

static tdm_status append(tdm_arena *arena, statement_list *list, const tdm_statements *more,
                         tdm_error *err)
{
    for (size_t i = 0; i < more->count; i++)
        if (!tdm_vector_push(arena, list, more->items[i]))
            return tdm_fail_memory(err);
    return TDM_OK;
}

static tdm_status append_revisions(tdm_project *project, const tdm_plan_part *part,
                                   tdm_arena *arena, statement_list *list, tdm_error *err)
{
    for (size_t i = 0; i < part->step->pair.revision_count; i++) {
        const tdm_statements *more;
        if (part->item->revision_applied[i])
            continue;
        if (tdm_project_revision_statements(project, part->item->revisions[i], &more, err) !=
                TDM_OK ||
            append(arena, list, more, err) != TDM_OK)
            return TDM_FAILED;
    }
    return TDM_OK;
}

static tdm_status append_migration(tdm_project *project, const tdm_plan_part *part,
                                   tdm_arena *arena, statement_list *list, tdm_error *err)
{
    const tdm_statements *found;
    size_t first;
    size_t end;
    tdm_plan_part_range(part, &first, &end);
    if (tdm_project_migration_statements(project, part->item->migrations[first], &found, err) !=
        TDM_OK)
        return TDM_FAILED;
    return append(arena, list, found, err);
}

tdm_status tdm_plan_part_statements(tdm_project *project, const tdm_plan_part *part,
                                    tdm_arena *arena, tdm_statements *ret, tdm_error *err)
{
    statement_list list = {0};
    tdm_status status = TDM_OK;
    if (part->step->action == TDM_ACTION_REVERT)
        status = append(arena, &list, part->item->back, err);
    if (part->step->action == TDM_ACTION_APPLY)
        status = part->item->run_revision ? append_revisions(project, part, arena, &list, err)
                                          : append_migration(project, part, arena, &list, err);
    if (status == TDM_OK)
        *ret = (tdm_statements){list.items, list.count};
    return status;
}
