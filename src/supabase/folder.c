#include "supabase/folder.h"

#include "base/error.h"
#include "base/text.h"
#include "base/vector.h"
#include "supabase/header.h"

#include <stdlib.h>

// Files named *_init.sql were left behind by the CLI's first releases; older than this they count
// as already applied everywhere.
#define INIT_BEFORE UINT64_C(20211209000000)
enum { FULL_VERSION = 14 };

typedef struct folder_reader {
    tdm_arena *arena;
    tdm_tree *tree;
    const char *path;
    TDM_VECTOR(tdm_migration) migrations;
    TDM_VECTOR(tdm_skipped_file) skipped;
} folder_reader;

bool tdm_migration_name_parse(tdm_text file_name, tdm_text *ret_version, tdm_text *ret_name)
{
    size_t digits = 0;
    while (digits < file_name.size && tdm_is_digit(file_name.data[digits]))
        digits++;
    if (digits == 0 || digits == file_name.size || file_name.data[digits] != '_')
        return false;
    tdm_text rest = tdm_text_from(file_name, digits + 1);
    if (!tdm_text_ends(rest, TDM_TEXT(".sql")))
        return false;
    tdm_text name = tdm_text_slice(rest, 0, rest.size - TDM_TEXT(".sql").size);
    // The '.' of the CLI's pattern does not match an end of line.
    if (tdm_text_find_char(name, '\n') != SIZE_MAX || tdm_text_find_char(name, '\r') != SIZE_MAX)
        return false;
    *ret_version = tdm_text_slice(file_name, 0, digits);
    *ret_name = name;
    return true;
}

// The CLI's unanchored ([0-9]{14})_init\.sql: its first match in the name decides.
bool tdm_migration_is_old_init(tdm_text file_name)
{
    tdm_text mark = TDM_TEXT("_init.sql");
    for (size_t i = FULL_VERSION; i + mark.size <= file_name.size; i++) {
        uint64_t version;
        if (tdm_text_starts(tdm_text_from(file_name, i), mark) &&
            tdm_text_to_u64(tdm_text_slice(file_name, i - FULL_VERSION, i), &version))
            return version < INIT_BEFORE;
    }
    return false;
}

static void skip(folder_reader *reader, tdm_text file_name, const char *path,
                 tdm_skip_reason reason)
{
    tdm_text message =
        reason == TDM_SKIP_INIT
            ? TDM_TEXT("Supabase skips an *_init.sql from before December 2021 that comes first; "
                       "another name makes it apply")
            : TDM_TEXT("Supabase reads only files named <digits>_<name>.sql");
    tdm_skipped_file file = {
        .file_name = file_name, .path = path, .reason = reason, .message = message};
    (void)tdm_vector_push(reader->arena, &reader->skipped, file);
}

// The CLI decodes a file as UTF-8, drops a byte order mark and replaces what is invalid in
// silence. Damaged text must not reach a database, so that here it is a problem.
static void check_source(tdm_arena *arena, tdm_migration *migration, tdm_text bytes)
{
    if (tdm_text_starts(bytes, TDM_TEXT("\xEF\xBB\xBF")))
        bytes = tdm_text_from(bytes, 3);
    size_t invalid = tdm_utf8_error(bytes);
    size_t nul = tdm_text_find_char(bytes, '\0');
    size_t bad = invalid < nul ? invalid : nul;
    if (bad == SIZE_MAX) {
        migration->source = bytes;
        return;
    }
    migration->problem = bad == nul ? TDM_TEXT("holds a NUL byte, which PostgreSQL cannot receive")
                                    : tdm_arena_printf(arena, "is not UTF-8: byte 0x%02x",
                                                       (unsigned)(unsigned char)bytes.data[bad]);
    tdm_place place = {.file = migration->path};
    tdm_text_position(bytes, bad, &place.line, &place.column);
    migration->problem_place = place;
}

