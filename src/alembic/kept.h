// What was made of a revision file, as a cache keeps it for the next run (cache/cache.h): its
// header, and what its functions emit.
//
// A header rests on the path and the bytes of the file alone. A script is kept only when its
// evaluation rested on nothing but these and the options (tdm_script.alone).
#ifndef ALEMBIC_KEPT_H
#define ALEMBIC_KEPT_H

#include "alembic/header.h"
#include "cache/cache.h"
#include "revision/render.h"

// The key of a file, which is also that of its header. False: there is none.
bool tdm_kept_file_key(tdm_hasher *hasher, const tdm_cache *cache, const tdm_py_file *file,
                       tdm_digest *ret);

// As bytes in `arena`; an empty text when memory is short.
tdm_text tdm_kept_header(tdm_arena *arena, const tdm_revision *revision);
// Reads that again, with copies of all texts. False: it cannot be read, or memory is short.
bool tdm_kept_header_read(tdm_arena *arena, const tdm_py_file *file, tdm_text kept,
                          tdm_revision *ret);

// The options that a script may rest on, as bytes for its key; with `named` also the naming
// convention. An empty text when memory is short.
tdm_text tdm_kept_options(tdm_arena *arena, const tdm_render_options *options, bool named);
// What a script is made of.
typedef struct tdm_script_origin {
    tdm_digest file; // its key
    tdm_direction direction;
    tdm_text options;
} tdm_script_origin;
bool tdm_kept_script_key(tdm_hasher *hasher, const tdm_cache *cache, const tdm_script_origin *from,
                         tdm_digest *ret);

// The same for a script. An empty text also when it may not be kept.
tdm_text tdm_kept_script(tdm_arena *arena, const char *path, const tdm_script *script);
bool tdm_kept_script_read(tdm_arena *arena, const char *path, tdm_text kept, tdm_script *ret);

#endif
