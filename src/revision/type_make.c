// Type objects as Python sees them: construction, with_variant(), create() and drop().
#include "revision/objects.h"
#include "revision/sa_dml.h"

#include <string.h>

// --- Enum ---------------------------------------------------------------------------------------

static bool push_label(tdm_bound *bound, tdm_enum_type *e, tdm_py label)
{
    tdm_host *host = bound->host;
    if (!label || tdm_py_kind_of(label) != TDM_PY_STR)
        return false;
    e->labels[e->count++] = tdm_arena_text(host->arena, tdm_py_as_text(label));
    return true;
}

// The labels of an enum class are its members' names, or what values_callable makes of it.
static void labels_of_class(tdm_bound *bound, tdm_enum_type *e, tdm_py enum_class)
{
    tdm_host *host = bound->host;
    bool callable = !tdm_arg_absent(bound, "values_callable");
    tdm_py items = NULL;
    if (callable)
        items = tdm_py_call(host->in, tdm_arg(bound, "values_callable"),
                            &(tdm_py_args){&enum_class, 1, NULL, NULL, 0, bound->place});
    else
        items = tdm_py_iterate(host->in, enum_class);
    if (items && tdm_py_kind_of(items) != TDM_PY_LIST && tdm_py_kind_of(items) != TDM_PY_TUPLE)
        items = tdm_py_iterate(host->in, items);
    tdm_py_kind kind = items ? tdm_py_kind_of(items) : TDM_PY_UNKNOWN;
    if (kind != TDM_PY_LIST && kind != TDM_PY_TUPLE) {
        tdm_arg_refuse(bound, "class of labels");
        return;
    }
    e->labels = tdm_arena_array(host->arena, tdm_py_count(items) + 1, sizeof *e->labels);
    for (size_t i = 0; e->labels && i < tdm_py_count(items); i++) {
        tdm_py item = tdm_py_item(items, i);
        tdm_py label = callable ? item : tdm_py_get_attr(host->in, item, TDM_TEXT("name"));
        if (!push_label(bound, e, label)) {
            tdm_arg_refuse(bound, "class of labels");
            return;
        }
    }
    if (e->name.given)
        return;
    tdm_py name = tdm_py_get_attr(host->in, enum_class, TDM_TEXT("__name__"));
    if (!name || tdm_py_kind_of(name) != TDM_PY_STR) {
        tdm_arg_refuse(bound, "class of labels");
        return;
    }
    char *lower = tdm_arena_string(host->arena, tdm_py_as_text(name));
    for (char *c = lower; c && *c; c++)
        *c = tdm_to_lower(*c);
    if (lower)
        e->name = tdm_name_of(tdm_text_of(lower));
}

static void make_enum(tdm_bound *bound, tdm_type *type)
{
    tdm_host *host = bound->host;
    tdm_enum_type *e = tdm_arena_new_of(host->arena, tdm_enum_type);
    if (!e)
        return;
    e->postgresql = strcmp(type->type_class->name, "ENUM") == 0;
    e->native = tdm_arg_truth(bound, "native_enum", true) || e->postgresql;
    e->create_constraint = tdm_arg_truth(bound, "create_constraint", false);
    e->create_type = !e->postgresql || tdm_arg_truth(bound, "create_type", true);
    e->has_metadata = !tdm_arg_absent(bound, "metadata");
    e->inherit_schema = tdm_arg_truth(bound, "inherit_schema", false);
    e->name = tdm_arg_name(bound, "name");
    e->schema = tdm_arg_name(bound, "schema");
    type->enumeration = e;
    type->length = tdm_arg_number(bound, "length");
    if (bound->rest_count == 1 && tdm_py_kind_of(bound->rest[0]) == TDM_PY_CLASS) {
        labels_of_class(bound, e, bound->rest[0]);
        return;
    }
    e->labels = tdm_arena_array(host->arena, bound->rest_count + 1, sizeof *e->labels);
    for (size_t i = 0; e->labels && i < bound->rest_count; i++) {
        if (!push_label(bound, e, bound->rest[i]))
            tdm_arg_refuse(bound, "label");
    }
}

