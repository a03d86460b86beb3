#include "replay/lookup.h"

#include "base/text.h"

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
    {"information_schema", "referential_constraints", TDM_LOOKUP_CONSTRAINT, TDM_LOOKUP_PLAIN},
    {"information_schema", "triggers", TDM_LOOKUP_TRIGGER, TDM_LOOKUP_TABLES},
    {"information_schema", "routines", TDM_LOOKUP_FUNCTION, TDM_LOOKUP_TABLES},
    {"information_schema", "views", TDM_LOOKUP_VIEW, TDM_LOOKUP_TABLES},
    {"information_schema", "sequences", TDM_LOOKUP_SEQUENCE, TDM_LOOKUP_TABLES},
    {"pg_catalog", "pg_policy", TDM_LOOKUP_POLICY, TDM_LOOKUP_TABLES},
    {"pg_catalog", "pg_trigger", TDM_LOOKUP_TRIGGER, TDM_LOOKUP_TABLES},
    {"pg_catalog", "pg_indexes", TDM_LOOKUP_INDEX, TDM_LOOKUP_TABLES},
    {"pg_catalog", "pg_index", TDM_LOOKUP_INDEX, TDM_LOOKUP_TABLES},
    {"pg_catalog", "pg_enum", TDM_LOOKUP_LABEL, TDM_LOOKUP_TABLES},
    {"pg_catalog", "pg_publication", TDM_LOOKUP_PUBLICATION, TDM_LOOKUP_TABLES},
    {"pg_catalog", "pg_publication_tables", TDM_LOOKUP_PUBLISHED, TDM_LOOKUP_TABLES},
    {"pg_catalog", "pg_extension", TDM_LOOKUP_EXTENSION, TDM_LOOKUP_TABLES},
    {"pg_catalog", "pg_proc", TDM_LOOKUP_FUNCTION, TDM_LOOKUP_TABLES},
    {"pg_catalog", "pg_views", TDM_LOOKUP_VIEW, TDM_LOOKUP_TABLES},
    {"pg_catalog", "pg_matviews", TDM_LOOKUP_MATVIEW, TDM_LOOKUP_TABLES},
    {"pg_catalog", "pg_sequences", TDM_LOOKUP_SEQUENCE, TDM_LOOKUP_TABLES},
};

// pg_class and pg_namespace may be joined to say where something else is, and whose, and pg_type
// to say of which enum.
static bool takes_part(tdm_lookup_kind finest, tdm_lookup_kind added)
{
    switch (finest) {
    case TDM_LOOKUP_TABLE:
    case TDM_LOOKUP_TYPE:
    case TDM_LOOKUP_FUNCTION:
        return added == TDM_LOOKUP_SCHEMA;
    case TDM_LOOKUP_COLUMN:
    case TDM_LOOKUP_CONSTRAINT:
    case TDM_LOOKUP_INDEX:
    case TDM_LOOKUP_TRIGGER:
    case TDM_LOOKUP_POLICY:
        return added == TDM_LOOKUP_SCHEMA || added == TDM_LOOKUP_TABLE;
    case TDM_LOOKUP_LABEL:
        return added == TDM_LOOKUP_SCHEMA || added == TDM_LOOKUP_TYPE;
    default: // the others stand alone
        return false;
    }
}

