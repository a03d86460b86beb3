#include "pull/row_file.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/text.h"
#include "mend/meaning.h"
#include "sql/pieces.h"
#include "supabase/folder.h"
#include "supabase/stored.h"

enum {
    NAME_LIMIT = 255, // bytes of a file's name
};

// --- The name -----------------------------------------------------------------------------------

static bool is_version(tdm_text text)
{
    for (size_t i = 0; i < text.size; i++)
        if (!tdm_is_digit(text.data[i]))
            return false;
    return text.size > 0;
}

static const char *problem_of_name(tdm_text name)
{
    for (size_t i = 0; i < name.size; i++) {
        unsigned char c = (unsigned char)name.data[i];
        if (c == '/' || c == '\\')
            return "its name holds a slash, and would lead to another folder";
        if (c < 0x20 || c == 0x7F)
            return "its name holds a control character";
    }
    return tdm_utf8_error(name) == SIZE_MAX ? NULL : "its name is not UTF-8";
}

tdm_status tdm_row_file_name(tdm_arena *arena, const tdm_migration_row *row, tdm_row_file *ret,
                             tdm_error *err)
{
    tdm_text version;
    tdm_text name;
    const char *problem = problem_of_name(row->name);
    *ret =
        (tdm_row_file){.name = tdm_arena_printf(arena, "%.*s_%.*s.sql", TDM_TEXT_ARG(row->version),
                                                TDM_TEXT_ARG(row->name))};
    if (!is_version(row->version))
        problem = "a migration's version has digits alone";
    else if (!problem && ret->name.size > NAME_LIMIT)
        problem = "its name is longer than a file's can be";
    else if (!problem && (!tdm_migration_name_parse(ret->name, &version, &name) ||
                          !tdm_text_equal(name, row->name)))
        problem = "no file can have its name";
    ret->problem = tdm_text_of(problem);
    return tdm_arena_ok(arena) ? TDM_OK : tdm_fail_memory(err);
}

// --- The text -----------------------------------------------------------------------------------

// Where the last statement of an element ends, when no semicolon ends it.
typedef struct element_end {
    size_t end;
    bool needs_semicolon;
    const char *problem;
} element_end;

static element_end end_of(tdm_text element)
{
    tdm_sql_lexer lexer = {.source = element};
    element_end found = {0};
    for (;;) {
        tdm_sql_token token = tdm_sql_next(&lexer);
        if (token.open)
            found.problem =
                "a literal or a comment in it never ends, as if its statements had been "
                "cut at a wrong place";
        if (token.kind == TDM_SQL_TOKEN_END || token.open)
            return found;
        found.end = token.end;
        found.needs_semicolon = !tdm_sql_token_is_char(&lexer, &token, ';');
    }
}

// What only psql understands could not have run as it is recorded.
static const char *problem_of_pieces(tdm_text element)
{
    tdm_sql_pieces pieces = {.lexer = {.source = element}};
    tdm_sql_piece piece;
    while (tdm_sql_next_piece(&pieces, &piece)) {
        if (piece.kind == TDM_SQL_PIECE_META)
            return "it holds a command of psql, which is no SQL";
        if (piece.kind == TDM_SQL_PIECE_COPY)
            return "it holds the data of COPY FROM STDIN, which only psql can send";
    }
    return NULL;
}

static const char *put_element(tdm_buffer *out, tdm_text element)
{
    element = tdm_text_trim(element);
    element_end found = end_of(element);
    const char *problem = found.problem ? found.problem : problem_of_pieces(element);
    if (problem || element.size == 0)
        return problem;
    tdm_buffer_puts(out, out->size ? "\n" : "");
    tdm_buffer_put(out, tdm_text_slice(element, 0, found.end));
    tdm_buffer_puts(out, found.needs_semicolon ? ";" : "");
    tdm_buffer_put(out, tdm_text_from(element, found.end));
    tdm_buffer_putc(out, '\n');
    return NULL;
}

// The Supabase CLI runs a file without transaction that says so in its very first line.
static void put_header(tdm_buffer *out, tdm_text header, tdm_text *first)
{
    tdm_text line;
    tdm_text rest = *first;
    if (header.size == 0)
        return;
    if (tdm_text_starts(rest, TDM_TEXT("-- pg-delta:")) && tdm_text_next_line(&rest, &line)) {
        tdm_buffer_put(out, line);
        tdm_buffer_putc(out, '\n');
        *first = rest;
    }
    tdm_buffer_put(out, header);
    tdm_buffer_putc(out, '\n');
}

static void put_text(tdm_buffer *out, const tdm_migration_row *row, tdm_text header,
                     tdm_row_file *ret)
{
    for (size_t i = 0; i < row->statement_count && ret->problem.size == 0; i++) {
        tdm_text element = row->statements[i];
        if (i == 0)
            put_header(out, header, &element);
        ret->problem = tdm_text_of(put_element(out, element));
    }
}

// --- Reading back -------------------------------------------------------------------------------

// Each piece that the Supabase CLI cuts is the comments before a statement, and the statement.
static tdm_status check_cut(tdm_arena *arena, const tdm_statements *statements, tdm_row_file *ret,
                            tdm_error *err)
{
    tdm_stored stored;
    if (tdm_stored_statements(arena, ret->text, &stored, err) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < statements->count; i++)
        if (i >= stored.count || !tdm_text_ends(stored.statements[i], statements->items[i].sql))
            ret->problem = TDM_TEXT("the Supabase CLI would cut its statements at another place, "
                                    "and could not run them");
    return TDM_OK;
}

static tdm_status read_back(tdm_arena *arena, const tdm_migration_row *row, tdm_row_file *ret,
                            tdm_error *err)
{
    tdm_statements statements;
    tdm_meaning recorded;
    tdm_meaning now;
    const char *path = tdm_arena_string(arena, ret->name);
    if (!path)
        return tdm_fail_memory(err);
    if (tdm_sql_split(arena, path, ret->text, &statements, err) != TDM_OK ||
        tdm_meaning_of_row(row, arena, &recorded, err) != TDM_OK ||
        tdm_meaning_of(&statements, &now, err) != TDM_OK)
        return TDM_FAILED;
    if (!tdm_meaning_equal(&recorded, &now)) {
        ret->problem =
            TDM_TEXT("read back from a file, its statements would not be those that were "
                     "recorded");
        return TDM_OK;
    }
    for (size_t i = 0; i < statements.count && ret->doubt.size == 0; i++)
        if (statements.items[i].opaque)
            ret->doubt = statements.items[i].reason;
    return check_cut(arena, &statements, ret, err);
}

tdm_status tdm_row_file_make(tdm_arena *arena, const tdm_migration_row *row, tdm_text header,
                             tdm_row_file *ret, tdm_error *err)
{
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    if (tdm_row_file_name(arena, row, ret, err) != TDM_OK)
        return TDM_FAILED;
    if (ret->problem.size)
        return TDM_OK;
    put_text(&out, row, header, ret);
    if (tdm_buffer_check(&out, err) != TDM_OK) {
        tdm_buffer_free(&out);
        return TDM_FAILED;
    }
    ret->text = tdm_buffer_take(&out, arena);
    if (!tdm_arena_ok(arena))
        return tdm_fail_memory(err);
    return ret->problem.size ? TDM_OK : read_back(arena, row, ret, err);
}
