// Which revision and which migration belong together, and how that is known.
//
// Six kinds of evidence, strongest first (docs/internals/pairing.md): a line of tandem.lock, a link
// written in either file, equal digits, names in a header comment, equal effect, equal slug. Weaker
// evidence is asked only about what stronger evidence left alone. An ordinal proves nothing: real
// projects have a 0007 on both sides that are different changes. Links are m:n; what hangs together
// is a group (group.h).
//
// Plain structs come in, so that nothing here needs a file or a project.
#ifndef PAIR_LINK_H
#define PAIR_LINK_H

#include <tandem/check.h>

#include "base/arena.h"
#include "base/digest.h"
#include "base/vector.h"
#include "pair/frozen.h"

// One line of the comment at the head of a migration, without comment marks.
typedef struct tdm_comment_line {
    tdm_text text;
    tdm_place place;
} tdm_comment_line;

typedef struct tdm_comment {
    const tdm_comment_line *lines;
    size_t count;
} tdm_comment;

// A name that a file gives for its other side: "-- tandem: revision <name>".
typedef struct tdm_written_link {
    tdm_text name;
    tdm_place place;
} tdm_written_link;

typedef struct tdm_link_revision {
    tdm_text id;
    tdm_text file_name; // "20260529_1330_0006_x.py"
    tdm_text created;   // the Create Date line's value, or empty
    tdm_text message;   // first paragraph of the docstring
    tdm_text doc;       // the docstring
    tdm_place place;    // of the id
    tdm_place doc_place;
    const uint32_t *parents; // indices, by down_revision
    size_t parent_count;
    const uint32_t *needs; // parents and dependencies
    size_t need_count;
} tdm_link_revision;

typedef struct tdm_link_migration {
    tdm_text version;
    tdm_text name;
    tdm_text file_name;
    tdm_place place; // of the file
    const tdm_written_link *written;
    size_t written_count;
    tdm_comment header;
    tdm_comment sources; // "Source: x.py" comments anywhere
} tdm_link_migration;

// What a side of a pair does, for TDM_LINK_EFFECT: equal digests mean the same statements.
typedef struct tdm_link_effect {
    bool known;  // false: something in it is opaque
    size_t all;  // statements
    size_t core; // statements that may not stand on one side alone
    tdm_digest all_id;
    tdm_digest core_id;
} tdm_link_effect;

typedef struct tdm_link_input {
    const tdm_link_revision *revisions; // in upgrade order
    size_t revision_count;
    const tdm_link_migration *migrations; // in Supabase's order
    size_t migration_count;
    const tdm_frozen_list *frozen; // of tandem.lock, by the same indices; NULL: none
    const struct tdm_baseline
        *baseline; // where pairing starts (baseline.h); NULL: at the beginning
    // The effects, asked for one by one and only of what is still alone. NULL: not used.
    tdm_status (*effect)(void *context, bool of_revision, size_t index, tdm_link_effect *ret,
                         tdm_error *err);
    void *context;
} tdm_link_input;

typedef struct tdm_link_edge {
    uint32_t revision;
    uint32_t migration;
    tdm_link link;
    tdm_place place;   // of the evidence
    tdm_text evidence; // "header comment names revision 0006_x"
} tdm_link_edge;

// A link that names nothing, or two things.
typedef struct tdm_link_fault {
    tdm_severity severity;
    tdm_place place;
    tdm_text message;
    tdm_text hint;
    uint32_t revision;  // whose file says it, or TDM_LINK_NOBODY
    uint32_t migration; // likewise
} tdm_link_fault;

#define TDM_LINK_NOBODY UINT32_MAX

typedef struct tdm_links {
    TDM_VECTOR(tdm_link_edge) edges; // strongest evidence first
    TDM_VECTOR(tdm_link_fault) faults;
} tdm_links;

// Finds all links. Texts and places of the input are kept as views. Fails on memory, and when the
// names in comments alone make more links than can be meant (TDM_ERROR_LIMIT).
TDM_MUST_CHECK tdm_status tdm_links_find(tdm_arena *arena, const tdm_link_input *input,
                                         tdm_links *ret, tdm_error *err);

#endif
