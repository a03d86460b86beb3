// The files of a pull: each row's migration, the revisions that say the same, and a merge where
// these stand beside revisions that the target does not have. All is made in memory, read back and
// paired before it is handed out.
#include "pull/puller.h"

#include "base/error.h"
#include "base/text.h"
#include "write/proof.h"
#include "write/sync_merge.h"

// --- What is made -------------------------------------------------------------------------------

static tdm_status keep_files(tdm_puller *p, const tdm_converted *files, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        tdm_converted file = files[i];
        file.revision = tdm_arena_text(p->arena, file.revision);
        file.version = tdm_arena_text(p->arena, file.version);
        file.path = tdm_arena_string(p->arena, tdm_text_of(file.path));
        file.text = tdm_arena_text(p->arena, file.text);
        tdm_text *losses = tdm_arena_array(p->arena, file.loss_count, sizeof *losses);
        for (size_t k = 0; losses && k < file.loss_count; k++)
            losses[k] = tdm_arena_text(p->arena, file.losses[k]);
        file.losses = losses;
        if (!tdm_vector_push(p->arena, &p->files, file) || !tdm_arena_ok(p->arena))
            return tdm_fail_memory(p->err);
    }
    return TDM_OK;
}

static tdm_status add_migrations(tdm_puller *p)
{
    p->files.count = 0;
    for (size_t i = 0; i < p->found.count; i++) {
        const tdm_pulled *of = &p->found.items[i];
        tdm_converted file = {.revision = of->twin,
                              .version = of->row->version,
                              .path = of->is.path,
                              .text = of->text};
        if (of->is.outcome == TDM_PULL_TAKEN && !tdm_vector_push(p->arena, &p->files, file))
            return tdm_fail_memory(p->err);
    }
    return TDM_OK;
}

// The row whose file an error names.
static tdm_pulled *named_by(tdm_puller *p, const tdm_error *cause)
{
    for (size_t i = 0; cause->place.file && i < p->found.count; i++)
        if (p->found.items[i].is.outcome == TDM_PULL_TAKEN &&
            tdm_text_is(tdm_text_of(cause->place.file), p->found.items[i].is.path))
            return &p->found.items[i];
    return NULL;
}

static size_t count_refused(const tdm_puller *p)
{
    size_t count = 0;
    for (size_t i = 0; i < p->found.count; i++)
        count += p->found.items[i].is.outcome == TDM_PULL_REFUSED;
    return count;
}

// In this round: what is made of the others is thrown away.
static bool any_refused(const tdm_puller *p)
{
    return count_refused(p) > p->refused;
}

// --- Reading the migrations back ----------------------------------------------------------------

// A first file *_init.sql of old is one that Supabase passes over, whatever stands in it.
static tdm_status check_listed(tdm_puller *p, tdm_project *with)
{
    for (size_t i = 0; i < p->found.count; i++) {
        tdm_pulled *of = &p->found.items[i];
        const tdm_migration *migration =
            tdm_folder_find(tdm_project_folder(with), of->row->version);
        if (of->is.outcome == TDM_PULL_TAKEN &&
            (!migration || migration->problem.size ||
             !tdm_text_is(tdm_text_of(migration->path), of->is.path)))
            tdm_pull_refuse(of, TDM_TEXT("the Supabase CLI would pass over a file of this name"),
                            (tdm_text){0});
    }
    return TDM_OK;
}

// A file that no push could run as it is meant would stop every push. One that is here already is
// not for a pull to judge.
static tdm_status check_pushable(tdm_puller *p, tdm_project *with)
{
    tdm_error cause = TDM_ERROR_INIT;
    if (tdm_push_preflight(with, &cause) == TDM_OK)
        return TDM_OK;
    if (cause.code == TDM_ERROR_MEMORY)
        return tdm_fail_memory(p->err);
    tdm_pulled *of = named_by(p, &cause);
    if (of && !tdm_pull_is_named(p, of->row->version))
        tdm_pull_refuse(of,
                        tdm_arena_printf(p->arena, "%s (line %u)", cause.message, cause.place.line),
                        tdm_arena_printf(p->arena, "`tandem pull %.*s` takes it as it is.",
                                         TDM_TEXT_ARG(of->row->version)));
    return tdm_arena_ok(p->arena) ? TDM_OK : tdm_fail_memory(p->err);
}

