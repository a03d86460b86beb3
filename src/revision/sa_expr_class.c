// The native class of expressions, text().bindparams(), and sa.func.
#include "revision/sa_expr.h"

#include <string.h>

// --- text()
// ---------------------------------------------------------------------------------------

static bool push_bind(tdm_host *host, tdm_expr *text, tdm_text name, tdm_expr *bind)
{
    bind->text = name;
    bind->final_name = false;
    return tdm_vector_push(host->arena, &text->binds, ((tdm_text_bind){name, bind}));
}

static tdm_py method_bindparams(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    const tdm_expr *text = tdm_py_native_data(self);
    tdm_expr *copy = tdm_expr_text(host->arena, text->text);
    tdm_names known = {0};
    if (!copy || !tdm_text_parameters(host->arena, text->text, &known))
        return tdm_host_unknown(host, "out of memory");
    for (size_t i = 0; i < bound->rest_count; i++) {
        tdm_expr *bind = tdm_data_of(bound->rest[i], &tdm_expr_object);
        if (!bind || bind->kind != TDM_EXPR_BIND) {
            tdm_arg_refuse(bound, "parameter");
            return bound->unknown;
        }
        (void)push_bind(host, copy, bind->text, bind);
    }
    for (size_t i = 0; i < bound->extra.count; i++) {
        tdm_py value = bound->extra.items[i];
        tdm_expr *bind =
            tdm_expr_bind(host->arena, value, tdm_type_of_value(host->arena, host->in, value));
        if (!bind)
            return tdm_host_unknown(host, "out of memory");
        (void)push_bind(host, copy, bound->extra_names.items[i], bind);
    }
    for (size_t i = 0; i < copy->binds.count; i++) {
        bool found = false;
        for (size_t j = 0; j < known.count; j++)
            found = found || tdm_text_equal(known.items[j].text, copy->binds.items[i].name);
        if (!found) {
            tdm_py_raise(host->in, "ArgumentError",
                         "This text() construct doesn't define a bound parameter named '%.*s'",
                         TDM_TEXT_ARG(copy->binds.items[i].name));
            return NULL;
        }
    }
    // What an earlier call bound stays.
    for (size_t i = 0; i < text->binds.count; i++)
        (void)tdm_vector_push(host->arena, &copy->binds, text->binds.items[i]);
    return tdm_expr_value(host, copy);
}

static tdm_py method_same(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    (void)host;
    (void)bound;
    return self;
}

static const tdm_method_row text_methods[] = {
    {"bindparams", "*binds **", method_bindparams},
    {"columns", "*cols **", method_same},
    {"execution_options", "**", method_same},
};

// --- Attributes
// -----------------------------------------------------------------------------------

static tdm_py plain_attr(tdm_host *host, const tdm_expr *expr, tdm_text name)
{
    if (expr->kind == TDM_EXPR_COLUMN && (tdm_text_is(name, "name") || tdm_text_is(name, "key")))
        return tdm_py_str(host->in, expr->name.text);
    if (expr->kind == TDM_EXPR_TEXT && tdm_text_is(name, "text"))
        return tdm_py_str(host->in, expr->text);
    if (tdm_text_is(name, "type") && expr->type)
        return tdm_object(host, &tdm_type_object, expr->type);
    return NULL;
}

static tdm_py expr_attr(tdm_interp *in, tdm_py self, tdm_text name)
{
    tdm_host *host = tdm_host_of(in);
    const tdm_expr *expr = tdm_py_native_data(self);
    tdm_py value = plain_attr(host, expr, name);
    if (!value && expr->kind == TDM_EXPR_TEXT)
        value = tdm_find_method(host, text_methods, sizeof text_methods / sizeof *text_methods,
                                self, name);
    else if (!value)
        value = tdm_expr_method(host, self, name);
    if (value)
        return value;
    // A name that no column expression has at all.
    if (expr->kind == TDM_EXPR_COLUMN && tdm_text_is(name, "distinct_from")) {
        tdm_py_raise(in, "AttributeError",
                     "Neither 'ColumnClause' object nor 'Comparator' object has an attribute "
                     "'%.*s'",
                     TDM_TEXT_ARG(name));
        return NULL;
    }
    return tdm_host_unknown(host, ".%.*s of an expression is not covered", TDM_TEXT_ARG(name));
}

static tdm_py expr_item(tdm_interp *in, tdm_py self, tdm_py key)
{
    (void)self;
    (void)key;
    return tdm_host_unknown(tdm_host_of(in), "an item of an expression is not covered");
}

// bool(x == y) would compare identities; other expressions refuse.
static tdm_py expr_truth(tdm_interp *in, tdm_py self)
{
    const tdm_expr *expr = tdm_py_native_data(self);
    if (expr->kind == TDM_EXPR_TEXT)
        return tdm_py_unknown(in, tdm_interp_place(in), "the truth of text() is not defined");
    return tdm_host_unknown(tdm_host_of(in), "the truth of an expression is not covered");
}

const tdm_py_class tdm_expr_object = {.name = TDM_EXPR_CLASS,
                                      .inert = true,
                                      .get_attr = expr_attr,
                                      .get_item = expr_item,
                                      .operate = tdm_expr_operate,
                                      .truth = expr_truth};

// --- sa.func
// --------------------------------------------------------------------------------------

