#include "db/remote.h"

#include "base/error.h"
#include "db/api.h"
#include "db/api_answer.h"
#include "db/libpq.h"
#include "db/unreachable.h"

#include <string.h>

enum {
    PROBE_SECONDS = 5,
    LOGIN_TRIES = 8, // through the pooler a new password needs some time
    LOGIN_PAUSE_MS = 3000,
};

#define PROJECT_HOST "supabase.co"
#define POOLER_HOST "supabase.com"
#define SESSION_PORT "5432"

typedef struct remote {
    tdm_arena *arena;
    const tdm_target_options *options;
    const tdm_supabase_project *project;
    tdm_session *api; // NULL: there is no token
    const char *user;
    const char *password; // NULL: libpq finds one, or the user is asked
    bool login_role;
    bool no_login_role; // the API does not make one
    tdm_error *err;
} remote;

static void note(const remote *r, tdm_text text)
{
    if (r->options->note)
        r->options->note(r->options->context, text);
}

static bool is_said(const char *text)
{
    return text && text[0];
}

// --- The pooler
// -----------------------------------------------------------------------------------

bool tdm_pooler_believe(const tdm_supabase_project *project, tdm_text host, tdm_text user)
{
    tdm_text domain =
        tdm_text_of(is_said(project->pooler_host) ? project->pooler_host : POOLER_HOST);
    size_t dot = tdm_text_find_char(user, '.');
    bool ours = dot != SIZE_MAX && tdm_text_is(tdm_text_from(user, dot + 1), project->ref);
    bool below = host.size > domain.size && tdm_text_ends(host, domain) &&
                 host.data[host.size - domain.size - 1] == '.';
    return ours && (tdm_text_equal(host, domain) || below);
}

static const char *port_of(const char *host, const char *said)
{
    return tdm_target_is_local(host) && is_said(said) ? said : SESSION_PORT;
}

bool tdm_pooler_from_url(tdm_arena *arena, const tdm_supabase_project *project, const char *url,
                         tdm_pooler *ret)
{
    tdm_target_parts parts;
    tdm_error ignored = TDM_ERROR_INIT;
    if (tdm_target_parse(arena, url, &parts, &ignored) != TDM_OK)
        return false;
    const char *host = tdm_target_get(&parts, "host");
    const char *user = tdm_target_get(&parts, "user");
    const char *database = tdm_target_get(&parts, "dbname");
    if (!is_said(host) || !is_said(user) ||
        !tdm_pooler_believe(project, tdm_text_of(host), tdm_text_of(user)))
        return false;
    *ret = (tdm_pooler){.host = host,
                        .port = port_of(host, tdm_target_get(&parts, "port")),
                        .database = is_said(database) ? database : "postgres"};
    return true;
}

// Asks the API when nothing was saved, or what was saved is not to be believed.
static bool find_pooler(remote *r, tdm_pooler *ret)
{
    tdm_text answer;
    tdm_text url;
    tdm_api_call call = {.method = "GET", .path = "config/database/pooler"};
    if (is_said(r->project->pooler_url)) {
        if (tdm_pooler_from_url(r->arena, r->project, r->project->pooler_url, ret))
            return true;
        note(r, TDM_TEXT("the pooler saved by `supabase link` is not this project's, and is left "
                         "aside"));
    }
    return r->api && tdm_api_ask(r->api, &call, r->arena, &answer, r->err) == TDM_OK &&
           tdm_api_pooler_read(r->arena, answer, &url) &&
           tdm_pooler_from_url(r->arena, r->project, url.data, ret);
}

// --- Logging in
// -----------------------------------------------------------------------------------

static tdm_status make_login_role(remote *r)
{
    tdm_text answer;
    tdm_text role;
    tdm_text password;
    tdm_api_call call = {.method = "POST",
                         .path = "cli/login-role",
                         .body = TDM_TEXT("{\"read_only\":false}"),
                         .once = true};
    note(r, TDM_TEXT("no password: a temporary login role is made by the API"));
    if (tdm_api_ask(r->api, &call, r->arena, &answer, r->err) != TDM_OK)
        return TDM_FAILED;
    if (!tdm_api_member_read(r->arena, answer, "role", &role) ||
        !tdm_api_member_read(r->arena, answer, "password", &password) || role.size == 0)
        return tdm_fail(r->err, TDM_ERROR_CONNECT, TDM_NOWHERE,
                        "the API gives no login role in its answer");
    r->user = role.data;
    r->password = password.data;
    r->login_role = true;
    return TDM_OK;
}

static bool says(const tdm_error *err, const char *part)
{
    return strstr(err->message, part) != NULL;
}

