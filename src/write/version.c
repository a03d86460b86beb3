#include "write/version.h"

#include "base/text.h"
#include "base/tree.h"
#include "pair/digits.h"

#include <string.h>

enum {
    VERSION_DIGITS = 14,
    // A folder with so many versions in consecutive seconds is not one that people made.
    MOST_TRIES = 100000,
};

tdm_text tdm_version_wish(tdm_arena *arena, const tdm_revision *revision)
{
    tdm_text readings[2];
    tdm_text digits = tdm_digits_of_id(arena, revision->id);
    if (digits.size == VERSION_DIGITS)
        return digits;
    tdm_text file = tdm_path_base(tdm_text_of(revision->path));
    if (tdm_digits_of_file(arena, file, readings))
        return readings[0];
    return tdm_digits_of_date(arena, revision->create_date);
}

// --- Counting -----------------------------------------------------------------------------------

typedef struct moment {
    unsigned year, month, day, hour, minute, second;
} moment;

static unsigned number_at(tdm_text version, size_t start, size_t end)
{
    unsigned number = 0;
    for (size_t i = start; i < end; i++)
        number = number * 10 + (unsigned)(version.data[i] - '0');
    return number;
}

static unsigned days_of_month(unsigned year, unsigned month)
{
    static const unsigned char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap ? 1U : 0U);
}

static bool read_moment(tdm_text version, moment *ret)
{
    *ret =
        (moment){number_at(version, 0, 4),  number_at(version, 4, 6),   number_at(version, 6, 8),
                 number_at(version, 8, 10), number_at(version, 10, 12), number_at(version, 12, 14)};
    return ret->month >= 1 && ret->month <= 12 && ret->day >= 1 &&
           ret->day <= days_of_month(ret->year, ret->month) && ret->hour < 24 && ret->minute < 60 &&
           ret->second < 60;
}

static void count_second(moment *at)
{
    if (++at->second < 60)
        return;
    at->second = 0;
    if (++at->minute < 60)
        return;
    at->minute = 0;
    if (++at->hour < 24)
        return;
    at->hour = 0;
    if (++at->day <= days_of_month(at->year, at->month))
        return;
    at->day = 1;
    if (++at->month <= 12)
        return;
    at->month = 1;
    at->year++;
}

static bool all_digits(tdm_text version)
{
    for (size_t i = 0; i < version.size; i++) {
        if (!tdm_is_digit(version.data[i]))
            return false;
    }
    return version.size > 0;
}

// Counted up in the same width, since versions are compared as text.
static tdm_text count_up(tdm_arena *arena, tdm_text version)
{
    char *digits = tdm_arena_string(arena, version);
    size_t at = version.size;
    while (digits && at > 0 && digits[at - 1] == '9')
        digits[--at] = '0';
    if (!digits || at == 0)
        return (tdm_text){0};
    digits[at - 1]++;
    return (tdm_text){digits, version.size};
}

tdm_text tdm_version_after(tdm_arena *arena, tdm_text version)
{
    moment at;
    if (!all_digits(version))
        return (tdm_text){0};
    if (version.size != VERSION_DIGITS || !read_moment(version, &at))
        return count_up(arena, version);
    count_second(&at);
    if (at.year > 9999)
        return (tdm_text){0};
    return tdm_arena_printf(arena, "%04u%02u%02u%02u%02u%02u", at.year, at.month, at.day, at.hour,
                            at.minute, at.second);
}

// --- Choosing -----------------------------------------------------------------------------------

static bool lies_in(tdm_text version, const tdm_version_gap *gap)
{
    return (gap->after.size == 0 || tdm_text_compare(version, gap->after) > 0) &&
           (gap->before.size == 0 || tdm_text_compare(version, gap->before) < 0);
}

tdm_text tdm_version_choose(tdm_arena *arena, tdm_text wish, const tdm_version_gap *gap,
                            const tdm_map *taken)
{
    tdm_text version = wish;
    if ((version.size == 0 || !lies_in(version, gap)) && gap->after.size == 0)
        version = TDM_TEXT("00000000000001");
    else if (version.size == 0 || !lies_in(version, gap))
        version = tdm_version_after(arena, gap->after);
    for (int tries = 0; version.size && tries < MOST_TRIES; tries++) {
        if (!lies_in(version, gap))
            return (tdm_text){0};
        if (!tdm_map_has(taken, version))
            return version;
        version = tdm_version_after(arena, version);
    }
    return (tdm_text){0};
}
