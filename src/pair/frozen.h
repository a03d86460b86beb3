// What is frozen and whether it is still what it was: the lines of tandem.lock, held against the
// project as it stands.
#ifndef PAIR_FROZEN_H
#define PAIR_FROZEN_H

#include "pair/lock.h"
#include "project/project.h"

typedef enum tdm_frozen_state {
    TDM_FROZEN_SAME,
    TDM_FROZEN_CHANGED,
    TDM_FROZEN_UNKNOWN, // the file is another, and the lock's digests are of another algorithm
    TDM_FROZEN_GONE,
} tdm_frozen_state;

// One member of one line.
typedef struct tdm_frozen {
    const tdm_lock_line *line;
    const tdm_lock_member *member;
    uint32_t index; // of the revision or migration; UINT32_MAX when it is gone
    tdm_frozen_state state;
    bool renamed; // the migration of this version has another name
} tdm_frozen;

typedef struct tdm_frozen_list {
    tdm_frozen *items; // in the order of the lock
    size_t count;
    size_t capacity;
    // The entry of each revision and of each migration, or NULL.
    const tdm_frozen **of_revision;
    const tdm_frozen **of_migration;
} tdm_frozen_list;

// Files whose bytes are as they were are not looked into.
TDM_MUST_CHECK tdm_status tdm_frozen_find(tdm_project *project, const tdm_lock *lock,
                                          tdm_frozen_list *ret, tdm_error *err);

// The lock line that holds exactly these members, each still the same; or NULL.
typedef struct tdm_frozen_group {
    const uint32_t *revisions;
    size_t revision_count;
    const uint32_t *migrations;
    size_t migration_count;
} tdm_frozen_group;

const tdm_lock_line *tdm_frozen_line(const tdm_frozen_list *list, tdm_frozen_group group);

#endif
