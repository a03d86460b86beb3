// Deciding each pair: what the rows say, borne out or not by the target.
#include "mend/mender.h"

#include "base/error.h"
#include "base/text.h"

enum {
    ASKED_MOST = 200, // pending pairs that the target is asked about, one comparison each
};

static const tdm_pair_info *pair_of(const tdm_mender *m, size_t step)
{
    return &m->plan->plan.steps[step].pair;
}

static bool has_all(const tdm_mender *m, size_t step, bool revisions)
{
    const tdm_pair_info *pair = pair_of(m, step);
    return revisions ? m->steps[step].revisions == pair->revision_count
                     : m->steps[step].migrations == pair->migration_count;
}

static void keep_rows(tdm_mend_step *step, const tdm_pair_info *pair)
{
    step->records_revisions = pair->revision_count > 0 && step->revisions == pair->revision_count;
    step->records_migrations =
        pair->migration_count > 0 && step->migrations == pair->migration_count;
}

bool tdm_mend_has_needs(const tdm_revision *revision, const tdm_revision_set *set)
{
    for (size_t i = 0; i < revision->needs.count; i++)
        if (!tdm_set_has(set, revision->needs.items[i]))
            return false;
    return true;
}

static const tdm_revision *revision_of(const tdm_mender *m, size_t step, size_t index)
{
    return tdm_project_chain_revision(m->project, m->plan->items[step].revisions[index]);
}

// What keeps the revisions of a step from being recorded, or nothing: a set of heads cannot say
// that a revision is applied and one below it is not.
static tdm_text bar_to(tdm_mender *m, size_t step)
{
    size_t count = pair_of(m, step)->revision_count;
    if (count && !tdm_mend_knows_heads(m))
        return TDM_TEXT("a row of alembic_version is not understood");
    for (size_t i = 0; i < count; i++) {
        const tdm_revision *revision = revision_of(m, step, i);
        if (tdm_mend_has_needs(revision, &m->applied)) {
            tdm_set_add(&m->applied, revision);
            continue;
        }
        for (size_t k = 0; k < i; k++)
            if (!m->steps[step].revision_recorded[k])
                tdm_set_remove(&m->applied, revision_of(m, step, k));
        return tdm_arena_printf(m->arena, "alembic_version would not have what %.*s needs",
                                TDM_TEXT_ARG(revision->id));
    }
    return (tdm_text){0};
}

static void record_both(tdm_mend_step *step, const tdm_pair_info *pair)
{
    step->records_revisions = pair->revision_count > 0;
    step->records_migrations = pair->migration_count > 0;
}

// What must not be recorded as done even though the target has it: the sides do not agree.
static tdm_text disagreement(const tdm_mender *m, size_t step)
{
    tdm_pair_facts facts = {0};
    switch (pair_of(m, step)->verdict) {
    case TDM_VERDICT_DIFFERENT:
    case TDM_VERDICT_OPAQUE:
        tdm_plan_facts_of(&m->facts, step, m->arena, &facts);
        return facts.finding.size ? facts.finding : TDM_TEXT("revision and migration do not agree");
    default:
        return (tdm_text){0};
    }
}

// --- Recorded -----------------------------------------------------------------------------------

// Rows by name alone count only when the target bears them out. Whether there are such rows.
static bool set_sure(tdm_mender *m, size_t step, bool sure)
{
    const tdm_pair_info *pair = pair_of(m, step);
    bool found = false;
    for (size_t i = 0; i < pair->migration_count; i++)
        for (size_t k = 0; k < m->matches.count; k++) {
            tdm_match *match = &m->matches.items[k];
            if (match->kind != TDM_MATCH_NAME || match->row != m->steps[step].migration_row[i])
                continue;
            match->sure = sure;
            found = true;
        }
    return found;
}

static bool bears_out(const tdm_mender *m, const tdm_sight *sight)
{
    if (sight->seen == TDM_SEEN_YES && !sight->unproven)
        return true;
    return m->options->adopt && (sight->seen == TDM_SEEN_YES || sight->seen == TDM_SEEN_UNKNOWN);
}

static void explain_not_there(tdm_mender *m, size_t step, const tdm_sight *sight)
{
    bool missing = sight->seen == TDM_SEEN_NO;
    tdm_cause_writer w =
        tdm_cause_begin(m, TDM_FINDING_NOT_THERE,
                        tdm_arena_printf(m->arena, "%.*s is recorded as applied, and %s",
                                         TDM_TEXT_ARG(tdm_mend_step_name(m, step)),
                                         missing ? "not all that it makes is in the target"
                                                 : "the target has it in another form"));
    tdm_cause_about(&w, step);
    tdm_cause_differences(&w, missing ? "not as recorded" : "other", sight->claimed,
                          sight->claimed_count);
    tdm_cause_end(&w, false,
                  TDM_TEXT("`tandem drift` shows all of it. When nothing of it ever ran, `tandem "
                           "repair VERSION --status reverted` takes the record back."));
}

