#include "compare/net.h"

#include "base/text.h"

// --- Names --------------------------------------------------------------------------------------

static tdm_text text_of(tdm_net *net, tdm_net_item *owner, const tdm_change_key *key)
{
    tdm_space space = tdm_kind_space(key->kind);

    if (space == TDM_SPACE_MEMBER && owner)
        return tdm_arena_printf(net->arena, "m%d %p %u %.*s", (int)key->kind, (void *)owner,
                                owner->life, TDM_TEXT_ARG(key->name));
    if (space == TDM_SPACE_GLOBAL)
        return tdm_arena_printf(net->arena, "g%d %.*s", (int)key->kind, TDM_TEXT_ARG(key->name));
    return tdm_arena_printf(net->arena, "%d %d %zu %.*s %.*s", (int)space,
                            space == TDM_SPACE_SCHEMA ? (int)key->kind : 0, key->schema.size,
                            TDM_TEXT_ARG(key->schema), TDM_TEXT_ARG(key->name));
}

static tdm_net_item *new_item(tdm_net *net, tdm_net_item *owner, const tdm_change_key *key)
{
    tdm_net_item *item = tdm_arena_new_of(net->arena, tdm_net_item);

    if (!item || !tdm_map_put(&net->by_key, text_of(net, owner, key), item) ||
        !tdm_vector_push(net->arena, &net->items, item))
        return NULL;
    item->key = item->first = *key;
    item->owner = owner;
    item->owner_life = owner ? owner->life : 0;
    item->existed = item->exists = true; // until a change says that it is made
    return item;
}

static bool is_orphan(const tdm_net_item *item)
{
    return item->owner && item->owner_life != item->owner->life;
}

// What goes with its relation is named among the relations of the schema all the same: what bore
// the name before may be gone.
static tdm_net_item *item_for(tdm_net *net, const tdm_change_key *key)
{
    tdm_net_item *owner = NULL;

    if (key->owner.size) {
        tdm_change_key relation = {
            .kind = TDM_KIND_TABLE, .schema = key->owner_schema, .name = key->owner};
        owner = item_for(net, &relation);
        if (!owner)
            return NULL;
    }
    tdm_arena_mark mark = tdm_arena_save(net->arena);
    tdm_net_item *item = tdm_map_get(&net->by_key, text_of(net, owner, key));
    tdm_arena_restore(net->arena, mark);
    return item && !is_orphan(item) ? item : new_item(net, owner, key);
}

// --- Changes ------------------------------------------------------------------------------------

// Statements name it, or what is in it.
static bool holds_names(tdm_kind kind)
{
    return kind == TDM_KIND_TABLE || kind == TDM_KIND_COLUMN || kind == TDM_KIND_SCHEMA;
}

static bool take_existence(tdm_net *net, tdm_net_item *item, const tdm_change *change)
{
    bool fresh = !item->first_change;

    if (change->exists) {
        if (fresh)
            item->existed = false;
        item->remade = item->remade || (!fresh && item->existed && !item->exists);
        item->exists = true;
    } else {
        item->exists = false;
        item->life++;
        net->drops = net->drops || holds_names(change->key.kind);
    }
    item->made = change;
    if (!change->exists || change->key.kind != TDM_KIND_COLUMN)
        return true;
    tdm_net_column column = {.change = change, .item = item};
    return tdm_vector_push(net->arena, &net->columns, column);
}

static tdm_net_value *value_for(tdm_net *net, tdm_net_item *item, const tdm_change *change)
{
    for (size_t i = 0; i < item->values.count; i++)
        if (item->values.items[i].attribute == change->attribute)
            return &item->values.items[i];
    tdm_net_value value = {.attribute = change->attribute, .before = change->before};
    if (!tdm_vector_push(net->arena, &item->values, value))
        return NULL;
    return &tdm_vector_last(&item->values);
}

static bool take_attribute(tdm_net *net, tdm_net_item *item, const tdm_change *change)
{
    tdm_net_value *value = value_for(net, item, change);

    if (!value)
        return false;
    value->after = change->after;
    value->last = change;
    return true;
}

static bool take(tdm_net *net, const tdm_change *change);

static bool take_attributes(tdm_net *net, const tdm_change *change, const tdm_change *like,
                            bool made)
{
    for (size_t i = 0; i < change->attributes->count; i++) {
        tdm_change *step = tdm_arena_new_of(net->arena, tdm_change);
        if (!step)
            return false;
        *step = *like;
        step->kind = TDM_CHANGE_ATTRIBUTE;
        step->attribute = change->attributes->items[i].attribute;
        *(made ? &step->after : &step->before) = change->attributes->items[i].value;
        if (!take(net, step))
            return false;
    }
    return true;
}

static bool take_name(tdm_net *net, tdm_net_item *item, const tdm_change *change)
{
    tdm_net_item *owner = item->owner;

    item->key = change->key;
    item->named = change;
    net->renames = true;
    return tdm_map_put(&net->by_key, text_of(net, owner, &change->was), NULL) &&
           tdm_map_put(&net->by_key, text_of(net, owner, &item->key), item);
}

