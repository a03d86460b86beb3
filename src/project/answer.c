#include "project/answer.h"

#include "base/error.h"
#include "base/text.h"
#include "replay/query.h"

#include <stdlib.h>
#include <string.h>

typedef struct answerer {
    const tdm_catalog *catalog;
    const tdm_schema_question *question;
    tdm_arena *arena;
    tdm_schema_reply *reply;
    TDM_VECTOR(tdm_schema_item) items;
} answerer;

static void not_known(answerer *in, tdm_text why)
{
    in->reply->answer = TDM_ANSWER_UNKNOWN;
    in->reply->why = tdm_arena_text(in->arena, why);
}

static void take_known(answerer *in, tdm_known known, tdm_text why)
{
    if (known == TDM_KNOWN_UNKNOWN)
        not_known(in, why);
    else
        in->reply->answer = known == TDM_KNOWN_YES ? TDM_ANSWER_YES : TDM_ANSWER_NO;
}

static void say(answerer *in, const char *what, tdm_text name)
{
    if (in->reply->answer != TDM_ANSWER_UNKNOWN)
        in->reply->asked =
            tdm_arena_printf(in->arena, "%s %.*s %s", what, TDM_TEXT_ARG(name),
                             in->reply->answer == TDM_ANSWER_YES ? "exists" : "does not exist");
}

// --- Single things ------------------------------------------------------------------------------

static void answer_table(answerer *in)
{
    tdm_text why = {NULL, 0};
    take_known(
        in, tdm_catalog_table(in->catalog, in->question->schema, in->question->table, NULL, &why),
        why);
    say(in, "table", in->question->table);
}

static void answer_schema(answerer *in)
{
    tdm_text why = {NULL, 0};
    take_known(in, tdm_catalog_schema(in->catalog, in->question->name, &why), why);
    say(in, "schema", in->question->name);
}

static tdm_text own_schema(const answerer *in)
{
    return in->question->schema.size ? in->question->schema : TDM_TEXT("public");
}

// Types and sequences are asked for as a guard in SQL would: the catalog knows which names the
// platform and extensions may hold.
static tdm_status answer_by_query(answerer *in, const char *sql, const char *what, tdm_error *err)
{
    tdm_query_rows rows;
    tdm_text schema = own_schema(in), name = in->question->name;
    if (tdm_text_find_char(schema, '\'') != SIZE_MAX ||
        tdm_text_find_char(name, '\'') != SIZE_MAX) {
        not_known(in, TDM_TEXT("a name with a quote is not asked for"));
        return TDM_OK;
    }
    tdm_text query = tdm_arena_printf(in->arena, "%s '%.*s' AND n.nspname = '%.*s'", sql,
                                      TDM_TEXT_ARG(name), TDM_TEXT_ARG(schema));
    if (tdm_query_answer(in->catalog, in->arena, query, &rows, err) != TDM_OK)
        return TDM_FAILED;
    take_known(in, rows.known, rows.why);
    say(in, what, name);
    return TDM_OK;
}

// --- Lists --------------------------------------------------------------------------------------

static int by_name(const void *a, const void *b)
{
    const tdm_schema_item *left = a, *right = b;
    return tdm_text_compare(left->name, right->name);
}

static void add(answerer *in, tdm_schema_item item)
{
    (void)tdm_vector_push(in->arena, &in->items, item);
}

static void list_items(answerer *in, bool sort)
{
    if (sort && in->items.count)
        qsort(in->items.items, in->items.count, sizeof *in->items.items, by_name);
    in->reply->answer = TDM_ANSWER_YES;
    in->reply->items = in->items.items;
    in->reply->count = in->items.count;
}

// "a, \"B c\"": names as stored.
static tdm_schema_names names_of(answerer *in, const tdm_value *value)
{
    tdm_schema_names names = {0};
    TDM_VECTOR(tdm_text) list = {0};
    if (!value || value->reason.size || value->text.size == 0)
        return names;
    for (size_t at = 0; at < value->text.size;) {
        bool quoted = value->text.data[at] == '"';
        tdm_buffer name = TDM_BUFFER_INIT(1 << 16);
        at += quoted ? 1 : 0;
        for (; at < value->text.size; at++) {
            char c = value->text.data[at];
            if (quoted && c == '"' &&
                (at + 1 == value->text.size || value->text.data[at + 1] != '"'))
                break;
            if (!quoted && c == ',')
                break;
            at += quoted && c == '"' ? 1 : 0;
            tdm_buffer_putc(&name, c);
        }
        at += quoted ? 1 : 0;
        at += 2; // ", "
        tdm_text text = tdm_buffer_take(&name, in->arena);
        if (!tdm_vector_push(in->arena, &list, text))
            return names;
    }
    return (tdm_schema_names){.known = true, .items = list.items, .count = list.count};
}

