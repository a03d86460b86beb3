// Reading a running server: the transaction, the order of the families, and rows as objects.
#include "db/live.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/text.h"
#include "catalog/fit.h"
#include "catalog/rule.h"
#include "db/live_reader.h"
#include "db/record.h"

enum {
    OLDEST_SERVER = 140000,
};

// Names in answers come qualified when nothing is on the search path, whatever a role or database
// sets; other settings that change how values print are put at their defaults. Compiling these
// queries takes ten times as long as running them.
#define SETTINGS                                                                                   \
    "set_config('search_path', '', true), set_config('quote_all_identifiers', 'off', true), "      \
    "set_config('IntervalStyle', 'postgres', true), set_config('DateStyle', 'ISO, MDY', true), "   \
    "set_config('extra_float_digits', '1', true), set_config('bytea_output', 'hex', true), "       \
    "set_config('TimeZone', 'UTC', true), set_config('jit', 'off', true)"

static const char settings[] = "SELECT " SETTINGS;

// Where no session is held, each family brings the settings along.
static tdm_status ask_alone(tdm_live *live, tdm_text sql, tdm_db_result *ret)
{
    // Rows that come as JSON have one value for each name, and the queries name no columns. What
    // stands before them must give no rows, which an answer without any would be taken for.
    tdm_text records = tdm_record_wrap(live->answer, sql);
    tdm_text script = tdm_arena_printf(live->answer,
                                       "SET TRANSACTION READ ONLY; "
                                       "DO $tandem$ BEGIN PERFORM " SETTINGS "; END $tandem$; %.*s",
                                       TDM_TEXT_ARG(records));
    tdm_db_result rows;

    if (!script.size)
        return tdm_fail_memory(live->err);
    if (tdm_session_script(live->session, script, live->answer, &rows, live->err) != TDM_OK)
        return TDM_FAILED;
    if (tdm_records_read(live->answer, &rows, ret))
        return TDM_OK;
    return tdm_fail(live->err, TDM_ERROR_CONNECT, TDM_NOWHERE, "%.*s answers with no records",
                    TDM_TEXT_ARG(live->session->target));
}

tdm_status tdm_live_ask(tdm_live *live, tdm_text sql, tdm_db_result *ret)
{
    tdm_arena_free(live->answer);
    live->answer = tdm_arena_new(0);
    if (!live->answer)
        return tdm_fail_memory(live->err);
    tdm_text filled = tdm_live_fill(live, sql);
    if (!filled.size)
        return tdm_fail_memory(live->err);
    if (tdm_session_holds(live->session))
        return tdm_session_query(live->session, filled, live->answer, ret, live->err);
    return ask_alone(live, filled, ret);
}

tdm_text tdm_live_text(const tdm_live *live, const tdm_db_result *rows, size_t row, size_t column)
{
    const tdm_db_value *value = tdm_db_at(rows, row, column);

    return value->is_null ? (tdm_text){NULL, 0} : tdm_arena_text(live->arena, value->text);
}

tdm_object *tdm_live_relation(const tdm_live *live, const tdm_db_result *rows, size_t row,
                              size_t column)
{
    const tdm_db_value *value = tdm_db_at(rows, row, column);

    return value->is_null ? NULL : tdm_map_get(&live->relations, value->text);
}

// The access method, which says what the sort order of a key may be: the row's own column.
static tdm_text method_of(const tdm_object *object)
{
    const tdm_value *method = tdm_object_value(object, TDM_ATTR_METHOD);

    return method ? method->text : TDM_TEXT("btree");
}

// There are few types and many columns; a set is a type with a word before it.
tdm_text tdm_live_type(tdm_live *live, tdm_text text)
{
    const tdm_text set = TDM_TEXT("SETOF ");
    const tdm_text *known = tdm_map_get(&live->types, text);

    if (known)
        return *known;
    tdm_text *printed = tdm_arena_new_of(live->arena, tdm_text);
    if (!printed)
        return text;
    if (tdm_text_starts(text, set))
        *printed =
            tdm_arena_printf(live->arena, "SETOF %.*s",
                             TDM_TEXT_ARG(tdm_live_type(live, tdm_text_from(text, set.size))));
    else
        *printed = tdm_type_of_text(live->catalog, text);
    (void)tdm_map_put(&live->types, text, printed);
    return *printed;
}

// The list of an entry of default privileges in one schema begins with nothing; where it is for all
// schemas, it has an owner here.
static tdm_value grants_of(const tdm_live *live, const tdm_object *object, tdm_text list)
{
    bool defaults = object->kind == TDM_KIND_DEFAULT_PRIVILEGES;
    const tdm_value *owner = tdm_object_value(object, TDM_ATTR_OWNER);
    tdm_kind kind = defaults ? tdm_live_defaults_kind(object) : object->kind;

    return tdm_live_grants(live, defaults && object->schema.size ? TDM_KIND_COLUMN : kind,
                           owner ? owner->text : (tdm_text){NULL, 0}, list);
}