// What SQLAlchemy knows the result type of; "" is the type of the first argument.
static const struct {
    const char *name;
    const char *type;
} function_types[] = {
    {"now", "DateTime"},
    {"count", "Integer"},
    {"char_length", "Integer"},
    {"concat", "String"},
    {"coalesce", ""},
    {"max", ""},
    {"min", ""},
    {"sum", ""},
    {"current_date", "Date"},
    {"current_time", "Time"},
    {"current_timestamp", "DateTime"},
    {"current_user", "String"},
    {"localtime", "DateTime"},
    {"localtimestamp", "DateTime"},
    {"session_user", "String"},
    {"sysdate", "DateTime"},
    {"user", "String"},
    {"rank", "Integer"},
    {"dense_rank", "Integer"},
    {"percent_rank", "Numeric"},
    {"cume_dist", "Numeric"},
};

// The first of two arguments of these is the name of a text search configuration.
static const char *const regconfig_functions[] = {
    "to_tsvector",      "to_tsquery",           "plainto_tsquery",
    "phraseto_tsquery", "websearch_to_tsquery", "ts_headline",
};

static void give_type(tdm_host *host, tdm_expr *function)
{
    for (size_t i = 0; i < sizeof function_types / sizeof *function_types; i++) {
        if (!tdm_text_equal_nocase(function->text, tdm_text_of(function_types[i].name)))
            continue;
        if (function_types[i].type[0])
            function->type = tdm_type_plain(host->arena, function_types[i].type);
        else
            function->type = function->items.count > 0 ? function->items.items[0]->type : NULL;
    }
}

static bool takes_configuration(tdm_text name)
{
    for (size_t i = 0; i < sizeof regconfig_functions / sizeof *regconfig_functions; i++) {
        if (tdm_text_equal_nocase(name, tdm_text_of(regconfig_functions[i])))
            return true;
    }
    return false;
}

static tdm_expr *regconfig_bind(tdm_host *host, tdm_py value)
{
    tdm_type *type = tdm_arena_new_of(host->arena, tdm_type);
    if (type)
        type->type_class = tdm_type_class_find(TDM_HOME_POSTGRESQL, TDM_TEXT("REGCONFIG"));
    return tdm_expr_bind(host->arena, value, type);
}

static tdm_py call_function(tdm_host *host, tdm_text name, tdm_bound *bound)
{
    tdm_expr *function = tdm_expr_new(host->arena, TDM_EXPR_FUNCTION, tdm_arg_type(bound, "type_"));
    if (!function)
        return tdm_host_unknown(host, "out of memory");
    function->text = name;
    for (size_t i = 0; i < bound->rest_count; i++) {
        tdm_py value = bound->rest[i];
        tdm_expr *item = NULL;
        if (i == 0 && bound->rest_count > 1 && takes_configuration(name) &&
            tdm_py_kind_of(value) == TDM_PY_STR)
            item = regconfig_bind(host, value);
        else
            item = tdm_operand(bound, value, NULL);
        if (!item)
            return bound->unknown;
        (void)tdm_vector_push(host->arena, &function->items,
                              tdm_expr_self_group(host->arena, item, TDM_OP_COMMA));
    }
    if (!function->type)
        give_type(host, function);
    return bound->unknown ? bound->unknown : tdm_expr_value(host, function);
}

// func.cast and func.extract are those constructs; func.next_value takes a sequence.
static tdm_py call_special(tdm_host *host, tdm_text name, const tdm_py_args *args)
{
    static const char *const special[] = {"cast", "extract", "next_value"};
    for (size_t i = 0; i < sizeof special / sizeof *special; i++) {
        if (!tdm_text_equal_nocase(name, tdm_text_of(special[i])))
            continue;
        for (const tdm_callable *row = tdm_expr_callables; row->name; row++) {
            if (strcmp(row->name, special[i]) == 0)
                return tdm_py_call(host->in, tdm_callable_value(host, row), args);
        }
    }
    return NULL;
}

static tdm_py maker_call(tdm_interp *in, tdm_py self, const tdm_py_args *args)
{
    tdm_host *host = tdm_host_of(in);
    const tdm_text *name = tdm_py_native_data(self);
    static const char *const special[] = {"cast", "extract", "next_value"};
    for (size_t i = 0; i < sizeof special / sizeof *special; i++) {
        if (tdm_text_equal_nocase(*name, tdm_text_of(special[i])))
            return call_special(host, *name, args);
    }
    tdm_bound bound;
    if (!tdm_bind(host, "func", "*args | type_=", false, args, &bound))
        return NULL;
    return bound.unknown ? bound.unknown : call_function(host, *name, &bound);
}

static tdm_py maker_attr(tdm_interp *in, tdm_py self, tdm_text name)
{
    tdm_host *host = tdm_host_of(in);
    const tdm_text *outer = tdm_py_native_data(self);
    tdm_text *path = tdm_arena_new_of(host->arena, tdm_text);
    if (!path)
        return tdm_host_unknown(host, "out of memory");
    if (tdm_text_starts(name, TDM_TEXT("__")))
        return tdm_host_unknown(host, "func.%.*s is not covered", TDM_TEXT_ARG(name));
    // A closing underscore lets Python's own words be function names.
    if (name.size > 1 && name.data[name.size - 1] == '_')
        name.size--;
    *path = outer->size == 0 ? name
                             : tdm_arena_printf(host->arena, "%.*s.%.*s", TDM_TEXT_ARG(*outer),
                                                TDM_TEXT_ARG(name));
    return tdm_object(host, &tdm_function_maker, path);
}

const tdm_py_class tdm_function_maker = {
    .name = "sqlalchemy.func", .inert = true, .get_attr = maker_attr, .call = maker_call};

tdm_expr *tdm_next_value(tdm_host *host, const tdm_sequence *sequence)
{
    tdm_expr *next =
        tdm_expr_new(host->arena, TDM_EXPR_NEXT_VALUE, tdm_type_plain(host->arena, "Integer"));
    if (next) {
        next->name = sequence->name;
        next->schema = sequence->schema;
    }
    return next;
}
