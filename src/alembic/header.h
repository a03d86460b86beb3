// One revision: what its file says at module level, and its place in the graph.
//
// The header is read from the syntax tree alone; nothing is evaluated. Docstring
// lines such as "Revises:" are for people: the assignments rule.
#ifndef ALEMBIC_HEADER_H
#define ALEMBIC_HEADER_H

#include "base/arena.h"
#include "base/digest.h"
#include "python/syntax.h"

#include <tandem/error.h>
#include <tandem/text.h>

typedef struct tdm_revision tdm_revision;

typedef struct tdm_texts {
    const tdm_text *items;
    size_t count;
} tdm_texts;

typedef struct tdm_revision_list {
    tdm_revision **items;
    size_t count;
} tdm_revision_list;

struct tdm_revision {
    // From the file. Ids are full; `down` and `depends_on` are as written.
    tdm_text id;
    tdm_texts down;
    tdm_texts depends_on; // ids or branch labels
    tdm_texts labels;
    tdm_text doc;         // docstring without outer space
    tdm_text message;     // of it, up to the first empty line: what `alembic history` shows
    tdm_text create_date; // the text behind "Create Date:" in the docstring, or empty
    const char *path;
    tdm_text source;
    tdm_place id_place;
    tdm_place down_place;
    tdm_place depends_place;
    tdm_place labels_place;
    tdm_place doc_place;
    bool has_upgrade;
    bool has_downgrade;
    tdm_digest key;   // of path and source (alembic/kept.h), when there is a cache to look into
    bool has_key;     // else `key` means nothing
    bool kept;        // the header was found there, so that the file is not parsed yet
    tdm_text unknown; // why depends_on or branch_labels, which are then empty, cannot be known
    tdm_place unknown_place;

    // From the graph; filled by tdm_chain_link (chain.h).
    uint32_t index;                 // in load order: chain->revisions.items[index]
    uint32_t rank;                  // place of its id among all ids (of the first file with it)
    bool replaced;                  // a later file has the same id: only that one is linked
    tdm_revision_list parents;      // by down_revision, as written; without missing ones
    tdm_revision_list dependencies; // by depends_on, as written
    tdm_revision_list needs_more;   // "normalized dependencies" of Alembic
    tdm_revision_list needs;        // parents, then needs_more, without repetition: "normalized
                                    // down revisions" of Alembic
    tdm_revision_list children;     // by down_revision, in load order
    tdm_revision_list all_children; // and by depends_on
    tdm_texts branches;             // labels that reach it, sorted
    bool head;                      // nobody names it in down_revision
    bool real_head;                 // nor in depends_on
    bool missing;                   // some parent or dependency is not present
};

// Reads the header from a parsed file. What Alembic would refuse when it loads the file (no
// `revision`, a wrong id, no `down_revision`) is TDM_ERROR_CHAIN with Alembic's words; an id or
// parent that is no literal is TDM_ERROR_OPAQUE. Keeps `path` and `source`, nothing of `parsed`.
TDM_MUST_CHECK tdm_status tdm_header_of(tdm_arena *arena, const tdm_py_file *file,
                                        tdm_py_source *parsed, tdm_revision *ret, tdm_error *err);
// Whether Alembic would have a source to read: a compiled revision alone is TDM_ERROR_OPAQUE.
TDM_MUST_CHECK tdm_status tdm_header_has_source(const char *path, tdm_error *err);
// The same for a file that is parsed only for this; a syntax error is TDM_ERROR_PYTHON.
TDM_MUST_CHECK tdm_status tdm_header_read(tdm_arena *arena, const char *path, tdm_text source,
                                          tdm_revision *ret, tdm_error *err);

#endif
