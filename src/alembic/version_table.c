#include "alembic/version_table.h"

#include "sqlalchemy/sql_print.h"

#include "base/error.h"
#include "base/vector.h"

typedef struct changes {
    tdm_heads *heads;
    TDM_VECTOR(tdm_row_change) rows;
    tdm_error *err;
} changes;

tdm_status tdm_heads_start(tdm_arena *arena, const tdm_chain *chain, tdm_revision_list current,
                           tdm_heads *ret, tdm_error *err)
{
    *ret = (tdm_heads){.arena = arena, .chain = chain};
    if (!tdm_set_new(arena, chain, &ret->active) || !tdm_set_new(arena, chain, &ret->others) ||
        !tdm_set_new(arena, chain, &ret->below))
        return tdm_fail_memory(err);
    for (size_t i = 0; i < current.count; i++) {
        ret->count += !tdm_set_has(&ret->active, current.items[i]);
        tdm_set_add(&ret->active, current.items[i]);
    }
    return tdm_walker_start(arena, chain, &ret->walker, err);
}

static tdm_status push(changes *in, tdm_row_change change)
{
    return tdm_vector_push(in->heads->arena, &in->rows, change) ? TDM_OK : tdm_fail_memory(in->err);
}

static tdm_status take_head(changes *in, const tdm_revision *revision)
{
    if (!tdm_set_has(&in->heads->active, revision))
        return tdm_fail(in->err, TDM_ERROR_HISTORY, revision->id_place,
                        "alembic_version has no row '%.*s' to take over here; Alembic fails too",
                        TDM_TEXT_ARG(revision->id));
    tdm_set_remove(&in->heads->active, revision);
    in->heads->count--;
    return TDM_OK;
}

static tdm_status add_head(changes *in, const tdm_revision *revision)
{
    if (tdm_set_has(&in->heads->active, revision))
        return tdm_fail(in->err, TDM_ERROR_HISTORY, revision->id_place,
                        "alembic_version has a row '%.*s' already; Alembic fails too",
                        TDM_TEXT_ARG(revision->id));
    tdm_set_add(&in->heads->active, revision);
    in->heads->count++;
    return TDM_OK;
}

static tdm_status insert_row(changes *in, const tdm_revision *to)
{
    if (add_head(in, to) != TDM_OK)
        return TDM_FAILED;
    return push(in, (tdm_row_change){.kind = TDM_ROW_INSERT, .to = to->id});
}

static tdm_status delete_row(changes *in, const tdm_revision *from)
{
    if (take_head(in, from) != TDM_OK)
        return TDM_FAILED;
    return push(in, (tdm_row_change){.kind = TDM_ROW_DELETE, .from = from->id});
}

static tdm_status update_row(changes *in, const tdm_revision *from, const tdm_revision *to)
{
    if (tdm_set_has(&in->heads->active, to))
        return add_head(in, to);
    if (take_head(in, from) != TDM_OK || add_head(in, to) != TDM_OK)
        return TDM_FAILED;
    return push(in, (tdm_row_change){.kind = TDM_ROW_UPDATE, .from = from->id, .to = to->id});
}

// Deletes all but the last, which becomes `to`.
static tdm_status merge_rows(changes *in, tdm_revision_list from, const tdm_revision *to)
{
    if (from.count == 0)
        return tdm_fail(in->err, TDM_ERROR_HISTORY, to->id_place,
                        "no row of alembic_version is left for '%.*s' to take over; Alembic fails "
                        "too",
                        TDM_TEXT_ARG(to->id));
    for (size_t i = 0; i + 1 < from.count; i++)
        if (delete_row(in, from.items[i]) != TDM_OK)
            return TDM_FAILED;
    return update_row(in, from.items[from.count - 1], to);
}

// Makes heads->below everything at or below the active heads other than those in `except`;
// `ret_any` says whether there are any.
static tdm_status below_others(changes *in, tdm_revision_list except, bool *ret_any)
{
    tdm_heads *heads = in->heads;
    tdm_revision_set *others = &heads->others;
    tdm_set_clear(&heads->below);
    for (size_t i = 0; i < others->word_count; i++)
        others->words[i] = heads->active.words[i];
    for (size_t i = 0; i < except.count; i++)
        tdm_set_remove(others, except.items[i]);
    *ret_any = !tdm_set_empty(others);
    for (size_t i = tdm_set_next(others, 0); i != SIZE_MAX; i = tdm_set_next(others, i + 1))
        if (tdm_walk_one(&heads->walker, heads->chain->revisions.items[i], TDM_NEEDS, &heads->below,
                         in->err) != TDM_OK)
            return TDM_FAILED;
    return TDM_OK;
}

