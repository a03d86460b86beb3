#include "inverse/inverse.h"

#include "base/error.h"
#include "base/limits.h"
#include "inverse/attribute.h"
#include "inverse/define.h"
#include "inverse/grants.h"
#include "inverse/steps.h"
#include "inverse/target.h"
#include "sql/quote.h"

// --- What the statement made or dropped as a whole ----------------------------------------------

// A change that made, or dropped, something.
static bool is_whole(const tdm_change *change, bool exists)
{
    return (change->kind == TDM_CHANGE_EXISTENCE || change->kind == TDM_CHANGE_STATEMENT) &&
           change->exists == exists;
}

// Whether the statement made (or dropped) this very object, or with `owner` what it stands on.
static bool is_covered(const tdm_inverter *in, const tdm_change *change, bool exists, bool itself)
{
    for (size_t i = 0; i < in->count; i++) {
        const tdm_change *other = &in->changes[i];
        if (!is_whole(other, exists) || other == change || !tdm_step_same_statement(other, change))
            continue;
        bool owner = change->key.owner.size && tdm_text_equal(other->key.name, change->key.owner) &&
                     tdm_text_equal(other->key.schema, change->key.owner_schema) &&
                     other->key.owner.size == 0;
        if (owner || (itself && tdm_step_same_key(&other->key, &change->key)))
            return true;
    }
    return false;
}

// Whether a sequence came with the column that owns it: made by the column's own definition.
static bool came_with_column(const tdm_inverter *in, const tdm_change *change)
{
    if (change->key.kind != TDM_KIND_SEQUENCE || !change->key.owner.size)
        return false;
    for (size_t i = 0; i < in->count; i++) {
        const tdm_change *other = &in->changes[i];
        bool column = other->key.kind == TDM_KIND_COLUMN && tdm_step_same_statement(other, change);
        bool made = other->kind == TDM_CHANGE_EXISTENCE && other->exists;
        bool generated =
            other->kind == TDM_CHANGE_ATTRIBUTE && other->attribute == TDM_ATTR_GENERATED;
        if (column && (made || generated) && tdm_text_equal(other->key.owner, change->key.owner))
            return true;
    }
    return false;
}

// --- What came from a parent --------------------------------------------------------------------

// Whether the statement did the same elsewhere: to a column of this name, or to another of its
// kind.
static bool is_done_elsewhere(const tdm_inverter *in, const tdm_change *change)
{
    const tdm_change_key *key = &change->key;

    for (size_t i = 0; i < in->count; i++) {
        const tdm_change *other = &in->changes[i];
        if (other != change && other->kind == change->kind && other->exists == change->exists &&
            other->attribute == change->attribute && other->key.kind == key->kind &&
            tdm_step_same_statement(other, change) &&
            (key->kind != TDM_KIND_COLUMN || tdm_text_equal(other->key.name, key->name)))
            return true;
    }
    return false;
}

static bool attaches(const tdm_inverter *in, const tdm_change *change)
{
    for (size_t i = 0; i < in->count; i++)
        if (in->changes[i].kind == TDM_CHANGE_ATTRIBUTE &&
            in->changes[i].attribute == TDM_ATTR_PARTITION_OF &&
            in->changes[i].key.kind == TDM_KIND_TABLE &&
            tdm_step_same_statement(&in->changes[i], change))
            return true;
    return false;
}

static bool is_inherited_column(const tdm_inverter *in, const tdm_change *change)
{
    const tdm_change_key *key = &change->key;
    const tdm_column *column = change->column;

    if (!column && in->after)
        (void)tdm_catalog_column(in->after, key->owner_schema, key->owner, key->name, &column,
                                 NULL);
    return column && tdm_column_value(column, TDM_ATTR_INHERITED);
}

static bool is_inherited_object(const tdm_inverter *in, const tdm_change *change)
{
    const tdm_object *object =
        change->gone ? change->gone : tdm_step_object_after(in, &change->key);

    return object && object->on &&
           (tdm_object_value(object, TDM_ATTR_INHERITED) ||
            tdm_object_value(object, TDM_ATTR_PARTITION_OF));
}

