#include "plan/journal_proof.h"

#include "sql/quote.h"

// An element is "class:oid:sub:name"; the name is for people, but for an index, whose oid a REINDEX
// changes: it is known by its table, its columns and its name.
#define CLASS_OF "pg_catalog.split_part(m, ':', 1)"
#define OID_OF "pg_catalog.split_part(m, ':', 2)::pg_catalog.oid"
#define SUB_OF "pg_catalog.split_part(m, ':', 3)"
#define NAME_OF "pg_catalog.regexp_replace(m, '^([^:]*:){3}', '')"

#define INDEX_KEY                                                                                  \
    "pg_catalog.concat_ws('/', x.indkey, x.indclass, x.indisunique), c.relname) "                  \
    "FROM pg_catalog.pg_index x JOIN pg_catalog.pg_class c ON c.oid = x.indexrelid "
// An index of a partitioned table may be waiting for those of its partitions.
#define INDEX_WHOLE "(x.indisvalid OR c.relkind = 'I')"

#define BY_THIS(alias) alias ".xmin = (SELECT written FROM this)"
// The other relations are found as what they belong to.
#define OF_PEOPLE(alias) alias ".relkind NOT IN ('i', 'I', 't')"

// Catalogs whose rows are looked at.
static const struct catalog {
    const char *name;
    const char *oid;
    const char *sub; // NULL: none
    const char *when;
    const char *plain; // its name, where pg_describe_object does not know the catalog
} catalogs[] = {
    {"pg_namespace", "c.oid", NULL, "", NULL},
    {"pg_class", "c.oid", NULL, " AND " OF_PEOPLE("c"), NULL},
    {"pg_attribute", "c.attrelid", "c.attnum",
     " AND c.attnum > 0 AND NOT c.attisdropped AND EXISTS (SELECT FROM pg_catalog.pg_class r "
     "WHERE r.oid = c.attrelid AND " OF_PEOPLE("r") ")",
     NULL},
    {"pg_attrdef", "c.oid", NULL, "", NULL},
    {"pg_constraint", "c.oid", NULL, "", NULL},
    {"pg_trigger", "c.oid", NULL, " AND NOT c.tgisinternal", NULL},
    {"pg_policy", "c.oid", NULL, "", NULL},
    {"pg_type", "c.oid", NULL, " AND c.typrelid = 0 AND c.typcategory <> 'A'", NULL},
    {"pg_enum", "c.oid", NULL, "", "'label ' || c.enumlabel"},
    {"pg_proc", "c.oid", NULL, "", NULL},
    {"pg_extension", "c.oid", NULL, "", NULL},
    {"pg_statistic_ext", "c.oid", NULL, "", NULL},
    {"pg_event_trigger", "c.oid", NULL, "", NULL},
    {"pg_publication", "c.oid", NULL, "", NULL},
};

enum {
    CATALOGS = sizeof catalogs / sizeof *catalogs,
};

const tdm_named_kind tdm_named[] = {
    {"DATABASE",
     "EXISTS (SELECT FROM pg_catalog.pg_database WHERE datname::pg_catalog.text = j.object)"},
    {"TABLESPACE",
     "EXISTS (SELECT FROM pg_catalog.pg_tablespace WHERE spcname::pg_catalog.text = j.object)"},
    {"SUBSCRIPTION",
     "EXISTS (SELECT FROM pg_catalog.pg_subscription WHERE subname::pg_catalog.text = j.object)"},
};
const size_t tdm_named_count = sizeof tdm_named / sizeof *tdm_named;

void tdm_put_proof_histories(tdm_buffer *sql, const tdm_version_table *alembic)
{
    if (!alembic) {
        tdm_buffer_puts(sql, "NULL::pg_catalog.text");
        return;
    }
    tdm_buffer_puts(sql, "(SELECT COALESCE(pg_catalog.string_agg(pg_catalog.concat_ws("
                         "':', a.version_num, a.xmin), ',' ORDER BY a.version_num "
                         "COLLATE pg_catalog.\"C\"), '') FROM ");
    tdm_put_alembic_table(sql, alembic);
    tdm_buffer_puts(sql, " AS a)");
}

// --- What is made --------------------------------------------------------------------------------

static void put_made_in(tdm_buffer *sql, const struct catalog *catalog)
{
    const char *sub = catalog->sub ? catalog->sub : "0";
    const char *of = catalog->sub ? "pg_class" : catalog->name; // a column is a part of its table
    tdm_buffer_putf(sql, "SELECT pg_catalog.concat_ws(':', '%s', %s, %s, ", catalog->name,
                    catalog->oid, sub);
    if (catalog->plain)
        tdm_buffer_puts(sql, catalog->plain);
    else
        tdm_buffer_putf(sql,
                        "pg_catalog.pg_describe_object('pg_catalog.%s'::pg_catalog.regclass, %s, "
                        "%s)",
                        of, catalog->oid, sub);
    tdm_buffer_putf(sql, ") FROM pg_catalog.%s c WHERE " BY_THIS("c") "%s UNION ALL ",
                    catalog->name, catalog->when);
}

