#include "inverse/attribute.h"

#include "base/limits.h"
#include "inverse/conversion.h"
#include "inverse/define.h"
#include "inverse/target.h"
#include "sql/lexer.h"
#include "sql/quote.h"

// --- Lists --------------------------------------------------------------------------------------

// The next item of "a, b", where commas in brackets and strings do not count.
static bool next_item(tdm_text *rest, tdm_text *ret)
{
    tdm_sql_lexer lexer = {.source = *rest};
    size_t depth = 0;

    if (rest->size == 0)
        return false;
    for (;;) {
        tdm_sql_token token = tdm_sql_next(&lexer);
        bool end = token.kind == TDM_SQL_TOKEN_END;
        if (end || (depth == 0 && tdm_sql_token_is_char(&lexer, &token, ','))) {
            *ret = tdm_text_trim(tdm_text_slice(lexer.source, 0, end ? rest->size : token.start));
            *rest = end ? (tdm_text){NULL, 0} : tdm_text_from(lexer.source, token.end);
            return true;
        }
        if (tdm_sql_token_is_char(&lexer, &token, '('))
            depth++;
        if (tdm_sql_token_is_char(&lexer, &token, ')') && depth > 0)
            depth--;
    }
}

static bool has_item(tdm_text list, tdm_text wanted)
{
    tdm_text one;

    while (next_item(&list, &one))
        if (tdm_text_equal(one, wanted))
            return true;
    return false;
}

static tdm_text name_in(tdm_text option)
{
    return tdm_text_slice(option, 0, tdm_text_find_char(option, '='));
}

// SET takes an option of the same name away.
static bool has_name(tdm_text list, tdm_text name)
{
    tdm_text one;

    while (next_item(&list, &one))
        if (tdm_text_equal(name_in(one), name))
            return true;
    return false;
}

// "verb (a, b)", of the options of one list that are not so in the other. False: there are none.
static bool put_options(tdm_buffer *out, const char *verb, tdm_text of, tdm_text other, bool names)
{
    tdm_text one;
    bool any = false;

    while (next_item(&of, &one)) {
        if (names ? has_name(other, name_in(one)) : has_item(other, one))
            continue;
        tdm_buffer_puts(out, any ? ", " : verb);
        tdm_buffer_put(out, names ? name_in(one) : one);
        any = true;
    }
    tdm_buffer_puts(out, any ? ")" : "");
    return any;
}

static bool put_option_changes(tdm_buffer *out, const tdm_putback *b)
{
    bool sets = put_options(out, " SET (", b->want, b->now, false);

    // One statement has one list; both together are the commands of one ALTER TABLE.
    return put_options(out, sets ? ", RESET (" : " RESET (", b->now, b->want, true) || sets;
}

// --- Of many kinds ------------------------------------------------------------------------------

static bool put_comment(tdm_buffer *out, const tdm_putback *b)
{
    tdm_buffer_puts(out, "COMMENT ON ");
    if (!tdm_target_put_comment(out, b->key))
        return false;
    tdm_buffer_puts(out, " IS ");
    if (b->want.size)
        tdm_sql_put_literal(out, b->want);
    else
        tdm_buffer_puts(out, "NULL");
    return true;
}

// Whoever runs the statements owns what they make.
static bool put_owner(tdm_buffer *out, const tdm_putback *b)
{
    tdm_buffer_puts(out, "ALTER ");
    if (tdm_target_on_table(b->key->kind) || !tdm_target_put(out, b->key))
        return false;
    tdm_buffer_puts(out, " OWNER TO ");
    if (b->want.size)
        tdm_sql_put_ident(out, b->want);
    else
        tdm_buffer_puts(out, "CURRENT_USER");
    return true;
}

// --- Columns ------------------------------------------------------------------------------------

