// The statements that made an object, kept as they are written, so that they can be run again.
//
// An object of many kinds is made by one statement, and perhaps changed by a few, each about that
// object alone. Kept are those of a session with the usual search path, or with none, where every
// name has its schema. They are forgotten as soon as something else changes the object, or
// something that they may mention gets another name.
#include "replay/parts.h"

#include "base/text.h"
#include "catalog/expression.h"
#include "sql/lexer.h"

#include <string.h>

// --- Which statements ---------------------------------------------------------------------------

// Statements about one object, and its kind. Those that are not listed make or change several, or
// what is made again from its attributes.
static const struct maker {
    PgQuery__Node__NodeCase node;
    tdm_kind kind;
} makers[] = {
    {PG_QUERY__NODE__NODE_VIEW_STMT, TDM_KIND_VIEW},
    {PG_QUERY__NODE__NODE_ALTER_TABLE_STMT, TDM_KIND_VIEW},
    {PG_QUERY__NODE__NODE_CREATE_TABLE_AS_STMT, TDM_KIND_MATERIALIZED_VIEW},
    {PG_QUERY__NODE__NODE_ALTER_TABLE_STMT, TDM_KIND_MATERIALIZED_VIEW},
    {PG_QUERY__NODE__NODE_CREATE_SEQ_STMT, TDM_KIND_SEQUENCE},
    {PG_QUERY__NODE__NODE_ALTER_SEQ_STMT, TDM_KIND_SEQUENCE},
    {PG_QUERY__NODE__NODE_CREATE_FUNCTION_STMT, TDM_KIND_FUNCTION},
    {PG_QUERY__NODE__NODE_ALTER_FUNCTION_STMT, TDM_KIND_FUNCTION},
    {PG_QUERY__NODE__NODE_CREATE_TRIG_STMT, TDM_KIND_TRIGGER},
    {PG_QUERY__NODE__NODE_CREATE_POLICY_STMT, TDM_KIND_POLICY},
    {PG_QUERY__NODE__NODE_ALTER_POLICY_STMT, TDM_KIND_POLICY},
    {PG_QUERY__NODE__NODE_RULE_STMT, TDM_KIND_RULE},
    {PG_QUERY__NODE__NODE_CREATE_DOMAIN_STMT, TDM_KIND_TYPE},
    {PG_QUERY__NODE__NODE_ALTER_DOMAIN_STMT, TDM_KIND_TYPE},
    {PG_QUERY__NODE__NODE_COMPOSITE_TYPE_STMT, TDM_KIND_TYPE},
    {PG_QUERY__NODE__NODE_CREATE_RANGE_STMT, TDM_KIND_TYPE},
    {PG_QUERY__NODE__NODE_CREATE_EXTENSION_STMT, TDM_KIND_EXTENSION},
    {PG_QUERY__NODE__NODE_CREATE_PUBLICATION_STMT, TDM_KIND_PUBLICATION},
    {PG_QUERY__NODE__NODE_ALTER_PUBLICATION_STMT, TDM_KIND_PUBLICATION},
    {PG_QUERY__NODE__NODE_CREATE_EVENT_TRIG_STMT, TDM_KIND_EVENT_TRIGGER},
    {PG_QUERY__NODE__NODE_ALTER_EVENT_TRIG_STMT, TDM_KIND_EVENT_TRIGGER},
    {PG_QUERY__NODE__NODE_CREATE_FOREIGN_TABLE_STMT, TDM_KIND_FOREIGN_TABLE},
    {PG_QUERY__NODE__NODE_ALTER_TABLE_STMT, TDM_KIND_FOREIGN_TABLE},
    {PG_QUERY__NODE__NODE_CREATE_FDW_STMT, TDM_KIND_WRAPPER},
    {PG_QUERY__NODE__NODE_ALTER_FDW_STMT, TDM_KIND_WRAPPER},
    {PG_QUERY__NODE__NODE_CREATE_FOREIGN_SERVER_STMT, TDM_KIND_SERVER},
    {PG_QUERY__NODE__NODE_ALTER_FOREIGN_SERVER_STMT, TDM_KIND_SERVER},
};

// The relation that the statement names, or NULL.
static const PgQuery__RangeVar *relation_of(const PgQuery__Node *node)
{
    switch (node->node_case) {
    case PG_QUERY__NODE__NODE_ALTER_TABLE_STMT:
        return node->alter_table_stmt->relation;
    case PG_QUERY__NODE__NODE_CREATE_TRIG_STMT:
        return node->create_trig_stmt->relation;
    default:
        return NULL;
    }
}

// A trigger of a partitioned table is made on its partitions too, by the same statement.
static bool is_about(const tdm_replay *r, const tdm_object *object)
{
    const PgQuery__Node *node = r->tree ? r->tree->node : NULL;

    for (size_t i = 0; node && i < sizeof makers / sizeof *makers; i++) {
        if (makers[i].node != node->node_case || makers[i].kind != object->kind)
            continue;
        const PgQuery__RangeVar *relation = relation_of(node);
        const tdm_object *named = object->kind == TDM_KIND_TRIGGER ? object->on : object;
        return !relation || (named && tdm_text_is(named->name, relation->relname));
    }
    return false;
}

