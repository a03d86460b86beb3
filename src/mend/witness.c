#include "mend/witness.h"

#include "base/error.h"
#include "base/text.h"
#include "base/vector.h"
#include "db/live.h"
#include "plan/expected.h"

#include <string.h>

// One catalog compared with the target.
typedef struct view {
    tdm_arena *arena; // of what the comparison says
    tdm_differences differences;
    tdm_map keys; // "object, attribute, both sides" of each
} view;

// What replaying one step came across.
typedef struct traces {
    bool data;       // it writes rows
    bool schema;     // it changes the schema
    tdm_text opaque; // why a statement of it cannot be followed, or empty
} traces;

struct tdm_witness {
    const tdm_full_plan *plan;
    const tdm_ran *ran;
    tdm_arena *arena;
    tdm_catalog *live;
    tdm_catalog *told; // what the steps that ran leave; NULL: to be made
    view now;          // of `told`
    traces *steps;     // of each step that ran
};

// --- Replaying ----------------------------------------------------------------------------------

static void note_change(traces *found, const tdm_change *change, tdm_arena *arena)
{
    switch (change->kind) {
    case TDM_CHANGE_DATA:
        found->data = true;
        break;
    case TDM_CHANGE_SESSION:
        break;
    case TDM_CHANGE_OPAQUE:
        if (found->opaque.size == 0)
            found->opaque = tdm_arena_printf(arena, "%.*s (%s:%u)", TDM_TEXT_ARG(change->reason),
                                             change->place.file ? change->place.file : "",
                                             (unsigned)change->place.line);
        break;
    default:
        found->schema = true;
        break;
    }
}

static tdm_status replay(tdm_catalog *catalog, const tdm_statements *statements, tdm_arena *arena,
                         traces *ret, tdm_error *err)
{
    tdm_effect effect;
    tdm_effect_init(&effect, arena);
    for (size_t i = 0; i < statements->count; i++)
        if (tdm_catalog_apply(catalog, &statements->items[i], NULL, &effect, err) != TDM_OK)
            return TDM_FAILED;
    for (size_t i = 0; i < effect.count; i++)
        note_change(ret, &effect.items[i], arena);
    return TDM_OK;
}

static tdm_status replay_migrations(const tdm_witness *w, size_t step, tdm_ran how,
                                    tdm_catalog *catalog, tdm_arena *arena, traces *ret,
                                    tdm_error *err)
{
    const tdm_statements *statements;
    for (size_t i = 0; i < w->plan->plan.steps[step].pair.migration_count; i++) {
        if (how == TDM_RAN_PART && !w->plan->items[step].migration_applied[i])
            continue;
        tdm_catalog_reset_session(catalog);
        if (tdm_project_migration_statements(w->plan->project, w->plan->items[step].migrations[i],
                                             &statements, err) != TDM_OK ||
            replay(catalog, statements, arena, ret, err) != TDM_OK)
            return TDM_FAILED;
    }
    return TDM_OK;
}

static tdm_status replay_revisions(const tdm_witness *w, size_t step, tdm_catalog *catalog,
                                   tdm_arena *arena, traces *ret, tdm_error *err)
{
    const tdm_statements *statements;
    for (size_t i = 0; i < w->plan->plan.steps[step].pair.revision_count; i++)
        if (tdm_project_revision_statements(w->plan->project, w->plan->items[step].revisions[i],
                                            &statements, err) != TDM_OK ||
            replay(catalog, statements, arena, ret, err) != TDM_OK)
            return TDM_FAILED;
    return TDM_OK;
}

static tdm_status replay_step(const tdm_witness *w, size_t step, tdm_ran how, tdm_catalog *catalog,
                              tdm_arena *arena, traces *ret, tdm_error *err)
{
    switch (how) {
    case TDM_RAN_NOTHING:
        return TDM_OK;
    case TDM_RAN_REVISIONS:
        return replay_revisions(w, step, catalog, arena, ret, err);
    case TDM_RAN_MIGRATIONS:
    case TDM_RAN_PART:
        return replay_migrations(w, step, how, catalog, arena, ret, err);
    }
    return TDM_OK;
}

