// What is wrong between the two sides, in words that a person can act on.
#include "pair/findings.h"

#include "base/text.h"

typedef struct pair_findings {
    tdm_finding_list *list;
    tdm_project *project;
    const tdm_pairing *pairing;
} pair_findings;

static const tdm_revision *revision_at(const pair_findings *in, uint32_t index)
{
    return tdm_project_chain_revision(in->project, index);
}

static const tdm_migration *migration_at(const pair_findings *in, uint32_t index)
{
    return tdm_project_folder_migration(in->project, index);
}

// The finding with the revision and the migration that the pair is known by: the first of each.
static tdm_finding finding_of_pair(const pair_findings *in, tdm_finding_kind kind,
                                   const tdm_paired *pair)
{
    tdm_finding finding = tdm_finding_of(kind);
    if (pair->group.revision_count)
        finding.revision = revision_at(in, pair->group.revisions[0])->id;
    if (pair->group.migration_count)
        finding.version = migration_at(in, pair->group.migrations[0])->version;
    return finding;
}

// --- One side alone
// ---------------------------------------------------------------------------------

static tdm_text place_text(tdm_arena *arena, tdm_place place)
{
    if (!place.file)
        return TDM_TEXT("an unknown place");
    return tdm_arena_printf(arena, "%s:%u", place.file, place.line);
}

static void add_missing_migration(const pair_findings *in, const tdm_paired *pair)
{
    tdm_finding finding = finding_of_pair(in, TDM_FINDING_MISSING_MIGRATION, pair);
    tdm_arena *arena = in->list->arena;
    finding.place = revision_at(in, pair->group.revisions[0])->id_place;
    finding.message =
        tdm_arena_printf(arena, "revision %.*s has no migration", TDM_TEXT_ARG(finding.revision));
    if (pair->unknown)
        finding.hint = tdm_arena_printf(
            arena, "Write it by hand: what the revision does cannot be known at %.*s.",
            TDM_TEXT_ARG(place_text(arena, pair->unknown->statement.place)));
    else
        finding.hint = tdm_arena_printf(arena, "`tandem convert %.*s` writes it.",
                                        TDM_TEXT_ARG(finding.revision));
    tdm_finding_add(in->list, finding);
}

// A file that could stand alone but for one statement says which one.
static void add_missing_revision(const pair_findings *in, const tdm_paired *pair)
{
    tdm_finding finding = finding_of_pair(in, TDM_FINDING_MISSING_REVISION, pair);
    tdm_arena *arena = in->list->arena;
    finding.place = migration_at(in, pair->group.migrations[0])->place;
    finding.message =
        tdm_arena_printf(arena, "migration %.*s has no revision", TDM_TEXT_ARG(finding.version));
    if (pair->detail.size) {
        finding.place = pair->missing->place;
        finding.message =
            tdm_arena_printf(arena, "%.*s, and %.*s cannot stand on this side alone",
                             TDM_TEXT_ARG(finding.message), TDM_TEXT_ARG(pair->detail));
    }
    finding.hint = TDM_TEXT("Write the revision, or name an existing one in the file's header: "
                            "'-- tandem: revision <id>'.");
    tdm_finding_add(in->list, finding);
}

// A reason that is a sentence of its own needs no introduction.
static tdm_text opaque_sentence(tdm_arena *arena, tdm_text what, tdm_text reason)
{
    if (tdm_text_find(reason, TDM_TEXT("cannot be known")) != SIZE_MAX)
        return reason;
    return tdm_arena_printf(arena, "what %.*s does cannot be known: %.*s", TDM_TEXT_ARG(what),
                            TDM_TEXT_ARG(reason));
}

static void add_unknown(const pair_findings *in, const tdm_paired *pair)
{
    bool alembic = pair->group.revision_count > 0;
    tdm_finding finding =
        finding_of_pair(in, alembic ? TDM_FINDING_OPAQUE_REVISION : TDM_FINDING_OPAQUE_PAIR, pair);
    finding.place = pair->unknown->statement.place;
    tdm_text what = tdm_arena_printf(in->list->arena, "%s %.*s", alembic ? "revision" : "migration",
                                     TDM_TEXT_ARG(alembic ? finding.revision : finding.version));
    finding.message = opaque_sentence(in->list->arena, what, pair->unknown->reason);
    tdm_finding_add(in->list, finding);
}

