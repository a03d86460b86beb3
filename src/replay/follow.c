#include "replay/follow.h"

#include "base/text.h"
#include "catalog/expression.h"
#include "catalog/value.h"
#include "replay/kinds.h"

// --- Values -------------------------------------------------------------------------------------

static bool is_expression(tdm_attribute attribute)
{
    tdm_mode mode = tdm_attribute_mode(attribute);

    return mode == TDM_MODE_EXPRESSION || mode == TDM_MODE_KEYS || mode == TDM_MODE_QUERY;
}

// The expressions and lists of one object.
static void follow_names(tdm_replay *r, tdm_object *object, const tdm_new_name *name)
{
    for (size_t i = 0; i < object->attributes.count; i++) {
        tdm_attribute_entry entry = object->attributes.items[i];
        tdm_value value = entry.value;
        if (is_expression(entry.attribute))
            value = tdm_expression_rename(r->catalog, tdm_attribute_mode(entry.attribute), &value,
                                          name);
        else if (name->column.size &&
                 (entry.attribute == TDM_ATTR_COLUMNS || entry.attribute == TDM_ATTR_INCLUDE))
            value.text = tdm_names_replace(r->catalog, value.text, name->column, name->new_column);
        tdm_replay_assign(r, object, entry.attribute, value);
    }
}

static void replace_text(tdm_replay *r, tdm_object *object, tdm_attribute attribute,
                         tdm_text before, tdm_text after)
{
    const tdm_value *value = tdm_object_value(object, attribute);

    if (value && tdm_text_equal(value->text, before))
        tdm_replay_assign_text(r, object, attribute, after);
}

// One of the items of "a, b".
static void replace_item(tdm_replay *r, tdm_object *object, tdm_attribute attribute,
                         tdm_text before, tdm_text after)
{
    const tdm_value *value = tdm_object_value(object, attribute);
    tdm_text rest = value ? value->text : (tdm_text){NULL, 0}, all = {NULL, 0};

    if (tdm_text_find(rest, before) == SIZE_MAX)
        return;
    while (rest.size) {
        size_t comma = tdm_text_find(rest, TDM_TEXT(", "));
        tdm_text item = tdm_text_slice(rest, 0, comma);
        item = tdm_text_equal(item, before) ? after : item;
        all = tdm_replay_text(r, "%.*s%s%.*s", TDM_TEXT_ARG(all), all.size ? ", " : "",
                              TDM_TEXT_ARG(item));
        rest = comma == SIZE_MAX ? (tdm_text){NULL, 0} : tdm_text_from(rest, comma + 2);
    }
    tdm_replay_assign_text(r, object, attribute, all);
}

// "t.c"
static void replace_prefix(tdm_replay *r, tdm_object *object, tdm_attribute attribute,
                           tdm_text before, tdm_text after)
{
    const tdm_value *value = tdm_object_value(object, attribute);

    if (value && tdm_text_starts(value->text, before) && value->text.size > before.size &&
        value->text.data[before.size] == '.')
        tdm_replay_assign_text(
            r, object, attribute,
            tdm_replay_text(r, "%.*s%.*s", TDM_TEXT_ARG(after),
                            TDM_TEXT_ARG(tdm_text_from(value->text, before.size))));
}

// Queries that may mean what was renamed cannot be followed.
static void lose_queries(tdm_replay *r, tdm_object *object, tdm_text name)
{
    const tdm_value *query = tdm_object_value(object, TDM_ATTR_QUERY);

    if (!query || query->reason.size || !tdm_text_has_word(query->text, name))
        return;
    tdm_value value = *query;
    value.reason = TDM_TEXT("something that it may mention was renamed since");
    tdm_replay_assign(r, object, TDM_ATTR_QUERY, value);
}

// --- Columns ------------------------------------------------------------------------------------

static void follow_generated(tdm_replay *r, tdm_table *table, const tdm_new_name *name)
{
    for (size_t i = 0; i < table->columns.count; i++) {
        tdm_column *column = &table->columns.items[i];
        size_t open = tdm_text_find_char(column->generated, '(');
        size_t close = column->generated.size > 7 ? column->generated.size - 7 : 0; // " STORED"
        if (open == SIZE_MAX || close < open)
            continue;
        tdm_value value = {.text = tdm_text_slice(column->generated, open, close),
                           .digest = column->generated_id};
        tdm_value before = {.text = column->generated, .digest = column->generated_id};
        tdm_value after = tdm_expression_rename(r->catalog, TDM_MODE_EXPRESSION, &value, name);
        if (tdm_text_equal(after.text, value.text) && after.reason.size == 0)
            continue;
        column->generated = tdm_replay_text(r, "ALWAYS AS %.*s STORED", TDM_TEXT_ARG(after.text));
        column->generated_id = after.digest;
        after.text = column->generated;
        tdm_replay_record_column_value(
            r, table, column->name,
            (tdm_change){.attribute = TDM_ATTR_GENERATED, .before = before, .after = after});
    }
}

