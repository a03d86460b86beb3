// Where the result of a command goes: stdout, or a file that is written whole at the end.
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include <tandem/error.h>
#include <tandem/text.h>

#include "base/text.h"

typedef struct tdm_output {
    const char *path;   // NULL: stdout
    tdm_buffer pending; // of a file
    bool failed;        // stdout took no more
} tdm_output;

// `path` NULL or "-" is stdout.
void tdm_output_open(tdm_output *output, const char *path);
// A tdm_writer: `context` is the output. False when nothing more can be written.
bool tdm_output_put(void *context, tdm_text piece);
// Writes out what is pending and reports every failure since opening: a full disk, a closed pipe.
TDM_MUST_CHECK tdm_status tdm_output_close(tdm_output *output, tdm_error *err);
// Forgets what is pending; the file stays as it was.
void tdm_output_drop(tdm_output *output);

#endif
