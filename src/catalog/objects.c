#include "catalog/objects.h"

#include "base/text.h"
#include "catalog/types.h"

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

tdm_object_name tdm_object_of_strings(tdm_replay *r, PgQuery__Node *const *parts, size_t count)
{
    tdm_object_name object = {.schema = tdm_catalog_creation_schema(r->catalog)};

    if (count > 1)
        object.schema = copy(r, string_of(parts[count - 2]));
    if (count)
        object.name = copy(r, string_of(parts[count - 1]));
    return object;
}

tdm_object_name tdm_object_of_range(tdm_replay *r, const PgQuery__RangeVar *range)
{
    tdm_found found = tdm_catalog_find_range(r->catalog, range);

    return (tdm_object_name){.schema = tdm_arena_text(r->catalog->arena, found.schema),
                             .name = copy(r, range->relname)};
}

static tdm_object_name on_table(tdm_replay *r, tdm_object_name table, const char *name)
{
    return (tdm_object_name){
        .schema = table.schema,
        .name = tdm_replay_text(r, "%s on %.*s", name, TDM_TEXT_ARG(table.name)),
        .table = tdm_catalog_print(r->catalog, table.schema, table.name),
    };
}

tdm_object_name tdm_object_on(tdm_replay *r, const PgQuery__RangeVar *table, const char *name)
{
    return on_table(r, tdm_object_of_range(r, table), name);
}

// --- Functions ----------------------------------------------------------------------------------

static tdm_text with_argument(tdm_replay *r, tdm_text so_far, const PgQuery__TypeName *type)
{
    tdm_text printed = tdm_type_print(r->catalog, type);
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

tdm_object_name tdm_object_of_function(tdm_replay *r, const PgQuery__CreateFunctionStmt *function)
{
    tdm_object_name object = tdm_object_of_strings(r, function->funcname, function->n_funcname);

    object.name = tdm_replay_text(r, "%.*s(", TDM_TEXT_ARG(object.name));
    for (size_t i = 0; i < function->n_parameters; i++) {
        const PgQuery__Node *node = function->parameters[i];
        if (node->node_case == PG_QUERY__NODE__NODE_FUNCTION_PARAMETER &&
            (function->is_procedure || is_input(node->function_parameter)))
            object.name = with_argument(r, object.name, node->function_parameter->arg_type);
    }
    object.name = tdm_replay_text(r, "%.*s)", TDM_TEXT_ARG(object.name));
    return object;
}

// A function named without arguments is the only one of its name.
static tdm_text only_overload(tdm_replay *r, tdm_object_name object)
{
    tdm_text begin = tdm_replay_text(r, "%.*s(", TDM_TEXT_ARG(object.name)), found = {NULL, 0};

    for (size_t i = 0; i < r->catalog->others.count; i++) {
        const tdm_other *other = r->catalog->others.items[i];
        if (other->dropped || !tdm_text_is(other->kind, "function") ||
            !tdm_text_equal(other->schema, object.schema) || !tdm_text_starts(other->name, begin))
            continue;
        if (found.size)
            return object.name; // several: the server refuses it
        found = other->name;
    }
    return found.size ? found : object.name;
}

static tdm_object_name of_arguments(tdm_replay *r, const PgQuery__ObjectWithArgs *function)
{
    tdm_object_name object = tdm_object_of_strings(r, function->objname, function->n_objname);

    if (function->args_unspecified) {
        object.name = only_overload(r, object);
        return object;
    }
    object.name = tdm_replay_text(r, "%.*s(", TDM_TEXT_ARG(object.name));
    for (size_t i = 0; i < function->n_objargs; i++)
        if (function->objargs[i]->node_case == PG_QUERY__NODE__NODE_TYPE_NAME)
            object.name = with_argument(r, object.name, function->objargs[i]->type_name);
    object.name = tdm_replay_text(r, "%.*s)", TDM_TEXT_ARG(object.name));
    return object;
}

// --- Objects in general -------------------------------------------------------------------------

static bool stands_on_table(PgQuery__ObjectType type)
{
    return type == PG_QUERY__OBJECT_TYPE__OBJECT_POLICY ||
           type == PG_QUERY__OBJECT_TYPE__OBJECT_TRIGGER ||
           type == PG_QUERY__OBJECT_TYPE__OBJECT_RULE ||
           type == PG_QUERY__OBJECT_TYPE__OBJECT_TABCONSTRAINT ||
           type == PG_QUERY__OBJECT_TYPE__OBJECT_COLUMN;
}

static tdm_object_name of_list(tdm_replay *r, const PgQuery__List *list, PgQuery__ObjectType type)
{
    if (!stands_on_table(type) || list->n_items < 2)
        return tdm_object_of_strings(r, list->items, list->n_items);
    size_t count = list->n_items - 1;
    PgQuery__RangeVar range = PG_QUERY__RANGE_VAR__INIT;
    range.relname = (char *)string_of(list->items[count - 1]);
    if (count > 1)
        range.schemaname = (char *)string_of(list->items[count - 2]);
    return tdm_object_on(r, &range, string_of(list->items[count]));
}

tdm_object_name tdm_object_of_node(tdm_replay *r, const PgQuery__Node *object,
                                   PgQuery__ObjectType type)
{
    tdm_object_name none = {.name = TDM_TEXT("what the statement names")};

    if (!object)
        return none;
    switch (object->node_case) {
    case PG_QUERY__NODE__NODE_STRING:
        return (tdm_object_name){.name = copy(r, object->string->sval)};
    case PG_QUERY__NODE__NODE_LIST:
        return of_list(r, object->list, type);
    case PG_QUERY__NODE__NODE_TYPE_NAME:
        return tdm_object_of_strings(r, object->type_name->names, object->type_name->n_names);
    case PG_QUERY__NODE__NODE_OBJECT_WITH_ARGS:
        return of_arguments(r, object->object_with_args);
    case PG_QUERY__NODE__NODE_RANGE_VAR:
        return tdm_object_of_range(r, object->range_var);
    default: // operators, casts, large objects
        return none;
    }
}
