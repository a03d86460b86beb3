#include "replay/definition.h"
#include "replay/objects.h"

#include "base/text.h"

#include <string.h>

// --- Operators ----------------------------------------------------------------------------------

static tdm_text operand(tdm_replay *r, const PgQuery__Node *node)
{
    return node && node->node_case == PG_QUERY__NODE__NODE_TYPE_NAME
               ? tdm_object_argument(r, node->type_name)
               : TDM_TEXT("NONE");
}

static void with_operands(tdm_replay *r, tdm_key *key, const PgQuery__Node *left,
                          const PgQuery__Node *right)
{
    tdm_text one = operand(r, left), two = operand(r, right);

    key->name = tdm_replay_text(r, "%.*s(%.*s, %.*s)", TDM_TEXT_ARG(key->name), TDM_TEXT_ARG(one),
                                TDM_TEXT_ARG(two));
}

static const PgQuery__Node *argument_of(const PgQuery__DefineStmt *define, const char *name)
{
    for (size_t i = 0; i < define->n_definition; i++)
        if (strcmp(define->definition[i]->def_elem->defname, name) == 0)
            return define->definition[i]->def_elem->arg;
    return NULL;
}

tdm_key tdm_object_of_operator(tdm_replay *r, const PgQuery__DefineStmt *define)
{
    tdm_key key = tdm_object_of_strings(r, TDM_KIND_OPERATOR, define->defnames, define->n_defnames);

    with_operands(r, &key, argument_of(define, "leftarg"), argument_of(define, "rightarg"));
    return key;
}

tdm_key tdm_object_of_operands(tdm_replay *r, const PgQuery__ObjectWithArgs *object)
{
    tdm_key key = tdm_object_of_strings(r, TDM_KIND_OPERATOR, object->objname, object->n_objname);

    with_operands(r, &key, object->n_objargs > 0 ? object->objargs[0] : NULL,
                  object->n_objargs > 1 ? object->objargs[1] : NULL);
    return key;
}

// "===", or the parts of OPERATOR(app.===).
tdm_key tdm_object_of_pair(tdm_replay *r, const PgQuery__DefineStmt *define,
                           const PgQuery__Node *name, bool swapped)
{
    const PgQuery__Node *left = argument_of(define, "leftarg");
    const PgQuery__Node *right = argument_of(define, "rightarg");
    PgQuery__Node *one = (PgQuery__Node *)name;
    bool list = name->node_case == PG_QUERY__NODE__NODE_LIST;
    tdm_key key = tdm_object_of_strings(r, TDM_KIND_OPERATOR, list ? name->list->items : &one,
                                        list ? name->list->n_items : 1);

    with_operands(r, &key, swapped ? right : left, swapped ? left : right);
    return key;
}

// --- Aggregates, casts, classes -----------------------------------------------------------------

// The first of its arguments is the list of them; agg(*) has none.
tdm_key tdm_object_of_aggregate(tdm_replay *r, const PgQuery__DefineStmt *define)
{
    tdm_key key = tdm_object_of_strings(r, TDM_KIND_FUNCTION, define->defnames, define->n_defnames);
    const PgQuery__Node *first = define->n_args ? define->args[0] : NULL;
    bool list = first && first->node_case == PG_QUERY__NODE__NODE_LIST;
    tdm_text_list types = {0};

    for (size_t i = 0; list && i < first->list->n_items; i++)
        if (first->list->items[i]->node_case == PG_QUERY__NODE__NODE_FUNCTION_PARAMETER)
            tdm_kinds_push(
                r, &types,
                tdm_object_argument(r, first->list->items[i]->function_parameter->arg_type));
    tdm_text joined = tdm_kinds_join(r, &types, ", ");
    key.name = tdm_replay_text(r, "%.*s(%.*s)", TDM_TEXT_ARG(key.name), TDM_TEXT_ARG(joined));
    return key;
}

tdm_key tdm_object_of_cast(tdm_replay *r, const PgQuery__TypeName *source,
                           const PgQuery__TypeName *target)
{
    tdm_text from = tdm_object_argument(r, source), to = tdm_object_argument(r, target);

    return (tdm_key){.kind = TDM_KIND_CAST,
                     .name =
                         tdm_replay_text(r, "%.*s AS %.*s", TDM_TEXT_ARG(from), TDM_TEXT_ARG(to))};
}

