// Column types of other packages: what they print on PostgreSQL.
#include "revision/third_party.h"

#include <string.h>

typedef struct package_type {
    const char *package;
    tdm_type_class row;
} package_type;

#define TYPE(package, name, shape, affinity, word, parameters)                                     \
    {                                                                                              \
        package,                                                                                   \
        {                                                                                          \
            name, TDM_HOME_OTHER, TDM_SHAPE_##shape, TDM_AFFINITY_##affinity, word, parameters     \
        }                                                                                          \
    }
// A type that prints one text whatever its arguments are.
#define FIXED(package, name, affinity, word) TYPE(package, name, WORD, affinity, word, "*args **")

#define SPATIAL                                                                                    \
    "geometry_type= srid= ~dimension= spatial_index= use_N_D_index= use_typmod= ~from_text= "      \
    "~name= nullable= ~_spatial_index_reflected= ~management="
#define UTILS "sqlalchemy_utils"

static const package_type types[] = {
    TYPE("sqlmodel", "AutoString", LENGTH, STRING, "VARCHAR", "length= collation="),
    FIXED("sqlmodel", "GUID", UUID, "UUID"),
    TYPE("pgvector", "Vector", DIM, OTHER, "VECTOR", "dim="),
    TYPE("pgvector", "VECTOR", DIM, OTHER, "VECTOR", "dim="),
    TYPE("pgvector", "HALFVEC", DIM, OTHER, "HALFVEC", "dim="),
    TYPE("pgvector", "SPARSEVEC", DIM, OTHER, "SPARSEVEC", "dim="),
    TYPE("pgvector", "BIT", DIM, OTHER, "BIT", "length="),
    TYPE("geoalchemy2", "Geometry", SPATIAL, OTHER, "geometry", SPATIAL),
    TYPE("geoalchemy2", "Geography", SPATIAL, OTHER, "geography", SPATIAL),
    TYPE("geoalchemy2", "Raster", SPATIAL, OTHER, "raster",
         "spatial_index= ~from_text= ~name= nullable="),
    TYPE(UTILS, "EmailType", LENGTH, STRING, "VARCHAR(255)", ""),
    TYPE(UTILS, "UUIDType", UUID, UUID, "UUID", "~binary= native_uuid="),
    FIXED(UTILS, "URLType", STRING, "TEXT"),
    FIXED(UTILS, "ScalarListType", STRING, "TEXT"),
    FIXED(UTILS, "JSONType", JSON, "JSON"),
    FIXED(UTILS, "LtreeType", OTHER, "LTREE"),
    FIXED(UTILS, "TSVectorType", OTHER, "TSVECTOR"),
    TYPE(UTILS, "ArrowType", TIMESTAMP, DATETIME, "TIMESTAMP", "timezone="),
    FIXED(UTILS, "CountryType", STRING, "VARCHAR(2)"),
    FIXED(UTILS, "CurrencyType", STRING, "VARCHAR(3)"),
    FIXED(UTILS, "ColorType", STRING, "VARCHAR(20)"),
    FIXED(UTILS, "LocaleType", STRING, "VARCHAR(10)"),
    FIXED(UTILS, "PhoneNumberType", STRING, "VARCHAR(20)"),
    FIXED(UTILS, "TimezoneType", STRING, "VARCHAR(50)"),
    FIXED(UTILS, "IPAddressType", STRING, "VARCHAR(50)"),
    FIXED(UTILS, "StringEncryptedType", STRING, "VARCHAR"),
    FIXED(UTILS, "EncryptedType", BINARY, "BYTEA"),
    FIXED("fastapi_users", "GUID", UUID, "UUID"),
    FIXED("fastapi_users", "TIMESTAMPAware", DATETIME, "TIMESTAMP WITH TIME ZONE"),
    TYPE("citext", "CIText", WORD, STRING, "CITEXT", ""),
};

typedef struct package_row {
    const char *top; // the first part of a module's name
    const char *package;
} package_row;

static const package_row packages[] = {
    {"sqlmodel", "sqlmodel"},
    {"pgvector", "pgvector"},
    {"geoalchemy2", "geoalchemy2"},
    {"sqlalchemy_utils", UTILS},
    {"fastapi_users", "fastapi_users"},
    {"fastapi_users_db_sqlalchemy", "fastapi_users"},
    {"citext", "citext"},
    {"alembic_postgresql_enum", "alembic_postgresql_enum"},
    {"alembic_utils", "alembic_utils"},
};

