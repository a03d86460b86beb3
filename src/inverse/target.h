// What a statement names: the words behind DROP, COMMENT ON and ALTER.
#ifndef INVERSE_TARGET_H
#define INVERSE_TARGET_H

#include "base/text.h"
#include "replay/replay.h"

// "TABLE documents", "POLICY p ON documents", "ROUTINE f(integer)". False: the kind has none.
bool tdm_target_put(tdm_buffer *out, const tdm_change_key *key);
// "ALTER TABLE documents", of the relation that something stands on.
void tdm_target_put_alter(tdm_buffer *out, const tdm_change_key *key);
// "ALTER TABLE documents ALTER COLUMN name"
void tdm_target_put_column(tdm_buffer *out, const tdm_change_key *key);
// The words of what COMMENT ON takes: also "COLUMN t.c" and "CONSTRAINT c ON t".
bool tdm_target_put_comment(tdm_buffer *out, const tdm_change_key *key);
// Kinds whose name is followed by that of the table.
bool tdm_target_on_table(tdm_kind kind);

#endif
