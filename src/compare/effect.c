// Comparing what two migrations do.
#include "compare/attributes.h"
#include "compare/net.h"

#include "base/error.h"
#include "base/text.h"
#include "sql/excerpt.h"

typedef struct sides {
    tdm_comparer out;
    tdm_net nets[2];
    const tdm_effect *effects[2];
} sides;

// The two items of one object; one of them may be NULL, for a side that leaves it as it is.
typedef struct couple {
    const tdm_net_item *items[2];
    const tdm_net_item *any;
} couple;

enum {
    LEFT,
    RIGHT,
};

static tdm_place place_of(const tdm_change *change)
{
    return change ? change->place : TDM_NOWHERE;
}

static tdm_text shown(const tdm_value *value)
{
    return value->written.size ? value->written : value->text;
}

static void place_sides(tdm_difference *d, tdm_text left, tdm_text right)
{
    d->left = left;
    d->right = right;
}

// --- Existence ----------------------------------------------------------------------------------

static bool exists_on(const couple *c, int side)
{
    return c->items[side] ? c->items[side]->exists : c->any->existed;
}

static bool remade_on(const couple *c, int side)
{
    return c->items[side] && c->items[side]->exists && c->items[side]->remade;
}

static const tdm_change *maker(const couple *c, int side)
{
    const tdm_net_item *item = c->items[side];

    return item && item->made ? item->made : item ? item->last : NULL;
}

// "file_path: VARCHAR(512) NOT NULL" for a column, the statement for what is no table.
static tdm_text describe(sides *s, const couple *c, int side)
{
    const tdm_net_item *item = c->items[side];
    const tdm_net_value *type = tdm_net_value_of(item, TDM_ATTR_TYPE);
    const tdm_net_value *null = tdm_net_value_of(item, TDM_ATTR_NULLABLE);
    const char *anew = remade_on(c, side) ? "made anew" : "";

    if (!item)
        return (tdm_text){NULL, 0};
    if (!item->exists)
        return TDM_TEXT("dropped");
    if (item->key.kind == TDM_KIND_COLUMN && type && null)
        return tdm_arena_printf(s->out.arena, "%s%s%.*s %.*s", anew, *anew ? ": " : "",
                                TDM_TEXT_ARG(shown(&type->after)), TDM_TEXT_ARG(null->after.text));
    if (*anew)
        return tdm_text_of(anew);
    if (item->made && item->made->after.text.size)
        return item->made->after.text;
    if (item->key.kind == TDM_KIND_TABLE || item->key.kind == TDM_KIND_SCHEMA || !item->made)
        return TDM_TEXT("exists");
    return tdm_sql_one_line(s->out.arena, item->made->sql);
}

static tdm_difference difference(const couple *c, const char *attribute)
{
    return (tdm_difference){
        .object = c->any->last->object,
        .attribute = tdm_text_of(attribute),
        .left_place = place_of(maker(c, LEFT)),
        .right_place = place_of(maker(c, RIGHT)),
    };
}

// What is known by identity only goes with its table or column, so that one which only one side
// makes or drops may be gone, or may not be there, on both in the end.
static bool may_have_gone(const sides *s, const couple *c)
{
    int side = c->items[LEFT] ? LEFT : RIGHT;
    const tdm_net_item *item = c->items[side];

    if (c->items[LEFT] && c->items[RIGHT])
        return false;
    if (!item->made || item->made->kind != TDM_CHANGE_STATEMENT)
        return false;
    return s->nets[item->exists ? side : !side].drops;
}

static bool has_rows(tdm_kind kind)
{
    return kind == TDM_KIND_TABLE || kind == TDM_KIND_COLUMN;
}

// Why the columns of the table that the other side has are not known, or an empty text.
static tdm_text vague_columns(const sides *s, const couple *c)
{
    int side = c->items[LEFT] ? LEFT : RIGHT;
    const tdm_net_item *owner = c->items[side]->owner;
    bool column = c->any->key.kind == TDM_KIND_COLUMN && !c->items[!side];
    const tdm_net_item *other = column && owner ? tdm_net_partner(&s->nets[!side], owner) : NULL;

    return other && other->made ? other->made->after.reason : (tdm_text){NULL, 0};
}

