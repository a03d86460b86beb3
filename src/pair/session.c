#include "pair/session.h"

#include "base/text.h"

// Settings that change how long a statement may take, what is logged or what is checked, but not
// what is there afterwards; for some only the value that is the server's default anyway. pg_dump
// writes most of these at the top of every dump.
typedef struct harmless_setting {
    const char *name;
    const char *value; // NULL: any
} harmless_setting;

static const harmless_setting harmless[] = {
    {"statement_timeout", NULL},
    {"lock_timeout", NULL},
    {"transaction_timeout", NULL},
    {"idle_in_transaction_session_timeout", NULL},
    {"idle_session_timeout", NULL},
    {"deadlock_timeout", NULL},
    {"client_min_messages", NULL},
    {"log_min_messages", NULL},
    {"log_statement", NULL},
    {"application_name", NULL},
    {"check_function_bodies", NULL},
    {"work_mem", NULL},
    {"maintenance_work_mem", NULL},
    {"max_parallel_maintenance_workers", NULL},
    {"row_security", NULL},
    {"client_encoding", "UTF8"},
    {"standard_conforming_strings", "on"},
    {"xmloption", "content"},
    {"default_tablespace", ""},
    {"default_table_access_method", "heap"},
};

// The text of a constant, "on" for true; NULL when it is none.
static const char *constant_of(const PgQuery__Node *node)
{
    if (!node || node->node_case != PG_QUERY__NODE__NODE_A_CONST)
        return NULL;
    const PgQuery__AConst *constant = node->a_const;
    if (constant->val_case == PG_QUERY__A__CONST__VAL_SVAL)
        return constant->sval->sval;
    if (constant->val_case == PG_QUERY__A__CONST__VAL_BOOLVAL)
        return constant->boolval->boolval ? "on" : "off";
    return NULL;
}

// New names go to `public` and names are found there first, as with the default path. Schemas
// behind it only add names, as Supabase's own `extensions` does.
static bool is_default_path(PgQuery__Node *const *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *value = constant_of(values[i]);
        if (!value)
            return false;
        if (tdm_text_is(TDM_TEXT("public"), value))
            return true;
        if (!tdm_text_is(TDM_TEXT("$user"), value))
            return false;
    }
    return false;
}

static bool is_harmless(const char *name, PgQuery__Node *const *values, size_t count)
{
    if (tdm_text_is(TDM_TEXT("search_path"), name))
        return is_default_path(values, count);
    for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++) {
        if (!tdm_text_equal_nocase(tdm_text_of(harmless[i].name), tdm_text_of(name)))
            continue;
        const char *value = count == 1 ? constant_of(values[0]) : NULL;
        return !harmless[i].value ||
               (value && tdm_text_equal_nocase(tdm_text_of(harmless[i].value), tdm_text_of(value)));
    }
    return false;
}

static tdm_session_effect of_set(const PgQuery__VariableSetStmt *set, tdm_text *ret_name)
{
    *ret_name = tdm_text_of(set->name);
    switch (set->kind) {
    case PG_QUERY__VARIABLE_SET_KIND__VAR_RESET_ALL:
        return TDM_SESSION_RESETS_ALL;
    case PG_QUERY__VARIABLE_SET_KIND__VAR_RESET:
    case PG_QUERY__VARIABLE_SET_KIND__VAR_SET_DEFAULT:
        return TDM_SESSION_RESETS;
    default: // protobuf adds values of its own to the enum
        return is_harmless(set->name, set->args, set->n_args) ? TDM_SESSION_NONE : TDM_SESSION_SETS;
    }
}

static const PgQuery__FuncCall *set_config_call(const PgQuery__Node *target)
{
    const PgQuery__Node *value = NULL;
    if (target && target->node_case == PG_QUERY__NODE__NODE_RES_TARGET)
        value = target->res_target->val;
    if (!value || value->node_case != PG_QUERY__NODE__NODE_FUNC_CALL)
        return NULL;
    const PgQuery__FuncCall *call = value->func_call;
    const PgQuery__Node *last = call->n_funcname ? call->funcname[call->n_funcname - 1] : NULL;
    if (!last || last->node_case != PG_QUERY__NODE__NODE_STRING || call->n_args != 3)
        return NULL;
    return tdm_text_is(TDM_TEXT("set_config"), last->string->sval) ? call : NULL;
}

// SELECT set_config('search_path', '', false): one call, with constants.
static tdm_session_effect of_select(const tdm_sql_tree *tree, tdm_text *ret_name)
{
    if (!tdm_session_may_change(tree->sql))
        return TDM_SESSION_NONE;
    *ret_name = (tdm_text){NULL, 0};
    if (tree->node->node_case != PG_QUERY__NODE__NODE_SELECT_STMT)
        return TDM_SESSION_SETS;
    const PgQuery__SelectStmt *select = tree->node->select_stmt;
    const PgQuery__FuncCall *call =
        select->n_target_list == 1 ? set_config_call(select->target_list[0]) : NULL;
    const char *name = call ? constant_of(call->args[0]) : NULL;
    if (!name)
        return TDM_SESSION_SETS;
    *ret_name = tdm_text_of(name);
    return is_harmless(name, call->args + 1, 1) ? TDM_SESSION_NONE : TDM_SESSION_SETS;
}

tdm_session_effect tdm_session_effect_of(const tdm_sql_class *of, const tdm_sql_tree *tree,
                                         tdm_text *ret_name)
{
    *ret_name = (tdm_text){NULL, 0};
    if (of->kind == TDM_SQL_SELECT)
        return of_select(tree, ret_name);
    if (of->kind != TDM_SQL_SET)
        return TDM_SESSION_NONE;
    if (tree->node->node_case == PG_QUERY__NODE__NODE_VARIABLE_SET_STMT)
        return of_set(tree->node->variable_set_stmt, ret_name);
    // SET CONSTRAINTS and DISCARD: the first ends with its transaction, the second is a reset.
    return tree->node->node_case == PG_QUERY__NODE__NODE_DISCARD_STMT ? TDM_SESSION_RESETS_ALL
                                                                      : TDM_SESSION_SETS;
}

bool tdm_session_may_change(tdm_text sql)
{
    static const char call[] = "set_config";
    if (tdm_text_equal_nocase(tdm_text_slice(sql, 0, 3), TDM_TEXT("set")) ||
        tdm_text_equal_nocase(tdm_text_slice(sql, 0, 5), TDM_TEXT("reset")) ||
        tdm_text_equal_nocase(tdm_text_slice(sql, 0, 7), TDM_TEXT("discard")))
        return true;
    for (size_t i = 0; i + sizeof call - 1 <= sql.size; i++)
        if (tdm_to_lower(sql.data[i]) == 's' &&
            tdm_text_equal_nocase(tdm_text_slice(sql, i, i + sizeof call - 1),
                                  TDM_TEXT("set_config")))
            return true;
    return false;
}