static tdm_status check_recorded(tdm_mender *m, size_t step)
{
    tdm_sight sight;
    keep_rows(&m->steps[step], pair_of(m, step));
    if (!m->witness)
        return TDM_OK;
    if (tdm_witness_check(m->witness, step, &sight, m->err) != TDM_OK)
        return TDM_FAILED;
    set_sure(m, step, bears_out(m, &sight));
    if (sight.seen == TDM_SEEN_NO || sight.seen == TDM_SEEN_PARTLY)
        explain_not_there(m, step, &sight);
    return TDM_OK;
}

// --- In one history -----------------------------------------------------------------------------

static tdm_text ahead_message(const tdm_mender *m, size_t step, bool alembic)
{
    return tdm_arena_printf(m->arena, "only %s has %.*s",
                            alembic ? "alembic_version" : "schema_migrations",
                            TDM_TEXT_ARG(tdm_mend_step_name(m, step)));
}

static void put_history_evidence(tdm_cause_writer *w, bool alembic)
{
    tdm_cause_evidence(w, alembic ? TDM_TEXT("what `alembic upgrade` runs is not recorded for "
                                             "Supabase")
                                  : TDM_TEXT("what Supabase applies is not recorded for "
                                             "Alembic"));
}

// Residue of the side that did not run: it must be there, or be run; it is never recorded as done.
static tdm_status find_residue(tdm_mender *m, size_t step, bool alembic, tdm_text *ret)
{
    tdm_pair_facts facts = {0};
    tdm_sight sight;
    tdm_ran before = m->ran[step];
    *ret = (tdm_text){0};
    tdm_plan_facts_of(&m->facts, step, m->arena, &facts);
    tdm_text says = alembic ? facts.only_migration.says : facts.only_revision.says;
    if (says.size == 0)
        return TDM_OK;
    m->ran[step] = TDM_RAN_NOTHING;
    tdm_witness_forget(m->witness);
    tdm_status status = tdm_witness_ask(
        m->witness, step, alembic ? TDM_RAN_MIGRATIONS : TDM_RAN_REVISIONS, &sight, m->err);
    m->ran[step] = before;
    tdm_witness_forget(m->witness);
    if (status == TDM_OK && !(sight.seen == TDM_SEEN_YES && !sight.unproven))
        *ret = says;
    return status;
}

static tdm_status decide_ahead(tdm_mender *m, size_t step, bool alembic)
{
    tdm_mend_step *s = &m->steps[step];
    tdm_sight sight;
    tdm_text against = disagreement(m, step);
    tdm_text residue;
    if (tdm_witness_check(m->witness, step, &sight, m->err) != TDM_OK)
        return TDM_FAILED;
    keep_rows(s, pair_of(m, step));
    set_sure(m, step, bears_out(m, &sight));
    if (sight.seen == TDM_SEEN_NO || sight.seen == TDM_SEEN_PARTLY) {
        explain_not_there(m, step, &sight);
        return TDM_OK;
    }
    if (find_residue(m, step, alembic, &residue) != TDM_OK)
        return TDM_FAILED;
    bool proven = sight.seen == TDM_SEEN_YES && !sight.unproven;
    bool mended = bears_out(m, &sight) && against.size == 0 && residue.size == 0;
    tdm_text bar = mended && !alembic ? bar_to(m, step) : (tdm_text){0};
    mended = mended && bar.size == 0;
    tdm_cause_writer w =
        tdm_cause_begin(m, TDM_FINDING_ONE_HISTORY, ahead_message(m, step, alembic));
    tdm_cause_about(&w, step);
    put_history_evidence(&w, alembic);
    if (proven)
        tdm_cause_evidence(&w, TDM_TEXT("the target has all that it makes"));
    else
        tdm_cause_evidence(&w, tdm_arena_printf(m->arena, "not proven by the target: %.*s",
                                                TDM_TEXT_ARG(sight.reason)));
    tdm_text hint = {0};
    if (against.size)
        hint = tdm_arena_printf(m->arena, "Not recorded: %.*s.", TDM_TEXT_ARG(against));
    else if (residue.size)
        hint = tdm_arena_printf(m->arena, "Not recorded: %.*s did not run; run it first.",
                                TDM_TEXT_ARG(residue));
    else if (bar.size)
        hint = tdm_arena_printf(m->arena, "Not recorded: %.*s.", TDM_TEXT_ARG(bar));
    else if (!mended)
        hint = TDM_TEXT("`tandem repair --adopt` believes the history that has it.");
    if (mended)
        record_both(s, pair_of(m, step));
    tdm_cause_end(&w, mended, hint);
    return TDM_OK;
}

