// Mapped classes: a class statement on a declarative base, as far as it says no more than columns,
// constraints, plain data and methods. Such a class stands for its table; any other is one of which
// nothing is known but its plain data.
#include "revision/sa_orm.h"

#include <string.h>

typedef struct model {
    tdm_py type;      // the Python class
    tdm_table *table; // NULL: not followed
} model;

static const tdm_py_class model_object;

tdm_table *tdm_table_of(tdm_py value)
{
    tdm_table *table = tdm_data_of(value, &tdm_table_object);
    const model *m = table ? NULL : tdm_data_of(value, &model_object);
    return m ? m->table : table;
}

bool tdm_is_model(tdm_py value)
{
    return tdm_data_of(value, &model_object) != NULL;
}

// --- What the class says ------------------------------------------------------------------------

// Values of a class body that make no column and change none.
static bool is_plain(tdm_text name, tdm_py value)
{
    switch (tdm_py_kind_of(value)) {
    case TDM_PY_STR:
    case TDM_PY_INT:
    case TDM_PY_BOOL:
    case TDM_PY_FLOAT:
    case TDM_PY_NONE:
    case TDM_PY_LIST:
    case TDM_PY_TUPLE:
    case TDM_PY_DICT:
    case TDM_PY_SET:
        return !tdm_text_starts(name, TDM_TEXT("__")) || tdm_text_is(name, "__tablename__") ||
               tdm_text_is(name, "__table_args__") || tdm_text_is(name, "__doc__") ||
               tdm_text_is(name, "__module__") || tdm_text_is(name, "__qualname__") ||
               tdm_text_is(name, "__slots__") || tdm_text_is(name, "__allow_unmapped__");
    case TDM_PY_FUNCTION:
        // __init__ may do anything with an object, and nothing with the class.
        return !tdm_text_is(name, "__init_subclass__") && !tdm_text_is(name, "__declare_first__") &&
               !tdm_text_is(name, "__declare_last__");
    case TDM_PY_NATIVE:
        return tdm_py_is_native(value, &tdm_relationship_object);
    default:
        return false;
    }
}

// The values of these columns are read and written as they are.
static bool is_read_plainly(const tdm_column *column)
{
    const tdm_type *type = column->type;
    return !column->system &&
           (!type || (!type->coerces_to_self && !type->impl && type->spec.size == 0 &&
                      type->type_class->home != TDM_HOME_OTHER));
}

static tdm_py own_attr(tdm_py type, const char *name)
{
    for (size_t i = 0; i < tdm_py_attr_count(type); i++)
        if (tdm_text_is(tdm_py_attr_name(type, i), name))
            return tdm_py_attr_value(type, i);
    return NULL;
}

typedef struct reading {
    tdm_host *host;
    tdm_table *table;
    TDM_VECTOR(tdm_py) items; // columns, then constraints
    tdm_name schema;
    bool renamed;
} reading;

// __table_args__: constraints and indexes, and a dict at the end or alone.
static bool take_table_args(reading *r, tdm_py args)
{
    tdm_py dict = args;
    if (!args || tdm_py_kind_of(args) == TDM_PY_NONE)
        return true;
    if (tdm_py_kind_of(args) == TDM_PY_TUPLE) {
        size_t count = tdm_py_count(args);
        dict = count ? tdm_py_item(args, count - 1) : NULL;
        bool ends = dict && tdm_py_kind_of(dict) == TDM_PY_DICT;
        for (size_t i = 0; i + (ends ? 1 : 0) < count; i++) {
            tdm_py item = tdm_py_item(args, i);
            if (tdm_py_kind_of(item) != TDM_PY_NATIVE ||
                !tdm_vector_push(r->host->arena, &r->items, item))
                return false;
        }
        dict = ends ? dict : NULL;
    }
    if (!dict)
        return true;
    if (tdm_py_kind_of(dict) != TDM_PY_DICT)
        return false;
    for (size_t i = 0; i < tdm_py_count(dict); i++) {
        tdm_py key = tdm_py_item(dict, i), value = tdm_py_dict_value(dict, i);
        if (tdm_py_kind_of(key) != TDM_PY_STR)
            return false;
        if (tdm_text_is(tdm_py_as_text(key), "schema") && tdm_py_kind_of(value) == TDM_PY_STR)
            r->schema = tdm_name_of(tdm_py_as_text(value));
        else if (!tdm_text_is(tdm_py_as_text(key), "extend_existing"))
            return false;
    }
    return true;
}

static bool take_attributes(reading *r, tdm_py type)
{
    size_t columns = 0;
    for (size_t i = 0; i < tdm_py_attr_count(type); i++) {
        tdm_text name = tdm_py_attr_name(type, i);
        tdm_py value = tdm_py_attr_value(type, i);
        tdm_column *column = value ? tdm_data_of(value, &tdm_column_object) : NULL;
        if (!value || (!column && !is_plain(name, value)))
            return false;
        if (!column)
            continue;
        if (column->table || !is_read_plainly(column))
            return false;
        if (!column->name.given) {
            column->name = tdm_name_of(name);
            column->key = name;
        }
        r->renamed = r->renamed || !tdm_text_equal(column->key, name);
        columns++;
        if (!tdm_vector_push(r->host->arena, &r->items, value))
            return false;
    }
    return columns > 0;
}

