#include "catalog/platform.h"

#include "base/text.h"

#include <stddef.h>

// The schemas of a hosted project and of `supabase start` (Supabase's own ignore lists for db dump
// and db diff name the same).
static const char *const schemas[] = {
    "auth",
    "storage",
    "realtime",
    "_realtime",
    "vault",
    "extensions",
    "graphql",
    "graphql_public",
    "supabase_functions",
    "supabase_migrations",
    "pgbouncer",
    "pgsodium",
    "pgsodium_masks",
    "pgmq",
    "cron",
    "net",
    "_analytics",
    "tiger",
    "topology",
};

size_t tdm_platform_schemas(const char *const **ret)
{
    *ret = schemas;
    return sizeof schemas / sizeof *schemas;
}

bool tdm_platform_schema(tdm_text schema)
{
    for (size_t i = 0; i < sizeof schemas / sizeof *schemas; i++)
        if (tdm_text_is(schema, schemas[i]))
            return true;
    return tdm_text_is(schema, "information_schema") || tdm_text_starts(schema, TDM_TEXT("pg_"));
}

// Columns are listed for the tables whose names applications use as well; without a list the table
// may have any column.
static const struct relation {
    const char *schema;
    const char *names;   // separated by one space, with one at both ends
    const char *columns; // likewise, or NULL
} relations[] = {
    {"auth", " users ",
     " instance_id id aud role email encrypted_password email_confirmed_at invited_at "
     "confirmation_token confirmation_sent_at recovery_token recovery_sent_at "
     "email_change_token_new email_change email_change_sent_at last_sign_in_at raw_app_meta_data "
     "raw_user_meta_data is_super_admin created_at updated_at phone phone_confirmed_at "
     "phone_change phone_change_token phone_change_sent_at confirmed_at "
     "email_change_token_current email_change_confirm_status banned_until reauthentication_token "
     "reauthentication_sent_at is_sso_user deleted_at is_anonymous "},
    {"auth", " identities ",
     " provider_id user_id identity_data provider last_sign_in_at created_at updated_at email id "},
    {"auth", " sessions ",
     " id user_id created_at updated_at factor_id aal not_after refreshed_at user_agent ip tag "
     "oauth_client_id refresh_token_hmac_key refresh_token_counter scopes "},
    {"auth", " refresh_tokens ",
     " instance_id id token user_id revoked created_at updated_at parent session_id "},
    {"auth", " audit_log_entries ", " instance_id id payload created_at ip_address "},
    {"auth",
     " instances schema_migrations mfa_factors mfa_challenges mfa_amr_claims sso_providers "
     "sso_domains saml_providers saml_relay_states flow_state one_time_tokens oauth_clients "
     "oauth_authorizations oauth_consents oauth_client_states ",
     NULL},
    {"storage", " buckets ",
     " id name owner created_at updated_at public avif_autodetection file_size_limit "
     "allowed_mime_types owner_id type "},
    {"storage", " objects ",
     " id bucket_id name owner created_at updated_at last_accessed_at metadata path_tokens version "
     "owner_id user_metadata level "},
    {"storage",
     " migrations s3_multipart_uploads s3_multipart_uploads_parts prefixes buckets_analytics "
     "buckets_vectors vector_indexes iceberg_namespaces iceberg_tables ",
     NULL},
    {"realtime", " messages ",
     " topic extension payload event private updated_at inserted_at id binary_payload "},
    {"realtime", " subscription ",
     " id subscription_id entity filters claims claims_role created_at action_filter "},
    {"realtime", " schema_migrations tenants extensions ", NULL},
    {"vault", " secrets decrypted_secrets ", NULL},
    {"supabase_migrations", " schema_migrations seed_files ", NULL},
    {"supabase_functions", " hooks migrations ", NULL},
    {"extensions", " pg_stat_statements pg_stat_statements_info ", NULL},
    {"cron", " job job_run_details ", NULL},
    {"net", " http_request_queue _http_response ", NULL},
    {"pgsodium", " key valid_key masking_rule mask_columns decrypted_key ", NULL},
    // information_schema of PostgreSQL 14 to 18.
    {"information_schema",
     " administrable_role_authorizations applicable_roles attributes character_sets "
     "check_constraint_routine_usage check_constraints collation_character_set_applicability "
     "collations column_column_usage column_domain_usage column_options column_privileges "
     "column_udt_usage columns constraint_column_usage constraint_table_usage "
     "data_type_privileges domain_constraints domain_udt_usage domains element_types "
     "enabled_roles foreign_data_wrapper_options foreign_data_wrappers foreign_server_options "
     "foreign_servers foreign_table_options foreign_tables information_schema_catalog_name "
     "key_column_usage parameters referential_constraints role_column_grants "
     "role_routine_grants role_table_grants role_udt_grants role_usage_grants "
     "routine_column_usage routine_privileges routine_routine_usage routine_sequence_usage "
     "routine_table_usage routines schemata sequences sql_features sql_implementation_info "
     "sql_parts sql_sizing table_constraints table_privileges tables transforms "
     "triggered_update_columns triggers udt_privileges usage_privileges user_defined_types "
     "user_mapping_options user_mappings view_column_usage view_routine_usage view_table_usage "
     "views ",
     NULL},
};

