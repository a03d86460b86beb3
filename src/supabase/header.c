// The header is everything before the first byte that is neither space nor comment. It is read as
// lines, because that is how people write it: "-- tandem: revision <id>" on a line of its own, in
// line comments or inside a block comment.
#include "supabase/header.h"

#include "base/text.h"
#include "base/vector.h"

typedef struct header_reader {
    tdm_arena *arena;
    tdm_migration *migration;
    tdm_text source;
    size_t at;
    uint32_t line;
    // Columns are counted onwards from the last place asked for, so that a long line is read once.
    size_t counted;
    uint32_t column;
    TDM_VECTOR(tdm_header_line) lines;
    TDM_VECTOR(tdm_migration_link) links;
} header_reader;

static tdm_place place_of(header_reader *reader, tdm_text part)
{
    size_t offset = (size_t)(part.data - reader->source.data);
    tdm_text between = tdm_text_slice(reader->source, reader->counted, offset);
    reader->column += (uint32_t)tdm_utf8_count(between);
    reader->counted = offset;
    uint32_t end = reader->column + (uint32_t)tdm_utf8_count(part);
    return (tdm_place){reader->migration->path, reader->line, reader->column, reader->line, end};
}

// Cuts a leading word in any case off `rest`, and the space after it.
static bool take_word(tdm_text *rest, tdm_text word)
{
    if (!tdm_text_equal_nocase(tdm_text_slice(*rest, 0, word.size), word))
        return false;
    *rest = tdm_text_trim(tdm_text_from(*rest, word.size));
    return true;
}

// "tandem: revision a, b" gives two links. The id is taken as it stands: whether it names a
// revision is for the pairing to say, loudly.
static void read_links(header_reader *reader, tdm_text text)
{
    if (!take_word(&text, TDM_TEXT("tandem:")))
        return;
    if (!take_word(&text, TDM_TEXT("revisions ")) && !take_word(&text, TDM_TEXT("revision ")))
        return;
    size_t at = 0;
    while (at < text.size) {
        size_t start = at;
        while (at < text.size && text.data[at] != ',' && !tdm_is_space(text.data[at]))
            at++;
        tdm_text id = tdm_text_slice(text, start, at);
        if (id.size > 0) {
            tdm_migration_link link = {.revision = id, .place = place_of(reader, id)};
            (void)tdm_vector_push(reader->arena, &reader->links, link);
        }
        at++;
    }
}

static void add_line(header_reader *reader, size_t start, size_t end)
{
    tdm_text text = tdm_text_trim(tdm_text_slice(reader->source, start, end));
    tdm_header_line line = {.text = text, .place = place_of(reader, text)};
    (void)tdm_vector_push(reader->arena, &reader->lines, line);
    read_links(reader, text);
}

static void step_over_char(header_reader *reader)
{
    bool ends_line = reader->source.data[reader->at] == '\n';
    reader->at++;
    if (ends_line) {
        reader->line++;
        reader->counted = reader->at;
        reader->column = 1;
    }
}

static bool stands_before(const header_reader *reader, tdm_text mark)
{
    return tdm_text_starts(tdm_text_from(reader->source, reader->at), mark);
}

static void read_line_comment(header_reader *reader)
{
    size_t start = reader->at + 2;
    while (reader->at < reader->source.size && reader->source.data[reader->at] != '\n')
        reader->at++;
    add_line(reader, start, reader->at);
}

// Block comments nest, as in PostgreSQL; one that never ends is header to the end of the file.
static void read_block_comment(header_reader *reader)
{
    size_t depth = 1;
    reader->at += 2;
    size_t start = reader->at;
    while (depth > 0 && reader->at < reader->source.size) {
        if (stands_before(reader, TDM_TEXT("/*"))) {
            depth++;
            reader->at += 2;
        } else if (stands_before(reader, TDM_TEXT("*/"))) {
            depth--;
            reader->at += 2;
        } else if (reader->source.data[reader->at] == '\n') {
            add_line(reader, start, reader->at);
            step_over_char(reader);
            start = reader->at;
        } else {
            reader->at++;
        }
    }
    add_line(reader, start, depth > 0 ? reader->at : reader->at - 2);
}

bool tdm_migration_header_read(tdm_arena *arena, tdm_migration *migration)
{
    header_reader reader = {.arena = arena,
                            .migration = migration,
                            .source = migration->source,
                            .line = 1,
                            .column = 1};
    while (reader.at < reader.source.size) {
        if (tdm_is_space(reader.source.data[reader.at]))
            step_over_char(&reader);
        else if (stands_before(&reader, TDM_TEXT("--")))
            read_line_comment(&reader);
        else if (stands_before(&reader, TDM_TEXT("/*")))
            read_block_comment(&reader);
        else
            break;
    }
    migration->header = reader.lines.items;
    migration->header_count = reader.lines.count;
    migration->links = reader.links.items;
    migration->link_count = reader.links.count;
    return tdm_arena_ok(arena);
}
