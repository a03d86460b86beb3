// SQLAlchemy's operators (S2052 sql/operators.py, _PRECEDENCE; sql/compiler.py, OPERATORS).
#include "sqlalchemy/expr.h"

enum { SMALLEST = -100 };

#define COMPARE(name, sql, opposite)                                                               \
    {                                                                                              \
        name, sql, 5, false, false, true, TDM_OP_##opposite                                        \
    }
// Not in SQLAlchemy's table of precedences: always in parentheses inside another operator.
#define LIKE(name, sql, opposite)                                                                  \
    {                                                                                              \
        name, sql, SMALLEST, false, false, true, TDM_OP_##opposite                                 \
    }
#define BINARY(name, sql, precedence, joins)                                                       \
    {                                                                                              \
        name, sql, precedence, joins, joins, false, TDM_OP_NONE                                    \
    }
#define PREFIX(name, sql, precedence, is_boolean)                                                  \
    {                                                                                              \
        name, sql, precedence, false, false, is_boolean, TDM_OP_NONE                               \
    }

static const tdm_op_info operators[TDM_OP_COUNT] = {
    [TDM_OP_NONE] = PREFIX("none", "", SMALLEST, false),
    [TDM_OP_AND] = {"and_", " AND ", 3, true, true, true, TDM_OP_NONE},
    [TDM_OP_OR] = {"or_", " OR ", 2, true, true, true, TDM_OP_NONE},
    [TDM_OP_EQ] = COMPARE("eq", " = ", NE),
    [TDM_OP_NE] = COMPARE("ne", " != ", EQ),
    [TDM_OP_LT] = COMPARE("lt", " < ", GE),
    [TDM_OP_LE] = COMPARE("le", " <= ", GT),
    [TDM_OP_GT] = COMPARE("gt", " > ", LE),
    [TDM_OP_GE] = COMPARE("ge", " >= ", LT),
    [TDM_OP_IS] = COMPARE("is_", " IS ", IS_NOT),
    [TDM_OP_IS_NOT] = COMPARE("is_not", " IS NOT ", IS),
    [TDM_OP_IS_DISTINCT] = COMPARE("is_distinct_from", " IS DISTINCT FROM ", IS_NOT_DISTINCT),
    [TDM_OP_IS_NOT_DISTINCT] =
        COMPARE("is_not_distinct_from", " IS NOT DISTINCT FROM ", IS_DISTINCT),
    [TDM_OP_IN] = COMPARE("in_op", " IN ", NOT_IN),
    [TDM_OP_NOT_IN] = COMPARE("not_in_op", " NOT IN ", IN),
    [TDM_OP_LIKE] = COMPARE("like_op", " LIKE ", NOT_LIKE),
    [TDM_OP_NOT_LIKE] = COMPARE("not_like_op", " NOT LIKE ", LIKE),
    [TDM_OP_ILIKE] = COMPARE("ilike_op", " ILIKE ", NOT_ILIKE),
    [TDM_OP_NOT_ILIKE] = COMPARE("not_ilike_op", " NOT ILIKE ", ILIKE),
    [TDM_OP_STARTS] = LIKE("startswith_op", " LIKE ", NOT_STARTS),
    [TDM_OP_NOT_STARTS] = LIKE("not_startswith_op", " NOT LIKE ", STARTS),
    [TDM_OP_ENDS] = LIKE("endswith_op", " LIKE ", NOT_ENDS),
    [TDM_OP_NOT_ENDS] = LIKE("not_endswith_op", " NOT LIKE ", ENDS),
    [TDM_OP_CONTAINS] = LIKE("contains_op", " LIKE ", NOT_CONTAINS),
    [TDM_OP_NOT_CONTAINS] = LIKE("not_contains_op", " NOT LIKE ", CONTAINS),
    [TDM_OP_BETWEEN] = COMPARE("between_op", " BETWEEN ", NOT_BETWEEN),
    [TDM_OP_NOT_BETWEEN] = COMPARE("not_between_op", " NOT BETWEEN ", BETWEEN),
    [TDM_OP_REGEXP] = COMPARE("regexp_match_op", " ~ ", NOT_REGEXP),
    [TDM_OP_NOT_REGEXP] = COMPARE("not_regexp_match_op", " !~ ", REGEXP),
    [TDM_OP_ADD] = BINARY("add", " + ", 7, true),
    [TDM_OP_SUB] = BINARY("sub", " - ", 7, false),
    [TDM_OP_MUL] = BINARY("mul", " * ", 8, true),
    [TDM_OP_TRUEDIV] = BINARY("truediv", " / ", 8, false),
    [TDM_OP_FLOORDIV] = BINARY("floordiv", " / ", 8, false),
    [TDM_OP_MOD] = BINARY("mod", " % ", 8, false),
    [TDM_OP_CONCAT] = BINARY("concat_op", " || ", 5, true),
    [TDM_OP_BIT_AND] = BINARY("bitwise_and_op", " & ", 7, false),
    [TDM_OP_BIT_OR] = BINARY("bitwise_or_op", " | ", 7, false),
    [TDM_OP_BIT_XOR] = BINARY("bitwise_xor_op", " # ", 7, false),
    [TDM_OP_BIT_LSHIFT] = BINARY("bitwise_lshift_op", " << ", 7, false),
    [TDM_OP_BIT_RSHIFT] = BINARY("bitwise_rshift_op", " >> ", 7, false),
    [TDM_OP_BIT_NOT] = PREFIX("bitwise_not_op", "~", 8, false),
    [TDM_OP_JSON_GET] = {"json_getitem_op", " -> ", 15, false, true, false, TDM_OP_NONE},
    [TDM_OP_JSON_PATH] = {"json_path_getitem_op", " #> ", 15, false, true, false, TDM_OP_NONE},
    [TDM_OP_ITEM] = {"getitem", "", 15, false, true, false, TDM_OP_NONE},
    [TDM_OP_NEG] = PREFIX("neg", "-", 8, false),
    [TDM_OP_NOT] = PREFIX("inv", "NOT ", 5, true),
    [TDM_OP_DISTINCT] = PREFIX("distinct_op", "DISTINCT ", 5, false),
    [TDM_OP_ANY] = PREFIX("any_op", "ANY ", 15, false),
    [TDM_OP_ALL] = PREFIX("all_op", "ALL ", 15, false),
    [TDM_OP_EXISTS] = PREFIX("exists", "EXISTS ", 0, false),
    [TDM_OP_DESC] = PREFIX("desc_op", " DESC", 3, false),
    [TDM_OP_ASC] = PREFIX("asc_op", " ASC", 3, false),
    [TDM_OP_NULLS_FIRST] = PREFIX("nulls_first_op", " NULLS FIRST", SMALLEST, false),
    [TDM_OP_NULLS_LAST] = PREFIX("nulls_last_op", " NULLS LAST", SMALLEST, false),
    [TDM_OP_COLLATE] = BINARY("collate", " COLLATE ", 4, false),
    [TDM_OP_COMMA] = BINARY("comma_op", ", ", -1, false),
    [TDM_OP_AS_BOOL] = PREFIX("_asbool", "", -10, false),
    [TDM_OP_IS_TRUE] = PREFIX("is_true", "", 5, true),
    [TDM_OP_IS_FALSE] = PREFIX("is_false", "NOT ", 5, true),
    [TDM_OP_CUSTOM] = BINARY("custom_op", "", SMALLEST, false),
};

const tdm_op_info *tdm_op_info_of(tdm_op op)
{
    return &operators[op];
}
