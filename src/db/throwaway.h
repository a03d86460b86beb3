// A PostgreSQL server for a moment: from programs that are installed, in a temporary folder, on a
// unix socket alone, without care for crashes. It is gone, with its folder, when we end it, exit or
// are killed (keeper.h).
#ifndef DB_THROWAWAY_H
#define DB_THROWAWAY_H

#include <tandem/error.h>
#include <tandem/text.h>

#include "base/arena.h"

typedef struct tdm_throwaway_options {
    const char *programs;  // the folder with initdb and postgres; NULL: looked for
    const char *path;      // PATH; NULL: none
    const char *root;      // of the project, for the Python packages of its environments
    const char *temporary; // where the folder is made; NULL: /tmp
} tdm_throwaway_options;

// Folders that hold both programs, best first.
typedef struct tdm_throwaway_places {
    const char **items;
    size_t count;
    size_t capacity;
} tdm_throwaway_places;

// TDM_ERROR_CONFIG when none is found, or when the folder that was named holds no server.
TDM_MUST_CHECK tdm_status tdm_throwaway_find(const tdm_throwaway_options *options, tdm_arena *arena,
                                             tdm_throwaway_places *ret, tdm_error *err);

typedef struct tdm_throwaway tdm_throwaway;

// Starts a server from the programs in a folder and waits until it answers. Run by root, it runs as
// `nobody`, as PostgreSQL refuses root. TDM_ERROR_CONNECT with what the server said when it does
// not come up.
TDM_MUST_CHECK tdm_status tdm_throwaway_start(const tdm_throwaway_options *options,
                                              const char *programs, tdm_throwaway **ret,
                                              tdm_error *err);
// What to connect to for one of its databases; `postgres` is there. Lives in `arena`.
const char *tdm_throwaway_url(const tdm_throwaway *throwaway, tdm_arena *arena,
                              const char *database);
void tdm_throwaway_stop(tdm_throwaway *throwaway); // NULL is allowed

#endif
