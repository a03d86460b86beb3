// alembic_utils: op.create_entity(), drop_entity(), replace_entity() of functions, views, triggers,
// policies, grants and extensions (olirice/alembic_utils 0.8, pg_*.py and statement.py). The texts
// are that package's; every one goes through text(), so that colons count (4.6).
#include "revision/third_party.h"

#include "revision/op_directive.h"

#include <stdlib.h>

#define TEXT_LIMIT ((size_t)8 << 20)

typedef enum entity_kind {
    ENTITY_FUNCTION,
    ENTITY_VIEW,
    ENTITY_MATERIALIZED_VIEW,
    ENTITY_TRIGGER,
    ENTITY_POLICY,
    ENTITY_EXTENSION,
    ENTITY_GRANT,
} entity_kind;

typedef struct entity {
    entity_kind kind;
    tdm_text schema;    // in quotes, as it prints
    tdm_text plain;     // without
    tdm_text signature; // of a grant: its table, in quotes
    tdm_text definition;
    tdm_text on_entity;
    bool is_constraint;
    bool without_data;
    tdm_text grant, role, columns;
    bool with_grant_option;
} entity;

// --- statement.py
// -----------------------------------------------------------------------------------

static tdm_text unquoted(tdm_arena *arena, tdm_text text)
{
    tdm_buffer b = TDM_BUFFER_INIT(TEXT_LIMIT);
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] != '"')
            tdm_buffer_putc(&b, text.data[i]);
    }
    return tdm_buffer_take(&b, arena);
}

// Runs of white space become one space; none at the ends.
static tdm_text normalized(tdm_arena *arena, tdm_text text)
{
    tdm_buffer b = TDM_BUFFER_INIT(TEXT_LIMIT);
    text = tdm_text_trim(text);
    for (size_t i = 0; i < text.size; i++) {
        if (!tdm_is_space(text.data[i]))
            tdm_buffer_putc(&b, text.data[i]);
        else if (!tdm_is_space(text.data[i - 1]))
            tdm_buffer_putc(&b, ' ');
    }
    return tdm_buffer_take(&b, arena);
}

// "a.b" becomes "a"."b".
static tdm_text quoted(tdm_arena *arena, tdm_text text)
{
    tdm_text plain = tdm_text_trim(unquoted(arena, text));
    size_t dot = tdm_text_find_char(plain, '.');
    if (dot == SIZE_MAX)
        return tdm_arena_printf(arena, "\"%.*s\"", TDM_TEXT_ARG(plain));
    tdm_text left = tdm_text_trim(tdm_text_slice(plain, 0, dot));
    tdm_text right = tdm_text_trim(tdm_text_from(plain, dot + 1));
    return tdm_arena_printf(arena, "\"%.*s\".\"%.*s\"", TDM_TEXT_ARG(left), TDM_TEXT_ARG(right));
}

static tdm_text without_semicolons(tdm_text text)
{
    text = tdm_strip_unicode(text);
    while (text.size > 0 && text.data[text.size - 1] == ';')
        text.size--;
    return tdm_strip_unicode(text);
}

// Colons that text() would take for parameters get a backslash; "::" stays, in PL/pgSQL also ":=".
static tdm_text escaped(tdm_arena *arena, tdm_text text, bool plpgsql)
{
    tdm_buffer b = TDM_BUFFER_INIT(TEXT_LIMIT);
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i], next = i + 1 < text.size ? text.data[i + 1] : '\0';
        bool pair = c == ':' && (next == ':' || (plpgsql && next == '='));
        bool already = plpgsql && c == '\\' && next == ':';
        if (pair || already) {
            tdm_buffer_putc(&b, c);
            tdm_buffer_putc(&b, next);
            i++;
            continue;
        }
        if (c == ':')
            tdm_buffer_putc(&b, '\\');
        tdm_buffer_putc(&b, c);
    }
    return tdm_buffer_take(&b, arena);
}

