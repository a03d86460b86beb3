// Which revision and which migration belong together. The forms are those of real projects; each
// test that names one says which habit it stands for.
#include "test.h"

#include "base/text.h"
#include "pair/link.h"
#include "pair/words.h"

#include <stdlib.h>
#include <string.h>

typedef struct fixture {
    tdm_arena *arena;
    tdm_link_revision revisions[16];
    uint32_t parents[16][2];
    size_t revision_count;
    tdm_link_migration migrations[16];
    size_t migration_count;
    tdm_link_effect revision_effects[16];
    tdm_link_effect migration_effects[16];
    tdm_links links;
} fixture;

static int set_up(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    f->arena = tdm_arena_new(0);
    *state = f;
    return f->arena ? 0 : -1;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    tdm_arena_free(f->arena);
    free(f);
    return 0;
}

// Each revision follows the one before it.
static tdm_link_revision *revision(fixture *f, const char *id, const char *file)
{
    tdm_link_revision *item = &f->revisions[f->revision_count];
    item->id = tdm_text_of(id);
    item->file_name = tdm_text_of(file);
    if (f->revision_count) {
        f->parents[f->revision_count][0] = (uint32_t)f->revision_count - 1;
        item->parents = f->parents[f->revision_count];
        item->parent_count = 1;
    }
    f->revision_count++;
    return item;
}

static tdm_link_migration *migration(fixture *f, const char *version, const char *name,
                                     const char *header)
{
    tdm_link_migration *item = &f->migrations[f->migration_count++];
    item->version = tdm_text_of(version);
    item->name = tdm_text_of(name);
    item->file_name = tdm_arena_printf(f->arena, "%s_%s.sql", version, name);
    tdm_place place = {"x.sql", 1, 4, 0, 0};
    assert_true(tdm_comment_read(f->arena, tdm_text_of(header), place, &item->header));
    return item;
}

static tdm_status effect(void *context, bool of_revision, size_t index, tdm_link_effect *ret,
                         tdm_error *err)
{
    fixture *f = context;
    (void)err;
    *ret = of_revision ? f->revision_effects[index] : f->migration_effects[index];
    return TDM_OK;
}

static void find(fixture *f)
{
    tdm_error err = TDM_ERROR_INIT;
    tdm_link_input input = {.revisions = f->revisions,
                            .revision_count = f->revision_count,
                            .migrations = f->migrations,
                            .migration_count = f->migration_count,
                            .effect = effect,
                            .context = f};
    assert_int_equal(tdm_links_find(f->arena, &input, &f->links, &err), TDM_OK);
}

// The link between the two, or TDM_LINK_NONE.
static tdm_link link_of(const fixture *f, uint32_t of_revision, uint32_t of_migration)
{
    for (size_t i = 0; i < f->links.edges.count; i++)
        if (f->links.edges.items[i].revision == of_revision &&
            f->links.edges.items[i].migration == of_migration)
            return f->links.edges.items[i].link;
    return TDM_LINK_NONE;
}

static tdm_link_effect does(char what, size_t all, size_t core)
{
    tdm_link_effect ret = {.known = true, .all = all, .core = core};
    ret.all_id.bytes[0] = (uint8_t)what;
    ret.core_id.bytes[0] = (uint8_t)what;
    return ret;
}

static void a_written_link_outweighs_equal_digits(void **state)
{
    fixture *f = *state;
    revision(f, "20241127_000001", "20241127_000001_a.py");
    revision(f, "20241127_000002", "20241127_000002_b.py");
    tdm_written_link written = {TDM_TEXT("20241127_000002"), {"x.sql", 2, 1, 0, 0}};
    tdm_link_migration *item = migration(f, "20241127000001", "x", "");
    item->written = &written;
    item->written_count = 1;
    find(f);
    assert_int_equal(link_of(f, 1, 0), TDM_LINK_WRITTEN);
    assert_int_equal(link_of(f, 0, 0), TDM_LINK_NONE);
    assert_int_equal(f->links.edges.count, 1);
}

