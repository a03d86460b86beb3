#include "inverse/inverse.h"

#include "base/error.h"
#include "base/limits.h"
#include "inverse/define.h"
#include "sql/quote.h"

#include <stdlib.h>

typedef struct inverter {
    tdm_arena *arena;
    const tdm_catalog *before;
    const tdm_change *changes;
    size_t count;
    tdm_way_back *out;
    bool failed;
} inverter;

// The order of what is made again, for what stands on something else comes after it.
enum rank {
    RANK_IN_TURN, // in the reverse order of the changes
    RANK_SCHEMA,
    RANK_TYPE,
    RANK_RELATION,
    RANK_COLUMN,
    RANK_KEY,
    RANK_MEMBER,
};

static void add(inverter *in, tdm_back_step step)
{
    in->failed = !tdm_vector_push(in->arena, &in->out->steps, step) || in->failed;
}

static void add_sql(inverter *in, tdm_buffer *sql, unsigned rank, tdm_text lost)
{
    in->failed = in->failed || sql->failed;
    add(in, (tdm_back_step){.outcome = lost.size ? TDM_RETURN_LOSSY : TDM_RETURN_WHOLE,
                            .sql = tdm_buffer_take(sql, in->arena),
                            .note = lost,
                            .rank = rank});
}

static void add_none(inverter *in, const char *what, tdm_text object)
{
    tdm_text note = tdm_arena_printf(in->arena, "%.*s: %s", TDM_TEXT_ARG(object), what);
    add(in, (tdm_back_step){.outcome = TDM_RETURN_NONE, .note = note});
}

// --- What the statement made or dropped as a whole ----------------------------------------------

static bool same_key(const tdm_change_key *a, const tdm_change_key *b)
{
    return a->kind == b->kind && tdm_text_equal(a->name, b->name) &&
           tdm_text_equal(a->schema, b->schema) && tdm_text_equal(a->owner, b->owner) &&
           tdm_text_equal(a->owner_schema, b->owner_schema);
}

// Whether the statement made (or dropped) this very object, or the one that it stands on.
static bool is_covered(const inverter *in, const tdm_change *change, bool exists, bool itself)
{
    for (size_t i = 0; i < in->count; i++) {
        const tdm_change *other = &in->changes[i];
        if (other->kind != TDM_CHANGE_EXISTENCE || other->exists != exists || other == change)
            continue;
        bool owner = change->key.owner.size && tdm_text_equal(other->key.name, change->key.owner) &&
                     tdm_text_equal(other->key.schema, change->key.owner_schema) &&
                     other->key.owner.size == 0;
        if (owner || (itself && same_key(&other->key, &change->key)))
            return true;
    }
    return false;
}

static const tdm_table *table_before(const inverter *in, tdm_text schema, tdm_text name)
{
    const tdm_table *table = NULL;
    if (!in->before || tdm_catalog_table(in->before, schema, name, &table, NULL) != TDM_KNOWN_YES)
        return NULL;
    return table;
}

static const tdm_object *object_before(const inverter *in, const tdm_change_key *key)
{
    const tdm_object *object = NULL;
    tdm_question question = {.kind = key->kind,
                             .schema = key->owner.size ? key->owner_schema : key->schema,
                             .table = key->owner,
                             .name = key->name};
    if (!in->before || tdm_catalog_object(in->before, &question, &object, NULL) != TDM_KNOWN_YES)
        return NULL;
    return object;
}

// --- Undoing what was made ----------------------------------------------------------------------

static void put_upper(tdm_buffer *out, const char *word)
{
    for (; *word; word++)
        tdm_buffer_putc(out, tdm_to_upper(*word));
}

static void put_table(tdm_buffer *out, const tdm_change_key *key)
{
    tdm_buffer_puts(out, "ALTER TABLE ");
    tdm_define_name(out, key->owner_schema, key->owner);
}

// Kinds of objects whose DROP names the table too.
static bool stands_on_table(tdm_kind kind)
{
    return kind == TDM_KIND_POLICY || kind == TDM_KIND_TRIGGER || kind == TDM_KIND_RULE;
}

// A routine's name holds its arguments, which are no part of the identifier.
static void put_routine(tdm_buffer *out, const tdm_change_key *key)
{
    size_t open = tdm_text_find_char(key->name, '(');
    open = open == SIZE_MAX ? key->name.size : open;
    tdm_define_name(out, key->schema, tdm_text_slice(key->name, 0, open));
    tdm_buffer_put(out, tdm_text_from(key->name, open));
}

