// What is wrong with the chain or with the folder, whatever the other side says.
#include "pair/findings.h"

#include "base/error.h"
#include "base/text.h"
#include "sql/classify.h"

// --- The chain
// --------------------------------------------------------------------------------------

static tdm_finding_kind kind_of_problem(tdm_problem_kind kind)
{
    switch (kind) {
    case TDM_PROBLEM_UNREADABLE:
        return TDM_FINDING_UNREADABLE_REVISION;
    case TDM_PROBLEM_LOADED_TWICE:
    case TDM_PROBLEM_DUPLICATE:
        return TDM_FINDING_DUPLICATE_REVISION;
    case TDM_PROBLEM_LABEL_TAKEN:
        return TDM_FINDING_LABEL_TAKEN;
    case TDM_PROBLEM_MISSING_PARENT:
    case TDM_PROBLEM_MISSING_DEPENDENCY:
        return TDM_FINDING_MISSING_PARENT;
    case TDM_PROBLEM_SELF_LOOP:
    case TDM_PROBLEM_CYCLE:
    case TDM_PROBLEM_DEPENDENCY_CYCLE:
        return TDM_FINDING_CYCLE;
    }
    return TDM_FINDING_UNREADABLE_REVISION;
}

static tdm_text hint_of_problem(tdm_problem_kind kind)
{
    switch (kind) {
    case TDM_PROBLEM_MISSING_PARENT:
    case TDM_PROBLEM_MISSING_DEPENDENCY:
        return TDM_TEXT("Add the missing file, or name a revision that is present.");
    case TDM_PROBLEM_DUPLICATE:
        return TDM_TEXT("Give one of the two files an id of its own.");
    case TDM_PROBLEM_LOADED_TWICE:
        return TDM_TEXT("Name each folder once in version_locations.");
    case TDM_PROBLEM_LABEL_TAKEN:
        return TDM_TEXT("Give the branch a label that is neither an id nor another label.");
    case TDM_PROBLEM_SELF_LOOP:
    case TDM_PROBLEM_CYCLE:
    case TDM_PROBLEM_DEPENDENCY_CYCLE:
        return TDM_TEXT("Change down_revision or depends_on so that no revision needs itself.");
    case TDM_PROBLEM_UNREADABLE:
        break;
    }
    return (tdm_text){NULL, 0};
}

static void add_problem(tdm_finding_list *list, const tdm_problem *problem)
{
    tdm_finding finding = tdm_finding_of(kind_of_problem(problem->kind));
    if (problem->kind == TDM_PROBLEM_LOADED_TWICE)
        finding.severity = TDM_SEVERITY_WARNING; // so does Alembic
    finding.place = problem->place;
    finding.other_place = problem->other_place;
    finding.message = problem->message;
    finding.hint = hint_of_problem(problem->kind);
    if (problem->revision)
        finding.revision = problem->revision->id;
    tdm_finding_add(list, finding);
}

static tdm_text names_of(tdm_arena *arena, tdm_revision_list revisions)
{
    tdm_buffer names = TDM_BUFFER_INIT(1 << 20);
    for (size_t i = 0; i < revisions.count; i++) {
        tdm_buffer_puts(&names, i ? ", " : "");
        tdm_buffer_put(&names, revisions.items[i]->id);
    }
    tdm_text ret = names.failed ? TDM_TEXT("too many to name") : tdm_buffer_take(&names, arena);
    tdm_buffer_free(&names);
    return ret;
}

static void add_heads(tdm_finding_list *list, const tdm_chain *chain)
{
    if (chain->heads.count < 2)
        return;
    tdm_finding finding = tdm_finding_of(TDM_FINDING_SEVERAL_HEADS);
    const tdm_revision *last = chain->heads.items[chain->heads.count - 1];
    finding.place = last->id_place;
    finding.other_place = chain->heads.items[0]->id_place;
    finding.revision = last->id;
    finding.message =
        tdm_arena_printf(list->arena, "the chain has %zu heads: %.*s", chain->heads.count,
                         TDM_TEXT_ARG(names_of(list->arena, chain->heads)));
    finding.hint = TDM_TEXT("`alembic merge heads -m \"...\"` joins them.");
    tdm_finding_add(list, finding);
}

void tdm_findings_of_chain(tdm_finding_list *list, tdm_project *project)
{
    const tdm_chain *chain = tdm_project_chain(project);
    for (size_t i = 0; i < chain->problem_count; i++)
        add_problem(list, &chain->problems[i]);
    add_heads(list, chain);
}

// --- The folder
// -------------------------------------------------------------------------------------

