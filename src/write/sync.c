// Both directions at once, on three readings of the project: as it is; with the new migrations,
// which tell what the new revisions follow; and with these, which tells the steps that migrations
// take themselves.
#include <tandem/sync.h>

#include "base/error.h"
#include "base/text.h"
#include "write/convert.h"
#include "write/migrate.h"
#include "write/proof.h"
#include "write/revise.h"
#include "write/step_again.h"
#include "write/sync_merge.h"
#include "write/sync_twice.h"

typedef struct syncer {
    tdm_project *project;
    tdm_arena *arena;
    const tdm_sync_options *options;
    TDM_VECTOR(tdm_converted) files;
    TDM_VECTOR(tdm_sync_left) left;
    tdm_map left_ids;   // of revisions
    tdm_project *with;  // with the migrations; or `project`
    tdm_project *whole; // with the revisions too; or NULL
    size_t new_revisions;
    tdm_text merge;
    tdm_error *err;
} syncer;

static bool may_be_left(const syncer *in, const tdm_error *cause)
{
    return in->options->partial &&
           (cause->code == TDM_ERROR_OPAQUE || cause->code == TDM_ERROR_SQL);
}

static tdm_status hand_on(const syncer *in, const tdm_error *cause)
{
    *in->err = *cause;
    if (cause->place.file)
        in->err->place.file = in->err->file;
    return TDM_FAILED;
}

static tdm_status leave(syncer *in, tdm_text name, tdm_place place, tdm_text reason)
{
    tdm_sync_left left = {name, place, reason};
    if (place.file)
        left.place.file = tdm_arena_string(in->arena, tdm_text_of(place.file));
    return tdm_vector_push(in->arena, &in->left, left) ? TDM_OK : tdm_fail_memory(in->err);
}

static tdm_status keep_files(syncer *in, const tdm_converted *files, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        tdm_converted file = files[i];
        file.revision = tdm_arena_text(in->arena, file.revision);
        file.version = tdm_arena_text(in->arena, file.version);
        file.path = tdm_arena_string(in->arena, tdm_text_of(file.path));
        file.text = tdm_arena_text(in->arena, file.text);
        tdm_text *losses = tdm_arena_array(in->arena, file.loss_count + 1, sizeof *losses);
        for (size_t j = 0; losses && j < file.loss_count; j++)
            losses[j] = tdm_arena_text(in->arena, file.losses[j]);
        file.losses = losses;
        if (!tdm_vector_push(in->arena, &in->files, file) || !tdm_arena_ok(in->arena))
            return tdm_fail_memory(in->err);
    }
    return TDM_OK;
}

// --- Revisions to migrations --------------------------------------------------------------------

static const tdm_revision *left_need(const syncer *in, const tdm_revision *revision)
{
    for (size_t i = 0; i < revision->needs.count; i++)
        if (tdm_map_has(&in->left_ids, revision->needs.items[i]->id))
            return revision->needs.items[i];
    return NULL;
}

static tdm_status leave_revision(syncer *in, const tdm_revision *revision, tdm_place place,
                                 tdm_text reason)
{
    if (!tdm_map_put(&in->left_ids, revision->id, in))
        return tdm_fail_memory(in->err);
    return leave(in, revision->id, place, reason);
}

static tdm_status migrate(syncer *in, tdm_migrating *m, size_t index)
{
    const tdm_revision *revision = tdm_project_chain_revision(m->project, index);
    const tdm_revision *need = left_need(in, revision);
    tdm_places *places = m->places;
    tdm_text first = places->first[index];
    tdm_text last = places->last[index];
    size_t count = m->files.count;
    tdm_error cause = TDM_ERROR_INIT;
    if (need)
        return leave_revision(in, revision, (tdm_place){.file = revision->path},
                              tdm_arena_printf(in->arena, "it builds on %.*s, which is left out",
                                               TDM_TEXT_ARG(need->id)));
    if (tdm_migrate_revision(m, index, &cause) == TDM_OK)
        return TDM_OK;
    if (!may_be_left(in, &cause))
        return hand_on(in, &cause);
    places->first[index] = first;
    places->last[index] = last;
    m->files.count = count;
    return leave_revision(in, revision, cause.place,
                          tdm_arena_text(in->arena, tdm_text_of(cause.message)));
}

