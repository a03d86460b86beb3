// The rows that have no file here: read, matched with the files that are, and judged one by one.
#include "pull/puller.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/map.h"
#include "mend/meaning.h"
#include "pull/row_file.h"
#include "sql/quote.h"

// --- Sizes --------------------------------------------------------------------------------------

// What is known of a row's statements before they are asked for.
typedef struct extent {
    bool too_large;
    bool has_hole; // an element that is NULL
} extent;

enum {
    EXTENT_VERSION,
    EXTENT_LARGE,
    EXTENT_HOLE,
    EXTENT_COLUMNS,
};

static void put_extents_query(tdm_buffer *sql)
{
    tdm_buffer_putf(sql,
                    "SELECT m.version, "
                    "(SELECT pg_catalog.sum(pg_catalog.octet_length(s)) FROM "
                    "pg_catalog.unnest(m.statements) AS u(s)) > %d, "
                    "(SELECT pg_catalog.bool_or(s IS NULL) FROM "
                    "pg_catalog.unnest(m.statements) AS u(s)) "
                    "FROM supabase_migrations.schema_migrations AS m "
                    "ORDER BY m.version COLLATE pg_catalog.\"C\"",
                    (int)TDM_LIMIT_FILE);
}

static bool is_true(const tdm_db_result *found, size_t row, size_t column)
{
    return tdm_text_is(tdm_db_at(found, row, column)->text, "t");
}

// Both answers are in order of the version; a row that came or went between them is passed over.
static tdm_status read_extents(tdm_puller *p, extent *extents)
{
    tdm_buffer sql = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    tdm_db_result found;
    if (!p->histories.has_statements || p->rows.migration_count == 0)
        return TDM_OK;
    put_extents_query(&sql);
    if (tdm_buffer_check(&sql, p->err) != TDM_OK ||
        tdm_session_query(p->session, tdm_buffer_take(&sql, p->arena), p->arena, &found, p->err) !=
            TDM_OK)
        return TDM_FAILED;
    if (found.row_count > 0 && found.column_count != EXTENT_COLUMNS)
        return tdm_fail(p->err, TDM_ERROR_BUG, TDM_NOWHERE, "the answer has other columns");
    for (size_t i = 0, at = 0; i < p->rows.migration_count; i++) {
        tdm_text version = p->rows.migrations[i].version;
        while (at < found.row_count &&
               tdm_text_compare(tdm_db_at(&found, at, EXTENT_VERSION)->text, version) < 0)
            at++;
        if (at < found.row_count &&
            tdm_text_equal(tdm_db_at(&found, at, EXTENT_VERSION)->text, version))
            extents[i] =
                (extent){is_true(&found, at, EXTENT_LARGE), is_true(&found, at, EXTENT_HOLE)};
    }
    return TDM_OK;
}

// --- What is asked for --------------------------------------------------------------------------

bool tdm_pull_is_named(const tdm_puller *p, tdm_text version)
{
    for (size_t i = 0; i < p->options->version_count; i++)
        if (tdm_text_is(version, p->options->versions[i]))
            return true;
    return false;
}

static const tdm_migration *file_of(const tdm_puller *p, const tdm_migration_row *row)
{
    return tdm_folder_find(tdm_project_folder(p->project), row->version);
}

static tdm_status check_named(const tdm_puller *p)
{
    for (size_t i = 0; i < p->options->version_count; i++) {
        tdm_text version = tdm_text_of(p->options->versions[i]);
        if (!tdm_history_has(&p->histories.versions, version))
            return tdm_fail(p->err, TDM_ERROR_REVISION, TDM_NOWHERE,
                            "schema_migrations in %.*s has no row '%.*s'",
                            TDM_TEXT_ARG(p->session->target), TDM_TEXT_ARG(version));
    }
    return TDM_OK;
}

static tdm_status read_statements(tdm_puller *p, const extent *extents)
{
    bool *wanted = tdm_arena_array(p->arena, p->rows.migration_count, sizeof *wanted);
    if (!wanted)
        return tdm_fail_memory(p->err);
    for (size_t i = 0; i < p->rows.migration_count; i++) {
        const tdm_migration_row *row = &p->rows.migrations[i];
        wanted[i] = !extents[i].too_large && !extents[i].has_hole &&
                    (!file_of(p, row) || tdm_pull_is_named(p, row->version));
    }
    return tdm_rows_read_statements(p->session, &p->rows, wanted, p->arena, p->err);
}

// --- What becomes of a row ----------------------------------------------------------------------