static void add_alone(const pair_findings *in, const tdm_paired *pair)
{
    if (pair->verdict == TDM_VERDICT_MISSING && pair->group.revision_count)
        add_missing_migration(in, pair);
    else if (pair->verdict == TDM_VERDICT_MISSING)
        add_missing_revision(in, pair);
    bool unreadable =
        pair->group.migration_count && migration_at(in, pair->group.migrations[0])->problem.size;
    if (pair->unknown && !unreadable)
        add_unknown(in, pair);
}

// --- Differences
// ------------------------------------------------------------------------------------

// "documents.file_path: type"; "existence" and the like say no more than the sentence does.
static tdm_text subject_of(tdm_arena *arena, const tdm_difference *difference)
{
    if (difference->object.size == 0)
        return difference->attribute;
    if (difference->attribute.size == 0 || tdm_text_is(difference->attribute, "existence"))
        return difference->object;
    return tdm_arena_printf(arena, "%.*s: %.*s", TDM_TEXT_ARG(difference->object),
                            TDM_TEXT_ARG(difference->attribute));
}

// What fits into a sentence; anything longer is shown beside it.
static bool is_short(tdm_text text)
{
    enum { LONGEST = 60 };
    return text.size <= LONGEST && tdm_text_find_char(text, '\n') == SIZE_MAX;
}

static char next_visible(tdm_text text, size_t *at)
{
    while (*at < text.size && tdm_is_space(text.data[*at]))
        (*at)++;
    return *at < text.size ? text.data[(*at)++] : '\0';
}

static bool same_but_for_space(tdm_text a, tdm_text b)
{
    size_t a_at = 0;
    size_t b_at = 0;
    char c;
    do {
        c = next_visible(a, &a_at);
        if (c != next_visible(b, &b_at))
            return false;
    } while (c);
    return true;
}

static tdm_text difference_message(tdm_arena *arena, const tdm_difference *difference)
{
    tdm_text subject = subject_of(arena, difference);
    bool both = difference->left.size && difference->right.size;
    if (both && is_short(difference->left) && is_short(difference->right))
        return tdm_arena_printf(arena, "%.*s %.*s in the revision, %.*s in the migration",
                                TDM_TEXT_ARG(subject), TDM_TEXT_ARG(difference->left),
                                TDM_TEXT_ARG(difference->right));
    if (both)
        return tdm_arena_printf(arena, "%.*s differs", TDM_TEXT_ARG(subject));
    bool left = difference->left.size || (!difference->right.size && difference->left_place.file);
    return tdm_arena_printf(arena, "%.*s: only in the %s", TDM_TEXT_ARG(subject),
                            left ? "revision" : "migration");
}

static tdm_text opaque_message(tdm_arena *arena, const tdm_difference *difference)
{
    tdm_text subject = subject_of(arena, difference);
    bool both = difference->left.size && difference->right.size;
    bool texts = tdm_text_is(difference->attribute, "definition") ||
                 tdm_text_is(difference->attribute, "data");
    if (tdm_text_is(difference->attribute, "effect"))
        return opaque_sentence(arena, difference->object, difference->reason);
    if (both && texts && same_but_for_space(difference->left, difference->right))
        return tdm_arena_printf(arena,
                                "%.*s: both differ in white space alone, and whether that matters "
                                "cannot be known",
                                TDM_TEXT_ARG(subject));
    if (both && is_short(difference->left) && is_short(difference->right) &&
        !tdm_text_equal(difference->left, difference->right))
        return tdm_arena_printf(arena,
                                "%.*s: whether %.*s in the revision and %.*s in the migration are "
                                "the same cannot be known: %.*s",
                                TDM_TEXT_ARG(subject), TDM_TEXT_ARG(difference->left),
                                TDM_TEXT_ARG(difference->right), TDM_TEXT_ARG(difference->reason));
    bool sentence = tdm_text_find(difference->reason, TDM_TEXT("cannot be known")) != SIZE_MAX;
    return tdm_arena_printf(arena, "%.*s: %s%.*s", TDM_TEXT_ARG(subject),
                            sentence ? "" : "whether both sides agree cannot be known: ",
                            TDM_TEXT_ARG(difference->reason));
}

