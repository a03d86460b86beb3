/**
 * `tandem rehearse`: what does a server make of the two histories? Each chain is applied to a
 * database of its own on a throwaway PostgreSQL, both are read, and compared with each other and
 * with what tandem's model says; the Alembic side also goes down and up again.
 */
#ifndef TANDEM_REHEARSE_H
#define TANDEM_REHEARSE_H

#include <tandem/drift.h>

typedef struct tdm_rehearse_options {
    const char *programs;  /**< folder with initdb and postgres; NULL: looked for */
    const char *path;      /**< PATH, to look in */
    const char *temporary; /**< where the server's folder is made; NULL: /tmp */
    const char *url;       /**< a server to make scratch databases on instead; NULL: none */
    bool url_from_argv;    /**< then a password in it is refused */
} tdm_rehearse_options;

/** One way through a chain. */
typedef struct tdm_rehearse_run {
    const char *name;  /**< "alembic upgrade", "supabase migrations", ... */
    size_t files;      /**< that ran to their end */
    size_t file_count; /**< that there are */
    size_t statements; /**< that the server took */
    tdm_text stopped;  /**< why it went no further, or empty */
    tdm_place place;   /**< of the statement that it stopped at */
    bool refused;      /**< the server said no; otherwise the statement cannot be known */
} tdm_rehearse_run;

/** Two schemas laid beside each other. Items say `expected` of the first, `actual` of the second.
 */
typedef struct tdm_rehearse_comparison {
    const char *name;   /**< "alembic and supabase", "alembic and its model", ... */
    const char *first;  /**< what the first of the two is: "the revisions" */
    const char *second; /**< and the second: "the migrations" */
    const tdm_drift_item *items;
    size_t item_count;
    size_t unknown; /**< how many of them cannot be known */
    size_t allowed; /**< differences left out: what only Supabase's side has of its own kinds, and
                         extensions that a downgrade leaves */
    bool of_model;  /**< a server beside tandem's model of what ran there */
} tdm_rehearse_comparison;

typedef struct tdm_rehearsal {
    tdm_text server;         /**< "PostgreSQL 16.2 of /usr/lib/postgresql/16/bin" */
    const tdm_text *missing; /**< extensions that the histories make and the server lacks */
    size_t missing_count;
    const tdm_rehearse_run *runs;
    size_t run_count;
    const tdm_rehearse_comparison *comparisons;
    size_t comparison_count;
    bool failed;  /**< a run stopped because the server refused, or something differs */
    bool unknown; /**< something could not be known */
} tdm_rehearsal;

/** Leaves nothing behind. The result belongs to the project. */
TDM_API TDM_MUST_CHECK tdm_status tdm_rehearse(tdm_project *project,
                                               const tdm_rehearse_options *options,
                                               const tdm_rehearsal **ret, tdm_error *err);

#endif
