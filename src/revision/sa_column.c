// Column() and what stands inside it: ForeignKey, Identity, Computed, Sequence, defaults.
#include "revision/sa_namespace.h"

#include <string.h>

// Why SQLAlchemy refuses a server default that is neither text nor SQL.
static bool refuse_default(tdm_host *host, tdm_py value)
{
    tdm_py_raise(host->in, "ArgumentError",
                 "Argument 'arg' is expected to be one of type '<class 'str'>' or '<class "
                 "'sqlalchemy.sql.elements.ClauseElement'>' or '<class "
                 "'sqlalchemy.sql.elements.TextClause'>', got '<class '%s'>'",
                 tdm_py_type_name(value));
    return false;
}

bool tdm_default_from(tdm_host *host, tdm_py value, tdm_default *ret)
{
    *ret = (tdm_default){.kind = TDM_DEFAULT_NONE};
    if (!value || tdm_py_kind_of(value) == TDM_PY_NONE)
        return true;
    const tdm_default *ready = tdm_data_of(value, &tdm_default_object);
    const tdm_name *name = tdm_data_of(value, &tdm_name_object);
    if (ready) {
        *ret = *ready;
        return true;
    }
    if (tdm_py_kind_of(value) == TDM_PY_STR || name) {
        ret->kind = TDM_DEFAULT_TEXT;
        ret->text = name ? name->text : tdm_py_as_text(value);
        return true;
    }
    ret->identity = tdm_data_of(value, &tdm_identity_object);
    ret->computed = tdm_data_of(value, &tdm_computed_object);
    if (ret->identity || ret->computed) {
        ret->kind = ret->identity ? TDM_DEFAULT_IDENTITY : TDM_DEFAULT_COMPUTED;
        return true;
    }
    ret->expr = tdm_py_kind_of(value) == TDM_PY_BOOL ? NULL : tdm_expr_from(host, value);
    ret->kind = TDM_DEFAULT_EXPR;
    return ret->expr || refuse_default(host, value);
}

// --- Column
// ---------------------------------------------------------------------------------------

static bool is_type(tdm_py value)
{
    if (tdm_data_of(value, &tdm_type_object) || tdm_data_of(value, &tdm_type_class_object))
        return true;
    // A class that derives from TypeDecorator; a plain function of the library is no type.
    return tdm_data_of(value, &tdm_callable_object) &&
           tdm_py_native_class(value) != &tdm_callable_object;
}

static void take_autoincrement(tdm_bound *bound, tdm_column *column)
{
    tdm_py value = tdm_arg(bound, "autoincrement");
    if (!value)
        return;
    if (tdm_py_kind_of(value) == TDM_PY_STR) {
        if (tdm_text_is(tdm_py_as_text(value), "ignore_fk"))
            column->autoincrement = TDM_AUTOINCREMENT_IGNORE_FK;
        return;
    }
    column->autoincrement = tdm_flag_from(bound, value) == TDM_FLAG_TRUE ? TDM_AUTOINCREMENT_TRUE
                                                                         : TDM_AUTOINCREMENT_FALSE;
}

static bool take_boolean_only(tdm_bound *bound, const char *name, const char *advice, bool *ret)
{
    tdm_py value = tdm_arg(bound, name);
    if (value && tdm_py_kind_of(value) == TDM_PY_STR) {
        tdm_py_raise(bound->host->in, "ArgumentError",
                     "The '%s' keyword argument on Column is boolean only. %s", name, advice);
        return false;
    }
    *ret = value && tdm_flag_from(bound, value) == TDM_FLAG_TRUE;
    return true;
}

// Whether a column of the type can be SERIAL; one without a type takes that of what it refers to.
static bool may_count(const tdm_type *type)
{
    tdm_affinity affinity = type ? tdm_type_affinity(type) : TDM_AFFINITY_INTEGER;
    return affinity == TDM_AFFINITY_INTEGER || affinity == TDM_AFFINITY_NUMERIC;
}

