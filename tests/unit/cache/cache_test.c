// A cache can only save time: what is damaged, foreign or out of date is not found.
#include "cache/cache.h"

#include "base/text.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test.h"

enum { ENTRIES = 5 };
static const char *const values[ENTRIES] = {"first", "", "third", "a longer value than others",
                                            "x"};

typedef struct fixture {
    char folder[32];
    char cache[48]; // in it, made by the cache
    char file[320]; // in that
} fixture;

static int set_up(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    memcpy(f->folder, "/tmp/tandem-cache-XXXXXX", sizeof "/tmp/tandem-cache-XXXXXX");
    if (!mkdtemp(f->folder))
        return -1;
    snprintf(f->cache, sizeof f->cache, "%s/tandem", f->folder);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    unlink(f->file);
    rmdir(f->cache);
    rmdir(f->folder);
    free(f);
    return 0;
}

static tdm_digest key_of(const tdm_cache *cache, size_t index)
{
    char name[2] = {(char)('a' + index), '\0'};
    tdm_text text = tdm_text_of(name);
    tdm_digest key;
    tdm_hasher *hasher = tdm_hasher_new();
    assert_true(tdm_cache_key(hasher, cache, "test", &text, 1, &key));
    tdm_hasher_free(hasher);
    return key;
}

static void find_file(fixture *f)
{
    DIR *folder = opendir(f->cache);
    size_t found = 0;
    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder));)
        if (entry->d_name[0] != '.') {
            snprintf(f->file, sizeof f->file, "%s/%s", f->cache, entry->d_name);
            found++;
        }
    closedir(folder);
    assert_int_equal(found, 1);
}

static void fill(fixture *f)
{
    tdm_cache *cache = tdm_cache_open(f->cache, "/project");
    assert_non_null(cache);
    for (size_t i = 0; i < ENTRIES; i++)
        tdm_cache_put(cache, key_of(cache, i), tdm_text_of(values[i]));
    tdm_cache_close(cache);
    find_file(f);
}

// How many entries are found; each must be what was put.
static size_t count_found(fixture *f)
{
    tdm_cache *cache = tdm_cache_open(f->cache, "/project");
    size_t count = 0;
    if (!cache)
        return 0;
    for (size_t i = 0; i < ENTRIES; i++) {
        tdm_text value;
        if (!tdm_cache_find(cache, key_of(cache, i), &value))
            continue;
        assert_text_equal(value, values[i]);
        count++;
    }
    tdm_cache_close(cache);
    return count;
}

static size_t read_file(const fixture *f, char *ret, size_t size)
{
    FILE *file = fopen(f->file, "rb");
    assert_non_null(file);
    size_t got = fread(ret, 1, size, file);
    fclose(file);
    return got;
}

static void write_file(const fixture *f, const char *data, size_t size)
{
    FILE *file = fopen(f->file, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, size, file), size);
    fclose(file);
}

static void what_was_put_is_found_by_the_next_run(void **state)
{
    fixture *f = *state;
    fill(f);
    assert_int_equal(count_found(f), ENTRIES);
}

static void what_is_put_again_replaces_what_was_of_use(void **state)
{
    fixture *f = *state;
    for (size_t run = 0; run < ENTRIES; run++) {
        tdm_cache *cache = tdm_cache_open(f->cache, "/project");
        assert_non_null(cache);
        tdm_digest key = key_of(cache, 0);
        tdm_text value = {NULL, 0};
        assert_int_equal(tdm_cache_find(cache, key, &value), run > 0);
        if (run)
            assert_text_equal(value, values[run - 1]);
        tdm_cache_put(cache, key, tdm_text_of(values[run]));
        tdm_cache_close(cache);
    }
    find_file(f);
}

static void nothing_is_found_in_the_same_run_or_without_a_cache(void **state)
{
    fixture *f = *state;
    tdm_text value;
    tdm_cache *cache = tdm_cache_open(f->cache, "/project");
    assert_non_null(cache);
    tdm_digest key = key_of(cache, 0);
    tdm_cache_put(cache, key, TDM_TEXT("first"));
    tdm_cache_put(NULL, key, TDM_TEXT("first"));
    assert_false(tdm_cache_find(cache, key, &value));
    assert_false(tdm_cache_find(NULL, key, &value));
    tdm_cache_close(cache);
    tdm_cache_close(NULL);
    find_file(f);
}

static void another_kind_or_project_has_other_entries(void **state)
{
    fixture *f = *state;
    tdm_text text = TDM_TEXT("a");
    tdm_text value;
    tdm_digest key;
    fill(f);
    tdm_cache *cache = tdm_cache_open(f->cache, "/project");
    tdm_hasher *hasher = tdm_hasher_new();
    assert_true(tdm_cache_key(hasher, cache, "other", &text, 1, &key));
    assert_false(tdm_cache_find(cache, key, &value));
    tdm_cache_close(cache);
    cache = tdm_cache_open(f->cache, "/project/below");
    assert_false(tdm_cache_find(cache, key_of(cache, 0), &value));
    tdm_cache_close(cache);
    tdm_hasher_free(hasher);
}

