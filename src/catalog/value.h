// Digests of the parts of a statement that are values of attributes.
#ifndef CATALOG_VALUE_H
#define CATALOG_VALUE_H

#include "catalog/state.h"
#include "sql/tree.h"

// Identity of an expression or query in its normal form, in a session with the catalog's path.
tdm_digest tdm_value_digest(const tdm_catalog *catalog, const ProtobufCMessage *part);
// Of the default of a column of this type (tdm_column.type): a cast of a string constant to that
// type says nothing, and nextval names its sequence.
tdm_digest tdm_value_default_digest(const tdm_catalog *catalog, const PgQuery__Node *expression,
                                    tdm_text type);
// Of nextval on a sequence.
tdm_digest tdm_value_nextval_digest(const tdm_catalog *catalog, tdm_text schema, tdm_text name);
// Of the elements of an index and its access method.
tdm_digest tdm_value_keys_digest(const tdm_catalog *catalog, const PgQuery__IndexStmt *index);

#endif
