// Asking a real Alembic: what is asked, and where in its answer the text of one revision is.
#ifndef ALEMBIC_ASK_H
#define ALEMBIC_ASK_H

#include <tandem/error.h>
#include <tandem/text.h>

#include "base/arena.h"

typedef struct tdm_alembic_question {
    bool downgrade;
    tdm_text range;  // "A:B"; never begins with a dash
    tdm_place place; // of the first statement that cannot be known
} tdm_alembic_question;

// Answers with all that `alembic upgrade A:B --sql` prints, in `arena`.
typedef tdm_status (*tdm_ask_alembic)(void *context, const tdm_alembic_question *question,
                                      tdm_arena *arena, tdm_text *ret, tdm_error *err);

// What stands around a revision's text in that answer.
typedef struct tdm_asked_bounds {
    tdm_text comment; // "-- Running upgrade a -> b"
    tdm_text next;    // of the next revision of the same run; empty: none
    tdm_text row;     // the first statement on the version table, without its ";"
} tdm_asked_bounds;

// The text between the two, without blank lines at its ends. A comment that stands there twice or
// not at all, and a statement on the version table that does not stand there, is TDM_ERROR_OPAQUE:
// what belongs to the revision is not known then. SQLAlchemy 1.4 has no RETURNING there, so that
// part is not asked for.
TDM_MUST_CHECK tdm_status tdm_asked_text(tdm_text answer, const tdm_asked_bounds *bounds,
                                         tdm_place place, tdm_text *ret, tdm_error *err);

#endif
