#include "revert/reverter.h"

#include "alembic/order.h"
#include "alembic/resolve.h"
#include "alembic/revision_arg.h"
#include "base/error.h"
#include "base/text.h"

enum {
    DIGITS_MAXIMUM = 9, // of "-N"
};

// --- One step -----------------------------------------------------------------------------------

static size_t count_true(const bool *values, size_t count)
{
    size_t found = 0;
    for (size_t i = 0; i < count; i++)
        found += values[i] ? 1 : 0;
    return found;
}

static size_t records_of(const tdm_reverter *r, size_t step)
{
    const tdm_pair_info *pair = &r->found->plan.steps[step].pair;
    const tdm_plan_item *item = &r->found->items[step];
    return count_true(item->revision_applied, pair->revision_count) +
           count_true(item->migration_applied, pair->migration_count);
}

bool tdm_revert_is_applied(const tdm_reverter *r, size_t step)
{
    return records_of(r, step) > 0;
}

tdm_text tdm_revert_name(const tdm_reverter *r, size_t step)
{
    const tdm_pair_info *pair = &r->found->plan.steps[step].pair;
    tdm_text name = {0};
    for (size_t i = 0; i < pair->revision_count; i++)
        name = tdm_arena_printf(r->arena, "%.*s%s%.*s", TDM_TEXT_ARG(name), i ? ", " : "",
                                TDM_TEXT_ARG(pair->revisions[i].id));
    for (size_t i = 0; i < pair->migration_count; i++)
        name = tdm_arena_printf(r->arena, "%.*s%s%.*s", TDM_TEXT_ARG(name),
                                i                      ? ", "
                                : pair->revision_count ? " = "
                                                       : "",
                                TDM_TEXT_ARG(pair->migrations[i].version));
    return name;
}

size_t tdm_revert_step_of(const tdm_reverter *r, const tdm_revision *revision)
{
    return revision ? r->step_of[revision->index] : SIZE_MAX;
}

static tdm_status find_steps(tdm_reverter *r)
{
    size_t count = tdm_project_chain(r->project)->revisions.count;
    size_t *steps = tdm_arena_array(r->arena, count, sizeof *steps);
    if (!steps)
        return tdm_fail_memory(r->err);
    for (size_t i = 0; i < count; i++)
        steps[i] = SIZE_MAX;
    for (size_t i = 0; i < r->found->plan.step_count; i++)
        for (size_t k = 0; k < r->found->plan.steps[i].pair.revision_count; k++) {
            size_t revision = r->found->items[i].revisions[k];
            steps[tdm_project_chain_revision(r->project, revision)->index] = i;
        }
    r->step_of = steps;
    return TDM_OK;
}

// --- Histories that are apart -------------------------------------------------------------------

static tdm_status apart(const tdm_reverter *r, tdm_text why)
{
    tdm_fail(r->err, TDM_ERROR_HISTORY, TDM_NOWHERE, "the histories are apart: %.*s",
             TDM_TEXT_ARG(why));
    return tdm_hint(r->err, "Nothing was done. `tandem status` explains it, and `tandem repair` "
                            "brings them together.");
}

static tdm_status check_step(const tdm_reverter *r, size_t step)
{
    const tdm_plan_step *found = &r->found->plan.steps[step];
    size_t whole = found->pair.revision_count + found->pair.migration_count;
    size_t records = records_of(r, step);
    tdm_text name = tdm_revert_name(r, step);
    if (found->unfinished.size) {
        tdm_fail(r->err, TDM_ERROR_HISTORY, TDM_NOWHERE, "%.*s is under way: %.*s",
                 TDM_TEXT_ARG(name), TDM_TEXT_ARG(found->unfinished));
        return tdm_hint(r->err, "Nothing was done. `tandem push` goes on with it.");
    }
    if (records == 0 || records == whole)
        return TDM_OK;
    return apart(r,
                 tdm_arena_printf(r->arena, "only a part of %.*s is recorded", TDM_TEXT_ARG(name)));
}

static tdm_status check_apart(const tdm_reverter *r)
{
    const tdm_plan *plan = &r->found->plan;
    if (plan->unknown_revision_count)
        return apart(r, tdm_arena_printf(r->arena,
                                         "alembic_version names %.*s, which is not in the chain",
                                         TDM_TEXT_ARG(plan->unknown_revisions[0])));
    if (plan->unknown_version_count)
        return apart(r, tdm_arena_printf(r->arena, "schema_migrations has %.*s, which has no file",
                                         TDM_TEXT_ARG(plan->unknown_versions[0])));
    for (size_t i = 0; i < plan->step_count; i++)
        if (check_step(r, i) != TDM_OK)
            return TDM_FAILED;
    if (!r->found->histories.read_only)
        return TDM_OK;
    return tdm_fail(r->err, TDM_ERROR_TARGET, TDM_NOWHERE, "the target is read-only");
}

