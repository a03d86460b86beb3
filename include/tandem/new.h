/**
 * `tandem new`: a revision and its migration, made at once.
 *
 * The revision comes from the project's own script.py.mako and file_template, as `alembic revision`
 * would make it; the migration gets a version later than every one that is there, and names the
 * revision in its header. What is made is read back before it is handed out.
 */
#ifndef TANDEM_NEW_H
#define TANDEM_NEW_H

#include <tandem/convert.h>
#include <tandem/project.h>

/** Now: the library has no clock. */
typedef struct tdm_new_time {
    int64_t seconds; /**< since 1970-01-01 00:00 UTC */
    uint32_t microseconds;
    int32_t offset; /**< seconds that the project's wall clock is ahead of UTC */
} tdm_new_time;

typedef struct tdm_new_options {
    const char *message;
    const char *id;       /**< of the revision; NULL: one in the style of the chain */
    const char *sql_path; /**< where `sql` came from, for messages; NULL: no SQL */
    tdm_text sql;         /**< what both sides are to do; must outlive the project */
    tdm_new_time time;
} tdm_new_options;

/** The `timezone` of the Alembic configuration, empty for the local time: what the offset is of. */
TDM_API tdm_text tdm_new_timezone(const tdm_project *project);

/** Makes both files in memory: first the revision, then the migration. Several heads, a template
 *  beyond the subset of Mako that Alembic's own templates use, SQL that cannot stand in a
 * migration: all refused with their place. `ret_warning` is empty, or says why the message is a
 * poor one. */
TDM_API TDM_MUST_CHECK tdm_status tdm_new(tdm_project *project, const tdm_new_options *options,
                                          tdm_conversion *ret, tdm_text *ret_warning,
                                          tdm_error *err);

#endif
