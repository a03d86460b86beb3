#include "replay/lookup.h"

#include "base/text.h"
#include "catalog/extensions.h"
#include "catalog/platform.h"
#include "sql/builtin.h"

// --- What is asked ------------------------------------------------------------------------------

// The relations that can be read, and what a row of each is. Kinds of a join: the finest counts.
static const struct relation {
    const char *schema; // pg_catalog may be left out, information_schema may not
    const char *name;
    tdm_lookup_kind kind;
    tdm_lookup_scope scope;
} relations[] = {
    {"information_schema", "tables", TDM_LOOKUP_TABLE, TDM_LOOKUP_VIEWS},
    {"information_schema", "columns", TDM_LOOKUP_COLUMN, TDM_LOOKUP_VIEWS},
    {"information_schema", "schemata", TDM_LOOKUP_SCHEMA, TDM_LOOKUP_TABLES},
    {"information_schema", "table_constraints", TDM_LOOKUP_CONSTRAINT, TDM_LOOKUP_TABLES},
    {"pg_catalog", "pg_tables", TDM_LOOKUP_TABLE, TDM_LOOKUP_TABLES},
    {"pg_catalog", "pg_class", TDM_LOOKUP_TABLE, TDM_LOOKUP_RELATIONS},
    {"pg_catalog", "pg_namespace", TDM_LOOKUP_SCHEMA, TDM_LOOKUP_TABLES},
    {"pg_catalog", "pg_attribute", TDM_LOOKUP_COLUMN, TDM_LOOKUP_RELATIONS},
    {"pg_catalog", "pg_type", TDM_LOOKUP_TYPE, TDM_LOOKUP_RELATIONS},
    {"pg_catalog", "pg_policies", TDM_LOOKUP_POLICY, TDM_LOOKUP_TABLES},
    {"pg_catalog", "pg_constraint", TDM_LOOKUP_CONSTRAINT, TDM_LOOKUP_TABLES},
};

// pg_class and pg_namespace may be joined to say where something else is, and whose.
static bool takes_part(tdm_lookup_kind finest, tdm_lookup_kind added)
{
    if (added == TDM_LOOKUP_SCHEMA)
        return finest == TDM_LOOKUP_TABLE || finest == TDM_LOOKUP_COLUMN ||
               finest == TDM_LOOKUP_TYPE || finest == TDM_LOOKUP_CONSTRAINT;
    return added == TDM_LOOKUP_TABLE &&
           (finest == TDM_LOOKUP_COLUMN || finest == TDM_LOOKUP_CONSTRAINT);
}

static bool take_relation(tdm_lookup *lookup, const struct relation *row)
{
    lookup->relations++;
    if (lookup->kind == TDM_LOOKUP_NOTHING || takes_part(row->kind, lookup->kind)) {
        lookup->kind = row->kind;
        lookup->scope = row->scope;
        return true;
    }
    return takes_part(lookup->kind, row->kind);
}

bool tdm_lookup_relation(tdm_lookup *lookup, tdm_text schema, tdm_text name)
{
    for (size_t i = 0; i < sizeof relations / sizeof *relations; i++) {
        const struct relation *row = &relations[i];
        bool catalog = tdm_text_is(tdm_text_of(row->schema), "pg_catalog");
        if (tdm_text_is(name, row->name) &&
            (tdm_text_is(schema, row->schema) || (catalog && schema.size == 0)))
            return take_relation(lookup, row);
    }
    return false;
}

// n.oid = c.relnamespace: these catalogs can be joined in one way only.
bool tdm_lookup_join(tdm_lookup *lookup, tdm_text left, tdm_text right)
{
    static const char *const keys[] = {"relnamespace", "attrelid", "typnamespace", "conrelid",
                                       "connamespace"};

    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if ((tdm_text_is(left, "oid") && tdm_text_is(right, keys[i])) ||
            (tdm_text_is(right, "oid") && tdm_text_is(left, keys[i]))) {
            lookup->joins++;
            return true;
        }
    return false;
}

// Each name may be asked for once, or again with the same value.
static bool set(tdm_text *name, tdm_text value)
{
    if (name->size && !tdm_text_equal(*name, value))
        return false;
    *name = value;
    return value.size > 0;
}