// Those of these attributes are printed as what refers to a type names it (live_parts.c); where
// that needs quotes, it is no text of SQL.
static tdm_text named_type(tdm_live *live, tdm_text text, tdm_attribute attribute)
{
    bool named = attribute == TDM_ATTR_RETURNS || attribute == TDM_ATTR_SUBTYPE;

    for (size_t i = 0; named && i < text.size; i++)
        if (tdm_text_find_char(TDM_TEXT("abcdefghijklmnopqrstuvwxyz0123456789_ ,()[]"),
                               text.data[i]) == SIZE_MAX)
            return text;
    tdm_text type = tdm_live_type(live, text);
    const tdm_text set = TDM_TEXT("SETOF "), schema = TDM_TEXT("public.");
    bool is_set = tdm_text_starts(type, set);
    tdm_text bare = tdm_text_from(type, is_set ? set.size : 0);
    if (!named || !tdm_text_starts(bare, schema))
        return type;
    bare = tdm_text_from(bare, schema.size);
    return is_set ? tdm_arena_printf(live->arena, "SETOF %.*s", TDM_TEXT_ARG(bare)) : bare;
}

static void set_rule(tdm_live *live, tdm_object *object, tdm_text text)
{
    tdm_rule rule;

    if (!tdm_rule_read(live->catalog, text, &rule))
        rule = (tdm_rule){.actions = {.text = text, .reason = TDM_TEXT("its text cannot be read")}};
    tdm_object_set(live->catalog, object, TDM_ATTR_EVENTS, rule.event, TDM_NOWHERE);
    tdm_object_set(live->catalog, object, TDM_ATTR_FORM, rule.form, TDM_NOWHERE);
    tdm_attributes_set(live->catalog, &object->attributes, TDM_ATTR_WHEN, rule.when, TDM_NOWHERE);
    tdm_attributes_set(live->catalog, &object->attributes, TDM_ATTR_QUERY, rule.actions,
                       TDM_NOWHERE);
}

void tdm_live_set(tdm_live *live, tdm_object *object, tdm_attribute attribute, tdm_text text)
{
    tdm_value value = {.text = text};

    if (text.size == 0)
        return;
    if (object->kind == TDM_KIND_RULE && attribute == TDM_ATTR_QUERY) {
        set_rule(live, object, text);
        return;
    }
    switch (tdm_attribute_mode(attribute)) {
    case TDM_MODE_EXPRESSION:
        value = tdm_value_of_expression(live->catalog, text);
        break;
    case TDM_MODE_KEYS:
        value = tdm_value_of_keys(live->catalog, text, method_of(object));
        break;
    case TDM_MODE_QUERY:
        value = tdm_value_of_query(live->catalog, text);
        break;
    case TDM_MODE_TYPE:
        value.text = named_type(live, text, attribute);
        break;
    case TDM_MODE_TEXT:
    case TDM_MODE_FLAG:
    case TDM_MODE_NAMES:
    case TDM_MODE_SET:
    case TDM_MODE_BODY:
    case TDM_MODE_SECRET: // is not read
        break;
    case TDM_MODE_GRANTS:
        value = grants_of(live, object, text);
        break;
    }
    tdm_attributes_set(live->catalog, &object->attributes, attribute, value, TDM_NOWHERE);
}

// --- Families -----------------------------------------------------------------------------------

// The columns that every family's answer begins with.
enum {
    OID,
    ON,
    SCHEMA,
    NAME,
    FIELDS,
};

static tdm_text query_of(tdm_live *live, const tdm_live_family *family)
{
    tdm_buffer sql = TDM_BUFFER_INIT(TDM_LIMIT_FILE);

    tdm_buffer_putf(&sql, "SELECT %s::text, %s::text, %s::text, (%s)::text", family->oid,
                    family->on ? family->on : "NULL", family->no_schema ? "NULL" : "n.nspname",
                    family->name);
    for (size_t i = 0; i < family->field_count; i++)
        tdm_buffer_putf(&sql, ", (%s)::text", family->fields[i].sql);
    // Oids follow the order of creation, which nothing depends on; it only keeps answers the same.
    tdm_buffer_putf(&sql, " FROM %s WHERE %s%s ORDER BY %s", family->from,
                    family->everywhere ? "" : "{scope} AND ", family->where, family->oid);
    return tdm_buffer_take(&sql, live->arena);
}

// Keys and exclusions have an index, which bears their name; the form is their first field.
static bool has_index(const tdm_db_result *rows, size_t row)
{
    tdm_text form = tdm_db_at(rows, row, FIELDS)->text;

    return !tdm_text_is(form, "CHECK") && !tdm_text_is(form, "FOREIGN KEY");
}