static tdm_text first_difference(tdm_puller *p, const tdm_paired *pair)
{
    tdm_text detail = pair->detail;
    if (pair->difference_count)
        detail = pair->differences[0].reason.size ? pair->differences[0].reason
                                                  : pair->differences[0].object;
    return tdm_arena_text(p->arena, detail);
}

// What is found to be the migration of a revision that is here must say the same as that.
static void check_pair(tdm_puller *p, const tdm_project *with, const tdm_paired *pair,
                       tdm_pulled *of)
{
    if (pair->group.revision_count == 0)
        return;
    tdm_text id = tdm_project_chain_revision(with, pair->group.revisions[0])->id;
    if (pair->verdict == TDM_VERDICT_IDENTICAL || pair->verdict == TDM_VERDICT_EQUIVALENT)
        of->twin = tdm_arena_text(p->arena, id);
    else
        tdm_pull_refuse(
            of,
            tdm_arena_printf(p->arena,
                             "revision %.*s belongs to it and does not say the same: "
                             "%.*s",
                             TDM_TEXT_ARG(id), TDM_TEXT_ARG(first_difference(p, pair))),
            TDM_TEXT("--no-twin writes the migration, and `tandem check` shows both sides."));
}

static bool agrees(const tdm_paired *pair)
{
    return pair->verdict != TDM_VERDICT_DIFFERENT && pair->verdict != TDM_VERDICT_OPAQUE &&
           pair->verdict != TDM_VERDICT_MISSING;
}

// What is here must agree with its twin beside the new files as it did without them. Both lists are
// in order of the version.
static void check_others(tdm_puller *p, const tdm_project *with, const tdm_pairing *pairing)
{
    for (size_t i = 0, old = 0; i < tdm_project_migration_count(with); i++) {
        const tdm_migration *migration = tdm_project_folder_migration(with, i);
        const tdm_paired *now = &pairing->pairs[pairing->of_migration[i]];
        if (tdm_pull_taken(p, migration->version))
            continue;
        const tdm_paired *before = &p->pairing->pairs[p->pairing->of_migration[old++]];
        if (!agrees(before) || agrees(now))
            continue;
        tdm_pull_refuse_before(p, tdm_arena_text(p->arena, migration->version),
                               tdm_arena_string(p->arena, tdm_text_of(migration->path)),
                               tdm_arena_printf(p->arena,
                                                "would no more agree with its revision: %.*s",
                                                TDM_TEXT_ARG(first_difference(p, now))));
        return;
    }
}

static tdm_status check_pairs(tdm_puller *p, tdm_project *with)
{
    const tdm_pairing *pairing;
    if (tdm_pairing_of(with, &pairing, p->err) != TDM_OK)
        return TDM_FAILED;
    check_others(p, with, pairing);
    for (size_t i = 0; !any_refused(p) && i < tdm_project_migration_count(with); i++) {
        tdm_pulled *of = tdm_pull_taken(p, tdm_project_folder_migration(with, i)->version);
        if (of)
            check_pair(p, with, &pairing->pairs[pairing->of_migration[i]], of);
    }
    return tdm_arena_ok(p->arena) ? TDM_OK : tdm_fail_memory(p->err);
}

// From what is told at once to what takes long, up to the first check that refuses a row.
static tdm_status read_back(tdm_puller *p, tdm_project *with)
{
    static tdm_status (*const checks[])(tdm_puller * p, tdm_project * with) = {
        check_listed, check_pushable, tdm_pull_check_runs, check_pairs};
    size_t count = sizeof checks / sizeof *checks - (p->options->no_twin ? 1 : 0);
    for (size_t i = 0; i < count && !any_refused(p); i++)
        if (checks[i](p, with) != TDM_OK)
            return TDM_FAILED;
    return TDM_OK;
}

// --- Revisions ----------------------------------------------------------------------------------

static bool lacks_revision(const tdm_paired *pair)
{
    return pair->group.revision_count == 0 &&
           (pair->verdict == TDM_VERDICT_MISSING || pair->verdict == TDM_VERDICT_OPAQUE);
}

static bool *choose(tdm_puller *p, tdm_project *with, const tdm_pairing *pairing, bool *ret_any)
{
    size_t count = tdm_project_migration_count(with);
    bool *chosen = tdm_arena_array(p->arena, count, sizeof *chosen);
    *ret_any = false;
    for (size_t i = 0; chosen && i < count; i++) {
        chosen[i] = tdm_pull_taken(p, tdm_project_folder_migration(with, i)->version) &&
                    lacks_revision(&pairing->pairs[pairing->of_migration[i]]);
        *ret_any = *ret_any || chosen[i];
    }
    return chosen;
}

