// Making again what was dropped: from the statements that made it, or from its attributes.
#include "inverse/attribute.h"
#include "inverse/define.h"
#include "inverse/grants.h"
#include "inverse/steps.h"

#include "base/limits.h"
#include "sql/quote.h"

static enum tdm_rank rank_of(const tdm_object *object)
{
    const tdm_value *form = tdm_object_value(object, TDM_ATTR_FORM);

    if (object->on && object->on->kind != TDM_KIND_TABLE)
        return TDM_RANK_MEMBER; // of a view, behind it
    switch (object->kind) {
    case TDM_KIND_SCHEMA:
        return TDM_RANK_SCHEMA;
    case TDM_KIND_TYPE:
        return TDM_RANK_TYPE;
    case TDM_KIND_SEQUENCE:
        return TDM_RANK_SEQUENCE;
    case TDM_KIND_FUNCTION:
        return TDM_RANK_ROUTINE;
    case TDM_KIND_CONSTRAINT:
        return form && tdm_text_is(form->text, "FOREIGN KEY") ? TDM_RANK_FOREIGN : TDM_RANK_KEY;
    case TDM_KIND_INDEX:
        return TDM_RANK_KEY;
    default:
        return TDM_RANK_MEMBER;
    }
}

// --- What definitions do not say ----------------------------------------------------------------

static void add_attribute(tdm_inverter *in, const tdm_change_key *key, tdm_attribute attribute,
                          const tdm_value *value)
{
    tdm_buffer sql = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    tdm_putback back = {.key = key, .attribute = attribute, .want = value->text};

    if (value->reason.size == 0 && tdm_attribute_put(&sql, &back)) {
        tdm_step_sql(in, &sql, TDM_RANK_ATTRIBUTE, (tdm_text){NULL, 0});
        return;
    }
    tdm_buffer_free(&sql);
    tdm_step_add(in, (tdm_back_step){.outcome = TDM_RETURN_NONE,
                                     .note = tdm_arena_printf(
                                         in->arena, "%.*s: %s cannot be put back",
                                         TDM_TEXT_ARG(key->name), tdm_attribute_name(attribute))});
}

// Attributes that a definition leaves out. With `made` it is the statements that made the object,
// and says all but what is beside it.
static bool is_left_out(const tdm_object *object, tdm_attribute attribute, bool made)
{
    switch (attribute) {
    case TDM_ATTR_COMMENT:
    case TDM_ATTR_OWNER:
        return true;
    case TDM_ATTR_ENABLED:
        return !made;
    case TDM_ATTR_RLS:
    case TDM_ATTR_RLS_FORCED:
    case TDM_ATTR_REPLICA_IDENTITY:
    case TDM_ATTR_CLUSTER:
    case TDM_ATTR_TABLESPACE:
    case TDM_ATTR_OPTIONS:
        return object->kind == TDM_KIND_TABLE;
    default:
        return false;
    }
}

static void add_attributes(tdm_inverter *in, const tdm_object *object, bool made)
{
    tdm_change_key key = tdm_step_key_of(object);

    for (size_t i = 0; i < object->attributes.count; i++) {
        tdm_attribute attribute = object->attributes.items[i].attribute;
        if (attribute == TDM_ATTR_GRANTS)
            tdm_grants_remake(in, &key, &object->attributes.items[i].value);
        else if (is_left_out(object, attribute, made))
            add_attribute(in, &key, attribute, &object->attributes.items[i].value);
    }
}

static void add_column_attributes(tdm_inverter *in, const tdm_change_key *key,
                                  const tdm_column *column)
{
    for (size_t i = 0; i < column->attributes.count; i++) {
        tdm_attribute attribute = column->attributes.items[i].attribute;
        if (attribute == TDM_ATTR_GRANTS)
            tdm_grants_remake(in, key, &column->attributes.items[i].value);
        else if (attribute != TDM_ATTR_COLLATION)
            add_attribute(in, key, attribute, &column->attributes.items[i].value);
    }
}

// --- Objects ------------------------------------------------------------------------------------

