#include "replay/objects.h"

#include "base/text.h"
#include "catalog/types.h"
#include "replay/definition.h"

#include <string.h>

static tdm_text copy(tdm_replay *r, const char *string)
{
    return tdm_arena_text(r->catalog->arena, tdm_text_of(string));
}

static const char *string_of(const PgQuery__Node *node)
{
    return node && node->node_case == PG_QUERY__NODE__NODE_STRING ? node->string->sval : "";
}

size_t tdm_object_default_schema(const tdm_replay *r, PgQuery__Node *const *parts, size_t count)
{
    tdm_text schema = tdm_catalog_creation_schema(r->catalog);

    return count == 2 && tdm_text_equal(tdm_text_of(string_of(parts[0])), schema) ? 1 : 0;
}

// --- Kinds --------------------------------------------------------------------------------------

tdm_kind tdm_object_kind(PgQuery__ObjectType type)
{
    static const struct row {
        PgQuery__ObjectType type;
        tdm_kind kind;
    } rows[] = {
        {PG_QUERY__OBJECT_TYPE__OBJECT_SCHEMA, TDM_KIND_SCHEMA},
        {PG_QUERY__OBJECT_TYPE__OBJECT_TABLE, TDM_KIND_TABLE},
        {PG_QUERY__OBJECT_TYPE__OBJECT_COLUMN, TDM_KIND_COLUMN},
        {PG_QUERY__OBJECT_TYPE__OBJECT_TABCONSTRAINT, TDM_KIND_CONSTRAINT},
        {PG_QUERY__OBJECT_TYPE__OBJECT_INDEX, TDM_KIND_INDEX},
        {PG_QUERY__OBJECT_TYPE__OBJECT_SEQUENCE, TDM_KIND_SEQUENCE},
        {PG_QUERY__OBJECT_TYPE__OBJECT_VIEW, TDM_KIND_VIEW},
        {PG_QUERY__OBJECT_TYPE__OBJECT_MATVIEW, TDM_KIND_MATERIALIZED_VIEW},
        {PG_QUERY__OBJECT_TYPE__OBJECT_FOREIGN_TABLE, TDM_KIND_FOREIGN_TABLE},
        {PG_QUERY__OBJECT_TYPE__OBJECT_TYPE, TDM_KIND_TYPE},
        {PG_QUERY__OBJECT_TYPE__OBJECT_ATTRIBUTE, TDM_KIND_TYPE},
        {PG_QUERY__OBJECT_TYPE__OBJECT_DOMAIN, TDM_KIND_TYPE},
        {PG_QUERY__OBJECT_TYPE__OBJECT_FUNCTION, TDM_KIND_FUNCTION},
        {PG_QUERY__OBJECT_TYPE__OBJECT_PROCEDURE, TDM_KIND_FUNCTION},
        {PG_QUERY__OBJECT_TYPE__OBJECT_ROUTINE, TDM_KIND_FUNCTION},
        {PG_QUERY__OBJECT_TYPE__OBJECT_AGGREGATE, TDM_KIND_FUNCTION},
        {PG_QUERY__OBJECT_TYPE__OBJECT_TRIGGER, TDM_KIND_TRIGGER},
        {PG_QUERY__OBJECT_TYPE__OBJECT_EVENT_TRIGGER, TDM_KIND_EVENT_TRIGGER},
        {PG_QUERY__OBJECT_TYPE__OBJECT_RULE, TDM_KIND_RULE},
        {PG_QUERY__OBJECT_TYPE__OBJECT_POLICY, TDM_KIND_POLICY},
        {PG_QUERY__OBJECT_TYPE__OBJECT_EXTENSION, TDM_KIND_EXTENSION},
        {PG_QUERY__OBJECT_TYPE__OBJECT_PUBLICATION, TDM_KIND_PUBLICATION},
        {PG_QUERY__OBJECT_TYPE__OBJECT_SUBSCRIPTION, TDM_KIND_SUBSCRIPTION},
        {PG_QUERY__OBJECT_TYPE__OBJECT_COLLATION, TDM_KIND_COLLATION},
        {PG_QUERY__OBJECT_TYPE__OBJECT_STATISTIC_EXT, TDM_KIND_STATISTICS},
        {PG_QUERY__OBJECT_TYPE__OBJECT_TSCONFIGURATION, TDM_KIND_TEXT_SEARCH},
        {PG_QUERY__OBJECT_TYPE__OBJECT_TSDICTIONARY, TDM_KIND_DICTIONARY},
        {PG_QUERY__OBJECT_TYPE__OBJECT_OPERATOR, TDM_KIND_OPERATOR},
        {PG_QUERY__OBJECT_TYPE__OBJECT_OPCLASS, TDM_KIND_OPERATOR_CLASS},
        {PG_QUERY__OBJECT_TYPE__OBJECT_OPFAMILY, TDM_KIND_OPERATOR_FAMILY},
        {PG_QUERY__OBJECT_TYPE__OBJECT_CAST, TDM_KIND_CAST},
        {PG_QUERY__OBJECT_TYPE__OBJECT_LANGUAGE, TDM_KIND_LANGUAGE},
        {PG_QUERY__OBJECT_TYPE__OBJECT_FOREIGN_SERVER, TDM_KIND_SERVER},
        {PG_QUERY__OBJECT_TYPE__OBJECT_FDW, TDM_KIND_WRAPPER},
        {PG_QUERY__OBJECT_TYPE__OBJECT_USER_MAPPING, TDM_KIND_USER_MAPPING},
        {PG_QUERY__OBJECT_TYPE__OBJECT_ROLE, TDM_KIND_ROLE},
        {PG_QUERY__OBJECT_TYPE__OBJECT_DATABASE, TDM_KIND_DATABASE},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].type == type)
            return rows[i].kind;
    return TDM_KIND_OTHER;
}

