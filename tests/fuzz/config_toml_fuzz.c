// Fuzz target: any text as a tandem.toml, through the TOML reader into settings. A failure names
// its cause.
#include "config/settings.h"
#include "memory_tree.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_settings(tdm_arena *arena, const char *text)
{
    const memory_file files[] = {{"tandem.toml", text}, {NULL, NULL}};
    memory_tree tree = memory_tree_of(files);
    tdm_settings_input input = {.tree = &tree.tree};
    tdm_settings settings;
    tdm_error err = TDM_ERROR_INIT;
    if (tdm_settings_read(arena, &input, &settings, &err) != TDM_OK && !err.message[0])
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    tdm_arena *arena = tdm_arena_new(0);
    if (!arena)
        return 0;
    const char *text = tdm_arena_string(arena, (tdm_text){(const char *)data, size});
    if (text)
        read_settings(arena, text);
    tdm_arena_free(arena);
    return 0;
}
