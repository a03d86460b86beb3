// The data model of SQLAlchemy that revisions build: types, expressions, columns, constraints,
// indexes, tables. Plain structs without behaviour: sa_*.c make them from Python arguments, and the
// printers (type_print, expr_print, ddl_*) turn them into text. Everything lives in one arena.
#ifndef SQLALCHEMY_MODEL_H
#define SQLALCHEMY_MODEL_H

#include "python/value.h"

#include "base/vector.h"

#include <tandem/place.h>

typedef struct tdm_type tdm_type;
typedef struct tdm_expr tdm_expr;
typedef struct tdm_column tdm_column;
typedef struct tdm_table tdm_table;
typedef struct tdm_select tdm_select;
typedef struct tdm_type_class tdm_type_class;

// Three answers of a Python flag: not given (or None), False, True.
typedef enum tdm_flag {
    TDM_FLAG_NONE,
    TDM_FLAG_FALSE,
    TDM_FLAG_TRUE,
} tdm_flag;

// An identifier as SQLAlchemy carries it. `final`: op.f() or made by a naming convention; such a
// name is shortened when it is too long, any other is refused (S2052 sql/compiler.py,
// _truncate_and_render_maxlen_name).
typedef struct tdm_name {
    tdm_text text;
    tdm_flag quote; // quote=True / quote=False
    bool final;
    bool given; // false: None
} tdm_name;

typedef TDM_VECTOR(tdm_name) tdm_names;
typedef TDM_VECTOR(tdm_expr *) tdm_exprs;

// --- Types --------------------------------------------------------------------------------------

// What a type compares and prints its values as (S2052 sql/type_api.py, _type_affinity).
typedef enum tdm_affinity {
    TDM_AFFINITY_NULL,
    TDM_AFFINITY_STRING,
    TDM_AFFINITY_INTEGER,
    TDM_AFFINITY_NUMERIC,
    TDM_AFFINITY_BOOLEAN,
    TDM_AFFINITY_DATE,
    TDM_AFFINITY_DATETIME,
    TDM_AFFINITY_TIME,
    TDM_AFFINITY_INTERVAL,
    TDM_AFFINITY_BINARY,
    TDM_AFFINITY_UUID,
    TDM_AFFINITY_JSON,
    TDM_AFFINITY_ARRAY,
    TDM_AFFINITY_OTHER, // values have no literal renderer
} tdm_affinity;

typedef struct tdm_number {
    bool given;
    int64_t value;
} tdm_number;

typedef struct tdm_enum_type {
    tdm_text *labels;
    size_t count;
    tdm_name name;
    tdm_name schema;
    bool native;            // native_enum
    bool create_constraint; // a CHECK for the non-native form
    bool create_type;       // of postgresql.ENUM
    bool has_metadata;      // created with that metadata, not with the table
    bool inherit_schema;
    bool postgresql; // postgresql.ENUM, whose error texts differ
} tdm_enum_type;

typedef struct tdm_domain_type {
    tdm_name name;
    tdm_name schema;
    tdm_type *base;
    tdm_name collation;
    tdm_expr *default_value; // or NULL
    tdm_name constraint_name;
    bool not_null;
    tdm_expr *check; // or NULL
    bool create_type;
} tdm_domain_type;

struct tdm_type {
    const tdm_type_class *type_class;
    tdm_number length; // also precision of FLOAT, dim of VECTOR
    tdm_number precision;
    tdm_number scale;
    tdm_text collation;
    tdm_text fields; // of INTERVAL
    tdm_number dimensions;
    tdm_type *item;    // of ARRAY
    tdm_type *variant; // what with_variant(..., 'postgresql') gave, or NULL
    tdm_type *impl;    // of a TypeDecorator, or NULL
    tdm_enum_type *enumeration;
    tdm_domain_type *domain;
    tdm_text spec;      // DDL text of a type that prints itself
    bool spatial_index; // of geoalchemy2
    bool spatial_nd;
    bool not_null; // of geoalchemy2: the type says that its column is NOT NULL
    bool timezone;
    bool varying;
    bool not_native; // native=False, native_uuid=False
    bool as_uuid;
    bool opaque_values;   // project code makes the values that are sent
    bool coerces_to_self; // values compared with it take this type (UserDefinedType, TypeDecorator)
};

