#include "catalog/grants.h"

#include "base/limits.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

// The letters of aclitem, in the order in which it prints them (utils/acl.h, ACL_ALL_RIGHTS_STR).
static const struct privilege {
    char letter;
    const char *word;
} privileges[] = {
    {'a', "INSERT"},     {'r', "SELECT"},  {'w', "UPDATE"},   {'d', "DELETE"}, {'D', "TRUNCATE"},
    {'x', "REFERENCES"}, {'t', "TRIGGER"}, {'X', "EXECUTE"},  {'U', "USAGE"},  {'C', "CREATE"},
    {'T', "TEMPORARY"},  {'c', "CONNECT"}, {'m', "MAINTAIN"},
};

enum {
    PRIVILEGES = sizeof privileges / sizeof *privileges,
    MAINTAIN = 1 << 12,
};

static tdm_privileges bit_of(char letter)
{
    for (unsigned i = 0; i < PRIVILEGES; i++)
        if (privileges[i].letter == letter)
            return 1U << i;
    return 0;
}

static tdm_privileges bits_of(const char *letters)
{
    tdm_privileges bits = 0;

    for (; *letters; letters++)
        bits |= bit_of(*letters);
    return bits;
}

tdm_privileges tdm_privilege_maintain(void)
{
    return MAINTAIN;
}

tdm_privileges tdm_grants_all(tdm_kind kind)
{
    switch (kind) {
    case TDM_KIND_TABLE:
    case TDM_KIND_VIEW:
    case TDM_KIND_MATERIALIZED_VIEW:
    case TDM_KIND_FOREIGN_TABLE:
        return bits_of("arwdDxtm");
    case TDM_KIND_COLUMN:
        return bits_of("arwx");
    case TDM_KIND_SEQUENCE:
        return bits_of("rwU");
    case TDM_KIND_FUNCTION:
        return bits_of("X");
    case TDM_KIND_SCHEMA:
        return bits_of("UC");
    case TDM_KIND_TYPE:
    case TDM_KIND_WRAPPER:
    case TDM_KIND_SERVER:
        return bits_of("U");
    case TDM_KIND_DEFAULT_PRIVILEGES: // of whatever they are about
        return bits_of("arwdDxtXUCTcm");
    default: // has none, or none that are read
        return 0;
    }
}

tdm_privileges tdm_grants_of_public(tdm_kind kind)
{
    return kind == TDM_KIND_FUNCTION || kind == TDM_KIND_TYPE ? tdm_grants_all(kind) : 0;
}

tdm_privileges tdm_privilege_of(tdm_text word)
{
    for (unsigned i = 0; i < PRIVILEGES; i++)
        if (tdm_text_equal_nocase(word, tdm_text_of(privileges[i].word)))
            return 1U << i;
    return tdm_text_equal_nocase(word, TDM_TEXT("TEMP")) ? bit_of('T') : 0;
}

// --- Roles --------------------------------------------------------------------------------------

const tdm_grantee *tdm_grants_find(const tdm_grants *grants, tdm_text role)
{
    for (size_t i = 0; i < grants->roles.count; i++)
        if (tdm_text_equal(grants->roles.items[i].role, role))
            return &grants->roles.items[i];
    return NULL;
}

tdm_grantee *tdm_grants_role(tdm_arena *arena, tdm_grants *grants, tdm_text role)
{
    tdm_grantee entry = {.role = role};
    size_t at = 0;

    while (at < grants->roles.count && tdm_text_compare(grants->roles.items[at].role, role) < 0)
        at++;
    if (at < grants->roles.count && tdm_text_equal(grants->roles.items[at].role, role))
        return &grants->roles.items[at];
    if (!tdm_vector_push(arena, &grants->roles, entry))
        return NULL;
    tdm_grantee *item = &grants->roles.items[at];
    memmove(item + 1, item, (grants->roles.count - at - 1) * sizeof *item);
    *item = entry;
    return item;
}

bool tdm_grants_platform(tdm_text schema, tdm_text role)
{
    static const char *const roles[] = {"anon", "authenticated", "service_role", "postgres"};

    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
        if (tdm_text_is(role, roles[i]))
            return tdm_text_is(schema, "public");
    return false;
}

// --- Reading ------------------------------------------------------------------------------------

// Cuts the role off that an item begins with: quoted, or up to the sign behind it.
static tdm_text take_role(tdm_text *rest)
{
    size_t end = 0;
    bool quoted = rest->size && rest->data[0] == '"';

    for (end = quoted ? 1 : 0; end < rest->size; end++) {
        char c = rest->data[end];
        if (!quoted && (c == '=' || c == '~' || c == '?'))
            break;
        if (quoted && c == '"') {
            if (end + 1 < rest->size && rest->data[end + 1] == '"')
                end++;
            else
                quoted = false;
        }
    }
    tdm_text role = {rest->data, end};
    *rest = tdm_text_from(*rest, end);
    return role;
}

