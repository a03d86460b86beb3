// The table of equivalent spellings.
//
// Much is equal before any rule, because the grammar reads it into one tree: key words in any case,
// quoted lower-case names, INT and INTEGER, VARCHAR and CHARACTER VARYING, CAST(x AS t) and x::t
// and t 'x', != and <>, SET DATA TYPE and TYPE, USING btree, RESTRICT, MATCH SIMPLE, NO ACTION,
// TEMP and TEMPORARY, dollar quoting, E'' and U&'', EXECUTE PROCEDURE and EXECUTE FUNCTION (gram.y,
// scan.l). The rules below add what the server itself reads as one and the same, each with the
// place in PostgreSQL 15 that shows it. Not equal, though they often have one effect: now() and
// CURRENT_TIMESTAMP, x and public.x, DEFAULT 'a' and DEFAULT 'a'::text, = ANY and IN.
#include "sql/builtin.h"
#include "sql/identity_walk.h"

#include <stdlib.h>
#include <string.h>

static const char *only_name(const PgQuery__TypeName *type)
{
    if (type->n_names != 1 || type->names[0]->node_case != PG_QUERY__NODE__NODE_STRING)
        return NULL;
    return type->names[0]->string->sval;
}

// serial4, serial8, serial2 are compared as strings beside serial, bigserial, smallserial
// (parse_utilcmd.c transformColumnDefinition).
static const char *serial_name(const char *name)
{
    static const char *const pairs[][2] = {
        {"serial4", "serial"}, {"serial8", "bigserial"}, {"serial2", "smallserial"}};

    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (strcmp(name, pairs[i][0]) == 0)
            return pairs[i][1];
    return name;
}

static bool is_string(const PgQuery__Node *node, const char *text)
{
    return node->node_case == PG_QUERY__NODE__NODE_STRING && strcmp(node->string->sval, text) == 0;
}

// numeric(10) is numeric(10, 0) (numeric.c numerictypmodin).
static bool has_precision_alone(const PgQuery__TypeName *type)
{
    if (type->n_typmods != 1 || type->n_names == 0 || type->n_names > 2 ||
        !is_string(type->names[type->n_names - 1], "numeric"))
        return false;
    return type->n_names == 1 || is_string(type->names[0], "pg_catalog");
}

// A type: timestamptz and TIMESTAMP WITH TIME ZONE, which the grammar qualifies with pg_catalog
// (gram.y SystemTypeName; that schema is searched first, manual 5.9.5); array sizes, which "are
// simply ignored" while the number of dimensions is recorded (manual 8.15.1).
static void type_name(tdm_walk *walk, const ProtobufCMessage *message)
{
    PgQuery__TypeName type = *(const PgQuery__TypeName *)message;
    PgQuery__String schema = PG_QUERY__STRING__INIT, name = PG_QUERY__STRING__INIT;
    PgQuery__Node schema_node = PG_QUERY__NODE__INIT, name_node = PG_QUERY__NODE__INIT;
    PgQuery__Node *names[] = {&schema_node, &name_node};
    PgQuery__Integer no_scale = PG_QUERY__INTEGER__INIT;
    PgQuery__AConst constant = PG_QUERY__A__CONST__INIT;
    PgQuery__Node zero = PG_QUERY__NODE__INIT;
    PgQuery__Node *typmods[2];
    const char *only = only_name(&type);

    if (walk->schema && type.n_names == 2 && is_string(type.names[0], walk->schema)) {
        type.names++;
        type.n_names = 1;
        only = NULL; // `public.int4` is not int4
    }
    schema_node.node_case = name_node.node_case = PG_QUERY__NODE__NODE_STRING;
    schema_node.string = &schema;
    name_node.string = &name;
    schema.sval = (char *)"pg_catalog";
    name.sval = (char *)(only ? serial_name(only) : NULL);
    if (only && !type.pct_type) {
        bool builtin = tdm_sql_builtin_type(tdm_text_of(only), NULL) != NULL;
        type.names = builtin ? names : names + 1;
        type.n_names = builtin ? 2 : 1;
    }
    if (has_precision_alone(&type)) {
        constant.val_case = PG_QUERY__A__CONST__VAL_IVAL;
        constant.ival = &no_scale;
        zero.node_case = PG_QUERY__NODE__NODE_A_CONST;
        zero.a_const = &constant;
        typmods[0] = type.typmods[0];
        typmods[1] = &zero;
        type.typmods = typmods;
        type.n_typmods = 2;
    }
    if (type.n_array_bounds) {
        // A list of that many empty places.
        PgQuery__Node **bounds =
            tdm_arena_array(walk->scratch, type.n_array_bounds, sizeof(PgQuery__Node *));
        if (!bounds)
            type.n_array_bounds = 0;
        type.array_bounds = bounds;
    }
    tdm_walk_plain(walk, &type.base);
}

