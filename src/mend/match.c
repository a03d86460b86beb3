#include "mend/match.h"

#include "base/error.h"
#include "base/text.h"
#include "base/vector.h"

#include <stdlib.h>

// One file or revision that a row may be.
typedef struct candidate {
    size_t index;
    tdm_meaning meaning;
    tdm_text name;
    bool recorded; // under its own version
    bool taken;    // by an earlier row
} candidate;

typedef struct matcher {
    tdm_project *project;
    const tdm_rows *rows;
    tdm_arena *arena;
    candidate *migrations;
    size_t migration_count;
    candidate *revisions; // NULL: not looked at yet
    size_t revision_count;
    TDM_VECTOR(tdm_match) found;
    tdm_error *err;
} matcher;

// --- Candidates ---------------------------------------------------------------------------------

static bool is_recorded(const tdm_rows *rows, tdm_text version)
{
    for (size_t i = 0; i < rows->migration_count; i++)
        if (tdm_text_equal(rows->migrations[i].version, version))
            return true;
    return false;
}

static tdm_status take_migrations(matcher *m)
{
    m->migration_count = tdm_project_migration_count(m->project);
    m->migrations = tdm_arena_array(m->arena, m->migration_count, sizeof *m->migrations);
    if (!m->migrations)
        return tdm_fail_memory(m->err);
    for (size_t i = 0; i < m->migration_count; i++) {
        const tdm_migration *migration = tdm_project_folder_migration(m->project, i);
        const tdm_statements *statements;
        candidate *c = &m->migrations[i];
        *c = (candidate){.index = i,
                         .name = migration->name,
                         .recorded = is_recorded(m->rows, migration->version)};
        if (tdm_project_migration_statements(m->project, i, &statements, m->err) != TDM_OK ||
            tdm_meaning_of(statements, &c->meaning, m->err) != TDM_OK)
            return TDM_FAILED;
    }
    return TDM_OK;
}

static tdm_status take_revisions(matcher *m)
{
    if (m->revisions)
        return TDM_OK;
    m->revision_count = tdm_project_revision_count(m->project);
    m->revisions = tdm_arena_array(m->arena, m->revision_count, sizeof *m->revisions);
    if (!m->revisions)
        return tdm_fail_memory(m->err);
    for (size_t i = 0; i < m->revision_count; i++) {
        const tdm_statements *statements;
        m->revisions[i].index = i;
        if (tdm_project_revision_statements(m->project, i, &statements, m->err) != TDM_OK ||
            tdm_meaning_of(statements, &m->revisions[i].meaning, m->err) != TDM_OK)
            return TDM_FAILED;
    }
    return TDM_OK;
}

// --- One row ------------------------------------------------------------------------------------

typedef struct tally {
    candidate *only; // the last one found
    size_t count;
    candidate *named; // the last one that has the row's name too
    size_t named_count;
} tally;

static void count_candidate(tally *t, candidate *c, bool same_name)
{
    t->only = c;
    t->count++;
    if (same_name) {
        t->named = c;
        t->named_count++;
    }
}

static void settle(tdm_match *match, const tally *t, tdm_match_kind kind)
{
    candidate *c = t->count == 1 ? t->only : t->named_count == 1 ? t->named : NULL;
    match->kind = c ? kind : TDM_MATCH_AMBIGUOUS;
    if (!c)
        return;
    match->migration = c->index;
    match->same_name = t->named == c;
    match->sure = kind == TDM_MATCH_MEANING || kind == TDM_MATCH_TWICE;
    c->taken = true;
}

static tdm_status match_revision(matcher *m, const tdm_meaning *meaning, tdm_match *match)
{
    tally t = {0};
    if (take_revisions(m) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < m->revision_count; i++)
        if (m->revisions[i].meaning.count > 0 &&
            tdm_meaning_equal(&m->revisions[i].meaning, meaning))
            count_candidate(&t, &m->revisions[i], false);
    if (t.count == 1)
        settle(match, &t, TDM_MATCH_REVISION);
    return TDM_OK;
}

static void match_name(matcher *m, const tdm_migration_row *row, tdm_match *match)
{
    tally t = {0};
    for (size_t i = 0; i < m->migration_count && row->name.size; i++) {
        candidate *c = &m->migrations[i];
        if (!c->recorded && !c->taken && tdm_text_equal(c->name, row->name))
            count_candidate(&t, c, true);
    }
    if (t.count == 1)
        settle(match, &t, row->statement_count ? TDM_MATCH_OTHER : TDM_MATCH_NAME);
}

static tdm_status match_row(matcher *m, size_t index)
{
    const tdm_migration_row *row = &m->rows->migrations[index];
    tdm_match match = {.kind = TDM_MATCH_NONE, .row = index};
    tdm_meaning meaning;
    tally pending = {0};
    tally recorded = {0};
    if (tdm_meaning_of_row(row, m->arena, &meaning, m->err) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < m->migration_count && meaning.count > 0; i++) {
        candidate *c = &m->migrations[i];
        if (!c->taken && tdm_meaning_equal(&c->meaning, &meaning))
            count_candidate(c->recorded ? &recorded : &pending, c,
                            tdm_text_equal(c->name, row->name));
    }
    if (pending.count)
        settle(&match, &pending, TDM_MATCH_MEANING);
    else if (recorded.count)
        settle(&match, &recorded, TDM_MATCH_TWICE);
    else
        match_name(m, row, &match);
    if (match.kind == TDM_MATCH_NONE && meaning.count > 0 &&
        match_revision(m, &meaning, &match) != TDM_OK)
        return TDM_FAILED;
    return tdm_vector_push(m->arena, &m->found, match) ? TDM_OK : tdm_fail_memory(m->err);
}

tdm_status tdm_match_rows(tdm_project *project, const tdm_rows *rows, tdm_arena *arena,
                          tdm_matches *ret, tdm_error *err)
{
    matcher m = {.project = project, .rows = rows, .arena = arena, .err = err};
    *ret = (tdm_matches){0};
    for (size_t i = 0; i < rows->migration_count; i++) {
        if (tdm_folder_find(tdm_project_folder(project), rows->migrations[i].version))
            continue;
        if (!m.migrations && take_migrations(&m) != TDM_OK)
            return TDM_FAILED;
        if (match_row(&m, i) != TDM_OK)
            return TDM_FAILED;
    }
    *ret = (tdm_matches){m.found.items, m.found.count};
    return TDM_OK;
}
