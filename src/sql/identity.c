#include "sql/identity.h"

#include "base/error.h"
#include "base/limits.h"
#include "sql/identity_walk.h"
#include "sql/known.h"
#include "sql/visit.h"

#include <stdlib.h>
#include <string.h>

// The bytes of a message: the id of each field that is not at its default, its value, and a zero
// behind the last. Ids and counts have no fixed width, texts have their length before them, so that
// no two different trees give the same bytes.

static void put_number(tdm_walk *walk, uint64_t value)
{
    while (value >= 0x80) {
        tdm_buffer_putc(&walk->bytes, (char)(value | 0x80));
        value >>= 7;
    }
    tdm_buffer_putc(&walk->bytes, (char)value);
}

static void put_text(tdm_walk *walk, tdm_text text)
{
    put_number(walk, text.size);
    tdm_buffer_put(&walk->bytes, text);
}

// Where the statement stood in its source is no part of what it says.
static bool is_location(const ProtobufCFieldDescriptor *field)
{
    static const char *const names[] = {"location", "stmt_location", "stmt_len"};

    if (field->type != PROTOBUF_C_TYPE_INT32)
        return false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(field->name, names[i]) == 0)
            return true;
    return false;
}

static size_t width_of(ProtobufCType type)
{
    switch (type) {
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_SFIXED64:
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_FIXED64:
    case PROTOBUF_C_TYPE_DOUBLE:
        return sizeof(uint64_t);
    case PROTOBUF_C_TYPE_BOOL:
        return sizeof(protobuf_c_boolean);
    case PROTOBUF_C_TYPE_STRING:
        return sizeof(char *);
    case PROTOBUF_C_TYPE_MESSAGE:
        return sizeof(ProtobufCMessage *);
    case PROTOBUF_C_TYPE_BYTES:
        return sizeof(ProtobufCBinaryData);
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_SFIXED32:
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_FIXED32:
    case PROTOBUF_C_TYPE_FLOAT:
    case PROTOBUF_C_TYPE_ENUM:
        break;
    }
    return sizeof(uint32_t);
}

static uint64_t scalar_at(ProtobufCType type, const char *at)
{
    uint64_t wide = 0;
    uint32_t narrow = 0;
    protobuf_c_boolean flag = 0;

    switch (width_of(type)) {
    case sizeof(uint64_t):
        memcpy(&wide, at, sizeof wide);
        return wide;
    case sizeof(protobuf_c_boolean):
        if (type == PROTOBUF_C_TYPE_BOOL) {
            memcpy(&flag, at, sizeof flag);
            return flag != 0;
        }
        break;
    default:
        break;
    }
    memcpy(&narrow, at, sizeof narrow);
    return narrow;
}

// Whether a field that is not repeated says nothing.
static bool is_absent(const ProtobufCFieldDescriptor *field, const char *at)
{
    if (field->type == PROTOBUF_C_TYPE_MESSAGE)
        return !*(const ProtobufCMessage *const *)at;
    if (field->type == PROTOBUF_C_TYPE_STRING) {
        const char *string = *(const char *const *)at;
        return !string || !*string;
    }
    if (field->type == PROTOBUF_C_TYPE_BYTES)
        return ((const ProtobufCBinaryData *)at)->len == 0;
    return scalar_at(field->type, at) == 0;
}

static void put_value(tdm_walk *walk, const ProtobufCFieldDescriptor *field, const char *at)
{
    if (field->type == PROTOBUF_C_TYPE_MESSAGE) {
        tdm_walk_message(walk, *(const ProtobufCMessage *const *)at);
    } else if (field->type == PROTOBUF_C_TYPE_STRING) {
        put_text(walk, tdm_text_of(*(const char *const *)at));
    } else if (field->type == PROTOBUF_C_TYPE_BYTES) {
        const ProtobufCBinaryData *bytes = (const ProtobufCBinaryData *)at;
        put_text(walk, (tdm_text){(const char *)bytes->data, bytes->len});
    } else {
        put_number(walk, scalar_at(field->type, at));
    }
}

static void put_repeated(tdm_walk *walk, const ProtobufCFieldDescriptor *field, const char *message)
{
    size_t count = *(const size_t *)(message + field->quantifier_offset);
    const char *items = *(const char *const *)(message + field->offset);

    if (count == 0)
        return;
    put_number(walk, field->id);
    put_number(walk, count);
    for (size_t i = 0; i < count; i++)
        put_value(walk, field, items + i * width_of(field->type));
}

static void put_field(tdm_walk *walk, const ProtobufCFieldDescriptor *field, const char *message)
{
    const char *at = message + field->offset;

    if (field->label == PROTOBUF_C_LABEL_REPEATED) {
        put_repeated(walk, field, message);
        return;
    }
    if (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) {
        uint32_t chosen = *(const uint32_t *)(message + field->quantifier_offset);
        if (chosen != field->id)
            return;
    }
    if (is_absent(field, at))
        return;
    put_number(walk, field->id);
    put_value(walk, field, at);
}

void tdm_walk_plain(tdm_walk *walk, const ProtobufCMessage *message)
{
    const ProtobufCMessageDescriptor *type = message->descriptor;
    const ProtobufCFieldDescriptor *chosen = tdm_sql_chosen_field(message);

    if (chosen)
        put_field(walk, chosen, (const char *)message);
    for (unsigned i = 0; !chosen && i < type->n_fields; i++)
        if (!is_location(&type->fields[i]))
            put_field(walk, &type->fields[i], (const char *)message);
    put_number(walk, 0);
}

