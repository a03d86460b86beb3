// What declarative models hang on: the metadata of a base class, in env.py (env_naming.h) and, as
// far as its models are followed (sa_model.c), in revisions.
#include "revision/sa_orm.h"

#include <string.h>

// One metadata for each base; the value is made when first asked for.
typedef struct declarative_base {
    tdm_py metadata;
    bool changed; // its attributes were set
} declarative_base;

static tdm_py metadata_of(tdm_host *host, declarative_base *base)
{
    if (!base->metadata)
        base->metadata =
            tdm_object(host, &tdm_metadata_object, tdm_arena_new_of(host->arena, tdm_metadata));
    return base->metadata;
}

static tdm_py base_attr(tdm_interp *in, tdm_py self, tdm_text name)
{
    tdm_host *host = tdm_host_of(in);
    const declarative_base *base = tdm_py_native_data(self);
    if (base->changed)
        return tdm_host_unknown_effect(host, ".%.*s of a changed base is not followed",
                                       TDM_TEXT_ARG(name));
    if (tdm_text_is(name, "metadata"))
        return metadata_of(host, tdm_py_native_data(self));
    if (!host->declarative)
        return tdm_host_unknown_effect(host, ".%.*s of a model is not covered", TDM_TEXT_ARG(name));
    return tdm_host_unknown(host, ".%.*s of a model is not covered", TDM_TEXT_ARG(name));
}

// In env.py only the metadata counts, which nothing else changes.
static bool base_set(tdm_interp *in, tdm_py self, tdm_text name, tdm_py value)
{
    declarative_base *base = tdm_py_native_data(self);
    tdm_metadata *tables =
        base->metadata ? tdm_data_of(base->metadata, &tdm_metadata_object) : NULL;
    (void)value;
    if (tdm_host_of(in)->declarative && !tdm_text_is(name, "metadata"))
        return true;
    base->changed = true;
    if (tables)
        tables->tables_open = tables->naming_open = true;
    return true;
}

static tdm_py derive(tdm_interp *in, tdm_py self, tdm_py new_class);

static const tdm_py_class base_object = {.name = "sqlalchemy.orm.DeclarativeBase",
                                         .inert = true,
                                         .get_attr = base_attr,
                                         .set_attr = base_set,
                                         .subclass = derive};

static tdm_py new_base(tdm_host *host, const tdm_py_class *class, tdm_py metadata)
{
    declarative_base *base = tdm_arena_new_of(host->arena, declarative_base);
    if (!base)
        return tdm_host_unknown(host, "out of memory");
    base->metadata = metadata;
    tdm_metadata *tables = tdm_data_of(metadata_of(host, base), &tdm_metadata_object);
    // Models of other modules belong to it as soon as anything in the program imports them.
    const char *file = tdm_host_place(host).file;
    if (tables && (!file || !host->path || strcmp(file, host->path) != 0))
        tables->tables_open = true;
    return tdm_object(host, class, base);
}

// A class without a table of its own that only names metadata: class Base(DeclarativeBase).
static bool is_base(tdm_host *host, tdm_py type, tdm_py *ret_metadata)
{
    for (size_t i = 0; i < tdm_py_attr_count(type); i++) {
        tdm_text name = tdm_py_attr_name(type, i);
        tdm_py value = tdm_py_attr_value(type, i);
        if (!value)
            continue;
        if (tdm_text_is(name, "metadata") && tdm_data_of(value, &tdm_metadata_object))
            *ret_metadata = value;
        else if (!tdm_text_is(name, "__doc__") && !tdm_text_is(name, "__module__") &&
                 !tdm_text_is(name, "__qualname__") && !tdm_text_is(name, "__abstract__"))
            return false;
    }
    (void)host;
    return tdm_py_base_count(type) == 1 && !tdm_py_class_declares(type);
}

// env.py is only asked for metadata, which an ordinary class gets from its base.
static tdm_py derive(tdm_interp *in, tdm_py self, tdm_py new_class)
{
    tdm_host *host = tdm_host_of(in);
    declarative_base *base = tdm_py_native_data(self);
    tdm_py metadata = NULL;
    if (host->declarative)
        return NULL;
    if (!base->changed && is_base(host, new_class, &metadata))
        return new_base(host, &base_object, metadata ? metadata : metadata_of(host, base));
    tdm_metadata *tables = tdm_data_of(metadata_of(host, base), &tdm_metadata_object);
    return tables ? tdm_model_derive(host, new_class, base->changed ? NULL : tables) : NULL;
}

static bool is_given(tdm_py value)
{
    return value && tdm_py_kind_of(value) != TDM_PY_NONE;
}

static tdm_py make_base(tdm_host *host, tdm_bound *bound)
{
    tdm_py metadata = tdm_arg(bound, "metadata");
    if (bound->unknown)
        return bound->unknown;
    // The class may bring metadata of its own.
    if (is_given(tdm_arg(bound, "cls")) && !is_given(metadata))
        return tdm_host_unknown(host, "declarative_base() with a class is not covered");
    return new_base(host, &base_object, is_given(metadata) ? metadata : NULL);
}

// --- Flask-SQLAlchemy ---------------------------------------------------------------------------

