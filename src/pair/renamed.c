#include "pair/renamed.h"

#include "base/map.h"
#include "base/text.h"

// "constraint uq_cart on cart_items" in its parts.
typedef struct named_object {
    tdm_text kind;
    tdm_text name;
    tdm_text on;
} named_object;

static bool read_object(tdm_text text, named_object *ret)
{
    static const char on[] = " on ";
    size_t first = tdm_text_find_char(text, ' ');
    if (first == SIZE_MAX)
        return false;
    tdm_text rest = tdm_text_from(text, first + 1);
    size_t end = tdm_text_find(rest, TDM_TEXT(" on "));
    if (end == SIZE_MAX)
        return false;
    *ret = (named_object){tdm_text_slice(text, 0, first), tdm_text_slice(rest, 0, end),
                          tdm_text_from(rest, end + sizeof on - 1)};
    return true;
}

static bool is_one_sided(const tdm_difference *difference)
{
    return tdm_text_is(difference->attribute, "existence") && difference->reason.size == 0 &&
           (difference->left.size == 0) != (difference->right.size == 0);
}

// What two of them must share: kind, table and definition.
static tdm_text key_of(tdm_arena *arena, const tdm_difference *difference)
{
    named_object object;
    if (!is_one_sided(difference) || !read_object(difference->object, &object))
        return (tdm_text){NULL, 0};
    tdm_text says = difference->left.size ? difference->left : difference->right;
    return tdm_arena_printf(arena, "%.*s\n%.*s\n%.*s", TDM_TEXT_ARG(object.kind),
                            TDM_TEXT_ARG(object.on), TDM_TEXT_ARG(says));
}

static void join(tdm_arena *arena, tdm_difference *left, const tdm_difference *right)
{
    named_object ours, theirs;
    if (!read_object(left->object, &ours) || !read_object(right->object, &theirs))
        return;
    left->object =
        tdm_arena_printf(arena, "%.*s: %.*s", TDM_TEXT_ARG(ours.on), TDM_TEXT_ARG(left->left));
    left->attribute = TDM_TEXT("name");
    left->left = ours.name;
    left->right = theirs.name;
    left->right_place = right->right_place;
}

bool tdm_join_renamed(tdm_arena *arena, tdm_differences *differences)
{
    tdm_map right_only; // the first of each key; NULL once it is joined
    size_t kept = 0;
    tdm_map_init(&right_only, arena);
    for (size_t i = 0; i < differences->count; i++) {
        tdm_difference *item = &differences->items[i];
        tdm_text key = item->right.size ? key_of(arena, item) : (tdm_text){NULL, 0};
        if (key.size && !tdm_map_has(&right_only, key) && !tdm_map_put(&right_only, key, item))
            return false;
    }
    for (size_t i = 0; i < differences->count; i++) {
        tdm_difference *item = &differences->items[i];
        tdm_text key = item->left.size ? key_of(arena, item) : (tdm_text){NULL, 0};
        tdm_difference *other = key.size ? tdm_map_get(&right_only, key) : NULL;
        if (!other)
            continue;
        join(arena, item, other);
        other->object.size = 0; // taken: dropped below
        if (!tdm_map_put(&right_only, key, NULL))
            return false;
    }
    for (size_t i = 0; i < differences->count; i++)
        if (differences->items[i].object.size || differences->items[i].reason.size)
            differences->items[kept++] = differences->items[i];
    differences->count = kept;
    return tdm_arena_ok(arena);
}
