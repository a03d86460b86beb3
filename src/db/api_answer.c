#include "db/api_answer.h"

#include "base/text.h"
#include "base/vector.h"
#include "db/record.h"

#include <cjson/cJSON.h>

#include <string.h>

// --- JSON
// -----------------------------------------------------------------------------------------

// Whether a text holds the escape \u0000; "\\u0000" is a backslash and five letters.
static bool has_escaped_nul(tdm_text body)
{
    for (size_t i = 0; i + 1 < body.size; i++) {
        if (body.data[i] != '\\')
            continue;
        if (tdm_text_starts(tdm_text_from(body, i), TDM_TEXT("\\u0000")))
            return true;
        i++;
    }
    return false;
}

// The whole of the body, or NULL.
static cJSON *parse(tdm_text body)
{
    const char *end = NULL;
    if (body.size == 0 || memchr(body.data, 0, body.size) || tdm_utf8_error(body) != SIZE_MAX ||
        has_escaped_nul(body))
        return NULL;
    cJSON *json = cJSON_ParseWithLengthOpts(body.data, body.size, &end, false);
    if (json && tdm_text_trim(tdm_text_from(body, (size_t)(end - body.data))).size > 0) {
        cJSON_Delete(json);
        return NULL;
    }
    return json;
}

typedef TDM_VECTOR(tdm_db_value) value_list;

static bool take_value(tdm_arena *arena, const cJSON *json, value_list *values)
{
    tdm_db_value value = {.is_null = cJSON_IsNull(json)};
    if (!value.is_null && !cJSON_IsString(json))
        return false;
    if (!value.is_null)
        value.text = tdm_arena_text(arena, tdm_text_of(json->valuestring));
    return tdm_vector_push(arena, values, value);
}

static bool take_row(tdm_arena *arena, const cJSON *row, bool record, value_list *values)
{
    const tdm_db_value *fields;
    size_t count;
    const cJSON *member;
    if (!cJSON_IsObject(row))
        return false;
    if (!record) {
        cJSON_ArrayForEach(member, row)
        {
            if (!take_value(arena, member, values))
                return false;
        }
        return true;
    }
    member = row->child;
    if (!member || member->next || !cJSON_IsString(member) ||
        !tdm_record_read(arena, tdm_text_of(member->valuestring), &fields, &count))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!tdm_vector_push(arena, values, fields[i]))
            return false;
    return true;
}

static bool take_rows(tdm_arena *arena, const cJSON *rows, bool record, tdm_db_result *ret)
{
    tdm_db_result found = {0};
    value_list values = {0};
    const cJSON *row;
    if (!cJSON_IsArray(rows))
        return false;
    cJSON_ArrayForEach(row, rows)
    {
        size_t before = values.count;
        if (!take_row(arena, row, record, &values))
            return false;
        if (found.row_count++ == 0)
            found.column_count = values.count;
        if (values.count - before != found.column_count)
            return false;
    }
    found.values = values.items;
    *ret = found;
    return true;
}

static bool read_rows(tdm_arena *arena, tdm_text body, bool record, tdm_db_result *ret)
{
    cJSON *json = parse(body);
    bool read = json && take_rows(arena, json, record, ret);
    cJSON_Delete(json);
    return read && tdm_arena_ok(arena);
}

bool tdm_api_rows_read(tdm_arena *arena, tdm_text body, tdm_db_result *ret)
{
    return read_rows(arena, body, false, ret);
}

bool tdm_api_records_read(tdm_arena *arena, tdm_text body, tdm_db_result *ret)
{
    return read_rows(arena, body, true, ret);
}

bool tdm_api_member_read(tdm_arena *arena, tdm_text body, const char *name, tdm_text *ret)
{
    cJSON *json = parse(body);
    const cJSON *member =
        cJSON_IsObject(json) ? cJSON_GetObjectItemCaseSensitive(json, name) : NULL;
    bool found = cJSON_IsString(member);
    if (found)
        *ret = tdm_arena_text(arena, tdm_text_of(member->valuestring));
    cJSON_Delete(json);
    return found && tdm_arena_ok(arena);
}

static const char *string_of(const cJSON *object, const char *name)
{
    const cJSON *member = cJSON_GetObjectItemCaseSensitive(object, name);
    return cJSON_IsString(member) ? member->valuestring : NULL;
}

bool tdm_api_pooler_read(tdm_arena *arena, tdm_text body, tdm_text *ret)
{
    tdm_text placeholder = TDM_TEXT(":[YOUR-PASSWORD]");
    cJSON *json = parse(body);
    const cJSON *entry;
    bool found = false;
    cJSON_ArrayForEach(entry, json)
    {
        const char *type = string_of(entry, "database_type");
        tdm_text url = tdm_text_of(string_of(entry, "connection_string"));
        if (found || !type || strcmp(type, "PRIMARY") != 0 || url.size == 0)
            continue;
        size_t at = tdm_text_find(url, placeholder);
        tdm_text rest = at == SIZE_MAX ? TDM_TEXT("") : tdm_text_from(url, at + placeholder.size);
        *ret = tdm_arena_printf(arena, "%.*s%.*s", TDM_TEXT_ARG(tdm_text_slice(url, 0, at)),
                                TDM_TEXT_ARG(rest));
        found = true;
    }
    cJSON_Delete(json);
    return found && tdm_arena_ok(arena);
}

