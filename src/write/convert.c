#include <tandem/convert.h>

#include "alembic/graph.h"
#include "alembic/order.h"
#include "alembic/revision_arg.h"
#include "base/error.h"
#include "base/text.h"
#include "base/vector.h"
#include "write/convert.h"
#include "write/guarded.h"
#include "write/migrate.h"
#include "write/name.h"
#include "write/proof.h"
#include "write/revise.h"

typedef struct converter {
    tdm_project *project;
    tdm_arena *arena;
    const tdm_convert_options *options;
    tdm_places places;
    bool *chosen; // by revision in upgrade order
    tdm_migrating migrating;
    tdm_error *err;
} converter;

// --- Which revisions ----------------------------------------------------------------------------

static size_t migrations_of(const converter *c, size_t index)
{
    const tdm_pair_info *pair = c->places.pairs[index];
    return pair ? pair->migration_count : 0;
}

// A revision may also be named by its file, as Alembic names it to its hooks.
static size_t index_of_file(const converter *c, tdm_text path)
{
    tdm_text name = tdm_path_base(path);
    for (size_t i = 0; i < tdm_project_revision_count(c->project); i++) {
        const tdm_revision *revision = tdm_project_chain_revision(c->project, i);
        if (tdm_text_equal(tdm_path_base(tdm_text_of(revision->path)), name))
            return i;
    }
    return SIZE_MAX;
}

static tdm_status find_named(const converter *c, const char *name, size_t *ret)
{
    tdm_revision *revision = NULL;
    tdm_text text = tdm_text_of(name);
    if (tdm_text_ends(text, TDM_TEXT(".py"))) {
        *ret = index_of_file(c, text);
        return TDM_OK;
    }
    if (tdm_revision_find(tdm_project_chain(c->project), text, &revision, c->err) != TDM_OK)
        return TDM_FAILED;
    *ret = revision ? tdm_places_index(&c->places, revision) : SIZE_MAX;
    return TDM_OK;
}

static tdm_status choose_named(converter *c, const char *name)
{
    size_t index = SIZE_MAX;
    if (find_named(c, name, &index) != TDM_OK)
        return TDM_FAILED;
    if (index == SIZE_MAX)
        return tdm_fail(c->err, TDM_ERROR_REVISION, TDM_NOWHERE, "'%s' is no revision", name);
    const tdm_revision *revision = tdm_project_chain_revision(c->project, index);
    if (migrations_of(c, index) && !c->options->paste) {
        const tdm_migration_info *migration = &c->places.pairs[index]->migrations[0];
        return tdm_fail(c->err, TDM_ERROR_EXISTS, migration->place,
                        "revision '%.*s' has its migration already, version %.*s",
                        TDM_TEXT_ARG(revision->id), TDM_TEXT_ARG(migration->version));
    }
    c->chosen[index] = true;
    return TDM_OK;
}

// Nothing, or rows alone: what a migration can record, and needs to when it is to be the head.
static bool can_be_behind(const tdm_places *places, const tdm_pairing *pairing, size_t index)
{
    const tdm_paired *pair = &pairing->pairs[pairing->of_revision[index]];
    for (size_t i = 0; i < pair->residue_count; i++)
        if (pair->residues[i].residue != TDM_RESIDUE_DATA)
            return false;
    return pair->verdict == TDM_VERDICT_ALONE && pair->group.revision_count == 1 &&
           places->next[index].size == 0;
}

bool tdm_lacks_migration(const tdm_places *places, const tdm_pairing *pairing, size_t index,
                         bool all_behind)
{
    const tdm_paired *pair = &pairing->pairs[pairing->of_revision[index]];
    if (pair->group.migration_count)
        return false;
    return pair->verdict == TDM_VERDICT_MISSING || pair->verdict == TDM_VERDICT_OPAQUE ||
           (all_behind && can_be_behind(places, pairing, index));
}

static tdm_status choose(converter *c)
{
    const tdm_pairing *pairing = NULL;
    size_t count = tdm_project_revision_count(c->project);
    c->chosen = tdm_arena_array(c->arena, count, sizeof *c->chosen);
    if (!c->chosen)
        return tdm_fail_memory(c->err);
    if (tdm_pairing_of(c->project, &pairing, c->err) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < c->options->revision_count; i++) {
        if (choose_named(c, c->options->revisions[i]) != TDM_OK)
            return TDM_FAILED;
    }
    for (size_t i = 0; c->options->revision_count == 0 && i < count; i++)
        c->chosen[i] = tdm_lacks_migration(&c->places, pairing, i, c->options->self_recording);
    return TDM_OK;
}

