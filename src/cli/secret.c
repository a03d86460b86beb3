#include "cli/secret.h"

#include "base/error.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

const char *tdm_secret_text(const tdm_secret *secret)
{
    return secret->there ? secret->text : NULL;
}

// Up to the end, or to more than a secret can be.
static tdm_status read_all(int fd, const char *name, tdm_secret *secret, tdm_error *err)
{
    size_t used = 0;
    while (used < sizeof secret->text) {
        ssize_t count = read(fd, secret->text + used, sizeof secret->text - used);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return tdm_fail(err, TDM_ERROR_USAGE, TDM_NOWHERE, "%s cannot be read: %s", name,
                            strerror(errno));
        if (count == 0)
            break;
        used += (size_t)count;
    }
    tdm_text line = {secret->text, used};
    line = tdm_text_slice(line, 0, tdm_text_find_char(line, '\n'));
    if (line.size > 0 && line.data[line.size - 1] == '\r')
        line.size--;
    if (line.size == 0 || line.size == sizeof secret->text || memchr(line.data, 0, line.size))
        return tdm_fail(err, TDM_ERROR_USAGE, TDM_NOWHERE, "the first line of %s is no secret: %s",
                        name, line.size == 0 ? "it is empty" : "it is too long or not text");
    explicit_bzero(secret->text + line.size, sizeof secret->text - line.size);
    secret->there = true;
    return TDM_OK;
}

tdm_status tdm_secret_read_file(tdm_secret *secret, const char *path, tdm_error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return tdm_fail(err, TDM_ERROR_USAGE, TDM_NOWHERE, "%s cannot be read: %s", path,
                        strerror(errno));
    tdm_status status = read_all(fd, path, secret, err);
    close(fd);
    return status;
}

tdm_status tdm_secret_read_fd(tdm_secret *secret, const char *number, tdm_error *err)
{
    uint64_t fd;
    if (!tdm_text_to_u64(tdm_text_of(number), &fd) || fd > INT32_MAX)
        return tdm_fail(err, TDM_ERROR_USAGE, TDM_NOWHERE, "'%s' is no file descriptor", number);
    return read_all((int)fd, "that descriptor", secret, err);
}

void tdm_secrets_wipe(tdm_secrets *secrets)
{
    explicit_bzero(secrets, sizeof *secrets);
}
