// Questions to the database about its schema: sa.inspect(bind), has_table(). Answered from what the
// earlier revisions of the chain built, through the seam in schema.h; where that does not know, the
// answer is UNKNOWN and what depends on it opaque. S2052 engine/reflection.py,
// dialects/postgresql/base.py.
#include "revision/sa_namespace.h"

#include "revision/op_directive.h"
#include "revision/sa_result.h"

#include <string.h>

static tdm_py raise_no_table(tdm_host *host, tdm_text table)
{
    tdm_py_raise(host->in, "NoSuchTableError", "%.*s", TDM_TEXT_ARG(table));
    return NULL;
}

static tdm_schema_question question_of(tdm_bound *bound, tdm_schema_subject subject)
{
    return (tdm_schema_question){.subject = subject, .schema = tdm_arg_text(bound, "schema")};
}

// --- Whether something is there -----------------------------------------------------------------

static tdm_py answer_exists(tdm_host *host, const tdm_schema_question *question)
{
    tdm_schema_reply reply = tdm_host_ask(host, question);
    if (reply.answer == TDM_ANSWER_UNKNOWN)
        return tdm_host_no_answer(host, &reply);
    return tdm_py_bool(host->in, reply.answer == TDM_ANSWER_YES);
}

static tdm_py has_table(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    (void)self;
    tdm_schema_question question = question_of(bound, TDM_SCHEMA_TABLE);
    question.table = tdm_arg_text(bound, "table_name");
    return bound->unknown ? bound->unknown : answer_exists(host, &question);
}

static tdm_py has_sequence(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    (void)self;
    tdm_schema_question question = question_of(bound, TDM_SCHEMA_SEQUENCE);
    question.name = tdm_arg_text(bound, "sequence_name");
    return bound->unknown ? bound->unknown : answer_exists(host, &question);
}

static tdm_py has_type(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    (void)self;
    tdm_schema_question question = question_of(bound, TDM_SCHEMA_TYPE);
    question.name = tdm_arg_text(bound, "type_name");
    return bound->unknown ? bound->unknown : answer_exists(host, &question);
}

static tdm_py has_schema(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    (void)self;
    tdm_schema_question question = {.subject = TDM_SCHEMA_SCHEMA,
                                    .name = tdm_arg_text(bound, "schema_name")};
    return bound->unknown ? bound->unknown : answer_exists(host, &question);
}

// has_index() is what get_indexes() lists.
static tdm_py has_index(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    (void)self;
    tdm_schema_question question = question_of(bound, TDM_SCHEMA_INDEXES);
    question.table = tdm_arg_text(bound, "table_name");
    tdm_text index = tdm_arg_text(bound, "index_name");
    if (bound->unknown)
        return bound->unknown;
    tdm_schema_reply reply = tdm_host_ask(host, &question);
    if (reply.answer == TDM_ANSWER_UNKNOWN)
        return tdm_host_no_answer(host, &reply);
    for (size_t i = 0; i < reply.count; i++)
        if (tdm_text_equal(reply.items[i].name, index))
            return tdm_py_bool(host->in, true);
    return tdm_py_bool(host->in, false);
}

// --- Lists of names -----------------------------------------------------------------------------

// Names in an order that only the server knows: a set answers everything but the order.
static tdm_py table_names(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    (void)self;
    tdm_schema_question question = question_of(bound, TDM_SCHEMA_TABLES);
    if (bound->unknown)
        return bound->unknown;
    tdm_schema_reply reply = tdm_host_ask(host, &question);
    if (reply.answer == TDM_ANSWER_UNKNOWN)
        return tdm_host_no_answer(host, &reply);
    tdm_py *names = tdm_arena_array(host->arena, reply.count + 1, sizeof *names);
    for (size_t i = 0; names && i < reply.count; i++)
        names[i] = tdm_py_str(host->in, reply.items[i].name);
    return names ? tdm_py_set_of(host->in, names, reply.count) : tdm_host_no_answer(host, &reply);
}

