// tandem.lock: its format, what counts as the same meaning, and what check says about it.
#include "project_files.h"

#include "pair/lock.h"
#include "pair/lock_add.h"
#include "pair/lock_meaning.h"

#include <tandem/finding.h>
#include <tandem/lock.h>

#define MIGRATIONS "supabase/migrations/"
#define NOTES_SQL MIGRATIONS "20250101000001_notes.sql"
#define NOTES "op.execute(\"CREATE TABLE notes (id integer)\")"

static const tdm_finding *find(const tdm_check_result *result, tdm_finding_kind kind)
{
    for (size_t i = 0; i < result->finding_count; i++)
        if (result->findings[i].kind == kind)
            return &result->findings[i];
    return NULL;
}

static void put_pair(project_files *files)
{
    files_revision(files, "a", NULL, NOTES);
    files_put(files, NOTES_SQL, "-- tandem: revision a\nCREATE TABLE notes (id integer);\n");
}

static tdm_status make(project_files *files, const tdm_lock_options *options, tdm_error *err)
{
    tdm_locked locked;
    files_check(files);
    if (tdm_lock_make(files->project, options, &locked, err) != TDM_OK)
        return TDM_FAILED;
    return tdm_lock_write(files->project, &locked, err);
}

static void lock(project_files *files)
{
    tdm_error err = TDM_ERROR_INIT;
    tdm_lock_options options = {0};
    if (make(files, &options, &err) != TDM_OK)
        fail_msg("%s", err.message);
}

// --- The format
// -----------------------------------------------------------------------------------

static tdm_status parse(project_files *files, const char *text, bool mend, tdm_lock *ret,
                        tdm_error *err)
{
    *err = TDM_ERROR_INIT;
    return tdm_lock_parse(files->arena, "tandem.lock", tdm_text_of(text), mend, ret, err);
}

static const char *print(project_files *files, const tdm_lock *lock)
{
    tdm_error err = TDM_ERROR_INIT;
    tdm_buffer out = TDM_BUFFER_INIT(1 << 20);
    assert_int_equal(tdm_lock_print(lock, &out, &err), TDM_OK);
    return tdm_buffer_take(&out, files->arena).data;
}

static tdm_lock sample(tdm_lock_member members[3], tdm_lock_line lines[2])
{
    members[0] = (tdm_lock_member){.revision = true, .name = TDM_TEXT("odd id:%=\n")};
    members[1] = (tdm_lock_member){.name = TDM_TEXT("20250101000001_with space")};
    members[2] = (tdm_lock_member){.revision = true, .name = TDM_TEXT("b")};
    lines[0] = (tdm_lock_line){TDM_LOCK_PAIR, members, 2, {0}, {0}};
    lines[1] = (tdm_lock_line){
        TDM_LOCK_ACKNOWLEDGED, members + 2, 1, TDM_TEXT("two\nlines -- and a dash"), {0}};
    return (tdm_lock){.identity = 1, .lines = lines, .count = 2};
}

static void what_is_written_is_read_back(void **state)
{
    project_files *files = *state;
    tdm_lock_member members[3];
    tdm_lock_line lines[2];
    tdm_lock written = sample(members, lines);
    tdm_lock read;
    tdm_error err;
    const char *text = print(files, &written);
    assert_int_equal(parse(files, text, false, &read, &err), TDM_OK);
    assert_int_equal(read.count, 2);
    assert_text_equal(read.lines[0].members[0].name, "odd id:%=\n");
    assert_text_equal(read.lines[0].members[1].name, "20250101000001_with space");
    assert_text_equal(tdm_lock_version(&read.lines[0].members[1]), "20250101000001");
    assert_int_equal(read.lines[1].kind, TDM_LOCK_ACKNOWLEDGED);
    assert_text_equal(read.lines[1].reason, "two lines -- and a dash");
    assert_int_equal(read.lines[1].place.line, 4);
    assert_string_equal(print(files, &read), text);
}

