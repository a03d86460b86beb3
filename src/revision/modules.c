// The modules that the host owns: alembic, sqlalchemy, and their parts, under the many spellings
// that real revisions use (sa.X, sa.types.X, sa.sql.sqltypes.X, sqlalchemy.dialects.postgresql.X).
#include "revision/op_directive.h"
#include "revision/sa_namespace.h"
#include "revision/third_party.h"

#include <string.h>

typedef enum module_kind {
    MODULE_ALEMBIC,
    MODULE_ALEMBIC_UTIL,
    MODULE_OPERATIONS,
    MODULE_SQLALCHEMY, // the top: without what only sqlalchemy.types has
    MODULE_SQL,        // every other part: all names
    MODULE_POSTGRESQL,
    MODULE_DIALECTS,
    MODULE_OTHER_DIALECT, // mysql and its like: nothing of theirs reaches PostgreSQL
} module_kind;

typedef struct module_row {
    const char *name;
    module_kind kind;
} module_row;

static const module_row modules[] = {
    {"alembic", MODULE_ALEMBIC},
    {"alembic.util", MODULE_ALEMBIC_UTIL},
    {"alembic.operations", MODULE_OPERATIONS},
    {"sqlalchemy", MODULE_SQLALCHEMY},
    {"sqlalchemy.sql", MODULE_SQL},
    {"sqlalchemy.sql.expression", MODULE_SQL},
    {"sqlalchemy.sql.elements", MODULE_SQL},
    {"sqlalchemy.sql.functions", MODULE_SQL},
    {"sqlalchemy.sql.schema", MODULE_SQL},
    {"sqlalchemy.sql.selectable", MODULE_SQL},
    {"sqlalchemy.sql.dml", MODULE_SQL},
    {"sqlalchemy.sql.ddl", MODULE_SQL},
    {"sqlalchemy.sql.naming", MODULE_SQL},
    {"sqlalchemy.sql.sqltypes", MODULE_SQL},
    {"sqlalchemy.sql.type_api", MODULE_SQL},
    {"sqlalchemy.engine.reflection", MODULE_SQL},
    {"sqlalchemy.inspection", MODULE_SQL},
    {"sqlalchemy.types", MODULE_SQL},
    {"sqlalchemy.schema", MODULE_SQL},
    {"sqlalchemy.dialects", MODULE_DIALECTS},
    {"sqlalchemy.dialects.postgresql", MODULE_POSTGRESQL},
    {"sqlalchemy.dialects.postgresql.base", MODULE_POSTGRESQL},
    {"sqlalchemy.dialects.postgresql.array", MODULE_POSTGRESQL},
    {"sqlalchemy.dialects.postgresql.json", MODULE_POSTGRESQL},
    {"sqlalchemy.dialects.postgresql.hstore", MODULE_POSTGRESQL},
    {"sqlalchemy.dialects.postgresql.ranges", MODULE_POSTGRESQL},
    {"sqlalchemy.dialects.postgresql.types", MODULE_POSTGRESQL},
    {"sqlalchemy.dialects.postgresql.named_types", MODULE_POSTGRESQL},
    {"sqlalchemy.dialects.postgresql.ext", MODULE_POSTGRESQL},
    {"sqlalchemy.dialects.postgresql.dml", MODULE_POSTGRESQL},
    {"sqlalchemy.dialects.mysql", MODULE_OTHER_DIALECT},
    {"sqlalchemy.dialects.sqlite", MODULE_OTHER_DIALECT},
    {"sqlalchemy.dialects.mysql.base", MODULE_OTHER_DIALECT},
    {"sqlalchemy.dialects.sqlite.base", MODULE_OTHER_DIALECT},
    {"sqlalchemy.dialects.mssql", MODULE_OTHER_DIALECT},
    {"sqlalchemy.dialects.oracle", MODULE_OTHER_DIALECT},
};

enum { MODULE_COUNT = sizeof modules / sizeof *modules };

static const tdm_callable *const sql_families[] = {
    tdm_column_callables, tdm_constraint_callables, tdm_table_callables,   tdm_expr_callables,
    tdm_dml_callables,    tdm_ddl_callables,        tdm_inspect_callables,
};

static const tdm_callable *find_callable(const tdm_callable *rows, tdm_text name)
{
    for (; rows->name; rows++) {
        if (tdm_text_is(name, rows->name))
            return rows;
    }
    return NULL;
}

