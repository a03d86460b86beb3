#include "cli/target.h"

#include "base/error.h"

#include <stdio.h>

// What `supabase start` makes, with the password that it documents.
#define LOCAL_URL "postgresql://postgres:postgres@127.0.0.1:%u/postgres"

static const char *const url_variables[] = {"TANDEM_DATABASE_URL", "DATABASE_URL"};
// Any of these makes libpq's own choice a choice of the user.
static const char *const libpq_variables[] = {"PGSERVICE", "PGHOST", "PGHOSTADDR", "PGDATABASE",
                                              "PGPORT"};

static const char *value_of(const tdm_cli_environment *environment, const char *name)
{
    const char *value = tdm_cli_getenv(environment, name);
    return value && value[0] ? value : NULL;
}

tdm_status tdm_target_choose(const tdm_globals *globals, const tdm_cli_environment *environment,
                             unsigned local_port, tdm_target *ret, tdm_error *err)
{
    if (globals->db_url && globals->local)
        return tdm_fail(err, TDM_ERROR_USAGE, TDM_NOWHERE, "--db-url and --local name two targets");
    *ret = (tdm_target){0};
    if (globals->db_url) {
        ret->options.url = globals->db_url;
        ret->options.url_from_argv = true;
        return TDM_OK;
    }
    if (globals->local) {
        snprintf(ret->local_url, sizeof ret->local_url, LOCAL_URL, local_port);
        ret->options.url = ret->local_url;
        return TDM_OK;
    }
    for (size_t i = 0; i < sizeof url_variables / sizeof *url_variables; i++) {
        ret->options.url = value_of(environment, url_variables[i]);
        if (ret->options.url)
            return TDM_OK;
    }
    for (size_t i = 0; i < sizeof libpq_variables / sizeof *libpq_variables; i++) {
        if (value_of(environment, libpq_variables[i]))
            return TDM_OK;
    }
    tdm_fail(err, TDM_ERROR_USAGE, TDM_NOWHERE, "no target was named");
    return tdm_hint(err, "Say --local or --db-url URL, or set DATABASE_URL or libpq's variables "
                         "(PGHOST, PGSERVICE, ...).");
}

bool tdm_target_is_named(const tdm_globals *globals, const tdm_cli_environment *environment)
{
    bool named = globals->db_url || globals->local;
    for (size_t i = 0; i < sizeof url_variables / sizeof *url_variables; i++)
        named = named || value_of(environment, url_variables[i]);
    for (size_t i = 0; i < sizeof libpq_variables / sizeof *libpq_variables; i++)
        named = named || value_of(environment, libpq_variables[i]);
    return named;
}
