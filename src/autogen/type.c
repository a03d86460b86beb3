// Types: PostgreSQL's names and what SQLAlchemy 2.0 calls them, as a table.
#include "autogen/writer.h"

#include "base/error.h"

#include <string.h>

// What the modifiers of a type mean to its class.
typedef enum arguments {
    NO_ARGUMENTS,
    LENGTH,    // length=
    SCALE,     // precision=, scale=
    PRECISION, // precision=, of times
    DIMENSION, // dim=
} arguments;

typedef struct type_row {
    const char *name;      // pg_type.typname
    const char *model;     // what a model says
    const char *reflected; // what is read from a database
    const char *fixed;     // a keyword that is always there, or NULL
    arguments arguments;
} type_row;

// Source: sqlalchemy/dialects/postgresql/base.py ischema_names and visit_*, and what autogenerate
// of Alembic 1.19 prints for each (autogenerate/render.py _repr_type). Types without a row have no
// class that prints them.
static const type_row types[] = {
    {"int2", "sa.SmallInteger", "sa.SMALLINT", NULL, NO_ARGUMENTS},
    {"int4", "sa.Integer", "sa.INTEGER", NULL, NO_ARGUMENTS},
    {"int8", "sa.BigInteger", "sa.BIGINT", NULL, NO_ARGUMENTS},
    {"numeric", "sa.Numeric", "sa.NUMERIC", NULL, SCALE},
    {"float4", "sa.REAL", "sa.REAL", NULL, NO_ARGUMENTS},
    {"float8", "sa.Double", "sa.DOUBLE_PRECISION", NULL, NO_ARGUMENTS},
    {"varchar", "sa.String", "sa.VARCHAR", NULL, LENGTH},
    {"bpchar", "sa.CHAR", "sa.CHAR", NULL, LENGTH},
    {"text", "sa.Text", "sa.TEXT", NULL, NO_ARGUMENTS},
    {"bool", "sa.Boolean", "sa.BOOLEAN", NULL, NO_ARGUMENTS},
    {"date", "sa.Date", "sa.DATE", NULL, NO_ARGUMENTS},
    {"uuid", "sa.UUID", "sa.UUID", NULL, NO_ARGUMENTS},
    {"time", "sa.Time", "postgresql.TIME", NULL, PRECISION},
    {"timetz", "sa.Time", "postgresql.TIME", "timezone=True", PRECISION},
    {"timestamp", "sa.DateTime", "postgresql.TIMESTAMP", NULL, PRECISION},
    {"timestamptz", "sa.DateTime", "postgresql.TIMESTAMP", "timezone=True", PRECISION},
    {"interval", "sa.Interval", "postgresql.INTERVAL", NULL, NO_ARGUMENTS},
    {"bytea", "sa.LargeBinary", "postgresql.BYTEA", NULL, NO_ARGUMENTS},
    {"json", "postgresql.JSON", "postgresql.JSON", "astext_type=sa.Text()", NO_ARGUMENTS},
    {"jsonb", "postgresql.JSONB", "postgresql.JSONB", "astext_type=sa.Text()", NO_ARGUMENTS},
    {"inet", "postgresql.INET", "postgresql.INET", NULL, NO_ARGUMENTS},
    {"cidr", "postgresql.CIDR", "postgresql.CIDR", NULL, NO_ARGUMENTS},
    {"macaddr", "postgresql.MACADDR", "postgresql.MACADDR", NULL, NO_ARGUMENTS},
    {"macaddr8", "postgresql.MACADDR8", "postgresql.MACADDR8", NULL, NO_ARGUMENTS},
    {"money", "postgresql.MONEY", "postgresql.MONEY", NULL, NO_ARGUMENTS},
    {"oid", "postgresql.OID", "postgresql.OID", NULL, NO_ARGUMENTS},
    {"regclass", "postgresql.REGCLASS", "postgresql.REGCLASS", NULL, NO_ARGUMENTS},
    {"tsvector", "postgresql.TSVECTOR", "postgresql.TSVECTOR", NULL, NO_ARGUMENTS},
    {"tsquery", "postgresql.TSQUERY", "postgresql.TSQUERY", NULL, NO_ARGUMENTS},
    {"citext", "postgresql.CITEXT", "postgresql.CITEXT", NULL, NO_ARGUMENTS},
    {"hstore", "postgresql.HSTORE", "postgresql.HSTORE", "text_type=sa.Text()", NO_ARGUMENTS},
    {"bit", "postgresql.BIT", "postgresql.BIT", NULL, LENGTH},
    {"varbit", "postgresql.BIT", "postgresql.BIT", "varying=True", LENGTH},
    {"int4range", "postgresql.INT4RANGE", "postgresql.INT4RANGE", NULL, NO_ARGUMENTS},
    {"int8range", "postgresql.INT8RANGE", "postgresql.INT8RANGE", NULL, NO_ARGUMENTS},
    {"numrange", "postgresql.NUMRANGE", "postgresql.NUMRANGE", NULL, NO_ARGUMENTS},
    {"daterange", "postgresql.DATERANGE", "postgresql.DATERANGE", NULL, NO_ARGUMENTS},
    {"tsrange", "postgresql.TSRANGE", "postgresql.TSRANGE", NULL, NO_ARGUMENTS},
    {"tstzrange", "postgresql.TSTZRANGE", "postgresql.TSTZRANGE", NULL, NO_ARGUMENTS},
    {"int4multirange", "postgresql.INT4MULTIRANGE", "postgresql.INT4MULTIRANGE", NULL,
     NO_ARGUMENTS},
    {"int8multirange", "postgresql.INT8MULTIRANGE", "postgresql.INT8MULTIRANGE", NULL,
     NO_ARGUMENTS},
    {"nummultirange", "postgresql.NUMMULTIRANGE", "postgresql.NUMMULTIRANGE", NULL, NO_ARGUMENTS},
    {"datemultirange", "postgresql.DATEMULTIRANGE", "postgresql.DATEMULTIRANGE", NULL,
     NO_ARGUMENTS},
    {"tsmultirange", "postgresql.TSMULTIRANGE", "postgresql.TSMULTIRANGE", NULL, NO_ARGUMENTS},
    {"tstzmultirange", "postgresql.TSTZMULTIRANGE", "postgresql.TSTZMULTIRANGE", NULL,
     NO_ARGUMENTS},
    {"vector", "pgvector.sqlalchemy.vector.VECTOR", "pgvector.sqlalchemy.vector.VECTOR", NULL,
     DIMENSION},
};

