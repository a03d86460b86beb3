#include "revision/schema_copy.h"

#include "base/text.h"

static tdm_text text(const tdm_schema_copier *c, tdm_text from)
{
    return tdm_arena_text(c->arena, from);
}

static tdm_place place(const tdm_schema_copier *c, tdm_place from)
{
    if (from.file)
        from.file = tdm_arena_string(c->arena, tdm_text_of(from.file));
    return from;
}

static tdm_schema_question question(const tdm_schema_copier *c, const tdm_schema_question *from)
{
    return (tdm_schema_question){.subject = from->subject,
                                 .schema = text(c, from->schema),
                                 .table = text(c, from->table),
                                 .name = text(c, from->name),
                                 .sql = text(c, from->sql)};
}

static tdm_schema_names names(const tdm_schema_copier *c, const tdm_schema_names *from)
{
    tdm_schema_names made = *from;
    tdm_text *items = tdm_arena_array(c->arena, from->count, sizeof *items);
    for (size_t i = 0; items && i < from->count; i++)
        items[i] = text(c, from->items[i]);
    made.items = items;
    return made;
}

static tdm_schema_item item(const tdm_schema_copier *c, const tdm_schema_item *from)
{
    tdm_schema_item made = *from;
    made.name = text(c, from->name);
    made.columns = names(c, &from->columns);
    made.referred_schema = text(c, from->referred_schema);
    made.referred_table = text(c, from->referred_table);
    made.referred_columns = names(c, &from->referred_columns);
    return made;
}

static tdm_schema_reply reply(const tdm_schema_copier *c, const tdm_schema_reply *from)
{
    tdm_schema_reply made = *from;
    tdm_schema_item *items = tdm_arena_array(c->arena, from->count, sizeof *items);
    tdm_schema_value *values = tdm_arena_array(c->arena, from->value_count, sizeof *values);
    made.why = text(c, from->why);
    made.why_place = place(c, from->why_place);
    made.asked = text(c, from->asked);
    for (size_t i = 0; items && i < from->count; i++)
        items[i] = item(c, &from->items[i]);
    for (size_t i = 0; values && i < from->value_count; i++) {
        values[i] = from->values[i];
        values[i].name = text(c, from->values[i].name);
        values[i].text = text(c, from->values[i].text);
    }
    made.items = items;
    made.values = values;
    return made;
}

tdm_emission_guard *tdm_guard_copy(tdm_schema_copier *copier, tdm_emission_guard *guard)
{
    // The guards of one statement follow each other.
    for (size_t i = copier->guards.count; guard && i >= 2; i -= 2)
        if (copier->guards.items[i - 2] == guard)
            return copier->guards.items[i - 1];
    tdm_emission_guard *made = guard ? tdm_arena_new_of(copier->arena, tdm_emission_guard) : NULL;
    if (!made)
        return NULL;
    *made = *guard;
    made->question = question(copier, &guard->question);
    made->outer = tdm_guard_copy(copier, guard->outer);
    made->why = text(copier, guard->why);
    made->asked = text(copier, guard->asked);
    if (!tdm_vector_push(copier->arena, &copier->guards, guard) ||
        !tdm_vector_push(copier->arena, &copier->guards, made))
        return NULL;
    return made;
}

tdm_schema_asked tdm_asked_copy(tdm_schema_copier *copier, const tdm_schema_asked *asked)
{
    return (tdm_schema_asked){.question = question(copier, &asked->question),
                              .reply = reply(copier, &asked->reply),
                              .after = asked->after,
                              .place = place(copier, asked->place)};
}
