// What the native classes share: making objects, methods, names, things that never reach SQL.
#include "revision/objects.h"

#include <string.h>

tdm_py tdm_object(tdm_host *host, const tdm_py_class *type, const void *data)
{
    // The evaluator hands data back as it was given; none of the classes writes through a row.
    void *writable;
    memcpy(&writable, &data, sizeof writable);
    return tdm_py_native(host->in, type, writable);
}

void *tdm_data_of(tdm_py value, const tdm_py_class *type)
{
    return value && tdm_py_is_native(value, type) ? tdm_py_native_data(value) : NULL;
}

// --- Callables ----------------------------------------------------------------------------------

static tdm_py callable_call(tdm_interp *in, tdm_py self, const tdm_py_args *args)
{
    tdm_host *host = tdm_host_of(in);
    const tdm_callable *row = tdm_py_native_data(self);
    tdm_bound bound;
    if (!tdm_bind(host, row->name, row->parameters, false, args, &bound))
        return NULL;
    if (bound.unknown)
        return bound.unknown;
    return row->call(host, &bound);
}

static tdm_py callable_attr(tdm_interp *in, tdm_py self, tdm_text name)
{
    const tdm_callable *row = tdm_py_native_data(self);
    if (tdm_text_is(name, "__name__"))
        return tdm_py_str(in, tdm_text_of(row->name));
    return tdm_host_unknown(tdm_host_of(in), "%s.%.*s is not covered", row->name,
                            TDM_TEXT_ARG(name));
}

// Column[int]: a hint for type checkers.
static tdm_py callable_item(tdm_interp *in, tdm_py self, tdm_py key)
{
    (void)in;
    (void)key;
    return self;
}

const tdm_py_class tdm_callable_object = {.name = "sqlalchemy",
                                          .inert = true,
                                          .get_attr = callable_attr,
                                          .get_item = callable_item,
                                          .call = callable_call};

tdm_py tdm_callable_value(tdm_host *host, const tdm_callable *row)
{
    return tdm_object(host, &tdm_callable_object, row);
}

// --- Methods ------------------------------------------------------------------------------------

typedef struct bound_method {
    const tdm_method_row *row;
    tdm_py self;
} bound_method;

static tdm_py method_call(tdm_interp *in, tdm_py self, const tdm_py_args *args)
{
    tdm_host *host = tdm_host_of(in);
    const bound_method *method = tdm_py_native_data(self);
    tdm_bound bound;
    if (!tdm_bind(host, method->row->name, method->row->parameters, true, args, &bound))
        return NULL;
    // A method that reaches the database says itself what cannot be known.
    if (bound.unknown && tdm_py_native_class(method->self)->inert)
        return bound.unknown;
    return method->row->call(host, method->self, &bound);
}

static const tdm_py_class method_object = {.name = "method", .call = method_call};

tdm_py tdm_find_method(tdm_host *host, const tdm_method_row *rows, size_t count, tdm_py self,
                       tdm_text name)
{
    for (size_t i = 0; i < count; i++) {
        if (!tdm_text_is(name, rows[i].name))
            continue;
        bound_method *method = tdm_arena_new_of(host->arena, bound_method);
        if (!method)
            return tdm_host_unknown(host, "out of memory");
        *method = (bound_method){&rows[i], self};
        return tdm_object(host, &method_object, method);
    }
    return NULL;
}

// --- op.f() and quoted_name(): text with a mark
// ---------------------------------------------------

static tdm_py name_text(tdm_interp *in, tdm_py self)
{
    const tdm_name *name = tdm_py_native_data(self);
    return tdm_py_str(in, name->text);
}

// Everything else about such a name is the text's own business.
static tdm_py name_attr(tdm_interp *in, tdm_py self, tdm_text attribute)
{
    return tdm_py_get_attr(in, name_text(in, self), attribute);
}

static tdm_py name_operate(tdm_interp *in, tdm_py_operator op, tdm_py left, tdm_py right)
{
    tdm_py a = tdm_py_is_native(left, &tdm_name_object) ? name_text(in, left) : left;
    tdm_py b = right && tdm_py_is_native(right, &tdm_name_object) ? name_text(in, right) : right;
    bool both = tdm_py_kind_of(a) == TDM_PY_STR && b && tdm_py_kind_of(b) == TDM_PY_STR;
    if (both && (op == TDM_PY_EQ || op == TDM_PY_NE)) {
        bool equal = tdm_text_equal(tdm_py_as_text(a), tdm_py_as_text(b));
        return tdm_py_bool(in, op == TDM_PY_EQ ? equal : !equal);
    }
    if (both && op == TDM_PY_ADD) {
        tdm_text x = tdm_py_as_text(a), y = tdm_py_as_text(b);
        return tdm_py_str(in, tdm_arena_printf(tdm_host_of(in)->arena, "%.*s%.*s", TDM_TEXT_ARG(x),
                                               TDM_TEXT_ARG(y)));
    }
    return tdm_host_unknown(tdm_host_of(in), "this operator on a name is not covered");
}

static tdm_py name_truth(tdm_interp *in, tdm_py self)
{
    const tdm_name *name = tdm_py_native_data(self);
    return tdm_py_bool(in, name->text.size > 0);
}

const tdm_py_class tdm_name_object = {.name = "sqlalchemy.sql.elements.quoted_name",
                                      .inert = true,
                                      .get_attr = name_attr,
                                      .operate = name_operate,
                                      .truth = name_truth,
                                      .to_str = name_text};

// --- Statements ---------------------------------------------------------------------------------

tdm_py tdm_statement_value(tdm_host *host, tdm_print_function print, const void *data, bool ddl)
{
    tdm_statement_object *statement = tdm_arena_new_of(host->arena, tdm_statement_object);
    if (!statement)
        return tdm_host_unknown(host, "out of memory");
    *statement = (tdm_statement_object){.print = print, .data = data, .ddl = ddl};
    return tdm_object(host, &tdm_statement_class, statement);
}

static tdm_py statement_attr(tdm_interp *in, tdm_py self, tdm_text name)
{
    (void)self;
    return tdm_host_unknown(tdm_host_of(in), "%.*s of a statement is not covered",
                            TDM_TEXT_ARG(name));
}

const tdm_py_class tdm_statement_class = {
    .name = "sqlalchemy.sql.Executable", .inert = true, .get_attr = statement_attr};

// --- What never reaches SQL
// -----------------------------------------------------------------------

static tdm_py ignored_attr(tdm_interp *in, tdm_py self, tdm_text name)
{
    (void)self;
    return tdm_host_unknown(tdm_host_of(in), "%.*s is not covered", TDM_TEXT_ARG(name));
}

const tdm_py_class tdm_ignored_object = {.name = "object", .inert = true, .get_attr = ignored_attr};
