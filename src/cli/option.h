// Options as data. A row says how an option is written, what it takes, where its value goes and
// what the help says; parsing, help, completion and the documentation read the same rows.
//
// `--flag=value` and `--flag value`, `-f value` and `-fvalue`, several letters in one word, `--`
// ends the options. Nothing is abbreviated.
#ifndef CLI_OPTION_H
#define CLI_OPTION_H

#include <tandem/error.h>

#include "base/arena.h"

typedef enum tdm_option_kind {
    TDM_OPTION_SWITCH,   // bool: true when given
    TDM_OPTION_FLAG,     // bool: true with --name, false with --no-name
    TDM_OPTION_COUNT,    // unsigned: how often it was given
    TDM_OPTION_VALUE,    // const char *
    TDM_OPTION_OPTIONAL, // const char *: --name=value, or "" for --name alone
    TDM_OPTION_LIST,     // tdm_option_list: one more each time
    TDM_OPTION_CHOICE,   // unsigned: index into `choices`
    TDM_OPTION_DURATION, // uint32_t, milliseconds: "4s", "500ms", "2min"; a bare number is in ms
    TDM_OPTION_SECONDS,  // the same, but a bare number is in seconds
} tdm_option_kind;

typedef struct tdm_option {
    const char *name;           // without "--"
    const char *argument;       // "DIR", of options that take something
    const char *const *choices; // of a CHOICE, NULL-terminated
    const char *help;           // one line
    size_t offset;              // of the value in the struct of the set
    tdm_option_kind kind;
    char letter; // or 0
    bool hidden; // another spelling that habit knows; not in the help
} tdm_option;

typedef struct tdm_option_list {
    const char **items;
    size_t count;
    size_t capacity;
} tdm_option_list;

// Rows with the struct that their values go to.
typedef struct tdm_option_set {
    const char *title; // in the help: "Options"
    const tdm_option *rows;
    size_t count;
    void *values;
} tdm_option_set;

// The words of a command line, read from the front.
typedef struct tdm_words {
    const char *const *items;
    size_t count;
    size_t next;
    bool ended; // "--" was met
} tdm_words;

// Whether an option takes an argument.
bool tdm_option_takes_argument(const tdm_option *option);

// Reads options into the sets until an argument is met, which is given back; NULL at the end.
// Options unknown to all sets, missing and wrong values are TDM_ERROR_USAGE.
TDM_MUST_CHECK tdm_status tdm_options_read(tdm_arena *arena, const tdm_option_set *sets,
                                           size_t set_count, tdm_words *words,
                                           const char **ret_argument, tdm_error *err);

// A duration in milliseconds; a bare number counts `bare` of them.
TDM_MUST_CHECK tdm_status tdm_duration_read(const char *text, uint32_t bare, uint32_t *ret,
                                            tdm_error *err);

#endif
