// What is wrong with single rows: versions that no file has, statements that are not the file's any
// more, and rows of alembic_version that are no heads.
#include "mend/mender.h"

#include "base/error.h"
#include "base/text.h"
#include "sql/excerpt.h"
#include "supabase/stored.h"

#include <stdlib.h>
#include <string.h>

// --- Versions without file ----------------------------------------------------------------------

static tdm_text row_words(const tdm_mender *m, const tdm_migration_row *row)
{
    tdm_text name = row->name.size
                        ? tdm_arena_printf(m->arena, " \"%.*s\"", TDM_TEXT_ARG(row->name))
                        : (tdm_text){0};
    tdm_text by = row->by.size ? tdm_arena_printf(m->arena, ", made by %.*s", TDM_TEXT_ARG(row->by))
                               : (tdm_text){0};
    return tdm_arena_printf(m->arena, "schema_migrations has the row %.*s%.*s%.*s",
                            TDM_TEXT_ARG(row->version), TDM_TEXT_ARG(name), TDM_TEXT_ARG(by));
}

static void put_row(tdm_cause_writer *w, const tdm_match *match)
{
    const tdm_mender *m = w->mender;
    const tdm_migration_row *row = &m->rows.migrations[match->row];
    w->cause.finding.version = row->version;
    tdm_cause_evidence(w, row_words(m, row));
}

static void put_same(tdm_cause_writer *w, const tdm_match *match)
{
    const tdm_mender *m = w->mender;
    const tdm_migration *file = tdm_project_folder_migration(m->project, match->migration);
    w->cause.finding.place = file->place;
    tdm_cause_evidence(w, tdm_arena_printf(m->arena, "its statements are those of %s%s", file->path,
                                           match->same_name ? ", and so is its name" : ""));
}

static void explain_elsewhere(tdm_mender *m, const tdm_match *match)
{
    const tdm_migration_row *row = &m->rows.migrations[match->row];
    const tdm_migration *file = tdm_project_folder_migration(m->project, match->migration);
    tdm_cause_writer w = tdm_cause_begin(m, TDM_FINDING_ROW_ELSEWHERE,
                                         tdm_arena_printf(m->arena, "%.*s is recorded as %.*s",
                                                          TDM_TEXT_ARG(file->file_name),
                                                          TDM_TEXT_ARG(row->version)));
    put_row(&w, match);
    put_same(&w, match);
    tdm_cause_evidence(&w, TDM_TEXT("what applies SQL through an API stamps the server's clock as "
                                    "the version"));
    tdm_cause_end(&w, true, (tdm_text){0});
}

static void explain_by_name(tdm_mender *m, const tdm_match *match)
{
    const tdm_migration_row *row = &m->rows.migrations[match->row];
    const tdm_migration *file = tdm_project_folder_migration(m->project, match->migration);
    tdm_cause_writer w = tdm_cause_begin(
        m, TDM_FINDING_ROW_ELSEWHERE,
        tdm_arena_printf(m->arena, "%.*s seems to be recorded as %.*s",
                         TDM_TEXT_ARG(file->file_name), TDM_TEXT_ARG(row->version)));
    put_row(&w, match);
    w.cause.finding.place = file->place;
    tdm_cause_evidence(&w, TDM_TEXT("it was recorded without its statements; only the name says "
                                    "which file it is"));
    tdm_cause_evidence(&w, match->sure ? TDM_TEXT("the target has all that the file makes")
                                       : TDM_TEXT("the target does not prove that the file ran"));
    tdm_cause_end(&w, match->sure,
                  match->sure ? (tdm_text){0}
                              : TDM_TEXT("Ask who applied it; `tandem repair --adopt` believes the "
                                         "name."));
}

static void explain_twice(tdm_mender *m, const tdm_match *match)
{
    const tdm_migration_row *row = &m->rows.migrations[match->row];
    const tdm_migration *file = tdm_project_folder_migration(m->project, match->migration);
    tdm_cause_writer w = tdm_cause_begin(
        m, TDM_FINDING_ROW_TWICE,
        tdm_arena_printf(m->arena, "%.*s is recorded as %.*s, and once more as %.*s",
                         TDM_TEXT_ARG(file->file_name), TDM_TEXT_ARG(file->version),
                         TDM_TEXT_ARG(row->version)));
    put_row(&w, match);
    put_same(&w, match);
    tdm_cause_evidence(&w, TDM_TEXT("the file is recorded under its own version, too: nothing is "
                                    "lost with the other row"));
    tdm_cause_end(&w, true, (tdm_text){0});
}

