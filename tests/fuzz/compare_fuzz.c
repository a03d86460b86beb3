// Fuzz target of the catalog room: any text is split and replayed twice, guards decided. It must
// not crash, leak, or find a difference between the two.
#include "base/text.h"
#include "compare/compare.h"
#include "replay/replay.h"
#include "sql/split.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

// The same statements have the same effect.
static void check_replay(tdm_arena *arena, const tdm_statements *statements)
{
    tdm_catalog *catalogs[2];
    tdm_effect effects[2];
    tdm_differences differences = {0};
    tdm_comparison verdict;

    for (int side = 0; side < 2; side++) {
        require(tdm_catalog_new(arena, true, &catalogs[side], NULL) == TDM_OK);
        tdm_effect_init(&effects[side], arena);
        for (size_t i = 0; i < statements->count; i++)
            require(tdm_catalog_apply(catalogs[side], &statements->items[i], NULL, &effects[side],
                                      NULL) == TDM_OK);
    }
    require(tdm_effect_compare(&effects[0], &effects[1], arena, &differences, &verdict, NULL) ==
            TDM_OK);
    require(verdict != TDM_COMPARE_DIFFERENT);
    differences = (tdm_differences){0};
    require(tdm_catalog_compare(catalogs[0], catalogs[1], arena, &differences, &verdict, NULL) ==
            TDM_OK);
    require(verdict != TDM_COMPARE_DIFFERENT);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    tdm_arena *arena = tdm_arena_new(0);
    tdm_text source = {(const char *)data, size};
    tdm_statements statements;

    if (!arena)
        return 0;
    require(tdm_sql_split(arena, "fuzz.sql", source, &statements, NULL) == TDM_OK);
    check_replay(arena, &statements);
    tdm_arena_free(arena);
    return 0;
}
