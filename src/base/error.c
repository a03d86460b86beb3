#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

typedef struct error_row {
    const char *name;
    tdm_exit exit;
    const char *meaning;
} error_row;

static const error_row rows[TDM_ERROR_COUNT] = {
#define X(constant, name, exit, meaning) [constant] = {name, exit, meaning},
    TDM_ERRORS(X)
#undef X
};

const char *tdm_error_name(tdm_error_code code)
{
    return rows[code].name;
}

tdm_exit tdm_error_exit(tdm_error_code code)
{
    return rows[code].exit;
}

const char *tdm_error_meaning(tdm_error_code code)
{
    return rows[code].meaning;
}

// Cuts at a code point, so that a shortened message stays valid UTF-8.
static void print(char *text, size_t size, const char *format, va_list args)
{
    int length = vsnprintf(text, size, format, args);
    if (length < 0) {
        text[0] = '\0';
        return;
    }
    if ((size_t)length < size)
        return;
    size_t end = size - 1;
    while (end > 0 && ((unsigned char)text[end - 1] & 0xC0) == 0x80)
        end--;
    if (end > 0 && (unsigned char)text[end - 1] >= 0x80)
        end--;
    text[end] = '\0';
}

tdm_status tdm_fail(tdm_error *err, tdm_error_code code, tdm_place place, const char *format, ...)
{
    if (!err)
        return TDM_FAILED;
    // The arguments may point into the error that is being replaced.
    char message[sizeof err->message];
    va_list args;
    va_start(args, format);
    print(message, sizeof message, format, args);
    va_end(args);
    char file[sizeof err->file];
    snprintf(file, sizeof file, "%s", place.file ? place.file : "");

    memcpy(err->message, message, sizeof message);
    memcpy(err->file, file, sizeof file);
    err->code = code;
    err->hint[0] = '\0';
    err->place = place;
    err->place.file = place.file ? err->file : NULL;
    return TDM_FAILED;
}

tdm_status tdm_hint(tdm_error *err, const char *format, ...)
{
    if (!err)
        return TDM_FAILED;
    char hint[sizeof err->hint];
    va_list args;
    va_start(args, format);
    print(hint, sizeof hint, format, args);
    va_end(args);
    memcpy(err->hint, hint, sizeof hint);
    return TDM_FAILED;
}

tdm_status tdm_fail_memory(tdm_error *err)
{
    return tdm_fail(err, TDM_ERROR_MEMORY, TDM_NOWHERE, "out of memory");
}