static bool put_type(tdm_buffer *out, const tdm_putback *b)
{
    tdm_conversion_way way = tdm_conversion_between(b->now, b->want);

    tdm_target_put_column(out, b->key);
    tdm_buffer_puts(out, " TYPE ");
    tdm_define_type(out, b->want);
    if (way == TDM_CONVERSION_ASSIGNED)
        return b->want.size > 0;
    tdm_buffer_puts(out, " USING ");
    tdm_sql_put_ident(out, b->key->name);
    tdm_buffer_puts(out, way == TDM_CONVERSION_TEXT ? "::text::" : "::");
    tdm_define_type(out, b->want);
    return b->want.size > 0 && way != TDM_CONVERSION_NONE;
}

static bool is_identity(tdm_text generated)
{
    return tdm_text_ends(generated, TDM_TEXT("AS IDENTITY"));
}

static bool put_generated(tdm_buffer *out, const tdm_putback *b)
{
    tdm_target_put_column(out, b->key);
    if (is_identity(b->now) && b->want.size == 0) {
        tdm_buffer_puts(out, " DROP IDENTITY");
        return true;
    }
    if (!is_identity(b->want) || (b->now.size && !is_identity(b->now)))
        return false; // an expression cannot be given to a column that is there
    tdm_buffer_puts(out, b->now.size ? " SET GENERATED " : " ADD GENERATED ");
    tdm_buffer_put(out, b->now.size ? tdm_text_slice(b->want, 0, b->want.size - 12) : b->want);
    return true;
}

// Without a value: as the type has it, which is not kept.
static bool put_word(tdm_buffer *out, const tdm_putback *b, const char *what, const char *usual)
{
    tdm_target_put_column(out, b->key);
    tdm_buffer_puts(out, what);
    if (b->want.size)
        tdm_buffer_put(out, b->want);
    else
        tdm_buffer_puts(out, usual ? usual : "");
    return b->want.size > 0 || usual;
}

static bool put_column(tdm_buffer *out, const tdm_putback *b)
{
    switch (b->attribute) {
    case TDM_ATTR_TYPE:
        return put_type(out, b);
    case TDM_ATTR_NULLABLE:
        tdm_target_put_column(out, b->key);
        tdm_buffer_puts(out, tdm_text_is(b->want, "NOT NULL") ? " SET NOT NULL" : " DROP NOT NULL");
        return true;
    case TDM_ATTR_DEFAULT:
        tdm_target_put_column(out, b->key);
        tdm_buffer_puts(out, b->want.size ? " SET DEFAULT " : " DROP DEFAULT");
        tdm_buffer_put(out, b->want);
        return true;
    case TDM_ATTR_GENERATED:
        return put_generated(out, b);
    case TDM_ATTR_STATISTICS:
        return put_word(out, b, " SET STATISTICS ", "-1");
    case TDM_ATTR_STORAGE:
        return put_word(out, b, " SET STORAGE ", NULL);
    case TDM_ATTR_COMPRESSION:
        return put_word(out, b, " SET COMPRESSION ", "default");
    case TDM_ATTR_OPTIONS:
        tdm_target_put_column(out, b->key);
        return (b->want.size == 0 || b->now.size == 0) && put_option_changes(out, b);
    default:
        return false;
    }
}

// --- Relations ----------------------------------------------------------------------------------

static void put_alter(tdm_buffer *out, const tdm_change_key *key)
{
    tdm_buffer_puts(out, "ALTER ");
    (void)tdm_target_put(out, key);
}

static bool put_replica_identity(tdm_buffer *out, tdm_text want)
{
    tdm_text index = {NULL, 0};

    tdm_buffer_puts(out, " REPLICA IDENTITY ");
    if (tdm_text_starts(want, TDM_TEXT("index ")))
        index = tdm_text_from(want, 6);
    if (index.size) {
        tdm_buffer_puts(out, "USING INDEX ");
        tdm_sql_put_ident(out, index);
    } else if (want.size) {
        tdm_buffer_put(out, want);
    } else {
        tdm_buffer_puts(out, "DEFAULT");
    }
    return true;
}

// ATTACH and DETACH are said of the parent.
static bool put_partition(tdm_buffer *out, const tdm_putback *b)
{
    if (b->want.size)
        return false;
    tdm_buffer_puts(out, "ALTER TABLE ");
    bool ok = tdm_define_reference(out, b->now);
    tdm_buffer_puts(out, " DETACH PARTITION ");
    tdm_define_name(out, b->key->schema, b->key->name);
    return ok;
}

