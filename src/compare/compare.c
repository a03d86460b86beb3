// Comparing the end states of two replays.
#include "compare/compare.h"

#include "base/error.h"
#include "base/text.h"
#include "catalog/state.h"
#include "compare/attributes.h"
#include "compare/normal.h"

typedef struct sides {
    tdm_comparer out;
    const tdm_catalog *left;
    const tdm_catalog *right;
    tdm_text doubt; // why the columns of the table at hand may be others by now, or empty
} sides;

static const char *const not_compared = "the two expressions are not compared";

// What nobody can have seen change is no difference.
static void add(sides *s, tdm_comparison comparison, tdm_difference difference, const char *reason)
{
    if (comparison == TDM_COMPARE_DIFFERENT && s->doubt.size) {
        comparison = TDM_COMPARE_UNKNOWN;
        difference.reason = s->doubt;
    }
    tdm_comparer_add(&s->out, comparison, difference, reason);
}

// What is read from a server is analysed: expressions are compared in their normal form as well.
static tdm_comparison compare_stored(const sides *s, const tdm_object *relation,
                                     tdm_attribute attribute, const tdm_value *left,
                                     const tdm_value *right)
{
    tdm_mode mode = tdm_attribute_mode(attribute);
    tdm_comparison result = tdm_compare_values(attribute, left, right);
    bool expressions = (mode == TDM_MODE_EXPRESSION || mode == TDM_MODE_KEYS) && left->text.size &&
                       right->text.size && !left->reason.size && !right->reason.size;

    if (result == TDM_COMPARE_EQUAL || !expressions)
        return result;
    return tdm_normal_same(s->left, relation, mode, left->text, right->text) ? TDM_COMPARE_EQUAL
                                                                             : result;
}

// The attributes of two objects, each list in order of the enum. `like` has object and places.
// `relation` is what the expressions are about, or NULL.
static void compare_attributes(sides *s, const tdm_attributes *left, const tdm_attributes *right,
                               const tdm_object *relation, tdm_difference like)
{
    static const tdm_attribute_entry none = {0};
    size_t i = 0, j = 0;

    while (i < left->count || j < right->count) {
        const tdm_attribute_entry *l = i < left->count ? &left->items[i] : NULL;
        const tdm_attribute_entry *r = j < right->count ? &right->items[j] : NULL;
        tdm_attribute attribute =
            l && (!r || l->attribute <= r->attribute) ? l->attribute : r->attribute;
        i += l && l->attribute == attribute;
        j += r && r->attribute == attribute;
        l = l && l->attribute == attribute ? l : &none;
        r = r && r->attribute == attribute ? r : &none;
        tdm_difference d = like;
        d.attribute = tdm_text_of(tdm_attribute_name(attribute));
        d.left = l->value.written.size ? l->value.written : l->value.text;
        d.right = r->value.written.size ? r->value.written : r->value.text;
        d.left_place = l == &none ? like.left_place : l->place;
        d.right_place = r == &none ? like.right_place : r->place;
        d.reason = l->value.reason.size ? l->value.reason : r->value.reason;
        add(s, compare_stored(s, relation, attribute, &l->value, &r->value), d,
            tdm_compare_reason(attribute));
    }
}

static void compare_column(sides *s, tdm_text table, const tdm_column *left,
                           const tdm_column *right)
{
    static const tdm_text words[] = {{"NULL", 4}, {"NOT NULL", 8}};
    tdm_difference d = {.object = tdm_arena_printf(s->out.arena, "%.*s.%.*s", TDM_TEXT_ARG(table),
                                                   TDM_TEXT_ARG(left->name)),
                        .left_place = left->place,
                        .right_place = right->place};

    d.attribute = TDM_TEXT("type");
    d.left = left->written_type.size ? left->written_type : left->type;
    d.right = right->written_type.size ? right->written_type : right->type;
    add(s, tdm_compare_types(left->type, right->type), d,
        "whether both types are one cannot be known here");
    d.attribute = TDM_TEXT("nullable");
    d.left = words[left->not_null];
    d.right = words[right->not_null];
    add(s, left->not_null == right->not_null ? TDM_COMPARE_EQUAL : TDM_COMPARE_DIFFERENT, d, NULL);
    d.attribute = TDM_TEXT("default");
    d.left = left->default_text;
    d.right = right->default_text;
    bool same = left->has_default == right->has_default &&
                tdm_digest_equal(left->default_id, right->default_id);
    add(s,
        same ? TDM_COMPARE_EQUAL
             : tdm_compare_defaults(tdm_text_equal(left->type, right->type) ? left->type
                                                                            : (tdm_text){NULL, 0},
                                    d.left, d.right),
        d, not_compared);
    d.attribute = TDM_TEXT("generated");
    d.left = left->generated;
    d.right = right->generated;
    tdm_value l = {.text = left->generated, .digest = left->generated_id};
    tdm_value r = {.text = right->generated, .digest = right->generated_id};
    add(s, tdm_compare_values(TDM_ATTR_GENERATED, &l, &r), d, not_compared);
    compare_attributes(s, &left->attributes, &right->attributes, NULL, d);
}

