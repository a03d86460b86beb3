// Definitions from the catalog: the statement that makes an object what it is there.
#ifndef INVERSE_DEFINE_H
#define INVERSE_DEFINE_H

#include "base/text.h"
#include "catalog/model.h"

// A type as the catalog prints it, with quotes where its name needs them.
void tdm_define_type(tdm_buffer *out, tdm_text type);
// A relation or function as the catalog refers to it, "schema.name". False: it cannot be told where
// the schema ends.
bool tdm_define_reference(tdm_buffer *out, tdm_text reference);
// One label of an enum from a list of names, as a literal.
void tdm_define_label(tdm_buffer *out, tdm_text label);

// `"name" type DEFAULT ... NOT NULL`, as in CREATE TABLE. False when something of the column is not
// known. `sequence` is what the column owns, or NULL: the definition makes it too.
bool tdm_define_column(tdm_buffer *out, const tdm_column *column, const tdm_object *sequence);
// CREATE and its like for an object other than a table. False, and nothing of use written, when the
// catalog does not keep all of its definition.
bool tdm_define_object(tdm_buffer *out, const tdm_object *object);
// TO, USING and WITH CHECK of a policy. Sets `*ok` false where one is not known.
void tdm_define_policy_terms(tdm_buffer *out, const tdm_object *object, bool *ok);
// CREATE TABLE with its columns; what stands on the table are objects of their own, but for the
// sequences of its columns. What tdm_attribute_put can give it afterwards is left out.
bool tdm_define_table(tdm_buffer *out, const tdm_table *table);
// The sequence that a column of the table owns, or NULL.
const tdm_object *tdm_define_sequence_of(const tdm_table *table, tdm_text column);
// The name of a relation or type, with its schema unless that is public.
void tdm_define_name(tdm_buffer *out, tdm_text schema, tdm_text name);

#endif
