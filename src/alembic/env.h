// What env.py says in literals. env.py is never run: its context.configure(...)
// calls are read from the syntax tree. Usually there are two, one for --sql (offline) and one with
// a connection (online); a setting that a call does not give is stock, and one that is no literal
// is "not known" with its place.
#ifndef ALEMBIC_ENV_H
#define ALEMBIC_ENV_H

#include "base/arena.h"

#include <tandem/error.h>
#include <tandem/text.h>

typedef enum tdm_env_state {
    TDM_ENV_STOCK, // not said: Alembic's own default, which is in `text` or `flag`
    TDM_ENV_SAID,
    TDM_ENV_UNKNOWN, // said, but not in a literal: `text` is the expression
} tdm_env_state;

typedef struct tdm_env_value {
    tdm_env_state state;
    tdm_place place;
    tdm_text text; // of names; an absent schema is empty
    bool flag;     // of switches
} tdm_env_value;

// The settings of one context.configure call.
typedef struct tdm_env_mode {
    tdm_place place;                         // of the call, or TDM_NOWHERE
    tdm_env_value version_table;             // "alembic_version"
    tdm_env_value version_table_schema;      // none
    tdm_env_value version_table_pk;          // true
    tdm_env_value transaction_per_migration; // false
    tdm_env_value transactional_ddl;         // true
    tdm_env_value literal_binds;             // false when a call is there and does not say it
    tdm_env_value paramstyle;                // text: "named" or another; stock: "pyformat", that
                                             // of psycopg2 and psycopg
    tdm_env_value begin_transaction;         // whether env.py calls context.begin_transaction
    tdm_env_value extra; // UNKNOWN: env.py writes text of its own (context.execute, static_output)
} tdm_env_mode;

typedef struct tdm_env {
    tdm_env_mode offline;
    tdm_env_mode online;
} tdm_env;

// What Alembic's own templates say: literal_binds and paramstyle "named" offline.
void tdm_env_stock(tdm_env *ret);

// Reads env.py. A file that does not parse is TDM_ERROR_PYTHON; without any context.configure call
// all settings of the two modes are TDM_ENV_UNKNOWN at the start of the file.
TDM_MUST_CHECK tdm_status tdm_env_read(tdm_arena *arena, const char *path, tdm_text source,
                                       tdm_env *ret, tdm_error *err);

#endif
