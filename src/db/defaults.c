#include "db/defaults.h"

#include "base/error.h"
#include "base/text.h"
#include "base/vector.h"
#include "db/late.h"

#include <tandem/version.h>

#include <pwd.h>
#include <unistd.h>

enum {
    LIBPQ_WITH_SYSTEM_ROOTS = 160000, // sslrootcert=system
    PASSWD_SIZE = 4096,
};

// Where distributions keep the certificates that they trust.
static const char *const system_roots[] = {
    "/etc/ssl/certs/ca-certificates.crt",                // Debian, Arch, Gentoo
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", // Fedora, RHEL
    "/etc/ssl/ca-bundle.pem",                            // openSUSE
    "/etc/ssl/cert.pem",                                 // Alpine, macOS
    "/opt/homebrew/etc/ca-certificates/cert.pem",
};

static const struct connect_hint {
    const char *part; // of libpq's message
    const char *hint;
} connect_hints[] = {
    {"no password supplied",
     "Put the password into PGPASSWORD, ~/.pgpass (mode 0600) or the URL in the environment."},
    {"(SQLSTATE 28P01)",
     "Look at PGPASSWORD, ~/.pgpass and the percent-encoding of the password in the URL."},
    {"certificate verify failed",
     "Give the server's own root certificate: sslrootcert=FILE (Supabase: the dashboard's database "
     "settings have it for download)."},
    {"root certificate file",
     "Give the server's root certificate with sslrootcert=FILE, or say sslmode=require if it is "
     "not to be checked."},
    {"does not support SSL",
     "Off this machine certificates are checked unless sslmode says otherwise; sslmode=disable "
     "sends everything in the clear."},
    {"Network is unreachable",
     "The direct host of a Supabase project has only an IPv6 address; the session pooler (port "
     "5432) that the dashboard names has IPv4."},
    {"local user", "Say as whom to connect: the user in the URL, or PGUSER."},
    {"could not translate host name", "Look at the host's spelling; a paused project has no name."},
    {"Connection refused", "Is the server running, and is this its port?"},
};

size_t tdm_host_count(const char *hosts)
{
    size_t count = 1;
    for (const char *at = hosts; at && *at; at++)
        count += *at == ',' ? 1 : 0;
    return count;
}

const char *tdm_connect_hint(tdm_text message)
{
    for (size_t i = 0; i < sizeof connect_hints / sizeof *connect_hints; i++)
        if (tdm_text_find(message, tdm_text_of(connect_hints[i].part)) != SIZE_MAX)
            return connect_hints[i].hint;
    return NULL;
}

bool tdm_keywords_make(tdm_arena *arena, const tdm_target_parts *parts, tdm_keywords *ret)
{
    ret->keywords = tdm_arena_array(arena, parts->count + 1, sizeof *ret->keywords);
    ret->values = tdm_arena_array(arena, parts->count + 1, sizeof *ret->values);
    if (!ret->keywords || !ret->values)
        return false;
    for (size_t i = 0; i < parts->count; i++) {
        ret->keywords[i] = parts->items[i].keyword;
        ret->values[i] = parts->items[i].value;
    }
    return true;
}

static tdm_status keep_effective(tdm_arena *arena, const PQconninfoOption *options,
                                 tdm_target_parts *ret, tdm_error *err)
{
    static const char *const wanted[] = {"host", "hostaddr", "port",        "dbname",
                                         "user", "sslmode",  "sslrootcert", "connect_timeout"};
    for (const PQconninfoOption *option = options; option->keyword; option++)
        for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
            if (option->val && option->val[0] &&
                tdm_text_is(tdm_text_of(option->keyword), wanted[i]))
                (void)tdm_target_set(arena, ret, wanted[i],
                                     tdm_arena_string(arena, tdm_text_of(option->val)));
    return tdm_arena_ok(arena) ? TDM_OK : tdm_fail_memory(err);
}

static tdm_status fail_settings(tdm_text why, tdm_error *err)
{
    const char *hint = tdm_connect_hint(why);
    tdm_fail(err, TDM_ERROR_CONFIG, TDM_NOWHERE, "the connection settings cannot be used: %.*s",
             TDM_TEXT_ARG(why));
    return hint ? tdm_hint(err, "%s", hint) : TDM_FAILED;
}

