#include <tandem/convert.h>

#include "alembic/graph.h"
#include "alembic/order.h"
#include "alembic/revision_arg.h"
#include "base/error.h"
#include "base/text.h"
#include "base/vector.h"
#include "write/guarded.h"
#include "write/name.h"
#include "write/place.h"
#include "write/plain.h"
#include "write/revise.h"

typedef struct converter {
    tdm_project *project;
    tdm_arena *arena;
    const tdm_convert_options *options;
    tdm_places places;
    bool *chosen; // by revision in upgrade order
    TDM_VECTOR(tdm_converted) files;
    tdm_error *err;
} converter;

// --- Which revisions ----------------------------------------------------------------------------

static size_t migrations_of(const converter *c, size_t index)
{
    const tdm_pair_info *pair = c->places.pairs[index];
    return pair ? pair->migration_count : 0;
}

static tdm_status choose_named(converter *c, const char *name)
{
    tdm_revision *revision = NULL;
    const tdm_chain *chain = tdm_project_chain(c->project);
    if (tdm_revision_find(chain, tdm_text_of(name), &revision, c->err) != TDM_OK)
        return TDM_FAILED;
    size_t index = revision ? tdm_places_index(&c->places, revision) : SIZE_MAX;
    if (index == SIZE_MAX)
        return tdm_fail(c->err, TDM_ERROR_REVISION, TDM_NOWHERE, "'%s' is no revision", name);
    if (migrations_of(c, index) && !c->options->guarded) {
        const tdm_migration_info *migration = &c->places.pairs[index]->migrations[0];
        return tdm_fail(c->err, TDM_ERROR_EXISTS, migration->place,
                        "revision '%.*s' has its migration already, version %.*s",
                        TDM_TEXT_ARG(revision->id), TDM_TEXT_ARG(migration->version));
    }
    c->chosen[index] = true;
    return TDM_OK;
}

// A revision that cannot be known and has no migration counts: it must not be left out in silence.
static bool lacks_migration(const converter *c, size_t index)
{
    const tdm_pair_info *pair = c->places.pairs[index];
    return pair && pair->migration_count == 0 &&
           (pair->verdict == TDM_VERDICT_MISSING || pair->verdict == TDM_VERDICT_OPAQUE);
}

static tdm_status choose(converter *c)
{
    size_t count = tdm_project_revision_count(c->project);
    c->chosen = tdm_arena_array(c->arena, count, sizeof *c->chosen);
    if (!c->chosen)
        return tdm_fail_memory(c->err);
    for (size_t i = 0; i < c->options->revision_count; i++) {
        if (choose_named(c, c->options->revisions[i]) != TDM_OK)
            return TDM_FAILED;
    }
    for (size_t i = 0; c->options->revision_count == 0 && i < count; i++)
        c->chosen[i] = lacks_migration(c, i);
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

static const char *folder_path(const converter *c)
{
    const tdm_folder *folder = tdm_project_folder(c->project);
    if (folder->path && folder->path[0])
        return folder->path;
    const tdm_supabase_config *config = tdm_project_supabase(c->project);
    return config->folder && config->folder[0] ? config->folder : "supabase/migrations";
}

static tdm_status add_file(converter *c, tdm_converted file)
{
    if (!tdm_arena_ok(c->arena) || !tdm_vector_push(c->arena, &c->files, file))
        return tdm_fail_memory(c->err);
    return TDM_OK;
}

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
    return add_file(c, file);
}

static tdm_status convert_new(converter *c, size_t index)
{
    const tdm_revision *revision = tdm_project_chain_revision(c->project, index);
    const tdm_statements *statements = NULL;
    tdm_converted file = {.revision = revision->id};
    tdm_text name = tdm_migration_slug(c->arena, revision);
    if (tdm_project_revision_statements(c->project, index, &statements, c->err) != TDM_OK ||
        tdm_places_choose(&c->places, index, &file.version, c->err) != TDM_OK)
        return TDM_FAILED;
    file.path = tdm_arena_printf(c->arena, "%s/%.*s_%.*s.sql", folder_path(c),
                                 TDM_TEXT_ARG(file.version), TDM_TEXT_ARG(name))
                    .data;
    if (!tdm_arena_ok(c->arena))
        return tdm_fail_memory(c->err);
    if (tdm_plain_migration(c->arena, revision, statements, file.path, &file.text, c->err) !=
        TDM_OK)
        return TDM_FAILED;
    if (c->options->guarded) {
        tdm_history_row row = {.version = file.version, .name = name};
        tdm_text source = file.text;
        if (guard(c, index, row, source, &file.text) != TDM_OK)
            return TDM_FAILED;
    }
    return add_file(c, file);
}

// Guarded SQL is SQL; else the side is written that follows.
static bool to_alembic(const tdm_project *project, const tdm_convert_options *options)
{
    const tdm_settings *settings = tdm_project_settings(project);
    if (options->to != TDM_CONVERT_TO_FOLLOWER || options->guarded)
        return options->to == TDM_CONVERT_TO_ALEMBIC;
    return tdm_text_is(tdm_setting_text(settings, TDM_SETTING_PAIRING_LEADS), "supabase");
}

tdm_status tdm_convert(tdm_project *project, const tdm_convert_options *options,
                       tdm_conversion *ret, tdm_error *err)
{
    const tdm_check_result *result = NULL;
    converter c = {
        .project = project, .arena = tdm_project_arena(project), .options = options, .err = err};
    if (to_alembic(project, options))
        return tdm_revise(project, options, ret, err);
    if (tdm_chain_check(tdm_project_chain(project), err) != TDM_OK ||
        tdm_check(project, &result, err) != TDM_OK ||
        tdm_places_read(project, result, &c.places, err) != TDM_OK || choose(&c) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < tdm_project_revision_count(project); i++) {
        if (!c.chosen[i])
            continue;
        if ((migrations_of(&c, i) ? convert_existing(&c, i) : convert_new(&c, i)) != TDM_OK)
            return TDM_FAILED;
    }
    *ret = (tdm_conversion){.files = c.files.items, .count = c.files.count};
    return TDM_OK;
}