// default= and onupdate=: only whether they are there, and SQL among them, matters (6.5, 5.10).
static void take_python_defaults(tdm_bound *bound, tdm_column *column)
{
    tdm_py value = tdm_arg_absent(bound, "default") ? tdm_arg(bound, "insert_default")
                                                    : tdm_arg(bound, "default");
    if (value && tdm_py_kind_of(value) != TDM_PY_NONE) {
        column->sequence = tdm_data_of(value, &tdm_sequence_object);
        column->has_default = !column->sequence;
        column->default_value = value;
        column->default_unknown = tdm_py_kind_of(value) == TDM_PY_UNKNOWN;
        // Whether the key becomes SERIAL depends on there being a default (6.5).
        if (column->default_unknown && !bound->unknown && column->primary_key &&
            may_count(column->type))
            bound->unknown = value;
        if (!column->sequence && tdm_py_kind_of(value) == TDM_PY_NATIVE)
            column->default_expr = tdm_expr_from(bound->host, value);
    }
    value = tdm_arg(bound, "onupdate");
    if (value && tdm_py_kind_of(value) != TDM_PY_NONE) {
        column->has_onupdate = true;
        column->onupdate_value = value;
        if (tdm_py_kind_of(value) == TDM_PY_NATIVE)
            column->onupdate_expr = tdm_expr_from(bound->host, value);
    }
}

static bool take_constraint(tdm_bound *bound, tdm_column *column, tdm_constraint *c)
{
    tdm_arena *arena = bound->host->arena;
    if (c->kind == TDM_CONSTRAINT_CHECK)
        return tdm_vector_push(arena, &column->checks, c);
    // ForeignKey() has no columns of its own yet; a table-level constraint does not belong here.
    if (c->kind == TDM_CONSTRAINT_FOREIGN && c->columns.count == 0)
        return tdm_vector_push(arena, &column->foreign_keys, c);
    tdm_py_raise(bound->host->in, "AssertionError", "%s", "");
    return false;
}

// One positional argument after the name and the type. False: raised.
static bool take_item(tdm_bound *bound, tdm_column *column, tdm_py item)
{
    tdm_constraint *c = tdm_data_of(item, &tdm_constraint_object);
    if (c)
        return take_constraint(bound, column, c);
    if (tdm_data_of(item, &tdm_identity_object)) {
        column->identity = tdm_data_of(item, &tdm_identity_object);
        column->server_default =
            (tdm_default){.kind = TDM_DEFAULT_IDENTITY, .identity = column->identity};
    } else if (tdm_data_of(item, &tdm_computed_object)) {
        column->computed = tdm_data_of(item, &tdm_computed_object);
        column->server_default =
            (tdm_default){.kind = TDM_DEFAULT_COMPUTED, .computed = column->computed};
    } else if (tdm_data_of(item, &tdm_sequence_object)) {
        column->sequence = tdm_data_of(item, &tdm_sequence_object);
    } else if (tdm_data_of(item, &tdm_default_object)) {
        column->server_default = *(tdm_default *)tdm_data_of(item, &tdm_default_object);
    } else if (tdm_py_kind_of(item) != TDM_PY_NONE) {
        tdm_arg_refuse(bound, "positional argument");
    }
    return true;
}

static bool take_positional(tdm_bound *bound, tdm_column *column)
{
    size_t at = 0;
    bool named = at < bound->rest_count && (tdm_py_kind_of(bound->rest[at]) == TDM_PY_STR ||
                                            tdm_data_of(bound->rest[at], &tdm_name_object));
    if (named)
        column->name = tdm_name_from(bound, bound->rest[at++]);
    if (at < bound->rest_count && is_type(bound->rest[at]))
        column->type = tdm_type_from(bound, bound->rest[at++]);
    for (; at < bound->rest_count; at++) {
        if (!take_item(bound, column, bound->rest[at]))
            return false;
    }
    return true;
}

