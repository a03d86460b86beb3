// Functions of PostgreSQL that define nothing, whatever they are called with: without those that
// run SQL that they are given (query_to_xml), those of files and those of the server's own affairs.
#include "replay/call.h"

#include "base/text.h"

// Separated by one space, with one at both ends.
static const char names[] =
    " abs age array_agg array_append array_cat array_length array_lower array_ndims "
    "array_position array_positions array_prepend array_remove array_replace array_to_json "
    "array_to_string array_upper avg bit_and bit_or bool_and bool_or btrim cardinality ceil "
    "ceiling char_length character_length chr clock_timestamp col_description concat "
    "concat_ws convert_from convert_to count cume_dist current_database current_schema "
    "current_schemas current_setting currval date_part date_trunc decode dense_rank encode "
    "every exp extract first_value floor format format_type gen_random_uuid generate_series "
    "has_column_privilege has_database_privilege has_function_privilege has_schema_privilege "
    "has_sequence_privilege has_table_privilege initcap isempty json_agg json_array_elements "
    "json_array_elements_text json_array_length json_build_array json_build_object json_each "
    "json_each_text json_extract_path json_extract_path_text json_object json_object_agg "
    "json_object_keys json_strip_nulls json_to_record json_to_recordset json_typeof "
    "jsonb_agg jsonb_array_elements jsonb_array_elements_text jsonb_array_length "
    "jsonb_build_array jsonb_build_object jsonb_each jsonb_each_text jsonb_extract_path "
    "jsonb_extract_path_text jsonb_object jsonb_object_agg jsonb_object_keys "
    "jsonb_path_exists jsonb_path_query jsonb_path_query_array jsonb_path_query_first "
    "jsonb_pretty jsonb_set jsonb_strip_nulls jsonb_to_record jsonb_to_recordset "
    "jsonb_typeof justify_interval lag last_value lastval lead left length ln log lower lpad "
    "ltrim make_date make_interval make_timestamp make_timestamptz max md5 min mod mode "
    "nextval now nth_value ntile num_nonnulls num_nulls obj_description octet_length overlay "
    "percent_rank percentile_cont percentile_disc pg_advisory_lock pg_advisory_unlock "
    "pg_advisory_xact_lock pg_backend_pid pg_column_size pg_function_is_visible "
    "pg_get_constraintdef pg_get_expr pg_get_function_arguments "
    "pg_get_function_identity_arguments pg_get_function_result pg_get_functiondef "
    "pg_get_indexdef pg_get_serial_sequence pg_get_triggerdef pg_get_userbyid pg_get_viewdef "
    "pg_has_role pg_notify pg_relation_size pg_sleep pg_table_is_visible "
    "pg_total_relation_size pg_try_advisory_lock pg_try_advisory_xact_lock "
    "pg_type_is_visible pg_typeof phraseto_tsquery plainto_tsquery position power "
    "quote_ident quote_literal quote_nullable random rank regexp_match regexp_matches "
    "regexp_replace regexp_split_to_array regexp_split_to_table repeat replace reverse right "
    "round row_number row_to_json rpad rtrim set_config setseed setval setweight sha224 "
    "sha256 sha384 sha512 shobj_description sign split_part sqrt starts_with "
    "statement_timestamp string_agg string_to_array strpos substr substring sum timezone "
    "to_ascii to_char to_date to_hex to_json to_jsonb to_number to_regclass to_regnamespace "
    "to_regproc to_regprocedure to_regrole to_regtype to_timestamp to_tsquery to_tsvector "
    "transaction_timestamp translate trunc ts_rank ts_rank_cd txid_current unnest upper "
    "version websearch_to_tsquery width_bucket ";

bool tdm_call_is_builtin(tdm_text name)
{
    tdm_text rest = {names, sizeof names - 1};

    while (rest.size > 1) {
        rest = tdm_text_from(rest, 1);
        size_t end = tdm_text_find_char(rest, ' ');
        if (tdm_text_equal(tdm_text_slice(rest, 0, end), name))
            return true;
        rest = tdm_text_from(rest, end);
    }
    return false;
}