static bool find_table(answerer *in, const tdm_table **ret)
{
    tdm_text why = {NULL, 0};
    take_known(in,
               tdm_catalog_table(in->catalog, in->question->schema, in->question->table, ret, &why),
               why);
    say(in, "table", in->question->table);
    return in->reply->answer == TDM_ANSWER_YES;
}

static void list_columns(answerer *in)
{
    const tdm_table *table = NULL;
    if (!find_table(in, &table))
        return;
    if (!table->columns_known) {
        not_known(in, table->reason);
        return;
    }
    for (size_t i = 0; i < table->columns.count; i++) {
        const tdm_column *column = &table->columns.items[i];
        add(in, (tdm_schema_item){.name = column->name,
                                  .nullable = !column->not_null,
                                  .has_default = column->has_default,
                                  .generated = column->generated.size > 0});
    }
    list_items(in, false);
    in->reply->asked = tdm_arena_printf(in->arena, "table %.*s has %zu columns",
                                        TDM_TEXT_ARG(in->question->table), in->items.count);
}

// "PRIMARY KEY", "UNIQUE", ...; empty: the constraint is known by its name only.
static tdm_text form_of(const tdm_object *constraint)
{
    const tdm_value *form = tdm_object_value(constraint, TDM_ATTR_FORM);
    return form && form->reason.size == 0 ? form->text : (tdm_text){NULL, 0};
}

static void add_foreign_key(answerer *in, const tdm_object *key)
{
    const tdm_value *table = tdm_object_value(key, TDM_ATTR_REFERENCES);
    tdm_schema_item item = {
        .name = key->name,
        .columns = names_of(in, tdm_object_value(key, TDM_ATTR_COLUMNS)),
        .referred_columns = names_of(in, tdm_object_value(key, TDM_ATTR_REFERENCED)),
    };
    if (table && table->reason.size == 0 && tdm_text_find_char(table->text, '"') == SIZE_MAX) {
        size_t dot = tdm_text_find_char(table->text, '.');
        item.referred_table = dot == SIZE_MAX ? table->text : tdm_text_from(table->text, dot + 1);
        item.referred_schema =
            dot == SIZE_MAX ? (tdm_text){NULL, 0} : tdm_text_slice(table->text, 0, dot);
    }
    add(in, item);
}

// What get_indexes() lists: not the index of the primary key, but those of other constraints.
static bool add_as_index(answerer *in, const tdm_object *object)
{
    tdm_text form = form_of(object);
    if (object->kind == TDM_KIND_INDEX) {
        const tdm_value *unique = tdm_object_value(object, TDM_ATTR_UNIQUE);
        tdm_schema_item item = {.name = object->name,
                                .unique = !object->modelled ? TDM_ANSWER_UNKNOWN
                                          : unique          ? TDM_ANSWER_YES
                                                            : TDM_ANSWER_NO};
        add(in, item);
        return true;
    }
    if (form.size == 0)
        return false;
    if (tdm_text_is(form, "UNIQUE") || tdm_text_is(form, "EXCLUDE"))
        add(in, (tdm_schema_item){
                    .name = object->name,
                    .columns = names_of(in, tdm_object_value(object, TDM_ATTR_COLUMNS)),
                    .unique = tdm_text_is(form, "UNIQUE") ? TDM_ANSWER_YES : TDM_ANSWER_UNKNOWN});
    return true;
}

static bool add_constraint(answerer *in, const tdm_object *object, const char *wanted)
{
    tdm_text form = form_of(object);
    if (object->kind != TDM_KIND_CONSTRAINT)
        return true;
    if (form.size == 0)
        return false;
    if (!tdm_text_is(form, wanted))
        return true;
    if (strcmp(wanted, "FOREIGN KEY") == 0)
        add_foreign_key(in, object);
    else
        add(in,
            (tdm_schema_item){.name = object->name,
                              .columns = names_of(in, tdm_object_value(object, TDM_ATTR_COLUMNS))});
    return true;
}

