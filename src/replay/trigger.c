// Triggers.
#include "replay/keys.h"
#include "replay/kinds.h"
#include "replay/objects.h"

#include "base/limits.h"
#include "base/text.h"
#include "sql/quote.h"

// pg_trigger.h TRIGGER_TYPE_
enum {
    TYPE_BEFORE = 1 << 1,
    TYPE_INSERT = 1 << 2,
    TYPE_DELETE = 1 << 3,
    TYPE_UPDATE = 1 << 4,
    TYPE_TRUNCATE = 1 << 5,
    TYPE_INSTEAD = 1 << 6,
};

static const char *string_of(const PgQuery__Node *node)
{
    return node && node->node_case == PG_QUERY__NODE__NODE_STRING ? node->string->sval : "";
}

static const char *timing_of(int32_t timing)
{
    if (timing & TYPE_BEFORE)
        return "BEFORE";
    return timing & TYPE_INSTEAD ? "INSTEAD OF" : "AFTER";
}

static tdm_text events_of(tdm_replay *r, int32_t events)
{
    static const struct event {
        int32_t bit;
        tdm_text name;
    } all[] = {
        {TYPE_DELETE, {"DELETE", 6}},
        {TYPE_INSERT, {"INSERT", 6}},
        {TYPE_TRUNCATE, {"TRUNCATE", 8}},
        {TYPE_UPDATE, {"UPDATE", 6}},
    };
    tdm_text names[sizeof all / sizeof *all];
    size_t count = 0;

    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (events & all[i].bit)
            names[count++] = all[i].name;
    return tdm_set_of(r->catalog, names, count);
}

// A function without a schema is looked up along the path. One that no statement made may be an
// extension's: it keeps the name alone.
tdm_text tdm_trigger_function(tdm_replay *r, PgQuery__Node *const *parts, size_t count)
{
    tdm_text name = tdm_replay_copy(r, string_of(count ? parts[count - 1] : NULL));

    if (count > 1)
        return tdm_catalog_print(r->catalog, tdm_replay_copy(r, string_of(parts[count - 2])), name);
    for (size_t i = 0; i < r->catalog->path.count; i++) {
        tdm_key key = {.kind = TDM_KIND_FUNCTION,
                       .schema = r->catalog->path.items[i],
                       .name = tdm_replay_text(r, "%.*s()", TDM_TEXT_ARG(name))};
        if (tdm_catalog_live(r->catalog, &key))
            return tdm_catalog_print(r->catalog, key.schema, name);
    }
    return name;
}

static tdm_text arguments_of(tdm_replay *r, PgQuery__Node *const *args, size_t count)
{
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_FILE);

    for (size_t i = 0; i < count; i++) {
        tdm_buffer_puts(&out, i ? ", " : "");
        tdm_sql_put_literal(&out, tdm_text_of(string_of(args[i])));
    }
    return tdm_buffer_take(&out, r->catalog->arena);
}

// "OLD TABLE AS gone NEW TABLE AS came"
static tdm_text transition_of(tdm_replay *r, const PgQuery__CreateTrigStmt *create)
{
    tdm_text texts[2] = {{NULL, 0}, {NULL, 0}};

    for (size_t i = 0; i < create->n_transition_rels; i++) {
        const PgQuery__Node *node = create->transition_rels[i];
        if (node->node_case != PG_QUERY__NODE__NODE_TRIGGER_TRANSITION)
            continue;
        const PgQuery__TriggerTransition *t = node->trigger_transition;
        tdm_text name = tdm_sql_ident(r->catalog->arena, tdm_text_of(t->name));
        texts[t->is_new ? 1 : 0] =
            tdm_replay_text(r, "%s TABLE AS %.*s", t->is_new ? "NEW" : "OLD", TDM_TEXT_ARG(name));
    }
    return tdm_replay_text(r, "%.*s%s%.*s", TDM_TEXT_ARG(texts[0]),
                           texts[0].size && texts[1].size ? " " : "", TDM_TEXT_ARG(texts[1]));
}

static void define(tdm_replay *r, tdm_object *object, const PgQuery__CreateTrigStmt *create)
{
    tdm_text none = {NULL, 0};

    tdm_replay_assign_text(r, object, TDM_ATTR_FORM,
                           create->isconstraint ? TDM_TEXT("CONSTRAINT") : none);
    tdm_replay_assign_text(r, object, TDM_ATTR_TIMING, tdm_text_of(timing_of(create->timing)));
    tdm_replay_assign_text(r, object, TDM_ATTR_EVENTS, events_of(r, create->events));
    tdm_replay_assign_text(r, object, TDM_ATTR_COLUMNS,
                           tdm_keys_names(r, create->columns, create->n_columns));
    tdm_replay_assign_text(r, object, TDM_ATTR_LEVEL, create->row ? TDM_TEXT("ROW") : none);
    tdm_replay_assign_text(r, object, TDM_ATTR_FUNCTION,
                           tdm_trigger_function(r, create->funcname, create->n_funcname));
    tdm_replay_assign_text(r, object, TDM_ATTR_ARGUMENTS,
                           arguments_of(r, create->args, create->n_args));
    tdm_replay_assign(r, object, TDM_ATTR_WHEN,
                      tdm_kinds_value(r, create->when_clause, tdm_kinds_bracketed(r, "WHEN", 0)));
    tdm_replay_assign_text(r, object, TDM_ATTR_TRANSITION, transition_of(r, create));
    if (create->constrrel) {
        tdm_key table = tdm_object_of_range(r, TDM_KIND_TABLE, create->constrrel);
        tdm_replay_assign_text(r, object, TDM_ATTR_REFERENCES,
                               tdm_catalog_print(r->catalog, table.schema, table.name));
    }
    tdm_replay_assign_text(r, object, TDM_ATTR_DEFERRABLE,
                           create->initdeferred ? TDM_TEXT("INITIALLY DEFERRED")
                           : create->deferrable ? TDM_TEXT("DEFERRABLE")
                                                : none);
}

void tdm_replay_create_trigger(tdm_replay *r)
{
    const PgQuery__CreateTrigStmt *create = r->tree->node->create_trig_stmt;
    tdm_key key = tdm_object_on(r, TDM_KIND_TRIGGER, create->relation, create->trigname);
    tdm_object *object = NULL;

    if (!key.on) {
        tdm_replay_opaque(r, tdm_replay_text(r, "the server refuses it: there is no table %s",
                                             create->relation->relname));
        return;
    }
    switch (tdm_replay_may_create(r, &key)) {
    case TDM_OUTCOME_CREATE:
        object = tdm_replay_make(r, &key);
        break;
    case TDM_OUTCOME_REPLACE:
        object = tdm_catalog_live(r->catalog, &key);
        if (object)
            tdm_making_begin(r, object);
        break;
    case TDM_OUTCOME_NOTHING:
    case TDM_OUTCOME_OPAQUE:
        break;
    }
    if (object)
        define(r, object, create);
}
