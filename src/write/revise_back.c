// The way back of a migration, as downgrade().
#include "write/revise.h"

#include "base/error.h"
#include "base/text.h"

// The directives of one step, on the catalog in which it will run. What does not parse is a fault
// of the inverse; it must not become a fault of the database.
static tdm_status make_group(tdm_arena *arena, const tdm_catalog *after, tdm_back_step *step,
                             tdm_revise_group *ret, tdm_error *err)
{
    tdm_statement *statement = tdm_arena_new_of(arena, tdm_statement);
    tdm_error cause = TDM_ERROR_INIT;
    tdm_sql_tree *tree = NULL;

    *ret = (tdm_revise_group){.statement = statement};
    if (!statement)
        return tdm_fail_memory(err);
    statement->sql = step->sql;
    if (step->sql.size == 0)
        return TDM_OK;
    if (tdm_sql_parse(statement, &tree, &cause) != TDM_OK) {
        if (cause.code == TDM_ERROR_MEMORY)
            return tdm_fail_memory(err);
        step->outcome = TDM_RETURN_NONE;
        step->note = step->sql;
        step->sql = (tdm_text){NULL, 0};
        return TDM_OK;
    }
    tdm_autogen_input input = {.tree = tree, .before = after, .undo = true};
    tdm_status status = tdm_autogen_directives(arena, &input, &ret->typed, err);
    tdm_sql_tree_free(tree);
    return status;
}

tdm_status tdm_revise_back(tdm_arena *arena, tdm_revise_file *file, const tdm_catalog *after,
                           const tdm_statement *statement, const tdm_effect *effect, tdm_error *err)
{
    tdm_way_back back;
    tdm_revise_group group;

    if (tdm_inverse_of(arena, after, statement, effect, &back, err) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = back.steps.count; i-- > 0;) {
        if (make_group(arena, after, &back.steps.items[i], &group, err) != TDM_OK)
            return TDM_FAILED;
        if (!tdm_vector_push(arena, &file->back.steps, back.steps.items[i]) ||
            !tdm_vector_push(arena, &file->undone, group))
            return tdm_fail_memory(err);
    }
    return TDM_OK;
}

// --- All of it ----------------------------------------------------------------------------------

static void turn(tdm_revise_file *file)
{
    size_t count = file->undone.count;

    for (size_t i = 0; i < count / 2; i++) {
        size_t last = count - 1 - i;
        tdm_revise_group group = file->undone.items[i];
        tdm_back_step step = file->back.steps.items[i];
        file->undone.items[i] = file->undone.items[last];
        file->undone.items[last] = group;
        file->back.steps.items[i] = file->back.steps.items[last];
        file->back.steps.items[last] = step;
    }
}

tdm_status tdm_revise_turn_back(tdm_arena *arena, tdm_revise_file *file, tdm_error *err)
{
    turn(file);
    if (tdm_inverse_thin_out(arena, &file->back, err) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < file->undone.count; i++) {
        const tdm_back_step *step = &file->back.steps.items[i];
        bool loses = step->outcome == TDM_RETURN_LOSSY || step->outcome == TDM_RETURN_NONE;
        if (step->needless)
            continue;
        file->keeps_rows = file->keeps_rows || step->outcome == TDM_RETURN_NOTHING;
        file->raises = file->raises || loses;
        if ((loses && !tdm_vector_push(arena, &file->losses, step->note)) ||
            (step->sql.size && !tdm_vector_push(arena, &file->backs, file->undone.items[i])))
            return tdm_fail_memory(err);
    }
    return TDM_OK;
}

// --- The proof ----------------------------------------------------------------------------------

static tdm_status go(tdm_arena *arena, tdm_catalog *catalog, const tdm_round_step *there,
                     size_t count, tdm_error *err)
{
    tdm_effect effect;

    tdm_catalog_reset_session(catalog);
    tdm_effect_init(&effect, arena);
    for (size_t i = 0; i < count; i++)
        if (tdm_catalog_apply(catalog, there[i].statement, there[i].tree, &effect, err) != TDM_OK)
            return TDM_FAILED;
    return TDM_OK;
}

tdm_status tdm_revise_prove_back(tdm_arena *arena, tdm_revise_file *file,
                                 tdm_revise_catalogs *catalogs, const tdm_round_step *there,
                                 size_t count, tdm_error *err)
{
    tdm_round_step *back = tdm_arena_array(arena, file->backs.count + 1, sizeof *back);
    tdm_round round = {there, count, back, file->backs.count};
    tdm_text fault, why;
    tdm_place place;

    if (!back)
        return tdm_fail_memory(err);
    if (!tdm_catalog_is_closed(catalogs->now, &why, &place))
        tdm_catalog_open(catalogs->round, why, place);
    if (file->raises)
        return go(arena, catalogs->round, there, count, err);
    for (size_t i = 0; i < file->backs.count; i++)
        back[i].statement = file->backs.items[i].statement;
    if (tdm_inverse_prove(arena, catalogs->round, &round, &fault, err) != TDM_OK)
        return TDM_FAILED;
    if (fault.size == 0)
        return TDM_OK;
    file->raises = true;
    if (!tdm_vector_push(arena, &file->losses, fault))
        return tdm_fail_memory(err);
    return tdm_catalog_clone(catalogs->now, arena, &catalogs->round, err);
}

// --- The text -----------------------------------------------------------------------------------

void tdm_revise_put_losses(tdm_buffer *out, const tdm_revise_file *file)
{
    for (size_t i = 0; i < file->losses.count; i++) {
        tdm_text note = file->losses.items[i];
        tdm_buffer_puts(out, "# ");
        for (size_t at = 0; at < note.size; at++)
            tdm_buffer_putc(out, (unsigned char)note.data[at] < 0x20 ? ' ' : note.data[at]);
        tdm_buffer_puts(out, "\n    ");
    }
    if (file->keeps_rows)
        tdm_buffer_puts(out, "# The rows that this revision wrote stay as they are.\n    ");
    if (file->raises)
        tdm_buffer_puts(out, "raise NotImplementedError(\n        \"this revision cannot be undone "
                             "without loss\"\n    )");
    else if (file->backs.count == 0)
        tdm_buffer_puts(out, "pass");
}
