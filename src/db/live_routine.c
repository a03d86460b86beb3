// Functions and procedures, and what calls them: triggers and event triggers.
#include "db/live_reader.h"

static const tdm_live_field routine_fields[] = {
    {TDM_ATTR_OWNER, "pg_get_userbyid(p.proowner)"},
    {TDM_ATTR_GRANTS, "{grants p.proacl}"},
    {TDM_ATTR_FORM, "CASE p.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate'"
                    " WHEN 'w' THEN 'window' END"},
    // Modes, names and types; defaults are expressions and stand apart.
    {TDM_ATTR_ARGUMENTS,
     "(SELECT string_agg(CASE coalesce(p.proargmodes[pp.place], 'i') WHEN 'o' THEN 'OUT '"
     " WHEN 'b' THEN 'INOUT ' WHEN 'v' THEN 'VARIADIC ' ELSE '' END"
     " || coalesce(quote_ident(nullif(p.proargnames[pp.place], '')) || ' ', '')"
     " || {type_name pp.type NULL}, ', ' ORDER BY pp.place)"
     " FROM unnest(coalesce(p.proallargtypes, p.proargtypes::oid[]))"
     " WITH ORDINALITY pp(type, place)"
     " WHERE p.prokind <> 'a' AND coalesce(p.proargmodes[pp.place], 'i') <> 't')"},
    {TDM_ATTR_ARGUMENT_DEFAULTS, "pg_get_expr(p.proargdefaults, 0)"},
    {TDM_ATTR_RETURNS, "CASE WHEN p.prokind IN ('p', 'a') THEN NULL"
                       " WHEN 't' = ANY (p.proargmodes) THEN {returned_table}"
                       " ELSE CASE WHEN p.proretset THEN 'SETOF ' ELSE '' END ||"
                       " {type_name p.prorettype NULL} END"},
    {TDM_ATTR_LANGUAGE, "CASE WHEN p.prokind <> 'a' THEN g.lanname END"},
    {TDM_ATTR_BODY,
     "CASE WHEN p.prokind <> 'a' THEN coalesce(pg_get_function_sqlbody(p.oid), p.prosrc) END"},
    {TDM_ATTR_VOLATILITY,
     "CASE WHEN p.prokind = 'a' THEN NULL WHEN p.provolatile = 'i' THEN 'IMMUTABLE'"
     " WHEN p.provolatile = 's' THEN 'STABLE' END"},
    {TDM_ATTR_STRICT, "CASE WHEN p.proisstrict THEN 'yes' END"},
    {TDM_ATTR_SECURITY, "CASE WHEN p.prosecdef THEN 'DEFINER' END"},
    {TDM_ATTR_LEAKPROOF, "CASE WHEN p.proleakproof THEN 'yes' END"},
    {TDM_ATTR_PARALLEL, "CASE p.proparallel WHEN 's' THEN 'SAFE' WHEN 'r' THEN 'RESTRICTED' END"},
    {TDM_ATTR_COST,
     "nullif(p.procost, CASE WHEN g.lanname IN ('c', 'internal') THEN 1 ELSE 100 END)"},
    {TDM_ATTR_ROWS, "CASE WHEN p.proretset THEN nullif(p.prorows, 1000) END"},
    {TDM_ATTR_SETTINGS, "{set_of p.proconfig}"},
    // In the order of the bytes, as a set is sorted.
    {TDM_ATTR_DEFINITION,
     "(SELECT concat_ws(', ', 'combinefunc=' || {routine pa.aggcombinefn},"
     " 'finalfunc=' || {routine pa.aggfinalfn}, 'initcond=' || pa.agginitval,"
     " 'sfunc=' || {routine pa.aggtransfn}, 'stype=' || {type_name pa.aggtranstype NULL})"
     " FROM pg_aggregate pa WHERE pa.aggfnoid = p.oid)"},
    {TDM_ATTR_COMMENT, "d.description"},
};

static const tdm_live_family routines = {
    .kind = TDM_KIND_FUNCTION,
    .oid = "p.oid",
    .name = "{signature}",
    .fields = routine_fields,
    .field_count = sizeof routine_fields / sizeof *routine_fields,
    .from = "pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
            " JOIN pg_language g ON g.oid = p.prolang {comment_of pg_proc p.oid}",
    // What a range type brings along is internal to it.
    .where = "NOT EXISTS (SELECT FROM pg_depend pi WHERE pi.classid = 'pg_proc'::regclass"
             " AND pi.objid = p.oid AND pi.deptype = 'i') AND {own pg_proc p.oid}",
};