// Indexes and constraints of a table. NULL as `wanted`: indexes.
static void list_members(answerer *in, const char *wanted)
{
    const tdm_table *table = NULL;
    if (!find_table(in, &table))
        return;
    for (size_t i = 0; i < tdm_catalog_object_count(in->catalog); i++) {
        const tdm_object *object = tdm_catalog_object_at(in->catalog, i);
        bool fits = object->kind == TDM_KIND_CONSTRAINT || object->kind == TDM_KIND_INDEX;
        if (!fits || object->on != table || object->dropped)
            continue;
        bool known = !object->uncertain &&
                     (wanted ? add_constraint(in, object, wanted) : add_as_index(in, object));
        if (!known) {
            not_known(in, tdm_arena_printf(in->arena, "%.*s of table %.*s is known by name only",
                                           TDM_TEXT_ARG(object->name), TDM_TEXT_ARG(table->name)));
            return;
        }
    }
    if (!table->columns_known) {
        not_known(in, table->reason);
        return;
    }
    list_items(in, true);
}

static void list_tables(answerer *in)
{
    tdm_text schema = own_schema(in);
    for (size_t i = 0; i < tdm_catalog_table_count(in->catalog); i++) {
        const tdm_table *table = tdm_catalog_table_at(in->catalog, i);
        if (table->dropped || !tdm_text_equal(table->schema, schema))
            continue;
        if (table->uncertain || table->assumed) {
            not_known(in, TDM_TEXT("which tables there are cannot be known"));
            return;
        }
        add(in, (tdm_schema_item){.name = table->name});
    }
    list_items(in, true);
    in->reply->asked = tdm_arena_printf(in->arena, "there are %zu tables", in->items.count);
}

static void list_objects(answerer *in, tdm_kind kind)
{
    tdm_text schema = own_schema(in);
    for (size_t i = 0; i < tdm_catalog_object_count(in->catalog); i++) {
        const tdm_object *object = tdm_catalog_object_at(in->catalog, i);
        if (object->kind != kind || object->dropped || !tdm_text_equal(object->schema, schema))
            continue;
        tdm_text form = kind == TDM_KIND_TYPE ? form_of(object) : TDM_TEXT("enum");
        if (object->uncertain || form.size == 0) {
            not_known(in, tdm_arena_printf(in->arena, "%.*s is known by name only",
                                           TDM_TEXT_ARG(object->name)));
            return;
        }
        if (tdm_text_is(form, "enum"))
            add(in, (tdm_schema_item){.name = object->name,
                                      .columns =
                                          names_of(in, tdm_object_value(object, TDM_ATTR_LABELS))});
    }
    list_items(in, true);
}

// --- Queries ------------------------------------------------------------------------------------

static tdm_schema_value value_of(const tdm_cell *cell)
{
    static const tdm_schema_value_kind kinds[] = {
        [TDM_CELL_UNKNOWN] = TDM_SCHEMA_VALUE_UNKNOWN,
        [TDM_CELL_NULL] = TDM_SCHEMA_VALUE_NULL,
        [TDM_CELL_SOME] = TDM_SCHEMA_VALUE_SOME,
        [TDM_CELL_POSITIVE] = TDM_SCHEMA_VALUE_POSITIVE,
        [TDM_CELL_BOOL] = TDM_SCHEMA_VALUE_BOOL,
        [TDM_CELL_INT] = TDM_SCHEMA_VALUE_INT,
        [TDM_CELL_TEXT] = TDM_SCHEMA_VALUE_TEXT,
    };
    return (tdm_schema_value){
        .kind = kinds[cell->kind], .name = cell->name, .text = cell->text, .number = cell->number};
}

static tdm_status answer_query(answerer *in, bool closed, tdm_error *err)
{
    tdm_query_rows rows;
    if (tdm_query_answer(in->catalog, in->arena, in->question->sql, &rows, err) != TDM_OK)
        return TDM_FAILED;
    if (!rows.about_schema || !closed) {
        if (!rows.about_schema) // rows of the project's own: nothing is to be said about them here
            *in->reply = (tdm_schema_reply){.answer = TDM_ANSWER_UNKNOWN};
        return TDM_OK;
    }
    take_known(in, rows.known, rows.why);
    in->reply->asked = rows.asked;
    in->reply->single = rows.single;
    tdm_schema_value *values = tdm_arena_array(in->arena, rows.count, sizeof *values);
    if (!values)
        return tdm_fail_memory(err);
    for (size_t i = 0; i < rows.count; i++)
        values[i] = value_of(&rows.cells[i]);
    in->reply->values = values;
    in->reply->value_count = rows.count;
    return TDM_OK;
}