// The steps that ran, and `step` among them when it is one; `found` has one entry for each step.
static tdm_status replay_all(const tdm_witness *w, size_t step, tdm_ran how, tdm_arena *arena,
                             traces *found, tdm_catalog **ret, tdm_error *err)
{
    if (tdm_catalog_new(arena, true, ret, err) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < w->plan->plan.step_count; i++) {
        found[i] = (traces){0};
        if (replay_step(w, i, i == step ? how : w->ran[i], *ret, arena, &found[i], err) != TDM_OK)
            return TDM_FAILED;
    }
    return TDM_OK;
}

// --- Comparing ----------------------------------------------------------------------------------

static tdm_text key_of(const tdm_difference *d, tdm_arena *arena)
{
    return tdm_arena_printf(arena, "%.*s\n%.*s\n%.*s\n%.*s", TDM_TEXT_ARG(d->object),
                            TDM_TEXT_ARG(d->attribute), TDM_TEXT_ARG(d->left),
                            TDM_TEXT_ARG(d->right));
}

// Catalogs are cut to what can be compared, so that each comparison has copies of both.
static tdm_status compare(const tdm_witness *w, const tdm_catalog *told, tdm_arena *arena,
                          view *ret, tdm_error *err)
{
    const tdm_live_options options = {0};
    tdm_catalog *left;
    tdm_catalog *right;
    tdm_comparison verdict;
    *ret = (view){.arena = arena};
    if (tdm_catalog_clone(told, arena, &left, err) != TDM_OK ||
        tdm_catalog_clone(w->live, arena, &right, err) != TDM_OK)
        return TDM_FAILED;
    tdm_live_keep_asked(left, &options);
    tdm_expected_set_aside(right, left, &w->plan->histories.table);
    tdm_live_drop_unread(left);
    if (tdm_catalog_compare(left, right, arena, &ret->differences, &verdict, err) != TDM_OK)
        return TDM_FAILED;
    tdm_map_init(&ret->keys, arena);
    for (size_t i = 0; i < ret->differences.count; i++)
        if (!tdm_map_put(&ret->keys, key_of(&ret->differences.items[i], arena),
                         &ret->differences.items[i]))
            return tdm_fail_memory(err);
    return TDM_OK;
}

static tdm_status look(tdm_witness *w, tdm_error *err)
{
    if (w->told)
        return TDM_OK;
    if (replay_all(w, SIZE_MAX, TDM_RAN_NOTHING, w->arena, w->steps, &w->told, err) != TDM_OK)
        return TDM_FAILED;
    return compare(w, w->told, w->arena, &w->now, err);
}

// --- Judging ------------------------------------------------------------------------------------

typedef struct hearing {
    tdm_witness *witness;
    tdm_sight sight;
    TDM_VECTOR(tdm_difference) explained;
    TDM_VECTOR(tdm_difference) claimed;
    tdm_text vague;    // why something of it cannot be compared, or empty
    tdm_text doubtful; // why what it explains may have come from elsewhere, or empty
} hearing;

static tdm_difference copy(const tdm_difference *d, tdm_arena *arena)
{
    tdm_difference made = *d;
    made.object = tdm_arena_text(arena, d->object);
    made.attribute = tdm_arena_text(arena, d->attribute);
    made.left = tdm_arena_text(arena, d->left);
    made.right = tdm_arena_text(arena, d->right);
    made.reason = tdm_arena_text(arena, d->reason);
    return made;
}

static void take_explained(hearing *h, const view *without, const view *with)
{
    tdm_arena *arena = h->witness->arena;
    for (size_t i = 0; i < without->differences.count; i++) {
        const tdm_difference *d = &without->differences.items[i];
        if (tdm_map_has(&with->keys, key_of(d, with->arena)))
            continue;
        (void)tdm_vector_push(arena, &h->explained, copy(d, arena));
        if (d->reason.size && h->doubtful.size == 0)
            h->doubtful = tdm_arena_text(arena, d->reason);
    }
}

static void note_vague(hearing *h, const tdm_difference *d)
{
    if (h->vague.size == 0)
        h->vague = tdm_arena_printf(h->witness->arena, "%.*s (%.*s): %.*s", TDM_TEXT_ARG(d->object),
                                    TDM_TEXT_ARG(d->attribute), TDM_TEXT_ARG(d->reason));
}

