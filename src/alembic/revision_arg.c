#include "alembic/revision_arg.h"

#include "alembic/resolve.h"

#include "base/error.h"
#include "base/text.h"

enum {
    MOST_STEPS = 1000000, // a larger number walks off every chain as well
};

tdm_status tdm_range_parse(tdm_text text, tdm_range *ret, tdm_error *err)
{
    size_t colon = tdm_text_find_char(text, ':');
    if (colon == SIZE_MAX) {
        *ret = (tdm_range){.end = text};
        return TDM_OK;
    }
    tdm_range range = {tdm_text_slice(text, 0, colon), tdm_text_from(text, colon + 1), true};
    if (range.start.size == 0 || range.end.size == 0 ||
        tdm_text_find_char(range.end, ':') != SIZE_MAX) {
        tdm_fail(err, TDM_ERROR_REVISION, TDM_NOWHERE, "'%.*s' is not a range of revisions",
                 TDM_TEXT_ARG(text));
        return tdm_hint(err, "Write <from>:<to>; base stands for the empty database.");
    }
    *ret = range;
    return TDM_OK;
}

tdm_status tdm_revision_find(const tdm_chain *chain, tdm_text text, tdm_revision **ret,
                             tdm_error *err)
{
    tdm_resolver in;
    tdm_spot spot = {0};
    tdm_arena *arena = tdm_arena_new(0);
    if (!arena)
        return tdm_fail_memory(err);
    tdm_status status = tdm_resolver_start(arena, chain, &in, err);
    if (status == TDM_OK)
        status = tdm_resolve_one(&in, text, &spot);
    if (status == TDM_OK)
        *ret = spot.revision;
    tdm_arena_free(arena);
    return status;
}

// Spots as revisions; one that is none cannot be what was asked for.
static tdm_status revisions_of(tdm_resolver *in, tdm_text text, const tdm_spot *spots, size_t count,
                               tdm_revision_list *ret)
{
    tdm_revision_list list = {tdm_arena_array(in->arena, count, sizeof(tdm_revision *)), 0};
    if (!list.items)
        return tdm_fail_memory(in->err);
    for (size_t i = 0; i < count; i++) {
        if (spots[i].kind != TDM_SPOT_REVISION)
            return tdm_fail(in->err, TDM_ERROR_REVISION, TDM_NOWHERE,
                            "'%.*s' leads beyond the end of the chain", TDM_TEXT_ARG(text));
        list.items[list.count++] = spots[i].revision;
    }
    *ret = list;
    return TDM_OK;
}

tdm_status tdm_revision_find_all(tdm_arena *arena, const tdm_chain *chain, tdm_text text,
                                 tdm_revision_list *ret, tdm_error *err)
{
    tdm_resolver in;
    tdm_spot *spots = NULL;
    size_t count = 0;
    if (tdm_resolver_start(arena, chain, &in, err) != TDM_OK ||
        tdm_resolve_all(&in, text, &spots, &count) != TDM_OK)
        return TDM_FAILED;
    return revisions_of(&in, text, spots, count, ret);
}

// What `(?:(.+?)@)?(\w+)?((?:\+|-)\d+)` matches at the start of an argument. As in Python, what
// follows the match does not matter.
typedef struct relative {
    tdm_text label;
    bool has_label;
    tdm_text symbol; // empty: none
    tdm_text number; // with its sign
    int64_t steps;
} relative;

static bool is_word(char c)
{
    return tdm_is_alnum(c) || c == '_' || (unsigned char)c >= 0x80;
}

static bool match_number(tdm_text text, relative *ret)
{
    size_t word = 0;
    while (word < text.size && is_word(text.data[word]))
        word++;
    size_t end = word + 1;
    while (end < text.size && tdm_is_digit(text.data[end]))
        end++;
    if (word >= text.size || (text.data[word] != '+' && text.data[word] != '-') || end == word + 1)
        return false;
    uint64_t value = 0;
    if (!tdm_text_to_u64(tdm_text_slice(text, word + 1, end), &value) || value > MOST_STEPS)
        value = MOST_STEPS;
    ret->symbol = tdm_text_slice(text, 0, word);
    ret->number = tdm_text_slice(text, word, end);
    ret->steps = text.data[word] == '-' ? -(int64_t)value : (int64_t)value;
    return true;
}

static bool match_relative(tdm_text text, relative *ret)
{
    *ret = (relative){0};
    for (size_t at = 1; at < text.size; at++) {
        if (text.data[at] != '@' || !match_number(tdm_text_from(text, at + 1), ret))
            continue;
        ret->label = tdm_text_slice(text, 0, at);
        ret->has_label = true;
        return true;
    }
    return match_number(text, ret);
}

static tdm_text digits_of(const relative *to)
{
    tdm_text digits = tdm_text_from(to->number, 1);
    while (digits.size > 1 && digits.data[0] == '0')
        digits = tdm_text_from(digits, 1);
    return digits;
}

