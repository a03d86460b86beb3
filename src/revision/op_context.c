// op.get_context() and op.get_bind(): the migration context and its connection.
//
// Offline the connection is a mock that prints and gives None; online it answers. What would be
// read from it cannot be known; what it is told to do can.
#include "revision/op_directive.h"
#include "revision/sa_result.h"

#include <string.h>

// --- Dialect
// --------------------------------------------------------------------------------------

// What load_dialect_impl() of a TypeDecorator asks: on PostgreSQL a type is itself.
static tdm_py type_descriptor(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    (void)host;
    (void)self;
    return tdm_arg(bound, "typeobj");
}

static const tdm_method_row dialect_methods[] = {
    {"type_descriptor", "typeobj", type_descriptor},
};

static tdm_py dialect_attr(tdm_interp *in, tdm_py self, tdm_text name)
{
    tdm_py method = tdm_find_method(tdm_host_of(in), dialect_methods, 1, self, name);
    if (!method)
        method = tdm_dialect_question(tdm_host_of(in), self, name);
    if (method)
        return method;
    if (tdm_text_is(name, "name"))
        return tdm_py_str(in, TDM_TEXT("postgresql"));
    return tdm_host_unknown(tdm_host_of(in), "dialect.%.*s is not covered", TDM_TEXT_ARG(name));
}

const tdm_py_class tdm_dialect_object = {
    .name = "sqlalchemy.engine.Dialect", .inert = true, .get_attr = dialect_attr};

// --- Connection
// -----------------------------------------------------------------------------------

// What the one statement that was emitted since asks of the schema; NULL: nothing that can be
// answered. Such a query changes nothing.
static tdm_schema_reply *ask_query(tdm_host *host, size_t before)
{
    if (host->emissions.count != before + 1 || host->options->strict_offline)
        return NULL;
    tdm_emission *emission = &host->emissions.items[before];
    if (emission->kind != TDM_EMISSION_SQL || emission->online_fails.size || emission->guard)
        return NULL;
    tdm_schema_question question = {.subject = TDM_SCHEMA_QUERY, .sql = emission->online};
    tdm_schema_reply *reply = tdm_arena_new_of(host->arena, tdm_schema_reply);
    if (!reply || !tdm_text_equal_nocase(tdm_text_slice(tdm_text_trim(question.sql), 0, 6),
                                         TDM_TEXT("select")))
        return NULL;
    host->emissions.count = before; // it is asked of what was there before
    *reply = tdm_host_ask(host, &question);
    host->emissions.count = before + 1;
    emission->question = reply->answer != TDM_ANSWER_UNKNOWN;
    return reply;
}

static tdm_py no_rows_known(tdm_host *host, const tdm_schema_reply *reply)
{
    tdm_schema_reply none = {.why = TDM_TEXT("what a query returns cannot be known without a "
                                             "database")};
    return tdm_host_no_answer(host, reply && reply->why.size ? reply : &none);
}

// What a query gives: None offline; online rows, where the schema answers it.
static tdm_py query_result(tdm_host *host, tdm_py emitted, size_t before)
{
    if (!emitted || host->options->strict_offline)
        return emitted;
    const tdm_schema_reply *reply = ask_query(host, before);
    if (reply && reply->answer != TDM_ANSWER_UNKNOWN)
        return tdm_query_result(host, reply);
    return no_rows_known(host, reply);
}

// A list of parameter sets is one statement for each of them online, and one text offline.
static tdm_py parameters_of(tdm_host *host, tdm_py given, tdm_py *ret_unknown)
{
    if (!given || tdm_py_kind_of(given) == TDM_PY_NONE || tdm_py_kind_of(given) == TDM_PY_DICT)
        return given && tdm_py_kind_of(given) == TDM_PY_DICT ? given : NULL;
    if (tdm_py_kind_of(given) == TDM_PY_LIST && tdm_py_count(given) == 1 &&
        tdm_py_kind_of(tdm_py_item(given, 0)) == TDM_PY_DICT)
        return tdm_py_item(given, 0);
    *ret_unknown = tdm_host_unknown(host, "execute() with several sets of parameters is not "
                                          "covered");
    return NULL;
}

static tdm_py send(tdm_host *host, tdm_bound *bound, tdm_py given)
{
    tdm_py unknown = NULL;
    if (given && tdm_py_kind_of(given) == TDM_PY_UNKNOWN && !host->options->strict_offline)
        unknown = given;
    tdm_py parameters = unknown ? NULL : parameters_of(host, given, &unknown);
    if (unknown && !host->options->strict_offline)
        bound->unknown = unknown;
    tdm_place outer = host->place;
    host->place = bound->place;
    tdm_py result = bound->unknown
                        ? tdm_opaque_directive(host, bound)
                        : tdm_connection_execute(host, tdm_arg(bound, "statement"), parameters);
    host->place = outer;
    return result;
}

