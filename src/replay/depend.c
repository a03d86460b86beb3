#include "replay/depend.h"

#include "base/text.h"
#include "catalog/expression.h"
#include "catalog/value.h"

static bool refuse(tdm_replay *r, const tdm_object *dependent)
{
    tdm_replay_opaque(r, tdm_replay_text(r, "the server refuses it: %.*s depends on it",
                                         TDM_TEXT_ARG(tdm_object_print(r->catalog, dependent))));
    return false;
}

static bool is_sure(const tdm_object *object)
{
    return object->modelled && !object->uncertain;
}

static bool drop_defaults(tdm_replay *r, const tdm_object *sequence, const tdm_table *own,
                          tdm_text own_column, bool cascade);

// --- Columns ------------------------------------------------------------------------------------

// Whether an attribute of something on the table has the column in it.
static bool value_has(const tdm_catalog *catalog, const tdm_attribute_entry *entry, tdm_text column)
{
    tdm_mode mode = tdm_attribute_mode(entry->attribute);

    switch (entry->attribute) {
    case TDM_ATTR_COLUMNS:
    case TDM_ATTR_INCLUDE:
        return tdm_names_have(catalog->arena, entry->value.text, column);
    case TDM_ATTR_KEYS:
    case TDM_ATTR_EXPRESSION:
    case TDM_ATTR_PREDICATE:
    case TDM_ATTR_USING:
    case TDM_ATTR_WITH_CHECK:
        return tdm_expression_mentions(catalog, mode, entry->value.text, column);
    case TDM_ATTR_OWNED_BY: {
        tdm_text tail = tdm_arena_printf(catalog->arena, ".%.*s", TDM_TEXT_ARG(column));
        return tdm_text_ends(entry->value.text, tail);
    }
    default:
        return false;
    }
}

static bool has_column(const tdm_catalog *catalog, const tdm_object *member, tdm_text column)
{
    for (size_t i = 0; i < member->attributes.count; i++)
        if (value_has(catalog, &member->attributes.items[i], column))
            return true;
    return false;
}

// Indexes, constraints and owned sequences go with a column.
static bool goes_along(tdm_kind kind)
{
    return kind == TDM_KIND_INDEX || kind == TDM_KIND_CONSTRAINT || kind == TDM_KIND_SEQUENCE;
}

static bool is_lost_with_column(const tdm_object *member, bool cascade)
{
    return cascade || goes_along(member->kind) || member->kind == TDM_KIND_COMMENT ||
           member->kind == TDM_KIND_TABLE_OPTION;
}

// A policy keeps its columns; one with a query inside may mean another table's.
static bool drop_member(tdm_replay *r, tdm_object *member, tdm_text column, bool cascade)
{
    if (!member->modelled) {
        member->uncertain = member->uncertain || is_lost_with_column(member, cascade);
        return true;
    }
    if (!has_column(r->catalog, member, column))
        return true;
    if (goes_along(member->kind)) {
        if (!tdm_depend_drop_object(r, member, cascade) ||
            (member->kind == TDM_KIND_SEQUENCE &&
             !drop_defaults(r, member, member->on, column, cascade)))
            return false;
        tdm_replay_remove(r, member);
    } else if (cascade) {
        member->uncertain = true;
    }
    return true;
}

// A foreign key to the table, or to a column of it. With the table itself its own go along; of a
// column those that have it on both sides do.
static bool refers_to(const tdm_catalog *catalog, const tdm_object *object, const tdm_table *table,
                      tdm_text column)
{
    const tdm_value *references = tdm_object_value(object, TDM_ATTR_REFERENCES);
    const tdm_value *columns = tdm_object_value(object, TDM_ATTR_REFERENCED);
    const tdm_value *own = tdm_object_value(object, TDM_ATTR_COLUMNS);
    bool live = !object->dropped && object->kind == TDM_KIND_CONSTRAINT;

    if (!live || !references ||
        !tdm_text_equal(references->text, tdm_catalog_print(catalog, table->schema, table->name)))
        return false;
    if (column.size == 0)
        return object->on != table;
    if (object->on == table && own && tdm_names_have(catalog->arena, own->text, column))
        return false;
    return columns && tdm_names_have(catalog->arena, columns->text, column);
}

