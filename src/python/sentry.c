// Stopping tree-sitter at the first error.
//
// Its own way is to go on and mend the tree, which takes time and memory out of proportion (30 s
// for 1 MB of brackets and quotes) and serves editors. A file with an error is refused here, so the
// parser's log is listened to: "resume version" begins the mending, and the last "process" before
// it says where. Listening costs as much as parsing; a short file is parsed without, and only
// one with an error again, for the place. Should another release of tree-sitter word its log
// differently, errors are found in the tree all the same, and placed at the start of the file.
#include "python/build.h"

#include "base/text.h"

static uint32_t number_after(tdm_text message, const char *label)
{
    size_t at = tdm_text_find(message, tdm_text_of(label));
    uint32_t number = 0;
    if (at == SIZE_MAX)
        return 0;
    tdm_text digits = tdm_text_from(message, at + tdm_text_of(label).size);
    for (size_t i = 0; i < digits.size && i < 9 && tdm_is_digit(digits.data[i]); i++)
        number = number * 10 + (uint32_t)(digits.data[i] - '0');
    return number;
}

static void listen(void *payload, TSLogType type, const char *message)
{
    py_sentry *sentry = payload;
    if (type != TSLogTypeParse || sentry->stop)
        return;
    if (message[0] == 'p' && tdm_text_starts(tdm_text_of(message), TDM_TEXT("process "))) {
        sentry->row = number_after(tdm_text_of(message), "row:");
        sentry->column = number_after(tdm_text_of(message), "col:");
    } else if (message[0] == 'r' && tdm_text_starts(tdm_text_of(message), TDM_TEXT("resume "))) {
        sentry->stop = 1;
    }
}

TSTree *tdm_py_sentry_parse(py_sentry *sentry, TSParser *parser, tdm_text text)
{
    *sentry = (py_sentry){0};
    ts_parser_set_logger(parser, (TSLogger){sentry, listen});
    ts_parser_set_cancellation_flag(parser, &sentry->stop);
    TSTree *tree =
        ts_parser_parse_string(parser, NULL, text.data ? text.data : "", (uint32_t)text.size);
    ts_parser_set_logger(parser, (TSLogger){0});
    ts_parser_set_cancellation_flag(parser, NULL);
    ts_parser_reset(parser);
    return tree;
}

// The first sign that does not fit: what stands behind the last thing that did.
size_t tdm_py_sentry_byte(const py_sentry *sentry, tdm_text text)
{
    size_t at = 0;
    for (uint32_t row = 0; row < sentry->row && at < text.size; at++)
        row += text.data[at] == '\n';
    at += sentry->column < text.size - at ? sentry->column : text.size - at;
    while (at < text.size && (text.data[at] == ' ' || text.data[at] == '\t'))
        at++;
    return at;
}
