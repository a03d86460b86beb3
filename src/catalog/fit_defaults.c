// Default privileges of a server: whose they are. ALTER DEFAULT PRIVILEGES without FOR ROLE makes
// those of the role that runs it, whom the statements do not name; the server does.
#include "catalog/fit.h"

#include "base/text.h"
#include "catalog/state.h"

static bool is_entry(const tdm_object *object)
{
    return object->kind == TDM_KIND_DEFAULT_PRIVILEGES && !object->dropped;
}

// "tables" of "tables of postgres".
static tdm_text word_of(const tdm_object *object)
{
    return tdm_text_slice(object->name, 0, tdm_text_find_char(object->name, ' '));
}

static bool is_of_runner(const tdm_object *object)
{
    return tdm_text_equal(word_of(object), object->name);
}

static bool is_alike(const tdm_object *left, const tdm_object *right)
{
    return tdm_text_equal(left->schema, right->schema) &&
           tdm_text_equal(word_of(left), word_of(right));
}

static tdm_object *entry_of(const tdm_catalog *catalog, const tdm_object *like)
{
    tdm_key key = {.kind = like->kind, .schema = like->schema, .name = like->name};

    return catalog ? tdm_catalog_live(catalog, &key) : NULL;
}

// Supabase sets up its own for these.
static bool is_of_platform(const tdm_object *object)
{
    tdm_text role = tdm_text_from(object->name, word_of(object).size + 4); // " of "

    return tdm_text_is(role, "postgres") || tdm_text_starts(role, TDM_TEXT("supabase_"));
}

// Whether the histories name a role for such an entry, which may be the one that runs them.
static bool has_named(const tdm_catalog *catalog, const tdm_object *like)
{
    for (size_t i = 0; i < catalog->objects.count; i++)
        if (is_entry(catalog->objects.items[i]) && is_alike(catalog->objects.items[i], like) &&
            !is_of_runner(catalog->objects.items[i]))
            return true;
    return false;
}

// The entry of the role that runs the statements: the only one that nobody names. NULL: there is
// none, or which one it is cannot be told.
static tdm_object *unnamed(tdm_catalog *live, const tdm_catalog *expected, const tdm_object *like,
                           bool *ret_several)
{
    tdm_object *found = NULL;

    for (size_t i = 0; i < live->objects.count; i++) {
        tdm_object *object = live->objects.items[i];
        if (!is_entry(object) || !is_alike(object, like) || entry_of(expected, object))
            continue;
        *ret_several = found != NULL;
        if (*ret_several)
            return NULL;
        found = object;
    }
    return found;
}

static void doubt_alike(tdm_catalog *live, const tdm_object *like)
{
    tdm_value value = {.reason = TDM_TEXT("whose default privileges they are is not known")};
    tdm_key key = {.kind = like->kind, .schema = like->schema, .name = like->name};

    if (!tdm_catalog_live(live, &key))
        (void)tdm_catalog_put(live, &key, TDM_NOWHERE);
    for (size_t i = 0; i < live->objects.count; i++)
        if (is_entry(live->objects.items[i]) && is_alike(live->objects.items[i], like))
            tdm_attributes_set(live, &live->objects.items[i]->attributes, TDM_ATTR_GRANTS, value,
                               TDM_NOWHERE);
}

static void find_runner(tdm_catalog *live, const tdm_catalog *expected, const tdm_object *like)
{
    bool several = false;
    tdm_object *mine = unnamed(live, expected, like, &several);

    if (several || (!mine && has_named(expected, like)))
        doubt_alike(live, like);
    else if (mine)
        (void)tdm_catalog_rename(live, mine, like->schema, like->name);
}

void tdm_fit_defaults(tdm_catalog *live, const tdm_catalog *expected)
{
    for (size_t i = 0; expected && i < expected->objects.count; i++)
        if (is_entry(expected->objects.items[i]) && is_of_runner(expected->objects.items[i]))
            find_runner(live, expected, expected->objects.items[i]);
    for (size_t i = 0; i < live->objects.count; i++) {
        tdm_object *object = live->objects.items[i];
        const tdm_object *partner = is_entry(object) ? entry_of(expected, object) : NULL;
        if (partner)
            tdm_fit_grants(live, object, partner);
        else if (is_entry(object) && is_of_platform(object))
            tdm_catalog_drop(live, object);
    }
}
