#include "alembic/env.h"

#include "base/error.h"
#include "base/text.h"

#include "python/calls.h"

#include <stddef.h>

typedef enum setting_kind {
    SETTING_NAME,   // a string
    SETTING_SCHEMA, // a string or None
    SETTING_FLAG,
} setting_kind;

typedef struct setting_row {
    const char *keyword;
    size_t offset;    // of the value in tdm_env_mode
    const char *text; // stock
    setting_kind kind;
    bool flag; // stock
} setting_row;

#define AT(member) offsetof(tdm_env_mode, member)
static const setting_row settings[] = {
    {"version_table", AT(version_table), "alembic_version", SETTING_NAME, false},
    {"version_table_schema", AT(version_table_schema), "", SETTING_SCHEMA, false},
    {"version_table_pk", AT(version_table_pk), "", SETTING_FLAG, true},
    {"transaction_per_migration", AT(transaction_per_migration), "", SETTING_FLAG, false},
    {"transactional_ddl", AT(transactional_ddl), "", SETTING_FLAG, true},
    {"literal_binds", AT(literal_binds), "", SETTING_FLAG, false},
    {"paramstyle", AT(paramstyle), "pyformat", SETTING_NAME, false},
};
#undef AT

enum {
    SETTING_COUNT = sizeof settings / sizeof *settings,
};

static tdm_env_value *value_of(tdm_env_mode *mode, const setting_row *row)
{
    return (tdm_env_value *)(void *)((char *)mode + row->offset);
}

static void stock_mode(tdm_env_mode *ret)
{
    *ret = (tdm_env_mode){.begin_transaction = {.flag = true}};
    for (size_t i = 0; i < SETTING_COUNT; i++)
        *value_of(ret, &settings[i]) =
            (tdm_env_value){.text = tdm_text_of(settings[i].text), .flag = settings[i].flag};
}

void tdm_env_stock(tdm_env *ret)
{
    stock_mode(&ret->offline);
    stock_mode(&ret->online);
    ret->offline.literal_binds.flag = true;
    ret->offline.paramstyle.text = TDM_TEXT("named");
}

static tdm_env_value unknown(tdm_place place, tdm_text why)
{
    return (tdm_env_value){.state = TDM_ENV_UNKNOWN, .place = place, .text = why};
}

static tdm_env_value stock(const setting_row *row)
{
    return (tdm_env_value){.text = tdm_text_of(row->text), .flag = row->flag};
}

// A keyword's value. None for a switch is Alembic's own choice, except where it tests for truth.
static tdm_env_value value_said(const setting_row *row, const tdm_py_said *said)
{
    tdm_env_value value = {.state = TDM_ENV_SAID, .place = said->place};
    if (row->kind == SETTING_FLAG && said->kind == TDM_PY_SAID_BOOL) {
        value.flag = said->flag;
        return value;
    }
    if (row->kind != SETTING_FLAG && said->kind == TDM_PY_SAID_STRING) {
        value.text = said->text;
        return value;
    }
    if (row->kind == SETTING_SCHEMA && said->kind == TDM_PY_SAID_NONE)
        return value;
    return unknown(said->place, said->source);
}

static tdm_env_value absent(const setting_row *row, const tdm_py_call_site *site)
{
    return site->open ? unknown(site->place, TDM_TEXT("**arguments")) : stock(row);
}

static tdm_env_value read_setting(const setting_row *row, const tdm_py_call_site *site)
{
    bool inner = tdm_text_is(tdm_text_of(row->keyword), "paramstyle");
    tdm_text name = inner ? TDM_TEXT("dialect_opts") : tdm_text_of(row->keyword);
    const tdm_py_said *said = tdm_py_said_of(site->keywords, site->count, name);
    if (!said)
        return absent(row, site);
    if (!inner)
        return value_said(row, said);
    if (said->kind == TDM_PY_SAID_NONE)
        return stock(row);
    if (said->kind != TDM_PY_SAID_DICT)
        return unknown(said->place, said->source);
    const tdm_py_said *style =
        tdm_py_said_of(said->entries, said->count, tdm_text_of(row->keyword));
    if (style)
        return value_said(row, style);
    return said->open ? unknown(said->place, said->source) : stock(row);
}

