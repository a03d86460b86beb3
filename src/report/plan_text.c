#include "report/report.h"

#include "report/grid.h"
#include "report/safe.h"

static void put_target(const tdm_report *report, const tdm_plan *plan)
{
    tdm_buffer_puts(report->out, "target: ");
    tdm_put_safe(report->out, plan->target);
    tdm_buffer_puts(report->out, "\n\n");
}

bool tdm_plan_in_step(const tdm_plan *plan)
{
    for (size_t i = 0; i < plan->step_count; i++) {
        if (plan->steps[i].action != TDM_ACTION_NONE)
            return false;
    }
    return plan->unknown_revision_count == 0 && plan->unknown_version_count == 0;
}

// --- plan ---------------------------------------------------------------------------------------

static const char *action_words(tdm_action action)
{
    switch (action) {
    case TDM_ACTION_NONE:
        return "nothing to do";
    case TDM_ACTION_APPLY:
        return "apply";
    case TDM_ACTION_ADOPT_SUPABASE:
        return "record the migration";
    case TDM_ACTION_ADOPT_ALEMBIC:
        return "record the revision";
    case TDM_ACTION_REVERT:
        return "take back";
    case TDM_ACTION_REFUSED:
        return "refused";
    }
    return "";
}

// A step that goes on where an earlier run was broken off says so beside its reason.
static tdm_text note_of(const tdm_report *report, const tdm_plan_step *step)
{
    if (step->unfinished.size == 0)
        return step->reason;
    return tdm_arena_printf(report->arena, "%.*s%s%.*s", TDM_TEXT_ARG(step->reason),
                            step->reason.size ? "; " : "", TDM_TEXT_ARG(step->unfinished));
}

static void put_steps(const tdm_report *report, const tdm_plan *plan)
{
    tdm_grid grid;
    size_t shown = 0;
    tdm_grid_init(&grid, report->arena, 4);
    for (size_t i = 0; i < plan->step_count; i++) {
        const tdm_plan_step *step = &plan->steps[i];
        if (step->action == TDM_ACTION_NONE && !report->verbose)
            continue;
        tdm_grid_add(&grid,
                     (tdm_text[]){tdm_text_of(action_words(step->action)),
                                  tdm_pair_revisions(report->arena, &step->pair),
                                  tdm_pair_versions(report->arena, &step->pair),
                                  note_of(report, step)});
        shown++;
    }
    tdm_grid_put(&grid, report->out);
    if (shown)
        tdm_buffer_putc(report->out, '\n');
}

static void put_unknown(tdm_buffer *out, const char *what, const tdm_text *items, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        tdm_buffer_putf(out, "%s: ", what);
        tdm_put_safe(out, items[i]);
        tdm_buffer_putc(out, '\n');
    }
}

static void put_plan_summary(const tdm_report *report, const tdm_plan *plan)
{
    size_t counts[TDM_ACTION_REFUSED + 1] = {0};
    for (size_t i = 0; i < plan->step_count; i++)
        counts[plan->steps[i].action]++;
    size_t adopt = counts[TDM_ACTION_ADOPT_SUPABASE] + counts[TDM_ACTION_ADOPT_ALEMBIC];
    if (tdm_plan_in_step(plan)) {
        tdm_buffer_puts(report->out, "nothing pending: both histories have all of ");
        tdm_put_count(report->out, plan->step_count, "pair");
        tdm_buffer_putc(report->out, '\n');
        return;
    }
    tdm_buffer_putf(report->out, "%zu to apply, %zu to record, %zu refused, %zu done already\n",
                    counts[TDM_ACTION_APPLY], adopt, counts[TDM_ACTION_REFUSED],
                    counts[TDM_ACTION_NONE]);
}

void tdm_report_plan_text(const tdm_report *report, const tdm_plan *plan)
{
    put_target(report, plan);
    put_steps(report, plan);
    put_unknown(report->out, "alembic_version names a revision that is not in the chain",
                plan->unknown_revisions, plan->unknown_revision_count);
    put_unknown(report->out, "schema_migrations has a version without a file",
                plan->unknown_versions, plan->unknown_version_count);
    put_plan_summary(report, plan);
}