// --- All ----------------------------------------------------------------------------------------

static tdm_status answer(answerer *in, tdm_error *err)
{
    switch (in->question->subject) {
    case TDM_SCHEMA_TABLE:
        answer_table(in);
        return TDM_OK;
    case TDM_SCHEMA_SCHEMA:
        answer_schema(in);
        return TDM_OK;
    case TDM_SCHEMA_TYPE:
        return answer_by_query(in,
                               "SELECT 1 FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n "
                               "ON n.oid = t.typnamespace WHERE t.typname =",
                               "type", err);
    case TDM_SCHEMA_SEQUENCE:
        return answer_by_query(in,
                               "SELECT 1 FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace "
                               "n ON n.oid = c.relnamespace WHERE c.relkind = 'S' AND c.relname =",
                               "sequence", err);
    case TDM_SCHEMA_TABLES:
        list_tables(in);
        return TDM_OK;
    case TDM_SCHEMA_COLUMNS:
        list_columns(in);
        return TDM_OK;
    case TDM_SCHEMA_INDEXES:
        list_members(in, NULL);
        return TDM_OK;
    case TDM_SCHEMA_UNIQUE_CONSTRAINTS:
        list_members(in, "UNIQUE");
        return TDM_OK;
    case TDM_SCHEMA_FOREIGN_KEYS:
        list_members(in, "FOREIGN KEY");
        return TDM_OK;
    case TDM_SCHEMA_CHECK_CONSTRAINTS:
        list_members(in, "CHECK");
        return TDM_OK;
    case TDM_SCHEMA_PRIMARY_KEY:
        list_members(in, "PRIMARY KEY");
        return TDM_OK;
    case TDM_SCHEMA_VIEWS:
        list_objects(in, TDM_KIND_VIEW);
        return TDM_OK;
    case TDM_SCHEMA_ENUMS:
        list_objects(in, TDM_KIND_TYPE);
        return TDM_OK;
    case TDM_SCHEMA_SCHEMAS:
        not_known(in, TDM_TEXT("which schemas there are cannot be known"));
        return TDM_OK;
    case TDM_SCHEMA_QUERY:
        return answer_query(in, true, err);
    }
    return TDM_OK;
}

tdm_status tdm_catalog_reply(const tdm_catalog *catalog, const tdm_schema_question *question,
                             tdm_arena *arena, tdm_schema_reply *ret, tdm_error *err)
{
    answerer in = {.catalog = catalog, .question = question, .arena = arena, .reply = ret};
    tdm_text why;
    *ret = (tdm_schema_reply){.answer = TDM_ANSWER_UNKNOWN};
    bool closed = tdm_catalog_is_closed(catalog, &why, &ret->why_place);
    if (!closed)
        ret->why = tdm_arena_printf(arena, "what there is cannot be known after this: %.*s",
                                    TDM_TEXT_ARG(why));
    else
        ret->why_place = TDM_NOWHERE;
    tdm_status status = TDM_OK;
    if (closed)
        status = answer(&in, err);
    else if (question->subject == TDM_SCHEMA_QUERY)
        status = answer_query(&in, false, err);
    return status == TDM_OK && !tdm_arena_ok(arena) ? tdm_fail_memory(err) : status;
}

tdm_status tdm_catalog_exists(const tdm_catalog *catalog, const tdm_schema_question *question,
                              tdm_arena *arena, tdm_schema_reply *ret, tdm_error *err)
{
    if (tdm_catalog_reply(catalog, question, arena, ret, err) != TDM_OK)
        return TDM_FAILED;
    if (question->subject != TDM_SCHEMA_INDEXES || ret->answer != TDM_ANSWER_YES)
        return TDM_OK;
    ret->answer = TDM_ANSWER_NO;
    for (size_t i = 0; i < ret->count; i++)
        if (tdm_text_equal(ret->items[i].name, question->name))
            ret->answer = TDM_ANSWER_YES;
    return TDM_OK;
}
