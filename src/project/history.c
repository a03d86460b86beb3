#include "project/history.h"

#include "alembic/version_table.h"
#include "base/error.h"
#include "base/text.h"
#include "project/answer.h"
#include "project/emission.h"
#include "project/state.h"
#include "replay/replay.h"

#include <stdlib.h>

enum {
    CHECKPOINT_EVERY = 16, // revisions
    EXTRA_FACTOR = 16,     // so often the chain may be replayed beyond the one walk
    EXTRA_LEAST = 64,
    WORLD_COUNT = 2,
};

typedef struct checkpoint {
    size_t done;
    tdm_catalog *catalog;
} checkpoint;

// Inside one function: what its emissions so far did. The second world holds ancestors alone.
typedef struct inside {
    tdm_arena *arena; // of the catalogs; NULL: nothing is prepared
    size_t index;
    bool downgrade;
    size_t count; // emissions replayed
    tdm_catalog *worlds[WORLD_COUNT];
    size_t world_count;
} inside;

struct tdm_history {
    tdm_project *project;
    tdm_schema_view view;
    tdm_map by_path; // revision file -> its state
    tdm_arena *arena;
    tdm_catalog *catalog; // after the revisions before `done`
    size_t done;
    TDM_VECTOR(checkpoint) checkpoints;
    inside inside;
    size_t extra; // revisions replayed beyond the walk
};

// --- Replaying ----------------------------------------------------------------------------------

static tdm_status apply(tdm_arena *arena, tdm_catalog *catalog, const tdm_statements *statements,
                        tdm_error *err)
{
    tdm_effect effect;
    tdm_effect_init(&effect, arena);
    for (size_t i = 0; i < statements->count; i++)
        if (tdm_catalog_apply(catalog, &statements->items[i], NULL, &effect, err) != TDM_OK)
            return TDM_FAILED;
    return TDM_OK;
}

static tdm_status apply_revision(tdm_history *h, tdm_arena *arena, tdm_catalog *catalog,
                                 size_t index, tdm_error *err)
{
    const tdm_statements *statements;
    if (tdm_project_revision_statements(h->project, index, &statements, err) != TDM_OK)
        return TDM_FAILED;
    return apply(arena, catalog, statements, err);
}

// Before the first revision runs, Alembic makes its own table.
static tdm_status make_version_table(tdm_history *h, tdm_arena *arena, tdm_catalog *catalog,
                                     tdm_error *err)
{
    tdm_version_table table = TDM_VERSION_TABLE;
    tdm_error unsaid = TDM_ERROR_INIT;
    tdm_buffer text = TDM_BUFFER_INIT(1 << 16);
    tdm_statements statements;
    if (tdm_project_version_table(h->project, &table, &unsaid) != TDM_OK)
        table = (tdm_version_table)TDM_VERSION_TABLE;
    tdm_version_table_create(&text, &table);
    tdm_text sql = tdm_buffer_take(&text, arena);
    if (tdm_sql_split_at(arena, TDM_NOWHERE, sql, &statements, err) != TDM_OK)
        return TDM_FAILED;
    return apply(arena, catalog, &statements, err);
}

static tdm_status new_catalog(tdm_history *h, tdm_arena *arena, tdm_catalog **ret, tdm_error *err)
{
    const tdm_chain *chain = h->project->chain;
    if (tdm_catalog_new(arena, true, ret, err) != TDM_OK ||
        make_version_table(h, arena, *ret, err) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < chain->problem_count; i++)
        if (tdm_problem_hides_revisions(chain->problems[i].kind))
            tdm_catalog_open(*ret, chain->problems[i].message, chain->problems[i].place);
    return TDM_OK;
}

static tdm_status keep_checkpoint(tdm_history *h, tdm_error *err)
{
    checkpoint point = {.done = h->done};
    if (h->done % CHECKPOINT_EVERY)
        return TDM_OK;
    if (tdm_catalog_clone(h->catalog, h->arena, &point.catalog, err) != TDM_OK)
        return TDM_FAILED;
    return tdm_vector_push(h->arena, &h->checkpoints, point) ? TDM_OK : tdm_fail_memory(err);
}

// Walks on until `count` revisions are replayed.
static tdm_status reach(tdm_history *h, size_t count, tdm_error *err)
{
    if (!h->catalog && new_catalog(h, h->arena, &h->catalog, err) != TDM_OK)
        return TDM_FAILED;
    for (; h->done < count; h->done++)
        if (keep_checkpoint(h, err) != TDM_OK ||
            apply_revision(h, h->arena, h->catalog, h->done, err) != TDM_OK)
            return TDM_FAILED;
    return TDM_OK;
}

static bool spend(tdm_history *h, size_t revisions)
{
    h->extra += revisions;
    return h->extra <= EXTRA_LEAST + EXTRA_FACTOR * h->project->revision_count;
}

