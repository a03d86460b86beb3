// What a pull brings: files, and rows that stay behind with their reasons.
#include "report/report.h"

#include "report/safe.h"

static bool is_migration(const tdm_converted *file)
{
    return tdm_text_ends(tdm_text_of(file->path), TDM_TEXT(".sql"));
}

static bool is_merge(const tdm_pull *pull, const tdm_converted *file)
{
    return pull->merge.size && !is_migration(file) && tdm_text_equal(file->revision, pull->merge);
}

// --- Text ---------------------------------------------------------------------------------------

static void put_file(tdm_buffer *out, const tdm_pull *pull, const tdm_converted *file, bool written)
{
    tdm_buffer_puts(out, written ? "wrote " : "would write ");
    tdm_put_safe(out, tdm_text_of(file->path));
    if (is_migration(file) && file->revision.size) {
        tdm_buffer_puts(out, ": migration of ");
        tdm_put_safe(out, file->revision);
    } else if (is_migration(file)) {
        tdm_buffer_puts(out, ": a migration alone");
    } else if (is_merge(pull, file)) {
        tdm_buffer_puts(out, ": joins it with what is beside it");
    } else {
        tdm_buffer_puts(out, ": revision of ");
        tdm_put_safe(out, file->version);
        tdm_buffer_putf(out, ", %zu of %zu statements as directives", file->typed_count,
                        file->statement_count);
    }
    tdm_buffer_putc(out, '\n');
    for (size_t i = 0; i < file->loss_count; i++) {
        tdm_buffer_puts(out, "  cannot be undone: ");
        tdm_put_safe(out, file->losses[i]);
        tdm_buffer_putc(out, '\n');
    }
}

static void put_row_name(tdm_buffer *out, const tdm_pull_row *row)
{
    tdm_put_safe(out, row->version);
    if (row->name.size) {
        tdm_buffer_puts(out, " \"");
        tdm_put_safe(out, row->name);
        tdm_buffer_puts(out, "\"");
    }
    if (row->by.size) {
        tdm_buffer_puts(out, ", made by ");
        tdm_put_safe(out, row->by);
    }
}

static void put_left(tdm_buffer *out, const tdm_pull_row *row)
{
    tdm_buffer_puts(out, row->outcome == TDM_PULL_HERE ? "" : "left ");
    put_row_name(out, row);
    tdm_buffer_puts(out, ": ");
    tdm_put_safe(out, row->reason);
    if (row->hint.size) {
        tdm_buffer_puts(out, "\n  hint: ");
        tdm_put_safe(out, row->hint);
    }
    tdm_buffer_putc(out, '\n');
}

void tdm_report_pull_text(const tdm_report *report, const tdm_pull *pull, bool written)
{
    for (size_t i = 0; i < pull->made.count; i++)
        put_file(report->out, pull, &pull->made.files[i], written);
    if (pull->made.lock) {
        tdm_buffer_puts(report->out, "wrote ");
        tdm_put_safe(report->out, tdm_text_of(pull->made.lock));
        tdm_buffer_putc(report->out, '\n');
    }
    for (size_t i = 0; i < pull->row_count; i++)
        if (pull->rows[i].outcome != TDM_PULL_TAKEN)
            put_left(report->out, &pull->rows[i]);
    for (size_t i = 0; i < pull->unknown_count; i++) {
        tdm_buffer_puts(report->out, "left ");
        tdm_put_safe(report->out, pull->unknown[i]);
        tdm_buffer_puts(report->out,
                        " of alembic_version: no revision here has this id, and Alembic keeps no "
                        "statements that could be pulled\n"
                        "  hint: Get its file from whoever applied it.\n");
    }
}

// --- JSON ---------------------------------------------------------------------------------------

static void put_json_row(tdm_json *json, const tdm_pull *pull, const tdm_pull_row *row)
{
    bool taken = row->outcome == TDM_PULL_TAKEN;
    tdm_json_begin_object(json);
    tdm_json_pair_text(json, "version", row->version);
    tdm_json_pair_text(json, "name", row->name);
    tdm_json_pair_known(json, "made_by", row->by);
    // With another row refused it could be pulled, and is not.
    tdm_json_pair_string(json, "outcome",
                         taken && pull->taken == 0 ? "held_back"
                                                   : tdm_pull_outcome_name(row->outcome));
    tdm_json_pair_string(json, "file", row->path);
    tdm_json_pair_known(json, "revision", row->revision);
    tdm_json_pair_known(json, "reason", row->reason);
    tdm_json_pair_known(json, "hint", row->hint);
    tdm_json_end_object(json);
}

static void put_json_file(tdm_json *json, const tdm_pull *pull, const tdm_converted *file)
{
    bool merge = is_merge(pull, file);
    tdm_json_begin_object(json);
    tdm_json_pair_string(json, "kind",
                         is_migration(file) ? "migration"
                         : merge            ? "merge"
                                            : "revision");
    tdm_json_pair_known(json, "revision", file->revision);
    tdm_json_pair_known(json, "version", file->version);
    tdm_json_pair_string(json, "file", file->path);
    tdm_json_pair_text(json, "text", file->text);
    if (!is_migration(file) && !merge) {
        tdm_json_pair_number(json, "statements", file->statement_count);
        tdm_json_pair_number(json, "directives", file->typed_count);
        tdm_json_key(json, "losses");
        tdm_json_begin_array(json);
        for (size_t i = 0; i < file->loss_count; i++)
            tdm_json_text(json, file->losses[i]);
        tdm_json_end_array(json);
    }
    tdm_json_end_object(json);
}

static void put_json_summary(tdm_json *json, const tdm_pull *pull)
{
    tdm_json_key(json, "summary");
    tdm_json_begin_object(json);
    tdm_json_pair_number(json, "pulled", pull->taken);
    tdm_json_pair_number(json, "left", pull->left);
    tdm_json_pair_number(json, "files", pull->made.count);
    tdm_json_pair_number(json, "to_record", pull->unstepped);
    tdm_json_pair_known(json, "merge", pull->merge);
    tdm_json_pair_known(json, "lock", tdm_text_of(pull->made.lock));
    tdm_json_end_object(json);
}

void tdm_report_pull_json(const tdm_report *report, const tdm_pull *pull, bool written)
{
    tdm_json json = TDM_JSON_INIT(report->out);
    tdm_json_envelope(&json, "pull", pull->target,
                      pull->made.count ? (written ? "written" : "ok")
                      : pull->left     ? "refused"
                                       : "nothing");
    tdm_json_key(&json, "items");
    tdm_json_begin_array(&json);
    for (size_t i = 0; i < pull->row_count; i++)
        put_json_row(&json, pull, &pull->rows[i]);
    tdm_json_end_array(&json);
    tdm_json_key(&json, "files");
    tdm_json_begin_array(&json);
    for (size_t i = 0; i < pull->made.count; i++)
        put_json_file(&json, pull, &pull->made.files[i]);
    tdm_json_end_array(&json);
    tdm_json_key(&json, "unknown_revisions");
    tdm_json_begin_array(&json);
    for (size_t i = 0; i < pull->unknown_count; i++)
        tdm_json_text(&json, pull->unknown[i]);
    tdm_json_end_array(&json);
    put_json_summary(&json, pull);
    tdm_json_end_object(&json);
    tdm_buffer_putc(report->out, '\n');
}
