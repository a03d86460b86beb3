// Printing expressions (S2052 sql/compiler.py, dialects/postgresql/base.py PGCompiler).
#include "sqlalchemy/expr.h"

#include "base/map.h"

#include <string.h>

// Functions that print without parentheses when they have no arguments, and in upper case
// (sql/functions.py, AnsiFunction; sql/compiler.py, FUNCTIONS).
static const struct {
    const char *name;
    const char *sql;
} bare_functions[] = {
    {"current_date", "CURRENT_DATE"},
    {"current_time", "CURRENT_TIME"},
    {"current_timestamp", "CURRENT_TIMESTAMP"},
    {"current_user", "CURRENT_USER"},
    {"localtime", "LOCALTIME"},
    {"localtimestamp", "LOCALTIMESTAMP"},
    {"session_user", "SESSION_USER"},
    {"sysdate", "sysdate"},
    {"user", "USER"},
};

// Functions that SQLAlchemy knows print in lower case whatever case was written.
static const char *const known_functions[] = {
    "now",
    "coalesce",
    "max",
    "min",
    "sum",
    "concat",
    "char_length",
    "random",
    "count",
    "array_agg",
    "percentile_cont",
    "percentile_disc",
    "mode",
    "rank",
    "dense_rank",
    "percent_rank",
    "cume_dist",
    "cube",
    "rollup",
    "grouping_sets",
};

static const char *known_name(tdm_text name)
{
    for (size_t i = 0; i < sizeof known_functions / sizeof *known_functions; i++) {
        if (tdm_text_equal_nocase(name, tdm_text_of(known_functions[i])))
            return known_functions[i];
    }
    return NULL;
}

bool tdm_function_is_known(tdm_text name)
{
    static const char *const searches[] = {
        "to_tsvector",          "to_tsquery",  "plainto_tsquery",   "phraseto_tsquery",
        "websearch_to_tsquery", "ts_headline", "aggregate_strings",
    };
    bool known = known_name(name) != NULL;
    for (size_t i = 0; i < sizeof bare_functions / sizeof *bare_functions; i++)
        known = known || tdm_text_equal_nocase(name, tdm_text_of(bare_functions[i].name));
    for (size_t i = 0; i < sizeof searches / sizeof *searches; i++)
        known = known || tdm_text_equal_nocase(name, tdm_text_of(searches[i]));
    return known;
}

static void print_items(tdm_printer *p, const tdm_exprs *items, const char *separator)
{
    for (size_t i = 0; i < items->count; i++) {
        if (i > 0)
            tdm_puts(p, separator);
        tdm_print_expr(p, items->items[i]);
    }
}

static void print_column(tdm_printer *p, const tdm_expr *expr)
{
    const tdm_table *table = expr->table;
    if (!p->ddl && table) {
        if (table->alias.given)
            tdm_print_name(p, table->alias);
        else
            tdm_print_qualified(p, table->schema, table->name);
        tdm_puts(p, ".");
    }
    tdm_print_name(p, expr->name);
}

static bool is_no_name(uint32_t c)
{
    return !(c < 0x80 && (tdm_is_alnum((char)c) || c == '_' || c == '$'));
}

// Parts of a function's name are quoted only for characters that a name cannot have.
static void print_function_name(tdm_printer *p, tdm_text part)
{
    bool illegal = part.size == 0;
    for (size_t at = 0; at < part.size;)
        illegal = is_no_name(tdm_utf8_next(part, &at)) || illegal;
    if (!illegal) {
        tdm_put(p, part);
        return;
    }
    tdm_name name = tdm_name_of(part);
    name.quote = TDM_FLAG_TRUE;
    tdm_print_name(p, name);
}

