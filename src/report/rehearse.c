// What a rehearsal has shown.
#include "report/report.h"

#include "base/limits.h"
#include "report/grid.h"
#include "report/safe.h"

// "3 of 8 files, 17 statements; stopped at versions/x.py:12: relation … does not exist [42P01]"
static tdm_text told(tdm_arena *arena, const tdm_rehearse_run *run)
{
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_OUTPUT);

    tdm_buffer_putf(&out, "%zu of ", run->files);
    tdm_put_count(&out, run->file_count, "file");
    tdm_buffer_puts(&out, ", ");
    tdm_put_count(&out, run->statements, "statement");
    if (run->stopped.size) {
        tdm_buffer_puts(&out, run->refused ? "; the server refused " : "; cannot be known: ");
        if (run->place.file)
            tdm_buffer_putf(&out, "%s:%u: ", run->place.file, run->place.line);
        tdm_buffer_put(&out, run->stopped);
    }
    return tdm_buffer_take(&out, arena);
}

static void put_runs(const tdm_report *report, const tdm_rehearsal *rehearsal)
{
    tdm_grid grid;

    tdm_grid_init(&grid, report->arena, 2);
    for (size_t i = 0; i < rehearsal->run_count; i++)
        tdm_grid_add(&grid, (tdm_text[]){tdm_text_of(rehearsal->runs[i].name),
                                         told(report->arena, &rehearsal->runs[i])});
    tdm_grid_put(&grid, report->out);
    tdm_buffer_putc(report->out, '\n');
}

static void put_side(tdm_buffer *out, const char *who, tdm_text says)
{
    const tdm_text nothing = TDM_TEXT("nothing");

    tdm_buffer_putf(out, "%s: ", who);
    tdm_buffer_put(out, says.size ? says : nothing);
}

static tdm_text told_item(tdm_arena *arena, const tdm_rehearse_comparison *made,
                          const tdm_drift_item *item)
{
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_OUTPUT);

    tdm_buffer_put(&out, item->attribute);
    if (item->expected.size || item->actual.size) {
        tdm_buffer_puts(&out, "; ");
        put_side(&out, made->first, item->expected);
        tdm_buffer_puts(&out, "; ");
        put_side(&out, made->second, item->actual);
    }
    if (item->reason.size) {
        tdm_buffer_puts(&out, "; cannot be known: ");
        tdm_buffer_put(&out, item->reason);
    }
    return tdm_buffer_take(&out, arena);
}

static void put_comparison(const tdm_report *report, const tdm_rehearse_comparison *made)
{
    tdm_grid grid;

    tdm_buffer_putf(report->out, "%s: ", made->name);
    if (made->item_count == 0)
        tdm_buffer_puts(report->out, "the same");
    else
        tdm_buffer_putf(report->out, "%zu different, %zu cannot be known",
                        made->item_count - made->unknown, made->unknown);
    if (made->allowed)
        tdm_buffer_putf(report->out, ", %zu allowed", made->allowed);
    tdm_buffer_putc(report->out, '\n');
    tdm_grid_init(&grid, report->arena, 2);
    for (size_t i = 0; i < made->item_count; i++) {
        // What the model leaves open says nothing of the histories.
        if (made->of_model && made->items[i].kind == TDM_DRIFT_UNKNOWN && !report->verbose)
            continue;
        tdm_grid_add(&grid, (tdm_text[]){tdm_arena_printf(report->arena, "  %.*s",
                                                          TDM_TEXT_ARG(made->items[i].object)),
                                         told_item(report->arena, made, &made->items[i])});
    }
    tdm_grid_put(&grid, report->out);
}

void tdm_report_rehearsal_text(const tdm_report *report, const tdm_rehearsal *rehearsal)
{
    tdm_buffer_puts(report->out, "on: ");
    tdm_put_safe(report->out, rehearsal->server);
    tdm_buffer_puts(report->out, "\n");
    for (size_t i = 0; i < rehearsal->missing_count; i++) {
        tdm_buffer_puts(report->out, i ? ", "
                                       : "missing there, so that what needs it was not "
                                         "tested: ");
        tdm_put_safe(report->out, rehearsal->missing[i]);
    }
    tdm_buffer_puts(report->out, rehearsal->missing_count ? "\n\n" : "\n");
    put_runs(report, rehearsal);
    for (size_t i = 0; i < rehearsal->comparison_count; i++)
        put_comparison(report, &rehearsal->comparisons[i]);
}

// --- JSON ---------------------------------------------------------------------------------------

static void put_run_json(tdm_json *json, const tdm_rehearse_run *run)
{
    tdm_json_begin_object(json);
    tdm_json_pair_string(json, "name", run->name);
    tdm_json_pair_number(json, "files", run->files);
    tdm_json_pair_number(json, "file_count", run->file_count);
    tdm_json_pair_number(json, "statements", run->statements);
    tdm_json_pair_known(json, "stopped", run->stopped);
    tdm_json_pair_bool(json, "refused", run->refused);
    tdm_json_place(json, run->place);
    tdm_json_end_object(json);
}

static void put_comparison_json(tdm_json *json, const tdm_rehearse_comparison *made)
{
    tdm_json_begin_object(json);
    tdm_json_pair_string(json, "name", made->name);
    tdm_json_pair_string(json, "first", made->first);
    tdm_json_pair_string(json, "second", made->second);
    tdm_json_pair_number(json, "different", made->item_count - made->unknown);
    tdm_json_pair_number(json, "unknown", made->unknown);
    tdm_json_pair_number(json, "allowed", made->allowed);
    tdm_json_pair_bool(json, "of_model", made->of_model);
    tdm_json_key(json, "items");
    tdm_json_begin_array(json);
    for (size_t i = 0; i < made->item_count; i++)
        tdm_json_drift_item(json, &made->items[i]);
    tdm_json_end_array(json);
    tdm_json_end_object(json);
}

void tdm_report_rehearsal_json(const tdm_report *report, const tdm_rehearsal *rehearsal)
{
    tdm_json json = TDM_JSON_INIT(report->out);

    tdm_json_envelope(&json, "rehearse", rehearsal->server,
                      rehearsal->failed    ? "different"
                      : rehearsal->unknown ? "unknown"
                                           : "same");
    tdm_json_key(&json, "missing_extensions");
    tdm_json_begin_array(&json);
    for (size_t i = 0; i < rehearsal->missing_count; i++)
        tdm_json_text(&json, rehearsal->missing[i]);
    tdm_json_end_array(&json);
    tdm_json_key(&json, "runs");
    tdm_json_begin_array(&json);
    for (size_t i = 0; i < rehearsal->run_count; i++)
        put_run_json(&json, &rehearsal->runs[i]);
    tdm_json_end_array(&json);
    tdm_json_key(&json, "items");
    tdm_json_begin_array(&json);
    for (size_t i = 0; i < rehearsal->comparison_count; i++)
        put_comparison_json(&json, &rehearsal->comparisons[i]);
    tdm_json_end_array(&json);
    tdm_json_key(&json, "summary");
    tdm_json_begin_object(&json);
    tdm_json_pair_bool(&json, "failed", rehearsal->failed);
    tdm_json_pair_bool(&json, "unknown", rehearsal->unknown);
    tdm_json_end_object(&json);
    tdm_json_end_object(&json);
    tdm_buffer_putc(report->out, '\n');
}
