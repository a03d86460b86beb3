// What has one name in a database: extensions, publications, event triggers.
#include "replay/kinds.h"
#include "replay/objects.h"

#include "base/text.h"
#include "catalog/expression.h"
#include "catalog/extensions.h"

#include <string.h>

// --- Extensions ---------------------------------------------------------------------------------

// An extension is there afterwards, whoever made it; what it was before cannot be asked.
static tdm_object *begin_extension(tdm_replay *r, const tdm_key *key)
{
    const tdm_object *found = tdm_catalog_live(r->catalog, key);

    if ((found && !found->uncertain) || !r->of.if_not_exists)
        return tdm_kinds_begin(r, key);
    return tdm_replay_make(r, key);
}

static void set_extension(tdm_replay *r, tdm_object *extension,
                          const PgQuery__CreateExtensionStmt *create)
{
    for (size_t i = 0; i < create->n_options; i++) {
        if (create->options[i]->node_case != PG_QUERY__NODE__NODE_DEF_ELEM)
            continue;
        const PgQuery__DefElem *option = create->options[i]->def_elem;
        tdm_text word = tdm_replay_copy(r, tdm_kinds_string(option->arg));
        if (strcmp(option->defname, "schema") == 0 && !tdm_text_is(word, "public"))
            tdm_replay_assign_text(r, extension, TDM_ATTR_IN_SCHEMA, word);
        else if (strcmp(option->defname, "new_version") == 0)
            tdm_replay_assign_text(r, extension, TDM_ATTR_VERSION, word);
    }
}

void tdm_replay_create_extension(tdm_replay *r)
{
    const PgQuery__CreateExtensionStmt *create = r->tree->node->create_extension_stmt;
    tdm_key key = {.kind = TDM_KIND_EXTENSION, .name = tdm_replay_copy(r, create->extname)};
    tdm_object *extension = begin_extension(r, &key);

    if (!extension)
        return;
    set_extension(r, extension, create);
    if (!tdm_extension_is_known(key.name))
        tdm_catalog_open(r->catalog,
                         tdm_replay_text(r, "extension %.*s may bring tables of its own",
                                         TDM_TEXT_ARG(key.name)),
                         r->statement->place);
}

// --- Publications -------------------------------------------------------------------------------

typedef struct published {
    tdm_text_list tables;
    tdm_text_list schemas;
    bool unread; // columns, conditions
} published;

// A reference inside a list, where names are quoted.
static tdm_text reference_of(tdm_replay *r, tdm_text schema, tdm_text name)
{
    tdm_text quoted = tdm_names_of(r->catalog, &name, 1);

    if (schema.size == 0 || tdm_text_is(schema, "public"))
        return quoted;
    schema = tdm_names_of(r->catalog, &schema, 1);
    return tdm_replay_text(r, "%.*s.%.*s", TDM_TEXT_ARG(schema), TDM_TEXT_ARG(quoted));
}

static tdm_text table_of(tdm_replay *r, const PgQuery__RangeVar *range)
{
    return reference_of(r, tdm_catalog_find_range(r->catalog, range).schema,
                        tdm_text_of(range->relname));
}

static void read_published(tdm_replay *r, published *p, PgQuery__Node *const *objects, size_t count)
{
    PgQuery__PublicationObjSpecType last =
        PG_QUERY__PUBLICATION_OBJ_SPEC_TYPE__PUBLICATION_OBJ_SPEC_TYPE_UNDEFINED;

    for (size_t i = 0; i < count; i++) {
        if (objects[i]->node_case != PG_QUERY__NODE__NODE_PUBLICATION_OBJ_SPEC)
            continue;
        const PgQuery__PublicationObjSpec *object = objects[i]->publication_obj_spec;
        const PgQuery__PublicationTable *table = object->pubtable;
        if (object->pubobjtype != PG_QUERY__PUBLICATION_OBJ_SPEC_TYPE__PUBLICATIONOBJ_CONTINUATION)
            last = object->pubobjtype;
        tdm_text name = tdm_text_of(object->name);
        if (table) {
            p->unread = p->unread || table->where_clause || table->n_columns;
            tdm_kinds_push(r, &p->tables, table_of(r, table->relation));
        } else if (last == PG_QUERY__PUBLICATION_OBJ_SPEC_TYPE__PUBLICATIONOBJ_TABLES_IN_SCHEMA) {
            tdm_kinds_push(r, &p->schemas, tdm_names_of(r->catalog, &name, 1));
        } else {
            p->unread = true;
        }
    }
}

