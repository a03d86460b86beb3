#include "pair/load.h"

#include "base/error.h"
#include "base/text.h"

typedef tdm_status statements_of(tdm_project *project, size_t index, const tdm_statements **ret,
                                 tdm_error *err);

// The project's statements are for everybody; those of a pairing also remember what was read of
// them, and are copies.
static tdm_status load_side(tdm_project *project, tdm_pair_walk *walk, tdm_pair_side which,
                            size_t count, tdm_error *err)
{
    statements_of *of = which == TDM_SIDE_ALEMBIC ? tdm_project_revision_statements
                                                  : tdm_project_migration_statements;
    tdm_walk_side *side = &walk->sides[which];
    tdm_statements *copies = tdm_arena_array(walk->arena, count, sizeof *copies);
    side->statements = tdm_arena_array(walk->arena, count, sizeof(void *));
    side->count = count;
    if (!copies || !side->statements)
        return tdm_fail_memory(err);
    for (size_t i = 0; i < count; i++) {
        const tdm_statements *found;
        if (of(project, i, &found, err) != TDM_OK)
            return TDM_FAILED;
        copies[i] =
            (tdm_statements){tdm_arena_array(walk->arena, found->count, sizeof *found->items), 0};
        if (!copies[i].items)
            return tdm_fail_memory(err);
        for (; copies[i].count < found->count; copies[i].count++)
            copies[i].items[copies[i].count] = found->items[copies[i].count];
        if (tdm_sql_store_add(walk->texts, copies[i].items, copies[i].count, err) != TDM_OK)
            return TDM_FAILED;
        side->statements[i] = &copies[i];
    }
    return TDM_OK;
}

tdm_status tdm_load_sides(tdm_project *project, tdm_pair_walk *ret, tdm_error *err)
{
    ret->texts = tdm_sql_store_new(ret->arena, tdm_project_cache(project));
    if (!ret->texts)
        return tdm_fail_memory(err);
    if (load_side(project, ret, TDM_SIDE_ALEMBIC, tdm_project_revision_count(project), err) !=
        TDM_OK)
        return TDM_FAILED;
    return load_side(project, ret, TDM_SIDE_SUPABASE, tdm_project_migration_count(project), err);
}

// --- Reading ahead ------------------------------------------------------------------------------

static bool want(tdm_pair_walk *walk, tdm_sql_wanted *wanted, const tdm_statement *statement)
{
    return !statement->known || tdm_vector_push(walk->arena, wanted, statement->known);
}

// The statements of several revisions or migrations as one list.
typedef struct cursor {
    const tdm_walk_side *side;
    const uint32_t *units;
    size_t unit_count;
    size_t unit;
    size_t at;
} cursor;

static const tdm_statement *next(cursor *in)
{
    for (; in->unit < in->unit_count; in->unit++, in->at = 0) {
        const tdm_statements *statements = in->side->statements[in->units[in->unit]];
        if (in->at < statements->count)
            return &statements->items[in->at++];
    }
    return NULL;
}

tdm_status tdm_load_unequal(tdm_pair_walk *walk, const tdm_groups *groups, tdm_error *err)
{
    tdm_sql_wanted wanted = {0};
    for (size_t i = 0; i < groups->count; i++) {
        const tdm_group *group = &groups->items[i];
        cursor left = {.side = &walk->sides[TDM_SIDE_ALEMBIC],
                       .units = group->revisions,
                       .unit_count = group->revision_count};
        cursor right = {.side = &walk->sides[TDM_SIDE_SUPABASE],
                        .units = group->migrations,
                        .unit_count = group->migration_count};
        for (;;) {
            const tdm_statement *a = next(&left);
            const tdm_statement *b = next(&right);
            if (!a || !b)
                break;
            if (!tdm_text_equal(a->sql, b->sql) &&
                !(want(walk, &wanted, a) && want(walk, &wanted, b)))
                return tdm_fail_memory(err);
        }
    }
    return tdm_sql_store_read(walk->texts, &wanted, err);
}

tdm_status tdm_load_replayed(tdm_pair_walk *walk, const tdm_groups *groups, size_t count,
                             tdm_error *err)
{
    tdm_sql_wanted wanted = {0};
    size_t until[2] = {0, 0};
    for (size_t i = 0; i < count; i++) {
        const tdm_group *group = &groups->items[i];
        for (size_t k = 0; k < group->revision_count; k++)
            if (group->revisions[k] >= until[TDM_SIDE_ALEMBIC])
                until[TDM_SIDE_ALEMBIC] = (size_t)group->revisions[k] + 1;
        for (size_t k = 0; k < group->migration_count; k++)
            if (group->migrations[k] >= until[TDM_SIDE_SUPABASE])
                until[TDM_SIDE_SUPABASE] = (size_t)group->migrations[k] + 1;
    }
    for (size_t which = 0; which < 2; which++)
        for (size_t i = 0; i < until[which]; i++) {
            const tdm_statements *statements = walk->sides[which].statements[i];
            for (size_t k = 0; k < statements->count; k++)
                if (!want(walk, &wanted, &statements->items[k]))
                    return tdm_fail_memory(err);
        }
    return tdm_sql_store_read(walk->texts, &wanted, err);
}
