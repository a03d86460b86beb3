/**
 * `tandem init`: reads a project that has both histories and proposes how they are meant.
 *
 * Real projects keep two histories in eight ways (docs/lock.md); each has settings with which
 * `check` reports what is out of step and nothing that is meant so.
 */
#ifndef TANDEM_INIT_H
#define TANDEM_INIT_H

#include <tandem/project.h>

/** X(constant, name, what it means) */
#define TDM_WAYS(X)                                                                                \
    X(TDM_WAY_MIRRORED, "mirrored", "each revision has its migration")                             \
    X(TDM_WAY_SQUASHED, "squashed", "one migration mirrors several revisions")                     \
    X(TDM_WAY_BASELINE, "baseline", "SQL made the beginning, Alembic goes on")                     \
    X(TDM_WAY_ALEMBIC, "alembic", "Alembic is in charge, the SQL is for reading")                  \
    X(TDM_WAY_SUPABASE, "supabase", "Supabase is in charge, the revisions are for developers")     \
    X(TDM_WAY_EXPORTED, "exported", "a script exports revisions as SQL")                           \
    X(TDM_WAY_RETIRED, "retired", "both went together until one side stopped")                     \
    X(TDM_WAY_SEPARATE, "separate", "two owners of different objects in one database")

typedef enum tdm_way {
#define X(constant, name, meaning) constant,
    TDM_WAYS(X)
#undef X
        TDM_WAY_COUNT
} tdm_way;

TDM_API const char *tdm_way_name(tdm_way way);
TDM_API const char *tdm_way_meaning(tdm_way way);

typedef struct tdm_proposal {
    tdm_way way;
    const tdm_text *evidence; /**< one line each: what was found in the project */
    size_t evidence_count;
    const char *path; /**< of the tandem.toml to write, relative to the project's root */
    tdm_text text;    /**< what it says */
} tdm_proposal;

/**
 * Proposes; writes nothing. A project that has a tandem.toml or a tandem.lock already is
 * TDM_ERROR_EXISTS, one without any revision and migration TDM_ERROR_CONFIG. The result belongs to
 * the project.
 */
TDM_API TDM_MUST_CHECK tdm_status tdm_propose(tdm_project *project, tdm_proposal *ret,
                                              tdm_error *err);
/**
 * Folders with files that are named as Supabase names migrations, from the root: where to look when
 * no supabase/migrations was found. Sorted; folders of dependencies and hidden ones are left out.
 */
TDM_API TDM_MUST_CHECK tdm_status tdm_propose_folders(tdm_project *project, const char *const **ret,
                                                      size_t *ret_count, tdm_error *err);
/** Writes the tandem.toml; never over another. The lock is made from the project opened anew. */
TDM_API TDM_MUST_CHECK tdm_status tdm_propose_write(tdm_project *project,
                                                    const tdm_proposal *proposal, tdm_error *err);

#endif
