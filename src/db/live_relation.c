// Schemas, and what pg_class holds with columns: tables, views, foreign tables.
#include "db/live_reader.h"

#include "base/error.h"
#include "db/live_sql.h"

tdm_status tdm_live_read_schemas(tdm_live *live)
{
    static const tdm_attribute attributes[] = {TDM_ATTR_COMMENT};
    static const tdm_live_family family = {
        .kind = TDM_KIND_SCHEMA,
        .sql = "SELECT n.oid::text, NULL, NULL, n.nspname,"
               // What initdb says of `public` is no statement of the project's.
               " nullif(d.description, 'standard public schema')"
               " FROM pg_namespace n" TDM_LIVE_COMMENT("pg_namespace", "n.oid")
               " WHERE {scope} AND " TDM_LIVE_OWN("pg_namespace", "n.oid") " ORDER BY n.oid",
        .attributes = attributes,
        .attribute_count = sizeof attributes / sizeof *attributes,
    };
    const tdm_key public = {.kind = TDM_KIND_SCHEMA, .name = TDM_TEXT("public")};
    tdm_object *before = tdm_catalog_get(live->catalog, &public);

    // A new catalog has `public`; a server may have none.
    if (before)
        tdm_catalog_drop(live->catalog, before);
    return tdm_live_family_read(live, &family);
}

enum {
    KIND = TDM_LIVE_HEAD,
    FIRST, // of the attributes
};

static const tdm_attribute attributes[] = {
    TDM_ATTR_PERSISTENCE,     TDM_ATTR_PARTITION_KEY, TDM_ATTR_PARTITION_OF,
    TDM_ATTR_PARTITION_BOUND, TDM_ATTR_INHERITS,      TDM_ATTR_OF_TYPE,
    TDM_ATTR_ACCESS_METHOD,   TDM_ATTR_RLS,           TDM_ATTR_RLS_FORCED,
    TDM_ATTR_REPLICA_IDENTITY, TDM_ATTR_CLUSTER,      TDM_ATTR_OPTIONS,
    TDM_ATTR_TABLESPACE,      TDM_ATTR_COMMENT,
};

static const char relations_sql[] =
    "SELECT c.oid::text, NULL, n.nspname, c.relname, c.relkind::text,"
    " CASE c.relpersistence WHEN 'u' THEN 'unlogged' WHEN 't' THEN 'temporary' END,"
    " CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END,"
    " CASE WHEN c.relispartition THEN (SELECT " TDM_LIVE_REF("pn", "p")
    " FROM pg_inherits h JOIN pg_class p ON p.oid = h.inhparent"
    " JOIN pg_namespace pn ON pn.oid = p.relnamespace WHERE h.inhrelid = c.oid) END,"
    " CASE WHEN c.relispartition THEN pg_get_expr(c.relpartbound, c.oid) END,"
    " CASE WHEN NOT c.relispartition THEN (SELECT string_agg(" TDM_LIVE_QUOTED_REF("pn", "p")
    ", ', ' ORDER BY h.inhseqno) FROM pg_inherits h JOIN pg_class p ON p.oid = h.inhparent"
    " JOIN pg_namespace pn ON pn.oid = p.relnamespace WHERE h.inhrelid = c.oid) END,"
    " CASE WHEN c.reloftype <> 0 THEN format_type(c.reloftype, NULL) END,"
    " CASE WHEN c.relkind IN ('r', 'm') THEN nullif(am.amname, 'heap') END,"
    " CASE WHEN c.relrowsecurity THEN 'yes' END, CASE WHEN c.relforcerowsecurity THEN 'yes' END,"
    " CASE c.relreplident WHEN 'f' THEN 'FULL' WHEN 'n' THEN 'NOTHING' WHEN 'i' THEN"
    " (SELECT 'index ' || x.relname FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid"
    " WHERE i.indrelid = c.oid AND i.indisreplident) END,"
    " (SELECT x.relname FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid"
    " WHERE i.indrelid = c.oid AND i.indisclustered),"
    " " TDM_LIVE_OPTIONS("c.reloptions") ","
    " (SELECT s.spcname FROM pg_tablespace s WHERE s.oid = c.reltablespace), d.description"
    " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    " LEFT JOIN pg_am am ON am.oid = c.relam" TDM_LIVE_COMMENT("pg_class", "c.oid")
    " WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND {scope} AND "
    TDM_LIVE_OWN("pg_class", "c.oid") " ORDER BY c.oid";

static tdm_kind kind_of(tdm_text relkind)
{
    switch (relkind.data[0]) {
    case 'v':
        return TDM_KIND_VIEW;
    case 'm':
        return TDM_KIND_MATERIALIZED_VIEW;
    case 'f':
        return TDM_KIND_FOREIGN_TABLE;
    default:
        return TDM_KIND_TABLE;
    }
}

static void make(tdm_live *live, const tdm_db_result *rows, size_t row)
{
    tdm_text relkind = tdm_db_at(rows, row, KIND)->text;
    tdm_key key = {
        .kind = kind_of(relkind),
        .schema = tdm_live_text(live, rows, row, TDM_LIVE_SCHEMA),
        .name = tdm_live_text(live, rows, row, TDM_LIVE_NAME),
    };
    tdm_object *object = tdm_catalog_put(live->catalog, &key, TDM_NOWHERE);

    if (!object ||
        !tdm_map_put(&live->relations, tdm_live_text(live, rows, row, TDM_LIVE_OID), object))
        return;
    object->partitioned = relkind.data[0] == 'p';
    for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++)
        tdm_live_set(live, object, attributes[i], tdm_live_text(live, rows, row, FIRST + i));
}

tdm_status tdm_live_read_relations(tdm_live *live)
{
    tdm_db_result rows;

    if (tdm_live_ask(live, relations_sql, &rows) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < rows.row_count; i++)
        make(live, &rows, i);
    return tdm_arena_ok(live->arena) ? TDM_OK : tdm_fail_memory(live->err);
}
