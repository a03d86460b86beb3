// One exchange over HTTPS, by libcurl. It never blocks beyond a signal or a time limit.
//
// Certificates and names are checked, TLS is 1.2 or newer, redirects are not followed: a token goes
// to the host that was named and nowhere else. Plain HTTP is for this machine alone, and never by a
// proxy.
#ifndef DB_HTTP_H
#define DB_HTTP_H

#include <tandem/error.h>

#include "base/arena.h"
#include "base/text.h"
#include "db/waker.h"

typedef struct tdm_http tdm_http;

// `ca_file`, when not NULL, is trusted in place of the system's certificates.
TDM_MUST_CHECK tdm_status tdm_http_open(const char *ca_file, const tdm_waker *waker, tdm_http **ret,
                                        tdm_error *err);
void tdm_http_close(tdm_http *http);

// TDM_ERROR_CONFIG for a URL that a token must not be sent to: neither https, nor http to this
// machine.
TDM_MUST_CHECK tdm_status tdm_http_check_url(tdm_text url, tdm_error *err);

typedef struct tdm_http_request {
    const char *method;
    const char *url;
    const char *token; // of "Authorization: Bearer"
    tdm_text body;     // JSON, or empty
    uint32_t time_limit_ms;
    bool once; // must not reach the server twice: libcurl itself repeats on a connection that it
               // kept
    // Asked when the waker was woken: true goes on waiting for the answer, false gives it up. NULL:
    // goes on.
    bool (*interrupted)(void *context);
    void *context;
} tdm_http_request;

typedef struct tdm_http_answer {
    long status;      // 0: there is no answer, or none that is whole
    bool sent;        // the request may have reached the server
    bool given_up;    // `interrupted` said so
    bool too_large;   // the answer, which then is none
    bool is_json;     // says so of itself
    tdm_text body;    // in the arena of the call, NUL after it
    tdm_text problem; // of status 0: why, in libcurl's words
    uint32_t wait_ms; // Retry-After, or X-RateLimit-Reset; 0: neither was sent
} tdm_http_answer;

// TDM_FAILED is out of memory alone; everything else is an answer.
TDM_MUST_CHECK tdm_status tdm_http_send(tdm_http *http, const tdm_http_request *request,
                                        tdm_arena *arena, tdm_http_answer *ret, tdm_error *err);

#endif