static bool is_plpgsql(tdm_arena *arena, tdm_text definition)
{
    tdm_text plain = normalized(arena, definition);
    tdm_buffer b = TDM_BUFFER_INIT(TEXT_LIMIT);
    for (size_t i = 0; i < plain.size; i++) {
        if (plain.data[i] != '\'')
            tdm_buffer_putc(&b, tdm_to_lower(plain.data[i]));
    }
    bool found = tdm_text_find(tdm_buffer_text(&b), TDM_TEXT("language plpgsql")) != SIZE_MAX;
    tdm_buffer_free(&b);
    return found;
}

// --- Construction
// -------------------------------------------------------------------------------------

static void refuse_entity(tdm_bound *bound)
{
    tdm_arg_refuse(bound, "entity");
}

static tdm_py entity_attr(tdm_interp *in, tdm_py self, tdm_text name)
{
    (void)self;
    return tdm_host_unknown(tdm_host_of(in), ".%.*s of an entity is not covered",
                            TDM_TEXT_ARG(name));
}

static const tdm_py_class entity_object = {
    .name = "alembic_utils.ReplaceableEntity", .inert = true, .get_attr = entity_attr};

static entity *new_entity(tdm_bound *bound, entity_kind kind)
{
    tdm_arena *arena = bound->host->arena;
    entity *e = tdm_arena_new_of(arena, entity);
    if (!e)
        return NULL;
    e->kind = kind;
    e->plain = unquoted(arena, normalized(arena, tdm_arg_text(bound, "schema")));
    e->schema = quoted(arena, e->plain);
    e->signature = unquoted(arena, normalized(arena, tdm_arg_text(bound, "signature")));
    e->definition = without_semicolons(tdm_arg_text(bound, "definition"));
    if (kind == ENTITY_FUNCTION)
        e->definition = escaped(arena, e->definition, is_plpgsql(arena, e->definition));
    if (kind == ENTITY_TRIGGER || kind == ENTITY_POLICY) {
        tdm_text on = unquoted(arena, tdm_arg_text(bound, "on_entity"));
        bool qualified = tdm_text_find_char(on, '.') != SIZE_MAX;
        e->definition = escaped(arena, e->definition, false);
        e->on_entity = qualified ? on : tdm_arena_printf(arena, "public.%.*s", TDM_TEXT_ARG(on));
    }
    e->is_constraint = tdm_arg_truth(bound, "is_constraint", false);
    e->without_data = !tdm_arg_truth(bound, "with_data", true);
    return e;
}

static tdm_py entity_value(tdm_bound *bound, entity *e)
{
    if (bound->unknown)
        return bound->unknown;
    return e ? tdm_object(bound->host, &entity_object, e)
             : tdm_host_unknown(bound->host, "out of memory");
}

static tdm_py make_function(tdm_host *host, tdm_bound *bound)
{
    (void)host;
    return entity_value(bound, new_entity(bound, ENTITY_FUNCTION));
}

static tdm_py make_view(tdm_host *host, tdm_bound *bound)
{
    (void)host;
    return entity_value(bound, new_entity(bound, ENTITY_VIEW));
}

static tdm_py make_materialized_view(tdm_host *host, tdm_bound *bound)
{
    (void)host;
    return entity_value(bound, new_entity(bound, ENTITY_MATERIALIZED_VIEW));
}

static tdm_py make_trigger(tdm_host *host, tdm_bound *bound)
{
    (void)host;
    return entity_value(bound, new_entity(bound, ENTITY_TRIGGER));
}

static tdm_py make_policy(tdm_host *host, tdm_bound *bound)
{
    (void)host;
    return entity_value(bound, new_entity(bound, ENTITY_POLICY));
}

static tdm_py make_extension(tdm_host *host, tdm_bound *bound)
{
    (void)host;
    return entity_value(bound, new_entity(bound, ENTITY_EXTENSION));
}

static int compare_names(const void *a, const void *b)
{
    const tdm_name *x = a, *y = b;
    return tdm_text_compare(x->text, y->text);
}

