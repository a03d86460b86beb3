#include "config/settings_file.h"

#include "base/error.h"
#include "base/nearest.h"
#include "base/text.h"

#include <string.h>

typedef TDM_VECTOR(tdm_setting_pair) pair_list;

static tdm_status fail_type(tdm_settings_reader *in, tdm_place place, tdm_setting_id id,
                            const char *expected)
{
    return tdm_fail(in->err, TDM_ERROR_CONFIG, place, "%s must be %s", tdm_setting_key(id),
                    expected);
}

tdm_status tdm_settings_path(tdm_settings_reader *in, const char *said_by, tdm_text text,
                             tdm_place place, const char **ret)
{
    const char *path = tdm_arena_string(in->arena, text);
    const char *folder = in->folder;
    const char *clean = NULL;
    if (!path)
        return tdm_fail_memory(in->err);
    if (path[0] == '/') {
        tdm_text root = tdm_text_of(in->tree->root);
        bool inside = tdm_text_starts(text, root) &&
                      (text.size == root.size || root.size == 1 || path[root.size] == '/');
        path = inside ? path + root.size : NULL;
        folder = "";
    }
    if (path)
        clean = tdm_path_join(in->arena, folder, path);
    if (!tdm_arena_ok(in->arena))
        return tdm_fail_memory(in->err);
    if (!clean)
        return tdm_fail(in->err, TDM_ERROR_CONFIG, place,
                        "%s: '%.*s' lies outside of the project '%s'", said_by, TDM_TEXT_ARG(text),
                        in->tree->root);
    *ret = clean;
    return TDM_OK;
}

static bool is_path(tdm_setting_id id)
{
    tdm_setting_type type = tdm_setting_type_of(id);
    return type == TDM_SETTING_PATH || type == TDM_SETTING_PATHS;
}

static tdm_status set_items(tdm_settings_reader *in, tdm_setting_id id, const tdm_text *items,
                            size_t count, tdm_place place)
{
    tdm_text *copies = tdm_arena_array(in->arena, count, sizeof *copies);
    if (!copies)
        return tdm_fail_memory(in->err);
    for (size_t i = 0; i < count; i++) {
        const char *path = NULL;
        if (is_path(id) &&
            tdm_settings_path(in, tdm_setting_key(id), items[i], place, &path) != TDM_OK)
            return TDM_FAILED;
        copies[i] = path ? tdm_text_of(path) : tdm_arena_text(in->arena, items[i]);
    }
    if (!tdm_arena_ok(in->arena))
        return tdm_fail_memory(in->err);
    in->settings->values[id] =
        (tdm_setting){.origin = in->origin, .place = place, .items = copies, .count = count};
    return TDM_OK;
}

static tdm_status set_flag(tdm_settings_reader *in, tdm_setting_id id, bool flag, tdm_place place)
{
    tdm_text text = flag ? TDM_TEXT("true") : TDM_TEXT("false");
    if (set_items(in, id, &text, 1, place) != TDM_OK)
        return TDM_FAILED;
    in->settings->values[id].boolean = flag;
    return TDM_OK;
}

// A whole number may stand for a string: versions and some revision ids are written so.
static bool is_texty(const tdm_toml *value)
{
    return value->kind == TDM_TOML_STRING || value->kind == TDM_TOML_INTEGER;
}

static tdm_status read_items(tdm_settings_reader *in, tdm_setting_id id, const tdm_toml *value)
{
    bool array = value->kind == TDM_TOML_ARRAY;
    size_t count = array ? value->count : 1;
    tdm_text *items = tdm_arena_array(in->arena, count, sizeof *items);
    if (!items)
        return tdm_fail_memory(in->err);
    for (size_t i = 0; i < count; i++) {
        const tdm_toml *item = array ? value->items[i] : value;
        if (!is_texty(item))
            return fail_type(in, item->place, id, "a string or an array of strings");
        items[i] = item->text;
    }
    return set_items(in, id, items, count, value->place);
}

// A table inside a map is a dotted name: app.settings.x = true.
static tdm_status read_pairs(tdm_settings_reader *in, tdm_setting_id id, const tdm_toml *table,
                             tdm_text prefix, pair_list *list)
{
    for (size_t i = 0; i < table->count; i++) {
        const tdm_toml_entry *entry = &table->entries[i];
        const tdm_toml *value = entry->value;
        tdm_text key = prefix.size ? tdm_arena_printf(in->arena, "%.*s.%.*s", TDM_TEXT_ARG(prefix),
                                                      TDM_TEXT_ARG(entry->key))
                                   : entry->key;
        tdm_setting_pair pair = {.key = key,
                                 .text = value->text,
                                 .is_string = value->kind == TDM_TOML_STRING,
                                 .place = value->place};
        if (value->kind == TDM_TOML_ARRAY)
            return fail_type(in, value->place, id, "a table without arrays");
        if (value->kind == TDM_TOML_TABLE) {
            if (read_pairs(in, id, value, key, list) != TDM_OK)
                return TDM_FAILED;
        } else if (!tdm_vector_push(in->arena, list, pair)) {
            return tdm_fail_memory(in->err);
        }
    }
    return tdm_arena_ok(in->arena) ? TDM_OK : tdm_fail_memory(in->err);
}

