// A small project in a folder of its own, and the histories of its target played from a script.
#ifndef TEST_PLAN_FIXTURE_H
#define TEST_PLAN_FIXTURE_H

#include "db/scripted.h"

#include "plan/shapes.h"

#include "base/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

typedef struct fixture {
    char root[64];
    tdm_project *project;
    const tdm_plan *plan;
    tdm_error err;
} fixture;

static inline void put(const fixture *f, const char *path, const char *text)
{
    char full[256];
    tdm_error err = TDM_ERROR_INIT;
    snprintf(full, sizeof full, "%s/%s", f->root, path);
    assert_int_equal(tdm_file_write(full, tdm_text_of(text), true, &err), TDM_OK);
}

static inline void make_folder(const fixture *f, const char *path)
{
    char full[256];
    snprintf(full, sizeof full, "%s/%s", f->root, path);
    assert_int_equal(mkdir(full, 0755), 0);
}

static inline int setup(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    snprintf(f->root, sizeof f->root, "/tmp/tandem-push-XXXXXX");
    assert_non_null(mkdtemp(f->root));
    make_folder(f, "versions");
    make_folder(f, "supabase");
    make_folder(f, "supabase/migrations");
    put(f, "versions/a1.py",
        "from alembic import op\n\nrevision = 'a1'\ndown_revision = None\n\n\n"
        "def upgrade() -> None:\n    op.execute('CREATE TABLE a (id integer)')\n\n\n"
        "def downgrade() -> None:\n    op.execute('DROP TABLE a')\n");
    put(f, "versions/b2.py",
        "from alembic import op\n\nrevision = 'b2'\ndown_revision = 'a1'\n\n\n"
        "def upgrade() -> None:\n    op.execute('CREATE TABLE b (id integer)')\n\n\n"
        "def downgrade() -> None:\n    op.execute('DROP TABLE b')\n");
    put(f, "supabase/migrations/20250101000001_a.sql",
        "-- tandem: revision a1\nCREATE TABLE a (id integer);\n");
    put(f, "supabase/migrations/20250101000002_b.sql",
        "-- tandem: revision b2\nCREATE TABLE b (id integer); -- last\n");
    *state = f;
    return 0;
}

static inline int teardown(void **state)
{
    fixture *f = *state;
    char command[128];
    tdm_project_free(f->project);
    snprintf(command, sizeof command, "rm -rf '%s'", f->root);
    int removed = system(command);
    free(f);
    return removed;
}

static inline void open_project(fixture *f)
{
    const char *versions[] = {"versions"};
    tdm_project_options options = {.directory = f->root, .versions = versions, .version_count = 1};
    if (tdm_project_open(&options, &f->project, &f->err) != TDM_OK)
        print_error("%s\n", f->err.message);
    assert_int_equal(f->err.code, TDM_ERROR_NONE);
}

static const scripted_line empty_target[] = {
    {.sql = SHAPES_SQL,
     .values = SERVER_FACT,
     .more = {FACT("role", "anon"), FACT("role", "authenticated")}},
};

static inline tdm_status plan_with(fixture *f, const scripted_line *lines, size_t count,
                                   tdm_plan_options options)
{
    scripted script;
    scripted_init(&script, lines, count);
    tdm_status status = tdm_plan_make(f->project, &script.session, &options, &f->plan, &f->err);
    if (status == TDM_OK)
        scripted_end(&script);
    else
        tdm_session_close(&script.session);
    return status;
}

#define PLAN(f, lines, ...)                                                                        \
    plan_with((f), (lines), sizeof(lines) / sizeof *(lines), (tdm_plan_options){__VA_ARGS__})

static inline bool collect(void *context, tdm_text piece)
{
    tdm_buffer_put(context, piece);
    return true;
}

static inline void assert_prints(fixture *f, const char *expected)
{
    tdm_buffer out = TDM_BUFFER_INIT(1 << 20);
    assert_int_equal(tdm_plan_print(f->project, f->plan, collect, &out, &f->err), TDM_OK);
    size_t same = 0;
    while (out.data[same] && out.data[same] == expected[same])
        same++;
    if (out.data[same] || expected[same])
        print_error("got:\n%.200s\nexpected:\n%.200s\n", out.data + same, expected + same);
    assert_true(out.data[same] == '\0' && expected[same] == '\0');
    tdm_buffer_free(&out);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