static void report_existence(sides *s, const couple *c, const char *attribute)
{
    tdm_difference d = difference(c, attribute);

    place_sides(&d, describe(s, c, LEFT), describe(s, c, RIGHT));
    d.reason = vague_columns(s, c);
    if (d.reason.size) {
        tdm_comparer_add(&s->out, TDM_COMPARE_UNKNOWN, d, NULL);
        return;
    }
    tdm_comparer_add(&s->out, may_have_gone(s, c) ? TDM_COMPARE_UNKNOWN : TDM_COMPARE_DIFFERENT, d,
                     "it may have gone with what is dropped beside it");
}

// Old rows get the default of a new column, or the query's rows are a new table's.
static void compare_making(sides *s, const couple *c)
{
    const tdm_net_item *left = c->items[LEFT], *right = c->items[RIGHT];

    if (!left || !right || !tdm_net_is_new(left) || !tdm_net_is_new(right) || !left->made ||
        !right->made || left->made->kind != TDM_CHANGE_EXISTENCE ||
        tdm_digest_equal(left->made->identity, right->made->identity))
        return;
    bool column = c->any->key.kind == TDM_KIND_COLUMN;
    if (column && left->owner && tdm_net_is_new(left->owner))
        return;
    tdm_difference d = difference(c, column ? "value in existing rows" : "contents");
    place_sides(&d, describe(s, c, LEFT), describe(s, c, RIGHT));
    tdm_comparer_add(&s->out, TDM_COMPARE_UNKNOWN, d,
                     "it is made in different ways, which are not compared");
}

// --- Names --------------------------------------------------------------------------------------

static void compare_names(sides *s, const couple *c)
{
    const tdm_change_key *keys[2];

    for (int side = LEFT; side <= RIGHT; side++)
        keys[side] = c->items[side] ? &c->items[side]->key : &c->any->first;
    if (tdm_text_equal(keys[LEFT]->name, keys[RIGHT]->name) &&
        tdm_text_equal(keys[LEFT]->schema, keys[RIGHT]->schema))
        return;
    const tdm_change *left = c->items[LEFT] ? c->items[LEFT]->named : NULL;
    const tdm_change *right = c->items[RIGHT] ? c->items[RIGHT]->named : NULL;
    // The schema of a column is that of its table, which says so itself.
    if (!left && !right)
        return;
    tdm_difference d = {.object = (left ? left : right)->object,
                        .attribute = TDM_TEXT("name"),
                        .left = left ? left->after.text : (tdm_text){NULL, 0},
                        .right = right ? right->after.text : (tdm_text){NULL, 0},
                        .left_place = place_of(left),
                        .right_place = place_of(right)};
    tdm_comparer_add(&s->out, TDM_COMPARE_DIFFERENT, d, NULL);
}

// --- Attributes ---------------------------------------------------------------------------------

// Rows are converted alike, or there are none: the table is new, and nothing was put into it.
static bool converts_alike(const sides *s, const couple *c, const tdm_net_value *left,
                           const tdm_net_value *right)
{
    bool empty = s->nets[LEFT].data.count == 0 && s->nets[RIGHT].data.count == 0;

    for (int side = LEFT; side <= RIGHT; side++)
        empty = empty && c->items[side] && c->items[side]->owner &&
                tdm_net_is_new(c->items[side]->owner);
    return empty || tdm_digest_equal(left->last->identity, right->last->identity);
}

static tdm_comparison compare_types(const sides *s, const couple *c, const tdm_net_value *left,
                                    const tdm_net_value *right)
{
    tdm_comparison types = tdm_compare_types(left->after.text, right->after.text);

    return types == TDM_COMPARE_EQUAL && !converts_alike(s, c, left, right) ? TDM_COMPARE_UNKNOWN
                                                                            : types;
}

static tdm_text type_of_default(const tdm_net_value *left, const tdm_net_value *right)
{
    tdm_text none = {NULL, 0};

    if (left && right)
        return tdm_text_equal(left->last->type, right->last->type) ? left->last->type : none;
    return (left ? left : right)->last->type;
}

