/**
 * A view of UTF-8 bytes: pointer and length, not owned, not NUL-terminated unless said so.
 * `data` may be NULL only when `size` is 0.
 */
#ifndef TANDEM_TEXT_H
#define TANDEM_TEXT_H

#include <tandem/api.h>

typedef struct tdm_text {
    const char *data;
    size_t size;
} tdm_text;

/** A view of a string literal. */
#define TDM_TEXT(literal) ((tdm_text){("" literal), sizeof(literal) - 1})

/** For printf's "%.*s". */
#define TDM_TEXT_ARG(text) (int)(text).size, (text).data ? (text).data : ""

#endif