// What a parent got or lost, its children got or lost with it, and so it is on the way back. What
// a table has got by becoming a partition stays with it when it is none any more.
static bool came_with_parent(const tdm_inverter *in, const tdm_change *change)
{
    if (!change->key.owner.size || attaches(in, change) || !is_done_elsewhere(in, change))
        return false;
    return change->key.kind == TDM_KIND_COLUMN ? is_inherited_column(in, change)
                                               : is_inherited_object(in, change);
}

// --- Undoing what was made ----------------------------------------------------------------------

static bool put_drop(tdm_buffer *out, const tdm_change_key *key)
{
    if (key->kind == TDM_KIND_COLUMN || key->kind == TDM_KIND_CONSTRAINT) {
        tdm_target_put_alter(out, key);
        tdm_buffer_puts(out, key->kind == TDM_KIND_COLUMN ? " DROP COLUMN " : " DROP CONSTRAINT ");
        tdm_sql_put_ident(out, key->name);
        return true;
    }
    tdm_buffer_puts(out, "DROP ");
    return tdm_target_put(out, key);
}

static void drop_made(tdm_inverter *in, const tdm_change *change)
{
    tdm_buffer sql = TDM_BUFFER_INIT(TDM_LIMIT_FILE);

    if (!put_drop(&sql, &change->key)) {
        tdm_buffer_free(&sql);
        tdm_step_none(in, "there is no statement that takes it away", change->object);
        return;
    }
    in->failed = in->failed || sql.failed;
    tdm_step_add(in, (tdm_back_step){.outcome = TDM_RETURN_WHOLE,
                                     .sql = tdm_buffer_take(&sql, in->arena),
                                     .rank = TDM_RANK_IN_TURN,
                                     .deed = TDM_BACK_TAKES_AWAY});
}

// What OR REPLACE put in the place of something that is known by its statements alone.
static bool put_earlier(tdm_inverter *in, const tdm_change *change)
{
    const tdm_object *gone = change->gone;

    if (!gone || !gone->making)
        return false;
    switch (gone->kind) {
    case TDM_KIND_FUNCTION:
    case TDM_KIND_TRIGGER:
    case TDM_KIND_RULE:
    case TDM_KIND_VIEW:
    case TDM_KIND_POLICY:
        drop_made(in, change);
        tdm_remake_object(in, gone);
        return true;
    default:
        return false;
    }
}

// IF NOT EXISTS and OR REPLACE do not say whether there was something, nor what.
static void refuse_made(tdm_inverter *in, const tdm_change *change)
{
    tdm_text why = {NULL, 0};

    if (change->gone)
        tdm_step_none(in, "what it was before is not kept", change->object);
    else if (in->after && tdm_catalog_is_closed(in->after, &why, NULL))
        tdm_step_none(in, "the platform may have brought it before",
                      change->key.kind == TDM_KIND_SCHEMA
                          ? tdm_arena_printf(in->arena, "schema %.*s", TDM_TEXT_ARG(change->object))
                          : change->object);
    else
        tdm_step_none(in,
                      tdm_arena_printf(in->arena, "whether it was there before is not known: %.*s",
                                       TDM_TEXT_ARG(why))
                          .data,
                      change->object);
}

static void undo_made(tdm_inverter *in, const tdm_change *change)
{
    bool always = change->key.kind == TDM_KIND_TABLE || change->key.kind == TDM_KIND_COLUMN;

    if (is_covered(in, change, true, false) || came_with_column(in, change) ||
        came_with_parent(in, change))
        return;
    if (change->anew || always)
        drop_made(in, change);
    else if (!put_earlier(in, change))
        refuse_made(in, change);
}

static void undo_dropped(tdm_inverter *in, const tdm_change *change)
{
    if (is_covered(in, change, false, false) || came_with_parent(in, change))
        return;
    if (change->key.kind == TDM_KIND_COLUMN)
        tdm_remake_column(in, change);
    else if (change->gone)
        tdm_remake_object(in, change->gone);
    else
        tdm_step_none(in, "its definition is not kept", change->object);
}

// --- Undoing changes of attributes and names ----------------------------------------------------

// What else a renaming changes follows the name back as it followed it there.
static bool follows_a_name(const tdm_inverter *in, const tdm_change *change)
{
    for (size_t i = 0; i < in->count; i++)
        if (in->changes[i].kind == TDM_CHANGE_NAME &&
            tdm_step_same_statement(&in->changes[i], change))
            return true;
    return false;
}

