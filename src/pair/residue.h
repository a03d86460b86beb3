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

// What a statement is to the comparison of a pair. X(constant, one, several): names for messages.
#define TDM_RESIDUE_CLASSES(X)                                                                     \
    X(TDM_RESIDUE_NONE, "", "")                                                                    \
    X(TDM_RESIDUE_POLICY, "policy", "policies")                                                    \
    X(TDM_RESIDUE_RLS, "row level security switch", "row level security switches")                 \
    X(TDM_RESIDUE_GRANT, "grant", "grants")                                                        \
    /* of the schemas auth and storage */                                                          \
    X(TDM_RESIDUE_PLATFORM, "statement on Supabase's own schemas",                                 \
      "statements on Supabase's own schemas")                                                      \
    X(TDM_RESIDUE_DATA, "data statement", "data statements")                                       \
    /* what pairing.ownership gives to one side (ownership.h) */                                   \
    X(TDM_RESIDUE_OWNED, "statement that it owns", "statements that it owns")                      \
    /* writes alembic_version or schema_migrations */                                              \
    X(TDM_RESIDUE_BOOKKEEPING, "history entry", "history entries")                                 \
    X(TDM_RESIDUE_SESSION, "session setting", "session settings") /* time-outs and the like */     \
    X(TDM_RESIDUE_TRANSACTION, "transaction command", "transaction commands")

typedef enum tdm_residue_class {
#define X(constant, one, several) constant,
    TDM_RESIDUE_CLASSES(X)
#undef X
        TDM_RESIDUE_CLASS_COUNT
} tdm_residue_class;

// "17 policies, 10 row level security switches": how many statements of each class, in the order of
// the table; empty for none.
tdm_text tdm_residue_counts(tdm_arena *arena, const size_t counts[TDM_RESIDUE_CLASS_COUNT]);

// What a statement is, whichever side it stands on.
tdm_residue_class tdm_residue_of(const tdm_sql_class *of, const tdm_sql_tree *tree);

// Whether the defaults of ownership let that class stand on this side alone.
bool tdm_residue_allowed(tdm_residue_class residue, tdm_pair_side side);

#endif
