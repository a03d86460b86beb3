// What undoes one step, and what that leaves behind: decided by replaying both on the catalog that
// the steps before it have left.
#include "revert/finder.h"

#include "base/error.h"
#include "base/text.h"
#include "plan/expected.h"
#include "plan/review.h"

void tdm_revert_note_down(tdm_revert_finder *f, tdm_text text, tdm_place place)
{
    tdm_revert_note made = {text, place};
    (void)tdm_vector_push(f->r->arena, &f->way->notes, made);
}

static tdm_place place_of(const tdm_pair_info *pair)
{
    tdm_place place = pair->migration_count ? pair->migrations[0].place : pair->revisions[0].place;
    return (tdm_place){.file = place.file};
}

// --- What was run -------------------------------------------------------------------------------

// Of a pair its migrations, since those are what schema_migrations says was run.
size_t tdm_revert_file_count(const tdm_pair_info *pair)
{
    return pair->migration_count ? pair->migration_count : pair->revision_count;
}

tdm_status tdm_revert_file(const tdm_reverter *r, size_t step, size_t file,
                           const tdm_statements **ret)
{
    const tdm_plan_item *item = &r->found->items[step];
    return r->found->plan.steps[step].pair.migration_count
               ? tdm_project_migration_statements(r->project, item->migrations[file], ret, r->err)
               : tdm_project_revision_statements(r->project, item->revisions[file], ret, r->err);
}

// Replays a step that stays.
static tdm_status replay(tdm_reverter *r, size_t step)
{
    const tdm_pair_info *pair = &r->found->plan.steps[step].pair;
    const tdm_statements *statements;
    for (size_t i = 0; i < tdm_revert_file_count(pair); i++)
        if (tdm_revert_file(r, step, i, &statements) != TDM_OK ||
            tdm_expected_replay(r->catalog, statements, pair->migration_count > 0, r->err) !=
                TDM_OK)
            return TDM_FAILED;
    return TDM_OK;
}

// Replays a step that goes, and derives its inverse.
static tdm_status invert(tdm_revert_finder *f)
{
    const tdm_statements *statements;
    size_t count = tdm_revert_file_count(f->pair);
    tdm_inverse_sql *parts = tdm_arena_array(f->scratch, count, sizeof *parts);
    if (!parts)
        return tdm_fail_memory(f->r->err);
    for (size_t i = 0; i < count; i++)
        if (tdm_revert_file(f->r, f->step, i, &statements) != TDM_OK ||
            tdm_inverse_of_migration(f->r->arena, f->r->catalog, statements, &parts[i],
                                     f->r->err) != TDM_OK)
            return TDM_FAILED;
    f->inverse.whole = true;
    for (size_t i = count; i-- > 0;) {
        f->inverse.whole = f->inverse.whole && parts[i].whole;
        f->inverse.keeps_rows = f->inverse.keeps_rows || parts[i].keeps_rows;
        for (size_t k = 0; k < parts[i].statements.count; k++)
            (void)tdm_vector_push(f->r->arena, &f->inverse.statements,
                                  parts[i].statements.items[k]);
        for (size_t k = 0; k < parts[i].losses.count; k++)
            (void)tdm_vector_push(f->r->arena, &f->inverse.losses, parts[i].losses.items[k]);
    }
    return tdm_arena_ok(f->r->arena) ? TDM_OK : tdm_fail_memory(f->r->err);
}

// --- Which way ----------------------------------------------------------------------------------

static tdm_status take_inverse(tdm_revert_finder *f)
{
    tdm_statement *items = tdm_arena_array(f->r->arena, f->inverse.statements.count, sizeof *items);
    if (!items)
        return tdm_fail_memory(f->r->err);
    for (size_t i = 0; i < f->inverse.statements.count; i++)
        items[i] =
            (tdm_statement){.sql = f->inverse.statements.items[i], .place = place_of(f->pair)};
    f->way->derived = true;
    f->way->statements = (tdm_statements){items, f->inverse.statements.count};
    for (size_t i = 0; i < f->inverse.losses.count; i++) {
        tdm_revert_note loss = {f->inverse.losses.items[i], place_of(f->pair)};
        (void)tdm_vector_push(f->r->arena, &f->way->losses, loss);
    }
    return TDM_OK;
}

static tdm_status read_downgrades(tdm_revert_finder *f, tdm_statements *ret)
{
    TDM_VECTOR(tdm_statement) list = {0};
    for (size_t i = f->pair->revision_count; i-- > 0;) {
        tdm_statements part;
        if (tdm_project_downgrade_statements(f->r->project, f->item->revisions[i], &part,
                                             f->r->err) != TDM_OK)
            return TDM_FAILED;
        for (size_t k = 0; k < part.count; k++)
            if (!tdm_vector_push(f->r->arena, &list, part.items[k]))
                return tdm_fail_memory(f->r->err);
    }
    *ret = (tdm_statements){list.items, list.count};
    return TDM_OK;
}

static tdm_text why_opaque(tdm_arena *arena, tdm_text reason)
{
    if (tdm_text_starts(reason, TDM_TEXT("downgrade() raises ")))
        return reason;
    return tdm_arena_printf(arena, "what downgrade() does is not known: %.*s",
                            TDM_TEXT_ARG(reason));
}