static tdm_py bind_execute(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    size_t before = host->emissions.count;
    (void)self;
    tdm_py sent = send(host, bound, tdm_arg(bound, "parameters"));
    return query_result(host, sent, before);
}

// The mock connection does not have these; a real one runs the statement and gives a value.
static tdm_py scalar_of(tdm_host *host, tdm_bound *bound, tdm_py parameters)
{
    size_t before = host->emissions.count;
    tdm_py sent = send(host, bound, parameters);
    const tdm_schema_reply *reply = sent ? ask_query(host, before) : NULL;
    for (size_t i = before; i < host->emissions.count; i++) {
        tdm_emission *e = &host->emissions.items[i];
        if (e->kind != TDM_EMISSION_SQL)
            continue;
        tdm_only_online(
            host, e,
            tdm_arena_printf(host->arena,
                             "AttributeError: 'MockConnection' object has no attribute '%s'",
                             bound->function));
    }
    if (!sent)
        return NULL;
    if (reply && reply->answer != TDM_ANSWER_UNKNOWN && strcmp(bound->function, "scalar") == 0)
        return tdm_query_scalar(host, reply);
    return no_rows_known(host, reply);
}

static tdm_py bind_scalar(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    (void)self;
    return scalar_of(host, bound, tdm_arg(bound, "parameters"));
}

tdm_py tdm_bind_send(tdm_host *host, tdm_bound *bound, tdm_py parameters)
{
    if (strcmp(bound->function, "execute") != 0)
        return scalar_of(host, bound, parameters);
    size_t before = host->emissions.count;
    tdm_py sent = send(host, bound, parameters);
    return query_result(host, sent, before);
}

static void print_verbatim(tdm_printer *p, const void *statement)
{
    if (p->online)
        tdm_put(p, *(const tdm_text *)statement);
    else
        tdm_print_raise(p, "AttributeError",
                        "'MockConnection' object has no attribute 'exec_driver_sql'");
}

// The driver gets the text as it is: no parameters, no percent signs to double.
static tdm_py bind_exec_driver_sql(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    (void)self;
    tdm_text *text = tdm_arena_new_of(host->arena, tdm_text);
    tdm_py given = tdm_arg(bound, "statement");
    if (!text)
        return tdm_host_unknown(host, "out of memory");
    if (tdm_py_kind_of(given) != TDM_PY_STR || !tdm_arg_absent(bound, "parameters"))
        tdm_arg_refuse(bound, "statement with parameters");
    size_t before = host->emissions.count;
    if (bound->unknown)
        return query_result(host, tdm_opaque_directive(host, bound), before);
    *text = tdm_py_as_text(given);
    bool emitted = tdm_emit_statement(host, print_verbatim, text, NULL);
    return query_result(host, tdm_emitted(host, emitted), before);
}

static tdm_py bind_options(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    (void)host;
    (void)bound;
    return self;
}

static const tdm_method_row bind_methods[] = {
    {"execution_options", "**", bind_options},
    {"execute", "statement ~parameters= | ~execution_options=", bind_execute},
};

static const tdm_method_row online_methods[] = {
    {"scalar", "statement ~parameters= | ~execution_options=", bind_scalar},
    {"scalars", "statement ~parameters= | ~execution_options=", bind_scalar},
    {"exec_driver_sql", "statement parameters= ~execution_options=", bind_exec_driver_sql},
};

// The mock connection of --sql has nothing else.
static tdm_py bind_attr(tdm_interp *in, tdm_py self, tdm_text name)
{
    tdm_host *host = tdm_host_of(in);
    if (tdm_text_is(name, "dialect"))
        return tdm_object(host, &tdm_dialect_object, host);
    if (tdm_text_is(name, "engine"))
        return self;
    if (tdm_text_is(name, "name"))
        return tdm_py_str(in, TDM_TEXT("postgresql"));
    tdm_py method =
        tdm_find_method(host, bind_methods, sizeof bind_methods / sizeof *bind_methods, self, name);
    if (!method && !host->options->strict_offline) {
        method = tdm_find_method(host, online_methods,
                                 sizeof online_methods / sizeof *online_methods, self, name);
        if (method)
            tdm_host_offline_raises(host);
    }
    if (method)
        return method;
    if (host->options->strict_offline) {
        tdm_py_raise(in, "AttributeError", "'MockConnection' object has no attribute '%.*s'",
                     TDM_TEXT_ARG(name));
        return NULL;
    }
    return tdm_host_unknown_effect(host, "what connection.%.*s does is not covered",
                                   TDM_TEXT_ARG(name));
}

const tdm_py_class tdm_bind_object = {.name = "sqlalchemy.engine.Connection",
                                      .get_attr = bind_attr};

// --- Context
// --------------------------------------------------------------------------------------