// A partition's columns, keys and indexes are what they are because it is one.
static bool follows_a_parent(const tdm_inverter *in, const tdm_change *change)
{
    if (change->attribute != TDM_ATTR_INHERITED && change->attribute != TDM_ATTR_PARTITION_BOUND &&
        change->attribute != TDM_ATTR_PARTITION_OF)
        return false;
    for (size_t i = 0; i < in->count; i++) {
        const tdm_change *other = &in->changes[i];
        bool parent =
            other->kind == TDM_CHANGE_ATTRIBUTE && other != change &&
            other->key.kind == TDM_KIND_TABLE &&
            (other->attribute == TDM_ATTR_PARTITION_OF || other->attribute == TDM_ATTR_INHERITS);
        if (parent && tdm_step_same_statement(other, change))
            return true;
    }
    return false;
}

static bool is_first_of_object(const tdm_inverter *in, const tdm_change *change)
{
    for (const tdm_change *other = in->changes; other < change; other++)
        if (other->kind == TDM_CHANGE_ATTRIBUTE && other->attribute != TDM_ATTR_COMMENT &&
            other->attribute != TDM_ATTR_OWNER && other->attribute != TDM_ATTR_GRANTS &&
            tdm_step_same_key(&other->key, &change->key))
            return false;
    return true;
}

// Kinds whose attributes belong to one definition, of which the first change speaks for all.
static bool is_defined_as_whole(const tdm_change *change)
{
    switch (change->key.kind) {
    case TDM_KIND_FUNCTION:
    case TDM_KIND_VIEW:
    case TDM_KIND_POLICY:
    case TDM_KIND_TRIGGER:
    case TDM_KIND_CONSTRAINT:
        return change->attribute != TDM_ATTR_COMMENT && change->attribute != TDM_ATTR_OWNER &&
               change->attribute != TDM_ATTR_GRANTS;
    default:
        return false;
    }
}

// Attributes that nothing in the schema needs: what takes the object away may leave them.
static bool is_of_no_account(tdm_attribute attribute)
{
    switch (attribute) {
    case TDM_ATTR_COMMENT:
    case TDM_ATTR_RLS:
    case TDM_ATTR_RLS_FORCED:
    case TDM_ATTR_NULLABLE:
    case TDM_ATTR_STATISTICS:
    case TDM_ATTR_STORAGE:
    case TDM_ATTR_COMPRESSION:
    case TDM_ATTR_OPTIONS:
    case TDM_ATTR_CLUSTER:
    case TDM_ATTR_ENABLED:
        return true;
    default:
        return false;
    }
}

// Why an attribute cannot be put back.
static tdm_text why_not(const tdm_inverter *in, const tdm_change *change)
{
    const char *name = tdm_attribute_name(change->attribute);

    if (change->before.reason.size)
        return tdm_arena_printf(in->arena, "%.*s: what %s it had is not known: %.*s",
                                TDM_TEXT_ARG(change->object), name,
                                TDM_TEXT_ARG(change->before.reason));
    switch (change->attribute) {
    case TDM_ATTR_LABELS:
        return tdm_arena_printf(in->arena, "%.*s: a value of an enum cannot be taken away",
                                TDM_TEXT_ARG(change->object));
    case TDM_ATTR_TYPE:
        return tdm_arena_printf(in->arena, "%.*s: no cast leads back from %.*s to %.*s",
                                TDM_TEXT_ARG(change->object), TDM_TEXT_ARG(change->after.text),
                                TDM_TEXT_ARG(change->before.text));
    case TDM_ATTR_GENERATED:
        return tdm_arena_printf(in->arena,
                                "%.*s: a column that is there cannot be made a generated one",
                                TDM_TEXT_ARG(change->object));
    default:
        return tdm_arena_printf(in->arena, "%.*s: %s cannot be put back",
                                TDM_TEXT_ARG(change->object), name);
    }
}

// What went along with something that was dropped (a table out of a publication) comes back after
// it.
static enum tdm_rank rank_of_attribute(const tdm_inverter *in, const tdm_change *change)
{
    if (change->attribute == TDM_ATTR_PARTITION_OF)
        return TDM_RANK_DETACH;
    return in->drops ? TDM_RANK_ATTRIBUTE : TDM_RANK_IN_TURN;
}