static void add_skipped(tdm_finding_list *list, const tdm_skipped_file *skipped)
{
    tdm_finding finding = tdm_finding_of(TDM_FINDING_SKIPPED_FILE);
    // A README is no migration that went missing.
    if (!tdm_text_ends(skipped->file_name, TDM_TEXT(".sql")))
        finding.severity = TDM_SEVERITY_NOTE;
    finding.place = (tdm_place){skipped->path, 0, 0, 0, 0};
    finding.message = skipped->message;
    if (skipped->reason == TDM_SKIP_PATTERN)
        finding.hint = TDM_TEXT("Name a migration <version>_<name>.sql, with a version of fourteen "
                                "digits.");
    tdm_finding_add(list, finding);
}

static void add_version(tdm_finding_list *list, const tdm_folder *folder,
                        const tdm_migration *migration)
{
    if (migration->problem.size) {
        tdm_finding finding = tdm_finding_of(TDM_FINDING_UNREADABLE_MIGRATION);
        finding.place = migration->problem_place;
        finding.message = migration->problem;
        finding.version = migration->version;
        tdm_finding_add(list, finding);
    }
    if (migration->duplicate) {
        tdm_finding finding = tdm_finding_of(TDM_FINDING_DUPLICATE_VERSION);
        finding.place = migration->place;
        finding.other_place = tdm_folder_find(folder, migration->version)->place;
        finding.message = tdm_arena_printf(list->arena, "version %.*s is used by an earlier file",
                                           TDM_TEXT_ARG(migration->version));
        finding.hint = TDM_TEXT("Supabase records a version once: give this file a later one.");
        finding.version = migration->version;
        tdm_finding_add(list, finding);
    }
    if (migration->odd_version) {
        tdm_finding finding = tdm_finding_of(TDM_FINDING_ODD_VERSION);
        finding.place = migration->place;
        finding.message = tdm_arena_printf(list->arena, "version %.*s is not fourteen digits",
                                           TDM_TEXT_ARG(migration->version));
        finding.hint = TDM_TEXT("Versions are sorted as text: use YYYYMMDDHHMMSS throughout.");
        finding.version = migration->version;
        tdm_finding_add(list, finding);
    }
}

// Whether a statement can control transactions at all; saves a parse of all others.
static bool may_control(tdm_text sql)
{
    static const char *const words[] = {"begin", "start",   "commit",    "end",     "rollback",
                                        "abort", "release", "savepoint", "prepare", "do"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        tdm_text word = tdm_text_of(words[i]);
        if (tdm_text_equal_nocase(tdm_text_slice(sql, 0, word.size), word))
            return true;
    }
    return false;
}

static tdm_status controls(tdm_arena *arena, const tdm_statement *statement, tdm_sql_class *of,
                           bool *ret, tdm_error *err)
{
    tdm_sql_tree *tree = NULL;
    tdm_error cause = TDM_ERROR_INIT;
    *ret = false;
    if (statement->opaque || !may_control(statement->sql))
        return TDM_OK;
    if (tdm_sql_parse(statement, &tree, &cause) != TDM_OK)
        return cause.code == TDM_ERROR_MEMORY ? tdm_fail_memory(err) : TDM_OK;
    tdm_status status = tdm_sql_classify(arena, tree, of, err);
    *ret = status == TDM_OK && of->control == TDM_SQL_CONTROL_YES;
    tdm_sql_tree_free(tree);
    return status;
}

static tdm_text first_word(tdm_text sql)
{
    size_t end = 0;
    while (end < sql.size && tdm_is_alpha(sql.data[end]))
        end++;
    return tdm_text_slice(sql, 0, end);
}

// The first such statement of the file: the others belong to it.
static tdm_status add_control(tdm_finding_list *list, tdm_project *project, size_t index,
                              tdm_error *err)
{
    const tdm_statements *statements;
    if (tdm_project_migration_statements(project, index, &statements, err) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < statements->count; i++) {
        tdm_sql_class of;
        bool found;
        if (controls(list->arena, &statements->items[i], &of, &found, err) != TDM_OK)
            return TDM_FAILED;
        if (!found)
            continue;
        tdm_finding finding = tdm_finding_of(TDM_FINDING_TRANSACTION_CONTROL);
        finding.place = statements->items[i].place;
        finding.message =
            tdm_arena_printf(list->arena, "%.*s: the migration controls its own transaction",
                             TDM_TEXT_ARG(first_word(statements->items[i].sql)));
        finding.hint = TDM_TEXT("Leave it out: a migration runs in a transaction of its own.");
        finding.version = tdm_project_folder_migration(project, index)->version;
        tdm_finding_add(list, finding);
        return TDM_OK;
    }
    return TDM_OK;
}

tdm_status tdm_findings_of_folder(tdm_finding_list *list, tdm_project *project, tdm_error *err)
{
    const tdm_folder *folder = tdm_project_folder(project);
    for (size_t i = 0; i < folder->skipped_count; i++)
        add_skipped(list, &folder->skipped[i]);
    for (size_t i = 0; i < tdm_project_migration_count(project); i++) {
        add_version(list, folder, tdm_project_folder_migration(project, i));
        if (add_control(list, project, i, err) != TDM_OK)
            return TDM_FAILED;
    }
    return TDM_OK;
}
