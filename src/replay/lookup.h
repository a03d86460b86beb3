// A query on the catalogs of PostgreSQL, as far as it asks whether something exists: which
// relations it reads, and which names it wants.
#ifndef REPLAY_LOOKUP_H
#define REPLAY_LOOKUP_H

#include "replay/question.h"

typedef enum tdm_lookup_kind {
    TDM_LOOKUP_NOTHING,
    TDM_LOOKUP_TABLE, // information_schema.tables, pg_tables, pg_class
    TDM_LOOKUP_COLUMN,
    TDM_LOOKUP_SCHEMA,
    TDM_LOOKUP_TYPE,
    TDM_LOOKUP_POLICY,
    TDM_LOOKUP_CONSTRAINT,
    TDM_LOOKUP_INDEX,
    TDM_LOOKUP_TRIGGER,
    TDM_LOOKUP_LABEL, // of an enum: pg_enum
    TDM_LOOKUP_PUBLICATION,
    TDM_LOOKUP_PUBLISHED, // pg_publication_tables
    TDM_LOOKUP_EXTENSION,
    TDM_LOOKUP_FUNCTION,
    TDM_LOOKUP_VIEW,
    TDM_LOOKUP_MATVIEW,
    TDM_LOOKUP_SEQUENCE,
} tdm_lookup_kind;

// What is asked of a row beside its names.
typedef enum tdm_wish {
    TDM_WISH_ANY,
    TDM_WISH_YES,
    TDM_WISH_NO,
} tdm_wish;

// Which relations a row may be about.
typedef enum tdm_lookup_scope {
    TDM_LOOKUP_TABLES,    // tables, partitioned ones too
    TDM_LOOKUP_PLAIN,     // tables that are not partitioned: relkind = 'r'
    TDM_LOOKUP_VIEWS,     // tables and views
    TDM_LOOKUP_RELATIONS, // all that pg_class holds
} tdm_lookup_scope;

typedef struct tdm_lookup {
    const tdm_catalog *catalog;
    tdm_arena *arena;
    tdm_lookup_kind kind;
    tdm_lookup_scope scope;
    size_t relations; // read by the query
    size_t joins;     // conditions that tie two of them together
    bool visible;     // of regclass: along the search path, and the name must resolve
    bool lenient;     // of to_regclass(): a name that is nothing's is NULL, and no row has that
    tdm_text schema;
    tdm_text table;
    tdm_text name; // of what the rows are about, where that is no table
    tdm_text type; // of labels, or of a type
    tdm_text publication;
    tdm_text form;      // of constraints: "PRIMARY KEY"
    tdm_wish secured;   // of tables: row level security is on
    tdm_wish nullable;  // of columns
    tdm_text data_type; // of columns, as information_schema says it
    tdm_text format;    // of columns, as format_type says it
    tdm_text own_type;  // of columns: a type that is not PostgreSQL's own, as to_regtype reads it
    tdm_wish formatted; // whether the column has that format or type
    tdm_wish identity;  // of columns: GENERATED ... AS IDENTITY
    bool index_class;   // of indexes: pg_class names the index
    tdm_text index_on;  // of indexes whose own name pg_class gives: the table
    bool never;         // no row can be so
} tdm_lookup;

// Takes a Boolean column or its negation, a relation of FROM, a condition column = 'value', or
// column = 'value'::regclass or
// ::regnamespace. False:
// not understood.
bool tdm_lookup_flag(tdm_lookup *lookup, tdm_text column, bool truth);
bool tdm_lookup_relation(tdm_lookup *lookup, tdm_text schema, tdm_text name);
bool tdm_lookup_equal(tdm_lookup *lookup, tdm_text column, tdm_text value);
bool tdm_lookup_join(tdm_lookup *lookup, tdm_text left, tdm_text right);
bool tdm_lookup_regnamespace(tdm_lookup *lookup, tdm_text column, tdm_text value);
bool tdm_lookup_regclass(tdm_lookup *lookup, tdm_text column, tdm_text value);
// column = to_regclass('value')
bool tdm_lookup_to_regclass(tdm_lookup *lookup, tdm_text column, tdm_text value);
// format_type(atttypid, atttypmod) = 'value', or <>
bool tdm_lookup_format(tdm_lookup *lookup, tdm_text value, bool same);
// atttypid = to_regtype('value'), or <>
bool tdm_lookup_own_type(tdm_lookup *lookup, tdm_text value, bool same);
bool tdm_lookup_regtype(tdm_lookup *lookup, tdm_text column, tdm_text value);

// Whether there is a row (lookup_answer.c).
tdm_reply tdm_lookup_answer(const tdm_lookup *lookup);

#endif