static void a_file_cut_short_anywhere_gives_nothing_wrong(void **state)
{
    fixture *f = *state;
    char whole[4096];
    fill(f);
    size_t size = read_file(f, whole, sizeof whole);
    for (size_t cut = 0; cut < size; cut++) {
        write_file(f, whole, cut);
        assert_true(count_found(f) < ENTRIES);
    }
}

static void no_flipped_bit_gives_anything_wrong(void **state)
{
    fixture *f = *state;
    char whole[4096];
    fill(f);
    size_t size = read_file(f, whole, sizeof whole);
    for (size_t at = 0; at < size; at++) {
        for (unsigned bit = 0; bit < 8; bit += 3) {
            whole[at] ^= (char)(1u << bit);
            write_file(f, whole, size);
            assert_true(count_found(f) < ENTRIES);
            whole[at] ^= (char)(1u << bit);
        }
    }
}

static void a_damaged_entry_is_replaced(void **state)
{
    fixture *f = *state;
    char whole[4096];
    fill(f);
    size_t size = read_file(f, whole, sizeof whole);
    whole[size - 1] ^= 1; // in some value
    write_file(f, whole, size);
    assert_int_equal(count_found(f), ENTRIES - 1);
    fill(f);
    assert_int_equal(count_found(f), ENTRIES);
}

static void a_file_that_others_may_write_is_not_read(void **state)
{
    fixture *f = *state;
    fill(f);
    assert_int_equal(chmod(f->file, 0620), 0);
    assert_int_equal(count_found(f), 0);
    assert_int_equal(chmod(f->file, 0602), 0);
    assert_int_equal(count_found(f), 0);
    assert_int_equal(chmod(f->file, 0600), 0);
    assert_int_equal(count_found(f), ENTRIES);
}

static void a_folder_that_others_may_write_is_not_used(void **state)
{
    fixture *f = *state;
    fill(f);
    assert_int_equal(chmod(f->cache, 0770), 0);
    assert_null(tdm_cache_open(f->cache, "/project"));
    assert_int_equal(chmod(f->cache, 0700), 0);
    assert_int_equal(count_found(f), ENTRIES);
}

static void a_file_of_somebody_else_is_not_read(void **state)
{
    fixture *f = *state;
    if (geteuid() != 0)
        skip(); // only root can give files away
    fill(f);
    assert_int_equal(chown(f->file, 65534, 65534), 0);
    assert_int_equal(count_found(f), 0);
    assert_int_equal(chown(f->cache, 65534, 65534), 0);
    assert_null(tdm_cache_open(f->cache, "/project"));
}

static void a_link_is_not_followed(void **state)
{
    fixture *f = *state;
    char other[64];
    fill(f);
    snprintf(other, sizeof other, "%s/other", f->folder);
    assert_int_equal(rename(f->file, other), 0);
    assert_int_equal(symlink(other, f->file), 0);
    assert_int_equal(count_found(f), 0);
    unlink(other);
}

static void there_is_none_in_a_folder_that_cannot_be(void **state)
{
    fixture *f = *state;
    fill(f);
    char below[340];
    snprintf(below, sizeof below, "%s/below", f->file); // below a plain file
    assert_null(tdm_cache_open(below, "/project"));
    assert_null(tdm_cache_open("relative/folder", "/project"));
    assert_null(tdm_cache_open("", "/project"));
}

static void what_is_of_no_use_is_left_out_in_the_end(void **state)
{
    fixture *f = *state;
    tdm_text value;
    fill(f);
    for (int run = 0; run < 20; run++) {
        tdm_cache *cache = tdm_cache_open(f->cache, "/project");
        char text[8];
        snprintf(text, sizeof text, "%d", run);
        tdm_text view = tdm_text_of(text);
        tdm_digest key;
        tdm_hasher *hasher = tdm_hasher_new();
        assert_true(tdm_cache_key(hasher, cache, "run", &view, 1, &key));
        tdm_hasher_free(hasher);
        tdm_cache_put(cache, key, TDM_TEXT("new"));
        assert_true(tdm_cache_find(cache, key_of(cache, 0), &value)); // of use in every run
        tdm_cache_close(cache);
    }
    assert_int_equal(count_found(f), 1);
}

#define case_of(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        case_of(what_was_put_is_found_by_the_next_run),
        case_of(what_is_put_again_replaces_what_was_of_use),
        case_of(nothing_is_found_in_the_same_run_or_without_a_cache),
        case_of(another_kind_or_project_has_other_entries),
        case_of(a_file_cut_short_anywhere_gives_nothing_wrong),
        case_of(no_flipped_bit_gives_anything_wrong),
        case_of(a_damaged_entry_is_replaced),
        case_of(a_file_that_others_may_write_is_not_read),
        case_of(a_folder_that_others_may_write_is_not_used),
        case_of(a_file_of_somebody_else_is_not_read),
        case_of(a_link_is_not_followed),
        case_of(there_is_none_in_a_folder_that_cannot_be),
        case_of(what_is_of_no_use_is_left_out_in_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