// --- status -------------------------------------------------------------------------------------

static tdm_text alembic_says(const tdm_plan_step *step)
{
    if (step->pair.revision_count == 0)
        return TDM_TEXT("-");
    if (step->unfinished.size)
        return TDM_TEXT("partly applied");
    return step->in_alembic ? TDM_TEXT("applied") : TDM_TEXT("pending");
}

static tdm_text supabase_says(const tdm_plan_step *step)
{
    if (step->pair.migration_count == 0)
        return TDM_TEXT("-");
    if (step->partly || step->unfinished.size)
        return TDM_TEXT("partly applied");
    return step->in_supabase ? TDM_TEXT("applied") : TDM_TEXT("pending");
}

static void add_status_rows(const tdm_report *report, const tdm_plan *plan, tdm_grid *grid)
{
    for (size_t i = 0; i < plan->step_count; i++) {
        const tdm_plan_step *step = &plan->steps[i];
        tdm_grid_add(grid, (tdm_text[]){tdm_pair_revisions(report->arena, &step->pair),
                                        tdm_pair_versions(report->arena, &step->pair),
                                        alembic_says(step), supabase_says(step)});
    }
    for (size_t i = 0; i < plan->unknown_revision_count; i++)
        tdm_grid_add(grid, (tdm_text[]){plan->unknown_revisions[i], TDM_TEXT("-"),
                                        TDM_TEXT("applied, missing locally"), TDM_TEXT("-")});
    for (size_t i = 0; i < plan->unknown_version_count; i++)
        tdm_grid_add(grid, (tdm_text[]){TDM_TEXT("-"), plan->unknown_versions[i], TDM_TEXT("-"),
                                        TDM_TEXT("applied, missing locally")});
}

static void put_unfinished(const tdm_report *report, const tdm_plan *plan)
{
    for (size_t i = 0; i < plan->step_count; i++) {
        const tdm_plan_step *step = &plan->steps[i];
        if (step->unfinished.size == 0)
            continue;
        tdm_buffer_putc(report->out, '\n');
        tdm_put_safe(report->out, step->pair.migration_count
                                      ? tdm_pair_versions(report->arena, &step->pair)
                                      : tdm_pair_revisions(report->arena, &step->pair));
        tdm_buffer_puts(report->out, ": ");
        tdm_put_safe(report->out, step->unfinished);
        tdm_buffer_putc(report->out, '\n');
    }
}

static void put_status_summary(const tdm_report *report, const tdm_plan *plan)
{
    size_t both = 0;
    size_t neither = 0;
    for (size_t i = 0; i < plan->step_count; i++) {
        const tdm_plan_step *step = &plan->steps[i];
        bool alembic = step->in_alembic || step->pair.revision_count == 0;
        bool supabase = step->in_supabase || step->pair.migration_count == 0;
        both += alembic && supabase;
        neither += !step->in_alembic && !step->in_supabase && !step->partly;
    }
    size_t missing = plan->unknown_revision_count + plan->unknown_version_count;
    tdm_buffer_putc(report->out, '\n');
    tdm_put_count(report->out, plan->step_count, "pair");
    tdm_buffer_putf(report->out, ": %zu applied, %zu pending", both, neither);
    if (both + neither < plan->step_count)
        tdm_buffer_putf(report->out, ", %zu in one history only",
                        plan->step_count - both - neither);
    if (missing)
        tdm_buffer_putf(report->out, "; %zu missing locally", missing);
    tdm_buffer_putc(report->out, '\n');
}

void tdm_report_status_text(const tdm_report *report, const tdm_diagnosis *diagnosis)
{
    const tdm_plan *plan = diagnosis->plan;
    tdm_grid grid;
    put_target(report, plan);
    tdm_grid_init(&grid, report->arena, 4);
    tdm_grid_add(&grid, (tdm_text[]){TDM_TEXT("revision"), TDM_TEXT("migration"),
                                     TDM_TEXT("alembic_version"), TDM_TEXT("schema_migrations")});
    add_status_rows(report, plan, &grid);
    tdm_grid_put(&grid, report->out);
    put_unfinished(report, plan);
    put_status_summary(report, plan);
    tdm_report_causes_text(report, diagnosis);
}
