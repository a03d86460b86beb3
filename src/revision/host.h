// The host of one evaluation: what the native objects of alembic and sqlalchemy share, and the
// emissions that the directives leave behind.
#ifndef REVISION_HOST_H
#define REVISION_HOST_H

#include "revision/render.h"
#include "sqlalchemy/ddl.h"

#include "python/eval.h"

// A context manager's stack of what `with` blocks are open: nothing but a depth is needed.
typedef struct tdm_host {
    tdm_arena *arena;
    tdm_interp *in;
    const tdm_render_options *options;
    tdm_run_memo *memo;
    bool declarative; // models are followed to their metadata (sa_declarative.c)
    TDM_VECTOR(tdm_emission) emissions;
    TDM_VECTOR(tdm_text) assumed;
    TDM_VECTOR(const char *) imported;
    TDM_VECTOR(tdm_schema_asked) asked;
    tdm_emission_guard *guard; // of what is emitted now; NULL: none
    const char *path;          // of the revision file
    bool downgrade;
    uint32_t outside; // open autocommit blocks
    uint32_t order;   // constraints created so far
    bool asked_world; // the schema, or what is in the project (tdm_script.alone)
    bool asked_naming;
    tdm_map modules; // native modules already made, by dotted name
    tdm_place place; // of a queued directive while it runs; file NULL: ask the interpreter
    const tdm_metadata *target; // stands for the metadata that env.py hands over
} tdm_host;

#define tdm_host_of(in) ((tdm_host *)tdm_interp_host(in))

// The host as the evaluator sees it.
tdm_py_host tdm_host_seen(tdm_host *host);

// files.c: a file of the project (tdm_py_host.file), and what the script remembers of having read.
bool tdm_host_file(void *context, tdm_text package, tdm_text path, tdm_text *ret_bytes);
bool tdm_host_note_import(tdm_host *host, const char *path);

// What settings give a dotted name; NULL: nothing. The script remembers that it rests on it.
tdm_py tdm_host_assume(tdm_host *host, tdm_text dotted);

// Where the expression being evaluated stands.
tdm_place tdm_host_place(tdm_host *host);

// One statement of DDL, printed for both texts. False: a Python exception is pending, which the
// caller hands on by returning NULL.
bool tdm_emit(tdm_host *host, tdm_print_function print, const void *statement);
// The same for what is no DDL, where the offline settings decide how parameters print (4.6).
// `parameters`: values given to execute(), a dict or NULL; they count online only.
bool tdm_emit_statement(tdm_host *host, tdm_print_function print, const void *statement,
                        tdm_py parameters);
// A statement that --sql mode has no text for: what is printed then is what a server gets.
void tdm_only_online(tdm_host *host, tdm_emission *emission, tdm_text why);
bool tdm_emit_opaque(tdm_host *host, tdm_text reason);
bool tdm_emit_marker(tdm_host *host, tdm_emission_kind kind);

// Asks about the schema; the answer may be UNKNOWN. A question that was answered is remembered.
tdm_schema_reply tdm_host_ask(tdm_host *host, const tdm_schema_question *question);
// What cannot be known because of a reply: plain data.
tdm_py tdm_host_no_answer(tdm_host *host, const tdm_schema_reply *reply);
// The mock connection of --sql raises here, where a server answers: a handler may catch that.
void tdm_host_offline_raises(tdm_host *host);
// What is emitted until the guard is closed again is sent only when the database needs it. NULL:
// out of memory.
tdm_emission_guard *tdm_guard_open(tdm_host *host, const tdm_schema_question *question,
                                   bool when_there);
void tdm_guard_close(tdm_host *host);

// Returns None after an emission, or NULL when that raised.
tdm_py tdm_emitted(tdm_host *host, bool emitted);

// A value that cannot be known, arising here: plain data (a type, an expression, a row), or
// something whose call may reach the database, which the evaluator then reports as opaque.
tdm_py tdm_host_unknown(tdm_host *host, const char *format, ...) TDM_PRINTF(2, 3);
tdm_py tdm_host_unknown_effect(tdm_host *host, const char *format, ...) TDM_PRINTF(2, 3);

// Names of types that create_table already made in this run. True when the pair is
// new; it is then remembered.
bool tdm_memo_first(tdm_run_memo *memo, const char *kind, tdm_name schema, tdm_name name);
// Another script of the run begins.
void tdm_memo_begin(tdm_run_memo *memo);
// What this script asked that earlier ones have a say in. Valid until the next one begins.
const tdm_type_asked *tdm_memo_asked(const tdm_run_memo *memo, size_t *ret_count);

#endif
