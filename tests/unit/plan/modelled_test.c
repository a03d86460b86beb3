// docs/internals/modelled.md: for each kind of object whether the catalog knows it by its
// attributes, which these are, and whether a server is read for it. The page is made by replaying
// one sample of each kind, so that it says what the replay does.
#include "base/limits.h"
#include "db/live.h"
#include "replay/replay.h"
#include "sql/split.h"
#include "test.h"

#include "page.h"

typedef struct sample {
    tdm_kind kind;
    const char *sql;
} sample;

#define F "CREATE FUNCTION f(a int DEFAULT 1, OUT b text) RETURNS text LANGUAGE sql AS 'SELECT 1';"
#define T "CREATE TABLE t (a int, b text);"
#define GRANTED(what)                                                                              \
    "ALTER " what " OWNER TO alice; GRANT ALL ON " what " TO bob; COMMENT ON " what " IS 'x';"
#define SAID(what) "ALTER " what " OWNER TO alice; COMMENT ON " what " IS 'x';"

static const sample samples[] = {
    {TDM_KIND_SCHEMA, "CREATE SCHEMA app;" GRANTED("SCHEMA app")},
    {TDM_KIND_TABLE,
     "CREATE TYPE c AS (a int); CREATE TABLE p (a int) PARTITION BY LIST (a);"
     "CREATE TABLE q PARTITION OF p FOR VALUES IN (1); CREATE UNLOGGED TABLE u (a int)"
     " WITH (fillfactor = 70) TABLESPACE s; CREATE TABLE v (b int PRIMARY KEY) INHERITS (u);"
     "CREATE TABLE w OF c; CREATE TABLE x (a int) USING columnar;"
     "ALTER TABLE v ENABLE ROW LEVEL SECURITY; ALTER TABLE v FORCE ROW LEVEL SECURITY;"
     "ALTER TABLE v REPLICA IDENTITY FULL; ALTER TABLE v CLUSTER ON v_pkey;" GRANTED("TABLE v")},
    {TDM_KIND_COLUMN,
     "CREATE TABLE t (a int NOT NULL DEFAULT 1, b text COLLATE \"C\", c int GENERATED ALWAYS AS"
     " (a * 2) STORED); CREATE TABLE u () INHERITS (t); ALTER TABLE t ALTER b SET STORAGE PLAIN;"
     "ALTER TABLE t ALTER b SET COMPRESSION lz4; ALTER TABLE t ALTER b SET STATISTICS 9;"
     "ALTER TABLE t ALTER b SET (n_distinct = 5); COMMENT ON COLUMN t.b IS 'x';"
     "GRANT SELECT (b) ON t TO bob"},
    {TDM_KIND_CONSTRAINT,
     "CREATE TABLE t (a int PRIMARY KEY DEFERRABLE, b int, c int CHECK (c > 0) NO INHERIT,"
     " UNIQUE NULLS NOT DISTINCT (b) INCLUDE (c) WITH (fillfactor = 70) USING INDEX TABLESPACE s,"
     " EXCLUDE USING gist (c WITH =) WHERE (c > 1));"
     "ALTER TABLE t ADD FOREIGN KEY (b) REFERENCES t (a) MATCH FULL ON DELETE CASCADE"
     " ON UPDATE SET NULL NOT VALID; COMMENT ON CONSTRAINT t_pkey ON t IS 'x'"},
    {TDM_KIND_INDEX,
     T "CREATE UNIQUE INDEX i ON t USING btree (lower(b) DESC, a) INCLUDE (b) NULLS NOT DISTINCT"
       " WITH (fillfactor = 70) TABLESPACE s WHERE a > 1; CREATE INDEX g ON t USING gin (b);"
       "COMMENT ON INDEX i IS 'x'"},
    {TDM_KIND_SEQUENCE,
     "CREATE TABLE t (a int); CREATE SEQUENCE s AS int START 2 INCREMENT 3 MINVALUE 2 MAXVALUE 9"
     " CACHE 4 CYCLE OWNED BY t.a;" GRANTED("SEQUENCE s")},
    {TDM_KIND_VIEW, "CREATE VIEW v WITH (security_barrier) AS SELECT 1 AS a;"
                    "ALTER VIEW v OWNER TO alice; GRANT ALL ON v TO bob; COMMENT ON VIEW v IS 'x'"},
    {TDM_KIND_MATERIALIZED_VIEW,
     "CREATE MATERIALIZED VIEW v USING columnar WITH (fillfactor = 70) TABLESPACE s AS"
     " SELECT 1 AS a WITH NO DATA; ALTER MATERIALIZED VIEW v OWNER TO alice;"
     "GRANT ALL ON v TO bob; COMMENT ON MATERIALIZED VIEW v IS 'x'"},
    {TDM_KIND_FOREIGN_TABLE,
     "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;"
     "CREATE FOREIGN TABLE ft (a int) SERVER s OPTIONS (x '1', api_key '2');"
     "ALTER FOREIGN TABLE ft OWNER TO alice; GRANT ALL ON ft TO bob;"
     "COMMENT ON FOREIGN TABLE ft IS 'x'"},
    {TDM_KIND_TYPE, "CREATE TYPE e AS ENUM ('a'); CREATE TYPE c AS (a int); CREATE TYPE r AS RANGE"
                    " (SUBTYPE = int); CREATE DOMAIN d AS int DEFAULT 1 NOT NULL CHECK (VALUE > 0);"
                    "GRANT USAGE ON TYPE e TO bob;" SAID("TYPE e")},
    {TDM_KIND_FUNCTION,
     F "CREATE FUNCTION g() RETURNS SETOF int LANGUAGE sql IMMUTABLE STRICT SECURITY DEFINER"
       " LEAKPROOF PARALLEL SAFE COST 7 ROWS 7 SET search_path = public AS 'SELECT 1';"
       "CREATE PROCEDURE p() LANGUAGE sql AS 'SELECT 1'; CREATE AGGREGATE s(int)"
       " (SFUNC = int4pl, STYPE = int);" GRANTED("FUNCTION g()")},
    {TDM_KIND_TRIGGER,
     T F "CREATE TRIGGER a AFTER UPDATE OF a ON t REFERENCING OLD TABLE AS o FOR EACH ROW"
         " WHEN (NEW.a > 1) EXECUTE FUNCTION f('x'); CREATE CONSTRAINT TRIGGER c AFTER INSERT ON t"
         " FROM t DEFERRABLE FOR EACH ROW EXECUTE FUNCTION f(); ALTER TABLE t DISABLE TRIGGER a;"
         "COMMENT ON TRIGGER a ON t IS 'x'"},
    {TDM_KIND_EVENT_TRIGGER,
     F "CREATE EVENT TRIGGER e ON ddl_command_end WHEN TAG IN ('DROP TABLE') EXECUTE FUNCTION f();"
       "ALTER EVENT TRIGGER e DISABLE;" SAID("EVENT TRIGGER e")},
    {TDM_KIND_RULE, T "CREATE RULE r AS ON UPDATE TO t WHERE OLD.a > 1 DO INSTEAD NOTHING;"
                      "ALTER TABLE t DISABLE RULE r; COMMENT ON RULE r ON t IS 'x'"},
    {TDM_KIND_POLICY,
     T "CREATE POLICY p ON t AS RESTRICTIVE FOR UPDATE TO bob USING (a > 1) WITH CHECK (a > 2);"
       "COMMENT ON POLICY p ON t IS 'x'"},
    {TDM_KIND_EXTENSION,
     "CREATE EXTENSION pgcrypto SCHEMA app VERSION '1'; COMMENT ON EXTENSION pgcrypto IS 'x'"},
    {TDM_KIND_PUBLICATION,
     T "CREATE PUBLICATION p FOR TABLE t, TABLES IN SCHEMA app; CREATE PUBLICATION q"
       " FOR ALL TABLES;" SAID("PUBLICATION p")},
    {TDM_KIND_SUBSCRIPTION, "CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p"},
    {TDM_KIND_COLLATION, "CREATE COLLATION c (LOCALE = 'C');" SAID("COLLATION c")},
    {TDM_KIND_STATISTICS, T "CREATE STATISTICS s ON a, b FROM t;" SAID("STATISTICS s")},
    {TDM_KIND_TEXT_SEARCH,
     "CREATE TEXT SEARCH CONFIGURATION c (COPY = english);" SAID("TEXT SEARCH CONFIGURATION c")},
    {TDM_KIND_DICTIONARY,
     "CREATE TEXT SEARCH DICTIONARY d (TEMPLATE = simple, STOPWORDS = english);" SAID(
         "TEXT SEARCH DICTIONARY d")},
    {TDM_KIND_OPERATOR,
     "CREATE OPERATOR === (LEFTARG = int, RIGHTARG = int, FUNCTION = f, COMMUTATOR = ===,"
     " NEGATOR = !==);" SAID("OPERATOR === (int, int)")},
    {TDM_KIND_OPERATOR_CLASS,
     "CREATE OPERATOR CLASS c FOR TYPE int USING btree AS OPERATOR 1 <;" SAID(
         "OPERATOR CLASS c USING btree")},
    {TDM_KIND_OPERATOR_FAMILY,
     "CREATE OPERATOR FAMILY c USING btree;" SAID("OPERATOR FAMILY c USING btree")},
    {TDM_KIND_CAST,
     "CREATE CAST (int AS text) WITH INOUT AS IMPLICIT; COMMENT ON CAST (int AS text) IS 'x'"},
    {TDM_KIND_LANGUAGE, "CREATE LANGUAGE l HANDLER h"},
    {TDM_KIND_SERVER,
     "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s TYPE 'a' VERSION '1' FOREIGN DATA WRAPPER w"
     " OPTIONS (host 'x', api_key 'y'); ALTER SERVER s OWNER TO alice;"
     "GRANT USAGE ON FOREIGN SERVER s TO bob; COMMENT ON SERVER s IS 'x'"},
    {TDM_KIND_WRAPPER,
     "CREATE FOREIGN DATA WRAPPER w HANDLER h VALIDATOR v OPTIONS (x '1', api_key 'y');"
     "GRANT USAGE ON FOREIGN DATA WRAPPER w TO bob;" SAID("FOREIGN DATA WRAPPER w")},
    {TDM_KIND_USER_MAPPING, "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;"
                            "CREATE USER MAPPING FOR bob SERVER s OPTIONS (password 'x')"},
    {TDM_KIND_ROLE, "CREATE ROLE bob"},
    {TDM_KIND_DEFAULT_PRIVILEGES,
     "CREATE SCHEMA app; ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT SELECT ON TABLES TO bob"},
    {TDM_KIND_TABLE_OPTION, T "ALTER TABLE t NOT OF"},
    {TDM_KIND_GRANT, "GRANT CONNECT ON DATABASE d TO bob"},
    {TDM_KIND_OWNER, "ALTER DATABASE d OWNER TO bob"},
    {TDM_KIND_COMMENT, "COMMENT ON DATABASE d IS 'x'"},
    {TDM_KIND_DATABASE, "CREATE DATABASE d"},
    {TDM_KIND_OTHER, "CREATE ACCESS METHOD m TYPE index HANDLER h"},
};

