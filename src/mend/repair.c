#include "mend/repair_sql.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/text.h"
#include "sql/quote.h"
#include "write/file_set.h"

#include <stdlib.h>
#include <string.h>

// --- What the repair rests on -------------------------------------------------------------------

static void put_before(tdm_buffer *sql, const tdm_full_plan *plan, const tdm_row_edit *edit,
                       size_t index)
{
    tdm_buffer_putf(sql, "SELECT %zu AS n, (SELECT m::pg_catalog.text FROM ", index);
    if (edit->in_alembic)
        tdm_put_alembic_table(sql, &plan->histories.table);
    else
        tdm_buffer_puts(sql, "supabase_migrations.schema_migrations");
    tdm_buffer_putf(sql, " AS m WHERE m.%s = ", edit->in_alembic ? "version_num" : "version");
    tdm_sql_put_literal(sql, edit->row);
    tdm_buffer_puts(sql, " LIMIT 1) AS t");
}

static tdm_status read_before(tdm_session *session, const tdm_repair_job *job, tdm_arena *arena,
                              tdm_text *before, tdm_error *err)
{
    tdm_buffer sql = TDM_BUFFER_INIT(TDM_LIMIT_OUTPUT);
    tdm_db_result found;
    bool first = true;
    for (size_t i = 0; i < job->edit_count; i++) {
        if (job->edits[i].row.size == 0)
            continue;
        tdm_buffer_puts(&sql, first ? "" : " UNION ALL ");
        put_before(&sql, job->plan, &job->edits[i], i);
        first = false;
    }
    if (first)
        return TDM_OK;
    if (tdm_buffer_check(&sql, err) != TDM_OK)
        return TDM_FAILED;
    tdm_buffer_puts(&sql, " ORDER BY n");
    if (tdm_session_query(session, tdm_buffer_take(&sql, arena), arena, &found, err) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0, at = 0; i < job->edit_count && at < found.row_count; i++)
        if (job->edits[i].row.size)
            before[i] = tdm_db_at(&found, at++, 1)->text;
    return TDM_OK;
}

// How many repairs the target has seen: the next one's number.
static tdm_status read_number(tdm_session *session, tdm_arena *arena, unsigned long *ret,
                              tdm_error *err)
{
    tdm_db_result found;
    bool made;
    *ret = 1;
    if (tdm_mend_has_journal(session, arena, &made, err) != TDM_OK)
        return TDM_FAILED;
    if (!made)
        return TDM_OK;
    if (tdm_session_query(session,
                          TDM_TEXT("SELECT pg_catalog.count(DISTINCT id) FROM " TDM_REPAIR_TABLE),
                          arena, &found, err) != TDM_OK)
        return TDM_FAILED;
    if (found.row_count == 1)
        *ret = strtoul(tdm_arena_string(arena, tdm_db_at(&found, 0, 0)->text), NULL, 10) + 1;
    return TDM_OK;
}

static int by_bytes(const void *a, const void *b)
{
    return tdm_text_compare(*(const tdm_text *)a, *(const tdm_text *)b);
}

// The keys of one table once the edits are done.
static tdm_status keys_after(const tdm_repair_job *job, bool alembic, tdm_arena *arena,
                             tdm_history_keys *ret, tdm_error *err)
{
    const tdm_history_keys *now =
        alembic ? &job->plan->histories.heads : &job->plan->histories.versions;
    tdm_text *keys = tdm_arena_array(arena, now->count + job->edit_count, sizeof *keys);
    size_t count = now->count;
    if (!keys)
        return tdm_fail_memory(err);
    if (count)
        memcpy(keys, now->items, count * sizeof *keys);
    for (size_t i = 0; i < job->edit_count; i++) {
        const tdm_row_edit *edit = &job->edits[i];
        size_t at = 0;
        if (edit->in_alembic != alembic)
            continue;
        while (edit->row.size && at < count && !tdm_text_equal(keys[at], edit->row))
            at++;
        if (edit->kind == TDM_EDIT_RECORD)
            keys[count++] = edit->becomes;
        else if (at < count)
            keys[at] = edit->kind == TDM_EDIT_RENAME ? edit->becomes : keys[--count];
    }
    if (count > 1)
        qsort(keys, count, sizeof *keys, by_bytes);
    *ret = (tdm_history_keys){keys, count};
    return TDM_OK;
}

static tdm_status set_states(tdm_repair_job *job, tdm_arena *arena, tdm_error *err)
{
    const tdm_history_keys none = {0};
    const tdm_histories *now = &job->plan->histories;
    tdm_history_keys heads;
    tdm_history_keys versions;
    if (keys_after(job, true, arena, &heads, err) != TDM_OK ||
        keys_after(job, false, arena, &versions, err) != TDM_OK ||
        tdm_history_state_of(arena, job->sides.alembic ? &now->heads : &none,
                             job->sides.supabase ? &now->versions : &none, &job->state_before,
                             err) != TDM_OK)
        return TDM_FAILED;
    return tdm_history_state_of(arena, job->sides.alembic ? &heads : &none,
                                job->sides.supabase ? &versions : &none, &job->state_after, err);
}

