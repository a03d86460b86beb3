#include "project/run_alembic.h"

#include "project/state.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/process.h"
#include "base/text.h"
#include "base/vector.h"

enum {
    PATIENCE_MS = 60000,
    COMPLAINT_SHOWN = 1200, // bytes of the end of stderr in an error
};

// --- The words of the command -------------------------------------------------------------------

static bool begins_escape(tdm_text command, size_t at, char quote)
{
    if (command.data[at] != '\\' || quote == '\'' || at + 1 == command.size)
        return false;
    char next = command.data[at + 1];
    return quote == 0 || next == '"' || next == '\\';
}

// One word from `*at` on; false when a quote stays open.
static bool read_word(tdm_text command, size_t *at, tdm_buffer *word)
{
    char quote = 0;
    for (; *at < command.size && (quote || !tdm_is_space(command.data[*at])); (*at)++) {
        char c = command.data[*at];
        if (begins_escape(command, *at, quote))
            tdm_buffer_putc(word, command.data[++*at]);
        else if (quote ? c == quote : c == '\'' || c == '"')
            quote = quote ? 0 : c;
        else
            tdm_buffer_putc(word, c);
    }
    return quote == 0;
}

tdm_status tdm_command_words_read(tdm_arena *arena, tdm_text command, tdm_place place,
                                  tdm_command_words *ret, tdm_error *err)
{
    *ret = (tdm_command_words){0};
    for (size_t at = 0;;) {
        while (at < command.size && tdm_is_space(command.data[at]))
            at++;
        if (at == command.size)
            break;
        tdm_buffer word = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
        bool closed = read_word(command, &at, &word);
        const char *copy = tdm_arena_string(arena, tdm_buffer_take(&word, arena));
        if (!closed)
            return tdm_fail(err, TDM_ERROR_CONFIG, place,
                            "a quote of alembic.command is not closed");
        if (!copy || !tdm_vector_push(arena, ret, copy))
            return tdm_fail_memory(err);
    }
    if (ret->count == 0)
        return tdm_fail(err, TDM_ERROR_CONFIG, place, "alembic.command is empty");
    if (!tdm_vector_push(arena, ret, NULL))
        return tdm_fail_memory(err);
    ret->count--;
    return TDM_OK;
}

// --- Secrets ------------------------------------------------------------------------------------

static size_t find_last(tdm_text text, char c)
{
    for (size_t i = text.size; i > 0; i--)
        if (text.data[i - 1] == c)
            return i - 1;
    return SIZE_MAX;
}

// "scheme://user:password@host", with whatever stands before it: up to the last @, since a password
// may hold one that is not escaped.
static void put_word(tdm_buffer *out, tdm_text word)
{
    size_t scheme = tdm_text_find(word, TDM_TEXT("://"));
    size_t user = scheme == SIZE_MAX ? word.size : scheme + 3;
    size_t colon = tdm_text_find_char(tdm_text_from(word, user), ':');
    size_t at = find_last(word, '@');
    if (colon == SIZE_MAX || at == SIZE_MAX || at < user + colon) {
        tdm_buffer_put(out, word);
        return;
    }
    tdm_buffer_put(out, tdm_text_slice(word, 0, user + colon + 1));
    tdm_buffer_puts(out, "***");
    tdm_buffer_put(out, tdm_text_from(word, at));
}

static void put_urls_masked(tdm_buffer *out, tdm_text text)
{
    for (size_t at = 0; at < text.size;) {
        size_t end = at;
        while (end < text.size && !tdm_is_space(text.data[end]))
            end++;
        put_word(out, tdm_text_slice(text, at, end));
        if (end < text.size)
            tdm_buffer_putc(out, text.data[end]);
        at = end + 1;
    }
}

// Where the value of "password=" (in any case, also PGPASSWORD) that begins at `at` ends.
static size_t end_of_value(tdm_text text, size_t at)
{
    char quote =
        at < text.size && (text.data[at] == '\'' || text.data[at] == '"') ? text.data[at] : 0;
    size_t end = quote ? at + 1 : at;
    while (end < text.size && text.data[end] != '\n') {
        char c = text.data[end];
        if (quote ? c == quote : tdm_is_space(c) || c == '&' || c == '\'' || c == '"')
            return quote ? end + 1 : end;
        end++;
    }
    return end;
}

static void put_values_masked(tdm_buffer *out, tdm_text text)
{
    static const char name[] = "password=";
    const size_t size = sizeof name - 1;
    for (size_t at = 0; at < text.size;) {
        if (!tdm_text_equal_nocase(tdm_text_slice(text, at, at + size), tdm_text_of(name))) {
            tdm_buffer_putc(out, text.data[at++]);
            continue;
        }
        tdm_buffer_put(out, tdm_text_slice(text, at, at + size));
        tdm_buffer_puts(out, "***");
        at = end_of_value(text, at + size);
    }
}

tdm_text tdm_mask_passwords(tdm_arena *arena, tdm_text text)
{
    tdm_buffer urls = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    tdm_buffer all = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    put_urls_masked(&urls, text);
    put_values_masked(&all, tdm_buffer_text(&urls));
    tdm_buffer_free(&urls);
    return tdm_buffer_take(&all, arena);
}

