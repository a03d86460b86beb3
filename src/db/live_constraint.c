// Constraints of tables, and indexes that are not a constraint's own.
#include "db/live_reader.h"

#include "db/live_sql.h"

// A key of an index as pg_get_indexdef prints it: the column or expression, then what is not at its
// default (ruleutils.c, pg_get_indexdef_worker). Operator classes of extensions are named without
// schema, as types are. Bits of indoption: 1 DESC, 2 NULLS FIRST.
#define KEY_SQL                                                                                    \
    "pg_get_indexdef(i.indexrelid, kp.place::int, false)"                                          \
    " || coalesce((SELECT ' COLLATE ' || CASE WHEN ln.nspname IN ('pg_catalog', 'public') THEN ''" \
    " ELSE quote_ident(ln.nspname) || '.' END || quote_ident(l.collname)"                          \
    " FROM pg_collation l JOIN pg_namespace ln ON ln.oid = l.collnamespace"                        \
    " WHERE l.oid = i.indcollation[kp.place - 1] AND l.oid IS DISTINCT FROM coalesce("             \
    "(SELECT ca.attcollation FROM pg_attribute ca WHERE ca.attrelid = i.indrelid"                  \
    " AND ca.attnum = i.indkey[kp.place - 1] AND ca.attnum > 0), 100)), '')"                       \
    " || (SELECT CASE WHEN o.opcdefault AND xa.attoptions IS NULL THEN '' ELSE"                    \
    " ' ' || CASE WHEN o_n.nspname IN ('pg_catalog', 'public') OR EXISTS (SELECT FROM pg_depend"   \
    " e WHERE e.classid = 'pg_opclass'::regclass AND e.objid = o.oid AND e.deptype = 'e')"         \
    " THEN '' ELSE quote_ident(o_n.nspname) || '.' END || quote_ident(o.opcname)"                  \
    " || coalesce('(' || array_to_string(xa.attoptions, ', ') || ')', '') END"                     \
    " FROM pg_opclass o JOIN pg_namespace o_n ON o_n.oid = o.opcnamespace,"                        \
    " pg_attribute xa WHERE o.oid = i.indclass[kp.place - 1]"                                      \
    " AND xa.attrelid = i.indexrelid AND xa.attnum = kp.place)"                                    \
    " || CASE i.indoption[kp.place - 1] WHEN 0 THEN '' WHEN 1 THEN ' DESC NULLS LAST'"             \
    " WHEN 2 THEN ' NULLS FIRST' ELSE ' DESC' END"

#define KEYS_SQL(key)                                                                              \
    "(SELECT string_agg(" key ", ', ' ORDER BY kp.place)"                                          \
    " FROM generate_series(1, i.indnkeyatts) kp(place))"

// Columns behind the keys.
#define INCLUDE_SQL                                                                                \
    "(SELECT string_agg(quote_ident(ia.attname), ', ' ORDER BY ip.place)"                          \
    " FROM generate_series(i.indnkeyatts + 1, i.indnatts) ip(place) JOIN pg_attribute ia"          \
    " ON ia.attrelid = i.indrelid AND ia.attnum = i.indkey[ip.place - 1])"

#define ACTION_SQL(column)                                                                         \
    "CASE " column " WHEN 'r' THEN 'RESTRICT' WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL'"    \
    " WHEN 'd' THEN 'SET DEFAULT' END"

static const tdm_attribute constraint_attributes[] = {
    TDM_ATTR_FORM,       TDM_ATTR_COLUMNS,     TDM_ATTR_METHOD,     TDM_ATTR_KEYS,
    TDM_ATTR_INCLUDE,    TDM_ATTR_REFERENCES,  TDM_ATTR_REFERENCED, TDM_ATTR_MATCH,
    TDM_ATTR_ON_DELETE,  TDM_ATTR_ON_UPDATE,   TDM_ATTR_EXPRESSION, TDM_ATTR_PREDICATE,
    TDM_ATTR_DEFERRABLE, TDM_ATTR_NOT_VALID,   TDM_ATTR_NO_INHERIT, TDM_ATTR_NULLS_NOT_DISTINCT,
    TDM_ATTR_OPTIONS,    TDM_ATTR_TABLESPACE,  TDM_ATTR_INHERITED,  TDM_ATTR_COMMENT,
};

