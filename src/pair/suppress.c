#include "pair/suppress.h"

#include "base/error.h"
#include "base/map.h"
#include "base/nearest.h"
#include "base/text.h"
#include "pair/suppress_scan.h"

// Comments that count in one file: matching stays linear in what is found.
enum { MOST_IN_A_FILE = 200 };

typedef struct ignore_rule {
    const tdm_ignore_comment *comment;
    tdm_finding_kind kind;
    tdm_text reason;
    bool used;
    struct ignore_rule *next; // of the same file
} ignore_rule;

typedef struct ignore_rules {
    tdm_arena *arena;
    tdm_finding_list *findings;
    tdm_map of_file; // path -> the first rule
    TDM_VECTOR(ignore_rule *) all;
} ignore_rules;

static bool can_be_ignored(tdm_finding_kind kind)
{
    switch (kind) {
    case TDM_FINDING_UNREADABLE_REVISION:
    case TDM_FINDING_UNREADABLE_MIGRATION:
    case TDM_FINDING_FROZEN_CHANGED:
    case TDM_FINDING_FROZEN_GONE:
    case TDM_FINDING_FROZEN_RENAMED:
    case TDM_FINDING_REOPENED:
    case TDM_FINDING_IGNORES_NOTHING:
    case TDM_FINDING_BAD_IGNORE:
        return false;
    default: // all that is about what a file says
        return true;
    }
}

static bool kind_of_code(tdm_text code, tdm_finding_kind *ret)
{
    for (int i = 0; i < TDM_FINDING_COUNT; i++) {
        if (!tdm_text_is(code, tdm_finding_code((tdm_finding_kind)i)))
            continue;
        *ret = (tdm_finding_kind)i;
        return true;
    }
    return false;
}

// --- Reading the comments -----------------------------------------------------------------------

static void add_bad(ignore_rules *rules, const tdm_ignore_comment *comment, tdm_text message,
                    tdm_text hint)
{
    tdm_finding finding = tdm_finding_of(TDM_FINDING_BAD_IGNORE);
    finding.place = comment->place;
    finding.message = message;
    finding.hint = hint;
    tdm_finding_add(rules->findings, finding);
}

static void add_unknown_code(ignore_rules *rules, const tdm_ignore_comment *comment, tdm_text code)
{
    tdm_nearest nearest;
    tdm_text hint = TDM_TEXT("`tandem explain` lists all codes.");
    tdm_nearest_init(&nearest, code);
    for (int i = 0; i < TDM_FINDING_COUNT; i++)
        tdm_nearest_offer(&nearest, tdm_text_of(tdm_finding_code((tdm_finding_kind)i)));
    if (nearest.best.size)
        hint =
            tdm_arena_printf(rules->arena, "Did you mean %.*s? `tandem explain` lists all codes.",
                             TDM_TEXT_ARG(nearest.best));
    add_bad(rules, comment,
            code.size ? tdm_arena_printf(rules->arena, "no finding has the code '%.*s'",
                                         TDM_TEXT_ARG(tdm_text_slice(code, 0, 40)))
                      : TDM_TEXT("the comment names no code"),
            hint);
}

static bool read_rule(ignore_rules *rules, const tdm_ignore_comment *comment, ignore_rule *ret)
{
    size_t end = 0;
    while (end < comment->words.size && !tdm_is_space(comment->words.data[end]))
        end++;
    tdm_text code = tdm_text_slice(comment->words, 0, end);
    *ret = (ignore_rule){.comment = comment,
                         .reason = tdm_text_trim(tdm_text_from(comment->words, end))};
    if (!kind_of_code(code, &ret->kind)) {
        add_unknown_code(rules, comment, code);
        return false;
    }
    if (!can_be_ignored(ret->kind)) {
        add_bad(rules, comment,
                tdm_arena_printf(rules->arena, "%.*s cannot be suppressed by a comment",
                                 TDM_TEXT_ARG(code)),
                (tdm_text){0});
        return false;
    }
    if (!ret->reason.size) {
        add_bad(rules, comment, TDM_TEXT("the comment gives no reason"),
                TDM_TEXT("Write the reason behind the code, for whoever reads the file next."));
        return false;
    }
    return true;
}

static tdm_status read_file(ignore_rules *rules, const char *path, tdm_text source,
                            tdm_comment_language language, tdm_error *err)
{
    tdm_ignore_comments *comments = tdm_arena_new_of(rules->arena, tdm_ignore_comments);
    if (tdm_map_has(&rules->of_file, tdm_text_of(path)))
        return TDM_OK; // two folders of revisions can hold one file
    if (!comments || !tdm_ignore_scan(rules->arena, path, source, language, comments))
        return tdm_fail_memory(err);
    ignore_rule *first = NULL;
    for (size_t i = 0; i < comments->count; i++) {
        ignore_rule rule;
        if (i >= MOST_IN_A_FILE) {
            add_bad(rules, &comments->items[i],
                    tdm_arena_printf(rules->arena, "more than %d comments of this kind in one file",
                                     MOST_IN_A_FILE),
                    (tdm_text){0});
            break;
        }
        if (!read_rule(rules, &comments->items[i], &rule))
            continue;
        ignore_rule *kept = tdm_arena_new_of(rules->arena, ignore_rule);
        if (!kept || !tdm_vector_push(rules->arena, &rules->all, kept))
            return tdm_fail_memory(err);
        *kept = rule;
        kept->next = first;
        first = kept;
    }
    if (first && !tdm_map_put(&rules->of_file, tdm_text_of(path), first))
        return tdm_fail_memory(err);
    return TDM_OK;
}

