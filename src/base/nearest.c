#include "base/nearest.h"

#include <string.h>

enum {
    LONGEST = 40 // longer words are not compared: nobody mistypes those
};

void tdm_nearest_init(tdm_nearest *nearest, tdm_text word)
{
    *nearest = (tdm_nearest){.word = word, .distance = SIZE_MAX};
}

static size_t least(size_t a, size_t b, size_t c)
{
    size_t ab = a < b ? a : b;
    return ab < c ? ab : c;
}

// Edits between two words where exchanging two neighbours counts as one (optimal string alignment).
static size_t distance(tdm_text a, tdm_text b)
{
    size_t rows[3][LONGEST + 1];
    size_t *before = rows[0];
    size_t *above = rows[1];
    size_t *row = rows[2];
    for (size_t j = 0; j <= b.size; j++)
        above[j] = j;
    for (size_t i = 1; i <= a.size; i++) {
        row[0] = i;
        for (size_t j = 1; j <= b.size; j++) {
            char x = tdm_to_lower(a.data[i - 1]);
            char y = tdm_to_lower(b.data[j - 1]);
            row[j] = least(above[j] + 1, row[j - 1] + 1, above[j - 1] + (x != y));
            if (i > 1 && j > 1 && x == tdm_to_lower(b.data[j - 2]) &&
                y == tdm_to_lower(a.data[i - 2]) && before[j - 2] + 1 < row[j])
                row[j] = before[j - 2] + 1;
        }
        size_t *free_row = before;
        before = above;
        above = row;
        row = free_row;
    }
    return above[b.size];
}

void tdm_nearest_offer(tdm_nearest *nearest, tdm_text known)
{
    tdm_text word = nearest->word;
    if (word.size == 0 || word.size > LONGEST || known.size == 0 || known.size > LONGEST)
        return;
    size_t edits = distance(word, known);
    bool near = edits <= (word.size + 2) / 3 && edits < word.size;
    if (!near && word.size >= 2 && tdm_text_starts(known, word)) {
        near = true;
        edits = LONGEST; // any slip is likelier
    }
    if (near && edits < nearest->distance) {
        nearest->best = known;
        nearest->distance = edits;
    }
}