static void a_docstring_may_name_several_migrations(void **state)
{
    fixture *f = *state;
    tdm_link_revision *item = revision(f, "abc", "abc_x.py");
    item->doc = TDM_TEXT("Add users\n\nSupabase: 20240101000000, 20240102000000_users.sql\n");
    item->doc_place = (tdm_place){"abc_x.py", 1, 4, 0, 0};
    migration(f, "20240101000000", "one", "");
    migration(f, "20240102000000", "users", "");
    find(f);
    assert_int_equal(link_of(f, 0, 0), TDM_LINK_WRITTEN);
    assert_int_equal(link_of(f, 0, 1), TDM_LINK_WRITTEN);
    assert_int_equal(f->links.edges.items[0].place.line, 3);
}

static void a_written_link_that_names_nothing_is_a_fault(void **state)
{
    fixture *f = *state;
    revision(f, "abc", "abc_x.py");
    tdm_written_link written = {TDM_TEXT("abd"), {"x.sql", 2, 21, 0, 0}};
    tdm_link_migration *item = migration(f, "20240101000000", "one", "");
    item->written = &written;
    item->written_count = 1;
    find(f);
    assert_int_equal(f->links.edges.count, 0);
    assert_int_equal(f->links.faults.count, 1);
    assert_int_equal(f->links.faults.items[0].severity, TDM_SEVERITY_ERROR);
    assert_int_equal(f->links.faults.items[0].place.line, 2);
    assert_text_equal(f->links.faults.items[0].message, "there is no revision 'abd'");
}

static void a_version_used_twice_cannot_be_linked_to(void **state)
{
    fixture *f = *state;
    tdm_link_revision *item = revision(f, "abc", "abc_x.py");
    item->doc = TDM_TEXT("Supabase: 009");
    migration(f, "009", "one", "");
    migration(f, "009", "two", "");
    find(f);
    assert_int_equal(f->links.edges.count, 0);
    assert_text_equal(f->links.faults.items[0].message, "'009' names more than one migration");
}

static void prose_after_supabase_is_no_link(void **state)
{
    fixture *f = *state;
    revision(f, "abc", "abc_x.py")->doc = TDM_TEXT("Supabase: see the SQL folder");
    find(f);
    assert_int_equal(f->links.edges.count + f->links.faults.count, 0);
}

static void digits_of_the_id(void **state)
{
    fixture *f = *state;
    revision(f, "20241127_000001", "20241127_000001_a.py");
    revision(f, "20250102000000", "20250102000000_b.py");
    migration(f, "20241127000001", "anything", "");
    migration(f, "20250102000000", "other", "");
    find(f);
    assert_int_equal(link_of(f, 0, 0), TDM_LINK_DIGITS);
    assert_int_equal(link_of(f, 1, 1), TDM_LINK_DIGITS);
}

static void digits_of_the_create_date(void **state)
{
    fixture *f = *state;
    revision(f, "c1c2c3c4c5c6", "c1c2c3c4c5c6_x.py")->created =
        TDM_TEXT("2026-05-29 12:25:00.000000");
    migration(f, "20260529122500", "y", "");
    find(f);
    assert_int_equal(link_of(f, 0, 0), TDM_LINK_DIGITS);
}

static void digits_of_the_file_name(void **state)
{
    fixture *f = *state;
    revision(f, "0006_terms", "20260529_1330_0006_terms.py");
    migration(f, "20260529133000", "y", "");
    find(f);
    assert_int_equal(link_of(f, 0, 0), TDM_LINK_DIGITS);
}

static void digits_that_two_revisions_share_prove_nothing(void **state)
{
    fixture *f = *state;
    revision(f, "aaa", "aaa_x.py")->created = TDM_TEXT("2026-02-09 00:00:00");
    revision(f, "bbb", "bbb_y.py")->created = TDM_TEXT("2026-02-09 00:00:00");
    migration(f, "20260209000000", "z", "");
    find(f);
    assert_int_equal(f->links.edges.count, 0);
}

static void an_ordinal_alone_proves_nothing(void **state)
{
    fixture *f = *state;
    revision(f, "0007_auth_identities", "0007_auth_identities.py");
    revision(f, "20260209", "20260209_a.py");
    migration(f, "0007", "supabase_auth_public_schema_cleanup", "");
    migration(f, "20260209", "b", "");
    find(f);
    assert_int_equal(f->links.edges.count, 0);
}

