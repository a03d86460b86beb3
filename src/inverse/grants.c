#include "inverse/grants.h"

#include "base/limits.h"
#include "catalog/grants.h"
#include "inverse/define.h"
#include "inverse/target.h"
#include "sql/quote.h"

// --- Words --------------------------------------------------------------------------------------

static const char *const words[] = {"SELECT",     "INSERT",  "UPDATE",  "DELETE", "TRUNCATE",
                                    "REFERENCES", "TRIGGER", "EXECUTE", "USAGE",  "CREATE",
                                    "TEMPORARY",  "CONNECT", "MAINTAIN"};

// MAINTAIN has a word from PostgreSQL 17 on; ALL means it wherever it is.
static bool is_all(tdm_kind kind, tdm_privileges bits)
{
    return tdm_grants_all(kind) &&
           (bits | tdm_privilege_maintain()) == (tdm_grants_all(kind) | tdm_privilege_maintain());
}

// An entry of default privileges is called after what it is for: "tables of postgres".
static const struct family {
    const char *word;
    const char *sql;
    tdm_kind kind;
} families[] = {
    {"tables", "TABLES", TDM_KIND_TABLE},          {"sequences", "SEQUENCES", TDM_KIND_SEQUENCE},
    {"functions", "FUNCTIONS", TDM_KIND_FUNCTION}, {"types", "TYPES", TDM_KIND_TYPE},
    {"schemas", "SCHEMAS", TDM_KIND_SCHEMA},
};

static const struct family *family_of(const tdm_change_key *key)
{
    for (size_t i = 0; i < sizeof families / sizeof *families; i++)
        if (key->kind == TDM_KIND_DEFAULT_PRIVILEGES &&
            tdm_text_starts(key->name, tdm_text_of(families[i].word)))
            return &families[i];
    return NULL;
}

// Of which kind the privileges are.
static tdm_kind kind_of(const tdm_change_key *key)
{
    const struct family *family = family_of(key);

    return family ? family->kind : key->kind;
}

// "ALTER DEFAULT PRIVILEGES FOR ROLE r IN SCHEMA s ", before GRANT or REVOKE.
static void put_entry(tdm_buffer *out, const tdm_change_key *key)
{
    size_t of = tdm_text_find(key->name, TDM_TEXT(" of "));

    tdm_buffer_puts(out, "ALTER DEFAULT PRIVILEGES ");
    if (of != SIZE_MAX) {
        tdm_buffer_puts(out, "FOR ROLE ");
        tdm_buffer_put(out, tdm_text_from(key->name, of + 4));
        tdm_buffer_putc(out, ' ');
    }
    if (key->schema.size) {
        tdm_buffer_puts(out, "IN SCHEMA ");
        tdm_sql_put_ident(out, key->schema);
        tdm_buffer_putc(out, ' ');
    }
}

// "SELECT, UPDATE", of a column "SELECT (c), UPDATE (c)".
static void put_privileges(tdm_buffer *out, const tdm_change_key *key, tdm_privileges bits)
{
    bool first = true;

    if (is_all(kind_of(key), bits) && key->kind != TDM_KIND_COLUMN) {
        tdm_buffer_puts(out, "ALL");
        return;
    }
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (!(bits & tdm_privilege_of(tdm_text_of(words[i]))))
            continue;
        tdm_buffer_puts(out, first ? "" : ", ");
        tdm_buffer_puts(out, words[i]);
        if (key->kind == TDM_KIND_COLUMN) {
            tdm_buffer_puts(out, " (");
            tdm_sql_put_ident(out, key->name);
            tdm_buffer_putc(out, ')');
        }
        first = false;
    }
}

static bool put_object(tdm_buffer *out, const tdm_change_key *key)
{
    const struct family *family = family_of(key);

    tdm_buffer_puts(out, " ON ");
    if (family) {
        tdm_buffer_puts(out, family->sql);
        return true;
    }
    switch (key->kind) {
    case TDM_KIND_TABLE:
    case TDM_KIND_VIEW:
    case TDM_KIND_MATERIALIZED_VIEW:
    case TDM_KIND_FOREIGN_TABLE:
        tdm_buffer_puts(out, "TABLE ");
        tdm_define_name(out, key->schema, key->name);
        return true;
    case TDM_KIND_COLUMN:
        tdm_buffer_puts(out, "TABLE ");
        tdm_define_name(out, key->owner_schema, key->owner);
        return true;
    case TDM_KIND_SERVER:
        tdm_buffer_puts(out, "FOREIGN ");
        return tdm_target_put(out, key);
    case TDM_KIND_SEQUENCE:
    case TDM_KIND_FUNCTION:
    case TDM_KIND_SCHEMA:
    case TDM_KIND_TYPE:
    case TDM_KIND_WRAPPER:
    case TDM_KIND_LANGUAGE:
        return tdm_target_put(out, key);
    default:
        return false;
    }
}