// geometry(POINT,4326); without a geometry type the bare word.
static void make_spatial(tdm_bound *bound, tdm_type *type)
{
    tdm_number srid = tdm_arg_number(bound, "srid");
    tdm_name kind = tdm_arg(bound, "geometry_type") ? tdm_arg_name(bound, "geometry_type")
                                                    : tdm_name_of(TDM_TEXT("GEOMETRY"));
    const char *word = type->type_class->word;
    bool typed = kind.given && strcmp(word, "raster") != 0;
    char *upper = tdm_arena_string(bound->host->arena, kind.text);
    for (char *c = upper; c && *c; c++)
        *c = tdm_to_upper(*c);
    if (typed)
        type->spec = tdm_arena_printf(bound->host->arena, "%s(%s,%lld)", word, upper ? upper : "",
                                      srid.given ? (long long)srid.value : -1LL);
    else
        type->spec = tdm_text_of(word);
    type->spatial_index = tdm_arg_truth(bound, "spatial_index", true);
    type->not_null = !tdm_arg_truth(bound, "nullable", true);
    type->spatial_nd = tdm_arg_truth(bound, "use_N_D_index", false);
    tdm_py typmod = tdm_arg(bound, "use_typmod");
    if (typmod && tdm_py_kind_of(typmod) == TDM_PY_BOOL && !tdm_py_as_bool(typmod))
        tdm_arg_refuse(bound, "use_typmod");
}

static void make_domain(tdm_bound *bound, tdm_type *type)
{
    tdm_domain_type *d = tdm_arena_new_of(bound->host->arena, tdm_domain_type);
    if (!d)
        return;
    d->name = tdm_arg_name(bound, "name");
    d->schema = tdm_arg_name(bound, "schema");
    d->base = tdm_arg_type(bound, "data_type");
    d->collation = tdm_arg_name(bound, "collation");
    d->constraint_name = tdm_arg_name(bound, "constraint_name");
    d->not_null = tdm_arg_truth(bound, "not_null", false);
    d->create_type = tdm_arg_truth(bound, "create_type", true);
    d->check = tdm_arg_sql(bound, "check");
    tdm_py value = tdm_arg(bound, "default");
    if (value && tdm_py_kind_of(value) == TDM_PY_STR)
        d->default_value =
            tdm_expr_bind(bound->host->arena, value, tdm_type_plain(bound->host->arena, "String"));
    else
        d->default_value = tdm_arg_sql(bound, "default");
    type->domain = d;
}

// --- Construction -------------------------------------------------------------------------------

static bool make_array(tdm_bound *bound, tdm_type *type)
{
    type->item = tdm_arg_type(bound, "item_type");
    type->dimensions = tdm_arg_number(bound, "dimensions");
    if (!type->item || tdm_type_affinity(type->item) != TDM_AFFINITY_ARRAY)
        return true;
    tdm_py_raise(bound->host->in, "ValueError",
                 "Do not nest ARRAY types; ARRAY(basetype) handles multi-dimensional arrays of "
                 "basetype");
    return false;
}

static void fill_common(tdm_bound *bound, tdm_type *type)
{
    type->length = tdm_arg_number(bound, "length");
    if (!type->length.given)
        type->length = tdm_arg_number(bound, "dim");
    type->precision = tdm_arg_number(bound, "precision");
    if (!type->precision.given)
        type->precision = tdm_arg_number(bound, "second_precision");
    type->scale = tdm_arg_number(bound, "scale");
    type->collation = tdm_arg_text(bound, "collation");
    type->fields = tdm_arg_text(bound, "fields");
    type->timezone = tdm_arg_truth(bound, "timezone", false);
    type->varying = tdm_arg_truth(bound, "varying", false);
    type->as_uuid = tdm_arg_truth(bound, "as_uuid", true);
    type->not_native =
        !tdm_arg_truth(bound, "native", true) || !tdm_arg_truth(bound, "native_uuid", true);
}

