// Rendering: one revision file, read and evaluated against the op and sa objects of this room.
#ifndef REVISION_RENDER_H
#define REVISION_RENDER_H

#include "revision/script.h"

#include "base/tree.h"
#include "python/library.h"

typedef enum tdm_direction {
    TDM_UPGRADE,
    TDM_DOWNGRADE,
} tdm_direction;

// One entry of MetaData(naming_convention=...): key "ix", "uq", "ck", "fk", "pk" and the template.
typedef struct tdm_naming {
    tdm_text key;
    tdm_text format;
} tdm_naming;

// One [alembic.assume] entry: a dotted name and its value, a string as it is or any other scalar as
// TOML writes it (true, 5, 1.5).
typedef struct tdm_assumption {
    tdm_text name;
    tdm_text literal;
    bool is_string;
} tdm_assumption;

typedef struct tdm_render_options {
    tdm_tree *tree;           // for imports from the project's own files; may be NULL
    const char *const *roots; // folders of the tree where those imports start ("", "backend")
    size_t root_count;
    const tdm_naming *naming;
    size_t naming_count;
    // Not empty: why the convention cannot be known. Names that it may make are unknown online.
    tdm_text naming_unknown;
    const tdm_assumption *assumptions;
    size_t assumption_count;
    const tdm_schema_view *schema; // answers questions; NULL: none can be answered
    tdm_py_library *library;       // parsed files, kept from one rendering to the next; may be NULL
    // The settings of env.py that change the offline text.
    bool pyformat;         // no dialect_opts paramstyle "named": percent signs are doubled offline
    bool no_literal_binds; // literal_binds False
    // Answer as the mock connection of --sql does, down to its errors: execute() gives None. False:
    // what a connection would be asked for cannot be known, and what follows from it is opaque.
    bool strict_offline;
    // What a running Alembic does is asked for, not what --sql prints: there is a connection, and
    // nothing that only the mock connection raises can be caught.
    bool online;
} tdm_render_options;

// Whether the project may have a module of this name: nobody needs to look for one that it has not.
bool tdm_render_has_module(tdm_arena *arena, const tdm_render_options *options, tdm_text dotted);

// State that Alembic carries through one run: names of types already created.
// One memo for one upgrade range; NULL renders a revision alone.
typedef struct tdm_run_memo tdm_run_memo;
tdm_run_memo *tdm_run_memo_new(tdm_arena *arena); // NULL when out of memory
// A script that was evaluated in another run: whether its evaluation in this one would be told the
// same about types. It then counts as evaluated here. False also when out of memory.
bool tdm_run_memo_follow(tdm_run_memo *memo, const tdm_script *script);

// Evaluates upgrade() or downgrade() of one revision file. A missing function, an exception and
// what cannot be known are part of the script, not failures; failures are syntax errors, limits and
// memory. Everything in the script lives in `arena`, but `path`, which must outlive it.
TDM_MUST_CHECK tdm_status tdm_render_revision(tdm_arena *arena, const char *path, tdm_text source,
                                              tdm_direction direction,
                                              const tdm_render_options *options, tdm_run_memo *memo,
                                              tdm_script *ret, tdm_error *err);

#endif