// Foreign keys of other tables.
static bool drop_references(tdm_replay *r, const tdm_table *table, tdm_text column, bool cascade)
{
    for (size_t i = 0; i < r->catalog->objects.count; i++) {
        tdm_object *object = r->catalog->objects.items[i];
        if (object->dropped || object->kind != TDM_KIND_CONSTRAINT ||
            !refers_to(r->catalog, object, table, column))
            continue;
        if (!cascade && is_sure(object))
            return refuse(r, object);
        if (cascade)
            tdm_replay_remove(r, object);
    }
    return true;
}

// Whether two lists have the same names, in whatever order.
static bool same_columns(tdm_arena *arena, tdm_text left, tdm_text right)
{
    size_t count = 0;
    tdm_text name, rest = left;

    for (; tdm_names_next(arena, &rest, &name); count++)
        if (!tdm_names_have(arena, right, name))
            return false;
    for (rest = right; tdm_names_next(arena, &rest, &name);)
        count--;
    return count == 0;
}

// Of several keys with the same columns a foreign key rests on the oldest
// (transformFkeyCheckAttrs).
static bool is_oldest_of_its_kind(tdm_arena *arena, const tdm_object *key, tdm_text columns)
{
    for (size_t i = 0; i < key->on->members.count; i++) {
        const tdm_object *other = key->on->members.items[i];
        const tdm_value *others = tdm_object_value(other, TDM_ATTR_COLUMNS);
        if (!other->dropped && other->indexed && other->number < key->number && others &&
            same_columns(arena, others->text, columns))
            return false;
    }
    return true;
}

// Foreign keys that rest on a key.
static bool drop_references_to_key(tdm_replay *r, const tdm_object *key, bool cascade)
{
    const tdm_value *columns = tdm_object_value(key, TDM_ATTR_COLUMNS);
    tdm_arena *arena = r->catalog->arena;
    tdm_text rest = columns ? columns->text : (tdm_text){NULL, 0}, first = {NULL, 0};

    if (!key->on || !key->indexed || !tdm_names_next(arena, &rest, &first) ||
        !is_oldest_of_its_kind(arena, key, columns->text))
        return true;
    for (size_t i = 0; i < r->catalog->objects.count; i++) {
        tdm_object *object = r->catalog->objects.items[i];
        const tdm_value *referenced = tdm_object_value(object, TDM_ATTR_REFERENCED);
        if (!referenced || !refers_to(r->catalog, object, key->on, first) ||
            !same_columns(arena, referenced->text, columns->text))
            continue;
        if (!cascade && is_sure(object))
            return refuse(r, object);
        if (cascade)
            tdm_replay_remove(r, object);
    }
    return true;
}

static bool drop_generated(tdm_replay *r, tdm_table *table, tdm_text column, bool cascade)
{
    for (size_t i = table->columns.count; i-- > 0;) {
        tdm_column *other = &table->columns.items[i];
        size_t open = tdm_text_find_char(other->generated, '(');
        size_t close = other->generated.size > 7 ? other->generated.size - 7 : 0; // " STORED"
        if (open == SIZE_MAX ||
            !tdm_expression_mentions(r->catalog, TDM_MODE_EXPRESSION,
                                     tdm_text_slice(other->generated, open, close), column))
            continue;
        tdm_text printed = tdm_replay_member(r, table, other->name);
        if (!cascade) {
            tdm_replay_opaque(r, tdm_replay_text(r, "the server refuses it: %.*s is made of it",
                                                 TDM_TEXT_ARG(printed)));
            return false;
        }
        tdm_replay_record(r, (tdm_change){.kind = TDM_CHANGE_EXISTENCE,
                                          .key = tdm_replay_column_key(table, other->name),
                                          .object = printed,
                                          .column = tdm_column_copy(r->catalog->arena, other)});
        tdm_table_remove_column(table, other);
    }
    return true;
}

