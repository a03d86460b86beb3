// Writing files: whole or not at all.
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <tandem/error.h>
#include <tandem/text.h>

// Writes `text` to `path` through a temporary name in the same folder, fsync and a link or rename,
// mode 0644 under the umask. With `replace` false an existing file is TDM_ERROR_EXISTS and stays as
// it was, also when another process makes it at the same moment.
TDM_MUST_CHECK tdm_status tdm_file_write(const char *path, tdm_text text, bool replace,
                                         tdm_error *err);

#endif