// A relation that is named with the schema in which it would be found anyway. pg_catalog is
// searched first, and all that is in it begins with pg_.
static void range_var(tdm_walk *walk, const ProtobufCMessage *message)
{
    PgQuery__RangeVar range = *(const PgQuery__RangeVar *)message;

    if (walk->schema && strcmp(range.schemaname, walk->schema) == 0 &&
        strncmp(range.relname, "pg_", 3) != 0)
        range.schemaname = (char *)protobuf_c_empty_string;
    tdm_walk_plain(walk, &range.base);
}

// ASC and its NULLS LAST, DESC and its NULLS FIRST are the defaults (parse_clause.c
// addTargetToSortList; indexcmds.c ComputeIndexAttrs).
static void put_order(PgQuery__SortByDir *direction, PgQuery__SortByNulls *nulls)
{
    if (*direction == PG_QUERY__SORT_BY_DIR__SORTBY_ASC)
        *direction = PG_QUERY__SORT_BY_DIR__SORTBY_DEFAULT;
    if (*direction == PG_QUERY__SORT_BY_DIR__SORTBY_DEFAULT &&
        *nulls == PG_QUERY__SORT_BY_NULLS__SORTBY_NULLS_LAST)
        *nulls = PG_QUERY__SORT_BY_NULLS__SORTBY_NULLS_DEFAULT;
    if (*direction == PG_QUERY__SORT_BY_DIR__SORTBY_DESC &&
        *nulls == PG_QUERY__SORT_BY_NULLS__SORTBY_NULLS_FIRST)
        *nulls = PG_QUERY__SORT_BY_NULLS__SORTBY_NULLS_DEFAULT;
}

static void sort_by(tdm_walk *walk, const ProtobufCMessage *message)
{
    PgQuery__SortBy sort = *(const PgQuery__SortBy *)message;

    if (sort.sortby_dir != PG_QUERY__SORT_BY_DIR__SORTBY_USING)
        put_order(&sort.sortby_dir, &sort.sortby_nulls);
    tdm_walk_plain(walk, &sort.base);
}

// A B-tree alone: other access methods refuse ASC where they take the default.
static void index_statement(tdm_walk *walk, const ProtobufCMessage *message)
{
    PgQuery__IndexStmt index = *(const PgQuery__IndexStmt *)message;
    size_t count = index.n_index_params;
    PgQuery__Node *nodes = tdm_arena_array(walk->scratch, count, sizeof *nodes);
    PgQuery__Node **params = tdm_arena_array(walk->scratch, count, sizeof(PgQuery__Node *));
    PgQuery__IndexElem *elems = tdm_arena_array(walk->scratch, count, sizeof *elems);

    if (strcmp(index.access_method, "btree") != 0 || !nodes || !params || !elems) {
        tdm_walk_plain(walk, message);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        nodes[i] = *index.index_params[i];
        params[i] = &nodes[i];
        if (nodes[i].node_case != PG_QUERY__NODE__NODE_INDEX_ELEM)
            continue;
        elems[i] = *nodes[i].index_elem;
        put_order(&elems[i].ordering, &elems[i].nulls_ordering);
        nodes[i].index_elem = &elems[i];
    }
    index.index_params = params;
    tdm_walk_plain(walk, &index.base);
}

// "FUNC_PARAM_DEFAULT: default; effectively same as IN" (parsenodes.h FunctionParameterMode).
static void function_parameter(tdm_walk *walk, const ProtobufCMessage *message)
{
    PgQuery__FunctionParameter parameter = *(const PgQuery__FunctionParameter *)message;

    if (parameter.mode == PG_QUERY__FUNCTION_PARAMETER_MODE__FUNC_PARAM_IN)
        parameter.mode = PG_QUERY__FUNCTION_PARAMETER_MODE__FUNC_PARAM_DEFAULT;
    tdm_walk_plain(walk, &parameter.base);
}

static const char *option_name(const PgQuery__Node *node)
{
    return node->node_case == PG_QUERY__NODE__NODE_DEF_ELEM ? node->def_elem->defname : "";
}

static int compare_option(const void *left, const void *right)
{
    const PgQuery__Node *const *a = left, *const *b = right;
    return strcmp(option_name(*a), option_name(*b));
}