// The statements, first one first. What a sequence is owned by comes with the columns.
static void add_making(tdm_inverter *in, const tdm_object *object, const tdm_making *making)
{
    tdm_buffer sql = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    enum tdm_rank rank = rank_of(object);

    if (making->earlier)
        add_making(in, object, making->earlier);
    tdm_buffer_put(&sql, making->sql);
    tdm_step_sql(in, &sql, making->earlier && rank == TDM_RANK_SEQUENCE ? TDM_RANK_MEMBER : rank,
                 (tdm_text){NULL, 0});
}

static bool make_table(tdm_inverter *in, const tdm_table *table)
{
    tdm_buffer sql = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    tdm_text name = table->name;

    if (!tdm_define_table(&sql, table)) {
        tdm_buffer_free(&sql);
        tdm_step_none(in, "its definition is not kept", name);
        return false;
    }
    tdm_step_sql(in, &sql, TDM_RANK_RELATION,
                 tdm_arena_printf(in->arena, "the rows of %.*s are lost", TDM_TEXT_ARG(name)));
    for (size_t i = 0; i < table->columns.count; i++) {
        const tdm_column *column = &table->columns.items[i];
        tdm_change_key key = {.kind = TDM_KIND_COLUMN,
                              .schema = table->schema,
                              .name = column->name,
                              .owner_schema = table->schema,
                              .owner = table->name};
        add_column_attributes(in, &key, column);
    }
    return true;
}

// --- Partitions ---------------------------------------------------------------------------------

static void strip(tdm_attributes *attributes)
{
    size_t kept = 0;

    for (size_t i = 0; i < attributes->count; i++) {
        tdm_attribute attribute = attributes->items[i].attribute;
        if (attribute != TDM_ATTR_PARTITION_OF && attribute != TDM_ATTR_PARTITION_BOUND &&
            attribute != TDM_ATTR_INHERITED)
            attributes->items[kept++] = attributes->items[i];
    }
    attributes->count = kept;
}

// The table as it would be without its parent. What it has from that it must have when it becomes
// a partition again: ATTACH PARTITION takes up what is alike (MergeAttributesIntoExisting,
// AttachPartitionEnsureIndexes), under the name that it bears. Triggers are copied by it.
static const tdm_table *apart(tdm_inverter *in, const tdm_table *table)
{
    tdm_table *copy = (tdm_table *)tdm_object_copy(in->arena, table);

    if (!copy)
        return NULL;
    strip(&copy->attributes);
    for (size_t i = 0; i < copy->columns.count; i++)
        strip(&copy->columns.items[i].attributes);
    for (size_t i = 0; i < copy->members.count; i++)
        if (copy->members.items[i]->kind != TDM_KIND_TRIGGER)
            strip(&copy->members.items[i]->attributes);
    return copy;
}

static void remake_partition(tdm_inverter *in, const tdm_table *table)
{
    tdm_buffer sql = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    const tdm_value *of = tdm_object_value(table, TDM_ATTR_PARTITION_OF);
    const tdm_value *bound = tdm_object_value(table, TDM_ATTR_PARTITION_BOUND);
    const tdm_table *alone = apart(in, table);

    tdm_buffer_puts(&sql, "ALTER TABLE ");
    bool ok = tdm_define_reference(&sql, of->text);
    tdm_buffer_puts(&sql, " ATTACH PARTITION ");
    tdm_define_name(&sql, table->schema, table->name);
    tdm_buffer_putc(&sql, ' ');
    if (bound)
        tdm_buffer_put(&sql, bound->text);
    if (!alone || !ok || !bound || bound->reason.size) {
        tdm_buffer_free(&sql);
        tdm_step_none(in, "of which part of a table it is, is not known", table->name);
        return;
    }
    tdm_remake_object(in, alone);
    tdm_step_sql(in, &sql, TDM_RANK_MEMBER, (tdm_text){NULL, 0});
}