tdm_pulled *tdm_pull_taken(const tdm_puller *p, tdm_text version)
{
    size_t low = 0;
    size_t high = p->found.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (tdm_text_compare(p->found.items[middle].row->version, version) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    tdm_pulled *of = low < p->found.count ? &p->found.items[low] : NULL;
    return of && of->is.outcome == TDM_PULL_TAKEN && tdm_text_equal(of->row->version, version)
               ? of
               : NULL;
}

void tdm_pull_refuse(tdm_pulled *of, tdm_text reason, tdm_text hint)
{
    of->is.outcome = TDM_PULL_REFUSED;
    of->is.reason = reason;
    of->is.hint = hint;
}

static void elsewhere(tdm_puller *p, tdm_pulled *of, const char *path, const char *why, bool mends)
{
    of->is.outcome = TDM_PULL_ELSEWHERE;
    of->is.path = path;
    of->is.reason = tdm_arena_printf(p->arena, "%s %s", path, why);
    of->is.hint = mends ? TDM_TEXT("`tandem repair` gives the row the file's version.")
                        : TDM_TEXT("`tandem status` says what is known of it.");
}

// A revision without migration that says the same is its twin; one that has its migration says that
// the row is that migration.
static void take_revision(tdm_puller *p, tdm_pulled *of, size_t index)
{
    const tdm_revision *revision = tdm_project_chain_revision(p->project, index);
    const tdm_group *group = &p->pairing->pairs[p->pairing->of_revision[index]].group;
    if (group->migration_count) {
        elsewhere(p, of, tdm_project_folder_migration(p->project, group->migrations[0])->path,
                  "is what it records, by its revision", false);
        return;
    }
    of->twin = revision->id;
    of->header = tdm_arena_printf(p->arena, "-- tandem: revision %.*s", TDM_TEXT_ARG(revision->id));
}

static void judge_match(tdm_puller *p, tdm_pulled *of, const tdm_match *match)
{
    bool named = tdm_pull_is_named(p, of->row->version);
    const char *path = match->kind == TDM_MATCH_NONE || match->kind == TDM_MATCH_REVISION
                           ? NULL
                           : tdm_project_folder_migration(p->project, match->migration)->path;
    switch (match->kind) {
    case TDM_MATCH_MEANING:
    case TDM_MATCH_TWICE:
        elsewhere(p, of, path, "has its statements", true);
        break;
    case TDM_MATCH_NAME:
        elsewhere(p, of, path, "has its name, and it was recorded without statements", false);
        break;
    case TDM_MATCH_AMBIGUOUS:
        of->is.outcome = TDM_PULL_ELSEWHERE;
        of->is.reason = TDM_TEXT("several files have its statements, and no name decides");
        of->is.hint = TDM_TEXT("`tandem status` says what is known of it.");
        break;
    case TDM_MATCH_OTHER:
        if (!named)
            tdm_pull_refuse(
                of, tdm_arena_printf(p->arena, "%s has its name, and other statements", path),
                tdm_arena_printf(p->arena,
                                 "If it is another change, name it: `tandem pull "
                                 "%.*s`.",
                                 TDM_TEXT_ARG(of->row->version)));
        break;
    case TDM_MATCH_REVISION:
        take_revision(p, of, match->migration);
        break;
    case TDM_MATCH_NONE:
        break;
    }
}

static bool judge_statements(tdm_puller *p, tdm_pulled *of, const extent *has)
{
    const tdm_text ask = TDM_TEXT("Ask who applied it; what it did cannot be known from the row.");
    if (has->too_large)
        tdm_pull_refuse(of,
                        tdm_arena_printf(p->arena,
                                         "its statements are larger than %d MB, the most that a "
                                         "migration may have",
                                         (int)(TDM_LIMIT_FILE >> 20)),
                        (tdm_text){0});
    else if (has->has_hole)
        tdm_pull_refuse(of, TDM_TEXT("one of its statements is NULL"), ask);
    else if (of->row->statement_count == 0)
        tdm_pull_refuse(of, TDM_TEXT("it was recorded without its statements"), ask);
    return of->is.outcome == TDM_PULL_TAKEN;
}

static const char *folder_path(const tdm_project *project)
{
    const tdm_folder *folder = tdm_project_folder(project);
    const tdm_supabase_config *config = tdm_project_supabase(project);
    if (folder->path && folder->path[0])
        return folder->path;
    return config->folder && config->folder[0] ? config->folder : "supabase/migrations";
}

static tdm_status judge_file(tdm_puller *p, tdm_pulled *of)
{
    tdm_row_file file;
    if (tdm_row_file_make(p->arena, of->row, of->header, &file, p->err) != TDM_OK)
        return TDM_FAILED;
    if (file.problem.size)
        tdm_pull_refuse(of, file.problem, (tdm_text){0});
    else if (file.doubt.size && !tdm_pull_is_named(p, of->row->version))
        tdm_pull_refuse(
            of, file.doubt,
            tdm_arena_printf(p->arena,
                             "It may be of a newer PostgreSQL. `tandem pull %.*s` takes it as it "
                             "is.",
                             TDM_TEXT_ARG(of->row->version)));
    of->text = file.text;
    of->is.path =
        tdm_arena_printf(p->arena, "%s/%.*s", folder_path(p->project), TDM_TEXT_ARG(file.name))
            .data;
    return tdm_arena_ok(p->arena) ? TDM_OK : tdm_fail_memory(p->err);
}

// A row that has its file is looked at only when somebody names it.
static tdm_status judge_here(tdm_puller *p, tdm_pulled *of, const tdm_migration *file)
{
    const tdm_statements *statements;
    tdm_meaning recorded;
    tdm_meaning now;
    size_t index = (size_t)(file - tdm_project_folder_migration(p->project, 0));
    of->is.path = file->path;
    of->is.outcome = TDM_PULL_HERE;
    of->is.reason = tdm_arena_printf(p->arena, "%s is here already", file->path);
    if (of->row->statement_count == 0)
        return TDM_OK;
    if (tdm_project_migration_statements(p->project, index, &statements, p->err) != TDM_OK ||
        tdm_meaning_of_row(of->row, p->arena, &recorded, p->err) != TDM_OK ||
        tdm_meaning_of(statements, &now, p->err) != TDM_OK)
        return TDM_FAILED;
    if (!tdm_meaning_equal(&recorded, &now))
        tdm_pull_refuse(of,
                        tdm_arena_printf(p->arena,
                                         "%s is here, and says something else than what "
                                         "was recorded",
                                         file->path),
                        TDM_TEXT("`tandem status` says what is known of it; nothing is "
                                 "overwritten."));
    return TDM_OK;
}

// --- All of them --------------------------------------------------------------------------------

static tdm_status judge(tdm_puller *p, size_t index, const extent *has, size_t *match)
{
    const tdm_migration_row *row = &p->rows.migrations[index];
    const tdm_migration *file = file_of(p, row);
    bool asked = p->options->version_count == 0 ? !file : tdm_pull_is_named(p, row->version);
    tdm_pulled of = {.row = row, .is = {.version = row->version, .name = row->name, .by = row->by}};
    while (*match < p->matches.count && p->matches.items[*match].row < index)
        (*match)++;
    if (!asked)
        return TDM_OK;
    if (file) {
        if (judge_here(p, &of, file) != TDM_OK)
            return TDM_FAILED;
    } else {
        bool matched = *match < p->matches.count && p->matches.items[*match].row == index;
        if (matched && !has->too_large && !has->has_hole)
            judge_match(p, &of, &p->matches.items[*match]);
        if (of.is.outcome == TDM_PULL_TAKEN && judge_statements(p, &of, has) &&
            judge_file(p, &of) != TDM_OK)
            return TDM_FAILED;
    }
    return tdm_vector_push(p->arena, &p->found, of) ? TDM_OK : tdm_fail_memory(p->err);
}

static tdm_status read_histories(tdm_puller *p)
{
    tdm_version_table table;
    if (tdm_project_version_table(p->project, &table, p->err) != TDM_OK ||
        tdm_histories_read(p->session, &table, p->arena, &p->histories, p->err) != TDM_OK ||
        tdm_pairing_of(p->project, &p->pairing, p->err) != TDM_OK ||
        tdm_heads_explain(p->project, p->pairing, &p->histories, p->arena, &p->heads, p->err) !=
            TDM_OK)
        return TDM_FAILED;
    return check_named(p);
}

tdm_status tdm_pull_read(tdm_puller *p)
{
    size_t match = 0;
    if (read_histories(p) != TDM_OK ||
        tdm_rows_read(p->session, &p->histories, p->arena, &p->rows, p->err) != TDM_OK)
        return TDM_FAILED;
    extent *extents = tdm_arena_array(p->arena, p->rows.migration_count, sizeof *extents);
    if (!extents)
        return tdm_fail_memory(p->err);
    if (read_extents(p, extents) != TDM_OK || read_statements(p, extents) != TDM_OK ||
        tdm_match_rows(p->project, &p->rows, p->arena, &p->matches, p->err) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < p->rows.migration_count; i++)
        if (judge(p, i, &extents[i], &match) != TDM_OK)
            return TDM_FAILED;
    return TDM_OK;
}
