// Schemas, and what pg_class holds with columns: tables, views, foreign tables.
#include "db/live_reader.h"

static const tdm_live_field schema_fields[] = {
    {TDM_ATTR_OWNER, "pg_get_userbyid(n.nspowner)"},
    {TDM_ATTR_GRANTS, "{grants n.nspacl}"},
    {TDM_ATTR_COMMENT, "d.description"},
};

static const tdm_live_family schemas = {
    .kind = TDM_KIND_SCHEMA,
    .oid = "n.oid",
    .name = "n.nspname",
    .no_schema = true,
    .fields = schema_fields,
    .field_count = sizeof schema_fields / sizeof *schema_fields,
    .from = "pg_namespace n {comment_of pg_namespace n.oid}",
    .where = "{own pg_namespace n.oid}",
};

tdm_status tdm_live_read_schemas(tdm_live *live)
{
    const tdm_key public = {.kind = TDM_KIND_SCHEMA, .name = TDM_TEXT("public")};
    tdm_object *before = tdm_catalog_get(live->catalog, &public);

    // A new catalog has `public`; a server may have none.
    if (before)
        tdm_catalog_drop(live->catalog, before);
    return tdm_live_family_read(live, &schemas);
}

static const tdm_live_field table_fields[] = {
    {TDM_ATTR_OWNER, "pg_get_userbyid(c.relowner)"},
    {TDM_ATTR_GRANTS, "{grants c.relacl}"},
    {TDM_ATTR_PERSISTENCE,
     "CASE c.relpersistence WHEN 'u' THEN 'unlogged' WHEN 't' THEN 'temporary' END"},
    {TDM_ATTR_PARTITION_KEY, "CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END"},
    {TDM_ATTR_PARTITION_OF, "CASE WHEN c.relispartition THEN {parents ref} END"},
    {TDM_ATTR_PARTITION_BOUND, "pg_get_expr(c.relpartbound, c.oid)"},
    {TDM_ATTR_INHERITS, "CASE WHEN NOT c.relispartition THEN {parents ref} END"},
    {TDM_ATTR_OF_TYPE, "CASE WHEN c.reloftype <> 0 THEN format_type(c.reloftype, NULL) END"},
    {TDM_ATTR_ACCESS_METHOD, "nullif(am.amname, 'heap')"},
    {TDM_ATTR_RLS, "CASE WHEN c.relrowsecurity THEN 'yes' END"},
    {TDM_ATTR_RLS_FORCED, "CASE WHEN c.relforcerowsecurity THEN 'yes' END"},
    {TDM_ATTR_REPLICA_IDENTITY, "CASE c.relreplident WHEN 'f' THEN 'FULL' WHEN 'n' THEN 'NOTHING'"
                                " WHEN 'i' THEN 'index ' || {index_with indisreplident} END"},
    {TDM_ATTR_CLUSTER, "{index_with indisclustered}"},
    {TDM_ATTR_OPTIONS, "{set_of c.reloptions}"},
    {TDM_ATTR_TABLESPACE, "{tablespace_of c.reltablespace}"},
    {TDM_ATTR_COMMENT, "d.description"},
};

static const char relations_from[] = "pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                                     " LEFT JOIN pg_am am ON am.oid = c.relam"
                                     " {comment_of pg_class c.oid}";

static const tdm_live_field view_fields[] = {
    {TDM_ATTR_OWNER, "pg_get_userbyid(c.relowner)"},
    {TDM_ATTR_GRANTS, "{grants c.relacl}"},
    {TDM_ATTR_QUERY, "pg_get_viewdef(c.oid)"},
    {TDM_ATTR_OPTIONS, "{set_of c.reloptions}"},
    {TDM_ATTR_POPULATED, "CASE WHEN NOT c.relispopulated THEN 'no' END"},
    {TDM_ATTR_ACCESS_METHOD, "nullif(am.amname, 'heap')"},
    {TDM_ATTR_TABLESPACE, "{tablespace_of c.reltablespace}"},
    {TDM_ATTR_COMMENT, "d.description"},
};

static const tdm_live_field foreign_fields[] = {
    {TDM_ATTR_OWNER, "pg_get_userbyid(c.relowner)"},
    {TDM_ATTR_GRANTS, "{grants c.relacl}"},
    {TDM_ATTR_FIELDS, "(SELECT string_agg(quote_ident(fa.attname) || ' ' ||"
                      " {type_name fa.atttypid fa.atttypmod} || CASE WHEN fa.attnotnull"
                      " THEN ' NOT NULL' ELSE '' END, ', ' ORDER BY fa.attnum)"
                      " FROM pg_attribute fa WHERE fa.attrelid = c.oid"
                      " AND fa.attnum > 0 AND NOT fa.attisdropped)"},
    {TDM_ATTR_SERVER, "(SELECT fs.srvname FROM pg_foreign_table ft JOIN pg_foreign_server fs"
                      " ON fs.oid = ft.ftserver WHERE ft.ftrelid = c.oid)"},
    {TDM_ATTR_OPTIONS, tdm_live_foreign_options},
    {TDM_ATTR_COMMENT, "d.description"},
};

#define RELATIONS(of_kind, list, condition)                                                        \
    {                                                                                              \
        .kind = (of_kind), .oid = "c.oid", .name = "c.relname", .fields = (list),                  \
        .field_count = sizeof(list) / sizeof *(list), .from = relations_from,                      \
        .where = condition " AND {own pg_class c.oid}", .is_relation = true,                       \
    }

tdm_status tdm_live_read_relations(tdm_live *live)
{
    static const tdm_live_family families[] = {
        RELATIONS(TDM_KIND_TABLE, table_fields, "c.relkind IN ('r', 'p')"),
        RELATIONS(TDM_KIND_VIEW, view_fields, "c.relkind = 'v'"),
        RELATIONS(TDM_KIND_MATERIALIZED_VIEW, view_fields, "c.relkind = 'm'"),
        RELATIONS(TDM_KIND_FOREIGN_TABLE, foreign_fields, "c.relkind = 'f'"),
    };

    for (size_t i = 0; i < sizeof families / sizeof *families; i++)
        if (tdm_live_family_read(live, &families[i]) != TDM_OK)
            return TDM_FAILED;
    return TDM_OK;
}
