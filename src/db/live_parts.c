// The pieces of the live reader's queries that are not the same everywhere.
#include "db/live_reader.h"

#include "base/limits.h"
#include "catalog/platform.h"
#include "sql/quote.h"

#include <string.h>

enum {
    SCOPE_MAXIMUM = 1 << 20, // bytes of the list of schemas
    QUERY_MAXIMUM = 2 << 20,
};

// What PostgreSQL has since when. Every query that differs between versions 14 and 18 differs by
// these pieces alone.
static const struct part {
    const char *name;
    int since; // server_version_num
    const char *there;
    const char *before;
} parts[] = {
    // Null treatment of unique indexes, columns of ON DELETE SET NULL: release notes of 15.
    {"nulls_not_distinct", 150000, "i.indnullsnotdistinct", "false"},
    {"delete_columns", 150000, "k.confdelsetcols", "NULL::smallint[]"},
    {"view_check_option", 140000, "c.reloptions", "c.reloptions"},
    {"publication_schemas", 150000,
     "(SELECT string_agg(pg_catalog.quote_ident(s.nspname), ', ' ORDER BY s.nspname COLLATE \"C\")"
     " FROM pg_catalog.pg_publication_namespace m JOIN pg_catalog.pg_namespace s"
     " ON s.oid = m.pnnspid WHERE m.pnpubid = p.oid)",
     "NULL"},
    // Constraints that are not enforced, and periods: release notes of 18.
    {"not_enforced", 180000, "NOT k.conenforced", "false"},
    {"period", 180000, "k.conperiod", "false"},
};

static void put_part(const tdm_live *live, tdm_buffer *out, tdm_text name)
{
    if (tdm_text_is(name, "scope")) {
        tdm_buffer_put(out, live->scope);
        return;
    }
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (!tdm_text_is(name, parts[i].name))
            continue;
        tdm_buffer_puts(out, live->version >= parts[i].since ? parts[i].there : parts[i].before);
        return;
    }
    out->failed = true;
}

tdm_text tdm_live_fill(const tdm_live *live, const char *sql)
{
    tdm_buffer out = TDM_BUFFER_INIT(QUERY_MAXIMUM);
    const char *open = strchr(sql, '{');

    while (open) {
        const char *close = strchr(open, '}');
        if (!close)
            break;
        tdm_buffer_put(&out, (tdm_text){sql, (size_t)(open - sql)});
        put_part(live, &out, (tdm_text){open + 1, (size_t)(close - open - 1)});
        sql = close + 1;
        open = strchr(sql, '{');
    }
    tdm_buffer_puts(&out, sql);
    return tdm_buffer_take(&out, live->answer);
}

tdm_text tdm_live_scope(tdm_arena *arena, const tdm_live_options *options)
{
    tdm_buffer out = TDM_BUFFER_INIT(SCOPE_MAXIMUM);
    const char *const *platform;
    size_t platform_count = tdm_platform_schemas(&platform);

    // Temporary and toast schemas begin with pg_ as well; nobody else's may.
    tdm_buffer_puts(&out, "(n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'");
    if (options->schema_count) {
        tdm_buffer_puts(&out, " AND n.nspname IN (");
        for (size_t i = 0; i < options->schema_count; i++) {
            tdm_buffer_puts(&out, i ? ", " : "");
            tdm_sql_put_literal(&out, options->schemas[i]);
        }
        tdm_buffer_putc(&out, ')');
    } else if (!options->all_schemas) {
        tdm_buffer_puts(&out, " AND n.nspname NOT IN (");
        for (size_t i = 0; i < platform_count; i++) {
            tdm_buffer_puts(&out, i ? ", " : "");
            tdm_sql_put_literal(&out, tdm_text_of(platform[i]));
        }
        tdm_buffer_putc(&out, ')');
    }
    tdm_buffer_putc(&out, ')');
    return tdm_buffer_take(&out, arena);
}
