// What `supabase link` left in supabase/.temp: which hosted project this folder belongs to.
#ifndef SUPABASE_LINK_H
#define SUPABASE_LINK_H

#include <tandem/error.h>
#include <tandem/text.h>

#include "base/tree.h"

typedef struct tdm_project_link {
    tdm_text ref;        // empty: not linked
    tdm_text pooler_url; // without a password; may be empty
} tdm_project_link;

// Twenty lower-case letters.
bool tdm_is_project_ref(tdm_text text);
// `folder` is the supabase folder. Files that are not there leave their part empty; a reference
// that is none is TDM_ERROR_CONFIG.
TDM_MUST_CHECK tdm_status tdm_project_link_read(tdm_tree *tree, tdm_arena *arena,
                                                const char *folder, tdm_project_link *ret,
                                                tdm_error *err);

#endif
