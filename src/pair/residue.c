#include "pair/residue.h"

#include "base/text.h"
#include "pair/session.h"

tdm_text tdm_residue_counts(tdm_arena *arena, const size_t counts[TDM_RESIDUE_CLASS_COUNT])
{
    static const char *const names[][2] = {
#define X(constant, one, several) [constant] = {one, several},
        TDM_RESIDUE_CLASSES(X)
#undef X
    };
    tdm_text ret = {NULL, 0};
    for (size_t i = 0; i < TDM_RESIDUE_CLASS_COUNT; i++)
        if (counts[i])
            ret = tdm_arena_printf(arena, "%.*s%s%zu %s", TDM_TEXT_ARG(ret), ret.size ? ", " : "",
                                   counts[i], names[i][counts[i] > 1]);
    return ret;
}

// Schemas that Supabase itself makes and fills; a chain that runs elsewhere as well has none of
// them.
static bool is_platform(const tdm_sql_class *of)
{
    for (size_t i = 0; i < of->name_count; i++)
        if (!tdm_text_is(of->names[i].schema, "auth") &&
            !tdm_text_is(of->names[i].schema, "storage"))
            return false;
    return of->name_count > 0;
}

static bool is_bookkeeping(const tdm_sql_class *of)
{
    for (size_t i = 0; i < of->name_count; i++)
        if (!tdm_text_is(of->names[i].name, "alembic_version") &&
            !(tdm_text_is(of->names[i].name, "schema_migrations") &&
              tdm_text_is(of->names[i].schema, "supabase_migrations")))
            return false;
    return of->name_count > 0;
}

tdm_residue_class tdm_residue_of(const tdm_sql_class *of, const tdm_sql_tree *tree)
{
    tdm_text name;
    if (tdm_sql_is_data(of->kind) && is_bookkeeping(of))
        return TDM_RESIDUE_BOOKKEEPING;
    switch (of->kind) {
    case TDM_SQL_POLICY:
        return TDM_RESIDUE_POLICY;
    case TDM_SQL_RLS:
        return TDM_RESIDUE_RLS;
    case TDM_SQL_GRANT:
        return TDM_RESIDUE_GRANT;
    case TDM_SQL_TRANSACTION:
        return TDM_RESIDUE_TRANSACTION;
    case TDM_SQL_SET:
    case TDM_SQL_SELECT:
        if (tdm_session_may_change(tree->sql) &&
            tdm_session_effect_of(of, tree, &name) == TDM_SESSION_NONE)
            return TDM_RESIDUE_SESSION;
        break;
    default: // every other kind is judged by what it names
        break;
    }
    if (is_platform(of))
        return TDM_RESIDUE_PLATFORM;
    return tdm_sql_is_data(of->kind) ? TDM_RESIDUE_DATA : TDM_RESIDUE_NONE;
}

bool tdm_residue_allowed(tdm_residue_class residue, tdm_pair_side side)
{
    switch (residue) {
    case TDM_RESIDUE_NONE:
        return false;
    case TDM_RESIDUE_POLICY:
    case TDM_RESIDUE_RLS:
    case TDM_RESIDUE_GRANT:
    case TDM_RESIDUE_PLATFORM:
        return side == TDM_SIDE_SUPABASE;
    case TDM_RESIDUE_DATA:
        return side == TDM_SIDE_ALEMBIC;
    case TDM_RESIDUE_OWNED: // only ever given to a side that owns it
    case TDM_RESIDUE_BOOKKEEPING:
    case TDM_RESIDUE_SESSION:
    case TDM_RESIDUE_TRANSACTION:
        return true;
    case TDM_RESIDUE_CLASS_COUNT:
        break;
    }
    return false;
}
