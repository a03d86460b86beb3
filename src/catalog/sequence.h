// Sequences in their canonical form: only what is not at its default is set.
#ifndef CATALOG_SEQUENCE_H
#define CATALOG_SEQUENCE_H

#include "catalog/build.h"

enum {
    TDM_SEQUENCE_VALUES = 7,
};

typedef struct tdm_sequence {
    tdm_text type; // "bigint", "integer", "smallint"
    int64_t start;
    int64_t increment;
    int64_t minimum;
    int64_t maximum;
    int64_t cache;
    bool cycle;
} tdm_sequence;

// With the defaults of an ascending sequence of this type (empty: bigint).
tdm_sequence tdm_sequence_new(tdm_text type);
// Sets the attributes of an object; for readers of a server, who have every value in pg_sequence.
void tdm_sequence_set(tdm_catalog *catalog, tdm_object *object, const tdm_sequence *sequence,
                      tdm_place place);

#endif
