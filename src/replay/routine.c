// Functions and procedures.
#include "catalog/same_type.h"
#include "catalog/types.h"
#include "replay/kinds.h"
#include "replay/objects.h"

#include "base/text.h"
#include "sql/excerpt.h"
#include "sql/quote.h"

#include <string.h>

// --- Options ------------------------------------------------------------------------------------

// What a routine is at its default, and in which words the server says otherwise.
typedef struct routine {
    tdm_value values[TDM_ATTR_COUNT];
    bool given[TDM_ATTR_COUNT];
    bool unread; // something that is not modelled
} routine;

static void set(routine *f, tdm_attribute attribute, tdm_text text)
{
    f->values[attribute] = (tdm_value){.text = text};
    f->given[attribute] = true;
}

static tdm_text upper(tdm_replay *r, const char *word, const char *usual)
{
    char *text = tdm_arena_string(r->catalog->arena, tdm_text_of(word));

    if (!text || strcmp(word, usual) == 0)
        return (tdm_text){NULL, 0};
    for (size_t i = 0; text[i]; i++)
        text[i] = tdm_to_upper(text[i]);
    return tdm_text_of(text);
}

static bool is_true(const PgQuery__Node *arg)
{
    return arg && arg->node_case == PG_QUERY__NODE__NODE_BOOLEAN && arg->boolean->boolval;
}

static tdm_text number_of(tdm_replay *r, const PgQuery__Node *arg)
{
    if (arg && arg->node_case == PG_QUERY__NODE__NODE_INTEGER)
        return tdm_replay_text(r, "%d", arg->integer->ival);
    if (arg && arg->node_case == PG_QUERY__NODE__NODE_FLOAT)
        return tdm_replay_copy(r, arg->float_->fval);
    return (tdm_text){NULL, 0};
}

// A constant of SET as the server keeps it. False: another form.
static bool setting_value(tdm_replay *r, const PgQuery__Node *node, tdm_text *ret)
{
    if (node->node_case != PG_QUERY__NODE__NODE_A_CONST)
        return false;
    switch (node->a_const->val_case) {
    case PG_QUERY__A__CONST__VAL_SVAL:
        *ret = tdm_replay_copy(r, node->a_const->sval->sval);
        return true;
    case PG_QUERY__A__CONST__VAL_IVAL:
        *ret = tdm_replay_text(r, "%d", node->a_const->ival->ival);
        return true;
    case PG_QUERY__A__CONST__VAL_FVAL:
        *ret = tdm_replay_copy(r, node->a_const->fval->fval);
        return true;
    default:
        return false;
    }
}

// search_path is a list of names, each quoted where it must be (guc.c flatten_set_variable_args);
// so are lists of libraries and tablespaces, which are not read.
static bool setting_text(tdm_replay *r, const PgQuery__VariableSetStmt *setting, tdm_text *ret)
{
    tdm_text_list values = {0};
    bool names = strcmp(setting->name, "search_path") == 0;

    if (setting->n_args > 1 && !names)
        return false;
    for (size_t i = 0; i < setting->n_args; i++) {
        tdm_text value;
        if (!setting_value(r, setting->args[i], &value))
            return false;
        tdm_kinds_push(r, &values, names ? tdm_names_of(r->catalog, &value, 1) : value);
    }
    tdm_text joined = tdm_kinds_join(r, &values, ", ");
    *ret = tdm_replay_text(r, "%s=%.*s", setting->name, TDM_TEXT_ARG(joined));
    return setting->n_args > 0;
}

// Settings stand one for each line while they are collected.
static void drop_setting(tdm_text_list *settings, const char *name)
{
    size_t size = strlen(name), kept = 0;

    for (size_t i = 0; i < settings->texts.count; i++) {
        tdm_text one = settings->texts.items[i];
        if (one.size > size && one.data[size] == '=' && memcmp(one.data, name, size) == 0)
            continue;
        settings->texts.items[kept++] = one;
    }
    settings->texts.count = kept;
}

static void take_setting(tdm_replay *r, routine *f, tdm_text_list *settings,
                         const PgQuery__VariableSetStmt *setting)
{
    tdm_text text;

    switch (setting->kind) {
    case PG_QUERY__VARIABLE_SET_KIND__VAR_SET_VALUE:
        drop_setting(settings, setting->name);
        if (setting_text(r, setting, &text))
            tdm_kinds_push(r, settings, text);
        else
            f->unread = true;
        break;
    case PG_QUERY__VARIABLE_SET_KIND__VAR_SET_DEFAULT:
    case PG_QUERY__VARIABLE_SET_KIND__VAR_RESET:
        drop_setting(settings, setting->name);
        break;
    case PG_QUERY__VARIABLE_SET_KIND__VAR_RESET_ALL:
        settings->texts.count = 0;
        break;
    default: // FROM CURRENT depends on the session
        f->unread = true;
        break;
    }
}

