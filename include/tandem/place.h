/**
 * Where something stands in a file. Lines and columns count from 1; a column counts code points,
 * as editors do; 0 means "not known". The end is exclusive in its column. `file` is relative to
 * the project root with '/' separators, NUL-terminated, owned by the project (or a literal).
 */
#ifndef TANDEM_PLACE_H
#define TANDEM_PLACE_H

#include <tandem/api.h>

typedef struct tdm_place {
    const char *file;
    uint32_t line;
    uint32_t column;
    uint32_t end_line;
    uint32_t end_column;
} tdm_place;

#define TDM_NOWHERE ((tdm_place){NULL, 0, 0, 0, 0})

#endif
