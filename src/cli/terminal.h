// What the three standard streams are, and what follows from it: colour, width, questions.
//
// The rules are those of NO_COLOR, CLICOLOR_FORCE and CI that other programs follow. The facts come
// in from outside, so that every rule can be tested without a terminal.
#ifndef CLI_TERMINAL_H
#define CLI_TERMINAL_H

#include <tandem/error.h>

#include "report/diagnostic.h"

// The environment as a function, so that tests can have their own.
typedef struct tdm_cli_environment {
    const char *(*get)(void *context, const char *name); // NULL when not set
    void *context;
} tdm_cli_environment;

const char *tdm_cli_getenv(const tdm_cli_environment *environment, const char *name);

typedef struct tdm_streams {
    bool in_terminal;
    bool out_terminal;
    bool err_terminal;
    size_t width; // of the terminal, 0 when there is none
} tdm_streams;

tdm_streams tdm_streams_look(void);

typedef enum tdm_color_choice {
    TDM_COLOR_AUTO,
    TDM_COLOR_ALWAYS,
    TDM_COLOR_NEVER,
} tdm_color_choice;

typedef struct tdm_terminal {
    tdm_style out;
    tdm_style err;
    bool may_ask; // stdin and stderr are terminals, and nothing forbids questions
    bool live;    // progress may overwrite its line on stderr
} tdm_terminal;

void tdm_terminal_decide(const tdm_streams *streams, const tdm_cli_environment *environment,
                         tdm_color_choice color, bool no_input, tdm_terminal *ret);

// Asks a question on stderr and reads a line from stdin; only y and yes are a yes. Without a
// terminal to ask it is TDM_ERROR_CONSENT.
TDM_MUST_CHECK tdm_status tdm_terminal_confirm(const tdm_terminal *terminal, const char *question,
                                               bool *ret, tdm_error *err);

// Asks for a password on stderr and reads it from stdin without showing it. False when there is
// none: no terminal to ask, or an empty line.
bool tdm_terminal_password(const tdm_terminal *terminal, const char *target, char *ret,
                           size_t size);

#endif
