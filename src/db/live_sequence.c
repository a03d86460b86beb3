// Sequences, those of serial and identity columns included.
#include "db/live_reader.h"

// Defaults as init_params in sequence.c sets them: ascending from 1, descending from -1, up to the
// limits of the type.
static const tdm_live_field fields[] = {
    {TDM_ATTR_OWNER, "pg_get_userbyid(c.relowner)"},
    {TDM_ATTR_GRANTS, "{grants c.relacl}"},
    {TDM_ATTR_TYPE, "nullif(format_type(s.seqtypid, NULL), 'bigint')"},
    {TDM_ATTR_START,
     "nullif(s.seqstart, CASE WHEN s.seqincrement > 0 THEN s.seqmin ELSE s.seqmax END)"},
    {TDM_ATTR_INCREMENT, "nullif(s.seqincrement, 1)"},
    {TDM_ATTR_MINVALUE,
     "nullif(s.seqmin, CASE WHEN s.seqincrement > 0 THEN 1 ELSE {smallest s.seqtypid} END)"},
    {TDM_ATTR_MAXVALUE,
     "nullif(s.seqmax, CASE WHEN s.seqincrement > 0 THEN {largest s.seqtypid} ELSE -1 END)"},
    {TDM_ATTR_CACHE, "nullif(s.seqcache, 1)"},
    {TDM_ATTR_CYCLE, "CASE WHEN s.seqcycle THEN 'yes' END"},
    {TDM_ATTR_OWNED_BY, "(SELECT {ref pn p} || '.' || pa.attname FROM pg_depend o"
                        " JOIN pg_class p ON p.oid = o.refobjid"
                        " JOIN pg_namespace pn ON pn.oid = p.relnamespace"
                        " JOIN pg_attribute pa ON pa.attrelid = p.oid AND pa.attnum = o.refobjsubid"
                        " WHERE o.classid = 'pg_class'::regclass AND o.objid = c.oid"
                        " AND o.refclassid = 'pg_class'::regclass AND o.deptype IN ('a', 'i'))"},
    {TDM_ATTR_PERSISTENCE, "CASE c.relpersistence WHEN 'u' THEN 'unlogged' END"},
    {TDM_ATTR_COMMENT, "d.description"},
};

tdm_status tdm_live_read_sequences(tdm_live *live)
{
    static const tdm_live_family family = {
        .kind = TDM_KIND_SEQUENCE,
        .oid = "c.oid",
        .name = "c.relname",
        .fields = fields,
        .field_count = sizeof fields / sizeof *fields,
        .from = "pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid"
                " JOIN pg_namespace n ON n.oid = c.relnamespace {comment_of pg_class c.oid}",
        .where = "{own pg_class c.oid}",
    };

    return tdm_live_family_read(live, &family);
}