// What a row says besides the name.
static const struct list_row {
    const char *method;
    tdm_schema_subject subject;
    bool of_table;
    const char *keys[8]; // with values that cannot be known
} lists[] = {
    {"get_columns", TDM_SCHEMA_COLUMNS, true, {"type", "autoincrement", "comment"}},
    {"get_indexes",
     TDM_SCHEMA_INDEXES,
     true,
     {"column_names", "unique", "include_columns", "dialect_options"}},
    {"get_unique_constraints", TDM_SCHEMA_UNIQUE_CONSTRAINTS, true, {"column_names", "comment"}},
    {"get_foreign_keys",
     TDM_SCHEMA_FOREIGN_KEYS,
     true,
     {"constrained_columns", "referred_schema", "referred_table", "referred_columns", "options",
      "comment"}},
    {"get_check_constraints", TDM_SCHEMA_CHECK_CONSTRAINTS, true, {"sqltext", "comment"}},
    {"get_enums", TDM_SCHEMA_ENUMS, false, {"labels", "schema", "visible"}},
};

static void put(tdm_host *host, tdm_py dict, const char *key, tdm_py value)
{
    (void)tdm_py_dict_put(host->in, dict, tdm_py_str(host->in, tdm_text_of(key)), value);
}

static void put_names(tdm_host *host, tdm_py row, const char *key, const tdm_schema_names *names)
{
    tdm_py *items = tdm_arena_array(host->arena, names->count + 1, sizeof *items);
    if (!names->known || !items)
        return;
    for (size_t i = 0; i < names->count; i++)
        items[i] = tdm_py_str(host->in, names->items[i]);
    put(host, row, key, tdm_py_list(host->in, items, names->count));
}

static void put_parts(tdm_host *host, tdm_py row, const struct list_row *list,
                      const tdm_schema_item *item)
{
    bool foreign = list->subject == TDM_SCHEMA_FOREIGN_KEYS;
    if (list->subject == TDM_SCHEMA_CHECK_CONSTRAINTS)
        return;
    put_names(host, row,
              foreign                             ? "constrained_columns"
              : list->subject == TDM_SCHEMA_ENUMS ? "labels"
                                                  : "column_names",
              &item->columns);
    if (list->subject == TDM_SCHEMA_INDEXES && item->unique != TDM_ANSWER_UNKNOWN)
        put(host, row, "unique", tdm_py_bool(host->in, item->unique == TDM_ANSWER_YES));
    if (!foreign || item->referred_table.size == 0)
        return;
    put(host, row, "referred_table", tdm_py_str(host->in, item->referred_table));
    put(host, row, "referred_schema",
        item->referred_schema.size ? tdm_py_str(host->in, item->referred_schema)
                                   : tdm_py_none(host->in));
    put_names(host, row, "referred_columns", &item->referred_columns);
}

static tdm_py row_of(tdm_host *host, const struct list_row *list, const tdm_schema_item *item)
{
    tdm_py row = tdm_py_dict(host->in);
    put(host, row, "name", tdm_py_str(host->in, item->name));
    for (size_t i = 0; i < sizeof list->keys / sizeof *list->keys && list->keys[i]; i++)
        put(host, row, list->keys[i],
            tdm_host_unknown(host, "%s()[...][\"%s\"] cannot be known", list->method,
                             list->keys[i]));
    if (list->subject != TDM_SCHEMA_COLUMNS) {
        put_parts(host, row, list, item);
        return row;
    }
    put(host, row, "nullable", tdm_py_bool(host->in, item->nullable));
    put(host, row, "default", item->has_default ? tdm_some_value(host) : tdm_py_none(host->in));
    if (item->generated) {
        put(host, row, "default", tdm_host_unknown(host, "the default of a generated column"));
        put(host, row, "identity", tdm_host_unknown(host, "how a column is generated"));
        put(host, row, "computed", tdm_host_unknown(host, "how a column is generated"));
    }
    return row;
}

