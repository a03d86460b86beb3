// The chain: all revisions as a directed acyclic graph, linked as Alembic links them
// (A119 script/revision.py RevisionMap).
//
// Alembic dies on the first thing wrong. The chain records it as a problem with a place and goes
// on, so that a report can name everything at once; what must be right before anything is ordered
// is asked with tdm_chain_check.
#ifndef ALEMBIC_CHAIN_H
#define ALEMBIC_CHAIN_H

#include "alembic/config.h"
#include "alembic/header.h"

#include "base/map.h"
#include "cache/cache.h"
#include "python/library.h"

typedef enum tdm_problem_kind {
    TDM_PROBLEM_UNREADABLE,         // a file gives no header (`revision` is NULL), or not all of it
    TDM_PROBLEM_LOADED_TWICE,       // the same file through two folders (Alembic warns)
    TDM_PROBLEM_SELF_LOOP,          // names itself in down_revision or depends_on
    TDM_PROBLEM_DUPLICATE,          // id used twice (Alembic warns, then `head` fails)
    TDM_PROBLEM_LABEL_TAKEN,        // branch label that is a label or id already
    TDM_PROBLEM_MISSING_PARENT,     // down_revision that is not present
    TDM_PROBLEM_MISSING_DEPENDENCY, // depends_on that is not present
    TDM_PROBLEM_CYCLE,              // by down_revision
    TDM_PROBLEM_DEPENDENCY_CYCLE,   // with depends_on
} tdm_problem_kind;

typedef struct tdm_problem {
    tdm_problem_kind kind;
    tdm_error_code code; // TDM_ERROR_CHAIN, or for UNREADABLE: PYTHON, OPAQUE, FILE, LIMIT
    bool fatal;          // Alembic refuses the whole chain
    tdm_place place;
    tdm_place other_place;  // of a duplicate or taken label: the first one
    tdm_text message;       // Alembic's words where it has any
    tdm_text name;          // the id or label that is missing, taken or used twice
    tdm_revision *revision; // or NULL
} tdm_problem;

typedef struct tdm_chain {
    tdm_arena *arena;
    tdm_revision_list revisions; // in load order, also replaced ones
    tdm_map by_name;             // ids, then labels: tdm_revision *
    tdm_revision_list heads;     // in load order
    tdm_revision_list real_heads;
    tdm_revision_list bases;     // without down_revision
    const tdm_problem *problems; // in the order found: files, then graph
    size_t problem_count;
    bool cyclic;             // no order exists
    tdm_py_library *library; // of the revision files; NULL when they were linked without files
} tdm_chain;

// Where revision files are.
typedef struct tdm_chain_source {
    tdm_tree *tree;
    const tdm_alembic_config *config;
    tdm_cache *cache; // for headers; or NULL
} tdm_chain_source;

// Reads all revision files of the project and links them. Fails only for what is not the fault of
// one file: a folder that cannot be listed, limits on the whole, memory. What is kept lives in
// `arena` until the cache is closed.
TDM_MUST_CHECK tdm_status tdm_chain_read(tdm_arena *arena, const tdm_chain_source *source,
                                         tdm_chain **ret, tdm_error *err);

// Links revisions whose header part is filled, in load order.
TDM_MUST_CHECK tdm_status tdm_chain_link(tdm_arena *arena, tdm_revision *revisions, size_t count,
                                         tdm_chain **ret, tdm_error *err);

// TDM_OK, or the first problem for which Alembic refuses the chain, as an error.
TDM_MUST_CHECK tdm_status tdm_chain_check(const tdm_chain *chain, tdm_error *err);

// The revision with exactly this id (never a label), or NULL.
tdm_revision *tdm_chain_get(const tdm_chain *chain, tdm_text id);

// Whether revisions may be missing from the chain because of it, so that what came before others is
// not known.
bool tdm_problem_hides_revisions(tdm_problem_kind kind);

bool tdm_is_branch_point(const tdm_revision *revision); // more than one child by down_revision
bool tdm_is_merge_point(const tdm_revision *revision);  // more than one down_revision

#endif
