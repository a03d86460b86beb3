#include "pair/alone.h"

#include "base/error.h"
#include "base/text.h"
#include "pair/match.h"

enum { CLASS_COUNT = TDM_RESIDUE_TRANSACTION + 1 };

// "policy, grant": the classes that occur, in the order of their table.
static tdm_text describe(tdm_arena *arena, const bool *classes)
{
    tdm_text ret = {NULL, 0};
    for (size_t i = 0; i < CLASS_COUNT; i++) {
        const char *name = tdm_residue_name((tdm_residue_class)i);
        if (!classes[i])
            continue;
        ret = ret.size ? tdm_arena_printf(arena, "%.*s, %s", TDM_TEXT_ARG(ret), name)
                       : tdm_text_of(name);
    }
    return ret;
}

tdm_status tdm_alone_judge(tdm_arena *arena, const tdm_unit *unit, tdm_pair_side side,
                           tdm_alone *ret, tdm_error *err)
{
    bool classes[CLASS_COUNT] = {false};
    *ret = (tdm_alone){.verdict = TDM_VERDICT_ALONE};
    for (size_t i = 0; i < unit->flats.count; i++) {
        const tdm_flat *flat = &unit->flats.items[i];
        if (flat->reason.size && flat->residue == TDM_RESIDUE_NONE && flat->statement.opaque) {
            ret->unknown = ret->unknown ? ret->unknown : &flat->statement;
            continue;
        }
        if (!tdm_residue_allowed(flat->residue, side)) {
            ret->verdict = TDM_VERDICT_MISSING;
            continue;
        }
        classes[flat->residue] = true;
        tdm_residue residue = {.side = side,
                               .residue = flat->residue,
                               .command = flat->of.command,
                               .object = tdm_flat_object(arena, &flat->of),
                               .statement = flat->statement};
        if (!tdm_vector_push(arena, &ret->residues, residue))
            return tdm_fail_memory(err);
    }
    if (ret->verdict == TDM_VERDICT_ALONE && ret->unknown)
        ret->verdict = TDM_VERDICT_OPAQUE;
    if (ret->verdict == TDM_VERDICT_ALONE)
        ret->detail = unit->flats.count ? describe(arena, classes) : TDM_TEXT("does nothing");
    return tdm_arena_ok(arena) ? TDM_OK : tdm_fail_memory(err);
}
