// Stand-ins for what Supabase's platform brings along: names and types as it has them, without what
// they do. With them a folder of migrations can run on a plain server.
#include "rehearse/rehearsal.h"

const char *const tdm_standin_roles[] = {
    "anon",           "authenticated",       "service_role",           "authenticator",
    "supabase_admin", "supabase_auth_admin", "supabase_storage_admin", "dashboard_user",
};
const size_t tdm_standin_role_count = sizeof tdm_standin_roles / sizeof *tdm_standin_roles;

const char *const tdm_standin_statements[] = {
    "CREATE SCHEMA auth",
    "CREATE SCHEMA storage",
    "CREATE SCHEMA extensions",
    "CREATE SCHEMA realtime",
    "CREATE SCHEMA vault",
    "CREATE SCHEMA graphql_public",
    "CREATE TABLE auth.users (instance_id uuid, id uuid PRIMARY KEY, aud varchar(255),"
    " role varchar(255), email varchar(255), encrypted_password varchar(255),"
    " email_confirmed_at timestamptz, invited_at timestamptz, confirmation_token varchar(255),"
    " last_sign_in_at timestamptz, raw_app_meta_data jsonb, raw_user_meta_data jsonb,"
    " is_super_admin boolean, created_at timestamptz, updated_at timestamptz, phone text,"
    " phone_confirmed_at timestamptz, confirmed_at timestamptz, banned_until timestamptz,"
    " is_sso_user boolean NOT NULL DEFAULT false, deleted_at timestamptz,"
    " is_anonymous boolean NOT NULL DEFAULT false)",
    "CREATE TABLE auth.identities (id uuid PRIMARY KEY DEFAULT gen_random_uuid(),"
    " provider_id text NOT NULL, user_id uuid NOT NULL REFERENCES auth.users ON DELETE CASCADE,"
    " identity_data jsonb NOT NULL, provider text NOT NULL, last_sign_in_at timestamptz,"
    " created_at timestamptz, updated_at timestamptz, email text)",
    "CREATE TABLE auth.sessions (id uuid PRIMARY KEY, user_id uuid NOT NULL REFERENCES auth.users"
    " ON DELETE CASCADE, created_at timestamptz, updated_at timestamptz, not_after timestamptz)",
    "CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql STABLE AS 'SELECT NULL::uuid'",
    "CREATE FUNCTION auth.role() RETURNS text LANGUAGE sql STABLE AS 'SELECT NULL::text'",
    "CREATE FUNCTION auth.email() RETURNS text LANGUAGE sql STABLE AS 'SELECT NULL::text'",
    "CREATE FUNCTION auth.jwt() RETURNS jsonb LANGUAGE sql STABLE AS 'SELECT NULL::jsonb'",
    "CREATE TABLE storage.buckets (id text PRIMARY KEY, name text NOT NULL, owner uuid,"
    " created_at timestamptz DEFAULT now(), updated_at timestamptz DEFAULT now(),"
    " public boolean DEFAULT false, avif_autodetection boolean DEFAULT false,"
    " file_size_limit bigint, allowed_mime_types text[], owner_id text)",
    "CREATE TABLE storage.objects (id uuid PRIMARY KEY DEFAULT gen_random_uuid(),"
    " bucket_id text REFERENCES storage.buckets, name text, owner uuid,"
    " created_at timestamptz DEFAULT now(), updated_at timestamptz DEFAULT now(),"
    " last_accessed_at timestamptz DEFAULT now(), metadata jsonb, path_tokens text[],"
    " version text, owner_id text, user_metadata jsonb)",
    "ALTER TABLE storage.objects ENABLE ROW LEVEL SECURITY",
    "CREATE FUNCTION storage.foldername(name text) RETURNS text[] LANGUAGE sql IMMUTABLE"
    " AS 'SELECT string_to_array(name, ''/'')'",
    "CREATE FUNCTION storage.filename(name text) RETURNS text LANGUAGE sql IMMUTABLE"
    " AS 'SELECT name'",
    "CREATE FUNCTION storage.extension(name text) RETURNS text LANGUAGE sql IMMUTABLE"
    " AS 'SELECT name'",
    "CREATE PUBLICATION supabase_realtime",
};
const size_t tdm_standin_statement_count =
    sizeof tdm_standin_statements / sizeof *tdm_standin_statements;
