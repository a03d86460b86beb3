#include "autogen/writer.h"

#include "sql/excerpt.h"
#include "sql/lexer.h"

void tdm_writer_begin(tdm_writer *w, const char *name)
{
    if (w->out.size)
        tdm_buffer_puts(&w->out, "\n    ");
    if (!w->name)
        w->name = name;
    tdm_buffer_putf(&w->out, "op.%s(", name);
}

// The prefixes that SQLAlchemy's manual and Alembic's recommend for a naming convention. op.f()
// says that the name is whole: a convention for checks would else be laid over it once more.
static bool is_conventional(tdm_text name)
{
    static const char *const prefixes[] = {"pk_", "uq_", "fk_", "ck_"};

    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
        if (tdm_text_starts(name, tdm_text_of(prefixes[i])))
            return true;
    return false;
}

void tdm_writer_name(tdm_writer *w, tdm_text name)
{
    bool whole = is_conventional(name);

    if (name.size == 0) {
        tdm_buffer_puts(&w->out, "None");
        return;
    }
    tdm_buffer_puts(&w->out, whole ? "op.f(" : "");
    tdm_py_put_string(&w->out, name);
    tdm_buffer_puts(&w->out, whole ? ")" : "");
}

void tdm_writer_string(tdm_writer *w, const char *string)
{
    tdm_py_put_string(&w->out, tdm_text_of(string));
}

void tdm_writer_keyword(tdm_writer *w, const char *keyword, const char *text)
{
    if (!text || !*text)
        return;
    tdm_buffer_putf(&w->out, ", %s=", keyword);
    tdm_writer_string(w, text);
}

void tdm_writer_names(tdm_writer *w, const tdm_text *names, size_t count)
{
    tdm_buffer_putc(&w->out, '[');
    for (size_t i = 0; i < count; i++) {
        tdm_buffer_puts(&w->out, i ? ", " : "");
        tdm_py_put_string(&w->out, names[i]);
    }
    tdm_buffer_putc(&w->out, ']');
}

// The text from the brackets before an expression to where a comma, or a bracket that was opened
// further out, ends it.
static tdm_text whole_text(tdm_text sql, size_t start, bool bracketed)
{
    tdm_sql_lexer lexer = {.source = sql};
    size_t depth = 0;
    size_t end;

    for (size_t at = start; at > 0 && (tdm_is_space(sql.data[at - 1]) || sql.data[at - 1] == '(');)
        if (sql.data[--at] == '(')
            start = at;
    lexer.at = end = start;
    for (;;) {
        tdm_sql_token token = tdm_sql_next(&lexer);
        bool closes = tdm_sql_token_is_char(&lexer, &token, ')');
        if (token.kind == TDM_SQL_TOKEN_END || (depth == 0 && closes) ||
            (depth == 0 && tdm_sql_token_is_char(&lexer, &token, ',')))
            return tdm_text_slice(sql, start, end);
        if (tdm_sql_token_is_char(&lexer, &token, '('))
            depth++;
        depth -= closes;
        end = token.end;
        // The brackets of CHECK (...): what stands behind them is not the expression's.
        if (closes && depth == 0 && bracketed)
            return tdm_text_slice(sql, start, end);
    }
}

tdm_text tdm_writer_source(tdm_writer *w, const ProtobufCMessage *expression, bool bracketed)
{
    tdm_text sql = w->input->tree->sql;
    int32_t location = tdm_sql_first_location(expression);

    if (location < 0 || (size_t)location >= sql.size) {
        w->untyped = true;
        return (tdm_text){NULL, 0};
    }
    tdm_text text = whole_text(sql, (size_t)location, bracketed);
    if (!bracketed)
        return text;
    w->untyped = w->untyped || text.size < 2 || text.data[0] != '(';
    return tdm_text_trim(tdm_text_slice(text, 1, text.size - 1));
}

void tdm_writer_constant(tdm_writer *w, const ProtobufCMessage *expression)
{
    tdm_text text = tdm_sql_excerpt(w->input->tree, expression);
    if (text.size == 0)
        w->untyped = true;
    else
        tdm_py_put_sql(&w->out, text);
}

tdm_text tdm_node_name(tdm_node node)
{
    if (!node || node->node_case != PG_QUERY__NODE__NODE_STRING)
        return (tdm_text){NULL, 0};
    return tdm_text_of(node->string->sval);
}
