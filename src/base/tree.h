// A tree of files to read: the work tree here; the git index and commits in src/git. Readers of
// projects see only this, so that a check of what is staged runs through the same code.
//
// Paths are relative to the root of the tree, '/'-separated, without "." or ".." parts and without
// a leading slash; "" is the root itself. Symbolic links are followed as long as they stay inside
// the root.
#ifndef BASE_TREE_H
#define BASE_TREE_H

#include <tandem/error.h>
#include <tandem/text.h>

#include "base/arena.h"

typedef enum tdm_entry_kind {
    TDM_ENTRY_FILE,
    TDM_ENTRY_FOLDER,
    TDM_ENTRY_OTHER, // a socket, a device, a link that leads nowhere
} tdm_entry_kind;

typedef struct tdm_entry {
    tdm_text name; // one path component, NUL-terminated
    tdm_entry_kind kind;
} tdm_entry;

typedef struct tdm_entries {
    tdm_entry *items; // sorted by byte order of the name
    size_t count;
} tdm_entries;

typedef struct tdm_tree tdm_tree;

typedef struct tdm_tree_methods {
    tdm_status (*list)(tdm_tree *tree, const char *folder, tdm_arena *arena, tdm_entries *ret,
                       tdm_error *err);
    tdm_status (*read)(tdm_tree *tree, const char *path, tdm_arena *arena, tdm_text *ret,
                       tdm_error *err);
    bool (*exists)(tdm_tree *tree, const char *path, tdm_entry_kind *ret);
    void (*free)(tdm_tree *tree);
    bool concurrent; // `read` may run on several threads at the same time
} tdm_tree_methods;

// Implementations put this first in their own struct.
struct tdm_tree {
    const tdm_tree_methods *methods;
    const char *root; // absolute folder of the root as the user would name it, for messages
};

// The entries of a folder. A folder that does not exist is TDM_ERROR_FILE.
TDM_MUST_CHECK tdm_status tdm_tree_list(tdm_tree *tree, const char *folder, tdm_arena *arena,
                                        tdm_entries *ret, tdm_error *err);
// The bytes of a file, NUL-terminated beyond the end; larger than TDM_LIMIT_FILE is refused.
TDM_MUST_CHECK tdm_status tdm_tree_read(tdm_tree *tree, const char *path, tdm_arena *arena,
                                        tdm_text *ret, tdm_error *err);
// Whether several threads may read files of the tree at the same time.
bool tdm_tree_is_concurrent(const tdm_tree *tree);
// Whether something is there; `ret` may be NULL.
bool tdm_tree_exists(tdm_tree *tree, const char *path, tdm_entry_kind *ret);
void tdm_tree_free(tdm_tree *tree);

// The work tree below an absolute folder.
TDM_MUST_CHECK tdm_status tdm_tree_open_folder(const char *root, tdm_tree **ret, tdm_error *err);

// Paths as text: joined with one '/', "." and ".." resolved. NULL when it would leave the root, or
// when out of memory (the arena tells which).
char *tdm_path_join(tdm_arena *arena, const char *folder, const char *path);
tdm_text tdm_path_base(tdm_text path);   // after the last '/'
tdm_text tdm_path_folder(tdm_text path); // before the last '/', or ""

#endif