static void only_column(sides *s, tdm_text table, const tdm_column *left, const tdm_column *right,
                        const tdm_table *other)
{
    const tdm_column *column = left ? left : right;
    tdm_difference d = {.object = tdm_arena_printf(s->out.arena, "%.*s.%.*s", TDM_TEXT_ARG(table),
                                                   TDM_TEXT_ARG(column->name)),
                        .attribute = TDM_TEXT("existence")};
    tdm_text type = column->written_type.size ? column->written_type : column->type;

    *(left ? &d.left : &d.right) = type;
    *(left ? &d.left_place : &d.right_place) = column->place;
    if (!other->columns_known)
        d.reason = other->reason;
    tdm_comparer_add(&s->out, other->columns_known ? TDM_COMPARE_DIFFERENT : TDM_COMPARE_UNKNOWN, d,
                     "the columns of the other side are not known");
}

// Both sides have the same columns: the first that stand at different places.
static void compare_order(sides *s, tdm_text table, const tdm_table *left, const tdm_table *right)
{
    for (size_t i = 0; i < left->columns.count; i++) {
        const tdm_column *a = &left->columns.items[i], *b = &right->columns.items[i];
        if (tdm_text_equal(a->name, b->name))
            continue;
        tdm_comparer_add(&s->out, TDM_COMPARE_DIFFERENT,
                         (tdm_difference){.object = table,
                                          .attribute = TDM_TEXT("order of columns"),
                                          .left = a->name,
                                          .right = b->name,
                                          .left_place = a->place,
                                          .right_place = b->place},
                         NULL);
        return;
    }
}

static void compare_table(sides *s, const tdm_table *left, const tdm_table *right)
{
    tdm_text name = tdm_catalog_print(s->left, left->schema, left->name);
    bool same_names = left->columns.count == right->columns.count;

    compare_attributes(
        s, &left->attributes, &right->attributes, NULL,
        (tdm_difference){.object = name, .left_place = left->place, .right_place = right->place});

    if (!left->columns_known || !right->columns_known)
        s->doubt = left->columns_known ? right->reason : left->reason;
    for (size_t i = 0; i < left->columns.count; i++) {
        const tdm_column *column = &left->columns.items[i];
        const tdm_column *other = tdm_table_column(right, column->name);
        same_names = same_names && other;
        if (other)
            compare_column(s, name, column, other);
        else
            only_column(s, name, column, NULL, right);
    }
    for (size_t i = 0; i < right->columns.count; i++)
        if (!tdm_table_column(left, right->columns.items[i].name))
            only_column(s, name, NULL, &right->columns.items[i], left);
    s->doubt = (tdm_text){NULL, 0};
    if (same_names)
        compare_order(s, name, left, right);
    if (!left->columns_known || !right->columns_known)
        tdm_comparer_add(
            &s->out, TDM_COMPARE_UNKNOWN,
            (tdm_difference){.object = name,
                             .attribute = TDM_TEXT("columns"),
                             .reason = left->columns_known ? right->reason : left->reason,
                             .left_place = left->place,
                             .right_place = right->place},
            "the columns are not known");
}

static void compare_tables(sides *s)
{
    for (size_t i = 0; i < s->left->tables.count; i++) {
        const tdm_table *table = s->left->tables.items[i];
        tdm_found found = tdm_catalog_find(s->right, table->schema, table->name);
        if (found.table)
            compare_table(s, table, found.table);
        else if (!table->assumed)
            tdm_comparer_add(
                &s->out, TDM_COMPARE_DIFFERENT,
                (tdm_difference){.object = tdm_catalog_print(s->left, table->schema, table->name),
                                 .attribute = TDM_TEXT("existence"),
                                 .left = TDM_TEXT("exists"),
                                 .left_place = table->place},
                NULL);
    }
    for (size_t i = 0; i < s->right->tables.count; i++) {
        const tdm_table *table = s->right->tables.items[i];
        if (!table->assumed && !tdm_catalog_find(s->left, table->schema, table->name).table)
            tdm_comparer_add(
                &s->out, TDM_COMPARE_DIFFERENT,
                (tdm_difference){.object = tdm_catalog_print(s->right, table->schema, table->name),
                                 .attribute = TDM_TEXT("existence"),
                                 .right = TDM_TEXT("exists"),
                                 .right_place = table->place},
                NULL);
    }
}

// --- Other objects ------------------------------------------------------------------------------

static tdm_difference object_difference(sides *s, const tdm_object *left, const tdm_object *right)
{
    return (tdm_difference){.object = left ? tdm_object_print(s->left, left)
                                           : tdm_object_print(s->right, right),
                            .left_place = left ? left->place : TDM_NOWHERE,
                            .right_place = right ? right->place : TDM_NOWHERE};
}