static void print_function(tdm_printer *p, const tdm_expr *expr)
{
    for (size_t i = 0; i < sizeof bare_functions / sizeof *bare_functions; i++) {
        if (!tdm_text_equal_nocase(expr->text, tdm_text_of(bare_functions[i].name)))
            continue;
        tdm_puts(p, bare_functions[i].sql);
        if (expr->items.count > 0) {
            tdm_puts(p, "(");
            print_items(p, &expr->items, ", ");
            tdm_puts(p, ")");
        }
        return;
    }
    tdm_text name = expr->text;
    if (known_name(name))
        name = tdm_text_of(known_name(name));
    for (tdm_text rest = name; rest.size > 0;) {
        size_t dot = tdm_text_find_char(rest, '.');
        print_function_name(p, dot == SIZE_MAX ? rest : tdm_text_slice(rest, 0, dot));
        tdm_puts(p, dot == SIZE_MAX ? "" : ".");
        rest = dot == SIZE_MAX ? (tdm_text){0} : tdm_text_from(rest, dot + 1);
    }
    tdm_puts(p, "(");
    if (expr->items.count == 0 && tdm_text_is(name, "count"))
        tdm_puts(p, "*");
    print_items(p, &expr->items, ", ");
    tdm_puts(p, ")");
}

// The list of IN. An empty one closes the parentheses that stand around it (visit_empty_set_op).
static void print_in_list(tdm_printer *p, tdm_op op, const tdm_expr *bind)
{
    tdm_puts(p, "(");
    size_t count = tdm_py_count(bind->value);
    if (count == 0)
        tdm_puts(p, op == TDM_OP_IN ? "NULL) AND (1 != 1" : "NULL) OR (1 = 1");
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            tdm_puts(p, ", ");
        tdm_print_value(p, tdm_py_item(bind->value, i), bind->type);
    }
    tdm_puts(p, ")");
}

static void print_regexp(tdm_printer *p, const tdm_expr *expr)
{
    const char *base = expr->op == TDM_OP_REGEXP ? "~" : "!~";
    tdm_print_expr(p, expr->items.items[0]);
    tdm_buffer_putf(&p->out, " %s", base);
    if (tdm_text_is(expr->flags, "i")) {
        tdm_puts(p, "* ");
        tdm_print_expr(p, expr->items.items[1]);
    } else if (expr->flags.size > 0) {
        tdm_puts(p, " CONCAT('(?', ");
        tdm_print_string(p, expr->flags);
        tdm_puts(p, ", ')', ");
        tdm_print_expr(p, expr->items.items[1]);
        tdm_puts(p, ")");
    } else {
        tdm_puts(p, " ");
        tdm_print_expr(p, expr->items.items[1]);
    }
}

static void print_division(tdm_printer *p, const tdm_expr *expr)
{
    const tdm_expr *left = expr->items.items[0], *right = expr->items.items[1];
    if (expr->op == TDM_OP_FLOORDIV) {
        bool whole = tdm_type_affinity(left->type) == TDM_AFFINITY_INTEGER &&
                     tdm_type_affinity(right->type) == TDM_AFFINITY_INTEGER;
        tdm_puts(p, whole ? "" : "FLOOR(");
        tdm_print_expr(p, left);
        tdm_puts(p, " / ");
        tdm_print_expr(p, right);
        tdm_puts(p, whole ? "" : ")");
        return;
    }
    tdm_print_expr(p, left);
    tdm_puts(p, " / CAST(");
    tdm_print_expr(p, right);
    tdm_puts(p, " AS ");
    if (tdm_type_affinity(right->type) == TDM_AFFINITY_NUMERIC)
        tdm_print_type(p, right->type);
    else
        tdm_puts(p, "NUMERIC");
    tdm_puts(p, ")");
}

static bool wraps_percent(tdm_op op, bool *before, bool *after)
{
    bool starts = op == TDM_OP_STARTS || op == TDM_OP_NOT_STARTS;
    bool ends = op == TDM_OP_ENDS || op == TDM_OP_NOT_ENDS;
    bool contains = op == TDM_OP_CONTAINS || op == TDM_OP_NOT_CONTAINS;
    *before = ends || contains;
    *after = starts || contains;
    return *before || *after;
}

static void print_like_percent(tdm_printer *p)
{
    tdm_print_quoted(p, TDM_TEXT("%"));
}

