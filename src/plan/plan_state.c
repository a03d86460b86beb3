#include "plan/plan_state.h"

#include "base/text.h"

typedef struct decision {
    tdm_arena *arena;
    const tdm_pair_facts *facts;
    tdm_pair_state state;
} decision;

static size_t count_true(const bool *values, size_t count)
{
    size_t found = 0;
    for (size_t i = 0; i < count; i++)
        found += values[i] ? 1 : 0;
    return found;
}

static void refuse(decision *d, tdm_text reason)
{
    d->state.action = TDM_ACTION_REFUSED;
    d->state.reason = reason;
}

// Where something stands, for a reason: "supabase/migrations/x.sql:7".
static tdm_text where(const decision *d, tdm_place place)
{
    if (!place.file)
        return TDM_TEXT("");
    return place.line ? tdm_arena_printf(d->arena, " (%s:%u)", place.file, (unsigned)place.line)
                      : tdm_arena_printf(d->arena, " (%s)", place.file);
}

// The finding of the check says most; without one the verdict speaks for itself.
static tdm_text why_not(const decision *d, const char *otherwise)
{
    return d->facts->finding.size ? d->facts->finding : tdm_text_of(otherwise);
}

// Whether the verdict lets the pair be run at all.
static bool may_run(decision *d)
{
    switch (d->facts->pair->verdict) {
    case TDM_VERDICT_IDENTICAL:
    case TDM_VERDICT_EQUIVALENT:
    case TDM_VERDICT_ACKNOWLEDGED:
    case TDM_VERDICT_ALONE:
        if (d->facts->finding.size)
            refuse(d, d->facts->finding);
        return d->facts->finding.size == 0;
    case TDM_VERDICT_DIFFERENT:
        refuse(d, why_not(d, "revision and migration differ"));
        return false;
    case TDM_VERDICT_OPAQUE:
        refuse(d, why_not(d, "whether revision and migration agree cannot be known"));
        return false;
    case TDM_VERDICT_MISSING:
        refuse(d, why_not(d, d->facts->pair->migration_count ? "the migration has no revision"
                                                             : "the revision has no migration"));
        return false;
    }
    return false;
}

// The migration's text runs, because it is what schema_migrations records. Where only the revision
// does more, its text runs instead; where each does something of its own, neither text is enough.
static void apply(decision *d)
{
    const tdm_pair_facts *facts = d->facts;
    if (!may_run(d))
        return;
    if (facts->only_revision.says.size && facts->only_migration.says.size) {
        refuse(d, tdm_arena_printf(d->arena,
                                   "only the revision does %.*s%.*s and only the migration does "
                                   "%.*s%.*s: neither can be run for both",
                                   TDM_TEXT_ARG(facts->only_revision.says),
                                   TDM_TEXT_ARG(where(d, facts->only_revision.place)),
                                   TDM_TEXT_ARG(facts->only_migration.says),
                                   TDM_TEXT_ARG(where(d, facts->only_migration.place))));
        return;
    }
    d->state.action = TDM_ACTION_APPLY;
    d->state.run_revision = facts->pair->migration_count == 0 || facts->only_revision.says.size > 0;
}

// Recording in one history what the other says was done. `rest` is what the side that did not run
// does besides, and would be recorded without ever having been run.
static void adopt_pair(decision *d, tdm_action action, const tdm_pair_rest *rest, bool adopt)
{
    const char *done =
        action == TDM_ACTION_ADOPT_SUPABASE ? "alembic_version" : "schema_migrations";
    const char *other =
        action == TDM_ACTION_ADOPT_SUPABASE ? "schema_migrations" : "alembic_version";
    if (!may_run(d))
        return;
    if (d->facts->pair->verdict == TDM_VERDICT_ACKNOWLEDGED) {
        refuse(d, tdm_arena_printf(d->arena,
                                   "only %s has it, and the sides of an acknowledged pair "
                                   "do not say the same: what was run is not known",
                                   done));
    } else if (rest->says.size) {
        refuse(d, tdm_arena_printf(d->arena, "only %s has it, so that %.*s%.*s has never been run",
                                   done, TDM_TEXT_ARG(rest->says),
                                   TDM_TEXT_ARG(where(d, rest->place))));
    } else if (!adopt) {
        refuse(d, tdm_arena_printf(
                      d->arena, "%s has it and %s does not: --adopt records it without running it",
                      done, other));
    } else {
        d->state.action = action;
    }
}

