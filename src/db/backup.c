// pg_dump for a session: what it connects to is what the session is connected to.
#include <tandem/backup.h>

#include "base/error.h"
#include "base/process.h"
#include "base/text.h"
#include "base/vector.h"
#include "db/libpq.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    VERSION_SECONDS = 30,
    DUMP_SECONDS = 24 * 3600,
    SECOND = 1000,
    OUTPUT_MAXIMUM = 64 << 10, // pg_dump writes to its file
    MAJOR = 10000,
    WORDS_MAXIMUM = 32,
    ENV_NO_PROGRAM = 126, // and 127 (POSIX, env): what it was to run is not there, or no program
};

typedef struct backup {
    tdm_session *session;
    const tdm_backup_options *options;
    tdm_arena *arena;
    const char *program;
    const char *passfile; // NULL: none is needed
    const char *temporary;
    tdm_error *err;
} backup;

// Without the secrets of our own environment: whoever may look at the program may look at its.
// What is left out is for our own target, or for the API.
static const char *const without[] = {
    "env",
    "-u",
    "PGPASSWORD",
    "-u",
    "DATABASE_URL",
    "-u",
    "SUPABASE_DB_URL",
    "-u",
    "SUPABASE_DB_PASSWORD",
    "-u",
    "SUPABASE_ACCESS_TOKEN",
};

static tdm_status run_program(backup *b, const char *const *words, unsigned seconds,
                              tdm_process_result *ret)
{
    const char *all[WORDS_MAXIMUM] = {0};
    size_t count = sizeof without / sizeof *without;
    memcpy(all, without, sizeof without);
    for (size_t i = 0; words[i] && count + 1 < WORDS_MAXIMUM; i++)
        all[count++] = words[i];
    tdm_process process = {
        .words = all, .folder = ".", .most = OUTPUT_MAXIMUM, .milliseconds = seconds * SECOND};
    tdm_status status = tdm_process_run(b->arena, &process, ret, b->err);
    if (status == TDM_OK && (ret->end != TDM_PROCESS_EXITED || ret->code < ENV_NO_PROGRAM))
        return TDM_OK;
    tdm_fail(b->err, TDM_ERROR_CONFIG, TDM_NOWHERE, "%s cannot be run", b->program);
    return tdm_hint(b->err, "Install PostgreSQL's client programs, or say where they are with "
                            "--pg-bin DIR.");
}

// --- Whether it can dump this server -------------------------------------------------------------

// "pg_dump (PostgreSQL) 15.8 (Debian ...)": 15.
static uint64_t major_of(tdm_text printed)
{
    size_t at = tdm_text_find(printed, TDM_TEXT(") "));
    uint64_t major = 0;
    for (at = at == SIZE_MAX ? printed.size : at + 2;
         at < printed.size && tdm_is_digit(printed.data[at]); at++)
        major = major * 10 + (uint64_t)(printed.data[at] - '0');
    return major;
}

static tdm_status check_version(backup *b)
{
    const char *const words[] = {b->program, "--version", NULL};
    tdm_process_result printed;
    tdm_db_result rows;
    uint64_t server = 0;
    if (run_program(b, words, VERSION_SECONDS, &printed) != TDM_OK ||
        tdm_session_query(b->session,
                          TDM_TEXT("SELECT pg_catalog.current_setting('server_version_num'), "
                                   "pg_catalog.current_setting('server_version')"),
                          b->arena, &rows, b->err) != TDM_OK)
        return TDM_FAILED;
    uint64_t program = major_of(printed.out);
    if (printed.end != TDM_PROCESS_EXITED || printed.code != 0 || program == 0)
        return tdm_fail(b->err, TDM_ERROR_CONFIG, TDM_NOWHERE,
                        "%s does not say which version it is", b->program);
    if (!tdm_text_to_u64(tdm_db_at(&rows, 0, 0)->text, &server) || program >= server / MAJOR)
        return TDM_OK;
    tdm_text name = tdm_text_trim(printed.out);
    tdm_fail(b->err, TDM_ERROR_TARGET, TDM_NOWHERE,
             "%s is %.*s, which cannot dump a server of version %.*s", b->program,
             TDM_TEXT_ARG(name), TDM_TEXT_ARG(tdm_db_at(&rows, 0, 1)->text));
    return tdm_hint(b->err, "Nothing was done. Say where a newer one is with --pg-bin DIR.");
}

// --- How it connects -----------------------------------------------------------------------------

static void put_pair(tdm_buffer *out, const char *keyword, const char *value)
{
    tdm_buffer_putf(out, "%s%s='", out->size ? " " : "", keyword);
    for (const char *c = value; *c; c++) {
        if (*c == '\'' || *c == '\\')
            tdm_buffer_putc(out, '\\');
        tdm_buffer_putc(out, *c);
    }
    tdm_buffer_putc(out, '\'');
}

static void put_escaped(tdm_buffer *out, const char *value)
{
    for (const char *c = value; *c; c++) {
        if (*c == ':' || *c == '\\')
            tdm_buffer_putc(out, '\\');
        tdm_buffer_putc(out, *c);
    }
}

