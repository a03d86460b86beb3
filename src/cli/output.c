#include "cli/output.h"

#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

void tdm_output_open(tdm_output *output, const char *path)
{
    bool to_file = path && strcmp(path, "-") != 0;
    *output =
        (tdm_output){.path = to_file ? path : NULL, .pending = TDM_BUFFER_INIT(TDM_LIMIT_OUTPUT)};
}

bool tdm_output_put(void *context, tdm_text piece)
{
    tdm_output *output = context;
    if (output->path) {
        tdm_buffer_put(&output->pending, piece);
        return !output->pending.failed;
    }
    if (piece.size && fwrite(piece.data, 1, piece.size, stdout) != piece.size)
        output->failed = true;
    return !output->failed;
}

tdm_status tdm_output_close(tdm_output *output, tdm_error *err)
{
    tdm_status status = TDM_OK;
    if (output->path) {
        status = tdm_buffer_check(&output->pending, err);
        if (status == TDM_OK)
            status = tdm_file_write(output->path, tdm_buffer_text(&output->pending), true, err);
        tdm_output_drop(output);
        return status;
    }
    if (fflush(stdout) != 0 || ferror(stdout) || output->failed)
        status = tdm_fail(err, TDM_ERROR_FILE, TDM_NOWHERE, "cannot write to standard output: %s",
                          strerror(errno));
    return status;
}

void tdm_output_drop(tdm_output *output)
{
    tdm_buffer_free(&output->pending);
    output->path = NULL;
}
