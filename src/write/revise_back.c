// The way back of a migration, as downgrade().
#include "write/revise.h"

#include "base/error.h"
#include "base/text.h"
#include "inverse/inverse.h"

static tdm_status add_group(tdm_arena *arena, tdm_revise_file *file, const tdm_catalog *after,
                            tdm_text sql, tdm_error *err)
{
    tdm_statement *statement = tdm_arena_new_of(arena, tdm_statement);
    tdm_revise_group group = {.statement = statement};
    tdm_error cause = TDM_ERROR_INIT;
    tdm_sql_tree *tree = NULL;
    tdm_status status;

    if (!statement)
        return tdm_fail_memory(err);
    statement->sql = sql;
    // What does not parse is a fault of the inverse; it must not become a fault of the database.
    if (tdm_sql_parse(statement, &tree, &cause) != TDM_OK) {
        file->raises = true;
        return tdm_vector_push(arena, &file->losses, sql) ? TDM_OK : tdm_fail_memory(err);
    }
    tdm_autogen_input input = {.tree = tree, .before = after};
    status = tdm_autogen_directives(arena, &input, &group.typed, err);
    tdm_sql_tree_free(tree);
    if (status != TDM_OK)
        return TDM_FAILED;
    return tdm_vector_push(arena, &file->backs, group) ? TDM_OK : tdm_fail_memory(err);
}

static tdm_status add_step(tdm_arena *arena, tdm_revise_file *file, const tdm_catalog *after,
                           const tdm_back_step *step, tdm_error *err)
{
    bool loses = step->outcome == TDM_RETURN_LOSSY || step->outcome == TDM_RETURN_NONE;

    file->keeps_rows = file->keeps_rows || step->outcome == TDM_RETURN_NOTHING;
    file->raises = file->raises || loses;
    if (loses && !tdm_vector_push(arena, &file->losses, step->note))
        return tdm_fail_memory(err);
    return step->sql.size ? add_group(arena, file, after, step->sql, err) : TDM_OK;
}

tdm_status tdm_revise_back(tdm_arena *arena, tdm_revise_file *file, const tdm_catalog *before,
                           const tdm_catalog *after, const tdm_effect *effect, tdm_error *err)
{
    tdm_way_back back;

    if (tdm_inverse_of(arena, before, effect, 0, &back, err) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = back.steps.count; i-- > 0;)
        if (add_step(arena, file, after, &back.steps.items[i], err) != TDM_OK)
            return TDM_FAILED;
    return TDM_OK;
}

void tdm_revise_turn_back(tdm_revise_file *file)
{
    size_t count = file->backs.count;
    for (size_t i = 0; i < count / 2; i++) {
        tdm_revise_group group = file->backs.items[i];
        file->backs.items[i] = file->backs.items[count - 1 - i];
        file->backs.items[count - 1 - i] = group;
    }
}

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