static bool put_inherits(tdm_buffer *out, const tdm_putback *b)
{
    bool more = b->now.size > b->want.size;
    tdm_text rest = more ? b->now : b->want, fewer = more ? b->want : b->now, one, found = {0};
    size_t count = 0;

    while (next_item(&rest, &one))
        if (!has_item(fewer, one)) {
            found = one;
            count++;
        }
    put_alter(out, b->key);
    tdm_buffer_puts(out, more ? " NO INHERIT " : " INHERIT ");
    return count == 1 && tdm_define_reference(out, found);
}

static bool put_switch(tdm_buffer *out, const tdm_putback *b, const char *what)
{
    put_alter(out, b->key);
    tdm_buffer_puts(out, b->want.size ? " " : b->attribute == TDM_ATTR_RLS ? " DISABLE " : " NO ");
    if (b->want.size && b->attribute == TDM_ATTR_RLS)
        tdm_buffer_puts(out, "ENABLE ");
    tdm_buffer_puts(out, what);
    return true;
}

static bool put_relation(tdm_buffer *out, const tdm_putback *b)
{
    switch (b->attribute) {
    case TDM_ATTR_RLS:
        return put_switch(out, b, "ROW LEVEL SECURITY");
    case TDM_ATTR_RLS_FORCED:
        return put_switch(out, b, "FORCE ROW LEVEL SECURITY");
    case TDM_ATTR_REPLICA_IDENTITY:
        put_alter(out, b->key);
        return put_replica_identity(out, b->want);
    case TDM_ATTR_OPTIONS:
        put_alter(out, b->key);
        return put_option_changes(out, b);
    case TDM_ATTR_TABLESPACE:
        put_alter(out, b->key);
        tdm_buffer_puts(out, " SET TABLESPACE ");
        tdm_sql_put_ident(out, b->want.size ? b->want : TDM_TEXT("pg_default"));
        return true;
    case TDM_ATTR_PERSISTENCE:
        put_alter(out, b->key);
        tdm_buffer_puts(out, b->want.size ? " SET UNLOGGED" : " SET LOGGED");
        return true;
    case TDM_ATTR_CLUSTER:
        put_alter(out, b->key);
        tdm_buffer_puts(out, b->want.size ? " CLUSTER ON " : " SET WITHOUT CLUSTER");
        if (b->want.size)
            tdm_sql_put_ident(out, b->want);
        return true;
    case TDM_ATTR_PARTITION_OF:
        return put_partition(out, b);
    case TDM_ATTR_INHERITS:
        return put_inherits(out, b);
    default:
        return false;
    }
}

// --- Sequences ----------------------------------------------------------------------------------

// "t.c" or "s.t.c"; names with dots of their own would be more.
static bool put_owned_by(tdm_buffer *out, tdm_text column)
{
    size_t parts = 0;

    while (column.size) {
        size_t dot = tdm_text_find_char(column, '.');
        tdm_buffer_puts(out, parts++ ? "." : "");
        tdm_sql_put_ident(out, tdm_text_slice(column, 0, dot));
        column = dot == SIZE_MAX ? (tdm_text){NULL, 0} : tdm_text_from(column, dot + 1);
    }
    return parts >= 2 && parts <= 3;
}