static void read_source(folder_reader *reader, tdm_migration *migration)
{
    tdm_error err = TDM_ERROR_INIT;
    tdm_text bytes;
    if (tdm_utf8_error(migration->file_name) != SIZE_MAX) {
        migration->problem = TDM_TEXT("its name is not UTF-8 and cannot be recorded");
    } else if (tdm_tree_read(reader->tree, migration->path, reader->arena, &bytes, &err) !=
               TDM_OK) {
        migration->problem = tdm_arena_printf(reader->arena, "%s", err.message);
    } else {
        check_source(reader->arena, migration, bytes);
    }
    (void)tdm_migration_header_read(reader->arena, migration);
}

static void add_entry(folder_reader *reader, const tdm_entry *entry, bool first)
{
    if (entry->kind == TDM_ENTRY_FOLDER)
        return;
    tdm_text version;
    tdm_text name;
    const char *path = tdm_arena_printf(reader->arena, "%s%s%.*s", reader->path,
                                        reader->path[0] ? "/" : "", TDM_TEXT_ARG(entry->name))
                           .data;
    if (first && tdm_migration_is_old_init(entry->name)) {
        skip(reader, entry->name, path, TDM_SKIP_INIT);
    } else if (!tdm_migration_name_parse(entry->name, &version, &name)) {
        skip(reader, entry->name, path, TDM_SKIP_PATTERN);
    } else {
        tdm_migration migration = {.version = version,
                                   .name = name,
                                   .file_name = entry->name,
                                   .path = path,
                                   .place = {.file = path},
                                   .problem_place = {.file = path},
                                   .odd_version = version.size != FULL_VERSION};
        (void)tdm_vector_push(reader->arena, &reader->migrations, migration);
    }
}

static int by_version(const void *left, const void *right)
{
    const tdm_migration *a = left;
    const tdm_migration *b = right;
    int order = tdm_text_compare(a->version, b->version);
    return order != 0 ? order : tdm_text_compare(a->file_name, b->file_name);
}

static void sort_and_mark(folder_reader *reader)
{
    tdm_migration *items = reader->migrations.items;
    size_t count = reader->migrations.count;
    if (count > 1)
        qsort(items, count, sizeof *items, by_version);
    for (size_t i = 1; i < count; i++)
        items[i].duplicate = tdm_text_equal(items[i - 1].version, items[i].version);
}

tdm_status tdm_folder_read(tdm_arena *arena, tdm_tree *tree, const char *path, tdm_folder *ret,
                           tdm_error *err)
{
    folder_reader reader = {.arena = arena, .tree = tree, .path = path};
    tdm_entry_kind kind;
    if (!tdm_tree_exists(tree, path, &kind)) {
        *ret = (tdm_folder){.path = path};
        return TDM_OK;
    }
    tdm_entries entries;
    if (tdm_tree_list(tree, path, arena, &entries, err) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < entries.count && tdm_arena_ok(arena); i++)
        add_entry(&reader, &entries.items[i], i == 0);
    if (!tdm_arena_ok(arena))
        return tdm_fail_memory(err);
    sort_and_mark(&reader);
    for (size_t i = 0; i < reader.migrations.count; i++)
        read_source(&reader, &reader.migrations.items[i]);
    if (!tdm_arena_ok(arena))
        return tdm_fail_memory(err);
    *ret = (tdm_folder){.path = path,
                        .migrations = reader.migrations.items,
                        .count = reader.migrations.count,
                        .skipped = reader.skipped.items,
                        .skipped_count = reader.skipped.count};
    return TDM_OK;
}

const tdm_migration *tdm_folder_find(const tdm_folder *folder, tdm_text version)
{
    size_t low = 0;
    size_t high = folder->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (tdm_text_compare(folder->migrations[middle].version, version) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    bool found = low < folder->count && tdm_text_equal(folder->migrations[low].version, version);
    return found ? &folder->migrations[low] : NULL;
}