// "RANGE (a, lower(b))": what stands between the brackets is as the elements of an index.
static void follow_partition_key(tdm_replay *r, tdm_table *table, const tdm_new_name *name)
{
    const tdm_value *key = tdm_object_value(table, TDM_ATTR_PARTITION_KEY);
    size_t open = key ? tdm_text_find_char(key->text, '(') : SIZE_MAX;

    if (open == SIZE_MAX)
        return;
    tdm_text strategy = tdm_text_slice(key->text, 0, open);
    tdm_text inside = tdm_text_slice(key->text, open + 1, key->text.size - 1);
    tdm_value value = tdm_value_of_keys(r->catalog, inside, TDM_TEXT("btree"));
    tdm_value after = tdm_expression_rename(r->catalog, TDM_MODE_KEYS, &value, name);
    if (after.reason.size == 0 && tdm_text_equal(after.text, inside))
        return;
    after.text = tdm_replay_text(r, "%.*s(%.*s)", TDM_TEXT_ARG(strategy), TDM_TEXT_ARG(after.text));
    after.digest = (tdm_digest){{0}};
    tdm_replay_assign(r, table, TDM_ATTR_PARTITION_KEY, after);
}

static void follow_references(tdm_replay *r, const tdm_table *table, const tdm_new_name *name)
{
    tdm_text printed = tdm_replay_table_name(r, table);

    for (size_t i = 0; i < r->catalog->objects.count; i++) {
        tdm_object *object = r->catalog->objects.items[i];
        const tdm_value *references = tdm_object_value(object, TDM_ATTR_REFERENCES);
        if (object->dropped)
            continue;
        lose_queries(r, object, name->column);
        if (!references || !tdm_text_equal(references->text, printed))
            continue;
        const tdm_value *columns = tdm_object_value(object, TDM_ATTR_REFERENCED);
        if (columns && columns->text.size)
            tdm_replay_assign_text(
                r, object, TDM_ATTR_REFERENCED,
                tdm_names_replace(r->catalog, columns->text, name->column, name->new_column));
    }
}

void tdm_follow_column(tdm_replay *r, tdm_table *table, tdm_text before, tdm_text after)
{
    tdm_new_name name = {
        .table = table->name, .new_table = table->name, .column = before, .new_column = after};
    tdm_text was = tdm_replay_member(r, table, before), is = tdm_replay_member(r, table, after);

    for (size_t i = 0; i < table->members.count; i++) {
        tdm_object *member = table->members.items[i];
        if (member->dropped)
            continue;
        follow_names(r, member, &name);
        replace_text(r, member, TDM_ATTR_OWNED_BY, was, is);
    }
    follow_generated(r, table, &name);
    follow_partition_key(r, table, &name);
    follow_references(r, table, &name);
}

// --- Objects ------------------------------------------------------------------------------------

static void follow_relation(tdm_replay *r, const tdm_object *object, tdm_text before,
                            const tdm_new_name *name)
{
    tdm_text after = tdm_catalog_print(r->catalog, object->schema, object->name);

    for (size_t i = 0; i < r->catalog->tables.count; i++) {
        tdm_object *table = r->catalog->tables.items[i];
        if (table->attributes.count == 0)
            continue;
        replace_text(r, table, TDM_ATTR_PARTITION_OF, before, after);
        replace_item(r, table, TDM_ATTR_INHERITS, before, after);
    }
    for (size_t i = 0; i < r->catalog->objects.count; i++) {
        tdm_object *other = r->catalog->objects.items[i];
        if (other->dropped)
            continue;
        replace_text(r, other, TDM_ATTR_REFERENCES, before, after);
        replace_item(r, other, TDM_ATTR_TABLES, before, after);
        replace_prefix(r, other, TDM_ATTR_OWNED_BY, before, after);
        lose_queries(r, other, name->table);
        if (other->on == object || other->kind == TDM_KIND_POLICY)
            follow_names(r, other, name);
    }
}

