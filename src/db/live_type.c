// Types that statements make: enums, domains, composites, ranges. Rows of tables, arrays and
// multiranges come with what they belong to.
#include "db/live_reader.h"

static const tdm_live_field fields[] = {
    {TDM_ATTR_OWNER, "pg_get_userbyid(t.typowner)"},
    {TDM_ATTR_GRANTS, "{grants t.typacl}"},
    {TDM_ATTR_FORM, "CASE t.typtype WHEN 'e' THEN 'enum' WHEN 'd' THEN 'domain'"
                    " WHEN 'c' THEN 'composite' WHEN 'r' THEN 'range' ELSE 'base' END"},
    {TDM_ATTR_LABELS, "(SELECT string_agg(quote_ident(l.enumlabel), ', ' ORDER BY l.enumsortorder)"
                      " FROM pg_enum l WHERE l.enumtypid = t.oid)"},
    {TDM_ATTR_FIELDS, "(SELECT string_agg(quote_ident(ta.attname) || ' ' ||"
                      " {type_name ta.atttypid ta.atttypmod}, ', ' ORDER BY ta.attnum)"
                      " FROM pg_attribute ta WHERE ta.attrelid = t.typrelid"
                      " AND ta.attnum > 0 AND NOT ta.attisdropped)"},
    {TDM_ATTR_SUBTYPE,
     "CASE t.typtype WHEN 'd' THEN {type_name t.typbasetype t.typtypmod} WHEN 'r' THEN"
     " (SELECT {type_name tr.rngsubtype NULL} FROM pg_range tr WHERE tr.rngtypid = t.oid) END"},
    {TDM_ATTR_NULLABLE, "CASE WHEN t.typnotnull THEN 'NOT NULL' END"},
    {TDM_ATTR_DEFAULT, "pg_get_expr(t.typdefaultbin, 0)"},
    {TDM_ATTR_CHECKS, "(SELECT string_agg('(' || pg_get_expr(tk.conbin, 0) || ')', ' AND '"
                      " ORDER BY tk.conname COLLATE \"C\") FROM pg_constraint tk"
                      " WHERE tk.contypid = t.oid AND tk.contype = 'c')"},
    {TDM_ATTR_CHECK_NAMES, "(SELECT string_agg(quote_ident(tk.conname), ', '"
                           " ORDER BY tk.conname COLLATE \"C\") FROM pg_constraint tk"
                           " WHERE tk.contypid = t.oid AND tk.contype = 'c')"},
    {TDM_ATTR_COMMENT, "d.description"},
};

tdm_status tdm_live_read_types(tdm_live *live)
{
    static const tdm_live_family family = {
        .kind = TDM_KIND_TYPE,
        .oid = "t.oid",
        .name = "t.typname",
        .fields = fields,
        .field_count = sizeof fields / sizeof *fields,
        .from = "pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace"
                " LEFT JOIN pg_class c ON c.oid = t.typrelid {comment_of pg_type t.oid}",
        .where = "t.typtype IN ('e', 'd', 'c', 'r', 'b') AND (c.oid IS NULL OR c.relkind = 'c')"
                 " AND NOT EXISTS (SELECT FROM pg_type te WHERE te.typarray = t.oid)"
                 " AND t.typisdefined AND {own pg_type t.oid}",
    };

    return tdm_live_family_read(live, &family);
}
