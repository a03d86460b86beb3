// A list of targets as text: what stands on each line. Names nothing and opens nothing.
#ifndef TARGETS_LIST_H
#define TARGETS_LIST_H

#include <tandem/targets.h>

#include "base/arena.h"

typedef struct tdm_listed {
    const char *name;   // or NULL
    const char *target; // as --remote takes it
    uint32_t line;
} tdm_listed;

typedef struct tdm_list {
    tdm_listed *items;
    size_t count;
    size_t capacity;
    char *copy; // of the text, which the items point into: it may hold passwords
    size_t size;
} tdm_list;

// Fails with "tenants:7: what": the line is in the message and is no place of the error, as who
// shows a place shows the line that stands there, which may hold a password. Line 0: the list
// itself.
tdm_status tdm_list_fail(tdm_error *err, tdm_error_code code, const char *file, uint32_t line,
                         const char *what);
// TDM_ERROR_LIMIT for more than TDM_TARGETS_MOST targets or too long a line, TDM_ERROR_CONFIG for a
// line that is no text, and for a list without a target. `file` is for messages, which never repeat
// a line.
TDM_MUST_CHECK tdm_status tdm_list_read(tdm_arena *arena, tdm_text text, const char *file,
                                        tdm_list *ret, tdm_error *err);
// Overwrites the text that was copied.
void tdm_list_wipe(tdm_list *list);

#endif
