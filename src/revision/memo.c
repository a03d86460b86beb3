// Which types a run has made: create_table makes the type of a column once in a run.
#include "revision/host.h"

#include "base/map.h"

// A type that was made by the script of this number.
typedef struct made {
    size_t script;
} made;

struct tdm_run_memo {
    tdm_arena *arena;
    tdm_map types;                    // "kind schema.name" -> made
    size_t script;                    // number of the one that runs
    TDM_VECTOR(tdm_type_asked) asked; // of it, where earlier ones have a say
};

tdm_run_memo *tdm_run_memo_new(tdm_arena *arena)
{
    tdm_run_memo *memo = tdm_arena_new_of(arena, tdm_run_memo);
    if (memo) {
        memo->arena = arena;
        tdm_map_init(&memo->types, arena);
    }
    return memo;
}

static bool put(tdm_run_memo *memo, tdm_text type)
{
    made *m = tdm_arena_new_of(memo->arena, made);
    if (!m)
        return false;
    m->script = memo->script;
    return tdm_map_put(&memo->types, type, m);
}

bool tdm_memo_first(tdm_run_memo *memo, const char *kind, tdm_name schema, tdm_name name)
{
    tdm_text prefix = schema.given ? schema.text : (tdm_text){0};
    tdm_text type = tdm_arena_printf(memo->arena, "%s %zu.%.*s.%.*s", kind, prefix.size,
                                     TDM_TEXT_ARG(prefix), TDM_TEXT_ARG(name.text));
    made *known = tdm_map_get(&memo->types, type);
    if (known && known->script == memo->script)
        return false;
    if (!tdm_vector_push(memo->arena, &memo->asked, ((tdm_type_asked){type, known != NULL})))
        return false;
    if (!known)
        return put(memo, type);
    known->script = memo->script;
    return false;
}

void tdm_memo_begin(tdm_run_memo *memo)
{
    memo->script++;
    memo->asked.count = 0;
}

const tdm_type_asked *tdm_memo_asked(const tdm_run_memo *memo, size_t *ret_count)
{
    *ret_count = memo->asked.count;
    return memo->asked.items;
}

bool tdm_run_memo_follow(tdm_run_memo *memo, const tdm_script *script)
{
    bool same = true;
    for (size_t i = 0; same && i < script->type_count; i++)
        same = tdm_map_has(&memo->types, script->types[i].name) == script->types[i].there;
    tdm_memo_begin(memo);
    for (size_t i = 0; same && i < script->type_count; i++)
        if (!script->types[i].there)
            same = put(memo, tdm_arena_text(memo->arena, script->types[i].name));
    return same;
}
