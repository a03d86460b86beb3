#include "pair/lock.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/vector.h"

#include <string.h>

enum {
    MOST_LINES = 200000,
    MOST_MEMBERS = 10000, // of one line
};

static const char head_words[] = "tandem.lock";
static const char comment[] =
    "# One line for each pair, in the order of the chain; `tandem lock` writes this file.\n";
static const char *const kind_words[TDM_LOCK_KIND_COUNT] = {"pair", "alone", "acknowledged",
                                                            "draft"};
static const char *const conflict_marks[] = {"<<<<<<<", "=======", ">>>>>>>", "|||||||"};

tdm_text tdm_lock_version(const tdm_lock_member *member)
{
    return tdm_text_slice(member->name, 0, tdm_text_find_char(member->name, '_'));
}

// --- Names --------------------------------------------------------------------------------------

// Ids may hold anything that a Python literal can: what could be taken for the format's own signs
// is written as %XX.
static bool is_plain(char c)
{
    return tdm_is_alnum(c) || c == '_' || c == '.' || c == '-' || (unsigned char)c >= 0x80;
}

static void put_name(tdm_buffer *out, tdm_text name)
{
    for (size_t i = 0; i < name.size; i++) {
        if (is_plain(name.data[i]))
            tdm_buffer_putc(out, name.data[i]);
        else
            tdm_buffer_putf(out, "%%%02x", (unsigned)(unsigned char)name.data[i]);
    }
}

