#include "db/unreachable.h"

#include "base/limits.h"

#include <string.h>

enum {
    SQLSTATE_LENGTH = 5,
};

typedef enum sign_kind {
    SIGN_NOBODY, // nobody answers there
    SIGN_LATER,  // somebody answers, and cannot serve us yet
} sign_kind;

typedef struct sign {
    const char *part; // of the message
    sign_kind kind;
} sign;

// libpq's own words are English, since the program sets no locale; SQLSTATE stands for the server's
// (PostgreSQL, appendix A), and the API's are tandem's own.
static const sign signs[] = {
    {"could not translate host name", SIGN_NOBODY},
    {"Network is unreachable", SIGN_NOBODY},
    {"No route to host", SIGN_NOBODY},
    {"Connection refused", SIGN_NOBODY},
    {"no answer within", SIGN_NOBODY},
    {"timeout expired", SIGN_NOBODY},
    {"Connection timed out", SIGN_NOBODY},
    {"Cannot assign requested address", SIGN_NOBODY},
    {"failed: No such file or directory", SIGN_LATER}, // a socket that is not made yet
    {"Connection reset by peer", SIGN_LATER},
    {"server closed the connection unexpectedly", SIGN_LATER}, // a proxy without its server
    {"(SQLSTATE 57P01)", SIGN_LATER},                          // it goes down
    {"(SQLSTATE 57P02)", SIGN_LATER},                          // it has crashed
    {"(SQLSTATE 57P03)", SIGN_LATER},                          // it starts, or recovers
    {"(SQLSTATE 53300)", SIGN_LATER},                          // too many connections
    {"cannot reach", SIGN_LATER},                              // the API, as the two below
    {"no usable answer from", SIGN_LATER},
    {"too many requests", SIGN_LATER},
};

static bool has_sign(const tdm_error *err, bool also_later)
{
    if (err->code != TDM_ERROR_CONNECT)
        return false;
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if ((also_later || signs[i].kind == SIGN_NOBODY) && strstr(err->message, signs[i].part))
            return true;
    return false;
}

bool tdm_is_unreachable(const tdm_error *err)
{
    return has_sign(err, false);
}

bool tdm_connect_is_passing(const tdm_error *err)
{
    return has_sign(err, true);
}

static bool is_sqlstate(tdm_text text)
{
    for (size_t i = 0; i < SQLSTATE_LENGTH; i++) {
        char c = i < text.size ? text.data[i] : ' ';
        if (!tdm_is_digit(c) && (c < 'A' || c > 'Z'))
            return false;
    }
    return tdm_text_starts(tdm_text_from(text, SQLSTATE_LENGTH), TDM_TEXT(": "));
}

static void put_line(tdm_buffer *out, tdm_text line)
{
    for (size_t at = 0; at + 3 + SQLSTATE_LENGTH < line.size; at++) {
        tdm_text rest = tdm_text_from(line, at + 3);
        if (!tdm_text_starts(tdm_text_from(line, at), TDM_TEXT(":  ")) || !is_sqlstate(rest))
            continue;
        tdm_text code = tdm_text_slice(rest, 0, SQLSTATE_LENGTH);
        tdm_buffer_put(out, tdm_text_slice(line, 0, at + 3));
        tdm_buffer_put(out, tdm_text_from(rest, SQLSTATE_LENGTH + 2));
        tdm_buffer_putf(out, " (SQLSTATE %.*s)", TDM_TEXT_ARG(code));
        return;
    }
    tdm_buffer_put(out, line);
}

tdm_text tdm_connect_words(tdm_arena *arena, tdm_text message)
{
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    for (size_t at = 0; at < message.size;) {
        tdm_text rest = tdm_text_from(message, at);
        size_t end = tdm_text_find_char(rest, '\n');
        tdm_text line = tdm_text_slice(rest, 0, end == SIZE_MAX ? rest.size : end);
        at += line.size + 1;
        if (tdm_text_starts(line, TDM_TEXT("LOCATION:  ")))
            continue;
        tdm_buffer_puts(&out, out.size ? "\n" : "");
        put_line(&out, line);
    }
    return tdm_buffer_take(&out, arena);
}
