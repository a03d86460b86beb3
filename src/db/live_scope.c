// Which objects were asked for: in SQL for the server's, and in a catalog for the expected ones.
#include "base/text.h"
#include "catalog/fit.h"
#include "catalog/platform.h"
#include "db/live_reader.h"
#include "sql/quote.h"

enum {
    SCOPE_MAXIMUM = 1 << 20, // bytes of the list of schemas
};

static void put_list(tdm_buffer *out, const tdm_text *schemas, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        tdm_buffer_puts(out, i ? ", " : "(");
        tdm_sql_put_literal(out, schemas[i]);
    }
    tdm_buffer_putc(out, ')');
}

tdm_text tdm_live_scope(tdm_arena *arena, const tdm_live_options *options)
{
    tdm_buffer out = TDM_BUFFER_INIT(SCOPE_MAXIMUM);
    const char *const *platform;
    size_t count = tdm_platform_schemas(&platform);

    // Temporary and toast schemas begin with pg_ as well; nobody else's may.
    tdm_buffer_puts(&out, "(n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'");
    if (options->schema_count) {
        tdm_buffer_puts(&out, " AND n.nspname IN ");
        put_list(&out, options->schemas, options->schema_count);
    } else if (!options->all_schemas) {
        tdm_buffer_puts(&out, " AND n.nspname NOT IN (''");
        for (size_t i = 0; i < count; i++)
            tdm_buffer_putf(&out, ", '%s'", platform[i]);
        tdm_buffer_putc(&out, ')');
    }
    tdm_buffer_putc(&out, ')');
    return tdm_buffer_take(&out, arena);
}

static bool is_system(tdm_text schema)
{
    return tdm_text_starts(schema, TDM_TEXT("pg_")) || tdm_text_is(schema, "information_schema");
}

static bool is_asked(const tdm_live_options *options, tdm_text schema)
{
    bool listed = false;

    if (is_system(schema))
        return false;
    for (size_t i = 0; i < options->schema_count; i++)
        listed = listed || tdm_text_equal(schema, options->schemas[i]);
    if (options->schema_count)
        return listed;
    return options->all_schemas || !tdm_platform_schema(schema);
}

static bool is_kept(const tdm_live_options *options, const tdm_object *object)
{
    if (object->kind == TDM_KIND_SCHEMA)
        return is_system(object->name) || is_asked(options, object->name);
    // What is in no schema is everybody's, unless certain schemas are asked for.
    return object->schema.size ? is_asked(options, object->schema) : options->schema_count == 0;
}

void tdm_live_keep_asked(tdm_catalog *catalog, const tdm_live_options *options)
{
    for (size_t i = tdm_catalog_table_count(catalog); i-- > 0;) {
        tdm_object *table = (tdm_object *)tdm_catalog_table_at(catalog, i);
        if (!is_kept(options, table))
            tdm_catalog_drop(catalog, table);
    }
    for (size_t i = 0; i < tdm_catalog_object_count(catalog); i++) {
        tdm_object *object = (tdm_object *)tdm_catalog_object_at(catalog, i);
        if (!is_kept(options, object))
            tdm_catalog_drop(catalog, object);
    }
}

bool tdm_live_reads(tdm_kind kind)
{
    static const bool read[TDM_KIND_COUNT] = {
        [TDM_KIND_SCHEMA] = true,        [TDM_KIND_TABLE] = true,
        [TDM_KIND_COLUMN] = true,        [TDM_KIND_CONSTRAINT] = true,
        [TDM_KIND_INDEX] = true,         [TDM_KIND_SEQUENCE] = true,
        [TDM_KIND_VIEW] = true,          [TDM_KIND_MATERIALIZED_VIEW] = true,
        [TDM_KIND_FOREIGN_TABLE] = true, [TDM_KIND_TYPE] = true,
        [TDM_KIND_FUNCTION] = true,      [TDM_KIND_TRIGGER] = true,
        [TDM_KIND_EVENT_TRIGGER] = true, [TDM_KIND_RULE] = true,
        [TDM_KIND_POLICY] = true,        [TDM_KIND_EXTENSION] = true,
        [TDM_KIND_PUBLICATION] = true,   [TDM_KIND_COLLATION] = true,
        [TDM_KIND_STATISTICS] = true,    [TDM_KIND_TEXT_SEARCH] = true,
        [TDM_KIND_DICTIONARY] = true,    [TDM_KIND_DEFAULT_PRIVILEGES] = true,
        [TDM_KIND_OPERATOR] = true,      [TDM_KIND_OPERATOR_CLASS] = true,
        [TDM_KIND_CAST] = true,          [TDM_KIND_OPERATOR_FAMILY] = true,
        [TDM_KIND_WRAPPER] = true,       [TDM_KIND_SERVER] = true,
        [TDM_KIND_USER_MAPPING] = true,
    };

    return kind < TDM_KIND_COUNT && read[kind];
}

