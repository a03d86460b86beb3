/**
 * `tandem drift`: does a target look as its histories say? What alembic_version and
 * schema_migrations record as applied is replayed without a server, the target is read, and the
 * two are compared down to the attribute.
 */
#ifndef TANDEM_DRIFT_H
#define TANDEM_DRIFT_H

#include <tandem/push.h>

typedef enum tdm_drift_kind {
    TDM_DRIFT_MISSING,   /**< the histories make it, the target does not have it */
    TDM_DRIFT_EXTRA,     /**< the target has it, no history makes it */
    TDM_DRIFT_DIFFERENT, /**< both have it, and an attribute says two things */
    TDM_DRIFT_UNKNOWN,   /**< whether it is the same cannot be known: `reason` */
} tdm_drift_kind;

TDM_API const char *tdm_drift_name(tdm_drift_kind kind);

typedef struct tdm_drift_item {
    tdm_drift_kind kind;
    tdm_text object;    /**< "documents.file_path", "index ix_documents_project_id" */
    tdm_text attribute; /**< "type", "nullable", ...; of MISSING and EXTRA: "existence" */
    tdm_text expected;  /**< what the histories say, or empty */
    tdm_text actual;    /**< what the target says, or empty */
    tdm_text reason;    /**< of UNKNOWN */
    tdm_place place;    /**< of the statement that says so, or TDM_NOWHERE */
} tdm_drift_item;

typedef struct tdm_drift_options {
    const char *const *schemas; /**< only these; none: all but the system's and Supabase's own */
    size_t schema_count;
    bool all_schemas; /**< Supabase's own too */
} tdm_drift_options;

typedef struct tdm_drift {
    tdm_text target; /**< without secrets */
    const tdm_drift_item *items;
    size_t item_count;
    size_t unknown;      /**< how many of them cannot be known */
    size_t pair_count;   /**< how many pairs the histories say are applied, wholly or in part */
    size_t object_count; /**< tables and other objects that were read from the target */
} tdm_drift;

/** Reads only. The result belongs to the project. */
TDM_API TDM_MUST_CHECK tdm_status tdm_drift_find(tdm_project *project, tdm_session *session,
                                                 const tdm_drift_options *options,
                                                 const tdm_drift **ret, tdm_error *err);

#endif