static bool put_sequence(tdm_buffer *out, const tdm_putback *b)
{
    static const struct option {
        tdm_attribute attribute;
        const char *word;
        const char *usual;
    } options[] = {
        {TDM_ATTR_TYPE, " AS ", "bigint"},         {TDM_ATTR_INCREMENT, " INCREMENT BY ", "1"},
        {TDM_ATTR_MINVALUE, " MINVALUE ", NULL},   {TDM_ATTR_MAXVALUE, " MAXVALUE ", NULL},
        {TDM_ATTR_START, " START WITH ", "1"},     {TDM_ATTR_CACHE, " CACHE ", "1"},
        {TDM_ATTR_OWNED_BY, " OWNED BY ", "NONE"},
    };

    put_alter(out, b->key);
    if (b->attribute == TDM_ATTR_CYCLE) {
        tdm_buffer_puts(out, b->want.size ? " CYCLE" : " NO CYCLE");
        return true;
    }
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        if (options[i].attribute != b->attribute)
            continue;
        if (!b->want.size && !options[i].usual)
            tdm_buffer_puts(out, " NO");
        tdm_buffer_puts(out, options[i].word);
        if (b->want.size && b->attribute == TDM_ATTR_OWNED_BY)
            return put_owned_by(out, b->want);
        if (b->want.size)
            tdm_buffer_put(out, b->want);
        else
            tdm_buffer_puts(out, options[i].usual ? options[i].usual : "");
        return true;
    }
    return false;
}

// --- Types, triggers and the rest ---------------------------------------------------------------

// The one label that is another in two lists of as many.
static bool put_label(tdm_buffer *out, const tdm_putback *b)
{
    tdm_text now = b->now, want = b->want, is, was, from = {0}, to = {0};
    size_t count = 0;

    while (next_item(&now, &is)) {
        if (!next_item(&want, &was))
            return false;
        if (tdm_text_equal(is, was))
            continue;
        from = is;
        to = was;
        count++;
    }
    put_alter(out, b->key);
    tdm_buffer_puts(out, " RENAME VALUE ");
    tdm_define_label(out, from);
    tdm_buffer_puts(out, " TO ");
    tdm_define_label(out, to);
    return count == 1 && want.size == 0;
}

static bool put_type_attribute(tdm_buffer *out, const tdm_putback *b)
{
    if (b->attribute == TDM_ATTR_LABELS)
        return put_label(out, b);
    tdm_buffer_puts(out, "ALTER DOMAIN ");
    tdm_define_name(out, b->key->schema, b->key->name);
    switch (b->attribute) {
    case TDM_ATTR_NULLABLE:
        tdm_buffer_puts(out, b->want.size ? " SET NOT NULL" : " DROP NOT NULL");
        return true;
    case TDM_ATTR_DEFAULT:
        tdm_buffer_puts(out, b->want.size ? " SET DEFAULT " : " DROP DEFAULT");
        tdm_buffer_put(out, b->want);
        return true;
    default:
        return false;
    }
}

static const char *word_of_state(tdm_text state)
{
    if (tdm_text_is(state, "DISABLED"))
        return "DISABLE ";
    if (tdm_text_is(state, "REPLICA"))
        return "ENABLE REPLICA ";
    return tdm_text_is(state, "ALWAYS") ? "ENABLE ALWAYS " : "ENABLE ";
}

static bool put_state(tdm_buffer *out, const tdm_putback *b)
{
    if (b->key->kind == TDM_KIND_EVENT_TRIGGER) {
        put_alter(out, b->key);
        tdm_buffer_putc(out, ' ');
        tdm_buffer_put(out, tdm_text_trim(tdm_text_of(word_of_state(b->want))));
        return true;
    }
    if (!tdm_target_on_table(b->key->kind))
        return false;
    tdm_target_put_alter(out, b->key);
    tdm_buffer_putc(out, ' ');
    tdm_buffer_puts(out, word_of_state(b->want));
    tdm_buffer_puts(out, b->key->kind == TDM_KIND_TRIGGER ? "TRIGGER " : "RULE ");
    tdm_sql_put_ident(out, b->key->name);
    return true;
}

// Tables that are published and were not, or the reverse; both at once are two statements.
static bool put_published(tdm_buffer *out, const tdm_putback *b)
{
    bool adds = b->want.size > b->now.size;
    tdm_text rest = adds ? b->want : b->now, fewer = adds ? b->now : b->want, one;
    bool any = false;

    put_alter(out, b->key);
    while (next_item(&rest, &one)) {
        if (has_item(fewer, one))
            continue;
        tdm_buffer_puts(out, any ? ", " : adds ? " ADD TABLE " : " DROP TABLE ");
        tdm_buffer_put(out, one);
        any = true;
    }
    while (next_item(&fewer, &one))
        if (!has_item(adds ? b->want : b->now, one))
            return false;
    return any;
}

