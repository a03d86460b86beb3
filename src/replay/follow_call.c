// SELECT f('x'): a function of the history, followed as a block with its arguments as variables.
#include "replay/call.h"
#include "replay/expression.h"
#include "replay/guard.h"
#include "replay/parts.h"

#include "base/error.h"
#include "base/text.h"
#include "sql/lexer.h"

enum {
    DEEPEST = 8,    // functions that call functions
    ARGUMENTS = 32, // more are not followed
};

static tdm_text value_text(const tdm_object *object, tdm_attribute attribute)
{
    const tdm_value *value = tdm_object_value(object, attribute);

    return value && value->reason.size == 0 ? value->text : (tdm_text){NULL, 0};
}

// SELECT f(...), and nothing else.
static const PgQuery__FuncCall *only_call(const PgQuery__SelectStmt *select)
{
    if (select->n_target_list != 1 || select->n_from_clause || select->where_clause ||
        select->with_clause || select->op != PG_QUERY__SET_OPERATION__SETOP_NONE ||
        select->target_list[0]->node_case != PG_QUERY__NODE__NODE_RES_TARGET)
        return NULL;
    const PgQuery__Node *target = select->target_list[0]->res_target->val;
    return target && target->node_case == PG_QUERY__NODE__NODE_FUNC_CALL ? target->func_call : NULL;
}

// "a text, "B" integer": names and types of arguments that all go in and have names.
static bool read_arguments(tdm_replay *r, tdm_text list, tdm_guard_function *f)
{
    tdm_sql_lexer lexer = {.source = list};
    tdm_sql_token token = tdm_sql_next(&lexer);

    while (token.kind != TDM_SQL_TOKEN_END) {
        bool quoted = token.kind == TDM_SQL_TOKEN_QUOTED;
        tdm_text name = tdm_sql_token_text(&lexer, &token);
        if (f->count == ARGUMENTS || (!quoted && token.kind != TDM_SQL_TOKEN_WORD) ||
            tdm_sql_token_is(&lexer, &token, "OUT") || tdm_sql_token_is(&lexer, &token, "INOUT") ||
            tdm_sql_token_is(&lexer, &token, "VARIADIC"))
            return false;
        size_t start = token.end, end = token.end, words = 0;
        while ((token = tdm_sql_next(&lexer)).kind != TDM_SQL_TOKEN_END &&
               !tdm_sql_token_is_char(&lexer, &token, ',')) {
            end = token.end;
            words++;
        }
        // One word is a type without a name.
        if (words == 0)
            return false;
        f->names[f->count] = quoted ? tdm_text_slice(name, 1, name.size - 1) : name;
        f->types[f->count++] = tdm_text_trim(tdm_text_slice(list, start, end));
        if (token.kind != TDM_SQL_TOKEN_END)
            token = tdm_sql_next(&lexer);
    }
    return tdm_arena_ok(r->catalog->arena);
}

static bool prepare(tdm_replay *r, const tdm_object *object, const PgQuery__FuncCall *call,
                    tdm_guard_function *f)
{
    tdm_arena *arena = r->catalog->arena;

    f->body = value_text(object, TDM_ATTR_BODY);
    f->names = tdm_arena_array(arena, ARGUMENTS, sizeof *f->names);
    f->types = tdm_arena_array(arena, ARGUMENTS, sizeof *f->types);
    f->values = tdm_arena_array(arena, ARGUMENTS, sizeof *f->values);
    // Settings of a function change what names in it mean; a strict one may not run at all.
    if (!f->names || !f->types || !f->values || f->body.size == 0 ||
        !tdm_text_is(value_text(object, TDM_ATTR_LANGUAGE), "plpgsql") ||
        tdm_object_value(object, TDM_ATTR_SETTINGS) || tdm_object_value(object, TDM_ATTR_STRICT) ||
        !read_arguments(r, value_text(object, TDM_ATTR_ARGUMENTS), f) || call->n_args > f->count)
        return false;
    for (size_t i = 0; i < call->n_args; i++) {
        if (call->args[i]->node_case == PG_QUERY__NODE__NODE_NAMED_ARG_EXPR)
            return false;
        f->values[i] = tdm_expression_value(r->catalog, arena, call->args[i]);
    }
    return true;
}

static void apply(tdm_replay *r, const tdm_statements *statements)
{
    r->catalog->following++;
    for (size_t i = 0; i < statements->count && !r->failed; i++)
        if (tdm_catalog_apply(r->catalog, &statements->items[i], NULL, r->effect, NULL) != TDM_OK)
            r->failed = true;
    r->catalog->following--;
}

bool tdm_replay_follow_call(tdm_replay *r)
{
    const PgQuery__FuncCall *call = only_call(r->tree->node->select_stmt);
    const tdm_object *object = call ? tdm_call_target(r->catalog, call) : NULL;
    tdm_guard_function f = {0};
    tdm_guard guard = {0};

    if (!object || r->catalog->following >= DEEPEST || !prepare(r, object, call, &f))
        return false;
    if (tdm_guard_call(r->catalog, r->catalog->arena, r->statement, &f, &guard, NULL) != TDM_OK) {
        r->failed = true;
        return false;
    }
    if (guard.verdict != TDM_GUARD_DECIDED)
        return false;
    apply(r, &guard.statements);
    return true;
}