// The list without what lies in heads->below.
static tdm_status not_below(changes *in, tdm_revision_list list, tdm_revision_list *ret)
{
    tdm_revision_list kept = {tdm_arena_array(in->heads->arena, list.count, sizeof(tdm_revision *)),
                              0};
    if (!kept.items)
        return tdm_fail_memory(in->err);
    for (size_t i = 0; i < list.count; i++)
        if (!tdm_set_has(&in->heads->below, list.items[i]))
            kept.items[kept.count++] = list.items[i];
    *ret = kept;
    return TDM_OK;
}

// The rows that a merge takes over (RevisionStep.merge_branch_idents).
static tdm_status merged(changes *in, const tdm_revision *revision, tdm_revision_list *ret)
{
    bool others = false;
    *ret = revision->needs;
    if (below_others(in, revision->needs, &others) != TDM_OK)
        return TDM_FAILED;
    return others ? not_below(in, revision->needs, ret) : TDM_OK;
}

// The rows that come back when a revision goes (RevisionStep._unmerge_to_revisions).
static tdm_status unmerged(changes *in, tdm_revision *revision, tdm_revision_list *ret)
{
    tdm_heads *heads = in->heads;
    tdm_revision_list self = {&revision, 1};
    tdm_revision_list needs = revision->needs;
    bool others = false;
    if (below_others(in, self, &others) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < needs.count && !others && needs.count > 1; i++)
        if (tdm_walk(&heads->walker, needs.items[i]->needs, TDM_NEEDS, &heads->below, in->err) !=
            TDM_OK)
            return TDM_FAILED;
    return not_below(in, needs, ret);
}

static tdm_status step_up(changes *in, const tdm_revision *revision)
{
    tdm_revision_list from = {0};
    tdm_revision_list needs = revision->needs;
    const tdm_revision *active = NULL;
    size_t hits = 0;
    for (size_t i = 0; i < needs.count; i++) {
        if (!tdm_set_has(&in->heads->active, needs.items[i]))
            continue;
        active = needs.items[i];
        hits++;
    }
    if (hits == 0)
        return insert_row(in, revision);
    if (hits == 1)
        return update_row(in, active, revision);
    if (merged(in, revision, &from) != TDM_OK)
        return TDM_FAILED;
    return merge_rows(in, from, revision);
}

static tdm_status step_down(changes *in, tdm_revision *revision)
{
    tdm_revision_list rest = {0};
    if (!tdm_set_has(&in->heads->active, revision))
        return take_head(in, revision);
    if (unmerged(in, revision, &rest) != TDM_OK)
        return TDM_FAILED;
    if (rest.count == 0)
        return delete_row(in, revision);
    for (size_t i = 0; i + 1 < rest.count; i++)
        if (insert_row(in, rest.items[i]) != TDM_OK)
            return TDM_FAILED;
    return update_row(in, revision, rest.items[rest.count - 1]);
}

// StampStep: the first rule that fits.
static tdm_status step_stamp(changes *in, const tdm_step *step)
{
    bool active = true;
    for (size_t i = 0; i < step->from.count; i++)
        active = active && tdm_set_has(&in->heads->active, step->from.items[i]);
    if (step->direction == TDM_DOWNGRADE && step->branch_move)
        return delete_row(in, step->from.items[0]);
    if (step->direction == TDM_UPGRADE && (step->branch_move || !active) &&
        !tdm_set_has(&in->heads->active, step->to.items[0]))
        return insert_row(in, step->to.items[0]);
    return merge_rows(in, step->from, step->to.items[0]);
}

tdm_status tdm_heads_step(tdm_heads *heads, const tdm_step *step, tdm_row_changes *ret,
                          tdm_error *err)
{
    changes in = {.heads = heads, .err = err};
    tdm_status status = !step->revision                  ? step_stamp(&in, step)
                        : step->direction == TDM_UPGRADE ? step_up(&in, step->revision)
                                                         : step_down(&in, step->revision);
    *ret = (tdm_row_changes){in.rows.items, in.rows.count};
    return status;
}

tdm_status tdm_rows_find(tdm_arena *arena, const tdm_chain *chain, const tdm_text *rows,
                         size_t count, tdm_revision_list *ret, tdm_error *err)
{
    tdm_revision_list list = {tdm_arena_array(arena, count, sizeof(tdm_revision *)), 0};
    if (!list.items)
        return tdm_fail_memory(err);
    for (size_t i = 0; i < count; i++) {
        tdm_revision *found = tdm_chain_get(chain, rows[i]);
        if (!found)
            return tdm_fail(err, TDM_ERROR_HISTORY, TDM_NOWHERE,
                            "Can't locate revision identified by '%.*s'", TDM_TEXT_ARG(rows[i]));
        list.items[list.count++] = found;
    }
    *ret = list;
    return TDM_OK;
}