tdm_text tdm_api_query_body(tdm_arena *arena, tdm_text sql, bool read_only)
{
    tdm_text body = {0};
    char *printed = NULL;
    char *text = tdm_arena_string(arena, sql);
    cJSON *json = cJSON_CreateObject();
    if (text && json && cJSON_AddStringToObject(json, "query", text) &&
        (!read_only || cJSON_AddTrueToObject(json, "read_only")))
        printed = cJSON_PrintUnformatted(json);
    if (printed)
        body = tdm_arena_text(arena, tdm_text_of(printed));
    cJSON_free(printed);
    cJSON_Delete(json);
    return body;
}

// --- An error of the server's
// ---------------------------------------------------------------------

static bool is_sqlstate(tdm_text text)
{
    for (size_t i = 0; i < text.size; i++)
        if (!tdm_is_digit(text.data[i]) && (text.data[i] < 'A' || text.data[i] > 'Z'))
            return false;
    return text.size == TDM_SQLSTATE_SIZE - 1;
}

// "ERROR:  42703: message" from `at` on. FATAL and PANIC end the connection, and with it the
// knowledge of what became of the query.
static bool read_head(tdm_text message, tdm_db_failure *failure, tdm_text *ret_rest)
{
    tdm_text mark = TDM_TEXT("ERROR:");
    size_t at = tdm_text_find(message, mark);
    if (at == SIZE_MAX || (at > 0 && !tdm_is_space(message.data[at - 1])))
        return false;
    tdm_text rest = tdm_text_trim(tdm_text_from(message, at + mark.size));
    tdm_text code = tdm_text_slice(rest, 0, TDM_SQLSTATE_SIZE - 1);
    if (!is_sqlstate(code) || rest.size < TDM_SQLSTATE_SIZE || rest.data[code.size] != ':')
        return false;
    memcpy(failure->sqlstate, code.data, code.size);
    failure->sqlstate[code.size] = '\0';
    *ret_rest = tdm_text_from(rest, code.size + 1);
    return true;
}

typedef struct part_name {
    const char *mark;
    size_t offset; // of the buffer in tdm_db_failure
} part_name;

static const part_name parts[] = {
    {"DETAIL:", offsetof(tdm_db_failure, detail)},
    {"HINT:", offsetof(tdm_db_failure, hint)},
    {"CONTEXT:", offsetof(tdm_db_failure, context)},
};

static void put_line(tdm_buffer *part, tdm_text line)
{
    if (part->size > 0)
        tdm_buffer_putc(part, '\n');
    tdm_buffer_put(part, line);
}

// "LINE 12: " gives 12 and the length of the prefix.
static bool read_line_mark(tdm_text line, uint32_t *ret_line, size_t *ret_prefix)
{
    uint64_t number;
    size_t colon = tdm_text_find_char(line, ':');
    if (!tdm_text_starts(line, TDM_TEXT("LINE ")) || colon == SIZE_MAX ||
        !tdm_text_to_u64(tdm_text_slice(line, 5, colon), &number) || number > UINT32_MAX)
        return false;
    *ret_line = (uint32_t)number;
    *ret_prefix = colon + 2;
    return true;
}

// A line of spaces and one '^': its column, from 1, behind the prefix of the line before.
static uint32_t caret_column(tdm_text line, size_t prefix)
{
    size_t caret = tdm_text_find_char(line, '^');
    if (caret == SIZE_MAX || caret < prefix || tdm_text_trim(line).size != 1)
        return 0;
    return (uint32_t)(caret - prefix + 1);
}

bool tdm_api_failure_read(tdm_text message, tdm_db_failure *failure, uint32_t *ret_line,
                          uint32_t *ret_column)
{
    tdm_text rest;
    tdm_text line;
    size_t prefix = 0;
    tdm_buffer *part = &failure->message;
    *ret_line = *ret_column = 0;
    if (!read_head(message, failure, &rest))
        return false;
    while (tdm_text_next_line(&rest, &line)) {
        if (*ret_line == 0 && read_line_mark(line, ret_line, &prefix)) {
            part = NULL; // the line itself and its caret are no words of the server's
            continue;
        }
        if (*ret_line && !part && *ret_column == 0)
            *ret_column = caret_column(line, prefix);
        for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
            tdm_text mark = tdm_text_of(parts[i].mark);
            if (!tdm_text_starts(line, mark))
                continue;
            part = (tdm_buffer *)((char *)failure + parts[i].offset);
            line = tdm_text_from(line, mark.size);
        }
        if (part)
            put_line(part, part->size ? line : tdm_text_trim(line));
    }
    return true;
}
