// What one revision function does: its emissions, in order.
//
// One evaluation has two printers. `offline` is byte for byte what Alembic prints in --sql mode and
// serves `tandem sql` alone; `online` is what Alembic sends when it runs against a server, and
// serves everything that compares, converts or pushes. They differ in tabs, backslashes of
// literals, unbound parameters and closing semicolons (A119 alembic/ddl/impl.py, S2052
// sql/compiler.py).
#ifndef REVISION_SCRIPT_H
#define REVISION_SCRIPT_H

#include <tandem/error.h>
#include <tandem/statement.h>

#include "revision/schema.h"

#include "base/arena.h"

typedef enum tdm_emission_kind {
    TDM_EMISSION_SQL,    // one compiled chunk; may hold several statements (op.execute)
    TDM_EMISSION_BEGIN,  // offline "BEGIN;" of an autocommit or transaction block
    TDM_EMISSION_COMMIT, // offline "COMMIT;" likewise
    TDM_EMISSION_OPAQUE, // something happens here that cannot be known: `reason`
} tdm_emission_kind;

typedef struct tdm_emission {
    tdm_emission_kind kind;
    tdm_text offline; // after tabs and strip, with the appended ";", without the blank line
    tdm_text online;  // without anything appended
    // Not empty: in --sql mode, or against a server, Alembic raises this here ("CompileError: ...")
    // or nobody can know its text. The online text is empty then; the offline one is the online
    // text with a ";", since what a connection sends is known. An unbound ":name" prints NULL
    // offline and is refused online; a JSON value in bulk_insert is the reverse. What compares or
    // sends SQL treats a statement with `online_fails` like an opaque one.
    tdm_text offline_fails;
    tdm_text online_fails;
    bool online_unknown; // `online_fails` says why its text cannot be known, not how it fails
    tdm_place place;     // of the call in the revision file
    tdm_text reason;     // of OPAQUE
    // checkfirst=True of Enum.create(), Table.create() and their like: online Alembic asks the
    // catalog and sends this only when the thing is missing (CREATE) or there (DROP). Offline it
    // prints regardless. NULL: always sent.
    tdm_emission_guard *guard;
    // A query on PostgreSQL's catalogs that was answered: it changes nothing.
    bool question;
    bool outside; // inside an autocommit block: online it runs outside the transaction
} tdm_emission;

// A type that a script makes unless the run has made it already.
typedef struct tdm_type_asked {
    tdm_text name; // with its kind and schema
    bool there;    // an earlier script of the run had made it
} tdm_type_asked;

typedef struct tdm_script {
    tdm_emission *emissions;
    size_t count;
    bool raised; // the function ended in an exception (after these emissions)
    tdm_text exception;
    tdm_text message;
    tdm_place raised_at;
    // Values that the answer rests on besides the file itself: "app.settings.use_postgres = true"
    // from [alembic.assume], and the project files that were read.
    tdm_text *assumed;
    size_t assumed_count;
    const char **imported; // paths of project files read, relative to the root
    size_t imported_count;
    // Whether whoever reads the same file with the same options gets the same script, as long as
    // the project has none of the modules in `absent`, which were looked for, and the run has made
    // of `types` what it had made: no other module and no file was asked for, and nothing of the
    // schema.
    bool alone;
    const tdm_text *absent;
    size_t absent_count;
    const tdm_type_asked *types;
    size_t type_count;
    bool named; // it rests on the naming convention of the options, or on there being none
    // What it asked about the schema, and was told.
    tdm_schema_asked *asked;
    size_t asked_count;
} tdm_script;

#endif