static tdm_py make_grant(tdm_host *host, tdm_bound *bound)
{
    entity *e = new_entity(bound, ENTITY_GRANT);
    if (!e)
        return tdm_host_unknown(host, "out of memory");
    e->signature = quoted(host->arena, tdm_arg_text(bound, "table"));
    e->role = quoted(host->arena, tdm_arg_text(bound, "role"));
    e->grant = tdm_name_from(bound, tdm_py_plain(tdm_arg(bound, "grant"))).text;
    e->with_grant_option = tdm_arg_truth(bound, "with_grant_option", false);
    tdm_names columns = tdm_arg_names(bound, "columns");
    if (columns.count > 1)
        qsort(columns.items, columns.count, sizeof *columns.items, compare_names);
    tdm_buffer b = TDM_BUFFER_INIT(TEXT_LIMIT);
    for (size_t i = 0; i < columns.count; i++)
        tdm_buffer_putf(&b, "%s%.*s", i > 0 ? ", " : "", TDM_TEXT_ARG(columns.items[i].text));
    e->columns = tdm_buffer_take(&b, host->arena);
    return entity_value(bound, e);
}

// PGGrantTableChoice.SELECT, an enumeration of strings.
static tdm_py choice_attr(tdm_interp *in, tdm_py self, tdm_text name)
{
    static const char *const words[] = {"SELECT",   "INSERT",     "UPDATE", "DELETE",
                                        "TRUNCATE", "REFERENCES", "TRIGGER"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (tdm_text_is(name, words[i]))
            return tdm_py_str(in, name);
    }
    return entity_attr(in, self, name);
}

static const tdm_py_class choice_class = {
    .name = "PGGrantTableChoice", .get_attr = choice_attr, .inert = true};

static const tdm_callable entity_rows[] = {
    {"PGFunction", "schema signature definition", make_function},
    {"PGView", "schema signature definition", make_view},
    {"PGMaterializedView", "schema signature definition with_data=", make_materialized_view},
    {"PGTrigger", "schema signature definition on_entity is_constraint=", make_trigger},
    {"PGPolicy", "schema signature definition on_entity", make_policy},
    {"PGExtension", "schema signature", make_extension},
    {"PGGrantTable", "schema table role grant columns= with_grant_option=", make_grant},
};

tdm_py tdm_entity_package_name(tdm_host *host, tdm_text name)
{
    if (tdm_text_is(name, "PGGrantTableChoice"))
        return tdm_object(host, &choice_class, host);
    for (size_t i = 0; i < sizeof entity_rows / sizeof *entity_rows; i++) {
        if (tdm_text_is(name, entity_rows[i].name))
            return tdm_callable_value(host, &entity_rows[i]);
    }
    return NULL;
}

// --- Statements
// ---------------------------------------------------------------------------------------

static void put_name(tdm_buffer *b, const entity *e)
{
    tdm_buffer_putf(b, "%.*s.\"%.*s\"", TDM_TEXT_ARG(e->schema), TDM_TEXT_ARG(e->signature));
}

// The function's name in quotes, then the rest of its signature.
static bool put_function(tdm_buffer *b, const entity *e)
{
    size_t open = tdm_text_find_char(e->signature, '(');
    if (open == SIZE_MAX)
        return false;
    tdm_text name = tdm_text_trim(tdm_text_slice(e->signature, 0, open));
    tdm_text rest = tdm_text_from(e->signature, open + 1);
    tdm_buffer_putf(b, "%.*s.\"%.*s\"(%.*s %.*s", TDM_TEXT_ARG(e->schema), TDM_TEXT_ARG(name),
                    TDM_TEXT_ARG(rest), TDM_TEXT_ARG(e->definition));
    return true;
}

static size_t space_end(tdm_text text, size_t at)
{
    while (at < text.size && tdm_is_space(text.data[at]))
        at++;
    return at;
}

