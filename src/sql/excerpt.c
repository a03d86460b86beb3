#include "sql/excerpt.h"

#include "base/text.h"
#include "sql/lexer.h"
#include "sql/visit.h"

#include <string.h>

// Location 0 is the default of protobuf as well; the first byte of a statement is never that of a
// part, so that it means "not said".
static bool see_location(void *context, const ProtobufCMessage *message)
{
    int32_t *first = context;

    for (unsigned i = 0; !tdm_sql_chosen_field(message) && i < message->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &message->descriptor->fields[i];
        if (field->type != PROTOBUF_C_TYPE_INT32 || strcmp(field->name, "location") != 0)
            continue;
        int32_t found = *(const int32_t *)((const char *)message + field->offset);
        if (found > 0 && (*first < 0 || found < *first))
            *first = found;
    }
    return true;
}

int32_t tdm_sql_first_location(const ProtobufCMessage *part)
{
    int32_t first = -1;

    tdm_sql_visit(part, see_location, &first);
    return first;
}

// Key words that end the type or default of a column (gram.y ColConstraint, columnOptions, and what
// may follow a type in ALTER TABLE).
static bool ends_part(const tdm_sql_lexer *lexer, const tdm_sql_token *token, bool is_first)
{
    static const char *const words[] = {
        "CONSTRAINT", "NOT",       "NULL",        "UNIQUE",     "PRIMARY",   "CHECK",
        "DEFAULT",    "GENERATED", "REFERENCES",  "DEFERRABLE", "INITIALLY", "COLLATE",
        "USING",      "STORAGE",   "COMPRESSION", "OPTIONS",    "STORED",    "VIRTUAL"};

    if (tdm_sql_token_is_char(lexer, token, ',') || tdm_sql_token_is_char(lexer, token, ';'))
        return true;
    for (size_t i = 0; !is_first && i < sizeof words / sizeof *words; i++)
        if (tdm_sql_token_is(lexer, token, words[i]))
            return true;
    return false;
}

// A bracket around the whole part has no node; it stands right before the first token.
static size_t over_brackets(tdm_text sql, size_t start)
{
    size_t at = start;

    while (at > 0 && (tdm_is_space(sql.data[at - 1]) || sql.data[at - 1] == '('))
        if (sql.data[--at] == '(')
            start = at;
    return start;
}

tdm_text tdm_sql_excerpt(const tdm_sql_tree *tree, const ProtobufCMessage *part)
{
    int32_t location = tdm_sql_first_location(part);
    size_t depth = 0;

    if (location < 0 || (size_t)location >= tree->sql.size)
        return (tdm_text){NULL, 0};
    size_t start = over_brackets(tree->sql, (size_t)location), end = start;
    tdm_sql_lexer lexer = {.source = tree->sql, .at = start};
    for (;;) {
        tdm_sql_token token = tdm_sql_next(&lexer);
        bool closes = tdm_sql_token_is_char(&lexer, &token, ')') ||
                      tdm_sql_token_is_char(&lexer, &token, ']');
        if (token.kind == TDM_SQL_TOKEN_END || (closes && depth == 0) ||
            (depth == 0 && ends_part(&lexer, &token, end == start)))
            break;
        if (closes)
            depth--;
        else if (tdm_sql_token_is_char(&lexer, &token, '(') ||
                 tdm_sql_token_is_char(&lexer, &token, '['))
            depth++;
        end = token.end;
    }
    return tdm_text_slice(tree->sql, start, end);
}

tdm_text tdm_sql_one_line(tdm_arena *arena, tdm_text sql)
{
    enum { LONGEST = 200 };
    tdm_buffer line = TDM_BUFFER_INIT(LONGEST + 8);
    bool space = false;

    for (size_t i = 0; i < sql.size; i++) {
        unsigned char c = (unsigned char)sql.data[i];
        if (tdm_is_space((char)c)) {
            space = line.size > 0;
            continue;
        }
        // Cut between code points alone.
        if (line.size >= LONGEST - 4 && (c & 0xC0) != 0x80) {
            tdm_buffer_puts(&line, "...");
            break;
        }
        if (space)
            tdm_buffer_putc(&line, ' ');
        space = false;
        tdm_buffer_putc(&line, (char)c);
    }
    return tdm_buffer_take(&line, arena);
}
