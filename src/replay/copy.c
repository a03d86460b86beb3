// What a table gets from another: INHERITS, PARTITION OF, LIKE.
#include "catalog/expression.h"
#include "catalog/names.h"
#include "replay/objects.h"
#include "replay/parts.h"

#include "base/text.h"

#include <string.h>

// parsenodes.h TableLikeOption
enum {
    LIKE_COMMENTS = 1 << 0,
    LIKE_COMPRESSION = 1 << 1,
    LIKE_CONSTRAINTS = 1 << 2,
    LIKE_DEFAULTS = 1 << 3,
    LIKE_GENERATED = 1 << 4,
    LIKE_IDENTITY = 1 << 5,
    LIKE_INDEXES = 1 << 6,
    LIKE_STATISTICS = 1 << 7,
    LIKE_STORAGE = 1 << 8,
};

static void lose_columns(tdm_table *table, const char *reason)
{
    table->columns_known = false;
    if (table->reason.size == 0)
        table->reason = tdm_text_of(reason);
}

// The table that is copied from; NULL: refused, or not known, and said so.
static tdm_table *source_of(tdm_replay *r, tdm_table *table, const PgQuery__RangeVar *range)
{
    tdm_object *source = tdm_object_relation(r, range);

    if (!source)
        tdm_replay_opaque(
            r, tdm_replay_text(r, "the server refuses it: there is no table %s", range->relname));
    if (!source || !source->columns_known || source->kind != TDM_KIND_TABLE)
        lose_columns(table, "its columns come from another table or type");
    return source;
}

// --- Copies of what stands on a table -----------------------------------------------------------

static bool is_there(const tdm_object *member)
{
    return !member->dropped;
}

static void copy_attributes(tdm_replay *r, tdm_object *to, const tdm_object *from)
{
    for (size_t i = 0; i < from->attributes.count; i++) {
        tdm_attribute attribute = from->attributes.items[i].attribute;
        if (attribute != TDM_ATTR_COMMENT && attribute != TDM_ATTR_OWNER &&
            attribute != TDM_ATTR_INHERITED)
            tdm_replay_assign(r, to, attribute, from->attributes.items[i].value);
    }
}

static tdm_object *copy_as(tdm_replay *r, tdm_table *table, const tdm_object *from, tdm_text name)
{
    tdm_key key = {.kind = from->kind,
                   .schema = table->schema,
                   .on = table,
                   .name = name,
                   .indexed = from->indexed};
    tdm_object *object = tdm_replay_make(r, &key);

    if (!object)
        return NULL;
    object->modelled = from->modelled;
    object->identity = from->identity;
    object->uncertain = from->uncertain;
    copy_attributes(r, object, from);
    return object;
}

static const char *form_of(const tdm_object *object)
{
    const tdm_value *form = tdm_object_value(object, TDM_ATTR_FORM);

    return form && form->text.size ? form->text.data : "";
}

// "a, b" as the middle part of a chosen name.
static tdm_text joined(tdm_replay *r, const tdm_object *object, tdm_attribute attribute)
{
    const tdm_value *names = tdm_object_value(object, attribute);
    tdm_text rest = names ? names->text : (tdm_text){NULL, 0}, name, all = {NULL, 0};

    while (tdm_names_next(r->catalog->arena, &rest, &name))
        all = tdm_replay_text(r, "%.*s%s%.*s", TDM_TEXT_ARG(all), all.size ? "_" : "",
                              TDM_TEXT_ARG(name));
    return all;
}

// The name that a copied index or key gets, as an unnamed one of its kind
// (generateClonedIndexStmt).
static tdm_text copied_name(tdm_replay *r, const tdm_table *table, const tdm_object *from)
{
    const char *form = form_of(from);
    tdm_text none = {NULL, 0};

    if (strcmp(form, "PRIMARY KEY") == 0)
        return tdm_name_choose(r->catalog, table, none, TDM_NAME_PRIMARY);
    if (strcmp(form, "UNIQUE") == 0)
        return tdm_name_choose(r->catalog, table, joined(r, from, TDM_ATTR_COLUMNS),
                               TDM_NAME_UNIQUE);
    return none;
}

static tdm_text copied_index_name(tdm_replay *r, const tdm_table *table, const tdm_object *from)
{
    const tdm_value *keys = tdm_object_value(from, TDM_ATTR_KEYS);
    tdm_sql_tree *tree = NULL;
    tdm_text name = {NULL, 0};

    if (keys &&
        tdm_sql_parse_text(tdm_replay_text(r, "CREATE INDEX ON t (%.*s)", TDM_TEXT_ARG(keys->text)),
                           &tree, NULL) == TDM_OK)
        name = tdm_name_of_index(r->catalog, table, tree->node->index_stmt);
    tdm_sql_tree_free(tree);
    return name;
}