static bool has_key(const tdm_table *table)
{
    for (size_t i = 0; i < table->columns.count; i++)
        if (table->columns.items[i]->primary_key)
            return true;
    return table->primary_key && table->primary_key->columns.count > 0;
}

// NULL: it says more than is followed.
static tdm_table *read_table(tdm_host *host, tdm_py type, tdm_metadata *metadata)
{
    reading r = {.host = host, .schema = metadata->schema};
    tdm_py name = own_attr(type, "__tablename__");
    if (!name || tdm_py_kind_of(name) != TDM_PY_STR || tdm_py_base_count(type) != 1 ||
        tdm_py_class_declares(type) || !take_attributes(&r, type) ||
        !take_table_args(&r, own_attr(type, "__table_args__")))
        return NULL;
    r.table = tdm_table_new(host, tdm_name_of(tdm_py_as_text(name)), r.schema, metadata);
    if (!r.table)
        return NULL;
    if (!tdm_table_fill(host, r.table, r.items.items, r.items.count)) {
        tdm_py_clear(host->in);
        return NULL;
    }
    r.table->of_model = true;
    r.table->renamed = r.renamed;
    return has_key(r.table) ? r.table : NULL;
}

tdm_py tdm_model_derive(tdm_host *host, tdm_py new_class, tdm_metadata *metadata)
{
    model *m = tdm_arena_new_of(host->arena, model);
    if (!m)
        return NULL;
    *m = (model){new_class, metadata ? read_table(host, new_class, metadata) : NULL};
    if (!metadata)
        return tdm_object(host, &model_object, m);
    if (!m->table)
        metadata->tables_open = true;
    else
        (void)tdm_vector_push(host->arena, &metadata->tables, m->table);
    return tdm_object(host, &model_object, m);
}

// --- The class as Python sees it ----------------------------------------------------------------

static tdm_py not_followed(tdm_host *host, const model *m, tdm_text name)
{
    return tdm_host_unknown(host, "%.*s of the model %.*s is not followed", TDM_TEXT_ARG(name),
                            TDM_TEXT_ARG(tdm_py_class_name(m->type)));
}

// What a base of the library, or of the project, gives all models: Model.query sends by itself.
static tdm_py not_its_own(tdm_host *host, const model *m, tdm_text name)
{
    return tdm_host_unknown_effect(host, "%.*s of the model %.*s is not followed",
                                   TDM_TEXT_ARG(name), TDM_TEXT_ARG(tdm_py_class_name(m->type)));
}

// Of a model that is not followed a column is no column of any table.
static tdm_py model_attr(tdm_interp *in, tdm_py self, tdm_text name)
{
    tdm_host *host = tdm_host_of(in);
    const model *m = tdm_py_native_data(self);
    tdm_py own = NULL;
    for (size_t i = 0; i < tdm_py_attr_count(m->type) && !own; i++)
        if (tdm_text_equal(tdm_py_attr_name(m->type, i), name))
            own = tdm_py_attr_value(m->type, i);
    if (m->table && tdm_text_is(name, "__table__")) {
        m->table->of_model = false;
        return tdm_object(host, &tdm_table_object, m->table);
    }
    if (tdm_text_is(name, "__name__"))
        return tdm_py_str(in, tdm_py_class_name(m->type));
    if (!own)
        return not_its_own(host, m, name);
    switch (tdm_py_kind_of(own)) {
    case TDM_PY_NATIVE:
        if (tdm_py_is_native(own, &tdm_relationship_object) ||
            (!m->table && tdm_py_is_native(own, &tdm_column_object)))
            return not_followed(host, m, name);
        return own;
    case TDM_PY_FUNCTION:
        return tdm_py_get_attr(in, m->type, name);
    default:
        return own;
    }
}

static tdm_py model_call(tdm_interp *in, tdm_py self, const tdm_py_args *args)
{
    const model *m = tdm_py_native_data(self);
    (void)args;
    return tdm_host_unknown(tdm_host_of(in), "an object of the model %.*s is not followed",
                            TDM_TEXT_ARG(tdm_py_class_name(m->type)));
}

// Tables of models that derive from models are joined or shared.
static tdm_py model_subclass(tdm_interp *in, tdm_py self, tdm_py new_class)
{
    tdm_host *host = tdm_host_of(in);
    model *m = tdm_arena_new_of(host->arena, model);
    (void)self;
    if (m)
        *m = (model){.type = new_class};
    return m ? tdm_object(host, &model_object, m) : NULL;
}

// A column may be added to a class that is there; nobody else has followed it yet.
static bool model_set(tdm_interp *in, tdm_py self, tdm_text name, tdm_py value)
{
    model *m = tdm_py_native_data(self);
    (void)in;
    (void)name;
    (void)value;
    if (m->table && m->table->metadata)
        m->table->metadata->tables_open = true;
    m->table = NULL;
    return true;
}

static const tdm_py_class model_object = {.name = "sqlalchemy.orm.DeclarativeMeta",
                                          .get_attr = model_attr,
                                          .set_attr = model_set,
                                          .call = model_call,
                                          .subclass = model_subclass};

static tdm_py relationship_attr(tdm_interp *in, tdm_py self, tdm_text name)
{
    (void)self;
    return tdm_host_unknown(tdm_host_of(in), ".%.*s of a relationship is not covered",
                            TDM_TEXT_ARG(name));
}

const tdm_py_class tdm_relationship_object = {
    .name = "sqlalchemy.orm.Relationship", .inert = true, .get_attr = relationship_attr};
