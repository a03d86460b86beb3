#include "plan/parts.h"

#include "base/digest.h"
#include "base/error.h"
#include "base/text.h"
#include "base/vector.h"

typedef struct cutter {
    tdm_arena *arena;
    const tdm_parts_input *input;
    tdm_parts made;
    TDM_VECTOR(tdm_part) parts;
    tdm_error *err;
} cutter;

static tdm_status digest_of(cutter *c, size_t first, size_t count, tdm_text *ret)
{
    tdm_digest digest;
    char hex[33];
    tdm_hasher *hasher = tdm_hasher_new();
    if (!hasher)
        return tdm_fail_memory(c->err);
    for (size_t i = first; i < first + count; i++)
        tdm_hasher_put_text(hasher, c->input->statements->items[i].sql);
    tdm_status status = tdm_hasher_end(hasher, &digest, c->err);
    tdm_hasher_free(hasher);
    if (status != TDM_OK)
        return TDM_FAILED;
    tdm_digest_hex(digest, hex);
    *ret = tdm_arena_text(c->arena, tdm_text_of(hex));
    return TDM_OK;
}

// --- What an earlier run has done ----------------------------------------------------------------

static void find_rows(cutter *c)
{
    const tdm_journal *journal = c->input->journal;
    for (size_t i = 0; i < journal->row_count; i++) {
        if (!tdm_text_equal(journal->rows[i].migration, c->input->migration))
            continue;
        if (!c->made.rows)
            c->made.rows = &journal->rows[i];
        c->made.row_count++;
    }
}

static void object(cutter *c, size_t statement, tdm_text problem)
{
    c->made.problem = problem;
    if (statement < c->input->statements->count)
        c->made.place = c->input->statements->items[statement].place;
}

// Others may have finished the migration since, and taken it back. Not to be told from here.
static bool is_proven(cutter *c, const tdm_journal_row *row)
{
    tdm_text why = row->lost;
    if (row->unheld)
        why = TDM_TEXT("alembic_version has been written since");
    else if (why.size)
        why = tdm_arena_printf(c->arena, "%.*s, which they made, is not there any more",
                               TDM_TEXT_ARG(why));
    if (why.size == 0)
        return true;
    object(c, row->position - 1,
           tdm_arena_printf(c->arena,
                            "its statements %zu to %zu were run on %.*s, and %.*s: what of them is "
                            "left cannot be known. Look at the target. Where nothing is left, "
                            "DELETE FROM tandem.journal WHERE migration = '%.*s' has it run from "
                            "its beginning; where all is there, `tandem repair %.*s --status "
                            "applied` records it",
                            row->position, row->position + row->count - 1,
                            TDM_TEXT_ARG(row->started), TDM_TEXT_ARG(why),
                            TDM_TEXT_ARG(row->migration), TDM_TEXT_ARG(row->migration)));
    return false;
}

static tdm_status take_done(cutter *c, const tdm_journal_row *row)
{
    tdm_text digest = {0};
    bool fits = row->position - 1 + row->count <= c->input->statements->count;
    if (fits && digest_of(c, row->position - 1, row->count, &digest) != TDM_OK)
        return TDM_FAILED;
    if (!fits || !tdm_text_equal(digest, row->digest))
        object(c, row->position - 1,
               tdm_arena_printf(c->arena,
                                "statements %zu to %zu of it were run on %.*s and have changed "
                                "since: put them back as they were, and mend what comes after",
                                row->position, row->position + row->count - 1,
                                TDM_TEXT_ARG(row->started)));
    c->made.done = row->position - 1 + row->count;
    return TDM_OK;
}

static tdm_status take_rows(cutter *c)
{
    for (size_t i = 0; i < c->made.row_count && c->made.problem.size == 0; i++) {
        const tdm_journal_row *row = &c->made.rows[i];
        if (row->position != c->made.done + 1 || c->made.stopped) {
            object(c, SIZE_MAX, TDM_TEXT("its rows in tandem.journal do not follow each other"));
        } else if (!is_proven(c, row)) {
            break;
        } else if (row->state != TDM_JOURNAL_DONE) {
            c->made.stopped = row;
        } else if (take_done(c, row) != TDM_OK) {
            return TDM_FAILED;
        }
    }
    return TDM_OK;
}

// --- Cutting -------------------------------------------------------------------------------------

static tdm_status add_part(cutter *c, size_t first, size_t end, bool outside)
{
    tdm_part part = {.first = first, .count = end - first, .outside = outside};
    if (digest_of(c, first, end - first, &part.digest) != TDM_OK)
        return TDM_FAILED;
    return tdm_vector_push(c->arena, &c->parts, part) ? TDM_OK : tdm_fail_memory(c->err);
}

// What stands behind the last break records, also when nothing is there to run.
static tdm_status cut(cutter *c)
{
    size_t first = c->made.done;
    for (size_t i = first; i < c->input->statements->count; i++) {
        tdm_run_place runs = c->input->review->items[i].runs;
        bool last = i + 1 == c->input->statements->count;
        if (runs == TDM_RUN_OUTSIDE && i > first && add_part(c, first, i, false) != TDM_OK)
            return TDM_FAILED;
        if (runs == TDM_RUN_OUTSIDE && add_part(c, i, i + 1, true) != TDM_OK)
            return TDM_FAILED;
        if (runs == TDM_RUN_COMMITTED && !last && add_part(c, first, i + 1, false) != TDM_OK)
            return TDM_FAILED;
        if (runs == TDM_RUN_OUTSIDE || (runs == TDM_RUN_COMMITTED && !last))
            first = i + 1;
    }
    return add_part(c, first, c->input->statements->count, false);
}

tdm_status tdm_parts_make(tdm_arena *arena, const tdm_parts_input *input, tdm_parts *ret,
                          tdm_error *err)
{
    cutter c = {.arena = arena, .input = input, .err = err};
    find_rows(&c);
    if (take_rows(&c) != TDM_OK || (c.made.problem.size == 0 && cut(&c) != TDM_OK))
        return TDM_FAILED;
    c.made.statement_count = input->statements->count;
    c.made.items = c.parts.items;
    c.made.count = c.parts.count;
    c.made.journalled = input->review->divided || c.made.row_count > 0;
    *ret = c.made;
    return TDM_OK;
}

// --- Saying --------------------------------------------------------------------------------------

static tdm_text stop_of(tdm_arena *arena, const tdm_journal_row *row)
{
    if (row->state == TDM_JOURNAL_RUNNING)
        return tdm_arena_printf(arena, "; a run that was broken off began statement %zu on %.*s",
                                row->position, TDM_TEXT_ARG(row->started));
    tdm_text rest = row->rest.size ? tdm_arena_printf(arena, " and left the invalid index %.*s",
                                                      TDM_TEXT_ARG(row->rest))
                                   : (tdm_text){0};
    return tdm_arena_printf(arena, "; statement %zu failed on %.*s (SQLSTATE %.*s)%.*s",
                            row->position, TDM_TEXT_ARG(row->started), TDM_TEXT_ARG(row->sqlstate),
                            TDM_TEXT_ARG(rest));
}

tdm_text tdm_parts_say(tdm_arena *arena, const tdm_parts *parts)
{
    if (parts->row_count == 0)
        return (tdm_text){0};
    tdm_text stop = parts->stopped ? stop_of(arena, parts->stopped) : (tdm_text){0};
    return tdm_arena_printf(arena, "%zu of %zu statements are done%.*s", parts->done,
                            parts->statement_count, TDM_TEXT_ARG(stop));
}
