// Naming conventions (S2052 sql/naming.py).
#include "revision/objects.h"

#include <string.h>

static const tdm_naming standard[] = {
    {TDM_TEXT("ix"), TDM_TEXT("ix_%(column_0_label)s")},
};

typedef struct subject {
    tdm_host *host;
    const tdm_table *table;
    const tdm_constraint *constraint; // or NULL
    const tdm_index *index;           // or NULL
    tdm_name name;                    // the name given so far
    bool failed;                      // an exception is pending
} subject;

static const char *kind_key(const subject *s)
{
    if (s->index)
        return "ix";
    switch (s->constraint->kind) {
    case TDM_CONSTRAINT_PRIMARY:
        return "pk";
    case TDM_CONSTRAINT_UNIQUE:
        return "uq";
    case TDM_CONSTRAINT_FOREIGN:
        return "fk";
    case TDM_CONSTRAINT_CHECK:
        return "ck";
    case TDM_CONSTRAINT_EXCLUDE:
        return "";
    }
    return "";
}

static bool find_format(const subject *s, tdm_text *ret)
{
    const tdm_metadata *own = s->table->metadata;
    const tdm_naming *rows = standard;
    size_t count = sizeof standard / sizeof *standard;
    if (own && own->naming_count > 0) {
        rows = own->naming;
        count = own->naming_count;
    }
    s->host->asked_naming = s->host->asked_naming || !own;
    if (!own && s->host->options->naming_count > 0) {
        rows = s->host->options->naming;
        count = s->host->options->naming_count;
    }
    for (size_t i = 0; i < count; i++) {
        if (tdm_text_is(rows[i].key, kind_key(s))) {
            *ret = rows[i].format;
            return true;
        }
    }
    return false;
}

static const tdm_names *columns_of(const subject *s)
{
    return s->index ? &s->index->labels : &s->constraint->columns;
}

// table_column, with the schema in front ("ix_s_t_x").
static void put_label(const subject *s, tdm_name column, tdm_buffer *out)
{
    bool bare = s->index && column.final;
    tdm_text schema = s->table->schema.given ? s->table->schema.text : (tdm_text){0};
    for (size_t i = 0; !bare && i < schema.size; i++)
        tdm_buffer_putc(out, schema.data[i] == '.' ? '_' : schema.data[i]);
    if (!bare && schema.size > 0)
        tdm_buffer_putc(out, '_');
    if (!bare) {
        tdm_buffer_put(out, s->table->name.text);
        tdm_buffer_putc(out, '_');
    }
    tdm_buffer_put(out, column.text);
}

static void put_column(const subject *s, size_t index, tdm_text attribute, tdm_buffer *out)
{
    const tdm_names *columns = columns_of(s);
    if (index >= columns->count)
        return;
    if (tdm_text_is(attribute, "label"))
        put_label(s, columns->items[index], out);
    else
        tdm_buffer_put(out, columns->items[index].text);
}

static bool fail_key(subject *s, tdm_text token)
{
    s->failed = true;
    tdm_py_raise(s->host->in, "KeyError", "%.*s", TDM_TEXT_ARG(token));
    return false;
}

// The column of the table itself that a foreign key refers to: a Table knows itself from the start.
static const tdm_column *own_column(const subject *s, size_t index)
{
    const tdm_constraint *c = s->constraint;
    if (index >= c->referred_columns.count || !s->table ||
        !tdm_text_equal(c->referred_table.text, s->table->name.text) ||
        !tdm_text_equal(c->referred_schema.text, s->table->schema.text))
        return NULL;
    return tdm_sa_table_column(s->table, c->referred_columns.items[index].text);
}

static bool put_referred(subject *s, size_t index, tdm_buffer *out)
{
    const tdm_constraint *c = s->constraint;
    const tdm_column *own = own_column(s, index);
    if (own) {
        tdm_buffer_put(out, own->name.text);
        return true;
    }
    if (!c->referred_known) {
        s->failed = true;
        tdm_py_raise(s->host->in, "NoReferencedTableError",
                     "Foreign key associated with column '%.*s.%.*s' could not find table '%.*s' "
                     "with which to generate a foreign key to target column '%.*s'",
                     TDM_TEXT_ARG(s->table->name.text), TDM_TEXT_ARG(c->columns.items[0].text),
                     TDM_TEXT_ARG(c->referred_table.text),
                     TDM_TEXT_ARG(c->referred_columns.items[0].text));
        return false;
    }
    if (index < c->referred_columns.count)
        tdm_buffer_put(out, c->referred_columns.items[index].text);
    return true;
}

