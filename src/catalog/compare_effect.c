// Comparing what two migrations do.
#include "catalog/attributes.h"
#include "catalog/net.h"

#include "base/error.h"
#include "base/text.h"

typedef struct sides {
    tdm_comparer out;
    tdm_net nets[2];
    const tdm_effect *effects[2];
} sides;

enum {
    LEFT,
    RIGHT,
};

static tdm_text says(const tdm_change *change)
{
    if (!change)
        return (tdm_text){NULL, 0};
    return change->written.size ? change->written : change->after;
}

// A difference of one object: either change may be NULL, for a side that says nothing.
static tdm_difference difference(const tdm_change *left, const tdm_change *right,
                                 const char *attribute)
{
    const tdm_change *any = left ? left : right;

    return (tdm_difference){
        .object = any->object,
        .attribute = tdm_text_of(attribute),
        .left = says(left),
        .right = says(right),
        .left_place = left ? left->place : TDM_NOWHERE,
        .right_place = right ? right->place : TDM_NOWHERE,
    };
}

static const char *attribute_of(tdm_change_kind kind)
{
    switch (kind) {
    case TDM_CHANGE_SCHEMA:
    case TDM_CHANGE_TABLE:
    case TDM_CHANGE_COLUMN:
        return "existence";
    case TDM_CHANGE_TYPE:
        return "type";
    case TDM_CHANGE_NULLABLE:
        return "nullable";
    case TDM_CHANGE_DEFAULT:
        return "default";
    case TDM_CHANGE_GENERATED:
        return "generated";
    case TDM_CHANGE_NAME:
        return "name";
    case TDM_CHANGE_OTHER:
        return "definition";
    case TDM_CHANGE_DATA:
        return "data";
    case TDM_CHANGE_SESSION:
        return "setting";
    case TDM_CHANGE_OPAQUE:
        return "effect";
    }
    return "effect";
}

// --- Modelled objects ---------------------------------------------------------------------------

// "file_path: VARCHAR(512) NOT NULL" for a column that only one side has.
static tdm_text describe(sides *s, int side, const tdm_net_item *item)
{
    tdm_text object = item->last->object;
    const tdm_net_item *type = tdm_net_find(&s->nets[side], TDM_CHANGE_TYPE, object);
    const tdm_net_item *null = tdm_net_find(&s->nets[side], TDM_CHANGE_NULLABLE, object);

    if (item->last->after.size == 0)
        return TDM_TEXT("dropped");
    if (item->last->kind != TDM_CHANGE_COLUMN || !type || !null)
        return item->remade ? TDM_TEXT("made anew") : item->last->after;
    return tdm_arena_printf(s->out.arena, "%s%.*s %.*s", item->remade ? "made anew: " : "",
                            TDM_TEXT_ARG(says(type->last)), TDM_TEXT_ARG(null->last->after));
}

static void compare_existence(sides *s, const tdm_net_item *left, const tdm_net_item *right)
{
    tdm_difference d =
        difference(left ? left->last : NULL, right ? right->last : NULL, "existence");

    if (left)
        d.left = describe(s, LEFT, left);
    if (right)
        d.right = describe(s, RIGHT, right);
    if ((left && left->remade) != (right && right->remade))
        d.attribute = TDM_TEXT("contents");
    if (!left || !right) {
        // Of a column of a table that only one side has, the table says enough.
        int side = left ? LEFT : RIGHT;
        tdm_text owner = tdm_net_owner(d.object);
        if ((left ? left : right)->last->kind == TDM_CHANGE_COLUMN && owner.size &&
            tdm_net_makes(&s->nets[side], TDM_CHANGE_TABLE, owner) &&
            !tdm_net_makes(&s->nets[!side], TDM_CHANGE_TABLE, owner))
            return;
        tdm_comparer_add(&s->out, TDM_COMPARE_DIFFERENT, d, NULL);
        return;
    }
    if (!left->last->after.size != !right->last->after.size || left->remade != right->remade) {
        tdm_comparer_add(&s->out, TDM_COMPARE_DIFFERENT, d, NULL);
    } else if (!tdm_digest_equal(left->last->identity, right->last->identity)) {
        bool fresh = left->last->kind == TDM_CHANGE_COLUMN &&
                     tdm_net_makes(&s->nets[LEFT], TDM_CHANGE_TABLE, tdm_net_owner(d.object));
        d.attribute = tdm_text_of(left->last->kind == TDM_CHANGE_COLUMN ? "value in existing rows"
                                                                        : "options");
        if (!fresh)
            tdm_comparer_add(&s->out, TDM_COMPARE_UNKNOWN, d,
                             "it is made in different ways, which are not compared");
    }
}