static void a_header_names_a_revision_by_id(void **state)
{
    fixture *f = *state;
    revision(f, "0005_auth_skeleton", "x.py");
    revision(f, "0006_terms_consent_unique_key", "y.py");
    migration(f, "20260101000000", "a",
              "CMP-575 Supabase SQL candidate for Alembic revision 0006_terms_consent_unique_key.");
    find(f);
    assert_int_equal(link_of(f, 1, 0), TDM_LINK_MENTION);
    assert_int_equal(f->links.edges.count, 1);
}

static void a_header_names_a_range_by_ordinals(void **state)
{
    fixture *f = *state;
    revision(f, "001_initial", "001_initial_schema.py");
    revision(f, "002_cart", "002_cart.py");
    revision(f, "003_admin", "003_admin.py");
    revision(f, "004_ai", "004_ai.py");
    revision(f, "005_collections", "005_collections.py");
    migration(f, "000001", "initial_schema",
              "Alankara initial schema (mirrors Alembic revisions 001\xe2\x80\x93"
              "004)");
    find(f);
    assert_int_equal(f->links.edges.count, 4);
    assert_int_equal(link_of(f, 0, 0), TDM_LINK_MENTION);
    assert_int_equal(link_of(f, 3, 0), TDM_LINK_MENTION);
    assert_int_equal(link_of(f, 4, 0), TDM_LINK_NONE);
}

static void a_range_follows_the_chain_and_not_the_other_branch(void **state)
{
    fixture *f = *state;
    revision(f, "8250ff809a39", "a.py");
    revision(f, "335418ec68e3", "b.py");
    revision(f, "a1b2c3d4e5f6", "c.py"); // a branch of its own
    revision(f, "4d9a58ecd93b", "d.py");
    f->parents[3][0] = 1;
    migration(f, "20260430115000", "baseline",
              "Generated from Alembic migration chain analysis (22 migrations from 8250ff809a39 "
              "through 4d9a58ecd93b).");
    find(f);
    assert_int_equal(f->links.edges.count, 3);
    assert_int_equal(link_of(f, 2, 0), TDM_LINK_NONE);
    assert_int_equal(link_of(f, 3, 0), TDM_LINK_MENTION);
}

static void a_header_names_files(void **state)
{
    fixture *f = *state;
    revision(f, "007_organization_type", "007_organization_type.py");
    revision(f, "007_phase1", "007_phase1.py");
    revision(f, "008_x", "008_x.py");
    migration(f, "007", "m5_worker_tables",
              "Mirrors Alembic migrations 007_organization_type.py and 007_phase1.py");
    find(f);
    assert_int_equal(f->links.edges.count, 2);
    assert_int_equal(link_of(f, 1, 0), TDM_LINK_MENTION);
}

static void alembic_headers_copied_into_sql(void **state)
{
    fixture *f = *state;
    revision(f, "c1d1196b0e7d", "a.py");
    revision(f, "fa5bd6e4c1e7", "b.py");
    migration(f, "20250101000000", "x", "Revision ID: fa5bd6e4c1e7\nRevises: c1d1196b0e7d");
    migration(f, "20250102000000", "y", "Running upgrade  -> c1d1196b0e7d");
    find(f);
    assert_int_equal(f->links.edges.count, 2);
    assert_int_equal(link_of(f, 1, 0), TDM_LINK_MENTION);
    assert_int_equal(link_of(f, 0, 1), TDM_LINK_MENTION);
}

static void source_comments_name_files(void **state)
{
    fixture *f = *state;
    revision(f, "8250ff809a39", "8250ff809a39_add_execution_table.py");
    revision(f, "335418ec68e3", "335418ec68e3_add_trades_table.py");
    tdm_link_migration *item =
        migration(f, "20260430115000", "x", "Source: 8250ff809a39_add_execution_table.py");
    tdm_comment_line more = {TDM_TEXT("Source: 335418ec68e3_add_trades_table.py"), TDM_NOWHERE};
    item->sources = (tdm_comment){&more, 1};
    find(f);
    assert_int_equal(link_of(f, 0, 0), TDM_LINK_MENTION);
    assert_int_equal(link_of(f, 1, 0), TDM_LINK_MENTION);
}

