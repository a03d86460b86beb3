// Fuzz target: any text as a list of targets. What is read is within its limits, and each target is
// a part of its line.
#include "targets/list.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    tdm_arena *arena = tdm_arena_new(0);
    tdm_text text = {(const char *)data, size};
    tdm_error err = TDM_ERROR_INIT;
    tdm_list list;
    if (!arena)
        return 0;
    if (tdm_list_read(arena, text, "list", &list, &err) == TDM_OK) {
        require(list.count > 0 && list.count <= TDM_TARGETS_MOST);
        for (size_t i = 0; i < list.count; i++) {
            const tdm_listed *listed = &list.items[i];
            require(listed->target[0] && strlen(listed->target) <= TDM_TARGETS_LINE_MOST);
            require(!listed->name || (listed->name[0] && !strchr(listed->name, '=')));
        }
        tdm_list_wipe(&list);
    } else {
        require(err.code == TDM_ERROR_CONFIG || err.code == TDM_ERROR_LIMIT);
    }
    tdm_arena_free(arena);
    return 0;
}
