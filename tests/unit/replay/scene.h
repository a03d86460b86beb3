// A catalog that SQL texts are replayed on, for the tests of this room.
#ifndef SCENE_H
#define SCENE_H

#include "catalog/state.h"
#include "replay/guard.h"
#include "replay/replay.h"
#include "sql/split.h"

#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test.h"

// As assert_text_equal, and says what it got.
static inline void assert_same_text(tdm_text got, const char *expected)
{
    if (!tdm_text_is(got, expected))
        print_error("got:      %.*s\nexpected: %s\n", TDM_TEXT_ARG(got), expected);
    assert_text_equal(got, expected);
}

typedef struct scene {
    tdm_arena *arena;
    tdm_catalog *catalog;
    tdm_effect effect;
} scene;

static inline scene open_scene(bool closed)
{
    scene s = {.arena = tdm_arena_new(0)};
    tdm_error err = TDM_ERROR_INIT;
    assert_non_null(s.arena);
    assert_int_equal(tdm_catalog_new(s.arena, closed, &s.catalog, &err), TDM_OK);
    tdm_effect_init(&s.effect, s.arena);
    return s;
}

static inline void close_scene(scene *s)
{
    tdm_arena_free(s->arena);
}

// Replays a text; the changes are added to the effect.
static inline void play_file(scene *s, const char *path, tdm_text sql)
{
    tdm_statements statements = {0};
    tdm_error err = TDM_ERROR_INIT;
    assert_int_equal(tdm_sql_split(s->arena, path, sql, &statements, &err), TDM_OK);
    for (size_t i = 0; i < statements.count; i++)
        assert_int_equal(
            tdm_catalog_apply(s->catalog, &statements.items[i], NULL, &s->effect, &err), TDM_OK);
}

static inline void play(scene *s, const char *sql)
{
    play_file(s, "test.sql", tdm_text_of(sql));
}

// Forgets what was done so far, and keeps the catalog.
static inline void forget(scene *s)
{
    tdm_effect_init(&s->effect, s->arena);
}

static inline const tdm_change *first_opaque(const scene *s)
{
    for (size_t i = 0; i < s->effect.count; i++)
        if (s->effect.items[i].kind == TDM_CHANGE_OPAQUE)
            return &s->effect.items[i];
    return NULL;
}

static inline void assert_clear(const scene *s)
{
    const tdm_change *opaque = first_opaque(s);
    if (opaque)
        print_error("opaque: %.*s\n%.*s\n", TDM_TEXT_ARG(opaque->reason),
                    TDM_TEXT_ARG(opaque->sql));
    assert_null(opaque);
}

// A table as one line: "a integer NOT NULL, b text DEFAULT 'x'".
static inline tdm_text describe_table(scene *s, const char *schema, const char *name)
{
    const tdm_table *table = NULL;
    tdm_text text = {NULL, 0};
    if (tdm_catalog_table(s->catalog, tdm_text_of(schema), tdm_text_of(name), &table, NULL) !=
        TDM_KNOWN_YES)
        return TDM_TEXT("no such table");
    for (size_t i = 0; i < table->columns.count; i++) {
        const tdm_column *c = &table->columns.items[i];
        text = tdm_arena_printf(s->arena, "%.*s%s%.*s %.*s%s%s%.*s%s%.*s", TDM_TEXT_ARG(text),
                                i ? ", " : "", TDM_TEXT_ARG(c->name), TDM_TEXT_ARG(c->type),
                                c->not_null ? " NOT NULL" : "", c->has_default ? " DEFAULT " : "",
                                TDM_TEXT_ARG(c->default_text), c->generated.size ? " " : "",
                                TDM_TEXT_ARG(c->generated));
    }
    if (!table->columns_known)
        text = tdm_arena_printf(s->arena, "%.*s...", TDM_TEXT_ARG(text));
    return text;
}

// The objects beside tables and schemas: "index i, policy p on t?"; the last may be there or not.
static inline tdm_text other_names(scene *s)
{
    tdm_text text = {NULL, 0};
    for (size_t i = 0; i < tdm_catalog_object_count(s->catalog); i++) {
        const tdm_object *object = tdm_catalog_object_at(s->catalog, i);
        if (object->dropped || object->kind == TDM_KIND_SCHEMA)
            continue;
        text = tdm_arena_printf(s->arena, "%.*s%s%.*s%s", TDM_TEXT_ARG(text), text.size ? ", " : "",
                                TDM_TEXT_ARG(tdm_object_print(s->catalog, object)),
                                object->uncertain ? "?" : "");
    }
    return text;
}

#define assert_table(s, name, expected) assert_same_text(describe_table((s), "", (name)), expected)

// A file of the project.
static inline tdm_text read_project_file(tdm_arena *arena, const char *path)
{
    char full[1024];
    assert_true(snprintf(full, sizeof full, "%s/%s", TANDEM_SOURCE_DIR, path) > 0);
    FILE *file = fopen(full, "rb");
    assert_non_null(file);
    char *data = tdm_arena_alloc(arena, 1 << 20);
    assert_non_null(data);
    size_t size = fread(data, 1, 1 << 20, file);
    (void)fclose(file);
    return (tdm_text){data, size};
}

#endif
