// One way back in a test: what the migration meets, what it does, what undoes it, what is lost.
#ifndef TESTS_UNIT_INVERSE_JOURNEY_H
#define TESTS_UNIT_INVERSE_JOURNEY_H

#include "test.h"

#include <string.h>

#include "base/error.h"
#include "inverse/inverse.h"
#include "sql/split.h"

typedef struct journey {
    const char *before; // statements that made the schema, or NULL
    const char *sql;    // the migration
    const char *back;   // one statement for each line; a line break inside of one is " / "
    const char *lost;   // likewise
} journey;

static tdm_statements split(tdm_arena *arena, const char *sql)
{
    tdm_error err = TDM_ERROR_INIT;
    tdm_statements statements;

    assert_int_equal(tdm_sql_split(arena, "m.sql", (tdm_text){sql, strlen(sql)}, &statements, &err),
                     TDM_OK);
    return statements;
}

static void add_line(tdm_buffer *out, tdm_text line)
{
    tdm_buffer_puts(out, out->size ? "\n" : "");
    for (size_t i = 0; i < line.size; i++) {
        if (line.data[i] == '\n')
            tdm_buffer_puts(out, " /");
        else if (i == 0 || line.data[i] != ' ' || line.data[i - 1] != ' ')
            tdm_buffer_putc(out, line.data[i]);
    }
}

static tdm_text join(tdm_arena *arena, const tdm_text *items, size_t count)
{
    tdm_buffer out = TDM_BUFFER_INIT(100000);

    for (size_t i = 0; i < count; i++)
        add_line(&out, items[i]);
    tdm_buffer_putc(&out, '\0');
    return tdm_buffer_take(&out, arena);
}

// The statements, and then those that undo them: in the end nothing may be different.
static inline void assert_round(tdm_arena *arena, tdm_catalog *catalog, const tdm_statements *statements,
                         const tdm_inverse_sql *back)
{
    tdm_error err = TDM_ERROR_INIT;
    tdm_round_step *there = tdm_arena_array(arena, statements->count + 1, sizeof *there);
    tdm_round_step *undo = tdm_arena_array(arena, back->statements.count + 1, sizeof *undo);
    tdm_statement *texts = tdm_arena_array(arena, back->statements.count + 1, sizeof *texts);
    tdm_text fault;

    for (size_t i = 0; i < statements->count; i++)
        there[i].statement = &statements->items[i];
    for (size_t i = 0; i < back->statements.count; i++) {
        texts[i].sql = back->statements.items[i];
        undo[i].statement = &texts[i];
    }
    tdm_round round = {there, statements->count, undo, back->statements.count};
    assert_int_equal(tdm_inverse_prove(arena, catalog, &round, &fault, &err), TDM_OK);
    assert_string_equal(fault.size ? fault.data : "", "");
}

static inline void assert_journey(const journey *way)
{
    tdm_catalog *copy = NULL;
    tdm_error err = TDM_ERROR_INIT;
    tdm_arena *arena = tdm_arena_new(0);
    tdm_catalog *catalog = NULL;
    tdm_inverse_sql ignored, back;

    assert_int_equal(tdm_catalog_new(arena, true, &catalog, &err), TDM_OK);
    tdm_statements before = split(arena, way->before ? way->before : "");
    tdm_statements statements = split(arena, way->sql);
    assert_int_equal(tdm_inverse_of_migration(arena, catalog, &before, &ignored, &err), TDM_OK);
    assert_int_equal(tdm_catalog_clone(catalog, arena, &copy, &err), TDM_OK);
    assert_int_equal(tdm_inverse_of_migration(arena, catalog, &statements, &back, &err), TDM_OK);
    assert_string_equal(join(arena, back.statements.items, back.statements.count).data, way->back);
    assert_string_equal(join(arena, back.losses.items, back.losses.count).data,
                        way->lost ? way->lost : "");
    assert_int_equal(back.whole, way->lost == NULL);
    if (back.whole)
        assert_round(arena, copy, &statements, &back);
    tdm_arena_free(arena);
}

#define ASSERT_BACK(...) assert_journey(&(journey){__VA_ARGS__})

#endif