// --- Asking -------------------------------------------------------------------------------------

static const tdm_setting *command_of(const tdm_project *project)
{
    return &project->settings.values[TDM_SETTING_ALEMBIC_COMMAND];
}

static const char *configuration_of(const tdm_project *project)
{
    return project->alembic.ini ? project->alembic.ini : project->alembic.toml;
}

tdm_status tdm_run_alembic_check(const tdm_project *project, tdm_error *err)
{
    const tdm_setting *command = command_of(project);
    tdm_command_words words;
    if (command->count == 0) {
        tdm_fail(err, TDM_ERROR_CONFIG, TDM_NOWHERE,
                 "--run-alembic runs what alembic.command says, which is not set");
        return tdm_hint(err, "Say how the project's own Alembic is started in tandem.toml: "
                             "[alembic] command = \"alembic\"");
    }
    if (project->repository)
        return tdm_fail(err, TDM_ERROR_CONFIG, TDM_NOWHERE,
                        "the project's own Alembic can read the work tree alone");
    if (!configuration_of(project))
        return tdm_fail(err, TDM_ERROR_CONFIG, TDM_NOWHERE,
                        "there is no alembic.ini in whose folder Alembic could be run");
    return tdm_command_words_read(project->arena, command->items[0], command->place, &words, err);
}

static tdm_status fail_run(tdm_arena *arena, const tdm_process_result *result, tdm_text line,
                           tdm_place place, tdm_error *err)
{
    tdm_text tail = tdm_text_trim(tdm_mask_passwords(arena, result->complaint));
    if (tail.size > COMPLAINT_SHOWN) {
        tail = tdm_text_from(tail, tail.size - COMPLAINT_SHOWN);
        size_t end = tdm_text_find_char(tail, '\n');
        tail = tdm_text_from(tail, end == SIZE_MAX ? 0 : end + 1);
    }
    switch (result->end) {
    case TDM_PROCESS_TOO_LATE:
        return tdm_fail(err, TDM_ERROR_LIMIT, place, "`%.*s` was stopped after %d seconds",
                        TDM_TEXT_ARG(line), PATIENCE_MS / 1000);
    case TDM_PROCESS_TOO_MUCH:
        return tdm_fail(err, TDM_ERROR_LIMIT, place, "`%.*s` prints more than %d MiB",
                        TDM_TEXT_ARG(line), TDM_LIMIT_ASKED >> 20);
    case TDM_PROCESS_EXITED:
    case TDM_PROCESS_SIGNAL:
        break;
    }
    return tdm_fail(err, TDM_ERROR_PYTHON, place, "`%.*s` failed with %s %d%s%.*s",
                    TDM_TEXT_ARG(line), result->end == TDM_PROCESS_SIGNAL ? "signal" : "exit code",
                    result->code, tail.size ? ":\n" : "", TDM_TEXT_ARG(tail));
}

// The command as it is run, for messages; without secrets, and not without end.
static tdm_text shown(tdm_arena *arena, const tdm_command_words *words)
{
    tdm_buffer line = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    for (size_t i = 0; i < words->count; i++) {
        tdm_buffer_puts(&line, i ? " " : "");
        tdm_buffer_puts(&line, words->items[i]);
    }
    tdm_text masked = tdm_mask_passwords(arena, tdm_buffer_text(&line));
    tdm_buffer_free(&line);
    return tdm_text_slice(masked, 0, 300);
}

static bool add_words(tdm_arena *arena, const tdm_alembic_question *question,
                      tdm_command_words *words)
{
    const char *const last[] = {question->downgrade ? "downgrade" : "upgrade",
                                tdm_arena_string(arena, question->range), "--sql", NULL};
    for (size_t i = 0; i < sizeof last / sizeof *last; i++)
        if (!tdm_vector_push(arena, words, last[i]))
            return false;
    words->count--;
    return tdm_arena_ok(arena);
}

tdm_status tdm_run_alembic(void *context, const tdm_alembic_question *question, tdm_arena *arena,
                           tdm_text *ret, tdm_error *err)
{
    const tdm_project *project = context;
    const tdm_setting *command = command_of(project);
    tdm_text folder = tdm_path_folder(tdm_text_of(configuration_of(project)));
    tdm_command_words words;
    tdm_process_result result;
    tdm_error cause = TDM_ERROR_INIT;
    if (tdm_command_words_read(arena, command->items[0], command->place, &words, err) != TDM_OK)
        return TDM_FAILED;
    tdm_text full = tdm_arena_printf(arena, "%s/%.*s", project->tree->root, TDM_TEXT_ARG(folder));
    if (!add_words(arena, question, &words))
        return tdm_fail_memory(err);
    tdm_process process = {
        .words = words.items,
        .folder = full.data,
        .most = TDM_LIMIT_ASKED,
        .milliseconds = PATIENCE_MS,
    };
    if (tdm_process_run(arena, &process, &result, &cause) != TDM_OK)
        return tdm_fail(err, cause.code, command->place, "%s", cause.message);
    if (result.end != TDM_PROCESS_EXITED || result.code != 0)
        return fail_run(arena, &result, shown(arena, &words), question->place, err);
    *ret = result.out;
    return TDM_OK;
}