// What libpq would use, with environment, service file and its own defaults. libpq tells it only of
// a connection, so one is begun that it refuses before it looks for a host: its channel_binding is
// none. A refusal for another reason is a mistake in the settings. Secrets are left behind.
static tdm_status effective_parts(const tdm_libpq *pq, tdm_arena *arena,
                                  const tdm_target_parts *parts, tdm_target_parts *ret,
                                  tdm_error *err)
{
    tdm_target_parts probe = {0};
    tdm_keywords words;
    for (size_t i = 0; i < parts->count; i++)
        (void)tdm_target_set(arena, &probe, parts->items[i].keyword, parts->items[i].value);
    if (!tdm_target_set(arena, &probe, "channel_binding", "tandem-asks-for-defaults") ||
        !tdm_keywords_make(arena, &probe, &words))
        return tdm_fail_memory(err);
    PGconn *connection = pq->PQconnectStartParams(words.keywords, words.values, 0);
    if (!connection)
        return tdm_fail_memory(err);
    tdm_text refusal =
        tdm_arena_text(arena, tdm_text_trim(tdm_text_of(pq->PQerrorMessage(connection))));
    PQconninfoOption *options = pq->PQconninfo(connection);
    pq->PQfinish(connection);
    tdm_status status = TDM_FAILED;
    if (tdm_text_find(refusal, TDM_TEXT("channel_binding")) == SIZE_MAX)
        fail_settings(refusal, err);
    else if (!options)
        tdm_fail_memory(err);
    else
        status = keep_effective(arena, options, ret, err);
    pq->PQconninfoFree(options);
    return status;
}

static bool has_own_roots(tdm_arena *arena)
{
    struct passwd entry;
    struct passwd *found = NULL;
    char *memory = tdm_arena_alloc(arena, PASSWD_SIZE);
    if (!memory || getpwuid_r(geteuid(), &entry, memory, PASSWD_SIZE, &found) != 0 || !found)
        return false;
    const char *path = tdm_arena_printf(arena, "%s/.postgresql/root.crt", entry.pw_dir).data;
    return path && access(path, R_OK) == 0;
}

// libpq looks for ~/.postgresql/root.crt when nothing is said; where that is missing, the
// certificates that the system trusts are used.
static const char *trusted_roots(const tdm_libpq *pq, tdm_arena *arena)
{
    if (has_own_roots(arena))
        return NULL;
    if (pq->PQlibVersion() >= LIBPQ_WITH_SYSTEM_ROOTS)
        return "system";
    for (size_t i = 0; i < sizeof system_roots / sizeof *system_roots; i++)
        if (access(system_roots[i], R_OK) == 0)
            return system_roots[i];
    return NULL;
}

// libpq's own default, "prefer", protects against nothing; one that the user said is left alone.
static void add_tls(const tdm_libpq *pq, tdm_arena *arena, tdm_target_parts *parts,
                    const tdm_target_parts *effective)
{
    const char *address = tdm_target_get(effective, "hostaddr");
    const char *hosts = address ? address : tdm_target_get(effective, "host");
    const char *mode = tdm_target_get(effective, "sslmode");
    bool said =
        tdm_target_get(parts, "sslmode") || (mode && !tdm_text_is(tdm_text_of(mode), "prefer"));
    if (said || tdm_target_is_local(hosts))
        return;
    (void)tdm_target_set(arena, parts, "sslmode", "verify-full");
    const char *roots = tdm_target_get(effective, "sslrootcert") ? NULL : trusted_roots(pq, arena);
    if (roots)
        (void)tdm_target_set(arena, parts, "sslrootcert", roots);
}

static void add_if_absent(tdm_arena *arena, tdm_target_parts *parts, const char *keyword,
                          const char *value)
{
    if (!tdm_target_get(parts, keyword))
        (void)tdm_target_set(arena, parts, keyword, value);
}

static const char *or_empty(const char *value)
{
    return value ? value : "";
}

static tdm_text name_of(tdm_arena *arena, const tdm_target_parts *effective)
{
    const char *user = or_empty(tdm_target_get(effective, "user"));
    const char *database = tdm_target_get(effective, "dbname");
    const char *host = tdm_target_get(effective, "host");
    const char *address = tdm_target_get(effective, "hostaddr");
    const char *port = tdm_target_get(effective, "port");
    const char *shown = host ? host : address;
    return tdm_arena_printf(arena, "%s on %s%s%s as %s", database ? database : user,
                            shown ? shown : "the local socket", port ? ":" : "", or_empty(port),
                            user);
}

tdm_status tdm_target_complete(tdm_arena *arena, tdm_target_parts *parts, tdm_text *ret_name,
                               tdm_error *err)
{
    tdm_target_parts effective = {0};
    tdm_libpq pq;
    if (tdm_libpq_load(&pq, err) != TDM_OK ||
        effective_parts(&pq, arena, parts, &effective, err) != TDM_OK ||
        tdm_target_refuse_pooler(tdm_target_get(&effective, "host"),
                                 tdm_target_get(&effective, "port"), err) != TDM_OK)
        return TDM_FAILED;
    add_tls(&pq, arena, parts, &effective);
    tdm_text name = tdm_arena_printf(arena, "tandem/%s", tdm_version());
    add_if_absent(arena, parts, "fallback_application_name", name.data);
    add_if_absent(arena, parts, "keepalives_idle", "60");
    add_if_absent(arena, parts, "keepalives_interval", "10");
    add_if_absent(arena, parts, "keepalives_count", "6");
    add_if_absent(arena, parts, "connect_timeout",
                  or_empty(tdm_target_get(&effective, "connect_timeout")));
    (void)tdm_target_set(arena, parts, "client_encoding", "UTF8");
    *ret_name = name_of(arena, &effective);
    return tdm_arena_ok(arena) ? TDM_OK : tdm_fail_memory(err);
}
