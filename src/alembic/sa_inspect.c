// Questions to the database about its schema: sa.inspect(bind), has_table(). Answered from what the
// earlier revisions of the chain built, through the seam in render.h; where that does not know, the
// answer is UNKNOWN and what depends on it opaque.
#include "alembic/sa_namespace.h"

#include "alembic/op_directive.h"

#include <string.h>

static tdm_py no_answer(tdm_host *host)
{
    return tdm_host_unknown(host, "what the database holds at this point cannot be known");
}

static tdm_text schema_of(tdm_bound *bound)
{
    return tdm_arg_text(bound, "schema");
}

tdm_py tdm_answer_has_table(tdm_host *host, tdm_bound *bound)
{
    const tdm_schema_view *view = host->options->schema;
    tdm_text table = tdm_arg_text(bound, "table_name"), schema = schema_of(bound);
    if (bound->unknown)
        return bound->unknown;
    tdm_answer answer = view && view->has_table ? view->has_table(view->context, schema, table)
                                                : TDM_ANSWER_UNKNOWN;
    if (answer == TDM_ANSWER_UNKNOWN)
        return no_answer(host);
    return tdm_py_bool(host->in, answer == TDM_ANSWER_YES);
}

// --- Table names: only membership can be answered
// -------------------------------------------------

static bool names_contain(tdm_interp *in, tdm_py self, tdm_py item, bool *ret)
{
    tdm_host *host = tdm_host_of(in);
    const tdm_text *schema = tdm_py_native_data(self);
    const tdm_schema_view *view = host->options->schema;
    tdm_answer answer = TDM_ANSWER_UNKNOWN;
    if (view && view->has_table && tdm_py_kind_of(item) == TDM_PY_STR)
        answer = view->has_table(view->context, *schema, tdm_py_as_text(item));
    *ret = answer == TDM_ANSWER_YES;
    return answer != TDM_ANSWER_UNKNOWN;
}

static const tdm_py_class names_object = {.name = "list", .inert = true, .contains = names_contain};

static tdm_py method_table_names(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    (void)self;
    const tdm_schema_view *view = host->options->schema;
    tdm_text *schema = tdm_arena_new_of(host->arena, tdm_text);
    if (!view || !view->has_table || !schema || bound->unknown)
        return no_answer(host);
    *schema = schema_of(bound);
    return tdm_object(host, &names_object, schema);
}

// --- Rows about columns, indexes, constraints
// -----------------------------------------------------

// A row answers its "name"; its other items cannot be known.
static tdm_py row_item(tdm_interp *in, tdm_py self, tdm_py key)
{
    const tdm_text *name = tdm_py_native_data(self);
    if (tdm_py_kind_of(key) == TDM_PY_STR && tdm_text_is(tdm_py_as_text(key), "name"))
        return tdm_py_str(in, *name);
    return no_answer(tdm_host_of(in));
}

static tdm_py row_get(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    return row_item(host->in, self, tdm_arg(bound, "key"));
}

static const tdm_method_row row_methods[] = {{"get", "key ~default=", row_get}};

static tdm_py row_attr(tdm_interp *in, tdm_py self, tdm_text name)
{
    tdm_py method = tdm_find_method(tdm_host_of(in), row_methods, 1, self, name);
    return method ? method : no_answer(tdm_host_of(in));
}

static const tdm_py_class row_object = {
    .name = "dict", .inert = true, .get_attr = row_attr, .get_item = row_item};

static const struct {
    const char *method;
    const char *kind;
} questions[] = {
    {"get_columns", "columns"},
    {"get_indexes", "indexes"},
    {"get_unique_constraints", "unique_constraints"},
    {"get_foreign_keys", "foreign_keys"},
    {"get_check_constraints", "check_constraints"},
};

static tdm_py method_names(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    (void)self;
    const tdm_schema_view *view = host->options->schema;
    tdm_text table = tdm_arg_text(bound, "table_name"), schema = schema_of(bound);
    const tdm_text *names = NULL;
    size_t count = 0;
    tdm_answer answer = TDM_ANSWER_UNKNOWN;
    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++) {
        if (strcmp(questions[i].method, bound->function) == 0 && view && view->names &&
            !bound->unknown)
            answer = view->names(view->context, questions[i].kind, schema, table, &names, &count);
    }
    if (answer == TDM_ANSWER_UNKNOWN)
        return no_answer(host);
    if (answer == TDM_ANSWER_NO) {
        tdm_py_raise(host->in, "NoSuchTableError", "%.*s", TDM_TEXT_ARG(table));
        return NULL;
    }
    tdm_py *rows = tdm_arena_array(host->arena, count + 1, sizeof(tdm_py));
    tdm_text *copies = tdm_arena_array(host->arena, count + 1, sizeof *copies);
    for (size_t i = 0; rows && copies && i < count; i++) {
        copies[i] = names[i];
        rows[i] = tdm_object(host, &row_object, &copies[i]);
    }
    return rows && copies ? tdm_py_list(host->in, rows, count) : no_answer(host);
}

static tdm_py method_has_table(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    (void)self;
    return tdm_answer_has_table(host, bound);
}

static const tdm_method_row inspector_methods[] = {
    {"has_table", "table_name schema= ~info_cache=", method_has_table},
    {"get_table_names", "schema=", method_table_names},
    {"get_columns", "table_name schema=", method_names},
    {"get_indexes", "table_name schema=", method_names},
    {"get_unique_constraints", "table_name schema=", method_names},
    {"get_foreign_keys", "table_name schema=", method_names},
    {"get_check_constraints", "table_name schema=", method_names},
};

static tdm_py inspector_attr(tdm_interp *in, tdm_py self, tdm_text name)
{
    tdm_host *host = tdm_host_of(in);
    tdm_py method = tdm_find_method(
        host, inspector_methods, sizeof inspector_methods / sizeof *inspector_methods, self, name);
    return method ? method : no_answer(host);
}

static const tdm_py_class inspector_object = {
    .name = "sqlalchemy.engine.reflection.Inspector", .inert = true, .get_attr = inspector_attr};

static tdm_py make_inspector(tdm_host *host, tdm_bound *bound)
{
    tdm_py subject = tdm_arg(bound, "subject");
    if (!tdm_data_of(subject, &tdm_bind_object))
        return tdm_host_unknown(host, "inspect() of something that is no connection");
    if (host->options->strict_offline) {
        tdm_py_raise(host->in, "NoInspectionAvailable",
                     "No inspection system is available for object of type <class "
                     "'sqlalchemy.engine.mock.MockConnection'>");
        return NULL;
    }
    return tdm_object(host, &inspector_object, host);
}

// --- Inspector.from_engine()
// ----------------------------------------------------------------------

static tdm_py from_engine(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    (void)self;
    return make_inspector(host, bound);
}

static const tdm_method_row class_methods[] = {{"from_engine", "subject", from_engine}};

static tdm_py inspector_class_attr(tdm_interp *in, tdm_py self, tdm_text name)
{
    tdm_py method = tdm_find_method(tdm_host_of(in), class_methods, 1, self, name);
    return method ? method : no_answer(tdm_host_of(in));
}

static const tdm_py_class inspector_class = {
    .name = "type", .inert = true, .get_attr = inspector_class_attr};

tdm_py tdm_inspector_class(tdm_host *host)
{
    return tdm_object(host, &inspector_class, host);
}

const tdm_callable tdm_inspect_callables[] = {
    {"inspect", "subject ~raiseerr=", make_inspector},
    {NULL, NULL, NULL},
};
