// Comparing what two sides say of who may do what with an object.
#include "compare/attributes.h"

#include "base/text.h"
#include "catalog/grants.h"

static const tdm_grantee nobody;

// Of one role. What one side alone says differs from the other, unless the other may have been so
// before anything was said; ALL means MAINTAIN from PostgreSQL 17 on alone.
static tdm_comparison compare_roles(const tdm_grantee *left, const tdm_grantee *right)
{
    tdm_privileges said_left = left->held | left->denied, said_right = right->held | right->denied;
    tdm_privileges both = said_left & said_right;
    tdm_privileges one = said_left ^ said_right, vague = left->vague | right->vague;
    tdm_privileges maybe = (left->maybe | right->maybe) & ~(left->maybe & right->maybe);
    tdm_privileges other = both & ((left->held ^ right->held) | (left->options ^ right->options));
    tdm_privileges unsure = vague | maybe | tdm_privilege_maintain();

    if (other || (one & ~unsure))
        return TDM_COMPARE_DIFFERENT;
    return one || maybe ? TDM_COMPARE_UNKNOWN : TDM_COMPARE_EQUAL;
}

static void worsen(tdm_comparison *verdict, tdm_comparison by)
{
    if (by == TDM_COMPARE_DIFFERENT || *verdict == TDM_COMPARE_EQUAL)
        *verdict = by;
}

static tdm_comparison compare_lists(tdm_arena *arena, tdm_text left, tdm_text right)
{
    tdm_comparison verdict = TDM_COMPARE_EQUAL;
    tdm_grants l, r;

    if (!tdm_grants_read(arena, left, &l) || !tdm_grants_read(arena, right, &r))
        return TDM_COMPARE_UNKNOWN;
    for (size_t i = 0; i < l.roles.count; i++) {
        const tdm_grantee *other = tdm_grants_find(&r, l.roles.items[i].role);
        worsen(&verdict, compare_roles(&l.roles.items[i], other ? other : &nobody));
    }
    for (size_t i = 0; i < r.roles.count; i++)
        if (!tdm_grants_find(&l, r.roles.items[i].role))
            worsen(&verdict, compare_roles(&nobody, &r.roles.items[i]));
    return verdict;
}

tdm_comparison tdm_compare_grants(tdm_text left, tdm_text right)
{
    if (tdm_text_equal(left, right))
        return TDM_COMPARE_EQUAL;
    tdm_arena *arena = tdm_arena_new(0);
    tdm_comparison verdict = arena ? compare_lists(arena, left, right) : TDM_COMPARE_UNKNOWN;
    tdm_arena_free(arena);
    return verdict;
}
