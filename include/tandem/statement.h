/**
 * One SQL statement as the server is to receive it, with its place in its file.
 *
 * Statements are the middle of tandem: a revision evaluates to them, a migration file consists of
 * them, and everything after that (compare, replay, write, push) sees only them.
 */
#ifndef TANDEM_STATEMENT_H
#define TANDEM_STATEMENT_H

#include <tandem/place.h>
#include <tandem/text.h>

typedef struct tdm_statement {
    tdm_text sql;      /**< without outer space and closing semicolons; empty when not known */
    tdm_place place;   /**< of its first word; for a revision, of the call that made it */
    tdm_text reason;   /**< why it cannot be known; not empty exactly when it is opaque */
    uint32_t source;   /**< for a revision: index of the emission it was cut from */
    bool opaque;       /**< something happens here, and nobody can know what without running code */
    bool exact;        /**< `place` is where `sql` itself stands, so that offsets have places */
    bool outside;      /**< the revision asks for it outside a transaction (autocommit_block) */
    struct tdm_sql_known *known; /**< what the library has read of `sql` already; NULL: nothing */
} tdm_statement;

#endif
