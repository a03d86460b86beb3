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

// "a app.mood[]"; the last element of a table's columns has its bracket.
static void put_element(tdm_buffer *out, tdm_text element, const new_type *type)
{
    size_t close =
        tdm_text_ends(element, TDM_TEXT(")")) && tdm_text_find_char(element, '(') == SIZE_MAX ? 1
                                                                                              : 0;
    tdm_text bare = without_arrays(tdm_text_slice(element, 0, element.size - close));
    size_t at = bare.size - (bare.size < type->before.size ? bare.size : type->before.size);
    bool starts = at == 0 || bare.data[at - 1] == ' ' || bare.data[at - 1] == '(';

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
        if (value && tdm_text_find(value->text, type->before) != SIZE_MAX)
            tdm_replay_assign_text(r, object, with_types[i], replaced(r, value->text, type));
    }
}

void tdm_follow_type(tdm_replay *r, const tdm_object *of, tdm_text schema, tdm_text name)
{
    new_type type = {.before = tdm_catalog_print(r->catalog, schema, name),
                     .after = tdm_catalog_print(r->catalog, of->schema, of->name)};

    for (size_t i = 0; i < r->catalog->objects.count; i++) {
        tdm_object *object = r->catalog->objects.items[i];
        bool named = object->kind == TDM_KIND_FUNCTION || object->kind == TDM_KIND_TYPE;
        if (object->dropped || !named)
            continue;
        follow_attributes(r, object, &type);
        size_t open = tdm_text_find_char(object->name, '(');
        if (object->kind != TDM_KIND_FUNCTION || open == SIZE_MAX ||
            tdm_text_find(tdm_text_from(object->name, open), type.before) == SIZE_MAX)
            continue;
        tdm_text called = replaced(r, object->name, &type);
        if (!tdm_text_equal(called, object->name))
            (void)tdm_replay_rename_object(r, object, object->schema, called);
    }
}