// The migration's place comes first: SQL has the line of the very words, where a revision has that
// of the call that makes them.
static void add_difference(const pair_findings *in, const tdm_paired *pair,
                           const tdm_difference *difference)
{
    bool opaque = difference->reason.size > 0;
    tdm_finding finding =
        finding_of_pair(in, opaque ? TDM_FINDING_OPAQUE_PAIR : TDM_FINDING_DIFFERENT, pair);
    bool in_sql = difference->right_place.file != NULL;
    finding.place = in_sql ? difference->right_place : difference->left_place;
    finding.other_place = in_sql ? difference->left_place : difference->right_place;
    finding.says = in_sql ? difference->right : difference->left;
    finding.other_says = in_sql ? difference->left : difference->right;
    finding.message = opaque ? opaque_message(in->list->arena, difference)
                             : difference_message(in->list->arena, difference);
    if (!finding.place.file)
        finding.place = migration_at(in, pair->group.migrations[0])->place;
    tdm_finding_add(in->list, finding);
}

// --- Residue
// ----------------------------------------------------------------------------------------

static void add_residue(const pair_findings *in, const tdm_paired *pair, tdm_pair_side side)
{
    size_t counts[TDM_RESIDUE_CLASS_COUNT] = {0};
    const tdm_residue *first = NULL;
    for (size_t i = 0; i < pair->residue_count; i++) {
        const tdm_residue *residue = &pair->residues[i];
        if (residue->side != side || residue->residue == TDM_RESIDUE_BOOKKEEPING ||
            residue->residue == TDM_RESIDUE_SESSION || residue->residue == TDM_RESIDUE_TRANSACTION)
            continue;
        counts[residue->residue]++;
        first = first ? first : residue;
    }
    if (!first)
        return;
    tdm_finding finding = finding_of_pair(in, TDM_FINDING_RESIDUE, pair);
    finding.place = first->statement.place;
    finding.message = tdm_arena_printf(in->list->arena, "only the %s does this: %.*s",
                                       side == TDM_SIDE_ALEMBIC ? "revision" : "migration",
                                       TDM_TEXT_ARG(tdm_residue_counts(in->list->arena, counts)));
    tdm_finding_add(in->list, finding);
}

static void add_bookkeeping(const pair_findings *in, const tdm_paired *pair)
{
    for (size_t i = 0; i < pair->residue_count; i++) {
        if (pair->residues[i].residue != TDM_RESIDUE_BOOKKEEPING)
            continue;
        tdm_finding finding = finding_of_pair(in, TDM_FINDING_BOOKKEEPING, pair);
        finding.place = pair->residues[i].statement.place;
        finding.message =
            tdm_arena_printf(in->list->arena, "%s writes %.*s", pair->residues[i].command,
                             TDM_TEXT_ARG(pair->residues[i].object));
        finding.hint = TDM_TEXT("Leave it out: push writes both histories with every migration.");
        tdm_finding_add(in->list, finding);
    }
}

// --- Steps that migrations take themselves
// --------------------------------------------------------

static bool needs_exactly(const tdm_revision *revision, const tdm_version_step *step)
{
    size_t found = 0;
    for (size_t i = 0; i < revision->needs.count; i++)
        for (size_t j = 0; j < step->need_count; j++)
            found += tdm_text_equal(revision->needs.items[i]->id, step->needs[j].id);
    return found == revision->needs.count && found == step->need_count;
}

// What is wrong with a step, or NULL. It belongs to the last revision of its group, and to the last
// migration.
static const char *fault_of_step(const pair_findings *in, const tdm_group *group, size_t migration,
                                 const tdm_version_step *step)
{
    const tdm_revision *last =
        group->revision_count ? revision_at(in, group->revisions[group->revision_count - 1]) : NULL;
    if (!last || !tdm_text_equal(last->id, step->revision))
        return "which is not its revision";
    if (!needs_exactly(last, step))
        return "after other revisions than the chain says";
    return migration + 1 == group->migration_count ? NULL : "before its last migration";
}

