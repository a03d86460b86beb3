#include "base/file.h"

#include "base/error.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static tdm_status fail_system(tdm_error *err, const char *what, const char *path)
{
    return tdm_fail(err, TDM_ERROR_FILE, (tdm_place){.file = path}, "cannot %s '%s': %s", what,
                    path, strerror(errno));
}

static bool write_all(int fd, tdm_text text)
{
    while (text.size) {
        ssize_t put = write(fd, text.data, text.size);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return false;
        text = tdm_text_from(text, (size_t)put);
    }
    return true;
}

static mode_t mode_under_umask(void)
{
    mode_t mask = umask(0);
    umask(mask);
    return 0644 & ~mask;
}

// Python takes a compiled file for good as long as its source has the same size and was changed in
// the same second (importlib, _validate_timestamp_pyc): a file that replaces another one bears
// another second.
static bool bear_another_second(int fd, const char *path)
{
    struct stat old;
    struct stat new;
    if (stat(path, &old) != 0 || fstat(fd, &new) != 0 || old.st_mtim.tv_sec != new.st_mtim.tv_sec)
        return true;
    struct timespec times[2] = {new.st_atim, new.st_mtim};
    times[1].tv_sec++;
    return futimens(fd, times) == 0;
}

tdm_status tdm_file_write(const char *path, tdm_text text, bool replace, tdm_error *err)
{
    tdm_status status = TDM_FAILED;
    char temporary[PATH_MAX];
    int length = snprintf(temporary, sizeof temporary, "%s.XXXXXX", path);
    if (length < 0 || (size_t)length >= sizeof temporary)
        return tdm_fail(err, TDM_ERROR_FILE, TDM_NOWHERE, "the path '%s' is too long", path);

    int fd = mkstemp(temporary);
    if (fd < 0)
        return fail_system(err, "write", path);
    if (fchmod(fd, mode_under_umask()) != 0 || !write_all(fd, text) ||
        (replace && !bear_another_second(fd, path)) || fsync(fd) != 0) {
        fail_system(err, "write", path);
        goto done;
    }
    // link() fails when the name exists, rename() replaces it: both in one step.
    if ((replace ? rename(temporary, path) : link(temporary, path)) != 0) {
        if (errno == EEXIST)
            tdm_fail(err, TDM_ERROR_EXISTS, (tdm_place){.file = path}, "'%s' exists already", path);
        else
            fail_system(err, "write", path);
        goto done;
    }
    status = TDM_OK;
done:
    close(fd);
    if (status != TDM_OK || !replace)
        unlink(temporary);
    return status;
}
