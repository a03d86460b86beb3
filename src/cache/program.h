// Which program this is, as its linker has marked it.
#ifndef CACHE_PROGRAM_H
#define CACHE_PROGRAM_H

#include "base/digest.h"

// A digest of the build ids of the program and of every library in the process: two processes with
// the same one make the same of the same text. False when one of them has none.
bool tdm_program_identity(tdm_digest *ret);

#endif
