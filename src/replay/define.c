// Operators, aggregates, casts and text search dictionaries: what CREATE says of them in a list of
// names and values, sorted, with one spelling each. Operator classes and families are kept by
// their names, and their definitions by the identity of the statements.
#include "replay/definition.h"
#include "replay/objects.h"

#include "base/text.h"

#include <string.h>

tdm_text tdm_definition_function(tdm_replay *r, PgQuery__Node *const *parts, size_t count)
{
    tdm_text name = tdm_replay_copy(r, count ? tdm_kinds_string(parts[count - 1]) : "");
    tdm_text schema = count > 1 ? tdm_text_of(tdm_kinds_string(parts[count - 2])) : (tdm_text){0};
    tdm_text begin = tdm_replay_text(r, "%.*s(", TDM_TEXT_ARG(name));

    if (tdm_text_is(schema, "pg_catalog"))
        return name;
    if (schema.size)
        return tdm_catalog_print(r->catalog, tdm_arena_text(r->catalog->arena, schema), name);
    for (size_t i = 0; i < r->catalog->path.count; i++)
        for (size_t j = 0; j < r->catalog->objects.count; j++) {
            const tdm_object *object = r->catalog->objects.items[j];
            if (!object->dropped && object->kind == TDM_KIND_FUNCTION &&
                tdm_text_equal(object->schema, r->catalog->path.items[i]) &&
                tdm_text_starts(object->name, begin))
                return tdm_catalog_print(r->catalog, object->schema, name);
        }
    return name;
}

// --- Lists of names and values ------------------------------------------------------------------

// What the value of a name is.
typedef enum value_form {
    FORM_FUNCTION,
    FORM_TYPE,
    FORM_WORD,
    FORM_FLAG,
    FORM_NUMBER,
    FORM_SKIP, // is told elsewhere
} value_form;

typedef struct option {
    const char *name;
    value_form form;
    const char *printed; // NULL: the name itself
} option;

static const char *word_of(const PgQuery__Node *arg)
{
    if (!arg)
        return "";
    if (arg->node_case == PG_QUERY__NODE__NODE_TYPE_NAME && arg->type_name->n_names)
        return tdm_kinds_string(arg->type_name->names[arg->type_name->n_names - 1]);
    return tdm_kinds_string(arg);
}

static tdm_text function_of(tdm_replay *r, const PgQuery__Node *arg)
{
    if (!arg)
        return (tdm_text){NULL, 0};
    if (arg->node_case == PG_QUERY__NODE__NODE_TYPE_NAME)
        return tdm_definition_function(r, arg->type_name->names, arg->type_name->n_names);
    if (arg->node_case == PG_QUERY__NODE__NODE_LIST)
        return tdm_definition_function(r, arg->list->items, arg->list->n_items);
    return tdm_replay_copy(r, tdm_kinds_string(arg));
}

static bool is_true(const PgQuery__Node *arg)
{
    if (!arg)
        return true;
    if (arg->node_case == PG_QUERY__NODE__NODE_BOOLEAN)
        return arg->boolean->boolval;
    return strcmp(word_of(arg), "true") == 0 || strcmp(word_of(arg), "on") == 0;
}

static tdm_text number_of(tdm_replay *r, const PgQuery__Node *arg)
{
    if (arg && arg->node_case == PG_QUERY__NODE__NODE_INTEGER)
        return tdm_replay_text(r, "%d", arg->integer->ival);
    if (arg && arg->node_case == PG_QUERY__NODE__NODE_FLOAT)
        return tdm_replay_copy(r, arg->float_->fval);
    return tdm_replay_copy(r, word_of(arg));
}

static tdm_text value_of(tdm_replay *r, value_form form, const PgQuery__Node *arg)
{
    switch (form) {
    case FORM_FUNCTION:
        return function_of(r, arg);
    case FORM_TYPE:
        return arg && arg->node_case == PG_QUERY__NODE__NODE_TYPE_NAME
                   ? tdm_kinds_type(r, arg->type_name)
                   : tdm_replay_copy(r, word_of(arg));
    case FORM_FLAG:
        return is_true(arg) ? TDM_TEXT("yes") : (tdm_text){NULL, 0};
    case FORM_NUMBER:
        return number_of(r, arg);
    case FORM_WORD:
    case FORM_SKIP:
        break;
    }
    return tdm_replay_copy(r, word_of(arg));
}

static const option *option_of(const option *options, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(options[i].name, name) == 0)
            return &options[i];
    return NULL;
}