static void a_docstring_mirrors_a_migration_file(void **state)
{
    fixture *f = *state;
    revision(f, "abc", "abc_x.py")->doc =
        TDM_TEXT("Mirrors supabase/migrations/20260529122501_seed_categories.sql\nfor developers");
    revision(f, "def", "def_x.py")->doc = TDM_TEXT("Baseline migration for Supabase schema 001 + "
                                                   "002.");
    migration(f, "001", "a", "");
    migration(f, "002", "b", "");
    migration(f, "20260529122501", "seed_categories", "");
    find(f);
    assert_int_equal(f->links.edges.count, 3);
    assert_int_equal(link_of(f, 0, 2), TDM_LINK_MENTION);
    assert_int_equal(link_of(f, 1, 0), TDM_LINK_MENTION);
    assert_int_equal(link_of(f, 1, 1), TDM_LINK_MENTION);
}

static void prose_names_nothing(void **state)
{
    fixture *f = *state;
    revision(f, "002_rls_policies", "002_rls_policies.py")->doc =
        TDM_TEXT("convention (canonicalised in Supabase migration 20260511230000).  Different\n"
                 "Revision ID: 002_rls_policies");
    migration(f, "20260511230000", "x",
              "Mirrors the pattern in 002_rls_policies.sql\n"
              "mirrors audit_trail convention: restrict anon\n"
              "unlike Alembic revision 002_rls_policies\n"
              "must be removed from the Alembic migration\n"
              "mirrors the style of revision 002_rls_policies");
    find(f);
    assert_int_equal(f->links.edges.count, 0);
    assert_int_equal(f->links.faults.count, 0);
}

static void a_comment_that_names_an_unknown_revision_is_a_warning(void **state)
{
    fixture *f = *state;
    revision(f, "001_initial", "001_initial.py");
    migration(f, "20260511230000", "x", "mirrors Alembic revisions 001-006");
    find(f);
    assert_int_equal(f->links.edges.count, 0);
    assert_int_equal(f->links.faults.count, 1);
    assert_int_equal(f->links.faults.items[0].severity, TDM_SEVERITY_WARNING);
    assert_text_equal(f->links.faults.items[0].message, "there is no revision '006'");
}

static void an_ordinal_of_several_revisions_is_a_warning(void **state)
{
    fixture *f = *state;
    revision(f, "007_a", "007_a.py");
    revision(f, "007_b", "007_b.py");
    migration(f, "20260511230000", "x", "mirrors Alembic revision 007");
    find(f);
    assert_int_equal(f->links.edges.count, 0);
    assert_text_equal(f->links.faults.items[0].message, "'007' names more than one revision");
}

static void a_comment_completes_what_digits_found(void **state)
{
    fixture *f = *state;
    revision(f, "20241127_000001", "a.py");
    revision(f, "20241127_000002", "b.py");
    migration(f, "20241127000001", "x", "mirrors 20241127_000001 and 20241127_000002");
    migration(f, "20241128000000", "y", "");
    find(f);
    assert_int_equal(link_of(f, 0, 0), TDM_LINK_DIGITS);
    assert_int_equal(link_of(f, 1, 0), TDM_LINK_MENTION);
}

static void equal_effect_at_the_same_place(void **state)
{
    fixture *f = *state;
    revision(f, "aaa", "aaa_one.py");
    revision(f, "bbb", "bbb_two.py");
    migration(f, "20240101000000", "uno", "");
    migration(f, "20240102000000", "due", "");
    f->revision_effects[0] = does('a', 3, 3);
    f->revision_effects[1] = does('b', 1, 1);
    f->migration_effects[0] = does('a', 4, 3); // and a policy
    f->migration_effects[0].all_id.bytes[1] = 1;
    f->migration_effects[1] = does('b', 1, 1);
    find(f);
    assert_int_equal(link_of(f, 0, 0), TDM_LINK_EFFECT);
    assert_int_equal(link_of(f, 1, 1), TDM_LINK_EFFECT);
}

