// What declarative models hang on: the metadata of a base class. Only env.py is read with these
// (env_naming.h); to a revision the ORM is a library that nobody can read.
#include "revision/objects.h"

#include <string.h>

// One metadata for each base; the value is made when first asked for.
typedef struct declarative_base {
    tdm_py metadata;
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
    if (tdm_text_is(name, "metadata"))
        return metadata_of(host, tdm_py_native_data(self));
    return tdm_host_unknown(host, ".%.*s of a model is not covered", TDM_TEXT_ARG(name));
}

static const tdm_py_class base_object = {
    .name = "sqlalchemy.orm.DeclarativeBase", .inert = true, .get_attr = base_attr};

static tdm_py new_base(tdm_host *host, const tdm_py_class *class, tdm_py metadata)
{
    declarative_base *base = tdm_arena_new_of(host->arena, declarative_base);
    if (!base)
        return tdm_host_unknown(host, "out of memory");
    base->metadata = metadata;
    return tdm_object(host, class, base);
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
    if (tdm_text_is(name, "metadata"))
        return metadata_of(host, db);
    if (tdm_text_is(name, "Model"))
        return new_base(host, &base_object, metadata_of(host, db));
    return tdm_host_unknown(host, ".%.*s of SQLAlchemy() is not covered", TDM_TEXT_ARG(name));
}

static const tdm_py_class flask_object = {
    .name = "flask_sqlalchemy.SQLAlchemy", .inert = true, .get_attr = flask_attr};

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

static tdm_py module_attr(tdm_interp *in, tdm_py self, tdm_text name)
{
    static const char *const bases[] = {"DeclarativeBase", "DeclarativeBaseNoMeta"};
    tdm_host *host = tdm_host_of(in);
    (void)self;
    for (size_t i = 0; i < sizeof callables / sizeof *callables; i++)
        if (tdm_text_is(name, callables[i].name))
            return tdm_callable_value(host, &callables[i]);
    for (size_t i = 0; i < sizeof bases / sizeof *bases; i++)
        if (tdm_text_is(name, bases[i]))
            return new_base(host, &base_object, NULL);
    if (tdm_text_is(name, "SQLModel"))
        return sqlmodel_base(host);
    return tdm_host_unknown(host, "%.*s of a model is not covered", TDM_TEXT_ARG(name));
}

static const tdm_py_class module_object = {
    .name = "module", .inert = true, .get_attr = module_attr};

tdm_py tdm_declarative_module(tdm_host *host, tdm_text dotted)
{
    static const char *const names[] = {
        "sqlalchemy.orm", "sqlalchemy.ext.declarative", "sqlalchemy.orm.decl_api", "sqlmodel",
        "sqlmodel.main",  "flask_sqlalchemy",
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (tdm_text_is(dotted, names[i]))
            return tdm_object(host, &module_object, names[i]);
    return NULL;
}