static void a_reason_and_a_name_may_hold_anything(void **state)
{
    project_files *files = *state;
    tdm_lock_member members[] = {
        {.revision = true, .name = {"a\0b", 3}},
        {.revision = true, .name = {"a\0c", 3}},
    };
    tdm_lock_line lines[] = {
        {TDM_LOCK_ACKNOWLEDGED, members, 1, TDM_TEXT("\x10 why\x02not \n"), {0}},
        {TDM_LOCK_DRAFT, members + 1, 1, {0}, {0}},
    };
    tdm_lock written = {.identity = 1, .lines = lines, .count = 2};
    tdm_lock read;
    tdm_error err;
    const char *text = print(files, &written);
    if (parse(files, text, false, &read, &err) != TDM_OK)
        fail_msg("%s", err.message);
    assert_int_equal(read.count, 2);
    assert_true(tdm_text_is(read.lines[0].reason, "why not"));
    assert_true(tdm_text_equal(read.lines[1].members[0].name, members[1].name));
    assert_string_equal(print(files, &read), text);
}

static void every_damage_is_an_error_with_its_line(void **state)
{
    project_files *files = *state;
    tdm_lock_member members[3];
    tdm_lock_line lines[2];
    tdm_lock written = sample(members, lines);
    tdm_text text = tdm_text_of(print(files, &written));
    tdm_lock read;
    tdm_error err;
    // Cut anywhere, or with any letter of a line changed, it is not taken for a lock.
    for (size_t i = 0; i + 1 < text.size; i++) {
        char *cut = tdm_arena_string(files->arena, tdm_text_slice(text, 0, i));
        assert_int_equal(parse(files, cut, false, &read, &err), TDM_FAILED);
        assert_int_equal(err.code, TDM_ERROR_CONFIG);
    }
    size_t body = tdm_text_find(text, TDM_TEXT("pair "));
    for (size_t i = body; i + 1 < text.size; i++) {
        char *changed = tdm_arena_string(files->arena, text);
        changed[i] = changed[i] == 'e' ? 'f' : 'e';
        assert_int_equal(parse(files, changed, false, &read, &err), TDM_FAILED);
        assert_true(err.place.line > 0);
    }
}

static void an_unresolved_merge_is_named_and_can_be_mended(void **state)
{
    project_files *files = *state;
    tdm_lock_member members[3];
    tdm_lock_line lines[2];
    tdm_lock written = sample(members, lines);
    tdm_lock read;
    tdm_error err;
    tdm_text text = tdm_text_of(print(files, &written));
    size_t total = tdm_text_find(text, TDM_TEXT("total "));
    tdm_text conflict = tdm_arena_printf(files->arena, "%.*s<<<<<<< HEAD\n%s=======\n%s>>>>>>> b\n",
                                         TDM_TEXT_ARG(tdm_text_slice(text, 0, total)),
                                         text.data + total, text.data + total);
    assert_int_equal(parse(files, conflict.data, false, &read, &err), TDM_FAILED);
    assert_non_null(strstr(err.message, "unresolved merge"));
    assert_int_equal(err.place.line, 5);
    assert_int_equal(parse(files, conflict.data, true, &read, &err), TDM_OK);
    assert_int_equal(read.count, 2);
}

// --- Tokens
// ---------------------------------------------------------------------------------------

static tdm_digest python_digest(const char *text)
{
    tdm_digest digest;
    tdm_error err = TDM_ERROR_INIT;
    tdm_hasher *hasher = tdm_hasher_new();
    tdm_lock_python(hasher, tdm_text_of(text));
    assert_int_equal(tdm_hasher_end(hasher, &digest, &err), TDM_OK);
    tdm_hasher_free(hasher);
    return digest;
}

