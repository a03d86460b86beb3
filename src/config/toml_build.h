// The tables of a TOML file while it is read: who opened them decides who may add to them.
// toml.c reads the syntax, toml_build.c keeps these rules, toml_value.c reads scalars.
#ifndef CONFIG_TOML_BUILD_H
#define CONFIG_TOML_BUILD_H

#include "config/toml.h"

#include "base/map.h"
#include "base/vector.h"

typedef enum tdm_toml_opened {
    TDM_TOML_BY_PARENT, // as a part of [a.b.c]: a header may still open it
    TDM_TOML_BY_HEADER, // [a] or [[a]]
    TDM_TOML_BY_KEYS,   // a.b = 1
    TDM_TOML_INLINE,    // { }: complete
} tdm_toml_opened;

// A table or array that grows. The value comes first, so that a tdm_toml of those kinds is one.
typedef struct tdm_toml_node {
    tdm_toml value;
    tdm_map index; // of a table: key -> tdm_toml *
    size_t capacity;
    tdm_toml_opened opened;
    bool of_headers; // an array made by [[a]]
} tdm_toml_node;

typedef struct tdm_toml_key {
    tdm_text text;
    tdm_place place;
} tdm_toml_key;

typedef struct tdm_toml_builder {
    tdm_arena *arena;
    const char *path;
    tdm_text source;
    tdm_error *err;
} tdm_toml_builder;

tdm_toml_node *tdm_toml_node_new(tdm_toml_builder *in, tdm_toml_kind kind, tdm_place place,
                                 tdm_toml_opened opened); // NULL: out of memory, said
TDM_MUST_CHECK tdm_status tdm_toml_append(tdm_toml_builder *in, tdm_toml_node *array,
                                          tdm_toml *item);
// [a.b] and [[a.b]]: gives the table that the pairs below go into.
TDM_MUST_CHECK tdm_status tdm_toml_open(tdm_toml_builder *in, tdm_toml_node *root,
                                        const tdm_toml_key *keys, size_t count, bool array,
                                        tdm_toml_node **ret);
// a.b = value in a table.
TDM_MUST_CHECK tdm_status tdm_toml_set(tdm_toml_builder *in, tdm_toml_node *table,
                                       const tdm_toml_key *keys, size_t count, tdm_toml *value);

// Scalars from their text. `place` is that of the text.
TDM_MUST_CHECK tdm_status tdm_toml_string(tdm_toml_builder *in, tdm_text raw, tdm_place place,
                                          tdm_text *ret);
TDM_MUST_CHECK tdm_status tdm_toml_integer(tdm_toml_builder *in, tdm_text raw, tdm_place place,
                                           int64_t *ret);

#endif
