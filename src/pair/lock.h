// tandem.lock: what each pair was when the team last said "so it is" (docs/lock.md).
//
// A text file under version control, one line for each pair in chain order:
//
//     tandem.lock 1 identity 1
//     pair revision:<id>:<bytes>:<meaning> migration:<version>_<name>:<bytes>:<meaning>
//     alone revision:<id>:<bytes>:<meaning> -- does nothing
//     acknowledged revision:... migration:... -- reviewed: types widened on purpose
//     draft revision:<id> migration:<version>_<name>
//     total 3 <digest of the lines>
//
// The last line changes with every other one, so that two branches which both add a pair always
// conflict in git: which of them comes first is for people to say.
//
// `bytes` only saves work: a file that is as it was means what it meant. `meaning` decides
// (lock_meaning.h); of an acknowledged pair it is a digest of the tokens, since what the pair means
// could not be compared. A draft has neither: it was just made, and is frozen by `tandem lock` when
// it is done. Its line says what belongs together, and makes two branches meet.
#ifndef PAIR_LOCK_H
#define PAIR_LOCK_H

#include <tandem/error.h>
#include <tandem/text.h>

#include "base/arena.h"
#include "base/digest.h"
#include "base/text.h"

#define TDM_LOCK_VERSION 1

typedef enum tdm_lock_kind {
    TDM_LOCK_PAIR,
    TDM_LOCK_ALONE,        // on one side, which is right
    TDM_LOCK_ACKNOWLEDGED, // different, missing or opaque, and somebody said why that is right
    TDM_LOCK_DRAFT,        // a pair that may still change
    TDM_LOCK_KIND_COUNT,
} tdm_lock_kind;

typedef struct tdm_lock_member {
    bool revision;    // else a migration
    tdm_text name;    // the id; "<version>_<name>" of a migration
    tdm_digest bytes; // of a draft, neither
    tdm_digest meaning;
} tdm_lock_member;

typedef struct tdm_lock_line {
    tdm_lock_kind kind;
    tdm_lock_member *members; // revisions first
    size_t count;
    tdm_text reason; // of ALONE and ACKNOWLEDGED
    tdm_place place;
} tdm_lock_line;

typedef struct tdm_lock {
    const char *path; // where it stands, or would stand
    bool there;
    uint64_t identity; // TDM_SQL_IDENTITY_VERSION of the meanings
    tdm_lock_line *lines;
    size_t count;
} tdm_lock;

// "20241126000001" of a migration's name.
tdm_text tdm_lock_version(const tdm_lock_member *member);

// A name for a map: no two members of a lock have the same. Of a migration it is the whole file
// name, because two files can have one version.
tdm_text tdm_lock_key(tdm_arena *arena, const tdm_lock_member *member);

// Reads a lock. What is not as it was written (a wrong line, a total that does not fit, a conflict
// of git) is TDM_ERROR_CONFIG with its line. With `mend` only what cannot be a line is: conflict
// marks and totals are passed over and of two lines for one thing the first counts, so that
// `tandem lock` can write a merged file anew. Texts of the result live in `arena`.
TDM_MUST_CHECK tdm_status tdm_lock_parse(tdm_arena *arena, const char *path, tdm_text source,
                                         bool mend, tdm_lock *ret, tdm_error *err);

// The text of a lock, byte for byte what tdm_lock_parse takes.
TDM_MUST_CHECK tdm_status tdm_lock_print(const tdm_lock *lock, tdm_buffer *out, tdm_error *err);

#endif
