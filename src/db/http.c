#include "db/http.h"

#include "base/error.h"
#include "db/late.h"
#include "db/target.h"

#include <tandem/version.h>

#include <stdlib.h>
#include <string.h>

enum {
    ANSWER_MAXIMUM = 64 << 20,
    CONNECT_MS = 10000,
    POLL_MS = 1000,
    LONGEST_WAIT_S = 86400,
};

struct tdm_http {
    tdm_libcurl curl;
    CURLM *multi;
    CURL *easy;
    const char *ca_file;
    const tdm_waker *waker;
};

// One request on its way.
typedef struct exchange {
    tdm_http *http;
    const tdm_http_request *request;
    tdm_buffer body;
    char message[CURL_ERROR_SIZE];
    struct curl_slist *headers;
    bool given_up;
} exchange;

// --- Where a token may go
// -------------------------------------------------------------------------

tdm_status tdm_http_check_url(tdm_text url, tdm_error *err)
{
    bool local = false;
    char *scheme = NULL;
    char *host = NULL;
    char *user = NULL;
    tdm_libcurl curl;
    if (tdm_libcurl_load(&curl, err) != TDM_OK)
        return TDM_FAILED;
    CURLU *parts = curl.curl_url();
    tdm_buffer text = TDM_BUFFER_INIT(4096);
    tdm_buffer_put(&text, url);
    if (!parts || text.failed) {
        curl.curl_url_cleanup(parts);
        tdm_buffer_free(&text);
        return tdm_fail_memory(err);
    }
    bool good = text.data && curl.curl_url_set(parts, CURLUPART_URL, text.data, 0) == CURLUE_OK &&
                curl.curl_url_get(parts, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
                curl.curl_url_get(parts, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
                curl.curl_url_get(parts, CURLUPART_USER, &user, 0) == CURLUE_NO_USER;
    if (good)
        local = tdm_target_is_local(strcmp(host, "[::1]") == 0 ? "::1" : host);
    good = good && (strcmp(scheme, "https") == 0 || (strcmp(scheme, "http") == 0 && local));
    curl.curl_free(scheme);
    curl.curl_free(host);
    curl.curl_free(user);
    curl.curl_url_cleanup(parts);
    tdm_buffer_free(&text);
    return good ? TDM_OK
                : tdm_fail(err, TDM_ERROR_CONFIG, TDM_NOWHERE,
                           "the address of the Management API must be https://HOST; plain http is "
                           "for this machine alone");
}

// --- Opening
// --------------------------------------------------------------------------------------

tdm_status tdm_http_open(const char *ca_file, const tdm_waker *waker, tdm_http **ret,
                         tdm_error *err)
{
    tdm_libcurl curl;
    if (tdm_libcurl_load(&curl, err) != TDM_OK)
        return TDM_FAILED;
    if (curl.curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return tdm_fail_memory(err);
    tdm_http *http = calloc(1, sizeof *http);
    if (!http) {
        curl.curl_global_cleanup();
        return tdm_fail_memory(err);
    }
    *http = (tdm_http){.curl = curl,
                       .multi = curl.curl_multi_init(),
                       .easy = curl.curl_easy_init(),
                       .ca_file = ca_file,
                       .waker = waker};
    if (!http->multi || !http->easy) {
        tdm_http_close(http);
        return tdm_fail_memory(err);
    }
    *ret = http;
    return TDM_OK;
}

void tdm_http_close(tdm_http *http)
{
    if (!http)
        return;
    tdm_libcurl curl = http->curl;
    curl.curl_easy_cleanup(http->easy);
    curl.curl_multi_cleanup(http->multi);
    free(http);
    curl.curl_global_cleanup();
}

// --- One exchange
// ---------------------------------------------------------------------------------

static size_t on_body(char *data, size_t size, size_t count, void *context)
{
    exchange *x = context;
    tdm_buffer_put(&x->body, (tdm_text){data, size * count});
    return x->body.failed ? CURL_WRITEFUNC_ERROR : size * count;
}

static bool add_header(exchange *x, const char *name, const char *value)
{
    tdm_buffer line = TDM_BUFFER_INIT(16384);
    tdm_buffer_putf(&line, "%s: %s", name, value);
    struct curl_slist *longer =
        line.failed ? NULL : x->http->curl.curl_slist_append(x->headers, line.data);
    if (line.data)
        explicit_bzero(line.data, line.size);
    tdm_buffer_free(&line);
    if (longer)
        x->headers = longer;
    return longer != NULL;
}

static bool add_headers(exchange *x)
{
    tdm_buffer bearer = TDM_BUFFER_INIT(8192);
    tdm_buffer_putf(&bearer, "Bearer %s", x->request->token);
    bool added = !bearer.failed && add_header(x, "Authorization", bearer.data) &&
                 add_header(x, "Accept", "application/json") &&
                 (x->request->body.size == 0 || add_header(x, "Content-Type", "application/json"));
    if (bearer.data)
        explicit_bzero(bearer.data, bearer.size);
    tdm_buffer_free(&bearer);
    return added;
}

static void wipe_headers(exchange *x)
{
    for (struct curl_slist *line = x->headers; line; line = line->next)
        explicit_bzero(line->data, strlen(line->data));
    x->http->curl.curl_slist_free_all(x->headers);
}

static bool set_up(exchange *x)
{
    const tdm_http_request *request = x->request;
    const tdm_libcurl *curl = &x->http->curl;
    CURL *easy = x->http->easy;
    char agent[64];
    tdm_buffer name = TDM_BUFFER_INIT(sizeof agent);
    tdm_buffer_putf(&name, "tandem/%s", tdm_version());
    curl->curl_easy_reset(easy);
    bool good =
        !name.failed && curl->curl_easy_setopt(easy, CURLOPT_USERAGENT, name.data) == CURLE_OK;
    tdm_buffer_free(&name);
    good = good && curl->curl_easy_setopt(easy, CURLOPT_URL, request->url) == CURLE_OK &&
           curl->curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
           curl->curl_easy_setopt(easy, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2) == CURLE_OK &&
           curl->curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method) == CURLE_OK &&
           curl->curl_easy_setopt(easy, CURLOPT_HTTPHEADER, x->headers) == CURLE_OK;
    curl->curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl->curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, x->message);
    curl->curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl->curl_easy_setopt(easy, CURLOPT_WRITEDATA, x);
    curl->curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    curl->curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)request->time_limit_ms);
    curl->curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    curl->curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, request->once ? 1L : 0L);
    if (request->body.size > 0) {
        curl->curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request->body.data);
        curl->curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.size);
    }
    if (strncmp(request->url, "http:", 5) == 0)
        good = good && curl->curl_easy_setopt(easy, CURLOPT_PROXY, "") == CURLE_OK;
    if (x->http->ca_file)
        good = good && curl->curl_easy_setopt(easy, CURLOPT_CAINFO, x->http->ca_file) == CURLE_OK;
    return good;
}

