#include "replay/confine.h"

#include "base/text.h"
#include "base/vector.h"
#include "replay/block.h"
#include "replay/call.h"
#include "replay/guard.h"
#include "replay/objects.h"
#include "replay/question.h"
#include "sql/split.h"

typedef struct confiner {
    tdm_replay *r;
    tdm_text body;
    tdm_text why;
    bool marks; // the second pass: the first has seen that all is confined
} confiner;

static void mark(confiner *c, tdm_key key)
{
    if (!c->marks)
        return;
    tdm_object *object = tdm_catalog_live(c->r->catalog, &key);
    if (!object) {
        object = tdm_catalog_put(c->r->catalog, &key, c->r->statement->place);
        if (!object)
            return;
        object->modelled = false;
    }
    object->uncertain = true;
}

// A constraint that a command adds or drops. Without a name it cannot be marked.
static bool take_constraint(confiner *c, const PgQuery__RangeVar *table,
                            const PgQuery__AlterTableCmd *command)
{
    const PgQuery__Node *def = command->def;
    const char *name = command->name;

    if (def && def->node_case == PG_QUERY__NODE__NODE_CONSTRAINT)
        name = def->constraint->conname;
    if (*name)
        mark(c, tdm_object_on(c->r, TDM_KIND_CONSTRAINT, table, name));
    return *name != '\0';
}

// Commands that make or change columns leave the columns of the table unknown; one that drops or
// renames could take away what is taken to be there.
static bool take_alter(confiner *c, const PgQuery__AlterTableStmt *alter)
{
    tdm_found found = tdm_catalog_find_range(c->r->catalog, alter->relation);

    if (!found.table)
        return false;
    for (size_t i = 0; i < alter->n_cmds; i++) {
        const PgQuery__AlterTableCmd *command = alter->cmds[i]->alter_table_cmd;
        switch (command->subtype) {
        case PG_QUERY__ALTER_TABLE_TYPE__AT_AddConstraint:
        case PG_QUERY__ALTER_TABLE_TYPE__AT_DropConstraint:
            if (!take_constraint(c, alter->relation, command))
                return false;
            break;
        case PG_QUERY__ALTER_TABLE_TYPE__AT_DropColumn:
        case PG_QUERY__ALTER_TABLE_TYPE__AT_AddInherit:
        case PG_QUERY__ALTER_TABLE_TYPE__AT_AttachPartition:
            return false;
        default: // columns, triggers, row level security, ...
            break;
        }
    }
    if (c->marks && found.table->columns_known) {
        found.table->columns_known = false;
        found.table->reason = c->why;
    }
    return true;
}

// Statements whose object is marked by the name that it is known by.
static bool take_object(confiner *c, const PgQuery__Node *node, const tdm_sql_class *of)
{
    switch (node->node_case) {
    case PG_QUERY__NODE__NODE_CREATE_POLICY_STMT:
        mark(c, tdm_object_on(c->r, TDM_KIND_POLICY, node->create_policy_stmt->table,
                              node->create_policy_stmt->policy_name));
        return true;
    case PG_QUERY__NODE__NODE_CREATE_TRIG_STMT:
        mark(c, tdm_object_on(c->r, TDM_KIND_TRIGGER, node->create_trig_stmt->relation,
                              node->create_trig_stmt->trigname));
        return true;
    case PG_QUERY__NODE__NODE_CREATE_FUNCTION_STMT:
        mark(c, tdm_object_of_function(c->r, node->create_function_stmt));
        return true;
    case PG_QUERY__NODE__NODE_CREATE_ENUM_STMT:
        mark(c, tdm_object_of_strings(c->r, TDM_KIND_TYPE, node->create_enum_stmt->type_name,
                                      node->create_enum_stmt->n_type_name));
        return true;
    case PG_QUERY__NODE__NODE_ALTER_ENUM_STMT:
        mark(c, tdm_object_of_strings(c->r, TDM_KIND_TYPE, node->alter_enum_stmt->type_name,
                                      node->alter_enum_stmt->n_type_name));
        return true;
    case PG_QUERY__NODE__NODE_DROP_STMT:
        if (node->drop_stmt->behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE ||
            (of->kind != TDM_SQL_POLICY && of->kind != TDM_SQL_TRIGGER &&
             of->kind != TDM_SQL_INDEX))
            return false;
        for (size_t i = 0; i < node->drop_stmt->n_objects; i++)
            mark(c, tdm_object_of_node(c->r, node->drop_stmt->objects[i],
                                       node->drop_stmt->remove_type));
        return true;
    default:
        return false;
    }
}

