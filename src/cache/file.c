#include "cache/file.h"

#include "base/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    OTHERS_WRITE = S_IWGRP | S_IWOTH,
    AT_ONCE = 64 << 10, // bytes
};

static bool is_ours(const struct stat *info)
{
    return info->st_uid == geteuid() && !(info->st_mode & OTHERS_WRITE);
}

// Makes the folders of a path, each for this user alone.
static void make_folders(const char *path)
{
    char part[PATH_MAX];
    size_t size = strlen(path);
    if (size >= sizeof part)
        return;
    for (size_t i = 1; i <= size; i++)
        if (path[i] == '/' || path[i] == '\0') {
            memcpy(part, path, i);
            part[i] = '\0';
            (void)mkdir(part, 0700); // one that is there already is what is wanted
        }
}

int tdm_cache_folder(const char *path)
{
    struct stat info;
    int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW;
    if (path[0] != '/') // the current folder may be anybody's
        return -1;
    int fd = open(path, flags);
    if (fd < 0 && errno == ENOENT) {
        make_folders(path);
        fd = open(path, flags);
    }
    if (fd >= 0 && (fstat(fd, &info) != 0 || !is_ours(&info))) {
        close(fd);
        return -1;
    }
    return fd;
}

static bool read_all(int fd, char *data, size_t size)
{
    while (size) {
        ssize_t got = read(fd, data, size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        data += got;
        size -= (size_t)got;
    }
    return true;
}

tdm_text tdm_cache_read(int folder, const char *name, size_t most)
{
    struct stat info;
    tdm_text text = {NULL, 0};
    int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0)
        return text;
    bool fits = fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && is_ours(&info) &&
                info.st_size > 0 && (uintmax_t)info.st_size <= most;
    char *data = fits ? malloc((size_t)info.st_size) : NULL;
    if (data && read_all(fd, data, (size_t)info.st_size))
        text = (tdm_text){data, (size_t)info.st_size};
    else
        free(data);
    close(fd);
    return text;
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

// Most pieces are small, and are written many at a time.
static bool write_pieces(int fd, const tdm_text *pieces, size_t count)
{
    tdm_buffer part = TDM_BUFFER_INIT(TDM_LIMIT_CACHE);
    bool ok = true;
    for (size_t i = 0; ok && i < count; i++) {
        tdm_buffer_put(&part, pieces[i]);
        if (part.size >= AT_ONCE || i + 1 == count) {
            ok = !part.failed && write_all(fd, tdm_buffer_text(&part));
            tdm_buffer_clear(&part);
        }
    }
    tdm_buffer_free(&part);
    return ok;
}

bool tdm_cache_write(int folder, const char *name, const tdm_text *pieces, size_t count)
{
    char temporary[NAME_MAX];
    int length = snprintf(temporary, sizeof temporary, ".%s.%ld", name, (long)getpid());
    if (length < 0 || (size_t)length >= sizeof temporary)
        return false;
    // One that is there already was left by a process of this number that was ended.
    (void)unlinkat(folder, temporary, 0);
    int fd = openat(folder, temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return false;
    bool ok = write_pieces(fd, pieces, count);
    close(fd);
    ok = ok && renameat(folder, temporary, folder, name) == 0;
    if (!ok)
        (void)unlinkat(folder, temporary, 0);
    return ok;
}