// "scheme://user:password@host"
static bool holds_password(tdm_text text)
{
    size_t start = tdm_text_find(text, TDM_TEXT("://"));
    tdm_text rest = start == SIZE_MAX ? (tdm_text){NULL, 0} : tdm_text_from(text, start + 3);
    size_t end = tdm_text_find_char(rest, '/');
    tdm_text authority = tdm_text_slice(rest, 0, end);
    size_t at = tdm_text_find_char(authority, '@');
    return at != SIZE_MAX && tdm_text_find_char(tdm_text_slice(authority, 0, at), ':') != SIZE_MAX;
}

static tdm_status refuse_secrets(tdm_settings_reader *in, const pair_list *list)
{
    for (size_t i = 0; i < list->count && in->origin == TDM_ORIGIN_PROJECT_FILE; i++) {
        const tdm_setting_pair *pair = &list->items[i];
        if (!tdm_text_is(pair->key, "password") && !tdm_text_is(pair->key, "token") &&
            !holds_password(pair->text))
            continue;
        tdm_fail(in->err, TDM_ERROR_CONFIG, pair->place,
                 "a project file cannot hold a secret: '%.*s'", TDM_TEXT_ARG(pair->key));
        return tdm_hint(in->err, "Give it through the environment, ~/.pgpass or a service file.");
    }
    return TDM_OK;
}

static tdm_status read_tables(tdm_settings_reader *in, tdm_setting_id id, const tdm_toml *value)
{
    tdm_setting_table *tables = tdm_arena_array(in->arena, value->count, sizeof *tables);
    if (!tables)
        return tdm_fail_memory(in->err);
    for (size_t i = 0; i < value->count; i++) {
        const tdm_toml_entry *entry = &value->entries[i];
        pair_list pairs = {0};
        if (entry->value->kind != TDM_TOML_TABLE)
            return fail_type(in, entry->value->place, id, "a table of tables");
        if (read_pairs(in, id, entry->value, (tdm_text){NULL, 0}, &pairs) != TDM_OK ||
            refuse_secrets(in, &pairs) != TDM_OK)
            return TDM_FAILED;
        tables[i] = (tdm_setting_table){entry->key, entry->place, pairs.items, pairs.count};
    }
    in->settings->values[id] = (tdm_setting){
        .origin = in->origin, .place = value->place, .tables = tables, .table_count = value->count};
    return TDM_OK;
}

static tdm_status read_map(tdm_settings_reader *in, tdm_setting_id id, const tdm_toml *value)
{
    pair_list pairs = {0};
    if (read_pairs(in, id, value, (tdm_text){NULL, 0}, &pairs) != TDM_OK)
        return TDM_FAILED;
    in->settings->values[id] = (tdm_setting){.origin = in->origin,
                                             .place = value->place,
                                             .pairs = pairs.items,
                                             .pair_count = pairs.count};
    return TDM_OK;
}

static tdm_status read_value(tdm_settings_reader *in, tdm_setting_id id, const tdm_toml *value)
{
    switch (tdm_setting_type_of(id)) {
    case TDM_SETTING_STRING:
    case TDM_SETTING_PATH:
        if (!is_texty(value))
            return fail_type(in, value->place, id, "a string");
        return read_items(in, id, value);
    case TDM_SETTING_STRINGS:
    case TDM_SETTING_PATHS:
        return read_items(in, id, value);
    case TDM_SETTING_BOOLEAN:
        if (value->kind != TDM_TOML_BOOLEAN)
            return fail_type(in, value->place, id, "true or false");
        return set_flag(in, id, value->boolean, value->place);
    case TDM_SETTING_MAP:
        return value->kind == TDM_TOML_TABLE ? read_map(in, id, value)
                                             : fail_type(in, value->place, id, "a table");
    case TDM_SETTING_TABLES:
        break;
    }
    return value->kind == TDM_TOML_TABLE ? read_tables(in, id, value)
                                         : fail_type(in, value->place, id, "a table of tables");
}