// Whether names without a schema mean the same in any other session.
static bool is_usual(const tdm_catalog *catalog)
{
    for (size_t i = 0; i < catalog->path.count; i++)
        if (!tdm_text_is(catalog->path.items[i], i == 0 ? "public" : "extensions"))
            return false;
    return true;
}

// --- Keeping them -------------------------------------------------------------------------------

static bool is_latest(const tdm_replay *r, const tdm_making *making)
{
    return making && making->sql.data == r->statement->sql.data &&
           making->sql.size == r->statement->sql.size;
}

static const tdm_making *note(tdm_replay *r, const tdm_making *earlier, const tdm_making *before)
{
    tdm_making *making =
        is_usual(r->catalog) ? tdm_arena_new_of(r->catalog->arena, tdm_making) : NULL;

    if (making)
        *making = (tdm_making){.sql = r->statement->sql, .earlier = earlier, .before = before};
    return making;
}

void tdm_making_begin(tdm_replay *r, tdm_object *object)
{
    bool read = !object->modelled || is_about(r, object);

    object->making = read ? note(r, NULL, object->making) : NULL;
}

void tdm_making_add(tdm_replay *r, tdm_object *object)
{
    if (object->making && !is_latest(r, object->making))
        object->making = note(r, object->making, object->making);
}

void tdm_making_see(tdm_replay *r, tdm_object *object, tdm_attribute attribute)
{
    bool beside = attribute == TDM_ATTR_OWNER || attribute == TDM_ATTR_COMMENT ||
                  attribute == TDM_ATTR_GRANTS;

    if (!object->making || beside || is_latest(r, object->making))
        return;
    if (is_about(r, object))
        tdm_making_add(r, object);
    else
        object->making = NULL;
}

const tdm_making *tdm_making_before(const tdm_replay *r, const tdm_object *object)
{
    return is_latest(r, object->making) ? object->making->before : object->making;
}

// Whether a name stands outside of the body, whose names are looked up when it runs.
static bool has_before_body(tdm_text sql, tdm_text name)
{
    tdm_sql_lexer lexer = {.source = sql};
    bool body = false;

    for (;;) {
        tdm_sql_token token = tdm_sql_next(&lexer);
        tdm_text found = tdm_sql_token_text(&lexer, &token);
        if (token.kind == TDM_SQL_TOKEN_END)
            return false;
        if (!(body && token.kind == TDM_SQL_TOKEN_STRING) && tdm_text_has_word(found, name))
            return true;
        body = tdm_sql_token_is(&lexer, &token, "AS");
    }
}

static bool mentions(const tdm_object *object, tdm_text name)
{
    for (const tdm_making *making = object->making; making; making = making->earlier)
        if (object->kind == TDM_KIND_FUNCTION ? has_before_body(making->sql, name)
                                              : tdm_text_has_word(making->sql, name))
            return true;
    return false;
}

void tdm_making_forget(tdm_replay *r, tdm_text name)
{
    size_t open = tdm_text_find_char(name, '(');

    name = tdm_text_slice(name, 0, open == SIZE_MAX ? name.size : open);
    for (size_t i = 0; i < r->catalog->objects.count; i++) {
        tdm_object *object = r->catalog->objects.items[i];
        if (!object->dropped && mentions(object, name))
            object->making = NULL;
    }
}

// "SELECT *", "t.*", ", *": the columns that there are when the statement runs.
static bool has_star(tdm_text sql)
{
    static const char *const words[] = {"SELECT", "ALL", "DISTINCT"};
    tdm_sql_lexer lexer = {.source = sql};
    bool may_follow = false;

    for (;;) {
        tdm_sql_token token = tdm_sql_next(&lexer);
        if (token.kind == TDM_SQL_TOKEN_END)
            return false;
        if (may_follow && tdm_text_is(tdm_sql_token_text(&lexer, &token), "*"))
            return true;
        may_follow = tdm_sql_token_is_char(&lexer, &token, '.') ||
                     tdm_sql_token_is_char(&lexer, &token, ',');
        for (size_t i = 0; i < sizeof words / sizeof *words; i++)
            may_follow = may_follow || tdm_sql_token_is(&lexer, &token, words[i]);
    }
}

void tdm_making_forget_stars(tdm_replay *r, tdm_text table)
{
    for (size_t i = 0; i < r->catalog->objects.count; i++) {
        tdm_object *object = r->catalog->objects.items[i];
        bool view = object->kind == TDM_KIND_VIEW || object->kind == TDM_KIND_MATERIALIZED_VIEW;
        if (!view || object->dropped || !object->making || !mentions(object, table))
            continue;
        for (const tdm_making *making = object->making; making; making = making->earlier)
            if (has_star(making->sql)) {
                object->making = NULL;
                break;
            }
    }
}
