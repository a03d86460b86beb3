#include "report/report.h"

#include <tandem/version.h>

#include "base/limits.h"

void tdm_json_envelope(tdm_json *json, const char *command, tdm_text target, const char *result)
{
    tdm_json_begin_object(json);
    tdm_json_pair_number(json, "schema", TDM_JSON_SCHEMA);
    tdm_json_key(json, "tool");
    tdm_json_begin_object(json);
    tdm_json_pair_string(json, "name", "tandem");
    tdm_json_pair_string(json, "version", tdm_version());
    tdm_json_end_object(json);
    tdm_json_pair_string(json, "command", command);
    if (target.size)
        tdm_json_pair_text(json, "target", target);
    tdm_json_pair_string(json, "result", result);
}

static void pair_position(tdm_json *json, const char *key, uint32_t value)
{
    tdm_json_key(json, key);
    if (value)
        tdm_json_number(json, value);
    else
        tdm_json_null(json);
}

void tdm_json_place(tdm_json *json, tdm_place place)
{
    tdm_json_pair_string(json, "file", place.file);
    pair_position(json, "line", place.line);
    pair_position(json, "column", place.column);
    pair_position(json, "end_line", place.end_line);
    pair_position(json, "end_column", place.end_column);
}

void tdm_json_error(tdm_json *json, const tdm_error *err)
{
    tdm_json_begin_object(json);
    tdm_json_pair_string(json, "code", tdm_error_name(err->code));
    tdm_json_pair_number(json, "exit_code", (uint64_t)tdm_error_exit(err->code));
    tdm_json_pair_string(json, "message", err->message);
    tdm_json_place(json, err->place);
    tdm_json_pair_known(json, "hint", tdm_text_of(err->hint));
    tdm_json_end_object(json);
}

void tdm_report_error_json(tdm_buffer *out, const char *command, const tdm_error *err)
{
    tdm_json json = TDM_JSON_INIT(out);
    tdm_json_envelope(&json, command, (tdm_text){0}, "error");
    tdm_json_key(&json, "error");
    tdm_json_error(&json, err);
    tdm_json_end_object(&json);
    tdm_buffer_putc(out, '\n');
}

void tdm_json_pair(tdm_json *json, const tdm_pair_info *pair)
{
    tdm_json_key(json, "revisions");
    tdm_json_begin_array(json);
    for (size_t i = 0; i < pair->revision_count; i++) {
        tdm_json_begin_object(json);
        tdm_json_pair_text(json, "revision", pair->revisions[i].id);
        tdm_json_pair_string(json, "file", pair->revisions[i].place.file);
        tdm_json_end_object(json);
    }
    tdm_json_end_array(json);
    tdm_json_key(json, "migrations");
    tdm_json_begin_array(json);
    for (size_t i = 0; i < pair->migration_count; i++) {
        tdm_json_begin_object(json);
        tdm_json_pair_text(json, "version", pair->migrations[i].version);
        tdm_json_pair_text(json, "name", pair->migrations[i].name);
        tdm_json_pair_string(json, "file", pair->migrations[i].place.file);
        tdm_json_end_object(json);
    }
    tdm_json_end_array(json);
    tdm_json_pair_string(json, "verdict", tdm_verdict_name(pair->verdict));
    tdm_json_pair_string(json, "link", tdm_link_name(pair->link));
    tdm_json_pair_known(json, "detail", pair->detail);
}

static tdm_text taken(tdm_buffer *buffer, tdm_arena *arena)
{
    return buffer->size ? tdm_buffer_take(buffer, arena) : TDM_TEXT("-");
}

tdm_text tdm_pair_revisions(tdm_arena *arena, const tdm_pair_info *pair)
{
    tdm_buffer buffer = TDM_BUFFER_INIT(TDM_LIMIT_OUTPUT);
    if (pair->revision_count == 1)
        return pair->revisions[0].id;
    for (size_t i = 0; i < pair->revision_count; i++) {
        tdm_buffer_puts(&buffer, i ? ", " : "");
        tdm_buffer_put(&buffer, pair->revisions[i].id);
    }
    return taken(&buffer, arena);
}

tdm_text tdm_pair_versions(tdm_arena *arena, const tdm_pair_info *pair)
{
    tdm_buffer buffer = TDM_BUFFER_INIT(TDM_LIMIT_OUTPUT);
    if (pair->migration_count == 1)
        return pair->migrations[0].version;
    for (size_t i = 0; i < pair->migration_count; i++) {
        tdm_buffer_puts(&buffer, i ? ", " : "");
        tdm_buffer_put(&buffer, pair->migrations[i].version);
    }
    return taken(&buffer, arena);
}

void tdm_put_count(tdm_buffer *out, size_t count, const char *noun)
{
    tdm_buffer_putf(out, "%zu %s%s", count, noun, count == 1 ? "" : "s");
}
