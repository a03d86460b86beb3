// SQLAlchemy's URLs (SQLAlchemy 2.0 engine/url.py _parse_url): dialect+driver, then the parts of a
// URL with looser rules than libpq's, as a password may hold everything but '@'. Parameters are
// the driver's: those of the drivers people use are translated or left out by a table.
#include "db/target.h"

#include "base/error.h"
#include "base/text.h"

typedef enum parameter_use {
    USE_RENAMED, // libpq knows it by another name
    USE_IGNORED, // tunes the driver, says nothing about where to connect
    USE_SSL,     // asyncpg and pg8000: a mode, or a truth value
} parameter_use;

static const struct driver_parameter {
    const char *name;
    parameter_use use;
    const char *keyword;
} driver_parameters[] = {
    {"ssl", USE_SSL, NULL},
    {"timeout", USE_RENAMED, "connect_timeout"}, // asyncpg, pg8000
    {"unix_sock", USE_RENAMED, "host"},          // pg8000
    {"database", USE_RENAMED, "dbname"},
    {"direct_tls", USE_IGNORED, NULL},
    {"async_fallback", USE_IGNORED, NULL},
    {"command_timeout", USE_IGNORED, NULL},
    {"client_encoding", USE_IGNORED, NULL}, // always UTF8 here
    {"statement_cache_size", USE_IGNORED, NULL},
    {"prepared_statement_cache_size", USE_IGNORED, NULL},
    {"prepared_statement_name_func", USE_IGNORED, NULL},
    {"max_cached_statement_lifetime", USE_IGNORED, NULL},
    {"max_cacheable_statement_size", USE_IGNORED, NULL},
    {"prepare_threshold", USE_IGNORED, NULL}, // psycopg
    {"executemany_mode", USE_IGNORED, NULL},
    {"pgbouncer", USE_IGNORED, NULL}, // Prisma's, copied into many .env files
};

typedef struct url_reader {
    tdm_arena *arena;
    tdm_target_parts parts;
    bool failed; // a malformed escape, or out of memory
} url_reader;

static tdm_status fail_url(tdm_error *err, const char *why)
{
    tdm_fail(err, TDM_ERROR_CONFIG, TDM_NOWHERE, "the SQLAlchemy URL is not understood: %s", why);
    return tdm_hint(err, "Write postgresql+driver://user@host:port/database.");
}

static tdm_text scheme_of(tdm_text url)
{
    return tdm_text_slice(url, 0, tdm_text_find(url, TDM_TEXT("://")));
}

bool tdm_is_sqlalchemy_url(tdm_text url)
{
    size_t end = tdm_text_find(url, TDM_TEXT("://"));
    if (end == SIZE_MAX)
        return false;
    tdm_text scheme = tdm_text_slice(url, 0, end);
    size_t plus = tdm_text_find_char(scheme, '+');
    tdm_text dialect = tdm_text_slice(scheme, 0, plus);
    return plus != SIZE_MAX &&
           (tdm_text_is(dialect, "postgresql") || tdm_text_is(dialect, "postgres"));
}

static int hex_of(char c)
{
    if (tdm_is_digit(c))
        return c - '0';
    c = tdm_to_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// Percent escapes undone as Python's unquote does: what is no escape stays. In a query '+' is a
// space (parse_qsl).
static const char *decode(url_reader *reader, tdm_text text, bool query)
{
    char *decoded = tdm_arena_alloc(reader->arena, text.size + 1);
    if (!decoded) {
        reader->failed = true;
        return "";
    }
    size_t size = 0;
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        bool escape = c == '%' && i + 2 < text.size && hex_of(text.data[i + 1]) >= 0 &&
                      hex_of(text.data[i + 2]) >= 0;
        if (escape) {
            c = (char)(hex_of(text.data[i + 1]) * 16 + hex_of(text.data[i + 2]));
            i += 2;
        } else if (query && c == '+') {
            c = ' ';
        }
        reader->failed = reader->failed || c == '\0';
        decoded[size++] = c;
    }
    return decoded;
}

static void put(url_reader *reader, const char *keyword, const char *value)
{
    if (!tdm_target_set(reader->arena, &reader->parts, keyword, value))
        reader->failed = true;
}

static const char *ssl_mode(const char *value)
{
    static const char *const truths[] = {"true", "1", "yes", "on"};
    static const char *const lies[] = {"false", "0", "no", "off"};
    tdm_text text = tdm_text_of(value);
    for (size_t i = 0; i < sizeof truths / sizeof *truths; i++) {
        if (tdm_text_equal_nocase(text, tdm_text_of(truths[i])))
            return "require";
        if (tdm_text_equal_nocase(text, tdm_text_of(lies[i])))
            return "disable";
    }
    return value;
}

// Several hosts: "host=a:1&host=b:2" (psycopg's dialects) becomes libpq's two lists.
static void add_host(url_reader *reader, tdm_text value)
{
    size_t colon =
        value.size > 0 && value.data[0] != '/' ? tdm_text_find_char(value, ':') : SIZE_MAX;
    tdm_text host = tdm_text_slice(value, 0, colon);
    tdm_text port = colon == SIZE_MAX ? TDM_TEXT("") : tdm_text_from(value, colon + 1);
    const char *hosts = tdm_target_get(&reader->parts, "host");
    const char *ports = tdm_target_get(&reader->parts, "port");
    tdm_text all_hosts = hosts
                             ? tdm_arena_printf(reader->arena, "%s,%.*s", hosts, TDM_TEXT_ARG(host))
                             : tdm_arena_text(reader->arena, host);
    tdm_text all_ports =
        hosts ? tdm_arena_printf(reader->arena, "%s,%.*s", ports ? ports : "", TDM_TEXT_ARG(port))
              : tdm_arena_text(reader->arena, port);
    put(reader, "host", all_hosts.data ? all_hosts.data : "");
    if (hosts || port.size > 0)
        put(reader, "port", all_ports.data ? all_ports.data : "");
}