static bool put_drop(tdm_buffer *out, const tdm_change_key *key)
{
    switch (key->kind) {
    case TDM_KIND_COLUMN:
    case TDM_KIND_CONSTRAINT:
        put_table(out, key);
        tdm_buffer_puts(out, key->kind == TDM_KIND_COLUMN ? " DROP COLUMN " : " DROP CONSTRAINT ");
        tdm_sql_put_ident(out, key->name);
        return true;
    case TDM_KIND_TABLE:
    case TDM_KIND_INDEX:
    case TDM_KIND_SEQUENCE:
    case TDM_KIND_VIEW:
    case TDM_KIND_MATERIALIZED_VIEW:
    case TDM_KIND_FOREIGN_TABLE:
    case TDM_KIND_TYPE:
        tdm_buffer_puts(out, "DROP ");
        put_upper(out, tdm_kind_name(key->kind));
        tdm_buffer_putc(out, ' ');
        tdm_define_name(out, key->schema, key->name);
        return true;
    case TDM_KIND_FUNCTION: // ROUTINE: functions, procedures and aggregates alike
        tdm_buffer_puts(out, "DROP ROUTINE ");
        put_routine(out, key);
        return true;
    case TDM_KIND_SCHEMA:
    case TDM_KIND_EXTENSION:
    case TDM_KIND_PUBLICATION:
    case TDM_KIND_EVENT_TRIGGER:
    case TDM_KIND_POLICY:
    case TDM_KIND_TRIGGER:
    case TDM_KIND_RULE:
        tdm_buffer_puts(out, "DROP ");
        put_upper(out, tdm_kind_name(key->kind));
        tdm_buffer_putc(out, ' ');
        tdm_sql_put_ident(out, key->name);
        break;
    default:
        return false;
    }
    if (stands_on_table(key->kind)) {
        tdm_buffer_puts(out, " ON ");
        tdm_define_name(out, key->owner_schema, key->owner);
    }
    return true;
}

static void undo_made(inverter *in, const tdm_change *change)
{
    tdm_buffer sql = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    if (is_covered(in, change, true, false))
        return;
    if (put_drop(&sql, &change->key)) {
        add_sql(in, &sql, RANK_IN_TURN, (tdm_text){NULL, 0});
        return;
    }
    tdm_buffer_free(&sql);
    add_none(in, "there is no statement that takes it away", change->object);
}

// --- Making again what was dropped --------------------------------------------------------------

static unsigned rank_of(tdm_kind kind)
{
    switch (kind) {
    case TDM_KIND_SCHEMA:
        return RANK_SCHEMA;
    case TDM_KIND_TYPE:
        return RANK_TYPE;
    case TDM_KIND_CONSTRAINT:
    case TDM_KIND_INDEX:
        return RANK_KEY;
    default:
        return RANK_MEMBER;
    }
}

static void make_object(inverter *in, const tdm_object *object, tdm_text name)
{
    tdm_buffer sql = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    if (object && tdm_define_object(&sql, object)) {
        add_sql(in, &sql, rank_of(object->kind), (tdm_text){NULL, 0});
        return;
    }
    tdm_buffer_free(&sql);
    add_none(in, "its definition is not kept", name);
}

static void make_table(inverter *in, const tdm_change *change)
{
    const tdm_table *table = table_before(in, change->key.schema, change->key.name);
    tdm_buffer sql = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    if (!table || !tdm_define_table(&sql, table)) {
        tdm_buffer_free(&sql);
        add_none(in, "its definition is not kept", change->object);
        return;
    }
    add_sql(in, &sql, RANK_RELATION,
            tdm_arena_printf(in->arena, "the rows of %.*s are lost", TDM_TEXT_ARG(change->object)));
    for (size_t i = 0; i < table->members.count; i++)
        if (!table->members.items[i]->dropped)
            make_object(in, table->members.items[i], table->members.items[i]->name);
}

static void make_column(inverter *in, const tdm_change *change)
{
    const tdm_change_key *key = &change->key;
    const tdm_column *column = NULL;
    tdm_buffer sql = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    tdm_known known = in->before ? tdm_catalog_column(in->before, key->owner_schema, key->owner,
                                                      key->name, &column, NULL)
                                 : TDM_KNOWN_UNKNOWN;

    put_table(&sql, key);
    tdm_buffer_puts(&sql, " ADD COLUMN ");
    if (known != TDM_KNOWN_YES || !tdm_define_column(&sql, column)) {
        tdm_buffer_free(&sql);
        add_none(in, "its definition is not kept", change->object);
        return;
    }
    add_sql(in, &sql, RANK_COLUMN,
            tdm_arena_printf(in->arena, "what %.*s held is lost", TDM_TEXT_ARG(change->object)));
}

