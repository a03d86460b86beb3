// Sequences, and those that columns own.
#include "catalog/sequence.h"
#include "catalog/names.h"
#include "catalog/types.h"
#include "replay/objects.h"
#include "replay/parts.h"

#include "base/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

// --- The canonical form -------------------------------------------------------------------------

static void bounds_of(tdm_text type, int64_t *ret_low, int64_t *ret_high)
{
    *ret_low = INT64_MIN;
    *ret_high = INT64_MAX;
    if (tdm_text_is(type, "integer")) {
        *ret_low = INT32_MIN;
        *ret_high = INT32_MAX;
    } else if (tdm_text_is(type, "smallint")) {
        *ret_low = INT16_MIN;
        *ret_high = INT16_MAX;
    }
}

static int64_t default_minimum(const tdm_sequence *s)
{
    int64_t low, high;

    bounds_of(s->type, &low, &high);
    return s->increment > 0 ? 1 : low;
}

static int64_t default_maximum(const tdm_sequence *s)
{
    int64_t low, high;

    bounds_of(s->type, &low, &high);
    return s->increment > 0 ? high : -1;
}

tdm_sequence tdm_sequence_new(tdm_text type)
{
    tdm_sequence s = {
        .type = type.size ? type : TDM_TEXT("bigint"), .increment = 1, .cache = 1, .start = 1};

    s.minimum = default_minimum(&s);
    s.maximum = default_maximum(&s);
    return s;
}

static tdm_text number(tdm_catalog *catalog, int64_t value, int64_t usual)
{
    if (value == usual)
        return (tdm_text){NULL, 0};
    return tdm_arena_printf(catalog->arena, "%" PRId64, value);
}

// The values that are not at their defaults (sequence.c init_params), in the order of the result.
static const tdm_attribute attributes[TDM_SEQUENCE_VALUES] = {
    TDM_ATTR_TYPE,     TDM_ATTR_START, TDM_ATTR_INCREMENT, TDM_ATTR_MINVALUE,
    TDM_ATTR_MAXVALUE, TDM_ATTR_CACHE, TDM_ATTR_CYCLE,
};

static void values_of(tdm_catalog *catalog, const tdm_sequence *s,
                      tdm_text ret[TDM_SEQUENCE_VALUES])
{
    tdm_text none = {NULL, 0};

    ret[0] = tdm_text_is(s->type, "bigint") ? none : s->type;
    ret[1] = number(catalog, s->start, s->increment > 0 ? s->minimum : s->maximum);
    ret[2] = number(catalog, s->increment, 1);
    ret[3] = number(catalog, s->minimum, default_minimum(s));
    ret[4] = number(catalog, s->maximum, default_maximum(s));
    ret[5] = number(catalog, s->cache, 1);
    ret[6] = s->cycle ? TDM_TEXT("yes") : none;
}

void tdm_sequence_set(tdm_catalog *catalog, tdm_object *object, const tdm_sequence *sequence,
                      tdm_place place)
{
    tdm_text values[TDM_SEQUENCE_VALUES];

    values_of(catalog, sequence, values);
    for (size_t i = 0; i < TDM_SEQUENCE_VALUES; i++)
        tdm_object_set(catalog, object, attributes[i], values[i], place);
}

static int64_t value_or(const tdm_object *object, tdm_attribute attribute, int64_t usual)
{
    const tdm_value *value = tdm_object_value(object, attribute);

    return value && value->text.size ? strtoll(value->text.data, NULL, 10) : usual;
}

static tdm_sequence read_back(const tdm_object *object)
{
    const tdm_value *type = tdm_object_value(object, TDM_ATTR_TYPE);
    tdm_sequence s = tdm_sequence_new(type ? type->text : (tdm_text){NULL, 0});

    s.increment = value_or(object, TDM_ATTR_INCREMENT, 1);
    s.minimum = value_or(object, TDM_ATTR_MINVALUE, default_minimum(&s));
    s.maximum = value_or(object, TDM_ATTR_MAXVALUE, default_maximum(&s));
    s.start = value_or(object, TDM_ATTR_START, s.increment > 0 ? s.minimum : s.maximum);
    s.cache = value_or(object, TDM_ATTR_CACHE, 1);
    s.cycle = tdm_object_value(object, TDM_ATTR_CYCLE) != NULL;
    return s;
}

// --- Options ------------------------------------------------------------------------------------

static int64_t integer_of(const PgQuery__Node *node, int64_t otherwise)
{
    if (node && node->node_case == PG_QUERY__NODE__NODE_INTEGER)
        return node->integer->ival;
    if (node && node->node_case == PG_QUERY__NODE__NODE_FLOAT)
        return strtoll(node->float_->fval, NULL, 10);
    return otherwise;
}

