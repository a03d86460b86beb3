// Whether the catalog has what a lookup asks for.
#include "replay/lookup.h"

#include "base/text.h"
#include "catalog/extensions.h"
#include "catalog/platform.h"
#include "replay/lookup_parts.h"
#include "sql/builtin.h"
#include "sql/lexer.h"
#include "sql/quote.h"

tdm_reply tdm_lookup_reply(tdm_truth truth, tdm_text asked)
{
    return (tdm_reply){.truth = truth, .asked = asked};
}

tdm_reply tdm_lookup_unknown(tdm_text why, tdm_text asked)
{
    return (tdm_reply){.truth = TDM_TRUTH_UNKNOWN, .why = why, .asked = asked};
}

// What the rows are about.
static tdm_text subject(const tdm_lookup *l)
{
    switch (l->kind) {
    case TDM_LOOKUP_TABLE:
    case TDM_LOOKUP_VIEW:
    case TDM_LOOKUP_MATVIEW:
    case TDM_LOOKUP_SEQUENCE:
        return l->table;
    case TDM_LOOKUP_SCHEMA:
        return l->schema;
    case TDM_LOOKUP_TYPE:
        return l->type;
    case TDM_LOOKUP_PUBLICATION:
        return l->publication;
    default:
        return l->name;
    }
}

tdm_text tdm_lookup_say(const tdm_lookup *l, const char *what, bool exists)
{
    bool part = l->kind == TDM_LOOKUP_COLUMN || l->kind == TDM_LOOKUP_POLICY ||
                l->kind == TDM_LOOKUP_CONSTRAINT || l->kind == TDM_LOOKUP_TRIGGER;
    tdm_text of = part ? l->table : l->kind == TDM_LOOKUP_LABEL ? l->type : (tdm_text){NULL, 0};
    tdm_text name = subject(l);

    return tdm_arena_printf(l->arena, "%s %.*s%s%.*s %s", what, TDM_TEXT_ARG(name),
                            of.size ? " of " : "", TDM_TEXT_ARG(of),
                            exists ? "exists" : "does not exist");
}

// "Not there" holds only in a closed world: nothing opaque before, and no schema of the platform
// that the question reaches holds the name.
tdm_reply tdm_lookup_absent(const tdm_lookup *l, tdm_text asked, tdm_text platform_column)
{
    const char *holder = NULL;

    if (l->catalog->open)
        return tdm_lookup_unknown(l->catalog->why, asked);
    if (l->schema.size && tdm_platform_schema(l->schema))
        return tdm_lookup_unknown(TDM_TEXT("it asks about a schema of the platform"), asked);
    if (!l->schema.size && !l->visible && l->table.size &&
        tdm_platform_holds(l->table, platform_column, &holder))
        return tdm_lookup_unknown(
            tdm_arena_printf(l->arena, "the guard names no schema, and schema %s may hold it",
                             holder),
            asked);
    return tdm_lookup_reply(TDM_TRUTH_NO, asked);
}

bool tdm_lookup_is_candidate(const tdm_lookup *l, tdm_text schema, tdm_text name)
{
    if (!tdm_text_equal(name, l->table))
        return false;
    return l->schema.size == 0 || tdm_text_equal(schema, l->schema);
}

// A relation other than a table that is surely there: a sequence, an index, a view.
static bool is_other_relation(const tdm_lookup *l)
{
    tdm_text schema = l->visible ? tdm_catalog_creation_schema(l->catalog) : l->schema;

    for (size_t i = 0; i < l->catalog->objects.count; i++) {
        const tdm_object *other = l->catalog->objects.items[i];
        bool relation = tdm_kind_space(other->kind) == TDM_SPACE_RELATION || other->indexed;
        if (relation && !other->dropped && !other->uncertain &&
            tdm_text_equal(other->name, l->table) && tdm_text_equal(other->schema, schema))
            return true;
    }
    return false;
}

// A view, or whatever else bears the name and is not modelled.
bool tdm_lookup_has_other(const tdm_lookup *l)
{
    for (size_t i = 0; i < l->catalog->objects.count; i++) {
        const tdm_object *other = l->catalog->objects.items[i];
        bool view = l->scope >= TDM_LOOKUP_VIEWS &&
                    (other->kind == TDM_KIND_VIEW || other->kind == TDM_KIND_FOREIGN_TABLE);
        bool relation = l->scope == TDM_LOOKUP_RELATIONS &&
                        (tdm_kind_space(other->kind) == TDM_SPACE_RELATION || other->indexed ||
                         other->kind == TDM_KIND_TYPE);
        if ((view || relation) && !other->dropped &&
            tdm_lookup_is_candidate(l, other->schema, other->name))
            return true;
    }
    return false;
}

