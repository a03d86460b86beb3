#include "pair/ownership.h"

#include "base/error.h"
#include "base/text.h"

static const char *const owner_names[] = {
    [TDM_OWNER_NONE] = "none",
    [TDM_OWNER_ALEMBIC] = "alembic",
    [TDM_OWNER_SUPABASE] = "supabase",
    [TDM_OWNER_EITHER] = "either",
};

// Kinds that are no kind of the grammar.
static const struct {
    const char *name;
    tdm_residue_class residue;
} classes[] = {
    {"policy", TDM_RESIDUE_POLICY},     {"rls", TDM_RESIDUE_RLS},   {"grant", TDM_RESIDUE_GRANT},
    {"platform", TDM_RESIDUE_PLATFORM}, {"data", TDM_RESIDUE_DATA},
};

static tdm_owner *slot_of(tdm_ownership *ownership, tdm_text kind)
{
    if (tdm_text_is(kind, "everything"))
        return &ownership->everything;
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
        if (tdm_text_is(kind, classes[i].name))
            return &ownership->residues[classes[i].residue];
    for (int i = 0; i < TDM_SQL_UNKNOWN; i++)
        if (tdm_text_is(kind, tdm_sql_kind_name((tdm_sql_kind)i)))
            return &ownership->kinds[i];
    return NULL;
}

static tdm_owner owner_named(tdm_text name)
{
    for (int i = TDM_OWNER_NONE; i <= TDM_OWNER_EITHER; i++)
        if (tdm_text_is(name, owner_names[i]))
            return (tdm_owner)i;
    return TDM_OWNER_UNSAID;
}

tdm_status tdm_ownership_read(const tdm_settings *settings, tdm_ownership *ret, tdm_error *err)
{
    const tdm_setting *setting = &settings->values[TDM_SETTING_PAIRING_OWNERSHIP];
    *ret = (tdm_ownership){.said = setting->pair_count > 0};
    for (size_t i = 0; i < setting->pair_count; i++) {
        const tdm_setting_pair *pair = &setting->pairs[i];
        tdm_owner *slot = slot_of(ret, pair->key);
        tdm_owner owner = owner_named(pair->text);
        if (!slot) {
            tdm_fail(err, TDM_ERROR_CONFIG, pair->place,
                     "pairing.ownership: there is no kind '%.*s'", TDM_TEXT_ARG(pair->key));
            return tdm_hint(err, "Kinds are policy, rls, grant, platform, data, everything, and "
                                 "those of SQL: table, index, function, trigger, view, type, ...");
        }
        if (owner == TDM_OWNER_UNSAID)
            return tdm_fail(err, TDM_ERROR_CONFIG, pair->place,
                            "pairing.ownership.%.*s: an owner is \"alembic\", \"supabase\", "
                            "\"either\" or \"none\"",
                            TDM_TEXT_ARG(pair->key));
        *slot = owner;
    }
    return TDM_OK;
}

static bool owns(tdm_owner owner, tdm_pair_side side)
{
    return owner == TDM_OWNER_EITHER ||
           owner == (side == TDM_SIDE_ALEMBIC ? TDM_OWNER_ALEMBIC : TDM_OWNER_SUPABASE);
}

// What a file without a twin says, unless its class may do so anyway.
static tdm_owner owner_of_rest(const tdm_ownership *ownership, tdm_pair_side side,
                               const tdm_flat *flat)
{
    bool counts = flat->residue == TDM_RESIDUE_NONE || owns(ownership->everything, side);
    return counts ? ownership->everything : TDM_OWNER_UNSAID;
}

// A kind that one side owns is a class of its own on both, so that a statement of one side is never
// taken for something else than its counterpart on the other (match.h).
static void mark(const tdm_ownership *ownership, tdm_pair_side side, bool alone, tdm_flat *flat)
{
    tdm_owner owner = ownership->residues[flat->residue];
    if (owner == TDM_OWNER_UNSAID && flat->residue == TDM_RESIDUE_NONE &&
        ownership->kinds[flat->of.kind] != TDM_OWNER_UNSAID) {
        owner = ownership->kinds[flat->of.kind];
        flat->residue = TDM_RESIDUE_OWNED;
    }
    if (owner == TDM_OWNER_UNSAID && alone)
        owner = owner_of_rest(ownership, side, flat);
    if (owner == TDM_OWNER_UNSAID)
        return;
    flat->share = owns(owner, side) ? TDM_SHARE_MAY : TDM_SHARE_MUST;
    if (alone && flat->residue == TDM_RESIDUE_NONE)
        flat->residue = TDM_RESIDUE_OWNED;
}

void tdm_ownership_mark(const tdm_ownership *ownership, tdm_pair_side side, bool alone,
                        tdm_unit *unit)
{
    for (size_t i = 0; ownership->said && i < unit->flats.count; i++)
        if (!unit->flats.items[i].statement.opaque)
            mark(ownership, side, alone, &unit->flats.items[i]);
}

bool tdm_ownership_of_everything(const tdm_ownership *ownership, tdm_pair_side side)
{
    return owns(ownership->everything, side);
}