static const struct {
    const char *name;
    const char *model;
    const char *reflected;
} serials[] = {
    {"serial", "sa.Integer()", "int4"},           {"serial4", "sa.Integer()", "int4"},
    {"bigserial", "sa.BigInteger()", "int8"},     {"serial8", "sa.BigInteger()", "int8"},
    {"smallserial", "sa.SmallInteger()", "int2"}, {"serial2", "sa.SmallInteger()", "int2"},
};

// The name of a type that is not written with a schema of its own.
static const char *plain_name(const PgQuery__TypeName *type)
{
    size_t count = type->n_names;
    if (count == 0 || count > 2 ||
        (count == 2 && !tdm_text_is(tdm_node_name(type->names[0]), "pg_catalog")))
        return NULL;
    return tdm_node_name(type->names[count - 1]).data;
}

const char *tdm_serial_type(const PgQuery__TypeName *type)
{
    const char *name = type->n_names == 1 ? plain_name(type) : NULL;
    for (size_t i = 0; name && i < sizeof serials / sizeof *serials; i++)
        if (strcmp(serials[i].name, name) == 0 && type->n_array_bounds == 0)
            return serials[i].model;
    return NULL;
}

static const type_row *find(const PgQuery__TypeName *type)
{
    const char *name = plain_name(type);
    for (size_t i = 0; name && i < sizeof types / sizeof *types; i++)
        if (strcmp(types[i].name, name) == 0)
            return &types[i];
    return NULL;
}

static bool modifier(const PgQuery__TypeName *type, size_t index, int *ret)
{
    tdm_node node = type->typmods[index];
    if (node->node_case != PG_QUERY__NODE__NODE_A_CONST ||
        node->a_const->val_case != PG_QUERY__A__CONST__VAL_IVAL)
        return false;
    *ret = node->a_const->ival->ival;
    return true;
}

static void put_argument(tdm_writer *w, bool *any, const char *keyword, int value)
{
    tdm_buffer_putf(&w->out, "%s%s=%d", *any ? ", " : "", keyword, value);
    *any = true;
}

static void put_modifiers(tdm_writer *w, const type_row *row, const PgQuery__TypeName *type,
                          bool *any)
{
    static const char *const keywords[] = {
        [LENGTH] = "length",
        [SCALE] = "precision",
        [PRECISION] = "precision",
        [DIMENSION] = "dim",
    };
    int values[2] = {0, 0};
    size_t count = type->n_typmods;
    size_t most = row->arguments == NO_ARGUMENTS ? 0 : row->arguments == SCALE ? 2 : 1;

    if (count > most || (count > 0 && !modifier(type, 0, &values[0])) ||
        (count > 1 && !modifier(type, 1, &values[1]))) {
        w->untyped = true;
        return;
    }
    if (count > 0)
        put_argument(w, any, keywords[row->arguments], values[0]);
    if (row->arguments == SCALE && count > 0)
        put_argument(w, any, "scale", values[1]);
}