// "citext_helpers" is a module of its own, of the project or of nobody.
static const char *package_of(tdm_text dotted)
{
    tdm_text top = tdm_text_slice(dotted, 0, tdm_text_find_char(dotted, '.'));
    for (size_t i = 0; i < sizeof packages / sizeof *packages; i++) {
        if (tdm_text_is(top, packages[i].top))
            return packages[i].package;
    }
    return NULL;
}

static tdm_py package_attr(tdm_interp *in, tdm_py self, tdm_text name)
{
    tdm_host *host = tdm_host_of(in);
    const char *package = tdm_py_native_data(self);
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (strcmp(types[i].package, package) == 0 && tdm_text_is(name, types[i].row.name))
            return tdm_object(host, &tdm_type_class_object, &types[i].row);
    }
    if (strcmp(package, "alembic_postgresql_enum") == 0) {
        tdm_py value = tdm_enum_package_name(host, name);
        if (value)
            return value;
    }
    if (strcmp(package, "alembic_utils") == 0) {
        tdm_py value = tdm_entity_package_name(host, name);
        if (value)
            return value;
    }
    // sqlmodel hands on what SQLAlchemy has.
    if (strcmp(package, "sqlmodel") == 0) {
        tdm_py top = tdm_native_module(host, TDM_TEXT("sqlalchemy"));
        bool known = tdm_type_class_find(TDM_HOME_SA, name) != NULL ||
                     (name.size > 0 && name.data[0] >= 'A' && name.data[0] <= 'Z');
        if (top && known)
            return tdm_py_get_attr(in, top, name);
    }
    // Parts of the package are found by their names: modules are in lower case.
    if (name.size > 0 && name.data[0] >= 'a' && name.data[0] <= 'z')
        return self;
    return tdm_host_unknown(host, "%s.%.*s is not covered", package, TDM_TEXT_ARG(name));
}

// A function that was taken for a part of the package.
static tdm_py package_call(tdm_interp *in, tdm_py self, const tdm_py_args *args)
{
    (void)args;
    return tdm_host_unknown_effect(tdm_host_of(in), "a function of %s is not covered",
                                   (const char *)tdm_py_native_data(self));
}

static const tdm_py_class package_object = {
    .name = "module", .inert = true, .get_attr = package_attr, .call = package_call};

tdm_py tdm_third_party_module(tdm_host *host, tdm_text dotted)
{
    const char *package = package_of(dotted);
    return package ? tdm_object(host, &package_object, package) : NULL;
}

tdm_index *tdm_spatial_index(tdm_host *host, const tdm_table *table, tdm_column *column)
{
    const tdm_type *type = tdm_type_effective(column->type);
    if (!type || type->type_class->shape != TDM_SHAPE_SPATIAL || !type->spatial_index)
        return NULL;
    tdm_index *index = tdm_arena_new_of(host->arena, tdm_index);
    tdm_expr *expr = tdm_column_expr(host, column);
    if (!index || !expr)
        return NULL;
    index->name =
        tdm_name_of(tdm_arena_printf(host->arena, "idx_%.*s_%.*s", TDM_TEXT_ARG(table->name.text),
                                     TDM_TEXT_ARG(column->name.text)));
    index->name.final = true;
    index->using = TDM_TEXT("gist");
    tdm_name key = column->name;
    if (strcmp(type->type_class->word, "raster") == 0) {
        tdm_expr *hull = tdm_expr_new(host->arena, TDM_EXPR_FUNCTION, NULL);
        if (!hull)
            return NULL;
        hull->text = TDM_TEXT("ST_ConvexHull");
        (void)tdm_vector_push(host->arena, &hull->items, expr);
        expr = hull;
        key = TDM_NO_NAME;
    }
    (void)tdm_vector_push(host->arena, &index->columns, expr);
    (void)tdm_vector_push(host->arena, &index->keys, key);
    if (type->spatial_nd) {
        tdm_py ops = tdm_py_dict(host->in);
        (void)tdm_py_dict_put(host->in, ops, tdm_py_str(host->in, column->name.text),
                              tdm_py_str(host->in, TDM_TEXT("gist_geometry_ops_nd")));
        index->ops = ops;
    }
    return index;
}