static tdm_privileges take_letters(tdm_text *rest, tdm_privileges *options)
{
    tdm_privileges bits = 0, last = 0;
    size_t at = 0;

    for (; at < rest->size && rest->data[at] != ','; at++) {
        if (rest->data[at] == '*')
            *options |= last;
        else
            bits |= last = bit_of(rest->data[at]);
    }
    *rest = tdm_text_from(*rest, at);
    return bits;
}

bool tdm_grants_read(tdm_arena *arena, tdm_text text, tdm_grants *ret)
{
    *ret = (tdm_grants){0};
    while (text.size) {
        tdm_privileges options = 0;
        bool denies = text.data[0] == '-';
        text = tdm_text_from(text, denies);
        tdm_text role = take_role(&text);
        char sign = text.size ? text.data[0] : 0;
        text = tdm_text_from(text, 1);
        tdm_privileges bits = take_letters(&text, &options);
        tdm_grantee *grantee = role.size && sign ? tdm_grants_role(arena, ret, role) : NULL;
        if (!grantee || !bits)
            return false;
        if (sign == '?')
            grantee->maybe |= bits;
        else
            *(denies ? &grantee->denied : &grantee->held) |= bits;
        grantee->vague |= sign == '~' ? bits : 0;
        grantee->options |= options;
        text = tdm_text_from(text, text.size < 2 ? text.size : 2); // ", "
    }
    return true;
}

// --- Printing -----------------------------------------------------------------------------------

static void put_item(tdm_buffer *out, const tdm_grantee *grantee, const char *dash, char sign,
                     tdm_privileges bits)
{
    if (!bits)
        return;
    tdm_buffer_puts(out, out->size ? ", " : "");
    tdm_buffer_puts(out, dash);
    tdm_buffer_put(out, grantee->role);
    tdm_buffer_putc(out, sign);
    for (unsigned i = 0; i < PRIVILEGES; i++) {
        if (!(bits & 1U << i))
            continue;
        tdm_buffer_putc(out, privileges[i].letter);
        if (!*dash && sign != '?' && grantee->options & 1U << i)
            tdm_buffer_putc(out, '*');
    }
}

tdm_text tdm_grants_print(tdm_arena *arena, const tdm_grants *grants)
{
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_FILE);

    for (size_t i = 0; i < grants->roles.count; i++) {
        const tdm_grantee *g = &grants->roles.items[i];
        put_item(&out, g, "-", '=', g->denied & ~g->vague);
        put_item(&out, g, "-", '~', g->denied & g->vague);
        put_item(&out, g, "", '=', g->held & ~g->vague);
        put_item(&out, g, "", '~', g->held & g->vague);
        put_item(&out, g, "", '?', g->maybe);
    }
    return tdm_buffer_take(&out, arena);
}

// "SELECT, UPDATE WITH GRANT OPTION"; all that a table has is "ALL".
static void show_words(tdm_buffer *out, tdm_privileges bits, tdm_privileges options)
{
    tdm_privileges all = bits_of("arwdDxt");
    bool first = true;

    if ((bits & all) == all && !options) {
        tdm_buffer_puts(out, "ALL");
        return;
    }
    for (unsigned i = 0; i < PRIVILEGES; i++) {
        if (!(bits & 1U << i))
            continue;
        tdm_buffer_puts(out, first ? "" : ", ");
        tdm_buffer_puts(out, privileges[i].word);
        if (options & 1U << i)
            tdm_buffer_puts(out, " WITH GRANT OPTION");
        first = false;
    }
}

static void show_part(tdm_buffer *out, const char *before, tdm_privileges bits,
                      tdm_privileges options, bool *first)
{
    if (!bits)
        return;
    tdm_buffer_puts(out, *first ? ": " : ", ");
    tdm_buffer_puts(out, before);
    show_words(out, bits, options);
    *first = false;
}

tdm_text tdm_grants_show(tdm_arena *arena, const tdm_grants *grants)
{
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_FILE);

    for (size_t i = 0; i < grants->roles.count; i++) {
        const tdm_grantee *g = &grants->roles.items[i];
        bool first = true;
        if (!(g->held | g->denied | g->maybe))
            continue;
        tdm_buffer_puts(&out, out.size ? "; " : "");
        tdm_buffer_put(&out, g->role);
        show_part(&out, "", g->held, g->options, &first);
        show_part(&out, "no ", g->denied, 0, &first);
        show_part(&out, "perhaps ", g->maybe, 0, &first);
    }
    return tdm_buffer_take(&out, arena);
}
