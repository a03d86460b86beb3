#include "db/late.h"

#include "base/error.h"

#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

typedef struct row {
    const char *name;
    size_t offset; // in the table
} row;

#define LIBPQ_ROW(name) {#name, offsetof(tdm_libpq, name)},
#define LIBCURL_ROW(name) {#name, offsetof(tdm_libcurl, name)},

static const row libpq_rows[] = {TDM_LIBPQ_FUNCTIONS(LIBPQ_ROW)};
static const row libcurl_rows[] = {TDM_LIBCURL_FUNCTIONS(LIBCURL_ROW)};

typedef struct library {
    const char *file; // with the version of the interface that the headers describe
    const char *package;
    const row *rows;
    size_t count;
} library;

static const library libpq = {"libpq.so.5", "libpq5", libpq_rows,
                              sizeof libpq_rows / sizeof *libpq_rows};
static const library libcurl = {"libcurl.so.4", "libcurl4", libcurl_rows,
                                sizeof libcurl_rows / sizeof *libcurl_rows};

static tdm_status fail_load(const library *from, tdm_error *err)
{
    const char *why = dlerror();
    tdm_fail(err, TDM_ERROR_CONNECT, TDM_NOWHERE,
             "%s, which connecting needs, cannot be loaded: %s", from->file,
             why ? why : "no reason is given");
    return tdm_hint(err, "It is in the package that Debian calls %s.", from->package);
}

// A pointer to a function is copied as bytes: C has no conversion from one to data (POSIX has).
static tdm_status load(const library *from, void *table, tdm_error *err)
{
    void *handle = dlopen(from->file, RTLD_NOW | RTLD_LOCAL);
    if (!handle)
        return fail_load(from, err);
    for (size_t i = 0; i < from->count; i++) {
        void *function = dlsym(handle, from->rows[i].name);
        if (!function)
            return fail_load(from, err);
        memcpy((char *)table + from->rows[i].offset, &function, sizeof function);
    }
    return TDM_OK;
}

tdm_status tdm_libpq_load(tdm_libpq *ret, tdm_error *err)
{
    return load(&libpq, ret, err);
}

tdm_status tdm_libcurl_load(tdm_libcurl *ret, tdm_error *err)
{
    return load(&libcurl, ret, err);
}