// --- Statements ---------------------------------------------------------------------------------

typedef struct step {
    const tdm_change_key *key;
    tdm_text role;
    enum tdm_rank rank;
} step;

static void add(tdm_inverter *in, const step *s, const char *verb, tdm_privileges bits, bool option)
{
    bool grants = verb[0] == 'G';
    tdm_buffer sql = TDM_BUFFER_INIT(TDM_LIMIT_FILE);

    if (bits == 0)
        return;
    if (family_of(s->key))
        put_entry(&sql, s->key);
    tdm_buffer_puts(&sql, verb);
    tdm_buffer_puts(&sql, option && !grants ? " GRANT OPTION FOR " : " ");
    put_privileges(&sql, s->key, bits);
    if (!put_object(&sql, s->key)) {
        tdm_buffer_free(&sql);
        tdm_step_none(in, "grants cannot be put back", s->key->name);
        return;
    }
    tdm_buffer_puts(&sql, grants ? " TO " : " FROM ");
    tdm_buffer_put(&sql, s->role);
    tdm_buffer_puts(&sql, option && grants ? " WITH GRANT OPTION" : "");
    tdm_step_sql(in, &sql, s->rank, (tdm_text){NULL, 0});
}

static void change_role(tdm_inverter *in, const step *s, const tdm_grantee *now,
                        const tdm_grantee *want)
{
    tdm_privileges revoked = (now->held & ~want->held) | (want->denied & ~now->denied);
    tdm_privileges granted = (want->held & ~now->held) | (now->denied & ~want->denied);
    tdm_privileges kept = now->held & want->held;

    // All but a few, where the word of one is not known to every server.
    if ((revoked & tdm_privilege_maintain()) && !is_all(kind_of(s->key), revoked)) {
        revoked = tdm_grants_all(kind_of(s->key));
        granted |= want->held;
        kept = 0;
    }
    add(in, s, "REVOKE", revoked, false);
    add(in, s, "GRANT", granted & ~want->options, false);
    add(in, s, "GRANT", granted & want->options, true);
    add(in, s, "GRANT", kept & want->options & ~now->options, true);
    add(in, s, "REVOKE", kept & now->options & ~want->options, true);
}

// Whether what a role had before is known, of all that a statement has said something about since.
static bool is_known(const tdm_grantee *now, const tdm_grantee *want)
{
    tdm_privileges said = want->held | want->denied;

    return (now->vague & ~said) == 0 && now->maybe == want->maybe;
}

static bool read(tdm_inverter *in, const tdm_value *value, tdm_grants *ret)
{
    *ret = (tdm_grants){0};
    return !value || (value->reason.size == 0 && tdm_grants_read(in->arena, value->text, ret));
}

// --- Both ways ----------------------------------------------------------------------------------

static const tdm_grantee *entry_of(const tdm_grants *grants, tdm_text role)
{
    static const tdm_grantee none = {0};
    const tdm_grantee *found = tdm_grants_find(grants, role);

    return found ? found : &none;
}

void tdm_grants_remake(tdm_inverter *in, const tdm_change_key *key, const tdm_value *value)
{
    tdm_grants want, now = {0};

    if (!read(in, value, &want)) {
        tdm_step_none(in, "grants cannot be put back", key->name);
        return;
    }
    for (size_t i = 0; i < want.roles.count; i++) {
        step s = {.key = key, .role = want.roles.items[i].role, .rank = TDM_RANK_ATTRIBUTE};
        change_role(in, &s, entry_of(&now, s.role), &want.roles.items[i]);
    }
}

// Every role that one of the two has and the other has not yet shown.
static void change_roles(tdm_inverter *in, const tdm_change *change, const tdm_grants *now,
                         const tdm_grants *want, bool second)
{
    const tdm_grants *list = second ? want : now;

    for (size_t i = 0; i < list->roles.count; i++) {
        step s = {.key = &change->key, .role = list->roles.items[i].role, .rank = TDM_RANK_IN_TURN};
        if (second && tdm_grants_find(now, s.role))
            continue;
        const tdm_grantee *is = entry_of(now, s.role), *was = entry_of(want, s.role);
        if (is_known(is, was))
            change_role(in, &s, is, was);
        else
            tdm_step_add(
                in, (tdm_back_step){.outcome = TDM_RETURN_NONE,
                                    .note = tdm_arena_printf(
                                        in->arena, "%.*s: what %.*s might do before is not known",
                                        TDM_TEXT_ARG(change->object), TDM_TEXT_ARG(s.role))});
    }
}

void tdm_grants_undo(tdm_inverter *in, const tdm_change *change)
{
    tdm_grants now, want;

    if (!read(in, &change->after, &now) || !read(in, &change->before, &want)) {
        tdm_step_none(in, "grants cannot be put back", change->object);
        return;
    }
    change_roles(in, change, &now, &want, false);
    change_roles(in, change, &now, &want, true);
}