void tdm_live_drop_unread(tdm_catalog *catalog)
{
    for (size_t i = 0; i < tdm_catalog_object_count(catalog); i++) {
        tdm_object *object = (tdm_object *)tdm_catalog_object_at(catalog, i);
        if (!tdm_live_reads(object->kind))
            tdm_catalog_drop(catalog, object);
    }
}

// --- What a platform brings along outside its own schemas ---------------------------------------

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

// An owner that no statement sets is whoever ran the statements, which they do not say.
static void forget_owner(tdm_catalog *live, tdm_object *object, const tdm_object *expected)
{
    if (!expected || !tdm_object_value(expected, TDM_ATTR_OWNER))
        tdm_object_set(live, object, TDM_ATTR_OWNER, (tdm_text){NULL, 0}, TDM_NOWHERE);
}

// What initdb says of `public`, and an extension of itself, unless a statement has said something.
static void forget_comment(tdm_catalog *live, tdm_object *object, const tdm_object *expected)
{
    const tdm_value *comment = tdm_object_value(object, TDM_ATTR_COMMENT);

    if (object->kind == TDM_KIND_EXTENSION &&
        !(expected && tdm_object_value(expected, TDM_ATTR_COMMENT)))
        tdm_object_set(live, object, TDM_ATTR_COMMENT, (tdm_text){NULL, 0}, TDM_NOWHERE);
    if (object->kind == TDM_KIND_SCHEMA && tdm_text_is(object->name, "public") && comment &&
        tdm_text_is(comment->text, "standard public schema") &&
        !(expected && tdm_object_value(expected, TDM_ATTR_COMMENT)))
        tdm_object_set(live, object, TDM_ATTR_COMMENT, (tdm_text){NULL, 0}, TDM_NOWHERE);
}

// A server is not asked for them.
static void take_secrets(tdm_catalog *live, tdm_object *object, const tdm_object *expected)
{
    const tdm_value *secrets = expected ? tdm_object_value(expected, TDM_ATTR_SECRETS) : NULL;

    if (secrets)
        tdm_attributes_set(live, &object->attributes, TDM_ATTR_SECRETS, *secrets, TDM_NOWHERE);
}

static const tdm_object *partner_of(const tdm_catalog *catalog, const tdm_object *object)
{
    tdm_key key = {.kind = object->kind, .schema = object->schema, .name = object->name};
    const tdm_object *partner = tdm_catalog_get(catalog, &key);

    return partner && !partner->dropped ? partner : NULL;
}

void tdm_live_fit(tdm_catalog *live, const tdm_catalog *expected)
{
    tdm_fit_defaults(live, expected);
    for (size_t i = 0; i < tdm_catalog_table_count(live); i++) {
        tdm_object *table = (tdm_object *)tdm_catalog_table_at(live, i);
        const tdm_object *there = partner_of(expected, table);
        tdm_fit_grants(live, table, there);
        forget_owner(live, table, there);
    }
    for (size_t i = 0; i < tdm_catalog_object_count(live); i++) {
        tdm_object *object = (tdm_object *)tdm_catalog_object_at(live, i);
        if (object->dropped || tdm_kind_space(object->kind) == TDM_SPACE_MEMBER)
            continue;
        const tdm_object *there = partner_of(expected, object);
        if (object->kind != TDM_KIND_DEFAULT_PRIVILEGES)
            tdm_fit_grants(live, object, there);
        forget_owner(live, object, there);
        forget_comment(live, object, there);
        take_secrets(live, object, there);
        if (!there && is_platform(object))
            tdm_catalog_drop(live, object);
    }
}
