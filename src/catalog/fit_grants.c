#include "catalog/fit.h"

#include "base/text.h"
#include "catalog/grants.h"
#include "catalog/state.h"

void tdm_fit_without_maintain(tdm_catalog *live)
{
    live->without_maintain = true;
}

// What decides how the lists of one object are read.
typedef struct fitting {
    tdm_catalog *live;
    const tdm_object *object;
    tdm_text owner; // on the server, whom the histories do not name; empty: they do
} fitting;

static const tdm_grantee nobody;

// What somebody may have set whom the histories do not know of.
static bool is_up_to_others(const fitting *f, tdm_text role)
{
    bool is_public = f->object->kind == TDM_KIND_SCHEMA && tdm_text_is(f->object->name, "public");

    return is_public || tdm_grants_platform(f->object->schema, role);
}

// The owner's own privileges are not in its list.
static tdm_privileges had_on_server(const fitting *f, tdm_text role, const tdm_grantee *live)
{
    bool owns = f->owner.size && tdm_text_equal(f->owner, role);

    return owns ? (tdm_grants_all(f->object->kind) | live->held) & ~live->denied : live->held;
}

static void fit_role(const fitting *f, tdm_grants *ret, tdm_text role, const tdm_grantee *expected,
                     const tdm_grantee *live)
{
    tdm_privileges said = expected->held | expected->denied;
    tdm_privileges had = had_on_server(f, role, live);
    tdm_privileges unsaid = ~(said | expected->maybe);
    tdm_grantee *to = tdm_grants_role(f->live->arena, ret, role);

    if (!to)
        return;
    to->held = (had & said) | (live->held & unsaid & (is_up_to_others(f, role) ? 0 : ~0U));
    to->denied = (said & ~had) | (live->denied & unsaid);
    to->options = live->options & to->held;
    to->maybe = expected->maybe;
    to->vague = expected->vague & (to->held | to->denied);
    // A server before PostgreSQL 17 knows nothing of it.
    if (f->live->without_maintain) {
        tdm_privileges bit = tdm_privilege_maintain();
        to->held = (to->held & ~bit) | (expected->held & bit);
        to->denied = (to->denied & ~bit) | (expected->denied & bit);
        to->options = (to->options & ~bit) | (expected->options & bit);
    }
}

static tdm_value fit_lists(const fitting *f, const tdm_value *live, const tdm_value *expected)
{
    tdm_arena *arena = f->live->arena;
    tdm_grants l = {0}, e = {0}, fitted = {0};

    if ((live && (live->reason.size || !tdm_grants_read(arena, live->text, &l))) ||
        (expected && !tdm_grants_read(arena, expected->text, &e)))
        return live ? *live : (tdm_value){0};
    for (size_t i = 0; i < l.roles.count; i++) {
        const tdm_grantee *other = tdm_grants_find(&e, l.roles.items[i].role);
        fit_role(f, &fitted, l.roles.items[i].role, other ? other : &nobody, &l.roles.items[i]);
    }
    for (size_t i = 0; i < e.roles.count; i++)
        if (!tdm_grants_find(&l, e.roles.items[i].role))
            fit_role(f, &fitted, e.roles.items[i].role, &e.roles.items[i], &nobody);
    return (tdm_value){.text = tdm_grants_print(arena, &fitted),
                       .written = tdm_grants_show(arena, &fitted)};
}

static void fit_columns(fitting *f, tdm_object *object, const tdm_object *expected)
{
    for (size_t i = 0; i < object->columns.count; i++) {
        tdm_column *column = &object->columns.items[i];
        const tdm_column *other = tdm_table_column(expected, column->name);
        const tdm_value *live = tdm_column_value(column, TDM_ATTR_GRANTS);
        const tdm_value *said = other ? tdm_column_value(other, TDM_ATTR_GRANTS) : NULL;
        if (said || live)
            tdm_attributes_set(f->live, &column->attributes, TDM_ATTR_GRANTS,
                               fit_lists(f, live, said), TDM_NOWHERE);
    }
}

void tdm_fit_grants(tdm_catalog *live, tdm_object *object, const tdm_object *expected)
{
    const tdm_value *owner = tdm_object_value(object, TDM_ATTR_OWNER);
    const tdm_value *named = expected ? tdm_object_value(expected, TDM_ATTR_OWNER) : NULL;
    fitting f = {.live = live, .object = object};

    if (!expected)
        return;
    if (owner && (!named || named->reason.size))
        f.owner = tdm_names_of(live, &owner->text, 1);
    const tdm_value *has = tdm_object_value(object, TDM_ATTR_GRANTS);
    const tdm_value *said = tdm_object_value(expected, TDM_ATTR_GRANTS);
    if (has || said)
        tdm_attributes_set(live, &object->attributes, TDM_ATTR_GRANTS, fit_lists(&f, has, said),
                           TDM_NOWHERE);
    f.owner = (tdm_text){NULL, 0};
    fit_columns(&f, object, expected);
}