static tdm_status warn_unknown(tdm_settings_reader *in, tdm_text key, tdm_place place)
{
    tdm_nearest nearest;
    tdm_nearest_init(&nearest, key);
    for (int id = 0; id < TDM_SETTING_COUNT; id++)
        tdm_nearest_offer(&nearest, tdm_text_of(tdm_setting_key((tdm_setting_id)id)));
    tdm_setting_warning warning = {
        .place = place,
        .message = tdm_arena_printf(in->arena, "unknown setting '%.*s'", TDM_TEXT_ARG(key))};
    if (nearest.best.size)
        warning.hint =
            tdm_arena_printf(in->arena, "Did you mean '%.*s'?", TDM_TEXT_ARG(nearest.best));
    return tdm_vector_push(in->arena, &in->warnings, warning) ? TDM_OK : tdm_fail_memory(in->err);
}

// How a key of the file relates to the known ones: is one, begins some, or neither.
static bool known_key(tdm_text key, tdm_setting_id *ret, bool *ret_prefix)
{
    *ret_prefix = false;
    for (int id = 0; id < TDM_SETTING_COUNT; id++) {
        tdm_text known = tdm_text_of(tdm_setting_key((tdm_setting_id)id));
        if (tdm_text_equal(known, key)) {
            *ret = (tdm_setting_id)id;
            return true;
        }
        if (tdm_text_starts(known, key) && known.data[key.size] == '.')
            *ret_prefix = true;
    }
    return false;
}

static tdm_status read_table(tdm_settings_reader *in, const tdm_toml *table, tdm_text prefix)
{
    for (size_t i = 0; i < table->count; i++) {
        const tdm_toml_entry *entry = &table->entries[i];
        tdm_text key = prefix.size ? tdm_arena_printf(in->arena, "%.*s.%.*s", TDM_TEXT_ARG(prefix),
                                                      TDM_TEXT_ARG(entry->key))
                                   : entry->key;
        tdm_setting_id id;
        bool begins;
        tdm_status status = TDM_OK;
        if (!tdm_arena_ok(in->arena))
            return tdm_fail_memory(in->err);
        if (known_key(key, &id, &begins))
            status = read_value(in, id, entry->value);
        else if (!begins)
            status = warn_unknown(in, key, entry->place);
        else if (entry->value->kind == TDM_TOML_TABLE)
            status = read_table(in, entry->value, key);
        else
            status = tdm_fail(in->err, TDM_ERROR_CONFIG, entry->value->place,
                              "%.*s must be a table", TDM_TEXT_ARG(key));
        if (status != TDM_OK)
            return status;
    }
    return TDM_OK;
}

tdm_status tdm_settings_file(tdm_settings_reader *in, const tdm_toml *root)
{
    return read_table(in, root, (tdm_text){NULL, 0});
}

static bool read_word(tdm_text text, bool *ret)
{
    static const char *const yes[] = {"1", "true", "yes", "on"};
    static const char *const no[] = {"0", "false", "no", "off", ""};
    *ret = true;
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        if (tdm_text_is(text, yes[i]))
            return true;
    *ret = false;
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        if (tdm_text_is(text, no[i]))
            return true;
    return false;
}

static tdm_status set_list(tdm_settings_reader *in, tdm_setting_id id, tdm_text text)
{
    TDM_VECTOR(tdm_text) items = {0};
    for (size_t start = 0; start <= text.size;) {
        size_t length = tdm_text_find_char(tdm_text_from(text, start), ':');
        size_t end = length == SIZE_MAX ? text.size : start + length;
        tdm_text item = tdm_text_slice(text, start, end);
        if (item.size && !tdm_vector_push(in->arena, &items, item))
            return tdm_fail_memory(in->err);
        start = end + 1;
    }
    return set_items(in, id, items.items, items.count, TDM_NOWHERE);
}

tdm_status tdm_settings_text(tdm_settings_reader *in, tdm_setting_id id, tdm_text text,
                             const char *said_by)
{
    bool flag;
    switch (tdm_setting_type_of(id)) {
    case TDM_SETTING_STRING:
    case TDM_SETTING_PATH:
        return set_items(in, id, &text, 1, TDM_NOWHERE);
    case TDM_SETTING_STRINGS:
    case TDM_SETTING_PATHS:
        return set_list(in, id, text);
    case TDM_SETTING_BOOLEAN:
        if (read_word(text, &flag))
            return set_flag(in, id, flag, TDM_NOWHERE);
        return tdm_fail(in->err, TDM_ERROR_CONFIG, TDM_NOWHERE,
                        "%s must be true or false, not '%.*s'", said_by, TDM_TEXT_ARG(text));
    case TDM_SETTING_MAP:
    case TDM_SETTING_TABLES:
        break;
    }
    return tdm_fail(in->err, TDM_ERROR_BUG, TDM_NOWHERE, "%s cannot be given by %s",
                    tdm_setting_key(id), said_by);
}
