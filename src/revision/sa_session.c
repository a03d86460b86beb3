// Session(bind=op.get_bind()): what a session is told to execute is sent like what the connection
// is; what it writes of objects by itself cannot be known.
//
// A session on Alembic's connection joins its transaction: commit() flushes and sends nothing else
// (S2052 orm/session.py, join_transaction_mode "conditional_savepoint"), rollback() takes back what
// the migration did before. Objects that were loaded may have been changed by anything since, and
// code that was not executed may have added some, so that every flush is opaque from then on.
#include "revision/sa_orm.h"
#include "revision/sa_result.h"

#include <string.h>

static const tdm_py_class session_object;

// --- Flushing -----------------------------------------------------------------------------------

bool tdm_session_flush(tdm_host *host, tdm_session *session)
{
    if (!session->has_objects && tdm_interp_opaques(host->in) == session->opaques)
        return true;
    tdm_host_offline_raises(host);
    return tdm_emit_opaque(host,
                           TDM_TEXT("what the session writes of changed objects cannot be known"));
}

void tdm_session_only(tdm_host *host, size_t before)
{
    for (size_t i = before; i < host->emissions.count; i++) {
        tdm_emission *e = &host->emissions.items[i];
        if (e->kind == TDM_EMISSION_SQL && !e->online_fails.size)
            tdm_only_online(host, e,
                            TDM_TEXT("AttributeError: 'MockConnection' object has no attribute "
                                     "'close'"));
    }
    tdm_host_offline_raises(host);
}

// --- Executing ----------------------------------------------------------------------------------

static tdm_py opaque_call(tdm_host *host, const tdm_bound *bound, const char *what)
{
    tdm_place outer = host->place;
    host->place = bound->place;
    (void)tdm_emit_opaque(host,
                          tdm_arena_printf(host->arena, "session.%s(): %s", bound->function, what));
    host->place = outer;
    return tdm_host_unknown(host, "what session.%s() gives", bound->function);
}

// Statements about models, where the ORM may send something else or more.
static bool is_followed(tdm_host *host, tdm_py statement)
{
    const tdm_dml *dml = tdm_data_of(statement, &tdm_dml_object);
    if (!dml || !dml->of_model)
        return true;
    return dml->kind != TDM_DML_INSERT && tdm_synchronizes_silently(host, dml, NULL);
}

static tdm_py session_execute(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    tdm_session *session = tdm_py_native_data(self);
    tdm_py statement = tdm_arg(bound, "statement");
    if (!tdm_session_flush(host, session))
        return NULL;
    if (bound->unknown && tdm_py_kind_of(statement) != TDM_PY_UNKNOWN)
        return opaque_call(host, bound, "an argument cannot be known");
    if (tdm_py_kind_of(tdm_py_plain(statement)) == TDM_PY_STR)
        return opaque_call(host, bound, "ArgumentError: a string needs text() around it");
    if (!is_followed(host, statement))
        return opaque_call(host, bound, "how this statement about a model is sent is not covered");
    size_t before = host->emissions.count;
    tdm_py result = tdm_bind_send(host, bound, tdm_arg(bound, "params"));
    tdm_session_only(host, before);
    const tdm_select *select = tdm_data_of(statement, &tdm_select_object);
    session->has_objects = session->has_objects || (select && select->objects);
    return result;
}

// --- Objects ------------------------------------------------------------------------------------

static tdm_py session_add(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    tdm_session *session = tdm_py_native_data(self);
    (void)bound;
    session->has_objects = true;
    return tdm_py_none(host->in);
}

static tdm_py session_merge(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    (void)session_add(host, self, bound);
    return opaque_call(host, bound, "whether it reads the object cannot be known");
}

static tdm_py session_flush(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    tdm_place outer = host->place;
    host->place = bound->place;
    bool flushed = tdm_session_flush(host, tdm_py_native_data(self));
    host->place = outer;
    return flushed ? tdm_py_none(host->in) : NULL;
}

// What was not flushed is never sent.
static tdm_py session_close(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    (void)bound;
    *(tdm_session *)tdm_py_native_data(self) =
        (tdm_session){.opaques = tdm_interp_opaques(host->in)};
    return tdm_py_none(host->in);
}

static tdm_py session_rollback(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    (void)session_close(host, self, bound);
    return opaque_call(host, bound, "it takes back what the migration did before");
}

static tdm_py session_bulk(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    (void)self;
    return opaque_call(host, bound, "what is written of objects is not covered");
}

