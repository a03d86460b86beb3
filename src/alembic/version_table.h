// alembic_version: one row for each active head, and how each step changes the rows
// (A119 runtime/migration.py HeadMaintainer, RevisionStep, StampStep).
#ifndef ALEMBIC_VERSION_TABLE_H
#define ALEMBIC_VERSION_TABLE_H

#include "alembic/chain.h"
#include "alembic/graph.h"
#include "alembic/order.h"

#include "base/text.h"

typedef enum tdm_row_kind {
    TDM_ROW_INSERT, // to
    TDM_ROW_UPDATE, // from, to
    TDM_ROW_DELETE, // from
} tdm_row_kind;

typedef struct tdm_row_change {
    tdm_row_kind kind;
    tdm_text from;
    tdm_text to;
} tdm_row_change;

typedef struct tdm_row_changes {
    tdm_row_change *items;
    size_t count;
} tdm_row_changes;

typedef struct tdm_version_table {
    tdm_text name;       // unquoted; "alembic_version"
    tdm_text schema;     // unquoted; empty: none
    bool no_primary_key; // version_table_pk=False: no constraint, and no RETURNING
    bool double_percent; // paramstyle format or pyformat: percent signs of quoted names are doubled
} tdm_version_table;

#define TDM_VERSION_TABLE ((tdm_version_table){.name = TDM_TEXT("alembic_version")})

// The active heads while steps are taken.
typedef struct tdm_heads {
    tdm_arena *arena;
    const tdm_chain *chain;
    tdm_walker walker;
    tdm_revision_set active;
    size_t count;
    tdm_revision_set others; // for the questions of one step
    tdm_revision_set below;
} tdm_heads;

TDM_MUST_CHECK tdm_status tdm_heads_start(tdm_arena *arena, const tdm_chain *chain,
                                          tdm_revision_list current, tdm_heads *ret,
                                          tdm_error *err);
// Takes one step: gives the changes of the rows and updates the heads. Where Alembic leaves the
// order to a Python set, the order is that of down_revision, the last one updated.
// Where Alembic itself fails (a row that it wants to take over was taken over before) so does this,
// with TDM_ERROR_HISTORY; `ret` then holds the changes up to there.
TDM_MUST_CHECK tdm_status tdm_heads_step(tdm_heads *heads, const tdm_step *step,
                                         tdm_row_changes *ret, tdm_error *err);

// The revisions that rows of alembic_version stand for. A row that names no revision is
// TDM_ERROR_HISTORY in Alembic's words.
TDM_MUST_CHECK tdm_status tdm_rows_find(tdm_arena *arena, const tdm_chain *chain,
                                        const tdm_text *rows, size_t count, tdm_revision_list *ret,
                                        tdm_error *err);
// The down-closed set that is applied when these are the active heads.
TDM_MUST_CHECK tdm_status tdm_applied_set(tdm_arena *arena, const tdm_chain *chain,
                                          tdm_revision_list heads, tdm_revision_set *ret,
                                          tdm_error *err);
// The active heads of a down-closed set, in load order: what alembic_version holds when exactly
// these revisions are applied.
TDM_MUST_CHECK tdm_status tdm_heads_of_set(tdm_arena *arena, const tdm_chain *chain,
                                           const tdm_revision_set *applied, tdm_revision_list *ret,
                                           tdm_error *err);

// The statements without closing semicolon, as Alembic prints them.
void tdm_version_table_create(tdm_buffer *out, const tdm_version_table *table);
void tdm_row_change_put(tdm_buffer *out, const tdm_version_table *table,
                        const tdm_row_change *change);

#endif
