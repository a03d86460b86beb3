#include "catalog/net.h"

#include "base/text.h"

static tdm_text key_of(tdm_arena *arena, tdm_change_kind kind, tdm_text object)
{
    return tdm_arena_printf(arena, "%d %.*s", (int)kind, TDM_TEXT_ARG(object));
}

static tdm_net_item *any_item(const tdm_net *net, tdm_change_kind kind, tdm_text object)
{
    tdm_arena_mark mark = tdm_arena_save(net->arena);
    tdm_net_item *item = tdm_map_get(&net->by_key, key_of(net->arena, kind, object));

    tdm_arena_restore(net->arena, mark);
    return item;
}

const tdm_net_item *tdm_net_find(const tdm_net *net, tdm_change_kind kind, tdm_text object)
{
    const tdm_net_item *item = any_item(net, kind, object);

    return item && !item->gone ? item : NULL;
}

bool tdm_net_makes(const tdm_net *net, tdm_change_kind kind, tdm_text object)
{
    const tdm_net_item *item = tdm_net_find(net, kind, object);

    return item && item->first->before.size == 0 && item->last->after.size > 0;
}

tdm_text tdm_net_owner(tdm_text object)
{
    for (size_t i = object.size; i-- > 0;)
        if (object.data[i] == '.')
            return tdm_text_slice(object, 0, i);
    return (tdm_text){NULL, 0};
}

static tdm_net_item *item_for(tdm_net *net, const tdm_change *change)
{
    tdm_net_item *item = any_item(net, change->kind, change->object);

    if (item)
        return item;
    item = tdm_arena_new_of(net->arena, tdm_net_item);
    tdm_text key = key_of(net->arena, change->kind, change->object);
    if (!item || !tdm_map_put(&net->by_key, key, item) ||
        !tdm_vector_push(net->arena, &net->items, item))
        return NULL;
    item->first = change;
    return item;
}

// What belongs to a dropped table or column is no change of its own any more.
static void forget_members(tdm_net *net, const tdm_change *dropped)
{
    for (size_t i = 0; i < net->items.count; i++) {
        tdm_net_item *item = net->items.items[i];
        bool own = item->last && item->last->kind != dropped->kind &&
                   tdm_text_equal(item->last->object, dropped->object);
        bool member = item->last && dropped->kind == TDM_CHANGE_TABLE &&
                      item->last->kind != TDM_CHANGE_TABLE &&
                      item->last->kind != TDM_CHANGE_OTHER &&
                      tdm_text_equal(tdm_net_owner(item->last->object), dropped->object);
        item->gone = item->gone || own || member;
    }
}

// Tables, columns, schemas: there or not.
static bool take_existence(tdm_net *net, const tdm_change *change)
{
    tdm_net_item *item = item_for(net, change);
    bool drops = change->after.size == 0;

    if (!item)
        return false;
    if (item->gone) {
        // It came, went, and comes again.
        item->gone = false;
        item->first = change;
    } else if (!drops && item->last && item->last->after.size == 0) {
        item->remade = true;
    }
    item->last = change;
    item->gone = drops && item->first->before.size == 0;
    if (!drops)
        return true;
    forget_members(net, change);
    return tdm_vector_push(net->arena, &net->drops, change);
}

static bool take_attribute(tdm_net *net, const tdm_change *change)
{
    tdm_net_item *item = item_for(net, change);

    if (!item)
        return false;
    if (item->gone) {
        item->gone = false;
        item->first = change;
    }
    item->last = change;
    return true;
}

static bool take_other(tdm_net *net, const tdm_change *change)
{
    tdm_net_item *item = item_for(net, change);
    bool made_here = item && item->steps.count && item->steps.items[0]->before.size == 0;

    if (!item)
        return false;
    item->gone = false;
    item->last = change;
    if (change->before.size == 0) {
        item->remade = item->remade || (item->steps.count && !made_here);
        item->steps.count = 0;
    }
    if (change->after.size == 0) {
        item->steps.count = 0;
        item->gone = made_here && !item->remade;
    }
    return item->gone || tdm_vector_push(net->arena, &item->steps, change);
}

static bool take(tdm_net *net, const tdm_change *change)
{
    switch (change->kind) {
    case TDM_CHANGE_SCHEMA:
    case TDM_CHANGE_TABLE:
    case TDM_CHANGE_COLUMN:
        return take_existence(net, change);
    case TDM_CHANGE_TYPE:
    case TDM_CHANGE_NULLABLE:
    case TDM_CHANGE_DEFAULT:
    case TDM_CHANGE_GENERATED:
        return take_attribute(net, change);
    case TDM_CHANGE_NAME:
        return tdm_vector_push(net->arena, &net->renames, change);
    case TDM_CHANGE_OTHER:
        return take_other(net, change);
    case TDM_CHANGE_DATA:
    case TDM_CHANGE_SESSION:
        return tdm_vector_push(net->arena, &net->data, change);
    case TDM_CHANGE_OPAQUE:
        return tdm_vector_push(net->arena, &net->opaque, change);
    }
    return false;
}

bool tdm_net_read(tdm_net *net, tdm_arena *arena, const tdm_effect *effect)
{
    *net = (tdm_net){.arena = arena};
    tdm_map_init(&net->by_key, arena);
    for (size_t i = 0; i < effect->count; i++)
        if (!take(net, &effect->items[i]))
            return false;
    return tdm_arena_ok(arena);
}
