// The digits by which a revision and a version can be the same moment.
#ifndef PAIR_DIGITS_H
#define PAIR_DIGITS_H

#include "base/arena.h"

#include <tandem/text.h>

// The shortest run of digits that proves anything: a date with hour and minute. Ordinals and bare
// dates are shorter, and several changes of one day would share them.
#define TDM_DIGITS_MIN 12

// Digits of an id that begins with them: "20241127_000001" and "20241127-000001_x" give
// "20241127000001". Empty when there are fewer than TDM_DIGITS_MIN.
tdm_text tdm_digits_of_id(tdm_arena *arena, tdm_text id);

// "2026-05-29 13:30:00.123+00:00" gives "20260529133000"; a date without a time gives nothing.
tdm_text tdm_digits_of_date(tdm_arena *arena, tdm_text created);

// The digits of the date and time that a file name begins with, cut where a '_' or '-' stands:
// "20260529_1330_0006_x.py" gives "20260529133000" (seconds are filled with zeros) and
// "20260529_133015_x.py" gives "20260529133015". Several readings may be possible; `ret` holds at
// most two. Returns how many.
size_t tdm_digits_of_file(tdm_arena *arena, tdm_text file_name, tdm_text ret[2]);

#endif