void tdm_walk_message(tdm_walk *walk, const ProtobufCMessage *message)
{
    // In a list a place can be empty, as in an opclass or an EXCLUDE element that names nothing.
    if (!message) {
        put_number(walk, 0);
        return;
    }
    tdm_walk_rule *rule = tdm_walk_rule_of(message->descriptor);
    if (rule)
        rule(walk, message);
    else
        tdm_walk_plain(walk, message);
}

// Lists are sorted by what their nodes would be written as.
typedef struct sortable {
    PgQuery__Node *node;
    tdm_text bytes;
    size_t index;
} sortable;

static int compare_sortable(const void *left, const void *right)
{
    const sortable *a = left, *b = right;
    int order = tdm_text_compare(a->bytes, b->bytes);

    if (order != 0)
        return order;
    return a->index < b->index ? -1 : a->index > b->index;
}

PgQuery__Node **tdm_walk_sorted(tdm_walk *walk, PgQuery__Node *const *nodes, size_t count)
{
    sortable *items = tdm_arena_array(walk->scratch, count, sizeof *items);
    PgQuery__Node **sorted = tdm_arena_array(walk->scratch, count, sizeof(PgQuery__Node *));

    if (!items || !sorted)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        tdm_walk inner = {TDM_BUFFER_INIT(TDM_LIMIT_OUTPUT), walk->scratch, walk->schema,
                          walk->columns_done};
        tdm_walk_message(&inner, &nodes[i]->base);
        if (inner.bytes.failed)
            walk->bytes.failed = true;
        items[i] = (sortable){nodes[i], tdm_buffer_take(&inner.bytes, walk->scratch), i};
    }
    qsort(items, count, sizeof *items, compare_sortable);
    for (size_t i = 0; i < count; i++)
        sorted[i] = items[i].node;
    return sorted;
}

static tdm_status finish(tdm_walk *walk, tdm_digest *ret, tdm_error *err)
{
    tdm_status status = tdm_buffer_check(&walk->bytes, err);

    if (status == TDM_OK && !tdm_arena_ok(walk->scratch))
        status = tdm_fail_memory(err);
    if (status == TDM_OK)
        status = tdm_digest_of(tdm_buffer_text(&walk->bytes), ret, err);
    tdm_buffer_free(&walk->bytes);
    tdm_arena_free(walk->scratch);
    return status;
}

// The first byte keeps trees, absent trees and texts apart.
static tdm_status begin(tdm_walk *walk, char space, tdm_error *err)
{
    *walk = (tdm_walk){.bytes = TDM_BUFFER_INIT(TDM_LIMIT_OUTPUT), .scratch = tdm_arena_new(0)};
    if (!walk->scratch)
        return tdm_fail_memory(err);
    tdm_buffer_putc(&walk->bytes, TDM_SQL_IDENTITY_VERSION);
    tdm_buffer_putc(&walk->bytes, space);
    return TDM_OK;
}

// A name that a WITH clause gives hides the relation of that name.
static bool see_with(void *context, const ProtobufCMessage *message)
{
    bool *found = context;

    *found = *found || message->descriptor == &pg_query__with_clause__descriptor;
    return !*found;
}

static bool has_with(const ProtobufCMessage *message)
{
    bool found = false;

    tdm_sql_visit(message, see_with, &found);
    return found;
}

tdm_status tdm_sql_identity_in(const ProtobufCMessage *message, const char *schema, tdm_digest *ret,
                               tdm_error *err)
{
    tdm_walk walk;

    if (begin(&walk, message ? 'T' : '0', err) != TDM_OK)
        return TDM_FAILED;
    walk.schema = schema && !has_with(message) ? schema : NULL;
    if (message) {
        tdm_buffer_puts(&walk.bytes, message->descriptor->name);
        tdm_walk_message(&walk, message);
    }
    return finish(&walk, ret, err);
}

tdm_status tdm_sql_identity(const tdm_sql_tree *tree, tdm_digest *ret, tdm_error *err)
{
    return tdm_sql_identity_in(&tree->node->base, NULL, ret, err);
}

tdm_status tdm_sql_identity_of_bytes(tdm_text sql, tdm_digest *ret, tdm_error *err)
{
    tdm_walk walk;

    if (begin(&walk, 'B', err) != TDM_OK)
        return TDM_FAILED;
    tdm_buffer_put(&walk.bytes, sql);
    return finish(&walk, ret, err);
}

tdm_status tdm_sql_identity_of(tdm_text sql, tdm_digest *ret, bool *ret_parsed, tdm_error *err)
{
    tdm_sql_tree *tree = NULL;
    tdm_error refused = TDM_ERROR_INIT;
    tdm_status status = tdm_sql_parse_text(sql, &tree, &refused);
    bool parsed = status == TDM_OK;

    if (parsed)
        status = tdm_sql_identity(tree, ret, err);
    else if (refused.code == TDM_ERROR_MEMORY)
        status = tdm_fail_memory(err);
    else
        status = tdm_sql_identity_of_bytes(sql, ret, err);
    tdm_sql_tree_free(tree);
    if (status == TDM_OK && ret_parsed)
        *ret_parsed = parsed;
    return status;
}

tdm_status tdm_sql_same(tdm_text a, tdm_text b, tdm_sameness *ret, tdm_error *err)
{
    tdm_statement left = {.sql = a}, right = {.sql = b};

    return tdm_sql_statements_same(&left, &right, ret, err);
}