static void undo_dropped(inverter *in, const tdm_change *change)
{
    if (is_covered(in, change, false, false))
        return;
    if (change->key.kind == TDM_KIND_TABLE)
        make_table(in, change);
    else if (change->key.kind == TDM_KIND_COLUMN)
        make_column(in, change);
    else
        make_object(in, object_before(in, &change->key), change->object);
}

// --- Undoing changes of attributes and names ----------------------------------------------------

static void put_column(tdm_buffer *out, const tdm_change_key *key, const char *what)
{
    put_table(out, key);
    tdm_buffer_puts(out, " ALTER COLUMN ");
    tdm_sql_put_ident(out, key->name);
    tdm_buffer_puts(out, what);
}

static bool put_column_attribute(tdm_buffer *out, const tdm_change *change)
{
    const tdm_change_key *key = &change->key;
    tdm_text before = change->before.text;
    switch (change->attribute) {
    case TDM_ATTR_TYPE:
        put_column(out, key, " TYPE ");
        tdm_buffer_put(out, before);
        tdm_buffer_puts(out, " USING ");
        tdm_sql_put_ident(out, key->name);
        tdm_buffer_puts(out, "::");
        tdm_buffer_put(out, before);
        return before.size > 0;
    case TDM_ATTR_NULLABLE:
        put_column(out, key, tdm_text_is(before, "NOT NULL") ? " SET NOT NULL" : " DROP NOT NULL");
        return true;
    case TDM_ATTR_DEFAULT:
        put_column(out, key, before.size ? " SET DEFAULT " : " DROP DEFAULT");
        tdm_buffer_put(out, before);
        return true;
    case TDM_ATTR_COMMENT:
        tdm_buffer_puts(out, "COMMENT ON COLUMN ");
        tdm_define_name(out, key->owner_schema, key->owner);
        tdm_buffer_putc(out, '.');
        tdm_sql_put_ident(out, key->name);
        break;
    default:
        return false;
    }
    tdm_buffer_puts(out, " IS ");
    if (before.size)
        tdm_sql_put_literal(out, before);
    else
        tdm_buffer_puts(out, "NULL");
    return true;
}

static bool put_table_attribute(tdm_buffer *out, const tdm_change *change)
{
    bool was = change->before.text.size > 0;
    if (change->attribute == TDM_ATTR_COMMENT) {
        tdm_buffer_puts(out, "COMMENT ON TABLE ");
        tdm_define_name(out, change->key.schema, change->key.name);
        tdm_buffer_puts(out, " IS ");
        if (was)
            tdm_sql_put_literal(out, change->before.text);
        else
            tdm_buffer_puts(out, "NULL");
        return true;
    }
    tdm_buffer_puts(out, "ALTER TABLE ");
    tdm_define_name(out, change->key.schema, change->key.name);
    if (change->attribute == TDM_ATTR_RLS)
        tdm_buffer_puts(out, was ? " ENABLE ROW LEVEL SECURITY" : " DISABLE ROW LEVEL SECURITY");
    else if (change->attribute == TDM_ATTR_RLS_FORCED)
        tdm_buffer_puts(out, was ? " FORCE ROW LEVEL SECURITY" : " NO FORCE ROW LEVEL SECURITY");
    else
        return false;
    return true;
}

// What else a renaming changes follows the name back as it followed it there.
static bool follows_a_name(const inverter *in)
{
    for (size_t i = 0; i < in->count; i++)
        if (in->changes[i].kind == TDM_CHANGE_NAME)
            return true;
    return false;
}

static void undo_attribute(inverter *in, const tdm_change *change)
{
    tdm_buffer sql = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    bool written = false;
    if (follows_a_name(in) || is_covered(in, change, true, true) ||
        is_covered(in, change, false, true))
        return;
    if (change->before.reason.size == 0 && change->key.kind == TDM_KIND_COLUMN)
        written = put_column_attribute(&sql, change);
    else if (change->before.reason.size == 0 && change->key.kind == TDM_KIND_TABLE)
        written = put_table_attribute(&sql, change);
    if (written) {
        add_sql(in, &sql, RANK_IN_TURN, (tdm_text){NULL, 0});
        return;
    }
    tdm_buffer_free(&sql);
    add(in, (tdm_back_step){.outcome = TDM_RETURN_NONE,
                            .note = tdm_arena_printf(in->arena, "%.*s: %s cannot be put back",
                                                     TDM_TEXT_ARG(change->object),
                                                     tdm_attribute_name(change->attribute))});
}