// --- A part of a group --------------------------------------------------------------------------

static tdm_status decide_part(tdm_mender *m, size_t step)
{
    const tdm_mend_step *s = &m->steps[step];
    const tdm_pair_info *pair = pair_of(m, step);
    keep_rows(&m->steps[step], pair);
    tdm_cause_writer w =
        tdm_cause_begin(m, TDM_FINDING_GROUP_PARTLY,
                        tdm_arena_printf(m->arena, "of %.*s a part is recorded",
                                         TDM_TEXT_ARG(tdm_mend_step_name(m, step))));
    tdm_cause_about(&w, step);
    tdm_cause_evidence(&w, tdm_arena_printf(m->arena, "%zu of %zu migrations, %zu of %zu revisions",
                                            s->migrations, pair->migration_count, s->revisions,
                                            pair->revision_count));
    for (size_t i = 0; i < pair->migration_count; i++)
        if (s->migration_row[i] == SIZE_MAX)
            tdm_cause_evidence(&w, tdm_arena_printf(m->arena, "not recorded: %.*s_%.*s",
                                                    TDM_TEXT_ARG(pair->migrations[i].version),
                                                    TDM_TEXT_ARG(pair->migrations[i].name)));
    tdm_cause_end(&w, false, TDM_TEXT("`tandem push` runs what is missing of it."));
    return TDM_OK;
}

// --- In no history ------------------------------------------------------------------------------

static tdm_status ask(tdm_mender *m, size_t step, tdm_ran *ret_how, tdm_sight *ret)
{
    const tdm_pair_info *pair = pair_of(m, step);
    tdm_sight other;
    *ret_how = pair->migration_count ? TDM_RAN_MIGRATIONS : TDM_RAN_REVISIONS;
    if (tdm_witness_ask(m->witness, step, *ret_how, ret, m->err) != TDM_OK)
        return TDM_FAILED;
    if (ret->seen != TDM_SEEN_PARTLY || pair->migration_count == 0 || pair->revision_count == 0)
        return TDM_OK;
    // Of the migration a part is there: perhaps all that the revision does.
    if (tdm_witness_ask(m->witness, step, TDM_RAN_REVISIONS, &other, m->err) != TDM_OK)
        return TDM_FAILED;
    if (other.seen == TDM_SEEN_YES) {
        other.claimed = ret->claimed;
        other.claimed_count = ret->claimed_count;
        *ret = other;
        *ret_how = TDM_RAN_REVISIONS;
    }
    return TDM_OK;
}

static void explain_partly(tdm_mender *m, size_t step, const tdm_sight *sight)
{
    tdm_cause_writer w =
        tdm_cause_begin(m, TDM_FINDING_PARTLY_THERE,
                        tdm_arena_printf(m->arena, "a part of %.*s is in the target already",
                                         TDM_TEXT_ARG(tdm_mend_step_name(m, step))));
    tdm_cause_about(&w, step);
    tdm_cause_differences(&w, "there", sight->explained, sight->explained_count);
    tdm_cause_differences(&w, "not there", sight->claimed, sight->claimed_count);
    tdm_cause_end(&w, false,
                  TDM_TEXT("Running it would fail on what is there. Run what is missing by hand, "
                           "or take away what is there; then it is either recorded or pushed."));
}

static void explain_there(tdm_mender *m, size_t step, tdm_ran how, const tdm_sight *sight)
{
    const tdm_pair_info *pair = pair_of(m, step);
    tdm_text against = disagreement(m, step);
    bool whole = how == TDM_RAN_MIGRATIONS || sight->claimed_count == 0;
    bool mended = (!sight->unproven || m->options->adopt) && against.size == 0 && whole;
    tdm_text bar = mended ? bar_to(m, step) : (tdm_text){0};
    mended = mended && bar.size == 0;
    tdm_cause_writer w =
        tdm_cause_begin(m, TDM_FINDING_ALREADY_THERE,
                        tdm_arena_printf(m->arena, "%.*s is in the target, and no history says so",
                                         TDM_TEXT_ARG(tdm_mend_step_name(m, step))));
    tdm_cause_about(&w, step);
    tdm_cause_differences(&w, "there", sight->explained, sight->explained_count);
    if (sight->unproven)
        tdm_cause_evidence(&w, tdm_arena_printf(m->arena, "not proven by the target: %.*s",
                                                TDM_TEXT_ARG(sight->reason)));
    if (!whole)
        tdm_cause_differences(&w, "not there, and only the migration makes it", sight->claimed,
                              sight->claimed_count);
    tdm_cause_evidence(&w, TDM_TEXT("what runs in an SQL editor or by psql is not recorded"));
    tdm_text hint = {0};
    if (against.size)
        hint = tdm_arena_printf(m->arena, "Not recorded: %.*s.", TDM_TEXT_ARG(against));
    else if (!whole)
        hint = TDM_TEXT("Run what is not there by hand; then it can be recorded.");
    else if (bar.size)
        hint = tdm_arena_printf(m->arena, "Not recorded: %.*s.", TDM_TEXT_ARG(bar));
    else if (!mended)
        hint = TDM_TEXT("`tandem repair --adopt` records it all the same.");
    if (mended)
        record_both(&m->steps[step], pair);
    tdm_cause_end(&w, mended, hint);
}

