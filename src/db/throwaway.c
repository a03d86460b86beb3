#include "db/throwaway.h"

#include "base/error.h"
#include "base/text.h"
#include "base/vector.h"
#include "db/keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <poll.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    // The longest path of a unix socket, less the name that PostgreSQL gives it in its folder.
    SOCKET_FOLDER_MAXIMUM = 107 - (int)sizeof "/.s.PGSQL.65535",
    LOOK_MS = 20,
    START_MS = 60000,
    LOG_SHOWN = 1500, // bytes of the log's end in an error
};

struct tdm_throwaway {
    tdm_arena *arena;
    const char *folder;
    tdm_keeper_plan plan;
    tdm_keeper keeper;
};

// --- Where the programs are ---------------------------------------------------------------------

static bool holds_server(tdm_arena *arena, const char *folder)
{
    tdm_text initdb = tdm_arena_printf(arena, "%s/initdb", folder);
    tdm_text postgres = tdm_arena_printf(arena, "%s/postgres", folder);

    return initdb.data && postgres.data && access(initdb.data, X_OK) == 0 &&
           access(postgres.data, X_OK) == 0;
}

// The same programs are often found twice, through a link.
static void add_place(tdm_arena *arena, tdm_throwaway_places *places, const char *folder)
{
    char *resolved = realpath(tdm_arena_printf(arena, "%s/postgres", folder).data, NULL);

    if (!resolved)
        return;
    size_t slash = strlen(resolved);
    while (slash > 0 && resolved[slash - 1] != '/')
        slash--;
    const char *real = tdm_arena_string(arena, (tdm_text){resolved, slash ? slash - 1 : 0});
    free(resolved);
    if (!real || !holds_server(arena, real))
        return;
    for (size_t i = 0; i < places->count; i++)
        if (strcmp(places->items[i], real) == 0)
            return;
    (void)tdm_vector_push(arena, places, real);
}

// Later versions first: their folders sort behind.
static void add_pattern(tdm_arena *arena, tdm_throwaway_places *places, const char *pattern)
{
    glob_t found = {0};

    if (glob(pattern, 0, NULL, &found) == 0)
        for (size_t i = found.gl_pathc; i-- > 0;)
            add_place(arena, places, found.gl_pathv[i]);
    globfree(&found);
}

static void add_path(tdm_arena *arena, tdm_throwaway_places *places, tdm_text path)
{
    while (path.size) {
        size_t colon = tdm_text_find_char(path, ':');
        tdm_text folder = tdm_text_slice(path, 0, colon == SIZE_MAX ? path.size : colon);
        path = tdm_text_from(path, colon == SIZE_MAX ? path.size : colon + 1);
        const char *name = tdm_arena_string(arena, folder);
        // pg_config stands beside the programs wherever it is not a wrapper.
        if (name && folder.size && folder.data[0] == '/')
            add_place(arena, places, name);
    }
}

tdm_status tdm_throwaway_find(const tdm_throwaway_options *options, tdm_arena *arena,
                              tdm_throwaway_places *ret, tdm_error *err)
{
    // Debian, Fedora, Homebrew on both kinds of Mac, built from source; then the Python packages
    // that bring a server along.
    static const char *const usual[] = {
        "/usr/lib/postgresql/*/bin",
        "/usr/pgsql-*/bin",
        "/opt/homebrew/opt/postgresql@*/bin",
        "/usr/local/opt/postgresql@*/bin",
        "/usr/local/pgsql/bin",
    };
    static const char *const packages[] = {
        "/.venv/lib/python*/site-packages/*pgserver/pginstall*/bin",
        "/venv/lib/python*/site-packages/*pgserver/pginstall*/bin",
        "/build/tools/server/lib/python*/site-packages/*pgserver/pginstall*/bin",
    };

    *ret = (tdm_throwaway_places){0};
    if (options->programs) {
        add_place(arena, ret, options->programs);
        if (ret->count == 0)
            return tdm_fail(err, TDM_ERROR_CONFIG, TDM_NOWHERE,
                            "%s does not hold initdb and postgres", options->programs);
        return TDM_OK;
    }
    add_path(arena, ret, tdm_text_of(options->path));
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
        add_pattern(arena, ret, usual[i]);
    for (size_t i = 0; options->root && i < sizeof packages / sizeof *packages; i++) {
        tdm_text pattern = tdm_arena_printf(arena, "%s%s", options->root, packages[i]);
        if (pattern.size)
            add_pattern(arena, ret, pattern.data);
    }
    if (!tdm_arena_ok(arena))
        return tdm_fail_memory(err);
    if (ret->count)
        return TDM_OK;
    tdm_fail(err, TDM_ERROR_CONFIG, TDM_NOWHERE, "no PostgreSQL server is installed here");
    return tdm_hint(err, "Install one, name its programs with --pg-bin, or give a server to make "
                         "scratch databases on with --db-url.");
}

