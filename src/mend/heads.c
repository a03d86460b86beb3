#include "mend/heads.h"

#include "base/error.h"
#include "base/text.h"
#include "base/vector.h"

#include <string.h>

enum {
    PREFIX_LEAST = 4, // Alembic takes shorter beginnings of an id, too; a row by hand has more
};

// --- Names of a revision in other words ---------------------------------------------------------

// "20241127_000001_add_file_path" of "alembic/versions/20241127_000001_add_file_path.py".
static tdm_text stem_of(const char *path)
{
    tdm_text name = tdm_text_of(path);
    for (size_t i = name.size; i > 0; i--)
        if (name.data[i - 1] == '/') {
            name = tdm_text_from(name, i);
            break;
        }
    return tdm_text_ends(name, TDM_TEXT(".py")) ? tdm_text_slice(name, 0, name.size - 3) : name;
}

static bool is_file_name(const tdm_revision *revision, tdm_text row)
{
    tdm_text stem = stem_of(revision->path ? revision->path : "");
    return tdm_text_equal(stem, row) ||
           (tdm_text_ends(row, TDM_TEXT(".py")) &&
            tdm_text_equal(stem, tdm_text_slice(row, 0, row.size - 3)));
}

static bool is_beginning(const tdm_revision *revision, tdm_text row)
{
    return row.size >= PREFIX_LEAST && tdm_text_starts(revision->id, row);
}

static const tdm_revision *only_one(const tdm_chain *chain, tdm_text row,
                                    bool (*is)(const tdm_revision *revision, tdm_text row))
{
    const tdm_revision *found = NULL;
    for (size_t i = 0; i < chain->revisions.count; i++) {
        const tdm_revision *revision = chain->revisions.items[i];
        if (revision->replaced || !is(revision, row))
            continue;
        if (found)
            return NULL;
        found = revision;
    }
    return found;
}

// The revision of the pair whose migration has this version.
static const tdm_revision *of_version(tdm_project *project, const tdm_pairing *pairing,
                                      tdm_text row)
{
    for (size_t i = 0; i < tdm_project_migration_count(project); i++) {
        const tdm_group *group = &pairing->pairs[pairing->of_migration[i]].group;
        if (tdm_text_equal(tdm_project_folder_migration(project, i)->version, row))
            return group->revision_count == 1 && group->migration_count == 1
                       ? tdm_project_chain_revision(project, group->revisions[0])
                       : NULL;
    }
    return NULL;
}

static void resolve(tdm_project *project, const tdm_pairing *pairing, tdm_head_row *head)
{
    const tdm_chain *chain = tdm_project_chain(project);
    head->kind = TDM_HEAD_ALIAS;
    head->revision = only_one(chain, head->row, is_file_name);
    head->how = TDM_TEXT("it is the name of the revision's file, not its id");
    if (head->revision)
        return;
    head->revision = of_version(project, pairing, head->row);
    head->how = TDM_TEXT("it is the version of the revision's migration, not its id");
    if (head->revision)
        return;
    head->revision = only_one(chain, head->row, is_beginning);
    head->how = TDM_TEXT("it is the beginning of the revision's id alone");
    if (head->revision)
        return;
    head->kind = TDM_HEAD_UNKNOWN;
    head->how = (tdm_text){0};
}

// --- Rows that say nothing of their own ---------------------------------------------------------

// All that one revision needs, itself left out.
static tdm_status below(tdm_arena *arena, const tdm_chain *chain, const tdm_revision *revision,
                        tdm_revision_set *ret, tdm_error *err)
{
    tdm_revision *one = chain->revisions.items[revision->index];
    tdm_revision_list list = {&one, 1};
    if (tdm_applied_set(arena, chain, list, ret, err) != TDM_OK)
        return TDM_FAILED;
    tdm_set_remove(ret, revision);
    return TDM_OK;
}

static tdm_status find_redundant(tdm_arena *arena, const tdm_chain *chain, tdm_head_rows *rows,
                                 tdm_error *err)
{
    for (size_t i = 0; i < rows->count; i++) {
        tdm_revision_set implied;
        if (!rows->items[i].revision || rows->items[i].kind == TDM_HEAD_REDUNDANT)
            continue;
        if (below(arena, chain, rows->items[i].revision, &implied, err) != TDM_OK)
            return TDM_FAILED;
        for (size_t k = 0; k < rows->count; k++) {
            tdm_head_row *other = &rows->items[k];
            if (other->kind == TDM_HEAD_TRUE && tdm_set_has(&implied, other->revision)) {
                other->kind = TDM_HEAD_REDUNDANT;
                other->above = rows->items[i].revision;
            }
        }
    }
    return TDM_OK;
}

static tdm_status apply_all(tdm_arena *arena, const tdm_chain *chain, tdm_head_rows *rows,
                            tdm_error *err)
{
    TDM_VECTOR(tdm_revision *) list = {0};
    for (size_t i = 0; i < rows->count; i++)
        if (rows->items[i].revision && rows->items[i].kind != TDM_HEAD_TWICE &&
            !tdm_vector_push(arena, &list, chain->revisions.items[rows->items[i].revision->index]))
            return tdm_fail_memory(err);
    return tdm_applied_set(arena, chain, (tdm_revision_list){list.items, list.count},
                           &rows->applied, err);
}

tdm_status tdm_heads_explain(tdm_project *project, const tdm_pairing *pairing,
                             const tdm_histories *histories, tdm_arena *arena, tdm_head_rows *ret,
                             tdm_error *err)
{
    const tdm_chain *chain = tdm_project_chain(project);
    tdm_head_rows rows = {.count = histories->heads.count};
    rows.items = tdm_arena_array(arena, rows.count, sizeof *rows.items);
    if (!rows.items)
        return tdm_fail_memory(err);
    for (size_t i = 0; i < rows.count; i++) {
        tdm_head_row *head = &rows.items[i];
        head->row = histories->heads.items[i];
        head->revision = tdm_chain_get(chain, head->row);
        if (!head->revision)
            resolve(project, pairing, head);
        else if (i > 0 && tdm_text_equal(head->row, rows.items[i - 1].row))
            head->kind = TDM_HEAD_TWICE;
    }
    if (find_redundant(arena, chain, &rows, err) != TDM_OK ||
        apply_all(arena, chain, &rows, err) != TDM_OK)
        return TDM_FAILED;
    *ret = rows;
    return TDM_OK;
}
