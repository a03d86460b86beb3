// What one statement of a migration asks of the transaction it runs in: read from its parse tree.
#ifndef PLAN_JUDGE_H
#define PLAN_JUDGE_H

#include "base/arena.h"
#include "base/map.h"
#include "sql/classify.h"

#include <tandem/statement.h>

typedef enum tdm_run_place {
    TDM_RUN_INSIDE,    // in a transaction with its neighbours
    TDM_RUN_OUTSIDE,   // the server refuses it in a transaction block, or the revision asks for it
    TDM_RUN_COMMITTED, // in a transaction that must end behind it
} tdm_run_place;

// What a statement that runs outside a transaction makes or takes away, so that what it left can be
// found when nobody saw it end. Names are quoted as SQL needs them; empty where there is none.
typedef struct tdm_effect_name {
    const char *command; // "CREATE INDEX CONCURRENTLY"; a row of journal_sql.c
    tdm_text object;     // the index, partition or database
    tdm_text relation;   // the table that it stands on
} tdm_effect_name;

typedef struct tdm_judged {
    tdm_run_place runs;
    bool is_setting;    // SET or RESET for the session: what follows rests on it
    bool is_identity;   // of these, one that changes who we are
    const char *bound;  // "SET LOCAL": holds until its transaction ends; else NULL
    const char *keeps;  // "a temporary table": lives in the session alone; else NULL
    tdm_text problem;   // why it cannot be run at all, or empty
    bool unknown;       // PostgreSQL 15's grammar does not know it
    tdm_text new_label; // ALTER TYPE ADD VALUE: usable once it is committed
    tdm_text made_type; // CREATE TYPE: labels added in the same transaction are usable at once
    tdm_text of_type;   // of `new_label`
    tdm_effect_name effect;
    tdm_text question; // the name that a catalog must be asked about, where only it knows; or empty
    bool concurrent;   // it waits for others without standing in their way
} tdm_judged;

// `partitioned`: names of partitioned tables and indexes, and of subscriptions with a slot, as the
// statements write them, which only a catalog knows; may be NULL. The texts live in `arena`.
TDM_MUST_CHECK tdm_status tdm_judge(tdm_arena *arena, const tdm_statement *statement,
                                    const tdm_map *partitioned, tdm_judged *ret, tdm_error *err);

#endif