// What was found of one kind.
typedef struct finding {
    size_t modelled;
    size_t named;
    bool set[TDM_ATTR_COUNT];
} finding;

static void see(finding *found, const tdm_object *object)
{
    found->modelled += object->modelled;
    found->named += !object->modelled;
    for (size_t i = 0; i < object->attributes.count; i++)
        found->set[object->attributes.items[i].attribute] = true;
}

static void see_columns(finding *found, const tdm_object *table)
{
    static const tdm_attribute always[] = {TDM_ATTR_TYPE, TDM_ATTR_NULLABLE, TDM_ATTR_DEFAULT,
                                           TDM_ATTR_GENERATED};
    found->modelled += table->columns.count;
    for (size_t i = 0; i < sizeof always / sizeof *always; i++)
        found->set[always[i]] = true;
    for (size_t i = 0; i < table->columns.count; i++)
        for (size_t j = 0; j < table->columns.items[i].attributes.count; j++)
            found->set[table->columns.items[i].attributes.items[j].attribute] = true;
}

static void replay(tdm_arena *arena, const char *sql, tdm_catalog **ret)
{
    tdm_statements statements = {0};
    tdm_effect effect;
    tdm_error err = TDM_ERROR_INIT;
    assert_int_equal(tdm_catalog_new(arena, true, ret, &err), TDM_OK);
    assert_int_equal(tdm_sql_split(arena, "sample.sql", tdm_text_of(sql), &statements, &err),
                     TDM_OK);
    tdm_effect_init(&effect, arena);
    for (size_t i = 0; i < statements.count; i++)
        assert_int_equal(tdm_catalog_apply(*ret, &statements.items[i], NULL, &effect, &err),
                         TDM_OK);
    for (size_t i = 0; i < effect.count; i++)
        if (effect.items[i].kind == TDM_CHANGE_OPAQUE)
            print_error("%s: %.*s\n", sql, TDM_TEXT_ARG(effect.items[i].reason));
    for (size_t i = 0; i < effect.count; i++)
        assert_true(effect.items[i].kind != TDM_CHANGE_OPAQUE);
}

