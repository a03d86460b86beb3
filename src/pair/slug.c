#include "pair/slug.h"

#include "base/text.h"

enum { SLUG_MIN = 4 };

// Lower case, runs of anything but letters and digits as one '_', none at the ends. Bytes beyond
// ASCII stay: Alembic keeps letters of every script (\w), Supabase keeps everything.
static tdm_text normalise(tdm_arena *arena, tdm_text text)
{
    char *out = tdm_arena_alloc(arena, text.size + 1);
    size_t size = 0;
    for (size_t i = 0; out && i < text.size; i++) {
        char c = text.data[i];
        bool letter = tdm_is_alnum(c) || (unsigned char)c >= 0x80;
        if (letter)
            out[size++] = tdm_to_lower(c);
        else if (size > 0 && out[size - 1] != '_')
            out[size++] = '_';
    }
    while (size > 0 && out[size - 1] == '_')
        size--;
    return (tdm_text){out, out ? size : 0};
}

// Without numbers at the beginning: "0006_terms", "20260529_1330_0006_terms" give "terms".
static tdm_text without_numbers(tdm_text slug)
{
    size_t start = 0;
    for (size_t i = 0; i < slug.size; i++) {
        if (slug.data[i] == '_')
            start = i + 1;
        else if (!tdm_is_digit(slug.data[i]))
            break;
    }
    return tdm_text_from(slug, start);
}

static tdm_text long_enough(tdm_text slug)
{
    return slug.size >= SLUG_MIN ? slug : (tdm_text){NULL, 0};
}

// Without the id that a file name holds, wherever its template puts it in front of the slug.
static tdm_text without_id(tdm_text slug, tdm_text id)
{
    if (id.size == 0 || id.size >= slug.size)
        return slug;
    if (tdm_text_starts(slug, id) && slug.data[id.size] == '_')
        return tdm_text_from(slug, id.size + 1);
    return slug;
}

static void add(tdm_text ret[TDM_SLUGS_MAX], size_t *count, tdm_text slug)
{
    slug = long_enough(slug);
    if (slug.size == 0)
        return;
    for (size_t i = 0; i < *count; i++)
        if (tdm_text_equal(ret[i], slug))
            return;
    ret[(*count)++] = slug;
}

size_t tdm_slugs_of_revision(tdm_arena *arena, const tdm_link_revision *revision,
                             tdm_text ret[TDM_SLUGS_MAX])
{
    size_t count = 0;
    tdm_text id = normalise(arena, revision->id);
    tdm_text file = revision->file_name;
    if (tdm_text_ends(file, TDM_TEXT(".py")))
        file = tdm_text_slice(file, 0, file.size - 3);
    tdm_text stem = without_numbers(without_id(normalise(arena, file), id));
    add(ret, &count, without_numbers(without_id(stem, id)));
    tdm_text words = without_numbers(id);
    if (tdm_text_find_char(words, '_') != SIZE_MAX)
        add(ret, &count, words);
    add(ret, &count, without_numbers(normalise(arena, revision->message)));
    return count;
}

tdm_text tdm_slug_of_migration(tdm_arena *arena, const tdm_link_migration *migration)
{
    return long_enough(without_numbers(normalise(arena, migration->name)));
}
