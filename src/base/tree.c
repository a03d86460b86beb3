#include "base/tree.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/vector.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

typedef struct folder_tree {
    tdm_tree tree;
    int root_fd;
    char *root; // as given
    char *real; // with links resolved
    size_t real_size;
} folder_tree;

tdm_status tdm_tree_list(tdm_tree *tree, const char *folder, tdm_arena *arena, tdm_entries *ret,
                         tdm_error *err)
{
    return tree->methods->list(tree, folder, arena, ret, err);
}

tdm_status tdm_tree_read(tdm_tree *tree, const char *path, tdm_arena *arena, tdm_text *ret,
                         tdm_error *err)
{
    return tree->methods->read(tree, path, arena, ret, err);
}

bool tdm_tree_is_concurrent(const tdm_tree *tree)
{
    return tree->methods->concurrent;
}

bool tdm_tree_exists(tdm_tree *tree, const char *path, tdm_entry_kind *ret)
{
    tdm_entry_kind ignored;
    return tree->methods->exists(tree, path, ret ? ret : &ignored);
}

void tdm_tree_free(tdm_tree *tree)
{
    if (tree)
        tree->methods->free(tree);
}

static tdm_place in_file(const char *path)
{
    return (tdm_place){.file = path};
}

static tdm_status fail_system(tdm_error *err, const char *what, const char *path)
{
    return tdm_fail(err, TDM_ERROR_FILE, in_file(path), "cannot %s '%s': %s", what,
                    path[0] ? path : ".", strerror(errno));
}

// A link may not lead out of the root: the real path of what was opened must lie below it.
static bool stays_inside(const folder_tree *tree, int fd)
{
    char link[64];
    char real[PATH_MAX];
    tdm_buffer name = TDM_BUFFER_INIT(sizeof link);
    tdm_buffer_putf(&name, "/proc/self/fd/%d", fd);
    ssize_t size = name.failed ? -1 : readlink(name.data, real, sizeof real);
    tdm_buffer_free(&name);
    if (size < 0)
        return true; // no /proc: nothing can be asked
    tdm_text path = {real, (size_t)size};
    tdm_text root = {tree->real, tree->real_size};
    return tdm_text_starts(path, root) &&
           (path.size == root.size || root.size == 1 || path.data[root.size] == '/');
}

// The system itself can refuse what leads out of the root; it also refuses an absolute link that
// leads back inside, and may be too old or not allowed to be asked.
static int open_beneath(const folder_tree *tree, const char *path, int flags)
{
    struct open_how how = {.flags = (unsigned)flags, .resolve = RESOLVE_BENEATH};
    return (int)syscall(SYS_openat2, tree->root_fd, path, &how, sizeof how);
}

static int open_inside(const folder_tree *tree, const char *path, int flags)
{
    path = path[0] ? path : ".";
    flags |= O_RDONLY | O_CLOEXEC | O_NONBLOCK;
    int fd = open_beneath(tree, path, flags);
    if (fd >= 0 || errno == ENOENT)
        return fd;
    fd = openat(tree->root_fd, path, flags);
    if (fd >= 0 && !stays_inside(tree, fd)) {
        close(fd);
        errno = EXDEV;
        return -1;
    }
    return fd;
}

static tdm_entry_kind kind_of_mode(mode_t mode)
{
    return S_ISREG(mode) ? TDM_ENTRY_FILE : S_ISDIR(mode) ? TDM_ENTRY_FOLDER : TDM_ENTRY_OTHER;
}

static tdm_entry_kind kind_of_entry(int folder_fd, const struct dirent *entry)
{
    struct stat info;
    if (entry->d_type == DT_REG)
        return TDM_ENTRY_FILE;
    if (entry->d_type == DT_DIR)
        return TDM_ENTRY_FOLDER;
    if (fstatat(folder_fd, entry->d_name, &info, 0) != 0)
        return TDM_ENTRY_OTHER;
    return kind_of_mode(info.st_mode);
}

static int by_name(const void *a, const void *b)
{
    return tdm_text_compare(((const tdm_entry *)a)->name, ((const tdm_entry *)b)->name);
}

static tdm_status folder_list(tdm_tree *base, const char *folder, tdm_arena *arena,
                              tdm_entries *ret, tdm_error *err)
{
    folder_tree *tree = (folder_tree *)base;
    TDM_VECTOR(tdm_entry) found = {0};
    tdm_status status = TDM_FAILED;
    int fd = open_inside(tree, folder, O_DIRECTORY);
    DIR *stream = fd < 0 ? NULL : fdopendir(fd);
    if (!stream) {
        fail_system(err, "read folder", folder);
        if (fd >= 0)
            close(fd);
        return TDM_FAILED;
    }
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(stream);
        if (!entry)
            break;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (found.count == TDM_LIMIT_FOLDER_FILES) {
            tdm_fail(err, TDM_ERROR_LIMIT, in_file(folder), "more than %d entries in folder '%s'",
                     TDM_LIMIT_FOLDER_FILES, folder);
            goto done;
        }
        tdm_entry item = {.name = tdm_arena_text(arena, tdm_text_of(entry->d_name)),
                          .kind = kind_of_entry(fd, entry)};
        if (!tdm_vector_push(arena, &found, item)) {
            tdm_fail_memory(err);
            goto done;
        }
    }
    if (errno) {
        fail_system(err, "read folder", folder);
        goto done;
    }
    if (!tdm_arena_ok(arena)) {
        tdm_fail_memory(err);
        goto done;
    }
    if (found.count)
        qsort(found.items, found.count, sizeof *found.items, by_name);
    *ret = (tdm_entries){found.items, found.count};
    status = TDM_OK;
