#include "supabase/account.h"

#include "base/error.h"
#include "base/text.h"
#include "base/tree.h"

#include <string.h>

enum {
    TOKEN_DIGITS = 40,
};

static const struct profile {
    const char *name;
    const char *api_url;
    const char *project_host;
    const char *pooler_host;
} profiles[] = {
    {"supabase", "https://api.supabase.com", "supabase.co", "supabase.com"},
    {"supabase-staging", "https://api.supabase.green", "supabase.red", "supabase.green"},
    {"supabase-local", "http://localhost:8080", "supabase.red", NULL},
    {"snap", "https://cloudapi.snap.com", "snapcloud.dev", "snapcloud.co"},
};

bool tdm_is_access_token(tdm_text text)
{
    static const char *const prefixes[] = {"sbp_oauth_", "sbp_v0_", "sbp_"};
    tdm_text digits = {0};
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes && !digits.data; i++)
        if (tdm_text_starts(text, tdm_text_of(prefixes[i])))
            digits = tdm_text_from(text, tdm_text_of(prefixes[i]).size);
    for (size_t i = 0; i < digits.size; i++)
        if (!tdm_is_digit(digits.data[i]) && (digits.data[i] < 'a' || digits.data[i] > 'f'))
            return false;
    return digits.size == TOKEN_DIGITS;
}

static const char *ask(const tdm_account_input *input, const char *name)
{
    const char *value = input->environment ? input->environment(input->context, name) : NULL;
    return value && value[0] ? value : NULL;
}

// --- Files of the user
// ----------------------------------------------------------------------------

// The whole of a file, trimmed; empty when it is not there.
static tdm_status read_file(tdm_arena *arena, const char *folder, const char *name, tdm_text *ret,
                            tdm_error *err)
{
    tdm_tree *tree = NULL;
    tdm_error ignored = TDM_ERROR_INIT;
    tdm_status status = TDM_OK;
    *ret = (tdm_text){0};
    if (tdm_tree_open_folder(folder, &tree, &ignored) != TDM_OK)
        return ignored.code == TDM_ERROR_MEMORY ? tdm_fail_memory(err) : TDM_OK;
    if (tdm_tree_exists(tree, name, NULL))
        status = tdm_tree_read(tree, name, arena, ret, err);
    tdm_tree_free(tree);
    *ret = tdm_text_trim(*ret);
    return status;
}

static const char *home_folder(tdm_arena *arena, const tdm_account_input *input)
{
    const char *folder = ask(input, "SUPABASE_HOME");
    const char *home = ask(input, "HOME");
    if (folder || !home)
        return folder;
    return tdm_arena_printf(arena, "%s/.supabase", home).data;
}

// --- The token
// ------------------------------------------------------------------------------------

static int base64_value(char c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *found = c ? strchr(digits, c) : NULL;
    return found ? (int)(found - digits) : -1;
}

// What is no base64 gives a text that is no token.
static tdm_text decode_base64(tdm_arena *arena, tdm_text text)
{
    char *made = tdm_arena_array(arena, text.size + 1, 1);
    unsigned bits = 0;
    size_t size = 0;
    for (size_t i = 0; made && i < text.size && text.data[i] != '='; i++) {
        int value = base64_value(text.data[i]);
        if (value < 0)
            return text;
        bits = (bits << 6 | (unsigned)value) & 0xffffff;
        if (i % 4)
            made[size++] = (char)(unsigned char)(bits >> (6 - 2 * (i % 4)) & 0xff);
    }
    return (tdm_text){made, size};
}

static tdm_status read_keyring(tdm_arena *arena, const tdm_account_input *input, tdm_text profile,
                               tdm_text *ret, tdm_error *err)
{
    static const char mark[] = "go-keyring-base64:"; // zalando/go-keyring, keyring_darwin.go
    const char *users[] = {tdm_arena_string(arena, profile), "access-token"};
    const char *off = ask(input, "SUPABASE_NO_KEYRING");
    *ret = (tdm_text){0};
    if (!input->keyring || (off && strcmp(off, "0") != 0) || ask(input, "WSL_DISTRO_NAME"))
        return TDM_OK;
    if (!users[0])
        return tdm_fail_memory(err);
    for (size_t i = 0; i < sizeof users / sizeof *users && ret->size == 0; i++)
        if (input->keyring(input, arena, "Supabase CLI", users[i], ret, err) != TDM_OK)
            return TDM_FAILED;
    *ret = tdm_text_trim(*ret);
    if (tdm_text_starts(*ret, tdm_text_of(mark)))
        *ret = decode_base64(arena, tdm_text_from(*ret, sizeof mark - 1));
    return tdm_arena_ok(arena) ? TDM_OK : tdm_fail_memory(err);
}