// A password file of its own, with the password for whatever host the session has.
static tdm_status write_passfile(backup *b, const char *password)
{
    char *path = tdm_arena_printf(b->arena, "%s.pass-XXXXXX", b->options->file).data
                     ? tdm_arena_string(
                           b->arena, tdm_arena_printf(b->arena, "%s.pass-XXXXXX", b->options->file))
                     : NULL;
    tdm_buffer line = TDM_BUFFER_INIT(OUTPUT_MAXIMUM);
    if (!path)
        return tdm_fail_memory(b->err);
    int file = mkstemp(path); // mode 0600
    if (file < 0)
        return tdm_fail(b->err, TDM_ERROR_FILE, TDM_NOWHERE, "%s cannot be written: %s",
                        b->options->file, strerror(errno));
    b->passfile = path;
    tdm_buffer_puts(&line, "*:*:*:*:");
    put_escaped(&line, password);
    tdm_buffer_putc(&line, '\n');
    bool written = !line.failed && write(file, line.data, line.size) == (ssize_t)line.size;
    written = close(file) == 0 && written;
    if (line.data)
        explicit_bzero(line.data, line.size);
    tdm_buffer_free(&line);
    return written ? TDM_OK
                   : tdm_fail(b->err, TDM_ERROR_FILE, TDM_NOWHERE, "%s cannot be written", path);
}

// A connection string without secrets.
static tdm_status connection_of(backup *b, const char **ret)
{
    static const char *const secrets[] = {"password", "sslpassword", "passfile"};
    tdm_target_parts parts;
    tdm_buffer out = TDM_BUFFER_INIT(OUTPUT_MAXIMUM);
    if (tdm_libpq_parts(b->session, b->arena, &parts, b->err) != TDM_OK)
        return TDM_FAILED;
    const char *password = tdm_target_get(&parts, "password");
    if (password && write_passfile(b, password) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < parts.count; i++) {
        bool secret = false;
        for (size_t k = 0; k < sizeof secrets / sizeof *secrets; k++)
            secret = secret || strcmp(parts.items[i].keyword, secrets[k]) == 0;
        if (!secret)
            put_pair(&out, parts.items[i].keyword, parts.items[i].value);
    }
    if (b->passfile)
        put_pair(&out, "passfile", b->passfile);
    tdm_target_wipe(&parts);
    *ret = tdm_buffer_take(&out, b->arena).data;
    return *ret ? TDM_OK : tdm_fail_memory(b->err);
}

// --- Dumping -------------------------------------------------------------------------------------

static tdm_status dump(backup *b, const char *connection)
{
    bool custom = tdm_text_ends(tdm_text_of(b->options->file), TDM_TEXT(".dump"));
    tdm_text to = tdm_arena_printf(b->arena, "--file=%s", b->temporary);
    tdm_text from = tdm_arena_printf(b->arena, "--dbname=%s", connection);
    tdm_process_result result;
    const char *const words[] = {
        b->program, "--no-password", custom ? "--format=custom" : "--format=plain",
        to.data,    from.data,       b->session->identity.become.size ? "--role=postgres" : NULL,
        NULL};
    if (!tdm_arena_ok(b->arena))
        return tdm_fail_memory(b->err);
    if (run_program(b, words, DUMP_SECONDS, &result) != TDM_OK)
        return TDM_FAILED;
    if (result.end == TDM_PROCESS_EXITED && result.code == 0)
        return TDM_OK;
    tdm_fail(b->err, TDM_ERROR_CONNECT, TDM_NOWHERE, "pg_dump failed, and there is no backup: %.*s",
             TDM_TEXT_ARG(result.complaint));
    return tdm_hint(b->err, "Nothing was changed in the target.");
}

static bool sync_file(const char *path)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    bool synced = file >= 0 && fsync(file) == 0;
    return file >= 0 && close(file) == 0 && synced;
}

static tdm_status make_temporary(backup *b)
{
    char *path = tdm_arena_string(b->arena,
                                  tdm_arena_printf(b->arena, "%s.tandem-XXXXXX", b->options->file));
    if (!path)
        return tdm_fail_memory(b->err);
    int file = mkstemp(path); // mode 0600, which pg_dump leaves as it is
    if (file < 0)
        return tdm_fail(b->err, TDM_ERROR_FILE, TDM_NOWHERE, "%s cannot be written: %s",
                        b->options->file, strerror(errno));
    (void)close(file);
    b->temporary = path;
    return TDM_OK;
}

// A link, because it never takes the place of a file that is there.
static tdm_status put_in_place(backup *b)
{
    if (sync_file(b->temporary) && link(b->temporary, b->options->file) == 0)
        return TDM_OK;
    return tdm_fail(b->err, errno == EEXIST ? TDM_ERROR_EXISTS : TDM_ERROR_FILE, TDM_NOWHERE,
                    "%s cannot be written: %s", b->options->file, strerror(errno));
}

static tdm_status back_up(backup *b)
{
    const char *connection;
    if (access(b->options->file, F_OK) == 0)
        return tdm_fail(b->err, TDM_ERROR_EXISTS, TDM_NOWHERE, "%s is there already",
                        b->options->file);
    b->program = b->options->programs
                     ? tdm_arena_printf(b->arena, "%s/pg_dump", b->options->programs).data
                     : "pg_dump";
    if (!b->program)
        return tdm_fail_memory(b->err);
    if (check_version(b) != TDM_OK || connection_of(b, &connection) != TDM_OK ||
        make_temporary(b) != TDM_OK || dump(b, connection) != TDM_OK)
        return TDM_FAILED;
    return put_in_place(b);
}

tdm_status tdm_backup(tdm_session *session, const tdm_backup_options *options, tdm_error *err)
{
    if (!tdm_session_holds(session)) {
        tdm_fail(err, TDM_ERROR_TARGET, TDM_NOWHERE,
                 "a backup needs a database connection, and this target is reached over HTTPS");
        return tdm_hint(err, "Use --via libpq, or the backups of the project's dashboard.");
    }
    tdm_arena *arena = tdm_arena_new(0);
    if (!arena)
        return tdm_fail_memory(err);
    backup b = {.session = session, .options = options, .arena = arena, .err = err};
    tdm_status status = back_up(&b);
    if (b.passfile)
        (void)unlink(b.passfile);
    if (b.temporary)
        (void)unlink(b.temporary);
    tdm_arena_free(arena);
    return status;
}
