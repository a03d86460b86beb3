// Which table Alembic keeps its rows in: what tandem.toml says, else what env.py says in a literal.
#include "project/project.h"

#include "base/error.h"
#include "base/text.h"

static tdm_status choose(const tdm_project *project, tdm_setting_id setting,
                         const tdm_env_value *value, tdm_text *ret, tdm_error *err)
{
    tdm_text said = tdm_setting_text(tdm_project_settings(project), setting);
    if (said.size) {
        *ret = said;
        return TDM_OK;
    }
    if (value->state == TDM_ENV_UNKNOWN) {
        tdm_fail(err, TDM_ERROR_OPAQUE, value->place,
                 "the value of %s cannot be known without running env.py: %.*s",
                 tdm_setting_key(setting), TDM_TEXT_ARG(value->text));
        return tdm_hint(err, "Set %s in tandem.toml.", tdm_setting_key(setting));
    }
    *ret = value->text;
    return TDM_OK;
}

tdm_status tdm_project_version_table(const tdm_project *project, tdm_version_table *ret,
                                     tdm_error *err)
{
    const tdm_env_mode *online = &tdm_project_env(project)->online;
    tdm_version_table table = TDM_VERSION_TABLE;
    if (choose(project, TDM_SETTING_ALEMBIC_VERSION_TABLE, &online->version_table, &table.name,
               err) != TDM_OK ||
        choose(project, TDM_SETTING_ALEMBIC_VERSION_SCHEMA, &online->version_table_schema,
               &table.schema, err) != TDM_OK)
        return TDM_FAILED;
    if (online->version_table_pk.state == TDM_ENV_UNKNOWN)
        return tdm_fail(err, TDM_ERROR_OPAQUE, online->version_table_pk.place,
                        "version_table_pk cannot be known without running env.py");
    table.no_primary_key = !online->version_table_pk.flag;
    *ret = table;
    return TDM_OK;
}
