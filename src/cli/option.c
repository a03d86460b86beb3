#include "cli/option.h"

#include "base/error.h"
#include "base/nearest.h"
#include "base/text.h"
#include "base/vector.h"

#include <string.h>

// Where options go, and where the words come from.
typedef struct reader {
    tdm_arena *arena;
    const tdm_option_set *sets;
    size_t set_count;
    tdm_words *words;
    tdm_error *err;
} reader;

// A row found, with the place of its value.
typedef struct match {
    const tdm_option *option;
    void *value;
    bool negated;
} match;

static tdm_status usage(tdm_error *err, const char *what, tdm_text word)
{
    return tdm_fail(err, TDM_ERROR_USAGE, TDM_NOWHERE, "%s '%.*s'", what, TDM_TEXT_ARG(word));
}

bool tdm_option_takes_argument(const tdm_option *option)
{
    switch (option->kind) {
    case TDM_OPTION_SWITCH:
    case TDM_OPTION_FLAG:
    case TDM_OPTION_COUNT:
    case TDM_OPTION_OPTIONAL:
        return false;
    case TDM_OPTION_VALUE:
    case TDM_OPTION_LIST:
    case TDM_OPTION_CHOICE:
    case TDM_OPTION_DURATION:
    case TDM_OPTION_SECONDS:
        break;
    }
    return true;
}

// --- Values -------------------------------------------------------------------------------------

tdm_status tdm_duration_read(const char *text, uint32_t bare, uint32_t *ret, tdm_error *err)
{
    const struct {
        const char *unit;
        uint32_t factor;
    } units[] = {{"", bare}, {"ms", 1}, {"s", 1000}, {"min", 60000}, {"h", 3600000}};
    tdm_text all = tdm_text_of(text);
    size_t digits = 0;
    uint64_t number = 0;
    while (digits < all.size && tdm_is_digit(all.data[digits]))
        digits++;
    if (tdm_text_to_u64(tdm_text_slice(all, 0, digits), &number)) {
        for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
            if (!tdm_text_is(tdm_text_from(all, digits), units[i].unit))
                continue;
            if (number > (uint64_t)INT32_MAX / units[i].factor)
                break; // PostgreSQL's own time-outs end at 2^31 - 1 ms
            *ret = (uint32_t)number * units[i].factor;
            return TDM_OK;
        }
    }
    usage(err, "not a duration:", all);
    return tdm_hint(err, "Durations look like 500ms, 4s or 2min.");
}

static tdm_status set_choice(const tdm_option *option, void *value, const char *text,
                             tdm_error *err)
{
    tdm_buffer known = TDM_BUFFER_INIT(sizeof err->hint);
    for (unsigned i = 0; option->choices[i]; i++) {
        if (strcmp(option->choices[i], text) == 0) {
            tdm_buffer_free(&known);
            *(unsigned *)value = i;
            return TDM_OK;
        }
        tdm_buffer_putf(&known, "%s%s", i ? ", " : "", option->choices[i]);
    }
    tdm_fail(err, TDM_ERROR_USAGE, TDM_NOWHERE, "--%s does not know '%s'", option->name, text);
    tdm_hint(err, "It takes one of: %s.", known.data ? known.data : "");
    tdm_buffer_free(&known);
    return TDM_FAILED;
}

static tdm_status set_value(const reader *r, match found, const char *text)
{
    switch (found.option->kind) {
    case TDM_OPTION_SWITCH:
    case TDM_OPTION_FLAG:
        *(bool *)found.value = !found.negated;
        return TDM_OK;
    case TDM_OPTION_COUNT:
        ++*(unsigned *)found.value;
        return TDM_OK;
    case TDM_OPTION_VALUE:
        *(const char **)found.value = text;
        return TDM_OK;
    case TDM_OPTION_OPTIONAL:
        *(const char **)found.value = text ? text : "";
        return TDM_OK;
    case TDM_OPTION_LIST: {
        tdm_option_list *list = found.value;
        return tdm_vector_push(r->arena, list, text) ? TDM_OK : tdm_fail_memory(r->err);
    }
    case TDM_OPTION_CHOICE:
        return set_choice(found.option, found.value, text, r->err);
    case TDM_OPTION_DURATION:
        return tdm_duration_read(text, 1, found.value, r->err);
    case TDM_OPTION_SECONDS:
        return tdm_duration_read(text, 1000, found.value, r->err);
    }
    return TDM_FAILED;
}

// The argument of an option: what follows the '=', or the next word.
static tdm_status argument_of(const reader *r, const tdm_option *option, const char *attached,
                              const char **ret)
{
    if (attached) {
        *ret = attached;
        return TDM_OK;
    }
    if (r->words->next == r->words->count)
        return tdm_fail(r->err, TDM_ERROR_USAGE, TDM_NOWHERE, "--%s needs a %s", option->name,
                        option->argument);
    *ret = r->words->items[r->words->next++];
    return TDM_OK;
}

