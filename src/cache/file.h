// The one file of a cache: read and written only where nobody else could have put it.
#ifndef CACHE_FILE_H
#define CACHE_FILE_H

#include <tandem/text.h>

#include "base/text.h"

// The folder, made with the folders above it when it is not there, for this user alone. -1 unless
// it belongs to this user and nobody else may write to it.
int tdm_cache_folder(const char *path);

// All bytes of a file of the folder in memory from malloc(), or an empty text: it is not there, not
// a plain file of this user that nobody else may write to, or larger than `most`.
tdm_text tdm_cache_read(int folder, const char *name, size_t most);

// Puts a file of these pieces into the folder, whole or not at all, for this user alone. There is
// no fsync: what a crash leaves half written has wrong checksums.
bool tdm_cache_write(int folder, const char *name, const tdm_text *pieces, size_t count);

#endif
