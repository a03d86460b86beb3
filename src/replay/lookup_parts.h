// What the answers to lookups share.
#ifndef REPLAY_LOOKUP_PARTS_H
#define REPLAY_LOOKUP_PARTS_H

#include "replay/lookup.h"

tdm_reply tdm_lookup_reply(tdm_truth truth, tdm_text asked);
tdm_reply tdm_lookup_unknown(tdm_text why, tdm_text asked);
// "column file_path of documents does not exist"
tdm_text tdm_lookup_say(const tdm_lookup *l, const char *what, bool exists);
// What is not in the catalog: no, where that is known.
tdm_reply tdm_lookup_absent(const tdm_lookup *l, tdm_text asked, tdm_text platform_column);
// Whether a relation of this name is one that the lookup may mean.
bool tdm_lookup_is_candidate(const tdm_lookup *l, tdm_text schema, tdm_text name);
// Whether a view, or whatever else is not modelled, bears the name.
bool tdm_lookup_has_other(const tdm_lookup *l);

tdm_reply tdm_lookup_column(const tdm_lookup *l); // lookup_column.c

#endif
