#include "pair/input.h"

#include "base/error.h"
#include "base/text.h"
#include "pair/residue.h"
#include "pair/sources.h"
#include "sql/identity.h"

#include <string.h>

// The place of a docstring's first word. The chain keeps the docstring without outer space, so that
// it is looked for in the source; where it is written with escapes, the literal's place must do.
static tdm_place doc_place_of(const tdm_revision *revision)
{
    tdm_place place = revision->doc_place;
    size_t at = revision->doc.size ? tdm_text_find(revision->source, revision->doc) : SIZE_MAX;
    if (at != SIZE_MAX)
        tdm_text_position(revision->source, at, &place.line, &place.column);
    place.end_line = place.end_column = 0;
    return place;
}

static tdm_status positions(tdm_arena *arena, const uint32_t *position_of, tdm_revision_list list,
                            const uint32_t **ret, size_t *ret_count, tdm_error *err)
{
    uint32_t *items = tdm_arena_array(arena, list.count, sizeof *items);
    if (!items)
        return tdm_fail_memory(err);
    *ret = items;
    *ret_count = 0;
    for (size_t i = 0; i < list.count; i++)
        if (position_of[list.items[i]->index] != UINT32_MAX)
            items[(*ret_count)++] = position_of[list.items[i]->index];
    return TDM_OK;
}

static tdm_status fill_revision(tdm_project *project, size_t index, const uint32_t *position_of,
                                tdm_link_revision *ret, tdm_error *err)
{
    const tdm_revision *revision = tdm_project_chain_revision(project, index);
    tdm_arena *arena = tdm_project_arena(project);
    *ret = (tdm_link_revision){
        .id = revision->id,
        .file_name = tdm_path_base(tdm_text_of(revision->path)),
        .created = revision->create_date,
        .message = revision->message,
        .doc = revision->doc,
        .place = revision->id_place,
        .doc_place = doc_place_of(revision),
    };
    if (positions(arena, position_of, revision->parents, &ret->parents, &ret->parent_count, err) !=
        TDM_OK)
        return TDM_FAILED;
    return positions(arena, position_of, revision->needs, &ret->needs, &ret->need_count, err);
}

static tdm_status fill_migration(tdm_project *project, size_t index, tdm_link_migration *ret,
                                 tdm_error *err)
{
    const tdm_migration *migration = tdm_project_folder_migration(project, index);
    tdm_arena *arena = tdm_project_arena(project);
    tdm_written_link *written = tdm_arena_array(arena, migration->link_count, sizeof *written);
    tdm_comment_line *header = tdm_arena_array(arena, migration->header_count, sizeof *header);
    *ret = (tdm_link_migration){
        .version = migration->version,
        .name = migration->name,
        .file_name = migration->file_name,
        .place = migration->place,
        .written = written,
        .written_count = migration->link_count,
        .header = {header, migration->header_count},
    };
    if (!written || !header ||
        !tdm_source_comments(arena, migration->path, migration->source, &ret->sources))
        return tdm_fail_memory(err);
    for (size_t i = 0; i < migration->link_count; i++)
        written[i] = (tdm_written_link){migration->links[i].revision, migration->links[i].place};
    for (size_t i = 0; i < migration->header_count; i++)
        header[i] = (tdm_comment_line){migration->header[i].text, migration->header[i].place};
    return TDM_OK;
}

// --- Effects, for links by effect
// -------------------------------------------------------------------

typedef struct effect_hashers {
    tdm_hasher *all;
    tdm_hasher *core;
} effect_hashers;

static tdm_status add_statement(const tdm_statement *statement, tdm_pair_side side,
                                effect_hashers hashers, tdm_arena *arena, tdm_link_effect *ret,
                                tdm_error *err)
{
    tdm_sql_tree *tree = NULL;
    tdm_error cause = TDM_ERROR_INIT;
    tdm_sql_class of;
    tdm_digest identity;
    if (statement->opaque || tdm_sql_parse(statement, &tree, &cause) != TDM_OK) {
        ret->known = false;
        return cause.code == TDM_ERROR_MEMORY ? tdm_fail_memory(err) : TDM_OK;
    }
    tdm_status status = tdm_sql_classify(arena, tree, &of, err);
    if (status == TDM_OK)
        status = tdm_sql_identity(tree, &identity, err);
    if (status == TDM_OK) {
        tdm_hasher_put(hashers.all, identity.bytes, sizeof identity.bytes);
        ret->all++;
        if (!tdm_residue_allowed(tdm_residue_of(&of, tree), side)) {
            tdm_hasher_put(hashers.core, identity.bytes, sizeof identity.bytes);
            ret->core++;
        }
    }
    tdm_sql_tree_free(tree);
    return status;
}

static tdm_status effect_of(void *context, bool of_revision, size_t index, tdm_link_effect *ret,
                            tdm_error *err)
{
    tdm_project *project = context;
    const tdm_statements *statements;
    tdm_pair_side side = of_revision ? TDM_SIDE_ALEMBIC : TDM_SIDE_SUPABASE;
    tdm_status status = of_revision
                            ? tdm_project_revision_statements(project, index, &statements, err)
                            : tdm_project_migration_statements(project, index, &statements, err);
    if (status != TDM_OK)
        return TDM_FAILED;
    *ret = (tdm_link_effect){.known = true};
    effect_hashers hashers = {tdm_hasher_new(), tdm_hasher_new()};
    if (!hashers.all || !hashers.core)
        status = tdm_fail_memory(err);
    for (size_t i = 0; status == TDM_OK && ret->known && i < statements->count; i++)
        status = add_statement(&statements->items[i], side, hashers, tdm_project_arena(project),
                               ret, err);
    if (status == TDM_OK)
        status = tdm_hasher_end(hashers.all, &ret->all_id, err);
    if (status == TDM_OK)
        status = tdm_hasher_end(hashers.core, &ret->core_id, err);
    tdm_hasher_free(hashers.all);
    tdm_hasher_free(hashers.core);
    return status;
}

tdm_status tdm_link_input_of(tdm_project *project, tdm_link_input *ret, tdm_error *err)
{
    tdm_arena *arena = tdm_project_arena(project);
    const tdm_chain *chain = tdm_project_chain(project);
    size_t revision_count = tdm_project_revision_count(project);
    size_t migration_count = tdm_project_migration_count(project);
    tdm_link_revision *revisions = tdm_arena_array(arena, revision_count, sizeof *revisions);
    tdm_link_migration *migrations = tdm_arena_array(arena, migration_count, sizeof *migrations);
    uint32_t *position_of = tdm_arena_array(arena, chain->revisions.count, sizeof *position_of);
    if (!revisions || !migrations || !position_of)
        return tdm_fail_memory(err);
    memset(position_of, 0xFF, chain->revisions.count * sizeof *position_of);
    for (size_t i = 0; i < revision_count; i++)
        position_of[tdm_project_chain_revision(project, i)->index] = (uint32_t)i;
    for (size_t i = 0; i < revision_count; i++)
        if (fill_revision(project, i, position_of, &revisions[i], err) != TDM_OK)
            return TDM_FAILED;
    for (size_t i = 0; i < migration_count; i++)
        if (fill_migration(project, i, &migrations[i], err) != TDM_OK)
            return TDM_FAILED;
    *ret = (tdm_link_input){
        .revisions = revisions,
        .revision_count = revision_count,
        .migrations = migrations,
        .migration_count = migration_count,
        .effect = effect_of,
        .context = project,
    };
    return TDM_OK;
}