tdm_key tdm_object_of_class(tdm_replay *r, tdm_kind kind, const char *method,
                            PgQuery__Node *const *parts, size_t count)
{
    tdm_key key = tdm_object_of_strings(r, kind, parts, count);

    key.name = tdm_replay_text(r, "%.*s USING %s", TDM_TEXT_ARG(key.name), method);
    return key;
}

// --- What rests on something --------------------------------------------------------------------

static bool is(const tdm_object *object, tdm_attribute attribute, tdm_text text)
{
    const tdm_value *value = tdm_object_value(object, attribute);

    return value && tdm_text_equal(value->text, text);
}

static bool rests_on(tdm_replay *r, const tdm_object *other, const tdm_object *object)
{
    if (object->kind == TDM_KIND_WRAPPER)
        return other->kind == TDM_KIND_SERVER && is(other, TDM_ATTR_WRAPPER, object->name);
    if (object->kind != TDM_KIND_SERVER)
        return false;
    tdm_text tail = tdm_replay_text(r, " on server %.*s", TDM_TEXT_ARG(object->name));
    return (other->kind == TDM_KIND_FOREIGN_TABLE && is(other, TDM_ATTR_SERVER, object->name)) ||
           (other->kind == TDM_KIND_USER_MAPPING && tdm_text_ends(other->name, tail));
}

static bool value_names(const tdm_object *object, tdm_attribute attribute, tdm_text name)
{
    const tdm_value *value = tdm_object_value(object, attribute);

    return value && tdm_text_find(value->text, name) != SIZE_MAX;
}

// With CASCADE, what has the name of a function or type in it may have gone along.
static void doubt_namers(tdm_replay *r, const tdm_object *object)
{
    tdm_text name = tdm_text_slice(object->name, 0, tdm_text_find_char(object->name, '('));

    for (size_t i = 0; i < r->catalog->objects.count; i++) {
        tdm_object *other = r->catalog->objects.items[i];
        bool defined =
            other->kind == TDM_KIND_OPERATOR || other->kind == TDM_KIND_CAST ||
            other->kind == TDM_KIND_OPERATOR_CLASS || other->kind == TDM_KIND_WRAPPER ||
            (other->kind == TDM_KIND_FUNCTION && is(other, TDM_ATTR_FORM, TDM_TEXT("aggregate"))) ||
            (other->kind == TDM_KIND_FUNCTION && object->kind == TDM_KIND_TYPE);
        if (other == object || other->dropped || !defined)
            continue;
        if (!other->modelled || tdm_text_find(other->name, name) != SIZE_MAX ||
            value_names(other, TDM_ATTR_DEFINITION, name) ||
            value_names(other, TDM_ATTR_FUNCTION, name) ||
            value_names(other, TDM_ATTR_RETURNS, name) ||
            value_names(other, TDM_ATTR_ARGUMENTS, name) ||
            value_names(other, TDM_ATTR_HANDLER, name) ||
            value_names(other, TDM_ATTR_VALIDATOR, name))
            other->uncertain = true;
    }
}

bool tdm_definition_drop_users(tdm_replay *r, tdm_object *object, bool cascade)
{
    bool foreign = object->kind == TDM_KIND_WRAPPER || object->kind == TDM_KIND_SERVER;

    if (cascade && (object->kind == TDM_KIND_FUNCTION || object->kind == TDM_KIND_TYPE))
        doubt_namers(r, object);
    for (size_t i = 0; foreign && i < r->catalog->objects.count; i++) {
        tdm_object *other = r->catalog->objects.items[i];
        if (other->dropped || !rests_on(r, other, object))
            continue;
        if (!cascade && other->modelled && !other->uncertain) {
            tdm_replay_opaque(r,
                              tdm_replay_text(r, "the server refuses it: %.*s depends on it",
                                              TDM_TEXT_ARG(tdm_object_print(r->catalog, other))));
            return false;
        }
        if (!tdm_definition_drop_users(r, other, cascade))
            return false;
        tdm_replay_remove(r, other);
    }
    return true;
}
