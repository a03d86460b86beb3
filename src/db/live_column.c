// Columns of tables and of what looks like one.
#include "db/live_reader.h"

#include "base/error.h"
#include "base/text.h"

enum {
    RELATION,
    NAME,
    TYPE,
    IS_BUILTIN,
    NOT_NULL,
    EXPRESSION,
    IDENTITY,
    GENERATED,
    FIRST, // of the attributes
};

static const tdm_attribute attributes[] = {
    TDM_ATTR_STORAGE,   TDM_ATTR_COMPRESSION, TDM_ATTR_STATISTICS, TDM_ATTR_COLLATION,
    TDM_ATTR_INHERITED, TDM_ATTR_COMMENT,     TDM_ATTR_GRANTS,
};

static const char columns_sql[] =
    "SELECT a.attrelid::text, a.attname, {type t a.atttypmod},"
    " CASE WHEN tn.nspname = 'pg_catalog' THEN 'yes' END,"
    " CASE WHEN a.attnotnull THEN 'yes' END, pg_get_expr(f.adbin, f.adrelid),"
    " a.attidentity::text, a.attgenerated::text,"
    " CASE WHEN a.attstorage <> t.typstorage THEN CASE a.attstorage WHEN 'p' THEN 'PLAIN'"
    " WHEN 'e' THEN 'EXTERNAL' WHEN 'x' THEN 'EXTENDED' WHEN 'm' THEN 'MAIN' END END,"
    " CASE a.attcompression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END,"
    " CASE WHEN a.attstattarget >= 0 THEN a.attstattarget::text END,"
    " CASE WHEN a.attcollation <> t.typcollation THEN (SELECT CASE WHEN ln.nspname IN"
    " ('pg_catalog', 'public') THEN l.collname ELSE ln.nspname || '.' || l.collname END"
    " FROM pg_collation l JOIN pg_namespace ln ON ln.oid = l.collnamespace"
    " WHERE l.oid = a.attcollation) END,"
    " CASE WHEN a.attinhcount > 0 AND NOT a.attislocal THEN 'yes' END, d.description, {grants "
    "a.attacl}"
    " FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
    " JOIN pg_namespace n ON n.oid = c.relnamespace"
    " JOIN pg_type t ON t.oid = a.atttypid JOIN pg_namespace tn ON tn.oid = t.typnamespace"
    " LEFT JOIN pg_attrdef f ON f.adrelid = a.attrelid AND f.adnum = a.attnum"
    " LEFT JOIN pg_description d ON d.classoid = 'pg_class'::regclass AND d.objoid = a.attrelid"
    " AND d.objsubid = a.attnum"
    " WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'v', 'm', 'f')"
    " AND {scope} ORDER BY a.attrelid, a.attnum";

static bool is_yes(const tdm_db_result *rows, size_t row, size_t column)
{
    return !tdm_db_at(rows, row, column)->is_null;
}

static char letter(const tdm_db_result *rows, size_t row, size_t column)
{
    tdm_text text = tdm_db_at(rows, row, column)->text;

    return text.size ? text.data[0] : '\0';
}

static void set_generation(tdm_live *live, tdm_column *column, const tdm_db_result *rows,
                           size_t row)
{
    tdm_text expression = tdm_live_text(live, rows, row, EXPRESSION);
    char identity = letter(rows, row, IDENTITY);

    if (identity)
        column->generated =
            identity == 'a' ? TDM_TEXT("ALWAYS AS IDENTITY") : TDM_TEXT("BY DEFAULT AS IDENTITY");
    else if (letter(rows, row, GENERATED))
        tdm_column_set_generated(live->catalog, column, expression);
    else if (expression.size)
        tdm_column_set_default(live->catalog, column, expression);
}

static void set_attributes(tdm_live *live, tdm_column *column, const tdm_db_result *rows,
                           size_t row)
{
    for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++) {
        tdm_value value = {.text = tdm_live_text(live, rows, row, FIRST + i)};
        if (attributes[i] == TDM_ATTR_GRANTS)
            value = tdm_live_grants(live, TDM_KIND_COLUMN, (tdm_text){NULL, 0}, value.text);
        tdm_attributes_set(live->catalog, &column->attributes, attributes[i], value, TDM_NOWHERE);
    }
}

static void add(tdm_live *live, tdm_object *relation, const tdm_db_result *rows, size_t row)
{
    tdm_text type = tdm_live_text(live, rows, row, TYPE);
    tdm_column *column = tdm_object_add_column(live->catalog, relation,
                                               (tdm_column){
                                                   .name = tdm_live_text(live, rows, row, NAME),
                                                   .type = tdm_live_type(live, type),
                                                   .written_type = type,
                                                   .plain_type = is_yes(rows, row, IS_BUILTIN),
                                                   .not_null = is_yes(rows, row, NOT_NULL),
                                               });

    if (!column)
        return;
    set_generation(live, column, rows, row);
    set_attributes(live, column, rows, row);
}

tdm_status tdm_live_read_columns(tdm_live *live)
{
    tdm_db_result rows;

    if (tdm_live_ask(live, tdm_text_of(columns_sql), &rows) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < rows.row_count; i++) {
        // Relations of extensions have columns and are not listed.
        tdm_object *relation = tdm_live_relation(live, &rows, i, RELATION);
        if (relation)
            add(live, relation, &rows, i);
    }
    return tdm_arena_ok(live->arena) ? TDM_OK : tdm_fail_memory(live->err);
}