// `left` and `right` are the values at the end; one of the records may be NULL.
static tdm_comparison compare_value(const sides *s, const couple *c, const tdm_net_value *left,
                                    const tdm_net_value *right)
{
    const tdm_net_value *any = left ? left : right;
    const tdm_value *l = left ? &left->after : &right->before;
    const tdm_value *r = right ? &right->after : &left->before;

    if (l->reason.size || r->reason.size)
        return TDM_COMPARE_UNKNOWN;
    bool rows = any->attribute == TDM_ATTR_TYPE && c->any->key.kind == TDM_KIND_COLUMN;
    if (rows && left && right)
        return compare_types(s, c, left, right);
    // There and back again: what became of the rows on the way?
    if (rows)
        return tdm_text_equal(l->text, r->text) ? TDM_COMPARE_UNKNOWN
                                                : tdm_compare_types(l->text, r->text);
    if (any->attribute != TDM_ATTR_DEFAULT)
        return tdm_compare_values(any->attribute, l, r);
    if (!l->text.size && !r->text.size)
        return TDM_COMPARE_EQUAL;
    if (l->text.size && r->text.size && tdm_digest_equal(l->digest, r->digest))
        return TDM_COMPARE_EQUAL;
    return tdm_compare_defaults(type_of_default(left, right), l->text, r->text);
}

static void compare_attribute(sides *s, const couple *c, const tdm_net_value *left,
                              const tdm_net_value *right)
{
    const tdm_net_value *any = left ? left : right;
    const tdm_value *l = left ? &left->after : &right->before;
    const tdm_value *r = right ? &right->after : &left->before;
    tdm_difference d = {
        .object = any->last->object,
        .attribute = tdm_text_of(tdm_attribute_name(any->attribute)),
        .left = shown(l),
        .right = shown(r),
        .left_place = left ? left->last->place : place_of(maker(c, LEFT)),
        .right_place = right ? right->last->place : place_of(maker(c, RIGHT)),
        .reason = l->reason.size ? l->reason : r->reason,
    };

    tdm_comparer_add(&s->out, compare_value(s, c, left, right), d,
                     any->attribute == TDM_ATTR_TYPE && c->any->key.kind == TDM_KIND_COLUMN
                         ? "whether both types are one, or the rows are converted alike, cannot "
                           "be known here"
                         : tdm_compare_reason(any->attribute));
}

// In the order of the first change on the left, then what only the right changes.
static void compare_attributes(sides *s, const couple *c)
{
    const tdm_net_item *left = c->items[LEFT], *right = c->items[RIGHT];

    for (size_t i = 0; left && i < left->values.count; i++)
        compare_attribute(s, c, &left->values.items[i],
                          tdm_net_value_of(right, left->values.items[i].attribute));
    for (size_t i = 0; right && i < right->values.count; i++)
        if (!tdm_net_value_of(left, right->values.items[i].attribute))
            compare_attribute(s, c, NULL, &right->values.items[i]);
}

// --- Objects known by identity only -------------------------------------------------------------

static bool same_steps(const tdm_net_item *left, const tdm_net_item *right)
{
    if (left->steps.count != right->steps.count || left->steps_anew != right->steps_anew)
        return false;
    for (size_t i = 0; i < left->steps.count; i++)
        if (!tdm_digest_equal(left->steps.items[i]->identity, right->steps.items[i]->identity))
            return false;
    return true;
}

static bool differ_in_steps(const couple *c)
{
    const tdm_net_item *left = c->items[LEFT], *right = c->items[RIGHT];
    bool none = (!left || !left->steps.count) && (!right || !right->steps.count);

    return !none && !(left && right && left->remade == right->remade && same_steps(left, right));
}

// A statement on one of these that is not read may leave it as it was.
static bool is_defined_by_more(tdm_kind kind)
{
    return kind == TDM_KIND_TYPE || kind == TDM_KIND_FUNCTION || kind == TDM_KIND_VIEW ||
           kind == TDM_KIND_MATERIALIZED_VIEW;
}

static void report_steps(sides *s, const couple *c)
{
    bool both = (c->items[LEFT] && c->items[RIGHT]) || is_defined_by_more(c->any->key.kind);
    tdm_difference d = difference(c, both ? "definition" : "existence");

    place_sides(&d, describe(s, c, LEFT), describe(s, c, RIGHT));
    // A statement that only one side has changes the object, or drops and makes it anew.
    tdm_comparer_add(&s->out,
                     both || may_have_gone(s, c) ? TDM_COMPARE_UNKNOWN : TDM_COMPARE_DIFFERENT, d,
                     "its statements differ, and what they say is not modelled");
}