// --- Routines -----------------------------------------------------------------------------------

// One setting, "name=value", in place of what there is; several in one text cannot be told apart.
static bool put_setting(tdm_buffer *out, tdm_text want)
{
    size_t equals = tdm_text_find_char(want, '=');
    tdm_text value = equals == SIZE_MAX ? want : tdm_text_from(want, equals + 1);
    tdm_text name = tdm_text_slice(want, 0, equals);

    tdm_buffer_puts(out, " RESET ALL");
    if (want.size == 0)
        return true;
    tdm_buffer_puts(out, " SET ");
    tdm_buffer_put(out, name);
    tdm_buffer_puts(out, " TO ");
    if (tdm_text_is(name, "search_path")) // a list of names as they are written
        tdm_buffer_put(out, value);
    else
        tdm_sql_put_literal(out, value);
    return equals != SIZE_MAX && value.size && tdm_text_find_char(value, '=') == SIZE_MAX;
}

static bool put_routine(tdm_buffer *out, const tdm_putback *b)
{
    bool set = b->want.size > 0;

    put_alter(out, b->key);
    switch (b->attribute) {
    case TDM_ATTR_VOLATILITY:
    case TDM_ATTR_PARALLEL:
        tdm_buffer_puts(out, b->attribute == TDM_ATTR_PARALLEL ? " PARALLEL " : " ");
        tdm_buffer_put(out, set                                 ? b->want
                            : b->attribute == TDM_ATTR_PARALLEL ? TDM_TEXT("UNSAFE")
                                                                : TDM_TEXT("VOLATILE"));
        return true;
    case TDM_ATTR_STRICT:
        tdm_buffer_puts(out, set ? " STRICT" : " CALLED ON NULL INPUT");
        return true;
    case TDM_ATTR_SECURITY:
        tdm_buffer_puts(out, set ? " SECURITY DEFINER" : " SECURITY INVOKER");
        return true;
    case TDM_ATTR_LEAKPROOF:
        tdm_buffer_puts(out, set ? " LEAKPROOF" : " NOT LEAKPROOF");
        return true;
    case TDM_ATTR_COST:
    case TDM_ATTR_ROWS: // without a number: as the language has it
        tdm_buffer_puts(out, b->attribute == TDM_ATTR_COST ? " COST " : " ROWS ");
        tdm_buffer_put(out, b->want);
        return set;
    case TDM_ATTR_SETTINGS:
        return put_setting(out, b->want);
    default:
        return false;
    }
}

// --- All of them --------------------------------------------------------------------------------

bool tdm_attribute_put(tdm_buffer *out, const tdm_putback *b)
{
    if (b->attribute == TDM_ATTR_COMMENT)
        return put_comment(out, b);
    if (b->attribute == TDM_ATTR_OWNER)
        return put_owner(out, b);
    if (b->attribute == TDM_ATTR_ENABLED)
        return put_state(out, b);
    switch (b->key->kind) {
    case TDM_KIND_COLUMN:
        return put_column(out, b);
    case TDM_KIND_TABLE:
    case TDM_KIND_VIEW:
    case TDM_KIND_MATERIALIZED_VIEW:
    case TDM_KIND_INDEX:
        return put_relation(out, b);
    case TDM_KIND_SEQUENCE:
        return put_sequence(out, b);
    case TDM_KIND_FUNCTION:
        return put_routine(out, b);
    case TDM_KIND_TYPE:
        return put_type_attribute(out, b);
    case TDM_KIND_PUBLICATION:
        return b->attribute == TDM_ATTR_TABLES && put_published(out, b);
    case TDM_KIND_EXTENSION:
        put_alter(out, b->key);
        tdm_buffer_puts(out, " SET SCHEMA ");
        tdm_sql_put_ident(out, b->want);
        return b->attribute == TDM_ATTR_IN_SCHEMA && b->want.size > 0;
    default:
        return false;
    }
}