// "<event> ON <table> <action>", with the table under the entity's own schema.
static bool put_trigger(tdm_buffer *b, const entity *e)
{
    tdm_text d = e->definition;
    for (size_t i = 1; i + 3 < d.size; i++) {
        size_t word = space_end(d, i), after = space_end(d, word + 2);
        bool on = word > i && word + 2 < d.size &&
                  tdm_text_equal_nocase(tdm_text_slice(d, word, word + 2), TDM_TEXT("on")) &&
                  after > word + 2;
        if (!on)
            continue;
        size_t end = after;
        while (end < d.size && !tdm_is_space(d.data[end]))
            end++;
        size_t action = space_end(d, end);
        if (end == after || action >= d.size)
            return false;
        tdm_text table = tdm_text_slice(d, after, end);
        size_t dot = tdm_text_find_char(table, '.');
        table = dot == SIZE_MAX ? table : tdm_text_from(table, dot + 1);
        tdm_text event = tdm_text_slice(d, 0, i), rest = tdm_text_from(d, action);
        tdm_buffer_putf(b, "CREATE%sTRIGGER \"%.*s\" %.*s ON %.*s.%.*s %.*s",
                        e->is_constraint ? " CONSTRAINT " : " ", TDM_TEXT_ARG(e->signature),
                        TDM_TEXT_ARG(event), TDM_TEXT_ARG(e->plain), TDM_TEXT_ARG(table),
                        TDM_TEXT_ARG(rest));
        return true;
    }
    return false;
}

static void put_materialized(tdm_buffer *b, const entity *e, const char *end)
{
    tdm_buffer_puts(b, "CREATE MATERIALIZED VIEW ");
    put_name(b, e);
    tdm_buffer_putf(b, " AS %.*s WITH %s DATA%s", TDM_TEXT_ARG(e->definition),
                    e->without_data ? "NO" : "", end);
}

static void put_policy(tdm_buffer *b, const entity *e, const char *end)
{
    tdm_buffer_putf(b, "CREATE POLICY %.*s on %.*s %.*s%s", TDM_TEXT_ARG(e->signature),
                    TDM_TEXT_ARG(e->on_entity), TDM_TEXT_ARG(e->definition), end);
}

static void put_grant(tdm_buffer *b, const entity *e)
{
    tdm_buffer_putf(b, "GRANT %.*s ", TDM_TEXT_ARG(e->grant));
    if (e->columns.size > 0)
        tdm_buffer_putf(b, "( %.*s )", TDM_TEXT_ARG(e->columns));
    tdm_buffer_putf(b, " ON %.*s.%.*s TO %.*s %s", TDM_TEXT_ARG(e->schema),
                    TDM_TEXT_ARG(e->signature), TDM_TEXT_ARG(e->role),
                    e->with_grant_option ? " WITH GRANT OPTION" : "");
}

static bool put_create(tdm_buffer *b, const entity *e)
{
    switch (e->kind) {
    case ENTITY_FUNCTION:
        tdm_buffer_puts(b, "CREATE FUNCTION ");
        return put_function(b, e);
    case ENTITY_VIEW:
        tdm_buffer_puts(b, "CREATE VIEW ");
        put_name(b, e);
        tdm_buffer_putf(b, " AS %.*s;", TDM_TEXT_ARG(e->definition));
        return true;
    case ENTITY_MATERIALIZED_VIEW:
        put_materialized(b, e, ";");
        return true;
    case ENTITY_TRIGGER:
        return put_trigger(b, e);
    case ENTITY_POLICY:
        put_policy(b, e, "");
        return true;
    case ENTITY_EXTENSION:
        tdm_buffer_putf(b, "CREATE EXTENSION \"%.*s\" WITH SCHEMA %.*s;",
                        TDM_TEXT_ARG(e->signature), TDM_TEXT_ARG(e->schema));
        return true;
    case ENTITY_GRANT:
        put_grant(b, e);
        return true;
    }
    return false;
}

