// Python values as JSON text, as json.dumps writes it: what a JSON column is sent.
#ifndef SQLALCHEMY_LITERAL_H
#define SQLALCHEMY_LITERAL_H

#include "python/value.h"

#include "base/text.h"

enum { TDM_JSON_MAXIMUM = 16 << 20 };

// False when the value (or one inside it) has no JSON form that can be known.
bool tdm_json_dump(tdm_interp *in, tdm_py value, tdm_buffer *out);

#endif
