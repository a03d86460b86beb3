// Reading a running server into the catalog that replaying statements fills (catalog/model.h), so
// that one comparer serves both.
//
// One query for each family of kinds, never one for each table; docs/internals/live.md says what is
// read from where. Objects that belong to an extension are the extension's, and are not listed.
#ifndef DB_LIVE_H
#define DB_LIVE_H

#include "catalog/build.h"
#include "db/session.h"

typedef struct tdm_live_options {
    const tdm_text *schemas; // only these
    size_t schema_count;     // 0: all but PostgreSQL's own and the platform's
    bool all_schemas;        // the platform's too
} tdm_live_options;

// Reads everything in one snapshot where the transport holds a session, and in one transaction for
// each family where it does not. Changes nothing on the server. The session must not be inside a
// transaction. The catalog is closed: what it does not hold is not there, within the schemas asked
// for. TDM_ERROR_TARGET for a server older than PostgreSQL 14.
TDM_MUST_CHECK tdm_status tdm_live_read(tdm_session *session, const tdm_live_options *options,
                                        tdm_arena *arena, tdm_catalog **ret, tdm_error *err);

// Takes out of a catalog, which was replayed or read with wider options, what these do not ask for.
// Of what is in no schema everything is asked for, unless schemas are named.
void tdm_live_keep_asked(tdm_catalog *catalog, const tdm_live_options *options);

// Whether objects of a kind are read. The others are kept out of a comparison: that a server does
// not show them means nothing.
bool tdm_live_reads(tdm_kind kind);
// Takes those out of a catalog.
void tdm_live_drop_unread(tdm_catalog *catalog);

// Takes out of a catalog read from a server what nobody could expect: what a platform brings along
// outside its own schemas (extensions in them, publications for its services), unless `expected`
// has it too, and owners that no statement set.
void tdm_live_fit(tdm_catalog *live, const tdm_catalog *expected);

#endif