// A migration that is older than one that ran: Supabase refuses to go back without being told.
static void explain_late(tdm_mender *m, size_t step, tdm_text newest)
{
    const tdm_pair_info *pair = pair_of(m, step);
    if (pair->migration_count == 0 || newest.size == 0 ||
        tdm_text_compare(pair->migrations[0].version, newest) > 0)
        return;
    tdm_cause_writer w = tdm_cause_begin(
        m, TDM_FINDING_LATE,
        tdm_arena_printf(m->arena, "%.*s is pending, and %.*s was applied before it",
                         TDM_TEXT_ARG(tdm_mend_step_name(m, step)), TDM_TEXT_ARG(newest)));
    tdm_cause_about(&w, step);
    tdm_cause_evidence(&w, TDM_TEXT("nothing of it is in the target"));
    tdm_cause_end(&w, false,
                  TDM_TEXT("`tandem push` runs it all the same; `supabase db push` asks for "
                           "--include-all."));
}

static tdm_text newest_recorded(const tdm_mender *m)
{
    tdm_text newest = {0};
    for (size_t i = 0; i < m->plan->plan.step_count; i++)
        for (size_t k = 0; k < pair_of(m, i)->migration_count; k++) {
            tdm_text version = pair_of(m, i)->migrations[k].version;
            if (m->steps[i].migration_row[k] != SIZE_MAX && tdm_text_compare(version, newest) > 0)
                newest = version;
        }
    return newest;
}

static tdm_status decide_pending(tdm_mender *m, size_t step, size_t *asked, tdm_text newest)
{
    tdm_sight sight = {.seen = TDM_SEEN_NO};
    tdm_ran how = TDM_RAN_NOTHING;
    size_t left;
    if (tdm_witness_left_over(m->witness, &left, m->err) != TDM_OK)
        return TDM_FAILED;
    if (left > 0 && (*asked)++ < ASKED_MOST && ask(m, step, &how, &sight) != TDM_OK)
        return TDM_FAILED;
    if (sight.seen == TDM_SEEN_PARTLY) {
        explain_partly(m, step, &sight);
    } else if (sight.seen == TDM_SEEN_YES) {
        explain_there(m, step, how, &sight);
        m->ran[step] = how;
        tdm_witness_forget(m->witness);
    } else {
        explain_late(m, step, newest);
    }
    return TDM_OK;
}

// --- All ----------------------------------------------------------------------------------------

static tdm_status decide(tdm_mender *m, size_t step, size_t *asked, tdm_text newest)
{
    const tdm_pair_info *pair = pair_of(m, step);
    const tdm_mend_step *s = &m->steps[step];
    bool alembic = has_all(m, step, true);
    bool supabase = has_all(m, step, false);
    if (alembic && supabase)
        return check_recorded(m, step);
    if (s->revisions == 0 && s->migrations == 0)
        return decide_pending(m, step, asked, newest);
    if (alembic && pair->revision_count > 0)
        return decide_ahead(m, step, true);
    if (supabase && pair->migration_count > 0)
        return decide_ahead(m, step, false);
    return decide_part(m, step);
}

static bool in_doubt(tdm_mender *m)
{
    for (size_t i = 0; i < m->plan->plan.step_count; i++)
        if (!has_all(m, i, true) || !has_all(m, i, false) || set_sure(m, i, false))
            return true;
    return m->options->claimed_count > 0;
}

tdm_status tdm_explain_steps(tdm_mender *m)
{
    size_t asked = 0;
    tdm_text newest = newest_recorded(m);
    if (in_doubt(m) &&
        tdm_witness_open(m->session, m->plan, m->ran, m->arena, &m->witness, m->err) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < m->plan->plan.step_count; i++)
        if (decide(m, i, &asked, newest) != TDM_OK)
            return TDM_FAILED;
    return tdm_arena_ok(m->arena) ? TDM_OK : tdm_fail_memory(m->err);
}
