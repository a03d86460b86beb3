// Text of constraints.
#include "sqlalchemy/ddl.h"

// The phrases that may follow ON DELETE, ON UPDATE and INITIALLY, and SQLAlchemy's own words for
// what it matched against (S2052 sql/compiler.py).
#define ON_DELETE_PATTERN                                                                          \
    "'^(?:RESTRICT|CASCADE|SET (?:NULL|DEFAULT)(?:\\\\s*\\\\(.+\\\\))?|NO ACTION)$'"
#define ON_UPDATE_PATTERN "'^(?:RESTRICT|CASCADE|SET NULL|SET DEFAULT|NO ACTION)$'"
#define INITIALLY_PATTERN "'^(?:DEFERRED|IMMEDIATE)$'"

static const char *const actions[] = {"RESTRICT", "CASCADE", "SET NULL", "SET DEFAULT",
                                      "NO ACTION"};

static void refuse_phrase(tdm_printer *p, tdm_text phrase, const char *pattern)
{
    tdm_print_raise(p, "CompileError", "Unexpected SQL phrase: '%.*s' (matching against %s)",
                    TDM_TEXT_ARG(phrase), pattern);
}

// "SET NULL (a, b)": the rest after the action.
static bool is_column_list(tdm_text rest)
{
    rest = tdm_text_trim(rest);
    return rest.size > 2 && rest.data[0] == '(' && rest.data[rest.size - 1] == ')' &&
           tdm_text_find_char(rest, '\n') == SIZE_MAX;
}

static bool is_action(tdm_text phrase, bool with_columns)
{
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++) {
        tdm_text action = tdm_text_of(actions[i]);
        if (tdm_text_equal_nocase(phrase, action))
            return true;
        bool takes_columns = with_columns && action.size > 4 && action.data[0] == 'S';
        if (takes_columns && phrase.size > action.size &&
            tdm_text_equal_nocase(tdm_text_slice(phrase, 0, action.size), action) &&
            is_column_list(tdm_text_from(phrase, action.size)))
            return true;
    }
    return false;
}

static void print_cascades(tdm_printer *p, const tdm_constraint *c)
{
    if (c->on_delete.size > 0) {
        if (!is_action(c->on_delete, true))
            refuse_phrase(p, c->on_delete, ON_DELETE_PATTERN);
        tdm_puts(p, " ON DELETE ");
        tdm_put(p, c->on_delete);
    }
    if (c->on_update.size > 0) {
        if (!is_action(c->on_update, false))
            refuse_phrase(p, c->on_update, ON_UPDATE_PATTERN);
        tdm_puts(p, " ON UPDATE ");
        tdm_put(p, c->on_update);
    }
}

static void print_deferrability(tdm_printer *p, const tdm_constraint *c)
{
    if (c->deferrable != TDM_FLAG_NONE)
        tdm_puts(p, c->deferrable == TDM_FLAG_TRUE ? " DEFERRABLE" : " NOT DEFERRABLE");
    if (c->initially.size == 0)
        return;
    if (!tdm_text_equal_nocase(c->initially, TDM_TEXT("DEFERRED")) &&
        !tdm_text_equal_nocase(c->initially, TDM_TEXT("IMMEDIATE")))
        refuse_phrase(p, c->initially, INITIALLY_PATTERN);
    tdm_puts(p, " INITIALLY ");
    tdm_put(p, c->initially);
}

void tdm_print_references(tdm_printer *p, const tdm_constraint *c)
{
    tdm_puts(p, " REFERENCES ");
    tdm_print_qualified(p, c->referred_schema, c->referred_table);
    tdm_puts(p, " (");
    tdm_print_names(p, &c->referred_columns);
    tdm_puts(p, ")");
    if (c->match.size > 0) {
        tdm_puts(p, " MATCH ");
        tdm_put(p, c->match);
    }
    print_cascades(p, c);
    print_deferrability(p, c);
}

