// Undoing what replaced or altered a definition as a whole.
#include "inverse/define.h"
#include "inverse/steps.h"
#include "inverse/target.h"

#include "base/limits.h"
#include "sql/lexer.h"
#include "sql/quote.h"
#include "sql/tree.h"

#include <string.h>

// --- The object before --------------------------------------------------------------------------

// Attributes that have their own way back.
static bool is_beside(tdm_attribute attribute)
{
    return attribute == TDM_ATTR_COMMENT || attribute == TDM_ATTR_OWNER ||
           attribute == TDM_ATTR_GRANTS;
}

static void put_value(tdm_inverter *in, tdm_attributes *attributes, const tdm_change *change)
{
    tdm_attribute_entry entry = {.attribute = change->attribute, .value = change->before};
    size_t at = 0;

    while (at < attributes->count && attributes->items[at].attribute != change->attribute)
        at++;
    if (at < attributes->count && change->before.text.size == 0 && change->before.reason.size == 0)
        attributes->items[at] = attributes->items[--attributes->count];
    else if (at < attributes->count)
        attributes->items[at] = entry;
    else if (change->before.text.size || change->before.reason.size)
        in->failed = !tdm_vector_push(in->arena, attributes, entry) || in->failed;
}

// What it was before the statement: what it is, with the changes taken back.
static const tdm_object *object_before(tdm_inverter *in, const tdm_change *first,
                                       const tdm_object *now)
{
    tdm_object *object = (tdm_object *)tdm_object_copy(in->arena, now);

    for (size_t i = in->count; object && i-- > 0;)
        if (in->changes[i].kind == TDM_CHANGE_ATTRIBUTE &&
            tdm_step_same_key(&in->changes[i].key, &first->key))
            put_value(in, &object->attributes, &in->changes[i]);
    if (object)
        object->making = first->making;
    return object;
}

// --- OR REPLACE ---------------------------------------------------------------------------------

void tdm_replace_put(tdm_buffer *out, tdm_text sql)
{
    tdm_sql_lexer lexer = {.source = sql};
    tdm_sql_token create = tdm_sql_next(&lexer), next = tdm_sql_next(&lexer);

    if (!tdm_sql_token_is(&lexer, &create, "CREATE") || tdm_sql_token_is(&lexer, &next, "OR")) {
        tdm_buffer_put(out, sql);
        return;
    }
    tdm_buffer_put(out, tdm_text_slice(sql, 0, create.end));
    tdm_buffer_puts(out, " OR REPLACE");
    tdm_buffer_put(out, tdm_text_from(sql, create.end));
}

// The last part of a column's name, or what an item is called; NULL: a star, or not to be told.
static const char *name_of_target(const PgQuery__Node *node)
{
    const PgQuery__ResTarget *target =
        node->node_case == PG_QUERY__NODE__NODE_RES_TARGET ? node->res_target : NULL;
    const PgQuery__Node *value = target ? target->val : NULL;

    if (target && *target->name)
        return target->name;
    if (!value || value->node_case != PG_QUERY__NODE__NODE_COLUMN_REF ||
        value->column_ref->n_fields == 0)
        return NULL;
    const PgQuery__Node *last = value->column_ref->fields[value->column_ref->n_fields - 1];
    return last->node_case == PG_QUERY__NODE__NODE_STRING ? last->string->sval : NULL;
}

static const PgQuery__SelectStmt *query_of(const tdm_sql_tree *tree)
{
    const PgQuery__Node *node = tree ? tree->node : NULL;
    const PgQuery__Node *query =
        node && node->node_case == PG_QUERY__NODE__NODE_VIEW_STMT && !node->view_stmt->n_aliases
            ? node->view_stmt->query
            : NULL;
    const PgQuery__SelectStmt *select =
        query && query->node_case == PG_QUERY__NODE__NODE_SELECT_STMT ? query->select_stmt : NULL;

    while (select && select->larg)
        select = select->larg;
    return select;
}

static bool fits(const PgQuery__SelectStmt *now, const PgQuery__SelectStmt *want)
{
    if (!now || !want || now->n_target_list == 0 || now->n_target_list > want->n_target_list)
        return false;
    for (size_t i = 0; i < want->n_target_list; i++) {
        const char *is = i < now->n_target_list ? name_of_target(now->target_list[i]) : "";
        const char *was = name_of_target(want->target_list[i]);
        if (!is || !was || (i < now->n_target_list && strcmp(is, was) != 0))
            return false;
    }
    return true;
}

bool tdm_replace_fits(tdm_arena *arena, tdm_text now, tdm_text want)
{
    tdm_statement statements[] = {{.sql = now}, {.sql = want}};
    tdm_sql_tree *trees[] = {NULL, NULL};
    tdm_error ignored = TDM_ERROR_INIT;
    bool ok = now.size && want.size &&
              tdm_sql_parse(&statements[0], &trees[0], &ignored) == TDM_OK &&
              tdm_sql_parse(&statements[1], &trees[1], &ignored) == TDM_OK &&
              fits(query_of(trees[0]), query_of(trees[1]));

    (void)arena;
    tdm_sql_tree_free(trees[0]);
    tdm_sql_tree_free(trees[1]);
    return ok;
}

// --- Each kind ----------------------------------------------------------------------------------

