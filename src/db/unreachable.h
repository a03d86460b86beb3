// Why a connection did not come about: whether nobody answered, and whether it may be over later.
#ifndef DB_UNREACHABLE_H
#define DB_UNREACHABLE_H

#include <tandem/push.h>

#include "base/arena.h"
#include "base/text.h"

// libpq's words of a failed connection, said in its verbose form: the server's code stands at the
// end of its line, "FATAL:  the database system is starting up (SQLSTATE 57P03)", and the place in
// the server's source is left out. The server's words are in its own language, the code is not.
tdm_text tdm_connect_words(tdm_arena *arena, tdm_text message);

// Whether nobody answered, as against somebody who said no.
bool tdm_is_unreachable(const tdm_error *err);

#endif