// --- Expressions --------------------------------------------------------------------------------

// Rows of the operator table in expr_operators.c.
typedef enum tdm_op {
    TDM_OP_NONE,
    TDM_OP_AND,
    TDM_OP_OR,
    TDM_OP_EQ,
    TDM_OP_NE,
    TDM_OP_LT,
    TDM_OP_LE,
    TDM_OP_GT,
    TDM_OP_GE,
    TDM_OP_IS,
    TDM_OP_IS_NOT,
    TDM_OP_IS_DISTINCT,
    TDM_OP_IS_NOT_DISTINCT,
    TDM_OP_IN,
    TDM_OP_NOT_IN,
    TDM_OP_LIKE,
    TDM_OP_NOT_LIKE,
    TDM_OP_ILIKE,
    TDM_OP_NOT_ILIKE,
    TDM_OP_STARTS,
    TDM_OP_NOT_STARTS,
    TDM_OP_ENDS,
    TDM_OP_NOT_ENDS,
    TDM_OP_CONTAINS,
    TDM_OP_NOT_CONTAINS,
    TDM_OP_BETWEEN,
    TDM_OP_NOT_BETWEEN,
    TDM_OP_REGEXP,
    TDM_OP_NOT_REGEXP,
    TDM_OP_ADD,
    TDM_OP_SUB,
    TDM_OP_MUL,
    TDM_OP_TRUEDIV,
    TDM_OP_FLOORDIV,
    TDM_OP_MOD,
    TDM_OP_CONCAT,
    TDM_OP_BIT_AND,
    TDM_OP_BIT_OR,
    TDM_OP_BIT_XOR,
    TDM_OP_BIT_LSHIFT,
    TDM_OP_BIT_RSHIFT,
    TDM_OP_BIT_NOT,
    TDM_OP_JSON_GET,
    TDM_OP_JSON_PATH,
    TDM_OP_ITEM,
    TDM_OP_NEG,
    TDM_OP_NOT,
    TDM_OP_DISTINCT,
    TDM_OP_ANY,
    TDM_OP_ALL,
    TDM_OP_EXISTS,
    TDM_OP_DESC,
    TDM_OP_ASC,
    TDM_OP_NULLS_FIRST,
    TDM_OP_NULLS_LAST,
    TDM_OP_COLLATE,
    TDM_OP_COMMA,
    TDM_OP_AS_BOOL,
    TDM_OP_IS_TRUE,
    TDM_OP_IS_FALSE,
    TDM_OP_CUSTOM, // .op("..."): text and precedence stand in the node
    TDM_OP_COUNT
} tdm_op;

typedef enum tdm_expr_kind {
    TDM_EXPR_COLUMN,
    TDM_EXPR_BIND,           // a Python value
    TDM_EXPR_TEXT,           // text()
    TDM_EXPR_LITERAL_COLUMN, // literal_column()
    TDM_EXPR_NULL,
    TDM_EXPR_TRUE,
    TDM_EXPR_FALSE,
    TDM_EXPR_FUNCTION,
    TDM_EXPR_BINARY,
    TDM_EXPR_LIST, // operands of one associative operator, or of and_() and or_()
    TDM_EXPR_UNARY,
    TDM_EXPR_MODIFIER, // desc(), nulls_last()
    TDM_EXPR_AS_BOOLEAN,
    TDM_EXPR_GROUPING,
    TDM_EXPR_CAST,
    TDM_EXPR_TYPE_COERCE,
    TDM_EXPR_CASE,
    TDM_EXPR_EXTRACT,
    TDM_EXPR_LABEL,
    TDM_EXPR_TUPLE,
    TDM_EXPR_SUBQUERY, // a scalar SELECT in parentheses
    TDM_EXPR_COLLATION,
    TDM_EXPR_NEXT_VALUE, // of a sequence
    TDM_EXPR_ARRAY,      // postgresql.array([...])
    TDM_EXPR_EXCLUDED,   // a column of postgresql.insert().excluded
} tdm_expr_kind;