static void add_drop(tdm_inverter *in, const tdm_change_key *key)
{
    tdm_buffer sql = TDM_BUFFER_INIT(TDM_LIMIT_FILE);

    tdm_buffer_puts(&sql, key->kind == TDM_KIND_CONSTRAINT ? "" : "DROP ");
    if (key->kind == TDM_KIND_CONSTRAINT) {
        tdm_target_put_alter(&sql, key);
        tdm_buffer_puts(&sql, " DROP CONSTRAINT ");
        tdm_sql_put_ident(&sql, key->name);
    } else {
        (void)tdm_target_put(&sql, key);
    }
    tdm_step_sql(in, &sql, TDM_RANK_IN_TURN, (tdm_text){NULL, 0});
}

static void make_anew(tdm_inverter *in, const tdm_change *first, const tdm_object *before)
{
    add_drop(in, &first->key);
    tdm_remake_object(in, before);
}

// The statements that made it, the first of them with OR REPLACE.
static void replay_making(tdm_inverter *in, const tdm_making *making)
{
    tdm_buffer sql = TDM_BUFFER_INIT(TDM_LIMIT_FILE);

    if (making->earlier) {
        replay_making(in, making->earlier);
        tdm_buffer_put(&sql, making->sql);
    } else {
        tdm_replace_put(&sql, making->sql);
    }
    tdm_step_sql(in, &sql, TDM_RANK_IN_TURN, (tdm_text){NULL, 0});
}

static tdm_text value_of(const tdm_object *object, tdm_attribute attribute)
{
    const tdm_value *value = tdm_object_value(object, attribute);

    return value ? value->text : (tdm_text){NULL, 0};
}

// OR REPLACE takes no default of an argument away.
static bool keeps_defaults(const tdm_object *now, const tdm_object *before)
{
    return tdm_text_equal(value_of(now, TDM_ATTR_ARGUMENT_DEFAULTS),
                          value_of(before, TDM_ATTR_ARGUMENT_DEFAULTS)) ||
           value_of(now, TDM_ATTR_ARGUMENT_DEFAULTS).size == 0;
}

// USING and WITH CHECK can be altered, but not taken away.
static bool alter_policy(tdm_inverter *in, const tdm_change *first, const tdm_object *now,
                         const tdm_object *before)
{
    static const tdm_attribute terms[] = {TDM_ATTR_USING, TDM_ATTR_WITH_CHECK};
    tdm_buffer sql = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    bool ok = true;

    for (size_t i = 0; i < sizeof terms / sizeof *terms; i++)
        ok = ok && (value_of(before, terms[i]).size || !value_of(now, terms[i]).size);
    tdm_buffer_puts(&sql, "ALTER ");
    (void)tdm_target_put(&sql, &first->key);
    if (value_of(now, TDM_ATTR_ROLES).size && !value_of(before, TDM_ATTR_ROLES).size)
        tdm_buffer_puts(&sql, " TO PUBLIC");
    tdm_define_policy_terms(&sql, before, &ok);
    if (ok)
        tdm_step_sql(in, &sql, TDM_RANK_IN_TURN, (tdm_text){NULL, 0});
    else
        tdm_buffer_free(&sql);
    return ok;
}

// The statement that made the view as it is now.
static tdm_text latest_of(const tdm_object *object)
{
    return object->making && !object->making->earlier ? object->making->sql : (tdm_text){NULL, 0};
}

static bool is_valid_only(const tdm_inverter *in, const tdm_change *first)
{
    for (size_t i = 0; i < in->count; i++)
        if (in->changes[i].kind == TDM_CHANGE_ATTRIBUTE &&
            tdm_step_same_key(&in->changes[i].key, &first->key) &&
            in->changes[i].attribute != TDM_ATTR_NOT_VALID &&
            in->changes[i].attribute != TDM_ATTR_DEFERRABLE)
            return false;
    return true;
}

static bool replace(tdm_inverter *in, const tdm_change *first, const tdm_object *now,
                    const tdm_object *before)
{
    switch (before->kind) {
    case TDM_KIND_FUNCTION:
        if (!before->making)
            return false;
        if (keeps_defaults(now, before)) {
            tdm_step_leave_bodies(in, before);
            replay_making(in, before->making);
        } else {
            make_anew(in, first, before);
        }
        return true;
    case TDM_KIND_VIEW:
        if (!before->making)
            return false;
        if (!before->making->earlier &&
            tdm_replace_fits(in->arena, latest_of(now), before->making->sql))
            replay_making(in, before->making);
        else
            make_anew(in, first, before);
        return true;
    case TDM_KIND_POLICY:
        if (!alter_policy(in, first, now, before))
            make_anew(in, first, before);
        return true;
    case TDM_KIND_TRIGGER:
        if (first->attribute == TDM_ATTR_ENABLED)
            return false;
        make_anew(in, first, before);
        return true;
    case TDM_KIND_CONSTRAINT:
        if (!is_valid_only(in, first))
            return false;
        make_anew(in, first, before);
        return true;
    default:
        return false;
    }
}

bool tdm_replace_object(tdm_inverter *in, const tdm_change *first)
{
    const tdm_object *now =
        is_beside(first->attribute) ? NULL : tdm_step_object_after(in, &first->key);
    const tdm_object *before = now ? object_before(in, first, now) : NULL;

    return before && replace(in, first, now, before);
}