// --- How far ------------------------------------------------------------------------------------

static bool read_count(const char *text, size_t *ret)
{
    size_t digits = 0;
    *ret = 0;
    if (*text++ != '-')
        return false;
    for (; *text >= '0' && *text <= '9' && digits < DIGITS_MAXIMUM; text++, digits++)
        *ret = *ret * 10 + (size_t)(*text - '0');
    return digits > 0 && *text == '\0';
}

static tdm_status last_steps(tdm_reverter *r, const char *target, size_t count)
{
    size_t taken;
    if (tdm_revert_take_last(r, count, &taken) != TDM_OK)
        return TDM_FAILED;
    if (count > 0 && taken == count)
        return TDM_OK;
    return tdm_fail(r->err, TDM_ERROR_REVISION, TDM_NOWHERE,
                    "'%s' is not a way back: %zu steps are applied", target, taken);
}

static size_t step_of_version(const tdm_reverter *r, tdm_text version)
{
    for (size_t i = 0; i < r->found->plan.step_count; i++)
        for (size_t k = 0; k < r->found->plan.steps[i].pair.migration_count; k++)
            if (tdm_text_equal(r->found->plan.steps[i].pair.migrations[k].version, version))
                return i;
    return SIZE_MAX;
}

// `step` stays, and everything before it.
static tdm_status behind_step(tdm_reverter *r, const char *target, size_t step)
{
    if (!tdm_revert_is_applied(r, step))
        return tdm_fail(r->err, TDM_ERROR_REVISION, TDM_NOWHERE,
                        "'%s' is not applied, so that there is no way back to it", target);
    for (size_t i = step + 1; i < r->found->plan.step_count; i++)
        r->goes[i] = tdm_revert_is_applied(r, i);
    return TDM_OK;
}

static tdm_status behind_named(tdm_reverter *r, const char *target)
{
    tdm_revision *revision = NULL;
    size_t step = step_of_version(r, tdm_text_of(target));
    if (step == SIZE_MAX) {
        if (tdm_revision_find(tdm_project_chain(r->project), tdm_text_of(target), &revision,
                              r->err) != TDM_OK)
            return TDM_FAILED;
        step = tdm_revert_step_of(r, revision);
    }
    if (step == SIZE_MAX)
        return tdm_fail(r->err, TDM_ERROR_REVISION, TDM_NOWHERE,
                        "'%s' names nothing that could stay", target);
    return behind_step(r, target, step);
}

static bool is_alone(const tdm_reverter *r, size_t step)
{
    return r->found->plan.steps[step].pair.revision_count == 0;
}

// Alembic knows nothing of a migration without revision. It goes with the first step before it that
// goes; and where nothing but such migrations stands between that step and the target, they go too.
static void take_alone(tdm_reverter *r, size_t target)
{
    size_t count = r->found->plan.step_count;
    size_t first = 0;
    while (first < count && !r->goes[first])
        first++;
    for (size_t i = first; i < count; i++)
        if (is_alone(r, i))
            r->goes[i] = tdm_revert_is_applied(r, i);
    for (size_t i = first; target < SIZE_MAX && i-- > target + 1;) {
        if (!is_alone(r, i) && tdm_revert_is_applied(r, i))
            break;
        r->goes[i] = is_alone(r, i) && tdm_revert_is_applied(r, i);
    }
}

// Alembic takes a label that is none for no label where the chain has one base.
static tdm_status check_label(const tdm_reverter *r, tdm_text label)
{
    tdm_resolver resolver;
    tdm_revision *branch = NULL;
    if (label.size == 0)
        return TDM_OK;
    if (tdm_resolver_start(r->arena, tdm_project_chain(r->project), &resolver, r->err) != TDM_OK)
        return TDM_FAILED;
    return tdm_resolve_branch(&resolver, label, &branch);
}