// Of an object that one side alone makes or drops, its attributes say nothing more.
static bool is_settled(const sides *s, const tdm_change *change)
{
    bool left = tdm_net_find(&s->nets[LEFT], TDM_CHANGE_COLUMN, change->object) != NULL;
    bool right = tdm_net_find(&s->nets[RIGHT], TDM_CHANGE_COLUMN, change->object) != NULL;

    return left != right;
}

static tdm_text type_of(const sides *s, tdm_text object)
{
    const tdm_net_item *left = tdm_net_find(&s->nets[LEFT], TDM_CHANGE_TYPE, object);
    const tdm_net_item *right = tdm_net_find(&s->nets[RIGHT], TDM_CHANGE_TYPE, object);

    if (!left || !right || !tdm_text_equal(left->last->after, right->last->after))
        return (tdm_text){NULL, 0};
    return left->last->after;
}

// Rows are converted alike, or there are none: the table is new, and nothing was put into it.
static bool converts_alike(const sides *s, const tdm_change *left, const tdm_change *right)
{
    tdm_text table = tdm_net_owner(left->object);
    bool empty = true;

    for (int side = LEFT; side <= RIGHT; side++)
        empty = empty && s->nets[side].data.count == 0 &&
                tdm_net_makes(&s->nets[side], TDM_CHANGE_TABLE, table);
    return empty || tdm_digest_equal(left->identity, right->identity);
}

static tdm_comparison compare_values(const sides *s, const tdm_change *left,
                                     const tdm_change *right)
{
    bool same = tdm_digest_equal(left->identity, right->identity);

    switch (left->kind) {
    case TDM_CHANGE_TYPE: {
        tdm_comparison types = tdm_compare_types(left->after, right->after);
        return types == TDM_COMPARE_EQUAL && !converts_alike(s, left, right) ? TDM_COMPARE_UNKNOWN
                                                                             : types;
    }
    case TDM_CHANGE_DEFAULT:
        if (!left->after.size && !right->after.size)
            return TDM_COMPARE_EQUAL;
        if (same && left->after.size && right->after.size)
            return TDM_COMPARE_EQUAL;
        return tdm_compare_defaults(type_of(s, left->object), left->after, right->after);
    case TDM_CHANGE_GENERATED:
        if (same && tdm_text_equal(left->after, right->after))
            return TDM_COMPARE_EQUAL;
        return !left->after.size != !right->after.size ? TDM_COMPARE_DIFFERENT
                                                       : TDM_COMPARE_UNKNOWN;
    default:
        return tdm_text_equal(left->after, right->after) ? TDM_COMPARE_EQUAL
                                                         : TDM_COMPARE_DIFFERENT;
    }
}

// An attribute that one side alone changes: on the other it is what it was before.
static void compare_attribute(sides *s, const tdm_net_item *left, const tdm_net_item *right)
{
    const tdm_change *any = left ? left->last : right->last;
    tdm_change unchanged = *any;

    if (is_settled(s, any))
        return;
    if (!left || !right) {
        const tdm_net_item *item = left ? left : right;
        unchanged.after = item->first->before;
        unchanged.written = (tdm_text){NULL, 0};
        unchanged.place = TDM_NOWHERE;
        // There and back again.
        if (any->kind != TDM_CHANGE_TYPE && any->kind != TDM_CHANGE_DEFAULT &&
            tdm_text_equal(any->after, unchanged.after))
            return;
        unchanged.identity = (tdm_digest){{0}};
    }
    const tdm_change *l = left ? left->last : &unchanged, *r = right ? right->last : &unchanged;
    tdm_comparison comparison = left && right ? compare_values(s, l, r) : TDM_COMPARE_DIFFERENT;
    if ((!left || !right) && tdm_text_equal(l->after, r->after))
        comparison = TDM_COMPARE_UNKNOWN;
    if ((!left || !right) && any->kind == TDM_CHANGE_DEFAULT)
        comparison = tdm_compare_defaults((tdm_text){NULL, 0}, l->after, r->after);
    tdm_difference d = difference(l, r, attribute_of(any->kind));
    d.left_place = l->place;
    d.right_place = r->place;
    tdm_comparer_add(&s->out, comparison, d,
                     any->kind == TDM_CHANGE_TYPE
                         ? "whether both types are one, or the rows are converted alike, cannot "
                           "be known here"
                         : "the two expressions are not compared");
}

