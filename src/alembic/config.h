// The configuration of an Alembic project: alembic.ini and [tool.alembic] of pyproject.toml, merged
// option by option as Alembic does (A119 alembic/config.py, script/base.py).
//
// One difference is on purpose. Alembic takes relative paths from the folder it is started in; a
// check must not depend on that. They are taken from the folder of the configuration file, else
// from the nearest folder above it up to the project's root: the first that exists. Where that is
// not the file's own folder, a note says so.
#ifndef ALEMBIC_CONFIG_H
#define ALEMBIC_CONFIG_H

#include "base/tree.h"

#include <tandem/error.h>

// Something that the reader of the configuration may want to know.
typedef struct tdm_note {
    tdm_place place;
    tdm_text message;
} tdm_note;

typedef struct tdm_alembic_config {
    const char *ini; // paths in the tree, or NULL
    const char *toml;
    const char *script_location; // NULL when only folders of revisions were given
    tdm_place script_place;      // where script_location is said
    const char *env;             // env.py, or NULL when it is not there
    const char *const *versions; // the folders that exist, in configured order
    size_t version_count;
    bool recursive;
    bool sourceless; // compiled files count too, and cannot be read: chain.h makes it a problem
    const char *const
        *roots; // folders where imports start: prepend_sys_path, then the file's folder
    size_t root_count;
    tdm_text file_template;
    uint32_t truncate_slug_length;
    tdm_text timezone; // empty: local time
    tdm_text output_encoding;
    tdm_text url; // sqlalchemy.url of the ini, or empty
    const tdm_note *notes;
    size_t note_count;
} tdm_alembic_config;

// What the user chose. All members may be zero.
typedef struct tdm_alembic_choice {
    const char *start;           // folder of the tree where the search starts; NULL: its root
    const char *config;          // an ini file, or a file named pyproject.toml; NULL: search
    tdm_text section;            // of the ini; empty: "alembic"
    const char *const *versions; // folders of revisions in place of what the configuration says;
    size_t version_count;        // alone, without any configuration, they are enough
    bool recursive;              // for those folders
    bool optional;               // none at all is no error: no script_location, no versions
} tdm_alembic_choice;

// Finds and reads the configuration. The search takes the first folder from `start` upwards that
// holds alembic.ini or a pyproject.toml with [tool.alembic]; else everything below `start`, then
// below the folders above it, without folders of tests and of dependencies. More than one at the
// same step is TDM_ERROR_CONFIG naming them; none at all is TDM_ERROR_CONFIG too.
TDM_MUST_CHECK tdm_status tdm_alembic_config_read(tdm_arena *arena, tdm_tree *tree,
                                                  const tdm_alembic_choice *choice,
                                                  tdm_alembic_config *ret, tdm_error *err);

#endif