static void put_attribute(tdm_inverter *in, const tdm_change *change)
{
    tdm_buffer sql = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    tdm_putback back = {.key = &change->key,
                        .attribute = change->attribute,
                        .now = change->after.text,
                        .want = change->before.text};

    if (change->before.reason.size == 0 && tdm_attribute_put(&sql, &back)) {
        in->failed = in->failed || sql.failed;
        tdm_step_add(in,
                     (tdm_back_step){.outcome = TDM_RETURN_WHOLE,
                                     .sql = tdm_buffer_take(&sql, in->arena),
                                     .rank = rank_of_attribute(in, change),
                                     .deed = is_of_no_account(change->attribute) ? TDM_BACK_SETS
                                                                                 : TDM_BACK_OTHER});
        return;
    }
    tdm_buffer_free(&sql);
    tdm_step_add(in, (tdm_back_step){.outcome = TDM_RETURN_NONE, .note = why_not(in, change)});
}

// The steps that were added since define what nothing else in the schema rests on.
static void mark_definition(tdm_inverter *in, size_t since)
{
    for (size_t i = since; i < in->out->steps.count; i++)
        if (in->out->steps.items[i].deed != TDM_BACK_PREPARES)
            in->out->steps.items[i].deed = TDM_BACK_DEFINES;
}

// One by one, those of the object that the first change is about.
static void put_attributes(tdm_inverter *in, const tdm_change *first)
{
    for (size_t i = in->count; i-- > 0;) {
        const tdm_change *change = &in->changes[i];
        if (change >= first && change->kind == TDM_CHANGE_ATTRIBUTE &&
            tdm_step_same_key(&change->key, &first->key) && is_defined_as_whole(change))
            put_attribute(in, change);
    }
}

static void undo_attribute(tdm_inverter *in, const tdm_change *change)
{
    size_t since = in->out->steps.count;

    if (follows_a_name(in, change) || follows_a_parent(in, change) ||
        is_covered(in, change, true, true) || is_covered(in, change, false, true) ||
        came_with_parent(in, change))
        return;
    if (change->attribute == TDM_ATTR_GRANTS) {
        tdm_grants_undo(in, change);
        return;
    }
    if (!is_defined_as_whole(change)) {
        put_attribute(in, change);
        return;
    }
    if (!is_first_of_object(in, change))
        return;
    if (!tdm_replace_object(in, change))
        put_attributes(in, change);
    else if (change->key.kind == TDM_KIND_FUNCTION)
        mark_definition(in, since);
}

// --- Names --------------------------------------------------------------------------------------

static void put_rename(tdm_buffer *sql, const tdm_change_key *key)
{
    bool member = key->kind == TDM_KIND_COLUMN || key->kind == TDM_KIND_CONSTRAINT;

    if (!member) {
        tdm_buffer_puts(sql, "ALTER ");
        (void)tdm_target_put(sql, key);
        return;
    }
    tdm_target_put_alter(sql, key);
    tdm_buffer_puts(sql, key->kind == TDM_KIND_COLUMN ? " RENAME COLUMN " : " RENAME CONSTRAINT ");
    tdm_sql_put_ident(sql, key->name);
}

// What moved along with its table moves back with it.
static bool moved_along(const tdm_inverter *in, const tdm_change *change)
{
    for (size_t i = 0; change->key.owner.size && i < in->count; i++)
        if (in->changes[i].kind == TDM_CHANGE_NAME && &in->changes[i] != change &&
            tdm_step_same_statement(&in->changes[i], change) &&
            tdm_text_equal(in->changes[i].key.name, change->key.owner) &&
            !in->changes[i].key.owner.size)
            return true;
    return false;
}

static void undo_name(tdm_inverter *in, const tdm_change *change)
{
    const tdm_change_key *key = &change->key, *was = &change->was;
    tdm_buffer sql = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    bool moved = !tdm_text_equal(key->schema, was->schema);
    bool member = tdm_kind_space(key->kind) == TDM_SPACE_MEMBER;
    size_t open = tdm_text_find_char(was->name, '(');

    if (moved_along(in, change))
        return;
    put_rename(&sql, key);
    if (moved && !member) {
        tdm_buffer_puts(&sql, " SET SCHEMA ");
        tdm_sql_put_ident(&sql, was->schema);
    } else {
        tdm_buffer_puts(&sql, member && !tdm_target_on_table(key->kind) ? " TO " : " RENAME TO ");
        tdm_sql_put_ident(&sql, key->kind == TDM_KIND_FUNCTION && open != SIZE_MAX
                                    ? tdm_text_slice(was->name, 0, open)
                                    : was->name);
    }
    in->failed = in->failed || sql.failed;
    tdm_step_add(in, (tdm_back_step){.outcome = TDM_RETURN_WHOLE,
                                     .sql = tdm_buffer_take(&sql, in->arena),
                                     .rank = TDM_RANK_IN_TURN,
                                     .deed = TDM_BACK_NAMES});
}