// --- Objects that are not modelled --------------------------------------------------------------

static bool same_steps(const tdm_change_list *left, const tdm_change_list *right)
{
    if (left->count != right->count)
        return false;
    for (size_t i = 0; i < left->count; i++) {
        bool dropped = !left->items[i]->after.size && !right->items[i]->after.size;
        if (!dropped && (!left->items[i]->after.size != !right->items[i]->after.size ||
                         !tdm_digest_equal(left->items[i]->identity, right->items[i]->identity)))
            return false;
    }
    return true;
}

// An index goes with its table or column, so that one which only one side makes or drops may be
// gone, or may not be there, on both in the end.
static bool may_have_gone(const sides *s, int side, const tdm_net_item *item)
{
    bool dropped = item->last->after.size == 0;

    return s->nets[dropped ? !side : side].drops.count > 0;
}

static void compare_other(sides *s, const tdm_net_item *left, const tdm_net_item *right)
{
    tdm_difference d =
        difference(left ? left->last : NULL, right ? right->last : NULL, "definition");

    if (left && !d.left.size)
        d.left = TDM_TEXT("dropped");
    if (right && !d.right.size)
        d.right = TDM_TEXT("dropped");
    if (!left || !right) {
        bool doubt = left ? may_have_gone(s, LEFT, left) : may_have_gone(s, RIGHT, right);
        d.attribute = TDM_TEXT("existence");
        tdm_comparer_add(&s->out, doubt ? TDM_COMPARE_UNKNOWN : TDM_COMPARE_DIFFERENT, d,
                         "it may have gone with what is dropped beside it");
    } else if (left->remade != right->remade || !same_steps(&left->steps, &right->steps)) {
        tdm_comparer_add(&s->out, TDM_COMPARE_UNKNOWN, d,
                         "its statements differ, and its kind is not modelled");
    }
}

static void compare_items(sides *s, const tdm_net_item *left, const tdm_net_item *right)
{
    switch ((left ? left : right)->last->kind) {
    case TDM_CHANGE_SCHEMA:
    case TDM_CHANGE_TABLE:
    case TDM_CHANGE_COLUMN:
        compare_existence(s, left, right);
        break;
    case TDM_CHANGE_OTHER:
        compare_other(s, left, right);
        break;
    case TDM_CHANGE_TYPE:
    case TDM_CHANGE_NULLABLE:
    case TDM_CHANGE_DEFAULT:
    case TDM_CHANGE_GENERATED:
        compare_attribute(s, left, right);
        break;
    case TDM_CHANGE_NAME:
    case TDM_CHANGE_DATA:
    case TDM_CHANGE_SESSION:
    case TDM_CHANGE_OPAQUE:
        break; // in lists of their own
    }
}

static void compare_nets(sides *s)
{
    for (size_t i = 0; i < s->nets[LEFT].items.count; i++) {
        const tdm_net_item *left = s->nets[LEFT].items.items[i];
        if (!left->gone)
            compare_items(s, left,
                          tdm_net_find(&s->nets[RIGHT], left->last->kind, left->last->object));
    }
    for (size_t i = 0; i < s->nets[RIGHT].items.count; i++) {
        const tdm_net_item *right = s->nets[RIGHT].items.items[i];
        if (!right->gone && !tdm_net_find(&s->nets[LEFT], right->last->kind, right->last->object))
            compare_items(s, NULL, right);
    }
}