static void comments_and_space_are_no_tokens_of_python(void **state)
{
    (void)state;
    static const char *const same[][2] = {
        {"a = 1\n", "# x\n\na  =  1   # y\r\n"},
        {"if a:\n    b\n", "if a:  # '\n\n    # \"\"\"\n    b"},
        {"s = f\"{d['#']}\"\n", "s = f\"{d['#']}\"  # '\n"},
        {"", "# nothing\n"},
    };
    static const char *const other[][2] = {
        {"a = 1\n", "a = 11\n"},
        {"if a:\n    b\nc\n", "if a:\n    b\n    c\n"},
        {"s = 'a # b'\n", "s = 'a # c'\n"},
        {"s = '''\n# b\n'''\n", "s = '''\n# c\n'''\n"},
        {"s = '\\'# b'\n", "s = '\\'# c'\n"},
        {"s = f\"{d[\"#a\"]}\"\n", "s = f\"{d[\"#b\"]}\"\n"},
        {"s = 'a  b'\n", "s = 'a b'\n"},
        {"a b\n", "ab\n"},
    };
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        if (!tdm_digest_equal(python_digest(same[i][0]), python_digest(same[i][1])))
            fail_msg("should be the same: %s", same[i][1]);
    for (size_t i = 0; i < sizeof other / sizeof *other; i++)
        if (tdm_digest_equal(python_digest(other[i][0]), python_digest(other[i][1])))
            fail_msg("should be another: %s", other[i][1]);
}

// --- What check says
// ------------------------------------------------------------------------------

static void comments_and_space_may_change(void **state)
{
    project_files *files = *state;
    put_pair(files);
    lock(files);
    files_put(files, NOTES_SQL, "-- another\r\nCREATE  TABLE notes\r\n(id INT);\r\n");
    files_edit(files, "alembic/versions/a_change.py", "    pass", "    op.drop_table('notes')");
    const tdm_check_result *result = files_check(files);
    assert_int_equal(result->error_count, 0);
    // The link that the comment held is in the lock.
    assert_int_equal(result->pairs[0].link, TDM_LINK_LOCK);
}

static void both_sides_changed_alike_is_still_a_change(void **state)
{
    project_files *files = *state;
    put_pair(files);
    lock(files);
    files_edit(files, NOTES_SQL, "integer", "bigint");
    files_edit(files, "alembic/versions/a_change.py", "integer", "bigint");
    const tdm_check_result *result = files_check(files);
    assert_int_equal(result->error_count, 2);
    const tdm_finding *finding = find(result, TDM_FINDING_FROZEN_CHANGED);
    assert_string_equal(finding->place.file, "alembic/versions/a_change.py");
    assert_string_equal(finding->other_place.file, "tandem.lock");
    assert_text_equal(finding->revision, "a");
}

static void another_parent_is_another_meaning(void **state)
{
    project_files *files = *state;
    put_pair(files);
    lock(files);
    files_revision(files, "b", NULL, "pass");
    files_revision(files, "a", "b", NOTES);
    assert_non_null(find(files_check(files), TDM_FINDING_FROZEN_CHANGED));
}

static void a_removed_and_a_renamed_migration_are_found(void **state)
{
    project_files *files = *state;
    put_pair(files);
    lock(files);
    files_remove(files, NOTES_SQL);
    files_put(files, MIGRATIONS "20250101000001_other.sql", "CREATE TABLE notes (id integer);\n");
    const tdm_check_result *result = files_check(files);
    assert_int_equal(result->error_count, 1);
    assert_non_null(find(result, TDM_FINDING_FROZEN_RENAMED));
    files_remove(files, MIGRATIONS "20250101000001_other.sql");
    files_put(files, MIGRATIONS "20250101000002_notes.sql",
              "-- tandem: revision a\nCREATE TABLE notes (id integer);\n");
    result = files_check(files);
    assert_int_equal(result->error_count, 1);
    const tdm_finding *finding = find(result, TDM_FINDING_FROZEN_GONE);
    assert_text_equal(finding->version, "20250101000001");
    assert_int_equal(finding->place.line, 3);
}

static void locking_again_never_accepts_a_change_by_itself(void **state)
{
    project_files *files = *state;
    tdm_error err = TDM_ERROR_INIT;
    tdm_lock_options none = {0};
    const char *names[] = {"a", "20250101000001"};
    tdm_lock_options refreeze = {.refreeze = names, .refreeze_count = 2};
    put_pair(files);
    lock(files);
    files_edit(files, NOTES_SQL, "integer", "bigint");
    files_edit(files, "alembic/versions/a_change.py", "integer", "bigint");
    assert_int_equal(make(files, &none, &err), TDM_FAILED);
    assert_int_equal(err.code, TDM_ERROR_HISTORY);
    assert_int_equal(make(files, &refreeze, &err), TDM_OK);
    assert_int_equal(files_check(files)->error_count, 0);
}

