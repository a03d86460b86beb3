// What a target is that its histories do not say.
#include "report/report.h"

#include "base/limits.h"
#include "report/grid.h"
#include "report/safe.h"

static const char *words_of(tdm_drift_kind kind)
{
    switch (kind) {
    case TDM_DRIFT_MISSING:
        return "missing on the target";
    case TDM_DRIFT_EXTRA:
        return "on the target alone";
    case TDM_DRIFT_DIFFERENT:
        return "different";
    case TDM_DRIFT_UNKNOWN:
        return "cannot be known";
    }
    return "";
}

// "type: the histories say text, the target says integer".
static tdm_text says(tdm_arena *arena, const tdm_drift_item *item)
{
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_OUTPUT);
    const tdm_text nothing = TDM_TEXT("nothing");
    tdm_text expected = item->expected.size ? item->expected : nothing;
    tdm_text actual = item->actual.size ? item->actual : nothing;

    if (item->kind == TDM_DRIFT_MISSING || item->kind == TDM_DRIFT_EXTRA)
        return (tdm_text){NULL, 0};
    tdm_buffer_put(&out, item->attribute);
    if (item->expected.size || item->actual.size)
        tdm_buffer_putf(&out, ": the histories say %.*s, the target says %.*s",
                        TDM_TEXT_ARG(expected), TDM_TEXT_ARG(actual));
    if (item->reason.size)
        tdm_buffer_putf(&out, ": %.*s", TDM_TEXT_ARG(item->reason));
    return tdm_buffer_take(&out, arena);
}

static void put_items(const tdm_report *report, const tdm_drift *drift, tdm_drift_kind kind)
{
    tdm_grid grid;
    size_t shown = 0;

    tdm_grid_init(&grid, report->arena, 2);
    for (size_t i = 0; i < drift->item_count; i++) {
        const tdm_drift_item *item = &drift->items[i];
        if (item->kind != kind)
            continue;
        tdm_grid_add(&grid, (tdm_text[]){tdm_arena_printf(report->arena, "  %.*s",
                                                          TDM_TEXT_ARG(item->object)),
                                         says(report->arena, item)});
        shown++;
    }
    if (!shown)
        return;
    tdm_buffer_putf(report->out, "%s:\n", words_of(kind));
    tdm_grid_put(&grid, report->out);
    tdm_buffer_putc(report->out, '\n');
}

void tdm_report_drift_text(const tdm_report *report, const tdm_drift *drift)
{
    tdm_buffer_puts(report->out, "target: ");
    tdm_put_safe(report->out, drift->target);
    tdm_buffer_puts(report->out, "\n\n");
    for (int kind = TDM_DRIFT_MISSING; kind <= TDM_DRIFT_UNKNOWN; kind++)
        put_items(report, drift, (tdm_drift_kind)kind);
    tdm_put_count(report->out, drift->object_count, "object");
    tdm_buffer_puts(report->out, " compared with ");
    tdm_put_count(report->out, drift->pair_count, "applied pair");
    if (drift->item_count == 0)
        tdm_buffer_puts(report->out, ": the target is what its histories say\n");
    else
        tdm_buffer_putf(report->out, ": %zu different, %zu cannot be known\n",
                        drift->item_count - drift->unknown, drift->unknown);
}

void tdm_json_drift_item(tdm_json *json, const tdm_drift_item *item)
{
    tdm_json_begin_object(json);
    tdm_json_pair_string(json, "kind", tdm_drift_name(item->kind));
    tdm_json_pair_text(json, "object", item->object);
    tdm_json_pair_text(json, "attribute", item->attribute);
    tdm_json_pair_known(json, "expected", item->expected);
    tdm_json_pair_known(json, "actual", item->actual);
    tdm_json_pair_known(json, "reason", item->reason);
    tdm_json_place(json, item->place);
    tdm_json_end_object(json);
}

void tdm_report_drift_json(const tdm_report *report, const tdm_drift *drift)
{
    tdm_json json = TDM_JSON_INIT(report->out);
    bool differs = drift->item_count > drift->unknown;

    tdm_json_envelope(&json, "drift", drift->target,
                      differs          ? "different"
                      : drift->unknown ? "unknown"
                                       : "same");
    tdm_json_key(&json, "items");
    tdm_json_begin_array(&json);
    for (size_t i = 0; i < drift->item_count; i++)
        tdm_json_drift_item(&json, &drift->items[i]);
    tdm_json_end_array(&json);
    tdm_json_key(&json, "summary");
    tdm_json_begin_object(&json);
    tdm_json_pair_number(&json, "objects", drift->object_count);
    tdm_json_pair_number(&json, "pairs", drift->pair_count);
    tdm_json_pair_number(&json, "different", drift->item_count - drift->unknown);
    tdm_json_pair_number(&json, "unknown", drift->unknown);
    tdm_json_end_object(&json);
    tdm_json_end_object(&json);
    tdm_buffer_putc(report->out, '\n');
}