static void print_include(tdm_printer *p, const tdm_constraint *c)
{
    if (c->include.count == 0)
        return;
    tdm_puts(p, " INCLUDE (");
    tdm_print_names(p, &c->include);
    tdm_puts(p, ")");
}

static void print_exclude(tdm_printer *p, const tdm_constraint *c)
{
    bool outer = p->ddl;
    p->ddl = true;
    tdm_puts(p, "EXCLUDE USING ");
    for (size_t i = 0; i < c->using.size; i++)
        tdm_buffer_putc(&p->out, tdm_to_lower(c->using.data[i]));
    tdm_puts(p, " (");
    for (size_t i = 0; i < c->elements.count; i++) {
        const tdm_exclude_element *element = &c->elements.items[i];
        tdm_puts(p, i > 0 ? ", " : "");
        tdm_print_expr(p, element->expr);
        tdm_py ops = c->ops && element->key.size > 0 ? tdm_py_dict_get(c->ops, element->key) : NULL;
        if (ops && tdm_py_kind_of(ops) == TDM_PY_STR) {
            tdm_puts(p, " ");
            tdm_put(p, tdm_py_as_text(ops));
        }
        tdm_puts(p, " WITH ");
        tdm_put(p, element->operator_text);
    }
    tdm_puts(p, ")");
    if (c->where) {
        tdm_puts(p, " WHERE (");
        tdm_print_expr(p, c->where);
        tdm_puts(p, ")");
    }
    p->ddl = outer;
    print_deferrability(p, c);
}

bool tdm_constraint_prints(const tdm_constraint *c)
{
    bool keyed = c->kind == TDM_CONSTRAINT_PRIMARY || c->kind == TDM_CONSTRAINT_UNIQUE;
    return !keyed || c->columns.count > 0;
}

static void print_preamble(tdm_printer *p, const tdm_constraint *c)
{
    if (p->online && c->name_unknown.size)
        tdm_print_opaque(p, "%.*s", TDM_TEXT_ARG(c->name_unknown));
    if (!c->name.given)
        return;
    tdm_puts(p, "CONSTRAINT ");
    tdm_print_limited_name(p, c->name);
    tdm_puts(p, " ");
}

static void print_check(tdm_printer *p, const tdm_constraint *c)
{
    bool outer = p->ddl;
    p->ddl = true;
    tdm_puts(p, "CHECK (");
    tdm_print_expr(p, c->check);
    tdm_puts(p, ")");
    p->ddl = outer;
    print_deferrability(p, c);
    tdm_puts(p, c->not_valid ? " NOT VALID" : "");
}

void tdm_print_constraint(tdm_printer *p, const tdm_constraint *c)
{
    if (!tdm_constraint_prints(c))
        return;
    print_preamble(p, c);
    switch (c->kind) {
    case TDM_CONSTRAINT_PRIMARY:
        tdm_puts(p, "PRIMARY KEY (");
        tdm_print_names(p, &c->columns);
        tdm_puts(p, ")");
        print_include(p, c);
        print_deferrability(p, c);
        return;
    case TDM_CONSTRAINT_UNIQUE:
        tdm_puts(p, "UNIQUE ");
        if (c->nulls_not_distinct != TDM_FLAG_NONE)
            tdm_puts(p, c->nulls_not_distinct == TDM_FLAG_TRUE ? "NULLS NOT DISTINCT "
                                                               : "NULLS DISTINCT ");
        tdm_puts(p, "(");
        tdm_print_names(p, &c->columns);
        tdm_puts(p, ")");
        print_include(p, c);
        print_deferrability(p, c);
        return;
    case TDM_CONSTRAINT_FOREIGN:
        tdm_puts(p, "FOREIGN KEY(");
        tdm_print_names(p, &c->columns);
        tdm_puts(p, ")");
        tdm_print_references(p, c);
        tdm_puts(p, c->not_valid ? " NOT VALID" : "");
        return;
    case TDM_CONSTRAINT_CHECK:
        print_check(p, c);
        return;
    case TDM_CONSTRAINT_EXCLUDE:
        print_exclude(p, c);
        return;
    }
}
