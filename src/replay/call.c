#include "replay/call.h"

#include "base/text.h"
#include "catalog/platform.h"
#include "replay/guard.h"
#include "sql/split.h"
#include "sql/tree.h"
#include "sql/visit.h"

// --- PostgreSQL's own ---------------------------------------------------------------------------

static const char *string_of(const PgQuery__Node *node)
{
    return node && node->node_case == PG_QUERY__NODE__NODE_STRING ? node->string->sval : "";
}

static tdm_text last_of(const PgQuery__FuncCall *call)
{
    size_t count = call->n_funcname;

    return tdm_text_of(string_of(count ? call->funcname[count - 1] : NULL));
}

static bool is_system(const PgQuery__FuncCall *call)
{
    return call->n_funcname == 1 ||
           tdm_text_is(tdm_text_of(string_of(call->n_funcname ? call->funcname[0] : NULL)),
                       "pg_catalog");
}

// Functions of the platform's schemas define nothing outside them.
static bool is_platform(const PgQuery__FuncCall *call)
{
    tdm_text schema = tdm_text_of(string_of(call->n_funcname == 2 ? call->funcname[0] : NULL));

    return tdm_platform_schema(schema) && !tdm_text_starts(schema, TDM_TEXT("pg_"));
}

// --- The history's own --------------------------------------------------------------------------

// "f(integer, text)": the name before the bracket.
static bool bears_name(const tdm_object *object, tdm_text name)
{
    return object->kind == TDM_KIND_FUNCTION && !object->dropped && object->name.size > name.size &&
           object->name.data[name.size] == '(' &&
           tdm_text_equal(tdm_text_slice(object->name, 0, name.size), name);
}

static bool is_in_path(const tdm_catalog *catalog, const PgQuery__FuncCall *call, tdm_text schema)
{
    if (call->n_funcname > 1)
        return tdm_text_equal(schema, tdm_text_of(string_of(call->funcname[0])));
    for (size_t i = 0; i < catalog->path.count; i++)
        if (tdm_text_equal(schema, catalog->path.items[i]))
            return true;
    return false;
}

static tdm_text value_text(const tdm_object *object, tdm_attribute attribute)
{
    const tdm_value *value = tdm_object_value(object, attribute);

    return value && value->reason.size == 0 ? value->text : (tdm_text){NULL, 0};
}

// Statements in SQL: each changes rows alone.
static bool is_plain_sql(const tdm_catalog *catalog, tdm_arena *arena, tdm_text body,
                         tdm_call_limits *limits)
{
    tdm_statements statements = {0};
    bool plain = tdm_sql_split(arena, "", body, &statements, NULL) == TDM_OK;

    for (size_t i = 0; plain && i < statements.count; i++) {
        tdm_sql_tree *tree = NULL;
        plain = tdm_sql_parse(&statements.items[i], &tree, NULL) == TDM_OK;
        if (!plain)
            break;
        PgQuery__Node__NodeCase node = tree->node->node_case;
        plain =
            (node == PG_QUERY__NODE__NODE_SELECT_STMT || node == PG_QUERY__NODE__NODE_INSERT_STMT ||
             node == PG_QUERY__NODE__NODE_UPDATE_STMT ||
             node == PG_QUERY__NODE__NODE_DELETE_STMT) &&
            !tdm_call_sets(&tree->node->base) &&
            !tdm_call_unknown(catalog, &tree->node->base, limits);
        if (node == PG_QUERY__NODE__NODE_SELECT_STMT && tree->node->select_stmt->into_clause)
            plain = false;
        tdm_sql_tree_free(tree);
    }
    return plain;
}

static bool is_inert(const tdm_catalog *catalog, const tdm_object *function,
                     tdm_call_limits *limits)
{
    tdm_text language = value_text(function, TDM_ATTR_LANGUAGE);
    tdm_text body = value_text(function, TDM_ATTR_BODY);
    bool inert = false;

    if (!function->modelled || function->uncertain || !body.size || limits->depth == 0 ||
        limits->budget == 0)
        return false;
    tdm_arena *arena = tdm_arena_new(0);
    limits->budget--;
    limits->depth--;
    if (arena && tdm_text_is(language, "plpgsql"))
        inert = tdm_guard_is_inert(catalog, arena, body, limits);
    else if (arena && tdm_text_is(language, "sql"))
        inert = is_plain_sql(catalog, arena, body, limits);
    limits->depth++;
    tdm_arena_free(arena);
    return inert;
}

