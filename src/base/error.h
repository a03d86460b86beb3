// Setting errors. The functions return TDM_FAILED so that the cause and the return are one line:
//     return tdm_fail(err, TDM_ERROR_CONFIG, place, "no value for '%s'", name);
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <tandem/error.h>

// Sets code, place and message (clearing a hint left from before). `err` may be NULL.
tdm_status tdm_fail(tdm_error *err, tdm_error_code code, tdm_place place, const char *format, ...)
    TDM_PRINTF(4, 5);
// Adds the hint to an error just set; returns TDM_FAILED.
tdm_status tdm_hint(tdm_error *err, const char *format, ...) TDM_PRINTF(2, 3);
tdm_status tdm_fail_memory(tdm_error *err);

#endif
