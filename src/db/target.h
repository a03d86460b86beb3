// Where to connect, from what the user gave: a libpq URI or keyword string, or a SQLAlchemy URL.
//
// The parts are libpq's own keywords, so that everything libpq knows works. Checked here, before
// anything is sent: a password that others can see in the process list, and a pooler that gives no
// sessions.
#ifndef DB_TARGET_H
#define DB_TARGET_H

#include <tandem/error.h>
#include <tandem/text.h>

#include "base/arena.h"

typedef struct tdm_target_part {
    const char *keyword; // libpq's: "host", "sslmode"
    const char *value;
} tdm_target_part;

typedef struct tdm_target_parts {
    tdm_target_part *items; // each keyword once
    size_t count;
    size_t capacity;
} tdm_target_parts;

// Reads a URL or keyword string. NULL or "": no parts. What libpq or SQLAlchemy would not
// understand is TDM_ERROR_CONFIG; the message never repeats the text, which may hold a password.
TDM_MUST_CHECK tdm_status tdm_target_parse(tdm_arena *arena, const char *url, tdm_target_parts *ret,
                                           tdm_error *err);
// The value of a keyword, or NULL.
const char *tdm_target_get(const tdm_target_parts *parts, const char *keyword);
// Sets or replaces; false when out of memory.
bool tdm_target_set(tdm_arena *arena, tdm_target_parts *parts, const char *keyword,
                    const char *value);

// Overwrites the passwords among the parts, whose values must be writable copies.
void tdm_target_wipe(const tdm_target_parts *parts);

// Whether a secret is among the parts.
bool tdm_target_has_secret(const tdm_target_parts *parts);
// TDM_ERROR_USAGE when a secret is among the parts of a URL that stood on a command line.
TDM_MUST_CHECK tdm_status tdm_target_refuse_secrets(const tdm_target_parts *parts, tdm_error *err);
// TDM_ERROR_TARGET for a transaction pooler of Supabase, naming the right host. `host` and `port`
// may be lists, as libpq has them.
TDM_MUST_CHECK tdm_status tdm_target_refuse_pooler(const char *host, const char *port,
                                                   tdm_error *err);
// Whether every host of a list is this machine: a socket, localhost, 127.0.0.0/8, ::1. An empty
// list is the local socket.
bool tdm_target_is_local(const char *hosts);

// A URL that SQLAlchemy reads and libpq does not: "dialect+driver://...".
bool tdm_is_sqlalchemy_url(tdm_text url);
TDM_MUST_CHECK tdm_status tdm_sqlalchemy_url_parse(tdm_arena *arena, tdm_text url,
                                                   tdm_target_parts *ret, tdm_error *err);

#endif
