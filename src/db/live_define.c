// Operators, their classes and families, and casts.
#include "db/live_reader.h"

#define NAME_OF_PAIR(column)                                                                       \
    "(SELECT CASE WHEN xn.nspname IN ('public', 'pg_catalog') THEN '' ELSE xn.nspname || '.' END"  \
    " || x.oprname FROM pg_operator x JOIN pg_namespace xn ON xn.oid = x.oprnamespace"             \
    " WHERE x.oid = " column ")"

// In the order of the bytes, as a set is sorted.
static const tdm_live_field operator_fields[] = {
    {TDM_ATTR_OWNER, "pg_get_userbyid(o.oprowner)"},
    {TDM_ATTR_DEFINITION, "concat_ws(', ', 'function=' || {routine o.oprcode},"
                          " CASE WHEN o.oprcanhash THEN 'hashes=yes' END,"
                          " 'join=' || {routine o.oprjoin},"
                          " CASE WHEN o.oprcanmerge THEN 'merges=yes' END,"
                          " 'restrict=' || {routine o.oprrest})"},
    {TDM_ATTR_COMMUTATOR, NAME_OF_PAIR("o.oprcom")},
    {TDM_ATTR_NEGATOR, NAME_OF_PAIR("o.oprnegate")},
    {TDM_ATTR_COMMENT, "d.description"},
};

// One without a function is the promise of one, made by the other of a pair.
static const tdm_live_family operators = {
    .kind = TDM_KIND_OPERATOR,
    .oid = "o.oid",
    .name = "o.oprname || '(' || coalesce({type_name nullif(o.oprleft,0) NULL}, 'NONE') || ', '"
            " || coalesce({type_name nullif(o.oprright,0) NULL}, 'NONE') || ')'",
    .fields = operator_fields,
    .field_count = sizeof operator_fields / sizeof *operator_fields,
    .from = "pg_operator o JOIN pg_namespace n ON n.oid = o.oprnamespace"
            " {comment_of pg_operator o.oid}",
    .where = "o.oprcode <> 0 AND {own pg_operator o.oid}",
};

static const tdm_live_field class_fields[] = {
    {TDM_ATTR_OWNER, "pg_get_userbyid(o.opcowner)"},
    {TDM_ATTR_COMMENT, "d.description"},
};

static const tdm_live_family classes = {
    .kind = TDM_KIND_OPERATOR_CLASS,
    .oid = "o.oid",
    .name = "o.opcname || ' USING ' || am.amname",
    .fields = class_fields,
    .field_count = sizeof class_fields / sizeof *class_fields,
    .from = "pg_opclass o JOIN pg_namespace n ON n.oid = o.opcnamespace"
            " JOIN pg_am am ON am.oid = o.opcmethod {comment_of pg_opclass o.oid}",
    .where = "{own pg_opclass o.oid}",
};

static const tdm_live_field opfamily_fields[] = {
    {TDM_ATTR_OWNER, "pg_get_userbyid(o.opfowner)"},
    {TDM_ATTR_COMMENT, "d.description"},
};

static const tdm_live_family opfamilies = {
    .kind = TDM_KIND_OPERATOR_FAMILY,
    .oid = "o.oid",
    .name = "o.opfname || ' USING ' || am.amname",
    .fields = opfamily_fields,
    .field_count = sizeof opfamily_fields / sizeof *opfamily_fields,
    .from = "pg_opfamily o JOIN pg_namespace n ON n.oid = o.opfnamespace"
            " JOIN pg_am am ON am.oid = o.opfmethod {comment_of pg_opfamily o.oid}",
    .where = "{own pg_opfamily o.oid}",
};

static const tdm_live_field cast_fields[] = {
    {TDM_ATTR_FORM,
     "CASE k.castcontext WHEN 'i' THEN 'AS IMPLICIT' WHEN 'a' THEN 'AS ASSIGNMENT' END"},
    {TDM_ATTR_DEFINITION, "CASE k.castmethod WHEN 'i' THEN 'INOUT' WHEN 'b' THEN 'WITHOUT FUNCTION'"
                          " ELSE {routine k.castfunc} END"},
    {TDM_ATTR_COMMENT, "d.description"},
};

// A cast is in no schema; the one of its result says whose it is. Those that PostgreSQL brings have
// oids below FirstNormalObjectId, and a range's to its multirange is the type's.
static const tdm_live_family casts = {
    .kind = TDM_KIND_CAST,
    .oid = "k.oid",
    .name = "{type_name k.castsource NULL} || ' AS ' || {type_name k.casttarget NULL}",
    .no_schema = true,
    .everywhere = true,
    .fields = cast_fields,
    .field_count = sizeof cast_fields / sizeof *cast_fields,
    .from = "pg_cast k {comment_of pg_cast k.oid}",
    .where = "k.oid >= 16384 AND {own pg_cast k.oid} AND NOT EXISTS (SELECT FROM pg_depend ki"
             " WHERE ki.classid = 'pg_cast'::regclass AND ki.objid = k.oid AND ki.deptype = 'i')",
};

tdm_status tdm_live_read_definitions(tdm_live *live)
{
    static const tdm_live_family *const families[] = {&operators, &classes, &opfamilies, &casts};

    for (size_t i = 0; i < sizeof families / sizeof *families; i++)
        if (tdm_live_family_read(live, families[i]) != TDM_OK)
            return TDM_FAILED;
    return TDM_OK;
}