static tdm_status connect_to(remote *r, const tdm_pooler *place, bool pooled, tdm_session **ret)
{
    tdm_target_parts parts = {0};
    tdm_text user = pooled ? tdm_arena_printf(r->arena, "%s.%s", r->user, r->project->ref)
                           : tdm_arena_text(r->arena, tdm_text_of(r->user));
    tdm_libpq_options options = {.connect_timeout =
                                     pooled ? r->options->connect_timeout : PROBE_SECONDS,
                                 .login_role = r->login_role,
                                 .ask_password = r->options->ask_password,
                                 .opening = r->options->opening,
                                 .context = r->options->context};
    (void)tdm_target_set(r->arena, &parts, "host", place->host);
    (void)tdm_target_set(r->arena, &parts, "port", place->port);
    (void)tdm_target_set(r->arena, &parts, "dbname", place->database);
    (void)tdm_target_set(r->arena, &parts, "user", user.data);
    if (is_said(r->password))
        (void)tdm_target_set(r->arena, &parts, "password", r->password);
    if (!tdm_arena_ok(r->arena))
        return tdm_fail_memory(r->err);
    return tdm_libpq_open(&parts, &options, ret, r->err);
}

// The pooler learns of a new role with some delay.
static tdm_status connect_pooled(remote *r, const tdm_pooler *place, tdm_session **ret)
{
    uint32_t pause = LOGIN_PAUSE_MS;
    for (int i = 1;; i++) {
        if (connect_to(r, place, true, ret) == TDM_OK)
            return TDM_OK;
        bool early = r->login_role && says(r->err, "password authentication failed");
        if (!early || i == LOGIN_TRIES || tdm_session_wait(r->api, pause, r->err) != TDM_OK)
            return TDM_FAILED;
        pause += pause / 2;
    }
}

static tdm_status connect_any(remote *r, tdm_session **ret)
{
    const char *domain =
        is_said(r->project->project_host) ? r->project->project_host : PROJECT_HOST;
    tdm_text host = tdm_arena_printf(r->arena, "db.%s.%s", r->project->ref, domain);
    tdm_pooler direct = {.host = host.data, .port = SESSION_PORT, .database = "postgres"};
    tdm_pooler pooler;
    r->no_login_role = !is_said(r->password) && r->api && make_login_role(r) != TDM_OK;
    if (r->no_login_role)
        return TDM_FAILED;
    if (connect_to(r, &direct, false, ret) == TDM_OK)
        return TDM_OK;
    tdm_error first = *r->err;
    if (!tdm_is_unreachable(&first))
        return TDM_FAILED;
    if (!find_pooler(r, &pooler)) {
        *r->err = first;
        return tdm_hint(r->err, "Its direct host has only an IPv6 address. `supabase link` saves "
                                "where its pooler is, and --via api needs neither.");
    }
    note(r, tdm_arena_printf(r->arena,
                             "%.*s cannot be reached; using the pooler %s:%s in session "
                             "mode",
                             TDM_TEXT_ARG(host), pooler.host, pooler.port));
    return connect_pooled(r, &pooler, ret);
}

// --- The choice
// -----------------------------------------------------------------------------------

static tdm_status choose(remote *r, tdm_session **ret)
{
    tdm_via via = r->options->via;
    bool token = is_said(r->project->token);
    if (via == TDM_VIA_AUTO && !is_said(r->password) && token && r->options->reads_only)
        via = TDM_VIA_API;
    if (via == TDM_VIA_API)
        return tdm_api_open(r->project, ret, r->err);
    if (token && tdm_api_open(r->project, &r->api, r->err) != TDM_OK)
        return TDM_FAILED;
    if (connect_any(r, ret) == TDM_OK)
        return TDM_OK;
    if (via == TDM_VIA_LIBPQ || !token || !(r->no_login_role || tdm_is_unreachable(r->err)))
        return TDM_FAILED;
    note(r, tdm_arena_printf(r->arena, "%s; using the Management API", r->err->message));
    *ret = r->api;
    r->api = NULL;
    return TDM_OK;
}

tdm_status tdm_remote_open(const tdm_target_options *options, tdm_session **ret, tdm_error *err)
{
    remote r = {.arena = tdm_arena_new(0),
                .options = options,
                .project = options->project,
                .user = "postgres",
                .password = options->password,
                .err = err};
    if (!r.arena)
        return tdm_fail_memory(err);
    tdm_status status = choose(&r, ret);
    tdm_session_close(r.api);
    if (r.login_role)
        explicit_bzero((char *)r.password, strlen(r.password));
    tdm_arena_free(r.arena);
    return status;
}
