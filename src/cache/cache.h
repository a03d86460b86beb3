// What was made of a text the last time, kept in a file outside of the project.
//
// An entry is found by a digest of everything that it rests on: the whole text, what else went into
// it, and the programs that made it. So an entry is never out of date: when anything changes it is
// simply not found. A damaged one is not found either, as each has a checksum; and a file that
// somebody else may have written is not read. What is found is therefore what making it again would
// give, and a cache can only save time.
//
// Nothing here is ever an error: what cannot be read is not there, and what cannot be written is
// made again the next time.
#ifndef CACHE_CACHE_H
#define CACHE_CACHE_H

#include "base/arena.h"
#include "base/digest.h"

typedef struct tdm_cache tdm_cache;

// The cache of the project at `root`, in `folder`, which is made when it is not there. NULL when
// there is no safe one: the folder or its file belongs to somebody else or others may write to it,
// it cannot be told which program this is, or memory is short.
tdm_cache *tdm_cache_open(const char *folder, const char *root);

// The key of something made of these texts; `kind` keeps apart what is made of the same. Without a
// cache it still is a digest of them. False: there is no key (memory), and nothing to be found.
bool tdm_cache_key(tdm_hasher *hasher, const tdm_cache *cache, const char *kind,
                   const tdm_text *texts, size_t count, tdm_digest *ret);

// Finds an entry and remembers that it was of use. The text lives as long as the cache. Several
// threads may look at the same time. `cache` NULL finds nothing.
bool tdm_cache_find(tdm_cache *cache, tdm_digest key, tdm_text *ret);

// Keeps an entry for the next run; the text must live until the cache is closed. One thread at a
// time; `cache` may be NULL.
void tdm_cache_put(tdm_cache *cache, tdm_digest key, tdm_text value);

// Writes the file anew when there is something to add, as a whole or not at all, and frees the
// cache. What was of no use for many runs that wrote is left out.
void tdm_cache_close(tdm_cache *cache);

#endif
