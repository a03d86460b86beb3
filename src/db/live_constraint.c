// Constraints of tables, and indexes that are not a constraint's own.
#include "db/live_reader.h"

// Constraints of kind t stand for constraint triggers; those of kind n (from 18 on) are the
// nullability of a column.
static const tdm_live_field constraint_fields[] = {
    {TDM_ATTR_FORM, "CASE k.contype WHEN 'p' THEN 'PRIMARY KEY' WHEN 'u' THEN 'UNIQUE'"
                    " WHEN 'f' THEN 'FOREIGN KEY' WHEN 'c' THEN 'CHECK' ELSE 'EXCLUDE' END"},
    {TDM_ATTR_METHOD, "CASE WHEN k.contype = 'x' THEN nullif(am.amname, 'btree') END"},
    {TDM_ATTR_COLUMNS,
     "CASE WHEN k.contype IN ('p', 'u', 'f') THEN {columns_of k.conrelid k.conkey} END"},
    {TDM_ATTR_KEYS, "CASE WHEN k.contype = 'x' THEN {excluded} END"},
    {TDM_ATTR_INCLUDE, "CASE WHEN k.contype IN ('p', 'u', 'x') THEN {included} END"},
    {TDM_ATTR_REFERENCES,
     "(SELECT {ref rn r} FROM pg_class r JOIN pg_namespace rn ON rn.oid = r.relnamespace"
     " WHERE k.contype = 'f' AND r.oid = k.confrelid)"},
    {TDM_ATTR_REFERENCED, "CASE WHEN k.contype = 'f' THEN {columns_of k.confrelid k.confkey} END"},
    {TDM_ATTR_MATCH, "CASE WHEN k.contype = 'f' AND k.confmatchtype = 'f' THEN 'FULL' END"},
    {TDM_ATTR_ON_DELETE, "CASE WHEN k.contype = 'f' THEN {action k.confdeltype} || coalesce(' (' ||"
                         " {deleted_columns} || ')', '') END"},
    {TDM_ATTR_ON_UPDATE, "CASE WHEN k.contype = 'f' THEN {action k.confupdtype} END"},
    {TDM_ATTR_EXPRESSION, "CASE WHEN k.contype = 'c' THEN pg_get_expr(k.conbin, k.conrelid) END"},
    {TDM_ATTR_PREDICATE, "CASE WHEN k.contype = 'x' THEN pg_get_expr(i.indpred, i.indrelid) END"},
    {TDM_ATTR_DEFERRABLE, "CASE WHEN k.condeferred THEN 'INITIALLY DEFERRED'"
                          " WHEN k.condeferrable THEN 'DEFERRABLE' END"},
    {TDM_ATTR_NOT_VALID, "CASE WHEN NOT k.convalidated THEN 'yes' END"},
    {TDM_ATTR_NO_INHERIT, "CASE WHEN k.contype = 'c' AND k.connoinherit THEN 'yes' END"},
    {TDM_ATTR_NULLS_NOT_DISTINCT,
     "CASE WHEN k.contype = 'u' AND {nulls_not_distinct} THEN 'yes' END"},
    {TDM_ATTR_OPTIONS, "{set_of x.reloptions}"},
    {TDM_ATTR_TABLESPACE, "{tablespace_of x.reltablespace}"},
    {TDM_ATTR_INHERITED, "CASE WHEN k.coninhcount > 0 AND NOT k.conislocal THEN 'yes' END"},
    {TDM_ATTR_COMMENT, "d.description"},
};

static const tdm_live_family constraints = {
    .kind = TDM_KIND_CONSTRAINT,
    .oid = "k.oid",
    .on = "k.conrelid",
    .name = "k.conname",
    .fields = constraint_fields,
    .field_count = sizeof constraint_fields / sizeof *constraint_fields,
    .from = "pg_constraint k JOIN pg_class c ON c.oid = k.conrelid"
            " JOIN pg_namespace n ON n.oid = c.relnamespace"
            " LEFT JOIN pg_index i ON i.indexrelid = k.conindid AND k.contype IN ('p', 'u', 'x')"
            " LEFT JOIN pg_class x ON x.oid = i.indexrelid LEFT JOIN pg_am am ON am.oid = x.relam"
            " {comment_of pg_constraint k.oid}",
    .where = "k.contype IN ('p', 'u', 'f', 'c', 'x') AND {own pg_class c.oid}",
};

static const tdm_live_field index_fields[] = {
    {TDM_ATTR_METHOD, "nullif(am.amname, 'btree')"},
    {TDM_ATTR_UNIQUE, "CASE WHEN i.indisunique THEN 'yes' END"},
    {TDM_ATTR_KEYS, "{keys}"},
    {TDM_ATTR_INCLUDE, "{included}"},
    {TDM_ATTR_PREDICATE, "pg_get_expr(i.indpred, i.indrelid)"},
    {TDM_ATTR_NULLS_NOT_DISTINCT, "CASE WHEN {nulls_not_distinct} THEN 'yes' END"},
    {TDM_ATTR_OPTIONS, "{set_of x.reloptions}"},
    {TDM_ATTR_TABLESPACE, "{tablespace_of x.reltablespace}"},
    {TDM_ATTR_PARTITION_OF, "(SELECT {ref pn p} FROM pg_inherits h"
                            " JOIN pg_class p ON p.oid = h.inhparent"
                            " JOIN pg_namespace pn ON pn.oid = p.relnamespace"
                            " WHERE h.inhrelid = x.oid)"},
    {TDM_ATTR_COMMENT, "d.description"},
};

static const tdm_live_family indexes = {
    .kind = TDM_KIND_INDEX,
    .oid = "x.oid",
    .on = "i.indrelid",
    .name = "x.relname",
    .fields = index_fields,
    .field_count = sizeof index_fields / sizeof *index_fields,
    .from = "pg_index i JOIN pg_class x ON x.oid = i.indexrelid"
            " JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = x.relnamespace"
            " JOIN pg_am am ON am.oid = x.relam {comment_of pg_class x.oid}",
    .where = "NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = x.oid"
             " AND k.contype IN ('p', 'u', 'x')) AND {own pg_class c.oid}",
};

tdm_status tdm_live_read_constraints(tdm_live *live)
{
    if (tdm_live_family_read(live, &constraints) != TDM_OK)
        return TDM_FAILED;
    return tdm_live_family_read(live, &indexes);
}
