#include "inverse/steps.h"

void tdm_step_add(tdm_inverter *in, tdm_back_step step)
{
    if (in->change && step.key.kind == TDM_KIND_SCHEMA && step.key.name.size == 0)
        step.key = in->change->key;
    step.turn = in->turn;
    in->failed = !tdm_vector_push(in->arena, &in->out->steps, step) || in->failed;
}

void tdm_step_sql(tdm_inverter *in, tdm_buffer *sql, enum tdm_rank rank, tdm_text lost)
{
    in->failed = in->failed || sql->failed;
    tdm_step_add(in, (tdm_back_step){.outcome = lost.size ? TDM_RETURN_LOSSY : TDM_RETURN_WHOLE,
                                     .sql = tdm_buffer_take(sql, in->arena),
                                     .note = lost,
                                     .rank = rank});
}

void tdm_step_none(tdm_inverter *in, const char *why, tdm_text object)
{
    tdm_text note = tdm_arena_printf(in->arena, "%.*s: %s", TDM_TEXT_ARG(object), why);

    tdm_step_add(in, (tdm_back_step){.outcome = TDM_RETURN_NONE, .note = note});
}

bool tdm_step_same_statement(const tdm_change *a, const tdm_change *b)
{
    return a->sql.data == b->sql.data && a->sql.size == b->sql.size;
}

bool tdm_step_same_key(const tdm_change_key *a, const tdm_change_key *b)
{
    return a->kind == b->kind && tdm_text_equal(a->name, b->name) &&
           tdm_text_equal(a->schema, b->schema) && tdm_text_equal(a->owner, b->owner) &&
           tdm_text_equal(a->owner_schema, b->owner_schema);
}

tdm_change_key tdm_step_key_of(const tdm_object *object)
{
    tdm_change_key key = {.kind = object->kind, .schema = object->schema, .name = object->name};

    if (object->on) {
        key.owner_schema = object->on->schema;
        key.owner = object->on->name;
    }
    return key;
}

const tdm_object *tdm_step_object_after(const tdm_inverter *in, const tdm_change_key *key)
{
    const tdm_object *object = NULL;
    const tdm_table *table = NULL;
    tdm_question question = {.kind = key->kind,
                             .schema = key->owner.size ? key->owner_schema : key->schema,
                             .table = key->owner,
                             .name = key->name};

    if (!in->after)
        return NULL;
    if (key->kind == TDM_KIND_TABLE)
        return tdm_catalog_table(in->after, key->schema, key->name, &table, NULL) == TDM_KNOWN_YES
                   ? table
                   : NULL;
    return tdm_catalog_object(in->after, &question, &object, NULL) == TDM_KNOWN_YES ? object : NULL;
}

void tdm_step_leave_bodies(tdm_inverter *in, const tdm_object *function)
{
    const tdm_value *language = tdm_object_value(function, TDM_ATTR_LANGUAGE);

    if (function->kind != TDM_KIND_FUNCTION || !language || !tdm_text_is(language->text, "sql"))
        return;
    tdm_step_add(in, (tdm_back_step){.outcome = TDM_RETURN_WHOLE,
                                     .sql = TDM_TEXT("SET LOCAL check_function_bodies = off"),
                                     .rank = TDM_RANK_PREPARE,
                                     .deed = TDM_BACK_PREPARES});
}