static finding find(const sample *one)
{
    tdm_arena *arena = tdm_arena_new(0);
    tdm_catalog *catalog;
    finding found = {0};
    assert_non_null(arena);
    replay(arena, one->sql, &catalog);
    for (size_t i = 0; i < tdm_catalog_table_count(catalog); i++) {
        if (one->kind == TDM_KIND_TABLE)
            see(&found, tdm_catalog_table_at(catalog, i));
        if (one->kind == TDM_KIND_COLUMN)
            see_columns(&found, tdm_catalog_table_at(catalog, i));
    }
    for (size_t i = 0; i < tdm_catalog_object_count(catalog); i++) {
        const tdm_object *object = tdm_catalog_object_at(catalog, i);
        if (object->kind == one->kind && !object->dropped && object->place.line)
            see(&found, object);
    }
    tdm_arena_free(arena);
    return found;
}

static void put_row(tdm_buffer *page, tdm_kind kind, const finding *found)
{
    bool first = true;
    tdm_buffer_putf(page, "| %s | %s | %s | ", tdm_kind_name(kind),
                    found->named ? "identity" : "attributes", tdm_live_reads(kind) ? "yes" : "no");
    for (int i = 0; i < TDM_ATTR_COUNT; i++) {
        if (!found->set[i])
            continue;
        tdm_buffer_putf(page, "%s%s", first ? "" : ", ", tdm_attribute_name((tdm_attribute)i));
        first = false;
    }
    tdm_buffer_puts(page, " |\n");
}