// --- Objects ------------------------------------------------------------------------------------

// Of what stands on a relation that only one side has, or made anew, the relation says enough.
static bool is_told_by_owner(const sides *s, const couple *c)
{
    const tdm_net_item *owner = c->any->owner;
    couple of = {.any = owner};

    if (!owner ||
        (c->items[LEFT] && c->items[RIGHT] && (!c->items[LEFT]->owner || !c->items[RIGHT]->owner)))
        return false;
    int side = c->items[LEFT] ? LEFT : RIGHT;
    of.items[side] = owner;
    of.items[!side] =
        c->items[!side] ? c->items[!side]->owner : tdm_net_partner(&s->nets[!side], owner);
    return exists_on(&of, LEFT) != exists_on(&of, RIGHT) || !exists_on(&of, LEFT) ||
           remade_on(&of, LEFT) != remade_on(&of, RIGHT);
}

// Views and materialized views share their names.
static bool are_two_kinds(const couple *c)
{
    const tdm_change *left = c->items[LEFT] ? c->items[LEFT]->made : NULL;
    const tdm_change *right = c->items[RIGHT] ? c->items[RIGHT]->made : NULL;

    return left && right && left->key.kind != right->key.kind;
}

static void compare_couple(sides *s, const tdm_net_item *left, const tdm_net_item *right)
{
    couple c = {.items = {left, right}, .any = left ? left : right};

    if (is_told_by_owner(s, &c))
        return;
    if (exists_on(&c, LEFT) != exists_on(&c, RIGHT)) {
        report_existence(s, &c, "existence");
        return;
    }
    if (!exists_on(&c, LEFT))
        return;
    if (are_two_kinds(&c)) {
        report_existence(s, &c, "kind");
        return;
    }
    if (has_rows(c.any->key.kind) && remade_on(&c, LEFT) != remade_on(&c, RIGHT)) {
        report_existence(s, &c, "contents");
        return;
    }
    // What is read of the other statements says too little then.
    if (differ_in_steps(&c)) {
        compare_names(s, &c);
        report_steps(s, &c);
        return;
    }
    compare_making(s, &c);
    compare_names(s, &c);
    compare_attributes(s, &c);
}

static void compare_nets(sides *s)
{
    for (size_t i = 0; i < s->nets[LEFT].items.count; i++) {
        const tdm_net_item *left = s->nets[LEFT].items.items[i];
        if (left->first_change && !tdm_net_is_gone(left))
            compare_couple(s, left, tdm_net_partner(&s->nets[RIGHT], left));
    }
    for (size_t i = 0; i < s->nets[RIGHT].items.count; i++) {
        const tdm_net_item *right = s->nets[RIGHT].items.items[i];
        if (right->first_change && !tdm_net_is_gone(right) &&
            !tdm_net_partner(&s->nets[LEFT], right))
            compare_couple(s, NULL, right);
    }
}

// --- The order of columns -----------------------------------------------------------------------

// Whether it is the making of a column that both sides make, and that is there at the end.
static const tdm_net_item *new_on_both(const sides *s, int side, const tdm_net_column *column)
{
    const tdm_net_item *item = column->item;

    if (item->made != column->change || tdm_net_is_gone(item) || !tdm_net_is_new(item))
        return NULL;
    const tdm_net_item *partner = tdm_net_partner(&s->nets[!side], item);
    return partner && tdm_net_is_new(partner) ? partner : NULL;
}

// How far each table has been read on the right.
typedef struct cursor {
    size_t at;
    bool reported;
} cursor;

// The next column that both sides add to the table.
static const tdm_net_item *next_of(const sides *s, const tdm_net_item *table, size_t *at)
{
    const tdm_net *net = &s->nets[RIGHT];

    while (*at < net->columns.count) {
        const tdm_net_column *column = &net->columns.items[(*at)++];
        if (column->item->owner == table && new_on_both(s, RIGHT, column))
            return column->item;
    }
    return NULL;
}

