/**
 * `tandem status`, `plan` and `push`: the two histories in a target, what is pending, and bringing
 * the target up to date with both histories true.
 *
 * One migration is one transaction: DDL and both history rows commit together or not at all.
 */
#ifndef TANDEM_PUSH_H
#define TANDEM_PUSH_H

#include <tandem/check.h>
#include <tandem/project.h>

/** By which way a project of Supabase is reached. */
typedef enum tdm_via {
    TDM_VIA_AUTO,  /**< a database connection where there is a way to one, else the API */
    TDM_VIA_LIBPQ, /**< a database connection */
    TDM_VIA_API,   /**< the Management API, HTTPS alone */
} tdm_via;

/** A project of Supabase. NULL where nothing is known; defaults are those of the hosted platform.
 */
typedef struct tdm_supabase_project {
    const char *ref;          /**< twenty lower-case letters */
    const char *token;        /**< access token of the Management API */
    const char *api_url;      /**< https://api.supabase.com */
    const char *project_host; /**< supabase.co: the database is at db.<ref>.supabase.co */
    const char *pooler_host;  /**< supabase.com: poolers are below it */
    const char *pooler_url;   /**< what `supabase link` saved; checked before it is used */
    const char *ca_file;      /**< trusted for HTTPS in place of the system's certificates */
} tdm_supabase_project;

/** A connection to a target. One thread at a time. */
typedef struct tdm_session tdm_session;

/** How to reach the target. Secrets come in here and never go out again. */
typedef struct tdm_target_options {
    const char *url;     /**< libpq URI or keyword string, or a SQLAlchemy URL; NULL: PG* variables,
                              service and pgpass, as libpq finds them */
    bool url_from_argv;  /**< then a password in it is refused */
    int connect_timeout; /**< seconds; 0: 10 */
    const char *password; /**< used where the URL has none; NULL: as libpq finds it */
    const tdm_supabase_project *project; /**< the target, in place of `url` */
    tdm_via via;                         /**< of `project` */
    bool reads_only; /**< nothing will be changed: no login role is made for it */
    void (*note)(void *context, tdm_text note); /**< which way was taken; may be NULL */
    /** Asked when the server wants a password that nobody gave: fills at most `size` bytes with a
     *  NUL among them; false when there is none. May be NULL. */
    bool (*ask_password)(void *context, const char *target, char *ret, size_t size);
    /** Told of a database session before it connects, so that it can be cancelled meanwhile, and of
     *  NULL before one that could not connect is gone. May be NULL. */
    void (*opening)(void *context, tdm_session *session);
    void *context; /**< of all three */
} tdm_target_options;

/** What is to be done about one pair, from what the two histories in the target say. */
typedef enum tdm_action {
    TDM_ACTION_NONE,           /**< both histories have it */
    TDM_ACTION_APPLY,          /**< neither has it: run it, record both */
    TDM_ACTION_ADOPT_SUPABASE, /**< Alembic has it: record the migration, run nothing */
    TDM_ACTION_ADOPT_ALEMBIC,  /**< Supabase has it: step alembic_version, run nothing */
    TDM_ACTION_REVERT,         /**< both histories have it: undo it, forget it (revert.h) */
    TDM_ACTION_REFUSED,        /**< cannot be done; `reason` says why */
} tdm_action;

TDM_API const char *tdm_action_name(tdm_action action);

typedef struct tdm_plan_step {
    tdm_pair_info pair;
    bool in_alembic;  /**< alembic_version says it is applied */
    bool in_supabase; /**< schema_migrations has all its versions */
    bool partly;      /**< schema_migrations has some of its versions */
    tdm_action action;
    tdm_text reason;     /**< of REFUSED; of one that records, what could not be compared */
    tdm_text unfinished; /**< of APPLY: what of it is done, where an earlier run was broken off */
    size_t transactions; /**< of APPLY: its parts, one for each migration unless a statement runs
                              outside of transactions, or must be committed by itself */
} tdm_plan_step;

typedef struct tdm_plan {
    tdm_text target;            /**< "postgres on db.example:5432 as postgres", without secrets */
    const tdm_plan_step *steps; /**< in chain order */
    size_t step_count;
    const tdm_text *unknown_revisions; /**< rows of alembic_version that the chain does not have */
    size_t unknown_revision_count;
    const tdm_text *unknown_versions; /**< rows of schema_migrations without a file */
    size_t unknown_version_count;
    size_t pending; /**< steps with an action that changes the target */
    size_t refused;
} tdm_plan;

typedef struct tdm_plan_options {
    bool adopt; /**< record in one history what the other says was done, where the target as a whole
                     is what its histories say */
    const char *to; /**< a revision or version to stop at; NULL: all */
    /** Where both histories have everything there are no steps, and the pairs are not compared. */
    bool only_pending;
    /** Milliseconds that reading the histories may wait for a lock; 0: what the session says. Then
     *  it is TDM_ERROR_LOCKED. */
    uint32_t patience_ms;
} tdm_plan_options;

TDM_API TDM_MUST_CHECK tdm_status tdm_session_open(const tdm_target_options *options,
                                                   tdm_session **ret, tdm_error *err);
/** Whether a failure to connect may be over by itself a little later: nobody answers, the name is
 *  not known yet, the server starts or has no place left. Never so for a refused password. */