static void print_binary(tdm_printer *p, const tdm_expr *expr)
{
    const tdm_expr *left = expr->items.items[0], *right = expr->items.items[1];
    bool before, after;
    if (expr->op == TDM_OP_TRUEDIV || expr->op == TDM_OP_FLOORDIV) {
        print_division(p, expr);
        return;
    }
    if (expr->op == TDM_OP_REGEXP || expr->op == TDM_OP_NOT_REGEXP) {
        print_regexp(p, expr);
        return;
    }
    if (expr->op == TDM_OP_NOT_IN)
        tdm_puts(p, "(");
    tdm_print_expr(p, left);
    if (expr->op == TDM_OP_CUSTOM) {
        tdm_puts(p, " ");
        tdm_put_percent(p, expr->text);
        tdm_puts(p, " ");
    } else {
        tdm_put_percent(p, tdm_text_of(tdm_op_info_of(expr->op)->sql));
    }
    bool wrapped = wraps_percent(expr->op, &before, &after);
    if (wrapped && before) {
        print_like_percent(p);
        tdm_puts(p, " || ");
    }
    if (right->kind == TDM_EXPR_BIND && right->expanding)
        print_in_list(p, expr->op, right);
    else
        tdm_print_expr(p, right);
    if (wrapped && after) {
        tdm_puts(p, " || ");
        print_like_percent(p);
    }
    if (expr->escape.size > 0) {
        tdm_puts(p, " ESCAPE ");
        tdm_print_string(p, expr->escape);
    }
    if (expr->op == TDM_OP_NOT_IN)
        tdm_puts(p, ")");
}

static void print_case(tdm_printer *p, const tdm_expr *expr)
{
    // An odd one out in front is the value that the conditions are compared with.
    size_t end = expr->items.count - (expr->has_else ? 1 : 0);
    size_t first = end % 2;
    tdm_puts(p, "CASE ");
    if (first) {
        tdm_print_expr(p, expr->items.items[0]);
        tdm_puts(p, " ");
    }
    for (size_t i = first; i + 1 < end; i += 2) {
        tdm_puts(p, "WHEN ");
        tdm_print_expr(p, expr->items.items[i]);
        tdm_puts(p, " THEN ");
        tdm_print_expr(p, expr->items.items[i + 1]);
        tdm_puts(p, " ");
    }
    if (expr->has_else) {
        tdm_puts(p, "ELSE ");
        tdm_print_expr(p, expr->items.items[expr->items.count - 1]);
        tdm_puts(p, " ");
    }
    tdm_puts(p, "END");
}

// A parameter's own name, numbered when SQLAlchemy makes it up ("a_1", "param_2").
static tdm_text bind_name(tdm_printer *p, const tdm_expr *bind)
{
    if (!bind->final_name || !p->bind_names)
        return bind->text;
    uintptr_t count = (uintptr_t)tdm_map_get(p->bind_names, bind->text) + 1;
    (void)tdm_map_put(p->bind_names, bind->text, (void *)count);
    return tdm_arena_printf(p->arena, "%.*s_%u", TDM_TEXT_ARG(bind->text), (unsigned)count);
}

void tdm_print_bind(tdm_printer *p, const tdm_expr *bind)
{
    if (!p->online && p->keep_binds && !p->ddl) {
        tdm_text name = bind_name(p, bind);
        tdm_puts(p, p->double_percent ? "%(" : ":");
        tdm_put(p, name);
        tdm_puts(p, p->double_percent ? ")s" : "");
        return;
    }
    tdm_py given = p->online && p->parameters ? tdm_py_dict_get(p->parameters, bind->text) : NULL;
    if (given)
        tdm_print_value(p, given, bind->type);
    else if (!bind->unset)
        tdm_print_value(p, bind->value, bind->type);
    else if (!p->online || p->ddl)
        tdm_puts(p, "NULL");
    else
        tdm_print_raise(p, "StatementError",
                        "(sqlalchemy.exc.InvalidRequestError) A value is required for bind "
                        "parameter '%.*s'",
                        TDM_TEXT_ARG(bind->text));
}