// --- Starting -----------------------------------------------------------------------------------

// Whether everybody may pass through a folder and those above it.
static bool is_open_to_all(tdm_arena *arena, const char *folder)
{
    struct stat info;
    char *path = tdm_arena_string(arena, tdm_text_of(folder));

    while (path && *path) {
        if (stat(path, &info) != 0 || !(info.st_mode & S_IXOTH))
            return false;
        *strrchr(path, '/') = '\0';
    }
    return path != NULL;
}

static tdm_status make_folder(tdm_throwaway *t, const tdm_throwaway_options *options,
                              tdm_error *err)
{
    const char *parent =
        options->temporary && *options->temporary == '/' ? options->temporary : "/tmp";
    tdm_text folder = tdm_arena_printf(t->arena, "%s/tandem-XXXXXX", parent);
    bool hidden = geteuid() == 0 && !is_open_to_all(t->arena, parent);

    // `nobody`, as whom the server runs for root, must get there, and so must the socket's name.
    if (hidden || folder.size > SOCKET_FOLDER_MAXIMUM)
        folder = tdm_arena_printf(t->arena, "/tmp/tandem-XXXXXX");
    char *name = tdm_arena_string(t->arena, folder);
    if (!name)
        return tdm_fail_memory(err);
    if (!mkdtemp(name))
        return tdm_fail(err, TDM_ERROR_FILE, TDM_NOWHERE, "%s cannot be made: %s", name,
                        strerror(errno));
    t->folder = name;
    return TDM_OK;
}

// initdb and postgres refuse to run as root.
static tdm_status choose_user(tdm_throwaway *t, tdm_error *err)
{
    struct passwd entry;
    struct passwd *found = NULL;
    char names[1024];

    if (geteuid() != 0)
        return TDM_OK;
    if (getpwnam_r("nobody", &entry, names, sizeof names, &found) != 0 || !found)
        return tdm_fail(err, TDM_ERROR_CONFIG, TDM_NOWHERE,
                        "PostgreSQL does not run as root, and there is no user nobody");
    t->plan.drop = true;
    t->plan.user = entry.pw_uid;
    t->plan.group = entry.pw_gid;
    if (chown(t->folder, entry.pw_uid, entry.pw_gid) != 0)
        return tdm_fail(err, TDM_ERROR_FILE, TDM_NOWHERE, "%s cannot be given to nobody: %s",
                        t->folder, strerror(errno));
    return TDM_OK;
}

static const char *in_folder(tdm_throwaway *t, const char *what)
{
    return tdm_arena_printf(t->arena, "%s/%s", t->folder, what).data;
}

static void plan_programs(tdm_throwaway *t, const char *programs)
{
    static const char *const environment[] = {"PATH=/usr/bin:/bin", "LC_ALL=C", "TZ=UTC", NULL};
    const char *data = in_folder(t, "data");
    const char *sockets = tdm_arena_printf(t->arena, "unix_socket_directories=%s", t->folder).data;
    const char *const initdb[] = {
        tdm_arena_printf(t->arena, "%s/initdb", programs).data,
        "-D",
        data,
        "-U",
        "postgres",
        "--auth=trust",
        "--encoding=UTF8",
        "--no-locale",
        "--no-sync",
        "--no-instructions",
        NULL,
    };
    const char *const postgres[] = {
        tdm_arena_printf(t->arena, "%s/postgres", programs).data,
        "-D",
        data,
        "-c",
        sockets,
        "-c",
        "listen_addresses=",
        "-c",
        "fsync=off",
        "-c",
        "synchronous_commit=off",
        "-c",
        "full_page_writes=off",
        "-c",
        "max_connections=20",
        "-c",
        "autovacuum=off",
        "-c",
        "timezone=UTC",
        NULL,
    };
    const char **prepare = tdm_arena_alloc(t->arena, sizeof initdb);
    const char **serve = tdm_arena_alloc(t->arena, sizeof postgres);

    if (prepare)
        memcpy(prepare, initdb, sizeof initdb);
    if (serve)
        memcpy(serve, postgres, sizeof postgres);
    t->plan.folder = t->folder;
    t->plan.log = in_folder(t, "log");
    t->plan.prepare = prepare;
    t->plan.serve = serve;
    t->plan.environment = environment;
}