// False: something in it is not read.
static bool read_list(tdm_replay *r, const PgQuery__DefineStmt *define, const option *options,
                      size_t option_count, tdm_text *ret)
{
    tdm_text_list list = {0};

    for (size_t i = 0; i < define->n_definition; i++) {
        const PgQuery__DefElem *one = define->definition[i]->def_elem;
        const option *known = option_of(options, option_count, one->defname);
        if (!known)
            return false;
        tdm_text value = value_of(r, known->form, one->arg);
        if (known->form != FORM_SKIP && value.size)
            tdm_kinds_push(r, &list,
                           tdm_replay_text(r, "%s=%.*s",
                                           known->printed ? known->printed : known->name,
                                           TDM_TEXT_ARG(value)));
    }
    *ret = tdm_set_of(r->catalog, list.texts.items, list.texts.count);
    return true;
}

// --- Operators ----------------------------------------------------------------------------------

static const option operator_options[] = {
    {"leftarg", FORM_SKIP, NULL},      {"rightarg", FORM_SKIP, NULL},
    {"function", FORM_FUNCTION, NULL}, {"procedure", FORM_FUNCTION, "function"},
    {"restrict", FORM_FUNCTION, NULL}, {"join", FORM_FUNCTION, NULL},
    {"hashes", FORM_FLAG, NULL},       {"merges", FORM_FLAG, NULL},
    {"commutator", FORM_SKIP, NULL},   {"negator", FORM_SKIP, NULL},
};

static const PgQuery__Node *argument_of(const PgQuery__DefineStmt *define, const char *name)
{
    for (size_t i = 0; i < define->n_definition; i++)
        if (strcmp(define->definition[i]->def_elem->defname, name) == 0)
            return define->definition[i]->def_elem->arg;
    return NULL;
}

static tdm_text bare(tdm_text name)
{
    return tdm_text_slice(name, 0, tdm_text_find_char(name, '('));
}

// The other of a pair is told of this one, where it is there and says nothing (pg_operator.c
// OperatorUpd).
static void pair(tdm_replay *r, tdm_object *object, const PgQuery__DefineStmt *define,
                 tdm_attribute attribute)
{
    bool swapped = attribute == TDM_ATTR_COMMUTATOR;
    const PgQuery__Node *name = argument_of(define, swapped ? "commutator" : "negator");

    if (!name)
        return;
    tdm_key key = tdm_object_of_pair(r, define, name, swapped);
    tdm_object *other = tdm_catalog_live(r->catalog, &key);
    tdm_replay_assign_text(r, object, attribute,
                           tdm_catalog_print(r->catalog, key.schema, bare(key.name)));
    if (other && other != object && !tdm_object_value(other, attribute))
        tdm_replay_assign_text(r, other, attribute,
                               tdm_catalog_print(r->catalog, object->schema, bare(object->name)));
}

static void create_operator(tdm_replay *r, const PgQuery__DefineStmt *define)
{
    tdm_key key = tdm_object_of_operator(r, define);
    tdm_text list = {NULL, 0};

    if (!read_list(r, define, operator_options, sizeof operator_options / sizeof *operator_options,
                   &list)) {
        tdm_replay_other_named(r, &key);
        return;
    }
    tdm_object *object = tdm_kinds_begin(r, &key);
    if (!object)
        return;
    tdm_replay_assign_text(r, object, TDM_ATTR_DEFINITION, list);
    pair(r, object, define, TDM_ATTR_COMMUTATOR);
    pair(r, object, define, TDM_ATTR_NEGATOR);
}

// --- Aggregates ---------------------------------------------------------------------------------

static const option aggregate_options[] = {
    {"sfunc", FORM_FUNCTION, NULL},     {"sfunc1", FORM_FUNCTION, "sfunc"},
    {"stype", FORM_TYPE, NULL},         {"stype1", FORM_TYPE, "stype"},
    {"finalfunc", FORM_FUNCTION, NULL}, {"combinefunc", FORM_FUNCTION, NULL},
    {"initcond", FORM_NUMBER, NULL},    {"initcond1", FORM_NUMBER, "initcond"},
    {"parallel", FORM_SKIP, NULL},
};

// The second of the arguments counts those of an ordered set that stand before it; -1: none is.
static bool has_plain_arguments(const PgQuery__DefineStmt *define)
{
    const PgQuery__Node *direct = define->n_args == 2 ? define->args[1] : NULL;

    return direct && direct->node_case == PG_QUERY__NODE__NODE_INTEGER &&
           direct->integer->ival == -1;
}

static tdm_text parallel_of(const PgQuery__DefineStmt *define)
{
    const char *word = word_of(argument_of(define, "parallel"));

    if (strcmp(word, "safe") == 0)
        return TDM_TEXT("SAFE");
    return strcmp(word, "restricted") == 0 ? TDM_TEXT("RESTRICTED") : (tdm_text){NULL, 0};
}

