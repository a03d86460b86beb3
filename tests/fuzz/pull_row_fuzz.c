// Fuzz target: any texts, with a NUL between each two, as the statements of a history row. Where
// they make a file, what the Supabase CLI would record of that file makes one of the same meaning.
#include "base/text.h"
#include "mend/meaning.h"
#include "pull/row_file.h"
#include "supabase/stored.h"

#include <stdlib.h>

enum {
    MOST = 16,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

static tdm_row_file make(tdm_arena *arena, const tdm_migration_row *row)
{
    tdm_error err = TDM_ERROR_INIT;
    tdm_row_file file;
    require(tdm_row_file_make(arena, row, (tdm_text){0}, &file, &err) == TDM_OK);
    return file;
}

static tdm_meaning meaning_of(tdm_arena *arena, const tdm_migration_row *row)
{
    tdm_error err = TDM_ERROR_INIT;
    tdm_meaning meaning;
    require(tdm_meaning_of_row(row, arena, &meaning, &err) == TDM_OK);
    return meaning;
}

static void check(tdm_arena *arena, const tdm_migration_row *row)
{
    tdm_error err = TDM_ERROR_INIT;
    tdm_stored stored;
    tdm_row_file file = make(arena, row);
    if (file.problem.size)
        return;
    require(tdm_stored_statements(arena, file.text, &stored, &err) == TDM_OK);
    tdm_migration_row again = *row;
    again.statements = stored.statements;
    again.statement_count = stored.count;
    tdm_meaning first = meaning_of(arena, row);
    tdm_meaning second = meaning_of(arena, &again);
    require(first.count == 0 || tdm_meaning_equal(&first, &second));
    require(first.count == 0 || make(arena, &again).problem.size == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    tdm_text rest = {(const char *)data, size};
    tdm_text statements[MOST];
    tdm_migration_row row = {
        .version = TDM_TEXT("7"), .name = TDM_TEXT("x"), .statements = statements};
    tdm_arena *arena = tdm_arena_new(0);
    if (!arena)
        return 0;
    while (rest.size && row.statement_count < MOST) {
        size_t end = tdm_text_find_char(rest, '\0');
        statements[row.statement_count++] = tdm_text_slice(rest, 0, end);
        rest = end == SIZE_MAX ? (tdm_text){0} : tdm_text_from(rest, end + 1);
    }
    check(arena, &row);
    tdm_arena_free(arena);
    return 0;
}
