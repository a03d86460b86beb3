// The pieces of the live reader's queries: what several queries share, and what is not the same on
// every server.
#include "db/live_reader.h"

#include "base/text.h"

#include <string.h>

enum {
    QUERY_MAXIMUM = 2 << 20,
    ARGUMENTS = 2,
    DEEPEST = 6, // of pieces inside pieces
};

// {name A B} stands for the text with A and B in the places of $1 and $2. `since` is the
// server_version_num that has it; below that it stands for `before`. Every query that differs
// between versions 14 and 18 differs by these pieces alone.
static const struct part {
    const char *name;
    const char *text;
    int since;
    const char *before;
} parts[] = {
    // Null treatment of unique indexes, columns of ON DELETE SET NULL, schemas of publications:
    // release notes of 15.
    {"nulls_not_distinct", "i.indnullsnotdistinct", 150000, "false"},
    {"deleted_columns", "{columns_of k.conrelid k.confdelsetcols}", 150000, "NULL"},
    {"published_schemas",
     "(SELECT string_agg(quote_ident(sn.nspname), ', ' ORDER BY sn.nspname COLLATE \"C\")"
     " FROM pg_publication_namespace pm JOIN pg_namespace sn ON sn.oid = pm.pnnspid"
     " WHERE pm.pnpubid = p.oid)",
     150000, "NULL"},

    // A reference to relation $2 in namespace $1: "schema.name", without the schema in public.
    {"ref",
     "CASE WHEN $1.nspname = 'public' THEN $2.relname ELSE $1.nspname || '.' || $2.relname END", 0,
     NULL},
    // The same inside a list, where names are quoted.
    {"quoted_ref",
     "CASE WHEN $1.nspname = 'public' THEN '' ELSE quote_ident($1.nspname) || '.' END"
     " || quote_ident($2.relname)",
     0, NULL},
    // What table c is a partition of, or inherits; $1 is how a reference is written.
    {"parents",
     "(SELECT string_agg({$1 pn p}, ', ' ORDER BY h.inhseqno) FROM pg_inherits h"
     " JOIN pg_class p ON p.oid = h.inhparent JOIN pg_namespace pn ON pn.oid = p.relnamespace"
     " WHERE h.inhrelid = c.oid)",
     0, NULL},
    // The index of table c that a flag of pg_index marks.
    {"index_with",
     "(SELECT mx.relname FROM pg_index mi JOIN pg_class mx ON mx.oid = mi.indexrelid"
     " WHERE mi.indrelid = c.oid AND mi.$1)",
     0, NULL},
    // Whether the object with oid $2 of catalog $1 belongs to no extension.
    {"own",
     "NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = '$1'::regclass AND e.objid = $2"
     " AND e.deptype = 'e')",
     0, NULL},
    // Joins the comment of an object as d.description.
    {"comment_of",
     "LEFT JOIN pg_description d ON d.classoid = '$1'::regclass AND d.objoid = $2"
     " AND d.objsubid = 0",
     0, NULL},
    // An array of texts ("fillfactor=70") as a set.
    {"set_of", "(SELECT string_agg(o, ', ' ORDER BY o COLLATE \"C\") FROM unnest($1) o)", 0, NULL},
    // What the function with oid $1 is called by, or nothing for 0.
    {"routine",
     "(SELECT CASE WHEN fn.nspname IN ('public', 'pg_catalog') OR NOT {own pg_proc fp.oid}"
     " THEN '' ELSE fn.nspname || '.' END || fp.proname FROM pg_proc fp"
     " JOIN pg_namespace fn ON fn.oid = fp.pronamespace WHERE fp.oid = $1)",
     0, NULL},
    // The privileges on something: nothing when they are the default, else a dot and one line each.
    {"grants", "'.' || array_to_string($1, E'\\n')", 0, NULL},
    {"tablespace_of", "(SELECT s.spcname FROM pg_tablespace s WHERE s.oid = $1)", 0, NULL},
    // The names of the columns of relation $1 whose numbers are in the array $2, in its order.
    {"columns_of",
     "(SELECT string_agg(quote_ident(ka.attname), ', ' ORDER BY kn.place)"
     " FROM unnest($2) WITH ORDINALITY kn(number, place)"
     " JOIN pg_attribute ka ON ka.attrelid = $1 AND ka.attnum = kn.number)",
     0, NULL},
    // A type, without its schema when it belongs to an extension: that schema is the extension's
    // own matter, and statements rarely write it. $1 is its row of pg_type, with the namespace as
    // tn; $2 the modifier.
    {"type",
     "CASE WHEN EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_type'::regclass"
     " AND e.objid IN ($1.oid, nullif($1.typelem, 0)) AND e.deptype = 'e')"
     " THEN substr(format_type($1.oid, $2), length(quote_ident(tn.nspname)) + 2)"
     " ELSE format_type($1.oid, $2) END",
     0, NULL},

    // The name of the type with oid $1 and modifier $2 as what refers to it names it: without the
    // schema if that is public or the type an extension's, and without quotes.
    {"type_name",
     "(SELECT CASE WHEN yn.nspname = 'pg_catalog' THEN format_type(yt.oid, $2)"
     " WHEN EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_type'::regclass"
     " AND e.objid IN (yt.oid, nullif(yt.typelem, 0)) AND e.deptype = 'e')"
     " THEN substr(format_type(yt.oid, $2), length(quote_ident(yn.nspname)) + 2)"
     " ELSE CASE yn.nspname WHEN 'public' THEN '' ELSE yn.nspname || '.' END"
     " || coalesce((SELECT ye.typname || '[]' FROM pg_type ye WHERE ye.typarray = yt.oid),"
     " yt.typname) END"
     " FROM pg_type yt JOIN pg_namespace yn ON yn.oid = yt.typnamespace WHERE yt.oid = $1)",
     0, NULL},
    // What function p is called by: its name and the types of its input.
    {"signature",
     "p.proname || '(' || coalesce((SELECT string_agg({type_name sa.type NULL}, ', '"
     " ORDER BY sa.place) FROM unnest(p.proargtypes::oid[]) WITH ORDINALITY sa(type, place)), '')"
     " || ')'",
     0, NULL},
    {"returned_table",
     "(SELECT 'TABLE(' || string_agg(quote_ident(p.proargnames[rp.place]) || ' ' ||"
     " {type_name rp.type NULL}, ', ' ORDER BY rp.place) || ')'"
     " FROM unnest(p.proallargtypes) WITH ORDINALITY rp(type, place)"
     " WHERE p.proargmodes[rp.place] = 't')",
     0, NULL},
    {"enabled",
     "CASE $1 WHEN 'D' THEN 'DISABLED' WHEN 'R' THEN 'REPLICA' WHEN 'A' THEN 'ALWAYS' END", 0,
     NULL},
    // The range of a type of sequences.
    {"smallest",
     "CASE $1 WHEN 'smallint'::regtype THEN -32768 WHEN 'integer'::regtype THEN -2147483648"
     " ELSE -9223372036854775808 END",
     0, NULL},
    {"largest",
     "CASE $1 WHEN 'smallint'::regtype THEN 32767 WHEN 'integer'::regtype THEN 2147483647"
     " ELSE 9223372036854775807 END",
     0, NULL},

    // The elements of index i, numbered kp.place, as pg_get_indexdef prints them: the column or
    // expression, then what is not at its default (ruleutils.c, pg_get_indexdef_worker). Operator
    // classes of extensions are named without schema, as types are. Bits of indoption: 1 DESC,
    // 2 NULLS FIRST.
    {"key_collation",
     "coalesce((SELECT ' COLLATE ' || CASE WHEN ln.nspname IN ('pg_catalog', 'public') THEN ''"
     " ELSE quote_ident(ln.nspname) || '.' END || quote_ident(l.collname)"
     " FROM pg_collation l JOIN pg_namespace ln ON ln.oid = l.collnamespace"
     " WHERE l.oid = i.indcollation[kp.place - 1] AND l.oid IS DISTINCT FROM coalesce("
     "(SELECT ca.attcollation FROM pg_attribute ca WHERE ca.attrelid = i.indrelid"
     " AND ca.attnum = i.indkey[kp.place - 1] AND ca.attnum > 0), 100)), '')",
     0, NULL},
    {"key_class",
     "(SELECT CASE WHEN o.opcdefault AND xa.attoptions IS NULL THEN '' ELSE"
     " ' ' || CASE WHEN cn.nspname IN ('pg_catalog', 'public')"
     " OR NOT {own pg_opclass o.oid} THEN '' ELSE quote_ident(cn.nspname) || '.' END"
     " || quote_ident(o.opcname)"
     " || coalesce('(' || array_to_string(xa.attoptions, ', ') || ')', '') END"
     " FROM pg_opclass o JOIN pg_namespace cn ON cn.oid = o.opcnamespace, pg_attribute xa"
     " WHERE o.oid = i.indclass[kp.place - 1] AND xa.attrelid = i.indexrelid"
     " AND xa.attnum = kp.place)",
     0, NULL},
    {"key",
     "pg_get_indexdef(i.indexrelid, kp.place, false) || {key_collation} || {key_class}"
     " || CASE i.indoption[kp.place - 1] WHEN 0 THEN '' WHEN 1 THEN ' DESC NULLS LAST'"
     " WHEN 2 THEN ' NULLS FIRST' ELSE ' DESC' END",
     0, NULL},
    {"keys",
     "(SELECT string_agg({key}, ', ' ORDER BY kp.place)"
     " FROM generate_series(1, i.indnkeyatts::int) kp(place))",
     0, NULL},
    // The elements of exclusion constraint k.
    {"excluded",
     "(SELECT string_agg({key} || ' WITH ' || (SELECT xo.oprname FROM pg_operator xo"
     " WHERE xo.oid = k.conexclop[kp.place]), ', ' ORDER BY kp.place)"
     " FROM generate_series(1, i.indnkeyatts::int) kp(place))",
     0, NULL},
    // The columns behind the keys.
    {"included",
     "(SELECT string_agg(quote_ident(ia.attname), ', ' ORDER BY ip.place)"
     " FROM generate_series(i.indnkeyatts + 1, i.indnatts::int) ip(place) JOIN pg_attribute ia"
     " ON ia.attrelid = i.indrelid AND ia.attnum = i.indkey[ip.place - 1])",
     0, NULL},
    {"action",
     "CASE $1 WHEN 'r' THEN 'RESTRICT' WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL'"
     " WHEN 'd' THEN 'SET DEFAULT' END",
     0, NULL},
};

