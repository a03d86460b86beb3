// Values of a cache as bytes: numbers and texts behind each other, in the order in which they are
// read again. Nothing names them, so that whoever changes what is written must change the kind of
// the key as well (tdm_cache_key) when the program's build id does not say it.
#ifndef CACHE_PACK_H
#define CACHE_PACK_H

#include <tandem/place.h>

#include "base/text.h"

void tdm_pack_number(tdm_buffer *out, uint64_t value);
void tdm_pack_text(tdm_buffer *out, tdm_text text);
// All of a place but its file, of which is kept only whether there is one.
void tdm_pack_place(tdm_buffer *out, tdm_place place);

// Reading back. Failing (the bytes end too early) is sticky: then everything read is zero or empty.
typedef struct tdm_unpack {
    tdm_text rest;
    bool failed;
} tdm_unpack;

uint64_t tdm_unpack_number(tdm_unpack *in);
tdm_text tdm_unpack_text(tdm_unpack *in); // a view
tdm_place tdm_unpack_place(tdm_unpack *in, const char *file);
// A count of things that take at least one byte each: never more than there are bytes.
size_t tdm_unpack_count(tdm_unpack *in);
// Whether all went well and nothing is left.
bool tdm_unpack_done(const tdm_unpack *in);

#endif
