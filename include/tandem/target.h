/**
 * Which database or project a command talks to, from what the user said and what the project's
 * files and the environment hold.
 */
#ifndef TANDEM_TARGET_H
#define TANDEM_TARGET_H

#include <tandem/push.h>

/** What the user said. At most one of the first five. */
typedef struct tdm_target_words {
    const char *db_url; /**< on the command line */
    bool local;         /**< the local stack */
    bool linked;        /**< the project that `supabase link` linked */
    const char *remote; /**< a reference, a URL, or a name of [targets] or [remotes]; "": linked */
    const char *listed; /**< of a list of targets: the same, never empty. A password in a URL is the
                             caller's to judge */
    tdm_via via;
    bool reads_only;
    const char *password; /**< from a file or descriptor that the user named; NULL: looked for */
    const char *token;    /**< the same */
    const char *(*environment)(void *context, const char *name);
    void *environment_context;
} tdm_target_words;

/** A target. Its strings belong to the project, or are the words'. */
typedef struct tdm_target {
    tdm_target_options options;
    tdm_supabase_project project; /**< what options.project points to */
    const char *name;             /**< in [targets]; NULL: it has none */
    bool is_protected;            /**< a change needs its name said once more */
} tdm_target;

/** Whether a target was named at all. */
TDM_API bool tdm_target_is_named(const tdm_project *project, const tdm_target_words *words);
/** In this order: the words, TANDEM_TARGET, TANDEM_DATABASE_URL, DATABASE_URL, libpq's own
 *  variables, and `target` of tandem.toml. With none of them it is TDM_ERROR_USAGE. A name that
 *  nobody knows, and a [targets] table that says nothing usable, are TDM_ERROR_CONFIG. */
TDM_API TDM_MUST_CHECK tdm_status tdm_target_find(tdm_project *project,
                                                  const tdm_target_words *words, tdm_target *ret,
                                                  tdm_error *err);

#endif
