#include "alembic/resolve.h"

#include "base/error.h"
#include "base/text.h"
#include "base/vector.h"

enum {
    SHORTEST_PARTIAL = 4,   // only keys of at least four characters are found by their beginning
    LONGEST_WALK = 1000000, // steps of a relative form
};

tdm_status tdm_resolver_start(tdm_arena *arena, const tdm_chain *chain, tdm_resolver *ret,
                              tdm_error *err)
{
    *ret = (tdm_resolver){.arena = arena, .chain = chain, .err = err};
    return tdm_walker_start(arena, chain, &ret->walker, err);
}

// ScriptDirectory._catch_revision_errors replaces every ResolutionError by this text; what the
// inner one says is more useful and becomes the hint.
static tdm_status fail_to_locate(tdm_resolver *in, tdm_text argument)
{
    return tdm_fail(in->err, TDM_ERROR_REVISION, TDM_NOWHERE,
                    "Can't locate revision identified by '%.*s'", TDM_TEXT_ARG(argument));
}

static tdm_status fail_several(tdm_resolver *in, tdm_text argument)
{
    tdm_text said = in->end.size ? in->end : argument;
    if (in->several)
        return tdm_fail(in->err, TDM_ERROR_REVISION, TDM_NOWHERE, "%s", in->several);
    return tdm_fail(in->err, TDM_ERROR_REVISION, TDM_NOWHERE,
                    "Multiple head revisions are present for given argument '%.*s'; please specify "
                    "a specific target revision, '<branchname>@%.*s' to narrow to a specific head, "
                    "or 'heads' for all heads",
                    TDM_TEXT_ARG(said), TDM_TEXT_ARG(said));
}

// Of two files with one id, the one that the chain is linked through.
static tdm_revision *linked(const tdm_resolver *in, const tdm_revision *revision)
{
    return tdm_map_get(&in->chain->by_name, revision->id);
}

static bool push_id(tdm_arena *arena, tdm_texts *list, tdm_text id, size_t most)
{
    tdm_text *items = (tdm_text *)list->items;
    if (!items)
        items = tdm_arena_array(arena, most, sizeof *items);
    if (!items)
        return false;
    items[list->count++] = id;
    list->items = items;
    return true;
}

static tdm_status ids_of(tdm_resolver *in, tdm_revision_list list, tdm_texts *ret)
{
    tdm_texts ids = {0};
    for (size_t i = 0; i < list.count; i++)
        if (!push_id(in->arena, &ids, list.items[i]->id, list.count))
            return tdm_fail_memory(in->err);
    *ret = ids;
    return TDM_OK;
}

tdm_status tdm_resolve_ids(tdm_resolver *in, tdm_text text, tdm_resolved *ret)
{
    size_t at = tdm_text_find_char(text, '@');
    tdm_resolved resolved = {.has_label = at != SIZE_MAX};
    tdm_text name = text;
    tdm_revision_list heads = in->chain->heads;
    if (resolved.has_label) {
        resolved.label = tdm_text_slice(text, 0, at);
        name = tdm_text_from(text, at + 1);
    }
    bool labelled = resolved.label.size != 0; // an empty label counts as none in Python
    bool one = tdm_text_is(name, "head");
    if (tdm_text_is(name, "base")) {
        *ret = resolved;
        return TDM_OK;
    }
    if (!one && !tdm_text_is(name, "heads")) {
        *ret = resolved;
        return push_id(in->arena, &ret->ids, name, 1) ? TDM_OK : tdm_fail_memory(in->err);
    }
    if (!one && !labelled)
        heads = in->chain->real_heads;
    if (labelled && tdm_filter_lineage(in, heads, resolved.label, false, &heads) != TDM_OK)
        return TDM_FAILED;
    if (one && heads.count > 1)
        return fail_several(in, labelled ? text : name);
    if (ids_of(in, heads, &resolved.ids) != TDM_OK)
        return TDM_FAILED;
    *ret = resolved;
    return TDM_OK;
}

// The ids and labels that begin with `name`: at most `most` of them, and how many there are.
static tdm_status partial_matches(tdm_resolver *in, tdm_text name, tdm_revision *branch,
                                  tdm_text label, tdm_revision_list *ret)
{
    const tdm_map *map = &in->chain->by_name;
    tdm_revision_list list = {tdm_arena_array(in->arena, map->count, sizeof(tdm_revision *)), 0};
    if (!list.items)
        return tdm_fail_memory(in->err);
    for (size_t i = 0; i < map->count; i++)
        if (tdm_utf8_count(map->entries[i].key) >= SHORTEST_PARTIAL &&
            tdm_text_starts(map->entries[i].key, name))
            list.items[list.count++] = map->entries[i].value;
    if (branch && tdm_filter_lineage(in, list, label, false, &list) != TDM_OK)
        return TDM_FAILED;
    *ret = list;
    return TDM_OK;
}