// Views and functions whose text has the name, or has another name for it since something was
// renamed.
static void doubt_texts(tdm_replay *r, tdm_text name)
{
    for (size_t i = 0; i < r->catalog->objects.count; i++) {
        tdm_object *object = r->catalog->objects.items[i];
        const tdm_value *query = tdm_object_value(object, TDM_ATTR_QUERY);
        const tdm_value *body = tdm_object_value(object, TDM_ATTR_BODY);
        const tdm_value *rule = tdm_object_value(object, TDM_ATTR_USING);
        bool views = object->kind == TDM_KIND_VIEW || object->kind == TDM_KIND_MATERIALIZED_VIEW ||
                     object->kind == TDM_KIND_RULE || object->kind == TDM_KIND_POLICY ||
                     object->kind == TDM_KIND_TRIGGER || object->kind == TDM_KIND_FUNCTION;
        if (object->dropped || !views)
            continue;
        bool has =
            (query && (query->reason.size || tdm_text_has_word(query->text, name))) ||
            (rule && tdm_text_has_word(rule->text, name)) ||
            (body && object->kind != TDM_KIND_FUNCTION && tdm_text_has_word(body->text, name));
        if (has || !object->modelled)
            object->uncertain = true;
    }
}

bool tdm_depend_drop_column(tdm_replay *r, tdm_table *table, tdm_text column, bool cascade)
{
    if (!drop_references(r, table, column, cascade) || !drop_generated(r, table, column, cascade))
        return false;
    for (size_t i = 0; i < table->members.count; i++)
        if (!table->members.items[i]->dropped &&
            !drop_member(r, table->members.items[i], column, cascade))
            return false;
    if (cascade)
        doubt_texts(r, column);
    return true;
}

// --- Tables, types, functions, sequences --------------------------------------------------------

// The columns of a type, or of a table's row type.
static bool drop_columns_of(tdm_replay *r, const tdm_object *type, bool cascade)
{
    tdm_text name = tdm_catalog_print(r->catalog, type->schema, type->name);
    tdm_text full = tdm_arena_printf(r->catalog->arena, "%.*s.%.*s", TDM_TEXT_ARG(type->schema),
                                     TDM_TEXT_ARG(type->name));

    for (size_t i = 0; i < r->catalog->tables.count; i++) {
        tdm_table *table = r->catalog->tables.items[i];
        for (size_t j = table->columns.count; j-- > 0;) {
            tdm_column *column = &table->columns.items[j];
            tdm_text base = tdm_text_slice(column->type, 0, tdm_text_find_char(column->type, '['));
            if (!tdm_text_equal(base, name) && !tdm_text_equal(base, full))
                continue;
            tdm_text printed = tdm_replay_member(r, table, column->name), gone = column->name;
            if (!cascade) {
                tdm_replay_opaque(r, tdm_replay_text(r, "the server refuses it: %.*s depends on it",
                                                     TDM_TEXT_ARG(printed)));
                return false;
            }
            if (!tdm_depend_drop_column(r, table, gone, true))
                return false;
            column = tdm_table_column(table, gone);
            const tdm_column *copy = column ? tdm_column_copy(r->catalog->arena, column) : NULL;
            tdm_replay_record(r, (tdm_change){.kind = TDM_CHANGE_EXISTENCE,
                                              .key = tdm_replay_column_key(table, gone),
                                              .object = printed,
                                              .column = copy});
            if (column)
                tdm_table_remove_column(table, column);
        }
    }
    return true;
}

// Triggers that call a function; what else does so is uncertain with CASCADE.
static bool drop_callers(tdm_replay *r, const tdm_object *function, bool cascade)
{
    tdm_text name = tdm_text_slice(function->name, 0, tdm_text_find_char(function->name, '('));
    tdm_text printed = tdm_catalog_print(r->catalog, function->schema, name);

    // What triggers call has no arguments.
    bool called_by_triggers = tdm_text_ends(function->name, TDM_TEXT("()"));

    for (size_t i = 0; i < r->catalog->objects.count; i++) {
        tdm_object *object = r->catalog->objects.items[i];
        const tdm_value *called = tdm_object_value(object, TDM_ATTR_FUNCTION);
        tdm_text calls =
            called ? tdm_text_slice(called->text, 0, tdm_text_find_char(called->text, '('))
                   : (tdm_text){NULL, 0};
        if (object->dropped || !called_by_triggers || !tdm_text_equal(calls, printed))
            continue;
        if (!cascade && is_sure(object))
            return refuse(r, object);
        if (cascade)
            tdm_replay_remove(r, object);
    }
    if (cascade)
        doubt_texts(r, name);
    return true;
}

