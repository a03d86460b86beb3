// What the readers of revision arguments share: RevisionMap's own questions, with its own answers.
// Used by revision_arg.c, revision_target.c and order.c only.
#ifndef ALEMBIC_RESOLVE_H
#define ALEMBIC_RESOLVE_H

#include "alembic/graph.h"

typedef struct tdm_resolver {
    tdm_arena *arena;
    const tdm_chain *chain;
    tdm_walker walker;
    tdm_text end;        // the destination, which Alembic quotes in its errors; may be empty
    const char *several; // its words for several heads, when they differ
    tdm_error *err;
} tdm_resolver;

// What an argument names before it is looked up: ids, and the label before "@".
typedef struct tdm_resolved {
    tdm_texts ids; // none: base
    tdm_text label;
    bool has_label;
} tdm_resolved;

// A revision, or one of the two ends below it.
typedef enum tdm_spot_kind {
    TDM_SPOT_NONE, // Alembic's None: nothing, or before the first revision
    TDM_SPOT_BASE, // Alembic's "base"
    TDM_SPOT_REVISION,
} tdm_spot_kind;

typedef struct tdm_spot {
    tdm_spot_kind kind;
    tdm_revision *revision;
} tdm_spot;

TDM_MUST_CHECK tdm_status tdm_resolver_start(tdm_arena *arena, const tdm_chain *chain,
                                             tdm_resolver *ret, tdm_error *err);
// _resolve_revision_number
TDM_MUST_CHECK tdm_status tdm_resolve_ids(tdm_resolver *in, tdm_text text, tdm_resolved *ret);
// get_revision: NONE stands for base.
TDM_MUST_CHECK tdm_status tdm_resolve_one(tdm_resolver *in, tdm_text text, tdm_spot *ret);
// get_revisions: spots, because a walk ("x@-3") can end at base.
TDM_MUST_CHECK tdm_status tdm_resolve_all(tdm_resolver *in, tdm_text text, tdm_spot **ret,
                                          size_t *ret_count);
// _resolve_branch
TDM_MUST_CHECK tdm_status tdm_resolve_branch(tdm_resolver *in, tdm_text label, tdm_revision **ret);
// filter_for_lineage
TDM_MUST_CHECK tdm_status tdm_filter_lineage(tdm_resolver *in, tdm_revision_list list,
                                             tdm_text against, bool dependencies,
                                             tdm_revision_list *ret);
// _walk with no_overwalk
TDM_MUST_CHECK tdm_status tdm_walk_steps(tdm_resolver *in, tdm_spot start, int64_t steps,
                                         const tdm_text *label, tdm_spot *ret);

#endif