// Row level security as it is asked for.
static tdm_reply found_secured(const tdm_lookup *l, const tdm_table *table)
{
    const tdm_value *value = tdm_object_value(table, TDM_ATTR_RLS);
    tdm_text asked =
        tdm_arena_printf(l->arena, "row level security of %.*s", TDM_TEXT_ARG(l->table));

    if (l->catalog->open || l->catalog->vague.size || table->assumed ||
        (value && value->reason.size))
        return tdm_lookup_unknown(TDM_TEXT("whether row level security is on cannot be known"),
                                  asked);
    bool on = value && value->text.size;
    return tdm_lookup_reply(on == (l->secured == TDM_WISH_YES) ? TDM_TRUTH_YES : TDM_TRUTH_NO,
                            asked);
}

static tdm_reply found_table(const tdm_lookup *l, const tdm_table *table)
{
    if (l->secured != TDM_WISH_ANY && (l->schema.size || l->visible))
        return found_secured(l, table);
    if (l->secured != TDM_WISH_ANY)
        return tdm_lookup_unknown(TDM_TEXT("the guard names no schema"),
                                  tdm_lookup_say(l, "table", true));
    if (l->scope == TDM_LOOKUP_PLAIN && table->partitioned)
        return tdm_lookup_unknown(TDM_TEXT("it asks for the kind of a partitioned table"),
                                  tdm_lookup_say(l, "table", true));
    return tdm_lookup_reply(TDM_TRUTH_YES, tdm_lookup_say(l, "table", true));
}

static tdm_reply answer_table(const tdm_lookup *l)
{
    tdm_text none = {NULL, 0};

    if (l->table.size == 0)
        return tdm_lookup_unknown(TDM_TEXT("the guard names no table"), none);
    tdm_found visible = tdm_catalog_find(l->catalog, none, l->table);
    if (l->visible && visible.known == TDM_KNOWN_YES)
        return found_table(l, visible.table);
    for (size_t i = 0; !l->visible && i < l->catalog->tables.count; i++) {
        const tdm_table *table = l->catalog->tables.items[i];
        if (tdm_lookup_is_candidate(l, table->schema, table->name))
            return found_table(l, table);
    }
    if (l->scope == TDM_LOOKUP_RELATIONS && l->lenient && l->secured == TDM_WISH_ANY &&
        is_other_relation(l))
        return tdm_lookup_reply(TDM_TRUTH_YES, tdm_lookup_say(l, "relation", true));
    if (tdm_lookup_has_other(l))
        return tdm_lookup_unknown(TDM_TEXT("an object that is not modelled has this name"), none);
    return tdm_lookup_absent(l, tdm_lookup_say(l, "table", false), none);
}

static tdm_reply answer_schema(const tdm_lookup *l)
{
    tdm_text why = {NULL, 0};

    if (l->schema.size == 0)
        return tdm_lookup_unknown(TDM_TEXT("the guard names no schema"), (tdm_text){NULL, 0});
    switch (tdm_catalog_schema(l->catalog, l->schema, &why)) {
    case TDM_KNOWN_YES:
        return tdm_lookup_reply(TDM_TRUTH_YES, tdm_lookup_say(l, "schema", true));
    case TDM_KNOWN_NO_OBJECT:
        return tdm_lookup_reply(TDM_TRUTH_NO, tdm_lookup_say(l, "schema", false));
    case TDM_KNOWN_UNKNOWN:
        break;
    }
    return tdm_lookup_unknown(why, tdm_lookup_say(l, "schema", false));
}

static bool may_hold_type(const tdm_lookup *l)
{
    return tdm_sql_builtin_type(l->type, NULL) != NULL || tdm_platform_type(l->type) ||
           tdm_extension_type(l->type);
}