// Why downgrade() cannot be what runs, with its line; nothing when it can.
static tdm_status judge_downgrades(tdm_revert_finder *f, const tdm_statements *statements,
                                   tdm_revert_note *ret)
{
    const tdm_review_facts facts = {.partitioned = &f->r->found->partitioned,
                                    .no_session = !f->r->found->holds_session};
    tdm_review review;
    *ret = (tdm_revert_note){0};
    for (size_t i = 0; i < statements->count && ret->text.size == 0; i++)
        if (statements->items[i].opaque)
            *ret = (tdm_revert_note){why_opaque(f->r->arena, statements->items[i].reason),
                                     statements->items[i].place};
    if (ret->text.size)
        return TDM_OK;
    if (statements->count == 0 && f->inverse.statements.count + f->inverse.losses.count > 0) {
        *ret = (tdm_revert_note){TDM_TEXT("downgrade() does nothing"),
                                 (tdm_place){.file = f->pair->revisions[0].place.file}};
        return TDM_OK;
    }
    if (tdm_review_statements(f->r->arena, statements, &facts, &review, f->r->err) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; review.divided && i < statements->count && ret->text.size == 0; i++)
        if (review.items[i].runs != TDM_RUN_INSIDE)
            *ret = (tdm_revert_note){TDM_TEXT("downgrade() does not run in one transaction"),
                                     statements->items[i].place};
    if (review.problem.size)
        *ret = (tdm_revert_note){review.problem, review.place};
    return TDM_OK;
}

static tdm_status choose(tdm_revert_finder *f)
{
    tdm_statements statements;
    tdm_revert_note why;
    if (f->pair->revision_count == 0 || f->r->options->derive)
        return take_inverse(f);
    if (read_downgrades(f, &statements) != TDM_OK ||
        judge_downgrades(f, &statements, &why) != TDM_OK)
        return TDM_FAILED;
    if (why.text.size) {
        tdm_revert_note_down(f,
                             tdm_arena_printf(f->r->arena,
                                              "%.*s; what runs is derived from what was applied",
                                              TDM_TEXT_ARG(why.text)),
                             why.place);
        return take_inverse(f);
    }
    f->way->statements = statements;
    return TDM_OK;
}

// --- What it leaves -----------------------------------------------------------------------------

// Rows that downgrade() itself takes away.
static void find_deletions(tdm_revert_finder *f)
{
    for (size_t i = 0; !f->way->derived && i < f->way->statements.count; i++) {
        const tdm_statement *statement = &f->way->statements.items[i];
        tdm_sql_class class;
        tdm_error ignored = TDM_ERROR_INIT;
        tdm_sql_tree *tree = NULL;
        if (tdm_sql_parse(statement, &tree, &ignored) != TDM_OK)
            continue;
        if (tdm_sql_classify(f->scratch, tree, &class, &ignored) == TDM_OK &&
            (class.kind == TDM_SQL_DELETE || class.kind == TDM_SQL_TRUNCATE) &&
            class.name_count > 0) {
            tdm_revert_note loss = {tdm_arena_printf(f->r->arena,
                                                     "downgrade() takes rows of %.*s away",
                                                     TDM_TEXT_ARG(class.names[0].name)),
                                    statement->place};
            (void)tdm_vector_push(f->r->arena, &f->way->losses, loss);
        }
        tdm_sql_tree_free(tree);
    }
}

// Replays the way back on what the step has left.
static tdm_status try_out(tdm_revert_finder *f)
{
    tdm_catalog *after;
    tdm_reverter *r = f->r;
    if (tdm_catalog_clone(r->catalog, f->scratch, &after, r->err) != TDM_OK ||
        tdm_expected_replay(after, &f->way->statements, true, r->err) != TDM_OK ||
        tdm_revert_compare_rows(r->arena, r->catalog, after, false, &f->way->lost, r->err) !=
            TDM_OK)
        return TDM_FAILED;
    if (!f->way->derived && tdm_revert_compare_rows(r->arena, f->before, r->catalog, true,
                                                    &f->way->lost, r->err) != TDM_OK)
        return TDM_FAILED;
    find_deletions(f);
    if (f->inverse.keeps_rows)
        tdm_revert_note_down(f, TDM_TEXT("rows that it wrote or changed stay as they are"),
                             place_of(f->pair));
    return tdm_revert_prove(f, after);
}

static tdm_status find_way(tdm_revert_finder *f)
{
    if (tdm_catalog_clone(f->r->catalog, f->scratch, &f->before, f->r->err) != TDM_OK ||
        invert(f) != TDM_OK || choose(f) != TDM_OK)
        return TDM_FAILED;
    return try_out(f);
}

tdm_status tdm_revert_find_ways(tdm_reverter *r)
{
    size_t count = r->found->plan.step_count;
    r->ways = tdm_arena_array(r->arena, count, sizeof *r->ways);
    if (!r->ways)
        return tdm_fail_memory(r->err);
    if (tdm_catalog_new(r->arena, true, &r->catalog, r->err) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < count; i++) {
        if (!tdm_revert_is_applied(r, i))
            continue;
        if (!r->goes[i]) {
            if (replay(r, i) != TDM_OK)
                return TDM_FAILED;
            continue;
        }
        if (!r->first && tdm_catalog_clone(r->catalog, r->arena, &r->first, r->err) != TDM_OK)
            return TDM_FAILED;
        tdm_arena *scratch = tdm_arena_new(0);
        if (!scratch)
            return tdm_fail_memory(r->err);
        tdm_revert_finder f = {.r = r,
                               .step = i,
                               .pair = &r->found->plan.steps[i].pair,
                               .item = &r->found->items[i],
                               .scratch = scratch,
                               .way = &r->ways[i]};
        tdm_status status = find_way(&f);
        tdm_arena_free(scratch);
        if (status != TDM_OK)
            return TDM_FAILED;
    }
    return tdm_arena_ok(r->arena) ? TDM_OK : tdm_fail_memory(r->err);
}