static void an_acknowledged_pair_is_quiet_until_a_side_changes(void **state)
{
    project_files *files = *state;
    tdm_error err = TDM_ERROR_INIT;
    const char *name = "a";
    tdm_lock_options options = {.acknowledge = &name, .acknowledge_count = 1};
    put_pair(files);
    assert_int_equal(make(files, &options, &err), TDM_FAILED);
    assert_int_equal(err.code, TDM_ERROR_USAGE); // no reason
    options.reason = "wider on purpose";
    assert_int_equal(make(files, &options, &err), TDM_FAILED);
    assert_int_equal(err.code, TDM_ERROR_HISTORY); // the pair agrees
    files_edit(files, NOTES_SQL, "integer", "bigint");
    assert_int_equal(make(files, &options, &err), TDM_OK);
    const tdm_check_result *result = files_check(files);
    assert_int_equal(result->error_count, 0);
    assert_int_equal(result->pairs[0].verdict, TDM_VERDICT_ACKNOWLEDGED);
    assert_text_equal(result->pairs[0].detail, "wider on purpose");
    files_edit(files, NOTES_SQL, "CREATE", "-- seen\nCREATE");
    assert_int_equal(files_check(files)->error_count, 0);
    files_edit(files, NOTES_SQL, "bigint", "smallint");
    result = files_check(files);
    assert_non_null(find(result, TDM_FINDING_REOPENED));
    assert_non_null(find(result, TDM_FINDING_DIFFERENT));
}

static void a_line_of_the_lock_is_the_strongest_link(void **state)
{
    project_files *files = *state;
    put_pair(files);
    lock(files);
    files_revision(files, "b", "a", "op.execute(\"CREATE TABLE other (id integer)\")");
    files_put(files, MIGRATIONS "20250101000002_other.sql",
              "-- tandem: revision b\nCREATE TABLE other (id integer);\n");
    files_edit(files, NOTES_SQL, "-- tandem: revision a\n", "");
    const tdm_check_result *result = files_check(files);
    assert_int_equal(result->error_count, 0);
    assert_int_equal(result->pairs[0].link, TDM_LINK_LOCK);
    assert_int_equal(result->pairs[1].link, TDM_LINK_WRITTEN);
}

static void what_an_opaque_revision_imports_counts(void **state)
{
    project_files *files = *state;
    tdm_error err = TDM_ERROR_INIT;
    const char *name = "a";
    tdm_lock_options options = {
        .acknowledge = &name, .acknowledge_count = 1, .reason = "looked at"};
    files_put(files, "app/names.py", "import os\nNAME = os.environ['NAME']\n");
    files_put(files, "app/__init__.py", "");
    files_put(files, "alembic.ini", "[alembic]\nscript_location = alembic\nprepend_sys_path = .\n");
    files_revision(files, "a", NULL, "from app.names import NAME; op.drop_table(NAME)");
    assert_int_equal(make(files, &options, &err), TDM_OK);
    assert_int_equal(files_check(files)->error_count, 0);
    files_edit(files, "app/names.py", "'NAME'", "'OTHER'");
    assert_non_null(find(files_check(files), TDM_FINDING_REOPENED));
}

// --- Drafts -------------------------------------------------------------------------------------

static const char *drafted(project_files *files, const char *revision, const char *migration)
{
    tdm_error err = TDM_ERROR_INIT;
    tdm_locked locked;
    tdm_lock_draft draft = {tdm_text_of(revision), tdm_text_of(migration)};
    files_check(files);
    if (tdm_lock_add_drafts(files->project, &draft, 1, &locked, &err) != TDM_OK)
        fail_msg("%s", err.message);
    return locked.path ? locked.text.data : NULL;
}

#define DRAFT "draft revision:b migration:20250102000000_tags\n"

