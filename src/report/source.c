#include "report/source.h"

#include "base/text.h"
#include "base/vector.h"

typedef struct lines {
    tdm_text *items;
    size_t count;
    size_t capacity;
} lines;

void tdm_source_init(tdm_source *source, tdm_tree *tree, tdm_arena *arena)
{
    *source = (tdm_source){.tree = tree, .arena = arena};
    tdm_map_init(&source->files, arena);
}

static void cut(tdm_arena *arena, tdm_text text, lines *ret)
{
    tdm_text line;
    while (tdm_text_next_line(&text, &line)) {
        if (!tdm_vector_push(arena, ret, line))
            return;
    }
}

static const lines *lines_of(tdm_source *source, const char *path)
{
    tdm_text key = tdm_text_of(path);
    lines *found = tdm_map_get(&source->files, key);
    if (found)
        return found;
    found = tdm_arena_new_of(source->arena, lines);
    char *kept = tdm_arena_string(source->arena, key);
    tdm_text text = {0};
    if (!found || !kept)
        return NULL;
    if (path[0] != '/' && tdm_tree_read(source->tree, path, source->arena, &text, NULL) == TDM_OK)
        cut(source->arena, text, found);
    return tdm_map_put(&source->files, tdm_text_of(kept), found) ? found : NULL;
}

bool tdm_source_line(tdm_source *source, tdm_place place, tdm_text *ret)
{
    if (!source || !place.file || place.line == 0)
        return false;
    const lines *found = lines_of(source, place.file);
    if (!found || place.line > found->count)
        return false;
    *ret = found->items[place.line - 1];
    return true;
}