// --- The guarded script -------------------------------------------------------------------------

// Alembic's step from the state in which exactly what the revision needs is applied.
static tdm_status find_changes(converter *c, const tdm_revision *revision, tdm_row_changes *ret)
{
    const tdm_chain *chain = tdm_project_chain(c->project);
    tdm_step step = {.direction = TDM_UPGRADE, .revision = (tdm_revision *)revision};
    tdm_walker walker;
    tdm_revision_set below;
    tdm_revision_list current;
    tdm_heads heads;
    if (!tdm_set_new(c->arena, chain, &below))
        return tdm_fail_memory(c->err);
    if (tdm_walker_start(c->arena, chain, &walker, c->err) != TDM_OK ||
        tdm_walk(&walker, revision->needs, TDM_NEEDS, &below, c->err) != TDM_OK ||
        tdm_heads_of_set(c->arena, chain, &below, &current, c->err) != TDM_OK ||
        tdm_heads_start(c->arena, chain, current, &heads, c->err) != TDM_OK)
        return TDM_FAILED;
    return tdm_heads_step(&heads, &step, ret, c->err);
}

// The ids that in alembic_version say that the revision is applied.
static tdm_status find_applied(converter *c, const tdm_revision *revision, tdm_texts *ret)
{
    const tdm_chain *chain = tdm_project_chain(c->project);
    tdm_walker walker;
    tdm_revision_set above;
    tdm_revision_list list;
    if (!tdm_set_new(c->arena, chain, &above))
        return tdm_fail_memory(c->err);
    if (tdm_walker_start(c->arena, chain, &walker, c->err) != TDM_OK ||
        tdm_walk_one(&walker, (tdm_revision *)revision, TDM_ALL_CHILDREN, &above, c->err) !=
            TDM_OK ||
        tdm_set_list(c->arena, chain, &above, &list, c->err) != TDM_OK)
        return TDM_FAILED;
    tdm_text *ids = tdm_arena_array(c->arena, list.count, sizeof *ids);
    for (size_t i = 0; ids && i < list.count; i++)
        ids[i] = list.items[i]->id;
    *ret = (tdm_texts){ids, list.count};
    return ids ? TDM_OK : tdm_fail_memory(c->err);
}

static tdm_status guard(converter *c, size_t index, tdm_history_row row, tdm_text source,
                        tdm_text *ret)
{
    tdm_version_table table;
    tdm_row_changes changes = {0};
    const tdm_statements *statements = NULL;
    tdm_guarded_input input = {
        .revision = tdm_project_chain_revision(c->project, index), .row = row, .versions = &table};
    if (tdm_project_revision_statements(c->project, index, &statements, c->err) != TDM_OK ||
        tdm_project_version_table(c->project, &table, c->err) != TDM_OK ||
        find_changes(c, input.revision, &changes) != TDM_OK ||
        find_applied(c, input.revision, &input.applied) != TDM_OK ||
        tdm_stored_statements(c->arena, source, &input.row.statements, c->err) != TDM_OK)
        return TDM_FAILED;
    input.statements = statements;
    input.changes = changes.items;
    input.change_count = changes.count;
    return tdm_guarded_script(c->arena, &input, ret, c->err);
}

// --- One revision -------------------------------------------------------------------------------

// A revision that has its migration: only the script to paste is asked for.
static tdm_status convert_existing(converter *c, size_t index)
{
    const tdm_pair_info *pair = c->places.pairs[index];
    const tdm_revision *revision = tdm_project_chain_revision(c->project, index);
    if (pair->migration_count != 1 || pair->revision_count != 1)
        return tdm_fail(c->err, TDM_ERROR_REVISION, pair->migrations[0].place,
                        "revision '%.*s' and its migrations are not one to one",
                        TDM_TEXT_ARG(revision->id));
    const tdm_migration *migration =
        tdm_folder_find(tdm_project_folder(c->project), pair->migrations[0].version);
    if (!migration || migration->problem.size)
        return tdm_fail(c->err, TDM_ERROR_SQL, pair->migrations[0].place,
                        "the migration cannot be read");
    tdm_converted file = {
        .revision = revision->id, .version = migration->version, .path = migration->path};
    tdm_history_row row = {.version = migration->version, .name = migration->name};
    if (guard(c, index, row, migration->source, &file.text) != TDM_OK)
        return TDM_FAILED;
    return tdm_vector_push(c->arena, &c->migrating.files, file) ? TDM_OK : tdm_fail_memory(c->err);
}

