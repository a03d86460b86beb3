// Finding the target. What is chosen never comes from a project file in silence: a link is followed
// only when it was asked for, and `target` of tandem.toml stands behind all that the environment
// says; every command names the target that it talks to.
#include <tandem/target.h>

#include "base/error.h"
#include "base/nearest.h"
#include "base/text.h"
#include "base/tree.h"
#include "db/keyring.h"
#include "project/project.h"
#include "supabase/account.h"
#include "supabase/link.h"
#include "targets/target_table.h"

#include <string.h>

typedef struct finder {
    tdm_project *project;
    tdm_arena *arena;
    const tdm_target_words *words;
    tdm_project_link link;
    tdm_target found;
    tdm_error *err;
} finder;

static const char *const url_variables[] = {"TANDEM_DATABASE_URL", "DATABASE_URL"};
// Any of these makes libpq's own choice a choice of the user.
static const char *const libpq_variables[] = {"PGSERVICE", "PGHOST", "PGHOSTADDR", "PGDATABASE",
                                              "PGPORT"};

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

static const char *ask(const tdm_target_words *words, const char *name)
{
    const char *value =
        words->environment ? words->environment(words->environment_context, name) : NULL;
    return value && value[0] ? value : NULL;
}

static const char *first_of(const tdm_target_words *words, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (ask(words, names[i]))
            return ask(words, names[i]);
    return NULL;
}

bool tdm_target_is_named(const tdm_project *project, const tdm_target_words *words)
{
    const tdm_setting *chosen = &tdm_project_settings(project)->values[TDM_SETTING_TARGET];
    return words->db_url || words->local || words->linked || words->remote ||
           chosen->origin == TDM_ORIGIN_ENVIRONMENT || chosen->origin == TDM_ORIGIN_FLAG ||
           first_of(words, url_variables, COUNT_OF(url_variables)) ||
           first_of(words, libpq_variables, COUNT_OF(libpq_variables));
}

// --- A hosted project
// -----------------------------------------------------------------------------

// The password of the linked project is for that project alone.
static const char *project_password(const finder *f, tdm_text ref)
{
    bool other = f->link.ref.size && !tdm_text_equal(f->link.ref, ref);
    const char *password = other ? NULL : ask(f->words, "SUPABASE_DB_PASSWORD");
    if (f->words->password)
        return f->words->password;
    return password ? password : ask(f->words, "PGPASSWORD");
}

// Where the bus of this user's session is (D-Bus specification, "Well-known Message Bus
// Instances").
static tdm_status look_in_keyring(const tdm_account_input *input, tdm_arena *arena,
                                  const char *service, const char *user, tdm_text *ret,
                                  tdm_error *err)
{
    const char *address = input->environment(input->context, "DBUS_SESSION_BUS_ADDRESS");
    const char *folder = input->environment(input->context, "XDG_RUNTIME_DIR");
    if ((!address || !address[0]) && folder && folder[0]) {
        address = tdm_arena_printf(arena, "unix:path=%s/bus", folder).data;
        if (!address)
            return tdm_fail_memory(err);
    }
    return tdm_keyring_find(arena, address && address[0] ? address : NULL, service, user, ret, err);
}

static tdm_status use_project(finder *f, tdm_text ref)
{
    tdm_account account;
    const tdm_target_words *words = f->words;
    tdm_account_input input = {.environment = words->environment,
                               .context = words->environment_context,
                               .token = words->token,
                               .keyring = words->environment ? look_in_keyring : NULL};
    if (!tdm_is_project_ref(ref)) {
        tdm_fail(f->err, TDM_ERROR_CONFIG, TDM_NOWHERE, "'%.*s' is no project reference",
                 TDM_TEXT_ARG(ref));
        return tdm_hint(f->err, "A reference is twenty lower-case letters.");
    }
    if (tdm_account_read(f->arena, &input, &account, f->err) != TDM_OK)
        return TDM_FAILED;
    tdm_supabase_project *project = tdm_arena_new_of(f->arena, tdm_supabase_project);
    if (!project)
        return tdm_fail_memory(f->err);
    *project = (tdm_supabase_project){.ref = tdm_arena_string(f->arena, ref),
                                      .token = account.token,
                                      .api_url = account.api_url,
                                      .project_host = account.project_host,
                                      .pooler_host = account.pooler_host,
                                      .ca_file = ask(words, "SSL_CERT_FILE")};
    if (tdm_text_equal(f->link.ref, ref))
        project->pooler_url = tdm_arena_string(f->arena, f->link.pooler_url);
    f->found.options.project = project;
    f->found.options.password = project_password(f, ref);
    // However a project was named: who protects it by its reference means it.
    const tdm_setting_table *table =
        tdm_target_table_of(tdm_project_settings(f->project), "project", ref);
    if (table && !f->found.name)
        return tdm_target_table_protection(f->arena, table, &f->found, f->err);
    return TDM_OK;
}