// A type is printed with its schema where the path led to it (types.c), a relation without
// `public`.
static tdm_text printed_type(tdm_replay *r, tdm_text schema, tdm_text name)
{
    return tdm_replay_text(r, "%.*s.%.*s", TDM_TEXT_ARG(schema), TDM_TEXT_ARG(name));
}

// Columns of a type, and defaults that take the next value of a sequence.
static void follow_columns(tdm_replay *r, const tdm_object *object, tdm_text before,
                           tdm_digest nextval)
{
    tdm_text after = tdm_catalog_print(r->catalog, object->schema, object->name);

    for (size_t i = 0; i < r->catalog->tables.count; i++) {
        tdm_table *table = r->catalog->tables.items[i];
        for (size_t j = 0; j < table->columns.count; j++) {
            tdm_column *column = &table->columns.items[j];
            tdm_text base = tdm_text_slice(column->type, 0, tdm_text_find_char(column->type, '['));
            if (object->kind == TDM_KIND_SEQUENCE && column->has_default &&
                tdm_digest_equal(column->default_id, nextval)) {
                tdm_value was = {.text = column->default_text, .digest = column->default_id};
                column->default_text =
                    tdm_replay_text(r, "nextval('%.*s'::regclass)", TDM_TEXT_ARG(after));
                column->default_id =
                    tdm_value_nextval_digest(r->catalog, object->schema, object->name);
                tdm_replay_record_column_value(r, table, column->name,
                                               (tdm_change){.attribute = TDM_ATTR_DEFAULT,
                                                            .before = was,
                                                            .after = {.text = column->default_text,
                                                                      .digest = column->default_id},
                                                            .type = column->type});
            }
            if (object->kind == TDM_KIND_SEQUENCE || !tdm_text_equal(base, before))
                continue;
            tdm_value was = {.text = column->type, .written = column->written_type};
            tdm_text type = printed_type(r, object->schema, object->name);
            column->type = tdm_replay_text(r, "%.*s%.*s", TDM_TEXT_ARG(type),
                                           TDM_TEXT_ARG(tdm_text_from(column->type, base.size)));
            column->written_type = column->type;
            tdm_replay_record_column_value(r, table, column->name,
                                           (tdm_change){.attribute = TDM_ATTR_TYPE,
                                                        .before = was,
                                                        .after = {.text = column->type}});
        }
    }
}

void tdm_follow_object(tdm_replay *r, const tdm_object *object, tdm_text schema, tdm_text name)
{
    tdm_text before = tdm_catalog_print(r->catalog, schema, name);
    tdm_text after = tdm_catalog_print(r->catalog, object->schema, object->name);
    tdm_new_name names = {.table = name, .new_table = object->name};

    switch (object->kind) {
    case TDM_KIND_TABLE:
    case TDM_KIND_VIEW:
    case TDM_KIND_MATERIALIZED_VIEW:
    case TDM_KIND_FOREIGN_TABLE:
        follow_relation(r, object, before, &names);
        tdm_replay_follow_published(r, schema, name, object);
        break;
    case TDM_KIND_TYPE:
        follow_columns(r, object, printed_type(r, schema, name), (tdm_digest){{0}});
        break;
    case TDM_KIND_SEQUENCE:
        follow_columns(r, object, before, tdm_value_nextval_digest(r->catalog, schema, name));
        break;
    case TDM_KIND_INDEX:
    case TDM_KIND_CONSTRAINT:
        if (!object->on)
            break;
        replace_text(r, object->on, TDM_ATTR_CLUSTER, name, object->name);
        replace_text(r, object->on, TDM_ATTR_REPLICA_IDENTITY,
                     tdm_replay_text(r, "index %.*s", TDM_TEXT_ARG(name)),
                     tdm_replay_text(r, "index %.*s", TDM_TEXT_ARG(object->name)));
        break;
    case TDM_KIND_FUNCTION: {
        tdm_text was = tdm_text_slice(before, 0, tdm_text_find_char(before, '('));
        tdm_text is = tdm_text_slice(after, 0, tdm_text_find_char(after, '('));
        for (size_t i = 0; i < r->catalog->objects.count; i++)
            replace_text(r, r->catalog->objects.items[i], TDM_ATTR_FUNCTION, was, is);
        break;
    }
    default: // nothing refers to it by name here
        break;
    }
}
