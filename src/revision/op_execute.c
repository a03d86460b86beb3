// execute, bulk_insert, and the small directives: f, inline_literal, get_bind, get_context.
#include "revision/op_directive.h"
#include "revision/sa_dml.h"

// Online an expression is put in a SELECT under a name of its own; --sql prints it bare.
static void print_expr_statement(tdm_printer *p, const void *statement)
{
    const tdm_expr *expr = statement;
    if (p->online && expr->kind != TDM_EXPR_TEXT)
        tdm_print_opaque(p, "execute: the query around an expression is not covered");
    tdm_print_expr(p, expr);
}

// Only op.execute() takes a string; a connection wants text() around it, which its mock does not.
static void print_bare_string(tdm_printer *p, const void *statement)
{
    const tdm_expr *expr = statement;
    if (p->online)
        tdm_print_raise(p, "ObjectNotExecutableError", "Not an executable object: a string");
    tdm_print_expr(p, expr);
}

static void print_element(tdm_printer *p, const void *statement)
{
    const tdm_statement_object *element = statement;
    p->ddl = element->ddl;
    element->print(p, element->data);
}

static tdm_py refuse_statement(tdm_host *host, tdm_py statement)
{
    switch (tdm_py_kind_of(statement)) {
    case TDM_PY_NONE:
    case TDM_PY_BOOL:
    case TDM_PY_INT:
    case TDM_PY_FLOAT:
    case TDM_PY_BYTES:
    case TDM_PY_LIST:
    case TDM_PY_TUPLE:
    case TDM_PY_DICT:
    case TDM_PY_SET:
        tdm_py_raise(host->in, "AttributeError", "'%s' object has no attribute 'compile'",
                     tdm_py_type_name(statement));
        return NULL;
    default:
        return tdm_emitted(host, tdm_emit_opaque(host, TDM_TEXT("execute: a statement of this "
                                                                "kind is not covered")));
    }
}

static tdm_py execute_with(tdm_host *host, tdm_py statement, tdm_py parameters,
                           tdm_print_function print_string)
{
    statement = tdm_py_plain(statement);
    const tdm_name *name = tdm_data_of(statement, &tdm_name_object);
    if (tdm_py_kind_of(statement) == TDM_PY_STR || name) {
        tdm_text text = name ? name->text : tdm_py_as_text(statement);
        tdm_expr *clause = tdm_expr_text(host->arena, text);
        if (!clause)
            return tdm_host_unknown(host, "out of memory");
        return tdm_emitted(host, tdm_emit_statement(host, print_string, clause, parameters));
    }
    const tdm_statement_object *element = tdm_data_of(statement, &tdm_statement_class);
    if (element)
        return tdm_emitted(host, tdm_emit_statement(host, print_element, element, parameters));
    const tdm_expr *expr = tdm_data_of(statement, &tdm_expr_object);
    if (expr)
        return tdm_emitted(host, tdm_emit_statement(host, print_expr_statement, expr, parameters));
    return refuse_statement(host, statement);
}

tdm_py tdm_execute(tdm_host *host, tdm_py statement, tdm_py parameters)
{
    return execute_with(host, statement, parameters, print_expr_statement);
}

tdm_py tdm_connection_execute(tdm_host *host, tdm_py statement, tdm_py parameters)
{
    return execute_with(host, statement, parameters, print_bare_string);
}

static tdm_py execute(tdm_host *host, tdm_bound *bound)
{
    return tdm_execute(host, tdm_arg(bound, "sqltext"), NULL);
}

static tdm_py final_name(tdm_host *host, tdm_bound *bound)
{
    tdm_name *name = tdm_arena_new_of(host->arena, tdm_name);
    if (!name)
        return tdm_host_unknown(host, "out of memory");
    *name = tdm_arg_name(bound, "name");
    name->final = true;
    if (bound->unknown)
        return bound->unknown;
    return name->given ? tdm_object(host, &tdm_name_object, name) : tdm_py_none(host->in);
}

static tdm_py inline_literal(tdm_host *host, tdm_bound *bound)
{
    tdm_py value = tdm_arg(bound, "value");
    tdm_type *type = tdm_arg_type(bound, "type_");
    if (!type)
        type = tdm_type_of_value(host->arena, host->in, value);
    tdm_expr *bind = tdm_expr_bind(host->arena, value, type);
    if (!bind)
        return tdm_host_unknown(host, "out of memory");
    bind->always_literal = true;
    return bound->unknown ? bound->unknown : tdm_object(host, &tdm_expr_object, bind);
}

static tdm_py get_bind(tdm_host *host, tdm_bound *bound)
{
    (void)bound;
    return tdm_object(host, &tdm_bind_object, host);
}

static tdm_py get_context(tdm_host *host, tdm_bound *bound)
{
    (void)bound;
    return tdm_object(host, &tdm_context_object, host);
}

static tdm_py bulk_insert(tdm_host *host, tdm_bound *bound)
{
    return tdm_bulk_insert(host, bound);
}

const tdm_directive tdm_execute_directives[] = {
    {"execute", "sqltext | ~execution_options=", "sqltext | ~execution_options=", NULL, NULL,
     execute},
    {"bulk_insert", "table rows | ~multiinsert=", NULL, NULL, NULL, bulk_insert},
    {"f", "name", "name", NULL, NULL, final_name},
    {"inline_literal", "value type_=", "value type_=", NULL, NULL, inline_literal},
    {"get_bind", "", "", NULL, NULL, get_bind},
    {"get_context", "", "", NULL, NULL, get_context},
    {"batch_alter_table",
     "table_name schema= recreate= ~partial_reordering= ~copy_from= ~table_args= ~table_kwargs= "
     "~reflect_args= ~reflect_kwargs= ~naming_convention=",
     NULL, NULL, NULL, tdm_batch_open},
    {NULL, NULL, NULL, NULL, NULL, NULL},
};