static bool take_keywords(tdm_bound *bound, tdm_column *column)
{
    if (!tdm_arg_absent(bound, "name"))
        column->name = tdm_arg_name(bound, "name");
    if (!tdm_arg_absent(bound, "type_"))
        column->type = tdm_arg_type(bound, "type_");
    if (!tdm_arg_absent(bound, "quote"))
        column->name.quote = tdm_arg_flag(bound, "quote");
    column->key = tdm_arg_absent(bound, "key") ? column->name.text : tdm_arg_text(bound, "key");
    column->nullable =
        tdm_arg(bound, "nullable")
            ? (tdm_arg_truth(bound, "nullable", true) ? TDM_FLAG_TRUE : TDM_FLAG_FALSE)
            : TDM_FLAG_NONE;
    column->primary_key = tdm_arg_truth(bound, "primary_key", false);
    column->system = tdm_arg_truth(bound, "system", false);
    column->comment = tdm_arg_name(bound, "comment");
    take_autoincrement(bound, column);
    take_python_defaults(bound, column);
    if (!take_boolean_only(bound, "index",
                           "To create indexes with a specific name, create an explicit Index "
                           "object external to the Table.",
                           &column->index) ||
        !take_boolean_only(bound, "unique",
                           "To create unique constraints or indexes with a specific name, append "
                           "an explicit UniqueConstraint to the Table's list of elements, or "
                           "create an explicit Index object external to the Table.",
                           &column->unique))
        return false;
    tdm_py value = tdm_arg(bound, "server_default");
    if (value && tdm_py_kind_of(value) != TDM_PY_NONE &&
        !tdm_default_from(bound->host, value, &column->server_default))
        return false;
    if (column->server_default.kind == TDM_DEFAULT_IDENTITY)
        column->identity = column->server_default.identity;
    if (column->server_default.kind == TDM_DEFAULT_COMPUTED)
        column->computed = column->server_default.computed;
    if (column->identity && column->autoincrement == TDM_AUTOINCREMENT_FALSE) {
        tdm_py_raise(bound->host->in, "ArgumentError",
                     "A column with an Identity object cannot specify autoincrement=False");
        return false;
    }
    return true;
}

static tdm_py make_column(tdm_host *host, tdm_bound *bound)
{
    tdm_column *column = tdm_arena_new_of(host->arena, tdm_column);
    if (!column)
        return tdm_host_unknown(host, "out of memory");
    if (!take_positional(bound, column) || !take_keywords(bound, column) ||
        !tdm_check_options(bound, "", "sql.schema.Column"))
        return NULL;
    return bound->unknown ? bound->unknown : tdm_object(host, &tdm_column_object, column);
}

// --- What stands inside a column
// ------------------------------------------------------------------

static tdm_py make_foreign_key(tdm_host *host, tdm_bound *bound)
{
    tdm_constraint *c = tdm_constraint_new(host, TDM_CONSTRAINT_FOREIGN);
    tdm_py target = tdm_arg(bound, "column");
    const tdm_column *column = tdm_data_of(target, &tdm_column_object);
    if (!c)
        return tdm_host_unknown(host, "out of memory");
    if (column && column->table) {
        c->referred_table = column->table->name;
        c->referred_schema = column->table->schema;
        (void)tdm_vector_push(host->arena, &c->referred_columns, column->name);
    } else if (tdm_py_kind_of(target) == TDM_PY_STR) {
        if (!tdm_split_reference(host, tdm_py_as_text(target), c))
            return NULL;
    } else {
        tdm_arg_refuse(bound, "column");
    }
    if (!tdm_constraint_options(host, c, bound, "not_valid"))
        return NULL;
    return bound->unknown ? bound->unknown : tdm_object(host, &tdm_constraint_object, c);
}

static void take_sequence_options(tdm_bound *bound, tdm_sequence *o)
{
    o->start = tdm_arg_number(bound, "start");
    o->increment = tdm_arg_number(bound, "increment");
    o->minvalue = tdm_arg_number(bound, "minvalue");
    o->maxvalue = tdm_arg_number(bound, "maxvalue");
    o->nominvalue = tdm_arg_flag(bound, "nominvalue");
    o->nomaxvalue = tdm_arg_flag(bound, "nomaxvalue");
    o->cycle = tdm_arg_flag(bound, "cycle");
    o->cache = tdm_arg_number(bound, "cache");
}

