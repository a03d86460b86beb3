// What an API session is made of, for its two files: sending with patience, and being a session.
#ifndef DB_API_EXCHANGE_H
#define DB_API_EXCHANGE_H

#include "db/api.h"

typedef struct tdm_api_session {
    tdm_session session;
    tdm_arena *arena; // of the strings here, the token included
    tdm_waker waker;
    tdm_http *http;
    const char *base; // "https://api.supabase.com/v1/projects/<ref>/"
    const char *ca_file;
    char *token;
    char tag[40];     // "/* tandem 0123456789abcdef */\n": marks what runs on the server as ours
    bool cancel_sent; // of the running statement
} tdm_api_session;

typedef struct tdm_api_send {
    tdm_api_call call;
    tdm_db_urgency urgency;
    bool runs; // on the server: asked to be cancelled there when we are
} tdm_api_send;

// Sends with all the patience that is allowed: waits as 429 says, asks again when what was lost
// changes nothing. On TDM_OK there is an answer of the API with JSON in it: 200, 201, 400, or a
// failed query's 500. On
// TDM_FAILED `failure.lost` is set when the server may have done it.
TDM_MUST_CHECK tdm_status tdm_api_exchange(tdm_api_session *self, const tdm_api_send *send,
                                           tdm_arena *arena, tdm_http_answer *ret, tdm_error *err);
// Sets `failure.lost` with the reason.
tdm_status tdm_api_fail_lost(tdm_api_session *self, tdm_text why, tdm_error *err);

#endif