static tdm_py sql_name(tdm_host *host, tdm_type_home home, tdm_text name)
{
    const tdm_type_class *type = tdm_type_class_find(home, name);
    if (type)
        return tdm_object(host, &tdm_type_class_object, type);
    tdm_py base = tdm_type_base(host, name);
    if (base)
        return base;
    for (size_t i = 0; i < sizeof sql_families / sizeof *sql_families; i++) {
        const tdm_callable *row = find_callable(sql_families[i], name);
        if (row)
            return tdm_callable_value(host, row);
    }
    if (tdm_text_is(name, "Inspector"))
        return tdm_inspector_class(host);
    if (tdm_text_is(name, "func")) {
        static const tdm_text top = {"", 0};
        return tdm_object(host, &tdm_function_maker, &top);
    }
    return NULL;
}

// Alembic's proxies: op and context are modules of their own, too.
static tdm_py alembic_name(tdm_host *host, tdm_text name)
{
    if (tdm_text_is(name, "op"))
        return tdm_object(host, &tdm_op_object, host);
    if (tdm_text_is(name, "context"))
        return tdm_object(host, &tdm_context_module, host);
    return NULL;
}

static tdm_py submodule(tdm_host *host, const module_row *row, tdm_text name)
{
    tdm_text dotted = tdm_arena_printf(host->arena, "%s.%.*s", row->name, TDM_TEXT_ARG(name));
    return tdm_native_module(host, dotted);
}

static tdm_py module_name(tdm_host *host, const module_row *row, tdm_text name)
{
    switch (row->kind) {
    case MODULE_ALEMBIC:
        return alembic_name(host, name);
    case MODULE_ALEMBIC_UTIL:
    case MODULE_OPERATIONS:
    case MODULE_DIALECTS:
        return NULL;
    case MODULE_OTHER_DIALECT: {
        const tdm_type_class *type = tdm_type_class_find(TDM_HOME_FOREIGN, name);
        return type ? tdm_object(host, &tdm_type_class_object, type) : NULL;
    }
    case MODULE_SQLALCHEMY:
        return sql_name(host, TDM_HOME_SA, name);
    case MODULE_SQL:
        return sql_name(host, TDM_HOME_TYPES, name);
    case MODULE_POSTGRESQL: {
        const tdm_callable *own = find_callable(tdm_postgresql_callables, name);
        if (own)
            return tdm_callable_value(host, own);
        const tdm_type_class *type = tdm_type_class_find(TDM_HOME_POSTGRESQL, name);
        return type ? tdm_object(host, &tdm_type_class_object, type) : NULL;
    }
    }
    return NULL;
}

static tdm_py module_attr(tdm_interp *in, tdm_py self, tdm_text name)
{
    tdm_host *host = tdm_host_of(in);
    const module_row *row = tdm_py_native_data(self);
    tdm_py value = module_name(host, row, name);
    if (!value)
        value = submodule(host, row, name);
    if (value)
        return value;
    // A name that is only in sqlalchemy.types is known not to be at the top.
    if (row->kind == MODULE_SQLALCHEMY && tdm_type_class_find(TDM_HOME_TYPES, name)) {
        tdm_py_raise(in, "AttributeError", "module 'sqlalchemy' has no attribute '%.*s'",
                     TDM_TEXT_ARG(name));
        return NULL;
    }
    // A class (a type, an expression) is data until it is given something that can act;
    // create_engine() needs no such thing.
    if (name.size > 0 && name.data[0] >= 'A' && name.data[0] <= 'Z')
        return tdm_host_unknown(host, "%s.%.*s is not covered", row->name, TDM_TEXT_ARG(name));
    return tdm_host_unknown_effect(host, "%s.%.*s is not covered", row->name, TDM_TEXT_ARG(name));
}

static const tdm_py_class module_object = {
    .name = "module", .inert = true, .get_attr = module_attr};

tdm_py tdm_native_module(tdm_host *host, tdm_text dotted)
{
    tdm_py made = tdm_map_get(&host->modules, dotted);
    if (made)
        return made;
    if (tdm_text_is(dotted, "alembic.op"))
        return alembic_name(host, TDM_TEXT("op"));
    if (tdm_text_is(dotted, "alembic.context"))
        return alembic_name(host, TDM_TEXT("context"));
    for (size_t i = 0; i < MODULE_COUNT && !made; i++) {
        if (tdm_text_is(dotted, modules[i].name))
            made = tdm_object(host, &module_object, &modules[i]);
    }
    if (!made && !host->options->strict_offline)
        made = tdm_declarative_module(host, dotted);
    if (!made)
        made = tdm_third_party_module(host, dotted);
    if (made)
        (void)tdm_map_put(&host->modules, dotted, made);
    return made;
}
