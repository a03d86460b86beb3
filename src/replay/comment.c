// COMMENT ON: an attribute of what it is about.
#include "replay/alter.h"
#include "replay/objects.h"

#include "base/text.h"

static const char *string_of(const PgQuery__Node *node)
{
    return node && node->node_case == PG_QUERY__NODE__NODE_STRING ? node->string->sval : "";
}

// The server stores no empty comment.
static tdm_value value_of(tdm_replay *r, const PgQuery__CommentStmt *statement)
{
    return (tdm_value){.text = tdm_replay_copy(r, statement->comment)};
}

static void refuse(tdm_replay *r, const char *name)
{
    tdm_replay_opaque(r, tdm_replay_text(r, "the server refuses it: there is no table %s", name));
}

// [schema.]table.column; without columns of its own a view is taken at its word.
static void on_column(tdm_replay *r, const PgQuery__CommentStmt *statement)
{
    const PgQuery__List *names = statement->object->list;
    size_t count = names->n_items;
    PgQuery__RangeVar range = PG_QUERY__RANGE_VAR__INIT;
    bool vague;

    if (count < 2)
        return;
    range.relname = (char *)string_of(names->items[count - 2]);
    if (count > 2)
        range.schemaname = (char *)string_of(names->items[count - 3]);
    tdm_object *relation = tdm_object_relation(r, &range);
    if (!relation) {
        refuse(r, range.relname);
        return;
    }
    const char *name = string_of(names->items[count - 1]);
    tdm_column *column = tdm_alter_column(r, relation, name, &vague);
    tdm_value value = value_of(r, statement);
    if (column)
        tdm_replay_assign_column(r, relation, column, TDM_ATTR_COMMENT, value);
    else if (vague)
        tdm_replay_record_column_value(
            r, relation, tdm_replay_copy(r, name),
            (tdm_change){.attribute = TDM_ATTR_COMMENT,
                         .before = {.reason = TDM_TEXT("what it was is not known")},
                         .after = value});
}

// The key of a relation, looked up along the search path.
static tdm_object *relation_of(tdm_replay *r, const PgQuery__CommentStmt *statement, tdm_kind kind)
{
    const PgQuery__List *names = statement->object->list;
    size_t count = names->n_items;
    PgQuery__RangeVar range = PG_QUERY__RANGE_VAR__INIT;

    range.relname = (char *)string_of(names->items[count - 1]);
    if (count > 1)
        range.schemaname = (char *)string_of(names->items[count - 2]);
    if (kind == TDM_KIND_TABLE)
        return tdm_alter_target(r, &range, false);
    tdm_key key = tdm_object_of_range(r, kind, &range);
    return tdm_replay_target(r, &key, false);
}

void tdm_replay_comment(tdm_replay *r)
{
    const PgQuery__CommentStmt *statement = r->tree->node->comment_stmt;
    PgQuery__ObjectType type = statement->objtype;
    tdm_kind kind = tdm_object_kind(type);
    bool list = statement->object && statement->object->node_case == PG_QUERY__NODE__NODE_LIST;
    tdm_object *object = NULL;

    if (kind == TDM_KIND_COLUMN && list) {
        on_column(r, statement);
        return;
    }
    if (kind == TDM_KIND_OTHER || kind == TDM_KIND_DATABASE ||
        type == PG_QUERY__OBJECT_TYPE__OBJECT_DOMCONSTRAINT) {
        tdm_replay_other(r);
        return;
    }
    if (tdm_kind_space(kind) == TDM_SPACE_RELATION && list && statement->object->list->n_items) {
        object = relation_of(r, statement, kind);
    } else {
        tdm_key key = tdm_object_of_node(r, statement->object, type);
        if (tdm_kind_space(kind) == TDM_SPACE_MEMBER && !key.on) {
            refuse(r, key.name.data ? key.name.data : "");
            return;
        }
        object = tdm_replay_target(r, &key, false);
    }
    if (object)
        tdm_replay_assign(r, object, TDM_ATTR_COMMENT, value_of(r, statement));
}
