// Passwords and tokens that come by a file or descriptor: never by the command line, which
// everybody on the machine can read.
#ifndef CLI_SECRET_H
#define CLI_SECRET_H

#include <tandem/error.h>

enum {
    TDM_SECRET_SIZE = 1024, // with the NUL
};

typedef struct tdm_secret {
    char text[TDM_SECRET_SIZE];
    bool there;
} tdm_secret;

typedef struct tdm_secrets {
    tdm_secret password;
    tdm_secret token;
} tdm_secrets;

// The secret, or NULL when none was read.
const char *tdm_secret_text(const tdm_secret *secret);
// The first line of a file, or of what a descriptor ("3") gives up to its end. An empty line, and
// one longer than a secret, are TDM_ERROR_USAGE; the message never repeats it.
TDM_MUST_CHECK tdm_status tdm_secret_read_file(tdm_secret *secret, const char *path,
                                               tdm_error *err);
TDM_MUST_CHECK tdm_status tdm_secret_read_fd(tdm_secret *secret, const char *number,
                                             tdm_error *err);
void tdm_secrets_wipe(tdm_secrets *secrets);

#endif