// A copy of the catalog as it was after `count` revisions. NULL: that costs too much.
static tdm_status catalog_after(tdm_history *h, tdm_arena *arena, size_t count, tdm_catalog **ret,
                                tdm_error *err)
{
    *ret = NULL;
    if (reach(h, count, err) != TDM_OK)
        return TDM_FAILED;
    if (h->done == count)
        return tdm_catalog_clone(h->catalog, arena, ret, err);
    size_t at = h->checkpoints.count;
    while (at > 0 && h->checkpoints.items[at - 1].done > count)
        at--;
    const checkpoint *from = &h->checkpoints.items[at - 1]; // the first stands at 0
    if (!spend(h, count - from->done))
        return TDM_OK;
    if (tdm_catalog_clone(from->catalog, arena, ret, err) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = from->done; i < count; i++)
        if (apply_revision(h, arena, *ret, i, err) != TDM_OK)
            return TDM_FAILED;
    return TDM_OK;
}

// --- Branches -----------------------------------------------------------------------------------

// Without recursion: chains are long.
static size_t mark_ancestors(tdm_arena *arena, const tdm_revision *revision, bool *marks)
{
    TDM_VECTOR(const tdm_revision *) waiting = {0};
    size_t count = 0;
    bool room = tdm_vector_push(arena, &waiting, revision);
    while (room && waiting.count) {
        const tdm_revision *next = waiting.items[--waiting.count];
        for (size_t i = 0; i < next->needs.count; i++) {
            const tdm_revision *need = next->needs.items[i];
            if (marks[need->index])
                continue;
            marks[need->index] = true;
            count++;
            room = room && tdm_vector_push(arena, &waiting, need);
        }
    }
    return count;
}

// The catalog that the ancestors alone leave behind; with `own` also the revision itself. NULL: all
// revisions before it are ancestors, or it costs too much (`ret_dear`).
static tdm_status ancestors_alone(tdm_history *h, tdm_arena *arena, size_t index, bool own,
                                  tdm_catalog **ret, bool *ret_dear, tdm_error *err)
{
    const tdm_project *project = h->project;
    bool *marks = tdm_arena_array(arena, project->chain->revisions.count + 1, sizeof *marks);
    *ret = NULL;
    if (!marks)
        return tdm_fail_memory(err);
    size_t count = mark_ancestors(arena, project->revisions[index].revision, marks);
    if (count == index)
        return TDM_OK;
    *ret_dear = !spend(h, count);
    if (*ret_dear)
        return TDM_OK;
    if (new_catalog(h, arena, ret, err) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < index + (own ? 1 : 0); i++)
        if ((i == index || marks[project->revisions[i].revision->index]) &&
            apply_revision(h, arena, *ret, i, err) != TDM_OK)
            return TDM_FAILED;
    return TDM_OK;
}

// --- Inside a function --------------------------------------------------------------------------

static void leave(tdm_history *h)
{
    tdm_arena_free(h->inside.arena);
    h->inside = (inside){0};
}

static tdm_status enter(tdm_history *h, size_t index, bool downgrade, bool *ret_dear,
                        tdm_error *err)
{
    inside *in = &h->inside;
    size_t before = index + (downgrade ? 1 : 0);
    // What it rests on is rendered, and asks its own questions, before anything is prepared here.
    if (reach(h, before, err) != TDM_OK)
        return TDM_FAILED;
    if (in->arena && in->index == index && in->downgrade == downgrade)
        return TDM_OK;
    leave(h);
    *in = (inside){.arena = tdm_arena_new(0), .index = index, .downgrade = downgrade};
    if (!in->arena)
        return tdm_fail_memory(err);
    if (catalog_after(h, in->arena, before, &in->worlds[0], err) != TDM_OK)
        return TDM_FAILED;
    *ret_dear = !in->worlds[0];
    if (!*ret_dear &&
        ancestors_alone(h, in->arena, index, downgrade, &in->worlds[1], ret_dear, err) != TDM_OK)
        return TDM_FAILED;
    in->world_count = in->worlds[1] ? 2 : 1;
    if (*ret_dear)
        leave(h);
    return TDM_OK;
}

static tdm_schema_reply unknown(tdm_text why)
{
    return (tdm_schema_reply){.answer = TDM_ANSWER_UNKNOWN, .why = why};
}

static tdm_status ask_worlds(tdm_history *h, const tdm_schema_question *question, bool exists,
                             tdm_arena *arena, tdm_schema_reply *ret, tdm_error *err)
{
    for (size_t i = 0; i < h->inside.world_count; i++) {
        tdm_schema_reply reply;
        tdm_status status =
            exists ? tdm_catalog_exists(h->inside.worlds[i], question, arena, &reply, err)
                   : tdm_catalog_reply(h->inside.worlds[i], question, arena, &reply, err);
        if (status != TDM_OK)
            return TDM_FAILED;
        if (i == 0 || reply.answer == TDM_ANSWER_UNKNOWN)
            *ret = reply;
        else if (!tdm_schema_reply_equal(ret, &reply))
            *ret = unknown(TDM_TEXT("it depends on which branch runs first"));
        if (ret->answer == TDM_ANSWER_UNKNOWN)
            return TDM_OK;
    }
    return TDM_OK;
}