static const struct part *part_of(tdm_text name)
{
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (tdm_text_is(name, parts[i].name))
            return &parts[i];
    return NULL;
}

// Cuts the first word off.
static tdm_text take_word(tdm_text *rest)
{
    size_t end = 0;

    while (end < rest->size && rest->data[end] != ' ')
        end++;
    tdm_text word = {rest->data, end};
    *rest = tdm_text_from(*rest, end < rest->size ? end + 1 : end);
    return word;
}

typedef struct filling {
    const tdm_live *live;
    tdm_buffer *out;
    tdm_text arguments[ARGUMENTS];
    int depth;
} filling;

static void fill(const filling *f, tdm_text sql);

// The argument that "$1" or "$2" stands for, or the text itself.
static tdm_text argument_of(const filling *f, tdm_text text)
{
    bool is_argument =
        text.size == 2 && text.data[0] == '$' && (text.data[1] == '1' || text.data[1] == '2');

    return is_argument ? f->arguments[text.data[1] - '1'] : text;
}

// `call` is what stands between the brackets.
static void fill_part(const filling *f, tdm_text call)
{
    tdm_text name = argument_of(f, take_word(&call));
    filling inner = {.live = f->live, .out = f->out, .depth = f->depth + 1};
    const struct part *part = part_of(name);

    if (tdm_text_is(name, "scope")) {
        tdm_buffer_put(f->out, f->live->scope);
        return;
    }
    if (!part || inner.depth > DEEPEST) {
        f->out->failed = true;
        return;
    }
    for (size_t i = 0; i < ARGUMENTS; i++)
        inner.arguments[i] = argument_of(f, take_word(&call));
    fill(&inner, tdm_text_of(f->live->version >= part->since ? part->text : part->before));
}

static void fill(const filling *f, tdm_text sql)
{
    for (size_t i = 0; i < sql.size; i++) {
        char c = sql.data[i];
        size_t close = i;
        if (c == '$' && i + 1 < sql.size && (sql.data[i + 1] == '1' || sql.data[i + 1] == '2')) {
            tdm_buffer_put(f->out, f->arguments[sql.data[++i] - '1']);
            continue;
        }
        while (c == '{' && close < sql.size && sql.data[close] != '}')
            close++;
        if (close == i) {
            tdm_buffer_putc(f->out, c);
            continue;
        }
        fill_part(f, (tdm_text){sql.data + i + 1, close - i - 1});
        i = close;
    }
}

tdm_text tdm_live_fill(const tdm_live *live, tdm_text sql)
{
    tdm_buffer out = TDM_BUFFER_INIT(QUERY_MAXIMUM);
    filling f = {.live = live, .out = &out};

    fill(&f, sql);
    return tdm_buffer_take(&out, live->answer);
}
