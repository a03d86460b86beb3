// Copies of what a rendering asked of the schema, out of the memory of its evaluation.
#ifndef REVISION_SCHEMA_COPY_H
#define REVISION_SCHEMA_COPY_H

#include "revision/schema.h"

#include "base/vector.h"

// Emissions that share a guard share its copy.
typedef struct tdm_schema_copier {
    tdm_arena *arena;
    TDM_VECTOR(tdm_emission_guard *) guards; // an original, then its copy
} tdm_schema_copier;

// NULL for NULL, and when out of memory, which the arena remembers.
tdm_emission_guard *tdm_guard_copy(tdm_schema_copier *copier, tdm_emission_guard *guard);
tdm_schema_asked tdm_asked_copy(tdm_schema_copier *copier, const tdm_schema_asked *asked);

#endif