static void only_object(sides *s, const tdm_object *left, const tdm_object *right)
{
    static const tdm_attributes none = {0};
    tdm_difference d = object_difference(s, left, right);
    bool uncertain = (left ? left : right)->uncertain;

    // Where nothing is said of them they are as they are by themselves.
    if ((left ? left : right)->kind == TDM_KIND_DEFAULT_PRIVILEGES) {
        compare_attributes(s, left ? &left->attributes : &none, right ? &right->attributes : &none,
                           NULL, d);
        return;
    }
    d.attribute = TDM_TEXT("existence");
    *(left ? &d.left : &d.right) = TDM_TEXT("exists");
    tdm_comparer_add(&s->out, uncertain ? TDM_COMPARE_UNKNOWN : TDM_COMPARE_DIFFERENT, d,
                     "it may have gone with something that was dropped");
}

// No difference from the first on is sure.
static void doubt(tdm_differences *differences, size_t first, tdm_text why)
{
    for (size_t i = first; i < differences->count; i++)
        if (differences->items[i].reason.size == 0)
            differences->items[i].reason = why;
}

static void compare_object(sides *s, const tdm_object *left, const tdm_object *right)
{
    tdm_difference d = object_difference(s, left, right);
    bool named = !left->modelled && !right->modelled;

    if (left->uncertain != right->uncertain) {
        d.attribute = TDM_TEXT("existence");
        d.left = d.right = TDM_TEXT("exists");
        tdm_comparer_add(&s->out, TDM_COMPARE_UNKNOWN, d,
                         "it may have gone with something that was dropped");
        return;
    }
    if (!named && left->modelled != right->modelled) {
        d.attribute = TDM_TEXT("definition");
        tdm_comparer_add(&s->out, TDM_COMPARE_UNKNOWN, d,
                         "a statement that made it is not modelled");
        return;
    }
    if (named && !tdm_digest_equal(left->identity, right->identity)) {
        d.attribute = TDM_TEXT("definition");
        d.left = d.right = TDM_TEXT("exists");
        tdm_comparer_add(&s->out, TDM_COMPARE_UNKNOWN, d,
                         "its statements differ, and what they say is not modelled");
    }
    bool before = s->out.different;
    size_t first = s->out.differences->count;
    compare_attributes(s, &left->attributes, &right->attributes, left->on, d);
    // A statement that is not read may have changed what is told apart here.
    if (named && s->out.differences->count > first) {
        doubt(s->out.differences, first, TDM_TEXT("what made it is not modelled"));
        s->out.different = before;
        s->out.unknown = true;
    }
}

static tdm_object *partner(const tdm_catalog *catalog, const tdm_object *like)
{
    tdm_key key = {.kind = like->kind, .schema = like->schema, .name = like->name};

    if (tdm_kind_space(like->kind) == TDM_SPACE_MEMBER && like->on) {
        key.on = partner(catalog, like->on);
        if (!key.on)
            return NULL;
    }
    tdm_object *object = tdm_catalog_live(catalog, &key);
    return object && object->kind == like->kind ? object : NULL;
}

static bool is_compared(const tdm_object *object)
{
    bool orphan = object->on && object->on->dropped;

    return !object->dropped && !orphan && !object->assumed;
}

static void compare_objects(sides *s)
{
    for (size_t i = 0; i < s->left->objects.count; i++) {
        const tdm_object *left = s->left->objects.items[i];
        const tdm_object *right = is_compared(left) ? partner(s->right, left) : NULL;
        if (right)
            compare_object(s, left, right);
        else if (is_compared(left))
            only_object(s, left, NULL);
    }
    for (size_t i = 0; i < s->right->objects.count; i++) {
        const tdm_object *right = s->right->objects.items[i];
        if (is_compared(right) && !partner(s->left, right))
            only_object(s, NULL, right);
    }
}

// What cannot be known of one side may make up for any difference.
static void report_open(sides *s)
{
    const tdm_catalog *catalogs[] = {s->left, s->right};

    for (size_t i = 0; i < 2; i++) {
        if (!catalogs[i]->open && catalogs[i]->vague.size == 0)
            continue;
        bool open = catalogs[i]->open;
        tdm_difference d = {.object = TDM_TEXT("the schema"),
                            .attribute = TDM_TEXT("effect"),
                            .reason = open ? catalogs[i]->why : catalogs[i]->vague};
        *(i == 0 ? &d.left_place : &d.right_place) =
            open ? catalogs[i]->why_place : catalogs[i]->vague_place;
        tdm_comparer_add(&s->out, TDM_COMPARE_UNKNOWN, d, NULL);
    }
}

tdm_status tdm_catalog_compare(const tdm_catalog *left, const tdm_catalog *right, tdm_arena *arena,
                               tdm_differences *ret, tdm_comparison *ret_verdict, tdm_error *err)
{
    sides s = {.out = {.arena = arena, .differences = ret}, .left = left, .right = right};

    report_open(&s);
    compare_tables(&s);
    compare_objects(&s);
    if (left->open || right->open || left->vague.size || right->vague.size)
        s.out.different = false;
    // An unknown statement may have changed anything.
    if (left->open || right->open)
        doubt(ret, 0, left->open ? left->why : right->why);
    return tdm_comparer_end(&s.out, ret_verdict, err);
}