static bool is_listed(const char *list, tdm_text name)
{
    tdm_text rest = tdm_text_of(list);

    while (name.size) {
        size_t at = tdm_text_find(rest, name);
        if (at == SIZE_MAX)
            return false;
        if (at > 0 && rest.data[at - 1] == ' ' && at + name.size < rest.size &&
            rest.data[at + name.size] == ' ')
            return true;
        rest = tdm_text_from(rest, at + name.size);
    }
    return false;
}

bool tdm_platform_holds(tdm_text table, tdm_text column, const char **ret_schema)
{
    if (tdm_text_starts(table, TDM_TEXT("pg_")) || tdm_text_starts(table, TDM_TEXT("_pg_"))) {
        *ret_schema = "pg_catalog";
        return true;
    }
    for (size_t i = 0; i < sizeof relations / sizeof *relations; i++) {
        if (!is_listed(relations[i].names, table))
            continue;
        if (column.size && relations[i].columns && !is_listed(relations[i].columns, column))
            continue;
        *ret_schema = relations[i].schema;
        return true;
    }
    return false;
}

bool tdm_platform_type(tdm_text name)
{
    return is_listed(" aal_level code_challenge_method factor_status factor_type "
                     "one_time_token_type oauth_authorization_status oauth_client_type "
                     "oauth_registration_type oauth_response_type action equality_op "
                     "user_defined_filter wal_column wal_rls buckettype request_status "
                     "http_response_result http_response key_status key_type ",
                     name);
}

const char *tdm_platform_key(tdm_text schema, tdm_text table)
{
    bool auth = tdm_text_is(schema, "auth") &&
                (tdm_text_is(table, "users") || tdm_text_is(table, "sessions"));
    bool storage = tdm_text_is(schema, "storage") &&
                   (tdm_text_is(table, "buckets") || tdm_text_is(table, "objects"));

    return auth || storage ? "id" : NULL;
}

// Realtime's, made empty with the project.
// Those of a new project, today and in earlier years.
bool tdm_platform_extension(tdm_text name)
{
    static const char *const names[] = {"plpgsql",  "pg_graphql",    "pg_stat_statements",
                                        "pgcrypto", "uuid-ossp",     "pgjwt",
                                        "pgsodium", "supabase_vault"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (tdm_text_is(name, names[i]))
            return true;
    return false;
}

bool tdm_platform_publication(tdm_text name)
{
    return tdm_text_is(name, "supabase_realtime") ||
           tdm_text_is(name, "supabase_realtime_messages_publication");
}
