#include "pair/digits.h"

#include "base/text.h"

enum { MINUTE_DIGITS = 12, SECOND_DIGITS = 14, GROUPS_MAX = 8 };

// Digits at the beginning, one '_' or '-' between groups allowed. `ends[i]` is the number of digits
// up to and including group i.
typedef struct digit_run {
    char digits[64];
    size_t count;
    size_t ends[GROUPS_MAX];
    size_t groups;
} digit_run;

static digit_run read_run(tdm_text text)
{
    digit_run run = {0};
    for (size_t i = 0; i < text.size && run.count < sizeof run.digits; i++) {
        bool joint = text.data[i] == '_' || text.data[i] == '-';
        if (tdm_is_digit(text.data[i]))
            run.digits[run.count++] = text.data[i];
        if (tdm_is_digit(text.data[i]) && i + 1 < text.size && tdm_is_digit(text.data[i + 1]))
            continue;
        if (joint && i > 0 && i + 1 < text.size && tdm_is_digit(text.data[i + 1]))
            continue;
        if (!tdm_is_digit(text.data[i]) || run.groups == GROUPS_MAX)
            break;
        // The end of a group; letters right behind it are part of another word ("4d9a58").
        if (i + 1 < text.size && tdm_is_alpha(text.data[i + 1])) {
            run.count = run.groups ? run.ends[run.groups - 1] : 0;
            break;
        }
        run.ends[run.groups++] = run.count;
    }
    return run;
}

tdm_text tdm_digits_of_id(tdm_arena *arena, tdm_text id)
{
    digit_run run = read_run(id);
    if (run.groups == 0 || run.ends[run.groups - 1] < TDM_DIGITS_MIN)
        return (tdm_text){NULL, 0};
    return tdm_arena_text(arena, (tdm_text){run.digits, run.ends[run.groups - 1]});
}

tdm_text tdm_digits_of_date(tdm_arena *arena, tdm_text created)
{
    static const char shape[] = "dddd-dd-dd dd:dd:dd";
    char digits[SECOND_DIGITS];
    size_t count = 0;
    if (created.size < sizeof shape - 1)
        return (tdm_text){NULL, 0};
    for (size_t i = 0; i < sizeof shape - 1; i++) {
        char c = created.data[i];
        if (shape[i] == 'd' ? !tdm_is_digit(c) : c != shape[i] && !(shape[i] == ' ' && c == 'T'))
            return (tdm_text){NULL, 0};
        if (shape[i] == 'd')
            digits[count++] = c;
    }
    return tdm_arena_text(arena, (tdm_text){digits, count});
}

size_t tdm_digits_of_file(tdm_arena *arena, tdm_text file_name, tdm_text ret[2])
{
    digit_run run = read_run(file_name);
    size_t count = 0;
    for (size_t i = 0; i < run.groups && count < 2; i++) {
        tdm_text digits = {run.digits, run.ends[i]};
        if (digits.size == SECOND_DIGITS)
            ret[count++] = tdm_arena_text(arena, digits);
        else if (digits.size == MINUTE_DIGITS)
            ret[count++] = tdm_arena_printf(arena, "%.*s00", TDM_TEXT_ARG(digits));
    }
    return count;
}