static bool is_any(tdm_text text, const char *const *words)
{
    for (; *words; words++)
        if (tdm_text_is(text, *words))
            return true;
    return false;
}

bool tdm_lookup_equal(tdm_lookup *lookup, tdm_text column, tdm_text value)
{
    static const char *const schemas[] = {"table_schema", "schema_name",       "nspname",
                                          "schemaname",   "constraint_schema", NULL};
    static const char *const tables[] = {"table_name", "relname", "tablename", NULL};
    static const char *const names[] = {"column_name",     "attname", "typname", "policyname",
                                        "constraint_name", "conname", NULL};

    if (is_any(column, schemas))
        return set(&lookup->schema, value);
    if (is_any(column, tables))
        return set(&lookup->table, value);
    if (is_any(column, names))
        return set(&lookup->name, value);
    if (tdm_text_is(column, "table_type") && tdm_text_is(value, "BASE TABLE"))
        lookup->scope = TDM_LOOKUP_TABLES;
    else if (tdm_text_is(column, "relkind") && tdm_text_is(value, "r"))
        lookup->scope = TDM_LOOKUP_PLAIN;
    else
        return false;
    return true;
}

// 'schema.table' or 'table', read as a name in SQL: unquoted letters are folded.
static bool split_name(tdm_arena *arena, tdm_text text, tdm_text *ret_schema, tdm_text *ret_name)
{
    size_t dot = tdm_text_find_char(text, '.');
    char *folded = tdm_arena_string(arena, text);

    if (!folded || text.size == 0)
        return false;
    for (size_t i = 0; i < text.size; i++) {
        folded[i] = tdm_to_lower(folded[i]);
        if (!tdm_is_alnum(folded[i]) && folded[i] != '_' && i != dot)
            return false; // quoted names are not read here
    }
    text.data = folded;
    *ret_schema = dot == SIZE_MAX ? (tdm_text){NULL, 0} : tdm_text_slice(text, 0, dot);
    *ret_name = dot == SIZE_MAX ? text : tdm_text_from(text, dot + 1);
    return ret_name->size > 0;
}

bool tdm_lookup_regnamespace(tdm_lookup *lookup, tdm_text column, tdm_text value)
{
    static const char *const columns[] = {"relnamespace", "typnamespace", "connamespace", NULL};
    tdm_text schema, name;

    return is_any(column, columns) && split_name(lookup->arena, value, &schema, &name) &&
           schema.size == 0 && set(&lookup->schema, name);
}

bool tdm_lookup_regclass(tdm_lookup *lookup, tdm_text column, tdm_text value)
{
    static const char *const columns[] = {"attrelid", "conrelid", "oid", NULL};
    tdm_text schema, name;

    if (!is_any(column, columns) || !split_name(lookup->arena, value, &schema, &name))
        return false;
    lookup->visible = schema.size == 0;
    return (schema.size == 0 || set(&lookup->schema, schema)) && set(&lookup->table, name);
}

// --- What is there ------------------------------------------------------------------------------

static tdm_reply reply(tdm_truth truth, tdm_text asked)
{
    return (tdm_reply){.truth = truth, .asked = asked};
}

static tdm_reply unknown(tdm_text why, tdm_text asked)
{
    return (tdm_reply){.truth = TDM_TRUTH_UNKNOWN, .why = why, .asked = asked};
}

static tdm_text say(const tdm_lookup *l, const char *what, bool exists)
{
    tdm_text of = l->kind == TDM_LOOKUP_TABLE || l->kind == TDM_LOOKUP_SCHEMA ? (tdm_text){NULL, 0}
                                                                              : l->table;
    tdm_text name = l->kind == TDM_LOOKUP_TABLE    ? l->table
                    : l->kind == TDM_LOOKUP_SCHEMA ? l->schema
                                                   : l->name;

    return tdm_arena_printf(l->arena, "%s %.*s%s%.*s %s", what, TDM_TEXT_ARG(name),
                            of.size ? " of " : "", TDM_TEXT_ARG(of),
                            exists ? "exists" : "does not exist");
}