static tdm_py session_query(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    return tdm_query_new(host, tdm_py_native_data(self), bound);
}

static tdm_py session_connection(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    (void)self;
    (void)bound;
    return tdm_object(host, &tdm_bind_object, host);
}

// begin() of a session that has begun raises; without, it is a block whose end flushes.
static tdm_py session_begin(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    (void)host;
    (void)bound;
    return self;
}

static const tdm_method_row session_methods[] = {
    {"execute", "statement params= | ~execution_options= ~bind_arguments=", session_execute},
    {"scalar", "statement params= | ~execution_options= ~bind_arguments=", session_execute},
    {"scalars", "statement params= | ~execution_options= ~bind_arguments=", session_execute},
    {"query", "*entities", session_query},
    {"add", "~instance ~_warn=", session_add},
    {"add_all", "~instances", session_add},
    {"delete", "~instance", session_add},
    {"merge", "~instance **", session_merge},
    {"flush", "~objects=", session_flush},
    {"commit", "", session_flush},
    {"close", "", session_close},
    {"expunge_all", "", session_close},
    {"rollback", "", session_rollback},
    {"begin", "~nested=", session_begin},
    {"connection", "~bind_arguments= ~execution_options=", session_connection},
    {"get_bind", "~mapper= **", session_connection},
    {"bulk_save_objects", "~objects **", session_bulk},
    {"bulk_insert_mappings", "~mapper ~mappings **", session_bulk},
    {"bulk_update_mappings", "~mapper ~mappings **", session_bulk},
};

static tdm_py session_attr(tdm_interp *in, tdm_py self, tdm_text name)
{
    tdm_host *host = tdm_host_of(in);
    if (((tdm_session *)tdm_py_native_data(self))->left)
        return tdm_host_unknown_effect(host, "a session whose attributes are set is not followed");
    if (tdm_text_is(name, "bind"))
        return tdm_object(host, &tdm_bind_object, host);
    tdm_py method = tdm_find_method(host, session_methods,
                                    sizeof session_methods / sizeof *session_methods, self, name);
    return method ? method
                  : tdm_host_unknown_effect(host, "what session.%.*s does is not covered",
                                            TDM_TEXT_ARG(name));
}

static bool session_set(tdm_interp *in, tdm_py self, tdm_text name, tdm_py value)
{
    (void)in;
    (void)name;
    (void)value;
    ((tdm_session *)tdm_py_native_data(self))->left = true;
    return true;
}

static tdm_py session_enter(tdm_interp *in, tdm_py self)
{
    (void)in;
    return self;
}

// The block may be that of begin(), which flushes, or of the session, which does not.
static bool session_leave(tdm_interp *in, tdm_py self)
{
    return tdm_session_flush(tdm_host_of(in), tdm_py_native_data(self));
}

static const tdm_py_class session_object = {.name = "sqlalchemy.orm.Session",
                                            .get_attr = session_attr,
                                            .set_attr = session_set,
                                            .enter = session_enter,
                                            .leave = session_leave};

// --- Session, sessionmaker ----------------------------------------------------------------------

static tdm_py new_session(tdm_host *host, tdm_py bind)
{
    tdm_session *session = tdm_arena_new_of(host->arena, tdm_session);
    if (!session)
        return tdm_host_unknown(host, "out of memory");
    if (!bind || !tdm_py_is_native(bind, &tdm_bind_object))
        return tdm_host_unknown_effect(host, "a session on anything but the connection of the "
                                             "migration is not followed");
    session->opaques = tdm_interp_opaques(host->in);
    return tdm_object(host, &session_object, session);
}

// Words that change what a session sends are no parameters here.
#define SESSION_WORDS "~bind= | ~autoflush= ~future= ~expire_on_commit= ~info="

static tdm_py make_session(tdm_host *host, tdm_bound *bound)
{
    return new_session(host, tdm_arg(bound, "bind"));
}

typedef struct maker {
    tdm_py bind; // NULL: none yet
} maker;

static tdm_py maker_call(tdm_interp *in, tdm_py self, const tdm_py_args *args)
{
    tdm_host *host = tdm_host_of(in);
    const maker *m = tdm_py_native_data(self);
    tdm_bound bound;
    if (!tdm_bind(host, "sessionmaker", SESSION_WORDS, false, args, &bound))
        return NULL;
    tdm_py bind = tdm_arg(&bound, "bind");
    return new_session(host, bind ? bind : m->bind);
}