static void print_label(tdm_printer *p, const tdm_expr *expr)
{
    tdm_expr *inner = tdm_expr_group_for_label(p->arena, expr->items.items[0]);
    if (inner)
        tdm_print_expr(p, inner);
}

void tdm_print_expr(tdm_printer *p, const tdm_expr *expr)
{
    switch (expr->kind) {
    case TDM_EXPR_COLUMN:
        print_column(p, expr);
        return;
    case TDM_EXPR_BIND:
        tdm_print_bind(p, expr);
        return;
    case TDM_EXPR_TEXT:
        tdm_print_text_clause(p, expr);
        return;
    case TDM_EXPR_LITERAL_COLUMN:
        tdm_put_percent(p, expr->text);
        return;
    case TDM_EXPR_NULL:
        tdm_puts(p, "NULL");
        return;
    case TDM_EXPR_TRUE:
        tdm_puts(p, "true");
        return;
    case TDM_EXPR_FALSE:
        tdm_puts(p, "false");
        return;
    case TDM_EXPR_FUNCTION:
        print_function(p, expr);
        return;
    case TDM_EXPR_BINARY:
        print_binary(p, expr);
        return;
    case TDM_EXPR_LIST:
        print_items(p, &expr->items, tdm_op_info_of(expr->op)->sql);
        return;
    case TDM_EXPR_UNARY:
    case TDM_EXPR_AS_BOOLEAN:
        tdm_puts(p, tdm_op_info_of(expr->op)->sql);
        tdm_print_expr(p, expr->items.items[0]);
        return;
    case TDM_EXPR_MODIFIER:
        tdm_print_expr(p, expr->items.items[0]);
        tdm_puts(p, tdm_op_info_of(expr->op)->sql);
        return;
    case TDM_EXPR_GROUPING:
    case TDM_EXPR_TUPLE:
        tdm_puts(p, "(");
        print_items(p, &expr->items, ", ");
        tdm_puts(p, ")");
        return;
    case TDM_EXPR_CAST:
        tdm_puts(p, "CAST(");
        tdm_print_expr(p, expr->items.items[0]);
        tdm_puts(p, " AS ");
        tdm_print_type(p, expr->type);
        tdm_puts(p, ")");
        return;
    case TDM_EXPR_TYPE_COERCE:
        tdm_print_expr(p, expr->items.items[0]);
        return;
    case TDM_EXPR_CASE:
        print_case(p, expr);
        return;
    case TDM_EXPR_EXTRACT:
        tdm_puts(p, "EXTRACT(");
        tdm_put(p, expr->text);
        tdm_puts(p, " FROM ");
        tdm_print_expr(p, expr->items.items[0]);
        tdm_puts(p, ")");
        return;
    case TDM_EXPR_LABEL:
        print_label(p, expr);
        return;
    case TDM_EXPR_SUBQUERY:
        tdm_puts(p, "(");
        tdm_print_select(p, expr->select);
        tdm_puts(p, ")");
        return;
    case TDM_EXPR_COLLATION: {
        tdm_name name = tdm_name_of(expr->text);
        tdm_print_name(p, name);
        return;
    }
    case TDM_EXPR_NEXT_VALUE: {
        // nextval('s.q'): the name as an identifier, then as a string.
        size_t start = p->out.size;
        tdm_print_qualified(p, expr->schema, expr->name);
        tdm_text name = tdm_print_cut(p, start);
        tdm_puts(p, "nextval('");
        tdm_put(p, name);
        tdm_puts(p, "')");
        return;
    }
    case TDM_EXPR_ARRAY:
        tdm_puts(p, "ARRAY[");
        print_items(p, &expr->items, ", ");
        tdm_puts(p, "]");
        return;
    case TDM_EXPR_EXCLUDED:
        tdm_puts(p, "excluded.");
        tdm_print_name(p, expr->name);
        return;
    }
}
