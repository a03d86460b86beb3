// Revisions as `alembic heads` and `alembic history` show them.
#ifndef CLI_REVISION_LINE_H
#define CLI_REVISION_LINE_H

#include <tandem/project.h>

#include "base/text.h"

// "20241202_000002 (main) (head)"
void tdm_put_revision_name(tdm_buffer *out, const tdm_revision_info *revision);
// "20241202_000001 -> 20241202_000002 (head), Add full text search"
void tdm_put_revision_line(tdm_buffer *out, const tdm_revision_info *revision);
// File, date and dependencies, indented, and an empty line.
void tdm_put_revision_details(tdm_buffer *out, const tdm_revision_info *revision);
// All revisions, or the heads, oldest first.
void tdm_revisions_json(tdm_buffer *out, const char *command, const tdm_project *project,
                        bool heads_only);

#endif
