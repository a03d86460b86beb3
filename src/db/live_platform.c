// What a platform brings along outside its own schemas.
#include "base/text.h"
#include "catalog/platform.h"
#include "db/live.h"

// Extensions that stand in the platform's schemas, and the publications that Supabase makes for its
// own services (supabase_realtime, supabase_realtime_messages_publication).
static bool is_platform(const tdm_object *object)
{
    const tdm_value *schema = tdm_object_value(object, TDM_ATTR_IN_SCHEMA);

    if (object->kind == TDM_KIND_EXTENSION)
        return schema && tdm_platform_schema(schema->text);
    return object->kind == TDM_KIND_PUBLICATION &&
           tdm_text_starts(object->name, TDM_TEXT("supabase_realtime"));
}

void tdm_live_set_platform_aside(tdm_catalog *live, const tdm_catalog *expected)
{
    for (size_t i = 0; i < tdm_catalog_object_count(live); i++) {
        const tdm_object *object = tdm_catalog_object_at(live, i);
        tdm_key key = {.kind = object->kind, .name = object->name};
        if (object->dropped || !is_platform(object))
            continue;
        const tdm_object *there = tdm_catalog_get(expected, &key);
        if (!there || there->dropped)
            tdm_catalog_drop(live, tdm_catalog_get(live, &key));
    }
}
