// From files to a chain: every revision file gives a header or a problem.
#include "alembic/chain_build.h"
#include "alembic/versions.h"

#include "base/error.h"
#include "base/text.h"

#include <string.h>

// An error as a problem that lives as long as the chain.
static bool note_unreadable(tdm_chain_builder *in, const char *path, const tdm_error *err)
{
    tdm_problem problem = {.kind = TDM_PROBLEM_UNREADABLE,
                           .code = err->code,
                           .fatal = true,
                           .place = err->place,
                           .message = tdm_arena_text(in->arena, tdm_text_of(err->message))};
    problem.place.file = path;
    return tdm_chain_problem(in, problem);
}

static bool note_unknown(tdm_chain_builder *in, tdm_revision *revision)
{
    return tdm_chain_problem(in, (tdm_problem){.kind = TDM_PROBLEM_UNREADABLE,
                                               .code = TDM_ERROR_OPAQUE,
                                               .fatal = true,
                                               .place = revision->unknown_place,
                                               .message = revision->unknown,
                                               .name = revision->id,
                                               .revision = revision});
}

static bool note_twice(tdm_chain_builder *in, const char *path)
{
    return tdm_chain_problem(
        in, (tdm_problem){.kind = TDM_PROBLEM_LOADED_TWICE,
                          .place = {.file = path},
                          .message = tdm_arena_printf(in->arena,
                                                      "File %s loaded twice! ignoring. Please "
                                                      "ensure version_locations is unique.",
                                                      path)});
}

static tdm_status read_file(tdm_chain_builder *in, tdm_tree *tree, const char *path, tdm_error *err)
{
    tdm_text source = {NULL, 0};
    tdm_revision *revision = tdm_arena_new_of(in->arena, tdm_revision);
    if (!revision)
        return tdm_fail_memory(err);
    if (tdm_tree_read(tree, path, in->arena, &source, err) == TDM_OK &&
        tdm_header_read(in->arena, path, source, revision, err) == TDM_OK) {
        tdm_revision_list *list = &in->chain->revisions;
        list->items[list->count++] = revision;
        return !revision->unknown.size || note_unknown(in, revision) ? TDM_OK
                                                                     : tdm_fail_memory(err);
    }
    if (err->code == TDM_ERROR_MEMORY || err->code == TDM_ERROR_BUG)
        return TDM_FAILED;
    return note_unreadable(in, path, err) ? TDM_OK : tdm_fail_memory(err);
}

tdm_status tdm_chain_read(tdm_arena *arena, tdm_tree *tree, const tdm_alembic_config *config,
                          tdm_chain **ret, tdm_error *err)
{
    tdm_chain_builder in;
    tdm_paths paths;
    tdm_paths twice;
    tdm_error unheard = TDM_ERROR_INIT; // problems are read from the error, wanted or not
    err = err ? err : &unheard;
    if (tdm_chain_builder_start(arena, &in, err) != TDM_OK ||
        tdm_versions_list(arena, tree, config, &paths, &twice, err) != TDM_OK)
        return TDM_FAILED;
    in.chain->revisions.items = tdm_arena_array(arena, paths.count, sizeof(tdm_revision *));
    if (!in.chain->revisions.items)
        return tdm_fail_memory(err);
    for (size_t i = 0; i < paths.count; i++)
        if (read_file(&in, tree, paths.items[i], err) != TDM_OK)
            return TDM_FAILED;
    for (size_t i = 0; i < twice.count; i++)
        if (!note_twice(&in, twice.items[i]))
            return tdm_fail_memory(err);
    return tdm_chain_link_from(&in, ret, err);
}