static int hex_value(char c)
{
    if (tdm_is_digit(c))
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool read_name(tdm_arena *arena, tdm_text written, tdm_text *ret)
{
    char *name = tdm_arena_alloc(arena, written.size + 1);
    size_t size = 0;
    for (size_t i = 0; name && i < written.size; i++) {
        if (written.data[i] != '%') {
            name[size++] = written.data[i];
            continue;
        }
        int high = i + 2 < written.size ? hex_value(written.data[i + 1]) : -1;
        int low = high >= 0 ? hex_value(written.data[i + 2]) : -1;
        if (low < 0)
            return false;
        name[size++] = (char)(high * 16 + low);
        i += 2;
    }
    *ret = (tdm_text){name, size};
    return size > 0;
}

// --- Writing ------------------------------------------------------------------------------------

static void put_member(tdm_buffer *out, const tdm_lock_member *member, bool digests)
{
    char bytes[33];
    char meaning[33];
    tdm_digest_hex(member->bytes, bytes);
    tdm_digest_hex(member->meaning, meaning);
    tdm_buffer_puts(out, member->revision ? " revision:" : " migration:");
    put_name(out, member->name);
    if (digests)
        tdm_buffer_putf(out, ":%s:%s", bytes, meaning);
}

// A reason is one line, whatever somebody typed: control characters become space, and none of it
// stands at the ends.
static tdm_text cut_reason(tdm_text reason)
{
    while (reason.size && (unsigned char)reason.data[0] <= ' ')
        reason = tdm_text_from(reason, 1);
    while (reason.size && (unsigned char)reason.data[reason.size - 1] <= ' ')
        reason.size--;
    return reason;
}

static void put_reason(tdm_buffer *out, tdm_text reason)
{
    reason = cut_reason(reason);
    if (reason.size == 0)
        return;
    tdm_buffer_puts(out, " -- ");
    for (size_t i = 0; i < reason.size; i++)
        tdm_buffer_putc(out, (unsigned char)reason.data[i] < ' ' ? ' ' : reason.data[i]);
}

tdm_status tdm_lock_print(const tdm_lock *lock, tdm_buffer *out, tdm_error *err)
{
    tdm_digest total;
    char hex[33];
    tdm_buffer_putf(out, "%s %d identity %llu\n", head_words, TDM_LOCK_VERSION,
                    (unsigned long long)lock->identity);
    tdm_buffer_puts(out, comment);
    size_t start = out->size;
    for (size_t i = 0; i < lock->count; i++) {
        const tdm_lock_line *line = &lock->lines[i];
        tdm_buffer_puts(out, kind_words[line->kind]);
        for (size_t k = 0; k < line->count; k++)
            put_member(out, &line->members[k], line->kind != TDM_LOCK_DRAFT);
        put_reason(out, line->reason);
        tdm_buffer_putc(out, '\n');
    }
    if (tdm_buffer_check(out, err) != TDM_OK ||
        tdm_digest_of(tdm_text_from(tdm_buffer_text(out), start), &total, err) != TDM_OK)
        return TDM_FAILED;
    tdm_digest_hex(total, hex);
    tdm_buffer_putf(out, "total %zu %s\n", lock->count, hex);
    return tdm_buffer_check(out, err);
}

// --- Reading ------------------------------------------------------------------------------------

typedef struct lock_reader {
    tdm_arena *arena;
    const char *path;
    bool mend;
    uint32_t line; // number of the line being read
    tdm_map seen;  // members, as written
    TDM_VECTOR(tdm_lock_line) lines;
    tdm_buffer text; // the lines again, for the total
    bool ended;
    tdm_error *err;
} lock_reader;

static tdm_status wrong(lock_reader *in, const char *what)
{
    tdm_place place = {.file = in->path, .line = in->line, .column = 1};
    tdm_fail(in->err, TDM_ERROR_CONFIG, place, "%s", what);
    return tdm_hint(in->err, "`tandem lock` writes the file anew; see docs/lock.md.");
}

static tdm_text next_word(tdm_text *rest)
{
    size_t end = tdm_text_find_char(*rest, ' ');
    tdm_text word = tdm_text_slice(*rest, 0, end);
    *rest = tdm_text_from(*rest, end == SIZE_MAX ? rest->size : end + 1);
    return word;
}

static bool cut_at(tdm_text *rest, tdm_text *ret)
{
    size_t at = tdm_text_find_char(*rest, ':');
    *ret = tdm_text_slice(*rest, 0, at);
    *rest = tdm_text_from(*rest, at == SIZE_MAX ? rest->size : at + 1);
    return at != SIZE_MAX;
}

static bool read_member(lock_reader *in, tdm_text word, bool digests, tdm_lock_member *ret)
{
    tdm_text kind;
    tdm_text name;
    tdm_text bytes;
    if (!cut_at(&word, &kind) || cut_at(&word, &name) != digests)
        return false;
    if (digests && (!cut_at(&word, &bytes) || !tdm_digest_from_hex(bytes, &ret->bytes) ||
                    !tdm_digest_from_hex(word, &ret->meaning)))
        return false;
    ret->revision = tdm_text_is(kind, "revision");
    return (ret->revision || tdm_text_is(kind, "migration")) &&
           read_name(in->arena, name, &ret->name);
}

tdm_text tdm_lock_key(tdm_arena *arena, const tdm_lock_member *member)
{
    char *key = tdm_arena_alloc(arena, member->name.size + 1); // names may hold a NUL
    if (!key)
        return (tdm_text){NULL, 0};
    key[0] = member->revision ? 'r' : 'm';
    memcpy(key + 1, member->name.data, member->name.size);
    return (tdm_text){key, member->name.size + 1};
}

static tdm_status read_members(lock_reader *in, tdm_text *rest, tdm_lock_line *line, bool *ret_new)
{
    TDM_VECTOR(tdm_lock_member) members = {0};
    *ret_new = true;
    while (rest->size && !tdm_text_starts(*rest, TDM_TEXT("-- "))) {
        tdm_lock_member member = {0};
        if (!read_member(in, next_word(rest), line->kind != TDM_LOCK_DRAFT, &member))
            return tdm_arena_ok(in->arena) ? wrong(in, "this is not a line of a lock")
                                           : tdm_fail_memory(in->err);
        tdm_text key = tdm_lock_key(in->arena, &member);
        bool taken = tdm_map_has(&in->seen, key);
        if (taken && !in->mend)
            return wrong(in, "a revision or migration of this line has a line of its own above");
        *ret_new = *ret_new && !taken;
        if (members.count == MOST_MEMBERS)
            return wrong(in, "more names than a line can hold");
        if (!tdm_map_put(&in->seen, key, in) || !tdm_vector_push(in->arena, &members, member))
            return tdm_fail_memory(in->err);
    }
    line->members = members.items;
    line->count = members.count;
    return TDM_OK;
}

static tdm_status read_line(lock_reader *in, tdm_text text)
{
    tdm_text rest = text;
    tdm_text word = next_word(&rest);
    tdm_lock_line line = {.kind = TDM_LOCK_KIND_COUNT,
                          .place = {.file = in->path, .line = in->line, .column = 1}};
    bool is_new;
    for (int i = 0; i < TDM_LOCK_KIND_COUNT; i++)
        if (tdm_text_is(word, kind_words[i]))
            line.kind = (tdm_lock_kind)i;
    if (line.kind == TDM_LOCK_KIND_COUNT)
        return wrong(in, "this is not a line of a lock");
    if (read_members(in, &rest, &line, &is_new) != TDM_OK)
        return TDM_FAILED;
    if (line.count == 0)
        return wrong(in, "this line names nothing");
    if (tdm_text_starts(rest, TDM_TEXT("-- ")))
        line.reason = cut_reason(tdm_text_from(rest, 3));
    if (line.kind == TDM_LOCK_ACKNOWLEDGED && line.reason.size == 0)
        return wrong(in, "an acknowledged pair needs a reason");
    if (in->lines.count == MOST_LINES)
        return wrong(in, "more lines than a lock can have");
    tdm_buffer_put(&in->text, text);
    tdm_buffer_putc(&in->text, '\n');
    return !is_new || tdm_vector_push(in->arena, &in->lines, line) ? TDM_OK
                                                                   : tdm_fail_memory(in->err);
}

static tdm_status read_total(lock_reader *in, tdm_text text)
{
    uint64_t count;
    tdm_digest written;
    tdm_digest real;
    next_word(&text);
    bool readable =
        tdm_text_to_u64(next_word(&text), &count) && tdm_digest_from_hex(text, &written);
    if (in->mend)
        return TDM_OK;
    if (tdm_digest_of(tdm_buffer_text(&in->text), &real, in->err) != TDM_OK)
        return TDM_FAILED;
    in->ended = true;
    if (!readable || count != in->lines.count || !tdm_digest_equal(written, real))
        return wrong(in, "the total does not fit the lines: the file was edited or merged by hand");
    return TDM_OK;
}

static tdm_status read_head(lock_reader *in, tdm_text text, uint64_t *ret_identity)
{
    uint64_t version = 0;
    *ret_identity = 0;
    bool right = tdm_text_is(next_word(&text), head_words) &&
                 tdm_text_to_u64(next_word(&text), &version) &&
                 tdm_text_is(next_word(&text), "identity") && tdm_text_to_u64(text, ret_identity);
    if (!right)
        return wrong(in, "a lock begins with 'tandem.lock 1 identity 1'");
    if (version != TDM_LOCK_VERSION)
        return wrong(in, "this lock was written by a newer tandem");
    return TDM_OK;
}

static bool is_conflict_mark(tdm_text line)
{
    for (size_t i = 0; i < sizeof conflict_marks / sizeof *conflict_marks; i++)
        if (tdm_text_starts(line, tdm_text_of(conflict_marks[i])))
            return true;
    return false;
}

static tdm_status read_any(lock_reader *in, tdm_text line)
{
    if (line.size == 0 || line.data[0] == '#')
        return TDM_OK;
    if (is_conflict_mark(line))
        return in->mend ? TDM_OK : wrong(in, "an unresolved merge: two branches added a pair");
    if (in->ended)
        return wrong(in, "a line behind the total");
    if (tdm_text_starts(line, TDM_TEXT("total ")))
        return read_total(in, line);
    return read_line(in, line);
}

static tdm_status read_all(lock_reader *in, tdm_text source, uint64_t *ret_identity)
{
    tdm_text line = {NULL, 0};
    bool headed = false;
    while (tdm_text_next_line(&source, &line)) {
        in->line++;
        if (!headed && in->mend && is_conflict_mark(line))
            continue;
        if ((headed ? read_any(in, line) : read_head(in, line, ret_identity)) != TDM_OK)
            return TDM_FAILED;
        headed = true;
    }
    if (!headed || (!in->ended && !in->mend))
        return wrong(in, "the lock ends before its total");
    return TDM_OK;
}

tdm_status tdm_lock_parse(tdm_arena *arena, const char *path, tdm_text source, bool mend,
                          tdm_lock *ret, tdm_error *err)
{
    lock_reader in = {.arena = arena,
                      .path = path,
                      .mend = mend,
                      .text = TDM_BUFFER_INIT(TDM_LIMIT_FILE),
                      .err = err};
    tdm_map_init(&in.seen, arena);
    *ret = (tdm_lock){.path = path, .there = true};
    tdm_status status = read_all(&in, source, &ret->identity);
    tdm_buffer_free(&in.text);
    ret->lines = in.lines.items;
    ret->count = in.lines.count;
    return status;
}