// Bits of tgtype: 1 row, 2 before, 4 insert, 8 delete, 16 update, 32 truncate, 64 instead.
static const tdm_live_field trigger_fields[] = {
    {TDM_ATTR_FORM, "CASE WHEN t.tgconstraint <> 0 THEN 'CONSTRAINT' END"},
    {TDM_ATTR_TIMING, "CASE WHEN t.tgtype & 2 <> 0 THEN 'BEFORE' WHEN t.tgtype & 64 <> 0"
                      " THEN 'INSTEAD OF' ELSE 'AFTER' END"},
    {TDM_ATTR_EVENTS, "concat_ws(', ', CASE WHEN t.tgtype & 8 <> 0 THEN 'DELETE' END,"
                      " CASE WHEN t.tgtype & 4 <> 0 THEN 'INSERT' END,"
                      " CASE WHEN t.tgtype & 32 <> 0 THEN 'TRUNCATE' END,"
                      " CASE WHEN t.tgtype & 16 <> 0 THEN 'UPDATE' END)"},
    {TDM_ATTR_COLUMNS, "{columns_of t.tgrelid t.tgattr}"},
    {TDM_ATTR_LEVEL, "CASE WHEN t.tgtype & 1 <> 0 THEN 'ROW' END"},
    {TDM_ATTR_FUNCTION, "CASE WHEN pn.nspname = 'public' THEN '' ELSE pn.nspname || '.' END"
                        " || p.proname"},
    {TDM_ATTR_ARGUMENTS, "nullif(substring(pg_get_triggerdef(t.oid)"
                         " FROM ' EXECUTE FUNCTION .*?\\((.*)\\)$'), '')"},
    // pg_get_expr refuses an expression over OLD and NEW.
    {TDM_ATTR_WHEN, "CASE WHEN t.tgqual IS NOT NULL THEN substring(pg_get_triggerdef(t.oid)"
                    " FROM ' WHEN \\((.*)\\) EXECUTE FUNCTION ') END"},
    {TDM_ATTR_TRANSITION, "nullif(concat_ws(' ', 'OLD TABLE AS ' || quote_ident(t.tgoldtable),"
                          " 'NEW TABLE AS ' || quote_ident(t.tgnewtable)), '')"},
    {TDM_ATTR_REFERENCES, "(SELECT {ref rn r} FROM pg_class r"
                          " JOIN pg_namespace rn ON rn.oid = r.relnamespace"
                          " WHERE r.oid = t.tgconstrrelid)"},
    {TDM_ATTR_DEFERRABLE, "CASE WHEN t.tginitdeferred THEN 'INITIALLY DEFERRED'"
                          " WHEN t.tgdeferrable THEN 'DEFERRABLE' END"},
    {TDM_ATTR_ENABLED, "{enabled t.tgenabled}"},
    {TDM_ATTR_COMMENT, "d.description"},
};

// Those of partitions are copies of their parent's.
static const tdm_live_family triggers = {
    .kind = TDM_KIND_TRIGGER,
    .oid = "t.oid",
    .on = "t.tgrelid",
    .name = "t.tgname",
    .fields = trigger_fields,
    .field_count = sizeof trigger_fields / sizeof *trigger_fields,
    .from = "pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " JOIN pg_namespace n ON n.oid = c.relnamespace"
            " JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_namespace pn ON pn.oid = p.pronamespace"
            " {comment_of pg_trigger t.oid}",
    .where = "NOT t.tgisinternal AND t.tgparentid = 0 AND {own pg_class c.oid}",
};

static const tdm_live_field event_fields[] = {
    {TDM_ATTR_OWNER, "pg_get_userbyid(t.evtowner)"},
    {TDM_ATTR_EVENTS, "t.evtevent"},
    {TDM_ATTR_COMMAND, "{set_of t.evttags}"},
    {TDM_ATTR_FUNCTION, "CASE WHEN n.nspname = 'public' THEN '' ELSE n.nspname || '.' END"
                        " || p.proname"},
    {TDM_ATTR_ENABLED, "{enabled t.evtenabled}"},
    {TDM_ATTR_COMMENT, "d.description"},
};

// An event trigger has no schema; the one of its function says whose it is.
static const tdm_live_family event_triggers = {
    .kind = TDM_KIND_EVENT_TRIGGER,
    .oid = "t.oid",
    .name = "t.evtname",
    .no_schema = true,
    .fields = event_fields,
    .field_count = sizeof event_fields / sizeof *event_fields,
    .from = "pg_event_trigger t JOIN pg_proc p ON p.oid = t.evtfoid"
            " JOIN pg_namespace n ON n.oid = p.pronamespace {comment_of pg_event_trigger t.oid}",
    .where = "{own pg_event_trigger t.oid}",
};

tdm_status tdm_live_read_routines(tdm_live *live)
{
    static const tdm_live_family *const families[] = {&routines, &triggers, &event_triggers};

    for (size_t i = 0; i < sizeof families / sizeof *families; i++)
        if (tdm_live_family_read(live, families[i]) != TDM_OK)
            return TDM_FAILED;
    return TDM_OK;
}