// --- Attributes ---------------------------------------------------------------------------------

static void doubt(confiner *c, tdm_object *object, tdm_attribute attribute)
{
    if (c->marks && object)
        tdm_attributes_set(c->r->catalog, &object->attributes, attribute,
                           (tdm_value){.reason = c->why}, c->r->statement->place);
}

// Of what a statement names; where that is not one relation, of all that there is.
static void doubt_named(confiner *c, const PgQuery__RangeVar *relation, tdm_attribute attribute)
{
    tdm_found found =
        relation ? tdm_catalog_find_range(c->r->catalog, relation) : (tdm_found){.table = NULL};

    if (found.table || found.object) {
        doubt(c, found.table ? found.table : found.object, attribute);
        return;
    }
    for (size_t i = 0; !relation && i < c->r->catalog->tables.count; i++)
        doubt(c, c->r->catalog->tables.items[i], attribute);
    for (size_t i = 0; !relation && i < c->r->catalog->objects.count; i++)
        if (!c->r->catalog->objects.items[i]->dropped)
            doubt(c, c->r->catalog->objects.items[i], attribute);
}

static void take_rls(confiner *c, const PgQuery__Node *node)
{
    const PgQuery__RangeVar *relation = node->node_case == PG_QUERY__NODE__NODE_ALTER_TABLE_STMT
                                            ? node->alter_table_stmt->relation
                                            : NULL;

    doubt_named(c, relation, TDM_ATTR_RLS);
    doubt_named(c, relation, TDM_ATTR_RLS_FORCED);
}

static void take_grant(confiner *c, const PgQuery__Node *node)
{
    const PgQuery__GrantStmt *grant =
        node->node_case == PG_QUERY__NODE__NODE_GRANT_STMT ? node->grant_stmt : NULL;
    bool tables = grant && grant->targtype == PG_QUERY__GRANT_TARGET_TYPE__ACL_TARGET_OBJECT &&
                  grant->objtype == PG_QUERY__OBJECT_TYPE__OBJECT_TABLE;

    for (size_t i = 0; tables && i < grant->n_objects; i++)
        if (grant->objects[i]->node_case == PG_QUERY__NODE__NODE_RANGE_VAR)
            doubt_named(c, grant->objects[i]->range_var, TDM_ATTR_GRANTS);
    if (!tables)
        doubt_named(c, NULL, TDM_ATTR_GRANTS);
}

static bool take_publication(confiner *c, const PgQuery__AlterPublicationStmt *alter)
{
    tdm_key key = {.kind = TDM_KIND_PUBLICATION, .name = tdm_replay_copy(c->r, alter->pubname)};

    mark(c, key);
    return true;
}

static bool take_tree(confiner *c, const tdm_sql_tree *tree)
{
    tdm_sql_class of;

    if (tdm_sql_classify(c->r->catalog->arena, tree, &of, NULL) != TDM_OK) {
        c->r->failed = true;
        return false;
    }
    switch (of.kind) {
    case TDM_SQL_RLS:
        take_rls(c, tree->node);
        return true;
    case TDM_SQL_GRANT:
        take_grant(c, tree->node);
        return true;
    case TDM_SQL_OWNER:
        doubt_named(c, NULL, TDM_ATTR_OWNER);
        return true;
    case TDM_SQL_COMMENT:
        doubt_named(c, NULL, TDM_ATTR_COMMENT);
        return true;
    case TDM_SQL_INSERT:
    case TDM_SQL_UPDATE:
    case TDM_SQL_DELETE:
        return true;
    case TDM_SQL_PUBLICATION:
        return tree->node->node_case == PG_QUERY__NODE__NODE_ALTER_PUBLICATION_STMT &&
               take_publication(c, tree->node->alter_publication_stmt);
    case TDM_SQL_TABLE:
        return tree->node->node_case == PG_QUERY__NODE__NODE_ALTER_TABLE_STMT &&
               take_alter(c, tree->node->alter_table_stmt);
    default:
        return take_object(c, tree->node, &of);
    }
}