// --- What is known by identity ------------------------------------------------------------------

// The first words of a statement, on one line.
static tdm_text head_of(tdm_arena *arena, tdm_text sql)
{
    enum { LONGEST = 80 };
    tdm_buffer out = TDM_BUFFER_INIT(LONGEST + 4);
    bool space = false;

    for (size_t i = 0; i < sql.size && out.size < LONGEST; i++) {
        char c = sql.data[i];
        bool blank = (unsigned char)c <= ' ';
        if (!blank || !space)
            tdm_buffer_putc(&out, blank ? ' ' : c);
        space = blank;
    }
    if (out.size >= LONGEST)
        tdm_buffer_puts(&out, "...");
    return tdm_buffer_take(&out, arena);
}

static void refuse_statement(tdm_inverter *in, const tdm_change *change)
{
    tdm_step_none(in, "what it was before is not known", head_of(in->arena, change->sql));
}

static void undo_statement(tdm_inverter *in, const tdm_change *change)
{
    bool made = change->exists && change->creates;

    if (made && change->anew)
        undo_made(in, change);
    else if (!change->exists && change->gone && change->gone->making)
        tdm_remake_object(in, change->gone);
    else if (!(made && put_earlier(in, change)) && !tdm_undo_by_words(in, change))
        refuse_statement(in, change);
}

// --- All of it ----------------------------------------------------------------------------------

static void undo(tdm_inverter *in, const tdm_change *change)
{
    in->change = change;
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
        tdm_step_add(
            in, (tdm_back_step){.outcome = TDM_RETURN_NOTHING,
                                .note = TDM_TEXT("the rows that were written stay as they are")});
        break;
    case TDM_CHANGE_SESSION:
        break;
    case TDM_CHANGE_OPAQUE:
        tdm_step_add(in, (tdm_back_step){.outcome = TDM_RETURN_NONE, .note = change->reason});
        break;
    }
}

// Each statement of a block by itself; its steps by rank, and within a rank as they are.
static void sort_steps(tdm_inverter *in)
{
    tdm_way_back sorted = {0};
    const tdm_back_step *steps = in->out->steps.items;
    size_t count = in->out->steps.count, end;

    for (size_t start = 0; start < count; start = end) {
        for (end = start + 1; end < count && steps[end].turn == steps[start].turn; end++)
            continue;
        for (unsigned rank = 0; rank <= TDM_RANK_ATTRIBUTE; rank++)
            for (size_t i = start; i < end; i++)
                if (steps[i].rank == rank)
                    in->failed = !tdm_vector_push(in->arena, &sorted.steps, steps[i]) || in->failed;
    }
    *in->out = sorted;
}

static bool drops(const tdm_inverter *in, const tdm_change *change)
{
    for (size_t i = 0; i < in->count; i++)
        if (is_whole(&in->changes[i], false) && tdm_step_same_statement(&in->changes[i], change))
            return true;
    return false;
}

tdm_status tdm_inverse_of(tdm_arena *arena, const tdm_catalog *after,
                          const tdm_statement *statement, const tdm_effect *effect,
                          tdm_way_back *ret, tdm_error *err)
{
    tdm_inverter in = {.arena = arena,
                       .after = after,
                       .statement = statement,
                       .changes = effect->items,
                       .count = effect->count,
                       .out = ret};
    *ret = (tdm_way_back){0};
    for (size_t i = in.count; i-- > 0;) {
        const tdm_change *change = &in.changes[i];
        if (!in.change || !tdm_step_same_statement(change, in.change)) {
            in.turn++;
            in.drops = drops(&in, change);
        }
        undo(&in, change);
    }
    sort_steps(&in);
    return in.failed || !tdm_arena_ok(arena) ? tdm_fail_memory(err) : TDM_OK;
}
