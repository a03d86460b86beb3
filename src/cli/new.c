#include <tandem/new.h>

#include "base/error.h"
#include "base/limits.h"
#include "cli/command.h"
#include "cli/signals.h"
#include "report/safe.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

typedef struct new_values {
    const char *message;
    const char *id;
    const char *sql;
    bool to_stdout;
} new_values;

// --- The time -----------------------------------------------------------------------------------

// A name that the C library does not know would silently be UTC.
static tdm_status choose_timezone(tdm_cli *cli, tdm_error *err)
{
    tdm_text name = tdm_new_timezone(cli->project);
    char path[256];
    if (name.size == 0)
        return TDM_OK;
    int length = snprintf(path, sizeof path, "/usr/share/zoneinfo/%.*s", TDM_TEXT_ARG(name));
    bool known = length > 0 && (size_t)length < sizeof path && !strstr(path, "..") &&
                 access(path, R_OK) == 0;
    if (!known && !tdm_text_equal_nocase(name, TDM_TEXT("UTC")))
        return tdm_fail(err, TDM_ERROR_CONFIG, TDM_NOWHERE,
                        "the timezone '%.*s' of the Alembic configuration is not known here",
                        TDM_TEXT_ARG(name));
    const char *zone = known ? path + sizeof "/usr/share/zoneinfo" : "UTC";
    if (setenv("TZ", zone, 1) != 0)
        return tdm_fail_memory(err);
    tzset();
    return TDM_OK;
}

static tdm_status look_at_clock(tdm_cli *cli, tdm_new_time *ret, tdm_error *err)
{
    struct timespec now;
    struct tm wall;
    if (choose_timezone(cli, err) != TDM_OK)
        return TDM_FAILED;
    if (clock_gettime(CLOCK_REALTIME, &now) != 0 || !localtime_r(&now.tv_sec, &wall))
        return tdm_fail(err, TDM_ERROR_BUG, TDM_NOWHERE, "the time cannot be known: %s",
                        strerror(errno));
    *ret = (tdm_new_time){now.tv_sec, (uint32_t)(now.tv_nsec / 1000), (int32_t)wall.tm_gmtoff};
    return TDM_OK;
}

// --- The SQL ------------------------------------------------------------------------------------

// From a file, or "-" for stdin; relative to the current folder, also with -C.
static tdm_status read_sql(tdm_cli *cli, const char *path, tdm_text *ret, tdm_error *err)
{
    bool standard = strcmp(path, "-") == 0;
    FILE *file = standard ? stdin : fopen(path, "rbe");
    tdm_buffer text = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    char piece[4096];
    if (!file)
        return tdm_fail(err, TDM_ERROR_FILE, TDM_NOWHERE, "cannot read '%s': %s", path,
                        strerror(errno));
    for (size_t got; (got = fread(piece, 1, sizeof piece, file)) > 0;)
        tdm_buffer_put(&text, (tdm_text){piece, got});
    bool failed = ferror(file);
    if (!standard)
        fclose(file);
    tdm_status status = tdm_buffer_check(&text, err);
    if (failed)
        status = tdm_fail(err, TDM_ERROR_FILE, TDM_NOWHERE, "cannot read '%s'", path);
    if (status == TDM_OK)
        *ret = tdm_buffer_take(&text, cli->arena);
    tdm_buffer_free(&text);
    return status == TDM_OK && !tdm_arena_ok(cli->arena) ? tdm_fail_memory(err) : status;
}

// --- Saying it ----------------------------------------------------------------------------------

static void put_text(tdm_buffer *out, const tdm_conversion *made, bool written)
{
    for (size_t i = 0; i < made->count; i++) {
        tdm_buffer_puts(out, written ? "wrote " : "--- ");
        tdm_put_safe(out, tdm_text_of(made->files[i].path));
        tdm_buffer_putc(out, '\n');
        if (!written)
            tdm_buffer_put(out, made->files[i].text);
    }
    if (made->lock) {
        tdm_buffer_puts(out, "wrote ");
        tdm_put_safe(out, tdm_text_of(made->lock));
        tdm_buffer_putc(out, '\n');
    }
}

