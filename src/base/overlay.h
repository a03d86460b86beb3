// A tree as it would be: another tree, with some files put into it and some taken away. What is to
// be written can be read, and judged, before the first byte of it is.
#ifndef BASE_OVERLAY_H
#define BASE_OVERLAY_H

#include "base/tree.h"

typedef struct tdm_overlay tdm_overlay;

// `below` is not owned: it and `arena` must outlive the overlay. NULL when out of memory. The
// overlay is freed as the tree that it is.
tdm_overlay *tdm_overlay_new(tdm_tree *below, tdm_arena *arena);
tdm_tree *tdm_overlay_tree(tdm_overlay *overlay);

// A file with this text stands at the path, whatever stood there. Its folder is there as well, but
// one that is not below stands in no listing of the folder around it. Both texts
// are kept. False when out of memory.
bool tdm_overlay_put(tdm_overlay *overlay, const char *path, tdm_text text);
// Nothing stands at the path.
bool tdm_overlay_remove(tdm_overlay *overlay, const char *path);

#endif
