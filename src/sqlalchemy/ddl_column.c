// Column lines: type or SERIAL, default, computed, identity, NOT NULL.
#include "sqlalchemy/ddl.h"

static void print_ddl_expr(tdm_printer *p, const tdm_expr *expr)
{
    bool outer = p->ddl;
    p->ddl = true;
    tdm_print_expr(p, expr);
    p->ddl = outer;
}

bool tdm_column_is_nullable(const tdm_column *column)
{
    if (column->nullable != TDM_FLAG_NONE)
        return column->nullable == TDM_FLAG_TRUE;
    return !column->primary_key && !column->identity;
}

static bool has_foreign_key(const tdm_table *table, const tdm_column *column)
{
    if (column->foreign_keys.count > 0)
        return true;
    for (size_t i = 0; i < table->constraints.count; i++) {
        const tdm_constraint *c = table->constraints.items[i];
        if (c->kind != TDM_CONSTRAINT_FOREIGN)
            continue;
        for (size_t j = 0; j < c->columns.count; j++) {
            if (tdm_text_equal(c->columns.items[j].text, column->key))
                return true;
        }
    }
    return false;
}

// _validate_autoinc of S2052 sql/schema.py.
static bool may_increment(tdm_printer *p, const tdm_table *table, const tdm_column *column,
                          bool asked)
{
    tdm_affinity affinity = tdm_type_affinity(column->type);
    if (affinity != TDM_AFFINITY_INTEGER && affinity != TDM_AFFINITY_NUMERIC) {
        tdm_text type = tdm_type_description(p->arena, column->type);
        if (asked)
            tdm_print_raise(p, "ArgumentError",
                            "Column type %.*s on column '%.*s.%.*s' is not compatible with "
                            "autoincrement=True",
                            TDM_TEXT_ARG(type), TDM_TEXT_ARG(table->name.text),
                            TDM_TEXT_ARG(column->name.text));
        return false;
    }
    if (asked)
        return true;
    bool defaulted = column->has_default || (column->server_default.kind != TDM_DEFAULT_NONE &&
                                             column->server_default.kind != TDM_DEFAULT_IDENTITY);
    bool foreign =
        has_foreign_key(table, column) && column->autoincrement != TDM_AUTOINCREMENT_IGNORE_FK;
    return !defaulted && !foreign;
}

static const tdm_column *find_column(const tdm_table *table, tdm_text key)
{
    for (size_t i = 0; i < table->columns.count; i++) {
        if (tdm_text_equal(table->columns.items[i]->key, key))
            return table->columns.items[i];
    }
    return NULL;
}

const tdm_column *tdm_autoincrement_column(tdm_printer *p, const tdm_table *table)
{
    const tdm_constraint *key = table->primary_key;
    if (!key)
        return NULL;
    if (key->columns.count == 1) {
        const tdm_column *column = find_column(table, key->columns.items[0].text);
        if (!column || column->autoincrement == TDM_AUTOINCREMENT_FALSE)
            return NULL;
        bool asked = column->autoincrement == TDM_AUTOINCREMENT_TRUE;
        return may_increment(p, table, column, asked) ? column : NULL;
    }
    const tdm_column *found = NULL;
    for (size_t i = 0; i < key->columns.count; i++) {
        const tdm_column *column = find_column(table, key->columns.items[i].text);
        if (!column || column->autoincrement != TDM_AUTOINCREMENT_TRUE)
            continue;
        if (!may_increment(p, table, column, true))
            return NULL;
        if (found)
            tdm_print_raise(p, "ArgumentError",
                            "Only one Column may be marked autoincrement=True, found both %.*s "
                            "and %.*s.",
                            TDM_TEXT_ARG(found->name.text), TDM_TEXT_ARG(column->name.text));
        found = column;
    }
    return found;
}

static bool is_serial(tdm_printer *p, const tdm_column *column)
{
    // Asked first, as it also refuses what cannot be incremented.
    if (!column->primary_key || !column->table ||
        tdm_autoincrement_column(p, column->table) != column)
        return false;
    bool own = column->identity || column->has_default;
    return !own && !(column->sequence && !column->sequence->optional);
}