tdm_status tdm_applied_set(tdm_arena *arena, const tdm_chain *chain, tdm_revision_list heads,
                           tdm_revision_set *ret, tdm_error *err)
{
    tdm_walker walker;
    if (!tdm_set_new(arena, chain, ret))
        return tdm_fail_memory(err);
    if (tdm_walker_start(arena, chain, &walker, err) != TDM_OK)
        return TDM_FAILED;
    return tdm_walk(&walker, heads, TDM_NEEDS, ret, err);
}

tdm_status tdm_heads_of_set(tdm_arena *arena, const tdm_chain *chain,
                            const tdm_revision_set *applied, tdm_revision_list *ret, tdm_error *err)
{
    tdm_revision_list list;
    size_t count = 0;
    if (tdm_set_list(arena, chain, applied, &list, err) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < list.count; i++) {
        tdm_revision *revision = list.items[i];
        bool covered = false;
        for (size_t k = 0; k < revision->all_children.count && !covered; k++)
            covered = tdm_set_has(applied, revision->all_children.items[k]);
        if (!covered)
            list.items[count++] = revision;
    }
    *ret = (tdm_revision_list){list.items, count};
    return TDM_OK;
}

static void put_percent(tdm_buffer *out, tdm_text text, bool twice)
{
    for (size_t i = 0; i < text.size; i++) {
        if (twice && text.data[i] == '%')
            tdm_buffer_putc(out, '%');
        tdm_buffer_putc(out, text.data[i]);
    }
}

static void put_name(tdm_buffer *out, tdm_text name, bool double_percent)
{
    bool quoted = tdm_name_needs_quotes(name);
    if (quoted)
        tdm_buffer_putc(out, '"');
    for (size_t i = 0; i < name.size; i++) {
        if (quoted && name.data[i] == '"')
            tdm_buffer_putc(out, '"');
        put_percent(out, tdm_text_slice(name, i, i + 1), quoted && double_percent);
    }
    if (quoted)
        tdm_buffer_putc(out, '"');
}

// <version_table>_pkc, which may need no quotes where the table does ("user").
static void put_key_name(tdm_buffer *out, const tdm_version_table *table)
{
    tdm_buffer name = TDM_BUFFER_INIT(1 << 16);
    tdm_buffer_put(&name, table->name);
    tdm_buffer_puts(&name, "_pkc");
    if (name.failed)
        out->failed = true;
    else
        put_name(out, tdm_buffer_text(&name), table->double_percent);
    tdm_buffer_free(&name);
}

static void put_table(tdm_buffer *out, const tdm_version_table *table)
{
    if (table->schema.size) {
        put_name(out, table->schema, table->double_percent);
        tdm_buffer_putc(out, '.');
    }
    put_name(out, table->name, table->double_percent);
}

// An id between single quotes; Alembic does not escape it.
static void put_id(tdm_buffer *out, tdm_text id, bool double_percent)
{
    tdm_buffer_putc(out, '\'');
    put_percent(out, id, double_percent);
    tdm_buffer_putc(out, '\'');
}

void tdm_version_table_create(tdm_buffer *out, const tdm_version_table *table)
{
    tdm_buffer_puts(out, "CREATE TABLE ");
    put_table(out, table);
    tdm_buffer_puts(out, " (\n    version_num VARCHAR(32) NOT NULL");
    if (!table->no_primary_key) {
        tdm_buffer_puts(out, ", \n    CONSTRAINT ");
        put_key_name(out, table);
        tdm_buffer_puts(out, " PRIMARY KEY (version_num)");
    }
    tdm_buffer_puts(out, "\n)");
}

void tdm_row_change_put(tdm_buffer *out, const tdm_version_table *table,
                        const tdm_row_change *change)
{
    switch (change->kind) {
    case TDM_ROW_INSERT:
        tdm_buffer_puts(out, "INSERT INTO ");
        put_table(out, table);
        tdm_buffer_puts(out, " (version_num) VALUES (");
        put_id(out, change->to, table->double_percent);
        tdm_buffer_putc(out, ')');
        if (table->no_primary_key)
            return;
        tdm_buffer_puts(out, " RETURNING ");
        put_table(out, table);
        tdm_buffer_puts(out, ".version_num");
        return;
    case TDM_ROW_UPDATE:
        tdm_buffer_puts(out, "UPDATE ");
        put_table(out, table);
        tdm_buffer_puts(out, " SET version_num=");
        put_id(out, change->to, table->double_percent);
        break;
    case TDM_ROW_DELETE:
        tdm_buffer_puts(out, "DELETE FROM ");
        put_table(out, table);
        break;
    }
    tdm_buffer_puts(out, " WHERE ");
    put_table(out, table);
    tdm_buffer_puts(out, ".version_num = ");
    put_id(out, change->from, table->double_percent);
}