static bool has_option_twice(PgQuery__Node *const *options, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (strcmp(option_name(options[i - 1]), option_name(options[i])) == 0)
            return true;
    return false;
}

// The options of a function come in any order (functioncmds.c compute_function_attributes); one
// that comes twice is refused or, for SET, ordered: then they are left as they are.
static PgQuery__Node **sorted_options(tdm_walk *walk, PgQuery__Node **options, size_t count)
{
    PgQuery__Node **sorted = tdm_arena_array(walk->scratch, count, sizeof(PgQuery__Node *));

    if (!sorted)
        return options;
    if (count)
        memcpy(sorted, options, count * sizeof(PgQuery__Node *));
    qsort(sorted, count, sizeof(PgQuery__Node *), compare_option);
    return has_option_twice(sorted, count) ? options : sorted;
}

static void create_function(tdm_walk *walk, const ProtobufCMessage *message)
{
    PgQuery__CreateFunctionStmt function = *(const PgQuery__CreateFunctionStmt *)message;

    function.options = sorted_options(walk, function.options, function.n_options);
    tdm_walk_plain(walk, &function.base);
}

static bool is_plpgsql(const PgQuery__Node *option)
{
    return strcmp(option_name(option), "language") == 0 && option->def_elem->arg &&
           option->def_elem->arg->node_case == PG_QUERY__NODE__NODE_STRING &&
           strcmp(option->def_elem->arg->string->sval, "plpgsql") == 0;
}

// plpgsql is what a DO without LANGUAGE is in (functioncmds.c ExecuteDoStmt).
static void do_statement(tdm_walk *walk, const ProtobufCMessage *message)
{
    PgQuery__DoStmt statement = *(const PgQuery__DoStmt *)message;
    PgQuery__Node *body;

    if (statement.n_args == 2 && (is_plpgsql(statement.args[0]) || is_plpgsql(statement.args[1]))) {
        body = is_plpgsql(statement.args[0]) ? statement.args[1] : statement.args[0];
        if (strcmp(option_name(body), "as") == 0) {
            statement.args = &body;
            statement.n_args = 1;
        }
    }
    tdm_walk_plain(walk, &statement.base);
}

// BEGIN and START TRANSACTION take one branch (utility.c standard_ProcessUtility).
static void transaction(tdm_walk *walk, const ProtobufCMessage *message)
{
    PgQuery__TransactionStmt statement = *(const PgQuery__TransactionStmt *)message;

    if (statement.kind == PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_START)
        statement.kind = PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_BEGIN;
    tdm_walk_plain(walk, &statement.base);
}

// Privileges are or-ed into a mask when none names columns (aclchk.c ExecuteGrantStmt).
static void grant(tdm_walk *walk, const ProtobufCMessage *message)
{
    PgQuery__GrantStmt statement = *(const PgQuery__GrantStmt *)message;
    bool plain = statement.n_privileges > 1;

    for (size_t i = 0; plain && i < statement.n_privileges; i++) {
        const PgQuery__Node *node = statement.privileges[i];
        plain = node->node_case == PG_QUERY__NODE__NODE_ACCESS_PRIV && !node->access_priv->n_cols;
    }
    PgQuery__Node **sorted =
        plain ? tdm_walk_sorted(walk, statement.privileges, statement.n_privileges) : NULL;
    if (sorted)
        statement.privileges = sorted;
    tdm_walk_plain(walk, &statement.base);
}

tdm_walk_rule *tdm_walk_rule_of(const ProtobufCMessageDescriptor *type)
{
    static const struct row {
        const ProtobufCMessageDescriptor *type;
        tdm_walk_rule *rule;
    } rows[] = {
        {&pg_query__type_name__descriptor, type_name},
        {&pg_query__range_var__descriptor, range_var},
        {&pg_query__sort_by__descriptor, sort_by},
        {&pg_query__index_stmt__descriptor, index_statement},
        {&pg_query__column_def__descriptor, tdm_walk_column},
        {&pg_query__create_stmt__descriptor, tdm_walk_create_table},
        {&pg_query__function_parameter__descriptor, function_parameter},
        {&pg_query__create_function_stmt__descriptor, create_function},
        {&pg_query__do_stmt__descriptor, do_statement},
        {&pg_query__transaction_stmt__descriptor, transaction},
        {&pg_query__grant_stmt__descriptor, grant},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].type == type)
            return rows[i].rule;
    return NULL;
}
