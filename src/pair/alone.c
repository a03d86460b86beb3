#include "pair/alone.h"

#include "base/error.h"
#include "base/text.h"
#include "pair/match.h"

tdm_status tdm_alone_judge(tdm_arena *arena, const tdm_unit *unit, tdm_pair_side side,
                           tdm_alone *ret, tdm_error *err)
{
    size_t counts[TDM_RESIDUE_CLASS_COUNT] = {0};
    const tdm_flat *missing = NULL;
    size_t missing_count = 0;
    *ret = (tdm_alone){.verdict = TDM_VERDICT_ALONE};
    for (size_t i = 0; i < unit->flats.count; i++) {
        const tdm_flat *flat = &unit->flats.items[i];
        bool idle =
            flat->residue == TDM_RESIDUE_SESSION || flat->residue == TDM_RESIDUE_TRANSACTION;
        if (flat->statement.opaque || (idle && flat->reason.size)) {
            ret->unknown = ret->unknown ? ret->unknown : flat;
            continue;
        }
        if (idle)
            continue;
        if (!tdm_flat_may_stand_alone(flat, side)) {
            missing = missing ? missing : flat;
            missing_count++;
            continue;
        }
        counts[flat->residue]++;
        tdm_residue residue = {.side = side,
                               .residue = flat->residue,
                               .command = flat->of.command,
                               .object = tdm_flat_object(arena, &flat->of),
                               .statement = flat->statement};
        if (!tdm_vector_push(arena, &ret->residues, residue))
            return tdm_fail_memory(err);
    }
    // Where a twin is missing anyway, only what nobody can write down is worth telling.
    if (missing && ret->unknown && ret->unknown->statement.sql.size)
        ret->unknown = NULL;
    if (missing) {
        ret->verdict = TDM_VERDICT_MISSING;
        ret->missing = &missing->statement;
        if (ret->residues.count > missing_count)
            ret->detail = tdm_flat_words(arena, missing);
    } else if (ret->unknown) {
        ret->verdict = TDM_VERDICT_OPAQUE;
        ret->detail = ret->unknown->reason;
    } else {
        ret->detail =
            ret->residues.count ? tdm_residue_counts(arena, counts) : TDM_TEXT("does nothing");
    }
    return tdm_arena_ok(arena) ? TDM_OK : tdm_fail_memory(err);
}
