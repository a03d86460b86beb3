#include "inverse/define.h"

#include "sql/lexer.h"
#include "sql/quote.h"

#include <string.h>

void tdm_define_name(tdm_buffer *out, tdm_text schema, tdm_text name)
{
    tdm_text none = {NULL, 0};
    tdm_sql_put_qualified(out, tdm_text_is(schema, "public") ? none : schema, name);
}

// Names that need no quotes have neither capitals nor anything but letters, digits and what a type
// is written with.
static bool is_plain_type(tdm_text type)
{
    for (size_t i = 0; i < type.size; i++) {
        char c = type.data[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && !memchr("_ .,()[]\"", c, 10))
            return false;
    }
    return true;
}

void tdm_define_type(tdm_buffer *out, tdm_text type)
{
    size_t end = 0;

    while (end < type.size && type.data[end] != '(' && type.data[end] != '[')
        end++;
    if (is_plain_type(type) || !tdm_define_reference(out, tdm_text_slice(type, 0, end)))
        end = 0;
    tdm_buffer_put(out, tdm_text_from(type, end));
}

bool tdm_define_reference(tdm_buffer *out, tdm_text reference)
{
    tdm_text none = {NULL, 0};
    size_t dot = tdm_text_find_char(reference, '.');
    tdm_text name = dot == SIZE_MAX ? reference : tdm_text_from(reference, dot + 1);

    if (reference.size == 0 || tdm_text_find_char(name, '.') != SIZE_MAX)
        return false;
    tdm_sql_put_qualified(out, dot == SIZE_MAX ? none : tdm_text_slice(reference, 0, dot), name);
    return true;
}

// --- Attributes ---------------------------------------------------------------------------------

// The text of an attribute that is set and known; sets `*ok` false where it is not known.
static tdm_text text_of(const tdm_value *value, bool *ok)
{
    if (!value)
        return (tdm_text){NULL, 0};
    *ok = *ok && value->reason.size == 0;
    return value->text;
}

static tdm_text get(const tdm_object *object, tdm_attribute attribute, bool *ok)
{
    return text_of(tdm_object_value(object, attribute), ok);
}

// Whether every attribute that is set is one of these; the definition would else say less.
static bool only(const tdm_attributes *attributes, const tdm_attribute *known, size_t count)
{
    for (size_t i = 0; i < attributes->count; i++) {
        bool found = false;
        for (size_t j = 0; j < count; j++)
            found = found || attributes->items[i].attribute == known[j];
        if (!found)
            return false;
    }
    return true;
}

#define ONLY(attributes, ...)                                                                      \
    only(&(attributes), (const tdm_attribute[]){__VA_ARGS__},                                      \
         sizeof((const tdm_attribute[]){__VA_ARGS__}) / sizeof(tdm_attribute))

static void put_clause(tdm_buffer *out, const char *before, tdm_text text, const char *after)
{
    if (text.size == 0)
        return;
    tdm_buffer_puts(out, before);
    tdm_buffer_put(out, text);
    tdm_buffer_puts(out, after);
}

// --- Columns ------------------------------------------------------------------------------------

static const struct {
    const char *type;
    const char *serial;
} serials[] = {{"integer", "serial"}, {"bigint", "bigserial"}, {"smallint", "smallserial"}};

const tdm_object *tdm_define_sequence_of(const tdm_table *table, tdm_text column)
{
    for (size_t i = 0; i < table->members.count; i++) {
        const tdm_object *member = table->members.items[i];
        const tdm_value *owned = tdm_object_value(member, TDM_ATTR_OWNED_BY);
        size_t start = owned ? owned->text.size - column.size : 0;
        if (member->kind == TDM_KIND_SEQUENCE && !member->dropped && owned && start > 0 &&
            start < owned->text.size && owned->text.data[start - 1] == '.' &&
            tdm_text_equal(tdm_text_from(owned->text, start), column))
            return member;
    }
    return NULL;
}