static tdm_reply answer_type(const tdm_lookup *l)
{
    tdm_lookup as_table = *l;

    if (l->type.size == 0)
        return tdm_lookup_unknown(TDM_TEXT("the guard names no type"), (tdm_text){NULL, 0});
    for (size_t i = 0; i < l->catalog->objects.count; i++) {
        const tdm_object *other = l->catalog->objects.items[i];
        bool fits = other->kind == TDM_KIND_TYPE && tdm_text_equal(other->name, l->type) &&
                    (l->schema.size == 0 || tdm_text_equal(other->schema, l->schema));
        if (fits && !other->dropped && !other->uncertain)
            return tdm_lookup_reply(TDM_TRUTH_YES, tdm_lookup_say(l, "type", true));
        if (fits && !other->dropped)
            return tdm_lookup_unknown(TDM_TEXT("it may have been dropped with something else"),
                                      tdm_lookup_say(l, "type", false));
    }
    as_table.table = l->type;
    if (answer_table(&as_table).truth != TDM_TRUTH_NO || may_hold_type(l))
        return tdm_lookup_unknown(
            TDM_TEXT("an extension, a table or the platform may have a type of this "
                     "name"),
            tdm_lookup_say(l, "type", false));
    return tdm_lookup_absent(l, tdm_lookup_say(l, "type", false), (tdm_text){NULL, 0});
}

// A platform's constraint or trigger, where no table is named: PostgreSQL begins the names of
// constraints with that of the table, and so does the platform.
static bool may_be_platforms(const tdm_lookup *l)
{
    static const char *const others[] = {
        "cardinal_number_domain_check",
        "yes_or_no_check",
        "tr_check_filters",
        "update_objects_updated_at",
        "prefixes_create_hierarchy",
        "prefixes_delete_hierarchy",
        "enforce_bucket_name_length_trigger",
        "protect_buckets_delete",
        "protect_objects_delete",
    };

    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (tdm_text_is(l->name, others[i]))
            return true;
    const char *holder = NULL;
    for (size_t end = 1; end <= l->name.size; end++)
        if ((end == l->name.size || l->name.data[end] == '_') &&
            tdm_platform_holds(tdm_text_slice(l->name, 0, end), (tdm_text){NULL, 0}, &holder))
            return true;
    return tdm_text_starts(l->name, TDM_TEXT("pg_"));
}

// Whether an object is of the form that is asked for.
static tdm_truth fits_form(const tdm_lookup *l, const tdm_object *object)
{
    const tdm_value *form = tdm_object_value(object, TDM_ATTR_FORM);

    if (!l->form.size)
        return TDM_TRUTH_YES;
    if (!object->modelled || !form || form->reason.size)
        return TDM_TRUTH_UNKNOWN;
    return tdm_text_equal(form->text, l->form) ? TDM_TRUTH_YES : TDM_TRUTH_NO;
}

static bool is_member(const tdm_lookup *l, const tdm_object *object, tdm_kind kind)
{
    if (object->kind != kind || object->dropped || !object->on ||
        (l->name.size && !tdm_text_equal(object->name, l->name)) ||
        (l->table.size && !tdm_text_equal(object->on->name, l->table)))
        return false;
    if (l->visible)
        return object->on == tdm_catalog_find(l->catalog, (tdm_text){NULL, 0}, l->table).table;
    return l->schema.size == 0 || tdm_text_equal(object->schema, l->schema);
}

static tdm_reply answer_member(const tdm_lookup *l, tdm_kind kind)
{
    tdm_text none = {NULL, 0};

    // All of a table are asked for only by what they are.
    if (!l->name.size && (!l->table.size || !l->form.size))
        return tdm_lookup_unknown(TDM_TEXT("the guard names no table"), none);
    bool vague = false;
    for (size_t i = 0; i < l->catalog->objects.count; i++) {
        const tdm_object *other = l->catalog->objects.items[i];
        tdm_truth fits = is_member(l, other, kind) ? fits_form(l, other) : TDM_TRUTH_NO;
        if (fits == TDM_TRUTH_YES && !other->uncertain)
            return tdm_lookup_reply(TDM_TRUTH_YES, tdm_lookup_say(l, tdm_kind_name(kind), true));
        vague = vague || fits != TDM_TRUTH_NO;
    }
    if (vague)
        return tdm_lookup_unknown(TDM_TEXT("it may have been dropped with something else"), none);
    // A constraint without a name that a block may have added.
    if (!l->name.size && l->catalog->vague.size)
        return tdm_lookup_unknown(l->catalog->vague, none);
    if (!l->table.size && !l->schema.size && may_be_platforms(l))
        return tdm_lookup_unknown(
            TDM_TEXT("the guard names no table, and the platform may have one of this "
                     "name"),
            none);
    tdm_lookup of = *l;
    of.table = l->table.size ? l->table : none;
    return tdm_lookup_absent(&of, tdm_lookup_say(l, tdm_kind_name(kind), false), none);
}

