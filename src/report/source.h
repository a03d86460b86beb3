// The lines of a project's files, for showing what a message is about. A file is read and cut into
// lines once, when first asked for; what cannot be read simply has no lines to show.
#ifndef REPORT_SOURCE_H
#define REPORT_SOURCE_H

#include <tandem/place.h>

#include "base/map.h"
#include "base/tree.h"

typedef struct tdm_source {
    tdm_tree *tree;
    tdm_arena *arena;
    tdm_map files; // path -> lines
} tdm_source;

// `tree` and `arena` must outlive the source.
void tdm_source_init(tdm_source *source, tdm_tree *tree, tdm_arena *arena);
// The line of a place without its end; false when there is none to show.
bool tdm_source_line(tdm_source *source, tdm_place place, tdm_text *ret);

#endif