done:
    closedir(stream);
    return status;
}

static tdm_status folder_read(tdm_tree *base, const char *path, tdm_arena *arena, tdm_text *ret,
                              tdm_error *err)
{
    folder_tree *tree = (folder_tree *)base;
    tdm_status status = TDM_FAILED;
    struct stat info;
    int fd = open_inside(tree, path, 0);
    if (fd < 0 || fstat(fd, &info) != 0) {
        fail_system(err, "read", path);
        goto done;
    }
    if (!S_ISREG(info.st_mode)) {
        tdm_fail(err, TDM_ERROR_FILE, in_file(path), "'%s' is not a regular file", path);
        goto done;
    }
    if (info.st_size > TDM_LIMIT_FILE) {
        tdm_fail(err, TDM_ERROR_LIMIT, in_file(path), "'%s' has %lld bytes, more than the %d read",
                 path, (long long)info.st_size, TDM_LIMIT_FILE);
        goto done;
    }
    size_t size = (size_t)info.st_size;
    char *data = tdm_arena_alloc(arena, size + 1);
    if (!data) {
        tdm_fail_memory(err);
        goto done;
    }
    size_t have = 0;
    while (have < size) {
        ssize_t got = read(fd, data + have, size - have);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            fail_system(err, "read", path);
            goto done;
        }
        if (got == 0)
            break;
        have += (size_t)got;
    }
    data[have] = '\0';
    *ret = (tdm_text){data, have};
    status = TDM_OK;
done:
    if (fd >= 0)
        close(fd);
    return status;
}

static bool folder_exists(tdm_tree *base, const char *path, tdm_entry_kind *ret)
{
    folder_tree *tree = (folder_tree *)base;
    struct stat info;
    if (fstatat(tree->root_fd, path[0] ? path : ".", &info, 0) != 0)
        return false;
    *ret = kind_of_mode(info.st_mode);
    return true;
}

static void folder_free(tdm_tree *base)
{
    folder_tree *tree = (folder_tree *)base;
    if (tree->root_fd >= 0)
        close(tree->root_fd);
    free(tree->root);
    free(tree->real);
    free(tree);
}

static const tdm_tree_methods folder_methods = {
    .list = folder_list,
    .read = folder_read,
    .exists = folder_exists,
    .free = folder_free,
    .concurrent = true, // shares a folder's descriptor, which nothing moves
};

tdm_status tdm_tree_open_folder(const char *root, tdm_tree **ret, tdm_error *err)
{
    folder_tree *tree = calloc(1, sizeof *tree);
    if (!tree)
        return tdm_fail_memory(err);
    tree->tree.methods = &folder_methods;
    tree->root_fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    tree->root = strdup(root);
    tree->real = realpath(root, NULL);
    if (tree->root_fd < 0 || !tree->root || !tree->real) {
        fail_system(err, "open folder", root);
        folder_free(&tree->tree);
        return TDM_FAILED;
    }
    tree->real_size = strlen(tree->real);
    tree->tree.root = tree->root;
    *ret = &tree->tree;
    return TDM_OK;
}

// Appends the parts of `path` to `joined`; false when a ".." would leave the root.
static bool append_parts(tdm_buffer *joined, tdm_text path)
{
    while (path.size) {
        size_t end = tdm_text_find_char(path, '/');
        tdm_text part = tdm_text_slice(path, 0, end);
        path = end == SIZE_MAX ? (tdm_text){NULL, 0} : tdm_text_from(path, end + 1);
        if (part.size == 0 || tdm_text_is(part, "."))
            continue;
        if (tdm_text_is(part, "..")) {
            if (joined->size == 0)
                return false;
            tdm_text parent = tdm_path_folder(tdm_buffer_text(joined));
            joined->size = parent.size;
            joined->data[joined->size] = '\0';
            continue;
        }
        if (joined->size)
            tdm_buffer_putc(joined, '/');
        tdm_buffer_put(joined, part);
    }
    return !joined->failed;
}

char *tdm_path_join(tdm_arena *arena, const char *folder, const char *path)
{
    tdm_buffer joined = TDM_BUFFER_INIT(PATH_MAX);
    char *result = NULL;
    if (append_parts(&joined, tdm_text_of(folder)) && append_parts(&joined, tdm_text_of(path)))
        result = tdm_arena_string(arena, tdm_buffer_text(&joined));
    tdm_buffer_free(&joined);
    return result;
}

tdm_text tdm_path_base(tdm_text path)
{
    for (size_t i = path.size; i > 0; i--)
        if (path.data[i - 1] == '/')
            return tdm_text_from(path, i);
    return path;
}

tdm_text tdm_path_folder(tdm_text path)
{
    for (size_t i = path.size; i > 0; i--)
        if (path.data[i - 1] == '/')
            return tdm_text_slice(path, 0, i - 1);
    return tdm_text_slice(path, 0, 0);
}