// --- The order of columns -----------------------------------------------------------------------

// Whether the change made a column that both sides make, and that is there at the end.
static bool is_new_column(const sides *s, int side, const tdm_change *change)
{
    if (change->kind != TDM_CHANGE_COLUMN || !change->after.size)
        return false;
    const tdm_net_item *item = tdm_net_find(&s->nets[side], change->kind, change->object);
    return item && item->last == change &&
           tdm_net_makes(&s->nets[LEFT], change->kind, change->object) &&
           tdm_net_makes(&s->nets[RIGHT], change->kind, change->object);
}

// The next column that both sides add to the table, from `at` on in the effect of one side.
static const tdm_change *next_of(const sides *s, int side, tdm_text table, size_t *at)
{
    const tdm_effect *effect = s->effects[side];

    while (*at < effect->count) {
        const tdm_change *change = &effect->items[(*at)++];
        if (is_new_column(s, side, change) && tdm_text_equal(tdm_net_owner(change->object), table))
            return change;
    }
    return NULL;
}

// How far each table has been read on the right.
typedef struct cursor {
    size_t at;
    bool reported;
} cursor;

static void compare_column_order(sides *s)
{
    tdm_map cursors;

    tdm_map_init(&cursors, s->out.arena);
    for (size_t i = 0; i < s->effects[LEFT]->count; i++) {
        const tdm_change *left = &s->effects[LEFT]->items[i];
        if (!is_new_column(s, LEFT, left))
            continue;
        tdm_text table = tdm_net_owner(left->object);
        cursor *c = tdm_map_get(&cursors, table);
        if (!c)
            c = tdm_arena_new_of(s->out.arena, cursor);
        if (!c || !tdm_map_put(&cursors, table, c)) {
            s->out.failed = true;
            return;
        }
        const tdm_change *right = next_of(s, RIGHT, table, &c->at);
        if (c->reported || !right || tdm_text_equal(left->object, right->object))
            continue;
        c->reported = true;
        tdm_difference d = difference(left, right, "order of columns");
        d.object = table;
        d.left = left->object;
        d.right = right->object;
        tdm_comparer_add(&s->out, TDM_COMPARE_DIFFERENT, d, NULL);
    }
}

// --- Data ---------------------------------------------------------------------------------------

// What the text of a change shows may be spelled differently where an identity stands beside it.
static bool same_change(const tdm_change *a, const tdm_change *b)
{
    bool spelled = a->kind == TDM_CHANGE_OTHER || a->kind == TDM_CHANGE_DEFAULT;

    return a->kind == b->kind && tdm_digest_equal(a->identity, b->identity) &&
           tdm_text_equal(a->object, b->object) && !a->after.size == !b->after.size &&
           !a->before.size == !b->before.size &&
           (spelled ||
            (tdm_text_equal(a->after, b->after) && tdm_text_equal(a->before, b->before)));
}

// The list that holds more has all of the other, in order: what is left over stands on one side.
static bool is_subsequence(const tdm_change_list *few, const tdm_change_list *many)
{
    size_t at = 0;

    for (size_t i = 0; i < many->count && at < few->count; i++)
        if (same_change(few->items[at], many->items[i]))
            at++;
    return at == few->count;
}

static void report_surplus(sides *s, int side, const tdm_change_list *few,
                           const tdm_change_list *many)
{
    size_t at = 0;

    for (size_t i = 0; i < many->count; i++) {
        const tdm_change *change = many->items[i];
        if (at < few->count && same_change(few->items[at], change)) {
            at++;
            continue;
        }
        tdm_difference d = difference(side == LEFT ? change : NULL, side == RIGHT ? change : NULL,
                                      attribute_of(change->kind));
        if (change->kind != TDM_CHANGE_NAME)
            *(side == LEFT ? &d.left : &d.right) = change->sql;
        // A setting may matter or not.
        tdm_comparer_add(&s->out,
                         change->kind == TDM_CHANGE_SESSION ? TDM_COMPARE_UNKNOWN
                                                            : TDM_COMPARE_DIFFERENT,
                         d, "what the setting changes is not modelled");
    }
}