typedef struct options {
    tdm_sequence *s;
    bool start; // given
    bool minimum;
    bool maximum;
    bool restart;
    const PgQuery__List *owner; // of OWNED BY
} options;

// A new type or direction moves the bounds that were at their defaults (init_params).
static void change_type(options *o, tdm_text type)
{
    tdm_sequence before = *o->s;

    o->s->type = type;
    if (before.minimum == default_minimum(&before))
        o->s->minimum = default_minimum(o->s);
    if (before.maximum == default_maximum(&before))
        o->s->maximum = default_maximum(o->s);
}

static void take_option(tdm_replay *r, options *o, const PgQuery__DefElem *option)
{
    const char *name = option->defname;
    const PgQuery__Node *arg = option->arg;

    if (strcmp(name, "as") == 0 && arg && arg->node_case == PG_QUERY__NODE__NODE_TYPE_NAME)
        change_type(o, tdm_type_print(r->catalog, arg->type_name));
    else if (strcmp(name, "increment") == 0)
        o->s->increment = integer_of(arg, 1);
    else if (strcmp(name, "cache") == 0)
        o->s->cache = integer_of(arg, 1);
    else if (strcmp(name, "cycle") == 0)
        o->s->cycle =
            arg && arg->node_case == PG_QUERY__NODE__NODE_BOOLEAN && arg->boolean->boolval;
    else if (strcmp(name, "restart") == 0)
        o->restart = true;
    else if (strcmp(name, "owned_by") == 0 && arg && arg->node_case == PG_QUERY__NODE__NODE_LIST)
        o->owner = arg->list;
}

static const PgQuery__DefElem *option_named(PgQuery__Node *const *list, size_t count,
                                            const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (list[i]->node_case == PG_QUERY__NODE__NODE_DEF_ELEM &&
            strcmp(list[i]->def_elem->defname, name) == 0)
            return list[i]->def_elem;
    return NULL;
}

// Bounds and start depend on type and increment, whatever the order of the words.
static void take_options(tdm_replay *r, options *o, PgQuery__Node *const *list, size_t count,
                         bool fresh)
{
    for (size_t i = 0; i < count; i++)
        if (list[i]->node_case == PG_QUERY__NODE__NODE_DEF_ELEM)
            take_option(r, o, list[i]->def_elem);
    const PgQuery__DefElem *minimum = option_named(list, count, "minvalue");
    const PgQuery__DefElem *maximum = option_named(list, count, "maxvalue");
    const PgQuery__DefElem *start = option_named(list, count, "start");
    if (fresh || minimum)
        o->s->minimum = integer_of(minimum ? minimum->arg : NULL, default_minimum(o->s));
    if (fresh || maximum)
        o->s->maximum = integer_of(maximum ? maximum->arg : NULL, default_maximum(o->s));
    if (fresh || start)
        o->s->start = integer_of(start ? start->arg : NULL,
                                 o->s->increment > 0 ? o->s->minimum : o->s->maximum);
}

static void assign(tdm_replay *r, tdm_object *object, const tdm_sequence *s)
{
    tdm_text values[TDM_SEQUENCE_VALUES];

    values_of(r->catalog, s, values);
    for (size_t i = 0; i < TDM_SEQUENCE_VALUES; i++)
        tdm_replay_assign_text(r, object, attributes[i], values[i]);
}

// --- Owners -------------------------------------------------------------------------------------

static const char *string_of(const PgQuery__Node *node)
{
    return node && node->node_case == PG_QUERY__NODE__NODE_STRING ? node->string->sval : "";
}

static void own(tdm_replay *r, tdm_object *object, tdm_table *table, tdm_text column)
{
    tdm_catalog_attach(r->catalog, object, table);
    tdm_replay_assign_text(r, object, TDM_ATTR_OWNED_BY,
                           table ? tdm_replay_member(r, table, column) : (tdm_text){NULL, 0});
}

// OWNED BY [schema.]table.column, or NONE.
static void take_owner(tdm_replay *r, tdm_object *object, const PgQuery__List *names)
{
    size_t count = names->n_items;
    PgQuery__RangeVar range = PG_QUERY__RANGE_VAR__INIT;

    if (count < 2) {
        own(r, object, NULL, (tdm_text){NULL, 0});
        return;
    }
    range.relname = (char *)string_of(names->items[count - 2]);
    if (count > 2)
        range.schemaname = (char *)string_of(names->items[count - 3]);
    tdm_object *table = tdm_object_relation(r, &range);
    if (!table) {
        tdm_replay_opaque(
            r, tdm_replay_text(r, "the server refuses it: there is no table %s", range.relname));
        return;
    }
    own(r, object, table, tdm_replay_copy(r, string_of(names->items[count - 1])));
}