static tdm_text hint_without_file(const tdm_mender *m, const tdm_match *match)
{
    const tdm_migration_row *row = &m->rows.migrations[match->row];
    if (row->statement_count == 0)
        return TDM_TEXT("Ask who applied it; what it did cannot be known from the row.");
    if (match->kind == TDM_MATCH_AMBIGUOUS)
        return TDM_TEXT("Give the row the name of the file that ran; `tandem repair` then knows "
                        "it.");
    if (match->kind == TDM_MATCH_OTHER)
        return tdm_arena_printf(m->arena,
                                "If it is another change, `tandem pull %.*s` writes its files from "
                                "what was recorded.",
                                TDM_TEXT_ARG(row->version));
    return TDM_TEXT("`tandem pull` writes its migration and its revision from what was recorded.");
}

// What is not one file's: nothing is offered that could lose the record of what ran.
static void explain_without_file(tdm_mender *m, const tdm_match *match)
{
    const tdm_migration_row *row = &m->rows.migrations[match->row];
    tdm_cause_writer w = tdm_cause_begin(
        m, TDM_FINDING_ROW_WITHOUT_FILE,
        tdm_arena_printf(m->arena, "version %.*s has no file", TDM_TEXT_ARG(row->version)));
    put_row(&w, match);
    switch (match->kind) {
    case TDM_MATCH_OTHER: {
        const tdm_migration *file = tdm_project_folder_migration(m->project, match->migration);
        tdm_cause_evidence(
            &w, tdm_arena_printf(m->arena, "%s has its name, and other statements", file->path));
        break;
    }
    case TDM_MATCH_AMBIGUOUS:
        tdm_cause_evidence(&w, TDM_TEXT("several files have its statements, and no name decides"));
        break;
    case TDM_MATCH_REVISION: {
        const tdm_revision *revision = tdm_project_chain_revision(m->project, match->migration);
        tdm_cause_evidence(&w, tdm_arena_printf(m->arena, "it does what revision %.*s does (%s)",
                                                TDM_TEXT_ARG(revision->id), revision->path));
        break;
    }
    default:
        tdm_cause_evidence(&w, row->statement_count
                                   ? TDM_TEXT("no file and no revision has its statements")
                                   : TDM_TEXT("it was recorded without its statements, and no "
                                              "file has its name"));
        break;
    }
    tdm_cause_end(&w, false, hint_without_file(m, match));
}

tdm_status tdm_explain_matches(tdm_mender *m)
{
    for (size_t i = 0; i < m->matches.count; i++) {
        const tdm_match *match = &m->matches.items[i];
        switch (match->kind) {
        case TDM_MATCH_MEANING:
            explain_elsewhere(m, match);
            break;
        case TDM_MATCH_NAME:
            explain_by_name(m, match);
            break;
        case TDM_MATCH_TWICE:
            explain_twice(m, match);
            break;
        default:
            explain_without_file(m, match);
            break;
        }
    }
    return tdm_arena_ok(m->arena) ? TDM_OK : tdm_fail_memory(m->err);
}

// --- Edited files -------------------------------------------------------------------------------

static tdm_status is_edited(const tdm_mender *m, const tdm_migration_row *row, bool *ret)
{
    const tdm_migration *file = tdm_folder_find(tdm_project_folder(m->project), row->version);
    tdm_stored stored;
    tdm_text digest;
    *ret = false;
    if (!file || file->problem.size || row->digest.size == 0)
        return TDM_OK;
    if (tdm_stored_statements(m->arena, file->source, &stored, m->err) != TDM_OK ||
        tdm_stored_digest(stored.statements, stored.count, m->arena, &digest, m->err) != TDM_OK)
        return TDM_FAILED;
    *ret = !tdm_text_equal(digest, row->digest);
    return TDM_OK;
}

static size_t index_of(const tdm_project *project, tdm_text version)
{
    for (size_t i = 0; i < tdm_project_migration_count(project); i++)
        if (tdm_text_equal(tdm_project_folder_migration(project, i)->version, version))
            return i;
    return SIZE_MAX;
}

