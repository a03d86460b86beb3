// The settings of tandem: what a project, a user or a command line says, each value with its
// origin.
//
// Keys are rows of TDM_SETTINGS; adding one touches that table, its help text and a test.
// Precedence: flags, then TANDEM_* of the environment, then the project's
// tandem.toml, then the user's file, then what is built in. A key that nobody knows is a warning
// with the nearest known one, so that an older tandem can read a newer file.
#ifndef CONFIG_SETTINGS_H
#define CONFIG_SETTINGS_H

#include <tandem/error.h>
#include <tandem/text.h>

#include "base/arena.h"
#include "base/tree.h"

typedef enum tdm_setting_type {
    TDM_SETTING_STRING,
    TDM_SETTING_STRINGS, // a string or an array of strings; in the environment separated by ':'
    TDM_SETTING_PATH,    // relative to the folder of the file that says it
    TDM_SETTING_PATHS,
    TDM_SETTING_BOOLEAN,
    TDM_SETTING_MAP,    // a table of names and scalars
    TDM_SETTING_TABLES, // a table of tables ([targets.production])
} tdm_setting_type;

// X(constant, key, type, value built in or NULL, what it says)
// The name in the environment follows from the key: alembic.config is TANDEM_ALEMBIC_CONFIG. Maps
// and tables have none. Paths in the environment start where the user stands; ALEMBIC_CONFIG counts
// as TANDEM_ALEMBIC_CONFIG when that is not set.
#define TDM_SETTINGS(X)                                                                            \
    X(TDM_SETTING_ALEMBIC_CONFIG, "alembic.config", TDM_SETTING_PATH, NULL,                        \
      "alembic.ini or pyproject.toml to read, when there are several")                             \
    X(TDM_SETTING_ALEMBIC_SECTION, "alembic.section", TDM_SETTING_STRING, "alembic",               \
      "section of alembic.ini (alembic -n)")                                                       \
    X(TDM_SETTING_ALEMBIC_VERSIONS, "alembic.versions", TDM_SETTING_PATHS, NULL,                   \
      "folders of revision files, in place of what the Alembic configuration says")                \
    X(TDM_SETTING_ALEMBIC_RECURSIVE, "alembic.recursive", TDM_SETTING_BOOLEAN, "false",            \
      "whether sub-folders of alembic.versions are read")                                          \
    X(TDM_SETTING_ALEMBIC_ROOTS, "alembic.roots", TDM_SETTING_PATHS, NULL,                         \
      "folders where imports of the project's own modules start")                                  \
    X(TDM_SETTING_ALEMBIC_COMMAND, "alembic.command", TDM_SETTING_STRING, NULL,                    \
      "how the project's own Alembic is started, for sql --run-alembic alone")                     \
    X(TDM_SETTING_ALEMBIC_VERSION_TABLE, "alembic.version_table", TDM_SETTING_STRING, NULL,        \
      "name of alembic_version, when env.py does not say it in a literal")                         \
    X(TDM_SETTING_ALEMBIC_VERSION_SCHEMA, "alembic.version_table_schema", TDM_SETTING_STRING,      \
      NULL, "schema of alembic_version, when env.py does not say it in a literal")                 \
    X(TDM_SETTING_ALEMBIC_ASSUME, "alembic.assume", TDM_SETTING_MAP, NULL,                         \
      "values of the project's own names that revisions depend on")                                \
    X(TDM_SETTING_ALEMBIC_NAMING, "alembic.naming_convention", TDM_SETTING_MAP, NULL,              \
      "naming convention of target_metadata: ix, uq, ck, fk, pk; empty: there is none")            \
    X(TDM_SETTING_SUPABASE_FOLDER, "supabase.folder", TDM_SETTING_PATH, NULL,                      \
      "the supabase folder, which holds config.toml and migrations")                               \
    X(TDM_SETTING_PAIRING_BASELINE_REVISION, "pairing.baseline_revision", TDM_SETTING_STRING,      \
      NULL, "pairing starts after this revision")                                                  \
    X(TDM_SETTING_PAIRING_BASELINE_VERSION, "pairing.baseline_version", TDM_SETTING_STRING, NULL,  \
      "pairing starts after this migration")                                                       \
    X(TDM_SETTING_PAIRING_LEADS, "pairing.leads", TDM_SETTING_STRING, "alembic",                   \
      "the side that is written first: alembic or supabase")                                       \
    X(TDM_SETTING_PAIRING_OWNERSHIP, "pairing.ownership", TDM_SETTING_MAP, NULL,                   \
      "kinds of object that stand on one side alone: policy = \"supabase\"")                       \
    X(TDM_SETTING_WRITE_SELF_RECORDING, "write.self_recording", TDM_SETTING_BOOLEAN, "false",      \
      "whether new migrations end with their own step of alembic_version")                         \
    X(TDM_SETTING_WRITE_GUARDED, "write.guarded", TDM_SETTING_BOOLEAN, "false",                    \
      "whether new migrations pass over what is there already")                                    \
    X(TDM_SETTING_WRITE_RLS, "write.rls", TDM_SETTING_BOOLEAN, "false",                            \
      "whether new migrations switch row level security on for new tables of the API's schemas")   \
    X(TDM_SETTING_GIT_PROTECTED, "git.protected", TDM_SETTING_STRING, NULL,                        \
      "the branch whose revisions and migrations must not change any more: origin/main")           \
    X(TDM_SETTING_TARGET, "target", TDM_SETTING_STRING, NULL,                                      \
      "the name in [targets] that is meant when none is given")                                    \
    X(TDM_SETTING_TARGETS, "targets", TDM_SETTING_TABLES, NULL,                                    \
      "databases and projects by name; never a secret")

