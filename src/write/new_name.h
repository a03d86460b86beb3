// Names of a new revision: its file's, by file_template as Alembic does, and what is to be said of
// a poor message.
#ifndef WRITE_NEW_NAME_H
#define WRITE_NEW_NAME_H

#include <tandem/new.h>

#include "alembic/config.h"
#include "base/arena.h"

// A moment by the wall clock of the project.
typedef struct tdm_new_moment {
    unsigned year, month, day, hour, minute, second;
} tdm_new_moment;

tdm_new_moment tdm_new_wall(tdm_new_time time);

// "20241127_000001_add_file_path.py": file_template filled in, with the end. Formats other than
// Python's %(name)s and %(name)[0][width][.precision]d of the names that Alembic knows, and a name
// with a folder in it, are TDM_ERROR_CONFIG. In the slug letters outside of ASCII are left out.
TDM_MUST_CHECK tdm_status tdm_new_file_name(tdm_arena *arena, const tdm_alembic_config *config,
                                            tdm_text id, tdm_text message, tdm_new_time time,
                                            tdm_text *ret, tdm_error *err);

// Why a message says too little ("update"), or an empty text.
tdm_text tdm_new_poor_message(tdm_arena *arena, tdm_text message);

#endif