static tdm_py list_of(tdm_host *host, const struct list_row *list, tdm_bound *bound)
{
    tdm_schema_question question = question_of(bound, list->subject);
    if (list->of_table)
        question.table = tdm_arg_text(bound, "table_name");
    if (bound->unknown)
        return bound->unknown;
    tdm_schema_reply reply = tdm_host_ask(host, &question);
    if (reply.answer == TDM_ANSWER_UNKNOWN)
        return tdm_host_no_answer(host, &reply);
    if (reply.answer == TDM_ANSWER_NO)
        return raise_no_table(host, question.table);
    tdm_py *rows = tdm_arena_array(host->arena, reply.count + 1, sizeof *rows);
    for (size_t i = 0; rows && i < reply.count; i++)
        rows[i] = row_of(host, list, &reply.items[i]);
    return rows ? tdm_py_list(host->in, rows, reply.count) : tdm_host_no_answer(host, &reply);
}

static tdm_py method_list(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    (void)self;
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        if (strcmp(lists[i].method, bound->function) == 0)
            return list_of(host, &lists[i], bound);
    return tdm_host_unknown(host, "%s() is not covered", bound->function);
}

// Names alone, in no order that is known.
static tdm_py method_names(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    (void)self;
    bool views = strcmp(bound->function, "get_view_names") == 0;
    tdm_schema_question question = {.subject = views ? TDM_SCHEMA_VIEWS : TDM_SCHEMA_SCHEMAS};
    if (views)
        question.schema = tdm_arg_text(bound, "schema");
    if (bound->unknown)
        return bound->unknown;
    tdm_schema_reply reply = tdm_host_ask(host, &question);
    if (reply.answer == TDM_ANSWER_UNKNOWN)
        return tdm_host_no_answer(host, &reply);
    tdm_py *names = tdm_arena_array(host->arena, reply.count + 1, sizeof *names);
    for (size_t i = 0; names && i < reply.count; i++)
        names[i] = tdm_py_str(host->in, reply.items[i].name);
    return names ? tdm_py_set_of(host->in, names, reply.count) : tdm_host_no_answer(host, &reply);
}

// {"constrained_columns": [...], "name": "t_pkey"}
static tdm_py primary_key(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    (void)self;
    tdm_schema_question question = question_of(bound, TDM_SCHEMA_PRIMARY_KEY);
    question.table = tdm_arg_text(bound, "table_name");
    if (bound->unknown)
        return bound->unknown;
    tdm_schema_reply reply = tdm_host_ask(host, &question);
    if (reply.answer == TDM_ANSWER_UNKNOWN)
        return tdm_host_no_answer(host, &reply);
    if (reply.answer == TDM_ANSWER_NO)
        return raise_no_table(host, question.table);
    tdm_py row = tdm_py_dict(host->in);
    put(host, row, "name",
        reply.count ? tdm_py_str(host->in, reply.items[0].name) : tdm_py_none(host->in));
    put(host, row, "constrained_columns",
        reply.count ? tdm_host_unknown(host, "the columns of a primary key")
                    : tdm_py_list(host->in, NULL, 0));
    if (reply.count)
        put_names(host, row, "constrained_columns", &reply.items[0].columns);
    put(host, row, "comment", tdm_host_unknown(host, "the comment of a primary key"));
    return row;
}

// --- The inspector, and the dialect -------------------------------------------------------------

static const tdm_method_row inspector_methods[] = {
    {"has_table", "table_name schema= **", has_table},
    {"has_index", "table_name index_name schema= **", has_index},
    {"has_sequence", "sequence_name schema= **", has_sequence},
    {"has_schema", "schema_name **", has_schema},
    {"get_table_names", "schema= **", table_names},
    {"get_view_names", "schema= **", method_names},
    {"get_schema_names", "**", method_names},
    {"get_enums", "schema= **", method_list},
    {"get_columns", "table_name schema= **", method_list},
    {"get_indexes", "table_name schema= **", method_list},
    {"get_unique_constraints", "table_name schema= **", method_list},
    {"get_foreign_keys", "table_name schema= **", method_list},
    {"get_check_constraints", "table_name schema= **", method_list},
    {"get_pk_constraint", "table_name schema= **", primary_key},
};