// The block records one migration: a revision that needs several files cannot be pasted.
static tdm_status paste_new(converter *c, size_t index, size_t first)
{
    tdm_converted *file = &c->migrating.files.items[first];
    const tdm_revision *revision = tdm_project_chain_revision(c->project, index);
    tdm_history_row row = {.version = file->version,
                           .name = tdm_migration_slug_at(c->arena, revision, file->version)};
    tdm_text source = file->text;
    if (c->migrating.files.count != first + 1)
        return tdm_fail(c->err, TDM_ERROR_SQL, revision->id_place,
                        "revision '%.*s' needs several files, because it runs outside of "
                        "transactions",
                        TDM_TEXT_ARG(revision->id));
    return guard(c, index, row, source, &file->text);
}

static tdm_status convert_new(converter *c, size_t index)
{
    size_t first = c->migrating.files.count;
    if (tdm_migrate_revision(&c->migrating, index, c->err) != TDM_OK)
        return TDM_FAILED;
    return c->options->paste ? paste_new(c, index, first) : TDM_OK;
}

static tdm_status start(converter *c)
{
    const tdm_check_result *result = NULL;
    if (tdm_chain_check(tdm_project_chain(c->project), c->err) != TDM_OK ||
        tdm_check(c->project, &result, c->err) != TDM_OK ||
        tdm_places_read(c->project, result, &c->places, c->err) != TDM_OK || choose(c) != TDM_OK ||
        tdm_migrate_start(c->project, &c->places, c->chosen, &c->migrating, c->err) != TDM_OK)
        return TDM_FAILED;
    c->migrating.guarded = c->options->guarded && !c->options->paste;
    c->migrating.rls = c->options->rls && !c->options->paste;
    c->migrating.self_recording = c->options->self_recording && !c->options->paste;
    return TDM_OK;
}

// Plain files have the statements of their revisions, and were read back one by one. What holds
// more than these is proved by the pairing.
static tdm_status prove(const converter *c, const tdm_conversion *made)
{
    bool plain = !c->options->rls && !c->options->self_recording && !c->options->guarded &&
                 !c->migrating.reworded;
    if (plain || c->options->paste || made->count == 0)
        return TDM_OK;
    return tdm_prove_files(c->project, c->options->project, made, c->err);
}

// What is pasted is SQL; else the side is written that follows.
static bool to_alembic(const tdm_project *project, const tdm_convert_options *options)
{
    const tdm_settings *settings = tdm_project_settings(project);
    if (options->to != TDM_CONVERT_TO_FOLLOWER || options->paste)
        return options->to == TDM_CONVERT_TO_ALEMBIC;
    return tdm_text_is(tdm_setting_text(settings, TDM_SETTING_PAIRING_LEADS), "supabase");
}

tdm_status tdm_convert(tdm_project *project, const tdm_convert_options *options,
                       tdm_conversion *ret, tdm_error *err)
{
    converter c = {
        .project = project, .arena = tdm_project_arena(project), .options = options, .err = err};
    if (to_alembic(project, options))
        return tdm_revise(project, options, ret, err);
    if (start(&c) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < tdm_project_revision_count(project); i++) {
        if (!c.chosen[i])
            continue;
        if ((migrations_of(&c, i) ? convert_existing(&c, i) : convert_new(&c, i)) != TDM_OK)
            return TDM_FAILED;
    }
    *ret = (tdm_conversion){.files = c.migrating.files.items, .count = c.migrating.files.count};
    return prove(&c, ret);
}

static bool is_on(const tdm_project *project, tdm_setting_id setting)
{
    return tdm_text_is(tdm_setting_text(tdm_project_settings(project), setting), "true");
}

tdm_convert_options tdm_convert_settings(const tdm_project *project, tdm_convert_options options)
{
    options.guarded = options.guarded || is_on(project, TDM_SETTING_WRITE_GUARDED);
    options.rls = options.rls || is_on(project, TDM_SETTING_WRITE_RLS);
    options.self_recording =
        options.self_recording || is_on(project, TDM_SETTING_WRITE_SELF_RECORDING);
    return options;
}
