/**
 * One push over many targets: the databases of many tenants, named in a list.
 *
 * The first target, or the one that is named for it, goes alone: where it fails nothing else is
 * begun. The others follow, several at a time. What is done is what the histories in each target
 * say, so that a run that was broken off is gone on with by running it again.
 */
#ifndef TANDEM_TARGETS_H
#define TANDEM_TARGETS_H

#include <tandem/push.h>
#include <tandem/target.h>

enum {
    TDM_TARGETS_MOST = 10000,     /**< targets in one list */
    TDM_TARGETS_LINE_MOST = 4096, /**< bytes of one line */
    TDM_TARGETS_JOBS_MOST = 64,
    TDM_TARGETS_JOBS = 8, /**< unless another number is said */
};

/**
 * A list of targets. One line is one target, as `--remote` takes it: a URL, libpq's keywords, a
 * name of [targets] or [remotes], or a project's reference. In front of it may stand a name for the
 * report: one word without '=' and "://". Empty lines and lines that begin with '#' are none.
 */
typedef struct tdm_targets_options {
    tdm_text text;
    const char *file;       /**< the list's name in messages */
    bool is_private;        /**< nobody else can read the list: passwords in its URLs are allowed */
    const char *canary;     /**< a name in the list, or a number from 1; NULL: the first */
    tdm_target_words words; /**< of all targets: via, password, token, environment */
} tdm_targets_options;

typedef enum tdm_outcome {
    TDM_OUTCOME_PUSHED,    /**< what was pending is applied or recorded */
    TDM_OUTCOME_CURRENT,   /**< nothing was pending: both histories have everything */
    TDM_OUTCOME_PENDING,   /**< of a run that only looks: a push would change it */
    TDM_OUTCOME_SAME,      /**< the same database as another target of the run */
    TDM_OUTCOME_REFUSED,   /**< its histories do not allow a push; nothing was done to it */
    TDM_OUTCOME_FAILED,    /**< nothing of what was pending is there now */
    TDM_OUTCOME_PARTLY,    /**< some of what was pending is there, or it cannot be known */
    TDM_OUTCOME_NOT_TRIED, /**< the run ended before it was begun */
    TDM_OUTCOME_COUNT
} tdm_outcome;

/** "up to date", for people. */
TDM_API const char *tdm_outcome_words(tdm_outcome outcome);
/** "current", for programs. */
TDM_API const char *tdm_outcome_name(tdm_outcome outcome);

/** What became of one target. */
typedef struct tdm_target_report {
    tdm_text name;   /**< in the list, or what its URL says without secrets */
    uint32_t line;   /**< in the list */
    tdm_text target; /**< "acme on db-1:5432 as app"; empty: it was never reached */
    tdm_outcome outcome;
    size_t pending;   /**< steps, before anything was done */
    size_t applied;   /**< of these */
    size_t adopted;   /**< of these */
    tdm_text same_as; /**< of SAME: the name of the other */
    /** Of an outcome that is a failure. */
    tdm_error_code code;
    tdm_text message;
    tdm_text hint;
    tdm_place place;
} tdm_target_report;

typedef struct tdm_targets_report {
    const tdm_target_report *items; /**< the canary first, then as in the list */
    size_t count;
    size_t counts[TDM_OUTCOME_COUNT];
    size_t applied; /**< steps, in all targets */
    size_t adopted;
    bool interrupted;
} tdm_targets_report;

/** The program's exit code. 0: every target has everything. 7: some targets were changed and others
 *  failed, or one is partly done. Else, with nothing changed anywhere, that of the first failure.
 */
TDM_API tdm_exit tdm_targets_exit(const tdm_targets_report *report);

typedef enum tdm_targets_event_kind {
    TDM_TARGETS_BEGIN, /**< a target is connected to */
    TDM_TARGETS_NOTE,  /**< `text`: which way was taken to it */
    TDM_TARGETS_PUSH,  /**< `push`: what tdm_push tells */
    TDM_TARGETS_END,   /**< its outcome is known */
} tdm_targets_event_kind;

typedef struct tdm_targets_event {
    tdm_targets_event_kind kind;
    const tdm_target_report *item;
    size_t done; /**< targets that have ended */
    size_t count;
    tdm_text text;
    const tdm_push_event *push;
} tdm_targets_event;

typedef struct tdm_targets_run_options {
    tdm_plan_options plan;
    tdm_push_options push; /**< its event is not told */
    unsigned jobs;         /**< targets at a time; 0: TDM_TARGETS_JOBS */
    bool keep_going;       /**< a target that fails, the canary aside, does not stop the others */
    bool only_look;        /**< plans are made, and nothing is changed; then there is no canary */
    /** May be called by any thread, but never by two at once. May be NULL. */
    void (*event)(void *context, const tdm_targets_event *event);
    void *context;
} tdm_targets_run_options;

typedef struct tdm_targets tdm_targets;

/** Reads a list and finds all its targets; connects to none. TDM_ERROR_CONFIG with the line for
 *  what names no target, a name that stands twice, and a password that others can read. */
TDM_API TDM_MUST_CHECK tdm_status tdm_targets_open(tdm_project *project,
                                                   const tdm_targets_options *options,
                                                   tdm_targets **ret, tdm_error *err);
TDM_API void tdm_targets_free(tdm_targets *targets);
TDM_API size_t tdm_targets_count(const tdm_targets *targets);
/** The name of a target, the canary's first. */
TDM_API tdm_text tdm_targets_name(const tdm_targets *targets, size_t index);
/** How many of them are protected; `ret_first` is the name of the first. */
TDM_API size_t tdm_targets_protected(const tdm_targets *targets, tdm_text *ret_first);

/** Runs once. A target that fails is no failure of the run: the report says so. The report belongs
 *  to `targets`. */
TDM_API TDM_MUST_CHECK tdm_status tdm_targets_run(tdm_targets *targets,
                                                  const tdm_targets_run_options *options,
                                                  const tdm_targets_report **ret, tdm_error *err);
/** From a signal handler: what runs is cancelled, and nothing new begins. */
TDM_API void tdm_targets_cancel(tdm_targets *targets);

#endif