tdm_kind tdm_object_kind_of_class(tdm_sql_kind kind)
{
    switch (kind) {
    case TDM_SQL_SCHEMA:
        return TDM_KIND_SCHEMA;
    case TDM_SQL_TABLE:
        return TDM_KIND_TABLE;
    case TDM_SQL_INDEX:
        return TDM_KIND_INDEX;
    case TDM_SQL_SEQUENCE:
        return TDM_KIND_SEQUENCE;
    case TDM_SQL_VIEW:
        return TDM_KIND_VIEW;
    case TDM_SQL_TYPE:
        return TDM_KIND_TYPE;
    case TDM_SQL_FUNCTION:
        return TDM_KIND_FUNCTION;
    case TDM_SQL_TRIGGER:
        return TDM_KIND_TRIGGER;
    case TDM_SQL_RULE:
        return TDM_KIND_RULE;
    case TDM_SQL_POLICY:
        return TDM_KIND_POLICY;
    case TDM_SQL_GRANT:
        return TDM_KIND_GRANT;
    case TDM_SQL_OWNER:
        return TDM_KIND_OWNER;
    case TDM_SQL_ROLE:
        return TDM_KIND_ROLE;
    case TDM_SQL_COMMENT:
        return TDM_KIND_COMMENT;
    case TDM_SQL_EXTENSION:
        return TDM_KIND_EXTENSION;
    case TDM_SQL_PUBLICATION:
        return TDM_KIND_PUBLICATION;
    case TDM_SQL_DATABASE:
        return TDM_KIND_DATABASE;
    default: // other definitions, and what defines nothing
        return TDM_KIND_OTHER;
    }
}

// --- Relations ----------------------------------------------------------------------------------

tdm_object *tdm_object_relation(tdm_replay *r, const PgQuery__RangeVar *range)
{
    tdm_found found = tdm_catalog_find_range(r->catalog, range);

    bool sure = !r->doubtful && !r->of.if_exists;

    if (found.object && sure)
        found.object->uncertain = false;
    if (found.object || found.known == TDM_KNOWN_NO_OBJECT)
        return found.object;
    tdm_key key = {.kind = TDM_KIND_TABLE,
                   .schema = tdm_arena_text(r->catalog->arena, found.schema),
                   .name = copy(r, range->relname)};
    tdm_object *relation = tdm_catalog_put(r->catalog, &key, r->statement->place);
    if (!relation)
        return NULL;
    relation->assumed = true;
    relation->uncertain = !sure;
    relation->columns_known = false;
    relation->reason = found.why;
    return relation;
}