typedef enum tdm_setting_id {
#define X(constant, key, type, built_in, meaning) constant,
    TDM_SETTINGS(X)
#undef X
        TDM_SETTING_COUNT
} tdm_setting_id;

typedef enum tdm_origin {
    TDM_ORIGIN_ABSENT, // no value at all
    TDM_ORIGIN_BUILT_IN,
    TDM_ORIGIN_USER_FILE,
    TDM_ORIGIN_PROJECT_FILE,
    TDM_ORIGIN_ENVIRONMENT,
    TDM_ORIGIN_FLAG,
} tdm_origin;

// One name of a map.
typedef struct tdm_setting_pair {
    tdm_text key;
    tdm_text text;   // a string as it is; a number, date or boolean as written
    bool is_string;  // the file has a string here
    tdm_place place; // of the value
} tdm_setting_pair;

typedef struct tdm_setting_table {
    tdm_text name;
    tdm_place place;
    const tdm_setting_pair *pairs;
    size_t count;
} tdm_setting_table;

typedef struct tdm_setting {
    tdm_origin origin;
    tdm_place place;       // in the file; TDM_NOWHERE for flags, environment and built in
    const tdm_text *items; // STRING, PATH and BOOLEAN: one. Paths are relative to the root, cleaned
    size_t count;
    bool boolean;
    const tdm_setting_pair *pairs; // of MAP
    size_t pair_count;
    const tdm_setting_table *tables; // of TABLES
    size_t table_count;
} tdm_setting;

typedef struct tdm_setting_warning {
    tdm_place place;
    tdm_text message;
    tdm_text hint;
} tdm_setting_warning;

typedef struct tdm_settings {
    tdm_setting values[TDM_SETTING_COUNT];
    const char *project_file; // the tandem.toml that was read, or NULL
    const char *user_file;    // or NULL
    const tdm_setting_warning *warnings;
    size_t warning_count;
} tdm_settings;

// A flag that sets a key ("--alembic-config x").
typedef struct tdm_setting_flag {
    tdm_setting_id id;
    tdm_text value; // lists separated by ':'; paths relative to the root of the tree
} tdm_setting_flag;

// The environment, asked by name. NULL: not set.
typedef const char *(*tdm_environment)(void *context, const char *name);

typedef struct tdm_settings_input {
    tdm_tree *tree;    // of the project
    const char *start; // folder where the search begins; NULL: the root of the tree
    const char *file;  // tandem.toml chosen by the user, from `start`; NULL: TANDEM_CONFIG, else
                       // the nearest tandem.toml or supabase/tandem.toml from `start` upwards
    bool no_file;      // no project file and no user file (--no-config)
    const tdm_setting_flag *flags;
    size_t flag_count;
    tdm_environment environment; // NULL: empty
    void *environment_context;
} tdm_settings_input;

// Collects the settings. The user's file is $XDG_CONFIG_HOME/tandem/config.toml, else
// $HOME/.config/tandem/config.toml. TDM_ERROR_CONFIG are a value of the wrong type, two project
// files in one place, a path that leads out of the project, and a secret in the project's file,
// which is under version control.
TDM_MUST_CHECK tdm_status tdm_settings_read(tdm_arena *arena, const tdm_settings_input *input,
                                            tdm_settings *ret, tdm_error *err);

const char *tdm_setting_key(tdm_setting_id id);
const char *tdm_setting_meaning(tdm_setting_id id);
tdm_setting_type tdm_setting_type_of(tdm_setting_id id);
// "TANDEM_ALEMBIC_CONFIG"; empty for maps and tables.
tdm_text tdm_setting_variable(tdm_arena *arena, tdm_setting_id id);
const char *tdm_origin_name(tdm_origin origin);

// The one text of a STRING, PATH or BOOLEAN, or an empty text.
tdm_text tdm_setting_text(const tdm_settings *settings, tdm_setting_id id);
// The value of a name in a MAP, or NULL.
const tdm_setting_pair *tdm_setting_find(const tdm_setting *setting, tdm_text key);

#endif