// Dropped under the one name and made under the other.
static bool take_as_new(tdm_net *net, const tdm_change *change)
{
    tdm_change *steps = tdm_arena_array(net->arena, 2, sizeof *steps);

    if (!steps)
        return false;
    for (int i = 0; i < 2; i++) {
        steps[i] = *change;
        steps[i].kind = TDM_CHANGE_EXISTENCE;
        steps[i].key = i ? change->key : change->was;
        steps[i].object = i ? change->renamed : change->object;
        steps[i].exists = i == 1;
        steps[i].after.text = (tdm_text){NULL, 0};
    }
    bool ok = take_attributes(net, change, &steps[0], false) && take(net, &steps[0]) &&
              take(net, &steps[1]) && take_attributes(net, change, &steps[1], true);
    return ok;
}

static bool take_statement(tdm_net *net, tdm_net_item *item, const tdm_change *change)
{
    bool fresh = !item->first_change;

    if (change->creates) {
        if (fresh)
            item->existed = false;
        item->remade = item->remade || (!fresh && item->existed);
        item->steps_anew = true;
        item->steps.count = 0;
    }
    if (!change->exists) {
        item->steps.count = 0;
        item->steps_anew = false;
        item->life++;
    }
    item->exists = change->exists;
    item->made = change;
    return !change->exists || tdm_vector_push(net->arena, &item->steps, change);
}

static bool take_object(tdm_net *net, const tdm_change *change)
{
    tdm_net_item *item =
        item_for(net, change->kind == TDM_CHANGE_NAME ? &change->was : &change->key);
    bool ok = item != NULL;

    if (!ok)
        return false;
    switch (change->kind) {
    case TDM_CHANGE_EXISTENCE:
        ok = take_existence(net, item, change);
        break;
    case TDM_CHANGE_ATTRIBUTE:
        ok = take_attribute(net, item, change);
        break;
    case TDM_CHANGE_NAME:
        ok = take_name(net, item, change);
        break;
    case TDM_CHANGE_STATEMENT:
        ok = take_statement(net, item, change);
        break;
    case TDM_CHANGE_DATA:
    case TDM_CHANGE_SESSION:
    case TDM_CHANGE_OPAQUE:
        break; // not objects
    }
    if (!item->first_change)
        item->first_change = change;
    item->last = change;
    return ok;
}

static bool take(tdm_net *net, const tdm_change *change)
{
    switch (change->kind) {
    case TDM_CHANGE_NAME:
        return change->attributes ? take_as_new(net, change) : take_object(net, change);
    case TDM_CHANGE_EXISTENCE:
    case TDM_CHANGE_ATTRIBUTE:
    case TDM_CHANGE_STATEMENT:
        return take_object(net, change);
    case TDM_CHANGE_DATA:
    case TDM_CHANGE_SESSION:
        return tdm_vector_push(net->arena, &net->data, change);
    case TDM_CHANGE_OPAQUE:
        return tdm_vector_push(net->arena, &net->opaque, change);
    }
    return false;
}

// --- Partners -----------------------------------------------------------------------------------

static tdm_text match_of(tdm_arena *arena, const tdm_net_item *item)
{
    const tdm_change_key *key = item->existed ? &item->first : &item->key;
    tdm_space space = tdm_kind_space(key->kind);
    bool member = space == TDM_SPACE_MEMBER && item->owner;
    bool shared =
        space == TDM_SPACE_RELATION || space == TDM_SPACE_TYPE || space == TDM_SPACE_ROUTINE;
    tdm_text none = {NULL, 0};
    tdm_text owner = member ? match_of(arena, item->owner) : none;
    tdm_text schema = member || space == TDM_SPACE_GLOBAL ? none : key->schema;

    return tdm_arena_printf(arena, "%c %d %d %zu %.*s %zu %.*s %.*s", item->existed ? 'p' : 'n',
                            (int)space, shared ? 0 : (int)key->kind, owner.size,
                            TDM_TEXT_ARG(owner), schema.size, TDM_TEXT_ARG(schema),
                            TDM_TEXT_ARG(key->name));
}

tdm_net_item *tdm_net_partner(const tdm_net *net, const tdm_net_item *item)
{
    tdm_arena_mark mark = tdm_arena_save(net->arena);
    tdm_net_item *partner = tdm_map_get(&net->by_match, match_of(net->arena, item));

    tdm_arena_restore(net->arena, mark);
    return partner;
}

bool tdm_net_is_gone(const tdm_net_item *item)
{
    return is_orphan(item) || (!item->existed && !item->exists);
}

bool tdm_net_is_new(const tdm_net_item *item)
{
    return item->exists && (!item->existed || item->remade);
}

const tdm_net_value *tdm_net_value_of(const tdm_net_item *item, tdm_attribute attribute)
{
    for (size_t i = 0; item && i < item->values.count; i++)
        if (item->values.items[i].attribute == attribute)
            return &item->values.items[i];
    return NULL;
}

bool tdm_net_read(tdm_net *net, tdm_arena *arena, const tdm_effect *effect)
{
    *net = (tdm_net){.arena = arena};
    tdm_map_init(&net->by_key, arena);
    tdm_map_init(&net->by_match, arena);
    for (size_t i = 0; i < effect->count; i++)
        if (!take(net, &effect->items[i]))
            return false;
    for (size_t i = 0; i < net->items.count; i++) {
        tdm_net_item *item = net->items.items[i];
        if (!tdm_net_is_gone(item) && item->first_change &&
            !tdm_map_put(&net->by_match, match_of(arena, item), item))
            return false;
    }
    return tdm_arena_ok(arena);
}