// As `alembic downgrade` reads it: where branches are, only what stands on the target goes.
static tdm_status as_alembic(tdm_reverter *r, const char *target)
{
    const tdm_chain *chain = tdm_project_chain(r->project);
    const tdm_history_keys *rows = &r->found->histories.heads;
    tdm_revision_list current = {0};
    tdm_downgrade_to to = {0};
    tdm_steps steps;
    if (tdm_rows_find(r->arena, chain, rows->items, rows->count, &current, r->err) != TDM_OK ||
        tdm_downgrade_target(r->arena, chain, current, tdm_text_of(target), &to, r->err) !=
            TDM_OK ||
        check_label(r, to.branch) != TDM_OK ||
        tdm_downgrade_steps(r->arena, chain, current, tdm_text_of(target), &steps, r->err) !=
            TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < steps.count; i++) {
        size_t step = tdm_revert_step_of(r, steps.items[i].revision);
        if (step < SIZE_MAX)
            r->goes[step] = true;
    }
    take_alone(r, tdm_revert_step_of(r, to.revision));
    return TDM_OK;
}

static tdm_status read_target(tdm_reverter *r)
{
    const char *target = r->options->target;
    size_t count;
    if (r->options->to)
        return behind_named(r, r->options->to);
    if (read_count(target, &count))
        return last_steps(r, target, count);
    if (tdm_text_is(tdm_text_of(target), "base")) {
        for (size_t i = 0; i < r->found->plan.step_count; i++)
            r->goes[i] = tdm_revert_is_applied(r, i);
        return TDM_OK;
    }
    size_t version = step_of_version(r, tdm_text_of(target));
    if (version < SIZE_MAX)
        return behind_step(r, target, version);
    return as_alembic(r, target);
}

// --- What goes must be on top -------------------------------------------------------------------

static tdm_status not_on_top(const tdm_reverter *r, size_t goes, size_t stays, const char *why)
{
    tdm_fail(r->err, TDM_ERROR_HISTORY,
             r->found->plan.steps[stays].pair.migration_count
                 ? r->found->plan.steps[stays].pair.migrations[0].place
                 : r->found->plan.steps[stays].pair.revisions[0].place,
             "%.*s is not on top: %.*s stays, and %s", TDM_TEXT_ARG(tdm_revert_name(r, goes)),
             TDM_TEXT_ARG(tdm_revert_name(r, stays)), why);
    return tdm_hint(r->err, "Nothing was done. --to names the step that becomes the last one, and "
                            "takes back everything behind it.");
}

static tdm_status check_needs(const tdm_reverter *r, size_t stays)
{
    const tdm_plan_item *item = &r->found->items[stays];
    for (size_t i = 0; i < r->found->plan.steps[stays].pair.revision_count; i++) {
        const tdm_revision *revision = tdm_project_chain_revision(r->project, item->revisions[i]);
        for (size_t k = 0; k < revision->needs.count; k++) {
            size_t needed = tdm_revert_step_of(r, revision->needs.items[k]);
            if (needed < SIZE_MAX && needed != stays && r->goes[needed])
                return not_on_top(r, needed, stays, "needs it");
        }
    }
    return TDM_OK;
}

// Supabase counts a file with an earlier version than the last one recorded as out of order.
static tdm_status check_versions(const tdm_reverter *r)
{
    size_t lowest = SIZE_MAX;
    tdm_text version = {0};
    for (size_t i = 0; i < r->found->plan.step_count; i++)
        for (size_t k = 0; r->goes[i] && k < r->found->plan.steps[i].pair.migration_count; k++) {
            tdm_text found = r->found->plan.steps[i].pair.migrations[k].version;
            if (lowest < SIZE_MAX && tdm_text_compare(found, version) > 0)
                continue;
            lowest = i;
            version = found;
        }
    for (size_t i = 0; lowest < SIZE_MAX && i < r->found->plan.step_count; i++) {
        const tdm_pair_info *pair = &r->found->plan.steps[i].pair;
        if (r->goes[i] || !tdm_revert_is_applied(r, i))
            continue;
        for (size_t k = 0; k < pair->migration_count; k++)
            if (tdm_text_compare(pair->migrations[k].version, version) > 0)
                return not_on_top(r, lowest, i, "Supabase applied it later");
    }
    return TDM_OK;
}

tdm_status tdm_revert_range(tdm_reverter *r)
{
    size_t count = r->found->plan.step_count;
    r->goes = tdm_arena_array(r->arena, count, sizeof *r->goes);
    if (!r->goes)
        return tdm_fail_memory(r->err);
    if (find_steps(r) != TDM_OK || check_apart(r) != TDM_OK || read_target(r) != TDM_OK ||
        check_versions(r) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < count; i++)
        if (!r->goes[i] && tdm_revert_is_applied(r, i) && check_needs(r, i) != TDM_OK)
            return TDM_FAILED;
    return tdm_revert_order(r);
}
