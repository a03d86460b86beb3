// Dropping tables and schemas.
#include "catalog/replay_parts.h"

#include "base/text.h"

// With CASCADE also what merely looks at something goes with it.
static void doubt_all(tdm_replay *r)
{
    for (size_t i = 0; i < r->catalog->objects.count; i++)
        if (r->catalog->objects.items[i]->kind != TDM_KIND_SCHEMA)
            r->catalog->objects.items[i]->uncertain = true;
}

static void drop_table(tdm_replay *r, tdm_text schema, tdm_text name,
                       const PgQuery__DropStmt *statement)
{
    bool cascade = statement->behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE;
    tdm_found found = tdm_catalog_find(r->catalog, schema, name);
    tdm_text printed = tdm_catalog_print(r->catalog, found.schema, name);

    if (found.known == TDM_KNOWN_NO_OBJECT && statement->missing_ok)
        return;
    if (found.known == TDM_KNOWN_NO_OBJECT) {
        tdm_replay_opaque(r, tdm_replay_text(r, "the server refuses it: there is no table %.*s",
                                             TDM_TEXT_ARG(printed)));
        return;
    }
    if (found.known == TDM_KNOWN_UNKNOWN && statement->missing_ok) {
        tdm_replay_opaque(r, tdm_replay_text(r, "whether %.*s exists cannot be known: %.*s",
                                             TDM_TEXT_ARG(printed), TDM_TEXT_ARG(found.why)));
        return;
    }
    if (found.table)
        tdm_replay_remove(r, found.table);
    else
        tdm_replay_record(
            r, (tdm_change){.kind = TDM_CHANGE_EXISTENCE,
                            .key = {.kind = TDM_KIND_TABLE, .schema = found.schema, .name = name},
                            .object = printed});
    if (cascade)
        doubt_all(r);
}

static void drop_contents(tdm_replay *r, tdm_text schema)
{
    for (size_t i = r->catalog->tables.count; i-- > 0;)
        if (tdm_text_equal(r->catalog->tables.items[i]->schema, schema))
            tdm_catalog_drop(r->catalog, r->catalog->tables.items[i]);
    for (size_t i = 0; i < r->catalog->objects.count; i++)
        if (tdm_text_equal(r->catalog->objects.items[i]->schema, schema))
            tdm_catalog_drop(r->catalog, r->catalog->objects.items[i]);
    doubt_all(r);
}

static bool has_tables(const tdm_catalog *catalog, tdm_text schema)
{
    for (size_t i = 0; i < catalog->tables.count; i++)
        if (tdm_text_equal(catalog->tables.items[i]->schema, schema))
            return true;
    return false;
}

static void drop_schema(tdm_replay *r, tdm_text schema, const PgQuery__DropStmt *statement)
{
    tdm_text why = {NULL, 0};
    tdm_known known = tdm_catalog_schema(r->catalog, schema, &why);
    bool cascade = statement->behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE;

    if (known == TDM_KNOWN_NO_OBJECT && statement->missing_ok)
        return;
    if (known == TDM_KNOWN_NO_OBJECT || (!cascade && has_tables(r->catalog, schema))) {
        tdm_replay_opaque(
            r, tdm_replay_text(r, "the server refuses it: schema %.*s %s", TDM_TEXT_ARG(schema),
                               known == TDM_KNOWN_NO_OBJECT ? "does not exist" : "is not empty"));
        return;
    }
    if (known == TDM_KNOWN_UNKNOWN) {
        tdm_replay_opaque(r, tdm_replay_text(r, "what schema %.*s holds cannot be known: %.*s",
                                             TDM_TEXT_ARG(schema), TDM_TEXT_ARG(why)));
        return;
    }
    tdm_replay_record(r, (tdm_change){.kind = TDM_CHANGE_EXISTENCE,
                                      .key = {.kind = TDM_KIND_SCHEMA, .name = schema},
                                      .object = schema});
    tdm_catalog_set_schema(r->catalog, schema, false);
    if (cascade)
        drop_contents(r, schema);
}

void tdm_replay_drop(tdm_replay *r)
{
    const PgQuery__DropStmt *statement = r->tree->node->drop_stmt;
    bool tables = statement->remove_type == PG_QUERY__OBJECT_TYPE__OBJECT_TABLE;

    if (!tables && statement->remove_type != PG_QUERY__OBJECT_TYPE__OBJECT_SCHEMA) {
        tdm_replay_other(r);
        return;
    }
    for (size_t i = 0; i < r->of.name_count; i++) {
        if (tables)
            drop_table(r, r->of.names[i].schema, r->of.names[i].name, statement);
        else
            drop_schema(r, r->of.names[i].name, statement);
    }
}
