// Policies and rules: what a table lets whom do, and what it makes of it.
#include "db/live_reader.h"

static const tdm_live_field policy_fields[] = {
    {TDM_ATTR_PERMISSIVE, "CASE WHEN NOT y.polpermissive THEN 'RESTRICTIVE' END"},
    {TDM_ATTR_COMMAND, "CASE y.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT'"
                       " WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' END"},
    {TDM_ATTR_ROLES, "CASE WHEN y.polroles <> ARRAY[0::oid] THEN (SELECT string_agg("
                     "quote_ident(ro.rolname), ', ' ORDER BY quote_ident(ro.rolname) COLLATE \"C\")"
                     " FROM pg_roles ro WHERE ro.oid = ANY (y.polroles)) END"},
    {TDM_ATTR_USING, "pg_get_expr(y.polqual, y.polrelid)"},
    {TDM_ATTR_WITH_CHECK, "pg_get_expr(y.polwithcheck, y.polrelid)"},
    {TDM_ATTR_COMMENT, "d.description"},
};

static const tdm_live_family policies = {
    .kind = TDM_KIND_POLICY,
    .oid = "y.oid",
    .on = "y.polrelid",
    .name = "y.polname",
    .fields = policy_fields,
    .field_count = sizeof policy_fields / sizeof *policy_fields,
    .from = "pg_policy y JOIN pg_class c ON c.oid = y.polrelid"
            " JOIN pg_namespace n ON n.oid = c.relnamespace {comment_of pg_policy y.oid}",
    .where = "{own pg_class c.oid}",
};

static const tdm_live_field rule_fields[] = {
    {TDM_ATTR_QUERY, "pg_get_ruledef(u.oid)"},
    {TDM_ATTR_ENABLED, "{enabled u.ev_enabled}"},
    {TDM_ATTR_COMMENT, "d.description"},
};

// The rule _RETURN is its view.
static const tdm_live_family rules = {
    .kind = TDM_KIND_RULE,
    .oid = "u.oid",
    .on = "u.ev_class",
    .name = "u.rulename",
    .fields = rule_fields,
    .field_count = sizeof rule_fields / sizeof *rule_fields,
    .from = "pg_rewrite u JOIN pg_class c ON c.oid = u.ev_class"
            " JOIN pg_namespace n ON n.oid = c.relnamespace {comment_of pg_rewrite u.oid}",
    .where = "u.rulename <> '_RETURN' AND {own pg_class c.oid}",
};

tdm_status tdm_live_read_access(tdm_live *live)
{
    if (tdm_live_family_read(live, &policies) != TDM_OK)
        return TDM_FAILED;
    return tdm_live_family_read(live, &rules);
}