// "table_column_seq": the name that the server gives. A longer one is cut, and said by a name of
// its own.
static bool has_usual_name(const tdm_object *sequence, tdm_text column)
{
    tdm_text table = sequence->on ? sequence->on->name : (tdm_text){NULL, 0};
    tdm_text name = sequence->name;
    size_t between = table.size + 1;

    return name.size == table.size + column.size + sizeof "__seq" - 1 &&
           tdm_text_starts(name, table) && name.data[table.size] == '_' &&
           tdm_text_equal(tdm_text_slice(name, between, between + column.size), column) &&
           tdm_text_ends(name, TDM_TEXT("_seq"));
}

// What a sequence of a column has that is not its type's. False: not all of it is known.
static bool put_sequence_options(tdm_buffer *out, const tdm_object *sequence, tdm_text column)
{
    static const struct {
        tdm_attribute attribute;
        const char *word;
    } options[] = {
        {TDM_ATTR_START, "START WITH "},  {TDM_ATTR_INCREMENT, "INCREMENT BY "},
        {TDM_ATTR_MINVALUE, "MINVALUE "}, {TDM_ATTR_MAXVALUE, "MAXVALUE "},
        {TDM_ATTR_CACHE, "CACHE "},
    };
    bool ok = true, any = !has_usual_name(sequence, column);

    if (any) {
        tdm_buffer_puts(out, " (SEQUENCE NAME ");
        tdm_define_name(out, sequence->schema, sequence->name);
    }
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        tdm_text text = get(sequence, options[i].attribute, &ok);
        if (text.size == 0)
            continue;
        tdm_buffer_puts(out, any ? " " : " (");
        put_clause(out, options[i].word, text, "");
        any = true;
    }
    if (get(sequence, TDM_ATTR_CYCLE, &ok).size) {
        tdm_buffer_puts(out, any ? " CYCLE" : " (CYCLE");
        any = true;
    }
    tdm_buffer_puts(out, any ? ")" : "");
    return ok;
}

static bool is_plain_sequence(const tdm_object *sequence, tdm_text column)
{
    return has_usual_name(sequence, column) &&
           ONLY(sequence->attributes, TDM_ATTR_TYPE, TDM_ATTR_OWNED_BY, TDM_ATTR_OWNER,
                TDM_ATTR_COMMENT, TDM_ATTR_GRANTS);
}

// A column whose default takes the next value of the sequence that it owns.
static bool takes_next(const tdm_column *column, const tdm_object *sequence)
{
    return sequence && tdm_text_starts(column->default_text, TDM_TEXT("nextval(")) &&
           tdm_text_find(column->default_text, sequence->name) != SIZE_MAX;
}

static const char *serial_of(const tdm_column *column, const tdm_object *sequence)
{
    bool serial = takes_next(column, sequence) && !sequence->making && column->not_null &&
                  is_plain_sequence(sequence, column->name);
    for (size_t i = 0; serial && i < sizeof serials / sizeof *serials; i++)
        if (tdm_text_is(column->type, serials[i].type))
            return serials[i].serial;
    return NULL;
}

bool tdm_define_column(tdm_buffer *out, const tdm_column *column, const tdm_object *sequence)
{
    const char *serial = serial_of(column, sequence);
    bool identity = tdm_text_ends(column->generated, TDM_TEXT("AS IDENTITY"));
    bool ok = ONLY(column->attributes, TDM_ATTR_COLLATION, TDM_ATTR_COMMENT, TDM_ATTR_STORAGE,
                   TDM_ATTR_COMPRESSION, TDM_ATTR_STATISTICS, TDM_ATTR_OPTIONS, TDM_ATTR_GRANTS);

    // A sequence of a serial column that was altered since, or that bears another name.
    ok = ok && (serial || !takes_next(column, sequence) || sequence->making);
    ok = ok && (!identity || sequence);
    tdm_sql_put_ident(out, column->name);
    tdm_buffer_putc(out, ' ');
    if (serial)
        tdm_buffer_puts(out, serial);
    else
        tdm_define_type(out, column->type);
    put_clause(out, " COLLATE ", text_of(tdm_column_value(column, TDM_ATTR_COLLATION), &ok), "");
    if (column->has_default && !serial)
        put_clause(out, " DEFAULT ", column->default_text, "");
    put_clause(out, " GENERATED ", column->generated, "");
    if (identity && sequence)
        ok = put_sequence_options(out, sequence, column->name) && ok;
    if (column->not_null && !serial)
        tdm_buffer_puts(out, " NOT NULL");
    return ok && column->type.size > 0;
}

