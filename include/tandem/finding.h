/**
 * Findings: what `check` and its relatives have to say, one record each.
 *
 * Every kind of finding is a row of TDM_FINDINGS with a stable code. The row gives its default
 * severity and title; the long explanation lives beside it in src/report/explain.c.
 */
#ifndef TANDEM_FINDING_H
#define TANDEM_FINDING_H

#include <tandem/place.h>
#include <tandem/text.h>

typedef enum tdm_severity {
    TDM_SEVERITY_NOTE,
    TDM_SEVERITY_WARNING,
    TDM_SEVERITY_ERROR,
} tdm_severity;

/** X(constant, code, default severity, title). TD1xx Alembic, TD2xx Supabase, TD3xx the pair,
 *  TD4xx the comments that suppress findings, TD5xx the histories in a target. */
#define TDM_FINDINGS(X)                                                                            \
    X(TDM_FINDING_MISSING_PARENT, "TD101", ERROR, "parent revision is not present")                \
    X(TDM_FINDING_DUPLICATE_REVISION, "TD102", ERROR, "revision id is used twice")                 \
    X(TDM_FINDING_CYCLE, "TD103", ERROR, "revisions form a cycle")                                 \
    X(TDM_FINDING_SEVERAL_HEADS, "TD104", ERROR, "more than one head")                             \
    X(TDM_FINDING_UNREADABLE_REVISION, "TD105", ERROR, "revision file cannot be read")             \
    X(TDM_FINDING_OPAQUE_REVISION, "TD106", ERROR, "revision cannot be known without running it")  \
    X(TDM_FINDING_LABEL_TAKEN, "TD107", ERROR, "branch label is taken")                            \
    X(TDM_FINDING_DUPLICATE_VERSION, "TD201", ERROR, "migration version is used twice")            \
    X(TDM_FINDING_SKIPPED_FILE, "TD202", WARNING, "file is skipped by Supabase")                   \
    X(TDM_FINDING_UNREADABLE_MIGRATION, "TD203", ERROR, "migration file cannot be read")           \
    X(TDM_FINDING_TRANSACTION_CONTROL, "TD204", ERROR, "migration controls its own transaction")   \
    X(TDM_FINDING_ODD_VERSION, "TD205", WARNING, "version is not fourteen digits")                 \
    X(TDM_FINDING_BOOKKEEPING, "TD206", WARNING, "migration writes a history table itself")        \
    X(TDM_FINDING_WRONG_STEP, "TD207", ERROR, "migration records another step")                    \
    X(TDM_FINDING_MISSING_MIGRATION, "TD301", ERROR, "revision has no migration")                  \
    X(TDM_FINDING_MISSING_REVISION, "TD302", ERROR, "migration has no revision")                   \
    X(TDM_FINDING_DIFFERENT, "TD303", ERROR, "revision and migration differ")                      \
    X(TDM_FINDING_OPAQUE_PAIR, "TD304", ERROR, "whether the pair agrees cannot be known")          \
    X(TDM_FINDING_ORDER, "TD305", ERROR, "migrations are not in the order of the revisions")       \
    X(TDM_FINDING_RESIDUE, "TD306", NOTE, "only one side does this")                               \
    X(TDM_FINDING_AMBIGUOUS_LINK, "TD307", ERROR, "a link names nothing, or two things")           \
    X(TDM_FINDING_FROZEN_CHANGED, "TD308", ERROR, "a frozen file changed in meaning")              \
    X(TDM_FINDING_FROZEN_GONE, "TD309", ERROR, "a frozen revision or migration is gone")           \
    X(TDM_FINDING_FROZEN_RENAMED, "TD310", ERROR, "a frozen migration has another name")           \
    X(TDM_FINDING_REOPENED, "TD311", WARNING, "an acknowledged pair has changed")                  \
    X(TDM_FINDING_IGNORES_NOTHING, "TD401", WARNING, "a comment suppresses nothing")               \
    X(TDM_FINDING_BAD_IGNORE, "TD402", ERROR, "a comment that suppresses is not complete")         \
    X(TDM_FINDING_ROW_ELSEWHERE, "TD501", ERROR, "a migration is recorded under another version")  \
    X(TDM_FINDING_ROW_WITHOUT_FILE, "TD502", ERROR, "a recorded version has no file")              \
    X(TDM_FINDING_ROW_TWICE, "TD503", ERROR, "a migration is recorded twice")                      \
    X(TDM_FINDING_EDITED, "TD504", WARNING, "a migration was edited after it ran")                 \
    X(TDM_FINDING_ONE_HISTORY, "TD505", ERROR, "only one history has it")                          \
    X(TDM_FINDING_GROUP_PARTLY, "TD506", WARNING, "a part of a group is recorded")                 \
    X(TDM_FINDING_ALREADY_THERE, "TD507", ERROR, "it is in the target, and no history says so")    \
    X(TDM_FINDING_PARTLY_THERE, "TD508", ERROR, "a part of it is in the target already")           \
    X(TDM_FINDING_NOT_THERE, "TD509", ERROR, "recorded as applied, and not in the target")         \
    X(TDM_FINDING_LATE, "TD510", WARNING, "pending, and older than what is applied")               \
    X(TDM_FINDING_HEAD_TOO_MANY, "TD511", ERROR, "alembic_version has a row too many")             \
    X(TDM_FINDING_HEAD_ALIAS, "TD512", ERROR, "alembic_version names a revision in other words")   \
    X(TDM_FINDING_HEAD_UNKNOWN, "TD513", ERROR, "alembic_version names an unknown revision")

typedef enum tdm_finding_kind {
#define X(constant, code, severity, title) constant,
    TDM_FINDINGS(X)
#undef X
        TDM_FINDING_COUNT
} tdm_finding_kind;

typedef struct tdm_finding {
    tdm_finding_kind kind;
    tdm_severity severity;
    tdm_place place;       /**< where the reader should look first */
    tdm_place other_place; /**< the other side, or TDM_NOWHERE */
    tdm_text message;      /**< one line, lower case, no full stop */
    tdm_text says;         /**< what this side says ("file_path VARCHAR(512)"), or empty */
    tdm_text other_says;   /**< what the other side says, or empty */
    tdm_text hint;         /**< what to do, a full sentence, or empty */
    tdm_text revision;     /**< the revision concerned, or empty */
    tdm_text version;      /**< the migration concerned, or empty */
    tdm_text ignored;      /**< the reason of the comment that suppresses it, or empty */
    tdm_place ignored_at;  /**< of that comment */
} tdm_finding;

/** "TD301", "revision has no migration", and the default severity. */
TDM_API const char *tdm_finding_code(tdm_finding_kind kind);
TDM_API const char *tdm_finding_title(tdm_finding_kind kind);
TDM_API tdm_severity tdm_finding_default_severity(tdm_finding_kind kind);
TDM_API const char *tdm_severity_name(tdm_severity severity);

#endif