// A migration that no revision can say is a row that is refused; anything else fails.
static tdm_status not_made(tdm_puller *p, const tdm_error *cause)
{
    tdm_pulled *of = named_by(p, cause);
    if (of && (cause->code == TDM_ERROR_OPAQUE || cause->code == TDM_ERROR_SQL)) {
        tdm_pull_refuse(
            of, tdm_arena_printf(p->arena, "no revision can be made of it: %s", cause->message),
            TDM_TEXT("--no-twin writes the migration alone."));
        return TDM_OK;
    }
    *p->err = *cause;
    if (cause->place.file)
        p->err->place.file = p->err->file;
    return TDM_FAILED;
}

// Both lists are in order of the version.
static void name_revisions(tdm_puller *p, const tdm_conversion *made)
{
    for (size_t i = 0, k = 0; i < p->files.count; i++) {
        tdm_converted *file = &p->files.items[i];
        tdm_pulled *of = tdm_pull_taken(p, file->version);
        if (k < made->count && tdm_text_equal(file->version, made->files[k].version))
            file->revision = tdm_arena_text(p->arena, made->files[k++].revision);
        else if (of)
            file->revision = of->twin;
        if (of)
            of->is.revision = file->revision;
    }
}

static tdm_status revise(tdm_puller *p, tdm_project *with, const tdm_applied *applied)
{
    const tdm_pairing *pairing;
    tdm_sync_parents places;
    tdm_conversion made = {0};
    tdm_converted merge;
    tdm_error cause = TDM_ERROR_INIT;
    tdm_convert_options options = {.project = p->options->project};
    bool any;
    if (tdm_pairing_of(with, &pairing, p->err) != TDM_OK)
        return TDM_FAILED;
    bool *chosen = choose(p, with, pairing, &any);
    if (!chosen)
        return tdm_fail_memory(p->err);
    if (any) {
        if (tdm_sync_find_parents(with, pairing, chosen, applied->unrelated, &places, p->err) !=
            TDM_OK)
            return TDM_FAILED;
        tdm_revise_plan plan = {chosen, places.parents};
        if (tdm_revise_planned(with, &options, &plan, &made, &cause) != TDM_OK)
            return not_made(p, &cause);
    }
    name_revisions(p, &made);
    if (!any)
        return TDM_OK;
    if (tdm_sync_merge(with, tdm_project_chain(p->project)->real_heads.count, &made, &places,
                       &merge, p->err) != TDM_OK ||
        keep_files(p, made.files, made.count) != TDM_OK)
        return TDM_FAILED;
    p->merge = tdm_arena_text(p->arena, merge.revision);
    return merge.path ? keep_files(p, &merge, 1) : TDM_OK;
}

// --- All of it ----------------------------------------------------------------------------------

static bool has_alembic(const tdm_project *project)
{
    return tdm_project_alembic(project)->version_count > 0;
}

static tdm_status make(tdm_puller *p, const tdm_applied *applied)
{
    tdm_project *with = NULL;
    if (tdm_open_with(p->project, p->options->project, p->files.items, p->files.count, &with,
                      p->err) != TDM_OK)
        return TDM_FAILED;
    tdm_status status = read_back(p, with);
    if (status == TDM_OK && !any_refused(p) && !p->options->no_twin && has_alembic(p->project))
        status = revise(p, with, applied);
    tdm_project_free(with);
    return status;
}

static tdm_status prove(tdm_puller *p)
{
    tdm_conversion made = {.files = p->files.items, .count = p->files.count};
    if (p->options->no_twin || !has_alembic(p->project))
        return TDM_OK;
    return tdm_prove_files(p->project, p->options->project, &made, p->err);
}

// Each round leaves out the rows that the last one has refused.
tdm_status tdm_pull_files(tdm_puller *p, const tdm_applied *applied)
{
    for (;;) {
        p->refused = count_refused(p);
        if (p->refused && !p->options->partial)
            return TDM_OK;
        if (add_migrations(p) != TDM_OK)
            return TDM_FAILED;
        if (p->files.count == 0)
            return TDM_OK;
        if (make(p, applied) != TDM_OK)
            return TDM_FAILED;
        if (!any_refused(p))
            return prove(p);
        p->files.count = 0;
    }
}