tdm_key tdm_object_of_strings(tdm_replay *r, tdm_kind kind, PgQuery__Node *const *parts,
                              size_t count)
{
    tdm_key key = {.kind = kind};

    if (tdm_kind_space(kind) != TDM_SPACE_GLOBAL)
        key.schema = tdm_catalog_creation_schema(r->catalog);
    if (count > 1)
        key.schema = copy(r, string_of(parts[count - 2]));
    if (count)
        key.name = copy(r, string_of(parts[count - 1]));
    return key;
}

tdm_key tdm_object_of_range(tdm_replay *r, tdm_kind kind, const PgQuery__RangeVar *range)
{
    tdm_found found = tdm_catalog_find_range(r->catalog, range);

    return (tdm_key){.kind = kind,
                     .schema = tdm_arena_text(r->catalog->arena, found.schema),
                     .name = copy(r, range->relname)};
}

tdm_key tdm_object_on(tdm_replay *r, tdm_kind kind, const PgQuery__RangeVar *table,
                      const char *name)
{
    tdm_object *relation = tdm_object_relation(r, table);

    return (tdm_key){.kind = kind,
                     .schema = relation ? relation->schema : copy(r, table->schemaname),
                     .on = relation,
                     .name = copy(r, name)};
}

// --- Functions ----------------------------------------------------------------------------------

// A function's arguments have no lengths (manual 38.3, CREATE FUNCTION argtype).
static tdm_text without_modifiers(tdm_replay *r, tdm_text type)
{
    size_t open = tdm_text_find_char(type, '('), close = tdm_text_find_char(type, ')');

    if (open == SIZE_MAX || close == SIZE_MAX || close < open)
        return type;
    return tdm_replay_text(r, "%.*s%.*s", (int)open, type.data,
                           TDM_TEXT_ARG(tdm_text_from(type, close + 1)));
}

tdm_text tdm_object_argument(tdm_replay *r, const PgQuery__TypeName *type)
{
    return without_modifiers(r, tdm_kinds_type(r, type));
}

static tdm_text with_argument(tdm_replay *r, tdm_text so_far, const PgQuery__TypeName *type)
{
    tdm_text printed = tdm_object_argument(r, type);
    bool first = tdm_text_ends(so_far, TDM_TEXT("("));

    return tdm_replay_text(r, "%.*s%s%.*s", TDM_TEXT_ARG(so_far), first ? "" : ", ",
                           TDM_TEXT_ARG(printed));
}

// Output arguments are no part of a function's identity, TABLE columns neither (functioncmds.c).
static bool is_input(const PgQuery__FunctionParameter *parameter)
{
    return parameter->mode != PG_QUERY__FUNCTION_PARAMETER_MODE__FUNC_PARAM_OUT &&
           parameter->mode != PG_QUERY__FUNCTION_PARAMETER_MODE__FUNC_PARAM_TABLE;
}

tdm_key tdm_object_of_function(tdm_replay *r, const PgQuery__CreateFunctionStmt *function)
{
    tdm_key key =
        tdm_object_of_strings(r, TDM_KIND_FUNCTION, function->funcname, function->n_funcname);

    key.name = tdm_replay_text(r, "%.*s(", TDM_TEXT_ARG(key.name));
    for (size_t i = 0; i < function->n_parameters; i++) {
        const PgQuery__Node *node = function->parameters[i];
        if (node->node_case == PG_QUERY__NODE__NODE_FUNCTION_PARAMETER &&
            (function->is_procedure || is_input(node->function_parameter)))
            key.name = with_argument(r, key.name, node->function_parameter->arg_type);
    }
    key.name = tdm_replay_text(r, "%.*s)", TDM_TEXT_ARG(key.name));
    return key;
}

