/**
 * `tandem sql`: the text of `alembic upgrade A:B --sql` (or downgrade), byte for byte, and the
 * statements of each revision for programs.
 */
#ifndef TANDEM_SQL_H
#define TANDEM_SQL_H

#include <tandem/project.h>

/** Receives output in pieces. Returns false to stop (then the caller fails with TDM_ERROR_FILE). */
typedef bool (*tdm_writer)(void *context, tdm_text piece);

typedef struct tdm_sql_options {
    const char *range; /**< "A:B", "B", "head" ...; NULL: base:heads (downgrade: needs A:B) */
    bool downgrade;
    bool strict;    /**< fail at the first opaque statement instead of marking it */
    size_t *opaque; /**< receives how many opaque statements were marked; may be NULL */
    /** Run the project's own Alembic, as the setting alembic.command says, for the text of
     * revisions that hold an opaque statement, and mark it. That runs code of the project. Without
     * the setting: TDM_ERROR_CONFIG. */
    bool run_alembic;
} tdm_sql_options;

TDM_API TDM_MUST_CHECK tdm_status tdm_sql(tdm_project *project, const tdm_sql_options *options,
                                          tdm_writer write, void *context, tdm_error *err);

/** One emission of one revision function, rendered alone, as Alembic prints it offline. */
typedef struct tdm_rendered_statement {
    tdm_text sql;  /**< with its semicolon; empty when opaque */
    uint32_t line; /**< of the call */
    bool opaque;
    bool asked; /**< all that the project's own Alembic printed for the function, in one piece */
    tdm_text reason; /**< of an opaque one; of an asked one, why it was asked */
} tdm_rendered_statement;

typedef struct tdm_rendered {
    tdm_text revision;
    const char *file;
    bool downgrade;
    const tdm_rendered_statement *statements;
    size_t count;
    tdm_text raised; /**< "NotImplementedError: no way back", or empty */
} tdm_rendered;

/** Each revision and direction in turn; `each` returns false to stop. A revision file that cannot
 *  be read arrives as one opaque statement that says why. */
typedef bool (*tdm_rendered_callback)(void *context, const tdm_rendered *rendered);
TDM_API TDM_MUST_CHECK tdm_status tdm_sql_each(tdm_project *project, tdm_rendered_callback each,
                                               void *context, tdm_error *err);
/** The same, and where a statement is opaque the project's own Alembic is run (as in
 *  tdm_sql_options) for the function alone. Where it fails, or does not run the revision without
 *  others, the statements stay as they are, and the reason of the first opaque one says so. */
TDM_API TDM_MUST_CHECK tdm_status tdm_sql_each_asking(tdm_project *project,
                                                      tdm_rendered_callback each, void *context,
                                                      tdm_error *err);

#endif
