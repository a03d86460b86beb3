// Chains written in a few words: "b<a" is revision b on a, "d<b,c" a merge, "x:label" has a label,
// "y<x+z" depends on z.
#ifndef CHAIN_FIXTURE_H
#define CHAIN_FIXTURE_H

#include "alembic/chain.h"

#include "base/text.h"

#include <string.h>

#include "test.h"

enum {
    CHAIN_MOST = 32,
};

typedef struct chain_fixture {
    tdm_arena *arena;
    tdm_chain *chain;
    tdm_error err;
} chain_fixture;

static inline int open_chain_fixture(void **state)
{
    static chain_fixture shared;
    shared = (chain_fixture){.arena = tdm_arena_new(0), .err = TDM_ERROR_INIT};
    *state = &shared;
    return shared.arena ? 0 : -1;
}

static inline int close_chain_fixture(void **state)
{
    tdm_arena_free(((chain_fixture *)*state)->arena);
    return 0;
}

static inline tdm_texts chain_names(tdm_arena *arena, tdm_text text)
{
    tdm_text *items = tdm_arena_array(arena, CHAIN_MOST, sizeof *items);
    tdm_texts names = {items, 0};
    while (text.size) {
        size_t comma = tdm_text_find_char(text, ',');
        items[names.count++] = tdm_text_slice(text, 0, comma);
        text = comma == SIZE_MAX ? (tdm_text){NULL, 0} : tdm_text_from(text, comma + 1);
    }
    return names;
}

// The part of a word behind one of its marks.
static inline tdm_text chain_part(tdm_text word, char mark)
{
    size_t start = mark ? tdm_text_find_char(word, mark) : 0;
    if (start == SIZE_MAX)
        return (tdm_text){NULL, 0};
    size_t end = start + (mark != 0);
    while (end < word.size && !strchr("<+:", word.data[end]))
        end++;
    return tdm_text_slice(word, start + (mark != 0), end);
}

// Links the words, which are separated by one space.
static inline void link_chain(chain_fixture *f, const char *words)
{
    tdm_revision *revisions = tdm_arena_array(f->arena, CHAIN_MOST, sizeof *revisions);
    size_t count = 0;
    tdm_text rest = tdm_text_of(words);
    while (rest.size) {
        size_t space = tdm_text_find_char(rest, ' ');
        tdm_text word = tdm_text_slice(rest, 0, space);
        rest = space == SIZE_MAX ? (tdm_text){NULL, 0} : tdm_text_from(rest, space + 1);
        revisions[count++] =
            (tdm_revision){.id = chain_part(word, '\0'),
                           .down = chain_names(f->arena, chain_part(word, '<')),
                           .depends_on = chain_names(f->arena, chain_part(word, '+')),
                           .labels = chain_names(f->arena, chain_part(word, ':')),
                           .message = TDM_TEXT("words"),
                           .path = "versions/x.py"};
    }
    assert_int_equal(tdm_chain_link(f->arena, revisions, count, &f->chain, &f->err), TDM_OK);
}

static inline void assert_list(tdm_revision_list list, const char *expected)
{
    char got[256] = "";
    for (size_t i = 0; i < list.count; i++) {
        strncat(got, i ? " " : "", sizeof got - strlen(got) - 1);
        strncat(got, list.items[i]->id.data, list.items[i]->id.size);
    }
    assert_string_equal(got, expected);
}

#endif