// A condition changes nothing, unless it calls what may.
static bool is_harmless(confiner *c, const tdm_block_branch *branch)
{
    tdm_text condition = tdm_text_slice(c->body, branch->start, branch->end);
    tdm_sql_tree *tree = NULL;

    if (tdm_sql_parse_text(tdm_replay_text(c->r, "SELECT %.*s", TDM_TEXT_ARG(condition)), &tree,
                           NULL) != TDM_OK)
        return false;
    tdm_call_limits limits = TDM_CALL_LIMITS;
    bool harmless = !tdm_call_unknown(c->r->catalog, &tree->node->base, &limits);
    tdm_sql_tree_free(tree);
    return harmless;
}

// EXECUTE of one constant.
static bool take_execute(confiner *c, const tdm_block_item *item)
{
    tdm_text range = tdm_text_slice(c->body, item->start, item->end), text;
    tdm_statements statements = {0};
    tdm_sql_tree *tree = NULL;
    bool confined = !item->targets &&
                    tdm_sql_parse_text(tdm_replay_text(c->r, "SELECT %.*s", TDM_TEXT_ARG(range)),
                                       &tree, NULL) == TDM_OK;
    const PgQuery__Node *target = confined && tree->node->select_stmt->n_target_list == 1
                                      ? tree->node->select_stmt->target_list[0]->res_target->val
                                      : NULL;

    confined = target && tdm_question_constant(target, &text) &&
               tdm_sql_split(c->r->catalog->arena, "", tdm_arena_text(c->r->catalog->arena, text),
                             &statements, NULL) == TDM_OK;
    tdm_sql_tree_free(tree);
    for (size_t i = 0; confined && i < statements.count; i++) {
        confined = tdm_sql_parse(&statements.items[i], &tree, NULL) == TDM_OK;
        if (!confined)
            return false;
        confined = take_tree(c, tree);
        tdm_sql_tree_free(tree);
    }
    return confined;
}

static bool take_list(confiner *c, const tdm_block_list *list);

static bool take_item(confiner *c, const tdm_block_item *item)
{
    tdm_sql_tree *tree = NULL;
    bool confined = true;

    switch (item->kind) {
    case TDM_BLOCK_SQL:
        if (tdm_sql_parse_text(tdm_text_slice(c->body, item->start, item->end), &tree, NULL) !=
            TDM_OK)
            return false;
        confined = take_tree(c, tree);
        tdm_sql_tree_free(tree);
        return confined;
    case TDM_BLOCK_IF:
    case TDM_BLOCK_SCOPE:
    case TDM_BLOCK_TRY:
    case TDM_BLOCK_ROWS:
    case TDM_BLOCK_EACH:
    case TDM_BLOCK_REPEAT:
        for (const tdm_block_branch *b = item->branches; b && confined; b = b->next)
            confined = (item->kind != TDM_BLOCK_IF || !b->end || is_harmless(c, b)) &&
                       take_list(c, b->body);
        return confined;
    case TDM_BLOCK_NOTHING:
    case TDM_BLOCK_RAISE:
    case TDM_BLOCK_LEAVE:
    case TDM_BLOCK_RETURN:
        return true;
    case TDM_BLOCK_EXECUTE:
        return take_execute(c, item);
    case TDM_BLOCK_ASSIGN:
    case TDM_BLOCK_PERFORM:
    case TDM_BLOCK_UNKNOWN:
        return false;
    }
    return false;
}

static bool take_list(confiner *c, const tdm_block_list *list)
{
    for (const tdm_block_item *item = list->first; item; item = item->next)
        if (!take_item(c, item))
            return false;
    return true;
}

bool tdm_confine(tdm_replay *r, const tdm_sql_tree *tree, tdm_text why)
{
    confiner c = {.r = r, .why = why};
    bool doubtful = r->doubtful;

    if (!tdm_guard_body(tree, &c.body))
        return false;
    const tdm_block_list *list = tdm_block_read(r->catalog->arena, c.body);
    r->doubtful = true;
    bool confined = list && take_list(&c, list);
    c.marks = confined;
    if (confined)
        (void)take_list(&c, list);
    r->doubtful = doubtful;
    if (!confined)
        return false;
    if (r->catalog->vague.size == 0) {
        r->catalog->vague = why;
        r->catalog->vague_place = r->statement->place;
    }
    return true;
}