// The parameters without their defaults.
static bool put_drop_function(tdm_buffer *b, const entity *e)
{
    size_t open = tdm_text_find_char(e->signature, '(');
    if (open == SIZE_MAX || e->signature.data[e->signature.size - 1] != ')')
        return false;
    tdm_text name = tdm_text_trim(tdm_text_slice(e->signature, 0, open));
    tdm_text rest = tdm_text_slice(e->signature, open + 1, e->signature.size - 1);
    tdm_buffer_putf(b, "DROP FUNCTION %.*s.\"%.*s\"(", TDM_TEXT_ARG(e->schema), TDM_TEXT_ARG(name));
    for (bool first = true;; first = false) {
        size_t comma = tdm_text_find_char(rest, ',');
        tdm_text part = comma == SIZE_MAX ? rest : tdm_text_slice(rest, 0, comma);
        for (size_t i = 0; i + 7 <= part.size; i++) {
            if (tdm_text_equal_nocase(tdm_text_slice(part, i, i + 7), TDM_TEXT("default")))
                part = tdm_text_slice(part, 0, i);
        }
        part = tdm_text_trim(part);
        tdm_buffer_putf(b, "%s%.*s", first ? "" : ", ", TDM_TEXT_ARG(part));
        if (comma == SIZE_MAX)
            break;
        rest = tdm_text_from(rest, comma + 1);
    }
    tdm_buffer_puts(b, ") ");
    return true;
}

static bool put_drop(tdm_buffer *b, const entity *e, bool cascade)
{
    const char *word = e->kind == ENTITY_EXTENSION ? "CASCADE" : "cascade";
    switch (e->kind) {
    case ENTITY_FUNCTION:
        if (!put_drop_function(b, e))
            return false;
        break;
    case ENTITY_VIEW:
    case ENTITY_MATERIALIZED_VIEW:
        tdm_buffer_puts(b, e->kind == ENTITY_VIEW ? "DROP VIEW " : "DROP MATERIALIZED VIEW ");
        put_name(b, e);
        tdm_buffer_puts(b, " ");
        break;
    case ENTITY_TRIGGER:
        tdm_buffer_putf(b, "DROP TRIGGER \"%.*s\" ON %.*s ", TDM_TEXT_ARG(e->signature),
                        TDM_TEXT_ARG(e->on_entity));
        break;
    case ENTITY_POLICY:
        tdm_buffer_putf(b, "DROP POLICY %.*s on %.*s ", TDM_TEXT_ARG(e->signature),
                        TDM_TEXT_ARG(e->on_entity));
        break;
    case ENTITY_EXTENSION:
        tdm_buffer_putf(b, "DROP EXTENSION \"%.*s\" ", TDM_TEXT_ARG(e->signature));
        break;
    case ENTITY_GRANT:
        tdm_buffer_putf(b, "REVOKE %.*s ON %.*s.%.*s FROM %.*s", TDM_TEXT_ARG(e->grant),
                        TDM_TEXT_ARG(e->schema), TDM_TEXT_ARG(e->signature), TDM_TEXT_ARG(e->role));
        return true;
    }
    tdm_buffer_puts(b, cascade ? word : "");
    return true;
}

static void put_replace_view(tdm_buffer *b, const entity *e)
{
    tdm_buffer_puts(b, "\n        do $$\n            begin\n"
                       "                CREATE OR REPLACE VIEW ");
    put_name(b, e);
    tdm_buffer_putf(b,
                    " AS %.*s;\n\n            exception when others then\n"
                    "                DROP VIEW IF EXISTS ",
                    TDM_TEXT_ARG(e->definition));
    put_name(b, e);
    tdm_buffer_puts(b, ";\n\n                CREATE VIEW ");
    put_name(b, e);
    tdm_buffer_putf(b, " AS %.*s;\n            end;\n        $$ language 'plpgsql'\n        ",
                    TDM_TEXT_ARG(e->definition));
}

// --- Directives
// ---------------------------------------------------------------------------------------