static void equal_effect_elsewhere_in_the_order_is_no_link(void **state)
{
    fixture *f = *state;
    revision(f, "aaa", "aaa_one.py");
    revision(f, "20240101_000000", "x.py");
    migration(f, "20240101000000", "uno", "");
    migration(f, "20240102000000", "due", "");
    f->revision_effects[0] = does('a', 1, 1);
    f->migration_effects[1] = does('a', 1, 1);
    find(f);
    assert_int_equal(link_of(f, 0, 1), TDM_LINK_NONE);
}

static void an_opaque_or_empty_effect_is_no_link(void **state)
{
    fixture *f = *state;
    revision(f, "aaa", "aaa_one.py");
    revision(f, "bbb", "bbb_two.py");
    migration(f, "20240101000000", "uno", "");
    migration(f, "20240102000000", "due", "");
    f->revision_effects[0] = does('a', 0, 0);
    f->migration_effects[0] = does('a', 0, 0);
    f->revision_effects[1] = does('b', 1, 1);
    f->migration_effects[1] = does('b', 1, 1);
    f->migration_effects[1].known = false;
    find(f);
    assert_int_equal(f->links.edges.count, 0);
}

static void the_same_slug(void **state)
{
    fixture *f = *state;
    revision(f, "001a", "001_initial_schema.py");
    revision(f, "010_unified_production", "010_unified_crop_animal_production.py");
    revision(f, "e5f6a7b8c9d0", "e5f6a7b8c9d0_add_dividend_yield_to_.py")->message =
        TDM_TEXT("Add dividend yield to price-cache");
    migration(f, "001", "initial_schema", "");
    migration(f, "005", "unified_crop_animal_production", "");
    migration(f, "20260527204500", "add_dividend_yield_to_price_cache", "");
    find(f);
    assert_int_equal(link_of(f, 0, 0), TDM_LINK_SLUG);
    assert_int_equal(link_of(f, 1, 1), TDM_LINK_SLUG);
    assert_int_equal(link_of(f, 2, 2), TDM_LINK_SLUG);
}

static void a_slug_that_two_share_proves_nothing(void **state)
{
    fixture *f = *state;
    revision(f, "aaa", "aaa_add_users.py");
    revision(f, "bbb", "bbb_add_users.py");
    migration(f, "20240101000000", "add_users", "");
    find(f);
    assert_int_equal(f->links.edges.count, 0);
}

static void a_slug_joins_what_a_comment_left_out(void **state)
{
    fixture *f = *state;
    revision(f, "007_organization_type", "007_organization_type.py");
    revision(f, "007_phase1", "007_phase1.py");
    migration(f, "006", "organization_type", "");
    migration(f, "007", "m5_worker_tables",
              "Mirrors Alembic migrations 007_organization_type.py and 007_phase1.py");
    find(f);
    assert_int_equal(link_of(f, 0, 0), TDM_LINK_SLUG);
    assert_int_equal(link_of(f, 0, 1), TDM_LINK_MENTION);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_written_link_outweighs_equal_digits),
        TEST(a_docstring_may_name_several_migrations),
        TEST(a_written_link_that_names_nothing_is_a_fault),
        TEST(a_version_used_twice_cannot_be_linked_to),
        TEST(prose_after_supabase_is_no_link),
        TEST(digits_of_the_id),
        TEST(digits_of_the_create_date),
        TEST(digits_of_the_file_name),
        TEST(digits_that_two_revisions_share_prove_nothing),
        TEST(an_ordinal_alone_proves_nothing),
        TEST(a_header_names_a_revision_by_id),
        TEST(a_header_names_a_range_by_ordinals),
        TEST(a_range_follows_the_chain_and_not_the_other_branch),
        TEST(a_header_names_files),
        TEST(alembic_headers_copied_into_sql),
        TEST(source_comments_name_files),
        TEST(a_docstring_mirrors_a_migration_file),
        TEST(prose_names_nothing),
        TEST(a_comment_that_names_an_unknown_revision_is_a_warning),
        TEST(an_ordinal_of_several_revisions_is_a_warning),
        TEST(a_comment_completes_what_digits_found),
        TEST(equal_effect_at_the_same_place),
        TEST(equal_effect_elsewhere_in_the_order_is_no_link),
        TEST(an_opaque_or_empty_effect_is_no_link),
        TEST(the_same_slug),
        TEST(a_slug_that_two_share_proves_nothing),
        TEST(a_slug_joins_what_a_comment_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
