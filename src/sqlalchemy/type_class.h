// The table of SQLAlchemy's type classes and their DDL text.
#ifndef SQLALCHEMY_TYPE_CLASS_H
#define SQLALCHEMY_TYPE_CLASS_H

#include "sqlalchemy/sql_print.h"

// How the DDL text of a type is formed.
typedef enum tdm_type_shape {
    TDM_SHAPE_WORD,      // the word alone
    TDM_SHAPE_LENGTH,    // WORD(length) COLLATE "c"; a length of 0 counts as none
    TDM_SHAPE_DIM,       // WORD(length), also for 0
    TDM_SHAPE_NUMERIC,   // WORD(precision, scale)
    TDM_SHAPE_FLOAT,     // FLOAT(precision)
    TDM_SHAPE_TIME,      // TIME(precision) WITH TIME ZONE
    TDM_SHAPE_TIMESTAMP, // TIMESTAMP(precision) WITHOUT TIME ZONE
    TDM_SHAPE_INTERVAL,  // INTERVAL fields (precision); native=False: TIMESTAMP
    TDM_SHAPE_BIT,       // BIT(n), BIT VARYING(n)
    TDM_SHAPE_UUID,      // UUID; native_uuid=False: CHAR(32)
    TDM_SHAPE_ENUM,
    TDM_SHAPE_ARRAY,
    TDM_SHAPE_DOMAIN,
    TDM_SHAPE_NULL,      // refused
    TDM_SHAPE_SPATIAL,   // geometry(POINT,4326)
    TDM_SHAPE_SPEC,      // text that the type gives itself (get_col_spec)
    TDM_SHAPE_DECORATOR, // text of its impl
} tdm_type_shape;

// Which names a row is exported under.
typedef enum tdm_type_home {
    TDM_HOME_SA,         // sqlalchemy, sqlalchemy.types
    TDM_HOME_TYPES,      // sqlalchemy.types only
    TDM_HOME_POSTGRESQL, // sqlalchemy.dialects.postgresql only
    TDM_HOME_BOTH,
    TDM_HOME_FOREIGN, // dialects of other databases: what the compiler of PostgreSQL prints
    TDM_HOME_OTHER,   // a third-party package, named in third_party.c
} tdm_type_home;

struct tdm_type_class {
    const char *name;
    tdm_type_home home;
    tdm_type_shape shape;
    tdm_affinity affinity;
    const char *word;
    const char *parameters; // of the constructor, as arguments.h describes them
};

const tdm_type_class *tdm_type_class_find(tdm_type_home home, tdm_text name);
const tdm_type_class *tdm_type_class_named(const char *name); // of sqlalchemy.types, for defaults

// What a type is on PostgreSQL: variants and decorators looked through. NULL stays NULL.
const tdm_type *tdm_type_effective(const tdm_type *type);
tdm_affinity tdm_type_affinity(const tdm_type *type);
// Whether the class of the (effective) type is one of these: what decides SERIAL.
bool tdm_type_is_big(const tdm_type *type);
bool tdm_type_is_small(const tdm_type *type);
// The native Enum of a type or of an ARRAY's items, which create_table creates; or NULL.
const tdm_enum_type *tdm_type_enum(const tdm_type *type);

void tdm_print_type(tdm_printer *p, const tdm_type *type);
// str(type), as messages of SQLAlchemy name it.
tdm_text tdm_type_description(tdm_arena *arena, const tdm_type *type);

#endif
