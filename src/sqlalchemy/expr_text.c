// text(): which ":name" is a parameter (S2052 sql/elements.py TextClause,
// sql/compiler.py visit_textclause). Two regular expressions decide there; for the forms that can
// occur they come down to one rule:
//
//   a colon that does not follow a colon, a word character, '$' or a backslash, and the run of word
//   characters and '$' after it, which must not be empty and not be followed by a colon. It is a
//   parameter when the run has no '$'.
//
// Afterwards a backslash before such a colon is removed.
#include "sqlalchemy/expr.h"

#include "base/map.h"

// \w of Python for code points beyond ASCII: letters and digits of the scripts that occur in names.
// Punctuation, symbols and emoji are no word characters.
static bool is_wide_word(uint32_t c)
{
    static const struct {
        uint32_t first, last;
    } ranges[] = {
        {0xaa, 0xaa},     {0xb2, 0xb3},     {0xb5, 0xb5},     {0xb9, 0xba},     {0xbc, 0xbe},
        {0xc0, 0xd6},     {0xd8, 0xf6},     {0xf8, 0x2c1},    {0x370, 0x373},   {0x376, 0x377},
        {0x37b, 0x37d},   {0x37f, 0x37f},   {0x386, 0x386},   {0x388, 0x3f5},   {0x3f7, 0x481},
        {0x48a, 0x556},   {0x561, 0x587},   {0x5d0, 0x5ea},   {0x620, 0x64a},   {0x660, 0x669},
        {0x66e, 0x6d3},   {0x904, 0x939},   {0xe01, 0xe30},   {0x10a0, 0x10ff}, {0x1100, 0x11ff},
        {0x1e00, 0x1fbc}, {0x2c00, 0x2ce4}, {0x3041, 0x3096}, {0x30a1, 0x30fa}, {0x3105, 0x312f},
        {0x3400, 0x4dbf}, {0x4e00, 0x9fff}, {0xac00, 0xd7a3}, {0xf900, 0xfaff}, {0x20000, 0x3134a},
    };
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        if (c >= ranges[i].first && c <= ranges[i].last)
            return true;
    }
    return false;
}

static bool is_word(uint32_t c)
{
    return c < 0x80 ? tdm_is_alnum((char)c) || c == '_' : is_wide_word(c);
}

// The run of word characters and '$' from `start`; `plain` is cleared when it has a '$'.
static size_t run_end(tdm_text text, size_t start, bool *plain)
{
    size_t at = start;
    *plain = true;
    while (at < text.size) {
        size_t next = at;
        uint32_t c = tdm_utf8_next(text, &next);
        if (c == '$')
            *plain = false;
        else if (!is_word(c))
            break;
        at = next;
    }
    return at;
}

// Whether the colon at `at` starts a parameter; `before` is the code point before it (0: none).
// `ret_odd`: a run with '$', which SQLAlchemy writes as a parameter without knowing it as one.
static bool starts_parameter(tdm_text text, size_t at, uint32_t before, size_t *ret_end,
                             bool *ret_odd)
{
    *ret_odd = false;
    if (before == ':' || before == '$' || before == '\\' || (before != 0 && is_word(before)))
        return false;
    bool plain;
    size_t end = run_end(text, at + 1, &plain);
    *ret_end = end;
    bool followed = end < text.size && text.data[end] == ':';
    *ret_odd = end > at + 1 && !plain && !followed;
    return end > at + 1 && plain && !followed;
}

bool tdm_text_parameters(tdm_arena *arena, tdm_text text, tdm_names *ret)
{
    tdm_map seen;
    tdm_map_init(&seen, arena);
    uint32_t before = 0;
    for (size_t at = 0; at < text.size;) {
        size_t start = at, end;
        bool odd;
        uint32_t c = tdm_utf8_next(text, &at);
        if (c == ':' && starts_parameter(text, start, before, &end, &odd)) {
            tdm_text name = tdm_text_slice(text, start + 1, end);
            if (!tdm_map_has(&seen, name) &&
                (!tdm_map_put(&seen, name, ret) || !tdm_vector_push(arena, ret, tdm_name_of(name))))
                return false;
        }
        before = c;
    }
    return true;
}

static void print_parameter_name(tdm_printer *p, tdm_text name)
{
    tdm_puts(p, p->double_percent ? "%(" : ":");
    tdm_put(p, name);
    tdm_puts(p, p->double_percent ? ")s" : "");
}

static void print_parameter(tdm_printer *p, const tdm_expr *clause, tdm_text name)
{
    for (size_t i = 0; i < clause->binds.count; i++) {
        if (tdm_text_equal(clause->binds.items[i].name, name)) {
            tdm_print_bind(p, clause->binds.items[i].bind);
            return;
        }
    }
    tdm_py given = p->online && p->parameters ? tdm_py_dict_get(p->parameters, name) : NULL;
    if (given) {
        tdm_print_value(p, given, tdm_type_of_value(p->arena, p->in, given));
        return;
    }
    if (p->ddl) {
        tdm_puts(p, "NULL");
        return;
    }
    if (p->online) {
        tdm_print_raise(p, "StatementError",
                        "(sqlalchemy.exc.InvalidRequestError) A value is required for bind "
                        "parameter '%.*s'",
                        TDM_TEXT_ARG(name));
        return;
    }
    if (p->keep_binds)
        print_parameter_name(p, name);
    else
        tdm_puts(p, "NULL");
}

// Removes the backslash before ":name" and before a lone colon, unless the run ends at a colon.
static void print_unescaped(tdm_printer *p, tdm_text text)
{
    for (size_t i = 0; i < text.size; i++) {
        bool escape = text.data[i] == '\\' && i + 1 < text.size && text.data[i + 1] == ':';
        bool plain;
        size_t end = escape ? run_end(text, i + 2, &plain) : 0;
        bool followed = escape && end < text.size && text.data[end] == ':';
        // With a colon right after the run the expression gives back characters until it fits,
        // which it cannot: every shorter run is followed by a word character.
        if (!escape || followed)
            tdm_buffer_putc(&p->out, text.data[i]);
    }
}

void tdm_print_text_clause(tdm_printer *p, const tdm_expr *clause)
{
    size_t start = p->out.size;
    tdm_text text = clause->text;
    uint32_t before = 0;
    size_t copied = 0;
    for (size_t at = 0; at < text.size;) {
        size_t colon = at, end;
        bool odd = false;
        uint32_t c = tdm_utf8_next(text, &at);
        if (c == ':' && starts_parameter(text, colon, before, &end, &odd)) {
            tdm_put_percent(p, tdm_text_slice(text, copied, colon));
            print_parameter(p, clause, tdm_text_slice(text, colon + 1, end));
            copied = end;
        } else if (c == ':' && odd && p->online) {
            tdm_print_opaque(p, "what a driver makes of ':%.*s' cannot be known",
                             TDM_TEXT_ARG(tdm_text_slice(text, colon + 1, end)));
        } else if (c == ':' && odd && p->double_percent) {
            tdm_put_percent(p, tdm_text_slice(text, copied, colon));
            print_parameter_name(p, tdm_text_slice(text, colon + 1, end));
            copied = end;
        }
        before = c;
    }
    tdm_put_percent(p, tdm_text_from(text, copied));
    print_unescaped(p, tdm_print_cut(p, start));
}