static void print_clause(tdm_printer *p, const void *clause)
{
    tdm_print_text_clause(p, clause);
}

// Takes the buffer. False: an exception is pending.
static bool say(tdm_host *host, tdm_buffer *text)
{
    tdm_expr *clause = tdm_expr_text(host->arena, tdm_buffer_take(text, host->arena));
    return clause && tdm_emit_statement(host, print_clause, clause, NULL);
}

static const entity *target_of(tdm_bound *bound)
{
    const entity *e = tdm_data_of(tdm_arg(bound, "target"), &entity_object);
    if (!e)
        refuse_entity(bound);
    return e;
}

// A text that could not be formed leaves the directive opaque.
static tdm_py said(tdm_host *host, tdm_bound *bound, bool formed, tdm_buffer *text)
{
    if (!formed) {
        tdm_buffer_free(text);
        refuse_entity(bound);
        return tdm_opaque_directive(host, bound);
    }
    return tdm_emitted(host, say(host, text));
}

static tdm_py create_entity(tdm_host *host, tdm_bound *bound)
{
    const entity *e = target_of(bound);
    tdm_buffer b = TDM_BUFFER_INIT(TEXT_LIMIT);
    return said(host, bound, e && put_create(&b, e), &b);
}

static tdm_py drop_entity(tdm_host *host, tdm_bound *bound)
{
    const entity *e = target_of(bound);
    bool cascade = tdm_arg_truth(bound, "cascade", false);
    tdm_buffer b = TDM_BUFFER_INIT(TEXT_LIMIT);
    return said(host, bound, e && put_drop(&b, e, cascade), &b);
}

// Views are replaced in one statement, functions by OR REPLACE; the rest is dropped first.
static tdm_py replace_entity(tdm_host *host, tdm_bound *bound)
{
    const entity *e = target_of(bound);
    tdm_buffer first = TDM_BUFFER_INIT(TEXT_LIMIT), second = TDM_BUFFER_INIT(TEXT_LIMIT);
    if (!e || e->kind == ENTITY_EXTENSION)
        return said(host, bound, false, &first);
    switch (e->kind) {
    case ENTITY_FUNCTION:
        tdm_buffer_puts(&first, "CREATE OR REPLACE FUNCTION ");
        return said(host, bound, put_function(&first, e), &first);
    case ENTITY_VIEW:
        put_replace_view(&first, e);
        return said(host, bound, true, &first);
    case ENTITY_MATERIALIZED_VIEW:
        tdm_buffer_puts(&first, "DROP MATERIALIZED VIEW IF EXISTS ");
        put_name(&first, e);
        tdm_buffer_puts(&first, "; ");
        put_materialized(&second, e, "");
        break;
    case ENTITY_TRIGGER:
        tdm_buffer_putf(&first, "DROP TRIGGER IF EXISTS \"%.*s\" ON %.*s;",
                        TDM_TEXT_ARG(e->signature), TDM_TEXT_ARG(e->on_entity));
        if (!put_trigger(&second, e)) {
            tdm_buffer_free(&second);
            return said(host, bound, false, &first);
        }
        break;
    case ENTITY_POLICY:
        tdm_buffer_putf(&first, "DROP POLICY IF EXISTS %.*s on %.*s;", TDM_TEXT_ARG(e->signature),
                        TDM_TEXT_ARG(e->on_entity));
        put_policy(&second, e, ";");
        break;
    case ENTITY_GRANT:
        (void)put_drop(&first, e, false);
        put_grant(&second, e);
        break;
    case ENTITY_EXTENSION:
        break;
    }
    return tdm_emitted(host, say(host, &first) && say(host, &second));
}

const tdm_directive tdm_entity_directives[] = {
    {"create_entity", "target", NULL, NULL, NULL, create_entity},
    {"drop_entity", "target cascade=", NULL, NULL, NULL, drop_entity},
    {"replace_entity", "target", NULL, NULL, NULL, replace_entity},
    {NULL, NULL, NULL, NULL, NULL, NULL},
};
