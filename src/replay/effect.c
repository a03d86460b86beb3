#include "replay/parts.h"

#include "base/text.h"
#include "base/vector.h"
#include "replay/confine.h"
#include "sql/identity.h"

#include <stdarg.h>
#include <string.h>

void tdm_effect_init(tdm_effect *effect, tdm_arena *arena)
{
    *effect = (tdm_effect){.arena = arena};
}

void tdm_replay_record(tdm_replay *r, tdm_change change)
{
    if (change.sql.size == 0)
        change.sql = r->shown.size ? r->shown : r->statement->sql;
    if (change.place.line == 0)
        change.place = r->statement->place;
    if (!tdm_vector_push(r->effect->arena, r->effect, change))
        r->failed = true;
}

void tdm_replay_refuse(tdm_replay *r, const char *condition, tdm_text reason)
{
    tdm_replay_record(r, (tdm_change){.kind = TDM_CHANGE_OPAQUE,
                                      .object = TDM_TEXT("statement"),
                                      .reason = reason,
                                      .refusal = condition});
    tdm_catalog_open(r->catalog, reason, r->statement->place);
}

void tdm_replay_vague(tdm_replay *r, const tdm_sql_tree *tree, tdm_text reason)
{
    if (!tree || !tdm_confine(r, tree, reason)) {
        tdm_replay_opaque(r, reason);
        return;
    }
    tdm_replay_record(
        r,
        (tdm_change){.kind = TDM_CHANGE_OPAQUE, .object = TDM_TEXT("statement"), .reason = reason});
}

void tdm_replay_opaque(tdm_replay *r, tdm_text reason)
{
    tdm_replay_refuse(r, NULL, reason);
}

tdm_digest tdm_replay_identity(tdm_replay *r, const ProtobufCMessage *message)
{
    tdm_digest digest = {{0}};
    tdm_text first = tdm_catalog_creation_schema(r->catalog);
    const char *schema = tdm_text_is(first, "public") ? "public" : NULL;

    if (tdm_sql_identity_in(message, schema, &digest, NULL) != TDM_OK)
        r->failed = true;
    return digest;
}

tdm_digest tdm_replay_chain(tdm_replay *r, tdm_digest first, tdm_digest second)
{
    tdm_digest both[] = {first, second}, digest = {{0}};

    if (tdm_digest_of((tdm_text){(const char *)both, sizeof both}, &digest, NULL) != TDM_OK)
        r->failed = true;
    return digest;
}

tdm_place tdm_replay_place(const tdm_replay *r, int32_t location)
{
    return tdm_sql_tree_place(r->tree, location);
}

tdm_text tdm_replay_text(tdm_replay *r, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    tdm_text text = tdm_arena_vprintf(r->catalog->arena, format, args);
    va_end(args);
    return text;
}

tdm_text tdm_replay_copy(tdm_replay *r, const char *string)
{
    return tdm_arena_text(r->catalog->arena, tdm_text_of(string));
}

tdm_text tdm_replay_table_name(tdm_replay *r, const tdm_table *table)
{
    return tdm_catalog_print(r->catalog, table->schema, table->name);
}

tdm_text tdm_replay_member(tdm_replay *r, const tdm_table *table, tdm_text column)
{
    return tdm_replay_text(r, "%.*s.%.*s", TDM_TEXT_ARG(tdm_replay_table_name(r, table)),
                           TDM_TEXT_ARG(column));
}