static tdm_status fail_relative(tdm_resolver *in, const relative *to)
{
    return tdm_fail(in->err, TDM_ERROR_REVISION, TDM_NOWHERE,
                    "Relative revision %.*s didn't produce %.*s migrations",
                    TDM_TEXT_ARG(to->number), TDM_TEXT_ARG(digits_of(to)));
}

// Upgrading downwards: here Alembic prints the number, not what was typed.
static tdm_status fail_downwards(tdm_resolver *in, const relative *to)
{
    tdm_text digits = digits_of(to);
    return tdm_fail(in->err, TDM_ERROR_REVISION, TDM_NOWHERE,
                    "Relative revision %s%.*s didn't produce %.*s migrations",
                    to->steps < 0 ? "-" : "", TDM_TEXT_ARG(digits), TDM_TEXT_ARG(digits));
}

static tdm_status find_with_label(tdm_resolver *in, const tdm_text *label, tdm_text symbol,
                                  tdm_spot *ret)
{
    if (!label)
        return tdm_resolve_one(in, symbol, ret);
    tdm_text both =
        tdm_arena_printf(in->arena, "%.*s@%.*s", TDM_TEXT_ARG(*label), TDM_TEXT_ARG(symbol));
    return both.data ? tdm_resolve_one(in, both, ret) : tdm_fail_memory(in->err);
}

// The tips of what is applied on a branch that is no head itself.
static tdm_status tips_on_branch(tdm_resolver *in, tdm_revision_list current, tdm_text label,
                                 tdm_revision_list *ret)
{
    tdm_revision_set applied;
    tdm_revision_list active = {0};
    if (!tdm_set_new(in->arena, in->chain, &applied))
        return tdm_fail_memory(in->err);
    if (tdm_walk(&in->walker, current, TDM_NEEDS, &applied, in->err) != TDM_OK ||
        tdm_set_list(in->arena, in->chain, &applied, &active, in->err) != TDM_OK ||
        tdm_filter_lineage(in, active, label, false, &active) != TDM_OK)
        return TDM_FAILED;
    tdm_set_clear(&applied);
    for (size_t i = 0; i < active.count; i++)
        for (size_t k = 0; k < active.items[i]->needs.count; k++)
            tdm_set_add(&applied, active.items[i]->needs.items[k]);
    size_t count = 0;
    for (size_t i = 0; i < active.count; i++)
        if (!tdm_set_has(&applied, active.items[i]))
            active.items[count++] = active.items[i];
    *ret = (tdm_revision_list){active.items, count};
    return TDM_OK;
}

static tdm_status up_from_current(tdm_resolver *in, tdm_revision_list current, const relative *to,
                                  tdm_spot *ret)
{
    tdm_revision_list starts = current;
    tdm_spot start = {TDM_SPOT_NONE, NULL};
    if (to->has_label && tdm_filter_lineage(in, current, to->label, false, &starts) != TDM_OK)
        return TDM_FAILED;
    if (to->has_label && starts.count == 0 &&
        tips_on_branch(in, current, to->label, &starts) != TDM_OK)
        return TDM_FAILED;
    if (starts.count > 1)
        return tdm_fail(in->err, TDM_ERROR_REVISION, TDM_NOWHERE,
                        "Ambiguous upgrade from multiple current revisions");
    if (starts.count)
        start = (tdm_spot){TDM_SPOT_REVISION, starts.items[0]};
    return tdm_walk_steps(in, start, to->steps, to->has_label ? &to->label : NULL, ret);
}

static tdm_status upgrade_target(tdm_resolver *in, tdm_revision_list current, const relative *to,
                                 tdm_spot *ret)
{
    tdm_spot start = {0};
    if (to->symbol.size == 0)
        return to->steps > 0 ? up_from_current(in, current, to, ret) : fail_downwards(in, to);
    const tdm_text *label = to->has_label ? &to->label : NULL;
    if (find_with_label(in, to->steps > 0 ? NULL : label, to->symbol, &start) != TDM_OK)
        return TDM_FAILED;
    return tdm_walk_steps(in, start, to->steps, to->steps > 0 ? label : NULL, ret);
}

tdm_status tdm_upgrade_target(tdm_arena *arena, const tdm_chain *chain, tdm_revision_list current,
                              tdm_text text, tdm_revision_list *ret, tdm_error *err)
{
    tdm_resolver in;
    relative to;
    tdm_spot *spots = NULL;
    tdm_spot spot = {0};
    size_t count = 0;
    if (tdm_chain_check(chain, err) != TDM_OK ||
        tdm_resolver_start(arena, chain, &in, err) != TDM_OK)
        return TDM_FAILED;
    in.end = text;
    if (!match_relative(text, &to)) {
        if (tdm_resolve_all(&in, text, &spots, &count) != TDM_OK)
            return TDM_FAILED;
        return revisions_of(&in, text, spots, count, ret);
    }
    if (upgrade_target(&in, current, &to, &spot) != TDM_OK)
        return TDM_FAILED;
    if (spot.kind != TDM_SPOT_REVISION)
        return fail_relative(&in, &to);
    return revisions_of(&in, text, &spot, 1, ret);
}