// Constraints of kind t stand for constraint triggers; those of kind n (from 18 on) are the
// nullability of a column.
static const tdm_live_family constraints = {
    .kind = TDM_KIND_CONSTRAINT,
    .sql =
        "SELECT k.oid::text, k.conrelid::text, n.nspname, k.conname,"
        " CASE k.contype WHEN 'p' THEN 'PRIMARY KEY' WHEN 'u' THEN 'UNIQUE' WHEN 'f' THEN"
        " 'FOREIGN KEY' WHEN 'c' THEN 'CHECK' WHEN 'x' THEN 'EXCLUDE' END,"
        " CASE WHEN k.contype IN ('p', 'u', 'f') THEN " TDM_LIVE_COLUMNS("k.conrelid", "k.conkey")
        " END, CASE WHEN k.contype = 'x' THEN nullif(am.amname, 'btree') END,"
        " CASE WHEN k.contype = 'x' THEN " KEYS_SQL(KEY_SQL
        " || ' WITH ' || (SELECT xo.oprname FROM pg_operator xo"
        " WHERE xo.oid = k.conexclop[kp.place])") " END,"
        " CASE WHEN k.contype IN ('p', 'u', 'x') THEN " INCLUDE_SQL " END,"
        " CASE WHEN k.contype = 'f' THEN (SELECT " TDM_LIVE_REF("rn", "r")
        " FROM pg_class r JOIN pg_namespace rn ON rn.oid = r.relnamespace"
        " WHERE r.oid = k.confrelid) END,"
        " CASE WHEN k.contype = 'f' THEN " TDM_LIVE_COLUMNS("k.confrelid", "k.confkey") " END,"
        " CASE WHEN k.contype = 'f' AND k.confmatchtype = 'f' THEN 'FULL' END,"
        " CASE WHEN k.contype = 'f' THEN " ACTION_SQL("k.confdeltype") " || coalesce(' (' || "
        TDM_LIVE_COLUMNS("k.conrelid", "{delete_columns}") " || ')', '') END,"
        " CASE WHEN k.contype = 'f' THEN " ACTION_SQL("k.confupdtype") " END,"
        " CASE WHEN k.contype = 'c' THEN pg_get_expr(k.conbin, k.conrelid) END,"
        " CASE WHEN k.contype = 'x' THEN pg_get_expr(i.indpred, i.indrelid) END,"
        " CASE WHEN k.condeferred THEN 'INITIALLY DEFERRED' WHEN k.condeferrable"
        " THEN 'DEFERRABLE' END, CASE WHEN NOT k.convalidated THEN 'yes' END,"
        " CASE WHEN k.contype = 'c' AND k.connoinherit THEN 'yes' END,"
        " CASE WHEN k.contype = 'u' AND {nulls_not_distinct} THEN 'yes' END,"
        " " TDM_LIVE_OPTIONS("x.reloptions") ","
        " (SELECT s.spcname FROM pg_tablespace s WHERE s.oid = x.reltablespace),"
        " CASE WHEN k.coninhcount > 0 AND NOT k.conislocal THEN 'yes' END, d.description"
        " FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid"
        " JOIN pg_namespace n ON n.oid = c.relnamespace"
        " LEFT JOIN pg_index i ON i.indexrelid = k.conindid AND k.contype IN ('p', 'u', 'x')"
        " LEFT JOIN pg_class x ON x.oid = i.indexrelid LEFT JOIN pg_am am ON am.oid = x.relam"
        TDM_LIVE_COMMENT("pg_constraint", "k.oid")
        " WHERE k.contype IN ('p', 'u', 'f', 'c', 'x') AND {scope} AND "
        TDM_LIVE_OWN("pg_class", "c.oid") " ORDER BY k.oid",
    .attributes = constraint_attributes,
    .attribute_count = sizeof constraint_attributes / sizeof *constraint_attributes,
};

static const tdm_attribute index_attributes[] = {
    TDM_ATTR_METHOD,  TDM_ATTR_UNIQUE,       TDM_ATTR_KEYS,
    TDM_ATTR_INCLUDE, TDM_ATTR_PREDICATE,    TDM_ATTR_NULLS_NOT_DISTINCT,
    TDM_ATTR_OPTIONS, TDM_ATTR_TABLESPACE,   TDM_ATTR_PARTITION_OF,
    TDM_ATTR_COMMENT,
};

static const tdm_live_family indexes = {
    .kind = TDM_KIND_INDEX,
    .sql = "SELECT x.oid::text, i.indrelid::text, n.nspname, x.relname,"
           " nullif(am.amname, 'btree'), CASE WHEN i.indisunique THEN 'yes' END,"
           " " KEYS_SQL(KEY_SQL) ", " INCLUDE_SQL ", pg_get_expr(i.indpred, i.indrelid),"
           " CASE WHEN {nulls_not_distinct} THEN 'yes' END, " TDM_LIVE_OPTIONS("x.reloptions") ","
           " (SELECT s.spcname FROM pg_tablespace s WHERE s.oid = x.reltablespace),"
           " (SELECT " TDM_LIVE_REF("pn", "p") " FROM pg_inherits h JOIN pg_class p"
           " ON p.oid = h.inhparent JOIN pg_namespace pn ON pn.oid = p.relnamespace"
           " WHERE h.inhrelid = x.oid), d.description"
           " FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid"
           " JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = x.relnamespace"
           " JOIN pg_am am ON am.oid = x.relam" TDM_LIVE_COMMENT("pg_class", "x.oid")
           " WHERE {scope} AND NOT EXISTS (SELECT FROM pg_constraint k"
           " WHERE k.conindid = x.oid AND k.contype IN ('p', 'u', 'x')) AND "
           TDM_LIVE_OWN("pg_class", "c.oid") " ORDER BY x.oid",
    .attributes = index_attributes,
    .attribute_count = sizeof index_attributes / sizeof *index_attributes,
};

tdm_status tdm_live_read_constraints(tdm_live *live)
{
    if (tdm_live_family_read(live, &constraints) != TDM_OK)
        return TDM_FAILED;
    return tdm_live_family_read(live, &indexes);
}