static tdm_py maker_configure(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    ((maker *)tdm_py_native_data(self))->bind = tdm_arg(bound, "bind");
    return tdm_py_none(host->in);
}

static tdm_py maker_attr(tdm_interp *in, tdm_py self, tdm_text name)
{
    static const tdm_method_row rows[] = {{"configure", SESSION_WORDS, maker_configure}};
    tdm_host *host = tdm_host_of(in);
    tdm_py method = tdm_find_method(host, rows, 1, self, name);
    return method ? method
                  : tdm_host_unknown_effect(host, "sessionmaker.%.*s is not covered",
                                            TDM_TEXT_ARG(name));
}

static const tdm_py_class maker_object = {
    .name = "sqlalchemy.orm.sessionmaker", .get_attr = maker_attr, .call = maker_call};

static tdm_py make_maker(tdm_host *host, tdm_bound *bound)
{
    maker *m = tdm_arena_new_of(host->arena, maker);
    if (!m)
        return tdm_host_unknown(host, "out of memory");
    m->bind = tdm_arg(bound, "bind");
    return tdm_object(host, &maker_object, m);
}

static tdm_py make_relationship(tdm_host *host, tdm_bound *bound)
{
    // Another way of loading changes the queries of both sides.
    if (!tdm_arg_absent(bound, "lazy"))
        return tdm_host_unknown(host, "relationship() with lazy= is not covered");
    tdm_py back = tdm_arg(bound, "backref");
    if (back && tdm_py_kind_of(back) == TDM_PY_UNKNOWN)
        return back;
    return tdm_object(host, &tdm_relationship_object, host);
}

// The classes themselves: what a class of the project makes of them is not followed.
static tdm_py class_attr(tdm_interp *in, tdm_py self, tdm_text name)
{
    const tdm_callable *row = tdm_py_native_data(self);
    return tdm_host_unknown_effect(tdm_host_of(in), "%s.%.*s is not covered", row->name,
                                   TDM_TEXT_ARG(name));
}

static tdm_py class_call(tdm_interp *in, tdm_py self, const tdm_py_args *args)
{
    const tdm_callable *row = tdm_py_native_data(self);
    tdm_bound bound;
    return tdm_bind(tdm_host_of(in), row->name, row->parameters, false, args, &bound)
               ? row->call(bound.host, &bound)
               : NULL;
}

static tdm_py class_derive(tdm_interp *in, tdm_py self, tdm_py new_class)
{
    const tdm_callable *row = tdm_py_native_data(self);
    (void)new_class;
    return tdm_host_unknown_effect(tdm_host_of(in), "a class derived from %s is not followed",
                                   row->name);
}

static const tdm_py_class class_object = {
    .name = "type", .get_attr = class_attr, .call = class_call, .subclass = class_derive};

static const tdm_callable classes[] = {
    {"Session", SESSION_WORDS, make_session},
    {"sessionmaker", SESSION_WORDS, make_maker},
};

static const tdm_callable names[] = {
    {"relationship",
     "~argument= ~secondary= | lazy= backref= ~back_populates= ~foreign_keys= "
     "~primaryjoin= ~secondaryjoin= ~cascade= ~uselist= ~order_by= "
     "~passive_deletes= ~remote_side= ~single_parent= ~viewonly= ~overlaps=",
     make_relationship},
    {"backref", "~name | lazy= ~cascade= ~uselist= ~order_by= ~passive_deletes= ~remote_side=",
     make_relationship},
};

// Functions of sqlalchemy.orm that only describe models and how they are loaded.
static const char *const describing[] = {
    "Mapped",         "aliased",       "column_property", "composite",     "configure_mappers",
    "contains_eager", "declared_attr", "defer",           "deferred",      "foreign",
    "joinedload",     "lazyload",      "load_only",       "mapped_column", "registry",
    "remote",         "selectinload",  "subqueryload",    "synonym",       "undefer",
    "validates",
};

tdm_py tdm_session_name(tdm_host *host, tdm_text name)
{
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
        if (tdm_text_is(name, classes[i].name))
            return tdm_object(host, &class_object, &classes[i]);
    for (size_t i = 0; i < sizeof describing / sizeof *describing; i++)
        if (tdm_text_is(name, describing[i]))
            return tdm_host_unknown(host, "sqlalchemy.orm.%s is not covered", describing[i]);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (tdm_text_is(name, names[i].name))
            return tdm_callable_value(host, &names[i]);
    return NULL;
}