// The revisions that lack their migrations, of one reading of the project.
static tdm_status migrate_all(syncer *in, tdm_project *project)
{
    const tdm_check_result *result = NULL;
    tdm_places places;
    tdm_migrating m;
    size_t count = tdm_project_revision_count(project);
    bool *chosen = tdm_arena_array(tdm_project_arena(project), count + 1, sizeof *chosen);
    if (!chosen)
        return tdm_fail_memory(in->err);
    if (tdm_check(project, &result, in->err) != TDM_OK ||
        tdm_places_read(project, result, &places, in->err) != TDM_OK ||
        tdm_migrate_start(project, &places, chosen, &m, in->err) != TDM_OK)
        return TDM_FAILED;
    m.guarded = in->options->guarded;
    m.rls = in->options->rls;
    m.self_recording = in->options->self_recording;
    for (size_t i = 0; i < count; i++)
        chosen[i] = tdm_lacks_migration(&places, m.pairing, i, m.self_recording) &&
                    !tdm_map_has(&in->left_ids, tdm_project_chain_revision(project, i)->id);
    for (size_t i = 0; i < count; i++)
        if (chosen[i] && migrate(in, &m, i) != TDM_OK)
            return TDM_FAILED;
    return keep_files(in, m.files.items, m.files.count);
}

// --- Migrations to revisions --------------------------------------------------------------------

static bool lacks_revision(const tdm_pairing *pairing, size_t migration)
{
    const tdm_paired *pair = &pairing->pairs[pairing->of_migration[migration]];
    return pair->group.revision_count == 0 &&
           (pair->verdict == TDM_VERDICT_MISSING || pair->verdict == TDM_VERDICT_OPAQUE);
}

// Leaves out the migration that a failure names, and those behind it, which would follow it.
static tdm_status leave_from(syncer *in, bool *chosen, const tdm_error *cause)
{
    bool found = false;
    for (size_t i = 0; i < tdm_project_migration_count(in->with); i++) {
        tdm_migration_info migration = tdm_project_migration(in->with, i);
        bool named = chosen[i] && !found && cause->place.file &&
                     tdm_text_is(tdm_text_of(cause->place.file), migration.place.file);
        if (!chosen[i] || !(named || found))
            continue;
        chosen[i] = false;
        tdm_text reason = named ? tdm_arena_text(in->arena, tdm_text_of(cause->message))
                                : TDM_TEXT("a migration before it is left out");
        if (leave(in, tdm_arena_text(in->arena, migration.version),
                  named ? cause->place : migration.place, reason) != TDM_OK)
            return TDM_FAILED;
        found = true;
    }
    return found ? TDM_OK : hand_on(in, cause);
}

// Finds a place for each, and makes the files; once more without what has to be left out.
static tdm_status revise(syncer *in, const tdm_pairing *pairing, bool *chosen,
                         tdm_sync_parents *places, tdm_conversion *ret)
{
    tdm_convert_options options = {.project = in->options->project};
    for (;;) {
        tdm_error cause = TDM_ERROR_INIT;
        if (tdm_sync_find_parents(in->with, pairing, chosen, NULL, places, in->err) != TDM_OK)
            return TDM_FAILED;
        tdm_revise_plan plan = {chosen, places->parents};
        if (tdm_revise_planned(in->with, &options, &plan, ret, &cause) == TDM_OK)
            return TDM_OK;
        if (!may_be_left(in, &cause))
            return hand_on(in, &cause);
        if (leave_from(in, chosen, &cause) != TDM_OK)
            return TDM_FAILED;
    }
}

