#include "plan/review.h"

#include "base/error.h"
#include "base/text.h"

typedef struct reviewer {
    tdm_arena *arena;
    const tdm_statements *statements;
    const tdm_review_facts *facts;
    tdm_judged *items;
    tdm_review found;
} reviewer;

static void object(reviewer *r, size_t index, tdm_text problem)
{
    if (r->found.problem.size > 0)
        return;
    r->found.problem = problem;
    r->found.place = r->statements->items[index].place;
}

// --- Labels of an enum ---------------------------------------------------------------------------

// Whether a later statement has the label as a literal: it may use it then, which the server allows
// once the label is committed.
static bool is_used_later(const reviewer *r, size_t index)
{
    tdm_text literal =
        tdm_arena_printf(r->arena, "'%.*s'", TDM_TEXT_ARG(r->items[index].new_label));
    for (size_t i = index + 1; i < r->statements->count; i++)
        if (r->items[i].new_label.size == 0 &&
            tdm_text_find(r->statements->items[i].sql, literal) != SIZE_MAX)
            return true;
    return false;
}

// Labels of a type that is as new as they are can be used at once.
static bool is_made_here(const reviewer *r, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (r->items[i].made_type.size &&
            tdm_text_equal(r->items[i].made_type, r->items[index].of_type))
            return true;
    return false;
}

static void commit_labels(reviewer *r)
{
    for (size_t i = 0; i < r->statements->count; i++)
        if (r->items[i].new_label.size && r->items[i].runs == TDM_RUN_INSIDE &&
            !is_made_here(r, i) && is_used_later(r, i))
            r->items[i].runs = TDM_RUN_COMMITTED;
}

// --- What cannot be mixed ------------------------------------------------------------------------

static bool ends_transaction(const reviewer *r, size_t index)
{
    bool last = index + 1 == r->statements->count;
    return r->items[index].runs == TDM_RUN_OUTSIDE ||
           (r->items[index].runs == TDM_RUN_COMMITTED && !last);
}

static tdm_text name_of(const reviewer *r, size_t index)
{
    const char *command = r->items[index].effect.command;
    return tdm_text_of(command ? command : "ALTER TYPE ADD VALUE");
}

// A transaction ends at `end`, and with it what a statement before it has set up until then.
static void object_to_bound(reviewer *r, size_t bound, size_t end)
{
    object(r, bound,
           tdm_arena_printf(r->arena,
                            "%s ends with its transaction, which must end before %.*s in line %u: "
                            "what follows would run without it",
                            r->items[bound].bound, TDM_TEXT_ARG(name_of(r, end)),
                            (unsigned)r->statements->items[end].place.line));
}

static void object_to_kept(reviewer *r, size_t index)
{
    object(r, index,
           tdm_arena_printf(r->arena,
                            "%s lives in the session alone, and a migration with a statement "
                            "outside of transactions must be able to go on in another session",
                            r->items[index].keeps));
}

static void object_to_unnamed(reviewer *r, size_t index)
{
    object(r, index,
           TDM_TEXT("an index that is built concurrently needs a name: what a failure leaves "
                    "could not be found without one"));
}

static void object_to_setting(reviewer *r, size_t index)
{
    object(r, index,
           TDM_TEXT("over the API a setting does not reach a statement that runs outside of "
                    "transactions: write names with their schema"));
}

static void review_outside(reviewer *r, size_t index)
{
    const tdm_effect_name *effect = &r->items[index].effect;
    if (effect->object.size == 0 &&
        tdm_text_is(tdm_text_of(effect->command), "CREATE INDEX CONCURRENTLY"))
        object_to_unnamed(r, index);
    for (size_t i = 0; i < index && r->facts->no_session; i++)
        if (r->items[i].is_setting)
            object_to_setting(r, i);
}

static void review_mix(reviewer *r)
{
    size_t bound = SIZE_MAX;
    for (size_t i = 0; i < r->statements->count; i++) {
        if (r->items[i].keeps)
            object_to_kept(r, i);
        if (r->items[i].bound && bound == SIZE_MAX)
            bound = i;
        if (r->items[i].runs == TDM_RUN_OUTSIDE)
            review_outside(r, i);
        if (!ends_transaction(r, i))
            continue;
        if (bound != SIZE_MAX)
            object_to_bound(r, bound, i);
        bound = SIZE_MAX;
    }
}

// --- The whole -----------------------------------------------------------------------------------

static tdm_status judge_all(reviewer *r, tdm_error *err)
{
    for (size_t i = 0; i < r->statements->count; i++) {
        const tdm_statement *statement = &r->statements->items[i];
        tdm_judged *judged = &r->items[i];
        if (tdm_judge(r->arena, statement, r->facts->partitioned, judged, err) != TDM_OK)
            return TDM_FAILED;
        if (judged->problem.size)
            object(r, i, judged->problem);
        if (judged->unknown && !r->found.unknown) {
            r->found.unknown = true;
            r->found.unknown_place = statement->place;
        }
    }
    return TDM_OK;
}

tdm_status tdm_review_statements(tdm_arena *arena, const tdm_statements *statements,
                                 const tdm_review_facts *facts, tdm_review *ret, tdm_error *err)
{
    reviewer r = {.arena = arena, .statements = statements, .facts = facts};
    r.items = tdm_arena_array(arena, statements->count, sizeof *r.items);
    if (!r.items)
        return tdm_fail_memory(err);
    if (judge_all(&r, err) != TDM_OK)
        return TDM_FAILED;
    commit_labels(&r);
    for (size_t i = 0; i < statements->count; i++)
        r.found.divided = r.found.divided || ends_transaction(&r, i);
    if (r.found.divided)
        review_mix(&r);
    r.found.items = r.items;
    *ret = r.found;
    return tdm_arena_ok(arena) ? TDM_OK : tdm_fail_memory(err);
}
