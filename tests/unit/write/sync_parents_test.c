// Where the revision of a migration stands in the chain: behind all that Supabase applied before
// it, and behind nothing else.
#include "pair/project_files.h"

#include "write/sync_parents.h"

static void pair(project_files *files, const char *id, const char *down, const char *version)
{
    files_revision(
        files, id, down,
        tdm_arena_printf(files->arena, "op.execute('CREATE TABLE t_%s (id int)')", id).data);
    if (version)
        files_put(files,
                  tdm_arena_printf(files->arena, "supabase/migrations/%s_x.sql", version).data,
                  tdm_arena_printf(files->arena,
                                   "-- tandem: revision %s\nCREATE TABLE t_%s (id int);", id, id)
                      .data);
}

static void migration(project_files *files, const char *version)
{
    files_put(files, tdm_arena_printf(files->arena, "supabase/migrations/%s_x.sql", version).data,
              tdm_arena_printf(files->arena, "CREATE TABLE m_%s (id int);", version).data);
}

// "20250102000000: a b, 20250103000000: 20250102000000; heads: c"
static tdm_text found(project_files *files)
{
    tdm_error err = TDM_ERROR_INIT;
    const tdm_pairing *pairing = NULL;
    tdm_sync_parents parents;
    tdm_text text = {NULL, 0};
    bool chosen[16] = {false};
    files_check(files);
    assert_int_equal(tdm_pairing_of(files->project, &pairing, &err), TDM_OK);
    size_t count = tdm_project_migration_count(files->project);
    for (size_t i = 0; i < count; i++)
        chosen[i] = pairing->pairs[pairing->of_migration[i]].group.revision_count == 0;
    if (tdm_sync_find_parents(files->project, pairing, chosen, NULL, &parents, &err) != TDM_OK)
        return tdm_arena_text(files->arena, tdm_text_of(err.message));
    for (size_t i = 0; i < count + 1; i++) {
        bool last = i == count;
        tdm_revise_parents list =
            last ? (tdm_revise_parents){parents.heads, parents.head_count} : parents.parents[i];
        tdm_text name = last ? TDM_TEXT("heads") : tdm_project_migration(files->project, i).version;
        if (!last && !chosen[i])
            continue;
        text = tdm_arena_printf(files->arena, "%.*s%s%.*s:", TDM_TEXT_ARG(text),
                                text.size ? "; " : "", TDM_TEXT_ARG(name));
        for (size_t j = 0; j < list.count; j++) {
            tdm_text id = list.items[j].id;
            if (id.size == 0)
                id = tdm_project_migration(files->project, list.items[j].migration).version;
            text =
                tdm_arena_printf(files->arena, "%.*s %.*s", TDM_TEXT_ARG(text), TDM_TEXT_ARG(id));
        }
    }
    return text;
}

static void a_revision_follows_what_was_applied_before_its_migration(void **state)
{
    project_files *files = *state;
    pair(files, "a", NULL, "20250101000000");
    migration(files, "20250102000000");
    migration(files, "20250103000000");
    assert_text_equal(found(files), "20250102000000: a; 20250103000000: 20250102000000; "
                                    "heads: 20250103000000");
}

static void what_comes_later_becomes_a_branch(void **state)
{
    project_files *files = *state;
    pair(files, "a", NULL, "20250101000000");
    migration(files, "20250102000000");
    pair(files, "b", "a", "20250103000000");
    assert_text_equal(found(files), "20250102000000: a; heads: 20250102000000 b");
}

static void branches_that_were_applied_are_joined(void **state)
{
    project_files *files = *state;
    pair(files, "a", NULL, "20250101000000");
    pair(files, "b", "a", "20250102000000");
    pair(files, "c", "a", "20250103000000");
    migration(files, "20250104000000");
    assert_text_equal(found(files), "20250104000000: b c; heads: 20250104000000");
}

static void a_revision_without_its_migration_is_followed_by_none(void **state)
{
    project_files *files = *state;
    pair(files, "a", NULL, "20250101000000");
    pair(files, "b", "a", NULL);
    migration(files, "20250104000000");
    assert_text_equal(found(files), "20250104000000: a; heads: 20250104000000 b");
}

static void labelled_branches_are_not_joined_in_passing(void **state)
{
    project_files *files = *state;
    pair(files, "a", NULL, "20250101000000");
    pair(files, "b", "a", "20250102000000");
    pair(files, "c", "a", "20250103000000");
    files_edit(files, "alembic/versions/c_change.py", "down_revision = \"a\"",
               "down_revision = \"a\"\nbranch_labels = (\"side\",)");
    migration(files, "20250104000000");
    assert_text_equal(found(files),
                      "it is not clear on which branch the revision of this migration belongs");
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, files_set_up, files_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_revision_follows_what_was_applied_before_its_migration),
        CASE(what_comes_later_becomes_a_branch),
        CASE(branches_that_were_applied_are_joined),
        CASE(a_revision_without_its_migration_is_followed_by_none),
        CASE(labelled_branches_are_not_joined_in_passing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