static tdm_status shares_lineage(tdm_resolver *in, tdm_revision *revision,
                                 tdm_revision_list against, bool dependencies, bool *ret)
{
    tdm_arena_mark mark = tdm_arena_save(in->arena);
    tdm_revision_set set;
    tdm_revision_set up;
    if (!tdm_set_new(in->arena, in->chain, &set) || !tdm_set_new(in->arena, in->chain, &up))
        return tdm_fail_memory(in->err);
    if (tdm_walk_one(&in->walker, revision, dependencies ? TDM_NEEDS : TDM_PARENTS, &set,
                     in->err) != TDM_OK ||
        tdm_walk_one(&in->walker, revision, dependencies ? TDM_ALL_CHILDREN : TDM_CHILDREN, &up,
                     in->err) != TDM_OK)
        return TDM_FAILED;
    *ret = false;
    for (size_t i = 0; i < against.count && !*ret; i++)
        *ret = tdm_set_has(&set, against.items[i]) || tdm_set_has(&up, against.items[i]);
    tdm_arena_restore(in->arena, mark);
    return TDM_OK;
}

// _revision_for_ident with an id that is there
static tdm_status find_ident(tdm_resolver *in, tdm_text name, const tdm_resolved *branch,
                             tdm_revision **ret)
{
    tdm_revision *top = NULL;
    tdm_revision *found = tdm_map_get(&in->chain->by_name, name);
    bool shares = true;
    if (branch && branch->label.size && tdm_resolve_branch(in, branch->label, &top) != TDM_OK)
        return TDM_FAILED;
    if (!found) {
        tdm_revision_list list = {0};
        tdm_text label = top ? branch->label : (tdm_text){NULL, 0};
        if (name.size == 0)
            return tdm_fail(in->err, TDM_ERROR_REVISION, TDM_NOWHERE, "empty revision argument");
        if (partial_matches(in, name, top, label, &list) != TDM_OK)
            return TDM_FAILED;
        if (list.count != 1) {
            fail_to_locate(in, name);
            if (list.count > 1)
                tdm_hint(in->err, "Several revisions start with '%.*s': '%.*s', '%.*s'%s",
                         TDM_TEXT_ARG(name), TDM_TEXT_ARG(list.items[0]->id),
                         TDM_TEXT_ARG(list.items[1]->id), list.count > 2 ? ", ..." : ".");
            return TDM_FAILED;
        }
        found = list.items[0];
    }
    if (top) {
        tdm_revision_list against = {&top, 1};
        if (shares_lineage(in, found, against, false, &shares) != TDM_OK)
            return TDM_FAILED;
    }
    if (!shares) {
        fail_to_locate(in, name);
        return tdm_hint(in->err, "Revision %.*s is not a member of branch '%.*s'.",
                        TDM_TEXT_ARG(found->id), TDM_TEXT_ARG(branch->label));
    }
    *ret = found;
    return TDM_OK;
}

tdm_status tdm_resolve_branch(tdm_resolver *in, tdm_text label, tdm_revision **ret)
{
    return find_ident(in, label, NULL, ret);
}

tdm_status tdm_resolve_one(tdm_resolver *in, tdm_text text, tdm_spot *ret)
{
    tdm_resolved resolved = {0};
    tdm_revision *ignored;
    if (tdm_resolve_ids(in, text, &resolved) != TDM_OK)
        return TDM_FAILED;
    if (resolved.ids.count > 1)
        return fail_several(in, text);
    *ret = (tdm_spot){TDM_SPOT_NONE, NULL};
    if (resolved.ids.count == 0)
        return resolved.label.size ? tdm_resolve_branch(in, resolved.label, &ignored) : TDM_OK;
    ret->kind = TDM_SPOT_REVISION;
    return find_ident(in, resolved.ids.items[0], &resolved, &ret->revision);
}

// int(text) of Python, when it gives a negative number: "x@-2" counts down from the heads.
static bool negative_number(tdm_text text, int64_t *ret)
{
    tdm_text digits = tdm_text_strip(text);
    uint64_t value = 0;
    if (digits.size < 2 || digits.data[0] != '-' ||
        !tdm_text_to_u64(tdm_text_from(digits, 1), &value) || value == 0)
        return false;
    *ret = value > LONGEST_WALK ? -LONGEST_WALK : -(int64_t)value;
    return true;
}

static bool carries(const tdm_revision *revision, tdm_text label)
{
    for (size_t i = 0; i < revision->branches.count; i++)
        if (tdm_text_equal(revision->branches.items[i], label))
            return true;
    return false;
}