static const sample *sample_of(tdm_kind kind)
{
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++)
        if (samples[i].kind == kind)
            return &samples[i];
    return NULL;
}

static void the_page_says_what_is_modelled(void **state)
{
    tdm_buffer page = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    (void)state;
    tdm_buffer_puts(
        &page,
        "# What the catalog knows\n\n"
        "By kind of object: whether it is known by its attributes or by the identity of the\n"
        "statements that made it alone, whether a server is read for it, and which attributes\n"
        "statements give ([catalog.md](catalog.md) has the words for them, and the forms of each\n"
        "kind that are known by identity only). Made by a test from what the replay does with a\n"
        "sample of each kind.\n\n"
        "| kind | known by | read from a server | attributes |\n|---|---|---|---|\n");
    for (int kind = 0; kind < TDM_KIND_COUNT; kind++) {
        const sample *one = sample_of((tdm_kind)kind);
        if (!one)
            fail_msg("there is no sample of %s", tdm_kind_name((tdm_kind)kind));
        finding found = find(one);
        // What makes it is then kept as a definition without a kind of its own.
        found.named += !found.modelled;
        put_row(&page, (tdm_kind)kind, &found);
    }
    assert_page("docs/internals/modelled.md", tdm_buffer_text(&page));
    tdm_buffer_free(&page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_page_says_what_is_modelled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