// "Not there" holds only in a closed world: nothing opaque before, and no schema of the platform
// that the question reaches holds the name.
static tdm_reply absent(const tdm_lookup *l, tdm_text asked, tdm_text platform_column)
{
    const char *holder = NULL;

    if (l->catalog->open)
        return unknown(l->catalog->why, asked);
    if (l->schema.size && tdm_platform_schema(l->schema))
        return unknown(TDM_TEXT("it asks about a schema of the platform"), asked);
    if (!l->schema.size && !l->visible && l->table.size &&
        tdm_platform_holds(l->table, platform_column, &holder))
        return unknown(tdm_arena_printf(l->arena,
                                        "the guard names no schema, and schema %s may hold it",
                                        holder),
                       asked);
    return reply(TDM_TRUTH_NO, asked);
}

static bool is_candidate(const tdm_lookup *l, tdm_text schema, tdm_text name)
{
    if (!tdm_text_equal(name, l->table))
        return false;
    return l->schema.size == 0 || tdm_text_equal(schema, l->schema);
}

// A view, or whatever else bears the name and is not modelled.
static bool has_other_relation(const tdm_lookup *l)
{
    for (size_t i = 0; i < l->catalog->objects.count; i++) {
        const tdm_object *other = l->catalog->objects.items[i];
        bool view = l->scope >= TDM_LOOKUP_VIEWS &&
                    (other->kind == TDM_KIND_VIEW || other->kind == TDM_KIND_FOREIGN_TABLE);
        bool relation = l->scope == TDM_LOOKUP_RELATIONS &&
                        (tdm_kind_space(other->kind) == TDM_SPACE_RELATION || other->indexed ||
                         other->kind == TDM_KIND_TYPE);
        if ((view || relation) && !other->dropped && is_candidate(l, other->schema, other->name))
            return true;
    }
    return false;
}

static tdm_reply found_table(const tdm_lookup *l, const tdm_table *table)
{
    if (l->scope == TDM_LOOKUP_PLAIN && table->partitioned)
        return unknown(TDM_TEXT("it asks for the kind of a partitioned table"),
                       say(l, "table", true));
    return reply(TDM_TRUTH_YES, say(l, "table", true));
}

static tdm_reply answer_table(const tdm_lookup *l)
{
    tdm_text none = {NULL, 0};

    if (l->table.size == 0)
        return unknown(TDM_TEXT("the guard names no table"), none);
    tdm_found visible = tdm_catalog_find(l->catalog, none, l->table);
    if (l->visible && visible.known == TDM_KNOWN_YES)
        return found_table(l, visible.table);
    for (size_t i = 0; !l->visible && i < l->catalog->tables.count; i++) {
        const tdm_table *table = l->catalog->tables.items[i];
        if (is_candidate(l, table->schema, table->name))
            return found_table(l, table);
    }
    if (has_other_relation(l))
        return unknown(TDM_TEXT("an object that is not modelled has this name"), none);
    return absent(l, say(l, "table", false), none);
}

static tdm_reply answer_column(const tdm_lookup *l)
{
    tdm_text asked = say(l, "column", false), vague = {NULL, 0};
    bool seen = false;

    if (l->table.size == 0 || l->name.size == 0)
        return unknown(TDM_TEXT("the guard names no table or no column"), (tdm_text){NULL, 0});
    for (size_t i = 0; i < l->catalog->tables.count; i++) {
        const tdm_table *table = l->catalog->tables.items[i];
        if (!is_candidate(l, table->schema, table->name))
            continue;
        if (l->visible &&
            table != tdm_catalog_find(l->catalog, (tdm_text){NULL, 0}, l->table).table)
            continue;
        seen = true;
        if (tdm_table_column(table, l->name))
            return reply(TDM_TRUTH_YES, say(l, "column", true));
        if (!table->columns_known && vague.size == 0)
            vague = table->reason.size ? table->reason : TDM_TEXT("its columns are not known");
    }
    if (vague.size)
        return unknown(vague, asked);
    if (has_other_relation(l))
        return unknown(TDM_TEXT("an object that is not modelled has this name"), asked);
    // 'no_such_table'::regclass is an error.
    if (l->visible && !seen)
        return unknown(TDM_TEXT("the table that it names is not there"), asked);
    return absent(l, asked, l->name);
}