static void take_body(tdm_replay *r, routine *f, const PgQuery__Node *arg)
{
    const PgQuery__List *list =
        arg && arg->node_case == PG_QUERY__NODE__NODE_LIST ? arg->list : NULL;

    if (list && list->n_items == 1)
        set(f, TDM_ATTR_BODY, tdm_replay_copy(r, tdm_kinds_string(list->items[0])));
    else
        f->unread = true; // a symbol in a library
}

static void take_option(tdm_replay *r, routine *f, const PgQuery__DefElem *option)
{
    const char *name = option->defname, *word = tdm_kinds_string(option->arg);
    tdm_text yes = TDM_TEXT("yes"), none = {NULL, 0};

    if (strcmp(name, "as") == 0)
        take_body(r, f, option->arg);
    else if (strcmp(name, "language") == 0)
        set(f, TDM_ATTR_LANGUAGE, tdm_replay_copy(r, word));
    else if (strcmp(name, "volatility") == 0)
        set(f, TDM_ATTR_VOLATILITY, upper(r, word, "volatile"));
    else if (strcmp(name, "strict") == 0)
        set(f, TDM_ATTR_STRICT, is_true(option->arg) ? yes : none);
    else if (strcmp(name, "security") == 0)
        set(f, TDM_ATTR_SECURITY, is_true(option->arg) ? TDM_TEXT("DEFINER") : none);
    else if (strcmp(name, "leakproof") == 0)
        set(f, TDM_ATTR_LEAKPROOF, is_true(option->arg) ? yes : none);
    else if (strcmp(name, "parallel") == 0)
        set(f, TDM_ATTR_PARALLEL, upper(r, word, "unsafe"));
    else if (strcmp(name, "window") == 0)
        set(f, TDM_ATTR_FORM, is_true(option->arg) ? TDM_TEXT("window") : none);
    else if (strcmp(name, "cost") == 0)
        set(f, TDM_ATTR_COST, number_of(r, option->arg));
    else if (strcmp(name, "rows") == 0)
        set(f, TDM_ATTR_ROWS, number_of(r, option->arg));
    else
        f->unread = true;
}

// `settings` holds what was set before.
static void take_options(tdm_replay *r, routine *f, tdm_text_list *settings,
                         PgQuery__Node *const *options, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (options[i]->node_case != PG_QUERY__NODE__NODE_DEF_ELEM)
            continue;
        const PgQuery__DefElem *option = options[i]->def_elem;
        if (strcmp(option->defname, "set") == 0 && option->arg &&
            option->arg->node_case == PG_QUERY__NODE__NODE_VARIABLE_SET_STMT) {
            take_setting(r, f, settings, option->arg->variable_set_stmt);
            f->given[TDM_ATTR_SETTINGS] = true;
        } else {
            take_option(r, f, option);
        }
    }
    if (f->given[TDM_ATTR_SETTINGS])
        set(f, TDM_ATTR_SETTINGS,
            tdm_set_of(r->catalog, settings->texts.items, settings->texts.count));
}

// What the server prints for nothing said (pg_proc.h, CREATE FUNCTION): COST 100, and 1 in C; ROWS
// 1000 for what returns a set.
static void leave_usual(routine *f)
{
    tdm_text none = {NULL, 0}, language = f->values[TDM_ATTR_LANGUAGE].text;
    bool native = tdm_text_is(language, "c") || tdm_text_is(language, "internal");

    if (tdm_text_is(f->values[TDM_ATTR_COST].text, native ? "1" : "100"))
        f->values[TDM_ATTR_COST].text = none;
    if (tdm_text_is(f->values[TDM_ATTR_ROWS].text, "1000"))
        f->values[TDM_ATTR_ROWS].text = none;
}

// --- Arguments and results ----------------------------------------------------------------------

static const char *mode_of(const PgQuery__FunctionParameter *parameter)
{
    switch (parameter->mode) {
    case PG_QUERY__FUNCTION_PARAMETER_MODE__FUNC_PARAM_OUT:
        return "OUT ";
    case PG_QUERY__FUNCTION_PARAMETER_MODE__FUNC_PARAM_INOUT:
        return "INOUT ";
    case PG_QUERY__FUNCTION_PARAMETER_MODE__FUNC_PARAM_VARIADIC:
        return "VARIADIC ";
    default:
        return "";
    }
}

static bool is_output(const PgQuery__FunctionParameter *parameter)
{
    return parameter->mode == PG_QUERY__FUNCTION_PARAMETER_MODE__FUNC_PARAM_OUT ||
           parameter->mode == PG_QUERY__FUNCTION_PARAMETER_MODE__FUNC_PARAM_INOUT;
}

