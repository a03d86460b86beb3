// A table [targets.NAME] of the settings: where a target is, and whether it is protected.
#ifndef TARGETS_TARGET_TABLE_H
#define TARGETS_TARGET_TABLE_H

#include <tandem/target.h>

#include "config/settings.h"

// Exactly one of the first three is said.
typedef struct tdm_target_entry {
    tdm_text project;         // a reference
    const char *url;          // without a password
    const char *url_variable; // the environment has it
    tdm_via via;
} tdm_target_entry;

// Every key is known and has a value that it may have, or it is TDM_ERROR_CONFIG with its place.
TDM_MUST_CHECK tdm_status tdm_target_table_read(tdm_arena *arena, const tdm_setting_table *table,
                                                tdm_target_entry *ret, tdm_error *err);
// Sets the target's name, and whether it is protected.
TDM_MUST_CHECK tdm_status tdm_target_table_protection(tdm_arena *arena,
                                                      const tdm_setting_table *table,
                                                      tdm_target *target, tdm_error *err);
// The table that has this value at this key; one that is protected before others. NULL: none.
const tdm_setting_table *tdm_target_table_of(const tdm_settings *settings, const char *key,
                                             tdm_text value);

#endif
