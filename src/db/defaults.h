// What tandem adds to what the user said about a target: who it is, UTF-8,
// keepalives, and certificates checked off this machine.
#ifndef DB_DEFAULTS_H
#define DB_DEFAULTS_H

#include "db/target.h"

// The two parallel arrays that libpq takes, ended by NULL. The values are views of the parts.
typedef struct tdm_keywords {
    const char **keywords;
    const char **values;
} tdm_keywords;

// Completes the parts by what libpq would find in the environment, a service file and its own
// defaults, refuses a transaction pooler, and gives the target's name without secrets.
TDM_MUST_CHECK tdm_status tdm_target_complete(tdm_arena *arena, tdm_target_parts *parts,
                                              tdm_text *ret_name, tdm_error *err);
// False when out of memory.
bool tdm_keywords_make(tdm_arena *arena, const tdm_target_parts *parts, tdm_keywords *ret);

// How many hosts a list names, at least 1.
size_t tdm_host_count(const char *hosts);
// What to do about a failed connection, from libpq's message; NULL when there is nothing to say.
const char *tdm_connect_hint(tdm_text message);

#endif