static tdm_py make_identity(tdm_host *host, tdm_bound *bound)
{
    tdm_identity *identity = tdm_arena_new_of(host->arena, tdm_identity);
    if (!identity)
        return tdm_host_unknown(host, "out of memory");
    identity->always = tdm_arg_flag(bound, "always");
    take_sequence_options(bound, &identity->options);
    return bound->unknown ? bound->unknown : tdm_object(host, &tdm_identity_object, identity);
}

static tdm_py make_computed(tdm_host *host, tdm_bound *bound)
{
    tdm_computed *computed = tdm_arena_new_of(host->arena, tdm_computed);
    if (!computed)
        return tdm_host_unknown(host, "out of memory");
    computed->expr = tdm_arg_sql(bound, "sqltext");
    computed->persisted = tdm_arg_flag(bound, "persisted");
    return bound->unknown ? bound->unknown : tdm_object(host, &tdm_computed_object, computed);
}

static tdm_py make_sequence(tdm_host *host, tdm_bound *bound)
{
    tdm_sequence *sequence = tdm_arena_new_of(host->arena, tdm_sequence);
    if (!sequence)
        return tdm_host_unknown(host, "out of memory");
    sequence->name = tdm_arg_name(bound, "name");
    if (!tdm_arg_absent(bound, "quote"))
        sequence->name.quote = tdm_arg_flag(bound, "quote");
    sequence->schema = tdm_arg_name(bound, "schema");
    sequence->optional = tdm_arg_truth(bound, "optional", false);
    sequence->type = tdm_arg_type(bound, "data_type");
    take_sequence_options(bound, sequence);
    return bound->unknown ? bound->unknown : tdm_object(host, &tdm_sequence_object, sequence);
}

static tdm_py make_default_clause(tdm_host *host, tdm_bound *bound)
{
    tdm_default *value = tdm_arena_new_of(host->arena, tdm_default);
    if (!value)
        return tdm_host_unknown(host, "out of memory");
    if (!tdm_default_from(host, tdm_arg(bound, "arg"), value))
        return NULL;
    return tdm_object(host, &tdm_default_object, value);
}

static tdm_py make_fetched_value(tdm_host *host, tdm_bound *bound)
{
    (void)bound;
    tdm_default *value = tdm_arena_new_of(host->arena, tdm_default);
    if (!value)
        return tdm_host_unknown(host, "out of memory");
    value->kind = TDM_DEFAULT_FETCHED;
    return tdm_object(host, &tdm_default_object, value);
}

#define SEQUENCE_OPTIONS                                                                           \
    "start= increment= minvalue= maxvalue= nominvalue= nomaxvalue= cycle= cache= ~order="

const tdm_callable tdm_column_callables[] = {
    {"Column",
     "*args | name= type_= autoincrement= ~default= ~insert_default= ~doc= key= index= unique= "
     "~info= nullable= ~onupdate= primary_key= server_default= ~server_onupdate= quote= system= "
     "comment= ~sort_order= ~_proxies= **",
     make_column},
    {"ForeignKey",
     "column ~_constraint= use_alter= name= onupdate= ondelete= deferrable= initially= "
     "~link_to_name= match= ~info= ~comment= ~_unresolvable= **",
     make_foreign_key},
    {"Identity", "always= ~on_null= " SEQUENCE_OPTIONS, make_identity},
    {"Computed", "sqltext persisted=", make_computed},
    {"Sequence",
     "name start= increment= minvalue= maxvalue= nominvalue= nomaxvalue= cycle= schema= cache= "
     "~order= data_type= optional= quote= ~metadata= ~quote_schema= ~for_update=",
     make_sequence},
    {"DefaultClause", "arg ~for_update= ~_reflected=", make_default_clause},
    {"FetchedValue", "~for_update=", make_fetched_value},
    {NULL, NULL, NULL},
};
