/**
 * What every public header needs: visibility, the must-check mark, and the status every function
 * that can fail returns. Only functions marked TDM_API leave the shared library.
 */
#ifndef TANDEM_API_H
#define TANDEM_API_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__) || defined(__clang__)
#define TDM_API __attribute__((visibility("default")))
#define TDM_MUST_CHECK __attribute__((warn_unused_result))
#define TDM_PRINTF(format_index, first_index)                                                      \
    __attribute__((format(printf, format_index, first_index)))
#else
#define TDM_API
#define TDM_MUST_CHECK
#define TDM_PRINTF(format_index, first_index)
#endif

/**
 * The outcome of a function that can fail. The reason stands in the tdm_error that the caller
 * passed in; it is set once, where the cause is known. Outputs are written only on TDM_OK.
 */
typedef enum tdm_status {
    TDM_OK = 0,
    TDM_FAILED = -1,
} tdm_status;

#endif