// Until the transfer has ended one way or the other.
static CURLcode transfer(exchange *x)
{
    const tdm_libcurl *curl = &x->http->curl;
    CURLM *multi = x->http->multi;
    int running = 1;
    while (running) {
        struct curl_waitfd woken = {.fd = x->http->waker->read_end, .events = CURL_WAIT_POLLIN};
        if (curl->curl_multi_perform(multi, &running) != CURLM_OK)
            return CURLE_OUT_OF_MEMORY;
        if (!running)
            break;
        if (curl->curl_multi_poll(multi, &woken, 1, POLL_MS, NULL) != CURLM_OK)
            return CURLE_OUT_OF_MEMORY;
        if (!woken.revents)
            continue;
        tdm_waker_empty(x->http->waker);
        if (x->request->interrupted && !x->request->interrupted(x->request->context)) {
            x->given_up = true;
            return CURLE_ABORTED_BY_CALLBACK;
        }
    }
    int left;
    const CURLMsg *message = curl->curl_multi_info_read(multi, &left);
    return message && message->msg == CURLMSG_DONE ? message->data.result : CURLE_RECV_ERROR;
}

static uint32_t wait_of(const tdm_libcurl *curl, CURL *easy)
{
    curl_off_t seconds = 0;
    struct curl_header *header;
    uint64_t reset;
    if (curl->curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &seconds) == CURLE_OK && seconds > 0)
        return (uint32_t)(seconds < LONGEST_WAIT_S ? seconds : LONGEST_WAIT_S) * 1000;
    if (curl->curl_easy_header(easy, "X-RateLimit-Reset", 0, CURLH_HEADER, -1, &header) !=
            CURLHE_OK ||
        !tdm_text_to_u64(tdm_text_trim(tdm_text_of(header->value)), &reset))
        return 0;
    return (uint32_t)(reset < LONGEST_WAIT_S ? reset : LONGEST_WAIT_S) * 1000;
}

static void take_answer(exchange *x, CURLcode code, tdm_arena *arena, tdm_http_answer *ret)
{
    const tdm_libcurl *curl = &x->http->curl;
    CURL *easy = x->http->easy;
    long request_bytes = 0;
    char *type = NULL;
    curl->curl_easy_getinfo(easy, CURLINFO_REQUEST_SIZE, &request_bytes);
    ret->sent = request_bytes > 0;
    ret->given_up = x->given_up;
    ret->too_large = x->body.failed;
    if (code != CURLE_OK) {
        const char *words = x->message[0] ? x->message : curl->curl_easy_strerror(code);
        ret->problem = x->body.failed
                           ? TDM_TEXT("the answer is larger than any that would make sense")
                           : tdm_arena_text(arena, tdm_text_of(words));
        return;
    }
    curl->curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &ret->status);
    curl->curl_easy_getinfo(easy, CURLINFO_CONTENT_TYPE, &type);
    ret->is_json = tdm_text_starts(tdm_text_of(type), TDM_TEXT("application/json"));
    ret->body = tdm_arena_text(arena, tdm_buffer_text(&x->body));
    ret->wait_ms = wait_of(curl, easy);
}

tdm_status tdm_http_send(tdm_http *http, const tdm_http_request *request, tdm_arena *arena,
                         tdm_http_answer *ret, tdm_error *err)
{
    const tdm_libcurl *curl = &http->curl;
    exchange x = {.http = http, .request = request, .body = TDM_BUFFER_INIT(ANSWER_MAXIMUM)};
    tdm_status status = TDM_FAILED;
    *ret = (tdm_http_answer){0};
    if (!add_headers(&x) || !set_up(&x) ||
        curl->curl_multi_add_handle(http->multi, http->easy) != CURLM_OK) {
        tdm_fail_memory(err);
        goto done;
    }
    CURLcode code = transfer(&x);
    take_answer(&x, code, arena, ret);
    curl->curl_multi_remove_handle(http->multi, http->easy);
    status = code == CURLE_OUT_OF_MEMORY || !tdm_arena_ok(arena) ? tdm_fail_memory(err) : TDM_OK;
done:
    curl->curl_easy_reset(http->easy); // it refers to what is freed here
    wipe_headers(&x);
    tdm_buffer_free(&x.body);
    return status;
}