static void put_json(tdm_buffer *out, const tdm_conversion *made, tdm_text warning, bool written)
{
    tdm_json json = TDM_JSON_INIT(out);
    tdm_json_envelope(&json, "new", (tdm_text){0}, written ? "written" : "ok");
    tdm_json_key(&json, "items");
    tdm_json_begin_array(&json);
    for (size_t i = 0; i < made->count; i++) {
        tdm_json_begin_object(&json);
        tdm_json_pair_text(&json, "revision", made->files[i].revision);
        tdm_json_pair_text(&json, "version", made->files[i].version);
        tdm_json_pair_string(&json, "file", made->files[i].path);
        tdm_json_pair_text(&json, "text", made->files[i].text);
        tdm_json_end_object(&json);
    }
    tdm_json_end_array(&json);
    tdm_json_pair_known(&json, "lock", tdm_text_of(made->lock));
    tdm_json_pair_known(&json, "warning", warning);
    tdm_json_end_object(&json);
    tdm_buffer_putc(out, '\n');
}

static tdm_status run(tdm_cli *cli, tdm_error *err)
{
    const new_values *values = cli->values;
    tdm_conversion made = {0};
    tdm_text warning = {0};
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_OUTPUT);
    tdm_new_options options = {
        .message = values->message, .id = values->id, .sql_path = values->sql};
    if (!values->message)
        return tdm_fail(err, TDM_ERROR_USAGE, TDM_NOWHERE, "tandem new needs -m MESSAGE");
    if (look_at_clock(cli, &options.time, err) != TDM_OK ||
        (values->sql && read_sql(cli, values->sql, &options.sql, err) != TDM_OK) ||
        tdm_new(cli->project, &options, &made, &warning, err) != TDM_OK)
        return TDM_FAILED;
    if (!values->to_stdout) {
        tdm_signals_hold();
        tdm_status status = tdm_convert_write(cli->project, &made, err);
        tdm_signals_let_go();
        if (status != TDM_OK)
            return TDM_FAILED;
    }
    if (warning.size)
        tdm_cli_note(cli, warning);
    if (cli->globals.format == TDM_FORMAT_JSON)
        put_json(&out, &made, warning, !values->to_stdout);
    else
        put_text(&out, &made, !values->to_stdout);
    return tdm_cli_write(cli, &out, err);
}

static const tdm_option options[] = {
    {.kind = TDM_OPTION_VALUE,
     .name = "message",
     .letter = 'm',
     .argument = "TEXT",
     .offset = offsetof(new_values, message),
     .help = "what changes: the title of the revision, and the name of both files"},
    {.kind = TDM_OPTION_VALUE,
     .name = "sql",
     .argument = "FILE",
     .offset = offsetof(new_values, sql),
     .help = "what both sides do; - is stdin"},
    {.kind = TDM_OPTION_VALUE,
     .name = "rev-id",
     .argument = "ID",
     .offset = offsetof(new_values, id),
     .help = "the id of the revision, in place of one in the style of the chain"},
    {.kind = TDM_OPTION_SWITCH,
     .name = "stdout",
     .offset = offsetof(new_values, to_stdout),
     .help = "print both files and write none"},
};

static const tdm_example examples[] = {
    {"tandem new -m \"add user preferences table\"", "an empty revision and its migration"},
    {"tandem new -m \"add user preferences table\" --sql change.sql", "both filled with SQL"},
};

const tdm_command tdm_command_new = {
    .name = "new",
    .group = TDM_GROUP_COMPARE,
    .summary = "make a revision and its migration at once",
    .arguments = "",
    .flags = TDM_NEEDS_PROJECT,
    .formats = TDM_FORMAT_BIT(TDM_FORMAT_TEXT) | TDM_FORMAT_BIT(TDM_FORMAT_JSON),
    .options = options,
    .option_count = TDM_COUNT_OF(options),
    .values_size = sizeof(new_values),
    .examples = examples,
    .example_count = TDM_COUNT_OF(examples),
    .details =
        "The revision is made from the project's own script.py.mako and file_template and follows "
        "the head; with several heads nothing is made. The migration gets a version later than "
        "every one that is there, and names the revision in its header. Nothing is overwritten; "
        "both files are written or none. Where the project keeps a tandem.lock, the pair stands in "
        "it "
        "as a draft, which `tandem lock` freezes.\n\n"
        "With --sql every statement of the file becomes an op.execute of the revision and a "
        "statement of the migration, without the comments between them. downgrade() then raises "
        "NotImplementedError: the way back of SQL cannot be derived.\n\n"
        "A message that says nothing (\"update\", \"fix\") draws a note with the reason.",
    .run = run,
};