// --- What stands by itself ----------------------------------------------------------------------

static bool is_named(const tdm_lookup *l, const tdm_object *object, tdm_text name)
{
    return !object->dropped && tdm_text_equal(object->name, name) &&
           (l->schema.size == 0 || tdm_text_equal(object->schema, l->schema));
}

static tdm_reply answer_named(const tdm_lookup *l, tdm_kind kind)
{
    tdm_text name = subject(l);

    if (name.size == 0)
        return tdm_lookup_unknown(TDM_TEXT("the guard names nothing"), (tdm_text){NULL, 0});
    for (size_t i = 0; i < l->catalog->objects.count; i++) {
        const tdm_object *other = l->catalog->objects.items[i];
        if (other->kind == kind && is_named(l, other, name))
            return other->uncertain
                       ? tdm_lookup_unknown(TDM_TEXT("it may have gone with something else"),
                                            (tdm_text){NULL, 0})
                       : tdm_lookup_reply(TDM_TRUTH_YES,
                                          tdm_lookup_say(l, tdm_kind_name(kind), true));
    }
    tdm_lookup as_table = *l;
    as_table.table = name;
    return tdm_lookup_absent(&as_table, tdm_lookup_say(l, tdm_kind_name(kind), false),
                             (tdm_text){NULL, 0});
}

// An index bears its own name, or that of its constraint.
static tdm_reply answer_index(const tdm_lookup *l)
{
    tdm_text name = l->name.size ? l->name : l->index_class ? l->table : (tdm_text){NULL, 0};

    if (name.size == 0 || (l->name.size && l->index_class))
        return tdm_lookup_unknown(TDM_TEXT("the guard names no index"), (tdm_text){NULL, 0});
    tdm_lookup as_index = *l;
    as_index.name = name;
    as_index.table = l->index_class ? l->index_on : l->table;
    for (size_t i = 0; i < l->catalog->objects.count; i++) {
        const tdm_object *other = l->catalog->objects.items[i];
        bool index = other->kind == TDM_KIND_INDEX || other->indexed;
        bool table =
            !as_index.table.size || (other->on && tdm_text_equal(other->on->name, as_index.table));
        if (index && table && is_named(l, other, name))
            return other->uncertain
                       ? tdm_lookup_unknown(TDM_TEXT("it may have gone with something else"),
                                            (tdm_text){NULL, 0})
                       : tdm_lookup_reply(TDM_TRUTH_YES, tdm_lookup_say(&as_index, "index", true));
    }
    if (!l->schema.size && !l->visible && may_be_platforms(&as_index))
        return tdm_lookup_unknown(
            TDM_TEXT("the guard names no schema, and the platform may have one of this "
                     "name"),
            (tdm_text){NULL, 0});
    return tdm_lookup_absent(&as_index, tdm_lookup_say(&as_index, "index", false),
                             (tdm_text){NULL, 0});
}

// Whether a list of names, as attributes keep them, has a name.
static bool list_has(tdm_text list, tdm_text name)
{
    tdm_sql_lexer lexer = {.source = list};
    size_t start = SIZE_MAX, end = 0;

    for (;;) {
        tdm_sql_token token = tdm_sql_next(&lexer);
        bool ends = token.kind == TDM_SQL_TOKEN_END || tdm_sql_token_is_char(&lexer, &token, ',');
        if (ends && start != SIZE_MAX && tdm_text_equal(tdm_text_slice(list, start, end), name))
            return true;
        if (token.kind == TDM_SQL_TOKEN_END)
            return false;
        start = ends ? SIZE_MAX : start == SIZE_MAX ? token.start : start;
        end = token.end;
    }
}

static const tdm_object *find_kind(const tdm_lookup *l, tdm_kind kind, tdm_text name)
{
    for (size_t i = 0; i < l->catalog->objects.count; i++) {
        const tdm_object *object = l->catalog->objects.items[i];
        if (object->kind == kind && is_named(l, object, name))
            return object;
    }
    return NULL;
}