static bool same_value(const tdm_env_value *a, const tdm_env_value *b)
{
    return a->state != TDM_ENV_UNKNOWN && b->state != TDM_ENV_UNKNOWN && a->flag == b->flag &&
           tdm_text_equal(a->text, b->text);
}

static bool has_keyword(const tdm_py_call_site *site, const char *name)
{
    return tdm_py_said_of(site->keywords, site->count, tdm_text_of(name)) != NULL;
}

typedef enum mode_kind {
    MODE_OFFLINE,
    MODE_ONLINE,
    MODE_EITHER,
} mode_kind;

static mode_kind kind_of(const tdm_py_call_site *site)
{
    if (has_keyword(site, "connection"))
        return MODE_ONLINE;
    if (has_keyword(site, "url") || has_keyword(site, "dialect_name"))
        return MODE_OFFLINE;
    if (tdm_text_find(site->function, TDM_TEXT("offline")) != SIZE_MAX)
        return MODE_OFFLINE;
    if (tdm_text_find(site->function, TDM_TEXT("online")) != SIZE_MAX)
        return MODE_ONLINE;
    return MODE_EITHER;
}

static void add_site(tdm_env_mode *mode, const tdm_py_call_site *site, bool *first)
{
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        tdm_env_value *value = value_of(mode, &settings[i]);
        tdm_env_value next = read_setting(&settings[i], site);
        if (*first)
            *value = next;
        else if (!same_value(value, &next) && value->state != TDM_ENV_UNKNOWN)
            *value = unknown(next.place.file ? next.place : site->place,
                             TDM_TEXT("two calls that differ"));
    }
    if (*first)
        mode->place = site->place;
    *first = false;
}

// The calls of one mode; where a mode has none of its own, all calls speak for it.
static bool read_mode(const tdm_py_call_sites *sites, mode_kind kind, tdm_env_mode *mode)
{
    bool first = true;
    for (int own = 1; own >= 0 && first; own--)
        for (size_t i = 0; i < sites->count; i++) {
            const tdm_py_call_site *site = &sites->items[i];
            mode_kind said = kind_of(site);
            if (tdm_text_is(site->method, "configure") &&
                (!own || said == kind || said == MODE_EITHER))
                add_site(mode, site, &first);
        }
    return !first;
}

static void read_other_calls(const tdm_py_call_sites *sites, tdm_env_mode *mode)
{
    mode->begin_transaction = (tdm_env_value){.state = TDM_ENV_SAID};
    for (size_t i = 0; i < sites->count; i++) {
        const tdm_py_call_site *site = &sites->items[i];
        if (tdm_text_is(site->method, "begin_transaction"))
            mode->begin_transaction =
                (tdm_env_value){.state = TDM_ENV_SAID, .place = site->place, .flag = true};
        if (tdm_text_is(site->method, "execute") || tdm_text_is(site->method, "static_output"))
            mode->extra = unknown(site->place, TDM_TEXT("env.py writes text of its own"));
    }
}

tdm_status tdm_env_read(tdm_arena *arena, const char *path, tdm_text source, tdm_env *ret,
                        tdm_error *err)
{
    tdm_py_source *parsed = NULL;
    tdm_py_call_sites sites = {0};
    tdm_env env;
    tdm_place start = {.file = path, .line = 1, .column = 1, .end_line = 1, .end_column = 1};
    tdm_env_stock(&env);
    if (tdm_py_parse(arena, path, source, &parsed, err) != TDM_OK)
        return TDM_FAILED;
    tdm_status status = tdm_py_calls_on(arena, parsed, TDM_TEXT("context"), &sites, err);
    tdm_py_source_free(parsed);
    if (status != TDM_OK)
        return status;
    tdm_env_mode *modes[] = {&env.offline, &env.online};
    for (size_t i = 0; i < 2; i++) {
        read_other_calls(&sites, modes[i]);
        if (read_mode(&sites, i == 0 ? MODE_OFFLINE : MODE_ONLINE, modes[i]))
            continue;
        modes[i]->begin_transaction = unknown(start, TDM_TEXT("no call of context.configure"));
        for (size_t k = 0; k < SETTING_COUNT; k++)
            *value_of(modes[i], &settings[k]) =
                unknown(start, TDM_TEXT("no call of context.configure"));
    }
    *ret = env;
    return TDM_OK;
}