static bool is_of_table(const PgQuery__FunctionParameter *parameter)
{
    return parameter->mode == PG_QUERY__FUNCTION_PARAMETER_MODE__FUNC_PARAM_TABLE;
}

// Arguments have no lengths; "t.c%TYPE" stands for what the column is at that time.
static tdm_text type_of(tdm_replay *r, routine *f, const PgQuery__TypeName *type)
{
    tdm_text printed = tdm_kinds_type(r, type);
    size_t open = tdm_text_find_char(printed, '('), close = tdm_text_find_char(printed, ')');

    f->unread = f->unread || type->pct_type;
    if (open == SIZE_MAX || close == SIZE_MAX || close < open)
        return printed;
    return tdm_replay_text(r, "%.*s%.*s", (int)open, printed.data,
                           TDM_TEXT_ARG(tdm_text_from(printed, close + 1)));
}

static tdm_text parameter_text(tdm_replay *r, routine *f,
                               const PgQuery__FunctionParameter *parameter)
{
    tdm_text name = tdm_text_of(parameter->name), type = type_of(r, f, parameter->arg_type);

    name = tdm_names_of(r->catalog, &name, name.size ? 1 : 0);
    return tdm_replay_text(r, "%s%.*s%s%.*s", mode_of(parameter), TDM_TEXT_ARG(name),
                           name.size ? " " : "", TDM_TEXT_ARG(type));
}

// All defaults in one list, as pg_get_expr prints proargdefaults. Text that does not read back as
// the expression makes the function unread.
static void take_default(tdm_replay *r, routine *f, tdm_text_list *defaults,
                         const PgQuery__FunctionParameter *parameter)
{
    const PgQuery__Node *node = parameter->defexpr;
    tdm_text text = tdm_arena_text(r->catalog->arena, tdm_sql_excerpt(r->tree, &node->base));

    // The server keeps the type that NULL is read as.
    if (node->node_case == PG_QUERY__NODE__NODE_A_CONST && node->a_const->isnull) {
        tdm_text type = type_of(r, f, parameter->arg_type);
        tdm_kinds_push(r, defaults, tdm_replay_text(r, "NULL::%.*s", TDM_TEXT_ARG(type)));
        return;
    }
    if (text.size == 0 || !tdm_kinds_reads_back(r, node, text))
        f->unread = true;
    tdm_kinds_push(r, defaults, text);
}

typedef struct signature {
    tdm_text_list arguments;
    tdm_text_list table; // of RETURNS TABLE
    tdm_text_list defaults;
    tdm_text output; // the type of the last argument that goes out
    size_t outputs;
} signature;

static void read_parameters(tdm_replay *r, routine *f, signature *s,
                            const PgQuery__CreateFunctionStmt *create)
{
    for (size_t i = 0; i < create->n_parameters; i++) {
        const PgQuery__Node *node = create->parameters[i];
        if (node->node_case != PG_QUERY__NODE__NODE_FUNCTION_PARAMETER)
            continue;
        const PgQuery__FunctionParameter *parameter = node->function_parameter;
        tdm_text text = parameter_text(r, f, parameter);
        f->unread = f->unread || parameter->arg_type->setof;
        tdm_kinds_push(r, is_of_table(parameter) ? &s->table : &s->arguments, text);
        if (parameter->defexpr)
            take_default(r, f, &s->defaults, parameter);
        if (is_output(parameter)) {
            s->output = type_of(r, f, parameter->arg_type);
            s->outputs++;
        }
    }
}

static tdm_text returns_of(tdm_replay *r, routine *f, const signature *s,
                           const PgQuery__CreateFunctionStmt *create)
{
    if (create->is_procedure)
        return (tdm_text){NULL, 0};
    if (s->table.texts.count) {
        tdm_text columns = tdm_kinds_join(r, &s->table, ", ");
        return tdm_replay_text(r, "TABLE(%.*s)", TDM_TEXT_ARG(columns));
    }
    if (!create->return_type)
        return s->outputs > 1 ? TDM_TEXT("record") : s->output;
    tdm_text type = type_of(r, f, create->return_type);
    return tdm_replay_text(r, "%s%.*s", create->return_type->setof ? "SETOF " : "",
                           TDM_TEXT_ARG(type));
}

static void read_signature(tdm_replay *r, routine *f, const PgQuery__CreateFunctionStmt *create)
{
    signature s = {0};

    read_parameters(r, f, &s, create);
    set(f, TDM_ATTR_ARGUMENTS, tdm_kinds_join(r, &s.arguments, ", "));
    set(f, TDM_ATTR_RETURNS, returns_of(r, f, &s, create));
    if (s.defaults.texts.count)
        f->values[TDM_ATTR_ARGUMENT_DEFAULTS] =
            tdm_value_of_expression(r->catalog, tdm_kinds_join(r, &s.defaults, ", "));
}