static tdm_status use_linked(finder *f)
{
    const char *id = ask(f->words, "SUPABASE_PROJECT_ID");
    tdm_text ref = id ? tdm_text_of(id) : f->link.ref;
    if (ref.size)
        return use_project(f, ref);
    tdm_fail(f->err, TDM_ERROR_USAGE, TDM_NOWHERE, "this folder is not linked to a project");
    return tdm_hint(f->err, "`supabase link` links it; or say --remote=REF, or set "
                            "SUPABASE_PROJECT_ID.");
}

// --- A database
// -----------------------------------------------------------------------------------

static tdm_status use_url(finder *f, const char *url, bool from_argv)
{
    f->found.options.url = url;
    f->found.options.url_from_argv = from_argv;
    f->found.options.password = f->words->password;
    if (f->words->via == TDM_VIA_API)
        return tdm_fail(f->err, TDM_ERROR_USAGE, TDM_NOWHERE,
                        "--via api is for a project (--linked, --remote=REF), and this target is a "
                        "database");
    const tdm_setting_table *table =
        tdm_target_table_of(tdm_project_settings(f->project), "url", tdm_text_of(url));
    if (table && !f->found.name)
        return tdm_target_table_protection(f->arena, table, &f->found, f->err);
    return TDM_OK;
}

// What `supabase start` makes, with the password that it documents.
static tdm_status use_local(finder *f)
{
    tdm_text url =
        tdm_arena_printf(f->arena, "postgresql://postgres:postgres@127.0.0.1:%u/postgres",
                         (unsigned)tdm_project_local_port(f->project));
    return url.data ? use_url(f, url.data, false) : tdm_fail_memory(f->err);
}

// --- A name
// ---------------------------------------------------------------------------------------

static tdm_status use_table(finder *f, const tdm_setting_table *table)
{
    tdm_target_entry entry;
    if (tdm_target_table_read(f->arena, table, &entry, f->err) != TDM_OK ||
        tdm_target_table_protection(f->arena, table, &f->found, f->err) != TDM_OK)
        return TDM_FAILED;
    if (f->found.options.via == TDM_VIA_AUTO)
        f->found.options.via = entry.via;
    if (entry.project.size)
        return use_project(f, entry.project);
    const char *url = entry.url;
    if (entry.url_variable) {
        url = ask(f->words, entry.url_variable);
        if (!url)
            return tdm_fail(f->err, TDM_ERROR_CONFIG, table->place,
                            "the target '%.*s' is in the variable %s, which is not set",
                            TDM_TEXT_ARG(table->name), entry.url_variable);
    }
    return use_url(f, url, false);
}

static tdm_status fail_name(finder *f, tdm_text name)
{
    const tdm_setting *targets = &tdm_project_settings(f->project)->values[TDM_SETTING_TARGETS];
    tdm_nearest nearest;
    tdm_nearest_init(&nearest, name);
    for (size_t i = 0; i < targets->table_count; i++)
        tdm_nearest_offer(&nearest, targets->tables[i].name);
    tdm_fail(f->err, TDM_ERROR_CONFIG, TDM_NOWHERE,
             "'%.*s' is no project reference, no URL, and no name of a target",
             TDM_TEXT_ARG(tdm_text_slice(name, 0, 64)));
    if (nearest.best.size)
        return tdm_hint(f->err, "Did you mean '%.*s'?", TDM_TEXT_ARG(nearest.best));
    return tdm_hint(f->err, "Names are those of [targets.NAME] in tandem.toml and of "
                            "[remotes.NAME] in supabase/config.toml.");
}

