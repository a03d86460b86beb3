// TOML 1.0 as a tree of values with their places. The syntax is read by tree-sitter; what the
// grammar cannot say (keys given twice, tables opened twice, escapes, numbers in range) is checked
// here. Size is bounded by TDM_LIMIT_FILE, nesting by TDM_LIMIT_TOML_DEPTH.
#ifndef CONFIG_TOML_H
#define CONFIG_TOML_H

#include <tandem/error.h>
#include <tandem/text.h>

#include "base/arena.h"

enum {
    TDM_LIMIT_TOML_DEPTH = 100, // values inside values
};

typedef enum tdm_toml_kind {
    TDM_TOML_TABLE,
    TDM_TOML_ARRAY,
    TDM_TOML_STRING,
    TDM_TOML_INTEGER,
    TDM_TOML_BOOLEAN,
    TDM_TOML_FLOAT, // only its text
    TDM_TOML_DATE,  // date, time or both: only its text
} tdm_toml_kind;

typedef struct tdm_toml tdm_toml;

typedef struct tdm_toml_entry {
    tdm_text key;    // decoded
    tdm_place place; // of the key
    tdm_toml *value;
} tdm_toml_entry;

struct tdm_toml {
    tdm_toml_kind kind;
    tdm_place place; // of the value; of a table: of the key that opened it
    tdm_text text;   // of STRING: decoded; of INTEGER, FLOAT, DATE: as written
    int64_t integer;
    bool boolean;
    tdm_toml_entry *entries; // of TABLE, in order of the file
    tdm_toml **items;        // of ARRAY
    size_t count;            // entries or items
};

// Reads a file into its root table. Errors are TDM_ERROR_CONFIG with their place. Keeps the pointer
// `path`, and views of `source`.
TDM_MUST_CHECK tdm_status tdm_toml_parse(tdm_arena *arena, const char *path, tdm_text source,
                                         const tdm_toml **ret, tdm_error *err);

// The value of a key, or NULL when `table` is NULL, not a table, or does not have it.
const tdm_toml *tdm_toml_get(const tdm_toml *table, tdm_text key);
// "table", "string", ... for messages.
const char *tdm_toml_kind_name(tdm_toml_kind kind);

#endif