static void read_parameter(url_reader *reader, tdm_text name, tdm_text raw)
{
    const char *value = decode(reader, raw, true);
    for (size_t i = 0; i < sizeof driver_parameters / sizeof *driver_parameters; i++) {
        const struct driver_parameter *known = &driver_parameters[i];
        if (!tdm_text_is(name, known->name))
            continue;
        if (known->use == USE_SSL)
            put(reader, "sslmode", ssl_mode(value));
        else if (known->use == USE_RENAMED)
            put(reader, known->keyword, value);
        return;
    }
    if (tdm_text_is(name, "host"))
        add_host(reader, tdm_text_of(value));
    else
        put(reader, decode(reader, name, true), value);
}

static void read_query(url_reader *reader, tdm_text query)
{
    while (query.size > 0) {
        size_t end = tdm_text_find_char(query, '&');
        tdm_text pair = tdm_text_slice(query, 0, end);
        query = end == SIZE_MAX ? (tdm_text){0} : tdm_text_from(query, end + 1);
        size_t equals = tdm_text_find_char(pair, '=');
        tdm_text name = tdm_text_slice(pair, 0, equals);
        tdm_text value = equals == SIZE_MAX ? TDM_TEXT("") : tdm_text_from(pair, equals + 1);
        // Without a value SQLAlchemy's parse_qsl leaves a parameter out.
        if (name.size > 0 && value.size > 0)
            read_parameter(reader, name, value);
    }
}

// "[::1]:5432", "host:5432", "host", "".
static bool read_host(url_reader *reader, tdm_text host)
{
    tdm_text port = TDM_TEXT("");
    if (host.size > 0 && host.data[0] == '[') {
        size_t end = tdm_text_find_char(host, ']');
        if (end == SIZE_MAX)
            return false;
        port = tdm_text_from(host, end + 1);
        host = tdm_text_slice(host, 1, end);
        if (port.size > 0 && port.data[0] != ':')
            return false;
        port = tdm_text_from(port, 1);
    } else {
        size_t colon = tdm_text_find_char(host, ':');
        port = colon == SIZE_MAX ? port : tdm_text_from(host, colon + 1);
        host = tdm_text_slice(host, 0, colon);
    }
    uint64_t number;
    if (port.size > 0 && !tdm_text_to_u64(port, &number))
        return false;
    if (host.size > 0)
        put(reader, "host", decode(reader, host, false));
    if (port.size > 0)
        put(reader, "port", decode(reader, port, false));
    return true;
}

// Cuts the user part off, as SQLAlchemy's pattern ([^:/]*)(:[^@]*)?@ would match it: after a ':'
// the first '@' ends the password; otherwise the last '@' before ':' and '/' ends the name.
static void take_user(url_reader *reader, tdm_text *rest)
{
    size_t end = 0;
    size_t last_at = SIZE_MAX;
    while (end < rest->size && rest->data[end] != ':' && rest->data[end] != '/') {
        last_at = rest->data[end] == '@' ? end : last_at;
        end++;
    }
    size_t at = SIZE_MAX;
    if (end < rest->size && rest->data[end] == ':')
        at = tdm_text_find_char(tdm_text_from(*rest, end), '@');
    if (at != SIZE_MAX) {
        put(reader, "user", decode(reader, tdm_text_slice(*rest, 0, end), false));
        put(reader, "password", decode(reader, tdm_text_slice(*rest, end + 1, end + at), false));
        *rest = tdm_text_from(*rest, end + at + 1);
    } else if (last_at != SIZE_MAX) {
        put(reader, "user", decode(reader, tdm_text_slice(*rest, 0, last_at), false));
        *rest = tdm_text_from(*rest, last_at + 1);
    }
}

tdm_status tdm_sqlalchemy_url_parse(tdm_arena *arena, tdm_text url, tdm_target_parts *ret,
                                    tdm_error *err)
{
    url_reader reader = {.arena = arena};
    tdm_text rest = tdm_text_from(url, scheme_of(url).size + TDM_TEXT("://").size);
    take_user(&reader, &rest);
    size_t query = tdm_text_find_char(rest, '?');
    tdm_text parameters = query == SIZE_MAX ? TDM_TEXT("") : tdm_text_from(rest, query + 1);
    rest = tdm_text_slice(rest, 0, query);
    size_t slash = tdm_text_find_char(rest, '/');
    if (!read_host(&reader, tdm_text_slice(rest, 0, slash)))
        return fail_url(err, "its host or port is malformed");
    if (slash != SIZE_MAX && slash + 1 < rest.size)
        put(&reader, "dbname", decode(&reader, tdm_text_from(rest, slash + 1), false));
    read_query(&reader, parameters);
    if (!tdm_arena_ok(arena))
        return tdm_fail_memory(err);
    if (reader.failed)
        return fail_url(err, "it holds a NUL");
    *ret = reader.parts;
    return TDM_OK;
}