static tdm_text which(const decision *d, bool applied, bool revisions)
{
    const tdm_pair_info *pair = d->facts->pair;
    const bool *flags = revisions ? d->facts->revision_applied : d->facts->migration_applied;
    size_t count = revisions ? pair->revision_count : pair->migration_count;
    tdm_text list = {0};
    for (size_t i = 0; i < count; i++) {
        if (flags[i] != applied)
            continue;
        tdm_text key = revisions ? pair->revisions[i].id : pair->migrations[i].version;
        list = tdm_arena_printf(d->arena, "%.*s%s%.*s", TDM_TEXT_ARG(list), list.size ? ", " : "",
                                TDM_TEXT_ARG(key));
    }
    return list;
}

static bool is_prefix(const bool *flags, size_t count, size_t applied)
{
    return count_true(flags, applied) == applied && applied <= count;
}

static void decide_group(decision *d, size_t revisions, size_t migrations, bool adopt)
{
    const tdm_pair_info *pair = d->facts->pair;
    if (migrations == pair->migration_count) {
        adopt_pair(d, TDM_ACTION_ADOPT_ALEMBIC, &d->facts->only_revision, adopt);
    } else if (revisions == pair->revision_count) {
        adopt_pair(d, TDM_ACTION_ADOPT_SUPABASE, &d->facts->only_migration, adopt);
    } else if (revisions > 0) {
        refuse(d, tdm_arena_printf(
                      d->arena, "alembic_version has a part of the pair: %.*s, but not %.*s",
                      TDM_TEXT_ARG(which(d, true, true)), TDM_TEXT_ARG(which(d, false, true))));
    } else if (!is_prefix(d->facts->migration_applied, pair->migration_count, migrations)) {
        refuse(d, tdm_arena_printf(d->arena,
                                   "schema_migrations has a later part of the pair: %.*s, but not "
                                   "%.*s",
                                   TDM_TEXT_ARG(which(d, true, false)),
                                   TDM_TEXT_ARG(which(d, false, false))));
    } else {
        apply(d);
        if (d->state.action == TDM_ACTION_APPLY && d->state.run_revision && migrations > 0)
            refuse(d, tdm_arena_printf(d->arena,
                                       "schema_migrations has a part of the pair (%.*s), and only "
                                       "the revision does %.*s",
                                       TDM_TEXT_ARG(which(d, true, false)),
                                       TDM_TEXT_ARG(d->facts->only_revision.says)));
    }
}

bool tdm_pair_decide(tdm_arena *arena, const tdm_pair_facts *facts, bool adopt, tdm_text block,
                     tdm_pair_state *ret)
{
    decision d = {.arena = arena, .facts = facts};
    const tdm_pair_info *pair = facts->pair;
    size_t revisions = count_true(facts->revision_applied, pair->revision_count);
    size_t migrations = count_true(facts->migration_applied, pair->migration_count);
    bool all_revisions = revisions == pair->revision_count;
    bool all_migrations = migrations == pair->migration_count;
    d.state.in_alembic = pair->revision_count > 0 && all_revisions;
    d.state.in_supabase = pair->migration_count > 0 && all_migrations;
    d.state.partly = migrations > 0 && !all_migrations;
    if (all_revisions && all_migrations)
        d.state.action = TDM_ACTION_NONE;
    else if (block.size)
        refuse(&d, block);
    else if (pair->revision_count == 0 || pair->migration_count == 0 ||
             (revisions == 0 && migrations == 0))
        apply(&d);
    else
        decide_group(&d, revisions, migrations, adopt);
    *ret = d.state;
    return tdm_arena_ok(arena);
}