// A file that Supabase passes over is no part of the folder; its text is read for this alone.
static tdm_status read_skipped(ignore_rules *rules, tdm_project *project, tdm_error *err)
{
    const tdm_folder *folder = tdm_project_folder(project);
    for (size_t i = 0; i < folder->skipped_count; i++) {
        const tdm_skipped_file *skipped = &folder->skipped[i];
        tdm_text source;
        if (!tdm_text_ends(skipped->file_name, TDM_TEXT(".sql")) ||
            tdm_tree_read(tdm_project_tree(project), skipped->path, rules->arena, &source, NULL) !=
                TDM_OK)
            continue; // then it holds no comment either
        if (read_file(rules, skipped->path, source, TDM_COMMENT_SQL, err) != TDM_OK)
            return TDM_FAILED;
    }
    return TDM_OK;
}

static tdm_status read_all(ignore_rules *rules, tdm_project *project, tdm_error *err)
{
    for (size_t i = 0; i < tdm_project_revision_count(project); i++) {
        const tdm_revision *revision = tdm_project_chain_revision(project, i);
        if (read_file(rules, revision->path, revision->source, TDM_COMMENT_PYTHON, err) != TDM_OK)
            return TDM_FAILED;
    }
    for (size_t i = 0; i < tdm_project_migration_count(project); i++) {
        const tdm_migration *migration = tdm_project_folder_migration(project, i);
        if (read_file(rules, migration->path, migration->source, TDM_COMMENT_SQL, err) != TDM_OK)
            return TDM_FAILED;
    }
    return read_skipped(rules, project, err);
}

// --- Applying them ------------------------------------------------------------------------------

static ignore_rule *rule_at(const ignore_rules *rules, tdm_finding_kind kind, tdm_place place)
{
    ignore_rule *rule = tdm_map_get(&rules->of_file, tdm_text_of(place.file));
    for (; rule; rule = rule->next) {
        const tdm_ignore_comment *comment = rule->comment;
        if (rule->kind != kind)
            continue;
        if (comment->whole_file ||
            (place.line && place.line >= comment->first_line && place.line <= comment->last_line))
            return rule;
    }
    return NULL;
}

// Either side of a finding may hold the comment.
static ignore_rule *rule_for(const ignore_rules *rules, const tdm_finding *finding)
{
    ignore_rule *rule = NULL;
    if (finding->place.file)
        rule = rule_at(rules, finding->kind, finding->place);
    if (!rule && finding->other_place.file)
        rule = rule_at(rules, finding->kind, finding->other_place);
    return rule;
}

static tdm_status apply(ignore_rules *rules, tdm_finding_list *ret, tdm_error *err)
{
    tdm_finding_list *findings = rules->findings;
    size_t kept = 0;
    for (size_t i = 0; i < findings->count; i++) {
        tdm_finding finding = findings->items[i];
        ignore_rule *rule = rule_for(rules, &finding);
        if (!rule) {
            findings->items[kept++] = finding;
            continue;
        }
        rule->used = true;
        finding.ignored = rule->reason;
        finding.ignored_at = rule->comment->place;
        tdm_finding_add(ret, finding);
    }
    findings->count = kept;
    return tdm_arena_ok(rules->arena) ? TDM_OK : tdm_fail_memory(err);
}

static void add_unused(ignore_rules *rules)
{
    for (size_t i = 0; i < rules->all.count; i++) {
        const ignore_rule *rule = rules->all.items[i];
        if (rule->used)
            continue;
        tdm_finding finding = tdm_finding_of(TDM_FINDING_IGNORES_NOTHING);
        finding.place = rule->comment->place;
        finding.message =
            tdm_arena_printf(rules->arena, "%s is not found here", tdm_finding_code(rule->kind));
        finding.hint = TDM_TEXT("Remove the comment.");
        tdm_finding_add(rules->findings, finding);
    }
}

tdm_status tdm_suppress(tdm_project *project, tdm_finding_list *findings, tdm_finding_list *ret,
                        tdm_error *err)
{
    ignore_rules rules = {.arena = findings->arena, .findings = findings};
    tdm_map_init(&rules.of_file, findings->arena);
    if (read_all(&rules, project, err) != TDM_OK || apply(&rules, ret, err) != TDM_OK)
        return TDM_FAILED;
    add_unused(&rules);
    return tdm_arena_ok(findings->arena) ? TDM_OK : tdm_fail_memory(err);
}
