#include "targets/target_table.h"

#include "base/error.h"
#include "base/nearest.h"
#include "base/text.h"

static const char *const keys[] = {"project", "url", "url_env", "via", "protected"};

static const tdm_setting_pair *find(const tdm_setting_table *table, const char *key)
{
    for (size_t i = 0; i < table->count; i++)
        if (tdm_text_is(table->pairs[i].key, key))
            return &table->pairs[i];
    return NULL;
}

static tdm_status check_keys(const tdm_setting_table *table, tdm_error *err)
{
    for (size_t i = 0; i < table->count; i++) {
        const tdm_setting_pair *pair = &table->pairs[i];
        tdm_nearest nearest;
        bool known = false;
        tdm_nearest_init(&nearest, pair->key);
        for (size_t k = 0; k < sizeof keys / sizeof *keys; k++) {
            known = known || tdm_text_is(pair->key, keys[k]);
            tdm_nearest_offer(&nearest, tdm_text_of(keys[k]));
        }
        if (known)
            continue;
        tdm_fail(err, TDM_ERROR_CONFIG, pair->place, "a target has no key '%.*s'",
                 TDM_TEXT_ARG(pair->key));
        return nearest.best.size
                   ? tdm_hint(err, "Did you mean '%.*s'?", TDM_TEXT_ARG(nearest.best))
                   : tdm_hint(err, "It has project, url, url_env, via and protected.");
    }
    return TDM_OK;
}

static tdm_status read_via(const tdm_setting_pair *pair, tdm_via *ret, tdm_error *err)
{
    static const char *const words[] = {
        [TDM_VIA_AUTO] = "auto", [TDM_VIA_LIBPQ] = "libpq", [TDM_VIA_API] = "api"};
    *ret = TDM_VIA_AUTO;
    for (unsigned i = 0; pair && i < sizeof words / sizeof *words; i++) {
        if (tdm_text_is(pair->text, words[i])) {
            *ret = (tdm_via)i;
            return TDM_OK;
        }
    }
    return pair ? tdm_fail(err, TDM_ERROR_CONFIG, pair->place, "via is auto, libpq or api")
                : TDM_OK;
}

tdm_status tdm_target_table_read(tdm_arena *arena, const tdm_setting_table *table,
                                 tdm_target_entry *ret, tdm_error *err)
{
    const tdm_setting_pair *project = find(table, "project");
    const tdm_setting_pair *url = find(table, "url");
    const tdm_setting_pair *variable = find(table, "url_env");
    tdm_target_entry entry = {0};
    if (check_keys(table, err) != TDM_OK || read_via(find(table, "via"), &entry.via, err) != TDM_OK)
        return TDM_FAILED;
    if ((project ? 1 : 0) + (url ? 1 : 0) + (variable ? 1 : 0) != 1)
        return tdm_fail(err, TDM_ERROR_CONFIG, table->place,
                        "the target '%.*s' needs one of project, url and url_env",
                        TDM_TEXT_ARG(table->name));
    if (project)
        entry.project = project->text;
    if (url)
        entry.url = tdm_arena_string(arena, url->text);
    if (variable)
        entry.url_variable = tdm_arena_string(arena, variable->text);
    *ret = entry;
    return tdm_arena_ok(arena) ? TDM_OK : tdm_fail_memory(err);
}

tdm_status tdm_target_table_protection(tdm_arena *arena, const tdm_setting_table *table,
                                       tdm_target *target, tdm_error *err)
{
    const tdm_setting_pair *pair = find(table, "protected");
    target->name = tdm_arena_string(arena, table->name);
    target->is_protected = pair && tdm_text_is(pair->text, "true");
    if (pair && (pair->is_string || !(target->is_protected || tdm_text_is(pair->text, "false"))))
        return tdm_fail(err, TDM_ERROR_CONFIG, pair->place, "protected is true or false");
    return target->name ? TDM_OK : tdm_fail_memory(err);
}

const tdm_setting_table *tdm_target_table_of(const tdm_settings *settings, const char *key,
                                             tdm_text value)
{
    const tdm_setting *targets = &settings->values[TDM_SETTING_TARGETS];
    const tdm_setting_table *found = NULL;
    for (size_t i = 0; i < targets->table_count; i++) {
        const tdm_setting_pair *pair = find(&targets->tables[i], key);
        const tdm_setting_pair *guard = find(&targets->tables[i], "protected");
        bool guarded = guard && tdm_text_is(guard->text, "true");
        if (pair && tdm_text_equal(pair->text, value) && (!found || guarded))
            found = &targets->tables[i];
    }
    return found;
}