void tdm_print_default(tdm_printer *p, const tdm_default *value)
{
    switch (value->kind) {
    case TDM_DEFAULT_TEXT:
        tdm_print_string(p, value->text);
        return;
    case TDM_DEFAULT_EXPR:
        print_ddl_expr(p, value->expr);
        return;
    case TDM_DEFAULT_IDENTITY:
    case TDM_DEFAULT_COMPUTED:
    case TDM_DEFAULT_NONE:
    case TDM_DEFAULT_FETCHED:
        return;
    }
}

static void print_option(tdm_printer *p, bool *first, const char *words, const tdm_number *value)
{
    if (!*first)
        tdm_puts(p, " ");
    *first = false;
    tdm_puts(p, words);
    if (value) {
        tdm_puts(p, " ");
        tdm_print_int(p, value->value);
    }
}

void tdm_print_sequence_options(tdm_printer *p, const tdm_sequence *o)
{
    const struct {
        const char *words;
        const tdm_number *number;
    } numbers[] = {{"INCREMENT BY", &o->increment},
                   {"START WITH", &o->start},
                   {"MINVALUE", &o->minvalue},
                   {"MAXVALUE", &o->maxvalue}};
    bool first = true;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        if (numbers[i].number->given)
            print_option(p, &first, numbers[i].words, numbers[i].number);
    }
    if (o->nominvalue != TDM_FLAG_NONE)
        print_option(p, &first, "NO MINVALUE", NULL);
    if (o->nomaxvalue != TDM_FLAG_NONE)
        print_option(p, &first, "NO MAXVALUE", NULL);
    if (o->cache.given)
        print_option(p, &first, "CACHE", &o->cache);
    if (o->cycle != TDM_FLAG_NONE)
        print_option(p, &first, o->cycle == TDM_FLAG_TRUE ? "CYCLE" : "NO CYCLE", NULL);
}

void tdm_print_identity(tdm_printer *p, const tdm_identity *identity)
{
    tdm_puts(p, identity->always == TDM_FLAG_TRUE ? "GENERATED ALWAYS AS IDENTITY"
                                                  : "GENERATED BY DEFAULT AS IDENTITY");
    size_t start = p->out.size;
    tdm_print_sequence_options(p, &identity->options);
    tdm_text options = tdm_print_cut(p, start);
    if (options.size == 0)
        return;
    tdm_puts(p, " (");
    tdm_put(p, options);
    tdm_puts(p, ")");
}

static void print_computed(tdm_printer *p, const tdm_computed *computed)
{
    if (computed->persisted == TDM_FLAG_FALSE) {
        tdm_print_raise(p, "CompileError",
                        "PostrgreSQL computed columns do not support 'virtual' persistence; set "
                        "the 'persisted' flag to None or True for PostgreSQL support.");
        return;
    }
    tdm_puts(p, " GENERATED ALWAYS AS (");
    print_ddl_expr(p, computed->expr);
    tdm_puts(p, ") STORED");
}

void tdm_print_column_spec(tdm_printer *p, const tdm_column *column)
{
    tdm_print_name(p, column->name);
    if (is_serial(p, column)) {
        tdm_puts(p, tdm_type_is_big(column->type)     ? " BIGSERIAL"
                    : tdm_type_is_small(column->type) ? " SMALLSERIAL"
                                                      : " SERIAL");
    } else {
        tdm_puts(p, " ");
        tdm_print_type(p, column->type);
        if (column->server_default.kind == TDM_DEFAULT_TEXT ||
            column->server_default.kind == TDM_DEFAULT_EXPR) {
            tdm_puts(p, " DEFAULT ");
            tdm_print_default(p, &column->server_default);
        }
    }
    if (column->computed)
        print_computed(p, column->computed);
    if (column->identity) {
        tdm_puts(p, " ");
        tdm_print_identity(p, column->identity);
    }
    if (tdm_column_is_nullable(column))
        tdm_puts(p, column->identity ? " NULL" : "");
    else
        tdm_puts(p, column->identity ? "" : " NOT NULL");
}

void tdm_print_column_checks(tdm_printer *p, const tdm_column *column)
{
    for (size_t i = 0; i < column->checks.count; i++) {
        tdm_puts(p, " ");
        tdm_print_constraint(p, column->checks.items[i]);
    }
}