static tdm_status use_name(finder *f, tdm_text name)
{
    const tdm_setting *targets = &tdm_project_settings(f->project)->values[TDM_SETTING_TARGETS];
    const tdm_supabase_config *config = tdm_project_supabase(f->project);
    for (size_t i = 0; i < targets->table_count; i++)
        if (tdm_text_equal(targets->tables[i].name, name))
            return use_table(f, &targets->tables[i]);
    for (size_t i = 0; i < config->remote_count; i++)
        if (tdm_text_equal(config->remotes[i].name, name))
            return use_project(f, config->remotes[i].project_id);
    return tdm_is_project_ref(name) ? use_project(f, name) : fail_name(f, name);
}

static bool is_url(tdm_text text)
{
    return tdm_text_find(text, TDM_TEXT("://")) != SIZE_MAX ||
           tdm_text_find_char(text, '=') != SIZE_MAX;
}

static tdm_status use_remote(finder *f, const char *remote)
{
    tdm_text text = tdm_text_of(remote);
    if (text.size == 0)
        return use_linked(f);
    return is_url(text) ? use_url(f, remote, true) : use_name(f, text);
}

static tdm_status use_listed(finder *f, const char *listed)
{
    tdm_text text = tdm_text_of(listed);
    return is_url(text) ? use_url(f, listed, false) : use_name(f, text);
}

// --- All of it
// ------------------------------------------------------------------------------------

static tdm_status fail_nothing(finder *f)
{
    tdm_fail(f->err, TDM_ERROR_USAGE, TDM_NOWHERE, "no target was named");
    return tdm_hint(f->err, "Say --local, --linked, --remote=NAME or --db-url URL, or set "
                            "DATABASE_URL or libpq's variables (PGHOST, PGSERVICE, ...).");
}

static tdm_status find(finder *f)
{
    const tdm_target_words *words = f->words;
    const tdm_setting *chosen = &tdm_project_settings(f->project)->values[TDM_SETTING_TARGET];
    bool by_file =
        chosen->origin == TDM_ORIGIN_PROJECT_FILE || chosen->origin == TDM_ORIGIN_USER_FILE;
    int named = (words->db_url ? 1 : 0) + (words->local ? 1 : 0) + (words->linked ? 1 : 0) +
                (words->remote ? 1 : 0);
    if (words->listed)
        return use_listed(f, words->listed);
    if (named > 1)
        return tdm_fail(f->err, TDM_ERROR_USAGE, TDM_NOWHERE,
                        "--db-url, --local, --linked and --remote each name a target, and there is "
                        "one");
    if (words->db_url)
        return use_url(f, words->db_url, true);
    if (words->local)
        return use_local(f);
    if (words->linked)
        return use_linked(f);
    if (words->remote)
        return use_remote(f, words->remote);
    if (chosen->count && !by_file)
        return use_name(f, chosen->items[0]);
    const char *url = first_of(words, url_variables, COUNT_OF(url_variables));
    if (url || first_of(words, libpq_variables, COUNT_OF(libpq_variables)))
        return use_url(f, url, false);
    return chosen->count ? use_name(f, chosen->items[0]) : fail_nothing(f);
}

tdm_status tdm_target_find(tdm_project *project, const tdm_target_words *words, tdm_target *ret,
                           tdm_error *err)
{
    finder f = {.project = project,
                .arena = tdm_project_arena(project),
                .words = words,
                .found = {.options = {.via = words->via, .reads_only = words->reads_only}},
                .err = err};
    const char *migrations = tdm_project_supabase(project)->folder;
    char *folder = tdm_arena_string(f.arena, tdm_path_folder(tdm_text_of(migrations)));
    if (!folder)
        return tdm_fail_memory(err);
    bool is_linkless = words->listed && is_url(tdm_text_of(words->listed));
    if (migrations && !is_linkless &&
        tdm_project_link_read(tdm_project_tree(project), f.arena, folder, &f.link, err) != TDM_OK)
        return TDM_FAILED;
    if (find(&f) != TDM_OK)
        return TDM_FAILED;
    *ret = f.found;
    return tdm_arena_ok(f.arena) ? TDM_OK : tdm_fail_memory(err);
}
