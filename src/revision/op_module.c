// alembic.op as an object: its attributes are directives.
#include "revision/op_directive.h"

#include <string.h>

static const tdm_directive *const families[] = {
    tdm_table_directives,   tdm_column_directives, tdm_index_directives,  tdm_constraint_directives,
    tdm_execute_directives, tdm_enum_directives,   tdm_entity_directives,
};

const tdm_directive *tdm_directive_find(tdm_text name)
{
    for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
        for (const tdm_directive *row = families[i]; row->name; row++) {
            if (tdm_text_is(name, row->name))
                return row;
        }
    }
    return NULL;
}

tdm_table *tdm_throwaway_table(tdm_host *host, tdm_name name, tdm_name schema)
{
    return tdm_table_new(host, name, schema, NULL);
}

static tdm_py directive_call(tdm_interp *in, tdm_py self, const tdm_py_args *args)
{
    tdm_host *host = tdm_host_of(in);
    const tdm_directive *row = tdm_py_native_data(self);
    tdm_bound bound;
    if (!tdm_bind(host, row->name, row->parameters, true, args, &bound))
        return NULL;
    host->place = args->place;
    tdm_py result = NULL;
    if (bound.unknown)
        result = tdm_opaque_directive(host, &bound);
    else
        result = row->run(host, &bound);
    host->place = TDM_NOWHERE;
    return result;
}

static const tdm_py_class directive_object = {.name = "alembic.op", .call = directive_call};

static tdm_py op_attr(tdm_interp *in, tdm_py self, tdm_text name)
{
    (void)self;
    tdm_host *host = tdm_host_of(in);
    const tdm_directive *row = tdm_directive_find(name);
    if (row)
        return tdm_object(host, &directive_object, row);
    return tdm_host_unknown_effect(host, "op.%.*s is not covered", TDM_TEXT_ARG(name));
}

const tdm_py_class tdm_op_object = {.name = "alembic.op", .get_attr = op_attr};

// What the directive would have done cannot be known: said in its place, never left out.
tdm_py tdm_opaque_directive(tdm_host *host, const tdm_bound *bound)
{
    tdm_text reason = tdm_py_reason(bound->unknown);
    (void)tdm_emit_opaque(
        host, tdm_arena_printf(host->arena, "op.%s: %.*s", bound->function, TDM_TEXT_ARG(reason)));
    return tdm_host_unknown(host, "%.*s", TDM_TEXT_ARG(reason));
}