// --- Finding rows -------------------------------------------------------------------------------

static bool named(const tdm_option *option, tdm_text name, bool *ret_negated)
{
    *ret_negated = false;
    if (tdm_text_is(name, option->name))
        return true;
    *ret_negated = option->kind == TDM_OPTION_FLAG && tdm_text_starts(name, TDM_TEXT("no-")) &&
                   tdm_text_is(tdm_text_from(name, 3), option->name);
    return *ret_negated;
}

static match at(const tdm_option_set *set, size_t row, bool negated)
{
    return (match){&set->rows[row], (char *)set->values + set->rows[row].offset, negated};
}

static match find_name(const reader *r, tdm_text name)
{
    for (size_t s = 0; s < r->set_count; s++) {
        for (size_t i = 0; i < r->sets[s].count; i++) {
            bool negated;
            if (named(&r->sets[s].rows[i], name, &negated))
                return at(&r->sets[s], i, negated);
        }
    }
    return (match){0};
}

static match find_letter(const reader *r, char letter)
{
    for (size_t s = 0; s < r->set_count; s++) {
        for (size_t i = 0; i < r->sets[s].count; i++) {
            if (r->sets[s].rows[i].letter == letter)
                return at(&r->sets[s], i, false);
        }
    }
    return (match){0};
}

static tdm_status unknown(const reader *r, tdm_text name)
{
    tdm_nearest nearest;
    tdm_nearest_init(&nearest, name);
    for (size_t s = 0; s < r->set_count; s++) {
        for (size_t i = 0; i < r->sets[s].count; i++) {
            if (!r->sets[s].rows[i].hidden)
                tdm_nearest_offer(&nearest, tdm_text_of(r->sets[s].rows[i].name));
        }
    }
    tdm_fail(r->err, TDM_ERROR_USAGE, TDM_NOWHERE, "unknown option '--%.*s'", TDM_TEXT_ARG(name));
    if (nearest.best.size)
        tdm_hint(r->err, "Did you mean --%.*s?", TDM_TEXT_ARG(nearest.best));
    return TDM_FAILED;
}

// --- Reading words ------------------------------------------------------------------------------

static tdm_status read_long(const reader *r, const char *word)
{
    tdm_text name = tdm_text_of(word + 2);
    size_t equals = tdm_text_find_char(name, '=');
    const char *attached = equals == SIZE_MAX ? NULL : word + 2 + equals + 1;
    name = tdm_text_slice(name, 0, equals);
    match found = find_name(r, name);
    if (!found.option)
        return unknown(r, name);
    if (!tdm_option_takes_argument(found.option)) {
        if (attached && found.option->kind != TDM_OPTION_OPTIONAL)
            return tdm_fail(r->err, TDM_ERROR_USAGE, TDM_NOWHERE, "--%s takes no value",
                            found.option->name);
        return set_value(r, found, attached);
    }
    const char *argument = NULL;
    if (argument_of(r, found.option, attached, &argument) != TDM_OK)
        return TDM_FAILED;
    return set_value(r, found, argument);
}

static tdm_status read_letters(const reader *r, const char *word)
{
    for (const char *letter = word + 1; *letter; letter++) {
        match found = find_letter(r, *letter);
        if (!found.option) {
            tdm_text shown = {letter, 1};
            if ((unsigned char)*letter >= 0x80)
                shown = tdm_text_of(letter);
            return tdm_fail(r->err, TDM_ERROR_USAGE, TDM_NOWHERE, "unknown option '-%.*s'",
                            TDM_TEXT_ARG(shown));
        }
        const char *argument = NULL;
        bool takes = tdm_option_takes_argument(found.option);
        if (takes &&
            argument_of(r, found.option, letter[1] ? letter + 1 : NULL, &argument) != TDM_OK)
            return TDM_FAILED;
        if (set_value(r, found, argument) != TDM_OK)
            return TDM_FAILED;
        if (takes)
            return TDM_OK;
    }
    return TDM_OK;
}

tdm_status tdm_options_read(tdm_arena *arena, const tdm_option_set *sets, size_t set_count,
                            tdm_words *words, const char **ret_argument, tdm_error *err)
{
    reader r = {arena, sets, set_count, words, err};
    while (words->next < words->count) {
        const char *word = words->items[words->next++];
        // "-1" is a number, as no option has a digit for its letter.
        if (words->ended || word[0] != '-' || word[1] == '\0' || tdm_is_digit(word[1])) {
            *ret_argument = word;
            return TDM_OK;
        }
        tdm_status status = TDM_OK;
        if (strcmp(word, "--") == 0)
            words->ended = true;
        else if (word[1] == '-')
            status = read_long(&r, word);
        else
            status = read_letters(&r, word);
        if (status != TDM_OK)
            return TDM_FAILED;
    }
    *ret_argument = NULL;
    return TDM_OK;
}