static void take_claimed(hearing *h, const view *without, const view *with)
{
    tdm_arena *arena = h->witness->arena;
    for (size_t i = 0; i < with->differences.count; i++) {
        const tdm_difference *d = &with->differences.items[i];
        if (tdm_map_has(&without->keys, key_of(d, with->arena)))
            continue;
        if (d->reason.size == 0)
            (void)tdm_vector_push(arena, &h->claimed, copy(d, arena));
        else
            note_vague(h, d);
    }
}

static void judge(hearing *h, const traces *found)
{
    tdm_sight *s = &h->sight;
    s->explained = h->explained.items;
    s->explained_count = h->explained.count;
    s->claimed = h->claimed.items;
    s->claimed_count = h->claimed.count;
    if (found->opaque.size) {
        s->seen = TDM_SEEN_UNKNOWN;
        s->reason = tdm_arena_text(h->witness->arena, found->opaque);
    } else if (s->explained_count && s->claimed_count) {
        s->seen = TDM_SEEN_PARTLY;
    } else if (s->claimed_count) {
        s->seen = TDM_SEEN_NO;
    } else if (s->explained_count) {
        s->seen = TDM_SEEN_YES;
        s->reason = h->vague.size      ? h->vague
                    : h->doubtful.size ? h->doubtful
                    : found->data      ? TDM_TEXT("rows that it writes cannot be told from others")
                                       : (tdm_text){0};
        s->unproven = s->reason.size > 0;
    } else {
        s->seen = TDM_SEEN_UNKNOWN;
        s->reason =
            h->vague.size   ? h->vague
            : found->data   ? TDM_TEXT("it only writes rows, which cannot be told from others")
            : found->schema ? TDM_TEXT("what it does leaves no trace in the schema as it is now")
                            : TDM_TEXT("it does nothing that could be seen");
    }
}

static bool ran_after(const tdm_witness *w, size_t step)
{
    for (size_t i = step + 1; i < w->plan->plan.step_count; i++)
        if (w->ran[i] != TDM_RAN_NOTHING)
            return true;
    return false;
}

static tdm_status hear(hearing *h, size_t step, tdm_ran how, tdm_arena *scratch, tdm_error *err)
{
    tdm_witness *w = h->witness;
    tdm_catalog *with;
    traces found = {0};
    view then;
    tdm_status status;
    if (ran_after(w, step)) {
        traces *all = tdm_arena_array(scratch, w->plan->plan.step_count, sizeof *all);
        status = all ? replay_all(w, step, how, scratch, all, &with, err) : tdm_fail_memory(err);
        found = all ? all[step] : found;
    } else {
        status = tdm_catalog_clone(w->told, scratch, &with, err);
        if (status == TDM_OK)
            status = replay_step(w, step, how, with, scratch, &found, err);
    }
    if (status != TDM_OK || compare(w, with, scratch, &then, err) != TDM_OK)
        return TDM_FAILED;
    take_explained(h, &w->now, &then);
    take_claimed(h, &w->now, &then);
    judge(h, &found);
    return tdm_arena_ok(w->arena) && tdm_arena_ok(scratch) ? TDM_OK : tdm_fail_memory(err);
}

// --- Questions ----------------------------------------------------------------------------------

tdm_status tdm_witness_open(tdm_session *session, const tdm_full_plan *plan, const tdm_ran *ran,
                            tdm_arena *arena, tdm_witness **ret, tdm_error *err)
{
    const tdm_live_options options = {0};
    tdm_witness *witness = tdm_arena_new_of(arena, tdm_witness);
    if (!witness)
        return tdm_fail_memory(err);
    *witness = (tdm_witness){
        .plan = plan,
        .ran = ran,
        .arena = arena,
        .steps = tdm_arena_array(arena, plan->plan.step_count, sizeof *witness->steps),
    };
    if (!witness->steps)
        return tdm_fail_memory(err);
    *ret = witness;
    return tdm_live_read(session, &options, arena, &witness->live, err);
}