bool tdm_define_table(tdm_buffer *out, const tdm_table *table)
{
    bool ok = table->columns_known &&
              ONLY(table->attributes, TDM_ATTR_COMMENT, TDM_ATTR_PERSISTENCE, TDM_ATTR_RLS,
                   TDM_ATTR_RLS_FORCED, TDM_ATTR_OWNER, TDM_ATTR_GRANTS, TDM_ATTR_OPTIONS,
                   TDM_ATTR_TABLESPACE, TDM_ATTR_REPLICA_IDENTITY, TDM_ATTR_CLUSTER,
                   TDM_ATTR_PARTITION_KEY);
    tdm_text persistence = get(table, TDM_ATTR_PERSISTENCE, &ok);

    tdm_buffer_puts(out, persistence.size ? "CREATE UNLOGGED TABLE " : "CREATE TABLE ");
    tdm_define_name(out, table->schema, table->name);
    tdm_buffer_puts(out, " (");
    for (size_t i = 0; i < table->columns.count; i++) {
        const tdm_column *column = &table->columns.items[i];
        tdm_buffer_puts(out, i ? ",\n    " : "\n    ");
        ok = tdm_define_column(out, column, tdm_define_sequence_of(table, column->name)) && ok;
    }
    tdm_buffer_puts(out, "\n)");
    put_clause(out, " PARTITION BY ", get(table, TDM_ATTR_PARTITION_KEY, &ok), "");
    return ok;
}

// --- Constraints and indexes --------------------------------------------------------------------

static bool define_foreign(tdm_buffer *out, const tdm_object *object)
{
    bool ok = ONLY(object->attributes, TDM_ATTR_FORM, TDM_ATTR_COLUMNS, TDM_ATTR_REFERENCES,
                   TDM_ATTR_REFERENCED, TDM_ATTR_MATCH, TDM_ATTR_ON_DELETE, TDM_ATTR_ON_UPDATE,
                   TDM_ATTR_DEFERRABLE, TDM_ATTR_NOT_VALID, TDM_ATTR_COMMENT);
    put_clause(out, " FOREIGN KEY (", get(object, TDM_ATTR_COLUMNS, &ok), ")");
    tdm_buffer_puts(out, " REFERENCES ");
    ok = tdm_define_reference(out, get(object, TDM_ATTR_REFERENCES, &ok)) && ok;
    put_clause(out, " (", get(object, TDM_ATTR_REFERENCED, &ok), ")");
    put_clause(out, " MATCH ", get(object, TDM_ATTR_MATCH, &ok), "");
    put_clause(out, " ON DELETE ", get(object, TDM_ATTR_ON_DELETE, &ok), "");
    put_clause(out, " ON UPDATE ", get(object, TDM_ATTR_ON_UPDATE, &ok), "");
    return ok;
}

static bool define_keyed(tdm_buffer *out, const tdm_object *object, tdm_text form)
{
    bool ok = ONLY(object->attributes, TDM_ATTR_FORM, TDM_ATTR_COLUMNS, TDM_ATTR_INCLUDE,
                   TDM_ATTR_NULLS_NOT_DISTINCT, TDM_ATTR_DEFERRABLE, TDM_ATTR_COMMENT);
    put_clause(out, " ", form, "");
    if (get(object, TDM_ATTR_NULLS_NOT_DISTINCT, &ok).size)
        tdm_buffer_puts(out, " NULLS NOT DISTINCT");
    put_clause(out, " (", get(object, TDM_ATTR_COLUMNS, &ok), ")");
    put_clause(out, " INCLUDE (", get(object, TDM_ATTR_INCLUDE, &ok), ")");
    return ok;
}