static void make(tdm_live *live, const tdm_live_family *family, const tdm_db_result *rows,
                 size_t row)
{
    const tdm_object *on = tdm_live_relation(live, rows, row, ON);
    tdm_key key = {
        .kind = family->kind,
        .schema = tdm_live_text(live, rows, row, SCHEMA),
        .on = on,
        .name = tdm_live_text(live, rows, row, NAME),
        .indexed = family->kind == TDM_KIND_CONSTRAINT && has_index(rows, row),
    };
    tdm_object *object = tdm_catalog_put(live->catalog, &key, TDM_NOWHERE);

    if (!object)
        return;
    if (family->is_relation)
        (void)tdm_map_put(&live->relations, tdm_live_text(live, rows, row, OID), object);
    for (size_t i = 0; i < family->field_count; i++)
        tdm_live_set(live, object, family->fields[i].attribute,
                     tdm_live_text(live, rows, row, FIELDS + i));
    object->partitioned = tdm_object_value(object, TDM_ATTR_PARTITION_KEY) != NULL;
}

tdm_status tdm_live_family_read(tdm_live *live, const tdm_live_family *family)
{
    tdm_db_result rows;

    if (tdm_live_ask(live, query_of(live, family), &rows) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < rows.row_count; i++)
        // What stands on something that is an extension's is the extension's.
        if (!family->on || tdm_live_relation(live, &rows, i, ON))
            make(live, family, &rows, i);
    return tdm_arena_ok(live->arena) ? TDM_OK : tdm_fail_memory(live->err);
}

// --- The whole ----------------------------------------------------------------------------------

static tdm_status read_version(tdm_live *live)
{
    tdm_db_result rows;
    uint64_t version = 0;

    if (tdm_live_ask(live, TDM_TEXT("SELECT current_setting('server_version_num')"), &rows) !=
        TDM_OK)
        return TDM_FAILED;
    if (rows.row_count != 1 || !tdm_text_to_u64(tdm_db_at(&rows, 0, 0)->text, &version))
        return tdm_fail(live->err, TDM_ERROR_SERVER, TDM_NOWHERE,
                        "the server does not say which version it is");
    if (version < OLDEST_SERVER)
        return tdm_fail(live->err, TDM_ERROR_TARGET, TDM_NOWHERE,
                        "%.*s is PostgreSQL %d, and what is there is read from 14 on",
                        TDM_TEXT_ARG(live->session->target), (int)(version / 10000));
    live->version = (int)version;
    if (live->version < TDM_LIVE_MAINTAIN)
        tdm_fit_without_maintain(live->catalog);
    return TDM_OK;
}

static tdm_status read_families(tdm_live *live)
{
    static tdm_status (*const families[])(tdm_live *) = {
        read_version,           tdm_live_read_schemas,     tdm_live_read_relations,
        tdm_live_read_columns,  tdm_live_read_constraints, tdm_live_read_sequences,
        tdm_live_read_types,    tdm_live_read_routines,    tdm_live_read_access,
        tdm_live_read_others,   tdm_live_read_foreign,     tdm_live_read_definitions,
        tdm_live_read_defaults,
    };

    for (size_t i = 0; i < sizeof families / sizeof *families; i++)
        if (families[i](live) != TDM_OK)
            return TDM_FAILED;
    return TDM_OK;
}

static tdm_status begin(tdm_live *live)
{
    const char *const lines[] = {"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", settings};

    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        if (tdm_session_run(live->session, tdm_text_of(lines[i]), live->answer, NULL, live->err) !=
            TDM_OK)
            return TDM_FAILED;
    return TDM_OK;
}

tdm_status tdm_live_read(tdm_session *session, const tdm_live_options *options, tdm_arena *arena,
                         tdm_catalog **ret, tdm_error *err)
{
    tdm_live live = {.session = session, .arena = arena, .err = err};
    bool holds = tdm_session_holds(session);
    tdm_status status = TDM_FAILED;

    if (tdm_catalog_new(arena, true, &live.catalog, err) != TDM_OK)
        return TDM_FAILED;
    tdm_map_init(&live.relations, arena);
    tdm_map_init(&live.types, arena);
    live.scope = tdm_live_scope(arena, options);
    live.answer = tdm_arena_new(0);
    if (!live.answer || !live.scope.size)
        return tdm_fail_memory(err);
    if (!holds || begin(&live) == TDM_OK)
        status = read_families(&live);
    if (holds)
        tdm_session_tidy(session, TDM_TEXT("ROLLBACK"));
    tdm_arena_free(live.answer);
    *ret = live.catalog;
    return status;
}
