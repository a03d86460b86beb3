// batch_alter_table on PostgreSQL: no table is copied. Each directive prints what
// the plain one prints, but when the block ends; what runs outside the batch comes before.
#include "revision/op_directive.h"

#include <string.h>

typedef struct queued {
    const tdm_directive *row;
    tdm_bound *bound; // already with table and schema
    bool from_call;   // unknown: opaque when its turn comes
} queued;

typedef struct batch {
    tdm_host *host;
    tdm_py table;
    tdm_py schema; // None when there is none
    TDM_VECTOR(queued) queue;
} batch;

// Arguments of the batch form as those of the plain one: by name, with the table filled in.
static tdm_bound *plain_bound(const batch *b, const tdm_directive *row, const tdm_bound *given)
{
    tdm_host *host = b->host;
    tdm_bound *plain = tdm_arena_new_of(host->arena, tdm_bound);
    if (!plain)
        return NULL;
    *plain = *given;
    bool has_table = false, has_schema = false;
    for (size_t i = 0; i < plain->count; i++) {
        has_table = has_table || tdm_text_is(plain->names[i], row->table);
        has_schema = has_schema || tdm_text_is(plain->names[i], row->schema);
    }
    if (!has_table && plain->count < TDM_PARAMETERS_MAX) {
        plain->names[plain->count] = tdm_text_of(row->table);
        plain->values[plain->count++] = b->table;
    }
    if (!has_schema && plain->count < TDM_PARAMETERS_MAX) {
        plain->names[plain->count] = tdm_text_of(row->schema);
        plain->values[plain->count++] = b->schema;
    }
    // The positional rest outlives the call only as a copy.
    tdm_py *rest = tdm_arena_array(host->arena, given->rest_count + 1, sizeof(tdm_py));
    for (size_t i = 0; rest && i < given->rest_count; i++)
        rest[i] = given->rest[i];
    plain->rest = rest;
    return rest ? plain : NULL;
}

typedef struct batch_method {
    batch *owner;
    const tdm_directive *row;
} batch_method;

static tdm_py method_call(tdm_interp *in, tdm_py self, const tdm_py_args *args)
{
    tdm_host *host = tdm_host_of(in);
    const batch_method *method = tdm_py_native_data(self);
    tdm_bound bound;
    if (!tdm_bind(host, method->row->name, method->row->batch, true, args, &bound))
        return NULL;
    tdm_bound *plain = plain_bound(method->owner, method->row, &bound);
    if (!plain)
        return tdm_host_unknown(host, "out of memory");
    queued item = {.row = method->row, .bound = plain};
    (void)tdm_vector_push(host->arena, &method->owner->queue, item);
    return tdm_py_none(in);
}

static const tdm_py_class method_object = {.name = "alembic.operations.BatchOperations",
                                           .call = method_call};

static tdm_py batch_attr(tdm_interp *in, tdm_py self, tdm_text name)
{
    tdm_host *host = tdm_host_of(in);
    batch *b = tdm_py_native_data(self);
    const tdm_directive *row = tdm_directive_find(name);
    if (row && row->batch && row->table) {
        batch_method *method = tdm_arena_new_of(host->arena, batch_method);
        if (!method)
            return tdm_host_unknown(host, "out of memory");
        *method = (batch_method){b, row};
        return tdm_object(host, &method_object, method);
    }
    // execute(), f() and their like are op's own and do not wait.
    if (row && row->batch)
        return tdm_py_get_attr(in, tdm_object(host, &tdm_op_object, host), name);
    return tdm_host_unknown_effect(host, "batch_op.%.*s is not covered", TDM_TEXT_ARG(name));
}

static tdm_py batch_enter(tdm_interp *in, tdm_py self)
{
    (void)in;
    return self;
}

static bool run_queue(tdm_host *host, batch *b)
{
    bool ok = true;
    for (size_t i = 0; ok && i < b->queue.count; i++) {
        queued *item = &b->queue.items[i];
        host->place = item->bound->place;
        ok = (item->bound->unknown ? tdm_opaque_directive(host, item->bound)
                                   : item->row->run(host, item->bound)) != NULL;
    }
    host->place = TDM_NOWHERE;
    b->queue.count = 0;
    return ok;
}

// When the body raised, nothing that was queued happens.
static bool batch_leave(tdm_interp *in, tdm_py self)
{
    if (tdm_py_pending(in))
        return true;
    return run_queue(tdm_host_of(in), tdm_py_native_data(self));
}

static const tdm_py_class batch_object = {.name = "alembic.operations.BatchOperations",
                                          .get_attr = batch_attr,
                                          .enter = batch_enter,
                                          .leave = batch_leave};

static bool must_recreate(tdm_host *host, tdm_bound *bound)
{
    tdm_text recreate = tdm_arg_text(bound, "recreate");
    if (!tdm_text_is(recreate, "always"))
        return false;
    tdm_text table = tdm_arg_text(bound, "table_name");
    tdm_py_raise(host->in, "CommandError",
                 "This operation cannot proceed in --sql mode; batch mode with dialect postgresql "
                 "requires a live database connection with which to reflect the table \"%.*s\". "
                 "To generate a batch SQL migration script using table \"move and copy\", a "
                 "complete Table object should be passed to the \"copy_from\" argument of the "
                 "batch_alter_table() method so that table reflection can be skipped.",
                 TDM_TEXT_ARG(table));
    return true;
}

tdm_py tdm_batch_open(tdm_host *host, tdm_bound *bound)
{
    batch *b = tdm_arena_new_of(host->arena, batch);
    if (!b)
        return tdm_host_unknown(host, "out of memory");
    if (must_recreate(host, bound))
        return NULL;
    b->host = host;
    b->table = tdm_arg(bound, "table_name");
    b->schema = tdm_arg(bound, "schema");
    if (!b->schema)
        b->schema = tdm_py_none(host->in);
    return tdm_object(host, &batch_object, b);
}