// Other letters may still mean the same: comments, white space, another tool's way to cut a file.
static tdm_status explain_edit(tdm_mender *m, const tdm_migration_row *row)
{
    size_t index = index_of(m->project, row->version);
    const tdm_statements *statements;
    tdm_meaning recorded;
    tdm_meaning now;
    if (index == SIZE_MAX ||
        tdm_project_migration_statements(m->project, index, &statements, m->err) != TDM_OK ||
        tdm_meaning_of_row(row, m->arena, &recorded, m->err) != TDM_OK ||
        tdm_meaning_of(statements, &now, m->err) != TDM_OK)
        return index == SIZE_MAX ? TDM_OK : TDM_FAILED;
    if (tdm_meaning_equal(&recorded, &now))
        return TDM_OK;
    const tdm_migration *file = tdm_project_folder_migration(m->project, index);
    tdm_cause_writer w = tdm_cause_begin(
        m, TDM_FINDING_EDITED,
        tdm_arena_printf(m->arena, "%.*s was edited after it ran", TDM_TEXT_ARG(file->file_name)));
    w.cause.finding.place = file->place;
    w.cause.finding.version = row->version;
    tdm_cause_evidence(
        &w, tdm_arena_printf(m->arena, "%zu %s recorded, %zu in the file", recorded.count,
                             recorded.count == 1 ? "statement is" : "statements are", now.count));
    tdm_cause_end(&w, false,
                  TDM_TEXT("Put back what ran, and what is new into a migration of its own."));
    return TDM_OK;
}

tdm_status tdm_explain_edited(tdm_mender *m)
{
    bool *edited = tdm_arena_array(m->arena, m->rows.migration_count, sizeof *edited);
    if (!edited)
        return tdm_fail_memory(m->err);
    for (size_t i = 0; i < m->rows.migration_count; i++)
        if (is_edited(m, &m->rows.migrations[i], &edited[i]) != TDM_OK)
            return TDM_FAILED;
    if (tdm_rows_read_statements(m->session, &m->rows, edited, m->arena, m->err) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < m->rows.migration_count; i++)
        if (edited[i] && explain_edit(m, &m->rows.migrations[i]) != TDM_OK)
            return TDM_FAILED;
    return tdm_arena_ok(m->arena) ? TDM_OK : tdm_fail_memory(m->err);
}

// --- Heads --------------------------------------------------------------------------------------

bool tdm_mend_knows_heads(const tdm_mender *m)
{
    for (size_t i = 0; i < m->heads.count; i++)
        if (m->heads.items[i].kind == TDM_HEAD_UNKNOWN)
            return false;
    return true;
}

static void explain_unknown_head(tdm_mender *m, const tdm_head_row *head)
{
    tdm_cause_writer w = tdm_cause_begin(
        m, TDM_FINDING_HEAD_UNKNOWN,
        tdm_arena_printf(m->arena, "alembic_version names %.*s, which no file defines",
                         TDM_TEXT_ARG(head->row)));
    w.cause.finding.revision = head->row;
    tdm_cause_evidence(&w, TDM_TEXT("it is no id, file name or version that this project has"));
    tdm_cause_end(&w, false,
                  TDM_TEXT("Its file may be on another branch, or was renamed or deleted: until it "
                           "is back, what is applied on Alembic's side is not known."));
}

static void explain_head(tdm_mender *m, const tdm_head_row *head, bool known)
{
    bool alias = head->kind == TDM_HEAD_ALIAS;
    tdm_cause_writer w = tdm_cause_begin(
        m, alias ? TDM_FINDING_HEAD_ALIAS : TDM_FINDING_HEAD_TOO_MANY,
        alias ? tdm_arena_printf(m->arena, "alembic_version has %.*s for revision %.*s",
                                 TDM_TEXT_ARG(head->row), TDM_TEXT_ARG(head->revision->id))
              : tdm_arena_printf(m->arena, "alembic_version has %.*s, which is no head",
                                 TDM_TEXT_ARG(head->row)));
    w.cause.finding.revision = head->revision->id;
    w.cause.finding.place = head->revision->id_place;
    if (alias)
        tdm_cause_evidence(&w, head->how);
    else if (head->kind == TDM_HEAD_TWICE)
        tdm_cause_evidence(&w, TDM_TEXT("the same row stands there twice: the table has no "
                                        "primary key"));
    else
        tdm_cause_evidence(&w, tdm_arena_printf(m->arena,
                                                "the row %.*s implies it: Alembic keeps one row "
                                                "for each head, not a log",
                                                TDM_TEXT_ARG(head->above->id)));
    tdm_cause_end(&w, known, (tdm_text){0});
}

tdm_status tdm_explain_heads(tdm_mender *m)
{
    bool known = tdm_mend_knows_heads(m);
    for (size_t i = 0; i < m->heads.count; i++) {
        const tdm_head_row *head = &m->heads.items[i];
        if (head->kind == TDM_HEAD_UNKNOWN)
            explain_unknown_head(m, head);
        else if (head->kind != TDM_HEAD_TRUE)
            explain_head(m, head, known);
    }
    return tdm_arena_ok(m->arena) ? TDM_OK : tdm_fail_memory(m->err);
}