// Plain ones alone: not those over ordered sets, hypothetical or moving ones.
static void create_aggregate(tdm_replay *r, const PgQuery__DefineStmt *define)
{
    tdm_key key = tdm_object_of_aggregate(r, define);
    tdm_text list = {NULL, 0};
    bool plain = !define->oldstyle && has_plain_arguments(define);

    if (!plain || !read_list(r, define, aggregate_options,
                             sizeof aggregate_options / sizeof *aggregate_options, &list)) {
        tdm_replay_other_named(r, &key);
        return;
    }
    tdm_object *object = tdm_kinds_begin(r, &key);
    if (!object)
        return;
    tdm_replay_assign_text(r, object, TDM_ATTR_FORM, TDM_TEXT("aggregate"));
    tdm_replay_assign_text(r, object, TDM_ATTR_PARALLEL, parallel_of(define));
    tdm_replay_assign_text(r, object, TDM_ATTR_DEFINITION, list);
}

// --- Dictionaries -------------------------------------------------------------------------------

// "stopwords = 'english'", as serialize_deflist in tsearchcmds.c writes it; values that would be
// escaped there are not read.
static bool take_dictionary_option(tdm_replay *r, const PgQuery__DefElem *one, tdm_text_list *list)
{
    tdm_text value = number_of(r, one->arg);

    if (tdm_text_find_char(value, '\'') != SIZE_MAX || tdm_text_find_char(value, '\\') != SIZE_MAX)
        return false;
    bool number = one->arg && (one->arg->node_case == PG_QUERY__NODE__NODE_INTEGER ||
                               one->arg->node_case == PG_QUERY__NODE__NODE_FLOAT);
    tdm_kinds_push(r, list,
                   tdm_replay_text(r, number ? "%s = %.*s" : "%s = '%.*s'", one->defname,
                                   TDM_TEXT_ARG(value)));
    return true;
}

static void create_dictionary(tdm_replay *r, const PgQuery__DefineStmt *define)
{
    tdm_key key =
        tdm_object_of_strings(r, TDM_KIND_DICTIONARY, define->defnames, define->n_defnames);
    tdm_text_list options = {0};
    tdm_text template = {NULL, 0};

    for (size_t i = 0; i < define->n_definition; i++) {
        const PgQuery__DefElem *one = define->definition[i]->def_elem;
        if (strcmp(one->defname, "template") == 0) {
            template = function_of(r, one->arg);
        } else if (!take_dictionary_option(r, one, &options)) {
            tdm_replay_other_named(r, &key);
            return;
        }
    }
    tdm_object *object = tdm_kinds_begin(r, &key);
    if (!object)
        return;
    tdm_replay_assign_text(r, object, TDM_ATTR_TEMPLATE, template);
    tdm_replay_assign_text(r, object, TDM_ATTR_DEFINITION, tdm_kinds_join(r, &options, ", "));
}

// --- Statements ---------------------------------------------------------------------------------

void tdm_replay_define(tdm_replay *r)
{
    const PgQuery__DefineStmt *define = r->tree->node->define_stmt;
    tdm_kind kind = tdm_object_kind(define->kind);

    switch (define->kind) {
    case PG_QUERY__OBJECT_TYPE__OBJECT_OPERATOR:
        create_operator(r, define);
        return;
    case PG_QUERY__OBJECT_TYPE__OBJECT_AGGREGATE:
        create_aggregate(r, define);
        return;
    case PG_QUERY__OBJECT_TYPE__OBJECT_TSDICTIONARY:
        create_dictionary(r, define);
        return;
    default:
        break;
    }
    tdm_key key = tdm_object_of_strings(r, kind, define->defnames, define->n_defnames);
    tdm_replay_other_named(r, &key);
}

void tdm_replay_create_cast(tdm_replay *r)
{
    const PgQuery__CreateCastStmt *create = r->tree->node->create_cast_stmt;
    tdm_key key = tdm_object_of_cast(r, create->sourcetype, create->targettype);
    tdm_object *object = tdm_kinds_begin(r, &key);

    if (!object)
        return;
    tdm_text method = create->inout ? TDM_TEXT("INOUT") : TDM_TEXT("WITHOUT FUNCTION");
    if (create->func)
        method = tdm_definition_function(r, create->func->objname, create->func->n_objname);
    tdm_replay_assign_text(r, object, TDM_ATTR_DEFINITION, method);
    if (create->context == PG_QUERY__COERCION_CONTEXT__COERCION_IMPLICIT)
        tdm_replay_assign_text(r, object, TDM_ATTR_FORM, TDM_TEXT("AS IMPLICIT"));
    if (create->context == PG_QUERY__COERCION_CONTEXT__COERCION_ASSIGNMENT)
        tdm_replay_assign_text(r, object, TDM_ATTR_FORM, TDM_TEXT("AS ASSIGNMENT"));
}

