#include "db/record.h"

#include "base/text.h"
#include "base/vector.h"

typedef struct record_reader {
    tdm_text text;
    size_t at;
    char *memory; // room for all values, as they never grow
    size_t used;
} record_reader;

static bool is_at(const record_reader *r, char c)
{
    return r->at < r->text.size && r->text.data[r->at] == c;
}

static void take(record_reader *r)
{
    r->memory[r->used++] = r->text.data[r->at++];
}

// From behind the opening quote to behind the closing one.
static bool read_quoted(record_reader *r)
{
    while (r->at < r->text.size) {
        char c = r->text.data[r->at];
        bool doubled = r->at + 1 < r->text.size && r->text.data[r->at + 1] == c;
        if (c == '"' && !doubled) {
            r->at++;
            return true;
        }
        if (c == '\\' && !doubled)
            return false;
        r->at += c == '"' || c == '\\' ? 1 : 0;
        take(r);
    }
    return false;
}

static bool read_field(record_reader *r, tdm_db_value *ret)
{
    size_t start = r->used;
    bool quoted = is_at(r, '"');
    if (quoted) {
        r->at++;
        if (!read_quoted(r))
            return false;
    } else {
        while (r->at < r->text.size && !is_at(r, ',') && !is_at(r, ')') && !is_at(r, '"') &&
               !is_at(r, '\\') && !is_at(r, '('))
            take(r);
    }
    ret->text = (tdm_text){r->memory + start, r->used - start};
    ret->is_null = !quoted && ret->text.size == 0;
    return is_at(r, ',') || is_at(r, ')');
}

bool tdm_record_read(tdm_arena *arena, tdm_text text, const tdm_db_value **ret, size_t *ret_count)
{
    TDM_VECTOR(tdm_db_value) values = {0};
    record_reader r = {.text = text, .memory = tdm_arena_alloc(arena, text.size)};
    if (!r.memory || !is_at(&r, '('))
        return false;
    while (!is_at(&r, ')')) {
        tdm_db_value value;
        r.at++; // '(' or ','
        if (!read_field(&r, &value) || !tdm_vector_push(arena, &values, value))
            return false;
    }
    *ret = values.items;
    *ret_count = values.count;
    return r.at + 1 == text.size;
}

tdm_text tdm_record_wrap(tdm_arena *arena, tdm_text sql)
{
    return tdm_arena_printf(
        arena, "SELECT tandem_row::pg_catalog.text AS row FROM (\n%.*s\n) AS tandem_row",
        TDM_TEXT_ARG(sql));
}

bool tdm_records_read(tdm_arena *arena, const tdm_db_result *records, tdm_db_result *ret)
{
    TDM_VECTOR(tdm_db_value) all = {0};
    *ret = (tdm_db_result){.row_count = records->row_count};
    for (size_t i = 0; i < records->row_count; i++) {
        const tdm_db_value *values;
        size_t count;
        if (records->column_count != 1 ||
            !tdm_record_read(arena, tdm_db_at(records, i, 0)->text, &values, &count) ||
            (i > 0 && count != ret->column_count))
            return false;
        ret->column_count = count;
        for (size_t k = 0; k < count; k++)
            if (!tdm_vector_push(arena, &all, values[k]))
                return false;
    }
    ret->values = all.items;
    return true;
}