void tdm_replay_create_publication(tdm_replay *r)
{
    const PgQuery__CreatePublicationStmt *create = r->tree->node->create_publication_stmt;
    tdm_key key = {.kind = TDM_KIND_PUBLICATION, .name = tdm_replay_copy(r, create->pubname)};
    published p = {0};

    read_published(r, &p, create->pubobjects, create->n_pubobjects);
    if (p.unread || create->n_options) {
        tdm_replay_other(r);
        return;
    }
    tdm_object *publication = tdm_kinds_begin(r, &key);
    if (!publication)
        return;
    if (create->for_all_tables)
        tdm_replay_assign_text(r, publication, TDM_ATTR_FORM, TDM_TEXT("ALL TABLES"));
    tdm_replay_assign_text(r, publication, TDM_ATTR_TABLES,
                           tdm_set_of(r->catalog, p.tables.texts.items, p.tables.texts.count));
    tdm_replay_assign_text(r, publication, TDM_ATTR_SCHEMAS,
                           tdm_set_of(r->catalog, p.schemas.texts.items, p.schemas.texts.count));
}

// Adds to the set, or takes away. False: the server refuses it.
static bool change_set(tdm_replay *r, tdm_object *publication, tdm_attribute attribute,
                       const tdm_text_list *names, PgQuery__AlterPublicationAction action)
{
    const tdm_value *before = tdm_object_value(publication, attribute);
    bool drops = action == PG_QUERY__ALTER_PUBLICATION_ACTION__AP_DropObjects;
    tdm_text_list list = {0};
    tdm_text rest = before ? before->text : (tdm_text){NULL, 0};
    size_t dropped = 0;

    while (rest.size && action != PG_QUERY__ALTER_PUBLICATION_ACTION__AP_SetObjects) {
        size_t end = tdm_text_find(rest, TDM_TEXT(", "));
        tdm_text one = tdm_text_slice(rest, 0, end == SIZE_MAX ? rest.size : end);
        bool named = false;
        rest = end == SIZE_MAX ? (tdm_text){NULL, 0} : tdm_text_from(rest, end + 2);
        for (size_t i = 0; i < names->texts.count; i++)
            named = named || tdm_text_equal(names->texts.items[i], one);
        if (named && !drops)
            return false;
        dropped += named;
        if (!named)
            tdm_kinds_push(r, &list, one);
    }
    for (size_t i = 0; !drops && i < names->texts.count; i++)
        tdm_kinds_push(r, &list, names->texts.items[i]);
    if (drops && dropped < names->texts.count)
        return false;
    tdm_replay_assign_text(r, publication, attribute,
                           tdm_set_of(r->catalog, list.texts.items, list.texts.count));
    return true;
}

void tdm_replay_alter_publication(tdm_replay *r)
{
    const PgQuery__AlterPublicationStmt *alter = r->tree->node->alter_publication_stmt;
    tdm_key key = {.kind = TDM_KIND_PUBLICATION, .name = tdm_replay_copy(r, alter->pubname)};
    published p = {0};

    read_published(r, &p, alter->pubobjects, alter->n_pubobjects);
    if (p.unread || alter->n_options || alter->for_all_tables) {
        tdm_replay_other(r);
        return;
    }
    tdm_object *publication = tdm_kinds_altered(r, &key);
    if (!publication)
        return;
    if (!change_set(r, publication, TDM_ATTR_TABLES, &p.tables, alter->action) ||
        !change_set(r, publication, TDM_ATTR_SCHEMAS, &p.schemas, alter->action))
        tdm_replay_refuse(
            r,
            alter->action == PG_QUERY__ALTER_PUBLICATION_ACTION__AP_AddObjects ? "duplicate_object"
                                                                               : "undefined_object",
            TDM_TEXT("the server refuses it: a table is published already, or is not"));
}