// Whether one pair of brackets is around the whole text.
static bool is_bracketed(tdm_text text)
{
    tdm_sql_lexer lexer = {.source = text};
    size_t depth = 0;
    for (;;) {
        tdm_sql_token token = tdm_sql_next(&lexer);
        if (token.kind == TDM_SQL_TOKEN_END)
            return false;
        if (tdm_sql_token_is_char(&lexer, &token, '('))
            depth++;
        if (tdm_sql_token_is_char(&lexer, &token, ')') && depth > 0)
            depth--;
        if (depth == 0)
            return token.end == text.size;
    }
}

static void put_bracketed(tdm_buffer *out, const char *before, tdm_text text)
{
    bool bracketed = is_bracketed(text);
    put_clause(out, before, text.size && !bracketed ? TDM_TEXT("(") : (tdm_text){NULL, 0}, "");
    if (bracketed)
        tdm_buffer_puts(out, before);
    put_clause(out, "", text, bracketed ? "" : ")");
}

static bool define_constraint(tdm_buffer *out, const tdm_object *object)
{
    bool ok = true;
    tdm_text form = get(object, TDM_ATTR_FORM, &ok);

    tdm_buffer_puts(out, "ALTER TABLE ");
    tdm_define_name(out, object->on->schema, object->on->name);
    tdm_buffer_puts(out, " ADD CONSTRAINT ");
    tdm_sql_put_ident(out, object->name);
    if (tdm_text_is(form, "FOREIGN KEY")) {
        ok = define_foreign(out, object) && ok;
    } else if (tdm_text_is(form, "CHECK")) {
        ok = ok && ONLY(object->attributes, TDM_ATTR_FORM, TDM_ATTR_EXPRESSION, TDM_ATTR_NO_INHERIT,
                        TDM_ATTR_NOT_VALID, TDM_ATTR_COMMENT);
        put_bracketed(out, " CHECK ", get(object, TDM_ATTR_EXPRESSION, &ok));
        if (get(object, TDM_ATTR_NO_INHERIT, &ok).size)
            tdm_buffer_puts(out, " NO INHERIT");
    } else if (tdm_text_is(form, "PRIMARY KEY") || tdm_text_is(form, "UNIQUE")) {
        ok = define_keyed(out, object, form) && ok;
    } else {
        return false;
    }
    tdm_text deferrable = get(object, TDM_ATTR_DEFERRABLE, &ok);
    put_clause(out, tdm_text_is(deferrable, "DEFERRABLE") ? " " : " DEFERRABLE ", deferrable, "");
    if (get(object, TDM_ATTR_NOT_VALID, &ok).size)
        tdm_buffer_puts(out, " NOT VALID");
    return ok;
}

static bool define_index(tdm_buffer *out, const tdm_object *object)
{
    bool ok = object->on && ONLY(object->attributes, TDM_ATTR_KEYS, TDM_ATTR_METHOD,
                                 TDM_ATTR_UNIQUE, TDM_ATTR_NULLS_NOT_DISTINCT, TDM_ATTR_INCLUDE,
                                 TDM_ATTR_PREDICATE, TDM_ATTR_OPTIONS, TDM_ATTR_COMMENT);
    if (!ok)
        return false;
    tdm_buffer_puts(out, get(object, TDM_ATTR_UNIQUE, &ok).size ? "CREATE UNIQUE INDEX "
                                                                : "CREATE INDEX ");
    tdm_sql_put_ident(out, object->name);
    tdm_buffer_puts(out, " ON ");
    tdm_define_name(out, object->on->schema, object->on->name);
    put_clause(out, " USING ", get(object, TDM_ATTR_METHOD, &ok), "");
    put_clause(out, " (", get(object, TDM_ATTR_KEYS, &ok), ")");
    put_clause(out, " INCLUDE (", get(object, TDM_ATTR_INCLUDE, &ok), ")");
    if (get(object, TDM_ATTR_NULLS_NOT_DISTINCT, &ok).size)
        tdm_buffer_puts(out, " NULLS NOT DISTINCT");
    put_clause(out, " WITH (", get(object, TDM_ATTR_OPTIONS, &ok), ")");
    put_clause(out, " WHERE ", get(object, TDM_ATTR_PREDICATE, &ok), "");
    return ok;
}