static void note_import(tdm_writer *w, const char *class)
{
    if (strncmp(class, "sa.", 3) == 0)
        w->imports |= TDM_IMPORT_SA;
    else if (strncmp(class, "pgvector.", 9) == 0)
        w->imports |= TDM_IMPORT_PGVECTOR;
    else
        w->imports |= TDM_IMPORT_POSTGRESQL;
}

static void put_class(tdm_writer *w, const type_row *row, const PgQuery__TypeName *type,
                      bool reflected)
{
    // Only the dialect's own classes of times take a precision.
    bool precise = row->arguments == PRECISION && type->n_typmods > 0;
    const char *class = reflected || precise ? row->reflected : row->model;
    bool any = false;

    note_import(w, class);
    tdm_buffer_putf(&w->out, "%s(", class);
    if (row->fixed && row->arguments != LENGTH) {
        tdm_buffer_puts(&w->out, row->fixed);
        any = true;
        w->imports |= strstr(row->fixed, "sa.") ? TDM_IMPORT_SA : 0u;
    }
    put_modifiers(w, row, type, &any);
    if (row->fixed && row->arguments == LENGTH)
        tdm_buffer_putf(&w->out, "%s%s", any ? ", " : "", row->fixed);
    // Reflection gives a double its 53 digits (ischema_names, float8).
    if (reflected && strcmp(row->name, "float8") == 0)
        tdm_buffer_puts(&w->out, "precision=53");
    tdm_buffer_putc(&w->out, ')');
}

// --- Enums --------------------------------------------------------------------------------------

// The type is there already; create_type=False keeps create_table() from making it again.
static bool put_enum(tdm_writer *w, const PgQuery__TypeName *type)
{
    tdm_text schema = type->n_names == 2 ? tdm_node_name(type->names[0]) : (tdm_text){NULL, 0};
    tdm_text name = tdm_node_name(type->names[type->n_names - 1]);
    tdm_text labels;

    if (type->n_names > 2 || type->n_typmods > 0 ||
        !tdm_writer_enum_labels(w, schema, name, &labels))
        return false;
    w->imports |= TDM_IMPORT_POSTGRESQL;
    tdm_buffer_puts(&w->out, "postgresql.ENUM(");
    tdm_buffer_put(&w->out, labels);
    tdm_buffer_puts(&w->out, labels.size ? ", name=" : "name=");
    tdm_py_put_string(&w->out, name);
    if (schema.size) {
        tdm_buffer_puts(&w->out, ", schema=");
        tdm_py_put_string(&w->out, schema);
    }
    tdm_buffer_puts(&w->out, ", create_type=False)");
    return true;
}

// --- All of it ----------------------------------------------------------------------------------

static void put_element(tdm_writer *w, const PgQuery__TypeName *type, bool reflected)
{
    const type_row *row = find(type);
    bool vector = row && row->arguments == DIMENSION;

    if (row && (!vector || w->input->pgvector))
        put_class(w, row, type, reflected);
    else if (row || !put_enum(w, type))
        w->untyped = true;
}

void tdm_writer_type(tdm_writer *w, const PgQuery__TypeName *type, bool reflected)
{
    if (type->setof || type->pct_type) {
        w->untyped = true;
        return;
    }
    if (type->n_array_bounds == 0) {
        put_element(w, type, reflected);
        return;
    }
    w->imports |= TDM_IMPORT_POSTGRESQL;
    tdm_buffer_puts(&w->out, "postgresql.ARRAY(");
    put_element(w, type, reflected);
    if (type->n_array_bounds > 1 && !reflected)
        tdm_buffer_putf(&w->out, ", dimensions=%zu", type->n_array_bounds);
    tdm_buffer_putc(&w->out, ')');
}

bool tdm_writer_type_text(tdm_writer *w, tdm_text type)
{
    tdm_error ignored = TDM_ERROR_INIT;
    tdm_sql_tree *tree = NULL;
    size_t start = w->out.size;
    bool untyped = w->untyped;
    tdm_text sql = tdm_arena_printf(w->arena, "ALTER TABLE t ADD c %.*s", TDM_TEXT_ARG(type));

    if (!tdm_arena_ok(w->arena) || tdm_sql_parse_text(sql, &tree, &ignored) != TDM_OK)
        return false;
    w->untyped = true;
    if (tree->node->node_case == PG_QUERY__NODE__NODE_ALTER_TABLE_STMT &&
        tree->node->alter_table_stmt->n_cmds == 1) {
        tdm_node def = tree->node->alter_table_stmt->cmds[0]->alter_table_cmd->def;
        w->untyped = false;
        tdm_writer_type(w, def->column_def->type_name, true);
    }
    bool done = !w->untyped;
    w->untyped = untyped;
    if (!done && !w->out.failed) {
        w->out.size = start;
        w->out.data[start] = '\0';
    }
    tdm_sql_tree_free(tree);
    return done;
}
