// What belongs to the database rather than to a schema: extensions, publications; and kinds of
// which only the existence is read.
#include "db/live_reader.h"

static const tdm_live_field extension_fields[] = {
    {TDM_ATTR_IN_SCHEMA, "nullif(en.nspname, 'public')"},
    {TDM_ATTR_COMMENT, "d.description"},
};

// Every extension is listed, wherever it is installed; plpgsql is there from the beginning.
static const tdm_live_family extensions = {
    .kind = TDM_KIND_EXTENSION,
    .oid = "x.oid",
    .name = "x.extname",
    .no_schema = true,
    .everywhere = true,
    .fields = extension_fields,
    .field_count = sizeof extension_fields / sizeof *extension_fields,
    .from = "pg_extension x JOIN pg_namespace en ON en.oid = x.extnamespace"
            " {comment_of pg_extension x.oid}",
    .where = "x.extname <> 'plpgsql'",
};

static const tdm_live_field publication_fields[] = {
    {TDM_ATTR_OWNER, "pg_get_userbyid(p.pubowner)"},
    {TDM_ATTR_FORM, "CASE WHEN p.puballtables THEN 'ALL TABLES' END"},
    {TDM_ATTR_TABLES,
     "(SELECT string_agg({quoted_ref rn r}, ', ' ORDER BY {quoted_ref rn r} COLLATE \"C\")"
     " FROM pg_publication_rel pr JOIN pg_class r ON r.oid = pr.prrelid"
     " JOIN pg_namespace rn ON rn.oid = r.relnamespace WHERE pr.prpubid = p.oid)"},
    {TDM_ATTR_SCHEMAS, "{published_schemas}"},
    {TDM_ATTR_OPTIONS,
     "nullif(concat_ws(', ', nullif('publish=' || concat_ws(', ',"
     " CASE WHEN p.pubinsert THEN 'insert' END, CASE WHEN p.pubupdate THEN 'update' END,"
     " CASE WHEN p.pubdelete THEN 'delete' END, CASE WHEN p.pubtruncate THEN 'truncate' END),"
     " 'publish=insert, update, delete, truncate'),"
     " CASE WHEN p.pubviaroot THEN 'publish_via_partition_root=true' END), '')"},
    {TDM_ATTR_COMMENT, "d.description"},
};

static const tdm_live_family publications = {
    .kind = TDM_KIND_PUBLICATION,
    .oid = "p.oid",
    .name = "p.pubname",
    .no_schema = true,
    .everywhere = true,
    .fields = publication_fields,
    .field_count = sizeof publication_fields / sizeof *publication_fields,
    .from = "pg_publication p {comment_of pg_publication p.oid}",
    .where = "{own pg_publication p.oid}",
};

// A kind of which little is read; the catalogs name their columns alike.
#define NAMED(of_kind, catalog, prefix, list)                                                      \
    {                                                                                              \
        .kind = (of_kind), .oid = "o.oid", .name = "o." prefix "name", .fields = (list),           \
        .field_count = sizeof(list) / sizeof *(list),                                              \
        .from = catalog " o JOIN pg_namespace n ON n.oid = o." prefix                              \
                        "namespace {comment_of " catalog " o.oid}",                                \
        .where = "{own " catalog " o.oid}",                                                        \
    }

static const tdm_live_field collation_fields[] = {
    {TDM_ATTR_OWNER, "pg_get_userbyid(o.collowner)"},
    {TDM_ATTR_COMMENT, "d.description"},
};

static const tdm_live_field statistics_fields[] = {
    {TDM_ATTR_OWNER, "pg_get_userbyid(o.stxowner)"},
    {TDM_ATTR_COMMENT, "d.description"},
};

static const tdm_live_field configuration_fields[] = {
    {TDM_ATTR_OWNER, "pg_get_userbyid(o.cfgowner)"},
    {TDM_ATTR_COMMENT, "d.description"},
};

static const tdm_live_field dictionary_fields[] = {
    {TDM_ATTR_OWNER, "pg_get_userbyid(o.dictowner)"},
    {TDM_ATTR_TEMPLATE,
     "(SELECT CASE WHEN tn.nspname IN ('public', 'pg_catalog') THEN '' ELSE tn.nspname || '.' END"
     " || tt.tmplname FROM pg_ts_template tt JOIN pg_namespace tn ON tn.oid = tt.tmplnamespace"
     " WHERE tt.oid = o.dicttemplate)"},
    {TDM_ATTR_DEFINITION, "o.dictinitoption"},
    {TDM_ATTR_COMMENT, "d.description"},
};

tdm_status tdm_live_read_others(tdm_live *live)
{
    static const tdm_live_family families[] = {
        NAMED(TDM_KIND_COLLATION, "pg_collation", "coll", collation_fields),
        NAMED(TDM_KIND_STATISTICS, "pg_statistic_ext", "stx", statistics_fields),
        NAMED(TDM_KIND_TEXT_SEARCH, "pg_ts_config", "cfg", configuration_fields),
        NAMED(TDM_KIND_DICTIONARY, "pg_ts_dict", "dict", dictionary_fields),
    };

    if (tdm_live_family_read(live, &extensions) != TDM_OK ||
        tdm_live_family_read(live, &publications) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < sizeof families / sizeof *families; i++)
        if (tdm_live_family_read(live, &families[i]) != TDM_OK)
            return TDM_FAILED;
    return TDM_OK;
}