typedef struct block {
    bool autocommit; // else begin_transaction()
} block;

static tdm_py block_enter(tdm_interp *in, tdm_py self)
{
    tdm_host *host = tdm_host_of(in);
    const block *b = tdm_py_native_data(self);
    (void)tdm_emit_marker(host, b->autocommit ? TDM_EMISSION_COMMIT : TDM_EMISSION_BEGIN);
    if (b->autocommit)
        host->outside++;
    return tdm_py_none(in);
}

// Also when the body raised: Alembic prints the closing word all the same.
static bool block_leave(tdm_interp *in, tdm_py self)
{
    tdm_host *host = tdm_host_of(in);
    const block *b = tdm_py_native_data(self);
    if (b->autocommit && host->outside > 0)
        host->outside--;
    return tdm_emit_marker(host, b->autocommit ? TDM_EMISSION_BEGIN : TDM_EMISSION_COMMIT);
}

static const tdm_py_class block_object = {
    .name = "contextlib._GeneratorContextManager", .enter = block_enter, .leave = block_leave};

static tdm_py open_block(tdm_host *host, bool autocommit)
{
    block *b = tdm_arena_new_of(host->arena, block);
    if (!b)
        return tdm_host_unknown(host, "out of memory");
    b->autocommit = autocommit;
    return tdm_object(host, &block_object, b);
}

static tdm_py autocommit_block(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    (void)self;
    (void)bound;
    return open_block(host, true);
}

static tdm_py begin_transaction(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    (void)self;
    (void)bound;
    return open_block(host, false);
}

static tdm_py context_execute(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    (void)self;
    tdm_place outer = host->place;
    host->place = bound->place;
    tdm_py result = bound->unknown ? tdm_opaque_directive(host, bound)
                                   : tdm_execute(host, tdm_arg(bound, "sql"), NULL);
    host->place = outer;
    return result;
}

static const tdm_method_row context_methods[] = {
    {"autocommit_block", "", autocommit_block},
    {"begin_transaction", "~_per_migration=", begin_transaction},
    {"execute", "sql ~execution_options=", context_execute},
};

// What offline and online answer differently cannot be known for both at once.
static tdm_py offline_or_not(tdm_host *host)
{
    if (host->options->strict_offline || host->options->online)
        return tdm_py_bool(host->in, host->options->strict_offline);
    return tdm_host_unknown(host, "it differs between --sql mode and a connection");
}

static tdm_py context_attr(tdm_interp *in, tdm_py self, tdm_text name)
{
    tdm_host *host = tdm_host_of(in);
    tdm_py method = tdm_find_method(host, context_methods,
                                    sizeof context_methods / sizeof *context_methods, self, name);
    if (method)
        return method;
    if (tdm_text_is(name, "dialect"))
        return tdm_object(host, &tdm_dialect_object, host);
    if (tdm_text_is(name, "bind") || tdm_text_is(name, "connection"))
        return tdm_object(host, &tdm_bind_object, host);
    if (tdm_text_is(name, "impl"))
        return self;
    if (tdm_text_is(name, "as_sql"))
        return offline_or_not(host);
    if (tdm_text_is(name, "config"))
        return tdm_object(host, &tdm_config_object, host);
    return tdm_host_unknown_effect(host, "what context.%.*s does is not covered",
                                   TDM_TEXT_ARG(name));
}

const tdm_py_class tdm_context_object = {.name = "alembic.runtime.migration.MigrationContext",
                                         .get_attr = context_attr};

// --- alembic.context
// ------------------------------------------------------------------------------

static tdm_py is_offline_mode(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    (void)self;
    (void)bound;
    return offline_or_not(host);
}

static tdm_py module_get_context(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    (void)self;
    (void)bound;
    return tdm_object(host, &tdm_context_object, host);
}

static tdm_py module_get_bind(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    (void)self;
    (void)bound;
    return tdm_object(host, &tdm_bind_object, host);
}

static const tdm_method_row module_methods[] = {
    {"is_offline_mode", "", is_offline_mode},
    {"get_context", "", module_get_context},
    {"get_bind", "", module_get_bind},
    {"execute", "sql ~execution_options=", context_execute},
    {"get_x_argument", "as_dictionary=", tdm_get_x_argument},
};

static tdm_py module_attr(tdm_interp *in, tdm_py self, tdm_text name)
{
    tdm_host *host = tdm_host_of(in);
    tdm_py method = tdm_find_method(host, module_methods,
                                    sizeof module_methods / sizeof *module_methods, self, name);
    if (tdm_text_is(name, "config"))
        return tdm_object(host, &tdm_config_object, host);
    return method ? method
                  : tdm_host_unknown_effect(host, "alembic.context.%.*s is not covered",
                                            TDM_TEXT_ARG(name));
}

const tdm_py_class tdm_context_module = {.name = "alembic.context", .get_attr = module_attr};