// What is changed in the list is told by the identity of the statement.
void tdm_replay_alter_definition(tdm_replay *r)
{
    const PgQuery__Node *node = r->tree->node;
    tdm_key key;

    switch (node->node_case) {
    case PG_QUERY__NODE__NODE_ALTER_TSCONFIGURATION_STMT:
        key = tdm_object_of_strings(r, TDM_KIND_TEXT_SEARCH,
                                    node->alter_tsconfiguration_stmt->cfgname,
                                    node->alter_tsconfiguration_stmt->n_cfgname);
        break;
    case PG_QUERY__NODE__NODE_ALTER_TSDICTIONARY_STMT:
        key = tdm_object_of_strings(r, TDM_KIND_DICTIONARY, node->alter_tsdictionary_stmt->dictname,
                                    node->alter_tsdictionary_stmt->n_dictname);
        break;
    case PG_QUERY__NODE__NODE_ALTER_OPERATOR_STMT:
        key = tdm_object_of_operands(r, node->alter_operator_stmt->opername);
        break;
    case PG_QUERY__NODE__NODE_ALTER_OP_FAMILY_STMT:
        key = tdm_object_of_class(r, TDM_KIND_OPERATOR_FAMILY, node->alter_op_family_stmt->amname,
                                  node->alter_op_family_stmt->opfamilyname,
                                  node->alter_op_family_stmt->n_opfamilyname);
        break;
    case PG_QUERY__NODE__NODE_ALTER_STATS_STMT:
        key = tdm_object_of_strings(r, TDM_KIND_STATISTICS, node->alter_stats_stmt->defnames,
                                    node->alter_stats_stmt->n_defnames);
        break;
    case PG_QUERY__NODE__NODE_ALTER_SUBSCRIPTION_STMT:
        key = (tdm_key){.kind = TDM_KIND_SUBSCRIPTION,
                        .name = tdm_replay_copy(r, node->alter_subscription_stmt->subname)};
        r->shown = tdm_replay_text(r, "ALTER SUBSCRIPTION %.*s", TDM_TEXT_ARG(key.name));
        break;
    default:
        tdm_replay_other(r);
        return;
    }
    tdm_replay_other_changed(r, &key);
}

// What is known by its name alone.
void tdm_replay_create_named(tdm_replay *r)
{
    const PgQuery__Node *node = r->tree->node;
    tdm_key key = {.kind = TDM_KIND_OTHER};

    if (node->node_case == PG_QUERY__NODE__NODE_CREATE_STATS_STMT)
        key = tdm_object_of_strings(r, TDM_KIND_STATISTICS, node->create_stats_stmt->defnames,
                                    node->create_stats_stmt->n_defnames);
    else if (node->node_case == PG_QUERY__NODE__NODE_CREATE_PLANG_STMT)
        key = (tdm_key){.kind = TDM_KIND_LANGUAGE,
                        .name = tdm_replay_copy(r, node->create_plang_stmt->plname)};
    else if (node->node_case == PG_QUERY__NODE__NODE_CREATE_SUBSCRIPTION_STMT) {
        key = (tdm_key){.kind = TDM_KIND_SUBSCRIPTION,
                        .name = tdm_replay_copy(r, node->create_subscription_stmt->subname)};
        // A connection may have a password.
        r->shown = tdm_replay_text(r, "CREATE SUBSCRIPTION %.*s", TDM_TEXT_ARG(key.name));
    }
    tdm_replay_other_named(r, &key);
}

void tdm_replay_drop_subscription(tdm_replay *r)
{
    const PgQuery__DropSubscriptionStmt *drop = r->tree->node->drop_subscription_stmt;
    tdm_key key = {.kind = TDM_KIND_SUBSCRIPTION, .name = tdm_replay_copy(r, drop->subname)};
    tdm_object *object = tdm_replay_target(r, &key, drop->missing_ok);

    if (object)
        tdm_replay_remove(r, object);
}

void tdm_replay_create_operator_class(tdm_replay *r)
{
    const PgQuery__CreateOpClassStmt *create = r->tree->node->create_op_class_stmt;
    tdm_key key = tdm_object_of_class(r, TDM_KIND_OPERATOR_CLASS, create->amname,
                                      create->opclassname, create->n_opclassname);
    tdm_key family = key;

    tdm_replay_other_named(r, &key);
    // Without FAMILY it gets one of its own name (opclasscmds.c DefineOpClass).
    family.kind = TDM_KIND_OPERATOR_FAMILY;
    if (create->n_opfamilyname == 0 && !tdm_catalog_live(r->catalog, &family))
        tdm_replay_other_named(r, &family);
}

void tdm_replay_create_operator_family(tdm_replay *r)
{
    const PgQuery__CreateOpFamilyStmt *create = r->tree->node->create_op_family_stmt;
    tdm_key key = tdm_object_of_class(r, TDM_KIND_OPERATOR_FAMILY, create->amname,
                                      create->opfamilyname, create->n_opfamilyname);

    tdm_replay_other_named(r, &key);
}