// A function named without arguments is the only one of its name.
static tdm_text only_overload(tdm_replay *r, tdm_key key)
{
    tdm_text begin = tdm_replay_text(r, "%.*s(", TDM_TEXT_ARG(key.name)), found = {NULL, 0};

    for (size_t i = 0; i < r->catalog->objects.count; i++) {
        const tdm_object *object = r->catalog->objects.items[i];
        if (object->dropped || object->kind != TDM_KIND_FUNCTION ||
            !tdm_text_equal(object->schema, key.schema) || !tdm_text_starts(object->name, begin))
            continue;
        if (found.size)
            return key.name; // several: the server refuses it
        found = object->name;
    }
    return found.size ? found : key.name;
}

static tdm_key of_arguments(tdm_replay *r, tdm_kind kind, const PgQuery__ObjectWithArgs *function)
{
    tdm_key key = tdm_object_of_strings(r, kind, function->objname, function->n_objname);

    if (function->args_unspecified) {
        key.name = only_overload(r, key);
        return key;
    }
    key.name = tdm_replay_text(r, "%.*s(", TDM_TEXT_ARG(key.name));
    for (size_t i = 0; i < function->n_objargs; i++)
        if (function->objargs[i]->node_case == PG_QUERY__NODE__NODE_TYPE_NAME)
            key.name = with_argument(r, key.name, function->objargs[i]->type_name);
    key.name = tdm_replay_text(r, "%.*s)", TDM_TEXT_ARG(key.name));
    return key;
}

// --- Objects in general -------------------------------------------------------------------------

static tdm_key of_list(tdm_replay *r, tdm_kind kind, const PgQuery__List *list)
{
    bool of_method = kind == TDM_KIND_OPERATOR_CLASS || kind == TDM_KIND_OPERATOR_FAMILY;

    if (of_method && list->n_items > 1)
        return tdm_object_of_class(r, kind, string_of(list->items[0]), list->items + 1,
                                   list->n_items - 1);
    if (kind == TDM_KIND_CAST && list->n_items == 2 &&
        list->items[0]->node_case == PG_QUERY__NODE__NODE_TYPE_NAME &&
        list->items[1]->node_case == PG_QUERY__NODE__NODE_TYPE_NAME)
        return tdm_object_of_cast(r, list->items[0]->type_name, list->items[1]->type_name);
    if (tdm_kind_space(kind) != TDM_SPACE_MEMBER || list->n_items < 2)
        return tdm_object_of_strings(r, kind, list->items, list->n_items);
    size_t count = list->n_items - 1;
    PgQuery__RangeVar range = PG_QUERY__RANGE_VAR__INIT;
    range.relname = (char *)string_of(list->items[count - 1]);
    if (count > 1)
        range.schemaname = (char *)string_of(list->items[count - 2]);
    return tdm_object_on(r, kind, &range, string_of(list->items[count]));
}

tdm_key tdm_object_of_node(tdm_replay *r, const PgQuery__Node *object, PgQuery__ObjectType type)
{
    tdm_kind kind = tdm_object_kind(type);
    tdm_key none = {.kind = kind, .name = TDM_TEXT("what the statement names")};

    if (!object)
        return none;
    switch (object->node_case) {
    case PG_QUERY__NODE__NODE_STRING:
        return (tdm_key){.kind = kind, .name = copy(r, object->string->sval)};
    case PG_QUERY__NODE__NODE_LIST:
        return of_list(r, kind, object->list);
    case PG_QUERY__NODE__NODE_TYPE_NAME:
        return tdm_object_of_strings(r, kind, object->type_name->names, object->type_name->n_names);
    case PG_QUERY__NODE__NODE_OBJECT_WITH_ARGS:
        if (kind == TDM_KIND_OPERATOR)
            return tdm_object_of_operands(r, object->object_with_args);
        return of_arguments(r, kind, object->object_with_args);
    case PG_QUERY__NODE__NODE_RANGE_VAR:
        return tdm_object_of_range(r, kind, object->range_var);
    default: // large objects
        return none;
    }
}