// Labels are taken away by no statement: one that is there stays.
static tdm_reply answer_label(const tdm_lookup *l)
{
    const tdm_object *type = find_kind(l, TDM_KIND_TYPE, l->type);
    const tdm_value *labels = type ? tdm_object_value(type, TDM_ATTR_LABELS) : NULL;
    tdm_text none = {NULL, 0};

    if (!l->type.size || !l->name.size || !labels || labels->reason.size || type->uncertain ||
        !type->modelled)
        return tdm_lookup_unknown(TDM_TEXT("the labels of the type are not known"), none);
    if (list_has(labels->text, tdm_sql_ident(l->arena, l->name)))
        return tdm_lookup_reply(TDM_TRUTH_YES, tdm_lookup_say(l, "label", true));
    if (l->catalog->open || l->catalog->vague.size)
        return tdm_lookup_unknown(l->catalog->open ? l->catalog->why : l->catalog->vague, none);
    // Without a schema another type of the name may have it.
    if (!l->schema.size && (tdm_platform_type(l->type) || tdm_extension_type(l->type)))
        return tdm_lookup_unknown(
            TDM_TEXT("an extension or the platform may have a type of this name"), none);
    return tdm_lookup_reply(TDM_TRUTH_NO, tdm_lookup_say(l, "label", false));
}

static tdm_reply answer_published(const tdm_lookup *l)
{
    tdm_lookup any = *l;
    tdm_text none = {NULL, 0},
             asked = tdm_arena_printf(l->arena, "table %.*s is published", TDM_TEXT_ARG(l->table));

    any.schema = none;
    const tdm_object *publication = find_kind(&any, TDM_KIND_PUBLICATION, l->publication);
    if (!l->publication.size || !l->table.size || !l->schema.size || l->catalog->open)
        return tdm_lookup_unknown(TDM_TEXT("what is published cannot be known"), none);
    if (!publication && tdm_platform_publication(l->publication))
        return tdm_lookup_reply(TDM_TRUTH_NO, asked);
    if (!publication || publication->uncertain ||
        (!publication->modelled && !publication->assumed) ||
        tdm_object_value(publication, TDM_ATTR_FORM) ||
        tdm_object_value(publication, TDM_ATTR_SCHEMAS))
        return tdm_lookup_unknown(TDM_TEXT("what is published cannot be known"), none);
    const tdm_value *tables = tdm_object_value(publication, TDM_ATTR_TABLES);
    tdm_text name = tdm_sql_ident(l->arena, l->table);
    if (!tdm_text_is(l->schema, "public"))
        name =
            tdm_arena_printf(l->arena, "%.*s.%.*s",
                             TDM_TEXT_ARG(tdm_sql_ident(l->arena, l->schema)), TDM_TEXT_ARG(name));
    if (tables && tables->reason.size)
        return tdm_lookup_unknown(tables->reason, none);
    return tdm_lookup_reply(tables && list_has(tables->text, name) ? TDM_TRUTH_YES : TDM_TRUTH_NO,
                            asked);
}

static tdm_reply answer_publication(const tdm_lookup *l)
{
    tdm_lookup of = *l;

    if (tdm_platform_publication(l->publication) &&
        !find_kind(l, TDM_KIND_PUBLICATION, l->publication))
        return tdm_lookup_reply(TDM_TRUTH_YES, tdm_lookup_say(l, "publication", true));
    of.schema = of.table = (tdm_text){NULL, 0};
    return answer_named(&of, TDM_KIND_PUBLICATION);
}

// What a new project of the platform may have already.
static tdm_reply answer_extension(const tdm_lookup *l)
{
    tdm_reply found = answer_named(l, TDM_KIND_EXTENSION);

    if (found.truth == TDM_TRUTH_NO &&
        (tdm_platform_extension(l->name) || tdm_text_is(l->name, "pg_net")))
        return tdm_lookup_unknown(TDM_TEXT("the platform may have the extension already"),
                                  found.asked);
    return found;
}