static const tdm_method_row dialect_methods[] = {
    {"has_table", "~connection table_name schema= **", has_table},
    {"has_index", "~connection table_name index_name schema= **", has_index},
    {"has_sequence", "~connection sequence_name schema= **", has_sequence},
    {"has_type", "~connection type_name schema= **", has_type},
    {"has_schema", "~connection schema_name **", has_schema},
    {"get_table_names", "~connection schema= **", table_names},
    {"get_view_names", "~connection schema= **", method_names},
    {"get_schema_names", "~connection **", method_names},
    {"get_columns", "~connection table_name schema= **", method_list},
    {"get_indexes", "~connection table_name schema= **", method_list},
    {"get_unique_constraints", "~connection table_name schema= **", method_list},
    {"get_foreign_keys", "~connection table_name schema= **", method_list},
    {"get_check_constraints", "~connection table_name schema= **", method_list},
    {"get_pk_constraint", "~connection table_name schema= **", primary_key},
};

// Where --sql mode has no connection, each of them raises.
static tdm_py question_method(tdm_host *host, const tdm_method_row *rows, size_t count, tdm_py self,
                              tdm_text name)
{
    tdm_py method = tdm_find_method(host, rows, count, self, name);
    if (method)
        tdm_host_offline_raises(host);
    return method;
}

tdm_py tdm_dialect_question(tdm_host *host, tdm_py self, tdm_text name)
{
    if (host->options->strict_offline)
        return NULL;
    return question_method(host, dialect_methods, sizeof dialect_methods / sizeof *dialect_methods,
                           self, name);
}

static tdm_py inspector_attr(tdm_interp *in, tdm_py self, tdm_text name)
{
    tdm_host *host = tdm_host_of(in);
    if (tdm_text_is(name, "default_schema_name"))
        return tdm_py_str(in, TDM_TEXT("public"));
    if (tdm_text_is(name, "dialect"))
        return tdm_object(host, &tdm_dialect_object, host);
    tdm_py method = question_method(
        host, inspector_methods, sizeof inspector_methods / sizeof *inspector_methods, self, name);
    return method ? method
                  : tdm_host_unknown(host, "inspector.%.*s is not covered", TDM_TEXT_ARG(name));
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
    tdm_host_offline_raises(host);
    return tdm_object(host, &inspector_object, host);
}

// --- Inspector(), Inspector.from_engine() -------------------------------------------------------

static tdm_py from_engine(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    (void)self;
    return make_inspector(host, bound);
}

static const tdm_method_row class_methods[] = {{"from_engine", "subject", from_engine}};

static tdm_py inspector_class_attr(tdm_interp *in, tdm_py self, tdm_text name)
{
    tdm_py method = tdm_find_method(tdm_host_of(in), class_methods, 1, self, name);
    return method ? method
                  : tdm_host_unknown(tdm_host_of(in), "Inspector.%.*s is not covered",
                                     TDM_TEXT_ARG(name));
}

static tdm_py inspector_class_call(tdm_interp *in, tdm_py self, const tdm_py_args *args)
{
    (void)self;
    tdm_bound bound;
    if (!tdm_bind(tdm_host_of(in), "Inspector", "subject", false, args, &bound))
        return NULL;
    return bound.unknown ? bound.unknown : make_inspector(tdm_host_of(in), &bound);
}

static const tdm_py_class inspector_class = {
    .name = "type", .inert = true, .get_attr = inspector_class_attr, .call = inspector_class_call};

tdm_py tdm_inspector_class(tdm_host *host)
{
    return tdm_object(host, &inspector_class, host);
}

const tdm_callable tdm_inspect_callables[] = {
    {"inspect", "subject ~raiseerr=", make_inspector},
    {NULL, NULL, NULL},
};
