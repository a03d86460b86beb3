// Statements of a revision for the tests of this room.
#ifndef UNIT_WRITE_STATEMENTS_H
#define UNIT_WRITE_STATEMENTS_H

#include "sql/split.h"

#include "base/text.h"

enum { MOST_STATEMENTS = 12 };

typedef struct fixture {
    tdm_arena *arena;
    tdm_revision revision;
    tdm_statement items[MOST_STATEMENTS];
    tdm_statements statements;
    tdm_error err;
} fixture;

static int setup(void **state)
{
    fixture *f = test_calloc(1, sizeof *f);
    f->arena = tdm_arena_new(0);
    f->revision = (tdm_revision){
        .id = TDM_TEXT("20241127_000001"),
        .message = TDM_TEXT("Add file_path to documents"),
        .path = "alembic/versions/20241127_000001_add_file_path.py",
    };
    f->statements.items = f->items;
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    fixture *f = *state;
    tdm_arena_free(f->arena);
    test_free(f);
    return 0;
}

// One more statement, from a line of its own.
static void add(fixture *f, const char *sql)
{
    tdm_statement *statement = &f->items[f->statements.count++];
    *statement = (tdm_statement){
        .sql = tdm_text_of(sql),
        .place = {f->revision.path, (uint32_t)f->statements.count * 10, 5, 0, 0},
    };
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

#endif