// A function of any arguments.
static tdm_reply answer_function(const tdm_lookup *l)
{
    tdm_text none = {NULL, 0}, begin = tdm_arena_printf(l->arena, "%.*s(", TDM_TEXT_ARG(l->name));
    bool extension = false, vague = false;

    if (!l->name.size)
        return tdm_lookup_unknown(TDM_TEXT("the guard names no function"), none);
    for (size_t i = 0; i < l->catalog->objects.count; i++) {
        const tdm_object *other = l->catalog->objects.items[i];
        bool fits = !other->dropped && other->kind == TDM_KIND_FUNCTION &&
                    tdm_text_starts(other->name, begin) &&
                    (l->schema.size == 0 || tdm_text_equal(other->schema, l->schema));
        extension = extension || (!other->dropped && other->kind == TDM_KIND_EXTENSION);
        if (fits && !other->uncertain)
            return tdm_lookup_reply(TDM_TRUTH_YES, tdm_lookup_say(l, "function", true));
        vague = vague || fits;
    }
    if (vague || extension || !l->schema.size)
        return tdm_lookup_unknown(
            vague ? TDM_TEXT("it may have been dropped with something else")
                  : TDM_TEXT("an extension, the platform or PostgreSQL may have a "
                             "function of this name"),
            none);
    return tdm_lookup_absent(l, tdm_lookup_say(l, "function", false), none);
}

static tdm_reply answer_kind(const tdm_lookup *lookup)
{
    switch (lookup->kind) {
    case TDM_LOOKUP_TABLE:
        return answer_table(lookup);
    case TDM_LOOKUP_COLUMN:
        return tdm_lookup_column(lookup);
    case TDM_LOOKUP_SCHEMA:
        return answer_schema(lookup);
    case TDM_LOOKUP_TYPE:
        return answer_type(lookup);
    case TDM_LOOKUP_POLICY:
        return answer_member(lookup, TDM_KIND_POLICY);
    case TDM_LOOKUP_CONSTRAINT:
        return answer_member(lookup, TDM_KIND_CONSTRAINT);
    case TDM_LOOKUP_TRIGGER:
        return answer_member(lookup, TDM_KIND_TRIGGER);
    case TDM_LOOKUP_INDEX:
        return answer_index(lookup);
    case TDM_LOOKUP_LABEL:
        return answer_label(lookup);
    case TDM_LOOKUP_PUBLICATION:
        return answer_publication(lookup);
    case TDM_LOOKUP_PUBLISHED:
        return answer_published(lookup);
    case TDM_LOOKUP_EXTENSION:
        return answer_extension(lookup);
    case TDM_LOOKUP_FUNCTION:
        return answer_function(lookup);
    case TDM_LOOKUP_VIEW:
        return answer_named(lookup, TDM_KIND_VIEW);
    case TDM_LOOKUP_MATVIEW:
        return answer_named(lookup, TDM_KIND_MATERIALIZED_VIEW);
    case TDM_LOOKUP_SEQUENCE:
        return answer_named(lookup, TDM_KIND_SEQUENCE);
    case TDM_LOOKUP_NOTHING:
        break;
    }
    return tdm_lookup_unknown(TDM_TEXT("the condition reads no catalog"), (tdm_text){NULL, 0});
}

// A condition on something that the rows of this catalog are not asked for.
static bool has_stray_wish(const tdm_lookup *l)
{
    return (l->secured != TDM_WISH_ANY && l->kind != TDM_LOOKUP_TABLE) ||
           (l->nullable != TDM_WISH_ANY && l->kind != TDM_LOOKUP_COLUMN) ||
           (l->identity != TDM_WISH_ANY && l->kind != TDM_LOOKUP_COLUMN) ||
           (l->form.size && l->kind != TDM_LOOKUP_CONSTRAINT) ||
           (l->publication.size && l->kind != TDM_LOOKUP_PUBLICATION &&
            l->kind != TDM_LOOKUP_PUBLISHED) ||
           (l->type.size && l->kind != TDM_LOOKUP_TYPE && l->kind != TDM_LOOKUP_LABEL);
}

tdm_reply tdm_lookup_answer(const tdm_lookup *lookup)
{
    if (lookup->relations > lookup->joins + 1 || has_stray_wish(lookup))
        return tdm_lookup_unknown(
            TDM_TEXT("the condition joins catalogs in a way that is not understood"),
            (tdm_text){NULL, 0});
    if (lookup->never)
        return tdm_lookup_reply(TDM_TRUTH_NO, TDM_TEXT("no such row can be there"));
    return answer_kind(lookup);
}