// --- Types --------------------------------------------------------------------------------------

void tdm_define_label(tdm_buffer *out, tdm_text name)
{
    bool quoted = name.size >= 2 && name.data[0] == '"';

    tdm_buffer_putc(out, '\'');
    for (size_t i = quoted; i + quoted < name.size; i++) {
        char c = name.data[i];
        tdm_buffer_putc(out, c);
        if (c == '\'')
            tdm_buffer_putc(out, c);
        i += quoted && c == '"';
    }
    tdm_buffer_putc(out, '\'');
}

// The name that a list of quoted names has next, as a literal.
static bool next_label(tdm_sql_lexer *lexer, tdm_buffer *out, bool first)
{
    tdm_sql_token token = tdm_sql_next(lexer);
    if (tdm_sql_token_is_char(lexer, &token, ','))
        token = tdm_sql_next(lexer);
    if (token.kind == TDM_SQL_TOKEN_END)
        return false;
    tdm_buffer_puts(out, first ? "" : ", ");
    tdm_define_label(out, tdm_sql_token_text(lexer, &token));
    return true;
}

static bool define_type(tdm_buffer *out, const tdm_object *object)
{
    bool ok = ONLY(object->attributes, TDM_ATTR_FORM, TDM_ATTR_LABELS, TDM_ATTR_COMMENT,
                   TDM_ATTR_OWNER, TDM_ATTR_GRANTS);
    tdm_text labels = get(object, TDM_ATTR_LABELS, &ok);
    tdm_sql_lexer lexer = {.source = labels};

    if (!ok || !tdm_text_is(get(object, TDM_ATTR_FORM, &ok), "enum"))
        return false;
    tdm_buffer_puts(out, "CREATE TYPE ");
    tdm_define_name(out, object->schema, object->name);
    tdm_buffer_puts(out, " AS ENUM (");
    for (bool first = true; next_label(&lexer, out, first); first = false)
        continue;
    tdm_buffer_putc(out, ')');
    return ok;
}

// --- Policies and triggers ----------------------------------------------------------------------

void tdm_define_policy_terms(tdm_buffer *out, const tdm_object *object, bool *ok)
{
    put_clause(out, " TO ", get(object, TDM_ATTR_ROLES, ok), "");
    put_bracketed(out, " USING ", get(object, TDM_ATTR_USING, ok));
    put_bracketed(out, " WITH CHECK ", get(object, TDM_ATTR_WITH_CHECK, ok));
}

static bool define_policy(tdm_buffer *out, const tdm_object *object)
{
    bool ok =
        object->on && ONLY(object->attributes, TDM_ATTR_COMMAND, TDM_ATTR_PERMISSIVE,
                           TDM_ATTR_ROLES, TDM_ATTR_USING, TDM_ATTR_WITH_CHECK, TDM_ATTR_COMMENT);
    if (!ok)
        return false;
    tdm_buffer_puts(out, "CREATE POLICY ");
    tdm_sql_put_ident(out, object->name);
    tdm_buffer_puts(out, " ON ");
    tdm_define_name(out, object->on->schema, object->on->name);
    put_clause(out, " AS ", get(object, TDM_ATTR_PERMISSIVE, &ok), "");
    put_clause(out, " FOR ", get(object, TDM_ATTR_COMMAND, &ok), "");
    tdm_define_policy_terms(out, object, &ok);
    return ok;
}

