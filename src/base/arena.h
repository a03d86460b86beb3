// An arena: memory with one owner, freed in one go.
//
// One arena per project and one per command, passed in, never global. Pieces are zeroed and aligned
// for any type. Running out (of memory, or of the arena's own limit) is sticky: every later request
// also returns NULL, so that a function may ask many times and check once through tdm_arena_ok.
// With TANDEM_ARENA_MALLOC defined every piece is its own malloc, so that valgrind and ASan see
// accesses beyond one piece.
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <tandem/api.h>
#include <tandem/text.h>

#include <stdarg.h>

typedef struct tdm_arena tdm_arena;

// A new arena that hands out at most `limit` bytes (0: TDM_LIMIT_ARENA). NULL when out of memory.
tdm_arena *tdm_arena_new(size_t limit);
void tdm_arena_free(tdm_arena *arena);

// Zeroed memory, or NULL. `size` 0 gives a valid pointer.
void *tdm_arena_alloc(tdm_arena *arena, size_t size);
// The same for an array; an overflow of count * size counts as out of memory.
void *tdm_arena_array(tdm_arena *arena, size_t count, size_t size);

// Makes the piece that was handed out last wider where it stands; what is added is zeroed. False:
// it cannot be, and nothing has changed.
bool tdm_arena_widen(tdm_arena *arena, void *piece, size_t size, size_t wider);

#define tdm_arena_new_of(arena, type) ((type *)tdm_arena_alloc((arena), sizeof(type)))

// Copies, always followed by a NUL that is not counted. On out of memory: an empty text / NULL.
tdm_text tdm_arena_text(tdm_arena *arena, tdm_text text);
char *tdm_arena_string(tdm_arena *arena, tdm_text text);
tdm_text tdm_arena_printf(tdm_arena *arena, const char *format, ...) TDM_PRINTF(2, 3);
tdm_text tdm_arena_vprintf(tdm_arena *arena, const char *format, va_list args);

// Hands everything that `from` holds over to `arena`, where it stays where it is, and frees `from`
// (which may be NULL). What one thread has made in an arena of its own joins the rest so. Failing
// is handed over too: of `from`, and by going beyond the limit of `arena`.
void tdm_arena_join(tdm_arena *arena, tdm_arena *from);

// False once any request failed.
bool tdm_arena_ok(const tdm_arena *arena);
// Bytes handed out so far.
size_t tdm_arena_used(const tdm_arena *arena);

// A place to return to: everything handed out after the mark is given back. What was handed out
// before stays. Marks nest.
typedef struct tdm_arena_mark {
    void *block;
    size_t used;
    size_t total;
} tdm_arena_mark;

tdm_arena_mark tdm_arena_save(const tdm_arena *arena);
void tdm_arena_restore(tdm_arena *arena, tdm_arena_mark mark);

#endif
