// Identity of statements: whether two statements say the same thing in other letters.
//
// A digest over the parse tree, walked through the protobuf descriptors without source locations,
// after a written table of equivalent spellings (identity_rules.c: each row names its source in
// PostgreSQL). Two statements of equal identity have the same effect on every database; two of
// different identity may still have the same effect, which is the catalog's question.
//
// pg_query_fingerprint is made for query statistics and drops constants; it is never used.
#ifndef SQL_IDENTITY_H
#define SQL_IDENTITY_H

#include "base/digest.h"
#include "sql/tree.h"

// Changes whenever the digest of any statement changes; stands in tandem.lock beside the digests.
#define TDM_SQL_IDENTITY_VERSION 1

TDM_MUST_CHECK tdm_status tdm_sql_identity(const tdm_sql_tree *tree, tdm_digest *ret,
                                           tdm_error *err);

// The same from text. Text that does not parse, or is nested too deeply, gets the digest of its
// bytes in a space of its own and `ret_parsed` false (may be NULL): equal digests still mean equal
// text, different ones mean nothing. Fails on memory alone.
TDM_MUST_CHECK tdm_status tdm_sql_identity_of(tdm_text sql, tdm_digest *ret, bool *ret_parsed,
                                              tdm_error *err);

// The digest that a text which does not parse gets.
TDM_MUST_CHECK tdm_status tdm_sql_identity_of_bytes(tdm_text sql, tdm_digest *ret, tdm_error *err);

// The digest of one part of a tree (an expression, a type name), for the catalog; NULL has one too.
// With `schema` it is the identity in a session where unqualified names of relations and types are
// found in that schema: `public.t` and `t` are then the same. NULL: nothing is known of that.
TDM_MUST_CHECK tdm_status tdm_sql_identity_in(const ProtobufCMessage *message, const char *schema,
                                              tdm_digest *ret, tdm_error *err);

typedef enum tdm_sameness {
    TDM_SAME_YES,
    TDM_SAME_NO,
    TDM_SAME_UNKNOWN, // one of them does not parse, and the bytes differ
} tdm_sameness;

// Whether two texts of one statement each are identical. Equal bytes need no parse.
TDM_MUST_CHECK tdm_status tdm_sql_same(tdm_text a, tdm_text b, tdm_sameness *ret, tdm_error *err);

#endif