static cursor *cursor_of(sides *s, tdm_map *cursors, const tdm_net_item *table)
{
    tdm_text key = tdm_arena_printf(s->out.arena, "%p", (const void *)table);
    cursor *c = tdm_map_get(cursors, key);

    if (c)
        return c;
    c = tdm_arena_new_of(s->out.arena, cursor);
    return c && tdm_map_put(cursors, key, c) ? c : NULL;
}

static void compare_column_order(sides *s)
{
    tdm_map cursors;

    tdm_map_init(&cursors, s->out.arena);
    for (size_t i = 0; i < s->nets[LEFT].columns.count; i++) {
        const tdm_net_column *left = &s->nets[LEFT].columns.items[i];
        const tdm_net_item *partner = new_on_both(s, LEFT, left);
        if (!partner)
            continue;
        cursor *at = cursor_of(s, &cursors, partner->owner);
        if (!at) {
            s->out.failed = true;
            return;
        }
        const tdm_net_item *right = next_of(s, partner->owner, &at->at);
        if (at->reported || !right || right == partner)
            continue;
        at->reported = true;
        tdm_difference d = {.object = left->item->owner->key.name,
                            .attribute = TDM_TEXT("order of columns"),
                            .left = left->change->object,
                            .right = right->made->object,
                            .left_place = left->change->place,
                            .right_place = right->made->place};
        tdm_comparer_add(&s->out, TDM_COMPARE_DIFFERENT, d, NULL);
    }
}

// --- Data ---------------------------------------------------------------------------------------

static bool same_state(const tdm_value *a, const tdm_value *b, tdm_attribute attribute)
{
    return tdm_compare_values(attribute, a, b) == TDM_COMPARE_EQUAL;
}

// What the text of a change shows may be spelled differently where an identity stands beside it.
static bool same_change(const tdm_change *a, const tdm_change *b)
{
    if (a->kind != b->kind || a->exists != b->exists || a->creates != b->creates ||
        a->attribute != b->attribute || !tdm_digest_equal(a->identity, b->identity) ||
        !tdm_text_equal(a->object, b->object))
        return false;
    if (a->kind == TDM_CHANGE_NAME)
        return tdm_text_equal(a->after.text, b->after.text);
    return a->kind != TDM_CHANGE_ATTRIBUTE || (same_state(&a->before, &b->before, a->attribute) &&
                                               same_state(&a->after, &b->after, a->attribute));
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

static tdm_difference data_difference(const tdm_change *left, const tdm_change *right)
{
    const tdm_change *any = left ? left : right;

    return (tdm_difference){
        .object = any->object,
        .attribute = tdm_text_of(any->kind == TDM_CHANGE_SESSION ? "setting" : "data"),
        .left = left ? left->sql : (tdm_text){NULL, 0},
        .right = right ? right->sql : (tdm_text){NULL, 0},
        .left_place = place_of(left),
        .right_place = place_of(right),
    };
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
        tdm_difference d =
            data_difference(side == LEFT ? change : NULL, side == RIGHT ? change : NULL);
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
        tdm_comparer_add(&s->out, TDM_COMPARE_UNKNOWN,
                         data_difference(left->items[i], right->items[i]),
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

// What a name in a statement means depends on the renames and drops before it. Where there are any,
// data statements and statements on objects that are known by identity only are the same only in
// the same order. Attributes follow renames, and are compared at the end.
static bool depends_on_order(const sides *s)
{
    for (int side = LEFT; side <= RIGHT; side++) {
        const tdm_net *net = &s->nets[side];
        bool names = net->data.count > 0;
        for (size_t i = 0; i < net->items.count && !names; i++)
            names = net->items.items[i]->steps.count > 0;
        if (names && (net->renames || net->drops))
            return true;
    }
    return false;
}

static void compare_ordered(sides *s)
{
    const tdm_change *left = s->effects[LEFT]->count ? &s->effects[LEFT]->items[0] : NULL;
    const tdm_change *right = s->effects[RIGHT]->count ? &s->effects[RIGHT]->items[0] : NULL;

    if (s->out.different || s->out.unknown || !depends_on_order(s) ||
        same_sequence(s->effects[LEFT], s->effects[RIGHT]))
        return;
    tdm_difference d = {.object = (left ? left : right)->object,
                        .attribute = TDM_TEXT("order"),
                        .left_place = place_of(left),
                        .right_place = place_of(right)};
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
            tdm_difference d = {.object = change->object,
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