TDM_API bool tdm_connect_is_passing(const tdm_error *err);
TDM_API void tdm_session_close(tdm_session *session);
/** "postgres on db.example:5432 as postgres", without secrets; lives as long as the session. */
TDM_API tdm_text tdm_session_target(const tdm_session *session);
/** From a signal handler or another thread: asks for the running statement to be cancelled, and no
 *  new one begins. */
TDM_API void tdm_session_cancel(tdm_session *session);

/** Before a connection is made: whether the project holds a migration that no push could run as it
 * is meant. TDM_ERROR_HISTORY with its place for a BEGIN or COMMIT without the other, and for what
 *  cannot stand beside a statement outside of transactions. */
TDM_API TDM_MUST_CHECK tdm_status tdm_push_preflight(tdm_project *project, tdm_error *err);

/** Reads both histories and compares them with the project. Reads only. The plan belongs to the
 *  project. Takes tdm_check's verdicts: what is different or opaque is refused. */
TDM_API TDM_MUST_CHECK tdm_status tdm_plan_make(tdm_project *project, tdm_session *session,
                                                const tdm_plan_options *options,
                                                const tdm_plan **ret, tdm_error *err);
/** The exact SQL that push would send for a plan with default options (`--dry-run`): for people to
 *  read, and for psql to run. The plan must come from tdm_plan_make. */
TDM_API TDM_MUST_CHECK tdm_status tdm_plan_print(tdm_project *project, const tdm_plan *plan,
                                                 bool (*write)(void *context, tdm_text piece),
                                                 void *context, tdm_error *err);

typedef enum tdm_push_event_kind {
    TDM_PUSH_BEGIN,     /**< a step begins */
    TDM_PUSH_STATEMENT, /**< a statement is about to run */
    TDM_PUSH_WAITING,   /**< a lock is held by somebody else: `text` says by whom, once each */
    TDM_PUSH_COMMITTED, /**< a step is committed and read back */
    TDM_PUSH_NOTICE,    /**< the server said something */
    TDM_PUSH_PROGRESS,  /**< of a statement that takes long: what the server says of it */
    TDM_PUSH_REHEARSED, /**< a statement was run in a rehearsal: its time, and the locks it took */
    TDM_PUSH_LEFT_OUT,  /**< a rehearsal does not run a statement: `text` says why */
} tdm_push_event_kind;

typedef struct tdm_push_event {
    tdm_push_event_kind kind;
    const tdm_plan_step *step;
    size_t index; /**< of the step among those with an action */
    size_t count;
    tdm_place place; /**< of the statement */
    tdm_text text;
} tdm_push_event;

typedef struct tdm_push_options {
    uint32_t lock_timeout_ms;      /**< 0: 4000 */
    uint32_t statement_timeout_ms; /**< 0: what the server says */
    uint32_t lock_wait_ms;         /**< how long to keep trying for the push lock; 0: 15000 */
    uint64_t jitter_seed;          /**< pauses before another try differ by it */
    void (*event)(void *context, const tdm_push_event *event); /**< may be NULL */
    void *event_context;
} tdm_push_options;

typedef struct tdm_push_result {
    size_t applied;
    size_t adopted;
    size_t reverted;
    size_t rehearsed; /**< statements, of a rehearsal */
    size_t left_out;  /**< the same: those that it could not run */
    /** With TDM_ERROR_HISTORY: somebody changed the histories since the plan was made. Nothing of
     *  the step is done, and a new plan sees what is left. */
    bool overtaken;
} tdm_push_result;

/** For whoever pushes without being asked, where several may begin at once: takes the push lock
 *  and holds it until the session is closed, so that one of them applies everything. `ret_taken` is
 *  false when somebody else held it and has ended: what they have done must be looked at before it
 *  is asked for again. Waits `lock_wait_ms` at most, TDM_ERROR_LOCKED then; TDM_PUSH_WAITING tells
 *  who is waited for, and has no step. Without options it waits for nobody. Over the API there is
 *  no session to hold it in, and behind a pooler it may not be ours alone: there it is taken with
 *  each migration. */
TDM_API TDM_MUST_CHECK tdm_status tdm_push_turn(tdm_session *session,
                                                const tdm_push_options *options, bool *ret_taken,
                                                tdm_error *err);

/** Carries out a plan that tdm_plan_make gave; one with a refused step is not carried out at all.
 *  Fails at the first step that fails: what was committed before stays, nothing of that step does,
 *  and the error says so (file, line, server message). `ret` is also written on failure: what had
 *  been committed. TDM_ERROR_HISTORY: somebody changed the histories since the plan was made. */
TDM_API TDM_MUST_CHECK tdm_status tdm_push(tdm_project *project, tdm_session *session,
                                           const tdm_plan *plan, const tdm_push_options *options,
                                           tdm_push_result *ret, tdm_error *err);

/** Runs what the plan applies on the target in one transaction and rolls it back: tells for every
 *  statement how long it took and which locks it took on what was there. It holds all of them until
 *  the end, so that it waits for none longer than a second (`lock_timeout_ms`: another time). Needs
 *  a session: TDM_ERROR_TARGET over the API. */
TDM_API TDM_MUST_CHECK tdm_status tdm_push_rehearse(tdm_session *session, const tdm_plan *plan,
                                                    const tdm_push_options *options,
                                                    tdm_push_result *ret, tdm_error *err);

#endif