// A definer says some kinds better than the statement: in the present order, without IF NOT EXISTS.
static bool is_defined(tdm_inverter *in, const tdm_object *object)
{
    tdm_buffer sql = TDM_BUFFER_INIT(TDM_LIMIT_FILE);

    if (tdm_define_object(&sql, object)) {
        tdm_step_sql(in, &sql, rank_of(object), (tdm_text){NULL, 0});
        return true;
    }
    tdm_buffer_free(&sql);
    return false;
}

// What the definition of a column, or a parent, makes too.
static bool comes_along(const tdm_object *object)
{
    bool column = object->kind == TDM_KIND_SEQUENCE && object->on &&
                  tdm_object_value(object, TDM_ATTR_OWNED_BY) && !object->making;

    return column || tdm_object_value(object, TDM_ATTR_INHERITED);
}

// Names the attribute of which no more is known than why.
static void refuse_definition(tdm_inverter *in, const tdm_object *object)
{
    tdm_text what = {NULL, 0};

    for (size_t i = 0; i < object->attributes.count && !what.size; i++) {
        const tdm_attribute_entry *entry = &object->attributes.items[i];
        if (entry->value.reason.size)
            what = tdm_arena_printf(in->arena, "its definition is not kept (%s: %.*s)",
                                    tdm_attribute_name(entry->attribute),
                                    TDM_TEXT_ARG(entry->value.reason));
    }
    tdm_step_none(in, what.size ? what.data : "its definition is not kept", object->name);
}

void tdm_remake_object(tdm_inverter *in, const tdm_object *object)
{
    // Secrets are not handed on.
    bool made = object->making != NULL && object->kind != TDM_KIND_TABLE &&
                !tdm_object_value(object, TDM_ATTR_SECRETS);

    if (comes_along(object))
        return;
    if (object->uncertain) {
        tdm_step_none(in, "whether it was there is not known", object->name);
        return;
    }
    if (object->kind == TDM_KIND_TABLE && tdm_object_value(object, TDM_ATTR_PARTITION_OF)) {
        remake_partition(in, object);
        return;
    }
    if (object->kind == TDM_KIND_TABLE) {
        if (!make_table(in, object))
            return;
    } else if (made) {
        tdm_step_leave_bodies(in, object);
        add_making(in, object, object->making);
    } else if (!is_defined(in, object)) {
        refuse_definition(in, object);
        return;
    }
    add_attributes(in, object, made);
    for (size_t i = 0; i < object->members.count; i++)
        if (!object->members.items[i]->dropped)
            tdm_remake_object(in, object->members.items[i]);
}

// --- Columns ------------------------------------------------------------------------------------

// The sequence that was dropped with the column.
static const tdm_object *sequence_of(const tdm_inverter *in, const tdm_change *change)
{
    for (size_t i = 0; i < in->count; i++) {
        const tdm_change *other = &in->changes[i];
        const tdm_value *owned =
            other->gone && other->gone->kind == TDM_KIND_SEQUENCE && !other->exists
                ? tdm_object_value(other->gone, TDM_ATTR_OWNED_BY)
                : NULL;
        if (owned && tdm_step_same_statement(other, change) &&
            tdm_text_equal(owned->text, change->object))
            return other->gone;
    }
    return NULL;
}

void tdm_remake_column(tdm_inverter *in, const tdm_change *change)
{
    const tdm_change_key *key = &change->key;
    tdm_buffer sql = TDM_BUFFER_INIT(TDM_LIMIT_FILE);

    tdm_buffer_puts(&sql, "ALTER TABLE ");
    tdm_define_name(&sql, key->owner_schema, key->owner);
    tdm_buffer_puts(&sql, " ADD COLUMN ");
    if (!change->column || !tdm_define_column(&sql, change->column, sequence_of(in, change))) {
        tdm_buffer_free(&sql);
        tdm_step_none(in, "its definition is not kept", change->object);
        return;
    }
    tdm_step_sql(
        in, &sql, TDM_RANK_COLUMN,
        tdm_arena_printf(in->arena, "what %.*s held is lost", TDM_TEXT_ARG(change->object)));
    add_column_attributes(in, key, change->column);
}