tdm_py tdm_type_call(tdm_host *host, const tdm_type_class *row, const tdm_py_args *args)
{
    tdm_bound bound;
    tdm_type *type = tdm_arena_new_of(host->arena, tdm_type);
    if (!type || !tdm_bind(host, row->name, row->parameters, true, args, &bound))
        return type ? NULL : tdm_host_unknown(host, "out of memory");
    type->type_class = row;
    type->opaque_values = row->home == TDM_HOME_OTHER && row->affinity != TDM_AFFINITY_STRING;
    if (bound.unknown && row->shape != TDM_SHAPE_ENUM)
        return bound.unknown;
    if (row->shape == TDM_SHAPE_ENUM)
        make_enum(&bound, type);
    else if (row->shape == TDM_SHAPE_DOMAIN)
        make_domain(&bound, type);
    else if (row->shape == TDM_SHAPE_SPATIAL)
        make_spatial(&bound, type);
    else if (row->shape == TDM_SHAPE_ARRAY && !make_array(&bound, type))
        return NULL;
    else if (row->shape != TDM_SHAPE_ARRAY)
        fill_common(&bound, type);
    return bound.unknown ? bound.unknown : tdm_object(host, &tdm_type_object, type);
}

static tdm_py class_call(tdm_interp *in, tdm_py self, const tdm_py_args *args)
{
    return tdm_type_call(tdm_host_of(in), tdm_py_native_data(self), args);
}

static tdm_py class_attr(tdm_interp *in, tdm_py self, tdm_text name)
{
    const tdm_type_class *row = tdm_py_native_data(self);
    if (tdm_text_is(name, "__name__"))
        return tdm_py_str(in, tdm_text_of(row->name));
    if (tdm_text_is(name, "with_variant")) {
        // Of a class, as of an instance of it.
        tdm_py made = tdm_type_call(tdm_host_of(in), row, &(tdm_py_args){.place = TDM_NOWHERE});
        return made ? tdm_py_get_attr(in, made, name) : NULL;
    }
    return tdm_host_unknown(tdm_host_of(in), "%s.%.*s is not covered", row->name,
                            TDM_TEXT_ARG(name));
}

// --- Methods ------------------------------------------------------------------------------------

static tdm_py with_variant(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    const tdm_type *type = tdm_py_native_data(self);
    bool postgresql = false;
    for (size_t i = 0; i < bound->rest_count; i++) {
        tdm_name dialect = tdm_name_from(bound, bound->rest[i]);
        postgresql = postgresql || tdm_text_is(dialect.text, "postgresql");
    }
    tdm_name named = tdm_arg_name(bound, "dialect_name");
    postgresql = postgresql || tdm_text_is(named.text, "postgresql");
    if (!postgresql)
        return bound->unknown ? bound->unknown : self;
    tdm_type *variant = tdm_type_from(bound, tdm_arg(bound, "type_"));
    tdm_type *copy = tdm_arena_new_of(host->arena, tdm_type);
    if (bound->unknown || !copy || !variant)
        return bound->unknown ? bound->unknown : tdm_py_none(host->in);
    *copy = *type;
    copy->variant = variant;
    return tdm_object(host, &tdm_type_object, copy);
}

// What create() and drop() emit. postgresql.ENUM and DOMAIN ask first unless told otherwise
// (S2052 dialects/postgresql/named_types.py); the Enum of SQLAlchemy only when told to
// (sql/sqltypes.py SchemaType).
typedef struct type_statement {
    tdm_print_function print;
    const void *type;
    tdm_name schema, name;
    bool asks;
    bool drop;
} type_statement;

static tdm_py emit_type(tdm_host *host, tdm_bound *bound, const type_statement *s)
{
    bool checkfirst = tdm_arg_truth(bound, "checkfirst", s->asks);
    if (checkfirst && !tdm_type_guard(host, s->schema, s->name, s->drop))
        return tdm_host_unknown(host, "out of memory");
    bool emitted = tdm_emit(host, s->print, s->type);
    if (checkfirst)
        tdm_guard_close(host);
    return tdm_emitted(host, emitted);
}

