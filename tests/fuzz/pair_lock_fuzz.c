// Fuzz target: any text as a tandem.lock, read strictly and as a merge left it. What is read can be
// written, and what was written is read as the same.
#include "base/limits.h"
#include "pair/lock.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

static tdm_text print(tdm_arena *arena, const tdm_lock *lock)
{
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    tdm_error err = TDM_ERROR_INIT;
    require(tdm_lock_print(lock, &out, &err) == TDM_OK);
    return tdm_buffer_take(&out, arena);
}

static void check(tdm_arena *arena, tdm_text source, bool mend)
{
    tdm_error err = TDM_ERROR_INIT;
    tdm_lock lock;
    tdm_lock again;
    if (tdm_lock_parse(arena, "tandem.lock", source, mend, &lock, &err) != TDM_OK) {
        require(err.code == TDM_ERROR_CONFIG && err.message[0]);
        return;
    }
    tdm_text text = print(arena, &lock);
    require(tdm_lock_parse(arena, "tandem.lock", text, false, &again, &err) == TDM_OK);
    require(again.count == lock.count);
    require(tdm_text_equal(print(arena, &again), text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    tdm_arena *arena = tdm_arena_new(0);
    if (!arena)
        return 0;
    check(arena, (tdm_text){(const char *)data, size}, false);
    check(arena, (tdm_text){(const char *)data, size}, true);
    tdm_arena_free(arena);
    return 0;
}