// --- Statements ---------------------------------------------------------------------------------

static const tdm_attribute attributes[] = {
    TDM_ATTR_FORM,     TDM_ATTR_ARGUMENTS, TDM_ATTR_ARGUMENT_DEFAULTS, TDM_ATTR_RETURNS,
    TDM_ATTR_LANGUAGE, TDM_ATTR_BODY,      TDM_ATTR_VOLATILITY,        TDM_ATTR_STRICT,
    TDM_ATTR_SECURITY, TDM_ATTR_LEAKPROOF, TDM_ATTR_PARALLEL,          TDM_ATTR_COST,
    TDM_ATTR_ROWS,     TDM_ATTR_SETTINGS,
};

static void read_routine(tdm_replay *r, routine *f, const PgQuery__CreateFunctionStmt *create)
{
    tdm_text_list settings = {0};

    read_signature(r, f, create);
    take_options(r, f, &settings, create->options, create->n_options);
    leave_usual(f);
    if (create->is_procedure)
        set(f, TDM_ATTR_FORM, TDM_TEXT("procedure"));
    // A body that is parsed at once, and languages whose default is not said.
    if (create->sql_body || f->values[TDM_ATTR_LANGUAGE].text.size == 0)
        f->unread = true;
}

// OR REPLACE keeps what a function returns and the names of its arguments (pg_proc.c
// ProcedureCreate). False: the server refuses it, and said so.
static bool may_replace(tdm_replay *r, const tdm_object *before, const routine *f)
{
    const tdm_value *returns = tdm_object_value(before, TDM_ATTR_RETURNS);
    const tdm_value *now = &f->values[TDM_ATTR_RETURNS];

    if (!before->modelled || !returns || returns->reason.size ||
        tdm_compare_types(returns->text, now->text) != TDM_COMPARE_DIFFERENT)
        return true;
    tdm_replay_opaque(r, tdm_replay_text(r,
                                         "the server refuses it: what %.*s returns cannot be "
                                         "replaced",
                                         TDM_TEXT_ARG(tdm_object_print(r->catalog, before))));
    return false;
}

void tdm_replay_create_function(tdm_replay *r)
{
    const PgQuery__CreateFunctionStmt *create = r->tree->node->create_function_stmt;
    tdm_key key = tdm_object_of_function(r, create);
    const tdm_object *before = tdm_catalog_live(r->catalog, &key);
    routine f = {0};

    read_routine(r, &f, create);
    if (f.unread) {
        tdm_replay_other(r);
        return;
    }
    if (before && r->of.or_replace && !before->uncertain && !may_replace(r, before, &f))
        return;
    tdm_object *object = tdm_kinds_begin(r, &key);
    for (size_t i = 0; object && i < sizeof attributes / sizeof *attributes; i++)
        tdm_replay_assign(r, object, attributes[i], f.values[attributes[i]]);
}

// Several settings in one text cannot be told apart, as their values have commas too. False: so it
// is.
static bool settings_before(tdm_replay *r, const tdm_object *object, tdm_text_list *ret)
{
    const tdm_value *value = tdm_object_value(object, TDM_ATTR_SETTINGS);
    tdm_text text = value ? value->text : (tdm_text){NULL, 0};
    size_t first = tdm_text_find_char(text, '=');

    if (text.size == 0)
        return true;
    tdm_kinds_push(r, ret, text);
    return tdm_text_find_char(tdm_text_from(text, first + 1), '=') == SIZE_MAX;
}

void tdm_replay_alter_function(tdm_replay *r)
{
    const PgQuery__AlterFunctionStmt *alter = r->tree->node->alter_function_stmt;
    PgQuery__Node node = PG_QUERY__NODE__INIT;
    tdm_text_list settings = {0};
    routine f = {0};

    node.node_case = PG_QUERY__NODE__NODE_OBJECT_WITH_ARGS;
    node.object_with_args = alter->func;
    tdm_key key = tdm_object_of_node(r, &node, alter->objtype);
    tdm_object *object = tdm_kinds_altered(r, &key);
    if (!object)
        return;
    bool apart = settings_before(r, object, &settings);
    take_options(r, &f, &settings, alter->actions, alter->n_actions);
    const tdm_value *language = tdm_object_value(object, TDM_ATTR_LANGUAGE);
    if (language)
        f.values[TDM_ATTR_LANGUAGE] = *language;
    leave_usual(&f);
    if (f.unread || (!apart && f.given[TDM_ATTR_SETTINGS])) {
        tdm_replay_other(r);
        return;
    }
    for (size_t i = 0; i < TDM_ATTR_COUNT; i++)
        if (f.given[i])
            tdm_replay_assign(r, object, (tdm_attribute)i, f.values[i]);
}
