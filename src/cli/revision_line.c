#include "cli/revision_line.h"

#include "report/report.h"
#include "report/safe.h"

static void put_texts(tdm_buffer *out, const tdm_text *items, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        tdm_buffer_puts(out, i ? ", " : "");
        tdm_put_safe(out, items[i]);
    }
}

void tdm_put_revision_name(tdm_buffer *out, const tdm_revision_info *revision)
{
    tdm_put_safe(out, revision->id);
    if (revision->label_count) {
        tdm_buffer_puts(out, " (");
        put_texts(out, revision->labels, revision->label_count);
        tdm_buffer_putc(out, ')');
    }
    tdm_buffer_puts(out, revision->is_head ? " (head)" : "");
    tdm_buffer_puts(out, revision->is_branch_point ? " (branchpoint)" : "");
    tdm_buffer_puts(out, revision->is_merge_point ? " (mergepoint)" : "");
}

static void put_parents(tdm_buffer *out, const tdm_revision_info *revision)
{
    if (revision->down_count)
        put_texts(out, revision->down, revision->down_count);
    else
        tdm_buffer_puts(out, "<base>");
}

void tdm_put_revision_line(tdm_buffer *out, const tdm_revision_info *revision)
{
    put_parents(out, revision);
    tdm_buffer_puts(out, " -> ");
    tdm_put_revision_name(out, revision);
    tdm_buffer_puts(out, ", ");
    tdm_put_safe(out, revision->message);
    tdm_buffer_putc(out, '\n');
}

void tdm_put_revision_details(tdm_buffer *out, const tdm_revision_info *revision)
{
    tdm_buffer_puts(out, "    Path: ");
    tdm_put_safe(out, tdm_text_of(revision->place.file));
    tdm_buffer_puts(out, "\n    Revises: ");
    put_parents(out, revision);
    if (revision->depends_on_count) {
        tdm_buffer_puts(out, "\n    Depends on: ");
        put_texts(out, revision->depends_on, revision->depends_on_count);
    }
    if (revision->created.size) {
        tdm_buffer_puts(out, "\n    Create Date: ");
        tdm_put_safe(out, revision->created);
    }
    if (revision->message.size) {
        tdm_buffer_puts(out, "\n    Message: ");
        tdm_put_safe(out, revision->message);
    }
    tdm_buffer_puts(out, "\n\n");
}

static void json_texts(tdm_json *json, const char *key, const tdm_text *items, size_t count)
{
    tdm_json_key(json, key);
    tdm_json_begin_array(json);
    for (size_t i = 0; i < count; i++)
        tdm_json_text(json, items[i]);
    tdm_json_end_array(json);
}

static void json_revision(tdm_json *json, const tdm_revision_info *revision)
{
    tdm_json_begin_object(json);
    tdm_json_pair_text(json, "revision", revision->id);
    json_texts(json, "down_revision", revision->down, revision->down_count);
    json_texts(json, "depends_on", revision->depends_on, revision->depends_on_count);
    json_texts(json, "branch_labels", revision->labels, revision->label_count);
    tdm_json_pair_text(json, "message", revision->message);
    tdm_json_pair_known(json, "created", revision->created);
    tdm_json_pair_string(json, "file", revision->place.file);
    tdm_json_pair_bool(json, "head", revision->is_head);
    tdm_json_pair_bool(json, "base", revision->is_base);
    tdm_json_pair_bool(json, "branch_point", revision->is_branch_point);
    tdm_json_pair_bool(json, "merge_point", revision->is_merge_point);
    tdm_json_end_object(json);
}

void tdm_revisions_json(tdm_buffer *out, const char *command, const tdm_project *project,
                        bool heads_only)
{
    size_t shown = 0;
    tdm_json json = TDM_JSON_INIT(out);
    tdm_json_envelope(&json, command, (tdm_text){0}, "ok");
    tdm_json_key(&json, "items");
    tdm_json_begin_array(&json);
    for (size_t i = 0; i < tdm_project_revision_count(project); i++) {
        tdm_revision_info revision = tdm_project_revision(project, i);
        if (heads_only && !revision.is_head)
            continue;
        json_revision(&json, &revision);
        shown++;
    }
    tdm_json_end_array(&json);
    tdm_json_key(&json, "summary");
    tdm_json_begin_object(&json);
    tdm_json_pair_number(&json, "revisions", shown);
    tdm_json_end_object(&json);
    tdm_json_end_object(&json);
    tdm_buffer_putc(out, '\n');
}