// A parameter of text() that got a value by bindparams().
typedef struct tdm_text_bind {
    tdm_text name;
    tdm_expr *bind;
} tdm_text_bind;

struct tdm_expr {
    tdm_expr_kind kind;
    tdm_op op;
    tdm_op negate;       // TDM_OP_NONE: has no opposite
    tdm_type *type;      // NULL: NullType
    tdm_text text;       // of text(), a function, custom operator, label, extract field, bind name
    int32_t precedence;  // of a custom operator
    bool comparison;     // of a custom operator
    bool grouped;        // an implicit list prints in parentheses where it is nested
    bool expanding;      // a bind that is the list of IN
    bool unset;          // a bind without a value
    bool always_literal; // op.inline_literal()
    bool final_name;     // a label or parameter whose name was made by SQLAlchemy
    tdm_name name;       // of a column
    tdm_table *table;    // of a column, may be NULL
    tdm_column *column;  // of a column that belongs to a Table, may be NULL
    tdm_py value;
    tdm_exprs items; // operands, arguments; of CASE: condition, result, ..., [else]
    bool has_else;
    tdm_text escape;                 // of LIKE ... ESCAPE
    tdm_text flags;                  // of a regular expression
    TDM_VECTOR(tdm_text_bind) binds; // of text()
    tdm_select *select;
    tdm_name schema; // of a sequence
};

// --- Columns, constraints, indexes, tables ------------------------------------------------------

typedef struct tdm_sequence {
    tdm_name name;
    tdm_name schema;
    tdm_type *type;
    tdm_number start, increment, minvalue, maxvalue, cache;
    tdm_flag nominvalue, nomaxvalue, cycle;
    bool optional;
} tdm_sequence;

typedef struct tdm_identity {
    tdm_flag always;  // None counts as False
    bool always_none; // Identity() leaves it False; DDL is the same, comparison is not
    tdm_sequence options;
} tdm_identity;

typedef struct tdm_computed {
    tdm_expr *expr;
    tdm_flag persisted;
} tdm_computed;

typedef enum tdm_default_kind {
    TDM_DEFAULT_NONE,
    TDM_DEFAULT_TEXT, // a plain string: a literal
    TDM_DEFAULT_EXPR,
    TDM_DEFAULT_IDENTITY,
    TDM_DEFAULT_COMPUTED,
    TDM_DEFAULT_FETCHED, // prints nothing
} tdm_default_kind;

typedef struct tdm_default {
    tdm_default_kind kind;
    tdm_text text;
    tdm_expr *expr;
    tdm_identity *identity;
    tdm_computed *computed;
} tdm_default;

typedef enum tdm_constraint_kind {
    TDM_CONSTRAINT_PRIMARY,
    TDM_CONSTRAINT_UNIQUE,
    TDM_CONSTRAINT_FOREIGN,
    TDM_CONSTRAINT_CHECK,
    TDM_CONSTRAINT_EXCLUDE,
} tdm_constraint_kind;

typedef struct tdm_exclude_element {
    tdm_expr *expr;
    tdm_text operator_text;
    tdm_text key; // what `ops` is looked up by
} tdm_exclude_element;