// "DELETE, INSERT, UPDATE" and the columns of UPDATE.
static void put_events(tdm_buffer *out, tdm_text events, tdm_text columns)
{
    tdm_sql_lexer lexer = {.source = events};
    bool first = true;

    for (;;) {
        tdm_sql_token token = tdm_sql_next(&lexer);
        if (token.kind == TDM_SQL_TOKEN_END)
            return;
        if (tdm_sql_token_is_char(&lexer, &token, ','))
            continue;
        tdm_text event = tdm_sql_token_text(&lexer, &token);
        tdm_buffer_puts(out, first ? " " : " OR ");
        tdm_buffer_put(out, event);
        if (tdm_text_is(event, "UPDATE"))
            put_clause(out, " OF ", columns, "");
        first = false;
    }
}

static bool define_trigger(tdm_buffer *out, const tdm_object *object)
{
    bool ok = object->on && !tdm_object_value(object, TDM_ATTR_PARTITION_OF) &&
              !tdm_object_value(object, TDM_ATTR_INHERITED);
    tdm_text form = get(object, TDM_ATTR_FORM, &ok);

    if (!ok)
        return false;
    tdm_buffer_puts(out, form.size ? "CREATE CONSTRAINT TRIGGER " : "CREATE TRIGGER ");
    tdm_sql_put_ident(out, object->name);
    put_clause(out, " ", get(object, TDM_ATTR_TIMING, &ok), "");
    put_events(out, get(object, TDM_ATTR_EVENTS, &ok), get(object, TDM_ATTR_COLUMNS, &ok));
    tdm_buffer_puts(out, " ON ");
    tdm_define_name(out, object->on->schema, object->on->name);
    tdm_text references = get(object, TDM_ATTR_REFERENCES, &ok);
    if (references.size) {
        tdm_buffer_puts(out, " FROM ");
        ok = tdm_define_reference(out, references) && ok;
    }
    tdm_text deferrable = get(object, TDM_ATTR_DEFERRABLE, &ok);
    put_clause(out, tdm_text_is(deferrable, "DEFERRABLE") ? " " : " DEFERRABLE ", deferrable, "");
    put_clause(out, " REFERENCING ", get(object, TDM_ATTR_TRANSITION, &ok), "");
    tdm_buffer_puts(out, get(object, TDM_ATTR_LEVEL, &ok).size ? " FOR EACH ROW"
                                                               : " FOR EACH STATEMENT");
    put_bracketed(out, " WHEN ", get(object, TDM_ATTR_WHEN, &ok));
    tdm_buffer_puts(out, " EXECUTE FUNCTION ");
    ok = tdm_define_reference(out, get(object, TDM_ATTR_FUNCTION, &ok)) && ok;
    tdm_buffer_putc(out, '(');
    tdm_buffer_put(out, get(object, TDM_ATTR_ARGUMENTS, &ok));
    tdm_buffer_putc(out, ')');
    return ok;
}

bool tdm_define_object(tdm_buffer *out, const tdm_object *object)
{
    if (!object->modelled || object->uncertain)
        return false;
    switch (object->kind) {
    case TDM_KIND_CONSTRAINT:
        return object->on && define_constraint(out, object);
    case TDM_KIND_INDEX:
        return define_index(out, object);
    case TDM_KIND_TYPE:
        return define_type(out, object);
    case TDM_KIND_POLICY:
        return define_policy(out, object);
    case TDM_KIND_TRIGGER:
        return define_trigger(out, object);
    case TDM_KIND_SCHEMA:
        tdm_buffer_puts(out, "CREATE SCHEMA ");
        tdm_sql_put_ident(out, object->name);
        return ONLY(object->attributes, TDM_ATTR_COMMENT, TDM_ATTR_OWNER, TDM_ATTR_GRANTS);
    default:
        return false;
    }
}
