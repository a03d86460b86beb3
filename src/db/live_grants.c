// Who may do what: from the server's list (aclitem) to what differs from the default
// (catalog/grants.h), and from there to what another catalog can be expected to know.
#include "base/text.h"
#include "catalog/grants.h"
#include "db/live_reader.h"

// --- Reading ------------------------------------------------------------------------------------

// Cuts the grantee off an item: quoted where it has other characters than letters, digits and
// underscores (acl.c putid), empty for PUBLIC.
static tdm_text take_grantee(const tdm_live *live, tdm_text *rest)
{
    tdm_buffer name = TDM_BUFFER_INIT(rest->size + 1);
    size_t at = 0;
    bool quoted = false;

    for (; at < rest->size && (quoted || rest->data[at] != '='); at++) {
        bool twice = quoted && at + 1 < rest->size && rest->data[at + 1] == '"';
        if (rest->data[at] != '"') {
            tdm_buffer_putc(&name, rest->data[at]);
        } else if (twice) {
            tdm_buffer_putc(&name, '"');
            at++;
        } else {
            quoted = !quoted;
        }
    }
    *rest = tdm_text_from(*rest, at < rest->size ? at + 1 : at);
    tdm_text role = tdm_buffer_take(&name, live->arena);
    return role.size ? tdm_names_of(live->catalog, &role, 1) : TDM_TEXT("PUBLIC");
}

// Up to and with the grantor, who may be quoted, and the end of the line.
static void pass_grantor(tdm_text *rest)
{
    size_t at = 0;
    bool quoted = false;

    for (; at < rest->size && (quoted || rest->data[at] != '\n'); at++)
        quoted = quoted != (rest->data[at] == '"');
    *rest = tdm_text_from(*rest, at < rest->size ? at + 1 : at);
}

// "r*w/postgres": the letters are those of this module.
static bool take_item(const tdm_live *live, tdm_text *rest, tdm_grants *grants)
{
    tdm_text role = take_grantee(live, rest);
    size_t slash = tdm_text_find_char(*rest, '/');
    tdm_text letters = tdm_text_slice(*rest, 0, slash);
    tdm_grants one;
    tdm_text item =
        tdm_arena_printf(live->arena, "a=%.*s", TDM_TEXT_ARG(letters)); // any role will do

    *rest = tdm_text_from(*rest, letters.size);
    pass_grantor(rest);
    if (letters.size == 0)
        return true;
    if (!tdm_grants_read(live->arena, item, &one))
        return false;
    tdm_grantee *grantee = tdm_grants_role(live->arena, grants, role);
    if (!grantee)
        return false;
    grantee->held |= one.roles.items[0].held;
    grantee->options |= one.roles.items[0].options;
    return true;
}

// What a role has by default is not listed, but what it lacks of it.
static void subtract(const tdm_live *live, tdm_grants *grants, tdm_text role, tdm_privileges given)
{
    tdm_grantee *grantee = given ? tdm_grants_role(live->arena, grants, role) : NULL;

    if (!grantee)
        return;
    grantee->denied = given & ~grantee->held;
    grantee->held &= ~given;
}

tdm_value tdm_live_grants(const tdm_live *live, tdm_kind kind, tdm_text owner, tdm_text list)
{
    tdm_privileges all = tdm_grants_all(kind);
    tdm_text rest = tdm_text_from(list, 1);
    tdm_grants grants = {0};

    if (list.size == 0) // as it is by default
        return (tdm_value){0};
    while (rest.size)
        if (!take_item(live, &rest, &grants))
            return (tdm_value){.text = list, .reason = TDM_TEXT("its text cannot be read")};
    if (live->version < TDM_LIVE_MAINTAIN)
        all &= ~tdm_privilege_maintain();
    if (owner.size)
        subtract(live, &grants, tdm_names_of(live->catalog, &owner, 1), all);
    if (kind != TDM_KIND_COLUMN)
        subtract(live, &grants, TDM_TEXT("PUBLIC"), tdm_grants_of_public(kind));
    return (tdm_value){.text = tdm_grants_print(live->arena, &grants),
                       .written = tdm_grants_show(live->arena, &grants)};
}

// --- Default privileges -------------------------------------------------------------------------

// Letters of pg_default_acl.defaclobjtype.
static const tdm_live_field default_fields[] = {
    {TDM_ATTR_OWNER, "CASE WHEN x.defaclnamespace = 0 THEN pg_get_userbyid(x.defaclrole) END"},
    {TDM_ATTR_GRANTS, "{grants x.defaclacl}"},
};

static const tdm_live_family defaults = {
    .kind = TDM_KIND_DEFAULT_PRIVILEGES,
    .everywhere = true,
    .oid = "x.oid",
    .name = "CASE x.defaclobjtype WHEN 'r' THEN 'tables' WHEN 'S' THEN 'sequences'"
            " WHEN 'f' THEN 'functions' WHEN 'T' THEN 'types' ELSE 'schemas' END"
            " || ' of ' || quote_ident(pg_get_userbyid(x.defaclrole))",
    .fields = default_fields,
    .field_count = sizeof default_fields / sizeof *default_fields,
    .from = "pg_default_acl x LEFT JOIN pg_namespace n ON n.oid = x.defaclnamespace",
    .where = "(x.defaclnamespace = 0 OR {scope}) AND x.defaclobjtype IN ('r', 'S', 'f', 'T', 'n')",
};

tdm_kind tdm_live_defaults_kind(const tdm_object *object)
{
    static const struct row {
        tdm_text word;
        tdm_kind kind;
    } rows[] = {
        {{"tables", 6}, TDM_KIND_TABLE},       {{"sequences", 9}, TDM_KIND_SEQUENCE},
        {{"functions", 9}, TDM_KIND_FUNCTION}, {{"types", 5}, TDM_KIND_TYPE},
        {{"schemas", 7}, TDM_KIND_SCHEMA},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (tdm_text_starts(object->name, rows[i].word))
            return rows[i].kind;
    return TDM_KIND_OTHER;
}

tdm_status tdm_live_read_defaults(tdm_live *live)
{
    return tdm_live_family_read(live, &defaults);
}