// A guard inside another one is asked only when that one lets it through.
static tdm_status decide(tdm_history *h, tdm_emission_guard *guard, tdm_error *err)
{
    tdm_schema_reply reply;
    if (guard->decided)
        return TDM_OK;
    if (guard->outer && decide(h, guard->outer, err) != TDM_OK)
        return TDM_FAILED;
    guard->decided = true;
    guard->sent = guard->outer ? guard->outer->sent : TDM_ANSWER_YES;
    guard->why = guard->outer ? guard->outer->why : (tdm_text){NULL, 0};
    if (guard->sent != TDM_ANSWER_YES)
        return TDM_OK;
    tdm_arena *arena = tdm_project_arena(h->project);
    if (ask_worlds(h, &guard->question, true, arena, &reply, err) != TDM_OK)
        return TDM_FAILED;
    guard->sent = reply.answer == TDM_ANSWER_UNKNOWN                      ? TDM_ANSWER_UNKNOWN
                  : (reply.answer == TDM_ANSWER_YES) == guard->when_there ? TDM_ANSWER_YES
                                                                          : TDM_ANSWER_NO;
    guard->why = reply.why;
    guard->asked = reply.asked;
    return TDM_OK;
}

static tdm_status go_on(tdm_history *h, const tdm_emission *emissions, size_t count, tdm_error *err)
{
    inside *in = &h->inside;
    for (; in->count < count; in->count++) {
        const tdm_emission *emission = &emissions[in->count];
        tdm_statement_list list = {0};
        if (emission->guard && decide(h, emission->guard, err) != TDM_OK)
            return TDM_FAILED;
        if (tdm_emission_statements(in->arena, emission, (uint32_t)in->count, &list, err) != TDM_OK)
            return TDM_FAILED;
        tdm_statements statements = {list.items, list.count};
        for (size_t i = 0; i < in->world_count; i++)
            if (apply(in->arena, in->worlds[i], &statements, err) != TDM_OK)
                return TDM_FAILED;
    }
    return TDM_OK;
}

// --- The view -----------------------------------------------------------------------------------

static tdm_status ask(tdm_history *h, const tdm_schema_moment *moment,
                      const tdm_schema_question *question, tdm_arena *arena, tdm_schema_reply *ret,
                      tdm_error *err)
{
    const tdm_revision_state *state = tdm_map_get(&h->by_path, tdm_text_of(moment->path));
    bool dear = false;
    if (!state || h->project->chain->cyclic) {
        *ret = unknown(TDM_TEXT("the revision has no place in the chain"));
        return TDM_OK;
    }
    if (enter(h, (size_t)(state - h->project->revisions), moment->downgrade, &dear, err) != TDM_OK)
        return TDM_FAILED;
    if (dear) {
        *ret = unknown(TDM_TEXT("there are too many branches to replay them all"));
        return TDM_OK;
    }
    if (go_on(h, moment->emissions, moment->count, err) != TDM_OK)
        return TDM_FAILED;
    return ask_worlds(h, question, false, arena, ret, err);
}

static tdm_schema_reply view_ask(void *context, const tdm_schema_moment *moment,
                                 const tdm_schema_question *question, tdm_arena *arena)
{
    tdm_history *h = context;
    tdm_schema_reply reply;
    tdm_error failed = TDM_ERROR_INIT;
    if (ask(h, moment, question, arena, &reply, &failed) == TDM_OK)
        return reply;
    leave(h);
    return unknown(tdm_arena_text(arena, tdm_text_of(failed.message)));
}

static void view_begin(void *context)
{
    leave(context);
}

tdm_status tdm_history_decide(tdm_history *history, size_t index, tdm_direction direction,
                              const tdm_script *script, tdm_error *err)
{
    bool dear = false, guarded = false;
    for (size_t i = 0; i < script->count; i++)
        guarded = guarded || (script->emissions[i].guard && !script->emissions[i].guard->decided);
    if (!guarded)
        return TDM_OK;
    leave(history);
    if (enter(history, index, direction == TDM_DOWNGRADE, &dear, err) != TDM_OK)
        return TDM_FAILED;
    tdm_status status = dear ? TDM_OK : go_on(history, script->emissions, script->count, err);
    leave(history);
    return status;
}

tdm_status tdm_history_new(tdm_project *project, tdm_history **ret,
                           const tdm_schema_view **ret_view, tdm_error *err)
{
    tdm_history *h = calloc(1, sizeof *h);
    if (!h || !(h->arena = tdm_arena_new(0))) {
        free(h);
        return tdm_fail_memory(err);
    }
    h->project = project;
    h->view = (tdm_schema_view){.context = h, .begin = view_begin, .ask = view_ask};
    tdm_map_init(&h->by_path, h->arena);
    *ret = h;
    *ret_view = &h->view;
    for (size_t i = 0; i < project->revision_count; i++)
        if (!tdm_map_put(&h->by_path, tdm_text_of(project->revisions[i].revision->path),
                         &project->revisions[i]))
            return tdm_fail_memory(err);
    return TDM_OK;
}

void tdm_history_free(tdm_history *history)
{
    if (!history)
        return;
    leave(history);
    tdm_arena_free(history->arena);
    free(history);
}
