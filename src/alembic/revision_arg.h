// Revision arguments: what people type (A119 script/revision.py). Full and partial
// ids, labels, head, heads, base, label@x, relative forms, ranges. Errors are TDM_ERROR_REVISION in
// Alembic's words; where Alembic dies of an assertion, in ours.
#ifndef ALEMBIC_REVISION_ARG_H
#define ALEMBIC_REVISION_ARG_H

#include "alembic/chain.h"

// `A:B`. Without a colon there is no start (`has_start` false).
typedef struct tdm_range {
    tdm_text start;
    tdm_text end;
    bool has_start;
} tdm_range;

TDM_MUST_CHECK tdm_status tdm_range_parse(tdm_text text, tdm_range *ret, tdm_error *err);

// One revision; NULL stands for base. Several heads are an error.
TDM_MUST_CHECK tdm_status tdm_revision_find(const tdm_chain *chain, tdm_text text,
                                            tdm_revision **ret, tdm_error *err);
// One or more ("heads"); an empty list stands for base.
TDM_MUST_CHECK tdm_status tdm_revision_find_all(tdm_arena *arena, const tdm_chain *chain,
                                                tdm_text text, tdm_revision_list *ret,
                                                tdm_error *err);

// The target of an upgrade from `current`: absolute, `+N`, `label@+N`, `id+N`, `id-N`.
TDM_MUST_CHECK tdm_status tdm_upgrade_target(tdm_arena *arena, const tdm_chain *chain,
                                             tdm_revision_list current, tdm_text text,
                                             tdm_revision_list *ret, tdm_error *err);

typedef struct tdm_downgrade_to {
    tdm_revision *revision; // NULL: base
    tdm_text branch;        // the part before "@" (or the current revision), or empty
} tdm_downgrade_to;

// The target of a downgrade from `current`: absolute, `-N`, `label@-N`, `id+N`, `id-N`.
TDM_MUST_CHECK tdm_status tdm_downgrade_target(tdm_arena *arena, const tdm_chain *chain,
                                               tdm_revision_list current, tdm_text text,
                                               tdm_downgrade_to *ret, tdm_error *err);

#endif
