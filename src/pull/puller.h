// A pull in the making. rows.c reads the rows that have no file and says what may become of each;
// related.c tells what is applied in the target, and so what the new revisions follow; files.c
// makes the files; run.c tells whether they can run where they stand.
#ifndef PULL_PULLER_H
#define PULL_PULLER_H

#include <tandem/pull.h>

#include "base/vector.h"
#include "mend/heads.h"
#include "mend/match.h"
#include "pair/pair.h"

// What the target knows of one row, and what becomes of it.
typedef struct tdm_pulled {
    tdm_pull_row is;
    const tdm_migration_row *row;
    tdm_text text;   // of the file
    tdm_text twin;   // the id of a revision that is here and says the same, or empty
    tdm_text header; // a line that names it
} tdm_pulled;

typedef struct tdm_puller {
    tdm_project *project;
    tdm_session *session;
    tdm_arena *arena;
    const tdm_pull_options *options;
    const tdm_pairing *pairing; // of the project as it is
    tdm_histories histories;
    tdm_rows rows;
    tdm_matches matches;
    tdm_head_rows heads;
    TDM_VECTOR(tdm_pulled) found; // in order of the version
    TDM_VECTOR(tdm_converted) files;
    size_t refused; // rows, before this round
    tdm_text merge;
    tdm_error *err;
} tdm_puller;

// Reads the target, and fills `found`.
TDM_MUST_CHECK tdm_status tdm_pull_read(tdm_puller *p);
bool tdm_pull_is_named(const tdm_puller *p, tdm_text version);
// The row of this version that is taken, or NULL.
tdm_pulled *tdm_pull_taken(const tdm_puller *p, tdm_text version);
void tdm_pull_refuse(tdm_pulled *of, tdm_text reason, tdm_text hint);

// What is applied in the target: by revision in upgrade order, and by migration.
typedef struct tdm_applied {
    bool *unrelated; // revisions that are not
    bool *pending;   // migrations that are not
} tdm_applied;

TDM_MUST_CHECK tdm_status tdm_pull_applied(tdm_puller *p, tdm_applied *ret);
// Refuses rows that are later than a pending migration.
void tdm_pull_check_late(tdm_puller *p, const tdm_applied *applied);

// Refuses rows whose file would fail where its version puts it, or would make a file fail that is
// here. `with` is the project with the new migrations.
TDM_MUST_CHECK tdm_status tdm_pull_check_runs(tdm_puller *p, tdm_project *with);

// Refuses the last row before a file of which `why` is said, or the first: it may be another one.
void tdm_pull_refuse_before(tdm_puller *p, tdm_text version, const char *path, tdm_text why);

// Makes the files of all rows that are taken. With `partial` rows may be refused on the way.
TDM_MUST_CHECK tdm_status tdm_pull_files(tdm_puller *p, const tdm_applied *applied);

#endif