// All functions of the history that the name may mean; there must be one.
static bool is_known_inert(const tdm_catalog *catalog, const PgQuery__FuncCall *call,
                           tdm_call_limits *limits)
{
    bool found = false;

    if (call->n_funcname == 0 || call->n_funcname > 2)
        return false;
    for (size_t i = 0; i < catalog->objects.count; i++) {
        const tdm_object *object = catalog->objects.items[i];
        if (!bears_name(object, last_of(call)) || !is_in_path(catalog, call, object->schema))
            continue;
        if (!is_inert(catalog, object, limits))
            return false;
        found = true;
    }
    return found;
}

// --- Questions ----------------------------------------------------------------------------------

typedef struct calls {
    const tdm_catalog *catalog; // NULL: the functions of the history do not matter
    tdm_call_limits *limits;
    const PgQuery__FuncCall *unknown;
    const PgQuery__FuncCall *setting;
    const PgQuery__FuncCall *path;
} calls;

static tdm_text constant_of(const PgQuery__Node *node)
{
    if (node->node_case == PG_QUERY__NODE__NODE_A_CONST &&
        node->a_const->val_case == PG_QUERY__A__CONST__VAL_SVAL)
        return tdm_text_of(node->a_const->sval->sval);
    return (tdm_text){NULL, 0};
}

static bool see(void *context, const ProtobufCMessage *message)
{
    calls *seen = context;

    if (message->descriptor != &pg_query__func_call__descriptor)
        return true;
    const PgQuery__FuncCall *call = (const PgQuery__FuncCall *)message;
    if (is_system(call) && tdm_text_is(last_of(call), "set_config")) {
        seen->setting = call;
        if (call->n_args == 3 && tdm_text_is(constant_of(call->args[0]), "search_path"))
            seen->path = call;
    }
    if (seen->unknown || (is_system(call) && tdm_call_is_builtin(last_of(call))) ||
        is_platform(call))
        return true;
    if (!seen->catalog || !is_known_inert(seen->catalog, call, seen->limits))
        seen->unknown = call;
    return true;
}

const char *tdm_call_unknown(const tdm_catalog *catalog, const ProtobufCMessage *tree,
                             tdm_call_limits *limits)
{
    calls seen = {.catalog = catalog, .limits = limits};

    tdm_sql_visit(tree, see, &seen);
    if (!seen.unknown || seen.unknown->n_funcname == 0)
        return seen.unknown ? "?" : NULL;
    return string_of(seen.unknown->funcname[seen.unknown->n_funcname - 1]);
}

bool tdm_call_any(const ProtobufCMessage *tree)
{
    calls seen = {0};

    tdm_sql_visit(tree, see, &seen);
    return seen.unknown != NULL;
}

bool tdm_call_sets(const ProtobufCMessage *tree)
{
    calls seen = {0};

    tdm_sql_visit(tree, see, &seen);
    return seen.setting != NULL;
}

const PgQuery__FuncCall *tdm_call_of_path(const ProtobufCMessage *tree)
{
    calls seen = {0};

    tdm_sql_visit(tree, see, &seen);
    return seen.path;
}

const tdm_object *tdm_call_target(const tdm_catalog *catalog, const PgQuery__FuncCall *call)
{
    const tdm_object *found = NULL;

    if (call->n_funcname == 0 || call->n_funcname > 2)
        return NULL;
    for (size_t i = 0; i < catalog->objects.count; i++) {
        const tdm_object *object = catalog->objects.items[i];
        if (!bears_name(object, last_of(call)) || !is_in_path(catalog, call, object->schema))
            continue;
        if (found || !object->modelled || object->uncertain)
            return NULL;
        found = object;
    }
    return found;
}
