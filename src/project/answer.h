// Questions of migrations (alembic/schema.h) answered from one catalog, in the closed world: once
// something opaque has happened nothing is answered, because it may have made or dropped anything.
#ifndef PROJECT_ANSWER_H
#define PROJECT_ANSWER_H

#include "catalog/model.h"
#include "revision/schema.h"

// Texts of the reply are the catalog's or in `arena`. Fails on memory alone.
TDM_MUST_CHECK tdm_status tdm_catalog_reply(const tdm_catalog *catalog,
                                            const tdm_schema_question *question, tdm_arena *arena,
                                            tdm_schema_reply *ret, tdm_error *err);

// Whether what a guard asks for is there.
TDM_MUST_CHECK tdm_status tdm_catalog_exists(const tdm_catalog *catalog,
                                             const tdm_schema_question *question, tdm_arena *arena,
                                             tdm_schema_reply *ret, tdm_error *err);

#endif