static bool take_relation(tdm_lookup *lookup, const struct relation *row)
{
    lookup->relations++;
    if (row->kind == TDM_LOOKUP_CONSTRAINT && row->scope == TDM_LOOKUP_PLAIN)
        lookup->form = TDM_TEXT("FOREIGN KEY");
    // pg_index and pg_trigger once each; pg_class a second time where it names the other relation.
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

// n.oid = c.relnamespace: these catalogs can be joined in one way only, but for pg_index, which has
// the index and its table.
bool tdm_lookup_join(tdm_lookup *lookup, tdm_text left, tdm_text right)
{
    static const char *const keys[] = {"relnamespace", "attrelid",     "typnamespace", "conrelid",
                                       "connamespace", "pronamespace", "tgrelid",      "polrelid",
                                       "enumtypid",    "indrelid",     "indexrelid"};

    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        bool forth = tdm_text_is(left, "oid") && tdm_text_is(right, keys[i]);
        bool back = tdm_text_is(right, "oid") && tdm_text_is(left, keys[i]);
        if (!forth && !back)
            continue;
        lookup->joins++;
        lookup->index_class =
            lookup->index_class || tdm_text_is(forth ? right : left, "indexrelid");
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

// Letters of pg_constraint.contype, and what information_schema says.
static bool take_form(tdm_lookup *lookup, tdm_text value)
{
    static const char *const forms[][2] = {
        {"p", "PRIMARY KEY"}, {"u", "UNIQUE"}, {"f", "FOREIGN KEY"}, {"c", "CHECK"}};

    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (tdm_text_is(value, forms[i][0]) || tdm_text_is(value, forms[i][1]))
            return set(&lookup->form, tdm_text_of(forms[i][1]));
    return false;
}

// What kinds of relations pg_class is asked for.
static bool take_relkind(tdm_lookup *lookup, tdm_text value)
{
    if (tdm_text_is(value, "r"))
        lookup->scope = TDM_LOOKUP_PLAIN;
    else if (lookup->kind != TDM_LOOKUP_TABLE)
        return false;
    else if (tdm_text_is(value, "i"))
        lookup->index_class = true;
    else
        return false;
    if (lookup->index_class)
        lookup->kind = TDM_LOOKUP_INDEX;
    return true;
}

static bool take_wish(tdm_wish *wish, bool truth)
{
    tdm_wish wanted = truth ? TDM_WISH_YES : TDM_WISH_NO;
    bool fits = *wish == TDM_WISH_ANY || *wish == wanted;

    *wish = wanted;
    return fits;
}

bool tdm_lookup_flag(tdm_lookup *lookup, tdm_text column, bool truth)
{
    if (tdm_text_is(column, "rowsecurity") || tdm_text_is(column, "relrowsecurity"))
        return take_wish(&lookup->secured, truth);
    if (tdm_text_is(column, "attnotnull"))
        return take_wish(&lookup->nullable, !truth);
    // Dropped columns and the triggers of foreign keys are none of the model's; an index is invalid
    // only after its statement failed.
    if (tdm_text_is(column, "attisdropped") || tdm_text_is(column, "tgisinternal"))
        lookup->never = lookup->never || truth;
    else if (tdm_text_is(column, "indisvalid"))
        lookup->never = lookup->never || !truth;
    else
        return false;
    return true;
}

bool tdm_lookup_format(tdm_lookup *lookup, tdm_text value, bool same)
{
    return lookup->kind == TDM_LOOKUP_COLUMN && take_wish(&lookup->formatted, same) &&
           set(&lookup->format, value);
}

bool tdm_lookup_own_type(tdm_lookup *lookup, tdm_text value, bool same)
{
    return lookup->kind == TDM_LOOKUP_COLUMN && take_wish(&lookup->formatted, same) &&
           set(&lookup->own_type, value);
}

bool tdm_lookup_equal(tdm_lookup *lookup, tdm_text column, tdm_text value)
{
    static const char *const schemas[] = {"table_schema",    "schema_name",
                                          "nspname",         "schemaname",
                                          "routine_schema",  "event_object_schema",
                                          "sequence_schema", "constraint_schema",
                                          "trigger_schema",  NULL};
    static const char *const tables[] = {"table_name",   "relname",       "tablename",
                                         "viewname",     "matviewname",   "event_object_table",
                                         "sequencename", "sequence_name", NULL};
    static const char *const names[] = {"column_name", "attname",   "policyname", "constraint_name",
                                        "conname",     "indexname", "tgname",     "trigger_name",
                                        "enumlabel",   "extname",   "proname",    "routine_name",
                                        "polname",     NULL};

    if (is_any(column, schemas))
        return set(&lookup->schema, value);
    if (is_any(column, tables))
        return set(&lookup->table, value);
    if (is_any(column, names))
        return set(&lookup->name, value);
    if (tdm_text_is(column, "typname"))
        return set(&lookup->type, value);
    if (tdm_text_is(column, "pubname"))
        return set(&lookup->publication, value);
    if (tdm_text_is(column, "contype") || tdm_text_is(column, "constraint_type"))
        return take_form(lookup, value);
    if (tdm_text_is(column, "data_type") && lookup->kind == TDM_LOOKUP_COLUMN)
        return set(&lookup->data_type, value);
    if (tdm_text_is(column, "is_nullable") &&
        (tdm_text_is(value, "YES") || tdm_text_is(value, "NO")))
        return take_wish(&lookup->nullable, tdm_text_is(value, "YES"));
    if (tdm_text_is(column, "attidentity") && value.size == 0)
        return take_wish(&lookup->identity, false);
    if (tdm_text_is(column, "relkind"))
        return take_relkind(lookup, value);
    if (!tdm_text_is(column, "table_type") || !tdm_text_is(value, "BASE TABLE"))
        return false;
    lookup->scope = TDM_LOOKUP_TABLES;
    return true;
}

// One part of a name as SQL reads it, from `*at` on: unquoted letters are folded, and of doubled
// quotes one is left.
static bool take_part(tdm_arena *arena, tdm_text text, size_t *at, tdm_text *ret)
{
    bool quoted = *at < text.size && text.data[*at] == '"';
    char *part = tdm_arena_string(arena, text);
    size_t size = 0, i = *at + quoted;

    for (; part && i < text.size; i++) {
        char c = text.data[i];
        if (quoted ? c == '"' && !(i + 1 < text.size && text.data[i + 1] == '"') : c == '.')
            break;
        if (!quoted && !tdm_is_alnum(c) && c != '_')
            return false;
        part[size++] = quoted ? c : tdm_to_lower(c);
        i += quoted && c == '"';
    }
    if (!part || size == 0 || (quoted && i == text.size))
        return false;
    *at = i + quoted;
    *ret = (tdm_text){part, size};
    return true;
}

// 'schema.table' or 'table', read as a name in SQL.
static bool split_name(tdm_arena *arena, tdm_text text, tdm_text *ret_schema, tdm_text *ret_name)
{
    size_t at = 0;

    *ret_schema = (tdm_text){NULL, 0};
    if (!take_part(arena, text, &at, ret_name))
        return false;
    if (at == text.size)
        return true;
    *ret_schema = *ret_name;
    return text.data[at++] == '.' && take_part(arena, text, &at, ret_name) && at == text.size;
}

bool tdm_lookup_regnamespace(tdm_lookup *lookup, tdm_text column, tdm_text value)
{
    static const char *const columns[] = {"relnamespace", "typnamespace", "connamespace",
                                          "pronamespace", NULL};
    tdm_text schema, name;

    return is_any(column, columns) && split_name(lookup->arena, value, &schema, &name) &&
           schema.size == 0 && set(&lookup->schema, name);
}

bool tdm_lookup_regclass(tdm_lookup *lookup, tdm_text column, tdm_text value)
{
    static const char *const columns[] = {"attrelid", "conrelid", "oid",        "tgrelid",
                                          "polrelid", "indrelid", "indexrelid", NULL};
    tdm_text schema, name;

    if (!is_any(column, columns) || !split_name(lookup->arena, value, &schema, &name))
        return false;
    lookup->visible = schema.size == 0;
    if (tdm_text_is(column, "indexrelid"))
        lookup->index_class = true;
    if (tdm_text_is(column, "indrelid") && lookup->index_class)
        return (schema.size == 0 || set(&lookup->schema, schema)) && set(&lookup->index_on, name);
    return (schema.size == 0 || set(&lookup->schema, schema)) && set(&lookup->table, name);
}

bool tdm_lookup_to_regclass(tdm_lookup *lookup, tdm_text column, tdm_text value)
{
    lookup->lenient = true;
    return tdm_lookup_regclass(lookup, column, value);
}

bool tdm_lookup_regtype(tdm_lookup *lookup, tdm_text column, tdm_text value)
{
    tdm_text schema, name;

    return tdm_text_is(column, "enumtypid") && lookup->kind == TDM_LOOKUP_LABEL &&
           split_name(lookup->arena, value, &schema, &name) &&
           (schema.size == 0 || set(&lookup->schema, schema)) && set(&lookup->type, name);
}
