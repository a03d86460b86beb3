// What may stand on one side alone.
//
// Real projects that keep both histories leave policies, row level security switches, grants and
// what hangs on Supabase's own schemas to the Supabase side, and data statements to the Alembic
// side. Anything else that only one side does is a difference.
#ifndef PAIR_RESIDUE_H
#define PAIR_RESIDUE_H

#include "sql/classify.h"

typedef enum tdm_pair_side {
    TDM_SIDE_ALEMBIC,
    TDM_SIDE_SUPABASE,
} tdm_pair_side;

// What a statement is to the comparison of a pair. X(constant, name for messages)
#define TDM_RESIDUE_CLASSES(X)                                                                     \
    X(TDM_RESIDUE_NONE, "")                                                                        \
    X(TDM_RESIDUE_POLICY, "policy")                                                                \
    X(TDM_RESIDUE_RLS, "row level security")                                                       \
    X(TDM_RESIDUE_GRANT, "grant")                                                                  \
    X(TDM_RESIDUE_PLATFORM, "platform object") /* of the schemas auth and storage */               \
    X(TDM_RESIDUE_DATA, "data")                                                                    \
    X(TDM_RESIDUE_BOOKKEEPING, "history bookkeeping") /* alembic_version, schema_migrations */     \
    X(TDM_RESIDUE_SESSION, "session setting")         /* time-outs and the like */                 \
    X(TDM_RESIDUE_TRANSACTION, "transaction control") /* a finding of its own */

typedef enum tdm_residue_class {
#define X(constant, name) constant,
    TDM_RESIDUE_CLASSES(X)
#undef X
} tdm_residue_class;

const char *tdm_residue_name(tdm_residue_class residue);

// What a statement is, whichever side it stands on.
tdm_residue_class tdm_residue_of(const tdm_sql_class *of, const tdm_sql_tree *tree);

// Whether the defaults of ownership let that class stand on this side alone.
bool tdm_residue_allowed(tdm_residue_class residue, tdm_pair_side side);

#endif
