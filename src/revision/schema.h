// The seam to the schema that earlier revisions of the chain built: what a migration asks of the
// database (sa.inspect, has_table, a query on PostgreSQL's catalogs, checkfirst=True), and the
// answer. Who answers keeps the catalog; this room only asks.
//
// Three answers: yes, no, and cannot be known, which comes with a reason. Every question that a
// revision asked stays in its script, so that it can be asked again of another catalog: a rendering
// holds only where all of them give the same answer.
#ifndef REVISION_SCHEMA_H
#define REVISION_SCHEMA_H

#include <tandem/place.h>
#include <tandem/text.h>

#include "base/arena.h"

typedef enum tdm_answer {
    TDM_ANSWER_NO,
    TDM_ANSWER_YES,
    TDM_ANSWER_UNKNOWN,
} tdm_answer;

typedef enum tdm_schema_subject {
    // Whether one thing exists. An empty schema: what an unqualified name reaches.
    TDM_SCHEMA_TABLE,    // `table`
    TDM_SCHEMA_TYPE,     // `name`
    TDM_SCHEMA_SEQUENCE, // `name`
    TDM_SCHEMA_SCHEMA,   // `name`
    // All names of a kind, in the order in which SQLAlchemy gives them. NO: no such table.
    TDM_SCHEMA_TABLES, // in no order that is known
    TDM_SCHEMA_COLUMNS,
    TDM_SCHEMA_INDEXES,
    TDM_SCHEMA_UNIQUE_CONSTRAINTS,
    TDM_SCHEMA_FOREIGN_KEYS,
    TDM_SCHEMA_CHECK_CONSTRAINTS,
    TDM_SCHEMA_PRIMARY_KEY,
    TDM_SCHEMA_VIEWS,
    TDM_SCHEMA_SCHEMAS,
    TDM_SCHEMA_ENUMS,
    // A query: whether it gives rows. `sql` is what the server would receive.
    TDM_SCHEMA_QUERY,
} tdm_schema_subject;

typedef struct tdm_schema_question {
    tdm_schema_subject subject;
    tdm_text schema;
    tdm_text table;
    tdm_text name;
    tdm_text sql;
} tdm_schema_question;

// Names in their order. Not known: `known` is false.
typedef struct tdm_schema_names {
    bool known;
    const tdm_text *items;
    size_t count;
} tdm_schema_names;

// One of the names of a list.
typedef struct tdm_schema_item {
    tdm_text name;
    // Of columns.
    bool nullable;
    bool has_default;
    bool generated; // as identity or from an expression
    // Of keys and indexes: their columns; of enums: the labels. Of an index with an expression the
    // columns are not known here.
    tdm_schema_names columns;
    tdm_answer unique;
    // Of foreign keys.
    tdm_text referred_schema; // empty: that of the search path
    tdm_text referred_table;  // empty: not known
    tdm_schema_names referred_columns;
} tdm_schema_item;

// What stands in a column of a query's rows.
typedef enum tdm_schema_value_kind {
    TDM_SCHEMA_VALUE_UNKNOWN,
    TDM_SCHEMA_VALUE_NULL,
    TDM_SCHEMA_VALUE_SOME,     // not NULL, nor empty; what it is cannot be known
    TDM_SCHEMA_VALUE_POSITIVE, // a number greater than 0
    TDM_SCHEMA_VALUE_BOOL,
    TDM_SCHEMA_VALUE_INT,
    TDM_SCHEMA_VALUE_TEXT,
} tdm_schema_value_kind;

typedef struct tdm_schema_value {
    tdm_schema_value_kind kind;
    tdm_text name; // of the column; empty: not known
    tdm_text text;
    int64_t number; // of INT and BOOL
} tdm_schema_value;

typedef struct tdm_schema_reply {
    tdm_answer answer;
    tdm_text why;                 // of UNKNOWN
    tdm_place why_place;          // what it is due to; may be TDM_NOWHERE
    tdm_text asked;               // in words: "table documents exists"
    const tdm_schema_item *items; // of lists
    size_t count;
    // Of queries that give rows.
    bool single; // exactly one row
    const tdm_schema_value *values;
    size_t value_count;
} tdm_schema_reply;

// A question that was asked, and when: after so many emissions of the script.
typedef struct tdm_schema_asked {
    tdm_schema_question question;
    tdm_schema_reply reply;
    size_t after;
    tdm_place place;
} tdm_schema_asked;

// What Alembic asks of itself before it sends something: checkfirst=True. The emissions of one
// CREATE or DROP share a guard; a type inside a table has that of the table around its own.
typedef struct tdm_emission_guard {
    tdm_schema_question question;
    bool when_there; // DROP: sent when it is there; else when it is missing
    struct tdm_emission_guard *outer;
    // Filled in by who keeps the catalog, at the first emission of the guard.
    bool decided;
    tdm_answer sent;
    tdm_text why;   // of UNKNOWN
    tdm_text asked; // in words
} tdm_emission_guard;

struct tdm_emission;

// The moment at which something is asked: inside a revision's function, after some emissions.
typedef struct tdm_schema_moment {
    const char *path; // of the revision file
    bool downgrade;
    const struct tdm_emission *emissions;
    size_t count;
} tdm_schema_moment;

typedef struct tdm_schema_view {
    void *context;
    // A function begins to run: moments before belong to other runs.
    void (*begin)(void *context);
    // Texts of the reply are in `arena` or outlive it.
    tdm_schema_reply (*ask)(void *context, const tdm_schema_moment *moment,
                            const tdm_schema_question *question, tdm_arena *arena);
} tdm_schema_view;

// Whether two replies are the same to the program that gets them.
bool tdm_schema_reply_equal(const tdm_schema_reply *a, const tdm_schema_reply *b);

#endif