typedef struct tdm_constraint {
    tdm_constraint_kind kind;
    tdm_name name;
    tdm_text name_unknown; // why nobody knows the name that a convention gives it; empty: known
    tdm_names columns;
    tdm_flag deferrable;
    tdm_text initially; // empty: not given
    // FOREIGN KEY
    tdm_name referred_schema;
    tdm_name referred_table;
    tdm_names referred_columns;
    tdm_text on_delete, on_update, match;
    bool use_alter;
    bool referred_known; // the referred table exists as an object, for naming conventions
    // UNIQUE, PRIMARY KEY
    tdm_names include;
    tdm_flag nulls_not_distinct;
    bool implicit; // the primary key that column flags make
    // CHECK
    tdm_expr *check;
    bool not_valid;
    bool type_bound;
    // EXCLUDE
    tdm_text using;
    TDM_VECTOR(tdm_exclude_element) elements;
    tdm_py ops; // dict or NULL
    tdm_expr *where;
    uint32_t order; // of creation: constraints print in that order (S2052 sql/schema.py)
} tdm_constraint;

typedef TDM_VECTOR(tdm_constraint *) tdm_constraints;

typedef struct tdm_index {
    tdm_name name;
    tdm_text name_unknown; // as of a constraint
    tdm_exprs columns;
    tdm_names keys; // what postgresql_ops is looked up by, parallel to `columns`
    // A final key: a string or text(), which become columns of the table that create_index makes
    // up.
    tdm_names labels; // column names for naming conventions; final: without the table's name
    tdm_table *table;
    bool unique;
    tdm_names include;
    tdm_flag nulls_not_distinct;
    tdm_text using;
    tdm_text with; // "k = v, ..."
    tdm_name tablespace;
    tdm_expr *where;
    tdm_py ops; // dict or NULL
    bool concurrently;
} tdm_index;

typedef enum tdm_autoincrement {
    TDM_AUTOINCREMENT_AUTO,
    TDM_AUTOINCREMENT_TRUE,
    TDM_AUTOINCREMENT_FALSE,
    TDM_AUTOINCREMENT_IGNORE_FK,
} tdm_autoincrement;

struct tdm_column {
    tdm_name name;
    tdm_text key;
    tdm_type *type; // NULL: NullType
    tdm_table *table;
    tdm_default server_default;
    tdm_identity *identity;
    tdm_computed *computed;
    tdm_constraints foreign_keys; // of one column each
    tdm_constraints checks;       // printed inside the column line
    tdm_sequence *sequence;
    tdm_expr *default_expr; // default= that is SQL
    bool has_default;       // default= other than a Sequence
    bool default_unknown;   // ... of which nothing else is known
    tdm_py onupdate_value;
    tdm_py default_value; // the value or function that it is
    bool has_onupdate;
    tdm_expr *onupdate_expr;
    tdm_flag nullable; // NONE: not given
    bool primary_key;
    tdm_autoincrement autoincrement;
    bool index;
    bool unique;
    bool system;
    tdm_flag insert_default;
    tdm_name comment;
};

struct tdm_table {
    tdm_name name;
    tdm_name schema;
    bool lightweight; // sa.table(): no types are created, no RETURNING
    TDM_VECTOR(tdm_column *) columns;
    tdm_constraints constraints;
    tdm_constraint *primary_key; // never NULL for a Table
    TDM_VECTOR(tdm_index *) indexes;
    tdm_name comment;
    TDM_VECTOR(tdm_text) prefixes;
    TDM_VECTOR(tdm_name) inherits;
    tdm_text partition_by, using, on_commit;
    bool has_with;
    tdm_text with;
    tdm_flag with_oids;
    tdm_name tablespace;
    tdm_name alias; // t.alias("x")
    bool of_model;  // of a mapped class, and nobody has asked for the Table itself
    bool renamed;   // attributes of the class have other names than their columns
    struct tdm_metadata *metadata;
};

typedef struct tdm_metadata {
    TDM_VECTOR(tdm_table *) tables;
    const struct tdm_naming *naming;
    size_t naming_count;
    bool naming_open; // what changes the convention was not followed
    bool tables_open; // tables may belong to it that are not known here
    tdm_name schema;
} tdm_metadata;

#endif
