// Foreign data: wrappers, servers, and whom a server is used as. What may be secret is not asked
// for: no option of a user mapping, and no value of an option whose name says so.
#include "catalog/secret.h"
#include "db/live_reader.h"

#define OPTIONS_OF(array)                                                                          \
    "(SELECT string_agg(o, ', ' ORDER BY o COLLATE \"C\") FROM unnest(" array ") o"                \
    " WHERE split_part(o, '=', 1) !~* '" TDM_SECRET_PATTERN "')"

static const tdm_live_field wrapper_fields[] = {
    {TDM_ATTR_OWNER, "pg_get_userbyid(w.fdwowner)"},
    {TDM_ATTR_GRANTS, "{grants w.fdwacl}"},
    {TDM_ATTR_HANDLER, "{routine w.fdwhandler}"},
    {TDM_ATTR_VALIDATOR, "{routine w.fdwvalidator}"},
    {TDM_ATTR_OPTIONS, OPTIONS_OF("w.fdwoptions")},
    {TDM_ATTR_COMMENT, "d.description"},
};

static const tdm_live_field server_fields[] = {
    {TDM_ATTR_OWNER, "pg_get_userbyid(s.srvowner)"},
    {TDM_ATTR_GRANTS, "{grants s.srvacl}"},
    {TDM_ATTR_FORM, "s.srvtype"},
    {TDM_ATTR_VERSION, "s.srvversion"},
    {TDM_ATTR_WRAPPER, "w.fdwname"},
    {TDM_ATTR_OPTIONS, OPTIONS_OF("s.srvoptions")},
    {TDM_ATTR_COMMENT, "d.description"},
};

tdm_status tdm_live_read_foreign(tdm_live *live)
{
    static const tdm_live_family families[] = {
        {
            .kind = TDM_KIND_WRAPPER,
            .oid = "w.oid",
            .name = "w.fdwname",
            .no_schema = true,
            .everywhere = true,
            .fields = wrapper_fields,
            .field_count = sizeof wrapper_fields / sizeof *wrapper_fields,
            .from = "pg_foreign_data_wrapper w {comment_of pg_foreign_data_wrapper w.oid}",
            .where = "{own pg_foreign_data_wrapper w.oid}",
        },
        {
            .kind = TDM_KIND_SERVER,
            .oid = "s.oid",
            .name = "s.srvname",
            .no_schema = true,
            .everywhere = true,
            .fields = server_fields,
            .field_count = sizeof server_fields / sizeof *server_fields,
            .from = "pg_foreign_server s JOIN pg_foreign_data_wrapper w ON w.oid = s.srvfdw"
                    " {comment_of pg_foreign_server s.oid}",
            .where = "{own pg_foreign_server s.oid}",
        },
        {
            .kind = TDM_KIND_USER_MAPPING,
            .oid = "m.umid",
            .name = "m.usename || ' on server ' || m.srvname",
            .no_schema = true,
            .everywhere = true,
            .from = "pg_user_mappings m",
            .where = "{own pg_foreign_server m.srvid}",
        },
    };

    for (size_t i = 0; i < sizeof families / sizeof *families; i++)
        if (tdm_live_family_read(live, &families[i]) != TDM_OK)
            return TDM_FAILED;
    return TDM_OK;
}

// Of foreign tables, beside what other relations have.
const char tdm_live_foreign_options[] =
    "(SELECT " OPTIONS_OF("ft.ftoptions") " FROM pg_foreign_table ft WHERE ft.ftrelid = c.oid)";