void tdm_put_proof_made(tdm_buffer *sql)
{
    // A catalog holds the lower half of a transaction's number.
    tdm_buffer_puts(sql, "ARRAY(WITH this AS (SELECT (pg_catalog.txid_current() % 4294967296)"
                         "::pg_catalog.text::pg_catalog.xid AS written) ");
    for (size_t i = 0; i < CATALOGS; i++)
        put_made_in(sql, &catalogs[i]);
    tdm_buffer_puts(sql, "SELECT pg_catalog.concat_ws(':', 'index', x.indrelid, " INDEX_KEY
                         "JOIN pg_catalog.pg_class r ON r.oid = x.indrelid "
                         "WHERE " OF_PEOPLE("r") " AND " BY_THIS("x") ")");
}

// In the journal an object is a name that is looked up, or the name itself (judge.c).
static const char outside_index[] =
    "SELECT pg_catalog.concat_ws(':', 'index', x.indrelid, " INDEX_KEY
    "WHERE x.indexrelid = pg_catalog.to_regclass(j.object) "
    "AND j.command = 'CREATE INDEX CONCURRENTLY'";

void tdm_put_proof_outside(tdm_buffer *sql)
{
    tdm_buffer_putf(sql,
                    "ARRAY(%s UNION ALL SELECT 'gone:0:0:' || j.object "
                    "WHERE j.command = 'DROP INDEX CONCURRENTLY' AND j.object IS NOT NULL)",
                    outside_index);
}

void tdm_put_proof_before(tdm_buffer *sql)
{
    tdm_buffer_puts(sql, "ARRAY(SELECT 'before:0:0:' || j.object WHERE CASE j.command "
                         "WHEN 'CREATE INDEX CONCURRENTLY' THEN "
                         "pg_catalog.to_regclass(j.object) IS NOT NULL");
    for (size_t i = 0; i < tdm_named_count; i++)
        tdm_buffer_putf(sql, " WHEN 'CREATE %s' THEN %s", tdm_named[i].what, tdm_named[i].there);
    tdm_buffer_puts(sql, " ELSE false END)");
}

// --- What is there -------------------------------------------------------------------------------

static void put_there(tdm_buffer *sql)
{
    tdm_buffer_puts(sql, "CASE " CLASS_OF);
    for (size_t i = 0; i < CATALOGS; i++) {
        const struct catalog *catalog = &catalogs[i];
        tdm_buffer_putf(sql,
                        " WHEN '%s' THEN EXISTS (SELECT FROM pg_catalog.%s c WHERE %s = " OID_OF,
                        catalog->name, catalog->name, catalog->oid);
        if (catalog->sub)
            tdm_buffer_putf(sql, " AND %s = " SUB_OF "::pg_catalog.int2 AND NOT c.attisdropped",
                            catalog->sub);
        tdm_buffer_puts(sql, ")");
    }
    tdm_buffer_puts(sql,
                    " WHEN 'index' THEN EXISTS (SELECT FROM pg_catalog.pg_index x "
                    "JOIN pg_catalog.pg_class c ON c.oid = x.indexrelid WHERE x.indrelid = " OID_OF
                    " AND " INDEX_WHOLE " AND c.relname = " NAME_OF
                    " AND pg_catalog.concat_ws('/', x.indkey, x.indclass, x.indisunique) = " SUB_OF
                    ") WHEN 'gone' THEN pg_catalog.to_regclass(" NAME_OF ") IS NULL "
                    "ELSE true END");
}

void tdm_put_proof_kept(tdm_buffer *sql)
{
    tdm_buffer_puts(sql, "ARRAY(SELECT m FROM pg_catalog.unnest(j.made) AS m WHERE ");
    put_there(sql);
    tdm_buffer_puts(sql, ")");
}

void tdm_put_proof_lost(tdm_buffer *sql)
{
    tdm_buffer_puts(sql, "(SELECT CASE " CLASS_OF " WHEN 'index' THEN 'index ' WHEN 'gone' THEN "
                         "'the end of index ' ELSE '' END || " NAME_OF
                         " FROM pg_catalog.unnest(j.made) AS m WHERE NOT ");
    put_there(sql);
    tdm_buffer_puts(sql,
                    " AND NOT EXISTS (SELECT FROM tandem.journal s WHERE s.migration = j.migration "
                    "AND s.state IN ('running', 'failed') AND (s.command, " CLASS_OF ") IN ("
                    "('DROP INDEX CONCURRENTLY', 'index'), ('CREATE INDEX CONCURRENTLY', 'gone'), "
                    "('DETACH PARTITION CONCURRENTLY', 'pg_constraint'), "
                    "('DETACH PARTITION CONCURRENTLY', 'pg_trigger'))) LIMIT 1)");
}