static tdm_py emit_domain(tdm_host *host, tdm_bound *bound, const tdm_domain_type *d, bool drop)
{
    return emit_type(
        host, bound,
        &(type_statement){.print = drop ? tdm_print_drop_domain : tdm_print_create_domain,
                          .type = d,
                          .schema = d->schema,
                          .name = d->name,
                          .asks = true,
                          .drop = drop});
}

static tdm_py emit_enum(tdm_host *host, tdm_bound *bound, const tdm_enum_type *e, bool drop)
{
    if (!e->native)
        return tdm_py_none(host->in);
    return emit_type(host, bound,
                     &(type_statement){.print = drop ? tdm_print_drop_enum : tdm_print_create_enum,
                                       .type = e,
                                       .schema = e->schema,
                                       .name = e->name,
                                       .asks = e->postgresql,
                                       .drop = drop});
}

static tdm_py create_type(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    const tdm_type *type = tdm_type_effective(tdm_py_native_data(self));
    if (type->domain)
        return emit_domain(host, bound, type->domain, false);
    if (type->enumeration)
        return emit_enum(host, bound, type->enumeration, false);
    return tdm_emitted(host,
                       tdm_emit_opaque(host, TDM_TEXT("create() of this type is not covered")));
}

static tdm_py drop_type(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    const tdm_type *type = tdm_type_effective(tdm_py_native_data(self));
    if (type->domain)
        return emit_domain(host, bound, type->domain, true);
    if (type->enumeration)
        return emit_enum(host, bound, type->enumeration, true);
    return tdm_emitted(host, tdm_emit_opaque(host, TDM_TEXT("drop() of this type is not covered")));
}

static tdm_py copy_type(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    (void)host;
    (void)bound;
    return self;
}

static const tdm_method_row type_methods[] = {
    {"with_variant", "~type_ *dialects | dialect_name=", with_variant},
    {"create", "~bind checkfirst= **", create_type},
    {"drop", "~bind checkfirst= **", drop_type},
    {"copy", "**", copy_type},
};

static tdm_py enum_attr(tdm_host *host, const tdm_enum_type *e, tdm_text name)
{
    if (tdm_text_is(name, "name"))
        return e->name.given ? tdm_py_str(host->in, e->name.text) : tdm_py_none(host->in);
    if (tdm_text_is(name, "schema"))
        return e->schema.given ? tdm_py_str(host->in, e->schema.text) : tdm_py_none(host->in);
    if (!tdm_text_is(name, "enums"))
        return NULL;
    tdm_py *labels = tdm_arena_array(host->arena, e->count + 1, sizeof(tdm_py));
    for (size_t i = 0; labels && i < e->count; i++)
        labels[i] = tdm_py_str(host->in, e->labels[i]);
    return labels ? tdm_py_list(host->in, labels, e->count) : NULL;
}

static tdm_py type_attr(tdm_interp *in, tdm_py self, tdm_text name)
{
    tdm_host *host = tdm_host_of(in);
    const tdm_type *type = tdm_py_native_data(self);
    tdm_py method =
        tdm_find_method(host, type_methods, sizeof type_methods / sizeof *type_methods, self, name);
    if (method)
        return method;
    if (type->enumeration) {
        tdm_py value = enum_attr(host, type->enumeration, name);
        if (value)
            return value;
    }
    if (tdm_text_is(name, "length"))
        return type->length.given ? tdm_py_int(in, type->length.value) : tdm_py_none(in);
    return tdm_host_unknown(host, "%s().%.*s is not covered", type->type_class->name,
                            TDM_TEXT_ARG(name));
}

// String[str]: a hint for type checkers.
static tdm_py class_item(tdm_interp *in, tdm_py self, tdm_py key)
{
    (void)in;
    (void)key;
    return self;
}

const tdm_py_class tdm_type_object = {
    .name = "sqlalchemy.types.TypeEngine", .inert = true, .get_attr = type_attr};
const tdm_py_class tdm_type_class_object = {.name = "sqlalchemy.types.TypeEngine",
                                            .inert = true,
                                            .get_attr = class_attr,
                                            .get_item = class_item,
                                            .call = class_call};