static tdm_status walk_from_heads(tdm_resolver *in, const tdm_resolved *resolved, int64_t steps,
                                  tdm_spot *spots, size_t *ret_count)
{
    size_t count = 0;
    for (size_t i = 0; i < in->chain->real_heads.count; i++) {
        tdm_revision *head = linked(in, in->chain->real_heads.items[i]);
        tdm_spot start = {TDM_SPOT_REVISION, head};
        if (resolved->has_label && !carries(head, resolved->label))
            continue;
        if (tdm_walk_steps(in, start, steps, NULL, &spots[count++]) != TDM_OK)
            return TDM_FAILED;
    }
    *ret_count = count;
    return TDM_OK;
}

tdm_status tdm_resolve_all(tdm_resolver *in, tdm_text text, tdm_spot **ret, size_t *ret_count)
{
    tdm_resolved resolved = {0};
    int64_t steps;
    if (tdm_resolve_ids(in, text, &resolved) != TDM_OK)
        return TDM_FAILED;
    size_t most = resolved.ids.count > in->chain->real_heads.count ? resolved.ids.count
                                                                   : in->chain->real_heads.count;
    tdm_spot *spots = tdm_arena_array(in->arena, most, sizeof *spots);
    if (!spots)
        return tdm_fail_memory(in->err);
    *ret = spots;
    if (resolved.ids.count == 1 && negative_number(resolved.ids.items[0], &steps))
        return walk_from_heads(in, &resolved, steps, spots, ret_count);
    for (size_t i = 0; i < resolved.ids.count; i++) {
        spots[i].kind = TDM_SPOT_REVISION;
        if (find_ident(in, resolved.ids.items[i], &resolved, &spots[i].revision) != TDM_OK)
            return TDM_FAILED;
    }
    *ret_count = resolved.ids.count;
    return TDM_OK;
}

tdm_status tdm_filter_lineage(tdm_resolver *in, tdm_revision_list list, tdm_text against,
                              bool dependencies, tdm_revision_list *ret)
{
    tdm_resolved resolved = {0};
    if (tdm_resolve_ids(in, against, &resolved) != TDM_OK)
        return TDM_FAILED;
    bool labelled = resolved.label.size != 0;
    tdm_revision_list tests = {
        tdm_arena_array(in->arena, resolved.ids.count + 1, sizeof(tdm_revision *)), 0};
    tdm_revision_list kept = {tdm_arena_array(in->arena, list.count, sizeof(tdm_revision *)), 0};
    if (!tests.items || !kept.items)
        return tdm_fail_memory(in->err);
    if (list.count && labelled &&
        find_ident(in, resolved.label, NULL, &tests.items[tests.count++]) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < resolved.ids.count && list.count; i++)
        if (find_ident(in, resolved.ids.items[i], NULL, &tests.items[tests.count++]) != TDM_OK)
            return TDM_FAILED;
    for (size_t i = 0; i < list.count; i++) {
        tdm_revision *known = linked(in, list.items[i]);
        bool shares = tests.count == 0;
        if (!shares && shares_lineage(in, known, tests, dependencies, &shares) != TDM_OK)
            return TDM_FAILED;
        if (shares)
            kept.items[kept.count++] = list.items[i];
    }
    *ret = kept;
    return TDM_OK;
}

static tdm_status walk_up(tdm_resolver *in, tdm_spot from, const tdm_text *label,
                          tdm_revision_list *ret)
{
    *ret = from.kind == TDM_SPOT_NONE ? in->chain->bases : from.revision->children;
    return label && label->size ? tdm_filter_lineage(in, *ret, *label, false, ret) : TDM_OK;
}

tdm_status tdm_walk_steps(tdm_resolver *in, tdm_spot start, int64_t steps, const tdm_text *label,
                          tdm_spot *ret)
{
    tdm_spot at = start;
    int64_t most = steps < 0 ? -steps : steps;
    for (int64_t i = 0; i < most; i++) {
        tdm_revision_list next = {0};
        if (steps > 0) {
            if (walk_up(in, at, label, &next) != TDM_OK)
                return TDM_FAILED;
        } else if (at.kind != TDM_SPOT_BASE) {
            next = at.kind == TDM_SPOT_NONE ? in->chain->heads : at.revision->parents;
            if (next.count == 0) {
                at = (tdm_spot){TDM_SPOT_BASE, NULL};
                continue;
            }
        }
        if (next.count == 0) {
            *ret = (tdm_spot){TDM_SPOT_NONE, NULL};
            return TDM_OK;
        }
        if (next.count > 1)
            return tdm_fail(in->err, TDM_ERROR_REVISION, TDM_NOWHERE, "Ambiguous walk");
        at = (tdm_spot){TDM_SPOT_REVISION, linked(in, next.items[0])};
    }
    *ret = at;
    return TDM_OK;
}
