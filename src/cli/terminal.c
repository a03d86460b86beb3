#include "cli/terminal.h"

#include "base/error.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

enum {
    DEFAULT_WIDTH = 80,
    LARGEST_WIDTH = 1000,
};

const char *tdm_cli_getenv(const tdm_cli_environment *environment, const char *name)
{
    return environment->get(environment->context, name);
}

tdm_streams tdm_streams_look(void)
{
    tdm_streams streams = {isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1,
                           isatty(STDERR_FILENO) == 1, 0};
    struct winsize size;
    int fd = streams.out_terminal ? STDOUT_FILENO : STDERR_FILENO;
    if ((streams.out_terminal || streams.err_terminal) && ioctl(fd, TIOCGWINSZ, &size) == 0)
        streams.width = size.ws_col;
    return streams;
}

static bool set(const tdm_cli_environment *environment, const char *name)
{
    const char *value = tdm_cli_getenv(environment, name);
    return value && value[0];
}

// Set, and to something that does not say no.
static bool set_and_on(const tdm_cli_environment *environment, const char *name)
{
    tdm_text value = tdm_text_of(tdm_cli_getenv(environment, name));
    return value.size && !tdm_text_is(value, "0") && !tdm_text_is(value, "false");
}

static bool dumb(const tdm_cli_environment *environment)
{
    const char *term = tdm_cli_getenv(environment, "TERM");
    return !term || tdm_text_is(tdm_text_of(term), "dumb");
}

static bool decide_color(const tdm_cli_environment *environment, tdm_color_choice color,
                         bool terminal)
{
    if (set(environment, "NO_COLOR") || color == TDM_COLOR_NEVER)
        return false;
    if (color == TDM_COLOR_ALWAYS || set_and_on(environment, "FORCE_COLOR") ||
        set_and_on(environment, "CLICOLOR_FORCE"))
        return true;
    return terminal && !dumb(environment);
}

static size_t decide_width(const tdm_cli_environment *environment, size_t width)
{
    uint64_t columns = 0;
    if (tdm_text_to_u64(tdm_text_of(tdm_cli_getenv(environment, "COLUMNS")), &columns) &&
        columns > 0 && columns <= LARGEST_WIDTH)
        return (size_t)columns;
    return width ? width : DEFAULT_WIDTH;
}

void tdm_terminal_decide(const tdm_streams *streams, const tdm_cli_environment *environment,
                         tdm_color_choice color, bool no_input, tdm_terminal *ret)
{
    bool ci = set_and_on(environment, "CI");
    size_t width = decide_width(environment, streams->width);
    *ret = (tdm_terminal){
        .out = {decide_color(environment, color, streams->out_terminal), width},
        .err = {decide_color(environment, color, streams->err_terminal), width},
        .may_ask = streams->in_terminal && streams->err_terminal && !no_input && !ci,
        .live = streams->err_terminal && !ci && !dumb(environment),
    };
}

tdm_status tdm_terminal_confirm(const tdm_terminal *terminal, const char *question, bool *ret,
                                tdm_error *err)
{
    char answer[16] = "";
    if (!terminal->may_ask) {
        tdm_fail(err, TDM_ERROR_CONSENT, TDM_NOWHERE,
                 "nobody can be asked here, and a yes is needed: %s", question);
        return tdm_hint(err, "Say --yes, or run it from a terminal.");
    }
    fprintf(stderr, "%s [y/N] ", question);
    fflush(stderr);
    if (!fgets(answer, sizeof answer, stdin))
        fputc('\n', stderr);
    tdm_text word = tdm_text_trim(tdm_text_of(answer));
    *ret =
        tdm_text_equal_nocase(word, TDM_TEXT("y")) || tdm_text_equal_nocase(word, TDM_TEXT("yes"));
    return TDM_OK;
}

bool tdm_terminal_password(const tdm_terminal *terminal, const char *target, char *ret, size_t size)
{
    struct termios shown;
    struct termios hidden;
    if (!terminal->may_ask || tcgetattr(STDIN_FILENO, &shown) != 0)
        return false;
    fprintf(stderr, "password for %s: ", target);
    fflush(stderr);
    hidden = shown;
    hidden.c_lflag &= ~(tcflag_t)ECHO;
    if (tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden) != 0)
        return false;
    bool given = fgets(ret, (int)size, stdin) != NULL;
    (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
    fputc('\n', stderr);
    if (given)
        ret[strcspn(ret, "\r\n")] = '\0';
    return given && ret[0];
}