// Defaults that take the next value of a sequence.
// Those of `own` go with it anyway: a table, or of a table the one column.
static bool drop_defaults(tdm_replay *r, const tdm_object *sequence, const tdm_table *own,
                          tdm_text own_column, bool cascade)
{
    tdm_digest of = tdm_value_nextval_digest(r->catalog, sequence->schema, sequence->name);

    for (size_t i = 0; i < r->catalog->tables.count; i++) {
        tdm_table *table = r->catalog->tables.items[i];
        for (size_t j = 0; j < table->columns.count; j++) {
            tdm_column *column = &table->columns.items[j];
            bool mine =
                table == own && (!own_column.size || tdm_text_equal(column->name, own_column));
            // What a child has from the dropped column goes along.
            mine = mine || (own_column.size && tdm_text_equal(column->name, own_column) &&
                            tdm_column_value(column, TDM_ATTR_INHERITED));
            if (mine || !column->has_default || !tdm_digest_equal(column->default_id, of))
                continue;
            tdm_text printed = tdm_replay_member(r, table, column->name);
            if (!cascade) {
                tdm_replay_opaque(r, tdm_replay_text(r,
                                                     "the server refuses it: the default of %.*s "
                                                     "depends on it",
                                                     TDM_TEXT_ARG(printed)));
                return false;
            }
            tdm_replay_record_column_value(
                r, table, column->name,
                (tdm_change){.attribute = TDM_ATTR_DEFAULT,
                             .before = {.text = column->default_text, .digest = column->default_id},
                             .type = column->type});
            column->has_default = false;
            column->default_text = (tdm_text){NULL, 0};
            column->default_id = (tdm_digest){{0}};
        }
    }
    return true;
}

static bool drop_children(tdm_replay *r, tdm_table *table, bool cascade)
{
    size_t at = 0;

    for (tdm_table *child; (child = tdm_replay_child(r, table, &at));) {
        bool partition = tdm_object_value(child, TDM_ATTR_PARTITION_OF) != NULL;
        if (!partition && !cascade)
            return refuse(r, child);
        if (!tdm_depend_drop_object(r, child, true))
            return false;
        tdm_replay_remove(r, child);
        at = 0;
    }
    return true;
}

// Other tables may take values of the sequences that its columns own.
static bool drop_sequences(tdm_replay *r, const tdm_object *table, bool cascade)
{
    for (size_t i = 0; i < table->members.count; i++) {
        const tdm_object *member = table->members.items[i];
        if (!member->dropped && member->kind == TDM_KIND_SEQUENCE &&
            !drop_defaults(r, member, table, (tdm_text){NULL, 0}, cascade))
            return false;
    }
    return true;
}

bool tdm_depend_drop_object(tdm_replay *r, tdm_object *object, bool cascade)
{
    tdm_text none = {NULL, 0};

    switch (object->kind) {
    case TDM_KIND_TABLE:
    case TDM_KIND_VIEW:
    case TDM_KIND_MATERIALIZED_VIEW:
        if (!drop_children(r, object, cascade) || !drop_references(r, object, none, cascade) ||
            !drop_columns_of(r, object, cascade) || !drop_sequences(r, object, cascade))
            return false;
        break;
    case TDM_KIND_TYPE:
        if (!drop_columns_of(r, object, cascade))
            return false;
        break;
    case TDM_KIND_FUNCTION:
        return drop_callers(r, object, cascade);
    case TDM_KIND_SEQUENCE:
        // That of the column that owns it goes with the column.
        if (!object->on && !drop_defaults(r, object, NULL, none, cascade))
            return false;
        break;
    case TDM_KIND_CONSTRAINT:
        return drop_references_to_key(r, object, cascade);
    default: // nothing is known to depend on it
        return true;
    }
    if (cascade)
        doubt_texts(r, object->name);
    return true;
}
