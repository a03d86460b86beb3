// The tokens of a Python file as far as a digest needs them. Nothing is decided here that could
// make two programs look the same: literals are taken as they are, and what is passed over is only
// comments, blank lines and space that does not begin a line.
#include "pair/lock_meaning.h"

#include "base/text.h"

enum { MOST_NESTED = 16 }; // literals inside the fields of f-strings

typedef struct python_text {
    tdm_text text;
    size_t at;
    int depth;
} python_text;

static bool looking_at(const python_text *in, tdm_text what)
{
    return tdm_text_starts(tdm_text_from(in->text, in->at), what);
}

// Whether the letters right before a quote make it an f-string.
static bool is_format(const python_text *in)
{
    for (size_t i = in->at; i > 0 && tdm_is_alpha(in->text.data[i - 1]) && in->at - i < 2; i--)
        if (tdm_to_lower(in->text.data[i - 1]) == 'f')
            return true;
    return false;
}

// Passes over a literal, whose quote is next. A quote inside a field of an f-string begins another
// literal (PEP 701); in older Python it cannot stand there.
static void pass_literal(python_text *in)
{
    char quote = in->text.data[in->at];
    char triple[3] = {quote, quote, quote};
    bool format = is_format(in);
    bool is_long = looking_at(in, (tdm_text){triple, 3});
    tdm_text close = {triple, is_long ? 3 : 1};
    size_t fields = 0;
    in->at += close.size;
    while (in->at < in->text.size) {
        char c = in->text.data[in->at];
        if (fields == 0 && looking_at(in, close)) {
            in->at += close.size;
            return;
        }
        if (!is_long && c == '\n')
            return;
        if (format && c == '{' && fields == 0 && looking_at(in, TDM_TEXT("{{")))
            in->at++;
        else if (format && c == '{')
            fields++;
        else if (format && c == '}' && fields)
            fields--;
        if (fields && (c == '"' || c == '\'') && in->depth < MOST_NESTED) {
            in->depth++;
            pass_literal(in);
            in->depth--;
            continue;
        }
        in->at += c == '\\' && fields == 0 ? 2 : 1;
    }
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\f' || c == '\r';
}

// Space and comments up to the next token or line end; true when something stood there.
static bool pass_space(python_text *in)
{
    size_t start = in->at;
    while (in->at < in->text.size && is_blank(in->text.data[in->at]))
        in->at++;
    if (in->at < in->text.size && in->text.data[in->at] == '#')
        while (in->at < in->text.size && in->text.data[in->at] != '\n')
            in->at++;
    return in->at > start;
}

static void put(tdm_hasher *hasher, const python_text *in, size_t start)
{
    size_t end = in->at < in->text.size ? in->at : in->text.size;
    tdm_hasher_put(hasher, in->text.data + start, end - start);
}

// The rest of a line that has a token. A literal may carry it over several lines.
static void put_line(tdm_hasher *hasher, python_text *in)
{
    while (in->at < in->text.size && in->text.data[in->at] != '\n') {
        char c = in->text.data[in->at];
        size_t start = in->at;
        if (pass_space(in)) {
            if (in->at < in->text.size && in->text.data[in->at] != '\n')
                tdm_hasher_put(hasher, " ", 1);
            continue;
        }
        if (c == '"' || c == '\'')
            pass_literal(in);
        else
            in->at++;
        put(hasher, in, start);
    }
}

void tdm_lock_python(tdm_hasher *hasher, tdm_text source)
{
    python_text in = {.text = source};
    while (in.at < source.size) {
        size_t start = in.at;
        while (in.at < source.size && is_blank(source.data[in.at]))
            in.at++;
        size_t indent = in.at;
        pass_space(&in);
        if (in.at < source.size && source.data[in.at] != '\n') {
            tdm_hasher_put(hasher, source.data + start, indent - start);
            put_line(hasher, &in);
            tdm_hasher_put(hasher, "\n", 1);
        }
        in.at++;
    }
    tdm_hasher_put(hasher, "", 1); // where one file ends
}