static tdm_reply answer_schema(const tdm_lookup *l)
{
    tdm_text why = {NULL, 0};

    if (l->schema.size == 0)
        return unknown(TDM_TEXT("the guard names no schema"), (tdm_text){NULL, 0});
    switch (tdm_catalog_schema(l->catalog, l->schema, &why)) {
    case TDM_KNOWN_YES:
        return reply(TDM_TRUTH_YES, say(l, "schema", true));
    case TDM_KNOWN_NO_OBJECT:
        return reply(TDM_TRUTH_NO, say(l, "schema", false));
    case TDM_KNOWN_UNKNOWN:
        break;
    }
    return unknown(why, say(l, "schema", false));
}

static bool may_hold_type(const tdm_lookup *l)
{
    return tdm_sql_builtin_type(l->name, NULL) != NULL || tdm_platform_type(l->name) ||
           tdm_extension_type(l->name);
}

static tdm_reply answer_type(const tdm_lookup *l)
{
    tdm_lookup as_table = *l;

    if (l->name.size == 0)
        return unknown(TDM_TEXT("the guard names no type"), (tdm_text){NULL, 0});
    for (size_t i = 0; i < l->catalog->objects.count; i++) {
        const tdm_object *other = l->catalog->objects.items[i];
        bool fits = other->kind == TDM_KIND_TYPE && tdm_text_equal(other->name, l->name) &&
                    (l->schema.size == 0 || tdm_text_equal(other->schema, l->schema));
        if (fits && !other->dropped && !other->uncertain)
            return reply(TDM_TRUTH_YES, say(l, "type", true));
        if (fits && !other->dropped)
            return unknown(TDM_TEXT("it may have been dropped with something else"),
                           say(l, "type", false));
    }
    as_table.table = l->name;
    if (answer_table(&as_table).truth != TDM_TRUTH_NO || may_hold_type(l))
        return unknown(TDM_TEXT("an extension, a table or the platform may have a type of this "
                                "name"),
                       say(l, "type", false));
    return absent(l, say(l, "type", false), (tdm_text){NULL, 0});
}

// What stands on a table is recorded as "name on table".
static tdm_reply answer_member(const tdm_lookup *l, tdm_kind kind)
{
    tdm_text none = {NULL, 0};

    if (l->table.size == 0 || l->name.size == 0)
        return unknown(TDM_TEXT("the guard names no table"), none);
    for (size_t i = 0; i < l->catalog->objects.count; i++) {
        const tdm_object *other = l->catalog->objects.items[i];
        bool fits = other->kind == kind && tdm_text_equal(other->name, l->name) && other->on &&
                    tdm_text_equal(other->on->name, l->table) &&
                    (l->schema.size == 0 || tdm_text_equal(other->schema, l->schema));
        if (fits && !other->dropped && !other->uncertain)
            return reply(TDM_TRUTH_YES, say(l, tdm_kind_name(kind), true));
        if (fits && !other->dropped)
            return unknown(TDM_TEXT("it may have been dropped with something else"), none);
    }
    return absent(l, say(l, tdm_kind_name(kind), false), none);
}

tdm_reply tdm_lookup_answer(const tdm_lookup *lookup)
{
    if (lookup->relations > lookup->joins + 1)
        return unknown(TDM_TEXT("the condition joins catalogs in a way that is not understood"),
                       (tdm_text){NULL, 0});
    switch (lookup->kind) {
    case TDM_LOOKUP_TABLE:
        return answer_table(lookup);
    case TDM_LOOKUP_COLUMN:
        return answer_column(lookup);
    case TDM_LOOKUP_SCHEMA:
        return answer_schema(lookup);
    case TDM_LOOKUP_TYPE:
        return answer_type(lookup);
    case TDM_LOOKUP_POLICY:
        return answer_member(lookup, TDM_KIND_POLICY);
    case TDM_LOOKUP_CONSTRAINT:
        return answer_member(lookup, TDM_KIND_CONSTRAINT);
    case TDM_LOOKUP_NOTHING:
        break;
    }
    return unknown(TDM_TEXT("the condition reads no catalog"), (tdm_text){NULL, 0});
}