static void mark_part(tdm_replay *r, tdm_object *part, const tdm_object *of)
{
    if (part->kind == TDM_KIND_INDEX)
        tdm_replay_assign_text(r, part, TDM_ATTR_PARTITION_OF,
                               tdm_catalog_print(r->catalog, of->schema, of->name));
    else
        tdm_replay_assign_flag(r, part, TDM_ATTR_INHERITED, true);
}

// `partition`: it is a part of the other one.
static void copy_index(tdm_replay *r, tdm_table *table, const tdm_object *from, bool partition)
{
    tdm_object *copy = NULL;
    bool index = from->kind == TDM_KIND_INDEX;
    tdm_text name = index ? copied_index_name(r, table, from) : copied_name(r, table, from);

    if (name.size == 0)
        lose_columns(table, "the name of an index that it copies is not known");
    else
        copy = copy_as(r, table, from, name);
    if (copy && partition)
        mark_part(r, copy, from);
}

// --- INHERITS and PARTITION OF ------------------------------------------------------------------

static void inherit_column(tdm_replay *r, tdm_table *table, const tdm_column *from)
{
    tdm_column column = *from;
    tdm_column *there = tdm_table_column(table, from->name);
    bool identity = tdm_text_ends(from->generated, TDM_TEXT("IDENTITY"));

    if (there) { // of two parents
        if (from->not_null)
            tdm_replay_set_not_null(r, table, there, true);
        return;
    }
    column.attributes = (tdm_attributes){0};
    column.place = r->statement->place;
    for (size_t i = 0; i < from->attributes.count; i++)
        if (from->attributes.items[i].attribute == TDM_ATTR_COLLATION ||
            from->attributes.items[i].attribute == TDM_ATTR_STORAGE ||
            from->attributes.items[i].attribute == TDM_ATTR_COMPRESSION)
            tdm_attributes_set(r->catalog, &column.attributes, from->attributes.items[i].attribute,
                               from->attributes.items[i].value, column.place);
    tdm_attributes_set(r->catalog, &column.attributes, TDM_ATTR_INHERITED,
                       (tdm_value){.text = TDM_TEXT("yes")}, column.place);
    if (identity) { // up to PostgreSQL 16 it is no part of what is inherited
        column.generated = (tdm_text){NULL, 0};
        column.generated_id = (tdm_digest){{0}};
    }
    tdm_replay_put_column(r, table, column, (tdm_digest){{0}});
}

void tdm_replay_inherit_checks(tdm_replay *r, tdm_table *table, const tdm_table *parent)
{
    for (size_t i = 0; i < parent->members.count; i++) {
        const tdm_object *member = parent->members.items[i];
        tdm_key key = {.kind = TDM_KIND_CONSTRAINT, .on = table, .name = member->name};
        if (!is_there(member) || member->kind != TDM_KIND_CONSTRAINT ||
            strcmp(form_of(member), "CHECK") != 0 ||
            tdm_object_value(member, TDM_ATTR_NO_INHERIT) || tdm_catalog_live(r->catalog, &key))
            continue;
        tdm_object *copy = copy_as(r, table, member, member->name);
        if (copy)
            tdm_replay_assign_flag(r, copy, TDM_ATTR_INHERITED, true);
    }
}

void tdm_replay_inherit(tdm_replay *r, tdm_table *table, const PgQuery__RangeVar *range,
                        bool partition)
{
    tdm_table *parent = source_of(r, table, range);

    if (!parent)
        return;
    tdm_text name = tdm_replay_table_name(r, parent);
    const tdm_value *before = tdm_object_value(table, TDM_ATTR_INHERITS);
    if (partition)
        tdm_replay_assign_text(r, table, TDM_ATTR_PARTITION_OF, name);
    else
        tdm_replay_assign_text(r, table, TDM_ATTR_INHERITS,
                               before ? tdm_replay_text(r, "%.*s, %.*s", TDM_TEXT_ARG(before->text),
                                                        TDM_TEXT_ARG(name))
                                      : name);
    for (size_t i = 0; i < parent->columns.count; i++)
        inherit_column(r, table, &parent->columns.items[i]);
    tdm_replay_inherit_checks(r, table, parent);
}