static void compare_data(sides *s)
{
    const tdm_change_list *left = &s->nets[LEFT].data, *right = &s->nets[RIGHT].data;

    if (is_subsequence(left, right)) {
        report_surplus(s, RIGHT, left, right);
    } else if (is_subsequence(right, left)) {
        report_surplus(s, LEFT, right, left);
    } else {
        size_t i = 0;
        while (same_change(left->items[i], right->items[i]))
            i++;
        tdm_difference d =
            difference(left->items[i], right->items[i], attribute_of(left->items[i]->kind));
        d.left = left->items[i]->sql;
        d.right = right->items[i]->sql;
        tdm_comparer_add(&s->out, TDM_COMPARE_UNKNOWN, d,
                         "the statements differ, and what they do to rows is not modelled");
    }
}

// --- Order --------------------------------------------------------------------------------------

static bool same_sequence(const tdm_effect *left, const tdm_effect *right)
{
    if (left->count != right->count)
        return false;
    for (size_t i = 0; i < left->count; i++)
        if (!same_change(&left->items[i], &right->items[i]))
            return false;
    return true;
}

// What a name means depends on the renames and drops before it. Where there are any, changes that
// look the same are the same only in the same order.
static bool depends_on_order(const sides *s)
{
    for (int side = LEFT; side <= RIGHT; side++) {
        const tdm_net *net = &s->nets[side];
        bool names = net->data.count > 0;
        for (size_t i = 0; i < net->items.count && !names; i++)
            names = net->items.items[i]->last->kind == TDM_CHANGE_OTHER;
        if (net->renames.count || (net->drops.count && names))
            return true;
    }
    return false;
}

static void compare_renames(sides *s)
{
    const tdm_change_list *left = &s->nets[LEFT].renames, *right = &s->nets[RIGHT].renames;

    if (is_subsequence(left, right))
        report_surplus(s, RIGHT, left, right);
    else if (is_subsequence(right, left))
        report_surplus(s, LEFT, right, left);
}

static void compare_ordered(sides *s)
{
    const tdm_change *left = s->effects[LEFT]->count ? &s->effects[LEFT]->items[0] : NULL;
    const tdm_change *right = s->effects[RIGHT]->count ? &s->effects[RIGHT]->items[0] : NULL;

    compare_renames(s);
    if (s->out.different || s->out.unknown || !depends_on_order(s) ||
        same_sequence(s->effects[LEFT], s->effects[RIGHT]))
        return;
    tdm_difference d = difference(left, right, "order");
    tdm_comparer_add(&s->out, TDM_COMPARE_UNKNOWN, d,
                     "both rename or drop something, and not in the same order as the rest");
}

// --- The whole ----------------------------------------------------------------------------------

// What cannot be known may make up for any difference.
static void report_opaque(sides *s)
{
    for (int side = LEFT; side <= RIGHT; side++)
        for (size_t i = 0; i < s->nets[side].opaque.count; i++) {
            const tdm_change *change = s->nets[side].opaque.items[i];
            tdm_difference d = {.object = change->object_kind,
                                .attribute = TDM_TEXT("effect"),
                                .reason = change->reason};
            *(side == LEFT ? &d.left : &d.right) = change->sql;
            *(side == LEFT ? &d.left_place : &d.right_place) = change->place;
            tdm_comparer_add(&s->out, TDM_COMPARE_UNKNOWN, d, NULL);
        }
}

tdm_status tdm_effect_compare(const tdm_effect *left, const tdm_effect *right, tdm_arena *arena,
                              tdm_differences *ret, tdm_comparison *ret_verdict, tdm_error *err)
{
    sides s = {.out = {.arena = arena, .differences = ret}, .effects = {left, right}};

    for (int side = LEFT; side <= RIGHT; side++)
        if (!tdm_net_read(&s.nets[side], arena, s.effects[side]))
            return tdm_fail_memory(err);
    report_opaque(&s);
    bool opaque = s.out.unknown;
    compare_nets(&s);
    compare_column_order(&s);
    compare_data(&s);
    compare_ordered(&s);
    if (opaque)
        s.out.different = false;
    return tdm_comparer_end(&s.out, ret_verdict, err);
}
