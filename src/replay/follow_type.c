// A renamed or moved type, or a relation as a row type, in the definitions that have it: arguments
// and results of functions, fields of composites, base types of domains and ranges.
//
// Each of these texts is a list of elements, "a app.mood[], text" or "TABLE(a app.mood)", and a
// type stands at the end of an element.
#include "replay/alter.h"

#include "base/limits.h"
#include "base/text.h"

typedef struct new_type {
    tdm_text before; // as what refers to it names it
    tdm_text after;
} new_type;

static tdm_text without_arrays(tdm_text type)
{
    while (tdm_text_ends(type, TDM_TEXT("[]")))
        type = tdm_text_slice(type, 0, type.size - 2);
    return type;
}

// "a app.mood[]"
static void put_element(tdm_buffer *out, tdm_text element, const new_type *type)
{
    tdm_text bare = without_arrays(element);
    size_t at = bare.size - (bare.size < type->before.size ? bare.size : type->before.size);
    bool starts = at == 0 || bare.data[at - 1] == ' ';

    if (!tdm_text_ends(bare, type->before) || !starts) {
        tdm_buffer_put(out, element);
        return;
    }
    tdm_buffer_put(out, tdm_text_slice(element, 0, at));
    tdm_buffer_put(out, type->after);
    tdm_buffer_put(out, tdm_text_from(element, bare.size));
}

static tdm_text replaced(tdm_replay *r, tdm_text list, const new_type *type)
{
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    bool first = true;

    for (tdm_text rest = list; rest.size; first = false) {
        size_t comma = tdm_text_find(rest, TDM_TEXT(", "));
        tdm_buffer_puts(&out, first ? "" : ", ");
        put_element(&out, tdm_text_slice(rest, 0, comma), type);
        rest = comma == SIZE_MAX ? (tdm_text){NULL, 0} : tdm_text_from(rest, comma + 2);
    }
    return tdm_buffer_take(&out, r->catalog->arena);
}

// "f(app.mood)", "TABLE(a app.mood)": what is between the brackets.
static tdm_text replaced_inside(tdm_replay *r, tdm_text text, const new_type *type)
{
    size_t open = tdm_text_find_char(text, '(');

    if (open == SIZE_MAX || !tdm_text_ends(text, TDM_TEXT(")")))
        return text;
    tdm_text inside = replaced(r, tdm_text_slice(text, open + 1, text.size - 1), type);
    return tdm_replay_text(r, "%.*s(%.*s)", (int)open, text.data, TDM_TEXT_ARG(inside));
}

static void follow_attributes(tdm_replay *r, tdm_object *object, const new_type *type)
{
    static const tdm_attribute with_types[] = {
        TDM_ATTR_ARGUMENTS,
        TDM_ATTR_RETURNS,
        TDM_ATTR_SUBTYPE,
        TDM_ATTR_FIELDS,
    };

    for (size_t i = 0; i < sizeof with_types / sizeof *with_types; i++) {
        const tdm_value *value = tdm_object_value(object, with_types[i]);
        if (!value || tdm_text_find(value->text, type->before) == SIZE_MAX)
            continue;
        bool table = tdm_text_starts(value->text, TDM_TEXT("TABLE("));
        tdm_replay_assign_text(r, object, with_types[i],
                               (table ? replaced_inside : replaced)(r, value->text, type));
    }
}

// "integer AS app.mood"
static tdm_text replaced_in_cast(tdm_replay *r, tdm_text name, const new_type *type)
{
    const tdm_text as = TDM_TEXT(" AS ");
    size_t at = tdm_text_find(name, as);

    if (at == SIZE_MAX)
        return name;
    tdm_text source = replaced(r, tdm_text_slice(name, 0, at), type);
    tdm_text target = replaced(r, tdm_text_from(name, at + as.size), type);
    return tdm_replay_text(r, "%.*s AS %.*s", TDM_TEXT_ARG(source), TDM_TEXT_ARG(target));
}

// What has types in its name.
static void follow_name(tdm_replay *r, tdm_object *object, const new_type *type)
{
    tdm_text name = object->name;

    if (tdm_text_find(name, type->before) == SIZE_MAX)
        return;
    if (object->kind == TDM_KIND_CAST)
        name = replaced_in_cast(r, name, type);
    else
        name = replaced_inside(r, name, type);
    if (!tdm_text_equal(name, object->name))
        (void)tdm_replay_rename_object(r, object, object->schema, name);
}

void tdm_follow_type(tdm_replay *r, const tdm_object *of, tdm_text schema, tdm_text name)
{
    new_type type = {.before = tdm_catalog_print(r->catalog, schema, name),
                     .after = tdm_catalog_print(r->catalog, of->schema, of->name)};

    for (size_t i = 0; i < r->catalog->objects.count; i++) {
        tdm_object *object = r->catalog->objects.items[i];
        bool named = object->kind == TDM_KIND_FUNCTION || object->kind == TDM_KIND_OPERATOR ||
                     object->kind == TDM_KIND_CAST;
        if (object->dropped || (!named && object->kind != TDM_KIND_TYPE))
            continue;
        follow_attributes(r, object, &type);
        if (named)
            follow_name(r, object, &type);
    }
}