// The file's first bytes, or nothing.
static tdm_text read_file(tdm_throwaway *t, const char *path, off_t from)
{
    char *text = tdm_arena_alloc(t->arena, LOG_SHOWN);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t size = 0;

    if (fd < 0 || !text)
        return (tdm_text){NULL, 0};
    if (from == 0 || lseek(fd, from, SEEK_END) >= 0 || lseek(fd, 0, SEEK_SET) >= 0)
        size = read(fd, text, LOG_SHOWN);
    (void)close(fd);
    return (tdm_text){text, size > 0 ? (size_t)size : 0};
}

// The postmaster writes its state as the last line of its pid file (pidfile.h).
static bool is_ready(tdm_throwaway *t)
{
    tdm_arena_mark mark = tdm_arena_save(t->arena);
    tdm_text pid_file = read_file(t, in_folder(t, "data/postmaster.pid"), 0);
    bool ready = tdm_text_find(pid_file, TDM_TEXT("\nready")) != SIZE_MAX;

    tdm_arena_restore(t->arena, mark);
    return ready;
}

static tdm_status fail_to_start(tdm_throwaway *t, tdm_keeper_state state, tdm_error *err)
{
    tdm_text log = read_file(t, t->plan.log, -(off_t)LOG_SHOWN);
    const char *program = state == TDM_KEEPER_NOT_PREPARED ? t->plan.prepare[0] : t->plan.serve[0];

    if (log.size == 0)
        return tdm_fail(err, TDM_ERROR_CONNECT, TDM_NOWHERE, "%s cannot be run%s", program,
                        t->plan.drop ? " by the user nobody" : "");
    return tdm_fail(err, TDM_ERROR_CONNECT, TDM_NOWHERE, "%s failed:\n%.*s", program,
                    TDM_TEXT_ARG(tdm_text_trim(log)));
}

static tdm_status wait_until_ready(tdm_throwaway *t, tdm_error *err)
{
    for (int waited = 0; waited < START_MS; waited += LOOK_MS) {
        tdm_keeper_state state = tdm_keeper_look(&t->keeper);
        if (state != TDM_KEEPER_WORKS)
            return fail_to_start(t, state, err);
        if (is_ready(t))
            return TDM_OK;
        (void)poll(NULL, 0, LOOK_MS);
    }
    return fail_to_start(t, TDM_KEEPER_NOT_SERVING, err);
}

tdm_status tdm_throwaway_start(const tdm_throwaway_options *options, const char *programs,
                               tdm_throwaway **ret, tdm_error *err)
{
    tdm_arena *arena = tdm_arena_new(0);
    tdm_throwaway *t = arena ? tdm_arena_new_of(arena, tdm_throwaway) : NULL;
    tdm_status status = TDM_FAILED;

    if (!t) {
        tdm_arena_free(arena);
        return tdm_fail_memory(err);
    }
    t->arena = arena;
    if (make_folder(t, options, err) == TDM_OK && choose_user(t, err) == TDM_OK) {
        plan_programs(t, programs);
        status = tdm_arena_ok(arena) ? tdm_keeper_start(&t->plan, &t->keeper, err)
                                     : tdm_fail_memory(err);
    }
    if (status != TDM_OK) {
        if (t->folder)
            (void)rmdir(t->folder);
        tdm_arena_free(arena);
        return TDM_FAILED;
    }
    if (wait_until_ready(t, err) != TDM_OK) {
        tdm_throwaway_stop(t);
        return TDM_FAILED;
    }
    *ret = t;
    return TDM_OK;
}

const char *tdm_throwaway_url(const tdm_throwaway *throwaway, tdm_arena *arena,
                              const char *database)
{
    return tdm_arena_printf(arena, "host='%s' port=5432 user=postgres dbname='%s'",
                            throwaway->folder, database)
        .data;
}

void tdm_throwaway_stop(tdm_throwaway *throwaway)
{
    if (!throwaway)
        return;
    tdm_keeper_end(&throwaway->keeper);
    tdm_arena_free(throwaway->arena);
}
