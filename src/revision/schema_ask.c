// Asking about the schema, and what is sent only when it is needed.
#include "revision/host.h"

#include "base/error.h"

static bool may_ask(const tdm_host *host)
{
    const tdm_schema_view *view = host->options->schema;
    return view && view->ask && !host->options->strict_offline;
}

tdm_schema_reply tdm_host_ask(tdm_host *host, const tdm_schema_question *question)
{
    tdm_schema_reply reply = {.answer = TDM_ANSWER_UNKNOWN,
                              .why = TDM_TEXT("what the database holds at this point cannot be "
                                              "known")};
    tdm_schema_moment moment = {.path = host->path,
                                .downgrade = host->downgrade,
                                .emissions = host->emissions.items,
                                .count = host->emissions.count};
    host->asked_world = true;
    if (!may_ask(host))
        return reply;
    reply =
        host->options->schema->ask(host->options->schema->context, &moment, question, host->arena);
    tdm_schema_asked asked = {.question = *question,
                              .reply = reply,
                              .after = host->emissions.count,
                              .place = tdm_host_place(host)};
    if (reply.answer != TDM_ANSWER_UNKNOWN)
        (void)tdm_vector_push(host->arena, &host->asked, asked);
    return reply;
}

tdm_py tdm_host_no_answer(tdm_host *host, const tdm_schema_reply *reply)
{
    if (reply->why_place.file)
        return tdm_host_unknown(host, "%.*s (%s:%u)", TDM_TEXT_ARG(reply->why),
                                reply->why_place.file, reply->why_place.line);
    return tdm_host_unknown(host, "%.*s", TDM_TEXT_ARG(reply->why));
}

void tdm_host_offline_raises(tdm_host *host)
{
    if (!host->options->online && !host->options->strict_offline)
        tdm_py_may_raise(host->in, tdm_host_unknown(host, "--sql mode has no connection here, and "
                                                          "the exception may be caught"));
}

// --- Guards -------------------------------------------------------------------------------------

tdm_emission_guard *tdm_guard_open(tdm_host *host, const tdm_schema_question *question,
                                   bool when_there)
{
    tdm_emission_guard *guard = tdm_arena_new_of(host->arena, tdm_emission_guard);
    if (!guard)
        return NULL;
    *guard =
        (tdm_emission_guard){.question = *question, .when_there = when_there, .outer = host->guard};
    host->guard = guard;
    return guard;
}

void tdm_guard_close(tdm_host *host)
{
    if (host->guard)
        host->guard = host->guard->outer;
}

// --- Comparing ----------------------------------------------------------------------------------

static bool same_names(const tdm_schema_names *a, const tdm_schema_names *b)
{
    if (a->known != b->known || a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (!tdm_text_equal(a->items[i], b->items[i]))
            return false;
    return true;
}

static bool same_item(const tdm_schema_item *a, const tdm_schema_item *b)
{
    return tdm_text_equal(a->name, b->name) && a->nullable == b->nullable &&
           a->has_default == b->has_default && a->generated == b->generated &&
           a->unique == b->unique && same_names(&a->columns, &b->columns) &&
           tdm_text_equal(a->referred_schema, b->referred_schema) &&
           tdm_text_equal(a->referred_table, b->referred_table) &&
           same_names(&a->referred_columns, &b->referred_columns);
}

static bool same_value(const tdm_schema_value *a, const tdm_schema_value *b)
{
    return a->kind == b->kind && a->number == b->number && tdm_text_equal(a->name, b->name) &&
           tdm_text_equal(a->text, b->text);
}

bool tdm_schema_reply_equal(const tdm_schema_reply *a, const tdm_schema_reply *b)
{
    if (a->answer != b->answer || a->count != b->count || a->single != b->single ||
        a->value_count != b->value_count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (!same_item(&a->items[i], &b->items[i]))
            return false;
    for (size_t i = 0; i < a->value_count; i++)
        if (!same_value(&a->values[i], &b->values[i]))
            return false;
    return true;
}