// The index or key of the same definition, whatever its name.
static tdm_object *like_of(const tdm_table *table, const tdm_object *from)
{
    static const tdm_attribute defining[] = {
        TDM_ATTR_FORM, TDM_ATTR_COLUMNS, TDM_ATTR_REFERENCES, TDM_ATTR_REFERENCED,
        TDM_ATTR_KEYS, TDM_ATTR_UNIQUE,  TDM_ATTR_METHOD,     TDM_ATTR_PREDICATE};

    for (size_t i = 0; i < table->members.count; i++) {
        tdm_object *member = table->members.items[i];
        bool same = is_there(member) && member->kind == from->kind;
        for (size_t j = 0; same && j < sizeof defining / sizeof *defining; j++) {
            const tdm_value *a = tdm_object_value(member, defining[j]);
            const tdm_value *b = tdm_object_value(from, defining[j]);
            same = !a == !b && (!a || tdm_text_equal(a->text, b->text));
        }
        if (same)
            return member;
    }
    return NULL;
}

// One index, key or foreign key of the parent: there already, or copied.
static void take_part(tdm_replay *r, tdm_table *table, const tdm_object *member)
{
    bool foreign =
        member->kind == TDM_KIND_CONSTRAINT && strcmp(form_of(member), "FOREIGN KEY") == 0;
    bool index = member->kind == TDM_KIND_INDEX || member->indexed;
    tdm_object *like = index || foreign ? like_of(table, member) : NULL;

    if (!is_there(member))
        return;
    if (like) {
        mark_part(r, like, member);
    } else if (index) {
        copy_index(r, table, member, true);
    } else if (foreign) {
        tdm_object *copy = copy_as(r, table, member, member->name);
        if (copy)
            mark_part(r, copy, member);
    }
}

void tdm_replay_copy_missing(tdm_replay *r, tdm_table *table, const tdm_table *parent)
{
    for (size_t i = 0; i < parent->members.count; i++)
        take_part(r, table, parent->members.items[i]);
}

void tdm_replay_copy_partition(tdm_replay *r, tdm_table *table, const PgQuery__RangeVar *range)
{
    tdm_table *parent = tdm_catalog_find_range(r->catalog, range).table;

    if (parent)
        tdm_replay_copy_missing(r, table, parent);
}

void tdm_replay_index_partitions(tdm_replay *r, const tdm_table *parent, const tdm_object *index)
{
    size_t at = 0;

    for (tdm_table *child; (child = tdm_replay_child(r, parent, &at));)
        if (tdm_object_value(child, TDM_ATTR_PARTITION_OF))
            take_part(r, child, index);
}

void tdm_replay_drop_parts(tdm_replay *r, const tdm_table *parent, const tdm_object *index)
{
    size_t at = 0;

    if (!index->indexed && index->kind != TDM_KIND_INDEX &&
        strcmp(form_of(index), "FOREIGN KEY") != 0)
        return;
    for (tdm_table *child; (child = tdm_replay_child(r, parent, &at));) {
        tdm_object *part = like_of(child, index);
        if (!part || !tdm_object_value(child, TDM_ATTR_PARTITION_OF))
            continue;
        tdm_replay_drop_parts(r, child, part);
        tdm_replay_remove(r, part);
    }
}

void tdm_replay_free_parts(tdm_replay *r, tdm_table *table)
{
    for (size_t i = 0; i < table->members.count; i++) {
        tdm_object *member = table->members.items[i];
        if (!is_there(member))
            continue;
        tdm_replay_assign(r, member, TDM_ATTR_PARTITION_OF, (tdm_value){0});
        tdm_replay_assign(r, member, TDM_ATTR_INHERITED, (tdm_value){0});
    }
}

static bool is_child(const tdm_table *table, tdm_text parent)
{
    const tdm_value *inherits = tdm_object_value(table, TDM_ATTR_INHERITS);
    const tdm_value *partition = tdm_object_value(table, TDM_ATTR_PARTITION_OF);
    bool is = partition && tdm_text_equal(partition->text, parent);

    for (tdm_text rest = inherits ? inherits->text : (tdm_text){NULL, 0}; rest.size && !is;) {
        size_t comma = tdm_text_find(rest, TDM_TEXT(", "));
        is = tdm_text_equal(tdm_text_slice(rest, 0, comma), parent);
        rest = comma == SIZE_MAX ? (tdm_text){NULL, 0} : tdm_text_from(rest, comma + 2);
    }
    return is;
}

