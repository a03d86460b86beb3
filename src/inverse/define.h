// Definitions from the catalog: the statement that makes an object what it is there.
#ifndef INVERSE_DEFINE_H
#define INVERSE_DEFINE_H

#include "base/text.h"
#include "catalog/model.h"

// `"name" type DEFAULT ... NOT NULL`, as in CREATE TABLE. False when something of the column is not
// known.
bool tdm_define_column(tdm_buffer *out, const tdm_column *column);
// CREATE and its like for an object other than a table. False, and nothing of use written, when the
// catalog does not keep all of its definition.
bool tdm_define_object(tdm_buffer *out, const tdm_object *object);
// CREATE TABLE with its columns; what stands on the table are objects of their own.
bool tdm_define_table(tdm_buffer *out, const tdm_table *table);
// The name of a relation or type, with its schema unless that is public.
void tdm_define_name(tdm_buffer *out, tdm_text schema, tdm_text name);

#endif
