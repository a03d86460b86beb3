// The net change of an effect: for each attribute what it was before and what it is after, for each
// object that is not modelled the statements that made it what it is.
#ifndef CATALOG_NET_H
#define CATALOG_NET_H

#include "base/map.h"
#include "base/vector.h"
#include "catalog/replay.h"

typedef TDM_VECTOR(const tdm_change *) tdm_change_list;

typedef struct tdm_net_item {
    const tdm_change *first;
    const tdm_change *last;
    tdm_change_list steps; // of OTHER: since it was made, or all of them
    bool remade;           // dropped and made again: what it held is gone
    bool gone;             // it came and went, or its owner did: no change at all
} tdm_net_item;

typedef struct tdm_net {
    tdm_arena *arena;
    TDM_VECTOR(tdm_net_item *) items; // in order of their first change
    tdm_map by_key;
    tdm_change_list data; // data statements and settings, in order
    tdm_change_list opaque;
    tdm_change_list renames;
    tdm_change_list drops; // of tables, columns, schemas
} tdm_net;

// Reads an effect. The changes must outlive the net. False when out of memory.
bool tdm_net_read(tdm_net *net, tdm_arena *arena, const tdm_effect *effect);
// The item of the same object and kind, or NULL when there is none or it is gone.
const tdm_net_item *tdm_net_find(const tdm_net *net, tdm_change_kind kind, tdm_text object);
// Whether the effect made this object (a table or column) and it is still there.
bool tdm_net_makes(const tdm_net *net, tdm_change_kind kind, tdm_text object);
// "documents" of "documents.file_path".
tdm_text tdm_net_owner(tdm_text object);

#endif