tdm_table *tdm_replay_child(const tdm_replay *r, const tdm_table *parent, size_t *at)
{
    tdm_text name = tdm_catalog_print(r->catalog, parent->schema, parent->name);

    while (*at < r->catalog->tables.count) {
        tdm_table *table = r->catalog->tables.items[(*at)++];
        if (table->attributes.count && is_child(table, name))
            return table;
    }
    return NULL;
}

// --- LIKE ---------------------------------------------------------------------------------------

static bool includes(const PgQuery__TableLikeClause *like, uint32_t option)
{
    return (like->options & option) != 0;
}

static void copy_column(tdm_replay *r, tdm_table *table, const tdm_column *from,
                        const PgQuery__TableLikeClause *like)
{
    tdm_column column = *from;
    bool identity = tdm_text_ends(from->generated, TDM_TEXT("IDENTITY"));
    bool keeps = includes(like, identity ? LIKE_IDENTITY : LIKE_GENERATED);

    column.attributes = (tdm_attributes){0};
    column.place = r->statement->place;
    if (!includes(like, LIKE_DEFAULTS)) {
        column.has_default = false;
        column.default_text = (tdm_text){NULL, 0};
        column.default_id = (tdm_digest){{0}};
    }
    if (!keeps) {
        column.generated = (tdm_text){NULL, 0};
        column.generated_id = (tdm_digest){{0}};
    }
    for (size_t i = 0; i < from->attributes.count; i++) {
        tdm_attribute attribute = from->attributes.items[i].attribute;
        if (attribute == TDM_ATTR_COLLATION ||
            (attribute == TDM_ATTR_STORAGE && includes(like, LIKE_STORAGE)) ||
            (attribute == TDM_ATTR_COMPRESSION && includes(like, LIKE_COMPRESSION)) ||
            (attribute == TDM_ATTR_COMMENT && includes(like, LIKE_COMMENTS)))
            tdm_attributes_set(r->catalog, &column.attributes, attribute,
                               from->attributes.items[i].value, column.place);
    }
    tdm_replay_put_column(r, table, column, (tdm_digest){{0}});
}

void tdm_replay_copy_columns(tdm_replay *r, tdm_table *table, const PgQuery__TableLikeClause *like)
{
    tdm_table *source = source_of(r, table, like->relation);

    for (size_t i = 0; source && i < source->columns.count; i++) {
        const tdm_column *from = &source->columns.items[i];
        if (tdm_table_column(table, from->name))
            tdm_replay_opaque(r, tdm_replay_text(r,
                                                 "the server refuses it: column %.*s is named "
                                                 "twice",
                                                 TDM_TEXT_ARG(from->name)));
        else
            copy_column(r, table, from, like);
    }
}

// An identity column gets a sequence of its own, with the options of the other one.
static void copy_sequences(tdm_replay *r, tdm_table *table, const tdm_table *source)
{
    for (size_t i = 0; i < source->columns.count; i++) {
        const tdm_column *column = &source->columns.items[i];
        const tdm_object *from = tdm_text_ends(column->generated, TDM_TEXT("IDENTITY"))
                                     ? tdm_replay_sequence_of(source, column->name)
                                     : NULL;
        if (!from)
            continue;
        tdm_object *to = copy_as(
            r, table, from, tdm_name_choose(r->catalog, table, column->name, TDM_NAME_SEQUENCE));
        if (to)
            tdm_replay_assign_text(r, to, TDM_ATTR_OWNED_BY,
                                   tdm_replay_member(r, table, column->name));
    }
}

void tdm_replay_copy_rest(tdm_replay *r, tdm_table *table, const PgQuery__TableLikeClause *like)
{
    tdm_table *source = tdm_catalog_find_range(r->catalog, like->relation).table;

    if (!source)
        return;
    if (includes(like, LIKE_IDENTITY))
        copy_sequences(r, table, source);
    for (size_t i = 0; i < source->members.count; i++) {
        const tdm_object *member = source->members.items[i];
        bool index = member->kind == TDM_KIND_INDEX || member->indexed;
        bool check = member->kind == TDM_KIND_CONSTRAINT && strcmp(form_of(member), "CHECK") == 0;
        if (!is_there(member))
            continue;
        if (index && includes(like, LIKE_INDEXES))
            copy_index(r, table, member, false);
        else if (check && includes(like, LIKE_CONSTRAINTS))
            (void)copy_as(r, table, member, member->name);
        else if (member->kind == TDM_KIND_STATISTICS && includes(like, LIKE_STATISTICS))
            lose_columns(table, "statistics that it copies are not modelled");
    }
}
