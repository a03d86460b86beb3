// What the parts of a rehearsal share.
#ifndef REHEARSE_REHEARSAL_H
#define REHEARSE_REHEARSAL_H

#include <tandem/rehearse.h>

#include "base/vector.h"
#include "compare/compare.h"
#include "db/throwaway.h"
#include "project/project.h"

typedef TDM_VECTOR(tdm_text) tdm_name_list;

// Where a rehearsal takes place: a throwaway server, or one that was named.
typedef struct tdm_stage {
    tdm_arena *arena;
    const tdm_rehearse_options *options;
    tdm_throwaway *server; // NULL: a server that was named
    tdm_session *session;  // with its maintenance database
    tdm_name_list databases;
    tdm_name_list roles;   // that we made
    tdm_name_list missing; // extensions
    tdm_text name;
    tdm_text token; // of what is made on a server that was named: "tandem_rehearsal_<who>"
} tdm_stage;

// --- stage.c ---
// Opens the stage that lacks the fewest of the extensions. Close it also after failure.
TDM_MUST_CHECK tdm_status tdm_stage_open(tdm_stage *stage, const char *root,
                                         const tdm_name_list *extensions, tdm_error *err);
// A new database, with Supabase's stand-ins if asked for; `ret_url` is what to connect to.
TDM_MUST_CHECK tdm_status tdm_stage_database(tdm_stage *stage, const char *suffix, bool standins,
                                             const char **ret_url, tdm_error *err);
// Drops what was made, and ends the server.
void tdm_stage_close(tdm_stage *stage);

// --- sweep.c ---
// Names this run on the server, and drops what runs that were killed have left there.
TDM_MUST_CHECK tdm_status tdm_stage_sweep(tdm_stage *stage, tdm_error *err);

// --- standins.c ---
// What a Supabase database has before its first migration, as far as migrations lean on it.
extern const char *const tdm_standin_roles[];
extern const size_t tdm_standin_role_count;
extern const char *const tdm_standin_statements[];
extern const size_t tdm_standin_statement_count;

// --- rehearse_run.c ---
// One file of a chain on a database, and in the model beside it.
typedef struct tdm_rehearsed_file {
    const tdm_statements *statements;
    bool supabase;
} tdm_rehearsed_file;

// Runs a file as its tool would: one transaction, unless a statement in it asks for none. What the
// server refuses, or what cannot be known, is written to `run`, and nothing of the file is applied.
// Fails when the server cannot be reached or memory runs out.
TDM_MUST_CHECK tdm_status tdm_rehearse_file(tdm_session *session, tdm_catalog *model,
                                            const tdm_rehearsed_file *file, tdm_arena *arena,
                                            tdm_rehearse_run *run, tdm_error *err);

#endif
