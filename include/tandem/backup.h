/**
 * `tandem push --backup FILE`: PostgreSQL's own pg_dump before anything is changed.
 */
#ifndef TANDEM_BACKUP_H
#define TANDEM_BACKUP_H

#include <tandem/push.h>

typedef struct tdm_backup_options {
    const char *file;     /**< plain SQL, or pg_dump's custom format when it ends in ".dump" */
    const char *programs; /**< the folder with pg_dump; NULL: looked for in PATH */
} tdm_backup_options;

/** Dumps the database of a session. The file is written whole or not at all, readable by its owner
 *  alone; one that exists is TDM_ERROR_EXISTS. The password goes by a file that is removed, never
 *  by an argument. TDM_ERROR_TARGET over the API, and for a pg_dump that is older than the server;
 *  TDM_ERROR_CONFIG where there is no pg_dump; TDM_ERROR_SERVER with its words when it fails. */
TDM_API TDM_MUST_CHECK tdm_status tdm_backup(tdm_session *session,
                                             const tdm_backup_options *options, tdm_error *err);

#endif