// The set with one of its members replaced, or taken away.
static tdm_text replace_in(tdm_replay *r, tdm_text set, tdm_text was, tdm_text is)
{
    tdm_text_list list = {0};

    while (set.size) {
        size_t end = tdm_text_find(set, TDM_TEXT(", "));
        tdm_text one = tdm_text_slice(set, 0, end == SIZE_MAX ? set.size : end);
        set = end == SIZE_MAX ? (tdm_text){NULL, 0} : tdm_text_from(set, end + 2);
        one = tdm_text_equal(one, was) ? is : one;
        if (one.size)
            tdm_kinds_push(r, &list, one);
    }
    return tdm_set_of(r->catalog, list.texts.items, list.texts.count);
}

void tdm_replay_follow_published(tdm_replay *r, tdm_text schema, tdm_text name,
                                 const tdm_object *now)
{
    tdm_text was = reference_of(r, schema, name);
    tdm_text is = now ? reference_of(r, now->schema, now->name) : (tdm_text){NULL, 0};

    for (size_t i = 0; i < r->catalog->objects.count; i++) {
        tdm_object *object = r->catalog->objects.items[i];
        const tdm_value *tables = object->kind == TDM_KIND_PUBLICATION && !object->dropped
                                      ? tdm_object_value(object, TDM_ATTR_TABLES)
                                      : NULL;
        if (tables)
            tdm_replay_assign_text(r, object, TDM_ATTR_TABLES,
                                   replace_in(r, tables->text, was, is));
    }
}

// --- Event triggers -----------------------------------------------------------------------------

void tdm_replay_create_event_trigger(tdm_replay *r)
{
    const PgQuery__CreateEventTrigStmt *create = r->tree->node->create_event_trig_stmt;
    tdm_key key = {.kind = TDM_KIND_EVENT_TRIGGER, .name = tdm_replay_copy(r, create->trigname)};
    tdm_object *trigger = tdm_kinds_begin(r, &key);
    tdm_text_list tags = {0};

    if (!trigger)
        return;
    tdm_replay_assign_text(r, trigger, TDM_ATTR_EVENTS, tdm_replay_copy(r, create->eventname));
    for (size_t i = 0; i < create->n_whenclause; i++) {
        const PgQuery__Node *node = create->whenclause[i];
        const PgQuery__Node *list =
            node->node_case == PG_QUERY__NODE__NODE_DEF_ELEM ? node->def_elem->arg : NULL;
        for (size_t j = 0;
             list && list->node_case == PG_QUERY__NODE__NODE_LIST && j < list->list->n_items; j++)
            tdm_kinds_push(r, &tags, tdm_replay_copy(r, tdm_kinds_string(list->list->items[j])));
    }
    for (size_t i = 0; i < tags.texts.count; i++) {
        char *tag = tdm_arena_string(r->catalog->arena, tags.texts.items[i]);
        for (size_t j = 0; tag && tag[j]; j++)
            tag[j] = tdm_to_upper(tag[j]);
        tags.texts.items[i] = tdm_text_of(tag ? tag : "");
    }
    tdm_replay_assign_text(r, trigger, TDM_ATTR_COMMAND,
                           tdm_set_of(r->catalog, tags.texts.items, tags.texts.count));
    tdm_replay_assign_text(r, trigger, TDM_ATTR_FUNCTION,
                           tdm_trigger_function(r, create->funcname, create->n_funcname));
}

// Letters of pg_trigger.tgenabled; O is the usual one.
void tdm_replay_alter_event_trigger(tdm_replay *r)
{
    static const char *const words[][2] = {{"D", "DISABLED"}, {"R", "REPLICA"}, {"A", "ALWAYS"}};
    const PgQuery__AlterEventTrigStmt *alter = r->tree->node->alter_event_trig_stmt;
    tdm_key key = {.kind = TDM_KIND_EVENT_TRIGGER, .name = tdm_replay_copy(r, alter->trigname)};
    tdm_object *trigger = tdm_kinds_altered(r, &key);
    tdm_text state = {NULL, 0};

    if (!trigger)
        return;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i][0], alter->tgenabled) == 0)
            state = tdm_text_of(words[i][1]);
    tdm_replay_assign_text(r, trigger, TDM_ATTR_ENABLED, state);
}