static tdm_py flask_attr(tdm_interp *in, tdm_py self, tdm_text name)
{
    tdm_host *host = tdm_host_of(in);
    declarative_base *db = tdm_py_native_data(self);
    if (db->changed)
        return tdm_host_unknown_effect(host, ".%.*s of a changed SQLAlchemy() is not followed",
                                       TDM_TEXT_ARG(name));
    if (tdm_text_is(name, "metadata"))
        return metadata_of(host, db);
    if (tdm_text_is(name, "Model"))
        return new_base(host, &base_object, metadata_of(host, db));
    if (host->declarative)
        return tdm_host_unknown(host, ".%.*s of SQLAlchemy() is not covered", TDM_TEXT_ARG(name));
    // It hands on what sqlalchemy and sqlalchemy.orm have; db.Table is one of its own.
    tdm_py of_orm = tdm_session_name(host, name);
    if (of_orm)
        return of_orm;
    if (name.data[0] >= 'A' && name.data[0] <= 'Z' && !tdm_text_is(name, "Table"))
        return tdm_py_get_attr(in, tdm_native_module(host, TDM_TEXT("sqlalchemy")), name);
    return tdm_host_unknown_effect(host, ".%.*s of SQLAlchemy() is not covered",
                                   TDM_TEXT_ARG(name));
}

static const tdm_py_class flask_object = {.name = "flask_sqlalchemy.SQLAlchemy",
                                          .inert = true,
                                          .get_attr = flask_attr,
                                          .set_attr = base_set};

static tdm_py make_flask(tdm_host *host, tdm_bound *bound)
{
    tdm_py metadata = tdm_arg(bound, "metadata");
    tdm_py model = tdm_arg(bound, "model_class");
    if (bound->unknown)
        return bound->unknown;
    if (is_given(model) && !is_given(metadata))
        metadata = tdm_py_find_attr(host->in, model, TDM_TEXT("metadata"));
    if (is_given(model) && !metadata)
        return tdm_host_unknown(host, "the metadata of model_class is not followed");
    return new_base(host, &flask_object, is_given(metadata) ? metadata : NULL);
}

// --- Modules ------------------------------------------------------------------------------------

static const tdm_callable callables[] = {
    {"declarative_base",
     "~bind= metadata= ~mapper= cls= ~name= ~constructor= ~class_registry= ~metaclass= "
     "~type_annotation_map=",
     make_base},
    // Its subclass in flask_appbuilder (models/sqla/__init__.py).
    {"SQLA", "app= ~use_native_unicode= ~session_options= metadata= ~query_class= model_class=",
     make_flask},
    {"SQLAlchemy",
     "app= ~use_native_unicode= ~session_options= metadata= ~query_class= model_class= "
     "~engine_options= ~add_models_to_shell= ~disable_autonaming=",
     make_flask},
};

// SQLModel is one class with one metadata, however often it is imported.
static tdm_py sqlmodel_base(tdm_host *host)
{
    const tdm_text key = TDM_TEXT("sqlmodel.SQLModel");
    tdm_py made = tdm_map_get(&host->modules, key);
    if (!made) {
        made = new_base(host, &base_object, NULL);
        (void)tdm_map_put(&host->modules, key, made);
    }
    return made;
}

// Of flask_appbuilder only the database object and the base of its models.
static tdm_py appbuilder_name(tdm_host *host, tdm_text name)
{
    if (tdm_text_is(name, "SQLA"))
        return tdm_callable_value(host, &callables[1]);
    if (tdm_text_is(name, "Model"))
        return new_base(host, &base_object, NULL);
    return tdm_host_unknown_effect(host, "flask_appbuilder.%.*s is not covered",
                                   TDM_TEXT_ARG(name));
}

static tdm_py module_attr(tdm_interp *in, tdm_py self, tdm_text name)
{
    static const char *const bases[] = {"DeclarativeBase", "DeclarativeBaseNoMeta"};
    tdm_host *host = tdm_host_of(in);
    if (tdm_text_is(tdm_text_of(tdm_py_native_data(self)), "flask_appbuilder"))
        return appbuilder_name(host, name);
    for (size_t i = 0; i < sizeof callables / sizeof *callables; i++)
        if (tdm_text_is(name, callables[i].name))
            return tdm_callable_value(host, &callables[i]);
    for (size_t i = 0; i < sizeof bases / sizeof *bases; i++)
        if (tdm_text_is(name, bases[i]))
            return new_base(host, &base_object, NULL);
    if (tdm_text_is(name, "SQLModel"))
        return sqlmodel_base(host);
    tdm_py of_session = host->declarative ? NULL : tdm_session_name(host, name);
    if (of_session)
        return of_session;
    if (!host->declarative)
        return tdm_host_unknown_effect(host, "sqlalchemy.orm.%.*s is not covered",
                                       TDM_TEXT_ARG(name));
    return tdm_host_unknown(host, "%.*s of a model is not covered", TDM_TEXT_ARG(name));
}

static const tdm_py_class module_object = {
    .name = "module", .inert = true, .get_attr = module_attr};

tdm_py tdm_declarative_module(tdm_host *host, tdm_text dotted)
{
    static const char *const names[] = {
        "sqlmodel",
        "sqlmodel.main", // only for env.py
        "sqlalchemy.orm",
        "sqlalchemy.orm.session",
        "sqlalchemy.ext.declarative",
        "sqlalchemy.orm.decl_api",
        "flask_sqlalchemy",
        "flask_appbuilder",
    };
    for (size_t i = host->declarative ? 0 : 2; i < sizeof names / sizeof *names; i++)
        if (tdm_text_is(dotted, names[i]))
            return tdm_object(host, &module_object, names[i]);
    return NULL;
}