// "column_0_name", "column_0N_label", "referred_column_0_N_name".
static bool put_column_token(subject *s, tdm_text token, tdm_buffer *out)
{
    tdm_text rest = token;
    bool referred = tdm_text_starts(rest, TDM_TEXT("referred_"));
    if (referred)
        rest = tdm_text_from(rest, strlen("referred_"));
    if (!tdm_text_starts(rest, TDM_TEXT("column_")) || (referred && !s->constraint))
        return fail_key(s, token);
    rest = tdm_text_from(rest, strlen("column_"));
    size_t digits = 0;
    while (digits < rest.size && tdm_is_digit(rest.data[digits]))
        digits++;
    uint64_t index = 0;
    if (!tdm_text_to_u64(tdm_text_slice(rest, 0, digits), &index))
        return fail_key(s, token);
    rest = tdm_text_from(rest, digits);
    bool joined = tdm_text_starts(rest, TDM_TEXT("_N_"));
    bool packed = tdm_text_starts(rest, TDM_TEXT("N_"));
    tdm_text attribute = tdm_text_from(rest, joined ? 3 : packed ? 2 : 1);
    size_t first = (size_t)index, last = (size_t)index + 1;
    if (joined || packed) {
        first = 0;
        last = columns_of(s)->count;
    }
    for (size_t i = first; i < last; i++) {
        if (joined && i > first)
            tdm_buffer_putc(out, '_');
        if (referred && !put_referred(s, i, out))
            return false;
        if (!referred)
            put_column(s, i, attribute, out);
    }
    return true;
}

static bool put_token(subject *s, tdm_text token, tdm_buffer *out)
{
    if (tdm_text_is(token, "table_name")) {
        tdm_buffer_put(out, s->table->name.text);
        return true;
    }
    if (tdm_text_is(token, "referred_table_name") && s->constraint) {
        tdm_buffer_put(out, s->constraint->referred_table.text);
        return true;
    }
    if (!tdm_text_is(token, "constraint_name"))
        return put_column_token(s, token, out);
    if (!s->name.given) {
        s->failed = true;
        tdm_py_raise(s->host->in, "InvalidRequestError",
                     "Naming convention including %%(constraint_name)s token requires that "
                     "constraint is explicitly named.");
        return false;
    }
    tdm_buffer_put(out, s->name.text);
    return true;
}

static bool expand(subject *s, tdm_text format, tdm_buffer *out)
{
    for (size_t i = 0; i < format.size; i++) {
        if (format.data[i] != '%') {
            tdm_buffer_putc(out, format.data[i]);
            continue;
        }
        if (i + 1 < format.size && format.data[i + 1] == '%') {
            tdm_buffer_putc(out, '%');
            i++;
            continue;
        }
        tdm_text rest = tdm_text_from(format, i);
        size_t end = tdm_text_find(rest, TDM_TEXT(")s"));
        if (rest.size < 2 || rest.data[1] != '(' || end == SIZE_MAX)
            return fail_key(s, format);
        if (!put_token(s, tdm_text_slice(rest, 2, end), out))
            return false;
        i += end + 1;
    }
    return true;
}

static bool apply(subject *s, tdm_name *name)
{
    tdm_text format;
    if (name->final || !find_format(s, &format))
        return true;
    bool uses_name = tdm_text_find(format, TDM_TEXT("constraint_name")) != SIZE_MAX;
    if (name->given && !uses_name)
        return true;
    s->name = *name;
    tdm_buffer out = TDM_BUFFER_INIT(1 << 16);
    bool expanded = expand(s, format, &out);
    tdm_name made = tdm_name_of(tdm_buffer_take(&out, s->host->arena));
    made.final = true;
    if (expanded)
        *name = made;
    return expanded;
}

// Why the convention that the name may follow is not known, or an empty text. A convention makes
// the names that are not given, and that for CHECKs usually takes up those that are (S2052
// "ck": "ck_%(table_name)s_%(constraint_name)s").
static tdm_text unknown_convention(const subject *s, tdm_name name)
{
    bool check = s->constraint && s->constraint->kind == TDM_CONSTRAINT_CHECK;
    bool exclude = s->constraint && s->constraint->kind == TDM_CONSTRAINT_EXCLUDE;
    if (s->table->metadata || exclude || name.final || (name.given && !check))
        return (tdm_text){NULL, 0};
    return s->host->options->naming_unknown;
}

bool tdm_name_constraint(tdm_host *host, tdm_table *table, tdm_constraint *c)
{
    subject s = {.host = host, .table = table, .constraint = c};
    c->name_unknown = unknown_convention(&s, c->name);
    return apply(&s, &c->name);
}

bool tdm_name_index(tdm_host *host, tdm_table *table, tdm_index *index)
{
    subject s = {.host = host, .table = table, .index = index};
    index->name_unknown = unknown_convention(&s, index->name);
    return apply(&s, &index->name);
}