static void a_project_without_lock_gets_no_draft(void **state)
{
    project_files *files = *state;
    put_pair(files);
    assert_null(drafted(files, "b", "20250102000000_tags"));
}

static void a_draft_pairs_and_freezes_nothing(void **state)
{
    project_files *files = *state;
    put_pair(files);
    lock(files);
    const char *text = drafted(files, "b", "20250102000000_tags");
    assert_non_null(strstr(text, "20250101000001_notes"));
    assert_non_null(strstr(text, DRAFT "total 2 "));
    files_put(files, "tandem.lock", text);
    files_revision(files, "b", "a", "pass");
    files_put(files, MIGRATIONS "20250102000000_tags.sql", "-- nothing yet\n");
    const tdm_check_result *result = files_check(files);
    assert_int_equal(result->error_count, 0);
    assert_int_equal(result->pairs[1].link, TDM_LINK_LOCK);
    // Filling both sides is no change of something frozen; locking an empty pair freezes nothing.
    lock(files);
    files_revision(files, "b", "a", "op.execute('CREATE TABLE tags (id integer)')");
    files_put(files, MIGRATIONS "20250102000000_tags.sql", "CREATE TABLE tags (id integer);\n");
    assert_int_equal(files_check(files)->error_count, 0);
    lock(files);
    files_put(files, MIGRATIONS "20250102000000_tags.sql", "CREATE TABLE tags (id bigint);\n");
    assert_non_null(find(files_check(files), TDM_FINDING_FROZEN_CHANGED));
}

static void a_draft_stands_in_the_order_of_the_chain(void **state)
{
    project_files *files = *state;
    put_pair(files);
    files_revision(files, "b", "a", "op.execute('CREATE TABLE tags (id integer)')");
    files_revision(files, "c", "b", "op.execute('CREATE TABLE more (id integer)')");
    files_put(files, MIGRATIONS "20250103000000_more.sql",
              "-- tandem: revision c\nCREATE TABLE more (id integer);\n");
    lock(files);
    const char *text = drafted(files, "b", "20250102000000_tags");
    assert_true(strstr(text, "revision:a:") < strstr(text, DRAFT));
    assert_true(strstr(text, DRAFT) < strstr(text, "revision:c:"));
}

static void what_is_frozen_keeps_its_line(void **state)
{
    project_files *files = *state;
    put_pair(files);
    lock(files);
    assert_null(strstr(drafted(files, "a", "20250101000001_notes"), "draft"));
}

static void a_deleted_draft_is_forgotten(void **state)
{
    project_files *files = *state;
    tdm_error err = TDM_ERROR_INIT;
    tdm_locked locked;
    tdm_lock_options options = {0};
    put_pair(files);
    lock(files);
    files_put(files, "tandem.lock", drafted(files, "b", "20250102000000_tags"));
    assert_int_equal(files_check(files)->error_count, 0);
    assert_int_equal(tdm_lock_make(files->project, &options, &locked, &err), TDM_OK);
    assert_null(strstr(locked.text.data, "draft"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, files_set_up, files_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_written_is_read_back),
        TEST(a_reason_and_a_name_may_hold_anything),
        TEST(every_damage_is_an_error_with_its_line),
        TEST(an_unresolved_merge_is_named_and_can_be_mended),
        TEST(comments_and_space_are_no_tokens_of_python),
        TEST(comments_and_space_may_change),
        TEST(both_sides_changed_alike_is_still_a_change),
        TEST(another_parent_is_another_meaning),
        TEST(a_removed_and_a_renamed_migration_are_found),
        TEST(locking_again_never_accepts_a_change_by_itself),
        TEST(an_acknowledged_pair_is_quiet_until_a_side_changes),
        TEST(a_line_of_the_lock_is_the_strongest_link),
        TEST(what_an_opaque_revision_imports_counts),
        TEST(a_project_without_lock_gets_no_draft),
        TEST(a_draft_pairs_and_freezes_nothing),
        TEST(a_draft_stands_in_the_order_of_the_chain),
        TEST(what_is_frozen_keeps_its_line),
        TEST(a_deleted_draft_is_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