static tdm_status set_id(tdm_repair_job *job, unsigned long number, tdm_arena *arena,
                         tdm_error *err)
{
    tdm_digest digest;
    char hex[33];
    tdm_hasher *hasher = tdm_hasher_new();
    if (!hasher)
        return tdm_fail_memory(err);
    tdm_hasher_put_text(hasher, job->plan->plan.target);
    for (size_t i = 0; i < job->edit_count; i++) {
        tdm_hasher_put_u64(hasher, job->edits[i].kind);
        tdm_hasher_put_text(hasher, job->edits[i].becomes);
        tdm_hasher_put_text(hasher, job->before[i]);
    }
    tdm_status status = tdm_hasher_end(hasher, &digest, err);
    tdm_hasher_free(hasher);
    if (status != TDM_OK)
        return TDM_FAILED;
    tdm_digest_hex(digest, hex);
    job->id = tdm_arena_printf(arena, "%lu-%.8s", number, hex);
    return TDM_OK;
}

static tdm_status prepare(tdm_project *project, tdm_session *session,
                          const tdm_diagnosis *diagnosis, tdm_repair_job *ret, tdm_error *err)
{
    tdm_arena *arena = tdm_project_arena(project);
    unsigned long number;
    tdm_text *before = tdm_arena_array(arena, diagnosis->edit_count, sizeof *before);
    if (!before)
        return tdm_fail_memory(err);
    *ret = (tdm_repair_job){
        .plan = tdm_plan_inside(diagnosis->plan),
        .project = project,
        .edits = diagnosis->edits,
        .edit_count = diagnosis->edit_count,
        .before = before,
    };
    ret->sides = tdm_plan_sides(ret->plan);
    if (read_before(session, ret, arena, before, err) != TDM_OK ||
        read_number(session, arena, &number, err) != TDM_OK ||
        set_states(ret, arena, err) != TDM_OK)
        return TDM_FAILED;
    return set_id(ret, number, arena, err);
}

// --- The file -----------------------------------------------------------------------------------

// Beside what the Supabase CLI keeps of a link, which its own .gitignore leaves out.
static const char *file_of(tdm_project *project, tdm_text id)
{
    tdm_arena *arena = tdm_project_arena(project);
    tdm_text folder = tdm_path_folder(tdm_text_of(tdm_project_folder(project)->path));
    if (tdm_project_migration_count(project) == 0)
        return tdm_arena_printf(arena, "tandem-repair-%.*s.sql", TDM_TEXT_ARG(id)).data;
    return tdm_arena_printf(arena, "%.*s%s.temp/tandem-repair-%.*s.sql", TDM_TEXT_ARG(folder),
                            folder.size ? "/" : "", TDM_TEXT_ARG(id))
        .data;
}

// The id holds all that the file says: one that is there already, of a repair that then failed,
// says the same.
static tdm_status write_file(const tdm_repair_job *job, const char *path, tdm_error *err)
{
    tdm_file_change change = {.new_path = path};
    if (!path)
        return tdm_fail_memory(err);
    if (tdm_repair_write_file(job, tdm_project_arena(job->project), &change.new_text, err) !=
        TDM_OK)
        return TDM_FAILED;
    if (tdm_file_set_write(job->project, &change, 1, err) == TDM_OK)
        return TDM_OK;
    if (err->code != TDM_ERROR_EXISTS)
        return TDM_FAILED;
    *err = TDM_ERROR_INIT;
    return TDM_OK;
}

// --- The repair ---------------------------------------------------------------------------------

tdm_status tdm_repair_print(tdm_project *project, tdm_session *session,
                            const tdm_diagnosis *diagnosis, tdm_text *ret, tdm_error *err)
{
    tdm_repair_job job;
    if (prepare(project, session, diagnosis, &job, err) != TDM_OK)
        return TDM_FAILED;
    return tdm_repair_write(&job, tdm_project_arena(project), ret, err);
}

tdm_status tdm_repair(tdm_project *project, tdm_session *session, const tdm_diagnosis *diagnosis,
                      tdm_repair_result *ret, tdm_error *err)
{
    tdm_arena *arena = tdm_project_arena(project);
    tdm_repair_job job;
    tdm_text sql;
    *ret = (tdm_repair_result){0};
    if (diagnosis->edit_count == 0)
        return TDM_OK;
    if (prepare(project, session, diagnosis, &job, err) != TDM_OK ||
        tdm_repair_write(&job, arena, &sql, err) != TDM_OK)
        return TDM_FAILED;
    const char *path = file_of(project, job.id);
    if (write_file(&job, path, err) != TDM_OK || tdm_mend_run(session, sql, arena, err) != TDM_OK)
        return TDM_FAILED;
    *ret = (tdm_repair_result){
        .id = job.id, .file = tdm_text_of(path), .edits = diagnosis->edit_count};
    return TDM_OK;
}