static void add_wrong_steps(const pair_findings *in, const tdm_paired *pair)
{
    const tdm_group *group = &pair->group;
    for (size_t i = 0; i < group->migration_count; i++) {
        tdm_finding finding = finding_of_pair(in, TDM_FINDING_WRONG_STEP, pair);
        const tdm_version_step *step =
            tdm_project_migration_record(in->project, group->migrations[i], &finding.place);
        const char *fault = step ? fault_of_step(in, group, i, step) : NULL;
        if (!fault)
            continue;
        finding.message = tdm_arena_printf(in->list->arena, "it records %.*s, %s",
                                           TDM_TEXT_ARG(step->revision), fault);
        finding.hint = TDM_TEXT("Write the migration again, as long as no database has run it.");
        tdm_finding_add(in->list, finding);
    }
}

// --- Links and order
// --------------------------------------------------------------------------------

static void add_fault(const pair_findings *in, const tdm_link_fault *fault)
{
    tdm_finding finding = tdm_finding_of(TDM_FINDING_AMBIGUOUS_LINK);
    finding.severity = fault->severity;
    finding.place = fault->place;
    finding.message = fault->message;
    finding.hint = fault->hint;
    if (fault->revision != TDM_LINK_NOBODY)
        finding.revision = revision_at(in, fault->revision)->id;
    if (fault->migration != TDM_LINK_NOBODY)
        finding.version = migration_at(in, fault->migration)->version;
    tdm_finding_add(in->list, finding);
}

static void add_misorder(const pair_findings *in, const tdm_misorder *misorder)
{
    tdm_finding finding = tdm_finding_of(TDM_FINDING_ORDER);
    const tdm_revision *child = revision_at(in, misorder->child);
    const tdm_revision *parent = revision_at(in, misorder->parent);
    const tdm_migration *child_migration = migration_at(in, misorder->child_migration);
    const tdm_migration *parent_migration = migration_at(in, misorder->parent_migration);
    finding.place = child_migration->place;
    finding.other_place = parent_migration->place;
    finding.revision = child->id;
    finding.version = child_migration->version;
    finding.message = tdm_arena_printf(
        in->list->arena, "revision %.*s comes after %.*s, but its migration %.*s comes before %.*s",
        TDM_TEXT_ARG(child->id), TDM_TEXT_ARG(parent->id), TDM_TEXT_ARG(child_migration->version),
        TDM_TEXT_ARG(parent_migration->version));
    finding.hint = TDM_TEXT("Give the migration a later version, as long as it was never pushed.");
    tdm_finding_add(in->list, finding);
}

static void add_pair(const pair_findings *in, const tdm_paired *pair)
{
    if (pair->verdict == TDM_VERDICT_ACKNOWLEDGED)
        return;
    if (!pair->group.revision_count || !pair->group.migration_count)
        add_alone(in, pair);
    for (size_t i = 0; i < pair->difference_count; i++)
        add_difference(in, pair, &pair->differences[i]);
    if (pair->verdict != TDM_VERDICT_MISSING) {
        add_residue(in, pair, TDM_SIDE_ALEMBIC);
        add_residue(in, pair, TDM_SIDE_SUPABASE);
    }
    add_bookkeeping(in, pair);
    add_wrong_steps(in, pair);
}

void tdm_findings_of_pairing(tdm_finding_list *list, tdm_project *project,
                             const tdm_pairing *pairing)
{
    pair_findings in = {list, project, pairing};
    for (size_t i = 0; i < pairing->fault_count; i++)
        add_fault(&in, &pairing->faults[i]);
    for (size_t i = 0; i < pairing->misorder_count; i++)
        add_misorder(&in, &pairing->misorders[i]);
    for (size_t i = 0; i < pairing->pair_count; i++)
        add_pair(&in, &pairing->pairs[i]);
}