tdm_object *tdm_replay_sequence_of(const tdm_table *table, tdm_text column)
{
    for (size_t i = 0; i < table->members.count; i++) {
        tdm_object *member = table->members.items[i];
        const tdm_value *owner = tdm_object_value(member, TDM_ATTR_OWNED_BY);
        if (member->dropped || member->kind != TDM_KIND_SEQUENCE || !owner)
            continue;
        tdm_text tail = tdm_text_from(
            owner->text, owner->text.size > column.size ? owner->text.size - column.size : 0);
        bool mine = tdm_text_equal(tail, column) && owner->text.size > column.size + 1 &&
                    owner->text.data[owner->text.size - column.size - 1] == '.';
        if (mine)
            return member;
    }
    return NULL;
}

// --- Statements ---------------------------------------------------------------------------------

void tdm_replay_create_sequence(tdm_replay *r)
{
    const PgQuery__CreateSeqStmt *create = r->tree->node->create_seq_stmt;
    bool temporary = strcmp(create->sequence->relpersistence, "t") == 0;
    tdm_key key = {.kind = TDM_KIND_SEQUENCE,
                   .schema = temporary ? TDM_TEXT("pg_temp")
                             : *create->sequence->schemaname
                                 ? tdm_replay_copy(r, create->sequence->schemaname)
                                 : tdm_catalog_creation_schema(r->catalog),
                   .name = tdm_replay_copy(r, create->sequence->relname)};
    tdm_sequence s = tdm_sequence_new((tdm_text){NULL, 0});
    options o = {.s = &s};

    if (tdm_replay_may_create(r, &key) != TDM_OUTCOME_CREATE)
        return;
    tdm_object *object = tdm_replay_make(r, &key);
    if (!object)
        return;
    take_options(r, &o, create->options, create->n_options, true);
    assign(r, object, &s);
    if (strcmp(create->sequence->relpersistence, "u") == 0)
        tdm_replay_assign_text(r, object, TDM_ATTR_PERSISTENCE, TDM_TEXT("unlogged"));
    if (o.owner)
        take_owner(r, object, o.owner);
}

void tdm_replay_set_sequence(tdm_replay *r, tdm_object *sequence, PgQuery__Node *const *list,
                             size_t count)
{
    tdm_sequence s = read_back(sequence);
    options o = {.s = &s};

    take_options(r, &o, list, count, false);
    assign(r, sequence, &s);
    if (o.owner)
        take_owner(r, sequence, o.owner);
    // The next value is data.
    if (o.restart)
        tdm_replay_plain(r, TDM_CHANGE_DATA);
}

void tdm_replay_retype_sequence(tdm_replay *r, tdm_object *sequence, tdm_text type)
{
    tdm_sequence s = read_back(sequence);
    options o = {.s = &s};

    change_type(&o, type);
    assign(r, sequence, &s);
}

void tdm_replay_alter_sequence(tdm_replay *r)
{
    const PgQuery__AlterSeqStmt *alter = r->tree->node->alter_seq_stmt;
    tdm_key key = tdm_object_of_range(r, TDM_KIND_SEQUENCE, alter->sequence);
    tdm_object *object = tdm_replay_target(r, &key, alter->missing_ok);

    if (object)
        tdm_replay_set_sequence(r, object, alter->options, alter->n_options);
}

void tdm_replay_own_sequence(tdm_replay *r, tdm_table *table, const tdm_column *column,
                             const PgQuery__Constraint *identity)
{
    tdm_sequence s = tdm_sequence_new(column->type);
    options o = {.s = &s};
    const PgQuery__DefElem *named =
        identity ? option_named(identity->options, identity->n_options, "sequence_name") : NULL;
    tdm_key key = {.kind = TDM_KIND_SEQUENCE, .schema = table->schema, .on = table};

    if (named && named->arg && named->arg->node_case == PG_QUERY__NODE__NODE_LIST &&
        named->arg->list->n_items)
        key.name =
            tdm_replay_copy(r, string_of(named->arg->list->items[named->arg->list->n_items - 1]));
    else
        key.name = tdm_name_choose(r->catalog, table, column->name, TDM_NAME_SEQUENCE);
    tdm_object *object = tdm_replay_make(r, &key);
    if (!object)
        return;
    if (identity)
        take_options(r, &o, identity->options, identity->n_options, true);
    assign(r, object, &s);
    own(r, object, table, column->name);
}