static void undo_name(inverter *in, const tdm_change *change)
{
    const tdm_change_key *key = &change->key;
    const tdm_change_key *was = &change->was;
    tdm_buffer sql = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    bool moved = !tdm_text_equal(key->schema, was->schema);

    if (key->kind == TDM_KIND_COLUMN || key->kind == TDM_KIND_CONSTRAINT) {
        put_table(&sql, key);
        tdm_buffer_puts(&sql,
                        key->kind == TDM_KIND_COLUMN ? " RENAME COLUMN " : " RENAME CONSTRAINT ");
        tdm_sql_put_ident(&sql, key->name);
        tdm_buffer_puts(&sql, " TO ");
    } else if (key->kind == TDM_KIND_FUNCTION || stands_on_table(key->kind)) {
        tdm_buffer_free(&sql);
        add_none(in, "its name cannot be put back", change->object);
        return;
    } else {
        tdm_buffer_puts(&sql, "ALTER ");
        put_upper(&sql, tdm_kind_name(key->kind));
        tdm_buffer_putc(&sql, ' ');
        tdm_define_name(&sql, key->schema, key->name);
        tdm_buffer_puts(&sql, moved ? " SET SCHEMA " : " RENAME TO ");
    }
    tdm_sql_put_ident(&sql, moved ? was->schema : was->name);
    add_sql(in, &sql, RANK_IN_TURN, (tdm_text){NULL, 0});
}

// An object that is known by identity only: what was made can be dropped when it is known that
// nothing was there before.
static void undo_statement(inverter *in, const tdm_change *change)
{
    const tdm_object *object = NULL;
    tdm_question question = {.kind = change->key.kind,
                             .schema = change->key.owner.size ? change->key.owner_schema
                                                              : change->key.schema,
                             .table = change->key.owner,
                             .name = change->key.name};
    if (change->exists && change->creates &&
        (!in->before ||
         tdm_catalog_object(in->before, &question, &object, NULL) == TDM_KNOWN_NO_OBJECT))
        undo_made(in, change);
    else
        add_none(in, "what it was before is not kept", change->object);
}

// --- All of it ----------------------------------------------------------------------------------

static void undo(inverter *in, const tdm_change *change)
{
    switch (change->kind) {
    case TDM_CHANGE_EXISTENCE:
        if (change->exists)
            undo_made(in, change);
        else
            undo_dropped(in, change);
        break;
    case TDM_CHANGE_ATTRIBUTE:
        undo_attribute(in, change);
        break;
    case TDM_CHANGE_NAME:
        undo_name(in, change);
        break;
    case TDM_CHANGE_STATEMENT:
        undo_statement(in, change);
        break;
    case TDM_CHANGE_DATA:
        add(in, (tdm_back_step){.outcome = TDM_RETURN_NOTHING,
                                .note = TDM_TEXT("the rows that were written stay as they are")});
        break;
    case TDM_CHANGE_SESSION:
        break;
    case TDM_CHANGE_OPAQUE:
        add(in, (tdm_back_step){.outcome = TDM_RETURN_NONE, .note = change->reason});
        break;
    }
}

static void sort_steps(tdm_way_back *back)
{
    for (size_t i = 1; i < back->steps.count; i++)
        for (size_t j = i; j > 0 && back->steps.items[j - 1].rank > back->steps.items[j].rank;
             j--) {
            tdm_back_step step = back->steps.items[j];
            back->steps.items[j] = back->steps.items[j - 1];
            back->steps.items[j - 1] = step;
        }
}

tdm_status tdm_inverse_of(tdm_arena *arena, const tdm_catalog *before, const tdm_effect *effect,
                          size_t first, tdm_way_back *ret, tdm_error *err)
{
    inverter in = {.arena = arena,
                   .before = before,
                   .changes = effect->items + first,
                   .count = effect->count - first,
                   .out = ret};
    *ret = (tdm_way_back){0};
    for (size_t i = in.count; i-- > 0;)
        undo(&in, &in.changes[i]);
    sort_steps(ret);
    return in.failed || !tdm_arena_ok(arena) ? tdm_fail_memory(err) : TDM_OK;
}
