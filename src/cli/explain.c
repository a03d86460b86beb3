#include "report/explain.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/nearest.h"
#include "cli/command.h"

static tdm_status unknown_code(tdm_text code, tdm_error *err)
{
    tdm_nearest nearest;
    tdm_nearest_init(&nearest, code);
    for (int i = 0; i < TDM_FINDING_COUNT; i++)
        tdm_nearest_offer(&nearest, tdm_text_of(tdm_finding_code((tdm_finding_kind)i)));
    tdm_fail(err, TDM_ERROR_USAGE, TDM_NOWHERE, "no finding has the code '%.*s'",
             TDM_TEXT_ARG(code));
    if (nearest.best.size)
        return tdm_hint(err, "Did you mean %.*s? `tandem explain` lists all codes.",
                        TDM_TEXT_ARG(nearest.best));
    return tdm_hint(err, "`tandem explain` lists all codes.");
}

static void put_codes(tdm_buffer *out)
{
    for (int i = 0; i < TDM_FINDING_COUNT; i++) {
        tdm_finding_kind kind = (tdm_finding_kind)i;
        tdm_buffer_putf(out, "%s  %-7s  %s\n", tdm_finding_code(kind),
                        tdm_severity_name(tdm_finding_default_severity(kind)),
                        tdm_finding_title(kind));
    }
}

static void json_page(tdm_json *json, tdm_finding_kind kind)
{
    const tdm_explanation *page = tdm_explain(kind);
    tdm_json_begin_object(json);
    tdm_json_pair_string(json, "code", tdm_finding_code(kind));
    tdm_json_pair_string(json, "severity", tdm_severity_name(tdm_finding_default_severity(kind)));
    tdm_json_pair_string(json, "title", tdm_finding_title(kind));
    tdm_json_pair_string(json, "what", page->what);
    tdm_json_pair_string(json, "why", page->why);
    tdm_json_pair_string(json, "example", page->example);
    tdm_json_pair_string(json, "fix", page->fix);
    tdm_json_end_object(json);
}

static void put_json(tdm_buffer *out, tdm_finding_kind first, tdm_finding_kind last)
{
    tdm_json json = TDM_JSON_INIT(out);
    tdm_json_envelope(&json, "explain", (tdm_text){0}, "ok");
    tdm_json_key(&json, "items");
    tdm_json_begin_array(&json);
    for (int i = (int)first; i <= (int)last; i++)
        json_page(&json, (tdm_finding_kind)i);
    tdm_json_end_array(&json);
    tdm_json_end_object(&json);
    tdm_buffer_putc(out, '\n');
}

static tdm_status run(tdm_cli *cli, tdm_error *err)
{
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    tdm_finding_kind first = (tdm_finding_kind)0;
    tdm_finding_kind last = (tdm_finding_kind)(TDM_FINDING_COUNT - 1);
    if (cli->argument_count) {
        if (!tdm_explain_find(tdm_text_of(cli->arguments[0]), &first))
            return unknown_code(tdm_text_of(cli->arguments[0]), err);
        last = first;
    }
    tdm_style style = tdm_cli_report(cli, &out).style;
    if (cli->globals.format == TDM_FORMAT_JSON)
        put_json(&out, first, last);
    else if (cli->argument_count)
        tdm_explain_text(&out, &style, first);
    else
        put_codes(&out);
    return tdm_cli_write(cli, &out, err);
}

static const tdm_example examples[] = {
    {"tandem explain TD303", "what it means that revision and migration differ"},
    {"tandem explain", "list all codes"},
};

const tdm_command tdm_command_explain = {
    .name = "explain",
    .group = TDM_GROUP_OTHER,
    .summary = "explain a finding: what, why, an example, the fix",
    .arguments = "[CODE]",
    .argument = TDM_ARGUMENT_CODE,
    .most = 1,
    .flags = TDM_READS_ONLY,
    .formats = TDM_FORMAT_BIT(TDM_FORMAT_TEXT) | TDM_FORMAT_BIT(TDM_FORMAT_JSON),
    .examples = examples,
    .example_count = TDM_COUNT_OF(examples),
    .details = "",
    .run = run,
};