tdm_status tdm_witness_ask(tdm_witness *witness, size_t step, tdm_ran how, tdm_sight *ret,
                           tdm_error *err)
{
    hearing h = {.witness = witness};
    tdm_arena *scratch;
    if (look(witness, err) != TDM_OK)
        return TDM_FAILED;
    scratch = tdm_arena_new(0);
    if (!scratch)
        return tdm_fail_memory(err);
    tdm_status status = hear(&h, step, how, scratch, err);
    tdm_arena_free(scratch);
    *ret = h.sight;
    return status;
}

void tdm_witness_forget(tdm_witness *witness)
{
    witness->told = NULL;
}

tdm_status tdm_witness_left_over(tdm_witness *witness, size_t *ret, tdm_error *err)
{
    *ret = 0;
    if (look(witness, err) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < witness->now.differences.count; i++)
        *ret += witness->now.differences.items[i].right.size > 0;
    return TDM_OK;
}

// --- Steps that ran -----------------------------------------------------------------------------

static bool stands_in(const tdm_witness *w, size_t step, const char *file)
{
    const tdm_pair_info *pair = &w->plan->plan.steps[step].pair;
    for (size_t i = 0; file && i < pair->revision_count; i++)
        if (pair->revisions[i].place.file && strcmp(pair->revisions[i].place.file, file) == 0)
            return true;
    for (size_t i = 0; file && i < pair->migration_count; i++)
        if (pair->migrations[i].place.file && strcmp(pair->migrations[i].place.file, file) == 0)
            return true;
    return false;
}

static void judge_ran(hearing *h, const traces *found, bool missing)
{
    tdm_sight *s = &h->sight;
    s->claimed = h->claimed.items;
    s->claimed_count = h->claimed.count;
    if (s->claimed_count) {
        s->seen = missing ? TDM_SEEN_NO : TDM_SEEN_PARTLY;
        return;
    }
    s->reason = found->opaque.size ? found->opaque
                : h->vague.size    ? h->vague
                : !found->schema && found->data
                    ? TDM_TEXT("it only writes rows, which cannot be told from others")
                : found->data ? TDM_TEXT("rows that it writes cannot be told from others")
                              : (tdm_text){0};
    s->unproven = s->reason.size > 0;
    s->seen = found->opaque.size || !found->schema ? TDM_SEEN_UNKNOWN : TDM_SEEN_YES;
    if (s->seen == TDM_SEEN_UNKNOWN && s->reason.size == 0)
        s->reason = TDM_TEXT("it does nothing that could be seen");
}

tdm_status tdm_witness_check(tdm_witness *witness, size_t step, tdm_sight *ret, tdm_error *err)
{
    hearing h = {.witness = witness};
    bool missing = false;
    if (look(witness, err) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < witness->now.differences.count; i++) {
        const tdm_difference *d = &witness->now.differences.items[i];
        if (!stands_in(witness, step, d->left_place.file))
            continue;
        if (d->reason.size) {
            note_vague(&h, d);
            continue;
        }
        missing = missing || (tdm_text_is(d->attribute, "existence") && d->right.size == 0);
        (void)tdm_vector_push(witness->arena, &h.claimed, *d);
    }
    judge_ran(&h, &witness->steps[step], missing);
    *ret = h.sight;
    return tdm_arena_ok(witness->arena) ? TDM_OK : tdm_fail_memory(err);
}

// --- Words --------------------------------------------------------------------------------------

tdm_text tdm_difference_print(tdm_arena *arena, const tdm_difference *d)
{
    if (tdm_text_is(d->attribute, "existence"))
        return tdm_arena_text(arena, d->object);
    if (d->left.size == 0)
        return tdm_arena_printf(arena, "%.*s has %.*s %.*s in the target", TDM_TEXT_ARG(d->object),
                                TDM_TEXT_ARG(d->attribute), TDM_TEXT_ARG(d->right));
    if (d->right.size == 0)
        return tdm_arena_printf(arena, "%.*s has no %.*s in the target, not %.*s",
                                TDM_TEXT_ARG(d->object), TDM_TEXT_ARG(d->attribute),
                                TDM_TEXT_ARG(d->left));
    return tdm_arena_printf(arena, "%.*s has %.*s %.*s in the target, not %.*s",
                            TDM_TEXT_ARG(d->object), TDM_TEXT_ARG(d->attribute),
                            TDM_TEXT_ARG(d->right), TDM_TEXT_ARG(d->left));
}
