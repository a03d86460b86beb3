// The net change of an effect: for each object what it was before and what it is after.
//
// An object keeps its identity through renames: changes are applied to the name that it bears at
// that point. One that was dropped and made again under its name is one object, as far as its
// attributes go; that its rows are gone is said by `remade`.
#ifndef COMPARE_NET_H
#define COMPARE_NET_H

#include "base/map.h"
#include "base/vector.h"
#include "replay/replay.h"

typedef TDM_VECTOR(const tdm_change *) tdm_change_list;

typedef struct tdm_net_value {
    tdm_attribute attribute;
    tdm_value before;
    tdm_value after;
    const tdm_change *last;
} tdm_net_value;

typedef struct tdm_net_item {
    tdm_change_key key;   // the present name
    tdm_change_key first; // the name at the beginning, or when it was made
    struct tdm_net_item *owner;
    uint32_t owner_life;     // which of the lives of the owner it belongs to
    uint32_t life;           // counted up whenever it is dropped
    bool existed;            // before the effect
    bool exists;             // after it
    bool remade;             // dropped and made again
    const tdm_change *made;  // the change that made it what it is, or dropped it; may be NULL
    const tdm_change *named; // the last change of its name, or NULL
    const tdm_change *first_change;
    const tdm_change *last;
    TDM_VECTOR(tdm_net_value) values;
    tdm_change_list steps; // statements, of what is known by identity only
    bool steps_anew;       // the first of them made it
} tdm_net_item;

// A column that was made, in the order of making.
typedef struct tdm_net_column {
    const tdm_change *change;
    const tdm_net_item *item;
} tdm_net_column;

typedef struct tdm_net {
    tdm_arena *arena;
    TDM_VECTOR(tdm_net_item *) items; // in order of their first change
    tdm_map by_key;                   // the present names
    tdm_map by_match;                 // what the other side finds them by
    tdm_change_list data;             // data statements and settings, in order
    tdm_change_list opaque;
    TDM_VECTOR(tdm_net_column) columns;
    bool renames;
    bool drops; // of what statements name
} tdm_net;

// Reads an effect. The changes must outlive the net. False when out of memory.
bool tdm_net_read(tdm_net *net, tdm_arena *arena, const tdm_effect *effect);
// The item of another net that is the same object: of the same name at the beginning, or, when it
// is new, of the same name at the end. NULL: that net leaves it as it is.
tdm_net_item *tdm_net_partner(const tdm_net *net, const tdm_net_item *item);
// What is left of it concerns nobody: it came and went, or its relation did.
bool tdm_net_is_gone(const tdm_net_item *item);
// Whether the effect made it, and it is there.
bool tdm_net_is_new(const tdm_net_item *item);
const tdm_net_value *tdm_net_value_of(const tdm_net_item *item, tdm_attribute attribute);

#endif