// The current revision on a branch, when the branch's own row was taken over by one that depends on
// it: the tips of everything applied (RevisionMap._get_all_current).
static tdm_status current_on_branch(tdm_resolver *in, tdm_revision_list current, tdm_text label,
                                    tdm_revision_list *ret)
{
    tdm_revision_set applied;
    tdm_revision_list all = {0};
    if (!tdm_set_new(in->arena, in->chain, &applied))
        return tdm_fail_memory(in->err);
    if (tdm_walk(&in->walker, current, TDM_NEEDS, &applied, in->err) != TDM_OK ||
        tdm_set_list(in->arena, in->chain, &applied, &all, in->err) != TDM_OK)
        return TDM_FAILED;
    size_t count = 0;
    for (size_t i = 0; i < all.count; i++) {
        bool tip = true;
        for (size_t k = 0; k < all.items[i]->children.count; k++)
            tip = tip && !tdm_set_has(&applied, all.items[i]->children.items[k]);
        if (tip)
            all.items[count++] = all.items[i];
    }
    all.count = count;
    return tdm_filter_lineage(in, all, label, false, ret);
}

// `-N` and `label@-N`.
static tdm_status down_from_current(tdm_resolver *in, tdm_revision_list current, const relative *to,
                                    tdm_spot *ret, tdm_text *ret_branch)
{
    tdm_revision_list starts = current;
    tdm_spot start = {0};
    if (to->has_label && tdm_filter_lineage(in, current, to->label, false, &starts) != TDM_OK)
        return TDM_FAILED;
    if (to->has_label && starts.count == 0 &&
        current_on_branch(in, current, to->label, &starts) != TDM_OK)
        return TDM_FAILED;
    if (starts.count == 0)
        return fail_relative(in, to);
    if (to->has_label && starts.count > 1)
        return tdm_fail(in->err, TDM_ERROR_REVISION, TDM_NOWHERE,
                        "'%.*s' has more than one current revision", TDM_TEXT_ARG(to->label));
    *ret_branch = to->has_label ? to->label : starts.items[0]->id;
    if (find_with_label(in, ret_branch, starts.items[0]->id, &start) != TDM_OK ||
        tdm_walk_steps(in, start, to->steps, NULL, ret) != TDM_OK)
        return TDM_FAILED;
    return ret->kind == TDM_SPOT_NONE ? fail_relative(in, to) : TDM_OK;
}

static tdm_status relative_downgrade(tdm_resolver *in, tdm_revision_list current,
                                     const relative *to, tdm_spot *ret, tdm_text *ret_branch)
{
    tdm_spot start = {0};
    const tdm_text *label = to->has_label ? &to->label : NULL;
    if (to->symbol.size == 0)
        return to->steps < 0 ? down_from_current(in, current, to, ret, ret_branch)
                             : fail_relative(in, to);
    *ret_branch = to->label;
    bool up = to->steps >= 0;
    if (find_with_label(in, up ? NULL : label, to->symbol, &start) != TDM_OK ||
        tdm_walk_steps(in, start, to->steps, up ? label : NULL, ret) != TDM_OK)
        return TDM_FAILED;
    if (ret->kind == TDM_SPOT_NONE)
        return tdm_fail(in->err, TDM_ERROR_REVISION, TDM_NOWHERE, "Walked too far");
    return TDM_OK;
}

tdm_status tdm_downgrade_target(tdm_arena *arena, const tdm_chain *chain, tdm_revision_list current,
                                tdm_text text, tdm_downgrade_to *ret, tdm_error *err)
{
    tdm_resolver in;
    relative to;
    tdm_spot spot = {0};
    tdm_text branch = {NULL, 0};
    if (tdm_chain_check(chain, err) != TDM_OK ||
        tdm_resolver_start(arena, chain, &in, err) != TDM_OK)
        return TDM_FAILED;
    in.end = text;
    if (match_relative(text, &to)) {
        if (relative_downgrade(&in, current, &to, &spot, &branch) != TDM_OK)
            return TDM_FAILED;
    } else {
        size_t at = text.size;
        while (at > 0 && text.data[at - 1] != '@')
            at--;
        branch = tdm_text_slice(text, 0, at ? at - 1 : 0);
        if (tdm_resolve_one(&in, tdm_text_from(text, at), &spot) != TDM_OK)
            return TDM_FAILED;
    }
    *ret = (tdm_downgrade_to){spot.revision, branch};
    return TDM_OK;
}
