#include "db/target.h"

#include "base/error.h"
#include "base/text.h"
#include "base/vector.h"
#include "db/late.h"

#include <string.h>

const char *tdm_target_get(const tdm_target_parts *parts, const char *keyword)
{
    for (size_t i = 0; i < parts->count; i++)
        if (strcmp(parts->items[i].keyword, keyword) == 0)
            return parts->items[i].value;
    return NULL;
}

bool tdm_target_set(tdm_arena *arena, tdm_target_parts *parts, const char *keyword,
                    const char *value)
{
    for (size_t i = 0; i < parts->count; i++) {
        if (strcmp(parts->items[i].keyword, keyword) == 0) {
            parts->items[i].value = value;
            return true;
        }
    }
    tdm_target_part part = {keyword, value};
    return tdm_vector_push(arena, parts, part);
}

static bool copy_options(tdm_arena *arena, const PQconninfoOption *options, tdm_target_parts *ret)
{
    for (const PQconninfoOption *option = options; option->keyword; option++) {
        if (!option->val)
            continue;
        const char *keyword = tdm_arena_string(arena, tdm_text_of(option->keyword));
        const char *value = tdm_arena_string(arena, tdm_text_of(option->val));
        if (!keyword || !value || !tdm_target_set(arena, ret, keyword, value))
            return false;
    }
    return true;
}

// libpq's message quotes the part that it did not understand, which may hold a password.
static tdm_status fail_syntax(tdm_error *err)
{
    tdm_fail(err, TDM_ERROR_CONFIG, TDM_NOWHERE, "the database URL is not understood");
    return tdm_hint(err, "Write postgresql://user@host:port/database, with special characters of "
                         "each part percent-encoded, or \"host=... dbname=...\".");
}

tdm_status tdm_target_parse(tdm_arena *arena, const char *url, tdm_target_parts *ret,
                            tdm_error *err)
{
    tdm_target_parts parts = {0};
    if (!url || !url[0]) {
        *ret = parts;
        return TDM_OK;
    }
    if (tdm_is_sqlalchemy_url(tdm_text_of(url)))
        return tdm_sqlalchemy_url_parse(arena, tdm_text_of(url), ret, err);
    char *message = NULL;
    tdm_libpq pq;
    if (tdm_libpq_load(&pq, err) != TDM_OK)
        return TDM_FAILED;
    PQconninfoOption *options = pq.PQconninfoParse(url, &message);
    pq.PQfreemem(message);
    if (!options)
        return fail_syntax(err);
    bool copied = copy_options(arena, options, &parts);
    pq.PQconninfoFree(options);
    if (!copied)
        return tdm_fail_memory(err);
    *ret = parts;
    return TDM_OK;
}

static const char *const secrets[] = {"password", "sslpassword"};

void tdm_target_wipe(const tdm_target_parts *parts)
{
    for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++) {
        const char *value = tdm_target_get(parts, secrets[i]);
        if (value)
            explicit_bzero((char *)value, strlen(value));
    }
}

bool tdm_target_has_secret(const tdm_target_parts *parts)
{
    for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++) {
        const char *value = tdm_target_get(parts, secrets[i]);
        if (value && value[0])
            return true;
    }
    return false;
}

tdm_status tdm_target_refuse_secrets(const tdm_target_parts *parts, tdm_error *err)
{
    if (!tdm_target_has_secret(parts))
        return TDM_OK;
    tdm_fail(err, TDM_ERROR_USAGE, TDM_NOWHERE,
             "a password on the command line can be read by everybody on this machine");
    return tdm_hint(err, "Leave it out of the URL and put it into PGPASSWORD or ~/.pgpass, or "
                         "give the whole URL in an environment variable.");
}

// Walks over a comma-separated list as libpq reads it; false at the end.
static bool next_of_list(tdm_text *rest, tdm_text *ret)
{
    if (!rest->data)
        return false;
    size_t comma = tdm_text_find_char(*rest, ',');
    *ret = tdm_text_slice(*rest, 0, comma);
    *rest = comma == SIZE_MAX ? (tdm_text){0} : tdm_text_from(*rest, comma + 1);
    return true;
}

static tdm_status refuse_one_pooler(tdm_text host, tdm_text port, tdm_error *err)
{
    bool shared = tdm_text_ends(host, TDM_TEXT(".pooler.supabase.com"));
    bool dedicated =
        tdm_text_starts(host, TDM_TEXT("db.")) && tdm_text_ends(host, TDM_TEXT(".supabase.co"));
    if (!tdm_text_is(port, "6543") || !(shared || dedicated))
        return TDM_OK;
    tdm_fail(err, TDM_ERROR_TARGET, TDM_NOWHERE,
             "%.*s:6543 is a transaction pooler, which cannot hold the locks of a push",
             TDM_TEXT_ARG(host));
    return shared ? tdm_hint(err,
                             "Use the session pooler of the same host: %.*s:5432, with the same "
                             "user and password.",
                             TDM_TEXT_ARG(host))
                  : tdm_hint(err,
                             "Connect to the database itself: %.*s:5432; where there is no IPv6, "
                             "to the session pooler (port 5432) that the dashboard names.",
                             TDM_TEXT_ARG(host));
}

tdm_status tdm_target_refuse_pooler(const char *hosts, const char *ports, tdm_error *err)
{
    tdm_text host_rest = tdm_text_of(hosts);
    tdm_text port_rest = tdm_text_of(ports);
    tdm_text host;
    tdm_text port = TDM_TEXT("");
    while (next_of_list(&host_rest, &host)) {
        (void)next_of_list(&port_rest, &port); // one port serves all hosts
        if (refuse_one_pooler(host, port, err) != TDM_OK)
            return TDM_FAILED;
    }
    return TDM_OK;
}

static bool is_local_host(tdm_text host)
{
    if (host.size == 0 || host.data[0] == '/' || host.data[0] == '@')
        return true;
    if (tdm_text_equal_nocase(host, TDM_TEXT("localhost")) || tdm_text_is(host, "::1"))
        return true;
    // An address, not a name that begins like one: "127.0.0.1.example.com" is elsewhere.
    for (size_t i = 0; i < host.size; i++)
        if (!tdm_is_digit(host.data[i]) && host.data[i] != '.')
            return false;
    return tdm_text_starts(host, TDM_TEXT("127."));
}

bool tdm_target_is_local(const char *hosts)
{
    tdm_text rest = tdm_text_of(hosts);
    tdm_text host;
    while (next_of_list(&rest, &host))
        if (!is_local_host(host))
            return false;
    return true;
}