// A merge joins only branches that this run made, and only when all of them are there.
static tdm_status join(syncer *in, const tdm_conversion *made, const tdm_sync_parents *places)
{
    tdm_converted merge;
    size_t before = tdm_project_chain(in->project)->real_heads.count;
    if (in->left.count)
        return TDM_OK;
    if (tdm_sync_merge(in->with, before, made, places, &merge, in->err) != TDM_OK)
        return TDM_FAILED;
    if (!merge.path)
        return TDM_OK;
    in->merge = tdm_arena_text(in->arena, merge.revision);
    in->new_revisions++;
    return keep_files(in, &merge, 1);
}

static tdm_status revise_all(syncer *in)
{
    const tdm_pairing *pairing = NULL;
    tdm_sync_parents places;
    tdm_conversion made = {0};
    size_t count = tdm_project_migration_count(in->with);
    bool *chosen = tdm_arena_array(in->arena, count + 1, sizeof *chosen);
    bool any = false;
    if (!chosen)
        return tdm_fail_memory(in->err);
    if (tdm_pairing_of(in->with, &pairing, in->err) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < count; i++) {
        chosen[i] = lacks_revision(pairing, i);
        any = any || chosen[i];
    }
    if (!any)
        return TDM_OK;
    if (revise(in, pairing, chosen, &places, &made) != TDM_OK)
        return TDM_FAILED;
    in->new_revisions = made.count;
    if (keep_files(in, made.files, made.count) != TDM_OK)
        return TDM_FAILED;
    return made.count ? join(in, &made, &places) : TDM_OK;
}

// --- All of it ----------------------------------------------------------------------------------

// The merge gets a migration of its own, and the steps of the others see the new branches.
static tdm_status record(syncer *in)
{
    size_t before = in->files.count;
    if (!in->options->self_recording || in->new_revisions == 0)
        return TDM_OK;
    if (tdm_open_with(in->project, in->options->project, in->files.items, in->files.count,
                      &in->whole, in->err) != TDM_OK ||
        tdm_steps_again(in->whole, in->arena, in->files.items, before, in->err) != TDM_OK)
        return TDM_FAILED;
    return in->merge.size ? migrate_all(in, in->whole) : TDM_OK;
}

static tdm_status sync(syncer *in)
{
    if (tdm_chain_check(tdm_project_chain(in->project), in->err) != TDM_OK ||
        migrate_all(in, in->project) != TDM_OK)
        return TDM_FAILED;
    size_t migrations = in->files.count;
    if (migrations && tdm_open_with(in->project, in->options->project, in->files.items, migrations,
                                    &in->with, in->err) != TDM_OK)
        return TDM_FAILED;
    if (revise_all(in) != TDM_OK || record(in) != TDM_OK)
        return TDM_FAILED;
    if (migrations && in->new_revisions &&
        tdm_check_not_twice(in->with, in->files.items, migrations, in->err) != TDM_OK)
        return TDM_FAILED;
    tdm_conversion made = {.files = in->files.items, .count = in->files.count};
    return tdm_prove_files(in->project, in->options->project, &made, in->err);
}

tdm_status tdm_sync(tdm_project *project, const tdm_sync_options *options, tdm_sync_result *ret,
                    tdm_error *err)
{
    syncer in = {.project = project,
                 .arena = tdm_project_arena(project),
                 .options = options,
                 .with = project,
                 .err = err};
    tdm_map_init(&in.left_ids, in.arena);
    tdm_status status = sync(&in);
    if (in.whole)
        tdm_project_free(in.whole);
    if (in.with != project)
        tdm_project_free(in.with);
    if (status != TDM_OK)
        return TDM_FAILED;
    *ret = (tdm_sync_result){.made = {.files = in.files.items, .count = in.files.count},
                             .left = in.left.items,
                             .left_count = in.left.count,
                             .merge = in.merge};
    return TDM_OK;
}
