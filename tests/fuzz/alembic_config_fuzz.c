// Fuzz target: any text as an alembic.ini, through the INI reader with its interpolations into the
// configuration. A failure names its cause.
#include "alembic/config.h"
#include "memory_tree.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_config(tdm_arena *arena, const char *text)
{
    const memory_file files[] = {{"alembic.ini", text},
                                 {"alembic/env.py", ""},
                                 {"alembic/versions/one.py", ""},
                                 {"more/two.py", ""},
                                 {NULL, NULL}};
    memory_tree tree = memory_tree_of(files);
    tdm_alembic_choice choice = {.optional = true};
    tdm_alembic_config config;
    tdm_error err = TDM_ERROR_INIT;
    if (tdm_alembic_config_read(arena, &tree.tree, &choice, &config, &err) != TDM_OK &&
        !err.message[0])
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    tdm_arena *arena = tdm_arena_new(0);
    if (!arena)
        return 0;
    const char *text = tdm_arena_string(arena, (tdm_text){(const char *)data, size});
    if (text)
        read_config(arena, text);
    tdm_arena_free(arena);
    return 0;
}
