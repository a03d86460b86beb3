#include "sql/visit.h"

#include <stddef.h>

static void visit_field(const ProtobufCFieldDescriptor *field, const char *message,
                        tdm_sql_visitor *visitor, void *context)
{
    const char *at = message + field->offset;

    if (field->type != PROTOBUF_C_TYPE_MESSAGE)
        return;
    if (field->label == PROTOBUF_C_LABEL_REPEATED) {
        size_t count = *(const size_t *)(message + field->quantifier_offset);
        const ProtobufCMessage *const *items = *(const ProtobufCMessage *const *const *)at;
        for (size_t i = 0; i < count; i++)
            tdm_sql_visit(items[i], visitor, context);
        return;
    }
    if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) &&
        *(const uint32_t *)(message + field->quantifier_offset) != field->id)
        return;
    tdm_sql_visit(*(const ProtobufCMessage *const *)at, visitor, context);
}

const ProtobufCFieldDescriptor *tdm_sql_chosen_field(const ProtobufCMessage *message)
{
    if (message->descriptor != &pg_query__node__descriptor)
        return NULL;
    unsigned chosen = ((const PgQuery__Node *)message)->node_case;
    return protobuf_c_message_descriptor_get_field(message->descriptor, chosen);
}

void tdm_sql_visit(const ProtobufCMessage *message, tdm_sql_visitor *visitor, void *context)
{
    if (!message || !visitor(context, message))
        return;
    const ProtobufCFieldDescriptor *chosen = tdm_sql_chosen_field(message);
    if (chosen)
        visit_field(chosen, (const char *)message, visitor, context);
    for (unsigned i = 0; !chosen && i < message->descriptor->n_fields; i++)
        visit_field(&message->descriptor->fields[i], (const char *)message, visitor, context);
}
