// Facts for the tests of reports: two pairs of the worked example.
#ifndef UNIT_REPORT_FACTS_H
#define UNIT_REPORT_FACTS_H

#include "report/report.h"

static const tdm_revision_info fact_revisions[] = {
    {.id = {"20241126_000001", 15}, .place = {.file = "alembic/versions/a.py"}},
    {.id = {"20241127_000001", 15}, .place = {.file = "alembic/versions/b.py"}},
};

static const tdm_migration_info fact_migrations[] = {
    {.version = {"20241126000001", 14},
     .name = {"initial_schema", 14},
     .place = {.file = "supabase/migrations/a.sql"}},
    {.version = {"20241127000001", 14},
     .name = {"add_file_path", 13},
     .place = {.file = "supabase/migrations/b.sql"}},
};

static const tdm_pair_info fact_pairs[] = {
    {.revisions = &fact_revisions[0],
     .revision_count = 1,
     .migrations = &fact_migrations[0],
     .migration_count = 1,
     .verdict = TDM_VERDICT_IDENTICAL,
     .link = TDM_LINK_WRITTEN},
    {.revisions = &fact_revisions[1],
     .revision_count = 1,
     .migrations = &fact_migrations[1],
     .migration_count = 1,
     .verdict = TDM_VERDICT_EQUIVALENT,
     .link = TDM_LINK_DIGITS,
     .detail = {"on the catalog replayed so far", 30}},
};

#endif