static tdm_status read_token(tdm_arena *arena, const tdm_account_input *input, const char *home,
                             tdm_text profile, const char **ret, tdm_error *err)
{
    tdm_text token = tdm_text_of(input->token ? input->token : ask(input, "SUPABASE_ACCESS_TOKEN"));
    if (token.size == 0 && read_keyring(arena, input, profile, &token, err) != TDM_OK)
        return TDM_FAILED;
    if (token.size == 0 && home && read_file(arena, home, "access-token", &token, err) != TDM_OK)
        return TDM_FAILED;
    *ret = NULL;
    if (token.size == 0)
        return TDM_OK;
    if (!tdm_is_access_token(token)) {
        tdm_fail(err, TDM_ERROR_CONFIG, TDM_NOWHERE, "the access token has not the form of one");
        return tdm_hint(err, "A token begins with sbp_ and has 40 hexadecimal digits; look at "
                             "SUPABASE_ACCESS_TOKEN, the keyring and ~/.supabase/access-token.");
    }
    *ret = tdm_arena_string(arena, token);
    return *ret ? TDM_OK : tdm_fail_memory(err);
}

// --- The profile
// ----------------------------------------------------------------------------------

// The value of a name in a flat file, TOML, YAML or JSON: `name = "x"`, `name: x`, `"name": "x"`.
static const char *value_of(tdm_arena *arena, tdm_text file, const char *name)
{
    tdm_text key = tdm_text_of(name);
    tdm_text rest = file;
    for (size_t at; (at = tdm_text_find(rest, key)) != SIZE_MAX;
         rest = tdm_text_from(rest, at + key.size)) {
        char before = at > 0 ? rest.data[at - 1] : '\n';
        tdm_text after = tdm_text_from(rest, at + key.size);
        if (before == '"' && after.size && after.data[0] == '"')
            after = tdm_text_from(after, 1);
        else if (!tdm_is_space(before) && before != ',' && before != '{')
            continue;
        after = tdm_text_trim(after);
        if (after.size == 0 || (after.data[0] != ':' && after.data[0] != '='))
            continue;
        after = tdm_text_trim(tdm_text_from(after, 1));
        bool quoted = after.size && (after.data[0] == '"' || after.data[0] == '\'');
        size_t end = 0;
        tdm_text value = quoted ? tdm_text_from(after, 1) : after;
        while (end < value.size && (quoted ? value.data[end] != after.data[0]
                                           : !tdm_is_space(value.data[end]) &&
                                                 value.data[end] != ',' && value.data[end] != '}'))
            end++;
        return end ? tdm_arena_string(arena, tdm_text_slice(value, 0, end)) : NULL;
    }
    return NULL;
}

static tdm_status read_profile_file(tdm_arena *arena, tdm_text path, tdm_account *account,
                                    tdm_error *err)
{
    tdm_text file;
    char *folder = tdm_arena_string(arena, tdm_path_folder(path));
    char *name = tdm_arena_string(arena, tdm_path_base(path));
    if (!folder || !name)
        return tdm_fail_memory(err);
    if (path.data[0] != '/' || read_file(arena, folder, name, &file, err) != TDM_OK ||
        file.size == 0) {
        tdm_fail(err, TDM_ERROR_CONFIG, TDM_NOWHERE,
                 "the profile '%.*s' is none that is built in, and no file at an absolute path",
                 TDM_TEXT_ARG(path));
        return tdm_hint(err, "Look at SUPABASE_PROFILE and ~/.supabase/profile.");
    }
    account->api_url = value_of(arena, file, "api_url");
    account->project_host = value_of(arena, file, "project_host");
    account->pooler_host = value_of(arena, file, "pooler_host");
    return TDM_OK;
}

static tdm_status find_profile(tdm_arena *arena, const tdm_account_input *input, const char *home,
                               tdm_text *ret, tdm_error *err)
{
    *ret = tdm_text_of(ask(input, "SUPABASE_PROFILE"));
    if (ret->size == 0 && home && read_file(arena, home, "profile", ret, err) != TDM_OK)
        return TDM_FAILED;
    if (ret->size == 0)
        *ret = tdm_text_of(profiles[0].name);
    return TDM_OK;
}

static tdm_status read_profile(tdm_arena *arena, tdm_text name, tdm_account *account,
                               tdm_error *err)
{
    for (size_t i = 0; i < sizeof profiles / sizeof *profiles; i++) {
        if (!tdm_text_is(name, profiles[i].name))
            continue;
        account->api_url = profiles[i].api_url;
        account->project_host = profiles[i].project_host;
        account->pooler_host = profiles[i].pooler_host;
        return TDM_OK;
    }
    return read_profile_file(arena, name, account, err);
}

tdm_status tdm_account_read(tdm_arena *arena, const tdm_account_input *input, tdm_account *ret,
                            tdm_error *err)
{
    tdm_account account = {0};
    const char *home = home_folder(arena, input);
    tdm_text profile;
    if (find_profile(arena, input, home, &profile, err) != TDM_OK ||
        read_token(arena, input, home, profile, &account.token, err) != TDM_OK ||
        read_profile(arena, profile, &account, err) != TDM_OK)
        return TDM_FAILED;
    if (ask(input, "SUPABASE_API_URL"))
        account.api_url = ask(input, "SUPABASE_API_URL");
    if (ask(input, "SUPABASE_PROJECT_HOST"))
        account.project_host = ask(input, "SUPABASE_PROJECT_HOST");
    *ret = account;
    return tdm_arena_ok(arena) ? TDM_OK : tdm_fail_memory(err);
}
